//! Cut-outs of the built-in drawings put before backgrounds of every kind, held to the transparency they had.

use settei::picture::Picture;
use settei::progress::Silent;
use settei::sheet::matting::{Cutout, Mark, Marks, Method, cut_out};
use std::sync::LazyLock;

static DRAWINGS: LazyLock<Vec<(String, Picture)>> = LazyLock::new(|| {
    settei::example::sheet().unwrap().views.into_iter().map(|view| (view.name, view.picture)).collect()
});

/// The drawing as a paint program flattens it.
fn over(drawing: &Picture, background: impl Fn(u32, u32) -> [f32; 3]) -> Picture {
    let mut flat = drawing.clone();
    for y in 0..drawing.height_px {
        for x in 0..drawing.width_px {
            let (paper, pixel) = (background(x, y), flat.at_mut(x, y));
            let share = f32::from(pixel[3]) / 255.0;
            let mix = |c: usize| (f32::from(pixel[c]) * share + paper[c] * (1.0 - share)).round().clamp(0.0, 255.0);
            *pixel = [mix(0) as u8, mix(1) as u8, mix(2) as u8, 255];
        }
    }
    flat
}

/// Bell-shaped noise of deviation 1, the same for a pixel and channel on every machine.
fn noise(x: u32, y: u32, channel: u32) -> f32 {
    let mut state = (x * 3 + channel).wrapping_mul(0x9e37_79b9) ^ y.wrapping_mul(0x85eb_ca6b);
    let mut uniform = || {
        state ^= state << 13;
        state ^= state >> 17;
        state = state.wrapping_mul(0x2c1b_3c6d) ^ (state >> 15);
        f32::from(state as u16) / 65535.0
    };
    // Twelve uniform numbers have a variance of one.
    (0..12).map(|_| uniform()).sum::<f32>() - 6.0
}

/// Overlap of what both cover by half (intersection over union), and the mean difference of the alphas on the edge.
fn likeness(a: &Picture, truth: &Picture) -> (f64, f64) {
    let (mut both, mut either, mut off, mut edge) = (0u32, 0u32, 0.0, 0u32);
    for (p, q) in a.pixels.iter().zip(&truth.pixels) {
        let (p, q) = (p[3], q[3]);
        both += u32::from(p >= 128 && q >= 128);
        either += u32::from(p >= 128 || q >= 128);
        if q > 0 && q < 255 {
            off += f64::from(p.abs_diff(q)) / 255.0;
            edge += 1;
        }
    }
    (f64::from(both) / f64::from(either), off / f64::from(edge.max(1)))
}

#[track_caller]
fn holds(what: &str, settings: &Cutout, least: f64, background: impl Fn(u32, u32) -> [f32; 3]) {
    for (name, drawing) in DRAWINGS.iter() {
        let cut = cut_out(&over(drawing, &background), settings, &Marks::default(), &Silent).unwrap();
        if let Ok(folder) = std::env::var("SETTEI_TEST_PICTURES") {
            cut.save_png(&std::path::Path::new(&folder).join(format!("{what}-{name}.png"))).unwrap();
        }
        let (overlap, edge) = likeness(&cut, drawing);
        println!("{what}, {name}: overlap {overlap:.4}, alpha off by {edge:.3} on the edge");
        assert!(overlap >= least, "{what}, {name}: overlap {overlap:.4}, wanted {least}");
    }
}

fn holes() -> Cutout {
    Cutout { holes: true, ..Cutout::default() }
}

#[test]
fn plain_backgrounds() {
    holds("white", &Cutout::default(), 0.98, |_, _| [255.0; 3]);
    holds("green", &holes(), 0.98, |_, _| [40.0, 200.0, 70.0]);
    holds("grey", &holes(), 0.98, |_, _| [128.0; 3]);
}

#[test]
fn gradients() {
    holds("sky", &holes(), 0.98, |_, y| [90.0 + y as f32 / 6.0, 150.0 + y as f32 / 9.0, 240.0]);
    holds("vignette", &holes(), 0.98, |x, y| {
        let away = (x as f32 / 320.0 - 1.0).powi(2) + (y as f32 / 384.0 - 1.0).powi(2);
        [200.0 - 40.0 * away, 220.0 - 50.0 * away, 170.0 - 40.0 * away]
    });
}

#[test]
fn noise_and_checkerboards() {
    // A deviation of 8 is a bad photograph's.
    for (strength, least) in [(3.0, 0.98), (8.0, 0.96)] {
        let paper = |x, y| [0, 1, 2].map(|c| [205.0, 225.0, 190.0][c as usize] + strength * noise(x, y, c));
        holds(&format!("noise {strength}"), &holes(), least, paper);
    }
    // Dark squares: the white blouse has no outline, so that on light ones nothing but a stroke could keep it.
    let square = |x: u32, y: u32| if (x / 16 + y / 16).is_multiple_of(2) { 102.0 } else { 153.0 };
    holds("checkerboard", &Cutout::default(), 0.98, |x, y| [square(x, y); 3]);
}

/// A stroke along the middle of the figure, as an artist would draw it: where the figure is widest in every tenth row.
fn strokes(drawing: &Picture) -> Marks {
    let mut marks = Marks::new(drawing.width_px, drawing.height_px);
    let mut stroke: Option<[f32; 2]> = None;
    for y in (0..drawing.height_px).step_by(10) {
        for (mark, opaque, least) in [(Mark::Character, true, 10), (Mark::Background, false, 30)] {
            let mut run = 0;
            for x in 0..=drawing.width_px {
                let here = x < drawing.width_px && (drawing.at(x, y)[3] > 128) == opaque;
                if here {
                    run += 1;
                } else if run >= least {
                    let middle = [x as f32 - run as f32 / 2.0, y as f32 + 0.5];
                    let reach = run as f32 / 2.0 - least as f32 / 2.5;
                    marks.stroke([middle[0] - reach, middle[1]], [middle[0] + reach, middle[1]], 1.0, mark);
                    stroke = Some(middle);
                    run = 0;
                } else {
                    run = 0;
                }
            }
        }
    }
    assert!(stroke.is_some());
    marks
}

#[test]
fn strokes_before_a_scene() {
    // Stripes of many colours: no flood could tell them from clothes.
    let scene = |x: u32, y: u32| {
        let wave = |f: f32| 128.0 + 70.0 * (f * (x as f32 + 0.6 * y as f32)).sin();
        [wave(0.031), wave(0.047), wave(0.023)]
    };
    let settings = Cutout { method: Method::Watershed, ..Cutout::default() };
    for (name, drawing) in DRAWINGS.iter() {
        let cut = cut_out(&over(drawing, scene), &settings, &strokes(drawing), &Silent).unwrap();
        if let Ok(folder) = std::env::var("SETTEI_TEST_PICTURES") {
            cut.save_png(&std::path::Path::new(&folder).join(format!("scene-{name}.png"))).unwrap();
        }
        let (overlap, edge) = likeness(&cut, drawing);
        println!("scene, {name}: overlap {overlap:.4}, alpha off by {edge:.3} on the edge");
        assert!(overlap >= 0.96, "{name}: overlap {overlap:.4}");
    }
}

#[test]
#[ignore = "for measuring: 4000×6000 pixels"]
fn a_large_scan() {
    let drawing = &DRAWINGS[0].1;
    let mut large = Picture::new(4000, 6000);
    for y in 0..6000 {
        for x in 0..4000 {
            *large.at_mut(x, y) = drawing.at(x * 640 / 4000, y * 768 / 6000);
        }
    }
    let flat = over(&large, |x, y| [0, 1, 2].map(|c| 235.0 + 2.0 * noise(x, y, c)));
    let mut marks = Marks::new(4000, 6000);
    marks.stroke([1900.0, 2500.0], [2100.0, 3500.0], 60.0, Mark::Character);
    for (method, feather_px) in [(Method::Flood, 0.0), (Method::Flood, 3.0), (Method::Watershed, 0.0)] {
        let started = std::time::Instant::now();
        let marks = if method == Method::Flood { &Marks::default() } else { &marks };
        let cut = cut_out(&flat, &Cutout { method, feather_px, ..Cutout::default() }, marks, &Silent).unwrap();
        println!(
            "{method:?}, feather {feather_px}: {:.1} s, overlap {:.4}",
            started.elapsed().as_secs_f32(),
            likeness(&cut, &large).0
        );
    }
}
