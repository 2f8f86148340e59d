//! The skeleton over the figure, and the joint under the pointer.

use super::sight::Sight;
use crate::figure::Figure;
use crate::raster::Stance;
use egui::{Color32, Painter, Pos2, Stroke};
use std::sync::Weak;

/// A dot takes clicks this far from its middle, points.
const DOT_REACH: f32 = 9.0;
/// A bone takes clicks this far from its line.
const LINE_REACH: f32 = 6.0;

/// What of the skeleton is drawn: made once a figure.
#[derive(Default)]
pub(super) struct Skeleton {
    figure: Weak<Figure>,
    parts: Vec<Part>,
    /// Where each part was seen last.
    seen: Vec<Option<Pos2>>,
}

struct Part {
    joint: u32,
    /// The part that it hangs on.
    above: Option<usize>,
    human: bool,
    /// Fingers, eyes and all that is no human bone: a smaller dot.
    small: bool,
}

impl Skeleton {
    /// Projects the skeleton; call once a frame before the others. `all`: hair, clothes and the like too, which else are
    /// left out but for the selected joint.
    pub(super) fn look(&mut self, body: &Stance, sight: &Sight, all: bool, selected: Option<u32>) {
        let figure = body.figure();
        if !std::ptr::eq(self.figure.as_ptr(), std::sync::Arc::as_ptr(figure)) {
            self.figure = std::sync::Arc::downgrade(figure);
            self.parts = parts(body);
        }
        self.seen.clear();
        let all = all || !self.parts.iter().any(|part| part.human);
        self.seen.extend(self.parts.iter().map(|part| {
            if !all && !part.human && selected != Some(part.joint) {
                return None;
            }
            let place = body.world()[part.joint as usize].w_axis.truncate();
            sight.project(place).filter(|seen| sight.rect.contains(*seen))
        }));
    }

    /// The joint at a place: the nearest dot, human bones first, else the bone whose line is there.
    pub(super) fn at(&self, pointer: Pos2) -> Option<u32> {
        let nearest = |human: bool| {
            let dots = self.parts.iter().zip(&self.seen).filter(|(part, _)| part.human == human);
            dots.filter_map(|(part, seen)| Some((part.joint, seen.as_ref()?.distance(pointer))))
                .filter(|&(_, distance)| distance <= DOT_REACH)
                .min_by(|a, b| a.1.total_cmp(&b.1))
        };
        let dot = match (nearest(true), nearest(false)) {
            (Some(human), Some(other)) if other.1 + 3.0 < human.1 => Some(other),
            (human, other) => human.or(other),
        };
        dot.map(|(joint, _)| joint).or_else(|| {
            let lines = self.parts.iter().zip(&self.seen).filter_map(|(part, seen)| {
                let above = part.above.filter(|&above| part.human && self.parts[above].human)?;
                let distance = to_line(pointer, self.seen[above]?, (*seen)?);
                (distance <= LINE_REACH).then_some((self.parts[above].joint, distance))
            });
            lines.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(joint, _)| joint)
        })
    }

    /// Draws it; the joint under the pointer and the selected one stand out.
    pub(super) fn paint(&self, painter: &Painter, hovered: Option<u32>, selected: Option<u32>, accent: Color32) {
        let line = |human: bool| if human { (1.6, 210) } else { (1.0, 90) };
        for (part, seen) in self.parts.iter().zip(&self.seen) {
            let (Some(to), Some(from)) = (*seen, part.above.and_then(|above| self.seen[above])) else { continue };
            let (width, alpha) = line(part.human);
            painter.line_segment([from, to], Stroke::new(width + 1.6, Color32::from_black_alpha(alpha / 2)));
            painter.line_segment([from, to], Stroke::new(width, Color32::from_white_alpha(alpha)));
        }
        for (part, seen) in self.parts.iter().zip(&self.seen) {
            let Some(at) = *seen else { continue };
            let (chosen, near) = (selected == Some(part.joint), hovered == Some(part.joint));
            let radius = if part.small { 2.2 } else { 3.6 } + if chosen || near { 1.8 } else { 0.0 };
            let fill = if chosen {
                accent
            } else if near {
                Color32::WHITE
            } else if part.human {
                Color32::from_gray(225)
            } else {
                Color32::from_rgb(170, 190, 170)
            };
            painter.circle(at, radius, fill, Stroke::new(1.2, Color32::from_black_alpha(190)));
        }
    }
}

fn parts(body: &Stance) -> Vec<Part> {
    let figure = body.figure();
    let mut part_of = vec![None; figure.joints.len()];
    let mut parts: Vec<Part> = Vec::new();
    for (i, joint) in figure.joints.iter().enumerate() {
        let bone = body.rig().bone(i as u32);
        if bone.is_none() && !joint.movable {
            continue;
        }
        let up = std::iter::successors(joint.parent, |&j| figure.joints[j as usize].parent);
        // A human bone hangs on a human bone, whatever lies between.
        let above = up.filter_map(|j| part_of[j as usize]).find(|&above: &usize| bone.is_none() || parts[above].human);
        let name = bone.map_or("", |bone| bone.name());
        let finger =
            ["Thumb", "Index", "Middle", "Ring", "Little", "Eye", "jaw"].iter().any(|part| name.contains(part));
        part_of[i] = Some(parts.len());
        parts.push(Part { joint: i as u32, above, human: bone.is_some(), small: bone.is_none() || finger });
    }
    parts
}

fn to_line(point: Pos2, from: Pos2, to: Pos2) -> f32 {
    let along = to - from;
    let share = ((point - from).dot(along) / along.length_sq().max(1e-6)).clamp(0.0, 1.0);
    point.distance(from + along * share)
}
