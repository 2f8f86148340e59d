//! Making shards.

use super::{DatasetError, FILE, Kind, Member, Recipe, Split};
use crate::files::{self, tar::Archive};
use crate::progress::Progress;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
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
    recipe: &dyn Recipe,
    shards: RangeInclusive<u32>,
    progress: &dyn Progress,
) -> Result<Made, DatasetError> {
    recipe.check().map_err(|what| DatasetError::Plan { path: folder.join(FILE), what })?;
    claim(folder, &recipe.kind())?;
    let wanted: Vec<(u32, Split)> = shards.flat_map(|shard| Split::ALL.map(|split| (shard, split))).collect();
    let wanted: Vec<_> = wanted.into_iter().map(|(shard, split)| (shard, split, recipe.parts(shard, split))).collect();
    let wanted: Vec<_> = wanted.into_iter().filter(|(.., parts)| !parts.is_empty()).collect();
    let mut made = Made { kept: wanted.len() as u32, ..Made::default() };
    let todo: Vec<_> = wanted.into_iter().filter(|(shard, split, _)| !split.shard(folder, *shard).exists()).collect();
    made.kept -= todo.len() as u32;
    progress.stage("drawing characters", todo.iter().map(|(.., parts)| parts.len() as u64).sum());
    for (shard, split, parts) in todo {
        let drawn: Vec<Vec<Member>> = parts
            .into_par_iter()
            .map(|part| {
                if progress.cancelled() {
                    return Err(DatasetError::Cancelled);
                }
                let members = recipe.draw(split, part)?;
                progress.advance(1);
                Ok(members)
            })
            .collect::<Result<_, _>>()?;
        let path = split.shard(folder, shard);
        files::write_with(&path, |file| {
            let mut archive = Archive::new(file);
            for (name, bytes) in drawn.iter().flatten() {
                archive.add(name, bytes)?;
            }
            archive.finish().map(|_| ())
        })
        .map_err(|source| DatasetError::Write { path, source })?;
        made.written += 1;
        made.pictures += drawn.iter().flatten().filter(|(name, _)| name.ends_with(".png")).count() as u64;
    }
    Ok(made)
}

/// Makes the folder this set's, or finds that it is.
fn claim(folder: &Path, kind: &Kind) -> Result<(), DatasetError> {
    match Kind::load(folder) {
        Ok(there) if there == *kind => Ok(()),
        Ok(_) => Err(DatasetError::Other { path: folder.to_owned() }),
        Err(DatasetError::None { .. }) => {
            let path = folder.join(FILE);
            let write = || {
                std::fs::create_dir_all(folder)?;
                files::write(&path, &serde_json::to_vec_pretty(kind)?)
            };
            write().map_err(|source| DatasetError::Write { path: path.clone(), source })
        }
        Err(error) => Err(error),
    }
}
