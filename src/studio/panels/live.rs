//! Poses that other programs send: who does, how they are smoothed, where T-pose is, and recording them.

use super::{Context, Home, Panel, Registration};
use crate::live::{Hearing, MOST_FRAMES, Smoothing, Status};
use crate::studio::settings::{LiveSettings, PuppetShows};
use crate::studio::{LiveCommand, MotionCommand};
use egui::{DragValue, Ui};

pub(super) static PANEL: Registration = Registration {
    title: "Live",
    tip: "The figure does what somebody does whom another program follows",
    key: None,
    home: Home::LowerRight,
    new: || Box::new(LivePanel),
};

/// Live poses.
struct LivePanel;

impl Panel for LivePanel {
    fn ui(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            let mut live = context.settings.live;
            listen(ui, context, &mut live);
            match &context.content.live {
                None => {
                    ui.label(
                        "Programs that follow a person by camera, suit or headset (VSeeFace, Warudo, Virtual Motion \
                         Capture, XR Animator …) send poses by the VMC protocol. Listen, and let one send to this port.",
                    );
                }
                Some(view) => {
                    let status = view.status.clone();
                    heard(ui, context, &status);
                    ui.separator();
                    how(ui, &mut live);
                    calibrate(ui, context, &status);
                    record(ui, context, &status);
                }
            }
            ui.separator();
            puppet(ui, context, &mut live);
            if live != context.settings.live {
                context.commands.send(LiveCommand::Set(live));
            }
        });
    }
}

/// The button, and where is listened.
fn listen(ui: &mut Ui, context: &mut Context<'_>, live: &mut LiveSettings) {
    let listening = context.content.live.is_some();
    ui.horizontal_wrapped(|ui| {
        let (label, tip) = match listening {
            false => ("Listen", "The figure does what is sent; the project stays as it is"),
            true => ("Stop listening", "The figure holds its own pose again; what was being recorded is kept"),
        };
        if ui.button(label).on_hover_text(tip).clicked() {
            context.commands.send(LiveCommand::Toggle);
        }
        ui.add_enabled_ui(!listening, |ui| {
            let name = ui.label("Port");
            let port = ui.add(DragValue::new(&mut live.port).range(1024..=u16::MAX).clamp_existing_to_range(false));
            port.labelled_by(name.id).on_hover_text("Where the other program sends to; VMC's usual one is 39539");
            ui.checkbox(&mut live.any_address, "From other machines, too")
                .on_hover_text("Whoever reaches this machine can move the figure then; else this machine alone");
        });
    });
}

/// Who sends, and what is not as it should be.
fn heard(ui: &mut Ui, context: &mut Context<'_>, status: &Status) {
    match status.hearing {
        Hearing::Live => ui.label(status.sentence()),
        _ => ui.weak(status.sentence()),
    };
    for trouble in status.troubles() {
        ui.colored_label(ui.visuals().warn_fg_color, trouble);
    }
    if context.playback.is_on() {
        ui.horizontal_wrapped(|ui| {
            ui.weak("The timeline is shown.");
            if ui.button("Show what is sent").on_hover_text("The figure does what is sent again").clicked() {
                context.commands.send(MotionCommand::Stop);
            }
        });
    }
}

/// Smoothing, and which way the figure looks.
fn how(ui: &mut Ui, live: &mut LiveSettings) {
    ui.horizontal_wrapped(|ui| {
        let name = ui.label("Smoothing");
        let chosen = Smoothing::ALL.iter().find(|(smoothing, ..)| *smoothing == live.how.smoothing);
        let combo = egui::ComboBox::from_id_salt("smoothing").selected_text(chosen.map_or("", |(_, label, _)| label));
        let combo = combo.show_ui(ui, |ui| {
            for (smoothing, label, tip) in Smoothing::ALL {
                ui.selectable_value(&mut live.how.smoothing, smoothing, label).on_hover_text(tip);
            }
        });
        combo.response.labelled_by(name.id).on_hover_text("What trembles is smoothed, what moves fast is followed");
        ui.checkbox(&mut live.how.turned, "Turn round").on_hover_text("For a figure that shows its back");
    });
}

/// Where T-pose is.
fn calibrate(ui: &mut Ui, context: &mut Context<'_>, status: &Status) {
    ui.horizontal_wrapped(|ui| {
        let tip = "For twisted limbs, a figure that looks elsewhere or stands above the floor: within three seconds \
                   stand upright, arms straight out, looking ahead";
        if ui.button("Calibrate").on_hover_text(tip).clicked() {
            context.commands.send(LiveCommand::Calibrate);
        }
        match status.calibrates_in_s {
            Some(left) if left > 0.0 => {
                ui.strong(format!("Stand in T-pose: {:.0}", left.ceil()));
            }
            Some(_) => {
                ui.weak("Waiting for a pose");
            }
            None if status.calibrated => {
                ui.label("Calibrated");
                if ui.button("Forget").on_hover_text("Take what is sent as it is again").clicked() {
                    context.commands.send(LiveCommand::ForgetCalibration);
                }
            }
            None => {}
        }
    });
}

/// The take.
fn record(ui: &mut Ui, context: &mut Context<'_>, status: &Status) {
    ui.horizontal_wrapped(|ui| match status.recorded {
        None => {
            let tip = "What is sent becomes the timeline's take, in a file beside the project";
            if ui.button("Record").on_hover_text(tip).clicked() {
                context.commands.send(LiveCommand::Record);
            }
        }
        Some(frames) => {
            let tip = "Keep the take and play it; undo takes it out of the timeline again";
            if ui.button("End the recording").on_hover_text(tip).clicked() {
                context.commands.send(LiveCommand::Record);
            }
            ui.colored_label(ui.visuals().error_fg_color, "⏺");
            ui.label(if frames >= MOST_FRAMES { "Full: end it".into() } else { format!("{frames} frames") });
        }
    });
}

/// The puppet's window.
fn puppet(ui: &mut Ui, context: &mut Context<'_>, live: &mut LiveSettings) {
    let puppet = &mut live.puppet;
    ui.horizontal_wrapped(|ui| {
        let tip = "The character alone, without a frame and on top, for programs that film windows. Drag it where you \
                   want it, the wheel makes it larger, Escape hides it";
        if ui.button("Puppet window").on_hover_text(tip).clicked() {
            context.commands.send(LiveCommand::Puppet);
        }
        let tip = "Painted, and as the figure where painting can't keep up";
        ui.selectable_value(&mut puppet.shows, PuppetShows::Painted, "Painted").on_hover_text(tip);
        ui.selectable_value(&mut puppet.shows, PuppetShows::Figure, "Figure").on_hover_text("As the viewport has it");
    });
    ui.horizontal_wrapped(|ui| {
        let name = ui.label("Behind it");
        let colour = ui.color_edit_button_srgb(&mut puppet.ground).labelled_by(name.id);
        colour.on_hover_text("The colour that the filming program takes out");
    });
}
