//! `settei project bake`: how hair and skirts swing in what a project plays.

use super::super::motion::free;
use super::super::report::Report;
use super::super::stances::Moving;
use super::super::sway::{self, SettingsArgs};
use crate::motion::Frames;
use crate::pose::Rig;
use crate::project::Project;
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;

/// Work out how hair and skirts swing in what a project plays, and keep it for --bake of `settei project render`
///
/// What swings depends on all of the motion before: a bake spares each render of some frames, on each machine, to work that
/// out again. It is refused once the motion, the keys or what swings have changed.
#[derive(Args)]
#[command(after_help = "Examples:\n  settei project bake hero.settei --out hero.bake\n  \
                        settei project render hero.settei --frames 20-24:4 --bake hero.bake --out swinging-frames")]
pub(in crate::cli) struct Bake {
    /// The project (.settei)
    project: PathBuf,
    /// Which frames: numbers from 0 and ranges, such as 0-60:2,75 [default: all]
    #[arg(long, value_name = "LIST", allow_hyphen_values = true)]
    frames: Option<Frames>,
    /// For how many frames each drawing is seen, as `settei project render` is told
    #[arg(long, value_name = "FRAMES", default_value_t = 1, value_parser = clap::value_parser!(i64).range(1..=24))]
    on: i64,
    #[command(flatten)]
    settings: SettingsArgs,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Replace it if it is there
    #[arg(long)]
    overwrite: bool,
}

impl Bake {
    pub(super) fn run(&self, report: &Report) -> Result<()> {
        free(&self.out, self.overwrite)?;
        let project = Project::load(&self.project)?;
        let moving = Moving::of_project(&project, self.frames.as_ref(), report)?
            .ok_or_else(|| super::frames::nothing_moves(&self.project, ""))?;
        let figure = super::paint::figure(&project, report)?;
        let rig = Rig::stretched(&figure, &project.lengths());
        let moving = moving.drawn_on(self.on).filmed(&figure, &rig, None, report)?;
        sway::keep(&moving, (&figure, &rig), self.settings.over(&project.sway), &self.out, report)
    }
}
