//! The pose library: built-in poses and the user's own.

use super::{Context, Panel};

/// The pose library.
#[derive(Default)]
pub(super) struct PosesPanel {}

impl Panel for PosesPanel {
    fn ui(&mut self, ui: &mut egui::Ui, context: &mut Context<'_>) {
        egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            for (name, pose) in crate::pose::library::all() {
                if ui.button(name).clicked() {
                    let name = name.to_owned();
                    context.commands.send(crate::studio::Command::TakePose { name, pose, only: None });
                }
            }
        });
    }
}
