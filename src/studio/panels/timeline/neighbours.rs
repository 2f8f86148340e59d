//! What is seen of the frames around the shown one: ghosts of them, and the way of a part of the body.

use crate::studio::actions::tip;
use crate::studio::onion::{MOST_FRAMES, MOST_GHOSTS};
use crate::studio::panels::preview::named;
use crate::studio::panels::{Context, menu};
use crate::studio::workers::ghosts::TINTS;
use crate::studio::{Neighbours, Onion, PathOf, ViewCommand};
use egui::{DragValue, Ui};

/// Draws the choices.
pub(super) fn ui(ui: &mut Ui, context: &mut Context<'_>) {
    let onion = context.display.onion;
    let mut on = onion.on;
    let what = "The frames before and after are seen as ghosts under the figure, while nothing plays";
    let what = tip(ui.ctx(), ViewCommand::OnionSkin, what);
    if ui.checkbox(&mut on, "Onion skin").on_hover_text(what).changed() {
        context.commands.send(ViewCommand::OnionSkin);
    }
    if onion.on {
        let menu = menu(ui, "Ghosts", |ui| ghosts(ui, context, onion));
        menu.on_hover_text("How many are seen, and of which frames");
    }
    let chosen = PathOf::ALL.iter().find(|(of, _)| *of == context.display.path).map_or("", |(_, name)| name);
    let path =
        egui::ComboBox::from_id_salt("path").width(104.0).height(260.0).selected_text(chosen).show_ui(ui, |ui| {
            for (of, name) in PathOf::ALL {
                if ui.selectable_label(context.display.path == of, name).clicked() {
                    context.commands.send(ViewCommand::Path(of));
                }
            }
        });
    let what = "The way of a part of the body through what is played: a dot a frame, larger ones where poses are keyed";
    named(&path.response.on_hover_text(what), "Motion path");
}

fn ghosts(ui: &mut Ui, context: &mut Context<'_>, onion: Onion) {
    let mut new = onion;
    egui::Grid::new("ghosts").num_columns(2).show(ui, |ui| {
        for (count, name, tint) in
            [(&mut new.before, "Ghosts before", TINTS[0]), (&mut new.after, "Ghosts after", TINTS[1])]
        {
            ui.label(name);
            ui.horizontal(|ui| {
                named(&ui.add(DragValue::new(count).range(0..=MOST_GHOSTS).speed(0.05)), name);
                let (rect, _) = ui.allocate_exact_size(egui::vec2(14.0, 14.0), egui::Sense::hover());
                ui.painter().rect_filled(rect, 3.0, tint);
            });
            ui.end_row();
        }
    });
    ui.separator();
    let mut step = if let Neighbours::Frames(step) = new.of { step } else { 4 };
    ui.horizontal(|ui| {
        if ui.radio(new.of != Neighbours::Keys, "Every").clicked() {
            new.of = Neighbours::Frames(step);
        }
        let field = ui.add(DragValue::new(&mut step).range(1..=MOST_FRAMES).speed(0.1));
        named(&field, "Frames between ghosts");
        if field.changed() {
            new.of = Neighbours::Frames(step);
        }
        ui.label("frames");
    });
    if ui.radio(new.of == Neighbours::Keys, "The keyed poses").clicked() {
        new.of = Neighbours::Keys;
    }
    if new != onion {
        context.commands.send(ViewCommand::Ghosts(new));
    }
}
