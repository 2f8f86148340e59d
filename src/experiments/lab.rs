//! Where trainings and what came of them lie, and what is done there.

use super::pictures::strip;
use super::place::{Learned, Place, Subject};
use super::{Budget, ExperimentError, Outcome, Run, Who, views_of};
use crate::picture::Picture;
use crate::progress::Progress;
use crate::train::{Baseline, FoundMeasured, Gauge, Painter, RunEvent, RunFolder, Settings, Trial};
use std::path::{Path, PathBuf};

/// Pictures of whom the table's page shows.
pub(super) const SHOWN: usize = 8;

/// A folder of experiments.
pub struct Lab {
    place: Place,
    /// Who is measured on, drawn when it is first wanted.
    gauge: Option<Gauge>,
}

impl Lab {
    /// The folder at a path, whether it is there or not.
    ///
    /// # Errors
    /// A folder that can't be read, or holds another budget's experiments.
    pub fn open(out: &Path, budget: Budget, threads: Option<usize>) -> Result<Self, ExperimentError> {
        Ok(Self { place: Place::open(out, budget, Subject::Conr, threads)?, gauge: None })
    }

    /// Makes the folder, if it isn't there.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub(super) fn prepare(&self) -> Result<(), ExperimentError> {
        self.place.prepare()
    }

    /// Of its trainings.
    pub fn budget(&self) -> Budget {
        self.place.budget()
    }

    /// Where results lie.
    pub fn results(&self) -> PathBuf {
        self.place.results()
    }

    /// Where tables lie.
    pub fn tables(&self) -> PathBuf {
        self.place.tables()
    }

    /// The folder of a training.
    pub fn run_folder(&self, run: &Run, seed: u64) -> PathBuf {
        self.place.run_folder(&Who::Run(run.id.into(), seed).stem())
    }

    /// Whether all is known of a training that tables ask.
    ///
    /// # Errors
    /// A result that can't be read.
    pub fn is_done(&self, run: &Run, seed: u64) -> Result<bool, ExperimentError> {
        let who = Who::Run(run.id.into(), seed);
        for views in views_of(run) {
            if Outcome::known(&self.results(), &who, views, self.budget())?.is_none() {
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
        self.place.steps_done(&Who::Run(run.id.into(), seed).stem())
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
        let (learned, folder) =
            self.place.train(&Who::Run(run.id.into(), seed).stem(), &self.settings(run, seed), progress, listen)?;
        if learned != Learned::Done {
            return Ok(learned);
        }
        self.measure(run, seed, &folder)?;
        // There are many trainings, and each checkpoint of the paper's size has most of a gigabyte.
        folder.keep_last()?;
        Ok(Learned::Done)
    }

    /// What a training at this budget learns by.
    pub fn settings(&self, run: &Run, seed: u64) -> Settings {
        self.place.settled(self.budget().settings(run, seed))
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
            if Outcome::known(&self.results(), &who, views, self.budget())?.is_some() {
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
        let budget = self.budget();
        Ok(match &mut self.gauge {
            Some(gauge) => gauge,
            none => none.insert(Gauge::new(budget.size_px(), budget.characters())?),
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
        let outcome = Outcome { who, views, budget: self.budget(), parameters, steps, learned_s, measures };
        outcome.save(&self.results()).map(drop)
    }
}
