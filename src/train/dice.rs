//! Random numbers that are the same on every machine, and for the same place in a training.

use crate::lot::Lot;
use std::ops::{Deref, DerefMut};

/// A [`Lot`] for a place in a training.
pub struct Dice(Lot);

impl Deref for Dice {
    type Target = Lot;

    fn deref(&self) -> &Lot {
        &self.0
    }
}

impl DerefMut for Dice {
    fn deref_mut(&mut self) -> &mut Lot {
        &mut self.0
    }
}

impl Dice {
    /// For a place that these numbers name, such as a seed and an index.
    pub fn of(place: &[u64]) -> Self {
        let mut lot = Lot::new(0x5e77_e100_5eed_0001);
        for &part in place {
            lot = Lot::new(lot.next() ^ part);
        }
        lot.next();
        Self(lot)
    }

    /// True as often as this.
    pub fn chance(&mut self, share: f32) -> bool {
        self.share() < share
    }

    /// A colour, a third of them near white or black as clothes are.
    pub fn colour(&mut self) -> [f32; 3] {
        match self.below(6) {
            0 => [self.between(0.85, 1.0); 3],
            1 => [self.between(0.05, 0.3); 3],
            _ => [self.share(), self.share(), self.share()],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_have_numbers_of_their_own() {
        let first = |place: &[u64]| Dice::of(place).next();
        assert_eq!(first(&[1, 2]), first(&[1, 2]));
        assert_ne!(first(&[1, 2]), first(&[2, 1]));
        assert_ne!(first(&[0]), first(&[0, 0]));
        let mut dice = Dice::of(&[7]);
        let normals: Vec<f32> = (0..10_000).map(|_| dice.normal()).collect();
        let mean = normals.iter().sum::<f32>() / 1e4;
        let square = normals.iter().map(|v| v * v).sum::<f32>() / 1e4;
        assert!(mean.abs() < 0.05 && (square - 1.0).abs() < 0.05 && normals.iter().all(|v| v.is_finite()));
        assert!((0..1000).all(|_| dice.below(3) < 3) && dice.below(0) == 0);
    }
}
