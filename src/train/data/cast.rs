//! Who is drawn: characters of our own generator, and figures in files.

use super::super::TrainError;
use super::super::dice::Dice;
use super::Rendering;
use super::kept::Kept;
use super::rendering::SIDE_PX;
use crate::example::{self, CharacterParams, Detail};
use crate::figure::{self, Figure, landmarks::MapPreset};
use crate::files;
use crate::raster::{RasterChoice, Rasterizer, Subject};
use crate::transfer::Parts;
use std::path::PathBuf;
use std::sync::Arc;

/// Views of one figure before the next one comes.
pub const VIEWS: usize = 12;

/// How often a figure from a file comes instead of a generated character, where there are files.
const FROM_FILES: f32 = 0.25;

/// Generated characters of two to four heads come at least so often: they differ most from all others, and artists draw
/// many. Drawn by lot alone, a sixth of the characters are so small, and the detector missed them by twice as much.
const SMALL: f32 = 0.3;

/// How high those stand at most, metres.
const SMALL_M: f32 = 1.05;

/// Figures from files that stay in memory.
const KEPT: usize = 6;

/// All views of one figure.
pub type Block = Vec<Rendering>;

/// Views of one figure in one painter's style, and what its materials cover.
#[derive(Clone)]
pub struct Portraits {
    /// A sheet and what is to be painted from it.
    pub views: Block,
    /// Of the figure; none where the cast tells no parts.
    pub parts: Option<Arc<Parts>>,
}

/// Of so many lists of shapes one is held out, so that what was learned is measured on clothes and hair that were never
/// worn together while learning.
const SHAPES: u64 = 16;

/// Where figures come from.
pub struct Cast {
    seed: u64,
    /// Whether generated characters are those held out.
    held_out: bool,
    files: Vec<PathBuf>,
    /// Of views.
    side_px: usize,
    /// Whether portraits tell parts.
    parts: bool,
    rasterizer: Rasterizer,
    /// Whom artists lay over drawings.
    mannequin: Arc<Subject>,
    /// Figures from files.
    known: Kept<Arc<Subject>>,
}

impl Cast {
    /// Figures for a training of this seed: generated ones, and those in `files`.
    ///
    /// # Errors
    /// None but for a damaged build.
    pub fn new(seed: u64, files: Vec<PathBuf>) -> Result<Self, TrainError> {
        let rasterizer = Rasterizer::new(RasterChoice::Cpu)?;
        let mannequin = Arc::new(Subject::new(rasterizer.clone(), example::figure()?, MapPreset::default())?);
        let side_px = SIDE_PX;
        Ok(Self { seed, held_out: false, files, side_px, parts: true, rasterizer, mannequin, known: Kept::new(KEPT) })
    }

    /// Generated characters whose lists of shapes no training sees.
    ///
    /// # Errors
    /// None but for a damaged build.
    pub fn held_out(seed: u64) -> Result<Self, TrainError> {
        Ok(Self { held_out: true, ..Self::new(seed, vec![])? })
    }

    /// The same, with views for pictures of this side.
    pub fn for_pictures(self, picture_px: usize) -> Self {
        Self { side_px: super::side_px(picture_px), ..self }
    }

    /// The same, whose portraits show where the figure is but not which part of it: for who asks for colours and landmarks
    /// alone, at about half the cost.
    pub fn without_parts(self) -> Self {
        Self { parts: false, ..self }
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
            self.generated(dice)?
        };
        (0..VIEWS).map(|_| Rendering::of(&subject, &self.mannequin, self.side_px, dice)).collect()
    }

    /// Views of the figure that has this number, all in one painter's style: a sheet and what is to be painted from it.
    ///
    /// # Errors
    /// A file that can't be read.
    pub fn portraits(&self, number: u64) -> Result<Portraits, TrainError> {
        let dice = &mut Dice::of(&[self.seed, 4, number]);
        let subject = if dice.chance(FROM_FILES) && !self.files.is_empty() {
            self.of_file(dice.below(self.files.len()))?
        } else {
            self.generated(dice)?
        };
        self.portrayed(&subject, dice)
    }

    /// The same of the figure from the file of this number.
    ///
    /// # Errors
    /// A file that can't be read.
    pub fn portraits_of_file(&self, number: usize) -> Result<Portraits, TrainError> {
        self.portrayed(&self.of_file(number)?, &mut Dice::of(&[self.seed, 5, number as u64]))
    }

    fn portrayed(&self, subject: &Arc<Subject>, dice: &mut Dice) -> Result<Portraits, TrainError> {
        let style = super::rendering::style(dice);
        let views = (0..VIEWS).map(|_| Rendering::in_style(subject, &style, self.parts, self.side_px, dice));
        let views = views.collect::<Result<_, _>>()?;
        let parts = self.parts.then(|| Arc::new(Parts::new(subject.model().landmark_triangles())));
        Ok(Portraits { views, parts })
    }

    /// Views of the figure from the file of this number.
    ///
    /// # Errors
    /// A file that can't be read.
    pub fn block_of_file(&self, number: usize) -> Result<Block, TrainError> {
        let dice = &mut Dice::of(&[self.seed, 3, number as u64]);
        let subject = self.of_file(number)?;
        (0..VIEWS).map(|_| Rendering::of(&subject, &self.mannequin, self.side_px, dice)).collect()
    }

    fn generated(&self, dice: &mut Dice) -> Result<Arc<Subject>, TrainError> {
        let small = !self.held_out && dice.chance(SMALL);
        loop {
            let params = CharacterParams::random(dice.next());
            if held_out(&params) == self.held_out && (!small || params.build.height_m < SMALL_M) {
                return self.subject(example::assemble(&params, Detail::Quick));
            }
        }
    }

    fn of_file(&self, number: usize) -> Result<Arc<Subject>, TrainError> {
        let known = self.known.get(number as u64, || self.subject(figure::load::load(&self.files[number])?))?;
        Ok(Arc::clone(&known))
    }

    fn subject(&self, figure: Figure) -> Result<Arc<Subject>, TrainError> {
        Ok(Arc::new(Subject::new(self.rasterizer.clone(), figure, MapPreset::default())?))
    }
}

/// Whether nobody of this hair, clothes and things is learned from, whatever the colours and proportions.
fn held_out(params: &CharacterParams) -> bool {
    let mut shapes = vec![format!("{:?} {:?}", params.hair.style, params.hair.bangs)];
    shapes.extend(params.wear.iter().map(|garment| format!("{:?}", garment.piece)));
    shapes.extend(params.extras.iter().map(|extra| format!("{:?}", extra.thing)));
    shapes.sort();
    let hash = files::hash_number(shapes.concat().as_bytes());
    (hash >> 32).is_multiple_of(SHAPES)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Trainings learn from the same pictures whichever of both they ask for.
    #[test]
    fn portraits_without_parts_show_the_same() {
        let whole = Cast::new(5, vec![]).unwrap().portraits(3).unwrap();
        let plain = Cast::new(5, vec![]).unwrap().without_parts().portraits(3).unwrap();
        assert!(whole.parts.is_some() && plain.parts.is_none());
        for (whole, plain) in whole.views.iter().zip(&plain.views) {
            let same = Rendering { parts: whole.parts.iter().map(|part| (*part).min(1)).collect(), ..whole.clone() };
            assert!(*plain == same && whole.parts.iter().any(|part| *part > 1));
        }
    }

    #[test]
    fn one_list_of_shapes_in_sixteen_is_held_out() {
        let all: Vec<CharacterParams> = (0..2_000).map(CharacterParams::random).collect();
        let held = all.iter().filter(|params| held_out(params)).count();
        assert!((70..190).contains(&held), "{held} of 2000");
        // Colours and proportions make no other list.
        let mut other = all[5].clone();
        (other.skin, other.build, other.eyes) = (all[6].skin, all[6].build.clone(), all[6].eyes.clone());
        assert_eq!(held_out(&other), held_out(&all[5]));
    }
}
