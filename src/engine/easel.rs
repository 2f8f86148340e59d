//! What lies ready between pictures: all that takes long to make and serves many poses.
//!
//! ```text
//! check ─→ detect (UDPs that drawings lack) ─→ painter ─→ Painter::paint, once a pose
//! ```
//!
//! The command line takes these steps one after the other ([`Easel::prepare`]), the window's painter between newer wishes.

use super::graphs::{Belief, Drawing, EncodedDrawings, Found, GraphKind, LoadedGraph, Running};
use super::heard::{HeardHints, News};
use super::painter::{PaintError, Painter};
use super::{PainterKind, PaintingSettings};
use crate::nn::DeviceChoice;
use crate::picture::Picture;
use crate::progress::Progress;
use crate::raster::{Model, Subject};
use crate::sheet::{DrawingHints, Side, View};
use crate::transfer::{Drawn, Parts, Transfer, confidences};
use crate::udp::Udp;
use crate::weights::WeightSource;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};
use std::time::SystemTime;

/// The drawings to paint from; their order means nothing.
pub type Views = Arc<[Arc<View>]>;

/// Encoded sheets that are kept: a draft's, those of two steps, and the full picture's.
const ENCODED: usize = 4;

/// All that is kept: loaded weights, encoded sheets, the sheet prepared for landmark transfer, detected UDPs.
#[derive(Default)]
pub struct Easel {
    loaded: Vec<Loaded>,
    /// Of one sheet, by several graphs at several sizes.
    encoded: (Option<Views>, Vec<Encoded>),
    transfer: Option<PreparedTransfer>,
    /// Who is to be drawn in new poses; dangling if nobody said so.
    model: Weak<Model>,
    /// Those of a model.
    parts: Option<(Weak<Model>, Arc<Parts>)>,
    /// What the user said about drawings.
    heard: HeardHints,
    detected: Vec<Detected>,
    /// Counts up whenever `detected` changes.
    detections: u64,
}

/// Ready to paint.
pub struct Prepared<'a> {
    /// Who paints.
    pub painter: Painter<'a>,
    /// In words: `landmark transfer`, `CoNR at 256 px on the processor, 8 threads`; of the program's own weights with their
    /// edition, `Fude 3f9a1c at 256 px …`.
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

/// A graph and its weights.
struct Loaded {
    key: WeightsKey,
    graph: Box<dyn LoadedGraph>,
    /// What it runs on, in words.
    on: String,
}

/// Which weights, and as they were written when.
#[derive(Clone, PartialEq)]
struct WeightsKey {
    graph: GraphKind,
    weights: WeightSource,
    modified: Option<SystemTime>,
    /// Changes to them: the file, when it was written, and how much of it is used.
    tuned: Option<(PathBuf, Option<SystemTime>, f32)>,
    running: Running,
}

impl WeightsKey {
    fn of(graph: GraphKind, settings: &PaintingSettings) -> Option<Self> {
        let weights = settings.weights_of(graph)?;
        let modified = match &weights {
            WeightSource::Path(path) => modified(path),
            WeightSource::Shipped(_) => None,
        };
        let tuned = settings.tuned.used().filter(|_| graph.tuning.is_some());
        let tuned = tuned.map(|(file, share)| (file.to_owned(), self::modified(file), share));
        Some(Self { graph, weights, modified, tuned, running: settings.running() })
    }
}

/// A sheet that a graph looked at.
struct Encoded {
    graph: GraphKind,
    working_px: u32,
    /// For which detected UDPs and which figure, where they matter.
    place: Option<(u64, Weak<Model>)>,
    drawings: Box<dyn EncodedDrawings>,
    used: Vec<String>,
    left_out: Vec<String>,
}

/// What a graph takes a drawing to show.
struct Detected {
    view: Arc<View>,
    finding: Finding,
    by: GraphKind,
}

/// What a drawing was found to show, for all who want to know.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Of the drawing's size; another one for each time that it was looked at.
    pub udp: Arc<Udp>,
    /// Per pixel how far off its landmark may be, in landmark units, from who knows.
    pub spread: Option<Arc<[f32]>>,
    /// What the detector thinks of the drawing as a whole, if it does.
    pub belief: Option<Belief>,
}

/// The drawings that can be painted from.
#[derive(Default)]
struct Usable<'a> {
    drawings: Vec<Drawing<'a>>,
    used: Vec<String>,
    left_out: Vec<String>,
}

/// A sheet prepared for landmark transfer.
struct PreparedTransfer {
    views: Views,
    model: Weak<Model>,
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
        if settings.kind().needs_udps() && settings.detector().is_some() {
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
        self.forget(|graph| settings.weights_of(graph).is_none());
        // What other weights found has to be found anew.
        if let Some(key) = settings.detector().and_then(|graph| WeightsKey::of(graph, settings))
            && self.detected.iter().any(|detected| detected.by == key.graph)
            && !self.loaded.iter().any(|loaded| loaded.key == key)
        {
            self.detected.retain(|detected| detected.by != key.graph);
            self.detections += 1;
        }
        let kind = settings.kind();
        let lacks_udps = || views.iter().any(|view| self.udp(view).is_none());
        let detector = settings.detector().filter(|_| kind.needs_udps() && lacks_udps());
        for graph in kind.graph().into_iter().chain(detector) {
            let key = WeightsKey::of(graph, settings).ok_or(PaintError::NoWeights(graph))?;
            if !self.loaded.iter().any(|loaded| loaded.key == key) {
                graph.check(&key.weights, key.tuned.as_ref().map(|(file, ..)| &**file))?;
            }
        }
        Ok(())
    }

    /// Finds out the UDPs that drawings lack, by the graph that does; `tell` hears of each.
    ///
    /// # Errors
    /// Weights that are missing or can't be loaded; stopped.
    pub fn detect(
        &mut self,
        views: &Views,
        settings: &PaintingSettings,
        progress: &dyn Progress,
        tell: &mut dyn FnMut(&Arc<View>, &Finding),
    ) -> Result<(), PaintError> {
        let Some(by) = settings.detector() else { return Ok(()) };
        let known = |view: &Arc<View>| {
            self.own_udp(view).is_some() || self.detected.iter().any(|d| d.by == by && Arc::ptr_eq(&d.view, view))
        };
        let unknown: Vec<Arc<View>> = views.iter().filter(|view| !known(view)).cloned().collect();
        for (i, view) in unknown.iter().enumerate() {
            if progress.cancelled() {
                return Err(PaintError::Stopped);
            }
            progress.stage(&format!("finding the Ultra-Dense Pose of {}", view.name), unknown.len() as u64);
            progress.advance(i as u64);
            let (hints, seen) = (self.heard.of(view), Arc::clone(self.heard.seen(view)));
            let graph = &self.load(by, settings, progress)?.graph;
            let Found { udp, spread, belief } = graph.detect(&seen, &hints, by.working_px)?;
            let finding = Finding { udp: Arc::new(udp), spread: spread.map(Arc::from), belief };
            // Drawings that are gone need none.
            self.detected.retain(|d| views.iter().any(|v| Arc::ptr_eq(&d.view, v)) && !Arc::ptr_eq(&d.view, view));
            self.detected.push(Detected { view: Arc::clone(view), finding: finding.clone(), by });
            self.detections += 1;
            tell(view, &finding);
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
            PainterKind::Graph(graph) => self.graph(graph, views, settings, progress),
        }
    }

    /// Does a graph keep up with someone who drags? On a processor that can be told before its weights are loaded.
    pub(super) fn quick(&self, graph: GraphKind) -> bool {
        let on_card = || self.loaded.iter().any(|loaded| loaded.key.graph == graph && !loaded.graph.on_processor());
        graph.paints.is_some_and(|paints| paints.quick) || on_card()
    }

    /// Whose UDPs will be painted from now on: landmark transfer then tells the figure's parts apart.
    pub fn draws(&mut self, subject: &Subject) {
        self.model = Arc::downgrade(subject.model());
    }

    /// Takes to heart what is said about drawings (in their order; nothing about those beyond its end): it helps to find out
    /// what they show, and what is not the character is not painted from.
    pub fn heed(&mut self, views: &Views, hints: &[DrawingHints]) {
        let nothing = DrawingHints::default();
        let mut hints = hints.iter();
        for view in views.iter() {
            let news = self.heard.hear(view, hints.next().unwrap_or(&nothing));
            if news == News::None {
                continue;
            }
            let known = self.detected.len();
            self.detected.retain(|detected| !Arc::ptr_eq(&detected.view, view));
            self.detections += u64::from(self.detected.len() < known || news == News::Looks);
            if news == News::Looks {
                self.encoded.1.clear();
            }
        }
    }

    /// Something was said about a drawing of which it is not known what it shows.
    pub(super) fn owes_answers(&self, views: &Views) -> bool {
        views.iter().any(|view| self.heard.any(view) && self.udp(view).is_none())
    }

    /// The side that a drawing may show as well, where nobody said which, and the detector thinks so; and what it was taken to
    /// show when the detector thought so.
    pub(super) fn other_side(&self, view: &Arc<View>) -> Option<(Side, &Arc<Udp>)> {
        let found = self.found(view).filter(|_| self.heard.of(view).view_deg.is_none())?;
        let belief = found.belief.filter(Belief::is_open)?;
        Some((belief.other.0, &found.udp))
    }

    /// A pose drawn from one drawing alone, as if that showed a side: by landmark transfer.
    ///
    /// # Errors
    /// Whatever keeps it from being painted from so; stopped.
    pub(super) fn otherwise(
        &mut self,
        (view, side): (&Arc<View>, Side),
        pose: &Udp,
        settings: &PaintingSettings,
        progress: &dyn Progress,
    ) -> Result<Picture, PaintError> {
        let by = settings.detector().ok_or(PaintError::NoDetector)?;
        let parts = self.parts();
        let seen = Arc::clone(self.heard.seen(view));
        let hints = DrawingHints { view_deg: Some(side.degrees()), ..self.heard.of(view) };
        let graph = &self.load(by, settings, progress)?.graph;
        let Found { udp, spread, .. } = graph.detect(&seen, &hints, by.working_px)?;
        let sure = confidences(&[(&udp, spread.as_deref())]).pop().flatten();
        let drawn = Drawn { picture: &seen.picture, udp: &udp, confidence: sure.as_deref() };
        let transfer = Transfer::of(&[drawn], parts, progress)?;
        Ok(Painter::Landmark(&transfer).paint(pose, progress)?.picture)
    }

    /// Is any drawing's UDP known?
    pub(super) fn knows_any(&self, views: &Views) -> bool {
        views.iter().any(|view| self.udp(view).is_some())
    }

    /// The UDP of a drawing: its own, or a detected one.
    fn udp<'a>(&'a self, view: &'a Arc<View>) -> Option<&'a Udp> {
        self.own_udp(view).or_else(|| self.found(view).map(|found| &*found.udp))
    }

    fn own_udp<'a>(&'a self, view: &'a Arc<View>) -> Option<&'a Udp> {
        self.heard.seen(view).own_udp()
    }

    fn found(&self, view: &Arc<View>) -> Option<&Finding> {
        self.detected.iter().find(|detected| Arc::ptr_eq(&detected.view, view)).map(|detected| &detected.finding)
    }

    /// The drawings, with what they show as far as it is known; all of them, or those of known UDPs alone.
    fn usable<'a>(&'a self, views: &'a Views, by: PainterKind) -> Result<Usable<'a>, PaintError> {
        let mut usable = Usable::default();
        for view in views.iter() {
            let udp = self.udp(view);
            if udp.is_none() && by.needs_udps() {
                usable.left_out.push(view.name.clone());
            } else {
                usable.used.push(view.name.clone());
                let found = self.found(view).filter(|_| self.own_udp(view).is_none());
                let spread = found.and_then(|found| found.spread.as_deref());
                usable.drawings.push(Drawing { picture: &self.heard.seen(view).picture, udp, spread });
            }
        }
        match usable.used.is_empty() {
            true => Err(PaintError::NoUdp { by, drawings: usable.left_out }),
            false => Ok(usable),
        }
    }

    /// Weights that nobody wants any more only take memory.
    fn forget(&mut self, unwanted: impl Fn(GraphKind) -> bool) {
        self.loaded.retain(|loaded| !unwanted(loaded.key.graph));
        self.encoded.1.retain(|encoded| !unwanted(encoded.graph));
    }

    fn load(
        &mut self,
        graph: GraphKind,
        settings: &PaintingSettings,
        progress: &dyn Progress,
    ) -> Result<&Loaded, PaintError> {
        let key = WeightsKey::of(graph, settings).ok_or(PaintError::NoWeights(graph))?;
        let at = match self.loaded.iter().position(|loaded| loaded.key == key) {
            Some(at) => at,
            None => {
                // The old ones are gone before the new ones come: both may not fit.
                self.forget(|other| other == graph);
                let loaded = {
                    let tuned = key.tuned.as_ref().map(|(file, _, share)| (&**file, *share));
                    graph.load_tuned(&key.weights, tuned, key.running, progress)?
                };
                self.detected.retain(|detected| detected.by != graph);
                self.detections += 1;
                let device = if loaded.on_processor() { DeviceChoice::Cpu } else { settings.device };
                self.loaded.push(Loaded { key, graph: loaded, on: device.describe() });
                self.loaded.len() - 1
            }
        };
        Ok(&self.loaded[at])
    }

    fn graph(
        &mut self,
        graph: GraphKind,
        views: &Views,
        settings: &PaintingSettings,
        progress: &dyn Progress,
    ) -> Result<Prepared<'_>, PaintError> {
        let loaded = self.load(graph, settings, progress)?;
        let edition = match &loaded.key.weights {
            WeightSource::Shipped(shipped) => format!(" {}", shipped.edition()),
            WeightSource::Path(_) => String::new(),
        };
        let by = format!("{graph}{edition} at {} px on {}", settings.size_px, loaded.on);
        if !self.encoded.0.as_ref().is_some_and(|of| same_views(of, views)) {
            self.encoded = (Some(views.clone()), Vec::new());
        }
        let working_px = settings.size_px;
        let needs_udps = PainterKind::Graph(graph).needs_udps();
        let place = needs_udps.then(|| (self.detections, self.model.clone()));
        let same = |other: &Option<(u64, Weak<Model>)>| match (other, &place) {
            (Some((a, of)), Some((b, wanted))) => a == b && of.ptr_eq(wanted),
            (other, place) => other.is_none() && place.is_none(),
        };
        let fits = |e: &Encoded| (e.graph, e.working_px) == (graph, working_px) && same(&e.place);
        let at = match self.encoded.1.iter().position(fits) {
            Some(at) => at,
            None => {
                let parts = if needs_udps { self.parts() } else { None };
                let Usable { drawings, used, left_out } = self.usable(views, PainterKind::Graph(graph))?;
                // Loaded above.
                let loaded = self.loaded.iter().find(|loaded| loaded.key.graph == graph);
                let loaded = loaded.ok_or(PaintError::NoWeights(graph))?;
                let drawings = loaded.graph.encode(&drawings, parts, working_px, progress)?;
                let sheets = &mut self.encoded.1;
                if sheets.len() >= ENCODED {
                    sheets.remove(0);
                }
                sheets.push(Encoded { graph, working_px, place, drawings, used, left_out });
                sheets.len() - 1
            }
        };
        let encoded = &self.encoded.1[at];
        Ok(Prepared {
            painter: Painter::Graph(&*encoded.drawings),
            by,
            used: encoded.used.clone(),
            left_out: encoded.left_out.clone(),
        })
    }

    /// Those of the figure whose poses are painted.
    fn parts(&mut self) -> Option<Arc<Parts>> {
        if let Some((_, parts)) = self.parts.as_ref().filter(|(of, _)| of.ptr_eq(&self.model)) {
            return Some(Arc::clone(parts));
        }
        let model = self.model.upgrade()?;
        let parts = Arc::new(Parts::new(model.landmark_triangles()));
        self.parts = Some((self.model.clone(), Arc::clone(&parts)));
        Some(parts)
    }

    /// The sheet prepared for landmark transfer, as far as its UDPs are known.
    fn landmark(&mut self, views: &Views, progress: &dyn Progress) -> Result<Prepared<'_>, PaintError> {
        let fits = |prepared: &PreparedTransfer| {
            same_views(&prepared.views, views)
                && prepared.detections == self.detections
                && prepared.model.ptr_eq(&self.model)
        };
        let prepared = match self.transfer.take() {
            Some(prepared) if fits(&prepared) => prepared,
            _ => {
                let parts = self.parts();
                let Usable { drawings, used, left_out } = self.usable(views, PainterKind::Landmark)?;
                let spreads: Vec<_> = drawings.iter().filter_map(|d| Some((d.udp?, d.spread))).collect();
                let sure = confidences(&spreads);
                let known = drawings.iter().filter_map(|d| Some((d.picture, d.udp?))).zip(&sure);
                let known: Vec<_> =
                    known.map(|((picture, udp), sure)| Drawn { picture, udp, confidence: sure.as_deref() }).collect();
                let transfer = Transfer::of(&known, parts, progress)?;
                let (views, model) = (views.clone(), self.model.clone());
                PreparedTransfer { views, model, detections: self.detections, transfer, used, left_out }
            }
        };
        let prepared = self.transfer.insert(prepared);
        Ok(Prepared {
            painter: Painter::Landmark(&prepared.transfer),
            by: PainterKind::Landmark.to_string(),
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
