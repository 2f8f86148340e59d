//! The same few figures as they were answered at step after step; one of them large.

use super::status;
use crate::studio::panels::Context;
use crate::studio::panels::picture::Shown;
use crate::train::{RunView, SAMPLE_ROWS, SAMPLES};
use egui::{Rect, Sense, Stroke, TextureId, TextureOptions, pos2, vec2};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A cell's side, points.
const CELL: std::ops::RangeInclusive<f32> = 40.0..=72.0;
/// The side of one that is compared.
const LARGE: std::ops::RangeInclusive<f32> = 64.0..=256.0;
const GAP: f32 = 3.0;

/// The rows of the pictures.
const DRAWN: usize = 0;
const ANSWERED: usize = 1;
const TRUE: usize = 2;

/// The strip.
#[derive(Default)]
pub(super) struct Strip {
    of: Option<PathBuf>,
    textures: BTreeMap<u64, Shown>,
    /// Which figure after which step is compared.
    compared: Option<(usize, u64)>,
}

impl Strip {
    /// The strip and what is compared; nothing where nothing was kept.
    pub(super) fn ui(&mut self, ui: &mut egui::Ui, context: &Context<'_>, view: &RunView) {
        if self.of.as_ref() != Some(&view.path) {
            *self = Self { of: Some(view.path.clone()), ..Self::default() };
        }
        if context.content.samples_of.as_ref() != Some(&view.path) || context.content.samples.is_empty() {
            return;
        }
        egui::CollapsingHeader::new("The same six figures over time").default_open(true).show(ui, |ui| {
            let textures = self.textures(ui, context, view);
            let Some(&(newest, latest)) = textures.last() else { return };
            let columns = textures.len() + 2;
            let cell = (ui.available_width() / columns as f32 - GAP).clamp(*CELL.start(), *CELL.end());
            egui::ScrollArea::horizontal().id_salt("samples").show(ui, |ui| {
                ui.horizontal_top(|ui| {
                    ui.spacing_mut().item_spacing.x = GAP;
                    self.column(ui, "Drawing", None, latest, DRAWN, cell);
                    for &(step, texture) in &textures {
                        self.column(ui, &status::count(step), Some(step), texture, ANSWERED, cell);
                    }
                    self.column(ui, "True", None, latest, TRUE, cell);
                });
            });
            let Some((figure, step)) = self.compared else {
                ui.weak("Click one to compare it.");
                return;
            };
            let then = textures.iter().find(|(known, _)| *known == step);
            let then = then.map(|(step, texture)| (format!("After {}", status::count(*step)), *texture, ANSWERED));
            let now = (format!("After {}", status::count(newest)), latest, ANSWERED);
            let drawn = ("Drawing".to_owned(), latest, DRAWN);
            let all: Vec<_> = [drawn].into_iter().chain(then).chain([now, ("True".to_owned(), latest, TRUE)]).collect();
            let side = (ui.available_width() / all.len() as f32 - GAP).clamp(*LARGE.start(), *LARGE.end());
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing.x = GAP;
                for (label, texture, row) in all {
                    ui.vertical(|ui| {
                        ui.small(&label);
                        let (rect, response) = ui.allocate_exact_size(vec2(side, side), Sense::hover());
                        let name = format!("Figure {}, {label}", figure + 1);
                        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, name.clone()));
                        draw(ui, rect, texture, figure, row);
                    });
                }
            });
            if ui.small_button("Close the comparison").clicked() {
                self.compared = None;
            }
        });
    }

    /// Those that are on the graphics card, by their steps; one more each frame, so that none takes long.
    fn textures(&mut self, ui: &egui::Ui, context: &Context<'_>, view: &RunView) -> Vec<(u64, TextureId)> {
        self.textures.retain(|step, _| view.samples.iter().any(|(known, _)| known == step));
        let mut room = 1;
        let mut ready = vec![];
        for (step, _) in &view.samples {
            let Some(picture) = context.content.samples.get(step) else { continue };
            if !self.textures.contains_key(step) {
                if room == 0 {
                    ui.ctx().request_repaint();
                    continue;
                }
                room -= 1;
            }
            let make = || picture.image.clone().into();
            let shown = self.textures.entry(*step).or_default();
            ready.push((*step, shown.texture(ui.ctx(), "samples", picture.revision, TextureOptions::LINEAR, make)));
        }
        ready
    }

    /// A row of the pictures, one figure below the other.
    fn column(&mut self, ui: &mut egui::Ui, label: &str, step: Option<u64>, texture: TextureId, row: usize, cell: f32) {
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = GAP;
            ui.set_width(cell);
            ui.add(egui::Label::new(egui::RichText::new(label).small()).truncate());
            for figure in 0..SAMPLES {
                let sense = if step.is_some() { Sense::click() } else { Sense::hover() };
                let (rect, response) = ui.allocate_exact_size(vec2(cell, cell), sense);
                let (role, name) = match step {
                    Some(step) => {
                        (egui::Role::Button, format!("Figure {} after {} steps", figure + 1, status::count(step)))
                    }
                    None => (egui::Role::Image, format!("Figure {}: {label}", figure + 1)),
                };
                response.widget_info(|| egui::WidgetInfo::labeled(role, true, &name));
                draw(ui, rect, texture, figure, row);
                if let Some(step) = step {
                    if self.compared == Some((figure, step)) {
                        let stroke = Stroke::new(2.0, ui.visuals().selection.bg_fill);
                        ui.painter().rect_stroke(rect, 2.0, stroke, egui::StrokeKind::Outside);
                    }
                    if response.on_hover_text(name).clicked() {
                        self.compared = Some((figure, step));
                    }
                }
            }
        });
    }
}

/// A cell of the picture that the texture holds.
fn draw(ui: &egui::Ui, rect: Rect, texture: TextureId, figure: usize, row: usize) {
    if !ui.is_rect_visible(rect) {
        return;
    }
    let painter = ui.painter();
    painter.rect_filled(rect, 2.0, ui.visuals().extreme_bg_color);
    let (columns, rows) = (SAMPLES as f32, SAMPLE_ROWS as f32);
    let at = |column: usize, row: usize| pos2(column as f32 / columns, row as f32 / rows);
    painter.image(texture, rect, Rect::from_min_max(at(figure, row), at(figure + 1, row + 1)), egui::Color32::WHITE);
}
