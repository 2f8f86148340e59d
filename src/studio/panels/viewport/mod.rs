//! The posed figure.

use super::picture::{Shown, paint};
use super::{Context, Panel};
use crate::studio::Edit;
use crate::studio::workers::stage::StageRequest;
use std::sync::Arc;

/// The posed figure.
#[derive(Default)]
pub(super) struct ViewportPanel {
    shown: Shown,
}

/// Space around the output frame, as a share of it.
const AROUND: f32 = 1.15;

impl Panel for ViewportPanel {
    fn ui(&mut self, ui: &mut egui::Ui, context: &mut Context<'_>) {
        let (rect, response) = ui.allocate_exact_size(ui.available_size(), egui::Sense::click_and_drag());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Canvas, true, "Pose viewport"));
        let Some(subject) = context.content.subject() else { return };
        let frame = context.project.frame_px;
        // The output frame fits into the panel with some space around.
        let aspect = frame[0] as f32 / frame[1] as f32;
        let height = rect.height().min(rect.width() / aspect) / AROUND;
        let scale = ui.ctx().pixels_per_point();
        context.workers.stage.request(StageRequest {
            subject: subject.clone(),
            pose: Arc::new(context.project.pose.clone()),
            camera: context.project.camera,
            widen: rect.height() / height,
            size_px: [(rect.width() * scale) as u32, (rect.height() * scale) as u32],
            style: context.view.style,
            quick: context.view.dragging,
        });
        if let Some(stage) = &context.content.stage {
            let make = || stage.image.clone().into();
            let texture = self.shown.texture(ui.ctx(), "viewport", stage.revision, egui::TextureOptions::LINEAR, make);
            paint(&ui.painter_at(rect), rect, texture);
        }
        if response.dragged_by(egui::PointerButton::Secondary) {
            let moved = response.drag_motion();
            let camera = context.project.camera.turned(-moved.x * 0.4, moved.y * 0.4);
            context.commands.edit("Turn the view", Edit::Camera(camera));
        }
    }
}
