//! Keys: made, taken away, copied, and poses between them.

use crate::motion::{Ease, Part, Parts, stretched};
use crate::studio::MotionCommand;
use crate::studio::actions::tip;
use crate::studio::commands::TWEEN;
use crate::studio::panels::preview::named;
use crate::studio::panels::{Context, menu};
use egui::Ui;
use std::collections::BTreeSet;

/// How far the pose in between is, and at which frame that was said.
pub(super) struct Tween {
    percent: f32,
    frame: i64,
}

impl Default for Tween {
    fn default() -> Self {
        Self { percent: 50.0, frame: -1 }
    }
}

/// Draws the buttons.
pub(super) fn ui(ui: &mut Ui, context: &mut Context<'_>, chosen: &mut BTreeSet<i64>, tween: &mut Tween) {
    let (keys, playback) = (&context.project.animation.keys, context.playback);
    let frame = playback.frame();
    let what = "The figure comes through this pose at this frame";
    let what = tip(ui.ctx(), MotionCommand::Key, what);
    let key = ui.button("♦ Key");
    key.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, "Key the pose"));
    if key.on_hover_text(what).clicked() {
        context.commands.send(MotionCommand::Key);
    }
    let mut auto = playback.auto_key;
    let auto_key = ui.checkbox(&mut auto, "Auto key");
    if auto_key
        .on_hover_text("What you change at a frame is keyed there; without it, it becomes the own pose")
        .changed()
    {
        context.commands.send(MotionCommand::AutoKey(auto));
    }
    parts(ui, context);
    for (shown, name, command) in
        [("⏪", "Previous key", MotionCommand::PreviousKey), ("⏩", "Next key", MotionCommand::NextKey)]
    {
        let what = tip(ui.ctx(), command.clone(), name);
        if super::sign(ui, shown, name, !keys.is_empty()).on_hover_text(what).clicked() {
            context.commands.send(command);
        }
    }
    // Without a choice the key at the playhead is meant.
    let meant: BTreeSet<i64> = match chosen.is_empty() {
        true => keys.0.contains_key(&frame).then_some(frame).into_iter().collect(),
        false => chosen.clone(),
    };
    menu(ui, "Keys", |ui| of_keys(ui, context, chosen, &meant))
        .on_hover_text("Copied, pasted, deleted, and how they go on");
    let between = keys.around(frame).iter().all(Option::is_some);
    ui.add_enabled_ui(between, |ui| {
        if tween.frame != frame {
            *tween = Tween { percent: 50.0, frame };
        }
        let (least, most) = (100.0 * TWEEN.start(), 100.0 * TWEEN.end());
        ui.spacing_mut().slider_width = 64.0;
        let slider = ui.add(egui::Slider::new(&mut tween.percent, least..=most).suffix(" %").step_by(1.0));
        named(&slider, "In between");
        if slider.changed() {
            context.commands.send(MotionCommand::Tween(tween.percent / 100.0));
        }
        let what = "A pose between the key before and the key after, keyed here: 0 % is the one before, beyond 100 % it overshoots";
        slider.on_hover_text(what).on_disabled_hover_text("A key before and a key after this frame are needed");
    });
}

/// What is done with keys.
fn of_keys(ui: &mut Ui, context: &mut Context<'_>, chosen: &mut BTreeSet<i64>, meant: &BTreeSet<i64>) {
    let some = !meant.is_empty();
    let mut sent = None;
    if ui.button("Copy keys").on_hover_text("The chosen keys, or the pose shown here").clicked() {
        sent = Some(MotionCommand::Copy(meant.clone()));
    }
    if ui.button("Paste keys").on_hover_text("What was copied, beginning here").clicked() {
        sent = Some(MotionCommand::Paste { mirrored: false });
    }
    if ui.button("Paste mirrored").on_hover_text("The same with left and right changed").clicked() {
        sent = Some(MotionCommand::Paste { mirrored: true });
    }
    let delete = ui.add_enabled(some, egui::Button::new("Delete keys"));
    if delete.on_hover_text("The chosen keys, or the one here").clicked() {
        chosen.clear();
        sent = Some(MotionCommand::Delete(meant.clone()));
    }
    ui.separator();
    ui.weak("To the next key the figure goes on");
    let ease = meant.first().and_then(|frame| context.project.animation.keys.0.get(frame)).map(|key| key.ease);
    ui.add_enabled_ui(some, |ui| {
        for (own, name) in Ease::ALL {
            if ui.radio(Some(own) == ease, name).clicked() {
                sent = Some(MotionCommand::Ease(meant.clone(), own));
            }
        }
        // The menu stays for these: they are drawn and dragged in it.
        let own = matches!(ease, Some(Ease::Curve(_)));
        let radio = ui.radio(own, "By a curve").on_hover_text("Two handles say when it is slow and when it is quick");
        let begun = ease.filter(|_| radio.clicked() && !own).map(Ease::curve);
        let drawn = match ease {
            Some(Ease::Curve(curve)) => super::curve::ui(ui, curve),
            _ => None,
        };
        if let Some(curve) = begun.or(drawn) {
            context.commands.send(MotionCommand::Ease(meant.clone(), Ease::Curve(curve)));
        }
    });
    if let (Some(&first), Some(&last), true) = (meant.first(), meant.last(), meant.len() > 1) {
        ui.separator();
        ui.horizontal(|ui| {
            for (label, factor, tip) in [
                ("Twice as slow", 2.0, "Drawn apart"),
                ("Twice as fast", 0.5, "Drawn together, no nearer than a frame"),
            ] {
                let button = ui.button(label);
                let tip = format!("{tip}; the first key stays. Alt and drag does it freely");
                if button.on_hover_text(tip).clicked() {
                    let to = first + ((last - first) as f64 * factor).round() as i64;
                    *chosen = stretched(&meant.iter().copied().collect::<Vec<_>>(), to).into_iter().collect();
                    sent = Some(MotionCommand::Stretch(meant.clone(), to));
                }
            }
        });
    }
    if let Some(command) = sent {
        context.commands.send(command);
        ui.close();
    }
}

/// Which parts of the body keys set.
fn parts(ui: &mut Ui, context: &mut Context<'_>) {
    let parts = context.playback.parts;
    let chosen: Vec<&str> = Part::ALL.into_iter().filter(|(part, _)| parts.has(*part)).map(|(_, name)| name).collect();
    let title = match chosen.as_slice() {
        [] | [_, _, _, _, _, _] => "Whole body".to_owned(),
        [one] => (*one).to_owned(),
        some => format!("{} parts", some.len()),
    };
    let open = menu(ui, &title, |ui| {
        let mut new = parts;
        for (part, name) in Part::ALL {
            let mut on = new.has(part);
            if ui.checkbox(&mut on, name).changed() {
                new = new.with(part, on);
            }
        }
        if ui.button("Whole body").clicked() {
            new = Parts::ALL;
        }
        // Keys of nothing are none.
        if new != parts && new != Parts::NONE {
            context.commands.send(MotionCommand::Parts(new));
        }
    });
    open.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, "Parts that keys set"));
    open.on_hover_text(
        "What of the body Key and Delete keys are about; the rest goes on as other keys and the motion have it. \
         With less than the whole body, auto key keys the parts that you change",
    );
}
