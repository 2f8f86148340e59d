//! The marks on the drawing: where parts of the body are seen, and what the user said.

use super::answer::joint_of;
use super::said::{label, name_of, place_of};
use super::{Held, Scene, Shown};
use crate::figure::places::PLACES;
use crate::studio::theme;
use egui::{Color32, Painter, Pos2, Stroke, vec2};

/// A place that is farther from all that is seen lies behind it: to say where that is turns the whole body round.
const BEHIND: f32 = 0.05;

/// What a mark stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum What {
    /// One of [`PLACES`].
    Place(usize),
    /// Another point that the user said, by its number.
    Point(usize),
}

/// How it is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Known {
    /// The detector sees it, and may be off by so much.
    Seen(f32),
    /// Nothing of the drawing shows it; the fitted figure has it there.
    Hidden,
    /// The user said so: the point of this number.
    Said(usize),
}

/// A mark.
pub(super) struct Marker {
    pub(super) what: What,
    pub(super) landmark: [f32; 3],
    pub(super) known: Known,
    /// In pixels of the drawing.
    pub(super) at: [f32; 2],
}

impl Marker {
    /// All there are: what the user said last, so that it lies on top. What is held is where the hand has it.
    pub(super) fn all(scene: &Scene<'_>, shown: &Shown, held: Option<Held>) -> Vec<Self> {
        let points = &scene.drawing.points;
        let said = |place: usize| points.iter().position(|point| place_of(point.landmark) == Some(place));
        let free = (0..PLACES.len()).filter(|&place| said(place).is_none());
        let mut marks: Vec<Self> = free.filter_map(|place| Self::of_place(place, shown, held)).collect();
        marks.extend(points.iter().enumerate().map(|(i, point)| Self {
            what: place_of(point.landmark).map_or(What::Point(i), What::Place),
            landmark: point.landmark,
            known: Known::Said(i),
            at: point.at_px.map(|v| v as f32 + 0.5),
        }));
        for mark in &mut marks {
            if let Some(held) = held.filter(|held| held.what == mark.what) {
                mark.at = held.at;
            }
        }
        marks
    }

    fn of_place(place: usize, shown: &Shown, held: Option<Held>) -> Option<Self> {
        let (name, landmark) = PLACES[place];
        let seen = shown.places.get(place).copied().flatten().filter(|seen| seen.away < BEHIND);
        let seen = seen.map(|seen| (Known::Seen(seen.spread), seen.at.to_array()));
        let hidden = || {
            let bone = joint_of(name)?;
            let (_, at) = shown.joints.as_ref()?.iter().find(|(known, _)| *known == bone)?;
            Some((Known::Hidden, at.to_array()))
        };
        // A new answer may come while it is in hand.
        let in_hand = || held.filter(|held| held.what == What::Place(place)).map(|held| (Known::Hidden, held.at));
        let (known, at) = seen.or_else(hidden).or_else(in_hand)?;
        Some(Self { what: What::Place(place), landmark, known, at })
    }

    /// As tests and screen readers know it: `Left elbow: sure`.
    pub(super) fn label(&self) -> String {
        let how = match self.known {
            Known::Seen(off) => ["sure", "unsure", "a guess"][theme::sureness(off).0],
            Known::Hidden => "not seen",
            Known::Said(_) => "said by you",
        };
        format!("{}: {how}", label(&name_of(self.landmark)))
    }

    /// The tooltip.
    pub(super) fn tip(&self) -> String {
        let what = self.label();
        match self.known {
            Known::Said(_) => format!("{what}. Drag it, or forget it by the right button or Delete"),
            Known::Hidden => format!("{what}; the body being as it seems, it would be here. Drag it to where it is"),
            Known::Seen(_) => format!("{what}. Drag it to where it is, if it isn't here"),
        }
    }

    /// Half the width on the screen: what is unsure is larger.
    pub(super) fn radius(&self) -> f32 {
        match self.known {
            Known::Seen(off) => [4.0, 6.0, 8.0][theme::sureness(off).0],
            Known::Hidden => 5.0,
            Known::Said(_) => 6.0,
        }
    }

    /// Draws it; `lively`: under the pointer, in hand or chosen.
    pub(super) fn paint(&self, painter: &Painter, at: Pos2, lively: bool) {
        let radius = self.radius();
        let edge = Stroke::new(if lively { 2.5 } else { 1.0 }, Color32::from_black_alpha(200));
        let ring = Stroke::new(1.5, Color32::WHITE);
        match self.known {
            Known::Seen(off) => {
                let colour = theme::sureness(off).1;
                painter.circle(at, radius + 1.0, Color32::TRANSPARENT, edge);
                painter.circle(at, radius, if lively { colour } else { colour.gamma_multiply(0.8) }, ring);
            }
            Known::Hidden => {
                painter.circle(at, radius + 1.0, Color32::from_black_alpha(60), edge);
                painter.circle_stroke(at, radius, Stroke::new(1.5, Color32::LIGHT_GRAY));
            }
            Known::Said(_) => {
                let corners =
                    [vec2(0.0, -1.4), vec2(1.4, 0.0), vec2(0.0, 1.4), vec2(-1.4, 0.0)].map(|v| at + v * radius);
                let colour = Color32::from_rgb(90, 160, 255);
                painter.add(egui::Shape::convex_polygon(corners.to_vec(), colour, ring));
                painter.add(egui::Shape::closed_line(corners.to_vec(), edge));
            }
        }
    }
}
