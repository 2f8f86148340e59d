//! `settei train sheet`: the renderer learns the drawings of one character.

use super::Usage;
use super::arguments::warn_of;
use super::hints::HintArgs;
use super::report::Report;
use super::train::{Begun, whole};
use crate::project::Project;
use crate::sheet::{DrawingHints, Sheet, View};
use crate::train::{self, Preset, SHEET_PRESETS};
use anyhow::Result;
use std::path::PathBuf;
use std::sync::Arc;

/// Tune the renderer's last layers to the drawings of one character
///
/// Of three drawings or more one is kept out: nothing is learned from it, and by it is measured what is gained. Other
/// characters are learned from in between and measured, too, so that nothing is forgotten; what loses more than 0.3 dB on
/// them is not written. What comes of it is a small file of changes (`settei train export`), which `settei render --tuned`
/// and projects (`settei project tune`) use.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  settei train sheet front.png back.png --view front back --only-prepare --out hero-tuning\n  \
                  settei train sheet --project hero.settei --preset quick --only-prepare --out quick-tuning"
)]
pub(super) struct TrainSheet {
    /// Cut-out drawings of the character, or folders of them: 1 to 8
    #[arg(value_name = "PATH", required_unless_present = "project")]
    drawings: Vec<PathBuf>,
    /// The drawings of this project that are in use, and what is said there about them
    #[arg(long, value_name = "FILE", conflicts_with_all = ["drawings", "view", "hint", "not"])]
    project: Option<PathBuf>,
    /// How long: quick, good or thorough; `settei train list` tells of each
    #[arg(long, default_value = "good")]
    preset: String,
    /// The name of the drawing that is kept out [default: the one that the others show best]
    #[arg(long, value_name = "NAME")]
    keep_out: Option<String>,
    #[command(flatten)]
    hints: HintArgs,
    /// A detector's weights, which find out what the drawings show [default: those of this program]
    #[arg(long, value_name = "FILE")]
    detector: Option<PathBuf>,
    #[command(flatten)]
    begun: Begun,
}

impl TrainSheet {
    pub(super) fn run(&self, report: &Report) -> Result<()> {
        let preset = Preset::of_sheets(&self.preset).ok_or_else(|| {
            let names: Vec<_> = SHEET_PRESETS.iter().map(|preset| preset.name).collect();
            Usage(format!("there is no preset called `{}`; the presets are {}", self.preset, names.join(", ")))
        })?;
        let mut settings = self.begun.settings(preset);
        settings.detector = self.detector.as_deref().map(whole).transpose()?;
        let (views, hints) = self.drawings(report)?;
        let drawings: Vec<(&View, &DrawingHints)> = views.iter().map(|view| &**view).zip(&hints).collect();
        let folder = train::begin_sheet(&self.begun.out, &settings, &drawings, self.keep_out.as_deref())?;
        self.begun.learn(&folder, &settings, report)
    }

    /// The drawings, with what is said about each.
    fn drawings(&self, report: &Report) -> Result<(Vec<Arc<View>>, Vec<DrawingHints>)> {
        if let Some(project) = &self.project {
            let (views, hints) = super::project::views(&Project::load(project)?, report)?;
            return Ok((views.to_vec(), hints));
        }
        let sheet = Sheet::load(&self.drawings, report)?;
        warn_of(&sheet, report);
        let hints = self.hints.of(sheet.views.iter())?;
        Ok((sheet.views.into_iter().map(Arc::new).collect(), hints))
    }
}
