//! How long files take until they can be used, beside merely reading their bytes from the disk's cache.

use crate::conr::Renderer;
use crate::events::{LoadKind, LoadSpeed};
use crate::nn::DeviceChoice;
use crate::progress::Silent;
use crate::sheet::View;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::time::Instant;

fn kind_of(path: &Path) -> LoadKind {
    match () {
        () if crate::picture::formats::by_name(path).is_some() => LoadKind::Drawing,
        () if path.is_dir() || crate::weights::by_name(path).is_some() => LoadKind::Weights,
        () => LoadKind::Figure,
    }
}

/// Opens the file as the window does, until it can be used.
fn open(path: &Path, kind: LoadKind) -> Result<()> {
    match kind {
        LoadKind::Figure => drop(crate::figure::load(path)?),
        LoadKind::Drawing => {
            let view = View::open(path)?;
            // A drawing without transparency is opened all the same: the cut-out tool wants it.
            let _ = view.check_cut_out();
        }
        LoadKind::Weights => drop(Renderer::load(path, DeviceChoice::Cpu, &Silent)?),
    }
    Ok(())
}

/// Opens a file `rounds` times.
///
/// # Errors
/// A file that can't be opened.
pub fn measure(path: &Path, rounds: u32) -> Result<LoadSpeed> {
    let kind = kind_of(path);
    let mut times = [Vec::new(), Vec::new()];
    let mut bytes = 0;
    // In turns, so that whatever else the machine does hits both alike.
    for _ in 0..rounds {
        let start = Instant::now();
        bytes = read(path).with_context(|| format!("can't read {}", path.display()))?;
        times[0].push(start.elapsed().as_secs_f64());
        let start = Instant::now();
        open(path, kind)?;
        times[1].push(start.elapsed().as_secs_f64());
    }
    let [read_s, open_s] = times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    });
    let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    Ok(LoadSpeed { file, kind, bytes, open_s, read_s, ratio: open_s / read_s })
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

/// Writes the example's figure and a drawing of it, and weights that mean nothing, into a folder.
///
/// # Errors
/// A folder that can't be written.
pub fn example(folder: &Path) -> Result<Vec<PathBuf>> {
    let path = |name: &str| folder.join(name);
    std::fs::write(path("mio.vrm"), crate::example::FIGURE_VRM).context("can't write the example's figure")?;
    crate::example::drawing("front")?.save_png(&path("front.png"))?;
    crate::conr::made_up::write(&path("made-up.safetensors"))?;
    Ok(vec![path("mio.vrm"), path("front.png"), path("made-up.safetensors")])
}
