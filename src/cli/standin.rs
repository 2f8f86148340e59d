//! `settei standin`: the figure of an artist who owns none, made, changed and dressed like drawings.

use super::Usage;
use super::arguments::warn_of;
use super::hints::HintArgs;
use super::report::Report;
use crate::engine::{GraphKind, PaintingSettings, dress_like};
use crate::example::CharacterParams;
use crate::sheet::Sheet;
use crate::standin::dress::Care;
use crate::standin::{self, NUMBERS, SWATCHES, StandInError};
use anyhow::{Result, bail};
use clap::Args;
use std::path::{Path, PathBuf};

/// Make a stand-in figure, change it, dress it like your drawings
#[derive(clap::Subcommand)]
pub(super) enum StandIn {
    New(New),
    Params(Params),
    Fit(Fit),
}

/// Which stand-in.
#[derive(Args)]
struct Who {
    /// One drawn by lot; the same number draws the same one
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// One described by a file (.json); what it leaves out is as on the built-in figure
    #[arg(long, value_name = "FILE", conflicts_with = "seed")]
    params: Option<PathBuf>,
    /// Change a field of it, as hair.length=1.5 or skin=#ffe9dd; may be given several times
    #[arg(long, value_name = "FIELD=VALUE")]
    set: Vec<String>,
}

/// A file to write.
#[derive(Args)]
struct To {
    /// The file to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Replace it if it is there
    #[arg(long)]
    overwrite: bool,
}

/// Write a stand-in as a rigged figure (VRM 1.0)
///
/// With a humanoid skeleton, expressions, toon materials, and a licence that allows everything (CC0 1.0).
#[derive(Args)]
#[command(after_help = "Examples:\n  settei standin new --seed 7 --out someone.vrm\n  \
                        settei standin new --set hair.style=bob --set hair.colour=#c04040 --out red-bob.vrm")]
pub(super) struct New {
    #[command(flatten)]
    who: Who,
    #[command(flatten)]
    to: To,
}

/// Print what a stand-in is made of, or list what can be set
#[derive(Args)]
#[command(after_help = "Examples:\n  settei standin params --list\n  settei standin params --seed 7\n  \
                        settei standin params --set build.head=2 --out chibi.json")]
pub(super) struct Params {
    #[command(flatten)]
    who: Who,
    /// List the numbers and colours by their fields instead
    #[arg(long, conflicts_with_all = ["seed", "params", "set", "out"])]
    list: bool,
    /// Write it to this file (.json) instead
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Replace it if it is there
    #[arg(long, requires = "out")]
    overwrite: bool,
}

/// Dress a stand-in like the drawings of a character sheet
///
/// Build, hair, clothes and colours are tried until the stand-in covers the drawings as well as it can, which takes a minute
/// or so. What a drawing shows is what NAME.udp.npz beside NAME.png says, or else what the detector finds.
#[derive(Args)]
#[command(after_help = "Examples:\n  settei standin fit --sheet my-sheet --out like-mine.json\n  \
                        settei standin fit --sheet front.png back.png --view front back --out like-mine.json")]
pub(super) struct Fit {
    /// Cut-out drawings, or folders of them
    #[arg(long, value_name = "PATH", num_args = 1.., required = true)]
    sheet: Vec<PathBuf>,
    #[command(flatten)]
    who: Who,
    /// Weights of a detector [default: those of this program]
    #[arg(long, value_name = "PATH")]
    weights: Option<PathBuf>,
    #[command(flatten)]
    hints: HintArgs,
    /// Look once, at the drawing that shows most of the front: a quarter of the time, and less like it
    #[arg(long)]
    quick: bool,
    #[command(flatten)]
    to: To,
}

impl StandIn {
    pub(super) fn run(&self, report: &Report) -> Result<()> {
        match self {
            Self::New(new) => {
                new.to.check("vrm")?;
                let params = new.who.params(report)?;
                new.to.write(&standin::vrm(&params)?, report)
            }
            Self::Params(params) => params.run(report),
            Self::Fit(fit) => fit.run(report),
        }
    }
}

impl Who {
    fn params(&self, report: &Report) -> Result<CharacterParams> {
        let mut params = match (&self.params, self.seed) {
            (Some(path), _) => described(path, report)?,
            (None, Some(seed)) => CharacterParams::random(seed),
            (None, None) => CharacterParams::default(),
        };
        for change in &self.set {
            let (field, value) = change
                .split_once('=')
                .ok_or_else(|| Usage(format!("--set {change}: write it as hair.length=1.5 (a field, =, a value)")))?;
            params = standin::set(&params, field.trim(), value.trim()).map_err(|error| Usage(error.to_string()))?;
        }
        Ok(params)
    }
}

/// The character that a file describes; fields that say nothing are warned of.
pub(super) fn described(path: &Path, report: &Report) -> Result<CharacterParams> {
    let read = standin::read(path).map_err(|error| match error {
        StandInError::Invalid { .. } => Usage(error.to_string()).into(),
        error => anyhow::Error::from(error),
    })?;
    for field in read.unknown {
        report.warn(format_args!("{}: no field is called {field}; it changes nothing", path.display()));
    }
    Ok(read.params)
}

impl To {
    /// Before any work.
    fn check(&self, extension: &str) -> Result<()> {
        let out = self.out.display();
        if !self.out.extension().is_some_and(|given| given.eq_ignore_ascii_case(extension)) {
            return Err(Usage(format!("{out} should end in .{extension}: that is what is written")).into());
        }
        if self.out.exists() && !self.overwrite {
            bail!("{out} is there already: choose another name, or --overwrite");
        }
        Ok(())
    }

    fn write(&self, bytes: &[u8], report: &Report) -> Result<()> {
        report.go_on()?;
        crate::files::write(&self.out, bytes)
            .map_err(|error| anyhow::anyhow!("can't write {}: {error}", self.out.display()))?;
        report.wrote(&self.out);
        Ok(())
    }
}

impl Params {
    fn run(&self, report: &Report) -> Result<()> {
        if self.list {
            for number in NUMBERS {
                let [low, high] = number.range;
                let (name, tip) = (number.name, number.tip);
                report.say(format_args!("{:<22}{low} to {high}  {name}: {tip}", number.field));
            }
            for swatch in SWATCHES {
                report.say(format_args!("{:<22}#rrggbb  {}", swatch.field, swatch.name));
            }
            return Ok(());
        }
        let to = self.out.clone().map(|out| To { out, overwrite: self.overwrite });
        to.iter().try_for_each(|to| to.check("json"))?;
        let text = serde_json::to_string_pretty(&self.who.params(report)?)?;
        match to {
            Some(to) => to.write(text.as_bytes(), report),
            None => {
                report.say(text);
                Ok(())
            }
        }
    }
}

impl Fit {
    fn run(&self, report: &Report) -> Result<()> {
        self.to.check("json")?;
        let start = self.who.params(report)?;
        let sheet = Sheet::load(&self.sheet, report)?;
        warn_of(&sheet, report);
        let hints = self.hints.of(sheet.views.iter())?;
        let mut settings = PaintingSettings::default();
        if let Some(weights) = &self.weights {
            settings.weights.set(GraphKind::of_weights(weights), Some(weights.clone()));
        }
        let care = if self.quick { Care::Quick } else { Care::Full };
        let dressed = dress_like(sheet.views.iter().zip(&hints), &settings, &start, care, report)?;
        for (name, overlap) in &dressed.overlaps {
            report.say(format_args!("{name}: the stand-in covers {:.0} % of both outlines", 100.0 * overlap));
        }
        self.to.write(&serde_json::to_vec_pretty(&dressed.params)?, report)
    }
}
