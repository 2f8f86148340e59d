//! Pose files: small JSON documents that people may write by hand.
//!
//! ```json
//! {
//!   "settei_pose": 1,
//!   "name": "wave",
//!   "bones": { "rightUpperArm": [0.0, 0.0, -0.5, 0.8660254] },
//!   "hips": [0.0, -0.1, 0.0],
//!   "ground": 1.0,
//!   "expressions": { "happy": 1.0 },
//!   "joints": { "Hair_L": { "rotation": [0, 0, 0.1, 0.995], "translation": [0, 0, 0] } }
//! }
//! ```
//!
//! Only `settei_pose` must be there. What the numbers mean is said at [`Pose`] and [`JointPose`].

use super::{HumanBone, JointPose, Pose, PoseError, closest};
use crate::files::motions::Motion;
use glam::{Quat, Vec3};
use serde_json::{Map, Value};
use std::io::Read;
use std::path::Path;

/// The version written; all up to it are read.
pub(super) const VERSION: u64 = 1;

/// No pose comes near this; what does is something else.
const LARGEST_BYTES: u64 = 1 << 20;

const FIELDS: [&str; 7] = ["settei_pose", "name", "bones", "hips", "ground", "expressions", "joints"];

impl Pose {
    /// Reads a pose file: ours or one of MMD ([`super::vpd`]).
    ///
    /// # Errors
    /// A file that can't be read, is no pose, comes from a newer version or holds numbers that make no pose.
    pub fn load(path: &Path) -> Result<Pose, PoseError> {
        let failed = |source| PoseError::Io { verb: "read", path: path.to_owned(), source };
        let file = crate::files::open(path).map_err(failed)?;
        let mut bytes = Vec::new();
        file.take(LARGEST_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
        if let Some(motion) = Motion::of(path, &bytes) {
            return Err(motion.into());
        }
        // A file named as MMD's deserves MMD's messages.
        if super::vpd::is_vpd(&bytes) || path.extension().is_some_and(|e| e.eq_ignore_ascii_case("vpd")) {
            if bytes.len() as u64 > LARGEST_BYTES {
                let what = "it is larger than a megabyte, which no pose is".into();
                return Err(PoseError::Invalid { path: path.to_owned(), what });
            }
            return super::vpd::read(&bytes, path, None);
        }
        Self::from_json(&bytes, path)
    }

    /// Writes a pose file, whole or not at all.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn save(&self, path: &Path, name: &str) -> Result<(), PoseError> {
        crate::files::write(path, self.to_json(name).as_bytes()).map_err(|source| PoseError::Io {
            verb: "write",
            path: path.to_owned(),
            source,
        })
    }

    /// The text of the pose's file.
    pub fn to_json(&self, name: &str) -> String {
        // One line a bone keeps the file readable, which serde_json's own indentation would not.
        let key = |name: &str| Value::from(name).to_string();
        let mut parts = vec![format!("\"settei_pose\": {VERSION}"), format!("\"name\": {}", key(name))];
        let mut list = |name: &str, entries: Vec<String>| {
            if !entries.is_empty() {
                parts.push(format!("\"{name}\": {{\n    {}\n  }}", entries.join(",\n    ")));
            }
        };
        list("bones", self.bones.iter().map(|(b, q)| format!("\"{}\": {}", b.name(), row(&q.to_array()))).collect());
        list("expressions", self.expressions.iter().map(|(n, w)| format!("{}: {w}", key(n))).collect());
        let joint = |(name, j): (&String, &JointPose)| {
            let (rotation, translation) = (row(&j.rotation.to_array()), row(&j.translation.to_array()));
            format!("{}: {{ \"rotation\": {rotation}, \"translation\": {translation} }}", key(name))
        };
        list("joints", self.joints.iter().map(joint).collect());
        if self.hips != Vec3::ZERO {
            parts.push(format!("\"hips\": {}", row(&self.hips.to_array())));
        }
        if self.ground != 0.0 {
            parts.push(format!("\"ground\": {}", self.ground));
        }
        format!("{{\n  {}\n}}\n", parts.join(",\n  "))
    }

    /// Reads the text of a pose file; `path` is for the messages.
    ///
    /// # Errors
    /// As [`Pose::load`].
    pub fn from_json(bytes: &[u8], path: &Path) -> Result<Pose, PoseError> {
        let invalid = |what: String| PoseError::Invalid { path: path.to_owned(), what };
        if bytes.len() as u64 > LARGEST_BYTES {
            return Err(invalid(
                "it is larger than a megabyte. Give a pose file (.json) or a built-in pose's name".into(),
            ));
        }
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        if bytes.iter().find(|b| !b.is_ascii_whitespace()) != Some(&b'{') {
            return Err(invalid("it isn't JSON. Give a pose file (.json) or a built-in pose's name".into()));
        }
        let value: Value = serde_json::from_slice(bytes)
            .map_err(|e| invalid(format!("the JSON breaks off or is mistyped ({e}). Correct it there")))?;
        let fields = value.as_object().ok_or_else(|| invalid("it isn't a JSON object".into()))?;
        match fields.get("settei_pose").map(Value::as_u64) {
            Some(Some(1..=VERSION)) => read(fields).map_err(invalid),
            Some(Some(version @ 2..)) => Err(PoseError::TooNew { path: path.to_owned(), version }),
            Some(_) => Err(invalid(format!("`settei_pose` must be the version number, {VERSION}"))),
            None => Err(invalid(format!("it lacks `\"settei_pose\": {VERSION}`, so it is some other JSON file"))),
        }
    }
}

/// As in pose files, so that a pose inside another file reads the same.
impl serde::Serialize for Pose {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut value: Value = serde_json::from_str(&self.to_json("")).map_err(serde::ser::Error::custom)?;
        if let Some(fields) = value.as_object_mut() {
            fields.remove("name");
        }
        value.serialize(serializer)
    }
}

impl<'de> serde::Deserialize<'de> for Pose {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Map::deserialize(deserializer)?;
        match fields.get("settei_pose").map(Value::as_u64) {
            Some(Some(1..=VERSION)) => read(&fields).map_err(serde::de::Error::custom),
            _ => Err(serde::de::Error::custom(format!("a pose without `\"settei_pose\": {VERSION}`"))),
        }
    }
}

fn row(numbers: &[f32]) -> String {
    let numbers: Vec<String> = numbers.iter().map(f32::to_string).collect();
    format!("[{}]", numbers.join(", "))
}

fn read(fields: &Map<String, Value>) -> Result<Pose, String> {
    if let Some(field) = fields.keys().find(|f| !FIELDS.contains(&f.as_str())) {
        return Err(unknown("field", field, FIELDS));
    }
    if fields.get("name").is_some_and(|n| !n.is_string()) {
        return Err("`name` must be a text".into());
    }
    let mut pose = Pose::default();
    for (name, value) in object(fields, "bones")?.into_iter().flatten() {
        let bone =
            HumanBone::from_name(name).ok_or_else(|| unknown("bone", name, HumanBone::ALL.map(HumanBone::name)))?;
        pose.bones.insert(bone, rotation(value, &format!("bone `{name}`"))?);
    }
    if let Some(value) = fields.get("hips") {
        pose.hips = Vec3::from(numbers(value, "`hips`", "x, y, z in hips-heights")?);
    }
    if let Some(value) = fields.get("ground") {
        pose.ground = share(value, "`ground`")?;
    }
    for (name, value) in object(fields, "expressions")?.into_iter().flatten() {
        pose.expressions.insert(name.clone(), share(value, &format!("expression `{name}`"))?);
    }
    for (name, value) in object(fields, "joints")?.into_iter().flatten() {
        pose.joints.insert(name.clone(), joint(name, value)?);
    }
    Ok(pose)
}

fn joint(name: &str, value: &Value) -> Result<JointPose, String> {
    let parts = value.as_object().ok_or_else(|| format!("joint `{name}` must be an object"))?;
    let mut joint = JointPose::default();
    for (part, value) in parts {
        let what = format!("{part} of joint `{name}`");
        match part.as_str() {
            "rotation" => joint.rotation = rotation(value, &what)?,
            "translation" => joint.translation = Vec3::from(numbers(value, &what, "x, y, z in metres")?),
            _ => return Err(unknown("part of a joint", part, ["rotation", "translation"])),
        }
    }
    Ok(joint)
}

fn object<'a>(fields: &'a Map<String, Value>, name: &str) -> Result<Option<&'a Map<String, Value>>, String> {
    match fields.get(name) {
        None => Ok(None),
        Some(Value::Object(map)) => Ok(Some(map)),
        Some(_) => Err(format!("`{name}` must be an object: {{ name: value, … }}")),
    }
}

/// `N` finite numbers of a size that a figure can have to do with.
fn numbers<const N: usize>(value: &Value, what: &str, expected: &str) -> Result<[f32; N], String> {
    let list = value.as_array().filter(|l| l.len() == N);
    let list = list.ok_or_else(|| format!("{what} must be a list of {N} numbers: {expected}"))?;
    let mut found = [0.0; N];
    for (slot, value) in found.iter_mut().zip(list) {
        *slot = value
            .as_f64()
            .filter(|n| n.abs() <= 1e4)
            .map(|n| n as f32)
            .ok_or_else(|| format!("{what} holds {value}, where a number up to 10000 belongs"))?;
    }
    Ok(found)
}

fn rotation(value: &Value, what: &str) -> Result<Quat, String> {
    let q = Quat::from_array(numbers(value, what, "a unit quaternion x, y, z, w")?);
    // What we wrote comes back bit for bit, rounded decimals are made exact; anything further off is a mistake.
    if (q.length_squared() - 1.0).abs() < 2e-6 {
        Ok(q)
    } else if (0.9..=1.1).contains(&q.length()) {
        Ok(q.normalize())
    } else {
        Err(format!(
            "{what} is a quaternion of length {:.3}, where 1 belongs (no rotation is [0, 0, 0, 1])",
            q.length()
        ))
    }
}

fn share(value: &Value, what: &str) -> Result<f32, String> {
    let number = value.as_f64().filter(|n| (0.0..=1.0).contains(n)).map(|n| n as f32);
    number.ok_or_else(|| format!("{what} is {value}, where a number from 0 to 1 belongs"))
}

fn unknown<'a>(what: &str, name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let shown: String = name.chars().take(64).collect();
    match closest(name, known) {
        Some(meant) => format!("it has an unknown {what} `{shown}`: did you mean `{meant}`?"),
        None => format!("it has an unknown {what} `{shown}`: remove it"),
    }
}
