//! Sprite sheets for game engines: frames beside each other on a page, and a list of where each is.

mod listing;
mod page;

pub(super) use listing::Listing;
pub(super) use page::Arrangement;

use super::bleed::{bleed, cleaned};
use super::{Clip, ExportError, Exported, Sink, change, png};
use crate::files::hash;
use crate::picture::{Picture, Region};
use listing::Sprite;
use page::Page;
use std::collections::HashMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Graphics cards of phones take textures up to this size.
const LARGEST_PX: u32 = 4096;

/// What our pages know themselves by: a text in the PNG.
const KEYWORD: &str = "Settei sprite sheet";
/// So much of a file holds it.
const HEAD_BYTES: u64 = 512;

/// `NAME.png` with `NAME.json`; where one page is too small, `NAME-1.png` with `NAME-1.json` and so on.
pub(super) struct Sprites {
    clip: Clip,
    target: PathBuf,
    arrangement: Arrangement,
    listing: Listing,
    overwrite: bool,
    /// How wide pages are, and how high at most.
    width_px: u32,
    rows_px: u32,
    page: Page,
    pages: Vec<Finished>,
    sprites: Vec<Sprite>,
    /// Where a frame is that looks the same, on the page that is being filled.
    known: HashMap<String, usize>,
}

/// A page that lies on disk.
struct Finished {
    size_px: [u32; 2],
    sprites: Vec<Sprite>,
}

impl Sprites {
    pub(super) fn begin(
        clip: &Clip,
        target: &Path,
        arrangement: Arrangement,
        listing: Listing,
        samples: &mut dyn Iterator<Item = Result<Picture, ExportError>>,
        overwrite: bool,
    ) -> Result<Self, ExportError> {
        let around = arrangement.around_px();
        if clip.width_px.max(clip.height_px) + around > LARGEST_PX {
            return Err(ExportError::TooLarge(format!(
                "frames of {}×{} pixels don't fit a sprite sheet of {LARGEST_PX}: paint smaller ones",
                clip.width_px, clip.height_px
            )));
        }
        let width_px = match arrangement {
            Arrangement::Grid => page::columns(clip) * clip.width_px,
            Arrangement::Packed => {
                let (mut area, mut count) = (0.0, 0.0);
                for picture in samples {
                    let part = Region::of_content(&picture?).map_or([0, 0], |part| [part.width_px, part.height_px]);
                    area += f64::from(part[0] + around) * f64::from(part[1] + around);
                    count += 1.0;
                }
                // About as wide as high, and a power of two, which old hardware wants.
                let side = (area / f64::max(count, 1.0) * clip.frames as f64).sqrt() as u32;
                side.max(clip.width_px + around).next_power_of_two().min(LARGEST_PX)
            }
        };
        let (clip, target) = (clip.clone(), target.to_owned());
        let (rows_px, page) = (LARGEST_PX, Page::new(width_px, LARGEST_PX));
        let (pages, sprites, known) = Default::default();
        Ok(Self { clip, target, arrangement, listing, overwrite, width_px, rows_px, page, pages, sprites, known })
    }

    /// `hero` for the only page, else `hero-2`.
    fn stem(&self, page: usize, only: bool) -> String {
        let stem = self.target.file_stem().unwrap_or_default().to_string_lossy();
        if only { stem.into_owned() } else { format!("{stem}-{}", page + 1) }
    }

    fn place(&self, page: usize, only: bool, ending: &str) -> PathBuf {
        self.target.with_file_name(format!("{}.{ending}", self.stem(page, only)))
    }

    /// Writes the page that is full.
    fn turn_page(&mut self, only: bool) -> Result<(), ExportError> {
        let picture =
            std::mem::replace(&mut self.page, Page::new(self.width_px, self.rows_px)).picture(self.arrangement);
        let [path, list] = ["png", "json"].map(|ending| self.place(self.pages.len(), only, ending));
        // What an export left that never came to its end: the first list is written last of all.
        let left_over = || is_page(&path) && !self.place(0, only, "json").exists();
        if let Some(taken) = [&path, &list].into_iter().find(|path| path.exists())
            && !(self.overwrite || left_over())
        {
            return Err(ExportError::Taken { path: taken.clone() });
        }
        let text = format!("{KEYWORD}\0a page");
        let bytes = png::with_chunks(&picture, &[png::SRGB, (b"tEXt", text.as_bytes())])?;
        crate::files::write(&path, &bytes).map_err(ExportError::writing(&path))?;
        self.known.clear();
        let sprites = std::mem::take(&mut self.sprites);
        self.pages.push(Finished { size_px: [picture.width_px, picture.height_px], sprites });
        Ok(())
    }
}

impl Sink for Sprites {
    fn frame(&mut self, picture: &Picture) -> Result<(), ExportError> {
        let number = self.pages.iter().map(|page| page.sprites.len()).sum::<usize>() + self.sprites.len();
        let seen = hash(cleaned(picture).pixels.as_flattened());
        if let (Arrangement::Packed, Some(&same)) = (self.arrangement, self.known.get(&seen)) {
            let sprite = self.sprites[same];
            self.sprites.push(Sprite { number, ..sprite });
            return Ok(());
        }
        let part = match self.arrangement {
            Arrangement::Grid => change::whole(picture),
            Arrangement::Packed => {
                Region::of_content(picture).unwrap_or(Region { left_px: 0, top_px: 0, width_px: 1, height_px: 1 })
            }
        };
        let mut whole = picture.clone();
        bleed(&mut whole);
        let cut = change::cut(&whole, part);
        let at = match self.page.put(&cut, self.arrangement) {
            Some(at) => at,
            None => {
                self.turn_page(false)?;
                // An empty page holds one frame: that was looked at first.
                self.page.put(&cut, self.arrangement).unwrap_or_default()
            }
        };
        self.known.insert(seen, self.sprites.len());
        self.sprites.push(Sprite { number, at_px: at, part });
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Exported, ExportError> {
        let only = self.pages.is_empty();
        self.turn_page(only)?;
        let mut exported = Exported::default();
        for (i, page) in self.pages.iter().enumerate().rev() {
            let image = format!("{}.png", self.stem(i, only));
            let others = (0..self.pages.len()).filter(|other| *other != i && i == 0);
            let others: Vec<String> = others.map(|other| format!("{}.json", self.stem(other, only))).collect();
            let path = self.place(i, only, "json");
            let json = self.listing.of(&self.clip, &image, page.size_px, &page.sprites, &others);
            let text = serde_json::to_vec_pretty(&json).map_err(|error| ExportError::writing(&path)(error.into()))?;
            crate::files::write(&path, &text).map_err(ExportError::writing(&path))?;
            exported.files.splice(..0, [path, self.place(i, only, "png")]);
        }
        if self.arrangement == Arrangement::Grid {
            let columns = self.width_px / self.clip.width_px;
            let rows = self.pages.iter().map(|page| page.size_px[1] / self.clip.height_px);
            let rows = rows.map(|rows| rows.to_string()).collect::<Vec<_>>().join(" and ");
            exported.notes.push(format!(
                "{columns} columns, {rows} rows, cells of {}×{} pixels, {} frames a second",
                self.clip.width_px, self.clip.height_px, self.clip.rate
            ));
        }
        Ok(exported)
    }
}

/// An export of ours has written it.
fn is_page(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = crate::files::open(path).and_then(|file| file.take(HEAD_BYTES).read_to_end(&mut head));
    read.is_ok() && png::text(&head, KEYWORD).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::Rate;
    use serde_json::Value;

    #[test]
    fn sprites_that_need_more_pages_get_them() {
        let folder = tempfile::tempdir().unwrap();
        let clip =
            Clip { name: "big".into(), width_px: 15, height_px: 15, rate: Rate::of(12.0), frames: 6, directions: 1 };
        let target = folder.path().join("big.json");
        let begin = |clip: &Clip| {
            let none = &mut std::iter::empty();
            Sprites::begin(clip, &target, Arrangement::Grid, Listing::TexturePacker, none, false)
        };
        let mut sink = begin(&clip).unwrap();
        // Three columns, of which a page takes one row.
        (sink.rows_px, sink.page) = (20, Page::new(45, 20));
        for i in 0..6 {
            sink.frame(&Picture { pixels: vec![[i, 0, 0, 255]; 15 * 15], ..Picture::new(15, 15) }).unwrap();
        }
        let done = Box::new(sink).finish().unwrap();
        let names: Vec<_> = done.files.iter().map(|file| file.file_name().unwrap().to_str().unwrap()).collect();
        assert_eq!(names, ["big-1.json", "big-1.png", "big-2.json", "big-2.png"]);
        let lists = [0, 2].map(|i| serde_json::from_slice::<Value>(&std::fs::read(&done.files[i]).unwrap()).unwrap());
        assert!(lists.iter().all(|list| list["frames"].as_object().unwrap().len() == 3));
        assert_eq!(lists[0]["animations"]["big"].as_array().unwrap().len(), 6);
        assert_eq!(lists[0]["meta"]["related_multi_packs"][0], "big-2.json");
        // One that was killed before it had written its lists leaves pages: the next try takes them for its own.
        std::fs::remove_file(&done.files[0]).unwrap();
        for others in [false, true] {
            if others {
                Picture::new(1, 1).save_png(&done.files[1]).unwrap();
            }
            let mut sink = begin(&clip).unwrap();
            (sink.rows_px, sink.page) = (20, Page::new(45, 20));
            let frames = (0..6).map(|i| Picture { pixels: vec![[i, 0, 0, 255]; 15 * 15], ..Picture::new(15, 15) });
            let again =
                frames.into_iter().try_for_each(|frame| sink.frame(&frame)).and_then(|()| Box::new(sink).finish());
            match again {
                Ok(again) => assert!(!others && again == done),
                Err(error) => assert!(others && error.to_string().contains("big-1.png is there already"), "{error}"),
            }
            let _ = std::fs::remove_file(&done.files[0]);
        }
        let too_large = begin(&Clip { width_px: 5000, ..clip });
        assert!(too_large.err().unwrap().to_string().contains("smaller"));
    }
}
