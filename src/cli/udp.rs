//! `settei udp`: a posed figure as Ultra-Dense Pose files.

use super::arguments::{OutArgs, RasterArgs, Size, camera, figure_help};
use super::report::Report;
use super::stances::{MotionArgs, Stances};
use crate::pose::CameraView;
use crate::progress::Progress;
use crate::udp::UdpFormat;
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;

/// Turn a posed figure into Ultra-Dense Pose files, one per pose or frame of a motion
///
/// An Ultra-Dense Pose (UDP) says for every pixel which point of the body it shows. `settei render` draws a character
/// into it; CoNR's own program reads the .npz form, compositing programs the .exr form.
#[derive(Args)]
#[command(after_help = "Examples:\n  settei udp --figure hero.vrm --pose walk --out poses\n  \
                        settei udp --figure miku.pmx --pose sit my-pose.json --camera three-quarter-left --size 1024 --out poses\n  \
                        settei udp --figure hero.vrm --motion dance.vmd --frames 0-60:20 --out dance-poses")]
pub(super) struct UdpCommand {
    #[arg(long, value_name = "FILE", help = figure_help("The figure"))]
    figure: PathBuf,
    /// Built-in poses by name (`t`, `walk`, `sit` …) or pose files (.json)
    #[arg(long, value_name = "NAME|FILE", num_args = 1.., group = "stance", required_unless_present = "motion")]
    pose: Vec<String>,
    #[command(flatten)]
    motion: MotionArgs,
    /// front, back, left, right, low, high, three-quarter-left, three-quarter-right, or YAW:PITCH[:FOV] in degrees
    #[arg(long, value_parser = camera, default_value = "front", allow_hyphen_values = true)]
    camera: CameraView,
    /// Size of the result in pixels, at most 8192 a side
    #[arg(long, value_name = "WxH", default_value = "512x512")]
    size: Size,
    #[command(flatten)]
    raster: RasterArgs,
    /// File form: npz (CoNR's own), exr (compositing), png (16 bit, to look at)
    #[arg(long, value_enum, default_value = "npz")]
    format: UdpFormat,
    #[command(flatten)]
    out: OutArgs,
}

impl UdpCommand {
    pub(super) fn run(&self, report: &Report) -> Result<()> {
        let stances = Stances::of(&self.pose, &self.motion, report)?;
        let out = self.out.open("udp")?;
        let subject = self.raster.subject(&self.figure, report)?;
        let (stances, size) = (stances.on(subject.figure(), subject.rig(), &self.motion, report)?, self.size.array());
        let camera = stances.camera(&subject, &self.camera, size, report)?;
        report.stage("drawing poses", stances.len() as u64);
        for i in 0..stances.len() {
            let udp = stances.shoot(&subject, i, &self.camera, size, camera.as_ref())?.udp(size)?;
            out.udp(&out.unique_stem(&stances.name(i)), &udp, self.format, report)?;
            report.advance(1);
        }
        Ok(())
    }
}
