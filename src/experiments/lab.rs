//! Where trainings and what came of them lie, and what is done there.

use super::pictures::strip;
use super::place::{Learned, Place, Subject};
use super::tables::cases_of;
use super::{Budget, ExperimentError, Outcome, Run, Shown, Who, views_of};
use crate::measures::Summary;
use crate::picture::Picture;
use crate::progress::Progress;
use crate::train::{Baseline, Gauge, Painter, RunEvent, RunFolder, Settings};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};

/// Pictures of whom the table's page shows.
pub(super) const SHOWN: usize = 8;

/// A folder of experiments.
pub struct Lab {
    place: Place,
    /// Figures that are measured on besides.
    figures: Vec<PathBuf>,
    /// Who is measured on, drawn when it is first wanted.
    gauges: BTreeMap<Shown, Gauge>,
}

impl Lab {
    /// The folder at a path, whether it is there or not.
    ///
    /// # Errors
    /// A folder that can't be read, or holds another budget's experiments.
    pub fn open(out: &Path, budget: Budget, threads: Option<usize>) -> Result<Self, ExperimentError> {
        let place = Place::open(out, budget, Subject::Conr, threads)?;
        Ok(Self { place, figures: vec![], gauges: BTreeMap::new() })
    }

    /// The same with figures in files that are measured on besides; nobody learns from them.
    pub fn with_figures(self, figures: Vec<PathBuf>) -> Self {
        Self { figures, ..self }
    }

    /// Whether such pictures can be made.
    pub fn can_show(&self, shown: Shown) -> bool {
        shown != Shown::Figures || !self.figures.is_empty()
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
            if !self.is_known(&who, views, Shown::Generated)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether it is known what somebody is worth in these pictures; in those of other figures than these isn't.
    fn is_known(&self, who: &Who, views: usize, shown: Shown) -> Result<bool, ExperimentError> {
        let known = Outcome::known(&self.results(), who, views, shown, self.budget())?;
        let names = self.figures_shown(shown);
        Ok(known.is_some_and(|outcome| outcome.figures == names))
    }

    /// The names of the files whose figures are seen.
    fn figures_shown(&self, shown: Shown) -> Vec<String> {
        let name = |path: &PathBuf| path.file_name().map(|name| name.to_string_lossy().into_owned());
        if shown == Shown::Figures { self.figures.iter().filter_map(name).collect() } else { vec![] }
    }

    /// What is known of a training's worth.
    ///
    /// # Errors
    /// A result that can't be read.
    pub fn outcomes(&self, run: &Run, seed: u64) -> Result<Vec<Outcome>, ExperimentError> {
        let who = Who::Run(run.id.into(), seed);
        let known = |(views, shown)| Outcome::known(&self.results(), &who, views, shown, self.budget()).transpose();
        cases_of(run).into_iter().filter_map(known).collect()
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
            self.measure_more(run, seed)?;
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

    /// Measures a training that is done in further pictures, if it lies here. Results may have come without it.
    fn measure_more(&mut self, run: &Run, seed: u64) -> Result<(), ExperimentError> {
        let path = self.run_folder(run, seed);
        if !path.join("settings.json").is_file() {
            return Ok(());
        }
        let steps = self.settings(run, seed).rates.steps;
        let (folder, _) = RunFolder::open(&path)?;
        let last = folder.checkpoints()?.first().map(|checkpoint| checkpoint.step);
        if last == Some(steps) { self.measure(run, seed, &folder) } else { Ok(()) }
    }

    /// Measures a training as far as it isn't known what it is worth.
    fn measure(&mut self, run: &Run, seed: u64, folder: &RunFolder) -> Result<(), ExperimentError> {
        let who = Who::Run(run.id.into(), seed);
        let mut missing = vec![];
        for (views, shown) in cases_of(run) {
            if self.can_show(shown) && !self.is_known(&who, views, shown)? {
                missing.push((views, shown));
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        let painter = Painter::open(folder)?;
        let progress = folder.latest()?.map(|state| state.progress);
        let (steps, learned_s) = progress.map_or((0, 0.0), |progress| (progress.step, progress.seconds));
        for (views, shown) in missing {
            let gauge = self.gauge(shown)?;
            let paints = painter.study().paints();
            let trials = match shown {
                _ if !paints => vec![],
                Shown::Found => gauge.trials_by_found(&painter, views),
                _ => gauge.trials(&painter, views),
            };
            let landmarks = if paints { vec![] } else { gauge.found_landmarks(&painter) };
            let pictures: Vec<&Picture> = trials.iter().map(|trial| &trial.picture).chain(&landmarks).collect();
            let measures = Outcome::summed(&trials, gauge.found(&painter));
            self.keep(&who, views, shown, [painter.parameters() as u64, steps], learned_s, measures, &pictures)?;
        }
        Ok(())
    }

    /// Measures who needs no training, as far as that isn't known and such pictures can be made. They have no detector.
    ///
    /// # Errors
    /// A file that can't be read or written.
    pub fn baselines(&mut self, views: usize, shown: Shown) -> Result<(), ExperimentError> {
        if !self.can_show(shown) || shown == Shown::Found {
            return Ok(());
        }
        self.prepare()?;
        for which in Baseline::ALL {
            let who = Who::Baseline(which);
            if self.is_known(&who, views, shown)? {
                continue;
            }
            if let Some(trials) = self.gauge(shown)?.baseline(which, views)? {
                let pictures: Vec<&Picture> = trials.iter().map(|trial| &trial.picture).collect();
                self.keep(&who, views, shown, [0, 0], 0.0, Outcome::summed(&trials, None), &pictures)?;
            }
        }
        Ok(())
    }

    /// The true pictures that tables' pages show.
    ///
    /// # Errors
    /// A figure that can't be drawn.
    pub fn truths(&mut self, shown: Shown) -> Result<Vec<Picture>, ExperimentError> {
        let mut truths = self.gauge(shown)?.truths();
        truths.truncate(SHOWN);
        Ok(truths)
    }

    /// The first pictures that detectors are shown, and the true landmarks there as colours.
    ///
    /// # Errors
    /// A figure that can't be drawn.
    pub(super) fn detections(&mut self) -> Result<[Vec<Picture>; 2], ExperimentError> {
        let gauge = self.gauge(Shown::Generated)?;
        let mut both = [gauge.shown_to_detectors(), gauge.landmarks()];
        both.iter_mut().for_each(|pictures| pictures.truncate(SHOWN));
        Ok(both)
    }

    fn gauge(&mut self, shown: Shown) -> Result<&Gauge, ExperimentError> {
        let (size_px, characters) = (self.budget().size_px(), self.budget().characters());
        // The pictures are the same.
        let shown = if shown == Shown::Found { Shown::Generated } else { shown };
        Ok(match self.gauges.entry(shown) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(none) => none.insert(match shown {
                Shown::Generated | Shown::Found => Gauge::new(size_px, characters)?,
                Shown::Drawn => Gauge::drawn(size_px, characters)?,
                Shown::Figures => Gauge::of_figures(size_px, &self.figures)?,
            }),
        })
    }

    fn keep(
        &self,
        who: &Who,
        views: usize,
        shown: Shown,
        [parameters, steps]: [u64; 2],
        learned_s: f64,
        measures: Vec<Summary>,
        pictures: &[&Picture],
    ) -> Result<(), ExperimentError> {
        let path = Outcome::path(&self.results(), who, views, shown).with_extension("png");
        let first = &pictures[..SHOWN.min(pictures.len())];
        strip(first).save_png(&path).map_err(ExperimentError::io("write", &path))?;
        let (who, parameters, figures) = (who.clone(), parameters as usize, self.figures_shown(shown));
        let budget = self.budget();
        let outcome = Outcome { who, views, shown, figures, budget, parameters, steps, learned_s, measures };
        outcome.save(&self.results()).map(drop)
    }
}
