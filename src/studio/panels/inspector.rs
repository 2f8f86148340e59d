//! The UDP inspector: the Ultra-Dense Pose, number by number.

use super::{Context, Panel};

/// The UDP inspector.
#[derive(Default)]
pub(super) struct InspectorPanel {}

impl Panel for InspectorPanel {
    fn ui(&mut self, ui: &mut egui::Ui, context: &mut Context<'_>) {
        match &context.content.painted {
            Some(painted) => ui.label(format!("{} surface points", painted.udp.surface_points())),
            None => ui.weak("There is no UDP yet."),
        };
    }
}
