//! Lines over steps: what was measured on characters held out, and the losses; beside them another training's.

use super::status;
use crate::studio::theme;
use crate::train::{Curve, Plot, RunView};
use egui::{Color32, Stroke};
use egui_plot::{Corner, Legend, LineStyle, PlotPoints, Points, VLine};
use std::path::PathBuf;
use std::sync::Arc;

/// Height of a plot, points.
const HEIGHT: f32 = 130.0;
/// Lines of so few points show each of them.
const FEW: usize = 40;

/// Colours that can be told apart in both themes, by who sees few colours too (Okabe & Ito).
const COLOURS: [[u8; 3]; 6] =
    [[0, 130, 200], [230, 120, 0], [0, 158, 115], [204, 100, 160], [150, 130, 0], [120, 120, 130]];

/// All plots of a training; `beside`: the other one whose lines are drawn, too.
pub(super) fn ui(ui: &mut egui::Ui, view: &RunView, others: &[&Arc<RunView>], beside: &mut Option<PathBuf>) {
    if view.measured.is_empty() && view.losses.is_empty() {
        return;
    }
    let alike =
        || others.iter().filter(|other| other.settings.graph == view.settings.graph && !other.measured.is_empty());
    if alike().next().is_some() {
        ui.horizontal(|ui| {
            ui.weak("Dashed beside it");
            let name =
                alike().find(|other| Some(&other.path) == beside.as_ref()).map_or("Nothing", |other| &other.name);
            let choice = egui::ComboBox::from_id_salt("beside").selected_text(name).show_ui(ui, |ui| {
                ui.selectable_value(beside, None, "Nothing");
                for other in alike() {
                    ui.selectable_value(beside, Some(other.path.clone()), &other.name);
                }
            });
            super::super::preview::named(&choice.response, "Compare with");
        });
    }
    let other = alike().find(|other| Some(&other.path) == beside.as_ref());
    for (number, plot) in view.measured.iter().enumerate() {
        egui::CollapsingHeader::new(plot.title).default_open(true).show(ui, |ui| {
            let beside =
                other.and_then(|other| Some((&*other.name, other.measured.iter().find(|p| p.title == plot.title)?)));
            measured(ui, plot, beside, view.best.map(|(step, _)| step).filter(|_| number == 0));
        });
    }
    for plot in &view.losses {
        egui::CollapsingHeader::new(plot.title).show(ui, |ui| losses(ui, plot));
    }
}

/// A plot without its lines, their names where few lines come.
fn frame<'a>(plot: &Plot) -> egui_plot::Plot<'a> {
    let free = if plot.higher_is_better { Corner::LeftTop } else { Corner::LeftBottom };
    egui_plot::Plot::new(plot.title)
        .height(HEIGHT)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_double_click_reset(false)
        .allow_axis_zoom_drag(false)
        .x_axis_formatter(|mark, _| status::count(mark.value.max(0.0) as u64))
        .legend(Legend::default().position(free).background_alpha(0.5))
}

fn colour(number: usize) -> Color32 {
    let [r, g, b] = COLOURS[number % COLOURS.len()];
    Color32::from_rgb(r, g, b)
}

fn measured(ui: &mut egui::Ui, plot: &Plot, beside: Option<(&str, &Plot)>, best: Option<u64>) {
    let accent = theme::accent(ui.visuals().dark_mode);
    let shown = frame(plot).show(ui, |shown| {
        for (number, line) in plot.lines.iter().enumerate() {
            let points = || PlotPoints::from(line.curve.points().to_vec());
            shown.line(egui_plot::Line::new(line.name, points()).color(colour(number)).width(1.5));
            if line.curve.points().len() <= FEW {
                shown.points(Points::new(line.name, points()).color(colour(number)).radius(2.0));
            }
        }
        for (number, line) in beside.iter().flat_map(|(_, plot)| plot.lines.iter().enumerate()) {
            let name = beside.map_or(String::new(), |(other, _)| format!("{}, {other}", line.name));
            let points = PlotPoints::from(line.curve.points().to_vec());
            let dashed = egui_plot::Line::new(name, points).color(colour(number)).style(LineStyle::dashed_loose());
            shown.line(dashed.allow_hover(false).width(1.0));
        }
        if let Some(best) = best {
            shown.vline(VLine::new("best", best as f64).color(accent).width(1.0));
        }
    });
    named(&shown.response, plot.title);
}

/// On a scale of powers of ten, smoothed; faintly as they are.
fn losses(ui: &mut egui::Ui, plot: &Plot) {
    let faint = |colour: Color32| colour.gamma_multiply(0.3);
    let powers = |points: &[[f64; 2]]| -> PlotPoints<'static> {
        let over = points.iter().filter(|point| point[1] > 0.0);
        PlotPoints::from(over.map(|&[step, value]| [step, value.log10()]).collect::<Vec<_>>())
    };
    let ten = |mark: egui_plot::GridMark, _: &std::ops::RangeInclusive<f64>| power(mark.value);
    let shown = frame(plot).y_axis_formatter(ten).show(ui, |shown| {
        for (number, line) in plot.lines.iter().enumerate() {
            let curve: &Curve = &line.curve;
            let raw = egui_plot::Line::new(line.name, powers(curve.points()));
            shown.line(raw.stroke(Stroke::new(1.0, faint(colour(number)))).allow_hover(false));
            let smooth = egui_plot::Line::new(line.name, powers(&curve.smoothed()));
            shown.line(smooth.stroke(Stroke::new(1.5, colour(number))));
        }
    });
    named(&shown.response, plot.title);
}

/// Ten to that power, in few digits.
fn power(exponent: f64) -> String {
    let value = 10f64.powf(exponent);
    if value < 0.01 {
        format!("{value:.1e}")
    } else {
        format!("{value:.3}").trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

fn named(response: &egui::Response, title: &str) {
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, format!("Plot: {title}")));
}
