//! What PSGAN learns from: whole characters on white, in poses cut from continuous motions, with the exact places of twenty
//! points of their bodies (PSGAN, 2.2: "we use various motions and costumes of full-body character models").
//!
//! ```text
//! actors (figures from files, then characters by seed) × posings (cut from motions, by number) ─▶ PosedPictures ─▶ Posed
//!                                             a data set's shards, made of the same ─▶ PosedShards ─▶ Posed
//! ```

mod actions;
mod note;
mod shards;

pub use actions::Posing;
pub use note::{Mark, PosedNote};
pub use shards::PosedShards;

use super::{Split, kept::Kept};
use crate::example::{self, Detail};
use crate::figure::{self, landmarks::MapPreset};
use crate::picture::halving::halved;
use crate::picture::{Colour, Picture};
use crate::psgan::{Body, KEYPOINTS, Keypoints};
use crate::raster::{RasterChoice, Rasterizer, Shot, Subject, ToonStyle};
use crate::train::{Dice, TrainError};
use std::path::PathBuf;
use std::sync::Arc;

/// Actors that stay in memory, and that pictures one after the other are of: each of them some megabytes.
const ON_STAGE: u64 = 64;
/// Pictures until one of them makes room for another, where there are more.
const REUSE: u64 = 48;
/// Pictures up to this side are drawn of characters that are made quickly, see [`Detail::Quick`].
const QUICK_PX: u32 = 256;
/// Smaller pictures are drawn at this side at least and made smaller, so that lines fade instead of going.
const LEAST_PX: u32 = 64;

/// A picture that is learned from, and how its character stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Posed {
    /// 3 × side × side: red, green, blue, each row by row from the top, −1 (none of it) to 1; on white.
    pub picture: Vec<f32>,
    /// Where the points are.
    pub keypoints: Keypoints,
}

impl Posed {
    /// A square picture, made smaller by halves to a side that divides it.
    fn of(mut picture: Picture, keypoints: Keypoints, side_px: u32) -> Self {
        while picture.width_px > side_px {
            picture = halved(&picture);
        }
        let channel = |channel: usize| picture.pixels.iter().map(move |pixel| f32::from(pixel[channel]) / 127.5 - 1.0);
        Self { picture: (0..3).flat_map(channel).collect(), keypoints }
    }
}

/// Where pictures come from.
pub enum PosedData {
    /// Drawn as they are needed.
    Drawn(PosedPictures),
    /// Read from a data set.
    Read(PosedShards),
}

impl PosedData {
    /// The picture of this index, `side_px` squared (a power of two): a function of the seed and the index alone.
    ///
    /// # Errors
    /// A figure or a shard that can't be read; a side that is none of the data set's.
    pub fn item(&self, index: u64, side_px: u32) -> Result<Posed, TrainError> {
        match self {
            Self::Drawn(pictures) => pictures.item(index, side_px),
            Self::Read(shards) => shards.item(index, side_px),
        }
    }
}

/// Who is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actors {
    /// Figures from files, the first ones by number.
    pub figures: Vec<PathBuf>,
    /// So many generated characters after them.
    pub characters: u32,
}

impl Actors {
    /// How many there are.
    pub fn count(&self) -> u64 {
        self.figures.len() as u64 + u64::from(self.characters)
    }

    /// The seed of a generated character; `None`: the actor of this number is from a file.
    pub fn character(&self, seed: u64, number: u64) -> Option<u64> {
        let character = number.checked_sub(self.figures.len() as u64)?;
        Some(Dice::of(&[seed, 5, character]).next())
    }
}

/// An actor ready to be drawn.
struct Actor {
    subject: Arc<Subject>,
    body: Body,
}

/// A drawn picture and where the points are in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    /// On white, opaque, a square.
    pub picture: Picture,
    /// Where the points are.
    pub keypoints: Keypoints,
    /// Which of them are seen.
    pub visible: [bool; KEYPOINTS],
}

/// Draws actors in poses.
pub struct PosedPictures {
    seed: u64,
    split: Split,
    actors: Actors,
    poses: u32,
    rasterizer: Rasterizer,
    /// Made quickly, and made finely.
    kept: [Kept<Actor>; 2],
}

impl PosedPictures {
    /// Of these actors, each in so many poses of a half.
    ///
    /// # Errors
    /// No actor or no pose.
    pub fn new(seed: u64, split: Split, actors: Actors, poses: u32) -> Result<Self, TrainError> {
        if actors.count() == 0 || poses == 0 {
            return Err(TrainError::NobodyPosed);
        }
        let (rasterizer, kept) = (Rasterizer::new(RasterChoice::Cpu)?, [(); 2].map(|()| Kept::new(ON_STAGE as usize)));
        Ok(Self { seed, split, actors, poses, rasterizer, kept })
    }

    /// The picture of this index, see [`PosedData::item`].
    ///
    /// # Errors
    /// A figure that can't be read.
    pub fn item(&self, index: u64, side_px: u32) -> Result<Posed, TrainError> {
        let dice = &mut Dice::of(&[self.seed, 7, index]);
        let actor = (index / REUSE + dice.below(ON_STAGE as usize) as u64) % self.actors.count();
        let pose = dice.below(self.poses as usize) as u64;
        let mut drawn_px = side_px;
        while drawn_px < LEAST_PX {
            drawn_px *= 2;
        }
        let (actor, shot) = self.shot(actor, pose, drawn_px)?;
        Ok(Posed::of(toon(&shot, drawn_px)?, actor.body.keypoints(&shot), side_px))
    }

    /// An actor in a pose, both by number.
    ///
    /// # Errors
    /// A figure that can't be read, a side that can't be drawn.
    pub fn draw(&self, actor: u64, pose: u64, side_px: u32) -> Result<Drawn, TrainError> {
        let (actor, shot) = self.shot(actor, pose, side_px)?;
        let (keypoints, visible) = (actor.body.keypoints(&shot), actor.body.visible(&shot, [side_px; 2])?);
        Ok(Drawn { picture: toon(&shot, side_px)?, keypoints, visible })
    }

    fn shot(&self, actor: u64, pose: u64, side_px: u32) -> Result<(Arc<Actor>, Shot), TrainError> {
        let fine = side_px > QUICK_PX;
        let actor = self.kept[usize::from(fine)].get(actor, || {
            let figure = match self.actors.character(self.seed, actor) {
                Some(seed) => example::character(seed, if fine { Detail::Fine } else { Detail::Quick }),
                None => figure::load::load(&self.actors.figures[actor as usize])?,
            };
            let subject = Arc::new(Subject::new(self.rasterizer.clone(), figure, MapPreset::default())?);
            Ok::<_, TrainError>(Actor { body: Body::new(&subject), subject })
        })?;
        let Posing { pose, camera, margin } = Posing::of(self.seed, self.split, pose);
        let shot = actor.subject.stand(&pose).framed(&camera, [side_px; 2], margin)?;
        Ok((actor, shot))
    }
}

/// The shot's picture on white. All are drawn by one hand.
fn toon(shot: &Shot, side_px: u32) -> Result<Picture, TrainError> {
    let style = ToonStyle { samples_per_axis: 2, ..ToonStyle::default() };
    let mut picture = shot.toon([side_px; 2], &style)?;
    Colour::WHITE.under(&mut picture);
    Ok(picture)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pictures() -> PosedPictures {
        let actors = Actors { figures: vec![], characters: 2 };
        PosedPictures::new(1, Split::Train, actors, 24).unwrap()
    }

    #[test]
    fn an_item_follows_from_seed_and_index_and_shows_somebody_on_white() {
        let (one, other) = (pictures(), pictures());
        other.item(9, 8).unwrap();
        let posed = one.item(5, 32).unwrap();
        assert_eq!(posed, other.item(5, 32).unwrap());
        assert_ne!(posed, one.item(6, 32).unwrap());
        assert_eq!(posed.picture.len(), 3 * 32 * 32);
        let white = posed.picture.iter().filter(|v| **v == 1.0).count();
        assert!((500..2900).contains(&white), "{white} of 3072");
        // What the nose is at is no paper.
        let [x, y] = posed.keypoints[0].map(|v| (v * 32.0) as usize);
        assert!((0..3).any(|channel| posed.picture[channel * 1024 + y * 32 + x] < 1.0));
        assert_eq!(one.item(5, 4).unwrap().keypoints, posed.keypoints, "the same at every side");
    }

    #[test]
    fn there_must_be_somebody() {
        let nobody = Actors { figures: vec![], characters: 0 };
        assert!(matches!(PosedPictures::new(1, Split::Train, nobody, 9), Err(TrainError::NobodyPosed)));
    }
}
