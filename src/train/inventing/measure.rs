//! How near what is invented comes to real pictures, of characters in poses that nothing was learned from.

use super::super::TrainError;
use super::super::data::posed::Shown;
use super::super::samples::{SAMPLES, bytes, sheet};
use super::lesson::Source;
use super::wasserstein::{Colours, Patches};
use crate::picture::Picture;
use crate::psgan::{Generator, Keypoints, Latent};
use serde::{Deserialize, Serialize};

/// Pictures that are compared.
const PICTURES: u64 = 48;
/// Seeds of the latents.
const HELD_OUT: u64 = 0x0b5e_55ed_0000_0000;

/// Sliced Wasserstein distances between invented and real pictures with the same keypoints, in thousandths: 0 for sets that
/// look the same.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct InventMeasured {
    /// Of the finest details.
    pub details: f64,
    /// Of pictures of 16².
    pub shapes: f64,
    /// The mean over all scales.
    pub distance: f64,
}

impl InventMeasured {
    /// Lower is better.
    pub fn score(&self) -> f64 {
        self.distance
    }
}

/// Real pictures, and who is to be invented in their poses.
pub(super) struct Examination {
    size_px: usize,
    real: Vec<Colours>,
    patches: Patches,
    keypoints: Vec<Keypoints>,
    latents: Vec<Latent>,
}

impl Examination {
    /// Of a source that nothing is learned from.
    pub(super) fn new(source: &dyn Source, size_px: usize) -> Result<Self, TrainError> {
        let (mut real, mut keypoints) = (vec![], vec![]);
        for number in 0..PICTURES {
            let Shown { colours: pixels, keypoints: places, .. } = source.picture(number, size_px)?;
            real.push(Colours { size_px, pixels });
            keypoints.push(places);
        }
        let latents = (0..PICTURES).map(|number| Latent::seeded(HELD_OUT + number)).collect();
        Ok(Self { size_px, patches: Patches::of(&real), real, keypoints, latents })
    }

    pub(super) fn of(&self, generator: &Generator) -> InventMeasured {
        let pairs = self.latents.iter().zip(&self.keypoints);
        let invented: Vec<Colours> =
            pairs.map(|(latent, keypoints)| self.invented(generator, latent, keypoints)).collect();
        let distances = self.patches.distances(&Patches::of(&invented));
        let [details, .., shapes] = distances[..] else {
            let only = distances.first().copied().unwrap_or(f64::NAN);
            return InventMeasured { details: only, shapes: only, distance: only };
        };
        InventMeasured { details, shapes, distance: distances.iter().sum::<f64>() / distances.len() as f64 }
    }

    /// Six characters, always the same: above a real picture, in the middle the character in that pose, below all in one
    /// other pose.
    pub(super) fn samples(&self, generator: &Generator) -> Picture {
        let other = self.keypoints[SAMPLES.min(self.keypoints.len() - 1)];
        let figures = self.latents.iter().zip(&self.keypoints).zip(&self.real).take(SAMPLES);
        let figures = figures.map(|((latent, keypoints), real)| {
            let invented = |keypoints| bytes(&self.invented(generator, latent, keypoints).pixels);
            [bytes(&real.pixels), invented(keypoints), invented(&other)]
        });
        sheet(self.size_px, &figures.collect::<Vec<_>>())
    }

    fn invented(&self, generator: &Generator, latent: &Latent, keypoints: &Keypoints) -> Colours {
        let colours = generator.run(std::slice::from_ref(latent), &[*keypoints]);
        let pixels = colours.pixels().map(|pixel| std::array::from_fn(|c| pixel[c].clamp(-1.0, 1.0))).collect();
        Colours { size_px: generator.size_px(), pixels }.sized(self.size_px)
    }
}
