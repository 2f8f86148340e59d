//! Live poses in the window: who listens, which pose is shown, and takes of what was sent.

use super::Studio;
use super::events::Event;
use crate::dynamics::{Chains, Follower, Settings};
use crate::figure::LocalPose;
use crate::live::{Hearing, Listener, Status, call_as, over};
use crate::motion::{Take, vrma};
use crate::pose::Pose;
use crate::project::{MotionSource, Project};
use crate::raster::Subject;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tracing::Level;

/// How often is looked whether the sender has stopped.
const LOOK: Duration = Duration::from_millis(250);
/// While hair still swings the next picture comes so soon.
const SWING: Duration = Duration::from_millis(16);
/// Frames a second of a take where nothing is keyed.
const USUAL_FPS: f64 = 30.0;

/// Who listens, and what of it is shown.
#[derive(Default)]
pub(super) struct LiveInput {
    pub(super) listener: Option<Listener>,
    /// The pose that is shown, of what it was made.
    shown: Option<(u64, Arc<Project>, Option<Arc<Subject>>)>,
    hearing: Hearing,
    swinging: Option<Swinging>,
    /// The pose that is shown with all that swings, on the figure that is shown.
    pub(super) swung: Option<LocalPose>,
}

/// What swings of a figure by these settings, if anything does.
struct Swinging {
    subject: Arc<Subject>,
    settings: Settings,
    follower: Option<Follower>,
}

/// How it stands with what is sent.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveView {
    /// Where is listened.
    pub address: SocketAddr,
    /// Who sends, how much.
    pub status: Status,
}

/// A take that was recorded, with what it needs to become a file.
pub(super) struct Recorded {
    take: Take,
    own: Pose,
    subject: Arc<Subject>,
    folder: PathBuf,
}

impl Studio {
    /// Takes over the newest pose that was sent.
    pub(super) fn follow_live(&mut self, ctx: &egui::Context) {
        let Some(listener) = &self.live.listener else {
            (self.content.live, self.playback.live, self.live.shown) = (None, None, None);
            (self.live.swinging, self.live.swung) = (None, None);
            return;
        };
        let (live, status) = listener.look();
        let (project, subject) = (self.document.project(), self.content.subject());
        if let Some(live) = live {
            let same = |(number, of, on): &(u64, Arc<Project>, Option<Arc<Subject>>)| {
                let same_figure = on.as_ref().map(Arc::as_ptr) == subject.map(Arc::as_ptr);
                *number == live.number && Arc::ptr_eq(of, project) && same_figure
            };
            if !self.live.shown.as_ref().is_some_and(same) {
                let mut pose = over(&live.pose, &project.pose);
                if let Some(subject) = subject {
                    call_as(&mut pose, subject.figure());
                }
                self.playback.live = Some(Arc::new(pose));
                self.live.shown = Some((live.number, project.clone(), subject.cloned()));
            }
        }
        // While somebody moves, rough pictures that keep up are worth more than fine ones.
        self.playback.live_moves = status.hearing == Hearing::Live;
        if status.hearing == Hearing::Silent && self.live.hearing == Hearing::Live {
            self.toasts.say(Level::WARN, status.sentence());
        }
        self.live.hearing = status.hearing;
        self.content.live = Some(LiveView { address: listener.address(), status });
        ctx.request_repaint_after(LOOK);
        self.swing_live(ctx);
    }

    /// Hair and skirts follow the pose that is sent as time goes by.
    fn swing_live(&mut self, ctx: &egui::Context) {
        self.live.swung = None;
        let project = self.document.project();
        let shown = self.playback.live.as_ref().filter(|_| self.playback.is_live() && project.tracing.is_none());
        let (Some(pose), Some(subject)) = (shown, self.content.subject()) else {
            self.live.swinging = None;
            return;
        };
        let is_known = |known: &Swinging| Arc::ptr_eq(&known.subject, subject) && known.settings == project.sway;
        if !self.live.swinging.as_ref().is_some_and(is_known) {
            let (subject, settings) = (subject.clone(), project.sway.clone());
            let chains = Some(Chains::new(subject.figure(), &settings)).filter(|chains| !chains.is_empty());
            self.live.swinging = Some(Swinging { subject, settings, follower: chains.map(Follower::new) });
        }
        let Some(Swinging { follower: Some(follower), .. }) = &mut self.live.swinging else { return };
        let (figure, now_s) = (subject.figure(), ctx.input(|input| input.time));
        let led = subject.rig().resolve(figure, pose);
        self.live.swung = Some(follower.follow(figure, led, now_s));
        if !follower.is_still() {
            ctx.request_repaint_after(SWING);
        }
    }

    /// Begins to listen.
    pub(super) fn listen(&mut self, ctx: &egui::Context) {
        let (live, wake) = (self.settings.now.live, ctx.clone());
        match Listener::start(live.port, live.any_address, live.how, move || wake.request_repaint()) {
            Ok(listener) => {
                self.live = LiveInput { listener: Some(listener), ..LiveInput::default() };
                // What is sent is shown, not what was played.
                self.playback.stop();
            }
            Err(error) => self.toasts.say(Level::ERROR, error.to_string()),
        }
        ctx.request_repaint();
    }

    /// Records from now on.
    pub(super) fn record_live(&mut self) {
        let animation = &self.project().animation;
        let fps = if animation.keys.is_empty() { USUAL_FPS } else { animation.fps };
        match &self.live.listener {
            _ if self.content.subject().is_none() => {
                self.toasts.say(Level::INFO, "Open a figure first: the take is made for it".into());
            }
            Some(listener) => listener.record(fps),
            None => self.toasts.say(Level::INFO, "Listen first: then there is something to record".into()),
        }
    }

    /// Ends the recording: a file is made of it, and the timeline takes that.
    pub(super) fn keep_recording(&mut self) {
        let recording = self.content.live.as_ref().is_some_and(|live| live.status.recorded.is_some());
        let Some(recorded) = self.recorded() else {
            if recording {
                self.toasts.say(Level::WARN, "Nobody sent a pose: nothing was recorded".into());
            }
            return;
        };
        self.workers.jobs.start("Keeping the recording", move |_| {
            let kept = recorded.save().and_then(|path| {
                let source = MotionSource::File(path);
                let (file, hash) = source.load().map_err(|error| error.to_string())?;
                Ok(Event::NewMotion(source, Arc::new(file), hash))
            });
            Some(kept.unwrap_or_else(Event::Failed))
        });
    }

    /// What was recorded, which ends with that; `None`: nothing.
    pub(super) fn recorded(&mut self) -> Option<Recorded> {
        let listener = self.live.listener.as_ref()?;
        let (subject, take) = (self.content.subject()?.clone(), listener.stop_recording()?);
        let beside = self.document.path.as_ref().and_then(|path| path.parent());
        let folder = beside.map_or_else(|| self.settings.folder.join("takes"), PathBuf::from);
        Some(Recorded { take, own: self.project().pose.clone(), subject, folder })
    }
}

impl Recorded {
    /// Writes it beside the project, or among the takes of projects that have no place yet; says where.
    ///
    /// # Errors
    /// What the system says, in a sentence.
    pub(super) fn save(self) -> Result<PathBuf, String> {
        let Self { mut take, own, subject, folder } = self;
        let figure = subject.figure();
        for pose in &mut take.poses {
            *pose = over(pose, &own);
            call_as(pose, figure);
        }
        let name = |n: u32| if n == 1 { "take.vrma".to_owned() } else { format!("take-{n}.vrma") };
        let path = (1..).map(|n| folder.join(name(n))).find(|path| !path.exists()).unwrap_or_default();
        let bytes = vrma::write(&take, figure, subject.rig()).map_err(|error| error.to_string())?;
        std::fs::create_dir_all(&folder)
            .and_then(|()| crate::files::write(&path, &bytes))
            .map_err(|error| format!("can't keep the recording in {}: {error}", folder.display()))?;
        Ok(path)
    }
}
