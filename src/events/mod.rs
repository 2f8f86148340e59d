//! What crosses the border of a process: one JSON object a line, its kind in the field `event`. With `--json` every
//! command writes them, and whoever starts one reads them back as the same [`Event`]s.

mod compared;
mod experiment;
mod measured;

pub use compared::{Compared, ComparedAll, ComparedKind, Measured};
pub use experiment::{ExperimentRow, ExperimentTable, RowStands};
pub use measured::{
    ExportSpeed, FrameTimes, InventSpeed, LayerSpeed, Likeness, Likenesses, LoadKind, LoadSpeed, MotionSpeed,
    RasterSpeed, RasterSpeeds, RenderSpeed, TrainSpeed,
};

use crate::dataset::{Contents, Made};
use crate::project::Project;
use crate::sheet::Side;
use crate::text;
use crate::train::{Finding, PaintFinding, RunEvent};
use crate::weights::WeightInfo;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// Something that happened in a command.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// A new stage begins.
    Stage {
        /// What is done, in plain words.
        what: String,
        /// How many steps there are; 0: not known.
        total: u64,
    },
    /// Steps of the stage are done. Within a stage `done` never falls.
    Progress {
        /// The stage.
        what: String,
        /// Steps that are done.
        done: u64,
        /// All of them; 0: not known.
        total: u64,
    },
    /// A file is there, whole.
    Wrote {
        /// It.
        path: String,
    },
    /// A frame of a motion is there, whole.
    Frame {
        /// Its number.
        frame: i64,
        /// Where it is.
        path: String,
        /// How long it took.
        seconds: f64,
        /// It was there before, with the same content.
        cached: bool,
    },
    /// Something the user should know; the work goes on.
    Warning {
        /// A sentence.
        message: String,
    },
    /// Where the networks run.
    Device {
        /// In words.
        device: String,
    },
    /// Which colour stands for which drawing.
    Legend {
        /// All that are drawn from.
        drawings: Vec<Tinted>,
    },
    /// What a project holds.
    Project {
        /// It, with whole paths.
        project: Box<Project>,
        /// Files that aren't where it says.
        missing: Vec<String>,
    },
    /// What a weight file holds.
    Weights {
        /// It.
        info: WeightInfo,
    },
    /// Shards of a data set were made.
    DataSetMade(Made),
    /// What a data set holds.
    DataSet(Contents),
    /// What a detector thinks of a drawing.
    Understood {
        /// The drawing.
        name: String,
        /// The side that it most likely shows.
        side: Side,
        /// Half of its landmarks are thought to be off by less, in landmark units.
        median: f32,
    },
    /// What a motion file holds.
    Motion(MotionInfo),
    /// How it stands with poses that another program sends.
    Live(LiveInfo),
    /// The poses that have names.
    Poses {
        /// Those that come with the program.
        built_in: Vec<String>,
        /// The user's own.
        own: Vec<String>,
    },
    /// A pose of the user's own is kept.
    Kept {
        /// What it is called.
        name: String,
    },
    /// One has another name.
    Renamed {
        /// What it was called.
        from: String,
        /// What it is called.
        to: String,
    },
    /// One is gone.
    Deleted {
        /// What it was called.
        name: String,
    },
    /// Something happened in a training.
    Training {
        /// It, as the training's folder keeps it.
        happened: RunEvent,
    },
    /// How it stands with a row of the experiments' tables.
    ExperimentRow(ExperimentRow),
    /// A table of the experiments was written.
    ExperimentTable(ExperimentTable),
    /// How well a detector understood some figures.
    Found {
        /// Which, and how well.
        finding: Finding,
    },
    /// How near to the truth a renderer painted some figures.
    PaintFound {
        /// Whom, and how near.
        finding: PaintFinding,
    },
    /// How weights have the body's places as landmarks.
    Calibrated {
        /// The preset that it comes nearest to.
        preset: String,
        /// From that preset's landmarks to those of the weights: for each axis three factors and what is added.
        moved: Option<[[f32; 4]; 3]>,
        /// How far off they were from the figure's, in the median, in parts of the body's size.
        before: f32,
        /// … and are with this.
        after: f32,
    },
    /// A kind of training that there is.
    Preset {
        /// Its name.
        name: String,
        /// What for, and how long it takes.
        about: String,
    },
    /// What this machine has.
    Doctor(Diagnosis),
    /// How fast one layer is.
    Layer(LayerSpeed),
    /// How fast one file is opened.
    Load(LoadSpeed),
    /// How fast a motion is read and played.
    MotionSpeed(MotionSpeed),
    /// What an export costs.
    ExportSpeed(ExportSpeed),
    /// How fast a network learns.
    TrainStep(TrainSpeed),
    /// How fast networks learn that invent.
    InventStep(InventSpeed),
    /// How fast a figure is drawn.
    Raster(RasterSpeeds),
    /// How near a file is to the true one.
    Compared(Compared),
    /// How near all of a folder are.
    ComparedAll(ComparedAll),
    /// How like a figure landmark transfer draws it.
    Likeness(Likenesses),
    /// How fast one case is rendered.
    Case(RenderSpeed),
    /// When the window's example is seen.
    Example {
        /// Milliseconds from the beginning.
        ms: f64,
    },
    /// How long the window's frames take.
    Frames(FrameTimes),
    /// The command ended because it was asked to: the last event.
    Stopped {
        /// A sentence.
        message: String,
    },
    /// The command failed: the last event.
    Error {
        /// What happened and what to do.
        message: String,
    },
    /// The command did what it should: the last event.
    Done {
        /// How long it took.
        seconds: f64,
    },
    /// Of a kind that only a newer program knows: to be passed over.
    #[serde(other)]
    Unknown,
}

/// A drawing and the colour that stands for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tinted {
    /// The drawing.
    pub name: String,
    /// `#rrggbb`.
    pub colour: String,
}

/// What a motion file holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MotionInfo {
    /// The file.
    pub path: String,
    /// `MMD`, `VRM animation`, `BVH` or `glTF`.
    pub kind: String,
    /// At least one.
    pub clips: Vec<ClipInfo>,
    /// What else is in it, one phrase each.
    pub notes: Vec<String>,
    /// Names of joints by human bone, where they were guessed.
    pub bones: std::collections::BTreeMap<String, String>,
}

/// How it stands with poses that another program sends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LiveInfo {
    /// Where is listened.
    pub address: String,
    /// `nobody`, `live` or `silent`.
    pub hearing: String,
    /// Who sends, or did last.
    pub sender: Option<String>,
    /// Who else sends, and isn't listened to.
    pub other: Option<String>,
    /// Poses that came.
    pub poses: u64,
    /// So many a second, lately.
    pub poses_a_second: f64,
    /// Bones that were sent.
    pub bones: usize,
    /// Expressions that were sent.
    pub expressions: usize,
    /// Messages that could not be understood.
    pub malformed: u64,
    /// The sender's T-pose is known.
    pub calibrated: bool,
    /// Frames that were recorded, while that goes on.
    pub recorded: Option<usize>,
}

/// A clip of a motion file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClipInfo {
    /// Its name.
    pub name: String,
    /// Frames a second.
    pub fps: f64,
    /// How many.
    pub frames: u64,
    /// From the first to the last.
    pub seconds: f64,
}

/// What a machine has and what it lacks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnosis {
    /// Settei's version.
    pub version: String,
    /// The licence of the built-in example.
    pub example_licence: String,
    /// Operating system and processor family.
    pub system: String,
    /// Threads that compute.
    pub threads: usize,
    /// All memory.
    pub memory_bytes: u64,
    /// What of it is free.
    pub memory_free_bytes: u64,
    /// Graphics adapters.
    pub adapters: Vec<Adapter>,
    /// What draws figures, in words.
    pub raster: String,
    /// What networks could run on.
    pub devices: Vec<Device>,
    /// What they run on where nobody chooses, in words.
    pub auto: String,
    /// A sentence for each thing that is missing, with how to get it.
    pub missing: Vec<String>,
}

/// A graphics adapter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adapter {
    /// Its name.
    pub name: String,
    /// The interface it is reached by.
    pub backend: String,
    /// Card, processor …
    pub kind: String,
    /// Its driver.
    pub driver: String,
    /// Why it isn't used, if it isn't.
    pub unsuitable: Option<String>,
}

/// Something that networks could run on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// `cpu`, `cuda` or `metal`.
    pub device: String,
    /// It is there.
    pub usable: bool,
    /// What it is, or why it is not there.
    pub state: String,
}

/// A line that is no event.
#[derive(Debug, thiserror::Error)]
#[error("another program wrote a line that is no event ({source}): {line}")]
pub struct EventError {
    /// How it begins.
    line: String,
    source: serde_json::Error,
}

/// How much of a line that is no event is shown.
const SHOWN: usize = 80;

impl Event {
    /// The event as a line, without its break. What a terminal would obey is escaped.
    ///
    /// # Errors
    /// A path that is no text.
    pub fn to_line(&self) -> Result<String, serde_json::Error> {
        let json = serde_json::to_string(self)?;
        let mut line = String::with_capacity(json.len());
        for c in json.chars() {
            // Such characters stand in the strings alone, and there JSON has this form of each.
            if text::is_harmful(c) {
                let _ = write!(line, "\\u{:04x}", u32::from(c));
            } else {
                line.push(c);
            }
        }
        Ok(line)
    }

    /// Reads a line.
    ///
    /// # Errors
    /// A line that is no event. One of a kind that isn't known is [`Event::Unknown`].
    pub fn from_line(line: &str) -> Result<Self, EventError> {
        serde_json::from_str(line)
            .map_err(|source| EventError { line: text::line(line).chars().take(SHOWN).collect(), source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_the_same_events_again() {
        let evil = "x\u{1b}[2J\u{9b}31m\u{202e}\ny";
        let events = [
            Event::Stage { what: "drawing".into(), total: 3 },
            Event::Wrote { path: evil.into() },
            Event::Project { project: Box::new(Project::example()), missing: vec!["a.png".into()] },
            Event::Legend { drawings: vec![Tinted { name: "front".into(), colour: "#ff0000".into() }] },
            Event::Done { seconds: 0.25 },
        ];
        for event in events {
            let line = event.to_line().unwrap();
            assert!(!line.contains(text::is_harmful), "{line}");
            assert_eq!(Event::from_line(&line).unwrap(), event);
        }
    }

    #[test]
    fn newer_kinds_are_passed_over_and_other_lines_are_told() {
        assert_eq!(Event::from_line(r#"{"event":"dance","steps":4}"#).unwrap(), Event::Unknown);
        for wrong in ["", "hello\u{1b}[2J", "{}", r#"{"event":"stage"}"#, "[1]"] {
            let said = Event::from_line(wrong).unwrap_err().to_string();
            assert!(said.contains("no event") && !said.contains(text::is_harmful), "{said:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_path_that_is_no_text_is_an_error_not_a_panic() {
        use std::os::unix::ffi::OsStrExt as _;
        let path = std::ffi::OsStr::from_bytes(b"caf\xe9.png");
        let source = crate::project::DrawingSource::File(path.into());
        let project = Project { sheet: vec![crate::project::Drawing::new(source)], ..Project::default() };
        assert!(Event::Project { project: Box::new(project), missing: Vec::new() }.to_line().is_err());
    }
}
