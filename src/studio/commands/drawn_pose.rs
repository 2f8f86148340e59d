//! The pose that a drawing shows becomes the figure's, or tracing begins with it.

use super::SheetCommand;
use crate::engine::{PaintingSettings, PoseOfError, pose_of};
use crate::fit::{FitError, Fitted, How};
use crate::pose::Orbit;
use crate::progress::Progress as _;
use crate::project::{DrawingSource, Project};
use crate::raster::Subject;
use crate::sheet::{DrawingHints, View};
use crate::studio::Studio;
use crate::studio::events::Event;
use crate::studio::workers::Job;
use std::sync::Arc;
use tracing::Level;

/// What an errand needs that looks for a drawing's pose.
struct Errand {
    view: Arc<View>,
    hints: DrawingHints,
    subject: Arc<Subject>,
    settings: PaintingSettings,
    /// That of the project's camera.
    fov_deg: f32,
}

impl Errand {
    /// The pose, with limbs as they are drawn; `None`: it was stopped.
    fn run(&self, job: &Job) -> Option<Result<Fitted, String>> {
        let how = How { proportions: true, fov_deg: self.fov_deg };
        let found = pose_of(&self.view, &self.hints, &self.subject, &self.settings, &how, job);
        match found {
            _ if job.cancelled() => None,
            Err(PoseOfError::Fit(FitError::Stopped)) => None,
            found => Some(found.map_err(|error| format!("{}: {error}", self.view.name))),
        }
    }
}

impl Studio {
    /// Sends a worker for the pose that a drawing shows.
    pub(super) fn take_drawn_pose(&mut self, source: DrawingSource) {
        match self.errand(&source) {
            Ok(errand) => {
                let title = format!("Taking the pose of {}", source.name());
                self.workers.jobs.start(title, move |job| {
                    Some(match errand.run(job)? {
                        Ok(fitted) => {
                            Event::Command(SheetCommand::UsePose { of: source, fitted: Box::new(fitted) }.into())
                        }
                        Err(problem) => Event::Failed(problem),
                    })
                });
            }
            Err(what) => self.toasts.say(Level::INFO, what.into()),
        }
    }

    /// The pose becomes the figure's, seen from the side that the drawing shows.
    pub(super) fn use_drawn_pose(&mut self, ctx: &egui::Context, of: &DrawingSource, fitted: Fitted) {
        let project = self.project();
        let camera = Orbit { yaw_deg: fitted.camera.yaw_deg, pitch_deg: fitted.camera.pitch_deg, ..project.camera };
        // Who traces has the drawing below.
        let camera = if project.tracing.is_some() { project.camera } else { camera };
        let mut project = Project { pose: fitted.pose, camera, ..(**project).clone() };
        if project.tracing.is_none()
            && let Some(subject) = self.content.subject()
            && let Some(framed) = super::framing(&subject.stand(&project.pose), &project)
        {
            project.camera = framed;
        }
        self.change(ctx, &format!("Take the pose of {}", of.name()), project, None);
    }

    /// Sends a worker for the pose that the drawing shows which is traced now; should the user have begun by themselves
    /// when it comes, it comes too late.
    pub(super) fn begin_tracing(&mut self, source: DrawingSource) {
        let Ok(errand) = self.errand(&source) else { return };
        let begun = self.project().clone();
        self.workers.jobs.start("Laying the figure over the drawing", move |job| match errand.run(job)? {
            Ok(fitted) => Some(Event::Command(SheetCommand::LayOver { begun, fitted: Box::new(fitted) }.into())),
            // The hand does it.
            Err(problem) => {
                tracing::info!("{problem}");
                None
            }
        });
    }

    /// Tracing begins with what the drawing shows.
    pub(super) fn lay_over(&mut self, ctx: &egui::Context, begun: &Project, fitted: Fitted) {
        if **self.project() != *begun {
            return;
        }
        let mut project = begun.clone();
        (project.pose, project.camera) = (fitted.pose, fitted.camera);
        if let Some(tracing) = &mut project.tracing {
            tracing.lengths = fitted.lengths;
        }
        self.document.history.amend(project);
        self.document.touched(ctx.input(|input| input.time));
        ctx.request_repaint();
    }

    fn errand(&self, source: &DrawingSource) -> Result<Errand, &'static str> {
        let subject = self.content.subject().cloned().ok_or("There is no figure yet that could take a pose")?;
        let state = self.content.drawing(source).filter(|state| !state.is_not_cut_out());
        let view = state.and_then(|state| state.view.clone());
        let view = view.ok_or("This drawing can't be read yet, or is not cut out")?;
        let project = self.project();
        let drawing = project.sheet.iter().find(|drawing| drawing.source == *source);
        let hints = drawing.map(|drawing| drawing.hints()).unwrap_or_default();
        let (settings, fov_deg) = (project.painting.clone(), project.camera.fov_deg);
        Ok(Errand { view, hints, subject, settings, fov_deg })
    }
}
