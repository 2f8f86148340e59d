//! What is studied: a design, what it is told, and by what it is judged while it learns.

use crate::cinn::{Design, detector, wiring};
use crate::nn::layers::{LearningNet, Net};
use serde::{Deserialize, Serialize};

/// How a UDP says which place of the body a pixel shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// As the paper: where it is in T-pose, three numbers.
    #[default]
    Xyz,
    /// Two numbers, as surfaces that are cut open and laid flat have: in T-pose, the direction in which it lies from the
    /// body's axis, and its height.
    Uv,
}

impl Encoding {
    /// The encoding of a landmark, each number from 0 to 1.
    pub(super) fn of(self, [x, y, z]: [f32; 3]) -> [f32; 3] {
        match self {
            Self::Xyz => [x, y, z],
            Self::Uv => {
                let turn = (x - 0.5).atan2(z - 0.5) / std::f32::consts::TAU;
                [turn + 0.5, y, 0.0]
            }
        }
    }
}

/// What learns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Learns {
    /// The renderer, told exact UDPs or such that are off by lot.
    #[default]
    Renderer,
    /// The detector, which finds UDPs.
    Detector,
    /// Both, end to end: the renderer is told what the detector finds.
    Both,
    /// The same with one encoder for both.
    Shared,
}

/// What each of the paper's losses counts (its equations 2 to 6); with 0 it is off.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct LossWeights {
    /// β: the mean difference of colours, over the whole picture.
    pub photometric: f32,
    /// α: what stands where the paper has LPIPS, whose networks nobody may ship: the mean difference of Laplacian pyramids
    /// (Bojanowski et al. 2018), details and shapes each on their own.
    pub pyramid: f32,
    /// γ: how far the UDP that is found is from the true one, the mean of several detections: differences of landmarks over
    /// the whole picture, and cross-entropy of occupancy.
    pub udp: f32,
    /// δ: by how much these detections differ from one another, the standard deviation.
    pub consistency: f32,
}

impl Default for LossWeights {
    /// As in the paper.
    fn default() -> Self {
        Self { photometric: 0.05, pyramid: 0.5, udp: 1.0, consistency: 1.0 }
    }
}

/// A row of a table, as far as learning goes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Study {
    /// What learns.
    pub learns: Learns,
    /// Which layers there are.
    pub design: Design,
    /// What the UDP says.
    pub encoding: Encoding,
    /// By how much the wanted UDP's landmarks are off while it learns, at most, as those of a detector that still learns:
    /// smoothly, the amount by lot. 0: they are exact.
    pub udp_noise: f32,
    /// On how many backgrounds a picture is detected while it learns: the paper's k.
    pub detections: usize,
    /// What losses count.
    pub losses: LossWeights,
}

impl Default for Study {
    fn default() -> Self {
        Self {
            learns: Learns::default(),
            design: Design::default(),
            encoding: Encoding::default(),
            udp_noise: 0.0,
            detections: 4,
            losses: LossWeights::default(),
        }
    }
}

impl Study {
    /// Its layers.
    pub(super) fn net(&self) -> Net {
        match self.learns {
            Learns::Renderer => wiring::renderer(&self.design),
            Learns::Detector => detector::detector(&self.design, false),
            Learns::Both | Learns::Shared => detector::both(&self.design, self.learns == Learns::Shared),
        }
    }

    /// How many numbers learn.
    pub fn parameters(&self) -> usize {
        LearningNet::new(self.net()).len()
    }

    /// Whether UDPs are found, and not only told.
    pub fn detects(&self) -> bool {
        self.learns != Learns::Renderer
    }

    /// Whether somebody paints.
    pub fn paints(&self) -> bool {
        self.learns != Learns::Detector
    }

    /// Pictures of a sheet that a step sees: drawings, and detections of what is wanted.
    pub(in super::super) fn pictures(&self) -> usize {
        let drawings = if self.paints() { self.design.views } else { 0 };
        drawings + if self.detects() { self.detections } else { 0 }
    }

    /// Looks whether it can be learned.
    ///
    /// # Errors
    /// What is wrong, and what it may be.
    pub fn check(&self) -> Result<(), String> {
        self.design.check().map_err(|wrong| format!("its study.{wrong}"))?;
        let LossWeights { photometric, pyramid, udp, consistency } = self.losses;
        for (name, value, most) in [
            ("study.udp-noise", self.udp_noise, 1.0),
            ("study.losses.photometric", photometric, 1e3),
            ("study.losses.pyramid", pyramid, 1e3),
            ("study.losses.udp", udp, 1e3),
            ("study.losses.consistency", consistency, 1e3),
        ] {
            if !(0.0..=most).contains(&value) {
                return Err(format!("its {name} is {value}, and may be 0 to {most}"));
            }
        }
        if !(1..=16).contains(&self.detections) {
            return Err("its study.detections may be 1 to 16".into());
        }
        if self.detects() && self.encoding != Encoding::Xyz {
            return Err("its study.encoding must be xyz where UDPs are found".into());
        }
        let painting = if self.paints() { photometric + pyramid } else { 0.0 };
        let detecting = if self.detects() { udp } else { 0.0 };
        if painting + detecting == 0.0 {
            return Err("its study.losses are all off: nothing would be learned".into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_surface_laid_flat_tells_sides_and_heights_but_not_depth() {
        let uv = |landmark| Encoding::Uv.of(landmark);
        assert_eq!(Encoding::Xyz.of([0.1, 0.2, 0.3]), [0.1, 0.2, 0.3]);
        let [front, left, back] = [[0.5, 0.3, 0.9], [0.9, 0.3, 0.5], [0.5, 0.3, 0.1]].map(uv);
        assert_eq!([front, left], [[0.5, 0.3, 0.0], [0.75, 0.3, 0.0]]);
        assert_eq!(back[0], 1.0);
        // Nearer to the axis is the same place.
        assert_eq!(uv([0.5, 0.3, 0.6]), front);
    }

    #[test]
    fn what_can_not_be_learned_is_told() {
        let study = Study::default();
        assert_eq!(study.check(), Ok(()));
        let off = LossWeights { photometric: 0.0, pyramid: 0.0, ..study.losses };
        assert!(Study { losses: off, ..study }.check().unwrap_err().contains("all off"));
        assert_eq!(Study { losses: off, learns: Learns::Both, ..study }.check(), Ok(()));
        assert!(Study { encoding: Encoding::Uv, learns: Learns::Both, ..study }.check().is_err());
        assert!(Study { udp_noise: f32::NAN, ..study }.check().unwrap_err().contains("udp-noise"));
        let design = Design { views: 0, ..study.design };
        assert!(Study { design, ..study }.check().unwrap_err().contains("study.design"));
    }
}
