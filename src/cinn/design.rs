//! What of the renderer can be chosen.

use super::wiring;
use crate::nn::layers::LearningNet;
use serde::{Deserialize, Serialize};

/// What makes features of drawings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Backbone {
    /// Two convolutions a scale without norms (Ronneberger et al. 2015): the tables' U.
    #[default]
    Plain,
    /// The stages of ResNet-34 (He et al. 2016): 3, 4, 6 and 3 blocks of two convolutions beside a shortcut.
    R34,
    /// The stages of ResNet-50: as many blocks of three convolutions, the last four times as wide.
    R50,
}

impl Backbone {
    /// As the tables call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "U",
            Self::R34 => "R34",
            Self::R50 => "R50",
        }
    }
}

/// A renderer of the paper or of one of its ablations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Design {
    /// What makes features of drawings.
    pub backbone: Backbone,
    /// Channels at the first scale: 64 in the paper's networks; a multiple of four.
    pub width: usize,
    /// How often a residual encoder halves before its first stage: ResNets do it once, and once more in front of the stage.
    /// With none the stages begin at full size, as He et al. have it for small pictures, and as the plain one has it.
    pub stem_halvings: usize,
    /// C: a network a drawing, and messages between them; else one network that sees all drawings and the UDP at once.
    pub collaborates: bool,
    /// G: flows move features.
    pub warps: bool,
    /// After how many of the blocks D1 to D3 there are messages, counted from the last one back. What all say is taken
    /// together once more behind D4, or there would be as many pictures as drawings.
    pub rounds: usize,
    /// Drawings of a sheet while it learns. Where it does not collaborate, it can't see any other number.
    pub views: usize,
}

impl Default for Design {
    /// The paper's own, as narrow as two cores can learn it.
    fn default() -> Self {
        Self {
            backbone: Backbone::R34,
            width: 16,
            stem_halvings: 0,
            collaborates: true,
            warps: true,
            rounds: 3,
            views: 4,
        }
    }
}

impl Design {
    /// The paper's own: U + C + G + R50 with four drawings.
    pub const PAPER: Self = Self {
        backbone: Backbone::R50,
        width: 64,
        stem_halvings: 1,
        collaborates: true,
        warps: true,
        rounds: 3,
        views: 4,
    };

    /// Channels of what is seen of drawings: of each, or of all of a sheet side by side.
    pub(super) fn seen_channels(&self) -> usize {
        if self.collaborates { wiring::DRAWN } else { wiring::DRAWN * self.views }
    }

    /// How often the deepest features are halved: pictures have a side that is a multiple of two to this power.
    pub fn halvings(&self) -> usize {
        4 + if self.backbone == Backbone::Plain { 0 } else { self.stem_halvings }
    }

    /// Looks whether there is such a renderer.
    ///
    /// # Errors
    /// What is wrong, and what it may be.
    pub fn check(&self) -> Result<(), String> {
        if !(self.width.is_multiple_of(4) && (4..=128).contains(&self.width)) {
            return Err("design.width may be 4 to 128, a multiple of four".into());
        }
        if self.rounds > 3 || self.stem_halvings > 1 || !(1..=16).contains(&self.views) {
            return Err("design.rounds may be 0 to 3, design.stem-halvings 0 or 1, design.views 1 to 16".into());
        }
        Ok(())
    }

    /// How many numbers learn.
    pub fn parameters(&self) -> usize {
        LearningNet::new(wiring::renderer(self)).len()
    }

    /// As the tables call it: U + C + G + R50.
    pub fn name(&self) -> String {
        let mut name = String::from("U");
        for (part, there) in [(" + C", self.collaborates), (" + G", self.warps)] {
            name += if there { part } else { "" };
        }
        match self.backbone {
            Backbone::Plain => name,
            residual => name + " + " + residual.name(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the paper's size would have them; what a reader finds in `docs/experiments.md`.
    #[test]
    fn the_designs_have_as_many_parameters_as_is_said() {
        let paper = Design::PAPER;
        let all = [
            ("U + C + G + R50", paper),
            ("U + C + R50", Design { warps: false, ..paper }),
            ("U + C + G", Design { backbone: Backbone::Plain, ..paper }),
            ("U + G", Design { backbone: Backbone::Plain, collaborates: false, ..paper }),
            ("U", Design { backbone: Backbone::Plain, collaborates: false, warps: false, ..paper }),
            ("U + C + G + R34", Design::default()),
        ];
        let counted = all.map(|(name, design)| {
            assert_eq!((design.name().as_str(), design.check()), (name, Ok(())));
            design.parameters()
        });
        println!("{counted:?}");
        assert_eq!(counted, PARAMETERS);
        assert!(Design { width: 6, ..paper }.check().unwrap_err().contains("width"));
        assert!(Design { rounds: 4, ..paper }.check().unwrap_err().contains("rounds"));
    }

    const PARAMETERS: [usize; 6] = [43_758_219, 43_740_931, 31_211_915, 31_444_619, 31_427_331, 1_881_099];
}
