//! Which part of the face an expression changes: MMD's groups of morphs, and the same for figures whose files have none.

use super::expressions::normal;
use super::{Expression, Figure};

/// A part of the face, as MMD groups its morphs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FacePart {
    /// All of it: `happy`, `angry` and the like.
    Whole,
    /// Eyes, lids and the gaze.
    Eyes,
    /// Lips, jaw, tongue and teeth.
    Lips,
    /// Brows.
    Brows,
    /// Whatever else: cheeks, ears, tears, clothes.
    Other,
}

/// VRM 1.0's presets that change more than one part.
const WHOLE: [&str; 6] = ["happy", "angry", "sad", "relaxed", "surprised", "neutral"];
const VOWELS: [&str; 5] = ["aa", "ih", "ou", "ee", "oh"];

/// How names in normal form begin that tell the part: VRoid's, then anybody's.
const BEGINNINGS: [(&str, FacePart); 20] = [
    ("fclall", FacePart::Whole),
    ("fcleye", FacePart::Eyes),
    ("fclmth", FacePart::Lips),
    ("fclha", FacePart::Lips),
    ("fclbrw", FacePart::Brows),
    ("brow", FacePart::Brows),
    ("eyebrow", FacePart::Brows),
    ("eye", FacePart::Eyes),
    ("blink", FacePart::Eyes),
    ("wink", FacePart::Eyes),
    ("look", FacePart::Eyes),
    ("pupil", FacePart::Eyes),
    ("iris", FacePart::Eyes),
    ("mouth", FacePart::Lips),
    ("lip", FacePart::Lips),
    ("jaw", FacePart::Lips),
    ("tongue", FacePart::Lips),
    ("teeth", FacePart::Lips),
    ("viseme", FacePart::Lips),
    ("fang", FacePart::Lips),
];

impl FacePart {
    /// All, in the order they are shown.
    pub const ALL: [Self; 5] = [Self::Whole, Self::Eyes, Self::Lips, Self::Brows, Self::Other];

    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Whole => "Whole face",
            Self::Eyes => "Eyes",
            Self::Lips => "Lips",
            Self::Brows => "Brows",
            Self::Other => "Other",
        }
    }

    /// The group that an MMD file gives a morph by number (PMX: panel, PMD: category); 0 is the system's own.
    pub(super) fn of_mmd(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Brows),
            2 => Some(Self::Eyes),
            3 => Some(Self::Lips),
            4 => Some(Self::Other),
            _ => None,
        }
    }

    /// The part that a name speaks of.
    fn of_name(name: &str) -> Self {
        if WHOLE.contains(&name) {
            return Self::Whole;
        }
        if VOWELS.contains(&name) {
            return Self::Lips;
        }
        let form = normal(name);
        // `eyebrow` before `eye`.
        let longest =
            BEGINNINGS.iter().filter(|(begin, _)| form.starts_with(begin)).max_by_key(|(begin, _)| begin.len());
        longest.map_or(Self::Other, |(_, part)| *part)
    }
}

impl Figure {
    /// The part of the face that an expression changes: what its file says of the morph of that name, or else what the name
    /// says.
    pub fn face_part(&self, expression: &Expression) -> FacePart {
        let morph = expression.morphs.first().and_then(|(morph, _)| self.morphs.get(*morph as usize));
        let own = morph.filter(|morph| morph.name == expression.name).and_then(|morph| morph.part);
        own.unwrap_or_else(|| FacePart::of_name(&expression.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::Morph;

    #[test]
    fn names_tell_the_part() {
        for (name, part) in [
            ("happy", FacePart::Whole),
            ("blinkLeft", FacePart::Eyes),
            ("lookUp", FacePart::Eyes),
            ("aa", FacePart::Lips),
            ("browInnerUp", FacePart::Brows),
            ("eyebrow_angry", FacePart::Brows),
            ("eyeWide_L", FacePart::Eyes),
            ("head_blendShape.jawOpen", FacePart::Lips),
            ("vrc.viseme_aa", FacePart::Lips),
            ("Face.M_F00_000_00_Fcl_BRW_Fun", FacePart::Brows),
            ("Fcl_ALL_Joy", FacePart::Whole),
            ("cheekPuff", FacePart::Other),
            ("涙", FacePart::Other),
        ] {
            assert_eq!(FacePart::of_name(name), part, "{name}");
        }
    }

    #[test]
    fn what_the_file_says_comes_first() {
        let morph =
            |name: &str, number| Morph { name: name.into(), part: FacePart::of_mmd(number), ..Morph::default() };
        let morphs = vec![morph("まばたき", 2), morph("mouth", 1), morph("涙", 4), morph("eyes", 0)];
        let figure = Figure { morphs, ..Figure::default() };
        let part = |name: &str, morph| {
            figure.face_part(&Expression { name: name.into(), morphs: vec![(morph, 1.0)], ..Expression::default() })
        };
        assert_eq!(part("まばたき", 0), FacePart::Eyes);
        assert_eq!(part("mouth", 1), FacePart::Brows);
        assert_eq!(part("涙", 2), FacePart::Other);
        assert_eq!(part("eyes", 3), FacePart::Eyes, "no group");
        assert_eq!(part("happy", 1), FacePart::Whole, "made of a morph, not it");
    }
}
