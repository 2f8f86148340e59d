//! `settei train`: networks of our own learn.

use super::Usage;
use super::report::Report;
use crate::events::Event;
use crate::figure::load::FORMATS;
use crate::files::formats;
use crate::fude::Detector;
use crate::train::{self, Ended, FigureRecord, Found, PRESETS, Preset, RunEvent, RunFolder, StepLosses, Taught};
use crate::weights::WeightType;
use anyhow::{Context as _, Result, bail};
use clap::Subcommand;
use std::path::{Path, PathBuf};

/// Let our own networks learn: the detector, which finds the places of a body in a drawing, or the renderer
///
/// Pictures to learn from are drawn while they are needed, from generated characters and from figures of your own. A
/// training lives in a folder, can be stopped at any time (Ctrl+C) and goes on as if it had not been.
#[derive(Subcommand)]
#[command(after_help = "Examples:\n  settei train new --out my-training\n  \
                        settei train new --preset try --only-prepare --out short\n  \
                        settei train resume short --steps 2\n  \
                        settei train measure short\n  \
                        settei train export short --out detector.safetensors")]
pub(super) enum Train {
    /// Begin a training in a folder of its own
    New {
        /// What for and how long; `settei train list` without a folder tells of each
        #[arg(long, default_value = "overnight")]
        preset: String,
        /// The folder, which must be empty or not there
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Folders with figures to learn from, besides generated characters
        #[arg(long, value_name = "DIR")]
        figures: Vec<PathBuf>,
        /// The licence of these figures and whom to name, for the record beside the weights
        #[arg(long, value_name = "TEXT", requires = "figures")]
        figures_licence: Option<String>,
        /// The detector's weights, which find the UDPs of half of a renderer's sheets
        #[arg(long, value_name = "FILE")]
        detector: Option<PathBuf>,
        /// Everything by lot follows from this number
        #[arg(long)]
        seed: Option<u64>,
        /// Threads that learn
        #[arg(long)]
        threads: Option<usize>,
        /// Write the settings and stop there, so that they can be changed before `settei train resume`
        #[arg(long)]
        only_prepare: bool,
    },
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
    },
    /// Tell of a training: how far it is, what it measured, what it kept; without a folder, of the presets
    List {
        /// Its folder
        folder: Option<PathBuf>,
    },
    /// Measure what was learned on characters that nothing was learned from, told more and more
    ///
    /// A table of landmark errors, of pictures taken turned round or mirrored, and of outlines; for a training it is kept
    /// in its folder.
    Measure {
        /// A training's folder, or a weight file of the detector
        what: PathBuf,
        /// Folders with figures to measure on besides; none of them should have been learned from
        #[arg(long, value_name = "DIR")]
        figures: Vec<PathBuf>,
        /// Side of the square pictures, in pixels; a multiple of 32
        #[arg(long, default_value_t = 128)]
        size: usize,
        /// The latest checkpoint instead of the one that measured best
        #[arg(long)]
        latest: bool,
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
        /// Replace the file if it is there
        #[arg(long)]
        overwrite: bool,
    },
}

impl Train {
    pub(super) fn run(&self, report: &Report) -> Result<()> {
        match self {
            Self::New { preset, out, figures, figures_licence, detector, seed, threads, only_prepare } => {
                let preset = Preset::named(preset).ok_or_else(|| {
                    let names: Vec<_> = PRESETS.iter().map(|preset| preset.name).collect();
                    Usage(format!("there is no preset called `{preset}`; the presets are {}", names.join(", ")))
                })?;
                let mut settings = preset.settings();
                settings.seed = seed.unwrap_or(settings.seed);
                settings.threads = threads.unwrap_or(settings.threads);
                if let Some(detector) = detector {
                    if settings.graph != Taught::Renderer {
                        return Err(Usage("--detector is for presets of the renderer".into()).into());
                    }
                    settings.detector = Some(detector.canonicalize().with_context(|| detector.display().to_string())?);
                }
                for folder in figures {
                    settings.figures.extend(figures_in(folder)?);
                }
                let said = figures_licence.as_deref();
                let list =
                    settings.figures.iter().map(|path| recorded(path, said, report)).collect::<Result<Vec<_>>>()?;
                let folder = RunFolder::create(out, &settings)?;
                folder.write_json("figures.json", &list)?;
                if *only_prepare {
                    report.say(format_args!("prepared {}; `settei train resume` begins it", out.display()));
                    return Ok(());
                }
                learn(&folder, &settings, None, report)
            }
            Self::Resume { folder, steps, finish } => {
                let (folder, mut settings) = RunFolder::open(folder)?;
                if let Some(steps) = finish {
                    folder.finish(&mut settings, *steps)?;
                }
                learn(&folder, &settings, *steps, report)
            }
            Self::List { folder: None } => {
                for preset in &PRESETS {
                    report.say(format_args!("{:<10} {}", preset.name, preset.about));
                    report.event(|| Event::Preset { name: preset.name.into(), about: preset.about.into() });
                }
                Ok(())
            }
            Self::List { folder: Some(folder) } => list(folder, report),
            Self::Export { folder, out, dtype, latest, overwrite } => {
                if out.exists() && !overwrite {
                    bail!("{} is there already; give another name, or --overwrite to replace it", out.display());
                }
                let (folder, settings) = RunFolder::open(folder)?;
                let (step, record) = train::export(&folder, *latest, out, *dtype)?;
                let what = match settings.graph {
                    Taught::Detector => "detector",
                    Taught::Renderer => "renderer",
                };
                report.say(format_args!("the {what} after {step} steps"));
                report.wrote(out);
                report.wrote(&record);
                Ok(())
            }
            Self::Measure { what, figures, size, latest } => measure(what, figures, *size, *latest, report),
        }
    }
}

fn learn(folder: &RunFolder, settings: &train::Settings, steps: Option<u64>, report: &Report) -> Result<()> {
    let listen = |event: &RunEvent| {
        report.event(|| Event::Training { happened: event.clone() });
        if let Some(line) = told(event) {
            report.say(line);
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

/// An event as a line for a person.
fn told(event: &RunEvent) -> Option<String> {
    Some(match event {
        RunEvent::Started { step: 0, steps, parameters, .. } => {
            format!("learning {:.2} million numbers in {steps} steps", *parameters as f64 / 1e6)
        }
        RunEvent::Started { step, steps, .. } => format!("going on after step {step} of {steps}"),
        RunEvent::Step { step, losses, seconds, waited, size_px, .. } => {
            let off = match losses {
                StepLosses::Detector(losses) => format!("landmarks off by {:.4}", losses.landmark),
                StepLosses::Renderer(losses) => format!("colours off by {:.4}", losses.colour),
            };
            let loss = losses.total();
            format!("step {step}: loss {loss:.3}, {off}, {seconds:.2} s a step of {size_px}² ({waited:.2} s waiting)")
        }
        RunEvent::Measured { step, measured, best } => {
            let best = if *best { "; the best so far" } else { "" };
            format!("measured at step {step}: {}{best}", found(measured))
        }
        RunEvent::NotANumber { rate_factor, .. } => {
            format!(
                "the loss was not a number: back to the last good state, the rate is {rate_factor} of the planned one now"
            )
        }
        RunEvent::NoRoom { wanted_bytes, free_bytes, .. } => format!(
            "learning waits: a checkpoint takes {} MB and the disk has {} MB; it goes on as soon as there is room",
            wanted_bytes >> 20,
            free_bytes >> 20
        ),
        RunEvent::NotSaved { why, .. } => format!("no checkpoint was written, learning goes on: {why}"),
        RunEvent::Saved { .. } | RunEvent::Paused { .. } | RunEvent::Done { .. } => return None,
    })
}

fn found(found: &Found) -> String {
    match found {
        Found::Detector(measured) => {
            let of = |m: &train::Measures| format!("{:.4} ({:.0} % turned)", m.landmark, 100.0 * m.turned);
            format!(
                "landmarks off by {}, with tag {}, with 1 and 4 clicks {} and {}; outline {:.3}",
                of(&measured.untold),
                of(&measured.tagged),
                of(&measured.one_click),
                of(&measured.four_clicks),
                measured.untold.outline
            )
        }
        Found::Renderer(measured) => {
            let of = |m: &train::Against| {
                format!("{:.2} dB from {} (transfer {:.2}, nearest {:.2})", m.renderer, m.views, m.transfer, m.nearest)
            };
            let all = |these: &[train::Against]| these.iter().map(of).collect::<Vec<_>>().join(", ");
            let found = measured.detected.map(|found| format!("; detected: {}", all(&found))).unwrap_or_default();
            format!("{}{found}", all(&measured.exact))
        }
    }
}

fn list(folder: &Path, report: &Report) -> Result<()> {
    let (folder, settings) = RunFolder::open(folder)?;
    let events = folder.events()?;
    let last = events.iter().rev().find(|event| matches!(event, RunEvent::Step { .. }));
    report.say(format_args!("preset      {}, {} steps, seed {}", settings.preset, settings.rates.steps, settings.seed));
    report.say(format_args!("figures     {} from files", settings.figures.len()));
    for event in events.iter().filter(|event| matches!(event, RunEvent::Measured { .. })).chain(last) {
        report.event(|| Event::Training { happened: event.clone() });
        if let Some(line) = told(event) {
            report.say(line);
        }
    }
    for checkpoint in folder.checkpoints()? {
        report.say(format_args!("checkpoint  step {}", checkpoint.step));
        let file = checkpoint.path.display().to_string();
        report.event(|| Event::Training { happened: RunEvent::Saved { step: checkpoint.step, file } });
    }
    Ok(())
}

/// The figure files in a folder and those below it, in the order of their paths.
fn figures_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = vec![];
    let mut left = vec![folder.to_owned()];
    while let Some(folder) = left.pop() {
        let entries = std::fs::read_dir(&folder).with_context(|| format!("can't read {}", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                left.push(path);
            } else if formats::by_name(FORMATS, &path).is_some() {
                found.push(path.canonicalize()?);
            }
        }
    }
    if found.is_empty() {
        bail!("{} holds no figure; figures are {}", folder.display(), formats::endings(FORMATS));
    }
    found.sort();
    Ok(found)
}

/// What is to be known of a figure file that is learned from.
fn recorded(path: &Path, said: Option<&str>, report: &Report) -> Result<FigureRecord> {
    let record = FigureRecord::of(path, said)?;
    for forbidden in &record.forbids {
        report.warn(format_args!("the licence of {} says: {forbidden}", path.display()));
    }
    Ok(record)
}

fn measure(what: &Path, figures: &[PathBuf], size_px: usize, latest: bool, report: &Report) -> Result<()> {
    if !(size_px.is_multiple_of(32) && (32..=512).contains(&size_px)) {
        return Err(Usage("--size must be 32 to 512, a multiple of 32".into()).into());
    }
    let mut files = vec![];
    for folder in figures {
        files.extend(figures_in(folder)?);
    }
    report.take_time();
    let found = if what.is_dir() {
        let (folder, settings) = RunFolder::open(what)?;
        for learned in files.iter().filter(|file| settings.figures.contains(file)) {
            report.warn(format_args!("{} was learned from: its numbers say little", learned.display()));
        }
        let (step, found) = train::measure(&folder, latest, size_px, &files, report)?;
        report.say(format_args!("the detector after {step} steps, drawings of {size_px}²\n"));
        found
    } else {
        train::findings(&Detector::load(what, size_px, report)?, size_px, &files, report)?
    };
    found.iter().for_each(|finding| report.event(|| Event::Found { finding: finding.clone() }));
    report.say(train::table(&found));
    Ok(())
}
