//! Expressions, morphs and the gaze.

use super::{Context, Panel};

/// Expressions, morphs and the gaze.
#[derive(Default)]
pub(super) struct FacePanel {}

impl Panel for FacePanel {
    fn ui(&mut self, ui: &mut egui::Ui, context: &mut Context<'_>) {
        if context.content.subject().is_none() {
            ui.weak("No figure is open.");
        }
    }
}
