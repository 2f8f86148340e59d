//! What moves the figure, frame by frame: a take, and keys over it.

mod bones;
mod camera;
mod curve;
mod keying;
mod neighbours;
mod rows;
mod second;
mod sound;
mod strip;
mod take;
mod transport;

use super::{Context, Home, Panel, Registration};
use crate::studio::takes::Which;
use egui::Key;
use egui::containers::scroll_area::ScrollSource;
use std::collections::BTreeSet;
use strip::Ruler;

pub(super) static PANEL: Registration = Registration {
    title: "Timeline",
    tip: "Motions and keyed poses, frame by frame",
    key: Some(Key::F11),
    home: Home::BelowMiddle,
    new: || Box::new(TimelinePanel::default()),
};

/// Frames that there are to be keyed where nothing moves yet.
const ROOM: i64 = 48;

/// The timeline.
#[derive(Default)]
pub(super) struct TimelinePanel {
    ruler: Ruler,
    /// The frames of the chosen keys.
    chosen: BTreeSet<i64>,
    /// How far the next pose in between is, from the key before (0) to the one after (1).
    tween: keying::Tween,
    /// The motion of which the list of bones is open.
    bones: Option<Which>,
}

impl Panel for TimelinePanel {
    fn ui(&mut self, ui: &mut egui::Ui, context: &mut Context<'_>) {
        let keys = &context.project.animation.keys;
        self.chosen.retain(|frame| keys.0.contains_key(frame));
        ui.spacing_mut().item_spacing.x = 5.0;
        ui.horizontal_wrapped(|ui| transport::ui(ui, context));
        ui.horizontal_wrapped(|ui| {
            take::ui(ui, context, &mut self.bones);
            camera::ui(ui, context);
            sound::ui(ui, context);
            neighbours::ui(ui, context);
        });
        ui.horizontal_wrapped(|ui| keying::ui(ui, context, &mut self.chosen, &mut self.tween));
        bones::window(&ui.ctx().clone(), context, &mut self.bones);
        // Where there are more rows than room they are reached by a bar: the wheel comes nearer to the frames.
        let room = ui.available_height();
        let rows = egui::ScrollArea::vertical().scroll_source(ScrollSource::SCROLL_BAR).auto_shrink(false);
        rows.show(ui, |ui| self.ruler.ui(ui, context, &mut self.chosen, room));
    }
}

/// The last frame that moves, and the last that can be reached without typing.
fn ends(context: &Context<'_>) -> [i64; 2] {
    // Until the figure is there its keys are known at least.
    let keyed = || context.project.animation.last_frame(None, None);
    let last = context.content.act.as_ref().map_or_else(keyed, |act| act.last());
    let moves = context.project.animation.take.is_some() || context.project.animation.camera.heeded().is_some();
    // Who keys goes on beyond the last key.
    let reach = if moves { last } else { last.max(context.playback.head()) + ROOM / 2 };
    [last, reach.max(ROOM)]
}

/// A button that shows a sign and is called by its name.
fn sign(ui: &mut egui::Ui, sign: &str, name: &str, enabled: bool) -> egui::Response {
    let button = ui.add_enabled(enabled, egui::Button::new(sign).min_size(egui::vec2(24.0, 20.0)));
    button.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, enabled, name));
    button
}
