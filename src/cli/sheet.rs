//! `settei sheet`: a figure's own character sheet.

use super::Usage;
use super::arguments::{OutArgs, RasterArgs, Size, camera, figure_help};
use super::report::Report;
use super::stances::{MotionArgs, Stances};
use crate::pose::CameraView;
use crate::progress::Progress;
use crate::raster::{MARGIN, ToonStyle};
use crate::udp::UdpFormat;
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;

/// Draw a character sheet of a figure: cut-out pictures, each with its Ultra-Dense Pose beside it
#[derive(Args)]
#[command(after_help = "Examples:\n  settei sheet --figure hero.vrm --views 4 --out hero-sheet\n  \
                        settei sheet --figure miku.pmx --views front,three-quarter-left,back --size 768x1024 --out miku-sheet\n  \
                        settei sheet --figure hero.vrm --motion walk.bvh --frames 0,15 --views front --out walk-sheet")]
pub(super) struct Sheet {
    #[arg(long, value_name = "FILE", help = figure_help("The figure"))]
    figure: PathBuf,
    /// Built-in poses by name (`t`, `walk`, `sit` …) or pose files (.json)
    #[arg(long, value_name = "NAME|FILE", num_args = 1.., default_value = "a", group = "stance")]
    pose: Vec<String>,
    #[command(flatten)]
    motion: MotionArgs,
    /// How many cameras evenly around the figure, or a list of cameras: front,back,YAW:PITCH[:FOV]
    #[arg(long, value_name = "N|CAMERA,…", default_value = "4", value_parser = views, allow_hyphen_values = true)]
    views: Views,
    /// Size of each picture in pixels, at most 8192 a side
    #[arg(long, value_name = "WxH", default_value = "512x512")]
    size: Size,
    #[command(flatten)]
    raster: RasterArgs,
    #[command(flatten)]
    out: OutArgs,
}

/// Cameras, as the command line names them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Views(pub(super) Vec<CameraView>);

/// More cameras than any sheet has use for.
const MOST_VIEWS: usize = 360;

/// How many cameras evenly around the figure, or a list of cameras.
pub(super) fn views(text: &str) -> Result<Views, String> {
    if let Ok(count) = text.trim().parse::<usize>() {
        return match count {
            1..=MOST_VIEWS => Ok(Views(CameraView::evenly_around(count))),
            _ => Err(format!("1 to {MOST_VIEWS} views")),
        };
    }
    text.split(',').map(|name| camera(name.trim())).collect::<Result<_, _>>().map(Views)
}

impl Sheet {
    pub(super) fn run(&self, report: &Report) -> Result<()> {
        if self.motion.camera_motion.is_some() {
            return Err(Usage("a sheet is drawn from the sides of --views: leave --camera-motion out".into()).into());
        }
        let stances = Stances::of(&self.pose, &self.motion, report)?;
        let out = self.out.open("sheet")?;
        let subject = self.raster.subject(&self.figure, report)?;
        let (stances, size) = (stances.on(subject.figure(), subject.rig(), &self.motion, report)?, self.size.array());
        let cameras = self.views.0.iter().map(|view| stances.camera(&subject, view, size, report));
        let cameras = cameras.collect::<Result<Vec<_>>>()?;
        report.stage("drawing views", (stances.len() * self.views.0.len()) as u64);
        for i in 0..stances.len() {
            let (stance, pose_name) = (stances.stand(&subject, i), stances.name(i));
            for (view, seen) in self.views.0.iter().zip(&cameras) {
                let shot = match seen {
                    Some(camera) => stance.seen(*camera),
                    None => stance.framed(view, size, MARGIN)?,
                };
                let (picture, udp) = (shot.toon(size, &ToonStyle::default())?, shot.udp(size)?);
                let camera = camera_stem(view);
                let name = if stances.len() > 1 { format!("{pose_name}-{camera}") } else { camera };
                let stem = out.unique_stem(&name);
                out.picture(&stem, &picture, report)?;
                out.udp(&format!("{stem}.udp"), &udp, UdpFormat::Npz, report)?;
                report.advance(1);
            }
        }
        Ok(())
    }
}

/// A camera's name, or its angles in a form that file systems and shells take.
fn camera_stem(view: &CameraView) -> String {
    let text = view.to_string();
    let mut angles = text.split(':');
    match (angles.next(), angles.next(), angles.next()) {
        (Some(yaw), Some("0"), None) => format!("yaw{yaw}"),
        (Some(yaw), Some(pitch), None) => format!("yaw{yaw}-pitch{pitch}"),
        (Some(yaw), Some(pitch), Some(fov)) => format!("yaw{yaw}-pitch{pitch}-fov{fov}"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn views_are_named_after_their_cameras() {
        let stem = |text: &str| camera_stem(&text.parse().unwrap());
        assert_eq!(stem("three-quarter-left"), "three-quarter-left");
        assert_eq!(stem("-135:0"), "yaw-135");
        assert_eq!(stem("30:-10:45"), "yaw30-pitch-10-fov45");
    }

    #[test]
    fn views_are_a_number_or_a_list() {
        assert_eq!(views("8").unwrap().0.len(), 8);
        assert_eq!(views("front, back,30:-10").unwrap().0.len(), 3);
        for wrong in ["0", "361", "", "front,,back", "sideways", "-4"] {
            assert!(views(wrong).is_err(), "{wrong}");
        }
    }
}
