//! The camera: which motion file it follows, and its keys.

use super::strip::{MARK, MOST_NAMED, ROW, Scale, bar, title};
use crate::motion::Ease;
use crate::studio::actions::tip;
use crate::studio::content::Loaded;
use crate::studio::panels::{Context, menu};
use crate::studio::{Ask, CameraCommand, MotionCommand};
use egui::{Color32, Rect, Sense, Stroke, Ui, pos2, vec2};

/// Draws the menu.
pub(super) fn ui(ui: &mut Ui, context: &mut Context<'_>) {
    let open = menu(ui, "Camera", |ui| choices(ui, context));
    open.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, "Camera over time"));
    open.on_hover_text("What moves the camera: an MMD motion, or keys of your own");
    if let Loaded::Failed(why) = &context.content.camera {
        ui.colored_label(ui.visuals().warn_fg_color, "⚠").on_hover_text(why);
    }
}

fn choices(ui: &mut Ui, context: &mut Context<'_>) {
    let camera = &context.project.animation.camera;
    if let Some(take) = &camera.take {
        let mut follows = !take.off;
        let what = "While something plays and at each frame the figure is seen from where this motion has its camera";
        if ui.checkbox(&mut follows, format!("Follow {}", take.source.name())).on_hover_text(what).changed() {
            context.commands.send(CameraCommand::Follow(follows));
        }
        let what = "The file stays where it is";
        if ui.button("Remove the motion's camera").on_hover_text(what).clicked() {
            context.commands.send(CameraCommand::Remove);
            ui.close();
        }
    }
    if ui.button("Open a camera motion…").on_hover_text("The camera of an MMD motion (VMD)").clicked() {
        context.commands.send(Ask::CameraMotion);
        ui.close();
    }
    ui.separator();
    let free = context.seen.orbit().is_some();
    let what = tip(ui.ctx(), CameraCommand::Key, "The camera comes through here at this frame");
    let key = ui.add_enabled(free, egui::Button::new("♦ Key the camera"));
    key.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, free, "Key the camera"));
    if key.on_hover_text(what).on_disabled_hover_text("A motion file moves the camera").clicked() {
        context.commands.send(CameraCommand::Key);
    }
    let Some(key) = camera.keys.get(&context.playback.frame()) else { return };
    if ui.button("Delete the camera's key").on_hover_text("The one at this frame").clicked() {
        context.commands.send(CameraCommand::Delete);
    }
    ui.weak("To the next key it goes on");
    for (ease, name) in Ease::ALL {
        let name = if ease == Ease::Hold { "Not at all: there it cuts" } else { name };
        if ui.radio(key.ease == ease, name).clicked() {
            context.commands.send(CameraCommand::Ease(ease));
        }
    }
}

/// The row of the ruler: the file that is followed, and the keys, which are clicked and moved.
#[derive(Default)]
pub(super) struct Row {
    /// The frame whose key was taken, and how far it is by now.
    moved: Option<(i64, i64)>,
}

impl Row {
    pub(super) fn ui(&mut self, ui: &mut Ui, context: &mut Context<'_>, scale: Scale, top: f32) {
        let (animation, painter) = (&context.project.animation, ui.painter_at(scale.rect));
        let camera = &animation.camera;
        if let Some((take, clip)) = camera.take.as_ref().zip(context.content.camera.ready()) {
            let name = format!("Camera: {}", take.source.name());
            let last = (clip.duration_s() * animation.fps) as f32;
            let bar = bar(ui, &painter, scale, top, [0.0, last], Color32::from_rgb(150, 104, 130));
            title(ui, &painter, scale, bar, bar.left(), &name);
        }
        let faint = if camera.heeded().is_some() { 0.4 } else { 1.0 };
        let colour = Color32::from_rgb(226, 132, 186).gamma_multiply(faint);
        let frames: Vec<i64> = camera.keys.range(scale.seen()).map(|(frame, _)| *frame).collect();
        for &frame in &frames {
            let by = self.moved.filter(|(taken, _)| *taken == frame).map_or(0, |(_, by)| by);
            let place = |frame: i64| pos2(scale.x(frame as f32), top + 0.5 * ROW);
            let at = place(frame + by);
            let mark = Rect::from_center_size(at, vec2(1.5, 1.5) * MARK);
            painter.rect(mark, 1.0, colour, Stroke::new(1.0, ui.visuals().extreme_bg_color), egui::StrokeKind::Outside);
            if frames.len() > MOST_NAMED {
                continue;
            }
            let place = Rect::from_center_size(place(frame), vec2(2.0 * MARK, ROW));
            let response = ui.interact(place, ui.scope_id().with(("camera key", frame)), Sense::click_and_drag());
            let name = format!("Camera key at frame {frame}");
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
            if response.clicked() {
                context.commands.send(MotionCommand::Seek(frame));
            }
            if let (true, Some(pointer)) = (response.dragged(), response.interact_pointer_pos()) {
                self.moved = Some((frame, scale.nearest(pointer.x) - frame));
            }
            if response.drag_stopped()
                && let Some((_, by)) = self.moved.take().filter(|(_, by)| *by != 0)
            {
                context.commands.send(CameraCommand::Shift(frame, by));
            }
            response.on_hover_text(format!("The camera is keyed at frame {frame}: click to go there, drag to move it"));
        }
    }
}
