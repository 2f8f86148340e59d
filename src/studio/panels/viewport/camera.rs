//! Going round the figure, moving along, coming nearer.

use crate::pose::Orbit;
use crate::studio::Edit;
use crate::studio::panels::Context;
use egui::{PointerButton, Rect, Response, Ui, Vec2};
use glam::vec2;

/// Degrees the view turns a point of a drag.
const TURN_DEG: f32 = 0.4;
/// The wheel rests this long before its zoom becomes a step that can be undone.
const REST_S: f64 = 0.3;

/// The wheel sends no press and release; its zoom is shown at once and becomes one step when it rests.
#[derive(Default)]
pub(super) struct CameraHand {
    zooming: Option<Zooming>,
}

struct Zooming {
    from: Orbit,
    to: Orbit,
    last_s: f64,
}

impl CameraHand {
    /// The camera to show, which is `camera` but for a zoom that is under way.
    pub(super) fn shown(&self, camera: Orbit) -> Orbit {
        self.zooming.as_ref().filter(|z| z.from == camera).map_or(camera, |z| z.to)
    }

    /// The wheel turns.
    pub(super) fn is_busy(&self) -> bool {
        self.zooming.is_some()
    }

    /// Takes drags on the picture and the wheel over it. `frame`: where the output picture is on the screen. `left`: a drag
    /// with the left button turns the view as well.
    pub(super) fn take(&mut self, ui: &Ui, context: &mut Context<'_>, response: &Response, frame: Rect, left: bool) {
        let Some(camera) = context.seen.orbit() else { return };
        let (shift, alt) = ui.input(|input| (input.modifiers.shift, input.modifiers.alt));
        let right = response.dragged_by(PointerButton::Secondary);
        let middle = response.dragged_by(PointerButton::Middle);
        let turns = (right && !shift) || (response.dragged_by(PointerButton::Primary) && (alt || left));
        let motion = response.drag_delta();
        if middle || (right && shift) {
            let share = motion / frame.height().max(1.0);
            self.send(context, "Move the view", camera.panned(-share.x, share.y), motion);
        } else if turns {
            self.send(context, "Turn the view", camera.turned(-motion.x * TURN_DEG, motion.y * TURN_DEG), motion);
        }
        self.zoom(ui, context, response, frame, camera);
    }

    fn send(&mut self, context: &mut Context<'_>, label: &str, camera: Orbit, motion: Vec2) {
        if motion != Vec2::ZERO {
            context.commands.edit(label, Edit::Camera(camera));
        }
    }

    fn zoom(&mut self, ui: &Ui, context: &mut Context<'_>, response: &Response, frame: Rect, camera: Orbit) {
        let now = ui.input(|input| input.time);
        let pointer = ui.input(|input| input.pointer.latest_pos()).filter(|_| response.contains_pointer());
        let (scrolled, pinched) = ui.input(|input| (input.smooth_scroll_delta().y, input.zoom_delta()));
        let factor = (scrolled * 0.004).exp() * pinched;
        if let Some(pointer) = pointer.filter(|_| (factor - 1.0).abs() > 1e-4) {
            // What is under the pointer stays there.
            let off = (pointer - frame.center()) / (frame.height().max(1.0) / 2.0);
            let to = self.shown(camera).zoomed_at(factor, vec2(off.x, -off.y));
            self.zooming = Some(Zooming { from: camera, to, last_s: now });
        }
        let Some(zooming) = &self.zooming else { return };
        if zooming.from != camera {
            self.zooming = None;
        } else if now - zooming.last_s >= REST_S {
            context.commands.edit("Zoom the view", Edit::Camera(zooming.to));
            // It stays until the project has taken it.
            if camera == zooming.to {
                self.zooming = None;
            }
        } else {
            let rest = REST_S - (now - zooming.last_s);
            ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64(rest.max(0.01)));
        }
    }
}
