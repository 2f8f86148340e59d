//! The same few figures as they were answered at step after step; one of them large.

use super::status;
use crate::studio::panels::Context;
use crate::studio::panels::picture::Shown;
use crate::train::{RunView, SAMPLE_ROWS, Taught};
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
    /// How many figures there are beside each other.
    figures: usize,
    /// They are a character's own drawings: what they were painted like before stands in the first row.
    drawings: bool,
    /// They are invented: above a real one, below in another pose.
    invented: bool,
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
        self.drawings = view.settings.graph == Taught::Sheet;
        self.invented = view.settings.graph == Taught::Psgan;
        let title = match view.settings.graph {
            Taught::Sheet => "Your drawings, painted from one another",
            Taught::Psgan => "The same invented characters over time",
            _ => "The same figures over time",
        };
        egui::CollapsingHeader::new(title).default_open(true).show(ui, |ui| {
            let textures = self.textures(ui, context, view);
            let Some(&(newest, latest)) = textures.last() else { return };
            if self.drawings {
                // Nobody has to click to see what it is about: the drawing that is kept out.
                self.compare(ui, self.compared.unwrap_or((0, newest)), &textures, (newest, latest));
            }
            let [first, last] = self.row_names();
            let columns = textures.len() + 2;
            let cell = (ui.available_width() / columns as f32 - GAP).clamp(*CELL.start(), *CELL.end());
            egui::ScrollArea::horizontal().id_salt("samples").show(ui, |ui| {
                ui.horizontal_top(|ui| {
                    ui.spacing_mut().item_spacing.x = GAP;
                    self.column(ui, first, None, latest, DRAWN, cell);
                    for &(step, texture) in &textures {
                        self.column(ui, &status::count(step), Some(step), texture, ANSWERED, cell);
                    }
                    self.column(ui, last, None, latest, TRUE, cell);
                });
            });
            match self.compared {
                Some(compared) if !self.drawings => self.compare(ui, compared, &textures, (newest, latest)),
                Some(_) => {}
                None => _ = ui.weak("Click one to compare it."),
            }
            if self.compared.is_some() && ui.small_button("Close the comparison").clicked() {
                self.compared = None;
            }
        });
    }

    /// What the first and the last row of the pictures are.
    fn row_names(&self) -> [&'static str; 2] {
        match (self.drawings, self.invented) {
            (true, _) => ["Before", "Drawing"],
            (_, true) => ["A real one", "Another pose"],
            _ => ["Drawing", "True"],
        }
    }

    /// One figure large, after a step and now, between what it is drawn or was painted like and what is wanted.
    fn compare(
        &self,
        ui: &mut egui::Ui,
        (figure, step): (usize, u64),
        textures: &[(u64, TextureId)],
        (newest, latest): (u64, TextureId),
    ) {
        let [first, last] = self.row_names();
        let then = textures.iter().find(|(known, _)| *known == step);
        let then = then.filter(|(step, _)| !self.drawings || *step != newest);
        let then = then.map(|(step, texture)| (format!("After {}", status::count(*step)), *texture, ANSWERED));
        let now = if self.drawings { "Now".into() } else { format!("After {}", status::count(newest)) };
        let drawn = (first.to_owned(), latest, DRAWN);
        let all = [drawn].into_iter().chain(then).chain([(now, latest, ANSWERED), (last.to_owned(), latest, TRUE)]);
        let all: Vec<_> = all.collect();
        let side = (ui.available_width() / all.len() as f32 - GAP).clamp(*LARGE.start(), *LARGE.end());
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = GAP;
            for (label, texture, row) in all {
                ui.vertical(|ui| {
                    ui.small(&label);
                    let (rect, response) = ui.allocate_exact_size(vec2(side, side), Sense::hover());
                    let name = format!("Figure {}, {label}", figure + 1);
                    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, name.clone()));
                    self.draw(ui, rect, texture, figure, row);
                });
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
            let [width, height] = picture.image.size;
            self.figures = (width * SAMPLE_ROWS + height / 2) / height.max(1);
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
            for figure in 0..self.figures {
                let sense = if step.is_some() { Sense::click() } else { Sense::hover() };
                let (rect, response) = ui.allocate_exact_size(vec2(cell, cell), sense);
                let (role, name) = match step {
                    Some(step) => {
                        (egui::Role::Button, format!("Figure {} after {} steps", figure + 1, status::count(step)))
                    }
                    None => (egui::Role::Image, format!("Figure {}: {label}", figure + 1)),
                };
                response.widget_info(|| egui::WidgetInfo::labeled(role, true, &name));
                self.draw(ui, rect, texture, figure, row);
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

    /// A cell of the picture that the texture holds.
    fn draw(&self, ui: &egui::Ui, rect: Rect, texture: TextureId, figure: usize, row: usize) {
        if !ui.is_rect_visible(rect) {
            return;
        }
        let painter = ui.painter();
        painter.rect_filled(rect, 2.0, ui.visuals().extreme_bg_color);
        let (columns, rows) = (self.figures.max(1) as f32, SAMPLE_ROWS as f32);
        let at = |column: usize, row: usize| pos2(column as f32 / columns, row as f32 / rows);
        let part = Rect::from_min_max(at(figure, row), at(figure + 1, row + 1));
        painter.image(texture, rect, part, egui::Color32::WHITE);
    }
}
