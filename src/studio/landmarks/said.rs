//! What the user says of a drawing in the landmarks tool, as steps of the project.

use crate::figure::places::PLACES;
use crate::project::{Drawing, DrawingSource, Project};
use crate::sheet::{BrushStroke, KnownPoint};
use crate::studio::{Edit, Outbox};
use glam::Vec3;

/// Landmarks this near are one place.
const SAME: f32 = 2e-3;
/// A place this near to one that has a name is told by it.
const NEAR: f32 = 0.06;

/// Which of [`PLACES`] a landmark is.
pub(super) fn place_of(landmark: [f32; 3]) -> Option<usize> {
    PLACES.iter().position(|(_, place)| apart(landmark, *place) < SAME)
}

/// What a landmark is called: `left elbow`, `near the left elbow`, `a place of the body`.
pub(super) fn name_of(landmark: [f32; 3]) -> String {
    let away = |place: &&(&str, [f32; 3])| apart(landmark, place.1);
    match PLACES.iter().min_by(|a, b| away(a).total_cmp(&away(b))) {
        Some(nearest) if away(&nearest) < SAME => nearest.0.to_owned(),
        Some(nearest) if away(&nearest) < NEAR => format!("near the {}", nearest.0),
        _ => "a place of the body".to_owned(),
    }
}

/// With a large first letter, as a label.
pub(super) fn label(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn apart(a: [f32; 3], b: [f32; 3]) -> f32 {
    Vec3::from(a).distance(Vec3::from(b))
}

/// One drawing of a project, and where its changes are sent.
pub(super) struct Saying<'a> {
    pub(super) project: &'a Project,
    pub(super) source: &'a DrawingSource,
    pub(super) outbox: &'a mut Outbox,
}

impl Saying<'_> {
    /// "This pixel is that place": what was said of the place before is said no more. `moved`: the point of this number is
    /// meant, whatever place it is.
    pub(super) fn point(&mut self, point: KnownPoint, moved: Option<usize>) {
        self.change(format!("Say where {} is", with_the(&name_of(point.landmark))), |drawing| {
            let same = |known: &KnownPoint| apart(known.landmark, point.landmark) < SAME;
            match moved.or_else(|| drawing.points.iter().position(same)).filter(|&i| i < drawing.points.len()) {
                Some(i) => drawing.points[i] = point,
                None => drawing.points.push(point),
            }
        });
    }

    /// A point is said no more.
    pub(super) fn forget(&mut self, i: usize) {
        self.change("Forget a point of a drawing".into(), |drawing| {
            if i < drawing.points.len() {
                drawing.points.remove(i);
            }
        });
    }

    /// What is not the character, or is after all.
    pub(super) fn stroke(&mut self, stroke: BrushStroke) {
        let label =
            if stroke.erases { "Erase a stroke over a drawing" } else { "Paint over what is not the character" };
        self.change(label.into(), |drawing| drawing.not_character.push(stroke));
    }

    /// Nothing is said any more of points and of what is not the character.
    pub(super) fn reset(&mut self) {
        self.change("Forget all that was said about a drawing".into(), |drawing| {
            drawing.points.clear();
            drawing.not_character.clear();
        });
    }

    fn change(&mut self, label: String, change: impl FnOnce(&mut Drawing)) {
        let mut sheet = self.project.sheet.clone();
        if let Some(drawing) = sheet.iter_mut().find(|drawing| drawing.source == *self.source) {
            change(drawing);
            self.outbox.edit(label, Edit::Sheet(sheet));
        }
    }
}

/// `the left elbow`, but `near the left elbow` and `a place of the body` as they are.
fn with_the(name: &str) -> String {
    if name.starts_with("near ") || name.starts_with("a ") { name.to_owned() } else { format!("the {name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_called_by_what_is_near() {
        let (elbow, [x, y, z]) = PLACES[15];
        assert_eq!(elbow, "left elbow");
        assert_eq!((name_of([x, y, z]).as_str(), place_of([x, y, z])), (elbow, Some(15)));
        assert_eq!(name_of([x + 0.02, y, z]), "near the left elbow");
        assert_eq!(place_of([x + 0.02, y, z]), None);
        assert_eq!(name_of([0.0, 0.0, 0.0]), "a place of the body");
        assert_eq!(label("left elbow"), "Left elbow");
        assert_eq!(with_the("left elbow"), "the left elbow");
    }
}
