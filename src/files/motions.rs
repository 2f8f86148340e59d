//! Motions: told from figures and poses, because people give them to whatever opens files; a room above reads them.

use super::formats::{self, Format};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::path::{Path, PathBuf};

/// No figure or motion is larger.
const LARGEST_BYTES: u64 = 4 << 30;
const VRMA: &str = "a VRM animation";

/// Kinds of motions, and how their files begin. Without such a mark the name counts.
const FORMATS: &[Format<&[u8]>] = &[
    Format { name: "an MMD motion", extensions: &["vmd"], self_contained: true, reader: b"Vocaloid Motion Data" },
    Format { name: VRMA, extensions: &["vrma"], self_contained: true, reader: b"" },
    Format { name: "a BVH motion", extensions: &["bvh"], self_contained: true, reader: b"HIERARCHY" },
];

/// A file that holds a motion, as the reason why it is nothing else: one sentence, wherever that is tried.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{path} is {kind}, which moves a figure and is none, nor a pose or a drawing: drop it on the window to play it, or give \
     it to --motion",
    path = path.display()
)]
pub struct Motion {
    /// The file.
    pub path: PathBuf,
    /// What kind of motion, with its article.
    pub kind: &'static str,
}

impl Motion {
    /// The motion that a file is by the ending of its name.
    pub fn by_name(path: &Path) -> Option<Self> {
        formats::by_name(FORMATS, path).map(|format| Self { path: path.to_owned(), kind: format.name })
    }

    /// The motion that a file is by what is in it; `None`, too, where it can't be read.
    pub fn of_file(path: &Path) -> Option<Self> {
        let bytes = super::read(path, LARGEST_BYTES).ok()?;
        Self::of(path, &bytes)
    }

    /// The motion that a file is by what is in it or, where that says nothing, by its name.
    pub fn of(path: &Path, bytes: &[u8]) -> Option<Self> {
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
        let marked = FORMATS.iter().find(|format| !format.reader.is_empty() && text.starts_with(format.reader));
        let named = Self::by_name(path);
        let kind = match marked {
            Some(format) => format.name,
            // A VRM animation is a glTF file, which its name tells best.
            None if !is_gltf(text) || named.as_ref().is_some_and(|named| named.kind == VRMA) => return named,
            None if moves_without_mesh(text) => "a glTF animation without a figure",
            None => return None,
        };
        Some(Self { path: path.to_owned(), kind })
    }
}

fn is_gltf(text: &[u8]) -> bool {
    text.starts_with(b"glTF") || text.starts_with(b"{")
}

/// What of a glTF file tells whether it is a mere motion.
#[derive(Deserialize)]
struct Root {
    #[serde(default)]
    animations: Vec<IgnoredAny>,
    #[serde(default)]
    meshes: Vec<IgnoredAny>,
}

/// A glTF or GLB with something that moves and nothing that is seen.
fn moves_without_mesh(bytes: &[u8]) -> bool {
    // A GLB begins with mark, version and length; then comes the length of the JSON, its mark, and it.
    let json = match bytes.strip_prefix(b"glTF") {
        Some(rest) => rest
            .get(8..12)
            .and_then(|length| Some(u32::from_le_bytes(length.try_into().ok()?) as usize))
            .and_then(|length| rest.get(16..)?.get(..length)),
        None => Some(bytes),
    };
    let root: Option<Root> = json.and_then(|json| serde_json::from_slice(json).ok());
    root.is_some_and(|root| !root.animations.is_empty() && root.meshes.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(name: &str, bytes: &[u8]) -> Option<&'static str> {
        Motion::of(Path::new(name), bytes).map(|motion| motion.kind)
    }

    fn glb(json: &str) -> Vec<u8> {
        let mut bytes = b"glTF\x02\0\0\0".to_vec();
        bytes.extend(((20 + json.len()) as u32).to_le_bytes());
        bytes.extend((json.len() as u32).to_le_bytes());
        bytes.extend(b"JSON");
        bytes.extend(json.as_bytes());
        bytes
    }

    #[test]
    fn motions_are_told_by_content_and_by_name() {
        let moving = r#"{"asset": {"version": "2.0"}, "animations": [{"channels": []}]}"#;
        let figure = r#"{"asset": {"version": "2.0"}, "animations": [{}], "meshes": [{}]}"#;
        for (name, bytes, expected) in [
            ("dance.vmd", &b"Vocaloid Motion Data 0002\0"[..], Some("an MMD motion")),
            ("dance.pmx", b"Vocaloid Motion Data 0002\0", Some("an MMD motion")),
            ("dance.bvh", b"HIERARCHY\nROOT Hips", Some("a BVH motion")),
            ("dance.txt", b"\xef\xbb\xbf\nHIERARCHY\n", Some("a BVH motion")),
            ("dance.vrma", &glb(moving), Some("a VRM animation")),
            ("dance.vrma", b"half a download", Some("a VRM animation")),
            ("dance.glb", &glb(moving), Some("a glTF animation without a figure")),
            ("dance.gltf", moving.as_bytes(), Some("a glTF animation without a figure")),
            ("figure.glb", &glb(figure), None),
            ("figure.glb", b"glTF\x02\0\0\0", None),
            ("figure.gltf", b"{", None),
            ("Dance.VMD", b"anything", Some("an MMD motion")),
            ("figure.vmd", &glb(figure), None),
            ("notes.txt", b"hello", None),
        ] {
            assert_eq!(kind(name, bytes), expected, "{name}");
        }
        let sentence = Motion::by_name(Path::new("a/dance.vmd")).unwrap().to_string();
        assert!(sentence.starts_with("a/dance.vmd is an MMD motion"), "{sentence}");
    }
}
