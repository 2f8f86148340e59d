//! How large networks, pictures and trainings are.

use super::runs::Run;
use crate::cinn::{Backbone, Design};
use crate::train::{LossWeights, Settings, Study, Taught};
use serde::{Deserialize, Serialize};

/// How much time there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Budget {
    /// To see whether all works, in a minute: the numbers say nothing
    Try,
    /// A night on two cores: 64², networks a quarter as wide
    Quick,
    /// A weekend on a laptop: 128², networks half as wide
    Weekend,
    /// The paper's sizes: 128², ResNet-50, 60,000 steps a row
    Paper,
}

/// What a budget is made of.
struct Sizes {
    size_px: usize,
    sheets: usize,
    steps: u64,
    width: usize,
    backbone: Backbone,
    stem_halvings: usize,
    characters: u64,
    highest: f32,
}

impl Budget {
    fn sizes(self) -> Sizes {
        let narrow = Sizes {
            size_px: 64,
            sheets: 4,
            steps: 2_000,
            width: 16,
            backbone: Backbone::R34,
            stem_halvings: 0,
            characters: 16,
            highest: 2e-3,
        };
        match self {
            Self::Try => Sizes { size_px: 32, sheets: 1, steps: 2, width: 4, characters: 2, ..narrow },
            Self::Quick => narrow,
            Self::Weekend => {
                Sizes { size_px: 128, sheets: 6, steps: 4_000, width: 32, characters: 32, highest: 1.5e-3, ..narrow }
            }
            Self::Paper => Sizes {
                size_px: 128,
                sheets: 6,
                steps: 60_000,
                width: Design::PAPER.width,
                backbone: Design::PAPER.backbone,
                stem_halvings: Design::PAPER.stem_halvings,
                characters: 64,
                highest: 5e-4,
            },
        }
    }

    /// As the command line has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Try => "try",
            Self::Quick => "quick",
            Self::Weekend => "weekend",
            Self::Paper => "paper",
        }
    }

    /// Side of the pictures.
    pub fn size_px(self) -> usize {
        self.sizes().size_px
    }

    /// Characters held out that are measured on.
    pub fn characters(self) -> u64 {
        self.sizes().characters
    }

    /// The paper's own renderer as this budget can afford it.
    pub fn full(self) -> Study {
        let Sizes { width, backbone, stem_halvings, .. } = self.sizes();
        let losses = match self {
            // In few steps colours are not found by pyramids of details alone.
            Self::Try | Self::Quick | Self::Weekend => LossWeights { photometric: 0.5, ..LossWeights::default() },
            Self::Paper => LossWeights::default(),
        };
        Study { design: Design { width, backbone, stem_halvings, ..Design::PAPER }, losses, ..Study::default() }
    }

    /// What a row learns by.
    pub fn settings(self, run: &Run, seed: u64) -> Settings {
        let Sizes { size_px, sheets, steps, highest, .. } = self.sizes();
        let mut settings = Settings {
            // As the record beside weights repeats it.
            preset: format!("{} --budget {}", run.id, self.name()),
            graph: Taught::Cinn,
            seed,
            study: (run.study)(self.full()),
            measure_every: if steps < 8 { steps } else { steps / 8 },
            measure_px: size_px,
            save_every: (steps / 40).max(1),
            clip: 1.0,
            average: if steps > 1_000 { 0.995 } else { 0.9 },
            ..Settings::default()
        };
        settings.rates.highest = highest;
        settings.rates.steps = steps;
        settings.rates.warm_up = (steps / 20).min(500);
        settings.stages.truncate(1);
        if let Some(stage) = settings.stages.first_mut() {
            (stage.size_px, stage.batch) = (size_px, sheets);
        }
        settings
    }

    /// Of what pictures are made and how much is learned from them, as captions tell.
    pub fn about(self) -> String {
        let Sizes { size_px, sheets, steps, width, backbone, characters, .. } = self.sizes();
        let residual = match backbone {
            Backbone::Plain => "none",
            Backbone::R34 => "ResNet-34",
            Backbone::R50 => "ResNet-50",
        };
        format!(
            "{size_px}² pixels, {} steps of {sheets} sheets, {width} channels at the first scale (the paper has 64), residual \
             encoders as {residual} has them; generated characters, {} pictures of {characters} others to measure on",
            thousands(steps),
            2 * characters
        )
    }
}

/// A number with its thousands set apart.
fn thousands(number: u64) -> String {
    if number < 1_000 { number.to_string() } else { format!("{},{:03}", number / 1_000, number % 1_000) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiments::runs::RUNS;

    #[test]
    fn every_row_can_be_learned_at_every_budget() {
        for budget in [Budget::Try, Budget::Quick, Budget::Weekend, Budget::Paper] {
            for run in &RUNS {
                let settings = budget.settings(run, 3);
                assert_eq!(settings.check(), Ok(()), "{} {}", budget.name(), run.id);
                assert_eq!((settings.seed, settings.study.design.check()), (3, Ok(())));
            }
        }
        assert_eq!(Budget::Paper.full(), Study { design: Design::PAPER, ..Study::default() });
        assert!(Budget::Quick.about().contains("64² pixels, 2,000 steps of 4 sheets, 16 channels"));
        // What a step of the paper's size takes, as far as it can be told beforehand.
        assert!(Budget::Paper.settings(&RUNS[0], 1).memory_bytes() < 24 << 30);
    }
}
