//! The posed figure: seen from all round, taken by its handles, its joints turned by rings.

mod camera;
mod empty;
mod frame;
mod handles;
mod loupe;
mod path;
mod pick;
mod rings;
mod selected;
mod sight;
mod skeleton;
mod toolbar;
mod trace;

pub(super) use empty::built_in;

use super::picture::Shown;
use super::{Context, Home, Panel, Registration};
use crate::project::Seen;
use crate::raster::Stance;
use crate::studio::workers::drawer::FigureRequest;
use crate::studio::workers::ghosts::Ghosts;
use crate::studio::{Gizmo, ViewCommand};
use camera::CameraHand;
use egui::{Key, PointerButton, Rect, Sense, Ui};
use frame::Tempo;
use handles::Handles;
use rings::Rings;
use sight::Sight;
use skeleton::Skeleton;
use std::sync::Arc;
use toolbar::Toolbar;
use trace::Trace;

/// Space around the output frame, as a share of it.
const AROUND: f32 = 1.12;

pub(super) static PANEL: Registration = Registration {
    title: "Pose",
    tip: "The figure that you pose",
    key: Some(Key::F2),
    home: Home::Middle,
    new: || Box::new(ViewportPanel::default()),
};

/// The posed figure.
#[derive(Default)]
pub(super) struct ViewportPanel {
    toolbar: Toolbar,
    picture: Shown,
    tracing: Shown,
    camera: CameraHand,
    skeleton: Skeleton,
    handles: Handles,
    rings: Rings,
    tempo: Tempo,
    trace: Trace,
    /// A drag with the left button began on nothing and turns the view.
    turning: bool,
}

impl Panel for ViewportPanel {
    fn ui(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        let Some(body) = context.content.stance.clone() else {
            empty::ui(ui, context);
            return;
        };
        self.toolbar.ui(ui, context, &body);
        self.trace.ui(ui, context, &body);
        let below = selected::HEIGHT + ui.spacing().item_spacing.y;
        let size = (ui.available_size() - egui::vec2(0.0, below)).max(egui::vec2(40.0, 40.0));
        let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Canvas, true, "Pose viewport"));
        self.canvas(ui, context, &body, rect, &response);
        selected::ui(ui, context, &body, self.trace.locks(context));
    }
}

impl ViewportPanel {
    fn canvas(
        &mut self,
        ui: &mut Ui,
        context: &mut Context<'_>,
        body: &Arc<Stance>,
        rect: Rect,
        response: &egui::Response,
    ) {
        let frame = frame::place(rect, context.project.frame_px);
        let frame = self.trace.look(context, rect, frame);
        let seen = context.seen.orbit().map_or(context.seen, |orbit| Seen::Orbit(self.camera.shown(orbit)));
        let sight = Sight::new(seen.camera(context.project.aspect()), rect, frame);
        self.request(ui, context, body, &sight);

        let painter = ui.painter_at(rect);
        painter.rect_filled(rect, 0.0, frame::ground(ui.visuals().dark_mode));
        let over = self.trace.over;
        if !over {
            frame::tracing(ui, &painter, context, &mut self.tracing, frame);
        }
        frame::figure(ui, &painter, context, &mut self.picture, rect);
        if over {
            frame::tracing(ui, &painter, context, &mut self.tracing, frame);
        }
        frame::overlay(&painter, rect, frame, context.project.frame_px);
        path::ui(&painter, context, body, &sight);

        // What moves is looked at, and taken when it rests.
        if context.playback.is_playing() || context.playback.is_live() {
            self.turning &= ui.input(|input| input.pointer.primary_down());
            self.turning |= response.drag_started_by(PointerButton::Primary);
            if self.trace.locks(context) {
                self.trace.take(ui, response, self.turning);
            } else {
                self.camera.take(ui, context, response, frame, self.turning);
            }
            return;
        }
        self.skeleton.look(body, &sight, context.display.all_joints, context.display.selected);
        let pointer = response.hover_pos();
        let hovered = pointer.filter(|_| context.display.skeleton).and_then(|pointer| self.skeleton.at(pointer));
        if context.display.skeleton {
            let accent = ui.visuals().hyperlink_color;
            self.skeleton.paint(&painter, hovered, context.display.selected, accent);
        }
        let gizmo = context.display.gizmo;
        let mut busy = false;
        let reach = matches!(gizmo, Gizmo::All | Gizmo::Reach);
        if reach {
            self.handles.take(ui, context, body, &sight);
        }
        if matches!(gizmo, Gizmo::All | Gizmo::Rotate) {
            busy |= self.rings.ui(ui, context, body, &sight, response, !self.handles.is_held());
        }
        if reach {
            busy |= self.handles.ui(ui, context, body, &sight);
        }
        if response.drag_started_by(PointerButton::Primary) {
            self.turning = !busy && !self.rings.is_held();
        }
        if !ui.input(|input| input.pointer.primary_down()) {
            self.turning = false;
        }
        if self.trace.locks(context) {
            self.trace.take(ui, response, self.turning);
        } else {
            self.camera.take(ui, context, response, frame, self.turning);
        }
        if response.clicked_by(PointerButton::Primary) {
            let joint = |pointer| self.skeleton.at(pointer).or_else(|| pick::joint(body, &sight, pointer));
            let at = response.interact_pointer_pos().and_then(joint);
            // A ring is there to be dragged: a click on it neither turns nor lets go.
            if at.is_some() || !busy {
                context.commands.send(ViewCommand::Select(at));
            }
        }
        if let Some(joint) = hovered.filter(|_| !busy && !response.dragged()) {
            let name = super::bones::readable(body.figure(), joint);
            response.clone().on_hover_text_at_pointer(name);
        }
    }

    /// Asks for the picture of what is there now.
    fn request(&mut self, ui: &Ui, context: &Context<'_>, body: &Arc<Stance>, sight: &Sight) {
        let (hand, playback) = (context.display.dragging || self.camera.is_busy(), context.playback);
        // What plays keeps up if it is there when the next picture is due.
        let shown_s = playback.shown_s(context.project.animation.fps) as f32;
        let budget_s = if hand { Some(frame::HAND_S) } else { playback.moves().then_some(shown_s) };
        let full = ui.ctx().pixels_per_point();
        let share = self.tempo.share(context.content.viewport.as_ref(), budget_s, sight.rect.height() * full);
        let scale = full * share;
        let side = |points: f32| ((points * scale).round() as u32).clamp(1, crate::raster::LARGEST_SIDE_PX);
        context.workers.viewport.request(FigureRequest {
            stance: body.clone(),
            camera: sight.camera(),
            size_px: [side(sight.rect.width()), side(sight.rect.height())],
            style: context.display.style,
            quick: budget_s.is_some(),
            ghosts: ghosts(context),
        });
    }
}

/// The neighbours of the shown frame, where they are wanted; what plays is seen alone.
fn ghosts(context: &Context<'_>) -> Option<Ghosts> {
    let (onion, playback) = (context.display.onion, context.playback);
    if !onion.on || playback.is_playing() || playback.is_live() {
        return None;
    }
    let act = context.content.act.clone()?;
    let keys = &context.project.animation.keys;
    let list = onion.ghosts(playback.frame(), act.last(), playback.exposure, keys);
    Some(Ghosts { act, list })
}
