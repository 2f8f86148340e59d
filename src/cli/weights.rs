//! `settei weights`: what is in weight files, and one form from another.

use super::Usage;
use super::report::Report;
use crate::engine::{self, GraphKind, PaintingSettings, calibrate};
use crate::events::Event;
use crate::nn::DeviceChoice;
use crate::project::{FigureSource, Project};
use crate::weights::{self, WeightInfo, WeightType};
use anyhow::{Result, bail};
use clap::Subcommand;
use std::path::PathBuf;

/// Look into weight files, or make one file of several
#[derive(Subcommand)]
#[command(
    after_help = "Examples:\n  settei weights list\n  settei weights calibrate --figure hero.vrm --project hero.settei"
)]
pub(super) enum Weights {
    /// List the weights that are part of this program
    List,
    /// Tell what is in a weight file, which networks it is of and whether it fits them
    Info {
        /// A folder with .pth files (CoNR's authors publish four), or one .safetensors file
        path: PathBuf,
    },
    /// Find out how weights have the places of the body as landmarks, where nobody documented it
    ///
    /// Draws a figure in several poses, detects what the weights take it to show, and fits the affine map from our landmarks
    /// to theirs. With a project it is kept there, so that its figure is painted as these weights expect.
    Calibrate {
        /// Weights that find out what drawings show, such as CoNR's [default: those of this program]
        #[arg(long, value_name = "PATH")]
        weights: Option<PathBuf>,
        /// The figure that is drawn [default: the project's, or else the built-in one]
        #[arg(long, value_name = "FILE")]
        figure: Option<PathBuf>,
        /// The project (.settei) that it is kept in
        #[arg(long, value_name = "FILE")]
        project: Option<PathBuf>,
        /// Where it computes
        #[arg(long, value_enum, default_value = "auto")]
        device: DeviceChoice,
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
            Self::Calibrate { weights, figure, project, device } => {
                let mut kept = project.as_deref().map(Project::load).transpose()?;
                let own = kept.as_ref().and_then(|project| project.figure.clone());
                let figure = match figure {
                    Some(path) => crate::figure::load(path)?,
                    None => own.unwrap_or(FigureSource::BuiltIn).load()?,
                };
                let mut painting = PaintingSettings { device: *device, ..PaintingSettings::default() };
                let own = || {
                    painting.detector().ok_or_else(|| Usage("no detector is part of this build: give --weights".into()))
                };
                let graph = weights.as_deref().map_or_else(own, |path| Ok(GraphKind::of_weights(path)))?;
                if let Some(weights) = weights {
                    painting.weights.set(graph, Some(weights.clone()));
                }
                let fitted = calibrate(&figure, graph, &painting, report)?;
                report.say(fitted.words());
                report.event(|| Event::Calibrated {
                    preset: fitted.preset_name(),
                    moved: fitted.encoding.moved,
                    before: fitted.before,
                    after: fitted.after,
                });
                if let (Some(project), Some(path)) = (&mut kept, project) {
                    project.encoding = Some(fitted.encoding);
                    project.save(path)?;
                    report.wrote(path);
                }
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
