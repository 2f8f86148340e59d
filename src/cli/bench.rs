//! `settei bench`: how fast this machine is, measured.

use super::bench_load::LoadBench;
use super::bench_nn::NnBench;
use super::bench_raster::RasterBench;
use super::bench_render::RenderBench;
use super::bench_window::WindowBench;
use super::report::Report;

/// Measure how fast this machine is
#[derive(Debug, clap::Subcommand)]
pub(super) enum Bench {
    Nn(NnBench),
    Render(RenderBench),
    Raster(RasterBench),
    Load(LoadBench),
    Window(WindowBench),
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
