//! How large networks, pictures and trainings are, and how much is measured.

use crate::experiments::Budget;
use crate::psgan::{SMALLEST_PX, Widths, scales};
use crate::train::data::Stage;
use crate::train::{Growing, Settings, Taught};

/// What learns for the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contestant {
    /// PSGAN.
    Psgan,
    /// The same networks without pose maps.
    ProgressiveGan,
    /// A picture in another pose, from a picture.
    Pg2,
}

/// What a budget is made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    pub size_px: usize,
    widths: Option<[usize; 9]>,
    /// Pictures of a step.
    batch: usize,
    /// Pictures while a scale fades in, and after that.
    pictures: u64,
    /// Steps of what finds keypoints.
    finding: u64,
    /// Characters that are learned from; others, as many, are in the pictures to compare with.
    pub characters: u32,
    /// Pictures that are compared with as many real ones.
    pub compared: u64,
    /// Characters in a sequence of poses.
    pub identities: u64,
    /// Poses of the sequence.
    pub frames: u64,
}

impl Sizes {
    pub(super) fn of(budget: Budget) -> Self {
        let quick = Self {
            size_px: 64,
            widths: None,
            batch: 16,
            pictures: 16_000,
            finding: 4_000,
            characters: 69,
            compared: 256,
            identities: 8,
            frames: 8,
        };
        match budget {
            Budget::Try => Self {
                size_px: 32,
                widths: Some([6, 6, 4, 4, 2, 2, 2, 2, 2]),
                batch: 4,
                pictures: 4,
                finding: 8,
                characters: 3,
                compared: 8,
                identities: 2,
                frames: 3,
            },
            Budget::Quick => quick,
            Budget::Weekend => Self { size_px: 128, pictures: 40_000, finding: 8_000, compared: 512, ..quick },
            Budget::Paper => Self {
                size_px: 256,
                widths: Some([512, 512, 512, 512, 256, 128, 64, 32, 16]),
                pictures: 600_000,
                finding: 20_000,
                compared: 2_048,
                ..quick
            },
        }
    }

    pub(super) fn widths(&self) -> Widths {
        self.widths.and_then(Widths::new).unwrap_or(Widths::SMALL)
    }

    /// Networks that grow.
    fn grown(&self, posed: bool) -> Settings {
        let scales: Vec<(usize, usize)> = scales(self.size_px).map(|size_px| (size_px, self.batch)).collect();
        let settings = Settings::grown(&scales, self.pictures);
        Settings {
            growing: Growing { widths: self.widths(), fade_pictures: self.pictures, posed, likeness: None },
            ..settings
        }
    }

    /// Stages of one size that begin at these steps.
    fn flat(&self, begins: &[u64], steps: u64, graph: Taught) -> Settings {
        let stage = |from: &u64| Stage { from: *from, size_px: self.size_px, batch: self.batch };
        let mut settings = Settings { graph, stages: begins.iter().map(stage).collect(), ..self.grown(true) };
        settings.rates.steps = steps;
        settings
    }

    /// What a contestant learns by: each sees as many pictures, in the same order.
    pub(super) fn settings(&self, who: Contestant) -> Settings {
        let steps = self.grown(true).rates.steps;
        match who {
            Contestant::Psgan => self.grown(true),
            Contestant::ProgressiveGan => self.grown(false),
            Contestant::Pg2 => {
                let mut settings = self.flat(&[0, steps / 2], steps, Taught::Pg2);
                // The authors take 2e-5, for many more steps.
                (settings.rates.highest, settings.rates.lowest) = (1e-3, 1e-4);
                settings
            }
        }
    }

    /// What finds keypoints learns by.
    pub(super) fn finding(&self) -> Settings {
        let settings = self.flat(&[0], self.finding, Taught::Keypoints);
        let mut settings = Settings { clip: 2.0, decay: 1e-4, ..settings };
        (settings.rates.highest, settings.rates.lowest) = (2e-3, 2e-5);
        settings.rates.warm_up = (self.finding / 20).min(200);
        settings
    }

    /// As captions tell.
    pub(super) fn about(&self) -> String {
        let widths = self.widths();
        let of = |size_px: usize| widths.at(size_px);
        let steps = self.grown(true).rates.steps;
        format!(
            "{characters} characters in 600 poses; {side}² pixels; {pictures} pictures at each scale while it fades in and as many after that, {steps} steps of {} \
             (the paper: 600,000 pictures a stage); {} channels at 4² to {} at {side}² (the paper: 512 to 64 at 256²)",
            self.batch,
            of(SMALLEST_PX),
            of(self.size_px),
            characters = self.characters,
            side = self.size_px,
            pictures = self.pictures,
        )
    }
}

impl Contestant {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Psgan, Self::ProgressiveGan, Self::Pg2];

    /// On the command line and in paths.
    pub fn id(self) -> &'static str {
        match self {
            Self::Psgan => "psgan",
            Self::ProgressiveGan => "progressive-gan",
            Self::Pg2 => "pg2",
        }
    }

    /// In tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Psgan => "PSGAN",
            Self::ProgressiveGan => "Progressive GAN",
            Self::Pg2 => "PG²",
        }
    }

    /// The one of this id.
    pub fn named(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|who| who.id() == id)
    }
}

/// What is learned by at a budget; `who`: none for what finds keypoints.
pub(super) fn settings(budget: Budget, who: Option<Contestant>, seed: u64) -> Settings {
    let sizes = Sizes::of(budget);
    let settings = who.map_or_else(|| sizes.finding(), |who| sizes.settings(who));
    let steps = settings.rates.steps;
    Settings {
        preset: format!("{} --budget {}", who.map_or("keypoints", Contestant::id), budget.name()),
        seed,
        measure_px: sizes.size_px,
        measure_every: if steps < 16 { steps } else { steps / 8 },
        characters: sizes.characters,
        save_every: (steps / 40).max(1),
        average: if steps > 1_000 { 0.999 } else { 0.9 },
        ..settings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_can_be_learned_at_every_budget_and_sees_as_many_pictures() {
        for budget in [Budget::Try, Budget::Quick, Budget::Weekend, Budget::Paper] {
            let all = [None, Some(Contestant::Psgan), Some(Contestant::ProgressiveGan), Some(Contestant::Pg2)];
            let settings = all.map(|who| settings(budget, who, 3));
            for (who, settings) in all.iter().zip(&settings) {
                assert_eq!(settings.check(), Ok(()), "{who:?} {}", budget.name());
                assert!(settings.seed == 3 && settings.measure_px == Sizes::of(budget).size_px);
            }
            assert!(
                settings[1].rates.steps == settings[2].rates.steps
                    && settings[1].rates.steps == settings[3].rates.steps
            );
            assert!(settings[1].growing.posed && !settings[2].growing.posed);
            assert_eq!(settings[1].stages.last().map(|stage| stage.size_px), Some(Sizes::of(budget).size_px));
        }
        assert_eq!(Sizes::of(Budget::Paper).widths(), Widths::PAPER);
        assert!(Sizes::of(Budget::Quick).about().contains("600 poses; 64² pixels; 16000 pictures"));
        assert!(Contestant::ALL.iter().all(|who| Contestant::named(who.id()) == Some(*who)));
    }
}
