//! The drawings: added, pasted, cut out, traced, replaced.

use super::Edit;
use crate::engine::GraphKind;
use crate::fit::Fitted;
use crate::picture::{Picture, Region, formats};
use crate::pose::Orbit;
use crate::progress::Progress as _;
use crate::project::{DrawingSource, Project, file};
use crate::raster::Stance;
use crate::sheet::View;
use crate::studio::Studio;
use crate::studio::cutout::save_new;
use crate::studio::events::{Event, Reading};
use crate::studio::panels::PanelKind;
use crate::udp::{Udp, UdpFormat};
use glam::{Vec2, vec2};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tracing::Level;

/// Drawings that one drop may bring; a whole disk is a mistake.
const MOST_DRAWINGS: usize = 1000;

/// What can be done with drawings.
#[derive(Clone, Debug, PartialEq)]
pub enum SheetCommand {
    /// Adds drawings and folders of drawings.
    Add(Vec<PathBuf>),
    /// Adds a picture from the clipboard.
    Paste(Arc<egui::ColorImage>),
    /// Opens a drawing in the system's paint program. Only what is a picture and is called one: the system starts programs
    /// as readily, and a project may come from anybody.
    EditDrawing(DrawingSource),
    /// Opens the cut-out tool on a drawing.
    CutOut(DrawingSource),
    /// Opens the landmarks tool on a drawing; `None`: on the first that the detector looks at, or else the first.
    Landmarks(Option<DrawingSource>),
    /// Shows a cut-out in a drawing's place.
    UseCutOut {
        /// The drawing that was cut out.
        made_of: DrawingSource,
        /// What the sheet shows now: that drawing, or an earlier cut-out of it.
        in_place_of: DrawingSource,
        /// The cut-out.
        path: PathBuf,
    },
    /// Shows a file in a drawing's place.
    Replace(DrawingSource, PathBuf),
    /// Reads a drawing again.
    Reload(DrawingSource),
    /// Poses the figure over a drawing: tracing picture and output frame follow it.
    Trace(DrawingSource),
    /// The UDP of the figure as it lies over the drawing becomes the drawing's, as a file beside it; tracing ends with it.
    SaveTracedUdp(DrawingSource),
    /// Tracing ends with a UDP beside the drawing.
    Traced(DrawingSource),
    /// Tracing ends; pose, view and picture size are what they were before.
    StopTracing,
    /// The pose that a drawing shows becomes the figure's.
    TakePose(DrawingSource),
    /// It was found: the figure takes it, seen from the drawing's side.
    UsePose {
        /// The drawing.
        of: DrawingSource,
        /// How the figure lies as the drawing has it.
        fitted: Box<Fitted>,
    },
    /// The pose that the traced drawing shows was found: tracing begins with it.
    LayOver {
        /// The project as tracing began; where it is another one by now, the pose comes too late.
        begun: Arc<Project>,
        /// How the figure lies as the drawing has it.
        fitted: Box<Fitted>,
    },
}

impl Studio {
    pub(super) fn apply_sheet(&mut self, ctx: &egui::Context, command: SheetCommand) {
        match command {
            SheetCommand::Add(paths) => self.add_drawings(paths),
            SheetCommand::Paste(image) => self.paste_drawing(image),
            SheetCommand::EditDrawing(source) => self.edit_drawing(&source),
            SheetCommand::CutOut(source) => self.cut_out(source),
            SheetCommand::Landmarks(source) => self.open_landmarks(source),
            SheetCommand::UseCutOut { made_of, in_place_of, path } => {
                self.overlays.cutout.remember(DrawingSource::File(file::absolute(&path)), made_of);
                self.replace_drawing(ctx, &in_place_of, path);
            }
            SheetCommand::Replace(source, path) => self.replace_drawing(ctx, &source, path),
            SheetCommand::Reload(source) => {
                if self.content.tracing_source.as_ref() == Some(&source) {
                    self.read_tracing();
                }
                self.read_drawings(vec![source]);
            }
            SheetCommand::Trace(source) => self.trace(ctx, source),
            SheetCommand::SaveTracedUdp(source) => self.save_traced_udp(&source),
            SheetCommand::Traced(source) => {
                if self.project().tracing.as_ref().is_some_and(|tracing| tracing.source == source) {
                    let project = self.project().after_tracing(true);
                    self.change(ctx, "Save the traced UDP", project, None);
                }
                self.toasts.say(Level::INFO, format!("The UDP of {} lies beside it now", source.name()));
                self.read_drawings(vec![source]);
            }
            SheetCommand::StopTracing => {
                let project = self.project().after_tracing(false);
                self.change(ctx, "Stop tracing", project, None);
            }
            SheetCommand::TakePose(source) => self.take_drawn_pose(source),
            SheetCommand::UsePose { of, fitted } => self.use_drawn_pose(ctx, &of, *fitted),
            SheetCommand::LayOver { begun, fitted } => self.lay_over(ctx, &begun, *fitted),
        }
    }

    /// Opens the cut-out tool on a drawing; on a cut-out it goes on with what that was made of, as far as it is known.
    fn cut_out(&mut self, source: DrawingSource) {
        let view = |source: &DrawingSource| {
            let state = self.content.drawing(source)?;
            state.before.clone().or_else(|| state.view.clone())
        };
        let origin = self.overlays.cutout.origin_of(&source);
        match (view(&origin), view(&source)) {
            (Some(view), _) => self.overlays.cutout.open(origin, view, source),
            (None, Some(view)) => self.overlays.cutout.open(source.clone(), view, source),
            (None, None) => self.toasts.say(Level::INFO, "this drawing is not read yet".into()),
        }
    }

    fn open_landmarks(&mut self, source: Option<DrawingSource>) {
        let state = |source: &DrawingSource| self.content.drawing(source).filter(|state| state.view.is_some());
        let sheet =
            || self.project().sheet.iter().map(|drawing| &drawing.source).filter(|source| state(source).is_some());
        let found = |source: &&DrawingSource| state(source).is_some_and(|state| state.detected.is_some());
        let first = || sheet().find(found).or_else(|| sheet().next()).cloned();
        match source.filter(|source| state(source).is_some()).or_else(first) {
            Some(source) => self.overlays.landmarks.open(source),
            None => self.toasts.say(Level::INFO, "there is no drawing yet that can be looked at".into()),
        }
    }

    /// Reads drawings first and adds those that can be used.
    pub(super) fn add_drawings(&self, paths: Vec<PathBuf>) {
        if paths.is_empty() {
            return;
        }
        self.workers.jobs.start("Reading drawings", move |job| {
            let graphs = crate::engine::graphs().unwrap_or_default();
            let folders = paths.iter().filter(|path| path.is_dir());
            let weights = folders.filter_map(|folder| crate::weights::in_folder(folder, &graphs)).next_back();
            let paths = match crate::sheet::drawing_files(&paths) {
                Ok(paths) => paths,
                Err(error) => return Some(Event::Failed(error.to_string())),
            };
            if let Some(weights) = weights {
                job.send(Event::Weights(GraphKind::of_weights(&weights), weights));
                if paths.is_empty() {
                    return None;
                }
            }
            if paths.is_empty() {
                return Some(Event::Failed("there is no picture and no weights in what was dropped".into()));
            }
            if paths.len() > MOST_DRAWINGS {
                let what = format!("{} pictures at once are too many for a character sheet", paths.len());
                return Some(Event::Failed(format!("{what}; choose up to {MOST_DRAWINGS}")));
            }
            job.stage("Reading drawings", paths.len() as u64);
            let mut views = Vec::new();
            for path in paths {
                if job.cancelled() {
                    return None;
                }
                let read = || View::open(&path).map(|view| Reading::of(view, job)).map_err(|error| error.to_string());
                match job.part(&path.display().to_string(), read) {
                    Ok(reading) => views.push(reading),
                    Err(problem) => job.send(Event::motion_instead(&path).unwrap_or(Event::Failed(problem))),
                }
                job.advance(1);
            }
            (!views.is_empty()).then_some(Event::NewDrawings(views))
        });
    }

    /// Saves a picture from the clipboard as a drawing of its own, beside the project if that has a place.
    fn paste_drawing(&self, image: Arc<egui::ColorImage>) {
        let folder = self.drawings_folder();
        self.workers.jobs.start("Pasting a drawing", move |_| {
            let pixels = image.pixels.iter().map(|colour| colour.to_srgba_unmultiplied()).collect();
            let [width_px, height_px] = image.size.map(|side| side as u32);
            Some(match save_new(&folder, "pasted", &Picture { width_px, height_px, pixels }, None) {
                Ok(path) => Event::Command(SheetCommand::Add(vec![path]).into()),
                Err(error) => Event::Failed(format!("can't save the pasted drawing in {}: {error}", folder.display())),
            })
        });
    }

    /// Opens a drawing in the system's paint program.
    fn edit_drawing(&mut self, source: &DrawingSource) {
        let Some(path) = source.path().map(PathBuf::from) else {
            let what = "a built-in drawing can't be changed; `settei example` writes it as a file".to_owned();
            self.toasts.say(Level::INFO, what);
            return;
        };
        self.workers.jobs.start_quietly("Opening a paint program", move |_| {
            if let Err(problem) = must_be_a_picture(&path) {
                return Some(Event::Failed(problem));
            }
            let failed = open::that_detached(&path).err()?;
            Some(Event::Failed(format!("no program opens {}: {failed}", path.display())))
        });
    }

    fn replace_drawing(&mut self, ctx: &egui::Context, source: &DrawingSource, path: PathBuf) {
        let mut sheet = self.project().sheet.clone();
        let new = DrawingSource::File(file::absolute(&path));
        for drawing in &mut sheet {
            if drawing.source == *source {
                drawing.source = new.clone();
            }
        }
        self.content.drawings.remove(&new);
        self.edit(ctx, "Replace a drawing", Edit::Sheet(sheet), None);
    }

    fn trace(&mut self, ctx: &egui::Context, source: DrawingSource) {
        let view = self.content.drawing(&source).and_then(|state| state.view.clone());
        let size = view.as_ref().map(|view| [view.picture.width_px, view.picture.height_px]);
        let Some(stance) = &self.content.stance else {
            self.toasts.say(Level::INFO, "Tracing poses a figure over the drawing: open a figure first".into());
            return;
        };
        let camera = view.and_then(|view| {
            let shown = Region::of_content(&view.picture)?;
            Some(laid_over(stance, &self.project().camera, size?, shown))
        });
        let known = self.project().alignments.iter().any(|known| known.source == source);
        let project = self.project().with_tracing(source.clone(), size, camera);
        self.change(ctx, "Trace a drawing", project, None);
        self.dock.show(PanelKind::Viewport);
        if !known {
            self.begin_tracing(source);
        }
    }

    /// The current pose's UDP, seen as the drawing is, becomes the drawing's.
    fn save_traced_udp(&mut self, source: &DrawingSource) {
        let project = self.project().clone();
        let traced = project.tracing.as_ref().is_some_and(|tracing| tracing.source == *source);
        let view = self.content.drawing(source).and_then(|state| state.view.clone());
        let (Some(stance), Some(view), Some(path), true) =
            (self.content.stance.clone(), view, source.path().map(PathBuf::from), traced)
        else {
            let what = "first choose Trace on this drawing and pose the figure over it".to_owned();
            self.toasts.say(Level::INFO, what);
            return;
        };
        let (source, subject) = (source.clone(), stance.subject().clone());
        self.workers.jobs.start("Saving the UDP", move |_| {
            let (sidecar, size) = (path.with_extension("udp.npz"), [view.picture.width_px, view.picture.height_px]);
            if let Some(there) = crate::sheet::sidecar(&path) {
                // What tracing made, tracing may make anew; nothing else.
                let known = project.alignments.iter().find(|known| known.source == source);
                let traced = known.and_then(|known| known.udp(&subject, size).ok());
                let ours = there == sidecar && traced.is_some_and(|udp| holds(&there, &udp));
                if !ours {
                    let what = "is there already; take it away first if the new one should count";
                    return Some(Event::Failed(format!("{} {what}", there.display())));
                }
            }
            let udp = project.alignment().map(|alignment| alignment.udp(&subject, size)).transpose();
            let saved = udp
                .map_err(|error| error.to_string())
                .and_then(|udp| udp.map_or(Ok(()), |udp| udp.save(&sidecar).map_err(|error| error.to_string())));
            Some(match saved {
                Ok(()) => Event::Command(SheetCommand::Traced(source).into()),
                Err(problem) => Event::Failed(problem),
            })
        });
    }

    /// Where drawings go that have no place yet.
    pub(in crate::studio) fn drawings_folder(&self) -> PathBuf {
        let beside = self.document.path.as_ref().and_then(|path| path.parent());
        beside.map_or_else(|| self.settings.folder.join("drawings"), PathBuf::from)
    }
}

/// A file holds this UDP, as it is read from a file.
fn holds(path: &Path, udp: &Udp) -> bool {
    let read = udp.to_bytes(UdpFormat::Npz).ok().and_then(|bytes| Udp::from_bytes(&bytes).ok());
    read.is_some_and(|udp| Udp::load(path).is_ok_and(|there| there == udp))
}

/// The camera that lays a figure over what a drawing shows: as tall, and in its middle. `size_px`: the drawing's.
fn laid_over(stance: &Stance, camera: &Orbit, size_px: [u32; 2], shown: Region) -> Orbit {
    let [width, height] = size_px.map(|side| side as f32);
    let Ok(points) = stance.points() else { return *camera };
    let framed = Orbit::framing(&camera.view(), points, width / height, 0.0);
    let placed = framed.camera(width / height, 1.0);
    let seen = points.iter().map(|point| (placed.projection * placed.view).project_point3(*point).truncate());
    let (low, high) = seen
        .filter(|seen| seen.is_finite())
        .fold((Vec2::INFINITY, Vec2::NEG_INFINITY), |(low, high), seen| (low.min(seen), high.max(seen)));
    let tall = shown.height_px as f32 / height;
    if low.y.partial_cmp(&high.y) != Some(std::cmp::Ordering::Less) {
        return framed;
    }
    let zoomed = framed.zoomed(2.0 * tall / (high.y - low.y));
    // In fractions of the picture's height, from its middle: where the drawing is, and where the figure has got to.
    let (left, top) = (shown.left_px as f32, shown.top_px as f32);
    let drawn =
        vec2(left + shown.width_px as f32 / 2.0 - width / 2.0, height / 2.0 - top - shown.height_px as f32 / 2.0);
    let figure = (low + high) / 4.0 * vec2(width / height, 1.0) * (framed.distance_m / zoomed.distance_m);
    let way = figure - drawn / height;
    zoomed.panned(way.x, way.y)
}

/// The file is a picture now, and its name says so as well.
fn must_be_a_picture(path: &Path) -> Result<(), String> {
    if formats::by_name(path).is_none() {
        let what = "is not called a picture; only pictures are handed to another program";
        return Err(format!("{} {what}", path.display()));
    }
    View::check_file(path).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pictures_are_handed_to_other_programs() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let picture = Picture { width_px: 80, height_px: 80, pixels: vec![[9, 9, 9, 200]; 6400] };
        picture.save_png(&at("front.png")).unwrap();
        must_be_a_picture(&at("front.png")).unwrap();
        // Whole pictures, under names by which the system starts something.
        for name in ["front.desktop", "front.bat", "front.sh", "front.png.lnk", "front"] {
            std::fs::copy(at("front.png"), at(name)).unwrap();
            assert!(must_be_a_picture(&at(name)).unwrap_err().contains(name));
        }
        // No pictures, whatever they are called.
        for name in ["evil.png", "evil.tga", "evil.webp"] {
            std::fs::write(at(name), "#!/bin/sh\ntouch PWNED\n").unwrap();
            assert!(must_be_a_picture(&at(name)).unwrap_err().contains(name));
        }
        assert!(must_be_a_picture(&at("gone.png")).is_err());
    }
}
