//! A subject in a pose, seen by a camera: worked out once, whoever asks for which picture of it.

use super::scene::Deformed;
use super::{IdImage, RasterError, Subject, SubjectError, ToonStyle, wireframe};
use crate::figure::{Figure, LocalPose, skinning};
use crate::picture::Picture;
use crate::pose::{Camera, CameraView, Pose, Posed, Rig};
use crate::udp::Udp;
use glam::{Mat4, Vec3};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Sizes whose UDPs a shot keeps: a draft's and the full one.
const UDPS: usize = 2;

/// A subject in one pose. Each part is worked out by whoever needs it first, on that thread.
pub struct Stance {
    subject: Arc<Subject>,
    pose: Arc<Pose>,
    /// The joints' places don't come from the pose.
    spelled_out: bool,
    local: OnceLock<LocalPose>,
    world: OnceLock<Vec<Mat4>>,
    deformed: OnceLock<Arc<Deformed>>,
    points: OnceLock<Vec<Vec3>>,
}

impl Stance {
    /// `subject` in `pose`; nothing is worked out yet.
    pub fn new(subject: Arc<Subject>, pose: Arc<Pose>) -> Self {
        let (local, world, deformed, points) = Default::default();
        Self { subject, pose, spelled_out: false, local, world, deformed, points }
    }

    /// `subject` with its joints where `local` has them; `pose` is the nearest one, which nothing is drawn from.
    pub fn spelled_out(subject: Arc<Subject>, pose: Arc<Pose>, local: LocalPose) -> Self {
        let stance = Self { spelled_out: true, ..Self::new(subject, pose) };
        stance.local.get_or_init(|| local);
        stance
    }

    /// Who stands there.
    pub fn subject(&self) -> &Arc<Subject> {
        &self.subject
    }

    /// Its figure.
    pub fn figure(&self) -> &Arc<Figure> {
        self.subject.figure()
    }

    /// Its rig.
    pub fn rig(&self) -> &Rig {
        self.subject.rig()
    }

    /// How.
    pub fn pose(&self) -> &Arc<Pose> {
        &self.pose
    }

    /// It stands so already, see [`Subject::stand_so`].
    pub fn holds(&self, pose: &Pose, local: Option<&LocalPose>) -> bool {
        match local {
            Some(local) => self.spelled_out && self.local.get() == Some(local),
            None => !self.spelled_out && *self.pose == *pose,
        }
    }

    /// The same subject in the same pose.
    pub fn same(&self, other: &Self) -> bool {
        let posed = Arc::ptr_eq(&self.pose, &other.pose) || self.pose == other.pose;
        let spelled_out = self.spelled_out || other.spelled_out;
        Arc::ptr_eq(&self.subject, &other.subject)
            && if spelled_out { self.local.get() == other.local.get() } else { posed }
    }

    /// The pose spelled out for the subject.
    pub fn local(&self) -> &LocalPose {
        self.local.get_or_init(|| {
            let local = self.rig().resolve(self.figure(), &self.pose);
            match self.subject.chains() {
                Some(chains) => chains.settle(self.figure(), local),
                None => local,
            }
        })
    }

    /// World transforms of all joints.
    pub fn world(&self) -> &[Mat4] {
        self.world.get_or_init(|| skinning::world_transforms(self.figure(), self.local()))
    }

    /// The pose on the figure, to ask and to change.
    pub fn posed(&self) -> Posed<'_> {
        Posed::known(self.figure(), self.rig(), (*self.pose).clone(), self.world().to_vec())
    }

    /// Another pose on the same figure.
    pub fn with(&self, pose: &Pose) -> Posed<'_> {
        Posed::new(self.figure(), self.rig(), pose.clone())
    }

    /// Where all vertices are, metres.
    ///
    /// # Errors
    /// None for a subject's own pose.
    pub fn points(&self) -> Result<&[Vec3], RasterError> {
        if let Some(points) = self.points.get() {
            return Ok(points);
        }
        let points = self.subject.model().positions(self.deformed()?);
        Ok(self.points.get_or_init(|| points))
    }

    /// Before a placed camera.
    pub fn seen(self: &Arc<Self>, camera: Camera) -> Shot {
        Shot { stance: Arc::clone(self), camera, udps: Mutex::default() }
    }

    /// Framed from a side for a picture of this size, with `margin` of it free on each side.
    ///
    /// # Errors
    /// As [`Stance::points`].
    pub fn framed(self: &Arc<Self>, view: &CameraView, size_px: [u32; 2], margin: f32) -> Result<Shot, RasterError> {
        Ok(self.seen(view.frame(self.points()?, size_px[0] as f32 / size_px[1] as f32, margin)))
    }

    pub(super) fn deformed(&self) -> Result<&Arc<Deformed>, RasterError> {
        if let Some(deformed) = self.deformed.get() {
            return Ok(deformed);
        }
        let world = self.rig().skin(self.world());
        let deformed = Deformed::new(self.subject.model(), self.local(), Some(&world))?;
        Ok(self.deformed.get_or_init(|| Arc::new(deformed)))
    }
}

/// A [`Stance`] seen by a camera: what pictures are made of.
pub struct Shot {
    stance: Arc<Stance>,
    camera: Camera,
    /// Of the sizes that were asked for last.
    udps: Mutex<Vec<Arc<Udp>>>,
}

impl Shot {
    /// What is seen.
    pub fn stance(&self) -> &Arc<Stance> {
        &self.stance
    }

    /// From where.
    pub fn camera(&self) -> &Camera {
        &self.camera
    }

    /// The same subject in the same pose, seen from the same place.
    pub fn same(&self, other: &Self) -> bool {
        self.camera == other.camera && self.stance.same(&other.stance)
    }

    /// The Ultra-Dense Pose at a size whose aspect is the camera's; drawn once.
    ///
    /// # Errors
    /// A size beyond what the rasterizer can do, or a lost GPU.
    pub fn udp(&self, size_px: [u32; 2]) -> Result<Arc<Udp>, SubjectError> {
        // Held while it is drawn: who else wants it waits for it instead of drawing it as well.
        let mut udps = self.udps.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = udps.iter().find(|udp| [udp.width_px, udp.height_px] == size_px) {
            return Ok(Arc::clone(known));
        }
        let (subject, deformed) = (&self.stance.subject, self.stance.deformed()?);
        let udp = Arc::new(subject.rasterizer().udp_of(subject.model(), deformed, &self.camera, size_px)?);
        if udps.len() >= UDPS {
            udps.remove(0);
        }
        udps.push(Arc::clone(&udp));
        Ok(udp)
    }

    /// The toon picture, straight alpha.
    ///
    /// # Errors
    /// As [`Shot::udp`].
    pub fn toon(&self, size_px: [u32; 2], style: &ToonStyle) -> Result<Picture, SubjectError> {
        let (subject, deformed) = (&self.stance.subject, self.stance.deformed()?);
        Ok(subject.rasterizer().toon_of(subject.model(), deformed, &self.camera, size_px, style)?)
    }

    /// What is under each pixel.
    ///
    /// # Errors
    /// As [`Shot::udp`].
    pub fn ids(&self, size_px: [u32; 2]) -> Result<IdImage, SubjectError> {
        let (subject, deformed) = (&self.stance.subject, self.stance.deformed()?);
        Ok(subject.rasterizer().ids_of(subject.model(), deformed, &self.camera, size_px)?)
    }

    /// Metres from the eye to what is under each pixel, measured along the way it looks; infinite where nothing is. Row-major
    /// from the top.
    ///
    /// # Errors
    /// As [`Shot::udp`].
    pub fn depths(&self, size_px: [u32; 2]) -> Result<Vec<f32>, SubjectError> {
        let (subject, deformed) = (&self.stance.subject, self.stance.deformed()?);
        Ok(subject.rasterizer().depths_of(subject.model(), deformed, &self.camera, size_px)?)
    }

    /// The edges of the triangles.
    ///
    /// # Errors
    /// As [`Stance::points`].
    pub fn wireframe(&self, size_px: [u32; 2]) -> Result<Picture, SubjectError> {
        let triangles = &self.stance.subject.figure().triangles;
        Ok(wireframe::draw(triangles, self.stance.points()?, &self.camera, size_px))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::landmarks::MapPreset;
    use crate::figure::load;
    use crate::pose::library;
    use crate::raster::{RasterChoice, Rasterizer};

    fn subject() -> Arc<Subject> {
        let figure = load::from_bytes("mio.vrm", include_bytes!("../../assets/mio.vrm")).unwrap();
        Arc::new(Subject::new(Rasterizer::new(RasterChoice::Cpu).unwrap(), figure, MapPreset::default()).unwrap())
    }

    #[test]
    fn a_pose_is_worked_out_once_and_pictures_are_what_the_rasterizer_draws() {
        let subject = subject();
        let pose = library::find("walk").unwrap().1;
        let stance = subject.stand(&pose);
        let shot = stance.framed(&CameraView::default(), [60, 80], 0.04).unwrap();

        let local = pose.resolve(subject.figure());
        assert_eq!(*stance.local(), local);
        assert_eq!(stance.world(), skinning::world_transforms(subject.figure(), &local));
        assert_eq!(stance.points().unwrap(), subject.model().posed_positions(&local).unwrap());
        let (raster, model) = (subject.rasterizer(), subject.model());
        assert_eq!(*shot.udp([60, 80]).unwrap(), raster.udp(model, &local, shot.camera(), [60, 80]).unwrap());
        let style = ToonStyle::default();
        assert_eq!(
            shot.toon([60, 80], &style).unwrap(),
            raster.toon(model, &local, shot.camera(), [60, 80], &style).unwrap()
        );
        assert!(std::ptr::eq(stance.points().unwrap(), stance.points().unwrap()));
        // What is seen is as far away as the vertices are, and it is seen where the UDP has a surface.
        let depths = shot.depths([60, 80]).unwrap();
        let ahead = stance.points().unwrap().iter().map(|point| -shot.camera().view.transform_point3(*point).z);
        let [near, far] = ahead.fold([f32::MAX, 0.0f32], |[near, far], z| [near.min(z), far.max(z)]);
        let udp = shot.udp([60, 80]).unwrap();
        for (depth, pixel) in depths.iter().zip(&udp.pixels) {
            assert_eq!(depth.is_finite(), pixel[3] > 0.5);
            assert!(depth.is_infinite() || (near..=far).contains(depth), "{depth} in {near}..{far}");
        }
        assert!(Arc::ptr_eq(stance.deformed().unwrap(), shot.stance().deformed().unwrap()));
    }

    #[test]
    fn udps_are_kept_by_size_and_no_more_than_needed() {
        let stance = subject().stand(&Pose::default());
        let shot = stance.framed(&CameraView::default(), [30, 40], 0.04).unwrap();
        let (draft, full) = (shot.udp([15, 20]).unwrap(), shot.udp([30, 40]).unwrap());
        assert!(Arc::ptr_eq(&draft, &shot.udp([15, 20]).unwrap()) && Arc::ptr_eq(&full, &shot.udp([30, 40]).unwrap()));
        shot.udp([45, 60]).unwrap();
        assert!(!Arc::ptr_eq(&draft, &shot.udp([15, 20]).unwrap()), "the oldest is drawn anew");
        assert!(shot.udp([0, 20]).is_err());

        let again = stance.framed(&CameraView::default(), [30, 40], 0.04).unwrap();
        assert!(again.same(&shot) && !again.same(&stance.framed(&CameraView::new(9.0, 0.0), [30, 40], 0.04).unwrap()));
    }
}
