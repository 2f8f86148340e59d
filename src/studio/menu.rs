//! The menu bar, and the keys.

use super::actions::{self, Menu};
use super::choices::Choices;
use super::commands::{Command, DocumentCommand, Outbox};
use super::document::Document;
use super::settings::Settings;
use egui::{Event, Id, Key, Modifiers, Popup};

/// The menu bar: how it is reached without a mouse.
#[derive(Default)]
pub(super) struct MenuBar {
    /// Alt went down, and nothing else was pressed since.
    alt_alone: bool,
    /// The keys asked for it in this frame.
    asked: bool,
    /// Its buttons and their menus, as they were in the last frame.
    buttons: Vec<[Id; 2]>,
}

impl MenuBar {
    /// Looks for F10, and for Alt pressed and released by itself, which is told by its change alone: egui knows no key Alt.
    pub(super) fn keys(&mut self, ctx: &egui::Context) {
        let (mut asked, mut alone) =
            (ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::F10)), self.alt_alone);
        ctx.input(|input| {
            for event in &input.events {
                match event {
                    Event::ModifiersChanged(Modifiers::ALT) => alone = true,
                    Event::ModifiersChanged(Modifiers::NONE) => asked |= std::mem::take(&mut alone),
                    // Alt with something else, or the way to another window.
                    Event::ModifiersChanged(_)
                    | Event::Key { .. }
                    | Event::PointerButton { .. }
                    | Event::MouseWheel { .. }
                    | Event::WindowFocused(_) => alone = false,
                    _ => {}
                }
            }
        });
        (self.alt_alone, self.asked) = (alone, asked);
    }

    /// Draws the bar.
    pub(super) fn ui(
        &mut self,
        ui: &mut egui::Ui,
        document: &Document,
        settings: &Settings,
        choices: &Choices<'_>,
        outbox: &mut Outbox,
    ) {
        let asked = std::mem::take(&mut self.asked);
        let any_open = Popup::is_any_open(ui.ctx());
        if asked && any_open {
            Popup::close_all(ui.ctx());
        }
        self.arrows(ui.ctx());
        egui::MenuBar::new().ui(ui, |ui| {
            let mut buttons = Vec::new();
            for (menu, name) in Menu::ALL {
                let button = ui.menu_button(name, |ui| {
                    ui.set_min_width(220.0);
                    entries(ui, menu, document, settings, choices, outbox);
                });
                buttons.push(button.response);
            }
            if let Some(first) = buttons.first().filter(|_| asked && !any_open) {
                Popup::open_id(ui.ctx(), Popup::default_response_id(first));
                first.request_focus();
            }
            let ids = |button: &egui::Response| [button.id, Popup::default_response_id(button)];
            self.buttons = buttons.iter().map(ids).collect();
        });
    }

    /// Arrows go from one open menu to the next, where the keyboard is on the bar: within a menu they are the menu's.
    fn arrows(&self, ctx: &egui::Context) {
        let Some(open) = self.buttons.iter().position(|[_, menu]| Popup::is_id_open(ctx, *menu)) else { return };
        if ctx.memory(|memory| memory.focused()) != Some(self.buttons[open][0]) {
            return;
        }
        let key = |key| ctx.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        let (right, left, all) = (key(Key::ArrowRight), key(Key::ArrowLeft), self.buttons.len());
        if right || left {
            let [button, menu] = self.buttons[(open + if right { 1 } else { all - 1 }) % all];
            Popup::open_id(ctx, menu);
            ctx.memory_mut(|memory| {
                memory.request_focus(button);
                // The arrow has done its work: it doesn't carry the focus on to what lies beside.
                memory.move_focus(egui::FocusDirection::None);
            });
        }
    }
}

fn entries(
    ui: &mut egui::Ui,
    menu: Menu,
    document: &Document,
    settings: &Settings,
    choices: &Choices<'_>,
    outbox: &mut Outbox,
) {
    let ctx = ui.ctx().clone();
    let of_menu = || actions::all().iter().filter(|action| action.menu == menu);
    let marks = of_menu().any(|action| choices.chosen(&action.command).is_some());
    for action in of_menu() {
        if action.separated {
            ui.separator();
        }
        let (label, enabled) = match &action.command {
            Command::Document(DocumentCommand::Undo) => step("Undo", document.history.undo_label()),
            Command::Document(DocumentCommand::Redo) => step("Redo", document.history.redo_label()),
            _ => (action.label.clone(), true),
        };
        let chosen = choices.chosen(&action.command);
        // All marks keep their room, so that the words stand below each other.
        let mark = |shown: bool| {
            let mark = egui::RichText::new("✔");
            if shown { mark } else { mark.color(egui::Color32::TRANSPARENT) }
        };
        let mut button = match marks {
            true => egui::Button::new((mark(chosen == Some(true)), label.as_str())),
            false => egui::Button::new(label.as_str()),
        };
        if let Some(key) = &action.key {
            button = button.shortcut_text(actions::shown(&ctx, key));
        }
        let button = ui.add_enabled(enabled, button).on_hover_text(action.tip);
        // Without its mark and its key, which a screen reader would read out as part of the name.
        button.widget_info(|| match chosen {
            Some(chosen) => egui::WidgetInfo::selected(egui::Role::MenuItemRadio, enabled, chosen, &label),
            None => egui::WidgetInfo::labeled(egui::Role::MenuItem, enabled, &label),
        });
        if button.clicked() {
            outbox.send(action.command.clone());
            ui.close();
        }
        if action.command == DocumentCommand::OpenExample.into() {
            recent(ui, settings, outbox);
        }
    }
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
        // It presses the button that the keyboard is on.
        if key.logical_key == Key::Space && ctx.memory(|memory| memory.focused()).is_some() {
            continue;
        }
        // Above a drawing they say what it shows.
        if key.modifiers.is_none() && super::panels::listens(ctx, key.logical_key) {
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
