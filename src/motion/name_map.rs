//! Which joint of a motion's skeleton is which human bone: guessed, or said in a small JSON file that people may edit.
//!
//! ```json
//! {
//!   "settei_bones": 1,
//!   "bones": { "hips": "Bip01 Pelvis", "leftUpperArm": "arm_01_L" }
//! }
//! ```

use super::MotionError;
use crate::figure::{Figure, HumanBone, Humanoid, Joint};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

const VERSION: u32 = 1;
/// No map comes near this.
const LARGEST_BYTES: u64 = 1 << 20;

/// Names of joints by human bone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NameMap(pub BTreeMap<HumanBone, String>);

#[derive(Serialize, Deserialize)]
struct Written {
    settei_bones: u32,
    bones: BTreeMap<HumanBone, String>,
}

impl NameMap {
    /// Nothing is said.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What a skeleton's joints are taken for.
    pub(super) fn of(figure: &Figure) -> Self {
        let name = |joint: u32| figure.joints[joint as usize].name.clone();
        Self(figure.humanoid.iter().map(|(bone, joint)| (bone, name(joint))).collect())
    }

    /// The joints of those names; of several of one name the first.
    pub(super) fn humanoid(&self, joints: &[Joint]) -> Humanoid {
        let mut humanoid = Humanoid::default();
        for (&bone, name) in &self.0 {
            if let Some(joint) = joints.iter().position(|joint| joint.name == *name) {
                humanoid.set(bone, joint as u32);
            }
        }
        humanoid
    }

    /// Reads a map.
    ///
    /// # Errors
    /// A file that can't be read, or is none.
    pub fn load(path: &Path) -> Result<Self, MotionError> {
        let failed = |source| MotionError::Io { verb: "read", path: path.to_owned(), source };
        let bytes = crate::files::read(path, LARGEST_BYTES).map_err(failed)?;
        let unusable = |what: String| MotionError::Unsupported { path: path.to_owned(), what };
        let written: Written = serde_json::from_slice(&bytes).map_err(|error| {
            unusable(format!("it is no list of bones as `settei motion info --save-names` writes it ({error})"))
        })?;
        if written.settei_bones != VERSION {
            return Err(unusable(format!("a newer Settei wrote it (version {}): update Settei", written.settei_bones)));
        }
        Ok(Self(written.bones))
    }

    /// The text of its file.
    pub fn to_json(&self) -> String {
        let written = Written { settei_bones: VERSION, bones: self.0.clone() };
        serde_json::to_string_pretty(&written).unwrap_or_default() + "\n"
    }
}

/// The names of a skeleton's joints, those that have some.
pub(super) fn joints(figure: &Figure) -> Vec<String> {
    figure.joints.iter().map(|joint| joint.name.clone()).filter(|name| !name.is_empty()).collect()
}

/// Says so if a skeleton can't be understood.
pub(super) fn warning(figure: &Figure) -> Option<String> {
    if figure.humanoid.iter().next().is_none() {
        return Some(
            "no human skeleton was recognized in it, so it moves no figure; say which joint is which bone (--names)"
                .into(),
        );
    }
    let missing = HumanBone::ESSENTIAL.into_iter().filter(|&bone| figure.humanoid.joint(bone).is_none());
    let missing: Vec<&str> = missing.map(HumanBone::name).collect();
    (!missing.is_empty())
        .then(|| format!("its skeleton has no {} that could be recognized (--names)", missing.join(", ")))
}
