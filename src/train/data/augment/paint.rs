//! Other colours for the parts of a figure, and lines where they end.

use super::super::super::dice::Dice;
use super::super::Rendering;
use crate::picture::distance::distances;

/// The view's colours, premultiplied, painted in another way; for learning, in ways of which no measure knows besides.
pub(super) fn painted(view: &Rendering, learning: bool, dice: &mut Dice) -> Vec<[f32; 4]> {
    let mut colours: Vec<[f32; 4]> = view.colours.iter().map(|c| c.map(|v| f32::from(v) / 255.0)).collect();
    if learning && dice.chance(0.12) {
        drawn_on_paper(&mut colours, view, dice);
    } else {
        if dice.chance(0.65) {
            recolour(&mut colours, view, dice);
        }
        if dice.chance(0.2) {
            across(&mut colours, view, dice);
        }
        if learning && dice.chance(0.08) {
            wet_edges(&mut colours, view, dice);
        }
        if learning && dice.chance(0.08) {
            hatched(&mut colours, view, dice);
        }
        if dice.chance(0.4) {
            outline(&mut colours, view, dice);
        }
    }
    for [r, g, b, a] in &mut colours {
        (*r, *g, *b) = (*r * *a, *g * *a, *b * *a);
    }
    colours
}

/// Each part in another hue, saturation and value.
fn recolour(colours: &mut [[f32; 4]], view: &Rendering, dice: &mut Dice) {
    let most = if dice.chance(0.5) { 180.0 } else { 30.0 };
    let tables: Vec<[[f32; 3]; 3]> = (0..=255)
        .map(|_| {
            let (hue, saturation) = (dice.between(-most, most), dice.between(0.3, 1.5));
            turned(hue, saturation, dice.between(0.6, 1.25))
        })
        .collect();
    for (colour, &part) in colours.iter_mut().zip(&view.parts).filter(|(_, part)| **part > 0) {
        let rgb = [colour[0], colour[1], colour[2]];
        let table = &tables[usize::from(part)];
        for (c, row) in table.iter().enumerate() {
            colour[c] = (0..3).map(|i| row[i] * rgb[i]).sum::<f32>().clamp(0.0, 1.0);
        }
    }
}

/// Turns hues about the grey axis, keeping luma (ITU-R BT.601).
fn turned(hue_deg: f32, saturation: f32, value: f32) -> [[f32; 3]; 3] {
    const LUMA: [f32; 3] = [0.299, 0.587, 0.114];
    let (sine, cosine) = hue_deg.to_radians().sin_cos();
    // Rotation about (1, 1, 1) (Rodrigues), less its luma, plus that of the colour.
    let third = 1.0f32 / 3.0;
    let root = third.sqrt();
    let rotation: [[f32; 3]; 3] = std::array::from_fn(|i| {
        std::array::from_fn(|j| {
            let same = if i == j { cosine } else { 0.0 };
            let cross = match (j + 3 - i) % 3 {
                1 => -sine * root,
                2 => sine * root,
                _ => 0.0,
            };
            same + (1.0 - cosine) * third + cross
        })
    });
    let luma_of = |j: usize| (0..3).map(|k| LUMA[k] * rotation[k][j]).sum::<f32>();
    std::array::from_fn(|i| std::array::from_fn(|j| value * (saturation * (rotation[i][j] - luma_of(j)) + LUMA[j])))
}

/// A colour that comes in over one part.
fn across(colours: &mut [[f32; 4]], view: &Rendering, dice: &mut Dice) {
    let part = view.parts[dice.below(view.parts.len())];
    let (tint, along) = (dice.colour(), dice.between(0.0, std::f32::consts::TAU));
    let (sine, cosine) = along.sin_cos();
    for (i, colour) in colours.iter_mut().enumerate().filter(|(i, _)| part == 0 || view.parts[*i] == part) {
        let place = [(i % view.side_px) as f32, (i / view.side_px) as f32].map(|v| v / view.side_px as f32 - 0.5);
        let share = (0.4 + place[0] * cosine + place[1] * sine).clamp(0.0, 0.8);
        (0..3).for_each(|c| colour[c] += share * (tint[c] - colour[c]));
    }
}

/// Lines along silhouettes, where parts meet and where the body folds over itself.
fn outline(colours: &mut [[f32; 4]], view: &Rendering, dice: &mut Dice) {
    let (silhouettes, parts, folds) = (true, dice.chance(0.6), dice.chance(0.6));
    let (width, strength) = (dice.between(0.4, 2.2), dice.between(0.5, 1.0));
    let (ink, own) =
        (dice.pick([[0.0; 3], [0.02, 0.01, 0.02], [0.25, 0.15, 0.12], [0.15, 0.15, 0.35]]), dice.chance(0.3));
    let broken = dice.chance(0.25).then(|| dice.between(0.1, 0.5));
    let holes: Vec<f32> = (0..256).map(|_| dice.share()).collect();
    let edge = borders(view, silhouettes, parts, folds, width > 1.2);
    for (i, colour) in colours.iter_mut().enumerate().filter(|(i, _)| edge[*i]) {
        let (x, y) = (i % view.side_px, i / view.side_px);
        if broken.is_some_and(|share| holes[y / 10 * 16 % 256 + x / 10 % 16] < share) {
            continue;
        }
        let share = strength * width.min(1.0);
        for c in 0..3 {
            let ink = if own { colour[c] * 0.4 } else { ink[c] };
            colour[c] += share * (ink - colour[c]);
        }
        colour[3] = colour[3].max(share);
    }
}

/// Pixels beside the figure's silhouette, where its parts meet, where it folds over itself; of what meets within the
/// figure the pixels on `both` sides, or on one.
fn borders(view: &Rendering, silhouettes: bool, parts: bool, folds: bool, both: bool) -> Vec<bool> {
    let jump = |a: [u16; 3], b: [u16; 3]| (0..3).map(|i| a[i].abs_diff(b[i])).max().unwrap_or(0) > 3300;
    let mut edge = vec![false; view.parts.len()];
    for y in 0..view.side_px - 1 {
        for x in 0..view.side_px - 1 {
            let i = y * view.side_px + x;
            for j in [i + 1, i + view.side_px] {
                let (a, b) = (view.parts[i], view.parts[j]);
                let there = match (a > 0, b > 0) {
                    (true, true) => parts && a != b || folds && jump(view.landmarks[i], view.landmarks[j]),
                    (false, false) => false,
                    _ => silhouettes,
                };
                if there {
                    edge[if a > 0 { i } else { j }] = true;
                    edge[j] |= both && b > 0;
                }
            }
        }
    }
    edge
}

/// Pixels of the figure that lie as near to marked ones.
fn grown(marked: &[bool], view: &Rendering, radius_px: f32) -> Vec<bool> {
    distances(marked, view.side_px)
        .iter()
        .zip(&view.parts)
        .map(|(near, part)| *part > 0 && *near <= f64::from(radius_px))
        .collect()
}

/// The mean colour of each part.
fn means(colours: &[[f32; 4]], view: &Rendering) -> Vec<[f32; 3]> {
    let mut sums = vec![[0.0f32; 4]; 256];
    for (colour, &part) in colours.iter().zip(&view.parts) {
        let sum = &mut sums[usize::from(part)];
        (0..3).for_each(|c| sum[c] += colour[c]);
        sum[3] += 1.0;
    }
    sums.into_iter().map(|[r, g, b, n]| [r, g, b].map(|v| v / n.max(1.0))).collect()
}

fn luma(rgb: &[f32]) -> f32 {
    0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]
}

/// As with a pen on paper: thick lines of one ink, nothing or a pencil's colours between them.
fn drawn_on_paper(colours: &mut [[f32; 4]], view: &Rendering, dice: &mut Dice) {
    let light = dice.between(0.7, 1.0);
    let paper = [0.0, dice.between(-0.04, 0.01), dice.between(-0.08, 0.02)].map(|v: f32| (light + v).clamp(0.0, 1.0));
    let ink = dice.pick([[0.05; 3], [0.1, 0.1, 0.12], [0.2, 0.15, 0.5], [0.3, 0.2, 0.15], [0.15, 0.25, 0.5]]);
    let (pencil, stroke_px) = (dice.chance(0.4), dice.between(1.5, 5.0));
    let (sine, cosine) = dice.between(0.0, std::f32::consts::TAU).sin_cos();
    // What is dark within a part is drawn: eyes, mouths, patterns.
    let features = dice.between(0.15, 0.4);
    let (parts, folds, radius_px) = (dice.chance(0.8), dice.chance(0.8), dice.between(0.0, 2.5));
    let means = means(colours, view);
    let lines = grown(&borders(view, true, parts, folds, false), view, radius_px);
    let filled: Vec<bool> = (0..256).map(|_| pencil && dice.chance(0.7)).collect();
    for (i, colour) in colours.iter_mut().enumerate().filter(|(i, _)| view.parts[*i] > 0) {
        let part = usize::from(view.parts[i]);
        let drawn = lines[i] || luma(colour) < luma(&means[part]) - features;
        let along = (i % view.side_px) as f32 * cosine + (i / view.side_px) as f32 * sine;
        let cover = if filled[part] { 0.65 + 0.3 * (along / stroke_px * std::f32::consts::TAU).sin() } else { 0.0 };
        for c in 0..3 {
            colour[c] = if drawn { ink[c] } else { paper[c] + cover * (means[part][c] - paper[c]) };
        }
        colour[3] = 1.0;
    }
}

/// Watercolour that dried: darker where a part ends.
fn wet_edges(colours: &mut [[f32; 4]], view: &Rendering, dice: &mut Dice) {
    let (width_px, by) = (dice.between(1.0, 3.0), dice.between(0.6, 0.9));
    let wet = grown(&borders(view, true, true, false, true), view, width_px);
    for (colour, _) in colours.iter_mut().zip(wet).filter(|(_, wet)| *wet) {
        (0..3).for_each(|c| colour[c] *= by);
    }
}

/// Shade as strokes, or as a screen of dots.
fn hatched(colours: &mut [[f32; 4]], view: &Rendering, dice: &mut Dice) {
    let (period_px, dots) = (dice.between(2.5, 6.0), dice.chance(0.4));
    let (sine, cosine) = dice.between(0.0, std::f32::consts::TAU).sin_cos();
    let means = means(colours, view);
    for (i, colour) in colours.iter_mut().enumerate().filter(|(i, _)| view.parts[*i] > 0) {
        let mean = means[usize::from(view.parts[i])];
        if luma(colour) >= luma(&mean) {
            continue;
        }
        let (x, y) = ((i % view.side_px) as f32, (i / view.side_px) as f32);
        let wave = |along: f32| (along / period_px * std::f32::consts::TAU).sin();
        let (across, along) = (wave(x * cosine + y * sine), wave(y * cosine - x * sine));
        let ink = if dots { across * along > 0.2 } else { across > 0.3 };
        for c in 0..3 {
            colour[c] = if ink { colour[c] * 0.5 } else { mean[c].max(colour[c]) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turning_hues_keeps_grey_and_luma() {
        let luma = |c: [f32; 3]| 0.299 * c[0] + 0.587 * c[1] + 0.114 * c[2];
        let apply = |table: [[f32; 3]; 3], c: [f32; 3]| table.map(|row| (0..3).map(|i| row[i] * c[i]).sum::<f32>());
        for hue in [-150.0, 0.0, 33.0, 120.0] {
            let table = turned(hue, 1.0, 1.0);
            assert!(apply(table, [0.5; 3]).iter().all(|v| (v - 0.5).abs() < 1e-5));
            let colour = [0.7, 0.2, 0.4];
            assert!((luma(apply(table, colour)) - luma(colour)).abs() < 1e-5);
        }
        assert!(
            apply(turned(0.0, 1.0, 1.0), [0.7, 0.2, 0.4])
                .iter()
                .zip([0.7, 0.2, 0.4])
                .all(|(a, b)| (a - b).abs() < 1e-5)
        );
        assert!(apply(turned(0.0, 0.0, 1.0), [0.7, 0.2, 0.4]).iter().all(|v| (v - luma([0.7, 0.2, 0.4])).abs() < 1e-5));
    }
}
