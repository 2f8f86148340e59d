//! A clean view as an artist hands it in: painted in another way, then scanned and cut out.

use super::medium::{self, Medium};
use super::paint::painted;
use super::scan::Scan;
use super::{byte, scanned};
use crate::train::data::Rendering;
use crate::train::dice::Dice;

/// The view as a painter has it. The same lot for all views of a figure paints them all alike.
pub(in crate::train) fn repainted(view: &Rendering, dice: &mut Dice) -> Rendering {
    let straight = |[r, g, b, a]: [f32; 4]| {
        let [r, g, b] = [r, g, b].map(|v| if a > 0.0 { v / a } else { 0.0 });
        [r, g, b, a].map(byte)
    };
    Rendering { colours: painted(view, true, dice).into_iter().map(straight).collect(), ..view.clone() }
}

/// A drawing of `size_px` squared, premultiplied, after paper, scanner and the tool that cut it out, each by lot.
pub(in crate::train) fn handed_in(drawing: &[[u8; 4]], size_px: usize, dice: &mut Dice) -> Vec<[u8; 4]> {
    let clean: Vec<[f32; 4]> = drawing.iter().map(|pixel| pixel.map(|v| f32::from(v) / 255.0)).collect();
    let medium = Medium::by_lot(true, dice);
    let mut picture = medium.finished(&medium::grown(&clean, medium.sampled_px(size_px)), size_px, dice);
    scanned(&Scan::by_lot(dice), &mut picture, None, size_px, dice);
    // JPEG's rounding may leave a colour that its opacity has no room for.
    let bounded = |[r, g, b, a]: [f32; 4]| [r.min(a), g.min(a), b.min(a), a].map(byte);
    picture.into_iter().map(bounded).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A square figure of two parts.
    fn view() -> Rendering {
        let (side_px, inside) = (16, |i: usize| (4..12).contains(&(i % 16)) && (4..12).contains(&(i / 16)));
        let of = |i: usize| if inside(i) { [200, 120, 80, 255] } else { [0; 4] };
        Rendering {
            side_px,
            colours: (0..256).map(of).collect(),
            landmarks: (0..256).map(|i| if inside(i) { [i as u16 * 200, 9_000, 9_000] } else { [0; 3] }).collect(),
            parts: (0..256).map(|i| if inside(i) { 1 + u8::from(i % 16 > 7) } else { 0 }).collect(),
            view_deg: None,
            rough: None,
        }
    }

    #[test]
    fn a_lot_paints_all_views_alike_and_others_otherwise() {
        let view = view();
        let painted = |seed: u64| repainted(&view, &mut Dice::of(&[seed]));
        assert_eq!(painted(1), painted(1));
        let all: Vec<Rendering> = (0..12).map(painted).collect();
        assert!(all.iter().filter(|other| other.colours != view.colours).count() > 6);
        for other in &all {
            assert_eq!((&other.parts, &other.landmarks), (&view.parts, &view.landmarks), "places stay");
            assert!(other.colours.iter().zip(&view.colours).all(|(new, old)| (new[3] > 0) == (old[3] > 0)));
        }
    }

    #[test]
    fn what_was_scanned_is_still_premultiplied_and_lies_where_it_lay() {
        let drawing = view().colours;
        let all: Vec<Vec<[u8; 4]>> = (0..24).map(|seed| handed_in(&drawing, 16, &mut Dice::of(&[seed]))).collect();
        assert!(all.iter().filter(|other| **other != drawing).count() > 12);
        for picture in &all {
            assert!(picture.iter().all(|[r, g, b, a]| r.max(g).max(b) <= a));
            assert!(picture[8 * 16 + 8][3] > 200 && picture[0][3] == 0);
        }
    }
}
