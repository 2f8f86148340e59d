//! A picture as the source of a pose: what it shows is found out, then a figure is fitted to that.

use super::{PaintError, PaintingSettings};
use crate::fit::{FitError, Fitted, Fitter, How, Seen};
use crate::progress::Progress;
use crate::raster::Subject;
use crate::sheet::{DrawingHints, View};
use crate::udp::Udp;

/// Seen from farther round than this it is seen from behind.
const FROM_BEHIND_DEG: f32 = 100.0;
/// By how much surer a second look has to be. Of eleven drawings that a first one took for a back the nine that show one
/// became less sure, or surer by less than a hundredth, when they were said to show a front; the two that don't, surer.
const SURER: f32 = 0.99;

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
    let fitter = Fitter::new(subject)?;
    let cleared = hints.cleared(view);
    let view = cleared.as_ref().unwrap_or(view);
    let fit = |udp: &Udp, spread: Option<&[f32]>, view_deg: Option<f32>| {
        if progress.cancelled() {
            return Err(FitError::Stopped);
        }
        progress.stage("fitting the pose", 0);
        fitter.fit(&Seen { udp, spread, view_deg }, how, progress)
    };
    if let Some(udp) = view.own_udp() {
        return Ok(fit(udp, None, hints.view_deg)?);
    }
    let by = settings.detector().ok_or(PaintError::NoDetector)?;
    let weights = settings.weights_of(by).ok_or(PaintError::NoWeights(by))?;
    let graph = by.load(&weights, settings.running(), progress)?;
    let find = |hints: &DrawingHints| {
        progress.stage(&format!("finding the Ultra-Dense Pose of {}", view.name), 0);
        graph.detect(view, hints, by.trained_px)
    };
    let found = find(hints)?;
    let fitted = fit(&found.udp, found.spread.as_deref(), hints.view_deg)?;
    let takes_hints = by.finds.is_some_and(|finds| finds.takes_hints);
    if !takes_hints || hints.view_deg.is_some() || fitted.camera.yaw_deg.abs() < FROM_BEHIND_DEG {
        return Ok(fitted);
    }
    // Characters are mostly drawn from the front: who takes one for its back looks once more.
    let front = DrawingHints { view_deg: Some(0.0), ..hints.clone() };
    let again = find(&front)?;
    match (found.belief, again.belief) {
        (Some(before), Some(now)) if now.spread < SURER * before.spread => {
            Ok(fit(&again.udp, again.spread.as_deref(), front.view_deg)?)
        }
        _ => Ok(fitted),
    }
}
