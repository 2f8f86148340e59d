//! The takes: which motion and which it goes over into, which of their clips, and what is changed of them.

use crate::motion::library;
use crate::project::{ARMS_DEG, Animation, LONGEST_FADE, MOST_TIMES, MotionSource, Take, WAY};
use crate::studio::content::Loaded;
use crate::studio::panels::preview::named;
use crate::studio::panels::{Context, menu};
use crate::studio::takes::Which;
use crate::studio::{Ask, Edit, MotionCommand};
use crate::text;
use egui::{DragValue, Ui};

/// Draws the choice; `bones`: of which motion the list of bones is open.
pub(super) fn ui(ui: &mut Ui, context: &mut Context<'_>, bones: &mut Option<Which>) {
    let tip = "Choose what moves the figure, or drop a motion file on the window";
    choice(ui, context, Which::First, ("No motion", "Motion of the figure", tip), bones);
    if context.project.animation.fading().is_some() {
        ui.label("then");
        let tip = "Choose what the first motion goes over into";
        choice(ui, context, Which::Second, ("", "Second motion of the figure", tip), bones);
    }
}

/// The menu of a motion, under its name or what stands there without any.
fn choice(
    ui: &mut Ui,
    context: &mut Context<'_>,
    which: Which,
    (none, name, tip): (&str, &str, &str),
    bones: &mut Option<Which>,
) {
    let take = which.take(&context.project.animation);
    let title = take.map_or_else(|| none.to_owned(), |take| take.source.name());
    let title =
        if title.chars().count() > 28 { format!("{}…", title.chars().take(27).collect::<String>()) } else { title };
    let button = match which {
        Which::First => ui.menu_button(title, |ui| motions(ui, context)).response,
        Which::Second => menu(ui, &title, |ui| second(ui, context)),
    };
    named(&button, name);
    button.on_hover_text(tip);
    match &which.content(context.content).performance {
        Loaded::Loading => drop(ui.spinner()),
        Loaded::Failed(why) => {
            ui.colored_label(ui.visuals().warn_fg_color, "⚠").on_hover_text(why);
        }
        _ => {}
    }
    let Some(take) = take.cloned() else { return };
    let button = menu(ui, "Changes", |ui| changes(ui, context, which, &take, bones));
    if which == Which::Second {
        named(&button, "Changes of the second motion");
    }
    button.on_hover_text("Mirror it, keep it in place, keep feet from sliding, say which joint is which bone");
}

fn motions(ui: &mut Ui, context: &mut Context<'_>) {
    sources(ui, context, MotionCommand::Open, Ask::Motion);
    if context.project.animation.take.is_none() {
        return;
    }
    clips(ui, context, Which::First);
    ui.separator();
    if context.project.animation.fade.is_none() {
        let then = ui.menu_button("Then another motion", |ui| {
            sources(ui, context, MotionCommand::Then, Ask::SecondMotion);
        });
        then.response.on_hover_text("The motion goes over into a second one, where the figure has come to");
    }
    if ui.button("Remove the motion").on_hover_text("Keys stay; the file stays where it is").clicked() {
        context.commands.send(MotionCommand::Remove);
        ui.close();
    }
}

fn second(ui: &mut Ui, context: &mut Context<'_>) {
    let Some(fade) = context.project.animation.fade.clone() else { return };
    let mut changed = fade.clone();
    for (value, most, label, name, tip) in [
        (
            &mut changed.from,
            crate::motion::LAST_FRAME,
            "Begins at frame",
            "Frame at which the second motion begins",
            "Its bar in the timeline can be dragged as well",
        ),
        (
            &mut changed.over,
            LONGEST_FADE,
            "Frames of both",
            "Frames in which both motions are seen",
            "So long the first goes over into the second; 0: at once",
        ),
    ] {
        ui.horizontal(|ui| {
            ui.label(label);
            let field = ui.add(DragValue::new(value).speed(0.25).range(0..=most));
            named(&field, name);
            field.on_hover_text(tip);
        });
    }
    if changed != fade {
        let animation = Animation { fade: Some(changed), ..context.project.animation.clone() };
        context.commands.edit("Move the second motion", Edit::Animation(Box::new(animation)));
    }
    clips(ui, context, Which::Second);
    ui.separator();
    sources(ui, context, MotionCommand::Then, Ask::SecondMotion);
    ui.separator();
    if ui.button("Remove the second motion").on_hover_text("The file stays where it is").clicked() {
        context.commands.send(MotionCommand::RemoveSecond);
        ui.close();
    }
}

/// Motions to choose from.
fn sources(ui: &mut Ui, context: &mut Context<'_>, command: fn(MotionSource) -> MotionCommand, ask: Ask) {
    for name in library::names() {
        let source = MotionSource::BuiltIn(name.to_owned());
        if ui.button(source.name()).on_hover_text("One of Settei's own motions").clicked() {
            context.commands.send(command(source));
            ui.close();
        }
    }
    if ui.button("Open a motion…").on_hover_text("VMD, VRM animation, BVH or glTF").clicked() {
        context.commands.send(ask);
        ui.close();
    }
}

/// The clips of a motion's file, where there are several.
fn clips(ui: &mut Ui, context: &mut Context<'_>, which: Which) {
    let animation = &context.project.animation;
    let (take, file) = (which.take(animation), which.content(context.content).file.ready());
    let Some((take, file)) = take.zip(file.filter(|file| file.clips.len() > 1)) else { return };
    ui.separator();
    let chosen = take.clip(file).map(|clip| clip.name.as_str());
    egui::ScrollArea::vertical().id_salt("clips").max_height(220.0).show(ui, |ui| {
        for (i, clip) in file.clips.iter().enumerate() {
            let label = format!("{} ({:.1} s)", text::line(&clip.name), clip.duration_s());
            if ui.selectable_label(chosen == Some(&*clip.name), label).clicked() {
                // Of two of one name the number tells.
                let unique = file.clips.iter().filter(|other| other.name == clip.name).count() == 1;
                let name = if unique { clip.name.clone() } else { (i + 1).to_string() };
                let take = Take { clip: name, ..take.clone() };
                let animation = match which {
                    Which::First => animation.with_take(take, Some(clip)),
                    Which::Second => which.changed(animation, take),
                };
                let label = format!("Take the clip {}", text::line(&clip.name));
                context.commands.edit(label, Edit::Animation(Box::new(animation)));
                ui.close();
            }
        }
    });
}

fn changes(ui: &mut Ui, context: &mut Context<'_>, which: Which, take: &Take, bones: &mut Option<Which>) {
    let mut changed = take.clone();
    for (on, label, tip) in [
        (&mut changed.mirror, "Mirror the motion", "Left and right change places"),
        (&mut changed.in_place, "Stay in place", "The body leaves its way out and only sways"),
        (&mut changed.lock_feet, "Keep feet where they stand", "Feet that stand don't slide"),
    ] {
        ui.checkbox(on, label).on_hover_text(tip);
    }
    let (mut degrees, mut percent) = (changed.arms_deg, 100.0 * changed.way);
    ui.horizontal(|ui| {
        ui.label("Arms");
        let field = ui.add(DragValue::new(&mut degrees).range(ARMS_DEG).speed(0.5).max_decimals(0).suffix("°"));
        named(&field, "Arms of the motion");
        field.on_hover_text("How much further from the body they are: where they go through it, or stand off");
    });
    ui.horizontal(|ui| {
        ui.label("Way");
        let range = 100.0 * WAY.start()..=100.0 * WAY.end();
        let field = ui.add(DragValue::new(&mut percent).range(range).max_decimals(0).suffix(" %"));
        named(&field, "Way of the motion");
        field.on_hover_text("How much of its way the body goes: for steps that are too long for the figure");
    });
    ui.horizontal(|ui| {
        ui.label("Times");
        let field = ui.add(DragValue::new(&mut changed.times).range(1..=MOST_TIMES).speed(0.1));
        named(&field, "Times of the motion");
        field.on_hover_text("So often it is done, each time where the last has come to: steps become a walk");
    });
    // What stays as it was is not rounded.
    if degrees != changed.arms_deg {
        changed.arms_deg = degrees;
    }
    if percent != 100.0 * changed.way {
        changed.way = percent / 100.0;
    }
    if changed != *take {
        let animation = which.changed(&context.project.animation, changed);
        context.commands.edit("Change the motion", Edit::Animation(Box::new(animation)));
    }
    let content = which.content(context.content);
    if content.file.ready().is_some_and(|file| super::bones::has_joints(file)) {
        ui.separator();
        let button = ui.button("Bones of the motion…");
        if button.on_hover_text("Which joint of its skeleton is which bone, where the guess is wrong").clicked() {
            *bones = Some(which);
            ui.close();
        }
    }
    if content.performance.ready().is_some_and(|performance| performance.native().is_some()) {
        ui.weak("Played as MikuMikuDance plays it");
    }
}
