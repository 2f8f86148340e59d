//! From the world to the panel and back.

use crate::pose::{Camera, Orbit};
use egui::{Pos2, Rect, pos2};
use glam::{Mat4, Quat, Vec2, Vec3, vec2};

/// The camera as this panel shows it.
pub(super) struct Sight {
    /// Where the picture is on the screen.
    pub(super) rect: Rect,
    pub(super) to_clip: Mat4,
    eye: Vec3,
    /// Camera axes to world axes.
    rotation: Quat,
    /// Half the output picture's height at a distance of 1.
    tan: f32,
    /// Where the output picture is on the screen; it may be larger than what is seen.
    frame: Rect,
    camera: Camera,
}

impl Sight {
    /// `camera` shown over all of `rect`, its output picture in `frame`.
    pub(super) fn new(camera: &Orbit, rect: Rect, frame: Rect) -> Self {
        let (half, off) = (rect.size() / 2.0, frame.center() - rect.center());
        let middle = vec2(off.x / half.x, -off.y / half.y);
        let size = vec2(frame.width() / rect.width(), frame.height() / rect.height());
        let placed = camera.camera(frame.aspect_ratio(), 1.0).within(middle, size);
        Self {
            rect,
            to_clip: placed.projection * placed.view,
            eye: camera.eye(),
            rotation: camera.rotation(),
            tan: (camera.fov_deg.clamp(1.0, 120.0).to_radians() / 2.0).tan(),
            frame,
            camera: placed,
        }
    }

    /// The camera of what is seen in the panel.
    pub(super) fn camera(&self) -> Camera {
        self.camera
    }

    /// Where a point is seen; `None` behind the camera.
    pub(super) fn project(&self, point: Vec3) -> Option<Pos2> {
        let clip = self.to_clip * point.extend(1.0);
        let (half, middle) = (self.rect.size() / 2.0, self.rect.center());
        let seen = pos2(middle.x + clip.x / clip.w * half.x, middle.y - clip.y / clip.w * half.y);
        (clip.w > 1e-4 && seen.is_finite()).then_some(seen)
    }

    /// Which way one looks through a place of the panel; one metre deep.
    fn ray(&self, at: Pos2) -> Vec3 {
        let off = (at - self.frame.center()) / (self.frame.height() / 2.0);
        self.rotation * Vec3::new(off.x * self.tan, -off.y * self.tan, -1.0)
    }

    /// The point seen at `at` that is as deep as `through`: a drag in the plane of view.
    pub(super) fn unproject(&self, at: Pos2, through: Vec3) -> Vec3 {
        self.eye + self.ray(at) * self.depth(through)
    }

    /// Where one looks on the plane through a point at right angles to `normal`; `None` where one sees it edge on.
    pub(super) fn on_plane(&self, at: Pos2, through: Vec3, normal: Vec3) -> Option<Vec3> {
        let ray = self.ray(at);
        let slope = ray.dot(normal) / ray.length();
        let far = (through - self.eye).dot(normal) / ray.dot(normal);
        (slope.abs() > 0.2 && far > 0.0).then(|| self.eye + ray * far)
    }

    /// How far in front of the camera a point is, metres.
    pub(super) fn depth(&self, point: Vec3) -> f32 {
        (point - self.eye).dot(self.forward())
    }

    /// Metres that a point of the screen is wide, at a place.
    pub(super) fn metres_a_point(&self, at: Vec3) -> f32 {
        2.0 * self.tan * self.depth(at).max(1e-3) / self.frame.height().max(1.0)
    }

    /// Towards where the camera looks.
    pub(super) fn forward(&self) -> Vec3 {
        self.rotation * Vec3::NEG_Z
    }

    /// From the eye to a point.
    pub(super) fn towards(&self, point: Vec3) -> Vec3 {
        (point - self.eye).normalize_or(self.forward())
    }

    /// How a direction at a place runs on the screen, points a metre, y down.
    pub(super) fn direction(&self, at: Vec3, direction: Vec3) -> Vec2 {
        let step = direction * 1e-2;
        match (self.project(at - step), self.project(at + step)) {
            (Some(a), Some(b)) => vec2(b.x - a.x, b.y - a.y) / 2e-2,
            _ => Vec2::ZERO,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_projected_comes_back() {
        let rect = Rect::from_min_size(pos2(30.0, 50.0), egui::vec2(640.0, 420.0));
        let camera = Orbit::default().turned(35.0, 20.0);
        // The whole output picture in the panel, and a part of it.
        let (whole, part) = (rect.size() / 1.3, rect.size() * 2.5);
        for (size, aside) in [(whole, egui::Vec2::ZERO), (part, egui::vec2(-200.0, 90.0))] {
            let sight = Sight::new(&camera, rect, Rect::from_center_size(rect.center() + aside, size));
            comes_back(&camera, &sight);
        }
    }

    fn comes_back(camera: &Orbit, sight: &Sight) {
        for point in [Vec3::new(0.2, 1.1, 0.1), Vec3::new(-0.5, 0.3, -0.4)] {
            let seen = sight.project(point).unwrap();
            assert!(sight.unproject(seen, point).distance(point) < 1e-4);
            assert!(sight.on_plane(seen, point, sight.forward()).unwrap().distance(point) < 1e-4);
            let right = camera.rotation() * Vec3::X;
            let moved = sight.project(point + right * sight.metres_a_point(point)).unwrap();
            assert!(((moved - seen).length() - 1.0).abs() < 0.02);
        }
        assert_eq!(sight.project(camera.eye() - camera.forward()), None);
    }
}
