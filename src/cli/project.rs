//! `settei project`: what the window saves, without the window.

mod bake;
mod encode;
mod farm;
mod frames;
mod job;
mod paint;
mod render;

use super::Usage;
use super::arguments::OutArgs;
use super::report::Report;
use crate::events::Event;
use crate::fude::renderer::tuning_schema;
use crate::project::collect::Collection;
use crate::project::{self, DrawingSource, Fade, FigureSource, MotionSource, Project};
use crate::raster::RasterChoice;
use crate::sheet::View;
use crate::text;
use crate::udp::UdpFormat;
use crate::weights::Tuning;
use anyhow::{Context as _, Result, bail};
use bake::Bake;
use clap::Subcommand;
use encode::Encode;
use farm::Farm;
use paint::subject;
pub(super) use paint::views;
use render::Render;
use std::path::{Path, PathBuf};

/// What frames are called where nobody says otherwise.
const USUAL_NAME: &str = "{project}_{frame:04}.png";

/// Look into the projects that the window saves, paint them, or collect their files
#[derive(Subcommand)]
#[command(
    after_help = "Examples:\n  settei project show hero.settei\n  settei project render hero.settei --out pictures\n  \
                        settei project render hero.settei --motion dance.vmd --frames 0,30 --out frames\n  \
                        settei project render hero.settei --frames 0-48:2 --out keyed\n  \
                        settei project encode keyed --for web --to keyed.webp\n  \
                        settei project trace hero.settei --out udps\n  \
                        settei project tune hero.settei --tuned hero.tuned.safetensors --share 0.8\n  \
                        settei project tune hero.settei --off\n  \
                        settei project collect hero.settei hero.zip"
)]
pub(super) enum ProjectCommand {
    /// Tell what a project holds and which of its files are missing
    Show {
        /// The project (.settei)
        project: PathBuf,
    },
    Render(Box<Render>),
    Encode(Box<Encode>),
    Farm(Box<Farm>),
    Bake(Bake),
    /// Do a job of the window's render queue, as the window does it: its folder says what is wanted
    Job {
        /// The job's folder
        folder: PathBuf,
        /// Leave the processor to others, and go on when whoever started it ends
        #[arg(long)]
        background: bool,
    },
    /// Write what drawings show that were traced in the window: an Ultra-Dense Pose for each
    ///
    /// NAME.png becomes NAME.udp.npz; put beside its drawing, pictures can be painted from the drawing without weights.
    Trace {
        /// The project (.settei)
        project: PathBuf,
        /// What draws the figure: a graphics card, the processor, or whichever is there
        #[arg(long, value_enum, default_value = "auto")]
        raster: RasterChoice,
        #[command(flatten)]
        out: OutArgs,
    },
    /// Have a project paint with changes to weights that were learned from its drawings, or without them
    Tune {
        /// The project (.settei)
        project: PathBuf,
        /// The changes, as `settei train export` writes them after `settei train sheet`
        #[arg(long, value_name = "FILE", required_unless_present_any = ["share", "off", "on"])]
        tuned: Option<PathBuf>,
        /// How much of the changes is used: 0 the weights as they were, 1 as tuned
        #[arg(long, value_parser = crate::engine::share)]
        share: Option<f32>,
        /// Switch them off; they stay in the project
        #[arg(long, conflicts_with = "on")]
        off: bool,
        /// Switch them on again
        #[arg(long)]
        on: bool,
    },
    /// Copy a project with all its files into one folder or zip file
    Collect {
        /// The project (.settei)
        project: PathBuf,
        /// A folder (one that an earlier, stopped try has begun will do), or a new file whose name ends in .zip
        target: PathBuf,
        /// What becomes of files that lie outside the project's folder; who made the project may have named any file of
        /// yours
        #[arg(long, value_enum, default_value = "ask")]
        outside: Outside,
    },
}

/// What becomes of files that lie outside the project's folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Outside {
    /// List them and ask
    Ask,
    /// Copy them too
    Take,
    /// Leave them where they are
    Leave,
}

impl ProjectCommand {
    pub(super) fn run(&self, report: &Report) -> Result<()> {
        match self {
            Self::Show { project } => show(project, report),
            Self::Render(render) => render.run(report),
            Self::Encode(encode) => encode.run(report),
            Self::Farm(farm) => farm.run(report),
            Self::Bake(bake) => bake.run(report),
            Self::Job { folder, background } => {
                if *background {
                    super::background::go();
                }
                job::run(folder, report)
            }
            Self::Trace { project, raster, out } => {
                let out = out.open("project trace")?;
                trace(&Project::load(project)?, *raster, &out, report)
            }
            Self::Tune { project, tuned, share, off, on } => {
                tune(project, tuned.as_deref(), *share, on.then_some(false).or(off.then_some(true)), report)
            }
            Self::Collect { project: path, target, outside } => {
                let (project, name) = (Project::load(path)?, stem(path));
                collect(&project, (&name, path), target, *outside, report).map(drop)
            }
        }
    }
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn tune(path: &Path, file: Option<&Path>, share: Option<f32>, off: Option<bool>, report: &Report) -> Result<()> {
    let mut project = Project::load(path)?;
    let tuned = &mut project.painting.tuned;
    if let Some(file) = file {
        Tuning::open(file, &tuning_schema()?)?;
        (tuned.file, tuned.off) = (Some(project::file::absolute(file)), false);
    }
    if tuned.file.is_none() {
        bail!("{} has no changes to weights yet: name a file with --tuned", path.display());
    }
    tuned.share = share.unwrap_or(tuned.share);
    tuned.off = off.unwrap_or(tuned.off);
    project.save(path)?;
    report.wrote(path);
    Ok(())
}

/// Where a project was collected that is to be called so and whose file is that one: the project's file, or the zip file.
fn collect(
    project: &Project,
    (name, path): (&str, &Path),
    target: &Path,
    outside: Outside,
    report: &Report,
) -> Result<PathBuf> {
    let folder = project::file::absolute(path).parent().map(Path::to_owned).unwrap_or_default();
    let mut collection = Collection::of(project, None);
    let elsewhere = collection.outside(&folder);
    if !elsewhere.is_empty() && !may_take(&elsewhere, outside, report)? {
        collection = Collection::of(project, Some(&folder));
    }
    let collected = collection.write(name, target, report).with_context(|| format!("can't collect {name}"))?;
    for note in &collected.left_out {
        report.warn(note);
    }
    report.wrote(&collected.path);
    Ok(collected.path)
}

/// Whether files from outside the project's folder go along.
fn may_take(files: &[&Path], outside: Outside, report: &Report) -> Result<bool> {
    match outside {
        Outside::Take => Ok(true),
        Outside::Leave => Ok(false),
        Outside::Ask if report.can_ask() => {
            report.say("These files lie outside the project's folder:");
            files.iter().for_each(|file| report.say(format_args!("  {}", text::line(&file.to_string_lossy()))));
            Ok(report.ask("Copy them too?"))
        }
        Outside::Ask => {
            let shown: Vec<_> = files.iter().take(3).map(|file| file.display().to_string()).collect();
            let more = match files.len() - shown.len() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let what = format!(
                "outside the project's folder lie {}{more}: say whether they are copied too, by --outside take or \
                 --outside leave",
                shown.join(", ")
            );
            Err(Usage(what).into())
        }
    }
}

fn show(path: &Path, report: &Report) -> Result<()> {
    let project = Project::load(path)?;
    let mut missing = Vec::new();
    let mut file = |what: &str, path: &Path| {
        let there = path.exists();
        if !there {
            missing.push(path.display().to_string());
        }
        report.say(format_args!("{what:<10}{}{}", path.display(), if there { "" } else { "  (missing)" }));
    };
    for drawing in &project.sheet {
        let what = if drawing.enabled { "drawing" } else { "unused" };
        if let Some(side) = drawing.side {
            report.say(format_args!("side      {} of {}", side.name(), drawing.source.name()));
        }
        let (points, strokes) = (drawing.points.len(), drawing.not_character.len());
        if points + strokes > 0 {
            report.say(format_args!(
                "said      of {}: points {points}, strokes over what is not the character {strokes}",
                drawing.source.name()
            ));
        }
        match &drawing.source {
            DrawingSource::File(path) => file(what, path),
            DrawingSource::BuiltIn(name) => report.say(format_args!("{what:<10}{name} (built in)")),
        }
    }
    match &project.figure {
        Some(FigureSource::File(path)) => file("figure", path),
        Some(FigureSource::BuiltIn) => report.say("figure    built in"),
        Some(source @ FigureSource::StandIn(_)) => report.say(format_args!("figure    {}", source.name())),
        None => report.say("figure    none"),
    }
    for take in project.animation.takes() {
        match &take.source {
            MotionSource::File(path) => file("motion", path),
            MotionSource::BuiltIn(name) => report.say(format_args!("motion    {name} (built in)")),
        }
    }
    if let Some(Fade { from, over, .. }) = project.animation.fading() {
        report.say(format_args!("          the second begins at frame {from}, both are seen for {over}"));
    }
    let camera = &project.animation.camera;
    if let Some(take) = &camera.take {
        match &take.source {
            MotionSource::File(path) => file(if take.off { "unused" } else { "camera" }, path),
            MotionSource::BuiltIn(name) => report.say(format_args!("camera    {name} (built in)")),
        }
    }
    if let Some(sound) = &project.sound {
        file("sound", &sound.file);
        if sound.begins_s != 0.0 {
            report.say(format_args!("          begins at {:.2} s", sound.begins_s));
        }
    }
    if let (keys @ 1.., Some((last, _))) = (camera.keys.len(), camera.keys.last_key_value()) {
        report.say(format_args!("keys      {keys} of the camera, the last at frame {last}"));
    }
    if let (keys @ 1.., Some(last)) = (project.animation.keys.0.len(), project.animation.keys.last()) {
        report.say(format_args!("keys      {keys}, the last at frame {last} of {} a second", project.animation.fps));
    }
    for (_, weights) in project.painting.weights.iter() {
        file("weights", weights);
    }
    let tuned = &project.painting.tuned;
    if let Some(changes) = &tuned.file {
        file("tuned", changes);
        let on = if tuned.off { "switched off" } else { "in use" };
        report.say(format_args!("          {:.0} % of it, {on}", 100.0 * tuned.share));
    }
    let [width, height] = project.frame_px;
    report.say(format_args!("picture   {width}×{height}, seen from {}", project.camera.view()));
    for pose in &project.poses {
        report.say(format_args!("pose      {}", pose.name));
    }
    report.event(|| Event::Project { project: Box::new(project), missing });
    Ok(())
}

/// Writes the UDPs of a project's traced drawings, as its window saves them; the one that is being traced comes last.
fn trace(project: &Project, raster: RasterChoice, out: &super::arguments::Results, report: &Report) -> Result<()> {
    let now = project.alignment();
    let earlier = project.alignments.iter().filter(|known| now.as_ref().is_none_or(|now| now.source != known.source));
    let alignments: Vec<_> = earlier.chain(&now).collect();
    if alignments.is_empty() {
        bail!("no drawing of the project was traced yet: open it in the window and choose Trace in a drawing's menu");
    }
    let subject = subject(project, raster, report)?;
    let mut written = 0;
    for alignment in alignments {
        let size = match &alignment.source {
            DrawingSource::File(path) => {
                View::open(path).map(|view| [view.picture.width_px, view.picture.height_px])?
            }
            DrawingSource::BuiltIn(name) => {
                report.warn(format_args!("left out: {name} is built in and has its Ultra-Dense Pose already"));
                continue;
            }
        };
        let udp = alignment.udp(&subject, size)?;
        let stem = out.unique_stem(&alignment.source.name());
        out.udp(&format!("{stem}.udp"), &udp, UdpFormat::Npz, report)?;
        written += 1;
    }
    if written == 0 {
        bail!("none of the traced drawings is a file: add drawings of your own in the window and trace those");
    }
    Ok(())
}
