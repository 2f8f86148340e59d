//! CoNR, collaborative neural rendering: the networks, their weight files and the renderer.
//!
//! Lin et al., "Collaborative Neural Rendering using Anime Character Sheets" (IJCAI 2023). A sheet's drawings are
//! encoded once; then every pose is rendered by one decoder per drawing, all of which look at each other's results
//! after every step. There are four networks, one file each, named as in the published weights:
//!
//! | network | file | does |
//! |---|---|---|
//! | `udpparsernet` | [`detector`] | a drawing to features, and these to the drawing's UDP |
//! | `target_pose_encoder` | [`pose_encoder`] | the wanted pose's UDP to features |
//! | `shader` | [`shader`] | all drawings' features and the pose's to one image of features |
//! | `rgbadecodernet` | [`rgba_decoder`] | that to colours |

pub mod cpu;
pub mod detector;
mod device;
mod error;
pub mod made_up;
pub mod pose_encoder;
mod renderer;
pub mod rgba_decoder;
pub mod shader;
mod unet;
pub mod weights;

pub use crate::nn::kernels::Storage;
pub use device::DeviceChoice;
pub use error::ConrError;
pub use renderer::{EncodedSheet, Renderer, Rendering};

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

/// What a backbone sees in an image, from the deepest (1/32 of the size) to the shallowest (1/2), N×C×H×W each.
pub type Features = [Tensor; 5];

/// The four networks.
pub struct Networks {
    /// Drawings to features and UDPs.
    pub detector: detector::Detector,
    /// Poses to features.
    pub pose_encoder: pose_encoder::PoseEncoder,
    /// Features to one image of features.
    pub shader: shader::Shader,
    /// That to colours.
    pub rgba_decoder: rgba_decoder::RgbaDecoder,
}

impl Networks {
    /// The networks with the tensors that `weights` holds, named `NETWORK.KEY` as in the published files.
    ///
    /// # Errors
    /// A tensor that is missing or of another shape.
    pub fn new(weights: &VarBuilder) -> Result<Self> {
        Ok(Self {
            detector: detector::Detector::new(&weights.pp(detector::NAME))?,
            pose_encoder: pose_encoder::PoseEncoder::new(&weights.pp(pose_encoder::NAME))?,
            shader: shader::Shader::new(&weights.pp(shader::NAME))?,
            rgba_decoder: rgba_decoder::RgbaDecoder::new(&weights.pp(rgba_decoder::NAME))?,
        })
    }
}
