//! Characters that nobody has drawn yet: kept as drawings; all else of inventing is the panel's own.

use super::SheetCommand;
use crate::engine::{Candidate, drawing};
use crate::pose::CameraView;
use crate::progress::Progress as _;
use crate::project::file;
use crate::psgan::{Body, Generator};
use crate::raster::{MARGIN, Stance};
use crate::studio::Studio;
use crate::studio::cutout::save_new;
use crate::studio::events::Event;
use crate::studio::panels::PanelKind;
use crate::studio::workers::Job;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What can be done with characters that are invented.
#[derive(Clone, Debug, PartialEq)]
pub enum InventCommand {
    /// Invents by these weights from now on.
    Weights(PathBuf),
    /// Somebody becomes drawings of the sheet, one for each posture, as one step.
    Keep(Invention),
}

/// Somebody in some postures.
#[derive(Clone)]
pub struct Invention {
    /// Who makes them up.
    pub generator: Arc<Generator>,
    /// Who it is.
    pub candidate: Candidate,
    /// How they stand and from where that is seen, each with what it is called.
    pub postures: Vec<(String, Arc<Stance>, CameraView)>,
}

impl PartialEq for Invention {
    fn eq(&self, other: &Self) -> bool {
        let same = |(a, b): (&(String, Arc<Stance>, CameraView), &(String, Arc<Stance>, CameraView))| {
            (&a.0, a.2) == (&b.0, b.2) && a.1.same(&b.1)
        };
        Arc::ptr_eq(&self.generator, &other.generator)
            && self.candidate == other.candidate
            && self.postures.len() == other.postures.len()
            && self.postures.iter().zip(&other.postures).all(same)
    }
}

impl std::fmt::Debug for Invention {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let postures: Vec<_> = self.postures.iter().map(|(name, ..)| name).collect();
        f.debug_struct("Invention").field("candidate", &self.candidate.name).field("postures", &postures).finish()
    }
}

impl Invention {
    /// Draws all of it into new files of a folder, UDPs beside them; `None`: it was stopped.
    fn draw(&self, folder: &Path, job: &Job) -> Option<Result<Vec<PathBuf>, String>> {
        job.stage("Inventing drawings", self.postures.len() as u64);
        let side_px = [self.generator.size_px() as u32; 2];
        let one = |(name, stance, view): &(String, Arc<Stance>, CameraView)| {
            let shot = stance.framed(view, side_px, MARGIN).map_err(|error| error.to_string())?;
            let keypoints = Body::new(stance.subject()).keypoints(&shot);
            let picture = self.generator.invent(&self.candidate.latent, &keypoints);
            let name = format!("invented-{}{name}", self.candidate.name);
            let view = drawing(name, picture, &shot, job).map_err(|error| error.to_string())?;
            let failed =
                |error: std::io::Error| format!("can't save what was invented in {}: {error}", folder.display());
            save_new(folder, &view.name, &view.picture, view.udp.as_ref()).map_err(failed)
        };
        let mut paths = Vec::new();
        for posture in &self.postures {
            if job.cancelled() {
                return None;
            }
            match one(posture) {
                Ok(path) => paths.push(path),
                Err(problem) => return Some(Err(problem)),
            }
            job.advance(1);
        }
        Some(Ok(paths))
    }
}

impl Studio {
    pub(super) fn apply_invent(&mut self, command: InventCommand) {
        match command {
            InventCommand::Weights(path) => {
                self.settings.now.generator = Some(file::absolute(&path));
                self.dock.show(PanelKind::Invent);
            }
            InventCommand::Keep(invention) => {
                let folder = self.drawings_folder();
                self.workers.jobs.start("Keeping what was invented", move |job| {
                    Some(match invention.draw(&folder, job)? {
                        Ok(paths) => Event::Command(SheetCommand::Add(paths).into()),
                        Err(problem) => Event::Failed(problem),
                    })
                });
            }
        }
    }
}
