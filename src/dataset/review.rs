//! Looking at shards that were made.

use super::{DatasetError, Kind, Member, Recipe, Split};
use crate::files::{self, tar};
use crate::progress::Progress;
use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

/// Larger members than this are none of ours.
const LARGEST_BYTES: u64 = 64 << 20;

/// What a folder holds.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Contents {
    /// What it is made of.
    pub plan: Kind,
    /// Shards, pictures and bytes of what is learned from, then of what is held out.
    pub splits: [Part; 2],
}

/// One half of what a folder holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Part {
    /// Files.
    pub shards: u32,
    /// Pictures in them.
    pub pictures: u64,
    /// Their size.
    pub bytes: u64,
}

/// The shards of one half, by number.
fn shards(folder: &Path, split: Split) -> Result<Vec<(u32, PathBuf)>, DatasetError> {
    split.shards(folder).map_err(|source| DatasetError::Read { path: folder.to_owned(), source })
}

fn read(path: &Path, each: impl FnMut(&str, Vec<u8>) -> io::Result<()>) -> Result<(), DatasetError> {
    let file = files::open(path).map_err(|source| DatasetError::Read { path: path.to_owned(), source })?;
    tar::read(io::BufReader::new(file), LARGEST_BYTES, each).map_err(|source| match source.kind() {
        io::ErrorKind::InvalidData => DatasetError::Damaged { path: path.to_owned(), what: source.to_string() },
        _ => DatasetError::Read { path: path.to_owned(), source },
    })
}

/// Counts what `folder` holds.
///
/// # Errors
/// No set there; shards that can't be read.
pub fn info(folder: &Path) -> Result<Contents, DatasetError> {
    let plan = Kind::load(folder)?;
    plan.recipe()?.check().map_err(|what| DatasetError::Plan { path: folder.join(super::FILE), what })?;
    let mut splits = [Part::default(); 2];
    for (part, split) in splits.iter_mut().zip(Split::ALL) {
        for (_, path) in shards(folder, split)? {
            part.shards += 1;
            part.bytes +=
                std::fs::metadata(&path).map_err(|source| DatasetError::Read { path: path.clone(), source })?.len();
            read(&path, |name, _| {
                part.pictures += u64::from(name.ends_with(".png"));
                Ok(())
            })?;
        }
    }
    Ok(Contents { plan, splits })
}

/// Reads every shard: whole, complete, each file of it sound; and draws a part of each again, which must come out the
/// same (figures from files can't be drawn again: where they are is not known).
///
/// # Errors
/// The first shard that isn't as it should be, and why.
pub fn check(folder: &Path, progress: &dyn Progress) -> Result<Contents, DatasetError> {
    let contents = info(folder)?;
    let recipe = &*contents.plan.recipe()?;
    progress.stage("reading shards", contents.splits.iter().map(|s| u64::from(s.shards)).sum());
    for split in Split::ALL {
        for (number, path) in shards(folder, split)? {
            if progress.cancelled() {
                return Err(DatasetError::Cancelled);
            }
            check_shard(recipe, split, number, &path)?;
            progress.advance(1);
        }
    }
    Ok(contents)
}

fn check_shard(recipe: &dyn Recipe, split: Split, number: u32, path: &Path) -> Result<(), DatasetError> {
    let damaged = |what: String| DatasetError::Damaged { path: path.to_owned(), what };
    let parts = recipe.parts(number, split);
    let wanted: BTreeSet<String> = parts.iter().flat_map(|&part| recipe.names(split, part)).collect();
    let first = parts.iter().copied().find(|&part| recipe.can_draw(split, part));
    let of_first = first.map(|part| recipe.names(split, part)).unwrap_or_default();
    let mut there: BTreeSet<String> = BTreeSet::new();
    let mut found: Vec<Member> = Vec::new();
    let mut fault: Option<String> = None;
    read(path, |name, bytes| {
        if let Err(what) = recipe.sound(name, &bytes) {
            fault.get_or_insert(format!("{name}: {what}"));
        }
        if of_first.iter().any(|known| known == name) {
            found.push((name.to_owned(), bytes));
        }
        if !there.insert(name.to_owned()) {
            fault.get_or_insert(format!("{name} is in it twice"));
        }
        Ok(())
    })?;
    if let Some(what) = fault {
        return Err(damaged(what));
    }
    if let Some(name) = wanted.difference(&there).next() {
        return Err(damaged(format!("{name} is missing")));
    }
    if let Some(name) = there.difference(&wanted).next() {
        return Err(damaged(format!("{name} doesn’t belong to it")));
    }
    match first {
        Some(part) if recipe.draw(split, part)? != found => {
            let what = format!("{} comes out differently; another version of Settei made it", of_first[0]);
            Err(damaged(what))
        }
        _ => Ok(()),
    }
}
