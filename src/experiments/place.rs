//! A folder of trainings and of what came of them, whatever they are about.

use super::{Budget, ExperimentError};
use crate::files;
use crate::progress::Progress;
use crate::train::{self, Ended, RunEvent, RunFolder, Settings, TrainError};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Whose experiments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Subject {
    /// Those of the paper on CoNR.
    #[default]
    Conr,
    /// Those of the paper on PSGAN.
    Psgan,
}

impl Subject {
    fn name(self) -> &'static str {
        match self {
            Self::Conr => "CoNR",
            Self::Psgan => "PSGAN",
        }
    }
}

/// How a training ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Learned {
    /// It is done, and what it is worth is known.
    Done,
    /// It was asked to stop, and goes on when it is wanted again.
    Paused,
    /// Another process learns it.
    Elsewhere,
}

#[derive(Serialize, Deserialize)]
struct Note {
    budget: Budget,
    #[serde(default)]
    subject: Subject,
}

/// The folder.
pub(super) struct Place {
    out: PathBuf,
    budget: Budget,
    subject: Subject,
    threads: Option<usize>,
}

impl Place {
    /// The one at a path, whether it is there or not.
    ///
    /// # Errors
    /// A folder that can't be read, or holds other experiments.
    pub(super) fn open(
        out: &Path,
        budget: Budget,
        subject: Subject,
        threads: Option<usize>,
    ) -> Result<Self, ExperimentError> {
        let note = out.join("experiment.json");
        if note.is_file() {
            let bytes = files::read(&note, 1 << 16).map_err(ExperimentError::io("read", &note))?;
            let known: Note = serde_json::from_slice(&bytes).map_err(|e| ExperimentError::file(&note, e))?;
            if known.subject != subject {
                let what = format!("experiments on {} lie here; give another folder", known.subject.name());
                return Err(ExperimentError::file(out, what));
            }
            if known.budget != budget {
                let what = format!(
                    "experiments of the budget `{}` lie here; give that one, or another folder",
                    known.budget.name()
                );
                return Err(ExperimentError::file(out, what));
            }
        }
        Ok(Self { out: out.to_owned(), budget, subject, threads })
    }

    /// Makes the folder, if it isn't there.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub(super) fn prepare(&self) -> Result<(), ExperimentError> {
        let (out, note) = (&self.out, self.out.join("experiment.json"));
        for folder in ["runs", "results", "tables"].map(|name| out.join(name)) {
            std::fs::create_dir_all(&folder).map_err(ExperimentError::io("write", &folder))?;
        }
        let json = serde_json::to_vec_pretty(&Note { budget: self.budget, subject: self.subject });
        let json = json.map_err(|e| ExperimentError::file(&note, e))?;
        files::write(&note, &json).map_err(ExperimentError::io("write", &note))
    }

    /// Of its trainings.
    pub(super) fn budget(&self) -> Budget {
        self.budget
    }

    /// Where results lie.
    pub(super) fn results(&self) -> PathBuf {
        self.out.join("results")
    }

    /// Where tables lie.
    pub(super) fn tables(&self) -> PathBuf {
        self.out.join("tables")
    }

    /// The folder of a training.
    pub(super) fn run_folder(&self, stem: &str) -> PathBuf {
        self.out.join("runs").join(stem)
    }

    /// Settings as they are learned by here.
    pub(super) fn settled(&self, settings: Settings) -> Settings {
        Settings { threads: self.threads.unwrap_or(settings.threads), ..settings }
    }

    /// Steps that a training has learned until now.
    ///
    /// # Errors
    /// A folder that can't be read.
    pub(super) fn steps_done(&self, stem: &str) -> Result<u64, ExperimentError> {
        let folder = RunFolder::at(&self.run_folder(stem));
        Ok(folder.checkpoints()?.first().map_or(0, |checkpoint| checkpoint.step))
    }

    /// Learns what is missing of a training; of one that is done answers its folder. `progress` may cancel it after any step.
    ///
    /// # Errors
    /// A folder that is another training's; whatever stops a training.
    pub(super) fn train(
        &self,
        stem: &str,
        wanted: &Settings,
        progress: &dyn Progress,
        listen: &(dyn Fn(&RunEvent) + Sync),
    ) -> Result<(Learned, RunFolder), ExperimentError> {
        self.prepare()?;
        let path = self.run_folder(stem);
        let (folder, settings) = if path.join("settings.json").is_file() {
            RunFolder::open(&path)?
        } else {
            (train::begin(&path, wanted, None)?.0, wanted.clone())
        };
        let same = |settings: &Settings| Settings { threads: 0, makers: 0, ..settings.clone() };
        if same(&settings) != same(wanted) {
            let what = "a training with other settings lies there, of another version of this program perhaps; give \
                        another folder for the experiments";
            return Err(ExperimentError::file(&path, what));
        }
        if folder.checkpoints()?.first().map(|checkpoint| checkpoint.step) == Some(settings.rates.steps) {
            return Ok((Learned::Done, folder));
        }
        match train::run(&folder, &settings, None, progress, listen) {
            Ok(Ended::Done) => Ok((Learned::Done, folder)),
            Ok(Ended::Paused) => Ok((Learned::Paused, folder)),
            Err(TrainError::Held { .. }) => Ok((Learned::Elsewhere, folder)),
            Err(error) => Err(error.into()),
        }
    }
}
