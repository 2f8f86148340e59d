//! A camera that a hand can turn, move and zoom: it goes round a point.

use super::{Camera, CameraView};
use glam::{Mat4, Quat, Vec2, Vec3};
use serde::{Deserialize, Serialize};

/// A camera going round a point; what it sees does not depend on the pose.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Orbit {
    /// What it looks at, metres.
    pub target: Vec3,
    /// How far it is from there.
    pub distance_m: f32,
    /// As [`CameraView::yaw_deg`].
    pub yaw_deg: f32,
    /// As [`CameraView::pitch_deg`].
    pub pitch_deg: f32,
    /// Vertical field of view of the output picture.
    pub fov_deg: f32,
}

impl Default for Orbit {
    /// In front of a figure of 1.6 m.
    fn default() -> Self {
        let view = CameraView::default();
        Self { target: Vec3::new(0.0, 0.8, 0.0), distance_m: 3.4, yaw_deg: 0.0, pitch_deg: 0.0, fov_deg: view.fov_deg }
    }
}

impl Orbit {
    /// Nearest and furthest a hand can bring it, metres.
    pub const DISTANCES_M: [f32; 2] = [0.05, 100.0];
    /// The steepest view.
    pub const STEEPEST_DEG: f32 = 89.0;

    /// The camera of `view` that holds all `points` with `margin` of the picture free (see [`CameraView::frame`]).
    pub fn framing(view: &CameraView, points: &[Vec3], aspect: f32, margin: f32) -> Self {
        let placed = view.frame(points, aspect, margin);
        let eye = placed.view.inverse().w_axis.truncate();
        let orbit = Self {
            target: eye,
            distance_m: 1.0,
            yaw_deg: view.yaw_deg,
            pitch_deg: view.pitch_deg,
            fov_deg: view.fov_deg,
        };
        // It turns about the middle of what it shows.
        let (low, high) = points
            .iter()
            .filter(|p| p.is_finite())
            .fold((Vec3::INFINITY, Vec3::NEG_INFINITY), |(low, high), p| (low.min(*p), high.max(*p)));
        let middle = if low.x <= high.x { (low + high) / 2.0 } else { Vec3::ZERO };
        let distance_m = (middle - eye).dot(orbit.forward()).clamp(Self::DISTANCES_M[0], Self::DISTANCES_M[1]);
        Self { target: eye + orbit.forward() * distance_m, distance_m, ..orbit }
    }

    /// Its direction as a [`CameraView`].
    pub fn view(&self) -> CameraView {
        CameraView { yaw_deg: self.yaw_deg, pitch_deg: self.pitch_deg, fov_deg: self.fov_deg }
    }

    /// It looks from the direction of `view`, give or take half a degree.
    pub fn looks_as(&self, view: &CameraView) -> bool {
        let yaw_deg = (self.yaw_deg - view.yaw_deg + 180.0).rem_euclid(360.0) - 180.0;
        yaw_deg.abs().max((self.pitch_deg - view.pitch_deg).abs()) < 0.5
    }

    /// Where it stands, metres.
    pub fn eye(&self) -> Vec3 {
        self.target - self.forward() * self.distance_m
    }

    /// Camera axes to world axes (x right, y up, −z forward).
    pub fn rotation(&self) -> Quat {
        Quat::from_rotation_y(self.yaw_deg.to_radians()) * Quat::from_rotation_x(-self.pitch_deg.to_radians())
    }

    /// Unit vector from the eye to what it looks at.
    pub fn forward(&self) -> Vec3 {
        self.rotation() * Vec3::NEG_Z
    }

    /// The placed camera for a picture of `aspect` (width / height). `widen` shows more around the same middle: 1 is
    /// the output picture itself, 1.25 a quarter more on each axis.
    pub fn camera(&self, aspect: f32, widen: f32) -> Camera {
        let tan = (self.fov_deg.clamp(1.0, 120.0).to_radians() / 2.0).tan() * widen;
        let (near, far) = ((self.distance_m * 0.02).max(0.005), self.distance_m * 4.0 + 20.0);
        Camera {
            view: Mat4::from_rotation_translation(self.rotation(), self.eye()).inverse(),
            projection: glam::camera::rh::proj::directx::perspective(2.0 * tan.atan(), aspect, near, far),
        }
    }

    /// Goes round: degrees to the figure's left and upwards.
    pub fn turned(self, yaw_deg: f32, pitch_deg: f32) -> Self {
        let yaw = (self.yaw_deg + yaw_deg + 180.0).rem_euclid(360.0) - 180.0;
        let pitch = (self.pitch_deg + pitch_deg).clamp(-Self::STEEPEST_DEG, Self::STEEPEST_DEG);
        Self { yaw_deg: yaw, pitch_deg: pitch, ..self }
    }

    /// The same about another point, which stays where it is seen.
    pub fn turned_about(self, pivot: Vec3, yaw_deg: f32, pitch_deg: f32) -> Self {
        let turned = self.turned(yaw_deg, pitch_deg);
        let eye = pivot - turned.rotation() * (self.rotation().inverse() * (pivot - self.eye()));
        Self { target: eye + turned.forward() * turned.distance_m, ..turned }
    }

    /// Moves sideways: fractions of the output picture's height, right and up.
    pub fn panned(self, right: f32, up: f32) -> Self {
        let height_m = 2.0 * self.distance_m * (self.fov_deg.to_radians() / 2.0).tan();
        Self { target: self.target + self.rotation() * Vec3::new(right, up, 0.0) * height_m, ..self }
    }

    /// Comes nearer by a factor above 1.
    pub fn zoomed(self, factor: f32) -> Self {
        let distance_m = (self.distance_m / factor.max(1e-3)).clamp(Self::DISTANCES_M[0], Self::DISTANCES_M[1]);
        Self { distance_m, ..self }
    }

    /// The same, with what is seen at a place of the picture, as deep as what it looks at, staying there. `at`: from the
    /// picture's middle, right and up, in halves of its height.
    pub fn zoomed_at(self, factor: f32, at: Vec2) -> Self {
        let zoomed = self.zoomed(factor);
        let tan = (self.fov_deg.clamp(1.0, 120.0).to_radians() / 2.0).tan();
        let way = at * tan * (self.distance_m - zoomed.distance_m);
        Self { target: self.target + self.rotation() * way.extend(0.0), ..zoomed }
    }

    /// Nearer to a point by a factor above 1, along the line to it: it stays where it is seen, and looks larger by that much.
    pub fn nearer_to(self, point: Vec3, factor: f32) -> Self {
        let zoomed = self.zoomed(factor);
        let eye = point + (self.eye() - point) / factor.max(1e-3);
        Self { target: eye + self.forward() * zoomed.distance_m, ..zoomed }
    }

    /// Another field of view that shows what it looks at at the same size.
    pub fn with_fov(self, fov_deg: f32) -> Self {
        let tan = |deg: f32| (deg.clamp(1.0, 120.0).to_radians() / 2.0).tan();
        let distance_m =
            (self.distance_m * tan(self.fov_deg) / tan(fov_deg)).clamp(Self::DISTANCES_M[0], Self::DISTANCES_M[1]);
        Self { distance_m, fov_deg, ..self }
    }

    /// So much (0 to 1) of the way to another: round by the shorter way, nearer and farther in even steps of size.
    pub fn towards(&self, to: &Self, share: f32) -> Self {
        let along = |from: f32, to: f32| from + (to - from) * share;
        let round = (to.yaw_deg - self.yaw_deg + 180.0).rem_euclid(360.0) - 180.0;
        Self {
            target: self.target.lerp(to.target, share),
            distance_m: along(self.distance_m.ln(), to.distance_m.ln()).exp(),
            fov_deg: along(self.fov_deg, to.fov_deg),
            ..*self
        }
        .turned(round * share, (to.pitch_deg - self.pitch_deg) * share)
    }

    /// All numbers are finite and within reach; what a damaged file says else becomes the default.
    pub fn sane(self) -> Self {
        let finite = self.target.is_finite()
            && [self.distance_m, self.yaw_deg, self.pitch_deg, self.fov_deg].iter().all(|v| v.is_finite());
        if !finite || self.target.abs().max_element() > 1e4 {
            return Self::default();
        }
        Self {
            distance_m: self.distance_m.clamp(Self::DISTANCES_M[0], Self::DISTANCES_M[1]),
            fov_deg: self.fov_deg.clamp(1.0, 120.0),
            ..self
        }
        .turned(0.0, 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cube() -> Vec<Vec3> {
        (0..8).map(|i| Vec3::new((i & 1) as f32, (i >> 1 & 1) as f32 * 1.6, (i >> 2) as f32 * 0.4)).collect()
    }

    #[test]
    fn framing_gives_the_view_that_a_camera_view_frames() {
        for (name, view) in CameraView::NAMED {
            let placed = view.frame(&cube(), 0.75, 0.04);
            let orbit = Orbit::framing(&view, &cube(), 0.75, 0.04);
            let camera = orbit.camera(0.75, 1.0);
            assert!(orbit.looks_as(&view) && !orbit.turned(1.0, 0.0).looks_as(&view), "{name}");
            for p in cube() {
                let (a, b) = (
                    (placed.projection * placed.view).project_point3(p),
                    (camera.projection * camera.view).project_point3(p),
                );
                assert!((a - b).truncate().length() < 1e-3, "{name}: {a} {b}");
                assert!((0.0..=1.0).contains(&b.z), "{name}: {b}");
            }
        }
    }

    #[test]
    fn on_the_way_to_another_it_goes_the_shorter_way_round() {
        let (from, to) = (Orbit::default().turned(170.0, 10.0), Orbit::default().turned(-170.0, 30.0).zoomed(4.0));
        let half = from.towards(&to, 0.5);
        assert!((half.yaw_deg.abs() - 180.0).abs() < 1e-3 && (half.pitch_deg - 20.0).abs() < 1e-3, "{half:?}");
        assert!((half.distance_m - from.distance_m / 2.0).abs() < 1e-4, "halfway it is twice as near, of four times");
        for (share, expected) in [(0.0, from), (1.0, to)] {
            let at = from.towards(&to, share);
            assert!(at.eye().distance(expected.eye()) < 1e-4 && (at.fov_deg - expected.fov_deg).abs() < 1e-4);
        }
    }

    #[test]
    fn moving_keeps_what_it_should() {
        let orbit = Orbit::framing(&CameraView::new(30.0, 10.0), &cube(), 1.0, 0.1);
        let on_screen = |o: &Orbit| {
            let camera = o.camera(1.0, 1.0);
            (camera.projection * camera.view).project_point3(orbit.target).truncate()
        };
        assert!(on_screen(&orbit.turned(50.0, -30.0).zoomed(2.0)).length() < 1e-3);
        // A pan of half the picture's height brings the middle to the lower edge's height.
        assert!((on_screen(&orbit.panned(0.0, 0.5)).y + 1.0).abs() < 1e-3);
        assert!((on_screen(&orbit.panned(0.5, 0.0)).x + 1.0).abs() < 1e-3);
        assert_eq!(orbit.turned(0.0, 500.0).pitch_deg, Orbit::STEEPEST_DEG);
        assert_eq!(orbit.zoomed(1e9).distance_m, Orbit::DISTANCES_M[0]);
        assert!((orbit.turned(340.0, 0.0).yaw_deg - 10.0).abs() < 1e-3);
        // What is at a place of the picture stays there while it comes nearer.
        let (turned, at) = (orbit.turned(20.0, 5.0), Vec2::new(0.4, -0.7));
        let half_m = turned.distance_m * (turned.fov_deg.to_radians() / 2.0).tan();
        let point = turned.target + turned.rotation() * (at * half_m).extend(0.0);
        for factor in [1.7, 0.4] {
            let camera = turned.zoomed_at(factor, at).camera(1.0, 1.0);
            let seen = (camera.projection * camera.view).project_point3(point).truncate();
            assert!(seen.distance(at) < 1e-3, "{factor}: {seen}");
        }
        let seen = |orbit: &Orbit| {
            let camera = orbit.camera(1.0, 1.0);
            (camera.projection * camera.view).project_point3(point).truncate()
        };
        let nearer = turned.nearer_to(Vec3::new(0.3, 0.9, 0.2), 1.6);
        let (there, back) = (Vec3::new(0.3, 0.9, 0.2), nearer.nearer_to(Vec3::new(0.3, 0.9, 0.2), 1.0 / 1.6));
        let depth = |orbit: &Orbit| (there - orbit.eye()).dot(orbit.forward());
        assert!((depth(&turned) / depth(&nearer) - 1.6).abs() < 1e-3 && back.eye().distance(turned.eye()) < 1e-3);
        let about = turned.turned_about(point, -70.0, 30.0);
        assert!(
            seen(&about).distance(seen(&turned)) < 1e-3 && (about.pitch_deg - turned.pitch_deg - 30.0).abs() < 1e-3
        );
        // The height of the plane through the target stays.
        let height = |o: &Orbit| o.distance_m * (o.fov_deg.to_radians() / 2.0).tan();
        assert!((height(&orbit.with_fov(60.0)) - height(&orbit)).abs() < 1e-4);
    }

    #[test]
    fn nonsense_becomes_a_camera() {
        for bad in [f32::NAN, f32::INFINITY, -1e30] {
            let orbit = Orbit { target: Vec3::splat(bad), distance_m: bad, yaw_deg: bad, pitch_deg: bad, fov_deg: bad };
            let sane = orbit.sane();
            assert!(sane.camera(1.0, 1.0).view.is_finite() && sane.camera(1.0, 1.0).projection.is_finite());
        }
    }
}
