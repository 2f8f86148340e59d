//! How far a training is: in words, and as a bar with its checkpoints.

use crate::studio::theme;
use crate::studio::workers::Training;
use crate::train::{RunView, Standing, Taught};
use egui::{Rect, Sense, Stroke, pos2, vec2};

/// Height of the bar with the pins on it, points.
const HEIGHT: f32 = 26.0;
/// Of the bar alone.
const THICK: f32 = 10.0;
/// A pin's radius.
const PIN: f32 = 5.0;

/// How much is done, from 0 to 1. What has no end is as far as it is.
pub(super) fn share(view: &RunView) -> f32 {
    (view.step as f64 / last_step(view).max(1) as f64).min(1.0) as f32
}

/// The step at the bar's end.
fn last_step(view: &RunView) -> u64 {
    if is_endless(view) { view.step.max(1) } else { view.steps }
}

/// It learns until somebody says otherwise.
pub(super) fn is_endless(view: &RunView) -> bool {
    view.settings.rates.fall == Some(1)
}

/// How it stands, in a word or two.
pub(super) fn in_short(view: &RunView) -> String {
    let percent = format!("{:.0} %", 100.0 * share(view));
    match &view.standing {
        Standing::Prepared => "Not begun".into(),
        Standing::Learning if is_endless(view) => format!("Learning, step {}", count(view.step)),
        Standing::Learning => format!("Learning, {percent}"),
        Standing::Pausing => "Pausing".into(),
        Standing::Waiting => "Waits: the disk is full".into(),
        Standing::Paused => format!("Paused at {percent}"),
        Standing::Done => "Done".into(),
        Standing::Failed(_) => "Stopped by an error".into(),
        Standing::BrokenOff => "Broken off".into(),
    }
}

/// A score in its unit.
pub(super) fn score(view: &RunView, score: f64) -> String {
    match view.settings.graph {
        Taught::Detector | Taught::Refiner | Taught::Cinn | Taught::Pg2 => format!("off by {:.2} %", 100.0 * score),
        Taught::Renderer | Taught::Sheet => format!("{:.2} dB", -score),
        Taught::Psgan => format!("distance {score:.1}"),
        Taught::Keypoints => format!("{:.1} % found", 100.0 * (1.0 - score)),
    }
}

/// A number with its thousands set apart.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let groups = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy);
    groups.collect::<Vec<_>>().join(",")
}

/// Seconds in the units that people use for so many.
pub(in crate::studio::panels) fn time(seconds: f64) -> String {
    match seconds.max(0.0) as u64 {
        s @ 0..60 => format!("{s} s"),
        s @ 60..3600 => format!("{} min", s / 60),
        s @ 3600..172_800 => format!("{} h {} min", s / 3600, s / 60 % 60),
        s => format!("{} days {} h", s / 86_400, s / 3600 % 24),
    }
}

/// The name and the status line.
pub(super) fn ui(ui: &mut egui::Ui, training: &Training, view: &RunView) {
    ui.horizontal_wrapped(|ui| {
        ui.heading(&view.name);
        let what = match view.settings.graph {
            Taught::Detector => "detector",
            Taught::Refiner => "refiner",
            Taught::Renderer => "renderer",
            Taught::Sheet => "the renderer for a character",
            Taught::Psgan => "inventor",
            Taught::Cinn => "the paper's renderer",
            Taught::Pg2 => "PG²",
            Taught::Keypoints => "keypoints",
        };
        ui.label(format!("{}, {what}", in_short(view)));
    });
    match &view.standing {
        Standing::Failed(why) => {
            ui.add(egui::Label::new(egui::RichText::new(why).color(ui.visuals().error_fg_color)).wrap());
        }
        Standing::BrokenOff => {
            let last = view.checkpoints.last();
            let from = last.map_or("from its beginning".into(), |pin| format!("after step {}", count(pin.step)));
            let what = format!(
                "Its process ended without a word: it was killed, or the machine went down. Resume goes on {from}."
            );
            ui.add(egui::Label::new(egui::RichText::new(what).color(ui.visuals().warn_fg_color)).wrap());
        }
        _ => {}
    }
    let mut parts = vec![match is_endless(view) {
        true => format!("Step {}", count(view.step)),
        false => format!("Step {} of {}", count(view.step), count(view.steps)),
    }];
    if let Some(pace) = view.pace {
        parts.push(match pace.seconds {
            s if s > 0.0 && s < 1.0 => format!("{:.1} steps a second", 1.0 / s),
            s => format!("{s:.1} s a step"),
        });
        if pace.waited > 0.3 * pace.seconds {
            parts.push(format!("{:.0} % of it waiting for pictures", 100.0 * pace.waited / pace.seconds));
        }
        parts.push(format!("pictures of {}²", pace.size_px));
        parts.extend(view.left_s().filter(|_| !is_endless(view)).map(|left| format!("{} left", time(left))));
    } else if view.standing == Standing::Learning {
        parts.push("the time left is known after some steps".into());
    }
    if view.learned_s > 0.0 {
        parts.push(format!("{} so far", time(view.learned_s)));
    }
    parts.extend(training.memory_bytes.map(|bytes| format!("{} MB", bytes >> 20)));
    if view.rate_factor != 1.0 {
        parts.push(format!("rate × {}", view.rate_factor));
    }
    let line = parts.join(" · ");
    let label = ui.add(egui::Label::new(&line).wrap());
    if let Some(holder) = &view.holder {
        let machine = crate::text::line(&holder.machine);
        label.on_hover_text(format!("Process {} on {machine}: {}", holder.process, view.machine));
    } else if !view.machine.is_empty() {
        label.on_hover_text(&view.machine);
    }
    if let Some((step, best)) = view.best {
        ui.weak(format!("Best so far: {} after step {}", score(view, best), count(step)));
    }
}

/// The bar with a pin for each checkpoint; a click chooses one.
pub(super) fn bar(ui: &mut egui::Ui, view: &RunView, chosen: &mut Option<u64>) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
    let share = share(view);
    response.widget_info(|| {
        let mut info = egui::WidgetInfo::labeled(egui::Role::ProgressIndicator, true, "Progress of the training");
        info.value = Some(f64::from(share));
        info
    });
    let visuals = ui.visuals().clone();
    let accent = theme::accent(visuals.dark_mode);
    let track = Rect::from_min_max(
        pos2(rect.left() + PIN, rect.bottom() - THICK - 2.0),
        pos2(rect.right() - PIN, rect.bottom() - 2.0),
    );
    let painter = ui.painter().clone();
    painter.rect_filled(track, 3.0, visuals.extreme_bg_color);
    let done = Rect::from_min_size(track.min, vec2(track.width() * share, track.height()));
    painter.rect_filled(done, 3.0, visuals.selection.bg_fill);
    let best = view.best_checkpoint().map(|pin| pin.step);
    for pin in &view.checkpoints {
        let at = track.left() + track.width() * (pin.step as f64 / last_step(view).max(1) as f64).min(1.0) as f32;
        let centre = pos2(at, rect.top() + PIN + 1.0);
        let is_best = best == Some(pin.step) && pin.score.is_some();
        let colour = if is_best { accent } else { visuals.text_color() };
        painter.vline(at, centre.y..=track.bottom(), Stroke::new(1.0, colour));
        let is_chosen = *chosen == Some(pin.step);
        if is_chosen {
            painter.circle_filled(centre, PIN, colour);
        } else {
            painter.circle(centre, PIN - 1.0, visuals.panel_fill, Stroke::new(1.5, colour));
        }
        let place = Rect::from_center_size(centre, vec2(2.0 * PIN + 4.0, 2.0 * PIN + 4.0));
        let button = ui.interact(place, ui.scope_id().with(("pin", pin.step)), Sense::click());
        let name = format!("Checkpoint after {} steps", count(pin.step));
        button.widget_info(|| egui::WidgetInfo::selected(egui::Role::RadioButton, true, is_chosen, &name));
        let measured = pin.score.map_or(String::new(), |value| format!(": {}", score(view, value)));
        let best = if is_best { ", the best that is kept" } else { "" };
        if button.on_hover_text(format!("{name}{measured}{best}")).clicked() {
            *chosen = Some(pin.step);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_are_told_as_people_do() {
        assert_eq!([0, 999, 1000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([4.2, 75.0, 3700.0, 200_000.0].map(time), ["4 s", "1 min", "1 h 1 min", "2 days 7 h"]);
    }
}
