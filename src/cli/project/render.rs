//! `settei project render`: a project's picture, or its frames.

use super::super::Usage;
use super::super::arguments::OutArgs;
use super::super::report::Report;
use super::paint::{PaintArgs, Sequence, paint};
use super::{USUAL_NAME, frames, stem};
use crate::export::FrameName;
use crate::project::Project;
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;

/// What frames of another motion are called where nobody says otherwise.
const OTHERS_NAME: &str = "{project}-{motion}_{frame:04}.png";

/// Paint a project's picture as its window would: its sheet, pose, camera and size; or its frames
///
/// Frames (--frames) can be trusted to a farm: each is painted for itself and appears whole; one that is there already and
/// shows the same is passed over; several workers may fill one folder, and no frame is painted twice. What failed is
/// named at the end.
#[derive(Args)]
#[command(after_help = "Examples:\n  settei project render hero.settei --out hero-picture\n  \
                        settei project render hero.settei --frames 0-12:4,24 --name '{project}-shot1_{frame:04}.png' --out shot1\n  \
                        settei project render hero.settei --frames 0-24 --on 8 --picture-size 48x64 --out on-eights\n  \
                        settei project render hero.settei --frames 0-24:12 --layers openpose,openpose-json,depth \
                        --only-layers --out for-controlnet")]
pub(in crate::cli) struct Render {
    /// The project (.settei)
    project: PathBuf,
    #[command(flatten)]
    args: PaintArgs,
    /// Draw the layers alone: nothing is painted, and no drawings are needed
    #[arg(long, requires = "layers")]
    only_layers: bool,
    /// What frames are called: {project}, {motion} and {frame:04}, the number with at least four digits [default:
    /// {project}_{frame:04}.png]
    #[arg(long, value_name = "PATTERN", value_parser = frames::frame_name)]
    name: Option<FrameName>,
    #[command(flatten)]
    out: OutArgs,
}

impl Render {
    pub(super) fn run(&self, report: &Report) -> Result<()> {
        let Self { project, args, only_layers, name, out } = self;
        let PaintArgs { motion, look, layers, .. } = args;
        let (path, project) = (project, look.over(Project::load(project)?));
        let stem = stem(path);
        if let Some(otherwise) = project.painted_otherwise(path) {
            report.say(otherwise);
        }
        let Some(moving) = frames::moving((path, &project), motion, look.on, false, report)? else {
            if name.is_some() || look.on > 1 || !layers.is_empty() {
                return Err(Usage("--name, --on and --layers are for frames: say which with --frames".into()).into());
            }
            return paint(&project, &stem, args, &out.open("project render")?, report);
        };
        let usual = if motion.motion.is_some() { OTHERS_NAME } else { USUAL_NAME };
        let name = name.clone().map_or_else(|| usual.parse(), Ok)?;
        let frames = Sequence { stem: &stem, name: &name, folder: &out.out, overwrite: out.overwrite };
        let layers: Vec<_> = layers.iter().map(|layer| (*layer, out.out.join(layer.name()))).collect();
        if *only_layers {
            return frames.draw(&project, moving, args, &layers, report).map(drop);
        }
        frames.paint(&project, moving, args, &layers, 1, report).map(drop)
    }
}
