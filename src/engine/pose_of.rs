//! A picture as the source of a pose: what it shows is found out, then a figure is fitted to that.

use super::graphs::Found;
use super::{PaintError, PaintingSettings};
use crate::fit::{FitError, Fitted, Fitter, How, Seen};
use crate::progress::Progress;
use crate::raster::Subject;
use crate::sheet::{DrawingHints, View};

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
    let found;
    let (udp, spread) = match view.own_udp() {
        Some(udp) => (udp, None),
        None => {
            found = find(view, hints, settings, progress)?;
            (&found.udp, found.spread.as_deref())
        }
    };
    if progress.cancelled() {
        return Err(FitError::Stopped.into());
    }
    progress.stage("fitting the pose", 0);
    Ok(fitter.fit(&Seen { udp, spread, view_deg: hints.view_deg }, how, progress)?)
}

fn find(
    view: &View,
    hints: &DrawingHints,
    settings: &PaintingSettings,
    progress: &dyn Progress,
) -> Result<Found, PaintError> {
    let by = settings.detector().ok_or(PaintError::NoDetector)?;
    let weights = settings.weights_of(by).ok_or(PaintError::NoWeights(by))?;
    let graph = by.load(&weights, settings.running(), progress)?;
    progress.stage(&format!("finding the Ultra-Dense Pose of {}", view.name), 0);
    graph.detect(view, hints, by.trained_px)
}
