//! Who is drawn: characters of our own generator, and figures in files.

use super::super::TrainError;
use super::super::dice::Dice;
use super::View;
use crate::example::{self, CharacterParams, Detail};
use crate::figure::{self, Figure, landmarks::MapPreset};
use crate::raster::{RasterChoice, Rasterizer, Subject};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// Views of one figure before the next one comes.
pub const VIEWS: usize = 12;

/// How often a figure from a file comes instead of a generated character, where there are files.
const FROM_FILES: f32 = 0.25;

/// Figures from files that stay in memory.
const KEPT: usize = 6;

/// All views of one figure.
pub type Block = Vec<View>;

/// Where figures come from.
pub struct Cast {
    seed: u64,
    files: Vec<PathBuf>,
    rasterizer: Rasterizer,
    /// Whom artists lay over drawings.
    mannequin: Arc<Subject>,
    known: Mutex<Vec<(usize, Arc<Subject>)>>,
}

impl Cast {
    /// Figures for a training of this seed: generated ones, and those in `files`.
    ///
    /// # Errors
    /// None but for a damaged build.
    pub fn new(seed: u64, files: Vec<PathBuf>) -> Result<Self, TrainError> {
        let rasterizer = Rasterizer::new(RasterChoice::Cpu)?;
        let mannequin = Arc::new(Subject::new(rasterizer.clone(), example::figure()?, MapPreset::Joint)?);
        Ok(Self { seed, files, rasterizer, mannequin, known: Mutex::default() })
    }

    /// The views of the figure that has this number.
    ///
    /// # Errors
    /// A file that can't be read.
    pub fn block(&self, number: u64) -> Result<Block, TrainError> {
        let dice = &mut Dice::of(&[self.seed, 1, number]);
        let subject = if dice.chance(FROM_FILES) && !self.files.is_empty() {
            self.of_file(dice.below(self.files.len()))?
        } else {
            self.generated(dice.next())?
        };
        (0..VIEWS).map(|_| View::of(&subject, &self.mannequin, dice)).collect()
    }

    fn generated(&self, seed: u64) -> Result<Arc<Subject>, TrainError> {
        self.subject(example::assemble(&CharacterParams::random(seed), Detail::Quick))
    }

    fn of_file(&self, number: usize) -> Result<Arc<Subject>, TrainError> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = known.iter().position(|(i, _)| *i == number) {
            let found = known.remove(at);
            let subject = Arc::clone(&found.1);
            known.push(found);
            return Ok(subject);
        }
        let subject = self.subject(figure::load::load(&self.files[number])?)?;
        if known.len() >= KEPT {
            known.remove(0);
        }
        known.push((number, Arc::clone(&subject)));
        Ok(subject)
    }

    fn subject(&self, figure: Figure) -> Result<Arc<Subject>, TrainError> {
        Ok(Arc::new(Subject::new(self.rasterizer.clone(), figure, MapPreset::Joint)?))
    }
}
