//! A sheet ready to be painted from: every picture needs a UDP, nothing more.

use crate::conr::{ConrError, EncodedSheet, Renderer, Rendering};
use crate::picture::Picture;
use crate::progress::Progress;
use crate::raster::SubjectError;
use crate::sheet::Shares;
use crate::transfer::{Transfer, TransferError, Transferred};
use crate::udp::Udp;
use crate::weights::WeightError;

/// A sheet with the renderer that draws from it, both on an [`super::Easel`].
pub enum Painter<'a> {
    /// Landmark transfer.
    Landmark(&'a Transfer),
    /// CoNR, its sheet encoded once.
    Conr(&'a Renderer, &'a EncodedSheet),
}

/// What a [`Painter`] painted, of the UDP's size.
pub enum Painting {
    /// Straight alpha, and per pixel how sure its colour is (255: seen well by a drawing; 0: filled in, or empty).
    Landmark(Picture, Vec<u8>),
    /// The networks' own premultiplied bytes.
    Conr(Rendering),
}

/// Why there is no picture. Every message is the sentence for the user.
#[derive(Debug, thiserror::Error)]
pub enum PaintError {
    /// There is no sheet.
    #[error("the sheet has no drawing to paint from: add cut-out drawings of the character")]
    NoDrawing,
    /// CoNR without weights.
    #[error("CoNR needs weights: load them, or choose landmark transfer")]
    NoWeights,
    /// Landmark transfer, and no drawing says what it shows.
    #[error(
        "no drawing has an Ultra-Dense Pose, which landmark transfer needs ({}): trace a drawing in the window and save \
         its UDP, put NAME.udp.npz beside NAME.png, or load weights to have them detected",
        .0.join(", ")
    )]
    NoUdp(Vec<String>),
    /// CoNR can't.
    #[error(transparent)]
    Conr(Box<ConrError>),
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

impl From<ConrError> for PaintError {
    fn from(error: ConrError) -> Self {
        match error {
            ConrError::Cancelled => Self::Stopped,
            error => Self::Conr(Box::new(error)),
        }
    }
}

impl From<WeightError> for PaintError {
    fn from(error: WeightError) -> Self {
        ConrError::from(error).into()
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
            Self::Conr(renderer, sheet) => Ok(Painting::Conr(renderer.render(sheet, udp, progress)?)),
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
            Self::Conr(renderer, sheet) => {
                let (rendering, shares) = renderer.explain(sheet, udp, progress)?;
                Ok((Painting::Conr(rendering), shares))
            }
        }
    }
}

impl From<Transferred> for Painting {
    fn from(transferred: Transferred) -> Self {
        Self::Landmark(transferred.picture, transferred.confidence)
    }
}

impl Painting {
    /// The picture with straight alpha, as other programs want it.
    pub fn to_picture(&self) -> Picture {
        match self {
            Self::Landmark(picture, _) => picture.clone(),
            Self::Conr(rendering) => rendering.to_picture(),
        }
    }

    /// [`Painting::to_picture`] of a painting that is needed no more.
    pub fn into_picture(self) -> Picture {
        match self {
            Self::Landmark(picture, _) => picture,
            Self::Conr(rendering) => rendering.to_picture(),
        }
    }

    /// The picture's bytes with colours multiplied by alpha, as CoNR's own program writes them.
    pub fn to_premultiplied(&self) -> Picture {
        match self {
            Self::Landmark(picture, _) => {
                Picture { pixels: crate::sheet::framing::premultiplied(picture), ..picture.clone() }
            }
            Self::Conr(rendering) => Picture {
                width_px: rendering.width_px,
                height_px: rendering.height_px,
                pixels: rendering.premultiplied.clone(),
            },
        }
    }
}
