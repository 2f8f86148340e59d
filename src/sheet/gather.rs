//! Which files are meant by the paths a user gives.

use super::SheetError;
use crate::picture::formats;
use std::collections::HashSet;
use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A file that should be a drawing.
pub(super) struct Drawing {
    pub(super) path: PathBuf,
    /// Named by the user, not found in a folder.
    pub(super) named: bool,
}

/// Named files, and what looks like a drawing in named folders (not in theirs), sorted; each file once.
pub(super) fn drawings(paths: &[PathBuf]) -> Result<Vec<Drawing>, SheetError> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let mut add = |path: PathBuf, named| {
        if seen.insert(path.canonicalize().unwrap_or_else(|_| path.clone())) {
            found.push(Drawing { path, named });
        }
    };
    for path in paths {
        if path.is_dir() {
            let failed = |source| SheetError::Io { path: path.clone(), source };
            let mut files = Vec::new();
            for entry in std::fs::read_dir(path).map_err(failed)? {
                files.push(entry.map_err(failed)?.path());
            }
            files.sort();
            files.into_iter().filter(|file| looks_like_drawing(file)).for_each(|file| add(file, false));
        } else {
            add(path.clone(), true);
        }
    }
    Ok(found)
}

/// The files that are meant by files and folders as a user gives them: named files as they are, and what looks like a
/// drawing in named folders; each file once.
///
/// # Errors
/// A folder that can't be read.
pub fn drawing_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, SheetError> {
    Ok(drawings(paths)?.into_iter().map(|drawing| drawing.path).collect())
}

/// A picture by its extension, or by its first bytes if it has none; neither hidden nor a UDP.
fn looks_like_drawing(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    if name.starts_with('.') || stem.ends_with(".udp") || !path.is_file() {
        return false;
    }
    // Extensions say what a file is; without one, its beginning does.
    if path.extension().is_some_and(|extension| !extension.is_empty()) {
        return formats::by_name(path).is_some();
    }
    let mut start = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(64).read_to_end(&mut start));
    // TGA has no mark: without a name, too much else may look like it.
    let format = formats::by_content(&start, u64::MAX).filter(|format| format.reader != formats::Reader::Tga);
    read.is_ok() && format.is_some()
}

/// The UDP file beside a drawing.
pub fn sidecar(path: &Path) -> Option<PathBuf> {
    ["npz", "exr", "png"].iter().find_map(|extension| {
        let mut name = OsString::from(path.file_stem()?);
        name.push(".udp.");
        name.push(extension);
        Some(path.with_file_name(name)).filter(|sidecar| sidecar.is_file())
    })
}
