use crate::nn::DeviceError;
use crate::weights::WeightError;

/// What can go wrong with loading the networks and rendering.
#[derive(Debug, thiserror::Error)]
pub enum ConrError {
    /// There are no weights, or not the right ones.
    #[error(transparent)]
    Weights(WeightError),
    /// The device that was asked for cannot be used.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// A sheet that another renderer encoded.
    #[error("the sheet was encoded on another device; encode it again")]
    OtherDevice,
    /// The networks halve their images seven times.
    #[error("the working size must be a multiple of 128 pixels, not {0}")]
    Size(u32),
    /// There is nothing to learn the character from.
    #[error("the sheet has no drawings; give at least one cut-out picture of the character")]
    EmptySheet,
    /// The user asked to stop.
    #[error("cancelled")]
    Cancelled,
    /// A tensor operation failed.
    #[error("computing failed: {0}")]
    Tensor(#[from] candle_core::Error),
}

impl From<WeightError> for ConrError {
    fn from(error: WeightError) -> Self {
        match error {
            WeightError::Cancelled => Self::Cancelled,
            other => Self::Weights(other),
        }
    }
}
