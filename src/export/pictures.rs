//! [`Pictures`]: the frames that an export is made of, as files on disk.

use super::ExportError;
use crate::picture::Picture;
use crate::picture::decode::{Budget, MAX_FILE_BYTES, Rules, decode};
use crate::progress::Progress;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// How many frames a palette or a page is chosen from.
const SAMPLES: usize = 16;
/// Frames are whole files of ours or others', decoded as they are.
const RULES: Rules = Rules { as_stored: true, ..Rules::DRAWING };

/// Picture files in the order of their numbers, at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pictures {
    files: Vec<PathBuf>,
    /// Numbers between the first and the last that others would lead to expect.
    missing: Vec<i64>,
}

impl Pictures {
    /// These files, in this order.
    ///
    /// # Errors
    /// None of them.
    pub fn of(files: Vec<PathBuf>, from: &Path) -> Result<Self, ExportError> {
        if files.is_empty() {
            return Err(ExportError::NoFrames { path: from.to_owned() });
        }
        Ok(Self { files, missing: Vec::new() })
    }

    /// The numbered PNG files of a folder, or those that are called like the one that is named, up to its number.
    ///
    /// # Errors
    /// A folder that can't be read, holds none or holds several sequences.
    pub fn find(path: &Path) -> Result<Self, ExportError> {
        let (folder, like) = match numbered(path) {
            Some((stem, _)) if path.is_file() => (path.parent().unwrap_or(Path::new("")), Some(stem)),
            _ => (path, None),
        };
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let mut sequences: BTreeMap<String, Vec<(i64, PathBuf)>> = BTreeMap::new();
        for entry in std::fs::read_dir(folder).map_err(ExportError::reading(folder))? {
            let file = entry.map_err(ExportError::reading(folder))?.path();
            if let Some((stem, number)) = numbered(&file).filter(|_| file.is_file()) {
                sequences.entry(stem).or_default().push((number, file));
            }
        }
        if let Some(like) = like {
            sequences.retain(|stem, _| *stem == like);
        }
        if sequences.len() > 1 {
            let names = sequences.into_keys().take(4).map(|stem| format!("{}…", crate::text::line(&stem))).collect();
            return Err(ExportError::Several { path: path.to_owned(), names });
        }
        let mut files = sequences.into_values().next().unwrap_or_default();
        files.sort();
        let numbers: Vec<i64> = files.iter().map(|(number, _)| *number).collect();
        let files = files.into_iter().map(|(_, file)| file).collect();
        Ok(Self { missing: missing(&numbers), ..Self::of(files, path)? })
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Never: there is at least one.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Numbers between the first and the last that lack a file, as far as the others tell.
    pub fn missing(&self) -> &[i64] {
        &self.missing
    }

    /// The file of one. Panics beyond the last.
    pub fn path(&self, i: usize) -> &Path {
        &self.files[i]
    }

    /// Reads one. Panics beyond the last.
    ///
    /// # Errors
    /// A file that can't be read or is no picture.
    pub fn open(&self, i: usize) -> Result<Picture, ExportError> {
        let path = self.path(i);
        let bytes = crate::files::read(path, MAX_FILE_BYTES).map_err(ExportError::reading(path))?;
        let decoded = decode(&bytes, path, RULES, &Budget::for_one());
        decoded.map(|decoded| decoded.picture).map_err(|what| ExportError::Picture { path: path.to_owned(), what })
    }

    /// Some of them, from the whole length.
    pub(super) fn samples(&self, progress: &dyn Progress) -> impl Iterator<Item = Result<Picture, ExportError>> {
        let count = self.len().min(SAMPLES);
        (0..count).map(move |i| {
            if progress.cancelled() {
                return Err(ExportError::Stopped);
            }
            self.open(i * self.len() / count)
        })
    }
}

/// What stands before the number in a PNG file's name, and the number.
fn numbered(path: &Path) -> Option<(String, i64)> {
    let png = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("png"));
    let stem = path.file_stem().and_then(|stem| stem.to_str()).filter(|stem| png && !stem.starts_with('.'))?;
    let before = stem.trim_end_matches(|c: char| c.is_ascii_digit());
    let number: i64 = stem[before.len()..].parse().ok()?;
    // A minus of its own is the number's: `hero_-0003` is before `hero_0000`.
    match before.strip_suffix('-') {
        Some(before) if before.is_empty() || before.ends_with('_') => Some((before.to_owned(), -number)),
        _ => Some((before.to_owned(), number)),
    }
}

/// Numbers that are left out of a row whose usual step is its smallest.
fn missing(numbers: &[i64]) -> Vec<i64> {
    let steps = numbers.windows(2).map(|pair| pair[1] - pair[0]);
    let Some(step) = steps.filter(|step| *step > 0).min() else { return Vec::new() };
    let gap = |pair: &[i64]| (pair[0] + step..pair[1]).step_by(step as usize).collect::<Vec<_>>();
    numbers.windows(2).flat_map(gap).take(1000).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_found_in_the_order_of_their_numbers() {
        let folder = tempfile::tempdir().unwrap();
        let none = Pictures::find(folder.path()).unwrap_err().to_string();
        assert!(none.contains("hero_0001.png"), "{none}");
        for name in ["a_10.png", "a_8.png", "a_14.png", "a_-2.png", "note.txt", "cover.png", ".a_9.png"] {
            Picture::new(2, 1).save_png(&folder.path().join(name)).unwrap();
        }
        let found = Pictures::find(folder.path()).unwrap();
        let names: Vec<_> = found.files.iter().map(|f| f.file_name().unwrap().to_str().unwrap()).collect();
        assert_eq!(names, ["a_-2.png", "a_8.png", "a_10.png", "a_14.png"]);
        assert_eq!(found.missing(), [0, 2, 4, 6, 12]);
        assert_eq!(found.open(3).unwrap(), Picture::new(2, 1));

        std::fs::write(folder.path().join("b1.png"), "no picture").unwrap();
        let several = Pictures::find(folder.path()).unwrap_err().to_string();
        assert!(several.contains("a_…, b…") && several.contains("first picture"), "{several}");
        assert_eq!(Pictures::find(&folder.path().join("a_8.png")).unwrap().len(), 4);
        let broken = Pictures::find(&folder.path().join("b1.png")).unwrap().open(0).unwrap_err().to_string();
        assert!(broken.contains("b1.png"), "{broken}");
        assert!(Pictures::find(&folder.path().join("nowhere")).is_err());
    }
}
