//! A picture as the source of a pose: what it shows is found out, then a figure is fitted to that.

use super::graphs::{Found, GraphKind, LoadedGraph};
use super::{PaintError, PaintingSettings};
use crate::fit::{FitError, Fitted, Fitter, How, Seen};
use crate::progress::Progress;
use crate::raster::Subject;
use crate::sheet::{DrawingHints, View};

/// Seen from farther round than this it is seen from behind.
const FROM_BEHIND_DEG: f32 = 100.0;
/// By how much surer a second look has to be. Of eleven drawings that a first one took for a back the nine that show one
/// became less sure, or surer by less than a hundredth, when they were said to show a front; the two that don't, surer.
const SURER: f32 = 0.99;
/// Whose landmarks are off by more than this as a rule is so unsure that the side which most drawings show is likelier: of 32
/// drawings of eight generated characters from behind one was, of four children's drawings the one whose face is on its
/// belly.
const UNSURE: f32 = 0.035;

/// Why a picture gives no pose. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum PoseOfError {
    /// What it shows can't be found out.
    #[error(transparent)]
    Detect(#[from] PaintError),
    /// What it shows is no pose.
    #[error(transparent)]
    Fit(#[from] FitError),
}

/// The pose of the figure in a drawing, for `subject` (with lengths of its own): by the UDP that came with the drawing, or
/// by what the settings' detector finds. A detector that takes `hints` heeds them.
///
/// # Errors
/// No detector; weights that can't be loaded; too little of a body; stopped.
pub fn pose_of(
    view: &View,
    hints: &DrawingHints,
    subject: &Subject,
    settings: &PaintingSettings,
    how: &How,
    progress: &dyn Progress,
) -> Result<Fitted, PoseOfError> {
    PoseFinder::new(subject, settings)?.find(view, hints, how, progress)
}

/// Finds poses in one drawing after the other: what takes long to get ready is got ready once.
pub struct PoseFinder<'a> {
    fitter: Fitter,
    settings: &'a PaintingSettings,
    detector: Option<(GraphKind, Box<dyn LoadedGraph>)>,
}

impl<'a> PoseFinder<'a> {
    /// For `subject`, with lengths of its own.
    ///
    /// # Errors
    /// A skeleton that is no human's.
    pub fn new(subject: &Subject, settings: &'a PaintingSettings) -> Result<Self, PoseOfError> {
        Ok(Self { fitter: Fitter::new(subject)?, settings, detector: None })
    }

    /// Who fits.
    pub fn fitter(&self) -> &Fitter {
        &self.fitter
    }

    /// As [`pose_of`].
    ///
    /// # Errors
    /// As [`pose_of`].
    pub fn find(
        &mut self,
        view: &View,
        hints: &DrawingHints,
        how: &How,
        progress: &dyn Progress,
    ) -> Result<Fitted, PoseOfError> {
        let cleared = hints.cleared(view);
        let view = cleared.as_ref().unwrap_or(view);
        if let Some(udp) = view.own_udp() {
            return Ok(self.fit(&Seen { udp, spread: None, view_deg: hints.view_deg }, how, progress)?);
        }
        let found = self.detect(view, hints, progress)?;
        let fitted = self.fit(&seen(&found, hints), how, progress)?;
        let takes_hints = self.detector.as_ref().is_some_and(|(by, _)| by.finds.is_some_and(|f| f.takes_hints));
        // What was found may be of two minds, and the figure then lie somewhere between them.
        let believed = found.belief.map_or(0.0, |belief| belief.side.degrees());
        let behind = [fitted.camera.yaw_deg, believed].iter().any(|deg| deg.abs() >= FROM_BEHIND_DEG);
        if !takes_hints || hints.view_deg.is_some() || !behind {
            return Ok(fitted);
        }
        // Characters are mostly drawn from the front: who takes one for its back looks once more.
        let front = DrawingHints { view_deg: Some(0.0), ..hints.clone() };
        let again = self.detect(view, &front, progress)?;
        match (found.belief, again.belief) {
            (Some(before), Some(now)) if now.spread < SURER * before.spread || before.median > UNSURE => {
                Ok(self.fit(&seen(&again, &front), how, progress)?)
            }
            _ => Ok(fitted),
        }
    }

    /// The pose in the next picture of a sequence: it is begun with the one before, and seen from about the same side.
    ///
    /// # Errors
    /// As [`pose_of`].
    pub fn follow(
        &mut self,
        last: &Fitted,
        view: &View,
        hints: &DrawingHints,
        how: &How,
        progress: &dyn Progress,
    ) -> Result<Fitted, PoseOfError> {
        let cleared = hints.cleared(view);
        let view = cleared.as_ref().unwrap_or(view);
        if let Some(udp) = view.own_udp() {
            return Ok(self.fitter.follow(last, &Seen { udp, spread: None, view_deg: None }, how, progress)?);
        }
        let told = DrawingHints { view_deg: hints.view_deg.or(Some(last.camera.yaw_deg)), ..hints.clone() };
        let found = self.detect(view, &told, progress)?;
        Ok(self.fitter.follow(last, &seen(&found, hints), how, progress)?)
    }

    fn fit(&self, seen: &Seen<'_>, how: &How, progress: &dyn Progress) -> Result<Fitted, FitError> {
        if progress.cancelled() {
            return Err(FitError::Stopped);
        }
        progress.stage("fitting the pose", 0);
        self.fitter.fit(seen, how, progress)
    }

    fn detect(&mut self, view: &View, hints: &DrawingHints, progress: &dyn Progress) -> Result<Found, PaintError> {
        let (by, graph) = match &mut self.detector {
            Some(detector) => detector,
            none => {
                let by = self.settings.detector().ok_or(PaintError::NoDetector)?;
                let weights = self.settings.weights_of(by).ok_or(PaintError::NoWeights(by))?;
                none.insert((by, by.load(&weights, self.settings.running(), progress)?))
            }
        };
        progress.stage(&format!("finding the Ultra-Dense Pose of {}", view.name), 0);
        graph.detect(view, hints, by.working_px)
    }
}

fn seen<'a>(found: &'a Found, hints: &DrawingHints) -> Seen<'a> {
    Seen { udp: &found.udp, spread: found.spread.as_deref(), view_deg: hints.view_deg }
}
