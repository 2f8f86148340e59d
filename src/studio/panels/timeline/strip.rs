//! Frames from left to right: a ruler with the playhead, what is painted, the take, and the keys.

use super::{camera, ends, rows, second, sound};
use crate::motion::{LAST_FRAME, stretched};
use crate::studio::panels::Context;
use crate::studio::{MotionCommand, Strip};
use egui::{Align2, Color32, FontId, PointerButton, Pos2, Rect, Response, Sense, Stroke, Ui, pos2, vec2};
use std::collections::{BTreeMap, BTreeSet};

/// Heights of the rows, points.
const RULER: f32 = 20.0;
const PAINTED: f32 = 6.0;
pub(super) const ROW: f32 = 17.0;
/// Points left and right of the first and the last frame.
const MARGIN: f32 = 10.0;
/// Points between two numbers of the ruler, at least.
const NUMBERS: f32 = 42.0;
/// Points that a key's mark is wide, half.
pub(super) const MARK: f32 = 6.0;
/// Keys that are far too dense to be taken one by one are drawn, not named.
pub(super) const MOST_NAMED: usize = 300;

/// The frames that are seen, and the keys that are moved.
#[derive(Default)]
pub(super) struct Ruler {
    /// First and last frame that is seen; `None`: all.
    view: Option<[f32; 2]>,
    /// The last frame that can be reached.
    reach: i64,
    /// The key that was taken.
    moved: Option<Moved>,
    second: second::Row,
    camera: camera::Row,
    sound: sound::Row,
}

/// A key that was taken.
#[derive(Clone, Copy)]
struct Moved {
    frame: i64,
    /// How far it is by now.
    by: i64,
    /// The chosen keys are drawn apart or together by it; else they go with it.
    stretches: bool,
}

impl Moved {
    /// Where the chosen keys are by now.
    fn places(self, chosen: &BTreeSet<i64>) -> Vec<i64> {
        let frames: Vec<i64> = chosen.iter().copied().collect();
        match self.last(&frames) {
            Some(last) => stretched(&frames, last),
            None => frames.iter().map(|frame| frame + self.by).collect(),
        }
    }

    /// Where the last key comes to lie, if they are stretched.
    fn last(self, frames: &[i64]) -> Option<i64> {
        let (&first, &last) = frames.first().zip(frames.last())?;
        let factor = (self.frame + self.by - first) as f64 / (self.frame - first) as f64;
        (self.stretches && factor.is_finite()).then(|| first + ((last - first) as f64 * factor.max(0.0)).round() as i64)
    }
}

/// Where frames are on the screen.
#[derive(Clone, Copy)]
pub(super) struct Scale {
    pub(super) rect: Rect,
    view: [f32; 2],
}

impl Scale {
    pub(super) fn x(self, frame: f32) -> f32 {
        let [first, last] = self.view;
        self.rect.left() + MARGIN + (frame - first) / (last - first).max(1e-3) * (self.rect.width() - 2.0 * MARGIN)
    }

    pub(super) fn frame(self, x: f32) -> f32 {
        let [first, last] = self.view;
        first + (x - self.rect.left() - MARGIN) / (self.rect.width() - 2.0 * MARGIN).max(1.0) * (last - first)
    }

    pub(super) fn nearest(self, x: f32) -> i64 {
        (self.frame(x).round() as i64).clamp(0, LAST_FRAME)
    }

    /// The frames that are seen.
    pub(super) fn seen(self) -> std::ops::RangeInclusive<i64> {
        self.frame(self.rect.left()).floor() as i64..=self.frame(self.rect.right()).ceil() as i64
    }

    /// Points a frame takes.
    fn step(self) -> f32 {
        self.x(1.0) - self.x(0.0)
    }
}

impl Ruler {
    /// Draws the frames into what is left of `ui`: so much of its height, and more if all rows need it.
    pub(super) fn ui(&mut self, ui: &mut Ui, context: &mut Context<'_>, chosen: &mut BTreeSet<i64>, room: f32) {
        let parts = rows::height(context);
        let of_camera = if context.project.animation.camera.is_empty() { 0.0 } else { ROW };
        let of_second = second::height(context);
        let rows = PAINTED + 2.0 * ROW + of_second + parts + of_camera + sound::height(context);
        let height = room.max(RULER + rows);
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::click_and_drag());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Canvas, true, "Frames"));
        let [last, reach] = ends(context);
        // Frames stay where they are under a pointer that makes all longer or shorter.
        self.reach = if self.second.is_moved() { self.reach } else { reach };
        let scale = Scale { rect, view: self.look(ui, &response, rect, self.reach) };
        let painter = ui.painter_at(rect);
        painter.rect_filled(rect, 2.0, ui.visuals().extreme_bg_color);
        let tops = [0.0, PAINTED, PAINTED + ROW + of_second, PAINTED + 2.0 * ROW + of_second];
        let tops = tops.map(|y| rect.top() + RULER + y);
        numbers(ui, &painter, scale);
        range(ui, &painter, context, scale, last);
        painted(&painter, context, scale, tops[0]);
        take(ui, &painter, context, scale, tops[1]);
        scrub(ui, context, &response, scale, chosen);
        self.second.ui(ui, context, scale, tops[1] + ROW);
        self.keys(ui, context, scale, tops[2], chosen);
        rows::ui(ui, &painter, context, scale, tops[3]);
        self.camera.ui(ui, context, scale, tops[3] + parts);
        self.sound.ui(ui, context, scale, tops[3] + parts + of_camera);
        let x = scale.x(context.playback.frame() as f32);
        let accent = ui.visuals().selection.bg_fill;
        let colour = if context.playback.is_on() { Color32::from_rgb(240, 90, 70) } else { accent };
        painter.line_segment([pos2(x, rect.top()), pos2(x, rect.bottom())], Stroke::new(2.0, colour));
        let head = [pos2(x - 5.0, rect.top()), pos2(x + 5.0, rect.top()), pos2(x, rect.top() + 8.0)];
        painter.add(egui::Shape::convex_polygon(head.to_vec(), colour, Stroke::NONE));
    }

    /// The frames that are seen, after what wheel and middle button do.
    fn look(&mut self, ui: &Ui, response: &Response, rect: Rect, reach: i64) -> [f32; 2] {
        let all = [0.0, reach as f32];
        let view = self.view.unwrap_or(all);
        if response.double_clicked() {
            self.view = None;
        }
        let scale = Scale { rect, view };
        if response.dragged_by(PointerButton::Middle) {
            let by = response.drag_delta().x / scale.step().max(1e-3);
            self.view = Some(view.map(|frame| frame - by));
        }
        if let Some(pointer) = response.hover_pos() {
            let (scroll, pinch) = ui.input(|input| (input.smooth_scroll_delta().y, input.zoom_delta()));
            let factor = (-scroll / 200.0).exp() / pinch;
            if factor != 1.0 {
                let at = scale.frame(pointer.x);
                let [first, last] = view.map(|frame| at + (frame - at) * factor);
                self.view = (last - first > 4.0 && last - first < 1.2 * all[1]).then_some([first, last]).or(self.view);
                if last - first >= all[1] {
                    self.view = None;
                }
            }
        }
        self.view.unwrap_or(all)
    }

    /// The keys' marks: clicked, chosen, moved.
    fn keys(&mut self, ui: &mut Ui, context: &mut Context<'_>, scale: Scale, top: f32, chosen: &mut BTreeSet<i64>) {
        let frames: Vec<i64> = context.project.animation.keys.0.range(scale.seen()).map(|(frame, _)| *frame).collect();
        let middle = top + 0.5 * ROW;
        let places: BTreeMap<i64, i64> =
            self.moved.map(|moved| chosen.iter().copied().zip(moved.places(chosen)).collect()).unwrap_or_default();
        let mut released = false;
        for &frame in &frames {
            let shifted = places.get(&frame).copied().unwrap_or(frame);
            let at = pos2(scale.x(shifted as f32), middle);
            if frames.len() > MOST_NAMED {
                mark(ui, at, chosen.contains(&frame), false);
                continue;
            }
            let place = Rect::from_center_size(pos2(scale.x(frame as f32), middle), vec2(2.0 * MARK, ROW));
            let response = ui.interact(place, ui.scope_id().with(("key", frame)), Sense::click_and_drag());
            let name = format!("Key at frame {frame}");
            response
                .widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, chosen.contains(&frame), &name));
            let more = ui.input(|input| input.modifiers.shift || input.modifiers.command);
            if response.clicked() {
                match (more, chosen.contains(&frame)) {
                    (true, true) => drop(chosen.remove(&frame)),
                    (true, false) => drop(chosen.insert(frame)),
                    (false, _) => *chosen = [frame].into(),
                }
                context.commands.send(MotionCommand::Seek(frame));
            }
            if response.drag_started() {
                if !chosen.contains(&frame) {
                    *chosen = [frame].into();
                }
                let stretches = ui.input(|input| input.modifiers.alt) && chosen.first() != Some(&frame);
                self.moved = Some(Moved { frame, by: 0, stretches });
            }
            if let (true, Some(pointer), Some(moved)) =
                (response.dragged(), response.interact_pointer_pos(), &mut self.moved)
            {
                moved.by = scale.nearest(pointer.x) - moved.frame;
            }
            released |= response.drag_stopped();
            mark(ui, at, chosen.contains(&frame), response.hovered());
            response
                .on_hover_text(format!("Frame {frame}: click to go there, with Shift to choose more; drag to move what is chosen, with Alt to stretch it"));
        }
        if let Some(mut moved) = self.moved.take_if(|_| released).filter(|moved| moved.by != 0) {
            if !moved.stretches {
                moved.by = moved.by.max(-chosen.first().copied().unwrap_or(0));
            }
            let frames: Vec<i64> = chosen.iter().copied().collect();
            context.commands.send(match moved.last(&frames) {
                Some(last) => MotionCommand::Stretch(chosen.clone(), last),
                None => MotionCommand::Shift(chosen.clone(), moved.by),
            });
            *chosen = moved.places(chosen).into_iter().collect();
        }
    }
}

/// Clicks and drags beside keys put the playhead.
fn scrub(ui: &Ui, context: &mut Context<'_>, response: &Response, scale: Scale, chosen: &mut BTreeSet<i64>) {
    let down = response.is_pointer_button_down_on() && ui.input(|input| input.pointer.primary_down());
    let Some(pointer) = response.interact_pointer_pos().filter(|_| down) else { return };
    let frame = scale.nearest(pointer.x);
    if frame != context.playback.frame() || !context.playback.is_on() || context.playback.is_playing() {
        context.commands.send(MotionCommand::Seek(frame));
    }
    if response.clicked() {
        chosen.clear();
    }
}

fn mark(ui: &Ui, at: Pos2, chosen: bool, hovered: bool) {
    let fill = match (chosen, hovered) {
        (true, _) => Color32::from_rgb(255, 190, 60),
        (false, true) => ui.visuals().strong_text_color(),
        (false, false) => ui.visuals().text_color(),
    };
    let corners = [vec2(0.0, -MARK), vec2(MARK, 0.0), vec2(0.0, MARK), vec2(-MARK, 0.0)].map(|corner| at + corner);
    let rim = Stroke::new(1.0, ui.visuals().extreme_bg_color);
    ui.painter().add(egui::Shape::convex_polygon(corners.to_vec(), fill, rim));
}

/// Lines and numbers as dense as there is room.
fn numbers(ui: &Ui, painter: &egui::Painter, scale: Scale) {
    let steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 50_000];
    let step = steps.into_iter().find(|step| *step as f32 * scale.step() >= NUMBERS).unwrap_or(100_000);
    let (weak, text) = (ui.visuals().weak_text_color(), ui.visuals().text_color());
    let first = (scale.frame(scale.rect.left()).max(0.0) as i64).div_euclid(step) * step;
    let last = scale.frame(scale.rect.right()).ceil() as i64;
    for frame in (first..=last).step_by(step as usize) {
        let x = scale.x(frame as f32);
        let line = [pos2(x, scale.rect.top() + 13.0), pos2(x, scale.rect.bottom())];
        painter.line_segment(line, Stroke::new(1.0, weak.gamma_multiply(0.35)));
        let at = pos2(x + 3.0, scale.rect.top() + 2.0);
        painter.text(at, Align2::LEFT_TOP, frame, FontId::proportional(11.0), text);
    }
}

/// What is not played is dimmed.
fn range(ui: &Ui, painter: &egui::Painter, context: &Context<'_>, scale: Scale, last: i64) {
    if !context.project.animation.moves() {
        return;
    }
    let [first, end] = context.playback.span(last);
    let (rect, dim) = (scale.rect, Color32::from_black_alpha(if ui.visuals().dark_mode { 90 } else { 40 }));
    let (from, to) = (scale.x(first as f32 - 0.5), scale.x(end as f32 + 0.5));
    for part in [
        Rect::from_min_max(rect.min, pos2(from.clamp(rect.left(), rect.right()), rect.bottom())),
        Rect::from_min_max(pos2(to.clamp(rect.left(), rect.right()), rect.top()), rect.max),
    ] {
        painter.rect_filled(part, 0.0, dim);
    }
}

/// Which frames are painted.
fn painted(painter: &egui::Painter, context: &Context<'_>, scale: Scale, top: f32) {
    let colour = |strip| match strip {
        Strip::None => None,
        Strip::Stale => Some(Color32::from_gray(120)),
        Strip::Draft => Some(Color32::from_rgb(90, 140, 200)),
        Strip::Full => Some(Color32::from_rgb(80, 180, 110)),
    };
    let hold = context.playback.exposure.max(1);
    let width = (hold as f32 * scale.step()).max(1.0);
    for (frame, strip) in context.content.reel.strips() {
        let Some(colour) = colour(strip).filter(|_| frame % hold == 0) else { continue };
        let x = scale.x(frame as f32);
        let mark = Rect::from_min_size(pos2(x - 0.5 * scale.step(), top), vec2(width, PAINTED - 1.0));
        painter.rect_filled(mark, 0.0, colour);
    }
}

/// The take's length and name.
fn take(ui: &Ui, painter: &egui::Painter, context: &Context<'_>, scale: Scale, top: f32) {
    let animation = &context.project.animation;
    let Some((take, performance)) = animation.take.as_ref().zip(context.content.take.performance.ready()) else {
        return;
    };
    let clip = performance.clip();
    let name = format!("{}: {}", take.source.name(), crate::text::line(&clip.name));
    let whole = (clip.duration_s() * animation.fps) as f32;
    let last = animation.fading().map_or(whole, |fade| (fade.from + fade.over) as f32);
    let bar = bar(ui, painter, scale, top, [0.0, last], Color32::from_rgb(96, 110, 160));
    title(ui, painter, scale, bar, bar.left(), &name);
}

/// What a file moves from one frame to another; where that is drawn.
pub(super) fn bar(ui: &Ui, painter: &egui::Painter, scale: Scale, top: f32, frames: [f32; 2], colour: Color32) -> Rect {
    let [from, to] = frames.map(|frame| scale.x(frame));
    let bar = Rect::from_min_max(pos2(from, top + 2.0), pos2(to.max(from + 2.0), top + ROW - 2.0));
    painter.rect_filled(bar, 3.0, colour.gamma_multiply(if ui.visuals().dark_mode { 0.8 } else { 0.6 }));
    bar
}

/// A bar's name, from this place on, or from where the bar comes into sight.
pub(super) fn title(ui: &Ui, painter: &egui::Painter, scale: Scale, bar: Rect, left: f32, name: &str) {
    let at = pos2(left.max(scale.rect.left()) + 6.0, bar.center().y);
    painter.text(at, Align2::LEFT_CENTER, name, FontId::proportional(11.0), ui.visuals().strong_text_color());
}
