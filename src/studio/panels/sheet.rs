//! The character sheet: its drawings.

use super::{Context, Panel};
use crate::studio::Command;

/// The character sheet.
#[derive(Default)]
pub(super) struct SheetPanel {}

impl Panel for SheetPanel {
    fn ui(&mut self, ui: &mut egui::Ui, context: &mut Context<'_>) {
        if ui.button("Add drawings…").clicked() {
            context.commands.send(Command::AddDrawingsDialog);
        }
        egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            for drawing in &context.project.sheet {
                ui.label(drawing.source.name());
            }
        });
    }
}
