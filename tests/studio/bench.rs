//! A window on the bench: hands that click, drop and wait.

use egui_kittest::{Harness, kittest::Queryable as _};
use settei::raster::RasterChoice;
use settei::studio::{Command, Launch, Studio};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Longer than anything takes on the slowest machine; whoever waits this long waits in vain.
const PATIENCE: Duration = Duration::from_secs(180);

/// A window with its own data folder.
pub struct Bench {
    pub window: Harness<'static, Studio>,
    pub data: PathBuf,
    _folder: Option<tempfile::TempDir>,
}

impl Bench {
    /// A window that begins with these files, or with the example.
    pub fn open(files: &[PathBuf]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut bench = Self::in_folder(folder.path(), files);
        bench._folder = Some(folder);
        bench
    }

    /// The same with a data folder that outlives it.
    pub fn in_folder(data: &Path, files: &[PathBuf]) -> Self {
        let launch = Launch {
            open: files.to_vec(),
            data: Some(data.to_owned()),
            raster: Some(RasterChoice::Cpu),
            ..Launch::default()
        };
        // The tour would lie over everything.
        std::fs::create_dir_all(data).unwrap();
        if !data.join("settings.json").exists() {
            std::fs::write(data.join("settings.json"), r#"{"toured": true, "theme": "dark"}"#).unwrap();
        }
        let window = Harness::builder()
            .with_size([1280.0, 800.0])
            .with_max_steps(64)
            .build_eframe(|cc| Studio::new(&cc.egui_ctx, launch));
        let mut bench = Self { window, data: data.to_owned(), _folder: None };
        bench.window.step();
        bench
    }

    /// Steps until something is so.
    pub fn until(&mut self, what: &str, mut so: impl FnMut(&Studio) -> bool) {
        let begun = Instant::now();
        while !so(self.window.state()) {
            assert!(begun.elapsed() < PATIENCE, "waited in vain for {what}; said: {:?}", self.studio().said());
            self.window.step();
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Steps until the figure, if the project has one, is in the viewport and nobody is busy.
    pub fn settle(&mut self) {
        self.until("the figure", |s| s.project().figure.is_none() || s.content().subject().is_some());
        self.until("all work to end", |s| !s.is_busy());
        self.steps(3);
    }

    pub fn steps(&mut self, n: usize) {
        for _ in 0..n {
            self.window.step();
        }
    }

    pub fn studio(&self) -> &Studio {
        self.window.state()
    }

    pub fn send(&mut self, command: Command) {
        self.window.state_mut().send(command);
        self.steps(2);
    }

    /// Clicks what is labelled so.
    pub fn click(&mut self, label: &str) {
        self.window.get_by_label(label).click();
        self.steps(2);
    }

    /// Drops files on the middle of the window.
    pub fn drop_files(&mut self, files: &[PathBuf]) {
        for file in files {
            self.window.input_mut().dropped_files.push(Arc::new(Dropped(file.clone())));
        }
        self.steps(2);
    }

    /// What the toasts said so far.
    pub fn said(&self) -> String {
        self.studio().said().iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("\n")
    }
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}
