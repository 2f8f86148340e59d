//! `settei weights`: what is in weight files, and one form from another.

use super::Usage;
use super::report::Report;
use crate::engine;
use crate::events::Event;
use crate::weights::{self, WeightInfo, WeightType};
use anyhow::{Result, bail};
use clap::Subcommand;
use std::path::PathBuf;

/// Look into weight files, or make one file of several
#[derive(Subcommand)]
pub(super) enum Weights {
    /// List the weights that are part of this program
    List,
    /// Tell what is in a weight file, which networks it is of and whether it fits them
    Info {
        /// A folder with .pth files (CoNR's authors publish four), or one .safetensors file
        path: PathBuf,
    },
    /// Make one .safetensors file of PyTorch's .pth files, CoNR's four for instance (or of another .safetensors)
    Convert {
        /// A folder with .pth files (CoNR's authors publish four), or one .safetensors file
        from: PathBuf,
        /// The .safetensors file to write
        to: PathBuf,
        /// How the numbers are stored: f16 and bf16 take half the space
        #[arg(long, value_enum, default_value = "f32")]
        dtype: WeightType,
        /// Replace the file if it is there
        #[arg(long)]
        overwrite: bool,
    },
}

/// What is said where there are none.
pub(super) const NONE_SHIPPED: &str = "none are part of this build: landmark transfer paints from drawings whose \
                                       Ultra-Dense Poses are known; others need --weights";

/// `fude-detector version 1, 3.3 million numbers`.
pub(super) fn in_a_line(info: &WeightInfo) -> String {
    format!("{} version {}, {:.1} million numbers", info.graph, info.version, info.parameters as f64 / 1e6)
}

impl Weights {
    pub(super) fn run(&self, report: &Report) -> Result<()> {
        match self {
            Self::List => {
                let known = engine::graphs()?;
                for file in weights::shipped() {
                    let info = weights::inspect_shipped(file, &known)?;
                    report.say(in_a_line(&info));
                    report.event(|| Event::Weights { info: info.clone() });
                }
                if weights::shipped().is_empty() {
                    report.say(NONE_SHIPPED);
                }
                Ok(())
            }
            Self::Info { path } => {
                let info = weights::inspect(path, &engine::graphs()?)?;
                report.event(|| Event::Weights { info: info.clone() });
                report.say(format_args!("{}", path.display()));
                report.say(format_args!("graph       {} version {}", info.graph, info.version));
                report.say(format_args!("tensors     {}", info.tensors));
                report.say(format_args!("parameters  {:.1} million", info.parameters as f64 / 1e6));
                let types: Vec<String> = info.types.iter().map(|(name, count)| format!("{count} of {name}")).collect();
                report.say(format_args!("stored as   {}", types.join(", ")));
                for (network, (tensors, parameters)) in &info.networks {
                    report.say(format_args!(
                        "  {network:<22}{tensors:>4} tensors {:>8.2} million",
                        *parameters as f64 / 1e6
                    ));
                }
                if let Some(problems) = info.problems {
                    bail!("{}: these weights don't fit the networks of {}; {problems}", path.display(), info.graph);
                }
                report.say("These weights fit.");
                Ok(())
            }
            Self::Convert { from, to, dtype, overwrite } => {
                if !weights::by_name(to).is_some_and(|format| format.reader.whole) {
                    let how = "weights are written as .safetensors only; give the new file a name that ends so";
                    return Err(Usage(how.into()).into());
                }
                if to.exists() && !overwrite {
                    bail!("{} is there already; give another name, or --overwrite to replace it", to.display());
                }
                weights::convert(from, to, *dtype, &engine::graphs()?, report)?;
                report.wrote(to);
                Ok(())
            }
        }
    }
}
