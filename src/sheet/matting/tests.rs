use super::*;
use crate::progress::Silent;

const PAPER: [u8; 4] = [255, 255, 255, 255];
const INK: [u8; 4] = [20, 20, 30, 255];

fn filled(width: u32, height: u32, pixel: [u8; 4]) -> Picture {
    Picture { width_px: width, height_px: height, pixels: vec![pixel; (width * height) as usize] }
}

fn rectangle(picture: &mut Picture, [left, top]: [u32; 2], [right, bottom]: [u32; 2], pixel: [u8; 4]) {
    for y in top..bottom {
        (left..right).for_each(|x| *picture.at_mut(x, y) = pixel);
    }
}

/// A white square in an outline of 2 px, with a gap of `gap` pixels at its top.
fn outlined(gap: u32) -> Picture {
    let mut picture = filled(60, 60, PAPER);
    rectangle(&mut picture, [10, 10], [50, 50], INK);
    rectangle(&mut picture, [12, 12], [48, 48], PAPER);
    rectangle(&mut picture, [20, 10], [20 + gap, 12], PAPER);
    picture
}

fn cut(picture: &Picture, settings: &Cutout) -> Picture {
    cut_out(picture, settings, &Marks::default(), &Silent).unwrap()
}

fn covered(picture: &Picture) -> usize {
    picture.pixels.iter().filter(|p| p[3] >= 128).count()
}

#[test]
fn gaps_of_the_outline_keep_the_paper_out() {
    for gap in 0..=6 {
        for (gap_px, closed) in [(0, 0), (1, 2), (2, 2), (3, 4), (4, 4), (5, 6)] {
            let cut = cut(&outlined(gap), &Cutout { gap_px, ..Cutout::default() });
            let stays = cut.at(30, 30)[3] == 255;
            assert_eq!(stays, gap <= closed, "a gap of {gap}, closing {gap_px}");
            assert_eq!(cut.at(5, 30), [0; 4], "the paper outside is gone right up to the line");
            assert_eq!((cut.at(9, 30)[3], cut.at(10, 30)[3]), (0, 255));
        }
    }
}

#[test]
fn crevices_narrower_than_a_gap_are_emptied() {
    let mut picture = filled(60, 60, PAPER);
    rectangle(&mut picture, [10, 10], [50, 50], [200, 60, 90, 255]);
    rectangle(&mut picture, [30, 10], [31, 40], PAPER);
    let cut = cut(&picture, &Cutout::default());
    assert_eq!(covered(&cut), 40 * 40 - 30);
}

#[test]
fn enclosed_paper_goes_when_asked() {
    let solid = cut(&outlined(0), &Cutout::default());
    assert_eq!(covered(&solid), 1600);
    let frame = cut(&outlined(0), &Cutout { holes: true, ..Cutout::default() });
    assert_eq!(covered(&frame), 1600 - 36 * 36);
}

#[test]
fn strokes_correct_the_flood() {
    // The inside of an open outline is kept by one stroke, and a grey shadow removed by another.
    let mut picture = outlined(20);
    rectangle(&mut picture, [0, 50], [60, 55], [150, 150, 150, 255]);
    let plain = cut(&picture, &Cutout::default());
    assert_eq!((plain.at(40, 30)[3], plain.at(30, 52)[3]), (0, 255));
    let mut marks = Marks::new(60, 60);
    marks.stroke([14.0, 30.0], [46.0, 30.0], 3.0, Mark::Character);
    marks.stroke([20.0, 52.5], [40.0, 52.5], 1.0, Mark::Background);
    let cut = cut_out(&picture, &Cutout::default(), &marks, &Silent).unwrap();
    assert_eq!((cut.at(40, 30)[3], cut.at(30, 52)[3], cut.at(5, 52)[3]), (255, 0, 0));
}

#[test]
fn what_is_painted_on_stays_or_goes_as_painted() {
    // An open outline on white: the paper inside went, and comes back under the brush alone.
    let picture = outlined(20);
    let stroke = |mark| {
        let mut marks = Marks::new(60, 60);
        marks.stroke([20.0, 30.0], [40.0, 30.0], 4.0, mark);
        (cut_out(&picture, &Cutout::default(), &marks, &Silent).unwrap(), marks)
    };
    let (restored, marks) = stroke(Mark::Character);
    let plain = cut(&picture, &Cutout::default());
    for (at, pixel) in restored.pixels.iter().enumerate() {
        let wanted = if marks.marks[at] == Mark::Character { picture.pixels[at] } else { plain.pixels[at] };
        assert_eq!(*pixel, wanted, "at {} {}", at % 60, at / 60);
    }
    // The eraser takes what is under it, and no white elsewhere that looks the same.
    let whole = cut(&outlined(0), &Cutout::default());
    let mut marks = Marks::new(60, 60);
    marks.stroke([20.0, 30.0], [40.0, 30.0], 4.0, Mark::Erased);
    let erased = cut_out(&outlined(0), &Cutout::default(), &marks, &Silent).unwrap();
    for (at, pixel) in erased.pixels.iter().enumerate() {
        let wanted = if marks.marks[at] == Mark::Erased { [0; 4] } else { whole.pixels[at] };
        assert_eq!(*pixel, wanted, "at {} {}", at % 60, at / 60);
    }
    // A stroke of the background's takes all of it.
    marks.stroke([20.0, 30.0], [40.0, 30.0], 4.0, Mark::Background);
    let gone = cut_out(&outlined(0), &Cutout::default(), &marks, &Silent).unwrap();
    assert_eq!(gone.at(45, 45), [0; 4]);
}

#[test]
fn strokes_grow_to_the_strongest_edge() {
    // Two greys closer to each other than the shading within each of them.
    let mut picture = filled(80, 60, PAPER);
    for y in 0..60 {
        for x in 0..80 {
            let value = if (20..60).contains(&x) && (15..45).contains(&y) { 200 - x as u8 } else { 60 + x as u8 };
            *picture.at_mut(x, y) = [value, value, value, 255];
        }
    }
    let mut marks = Marks::new(80, 60);
    marks.stroke([35.0, 30.0], [45.0, 30.0], 2.0, Mark::Character);
    let settings = Cutout { method: Method::Watershed, keep_fringe: true, ..Cutout::default() };
    for with_background in [false, true] {
        if with_background {
            marks.stroke([5.0, 5.0], [75.0, 5.0], 2.0, Mark::Background);
        }
        let cut = cut_out(&picture, &settings, &marks, &Silent).unwrap();
        let covered = covered(&cut);
        assert!((1100..=1300).contains(&covered), "{covered} of 1200 pixels");
    }
    assert!(matches!(cut_out(&picture, &settings, &Marks::new(80, 60), &Silent), Err(MattingError::NoForeground)));
    assert!(matches!(cut_out(&picture, &settings, &Marks::new(8, 6), &Silent), Err(MattingError::MarksSize { .. })));
}

#[test]
fn mixed_edges_get_their_share_and_colour_back() {
    // A blue disc, smoothed against yellow.
    let share = |x: u32, y: u32| (20.5 - f32::hypot(x as f32 - 40.0, y as f32 - 40.0)).clamp(0.0, 1.0);
    let mut picture = filled(80, 80, PAPER);
    for y in 0..80 {
        for x in 0..80 {
            let mix = |a: f32, b: f32| (a * share(x, y) + b * (1.0 - share(x, y))).round() as u8;
            *picture.at_mut(x, y) = [mix(30.0, 240.0), mix(60.0, 220.0), mix(200.0, 70.0), 255];
        }
    }
    let clean = cut(&picture, &Cutout::default());
    for y in 0..80 {
        for x in 0..80 {
            let [r, g, b, a] = clean.at(x, y);
            assert!((f32::from(a) / 255.0 - share(x, y)).abs() < 0.06, "at {x} {y}: {a} for {}", share(x, y));
            assert!(a == 0 || (r.abs_diff(30) < 12 && g.abs_diff(60) < 12 && b.abs_diff(200) < 12), "{r} {g} {b}");
        }
    }
    let fringed = cut(&picture, &Cutout { keep_fringe: true, ..Cutout::default() });
    assert!(fringed.pixels.iter().all(|p| p[3] == 0 || p[3] == 255));
}

#[test]
fn a_feather_is_as_wide_as_asked() {
    let mut picture = filled(80, 40, PAPER);
    rectangle(&mut picture, [40, 5], [72, 35], INK);
    for feather_px in [1.0, 4.0, 9.5] {
        let cut = cut(&picture, &Cutout { feather_px, ..Cutout::default() });
        let row: Vec<[u8; 4]> = (0..56).map(|x| cut.at(x, 20)).collect();
        assert!(row.windows(2).all(|pair| pair[0][3] <= pair[1][3]));
        let soft = row.iter().filter(|p| p[3] > 0 && p[3] < 255).count() as f32;
        assert!((soft - feather_px).abs() <= 1.0, "{soft} soft pixels for {feather_px}");
        assert!(row[39][3] < 128 && row[40][3] >= 128, "the edge stays where it was");
        assert!(row.iter().all(|p| p[3] == 0 || p[..3] == INK[..3]), "no paper in the fading part");
    }
}

#[test]
fn transparency_that_was_there_stays() {
    let mut picture = filled(60, 60, [0, 0, 0, 0]);
    rectangle(&mut picture, [10, 10], [50, 50], PAPER);
    rectangle(&mut picture, [20, 20], [40, 40], [200, 40, 40, 128]);
    // Nothing but transparency at the border: there is no background to remove.
    let same = cut(&picture, &Cutout::default());
    assert_eq!(same, picture);
    assert_eq!(Verdict::of(&picture, &same), Verdict::NothingRemoved);
    let mut marks = Marks::new(60, 60);
    marks.stroke([12.0, 12.0], [48.0, 12.0], 1.0, Mark::Background);
    let cut = cut_out(&picture, &Cutout::default(), &marks, &Silent).unwrap();
    assert_eq!((cut.at(15, 30), cut.at(30, 30), cut.at(2, 2)), ([0; 4], [200, 40, 40, 128], [0; 4]));
}

#[test]
fn painted_checkerboards_are_background() {
    let mut picture = filled(96, 96, PAPER);
    for y in 0..96 {
        for x in 0..96 {
            // Smoothed as a photo format does it.
            let at = |x: u32, y: u32| if (x / 8 + y / 8).is_multiple_of(2) { 255u32 } else { 204 };
            let value = ((at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1)) / 4) as u8;
            *picture.at_mut(x, y) = [value, value, value, 255];
        }
    }
    rectangle(&mut picture, [30, 30], [70, 70], [60, 90, 200, 255]);
    assert!(covered(&cut(&picture, &Cutout::default())).abs_diff(1600) < 20);
}

#[test]
fn odd_sizes_and_extreme_settings_are_harmless() {
    for (width, height) in [(0, 0), (1, 1), (1, 7), (7, 1), (2, 2), (3, 5)] {
        for method in [Method::Flood, Method::Watershed] {
            for (gap_px, specks_px, feather_px) in [(0, 0, 0.0), (100, u32::MAX, 100.0), (u32::MAX, 3, f32::NAN)] {
                let settings = Cutout {
                    method,
                    gap_px,
                    specks_px,
                    feather_px,
                    holes: true,
                    tolerance: f32::NAN,
                    keep_fringe: false,
                };
                let picture = filled(width, height, INK);
                let mut marks = Marks::new(width, height);
                marks.stroke([0.5, 0.5], [0.5, 0.5], 0.5, Mark::Character);
                match cut_out(&picture, &settings, &marks, &Silent) {
                    Ok(cut) => assert_eq!(cut.pixels.len(), picture.pixels.len()),
                    Err(error) => assert!(matches!(error, MattingError::NoForeground), "{error}"),
                }
            }
        }
    }
}

#[test]
fn it_can_be_stopped() {
    struct Stop;
    impl Progress for Stop {
        fn stage(&self, _: &str, _: u64) {}
        fn advance(&self, _: u64) {}
        fn cancelled(&self) -> bool {
            true
        }
    }
    let mut marks = Marks::new(60, 60);
    marks.stroke([30.0, 30.0], [30.0, 30.0], 2.0, Mark::Character);
    for method in [Method::Flood, Method::Watershed] {
        let settings = Cutout { method, ..Cutout::default() };
        assert!(matches!(cut_out(&outlined(0), &settings, &marks, &Stop), Err(MattingError::Cancelled)));
    }
}

#[test]
fn settings_are_saved_by_name_and_read_with_defaults() {
    let text = serde_json::to_string(&Cutout::default()).unwrap();
    assert_eq!(serde_json::from_str::<Cutout>(&text).unwrap(), Cutout::default());
    let some: Cutout = serde_json::from_str(r#"{ "method": "watershed", "holes": true }"#).unwrap();
    assert_eq!(some, Cutout { method: Method::Watershed, holes: true, ..Cutout::default() });
}
