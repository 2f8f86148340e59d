//! Values by region of landmark space, read with those around them.

use glam::Vec3;
use std::collections::HashMap;

/// Cubic cells of one size; those that nobody wrote to don't exist.
pub(super) struct Cells<T> {
    size: f32,
    values: HashMap<[i16; 3], T>,
}

impl<T: Default> Cells<T> {
    pub(super) fn new(size: f32) -> Self {
        Self { size, values: HashMap::new() }
    }

    /// The cell that holds `landmark`, made if need be.
    pub(super) fn entry(&mut self, landmark: Vec3) -> &mut T {
        self.values.entry(self.key(landmark)).or_default()
    }
}

impl<T> Cells<T> {
    fn key(&self, landmark: Vec3) -> [i16; 3] {
        (landmark / self.size).floor().to_array().map(|v| v as i16)
    }

    /// The cell that holds `landmark`.
    pub(super) fn at(&self, landmark: Vec3) -> Option<&T> {
        self.values.get(&self.key(landmark))
    }

    /// Visits the cells around `landmark`: how far their middle is from it, in cells.
    pub(super) fn around(&self, landmark: Vec3, mut visit: impl FnMut(Vec3, &T)) {
        let here = landmark / self.size - 0.5;
        self.visit(self.key(landmark), |key, value| visit(Vec3::from_array(key.map(f32::from)) - here, value));
    }

    /// The same around the middle of a cell.
    pub(super) fn around_key(&self, centre: [i16; 3], mut visit: impl FnMut(Vec3, &T)) {
        let here = Vec3::from_array(centre.map(f32::from));
        self.visit(centre, |key, value| visit(Vec3::from_array(key.map(f32::from)) - here, value));
    }

    fn visit(&self, centre: [i16; 3], mut visit: impl FnMut([i16; 3], &T)) {
        for dz in -1..=1 {
            for dy in -1..=1 {
                for dx in -1..=1 {
                    let key = [centre[0] + dx, centre[1] + dy, centre[2] + dz];
                    if let Some(value) = self.values.get(&key) {
                        visit(key, value);
                    }
                }
            }
        }
    }

    /// The same cells with values made from their keys.
    pub(super) fn map<U>(&self, make: impl Fn([i16; 3]) -> U) -> Cells<U> {
        Cells { size: self.size, values: self.values.keys().map(|&key| (key, make(key))).collect() }
    }
}

/// The weight of a cell at this offset: a bell curve that joins neighbours smoothly.
pub(super) fn smooth(offset: Vec3) -> f32 {
    (-0.5 * offset.length_squared()).exp()
}

/// The same, but hardly wider than the cell itself.
pub(super) fn narrow(offset: Vec3) -> f32 {
    (-2.0 * offset.length_squared()).exp()
}
