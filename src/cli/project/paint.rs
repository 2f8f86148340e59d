//! How a project is painted without the window: its picture, its frames, and what else is drawn of those.

use super::super::arguments::{Results, Size, introduce};
use super::super::report::Report;
use super::super::stances::{MotionArgs, Moving};
use super::frames::{self, Job};
use crate::dynamics::Settings;
use crate::engine::{Easel, Painter, PainterChoice, Views};
use crate::export::kept::{Content, Kept};
use crate::export::{FrameName, turned_name};
use crate::figure::Figure;
use crate::layers::{self, Layer, Skeleton};
use crate::picture::Picture;
use crate::pose::Camera;
use crate::progress::{Progress, Quiet};
use crate::project::{DrawingError, Drawings, Project};
use crate::raster::{RasterChoice, Rasterizer, Stance, Subject};
use crate::sheet::{DrawingHints, View};
use anyhow::{Result, bail};
use clap::Args;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What of a project is painted, and how.
#[derive(Args)]
#[group(skip)]
pub(super) struct PaintArgs {
    /// What draws the figure: a graphics card, the processor, or whichever is there
    #[arg(long, value_enum, default_value = "auto")]
    pub(super) raster: RasterChoice,
    #[command(flatten)]
    pub(super) motion: MotionArgs,
    #[command(flatten)]
    pub(super) look: LookArgs,
    /// Draw these of each frame as well, each in a folder of its own beside the painted frames; by commas
    #[arg(long, value_enum, value_name = "LAYERS", value_delimiter = ',')]
    pub(super) layers: Vec<Layer>,
}

/// What is painted otherwise than the project has it.
#[derive(Args)]
#[group(skip)]
pub(super) struct LookArgs {
    /// Who draws, instead of the project's choice
    #[arg(long, value_enum)]
    pub(super) engine: Option<PainterChoice>,
    /// Size of the pictures, instead of the project's
    #[arg(long, value_name = "WxH")]
    pub(super) picture_size: Option<Size>,
    /// Each drawing is seen for so many frames, as animators do: 2 paints every other frame, 3 every third
    #[arg(long, value_name = "FRAMES", default_value_t = 1, value_parser = clap::value_parser!(i64).range(1..=24))]
    pub(super) on: i64,
}

impl LookArgs {
    /// The project, looked at so.
    pub(super) fn over(&self, mut project: Project) -> Project {
        if let Some(painter) = self.engine {
            project.painting.painter = painter;
        }
        if let Some(size) = self.picture_size {
            project.frame_px = size.array();
        }
        project
    }
}

/// A project's figure.
pub(super) fn figure(project: &Project, report: &Report) -> Result<Figure> {
    let Some(figure) = &project.figure else {
        bail!("the project has no figure yet: open it in the window and choose one");
    };
    let figure = figure.load()?;
    introduce(&figure, report);
    Ok(figure)
}

/// The same, ready to be drawn.
pub(super) fn subject(project: &Project, raster: RasterChoice, report: &Report) -> Result<Subject> {
    Ok(Subject::new(Rasterizer::new(raster)?, figure(project, report)?, project.map())?)
}

/// Paints a project's picture as its window does: the same easel, the same drawings left out.
pub(super) fn paint(project: &Project, stem: &str, args: &PaintArgs, out: &Results, report: &Report) -> Result<()> {
    let subject = subject(project, args.raster, report)?;
    on_easel(project, subject, report, |easel| {
        let subject = easel.subject;
        let figure = subject.figure();
        let lets = |settings: &Settings| project.lets_hang(settings, figure);
        let hangs = args.motion.sway.of_poses(&project.sway, lets, figure, report);
        let subject = hangs.map_or_else(|| Arc::clone(subject), |chains| Arc::new(subject.hanging(chains)));
        report.stage("painting", 0);
        out.picture(stem, &easel.paint(&subject.stand(&project.pose), easel.camera, report)?, report)
    })
}

/// Frames of what moves: what they are called, and where they are kept.
pub(super) struct Sequence<'a> {
    pub(super) stem: &'a str,
    pub(super) name: &'a FrameName,
    pub(super) folder: &'a Path,
    /// Files of others are no hindrance.
    pub(super) overwrite: bool,
}

impl Sequence<'_> {
    /// Paints them, from one place unless a camera moves too, as far as they are not kept, and draws the layers that are
    /// wanted, each into a folder; where they are. Seen from several directions round the figure they come one after the other.
    pub(super) fn paint(
        &self,
        project: &Project,
        mut moving: Moving,
        args: &PaintArgs,
        layers: &[(Layer, PathBuf)],
        directions: usize,
        report: &Report,
    ) -> Result<Vec<PathBuf>> {
        if directions > 1 && moving.camera_moves() {
            report.warn("the camera stays where the project's stands, and only goes round");
            moving = moving.seen_from_one_place();
        }
        // Said before figures and drawings are read.
        let kept = Kept::open(self.folder, self.overwrite)?;
        let subject = subject(project, args.raster, report)?;
        on_easel(project, subject, report, |easel| {
            let subject = easel.subject;
            let moving = moving.on(subject.figure(), subject.rig(), &args.motion, &project.sway, report)?;
            let paint = |stance: &_, camera| easel.paint(stance, camera, &Quiet(report)).map(Content::Picture);
            let mut files = Vec::new();
            for direction in 0..directions {
                let turned = turned_name(self.stem, direction, directions);
                let stem = if directions > 1 { &turned } else { self.stem };
                let camera = camera(project, 360.0 * direction as f32 / directions as f32);
                let job = Job { stem, ..self.job(&moving, subject, camera, project, easel.shared) };
                files.extend(job.paint(&kept, |stance, camera, _| paint(stance, camera), report)?);
                for (layer, folder) in layers {
                    self.layer(*layer, folder, project, &job, report)?;
                }
            }
            Ok(files)
        })
    }

    /// Draws layers alone, each into a folder: the drawings are not looked at. Where the files of the last one are.
    pub(super) fn draw(
        &self,
        project: &Project,
        moving: Moving,
        args: &PaintArgs,
        layers: &[(Layer, PathBuf)],
        report: &Report,
    ) -> Result<Vec<PathBuf>> {
        let subject = Arc::new(subject(project, args.raster, report)?.stretched(&project.lengths()));
        let moving = moving.on(subject.figure(), subject.rig(), &args.motion, &project.sway, report)?;
        let job = self.job(&moving, &subject, camera(project, 0.0), project, "");
        let mut files = Vec::new();
        for (layer, folder) in layers {
            files = self.layer(*layer, folder, project, &job, report)?;
        }
        Ok(files)
    }

    fn job<'a>(
        &'a self,
        moving: &'a Moving,
        subject: &'a Arc<Subject>,
        camera: Camera,
        project: &Project,
        shared: &'a str,
    ) -> Job<'a> {
        let (stem, name, size_px) = (self.stem, self.name, project.frame_px);
        Job { stem, moving, subject, camera, size_px, shared, name, ending: ".png", doing: "painting frames" }
    }

    /// One layer of the same frames.
    fn layer(
        &self,
        layer: Layer,
        folder: &Path,
        project: &Project,
        frames: &Job<'_>,
        report: &Report,
    ) -> Result<Vec<PathBuf>> {
        let kept = Kept::open(folder, self.overwrite)?;
        let shared = format!("{} {} {}", layer.name(), layers::VERSION, frames::figure(project)?);
        let doing = format!("drawing {}", layer.name());
        let job = Job { shared: &shared, ending: layer.ending(), doing: &doing, ..*frames };
        let skeleton = Skeleton::new(job.subject);
        let draw = |stance: &Arc<Stance>, camera, fingerprint: &str| {
            Ok(layer.draw(&stance.seen(camera), job.size_px, &skeleton, fingerprint)?)
        };
        job.paint(&kept, draw, report)
    }
}

/// A project's sheet on an easel, its figure before its camera.
struct OnEasel<'a> {
    painter: &'a Painter<'a>,
    subject: &'a Arc<Subject>,
    camera: Camera,
    size_px: [u32; 2],
    /// What tells what all its pictures are painted from.
    shared: &'a str,
}

impl OnEasel<'_> {
    fn paint(&self, stance: &Arc<Stance>, camera: Camera, progress: &dyn Progress) -> Result<Picture> {
        let udp = stance.seen(camera).udp(self.size_px)?;
        Ok(self.painter.paint(&udp, progress)?.picture)
    }
}

/// What sees a project's figure where no camera moves, gone round it by so many degrees.
fn camera(project: &Project, turn_deg: f32) -> Camera {
    let [width, height] = project.frame_px;
    project.camera.turned(turn_deg, 0.0).camera(width as f32 / height as f32, 1.0)
}

/// Gets a project ready to be painted, and paints.
fn on_easel<T>(
    project: &Project,
    subject: Subject,
    report: &Report,
    paint: impl FnOnce(&OnEasel<'_>) -> Result<T>,
) -> Result<T> {
    let (views, hints) = views(project, report)?;
    let mut easel = Easel::default();
    easel.draws(&subject);
    easel.heed(&views, &hints);
    let size_px = project.frame_px;
    let settings = project.painting.settled(&views, size_px);
    let shared = frames::painting(project, (&views, &hints), &settings)?;
    let prepared = easel.prepare(&views, &settings, report)?;
    for note in prepared.notes() {
        report.warn(note);
    }
    let camera = camera(project, 0.0);
    let subject = Arc::new(subject.stretched(&project.lengths()));
    let painter = &prepared.painter;
    paint(&OnEasel { painter, subject: &subject, camera, size_px, shared: &shared })
}

/// The enabled drawings of a project, with what is said about them; those that can't be used are left out with a warning.
pub(in crate::cli) fn views(project: &Project, report: &Report) -> Result<(Views, Vec<DrawingHints>)> {
    let enabled = || project.sheet.iter().filter(|drawing| drawing.enabled);
    let mut drawings = Drawings::default();
    let (mut views, mut hints) = (Vec::new(), Vec::new());
    for drawing in enabled() {
        let cut_out = |view: View| {
            let view = view.cut_out_unasked(report).0;
            view.check_cut_out().map(|()| view).map_err(DrawingError::from)
        };
        let view = drawings.open(&drawing.source).and_then(cut_out);
        match view {
            Ok(view) => {
                view.warnings.iter().for_each(|warning| report.warn(format_args!("{}: {warning}", view.name)));
                views.push(Arc::new(view));
                hints.push(drawing.hints());
            }
            Err(error) => report.warn(format_args!("left out: {error}")),
        }
    }
    if enabled().next().is_none() {
        bail!("the project's sheet is empty: open it in the window and add drawings");
    }
    if views.is_empty() {
        bail!("none of the project's drawings can be used; the warnings say why");
    }
    Ok((views.into(), hints))
}
