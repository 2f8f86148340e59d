//! What paints, and how: one set of settings for the command line, the window and the project's file.

use super::graphs::{GraphKind, Running};
use super::{PainterChoice, PainterKind, Tuned, WeightPaths};
use crate::nn::{DeviceChoice, Precision};
use crate::sheet::View;
use crate::weights::WeightSource;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Working sizes of the networks are multiples of this.
const STEP_PX: u32 = 128;
/// The largest of them.
const LARGEST_PX: u32 = 4096;

/// The largest working size that follows from a picture's. What mends learned from pictures of 128 pixels: seen at 512 it
/// mends, at 900 it makes blocks.
const LARGEST_MENDED_PX: u32 = 512;

/// What paints, and how. The doc comments are the command line's help.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, clap::Args)]
#[serde(default, rename_all = "kebab-case")]
pub struct PaintingSettings {
    /// Who draws
    #[serde(rename = "engine")]
    #[arg(long = "engine", value_enum, default_value = "auto")]
    pub painter: PainterChoice,
    /// Weights
    #[command(flatten)]
    pub weights: WeightPaths,
    /// The character's own changes to weights
    #[serde(skip_serializing_if = "Tuned::is_default")]
    #[command(flatten)]
    pub tuned: Tuned,
    /// Working size of the neural renderer, and the size of the result when posing a figure; a multiple of 128
    #[arg(long = "size", value_name = "SIZE", default_value_t = 256, value_parser = working_size)]
    pub size_px: u32,
    /// Where the neural renderer computes
    #[arg(long, value_enum, default_value = "auto")]
    pub device: DeviceChoice,
    /// What the neural renderer keeps its weights as: f16 and bf16 take half the memory and are nearly as exact
    #[serde(rename = "storage")]
    #[arg(long = "storage", value_enum, default_value = "f32")]
    pub precision: Precision,
}

impl Default for PaintingSettings {
    fn default() -> Self {
        Self {
            painter: PainterChoice::Auto,
            weights: WeightPaths::default(),
            tuned: Tuned::default(),
            size_px: 256,
            device: DeviceChoice::Auto,
            precision: Precision::F32,
        }
    }
}

impl PaintingSettings {
    /// The painter that this comes to where drawings' UDPs have to be found out.
    pub fn kind(&self) -> PainterKind {
        match self.painter {
            PainterChoice::Of(kind) => kind,
            PainterChoice::Auto => {
                let painter = self.equipped().find(|graph| graph.paints.is_some());
                painter.map_or(PainterKind::Landmark, PainterKind::Graph)
            }
        }
    }

    /// The same with nothing left to choose, for these drawings and pictures of this size. Where nobody chose, a graph whose
    /// own weights are part of the program paints what has to be found out ([`Paints::mends`](super::graphs::Paints)), at
    /// about the size of the picture; where every drawing came with its UDP and nothing was tuned to them, landmark transfer
    /// carries over what was drawn.
    pub fn settled(&self, views: &[Arc<View>], picture_px: [u32; 2]) -> Self {
        let kind = self.kind();
        let mends = kind.graph().filter(|graph| graph.paints.is_some_and(|paints| paints.mends));
        match mends {
            Some(graph) if self.painter == PainterChoice::Auto && self.weights.of(graph).is_none() => {
                let tuned = graph.tuning.is_some() && self.tuned.used().is_some();
                if !tuned && views.iter().all(|view| view.own_udp().is_some()) {
                    return self.by(PainterKind::Landmark, self.size_px);
                }
                let longest = picture_px[0].max(picture_px[1]).next_multiple_of(STEP_PX).min(LARGEST_MENDED_PX);
                self.by(kind, self.size_px.max(longest))
            }
            _ => self.by(kind, self.size_px),
        }
    }

    /// Who finds out the UDPs that drawings lack.
    pub fn detector(&self) -> Option<GraphKind> {
        self.equipped().find(|graph| graph.finds.is_some())
    }

    /// The graph that can't paint because it has no weights.
    pub fn lacks_weights(&self) -> Option<GraphKind> {
        self.kind().graph().filter(|&graph| self.weights_of(graph).is_none())
    }

    /// The weights of a graph: the user's, or else the program's own.
    pub fn weights_of(&self, graph: GraphKind) -> Option<WeightSource> {
        let given = self.weights.of(graph).map(|path| WeightSource::Path(path.to_owned()));
        given.or_else(|| graph.shipped().map(WeightSource::Shipped))
    }

    /// The graphs that have weights: those whose weights the user gave before the others, the best first.
    fn equipped(&self) -> impl Iterator<Item = GraphKind> {
        self.weights.graphs().chain(GraphKind::ALL.iter().copied().filter(|graph| graph.shipped().is_some()))
    }

    /// How graphs run.
    pub(super) fn running(&self) -> Running {
        Running { device: self.device, precision: self.precision }
    }

    /// The same by another painter, at another working size.
    pub fn by(&self, kind: PainterKind, size_px: u32) -> Self {
        Self { painter: PainterChoice::Of(kind), size_px, ..self.clone() }
    }

    /// Makes the same picture as other settings.
    pub fn same_as(&self, other: &Self) -> bool {
        let of = |s: &Self| s.by(s.kind(), s.size_px);
        of(self) == of(other)
    }

    /// With numbers out of range brought to usable ones, as files from elsewhere need it.
    pub fn sane(self) -> Self {
        let size_px = (self.size_px / STEP_PX * STEP_PX).clamp(STEP_PX, LARGEST_PX);
        Self { size_px, tuned: self.tuned.clone().sane(), ..self }
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
    use crate::picture::Picture;
    use crate::udp::Udp;

    fn with_weights() -> WeightPaths {
        let mut weights = WeightPaths::default();
        weights.set(GraphKind::Conr, Some("w.safetensors".into()));
        weights
    }

    #[test]
    fn weights_decide_where_nobody_did() {
        let (landmark, conr) = (PainterKind::Landmark, PainterKind::Graph(GraphKind::Conr));
        let settings = PaintingSettings::default();
        let shipped = |graph: &GraphKind| graph.shipped().is_some();
        let painter = GraphKind::painters().find(shipped).map_or(landmark, PainterKind::Graph);
        let detector = GraphKind::ALL.iter().copied().filter(|graph| graph.finds.is_some()).find(shipped);
        assert_eq!((settings.kind(), settings.detector(), settings.lacks_weights()), (painter, detector, None));
        let mut finds = settings.clone();
        finds.weights.set(GraphKind::FudeDetector, Some("f.safetensors".into()));
        assert_eq!((finds.kind(), finds.detector()), (painter, Some(GraphKind::FudeDetector)));
        let loaded = PaintingSettings { weights: with_weights(), ..settings.clone() };
        assert_eq!((loaded.kind(), loaded.detector()), (conr, Some(GraphKind::Conr)));
        let without = PaintingSettings { painter: PainterChoice::Of(landmark), ..loaded.clone() };
        assert_eq!(without.kind(), landmark);
        assert!(loaded.same_as(&loaded.by(conr, 256)) && !loaded.same_as(&without));
        let asked = PaintingSettings { painter: PainterChoice::Of(conr), ..settings };
        assert_eq!((asked.kind(), asked.lacks_weights()), (conr, Some(GraphKind::Conr)));
    }

    #[test]
    fn what_was_found_is_mended_at_about_the_size_of_the_picture() {
        let mut view = View {
            name: String::new(),
            path: None,
            picture: Picture::new(4, 4),
            udp: Some(Udp::new(4, 4)),
            warnings: Vec::new(),
        };
        let exact: [Arc<View>; 1] = [Arc::new(view.clone())];
        view.udp = None;
        let plain: [Arc<View>; 2] = [Arc::clone(&exact[0]), Arc::new(view)];
        let settings = PaintingSettings::default();
        let fude = PainterKind::Graph(GraphKind::Fude);
        if settings.kind() == fude {
            assert_eq!(settings.settled(&exact, [640, 900]).kind(), PainterKind::Landmark);
            let sizes = [([100, 60], 256), ([300, 200], 384), ([640, 900], 512), ([8192, 100], 512)];
            for (picture_px, working_px) in sizes {
                let settled = settings.settled(&plain, picture_px);
                assert_eq!((settled.kind(), settled.size_px), (fude, working_px));
            }
        }
        // Who chose gets what was chosen.
        for chosen in [settings.by(fude, 384), settings.by(PainterKind::Landmark, 384)] {
            assert_eq!(chosen.settled(&plain, [640, 900]), chosen);
            assert_eq!(chosen.settled(&exact, [640, 900]), chosen);
        }
        // What was tuned to the drawings paints from them, wherever their UDPs are from.
        let tuned = Tuned { file: Some("t.safetensors".into()), ..Tuned::default() };
        let with = |tuned: Tuned| PaintingSettings { tuned, ..settings.clone() }.settled(&exact, [640, 900]);
        if settings.kind().graph().is_some() {
            assert_eq!(with(tuned.clone()).kind(), settings.kind());
        }
        assert_eq!(with(Tuned { off: true, ..tuned }).kind(), PainterKind::Landmark);
        let loaded = PaintingSettings { weights: with_weights(), ..settings };
        let conr = PainterKind::Graph(GraphKind::Conr);
        assert_eq!(loaded.settled(&exact, [640, 900]), loaded.by(conr, 256));
    }

    #[test]
    fn projects_of_before_mean_the_same() {
        let text =
            r#"{"engine": "landmark", "weights": "w.safetensors", "size-px": 384, "device": "cpu", "storage": "f16"}"#;
        let settings: PaintingSettings = serde_json::from_str(text).unwrap();
        let expected = PaintingSettings {
            painter: PainterChoice::Of(PainterKind::Landmark),
            weights: with_weights(),
            tuned: Tuned::default(),
            size_px: 384,
            device: DeviceChoice::Cpu,
            precision: Precision::F16,
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
