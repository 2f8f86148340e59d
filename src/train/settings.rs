//! What a training is to do, as its folder keeps it.

use super::Origin;
use super::collaborating::Study;
use super::data::{Stage, kept_bytes};
use super::inventing::{Growing, Likeness};
use super::optimiser::Rates;
use crate::psgan::{Widths, is_scale};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What learns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Taught {
    /// What finds places of the body in drawings.
    #[default]
    Detector,
    /// What looks once more at what the detector found, at twice the size.
    Refiner,
    /// What mends the pictures that landmark transfer paints.
    Renderer,
    /// The last layers of that, on the drawings of one character.
    Sheet,
    /// What invents characters in poses that are asked for.
    Psgan,
    /// The renderer of CoNR's paper, or one of its ablations.
    Cinn,
    /// PG², with which PSGAN is compared.
    Pg2,
    /// What finds the points of bodies in pictures, to measure what is invented by.
    Keypoints,
}

/// All choices of a training; what a file leaves out is as by default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Settings {
    /// Of this file's form.
    pub version: u32,
    /// The preset that it began with.
    pub preset: String,
    /// What learns.
    pub graph: Taught,
    /// Who finds the UDPs of most of the renderer's sheets: a detector's weight file. Without one, exact UDPs are made
    /// unsure by lot; for the drawings of one character, and for whom the refiner looks once more, it is the program's own.
    pub detector: Option<PathBuf>,
    /// Weights that it begins from; of the drawings of one character they are always the program's own.
    pub from: Option<Origin>,
    /// Everything by lot follows from it.
    pub seed: u64,
    /// Sizes and numbers of pictures.
    pub stages: Vec<Stage>,
    /// How fast is learned.
    pub rates: Rates,
    /// How fast weights shrink, times the rate.
    pub decay: f32,
    /// Gradients are no longer than this.
    pub clip: f32,
    /// How much of the average stays at a step.
    pub average: f32,
    /// Threads that learn. Sums are taken in another order with another number, so it belongs to the training.
    pub threads: usize,
    /// Threads that draw figures.
    pub makers: usize,
    /// Steps between measures on figures held out.
    pub measure_every: u64,
    /// Side of the pictures that are measured.
    pub measure_px: usize,
    /// Steps between checkpoints.
    pub save_every: u64,
    /// Figures from files.
    pub figures: Vec<PathBuf>,
    /// Generated characters that networks which invent learn from: as many as the paper on PSGAN has costumes, if nobody says
    /// otherwise.
    pub characters: u32,
    /// A data set that networks which invent learn from, instead of characters drawn while they are needed.
    pub dataset: Option<PathBuf>,
    /// How networks that invent grow.
    pub growing: Growing,
    /// Which renderer of the paper's learns, and how.
    pub study: Study,
}

/// A purpose and about how long it takes.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// Its name on the command line.
    pub name: &'static str,
    /// What for, and how long.
    pub about: &'static str,
    settings: fn() -> Settings,
}

/// All presets.
pub static PRESETS: [Preset; 12] = [
    Preset { name: "try", about: "see whether all works: ten minutes on two cores", settings: quick },
    Preset {
        name: "overnight",
        about: "this machine overnight: about ten hours on two cores",
        settings: Settings::default,
    },
    Preset {
        name: "steady",
        about: "whenever the machine is free: it learns until you give it an end",
        settings: steady,
    },
    Preset {
        name: "paper",
        about: "the detector with the CoNR paper's sizes: 60,000 steps of six pictures of 128²; two to three hours on two cores",
        settings: paper,
    },
    Preset {
        name: "further",
        about: "the program's own detector learns on, from your figures too: two hours on two cores",
        settings: further,
    },
    Preset {
        name: "refiner",
        about: "the second look at what the detector found: a night on two cores",
        settings: refiner,
    },
    Preset { name: "long", about: "a few days on two cores, a night on sixteen", settings: long },
    Preset {
        name: "renderer-try",
        about: "the renderer, to see whether all works: twenty minutes on two cores",
        settings: quick_renderer,
    },
    Preset { name: "renderer", about: "the renderer, a night on two cores; give it a detector", settings: renderer },
    Preset {
        name: "renderer-further",
        about: "the program's own renderer learns on; give it a detector: two hours on two cores",
        settings: || further_of(renderer(), 4),
    },
    Preset {
        name: "psgan",
        about: "characters that nobody has drawn, invented at 128²: an hour on two cores",
        settings: psgan,
    },
    Preset {
        name: "psgan-paper",
        about: "the same with the PSGAN paper's sizes, up to 1024²: weeks on many cores",
        settings: psgan_paper,
    },
];

/// The presets of what learns on the drawings of one character.
pub static SHEET_PRESETS: [Preset; 3] = [
    Preset {
        name: "quick",
        about: "a character, `train sheet`: two minutes on two cores",
        settings: || tuning(150, 50),
    },
    Preset {
        name: "good",
        about: "a character, `train sheet`: five minutes on two cores",
        settings: || tuning(400, 100),
    },
    Preset {
        name: "thorough",
        about: "a character, `train sheet`: twenty minutes on two cores",
        settings: || tuning(1_600, 200),
    },
];

impl Preset {
    /// The one of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        PRESETS.iter().find(|preset| preset.name == name)
    }

    /// The one of this name of those for the drawings of one character.
    pub fn of_sheets(name: &str) -> Option<&'static Self> {
        SHEET_PRESETS.iter().find(|preset| preset.name == name)
    }

    /// How long it takes, of those that say it last.
    pub fn takes(&self) -> &'static str {
        self.about.rsplit(": ").next().unwrap_or(self.about)
    }

    /// Its settings.
    pub fn settings(&self) -> Settings {
        Settings { preset: self.name.into(), ..(self.settings)() }
    }
}

fn stages<const N: usize>(stages: [(u64, usize, usize); N]) -> Vec<Stage> {
    stages.map(|(from, size_px, batch)| Stage { from, size_px, batch }).to_vec()
}

impl Default for Settings {
    /// Small pictures first, as a step of 64² costs a quarter of one of 128²; the last third at the size that is shipped.
    fn default() -> Self {
        Self {
            version: 1,
            preset: "overnight".into(),
            graph: Taught::Detector,
            detector: None,
            from: None,
            seed: 1,
            stages: stages([(0, 64, 24), (12_000, 96, 24), (20_000, 128, 24)]),
            rates: Rates { highest: 2e-3, lowest: 3e-5, warm_up: 300, steps: 30_000, fall: None },
            decay: 1e-4,
            clip: 2.0,
            average: 0.999,
            threads: 2,
            makers: 1,
            measure_every: 500,
            measure_px: 128,
            save_every: 500,
            figures: vec![],
            characters: 69,
            dataset: None,
            growing: Growing { widths: Widths::SMALL, fade_pictures: 24_000, posed: true, likeness: None },
            study: Study::default(),
        }
    }
}

fn quick() -> Settings {
    Settings {
        stages: stages([(0, 64, 24)]),
        rates: Rates { steps: 1_500, warm_up: 100, ..Settings::default().rates },
        average: 0.99,
        measure_every: 250,
        measure_px: 64,
        save_every: 250,
        ..Settings::default()
    }
}

/// The rate stays, so that hours may be added as they come; most is learned from small pictures.
fn steady() -> Settings {
    Settings {
        stages: stages([(0, 64, 24), (8_000, 96, 24), (12_000, 128, 24)]),
        rates: Rates { highest: 1.5e-3, steps: 1_000_000, fall: Some(1), ..Settings::default().rates },
        ..Settings::default()
    }
}

/// CoNR, section 4: 128², six pictures a step, AdamW with a decay of 1e-4, 60,000 steps. The rate is not told there.
fn paper() -> Settings {
    Settings {
        stages: stages([(0, 128, 6)]),
        rates: Rates { highest: 1e-3, steps: 60_000, ..Settings::default().rates },
        decay: 1e-4,
        ..Settings::default()
    }
}

fn long() -> Settings {
    Settings {
        stages: stages([(0, 64, 24), (40_000, 96, 24), (80_000, 128, 24)]),
        rates: Rates { steps: 120_000, ..Settings::default().rates },
        average: 0.9995,
        measure_every: 1_000,
        save_every: 1_000,
        ..Settings::default()
    }
}

/// At the size that is shipped alone, and slower, since most is learned already.
fn further_of(whole: Settings, batch: usize) -> Settings {
    Settings {
        from: Some(Origin::Shipped),
        stages: stages([(0, 128, batch)]),
        rates: Rates { highest: 7e-4, lowest: 2e-5, warm_up: 100, steps: 6_000, fall: None },
        ..whole
    }
}

/// At twice the detector's size, from the weights that there are.
fn refiner() -> Settings {
    Settings {
        graph: Taught::Refiner,
        from: Some(Origin::Shipped),
        stages: stages([(0, 256, 6)]),
        rates: Rates { highest: 7e-4, lowest: 2e-5, warm_up: 100, steps: 16_000, fall: None },
        measure_px: 256,
        ..Settings::default()
    }
}

fn further() -> Settings {
    further_of(Settings::default(), 24)
}

/// Six patches a step, of drawings at this and at twice this size. Each state that is measured is kept, so that the best is
/// what comes of it.
fn tuning(steps: u64, measure_every: u64) -> Settings {
    Settings {
        graph: Taught::Sheet,
        stages: stages([(0, 128, 6)]),
        rates: Rates { highest: 5e-4, lowest: 2e-5, warm_up: 10, steps, fall: None },
        decay: 0.0,
        clip: 1.0,
        average: 0.97,
        measure_every,
        measure_px: 256,
        save_every: measure_every,
        ..Settings::default()
    }
}

/// Four characters a step, three pictures of each, of sheets of one to six drawings.
fn renderer() -> Settings {
    Settings {
        graph: Taught::Renderer,
        stages: stages([(0, 64, 4), (2_000, 128, 4)]),
        rates: Rates { highest: 1.5e-3, lowest: 3e-5, warm_up: 100, steps: 12_000, fall: None },
        clip: 1.0,
        ..Settings::default()
    }
}

fn quick_renderer() -> Settings {
    Settings {
        stages: stages([(0, 64, 4)]),
        rates: Rates { highest: 1.5e-3, lowest: 3e-5, warm_up: 20, steps: 600, fall: None },
        average: 0.98,
        measure_every: 100,
        measure_px: 64,
        save_every: 100,
        ..renderer()
    }
}

/// Networks of [`Widths::PAPER`]'s size: at each scale 600,000 pictures while it fades in and as many after that; batches
/// and rates as PSGAN has them (section 3.2), all else as Karras et al. 2018 (appendix A.1).
fn psgan_paper() -> Settings {
    let batches = [(4, 16), (8, 16), (16, 16), (32, 16), (64, 16), (128, 16), (256, 12), (512, 5), (1024, 2)];
    Settings {
        growing: Growing { widths: Widths::PAPER, fade_pictures: 600_000, posed: true, likeness: None },
        ..Settings::grown(&batches, 600_000)
    }
}

/// What two cores can do: fewer channels and pictures, small steps; and characters that are known and all that is learned from,
/// which the paper has not (by the judge's opinion alone, pictures of 32² show nobody after 4,000 steps).
fn psgan() -> Settings {
    const STEPS: u64 = 20_000;
    let settings = Settings::grown(&[(32, 4), (64, 4), (128, 4)], 0);
    let likeness = Some(Likeness { axes: 16, alone_until: STEPS, weight: 1.0 });
    Settings {
        stages: stages([(0, 32, 4), (8_000, 64, 4), (13_000, 128, 4)]),
        rates: Rates { steps: STEPS, lowest: 5e-5, fall: Some(13_000), ..settings.rates },
        growing: Growing { likeness, fade_pictures: 2_000, ..settings.growing },
        measure_every: 4_000,
        ..settings
    }
}

impl Settings {
    /// Networks that grow: at each scale, of which side and pictures a step are given, so many pictures while it fades in and
    /// after that.
    pub fn grown(scales: &[(usize, usize)], pictures: u64) -> Self {
        let (mut stages, mut from) = (vec![], 0);
        for &(size_px, batch) in scales {
            stages.push(Stage { from, size_px, batch });
            from += if stages.len() == 1 { pictures } else { 2 * pictures } / batch as u64;
        }
        Self {
            graph: Taught::Psgan,
            stages,
            rates: Rates { highest: 1e-3, lowest: 1e-3, warm_up: 0, steps: from, fall: None },
            decay: 0.0,
            clip: 1e6,
            measure_every: 1_000,
            measure_px: scales.iter().map(|scale| scale.0).max().unwrap_or(0).min(256),
            ..Self::default()
        }
    }

    /// About how much memory learning takes at its largest stage, by what was measured: a part for the program and the
    /// figures, another for each pixel of a step.
    pub fn memory_bytes(&self) -> u64 {
        if matches!(self.graph, Taught::Psgan | Taught::Pg2) {
            return self.growing.memory_bytes(&self.stages);
        }
        let (of_pixel, pictures) = match self.graph {
            Taught::Detector | Taught::Refiner | Taught::Keypoints => (2_100, 1),
            // Three pictures of each character.
            Taught::Renderer => (1_700, 3),
            Taught::Sheet | Taught::Psgan | Taught::Pg2 => (1_700, 1),
            Taught::Cinn => (240 * self.study.design.width as u64, self.study.pictures()),
        };
        let pixels = |stage: &Stage| (pictures * stage.batch * stage.size_px * stage.size_px) as u64;
        let largest_px = self.stages.iter().map(|stage| stage.size_px).max().unwrap_or(0);
        let views = if pictures == 1 { kept_bytes(largest_px) - kept_bytes(0) } else { 0 };
        450_000_000 + views + of_pixel * self.stages.iter().map(pixels).max().unwrap_or(0)
    }

    /// Looks whether a training can be done with these.
    ///
    /// # Errors
    /// What is wrong, and what it may be.
    pub fn check(&self) -> Result<(), String> {
        let sizes_fit = |stage: &Stage| {
            (32..=512).contains(&stage.size_px) && stage.size_px.is_multiple_of(32) && (1..=512).contains(&stage.batch)
        };
        let rises = self.stages.windows(2).all(|pair| pair[0].from < pair[1].from);
        if self.stages.first().is_none_or(|first| first.from != 0) || !rises {
            return Err("its stages must begin at step 0 and follow one another".into());
        }
        if self.graph == Taught::Psgan {
            self.growing.check(self)?;
        } else if !self.stages.iter().all(sizes_fit) {
            return Err(
                "pictures of its stages may be 32 to 512 pixels large, in steps of 32, and 1 to 512 a step".into()
            );
        } else if !(self.measure_px.is_multiple_of(32) && (32..=512).contains(&self.measure_px)) {
            return Err("measure-px may be 32 to 512, in steps of 32".into());
        }
        for (name, value, most) in [
            ("rates.highest", self.rates.highest, 1.0),
            ("rates.lowest", self.rates.lowest, 1.0),
            ("decay", self.decay, 1.0),
            ("clip", self.clip, 1e6),
            ("average", self.average, 1.0),
        ] {
            if !(0.0..=most).contains(&value) {
                return Err(format!("its {name} is {value}, and may be 0 to {most}"));
            }
        }
        if self.graph == Taught::Cinn {
            self.study.check()?;
        }
        if matches!(self.graph, Taught::Pg2 | Taught::Keypoints) {
            let (stages, two) = (&self.stages, self.graph == Taught::Pg2);
            if !is_scale(self.measure_px) || stages.iter().any(|stage| stage.size_px != self.measure_px) {
                return Err(if two {
                    "it wants two stages of one size, which is that of measure-px: 32, 64 … 512".into()
                } else {
                    "all its stages must have pictures of one size, which is that of measure-px: 32, 64 … 512".into()
                });
            }
            if two && (stages.len() != 2 || self.dataset.is_some() || !self.growing.widths.are_sound()) {
                return Err("it wants two stages, and draws pairs of pictures itself: no data set has them".into());
            }
            if self.from.is_some() {
                return Err("it begins anew".into());
            }
        }
        let once_more = self.graph == Taught::Refiner;
        if once_more && self.stages.iter().map(|s| s.size_px).chain([self.measure_px]).any(|px| !px.is_multiple_of(64))
        {
            return Err("a refiner's pictures may be 64 to 512 pixels large, in steps of 64".into());
        }
        if !(1..=1024).contains(&self.threads) || self.measure_every == 0 || self.save_every == 0 {
            return Err("threads, measure-every and save-every must be 1 at least".into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_can_be_done_and_kept() {
        for preset in PRESETS.iter().chain(&SHEET_PRESETS) {
            let settings = preset.settings();
            assert_eq!(settings.check(), Ok(()), "{}", preset.name);
            let json = serde_json::to_string(&settings).unwrap();
            assert_eq!(serde_json::from_str::<Settings>(&json).unwrap(), settings);
            let named = if settings.graph == Taught::Sheet { Preset::of_sheets } else { Preset::named };
            assert!(named(preset.name).is_some());
        }
        let wrong = Settings { stages: vec![], ..Settings::default() };
        assert!(wrong.check().unwrap_err().contains("stages"));
        let wrong = Settings { rates: Rates { highest: f32::NAN, ..Settings::default().rates }, ..Settings::default() };
        assert!(wrong.check().unwrap_err().contains("rates.highest"));
    }
}
