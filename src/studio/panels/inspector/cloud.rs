//! The points that a UDP shows, where they are on the figure in T-pose.

use egui::epaint::{Mesh, Vertex, WHITE_UV};
use egui::{Color32, Pos2, Rect, Sense, Vec2, pos2};
use glam::{Quat, Vec3};

/// A cloud of points that can be turned.
pub(super) struct Cloud {
    yaw_deg: f32,
    pitch_deg: f32,
    zoom: f32,
}

impl Default for Cloud {
    fn default() -> Self {
        Self { yaw_deg: 25.0, pitch_deg: 10.0, zoom: 1.0 }
    }
}

impl Cloud {
    /// Draws these landmarks; `marked`: the pixel that is pointed at.
    pub(super) fn ui(&mut self, ui: &mut egui::Ui, size: Vec2, points: &[Vec3], marked: Option<[f32; 4]>) {
        let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Canvas, true, "Point cloud"));
        if response.dragged() {
            let moved = response.drag_delta();
            self.yaw_deg = (self.yaw_deg - moved.x * 0.5).rem_euclid(360.0);
            self.pitch_deg = (self.pitch_deg + moved.y * 0.5).clamp(-90.0, 90.0);
        }
        if response.double_clicked() {
            *self = Self::default();
        }
        if response.hovered() {
            let scroll = ui.input(|input| input.smooth_scroll_delta().y);
            self.zoom = (self.zoom * (scroll / 300.0).exp()).clamp(0.3, 12.0);
        }
        let painter = ui.painter_at(rect);
        painter.rect_filled(rect, 4.0, ui.visuals().extreme_bg_color);
        let view = Orbit::new(rect, self.yaw_deg, self.pitch_deg, self.zoom);
        let line = egui::Stroke::new(1.0, ui.visuals().weak_text_color().gamma_multiply(0.5));
        for [a, b] in edges() {
            painter.line_segment([view.at(a).0, view.at(b).0], line);
        }
        let dot = (1.1 * self.zoom.sqrt()).max(0.8);
        painter.add(mesh(points, &view, dot));
        if let Some([x, y, z, there]) = marked
            && there > 0.5
        {
            let (at, _) = view.at(Vec3::new(x, y, z));
            painter.circle_stroke(at, 6.0, egui::Stroke::new(2.0, ui.visuals().strong_text_color()));
        }
    }
}

/// From landmark space to the screen, seen straight on.
struct Orbit {
    turn: Quat,
    middle: Pos2,
    scale: f32,
}

impl Orbit {
    fn new(rect: Rect, yaw_deg: f32, pitch_deg: f32, zoom: f32) -> Self {
        let turn = Quat::from_rotation_x(pitch_deg.to_radians()) * Quat::from_rotation_y(-yaw_deg.to_radians());
        Self { turn, middle: rect.center(), scale: 0.7 * rect.width().min(rect.height()) * zoom }
    }

    /// Where a landmark is on the screen, and how near (more is nearer).
    fn at(&self, point: Vec3) -> (Pos2, f32) {
        let seen = self.turn * (point - 0.5) * self.scale;
        (pos2(self.middle.x + seen.x, self.middle.y - seen.y), seen.z)
    }
}

/// The edges of the unit cube that landmarks lie in.
fn edges() -> impl Iterator<Item = [Vec3; 2]> {
    let corner = |i: usize| Vec3::new((i & 1) as f32, (i >> 1 & 1) as f32, (i >> 2) as f32);
    (0..8)
        .flat_map(move |i| [1, 2, 4].into_iter().filter(move |bit| i & bit == 0).map(move |bit| [i, i | bit]))
        .map(move |ends| ends.map(corner))
}

/// A small square a point, in the colour of its landmark, the nearest last.
fn mesh(points: &[Vec3], view: &Orbit, radius: f32) -> Mesh {
    let mut seen: Vec<(f32, Pos2, Color32)> = points
        .iter()
        .map(|&point| {
            let (at, near) = view.at(point);
            let [r, g, b] = point.to_array().map(|v| (v.clamp(0.0, 1.0) * 255.0) as u8);
            (near, at, Color32::from_rgb(r, g, b))
        })
        .collect();
    seen.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let mut mesh = Mesh::default();
    mesh.reserve_vertices(4 * seen.len());
    mesh.reserve_triangles(2 * seen.len());
    for (_, at, color) in seen {
        let first = mesh.vertices.len() as u32;
        for (x, y) in [(-radius, -radius), (radius, -radius), (radius, radius), (-radius, radius)] {
            mesh.vertices.push(Vertex { pos: pos2(at.x + x, at.y + y), uv: WHITE_UV, color });
        }
        mesh.add_triangle(first, first + 1, first + 2);
        mesh.add_triangle(first, first + 2, first + 3);
    }
    mesh
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_point_is_drawn_last_and_turning_turns() {
        let rect = Rect::from_min_size(pos2(0.0, 0.0), egui::vec2(100.0, 100.0));
        let points = [Vec3::new(0.5, 0.5, 0.9), Vec3::new(0.5, 0.5, 0.1)];
        let front = mesh(&points, &Orbit::new(rect, 0.0, 0.0, 1.0), 1.0);
        let back = mesh(&points, &Orbit::new(rect, 180.0, 0.0, 1.0), 1.0);
        let last = |mesh: &Mesh| mesh.vertices[mesh.vertices.len() - 1].color;
        assert!(last(&front) != last(&back));
        // The figure's left is on the right, seen from the front.
        assert!(Orbit::new(rect, 0.0, 0.0, 1.0).at(Vec3::X).0.x > 50.0);
        assert!(Orbit::new(rect, 0.0, 0.0, 1.0).at(Vec3::Y).0.y < 50.0);
        assert_eq!(edges().count(), 12);
    }
}
