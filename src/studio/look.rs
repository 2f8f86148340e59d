//! How a drawing is looked at in a tool of its own: zoomed at the pointer, moved by hand.

use egui::{PointerButton, Pos2, Rect, Response, Vec2, pos2, vec2};

/// The largest zoom: screen points a picture pixel.
const LARGEST: f32 = 32.0;

/// Zoom and place, in terms of the picture: they hold for any rectangle it is shown in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Look {
    /// How much larger than what fits; 1: all of it is seen.
    zoom: f32,
    /// What is in the middle, as a share of the picture.
    centre: Vec2,
}

impl Default for Look {
    fn default() -> Self {
        Self { zoom: 1.0, centre: vec2(0.5, 0.5) }
    }
}

impl Look {
    /// Where all of a picture lies, if `rect` shows the part that is looked at.
    pub(super) fn place(&self, rect: Rect, size_px: [u32; 2]) -> Rect {
        let size = crate::studio::panels::fit(rect, size_px).size() * self.zoom;
        Rect::from_min_size(rect.center() - size * self.centre, size)
    }

    /// Screen points a picture pixel.
    pub(super) fn scale(&self, rect: Rect, size_px: [u32; 2]) -> f32 {
        self.place(rect, size_px).width() / size_px[0].max(1) as f32
    }

    /// True where something is out of sight.
    pub(super) fn is_close(&self) -> bool {
        self.zoom > 1.0
    }

    /// Follows wheel, pinch and the hand that moves the picture; true if that hand is at work.
    pub(super) fn follow(&mut self, ui: &egui::Ui, response: &Response, rect: Rect, size_px: [u32; 2]) -> bool {
        // Also above what lies on the picture.
        let pointer = ui.input(|input| input.pointer.hover_pos());
        if let Some(pointer) = pointer.filter(|_| ui.rect_contains_pointer(rect)) {
            let (scroll, pinch) = ui.input(|input| (input.smooth_scroll_delta().y, input.zoom_delta()));
            let factor = (scroll / 200.0).exp() * pinch;
            if factor != 1.0 {
                self.zoom_at(pointer, factor, rect, size_px);
            }
        }
        let space = ui.input(|input| input.key_down(egui::Key::Space));
        let moves = response.dragged_by(PointerButton::Middle)
            || response.dragged_by(PointerButton::Secondary)
            || (space && response.dragged_by(PointerButton::Primary));
        if moves {
            self.centre -= response.drag_delta() / self.place(rect, size_px).size();
            self.keep_in_sight();
        }
        moves || space
    }

    fn zoom_at(&mut self, pointer: Pos2, factor: f32, rect: Rect, size_px: [u32; 2]) {
        let before = self.place(rect, size_px);
        let under = (pointer - before.min) / before.size();
        let most = LARGEST / (self.scale(rect, size_px) / self.zoom).max(1e-6);
        self.zoom = (self.zoom * factor).clamp(1.0, most.max(1.0));
        let size = self.place(rect, size_px).size();
        // What is under the pointer stays there.
        self.centre = under - (pointer - rect.center()) / size;
        self.keep_in_sight();
    }

    fn keep_in_sight(&mut self) {
        let margin = 0.5 / self.zoom;
        self.centre = self.centre.clamp(Vec2::splat(margin), Vec2::splat(1.0 - margin));
    }

    /// The picture's pixel under a point of the screen.
    pub(super) fn pixel(&self, at: Pos2, rect: Rect, size_px: [u32; 2]) -> [f32; 2] {
        let offset = (at - self.place(rect, size_px).min) / self.scale(rect, size_px).max(1e-6);
        [offset.x, offset.y]
    }

    /// Where a point of the picture is on the screen.
    pub(super) fn point(&self, [x, y]: [f32; 2], rect: Rect, size_px: [u32; 2]) -> Pos2 {
        let scale = self.scale(rect, size_px);
        let corner = self.place(rect, size_px).min;
        pos2(corner.x + x * scale, corner.y + y * scale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_under_the_pointer_stays_there() {
        let rect = Rect::from_min_size(pos2(40.0, 20.0), vec2(300.0, 200.0));
        let size = [600, 400];
        let mut look = Look::default();
        assert_eq!(look.place(rect, size), rect);
        let pointer = pos2(100.0, 90.0);
        let before = look.pixel(pointer, rect, size);
        for factor in [1.7, 2.0, 0.6] {
            look.zoom_at(pointer, factor, rect, size);
            let now = look.pixel(pointer, rect, size);
            assert!((now[0] - before[0]).abs() < 0.1 && (now[1] - before[1]).abs() < 0.1, "{now:?}");
            assert!((look.point(now, rect, size) - pointer).length() < 0.01);
        }
        look.zoom_at(pointer, 1e9, rect, size);
        assert!((look.scale(rect, size) - LARGEST).abs() < 1e-3);
        look.zoom_at(pos2(40.0, 20.0), 1e-9, rect, size);
        assert_eq!(look, Look::default());
    }
}
