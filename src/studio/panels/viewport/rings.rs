//! Rings that rotate the selected joint: one about each axis, and one about the line of sight.

use super::handles::lower;
use super::sight::Sight;
use crate::pose::{Pose, Posed};
use crate::raster::Stance;
use crate::studio::Edit;
use crate::studio::panels::Context;
use crate::studio::panels::bones::readable;
use crate::studio::panels::degrees::signed_degrees;
use egui::{Align2, Color32, FontId, PointerButton, Pos2, Rect, Response, Sense, Stroke, Ui, vec2};
use glam::{Quat, Vec3};
use std::f32::consts::{FRAC_1_SQRT_2, PI, TAU};

/// Radius of the rings on the screen, points; that about the line of sight is a little wider.
const RADIUS: f32 = 52.0;
const OUTER: f32 = 62.0;
/// A ring takes the pointer this far from its line.
const NEAR: f32 = 6.0;
const CORNERS: usize = 48;
const NAMES: [&str; 4] = ["x", "y", "z", "the line of sight"];

/// The rings, and the one that is turned.
#[derive(Default)]
pub(super) struct Rings {
    turning: Option<Turning>,
}

struct Turning {
    ring: usize,
    joint: u32,
    pose: Pose,
    centre: Vec3,
    axis: Vec3,
    last: Pos2,
    angle: f32,
}

struct Ring {
    axis: Vec3,
    radius_m: f32,
    points: Vec<Option<Pos2>>,
}

impl Rings {
    /// Draws the rings about the selected joint and turns it; `canvas` is the picture's own response, `free`: nothing else
    /// is in hand. True: the pointer is on a ring.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        context: &mut Context<'_>,
        body: &Stance,
        sight: &Sight,
        canvas: &Response,
        free: bool,
    ) -> bool {
        let selected =
            context.display.selected.filter(|&j| body.figure().joints.get(j as usize).is_some_and(|j| j.may_rotate));
        let Some(joint) = selected else {
            self.turning = None;
            return false;
        };
        let posed = body.posed();
        let centre = posed.place(joint);
        if sight.depth(centre) < 0.01 || sight.project(centre).is_none() {
            return false;
        }
        let turn = if context.display.world_axes { Quat::IDENTITY } else { posed.turn(joint) };
        let axes = [turn * Vec3::X, turn * Vec3::Y, turn * Vec3::Z, -sight.towards(centre)];
        let rings =
            std::array::from_fn::<Ring, 4, _>(|i| ring(sight, centre, axes[i], if i == 3 { OUTER } else { RADIUS }));

        let hover = ui.input(|input| input.pointer.latest_pos()).filter(|_| canvas.contains_pointer());
        let mut hovered = hover.and_then(|pointer| nearest(&rings, sight, centre, pointer));
        let mut grabbed = None;
        // Grips that a screen reader finds and a hand can aim at.
        for (i, ring) in rings.iter().enumerate() {
            let Some(grip) = grip(ring, sight, centre, i) else { continue };
            let rect = Rect::from_center_size(grip, vec2(12.0, 12.0)).intersect(sight.rect);
            let response = ui.interact(rect, ui.scope_id().with(("ring", i)), Sense::drag());
            let label = format!("Rotate about {}", NAMES[i]);
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &label));
            if response.hovered() || response.dragged() {
                hovered = Some(i);
            }
            if response.drag_started_by(PointerButton::Primary) {
                grabbed = Some(i);
            }
            ui.painter_at(sight.rect).circle_filled(grip, 3.5, colour(i));
        }
        let pressed = ui.input(|input| input.pointer.press_origin());
        if canvas.drag_started_by(PointerButton::Primary) && !ui.input(|input| input.modifiers.alt) {
            grabbed = grabbed.or(pressed.and_then(|pointer| nearest(&rings, sight, centre, pointer)));
        }
        if let (Some(ring), Some(last), true) = (grabbed, pressed, free) {
            let pose = (**body.pose()).clone();
            self.turning = Some(Turning { ring, joint, pose, centre, axis: axes[ring], last, angle: 0.0 });
        }
        let held = ui.input(|input| input.pointer.primary_down());
        if !held || self.turning.as_ref().is_some_and(|turning| turning.joint != joint) {
            self.turning = None;
        }
        if let (Some(turning), Some(pointer)) = (&mut self.turning, ui.input(|input| input.pointer.latest_pos())) {
            hovered = Some(turning.ring);
            turning.go_on(sight, pointer, rings[turning.ring].radius_m);
            let snap = ui.input(|input| input.modifiers.command);
            turning.send(context, body, snap);
            let text = signed_degrees(turning.snapped(snap).to_degrees());
            label(ui, sight, pointer, &text);
        }
        let only = self.turning.as_ref().map(|turning| turning.ring);
        paint(ui, sight, centre, &rings, hovered, only);
        hovered.is_some()
    }

    /// A ring is held.
    pub(super) fn is_held(&self) -> bool {
        self.turning.is_some()
    }
}

impl Turning {
    /// Adds what the pointer has gone round since the last frame.
    fn go_on(&mut self, sight: &Sight, pointer: Pos2, radius_m: f32) {
        let on_plane = |at: Pos2| sight.on_plane(at, self.centre, self.axis).map(|p| p - self.centre);
        let step = match (on_plane(self.last), on_plane(pointer)) {
            (Some(from), Some(to)) if from.length() > 0.05 * radius_m && to.length() > 0.05 * radius_m => {
                let sine = from.cross(to).dot(self.axis);
                sine.atan2(from.dot(to))
            }
            // Seen edge on: along the ring's front as it runs on the screen.
            _ => {
                let front = -sight.towards(self.centre).reject_from(self.axis).normalize_or_zero() * radius_m;
                let along = sight.direction(self.centre + front, self.axis.cross(front).normalize_or_zero());
                let moved = glam::vec2(pointer.x - self.last.x, pointer.y - self.last.y);
                moved.dot(along) / along.length_squared().max(1e-6) / radius_m.max(1e-6)
            }
        };
        self.angle += (step + PI).rem_euclid(TAU) - PI;
        self.last = pointer;
    }

    fn snapped(&self, snap: bool) -> f32 {
        let step = 15f32.to_radians();
        if snap { (self.angle / step).round() * step } else { self.angle }
    }

    fn send(&self, context: &mut Context<'_>, body: &Stance, snap: bool) {
        let mut posed: Posed<'_> = body.with(&self.pose);
        posed.turn_by(self.joint, Quat::from_axis_angle(self.axis.normalize_or(Vec3::Y), self.snapped(snap)));
        if context.project.joint_limits {
            posed.limit(self.joint);
        }
        if self.angle != 0.0 && posed.pose != *context.pose {
            let label = format!("Rotate {}", lower(&readable(body.figure(), self.joint)));
            context.commands.edit(label, Edit::Pose(posed.pose));
        }
    }
}

fn ring(sight: &Sight, centre: Vec3, axis: Vec3, radius: f32) -> Ring {
    let radius_m = radius * sight.metres_a_point(centre);
    let u = axis.any_orthonormal_vector();
    let v = axis.cross(u);
    let point = |i: usize| {
        let (sin, cos) = (TAU * i as f32 / CORNERS as f32).sin_cos();
        sight.project(centre + radius_m * (cos * u + sin * v))
    };
    Ring { axis, radius_m, points: (0..CORNERS).map(point).collect() }
}

/// The corner's place in the world, as [`ring`] made it.
fn corner(ring: &Ring, centre: Vec3, i: usize) -> Vec3 {
    let u = ring.axis.any_orthonormal_vector();
    let (sin, cos) = (TAU * i as f32 / CORNERS as f32).sin_cos();
    centre + ring.radius_m * (cos * u + sin * ring.axis.cross(u))
}

fn is_front(ring: &Ring, sight: &Sight, centre: Vec3, i: usize) -> bool {
    (corner(ring, centre, i) - centre).dot(sight.towards(centre)) < 0.15 * ring.radius_m
}

/// The ring whose front is at the pointer.
fn nearest(rings: &[Ring; 4], sight: &Sight, centre: Vec3, pointer: Pos2) -> Option<usize> {
    let distance = |ring: &Ring| {
        let corners = (0..CORNERS).filter(|&i| is_front(ring, sight, centre, i));
        corners.filter_map(|i| Some(ring.points[i]?.distance(pointer))).fold(f32::INFINITY, f32::min)
    };
    let near = rings.iter().map(distance).enumerate().filter(|&(_, d)| d < NEAR);
    near.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(i, _)| i)
}

/// Where a ring is best taken: the corner nearest to the eye, each ring's own way round so that grips don't meet.
fn grip(ring: &Ring, sight: &Sight, centre: Vec3, which: usize) -> Option<Pos2> {
    if which == 3 {
        return sight.project(centre).map(|at| at + vec2(OUTER, -OUTER) * FRAC_1_SQRT_2);
    }
    let aside = Quat::from_axis_angle(ring.axis, 0.7);
    let wanted = aside * -sight.towards(centre).reject_from(ring.axis).normalize_or(ring.axis.any_orthonormal_vector());
    let facing = |i: usize| (corner(ring, centre, i) - centre).dot(wanted);
    let best = (0..CORNERS).max_by(|&a, &b| facing(a).total_cmp(&facing(b)))?;
    ring.points[best]
}

fn colour(ring: usize) -> Color32 {
    [
        Color32::from_rgb(240, 90, 90),
        Color32::from_rgb(110, 205, 90),
        Color32::from_rgb(90, 140, 250),
        Color32::from_gray(220),
    ][ring]
}

fn paint(ui: &Ui, sight: &Sight, centre: Vec3, rings: &[Ring; 4], hovered: Option<usize>, only: Option<usize>) {
    let painter = ui.painter_at(sight.rect);
    for (which, ring) in rings.iter().enumerate().filter(|(i, _)| only.is_none_or(|only| only == *i)) {
        let width = if hovered == Some(which) { 3.0 } else { 1.8 };
        let lines = (0..CORNERS).filter_map(|i| {
            let ends = [ring.points[i]?, ring.points[(i + 1) % CORNERS]?];
            Some((ends, is_front(ring, sight, centre, i)))
        });
        for (ends, _) in lines.clone().filter(|&(_, front)| front) {
            painter.line_segment(ends, Stroke::new(width + 1.6, Color32::from_black_alpha(90)));
        }
        for (ends, front) in lines {
            let alpha = if front { 1.0 } else { 0.25 };
            painter.line_segment(ends, Stroke::new(width, colour(which).gamma_multiply(alpha)));
        }
    }
}

/// Words beside the pointer, on a ground that makes them readable on any picture.
fn label(ui: &Ui, sight: &Sight, pointer: Pos2, text: &str) {
    let painter = ui.painter_at(sight.rect);
    let galley = painter.layout_no_wrap(text.to_owned(), FontId::proportional(14.0), Color32::WHITE);
    let at = (pointer + vec2(16.0, -26.0)).clamp(sight.rect.min, sight.rect.max - galley.size());
    let ground = Align2::LEFT_TOP.anchor_size(at, galley.size()).expand(4.0);
    painter.rect_filled(ground, 4.0, Color32::from_black_alpha(180));
    painter.galley(at, galley, Color32::WHITE);
}
