//! MMD's camera before a figure: in our axes and metres, as near to a small figure as to MMD's standard model.

use super::document::{FPS, Vmd};
use super::native::scale;
use crate::figure::Figure;
use crate::motion::Clip;
use crate::pose::Camera;
use crate::pose::vpd::METRES_PER_UNIT;
use glam::Vec3;
use glam::camera::rh::proj::directx::{orthographic, perspective};
use glam::camera::rh::view::look_to_mat4;
use std::sync::Arc;

/// What is nearer to the camera than this share of its distance from what it looks at isn't drawn, nor what is farther
/// than this many such distances.
const DEPTH: [f32; 2] = [0.02, 20.0];

/// A camera that moves and cuts as a motion of MMD says.
#[derive(Clone)]
pub struct Shots {
    vmd: Arc<Vmd>,
    metres_per_unit: f32,
}

impl Shots {
    /// A clip's file moves a camera.
    pub fn are_in(clip: &Clip) -> bool {
        clip.vmd.as_ref().is_some_and(|vmd| !vmd.camera.is_empty())
    }

    /// From the first frame to the camera's last key, seconds.
    pub fn duration_s(&self) -> f64 {
        self.vmd.camera.last().map_or(0.0, |key| f64::from(key.frame) / FPS)
    }

    /// The camera of a clip before `figure`; `None`: its file moves none.
    pub fn of(clip: &Clip, figure: &Figure) -> Option<Self> {
        let vmd = clip.vmd.clone().filter(|vmd| !vmd.camera.is_empty())?;
        let metres_per_unit = METRES_PER_UNIT * scale(&vmd, figure);
        Some(Self { vmd, metres_per_unit })
    }

    /// The camera at a time, for a picture of that aspect (width / height).
    pub fn at(&self, seconds: f64, aspect: f32) -> Option<Camera> {
        let at = self.vmd.camera_at(seconds * FPS)?;
        // MMD's world is ours in a mirror that turns z round.
        let ours = |v: Vec3| Vec3::new(v.x, v.y, -v.z);
        let (eye, target) = (self.metres_per_unit * ours(at.place), self.metres_per_unit * ours(at.target));
        let view = look_to_mat4(eye, ours(at.turn * Vec3::Z), ours(at.turn * Vec3::Y));
        let away = eye.distance(target).max(0.1);
        let [near, far] = DEPTH.map(|share| share * away);
        let fov = at.fov_deg.clamp(1.0, 170.0).to_radians();
        let projection = if at.perspective {
            perspective(fov, aspect, near, far)
        } else {
            let half = away * (fov / 2.0).tan();
            orthographic(-half * aspect, half * aspect, -half, half, near, far)
        };
        Some(Camera { view, projection })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{CameraKey, Curve};
    use super::*;
    use crate::motion::load::from_bytes;
    use std::path::Path;

    #[test]
    fn the_camera_stands_where_mmd_has_it_in_the_figures_size() {
        let figure = crate::figure::load::from_bytes("mio.vrm", include_bytes!("../../../assets/mio.vrm")).unwrap();
        let key = CameraKey {
            frame: 0,
            distance: -45.0,
            target: Vec3::new(0.0, 10.0, 0.0),
            angles: Vec3::ZERO,
            curves: [Curve::LINEAR; 6],
            fov_deg: 30,
            perspective: true,
        };
        let aside = CameraKey { frame: 30, angles: Vec3::new(0.3, 1.2, 0.0), perspective: false, ..key };
        let vmd = Vmd { camera: vec![key, aside], ..Vmd::default() };
        let clip = from_bytes(Path::new("camera.vmd"), &vmd.to_bytes(), None).unwrap().clips.remove(0);
        let shots = Shots::of(&clip, &figure).unwrap();
        let unit = shots.metres_per_unit;
        assert!((0.05..0.1).contains(&unit), "{unit}");
        let target = unit * Vec3::new(0.0, 10.0, 0.0);
        for seconds in [0.0, 1.0] {
            let camera = shots.at(seconds, 0.75).unwrap();
            let seen = camera.view.transform_point3(target);
            assert!(seen.distance(Vec3::new(0.0, 0.0, -45.0 * unit)) < 1e-4, "{seen}");
            let drawn = camera.projection.project_point3(seen);
            assert!(drawn.truncate().length() < 1e-5 && (0.0..1.0).contains(&drawn.z), "{drawn}");
        }
        // It stands before the figure, whose left hand is to the right of the picture.
        let camera = shots.at(0.0, 0.75).unwrap();
        let eye = camera.view.inverse().transform_point3(Vec3::ZERO);
        assert!(eye.distance(target + Vec3::new(0.0, 0.0, 45.0 * unit)) < 1e-4, "{eye}");
        assert!((camera.projection * camera.view).project_point3(target + 0.3 * Vec3::X).x > 0.1);
        let still = from_bytes(Path::new("none.vmd"), &Vmd::default().to_bytes(), None).unwrap().clips.remove(0);
        assert!(Shots::of(&still, &figure).is_none());
    }
}
