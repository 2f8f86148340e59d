//! `settei pose --from-picture`: a picture becomes a pose.

use super::Usage;
use super::pose::{Destination, PoseCommand, figure};
use super::report::Report;
use crate::engine::{GraphKind, PaintingSettings, pose_of};
use crate::figure::landmarks::MapPreset;
use crate::fit::How;
use crate::pose::CameraView;
use crate::raster::{RasterChoice, Rasterizer, Subject};
use crate::sheet::{DrawingHints, Side, View};
use anyhow::Result;
use clap::Args;
use std::path::{Path, PathBuf};

/// List, keep, convert, mirror and blend poses, shape hands, pull at a figure, take a pose from a picture
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
                  settei pose --from-picture front.png --view front --out as-drawn.json"
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
    #[arg(long, value_name = "PICTURE", requires = "out")]
    from_picture: Option<PathBuf>,
    /// The pose file to write: .json, or .vpd for MikuMikuDance
    #[arg(long, value_name = "OUT", requires = "from_picture")]
    out: Option<PathBuf>,
    /// From which side the picture shows the body: front, three-quarter-left, left, back-left, back, back-right, right,
    /// three-quarter-right (the body's own left and right); much is understood better then
    #[arg(long, value_name = "SIDE", requires = "from_picture")]
    view: Option<Side>,
    /// The figure that takes the pose [default: the built-in one]
    #[arg(long, value_name = "FILE", requires = "from_picture")]
    figure: Option<PathBuf>,
    /// Weights of a detector [default: those of this program]
    #[arg(long, value_name = "PATH", requires = "from_picture")]
    weights: Option<PathBuf>,
    /// How places on the body become landmarks; the shipped weights know `body`
    #[arg(long, value_enum, default_value = "body", requires = "from_picture")]
    map: MapPreset,
    /// Replace OUT if it is there
    #[arg(long, requires = "from_picture")]
    overwrite: bool,
}

impl Pose {
    pub(super) fn run(&self, report: &Report) -> Result<()> {
        match (&self.command, &self.from.from_picture, &self.from.out) {
            (Some(command), ..) => command.run(report),
            (None, Some(picture), Some(out)) => self.from.run(picture, out, report),
            _ => Err(Usage("say what is to be done with which pose: `settei help pose` has examples".into()).into()),
        }
    }
}

impl FromPicture {
    fn run(&self, picture: &Path, out: &Path, report: &Report) -> Result<()> {
        let to = Destination { out: out.to_owned(), figure: self.figure.clone(), overwrite: self.overwrite };
        to.check()?;
        let (view, _) = View::open(picture)?.cut_out_unasked(report);
        for warning in &view.warnings {
            report.warn(warning);
        }
        if view.own_udp().is_none() {
            view.check_cut_out()?;
        }
        let figure = figure(self.figure.as_deref(), report)?;
        // Nothing is drawn.
        let subject = Subject::new(Rasterizer::new(RasterChoice::Cpu)?, figure, self.map)?;
        let mut settings = PaintingSettings::default();
        if let Some(weights) = &self.weights {
            settings.weights.set(GraphKind::of_weights(weights), Some(weights.clone()));
        }
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
}
