//! Which parts of the body each key sets: a row a part.

use super::strip::Scale;
use crate::motion::{Ease, Part};
use crate::studio::panels::Context;
use egui::{Align2, Color32, FontId, Painter, Rect, Stroke, Ui, pos2, vec2};

/// Height of a row, points.
const ROW: f32 = 8.0;

/// Height of all rows, points; none where all keys set the whole body and that is what is keyed.
pub(super) fn height(context: &Context<'_>) -> f32 {
    let keys = &context.project.animation.keys.0;
    let whole = context.playback.parts.are_all() && keys.values().all(|key| key.parts.are_all());
    if whole { 0.0 } else { ROW * Part::ALL.len() as f32 }
}

/// Draws the rows.
pub(super) fn ui(ui: &Ui, painter: &Painter, context: &Context<'_>, scale: Scale, top: f32) {
    if height(context) == 0.0 {
        return;
    }
    let keys = &context.project.animation.keys.0;
    for (i, (part, name)) in Part::ALL.into_iter().enumerate() {
        let middle = top + (i as f32 + 0.5) * ROW;
        let keyed = context.playback.parts.has(part);
        let colour = if keyed { ui.visuals().text_color() } else { ui.visuals().weak_text_color() };
        let band = Rect::from_center_size(pos2(scale.rect.center().x, middle), vec2(scale.rect.width(), ROW));
        if i % 2 == 0 {
            painter.rect_filled(band, 0.0, ui.visuals().faint_bg_color);
        }
        let mut before: Option<(f32, Ease)> = None;
        for (frame, key) in keys.range(scale.seen()).filter(|(_, key)| key.parts.has(part)) {
            let x = scale.x(*frame as f32);
            if let Some((from, _)) = before.filter(|(_, ease)| *ease != Ease::Hold) {
                painter.hline(from..=x, middle, Stroke::new(1.0, colour.gamma_multiply(0.4)));
            }
            painter.circle_filled(pos2(x, middle), 2.5, colour);
            before = Some((x, key.ease));
        }
        // Over what lies at the left end, so that it can be read.
        let at = pos2(scale.rect.left() + 3.0, middle);
        let words = painter.layout_no_wrap(name.to_owned(), FontId::proportional(8.5), colour);
        let place = Align2::LEFT_CENTER.anchor_size(at, words.size());
        painter.rect_filled(place.expand2(vec2(2.0, 0.0)), 2.0, ui.visuals().extreme_bg_color.gamma_multiply(0.85));
        painter.galley(place.min, words, Color32::PLACEHOLDER);
    }
}
