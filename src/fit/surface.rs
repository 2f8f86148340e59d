//! The T-posed surface among landmarks: which point of the body is meant.

use glam::{UVec3, Vec3};

/// Farthest that two neighbours of a triangle's points lie apart, in landmark units, as long as there is room.
const SPACING: f32 = 0.012;
/// About as many points are made of a figure; one with more triangles gets one for each.
const POINTS: usize = 200_000;
/// A triangle is cut into no more than this many squared.
const MOST_CUTS: usize = 24;
/// Cells along an axis.
const CELLS: u32 = 32;
/// Landmarks farther than this from all of the surface are of no body like it.
pub(super) const REACH: f32 = 0.08;

/// A point of the surface.
#[derive(Clone, Copy, Debug)]
pub(super) struct Point {
    pub(super) landmark: Vec3,
    /// Vertices of the triangle that it lies on.
    pub(super) corners: [u32; 3],
    /// How much it is of each.
    pub(super) shares: [f32; 3],
}

/// Points spread over a surface, found by where they lie.
pub(super) struct Surface {
    /// Cell by cell.
    points: Vec<Point>,
    /// Where each cell's begin.
    starts: Vec<u32>,
}

impl Surface {
    /// Of triangles whose corners' landmarks are given.
    pub(super) fn new(landmarks: &[Vec3], triangles: &[[u32; 3]]) -> Self {
        let room = ((2 * POINTS / triangles.len().max(1)) as f32).sqrt() as usize;
        let mut points = Vec::new();
        for &corners in triangles {
            let [a, b, c] = corners.map(|v| landmarks[v as usize]);
            let longest = a.distance(b).max(b.distance(c)).max(c.distance(a));
            let cuts = ((longest / SPACING).ceil() as usize).clamp(1, room.clamp(1, MOST_CUTS));
            for i in 0..cuts {
                for j in 0..cuts - i {
                    let [s, t] = [i, j].map(|k| (k as f32 + 1.0 / 3.0) / cuts as f32);
                    let shares = [1.0 - s - t, s, t];
                    let landmark = a * shares[0] + b * s + c * t;
                    if landmark.is_finite() {
                        points.push(Point { landmark, corners, shares });
                    }
                }
            }
        }
        points.sort_unstable_by_key(|point| index(cell(point.landmark)));
        let mut starts = vec![0u32; CELLS.pow(3) as usize + 1];
        for point in &points {
            starts[index(cell(point.landmark)) + 1] += 1;
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        Self { points, starts }
    }

    /// The point nearest to a landmark and how far it is, where that is within reach.
    pub(super) fn nearest(&self, landmark: Vec3) -> Option<(&Point, f32)> {
        let (own, mut best) = (cell(landmark).as_ivec3(), None::<(&Point, f32)>);
        let side = 1.0 / CELLS as f32;
        for ring in 0..=(REACH / side).ceil() as i32 {
            // Whatever lies in a farther ring is farther than this.
            if best.is_some_and(|(_, away)| away <= (ring - 1) as f32 * side) {
                break;
            }
            for z in own.z - ring..=own.z + ring {
                for y in own.y - ring..=own.y + ring {
                    let shell = (z - own.z).abs() == ring || (y - own.y).abs() == ring;
                    let step = if shell || ring == 0 { 1 } else { 2 * ring };
                    for x in (own.x - ring..=own.x + ring).step_by(step as usize) {
                        let inside = [x, y, z].iter().all(|v| (0..CELLS as i32).contains(v));
                        if !inside {
                            continue;
                        }
                        let at = index(UVec3::new(x as u32, y as u32, z as u32));
                        for point in &self.points[self.starts[at] as usize..self.starts[at + 1] as usize] {
                            let away = point.landmark.distance(landmark);
                            if best.is_none_or(|(_, least)| away < least) {
                                best = Some((point, away));
                            }
                        }
                    }
                }
            }
        }
        best.filter(|(_, away)| *away <= REACH)
    }
}

fn cell(landmark: Vec3) -> UVec3 {
    (landmark.clamp(Vec3::ZERO, Vec3::ONE) * CELLS as f32).as_uvec3().min(UVec3::splat(CELLS - 1))
}

fn index(cell: UVec3) -> usize {
    ((cell.z * CELLS + cell.y) * CELLS + cell.x) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_point_is_found_as_by_looking_at_all() {
        let at = |i: usize, salt: usize| (((i * 2_654_435_761 + salt * 40_503) >> 7) % 997) as f32 / 996.0;
        let landmarks: Vec<Vec3> = (0..90).map(|i| Vec3::new(at(i, 1), at(i, 2), at(i, 3))).collect();
        let triangles: Vec<[u32; 3]> = (0..30).map(|i| [3 * i, 3 * i + 1, 3 * i + 2]).collect();
        let surface = Surface::new(&landmarks, &triangles);
        assert!(surface.points.len() > 1000);
        for i in 0..300 {
            let landmark = Vec3::new(at(i, 5), at(i, 6), at(i, 7));
            let least = surface.points.iter().map(|p| p.landmark.distance(landmark)).fold(f32::INFINITY, f32::min);
            match surface.nearest(landmark) {
                Some((point, away)) => {
                    assert!((away - least).abs() < 1e-6 && (point.landmark.distance(landmark) - away).abs() < 1e-6);
                }
                None => assert!(least > REACH),
            }
        }
        assert!(Surface::new(&[], &[]).nearest(Vec3::splat(0.5)).is_none());
    }
}
