//! What the panel says while there is no figure to show.

use crate::project::FigureSource;
use crate::studio::content::Loaded;
use crate::studio::panels::Context;
use crate::studio::{Ask, DocumentCommand, Edit};
use egui::{Align, Layout, RichText, Ui, UiBuilder, vec2};

/// Draws it in the middle of the panel.
pub(super) fn ui(ui: &mut Ui, context: &mut Context<'_>) {
    let rect = ui.available_rect_before_wrap();
    ui.allocate_rect(rect, egui::Sense::hover());
    let height = 220f32.min(rect.height());
    let middle = egui::Rect::from_center_size(rect.center(), vec2((rect.width() - 24.0).clamp(60.0, 420.0), height));
    ui.scope_builder(UiBuilder::new().max_rect(middle).layout(Layout::top_down(Align::Center)), |ui| {
        let name = context.project.figure.as_ref().map(FigureSource::name);
        match (&context.content.figure, name) {
            (Loaded::Failed(why), name) => {
                ui.heading(format!("{} can't be shown", name.unwrap_or_else(|| "The figure".into())));
                ui.label(why.as_str());
                ui.add_space(6.0);
                if ui.button("Locate…").on_hover_text("Choose where the figure is now, or another one").clicked() {
                    context.commands.send(Ask::Figure);
                }
                if ui.button("Open the example").on_hover_text("The built-in figure and its sheet").clicked() {
                    context.commands.send(DocumentCommand::OpenExample);
                }
            }
            (_, Some(name)) => {
                ui.add(egui::Spinner::new().size(32.0));
                ui.label(format!("Opening {name}"));
            }
            (_, None) => {
                ui.heading("Drop a figure here");
                ui.label("A rigged 3-D figure that you pose like a doll: VRM, PMX, PMD, glTF or OBJ.");
                ui.label(RichText::new("Your drawings then follow its pose.").weak());
                ui.add_space(6.0);
                built_in(ui, context);
                let tip = crate::studio::actions::tip(ui.ctx(), Ask::Figure, "Choose a figure");
                if ui.button("Open a figure…").on_hover_text(tip).clicked() {
                    context.commands.send(Ask::Figure);
                }
                // With drawings of one's own the example would only take their place.
                let mut example = || ui.button("Open the example").on_hover_text("The built-in figure and its sheet");
                if context.project.sheet.is_empty() && example().clicked() {
                    context.commands.send(DocumentCommand::OpenExample);
                }
            }
        }
    });
}

/// The button that takes the built-in figure into this project.
pub(in crate::studio::panels) fn built_in(ui: &mut Ui, context: &mut Context<'_>) {
    let what = "Settei's own figure, in this project; your drawings stay";
    if ui.button("Use the built-in figure").on_hover_text(what).clicked() {
        context.commands.edit("Use the built-in figure", Edit::Figure(Some(FigureSource::BuiltIn)));
    }
}
