//! Other colours for the parts of a figure, and lines where they end.

use super::super::super::dice::Dice;
use super::super::Rendering;
use super::super::rendering::SIDE_PX;

/// The view's colours, premultiplied, painted in another way.
pub(super) fn painted(view: &Rendering, dice: &mut Dice) -> Vec<[f32; 4]> {
    let mut colours: Vec<[f32; 4]> = view.colours.iter().map(|c| c.map(|v| f32::from(v) / 255.0)).collect();
    if dice.chance(0.65) {
        recolour(&mut colours, view, dice);
    }
    if dice.chance(0.2) {
        across(&mut colours, view, dice);
    }
    if dice.chance(0.4) {
        outline(&mut colours, view, dice);
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
        let place = [(i % SIDE_PX) as f32, (i / SIDE_PX) as f32].map(|v| v / SIDE_PX as f32 - 0.5);
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
    let jump = |a: [u16; 3], b: [u16; 3]| (0..3).map(|i| a[i].abs_diff(b[i])).max().unwrap_or(0) > 3300;
    let mut edge = vec![0.0f32; colours.len()];
    for y in 0..SIDE_PX - 1 {
        for x in 0..SIDE_PX - 1 {
            let i = y * SIDE_PX + x;
            for j in [i + 1, i + SIDE_PX] {
                let (a, b) = (view.parts[i], view.parts[j]);
                let there = match (a > 0, b > 0) {
                    (true, true) => parts && a != b || folds && jump(view.landmarks[i], view.landmarks[j]),
                    (false, false) => false,
                    _ => silhouettes,
                };
                if there {
                    edge[if a > 0 { i } else { j }] = 1.0;
                    if width > 1.2 && b > 0 {
                        edge[j] = 1.0;
                    }
                }
            }
        }
    }
    for (i, colour) in colours.iter_mut().enumerate().filter(|(i, _)| edge[*i] > 0.0) {
        let (x, y) = (i % SIDE_PX, i / SIDE_PX);
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
