//! Before unsaved work gives way: the question whether to save it first, and what follows the answer.

use super::commands::{Command, DocumentCommand, Outbox};

/// What becomes of unsaved work that is in the way of something.
#[derive(Default)]
pub(super) struct Closing {
    /// Asked about before this is done.
    question: Option<Command>,
    /// Done as soon as the project is saved.
    after_save: Option<Command>,
    /// The user agreed to lose what is unsaved, or nothing is.
    pub(super) agreed: bool,
}

impl Closing {
    /// Asks before `command` is done.
    pub(super) fn ask_before(&mut self, command: impl Into<Command>) {
        self.question = Some(command.into());
    }

    /// The question is on the screen.
    pub(super) fn is_asking(&self) -> bool {
        self.question.is_some()
    }

    /// The project was saved: what waited for it goes on.
    pub(super) fn saved(&mut self, outbox: &mut Outbox) {
        if let Some(command) = self.after_save.take() {
            outbox.send(command);
        }
    }

    /// It could not be saved: nothing goes on.
    pub(super) fn not_saved(&mut self) {
        self.after_save = None;
    }

    /// Draws the question, if there is one.
    pub(super) fn show(&mut self, ctx: &egui::Context, outbox: &mut Outbox) {
        let Some(command) = self.question.clone() else { return };
        let shown = egui::Modal::new(egui::Id::unique("unsaved")).show(ctx, |ui| {
            ui.set_width(320.0);
            ui.heading("Save the changes first?");
            ui.label("What is not saved will be lost.");
            ui.add_space(8.0);
            ui.horizontal(|ui| {
                if ui.button("Save").clicked() {
                    self.after_save = Some(command.clone());
                    outbox.send(DocumentCommand::Save);
                    ui.close();
                }
                if ui.button("Don't save").clicked() {
                    self.agreed = true;
                    outbox.send(command.clone());
                    ui.close();
                }
                if ui.button("Cancel").clicked() {
                    ui.close();
                }
            });
        });
        if shown.should_close() {
            self.question = None;
        }
    }
}
