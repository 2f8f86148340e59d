//! What characters that nobody drew are worth, beside real pictures of characters that nobody learned from.

use super::budget::Sizes;
use super::worn::{diversity, worn};
use crate::experiments::ExperimentError;
use crate::experiments::pictures::{stacked, strip};
use crate::fude::Features;
use crate::measures::sets::{frechet, precision_recall};
use crate::measures::{Summary, Values, sharpness};
use crate::picture::Picture;
use crate::picture::halving::halved;
use crate::progress::Progress;
use crate::psgan::{Generator, Keypoints, Latent, pck};
use crate::train::data::Split;
use crate::train::data::posed::{Actors, PosedPictures, Shown};
use crate::train::{Finder, Guide, TrainError};

/// Seed of characters and poses that nobody learns from.
const HELD_OUT: u64 = 0x0b5e_55ed_0000_0003;
/// Seeds of the latents.
const LATENTS: u64 = 0x0b5e_55ed_0000_0004;
/// Poses that one action is cut into, seen by one camera.
const ACTION: u64 = 12;
/// Neighbours whose distance says how far a feature reaches; the authors' choice (Kynkäänniemi et al. 2019).
const NEAREST: usize = 3;
/// Pictures that are shown beside each other.
const SHOWN: usize = 8;

/// Who makes pictures.
pub(super) enum Maker {
    /// Of a latent; `posed`: in a pose that is asked for.
    Inventor { generator: Box<Generator>, posed: bool },
    /// Of a picture of somebody else.
    Guide(Box<Guide>),
    /// Nobody: they are real ones, of other characters.
    Real,
}

/// What was found, and pictures of it.
pub(super) struct Found {
    pub measures: Vec<Summary>,
    /// In the poses of the first real pictures.
    pub pictures: Picture,
    /// The first characters in a sequence of poses, a row each.
    pub sequence: Option<Picture>,
    /// From one latent to another while the pose changes, and while it stays.
    pub between: Option<Picture>,
}

/// A picture, and where its points are.
struct Real {
    picture: Picture,
    keypoints: Keypoints,
}

impl Real {
    fn of(shown: &Shown, size_px: usize) -> Self {
        Self { picture: Picture::of_signed(size_px, shown.colours.iter().copied()), keypoints: shown.keypoints }
    }
}

/// Real pictures, and what looks at pictures.
pub(super) struct Gauge {
    size_px: usize,
    finder: Finder,
    features: Features,
    real: Vec<Real>,
    real_features: Vec<Vec<f32>>,
    /// As many of other characters in other poses.
    others: Vec<Real>,
    /// Some characters, each in all poses of a sequence.
    cast: Vec<Vec<Real>>,
}

impl Gauge {
    /// With what was learned to find keypoints.
    ///
    /// # Errors
    /// None but for a damaged build, or one without a detector.
    pub(super) fn new(sizes: &Sizes, finder: Finder) -> Result<Self, ExperimentError> {
        let Sizes { size_px, characters, compared, identities, frames, .. } = *sizes;
        let features = Features::shipped(size_px).map_err(TrainError::from)?.ok_or(TrainError::NoneShipped)?;
        let pictures = PosedPictures::new(HELD_OUT, Split::HeldOut, Actors { figures: vec![], characters }, 600)?;
        let real = |number: u64| Ok(Real::of(&pictures.picture(number, size_px)?, size_px));
        let all = (0..2 * compared).map(real).collect::<Result<Vec<_>, TrainError>>()?;
        let (mut real, mut others) = (all, vec![]);
        others.extend(real.drain(compared as usize..));
        // The second action: its poses, one after the other.
        let frame = |actor, frame: u64| {
            Ok(Real::of(&pictures.show(actor, ACTION + frame * ACTION / frames, size_px)?, size_px))
        };
        let in_sequence = |actor| (0..frames).map(|at| frame(actor, at)).collect::<Result<Vec<_>, TrainError>>();
        let cast = (0..identities).map(in_sequence).collect::<Result<_, _>>()?;
        let real_features = real.iter().map(|real| features.of(&real.picture)).collect();
        Ok(Self { size_px, finder, features, real, real_features, others, cast })
    }

    /// Somebody in the pose of a real picture or of a frame.
    fn make(&self, maker: &Maker, who: usize, keypoints: &Keypoints) -> Picture {
        match maker {
            Maker::Inventor { generator, .. } => {
                self.sized(generator.invent(&Latent::seeded(LATENTS + who as u64), keypoints))
            }
            Maker::Guide(guide) => {
                let source = self.others[who % self.others.len()].picture.signed();
                Picture::of_signed(self.size_px, guide.draw(&source, keypoints))
            }
            Maker::Real => self.others[who].picture.clone(),
        }
    }

    /// Halved, or each pixel repeated, until it is so large as the real ones.
    fn sized(&self, mut picture: Picture) -> Picture {
        while picture.width_px as usize > self.size_px {
            picture = halved(&picture);
        }
        let (own, side) = (picture.width_px, self.size_px as u32);
        let at = |i: u32| picture.at(i % side * own / side, i / side * own / side);
        Picture { width_px: side, height_px: side, pixels: (0..side * side).map(at).collect() }
    }

    /// Measures who makes pictures; `None`: it was stopped.
    pub(super) fn of(&self, maker: &Maker, progress: &dyn Progress) -> Option<Found> {
        progress.stage("measuring", self.real.len() as u64);
        let (mut each, mut features, mut shown): (Vec<Values>, _, _) = (vec![], vec![], vec![]);
        for (i, real) in self.real.iter().enumerate() {
            if progress.cancelled() {
                return None;
            }
            let asked = if matches!(maker, Maker::Real) { &self.others[i].keypoints } else { &real.keypoints };
            let picture = self.make(maker, i, asked);
            let found = self.finder.find(&picture.signed());
            each.push(vec![
                ("pck_05", pck(&found, asked, 0.05)),
                ("pck_10", pck(&found, asked, 0.1)),
                ("sharpness", Some(sharpness(&picture))),
            ]);
            features.push(self.features.of(&picture));
            if shown.len() < SHOWN {
                shown.push(picture);
            }
            progress.advance(1);
        }
        let near = precision_recall(&self.real_features, &features, NEAREST);
        let grid = self.grid(maker);
        let worn = worn(&grid);
        let posed = !matches!(maker, Maker::Inventor { posed: false, .. });
        let within = worn.within.filter(|_| posed);
        let ratio = within.zip(worn.between).map(|(within, between)| within / between);
        let whole = vec![
            ("frechet", frechet(&self.real_features, &features)),
            ("precision", near.map(|near| near.precision)),
            ("recall", near.map(|near| near.recall)),
            ("diversity", diversity(&grid)),
            ("clothes_within", within),
            ("clothes_between", worn.between),
            ("clothes_ratio", ratio.filter(|ratio| ratio.is_finite())),
        ];
        let mut measures = Summary::of_all(&each);
        measures.extend(Summary::of_all(&[whole]));
        let rows = |rows: &[Vec<Picture>]| {
            let strips: Vec<Picture> = rows.iter().map(|row| beside(row)).collect();
            stacked(&strips)
        };
        Some(Found {
            measures,
            pictures: beside(&shown),
            sequence: posed.then(|| rows(&grid[..grid.len().min(2)])),
            between: self.between(maker).map(|lines| rows(&lines)),
        })
    }

    /// Some characters, each in all poses of the sequence. What is asked for are the first real character's.
    fn grid(&self, maker: &Maker) -> Vec<Vec<Picture>> {
        let frame = |who: usize, frame: usize| match maker {
            Maker::Real => self.cast[who][frame].picture.clone(),
            maker => self.make(maker, who, &self.cast[0][frame].keypoints),
        };
        let frames = self.cast.first().map_or(0, Vec::len);
        (0..self.cast.len()).map(|who| (0..frames).map(|at| frame(who, at)).collect()).collect()
    }

    /// Costumes on their way to others (the paper's figure 1): along the sequence, and in its first pose.
    fn between(&self, maker: &Maker) -> Option<[Vec<Picture>; 2]> {
        let Maker::Inventor { generator, .. } = maker else { return None };
        let [first, second] = [0, 1].map(|who| Latent::seeded(LATENTS + who));
        let poses: Vec<&Keypoints> = self.cast.first()?.iter().map(|real| &real.keypoints).collect();
        let last = poses.len().saturating_sub(1).max(1) as f32;
        let mixed =
            |at: usize, pose: &Keypoints| self.sized(generator.invent(&first.between(&second, at as f32 / last), pose));
        let moving = poses.iter().enumerate().map(|(at, pose)| mixed(at, pose)).collect();
        Some([moving, (0..poses.len()).map(|at| mixed(at, poses[0])).collect()])
    }

    /// The first real pictures, and what is told of their poses.
    pub(super) fn asked(&self) -> [Picture; 2] {
        let first = &self.real[..self.real.len().min(SHOWN)];
        let pictures: Vec<Picture> = first.iter().map(|real| real.picture.clone()).collect();
        let points: Vec<Picture> = first.iter().map(|real| dots(&real.keypoints, self.size_px as u32)).collect();
        [beside(&points), beside(&pictures)]
    }

    /// What is told of the sequence's poses.
    pub(super) fn sequence(&self) -> Picture {
        let frames = self.cast.first().map_or(&[][..], |first| first);
        beside(&frames.iter().map(|real| dots(&real.keypoints, self.size_px as u32)).collect::<Vec<_>>())
    }
}

fn beside(pictures: &[Picture]) -> Picture {
    strip(&pictures.iter().collect::<Vec<_>>())
}

/// A dot at each point.
fn dots(keypoints: &Keypoints, side_px: u32) -> Picture {
    let mut picture =
        Picture { width_px: side_px, height_px: side_px, pixels: vec![[255; 4]; (side_px * side_px) as usize] };
    for (point, place) in keypoints.iter().enumerate().filter(|(_, at)| at.iter().all(|v| (0.0..1.0).contains(v))) {
        let [x, y] = place.map(|v| (v * side_px as f32) as u32);
        // The right side's are even, but for the face's and the neck.
        let colour = if point % 2 == 0 { [200, 30, 40, 255] } else { [30, 60, 200, 255] };
        for (x, y) in [(x, y), (x + 1, y), (x, y + 1), (x + 1, y + 1)] {
            if x < side_px && y < side_px {
                *picture.at_mut(x, y) = colour;
            }
        }
    }
    picture
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_of_a_pose_is_shown_as_dots() {
        let mut keypoints = [[2.0; 2]; 20];
        keypoints[3] = [0.5, 0.25];
        let picture = dots(&keypoints, 8);
        let inked = picture.pixels.iter().filter(|pixel| **pixel != [255; 4]).count();
        assert!(inked == 4 && picture.at(4, 2) == [30, 60, 200, 255]);
    }
}
