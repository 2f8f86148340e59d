//! Looking at shards that were made.

use super::make::members;
use super::scene;
use super::{DatasetError, Plan, Split};
use crate::files::{self, tar};
use crate::progress::Progress;
use crate::raster::{RasterChoice, Rasterizer};
use crate::udp::Udp;
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
    pub plan: Plan,
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
    let failed = |source| DatasetError::Read { path: folder.to_owned(), source };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let number = name.strip_prefix(split.name()).and_then(|n| n.strip_prefix('-')?.strip_suffix(".tar"));
        if let Some(number) = number.and_then(|n| n.parse().ok()) {
            found.push((number, path));
        }
    }
    found.sort();
    Ok(found)
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
    let plan = Plan::load(folder)?;
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

/// Reads every shard: whole, complete, every UDP sound and of the drawing's size; and draws the first character of each
/// again, which must come out the same.
///
/// # Errors
/// The first shard that isn't as it should be, and why.
pub fn check(folder: &Path, progress: &dyn Progress) -> Result<Contents, DatasetError> {
    let contents = info(folder)?;
    let plan = &contents.plan;
    let rasterizer = Rasterizer::new(RasterChoice::Cpu)?;
    progress.stage("reading shards", contents.splits.iter().map(|s| u64::from(s.shards)).sum());
    for split in Split::ALL {
        for (number, path) in shards(folder, split)? {
            if progress.cancelled() {
                return Err(DatasetError::Cancelled);
            }
            let damaged = |what: String| DatasetError::Damaged { path: path.clone(), what };
            let mut there: BTreeSet<String> = BTreeSet::new();
            let mut first: Vec<(String, Vec<u8>)> = Vec::new();
            let start = plan.characters(number, split).next().unwrap_or_default();
            let mut fault: Option<String> = None;
            read(&path, |name, bytes| {
                if name.starts_with(&format!("{start:08}-")) {
                    first.push((name.to_owned(), bytes.clone()));
                }
                if let Err(what) = sound(plan, name, &bytes) {
                    fault.get_or_insert(format!("{name}: {what}"));
                }
                if !there.insert(name.to_owned()) {
                    fault.get_or_insert(format!("{name} is in it twice"));
                }
                Ok(())
            })?;
            if let Some(what) = fault {
                return Err(damaged(what));
            }
            let keys =
                plan.characters(number, split).flat_map(|c| (0..plan.views).map(move |v| format!("{c:08}-{v:02}")));
            let wanted: BTreeSet<String> =
                keys.flat_map(|key| ["png", "npz", "json"].map(|kind| format!("{key}.{kind}"))).collect();
            if let Some(name) = wanted.difference(&there).next() {
                return Err(damaged(format!("{name} is missing")));
            }
            if let Some(name) = there.difference(&wanted).next() {
                return Err(damaged(format!("{name} doesn’t belong to it")));
            }
            let again = scene::items(plan, &rasterizer, start)?;
            let again = again.iter().map(members).collect::<io::Result<Vec<_>>>();
            let again = again.map_err(|source| DatasetError::Read { path: path.clone(), source })?.concat();
            if again != first {
                return Err(damaged(format!(
                    "character {start} comes out differently; another version of Settei made it"
                )));
            }
            progress.advance(1);
        }
    }
    Ok(contents)
}

/// Looks at one member alone.
fn sound(plan: &Plan, name: &str, bytes: &[u8]) -> Result<(), String> {
    let size = [plan.size_px; 2];
    let kind = name.rsplit('.').next().unwrap_or_default();
    let found = match kind {
        "png" => {
            let picture =
                image::load_from_memory_with_format(bytes, image::ImageFormat::Png).map_err(|e| e.to_string())?;
            [picture.width(), picture.height()]
        }
        "npz" => {
            let udp = Udp::from_bytes(bytes)?;
            if udp.surface_points() == 0 {
                return Err("nothing is seen in it".into());
            }
            [udp.width_px, udp.height_px]
        }
        "json" => serde_json::from_slice::<serde_json::Value>(bytes).map(|_| size).map_err(|e| e.to_string())?,
        _ => return Err("it is no drawing, UDP or description".into()),
    };
    if found != size {
        return Err(format!("it has {}×{} pixels instead of {2}×{2}", found[0], found[1], plan.size_px));
    }
    Ok(())
}
