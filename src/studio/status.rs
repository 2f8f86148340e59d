//! The status bar: what is being done, how long the last picture took, on what, and how much memory is used.

use super::commands::{Outbox, WindowCommand, Work};
use super::content::Content;
use super::document::Document;
use super::workers::{JobHandle, Workers};
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
                    let took = content.viewport.as_ref().map_or_else(String::new, |s| format!(", {}", time(s.took)));
                    ui.weak(format!("{}{took}", subject.rasterizer().describe()))
                        .on_hover_text("What draws the figure, and how long it took");
                }
            });
        });
    }

    fn work(&self, ui: &mut egui::Ui, content: &Content, workers: &Workers, outbox: &mut Outbox) {
        let mut lines: Vec<Line> = workers.jobs.running().iter().filter(|job| !job.quiet).map(Line::of).collect();
        if let Some((what, done, total)) = content.painting.clone() {
            lines.push(Line { what, done, total, work: Work::Painting });
        }
        let Some(first) = lines.first() else {
            ui.weak("Ready");
            return;
        };
        ui.spinner();
        first.ui(ui, outbox);
        if lines.len() > 1 {
            ui.menu_button(format!("and {} more", lines.len() - 1), |ui| {
                for line in &lines[1..] {
                    ui.horizontal(|ui| line.ui(ui, outbox));
                }
            });
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

/// Something that is being done.
struct Line {
    what: String,
    done: u64,
    /// 0: not known.
    total: u64,
    work: Work,
}

impl Line {
    fn of(job: &JobHandle) -> Self {
        let (stage, done, total) = job.progress();
        Self { what: if stage.is_empty() { job.title.clone() } else { stage }, done, total, work: Work::Job(job.id) }
    }

    fn ui(&self, ui: &mut egui::Ui, outbox: &mut Outbox) {
        ui.label(&self.what);
        if self.total > 0 {
            let bar = egui::ProgressBar::new(self.done as f32 / self.total as f32).desired_width(90.0);
            ui.add(bar.desired_height(12.0));
        }
        if ui.small_button("Stop").on_hover_text("Stop this and nothing else").clicked() {
            outbox.send(WindowCommand::Stop(self.work));
        }
    }
}

/// A duration in the unit that suits it.
pub(super) fn time(duration: Duration) -> String {
    let ms = duration.as_secs_f64() * 1e3;
    if ms < 1000.0 { format!("{ms:.0} ms") } else { format!("{:.1} s", ms / 1e3) }
}
