//! The stand-in: dressed like the drawings, written as a figure's file. All else of it is an [`Edit`] of the figure.

use super::Edit;
use crate::engine::{DressLikeError, dress_like};
use crate::progress::Progress as _;
use crate::project::FigureSource;
use crate::standin;
use crate::standin::dress::{Care, DressError};
use crate::studio::Studio;
use crate::studio::events::Event;
use std::path::PathBuf;
use tracing::Level;

/// What can be done with the stand-in.
#[derive(Clone, Debug, PartialEq)]
pub enum StandInCommand {
    /// Looks for the stand-in that is most like the drawings.
    Dress,
    /// Saves it as VRM.
    Export(PathBuf),
}

impl Studio {
    /// True, and said so, if the project's figure is somebody else's.
    pub(super) fn has_no_stand_in(&mut self) -> bool {
        let own = matches!(self.project().figure, Some(FigureSource::File(_)));
        if own {
            self.toasts.say(Level::INFO, "This project has a figure of its own, not a stand-in".into());
        }
        own
    }

    pub(super) fn apply_stand_in(&mut self, command: StandInCommand) {
        if self.has_no_stand_in() {
            return;
        }
        let params = self.project().figure.as_ref().and_then(FigureSource::params).unwrap_or_default();
        match command {
            StandInCommand::Export(path) => self.write(path, move |path| {
                let bytes = standin::vrm(&params).map_err(|error| error.to_string())?;
                crate::files::write(path, &bytes).map_err(|error| error.to_string())
            }),
            StandInCommand::Dress => {
                let (views, hints) = (self.content.views.clone(), self.content.hints.clone());
                if views.is_empty() {
                    let what = "There is no drawing to go by yet: add one, cut out, and wait until it is read";
                    self.toasts.say(Level::INFO, what.into());
                    return;
                }
                let settings = self.project().painting.clone();
                self.workers.jobs.start("Dressing the stand-in like the drawings", move |job| {
                    let drawings = views.iter().map(|view| &**view).zip(hints.iter());
                    match dress_like(drawings, &settings, &params, Care::Full, job) {
                        Err(DressLikeError::Dress(DressError::Stopped)) => None,
                        _ if job.cancelled() => None,
                        Err(error) => Some(Event::Failed(error.to_string())),
                        Ok(dressed) => {
                            let figure = FigureSource::stand_in(dressed.params);
                            let label = "Dress the stand-in like the drawings";
                            Some(Event::Command(super::Command::edit(label, Edit::Figure(Some(figure)))))
                        }
                    }
                });
            }
        }
    }
}
