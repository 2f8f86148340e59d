//! `settei pose --from-picture`, `--from-video`: a picture becomes a pose, a video a motion.

use super::Usage;
use super::motion::{free, rate, save, written};
use super::pose::{Destination, PoseCommand, figure};
use super::report::Report;
use super::video::VideoFrames;
use crate::engine::{GraphKind, PaintingSettings, PoseFinder, PoseOfError, pose_of};
use crate::figure::landmarks::MapPreset;
use crate::fit::{FitError, Fitted, How};
use crate::motion::vmd::Legs;
use crate::motion::{Take, load};
use crate::pose::CameraView;
use crate::progress::{Progress as _, Quiet};
use crate::raster::{RasterChoice, Rasterizer, Subject};
use crate::sheet::{DrawingHints, Side, View};
use anyhow::{Result, bail};
use clap::Args;
use std::path::{Path, PathBuf};

/// The bell by which the motion of a video is made smooth, seconds: two drawings of an animation drawn on twos.
const SMOOTH_S: f64 = 0.08;

/// List, keep, convert, mirror and blend poses, shape hands, pull at a figure, take a pose from a picture or a video
#[derive(Args)]
#[command(
    args_conflicts_with_subcommands = true,
    arg_required_else_help = true,
    after_help = "A POSE is a pose's name (`settei pose list`) or a file: Settei's own (.json) or MikuMikuDance's (.vpd).\n\
                  The name of OUT decides what is written: .json or .vpd.\n\n\
                  Examples:\n  settei pose convert dance dance.vpd\n  \
                  settei pose convert from-mmd.vpd mine.json --figure model.pmx\n  \
                  settei pose mirror wave wave-left.json\n  \
                  settei pose blend stand sit half.json --amount 0.5\n  \
                  settei pose hand stand stop.json --right open --left fist\n  \
                  settei pose reach stand hello.json --part left-hand --to 0.3,1.4,0.3\n  \
                  settei pose look stand up.json --at 0,3,2\n  \
                  settei pose keep half.json\n  \
                  settei pose rename half half-seated\n  \
                  settei pose --from-picture front.png --view front --out as-drawn.json\n  \
                  settei pose --from-video dance.mp4 --fps 12 --out dance.vrma"
)]
pub(super) struct Pose {
    #[command(subcommand)]
    command: Option<PoseCommand>,
    #[command(flatten)]
    from: FromPicture,
}

/// A picture that becomes a pose.
#[derive(Args)]
struct FromPicture {
    /// Take the pose of the character in this picture (a drawing, a render): what NAME.udp.npz beside NAME.png says it shows,
    /// or else what the detector finds
    #[arg(long, value_name = "PICTURE", requires = "out", group = "source")]
    from_picture: Option<PathBuf>,
    /// Take the motion of the character in this video, which ffmpeg takes apart: one character, all the time, on a plain
    /// ground or none. It may turn and go to the side; its feet stay on the floor
    #[arg(long, value_name = "VIDEO", requires = "out", group = "source")]
    from_video: Option<PathBuf>,
    /// Frames a second that are taken of the video
    #[arg(long, value_name = "N", value_parser = rate, default_value = "12", requires = "from_video")]
    fps: f64,
    /// The file to write: a pose's (.json, or .vpd for MikuMikuDance), or a motion's (.vrma, .bvh or .vmd)
    #[arg(long, value_name = "OUT", requires = "source")]
    out: Option<PathBuf>,
    /// From which side the picture (the video's first frame) shows the body: front, three-quarter-left, left, back-left, back, back-right, right,
    /// three-quarter-right (the body's own left and right); much is understood better then
    #[arg(long, value_name = "SIDE", requires = "source")]
    view: Option<Side>,
    /// The figure that takes the pose [default: the built-in one]
    #[arg(long, value_name = "FILE", requires = "source")]
    figure: Option<PathBuf>,
    /// Weights of a detector [default: those of this program]
    #[arg(long, value_name = "PATH", requires = "source")]
    weights: Option<PathBuf>,
    /// How places on the body become landmarks; the shipped weights know `body`
    #[arg(long, value_enum, default_value = "body", requires = "source")]
    map: MapPreset,
    /// Replace OUT if it is there
    #[arg(long, requires = "source")]
    overwrite: bool,
}

impl Pose {
    pub(super) fn run(&self, report: &Report) -> Result<()> {
        let from = &self.from;
        match (&self.command, &from.from_picture, &from.from_video, &from.out) {
            (Some(command), ..) => command.run(report),
            (None, Some(picture), _, Some(out)) => from.picture(picture, out, report),
            (None, None, Some(video), Some(out)) => from.video(video, out, report),
            _ => Err(Usage("say what is to be done with which pose: `settei help pose` has examples".into()).into()),
        }
    }
}

impl FromPicture {
    fn picture(&self, picture: &Path, out: &Path, report: &Report) -> Result<()> {
        let to = Destination { out: out.to_owned(), figure: self.figure.clone(), overwrite: self.overwrite };
        to.check()?;
        let (view, _) = View::open(picture)?.cut_out_unasked(report);
        for warning in &view.warnings {
            report.warn(warning);
        }
        if view.own_udp().is_none() {
            view.check_cut_out()?;
        }
        let (subject, settings) = (self.subject(report)?, self.settings());
        let hints = self.view.map(DrawingHints::from).unwrap_or_default();
        // The pose is to be that of the picture whatever the build of who is drawn.
        let how = How { proportions: true, ..How::default() };
        let fitted = pose_of(&view, &hints, &subject, &settings, &how, report)?;
        let round = |deg: f32| deg.round() + 0.0;
        let seen = CameraView::new(round(fitted.camera.yaw_deg), round(fitted.camera.pitch_deg));
        report.say(format_args!(
            "seen from {seen}; points of the body lie {:.0} cm from where the picture has them",
            100.0 * fitted.off_m
        ));
        to.write(&fitted.pose, subject.figure(), subject.rig(), report)
    }

    fn subject(&self, report: &Report) -> Result<Subject> {
        let figure = figure(self.figure.as_deref(), report)?;
        // Nothing is drawn.
        Ok(Subject::new(Rasterizer::new(RasterChoice::Cpu)?, figure, self.map)?)
    }

    fn settings(&self) -> PaintingSettings {
        let mut settings = PaintingSettings::default();
        if let Some(weights) = &self.weights {
            settings.weights.set(GraphKind::of_weights(weights), Some(weights.clone()));
        }
        settings
    }

    fn video(&self, video: &Path, out: &Path, report: &Report) -> Result<()> {
        free(out, self.overwrite)?;
        let writes = load::writes(out).map_err(|error| Usage(error.to_string()))?;
        let frames = VideoFrames::of(video, self.fps, report)?;
        let (subject, settings) = (self.subject(report)?, self.settings());
        let how = How { proportions: true, ..How::default() };
        let mut finder = PoseFinder::new(&subject, &settings)?;
        let told = self.view.map(DrawingHints::from).unwrap_or_default();
        let mut fitted: Vec<Fitted> = Vec::with_capacity(frames.files.len());
        let mut unseen = 0;
        report.stage("finding poses", frames.files.len() as u64);
        for i in 0..frames.files.len() {
            report.go_on()?;
            let found = frames.open(i, report).and_then(|view| {
                let found = match fitted.last() {
                    None => finder.find(&view, &told, &how, &Quiet(report)),
                    Some(last) => finder.follow(last, &view, &DrawingHints::default(), &how, &Quiet(report)),
                };
                Ok(found?)
            });
            match (found, fitted.last().cloned()) {
                (Ok(found), _) => fitted.push(found),
                // A frame in which nobody is understood is as the one before.
                (Err(error), Some(last)) if may_be_left_out(&error) => {
                    unseen += 1;
                    fitted.push(last);
                }
                (Err(error), _) => return Err(error),
            }
            report.advance(1);
        }
        if unseen * 2 > fitted.len() {
            bail!(
                "in {unseen} of {} frames of {} nobody is seen: choose a part that shows one character whole",
                fitted.len(),
                video.display()
            );
        }
        if unseen > 0 {
            report.warn(format_args!(
                "{unseen} of {} frames show nobody that is understood: they are as those before them",
                fitted.len()
            ));
        }
        let mut take = Take::new(&frames.name, self.fps, finder.fitter().sequence(&fitted));
        take.smooth(SMOOTH_S);
        let off_m = fitted.iter().map(|fitted| fitted.off_m).sum::<f32>() / fitted.len().max(1) as f32;
        report.say(format_args!(
            "{} frames; points of the body lie {:.0} cm from where they show them, in the mean",
            fitted.len(),
            100.0 * off_m
        ));
        let bytes = written(&take.into_clip(), (writes, Legs::Led), subject.figure(), subject.rig(), report)?;
        save(out, &bytes, report)
    }
}

/// One frame can't be understood; the others may be.
fn may_be_left_out(error: &anyhow::Error) -> bool {
    let of_fit = error
        .downcast_ref::<PoseOfError>()
        .is_some_and(|error| matches!(error, PoseOfError::Fit(FitError::TooLittle { .. })));
    of_fit || error.is::<crate::sheet::SheetError>()
}
