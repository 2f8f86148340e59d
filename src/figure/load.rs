//! Opening a figure file of whatever format: recognized by content first, by extension where content says nothing.

use super::resources::read_file;
use super::{Figure, FigureError, HumanBone, gltf, obj, pmd, pmx};
use std::ffi::OsStr;
use std::path::Path;

/// What Settei reads, for messages.
const FORMATS: &str = "figures may be glTF (.glb, .gltf), VRM (.vrm), MMD (.pmx, .pmd) or Wavefront (.obj)";

/// A figure format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// glTF, GLB, VRM.
    Gltf,
    Pmx,
    Pmd,
    Obj,
}

/// Opens a figure file and what it refers to in its folder.
///
/// # Errors
/// Everything in [`FigureError`], naming the file.
pub fn load(path: &Path) -> Result<Figure, FigureError> {
    let bytes = read_file(path)?;
    let mut figure = match recognize(path, &bytes)? {
        Format::Gltf => gltf::read(path, &bytes)?,
        Format::Pmx => pmx::read(path, &bytes)?,
        Format::Pmd => pmd::read(path, &bytes)?,
        Format::Obj => obj::read(path, &bytes)?,
    };
    figure.warnings.extend(skeleton_warning(&figure));
    Ok(figure)
}

/// Says so if poses won't move the figure, or not all of it.
fn skeleton_warning(figure: &Figure) -> Option<String> {
    if figure.humanoid.iter().next().is_none() {
        return Some(
            "no human skeleton was recognized, so poses don't move it (figures saved as VRM say which bone is which)"
                .into(),
        );
    }
    let missing = HumanBone::ESSENTIAL.into_iter().filter(|&b| figure.humanoid.joint(b).is_none());
    let missing: Vec<&str> = missing.map(HumanBone::name).collect();
    (!missing.is_empty()).then(|| format!("its skeleton has no {} that could be recognized", missing.join(", ")))
}

/// Opens a figure that is all in memory (GLB or VRM): the built-in example, a file in an archive. `name` stands in
/// messages and, without extension, for a name the figure lacks.
///
/// # Errors
/// Everything in [`FigureError`], naming `name`.
pub fn from_bytes(name: &str, bytes: &[u8]) -> Result<Figure, FigureError> {
    match recognize(Path::new(name), bytes)? {
        Format::Gltf => {
            let mut figure = gltf::read_embedded(name, bytes)?;
            figure.warnings.extend(skeleton_warning(&figure));
            Ok(figure)
        }
        Format::Pmx | Format::Pmd | Format::Obj => Err(FigureError::Unsupported {
            path: name.into(),
            what: "only glTF and VRM figures can be opened from memory; save it as a file".into(),
        }),
    }
}

fn recognize(path: &Path, bytes: &[u8]) -> Result<Format, FigureError> {
    let refuse =
        |what: &str| Err(FigureError::Unsupported { path: path.to_owned(), what: format!("{what}; {FORMATS}") });
    if bytes.is_empty() {
        return refuse("it is empty");
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let extension = path.extension().and_then(OsStr::to_str).unwrap_or_default().to_ascii_lowercase();
    match () {
        () if bytes.starts_with(b"glTF") || text.starts_with(b"{") => return Ok(Format::Gltf),
        () if bytes.starts_with(b"PMX ") || bytes.starts_with(b"Pmx ") => return Ok(Format::Pmx),
        () if bytes.starts_with(b"Pmd") => return Ok(Format::Pmd),
        () => {}
    }
    if let Some((_, what)) = FOREIGN.iter().find(|(mark, _)| text.starts_with(mark)) {
        return refuse(what);
    }
    if image::guess_format(bytes).is_ok() {
        return refuse("it is a picture");
    }
    match extension.as_str() {
        // Text without a mark, sometimes in UTF-16.
        "obj" => Ok(Format::Obj),
        "glb" | "gltf" | "vrm" | "vrma" => refuse("despite its name it is no glTF"),
        "pmx" | "pmd" => refuse("despite its name it is no MMD model"),
        _ => refuse("it is of no kind that Settei knows"),
    }
}

/// How files begin that people may take for figures, and what they are.
const FOREIGN: &[(&[u8], &str)] = &[
    (b"Kaydara FBX", "it is an FBX file; export it as glTF (Blender can)"),
    (b"; FBX", "it is an FBX file; export it as glTF (Blender can)"),
    (b"BLENDER", "it is a Blender file; export the figure from Blender as glTF"),
    (b"PK\x03\x04", "it is a ZIP archive; unpack it and open the figure in it"),
    (b"7z\xbc\xaf\x27\x1c", "it is a 7z archive; unpack it and open the figure in it"),
    (b"Rar!", "it is a RAR archive; unpack it and open the figure in it"),
    (b"\x1f\x8b", "it is a gzip archive; unpack it and open the figure in it"),
    (b"\x28\xb5\x2f\xfd", "it is compressed (a Blender file?); export the figure as glTF"),
    (b"Vocaloid Motion Data", "it is an MMD motion (.vmd), not a model"),
    (b"Vocaloid Pose Data", "it is an MMD pose (.vpd), not a model"),
    (b"HIERARCHY", "it is a BVH motion, not a model"),
    (b"UnityFS", "it is a Unity bundle; export the figure as VRM"),
    (b"%YAML", "it is a Unity or YAML file; export the figure as VRM"),
    (b"PXR-USDC", "it is a USD file; export the figure as glTF"),
    (b"#usda", "it is a USD file; export the figure as glTF"),
    (b"xof ", "it is a DirectX model (.x); convert it to PMX"),
    (b"Metasequoia", "it is a Metasequoia model (.mqo); convert it to PMX"),
    (b"solid ", "it is an STL mesh; export it as OBJ"),
    (b"ply\n", "it is a PLY mesh; export it as OBJ"),
    (b"<?xml", "it is an XML file (COLLADA?); export the figure as glTF"),
    (b"<!DOCTYPE", "it is a web page, perhaps a failed download"),
    (b"<html", "it is a web page, perhaps a failed download"),
    (b"%PDF", "it is a PDF document"),
    (b"version https://git-lfs", "it is a Git LFS pointer; fetch the file itself with `git lfs pull`"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::Picture;

    fn refusal(name: &str, bytes: &[u8]) -> String {
        recognize(Path::new(name), bytes).unwrap_err().to_string()
    }

    #[test]
    fn content_decides_before_the_name() {
        for (name, bytes, format) in [
            ("a.obj", &b"glTF\x02\0\0\0"[..], Format::Gltf),
            ("a", b"\xef\xbb\xbf\n { \"asset\": {} }", Format::Gltf),
            ("a.vrm", b"PMX \0\0\0\x40", Format::Pmx),
            ("a.bin", b"Pmd\0\0\x80\x3f", Format::Pmd),
            ("a.OBJ", b"v 0 0 0\n", Format::Obj),
        ] {
            assert_eq!(recognize(Path::new(name), bytes).unwrap(), format, "{name}");
        }
    }

    #[test]
    fn what_is_no_figure_is_named() {
        let png = Picture::new(1, 1).to_png().unwrap();
        for (name, bytes, words) in [
            ("figure.vrm", png.as_slice(), "picture"),
            ("figure.fbx", b"Kaydara FBX Binary  \0", "FBX"),
            ("figure.vrm", b"PK\x03\x04....", "ZIP"),
            ("figure.pmx", b"Vocaloid Motion Data 0002", "motion"),
            ("figure.vrm", b"some notes", "despite its name"),
            ("notes.txt", b"some notes", "no kind that Settei knows"),
            ("empty.glb", b"", "empty"),
        ] {
            let message = refusal(name, bytes);
            assert!(message.contains(words) && message.contains(name) && message.contains(".vrm"), "{message}");
        }
    }
}
