//! From a clean view to what a drawing may look like, and what an artist may say about it.

use super::super::dice::Dice;
use super::rendering::{ROUGH_PX, wrapped};
use super::{Rendering, augment::medium::Medium, augment::paint::painted, augment::scan::Scan};
use crate::fude::hints::{Click, Hints, INPUTS, Pixel, cut_out, on_background};
use crate::udp::Udp;
pub(in crate::train) use drawn::{handed_in, repainted};
pub(in crate::train) use medium::background;
use std::borrow::Cow;

mod drawn;
mod medium;
mod paint;
mod scan;

/// One picture with its hints, and what is to be answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Of the size asked for, squared.
    pub input: Vec<Pixel>,
    /// Landmark and occupancy at half the size.
    pub fine: Vec<[f32; 4]>,
    /// At a sixteenth.
    pub coarse: Vec<[f32; 4]>,
    /// From where the figure is seen, degrees.
    pub view_deg: Option<f32>,
}

/// How an item is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Manner {
    /// Changed in every way, with hints by lot.
    Learning,
    /// A whole figure cut out, painted in some way, with these hints.
    Measuring {
        /// With the view's tag.
        tag: bool,
        /// With so many clicks.
        clicks: usize,
    },
}

/// An item of `size_px` squared.
pub fn item(view: &Rendering, size_px: usize, manner: Manner, dice: &mut Dice) -> Item {
    let learning = manner == Manner::Learning;
    let colours = painted(view, learning, dice);
    let frame = Frame::of(view, learning, dice);
    let medium = Medium::by_lot(learning, dice);
    let picture = medium.finished(&frame.picture(&colours, medium.sampled_px(size_px)), size_px, dice);
    let udp = frame.udp(view, size_px);
    let mut picture = picture;
    let mut seen = udp.clone();
    if learning {
        medium::strewn(&mut picture, &mut seen, size_px, dice);
    }
    let view_deg = view.view_deg.map(|v| if frame.mirrored { -v } else { v });
    let hints = hints(view, &frame, &seen, view_deg, size_px, manner, dice);
    let background = (learning && dice.chance(0.4)).then(|| medium::background(size_px, dice));
    if learning {
        let scan = Scan::by_lot(dice);
        scanned(&scan, &mut picture, background.as_deref(), size_px, dice);
    }
    let mut input = vec![[0.0; INPUTS]; size_px * size_px];
    let drawing = picture.iter().enumerate().map(|(i, &pixel)| match &background {
        None => cut_out(pixel.map(byte)),
        Some(background) => on_background(over(pixel, background[i]).map(byte)),
    });
    hints.fill(drawing, size_px, &mut input);
    let pick = |step: usize| -> Vec<[f32; 4]> {
        let side = size_px / step;
        (0..side * side).map(|i| seen[(i / side * step + step / 2) * size_px + i % side * step + step / 2]).collect()
    };
    Item { fine: pick(2), coarse: pick(16), input, view_deg }
}

/// A premultiplied colour over another.
fn over([r, g, b, a]: [f32; 4], behind: [f32; 3]) -> [f32; 3] {
    [r + (1.0 - a) * behind[0], g + (1.0 - a) * behind[1], b + (1.0 - a) * behind[2]]
}

/// Scans a premultiplied picture with what lies behind it, or white; what was cut out is so after the scan.
fn scanned(scan: &Scan, picture: &mut [[f32; 4]], background: Option<&[[f32; 3]]>, size_px: usize, dice: &mut Dice) {
    let behind = |i: usize| background.map_or([1.0; 3], |background| background[i]);
    let before: Vec<[f32; 3]> = picture.iter().enumerate().map(|(i, &pixel)| over(pixel, behind(i))).collect();
    let mut after = before.clone();
    scan.scanned(&mut after, size_px, dice);
    for (pixel, (before, after)) in picture.iter_mut().zip(before.iter().zip(after)) {
        let share = if background.is_some() { 1.0 } else { pixel[3] };
        (0..3).for_each(|c| pixel[c] += share * (after[c] - before[c]));
    }
}

fn byte(v: f32) -> u8 {
    (v.clamp(0.0, 1.0) * 255.0 + 0.5) as u8
}

/// Which part of a view is seen, and how it lies.
struct Frame {
    /// The view's side, pixels.
    side_px: usize,
    /// In the view, pixels.
    centre: [f32; 2],
    side: f32,
    /// From places in the picture to places in the view, both around their middle.
    turn: [[f32; 2]; 2],
    /// Bends, in sides, at a grid of 4×4 points.
    bend: Option<[[f32; 2]; 16]>,
    /// Rows of the view from here on are cut away.
    cut_row: f32,
    mirrored: bool,
    /// Of the figure in the view: left, top, right, bottom.
    bounds: [f32; 4],
}

impl Frame {
    fn of(view: &Rendering, learning: bool, dice: &mut Dice) -> Self {
        let side_px = view.side_px;
        let bounds = |rows: usize| {
            let mut bounds = [side_px, side_px, 0, 0];
            for (i, _) in view.parts[..rows * side_px].iter().enumerate().filter(|(_, part)| **part > 0) {
                let (x, y) = (i % side_px, i / side_px);
                bounds = [bounds[0].min(x), bounds[1].min(y), bounds[2].max(x + 1), bounds[3].max(y + 1)];
            }
            if bounds[2] > bounds[0] { bounds.map(|v| v as f32) } else { [0.0, 0.0, side_px as f32, side_px as f32] }
        };
        let whole = bounds(side_px);
        let (mut seen, mut cut_row) = (whole, side_px as f32);
        if learning && dice.chance(0.35) {
            cut_row = whole[1] + (whole[3] - whole[1]) * dice.between(0.3, 0.92);
            seen = bounds((cut_row.ceil() as usize).clamp(1, side_px));
        }
        let turned = learning && dice.chance(0.5);
        let angle = if turned { dice.between(-15.0, 15.0).to_radians() } else { 0.0 };
        let shear = if turned { dice.between(-0.08, 0.08) } else { 0.0 };
        // Drawings are framed tightly, but not by everybody.
        let room = if dice.chance(0.5) { 1.0 } else { dice.between(1.0, 1.3) };
        let room = if learning { room + angle.abs() * 0.5 } else { 1.0 };
        let side = (seen[2] - seen[0]).max(seen[3] - seen[1]) * room;
        let middle = [(seen[0] + seen[2]) / 2.0, (seen[1] + seen[3]) / 2.0];
        let slack = |dice: &mut Dice| if learning { dice.between(-0.5, 0.5) * side * (1.0 - 1.0 / room) } else { 0.0 };
        let centre = [middle[0] + slack(dice), middle[1] + slack(dice)];
        let (sine, cosine) = angle.sin_cos();
        let bend = (learning && dice.chance(0.3))
            .then(|| std::array::from_fn(|_| [0.03 * dice.normal(), 0.03 * dice.normal()]));
        Self {
            side_px,
            centre,
            side,
            turn: [[cosine, -sine + shear], [sine, cosine]],
            bend,
            cut_row,
            mirrored: dice.chance(0.5),
            bounds: whole,
        }
    }

    /// Where in the view a place of the picture (0 to 1) comes from, pixels.
    fn source(&self, u: f32, v: f32) -> [f32; 2] {
        let u = if self.mirrored { 1.0 - u } else { u };
        let (mut x, mut y) = (u - 0.5, v - 0.5);
        if let Some(bend) = &self.bend {
            let (i, j) = ((u * 3.0).clamp(0.0, 2.999), (v * 3.0).clamp(0.0, 2.999));
            let (column, row, s, t) = (i as usize, j as usize, i.fract(), j.fract());
            let corner = |dx: usize, dy: usize| bend[(row + dy) * 4 + column + dx];
            for axis in 0..2 {
                let above = corner(0, 0)[axis] * (1.0 - s) + corner(1, 0)[axis] * s;
                let below = corner(0, 1)[axis] * (1.0 - s) + corner(1, 1)[axis] * s;
                *[&mut x, &mut y][axis] += above * (1.0 - t) + below * t;
            }
        }
        let [a, b] = self.turn;
        let side = self.side;
        [self.centre[0] + side * (a[0] * x + a[1] * y), self.centre[1] + side * (b[0] * x + b[1] * y)]
    }

    /// The colours, premultiplied.
    fn picture(&self, colours: &[[f32; 4]], size_px: usize) -> Vec<[f32; 4]> {
        let step = 1.0 / size_px as f32;
        // Pixels that are much smaller than those of the picture are brought together once, not at each of these.
        let (mut side_px, mut scale, mut level) = (self.side_px, 1.0, Cow::Borrowed(colours));
        while self.side * step >= 2.0 * scale && side_px.is_multiple_of(2) {
            level = Cow::Owned(halved(&level, side_px));
            (side_px, scale) = (side_px / 2, 2.0 * scale);
        }
        let samples = (self.side * step / scale).ceil().clamp(1.0, 4.0) as usize;
        let part = step / samples as f32;
        (0..size_px * size_px)
            .map(|i| {
                let (u, v) = ((i % size_px) as f32 * step, (i / size_px) as f32 * step);
                let mut sum = [0.0; 4];
                for j in 0..samples * samples {
                    let du = ((j % samples) as f32 + 0.5) * part;
                    let dv = ((j / samples) as f32 + 0.5) * part;
                    let [x, y] = self.source(u + du, v + dv);
                    if y < self.cut_row {
                        let colour = sample(&level, side_px, x / scale, y / scale);
                        (0..4).for_each(|c| sum[c] += colour[c]);
                    }
                }
                sum.map(|v| v / (samples * samples) as f32)
            })
            .collect()
    }

    /// Landmark and occupancy.
    fn udp(&self, view: &Rendering, size_px: usize) -> Vec<[f32; 4]> {
        let step = 1.0 / size_px as f32;
        (0..size_px * size_px)
            .map(|i| {
                let [x, y] = self.source(((i % size_px) as f32 + 0.5) * step, ((i / size_px) as f32 + 0.5) * step);
                let inside = |v: f32| (0.0..self.side_px as f32).contains(&v);
                if !inside(x) || !inside(y) || y >= self.cut_row {
                    return [0.0; 4];
                }
                let at = y as usize * self.side_px + x as usize;
                if view.parts[at] == 0 { [0.0; 4] } else { self.landmark(view.landmarks[at]) }
            })
            .collect()
    }

    fn landmark(&self, [x, y, z]: [u16; 3]) -> [f32; 4] {
        let [x, y, z] = [x, y, z].map(|v| f32::from(v) / 65535.0);
        [if self.mirrored { 1.0 - x } else { x }, y, z, 1.0]
    }

    /// The rough figure, stood where the true one stands, as well as an artist does.
    fn rough(&self, rough: &[[u16; 4]], size_px: usize, dice: &mut Dice) -> Udp {
        let mut bounds = [ROUGH_PX as f32, ROUGH_PX as f32, 0.0, 0.0f32];
        for (i, _) in rough.iter().enumerate().filter(|(_, p)| p[3] > 0) {
            let (x, y) = ((i % ROUGH_PX) as f32, (i / ROUGH_PX) as f32);
            bounds = [bounds[0].min(x), bounds[1].min(y), bounds[2].max(x + 1.0), bounds[3].max(y + 1.0)];
        }
        let height = |b: &[f32; 4]| (b[3] - b[1]).max(1.0);
        let scale = height(&bounds) / height(&self.bounds) * (1.0 + 0.05 * dice.normal());
        let middle = |b: &[f32; 4], axis: usize| (b[axis] + b[axis + 2]) / 2.0;
        let shift = [0, 1].map(|_| 0.02 * self.side_px as f32 * dice.normal());
        let mut udp = Udp::new(size_px as u32, size_px as u32);
        let step = 1.0 / size_px as f32;
        for (i, pixel) in udp.pixels.iter_mut().enumerate() {
            let place = self.source(((i % size_px) as f32 + 0.5) * step, ((i / size_px) as f32 + 0.5) * step);
            let [x, y] = [0, 1]
                .map(|axis| (place[axis] + shift[axis] - middle(&self.bounds, axis)) * scale + middle(&bounds, axis));
            if (0.0..ROUGH_PX as f32).contains(&x) && (0.0..ROUGH_PX as f32).contains(&y) {
                let [lx, ly, lz, there] = rough[y as usize * ROUGH_PX + x as usize];
                if there > 0 {
                    *pixel = self.landmark([lx, ly, lz]);
                }
            }
        }
        udp
    }
}

/// Half the size: the mean of each square of four pixels.
fn halved(colours: &[[f32; 4]], side_px: usize) -> Vec<[f32; 4]> {
    let half = side_px / 2;
    let mean = |i: usize| {
        let at = i / half * 2 * side_px + i % half * 2;
        let [a, b, c, d] = [at, at + 1, at + side_px, at + side_px + 1].map(|at| colours[at]);
        std::array::from_fn(|k| (a[k] + b[k] + c[k] + d[k]) * 0.25)
    };
    (0..half * half).map(mean).collect()
}

/// Bilinear, transparent outside.
fn sample(colours: &[[f32; 4]], side_px: usize, x: f32, y: f32) -> [f32; 4] {
    // Moved by two pixels, which keeps what may matter above zero.
    let (x, y) = (x + 1.5, y + 1.5);
    let last = side_px as f32 + 2.0;
    if !(x >= 1.0 && y >= 1.0 && x < last && y < last) {
        return [0.0; 4];
    }
    let (column, row) = (x as usize, y as usize);
    let (s, t) = (x - column as f32, y - row as f32);
    let corner = |column: usize, row: usize| {
        // What lies before the first pixel is beyond the last one too.
        let (column, row) = (column.wrapping_sub(2), row.wrapping_sub(2));
        if column < side_px && row < side_px { colours[row * side_px + column] } else { [0.0; 4] }
    };
    let [a, b, c, d] = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(dx, dy)| corner(column + dx, row + dy));
    let shares = [(1.0 - s) * (1.0 - t), s * (1.0 - t), (1.0 - s) * t, s * t];
    std::array::from_fn(|k| a[k] * shares[0] + b[k] * shares[1] + c[k] * shares[2] + d[k] * shares[3])
}

/// What somebody says about the picture.
fn hints(
    view: &Rendering,
    frame: &Frame,
    udp: &[[f32; 4]],
    view_deg: Option<f32>,
    size_px: usize,
    manner: Manner,
    dice: &mut Dice,
) -> Hints {
    let (tag, clicks, figure) = match manner {
        Manner::Measuring { tag, clicks } => (tag, clicks, false),
        Manner::Learning => {
            let tag = dice.chance(0.4);
            let mut clicks = 0;
            if dice.chance(0.5) {
                clicks = 1;
                while clicks < 10 && dice.chance(0.65) {
                    clicks += 1;
                }
            }
            (tag, clicks, view.rough.is_some() && dice.chance(0.7))
        }
    };
    let learning = manner == Manner::Learning;
    // Whoever tags is wrong now and then, which strong evidence may overrule.
    let wrong = if learning && dice.chance(0.03) { 90.0 * dice.pick([1.0, 2.0, 3.0]) } else { 0.0 };
    let shown: Vec<usize> = (0..udp.len()).filter(|&i| udp[i][3] > 0.0).collect();
    let click = |dice: &mut Dice| {
        let i = shown[dice.below(shown.len())];
        let off = |dice: &mut Dice| dice.between(-1.0, 1.0) * (size_px as f32 / 128.0);
        let at = [(i % size_px) as f32 + 0.5 + off(dice), (i / size_px) as f32 + 0.5 + off(dice)];
        let [x, y, z, _] = udp[i];
        let noise = if learning { 0.02 } else { 0.01 };
        Click {
            at: at.map(|v| v / size_px as f32),
            landmark: [x, y, z].map(|v| (v + noise * dice.normal()).clamp(0.0, 1.0)),
        }
    };
    Hints {
        view_deg: view_deg.filter(|_| tag).map(|v| wrapped(v + wrong)),
        clicks: if shown.is_empty() { vec![] } else { (0..clicks).map(|_| click(dice)).collect() },
        figure: view.rough.as_ref().filter(|_| figure).map(|rough| frame.rough(rough, size_px, dice)),
    }
}

#[cfg(test)]
mod tests;
