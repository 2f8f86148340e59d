//! Playing, stepping, and how it is played.

use super::{ends, sign};
use crate::studio::actions::tip;
use crate::studio::panels::Context;
use crate::studio::panels::preview::named;
use crate::studio::{MotionCommand, Repeat};
use egui::Ui;

/// Speeds that can be chosen.
const SPEEDS: [f64; 5] = [0.25, 0.5, 1.0, 1.5, 2.0];
/// Frames that pictures can stay, with what animators call it.
const EXPOSURES: [(i64, &str); 4] = [(1, "On ones"), (2, "On twos"), (3, "On threes"), (4, "On fours")];

/// Draws the buttons.
pub(super) fn ui(ui: &mut Ui, context: &mut Context<'_>) {
    let playback = context.playback;
    let mut send = |ui: &mut Ui, shown: &str, name: &str, enabled: bool, what: &str, command: MotionCommand| {
        let tip = tip(ui.ctx(), command.clone(), what);
        if sign(ui, shown, name, enabled).on_hover_text(tip).clicked() {
            context.commands.send(command);
        }
    };
    let (shown, name) = if playback.is_playing() { ("⏸", "Pause") } else { ("▶", "Play") };
    send(ui, "⏮", "To the start", true, "To where playing begins", MotionCommand::First);
    send(ui, "⏴", "Frame back", true, "One picture back", MotionCommand::Step(-1));
    send(ui, shown, name, true, "Play or pause; where nothing moves yet, the figure walks", MotionCommand::Toggle);
    send(ui, "⏵", "Frame on", true, "One picture on", MotionCommand::Step(1));
    send(ui, "⏭", "To the end", true, "To where playing ends", MotionCommand::Last);
    let what = "The figure holds its own pose again, which is not lost";
    send(ui, "⏹", "Back to the pose", playback.is_on(), what, MotionCommand::Stop);

    let [last, _] = ends(context);
    let mut frame = playback.frame();
    let field = ui.add(egui::DragValue::new(&mut frame).range(0..=crate::motion::LAST_FRAME).speed(0.25));
    let fps = context.project.animation.fps;
    named(&field, "Frame");
    if field.changed() {
        context.commands.send(MotionCommand::Seek(frame));
    }
    let seconds = frame as f64 / fps;
    field.on_hover_text(format!("Frame {frame} of {last}, at {seconds:.2} s; drag, or click and type"));
    ui.weak(format!("/ {last}")).on_hover_text(format!("{fps:.4} frames a second").replace(".0000", ""));

    let speed = egui::ComboBox::from_id_salt("speed").width(56.0).selected_text(format!("{} ×", playback.speed));
    let speed = speed.show_ui(ui, |ui| {
        for speed in SPEEDS {
            if ui.selectable_label(playback.speed == speed, format!("{speed} ×")).clicked() {
                context.commands.send(MotionCommand::Speed(speed));
            }
        }
    });
    named(&speed.response.on_hover_text("How fast it is played"), "Speed");
    let chosen = Repeat::ALL.iter().find(|(repeat, _)| *repeat == playback.repeat).map_or("", |(_, name)| name);
    let repeat = egui::ComboBox::from_id_salt("repeat").width(92.0).selected_text(chosen).show_ui(ui, |ui| {
        for (repeat, name) in Repeat::ALL {
            if ui.selectable_label(playback.repeat == repeat, name).clicked() {
                context.commands.send(MotionCommand::Repeat(repeat));
            }
        }
    });
    named(&repeat.response.on_hover_text("What happens at the end"), "Repeat");
    let chosen = EXPOSURES.iter().find(|(frames, _)| *frames == playback.exposure).map_or("", |(_, name)| name);
    let exposure = egui::ComboBox::from_id_salt("exposure").width(76.0).selected_text(chosen).show_ui(ui, |ui| {
        for (frames, name) in EXPOSURES {
            if ui.selectable_label(playback.exposure == frames, name).clicked() {
                context.commands.send(MotionCommand::Exposure(frames));
            }
        }
    });
    named(&exposure.response.on_hover_text("How many frames each picture stays, as it is drawn by hand"), "Exposure");
}
