//! `settei example`: the built-in character as files, or another one of the same maker.

use super::Usage;
use super::arguments::OutArgs;
use super::report::Report;
use crate::example::{self, CharacterParams};
use crate::udp::UdpFormat;
use anyhow::{Context as _, Result};
use clap::Args;
use serde::Deserialize as _;
use std::path::PathBuf;

/// Write the built-in character, or an invented one, as files to play with
///
/// A rigged figure (VRM) and its character sheet: four drawings, each with its Ultra-Dense Pose beside it. Use them
/// for anything (CC0 1.0: no rights reserved).
#[derive(Args)]
#[command(after_help = "Examples:\n  settei example --out mio\n  settei example --seed 7 --out someone-else\n  \
                        settei render --sheet mio --figure mio/mio.vrm --pose dance --out pictures")]
pub(super) struct Example {
    /// Invent another character; the same number invents the same one
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// A character described by a file (.json): see the field names by an empty object, {}
    #[arg(long, value_name = "FILE", conflicts_with = "seed")]
    character: Option<PathBuf>,
    /// Draw the built-in character anew instead of copying what was drawn when Settei was made
    #[arg(long)]
    anew: bool,
    #[command(flatten)]
    out: OutArgs,
}

/// No character's description comes near this.
const LARGEST_BYTES: u64 = 1 << 20;

impl Example {
    pub(super) fn run(&self, report: &Report) -> Result<()> {
        let params = match (&self.character, self.seed) {
            (Some(path), _) => {
                let bytes = crate::files::read(path, LARGEST_BYTES)
                    .with_context(|| format!("can't read {}", path.display()))?;
                let unfit = |what: String| Usage(format!("{} is not a character: {what}", path.display()));
                let given: serde_json::Value =
                    serde_json::from_slice(&bytes).map_err(|error| unfit(error.to_string()))?;
                let params = CharacterParams::deserialize(&given).map_err(|error| unfit(error.to_string()))?;
                params.check().map_err(unfit)?;
                for field in params.unknown_fields(&given) {
                    report.warn(format_args!("{}: no field is called {field}; it changes nothing", path.display()));
                }
                Some(params)
            }
            (None, Some(seed)) => Some(CharacterParams::random(seed)),
            (None, None) => self.anew.then(CharacterParams::default),
        };
        let out = self.out.open("example")?;
        let (name, vrm, sheet) = match params {
            None => ("mio", example::FIGURE_VRM.to_vec(), example::sheet()?),
            Some(params) => {
                let vrm = example::generate(&params)?;
                let figure = crate::figure::load::from_bytes("character.vrm", &vrm)?;
                let name = if self.anew && params == CharacterParams::default() { "mio" } else { "character" };
                (name, vrm, example::draw_sheet(figure)?)
            }
        };
        out.file(&format!("{name}.vrm"), &vrm, report)?;
        for view in &sheet.views {
            out.picture(&view.name, &view.picture, report)?;
            if let Some(udp) = &view.udp {
                out.udp(&format!("{}.udp", view.name), udp, UdpFormat::Npz, report)?;
            }
        }
        Ok(())
    }
}
