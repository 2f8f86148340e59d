//! `settei train`: networks of our own learn.

use super::Usage;
use super::report::Report;
use super::train_measure::TrainMeasure;
use super::train_sheet::TrainSheet;
use crate::events::Event;
use crate::progress::Progress as _;
use crate::train::{
    self, Ended, Origin, PRESETS, Preset, RunEvent, RunFolder, SHEET_PRESETS, Settings, Taught, Which, figures_in,
};
use crate::weights::WeightType;
use anyhow::{Context as _, Result, bail};
use clap::Subcommand;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often is looked whether a training paused.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Let our own networks learn: the detector, which finds the places of a body in a drawing, the renderer, or what invents
/// characters
///
/// Pictures to learn from are drawn while they are needed, from generated characters and from figures of your own. A
/// training lives in a folder, can be stopped at any time (Ctrl+C) and goes on as if it had not been.
#[derive(Subcommand)]
#[command(after_help = "Examples:\n  settei train new --out my-training\n  \
                        settei train new --preset try --only-prepare --out short\n  \
                        settei train new --preset further --figures figures --only-prepare --out further\n  \
                        settei train resume short --steps 2\n  \
                        settei train measure short\n  \
                        settei train copy short --out short-to-carry\n  \
                        settei train new --preset psgan --only-prepare --out inventor\n  \
                        settei train export short --out detector.safetensors\n  \
                        settei train sheet front.png back.png --view front back --only-prepare --out hero-tuning\n  \
                        settei train resume hero-tuning --steps 1\n  \
                        settei train export hero-tuning --out tuned.safetensors")]
pub(super) enum Train {
    /// Begin a training in a folder of its own
    New {
        /// What for and how long; `settei train list` without a folder tells of each
        #[arg(long, default_value = "overnight")]
        preset: String,
        /// Folders with figures to learn from, besides generated characters
        #[arg(long, value_name = "DIR")]
        figures: Vec<PathBuf>,
        /// The licence of these figures and whom to name, for the record beside the weights
        #[arg(long, value_name = "TEXT", requires = "figures")]
        figures_licence: Option<String>,
        /// The detector's weights, which find the UDPs of half of a renderer's sheets
        #[arg(long, value_name = "FILE")]
        detector: Option<PathBuf>,
        /// A data set of `settei dataset psgan` for what invents characters, instead of drawing them while it learns
        #[arg(long, value_name = "DIR", conflicts_with = "figures")]
        dataset: Option<PathBuf>,
        /// Weights to begin from instead of anew: a file, or `shipped` for those of this program
        #[arg(long, value_name = "FILE")]
        from: Option<Origin>,
        #[command(flatten)]
        begun: Begun,
    },
    Sheet(TrainSheet),
    /// Let a training go on
    Resume {
        /// Its folder
        folder: PathBuf,
        /// Pause after so many steps
        #[arg(long)]
        steps: Option<u64>,
        /// Let it end after so many steps from here, in which the rate falls to its lowest
        #[arg(long, value_name = "STEPS", value_parser = clap::value_parser!(u64).range(1..))]
        finish: Option<u64>,
        /// Outlive whoever started this, and leave the machine to others
        #[arg(long, hide = true)]
        background: bool,
    },
    /// Have a training pause that another process or machine works on: it writes a checkpoint first
    Pause {
        /// Its folder
        folder: PathBuf,
    },
    /// Tell of a training: how far it is, what it measured, what it kept; without a folder, of the presets
    List {
        /// Its folder
        folder: Option<PathBuf>,
    },
    Measure(TrainMeasure),
    /// Write a small copy of a training, to go on with on another machine
    ///
    /// Its settings, what happened, and its latest checkpoint in 16 bits, a quarter of the size. `settei train resume` goes on
    /// in the copy; a few steps later the optimiser has found its way again. Figures and data sets are looked for where they
    /// were.
    Copy {
        /// The training's folder
        folder: PathBuf,
        /// The copy's folder, which must be empty or not there
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Write what was learned as a weight file, and beside it (.md) what it was made of
    Export {
        /// The training's folder
        folder: PathBuf,
        /// The .safetensors file to write
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// How the numbers are stored: f16 takes half the space
        #[arg(long, value_enum, default_value = "f16")]
        dtype: WeightType,
        /// The latest checkpoint instead of the one that measured best
        #[arg(long)]
        latest: bool,
        /// The checkpoint after so many steps instead; `settei train list` tells which there are
        #[arg(long, conflicts_with = "latest")]
        step: Option<u64>,
        /// Replace the file if it is there
        #[arg(long)]
        overwrite: bool,
    },
}

impl Train {
    pub(super) fn run(&self, report: &Report) -> Result<()> {
        match self {
            Self::New { preset, figures, figures_licence, detector, dataset, from, begun } => {
                let preset = Preset::named(preset).ok_or_else(|| {
                    let names: Vec<_> = PRESETS.iter().map(|preset| preset.name).collect();
                    Usage(format!("there is no preset called `{preset}`; the presets are {}", names.join(", ")))
                })?;
                let mut settings = begun.settings(preset);
                if let Some(detector) = detector {
                    if settings.graph != Taught::Renderer {
                        return Err(Usage("--detector is for presets of the renderer".into()).into());
                    }
                    settings.detector = Some(whole(detector)?);
                }
                if let Some(dataset) = dataset {
                    if settings.graph != Taught::Psgan {
                        return Err(Usage("--dataset is for presets of what invents characters".into()).into());
                    }
                    settings.dataset = Some(whole(dataset)?);
                }
                match from {
                    Some(Origin::File(path)) => settings.from = Some(Origin::File(whole(path)?)),
                    Some(Origin::Shipped) => settings.from = Some(Origin::Shipped),
                    None => {}
                }
                for folder in figures {
                    settings.figures.extend(figures_in(folder)?);
                }
                let (folder, figures) = train::begin(&begun.out, &settings, figures_licence.as_deref())?;
                for (figure, forbidden) in figures.iter().flat_map(|f| f.forbids.iter().map(move |what| (f, what))) {
                    report.warn(format_args!("the licence of {} says: {forbidden}", figure.path.display()));
                }
                begun.learn(&folder, &settings, report)
            }
            Self::Sheet(sheet) => sheet.run(report),
            Self::Resume { folder, steps, finish, background } => {
                if *background {
                    super::background::go();
                }
                let (folder, mut settings) = RunFolder::open(folder)?;
                if let Some(steps) = finish {
                    folder.finish(&mut settings, *steps)?;
                }
                learn(&folder, &settings, *steps, report)
            }
            Self::Pause { folder } => {
                let (folder, _) = RunFolder::open(folder)?;
                folder.ask_to_pause()?;
                report.stage("waiting for its step to end", 0);
                while folder.is_held() {
                    report.go_on()?;
                    std::thread::sleep(LOOK_EVERY);
                }
                report.say("nobody learns in it now; `settei train resume` goes on");
                Ok(())
            }
            Self::List { folder: None } => {
                for preset in PRESETS.iter().chain(&SHEET_PRESETS) {
                    report.say(format_args!("{:<10} {}", preset.name, preset.about));
                    report.event(|| Event::Preset { name: preset.name.into(), about: preset.about.into() });
                }
                Ok(())
            }
            Self::List { folder: Some(folder) } => list(folder, report),
            Self::Copy { folder, out } => {
                let step = RunFolder::open(folder)?.0.copy_small(out)?;
                report.say(format_args!("the training after {step} steps; `settei train resume` goes on in the copy"));
                report.wrote(out);
                Ok(())
            }
            Self::Export { folder, out, dtype, latest, step, overwrite } => {
                if out.exists() && !overwrite {
                    bail!("{} is there already; give another name, or --overwrite to replace it", out.display());
                }
                let (folder, settings) = RunFolder::open(folder)?;
                let (step, record) = train::export(&folder, which(*latest, *step), out, *dtype)?;
                let what = match settings.graph {
                    Taught::Detector => "detector",
                    Taught::Refiner => "refiner",
                    Taught::Renderer => "renderer",
                    Taught::Sheet => "changes",
                    Taught::Psgan => "generator",
                    Taught::Cinn => "paper's renderer",
                    Taught::Pg2 => "PG²",
                    Taught::Keypoints => "finder of keypoints",
                };
                report.say(format_args!("the {what} after {step} steps"));
                report.wrote(out);
                report.wrote(&record);
                Ok(())
            }
            Self::Measure(measure) => measure.run(report),
        }
    }
}

/// How a training begins, whatever learns.
#[derive(clap::Args)]
pub(super) struct Begun {
    /// The training's folder, which must be empty or not there
    #[arg(long, value_name = "DIR")]
    pub(super) out: PathBuf,
    /// Everything by lot follows from this number
    #[arg(long)]
    seed: Option<u64>,
    /// Threads that learn
    #[arg(long)]
    threads: Option<usize>,
    /// Write the settings and stop there, so that they can be changed before `settei train resume`
    #[arg(long)]
    only_prepare: bool,
}

impl Begun {
    /// A preset's settings, with what was said.
    pub(super) fn settings(&self, preset: &Preset) -> Settings {
        let settings = preset.settings();
        Settings {
            seed: self.seed.unwrap_or(settings.seed),
            threads: self.threads.unwrap_or(settings.threads),
            ..settings
        }
    }

    /// Learns in the folder that was made, if it is to begin at once.
    pub(super) fn learn(&self, folder: &RunFolder, settings: &Settings, report: &Report) -> Result<()> {
        if self.only_prepare {
            report.say(format_args!("prepared {}; `settei train resume` begins it", self.out.display()));
            return Ok(());
        }
        learn(folder, settings, None, report)
    }
}

/// The whole path of a file, for settings that are read from elsewhere.
pub(super) fn whole(file: &Path) -> Result<PathBuf> {
    file.canonicalize().with_context(|| file.display().to_string())
}

pub(super) fn which(latest: bool, step: Option<u64>) -> Which {
    step.map_or(if latest { Which::Latest } else { Which::Best }, Which::After)
}

fn learn(folder: &RunFolder, settings: &Settings, steps: Option<u64>, report: &Report) -> Result<()> {
    let listen = |event: &RunEvent| {
        report.event(|| Event::Training { happened: event.clone() });
        // What ends the command is said below, and checkpoints come too often.
        if !matches!(event, RunEvent::Saved { .. } | RunEvent::Paused { .. } | RunEvent::Done { .. }) {
            report.say(event.words());
        }
    };
    // A step may take minutes, and what it learnt is worth a checkpoint.
    report.take_time();
    match train::run(folder, settings, steps, report, &listen)? {
        Ended::Done => report.say("all steps are done; `settei train export` writes the weights"),
        Ended::Paused => report.say(format_args!("paused; `settei train resume {}` goes on", folder.path().display())),
    }
    Ok(())
}

fn list(folder: &Path, report: &Report) -> Result<()> {
    let (folder, settings) = RunFolder::open(folder)?;
    let events = folder.events()?;
    let last = events.iter().rev().find(|event| matches!(event, RunEvent::Step { .. }));
    report.say(format_args!("preset      {}, {} steps, seed {}", settings.preset, settings.rates.steps, settings.seed));
    report.say(format_args!("figures     {} from files", settings.figures.len()));
    for event in events.iter().filter(|event| matches!(event, RunEvent::Measured { .. })).chain(last) {
        report.event(|| Event::Training { happened: event.clone() });
        report.say(event.words());
    }
    for checkpoint in folder.checkpoints()? {
        report.say(format_args!("checkpoint  step {}", checkpoint.step));
        let file = checkpoint.path.display().to_string();
        report.event(|| Event::Training { happened: RunEvent::Saved { step: checkpoint.step, file } });
    }
    Ok(())
}
