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

/// A head with hair on a neck on shoulders that go on below the picture, 300×420 pixels. `reach`: how far the clothes go
/// to the left and to the right at the lower border, in half widths of the picture; `shoulders`: the same at their top.
fn bust(hair: [u8; 3], clothes: [u8; 3], reach: [f32; 2], shoulders: [f32; 2], lift: f32) -> Picture {
    let (width, height) = (300, 420);
    let skin = [250, 220, 200];
    let line = [60, 40, 40];
    let ellipse =
        |x: f32, y: f32, cx: f32, cy: f32, rx: f32, ry: f32| ((x - cx) / rx).powi(2) + ((y - cy) / ry).powi(2);
    let part = |x: f32, y: f32| -> Option<[u8; 3]> {
        let y = y + lift;
        let head = ellipse(x, y, 150.0, 130.0, 62.0, 80.0);
        let mane = ellipse(x, y, 150.0, 110.0, 84.0, 100.0);
        if head < 1.0 && y > 100.0 {
            return Some(if head > 0.93 { line } else { skin });
        }
        if mane < 1.0 && y < 190.0 {
            return Some(if mane > 0.96 { line } else { hair });
        }
        if (x - 150.0).abs() < 22.0 && (180.0..262.0).contains(&y) {
            return Some(skin);
        }
        let down = (y - 255.0) / (height as f32 + lift - 255.0);
        let side = usize::from(x > 150.0);
        let edge = 150.0 * (shoulders[side] + (reach[side] - shoulders[side]) * down);
        let inwards = edge - (x - 150.0).abs();
        (down > 0.0 && inwards > 0.0).then_some(if inwards < 2.0 || (y - 255.0) < 2.0 { line } else { clothes })
    };
    let mut picture = Picture::new(width, height);
    for y in 0..height {
        for x in 0..width {
            let (mut sum, mut count) = ([0u32; 3], 0);
            for i in 0..16 {
                let at = |n: u32| (n as f32 + 0.5) / 4.0;
                if let Some(colour) = part(x as f32 + at(i % 4), y as f32 + at(i / 4)) {
                    (0..3).for_each(|c| sum[c] += u32::from(colour[c]));
                    count += 1;
                }
            }
            if count > 0 {
                let [r, g, b] = sum.map(|v| (v / count) as u8);
                *picture.at_mut(x, y) = [r, g, b, (count * 255 / 16) as u8];
            }
        }
    }
    picture
}

#[test]
fn busts_that_fill_the_lower_border() {
    type Paper = fn(u32, u32) -> [f32; 3];
    let papers: [(&str, Paper); 7] = [
        ("white", |_, _| [255.0; 3]),
        ("green", |_, _| [40.0, 200.0, 70.0]),
        ("grey", |_, _| [128.0; 3]),
        ("scan", |x, y| [0, 1, 2].map(|c| 240.0 + 2.0 * noise(x, y, c))),
        ("downwards", |_, y| [90.0 + y as f32 / 4.0, 150.0 + y as f32 / 6.0, 240.0]),
        ("across", |x, _| [235.0 - x as f32 / 4.0, 220.0, 140.0 + x as f32 / 3.0]),
        ("vignette", |x, y| {
            let away = (x as f32 / 150.0 - 1.0).powi(2) + (y as f32 / 210.0 - 1.0).powi(2);
            [210.0 - 40.0 * away, 225.0 - 50.0 * away, 235.0 - 40.0 * away]
        }),
    ];
    let hairs = [[190, 100, 40], [25, 22, 30], [245, 225, 150]];
    let clothes = [[140, 111, 96], [30, 30, 36], [235, 190, 200], [60, 90, 190]];
    let shapes = [
        ("skirt", [1.0, 1.0], [0.4, 0.4], 0.0),
        ("coat", [1.4, 1.4], [0.7, 0.7], 0.0),
        ("full bleed", [1.6, 1.6], [1.2, 1.2], 0.0),
        ("to the left", [1.5, 0.7], [0.9, 0.6], 0.0),
        ("to the right", [0.6, 1.5], [0.5, 1.1], 0.0),
        ("cropped head", [1.5, 1.5], [0.9, 0.9], 60.0),
        ("narrow", [0.6, 0.6], [0.5, 0.5], 0.0),
    ];
    let mut bad = Vec::new();
    // All shapes on all papers, clothes and hair in turn.
    for (form, (shape, reach, shoulders, lift)) in shapes.into_iter().enumerate() {
        for (page, (paper, background)) in papers.into_iter().enumerate() {
            let (clothes, hair) = (clothes[(form + 2 * page) % clothes.len()], hairs[(form + page) % hairs.len()]);
            let drawing = bust(hair, clothes, reach, shoulders, lift);
            let flat = over(&drawing, background);
            let cut = cut_out(&flat, &Cutout::default(), &Marks::default(), &Silent).unwrap();
            let (overlap, _) = likeness(&cut, &drawing);
            if overlap < 0.97 {
                let what = format!("{shape} of {clothes:?} and {hair:?} on {paper}");
                if let Ok(folder) = std::env::var("SETTEI_TEST_PICTURES") {
                    cut.save_png(&std::path::Path::new(&folder).join(format!("{what}.png"))).unwrap();
                }
                bad.push(format!("{what}: {overlap:.3}"));
            }
        }
    }
    assert!(bad.is_empty(), "{} below 0.97:\n{}", bad.len(), bad.join("\n"));
}

#[test]
fn halves_and_stripes_are_background() {
    let (holes, stripe) =
        (holes(), |n: u32| if n.is_multiple_of(2) { [240.0, 200.0, 210.0] } else { [170.0, 200.0, 235.0] });
    holds("stripes down", &holes, 0.95, |x, _| stripe(x / 40));
    holds("stripes across", &holes, 0.95, |_, y| stripe(y / 48));
    holds("halves", &holes, 0.95, |x, _| stripe(x / 320));
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
