//! What of the figure swings, in which wind; what its file doesn't let swing, the artist does here.

use super::picture::double_clicked;
use super::{Context, Home, Panel, Registration};
use crate::dynamics::{Bodies, Feel, MarkedChain, Offer, Settings, Stuff, Wind, offers};
use crate::figure::Figure;
use crate::studio::{Edit, PoseCommand};
use crate::text;
use egui::{Role, SliderClamping, Ui, WidgetInfo};
use glam::Vec3;
use std::sync::{Arc, Weak};

pub(super) static PANEL: Registration = Registration {
    title: "Hair and skirts",
    tip: "What of the figure swings and hangs, and the wind",
    key: None,
    home: Home::LowerRight,
    new: || Box::new(SwayPanel::default()),
};

/// The strongest wind, m/s².
const STORM: f32 = 12.0;
/// What a new wind is like.
const BREEZE: Wind = Wind { direction: Vec3::NEG_X, strength: 3.0, gusts: 0.5, seed: 0 };

/// Hair, skirts and ribbons.
#[derive(Default)]
pub(super) struct SwayPanel {
    /// Of whom the list is.
    figure: Weak<Figure>,
    offers: Vec<Offer>,
}

impl Panel for SwayPanel {
    fn ui(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        let Some(subject) = context.content.subject() else {
            ui.weak("No figure is open.");
            return;
        };
        let figure = subject.figure();
        if !self.figure.ptr_eq(&Arc::downgrade(figure)) {
            (self.figure, self.offers) = (Arc::downgrade(figure), offers(figure));
        }
        let mut hangs = context.project.wants_hanging(Some(figure));
        let toggle = ui.checkbox(&mut hangs, "Hang in the pose");
        if toggle
            .on_hover_text("In a pose all that can swing hangs as it comes to rest; in motions it swings")
            .clicked()
        {
            context.commands.send(PoseCommand::Hanging);
        }
        let mut settings = context.project.sway.clone();
        let mut change = None;
        egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            wind(ui, &mut settings, &mut change);
            let (made, marks): (Vec<&Offer>, Vec<&Offer>) = self.offers.iter().partition(|o| o.marks.is_none());
            if !made.is_empty() {
                ui.separator();
                ui.strong("Swings by its file");
                if !figure.springs.bodies.is_empty() {
                    bodies(ui, &mut settings, &mut change);
                }
                made.into_iter().for_each(|offer| made_row(ui, offer, &mut settings, &mut change));
            }
            if !marks.is_empty() {
                ui.separator();
                ui.strong("Can swing, too").on_hover_text("Say what each carries, and it swings");
                egui::Grid::new("marks").num_columns(3).show(ui, |ui| {
                    marks.into_iter().for_each(|offer| mark_row(ui, offer, &mut settings, &mut change));
                });
            }
            if self.offers.is_empty() {
                ui.separator();
                ui.weak("Nothing of this figure can swing: it has no joints but the body's.");
            }
            lost(ui, figure, &mut settings, &mut change);
        });
        if let Some(label) = change {
            context.commands.edit(label, Edit::Sway(settings));
        }
    }
}

/// What moves the bodies of an MMD model. Programs without the engine show what a project says, to be taken back.
fn bodies(ui: &mut Ui, settings: &mut Settings, change: &mut Option<String>) {
    let row = ui.horizontal(|ui| {
        ui.label("Bodies");
        let can = Bodies::HAS_RIGID || settings.bodies != Bodies::Light;
        let all = [(Bodies::Light, "Swing lightly"), (Bodies::Rigid, "Push each other")];
        ui.add_enabled_ui(can, |ui| choice(ui, "What bodies do", &mut settings.bodies, &all)).inner
    });
    if row.inner {
        *change = Some("Change what bodies do".into());
    }
    row.response.on_hover_text(match Bodies::HAS_RIGID {
        true => "Lightly: each for itself, quick. Pushing each other: as in MMD, slower.",
        false => "This Settei was built without its engine of rigid bodies (cargo build --features rigid)",
    });
}

/// The wind: whether it blows, where to, how strongly.
fn wind(ui: &mut Ui, settings: &mut Settings, change: &mut Option<String>) {
    let mut blows = settings.wind.is_some();
    if ui.checkbox(&mut blows, "Wind").on_hover_text("Blows in poses and motions, the same each time").changed() {
        settings.wind = blows.then_some(BREEZE);
        *change = Some(if blows { "Let the wind blow" } else { "Let the wind rest" }.into());
    }
    let Some(wind) = &mut settings.wind else { return };
    let direction = wind.direction;
    let mut yaw_deg = direction.x.atan2(direction.z).to_degrees();
    if yaw_deg > 179.5 {
        yaw_deg = -180.0;
    }
    egui::Grid::new("wind").num_columns(2).show(ui, |ui| {
        let tip = "0°: to the figure's front, 90°: to its left; a double click: to its right";
        if slider(ui, "Blows to", &mut yaw_deg, -180.0..=180.0, "°", -90.0, tip) {
            // It keeps what it has of up and down.
            let flat = direction.x.hypot(direction.z).max(1e-3);
            let (sin, cos) = yaw_deg.to_radians().sin_cos();
            wind.direction = Vec3::new(flat * sin, direction.y, flat * cos);
            *change = Some("Turn the wind".into());
        }
        let tip = "How it speeds up what hangs in it; gravity is 9.8";
        if slider(ui, "Strength", &mut wind.strength, 0.0..=STORM, " m/s²", BREEZE.strength, tip) {
            *change = Some("Change the wind's strength".into());
        }
        if slider(ui, "Gusts", &mut wind.gusts, 0.0..=1.0, "", BREEZE.gusts, "0: even; 1: it dies down and doubles") {
            *change = Some("Change the gusts".into());
        }
    });
}

/// A slider with its name; whether it was moved. A double click puts it to `usual`.
fn slider(
    ui: &mut Ui,
    label: &str,
    value: &mut f32,
    range: std::ops::RangeInclusive<f32>,
    unit: &str,
    usual: f32,
    tip: &str,
) -> bool {
    ui.label(label);
    ui.spacing_mut().slider_width = (ui.available_width() - 80.0).max(60.0);
    let decimals = if *range.end() > 100.0 { 0 } else { 1 };
    let slider = egui::Slider::new(value, range).clamping(SliderClamping::Edits).fixed_decimals(decimals).suffix(unit);
    let response = ui.add(slider);
    response.widget_info(|| WidgetInfo::slider(true, f64::from(*value), label));
    let reset = double_clicked(ui, &response);
    let moved = response.on_hover_text(tip).changed();
    ui.end_row();
    if reset {
        *value = usual;
    }
    moved || reset
}

/// What the file lets swing: a box to keep it still.
fn made_row(ui: &mut Ui, offer: &Offer, settings: &mut Settings, change: &mut Option<String>) {
    let mut swings = !offer.roots.iter().all(|root| settings.still.contains(root));
    let row = ui.checkbox(&mut swings, text::line(&offer.name));
    if row.on_hover_text(format!("{}; off: it stays as it was made", size(offer))).changed() {
        settings.still.retain(|name| !offer.roots.contains(name));
        if !swings {
            settings.still.extend(offer.roots.iter().cloned());
        }
        let verb = if swings { "Let swing" } else { "Keep still" };
        *change = Some(format!("{verb}: {}", text::line(&offer.name)));
    }
}

/// What the artist may let swing: as what, and how easily.
fn mark_row(ui: &mut Ui, offer: &Offer, settings: &mut Settings, change: &mut Option<String>) {
    let name = text::line(&offer.name).into_owned();
    let mark = settings.chains.iter().find(|chain| offer.roots.contains(&chain.root)).cloned();
    let mut swings = mark.is_some();
    let (mut stuff, mut feel) =
        mark.map_or((offer.marks.unwrap_or_default(), Feel::default()), |mark| (mark.stuff, mark.feel));
    let mut changed = ui.checkbox(&mut swings, &name).on_hover_text(size(offer)).changed();
    ui.add_enabled_ui(swings, |ui| {
        let all = [(Stuff::Hair, "Hair"), (Stuff::Skirt, "Skirt"), (Stuff::Ribbon, "Ribbon")];
        changed |= choice(ui, &format!("What {name} is"), &mut stuff, &all);
    });
    ui.add_enabled_ui(swings, |ui| {
        let all = [(Feel::Soft, "Soft"), (Feel::Normal, "Normal"), (Feel::Stiff, "Stiff")];
        changed |= choice(ui, &format!("How {name} swings"), &mut feel, &all);
    });
    ui.end_row();
    if changed {
        settings.chains.retain(|chain| !offer.roots.contains(&chain.root));
        if swings {
            let marks = offer.roots.iter().map(|root| MarkedChain { root: root.clone(), stuff, feel });
            settings.chains.extend(marks);
        }
        let verb = if swings { "Let swing" } else { "Keep still" };
        *change = Some(format!("{verb}: {name}"));
    }
}

/// A list of few; whether another one was chosen.
fn choice<T: Copy + PartialEq>(ui: &mut Ui, label: &str, chosen: &mut T, all: &[(T, &str)]) -> bool {
    let before = *chosen;
    let shown = all.iter().find(|(value, _)| *value == before).map_or("", |(_, name)| *name);
    let combo = egui::ComboBox::from_id_salt(label).selected_text(shown).width(64.0);
    let response = combo.show_ui(ui, |ui| {
        for (value, name) in all {
            ui.selectable_value(chosen, *value, *name);
        }
    });
    response.response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, label));
    *chosen != before
}

/// Marks of joints that this figure lacks, as those of another one.
fn lost(ui: &mut Ui, figure: &Figure, settings: &mut Settings, change: &mut Option<String>) {
    let lacks = |name: &String| !figure.joints.iter().any(|joint| joint.name == *name);
    let marks = settings.chains.iter().map(|chain| &chain.root).chain(&settings.still);
    let names: Vec<String> = marks.filter(|name| lacks(name)).map(|name| text::line(name).into_owned()).collect();
    if names.is_empty() {
        return;
    }
    ui.separator();
    ui.label(format!("{} more marks are of joints that this figure lacks.", names.len()))
        .on_hover_text(names.join(", "));
    if ui.button("Remove them").clicked() {
        settings.chains.retain(|chain| !lacks(&chain.root));
        settings.still.retain(|name| !lacks(name));
        *change = Some("Remove marks".into());
    }
}

/// How much an offer is, in words.
fn size(offer: &Offer) -> String {
    let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    format!("{} of {}", count(offer.roots.len(), "chain"), count(offer.joints, "joint"))
}
