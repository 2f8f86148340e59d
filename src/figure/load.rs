//! Opening a figure file of whatever format: recognized by content first, by extension where content says nothing.

use super::resources::read_file;
use super::{Figure, FigureError, HumanBone, gltf, obj, pmd, pmx, stl};
use crate::files::formats::{self, Format};
use crate::files::motions::Motion;
use std::path::Path;

/// How a format's files are told and read.
#[derive(Clone, Copy, Debug)]
pub struct Reader {
    /// They begin so, byte order mark and blanks before text left aside. Formats without any mark go by their names.
    marks: &'static [&'static [u8]],
    /// Reads a file's bytes; what it refers to lies beside the path.
    read: fn(&Path, &[u8]) -> Result<Figure, FigureError>,
    /// Reads what is all in memory.
    embedded: Option<fn(&str, &[u8]) -> Result<Figure, FigureError>>,
}

const GLTF: Reader = Reader { marks: &[b"glTF", b"{"], read: gltf::read, embedded: Some(gltf::read_embedded) };
const PMX: Reader = Reader { marks: &[b"PMX ", b"Pmx "], read: pmx::read, embedded: None };
const PMD: Reader = Reader { marks: &[b"Pmd"], read: pmd::read, embedded: None };
const OBJ: Reader = Reader { marks: &[], read: obj::read, embedded: None };
const STL: Reader = Reader { marks: &[], read: stl::read, embedded: None };

/// All figure formats.
pub static FORMATS: &[Format<Reader>] = &[
    Format { name: "VRM", extensions: &["vrm"], self_contained: true, reader: GLTF },
    Format { name: "glTF", extensions: &["glb"], self_contained: true, reader: GLTF },
    Format { name: "glTF", extensions: &["gltf"], self_contained: false, reader: GLTF },
    Format { name: "MMD", extensions: &["pmx"], self_contained: false, reader: PMX },
    Format { name: "MMD", extensions: &["pmd"], self_contained: false, reader: PMD },
    Format { name: "Wavefront", extensions: &["obj"], self_contained: false, reader: OBJ },
    Format { name: "STL", extensions: &["stl"], self_contained: true, reader: STL },
];

/// Opens a figure file and what it refers to in its folder.
///
/// # Errors
/// Everything in [`FigureError`], naming the file.
pub fn load(path: &Path) -> Result<Figure, FigureError> {
    let bytes = read_file(path)?;
    let mut figure = (recognize(path, &bytes)?.reader.read)(path, &bytes)?;
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
    let Some(embedded) = recognize(Path::new(name), bytes)?.reader.embedded else {
        return Err(FigureError::Unsupported {
            path: name.into(),
            what: "only glTF and VRM figures can be opened from memory; save it as a file".into(),
        });
    };
    let mut figure = embedded(name, bytes)?;
    figure.warnings.extend(skeleton_warning(&figure));
    Ok(figure)
}

fn recognize(path: &Path, bytes: &[u8]) -> Result<&'static Format<Reader>, FigureError> {
    let refuse = |what: &str| {
        let what = format!("{what}; figures may be {}", formats::names(FORMATS));
        Err(FigureError::Unsupported { path: path.to_owned(), what })
    };
    if bytes.is_empty() {
        return refuse("it is empty");
    }
    if let Some(motion) = Motion::of(path, bytes) {
        return Err(motion.into());
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let marked = |format: &&Format<Reader>| format.reader.marks.iter().any(|mark| text.starts_with(mark));
    if let Some(format) = FORMATS.iter().find(marked) {
        return Ok(format);
    }
    if let Some((_, what)) = FOREIGN.iter().find(|(mark, _)| text.starts_with(mark)) {
        return refuse(what);
    }
    if image::guess_format(bytes).is_ok() {
        return refuse("it is a picture");
    }
    match formats::by_name(FORMATS, path) {
        // Text without a mark, sometimes in UTF-16.
        Some(format) if format.reader.marks.is_empty() => Ok(format),
        Some(format) => refuse(&format!("despite its name it is no {}", format.name)),
        None => refuse("it is of no kind that Settei knows"),
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
    (b"Vocaloid Pose Data", "it is an MMD pose (.vpd), not a model"),
    (b"UnityFS", "it is a Unity bundle; export the figure as VRM"),
    (b"%YAML", "it is a Unity or YAML file; export the figure as VRM"),
    (b"PXR-USDC", "it is a USD file; export the figure as glTF"),
    (b"#usda", "it is a USD file; export the figure as glTF"),
    (b"xof ", "it is a DirectX model (.x); convert it to PMX"),
    (b"Metasequoia", "it is a Metasequoia model (.mqo); convert it to PMX"),
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
        for (name, bytes, extension) in [
            ("a.obj", &b"glTF\x02\0\0\0"[..], "vrm"),
            ("a", b"\xef\xbb\xbf\n { \"asset\": {} }", "vrm"),
            ("a.vrm", b"PMX \0\0\0\x40", "pmx"),
            ("a.bin", b"Pmd\0\0\x80\x3f", "pmd"),
            ("a.OBJ", b"v 0 0 0\n", "obj"),
            ("a.stl", b"solid statue\n", "stl"),
        ] {
            assert_eq!(recognize(Path::new(name), bytes).unwrap().extensions, [extension], "{name}");
        }
    }

    #[test]
    fn what_is_no_figure_is_named() {
        let png = Picture::new(1, 1).to_png().unwrap();
        for (name, bytes, words) in [
            ("figure.vrm", png.as_slice(), "picture"),
            ("figure.fbx", b"Kaydara FBX Binary  \0", "FBX"),
            ("figure.vrm", b"PK\x03\x04....", "ZIP"),
            ("figure.vrm", b"some notes", "despite its name"),
            ("notes.txt", b"some notes", "no kind that Settei knows"),
            ("empty.glb", b"", "empty"),
        ] {
            let message = refusal(name, bytes);
            assert!(message.contains(words) && message.contains(name) && message.contains(".vrm"), "{message}");
        }
    }
}
