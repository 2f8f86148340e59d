//! A figure ready to be drawn: every picture of it needs a pose, a view and a size, nothing more.

use crate::figure::landmarks::MapPreset;
use crate::figure::{Figure, LandmarkMap, LocalPose};
use crate::picture::Picture;
use crate::pose::{Camera, CameraView, Pose, Rig};
use crate::raster::{Model, RasterError, Rasterizer, ToonStyle};
use crate::udp::Udp;
use std::sync::Arc;

/// Part of a picture's side left free around the figure.
const MARGIN: f32 = 0.04;

/// A figure on a rasterizer.
pub struct Subject {
    rasterizer: Rasterizer,
    figure: Arc<Figure>,
    rig: Arc<Rig>,
    model: Model,
}

/// Why a figure can't be drawn.
#[derive(Debug, thiserror::Error)]
pub enum SubjectError {
    /// There is nothing to draw.
    #[error("{0} has no surface to draw (only a skeleton or motions): choose a file with a mesh")]
    NoSurface(String),
    /// The rasterizer can't.
    #[error(transparent)]
    Raster(#[from] RasterError),
}

impl Subject {
    /// Gets `figure` ready; its landmarks are fixed here, once.
    ///
    /// # Errors
    /// A figure without triangles; a rasterizer that can't hold it.
    pub fn new(rasterizer: Rasterizer, figure: Figure, map: MapPreset) -> Result<Self, SubjectError> {
        if figure.triangles.is_empty() {
            return Err(SubjectError::NoSurface(figure.name));
        }
        let figure = Arc::new(figure);
        let rig = Rig::new(&figure);
        // What standing on the floor takes is looked up once, here and not while somebody drags.
        rig.resolve(&figure, &Pose { ground: 1.0, ..Pose::default() });
        let map = LandmarkMap::new(&figure, map);
        let model = rasterizer.load(Arc::clone(&figure), &map)?;
        Ok(Self { rasterizer, figure, rig: Arc::new(rig), model })
    }

    /// The figure.
    pub fn figure(&self) -> &Arc<Figure> {
        &self.figure
    }

    /// What posing it takes.
    pub fn rig(&self) -> &Arc<Rig> {
        &self.rig
    }

    /// A pose spelled out for it.
    pub fn resolve(&self, pose: &Pose) -> LocalPose {
        self.rig.resolve(&self.figure, pose)
    }

    /// What draws it, in words.
    pub fn rasterizer(&self) -> &Rasterizer {
        &self.rasterizer
    }

    /// Its Ultra-Dense Pose, framed on the posed figure.
    ///
    /// # Errors
    /// A size beyond what the rasterizer can do, or a lost GPU.
    pub fn udp(&self, pose: &Pose, view: &CameraView, size_px: [u32; 2]) -> Result<Udp, SubjectError> {
        let (local, camera) = self.stage(pose, view, size_px)?;
        Ok(self.rasterizer.udp(&self.model, &local, &camera, size_px)?)
    }

    /// Its toon picture, straight alpha, framed as [`Subject::udp`].
    ///
    /// # Errors
    /// As [`Subject::udp`].
    pub fn toon(&self, pose: &Pose, view: &CameraView, size_px: [u32; 2]) -> Result<Picture, SubjectError> {
        let (local, camera) = self.stage(pose, view, size_px)?;
        Ok(self.rasterizer.toon(&self.model, &local, &camera, size_px, &ToonStyle::default())?)
    }

    /// As [`Subject::toon`], in a style.
    ///
    /// # Errors
    /// As [`Subject::udp`].
    pub fn toon_in(
        &self,
        pose: &Pose,
        view: &CameraView,
        size_px: [u32; 2],
        style: &ToonStyle,
    ) -> Result<Picture, SubjectError> {
        let (local, camera) = self.stage(pose, view, size_px)?;
        self.toon_seen(&local, &camera, size_px, style)
    }

    /// Both at once, as a sheet's view needs them.
    ///
    /// # Errors
    /// As [`Subject::udp`].
    pub fn view(&self, pose: &Pose, view: &CameraView, size_px: [u32; 2]) -> Result<(Picture, Udp), SubjectError> {
        let (local, camera) = self.stage(pose, view, size_px)?;
        let picture = self.rasterizer.toon(&self.model, &local, &camera, size_px, &ToonStyle::default())?;
        Ok((picture, self.rasterizer.udp(&self.model, &local, &camera, size_px)?))
    }

    /// Its model on the rasterizer.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Its Ultra-Dense Pose, seen by a placed camera.
    ///
    /// # Errors
    /// As [`Subject::udp`].
    pub fn udp_seen(&self, local: &LocalPose, camera: &Camera, size_px: [u32; 2]) -> Result<Udp, SubjectError> {
        Ok(self.rasterizer.udp(&self.model, local, camera, size_px)?)
    }

    /// Its toon picture, straight alpha, seen by a placed camera.
    ///
    /// # Errors
    /// As [`Subject::udp`].
    pub fn toon_seen(
        &self,
        local: &LocalPose,
        camera: &Camera,
        size_px: [u32; 2],
        style: &ToonStyle,
    ) -> Result<Picture, SubjectError> {
        Ok(self.rasterizer.toon(&self.model, local, camera, size_px, style)?)
    }

    fn stage(&self, pose: &Pose, view: &CameraView, size_px: [u32; 2]) -> Result<(LocalPose, Camera), SubjectError> {
        let local = self.resolve(pose);
        let points = self.model.posed_positions(&local)?;
        let camera = view.frame(&points, size_px[0] as f32 / size_px[1] as f32, MARGIN);
        Ok((local, camera))
    }
}
