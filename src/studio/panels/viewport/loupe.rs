//! The view drawn nearer as a whole, figure and drawing together, while the camera stays where it is.

use egui::{Rect, Response, Ui, Vec2};

/// The largest zoom.
const LARGEST: f32 = 24.0;

/// How much larger, and where.
pub(super) struct Loupe {
    zoom: f32,
    /// From the panel's middle to the output picture's, points.
    offset: Vec2,
}

impl Default for Loupe {
    fn default() -> Self {
        Self { zoom: 1.0, offset: Vec2::ZERO }
    }
}

impl Loupe {
    /// How many times as large as usual.
    pub(super) fn zoom(&self) -> f32 {
        self.zoom
    }

    /// Takes the wheel over the picture and drags on it. `moves`: a drag with the left button moves it as well.
    pub(super) fn take(&mut self, ui: &Ui, response: &Response, moves: bool) {
        use egui::PointerButton::{Middle, Primary, Secondary};
        let drags = response.dragged_by(Middle) || response.dragged_by(Secondary);
        if drags || (moves && response.dragged_by(Primary)) {
            self.offset += response.drag_delta();
        }
        let (scrolled, pinched) = ui.input(|input| (input.smooth_scroll_delta().y, input.zoom_delta()));
        let factor = (scrolled * 0.004).exp() * pinched;
        let pointer = ui.input(|input| input.pointer.latest_pos()).filter(|_| response.contains_pointer());
        if let Some(pointer) = pointer.filter(|_| factor != 1.0) {
            let zoom = (self.zoom * factor).clamp(1.0, LARGEST);
            // What is under the pointer stays there.
            let arm = pointer - (response.rect.center() + self.offset);
            self.offset += arm * (1.0 - zoom / self.zoom);
            self.zoom = zoom;
        }
        // Nothing can be lost: half of the panel's size beyond its edge is as far as it goes, and all is back at 1.
        let reach = response.rect.size() * (self.zoom - 1.0) / 2.0;
        self.offset = self.offset.clamp(-reach, reach);
    }

    /// Where the output picture is on the screen, which else is at `frame` in `rect`.
    pub(super) fn place(&self, rect: Rect, frame: Rect) -> Rect {
        Rect::from_center_size(rect.center() + self.offset, frame.size() * self.zoom)
    }
}
