//! Where trainings and what came of them lie, and what is done there.

use super::{Budget, ExperimentError, Outcome, Run, Who, views_of};
use crate::files;
use crate::picture::{Colour, Picture};
use crate::progress::Progress;
use crate::train::{
    self, Baseline, Ended, FoundMeasured, Gauge, Painter, RunEvent, RunFolder, Settings, TrainError, Trial,
};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Pictures of whom the table's page shows.
pub(super) const SHOWN: usize = 8;

/// A folder of experiments.
pub struct Lab {
    out: PathBuf,
    budget: Budget,
    threads: Option<usize>,
    /// Who is measured on, drawn when it is first wanted.
    gauge: Option<Gauge>,
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
}

impl Lab {
    /// The folder at a path, whether it is there or not.
    ///
    /// # Errors
    /// A folder that can't be read, or holds another budget's experiments.
    pub fn open(out: &Path, budget: Budget, threads: Option<usize>) -> Result<Self, ExperimentError> {
        let note = out.join("experiment.json");
        if note.is_file() {
            let bytes = files::read(&note, 1 << 16).map_err(ExperimentError::io("read", &note))?;
            let known: Note = serde_json::from_slice(&bytes).map_err(|e| ExperimentError::file(&note, e))?;
            if known.budget != budget {
                let what = format!(
                    "experiments of the budget `{}` lie here; give that one, or another folder",
                    known.budget.name()
                );
                return Err(ExperimentError::file(out, what));
            }
        }
        Ok(Self { out: out.to_owned(), budget, threads, gauge: None })
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
        let json = serde_json::to_vec_pretty(&Note { budget: self.budget });
        let json = json.map_err(|e| ExperimentError::file(&note, e))?;
        files::write(&note, &json).map_err(ExperimentError::io("write", &note))
    }

    /// Of its trainings.
    pub fn budget(&self) -> Budget {
        self.budget
    }

    /// Where results lie.
    pub fn results(&self) -> PathBuf {
        self.out.join("results")
    }

    /// Where tables lie.
    pub fn tables(&self) -> PathBuf {
        self.out.join("tables")
    }

    /// The folder of a training.
    pub fn run_folder(&self, run: &Run, seed: u64) -> PathBuf {
        self.out.join("runs").join(Who::Run(run.id.into(), seed).stem())
    }

    /// Whether all is known of a training that tables ask.
    ///
    /// # Errors
    /// A result that can't be read.
    pub fn is_done(&self, run: &Run, seed: u64) -> Result<bool, ExperimentError> {
        let who = Who::Run(run.id.into(), seed);
        for views in views_of(run) {
            if Outcome::known(&self.results(), &who, views, self.budget)?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Steps that a training has learned until now.
    ///
    /// # Errors
    /// A folder that can't be read.
    pub fn steps_done(&self, run: &Run, seed: u64) -> Result<u64, ExperimentError> {
        let folder = RunFolder::at(&self.run_folder(run, seed));
        Ok(folder.checkpoints()?.first().map_or(0, |checkpoint| checkpoint.step))
    }

    /// Learns what is missing of a training, and measures it. `progress` may cancel it after any step.
    ///
    /// # Errors
    /// A folder that is another training's; whatever stops a training.
    pub fn learn(
        &mut self,
        run: &Run,
        seed: u64,
        progress: &dyn Progress,
        listen: &(dyn Fn(&RunEvent) + Sync),
    ) -> Result<Learned, ExperimentError> {
        if self.is_done(run, seed)? {
            return Ok(Learned::Done);
        }
        self.prepare()?;
        let wanted = self.settings(run, seed);
        let path = self.run_folder(run, seed);
        let (folder, settings) = if path.join("settings.json").is_file() {
            RunFolder::open(&path)?
        } else {
            (train::begin(&path, &wanted, None)?.0, wanted.clone())
        };
        let same = |settings: &Settings| Settings { threads: 0, makers: 0, ..settings.clone() };
        if same(&settings) != same(&wanted) {
            let what = "a training with other settings lies there, of another version of this program perhaps; give \
                        another folder for the experiments";
            return Err(ExperimentError::file(&path, what));
        }
        if folder.checkpoints()?.first().map(|checkpoint| checkpoint.step) != Some(settings.rates.steps) {
            match train::run(&folder, &settings, None, progress, listen) {
                Ok(Ended::Done) => {}
                Ok(Ended::Paused) => return Ok(Learned::Paused),
                Err(TrainError::Held { .. }) => return Ok(Learned::Elsewhere),
                Err(error) => return Err(error.into()),
            }
        }
        self.measure(run, seed, &folder)?;
        // There are many trainings, and each checkpoint of the paper's size has most of a gigabyte.
        folder.keep_last()?;
        Ok(Learned::Done)
    }

    /// What a training at this budget learns by.
    pub fn settings(&self, run: &Run, seed: u64) -> Settings {
        let settings = self.budget.settings(run, seed);
        Settings { threads: self.threads.unwrap_or(settings.threads), ..settings }
    }

    fn measure(&mut self, run: &Run, seed: u64, folder: &RunFolder) -> Result<(), ExperimentError> {
        let painter = Painter::open(folder)?;
        let progress = folder.latest()?.map(|state| state.progress);
        let (steps, learned_s) = progress.map_or((0, 0.0), |progress| (progress.step, progress.seconds));
        for views in views_of(run) {
            let gauge = self.gauge()?;
            let trials = if painter.study().paints() { gauge.trials(&painter, views) } else { vec![] };
            let found = gauge.found(&painter);
            let who = Who::Run(run.id.into(), seed);
            self.keep(who, views, painter.parameters(), steps, learned_s, &trials, found)?;
        }
        Ok(())
    }

    /// Measures who needs no training, as far as that isn't known.
    ///
    /// # Errors
    /// A file that can't be read or written.
    pub fn baselines(&mut self, views: usize) -> Result<(), ExperimentError> {
        self.prepare()?;
        for which in Baseline::ALL {
            let who = Who::Baseline(which);
            if Outcome::known(&self.results(), &who, views, self.budget)?.is_some() {
                continue;
            }
            if let Some(trials) = self.gauge()?.baseline(which, views)? {
                self.keep(who, views, 0, 0, 0.0, &trials, None)?;
            }
        }
        Ok(())
    }

    /// The true pictures that tables' pages show.
    ///
    /// # Errors
    /// None but for a damaged build.
    pub fn truths(&mut self) -> Result<Vec<Picture>, ExperimentError> {
        let mut truths = self.gauge()?.truths();
        truths.truncate(SHOWN);
        Ok(truths)
    }

    fn gauge(&mut self) -> Result<&Gauge, ExperimentError> {
        Ok(match &mut self.gauge {
            Some(gauge) => gauge,
            none => none.insert(Gauge::new(self.budget.size_px(), self.budget.characters())?),
        })
    }

    fn keep(
        &self,
        who: Who,
        views: usize,
        parameters: usize,
        steps: u64,
        learned_s: f64,
        trials: &[Trial],
        found: Option<FoundMeasured>,
    ) -> Result<(), ExperimentError> {
        let shown: Vec<&Picture> = trials.iter().take(SHOWN).map(|trial| &trial.picture).collect();
        if !shown.is_empty() {
            let path = Outcome::path(&self.results(), &who, views).with_extension("png");
            strip(&shown).save_png(&path).map_err(ExperimentError::io("write", &path))?;
        }
        let measures = Outcome::summed(trials, found);
        let outcome = Outcome { who, views, budget: self.budget, parameters, steps, learned_s, measures };
        outcome.save(&self.results()).map(drop)
    }
}

/// Pictures of one size beside each other, on white.
pub(super) fn strip(pictures: &[&Picture]) -> Picture {
    let [width, height] = pictures.first().map_or([1, 1], |first| [first.width_px, first.height_px]);
    let mut all = Picture::new(width * pictures.len().max(1) as u32, height);
    for (i, picture) in pictures.iter().enumerate() {
        for y in 0..height.min(picture.height_px) {
            for x in 0..width.min(picture.width_px) {
                *all.at_mut(i as u32 * width + x, y) = picture.at(x, y);
            }
        }
    }
    Colour::WHITE.under(&mut all);
    all
}
