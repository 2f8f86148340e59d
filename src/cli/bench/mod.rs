//! `settei bench`: how fast this machine is, and how well it draws, measured.

mod export;
mod layers;
mod likeness;
mod load;
mod motion;
mod raster;
mod render;
mod standin;
mod train;
mod tune;
mod window;

use super::Usage;
use super::report::Report;
use crate::nn::kernels::Isa;

/// Measure how fast this machine is, and how like a figure landmark transfer draws it
#[derive(Debug, clap::Subcommand)]
pub(super) enum Bench {
    Nn(layers::NnBench),
    Render(render::RenderBench),
    Raster(raster::RasterBench),
    Load(load::LoadBench),
    Motion(motion::MotionBench),
    Export(export::ExportBench),
    Window(window::WindowBench),
    Likeness(likeness::LikenessBench),
    Standin(standin::StandInBench),
    Train(train::TrainBench),
    Tune(tune::TuneBench),
}

/// Has the kernels use another instruction set than the machine's best.
fn choose(isa: Option<Isa>) -> anyhow::Result<()> {
    match isa.filter(|isa| !isa.choose()) {
        Some(isa) => Err(Usage(format!("this machine has no {isa:?}; it has {:?}", Isa::available())).into()),
        None => Ok(()),
    }
}

impl Bench {
    pub(super) fn run(&self, report: &Report) -> anyhow::Result<()> {
        match self {
            Self::Nn(bench) => bench.run(report),
            Self::Render(bench) => bench.run(report),
            Self::Raster(bench) => bench.run(report),
            Self::Load(bench) => bench.run(report),
            Self::Motion(bench) => bench.run(report),
            Self::Export(bench) => bench.run(report),
            Self::Window(bench) => bench.run(report),
            Self::Likeness(bench) => bench.run(report),
            Self::Standin(bench) => bench.run(report),
            Self::Train(bench) => bench.run(report),
            Self::Tune(bench) => bench.run(report),
        }
    }
}
