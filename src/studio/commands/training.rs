//! Trainings: begun, paused, kept, thrown away, tried. All that is known of one is in its folder; who learns is another
//! process.

use super::InventCommand;
use crate::engine::GraphKind;
use crate::progress::Progress as _;
use crate::studio::Studio;
use crate::studio::events::Event;
use crate::studio::panels::PanelKind;
use crate::studio::workers::trainings::Followed;
use crate::studio::workers::{Job, learner};
use crate::train::{self, Preset, RunFolder, RunReader, Settings, Taught, Which};
use crate::weights::WeightType;
use std::path::{Path, PathBuf};
use tracing::Level;

/// What can be done with trainings.
#[derive(Clone, Debug, PartialEq)]
pub enum TrainCommand {
    /// Looks at this one.
    Show(PathBuf),
    /// Begins one.
    Begin(Box<NewTraining>),
    /// Has the renderer learn the drawings of the sheet that are in use, by a preset of this name.
    BeginSheet(&'static str),
    /// Lists one from another place or machine.
    Open(PathBuf),
    /// Takes one that was opened from the list; its folder stays.
    Forget(PathBuf),
    /// Lets one learn from where it stands.
    Resume(PathBuf),
    /// Lets one that has no end learn so many steps more, in which its rate falls.
    Finish(PathBuf, u64),
    /// Has one write a checkpoint and pause.
    Pause(PathBuf),
    /// The same, and what it learned is written as weights.
    Keep(PathBuf),
    /// Ends it if it learns, and moves its folder to the trash.
    Discard(PathBuf),
    /// Paints the preview with what a training had learned after so many steps.
    Use(PathBuf, u64),
    /// Writes what a training had learned after so many steps as weights.
    SaveWeights {
        /// The training.
        training: PathBuf,
        /// The checkpoint's steps.
        step: u64,
        /// The file.
        to: PathBuf,
    },
    /// Something was chosen for a training that is to begin.
    Pick(Picked, PathBuf),
}

/// A training that is to begin.
#[derive(Clone, Debug, PartialEq)]
pub struct NewTraining {
    /// What it is to be called; where that is taken it gets a number.
    pub name: String,
    /// What it is to do.
    pub settings: Settings,
    /// Folders with figures to learn from besides.
    pub figures: Vec<PathBuf>,
    /// What is known of their licence.
    pub licence: String,
    /// A checkpoint of the same graph to begin with.
    pub from: Option<PathBuf>,
}

/// What is chosen for a training that is to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picked {
    /// A folder of figures.
    Figures,
    /// The weights of a detector.
    Detector,
}

impl Studio {
    pub(super) fn apply_training(&mut self, command: TrainCommand) {
        match command {
            TrainCommand::Show(path) => self.display.training = Some(path),
            TrainCommand::Begin(new) => self.begin_training(*new),
            TrainCommand::BeginSheet(preset) => self.begin_sheet(preset),
            TrainCommand::Open(path) => {
                if !self.settings.now.trainings.contains(&path) {
                    self.settings.now.trainings.push(path.clone());
                }
                self.display.training = Some(path);
                self.dock.show(PanelKind::Training);
            }
            TrainCommand::Forget(path) => self.settings.now.trainings.retain(|known| *known != path),
            TrainCommand::Resume(path) => {
                let program = self.launch.program.clone();
                let look = self.workers.trainings.look();
                self.on_training("Starting", path, move |run, _| {
                    learner::start(program, run, None, look).map(|()| None)
                });
            }
            TrainCommand::Finish(path, steps) => {
                let program = self.launch.program.clone();
                let look = self.workers.trainings.look();
                self.on_training("Finishing", path, move |run, job| {
                    if learner::pause(run, || job.cancelled())? {
                        learner::start(program, run, Some(steps), look)?;
                    }
                    Ok(None)
                });
            }
            TrainCommand::Pause(path) => {
                self.on_training("Pausing", path, |run, job| {
                    job.stage("Its step is done to the end", 0);
                    learner::pause(run, || job.cancelled()).map(|_| None)
                });
            }
            TrainCommand::Keep(path) => self.on_training("Keeping", path, keep),
            TrainCommand::Discard(path) => {
                self.settings.now.trainings.retain(|known| *known != path);
                let bin = self.launch.trash.clone();
                self.on_training("Deleting", path, move |run, _| {
                    learner::end(run)?;
                    let to = throw_away(run, bin.as_deref())?;
                    Ok(Some(Event::Notice(format!("{} is in {to} now", name(run)))))
                });
            }
            TrainCommand::Use(path, step) => {
                self.on_training("Taking weights", path, move |run, _| {
                    let to = weights_file(run, step);
                    Ok(Some(match export(run, step, &to)? {
                        Taught::Detector => Event::Weights(GraphKind::FudeDetector, to),
                        Taught::Refiner => Event::Notice(format!(
                            "Saved {}; refiners are used from the moment they are part of the program on",
                            to.display()
                        )),
                        Taught::Renderer => Event::Weights(GraphKind::Fude, to),
                        Taught::Sheet => Event::Tuned(to),
                        Taught::Cinn | Taught::Pg2 | Taught::Keypoints => Event::Notice(format!(
                            "Saved {}; nothing paints with it, it is there for a table",
                            to.display()
                        )),
                        Taught::Psgan => Event::Command(InventCommand::Weights(to).into()),
                    }))
                });
            }
            TrainCommand::SaveWeights { training, step, to } => {
                self.on_training("Saving weights", training, move |run, _| {
                    export(run, step, &to)?;
                    Ok(Some(Event::Notice(format!("Saved {}", to.display()))))
                });
            }
            TrainCommand::Pick(what, path) => self.content.training_picks.push((what, path)),
        }
    }

    /// Has the panel's trainings followed, while somebody looks at it.
    pub(in crate::studio) fn follow_trainings(&self) {
        self.workers.trainings.follow(Followed {
            folder: self.trainings_folder(),
            opened: self.settings.now.trainings.clone(),
            seen: self.dock.is_seen(PanelKind::Training),
            shown: self.display.training.clone(),
        });
    }

    fn trainings_folder(&self) -> PathBuf {
        self.settings.folder.join("trainings")
    }

    /// Sends a worker to a training's folder; whatever became of it shows at once.
    fn on_training(
        &self,
        doing: &str,
        path: PathBuf,
        work: impl FnOnce(&Path, &Job) -> Result<Option<Event>, String> + Send + 'static,
    ) {
        let look = self.workers.trainings.look();
        self.workers.jobs.start(format!("{doing} {}", name(&path)), move |job| {
            let outcome = work(&path, job);
            look.now();
            outcome.unwrap_or_else(|why| Some(Event::Failed(why)))
        });
    }

    fn begin_training(&mut self, new: NewTraining) {
        let (folder, program) = (self.trainings_folder(), self.launch.program.clone());
        let look = self.workers.trainings.look();
        self.workers.jobs.start(format!("Beginning {}", new.name), move |job| {
            job.stage("Looking at figures", 0);
            let run = match begin(&folder, new) {
                Ok(run) => run,
                Err(why) => {
                    job.send(Event::TrainingRefused);
                    return Some(Event::Failed(why));
                }
            };
            job.send(Event::TrainingBegun(run.clone()));
            look.now();
            learner::start(program, &run, None, look).err().map(Event::Failed)
        });
    }
}

impl Studio {
    /// A training on the drawings as they are painted from.
    fn begin_sheet(&mut self, preset: &'static str) {
        let Some(preset) = Preset::of_sheets(preset) else { return };
        let (views, hints) = (self.content.views.clone(), self.content.hints.clone());
        if views.is_empty() {
            self.toasts
                .say(Level::ERROR, "there is no drawing to learn yet: add cut-out drawings of the character".into());
            return;
        }
        let stem = match self.document.path.as_ref() {
            Some(path) => name(&path.with_extension("")),
            None => views.first().map(|view| view.name.clone()).unwrap_or_default(),
        };
        let settings = learner::fitted(preset);
        let (folder, program) = (self.trainings_folder(), self.launch.program.clone());
        let look = self.workers.trainings.look();
        self.dock.show(PanelKind::Training);
        self.workers.jobs.start(format!("Beginning to learn {stem}"), move |job| {
            job.stage("Copying drawings", 0);
            let run = free(&folder, &format!("{stem}, {}", preset.name));
            let drawings: Vec<_> = views.iter().map(|view| &**view).zip(&*hints).collect();
            if let Err(error) = train::begin_sheet(&run, &settings, &drawings, None) {
                return Some(Event::Failed(error.to_string()));
            }
            job.send(Event::TrainingBegun(run.clone()));
            look.now();
            learner::start(program, &run, None, look).err().map(Event::Failed)
        });
    }
}

/// A folder for a training of this name, which is not there yet.
fn free(folder: &Path, called: &str) -> PathBuf {
    let stem = crate::files::clean_stem(called);
    let named = |n: u32| folder.join(if n == 1 { stem.clone() } else { format!("{stem} {n}") });
    (1..).map(named).find(|path| !path.exists()).unwrap_or_default()
}

fn name(run: &Path) -> String {
    let name = run.file_name().unwrap_or(run.as_os_str()).to_string_lossy();
    crate::text::line(&name).into_owned()
}

/// Makes the folder of a training, and answers it.
fn begin(folder: &Path, new: NewTraining) -> Result<PathBuf, String> {
    let said = |error: train::TrainError| error.to_string();
    let mut settings = new.settings;
    for figures in &new.figures {
        for figure in train::figures_in(figures).map_err(said)? {
            if !settings.figures.contains(&figure) {
                settings.figures.push(figure);
            }
        }
    }
    let run = free(folder, &new.name);
    let licence = Some(new.licence.trim()).filter(|licence| !licence.is_empty());
    let (made, _) = train::begin(&run, &settings, licence).map_err(said)?;
    if let Some(from) = new.from {
        made.begin_with(&from).map_err(said)?;
    }
    Ok(run)
}

/// Where weights of a training lie that are tried or kept.
fn weights_file(run: &Path, step: u64) -> PathBuf {
    let stem = crate::files::clean_stem(&name(run));
    run.join("weights").join(format!("{stem}-{step}.safetensors"))
}

/// Writes what was learned after so many steps; answers what that is.
fn export(run: &Path, step: u64, to: &Path) -> Result<Taught, String> {
    let (folder, settings) = RunFolder::open(run).map_err(|error| error.to_string())?;
    if let Some(parent) = to.parent() {
        std::fs::create_dir_all(parent).map_err(|error| format!("can't write {}: {error}", parent.display()))?;
    }
    train::export(&folder, Which::After(step), to, WeightType::F16).map_err(|error| error.to_string())?;
    Ok(settings.graph)
}

/// Pauses, and writes the best that was learned.
fn keep(run: &Path, job: &Job) -> Result<Option<Event>, String> {
    job.stage("Its step is done to the end", 0);
    if !learner::pause(run, || job.cancelled())? {
        return Ok(None);
    }
    job.stage("Writing weights", 0);
    let reader = RunReader::open(run).map_err(|error| error.to_string())?;
    let best = reader.view().best_checkpoint();
    let step = best.ok_or_else(|| format!("{} learned nothing yet that could be kept", name(run)))?.step;
    let to = weights_file(run, step);
    export(run, step, &to)?;
    Ok(Some(Event::Notice(format!("Kept what was learned after {step} steps: {}", to.display()))))
}

/// Moves a folder to the system's trash, or into `bin`; where it is now, in words.
pub(super) fn throw_away(run: &Path, bin: Option<&Path>) -> Result<String, String> {
    let failed = |why: String| format!("{} can't be moved to the trash: {why}. It is untouched", run.display());
    let Some(bin) = bin else {
        trash::delete(run).map_err(|error| failed(error.to_string()))?;
        return Ok("the system's trash".into());
    };
    std::fs::create_dir_all(bin).map_err(|error| failed(error.to_string()))?;
    let named = |n: u32| bin.join(format!("{} {n}", name(run)));
    let to = (1..).map(named).find(|path| !path.exists()).unwrap_or_default();
    std::fs::rename(run, &to).map_err(|error| failed(error.to_string()))?;
    Ok(bin.display().to_string())
}
