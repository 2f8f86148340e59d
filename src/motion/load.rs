//! Opening a motion file of whatever format: recognized by content first, by its name where content says nothing.

use super::clip::Clip;
use super::{MotionError, NameMap, bvh, gltf, library, vmd};
use crate::files::formats::{self, Format};
use std::path::Path;

/// No motion file may be larger.
const LARGEST_BYTES: u64 = 1 << 30;

/// How a format's files are told, read and written.
#[derive(Clone, Copy, Debug)]
pub struct Reader {
    /// They begin so, byte order mark and blanks before text left aside.
    marks: &'static [&'static [u8]],
    read: fn(&Path, &[u8], Option<&NameMap>) -> Result<MotionFile, MotionError>,
    /// Files of this ending are written as well.
    pub writes: Option<Writes>,
}

/// What a clip can be written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writes {
    /// MMD's.
    Vmd,
    /// VRM's.
    Vrma,
    /// Biovision's.
    Bvh,
}

const GLTF: Reader = Reader { marks: &[b"glTF", b"{"], read: gltf::read, writes: None };

/// All motion formats.
pub static FORMATS: &[Format<Reader>] = &[
    Format {
        name: "MMD",
        extensions: &["vmd"],
        self_contained: true,
        reader: Reader { marks: &[vmd::SIGNATURE], read: vmd::read, writes: Some(Writes::Vmd) },
    },
    Format {
        name: "VRM animation",
        extensions: &["vrma"],
        self_contained: true,
        reader: Reader { writes: Some(Writes::Vrma), ..GLTF },
    },
    Format {
        name: "BVH",
        extensions: &["bvh"],
        self_contained: true,
        reader: Reader { marks: &[b"HIERARCHY"], read: bvh::read, writes: Some(Writes::Bvh) },
    },
    Format { name: "glTF", extensions: &["glb", "vrm"], self_contained: true, reader: GLTF },
    Format { name: "glTF", extensions: &["gltf"], self_contained: false, reader: GLTF },
];

/// A motion file.
#[derive(Debug, Default)]
pub struct MotionFile {
    /// What kind of file it is.
    pub kind: &'static str,
    /// Its clips, at least one.
    pub clips: Vec<Clip>,
    /// What a user should know about it although it could be read.
    pub warnings: Vec<String>,
    /// What its joints are taken for; empty where the format says so itself.
    pub bones: NameMap,
    /// All its joints, from the root on; none where the format says what they are.
    pub joints: Vec<String>,
    /// What else is in it, one phrase each.
    pub notes: Vec<String>,
}

impl MotionFile {
    /// A clip by its name, its name behind the last `|`, whatever the case, or its number from 1.
    pub fn clip(&self, wanted: &str) -> Option<&Clip> {
        let tail = |clip: &&Clip| clip.short_name().eq_ignore_ascii_case(wanted);
        let number = wanted.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        self.clips
            .iter()
            .find(|clip| clip.name == wanted)
            .or_else(|| self.clips.iter().find(|clip| clip.name.eq_ignore_ascii_case(wanted)))
            .or_else(|| self.clips.iter().find(tail))
            .or_else(|| self.clips.get(number?))
    }
}

/// Opens a motion file.
///
/// # Errors
/// Everything in [`MotionError`], naming the file.
pub fn load(path: &Path) -> Result<MotionFile, MotionError> {
    load_with(path, None)
}

/// As [`load()`], where it is said which joint is which bone.
///
/// # Errors
/// Everything in [`MotionError`], naming the file.
pub fn load_with(path: &Path, names: Option<&NameMap>) -> Result<MotionFile, MotionError> {
    let failed = |source| MotionError::Io { verb: "read", path: path.to_owned(), source };
    from_bytes(path, &crate::files::read(path, LARGEST_BYTES).map_err(failed)?, names)
}

/// As [`load_with`], with what tells the file's content from another's ([`crate::files::hash`]).
///
/// # Errors
/// Everything in [`MotionError`], naming the file.
pub fn hashed(path: &Path, names: Option<&NameMap>) -> Result<(MotionFile, String), MotionError> {
    let failed = |source| MotionError::Io { verb: "read", path: path.to_owned(), source };
    let bytes = crate::files::read(path, LARGEST_BYTES).map_err(failed)?;
    Ok((from_bytes(path, &bytes, names)?, crate::files::hash(&bytes)))
}

/// Reads a motion file's bytes; what it refers to lies beside `path`.
///
/// # Errors
/// As [`load()`].
pub fn from_bytes(path: &Path, bytes: &[u8], names: Option<&NameMap>) -> Result<MotionFile, MotionError> {
    let reader = recognize(path, bytes)?;
    (reader.read)(path, bytes, names)
}

/// The built-in motion ([`library`]) of that name, where no file is called so.
pub fn built_in(name: &Path) -> Option<MotionFile> {
    let clip = library::find(name.to_str()?).filter(|_| !name.is_file())?;
    Some(MotionFile { kind: "built in", clips: vec![clip], ..MotionFile::default() })
}

/// `FILE` or `FILE:CLIP`: the file with the clip that is meant, the first where none is named. A file whose whole name has
/// a colon is that file. Where there is no such file, a built-in motion may be meant ([`library`]).
///
/// # Errors
/// As [`load()`]; a clip that isn't there.
pub fn named_clip(wanted: &str, names: Option<&NameMap>) -> Result<(MotionFile, Clip), MotionError> {
    let whole = Path::new(wanted);
    if let Some(file) = built_in(whole)
        && let Some(clip) = file.clips.first().cloned()
    {
        return Ok((file, clip));
    }
    let (path, clip) = file_and_clip(wanted);
    let file = load_with(path, names)?;
    let found = match clip {
        Some(clip) => file.clip(clip),
        None => file.clips.first(),
    };
    let Some(found) = found.cloned() else {
        let (shown, more) = (file.clips.iter().take(40), file.clips.len().saturating_sub(40));
        let mut there: Vec<String> = shown.map(|clip| clip.name.clone()).collect();
        if more > 0 {
            there.push(format!("{more} more"));
        }
        let wanted = clip.unwrap_or_default().to_owned();
        return Err(MotionError::NoClip { path: path.to_owned(), wanted, there: there.join(", ") });
    };
    Ok((file, found))
}

/// The file of `FILE` or `FILE:CLIP`, and the clip that is named.
pub fn file_and_clip(wanted: &str) -> (&Path, Option<&str>) {
    let whole = Path::new(wanted);
    let parts = wanted.match_indices(':').map(|(at, _)| (&wanted[..at], &wanted[at + 1..]));
    let split = if whole.exists() { None } else { parts.rev().find(|(file, _)| Path::new(file).is_file()) };
    split.map_or((whole, None), |(file, clip)| (Path::new(file), Some(clip)))
}

/// What a file of that name is written as.
///
/// # Errors
/// An ending of no motion that is written.
pub fn writes(path: &Path) -> Result<Writes, MotionError> {
    let written = formats::by_name(FORMATS, path).and_then(|format| format.reader.writes);
    written.ok_or_else(|| {
        let endings: Vec<_> = FORMATS.iter().filter(|format| format.reader.writes.is_some()).copied().collect();
        MotionError::Unsupported {
            path: path.to_owned(),
            what: format!("motions are written as {}: let its name end so", formats::endings(&endings)),
        }
    })
}

fn recognize(path: &Path, bytes: &[u8]) -> Result<&'static Reader, MotionError> {
    let refuse = |what: &str| {
        let what = format!("{what}; motions may be {}", formats::names(FORMATS));
        Err(MotionError::Unsupported { path: path.to_owned(), what })
    };
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    // Some BVH files are written in lower case.
    let begins = |mark: &&[u8]| text.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark));
    let marked = |format: &&Format<Reader>| format.reader.marks.iter().any(&begins);
    if bytes.is_empty() {
        return refuse("it is empty");
    }
    if let Some(format) = FORMATS.iter().find(marked) {
        return Ok(&format.reader);
    }
    if let Some((_, what)) = FOREIGN.iter().find(|(mark, _)| text.starts_with(mark)) {
        return refuse(what);
    }
    match formats::by_name(FORMATS, path) {
        Some(format) => refuse(&format!("despite its name it is no {} file", format.name)),
        None => refuse("it is of no kind that Settei knows"),
    }
}

/// How files begin that people may take for motions, and what they are.
const FOREIGN: &[(&[u8], &str)] = &[
    (b"Kaydara FBX", "it is an FBX file; convert it to glTF or BVH first (Blender can)"),
    (b"; FBX", "it is an FBX file; convert it to glTF or BVH first (Blender can)"),
    (b"BLENDER", "it is a Blender file; export the motion from Blender as glTF or BVH"),
    (b"Vocaloid Pose Data", "it is a single pose of MMD (.vpd), which goes wherever poses do"),
    (b"Polygon Movie maker", "it is a scene of MMD (.pmm); save the motion as .vmd in MMD"),
    (b"PMX ", "it is an MMD model, which has no motion"),
    (b"Pmd", "it is an MMD model, which has no motion"),
    (b"PK\x03\x04", "it is a ZIP archive; unpack it and open the motion in it"),
    (b"%YAML", "it is a Unity or YAML file; export the motion as VRM animation, glTF or BVH"),
    (b"version https://git-lfs", "it is a Git LFS pointer; fetch the file itself with `git lfs pull`"),
    (b"<!DOCTYPE", "it is a web page, perhaps a failed download"),
    (b"<html", "it is a web page, perhaps a failed download"),
];
