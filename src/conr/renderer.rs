use super::card::{CardDrawing, CardNetworks, CardViews};
use super::cpu::{Drawing, EncodedViews, PackedNetworks};
use super::{ConrError, Networks};
use crate::nn::{DeviceChoice, Precision};
use crate::picture::Picture;
use crate::progress::Progress;
use crate::sheet::framing::{FramedPose, frame_drawing, frame_pose};
use crate::sheet::{Shares, Sheet, View};
use crate::udp::Udp;
use crate::weights::{Schema, WeightFile, asked};
use candle_core::Device;
use candle_nn::VarBuilder;
use std::path::Path;

/// Working sizes are multiples of this.
const SIZE_STEP_PX: u32 = 128;

/// How many drawings are encoded at a time: enough to keep a device busy, few enough to bound the memory.
const DRAWINGS_AT_ONCE: usize = 4;

/// The networks on a device: encodes a sheet once, and renders it in many poses.
pub struct Renderer {
    backend: Backend,
}

enum Backend {
    /// Packed weights and kernels of our own.
    Processor(Box<PackedNetworks>),
    /// Candle's tensors and kernels.
    Card(Box<CardNetworks>),
}

/// What the networks remember of a sheet.
pub struct EncodedSheet {
    size_px: u32,
    content: Content,
}

enum Content {
    Processor(Box<EncodedViews>),
    Card(CardViews),
}

impl EncodedSheet {
    /// The working size that it was encoded at.
    pub fn size_px(&self) -> u32 {
        self.size_px
    }

    /// How many drawings it remembers.
    pub fn views(&self) -> usize {
        match &self.content {
            Content::Processor(views) => views.views(),
            Content::Card(views) => views.views(),
        }
    }
}

/// A rendered picture, of the size of the pose's image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendering {
    /// Width in pixels.
    pub width_px: u32,
    /// Height in pixels.
    pub height_px: u32,
    /// `width_px · height_px` **premultiplied** RGBA pixels: the bytes that the authors' program writes.
    pub premultiplied: Vec<[u8; 4]>,
}

impl Rendering {
    /// The picture with straight alpha, as other programs want it.
    pub fn to_picture(&self) -> Picture {
        Picture::of_premultiplied(self.width_px, self.height_px, self.premultiplied.clone())
    }
}

/// How many numbers the kernels keep for one weight: 3×3 convolutions are kept as transformed tiles. `settei bench render`
/// says 1174 MB for 180.4 million weights of 4 bytes.
const PACKED: f64 = 1.63;

impl Renderer {
    /// Loads weights: a folder of the authors' four `.pth`, or a `.safetensors`. Whatever they are stored as, they
    /// take four bytes a number in memory.
    ///
    /// # Errors
    /// The device cannot be used; the weights cannot be read, or don't fit; [`ConrError::Cancelled`].
    pub fn load(path: &Path, device: DeviceChoice, progress: &dyn Progress) -> Result<Self, ConrError> {
        Self::load_as(path, device, Precision::F32, progress)
    }

    /// As [`Renderer::load`]; `precision` is what weights take in memory, on a graphics card what everything takes there.
    ///
    /// # Errors
    /// As [`Renderer::load`].
    pub fn load_as(
        path: &Path,
        device: DeviceChoice,
        precision: Precision,
        progress: &dyn Progress,
    ) -> Result<Self, ConrError> {
        Self::of_file(&WeightFile::open(path, &Schema::of::<Networks>()?)?, device, precision, progress)
    }

    /// As [`Renderer::load_as`], of a weight file that is open.
    ///
    /// # Errors
    /// As [`Renderer::load`].
    pub fn of_file(
        file: &WeightFile,
        device: DeviceChoice,
        precision: Precision,
        progress: &dyn Progress,
    ) -> Result<Self, ConrError> {
        let device = device.open()?;
        let schema = Schema::of::<Networks>()?;
        if matches!(device, Device::Cpu) {
            file.must_have_room(&schema, PACKED * precision.dtype().size_in_bytes() as f64)?;
        }
        progress.stage("reading weights", asked(|weights| Networks::new(weights).map(|_| ()))?.len() as u64);
        let backend = file.load(&schema, &device, progress, |weights| Backend::new(weights, precision))?;
        Ok(Self { backend })
    }

    /// A renderer with tensors from elsewhere, on their device.
    ///
    /// # Errors
    /// A tensor that is missing or of another shape.
    pub fn new(weights: &VarBuilder) -> Result<Self, ConrError> {
        Ok(Self { backend: Backend::new(weights, Precision::F32)? })
    }

    /// Does the processor compute, and not a graphics card?
    pub fn on_processor(&self) -> bool {
        matches!(self.backend, Backend::Processor(_))
    }

    /// Looks at all drawings of a sheet, at a working size of `size_px` (a multiple of 128; the published weights
    /// were trained at 256). Drawings without anything on them count as empty images.
    ///
    /// # Errors
    /// A working size that is none; a sheet without drawings; [`ConrError::Cancelled`]; whatever the device says.
    pub fn encode(&self, sheet: &Sheet, size_px: u32, progress: &dyn Progress) -> Result<EncodedSheet, ConrError> {
        let pictures: Vec<&Picture> = sheet.views.iter().map(|view| &view.picture).collect();
        self.encode_pictures(&pictures, size_px, progress)
    }

    /// As [`Renderer::encode`], of drawings that lie elsewhere.
    ///
    /// # Errors
    /// As [`Renderer::encode`].
    pub fn encode_pictures(
        &self,
        drawings: &[&Picture],
        size_px: u32,
        progress: &dyn Progress,
    ) -> Result<EncodedSheet, ConrError> {
        check_size(size_px)?;
        if drawings.is_empty() {
            return Err(ConrError::EmptySheet);
        }
        progress.stage("looking at the sheet", drawings.len() as u64);
        let some = |drawings: &[&Picture]| drawings.iter().map(|d| frame_drawing(d, size_px)).collect::<Vec<_>>();
        let content = match &self.backend {
            Backend::Processor(networks) => {
                let mut encoding = networks.encoding(drawings.len(), size_px as usize);
                for drawings in drawings.chunks(DRAWINGS_AT_ONCE) {
                    go_on(progress)?;
                    encoding.add(&some(drawings).into_iter().map(|drawing| drawing.pixels).collect::<Vec<_>>());
                    progress.advance(drawings.len() as u64);
                }
                Content::Processor(Box::new(encoding.finish()))
            }
            Backend::Card(networks) => {
                let mut parts = Vec::new();
                for drawings in drawings.chunks(DRAWINGS_AT_ONCE) {
                    go_on(progress)?;
                    parts.push(networks.encode(&some(drawings), size_px)?);
                    progress.advance(drawings.len() as u64);
                }
                Content::Card(CardViews::joined(&parts)?)
            }
        };
        Ok(EncodedSheet { size_px, content })
    }

    /// Draws the sheet's character in a pose: a picture of the pose's size, the character where the pose has it. A
    /// pose that shows nothing gives an empty picture.
    ///
    /// # Errors
    /// [`ConrError::Cancelled`]; whatever the device says.
    pub fn render(&self, sheet: &EncodedSheet, pose: &Udp, progress: &dyn Progress) -> Result<Rendering, ConrError> {
        Ok(self.draw(sheet, pose, false, progress)?.0)
    }

    /// As [`Renderer::render`], and which drawing contributed where: their weights in the last message that they agree
    /// on, of which the picture is made.
    ///
    /// # Errors
    /// As [`Renderer::render`].
    pub fn explain(
        &self,
        sheet: &EncodedSheet,
        pose: &Udp,
        progress: &dyn Progress,
    ) -> Result<(Rendering, Shares), ConrError> {
        let (rendering, shares) = self.draw(sheet, pose, true, progress)?;
        let nothing = || Shares::new([pose.width_px, pose.height_px], sheet.views(), |_, _| 0.0, |_| 0.0);
        Ok((rendering, shares.unwrap_or_else(nothing)))
    }

    fn draw(
        &self,
        sheet: &EncodedSheet,
        pose: &Udp,
        explain: bool,
        progress: &dyn Progress,
    ) -> Result<(Rendering, Option<Shares>), ConrError> {
        let framed = frame_pose(pose, sheet.size_px);
        let Some(frame) = framed.frame else {
            let nothing = Picture::new(pose.width_px, pose.height_px).pixels;
            let rendering = Rendering { width_px: pose.width_px, height_px: pose.height_px, premultiplied: nothing };
            return Ok((rendering, None));
        };
        progress.stage("rendering", Drawing::STEPS as u64);
        let (rgba, weights) = match (&self.backend, &sheet.content) {
            (Backend::Processor(networks), Content::Processor(views)) => {
                draw_on_processor(networks, views, &framed, explain, progress)?
            }
            (Backend::Card(networks), Content::Card(views)) => {
                draw_on_card(networks, views, &framed, sheet.size_px, explain, progress)?
            }
            _ => return Err(ConrError::OtherDevice),
        };
        let bytes: Vec<_> = rgba.into_iter().map(|p| p.map(|v| (255.0 * v) as u8)).collect();
        let shares = explain.then(|| {
            let there = |i: usize| f32::from(u8::from(bytes[i][3] > 0));
            let small = Shares::new([sheet.size_px; 2], weights.len(), |view, i| weights[view][i], there);
            Shares {
                width_px: pose.width_px,
                height_px: pose.height_px,
                views: small.views.iter().map(|plane| frame.paste_nearest(plane, sheet.size_px)).collect(),
            }
        });
        let premultiplied = frame.paste(&bytes, sheet.size_px);
        Ok((Rendering { width_px: pose.width_px, height_px: pose.height_px, premultiplied }, shares))
    }

    /// What the networks take the drawing's UDP to be: of the drawing's size, found at a working size of `size_px`
    /// and enlarged by the nearest pixel.
    ///
    /// # Errors
    /// A working size that is none; whatever the device says.
    pub fn detect(&self, view: &View, size_px: u32) -> Result<Udp, ConrError> {
        check_size(size_px)?;
        let mut udp = Udp::new(view.picture.width_px, view.picture.height_px);
        let drawing = frame_drawing(&view.picture, size_px);
        if let Some(frame) = drawing.frame {
            let detected = match &self.backend {
                Backend::Processor(networks) => networks.detect(drawing.pixels, size_px as usize),
                Backend::Card(networks) => networks.detect(drawing, size_px)?,
            };
            udp.pixels = frame.paste_nearest(&detected, size_px);
            // By definition there is no landmark where there is no surface.
            for pixel in udp.pixels.iter_mut().filter(|p| p[3] <= 0.0) {
                *pixel = [0.0; 4];
            }
        }
        Ok(udp)
    }
}

impl Backend {
    fn new(weights: &VarBuilder, precision: Precision) -> candle_core::Result<Self> {
        Ok(match weights.device() {
            Device::Cpu => Backend::Processor(Box::new(PackedNetworks::new(weights, precision)?)),
            _ => Backend::Card(Box::new(CardNetworks::new(weights, precision.dtype())?)),
        })
    }
}

/// A pose's colours, and each view's weights in them.
type Drawn = (Vec<[f32; 4]>, Vec<Vec<f32>>);

fn draw_on_processor(
    networks: &PackedNetworks,
    views: &EncodedViews,
    pose: &FramedPose,
    explain: bool,
    progress: &dyn Progress,
) -> Result<Drawn, ConrError> {
    let mut drawing = networks.draw(views, &pose.pixels, &pose.mask, explain);
    for _ in 0..Drawing::STEPS {
        go_on(progress)?;
        drawing = drawing.step();
        progress.advance(1);
    }
    Ok(drawing.finish())
}

fn draw_on_card(
    networks: &CardNetworks,
    views: &CardViews,
    pose: &FramedPose,
    size_px: u32,
    explain: bool,
    progress: &dyn Progress,
) -> Result<Drawn, ConrError> {
    let pose = networks.pose(pose, size_px)?;
    progress.advance(1);
    let mut drawing = networks.draw(views, &pose, explain)?;
    for _ in 0..CardDrawing::STEPS {
        go_on(progress)?;
        drawing.step()?;
        progress.advance(1);
    }
    let drawn = drawing.finish()?;
    progress.advance(1);
    Ok(drawn)
}

fn go_on(progress: &dyn Progress) -> Result<(), ConrError> {
    if progress.cancelled() { Err(ConrError::Cancelled) } else { Ok(()) }
}

fn check_size(size_px: u32) -> Result<(), ConrError> {
    let fits = size_px > 0 && size_px.is_multiple_of(SIZE_STEP_PX);
    if fits { Ok(()) } else { Err(ConrError::Size(size_px)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::DType;

    #[test]
    fn colours_are_divided_by_alpha() {
        let premultiplied = vec![[100, 50, 0, 200], [0, 0, 0, 0], [9, 9, 9, 0], [10, 20, 30, 255], [5, 0, 1, 2]];
        let picture = Rendering { width_px: 5, height_px: 1, premultiplied }.to_picture();
        assert_eq!(picture.pixels, [[128, 64, 0, 200], [0; 4], [0; 4], [10, 20, 30, 255], [255, 0, 128, 2]]);
    }

    /// A drawing of a shaded disc, and the UDP of one that is a little smaller.
    fn disc() -> (View, Udp) {
        const SIDE: u32 = 160;
        let (mut picture, mut udp) = (Picture::new(SIDE, SIDE), Udp::new(SIDE, SIDE));
        for (y, x) in (0..SIDE).flat_map(|y| (0..SIDE).map(move |x| (y, x))) {
            let [u, v] = [x, y].map(|at| (at as f32 + 0.5) / SIDE as f32);
            let radius = (u - 0.5).hypot(v - 0.5);
            if radius < 0.45 {
                *picture.at_mut(x, y) = [(u * 255.0) as u8, (v * 255.0) as u8, 128, 255];
            }
            if radius < 0.4 {
                udp.pixels[(y * SIDE + x) as usize] = [u, 1.0 - v, (0.16 - radius * radius).sqrt() + 0.5, 1.0];
            }
        }
        (View { name: "disc".into(), path: None, picture, udp: None, warnings: Vec::new() }, udp)
    }

    /// What graphics cards run, here on the processor by candle's own operations, against the kernels: how far the two are
    /// apart at most and in the mean, of 255.
    fn apart(dtype: DType) -> (f64, f64) {
        let weights = VarBuilder::from_backend(Box::new(super::super::made_up::MadeUp), DType::F32, Device::Cpu);
        let card = Renderer { backend: Backend::Card(Box::new(CardNetworks::new(&weights, dtype).unwrap())) };
        let (view, pose) = disc();
        let sheet = Sheet { views: vec![view], warnings: Vec::new() };
        let draw = |renderer: &Renderer| {
            let encoded = renderer.encode(&sheet, 128, &crate::progress::Silent).unwrap();
            renderer.explain(&encoded, &pose, &crate::progress::Silent).unwrap().0.premultiplied
        };
        let (exact, ours) = (draw(&Renderer::new(&weights).unwrap()), draw(&card));
        let away = exact.as_flattened().iter().zip(ours.as_flattened()).map(|(a, b)| f64::from(a.abs_diff(*b)));
        let (greatest, sum) = away.fold((0.0, 0.0), |(most, sum), v| (f64::max(most, v), sum + v));
        (greatest, sum / (4 * exact.len()) as f64)
    }

    /// Without a card that takes a minute, and `tests/rooms/conr_parity.rs` holds both against the same numbers.
    #[test]
    #[cfg_attr(
        not(feature = "cuda"),
        ignore = "a minute on processors: cargo test --release -- --ignored a_card_draws"
    )]
    fn a_card_draws_what_the_processor_draws() {
        let (greatest, mean) = apart(DType::F32);
        assert!(greatest <= 1.0 && mean <= 0.01, "{greatest} at most, {mean} in the mean");
    }

    /// Candle has no products of bfloat16 on processors.
    #[test]
    #[ignore = "takes a minute on processors: cargo test --release -- --ignored in_half_precision"]
    fn a_card_draws_nearly_the_same_in_half_precision() {
        let (greatest, mean) = apart(DType::F16);
        assert!(greatest <= 4.0 && mean <= 0.2, "{greatest} at most, {mean} in the mean");
    }
}
