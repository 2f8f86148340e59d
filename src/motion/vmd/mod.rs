//! VMD, the motions of MikuMikuDance: bones, morphs, camera, light and switches at thirty frames a second.
//!
//! A file brings no skeleton along. On a model of MMD it plays as MMD plays it ([`Binding`]); for all other figures it is
//! solved on MMD's rest, as single poses are ([`crate::pose::vpd`]).

mod bake;
mod curve;
mod document;
mod native;
mod on_rest;
mod read;
mod sample;
mod shots;
#[cfg(test)]
mod tests;
mod write;

pub use bake::{Baked, Legs, bake};
pub use curve::Curve;
pub use document::{BoneKey, CameraKey, FPS, LightKey, MorphKey, Name, PropertyKey, ShadowKey, Track, Vmd};
pub use native::Binding;
pub use sample::Camera;
pub use shots::Shots;

pub(super) use on_rest::OnRest;

use super::clip::Clip;
use super::{MotionError, MotionFile, NameMap};
use crate::figure::Figure;
use crate::pose::vpd::Rest;
use std::path::Path;
use std::sync::Arc;

/// How every file begins.
pub(super) const SIGNATURE: &[u8] = b"Vocaloid Motion Data";
/// What stands in a bone's key where physics is switched off.
const PHYSICS_OFF: [u8; 2] = [0x63, 0x0f];

impl Vmd {
    /// Reads the bytes of a file; with what a user should know about it.
    ///
    /// # Errors
    /// What is wrong: lower case, no full stop.
    pub fn parse(bytes: &[u8]) -> Result<(Self, Vec<String>), String> {
        read::read(bytes)
    }

    /// The bytes of a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        write::write(self)
    }

    /// The camera at a frame, if the file moves one.
    pub fn camera_at(&self, frame: f64) -> Option<Camera> {
        sample::camera(&self.camera, frame)
    }
}

/// Whether a figure is a model of MMD's: told by its bones, as [`crate::pose::vpd`] tells it.
pub(super) fn is_mmd(figure: &Figure) -> bool {
    !figure.ik_chains.is_empty() || figure.joints.iter().any(|joint| !joint.name.is_ascii())
}

/// Reads a VMD file. Its bones' names are MMD's own, so that nothing has to be said about them.
///
/// # Errors
/// Bytes that are no VMD file, or a damaged one.
pub(super) fn read(path: &Path, bytes: &[u8], _: Option<&NameMap>) -> Result<MotionFile, MotionError> {
    let damaged = |what| MotionError::Damaged { path: path.to_owned(), what };
    let (vmd, mut warnings) = Vmd::parse(bytes).map_err(damaged)?;
    let vmd = Arc::new(vmd);
    if vmd.is_camera() {
        warnings.push("it moves the camera and the light, and no figure".into());
    }
    let moves = OnRest::new(Arc::clone(&vmd), Rest::standard());
    if !vmd.bones.is_empty() && !moves.is_human() {
        warnings.push("none of its bones has a name that a human figure's has".into());
    }
    let mut notes = Vec::new();
    if !vmd.model.0.is_empty() {
        notes.push(format!("made for {}", vmd.model.text()));
    }
    let counts = [
        (vmd.bone_keys(), format!(" of {} bones", vmd.bones.len())),
        (vmd.morph_keys(), format!(" of {} morphs", vmd.morphs.len())),
        (vmd.camera.len(), " of the camera".into()),
        (vmd.light.len(), " of the light".into()),
        (vmd.shadow.len(), " of the shadow".into()),
        (vmd.properties.len(), " of switches".into()),
    ];
    let keys = |count: usize| if count == 1 { "1 key".to_owned() } else { format!("{count} keys") };
    notes.extend(counts.into_iter().filter(|(count, _)| *count > 0).map(|(count, of)| keys(count) + &of));
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let frames = u64::from(vmd.last_frame()) + 1;
    let leg_share = moves.leg_share();
    let clip = Clip { name, fps: FPS, frames, leg_share, floorless: false, moves: Arc::new(moves), vmd: Some(vmd) };
    Ok(MotionFile { kind: "MMD", clips: vec![clip], warnings, notes, ..MotionFile::default() })
}
