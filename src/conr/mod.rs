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

mod card;
pub mod cpu;
pub mod detector;
mod error;
pub mod made_up;
pub mod pose_encoder;
mod renderer;
pub mod rgba_decoder;
pub mod shader;
mod unet;

pub use error::ConrError;
pub use renderer::{EncodedSheet, Renderer, Rendering};

use crate::weights::Graph;
use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

/// What a backbone sees in an image, from the deepest (1/32 of the size) to the shallowest (1/2), N×C×H×W each.
pub type Features = [Tensor; 5];

/// What weight files and projects call this graph.
pub const GRAPH: &str = "conr";

fn five(features: Vec<Tensor>) -> Result<Features> {
    features.try_into().or_else(|other: Vec<Tensor>| candle_core::bail!("{} features are not five", other.len()))
}

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

impl Graph for Networks {
    const NAME: &'static str = GRAPH;
    const VERSION: u32 = 1;
    const PARTS: &'static [&'static str] = &[detector::NAME, pose_encoder::NAME, shader::NAME, rgba_decoder::NAME];

    /// Besides what the networks ask for, the published files hold a way up of the pose encoder that never runs.
    fn ask(weights: &VarBuilder) -> Result<()> {
        Self::new(weights)?;
        pose_encoder::PoseEncoder::claim_unused(&weights.pp(pose_encoder::NAME))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::weights::Schema;
    use std::collections::BTreeMap;

    #[test]
    fn the_schema_is_that_of_the_published_files() {
        let table = include_str!("../../tests/reference/conr_state_dict_keys.tsv");
        let published: BTreeMap<_, _> = table
            .lines()
            .filter(|line| !line.starts_with("total"))
            .map(|line| {
                let fields: Vec<_> = line.split('\t').collect();
                let shape = fields[2].split('x').map(|n| n.parse().unwrap()).collect::<Vec<usize>>();
                (format!("{}.{}", fields[0], fields[1]), shape)
            })
            .collect();
        assert_eq!(published.len(), 486);
        assert_eq!(Schema::of::<Networks>().unwrap().tensors, published);
    }
}
