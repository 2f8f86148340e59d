//! Above and below the drawing: what the hand does, and what there is to know.

use super::{Mode, Open, Scene};
use crate::project::DrawingSource;
use crate::studio::look::Look;

impl Open {
    /// The tools; another drawing, if one was chosen.
    pub(super) fn tools(&mut self, ui: &mut egui::Ui, scene: &mut Scene<'_>) -> Option<DrawingSource> {
        let mut other = None;
        ui.horizontal_wrapped(|ui| {
            let drawings = egui::ComboBox::from_id_salt("drawing").selected_text(self.source.name());
            let drawings = drawings.show_ui(ui, |ui| {
                for drawing in &scene.project.sheet {
                    let chosen = drawing.source == self.source;
                    if ui.selectable_label(chosen, drawing.source.name()).clicked() && !chosen {
                        other = Some(drawing.source.clone());
                    }
                }
            });
            crate::studio::panels::named(&drawings.response, "Drawing that is looked at");
            ui.separator();
            for (mode, label, tip) in [
                (Mode::Places, "Places", "Drag a mark to where that part of the body is"),
                (
                    Mode::Brush,
                    "Not the character",
                    "Paint over what doesn't belong to the body: props, a ground, effects",
                ),
                (Mode::Eraser, "Eraser", "Takes back what was painted over"),
            ] {
                if ui.selectable_value(&mut self.mode, mode, label).on_hover_text(tip).clicked() {
                    (self.held, self.stroke) = (None, None);
                }
            }
            if self.mode != Mode::Places {
                let [width, height] = scene.size_px();
                let (usual, largest) = usual_brush([width, height]);
                let size = self.brush_px.get_or_insert(usual);
                ui.add(egui::Slider::new(size, 1.0..=largest).logarithmic(true).text("Size"));
            }
            ui.separator();
            ui.checkbox(&mut self.show_udp, "UDP")
                .on_hover_text("Lay over the drawing what each of its pixels is taken for");
            let fits = ui.selectable_label(!self.look.is_close(), "Fit");
            if fits.on_hover_text("The whole drawing; the wheel zooms, the right button moves it").clicked() {
                self.look = Look::default();
            }
            let said = !scene.drawing.points.is_empty() || !scene.drawing.not_character.is_empty();
            let reset = ui.add_enabled(said, egui::Button::new("Forget all"));
            if reset.on_hover_text("All points and strokes of this drawing; Undo brings them back").clicked() {
                scene.saying().reset();
                self.selected = None;
            }
        });
        other
    }

    /// What there is to know or to do.
    pub(super) fn bottom(&self, ui: &mut egui::Ui, scene: &Scene<'_>) {
        egui::Panel::bottom("landmarks hints").show(ui, |ui| {
            ui.horizontal(|ui| {
                let busy = scene.content.painting.is_some();
                if busy || self.working.as_ref().is_some_and(|(_, job)| job.is_running()) {
                    ui.spinner();
                }
                match problem(scene) {
                    Some(problem) => ui.colored_label(ui.visuals().warn_fg_color, problem),
                    None => ui.weak(self.advice(scene)),
                };
            });
        });
    }

    fn advice(&self, scene: &Scene<'_>) -> &'static str {
        match (self.mode, self.chosen) {
            (Mode::Places, Some(_)) => "Now click where it is on the drawing. Escape gives it up.",
            (Mode::Places, None) if !scene.takes_points() => {
                "Its UDP lies beside the drawing: places are known. What is not the character can be painted over."
            }
            (Mode::Places, None) => {
                "Drag a mark to where that part is: large and red ones are guesses. Or click a place on the figure, then on the \
                 drawing."
            }
            (Mode::Brush, _) => "Paint over what is not the character: it is neither looked at nor painted from.",
            (Mode::Eraser, _) => "Takes back what was painted over.",
        }
    }
}

/// A brush's usual and its largest width for a drawing of this size.
pub(super) fn usual_brush([width, height]: [u32; 2]) -> (f32, f32) {
    let side = width.max(height) as f32;
    ((side / 40.0).max(2.0), (side / 4.0).max(8.0))
}

/// Why nothing is seen in the drawing.
fn problem(scene: &Scene<'_>) -> Option<&'static str> {
    let state = scene.state;
    if state.is_not_cut_out() {
        return Some("This drawing has a background: cut it out first.");
    }
    if state.view.is_none() || state.detected.is_some() || !scene.takes_points() {
        return None;
    }
    if !scene.drawing.enabled {
        return Some("This drawing is left out of the sheet: use it, so that it is looked at.");
    }
    if scene.project.figure.is_none() {
        return Some("Open a figure first: drawings are looked at when something is painted.");
    }
    match scene.project.painting.detector() {
        None => Some("There are no weights of a detector: load some."),
        Some(_) => None,
    }
}
