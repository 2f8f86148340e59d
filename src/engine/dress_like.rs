//! What a drawing shows: by the UDP that came with it, or by what the settings' detector finds.

use super::{PaintError, PaintingSettings};
use crate::example::CharacterParams;
use crate::progress::Progress;
use crate::sheet::{DrawingHints, View};
use crate::standin::dress::{Care, Drawn, DressError, Dressed, dress};
use crate::udp::Udp;
use std::borrow::Cow;

/// Why there is no stand-in like the drawings. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum DressLikeError {
    /// What they show can't be found out.
    #[error(transparent)]
    Detect(#[from] PaintError),
    /// They can't be dressed by.
    #[error(transparent)]
    Dress(#[from] DressError),
}

/// A stand-in dressed like these drawings; each with what is said about it. Of `start` stays what drawings don't tell.
///
/// # Errors
/// No detector; weights that can't be loaded; no drawing that shows a body; stopped.
pub fn dress_like<'a>(
    drawings: impl IntoIterator<Item = (&'a View, &'a DrawingHints)>,
    settings: &PaintingSettings,
    start: &CharacterParams,
    care: Care,
    progress: &dyn Progress,
) -> Result<Dressed, DressLikeError> {
    let mut graph = None;
    let mut shown: Vec<(&View, &DrawingHints, Cow<'a, Udp>, Option<Vec<f32>>)> = Vec::new();
    for (view, hints) in drawings {
        if progress.cancelled() {
            return Err(DressError::Stopped.into());
        }
        if let Some(udp) = view.own_udp() {
            shown.push((view, hints, Cow::Borrowed(udp), None));
            continue;
        }
        let by = settings.detector().ok_or(PaintError::NoDetector)?;
        if graph.is_none() {
            let weights = settings.weights_of(by).ok_or(PaintError::NoWeights(by))?;
            graph = Some(by.load(&weights, settings.running(), progress)?);
        }
        progress.stage(&format!("finding the Ultra-Dense Pose of {}", view.name), 0);
        if let Some(graph) = &graph {
            let found = graph.detect(view, hints, by.working_px)?;
            // Of a detector nothing is exact, whether or not it says how far off it is.
            let spread = found.spread.unwrap_or_else(|| vec![0.02; found.udp.pixels.len()]);
            shown.push((view, hints, Cow::Owned(found.udp), Some(spread)));
        }
    }
    let drawn: Vec<Drawn<'_>> = shown
        .iter()
        .map(|(view, hints, udp, spread)| Drawn {
            name: &view.name,
            picture: &view.picture,
            udp,
            spread: spread.as_deref(),
            view_deg: hints.view_deg,
        })
        .collect();
    Ok(dress(&drawn, start, care, progress)?)
}
