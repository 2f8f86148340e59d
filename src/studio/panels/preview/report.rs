//! Below the picture: draft or full, how long it took, what went wrong and what to do about it.

use super::means::sources;
use crate::engine::{PainterChoice, PainterKind, PaintingSettings};
use crate::project::DrawingSource;
use crate::studio::content::Standing;
use crate::studio::panels::Context;
use crate::studio::status::time;
use crate::studio::{Ask, Edit, PaintCommand, SheetCommand, WindowCommand, Work};
use egui::{Color32, RichText};

/// The lines below the picture.
pub(super) fn ui(ui: &mut egui::Ui, context: &mut Context<'_>) {
    let content = context.content;
    let contributions = content.painted.as_ref().and_then(|painted| painted.contributions.as_ref());
    if let Some(contributions) = contributions.filter(|_| context.display.contributions) {
        ui.horizontal_wrapped(|ui| {
            for (name, [r, g, b]) in &contributions.legend {
                let (swatch, _) = ui.allocate_exact_size(egui::vec2(12.0, 12.0), egui::Sense::hover());
                ui.painter().rect_filled(swatch, 2.0, Color32::from_rgb(*r, *g, *b));
                ui.label(name);
            }
            ui.weak("faint: filled in").on_hover_text("No drawing shows this: the colours flow in from around it");
        });
    }
    ui.horizontal(|ui| {
        if let (Some(painted), Some(standing)) = (&content.painted, content.standing()) {
            // While something moves each draft is of a moment ago.
            let coming = painted.draft && content.painting.is_some();
            let (state, tip) = match standing {
                Standing::Earlier if !coming => (
                    "Earlier",
                    "Not what is set now: another pose, view, size, renderer or other drawings. It can't be saved",
                ),
                Standing::Draft | Standing::Earlier => {
                    ("Draft", "A rough picture while something moves; the full one follows")
                }
                Standing::Full => ("Full", "The picture as it is saved"),
            };
            ui.strong(state).on_hover_text(tip);
            ui.label(time(painted.took)).on_hover_text("How long painting took");
        }
        match &content.painting {
            Some((what, done, total)) => {
                if ui.small_button("Stop painting").on_hover_text("Keep the picture as it is").clicked() {
                    context.commands.send(WindowCommand::Stop(Work::Painting));
                }
                let share = if *total > 0 { *done as f32 / *total as f32 } else { 0.0 };
                let bar = egui::ProgressBar::new(share).desired_width(70.0).desired_height(12.0);
                ui.add(if *total > 0 { bar } else { bar.animate(true) });
                ui.add(egui::Label::new(RichText::new(what).weak()).truncate());
            }
            None => {
                let by = content.painted.as_ref().map_or("", |painted| painted.by.as_str());
                ui.add(egui::Label::new(RichText::new(by).weak()).truncate()).on_hover_text(by);
            }
        }
    });
    if let Some(painted) = &content.painted {
        for note in &painted.notes {
            ui.label(RichText::new(note).small());
        }
        if !painted.notes.is_empty() && content.painting_failed.is_none() {
            trace(ui, context);
        }
    }
    if let Some(why) = &content.painting_failed {
        failure(ui, why, context);
    }
}

/// Why there is no new picture, and what can be done about it.
fn failure(ui: &mut egui::Ui, why: &str, context: &mut Context<'_>) {
    let painting = &context.project.painting;
    let colour = ui.visuals().warn_fg_color;
    ui.label(RichText::new(sentence(why)).color(colour));
    ui.horizontal_wrapped(|ui| {
        if context.content.views.is_empty() {
            if ui.button("Add drawings…").clicked() {
                context.commands.send(Ask::Drawings);
            }
            return;
        }
        trace(ui, context);
        let by_graph = painting.kind().graph().is_some();
        let lacking = painting.detector().is_none() || painting.lacks_weights().is_some();
        if lacking {
            ui.menu_button("Load the weights…", |ui| sources(ui, context));
        } else if by_graph {
            ui.menu_button("Load other weights…", |ui| sources(ui, context));
        }
        if by_graph && ui.button("Use landmark transfer").clicked() {
            let painter = PainterChoice::Of(PainterKind::Landmark);
            let painting = PaintingSettings { painter, ..painting.clone() };
            context.commands.edit("Choose what paints", Edit::Painting(painting));
        }
        if ui.button("Try again").clicked() {
            context.commands.send(PaintCommand::Again);
        }
    });
}

/// The way that needs nothing from elsewhere: the button that traces the first drawing of which nobody knows what it
/// shows.
fn trace(ui: &mut egui::Ui, context: &mut Context<'_>) {
    let unknown = |source: &&DrawingSource| {
        let state = context.content.drawing(source);
        let view = state.filter(|state| state.problem.is_none() && state.detected.is_none());
        view.and_then(|state| state.view.as_ref()).is_some_and(|view| view.udp.is_none())
    };
    let drawings = context.project.sheet.iter().filter(|drawing| drawing.enabled).map(|drawing| &drawing.source);
    let traced = context.project.tracing.as_ref().map(|tracing| &tracing.source);
    let mut others = drawings.filter(|source| source.path().is_some() && Some(*source) != traced);
    let Some(source) = others.find(unknown).cloned() else { return };
    let what = "Pose the figure over this drawing: that says what it shows, and needs no download";
    if ui.button(format!("Trace {}", source.name())).on_hover_text(what).clicked() {
        context.commands.send(SheetCommand::Trace(source));
    }
}

/// A message as a sentence.
fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).chain(['.']).collect(),
        None => String::new(),
    }
}
