//! The motion path: where a joint comes along, a dot a frame, and larger ones where poses are keyed.

use super::sight::Sight;
use crate::raster::Stance;
use crate::studio::PathOf;
use crate::studio::panels::Context;
use crate::studio::workers::PathRequest;
use crate::studio::workers::ghosts::TINTS;
use egui::{Color32, Painter, Pos2, Stroke, vec2};

/// A path reaches so many frames at least to both sides of the shown one; it is worked out anew after as many.
const REACH: i64 = 240;
/// Dots nearer to each other than this are left out, points.
const APART: f32 = 4.0;

/// Asks for the path that is wanted now and draws the last that is there.
pub(super) fn ui(painter: &Painter, context: &Context<'_>, body: &Stance, sight: &Sight) {
    let joint = match context.display.path {
        PathOf::Nothing => None,
        PathOf::Selected => context.display.selected,
        PathOf::Bone(bone) => body.figure().humanoid.joint(bone),
    };
    let (Some(joint), Some(act)) = (joint, &context.content.act) else { return };
    let frame = context.playback.frame();
    let [first, end] = context.playback.span(act.last());
    let middle = frame.clamp(first, end) / REACH * REACH;
    let frames = [(middle - REACH).max(first), (middle + 2 * REACH).min(end)];
    let (act, subject) = (act.clone(), body.subject().clone());
    context.workers.paths.request(PathRequest { act, subject, joint, frames });
    let Some(path) = context.content.path.as_ref().filter(|path| path.joint == joint) else { return };

    let seen: Vec<(i64, Option<Pos2>)> =
        (path.first..).zip(&path.points).map(|(at, point)| (at, sight.project(*point))).collect();
    let shade = Stroke::new(3.4, Color32::from_black_alpha(90));
    let pairs = || seen.windows(2).filter_map(|pair| Some((pair[0].0, [pair[0].1?, pair[1].1?])));
    for (_, ends) in pairs() {
        painter.line_segment(ends, shade);
    }
    let colour = |at: i64| TINTS[usize::from(at >= frame)];
    for (at, ends) in pairs() {
        painter.line_segment(ends, Stroke::new(1.6, colour(at)));
    }
    let keys = &context.project.animation.keys.0;
    let hold = context.playback.exposure.max(1);
    let mut last: Option<Pos2> = None;
    for (at, place) in seen {
        let Some(place) = place else { continue };
        if keys.contains_key(&at) {
            let corners = [vec2(0.0, -5.0), vec2(5.0, 0.0), vec2(0.0, 5.0), vec2(-5.0, 0.0)].map(|v| place + v);
            let rim = Stroke::new(1.2, Color32::from_black_alpha(190));
            painter.add(egui::Shape::convex_polygon(corners.to_vec(), Color32::WHITE, rim));
        } else if at % hold == 0 && last.is_none_or(|last| last.distance(place) >= APART) {
            painter.circle(place, 2.2, Color32::from_gray(245), Stroke::new(1.0, Color32::from_black_alpha(130)));
            last = Some(place);
        }
        if at == frame {
            painter.circle_stroke(place, 7.0, Stroke::new(3.6, Color32::from_black_alpha(110)));
            painter.circle_stroke(place, 7.0, Stroke::new(1.8, Color32::WHITE));
        }
    }
}
