//! From which side a drawing shows the character: what the detector believes, and what the user says by a click or a key.

use super::Context;
use crate::engine::graphs::Belief;
use crate::sheet::Side;
use crate::studio::{Edit, theme};
use egui::{Color32, Key, Modifiers, Pos2, Rect, vec2};

/// How well a drawing was understood: in words, and as a colour.
fn certainty(belief: Belief) -> (&'static str, Color32) {
    let (level, colour) = theme::sureness(belief.median);
    (["It is well understood", "It is understood in parts", "It is hardly understood"][level], colour)
}

/// From which side a drawing shows the character: what is said, or else believed, and a menu to say it.
fn button(ui: &mut egui::Ui, context: &mut Context<'_>, i: usize, belief: Option<Belief>) {
    let drawing = &context.project.sheet[i];
    let mark = match (drawing.side, belief) {
        (Some(side), _) => short(side).to_owned(),
        (None, Some(belief)) => format!("{}?", short(belief.side)),
        (None, None) => "?".to_owned(),
    };
    let button = ui.menu_button(egui::RichText::new(mark).small(), |ui| choose(ui, context, i)).response;
    let label = format!("Side of {}", drawing.source.name());
    button.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &label));
    let mut tip = match (drawing.side, belief) {
        (Some(side), _) => format!("{}: you said so. Click to change it.", long(side)),
        (None, Some(belief)) => format!(
            "{}, it seems. Click to say which side it shows, or press F, L, B or R over the drawing: it is understood \
             much better then.",
            long(belief.side)
        ),
        (None, None) => "Say from which side it shows the character: it is understood much better then.".into(),
    };
    if let Some(belief) = belief {
        tip = format!("{tip} {}.", certainty(belief).0);
    }
    button.on_hover_text(tip);
}

/// The user says what a drawing shows.
pub(super) fn say(context: &mut Context<'_>, i: usize, side: Option<Side>) {
    let mut sheet = context.project.sheet.clone();
    sheet[i].side = side;
    context.commands.edit("Say which side a drawing shows", Edit::Sheet(sheet));
}

/// The choice of sides.
pub(super) fn choose(ui: &mut egui::Ui, context: &mut Context<'_>, i: usize) {
    ui.weak("It shows the character's …");
    let now = context.project.sheet[i].side;
    for side in std::iter::once(None).chain(Side::ALL.map(Some)) {
        let label = side.map_or("Not said", long);
        if ui.radio(side == now, label).clicked() {
            say(context, i, side);
            ui.close();
        }
    }
    ui.weak("Left and right are the character's own.");
}

/// As a mark on a drawing.
pub(super) fn short(side: Side) -> &'static str {
    match side {
        Side::Front => "F",
        Side::ThreeQuarterLeft => "FL",
        Side::Left => "L",
        Side::BackLeft => "BL",
        Side::Back => "B",
        Side::BackRight => "BR",
        Side::Right => "R",
        Side::ThreeQuarterRight => "FR",
    }
}

/// In words.
pub(super) fn long(side: Side) -> &'static str {
    match side {
        Side::Front => "Front",
        Side::ThreeQuarterLeft => "Front left (three-quarter)",
        Side::Left => "Left side",
        Side::BackLeft => "Back left",
        Side::Back => "Back",
        Side::BackRight => "Back right",
        Side::Right => "Right side",
        Side::ThreeQuarterRight => "Front right (three-quarter)",
    }
}

/// The keys that say a side, with the sides that they say.
const KEYS: [(Key, Side); 4] =
    [(Key::F, Side::Front), (Key::L, Side::Left), (Key::B, Side::Back), (Key::R, Side::Right)];

/// In a drawing's upper right corner: how sure the detector is, and the side.
pub(super) fn on_card(ui: &mut egui::Ui, context: &mut Context<'_>, i: usize, belief: Option<Belief>, corner: Pos2) {
    let place = Rect::from_min_size(corner + vec2(-33.0, 3.0), vec2(30.0, 22.0));
    let mut over = ui.new_child(egui::UiBuilder::new().max_rect(place));
    button(&mut over, context, i, belief);
    let Some(belief) = belief else { return };
    let edge = egui::Stroke::new(1.0, Color32::from_black_alpha(120));
    ui.painter().circle(corner + vec2(-41.0, 14.0), 5.0, certainty(belief).1, edge);
}

/// Where it is kept that the pointer is over a drawing: in which frame it was.
fn listening() -> egui::Id {
    egui::Id::unique("a drawing listens to keys")
}

/// The pointer is over a drawing: its side is said by a key. Those of a quarter beside the one that was said mean what
/// lies between: F and then L is front left, and another L the left side.
pub(super) fn listen(ui: &mut egui::Ui, context: &mut Context<'_>, i: usize) {
    let frame = ui.ctx().cumulative_frame_nr();
    ui.ctx().data_mut(|data| data.insert_temp(listening(), frame));
    if ui.ctx().egui_wants_keyboard_input() {
        return;
    }
    for (key, side) in KEYS {
        if ui.input_mut(|input| input.consume_key(Modifiers::NONE, key)) {
            let said = context.project.sheet[i].side.map_or(side, |now| towards(now, side));
            say(context, i, Some(said));
        }
    }
}

/// Is a key taken by the drawing under the pointer?
pub(in crate::studio) fn listens(ctx: &egui::Context, key: Key) -> bool {
    let last = ctx.data(|data| data.get_temp::<u64>(listening()));
    let now = ctx.cumulative_frame_nr();
    KEYS.iter().any(|(taken, _)| *taken == key) && last.is_some_and(|last| now.saturating_sub(last) <= 1)
}

/// From a side a quarter turn away to what lies between, from anywhere else all the way.
fn towards(now: Side, side: Side) -> Side {
    let turn = (side.degrees() - now.degrees()).rem_euclid(360.0);
    let between = match turn {
        90.0 => now.degrees() + 45.0,
        270.0 => now.degrees() - 45.0,
        _ => return side,
    };
    let is_between = |s: &Side| (s.degrees() - between).rem_euclid(360.0) == 0.0;
    Side::ALL.into_iter().find(is_between).unwrap_or(side)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_keys_say_what_lies_between() {
        assert_eq!(towards(Side::Front, Side::Left), Side::ThreeQuarterLeft);
        assert_eq!(towards(Side::ThreeQuarterLeft, Side::Left), Side::Left);
        assert_eq!(towards(Side::Front, Side::Right), Side::ThreeQuarterRight);
        assert_eq!(towards(Side::Back, Side::Right), Side::BackRight);
        assert_eq!(towards(Side::Back, Side::Left), Side::BackLeft);
        assert_eq!(towards(Side::Left, Side::Back), Side::BackLeft);
        assert_eq!(towards(Side::Front, Side::Back), Side::Back);
        assert_eq!(towards(Side::Left, Side::Left), Side::Left);
    }
}
