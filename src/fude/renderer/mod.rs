//! The renderer: draws a character of a sheet in a pose, from the UDPs of both.
//!
//! ```text
//! drawings + UDPs ─ Transfer ─┐ once a sheet
//! pose ───────────────────────┴─▶ proposals ─ painter net: choose, mend, make anew ─▶ picture
//! ```
//!
//! Where drawings show the pose's points landmark transfer knows without learning, to parts of a pixel. What it can't know
//! is learned: how an outline runs where the pose has none yet, which of two drawings is to be believed, what belongs
//! where nobody looked. So the net sees what transfer proposes and makes a picture of it, which at first is transfer's own.
//! Copying, and blending the copy with what is made anew, are as in talking-head animation (Khungurn 2023).

mod detail;
mod finish;
pub mod prepare;
pub mod wiring;

use crate::nn::kernels::{Batch, Pool, Precision};
use crate::nn::layers::{LearningNet, PackedNet, Plan, TensorNet};
use crate::picture::Picture;
use crate::progress::Progress;
use crate::sheet::Shares;
use crate::sheet::framing::frame_pose;
use crate::transfer::{Parts, Transfer, TransferError};
use crate::udp::Udp;
use crate::weights::{Graph, Schema, WeightError, WeightFile};
use candle_core::{DType, Device, Result};
use candle_nn::VarBuilder;
use prepare::Known;
use std::path::Path;
use std::sync::Arc;
use wiring::INPUTS;

/// The renderer as weight files have it.
pub struct RendererGraph;

impl Graph for RendererGraph {
    const NAME: &'static str = "fude";
    const VERSION: u32 = 2;
    const PARTS: &'static [&'static str] = &["renderer"];

    fn ask(weights: &VarBuilder) -> Result<()> {
        TensorNet::new(wiring::painter(), weights).map(|_| ())
    }
}

/// What files of changes to the renderer's weights hold ([`crate::weights::Tuning`]).
///
/// # Errors
/// None that a user could cause.
pub fn tuning_schema() -> std::result::Result<Schema, WeightError> {
    let mut schema = Schema { graph: "fude-tuning", version: 1, ..Schema::of::<RendererGraph>()? };
    schema.tensors.retain(|name, _| wiring::is_tuned(name));
    Ok(schema)
}

/// Drawings and poses are shrunk or grown to multiples of this.
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
    /// The drawings that the sheet has, and which of them show something.
    views: usize,
    shown: Vec<usize>,
    /// None where no drawing shows anything.
    transfer: Option<Transfer>,
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
    /// Per pixel how well drawings show what is there, 255 for as well as can be.
    pub confidence: Vec<u8>,
}

impl Painted {
    /// With straight alpha, as other programs want it.
    pub fn to_picture(&self) -> Picture {
        Picture::of_premultiplied(self.width_px, self.height_px, self.premultiplied.clone())
    }
}

/// Paints characters with packed weights; any number of threads may share it.
pub struct Renderer {
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
        Ok(Self { painter: PackedNet::new(wiring::painter(), weights, plan)?, pool: Pool::default() })
    }

    /// The renderer as a net has learned it so far.
    ///
    /// # Errors
    /// None, where the net is [`wiring::painter`]'s.
    pub fn learned(net: &LearningNet, values: &[f32], statistics: &[f32], size_px: usize) -> Result<Self> {
        let tensors = net.tensors(values, statistics)?;
        Self::new(&VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu), size_px, Precision::F32)
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

    /// Bytes of packed weights.
    pub fn bytes(&self) -> usize {
        self.painter.bytes()
    }

    /// Looks at all drawings of a sheet, at a working size of `size_px` (a multiple of 32, or the next one). Those that
    /// show nothing add nothing. `parts` are those of the figure whose poses will be painted, where there is one.
    ///
    /// # Errors
    /// Cancelled.
    pub fn encode(
        drawings: &[SheetDrawing],
        parts: Option<Arc<Parts>>,
        size_px: usize,
        progress: &dyn Progress,
    ) -> std::result::Result<EncodedSheet, TransferError> {
        let size_px = size_px.clamp(SIZE_STEP_PX, 1024).next_multiple_of(SIZE_STEP_PX);
        let framed = drawings.iter().enumerate();
        let framed = framed.filter_map(|(i, drawing)| Some((i, Known::framed(drawing, size_px)?)));
        let (shown, known): (Vec<usize>, Vec<Known>) = framed.unzip();
        let transfer = match prepare::transfer(&known, parts, progress) {
            Ok(transfer) => Some(transfer),
            Err(TransferError::Cancelled) => return Err(TransferError::Cancelled),
            Err(_) => None,
        };
        Ok(EncodedSheet { size_px, views: drawings.len(), shown, transfer })
    }

    /// The sheet's character in a pose, where the pose has it. A pose that shows nothing, and a sheet without drawings
    /// that show something, give an empty picture.
    ///
    /// # Errors
    /// Cancelled.
    pub fn paint(
        &self,
        sheet: &EncodedSheet,
        pose: &Udp,
        progress: &dyn Progress,
    ) -> std::result::Result<Painted, TransferError> {
        let size = sheet.size_px;
        let framed = frame_pose(pose, size as u32);
        let (Some(frame), Some(transfer)) = (framed.frame, &sheet.transfer) else {
            return Ok(empty(pose, sheet.views));
        };
        let sound = |p: [f32; 4]| p[3] > 0.5 && p.iter().all(|v| v.is_finite());
        let occupied = |p: [f32; 4]| if sound(p) { [p[0], p[1], p[2], 1.0] } else { [0.0; 4] };
        let pixels: Vec<[f32; 4]> = framed.pixels.into_iter().map(occupied).collect();
        let Some(window) = Window::around(&pixels, size) else { return Ok(empty(pose, sheet.views)) };
        let [width, height] = window.size;
        let shown = Udp { width_px: width as u32, height_px: height as u32, pixels: window.cut(&pixels, size) };
        let (proposals, shares) = prepare::proposed(transfer, &shown, progress)?;
        let picture = self.picture(&proposals, [width, height]);
        let mut painted: Vec<[f32; 4]> = picture.pixels().map(premultiplied).collect();
        let proposed: Vec<[f32; 4]> = proposals.iter().map(|p| [p[0], p[1], p[2], p[3]]).collect();
        detail::sharpen(&mut painted, &proposed, width, size);
        let mut colours = vec![[0; 4]; size * size];
        let mut sure = vec![0; size * size];
        for i in 0..width * height {
            colours[window.at(i, size)] = bytes(painted[i]);
            sure[window.at(i, size)] = (proposals[i][prepare::SURE] * 255.0).round() as u8;
        }
        let mut planes = vec![vec![0; size * size]; sheet.views];
        for (view, shares) in sheet.shown.iter().zip(&shares.views) {
            shares.iter().enumerate().for_each(|(i, &share)| planes[*view][window.at(i, size)] = share);
        }
        let views = planes.iter().map(|plane| frame.paste_nearest(plane, size as u32)).collect();
        Ok(Painted {
            width_px: pose.width_px,
            height_px: pose.height_px,
            premultiplied: frame.paste(&colours, size as u32),
            shares: Shares { width_px: pose.width_px, height_px: pose.height_px, views },
            confidence: frame.paste_nearest(&sure, size as u32),
        })
    }

    /// What the net makes of proposals.
    fn picture(&self, proposals: &[[f32; INPUTS]], [width, height]: [usize; 2]) -> Batch {
        let mut batch = self.pool.take([1, height, width, INPUTS]);
        batch.pixels_mut().zip(proposals).for_each(|(to, from)| to.copy_from_slice(from));
        self.painter.run([batch.into()], &self.pool).swap_remove(0)
    }
}

fn empty(pose: &Udp, views: usize) -> Painted {
    let (width_px, height_px) = (pose.width_px, pose.height_px);
    let pixels = width_px as usize * height_px as usize;
    let shares = Shares { width_px, height_px, views: vec![vec![0; pixels]; views] };
    Painted { width_px, height_px, premultiplied: vec![[0; 4]; pixels], shares, confidence: vec![0; pixels] }
}

/// The nearest of 255 steps from 0 to 1.
pub fn bytes(pixel: [f32; 4]) -> [u8; 4] {
    pixel.map(|v| (v * 255.0 + 0.5) as u8)
}

/// Premultiplied colours in [0, 1], of colours that are not and opacity.
pub fn premultiplied(pixel: &[f32]) -> [f32; 4] {
    let opacity = pixel[3].clamp(0.0, 1.0);
    let [r, g, b] = [0, 1, 2].map(|i| pixel[i].clamp(0.0, 1.0) * opacity);
    [r, g, b, opacity]
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
