//! What lies ready between pictures: all that takes long to make and serves many poses.
//!
//! ```text
//! check ─→ detect (UDPs that drawings lack) ─→ painter ─→ Painter::paint, once a pose
//! ```
//!
//! The command line takes these steps one after the other ([`Easel::prepare`]), the window's painter between newer wishes.

use super::painter::{PaintError, Painter};
use super::settings::{PainterKind, PaintingSettings};
use crate::conr::{DeviceChoice, EncodedSheet, Networks, Renderer, Storage};
use crate::picture::Picture;
use crate::progress::Progress;
use crate::sheet::View;
use crate::transfer::Transfer;
use crate::udp::Udp;
use crate::weights::{Schema, WeightFile};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// The drawings to paint from; their order means nothing.
pub type Views = Arc<[Arc<View>]>;

/// The working size that the detector was trained at.
const DETECTOR_PX: u32 = 256;
/// Encoded sheets that are kept: a draft's, those of two steps, and the full picture's.
const ENCODED: usize = 4;

/// All that is kept: loaded weights, encoded sheets, the sheet prepared for landmark transfer, detected UDPs.
#[derive(Default)]
pub struct Easel {
    weights: Option<Weights>,
    /// Of one sheet, at several sizes.
    encoded: (Option<Views>, Vec<EncodedSheet>),
    transfer: Option<PreparedTransfer>,
    detected: Vec<(Arc<View>, Arc<Udp>)>,
    /// Counts up whenever `detected` changes.
    detections: u64,
}

/// Ready to paint.
pub struct Prepared<'a> {
    /// Who paints.
    pub painter: Painter<'a>,
    /// In words: `landmark transfer`, `CoNR at 256 px on the processor, 8 threads`.
    pub by: String,
    /// The names of the drawings that it paints from, in the order of its shares.
    pub used: Vec<String>,
    /// The names of those that it can't paint from.
    pub left_out: Vec<String>,
}

impl Prepared<'_> {
    /// What the user should know, such as drawings that were left out.
    pub fn notes(&self) -> Vec<String> {
        if self.left_out.is_empty() {
            return Vec::new();
        }
        let left_out = self.left_out.join(", ");
        vec![format!(
            "Left out, because their Ultra-Dense Poses are not known: {left_out}. Trace them, or load weights to have \
             them detected"
        )]
    }
}

/// Loaded weights.
struct Weights {
    key: WeightsKey,
    renderer: Renderer,
    /// What they run on, in words.
    on: String,
}

/// Which weights, and as they were written when.
#[derive(PartialEq)]
struct WeightsKey {
    path: PathBuf,
    modified: Option<SystemTime>,
    device: DeviceChoice,
    storage: Storage,
}

impl WeightsKey {
    fn of(settings: &PaintingSettings, path: &Path) -> Self {
        let (device, storage) = (settings.device, settings.storage);
        Self { path: path.to_owned(), modified: modified(path), device, storage }
    }
}

/// A sheet prepared for landmark transfer.
struct PreparedTransfer {
    views: Views,
    detections: u64,
    transfer: Transfer,
    used: Vec<String>,
    left_out: Vec<String>,
}

/// Are these the same drawings, as they were read?
pub fn same_views(a: &Views, b: &Views) -> bool {
    Arc::ptr_eq(a, b) || (a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| Arc::ptr_eq(a, b)))
}

impl Easel {
    /// Gets ready to paint: finds out UDPs that landmark transfer needs and drawings lack, as far as there are weights.
    ///
    /// # Errors
    /// Whatever keeps the sheet from being painted from; stopped.
    pub fn prepare(
        &mut self,
        views: &Views,
        settings: &PaintingSettings,
        progress: &dyn Progress,
    ) -> Result<Prepared<'_>, PaintError> {
        self.check(views, settings)?;
        if settings.kind() == PainterKind::Landmark && settings.conr_weights().is_some() {
            self.detect(views, settings, progress, &mut |_, _| {})?;
        }
        self.painter(views, settings, progress)
    }

    /// Looks, before anything takes time, whether painting can succeed; lets go of weights that nobody wants any more.
    ///
    /// # Errors
    /// No drawing; no weights where they are needed; weights that don't fit.
    pub fn check(&mut self, views: &Views, settings: &PaintingSettings) -> Result<(), PaintError> {
        if views.is_empty() {
            return Err(PaintError::NoDrawing);
        }
        let Some(path) = settings.conr_weights() else {
            self.forget_weights();
            return if settings.kind() == PainterKind::Conr { Err(PaintError::NoWeights) } else { Ok(()) };
        };
        let loaded = || self.weights.as_ref().is_some_and(|weights| weights.key == WeightsKey::of(settings, path));
        if settings.kind() == PainterKind::Landmark || loaded() {
            return Ok(());
        }
        let schema = Schema::of::<Networks>()?;
        Ok(WeightFile::open(path, &schema)?.must_fit(&schema)?)
    }

    /// Finds out the UDPs that drawings lack, by the networks; `tell` hears of each.
    ///
    /// # Errors
    /// Weights that are missing or can't be loaded; stopped.
    pub fn detect(
        &mut self,
        views: &Views,
        settings: &PaintingSettings,
        progress: &dyn Progress,
        tell: &mut dyn FnMut(&Arc<View>, &Arc<Udp>),
    ) -> Result<(), PaintError> {
        let unknown: Vec<Arc<View>> = views.iter().filter(|view| self.udp(view).is_none()).cloned().collect();
        for (i, view) in unknown.iter().enumerate() {
            if progress.cancelled() {
                return Err(PaintError::Stopped);
            }
            progress.stage(&format!("finding the Ultra-Dense Pose of {}", view.name), unknown.len() as u64);
            progress.advance(i as u64);
            let udp = Arc::new(self.weights(settings, progress)?.renderer.detect(view, DETECTOR_PX)?);
            // Drawings that are gone need none.
            self.detected.retain(|(of, _)| views.iter().any(|view| Arc::ptr_eq(of, view)));
            self.detected.push((Arc::clone(view), Arc::clone(&udp)));
            self.detections += 1;
            tell(view, &udp);
        }
        Ok(())
    }

    /// The painter of a sheet.
    ///
    /// # Errors
    /// Weights that can't be loaded; drawings that can't be painted from; stopped.
    pub fn painter(
        &mut self,
        views: &Views,
        settings: &PaintingSettings,
        progress: &dyn Progress,
    ) -> Result<Prepared<'_>, PaintError> {
        match settings.kind() {
            PainterKind::Landmark => self.landmark(views, progress),
            PainterKind::Conr => self.conr(views, settings, progress),
        }
    }

    /// Is the renderer loaded, and on a graphics card?
    pub(super) fn on_card(&self) -> bool {
        self.weights.as_ref().is_some_and(|weights| !weights.renderer.on_processor())
    }

    /// Is any drawing's UDP known?
    pub(super) fn knows_any(&self, views: &Views) -> bool {
        views.iter().any(|view| self.udp(view).is_some())
    }

    /// The UDP of a drawing: its own, or a detected one.
    fn udp<'a>(&'a self, view: &'a Arc<View>) -> Option<&'a Udp> {
        let size = |udp: &Udp| (udp.width_px, udp.height_px);
        let own = view.udp.as_ref().filter(|udp| size(udp) == (view.picture.width_px, view.picture.height_px));
        let detected = || self.detected.iter().find(|(of, _)| Arc::ptr_eq(of, view)).map(|(_, udp)| &**udp);
        own.or_else(detected)
    }

    /// Weights that nobody wants any more only take memory.
    fn forget_weights(&mut self) {
        self.weights = None;
        self.encoded = Default::default();
    }

    fn weights(&mut self, settings: &PaintingSettings, progress: &dyn Progress) -> Result<&Weights, PaintError> {
        let Some(path) = settings.conr_weights() else { return Err(PaintError::NoWeights) };
        let key = WeightsKey::of(settings, path);
        let weights = match self.weights.take() {
            Some(weights) if weights.key == key => weights,
            // The old ones are gone before the new ones come: both may not fit.
            old => {
                drop(old);
                self.forget_weights();
                let renderer = Renderer::load_as(path, settings.device, settings.storage, progress)?;
                self.detected.clear();
                self.detections += 1;
                Weights { key, renderer, on: settings.device.describe() }
            }
        };
        Ok(self.weights.insert(weights))
    }

    fn conr(
        &mut self,
        views: &Views,
        settings: &PaintingSettings,
        progress: &dyn Progress,
    ) -> Result<Prepared<'_>, PaintError> {
        self.weights(settings, progress)?;
        let Some(weights) = &self.weights else { return Err(PaintError::NoWeights) };
        let (of, sheets) = &mut self.encoded;
        if !of.as_ref().is_some_and(|of| same_views(of, views)) {
            (*of, *sheets) = (Some(views.clone()), Vec::new());
        }
        let at = match sheets.iter().position(|sheet| sheet.size_px() == settings.size_px) {
            Some(at) => at,
            None => {
                let pictures: Vec<&Picture> = views.iter().map(|view| &view.picture).collect();
                let encoded = weights.renderer.encode_pictures(&pictures, settings.size_px, progress)?;
                if sheets.len() >= ENCODED {
                    sheets.remove(0);
                }
                sheets.push(encoded);
                sheets.len() - 1
            }
        };
        Ok(Prepared {
            painter: Painter::Conr(&weights.renderer, &sheets[at]),
            by: format!("CoNR at {} px on {}", settings.size_px, weights.on),
            used: views.iter().map(|view| view.name.clone()).collect(),
            left_out: Vec::new(),
        })
    }

    /// The sheet prepared for landmark transfer, as far as its UDPs are known.
    fn landmark(&mut self, views: &Views, progress: &dyn Progress) -> Result<Prepared<'_>, PaintError> {
        let fits =
            |prepared: &PreparedTransfer| same_views(&prepared.views, views) && prepared.detections == self.detections;
        let prepared = match self.transfer.take() {
            Some(prepared) if fits(&prepared) => prepared,
            _ => {
                let (mut drawings, mut used, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
                for view in views.iter() {
                    match self.udp(view) {
                        Some(udp) => {
                            used.push(view.name.clone());
                            drawings.push((&view.picture, udp));
                        }
                        None => left_out.push(view.name.clone()),
                    }
                }
                if drawings.is_empty() {
                    return Err(PaintError::NoUdp(left_out));
                }
                let transfer = Transfer::of(&drawings, progress)?;
                PreparedTransfer { views: views.clone(), detections: self.detections, transfer, used, left_out }
            }
        };
        let prepared = self.transfer.insert(prepared);
        Ok(Prepared {
            painter: Painter::Landmark(&prepared.transfer),
            by: "landmark transfer".into(),
            used: prepared.used.clone(),
            left_out: prepared.left_out.clone(),
        })
    }
}

/// When a file, or the newest file in a folder, was written.
fn modified(path: &Path) -> Option<SystemTime> {
    let of = |path: &Path| std::fs::metadata(path).and_then(|data| data.modified()).ok();
    let inside = std::fs::read_dir(path).into_iter().flatten().flatten().filter_map(|entry| of(&entry.path()));
    inside.max().or_else(|| of(path))
}
