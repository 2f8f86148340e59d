//! The command palette: everything by name, and the list of keys.

use super::actions;
use super::commands::{Outbox, WindowCommand};
use egui::{Align2, Key};

/// The command palette.
#[derive(Default)]
pub(super) struct Palette {
    open: bool,
    query: String,
    chosen: usize,
}

impl Palette {
    /// Opens or closes it.
    pub(super) fn toggle(&mut self) {
        *self = Self { open: !self.open, ..Self::default() };
    }

    /// Draws it, if it is open.
    pub(super) fn show(&mut self, ctx: &egui::Context, outbox: &mut Outbox) {
        if !self.open {
            return;
        }
        let area = egui::Modal::new(egui::Id::unique("palette"))
            .area(egui::Modal::default_area(egui::Id::unique("palette")).anchor(Align2::CENTER_TOP, [0.0, 80.0]));
        let shown = area.show(ctx, |ui| {
            ui.set_width(420.0);
            let (up, down, enter) = ui.input_mut(|input| {
                let mut key = |key| input.consume_key(egui::Modifiers::NONE, key);
                (key(Key::ArrowUp), key(Key::ArrowDown), key(Key::Enter))
            });
            let field = egui::TextEdit::singleline(&mut self.query).hint_text("Find a command…");
            let field = ui.add(field.desired_width(f32::INFINITY));
            field.request_focus();
            field.widget_info(|| egui::WidgetInfo::labeled(egui::Role::SearchInput, true, "Find a command"));
            let found = search(&self.query);
            if field.changed() {
                self.chosen = 0;
            }
            self.chosen = (self.chosen + usize::from(down)).min(found.len().saturating_sub(1));
            self.chosen = self.chosen.saturating_sub(usize::from(up));
            let mut run = None;
            egui::ScrollArea::vertical().max_height(360.0).show(ui, |ui| {
                for (i, action) in found.iter().enumerate() {
                    let key = action.key.map_or_else(String::new, |key| actions::shown(ctx, &key));
                    let button = egui::Button::selectable(i == self.chosen, action.label.as_str())
                        .shortcut_text(key)
                        .min_size(egui::vec2(ui.available_width(), 24.0));
                    let button = ui.add(button).on_hover_text(action.tip);
                    if i == self.chosen && (up || down) {
                        button.scroll_to_me(None);
                    }
                    if button.clicked() || (enter && i == self.chosen) {
                        run = Some(action.command.clone());
                    }
                }
                if found.is_empty() {
                    ui.weak("No command has these words.");
                }
            });
            run
        });
        if let Some(command) = shown.inner {
            outbox.send(command);
            self.open = false;
        } else if shown.should_close() {
            self.open = false;
        }
    }
}

/// Actions that have every word of the query somewhere: first the one that is called so, then those that begin with it.
fn search(query: &str) -> Vec<&'static actions::Action> {
    let query = query.to_lowercase();
    let words: Vec<&str> = query.split_whitespace().collect();
    let mut found: Vec<_> = actions::all()
        .iter()
        .filter(|action| action.command != WindowCommand::Palette.into())
        .filter(|action| {
            let text = format!("{} {}", action.label, action.tip).to_lowercase();
            words.iter().all(|word| text.contains(word))
        })
        .collect();
    found.sort_by_key(|action| {
        let label = action.label.to_lowercase();
        (label != query, !label.starts_with(&query), !words.iter().all(|word| label.contains(word)))
    });
    found
}

#[cfg(test)]
mod tests {
    use super::super::commands::DocumentCommand;
    use super::super::dialogs::Ask;
    use super::super::panels::PanelKind;
    use super::*;

    #[test]
    fn commands_are_found_by_any_of_their_words() {
        assert_eq!(search("undo")[0].command, DocumentCommand::Undo.into());
        assert_eq!(search("pict sav")[0].command, Ask::SavePicture.into());
        // What is called so comes before what only begins so ("Pose library").
        assert_eq!(search("pose")[0].command, WindowCommand::ShowPanel(PanelKind::Viewport).into());
        assert!(search("xyzzy").is_empty());
        assert!(search("").len() > 30);
    }
}
