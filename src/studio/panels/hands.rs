//! Fingers and hand shapes.

use super::{Context, Panel};

/// Fingers and hand shapes.
#[derive(Default)]
pub(super) struct HandsPanel {}

impl Panel for HandsPanel {
    fn ui(&mut self, ui: &mut egui::Ui, context: &mut Context<'_>) {
        if context.content.subject().is_none() {
            ui.weak("No figure is open.");
        }
    }
}
