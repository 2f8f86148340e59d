//! Where trainings and what came of them lie, and what is done there.

use super::budget::{Contestant, Sizes, settings};
use super::gauge::{Found, Gauge, Maker};
use crate::experiments::place::{Learned, Place, Subject};
use crate::experiments::{Budget, ExperimentError, Outcome, Shown, Who};
use crate::files;
use crate::picture::Picture;
use crate::progress::Progress;
use crate::psgan::{Generator, schema};
use crate::train::{Finder, Guide, Inventing, RunEvent, RunFolder, Settings, TrainError};
use std::path::{Path, PathBuf};

/// No file of weights is larger.
const MAX_WEIGHTS_BYTES: u64 = 1 << 30;
/// The training of what finds keypoints.
const FINDING: &str = "keypoints-s1";
/// Nobody draws a sheet: results have no number of drawings.
pub(super) const VIEWS: usize = 0;

/// A folder of experiments on PSGAN.
pub struct InventLab {
    pub(super) place: Place,
    /// Who is measured beside, drawn when it is first wanted.
    gauge: Option<Gauge>,
}

impl InventLab {
    /// The folder at a path, whether it is there or not.
    ///
    /// # Errors
    /// A folder that can't be read, or holds other experiments.
    pub fn open(out: &Path, budget: Budget, threads: Option<usize>) -> Result<Self, ExperimentError> {
        Ok(Self { place: Place::open(out, budget, Subject::Psgan, threads)?, gauge: None })
    }

    /// Of what size, and how much is learned.
    pub fn about(&self) -> String {
        self.sizes().about()
    }

    pub(super) fn sizes(&self) -> Sizes {
        Sizes::of(self.place.budget())
    }

    /// What somebody at this budget learns by; `who`: none for what finds keypoints.
    pub fn settings(&self, who: Option<Contestant>, seed: u64) -> Settings {
        self.place.settled(settings(self.place.budget(), who, seed))
    }

    /// Steps that a training has learned until now.
    ///
    /// # Errors
    /// A folder that can't be read.
    pub fn steps_done(&self, who: Option<Contestant>, seed: u64) -> Result<u64, ExperimentError> {
        self.place.steps_done(&stem(who, seed))
    }

    /// What is known of somebody.
    pub(super) fn known(&self, who: &Who) -> Result<Option<Outcome>, ExperimentError> {
        Outcome::known(&self.place.results(), who, VIEWS, Shown::Generated, self.place.budget())
    }

    /// Whether somebody is learned and measured.
    ///
    /// # Errors
    /// A result that can't be read.
    pub fn is_done(&self, who: Contestant, seed: u64) -> Result<bool, ExperimentError> {
        Ok(self.known(&run(who, seed))?.is_some())
    }

    /// Learns what is missing of somebody and of what finds keypoints, and measures it. `progress` may cancel it at any time.
    ///
    /// # Errors
    /// A folder that is another training's; whatever stops a training.
    pub fn learn(
        &mut self,
        who: Contestant,
        seed: u64,
        progress: &dyn Progress,
        listen: &(dyn Fn(&RunEvent) + Sync),
    ) -> Result<Learned, ExperimentError> {
        if self.is_done(who, seed)? {
            return Ok(Learned::Done);
        }
        let finding = self.learn_finding(progress, listen)?;
        if finding != Learned::Done {
            return Ok(finding);
        }
        let (learned, folder) =
            self.place.train(&stem(Some(who), seed), &self.settings(Some(who), seed), progress, listen)?;
        if learned != Learned::Done {
            return Ok(learned);
        }
        let (maker, parameters) = match who {
            Contestant::Pg2 => {
                let guide = Guide::open(&folder)?;
                let parameters = guide.parameters();
                (Maker::Guide(Box::new(guide)), parameters)
            }
            Contestant::Psgan | Contestant::ProgressiveGan => {
                let (generator, posed) = (Inventing::learned(&folder)?, who == Contestant::Psgan);
                let parameters = parameters(&self.settings(Some(who), seed), generator.size_px())?;
                (Maker::Inventor { generator: Box::new(generator), posed }, parameters)
            }
        };
        let learned = folder.latest()?.map_or((0, 0.0), |state| (state.progress.step, state.progress.seconds));
        let measured = self.measure(run(who, seed), &maker, parameters, learned, progress)?;
        if measured == Learned::Done {
            folder.keep_last()?;
        }
        Ok(measured)
    }

    /// Measures weights that were learned elsewhere, as far as these aren't known.
    ///
    /// # Errors
    /// A file that can't be used; whatever stops the training of what finds keypoints.
    pub fn weights(
        &mut self,
        path: &Path,
        progress: &dyn Progress,
        listen: &(dyn Fn(&RunEvent) + Sync),
    ) -> Result<Learned, ExperimentError> {
        let who = Who::Weights(named(path)?);
        if self.known(&who)?.is_some() {
            return Ok(Learned::Done);
        }
        let load = |generator: Result<Generator, _>| generator.map_err(|error| ExperimentError::file(path, error));
        let generator = load(Generator::load(path, progress))?;
        let finding = self.learn_finding(progress, listen)?;
        if finding != Learned::Done {
            return Ok(finding);
        }
        let (maker, parameters) = (Maker::Inventor { generator: Box::new(generator), posed: true }, 0);
        self.measure(who, &maker, parameters, (0, 0.0), progress)
    }

    /// Measures real pictures of other characters as if somebody had invented them.
    ///
    /// # Errors
    /// Whatever stops the training of what finds keypoints.
    pub fn real(
        &mut self,
        progress: &dyn Progress,
        listen: &(dyn Fn(&RunEvent) + Sync),
    ) -> Result<Learned, ExperimentError> {
        if self.known(&Who::Real)?.is_some() {
            return Ok(Learned::Done);
        }
        let finding = self.learn_finding(progress, listen)?;
        if finding != Learned::Done {
            return Ok(finding);
        }
        self.measure(Who::Real, &Maker::Real, 0, (0, 0.0), progress)
    }

    /// Learns to find keypoints, as far as that is missing.
    fn learn_finding(
        &self,
        progress: &dyn Progress,
        listen: &(dyn Fn(&RunEvent) + Sync),
    ) -> Result<Learned, ExperimentError> {
        let (learned, folder) = self.place.train(FINDING, &self.settings(None, 1), progress, listen)?;
        if learned == Learned::Done {
            folder.keep_last()?;
        }
        Ok(learned)
    }

    fn measure(
        &mut self,
        who: Who,
        maker: &Maker,
        parameters: usize,
        (steps, learned_s): (u64, f64),
        progress: &dyn Progress,
    ) -> Result<Learned, ExperimentError> {
        let Some(Found { measures, pictures, sequence, between }) = self.gauge()?.of(maker, progress) else {
            return Ok(Learned::Paused);
        };
        let save = |what: &str, picture: &Picture| {
            let path = self.picture(&who, what);
            picture.save_png(&path).map_err(ExperimentError::io("write", &path))
        };
        save("", &pictures)?;
        for (what, picture) in [("sequence", sequence), ("between", between)] {
            picture.iter().try_for_each(|picture| save(what, picture))?;
        }
        // Last, as it says that the others are there.
        let budget = self.place.budget();
        let (views, shown, figures) = (VIEWS, Shown::Generated, vec![]);
        let outcome = Outcome { who, views, shown, figures, budget, parameters, steps, learned_s, measures };
        outcome.save(&self.place.results())?;
        Ok(Learned::Done)
    }

    /// Where pictures of somebody's lie; `what`: empty for the first ones.
    pub(super) fn picture(&self, who: &Who, what: &str) -> PathBuf {
        let stem = format!("{}-n{VIEWS}", who.stem());
        let name = if what.is_empty() { stem } else { format!("{stem}-{what}") };
        self.place.results().join(name).with_extension("png")
    }

    /// Real pictures and whoever looks; what finds keypoints must be learned.
    pub(super) fn gauge(&mut self) -> Result<&Gauge, ExperimentError> {
        let sizes = self.sizes();
        let folder = RunFolder::at(&self.place.run_folder(FINDING));
        Ok(match &mut self.gauge {
            Some(gauge) => gauge,
            none => none.insert(Gauge::new(&sizes, Finder::open(&folder)?)?),
        })
    }
}

/// In paths.
fn stem(who: Option<Contestant>, seed: u64) -> String {
    who.map_or_else(|| FINDING.into(), |who| run(who, seed).stem())
}

pub(super) fn run(who: Contestant, seed: u64) -> Who {
    Who::Run(who.id().into(), seed)
}

/// Numbers of a generator.
fn parameters(settings: &Settings, size_px: usize) -> Result<usize, ExperimentError> {
    let tensors = schema(settings.growing.design(), size_px).map_err(TrainError::from)?.tensors;
    Ok(tensors.values().map(|shape| shape.iter().product::<usize>()).sum())
}

/// What weights are called: by their file's name, and its content, as that may become another.
fn named(path: &Path) -> Result<String, ExperimentError> {
    let bytes = files::read(path, MAX_WEIGHTS_BYTES).map_err(ExperimentError::io("read", path))?;
    let mix = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325, mix);
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    let name: String = name.chars().map(plain).take(60).collect();
    Ok(format!("{name}-{:08x}", hash >> 32))
}
