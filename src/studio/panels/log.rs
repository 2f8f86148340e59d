//! The log panel: what happened, with times.

use super::{Context, Home, Panel, Registration};
use egui::Key;
use tracing::Level;

pub(super) static PANEL: Registration = Registration {
    title: "Log",
    tip: "What happened, with times",
    key: Some(Key::F9),
    home: Home::LowerRight,
    new: || Box::new(LogPanel::default()),
};

/// The log panel.
#[derive(Default)]
pub(super) struct LogPanel {
    warnings_only: bool,
}

impl Panel for LogPanel {
    fn ui(&mut self, ui: &mut egui::Ui, context: &mut Context<'_>) {
        ui.horizontal(|ui| {
            ui.checkbox(&mut self.warnings_only, "Warnings only");
            if ui.button("Copy all").on_hover_text("Copy the log, for a bug report").clicked() {
                let text: Vec<String> = context.log.lines().iter().map(|l| format!("{} {}", l.level, l.text)).collect();
                ui.copy_text(text.join("\n"));
            }
        });
        let lines = context.log.lines();
        let shown: Vec<_> = lines.iter().filter(|line| !self.warnings_only || line.level <= Level::WARN).collect();
        if shown.is_empty() {
            ui.weak("Nothing happened yet.");
        }
        egui::ScrollArea::vertical().auto_shrink(false).stick_to_bottom(true).show(ui, |ui| {
            for line in shown {
                let colour = match line.level {
                    Level::ERROR => ui.visuals().error_fg_color,
                    Level::WARN => ui.visuals().warn_fg_color,
                    _ => ui.visuals().text_color(),
                };
                ui.add(egui::Label::new(egui::RichText::new(&line.text).color(colour)).wrap())
                    .on_hover_text(clock(line.time));
            }
        });
    }
}

/// Hours, minutes and seconds of the day, in universal time.
fn clock(time: std::time::SystemTime) -> String {
    let s = time.duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs() % 86_400;
    format!("{:02}:{:02}:{:02} UTC", s / 3600, s / 60 % 60, s % 60)
}
