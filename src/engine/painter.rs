//! A sheet ready to be painted from: every picture needs a UDP, nothing more.

use crate::conr::{ConrError, EncodedSheet, Renderer, Rendering};
use crate::picture::Picture;
use crate::progress::Progress;
use crate::sheet::{Shares, Sheet};
use crate::transfer::{Transfer, TransferError, Transferred};
use crate::udp::Udp;

/// A sheet with the renderer that draws from it.
pub enum Painter {
    /// Landmark transfer.
    Landmark(Box<Transfer>),
    /// CoNR, its sheet encoded once.
    Conr(Box<Renderer>, EncodedSheet),
}

/// What a [`Painter`] painted, of the UDP's size.
pub enum Painting {
    /// Straight alpha, and per pixel how sure its colour is (255: seen well by a drawing; 0: filled in, or empty).
    Landmark(Picture, Vec<u8>),
    /// The networks' own premultiplied bytes.
    Conr(Rendering),
}

/// Why a sheet can't be painted from.
#[derive(Debug, thiserror::Error)]
pub enum PainterError {
    /// Landmark transfer can't.
    #[error(transparent)]
    Transfer(#[from] TransferError),
    /// CoNR can't.
    #[error(transparent)]
    Conr(Box<ConrError>),
}

impl From<ConrError> for PainterError {
    fn from(error: ConrError) -> Self {
        Self::Conr(Box::new(error))
    }
}

impl Painter {
    /// Landmark transfer from a sheet whose UDPs are known.
    ///
    /// # Errors
    /// A view without UDP.
    pub fn landmark(sheet: &Sheet, progress: &dyn Progress) -> Result<Self, PainterError> {
        Ok(Self::Landmark(Box::new(Transfer::new(sheet, progress)?)))
    }

    /// CoNR with loaded weights, at a working size of `size_px` (a multiple of 128).
    ///
    /// # Errors
    /// As [`Renderer::encode`].
    pub fn conr(
        renderer: Renderer,
        sheet: &Sheet,
        size_px: u32,
        progress: &dyn Progress,
    ) -> Result<Self, PainterError> {
        let encoded = renderer.encode(sheet, size_px, progress)?;
        Ok(Self::Conr(Box::new(renderer), encoded))
    }

    /// The sheet's character in one pose.
    ///
    /// # Errors
    /// Cancelled, or whatever the device says.
    pub fn paint(&self, udp: &Udp, progress: &dyn Progress) -> Result<Painting, PainterError> {
        match self {
            Self::Landmark(transfer) => Ok(transfer.render_unless_stopped(udp, progress)?.into()),
            Self::Conr(renderer, sheet) => Ok(Painting::Conr(renderer.render(sheet, udp, progress)?)),
        }
    }

    /// As [`Painter::paint`], and which drawing contributed where.
    ///
    /// # Errors
    /// As [`Painter::paint`].
    pub fn explain(&self, udp: &Udp, progress: &dyn Progress) -> Result<(Painting, Shares), PainterError> {
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
