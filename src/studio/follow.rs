//! Keeps what was read in step with the project: whatever it refers to is read once, by a worker.

use super::Studio;
use super::content::{DrawingThumbnail, Loaded};
use super::events::{Event, Reading};
use super::images::shrunk;
use super::workers::{Job, StandInRequest};
use crate::figure::landmarks::Encoding;
use crate::picture::Picture;
use crate::progress::Progress as _;
use crate::project::{DrawingSource, Drawings, FigureSource};
use crate::raster::{RasterChoice, Rasterizer, Subject};
use std::path::Path;
use std::sync::Arc;

impl Studio {
    /// Sends workers for what the project refers to and nobody has read yet.
    pub(super) fn follow(&mut self) {
        let project = self.document.project().clone();
        let mut anew = false;
        let map = project.map();
        if self.content.figure_source != project.figure || self.content.figure_map != map {
            self.content.figure_map = map;
            let before = std::mem::replace(&mut self.content.figure_source, project.figure.clone());
            // Stand-ins have the same joints: what was selected stays, and what is shown until the next is made.
            let is_own =
                |source: &Option<FigureSource>| source.as_ref().is_some_and(|source| source.params().is_some());
            let goes_on = is_own(&before) && is_own(&project.figure) && self.content.subject().is_some();
            if !goes_on {
                self.display.selected = None;
                self.content.pose_thumbnails.clear();
                self.content.figure = Loaded::None;
            }
            // Nobody waits for the one before any more.
            if let Some(job) = self.content.figure_job.take() {
                job.stop();
            }
            match project.figure.clone() {
                None => {}
                Some(FigureSource::StandIn(_)) => {
                    // It may be the one that was made last, before another figure took its place.
                    anew = !matches!(before, Some(FigureSource::StandIn(_)));
                    if !goes_on {
                        self.content.figure = Loaded::Loading;
                    }
                }
                Some(source) => {
                    if !goes_on {
                        self.content.figure = Loaded::Loading;
                    }
                    let raster = self.raster_choice();
                    let (title, lost) = (format!("Opening {}", source.name()), source.clone());
                    let or_else = move |why| Event::Figure(lost, Err(why));
                    self.content.figure_job = Some(self.workers.jobs.start_or_else(title, or_else, move |job| {
                        let outcome = read_figure(&source, raster, map, job);
                        Some(Event::Figure(source, outcome.map(Arc::new)))
                    }));
                }
            }
        }
        if let Some(FigureSource::StandIn(params)) = &project.figure {
            self.workers.stand_ins.request(
                StandInRequest {
                    params: (**params).clone(),
                    quick: self.display.dragging,
                    raster: self.raster_choice(),
                    map,
                },
                anew,
            );
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
            self.read_tracing();
        }
        self.content.gather_views(&project.sheet);
        self.follow_motion();
        let moment = self.playback.moment.clone();
        let played = moment.as_ref().and_then(|now| now.local.as_ref());
        let swung = self.live.swung.as_ref().filter(|_| self.playback.is_live());
        let (pose, local) = (self.playback.shown(&project), played.or(swung));
        // What plays or is sent swings instead.
        let figure = self.content.subject().map(|subject| subject.figure());
        let hangs = figure.and_then(|figure| project.hangs(figure)).filter(|_| moment.is_none() && swung.is_none());
        self.content.take_pose(pose, local, &project.lengths(), hangs);
        self.ask_for_thumbnails();
        self.watch_files();
        self.follow_trainings();
        self.ask_painter();
    }

    /// Sends a worker for the tracing picture; the last reading stays on screen until the new one is there.
    pub(super) fn read_tracing(&mut self) {
        if let Some(job) = self.content.tracing_job.take() {
            job.stop();
        }
        let Some(source) = self.content.tracing_source.clone() else { return };
        if self.content.tracing.ready().is_none() {
            self.content.tracing = Loaded::Loading;
        }
        let lost = source.clone();
        let or_else = move |why| Event::Tracing(lost, Err(why));
        let job = self.workers.jobs.start_or_else("Opening the tracing picture", or_else, move |job| {
            let outcome = read_tracing(&source);
            // Stopped: a later reading is under way.
            (!job.cancelled()).then_some(Event::Tracing(source, outcome))
        });
        self.content.tracing_job = Some(job);
    }

    /// Sends a worker for these drawings, all at once.
    pub(super) fn read_drawings(&mut self, sources: Vec<DrawingSource>) {
        if sources.is_empty() {
            return;
        }
        let asked = self.content.next_revision();
        for source in &sources {
            let state = self.content.drawings.entry(source.clone()).or_default();
            (state.loading, state.asked) = (true, asked);
        }
        let unread = move |sources: &[DrawingSource], why| Event::Unread { sources: sources.to_vec(), asked, why };
        let lost = sources.clone();
        self.workers.jobs.start_or_else(
            "Reading drawings",
            move |why| unread(&lost, why),
            move |job| {
                job.stage("Reading drawings", sources.len() as u64);
                let mut drawings = Drawings::default();
                for (i, source) in sources.iter().enumerate() {
                    if job.cancelled() {
                        let why = "reading was stopped; choose Read again in the drawing's menu".to_owned();
                        return Some(unread(&sources[i..], why));
                    }
                    let missing = source.path().is_some_and(|path| !path.exists());
                    let outcome = job.part(&source.name(), || {
                        let view = drawings.open(source).map_err(|error| error.to_string())?;
                        Ok(Box::new(Reading::of(view, job)))
                    });
                    job.advance(1);
                    job.send(Event::Drawing { source: source.clone(), asked, outcome, missing });
                }
                None
            },
        );
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
                    let udp = view.udp.as_ref().or(detected.as_deref()).map(|udp| small(&udp.colours()));
                    let thumbnail = DrawingThumbnail { picture: small(&view.picture), udp, revision: 0 };
                    job.send(Event::DrawingThumbnail(source, revision, thumbnail));
                }
                None
            });
        }
    }

    /// Has the files of the sheet and of the tracing picture watched.
    fn watch_files(&mut self) {
        let files = |sources: &mut dyn Iterator<Item = &DrawingSource>| {
            sources.filter_map(DrawingSource::path).map(Path::to_path_buf).collect()
        };
        let project = self.document.project();
        self.workers.drawings.watch(files(&mut project.sheet.iter().map(|drawing| &drawing.source)));
        self.workers.tracing.watch(files(&mut project.tracing.iter().map(|tracing| &tracing.source)));
    }

    /// Who draws figures.
    pub(super) fn raster_choice(&self) -> RasterChoice {
        self.launch.raster.unwrap_or(self.settings.now.raster)
    }
}

/// Side of a drawing's thumbnail in pixels, at most.
const THUMBNAIL_PX: f32 = 448.0;

fn small(picture: &Picture) -> Arc<egui::ColorImage> {
    shrunk(picture, THUMBNAIL_PX)
}

/// Reads a figure and gets it ready to be drawn.
pub(super) fn read_figure(
    source: &FigureSource,
    raster: RasterChoice,
    map: Encoding,
    job: &Job,
) -> Result<Subject, String> {
    job.stage(&format!("Opening {}", source.name()), 0);
    let figure = source.load().map_err(|error| error.to_string())?;
    if job.cancelled() {
        return Err(format!("{}: stopped", source.name()));
    }
    let rasterizer = Rasterizer::new(raster).map_err(|error| error.to_string())?;
    Subject::new(rasterizer, figure, map).map_err(|error| error.to_string())
}

/// Side of the tracing picture in pixels, at most: handing more over to the graphics card would hold up the window.
const TRACING_PX: f32 = 2048.0;

fn read_tracing(source: &DrawingSource) -> Result<Arc<egui::ColorImage>, String> {
    let view = Drawings::default().open(source).map_err(|error| error.to_string())?;
    Ok(shrunk(&view.picture, TRACING_PX))
}
