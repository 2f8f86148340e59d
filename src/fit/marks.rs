//! The pixels that a pose is fitted to: those whose landmark names a point of the figure, evenly chosen among the bones.

use super::body::{Body, Hold};
use super::surface::Surface;
use super::{FitError, Seen};
use glam::{Vec2, Vec3, vec2};

/// At most so many pixels are looked at.
const LOOKED_AT: usize = 8000;
/// At most so many are chosen for each bone, so that thin arms count as much as wide skirts.
const FOR_EACH_BONE: usize = 30;
/// Fewer than this in all are no figure.
const LEAST: usize = 24;
/// A bone is seen that has so many.
pub(super) const SEEN: usize = 4;
/// Landmarks this far from the figure's surface count by less than half.
const OFF_SURFACE: f32 = 0.03;
/// Landmarks that are off by less than this are as good as any.
const GOOD: f32 = 0.02;

/// What a picture says of a figure.
pub(super) struct Marks {
    pub(super) chosen: Vec<Mark>,
    /// They were found by somebody who may be mistaken.
    pub(super) found: bool,
    /// From where the body is said to be seen.
    pub(super) view_deg: Option<f32>,
}

/// A pixel and the point of the body that it shows.
pub(super) struct Mark {
    /// In halves of the picture's height from its middle, right and up.
    pub(super) at: Vec2,
    /// How much it counts, to 1.
    pub(super) weight: f32,
    /// The one that holds it most first.
    pub(super) holds: Vec<Hold>,
    /// The outside of the surface there, in T-pose.
    pub(super) normal: Vec3,
}

impl Mark {
    /// The bone that it belongs to.
    pub(super) fn owner(&self) -> usize {
        self.holds[0].bone
    }
}

/// Chooses marks in a picture.
pub(super) fn marks(body: &Body, surface: &Surface, seen: &Seen<'_>) -> Result<Marks, FitError> {
    let (udp, width) = (seen.udp, seen.udp.width_px as usize);
    let there: Vec<usize> = (0..udp.pixels.len()).filter(|&i| udp.pixels[i][3] > 0.5).collect();
    let spread = seen.spread.filter(|spread| spread.len() == udp.pixels.len());
    let full = spread.map_or(GOOD, |spread| {
        let mut all: Vec<f32> = there.iter().map(|&i| spread[i]).collect();
        let middle = all.len() / 2;
        if all.is_empty() { GOOD } else { all.select_nth_unstable_by(middle, f32::total_cmp).1.max(GOOD) }
    });
    let mut of_bone: Vec<Vec<(Mark, bool)>> = body.bones.iter().map(|_| Vec::new()).collect();
    // A step that hits another column in each row.
    let step = there.len().div_ceil(LOOKED_AT).max(1);
    let halves = udp.height_px as f32 / 2.0;
    for &i in there.iter().step_by(step) {
        let [x, y, z, _] = udp.pixels[i];
        let Some((point, away)) = surface.nearest(Vec3::new(x, y, z)) else { continue };
        let sure = spread.map_or(1.0, |spread| (full / spread[i].max(1e-6)).min(1.0));
        let weight = sure / (1.0 + (away / OFF_SURFACE).powi(2));
        let holds = body.holds(point);
        if holds.is_empty() || !weight.is_finite() || weight < 0.02 {
            continue;
        }
        let pixel = vec2((i % width) as f32 + 0.5, (i / width) as f32 + 0.5);
        let middle = vec2(udp.width_px as f32, udp.height_px as f32) / 2.0;
        let at = (pixel - middle) * vec2(1.0, -1.0) / halves;
        of_bone[holds[0].bone].push((Mark { at, weight, holds, normal: body.normal(point) }, body.is_firm(point)));
    }
    let mut chosen = Vec::new();
    for mut marks in of_bone {
        // A skirt tells of a thigh where nothing else does.
        if marks.iter().filter(|(_, firm)| *firm).count() >= SEEN {
            marks.retain(|(_, firm)| *firm);
        }
        let step = marks.len().div_ceil(FOR_EACH_BONE).max(1);
        chosen.extend(marks.into_iter().map(|(mark, _)| mark).step_by(step));
    }
    if chosen.len() < LEAST {
        return Err(FitError::TooLittle { pixels: there.len() });
    }
    Ok(Marks { chosen, found: spread.is_some(), view_deg: seen.view_deg })
}
