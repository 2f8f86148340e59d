//! What is learned from: somebody in two poses.

use super::super::data::posed::{Actors, PosedPictures, Shown};
use super::super::data::{Split, Stage};
use super::super::inventing::POSES;
use super::super::{Settings, TrainError};
use crate::psgan::Keypoints;
use std::sync::Arc;

/// Somebody in two poses, colours of −1 to 1 on white.
pub struct Pair {
    /// In the one that is known.
    pub source: Vec<[f32; 3]>,
    /// In the one that is wanted.
    pub target: Vec<[f32; 3]>,
    /// Where that one's points are.
    pub keypoints: Keypoints,
}

/// Pairs without end, each a function of its number.
pub trait Pairs: Send + Sync {
    /// The pair of this number, `size_px` squared.
    ///
    /// # Errors
    /// A figure that can't be drawn.
    fn pair(&self, number: u64, size_px: usize) -> Result<Pair, TrainError>;
}

impl Pairs for PosedPictures {
    /// What PSGAN sees by this number is what is wanted here.
    fn pair(&self, number: u64, size_px: usize) -> Result<Pair, TrainError> {
        let [Shown { colours: target, keypoints, .. }, known] = Self::pair(self, number, size_px)?;
        Ok(Pair { source: known.colours, target, keypoints })
    }
}

/// The characters that PSGAN learns from.
///
/// # Errors
/// None but for a damaged build.
pub(super) fn source(settings: &Settings, split: Split) -> Result<Arc<dyn Pairs>, TrainError> {
    let actors = Actors { figures: settings.figures.clone(), characters: settings.characters };
    Ok(Arc::new(PosedPictures::new(settings.seed, split, actors, POSES)?))
}

/// Pairs of one step.
#[derive(Clone, Debug)]
pub struct GuidedLesson {
    /// Side of the pictures.
    pub size_px: usize,
    /// Picture after picture.
    pub sources: Vec<[f32; 3]>,
    /// What is wanted of each.
    pub targets: Vec<[f32; 3]>,
    /// And where its points are.
    pub keypoints: Vec<Keypoints>,
}

impl GuidedLesson {
    /// Those of these numbers.
    ///
    /// # Errors
    /// A figure that can't be drawn.
    pub fn of(source: &dyn Pairs, numbers: impl IntoIterator<Item = u64>, size_px: usize) -> Result<Self, TrainError> {
        let mut lesson = Self { size_px, sources: vec![], targets: vec![], keypoints: vec![] };
        for number in numbers {
            let Pair { source, target, keypoints } = source.pair(number, size_px)?;
            lesson.sources.extend(source);
            lesson.targets.extend(target);
            lesson.keypoints.push(keypoints);
        }
        Ok(lesson)
    }
}

/// Makes the lesson of a step.
pub(super) fn maker(
    source: Arc<dyn Pairs>,
    stages: &[Stage],
) -> impl FnMut(u64) -> Result<GuidedLesson, TrainError> + Send + use<> {
    let stages = stages.to_vec();
    move |step| {
        let (stage, first) = Stage::at(&stages, step);
        GuidedLesson::of(&*source, first..first + stage.batch as u64, stage.size_px)
    }
}
