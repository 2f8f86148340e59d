//! Drawings and poses as the renderer sees them.

use super::SheetDrawing;
use super::wiring::INPUTS;
use crate::picture::Picture;
use crate::progress::Progress;
use crate::sheet::Shares;
use crate::sheet::framing::{Frame, frame_drawing};
use crate::transfer::{Drawn, Parts, Transfer, TransferError, confidences};
use crate::udp::Udp;
use std::sync::Arc;

/// Which of the inputs says how well drawings show the point, from 0 to 1.
pub(super) const SURE: usize = 8;

/// A drawing of `size_px` squared with its UDP.
#[derive(Clone, Debug)]
pub struct Known {
    /// Straight alpha.
    pub picture: Picture,
    /// What it shows.
    pub udp: Udp,
    /// How far off each landmark is thought to be, where somebody knows.
    pub spread: Option<Vec<f32>>,
}

impl Known {
    /// A drawing cut out around its figure; none where it shows nothing.
    pub fn framed(drawing: &SheetDrawing, size_px: usize) -> Option<Self> {
        let (picture, udp) = (drawing.picture, drawing.udp);
        let size = [picture.width_px, picture.height_px];
        if size != [udp.width_px, udp.height_px] || udp.pixels.len() != picture.pixels.len() {
            return None;
        }
        let spread = drawing.spread.filter(|spread| spread.len() == udp.pixels.len());
        let side = size_px as u32;
        let framed = frame_drawing(picture, side);
        let frame: Frame = framed.frame?;
        let mut shown = Udp::new(side, side);
        let cut = frame.cut_nearest(&udp.pixels, side);
        for ((to, from), colour) in shown.pixels.iter_mut().zip(cut).zip(&framed.pixels) {
            // Where nothing is drawn, nothing is there to be copied.
            if from[3] > 0.5 && from.iter().all(|v| v.is_finite()) && colour[3] > 0 {
                *to = [from[0], from[1], from[2], 1.0];
            }
        }
        (shown.surface_points() > 0).then(|| Self {
            picture: Picture::of_premultiplied(side, side, framed.pixels),
            udp: shown,
            spread: spread.map(|spread| frame.cut_nearest(spread, side)),
        })
    }
}

/// Landmark transfer from drawings; `parts` are those of the figure whose poses are wanted.
///
/// # Errors
/// Drawings that show nothing; cancelled.
pub fn transfer(
    drawings: &[Known],
    parts: Option<Arc<Parts>>,
    progress: &dyn Progress,
) -> Result<Transfer, TransferError> {
    let spreads: Vec<_> = drawings.iter().map(|known| (&known.udp, known.spread.as_deref())).collect();
    let sure = confidences(&spreads);
    let drawn = drawings.iter().zip(&sure);
    let drawn =
        drawn.map(|(known, sure)| Drawn { picture: &known.picture, udp: &known.udp, confidence: sure.as_deref() });
    Transfer::of(&drawn.collect::<Vec<_>>(), parts, progress)
}

/// What the net sees of a pose, a pixel after the other, and which drawing contributed where.
///
/// # Errors
/// Cancelled.
pub fn proposed(
    transfer: &Transfer,
    pose: &Udp,
    progress: &dyn Progress,
) -> Result<(Vec<[f32; INPUTS]>, Shares), TransferError> {
    let (proposals, shares) = transfer.propose(pose, progress)?;
    let pixels = proposals.iter().zip(&pose.pixels).map(|(proposal, &[x, y, z, there])| {
        let mut inputs = [0.0; INPUTS];
        inputs[..4].copy_from_slice(&proposal.colour.to_array());
        inputs[4..8].copy_from_slice(&proposal.best.to_array());
        inputs[SURE] = proposal.sure;
        inputs[9..12].copy_from_slice(&proposal.facing.to_array());
        if there > 0.5 {
            inputs[12..].copy_from_slice(&[x, y, z, 1.0]);
        }
        inputs
    });
    Ok((pixels.collect(), shares))
}
