//! A figure ready to be drawn: every picture of it needs a pose, a camera and a size, nothing more.

use super::{Model, RasterError, Rasterizer, Shot, Stance};
use crate::dynamics::Chains;
use crate::figure::landmarks::Encoding;
use crate::figure::{Figure, LandmarkMap, LocalPose};
use crate::pose::{CameraView, LimbLengths, Pose, Rig};
use std::sync::Arc;

/// Part of a picture's side left free around the figure where nobody says otherwise.
pub const MARGIN: f32 = 0.04;

/// A figure on a rasterizer.
pub struct Subject {
    rasterizer: Rasterizer,
    figure: Arc<Figure>,
    rig: Arc<Rig>,
    model: Arc<Model>,
    /// What hangs as it comes to rest in each pose.
    chains: Option<Arc<Chains>>,
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
    pub fn new(rasterizer: Rasterizer, figure: Figure, map: impl Into<Encoding>) -> Result<Self, SubjectError> {
        if figure.triangles.is_empty() {
            return Err(SubjectError::NoSurface(figure.name));
        }
        let figure = Arc::new(figure);
        let rig = Rig::new(&figure);
        // What standing on the floor takes is looked up once, here and not while somebody drags.
        rig.resolve(&figure, &Pose { ground: 1.0, ..Pose::default() });
        let map = LandmarkMap::new(&figure, map);
        let model = Arc::new(rasterizer.load(Arc::clone(&figure), &map)?);
        Ok(Self { rasterizer, figure, rig: Arc::new(rig), model, chains: None })
    }

    /// The same figure with other lengths; its landmarks stay.
    pub fn stretched(&self, lengths: &LimbLengths) -> Self {
        Self {
            rasterizer: self.rasterizer.clone(),
            figure: Arc::clone(&self.figure),
            rig: Arc::new(Rig::stretched(&self.figure, lengths)),
            model: Arc::clone(&self.model),
            chains: self.chains.clone(),
        }
    }

    /// The same figure, of which these hang as they come to rest in each pose.
    pub fn hanging(&self, chains: Chains) -> Self {
        Self {
            rasterizer: self.rasterizer.clone(),
            figure: Arc::clone(&self.figure),
            rig: Arc::clone(&self.rig),
            model: Arc::clone(&self.model),
            chains: Some(Arc::new(chains)),
        }
    }

    /// What hangs as it comes to rest in each pose, if anything does.
    pub fn chains(&self) -> Option<&Chains> {
        self.chains.as_deref()
    }

    /// The figure.
    pub fn figure(&self) -> &Arc<Figure> {
        &self.figure
    }

    /// What posing it takes.
    pub fn rig(&self) -> &Arc<Rig> {
        &self.rig
    }

    /// What draws it.
    pub fn rasterizer(&self) -> &Rasterizer {
        &self.rasterizer
    }

    /// Its model on the rasterizer.
    pub fn model(&self) -> &Arc<Model> {
        &self.model
    }

    /// In a pose.
    pub fn stand(self: &Arc<Self>, pose: &Pose) -> Arc<Stance> {
        Arc::new(Stance::new(Arc::clone(self), Arc::new(pose.clone())))
    }

    /// In a pose or, where a motion that was made for this very figure spells joints, morphs and IK out, in those; the pose
    /// is then the nearest one.
    pub fn stand_so(self: &Arc<Self>, pose: &Pose, local: Option<&LocalPose>) -> Arc<Stance> {
        let (subject, pose) = (Arc::clone(self), Arc::new(pose.clone()));
        Arc::new(match local {
            Some(local) => Stance::spelled_out(subject, pose, local.clone()),
            None => Stance::new(subject, pose),
        })
    }

    /// In a pose, framed from a side.
    ///
    /// # Errors
    /// None for a sound figure.
    pub fn shoot(self: &Arc<Self>, pose: &Pose, view: &CameraView, size_px: [u32; 2]) -> Result<Shot, SubjectError> {
        Ok(self.stand(pose).framed(view, size_px, MARGIN)?)
    }
}
