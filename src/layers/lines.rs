//! Lines as a pen would draw them: around the figure, between its parts, and where one part lies before another.

use crate::picture::Picture;
use crate::raster::{Id, LARGEST_SIDE_PX, Shot, SubjectError};

/// Samples along each side of a pixel.
const SAMPLES: u32 = 2;
/// A step in depth from which on something lies before something else, metres.
const STEP_M: f32 = 0.015;

/// Black lines of about one pixel; the rest is transparent.
pub(super) fn draw(shot: &Shot, size_px: [u32; 2]) -> Result<Picture, SubjectError> {
    let samples = if size_px.iter().all(|side| side * SAMPLES <= LARGEST_SIDE_PX) { SAMPLES } else { 1 };
    let fine_px = size_px.map(|side| side * samples);
    let ids = shot.ids(fine_px)?;
    let drawn = edges(&ids.pixels, &shot.depths(fine_px)?, fine_px[0] as usize);
    let (width, samples) = (fine_px[0] as usize, samples as usize);
    let mut picture = Picture::new(size_px[0], size_px[1]);
    for (i, pixel) in picture.pixels.iter_mut().enumerate() {
        let [x, y] = [i % size_px[0] as usize, i / size_px[0] as usize].map(|at| at * samples);
        let rows = (y..y + samples).map(|y| &drawn[y * width + x..][..samples]);
        let covered = rows.flatten().filter(|drawn| **drawn).count();
        *pixel = [0, 0, 0, (covered * 255 / (samples * samples)) as u8];
    }
    Ok(picture)
}

/// The samples that a line goes through.
fn edges(ids: &[Option<Id>], depths_m: &[f32], width: usize) -> Vec<bool> {
    let mut drawn = vec![false; ids.len()];
    let part = |i: usize| ids[i].map(|id| id.submesh);
    let mut between = |a: usize, b: usize, before: Option<usize>, after: Option<usize>| {
        // A slope has steps as well, but they go on on both sides.
        let slope = |from: Option<usize>, to: Option<usize>| Some(depths_m[to?] - depths_m[from?]);
        let step = depths_m[b] - depths_m[a];
        let goes_on = [slope(before, Some(a)), slope(Some(b), after)].into_iter().flatten();
        let bends = goes_on.filter(|slope| slope.is_finite()).all(|slope| (step - slope).abs() > STEP_M);
        if part(a) != part(b) || (step.abs() > STEP_M && bends) {
            (drawn[a], drawn[b]) = (true, true);
        }
    };
    for i in 0..ids.len() {
        let x = i % width;
        if x + 1 < width {
            between(i, i + 1, (x > 0).then(|| i.wrapping_sub(1)), (x + 2 < width).then_some(i + 2));
        }
        if i + width < ids.len() {
            let after = (i + 2 * width < ids.len()).then_some(i + 2 * width);
            between(i, i + width, i.checked_sub(width), after);
        }
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_goes_where_parts_meet_and_where_depth_jumps_but_not_over_slopes() {
        let id = |submesh| Some(Id { submesh, joint: 0 });
        let far = f32::INFINITY;
        let ids = [None, id(0), id(0), id(1), id(1), id(1), id(1), id(1), id(1)];
        // A part's border at the same depth, a steep slope, then a jump.
        let depths = [far, 1.0, 1.0, 1.0, 1.02, 1.04, 1.06, 1.08, 1.5];
        let drawn = edges(&ids, &depths, 9);
        assert_eq!(drawn, [true, true, true, true, false, false, false, true, true]);
        assert_eq!(edges(&ids, &depths, 1), drawn);
    }
}
