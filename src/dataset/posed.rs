//! Sets of characters in poses with the keypoints of their bodies, as PSGAN learns from them: each actor in each pose.

use super::{DatasetError, Kind, Member, Recipe, Split, drawing_px};
use crate::psgan::names;
use crate::train::FigureRecord;
use crate::train::data::posed::{Actors, PosedNote, PosedPictures};
use serde::{Deserialize, Serialize};
use std::io;
use std::path::PathBuf;

/// Pictures of a shard.
pub const SHARD: u64 = 256;
/// For so many poses that are learned from one is held out.
const HELD_OUT: u32 = 15;

/// What a set is made of. Its two halves show the same actors in other poses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PosedPlan {
    /// Of this form; another one is another number.
    pub version: u32,
    /// Everything that is drawn by lot is drawn from this.
    pub seed: u64,
    /// The figures among the actors, by their files' names alone.
    pub figures: Vec<FigureRecord>,
    /// The generated characters among them.
    pub characters: u32,
    /// Poses of each actor that are learned from.
    pub poses: u32,
    /// Width and height of the pictures, pixels.
    pub size_px: u32,
    /// What the points are called.
    pub keypoints: Vec<String>,
}

impl PosedPlan {
    /// A plan; figures are read for their licences.
    ///
    /// # Errors
    /// A figure that can't be read.
    pub fn new(seed: u64, actors: &Actors, poses: u32, size_px: u32) -> Result<Self, DatasetError> {
        let figure = |path: &PathBuf| {
            let record = FigureRecord::of(path, None)?;
            Ok(FigureRecord { path: path.file_name().unwrap_or_default().into(), ..record })
        };
        let figures = actors.figures.iter().map(figure).collect::<Result<_, DatasetError>>()?;
        let (characters, keypoints) = (actors.characters, names().map(str::to_owned).to_vec());
        Ok(Self { version: 1, seed, figures, characters, poses, size_px, keypoints })
    }

    /// How many actors there are.
    pub fn actors(&self) -> u64 {
        self.figures.len() as u64 + u64::from(self.characters)
    }

    /// Poses of each actor in a half.
    pub fn poses(&self, split: Split) -> u64 {
        match split {
            Split::Train => self.poses.into(),
            Split::HeldOut => self.poses.div_ceil(HELD_OUT).into(),
        }
    }
}

/// A plan and who draws it.
pub struct PosedSet {
    plan: PosedPlan,
    /// Both halves, as [`Split::ALL`] has them.
    halves: [PosedPictures; 2],
}

impl PosedSet {
    /// With these figures and so many characters.
    ///
    /// # Errors
    /// A figure that can't be read; nobody to draw.
    pub fn new(seed: u64, actors: &Actors, poses: u32, size_px: u32) -> Result<Self, DatasetError> {
        Self::of(PosedPlan::new(seed, actors, poses, size_px)?, actors)
    }

    /// One that is there already: where its figures' files are is not known, so that characters alone can be drawn.
    pub(super) fn there(plan: PosedPlan) -> Result<Self, DatasetError> {
        let figures = plan.figures.iter().map(|figure| figure.path.clone()).collect();
        let actors = Actors { figures, characters: plan.characters };
        Self::of(plan, &actors)
    }

    fn of(plan: PosedPlan, actors: &Actors) -> Result<Self, DatasetError> {
        let half = |split| {
            let poses = u32::try_from(plan.poses(split)).unwrap_or(u32::MAX);
            PosedPictures::new(plan.seed, split, actors.clone(), poses)
        };
        Ok(Self { halves: [half(Split::Train)?, half(Split::HeldOut)?], plan })
    }

    /// How many shards there are in the larger half.
    pub fn shards(&self) -> u32 {
        u32::try_from(self.pictures(Split::Train).div_ceil(SHARD)).unwrap_or(u32::MAX)
    }

    fn pictures(&self, split: Split) -> u64 {
        self.plan.actors() * self.plan.poses(split)
    }

    /// Actor and pose of a picture.
    fn who_and_how(&self, split: Split, picture: u64) -> [u64; 2] {
        let poses = self.plan.poses(split).max(1);
        [picture / poses, picture % poses]
    }
}

impl Recipe for PosedSet {
    fn kind(&self) -> Kind {
        Kind::Posed(self.plan.clone())
    }

    fn check(&self) -> Result<(), String> {
        let PosedPlan { version, size_px, keypoints, .. } = &self.plan;
        super::check_version(*version)?;
        if !(32..=1024).contains(size_px) || !size_px.is_power_of_two() {
            return Err(format!("its size-px is {size_px}, and may be 32, 64, 128, 256, 512 or 1024"));
        }
        if !keypoints.iter().map(String::as_str).eq(names()) {
            return Err(format!("its keypoints are others than {}", names().join(", ")));
        }
        Ok(())
    }

    fn parts(&self, shard: u32, split: Split) -> Vec<u64> {
        let first = u64::from(shard) * SHARD;
        (first..(first + SHARD).min(self.pictures(split))).collect()
    }

    fn names(&self, split: Split, picture: u64) -> Vec<String> {
        let [actor, pose] = self.who_and_how(split, picture);
        ["png", "json"].map(|kind| format!("{actor:05}-{pose:05}.{kind}")).to_vec()
    }

    fn draw(&self, split: Split, picture: u64) -> Result<Vec<Member>, DatasetError> {
        let [actor, pose] = self.who_and_how(split, picture);
        let (drawn, note) = self.halves[split as usize].draw(actor, pose, self.plan.size_px)?;
        let names = self.names(split, picture);
        let contents = || Ok([drawn.to_png().map_err(io::Error::other)?, serde_json::to_vec(&note)?]);
        let contents = contents().map_err(DatasetError::encoding(&names[0]))?;
        Ok(names.into_iter().zip(contents).collect())
    }

    fn can_draw(&self, split: Split, picture: u64) -> bool {
        let [actor, _] = self.who_and_how(split, picture);
        actor >= self.plan.figures.len() as u64
    }

    fn sound(&self, name: &str, bytes: &[u8]) -> Result<(), String> {
        match name.rsplit('.').next().unwrap_or_default() {
            "png" => super::check_size(drawing_px(bytes)?, self.plan.size_px),
            "json" => {
                let note: PosedNote = serde_json::from_slice(bytes).map_err(|e| e.to_string())?;
                note.places().map(|_| ())
            }
            _ => Err("it is no picture or description".into()),
        }
    }
}
