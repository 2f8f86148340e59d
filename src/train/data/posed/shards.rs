//! Pictures read from a data set that `settei dataset psgan` made.

use super::{PosedNote, Shown, colours};
use crate::files::{self, tar};
use crate::picture::Picture;
use crate::train::data::Split;
use crate::train::{Dice, TrainError};
use std::collections::BTreeMap;
use std::io::{self, Read as _, Seek as _};
use std::path::{Path, PathBuf};

/// No picture and no description is larger.
const LARGEST_BYTES: u64 = 64 << 20;

/// The pictures of one half of a data set, where they lie; each is read when it is wanted.
pub struct PosedShards {
    seed: u64,
    shards: Vec<PathBuf>,
    items: Vec<Place>,
}

/// Where picture and description are in a shard: offset and length, bytes.
#[derive(Clone, Copy, Default)]
struct Place {
    shard: usize,
    png: Option<[u64; 2]>,
    json: Option<[u64; 2]>,
}

impl PosedShards {
    /// Looks where the pictures of a half are; `seed` says in which order they come.
    ///
    /// # Errors
    /// A folder without such shards, or with damaged ones.
    pub fn open(folder: &Path, split: Split, seed: u64) -> Result<Self, TrainError> {
        let shards = split.shards(folder).map_err(TrainError::reading(folder))?;
        let shards: Vec<PathBuf> = shards.into_iter().map(|(_, path)| path).collect();
        let mut items = vec![];
        for (shard, path) in shards.iter().enumerate() {
            let members = files::open(path).and_then(|file| tar::index(io::BufReader::new(file)));
            let members = members.map_err(TrainError::reading(path))?;
            let mut places: BTreeMap<String, Place> = BTreeMap::new();
            for tar::Member { name, at, length } in members {
                let Some((key, kind)) = name.split_once('.') else { continue };
                let place = places.entry(key.to_owned()).or_insert(Place { shard, ..Place::default() });
                match kind {
                    "png" => place.png = Some([at, length]),
                    "json" => place.json = Some([at, length]),
                    _ => {}
                }
            }
            items.extend(places.into_values().filter(|place| place.png.is_some() && place.json.is_some()));
        }
        if items.is_empty() {
            let what = "it holds no pictures with keypoints; make them by `settei dataset psgan`".to_owned();
            return Err(TrainError::DataSet { path: folder.to_owned(), what });
        }
        Ok(Self { seed, shards, items })
    }

    /// How many pictures there are.
    pub fn count(&self) -> usize {
        self.items.len()
    }

    /// The picture of this number, `size_px` squared, and its keypoints: one by lot, a function of the seed and the number.
    ///
    /// # Errors
    /// A shard that can't be read; a side that isn't the data set's or a half, a quarter … of it.
    pub fn picture(&self, number: u64, size_px: usize) -> Result<Shown, TrainError> {
        let place = self.items[Dice::of(&[self.seed, 8, number]).below(self.items.len())];
        let size = size_px as u32;
        let path = &self.shards[place.shard];
        let read = |at: Option<[u64; 2]>| {
            let [at, length] = at.unwrap_or_default();
            let mut file = files::open(path)?;
            file.seek(io::SeekFrom::Start(at))?;
            let mut bytes = vec![];
            file.take(length.min(LARGEST_BYTES)).read_to_end(&mut bytes).map(|_| bytes)
        };
        let unfit = |what: String| TrainError::DataSet { path: path.clone(), what };
        let [png, json] = [place.png, place.json].map(read);
        let png = png.map_err(TrainError::reading(path))?;
        let note: PosedNote = serde_json::from_slice(&json.map_err(TrainError::reading(path))?)
            .map_err(|error| unfit(format!("a description in it is no such: {error}")))?;
        let image = image::load_from_memory_with_format(&png, image::ImageFormat::Png)
            .map_err(|error| unfit(format!("a picture in it is damaged: {error}")))?
            .into_rgba8();
        let (width_px, height_px) = image.dimensions();
        if width_px != height_px
            || width_px < size
            || !width_px.is_multiple_of(size)
            || !(width_px / size).is_power_of_two()
        {
            let what =
                format!("its pictures are {width_px}×{height_px} pixels, and {size}×{size} can't be made of them");
            return Err(unfit(what));
        }
        let picture = Picture { width_px, height_px, pixels: image.pixels().map(|pixel| pixel.0).collect() };
        let keypoints = note.places().map_err(unfit)?;
        Ok(Shown { colours: colours(picture, size_px), keypoints, actor: note.actor })
    }
}
