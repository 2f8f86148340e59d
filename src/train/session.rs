//! A training from where it stands until it is paused or done.

use super::collaborating::Collaborating;
use super::course::{Course, StepLosses};
use super::data::Stage;
use super::detecting::Detecting;
use super::guiding::Guiding;
use super::inventing::Inventing;
use super::learner::NotANumber;
use super::painting::Painting;
use super::pointing::Pointing;
use super::state::Progressed;
use super::tuning::Tuning;
use super::{RunEvent, RunFolder, Setback, Settings, State, Taught, TrainError, record};
use crate::files;
use crate::progress::Progress;
use std::path::Path;
use std::time::Instant;

mod pulse;
pub(super) use pulse::Pulse;

/// Steps between two lines about losses, and between two copies of a good state.
const TOLD_EVERY: u64 = 20;
/// Seconds after which there is such a line all the same: whoever waits is to see that it learns.
const TOLD_AFTER_S: f64 = 10.0;
/// What a disk keeps free beside a checkpoint.
const SPARE_BYTES: u64 = 64 << 20;
/// How often is looked whether a full disk has room again.
const LOOK_EVERY: std::time::Duration = std::time::Duration::from_secs(2);
/// The rate is halved so often at most.
const LEAST_FACTOR: f32 = 1.0 / 1024.0;

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All steps are done.
    Done,
    /// It was asked to stop, and can go on.
    Paused,
}

/// Learns until all steps are done, or `progress` is cancelled, or `steps` are done in this session; `listen` hears
/// what happens, besides the folder.
///
/// # Errors
/// A folder that can't be used, a figure that can't be drawn, losses that are no numbers however small the rate.
pub fn run(
    folder: &RunFolder,
    settings: &Settings,
    steps: Option<u64>,
    progress: &dyn Progress,
    listen: &(dyn Fn(&RunEvent) + Sync),
) -> Result<Ended, TrainError> {
    let threads = rayon::ThreadPoolBuilder::new().num_threads(settings.threads).build();
    let threads = threads.map_err(|e| TrainError::Threads(e.to_string()))?;
    let _claim = folder.claim()?;
    let ended = threads.install(|| match settings.graph {
        Taught::Detector | Taught::Refiner => {
            Session::open(Detecting::of(settings)?, folder, settings, listen)?.learn(steps, progress)
        }
        Taught::Renderer => Session::open(Painting::of(settings)?, folder, settings, listen)?.learn(steps, progress),
        Taught::Cinn => {
            Session::open(Collaborating::new(settings.study), folder, settings, listen)?.learn(steps, progress)
        }
        Taught::Psgan => Session::open(Inventing::of(settings)?, folder, settings, listen)?.learn(steps, progress),
        Taught::Pg2 => Session::open(Guiding::of(settings)?, folder, settings, listen)?.learn(steps, progress),
        Taught::Keypoints => Session::open(Pointing::of(settings)?, folder, settings, listen)?.learn(steps, progress),
        Taught::Sheet => {
            Session::open(Tuning::open(folder, settings)?, folder, settings, listen)?.learn(steps, progress)
        }
    });
    if let Err(error) = &ended {
        // Whoever opens the folder is to know, too.
        let step = folder.events().ok().and_then(|events| events.last().map(RunEvent::step)).unwrap_or(0);
        let event = RunEvent::Failed { step, why: error.to_string() };
        if let Err(silent) = folder.tell(&event) {
            tracing::warn!("{silent}");
        }
    }
    ended
}

/// Progress that is cancelled by whoever leaves a wish in the folder, too.
struct AskedToPause<'a> {
    progress: &'a dyn Progress,
    folder: &'a RunFolder,
}

impl Progress for AskedToPause<'_> {
    fn stage(&self, what: &str, total: u64) {
        self.progress.stage(what, total);
    }

    fn advance(&self, steps: u64) {
        self.progress.advance(steps);
    }

    fn cancelled(&self) -> bool {
        self.progress.cancelled() || self.folder.is_asked_to_pause()
    }
}

struct Session<'a, C> {
    course: C,
    folder: &'a RunFolder,
    settings: &'a Settings,
    listen: &'a (dyn Fn(&RunEvent) + Sync),
    state: State,
    good: State,
    /// Since the last line about losses.
    recent: Recent,
    /// Bytes that the disk of a path has left.
    free_bytes: fn(&Path) -> Option<u64>,
}

#[derive(Default)]
struct Recent {
    losses: Vec<StepLosses>,
    seconds: f64,
    waited: f64,
}

impl<'a, C: Course> Session<'a, C> {
    fn open(
        course: C,
        folder: &'a RunFolder,
        settings: &'a Settings,
        listen: &'a (dyn Fn(&RunEvent) + Sync),
    ) -> Result<Self, TrainError> {
        let state = folder.latest()?.map_or_else(|| course.begun(settings), Ok)?;
        state.check(course.numbers(), folder.path())?;
        let good = state.clone();
        Ok(Self {
            course,
            folder,
            settings,
            listen,
            state,
            good,
            recent: Recent::default(),
            free_bytes: files::free_bytes,
        })
    }

    fn learn(mut self, steps: Option<u64>, progress: &dyn Progress) -> Result<Ended, TrainError> {
        let (first, all) = (self.state.progress.step, self.settings.rates.steps);
        let until = steps.map_or(all, |steps| all.min(first + steps));
        let (parameters, machine) = (self.course.learning(), record::machine());
        self.tell(RunEvent::Started { step: first, steps: all, parameters, machine })?;
        if !self.course.ready(self.settings, &AskedToPause { progress, folder: self.folder })? {
            return self.pause();
        }
        progress.stage("learning", until.saturating_sub(first));
        if first == 0 && self.settings.from.is_some() {
            // What it has to surpass.
            self.measure()?;
        }
        let mut lessons = self.course.lessons(self.settings, first)?;
        while self.state.progress.step < until {
            if progress.cancelled() || self.folder.is_asked_to_pause() {
                return self.pause();
            }
            let began = Instant::now();
            let lesson = lessons()?;
            let waited = began.elapsed().as_secs_f64();
            self.step(&lesson, waited, began)?;
            progress.advance(1);
            let step = self.state.progress.step;
            if step.is_multiple_of(self.settings.measure_every) || step == all {
                self.measure()?;
            }
            if step.is_multiple_of(self.settings.save_every) && step < until {
                self.wait_for_room(progress)?;
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

    fn step(&mut self, lesson: &C::Lesson, waited: f64, began: Instant) -> Result<(), TrainError> {
        let step = self.state.progress.step;
        match self.course.step(&mut self.state, lesson, self.settings) {
            Ok((losses, gradient)) => {
                let seconds = began.elapsed().as_secs_f64();
                self.state.progress.seconds += seconds;
                self.recent.losses.push(losses);
                self.recent.seconds += seconds;
                self.recent.waited += waited;
                let again = self.recent.losses.len() > 1 && self.recent.seconds > TOLD_AFTER_S;
                if let Some(off) = losses.off() {
                    self.state.progress.pulse.feel(off);
                }
                if self.state.progress.pulse.broke_off() {
                    return self.go_back(step + 1, Setback::ShotUp);
                }
                if again || self.state.progress.step.is_multiple_of(TOLD_EVERY) {
                    self.tell_losses(gradient)?;
                    if self.state.is_finite() && self.state.progress.pulse.is_sound() {
                        self.good = self.state.clone();
                    }
                }
                Ok(())
            }
            Err(NotANumber) => self.go_back(step + 1, Setback::NotANumber),
        }
    }

    /// Back to the last good state, with half the rate. The lessons until then count as learned: those after `step` follow.
    fn go_back(&mut self, step: u64, why: Setback) -> Result<(), TrainError> {
        let rate_factor = self.state.progress.rate_factor / 2.0;
        if rate_factor < LEAST_FACTOR {
            return Err(TrainError::Diverged(rate_factor));
        }
        let Progressed { seconds, measured, .. } = self.state.progress;
        let pulse = self.good.progress.pulse;
        self.recent = Recent::default();
        self.state = self.good.clone();
        self.state.progress = Progressed { step, rate_factor, seconds, measured, pulse };
        self.tell(RunEvent::WentBack { step, rate_factor, why })
    }

    fn tell_losses(&mut self, gradient: f64) -> Result<(), TrainError> {
        let recent = std::mem::take(&mut self.recent);
        let count = recent.losses.len().max(1) as f64;
        let Some(losses) = StepLosses::mean(&recent.losses) else { return Ok(()) };
        let step = self.state.progress.step;
        let rate = self.settings.rates.at(step) * self.state.progress.rate_factor;
        let (stage, _) = Stage::at(&self.settings.stages, step - 1);
        let (seconds, waited) = (recent.seconds / count, recent.waited / count);
        self.tell(RunEvent::Step { step, losses, gradient, rate, size_px: stage.size_px, seconds, waited })
    }

    fn measure(&mut self) -> Result<(), TrainError> {
        let measured = self.course.examine(&self.state, self.settings.measure_px)?;
        let best = self.folder.events()?.iter().all(|event| match event {
            RunEvent::Measured { measured: other, .. } => measured.score() < other.score(),
            _ => true,
        });
        self.state.progress.measured = Some(measured.score());
        self.tell(RunEvent::Measured { step: self.state.progress.step, measured, best })?;
        // Pictures to look at are worth no training.
        if let Err(error) = self.save_samples() {
            tracing::warn!("{error}");
        }
        Ok(())
    }

    fn save_samples(&mut self) -> Result<(), TrainError> {
        let picture = self.course.samples(&self.state, self.settings.measure_px)?;
        self.folder.save_samples(self.state.progress.step, &picture)
    }

    /// Waits until the disk has room for a checkpoint: what was learned stays in memory meanwhile.
    fn wait_for_room(&self, progress: &dyn Progress) -> Result<(), TrainError> {
        let wanted_bytes = self.state.bytes() + SPARE_BYTES;
        let mut told = false;
        loop {
            match (self.free_bytes)(self.folder.path()) {
                Some(free_bytes) if free_bytes < wanted_bytes => {
                    if !told {
                        self.tell(RunEvent::NoRoom { step: self.state.progress.step, wanted_bytes, free_bytes })?;
                        told = true;
                    }
                }
                _ => return Ok(()),
            }
            if progress.cancelled() || self.folder.is_asked_to_pause() {
                return Ok(());
            }
            std::thread::sleep(LOOK_EVERY);
        }
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
        self.folder.answer_pause();
        Ok(Ended::Paused)
    }

    fn tell(&self, event: RunEvent) -> Result<(), TrainError> {
        (self.listen)(&event);
        self.folder.tell(&event)
    }
}

#[cfg(test)]
mod tests;
