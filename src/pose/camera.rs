//! Cameras: a direction and a field of view, always framed on the figure.

use glam::{Mat4, Vec3};

/// From where the figure is seen; framing follows from what is there to see.
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

impl CameraView {
    /// The camera of this direction that holds all `points` (metres) with `margin` of the picture free on each side
    /// (0.04: four per cent), for a picture of the given aspect (width / height).
    pub fn frame(&self, points: &[Vec3], aspect: f32, margin: f32) -> Camera {
        let (yaw, pitch) = (self.yaw_deg.to_radians(), self.pitch_deg.to_radians());
        // Rotation that brings the camera's direction onto −z.
        let rotation = Mat4::from_rotation_x(pitch) * Mat4::from_rotation_y(-yaw);
        let tan_y = (self.fov_deg.to_radians() / 2.0).tan() * (1.0 - 2.0 * margin);
        let tan = [tan_y * aspect, tan_y];
        let (mut low, mut high) = ([f32::INFINITY; 2], [f32::NEG_INFINITY; 2]);
        let (mut near, mut far) = (f32::NEG_INFINITY, f32::INFINITY);
        for &p in points {
            let p = rotation.transform_point3(p);
            for axis in 0..2 {
                high[axis] = high[axis].max(p[axis] + tan[axis] * p.z);
                low[axis] = low[axis].min(p[axis] - tan[axis] * p.z);
            }
            near = near.max(p.z);
            far = far.min(p.z);
        }
        if points.is_empty() {
            (low, high, near, far) = ([-1.0; 2], [1.0; 2], 0.0, 0.0);
        }
        // All points satisfy |p − eye| ≤ tan · (eye.z − p.z) on both axes from here on back.
        let eye_z = (0..2).map(|a| (high[a] - low[a]) / (2.0 * tan[a])).fold(near + 1e-3, f32::max);
        let eye = Vec3::new((high[0] + low[0]) / 2.0, (high[1] + low[1]) / 2.0, eye_z);
        let depth = (eye_z - near, eye_z - far);
        let slack = 0.05 * (depth.1 - depth.0).max(0.01);
        let projection = glam::camera::rh::proj::directx::perspective(
            self.fov_deg.to_radians(),
            aspect,
            (depth.0 - slack).max(depth.1 * 1e-3),
            depth.1 + slack,
        );
        Camera { view: Mat4::from_translation(-eye) * rotation, projection }
    }
}
