//! What PSGAN learns from: whole characters on white, in poses cut from continuous motions, with the exact places of twenty
//! points of their bodies (PSGAN, 2.2: "we use various motions and costumes of full-body character models").
//!
//! ```text
//! actors (figures from files, then characters by seed) × posings (cut from motions, by number) ─▶ PosedPictures
//!                                                   a data set's shards, made of the same ─▶ PosedShards
//! ```

mod actions;
mod note;
mod shards;

pub use actions::Posing;
pub use note::{Mark, PosedNote};
pub use shards::PosedShards;

use super::{Split, kept::Kept};
use crate::example::params::Build;
use crate::example::{self, CharacterParams, Detail};
use crate::figure::{self, landmarks::MapPreset};
use crate::picture::halving::halved;
use crate::picture::{Colour, Picture};
use crate::pose::CameraView;
use crate::progress::Progress;
use crate::psgan::{Body, Keypoints};
use crate::raster::{RasterChoice, Rasterizer, Shot, Subject, ToonStyle};
use crate::train::{Dice, TrainError};
use rayon::prelude::*;
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

/// What is done while all are looked at, in words.
const MEETING: &str = "looking at all characters";

/// Somebody in a pose.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// On white, of −1 to 1, row by row from the top.
    pub colours: Vec<[f32; 3]>,
    /// Where the body's points are.
    pub keypoints: Keypoints,
    /// Who: the number among the actors.
    pub actor: u64,
}

/// Colours of a square picture that is made smaller by halves: −1 (none of it) to 1, row by row from the top.
fn colours(mut picture: Picture, size_px: usize) -> Vec<[f32; 3]> {
    while picture.width_px as usize > size_px {
        picture = halved(&picture);
    }
    picture.signed()
}

/// So many numbers below `count`, evenly apart; all where there are fewer.
fn spread(count: u64, wanted: usize) -> impl Iterator<Item = u64> {
    let wanted = count.min(wanted as u64);
    (0..wanted).map(move |i| i * count / wanted)
}

/// How one actor looks, picture after picture; none where `progress` was cancelled.
fn looked_at(
    progress: &dyn Progress,
    pictures: impl Iterator<Item = Result<Vec<f32>, TrainError>>,
) -> Result<Option<Vec<f32>>, TrainError> {
    if progress.cancelled() {
        return Ok(None);
    }
    let look = pictures.collect::<Result<Vec<_>, _>>()?.concat();
    progress.advance(1);
    Ok(Some(look))
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

/// The generated character of this seed, as tall and as broad as the built-in one: hair, face and clothes are its own. The paper
/// has "69 kinds of costumes" of one avatar (PSGAN, 3.1).
fn costume(seed: u64) -> CharacterParams {
    let params = CharacterParams::random(seed);
    CharacterParams { build: Build { bust: params.build.bust, ..Build::default() }, ..params }
}

/// An actor ready to be drawn.
struct Actor {
    subject: Arc<Subject>,
    body: Body,
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

    /// The picture of this number, `size_px` squared, and its keypoints: a function of the seed and the number alone.
    ///
    /// # Errors
    /// A figure that can't be read.
    pub fn picture(&self, number: u64, size_px: usize) -> Result<Shown, TrainError> {
        let (actor, [pose, _]) = self.drawn(number);
        self.show(actor, pose, size_px)
    }

    /// The same character in two poses: as the picture of this number shows it, and in another by lot.
    ///
    /// # Errors
    /// A figure that can't be read.
    pub fn pair(&self, number: u64, size_px: usize) -> Result<[Shown; 2], TrainError> {
        let (actor, [pose, other]) = self.drawn(number);
        Ok([self.show(actor, pose, size_px)?, self.show(actor, other, size_px)?])
    }

    /// Who is drawn by a number, and in which poses.
    fn drawn(&self, number: u64) -> (u64, [u64; 2]) {
        let dice = &mut Dice::of(&[self.seed, 7, number]);
        let actor = (number / REUSE + dice.below(ON_STAGE as usize) as u64) % self.actors.count();
        (actor, [(); 2].map(|()| dice.below(self.poses as usize) as u64))
    }

    /// An actor in a pose, both by number, as whoever learns sees it: `size_px` squared, and the keypoints.
    ///
    /// # Errors
    /// A figure that can't be read.
    pub fn show(&self, actor: u64, pose: u64, size_px: usize) -> Result<Shown, TrainError> {
        let mut drawn_px = size_px.max(1) as u32;
        while drawn_px < LEAST_PX {
            drawn_px *= 2;
        }
        let (drawn, shot) = self.shot(actor, &self.posing(pose), drawn_px)?;
        let keypoints = drawn.body.keypoints(&shot);
        Ok(Shown { colours: colours(toon(&shot, drawn_px)?, size_px), keypoints, actor })
    }

    /// How each actor looks: colours in so many poses, spread over all there are, one after the other, `size_px` squared. None
    /// where `progress` was cancelled meanwhile.
    ///
    /// # Errors
    /// A figure that can't be read.
    pub fn looks(
        &self,
        poses: usize,
        size_px: usize,
        progress: &dyn Progress,
    ) -> Result<Option<Vec<Vec<f32>>>, TrainError> {
        let poses: Vec<u64> = spread(u64::from(self.poses), poses).collect();
        let show = |actor, pose| Ok(self.show(actor, pose, size_px)?.colours.into_flattened());
        let look = |actor: u64| looked_at(progress, poses.iter().map(|&pose| show(actor, pose)));
        let all = 0..self.actors.count();
        progress.stage(MEETING, all.end);
        // Rayon gathers results or options, not both at once.
        let looks: Vec<Option<Vec<f32>>> = all.into_par_iter().map(look).collect::<Result<_, _>>()?;
        Ok(looks.into_iter().collect())
    }

    /// An actor in a pose, both by number: on white, `side_px` squared, and what is known of it.
    ///
    /// # Errors
    /// A figure that can't be read, a side that can't be drawn.
    pub fn draw(&self, actor: u64, pose: u64, side_px: u32) -> Result<(Picture, PosedNote), TrainError> {
        let (character, posing) = (self.actors.character(self.seed, actor), self.posing(pose));
        let (drawn, shot) = self.shot(actor, &posing, side_px)?;
        let keypoints = note::marks(&drawn.body.keypoints(&shot), &drawn.body.visible(&shot, [side_px; 2])?);
        let CameraView { yaw_deg, pitch_deg, fov_deg } = posing.camera;
        let note = PosedNote { actor, character, pose, yaw_deg, pitch_deg, fov_deg, keypoints };
        Ok((toon(&shot, side_px)?, note))
    }

    fn posing(&self, number: u64) -> Posing {
        Posing::of(self.seed, self.split, number)
    }

    fn shot(&self, actor: u64, posing: &Posing, side_px: u32) -> Result<(Arc<Actor>, Shot), TrainError> {
        let fine = side_px > QUICK_PX;
        let actor = self.kept[usize::from(fine)].get(actor, || {
            let figure = match self.actors.character(self.seed, actor) {
                Some(seed) => example::assemble(&costume(seed), if fine { Detail::Fine } else { Detail::Quick }),
                None => figure::load::load(&self.actors.figures[actor as usize])?,
            };
            let subject = Arc::new(Subject::new(self.rasterizer.clone(), figure, MapPreset::default())?);
            Ok::<_, TrainError>(Actor { body: Body::new(&subject), subject })
        })?;
        let shot = actor.subject.stand(&posing.pose).framed(&posing.camera, [side_px; 2], posing.margin)?;
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
    fn a_picture_follows_from_seed_and_number_and_shows_somebody_on_white() {
        let (one, other) = (pictures(), pictures());
        other.picture(9, 8).unwrap();
        let shown = one.picture(5, 32).unwrap();
        assert_eq!(shown, other.picture(5, 32).unwrap());
        let Shown { colours, keypoints, actor } = &shown;
        assert_ne!(*colours, one.picture(6, 32).unwrap().colours);
        let white = colours.iter().filter(|colour| **colour == [1.0; 3]).count();
        assert!(colours.len() == 1024 && (200..1000).contains(&white), "{white} of {}", colours.len());
        // What the nose is at is no paper.
        let [x, y] = keypoints[0].map(|v| (v * 32.0) as usize);
        assert_ne!(colours[y * 32 + x], [1.0; 3]);
        assert_eq!(one.picture(5, 4).unwrap().keypoints, *keypoints, "the same at every side");
        let [first, second] = one.pair(5, 32).unwrap();
        assert_eq!((&first, second.actor), (&shown, *actor));
        assert_ne!(first.keypoints, second.keypoints);
    }

    #[test]
    fn there_must_be_somebody() {
        let nobody = Actors { figures: vec![], characters: 0 };
        assert!(matches!(PosedPictures::new(1, Split::Train, nobody, 9), Err(TrainError::NobodyPosed)));
    }
}
