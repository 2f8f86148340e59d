//! Humanoid poses and the cameras that look at them.
//!
//! A [`Pose`] comes from the [`library`], from the user's own ([`OwnPoses`]), from a file ([`Pose::load`]), or, for a
//! command line, from any of them ([`named_or_file`]); [`Pose::resolve`] fits it to a figure.

pub mod camera;
mod edit;
mod file;
pub mod hand;
pub mod ik;
mod lengths;
pub mod library;
mod limb;
pub mod limits;
pub mod look;
mod orbit;
mod own;
mod posed;
mod resolve;
mod sculpt;
#[cfg(test)]
mod testing;
pub mod vpd;

pub use crate::figure::HumanBone;
pub use camera::{Camera, CameraError, CameraView};
pub use lengths::{BodyPart, LimbLengths};
pub use limb::limb;
pub use orbit::Orbit;
pub use own::{NamedPose, OwnPoses};
pub use posed::Posed;
pub use resolve::Rig;

use glam::{Quat, Vec3};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A pose that fits any humanoid figure, and any one figure's further joints besides.
///
/// Rotations are *normalized* as in VRM animations: relative to the T-pose, in axes that in T-pose are all parallel to
/// the figure's own (x to its left, y up, z forward), whatever local axes the figure's bones have. Bones, joints and
/// expressions that a figure lacks do no harm: [`Pose::resolve`] says what becomes of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pose {
    /// Rotation of each bone relative to its human parent; absent: none.
    pub bones: BTreeMap<HumanBone, Quat>,
    /// How far the hips leave their T-pose place, in multiples of their height in T-pose.
    pub hips: Vec3,
    /// 1: the figure is raised or lowered until it stands on the floor, whatever its build, and `hips.y` counts for
    /// nothing; 0: the hips are at the height that `hips.y` says; in between: a blend of the two.
    pub ground: f32,
    /// Weights of expressions by name, in [0, 1]; VRM 1.0's preset names (`happy`, `blinkLeft`, `aa` …) fit most figures.
    pub expressions: BTreeMap<String, f32>,
    /// Further joints (hair, skirt, tail …) by the name the figure gives them, on top of what `bones` says.
    pub joints: BTreeMap<String, JointPose>,
}

/// How one joint leaves the place its parent and the T-pose give it, in axes parallel to the figure's own in T-pose.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct JointPose {
    /// Rotation about the joint's place.
    pub rotation: Quat,
    /// Metres.
    pub translation: Vec3,
}

impl Default for JointPose {
    fn default() -> Self {
        Self { rotation: Quat::IDENTITY, translation: Vec3::ZERO }
    }
}

/// Why there is no pose. Every message names the file or the name and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum PoseError {
    /// The file can't be read or written.
    #[error("can't {verb} the pose {path}: {source}", path = path.display())]
    Io {
        /// `read` or `write`.
        verb: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is no pose, or says something that makes none.
    #[error("{path} is not a usable pose: {what}", path = path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What was wrong and the remedy.
        what: String,
    },
    /// The file holds many poses in time.
    #[error(transparent)]
    Motion(#[from] crate::files::motions::Motion),
    /// The file comes from a later version of the program.
    #[error("{path} was written by a newer Settei (pose version {version}; this one reads version {ours}): update Settei to open it",
        path = path.display(), ours = file::VERSION)]
    TooNew {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: u64,
    },
    /// Neither a built-in pose nor one of the user's own nor a file.
    #[error("there is no pose and no file called `{name}`{guess}. The poses are {all}; or give a pose file (.json or .vpd)",
        guess = did_you_mean(nearest), all = all_names(own))]
    Unknown {
        /// What was asked for.
        name: String,
        /// The built-in pose that was probably meant.
        nearest: Option<&'static str>,
        /// The names of the user's own poses.
        own: Vec<String>,
    },
    /// A pose can't be called so.
    #[error("no pose of yours can be called `{name}`: it takes a name that no other pose has")]
    NameTaken {
        /// The name.
        name: String,
    },
}

/// A built-in pose by name, or one of the user's own, or else a pose file; with the name that results made from it should
/// carry (the pose's own, or the file's stem).
///
/// # Errors
/// None of the three, or a file that is no pose.
pub fn named_or_file(name_or_path: &str) -> Result<(String, Pose), PoseError> {
    named_or_file_among(name_or_path, &OwnPoses::of_user())
}

fn named_or_file_among(name_or_path: &str, own: &OwnPoses) -> Result<(String, Pose), PoseError> {
    if let Some((name, pose)) = library::find(name_or_path) {
        return Ok((name.to_owned(), pose));
    }
    let path = Path::new(name_or_path);
    let meant_as_file = path.components().count() > 1 || path.extension().is_some();
    // What looks like a path is one, unless a pose is called exactly so.
    let meant = |found: &NamedPose| !meant_as_file || (found.name == name_or_path && !path.exists());
    if let Some(NamedPose { name, pose }) = own.find(name_or_path).filter(meant) {
        return Ok((name, pose));
    }
    if !meant_as_file && !path.exists() {
        let own = own.list().0.into_iter().map(|pose| pose.name).collect();
        let nearest = library::nearest(name_or_path);
        return Err(PoseError::Unknown { name: name_or_path.to_owned(), nearest, own });
    }
    let pose = Pose::load(path)?;
    let stem = path.file_stem().map_or_else(|| "pose".to_owned(), |s| s.to_string_lossy().into_owned());
    Ok((stem, pose))
}

fn all_names(own: &[String]) -> String {
    let built_in = library::names().map(str::to_owned);
    built_in.iter().chain(own).map(String::as_str).collect::<Vec<_>>().join(", ")
}

fn did_you_mean(nearest: &Option<&'static str>) -> String {
    nearest.map(|n| format!(" (did you mean `{n}`?)")).unwrap_or_default()
}

/// The candidate that `word` was probably meant to be: a few typing errors away at most.
fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word.to_lowercase().chars().take(64).collect();
    candidates
        .into_iter()
        .map(|c| (edit_distance(&word, &c.to_lowercase().chars().collect::<Vec<_>>()), c))
        .min_by_key(|&(distance, _)| distance)
        .filter(|&(distance, c)| distance <= (c.len() / 3).max(1))
        .map(|(_, c)| c)
}

/// Levenshtein's distance: insertions, deletions and replacements between two words.
fn edit_distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_built_in_pose_then_an_own_one_then_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let own = OwnPoses::at(folder.path());
        let dance = library::find("dance").unwrap().1;
        own.keep("hello there", &dance).unwrap();
        assert_eq!(named_or_file_among("Hello-There", &own).unwrap(), ("hello there".to_owned(), dance));
        assert_eq!(named_or_file_among("dance", &own).unwrap().0, "dance");
        let message = named_or_file_among("hello", &own).unwrap_err().to_string();
        assert!(message.contains("lie, hello there;"), "{message}");
        assert!(matches!(named_or_file_among("hello/there", &own), Err(PoseError::Io { .. })), "a file");
    }
}
