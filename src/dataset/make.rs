//! Making shards.

use super::scene::{self, Item};
use super::{DatasetError, Plan, Split};
use crate::files::{self, tar::Archive};
use crate::progress::Progress;
use crate::raster::{RasterChoice, Rasterizer};
use crate::udp::UdpFormat;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::io;
use std::ops::RangeInclusive;
use std::path::Path;

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// Shards that it wrote.
    pub written: u32,
    /// Shards that were there.
    pub kept: u32,
    /// Pictures that it drew.
    pub pictures: u64,
}

/// Makes those of `shards` that `folder` lacks.
///
/// # Errors
/// A folder of another plan; what the file system says; figures that can't be drawn; being stopped.
pub fn make(
    folder: &Path,
    plan: &Plan,
    shards: RangeInclusive<u32>,
    progress: &dyn Progress,
) -> Result<Made, DatasetError> {
    plan.check().map_err(|what| DatasetError::Plan { path: folder.join(Plan::FILE), what })?;
    claim(folder, plan)?;
    let rasterizer = Rasterizer::new(RasterChoice::Cpu)?;
    let missing = |shard: u32, split: Split| !Plan::path(folder, shard, split).exists();
    let wanted: Vec<(u32, Split)> = shards.flat_map(|shard| Split::ALL.map(|split| (shard, split))).collect();
    let todo: Vec<(u32, Split)> = wanted.iter().copied().filter(|&(shard, split)| missing(shard, split)).collect();
    let characters: u64 = todo.iter().map(|&(shard, split)| plan.characters(shard, split).count() as u64).sum();
    progress.stage("drawing characters", characters);
    let mut made = Made { kept: (wanted.len() - todo.len()) as u32, ..Made::default() };
    for (shard, split) in todo {
        let characters: Vec<u64> = plan.characters(shard, split).collect();
        let drawn: Vec<Vec<(String, Vec<u8>)>> = characters
            .into_par_iter()
            .map(|character| {
                if progress.cancelled() {
                    return Err(DatasetError::Cancelled);
                }
                let items = scene::items(plan, &rasterizer, character)?;
                let path = || Plan::path(folder, shard, split);
                let members = items.iter().map(members).collect::<io::Result<Vec<_>>>();
                progress.advance(1);
                Ok(members.map_err(|source| DatasetError::Write { path: path(), source })?.concat())
            })
            .collect::<Result<_, _>>()?;
        let path = Plan::path(folder, shard, split);
        files::write_with(&path, |file| {
            let mut archive = Archive::new(file);
            for (name, bytes) in drawn.iter().flatten() {
                archive.add(name, bytes)?;
            }
            archive.finish().map(|_| ())
        })
        .map_err(|source| DatasetError::Write { path, source })?;
        made.written += 1;
        made.pictures += drawn.iter().map(|members| members.len() as u64 / 3).sum::<u64>();
    }
    Ok(made)
}

/// The three files of an item.
pub(super) fn members(item: &Item) -> io::Result<Vec<(String, Vec<u8>)>> {
    let Item { key, picture, udp, note } = item;
    Ok(vec![
        (format!("{key}.png"), picture.to_png().map_err(io::Error::other)?),
        (format!("{key}.npz"), udp.to_bytes(UdpFormat::Npz)?),
        (format!("{key}.json"), serde_json::to_vec(note)?),
    ])
}

/// Makes the folder this plan's, or finds that it is.
fn claim(folder: &Path, plan: &Plan) -> Result<(), DatasetError> {
    match Plan::load(folder) {
        Ok(there) if there == *plan => Ok(()),
        Ok(_) => Err(DatasetError::Other { path: folder.to_owned() }),
        Err(DatasetError::None { .. }) => {
            let path = folder.join(Plan::FILE);
            let write = || {
                std::fs::create_dir_all(folder)?;
                files::write(&path, &serde_json::to_vec_pretty(plan)?)
            };
            write().map_err(|source| DatasetError::Write { path: path.clone(), source })
        }
        Err(error) => Err(error),
    }
}
