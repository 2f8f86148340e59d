//! How keys go on by a curve of one's own: two handles, as MMD has them.

use crate::motion::vmd::Curve;
use crate::studio::panels::preview::named;
use egui::{Color32, DragValue, Pos2, Rect, Sense, Stroke, Ui, pos2, vec2};

/// Points a side.
const SIDE: f32 = 128.0;
/// Half of a handle, points.
const HANDLE: f32 = 6.0;
/// Pieces that the curve is drawn of.
const PIECES: usize = 48;

/// Draws the curve with its handles; what it became, if it was changed.
pub(super) fn ui(ui: &mut Ui, curve: Curve) -> Option<Curve> {
    let mut new = curve;
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(SIDE + 2.0 * HANDLE, SIDE + 2.0 * HANDLE), Sense::hover());
        let square = rect.shrink(HANDLE);
        draw(ui, square, curve);
        for (name, from, point) in [
            ("First handle of the curve", square.left_bottom(), &mut new.first),
            ("Second handle of the curve", square.right_top(), &mut new.second),
        ] {
            handle(ui, square, name, from, point);
        }
        egui::Grid::new("handles").num_columns(3).spacing([4.0, 4.0]).show(ui, |ui| {
            for label in ["", "Time", "Way"] {
                ui.weak(label);
            }
            ui.end_row();
            for (order, point) in [("First", &mut new.first), ("Second", &mut new.second)] {
                ui.label(order);
                for (value, what) in point.iter_mut().zip(["time", "way"]) {
                    let response = ui.add(DragValue::new(value).range(0..=Curve::MOST).speed(0.5));
                    named(&response, &format!("{order} handle's {what}"));
                }
                ui.end_row();
            }
        });
    });
    (new != curve).then_some(new)
}

fn place(square: Rect, [time, way]: [f32; 2]) -> Pos2 {
    pos2(square.left() + time * square.width(), square.bottom() - way * square.height())
}

fn draw(ui: &Ui, square: Rect, curve: Curve) {
    let visuals = ui.visuals();
    let painter = ui.painter();
    painter.rect_filled(square, 2.0, visuals.extreme_bg_color);
    let faint = Stroke::new(1.0, visuals.weak_text_color().gamma_multiply(0.4));
    for share in [0.25, 0.5, 0.75] {
        painter.line_segment([place(square, [share, 0.0]), place(square, [share, 1.0])], faint);
        painter.line_segment([place(square, [0.0, share]), place(square, [1.0, share])], faint);
    }
    let line = (0..=PIECES).map(|i| {
        let time = i as f32 / PIECES as f32;
        place(square, [time, curve.at(f64::from(time)) as f32])
    });
    painter.add(egui::Shape::line(line.collect(), Stroke::new(2.0, visuals.selection.bg_fill)));
}

/// A handle, dragged within the square.
fn handle(ui: &Ui, square: Rect, name: &str, from: Pos2, point: &mut [u8; 2]) {
    let most = f32::from(Curve::MOST);
    let at = place(square, point.map(|v| f32::from(v.min(Curve::MOST)) / most));
    let around = Rect::from_center_size(at, vec2(2.0 * HANDLE, 2.0 * HANDLE));
    let response = ui.interact(around, ui.scope_id().with(name), Sense::drag());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, name));
    let colour = if response.hovered() || response.dragged() { Color32::from_rgb(255, 190, 60) } else { Color32::GRAY };
    ui.painter().line_segment([from, at], Stroke::new(1.0, colour));
    ui.painter().circle(at, HANDLE - 1.0, colour, Stroke::new(1.0, ui.visuals().extreme_bg_color));
    if let (true, Some(pointer)) = (response.dragged(), response.interact_pointer_pos()) {
        let share = (pointer - square.left_bottom()) / square.size();
        *point = [share.x, -share.y].map(|v| (v.clamp(0.0, 1.0) * most).round() as u8);
    }
    response.on_hover_text("Drag it: to the right is later, up is farther");
}
