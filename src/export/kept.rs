//! Painted frames that are kept: PNG files that know what they show, in a folder that several workers may fill at once.
//!
//! Each holds a fingerprint of everything that it was painted from. Who comes to a frame with the same fingerprint passes it
//! over; else paints it, beside its name, and renames it. While somebody paints a frame they hold a locked file beside
//! it; the system lets go of the lock when its program dies, whatever ends it. Where a file system has no locks a frame
//! may be painted twice, which does no harm: both are the same.

use super::bleed::bleed;
use super::{ExportError, png};
use crate::files::lock::hold;
use crate::files::{OutputError, OutputFolder, is_rubbish};
use crate::picture::Picture;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// What a file's fingerprint is called in it: a text chunk of a PNG, an attribute of an OpenEXR file, a key of JSON.
pub const KEYWORD: &str = "Settei frame";
/// So much of a file holds its fingerprint.
const HEAD_BYTES: u64 = 4096;
/// Hexadecimal digits of a fingerprint.
const FINGERPRINT_CHARS: usize = 16;
const LOCK_PREFIX: &str = ".settei-";
const LOCK_SUFFIX: &str = ".lock";

/// A folder of kept frames.
#[derive(Debug)]
pub struct Kept {
    /// It goes again if nothing is written to it.
    folder: OutputFolder,
    overwrite: bool,
}

/// What there is to do about a frame.
pub enum Turn {
    /// It is there, with the same fingerprint.
    Kept(PathBuf),
    /// It is to be painted, and nobody else does.
    Mine(Claim),
    /// Another worker paints it just now.
    Others,
}

/// What is kept of a frame.
pub enum Content {
    /// A picture.
    Picture(Picture),
    /// A file's bytes, which hold the fingerprint under [`KEYWORD`] within their first 4096.
    File(Vec<u8>),
}

/// A frame that nobody else paints while this is there.
pub struct Claim {
    path: PathBuf,
    fingerprint: String,
    /// Where there are locks.
    lock: Option<(PathBuf, File)>,
}

impl Kept {
    /// Opens a folder for frames, or makes it. It may hold kept frames of whatever project, and folders of such; other files
    /// are only taken for company with `overwrite`.
    ///
    /// # Errors
    /// A folder that holds other files or can't be written to; a name that is taken.
    pub fn open(folder: &Path, overwrite: bool) -> Result<Self, ExportError> {
        let io = |source| OutputError::Io { path: folder.to_owned(), source };
        if !overwrite && folder.is_dir() {
            let mut others = Vec::new();
            for path in others_in(folder).map_err(io)? {
                // Further layers of the same frames.
                if !path.is_dir() || !others_in(&path).map_err(io)?.is_empty() {
                    others.push(path.file_name().unwrap_or_default().to_string_lossy().into_owned());
                }
            }
            if !others.is_empty() {
                return Err(OutputError::holds_others(folder, others).into());
            }
        }
        Ok(Self { folder: OutputFolder::open(folder, "project render", true)?, overwrite })
    }

    /// What there is to do about the frame of this name.
    ///
    /// # Errors
    /// The name is taken by what is no kept frame; the folder can't be written to.
    pub fn turn(&self, name: &str, wanted: &str) -> Result<Turn, ExportError> {
        let path = self.folder.path().join(name);
        let lock = self.folder.path().join(format!("{LOCK_PREFIX}{name}{LOCK_SUFFIX}"));
        let is_kept = |path: &Path| fingerprint(path).is_some_and(|known| known == wanted);
        if is_kept(&path) {
            if lock.exists()
                && let Ok(Some(held)) = hold(&lock)
            {
                drop(Claim { path: path.clone(), fingerprint: String::new(), lock: Some((lock, held)) });
            }
            return Ok(Turn::Kept(path));
        }
        if !self.overwrite && path.exists() && fingerprint(&path).is_none() {
            return Err(ExportError::Taken { path });
        }
        let lock = match hold(&lock) {
            Ok(Some(held)) => Some((lock, held)),
            Ok(None) => return Ok(Turn::Others),
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {
                let _ = std::fs::remove_file(&lock);
                None
            }
            Err(error) => return Err(ExportError::writing(&path)(error)),
        };
        let claim = Claim { path, fingerprint: wanted.to_owned(), lock };
        // Somebody may have been faster between the first look and the lock.
        if is_kept(&claim.path) { Ok(Turn::Kept(claim.path.clone())) } else { Ok(Turn::Mine(claim)) }
    }
}

impl Claim {
    /// Where the frame will be.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the frame's file will hold: a picture with colour under what is transparent.
    ///
    /// # Errors
    /// A picture without pixels.
    pub fn bytes(&self, content: Content) -> Result<Vec<u8>, ExportError> {
        match content {
            Content::Picture(picture) => packed(picture, &self.fingerprint),
            Content::File(bytes) => Ok(bytes),
        }
    }

    /// Keeps the frame: whole, or not at all.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn write(self, bytes: &[u8]) -> Result<PathBuf, ExportError> {
        crate::files::write(&self.path, bytes).map_err(ExportError::writing(&self.path))?;
        Ok(self.path.clone())
    }

    /// Keeps a frame that looks the same as one that is kept already.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn copy(self, of: &Path) -> Result<PathBuf, ExportError> {
        let bytes = crate::files::read(of, u64::MAX).map_err(ExportError::reading(of))?;
        self.write(&bytes)
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if let Some((path, held)) = self.lock.take() {
            let _ = std::fs::remove_file(path);
            drop(held);
        }
    }
}

/// The bytes of a kept picture: a PNG which knows its fingerprint.
fn packed(mut picture: Picture, fingerprint: &str) -> Result<Vec<u8>, ExportError> {
    bleed(&mut picture);
    let text = [KEYWORD, "\0", fingerprint].concat();
    png::with_chunks(&picture, &[png::SRGB, (b"tEXt", text.as_bytes())])
}

/// What of a folder is neither a kept frame nor belongs to one.
fn others_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut others = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if !is_rubbish(&path) && !is_lock(&path) && fingerprint(&path).is_none() {
            others.push(path);
        }
    }
    Ok(others)
}

fn is_lock(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| name.starts_with(LOCK_PREFIX) && name.ends_with(LOCK_SUFFIX))
}

/// The fingerprint of a kept frame; `None`: it is none.
pub fn fingerprint(path: &Path) -> Option<String> {
    let mut head = Vec::new();
    crate::files::open(path).ok()?.take(HEAD_BYTES).read_to_end(&mut head).ok()?;
    if head.starts_with(&png::SIGNATURE) {
        return png::text(&head, KEYWORD).map(str::to_owned);
    }
    let at = head.windows(KEYWORD.len()).position(|bytes| bytes == KEYWORD.as_bytes())?;
    let hex = |bytes: &&[u8]| bytes.iter().all(u8::is_ascii_hexdigit);
    let found = head[at + KEYWORD.len()..].windows(FINGERPRINT_CHARS).find(hex)?;
    String::from_utf8(found.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keep(claim: Claim, picture: Picture) -> PathBuf {
        let bytes = claim.bytes(Content::Picture(picture)).unwrap();
        claim.write(&bytes).unwrap()
    }

    fn mine(kept: &Kept, name: &str, wanted: &str) -> Claim {
        match kept.turn(name, wanted).unwrap() {
            Turn::Mine(claim) => claim,
            Turn::Kept(_) => panic!("{name} is there"),
            Turn::Others => panic!("{name} is another's"),
        }
    }

    #[test]
    fn a_frame_is_painted_once_and_anew_when_it_shows_something_else() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("frames");
        let kept = Kept::open(&folder, false).unwrap();
        let other = Kept::open(&folder, false).unwrap();
        let claim = mine(&kept, "a_1.png", "red");
        assert!(matches!(other.turn("a_1.png", "red").unwrap(), Turn::Others));
        mine(&other, "a_2.png", "red");
        let mut picture = Picture::new(3, 2);
        *picture.at_mut(1, 1) = [200, 0, 0, 255];
        let path = keep(claim, picture.clone());
        assert!(matches!(other.turn("a_1.png", "red").unwrap(), Turn::Kept(_)));
        // With colour under what is transparent, and nothing else beside it.
        assert_eq!(image::open(&path).unwrap().to_rgba8().get_pixel(0, 0).0, [200, 0, 0, 0]);
        mine(&other, "a_2.png", "red").copy(&path).unwrap();
        keep(mine(&other, "a_1.png", "blue"), picture);
        assert_eq!(fingerprint(&path).as_deref(), Some("blue"));
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 2);
    }

    #[test]
    fn what_a_dead_worker_left_is_nobodys() {
        let parent = tempfile::tempdir().unwrap();
        let kept = Kept::open(parent.path(), false).unwrap();
        let lock = parent.path().join(".settei-a.png.lock");
        std::fs::write(&lock, "").unwrap();
        keep(mine(&kept, "a.png", "x"), Picture::new(1, 1));
        assert!(!lock.exists());
        std::fs::write(&lock, "").unwrap();
        assert!(matches!(Kept::open(parent.path(), false).unwrap().turn("a.png", "x").unwrap(), Turn::Kept(_)));
        assert!(!lock.exists());
    }

    #[test]
    fn what_is_not_ours_is_neither_replaced_nor_joined() {
        let parent = tempfile::tempdir().unwrap();
        Picture::new(1, 1).save_png(&parent.path().join("mine.png")).unwrap();
        let refused = Kept::open(parent.path(), false).unwrap_err().to_string();
        assert!(refused.contains("mine.png") && refused.contains("--overwrite"), "{refused}");
        let kept = Kept { overwrite: false, ..Kept::open(parent.path(), true).unwrap() };
        assert!(matches!(kept.turn("mine.png", "x"), Err(ExportError::Taken { .. })));
        keep(mine(&Kept::open(parent.path(), true).unwrap(), "mine.png", "x"), Picture::new(1, 1));
        Kept::open(parent.path(), false).unwrap();
    }
}
