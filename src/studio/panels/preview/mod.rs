//! The preview: the character painted in the current pose.

mod canvas;
mod means;
mod report;

pub(super) use means::tuned;

use super::{Context, Home, Panel, Registration};
use crate::studio::actions::tip;
use crate::studio::workers::drawer::FigureRequest;
use crate::studio::{Ask, PaintCommand, PanelKind, ViewCommand, WindowCommand};
use canvas::{Background, Beside, Canvas};
use egui::Key;
use std::sync::Arc;

pub(super) static PANEL: Registration = Registration {
    title: "Preview",
    tip: "Your character, painted in this pose",
    key: Some(Key::F3),
    home: Home::UpperRight,
    new: || Box::new(PreviewPanel::default()),
};

/// The preview.
#[derive(Default)]
pub(super) struct PreviewPanel {
    canvas: Canvas,
    background: Background,
    compare: Compare,
    /// A picture kept for comparison; it has a number of its own.
    pinned: Option<(Arc<egui::ColorImage>, u64)>,
}

/// What stands beside the painted picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Compare {
    #[default]
    Nothing,
    Figure,
    Pinned,
}

impl Compare {
    fn label(self) -> &'static str {
        match self {
            Self::Nothing => "With nothing",
            Self::Figure => "With the figure",
            Self::Pinned => "With the pinned picture",
        }
    }
}

impl Panel for PreviewPanel {
    fn ui(&mut self, ui: &mut egui::Ui, context: &mut Context<'_>) {
        ui.horizontal_wrapped(|ui| {
            means::ui(ui, context);
            outputs(ui, context);
        });
        self.tools(ui, context);
        let content = context.content;
        if self.compare == Compare::Figure
            && let Some(stance) = &content.stance
        {
            let [width, height] = context.project.frame_px;
            context.workers.mirror.request(FigureRequest {
                stance: stance.clone(),
                camera: context.seen.camera(context.project.aspect()),
                size_px: [width, height],
                style: crate::studio::Style::Lit,
                quick: context.display.dragging,
                ghosts: None,
            });
        }
        let beside = match self.compare {
            Compare::Nothing => None,
            Compare::Figure => content.mirror.as_ref().map(|mirror| Beside::Figure(&mirror.image, mirror.revision)),
            Compare::Pinned => self.pinned.as_ref().map(|(picture, number)| Beside::Pinned(picture, *number)),
        };
        // As high as what it says, and first: the picture takes what is left.
        egui::Panel::bottom("report").frame(egui::Frame::NONE).show_separator_line(false).show(ui, |ui| {
            report::ui(ui, context);
        });
        let height = ui.available_height().max(80.0);
        self.canvas.ui(ui, height, context, self.background, beside);
    }
}

/// Gives a selector a name for screen readers; what is chosen is its value.
pub(in crate::studio) fn named(response: &egui::Response, name: &str) {
    response.ctx.accesskit_node_builder(response.id, |node| node.set_label(name));
}

/// Where the picture can go.
fn outputs(ui: &mut egui::Ui, context: &mut Context<'_>) {
    let content = context.content;
    let comes = content.wanted.is_some() && (content.painting.is_some() || content.painting_failed.is_none());
    let possible = comes || content.finished().is_some();
    let save = ui.add_enabled(possible, egui::Button::new("Save PNG…"));
    if save.on_hover_text("Save exactly this picture, with transparency (Ctrl+E)").clicked() {
        context.commands.send(Ask::SavePicture);
    }
    let copy = ui.add_enabled(possible, egui::Button::new("Copy"));
    if copy.on_hover_text("Copy the picture to the clipboard (Ctrl+Shift+X)").clicked() {
        context.commands.send(PaintCommand::CopyPicture);
    }
}

impl PreviewPanel {
    fn tools(&mut self, ui: &mut egui::Ui, context: &mut Context<'_>) {
        ui.horizontal_wrapped(|ui| {
            let large = WindowCommand::Enlarge(PanelKind::Preview);
            let tip = tip(ui.ctx(), large.clone(), "All the room for the picture, or back to its place");
            if ui.button("Large").on_hover_text(tip).clicked() {
                context.commands.send(large);
            }
            self.canvas.zoom_buttons(ui, context.project.frame_px);
            self.background.choose(ui, context.content.tracing.ready().is_some());
            let compare = ui.menu_button("Compare", |ui| self.comparisons(ui, context));
            compare.response.on_hover_text("Split the picture with a divider that can be dragged");
            let mut shown = context.display.contributions;
            let toggle = ui.toggle_value(&mut shown, "Sources");
            if toggle.on_hover_text("Show which drawing each part of the picture is from").changed() {
                context.commands.send(ViewCommand::Contributions(shown));
            }
        });
    }

    fn comparisons(&mut self, ui: &mut egui::Ui, context: &Context<'_>) {
        for compare in [Compare::Nothing, Compare::Figure, Compare::Pinned] {
            let there = compare != Compare::Pinned || self.pinned.is_some();
            let choice = egui::Button::selectable(self.compare == compare, compare.label());
            if ui.add_enabled(there, choice).on_disabled_hover_text("Pin a picture first").clicked() {
                self.compare = compare;
            }
        }
        ui.separator();
        let painted = context.content.painted.as_ref();
        let pin = ui.add_enabled(painted.is_some(), egui::Button::new("Pin this picture"));
        if let Some(painted) = painted
            && pin.on_hover_text("Keep this picture to compare the next ones with").clicked()
        {
            self.pinned = Some((painted.image.clone(), painted.revision));
            self.compare = Compare::Pinned;
        }
    }
}
