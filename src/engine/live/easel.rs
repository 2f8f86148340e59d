//! What lies ready between pictures: all that takes long to make and serves many poses.

use super::desk::Halt;
use super::{LiveRequest, Views, same_views};
use crate::conr::cpu::Storage;
use crate::conr::{DeviceChoice, EncodedSheet, Networks, Renderer};
use crate::progress::Progress;
use crate::sheet::{Sheet, View};
use crate::transfer::Transfer;
use crate::udp::Udp;
use crate::weights::{Schema, WeightFile};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// The working size that the detector was trained at.
const DETECTOR_PX: u32 = 256;
/// Encoded sheets that are kept: a draft's, those of two steps, and the full picture's.
const ENCODED: usize = 4;

/// All that is kept.
#[derive(Default)]
pub(super) struct Easel {
    weights: Option<Weights>,
    /// Of one sheet, at several sizes.
    encoded: (Option<Views>, Vec<EncodedSheet>),
    transfer: Option<Prepared>,
    detected: Vec<(Arc<View>, Arc<Udp>)>,
    /// Counts up whenever `detected` changes.
    detections: u64,
    /// A draft of this is on the screen already.
    pub(super) drafted: Option<LiveRequest>,
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
    fn of(request: &LiveRequest, path: &Path) -> Self {
        let (device, storage) = (request.device, request.storage);
        Self { path: path.to_owned(), modified: modified(path), device, storage }
    }
}

/// A sheet prepared for landmark transfer.
struct Prepared {
    views: Views,
    detections: u64,
    transfer: Transfer,
    names: Names,
}

/// The drawings that were painted from, and those that were left out.
#[derive(Clone, Default)]
pub(super) struct Names {
    pub(super) used: Vec<String>,
    pub(super) left_out: Vec<String>,
}

impl Easel {
    /// Is the renderer loaded, and on a graphics card?
    pub(super) fn on_card(&self) -> bool {
        self.weights.as_ref().is_some_and(|weights| !weights.renderer.on_processor())
    }

    /// Weights that nobody wants any more only take memory.
    pub(super) fn forget_weights(&mut self) {
        self.weights = None;
        self.encoded = Default::default();
    }

    /// The UDP of a drawing: its own, or a detected one.
    fn udp<'a>(&'a self, view: &'a Arc<View>) -> Option<&'a Udp> {
        let size = |udp: &Udp| (udp.width_px, udp.height_px);
        let own = view.udp.as_ref().filter(|udp| size(udp) == (view.picture.width_px, view.picture.height_px));
        let detected = || self.detected.iter().find(|(of, _)| Arc::ptr_eq(of, view)).map(|(_, udp)| &**udp);
        own.or_else(detected)
    }

    /// Is any drawing's UDP known?
    pub(super) fn knows_any(&self, views: &Views) -> bool {
        views.iter().any(|view| self.udp(view).is_some())
    }

    /// The drawings whose UDP is not known.
    pub(super) fn unknown(&self, views: &Views) -> Vec<Arc<View>> {
        views.iter().filter(|view| self.udp(view).is_none()).cloned().collect()
    }

    /// Looks whether weights that are not loaded yet can be.
    pub(super) fn check_weights(&self, request: &LiveRequest, path: &Path) -> Result<(), Halt> {
        if self.weights.as_ref().is_some_and(|weights| weights.key == WeightsKey::of(request, path)) {
            return Ok(());
        }
        let schema = Schema::of::<Networks>()?;
        Ok(WeightFile::open(path, &schema)?.must_fit(&schema)?)
    }

    fn weights(&mut self, request: &LiveRequest, progress: &dyn Progress) -> Result<&Weights, Halt> {
        let Some(path) = &request.weights else {
            return Err(Halt::Failed("there are no weights to detect with: load some".into()));
        };
        let (key, device, storage) = (WeightsKey::of(request, path), request.device, request.storage);
        let weights = match self.weights.take() {
            Some(weights) if weights.key == key => weights,
            // The old ones are gone before the new ones come: both may not fit.
            old => {
                drop(old);
                self.forget_weights();
                let renderer = Renderer::load_as(path, device, storage, progress)?;
                self.detected.clear();
                self.detections += 1;
                Weights { key, renderer, on: device.describe() }
            }
        };
        Ok(self.weights.insert(weights))
    }

    /// The renderer with the sheet encoded at a working size, and what it runs on.
    pub(super) fn conr(
        &mut self,
        request: &LiveRequest,
        working_px: u32,
        progress: &dyn Progress,
    ) -> Result<(&Renderer, &EncodedSheet, &str), Halt> {
        self.weights(request, progress)?;
        let Some(weights) = &self.weights else { return Err(Halt::Stopped) };
        let (of, sheets) = &mut self.encoded;
        if !of.as_ref().is_some_and(|views| same_views(views, &request.views)) {
            (*of, *sheets) = (Some(request.views.clone()), Vec::new());
        }
        let at = match sheets.iter().position(|sheet| sheet.size_px() == working_px) {
            Some(at) => at,
            None => {
                let picture = |view: &Arc<View>| View {
                    name: view.name.clone(),
                    path: None,
                    picture: view.picture.clone(),
                    udp: None,
                    warnings: Vec::new(),
                };
                let sheet = Sheet { views: request.views.iter().map(picture).collect(), warnings: Vec::new() };
                let encoded = weights.renderer.encode(&sheet, working_px, progress)?;
                if sheets.len() >= ENCODED {
                    sheets.remove(0);
                }
                sheets.push(encoded);
                sheets.len() - 1
            }
        };
        Ok((&weights.renderer, &sheets[at], &weights.on))
    }

    /// Has the UDP of a drawing detected.
    pub(super) fn detect(
        &mut self,
        request: &LiveRequest,
        view: &Arc<View>,
        progress: &dyn Progress,
    ) -> Result<Arc<Udp>, Halt> {
        let udp = Arc::new(self.weights(request, progress)?.renderer.detect(view, DETECTOR_PX)?);
        // Drawings that are gone need none.
        self.detected.retain(|(of, _)| request.views.iter().any(|view| Arc::ptr_eq(of, view)));
        self.detected.push((Arc::clone(view), Arc::clone(&udp)));
        self.detections += 1;
        Ok(udp)
    }

    /// The sheet prepared for landmark transfer, as far as its UDPs are known.
    pub(super) fn transfer(
        &mut self,
        request: &LiveRequest,
        progress: &dyn Progress,
    ) -> Result<(&Transfer, &Names), Halt> {
        let fits =
            |prepared: &Prepared| same_views(&prepared.views, &request.views) && prepared.detections == self.detections;
        let prepared = match self.transfer.take() {
            Some(prepared) if fits(&prepared) => prepared,
            _ => {
                let (mut sheet, mut names) = (Sheet::default(), Names::default());
                for view in request.views.iter() {
                    match self.udp(view) {
                        Some(udp) => {
                            names.used.push(view.name.clone());
                            sheet.views.push(View { udp: Some(udp.clone()), ..View::clone(view) });
                        }
                        None => names.left_out.push(view.name.clone()),
                    }
                }
                if sheet.views.is_empty() {
                    return Err(Halt::Failed(NO_UDP.into()));
                }
                let transfer = Transfer::new(&sheet, progress)?;
                Prepared { views: request.views.clone(), detections: self.detections, transfer, names }
            }
        };
        let prepared = self.transfer.insert(prepared);
        Ok((&prepared.transfer, &prepared.names))
    }
}

const NO_UDP: &str = "no drawing has an Ultra-Dense Pose, which landmark transfer needs: load weights to have them detected, \
                      or put NAME.udp.npz beside NAME.png";

/// When a file, or the newest file in a folder, was written.
fn modified(path: &Path) -> Option<SystemTime> {
    let of = |path: &Path| std::fs::metadata(path).and_then(|data| data.modified()).ok();
    let inside = std::fs::read_dir(path).into_iter().flatten().flatten().filter_map(|entry| of(&entry.path()));
    inside.max().or_else(|| of(path))
}
