//! A training as its folder tells of it: how far it is, what it measured, what can be done with it. Whoever wants to know
//! looks again and again; only what is new is read.

mod curve;
mod plots;

pub use curve::Curve;
pub use plots::{Line, Plot};

use super::data::Stage;
use super::{Found, Holder, RunEvent, RunFolder, Settings, SheetMeasured, TrainError};
use plots::Plots;
use std::collections::BTreeMap;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// Bytes of events that one look takes in at most; the next one takes the rest.
const AT_ONCE: u64 = 32 << 20;
/// A longer line is none of ours.
const LONGEST_LINE: usize = 1 << 20;
/// Happenings that are told of.
const TOLD: usize = 200;
/// Letters of each.
const LONGEST_WORDS: usize = 1000;
/// Measures that are remembered.
const SCORES: usize = 20_000;
/// How much of the pace so far stays at each line about losses.
const STEADY: f64 = 0.7;

/// How a training stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing was learned yet.
    Prepared,
    /// It learns.
    Learning,
    /// It was asked to pause and does its step to the end.
    Pausing,
    /// It waits until the disk has room.
    Waiting,
    /// It can go on.
    Paused,
    /// All steps are done.
    Done,
    /// Something went wrong.
    Failed(String),
    /// The process that learned ended without a word: it was killed, or the machine went down.
    BrokenOff,
}

impl Standing {
    /// A process is at it.
    pub fn is_under_way(&self) -> bool {
        matches!(self, Self::Learning | Self::Pausing | Self::Waiting)
    }
}

/// How fast it learns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// Seconds a step.
    pub seconds: f64,
    /// Of these, the wait for what is learned from.
    pub waited: f64,
    /// Side of the pictures.
    pub size_px: usize,
}

/// A checkpoint that is there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pin {
    /// Steps done.
    pub step: u64,
    /// What it measured, as [`Found::score`](super::Found::score); lower is better.
    pub score: Option<f64>,
}

/// Something worth a line.
#[derive(Clone, Debug, PartialEq)]
pub struct Happened {
    /// Steps done.
    pub step: u64,
    /// A sentence without its full stop.
    pub words: String,
    /// It needs attention.
    pub grave: bool,
}

/// A training as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct RunView {
    /// Its folder.
    pub path: PathBuf,
    /// The folder's name.
    pub name: String,
    /// What it is to do.
    pub settings: Arc<Settings>,
    /// How it stands.
    pub standing: Standing,
    /// Who learns there.
    pub holder: Option<Holder>,
    /// Steps done.
    pub step: u64,
    /// Of how many.
    pub steps: u64,
    /// How fast; none until it was measured since it began or went on.
    pub pace: Option<Pace>,
    /// Seconds of learning so far, over all sessions.
    pub learned_s: f64,
    /// What the rate is multiplied by.
    pub rate_factor: f32,
    /// Where it learns, in words.
    pub machine: String,
    /// Plots of what was measured on figures held out; the first is by what the training is judged.
    pub measured: Vec<Plot>,
    /// Plots of losses.
    pub losses: Vec<Plot>,
    /// Where it measured best: step, and the score.
    pub best: Option<(u64, f64)>,
    /// What was measured there, of what learns a character's drawings.
    pub of_sheet: Option<SheetMeasured>,
    /// The checkpoints that are there, the earliest first.
    pub checkpoints: Vec<Pin>,
    /// Steps of which there are sample pictures, with their files.
    pub samples: Vec<(u64, PathBuf)>,
    /// What happened, the earliest first.
    pub happened: Vec<Happened>,
}

impl RunView {
    /// Seconds until all steps are done, as far as the pace tells: a step costs as much as its pictures have pixels.
    pub fn left_s(&self) -> Option<f64> {
        let pace = self.pace?;
        let stages = &self.settings.stages;
        let cost = |stage: &Stage| (stage.size_px * stage.size_px * stage.batch) as f64;
        let (now, _) = Stage::at(stages, self.step);
        let mut left = 0.0;
        for (i, stage) in stages.iter().enumerate() {
            let end = stages.get(i + 1).map_or(self.steps, |next| next.from.min(self.steps));
            left += end.saturating_sub(stage.from.max(self.step)) as f64 * pace.seconds * cost(stage) / cost(&now);
        }
        Some(left)
    }

    /// The checkpoint that would be exported: the best that is there, or the latest.
    pub fn best_checkpoint(&self) -> Option<Pin> {
        let scored = self.checkpoints.iter().filter_map(|pin| Some((pin, pin.score?)));
        let best = scored.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(pin, _)| pin);
        best.or(self.checkpoints.last()).copied()
    }
}

/// Reads a training's folder again and again.
pub struct RunReader {
    folder: RunFolder,
    settings: Arc<Settings>,
    written: Option<SystemTime>,
    /// Bytes of the events that were read.
    read: u64,
    /// A line whose end is not there yet.
    rest: Vec<u8>,
    told: Told,
    view: Arc<RunView>,
}

/// What the events told.
#[derive(Clone, Debug, Default)]
struct Told {
    began: bool,
    step: u64,
    pace: Option<Pace>,
    learned_s: f64,
    /// Up to this step the seconds are counted.
    counted: u64,
    machine: String,
    rate_factor: f32,
    plots: Plots,
    scores: BTreeMap<u64, f64>,
    of_sheet: Option<SheetMeasured>,
    happened: Vec<Happened>,
    waits: bool,
    ended: Option<Standing>,
}

impl RunReader {
    /// Opens a folder and has a first look.
    ///
    /// # Errors
    /// A folder that is none of a training, or can't be read.
    pub fn open(path: &Path) -> Result<Self, TrainError> {
        let (folder, settings) = RunFolder::open(path)?;
        let settings = Arc::new(settings);
        let (told, written) = (Told::default(), written(path));
        let view = Arc::new(seen(&folder, &settings, &told)?);
        let mut this = Self { folder, settings, written, read: 0, rest: vec![], told, view };
        this.look()?;
        Ok(this)
    }

    /// How it stood at the last look.
    pub fn view(&self) -> &Arc<RunView> {
        &self.view
    }

    /// Looks again; `true`: something changed.
    ///
    /// # Errors
    /// A folder that is gone or can't be read.
    pub fn look(&mut self) -> Result<bool, TrainError> {
        let written = written(self.folder.path());
        if written != self.written || written.is_none() {
            self.settings = Arc::new(RunFolder::open(self.folder.path())?.1);
            self.written = written;
        }
        self.read_events()?;
        let view = seen(&self.folder, &self.settings, &self.told)?;
        let changed = view != *self.view;
        if changed {
            self.view = Arc::new(view);
        }
        Ok(changed)
    }

    fn read_events(&mut self) -> Result<(), TrainError> {
        let path = self.folder.path().join("events.jsonl");
        if !path.exists() {
            return Ok(());
        }
        let reading = || TrainError::reading(&path);
        let mut file = crate::files::open(&path).map_err(reading())?;
        let length = file.metadata().map_err(reading())?.len();
        if length < self.read {
            // Another file took its place.
            (self.read, self.rest, self.told) = (0, vec![], Told::default());
        }
        if length == self.read {
            return Ok(());
        }
        file.seek(SeekFrom::Start(self.read)).map_err(reading())?;
        let mut bytes = std::mem::take(&mut self.rest);
        self.read += file.take(AT_ONCE).read_to_end(&mut bytes).map_err(reading())? as u64;
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        for line in bytes[..whole].split(|byte| *byte == b'\n') {
            if let Ok(event) = serde_json::from_slice(line) {
                self.told.hear(&event);
            }
        }
        bytes.drain(..whole);
        if bytes.len() <= LONGEST_LINE {
            self.rest = bytes;
        }
        Ok(())
    }
}

fn written(folder: &Path) -> Option<SystemTime> {
    std::fs::metadata(folder.join("settings.json")).and_then(|metadata| metadata.modified()).ok()
}

impl Told {
    fn hear(&mut self, event: &RunEvent) {
        (self.step, self.waits, self.ended) = (event.step(), false, None);
        match event {
            RunEvent::Started { step, machine, .. } => {
                if !self.began {
                    self.rate_factor = 1.0;
                }
                (self.began, self.pace, self.machine, self.counted) = (true, None, machine.clone(), *step);
                // What was learned since the last checkpoint was lost.
                self.plots.forget_after(*step);
                let _ = self.scores.split_off(&(step + 1));
            }
            RunEvent::Step { losses, seconds, waited, size_px, step, .. } => {
                let before = self.pace.filter(|pace| pace.size_px == *size_px);
                let mixed = |before: f64, now: f64| STEADY * before + (1.0 - STEADY) * now;
                self.pace = Some(match before {
                    Some(pace) => Pace {
                        seconds: mixed(pace.seconds, *seconds),
                        waited: mixed(pace.waited, *waited),
                        size_px: *size_px,
                    },
                    None => Pace { seconds: *seconds, waited: *waited, size_px: *size_px },
                });
                self.learned_s += seconds * step.saturating_sub(self.counted) as f64;
                self.counted = *step;
                self.plots.lose(*step, losses);
            }
            RunEvent::Measured { step, measured, .. } => {
                self.plots.measure(*step, measured);
                if let Found::Sheet(measured) = measured
                    && self.of_sheet.is_none_or(|best| measured.score() < best.score())
                {
                    self.of_sheet = Some(*measured);
                }
                if self.scores.len() < SCORES && measured.score().is_finite() {
                    self.scores.insert(*step, measured.score());
                }
            }
            RunEvent::NoRoom { .. } => self.waits = true,
            RunEvent::WentBack { rate_factor, .. } => self.rate_factor = *rate_factor,
            RunEvent::Paused { .. } => self.ended = Some(Standing::Paused),
            RunEvent::Done { seconds, .. } => (self.ended, self.learned_s) = (Some(Standing::Done), *seconds),
            RunEvent::Failed { why, .. } => {
                let why = crate::text::line(why).chars().take(LONGEST_WORDS).collect();
                self.ended = Some(Standing::Failed(why));
            }
            RunEvent::Saved { .. } | RunEvent::NotSaved { .. } => {}
        }
        if !matches!(event, RunEvent::Step { .. } | RunEvent::Saved { .. }) {
            let grave = matches!(
                event,
                RunEvent::NoRoom { .. }
                    | RunEvent::WentBack { .. }
                    | RunEvent::NotSaved { .. }
                    | RunEvent::Failed { .. }
            );
            if self.happened.len() >= TOLD {
                self.happened.remove(0);
            }
            let words = crate::text::line(&event.words()).chars().take(LONGEST_WORDS).collect();
            self.happened.push(Happened { step: event.step(), words, grave });
        }
    }
}

fn seen(folder: &RunFolder, settings: &Arc<Settings>, told: &Told) -> Result<RunView, TrainError> {
    let checkpoints = folder.checkpoints()?;
    let checkpoints = checkpoints.iter().rev();
    let pins = checkpoints.map(|c| Pin { step: c.step, score: told.scores.get(&c.step).copied() }).collect();
    let held = folder.is_held();
    let standing = match &told.ended {
        _ if held && folder.is_asked_to_pause() => Standing::Pausing,
        _ if held && told.waits => Standing::Waiting,
        _ if held => Standing::Learning,
        Some(ended) => ended.clone(),
        None if told.began => Standing::BrokenOff,
        None => Standing::Prepared,
    };
    let best = told.scores.iter().min_by(|a, b| a.1.total_cmp(b.1)).map(|(step, score)| (*step, *score));
    let name = folder.path().file_name().unwrap_or(folder.path().as_os_str()).to_string_lossy();
    Ok(RunView {
        path: folder.path().to_owned(),
        name: crate::text::line(&name).into_owned(),
        settings: settings.clone(),
        holder: if held { folder.holder() } else { None },
        pace: told.pace.filter(|_| standing.is_under_way()),
        standing,
        step: told.step,
        steps: settings.rates.steps,
        learned_s: told.learned_s,
        rate_factor: told.rate_factor,
        machine: crate::text::line(&told.machine).into_owned(),
        measured: told.plots.measured.clone(),
        losses: told.plots.losses.clone(),
        best,
        of_sheet: told.of_sheet,
        checkpoints: pins,
        samples: folder.samples()?,
        happened: told.happened.clone(),
    })
}

#[cfg(test)]
mod tests;
