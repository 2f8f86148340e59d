//! The open project: its history, its file, and the copy of unsaved work.

use super::events::Event;
use super::workers::Jobs;
use crate::project::file::Stamp;
use crate::project::session::Session;
use crate::project::{History, Project};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Seconds of rest after a change until a copy is kept.
const REST_S: f64 = 1.0;
/// Seconds after the first change that no copy holds until one is kept all the same: work that goes on and on must not
/// put it off without end.
const LATEST_S: f64 = 5.0;

/// The open project.
pub(super) struct Document {
    pub(super) history: History,
    /// Its file; `None`: never saved.
    pub(super) path: Option<PathBuf>,
    /// Its camera was put before its figure once.
    pub(super) framed: bool,
    /// What its file held when it was opened or saved here last. Held while it is being saved: a worker's lock.
    pub(super) on_disk: Arc<Mutex<Option<Stamp>>>,
    /// What stands on the window's title bar.
    title: String,
    /// The claim on it; `None`: another window has it, or the data folder can't be written.
    session: Option<Arc<Session>>,
    /// The state of which a copy is on disk.
    kept: Option<Arc<Project>>,
    /// When the project changed since a copy was last asked for: first and last, in the window's seconds.
    changed_s: Option<[f64; 2]>,
}

impl Document {
    /// A project, where it is from and what is there, and the claim on it. `recovered`: its file, if any, holds something else.
    pub(super) fn new(
        project: Project,
        path: Option<PathBuf>,
        on_disk: Option<Stamp>,
        session: Option<Session>,
        recovered: bool,
    ) -> Self {
        Self {
            framed: recovered || path.is_some(),
            title: String::new(),
            history: if recovered { History::recovered(project) } else { History::new(project) },
            path,
            on_disk: Arc::new(Mutex::new(on_disk)),
            session: session.map(Arc::new),
            kept: None,
            changed_s: None,
        }
    }

    /// The project as it is now.
    pub(super) fn project(&self) -> &Arc<Project> {
        self.history.present()
    }

    /// There is something worth saving. An untouched example or an empty project is not.
    pub(super) fn unsaved(&self) -> bool {
        self.history.unsaved()
    }

    /// Takes over a new claim; the old one ends on a worker.
    pub(super) fn claimed(&mut self, session: Session, jobs: &Jobs) {
        if let Some(old) = self.session.replace(Arc::new(session)) {
            jobs.start_quietly("Closing a project", move |_| {
                old.forget();
                close(old);
                None
            });
        }
    }

    /// The project changed at `now_s`.
    pub(super) fn touched(&mut self, now_s: f64) {
        let first = self.changed_s.map_or(now_s, |[first, _]| first);
        self.changed_s = Some([first, now_s]);
    }

    /// Seconds until the next copy is due.
    pub(super) fn keeps_in_s(&self, now_s: f64) -> Option<f64> {
        self.changed_s.map(|[first, last]| ((last + REST_S).min(first + LATEST_S) - now_s).max(0.0))
    }

    /// Keeps a copy of unsaved work once the project rests.
    pub(super) fn keep(&mut self, now_s: f64, jobs: &Jobs) {
        if self.keeps_in_s(now_s).is_none_or(|wait| wait > 0.0) {
            return;
        }
        self.changed_s = None;
        let Some(session) = self.session.clone() else { return };
        let project = self.project().clone();
        if !self.unsaved() {
            self.kept = None;
            jobs.start_quietly("Autosave", move |_| {
                session.forget();
                None
            });
            return;
        }
        let path = self.path.clone();
        jobs.start_quietly("Autosave", move |_| match session.keep(&project, path.as_deref()) {
            Ok(()) => Some(Event::Kept(project)),
            Err(error) => Some(Event::Warning(format!(
                "unsaved work could not be copied to the data folder ({error}); save the project soon"
            ))),
        });
    }

    /// A copy of this state is on disk.
    pub(super) fn kept(&mut self, project: Arc<Project>) {
        self.kept = Some(project);
    }

    /// The present state would survive a crash.
    pub(super) fn safe(&self) -> bool {
        !self.unsaved() || self.kept.as_ref().is_some_and(|kept| kept == self.project())
    }

    /// This state is in the file now.
    pub(super) fn saved(&mut self, project: Arc<Project>, path: &Path) {
        self.history.saved(project);
        self.path = Some(path.to_owned());
        // The copy is brought up to date, or goes.
        self.changed_s = Some([0.0; 2]);
    }

    /// What stands on the title bar, where that is something else than last time.
    pub(super) fn new_title(&mut self) -> Option<String> {
        let mark = if self.unsaved() { "*" } else { "" };
        let title = format!("{}{mark} – Settei", self.name());
        let new = title != self.title;
        self.title.clone_from(&title);
        new.then_some(title)
    }

    /// What it is called.
    pub(super) fn name(&self) -> String {
        let stem = self.path.as_ref().and_then(|path| path.file_stem());
        stem.map_or_else(|| "Untitled".into(), |stem| stem.to_string_lossy().into_owned())
    }

    /// The window closes in order; unsaved work was saved or given up.
    pub(super) fn close(&mut self) {
        if let Some(session) = self.session.take() {
            session.forget();
            close(session);
        }
    }
}

/// Ends a claim, unless an errand still holds it; then it ends with that.
fn close(session: Arc<Session>) {
    if let Ok(session) = Arc::try_unwrap(session) {
        session.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_without_rest_dont_put_the_copy_off() {
        let mut document = Document::new(Project::example(), None, None, None, false);
        assert_eq!(document.keeps_in_s(9.0), None, "nothing changed");
        document.touched(10.0);
        assert_eq!(document.keeps_in_s(10.25), Some(0.75), "after a rest");
        for tenths in 0..49 {
            document.touched(10.0 + f64::from(tenths) / 10.0);
        }
        let wait = document.keeps_in_s(14.8).unwrap();
        assert!((wait - 0.2).abs() < 1e-9, "at the latest: {wait}");
        assert_eq!(document.keeps_in_s(20.0), Some(0.0));
        document.keep(15.0, &Jobs::new(|| {}));
        assert_eq!(document.keeps_in_s(15.0), None);
        document.touched(15.5);
        assert_eq!(document.keeps_in_s(15.5), Some(1.0), "and again from then on");
    }
}
