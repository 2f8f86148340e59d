//! Playing: the playhead runs, what the figure does there is worked out, edits there become keys, and the painter is asked
//! for frames that nobody has painted yet.

use super::Studio;
use super::commands::Edit;
use super::content::Loaded;
use super::scene::Scene;
use crate::dynamics::Bake;
use crate::engine::Motif;
use crate::motion::{Moment, Parts};
use crate::project::{Animation, Project, Seen};
use crate::raster::Subject;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tracing::Level;

/// How long a frame of the window may look for painted frames that hold no longer.
const LOOK: Duration = Duration::from_millis(2);

impl Studio {
    /// Lets the playhead run to the time it is.
    pub(super) fn run_playhead(&mut self, ctx: &egui::Context) {
        if self.content.reel.doubted().is_some() {
            ctx.request_repaint();
        }
        if !self.playback.is_playing() {
            return;
        }
        let project = self.project().clone();
        let (fps, animation) = (project.animation.fps, project.animation.held(&project.pose));
        // What was changed just now is worked out first.
        if let Some(scene) = self.scene.as_mut().filter(|scene| scene.plays(&animation)) {
            let closed = scene.closes(self.playback.span(scene.last()));
            self.playback.run(ctx.input(|input| input.time), fps, scene.last(), closed);
        }
        ctx.request_repaint_after(Duration::from_secs_f64(self.playback.next_s(fps)));
    }

    /// Has what moves the figure read and fitted, and works out what the figure does at the playhead.
    pub(super) fn follow_motion(&mut self) {
        self.set_scene();
        self.read_sound();
        let (moves, aspect) = (self.project().animation.moves(), self.project().aspect());
        self.content.act = self.scene.as_ref().filter(|_| moves).map(|scene| scene.act.clone());
        (self.playback.moment, self.playback.seen) = (None, None);
        let Some(scene) = &mut self.scene else { return };
        let reel = &mut self.content.reel;
        if self.playback.is_on() {
            let frame = self.playback.frame();
            (self.playback.moment, self.playback.seen) = (scene.now(frame), scene.act.seen(frame, aspect));
            let camera = self.playback.seen.map(|seen| seen.camera(aspect));
            reel.check(frame, self.playback.moment.as_deref(), camera.as_ref());
        }
        let begun = Instant::now();
        while let Some(frame) = reel.doubted().filter(|_| begun.elapsed() < LOOK) {
            let camera = scene.act.seen(frame, aspect).map(|seen| seen.camera(aspect));
            reel.check(frame, scene.act.at(frame).as_ref(), camera.as_ref());
        }
    }

    /// Reads and fits what the project's animation refers to; what is fitted is the scene.
    fn set_scene(&mut self) {
        let project = self.project().clone();
        self.read_takes(&project.animation);
        self.read_camera(project.animation.camera.heeded().map(|take| &take.source));
        let Some(subject) = self.content.subject().cloned() else {
            self.scene = None;
            return;
        };
        let performance = match self.performance(&project.animation, &subject) {
            Ok(performance) if !matches!(self.content.camera, Loaded::Loading) => performance,
            _ => {
                self.scene = None;
                return;
            }
        };
        let camera = self.content.camera.ready().cloned();
        let (animation, sway) = (project.animation.held(&project.pose), &project.sway);
        let known = |s: &Scene| s.is_of(&animation, performance.as_ref(), camera.as_ref(), &subject, sway);
        if !self.scene.as_ref().is_some_and(known) {
            let baking = self.bake(&animation, performance.as_ref(), camera.as_ref(), &subject, sway);
            let animation = animation.into_owned();
            self.scene = Some(Scene::new(animation, performance, camera, subject, sway.clone(), baking));
            self.content.reel.doubt();
        }
    }

    /// Hair and skirts swing in what is played, unless that was changed meanwhile.
    pub(super) fn swung(&mut self, animation: &Animation, subject: &Arc<Subject>, bake: Arc<Bake>) {
        if self.scene.as_mut().is_some_and(|scene| scene.swing(animation, subject, bake)) {
            self.content.reel.doubt();
        }
    }

    /// What an edit becomes: a pose at the playhead is keyed there, and a camera where cameras are. `None`, and said why:
    /// nothing, for nobody would see it.
    pub(super) fn keyed(&mut self, edit: Edit) -> Option<Edit> {
        let animation = &self.project().animation;
        match edit {
            Edit::Pose(_) if self.playback.is_live() => {
                let what = "What another program sends is shown: stop listening to pose by hand, or take this frame's \
                            pose (Motion menu)";
                self.toasts.say(Level::INFO, what.into());
                None
            }
            Edit::Pose(pose) if self.playback.is_on() && self.playback.auto_key && animation.moves() => {
                let mut animation = animation.clone();
                // Whoever keys parts keys what is changed.
                let changed = Parts::that_differ(self.shown_pose(), &pose);
                let parts = if self.playback.parts.are_all() { Parts::ALL } else { changed };
                self.playback.pause();
                if parts != Parts::NONE {
                    animation.keys.set_parts(self.playback.frame(), pose, parts);
                }
                Some(Edit::Animation(Box::new(animation)))
            }
            Edit::Camera(camera) if self.playback.seen.is_some() => {
                if let Seen::Shot(_) = self.playback.seen(self.project()) {
                    let what = "A motion file moves the camera: switch it off in the timeline's Camera menu first";
                    self.toasts.say(Level::INFO, what.into());
                    return None;
                }
                if !self.playback.auto_key {
                    let what =
                        "The camera is keyed: switch Auto key on to change it at this frame, or go back to the pose";
                    self.toasts.say(Level::INFO, what.into());
                    return None;
                }
                let mut animation = animation.clone();
                self.playback.pause();
                animation.camera.key(self.playback.frame(), camera.sane());
                Some(Edit::Animation(Box::new(animation)))
            }
            edit => Some(edit),
        }
    }

    /// Whoever changed the project's own pose sees it.
    pub(super) fn show_own_pose_unless(&mut self, held: &Project) {
        if self.playback.is_on() && self.project().pose != held.pose {
            self.playback.stop();
        }
    }

    /// The painted frame that is shown, while something is played.
    pub(super) fn show_film(&mut self) {
        if !self.playback.is_on() {
            self.content.film = None;
            return;
        }
        match self.content.reel.get(self.playback.frame()) {
            Some(frame) => self.content.film = Some(frame.clone()),
            // While it runs the last one stays: another is on its way.
            None if self.playback.is_playing() => {}
            None => self.content.film = None,
        }
    }

    /// The next frame that nobody has painted yet, with what the figure does in it.
    pub(super) fn unpainted(&self, motif: &Motif) -> Option<(i64, Arc<Moment>, Motif)> {
        let scene = self.scene.as_ref()?;
        let (runs, backwards) = self.playback.runs(scene.last());
        let hold = self.playback.exposure.max(1);
        let frame = runs.into_iter().find_map(|run| self.content.reel.gap(run, hold, backwards))?;
        let moment = Arc::new(scene.act.at(frame)?);
        let stance = motif.shot.stance().subject().stand_so(&moment.pose, moment.local.as_ref());
        let aspect = self.project().aspect();
        let camera = scene.act.seen(frame, aspect).map_or(*motif.shot.camera(), |seen| seen.camera(aspect));
        let shot = Arc::new(stance.seen(camera));
        Some((frame, moment, Motif { shot, ..motif.clone() }))
    }
}
