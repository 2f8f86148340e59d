//! Notes of the project: what the character wears, what is still to do. They are saved with it.

use super::{Context, Home, Panel, Registration};
use crate::studio::Edit;

/// Letters that a project's notes may have.
const MOST: usize = 100_000;

pub(super) static PANEL: Registration = Registration {
    title: "Notes",
    tip: "Your notes on this project, saved with it",
    key: None,
    home: Home::LowerRight,
    new: || Box::new(NotesPanel),
};

/// The notes.
pub(super) struct NotesPanel;

impl Panel for NotesPanel {
    fn ui(&mut self, ui: &mut egui::Ui, context: &mut Context<'_>) {
        let mut notes = context.project.notes.clone();
        let size = ui.available_size();
        egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            let text = egui::TextEdit::multiline(&mut notes)
                .hint_text("Colours, clothes, what is still to be drawn…")
                .char_limit(MOST)
                .frame(egui::Frame::NONE)
                .desired_width(f32::INFINITY);
            let text = ui.add_sized(size, text);
            text.widget_info(|| {
                egui::WidgetInfo::labeled(egui::Role::MultilineTextInput, true, "Notes of the project")
            });
            if text.changed() {
                context.commands.edit("Write notes", Edit::Notes(notes));
            }
        });
    }
}
