//! Pictures as the window and the clipboard take them.

use crate::picture::Picture;
use std::sync::Arc;

/// A whole picture.
pub(super) fn image(picture: &Picture) -> egui::ColorImage {
    let size = [picture.width_px as usize, picture.height_px as usize];
    egui::ColorImage::from_rgba_unmultiplied(size, bytemuck::cast_slice(&picture.pixels))
}

/// A picture whose sides have at most so many pixels.
pub(super) fn shrunk(picture: &Picture, side_px: f32) -> Arc<egui::ColorImage> {
    let (width, height) = (picture.width_px, picture.height_px);
    // Colours weighted by how opaque they are: else the unseen colour of what is transparent shows at the edges.
    let premultiplied = crate::sheet::framing::premultiplied(picture);
    let whole = image::RgbaImage::from_raw(width, height, bytemuck::cast_slice(&premultiplied).to_vec());
    let scale = (side_px / width.max(height).max(1) as f32).min(1.0);
    let side = |px: u32| ((px as f32 * scale) as u32).max(1);
    let small = image::imageops::thumbnail(&whole.unwrap_or_default(), side(width), side(height));
    let size = [small.width() as usize, small.height() as usize];
    Arc::new(egui::ColorImage::from_rgba_premultiplied(size, small.as_raw()))
}
