//! The generator ready to run: packed weights on the kernels.

use super::latent::LATENT;
use super::widths::{SCALES, scales};
use super::wiring::{self, Growth};
use super::{Design, Error, KEYPOINTS, Keypoints, Latent, Widths};
use crate::lot::Lot;
use crate::nn::kernels::{Batch, Pool, Precision};
use crate::nn::layers::{LearningNet, PackedNet, Picture as Input, Plan, TensorNet};
use crate::picture::Picture;
use crate::progress::Progress;
use crate::weights::{self, Schema, WeightError, WeightFile};
use candle_core::{DType, Device};
use candle_nn::VarBuilder;
use std::collections::BTreeMap;
use std::path::Path;

/// What weight files call the graph.
const NAME: &str = "psgan";
/// The version that this program writes, and the newest it reads.
const VERSION: u32 = 1;

/// What a weight file of a generator holds, of these layers and up to pictures of `size_px` squared.
///
/// # Errors
/// None but for an error of the program.
pub fn schema(design: impl Into<Design>, size_px: usize) -> Result<Schema, WeightError> {
    let net = wiring::generator(design, Growth::whole(size_px));
    let tensors = weights::asked(|weights| TensorNet::new(net, weights).map(|_| ()))?;
    Ok(Schema { tensors, ..no_schema() })
}

/// That of a file of which nobody knows yet how large its networks are.
fn no_schema() -> Schema {
    Schema { graph: NAME, version: VERSION, parts: &["generator"], tensors: BTreeMap::new() }
}

/// A generator with its weights.
pub struct Generator {
    net: PackedNet,
    size_px: usize,
    pool: Pool,
}

impl Generator {
    fn new(design: Design, growth: Growth, weights: &VarBuilder) -> candle_core::Result<Self> {
        let size_px = growth.size_px;
        let plan = Plan { precision: Precision::F32, pixels: size_px * size_px, outputs: None };
        let net = PackedNet::new(wiring::generator(design, growth), weights, plan)?;
        Ok(Self { net, size_px, pool: Pool::default() })
    }

    /// One that has learned nothing: its weights are drawn by lot.
    ///
    /// # Errors
    /// None, where `size_px` is a scale.
    pub fn fresh(seed: u64, design: impl Into<Design>, size_px: usize) -> Result<Self, Error> {
        let (design, growth) = (design.into(), Growth::whole(size_px));
        let (net, mut lot) = (LearningNet::new(wiring::generator(design, growth)), Lot::new(seed));
        Self::learned(&net, &net.fresh_values(|| lot.normal()), design, growth)
    }

    /// One as `net`, which is [`wiring::generator`]'s of this design and growth, has learned it so far.
    ///
    /// # Errors
    /// None, where the net is that.
    pub fn learned(
        net: &LearningNet,
        values: &[f32],
        design: impl Into<Design>,
        growth: Growth,
    ) -> Result<Self, Error> {
        let weights = VarBuilder::from_tensors(net.tensors(values, &[])?, DType::F32, &Device::Cpu);
        Ok(Self::new(design.into(), growth, &weights)?)
    }

    /// Reads a weight file, whose tensors say how large the networks are.
    ///
    /// # Errors
    /// A file that can't be read, is of other networks, or holds no whole generator.
    pub fn load(path: &Path, progress: &dyn Progress) -> Result<Self, Error> {
        Self::of_file(&WeightFile::open(path, &no_schema())?, path, progress)
    }

    /// Whether a weight file holds one.
    pub fn is_in(path: &Path) -> bool {
        WeightFile::open(path, &no_schema()).is_ok_and(|file| form(&file).is_ok())
    }

    /// With the weights that are part of the program; none where it has none.
    ///
    /// # Errors
    /// None but for a damaged build.
    pub fn shipped(progress: &dyn Progress) -> Result<Option<Self>, Error> {
        let ours = weights::shipped().iter().find(|file| file.graph().as_deref() == Some(NAME));
        let load =
            |file: &weights::Shipped| Self::of_file(&WeightFile::built_in(file, &no_schema())?, &file.path(), progress);
        ours.map(load).transpose()
    }

    fn of_file(file: &WeightFile, path: &Path, progress: &dyn Progress) -> Result<Self, Error> {
        let (widths, size_px) = form(file).map_err(|what| Error::NoGenerator { path: path.to_owned(), what })?;
        let schema = schema(&widths, size_px)?;
        progress.stage("reading weights", schema.tensors.len() as u64);
        let growth = Growth::whole(size_px);
        Ok(file.load(&schema, &Device::Cpu, progress, |weights| Self::new(Design::from(&widths), growth, weights))?)
    }

    /// Side of its pictures, pixels.
    pub fn size_px(&self) -> usize {
        self.size_px
    }

    /// The picture of a character in a pose: opaque, on white, [`Generator::size_px`] squared. The same latent and
    /// keypoints give the same bytes on one machine.
    pub fn invent(&self, latent: &Latent, keypoints: &Keypoints) -> Picture {
        let colours = self.run(std::slice::from_ref(latent), &[*keypoints]);
        Picture::of_signed(self.size_px, colours.pixels().map(|pixel| [pixel[0], pixel[1], pixel[2]]))
    }

    /// The colours, −1 to 1, of as many characters as there are latents and keypoints: N×S×S×3.
    ///
    /// # Panics
    /// When they are not as many.
    pub fn run(&self, latents: &[Latent], figures: &[Keypoints]) -> Batch {
        assert_eq!(latents.len(), figures.len());
        let inputs = [latent_inputs(latents, &self.pool), keypoint_inputs(figures, &self.pool)];
        self.net.run(inputs.map(Input::from), &self.pool).swap_remove(0)
    }
}

/// Latents as the generator's net sees them, N×1×1×512.
pub fn latent_inputs(latents: &[Latent], pool: &Pool) -> Batch {
    let mut batch = pool.take([latents.len(), 1, 1, LATENT]);
    batch.pixels_mut().zip(latents).for_each(|(pixel, latent)| pixel.copy_from_slice(latent.values()));
    batch
}

/// Keypoints as both nets see them, N×1×1×40: the x and y of each.
pub fn keypoint_inputs(figures: &[Keypoints], pool: &Pool) -> Batch {
    let mut batch = pool.take([figures.len(), 1, 1, 2 * KEYPOINTS]);
    batch.pixels_mut().zip(figures).for_each(|(pixel, figure)| pixel.copy_from_slice(figure.as_flattened()));
    batch
}

/// The channels of a file's generator, and the side of its pictures.
fn form(file: &WeightFile) -> Result<(Widths, usize), String> {
    let outputs = |name: String| file.shape(&name).and_then(|shape| shape.first().copied());
    let grown = scales(usize::MAX).rev().find(|size| outputs(format!("generator.{size}.rgb.weight")).is_some());
    let size_px = grown.ok_or("no layer makes a picture")?;
    let mut channels = [1; SCALES];
    for (count, size) in channels.iter_mut().zip(scales(size_px)) {
        let name = format!("generator.{size}.conv1.weight");
        *count = outputs(name).ok_or_else(|| format!("its scale of {size}² is missing"))?;
    }
    let widths = Widths::new(channels).ok_or("a scale has no channels or too many")?;
    Ok((widths, size_px))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;
    use crate::weights::WeightType;

    fn pose(seed: u64) -> Keypoints {
        let mut lot = Lot::new(seed);
        std::array::from_fn(|_| [lot.share(), lot.share()])
    }

    const TINY: [usize; SCALES] = [6, 5, 4, 3, 1, 1, 1, 1, 1];

    #[test]
    fn who_and_how_decide_the_picture() {
        let generator = Generator::fresh(7, &Widths::new(TINY).unwrap(), 16).unwrap();
        let [a, b] = [1, 2].map(Latent::seeded);
        let picture = generator.invent(&a, &pose(1));
        assert_eq!((picture.width_px, picture.height_px, picture.at(3, 5)[3]), (16, 16, 255));
        assert_eq!(generator.invent(&a, &pose(1)), picture);
        assert!(generator.invent(&b, &pose(1)) != picture && generator.invent(&a, &pose(2)) != picture);
        assert!(generator.pool.is_whole());
    }

    #[test]
    fn a_file_says_how_large_its_networks_are() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("invented.safetensors");
        let (widths, growth) = (Widths::new(TINY).unwrap(), Growth::whole(8));
        let (net, mut lot) = (LearningNet::new(wiring::generator(&widths, growth)), Lot::new(3));
        let values = net.fresh_values(|| lot.normal());
        let mut tensors = net.folded(&values, &[]);
        let schema = schema(&widths, 8).unwrap();
        weights::write(&path, &schema, WeightType::F32, |name, _| tensors[name].clone()).unwrap();
        let [ours, theirs] =
            [Generator::learned(&net, &values, &widths, growth), Generator::load(&path, &Silent)].map(Result::unwrap);
        assert_eq!(theirs.size_px(), 8);
        assert_eq!(ours.invent(&Latent::seeded(1), &pose(1)), theirs.invent(&Latent::seeded(1), &pose(1)));

        let refused = |path: &Path| Generator::load(path, &Silent).err().map(|error| error.to_string()).unwrap();
        let mut without = schema.clone();
        without.tensors.remove("generator.4.conv1.weight");
        weights::write(&path, &without, WeightType::F32, |name, _| tensors[name].clone()).unwrap();
        assert!(refused(&path).contains("4²") && refused(&path).contains("invented"), "{}", refused(&path));
        without.tensors.remove("generator.8.rgb.weight");
        weights::write(&path, &without, WeightType::F32, |name, _| tensors.remove(name).unwrap()).unwrap();
        assert!(refused(&path).contains("picture"), "{}", refused(&path));
        std::fs::write(&path, b"nothing").unwrap();
        assert!(refused(&path).contains("invented"));
    }

    #[test]
    fn small_weights_are_small() {
        let tensors = schema(&Widths::SMALL, 128).unwrap().tensors;
        let bytes: usize = tensors.values().map(|shape| 2 * shape.iter().product::<usize>()).sum();
        assert!((3_000_000..12_000_000).contains(&bytes), "{bytes} bytes in 16 bits");
        assert_eq!([4, 32, 1024].map(|size_px| Widths::PAPER.at(size_px)), [512, 512, 16]);
    }
}
