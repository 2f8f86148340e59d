//! `settei bench load`: how long files take to open.

use super::report::Report;
use crate::conr::{DeviceChoice, Renderer};
use crate::progress::Silent;
use crate::sheet::View;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Seconds until files are ready for use, beside merely reading their bytes from the disk's cache
#[derive(Debug, clap::Args)]
pub(super) struct LoadBench {
    /// Figures, drawings and weights (a file, or the folder of the four) [default: the example's, and made-up weights]
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How often each file is opened; the median counts
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1000))]
    rounds: u32,
}

/// What a file is opened as.
#[derive(Clone, Copy, Debug, serde::Serialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Figure,
    Drawing,
    Weights,
}

impl Kind {
    fn of(path: &Path) -> Self {
        let extension = path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        match extension.as_str() {
            "png" | "apng" | "jpg" | "jpeg" | "jfif" | "webp" | "bmp" | "tga" | "tif" | "tiff" | "gif" => Self::Drawing,
            "safetensors" | "pth" => Self::Weights,
            _ if path.is_dir() => Self::Weights,
            _ => Self::Figure,
        }
    }

    /// Opens the file as the window does, until it can be used.
    fn open(self, path: &Path) -> Result<()> {
        match self {
            Self::Figure => drop(crate::figure::load(path)?),
            Self::Drawing => {
                let view = View::open(path)?;
                // A drawing without transparency is opened all the same: the cut-out tool wants it.
                let _ = view.check_cut_out();
            }
            Self::Weights => drop(Renderer::load(path, DeviceChoice::Cpu, &Silent)?),
        }
        Ok(())
    }
}

impl LoadBench {
    /// Measures and reports a table, or one event a file.
    pub(super) fn run(&self, report: &Report) -> Result<()> {
        let folder = tempfile::tempdir().context("no folder for the example's files")?;
        let files = if self.files.is_empty() { example(folder.path())? } else { self.files.clone() };
        report.say("      MB    open s    read s   open/read    MB/s  kind     file");
        for path in &files {
            let kind = Kind::of(path);
            let mut times = [Vec::new(), Vec::new()];
            let mut bytes = 0;
            // In turns, so that whatever else the machine does hits both alike.
            for _ in 0..self.rounds {
                let start = Instant::now();
                bytes = read(path).with_context(|| format!("can't read {}", path.display()))?;
                times[0].push(start.elapsed().as_secs_f64());
                let start = Instant::now();
                kind.open(path)?;
                times[1].push(start.elapsed().as_secs_f64());
            }
            let [read_s, open_s] = times.map(|mut times| {
                times.sort_by(f64::total_cmp);
                times[times.len() / 2]
            });
            let (megabytes, ratio) = (bytes as f64 / 1e6, open_s / read_s);
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
            let of = serde_json::json!({
                "file": name, "kind": kind, "bytes": bytes, "open_s": open_s, "read_s": read_s, "ratio": ratio,
            });
            report.event("load", of);
            let speed = megabytes / open_s;
            report.say(format_args!(
                "{megabytes:>8.2} {open_s:>9.4} {read_s:>9.4} {ratio:>11.1} {speed:>7.0}  {:<8} {name}",
                format!("{kind:?}").to_lowercase()
            ));
        }
        Ok(())
    }
}

/// Reads a file, or all files of a folder; how many bytes there are.
fn read(path: &Path) -> std::io::Result<usize> {
    if path.is_dir() {
        return std::fs::read_dir(path)?.try_fold(0, |sum, entry| {
            let path = entry?.path();
            Ok(sum + if path.is_file() { read(&path)? } else { 0 })
        });
    }
    crate::files::read(path, u64::MAX).map(|bytes| std::hint::black_box(bytes).len())
}

/// The example's figure and a drawing of it, and weights that mean nothing.
fn example(folder: &Path) -> Result<Vec<PathBuf>> {
    let path = |name: &str| folder.join(name);
    std::fs::write(path("mio.vrm"), crate::example::FIGURE_VRM).context("can't write the example's figure")?;
    crate::example::drawing("front")?.save_png(&path("front.png"))?;
    crate::conr::bench::write_made_up(&path("made-up.safetensors"))?;
    Ok(vec![path("mio.vrm"), path("front.png"), path("made-up.safetensors")])
}
