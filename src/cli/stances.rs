//! What a figure does in each picture of a command: poses by name, or frames of a motion.

use super::Usage;
use super::arguments::poses;
use super::report::Report;
use crate::figure::Figure;
use crate::motion::{Clip, Frames, Performance, load};
use crate::pose::{Camera, CameraView, Pose, Rig};
use crate::project::{Animation, Take};
use crate::raster::{MARGIN, RasterError, Shot, Stance, Subject};
use anyhow::{Context as _, Result};
use clap::Args;
use glam::Vec3;
use std::sync::Arc;

/// A motion instead of poses.
#[derive(Args)]
#[group(skip)]
pub(super) struct MotionArgs {
    /// A motion instead of poses: MMD's (.vmd), VRM's (.vrma), .bvh or .glb; of a file with several, FILE:CLIP names one; or
    /// walk, wave, dance, which are built in
    #[arg(long, value_name = "FILE[:CLIP]", group = "stance")]
    pub(super) motion: Option<String>,
    /// Which frames of the motion: numbers from 0 and ranges, such as 0-60:2,75 [default: all]
    #[arg(long, value_name = "LIST", allow_hyphen_values = true)]
    pub(super) frames: Option<Frames>,
}

/// Poses or frames in order, each with a name for its result.
pub(super) enum Stances {
    /// By name or file.
    Poses(Vec<(String, Pose)>),
    /// Of one clip.
    Motion(Box<Moving>),
}

/// Frames of a clip, or of what a project keeps.
pub(super) struct Moving {
    stem: String,
    clip: Option<Clip>,
    animation: Animation,
    frames: Frames,
    /// The clip on the figure.
    performance: Option<Performance>,
}

impl Stances {
    /// What a command asks for; motions are named, their files read, before any figure is.
    pub(super) fn of(wanted: &[String], motion: &MotionArgs, report: &Report) -> Result<Self> {
        let Some(moving) = Moving::of(motion, report)? else { return Ok(Self::Poses(poses(wanted)?)) };
        Ok(Self::Motion(Box::new(moving)))
    }

    /// The same for a figure, which motions are fitted to.
    pub(super) fn on(self, figure: &Figure, rig: &Rig, report: &Report) -> Result<Self> {
        Ok(match self {
            Self::Poses(poses) => Self::Poses(poses),
            Self::Motion(moving) => Self::Motion(Box::new(moving.on(figure, rig, report)?)),
        })
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Poses(poses) => poses.len(),
            Self::Motion(moving) => moving.len(),
        }
    }

    /// What the result of one is called.
    pub(super) fn name(&self, i: usize) -> String {
        match self {
            Self::Poses(poses) => poses[i].0.clone(),
            Self::Motion(moving) => moving.name(i),
        }
    }

    /// A subject in one.
    pub(super) fn stand(&self, subject: &Arc<Subject>, i: usize) -> Arc<Stance> {
        match self {
            Self::Poses(poses) => subject.stand(&poses[i].1),
            Self::Motion(moving) => moving.stand(subject, i),
        }
    }

    /// The camera that sees all frames of a motion whole; poses are framed each by itself.
    pub(super) fn camera(
        &self,
        subject: &Arc<Subject>,
        view: &CameraView,
        size_px: [u32; 2],
        report: &Report,
    ) -> Result<Option<Camera>> {
        match self {
            Self::Poses(_) => Ok(None),
            Self::Motion(moving) => moving.camera(subject, view, size_px, report).map(Some),
        }
    }

    /// One framed from a side, or seen by the camera of all.
    pub(super) fn shoot(
        &self,
        subject: &Arc<Subject>,
        i: usize,
        view: &CameraView,
        size_px: [u32; 2],
        all: Option<&Camera>,
    ) -> Result<Shot, RasterError> {
        let stance = self.stand(subject, i);
        match all {
            Some(camera) => Ok(stance.seen(*camera)),
            None => stance.framed(view, size_px, MARGIN),
        }
    }
}

impl Moving {
    /// The motion that is asked for, if one is.
    pub(super) fn of(MotionArgs { motion, frames }: &MotionArgs, report: &Report) -> Result<Option<Self>> {
        let Some(wanted) = motion else {
            return match frames {
                None => Ok(None),
                Some(_) => {
                    Err(Usage("--frames says which frames of a motion: name that with --motion FILE".into()).into())
                }
            };
        };
        let (file, clip) = load::named_clip(wanted, None)?;
        file.warnings.iter().for_each(|warning| report.warn(format_args!("{wanted}: {warning}")));
        let frames = frames.clone().unwrap_or_else(|| Frames::all(clip.frames));
        let stem = clip.name.rsplit('|').next().unwrap_or_default().to_owned();
        let animation = Animation { fps: clip.fps, ..Animation::default() };
        Ok(Some(Self { stem, clip: Some(clip), animation, frames, performance: None }))
    }

    /// What a project keeps, as its window plays it; `None`: nothing moves there.
    pub(super) fn of_project(animation: &Animation, frames: &Frames, report: &Report) -> Result<Option<Self>> {
        if !animation.moves() {
            return Ok(None);
        }
        let clip = match &animation.take {
            None => None,
            Some(take) => {
                let (file, hash) = take.source.load()?;
                let name = take.source.name();
                if hash != take.hash {
                    report.warn(format_args!("{name} is another file than when it was chosen"));
                }
                file.warnings.iter().for_each(|warning| report.warn(format_args!("{name}: {warning}")));
                let clip = take.clip(&file).cloned();
                Some(clip.with_context(|| format!("{name} has no clip called `{}` any more", take.clip))?)
            }
        };
        let (animation, frames) = (animation.clone(), frames.clone());
        Ok(Some(Self { stem: "frame".into(), clip, animation, frames, performance: None }))
    }

    /// The same fitted to a figure.
    pub(super) fn on(self, figure: &Figure, rig: &Rig, report: &Report) -> Result<Self> {
        let edits = self.animation.take.as_ref().map(Take::edits).unwrap_or_default();
        let performance = self.clip.as_ref().map(|clip| Performance::edited(clip, &edits, figure, rig)).transpose()?;
        let native = performance.as_ref().and_then(Performance::native);
        if native.is_some_and(|native| native.binding.chinese) {
            report.warn("the motion's names were read by the code page of Chinese systems (GBK)");
        }
        Ok(Self { performance, ..self })
    }

    pub(super) fn len(&self) -> usize {
        self.frames.list().len()
    }

    pub(super) fn name(&self, i: usize) -> String {
        format!("{}_{:04}", self.stem, self.frames.list()[i])
    }

    pub(super) fn stand(&self, subject: &Arc<Subject>, i: usize) -> Arc<Stance> {
        let frame = self.frames.list()[i];
        let moment = self.animation.at(self.performance.as_ref(), subject.figure(), frame).unwrap_or_default();
        subject.stand_so(&moment.pose, moment.local.as_ref())
    }

    /// Nothing jitters if all frames are seen from one place: what is farthest out of each frame is held by the picture.
    fn camera(&self, subject: &Arc<Subject>, view: &CameraView, size_px: [u32; 2], report: &Report) -> Result<Camera> {
        let mut outermost = Vec::new();
        for i in 0..self.len() {
            report.go_on()?;
            outermost.extend(extremes(self.stand(subject, i).points()?));
        }
        Ok(view.frame(&outermost, size_px[0] as f32 / size_px[1] as f32, MARGIN))
    }
}

/// Of all points those that lie farthest in 26 directions.
fn extremes(points: &[Vec3]) -> Vec<Vec3> {
    let steps = [-1.0, 0.0, 1.0];
    let directions =
        steps.into_iter().flat_map(|x| steps.into_iter().flat_map(move |y| steps.map(|z| Vec3::new(x, y, z))));
    let farthest =
        |direction: Vec3| points.iter().copied().max_by(|a, b| a.dot(direction).total_cmp(&b.dot(direction)));
    directions.filter(|direction| *direction != Vec3::ZERO).filter_map(farthest).collect()
}
