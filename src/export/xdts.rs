//! Cels with their exposure sheet: each distinct drawing once, and which is seen when (XDTS, the exchange form of Celsys
//! and Toei's digital time sheets, version 5).

use super::bleed::cleaned;
use super::sequence::{COMMAND, write};
use super::{Clip, ExportError, Exported, Sink};
use crate::files::{OutputFolder, hash};
use crate::picture::Picture;
use serde::Serialize;
use std::collections::HashMap;
use std::path::Path;

/// What such a file begins with.
const MARK: &str = "exchangeDigitalTimeSheet Save Data";
const VERSION: u32 = 5;
/// The field of a sheet that holds cels.
const CELS: u32 = 0;
/// Nothing is seen.
const EMPTY: &str = "SYMBOL_NULL_CELL";

/// `A0001.png` and so on with `NAME.xdts`, in a folder.
pub(super) struct Cels {
    clip: Clip,
    folder: OutputFolder,
    /// The drawing's number by what tells its pixels from others'.
    drawings: HashMap<String, usize>,
    /// Frames at which another drawing is seen, counted from 0.
    changes: Vec<(u64, Option<usize>)>,
    frame: u64,
}

impl Cels {
    pub(super) fn begin(clip: &Clip, target: &Path, overwrite: bool) -> Result<Self, ExportError> {
        let folder = OutputFolder::open(target, COMMAND, overwrite)?;
        Ok(Self { clip: clip.clone(), folder, drawings: HashMap::new(), changes: Vec::new(), frame: 0 })
    }

    fn drawing(&mut self, picture: &Picture) -> Result<Option<usize>, ExportError> {
        if picture.pixels.iter().all(|pixel| pixel[3] == 0) {
            return Ok(None);
        }
        let seen = hash(cleaned(picture).pixels.as_flattened());
        if let Some(&number) = self.drawings.get(&seen) {
            return Ok(Some(number));
        }
        let number = self.drawings.len() + 1;
        write(&self.folder, &format!("A{number:04}.png"), picture)?;
        self.drawings.insert(seen, number);
        Ok(Some(number))
    }
}

impl Sink for Cels {
    fn frame(&mut self, picture: &Picture) -> Result<(), ExportError> {
        let drawing = self.drawing(picture)?;
        if self.changes.last().is_none_or(|(_, last)| *last != drawing) {
            self.changes.push((self.frame, drawing));
        }
        self.frame += 1;
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Exported, ExportError> {
        if self.changes.last().is_some_and(|(_, last)| last.is_some()) {
            self.changes.push((self.frame, None));
        }
        let value = |drawing: Option<usize>| drawing.map_or_else(|| EMPTY.to_owned(), |number| number.to_string());
        let exposure = |&(frame, drawing): &(u64, Option<usize>)| Exposure {
            frame,
            data: [Data { id: 0, values: [value(drawing)] }],
        };
        let track = Track { track_no: 0, frames: self.changes.iter().map(exposure).collect() };
        let sheet = Sheet {
            version: VERSION,
            header: Header { cut: "1".into(), scene: "1".into() },
            time_tables: [TimeTable {
                name: self.clip.name.clone(),
                duration: self.frame,
                time_table_headers: [Names { field_id: CELS, names: ["A".into()] }],
                fields: [Field { field_id: CELS, tracks: [track] }],
            }],
        };
        let name = format!("{}.xdts", crate::files::clean_stem(&self.clip.name));
        let place = self.folder.path().join(&name);
        let json = serde_json::to_string(&sheet).map_err(|error| ExportError::writing(&place)(error.into()))?;
        let file =
            self.folder.write(&name, format!("{MARK}\n{json}\n").as_bytes()).map_err(ExportError::writing(&place))?;
        let (frames, drawings, rate) = (self.frame, self.drawings.len(), self.clip.rate);
        let notes = vec![format!("{frames} frames, {drawings} drawings; the sheet counts {rate} frames a second")];
        Ok(Exported { files: vec![file, self.folder.path().to_owned()], notes })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Sheet {
    version: u32,
    header: Header,
    time_tables: [TimeTable; 1],
}

#[derive(Serialize)]
struct Header {
    cut: String,
    scene: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TimeTable {
    name: String,
    duration: u64,
    time_table_headers: [Names; 1],
    fields: [Field; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Names {
    field_id: u32,
    names: [String; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Field {
    field_id: u32,
    tracks: [Track; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Track {
    track_no: u32,
    frames: Vec<Exposure>,
}

#[derive(Serialize)]
struct Exposure {
    frame: u64,
    data: [Data; 1],
}

#[derive(Serialize)]
struct Data {
    id: u32,
    values: [String; 1],
}
