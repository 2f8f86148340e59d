//! `settei project render`: a project's picture, or its frames.

use super::super::Usage;
use super::super::arguments::OutArgs;
use super::super::report::Report;
use super::super::stances::MotionArgs;
use super::frames::{self, LookArgs};
use super::{USUAL_NAME, paint, paint_frames, stem};
use crate::export::FrameName;
use crate::export::kept::Kept;
use crate::project::Project;
use crate::raster::RasterChoice;
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
                        settei project render hero.settei --frames 0-24 --on 8 --picture-size 48x64 --out on-eights")]
pub(in crate::cli) struct Render {
    /// The project (.settei)
    project: PathBuf,
    /// What draws the figure: a graphics card, the processor, or whichever is there
    #[arg(long, value_enum, default_value = "auto")]
    raster: RasterChoice,
    #[command(flatten)]
    motion: MotionArgs,
    #[command(flatten)]
    look: LookArgs,
    /// What frames are called: {project}, {motion} and {frame:04}, the number with at least four digits [default:
    /// {project}_{frame:04}.png]
    #[arg(long, value_name = "PATTERN", value_parser = frames::frame_name)]
    name: Option<FrameName>,
    #[command(flatten)]
    out: OutArgs,
}

impl Render {
    pub(super) fn run(&self, report: &Report) -> Result<()> {
        let Self { project, raster, motion, look, name, out } = self;
        let (path, project) = (project, look.over(Project::load(project)?));
        let stem = stem(path);
        let Some(moving) = frames::moving((path, &project), motion, look.on, false, report)? else {
            if name.is_some() || look.on > 1 {
                return Err(Usage("--name and --on are for frames: say which with --frames".into()).into());
            }
            return paint(&project, &stem, (*raster, motion), &out.open("project render")?, report);
        };
        let usual = if motion.motion.is_some() { OTHERS_NAME } else { USUAL_NAME };
        let name = name.clone().map_or_else(|| usual.parse(), Ok)?;
        let kept = Kept::open(&out.out, out.overwrite)?;
        paint_frames(&project, &stem, moving, (*raster, motion), (&kept, &name), report).map(drop)
    }
}
