//! What paints, and how: one set of settings for the command line, the window and the project's file.

use super::WeightPaths;
use crate::conr::{self, DeviceChoice, Storage};
use clap::builder::{OsStringValueParser, TypedValueParser as _};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Working sizes of the networks are multiples of this.
const STEP_PX: u32 = 128;
/// The largest of them.
const LARGEST_PX: u32 = 4096;

/// Which painter is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum PainterChoice {
    /// CoNR where weights are given, else landmark transfer
    #[default]
    Auto,
    /// The neural renderer; needs weights
    Conr,
    /// Colours carried over from the drawings point by point; needs the drawings' UDPs, no weights
    Landmark,
}

/// Which painter it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PainterKind {
    /// Landmark transfer.
    Landmark,
    /// The neural renderer.
    Conr,
}

/// What paints, and how. The doc comments are the command line's help.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, clap::Args)]
#[serde(default, rename_all = "kebab-case")]
pub struct PaintingSettings {
    /// Who draws
    #[serde(rename = "engine")]
    #[arg(long = "engine", value_enum, default_value = "auto")]
    pub painter: PainterChoice,
    /// CoNR's weights: a folder with the authors' four .pth files, or one .safetensors file
    #[arg(long, value_name = "PATH", default_value = "", hide_default_value = true,
        value_parser = OsStringValueParser::new().map(WeightPaths::given))]
    pub weights: WeightPaths,
    /// Working size of the neural renderer, and the size of the result when posing a figure; a multiple of 128
    #[arg(long = "size", value_name = "SIZE", default_value_t = 256, value_parser = working_size)]
    pub size_px: u32,
    /// Where the neural renderer computes
    #[arg(long, value_enum, default_value = "auto")]
    pub device: DeviceChoice,
    /// What the neural renderer keeps its weights as: f16 and bf16 take half the memory and are nearly as exact
    #[arg(long, value_enum, default_value = "f32")]
    pub storage: Storage,
}

impl Default for PaintingSettings {
    fn default() -> Self {
        Self {
            painter: PainterChoice::Auto,
            weights: WeightPaths::default(),
            size_px: 256,
            device: DeviceChoice::Auto,
            storage: Storage::F32,
        }
    }
}

impl PaintingSettings {
    /// CoNR's weights, where there are some.
    pub fn conr_weights(&self) -> Option<&PathBuf> {
        self.weights.of(conr::GRAPH)
    }

    /// The painter that this comes to.
    pub fn kind(&self) -> PainterKind {
        match self.painter {
            PainterChoice::Conr => PainterKind::Conr,
            PainterChoice::Auto if self.conr_weights().is_some() => PainterKind::Conr,
            PainterChoice::Auto | PainterChoice::Landmark => PainterKind::Landmark,
        }
    }

    /// The same by another painter, at another working size.
    pub fn by(&self, kind: PainterKind, size_px: u32) -> Self {
        let painter = match kind {
            PainterKind::Landmark => PainterChoice::Landmark,
            PainterKind::Conr => PainterChoice::Conr,
        };
        Self { painter, size_px, ..self.clone() }
    }

    /// Makes the same picture as other settings.
    pub fn same_as(&self, other: &Self) -> bool {
        let of = |s: &Self| s.by(s.kind(), s.size_px);
        of(self) == of(other)
    }

    /// With numbers out of range brought to usable ones, as files from elsewhere need it.
    pub fn sane(self) -> Self {
        Self { size_px: (self.size_px / STEP_PX * STEP_PX).clamp(STEP_PX, LARGEST_PX), ..self }
    }
}

/// Reads a working size of the networks.
///
/// # Errors
/// What it may be.
pub fn working_size(text: &str) -> Result<u32, String> {
    match text.parse::<u32>() {
        Ok(size) if size > 0 && size.is_multiple_of(STEP_PX) && size <= LARGEST_PX => Ok(size),
        _ => Err("the working size is a multiple of 128: 128, 256, 384, 512 … up to 4096".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_decide_where_nobody_did() {
        let settings = PaintingSettings::default();
        assert_eq!(settings.kind(), PainterKind::Landmark);
        let loaded = PaintingSettings { weights: WeightPaths::given("w".into()), ..settings.clone() };
        assert_eq!(loaded.kind(), PainterKind::Conr);
        let without = PaintingSettings { painter: PainterChoice::Landmark, ..loaded.clone() };
        assert_eq!(without.kind(), PainterKind::Landmark);
        assert!(loaded.same_as(&loaded.by(PainterKind::Conr, 256)) && !loaded.same_as(&without));
        assert_eq!(PaintingSettings { painter: PainterChoice::Conr, ..settings }.kind(), PainterKind::Conr);
    }

    #[test]
    fn projects_of_before_mean_the_same() {
        let text =
            r#"{"engine": "landmark", "weights": "w.safetensors", "size-px": 384, "device": "cpu", "storage": "f16"}"#;
        let settings: PaintingSettings = serde_json::from_str(text).unwrap();
        let expected = PaintingSettings {
            painter: PainterChoice::Landmark,
            weights: WeightPaths::given("w.safetensors".into()),
            size_px: 384,
            device: DeviceChoice::Cpu,
            storage: Storage::F16,
        };
        assert_eq!(settings, expected);
        assert_eq!(serde_json::from_str::<PaintingSettings>("{}").unwrap(), PaintingSettings::default());
    }

    #[test]
    fn working_sizes_are_what_the_networks_can_halve() {
        assert_eq!(working_size("384"), Ok(384));
        for wrong in ["0", "100", "-128", "8192", "big"] {
            assert!(working_size(wrong).is_err(), "{wrong}");
        }
        for (given, usable) in [(0, 128), (100, 128), (300, 256), (u32::MAX, 4096)] {
            assert_eq!(PaintingSettings { size_px: given, ..Default::default() }.sane().size_px, usable);
        }
    }
}
