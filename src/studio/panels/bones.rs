//! The list of bones.

use super::{Context, Panel};
use crate::studio::Command;

/// The list of bones.
#[derive(Default)]
pub(super) struct BonesPanel {}

impl Panel for BonesPanel {
    fn ui(&mut self, ui: &mut egui::Ui, context: &mut Context<'_>) {
        let Some(subject) = context.content.subject() else {
            ui.weak("No figure is open.");
            return;
        };
        egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            for (bone, joint) in subject.figure().humanoid.iter() {
                if ui.selectable_label(context.view.selected == Some(joint), bone.name()).clicked() {
                    context.commands.send(Command::Select(Some(joint)));
                }
            }
        });
    }
}
