//! Beside the drawing: the figure, on which places are chosen, and all that was said.

use super::said::{label, name_of};
use super::{Chosen, Guide, Open, Scene};
use crate::figure::places::PLACES;
use crate::studio::panels::{checkerboard, named, paint};
use crate::udp::Udp;
use egui::{Color32, Rect, Sense, Stroke, TextureOptions, Ui, vec2};
use glam::Vec3;

/// Width of what stands beside the drawing, in points.
const WIDTH: f32 = 216.0;
/// A side of the figure shows a place where a pixel's landmark is no farther from it.
const NEAR: f32 = 0.04;

impl Open {
    pub(super) fn side(&mut self, ui: &mut Ui, scene: &mut Scene<'_>, guide: Option<&mut Guide>) {
        egui::Panel::right("landmarks side").resizable(false).exact_size(WIDTH).show(ui, |ui| {
            egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                if scene.takes_points() {
                    self.choose(ui, guide);
                    ui.separator();
                    self.list(ui, scene);
                } else {
                    ui.weak("Its UDP lies beside the drawing: nothing has to be found out.");
                }
            });
        });
    }

    /// The figure's two sides and the names of places.
    fn choose(&mut self, ui: &mut Ui, guide: Option<&mut Guide>) {
        ui.strong("Say where a place is");
        let mut landmark = None;
        let now = self.chosen.map_or_else(|| "Choose a place".into(), |chosen| label(&name_of(chosen.landmark)));
        let names = egui::ComboBox::from_id_salt("place").selected_text(now).width(WIDTH - 30.0);
        let names = names.show_ui(ui, |ui| {
            for (name, place) in PLACES {
                if ui.selectable_label(false, label(name)).clicked() {
                    landmark = Some(place);
                }
            }
        });
        named(&names.response, "Place to show");
        names
            .response
            .on_hover_text("Choose one here or click it on the figure; then click where it is on the drawing");
        let Some(guide) = guide else {
            ui.weak("The figure comes…");
            return;
        };
        for (i, name) in ["Figure from its front", "Figure from its back"].into_iter().enumerate() {
            let side = &guide.sides[i];
            let (rect, response) = ui.allocate_exact_size(vec2(1.0, 0.8) * (WIDTH - 24.0), Sense::click());
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Canvas, true, name));
            let load = || ui.ctx().load_texture("figure's side", side.image.clone(), TextureOptions::LINEAR);
            let texture = guide.textures[i].get_or_insert_with(load).id();
            let painter = ui.painter_at(rect);
            checkerboard(ui, &painter, rect);
            // It fills the width; what is above head and below feet is cut off.
            let place = Rect::from_center_size(rect.center(), vec2(rect.width(), rect.width()));
            paint(&painter, place, texture);
            if let Some(at) = response.interact_pointer_pos().filter(|_| response.clicked()) {
                let share = (at - place.min) / place.size();
                landmark = landmark_at(&side.udp, [share.x, share.y]).or(landmark);
            }
            if let Some([x, y]) = self.chosen.and_then(|chosen| chosen.on_figure[i]) {
                let at = place.min + vec2(x, y) * place.size();
                painter.circle(at, 5.0, Color32::from_rgb(90, 160, 255), Stroke::new(1.5, Color32::WHITE));
            }
            response.on_hover_text(format!("{name}: click the place that you want to show on the drawing"));
        }
        if let Some(landmark) = landmark {
            let on_figure = [0, 1].map(|i| shown_at(&guide.sides[i].udp, landmark));
            self.chosen = Some(Chosen { landmark, on_figure });
        }
    }

    /// All that was said of points.
    fn list(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        ui.strong("What you said");
        if scene.drawing.points.is_empty() {
            ui.weak("Nothing yet.");
        }
        let mut forget = None;
        for (i, point) in scene.drawing.points.iter().enumerate() {
            ui.horizontal(|ui| {
                let name = name_of(point.landmark);
                let button = ui.small_button("🗙");
                let what = format!("Forget {name}");
                button.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &what));
                if button.on_hover_text("Forget it").clicked() {
                    forget = Some(i);
                }
                if ui.selectable_label(self.selected == Some(i), label(&name)).clicked() {
                    self.selected = Some(i);
                }
            });
        }
        let strokes = scene.drawing.not_character.len();
        if strokes > 0 {
            ui.weak(format!("Strokes over what is not the character: {strokes}"));
        }
        if let Some(i) = forget {
            scene.saying().forget(i);
            self.selected = None;
        }
    }
}

/// What a side shows at a share of its picture.
fn landmark_at(udp: &Udp, share: [f32; 2]) -> Option<[f32; 3]> {
    let [x, y] = [share[0] * udp.width_px as f32, share[1] * udp.height_px as f32];
    let within = x >= 0.0 && y >= 0.0 && x < udp.width_px as f32 && y < udp.height_px as f32;
    let pixel = udp.pixels.get(y as usize * udp.width_px as usize + x as usize).filter(|_| within)?;
    (pixel[3] > 0.5).then(|| [pixel[0], pixel[1], pixel[2]])
}

/// Where a side shows a landmark, as a share of its picture.
fn shown_at(udp: &Udp, landmark: [f32; 3]) -> Option<[f32; 2]> {
    let there = udp.pixels.iter().enumerate().filter(|(_, pixel)| pixel[3] > 0.5);
    let away = there.map(|(i, pixel)| (i, Vec3::new(pixel[0], pixel[1], pixel[2]).distance(Vec3::from(landmark))));
    let (i, _) = away.min_by(|a, b| a.1.total_cmp(&b.1)).filter(|(_, away)| *away < NEAR)?;
    let width = udp.width_px as usize;
    Some([(i % width) as f32 / udp.width_px as f32, (i / width) as f32 / udp.height_px as f32])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_of_the_figure_is_found_where_it_was_clicked() {
        let mut udp = Udp::new(40, 20);
        udp.pixels[5 * 40 + 30] = [0.7, 0.4, 0.5, 1.0];
        assert_eq!(landmark_at(&udp, [30.5 / 40.0, 5.5 / 20.0]), Some([0.7, 0.4, 0.5]));
        for nowhere in [[0.5, 0.5], [-0.1, 0.2], [1.0, 1.0], [f32::NAN, 0.0]] {
            assert_eq!(landmark_at(&udp, nowhere), None);
        }
        assert_eq!(shown_at(&udp, [0.71, 0.4, 0.5]), Some([0.75, 0.25]));
        assert_eq!(shown_at(&udp, [0.5, 0.4, 0.5]), None);
    }
}
