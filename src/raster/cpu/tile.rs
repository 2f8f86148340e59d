//! Coverage and depth of one tile: which triangle is nearest at each sample.

use super::bins::{Grid, TILE_HEIGHT, TILE_WIDTH, Triangle, area, bounds};
use super::vertices::{SUBPIXELS, ScreenVertex};
use glam::Vec3;

/// No triangle.
pub(super) const NOTHING: u32 = u32::MAX;
const SAMPLES: usize = (TILE_WIDTH * TILE_HEIGHT) as usize;
/// Triangles up to this size (in 1/256 pixel) have edge functions that fit 32 bits throughout a tile.
const SMALL: i32 = 1024 * SUBPIXELS;

/// A tile's depth and visibility.
pub(super) struct Tile {
    /// First sample.
    pub(super) origin: [u32; 2],
    /// In samples; less than the full size at the picture's edges.
    pub(super) size: [u32; 2],
    depth: Vec<f32>,
    /// For each sample the nearest triangle's place in `drawn`, or [`NOTHING`]; rows of [`TILE_WIDTH`].
    nearest: Vec<u32>,
    /// Triangles that left something.
    drawn: Vec<Interpolator>,
}

impl Tile {
    pub(super) fn new() -> Self {
        let (depth, nearest) = (vec![1.0; SAMPLES], vec![NOTHING; SAMPLES]);
        Self { origin: [0; 2], size: [0; 2], depth, nearest, drawn: Vec::new() }
    }

    /// Empties the tile and moves it.
    pub(super) fn begin(&mut self, grid: &Grid, column: u32, row: u32) {
        self.origin = [column * TILE_WIDTH, row * TILE_HEIGHT];
        self.size = [TILE_WIDTH.min(grid.size[0] - self.origin[0]), TILE_HEIGHT.min(grid.size[1] - self.origin[1])];
        self.depth.fill(1.0);
        self.nearest.fill(NOTHING);
        self.drawn.clear();
    }

    /// Where a sample of this tile lies in a slice of all.
    pub(super) fn index(x: u32, y: u32) -> usize {
        (y * TILE_WIDTH + x) as usize
    }

    /// Draws one triangle: calls `keep` with the sample in the picture for each that is covered and not behind what is
    /// there; where it says yes, the triangle becomes the nearest.
    pub(super) fn draw(&mut self, triangle: Interpolator, mut keep: impl FnMut(&Interpolator, u32, u32) -> bool) {
        let end = [self.origin[0] + self.size[0], self.origin[1] + self.size[1]];
        let Some((low, high)) = bounds(&triangle.corners, end) else { return };
        let low = [low[0].max(self.origin[0]), low[1].max(self.origin[1])];
        if high[0] < low[0] || high[1] < low[1] {
            return;
        }
        let drew = if triangle.small() {
            self.sweep::<i32>(&triangle, low, high, &mut keep)
        } else {
            self.sweep::<i64>(&triangle, low, high, &mut keep)
        };
        if drew {
            self.drawn.push(triangle);
        }
    }

    fn sweep<I: Number>(
        &mut self,
        triangle: &Interpolator,
        low: [u32; 2],
        high: [u32; 2],
        keep: &mut impl FnMut(&Interpolator, u32, u32) -> bool,
    ) -> bool {
        // Exact: with whole steps per sample, dividing by 256 and rounding down doesn't change any sign.
        let start = triangle.edges_at(low[0], low[1]);
        let reduced = |i: usize| I::from_i64((start[i] - triangle.bias(i)) >> 8);
        // What rounding down and the fill rule took away, for interpolation.
        let rest = |i: usize| (((start[i] - triangle.bias(i)) & 255) + triangle.bias(i)) as f32 / 256.0;
        let rest = [rest(1), rest(2)];
        let across = triangle.across.map(I::from_i32);
        let down = triangle.down.map(I::from_i32);
        let mut rows = [reduced(0), reduced(1), reduced(2)];
        let (z0, dz, slot) = (triangle.corners[0].z, triangle.dz, self.drawn.len() as u32);
        let mut drew = false;
        for y in low[1]..=high[1] {
            let mut here = rows;
            let first = Self::index(low[0] - self.origin[0], y - self.origin[1]);
            let row = first..first + (high[0] - low[0] + 1) as usize;
            let samples = self.depth[row.clone()].iter_mut().zip(&mut self.nearest[row]);
            for (x, (depth, nearest)) in (low[0]..).zip(samples) {
                if I::none_negative(here) {
                    let z = z0 + (here[1].to_f32() + rest[0]) * dz[0] + (here[2].to_f32() + rest[1]) * dz[1];
                    if z <= *depth && keep(triangle, x, y) {
                        (*depth, *nearest) = (z, slot);
                        drew = true;
                    }
                }
                here = I::sum(here, across);
            }
            rows = I::sum(rows, down);
        }
        drew
    }

    /// Calls `visit` for each sample that shows a triangle: its place in the picture and the triangle, and whether that
    /// is another one than at the sample before.
    pub(super) fn visit(&self, mut visit: impl FnMut(u32, u32, &Interpolator, bool)) {
        let mut last = NOTHING;
        for y in 0..self.size[1] {
            let first = Self::index(0, y);
            for (x, &slot) in (0..).zip(&self.nearest[first..first + self.size[0] as usize]) {
                if slot != NOTHING {
                    visit(self.origin[0] + x, self.origin[1] + y, &self.drawn[slot as usize], slot != last);
                    last = slot;
                }
            }
        }
    }
}

/// A triangle set up for interpolation.
///
/// Each corner has an edge function, that of the opposite edge: 0 on it, positive inside, in 1/65536 px².
pub(super) struct Interpolator {
    /// Turned so that the area is positive.
    corners: [ScreenVertex; 3],
    /// Change of the edge functions per sample to the right, in 1/256 px.
    across: [i32; 3],
    /// Change per sample down.
    down: [i32; 3],
    /// Depth per 256 units of the edge functions of corners 1 and 2.
    dz: [f32; 2],
    /// Seen from its front (after the corners were put in order: the order was changed).
    pub(super) front: bool,
    /// Index into the figure's triangles.
    pub(super) index: u32,
    /// It belongs to the outline's hull.
    pub(super) hull: bool,
    /// Barycentric coordinates of the corners, as given, in the figure's triangle, where that was cut.
    weights: Option<Box<[Vec3; 3]>>,
}

impl Interpolator {
    pub(super) fn new(Triangle { mut corners, index, hull, weights }: Triangle) -> Self {
        let area = area(&corners);
        let front = area < 0;
        if front {
            corners.swap(1, 2);
        }
        let [a, b, c] = &corners;
        let per_area = 256.0 / area.abs() as f32;
        Self {
            across: [b.y - c.y, c.y - a.y, a.y - b.y],
            down: [c.x - b.x, a.x - c.x, b.x - a.x],
            dz: [(b.z - a.z) * per_area, (c.z - a.z) * per_area],
            corners,
            front,
            index,
            hull,
            weights,
        }
    }

    /// 1 for edges whose own samples belong to the neighbour (the top-left rule).
    fn bias(&self, edge: usize) -> i64 {
        let mine = self.across[edge] > 0 || (self.across[edge] == 0 && self.down[edge] > 0);
        i64::from(!mine)
    }

    fn small(&self) -> bool {
        self.across.iter().chain(&self.down).all(|v| v.abs() < SMALL)
    }

    /// The three edge functions at a sample's centre.
    fn edges_at(&self, x: u32, y: u32) -> [i64; 3] {
        let [a, b, c] = &self.corners;
        let centre = |v: u32| i64::from(v) * i64::from(SUBPIXELS) + i64::from(SUBPIXELS / 2);
        let (x, y) = (centre(x), centre(y));
        let edge = |i: usize, from: &ScreenVertex| {
            i64::from(self.across[i]) * (x - i64::from(from.x)) + i64::from(self.down[i]) * (y - i64::from(from.y))
        };
        [edge(0, b), edge(1, c), edge(2, a)]
    }

    /// Perspective-correct barycentric coordinates, in the figure's triangle, at a sample's centre.
    pub(super) fn weights(&self, x: u32, y: u32) -> Vec3 {
        self.perspective(self.edges_at(x, y))
    }

    /// The same one sample to the right and one sample down.
    pub(super) fn neighbours(&self, x: u32, y: u32) -> [Vec3; 2] {
        let here = self.edges_at(x, y);
        [&self.across, &self.down].map(|step| {
            let moved = |i: usize| here[i] + i64::from(SUBPIXELS) * i64::from(step[i]);
            self.perspective([moved(0), moved(1), moved(2)])
        })
    }

    fn perspective(&self, edges: [i64; 3]) -> Vec3 {
        let weighted = |i: usize| edges[i] as f32 * self.corners[i].inv_w;
        let (a, b, c) = (weighted(0), weighted(1), weighted(2));
        let weights = if self.front { Vec3::new(a, c, b) } else { Vec3::new(a, b, c) } * (1.0 / (a + b + c));
        match &self.weights {
            None => weights,
            Some(corners) => corners[0] * weights.x + corners[1] * weights.y + corners[2] * weights.z,
        }
    }
}

/// What edge functions are computed in.
trait Number: Copy {
    fn from_i64(value: i64) -> Self;
    fn from_i32(value: i32) -> Self;
    fn sum(a: [Self; 3], b: [Self; 3]) -> [Self; 3];
    fn none_negative(values: [Self; 3]) -> bool;
    fn to_f32(self) -> f32;
}

macro_rules! number {
    ($t:ty) => {
        impl Number for $t {
            fn from_i64(value: i64) -> Self {
                value as $t
            }
            fn from_i32(value: i32) -> Self {
                value as $t
            }
            fn sum(a: [Self; 3], b: [Self; 3]) -> [Self; 3] {
                // The last step of a row may leave the numbers' range; nobody looks at it.
                [a[0].wrapping_add(b[0]), a[1].wrapping_add(b[1]), a[2].wrapping_add(b[2])]
            }
            fn none_negative([a, b, c]: [Self; 3]) -> bool {
                a | b | c >= 0
            }
            fn to_f32(self) -> f32 {
                self as f32
            }
        }
    };
}
number!(i32);
number!(i64);
