//! Sliders, swatches and choices, each with its name before it.

use super::super::picture::double_clicked;
use super::Change;
use crate::example::CharacterParams;
use crate::example::params::Rgb;
use crate::standin::{Group, NUMBERS, SWATCHES};
use egui::{ComboBox, Grid, Slider, SliderClamping, Ui};
use std::ops::RangeInclusive;

/// Points that a slider leaves for its value.
const VALUE_WIDTH: f32 = 64.0;

/// The sliders and swatches of a group.
pub(super) fn table(ui: &mut Ui, params: &CharacterParams, group: Group) -> Change {
    let mut change = None;
    let usual = &mut CharacterParams::default();
    Grid::new(("numbers", group as u8)).num_columns(2).show(ui, |ui| {
        for number in NUMBERS.iter().filter(|number| number.group == group) {
            let mut new = params.clone();
            let [low, high] = number.range;
            let value = (number.of)(&mut new);
            let tip = number.tip;
            if slider(ui, number.name, tip, value, low..=high, number.unit, *(number.of)(usual)) {
                change = Some((format!("Change {}", of_stand_in(number.name)), new));
            }
        }
        for swatch in SWATCHES.iter().filter(|swatch| swatch.group == group) {
            let mut new = params.clone();
            if colour(ui, swatch.name, (swatch.of)(&mut new)) {
                change = Some((format!("Colour {}", of_stand_in(swatch.name)), new));
            }
        }
    });
    change
}

/// `Hair length` as it stands in a sentence.
fn of_stand_in(name: &str) -> String {
    format!("the stand-in's {}", name.to_lowercase())
}

/// A slider with its name before it; a double click puts it back. True: it was moved.
pub(super) fn slider(
    ui: &mut Ui,
    name: &str,
    tip: &str,
    value: &mut f32,
    range: RangeInclusive<f32>,
    unit: &str,
    usual: f32,
) -> bool {
    ui.label(name).on_hover_text(tip);
    ui.spacing_mut().slider_width = (ui.available_width() - VALUE_WIDTH).max(60.0);
    let decimals = if unit == " m" && *range.end() < 0.1 { 3 } else { 2 };
    let slider = Slider::new(value, range).clamping(SliderClamping::Never).fixed_decimals(decimals).suffix(unit);
    let slider = ui.add(slider);
    let now = f64::from(*value);
    slider.widget_info(|| egui::WidgetInfo::slider(true, now, name));
    let reset = double_clicked(ui, &slider);
    let slider = slider.on_hover_text(format!("{tip}\nA double click puts it back"));
    ui.end_row();
    if reset {
        *value = usual;
    }
    slider.changed() || reset
}

/// A swatch with its name before it. True: another colour was chosen.
pub(super) fn colour(ui: &mut Ui, name: &str, colour: &mut Rgb) -> bool {
    ui.label(name);
    let swatch = ui.color_edit_button_srgb(&mut colour.0);
    swatch.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, name));
    let changed = swatch.changed();
    swatch.on_hover_text(format!("{name}: {}", String::from(*colour)));
    ui.end_row();
    changed
}

/// One of some values by their names; what was chosen, in words.
pub(super) fn choice<T: Copy + PartialEq>(
    ui: &mut Ui,
    name: &str,
    value: &mut T,
    all: &[(T, &'static str)],
) -> Option<String> {
    ui.label(name);
    let before = *value;
    let text = all.iter().find(|(known, _)| known == value).map_or("Something else", |(_, words)| words);
    let shown = ComboBox::from_id_salt(name).selected_text(text).show_ui(ui, |ui| {
        for &(choice, words) in all {
            ui.selectable_value(value, choice, words);
        }
    });
    shown.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, name));
    ui.end_row();
    (*value != before).then(|| name.to_lowercase())
}
