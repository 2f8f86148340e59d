//! The status bar: what is being done, how long the last picture took, on what, and how much memory is used.

use super::command::{Command, Outbox};
use super::content::Content;
use super::document::Document;
use super::workers::Workers;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The status bar.
#[derive(Default)]
pub(super) struct StatusBar {
    /// Bytes this process uses, as a worker last saw it.
    memory: Arc<AtomicU64>,
    asked: Option<Instant>,
}

impl StatusBar {
    /// Draws it.
    pub(super) fn ui(
        &mut self,
        ui: &mut egui::Ui,
        document: &Document,
        content: &Content,
        workers: &Workers,
        outbox: &mut Outbox,
    ) {
        self.look_at_memory(workers);
        ui.horizontal(|ui| {
            let saved = if !document.unsaved() {
                ("Saved", "Nothing is unsaved")
            } else if document.safe() {
                ("Unsaved, kept", "A copy of this work is kept; after a crash it is offered again")
            } else {
                ("Unsaved", "A copy is kept in a moment")
            };
            let saved =
                if document.path.is_none() && !document.unsaved() { ("New", "Nothing to save yet") } else { saved };
            ui.weak(saved.0).on_hover_text(saved.1);
            ui.separator();
            self.work(ui, content, workers, outbox);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let bytes = self.memory.load(Ordering::Relaxed);
                if bytes > 0 {
                    ui.weak(format!("{} MB", bytes / 1_000_000)).on_hover_text("Memory that Settei uses");
                    ui.separator();
                }
                if let Some(painted) = &content.painted {
                    ui.weak(format!("{}, {}", painted.by, time(painted.took)))
                        .on_hover_text("What painted the last picture, and how long it took");
                    ui.separator();
                }
                if let Some(subject) = content.subject() {
                    let took = content.stage.as_ref().map_or_else(String::new, |s| format!(", {}", time(s.took)));
                    ui.weak(format!("{}{took}", subject.rasterizer().describe()))
                        .on_hover_text("What draws the figure, and how long it took");
                }
            });
        });
    }

    fn work(&self, ui: &mut egui::Ui, content: &Content, workers: &Workers, outbox: &mut Outbox) {
        let running = workers.jobs.running();
        let shown: Vec<_> = running.iter().filter(|job| !job.quiet).collect();
        let mut lines: Vec<(String, u64, u64)> = shown
            .iter()
            .map(|job| {
                let (stage, done, total) = job.progress();
                (if stage.is_empty() { job.title.clone() } else { stage }, done, total)
            })
            .collect();
        lines.extend(content.painting.clone());
        let Some((what, done, total)) = lines.first() else {
            ui.weak("Ready");
            return;
        };
        ui.spinner();
        ui.label(what);
        if *total > 0 {
            let bar = egui::ProgressBar::new(*done as f32 / *total as f32).desired_width(90.0);
            ui.add(bar.desired_height(12.0));
        }
        if lines.len() > 1 {
            ui.weak(format!("and {} more", lines.len() - 1));
        }
        if ui.small_button("Stop").on_hover_text("Stop what is being done").clicked() {
            outbox.send(Command::CancelWork);
        }
    }

    /// Every few seconds a worker looks.
    fn look_at_memory(&mut self, workers: &Workers) {
        if self.asked.is_some_and(|asked| asked.elapsed() < Duration::from_secs(3)) {
            return;
        }
        self.asked = Some(Instant::now());
        let memory = self.memory.clone();
        workers.jobs.start_quietly("Memory", move |_| {
            let pid = sysinfo::get_current_pid().ok()?;
            let mut system = sysinfo::System::new();
            system.refresh_processes(sysinfo::ProcessesToUpdate::Some(&[pid]), false);
            memory.store(system.process(pid)?.memory(), Ordering::Relaxed);
            None
        });
    }
}

/// A duration in the unit that suits it.
pub(super) fn time(duration: Duration) -> String {
    let ms = duration.as_secs_f64() * 1e3;
    if ms < 1000.0 { format!("{ms:.0} ms") } else { format!("{:.1} s", ms / 1e3) }
}
