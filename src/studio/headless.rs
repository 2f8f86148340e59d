//! The window without a display, for benchmarks and tests: somebody steps its frames and waits for what workers make.

use super::{Command, Launch, Studio};
use crate::raster::RasterChoice;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Longer than anything takes on the slowest machine: who waits this long waits in vain.
const PATIENCE: Duration = Duration::from_secs(600);

/// How the window begins with its own data folder, without the tour, which would lie over everything.
///
/// # Errors
/// A folder that can't be written.
pub fn launch(data: &Path, raster: RasterChoice, open: &[PathBuf]) -> std::io::Result<Launch> {
    std::fs::create_dir_all(data)?;
    let settings = data.join("settings.json");
    if !settings.exists() {
        std::fs::write(settings, r#"{"toured": true, "theme": "dark"}"#)?;
    }
    let trash = Some(data.join("trash"));
    Ok(Launch { open: open.to_vec(), data: Some(data.to_owned()), raster: Some(raster), trash, ..Launch::default() })
}

/// Who drives the window.
pub trait Driver {
    /// The window.
    fn studio(&self) -> &Studio;
    /// The same, to send it commands.
    fn studio_mut(&mut self) -> &mut Studio;
    /// One frame.
    fn step(&mut self);

    /// Some frames.
    fn steps(&mut self, n: usize) {
        (0..n).for_each(|_| self.step());
    }

    /// Sends a command and lets it take effect.
    fn send(&mut self, command: impl Into<Command>) {
        self.studio_mut().send(command);
        self.steps(2);
    }

    /// Frames, with a little rest for the workers between them, until something is so.
    ///
    /// # Errors
    /// It was waited for in vain.
    fn until(&mut self, what: &str, mut so: impl FnMut(&Studio) -> bool) -> anyhow::Result<()> {
        let begun = Instant::now();
        while !so(self.studio()) {
            anyhow::ensure!(
                begun.elapsed() < PATIENCE,
                "waited in vain for {what}; the window said {:?}",
                self.studio().said()
            );
            self.step();
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// Frames until the figure, if the project has one, is there and nobody is busy.
    ///
    /// # Errors
    /// Work that does not end.
    fn settle(&mut self) -> anyhow::Result<()> {
        self.until("the figure", |s| s.project().figure.is_none() || s.content().subject().is_some())?;
        self.until("all work to end", |s| !s.is_busy())?;
        self.steps(3);
        Ok(())
    }
}
