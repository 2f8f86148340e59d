//! Five steps through the window; each can be skipped, and so can all.

use super::panels::PanelKind;
use egui::{Align2, Color32, Key, Pos2, Rect, pos2};
use std::collections::BTreeMap;

const STEPS: [(Option<PanelKind>, &str, &str); 5] = [
    (
        Some(PanelKind::Sheet),
        "Your drawings",
        "Drop drawings of one character here: cut-out pictures from any side, in any order. What they show is found out by \
         itself, as it was with these four. When you save one in your paint program, it changes here too.",
    ),
    (
        Some(PanelKind::Viewport),
        "The figure",
        "Drop a figure anywhere (VRM, PMX, glTF), or keep this one. Pull the round handles to pose it; drag with the \
         right mouse button to look from another side.",
    ),
    (Some(PanelKind::Poses), "Poses to begin with", "Click a pose to take it. Your own poses can be kept here, too."),
    (
        Some(PanelKind::Preview),
        "Your character in this pose",
        "The picture follows every change: a rough one at once, the full one when you let go. Save it as a PNG with \
         transparency.",
    ),
    (
        None,
        "Nothing is lost",
        "Everything can be undone, unsaved work survives a crash, and Ctrl+P finds every command by name. Have fun!",
    ),
];

/// The tour, at one of its steps or over.
#[derive(Default)]
pub(super) struct Tour(Option<usize>);

impl Tour {
    /// Begins it.
    pub(super) fn begin(&mut self) {
        self.0 = Some(0);
    }

    /// Is it going on?
    pub(super) fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// The panel that the step is about.
    pub(super) fn panel(&self) -> Option<PanelKind> {
        STEPS.get(self.0?)?.0
    }

    /// Draws the step beside its panel. True: the tour ended just now.
    pub(super) fn show(&mut self, ctx: &egui::Context, places: &BTreeMap<PanelKind, Rect>) -> bool {
        let Some(step) = self.0 else { return false };
        let Some((panel, title, text)) = STEPS.get(step) else {
            self.0 = None;
            return true;
        };
        let screen = ctx.content_rect();
        let place = panel.and_then(|panel| places.get(&panel)).copied();
        if let Some(place) = place {
            let layer = egui::LayerId::new(egui::Order::Middle, egui::Id::unique("tour frame"));
            let stroke = egui::Stroke::new(3.0, Color32::from_rgb(255, 170, 60));
            ctx.layer_painter(layer).rect_stroke(place.shrink(2.0), 6.0, stroke, egui::StrokeKind::Inside);
        }
        let mut next = Some(step);
        let (keys_next, keys_end) = ctx.input_mut(|input| {
            let mut key = |key| input.consume_key(egui::Modifiers::NONE, key);
            (key(Key::Enter) || key(Key::ArrowRight), key(Key::Escape))
        });
        let (pivot, at) = beside(place, screen);
        egui::Window::new(*title)
            .id(egui::Id::unique("tour"))
            .collapsible(false)
            .resizable(false)
            .pivot(pivot)
            .fixed_pos(at)
            .order(egui::Order::Foreground)
            .fixed_size([340.0, 0.0])
            .show(ctx, |ui| {
                ui.label(*text);
                ui.add_space(6.0);
                ui.horizontal(|ui| {
                    ui.weak(format!("{} of {}", step + 1, STEPS.len()));
                    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                        let last = step + 1 == STEPS.len();
                        if ui.button(if last { "Begin" } else { "Next" }).on_hover_text("Enter").clicked() {
                            next = Some(step + 1);
                        }
                        if !last && ui.button("Skip the tour").on_hover_text("Esc").clicked() {
                            next = None;
                        }
                    });
                });
            });
        if keys_next {
            next = Some(step + 1);
        }
        if keys_end {
            next = None;
        }
        self.0 = next.filter(|&step| step < STEPS.len());
        self.0.is_none()
    }
}

/// Which corner of the step's window goes where: beside its panel, so that the panel is seen.
fn beside(place: Option<Rect>, screen: Rect) -> (Align2, Pos2) {
    let Some(place) = place else { return (Align2::CENTER_CENTER, screen.center()) };
    let (gap, low) = (14.0, (place.top() + 40.0).min(screen.bottom() - 200.0));
    if place.right() + 380.0 < screen.right() && place.center().x < screen.center().x {
        (Align2::LEFT_TOP, pos2(place.right() + gap, low))
    } else if place.left() - 380.0 > screen.left() && place.center().x > screen.center().x {
        (Align2::RIGHT_TOP, pos2(place.left() - gap, low))
    } else {
        (Align2::CENTER_BOTTOM, place.center_bottom() - egui::vec2(0.0, gap))
    }
}
