//! The files a figure refers to: found inside its own folder, read and decoded under limits.
//!
//! References in figure files are a wild mixture: back-slashes, other letter case than on disk, percent escapes,
//! Shift-JIS names unpacked as raw bytes. [`Folder::find`] accepts all of them, and nothing that leaves the folder.

use super::{FigureError, Texture, Wrap};
use crate::picture::Picture;
use rayon::prelude::*;
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};

/// No figure file, nor a file it refers to, may be larger: 1 GiB.
pub const MAX_FILE_BYTES: u64 = 1 << 30;
/// No texture may be wider or higher.
pub const MAX_TEXTURE_SIDE_PX: u32 = 8192;
/// All textures of one figure together: 256 Mpx, 1 GiB decoded.
pub const MAX_TEXTURE_PIXELS: u64 = 1 << 28;

/// Reads a whole file of at most [`MAX_FILE_BYTES`]; devices, pipes and folders are refused, so nothing waits for ever.
///
/// # Errors
/// [`FigureError::Io`] and [`FigureError::Unsupported`], both naming `path`.
pub fn read_file(path: &Path) -> Result<Vec<u8>, FigureError> {
    let unsupported = |what: String| FigureError::Unsupported { path: path.to_owned(), what };
    let failed = |source| FigureError::Io { path: path.to_owned(), source };
    let metadata = std::fs::metadata(path).map_err(failed)?;
    if metadata.is_dir() {
        return Err(unsupported("it is a folder; name the figure's file in it".into()));
    }
    if !metadata.is_file() {
        return Err(unsupported("it is a device or a pipe; save it as a file first".into()));
    }
    if metadata.len() > MAX_FILE_BYTES {
        return Err(unsupported(format!(
            "it has {} MiB, and figures may have {} MiB at most",
            metadata.len() >> 20,
            MAX_FILE_BYTES >> 20
        )));
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize);
    File::open(path).and_then(|file| file.take(MAX_FILE_BYTES).read_to_end(&mut bytes)).map_err(failed)?;
    Ok(bytes)
}

/// The folder a figure lies in, or none for a figure in memory.
#[derive(Debug, Default)]
pub struct Folder {
    root: Option<PathBuf>,
    /// Folders listed so far, with the spellings by which each entry may be meant.
    listings: RefCell<HashMap<PathBuf, Vec<(OsString, Vec<String>)>>>,
    /// Bytes read so far: a figure may name the same large file any number of times.
    read: Cell<u64>,
}

impl Folder {
    /// The folder in which `file` lies.
    pub fn of(file: &Path) -> Self {
        let root = match file.parent() {
            Some(p) if !p.as_os_str().is_empty() => p.to_owned(),
            _ => PathBuf::from("."),
        };
        Self { root: Some(root), ..Self::default() }
    }

    /// For a figure in memory: nothing lies beside it.
    pub fn none() -> Self {
        Self::default()
    }

    /// The file that `reference` means. Absolute paths, schemes, drive letters and ways out of the folder are refused.
    ///
    /// # Errors
    /// What was wrong in plain words: lower case, no full stop.
    pub fn find(&self, reference: &str) -> Result<PathBuf, String> {
        let Some(root) = &self.root else {
            return Err(format!("“{reference}” is a file beside the figure, which was read from memory"));
        };
        let mut path = root.clone();
        for part in inside(reference)? {
            path = self.entry(&path, part).ok_or_else(|| format!("“{reference}” is not in the figure's folder"))?;
        }
        Ok(path)
    }

    /// Reads the file that `reference` means.
    ///
    /// # Errors
    /// As [`Folder::find`], and what the system says about reading.
    pub fn read(&self, reference: &str) -> Result<Vec<u8>, String> {
        let path = self.find(reference)?;
        if self.read.get() > MAX_FILE_BYTES {
            return Err(format!("“{reference}” can't be used: the files beside the figure have more than a gibibyte"));
        }
        let bytes = read_file(&path).map_err(|error| match error {
            FigureError::Io { source, .. } => format!("“{reference}” can't be read: {source}"),
            FigureError::Damaged { what, .. } | FigureError::Unsupported { what, .. } => {
                format!("“{reference}” can't be used: {what}")
            }
        })?;
        self.read.set(self.read.get() + bytes.len() as u64);
        Ok(bytes)
    }

    /// The entry of `folder` called `part`: exactly, else in any spelling it may be meant by.
    fn entry(&self, folder: &Path, part: &str) -> Option<PathBuf> {
        let exact = folder.join(part);
        if exact.exists() {
            return Some(exact);
        }
        let wanted = spellings(OsStr::new(part));
        let mut listings = self.listings.borrow_mut();
        let entries = listings.entry(folder.to_owned()).or_insert_with(|| {
            let mut entries: Vec<_> = std::fs::read_dir(folder)
                .into_iter()
                .flatten()
                .flatten()
                .map(|entry| (entry.file_name(), spellings(&entry.file_name())))
                .collect();
            entries.sort();
            entries
        });
        let found = entries.iter().find(|(_, meant)| meant.iter().any(|m| wanted.contains(m)))?;
        Some(folder.join(&found.0))
    }
}

/// The folders and file name in `reference`, none of which leads out of the folder it is relative to.
fn inside(reference: &str) -> Result<Vec<&str>, String> {
    let leaves = || format!("“{reference}” leads out of the figure's folder, which is not allowed");
    let decoded = percent_decode(reference);
    if [reference, &decoded].iter().any(|r| r.starts_with(['/', '\\']) || r.contains(['\0', ':'])) {
        return Err(leaves());
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in reference.split(['/', '\\']) {
        // `..` may also hide behind percent escapes, together with the separators around it.
        let plain = percent_decode(part);
        match plain.as_ref() {
            "" | "." => {}
            ".." => {
                parts.pop().ok_or_else(leaves)?;
            }
            p if p.contains(['/', '\\']) => return Err(leaves()),
            _ => parts.push(part),
        }
    }
    if parts.is_empty() { Err(format!("“{reference}” names no file")) } else { Ok(parts) }
}

/// How a file name may be spelled in a reference: lower case, each of as is, without percent escapes, from Shift-JIS.
fn spellings(name: &OsStr) -> Vec<String> {
    let mut spellings = Vec::new();
    let mut add = |s: &str| {
        let s = s.to_lowercase();
        if !spellings.contains(&s) {
            spellings.push(s);
        }
    };
    if let Some(text) = name.to_str() {
        add(text);
        add(&percent_decode(text));
        let raw: Vec<u8> = percent_decode_bytes(text);
        if let Some(japanese) = shift_jis(&raw) {
            add(&japanese);
        }
    } else if let Some(japanese) = shift_jis(name.as_encoded_bytes()) {
        add(&japanese);
    }
    spellings
}

fn shift_jis(bytes: &[u8]) -> Option<Cow<'_, str>> {
    encoding_rs::SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes)
}

/// `%41` → `A`; anything that is no escape, and all of it when the result is no UTF-8, stays as it is.
pub fn percent_decode(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    String::from_utf8(percent_decode_bytes(text)).map_or(Cow::Borrowed(text), Cow::Owned)
}

fn percent_decode_bytes(text: &str) -> Vec<u8> {
    let raw = text.as_bytes();
    let digit = |at: usize| raw.get(at).and_then(|&b| char::from(b).to_digit(16));
    let mut bytes = Vec::with_capacity(raw.len());
    let mut at = 0;
    while let Some(&byte) = raw.get(at) {
        match (byte, digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high * 16 + low) as u8);
                at += 3;
            }
            _ => {
                bytes.push(byte);
                at += 1;
            }
        }
    }
    bytes
}

/// An image to become a [`Texture`]: its bytes, or why there are none.
#[derive(Clone, Debug)]
pub struct ImageSource<'a> {
    /// File or image name, for messages and for formats only an extension tells (TGA).
    pub name: String,
    /// The encoded image.
    pub bytes: Result<Cow<'a, [u8]>, String>,
    /// Addressing outside [0, 1].
    pub wrap: [Wrap; 2],
}

/// Decodes all images, several at a time. One that is missing, broken or too large becomes a white texture of one
/// pixel and a line in `warnings`: a figure without one of its textures is still worth seeing.
pub fn textures(sources: Vec<ImageSource>, warnings: &mut Vec<String>) -> Vec<Texture> {
    let mut budget = MAX_TEXTURE_PIXELS;
    let admitted: Vec<_> = sources
        .into_iter()
        .map(|source| {
            let bytes = source.bytes.and_then(|bytes| {
                let (width, height) = dimensions(&source.name, &bytes)?;
                let pixels = u64::from(width) * u64::from(height);
                budget = budget
                    .checked_sub(pixels)
                    .ok_or("the figure's textures together have more than 256 megapixels; make some smaller")?;
                Ok(bytes)
            });
            (source.name, bytes, source.wrap)
        })
        .collect();
    let decoded: Vec<_> = admitted
        .into_par_iter()
        .map(|(name, bytes, wrap)| {
            let picture = bytes.and_then(|bytes| decode(&name, &bytes));
            (name, picture, wrap)
        })
        .collect();
    decoded
        .into_iter()
        .map(|(name, picture, wrap)| {
            let picture = picture.unwrap_or_else(|what| {
                warnings.push(format!("the texture “{name}” is drawn white: {what}"));
                white()
            });
            Texture { name, picture, wrap }
        })
        .collect()
}

/// One white pixel: the texture that changes nothing.
pub fn white() -> Picture {
    Picture { width_px: 1, height_px: 1, pixels: vec![[255; 4]] }
}

/// Decodes one image to straight-alpha RGBA. The format is recognized by content; `name`'s extension helps only where
/// content says nothing (TGA).
///
/// # Errors
/// What was wrong in plain words.
pub fn decode(name: &str, bytes: &[u8]) -> Result<Picture, String> {
    let image = reader(name, bytes)?.decode().map_err(|e| refusal(&e))?.into_rgba8();
    let (width_px, height_px) = image.dimensions();
    let pixels = image.into_raw().chunks_exact(4).map(|p| [p[0], p[1], p[2], p[3]]).collect();
    Ok(Picture { width_px, height_px, pixels })
}

fn dimensions(name: &str, bytes: &[u8]) -> Result<(u32, u32), String> {
    reader(name, bytes)?.into_dimensions().map_err(|e| refusal(&e))
}

fn reader<'a>(name: &str, bytes: &'a [u8]) -> Result<image::ImageReader<Cursor<&'a [u8]>>, String> {
    let mut reader =
        image::ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|e: io::Error| e.to_string())?;
    if reader.format().is_none() {
        let extension = Path::new(name).extension().and_then(OsStr::to_str).unwrap_or_default();
        // MMD's sphere maps are BMPs under other names, which content already told; of the rest TGA alone has no mark.
        if !extension.eq_ignore_ascii_case("tga") {
            return Err("it is no picture of a kind Settei reads (PNG, JPEG, WebP, BMP, TGA, TIFF, GIF)".into());
        }
        reader.set_format(image::ImageFormat::Tga);
    }
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(MAX_TEXTURE_SIDE_PX);
    limits.max_image_height = Some(MAX_TEXTURE_SIDE_PX);
    reader.limits(limits);
    Ok(reader)
}

fn refusal(error: &image::ImageError) -> String {
    match error {
        image::ImageError::Limits(_) => {
            format!("it is larger than {MAX_TEXTURE_SIDE_PX}×{MAX_TEXTURE_SIDE_PX} pixels; make it smaller")
        }
        other => format!("the picture can't be decoded ({other})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_with(files: &[&str]) -> (tempfile::TempDir, Folder) {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            let path = dir.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, file).unwrap();
        }
        let folder = Folder::of(&dir.path().join("figure.pmx"));
        (dir, folder)
    }

    #[test]
    fn references_find_files_in_every_spelling() {
        let (dir, folder) = folder_with(&["Tex/Face.PNG", "髪.png", "a b.png", "100%.png", "x/%E9%AB%AA.png"]);
        for (reference, file) in [
            ("tex\\face.png", "Tex/Face.PNG"),
            ("./TEX//FACE.png", "Tex/Face.PNG"),
            ("tex/../Tex/Face.PNG", "Tex/Face.PNG"),
            ("%E9%AB%AA.png", "髪.png"),
            ("a%20b.png", "a b.png"),
            ("100%.png", "100%.png"),
            ("X\\髪.png", "x/%E9%AB%AA.png"),
        ] {
            assert_eq!(folder.find(reference).as_deref(), Ok(dir.path().join(file).as_path()), "{reference}");
        }
        assert!(folder.find("face.png").is_err());
        assert_eq!(folder.read("tex/face.png").unwrap(), b"Tex/Face.PNG");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_name_unpacked_as_raw_shift_jis_is_found() {
        use std::os::unix::ffi::OsStrExt;
        let (dir, folder) = folder_with(&[]);
        let (raw, _, _) = encoding_rs::SHIFT_JIS.encode("表情.png");
        std::fs::write(dir.path().join(OsStr::from_bytes(&raw)), "").unwrap();
        assert!(folder.find("表情.PNG").is_ok());
    }

    #[test]
    fn nothing_outside_the_folder_is_found() {
        let (dir, _) = folder_with(&["secret.png", "inner/figure.pmx"]);
        let folder = Folder::of(&dir.path().join("inner/figure.pmx"));
        for reference in [
            "../secret.png",
            "..\\secret.png",
            "%2e%2e/secret.png",
            "..%2fsecret.png",
            "x/../../secret.png",
            "/etc/passwd",
            "%2fetc%2fpasswd",
            "\\\\server\\share\\a.png",
            "C:\\a.png",
            "file:///etc/passwd",
            "https://example.com/a.png",
            "a\0.png",
        ] {
            let what = folder.find(reference).unwrap_err();
            assert!(what.contains("leads out"), "{reference}: {what}");
        }
        assert!(folder.find("").unwrap_err().contains("names no file"));
        assert!(Folder::none().find("a.png").unwrap_err().contains("memory"));
    }

    #[test]
    fn broken_images_become_white_with_a_warning() {
        let good = Picture { width_px: 1, height_px: 2, pixels: vec![[1, 2, 3, 4], [5, 6, 7, 8]] };
        let source = |name: &str, bytes: Result<Vec<u8>, String>| ImageSource {
            name: name.into(),
            bytes: bytes.map(Cow::Owned),
            wrap: [Wrap::Repeat, Wrap::Clamp],
        };
        let mut warnings = Vec::new();
        let textures = textures(
            vec![
                source("good.bin", Ok(good.to_png().unwrap())),
                source("absent.png", Err("“absent.png” is not there".into())),
                source("text.png", Ok(b"not a picture".to_vec())),
                source("cut.png", Ok(good.to_png().unwrap()[..40].to_vec())),
            ],
            &mut warnings,
        );
        assert_eq!(textures[0].picture, good);
        assert_eq!(textures[0].wrap, [Wrap::Repeat, Wrap::Clamp]);
        assert!(textures[1..].iter().all(|t| t.picture == white()));
        assert_eq!(warnings.len(), 3);
        assert!(warnings[0].contains("absent.png"));
    }

    #[test]
    fn an_image_beyond_the_limits_is_not_decoded() {
        let wide = Picture::new(MAX_TEXTURE_SIDE_PX + 1, 1);
        let what = decode("wide.png", &wide.to_png().unwrap()).unwrap_err();
        assert!(what.contains("larger than 8192"), "{what}");
    }

    #[test]
    fn special_files_and_folders_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        assert!(read_file(dir.path()).unwrap_err().to_string().contains("folder"));
        assert!(read_file(&dir.path().join("absent")).unwrap_err().to_string().contains("can't read"));
        #[cfg(unix)]
        assert!(read_file(Path::new("/dev/zero")).unwrap_err().to_string().contains("device"));
    }
}
