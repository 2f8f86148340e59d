//! Keeps what was read in step with the project: whatever it refers to is read once, by a worker.

use super::Studio;
use super::content::{DrawingThumbnail, Loaded};
use super::events::{Event, Reading};
use super::workers::Job;
use super::workers::stage::colours;
use crate::engine::Subject;
use crate::picture::Picture;
use crate::project::{DrawingSource, FigureSource};
use crate::raster::{RasterChoice, Rasterizer};
use crate::sheet::View;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

impl Studio {
    /// Sends workers for what the project refers to and nobody has read yet.
    pub(super) fn follow(&mut self) {
        let project = self.document.project().clone();
        if self.content.figure_source != project.figure {
            self.content.figure_source = project.figure.clone();
            self.view.selected = None;
            self.content.pose_thumbnails.clear();
            match project.figure.clone() {
                None => self.content.figure = Loaded::None,
                Some(source) => {
                    self.content.figure = Loaded::Loading;
                    let (raster, map) = (self.raster_choice(), project.landmarks);
                    self.workers.jobs.start(format!("Opening {}", source.name()), move |job| {
                        let outcome = read_figure(&source, raster, map, job);
                        Some(Event::Figure(source, outcome.map(Arc::new)))
                    });
                }
            }
        }
        let unread: Vec<DrawingSource> = project
            .sheet
            .iter()
            .map(|drawing| &drawing.source)
            .filter(|source| !self.content.drawings.contains_key(source))
            .cloned()
            .collect();
        self.read_drawings(unread);
        if self.content.tracing_source.as_ref() != project.tracing.as_ref().map(|tracing| &tracing.source) {
            self.content.tracing_source = project.tracing.as_ref().map(|tracing| tracing.source.clone());
            self.content.tracing = Loaded::None;
            if let Some(source) = self.content.tracing_source.clone() {
                self.content.tracing = Loaded::Loading;
                self.workers.jobs.start("Opening the tracing picture", move |_| {
                    Some(Event::Tracing(source.clone(), read_tracing(&source)))
                });
            }
        }
        self.content.gather_views(&project.sheet);
        self.ask_for_thumbnails();
        self.watch_drawings();
        self.ask_painter();
    }

    /// Sends a worker for these drawings, all at once.
    pub(super) fn read_drawings(&mut self, sources: Vec<DrawingSource>) {
        if sources.is_empty() {
            return;
        }
        for source in &sources {
            self.content.drawings.entry(source.clone()).or_default().loading = true;
        }
        self.workers.jobs.start("Reading drawings", move |job| {
            use crate::progress::Progress as _;
            job.stage("Reading drawings", sources.len() as u64);
            let example = if sources.iter().any(|s| matches!(s, DrawingSource::BuiltIn(_))) {
                crate::example::sheet().map_err(|error| error.to_string())
            } else {
                Ok(Default::default())
            };
            for source in sources {
                let (outcome, missing) = match &source {
                    DrawingSource::BuiltIn(name) => (built_in(name, &example), false),
                    DrawingSource::File(path) => read_drawing(path),
                };
                job.advance(1);
                job.send(Event::Drawing { source, outcome: outcome.map(|view| Box::new(Reading::of(view))), missing });
            }
            None
        });
    }

    /// Sends a worker for the thumbnails of new readings.
    fn ask_for_thumbnails(&mut self) {
        let mut wanted = Vec::new();
        for (source, state) in &mut self.content.drawings {
            let Some(view) = &state.view else { continue };
            let of = (state.revision, state.detected.is_some());
            if state.thumbnail_asked != Some(of) {
                state.thumbnail_asked = Some(of);
                wanted.push((source.clone(), state.revision, view.clone(), state.detected.clone()));
            }
        }
        if !wanted.is_empty() {
            self.workers.jobs.start_quietly("Making thumbnails", move |job| {
                for (source, revision, view, detected) in wanted {
                    let udp = view.udp.as_ref().or(detected.as_deref()).map(|udp| small(&colours(udp)));
                    let thumbnail = DrawingThumbnail { picture: small(&view.picture), udp };
                    job.send(Event::DrawingThumbnail(source, revision, thumbnail));
                }
                None
            });
        }
    }

    /// Has the sheet's files watched.
    fn watch_drawings(&mut self) {
        let sheet = &self.document.project().sheet;
        let files: BTreeSet<PathBuf> = sheet.iter().filter_map(|d| d.source.path()).map(Path::to_path_buf).collect();
        if files != self.watched {
            self.workers.watcher.watch(files.clone());
            self.watched = files;
        }
    }

    /// Who draws figures.
    pub(super) fn raster_choice(&self) -> RasterChoice {
        self.launch.raster.unwrap_or(self.settings.raster)
    }
}

/// Side of a drawing's thumbnail in pixels, at most.
const THUMBNAIL_PX: f32 = 224.0;

fn small(picture: &Picture) -> Arc<egui::ColorImage> {
    shrunk(picture, THUMBNAIL_PX)
}

/// A picture whose sides have at most so many pixels, as the window wants it.
pub(super) fn shrunk(picture: &Picture, side_px: f32) -> Arc<egui::ColorImage> {
    let (width, height) = (picture.width_px, picture.height_px);
    // Colours weighted by how opaque they are: else the unseen colour of what is transparent shows at the edges.
    let premultiplied = crate::sheet::framing::premultiplied(picture);
    let whole = image::RgbaImage::from_raw(width, height, bytemuck::cast_slice(&premultiplied).to_vec());
    let scale = (side_px / width.max(height).max(1) as f32).min(1.0);
    let side = |px: u32| ((px as f32 * scale) as u32).max(1);
    let small = image::imageops::thumbnail(&whole.unwrap_or_default(), side(width), side(height));
    let size = [small.width() as usize, small.height() as usize];
    Arc::new(egui::ColorImage::from_rgba_premultiplied(size, small.as_raw()))
}

/// Reads a figure and gets it ready to be drawn.
pub(super) fn read_figure(
    source: &FigureSource,
    raster: RasterChoice,
    map: crate::figure::landmarks::MapPreset,
    job: &Job,
) -> Result<Subject, String> {
    use crate::progress::Progress as _;
    job.stage(&format!("Opening {}", source.name()), 0);
    let figure = match source {
        FigureSource::BuiltIn => crate::example::figure(),
        FigureSource::File(path) => crate::figure::load(path),
    };
    let figure = figure.map_err(|error| error.to_string())?;
    if job.cancelled() {
        return Err(format!("{}: stopped", source.name()));
    }
    let rasterizer = Rasterizer::new(raster).map_err(|error| error.to_string())?;
    Subject::new(rasterizer, figure, map).map_err(|error| error.to_string())
}

/// Reads a drawing; true beside it: there is no such file.
pub(super) fn read_drawing(path: &Path) -> (Result<View, String>, bool) {
    let missing = !path.exists();
    (View::open(path).map_err(|error| error.to_string()), missing)
}

fn built_in(name: &str, example: &Result<crate::sheet::Sheet, String>) -> Result<View, String> {
    let sheet = example.as_ref().map_err(String::clone)?;
    let view = sheet.views.iter().find(|view| view.name == name);
    view.cloned().ok_or_else(|| format!("the built-in example has no drawing `{name}`; remove it from the sheet"))
}

/// Side of the tracing picture in pixels, at most: handing more over to the graphics card would hold up the window.
const TRACING_PX: f32 = 2048.0;

fn read_tracing(source: &DrawingSource) -> Result<Arc<egui::ColorImage>, String> {
    let view = match source {
        DrawingSource::File(path) => View::open(path).map_err(|error| error.to_string())?,
        DrawingSource::BuiltIn(name) => built_in(name, &crate::example::sheet().map_err(|error| error.to_string()))?,
    };
    Ok(shrunk(&view.picture, TRACING_PX))
}
