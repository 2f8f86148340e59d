use super::cpu::{Encoded, Engine, Storage};
use super::{ConrError, DeviceChoice, Features, Networks, shader};
use crate::picture::Picture;
use crate::progress::Progress;
use crate::sheet::framing::{FramedDrawing, FramedPose, frame_drawing, frame_pose};
use crate::sheet::{Shares, Sheet, View};
use crate::udp::Udp;
use crate::weights::{Schema, WeightFile, asked};
use candle_core::{DType, Device, Tensor};
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
    Processor(Box<Engine>),
    /// Candle's tensors and kernels.
    Card { networks: Box<Networks>, card: Card },
}

/// A graphics card, and what numbers are stored as on it; sums are float32 whatever that is.
struct Card {
    device: Device,
    dtype: DType,
}

/// What the networks remember of a sheet.
pub struct EncodedSheet {
    size_px: u32,
    content: Content,
}

enum Content {
    Processor(Box<Encoded>),
    /// References (m×4×S×S) and features.
    Card {
        references: Tensor,
        features: Features,
    },
}

impl EncodedSheet {
    /// The working size that it was encoded at.
    pub fn size_px(&self) -> u32 {
        self.size_px
    }

    /// How many drawings it remembers.
    pub fn views(&self) -> usize {
        match &self.content {
            Content::Processor(encoded) => encoded.views(),
            Content::Card { references, .. } => references.dims()[0],
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
        let straight = |&[r, g, b, a]: &[u8; 4]| {
            let divide = |c: u8| ((u32::from(c) * 255 + u32::from(a) / 2) / u32::from(a).max(1)).min(255) as u8;
            if a == 0 { [0; 4] } else { [divide(r), divide(g), divide(b), a] }
        };
        Picture {
            width_px: self.width_px,
            height_px: self.height_px,
            pixels: self.premultiplied.iter().map(straight).collect(),
        }
    }
}

impl Renderer {
    /// Loads weights: a folder of the authors' four `.pth`, or a `.safetensors`. Whatever they are stored as, they
    /// take four bytes a number in memory.
    ///
    /// # Errors
    /// The device cannot be used; the weights cannot be read, or don't fit; [`ConrError::Cancelled`].
    pub fn load(path: &Path, device: DeviceChoice, progress: &dyn Progress) -> Result<Self, ConrError> {
        Self::load_as(path, device, Storage::F32, progress)
    }

    /// As [`Renderer::load`]; `storage` is what weights take in memory, on a graphics card what everything takes there.
    ///
    /// # Errors
    /// As [`Renderer::load`].
    pub fn load_as(
        path: &Path,
        device: DeviceChoice,
        storage: Storage,
        progress: &dyn Progress,
    ) -> Result<Self, ConrError> {
        let device = device.open()?;
        let schema = Schema::of::<Networks>()?;
        let file = WeightFile::open(path, &schema)?;
        progress.stage("reading weights", asked(|weights| Networks::new(weights).map(|_| ()))?.len() as u64);
        let backend = file.load(&schema, &device, progress, |weights| Backend::new(weights, storage))?;
        Ok(Self { backend })
    }

    /// A renderer with tensors from elsewhere, on their device.
    ///
    /// # Errors
    /// A tensor that is missing or of another shape.
    pub fn new(weights: &VarBuilder) -> Result<Self, ConrError> {
        Ok(Self { backend: Backend::new(weights, Storage::F32)? })
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
        check_size(size_px)?;
        if sheet.views.is_empty() {
            return Err(ConrError::EmptySheet);
        }
        progress.stage("looking at the sheet", sheet.views.len() as u64);
        let content = match &self.backend {
            Backend::Processor(engine) => {
                let drawings = sheet.views.iter().map(|view| frame_drawing(&view.picture, size_px).pixels);
                Content::Processor(Box::new(engine.encode(
                    &drawings.collect::<Vec<_>>(),
                    size_px as usize,
                    progress,
                )?))
            }
            Backend::Card { networks, card } => encode_on_card(networks, card, sheet, size_px, progress)?,
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
        progress.stage("rendering", shader::BLOCKS as u64 + 2);
        let (rgba, weights) = match (&self.backend, &sheet.content) {
            (Backend::Processor(engine), Content::Processor(encoded)) if explain => {
                engine.explain(encoded, &framed.pixels, &framed.mask, progress)?
            }
            (Backend::Processor(engine), Content::Processor(encoded)) => {
                (engine.render(encoded, &framed.pixels, &framed.mask, progress)?, Vec::new())
            }
            (Backend::Card { networks, card }, Content::Card { references, features }) => {
                let (landmarks, mask) = card.pose(&framed, sheet.size_px)?;
                let target = networks.pose_encoder.features(&landmarks, &mask)?;
                progress.advance(1);
                let (message, weights) = if explain {
                    let (message, weights) = networks.shader.explain(references, features, &target, progress)?;
                    (message, weights.to_dtype(DType::F32)?.flatten_from(1)?.to_vec2()?)
                } else {
                    (networks.shader.forward(references, features, &target, progress)?, Vec::new())
                };
                let rgba = pixels(&networks.rgba_decoder.forward(&message)?)?;
                progress.advance(1);
                (rgba, weights)
            }
            _ => return Err(ConrError::Device("the sheet was encoded on another device; encode it again".into())),
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
                Backend::Processor(engine) => engine.detect(drawing.pixels, size_px as usize)?,
                Backend::Card { networks, card } => {
                    let (rgb, _) = card.drawings(&[drawing], size_px)?;
                    pixels(&networks.detector.udp(&networks.detector.features(&rgb)?)?)?
                }
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
    fn new(weights: &VarBuilder, storage: Storage) -> candle_core::Result<Self> {
        Ok(match weights.device() {
            Device::Cpu => Backend::Processor(Box::new(Engine::new(weights, storage)?)),
            device => {
                let card = Card { device: device.clone(), dtype: storage.dtype() };
                Backend::Card { networks: Box::new(Networks::new(&weights.to_dtype(card.dtype))?), card }
            }
        })
    }
}

fn encode_on_card(
    networks: &Networks,
    card: &Card,
    sheet: &Sheet,
    size_px: u32,
    progress: &dyn Progress,
) -> Result<Content, ConrError> {
    let mut references = Vec::new();
    let mut features: [Vec<Tensor>; 5] = Default::default();
    for views in sheet.views.chunks(DRAWINGS_AT_ONCE) {
        if progress.cancelled() {
            return Err(ConrError::Cancelled);
        }
        let drawings: Vec<_> = views.iter().map(|view| frame_drawing(&view.picture, size_px)).collect();
        let (rgb, alpha) = card.drawings(&drawings, size_px)?;
        for (all, these) in features.iter_mut().zip(networks.detector.features(&rgb)?) {
            all.push(these);
        }
        references.push(Tensor::cat(&[&rgb.broadcast_mul(&alpha)?, &alpha], 1)?);
        progress.advance(views.len() as u64);
    }
    let [f0, f1, f2, f3, f4] = features;
    let joined = |tensors: Vec<Tensor>| Tensor::cat(&tensors, 0);
    Ok(Content::Card {
        references: joined(references)?,
        features: [joined(f0)?, joined(f1)?, joined(f2)?, joined(f3)?, joined(f4)?],
    })
}

impl Card {
    /// Premultiplied colours N×3×S×S and alpha N×1×S×S in [0, 1].
    fn drawings(&self, drawings: &[FramedDrawing], size_px: u32) -> candle_core::Result<(Tensor, Tensor)> {
        let bytes: Vec<u8> = drawings.iter().flat_map(|d| d.pixels.as_flattened()).copied().collect();
        let (n, size) = (drawings.len(), size_px as usize);
        let pixels = Tensor::from_vec(bytes, (n, size, size, 4), &self.device)?;
        let rgba = (pixels.permute((0, 3, 1, 2))?.to_dtype(DType::F32)?.contiguous()? / 255.0)?.to_dtype(self.dtype)?;
        Ok((rgba.narrow(1, 0, 3)?.contiguous()?, rgba.narrow(1, 3, 1)?.contiguous()?))
    }

    /// Landmarks 1×3×S×S and target mask 1×1×S×S in [0, 1].
    fn pose(&self, pose: &FramedPose, size_px: u32) -> candle_core::Result<(Tensor, Tensor)> {
        let size = size_px as usize;
        let values = pose.pixels.as_flattened().to_vec();
        let udp = Tensor::from_vec(values, (1, size, size, 4), &self.device)?.permute((0, 3, 1, 2))?;
        let mask = Tensor::from_vec(pose.mask.clone(), (1, 1, size, size), &self.device)?.to_dtype(DType::F32)?;
        Ok((udp.narrow(1, 0, 3)?.contiguous()?.to_dtype(self.dtype)?, (mask / 255.0)?.to_dtype(self.dtype)?))
    }
}

fn check_size(size_px: u32) -> Result<(), ConrError> {
    let fits = size_px > 0 && size_px.is_multiple_of(SIZE_STEP_PX);
    if fits { Ok(()) } else { Err(ConrError::Size(size_px)) }
}

/// The pixels of a 1×4×S×S tensor.
pub(super) fn pixels(tensor: &Tensor) -> candle_core::Result<Vec<[f32; 4]>> {
    let values: Vec<f32> = tensor.to_dtype(DType::F32)?.permute((0, 2, 3, 1))?.flatten_all()?.to_vec1()?;
    Ok(values.as_chunks().0.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

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

    /// What graphics cards run, here on the processor by candle's own operations, against the kernels.
    #[test]
    fn a_card_draws_what_the_processor_draws() {
        let weights = VarBuilder::from_backend(Box::new(super::super::made_up::MadeUp), DType::F32, Device::Cpu);
        let card = |dtype: DType| {
            let networks = Box::new(Networks::new(&weights.to_dtype(dtype)).unwrap());
            Renderer { backend: Backend::Card { networks, card: Card { device: Device::Cpu, dtype } } }
        };
        let (view, pose) = disc();
        let sheet = Sheet { views: vec![view], warnings: Vec::new() };
        let draw = |renderer: &Renderer| {
            let encoded = renderer.encode(&sheet, 128, &crate::progress::Silent).unwrap();
            renderer.explain(&encoded, &pose, &crate::progress::Silent).unwrap().0.premultiplied
        };
        let exact = draw(&Renderer::new(&weights).unwrap());
        // Candle has no products of bfloat16 on processors.
        for (dtype, most, mean) in [(DType::F32, 1.0, 0.01), (DType::F16, 4.0, 0.2)] {
            let ours = draw(&card(dtype));
            let away = exact.as_flattened().iter().zip(ours.as_flattened()).map(|(a, b)| f64::from(a.abs_diff(*b)));
            let (greatest, sum) = away.fold((0.0, 0.0), |(most, sum), v| (f64::max(most, v), sum + v));
            let average = sum / (4 * exact.len()) as f64;
            println!("{dtype:?}: {greatest} at most, {average:.3} in the mean, of 255");
            assert!(greatest <= most && average <= mean, "{dtype:?}: {greatest} at most, {average} in the mean");
        }
    }
}
