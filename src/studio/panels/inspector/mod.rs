//! The UDP inspector: the Ultra-Dense Pose, number by number, flat and as the cloud of points that it is.

mod cloud;

use super::picture::{Shown, checkerboard, fit, paint};
use super::{Context, Home, Panel, Registration};
use crate::studio::{Ask, SeenUdp};
use crate::udp::Udp;
use cloud::Cloud;
use egui::{Color32, Key, Pos2, Rect, Sense, TextureOptions, vec2};

pub(super) static PANEL: Registration = Registration {
    title: "UDP",
    tip: "The Ultra-Dense Pose: per pixel, which point of the body is seen",
    key: Some(Key::F8),
    home: Home::LowerRight,
    new: || Box::new(InspectorPanel::default()),
};

/// The UDP inspector.
#[derive(Default)]
pub(super) struct InspectorPanel {
    shown: Shown,
    cloud: Cloud,
    side: Side,
}

/// How the UDP is looked at.
#[derive(Clone, Copy, Default, PartialEq)]
enum Side {
    #[default]
    Both,
    Flat,
    Cloud,
}

impl Panel for InspectorPanel {
    fn ui(&mut self, ui: &mut egui::Ui, context: &mut Context<'_>) {
        let Some(seen) = &context.content.udp else {
            ui.weak("Open a figure to see its Ultra-Dense Pose: per pixel, which point of the body is seen.");
            return;
        };
        ui.horizontal_wrapped(|ui| {
            ui.selectable_value(&mut self.side, Side::Both, "Both");
            ui.selectable_value(&mut self.side, Side::Flat, "Flat").on_hover_text("As the output picture sees it");
            let cloud = ui.selectable_value(&mut self.side, Side::Cloud, "In 3-D");
            cloud.on_hover_text("Each point where it is on the figure in T-pose. Turn it by dragging");
            let save = ui.button("Save UDP…").on_hover_text("Save the Ultra-Dense Pose as .npz, .exr or 16-bit .png");
            if save.clicked() {
                context.commands.send(Ask::SaveUdp);
            }
        });
        let draft = if seen.draft { ", rough while something moves" } else { "" };
        let size = format!("{} × {} pixels{draft}", seen.udp.width_px, seen.udp.height_px);
        ui.label(format!("{} surface points", grouped(seen.points))).on_hover_text(size);
        let line = ui.spacing().interact_size.y;
        let room = vec2(ui.available_width(), (ui.available_height() - line - 8.0).max(40.0));
        let beside = self.side == Side::Both && room.x > 1.2 * room.y;
        let part = match self.side {
            Side::Both if beside => vec2(room.x / 2.0 - 4.0, room.y),
            Side::Both => vec2(room.x, room.y / 2.0 - 4.0),
            _ => room,
        };
        let mut pixel = None;
        let layout = if beside { egui::Layout::left_to_right(egui::Align::Min) } else { *ui.layout() };
        ui.with_layout(layout, |ui| {
            if self.side != Side::Cloud {
                pixel = self.flat(ui, part, seen);
            }
            if self.side != Side::Flat {
                self.cloud.ui(ui, part, &seen.cloud, pixel.map(|(x, y)| seen.udp.at(x, y)));
            }
        });
        ui.label(match pixel {
            Some((x, y)) => values(&seen.udp, x, y),
            None => "Point at a pixel to see its values".into(),
        });
    }
}

impl InspectorPanel {
    /// The UDP as a picture; the pixel under the pointer.
    fn flat(&mut self, ui: &mut egui::Ui, size: egui::Vec2, seen: &SeenUdp) -> Option<(u32, u32)> {
        let udp = &seen.udp;
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Canvas, true, "UDP picture"));
        let place = fit(rect, [udp.width_px, udp.height_px]);
        let painter = ui.painter_at(rect);
        checkerboard(ui, &painter, place);
        let make = || seen.image.clone().into();
        paint(&painter, place, self.shown.texture(ui.ctx(), "udp", seen.revision, TextureOptions::NEAREST, make));
        let pixel = response.hover_pos().and_then(|pointer| pixel_at(place, pointer, udp));
        if let Some((x, y)) = pixel {
            let side = place.width() / udp.width_px as f32;
            let corner = place.min + vec2(x as f32, y as f32) * side;
            let square = Rect::from_min_size(corner, vec2(side, side)).expand(3.0);
            painter.rect_stroke(square, 1.0, egui::Stroke::new(1.5, Color32::WHITE), egui::StrokeKind::Outside);
        }
        pixel
    }
}

/// The pixel under a point of the screen.
fn pixel_at(place: Rect, pointer: Pos2, udp: &Udp) -> Option<(u32, u32)> {
    let share = (pointer - place.min) / place.size();
    let index = |share: f32, count: u32| {
        let at = (share * count as f32).floor();
        (at >= 0.0 && at < count as f32).then_some(at as u32)
    };
    Some((index(share.x, udp.width_px)?, index(share.y, udp.height_px)?))
}

/// What a pixel says, in words.
fn values(udp: &Udp, x: u32, y: u32) -> String {
    match udp.at(x, y) {
        [.., there] if there <= 0.5 => format!("Pixel {x}, {y}: nothing is seen"),
        [a, b, c, there] => {
            format!("Pixel {x}, {y}: landmark {a:.4}, {b:.4}, {c:.4}; occupancy {there:.2}")
        }
    }
}

/// A count with its thousands apart.
fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let parts: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|part| std::str::from_utf8(part).ok()).collect();
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_and_numbers_are_found() {
        let mut udp = Udp::new(4, 2);
        udp.pixels[6] = [0.25, 0.5, 0.75, 1.0];
        let place = Rect::from_min_size(egui::pos2(10.0, 20.0), vec2(40.0, 20.0));
        assert_eq!(pixel_at(place, egui::pos2(31.0, 31.0), &udp), Some((2, 1)));
        assert_eq!(pixel_at(place, egui::pos2(10.0, 20.0), &udp), Some((0, 0)));
        for outside in [egui::pos2(9.9, 25.0), egui::pos2(50.0, 25.0), egui::pos2(20.0, 40.1), egui::pos2(20.0, 19.0)] {
            assert_eq!(pixel_at(place, outside, &udp), None);
        }
        assert_eq!(values(&udp, 2, 1), "Pixel 2, 1: landmark 0.2500, 0.5000, 0.7500; occupancy 1.00");
        assert_eq!(values(&udp, 0, 0), "Pixel 0, 0: nothing is seen");
        assert_eq!([0, 12, 1234, 1_234_567].map(grouped), ["0", "12", "1 234", "1 234 567"]);
    }
}
