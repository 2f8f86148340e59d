//! A window on the bench: hands that click, drop and wait.

use egui_kittest::{Harness, kittest::Queryable as _};
use settei::raster::RasterChoice;
use settei::studio::headless::{self, Driver};
use settei::studio::{Command, Studio};
use std::path::{Path, PathBuf};
use std::sync::Arc;

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
        let mut launch = headless::launch(data, RasterChoice::Cpu, files).unwrap();
        launch.program = Some(env!("CARGO_BIN_EXE_settei").into());
        let window = Harness::builder()
            .with_size([1280.0, 800.0])
            .with_max_steps(64)
            .build_eframe(|cc| Studio::new(&cc.egui_ctx, launch));
        let mut bench = Self { window, data: data.to_owned(), _folder: None };
        bench.window.step();
        bench
    }

    /// Steps until something is so.
    pub fn until(&mut self, what: &str, so: impl FnMut(&Studio) -> bool) {
        Driver::until(self, what, so).unwrap();
    }

    /// Steps until the figure, if the project has one, is in the viewport and nobody is busy.
    pub fn settle(&mut self) {
        Driver::settle(self).unwrap();
    }

    pub fn steps(&mut self, n: usize) {
        Driver::steps(self, n);
    }

    pub fn studio(&self) -> &Studio {
        self.window.state()
    }

    pub fn send(&mut self, command: impl Into<Command>) {
        Driver::send(self, command);
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

impl Driver for Bench {
    fn studio(&self) -> &Studio {
        self.window.state()
    }

    fn studio_mut(&mut self) -> &mut Studio {
        self.window.state_mut()
    }

    fn step(&mut self) {
        self.window.step();
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
