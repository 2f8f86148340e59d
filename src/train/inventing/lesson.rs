//! What is learned from: real pictures and where their figures' keypoints lie.

use super::super::data::posed::{Actors, PosedPictures, PosedShards, Shown};
use super::super::data::{Split, Stage};
use super::super::{Settings, TrainError};
use crate::progress::Progress;
use crate::psgan::{Keypoints, Latent};
use std::sync::Arc;

/// As many poses of each character are drawn as the paper has (PSGAN, section 3.1).
pub(in super::super) const POSES: u32 = 600;
/// How somebody looks is told by pictures in so many poses, of this side, pixels.
const LOOKS: usize = 6;
const LOOKS_PX: usize = 16;

/// Pictures of characters without end, each a function of its number.
pub trait Source: Send + Sync {
    /// The picture of this number, `size_px` squared.
    ///
    /// # Errors
    /// A figure that can't be drawn.
    fn picture(&self, number: u64, size_px: usize) -> Result<Shown, TrainError>;

    /// How each character looks, by its number: colours in the same poses, one after the other. None where `progress` was
    /// cancelled meanwhile.
    ///
    /// # Errors
    /// A figure that can't be drawn; where not all are shown in the same poses.
    fn looks(&self, progress: &dyn Progress) -> Result<Option<Vec<Vec<f32>>>, TrainError>;
}

impl Source for PosedPictures {
    fn picture(&self, number: u64, size_px: usize) -> Result<Shown, TrainError> {
        Self::picture(self, number, size_px)
    }

    fn looks(&self, progress: &dyn Progress) -> Result<Option<Vec<Vec<f32>>>, TrainError> {
        Self::looks(self, LOOKS, LOOKS_PX, progress)
    }
}

impl Source for PosedShards {
    fn picture(&self, number: u64, size_px: usize) -> Result<Shown, TrainError> {
        Self::picture(self, number, size_px)
    }

    fn looks(&self, progress: &dyn Progress) -> Result<Option<Vec<Vec<f32>>>, TrainError> {
        Self::looks(self, LOOKS, LOOKS_PX, progress)
    }
}

/// What the settings of a training name as its source: a data set, or characters that are drawn while they are needed.
///
/// # Errors
/// A data set that can't be read.
pub(in super::super) fn source(settings: &Settings, split: Split) -> Result<Arc<dyn Source>, TrainError> {
    let seed = settings.seed;
    if let Some(folder) = &settings.dataset {
        return Ok(Arc::new(PosedShards::open(folder, split, seed)?));
    }
    let actors = Actors { figures: settings.figures.clone(), characters: settings.characters };
    Ok(Arc::new(PosedPictures::new(seed, split, actors, POSES)?))
}

/// Pictures of one step.
#[derive(Clone, Debug)]
pub struct InventLesson {
    /// Side of the pictures.
    pub size_px: usize,
    /// The colours of all pixels, picture after picture.
    pub colours: Vec<[f32; 3]>,
    /// Of each picture.
    pub keypoints: Vec<Keypoints>,
    /// Who each shows.
    pub actors: Vec<u64>,
    /// Which latents these have; none where nobody is known.
    pub known: Vec<Latent>,
}

impl InventLesson {
    /// Those of these numbers.
    ///
    /// # Errors
    /// A figure that can't be drawn.
    pub fn of(source: &dyn Source, numbers: impl IntoIterator<Item = u64>, size_px: usize) -> Result<Self, TrainError> {
        let mut lesson = Self { size_px, colours: vec![], keypoints: vec![], actors: vec![], known: vec![] };
        for number in numbers {
            let Shown { colours, keypoints, actor } = source.picture(number, size_px)?;
            lesson.colours.extend(colours);
            lesson.keypoints.push(keypoints);
            lesson.actors.push(actor);
        }
        Ok(lesson)
    }

    /// The same, where whoever it shows has these latents, by number.
    pub(super) fn of_known(self, latents: &[Latent]) -> Self {
        let known = self.actors.iter().filter_map(|actor| latents.get(*actor as usize).cloned()).collect();
        Self { known, ..self }
    }
}

/// Makes the lesson of a step.
pub(in super::super) fn maker(
    source: Arc<dyn Source>,
    stages: &[Stage],
) -> impl FnMut(u64) -> Result<InventLesson, TrainError> + Send + use<> {
    let stages = stages.to_vec();
    move |step| {
        let (stage, first) = Stage::at(&stages, step);
        InventLesson::of(&*source, first..first + stage.batch as u64, stage.size_px)
    }
}
