//! The take: which motion, which of its clips, and what is changed of it.

use crate::motion::library;
use crate::project::{Animation, MotionSource, Take};
use crate::studio::content::Loaded;
use crate::studio::panels::Context;
use crate::studio::{Ask, Edit, MotionCommand};
use crate::text;
use egui::Ui;

/// Draws the choice.
pub(super) fn ui(ui: &mut Ui, context: &mut Context<'_>, bones: &mut bool) {
    let animation = &context.project.animation;
    let title = animation.take.as_ref().map_or_else(|| "No motion".to_owned(), |take| take.source.name());
    let title =
        if title.chars().count() > 28 { format!("{}…", title.chars().take(27).collect::<String>()) } else { title };
    let menu = ui.menu_button(title, |ui| motions(ui, context));
    menu.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, "Motion of the figure"));
    menu.response.on_hover_text("Choose what moves the figure, or drop a motion file on the window");
    if let Loaded::Loading = context.content.performance {
        ui.spinner();
    }
    if let Loaded::Failed(why) = &context.content.performance {
        ui.colored_label(ui.visuals().warn_fg_color, "⚠").on_hover_text(why);
    }
    if let Some(take) = &animation.take {
        ui.menu_button("Changes", |ui| changes(ui, context, animation, take, bones))
            .response
            .on_hover_text("Mirror it, keep it in place, keep feet from sliding, say which joint is which bone");
    }
}

fn motions(ui: &mut Ui, context: &mut Context<'_>) {
    for name in library::names() {
        let source = MotionSource::BuiltIn(name.to_owned());
        if ui.button(source.name()).on_hover_text("One of Settei's own motions").clicked() {
            context.commands.send(MotionCommand::Open(source));
            ui.close();
        }
    }
    if ui.button("Open a motion…").on_hover_text("VMD, VRM animation, BVH or glTF").clicked() {
        context.commands.send(Ask::Motion);
        ui.close();
    }
    let Some(take) = &context.project.animation.take else { return };
    if let Some(file) = context.content.motion.ready().filter(|file| file.clips.len() > 1) {
        ui.separator();
        let chosen = take.clip(file).map(|clip| clip.name.as_str());
        egui::ScrollArea::vertical().max_height(220.0).show(ui, |ui| {
            for (i, clip) in file.clips.iter().enumerate() {
                let label = format!("{} ({:.1} s)", text::line(&clip.name), clip.duration_s());
                if ui.selectable_label(chosen == Some(&*clip.name), label).clicked() {
                    // Of two of one name the number tells.
                    let unique = file.clips.iter().filter(|other| other.name == clip.name).count() == 1;
                    let name = if unique { clip.name.clone() } else { (i + 1).to_string() };
                    let take = Take { clip: name, ..take.clone() };
                    let animation = context.project.animation.with_take(take, Some(clip));
                    context.commands.edit(
                        format!("Take the clip {}", text::line(&clip.name)),
                        Edit::Animation(Box::new(animation)),
                    );
                    ui.close();
                }
            }
        });
    }
    ui.separator();
    if ui.button("Remove the motion").on_hover_text("Keys stay; the file stays where it is").clicked() {
        context.commands.send(MotionCommand::Remove);
        ui.close();
    }
}

fn changes(ui: &mut Ui, context: &mut Context<'_>, animation: &Animation, take: &Take, bones: &mut bool) {
    let mut changed = take.clone();
    for (on, label, tip) in [
        (&mut changed.mirror, "Mirror the motion", "Left and right change places"),
        (&mut changed.in_place, "Stay in place", "The body leaves its way out and only sways"),
        (&mut changed.lock_feet, "Keep feet where they stand", "Feet that stand don't slide"),
    ] {
        ui.checkbox(on, label).on_hover_text(tip);
    }
    if changed != *take {
        let label = "Change the motion";
        let animation = Animation { take: Some(changed), ..animation.clone() };
        context.commands.edit(label, Edit::Animation(Box::new(animation)));
    }
    if context.content.motion.ready().is_some_and(|file| super::bones::has_joints(file)) {
        ui.separator();
        let button = ui.button("Bones of the motion…");
        if button.on_hover_text("Which joint of its skeleton is which bone, where the guess is wrong").clicked() {
            *bones = true;
            ui.close();
        }
    }
    let native = context.content.performance.ready().is_some_and(|performance| performance.native().is_some());
    if native {
        ui.weak("Played as MikuMikuDance plays it");
    }
}
