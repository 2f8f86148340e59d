//! The drawing, large, with its marks; where the hand drags, pins and paints.

use super::answer::COVERED;
use super::bars::usual_brush;
use super::marks::{Known, Marker};
use super::{Held, Mode, Open, Scene};
use crate::figure::HumanBone;
use crate::sheet::{BrushStroke, KnownPoint};
use crate::studio::panels::{checkerboard, paint};
use egui::{Color32, Event, EventFilter, Key, PointerButton, Pos2, Rect, Response, Sense, Stroke, Ui, vec2};

/// Pixels of the drawing between two points of a stroke, at least.
const SPACING_PX: f32 = 0.75;

/// What the hand did with a mark.
#[derive(Default)]
struct Deed {
    /// It was put down here.
    put: Option<[f32; 2]>,
    forget: bool,
}

impl Open {
    pub(super) fn canvas(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        let all = ui.available_rect_before_wrap();
        let rect = Rect::from_min_size(all.min, vec2(all.width(), all.height().max(160.0)));
        let size = scene.size_px();
        let canvas = ui.interact(rect, ui.scope_id().with("drawing"), Sense::click_and_drag());
        let name = format!("Landmarks of {}", self.source.name());
        canvas.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Canvas, true, &name));
        let moves = self.look.follow(ui, &canvas, rect, size);
        self.picture(ui, rect, size);
        let marks = Marker::all(scene, &self.shown, self.held);
        match self.mode {
            Mode::Places => {
                let over = self.marks(ui, scene, rect, &marks);
                if let Some(at) = canvas.interact_pointer_pos().filter(|_| canvas.clicked() && !over) {
                    self.pin(scene, self.look.pixel(at, rect, size));
                }
            }
            Mode::Brush | Mode::Eraser => {
                let painter = ui.painter_at(rect);
                for mark in &marks {
                    mark.paint(&painter, self.look.point(mark.at, rect, size), false);
                }
                self.brush(ui, scene, &canvas, rect, moves);
            }
        }
        ui.allocate_rect(all, Sense::hover());
    }

    /// The drawing, what is painted over, and the figure's skeleton in it.
    fn picture(&self, ui: &Ui, rect: Rect, size: [u32; 2]) {
        let painter = ui.painter_at(rect);
        let place = self.look.place(rect, size);
        checkerboard(ui, &painter, place.intersect(rect));
        let udp = self.shown.udp.as_ref().filter(|_| self.show_udp);
        for (texture, tint) in [(&self.shown.drawing, Color32::WHITE), (&self.shown.covered, Color32::WHITE)]
            .into_iter()
            .filter_map(|(texture, tint)| Some((texture.as_ref()?, tint)))
            .chain(udp.map(|texture| (texture, Color32::from_white_alpha(200))))
        {
            if tint == Color32::WHITE {
                paint(&painter, place, texture.id());
            } else {
                let whole = Rect::from_min_max(egui::pos2(0.0, 0.0), egui::pos2(1.0, 1.0));
                painter.image(texture.id(), place, whole, tint);
            }
        }
        let joints = self.shown.joints.as_deref().unwrap_or_default();
        let find = |bone: HumanBone| joints.iter().find(|(known, _)| *known == bone).map(|(_, at)| at.to_array());
        for (bone, at) in joints {
            let above = std::iter::successors(bone.parent(), |bone| bone.parent()).find_map(find);
            if let Some(above) = above {
                let line = [above, at.to_array()].map(|point| self.look.point(point, rect, size));
                painter.line_segment(line, Stroke::new(3.5, Color32::from_black_alpha(90)));
                painter.line_segment(line, Stroke::new(1.5, Color32::from_white_alpha(190)));
            }
        }
    }

    /// The marks that can be taken in hand; true if the pointer is over one.
    fn marks(&mut self, ui: &Ui, scene: &mut Scene<'_>, rect: Rect, marks: &[Marker]) -> bool {
        let (size, takes_points) = (scene.size_px(), scene.takes_points());
        let painter = ui.painter_at(rect);
        let mut over = false;
        for mark in marks {
            let at = self.look.point(mark.at, rect, size);
            let held = self.held.is_some_and(|held| held.what == mark.what);
            if !rect.contains(at) && !held {
                continue;
            }
            let reach = vec2(2.0, 2.0) * (mark.radius() + 2.0);
            let near = Rect::from_center_size(at.clamp(rect.min, rect.max), reach);
            let sense = if takes_points { Sense::click_and_drag() } else { Sense::hover() };
            let response = ui.interact(near, ui.scope_id().with(("mark", mark.what)), sense);
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, takes_points, mark.label()));
            over |= response.hovered() || held;
            let selected = matches!(mark.known, Known::Said(i) if self.selected == Some(i));
            mark.paint(&painter, at, held || selected || response.hovered() || response.has_focus());
            if takes_points {
                let deed = self.hand(ui, rect, size, mark, &response);
                self.done(scene, mark, &deed);
            }
            if !held {
                response.on_hover_cursor(egui::CursorIcon::Grab).on_hover_text(mark.tip());
            }
        }
        if self.held.is_some_and(|held| !held.by_keys) && !ui.input(|input| input.pointer.any_down()) {
            self.held = None;
        }
        over
    }

    /// What pointer and keys do with a mark.
    fn hand(&mut self, ui: &Ui, rect: Rect, size: [u32; 2], mark: &Marker, response: &Response) -> Deed {
        let mut deed = Deed::default();
        let held = |at, by_keys| Some(Held { what: mark.what, at, by_keys });
        let point = match mark.known {
            Known::Said(i) => Some(i),
            _ => None,
        };
        if response.clicked() || response.drag_started_by(PointerButton::Primary) {
            response.request_focus();
            self.selected = point;
        }
        if response.dragged_by(PointerButton::Primary)
            && let Some(pointer) = response.interact_pointer_pos()
        {
            self.held = held(self.look.pixel(pointer, rect, size), false);
        }
        if response.drag_stopped_by(PointerButton::Primary)
            && let Some(held) = self.held.take().filter(|held| held.what == mark.what)
        {
            deed.put = Some(held.at);
        }
        if response.has_focus() {
            let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
            let (way, down) = arrows(ui);
            if way != [0.0; 2] {
                self.held = held([mark.at[0] + way[0], mark.at[1] + way[1]], true);
            } else if !down && let Some(held) = self.held.filter(|held| held.by_keys && held.what == mark.what) {
                (self.held, deed.put) = (None, Some(held.at));
            }
        } else if let Some(held) = self.held.filter(|held| held.by_keys && held.what == mark.what) {
            (self.held, deed.put) = (None, Some(held.at));
        }
        let meant = response.hovered() || response.has_focus() || (point.is_some() && self.selected == point);
        deed.forget = response.secondary_clicked() || (self.delete && meant);
        deed
    }

    fn done(&mut self, scene: &mut Scene<'_>, mark: &Marker, deed: &Deed) {
        let point = match mark.known {
            Known::Said(i) => Some(i),
            _ => None,
        };
        if let Some(at_px) = deed.put.and_then(|at| pixel(at, scene.size_px())) {
            scene.saying().point(KnownPoint { at_px, landmark: mark.landmark }, point);
            self.selected = Some(point.unwrap_or(scene.drawing.points.len()));
        }
        if let Some(point) = point.filter(|_| deed.forget) {
            scene.saying().forget(point);
            // One at a time.
            (self.selected, self.delete) = (None, false);
        }
    }

    /// The chosen place is where the user clicked.
    fn pin(&mut self, scene: &mut Scene<'_>, at: [f32; 2]) {
        let Some(chosen) = self.chosen.filter(|_| scene.takes_points()) else {
            self.selected = None;
            return;
        };
        if let Some(at_px) = pixel(at, scene.size_px()) {
            scene.saying().point(KnownPoint { at_px, landmark: chosen.landmark }, None);
            self.chosen = None;
        }
    }

    /// Paints over the drawing, or takes that back: a stroke is said when it ends.
    fn brush(&mut self, ui: &Ui, scene: &mut Scene<'_>, canvas: &Response, rect: Rect, moves: bool) {
        let size = scene.size_px();
        let width_px = *self.brush_px.get_or_insert(usual_brush(size).0);
        let scale = self.look.scale(rect, size);
        if let Some(pointer) = canvas.interact_pointer_pos().filter(|_| !moves)
            && (canvas.dragged_by(PointerButton::Primary) || canvas.clicked())
        {
            let erases = self.mode == Mode::Eraser;
            let fresh = || BrushStroke { points: Vec::new(), radius_px: width_px / 2.0, erases };
            // It begins where the button went down: a drag is told from a click a little later.
            let begun = ui.input(|input| input.pointer.press_origin()).filter(|_| self.stroke.is_none());
            let stroke = self.stroke.get_or_insert_with(fresh);
            for pointer in begun.into_iter().chain([pointer]) {
                let at = self.look.pixel(pointer, rect, size).map(|v| (v * 10.0).round() / 10.0);
                let far = |last: &[f32; 2]| (last[0] - at[0]).hypot(last[1] - at[1]) >= SPACING_PX;
                if stroke.points.last().is_none_or(far) {
                    stroke.points.push(at);
                }
            }
        }
        if (canvas.drag_stopped() || canvas.clicked())
            && let Some(stroke) = self.stroke.take()
        {
            scene.saying().stroke(stroke);
        }
        let painter = ui.painter_at(rect);
        if let Some(stroke) = &self.stroke {
            let colour = if stroke.erases { Color32::from_white_alpha(120) } else { COVERED };
            let points: Vec<Pos2> = stroke.points.iter().map(|&point| self.look.point(point, rect, size)).collect();
            match points[..] {
                [at] => painter.circle_filled(at, stroke.radius_px * scale, colour),
                _ => painter.line(points, Stroke::new(2.0 * stroke.radius_px * scale, colour)),
            };
        }
        if let Some(at) = canvas.hover_pos() {
            painter.circle_stroke(at, width_px / 2.0 * scale, Stroke::new(1.0, ui.visuals().strong_text_color()));
        }
    }
}

/// The pixel of a drawing at a place, if there is one.
fn pixel([x, y]: [f32; 2], [width, height]: [u32; 2]) -> Option<[u32; 2]> {
    let within = x >= 0.0 && y >= 0.0 && x < width as f32 && y < height as f32;
    within.then_some([x as u32, y as u32])
}

/// Which way arrow keys go in this frame, in pixels of the drawing, and whether one is down: ten with Shift.
fn arrows(ui: &Ui) -> ([f32; 2], bool) {
    const KEYS: [(Key, [f32; 2]); 4] = [
        (Key::ArrowRight, [1.0, 0.0]),
        (Key::ArrowLeft, [-1.0, 0.0]),
        (Key::ArrowDown, [0.0, 1.0]),
        (Key::ArrowUp, [0.0, -1.0]),
    ];
    ui.input(|input| {
        let pressed = input.events.iter().filter_map(|event| match event {
            Event::Key { key, pressed: true, modifiers, .. } => Some((*key, if modifiers.shift { 10.0 } else { 1.0 })),
            _ => None,
        });
        let steps = pressed.filter_map(|(key, step)| {
            let (_, way) = KEYS.iter().find(|(known, _)| *known == key)?;
            Some(way.map(|v| v * step))
        });
        let way = steps.fold([0.0; 2], |sum: [f32; 2], step| [sum[0] + step[0], sum[1] + step[1]]);
        (way, KEYS.iter().any(|(key, _)| input.key_down(*key)))
    })
}
