//! The preview: the character painted in the current pose.

use super::picture::{Shown, checkerboard, fit, paint};
use super::{Context, Panel};
use crate::studio::apply::image;

/// The preview.
#[derive(Default)]
pub(super) struct PreviewPanel {
    shown: Shown,
}

impl Panel for PreviewPanel {
    fn ui(&mut self, ui: &mut egui::Ui, context: &mut Context<'_>) {
        let Some(painted) = &context.content.painted else {
            ui.weak("Nothing is painted yet.");
            return;
        };
        let (rect, _) = ui.allocate_exact_size(ui.available_size(), egui::Sense::click_and_drag());
        let picture = &painted.picture;
        let make = || image(picture).into();
        let texture = self.shown.texture(ui.ctx(), "painted", painted.revision, egui::TextureOptions::LINEAR, make);
        let place = fit(rect, [picture.width_px, picture.height_px]);
        let painter = ui.painter_at(rect);
        checkerboard(ui, &painter, place);
        paint(&painter, place, texture);
    }
}
