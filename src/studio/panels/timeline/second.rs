//! The row of the second motion: when it begins, and how long the first goes over into it.

use super::strip::{ROW, Scale, bar, title};
use crate::motion::LAST_FRAME;
use crate::project::{Animation, Fade};
use crate::studio::panels::Context;
use crate::studio::{Edit, MotionCommand};
use egui::{Color32, CursorIcon, Rect, Sense, Shape, Ui, pos2};

const COLOUR: Color32 = Color32::from_rgb(140, 100, 150);

/// Height of the row, points; none where there is no second motion.
pub(super) fn height(context: &Context<'_>) -> f32 {
    if context.project.animation.fading().is_some() { ROW } else { 0.0 }
}

/// The row, by whose bar the second motion is taken and moved.
#[derive(Default)]
pub(super) struct Row {
    /// How many frames after the pointer it begins, while it is moved.
    taken: Option<f32>,
}

impl Row {
    pub(super) fn is_moved(&self) -> bool {
        self.taken.is_some()
    }

    pub(super) fn ui(&mut self, ui: &mut Ui, context: &mut Context<'_>, scale: Scale, top: f32) {
        let animation = &context.project.animation;
        let Some((fade, second)) = animation.fading().zip(context.content.second.performance.ready()) else { return };
        let clip = second.clip();
        let frames = (clip.duration_s() * animation.fps).max(fade.over as f64) as f32;
        let name = format!("{}: {}", fade.take.source.name(), crate::text::line(&clip.name));
        let (from, over) = (fade.from as f32, fade.over as f32);
        let painter = ui.painter_at(scale.rect);
        let place = bar(ui, &painter, scale, top, [from, from + frames], COLOUR);
        // It comes up while the first is still there.
        let [left, right] = [from, from + over].map(|frame| scale.x(frame));
        let cut = vec![place.left_top(), pos2(right.min(place.right()), place.top()), pos2(left, place.bottom())];
        let back = ui.visuals().extreme_bg_color.gamma_multiply(0.75);
        painter.add(Shape::convex_polygon(cut, back, egui::Stroke::NONE));
        title(ui, &painter, scale, place, right.min(place.right()), &name);
        let seen = place.x_range().intersection(scale.rect.x_range());
        let place = Rect::from_x_y_ranges(seen, place.y_range());
        if !place.is_positive() {
            return;
        }
        let response = ui.interact(place, ui.scope_id().with("second"), Sense::click_and_drag());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, "Bar of the second motion"));
        let what = format!(
            "{name}, which begins at frame {} while the first goes on for {}: drag to move it, click to go there",
            fade.from, fade.over
        );
        if let Some(pointer) = response.interact_pointer_pos() {
            if response.clicked() {
                context.commands.send(MotionCommand::Seek(scale.nearest(pointer.x)));
            }
            if response.drag_started() {
                // Where it was pressed: it went some way before that was a drag.
                let pressed = ui.input(|input| input.pointer.press_origin()).unwrap_or(pointer);
                self.taken = Some(from - scale.frame(pressed.x));
            }
            if let Some(after) = self.taken.filter(|_| response.dragged()) {
                let begins = ((scale.frame(pointer.x) + after).round() as i64).clamp(0, LAST_FRAME);
                if begins != fade.from {
                    let fade = Some(Fade { from: begins, ..fade.clone() });
                    let animation = Animation { fade, ..animation.clone() };
                    context.commands.edit("Move the second motion", Edit::Animation(Box::new(animation)));
                }
            }
        }
        if response.drag_stopped() {
            self.taken = None;
        }
        response.on_hover_cursor(CursorIcon::ResizeHorizontal).on_hover_text(what);
    }
}
