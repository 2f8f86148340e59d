//! A sheet ready to be painted from: every picture needs a UDP, nothing more.

use super::PainterKind;
use super::graphs::{EncodedDrawings, GraphKind};
use crate::picture::Picture;
use crate::progress::Progress;
use crate::raster::SubjectError;
use crate::sheet::Shares;
use crate::transfer::{Transfer, TransferError, Transferred};
use crate::udp::Udp;
use crate::weights::WeightError;

/// A sheet with what draws from it, both on an [`super::Easel`].
pub enum Painter<'a> {
    /// Landmark transfer.
    Landmark(&'a Transfer),
    /// A graph that looked at the sheet.
    Graph(&'a dyn EncodedDrawings),
}

/// What a [`Painter`] painted, of the UDP's size.
pub struct Painting {
    /// With straight alpha, as other programs want it.
    pub picture: Picture,
    /// The picture's pixels with colours multiplied by alpha, from who computes them so.
    pub premultiplied: Option<Vec<[u8; 4]>>,
    /// Per pixel how sure its colour is, from who knows (255: seen well by a drawing; 0: filled in, or empty).
    pub confidence: Option<Vec<u8>>,
}

/// Why there is no picture. Every message is the sentence for the user.
#[derive(Debug, thiserror::Error)]
pub enum PaintError {
    /// There is no sheet.
    #[error("the sheet has no drawing to paint from: add cut-out drawings of the character")]
    NoDrawing,
    /// A graph without weights.
    #[error("{0} needs weights: load them, or choose landmark transfer, which needs no others")]
    NoWeights(GraphKind),
    /// Who paints needs UDPs, and no drawing says what it shows.
    #[error(
        "no drawing has an Ultra-Dense Pose, which {by} needs ({}): trace a drawing in the window and save its UDP, put \
         NAME.udp.npz beside NAME.png (`settei detect` makes it), or load weights to have them detected",
        .drawings.join(", ")
    )]
    NoUdp {
        /// Who needs them.
        by: PainterKind,
        /// The drawings' names.
        drawings: Vec<String>,
    },
    /// Weights that find UDPs alone.
    #[error("these weights find out what drawings show, but don't paint: choose landmark transfer")]
    NoPainter,
    /// Weights that paint alone.
    #[error(
        "these weights paint, but don't find out what drawings show: give a detector's, or none, to take the program's"
    )]
    NoDetector,
    /// A graph can't.
    #[error(transparent)]
    Graph(Box<dyn std::error::Error + Send + Sync>),
    /// Landmark transfer can't.
    #[error(transparent)]
    Transfer(TransferError),
    /// The figure can't be drawn.
    #[error(transparent)]
    Subject(#[from] SubjectError),
    /// Something newer came, or the user stopped it: nothing to be said.
    #[error("stopped")]
    Stopped,
}

impl From<WeightError> for PaintError {
    fn from(error: WeightError) -> Self {
        match error {
            WeightError::Cancelled => Self::Stopped,
            error => Self::Graph(Box::new(error)),
        }
    }
}

impl From<TransferError> for PaintError {
    fn from(error: TransferError) -> Self {
        match error {
            TransferError::Cancelled => Self::Stopped,
            error => Self::Transfer(error),
        }
    }
}

impl Painter<'_> {
    /// The sheet's character in one pose.
    ///
    /// # Errors
    /// Stopped, or whatever the device says.
    pub fn paint(&self, udp: &Udp, progress: &dyn Progress) -> Result<Painting, PaintError> {
        match self {
            Self::Landmark(transfer) => Ok(transfer.render_unless_stopped(udp, progress)?.into()),
            Self::Graph(drawings) => drawings.paint(udp, progress),
        }
    }

    /// As [`Painter::paint`], and which drawing contributed where.
    ///
    /// # Errors
    /// As [`Painter::paint`].
    pub fn explain(&self, udp: &Udp, progress: &dyn Progress) -> Result<(Painting, Shares), PaintError> {
        match self {
            Self::Landmark(transfer) => {
                let (transferred, shares) = transfer.explain(udp, progress)?;
                Ok((transferred.into(), shares))
            }
            Self::Graph(drawings) => drawings.explain(udp, progress),
        }
    }
}

impl From<Transferred> for Painting {
    fn from(transferred: Transferred) -> Self {
        Self { picture: transferred.picture, premultiplied: None, confidence: Some(transferred.confidence) }
    }
}

impl Painting {
    /// The picture's bytes with colours multiplied by alpha, as CoNR's own program writes them.
    pub fn to_premultiplied(&self) -> Picture {
        let multiplied = || crate::sheet::framing::premultiplied(&self.picture);
        let pixels = self.premultiplied.clone().unwrap_or_else(multiplied);
        Picture { pixels, width_px: self.picture.width_px, height_px: self.picture.height_px }
    }
}
