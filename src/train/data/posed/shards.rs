//! Pictures read from a data set that `settei dataset psgan` made.

use super::{PosedNote, Shown, colours};
use crate::files::{self, tar};
use crate::picture::Picture;
use crate::progress::Progress;
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
    /// Numbers of actor and pose, as its name has them.
    who_and_how: Option<[u64; 2]>,
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
                let who_and_how = || key.split_once('-').and_then(|(a, b)| Some([a.parse().ok()?, b.parse().ok()?]));
                let new = || Place { shard, who_and_how: who_and_how(), ..Place::default() };
                let place = places.entry(key.to_owned()).or_insert_with(new);
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
        self.read(self.items[Dice::of(&[self.seed, 8, number]).below(self.items.len())], size_px)
    }

    /// How each actor looks: colours in so many poses in which all are shown, one after the other, `size_px` squared. None
    /// where `progress` was cancelled meanwhile.
    ///
    /// # Errors
    /// A shard that can't be read; where not all actors are there, or no pose shows all of them.
    pub fn looks(
        &self,
        wanted: usize,
        size_px: usize,
        progress: &dyn Progress,
    ) -> Result<Option<Vec<Vec<f32>>>, TrainError> {
        let mut known: BTreeMap<u64, BTreeMap<u64, Place>> = BTreeMap::new();
        for place in &self.items {
            if let Some([who, how]) = place.who_and_how {
                known.entry(how).or_default().insert(who, *place);
            }
        }
        let actors = known.values().flat_map(|of| of.keys()).max().map_or(0, |last| last + 1);
        known.retain(|_, of| of.len() as u64 == actors);
        let poses: Vec<&BTreeMap<u64, Place>> = known.values().collect();
        if poses.is_empty() {
            let what = "no pose in it shows every character; make it whole by `settei dataset psgan`, or learn without \
                        `likeness`";
            let path = self.shards.first().and_then(|shard| shard.parent()).unwrap_or(Path::new("")).to_owned();
            return Err(TrainError::DataSet { path, what: what.into() });
        }
        let poses: Vec<_> = super::spread(poses.len() as u64, wanted).map(|i| poses[i as usize]).collect();
        let read = |place| Ok(self.read(place, size_px)?.colours.into_flattened());
        progress.stage(super::MEETING, actors);
        let mut looks = vec![];
        for actor in 0..actors {
            match super::looked_at(progress, poses.iter().map(|of| read(of[&actor])))? {
                Some(look) => looks.push(look),
                None => return Ok(None),
            }
        }
        Ok(Some(looks))
    }

    fn read(&self, place: Place, size_px: usize) -> Result<Shown, TrainError> {
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
