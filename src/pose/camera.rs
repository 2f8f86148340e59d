//! Cameras: a direction and a field of view, always framed on the figure.

use glam::{Mat4, Vec2, Vec3, Vec4};
use std::fmt;
use std::str::FromStr;

/// From where the figure is seen; framing follows from what is there to see.
///
/// As text it is one of [`CameraView::NAMED`] or `YAW:PITCH[:FOV]` in degrees. Left and right are the **figure's**:
/// `left` stands at +x and shows its left profile.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CameraView {
    /// 0: from the front; positive: the camera goes round to the figure's left side (90: its left profile).
    pub yaw_deg: f32,
    /// Positive: from above.
    pub pitch_deg: f32,
    /// Vertical field of view.
    pub fov_deg: f32,
}

/// A placed camera.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    /// World to view space: right-handed, looking along −z.
    pub view: Mat4,
    /// View to clip space: y up, depth 0 (near) to 1 (far).
    pub projection: Mat4,
}

impl Camera {
    /// Where a place (metres) is in the picture, as shares of its width from the left and of its height from the top; a place
    /// beyond its edges is below 0 or above 1. `None`: behind the camera, or not finite.
    pub fn shows(&self, place: Vec3) -> Option<Vec2> {
        let clip = self.projection * self.view * place.extend(1.0);
        let at = Vec2::new(clip.x, -clip.y) / clip.w * 0.5 + 0.5;
        (clip.w > 0.0 && at.is_finite()).then_some(at)
    }

    /// The camera of a larger or a smaller picture, in which this one's is to be found: its middle lies at `middle`, and it
    /// is `size` times as large as the other, both in clip coordinates (−1 to 1, y up).
    pub fn within(self, middle: Vec2, size: Vec2) -> Self {
        let crop = Mat4::from_cols(
            Vec4::new(size.x, 0.0, 0.0, 0.0),
            Vec4::new(0.0, size.y, 0.0, 0.0),
            Vec4::Z,
            Vec4::new(middle.x, middle.y, 0.0, 1.0),
        );
        Self { projection: crop * self.projection, ..self }
    }
}

/// The field of view of a camera that doesn't name its own: that of a short telephoto lens, which flatters a figure.
pub const DEFAULT_FOV_DEG: f32 = 30.0;

/// Why a text is no camera.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CameraError {
    /// Neither a name nor numbers.
    #[error("`{text}` is no camera: use {names}, or YAW:PITCH[:FOV] in degrees, for example 30:10", names = names())]
    Unknown {
        /// What was written.
        text: String,
    },
    /// A number that no camera can have.
    #[error("camera `{text}`: the {what} is {value}, but must lie between {low} and {high} degrees")]
    OutOfRange {
        /// What was written.
        text: String,
        /// Which of the numbers.
        what: &'static str,
        /// Its value.
        value: f32,
        /// The least it may be.
        low: f32,
        /// The most it may be.
        high: f32,
    },
}

fn names() -> String {
    CameraView::NAMED.map(|(name, _)| name).join(", ")
}

impl Default for CameraView {
    fn default() -> Self {
        Self::new(0.0, 0.0)
    }
}

impl CameraView {
    /// The cameras that have names.
    pub const NAMED: [(&str, CameraView); 8] = [
        ("front", Self::new(0.0, 0.0)),
        ("three-quarter-left", Self::new(45.0, 0.0)),
        ("three-quarter-right", Self::new(-45.0, 0.0)),
        ("left", Self::new(90.0, 0.0)),
        ("right", Self::new(-90.0, 0.0)),
        ("back", Self::new(180.0, 0.0)),
        ("low", Self::new(0.0, -25.0)),
        ("high", Self::new(0.0, 30.0)),
    ];

    /// A camera of the default field of view.
    pub const fn new(yaw_deg: f32, pitch_deg: f32) -> Self {
        Self { yaw_deg, pitch_deg, fov_deg: DEFAULT_FOV_DEG }
    }

    /// `n` level cameras at equal steps around the figure, from the front by way of its left side.
    pub fn evenly_around(n: usize) -> Vec<CameraView> {
        (0..n)
            .map(|i| {
                let yaw = 360.0 * i as f32 / n as f32;
                Self::new(if yaw > 180.0 { yaw - 360.0 } else { yaw }, 0.0)
            })
            .collect()
    }

    /// The camera of this direction that holds all `points` (metres) with `margin` of the picture free on each side
    /// (0.04: four per cent; at most 0.45), for a picture of the given aspect (width / height). Points that are not
    /// finite are passed over; without any point a cube of two metres around the origin is framed.
    pub fn frame(&self, points: &[Vec3], aspect: f32, margin: f32) -> Camera {
        let (yaw, pitch) = (self.yaw_deg.to_radians(), self.pitch_deg.to_radians());
        // Rotation that brings the camera's direction onto −z.
        let rotation = Mat4::from_rotation_x(pitch) * Mat4::from_rotation_y(-yaw);
        let tan_y = (self.fov_deg.to_radians() / 2.0).tan() * (1.0 - 2.0 * margin.clamp(0.0, 0.45));
        let tan = [tan_y * aspect, tan_y];
        let (mut low, mut high) = ([f32::INFINITY; 2], [f32::NEG_INFINITY; 2]);
        let (mut near, mut far) = (f32::NEG_INFINITY, f32::INFINITY);
        for p in points.iter().filter(|p| p.is_finite()) {
            let p = rotation.transform_point3(*p);
            for axis in 0..2 {
                high[axis] = high[axis].max(p[axis] + tan[axis] * p.z);
                low[axis] = low[axis].min(p[axis] - tan[axis] * p.z);
            }
            (near, far) = (near.max(p.z), far.min(p.z));
        }
        if far > near {
            (low, high) = (tan.map(|t| -1.0 - t), tan.map(|t| 1.0 + t));
            (near, far) = (1.0, -1.0);
        }
        // From `eye_z` on back all points satisfy |p − eye| ≤ tan · (eye.z − p.z) on both axes. Something that is all
        // depth would draw the camera into itself, so it keeps a distance.
        let closest = near + 0.05 * (near - far) + 1e-2;
        let eye_z = (0..2).map(|a| (high[a] - low[a]) / (2.0 * tan[a])).fold(closest, f32::max);
        let eye = Vec3::new((high[0] + low[0]) / 2.0, (high[1] + low[1]) / 2.0, eye_z);
        let (near_m, far_m) = (eye_z - near, eye_z - far);
        let slack = 0.05 * (far_m - near_m).max(0.01);
        let projection = glam::camera::rh::proj::directx::perspective(
            self.fov_deg.to_radians(),
            aspect,
            (near_m - slack).max(0.5 * near_m),
            far_m + slack,
        );
        Camera { view: Mat4::from_translation(-eye) * rotation, projection }
    }
}

impl fmt::Display for CameraView {
    /// Its name where it has one, else `YAW:PITCH`, with `:FOV` where that is not the default.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((name, _)) = Self::NAMED.iter().find(|(_, view)| view == self) {
            return f.pad(name);
        }
        write!(f, "{}:{}", self.yaw_deg, self.pitch_deg)?;
        if self.fov_deg != DEFAULT_FOV_DEG { write!(f, ":{}", self.fov_deg) } else { Ok(()) }
    }
}

impl FromStr for CameraView {
    type Err = CameraError;

    fn from_str(text: &str) -> Result<Self, CameraError> {
        let plain = text.trim().to_lowercase().replace([' ', '_'], "-");
        if let Some((_, view)) = Self::NAMED.iter().find(|(name, _)| *name == plain) {
            return Ok(*view);
        }
        let unknown = || CameraError::Unknown { text: text.to_owned() };
        let within = |what, value: Option<&str>, default: f32, low, high| {
            let value = match value {
                Some(v) => v.trim().parse::<f32>().ok().filter(|v| v.is_finite()).ok_or_else(unknown)?,
                None => default,
            };
            if (low..=high).contains(&value) {
                Ok(value)
            } else {
                Err(CameraError::OutOfRange { text: text.to_owned(), what, value, low, high })
            }
        };
        let mut parts = text.split(':');
        let (yaw, pitch, fov) = (parts.next(), parts.next().ok_or_else(unknown)?, parts.next());
        if parts.next().is_some() {
            return Err(unknown());
        }
        Ok(Self {
            yaw_deg: within("yaw", yaw, 0.0, -360.0, 360.0)?,
            pitch_deg: within("pitch", Some(pitch), 0.0, -89.0, 89.0)?,
            fov_deg: within("field of view", fov, DEFAULT_FOV_DEG, 1.0, 120.0)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_and_numbers_go_both_ways() {
        for (name, view) in CameraView::NAMED {
            assert_eq!(name.parse(), Ok(view));
            assert_eq!(view.to_string(), name);
        }
        assert_eq!("Three Quarter_Left".parse(), Ok(CameraView::new(45.0, 0.0)));
        assert_eq!("-30:12.5".parse(), Ok(CameraView::new(-30.0, 12.5)));
        assert_eq!("10:20:60".parse(), Ok(CameraView { yaw_deg: 10.0, pitch_deg: 20.0, fov_deg: 60.0 }));
        assert_eq!("10:20:60".parse::<CameraView>().unwrap().to_string(), "10:20:60");
        assert_eq!(CameraView::new(10.0, -20.0).to_string(), "10:-20");
    }

    #[test]
    fn what_is_no_camera_is_refused_with_the_way_out() {
        for text in ["", "frnt", "1", "a:b", "1:2:3:4", "nan:0", "inf:0", "::"] {
            let message = text.parse::<CameraView>().unwrap_err().to_string();
            assert!(message.contains("three-quarter-left") && message.contains("YAW:PITCH"), "{message}");
        }
        for (text, what) in
            [("400:0", "yaw"), ("0:90", "pitch"), ("0:-89.5", "pitch"), ("0:0:0", "view"), ("0:0:179", "view")]
        {
            let message = text.parse::<CameraView>().unwrap_err().to_string();
            assert!(message.contains(what) && message.contains("between"), "{message}");
        }
    }

    #[test]
    fn left_shows_the_figures_left_side() {
        let camera = CameraView::new(90.0, 0.0).frame(&[Vec3::X, Vec3::NEG_X], 1.0, 0.0);
        let eye = camera.view.inverse().w_axis.truncate();
        assert!(eye.x > 1.0 && eye.y.abs() < 1e-4 && eye.z.abs() < 1e-4, "{eye}");
        // Seen from its left, a figure that looks along +z looks to the left of the picture.
        assert!(camera.view.transform_vector3(Vec3::Z).x < -0.999);
        let above = CameraView::new(0.0, 40.0).frame(&[Vec3::X, Vec3::NEG_X], 1.0, 0.0);
        assert!(above.view.inverse().w_axis.y > 0.5);
    }

    #[test]
    fn eight_around_are_named_as_one_would_name_them() {
        let names: Vec<String> = CameraView::evenly_around(8).iter().map(CameraView::to_string).collect();
        let expected =
            ["front", "three-quarter-left", "left", "135:0", "back", "-135:0", "right", "three-quarter-right"];
        assert_eq!(names, expected);
        assert_eq!(CameraView::evenly_around(0), []);
    }

    fn on_screen(camera: &Camera, p: Vec3) -> Vec3 {
        (camera.projection * camera.view).project_point3(p)
    }

    fn views() -> impl Strategy<Value = CameraView> {
        (-360.0..360.0f32, -89.0..89.0f32, 1.0..120.0f32).prop_map(|(yaw_deg, pitch_deg, fov_deg)| CameraView {
            yaw_deg,
            pitch_deg,
            fov_deg,
        })
    }

    fn point() -> impl Strategy<Value = Vec3> {
        (-2.0..2.0f32, -1.0..3.0f32, -2.0..2.0f32).prop_map(Vec3::from)
    }

    proptest! {
        #[test]
        fn text_round_trips(view in views()) {
            prop_assert_eq!(view.to_string().parse(), Ok(view));
        }

        #[test]
        fn any_text_is_a_camera_or_an_error(text in "\\PC{0,24}") {
            let _ = text.parse::<CameraView>();
        }

        /// Everything is inside the margin and in front of the camera, and no smaller than it has to be.
        #[test]
        fn framing_holds_the_figure_and_fills_the_picture(
            view in views(),
            points in prop::collection::vec(point(), 4..40),
            aspect in 0.2..5.0f32,
            margin in 0.0..0.3f32,
        ) {
            let camera = view.frame(&points, aspect, margin);
            let edge = 1.0 - 2.0 * margin;
            let (mut low, mut high) = (Vec3::INFINITY, Vec3::NEG_INFINITY);
            for &p in &points {
                let q = on_screen(&camera, p);
                (low, high) = (low.min(q), high.max(q));
            }
            prop_assert!(low.x >= -edge - 2e-3 && high.x <= edge + 2e-3, "{low} {high}");
            prop_assert!(low.y >= -edge - 2e-3 && high.y <= edge + 2e-3, "{low} {high}");
            prop_assert!(low.z >= 0.0 && high.z <= 1.0, "{low} {high}");
            let touches = |a: usize| (low[a] + edge).abs() < 1e-2 && (high[a] - edge).abs() < 1e-2;
            let depth = |p: &Vec3| -camera.view.transform_point3(*p).z;
            let nearest = points.iter().map(depth).fold(f32::INFINITY, f32::min);
            let furthest = points.iter().map(depth).fold(0.0, f32::max);
            let keeps_distance = nearest < 0.051 * (furthest - nearest) + 0.011;
            prop_assert!(touches(0) || touches(1) || keeps_distance, "{low} {high}");
        }

        /// Nothing, one point, a line, points that are no numbers: the camera stays a camera.
        #[test]
        fn degenerate_sights_give_finite_cameras(
            view in views(),
            points in prop::collection::vec(prop_oneof![
                Just(Vec3::NAN), Just(Vec3::INFINITY), Just(Vec3::ZERO), Just(Vec3::new(0.0, f32::NAN, 1.0)),
                (0.0..1.0f32).prop_map(|y| Vec3::Y * y),
            ], 0..4),
            aspect in 0.2..5.0f32,
        ) {
            let camera = view.frame(&points, aspect, 0.04);
            prop_assert!(camera.view.is_finite() && camera.projection.is_finite());
            for p in points.into_iter().filter(|p| p.is_finite()) {
                let q = on_screen(&camera, p);
                prop_assert!(q.x.abs() <= 0.93 && q.y.abs() <= 0.93 && (0.0..=1.0).contains(&q.z), "{q}");
            }
        }
    }
}
