//! Keeps what was read in step with the project: whatever it refers to is read once, by a worker.

use super::Studio;
use super::content::Loaded;
use super::events::Event;
use super::workers::Job;
use crate::engine::Subject;
use crate::picture::Picture;
use crate::project::{DrawingSource, FigureSource};
use crate::raster::{RasterChoice, Rasterizer};
use crate::sheet::View;
use std::path::Path;
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
                    Some(Event::Tracing(source.clone(), read_picture(&source)))
                });
            }
        }
        self.content.gather_views(&project.sheet);
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
                job.send(Event::Drawing { source, outcome: outcome.map(Box::new), missing });
            }
            None
        });
    }

    /// Who draws figures.
    pub(super) fn raster_choice(&self) -> RasterChoice {
        self.launch.raster.unwrap_or(self.settings.raster)
    }
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

fn read_picture(source: &DrawingSource) -> Result<Arc<Picture>, String> {
    let view = match source {
        DrawingSource::File(path) => View::open(path).map_err(|error| error.to_string())?,
        DrawingSource::BuiltIn(name) => built_in(name, &crate::example::sheet().map_err(|error| error.to_string()))?,
    };
    Ok(Arc::new(view.picture))
}
