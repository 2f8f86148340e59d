//! A training of the renderer from where it stands until it is paused or done.

use super::super::data::{Cast, Stage};
use super::super::dice::Dice;
use super::super::session::Ended;
use super::super::{RunEvent, RunFolder, Settings, State, TrainError, record};
use super::feed::{Feed, Maker};
use super::learner::PaintLearner;
use super::loss::PaintLosses;
use super::measure::Examination;
use crate::fude::{Eyes, RendererGraph};
use crate::progress::{Progress, Silent};
use crate::weights::{self, Schema, WeightType};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// Steps between two lines about losses, and between two copies of a good state.
const TOLD_EVERY: u64 = 20;
/// The rate is halved so often at most.
const LEAST_FACTOR: f32 = 1.0 / 1024.0;

/// The eyes that a training's renderer sees with: of the detector it was given, or by lot.
fn eyes(settings: &Settings) -> Result<Eyes, TrainError> {
    let size_px = settings.stages.iter().map(|stage| stage.size_px).max().unwrap_or(settings.measure_px);
    match &settings.detector {
        Some(path) => Ok(Eyes::load(path, size_px, &Silent)?),
        None => {
            let mut dice = Dice::of(&[settings.seed, 5]);
            Eyes::by_lot(size_px, || dice.normal()).map_err(|e| TrainError::Network(e.to_string()))
        }
    }
}

/// Learns: see [`run`](super::super::run).
pub(in super::super) fn run(
    folder: &RunFolder,
    settings: &Settings,
    steps: Option<u64>,
    progress: &dyn Progress,
    listen: &(dyn Fn(&RunEvent) + Sync),
) -> Result<Ended, TrainError> {
    let learner = PaintLearner::new(eyes(settings)?);
    let state = match folder.latest()? {
        Some(state) => state,
        None => learner.fresh(settings.seed),
    };
    let session = Session { folder, settings, listen, learner, good: state.clone(), state, examination: None };
    session.learn(steps, progress)
}

/// Writes a state as a weight file of encoder, detector and renderer.
pub(in super::super) fn export(
    settings: &Settings,
    state: &State,
    to: &Path,
    kind: WeightType,
) -> Result<(), TrainError> {
    let learner = PaintLearner::new(eyes(settings)?);
    let mut folded: BTreeMap<String, Vec<f32>> = learner.net().folded(&state.averaged, &state.averaged_statistics);
    let schema = Schema::of::<RendererGraph>()?;
    weights::write(to, &schema, kind, |name, _| {
        folded.remove(name).or_else(|| learner.eyes().values(name)).unwrap_or_default()
    })?;
    Ok(())
}

struct Session<'a> {
    folder: &'a RunFolder,
    settings: &'a Settings,
    listen: &'a (dyn Fn(&RunEvent) + Sync),
    learner: PaintLearner,
    state: State,
    good: State,
    /// Drawn when it is first wanted.
    examination: Option<Examination>,
}

impl Session<'_> {
    fn learn(mut self, steps: Option<u64>, progress: &dyn Progress) -> Result<Ended, TrainError> {
        let settings = self.settings;
        let (first, all) = (self.state.progress.step, settings.rates.steps);
        let until = steps.map_or(all, |steps| all.min(first + steps));
        let machine = record::machine();
        self.tell(RunEvent::Started { step: first, steps: all, parameters: self.learner.net().len(), machine })?;
        progress.stage("learning", until.saturating_sub(first));
        let cast = Arc::new(Cast::new(settings.seed, settings.figures.clone())?);
        let detector = match &settings.detector {
            Some(_) => {
                let detector = self.learner.eyes().detector(settings.measure_px);
                Some(Arc::new(detector.map_err(|e| TrainError::Network(e.to_string()))?))
            }
            None => None,
        };
        let mut feed = Feed::start(settings.makers, first, || Maker {
            cast: Arc::clone(&cast),
            detector: detector.clone(),
            seed: settings.seed,
            stages: settings.stages.clone(),
            known: BTreeMap::new(),
        });
        let (mut recent, mut seconds, mut waited) = (vec![], 0.0, 0.0);
        while self.state.progress.step < until {
            if progress.cancelled() {
                return self.pause();
            }
            let began = Instant::now();
            let lesson = feed.next()?;
            waited += began.elapsed().as_secs_f64();
            let step = self.state.progress.step;
            match self.learner.step(&mut self.state, &lesson, settings) {
                Ok((losses, gradient)) => {
                    recent.push(losses);
                    seconds += began.elapsed().as_secs_f64();
                    self.state.progress.seconds += began.elapsed().as_secs_f64();
                    if self.state.progress.step.is_multiple_of(TOLD_EVERY) {
                        self.tell_losses(&recent, gradient, seconds, waited)?;
                        (seconds, waited) = (0.0, 0.0);
                        recent.clear();
                        if self.state.is_finite() {
                            self.good = self.state.clone();
                        }
                    }
                }
                Err(_) => self.take_back(step)?,
            }
            progress.advance(1);
            let step = self.state.progress.step;
            if step.is_multiple_of(settings.measure_every) || step == all {
                self.measure()?;
            }
            if step.is_multiple_of(settings.save_every) && step < until {
                self.save(false)?;
            }
        }
        if until < all {
            return self.pause();
        }
        self.save(true)?;
        self.tell(RunEvent::Done { step: all, seconds: self.state.progress.seconds })?;
        Ok(Ended::Done)
    }

    /// Back to the last good state, with half the rate; the lesson counts as learned.
    fn take_back(&mut self, step: u64) -> Result<(), TrainError> {
        let factor = self.state.progress.rate_factor / 2.0;
        if factor < LEAST_FACTOR {
            return Err(TrainError::Diverged(factor));
        }
        let progressed = self.state.progress.clone();
        self.state = self.good.clone();
        self.state.progress = progressed;
        self.state.progress.step = step + 1;
        self.state.progress.rate_factor = factor;
        self.tell(RunEvent::NotANumber { step: step + 1, rate_factor: factor })
    }

    fn tell_losses(&self, recent: &[PaintLosses], gradient: f64, seconds: f64, waited: f64) -> Result<(), TrainError> {
        let count = recent.len().max(1) as f64;
        let mean = |of: fn(&PaintLosses) -> f64| recent.iter().map(of).sum::<f64>() / count;
        let losses = PaintLosses {
            total: mean(|l| l.total),
            colour: mean(|l| l.colour),
            edges: mean(|l| l.edges),
            opacity: mean(|l| l.opacity),
            copy: mean(|l| l.copy),
        };
        let step = self.state.progress.step;
        let rate = self.settings.rates.at(step) * self.state.progress.rate_factor;
        let (stage, _) = Stage::at(&self.settings.stages, step - 1);
        let (seconds, waited) = (seconds / count, waited / count);
        self.tell(RunEvent::PaintStep { step, losses, gradient, rate, size_px: stage.size_px, seconds, waited })
    }

    fn measure(&mut self) -> Result<(), TrainError> {
        let examination = match self.examination.take() {
            Some(examination) => examination,
            None => Examination::new(self.settings.measure_px)?,
        };
        let measured = examination.of(&self.learner, &self.state)?;
        self.examination = Some(examination);
        let best = self.folder.events()?.iter().all(|event| match event {
            RunEvent::PaintMeasured { measured: other, .. } => measured.score() < other.score(),
            _ => true,
        });
        self.state.progress.measured = Some(measured.score());
        self.tell(RunEvent::PaintMeasured { step: self.state.progress.step, measured, best })
    }

    /// Writes a checkpoint. Unless it `must`, a disk that is full is told of, and learning goes on.
    fn save(&mut self, must: bool) -> Result<(), TrainError> {
        let step = self.state.progress.step;
        match self.folder.save(&self.state) {
            Ok(checkpoint) => {
                let file = checkpoint.path.file_name().map(|name| name.to_string_lossy().into_owned());
                self.tell(RunEvent::Saved { step, file: file.unwrap_or_default() })
            }
            Err(error) if must => Err(error),
            Err(error) => {
                tracing::warn!("{error}");
                self.tell(RunEvent::NotSaved { step, why: error.to_string() })
            }
        }
    }

    fn pause(mut self) -> Result<Ended, TrainError> {
        self.save(true)?;
        self.tell(RunEvent::Paused { step: self.state.progress.step })?;
        Ok(Ended::Paused)
    }

    fn tell(&self, event: RunEvent) -> Result<(), TrainError> {
        (self.listen)(&event);
        self.folder.tell(&event)
    }
}
