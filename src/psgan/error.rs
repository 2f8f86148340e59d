use crate::weights::WeightError;
use std::path::PathBuf;

/// Why nothing is invented. Every message names the file and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A weight file can't be used.
    #[error(transparent)]
    Weights(#[from] WeightError),
    /// A weight file's tensors make no generator.
    #[error("{path} holds no whole generator: {what}; export it anew from its training", path = path.display())]
    NoGenerator {
        /// Which.
        path: PathBuf,
        /// What is missing or wrong.
        what: String,
    },
    /// The network can't be put together.
    #[error("the network can't be put together: {0}")]
    Network(#[from] candle_core::Error),
}
