//! The ring around what the keyboard is on, whatever it is: buttons, handles, drawings and pictures alike.

use super::theme;
use egui::{Color32, Stroke, StrokeKind};

/// Points.
const WIDTH: f32 = 2.0;

/// Draws the ring; after all else, so that it is over what it is around. Fields that are typed in have a cursor instead.
pub(super) fn ring(ctx: &egui::Context) {
    let Some(focused) = ctx.memory(|memory| memory.focused()).and_then(|id| ctx.read_response(id)) else { return };
    if ctx.text_edit_focused() {
        return;
    }
    let painter = ctx.layer_painter(focused.layer_id);
    let stroke = Stroke::new(WIDTH, colour(ctx.theme() == egui::Theme::Dark));
    painter.rect_stroke(focused.rect.expand(1.0), 4.0, stroke, StrokeKind::Outside);
}

/// Far enough from the ground of panels and windows to be seen on either theme.
fn colour(dark: bool) -> Color32 {
    theme::accent(dark)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// WCAG's relative luminance.
    fn luminance(colour: Color32) -> f32 {
        let [r, g, b, _] = egui::Rgba::from(colour).to_array();
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    #[test]
    fn the_ring_is_seen_on_every_ground_of_both_themes() {
        for dark in [true, false] {
            let visuals = theme::visuals(dark);
            let grounds = [visuals.panel_fill, visuals.window_fill, visuals.widgets.inactive.weak_bg_fill];
            for ground in grounds.into_iter().chain([visuals.selection.bg_fill]) {
                let (a, b) = (luminance(colour(dark)) + 0.05, luminance(ground) + 0.05);
                let contrast = a.max(b) / a.min(b);
                assert!(contrast >= 3.0, "dark {dark}: {contrast} against {ground:?}");
            }
        }
    }
}
