//! Keys: made, taken away, copied, and poses between them.

use crate::motion::Ease;
use crate::studio::MotionCommand;
use crate::studio::actions::tip;
use crate::studio::commands::TWEEN;
use crate::studio::panels::Context;
use crate::studio::panels::preview::named;
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
    let some = !meant.is_empty();
    if ui
        .add_enabled(some, egui::Button::new("Delete keys"))
        .on_hover_text("The chosen keys, or the one here")
        .clicked()
    {
        chosen.clear();
        context.commands.send(MotionCommand::Delete(meant.clone()));
    }
    if ui.button("Copy keys").on_hover_text("The chosen keys, or the pose shown here").clicked() {
        context.commands.send(MotionCommand::Copy(meant.clone()));
    }
    if ui.button("Paste keys").on_hover_text("What was copied, beginning here").clicked() {
        context.commands.send(MotionCommand::Paste { mirrored: false });
    }
    if ui.button("Paste mirrored").on_hover_text("The same with left and right changed").clicked() {
        context.commands.send(MotionCommand::Paste { mirrored: true });
    }
    let ease = meant.first().and_then(|frame| keys.0.get(frame)).map(|key| key.ease);
    ui.add_enabled_ui(some, |ui| {
        let name = Ease::ALL.iter().find(|(own, _)| Some(*own) == ease).map_or("–", |(_, name)| name);
        let choice = egui::ComboBox::from_id_salt("ease").width(110.0).selected_text(name).show_ui(ui, |ui| {
            for (own, name) in Ease::ALL {
                if ui.selectable_label(Some(own) == ease, name).clicked() {
                    context.commands.send(MotionCommand::Ease(meant.clone(), own));
                }
            }
        });
        named(&choice.response.on_hover_text("How the figure goes on from there to the next key"), "Ease");
    });
    let between = keys.around(frame).iter().all(Option::is_some);
    ui.add_enabled_ui(between, |ui| {
        if tween.frame != frame {
            *tween = Tween { percent: 50.0, frame };
        }
        let (least, most) = (100.0 * TWEEN.start(), 100.0 * TWEEN.end());
        ui.spacing_mut().slider_width = 90.0;
        let slider = ui.add(egui::Slider::new(&mut tween.percent, least..=most).suffix(" %").step_by(1.0));
        named(&slider, "In between");
        if slider.changed() {
            context.commands.send(MotionCommand::Tween(tween.percent / 100.0));
        }
        let what = "A pose between the key before and the key after, keyed here: 0 % is the one before, beyond 100 % it overshoots";
        slider.on_hover_text(what).on_disabled_hover_text("A key before and a key after this frame are needed");
    });
}
