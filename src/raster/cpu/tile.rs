//! Coverage and depth of one tile: which triangle is nearest at each sample.

use super::bins::{Bins, Grid, TILE_HEIGHT, TILE_WIDTH, Triangle, area, bounds};
use super::vertices::{SUBPIXELS, ScreenVertex};

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
    /// Id of the nearest triangle, rows of [`TILE_WIDTH`].
    pub(super) ids: Vec<u32>,
}

impl Tile {
    pub(super) fn new() -> Self {
        Self { origin: [0; 2], size: [0; 2], depth: vec![1.0; SAMPLES], ids: vec![NOTHING; SAMPLES] }
    }

    /// Empties the tile and moves it.
    pub(super) fn begin(&mut self, grid: &Grid, column: u32, row: u32) {
        self.origin = [column * TILE_WIDTH, row * TILE_HEIGHT];
        self.size = [TILE_WIDTH.min(grid.size[0] - self.origin[0]), TILE_HEIGHT.min(grid.size[1] - self.origin[1])];
        self.depth.fill(1.0);
        self.ids.fill(NOTHING);
    }

    /// Where a sample of this tile lies in `ids`.
    pub(super) fn index(x: u32, y: u32) -> usize {
        (y * TILE_WIDTH + x) as usize
    }

    /// Draws one triangle: calls `keep` with the tile's sample for each that is covered and not behind what is there;
    /// where it says yes, the triangle becomes the nearest.
    pub(super) fn draw(&mut self, corners: &[ScreenVertex; 3], id: u32, mut keep: impl FnMut(u32, u32) -> bool) {
        let Some((low, high)) = bounds(corners, [self.origin[0] + self.size[0], self.origin[1] + self.size[1]]) else {
            return;
        };
        if high[0] < self.origin[0] || high[1] < self.origin[1] {
            return;
        }
        let low = [low[0].max(self.origin[0]) - self.origin[0], low[1].max(self.origin[1]) - self.origin[1]];
        let high = [high[0] - self.origin[0], high[1] - self.origin[1]];
        let edges = Edges::new(corners);
        let small = |v: [i32; 3]| v[0].max(v[1]).max(v[2]) - v[0].min(v[1]).min(v[2]) < SMALL;
        if small(corners.map(|c| c.x)) && small(corners.map(|c| c.y)) {
            self.sweep::<i32>(&edges, id, low, high, &mut keep);
        } else {
            self.sweep::<i64>(&edges, id, low, high, &mut keep);
        }
    }

    fn sweep<I: Number>(
        &mut self,
        edges: &Edges,
        id: u32,
        low: [u32; 2],
        high: [u32; 2],
        keep: &mut impl FnMut(u32, u32) -> bool,
    ) {
        // Exact: with whole steps per sample, dividing by 256 and rounding down doesn't change any sign.
        let start = edges.at(self.origin[0] + low[0], self.origin[1] + low[1]);
        let mut rows = [0, 1, 2].map(|i| I::from_i64((start[i] - edges.bias[i]) >> 8));
        let across = edges.across.map(I::from_i64);
        let down = edges.down.map(I::from_i64);
        // What rounding down and the fill rule took away, for interpolation.
        let rest = [1, 2].map(|i| (((start[i] - edges.bias[i]) & 255) + edges.bias[i]) as f32 / 256.0);
        for y in low[1]..=high[1] {
            let mut here = rows;
            for x in low[0]..=high[0] {
                if I::none_negative(here) {
                    let z = edges.z0
                        + (here[1].to_f32() + rest[0]) * edges.dz[0]
                        + (here[2].to_f32() + rest[1]) * edges.dz[1];
                    let index = Self::index(x, y);
                    if z <= self.depth[index] && keep(x, y) {
                        self.depth[index] = z;
                        self.ids[index] = id;
                    }
                }
                for i in 0..3 {
                    here[i] = here[i].plus(across[i]);
                }
            }
            for i in 0..3 {
                rows[i] = rows[i].plus(down[i]);
            }
        }
    }
}

/// Edge functions: one for the edge opposite of each corner, 0 on it, positive inside, in 1/65536 px².
pub(super) struct Edges {
    corners: [ScreenVertex; 3],
    /// Change per sample to the right, in 1/256 px.
    across: [i64; 3],
    /// Change per sample down.
    down: [i64; 3],
    /// 1 for edges whose own samples belong to the neighbour (the top-left rule).
    bias: [i64; 3],
    z0: f32,
    /// Depth per reduced edge function of corners 1 and 2.
    dz: [f32; 2],
    /// The triangle was turned round to make its area positive.
    turned: bool,
}

impl Edges {
    pub(super) fn new(corners: &[ScreenVertex; 3]) -> Self {
        let mut corners = *corners;
        let mut twice_area = area(&corners);
        let turned = twice_area < 0;
        if turned {
            corners.swap(1, 2);
            twice_area = -twice_area;
        }
        let ends = [[1, 2], [2, 0], [0, 1]];
        let across = ends.map(|[a, b]| i64::from(corners[a].y - corners[b].y));
        let down = ends.map(|[a, b]| i64::from(corners[b].x - corners[a].x));
        let bias = [0, 1, 2].map(|i| i64::from(!(across[i] > 0 || (across[i] == 0 && down[i] > 0))));
        let per_area = 256.0 / twice_area as f32;
        Self {
            corners,
            across,
            down,
            bias,
            z0: corners[0].z,
            dz: [(corners[1].z - corners[0].z) * per_area, (corners[2].z - corners[0].z) * per_area],
            turned,
        }
    }

    /// The three functions at a sample's centre.
    fn at(&self, x: u32, y: u32) -> [i64; 3] {
        let centre = |v: u32| i64::from(v) * i64::from(SUBPIXELS) + i64::from(SUBPIXELS / 2);
        let (x, y) = (centre(x), centre(y));
        let from = [1, 2, 0];
        [0, 1, 2].map(|i| {
            let corner = &self.corners[from[i]];
            self.across[i] * (x - i64::from(corner.x)) + self.down[i] * (y - i64::from(corner.y))
        })
    }

    /// Perspective-correct barycentric coordinates at a sample's centre, moved by whole samples, in the order the
    /// corners were given.
    pub(super) fn weights(&self, x: u32, y: u32, step: [i64; 2]) -> [f32; 3] {
        let at = self.at(x, y);
        let weighted = [0, 1, 2].map(|i| {
            let value = at[i] + i64::from(SUBPIXELS) * (self.across[i] * step[0] + self.down[i] * step[1]);
            value as f32 * self.corners[i].inv_w
        });
        let scale = 1.0 / (weighted[0] + weighted[1] + weighted[2]);
        let [a, b, c] = weighted.map(|w| w * scale);
        if self.turned { [a, c, b] } else { [a, b, c] }
    }
}

/// A triangle set up for interpolation at many samples.
pub(super) struct Interpolator {
    pub(super) triangle: Triangle,
    edges: Edges,
}

impl Interpolator {
    pub(super) fn new(bins: &Bins, id: u32) -> Self {
        let triangle = bins.triangle(id);
        Self { edges: Edges::new(&triangle.corners), triangle }
    }

    pub(super) fn corners(&self) -> &[ScreenVertex; 3] {
        &self.triangle.corners
    }

    /// Barycentric coordinates in the figure's triangle at a sample of the picture, or whole samples off it.
    pub(super) fn weights(&self, x: u32, y: u32, step: [i64; 2]) -> [f32; 3] {
        let weights = self.edges.weights(x, y, step);
        match self.triangle.weights {
            None => weights,
            Some(corners) => (corners[0] * weights[0] + corners[1] * weights[1] + corners[2] * weights[2]).to_array(),
        }
    }
}

/// What edge functions are computed in.
trait Number: Copy {
    fn from_i64(value: i64) -> Self;
    fn plus(self, other: Self) -> Self;
    fn none_negative(values: [Self; 3]) -> bool;
    fn to_f32(self) -> f32;
}

macro_rules! number {
    ($t:ty) => {
        impl Number for $t {
            fn from_i64(value: i64) -> Self {
                value as $t
            }
            fn plus(self, other: Self) -> Self {
                self.wrapping_add(other)
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
