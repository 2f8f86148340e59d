//! Fingers and hand shapes.

use super::picture::double_clicked;
use super::{Context, Home, Panel, Registration};
use crate::pose::hand::{CURLS, FINGERS, Hand, SPREADS_DEG, Side};
use crate::studio::Edit;
use egui::{Key, SliderClamping};

pub(super) static PANEL: Registration = Registration {
    title: "Hands",
    tip: "Fingers and hand shapes",
    key: Some(Key::F6),
    home: Home::LowerRight,
    new: || Box::new(HandsPanel::default()),
};

/// Fingers and hand shapes.
#[derive(Default)]
pub(super) struct HandsPanel {}

impl Panel for HandsPanel {
    fn ui(&mut self, ui: &mut egui::Ui, context: &mut Context<'_>) {
        let Some(subject) = context.content.subject() else {
            ui.weak("No figure is open.");
            return;
        };
        let figure = subject.figure();
        let has = |side| Hand::bones(side).any(|bone| figure.humanoid.joint(bone).is_some());
        if !Side::BOTH.into_iter().any(has) {
            ui.weak("This figure's hands have no finger bones.");
            return;
        }
        egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            // The figure's right hand is on the left of the screen when it looks at us.
            ui.columns(2, |columns| {
                for (ui, side) in columns.iter_mut().zip([Side::Right, Side::Left]) {
                    ui.add_enabled_ui(has(side), |ui| hand(ui, context, side));
                }
            });
        });
    }
}

fn hand(ui: &mut egui::Ui, context: &mut Context<'_>, side: Side) {
    let pose = context.pose;
    let now = Hand::of(pose, side);
    let mut new = None;
    ui.horizontal(|ui| {
        ui.strong(capital(&format!("{} hand", side.name())));
        ui.menu_button("…", |ui| {
            let other = side.other();
            if ui.button(format!("Copy to the {} hand", other.name())).clicked() {
                let pose = now.on(context.pose, other);
                context.commands.edit(format!("Copy the {} hand", side.name()), Edit::Pose(pose));
                ui.close();
            }
        });
    });
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(4.0, 4.0);
        for (name, preset) in Hand::PRESETS {
            let button = ui.small_button(capital(name));
            button.widget_info(|| {
                egui::WidgetInfo::labeled(egui::Role::Button, true, format!("{} {name}", capital(side.name())))
            });
            if button.on_hover_text(format!("The {} hand {}", side.name(), meaning(name))).clicked() {
                new = Some((format!("Shape the {} hand", side.name()), preset));
            }
        }
    });
    for (finger, name) in FINGERS.into_iter().enumerate() {
        ui.weak(format!("{}: curl, spread", capital(name)));
        let mut hand = now;
        let label = |what: &str| format!("{} {name} {what}", capital(side.name()));
        let curl = slider(ui, &mut hand.curl[finger], CURLS, &label("curl"), "Straight to curled as in a fist");
        let spread = slider(ui, &mut hand.spread_deg[finger], SPREADS_DEG, &label("spread"), "To either side");
        for (changed, what) in [(curl, "Curl"), (spread, "Spread")] {
            if changed {
                new = Some((format!("{what} the {} {name}", side.name()), hand));
            }
        }
    }
    if let Some((label, hand)) = new {
        let pose = hand.on(context.pose, side);
        context.commands.edit(label, Edit::Pose(pose));
    }
}

/// A slider as wide as its column; a double click puts it back to 0. True: it was moved.
fn slider(ui: &mut egui::Ui, value: &mut f32, [low, high]: [f32; 2], label: &str, tip: &str) -> bool {
    ui.spacing_mut().slider_width = (ui.available_width() - 8.0).max(40.0);
    let slider = ui.add(egui::Slider::new(value, low..=high).clamping(SliderClamping::Edits).show_value(false));
    let value_now = f64::from(*value);
    slider.widget_info(|| egui::WidgetInfo::slider(true, value_now, label));
    let reset = double_clicked(ui, &slider);
    let slider = slider.on_hover_text(format!("{label}\n{tip}; a double click puts it back"));
    if reset {
        *value = 0.0;
        return true;
    }
    slider.changed()
}

fn meaning(preset: &str) -> &'static str {
    match preset {
        "relaxed" => "at ease",
        "open" => "spread",
        "fist" => "as a fist",
        "point" => "pointing",
        "peace" => "as a V",
        _ => "round a handle",
    }
}

/// In sentence case.
fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
