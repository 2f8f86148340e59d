//! Expressions, morphs and the gaze.

use super::picture::double_clicked;
use super::{Context, Home, Panel, Registration};
use crate::figure::FacePart;
use crate::pose::Pose;
use crate::pose::look::{Gaze, PITCH_DEG, YAW_DEG};
use crate::studio::Edit;
use crate::text;
use egui::{Key, SliderClamping};

/// Expressions that come first, VRM 1.0's own order.
const PRESETS: [&str; 18] = [
    "happy",
    "angry",
    "sad",
    "relaxed",
    "surprised",
    "neutral",
    "blink",
    "blinkLeft",
    "blinkRight",
    "aa",
    "ih",
    "ou",
    "ee",
    "oh",
    "lookUp",
    "lookDown",
    "lookLeft",
    "lookRight",
];

/// Points that a name has at least: as wide as the longest of the usual ones.
const NAME_WIDTH: f32 = 92.0;

pub(super) static PANEL: Registration = Registration {
    title: "Face",
    tip: "Expressions, morphs and where the figure looks",
    key: Some(Key::F7),
    home: Home::LowerRight,
    new: || Box::new(FacePanel::default()),
};

/// Expressions, morphs and the gaze.
#[derive(Default)]
pub(super) struct FacePanel {
    search: String,
}

impl Panel for FacePanel {
    fn ui(&mut self, ui: &mut egui::Ui, context: &mut Context<'_>) {
        if context.content.subject().is_none() {
            ui.weak("No figure is open.");
            return;
        }
        egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            gaze(ui, context);
            ui.separator();
            self.expressions(ui, context);
        });
    }
}

impl FacePanel {
    fn expressions(&mut self, ui: &mut egui::Ui, context: &mut Context<'_>) {
        let Some(subject) = context.content.subject() else { return };
        let figure = subject.figure();
        if figure.expressions.is_empty() {
            ui.weak("This figure has no expressions.");
            return;
        }
        let mut all: Vec<(FacePart, &str)> =
            figure.expressions.iter().map(|face| (figure.face_part(face), face.name.as_str())).collect();
        let rank = |name: &str| PRESETS.iter().position(|preset| *preset == name).unwrap_or(PRESETS.len());
        all.sort_by_key(|(part, name)| (*part, rank(name)));
        all.dedup();
        ui.horizontal(|ui| {
            ui.strong("Expressions");
            let any = !context.pose.expressions.is_empty();
            if ui.add_enabled(any, egui::Button::new("Reset all")).on_hover_text("A plain face").clicked() {
                let pose = Pose { expressions: Default::default(), ..context.pose.clone() };
                context.commands.edit("Reset the face", Edit::Pose(pose));
            }
            let search = egui::TextEdit::singleline(&mut self.search).hint_text("Find");
            let search = ui.add(search.desired_width(ui.available_width() - 10.0));
            search.widget_info(|| egui::WidgetInfo::labeled(egui::Role::SearchInput, true, "Find an expression"));
        });
        let wanted = self.search.trim().to_lowercase();
        let grouped = all.iter().any(|(part, _)| *part != all[0].0);
        all.retain(|(_, name)| is_wanted(name, &wanted));
        if all.is_empty() {
            ui.weak("No expression has this name.");
        }
        for part in FacePart::ALL {
            let names: Vec<&str> = all.iter().filter(|(of, _)| *of == part).map(|(_, name)| *name).collect();
            if names.is_empty() {
                continue;
            }
            if !grouped {
                sliders(ui, context, part, &names);
                continue;
            }
            // What is looked for is never hidden.
            let open = (!wanted.is_empty()).then_some(true);
            let title = egui::RichText::new(part.label()).strong();
            egui::CollapsingHeader::new(title).id_salt(part.label()).default_open(true).open(open).show(ui, |ui| {
                sliders(ui, context, part, &names);
            });
        }
    }
}

/// Names are found by what stands on screen and by what the file says.
fn is_wanted(name: &str, wanted: &str) -> bool {
    [in_words(name), name.to_owned()].iter().any(|name| name.to_lowercase().contains(wanted))
}

/// One slider an expression; names are wrapped, never cut off.
fn sliders(ui: &mut egui::Ui, context: &mut Context<'_>, part: FacePart, names: &[&str]) {
    let pose = context.pose;
    let width = (ui.available_width() * 0.4).clamp(NAME_WIDTH, 2.0 * NAME_WIDTH);
    egui::Grid::new(("expressions", part)).num_columns(2).show(ui, |ui| {
        for name in names {
            let mut weight = pose.expressions.get(*name).copied().unwrap_or(0.0);
            ui.allocate_ui(egui::vec2(width, ui.spacing().interact_size.y), |ui| {
                ui.set_width(width);
                ui.add(egui::Label::new(in_words(name)).wrap());
            });
            ui.spacing_mut().slider_width = (ui.available_width() - 60.0).max(60.0);
            let slider =
                ui.add(egui::Slider::new(&mut weight, 0.0..=1.0).clamping(SliderClamping::Edits).fixed_decimals(2));
            slider.widget_info(|| egui::WidgetInfo::slider(true, f64::from(weight), in_words(name)));
            let reset = double_clicked(ui, &slider);
            let slider = slider.on_hover_text(format!("{}\nA double click puts it back", in_words(name)));
            if reset {
                weight = 0.0;
            }
            if slider.changed() || reset {
                let mut pose = pose.clone();
                if weight > 0.0 {
                    pose.expressions.insert((*name).to_owned(), weight);
                } else {
                    pose.expressions.remove(*name);
                }
                context.commands.edit(format!("Change {}", in_words(name)), Edit::Pose(pose));
            }
            ui.end_row();
        }
    });
}

fn gaze(ui: &mut egui::Ui, context: &mut Context<'_>) {
    let pose = context.pose;
    let now = Gaze::of(pose);
    let mut new = None;
    ui.horizontal(|ui| {
        ui.strong("Gaze");
        let eye = context.seen.camera(context.project.aspect()).view.inverse().w_axis.truncate();
        if ui.button("At the camera").on_hover_text("Head and eyes turn to whoever looks").clicked() {
            let figure = context.content.subject().map(|subject| subject.figure());
            new = figure.and_then(|figure| Gaze::towards(figure, pose, eye)).map(|gaze| ("Look at the camera", gaze));
        }
        if ui.button("Straight on").on_hover_text("As the chest looks").clicked() {
            new = Some(("Look straight on", Gaze::default()));
        }
    });
    egui::Grid::new("gaze").num_columns(2).show(ui, |ui| {
        let rows = [
            ("Look left or right", YAW_DEG, now.yaw_deg, "To the figure's left is positive"),
            ("Look up or down", PITCH_DEG, now.pitch_deg, "Up is positive"),
        ];
        for (i, (label, limit, value, tip)) in rows.into_iter().enumerate() {
            // Rounded, or a hair below nought would read -0°.
            let mut value = if value.abs() < 0.5 { 0.0 } else { value };
            ui.label(label);
            ui.spacing_mut().slider_width = (ui.available_width() - 60.0).max(60.0);
            let slider = ui.add(
                egui::Slider::new(&mut value, -limit..=limit)
                    .clamping(SliderClamping::Edits)
                    .fixed_decimals(0)
                    .suffix("°"),
            );
            slider.widget_info(|| egui::WidgetInfo::slider(true, f64::from(value), label));
            let reset = double_clicked(ui, &slider);
            let slider = slider.on_hover_text(format!("{tip}; a double click puts it back"));
            if reset {
                value = 0.0;
            }
            if slider.changed() || reset {
                let gaze = if i == 0 { Gaze { yaw_deg: value, ..now } } else { Gaze { pitch_deg: value, ..now } };
                new = Some(("Turn the gaze", gaze));
            }
            ui.end_row();
        }
    });
    if let Some((label, gaze)) = new {
        context.commands.edit(label, Edit::Pose(gaze.on(pose)));
    }
}

/// `blinkLeft` as `Blink left`; names that are no such word stay.
fn in_words(name: &str) -> String {
    if !PRESETS.contains(&name) {
        return text::line(name).into_owned();
    }
    match name {
        "aa" | "ih" | "ou" | "ee" | "oh" => return format!("Mouth {name}"),
        _ => {}
    }
    let mut words = String::new();
    for (i, c) in name.chars().enumerate() {
        match (i, c.is_uppercase()) {
            (0, _) => words.extend(c.to_uppercase()),
            (_, true) => {
                words.push(' ');
                words.extend(c.to_lowercase());
            }
            _ => words.push(c),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::{in_words, is_wanted};

    #[test]
    fn names_become_words() {
        assert_eq!(in_words("blinkLeft"), "Blink left");
        assert_eq!(in_words("aa"), "Mouth aa");
        assert_eq!(in_words("笑い"), "笑い");
        assert_eq!(in_words("MyFace"), "MyFace");
        assert_eq!(in_words("My\u{202e}Face\u{1b}"), "My·Face·");
        assert!(is_wanted("blinkLeft", "blink l") && is_wanted("blinkLeft", "blinkl") && is_wanted("笑い", "笑"));
        assert!(!is_wanted("笑い", "怒"));
    }
}
