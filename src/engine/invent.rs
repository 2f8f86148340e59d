//! Characters that nobody has drawn yet: a generator makes them up, a figure says how they stand.

use crate::picture::Picture;
use crate::progress::Progress;
use crate::psgan::{self, Generator, Latent};
use crate::raster::{Shot, SubjectError};
use crate::sheet::View;
use crate::sheet::matting::{Cutout, Marks, Verdict, cut_out};
use crate::udp::Udp;
use std::path::Path;

/// Why nobody is invented. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum InventError {
    /// There are no weights.
    #[error(
        "no weights that invent characters are part of this program yet: give a file of them, or have the program learn \
         some (`settei train new --preset psgan`; `settei help train new` says more)"
    )]
    NoWeights,
    /// Weights that can't be used.
    #[error(transparent)]
    Generator(#[from] psgan::Error),
}

/// The generator of a weight file, or else that of the program.
///
/// # Errors
/// A file that can't be used; a program without one.
pub fn generator(weights: Option<&Path>, progress: &dyn Progress) -> Result<Generator, InventError> {
    match weights {
        Some(path) => Ok(Generator::load(path, progress)?),
        None => Generator::shipped(progress)?.ok_or(InventError::NoWeights),
    }
}

/// Somebody whom a generator makes up, and what their pictures are called.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Made of the seeds.
    pub name: String,
    /// Who it is.
    pub latent: Latent,
}

impl Candidate {
    /// The one of a number.
    pub fn seeded(seed: u64) -> Self {
        Self { name: seed.to_string(), latent: Latent::seeded(seed) }
    }

    /// Who stands between two, at a share of the way from this one (0) to the other (1).
    pub fn between(&self, other: &Self, share: f32) -> Self {
        let name = format!("{}-{}-{:02.0}", self.name, other.name, share * 100.0);
        Self { name, latent: self.latent.between(&other.latent, share) }
    }
}

/// An invented picture as a drawing for a sheet: cut out from white, with the UDP of the figure it was posed by. Where it
/// can't be cut out it stays as it is.
///
/// # Errors
/// A size that can't be drawn.
pub fn drawing(name: String, picture: Picture, shot: &Shot, progress: &dyn Progress) -> Result<View, SubjectError> {
    let udp = shot.udp([picture.width_px, picture.height_px])?;
    let cut = cut_out(&picture, &Cutout::default(), &Marks::default(), progress).ok();
    let cut = cut.filter(|cut| Verdict::of(&picture, cut) == Verdict::CutOut);
    Ok(View { name, path: None, picture: cut.unwrap_or(picture), udp: Some(Udp::clone(&udp)), warnings: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example;
    use crate::figure::landmarks::MapPreset;
    use crate::picture::Colour;
    use crate::pose::{CameraView, Pose};
    use crate::progress::Silent;
    use crate::raster::{RasterChoice, Rasterizer, Subject, ToonStyle};
    use std::sync::Arc;

    #[test]
    fn what_is_invented_on_white_becomes_a_drawing_with_a_udp() {
        let rasterizer = Rasterizer::new(RasterChoice::Cpu).unwrap();
        let subject = Arc::new(Subject::new(rasterizer, example::figure().unwrap(), MapPreset::default()).unwrap());
        let shot = subject.shoot(&Pose::default(), &CameraView::default(), [96; 2]).unwrap();
        let drawn = shot.toon([96; 2], &ToonStyle::default()).unwrap();
        let mut picture = drawn.clone();
        Colour::WHITE.under(&mut picture);
        let view = drawing("a".into(), picture, &shot, &Silent).unwrap();
        let apart = |(cut, drawn): (&[u8; 4], &[u8; 4])| (cut[3] > 127) != (drawn[3] > 127);
        let wrong = view.picture.pixels.iter().zip(&drawn.pixels).filter(|pair| apart(*pair)).count();
        assert!(wrong < 96, "{wrong} pixels of 9216");
        assert!(view.check_cut_out().is_ok() && view.udp == Some(Udp::clone(&shot.udp([96; 2]).unwrap())));

        let noise = (0..96 * 96).map(|i: u32| [(i * 37 % 256) as u8, (i * 91 % 253) as u8, (i * 7 % 255) as u8, 255]);
        let noise = Picture { width_px: 96, height_px: 96, pixels: noise.collect() };
        assert_eq!(drawing("b".into(), noise.clone(), &shot, &Silent).unwrap().picture, noise);
    }

    #[test]
    fn candidates_are_called_after_their_seeds() {
        let [a, b] = [3, 9].map(Candidate::seeded);
        assert_eq!(a.between(&b, 0.4).name, "3-9-40");
        assert_eq!(a.between(&b, 0.05).name, "3-9-05");
        assert_eq!(a, Candidate::seeded(3));
    }
}
