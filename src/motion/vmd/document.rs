//! What a VMD file holds, in its own terms: MMD's units and axes (left-handed, y up, the model looks along −z).

use super::Curve;
use encoding_rs::{GBK, SHIFT_JIS};
use glam::{Quat, Vec3};

/// Frames a second of every VMD file.
pub const FPS: f64 = 30.0;

/// A name as the file has it: bytes of a code page that the file doesn't tell, nearly always Shift-JIS (CP932), cut where
/// the field ends, and be it in the middle of a character.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(pub Vec<u8>);

impl Name {
    /// The bytes of a field up to the first zero: what follows it is anything.
    pub(super) fn of_field(field: &[u8]) -> Self {
        Self(field.iter().copied().take_while(|&byte| byte != 0).collect())
    }

    /// A name that is written: Shift-JIS of at most `most` bytes, cut at a whole character. `None`: Shift-JIS can't say it.
    pub fn written(name: &str, most: usize) -> Option<Self> {
        let (bytes, _, lossy) = SHIFT_JIS.encode(name);
        if lossy || bytes.is_empty() || bytes.contains(&0) {
            return None;
        }
        let mut end = 0;
        for character in name.chars() {
            let length = SHIFT_JIS.encode(character.encode_utf8(&mut [0; 4])).0.len();
            if end + length > most {
                break;
            }
            end += length;
        }
        Some(Self(bytes.get(..end)?.to_vec()))
    }

    /// The bytes by which a model's own name of that kind is found in a file: cut like MMD does, wherever that falls.
    pub(super) fn cut(name: &str, most: usize) -> Self {
        let bytes = SHIFT_JIS.encode(name).0;
        Self(bytes[..bytes.len().min(most)].to_vec())
    }

    /// As text, by the code page of most files.
    pub fn text(&self) -> String {
        decode(SHIFT_JIS, &self.0)
    }

    /// The same by the code page of Chinese systems.
    pub(super) fn chinese(&self) -> String {
        decode(GBK, &self.0)
    }
}

fn decode(page: &'static encoding_rs::Encoding, bytes: &[u8]) -> String {
    let text = page.decode_without_bom_handling(bytes).0;
    // Half a character at the end says nothing.
    text.trim_end_matches('\u{fffd}').to_owned()
}

/// The keys of one bone or morph: rising frames, each once.
#[derive(Clone, Debug, PartialEq)]
pub struct Track<K> {
    /// Whose.
    pub name: Name,
    /// At least one.
    pub keys: Vec<K>,
}

/// A key of anything.
pub(super) trait Key {
    /// When it holds.
    fn frame(&self) -> u32;
}

macro_rules! keys {
    ($($key:ident),*) => { $(impl Key for $key { fn frame(&self) -> u32 { self.frame } })* };
}

keys!(BoneKey, MorphKey, CameraKey, LightKey, ShadowKey, PropertyKey);

/// A bone's shift from its rest and its turn, both in its parent's axes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BoneKey {
    /// When.
    pub frame: u32,
    /// MMD's units.
    pub shift: Vec3,
    /// As the file has it; not always of length one.
    pub turn: Quat,
    /// How shifts in x, y and z, and the turn, come here from the key before.
    pub curves: [Curve; 4],
    /// Bodies of this bone obey physics from here on.
    pub physics: bool,
}

/// A morph's weight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MorphKey {
    /// When.
    pub frame: u32,
    /// 0 to 1 as a rule.
    pub weight: f32,
}

/// Where a camera is that circles round a target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CameraKey {
    /// When.
    pub frame: u32,
    /// From the target; negative: before it.
    pub distance: f32,
    /// What it looks at.
    pub target: Vec3,
    /// Euler angles, radians; see [`super::Camera`].
    pub angles: Vec3,
    /// Of x, y, z, turn, distance and field of view: the times of both points, then their progress.
    pub curves: [Curve; 6],
    /// Field of view from bottom to top, degrees.
    pub fov_deg: u32,
    /// Parallel lines meet.
    pub perspective: bool,
}

/// The light's colour and direction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LightKey {
    /// When.
    pub frame: u32,
    /// RGB.
    pub colour: Vec3,
    /// From the light.
    pub direction: Vec3,
}

/// The shadow that a model throws on itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShadowKey {
    /// When.
    pub frame: u32,
    /// 0 (none), 1 or 2.
    pub mode: u8,
    /// How far it is computed.
    pub distance: f32,
}

/// Switches of a model: they hold until the next key.
#[derive(Clone, Debug, PartialEq)]
pub struct PropertyKey {
    /// When.
    pub frame: u32,
    /// The model is seen.
    pub visible: bool,
    /// IK bones by name: on or off.
    pub ik: Vec<(Name, bool)>,
}

/// A VMD file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vmd {
    /// The model that it was made for; `カメラ・照明` for motions of camera and light.
    pub model: Name,
    /// In the order in which the file names them first.
    pub bones: Vec<Track<BoneKey>>,
    /// Likewise.
    pub morphs: Vec<Track<MorphKey>>,
    /// Rising frames, each once.
    pub camera: Vec<CameraKey>,
    /// Likewise.
    pub light: Vec<LightKey>,
    /// Likewise.
    pub shadow: Vec<ShadowKey>,
    /// Likewise.
    pub properties: Vec<PropertyKey>,
}

impl Vmd {
    /// The last frame that any key names.
    pub fn last_frame(&self) -> u32 {
        fn last<K: Key>(keys: &[K]) -> u32 {
            keys.last().map_or(0, Key::frame)
        }
        let tracks = self.bones.iter().map(|track| last(&track.keys));
        let tracks = tracks.chain(self.morphs.iter().map(|track| last(&track.keys)));
        let rest = [last(&self.camera), last(&self.light), last(&self.shadow), last(&self.properties)];
        tracks.chain(rest).max().unwrap_or(0)
    }

    /// How many keys its bones have.
    pub fn bone_keys(&self) -> usize {
        self.bones.iter().map(|track| track.keys.len()).sum()
    }

    /// How many keys its morphs have.
    pub fn morph_keys(&self) -> usize {
        self.morphs.iter().map(|track| track.keys.len()).sum()
    }

    /// It moves the camera or the light, and no model.
    pub fn is_camera(&self) -> bool {
        self.bones.is_empty() && self.morphs.is_empty() && !(self.camera.is_empty() && self.light.is_empty())
    }
}

/// Puts keys in order; of several at one frame the last in the file counts.
pub(super) fn in_order<K: Key>(keys: &mut Vec<K>) {
    keys.reverse();
    keys.sort_by_key(Key::frame);
    keys.dedup_by_key(|key| key.frame());
}
