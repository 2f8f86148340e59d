//! Before work gives way: whether to save it first, or whether to overwrite what somebody else saved; and what follows the
//! answer.

use super::commands::{Command, DocumentCommand, Outbox};
use super::dialogs::Ask;
use std::path::PathBuf;

/// What becomes of unsaved work that is in the way of something.
#[derive(Default)]
pub(super) struct Closing {
    /// Asked about before this is done.
    question: Option<Command>,
    /// The project's file, in which somebody else saved meanwhile.
    saved_elsewhere: Option<PathBuf>,
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

    /// Asks what to do about a file in which somebody else saved meanwhile.
    pub(super) fn ask_about(&mut self, path: PathBuf) {
        self.saved_elsewhere = Some(path);
    }

    /// A question is on the screen.
    pub(super) fn is_asking(&self) -> bool {
        self.question.is_some() || self.saved_elsewhere.is_some()
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
        self.overwrite(ctx, outbox);
        self.save_first(ctx, outbox);
    }

    /// Asks before the work of somebody else is lost.
    fn overwrite(&mut self, ctx: &egui::Context, outbox: &mut Outbox) {
        let Some(path) = self.saved_elsewhere.clone() else { return };
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut goes_on = false;
        let shown = egui::Modal::new(egui::Id::unique("saved elsewhere")).show(ctx, |ui| {
            ui.set_width(480.0);
            ui.heading(format!("{name} was changed by someone else"));
            ui.label(
                "Another window or program saved it since it was opened or saved here. Only one of the two can keep this \
                 name.",
            );
            ui.add_space(8.0);
            ui.horizontal_wrapped(|ui| {
                if ui.button("Overwrite it").on_hover_text("What the other saved is lost").clicked() {
                    outbox.send(DocumentCommand::SaveAs(path.clone()));
                    goes_on = true;
                    ui.close();
                }
                if ui.button("Save under another name…").on_hover_text("Both are kept").clicked() {
                    outbox.send(Ask::SaveProject);
                    goes_on = true;
                    ui.close();
                }
                let tip = "Shows it here; undoing brings your own work back";
                if ui.button("Take what is there").on_hover_text(tip).clicked() {
                    outbox.send(DocumentCommand::TakeSaved);
                    ui.close();
                }
                if ui.button("Cancel").clicked() {
                    ui.close();
                }
            });
        });
        if shown.should_close() {
            self.saved_elsewhere = None;
            if !goes_on {
                self.not_saved();
            }
        }
    }

    fn save_first(&mut self, ctx: &egui::Context, outbox: &mut Outbox) {
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
