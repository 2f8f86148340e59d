//! The folder of a training: settings, events, checkpoints.
//!
//! ```text
//! RUN/settings.json             what was asked for
//! RUN/figures.json              every figure file learned from: path, bytes, hash, licence
//! RUN/sheet/                    of a training on a character's drawings: copies of them, and what was said about each
//! RUN/events.jsonl              what happened, a line each
//! RUN/lock, RUN/learning.json   held by the process that learns, and which that is
//! RUN/pause                     somebody wants it to pause
//! RUN/checkpoints/00000500      a state; the three best and the last two are kept
//! RUN/samples/00000500.png      what was answered then about the same six figures
//! RUN/weights/                  what was written of it as weights from the window
//! RUN/measured-00000500.json    what `settei train measure` found after so many steps
//! ```

use super::{RunEvent, Settings, State, Taught, TrainError};
use crate::files;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Checkpoints that are kept because they measured best.
const BEST: usize = 3;
/// … because they are the last.
const LAST: usize = 2;
const MAX_SETTINGS_BYTES: u64 = 16 << 20;

/// A training's folder.
#[derive(Clone, Debug)]
pub struct RunFolder {
    path: PathBuf,
}

/// A state in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    /// Steps done.
    pub step: u64,
    /// The file.
    pub path: PathBuf,
}

impl RunFolder {
    /// Makes a new one.
    ///
    /// # Errors
    /// Something is there already, or can't be written.
    pub fn create(path: &Path, settings: &Settings) -> Result<Self, TrainError> {
        let this = Self { path: path.to_owned() };
        settings.check().map_err(|what| this.wrong(what))?;
        if path.is_dir() && std::fs::read_dir(path).map_err(TrainError::reading(path))?.next().is_some() {
            return Err(this.wrong("it holds other files; a training wants a folder of its own".into()));
        }
        std::fs::create_dir_all(this.checkpoints_folder()).map_err(TrainError::writing(path))?;
        this.write_json("settings.json", settings)?;
        Ok(this)
    }

    /// The folder at a path, whatever is there.
    pub fn at(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// Has a training that learned nothing yet begin with another one's checkpoint, of the same graph.
    ///
    /// # Errors
    /// A damaged checkpoint; whatever the file system says.
    pub fn begin_with(&self, checkpoint: &Path) -> Result<(), TrainError> {
        let state = State::load(checkpoint)?;
        state.save(&self.room_for(&state)?)
    }

    /// Writes a small copy of it into another folder, to be carried to another machine: its settings, what happened, and its
    /// latest checkpoint as [`State::save_small`] has it. It can be resumed there.
    ///
    /// # Errors
    /// It has no checkpoint yet; something is in the other folder already; whatever the file system says.
    pub fn copy_small(&self, to: &Path) -> Result<u64, TrainError> {
        let (_, settings) = Self::open(&self.path)?;
        if settings.graph == Taught::Sheet {
            return Err(
                self.wrong("it learns on a character's drawings, which lie in it: carry the folder as it is".into())
            );
        }
        let state = self.latest()?;
        let state = state.ok_or_else(|| self.wrong("it has no checkpoint yet; let it learn a while".into()))?;
        let copy = Self::create(to, &settings)?;
        for name in ["figures.json", "events.jsonl"] {
            let (from, to) = (self.path.join(name), to.join(name));
            if from.is_file() {
                let bytes = files::read(&from, 1 << 30).map_err(TrainError::reading(&from))?;
                files::write(&to, &bytes).map_err(TrainError::writing(&to))?;
            }
        }
        state.save_small(&copy.room_for(&state)?)?;
        Ok(state.progress.step)
    }

    /// Opens one, and reads its settings.
    ///
    /// # Errors
    /// A folder that is none of a training, or whose settings can't be used.
    pub fn open(path: &Path) -> Result<(Self, Settings), TrainError> {
        let this = Self { path: path.to_owned() };
        let file = path.join("settings.json");
        if !file.is_file() {
            return Err(this.wrong("it has no settings.json; `settei train new` makes one".into()));
        }
        let bytes = files::read(&file, MAX_SETTINGS_BYTES).map_err(TrainError::reading(&file))?;
        let settings: Settings =
            serde_json::from_slice(&bytes).map_err(|e| this.wrong(format!("its settings.json is damaged: {e}")))?;
        settings.check().map_err(|what| this.wrong(what))?;
        Ok((this, settings))
    }

    /// Lets the training end `steps` steps after its latest checkpoint; in these the rate falls to the lowest.
    ///
    /// # Errors
    /// A damaged checkpoint; whatever the file system says.
    pub fn finish(&self, settings: &mut Settings, steps: u64) -> Result<(), TrainError> {
        let done = self.latest()?.map_or(0, |state| state.progress.step);
        settings.rates.steps = done + steps;
        settings.rates.fall = Some(steps);
        self.write_json("settings.json", settings)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a small file of it.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn write_json(&self, name: &str, value: &impl serde::Serialize) -> Result<(), TrainError> {
        let path = self.path.join(name);
        let json = serde_json::to_vec_pretty(value).map_err(|e| self.wrong(e.to_string()))?;
        files::write(&path, &json).map_err(TrainError::writing(&path))
    }

    /// Reads a small file of it; none where there is none.
    ///
    /// # Errors
    /// A file that can't be read or is damaged.
    pub fn read_json<T: serde::de::DeserializeOwned>(&self, name: &str) -> Result<Option<T>, TrainError> {
        let path = self.path.join(name);
        if !path.is_file() {
            return Ok(None);
        }
        let bytes = files::read(&path, MAX_SETTINGS_BYTES).map_err(TrainError::reading(&path))?;
        serde_json::from_slice(&bytes).map(Some).map_err(|e| self.wrong(format!("its {name} is damaged: {e}")))
    }

    /// Adds an event.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn tell(&self, event: &RunEvent) -> Result<(), TrainError> {
        let path = self.path.join("events.jsonl");
        let line = serde_json::to_string(event).map_err(|e| self.wrong(e.to_string()))?;
        let written = std::fs::OpenOptions::new().create(true).append(true).open(&path);
        written.and_then(|mut file| writeln!(file, "{line}")).map_err(TrainError::writing(&path))
    }

    /// All events; lines that a crash cut short are left out.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn events(&self) -> Result<Vec<RunEvent>, TrainError> {
        let path = self.path.join("events.jsonl");
        if !path.is_file() {
            return Ok(vec![]);
        }
        let bytes = files::read(&path, 1 << 30).map_err(TrainError::reading(&path))?;
        Ok(String::from_utf8_lossy(&bytes).lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
    }

    fn checkpoints_folder(&self) -> PathBuf {
        self.path.join("checkpoints")
    }

    /// Where a state's checkpoint lies. The folder of checkpoints is made if it isn't there: who carries a training by git, or
    /// writes its settings by hand, has none.
    fn room_for(&self, state: &State) -> Result<PathBuf, TrainError> {
        let folder = self.checkpoints_folder();
        std::fs::create_dir_all(&folder).map_err(TrainError::writing(&folder))?;
        Ok(folder.join(format!("{:08}", state.progress.step)))
    }

    /// All checkpoints, the latest first.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn checkpoints(&self) -> Result<Vec<Checkpoint>, TrainError> {
        let folder = self.checkpoints_folder();
        if !folder.is_dir() {
            return Ok(vec![]);
        }
        let mut found = vec![];
        for entry in std::fs::read_dir(&folder).map_err(TrainError::reading(&folder))? {
            let entry = entry.map_err(TrainError::reading(&folder))?;
            if let Some(step) = entry.file_name().to_str().and_then(|name| name.parse().ok()) {
                found.push(Checkpoint { step, path: entry.path() });
            }
        }
        found.sort_by_key(|checkpoint| std::cmp::Reverse(checkpoint.step));
        Ok(found)
    }

    /// The latest state; none where nothing was learned yet.
    ///
    /// # Errors
    /// A damaged checkpoint.
    pub fn latest(&self) -> Result<Option<State>, TrainError> {
        self.checkpoints()?.first().map(|checkpoint| State::load(&checkpoint.path)).transpose()
    }

    /// The settings and the latest state of a training of this graph; `otherwise` says what is wrong with one of another.
    ///
    /// # Errors
    /// A folder that is none of such a training, has no checkpoint, or a damaged one.
    pub(super) fn learned(&self, graph: Taught, otherwise: &str) -> Result<(Settings, State), TrainError> {
        let (_, settings) = Self::open(&self.path)?;
        if settings.graph != graph {
            return Err(self.wrong(otherwise.into()));
        }
        let state = self.latest()?;
        let state = state.ok_or_else(|| self.wrong("it has no checkpoint yet; let it learn a while".into()))?;
        Ok((settings, state))
    }

    /// The state that measured best; the latest where none was measured.
    ///
    /// # Errors
    /// A damaged checkpoint.
    pub fn best(&self) -> Result<Option<State>, TrainError> {
        let checkpoints = self.checkpoints()?;
        let ranked = self.ranked(&checkpoints)?;
        match ranked.first().copied().or(checkpoints.first()) {
            Some(checkpoint) => State::load(&checkpoint.path).map(Some),
            None => Ok(None),
        }
    }

    /// Checkpoints that were measured, the best first.
    fn ranked<'c>(&self, checkpoints: &'c [Checkpoint]) -> Result<Vec<&'c Checkpoint>, TrainError> {
        let mut scores = std::collections::BTreeMap::new();
        for event in self.events()? {
            scores.extend(match event {
                RunEvent::Measured { step, measured, .. } => Some((step, measured.score())),
                _ => None,
            });
        }
        let mut ranked: Vec<_> = checkpoints.iter().filter(|c| scores.contains_key(&c.step)).collect();
        ranked.sort_by(|a, b| scores[&a.step].total_cmp(&scores[&b.step]));
        Ok(ranked)
    }

    /// Writes a checkpoint, and removes those that are neither among the best nor the last.
    ///
    /// # Errors
    /// Whatever the file system says; the checkpoints that were there are then untouched.
    pub fn save(&self, state: &State) -> Result<Checkpoint, TrainError> {
        let path = self.room_for(state)?;
        state.save(&path)?;
        let all = self.checkpoints()?;
        let kept: Vec<&Path> =
            all.iter().take(LAST).chain(self.ranked(&all)?.into_iter().take(BEST)).map(|c| &*c.path).collect();
        for checkpoint in &all {
            if !kept.contains(&&*checkpoint.path) {
                std::fs::remove_file(&checkpoint.path).map_err(TrainError::writing(&checkpoint.path))?;
            }
        }
        Ok(Checkpoint { step: state.progress.step, path })
    }

    /// Removes all checkpoints but the last one, where nobody goes back to another.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn keep_last(&self) -> Result<(), TrainError> {
        for Checkpoint { path, .. } in self.checkpoints()?.iter().skip(1) {
            std::fs::remove_file(path).map_err(TrainError::writing(path))?;
        }
        Ok(())
    }

    fn wrong(&self, what: String) -> TrainError {
        TrainError::Folder { path: self.path.clone(), what }
    }
}
