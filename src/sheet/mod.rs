//! A character sheet: an unordered set of cut-out drawings of one character.

pub mod framing;
mod gather;
mod hints;
pub mod matting;
mod resample;
mod shares;
mod unasked;

pub use shares::Shares;

pub use gather::{drawing_files, sidecar};
pub use hints::{BrushStroke, DrawingHints, KnownPoint, Side};

use crate::files::motions::Motion;
use crate::picture::Picture;
use crate::picture::decode::{self, Budget, MAX_FILE_BYTES, PictureError, Rules};
use crate::progress::Progress;
use crate::udp::{Udp, UdpError};
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// The drawings of one character; their order means nothing.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// The drawings.
    pub views: Vec<View>,
    /// What the user should know about the folders they came from.
    pub warnings: Vec<String>,
}

/// One drawing.
#[derive(Clone, Debug)]
pub struct View {
    /// The file's stem.
    pub name: String,
    /// Where it came from, if from a file.
    pub path: Option<PathBuf>,
    /// The drawing, straight alpha.
    pub picture: Picture,
    /// Its own UDP, same size: from a sidecar file, the detector or the rasterizer.
    pub udp: Option<Udp>,
    /// What the user should know about it.
    pub warnings: Vec<String>,
}

/// Why drawings can't be used. Every message names the file and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// The file or folder can't be read.
    #[error("can't read {path}: {source}", path = path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The content is no picture that can be decoded.
    #[error("{path} can't be used as a drawing: {what}", path = path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What was wrong and the remedy.
        what: PictureError,
    },
    /// It is no picture at all, but something that moves figures.
    #[error(transparent)]
    Motion(#[from] Motion),
    /// Nothing says where the character ends.
    #[error(
        "{path} has no cut-out background: {percent:.0} % of it is opaque. Separate the foreground first: \
         `settei cutout` (in the window, Cut out…) does it, or make everything around the character transparent in a \
         paint program and save it as PNG",
        path = path.display()
    )]
    NotCutOut {
        /// The file.
        path: PathBuf,
        /// Mean alpha in per cent.
        percent: f32,
    },
    /// No drawing at all.
    #[error("there is no drawing in {places}. Give cut-out pictures (PNG, WebP …) or folders that hold some{details}")]
    Empty {
        /// Where they were looked for.
        places: String,
        /// Why files there were left out; empty, or beginning with a full stop.
        details: String,
    },
    /// The UDP beside a drawing is damaged.
    #[error(transparent)]
    Sidecar(#[from] UdpError),
    /// The UDP beside a drawing belongs to another picture.
    #[error(
        "{sidecar} is {udp_px} pixels and its drawing {path} is {picture_px}: they must be the same size. \
         Make the UDP anew or take it away",
        sidecar = sidecar.display(), path = path.display()
    )]
    SidecarSize {
        /// The drawing.
        path: PathBuf,
        /// The UDP's file.
        sidecar: PathBuf,
        /// Width × height of the UDP.
        udp_px: String,
        /// Width × height of the drawing.
        picture_px: String,
    },
    /// The user stopped it.
    #[error("stopped")]
    Cancelled,
}

/// Mean alpha from which a picture counts as not cut out.
const OPAQUE: f32 = 0.95;
/// What the drawings of one sheet may take together, with their UDPs: 4 GiB, forty of 5000×5000 pixels without. On a
/// machine with less memory than twice that, half of what is free.
pub const SHEET_BYTES: u64 = 4 << 30;
/// Drawings whose character is smaller than this give blurred results.
const SMALL_PX: u32 = 64;

impl Sheet {
    /// Reads drawings and folders of drawings; a file given twice counts once. A sidecar `NAME.udp.npz`, `.udp.exr` or
    /// `.udp.png` beside `NAME.png` gives that drawing's UDP.
    ///
    /// # Errors
    /// A named file that can't be read; a drawing that isn't cut out; a sidecar that is damaged or of another size;
    /// no drawing at all. Unreadable files inside a folder are only reported in [`Sheet::warnings`].
    pub fn load(paths: &[PathBuf], progress: &dyn Progress) -> Result<Self, SheetError> {
        let found = gather::drawings(paths)?;
        progress.stage("Reading drawings", found.len() as u64);
        let budget = Budget::new(SHEET_BYTES.min(crate::memory::available() / 2));
        let views: Vec<_> = found
            .par_iter()
            .map(|drawing| {
                if progress.cancelled() {
                    return Err(SheetError::Cancelled);
                }
                let view = View::open_within(&drawing.path, &budget);
                progress.advance(1);
                view
            })
            .collect();
        let mut sheet = Self::default();
        for (drawing, view) in found.iter().zip(views) {
            match view {
                Ok(view) => {
                    view.check_cut_out()?;
                    sheet.views.push(view);
                }
                Err(error @ SheetError::Unusable { what: PictureError::Budget { .. }, .. }) => return Err(error),
                Err(error @ (SheetError::Unusable { .. } | SheetError::Io { .. })) if !drawing.named => {
                    sheet.warnings.push(format!("left out: {error}"));
                }
                Err(error) => return Err(error),
            }
        }
        if sheet.views.is_empty() {
            let places: Vec<String> = paths.iter().map(|p| p.display().to_string()).collect();
            let details = sheet.warnings.first().map_or_else(String::new, |first| format!(". {first}"));
            return Err(SheetError::Empty { places: places.join(", "), details });
        }
        Ok(sheet)
    }
}

impl View {
    /// Reads one drawing and its sidecar, upright whatever its EXIF says. An opaque picture is accepted here
    /// ([`View::check_cut_out`]).
    ///
    /// # Errors
    /// As [`Sheet::load`].
    pub fn open(path: &Path) -> Result<Self, SheetError> {
        Self::open_within(path, &Budget::for_one())
    }

    /// As [`View::open`], for one of several drawings that are kept in memory.
    ///
    /// # Errors
    /// As [`Sheet::load`].
    pub fn open_within(path: &Path, budget: &Budget) -> Result<Self, SheetError> {
        let bytes = Self::read(path)?;
        let decoded =
            decode::decode(&bytes, path, Rules::DRAWING, budget).map_err(|what| match Motion::of(path, &bytes) {
                Some(motion) => SheetError::Motion(motion),
                None => SheetError::Unusable { path: path.to_path_buf(), what },
            })?;
        let mut view = Self {
            name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            path: Some(path.to_path_buf()),
            picture: decoded.picture,
            udp: None,
            warnings: Vec::new(),
        };
        if !decoded.has_alpha {
            view.warn("has no transparency: all of it counts as the character");
        }
        decoded.notes.iter().for_each(|note| view.warn(note));
        view.look_at_outline();
        if let Some(sidecar) = gather::sidecar(path) {
            let picture = &view.picture;
            // Four numbers a pixel, if it is of the right size; if not, it goes again.
            budget
                .take(16 * picture.pixels.len() as u64)
                .map_err(|what| SheetError::Unusable { path: sidecar.clone(), what })?;
            let udp = Udp::load(&sidecar)?;
            if (udp.width_px, udp.height_px) != (picture.width_px, picture.height_px) {
                return Err(SheetError::SidecarSize {
                    path: path.to_path_buf(),
                    sidecar,
                    udp_px: format!("{}×{}", udp.width_px, udp.height_px),
                    picture_px: format!("{}×{}", picture.width_px, picture.height_px),
                });
            }
            view.compare_outlines(&udp);
            view.udp = Some(udp);
        }
        Ok(view)
    }

    /// Looks whether a file is a picture, without decoding it.
    ///
    /// # Errors
    /// It can't be read, or is none.
    pub fn check_file(path: &Path) -> Result<(), SheetError> {
        let bytes = Self::read(path)?;
        match decode::size(&bytes, path, Rules::DRAWING) {
            Ok(_) => Ok(()),
            Err(what) => Err(SheetError::Unusable { path: path.to_path_buf(), what }),
        }
    }

    fn read(path: &Path) -> Result<Vec<u8>, SheetError> {
        crate::files::read(path, MAX_FILE_BYTES).map_err(|source| SheetError::Io { path: path.to_path_buf(), source })
    }

    /// The UDP that came with the drawing, if it is of its size.
    pub fn own_udp(&self) -> Option<&Udp> {
        let size = (self.picture.width_px, self.picture.height_px);
        self.udp.as_ref().filter(|udp| (udp.width_px, udp.height_px) == size)
    }

    /// Refuses a picture in which nothing says where the character ends.
    ///
    /// # Errors
    /// [`SheetError::NotCutOut`] from a mean alpha of 0.95 on.
    pub fn check_cut_out(&self) -> Result<(), SheetError> {
        let sum: u64 = self.picture.pixels.iter().map(|p| u64::from(p[3])).sum();
        let mean = sum as f32 / (255.0 * self.picture.pixels.len().max(1) as f32);
        if mean < OPAQUE {
            return Ok(());
        }
        let path = self.path.clone().unwrap_or_else(|| PathBuf::from(&self.name));
        Err(SheetError::NotCutOut { path, percent: mean * 100.0 })
    }

    fn warn(&mut self, what: &str) {
        let place = self.path.as_ref().map_or_else(|| self.name.clone(), |p| p.display().to_string());
        self.warnings.push(format!("{place} {what}"));
    }

    /// Warns of drawings that are empty, tiny or cut off at the edge.
    fn look_at_outline(&mut self) {
        let (width, height) = (self.picture.width_px, self.picture.height_px);
        let inside = |x, y| self.picture.at(x, y)[3] >= 128;
        let (mut low, mut high) = ([u32::MAX; 2], [0; 2]);
        for y in 0..height {
            for x in 0..width {
                if inside(x, y) {
                    low = [low[0].min(x), low[1].min(y)];
                    high = [high[0].max(x + 1), high[1].max(y + 1)];
                }
            }
        }
        if low[0] >= high[0] {
            return self.warn("is empty: nothing in it is opaque");
        }
        let size = [high[0] - low[0], high[1] - low[1]];
        let edges = [
            ("top", (0..width).filter(|&x| inside(x, 0)).count(), size[0]),
            ("bottom", (0..width).filter(|&x| inside(x, height - 1)).count(), size[0]),
            ("left", (0..height).filter(|&y| inside(0, y)).count(), size[1]),
            ("right", (0..height).filter(|&y| inside(width - 1, y)).count(), size[1]),
        ];
        // A tightly trimmed drawing touches the edge with fingertips or toes, a cropped one with a whole limb.
        let cropped = edges.iter().find(|(_, touching, along)| *touching * 6 > *along as usize && *touching > 8);
        if size[0].max(size[1]) < SMALL_PX {
            let what = format!("is small: the character is {}×{} pixels; results will be blurred", size[0], size[1]);
            self.warn(&what);
        }
        if let Some((edge, ..)) = cropped {
            self.warn(&format!("seems to be cut off at its {edge} edge; what lies beyond can't be drawn"));
        }
    }

    /// Warns when a UDP shows something else than its drawing.
    fn compare_outlines(&mut self, udp: &Udp) {
        let (mut both, mut either) = (0u64, 0u64);
        for (pixel, landmark) in self.picture.pixels.iter().zip(&udp.pixels) {
            let (drawn, seen) = (pixel[3] >= 128, landmark[3] > 0.5);
            both += u64::from(drawn && seen);
            either += u64::from(drawn || seen);
        }
        if both * 2 < either {
            self.warn("and the UDP beside it have different outlines; is the UDP another drawing's?");
        }
    }
}

#[cfg(test)]
mod tests;
