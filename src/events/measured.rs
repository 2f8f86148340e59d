//! What `settei bench` measures.

use serde::{Deserialize, Serialize};

/// What was measured of a layer, in billions of textbook operations a second.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerSpeed {
    /// The layer's name.
    pub name: String,
    /// The method that was chosen for it.
    pub method: String,
    /// Billions of operations (a multiply-add is two) of the textbook convolution.
    pub gflop: f64,
    /// Our kernel's speed.
    pub ours: f64,
    /// Candle's own convolution's.
    pub candle: f64,
    /// A matrix product's (1024³, candle's, hence the `gemm` crate's), measured between the others.
    pub sgemm: f64,
}

/// What a file is opened as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LoadKind {
    /// A rigged figure.
    Figure,
    /// A drawing of a sheet.
    Drawing,
    /// Weights of CoNR: a file, or the folder of the four.
    Weights,
}

/// How long one file took.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoadSpeed {
    /// Its name.
    pub file: String,
    /// What it was opened as.
    pub kind: LoadKind,
    /// Its size; of a folder, all of its files'.
    pub bytes: usize,
    /// Seconds until it can be used: the median.
    pub open_s: f64,
    /// Seconds to read its bytes: the median.
    pub read_s: f64,
    /// One over the other.
    pub ratio: f64,
}

/// How long a motion takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MotionSpeed {
    /// The file's name.
    pub file: String,
    /// It is played as MMD plays it.
    pub native: bool,
    /// Frames of its first clip.
    pub frames: u64,
    /// Its keys; of files that have all bones at each frame, frames times bones.
    pub keys: usize,
    /// Milliseconds until it is read: the median.
    pub open_ms: f64,
    /// The same for ten thousand keys.
    pub open_ms_10k: f64,
    /// Milliseconds until it is fitted to the figure.
    pub fit_ms: f64,
    /// Milliseconds until it is fitted and mirrored.
    pub edit_ms: f64,
    /// Microseconds until the pose of a frame is known.
    pub frame_us: f64,
    /// The same with keys over it.
    pub keyed_us: f64,
    /// Microseconds until all of a frame is in its place: pose, IK, what swings as it was baked, skin.
    pub placed_us: f64,
    /// Milliseconds until the viewport's picture of it is there, 768 pixels a side, as it is drawn while it plays.
    pub drawn_ms: f64,
}

/// What an export costs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExportSpeed {
    /// Side of the square pictures.
    pub size_px: u32,
    /// How many.
    pub frames: usize,
    /// For so many each drawing is seen.
    pub on: usize,
    /// What was made of them, in words.
    pub kind: String,
    /// Seconds of posing the figure and painting, with nothing beside it.
    pub painting_s: f64,
    /// Seconds of packing what was painted as PNG, beside painting.
    pub packing_s: f64,
    /// Seconds of writing that, beside painting.
    pub disk_s: f64,
    /// Seconds until all frames were painted and kept.
    pub frames_s: f64,
    /// Seconds of reading and encoding them.
    pub encoding_s: f64,
    /// Memory when a tenth of the frames was there, and all, and the most that there ever was (Linux alone tells).
    pub early_bytes: Option<u64>,
    /// See there.
    pub late_bytes: Option<u64>,
    /// See there.
    pub peak_bytes: Option<u64>,
}

impl ExportSpeed {
    /// Seconds until everything was there.
    pub fn all_s(&self) -> f64 {
        self.frames_s + self.encoding_s
    }

    /// How much longer that took than painting alone, as a share of painting.
    pub fn on_top(&self) -> f64 {
        self.all_s() / self.painting_s - 1.0
    }
}

/// How long a step of learning takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainSpeed {
    /// Side of the square pictures.
    pub size_px: usize,
    /// Pictures a step.
    pub batch: usize,
    /// Threads that learn.
    pub threads: usize,
    /// Seconds a step, at best.
    pub best_s: f64,
    /// Seconds a step, the median.
    pub median_s: f64,
    /// Seconds until a view of a figure is drawn, by one thread.
    pub view_s: f64,
    /// Seconds until a picture to learn from is made of it, by one thread.
    pub item_s: f64,
}

/// How long a step of learning to invent characters takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InventSpeed {
    /// Side of the square pictures.
    pub size_px: usize,
    /// Pictures a step.
    pub batch: usize,
    /// Threads that learn.
    pub threads: usize,
    /// Seconds a step of both networks, at best.
    pub best_s: f64,
    /// Seconds a step, the median.
    pub median_s: f64,
    /// Seconds until a picture to learn from is drawn, by one thread.
    pub drawn_s: f64,
    /// Seconds until a picture is invented.
    pub invented_s: f64,
}

/// How fast a figure is drawn, by each rasterizer of the machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RasterSpeeds {
    /// The figure.
    pub figure: String,
    /// Its triangles.
    pub triangles: usize,
    /// Side of the square pictures.
    pub size_px: u32,
    /// What each rasterizer reached.
    pub results: Vec<RasterSpeed>,
}

/// What one rasterizer reached.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RasterSpeed {
    /// `gpu` or `cpu`.
    pub raster: String,
    /// The device, in words.
    pub device: String,
    /// Pictures a second: the median of the turns.
    pub median_per_second: f64,
    /// Pictures a second of each turn.
    pub per_second: Vec<f64>,
}

impl RasterSpeed {
    /// The slowest and the fastest turn.
    pub fn range(&self) -> (f64, f64) {
        self.per_second.iter().fold((f64::INFINITY, 0.0), |(low, high), &v| (low.min(v), high.max(v)))
    }
}

/// How like a figure landmark transfer draws it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Likenesses {
    /// The figure.
    pub figure: String,
    /// From how many drawings.
    pub views: usize,
    /// Width and height of the pictures.
    pub size_px: [u32; 2],
    /// Each pose from each side, the least like first.
    pub results: Vec<Likeness>,
    /// PSNR in the figure's box, dB: the mean.
    pub mean_psnr_db: f64,
    /// The same of edges alone.
    pub mean_edges_db: f64,
    /// Seconds a picture.
    pub mean_seconds: f64,
}

/// One pose from one side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Likeness {
    /// The pose's name.
    pub pose: String,
    /// From where it is seen.
    pub camera: String,
    /// PSNR in the figure's box, dB.
    pub psnr_db: f64,
    /// The same of edges alone.
    pub edges_db: f64,
    /// How long it took to draw, seconds.
    pub seconds: f64,
}

/// One measured case of rendering.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RenderSpeed {
    /// Working size.
    pub size_px: usize,
    /// Views in the sheet.
    pub views: usize,
    /// Encoding the sheet: the median.
    pub encode_s: f64,
    /// One frame: the median.
    pub frame_s: f64,
    /// Time of the pose encoder, of each block, and of the decoder to colours.
    pub parts_s: Vec<f64>,
    /// Billions of operations a second of a matrix product, measured between the frames: the median.
    pub sgemm: f64,
    /// Textbook operations over time, over `sgemm`.
    pub encode_ratio: f64,
    /// The same of a frame.
    pub frame_ratio: f64,
    /// Bytes of packed weights, and of memory for pictures.
    pub bytes: (usize, usize),
    /// The most memory that the process ever had, in bytes, where the system tells.
    pub peak_bytes: Option<u64>,
}

/// The window's frames in one situation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FrameTimes {
    /// What went on.
    pub situation: String,
    /// How many frames.
    pub frames: usize,
    /// Milliseconds that half of them stay below.
    pub median_ms: f64,
    /// Milliseconds that 99 in 100 stay below.
    pub p99_ms: f64,
    /// The longest.
    pub longest_ms: f64,
    /// How many are felt.
    pub felt: usize,
}
