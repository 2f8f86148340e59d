//! `settei bench`: how fast this machine is, measured.

use super::Usage;
use super::bench_load::LoadBench;
use super::bench_nn::NnBench;
use super::bench_raster::RasterBench;
use super::bench_render::RenderBench;
use super::bench_window::WindowBench;
use super::report::Report;
use crate::nn::kernels::Isa;

/// Measure how fast this machine is
#[derive(Debug, clap::Subcommand)]
pub(super) enum Bench {
    Nn(NnBench),
    Render(RenderBench),
    Raster(RasterBench),
    Load(LoadBench),
    Window(WindowBench),
}

/// Has the kernels use another instruction set than the machine's best.
pub(super) fn choose(isa: Option<Isa>) -> anyhow::Result<()> {
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
            Self::Window(bench) => bench.run(report),
        }
    }
}
