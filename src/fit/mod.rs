//! From a picture back to a pose: each pixel of an Ultra-Dense Pose names a point of the body, and the figure is turned,
//! bone by bone, until its points lie where they are seen.
//!
//! ```text
//! Subject ── Fitter::new ─▶ Fitter                     (once a figure)
//! Fitter + Seen (UDP, how sure, from which side) ─▶ Fitted (pose, camera, lengths, how far off)
//! ```
//!
//! Nothing is learned. `marks` chooses some hundred pixels and finds their points (`surface`), `search` begins with the
//! whole body from several sides and with each limb from many bends, `solve` improves that by Gauss–Newton with the joint
//! limits and an ordinary stance where nobody sees anything, `placing` makes a pose and a camera of it.

mod body;
pub mod encoding;
mod marks;
mod places;
mod placing;
mod search;
mod sequence;
mod solve;
mod surface;

pub use places::{SeenPlace, place_in, places_in};

use crate::figure::HumanBone;
use crate::pose::camera::DEFAULT_FOV_DEG;
use crate::pose::{LimbLengths, Orbit, Pose, Rig};
use crate::progress::Progress;
use crate::raster::Subject;
use crate::udp::Udp;
use body::{Body, State};
use glam::Vec3;
use marks::Marks;
use std::collections::BTreeMap;
use std::sync::Arc;
use surface::Surface;

/// Why there is no pose. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum FitError {
    /// The figure's skeleton is no human's.
    #[error(
        "{0} can't take a pose from a picture: its skeleton has no hips, head, arms and legs that are known; choose another figure"
    )]
    NoHuman(String),
    /// Hardly anything of a body is seen.
    #[error(
        "too little of the body is seen ({pixels} pixels of it) to tell its pose; say from which side it is shown, or \
         choose a picture that shows more of it"
    )]
    TooLittle {
        /// Pixels that show the body.
        pixels: usize,
    },
    /// The user stopped it.
    #[error("stopped")]
    Stopped,
}

/// What a picture shows.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// Which point of the body each pixel shows.
    pub udp: &'a Udp,
    /// Per pixel how far off that may be, in landmark units, where somebody knows.
    pub spread: Option<&'a [f32]>,
    /// From where the body is seen, degrees from its front by way of its left, where somebody said so.
    pub view_deg: Option<f32>,
}

/// How a pose is fitted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct How {
    /// Limbs, head and trunk become as long as they are drawn; else the figure keeps its own build.
    pub proportions: bool,
    /// Vertical field of view of the picture, which no picture tells.
    pub fov_deg: f32,
}

impl Default for How {
    fn default() -> Self {
        Self { proportions: false, fov_deg: DEFAULT_FOV_DEG }
    }
}

impl How {
    /// Half heights of the picture that something as large as its distance is seen.
    fn focal(&self) -> f32 {
        1.0 / (self.fov_deg.clamp(1.0, 120.0).to_radians() / 2.0).tan()
    }
}

/// How a figure lies as a picture has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Fitted {
    /// On the floor; the body looks forwards.
    pub pose: Pose,
    /// The camera that sees it where the picture has it, at the picture's aspect.
    pub camera: Orbit,
    /// How long the figure is made; its own lengths unless [`How::proportions`].
    pub lengths: LimbLengths,
    /// How far the figure's points are from where they are seen, in the mean, metres at the body.
    pub off_m: f32,
    /// The same for each bone that is seen.
    pub bones_off_m: BTreeMap<HumanBone, f32>,
}

/// A figure ready to take poses from pictures.
pub struct Fitter {
    body: Body,
    surface: Surface,
    rig: Arc<Rig>,
}

impl Fitter {
    /// Of a subject with lengths of its own.
    ///
    /// # Errors
    /// A skeleton that is no human's.
    pub fn new(subject: &Subject) -> Result<Self, FitError> {
        let body = Body::new(subject)?;
        let surface = Surface::new(subject.model().landmarks(), &subject.figure().triangles);
        Ok(Self { body, surface, rig: Arc::clone(subject.rig()) })
    }

    /// The pose that a picture shows.
    ///
    /// # Errors
    /// Too little of a body; stopped.
    pub fn fit(&self, seen: &Seen<'_>, how: &How, progress: &dyn Progress) -> Result<Fitted, FitError> {
        let marks = marks::marks(&self.body, &self.surface, seen)?;
        let views_deg: Vec<f32> = match seen.view_deg {
            // Who tells left from right by their own may have meant the other side.
            Some(view_deg) => [0.0, 45.0, -45.0, 180.0].map(|more| view_deg + more).to_vec(),
            None => (0..8).map(|i| 45.0 * i as f32).collect(),
        };
        let state = search::search(&self.body, &marks, &views_deg, how, progress)?;
        Ok(self.fitted(&state, &marks, how))
    }

    /// As [`Fitter::fit`] for the next picture of a sequence, beginning with what the last one showed.
    ///
    /// # Errors
    /// As [`Fitter::fit`].
    pub fn follow(
        &self,
        last: &Fitted,
        seen: &Seen<'_>,
        how: &How,
        progress: &dyn Progress,
    ) -> Result<Fitted, FitError> {
        /// A picture that fits worse than the last by so much, in heights of the figure, begins anew.
        const LOST: f32 = 0.01;
        let marks = marks::marks(&self.body, &self.surface, seen)?;
        let state = placing::state(&self.body, &self.rig, &last.pose, &last.camera, &last.lengths);
        let fitted = self.fitted(&search::settled(&self.body, &marks, state, how), &marks, how);
        if fitted.off_m <= last.off_m + LOST * self.body.height_m {
            return Ok(fitted);
        }
        let anew = self.fit(seen, how, progress)?;
        Ok(if anew.off_m < fitted.off_m { anew } else { fitted })
    }

    /// Where a bone's joint is, metres; `None` where the figure has none.
    pub fn joints(&self, fitted: &Fitted) -> impl Fn(HumanBone) -> Option<Vec3> + use<> {
        let figure = Arc::clone(&self.body.figure);
        let world = Rig::stretched(&figure, &fitted.lengths).world(&figure, &fitted.pose);
        move |bone| figure.humanoid.joint(bone).map(|joint| world[joint as usize].w_axis.truncate())
    }

    fn fitted(&self, state: &State, marks: &Marks, how: &How) -> Fitted {
        let (pose, camera, lengths) = placing::placed(&self.body, &self.rig, state, how);
        // What came out, with joints held to their limits.
        let state = placing::state(&self.body, &self.rig, &pose, &camera, &lengths);
        let scale_m = -state.root.z / how.focal();
        let problem = solve::Problem::new(&self.body, marks, how.focal(), scale_m);
        let placed = self.body.placed(&state);
        let mut sums: BTreeMap<HumanBone, (f32, f32)> = BTreeMap::new();
        for mark in &marks.chosen {
            let off_m = problem.missed(mark, problem.point(mark, &state, &placed)).length() * scale_m;
            let (sum, weight) = sums.entry(self.body.bones[mark.owner()].bone).or_default();
            (*sum, *weight) = (*sum + mark.weight * off_m, *weight + mark.weight);
        }
        let (sum, weight) = sums.values().fold((0.0, 0.0), |(a, b), (sum, weight)| (a + sum, b + weight));
        Fitted {
            pose,
            camera,
            lengths,
            off_m: sum / f32::max(weight, 1e-6),
            bones_off_m: sums.into_iter().map(|(bone, (sum, weight))| (bone, sum / weight.max(1e-6))).collect(),
        }
    }
}

#[cfg(test)]
mod tests;
