//! Characters that nobody has drawn yet: kept as drawings; all else of inventing is the panel's own.

use super::SheetCommand;
use crate::engine::{Candidate, drawing};
use crate::pose::{CameraView, library};
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
    /// Somebody becomes drawings of the sheet, one for each pose, as one step.
    Keep(Invention),
}

/// Somebody as the figure stands, and in poses of the library.
#[derive(Clone)]
pub struct Invention {
    /// Who makes them up.
    pub generator: Arc<Generator>,
    /// Who it is.
    pub candidate: Candidate,
    /// How the figure stands.
    pub stance: Arc<Stance>,
    /// From where all of it is seen.
    pub view: CameraView,
    /// The names of further poses, in which whoever draws has the figure stand.
    pub poses: Vec<&'static str>,
}

impl PartialEq for Invention {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.generator, &other.generator)
            && (&self.candidate, self.view, &self.poses) == (&other.candidate, other.view, &other.poses)
            && self.stance.same(&other.stance)
    }
}

impl std::fmt::Debug for Invention {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Invention").field("candidate", &self.candidate.name).field("poses", &self.poses).finish()
    }
}

impl Invention {
    /// Draws all of it into new files of a folder, UDPs beside them; `None`: it was stopped.
    fn draw(&self, folder: &Path, job: &Job) -> Option<Result<Vec<PathBuf>, String>> {
        job.stage("Inventing drawings", 1 + self.poses.len() as u64);
        let body = Body::new(self.stance.subject());
        let posed = self.poses.iter().filter_map(|name| library::find(name));
        let posed = posed.map(|(name, pose)| (format!("-{name}"), self.stance.subject().stand(&pose)));
        let mut paths = Vec::new();
        for (name, stance) in std::iter::once((String::new(), self.stance.clone())).chain(posed) {
            if job.cancelled() {
                return None;
            }
            match self.draw_one(&name, &stance, &body, folder, job) {
                Ok(path) => paths.push(path),
                Err(problem) => return Some(Err(problem)),
            }
            job.advance(1);
        }
        Some(Ok(paths))
    }

    fn draw_one(
        &self,
        name: &str,
        stance: &Arc<Stance>,
        body: &Body,
        folder: &Path,
        job: &Job,
    ) -> Result<PathBuf, String> {
        let side_px = [self.generator.size_px() as u32; 2];
        let shot = stance.framed(&self.view, side_px, MARGIN).map_err(|error| error.to_string())?;
        let picture = self.generator.invent(&self.candidate.latent, &body.keypoints(&shot));
        let name = format!("invented-{}{name}", self.candidate.name);
        let view = drawing(name, picture, &shot, job).map_err(|error| error.to_string())?;
        let failed = |error: std::io::Error| format!("can't save what was invented in {}: {error}", folder.display());
        save_new(folder, &view.name, &view.picture, view.udp.as_ref()).map_err(failed)
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
