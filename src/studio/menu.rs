//! The menu bar, and the keys.

use super::actions::{self, Menu};
use super::commands::{Command, DocumentCommand, Outbox};
use super::document::Document;
use super::settings::Settings;

/// Draws the bar.
pub(super) fn bar(ui: &mut egui::Ui, document: &Document, settings: &Settings, outbox: &mut Outbox) {
    let ctx = ui.ctx().clone();
    egui::MenuBar::new().ui(ui, |ui| {
        for (menu, name) in Menu::ALL {
            ui.menu_button(name, |ui| {
                ui.set_min_width(220.0);
                for action in actions::all().iter().filter(|action| action.menu == menu) {
                    if action.separated {
                        ui.separator();
                    }
                    let (label, enabled) = match &action.command {
                        Command::Document(DocumentCommand::Undo) => step("Undo", document.history.undo_label()),
                        Command::Document(DocumentCommand::Redo) => step("Redo", document.history.redo_label()),
                        _ => (action.label.clone(), true),
                    };
                    let mut button = egui::Button::new(label.as_str());
                    if let Some(key) = &action.key {
                        button = button.shortcut_text(ctx.format_shortcut(key));
                    }
                    let button = ui.add_enabled(enabled, button).on_hover_text(action.tip);
                    // Without its key, which a screen reader would read out as part of the name.
                    button.widget_info(|| egui::WidgetInfo::labeled(egui::Role::MenuItem, enabled, &label));
                    if button.clicked() {
                        outbox.send(action.command.clone());
                        ui.close();
                    }
                    if action.command == DocumentCommand::OpenExample.into() {
                        recent(ui, settings, outbox);
                    }
                }
            });
        }
    });
}

fn step(what: &str, label: Option<&str>) -> (String, bool) {
    match label {
        Some(label) => (format!("{what}: {}", lower(label)), true),
        None => (what.to_owned(), false),
    }
}

fn lower(label: &str) -> String {
    let mut chars = label.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

fn recent(ui: &mut egui::Ui, settings: &Settings, outbox: &mut Outbox) {
    ui.add_enabled_ui(!settings.recent.is_empty(), |ui| {
        ui.menu_button("Open recent", |ui| {
            for path in &settings.recent {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                if ui.button(name).on_hover_text(path.display().to_string()).clicked() {
                    outbox.send(DocumentCommand::Open(vec![path.clone()]));
                    ui.close();
                }
            }
        });
    });
}

/// Sends the commands of pressed keys; not while text is typed, but for those with Ctrl. `ends`: something is open that
/// Escape closes.
pub(super) fn keys(ctx: &egui::Context, outbox: &mut Outbox, ends: bool) {
    let typing = ctx.egui_wants_keyboard_input();
    let ends = ends || egui::Popup::is_any_open(ctx);
    for (key, command) in actions::keys() {
        if typing && !key.modifiers.command {
            continue;
        }
        if ends && key.logical_key == egui::Key::Escape {
            continue;
        }
        if ctx.input_mut(|input| input.consume_shortcut(key)) {
            outbox.send(command.clone());
        }
    }
    // What other programs on this keyboard do.
    if ctx.input_mut(|input| input.consume_key(egui::Modifiers::COMMAND, egui::Key::Y)) {
        outbox.send(DocumentCommand::Redo);
    }
}
