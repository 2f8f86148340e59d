//! The renderer: draws a character of a sheet in a pose, from the UDPs of both.
//!
//! ```text
//! drawing + UDP ─ encoder, shared with the detector ─ sheet net ─▶ what is kept, once a drawing
//! pose ─ correspondence ─▶ places ─ painter net: look there, compare, move on, agree, copy and mend ─▶ picture
//! ```
//!
//! Where a drawing shows the pose's points is found by landmarks; the net moves those places a little, weighs the drawings
//! against one another at four sizes, and mends what copying makes of them. Messages between views are those of CoNR (Lin
//! et al. 2023); copying by a warp, and blending it with what is made anew, are as in talking-head animation (Khungurn
//! 2023).

mod eyes;
mod functions;
pub mod prepare;
pub mod wiring;

pub use eyes::Eyes;

use super::hints::{Hints, INPUTS, cut_out};
use super::{Detected, Detector, DetectorGraph};
use crate::correspondence::Source;
use crate::nn::kernels::{Batch, Map, Pool, Precision};
use crate::nn::layers::{PackedNet, Plan, TensorNet};
use crate::picture::Picture;
use crate::progress::Progress;
use crate::sheet::Shares;
use crate::sheet::framing::frame_pose;
use crate::udp::Udp;
use crate::weights::{Graph, Schema, WeightError, WeightFile};
use candle_core::{Device, Result};
use candle_nn::VarBuilder;
use prepare::Known;
use std::path::Path;
use wiring::result;

/// The renderer as weight files have it, with the detector and the encoder of both.
pub struct RendererGraph;

impl Graph for RendererGraph {
    const NAME: &'static str = "fude";
    const VERSION: u32 = 1;
    const PARTS: &'static [&'static str] = &["encoder", "detector", "renderer"];

    fn ask(weights: &VarBuilder) -> Result<()> {
        DetectorGraph::ask(weights)?;
        TensorNet::new(wiring::learning(), weights).map(|_| ())
    }
}

/// Drawings that are encoded, and looked into, are shrunk or grown to multiples of this.
pub const SIZE_STEP_PX: usize = 32;

/// A drawing to draw from.
#[derive(Clone, Copy, Debug)]
pub struct SheetDrawing<'a> {
    /// Straight alpha.
    pub picture: &'a Picture,
    /// What it shows. Where its size is not the picture's, the drawing counts as empty.
    pub udp: &'a Udp,
    /// For each pixel how far off its landmark is thought to be, where somebody knows.
    pub spread: Option<&'a [f32]>,
}

/// A sheet as the renderer remembers it.
pub struct EncodedSheet {
    size_px: usize,
    /// The drawings that the sheet has, and which of them show something, in the order of what follows.
    views: usize,
    shown: Vec<usize>,
    sources: Vec<Source>,
    drawings: Batch,
    skips: Vec<Batch>,
}

impl EncodedSheet {
    /// The working size that it was encoded at.
    pub fn size_px(&self) -> usize {
        self.size_px
    }

    /// How many drawings the sheet has.
    pub fn views(&self) -> usize {
        self.views
    }
}

/// A picture in a pose, of the size of the pose's UDP.
#[derive(Clone, Debug, PartialEq)]
pub struct Painted {
    /// Width in pixels.
    pub width_px: u32,
    /// Height in pixels.
    pub height_px: u32,
    /// `width_px · height_px` **premultiplied** pixels.
    pub premultiplied: Vec<[u8; 4]>,
    /// Which drawing contributed where.
    pub shares: Shares,
}

impl Painted {
    /// With straight alpha, as other programs want it.
    pub fn to_picture(&self) -> Picture {
        let straight = |&[r, g, b, a]: &[u8; 4]| {
            let divide = |c: u8| ((u32::from(c) * 255 + u32::from(a) / 2) / u32::from(a).max(1)).min(255) as u8;
            if a == 0 { [0; 4] } else { [divide(r), divide(g), divide(b), a] }
        };
        let pixels = self.premultiplied.iter().map(straight).collect();
        Picture { width_px: self.width_px, height_px: self.height_px, pixels }
    }
}

/// Paints characters with packed weights; any number of threads may share it.
pub struct Renderer {
    detector: Detector,
    eyes: PackedNet,
    sheet: PackedNet,
    painter: PackedNet,
    pool: Pool,
}

impl Renderer {
    /// Packs the tensors that `weights` holds, for pictures of about `size_px` squared.
    ///
    /// # Errors
    /// A tensor that is missing or of another shape.
    pub fn new(weights: &VarBuilder, size_px: usize, precision: Precision) -> Result<Self> {
        let plan = Plan { precision, pixels: size_px * size_px, outputs: None };
        Ok(Self {
            detector: Detector::new(weights, size_px, precision)?,
            eyes: PackedNet::new(super::wiring::features(), weights, plan)?,
            sheet: PackedNet::new(wiring::sheet(), weights, plan)?,
            painter: PackedNet::new(wiring::painter(), weights, plan)?,
            pool: Pool::default(),
        })
    }

    /// Reads a weight file.
    ///
    /// # Errors
    /// A file that can't be read or is of other networks.
    pub fn load(
        path: &Path,
        size_px: usize,
        precision: Precision,
        progress: &dyn Progress,
    ) -> std::result::Result<Self, WeightError> {
        Self::of_file(&WeightFile::open(path, &Schema::of::<RendererGraph>()?)?, size_px, precision, progress)
    }

    /// As [`Renderer::load`], of a weight file that is open.
    ///
    /// # Errors
    /// As [`Renderer::load`].
    pub fn of_file(
        file: &WeightFile,
        size_px: usize,
        precision: Precision,
        progress: &dyn Progress,
    ) -> std::result::Result<Self, WeightError> {
        let schema = Schema::of::<RendererGraph>()?;
        progress.stage("reading weights", schema.tensors.len() as u64);
        file.load(&schema, &Device::Cpu, progress, |weights| Self::new(weights, size_px, precision))
    }

    /// The UDP of a cut-out drawing, seen at `size_px` squared: see [`Detector::detect`].
    pub fn detect(&self, drawing: &Picture, hints: &Hints, size_px: usize) -> Detected {
        self.detector.detect(drawing, hints, stepped(size_px))
    }

    /// Bytes of packed weights.
    pub fn bytes(&self) -> usize {
        [&self.eyes, &self.sheet, &self.painter].iter().map(|net| net.bytes()).sum()
    }

    /// Looks at all drawings of a sheet, at a working size of `size_px` (a multiple of 32, or the next one). Those
    /// that show nothing add nothing.
    pub fn encode(&self, drawings: &[SheetDrawing], size_px: usize) -> EncodedSheet {
        let size_px = stepped(size_px);
        let framed: Vec<(usize, Known)> = drawings
            .iter()
            .enumerate()
            .filter_map(|(i, drawing)| Some((i, Known::framed(drawing, size_px)?)))
            .collect();
        let (shown, known): (Vec<usize>, Vec<Known>) = framed.into_iter().unzip();
        let (drawings_of, skips) = self.kept(&known, size_px);
        let sources = known.iter().map(Known::source).collect();
        EncodedSheet { size_px, views: drawings.len(), shown, sources, drawings: drawings_of, skips }
    }

    /// What is known at full size, and kept, of drawings.
    fn kept(&self, known: &[Known], size_px: usize) -> (Batch, Vec<Batch>) {
        let (mut whole, mut skips) = (Batch::default(), vec![]);
        // One after the other: memory stays small, and one drawing keeps all cores busy.
        for (i, drawing) in known.iter().enumerate() {
            let features = seen(&self.eyes, std::slice::from_ref(drawing), size_px, &self.pool);
            let [full, rest @ ..] = prepare::known(std::slice::from_ref(drawing), size_px, &self.pool);
            let inputs = features.into_iter().chain(rest).map(Into::into);
            let kept = self.sheet.run(inputs, &self.pool);
            let all = |batch: &Batch| {
                let [_, h, w, c] = batch.size();
                self.pool.take([known.len(), h, w, c])
            };
            if i == 0 {
                whole = all(&full);
                skips = kept.iter().map(all).collect();
            }
            put(&full, i, &mut whole);
            kept.iter().zip(&mut skips).for_each(|(from, to)| put(from, i, to));
        }
        (whole, skips)
    }

    /// The sheet's character in a pose, where the pose has it. A pose that shows nothing, and a sheet without drawings
    /// that show something, give an empty picture.
    pub fn paint(&self, sheet: &EncodedSheet, pose: &Udp) -> Painted {
        let size = sheet.size_px;
        let framed = frame_pose(pose, size as u32);
        let (Some(frame), false) = (framed.frame, sheet.shown.is_empty()) else { return empty(pose, sheet.views) };
        let occupied = |p: [f32; 4]| if p[3] > 0.5 { [p[0], p[1], p[2], 1.0] } else { [0.0; 4] };
        let pixels: Vec<[f32; 4]> = framed.pixels.into_iter().map(occupied).collect();
        let Some(window) = Window::around(&pixels, size) else { return empty(pose, sheet.views) };
        let (width, height) = (window.size[0], window.size[1]);
        let shown = Udp { width_px: width as u32, height_px: height as u32, pixels: window.cut(&pixels, size) };
        let (places, poses) = prepare::poses(&[(&shown, &sheet.sources)], &self.pool);
        let lent = sheet.skips.iter().chain([&sheet.drawings]).map(|batch| batch.map().into());
        let inputs = lent.chain(places.into_iter().chain(poses).map(Into::into));
        let results = self.painter.run(inputs, &self.pool);
        let [picture, weights] = [result::PICTURE, result::WEIGHTS].map(|which| results[which].map());
        let mut colours = vec![[0; 4]; size * size];
        let mut planes = vec![vec![0; size * size]; sheet.views];
        for i in 0..width * height {
            let (row, column) = (i / width, i % width);
            let at = window.at(i, size);
            colours[at] = premultiplied(picture.pixel(0, row, column));
            if shown.pixels[i][3] > 0.5 {
                for (view, share) in sheet.shown.iter().zip(shares(weights, row, column)) {
                    planes[*view][at] = (share * 255.0).round() as u8;
                }
            }
        }
        let views = planes.iter().map(|plane| frame.paste_nearest(plane, size as u32)).collect();
        Painted {
            width_px: pose.width_px,
            height_px: pose.height_px,
            premultiplied: frame.paste(&colours, size as u32),
            shares: Shares { width_px: pose.width_px, height_px: pose.height_px, views },
        }
    }
}

/// The encoder's features of drawings over which their UDPs lie.
pub fn seen(eyes: &PackedNet, drawings: &[Known], size_px: usize, pool: &Pool) -> Vec<Batch> {
    let area = size_px * size_px;
    let mut inputs = vec![[0.0; INPUTS]; drawings.len() * area];
    for (drawing, inputs) in drawings.iter().zip(inputs.chunks_mut(area)) {
        let hints = Hints { figure: Some(drawing.udp.clone()), ..Hints::default() };
        hints.fill(drawing.colours.iter().map(|&pixel| cut_out(pixel)), size_px, inputs);
    }
    let mut batch = pool.take([drawings.len(), size_px, size_px, INPUTS]);
    batch.pixels_mut().zip(&inputs).for_each(|(to, from)| to.copy_from_slice(from));
    eyes.run([batch.into()], pool)
}

fn stepped(size_px: usize) -> usize {
    size_px.clamp(SIZE_STEP_PX, 1024).next_multiple_of(SIZE_STEP_PX)
}

fn put(from: &Batch, image: usize, to: &mut Batch) {
    let [_, h, w, _] = from.size();
    for (to, from) in to.pixels_mut().skip(image * h * w).zip(from.pixels()) {
        to.copy_from_slice(from);
    }
}

fn empty(pose: &Udp, views: usize) -> Painted {
    let (width_px, height_px) = (pose.width_px, pose.height_px);
    let pixels = width_px as usize * height_px as usize;
    let shares = Shares { width_px, height_px, views: vec![vec![0; pixels]; views] };
    Painted { width_px, height_px, premultiplied: vec![[0; 4]; pixels], shares }
}

/// Colours in [0, 1], not premultiplied, and opacity.
pub fn premultiplied(pixel: &[f32]) -> [u8; 4] {
    let opacity = pixel[3].clamp(0.0, 1.0);
    let byte = |v: f32| (v * 255.0 + 0.5) as u8;
    let [r, g, b] = [0, 1, 2].map(|i| byte(pixel[i].clamp(0.0, 1.0) * opacity));
    [r, g, b, byte(opacity)]
}

/// The softmax of the views' weights at a pixel.
fn shares(weights: Map, row: usize, column: usize) -> Vec<f32> {
    let all: Vec<f32> = (0..weights.size()[0]).map(|view| weights.pixel(view, row, column)[0]).collect();
    let most = all.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f32> = all.iter().map(|v| (v - most).exp()).collect();
    let total: f32 = powers.iter().sum();
    powers.iter().map(|v| v / total).collect()
}

/// The part of a square in which a figure stands: no more than needs be is painted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Window {
    /// Column and row.
    first: [usize; 2],
    /// Multiples of 16.
    size: [usize; 2],
}

impl Window {
    /// Pixels around a figure that its outline may take.
    const ROOM: usize = 6;
    const STEP: usize = 16;

    fn around(pixels: &[[f32; 4]], size: usize) -> Option<Self> {
        let (mut first, mut end) = ([size; 2], [0; 2]);
        for (i, _) in pixels.iter().enumerate().filter(|(_, p)| p[3] > 0.5) {
            for (axis, at) in [i % size, i / size].into_iter().enumerate() {
                first[axis] = first[axis].min(at);
                end[axis] = end[axis].max(at + 1);
            }
        }
        if end[0] == 0 {
            return None;
        }
        let side = |axis: usize| {
            let from = first[axis].saturating_sub(Self::ROOM);
            let to = (end[axis] + Self::ROOM).min(size);
            let length = (to - from).next_multiple_of(Self::STEP).min(size);
            (from.min(size - length), length)
        };
        let [(left, width), (top, height)] = [side(0), side(1)];
        Some(Self { first: [left, top], size: [width, height] })
    }

    /// Pixel `i` of it among those of the square.
    fn at(&self, i: usize, size: usize) -> usize {
        (self.first[1] + i / self.size[0]) * size + self.first[0] + i % self.size[0]
    }

    fn cut<T: Copy>(&self, pixels: &[T], size: usize) -> Vec<T> {
        (0..self.size[0] * self.size[1]).map(|i| pixels[self.at(i, size)]).collect()
    }
}

#[cfg(test)]
mod tests;
