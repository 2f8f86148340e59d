//! The colour of one surface point, from all drawings that show it.

use super::index::Sample;
use super::surface::{DEEP, Surface, Tangents};
use super::{Colour, Drawing, Transfer};
use glam::{Vec2, Vec3, Vec4};

/// A surface point whose colour is wanted, and how the target picture sees it.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    pub(super) landmark: Vec3,
    pub(super) tangents: Tangents,
    /// Where it faces in view space; zero where that isn't known.
    pub(super) facing: Vec3,
    /// See [`super::parts`].
    pub(super) part: u16,
}

/// Where a drawing shows a point.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// The nearest one.
    pub(super) pixel: usize,
    /// From its middle, right and down.
    pub(super) offset_px: Vec2,
    /// From the middle of the drawing's first pixel.
    pub(super) at_px: Vec2,
    /// How well.
    pub(super) weight: f32,
    /// Fewer pixels of the drawing show it than there are of the target.
    pub(super) stretched: bool,
}

/// Room for one candidate per view, kept from pixel to pixel.
pub(super) type Candidates = Vec<Option<(f32, Sample)>>;

/// Colours found with less than this weight are helped out.
const POOR: f32 = 0.1;
/// What the other half of the figure weighs: most characters are nearly symmetric.
const MIRRORED: f32 = 0.2;
/// How much one spacing of distance costs where the nearest landmark faces elsewhere: the other side of hair, skirts
/// and sleeves is near, too.
const OTHER_SIDE: f32 = 8.0;
/// What it costs to be of another part, in squared spacings, where parts are as unsure as the landmarks that tell them.
const OTHER_PART: f32 = 30.0;
/// Fewer pixels of a drawing for one that is wanted show their borders.
const STRETCHED: f32 = 0.5;
/// Weight of colours at a depth below [`DEEP`]: antialiasing and ink lines are mixed in.
const DEPTH_WEIGHTS: [f32; DEEP as usize + 1] = [0.02, 0.2, 1.0];

impl Transfer {
    /// What was found, helped out by the other half of the figure where that is poor.
    pub(super) fn helped(
        &self,
        mut found: Colour,
        wanted: &Wanted,
        candidates: &mut Candidates,
        owed: &mut impl FnMut(usize, f32),
    ) -> Colour {
        if found.weight < POOR {
            let landmark = Vec3::new(1.0 - wanted.landmark.x, wanted.landmark.y, wanted.landmark.z);
            let mirrored = Wanted { landmark, tangents: wanted.tangents.mirrored(), ..*wanted };
            found.add(self.gather(&mirrored, candidates, &mut |view, weight| owed(view, weight * MIRRORED)), MIRRORED);
        }
        found
    }

    /// The mean over the views in which the point is seen, each by how well.
    fn gather(&self, wanted: &Wanted, candidates: &mut Candidates, owed: &mut impl FnMut(usize, f32)) -> Colour {
        self.seek(wanted, candidates);
        let places = candidates.iter().flatten().map(|(_, sample)| (sample.view as usize, self.locate(sample, wanted)));
        self.mean(places, wanted, owed)
    }

    /// The mean of what drawings show at places of theirs, each by how well; `owed` hears which has which weight.
    pub(super) fn mean(
        &self,
        places: impl Iterator<Item = (usize, Place)>,
        wanted: &Wanted,
        owed: &mut impl FnMut(usize, f32),
    ) -> Colour {
        let mut mean = Colour::default();
        for (view, place) in places {
            let colour = self.look_up(&self.drawings[view], place, wanted);
            owed(view, colour.weight);
            mean.add(colour, 1.0);
        }
        mean
    }

    /// The pixel of each view that is nearest to a point.
    pub(super) fn seek(&self, wanted: &Wanted, candidates: &mut Candidates) {
        let normal = wanted.tangents.normal();
        let per_spacing = 1.0 / (self.spacing * self.spacing);
        candidates.clear();
        candidates.resize(self.drawings.len(), None);
        self.index.near(wanted.landmark, |sample| {
            let other_part = sample.part != wanted.part;
            if other_part && self.drawings[sample.view as usize].off == 0.0 {
                return;
            }
            let best = &mut candidates[sample.view as usize];
            let mut cost = sample.landmark.distance_squared(wanted.landmark) * per_spacing;
            if other_part {
                cost += OTHER_PART;
            }
            if best.is_some_and(|(least, _)| cost >= least) {
                return;
            }
            cost += OTHER_SIDE * (1.0 - normal.dot(sample.normal));
            if best.is_none_or(|(least, _)| cost < least) {
                *best = Some((cost, *sample));
            }
        });
    }

    /// Where a drawing shows a point, starting from the pixel nearest to it, and how well.
    pub(super) fn locate(&self, nearest: &Sample, wanted: &Wanted) -> Place {
        let drawing = &self.drawings[nearest.view as usize];
        let surface = &drawing.surface;
        let mut pixel = nearest.pixel as usize;
        let mut tangents = surface.tangents(pixel);
        let limit = Vec2::ONE;
        let mut offset_px = tangents.pixels(wanted.landmark - surface.landmarks[pixel]).clamp(-limit, limit);
        // The point may lie nearer to a neighbour, along the surface.
        let (dx, dy) = (offset_px.x.round() as isize, offset_px.y.round() as isize);
        if (dx, dy) != (0, 0)
            && let Some(neighbour) = surface.follow(pixel, dx, dy).filter(|&n| drawing.parts[n] == wanted.part)
        {
            pixel = neighbour;
            tangents = surface.tangents(pixel);
            offset_px = tangents.pixels(wanted.landmark - surface.landmarks[pixel]).clamp(-limit, limit);
        }
        let reached = surface.landmarks[pixel] + tangents.landmark(offset_px);
        let miss = reached.distance_squared(wanted.landmark) / (self.spacing.powi(2) + drawing.off.powi(2));
        let same_side = tangents.normal().dot(wanted.tangents.normal());
        // Pixels of the drawing per pixel wanted, along the direction in which they are fewest.
        let (right, down) = (tangents.pixels(wanted.tangents.across), tangents.pixels(wanted.tangents.down));
        let detail = smaller_singular_value(right, down).clamp(0.02, 1.0);
        let sure = f32::from(drawing.confidence[pixel]) / 255.0;
        let weight = (-0.5 * miss - 4.0 * (1.0 - same_side)).exp() * detail.powi(3) * sure;
        Place { pixel, offset_px, at_px: surface.middle(pixel) + offset_px, weight, stretched: detail < STRETCHED }
    }

    /// The colour that one drawing shows at a place.
    fn look_up(&self, drawing: &Drawing, place: Place, wanted: &Wanted) -> Colour {
        let Place { pixel, offset_px, mut weight, stretched, .. } = place;
        let (mut premultiplied, unmixed) = bilinear(drawing, pixel, offset_px, stretched);
        weight *= unmixed;
        let change = self.tone_change(drawing, pixel, wanted);
        premultiplied = self.retoned(premultiplied, drawing, pixel, wanted.landmark, change);
        weight *= (-change.abs()).exp();
        Colour::new(premultiplied, weight.max(1e-12))
    }

    /// The colour found at one place of the target's surface, carried on to another.
    pub(super) fn continued(&self, colour: Vec4, from: &Wanted, to: &Wanted) -> Vec4 {
        match &self.shade {
            Some((shade, palette)) if from.facing != Vec3::ZERO && to.facing != Vec3::ZERO => {
                let change = shade.tone(to.facing) - shade.tone(from.facing);
                palette.limit(from.part, from.landmark, colour, shade.recolour(colour, from.landmark, change))
            }
            _ => colour,
        }
    }

    /// The colour of the nearest surface of the same part, or of any, that is seen well, or at all; premultiplied.
    pub(super) fn guess(&self, wanted: &Wanted, same_part: bool) -> Option<Vec4> {
        let normal = wanted.tangents.normal();
        self.coarse.iter().find_map(|(index, cell)| {
            let mut best: Option<(f32, Sample)> = None;
            let other_side = (0.5 * cell).powi(2);
            index.near(wanted.landmark, |sample| {
                if same_part && sample.part != wanted.part {
                    return;
                }
                let cost =
                    sample.landmark.distance_squared(wanted.landmark) + other_side * (1.0 - sample.normal.dot(normal));
                if best.is_none_or(|(least, _)| cost < least) {
                    best = Some((cost, *sample));
                }
            });
            let (_, sample) = best?;
            let (drawing, pixel) = (&self.drawings[sample.view as usize], sample.pixel as usize);
            let change = self.tone_change(drawing, pixel, wanted);
            Some(self.retoned(drawing.premultiplied(pixel), drawing, pixel, wanted.landmark, change))
        })
    }

    /// A colour that a drawing shows at `pixel` after its tone has changed, as far as somebody drew it so.
    fn retoned(&self, colour: Vec4, drawing: &Drawing, pixel: usize, landmark: Vec3, change: f32) -> Vec4 {
        match &self.shade {
            Some((shade, palette)) if change.abs() >= 0.01 => palette.limit(
                drawing.parts[pixel],
                drawing.surface.landmarks[pixel],
                colour,
                shade.recolour(colour, landmark, change),
            ),
            _ => colour,
        }
    }

    /// From the tone a drawing shows to the tone that is wanted.
    fn tone_change(&self, drawing: &Drawing, pixel: usize, wanted: &Wanted) -> f32 {
        let shown = drawing.normals[pixel];
        match &self.shade {
            Some((shade, _)) if shown != Vec3::ZERO && wanted.facing != Vec3::ZERO => {
                shade.tone(wanted.facing) - shade.tone(shown)
            }
            _ => 0.0,
        }
    }
}

/// The drawing's colour between pixels of one surface, premultiplied, and how unmixed with others it is; of one part alone
/// if it is `stretched`, so that no border becomes a wide blur.
fn bilinear(drawing: &Drawing, pixel: usize, offset_px: Vec2, stretched: bool) -> (Vec4, f32) {
    let surface: &Surface = &drawing.surface;
    let (dx, dy) = (if offset_px.x < 0.0 { -1 } else { 1 }, if offset_px.y < 0.0 { -1 } else { 1 });
    let (u, v) = (offset_px.x.abs(), offset_px.y.abs());
    let corners = [(0, 0, (1.0 - u) * (1.0 - v)), (dx, 0, u * (1.0 - v)), (0, dy, (1.0 - u) * v), (dx, dy, u * v)];
    let (mut sum, mut total) = (Vec4::ZERO, 0.0);
    for (dx, dy, share) in corners {
        let fits = |&corner: &usize| !stretched || drawing.parts[corner] == drawing.parts[pixel];
        if let Some(corner) = surface.follow(pixel, dx, dy).filter(fits) {
            // Not 0: the pixel itself always counts.
            let weight = (share + 1e-4) * DEPTH_WEIGHTS[surface.depth[corner] as usize];
            sum += drawing.premultiplied(corner) * weight;
            total += weight;
        }
    }
    (sum / total, total.max(DEPTH_WEIGHTS[0]))
}

/// Of the matrix with these columns.
fn smaller_singular_value(a: Vec2, b: Vec2) -> f32 {
    let sum = a.length_squared() + b.length_squared();
    let determinant = a.perp_dot(b);
    let root = (sum * sum - 4.0 * determinant * determinant).max(0.0).sqrt();
    ((sum - root) * 0.5).max(0.0).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn singular_values_measure_the_narrow_direction() {
        assert!((smaller_singular_value(Vec2::new(3.0, 0.0), Vec2::new(0.0, 0.5)) - 0.5).abs() < 1e-5);
        let (sin, cos) = 0.7f32.sin_cos();
        let turned = smaller_singular_value(Vec2::new(2.0 * cos, 2.0 * sin), Vec2::new(-sin, cos));
        assert!((turned - 1.0).abs() < 1e-5);
        assert!(smaller_singular_value(Vec2::ONE, Vec2::ONE) < 1e-3);
    }
}
