//! Which joint of a motion's skeleton is which human bone: guessed, and mended by hand.

use crate::figure::HumanBone;
use crate::motion::{MotionFile, NameMap};
use crate::project::Take;
use crate::studio::panels::Context;
use crate::studio::panels::bones::spelled;
use crate::studio::panels::preview::named;
use crate::studio::takes::Which;
use crate::studio::{Ask, Edit};
use crate::text;
use egui::{ComboBox, RichText, Ui};

const WIDTH: f32 = 340.0;
const HEIGHT: f32 = 380.0;

/// The window with the list of bones, while it is open and there is something to be said.
pub(super) fn window(ctx: &egui::Context, context: &mut Context<'_>, of: &mut Option<Which>) {
    let Some(which) = *of else { return };
    let animation = &context.project.animation;
    let file = which.content(context.content).file.ready();
    let Some((take, file)) = which.take(animation).zip(file) else { return };
    if !has_joints(file) {
        *of = None;
        return;
    }
    let mut open = true;
    let told = if take.names.0.is_empty() { &file.bones } else { &take.names };
    let mut new = told.clone();
    let window = egui::Window::new("Bones of the motion").open(&mut open).default_width(WIDTH).resizable(false);
    let window = window.default_pos(ctx.content_rect().left_top() + egui::vec2(80.0, 60.0));
    window.show(ctx, |ui| {
        ui.set_width(WIDTH);
        ui.label(format!("Which joint of {} is which bone", take.source.name()));
        ui.horizontal(|ui| {
            let anew = ui.add_enabled(!take.names.0.is_empty(), egui::Button::new("Guess them anew"));
            if anew.on_hover_text("By the joints' names and places, as when the motion was opened").clicked() {
                new = NameMap::default();
            }
            for (label, tip, ask) in [
                ("Open…", "Take the list that was saved of another motion with this skeleton", Ask::Bones(which)),
                ("Save…", "Keep this list for other motions with this skeleton", Ask::SaveBones(which)),
            ] {
                if ui.button(label).on_hover_text(tip).clicked() {
                    context.commands.send(ask);
                }
            }
        });
        ui.separator();
        egui::ScrollArea::vertical().max_height(HEIGHT).show(ui, |ui| {
            egui::Grid::new("bones").num_columns(2).striped(true).show(ui, |ui| {
                for bone in HumanBone::ALL {
                    row(ui, bone, &file.joints, &mut new);
                }
            });
        });
    });
    if new != *told {
        let take = Take { names: new, ..take.clone() };
        let animation = which.changed(animation, take);
        context.commands.edit("Say which joint is which bone", Edit::Animation(Box::new(animation)));
    }
    if !open {
        *of = None;
    }
}

/// It is a file whose bones were guessed.
pub(super) fn has_joints(file: &MotionFile) -> bool {
    !file.joints.is_empty()
}

/// A bone, and the joint that it is.
fn row(ui: &mut Ui, bone: HumanBone, joints: &[String], names: &mut NameMap) {
    let before = names.0.get(&bone).cloned();
    let essential = HumanBone::ESSENTIAL.contains(&bone);
    let title = spelled(bone);
    let missing = essential && before.is_none();
    let label = if missing { RichText::new(&title).color(ui.visuals().warn_fg_color) } else { RichText::new(&title) };
    let label = ui.label(label);
    if missing {
        label.on_hover_text("Without it the motion moves little of the figure");
    }
    let mut chosen = before.clone();
    let shown = before.as_deref().map_or("—".into(), text::line);
    let combo = ComboBox::from_id_salt(bone).width(200.0).selected_text(shown).show_ui(ui, |ui| {
        ui.selectable_value(&mut chosen, None, "—").on_hover_text("No joint");
        for joint in joints {
            ui.selectable_value(&mut chosen, Some(joint.clone()), text::line(joint));
        }
    });
    named(&combo.response, &title);
    ui.end_row();
    if chosen != before {
        match chosen {
            Some(joint) => {
                // A joint is one bone.
                names.0.retain(|_, name| *name != joint);
                names.0.insert(bone, joint);
            }
            None => drop(names.0.remove(&bone)),
        }
    }
}
