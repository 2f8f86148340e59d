//! Pictures on screen: textures that are made once, and the checkerboard that stands for transparency.

use crate::studio::theme;
use egui::{Color32, ColorImage, Rect, TextureHandle, TextureId, TextureOptions, pos2};

/// Points a cell of the checkerboard is wide.
const CELL: f32 = 8.0;

/// A texture that is made anew when what it shows changes.
#[derive(Default)]
pub(in crate::studio) struct Shown(Option<(u64, TextureHandle)>);

impl Shown {
    /// The texture of what `key` stands for; `make` is called when that is another than last time.
    pub(in crate::studio) fn texture(
        &mut self,
        ctx: &egui::Context,
        name: &str,
        key: u64,
        options: TextureOptions,
        make: impl FnOnce() -> egui::ImageData,
    ) -> TextureId {
        match &mut self.0 {
            Some((shown, texture)) if *shown == key => texture.id(),
            Some((shown, texture)) => {
                *shown = key;
                texture.set(make(), options);
                texture.id()
            }
            None => {
                let texture = ctx.load_texture(name, make(), options);
                let id = texture.id();
                self.0 = Some((key, texture));
                id
            }
        }
    }
}

/// Paints a texture over all of `rect`.
pub(in crate::studio) fn paint(painter: &egui::Painter, rect: Rect, texture: TextureId) {
    painter.image(texture, rect, whole(), Color32::WHITE);
}

/// All of a texture.
pub(super) fn whole() -> Rect {
    Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0))
}

/// Paints the checkerboard over all of `rect`.
pub(in crate::studio) fn checkerboard(ui: &egui::Ui, painter: &egui::Painter, rect: Rect) {
    let dark = ui.visuals().dark_mode;
    let id = egui::Id::unique(("checkerboard", dark));
    let known = ui.data(|data| data.get_temp::<TextureHandle>(id));
    let texture = known.unwrap_or_else(|| {
        let [a, b] = theme::checkerboard(dark);
        let image = ColorImage::new([2, 2], vec![a, b, b, a]);
        let texture = ui.ctx().load_texture("checkerboard", image, TextureOptions::NEAREST_REPEAT);
        ui.data_mut(|data| data.insert_temp(id, texture.clone()));
        texture
    });
    let cells = rect.size() / (2.0 * CELL);
    painter.image(texture.id(), rect, Rect::from_min_size(pos2(0.0, 0.0), cells), Color32::WHITE);
}

/// The largest rectangle of this shape in the middle of `rect`.
pub(in crate::studio) fn fit(rect: Rect, size_px: [u32; 2]) -> Rect {
    let size = egui::vec2(size_px[0].max(1) as f32, size_px[1].max(1) as f32);
    let scale = (rect.width() / size.x).min(rect.height() / size.y);
    Rect::from_center_size(rect.center(), size * scale)
}

/// A double click on a slider, which by itself only knows drags.
pub(super) fn double_clicked(ui: &egui::Ui, slider: &egui::Response) -> bool {
    ui.interact(slider.rect, slider.id.with("double click"), egui::Sense::click()).double_clicked()
}
