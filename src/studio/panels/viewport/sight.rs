//! From the world to the panel and back.

use crate::pose::Camera;
use egui::{Pos2, Rect, pos2};
use glam::{Mat4, Vec2, Vec3, vec2};

/// The camera as this panel shows it.
pub(super) struct Sight {
    /// Where the picture is on the screen.
    pub(super) rect: Rect,
    pub(super) to_clip: Mat4,
    /// Camera axes to world axes, and where it stands.
    to_world: Mat4,
    camera: Camera,
}

impl Sight {
    /// `camera`, whose picture is in `frame`, shown over all of `rect`.
    pub(super) fn new(camera: Camera, rect: Rect, frame: Rect) -> Self {
        let (half, off) = (rect.size() / 2.0, frame.center() - rect.center());
        let middle = vec2(off.x / half.x, -off.y / half.y);
        let size = vec2(frame.width() / rect.width(), frame.height() / rect.height());
        let camera = camera.within(middle, size);
        Self { rect, to_clip: camera.projection * camera.view, to_world: camera.view.inverse(), camera }
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

    /// What the coordinates of a clip are divided by at a depth: that depth, or 1 where parallel lines don't meet.
    fn divisor(&self, depth_m: f32) -> f32 {
        self.camera.projection.w_axis.w - self.camera.projection.z_axis.w * depth_m
    }

    /// The point seen at a place of the panel, so many metres in front of the camera.
    fn at_depth(&self, at: Pos2, depth_m: f32) -> Vec3 {
        let (off, half) = (at - self.rect.center(), self.rect.size() / 2.0);
        let clip = vec2(off.x / half.x, -off.y / half.y) * self.divisor(depth_m);
        let [x, y, z, w] = [0, 1, 2, 3].map(|i| self.camera.projection.col(i));
        let aside = (clip.x + z.x * depth_m - w.x) / x.x;
        let up = (clip.y + z.y * depth_m - w.y) / y.y;
        self.to_world.transform_point3(Vec3::new(aside, up, -depth_m))
    }

    /// The point seen at `at` that is as deep as `through`: a drag in the plane of view.
    pub(super) fn unproject(&self, at: Pos2, through: Vec3) -> Vec3 {
        self.at_depth(at, self.depth(through))
    }

    /// Where one looks on the plane through a point at right angles to `normal`; `None` where one sees it edge on.
    pub(super) fn on_plane(&self, at: Pos2, through: Vec3, normal: Vec3) -> Option<Vec3> {
        let from = self.at_depth(at, 0.0);
        let ray = self.at_depth(at, 1.0) - from;
        let slope = ray.dot(normal) / ray.length();
        let far = (through - from).dot(normal) / ray.dot(normal);
        (slope.abs() > 0.2 && far > 0.0).then(|| from + ray * far)
    }

    /// How far in front of the camera a point is, metres.
    pub(super) fn depth(&self, point: Vec3) -> f32 {
        -self.camera.view.transform_point3(point).z
    }

    /// Metres that a point of the screen is wide, at a place.
    pub(super) fn metres_a_point(&self, at: Vec3) -> f32 {
        2.0 * self.divisor(self.depth(at).max(1e-3)) / (self.camera.projection.y_axis.y * self.rect.height().max(1.0))
    }

    /// Towards where the camera looks.
    pub(super) fn forward(&self) -> Vec3 {
        -self.to_world.z_axis.truncate()
    }

    /// From the eye to a point.
    pub(super) fn towards(&self, point: Vec3) -> Vec3 {
        // Where parallel lines don't meet there is no eye.
        match self.camera.projection.z_axis.w == 0.0 {
            true => self.forward(),
            false => (point - self.to_world.w_axis.truncate()).normalize_or(self.forward()),
        }
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
    use crate::pose::Orbit;
    use glam::camera::rh::proj::directx::orthographic;

    #[test]
    fn what_is_projected_comes_back() {
        let rect = Rect::from_min_size(pos2(30.0, 50.0), egui::vec2(640.0, 420.0));
        let orbit = Orbit::default().turned(35.0, 20.0);
        // The whole output picture in the panel, and a part of it; seen from an eye, and by parallel lines.
        let (whole, part) = (rect.size() / 1.3, rect.size() * 2.5);
        for (size, aside) in [(whole, egui::Vec2::ZERO), (part, egui::vec2(-200.0, 90.0))] {
            let camera = orbit.camera(size.x / size.y, 1.0);
            let flat = Camera { projection: orthographic(-1.5, 1.5, -1.0, 1.0, 0.1, 20.0), ..camera };
            for camera in [camera, flat] {
                comes_back(&Sight::new(camera, rect, Rect::from_center_size(rect.center() + aside, size)));
            }
            let sight = Sight::new(camera, rect, rect);
            assert_eq!(sight.project(orbit.eye() - orbit.forward()), None, "behind it");
            assert!(sight.forward().distance(orbit.forward()) < 1e-5);
            assert!(sight.towards(orbit.target).distance(orbit.forward()) < 1e-5);
            assert!((sight.depth(orbit.target) - orbit.distance_m).abs() < 1e-4);
        }
    }

    fn comes_back(sight: &Sight) {
        for point in [Vec3::new(0.2, 1.1, 0.1), Vec3::new(-0.5, 0.3, -0.4)] {
            let seen = sight.project(point).unwrap();
            assert!(sight.unproject(seen, point).distance(point) < 1e-4);
            assert!(sight.on_plane(seen, point, sight.forward()).unwrap().distance(point) < 1e-4);
            let right = sight.to_world.x_axis.truncate();
            let moved = sight.project(point + right * sight.metres_a_point(point)).unwrap();
            assert!(((moved - seen).length() - 1.0).abs() < 0.02);
        }
    }
}
