//! How likely what is of a character by lot: weights beside what they are of.

use crate::example::params::{Bangs, Blush, FacePaint, HairStyle, Iris, Nose};
use crate::example::wear::{Pattern, Thing};

/// Of all characters, so many are not the same on both sides.
pub(super) const ASYMMETRIC: f32 = 0.40;

pub(super) const HAIR: [&[(f32, HairStyle)]; 2] = [
    &[
        (12.0, HairStyle::Long),
        (9.0, HairStyle::Bob),
        (5.0, HairStyle::Short),
        (8.0, HairStyle::Ponytail),
        (8.0, HairStyle::Twintails),
        (6.0, HairStyle::SideTail),
        (5.0, HairStyle::LowTails),
        (6.0, HairStyle::Braids),
        (4.0, HairStyle::Braid),
        (5.0, HairStyle::Buns),
        (3.0, HairStyle::Bun),
        (4.0, HairStyle::Drills),
        (5.0, HairStyle::Hime),
        (3.0, HairStyle::Afro),
        (2.0, HairStyle::Spiky),
    ],
    &[
        (14.0, HairStyle::Short),
        (12.0, HairStyle::Spiky),
        (4.0, HairStyle::Bob),
        (4.0, HairStyle::Long),
        (4.0, HairStyle::Ponytail),
        (2.0, HairStyle::Braid),
        (2.0, HairStyle::Bun),
        (3.0, HairStyle::Afro),
        (2.5, HairStyle::Mohawk),
        (3.0, HairStyle::Bald),
    ],
];
pub(super) const BANGS: &[(f32, Bangs)] = &[
    (6.0, Bangs::Full),
    (5.0, Bangs::Swept),
    (4.0, Bangs::Parted),
    (4.0, Bangs::Blunt),
    (2.0, Bangs::OverLeft),
    (2.0, Bangs::OverRight),
    (2.5, Bangs::Back),
];
pub(super) const PATTERNS: &[(f32, Pattern)] = &[
    (4.0, Pattern::Rings),
    (3.0, Pattern::Bars),
    (2.0, Pattern::Diagonal),
    (4.0, Pattern::Plaid),
    (3.0, Pattern::Dots),
    (2.0, Pattern::Checks),
    (1.5, Pattern::Stars),
    (2.5, Pattern::Flowers),
    (1.5, Pattern::Patches),
    (1.2, Pattern::Halves),
];
pub(super) const IRISES: &[(f32, Iris)] = &[
    (5.0, Iris::Bright),
    (4.0, Iris::Flat),
    (2.0, Iris::Ring),
    (1.5, Iris::Slit),
    (1.0, Iris::Hollow),
    (2.0, Iris::Dot),
    (0.6, Iris::Star),
];
pub(super) const PAINTS: &[(f32, FacePaint)] = &[
    (4.0, FacePaint::Soft),
    (4.0, FacePaint::Flat),
    (3.0, FacePaint::Cel),
    (1.5, FacePaint::Sketch),
    (2.0, FacePaint::Watercolour),
];
pub(super) const NOSES: &[(f32, Nose)] = &[(3.0, Nose::Soft), (3.0, Nose::Dot), (2.5, Nose::Line), (2.0, Nose::None)];
pub(super) const BLUSHES: &[(f32, Blush)] = &[
    (2.0, Blush::Both),
    (2.5, Blush::Soft),
    (1.5, Blush::Strokes),
    (1.2, Blush::Discs),
    (0.8, Blush::Band),
    (3.0, Blush::None),
];
/// Expressions at rest; an empty name is the plain face.
pub(super) const RESTS: &[(f32, &[(&str, f32, f32)])] = &[
    (7.0, &[]),
    (2.0, &[("happy", 0.25, 0.45)]),
    (1.5, &[("happy", 1.0, 1.0)]),
    (2.0, &[("angry", 0.5, 1.0)]),
    (1.5, &[("sad", 0.4, 1.0)]),
    (2.0, &[("relaxed", 0.4, 1.0)]),
    (1.0, &[("surprised", 0.5, 1.0)]),
    (1.2, &[("aa", 0.3, 1.0)]),
    (0.8, &[("oh", 0.3, 1.0)]),
    (0.8, &[("ee", 0.4, 1.0)]),
    (0.7, &[("angry", 0.6, 1.0), ("aa", 0.4, 0.8)]),
    (1.0, &[("blink", 1.0, 1.0)]),
    (0.5, &[("blinkLeft", 1.0, 1.0), ("ih", 0.4, 0.9)]),
    (0.5, &[("blinkRight", 1.0, 1.0), ("aa", 0.3, 0.7)]),
];
/// Extras that go with any outfit.
pub(super) const ANYWHERE: &[(f32, Thing)] = &[
    (0.06, Thing::CatEars),
    (0.03, Thing::CatTail),
    (0.04, Thing::RabbitEars),
    (0.03, Thing::FoxEars),
    (0.02, Thing::RoundEars),
    (0.03, Thing::Horns),
    (0.03, Thing::Halo),
    (0.02, Thing::Antenna),
    (0.07, Thing::Glasses),
    (0.06, Thing::Clip),
    (0.05, Thing::HairBand),
    (0.06, Thing::Bow),
    (0.04, Thing::Flower),
    (0.03, Thing::EyePatch),
    (0.03, Thing::PointedEars),
    (0.02, Thing::FeatherWings),
];
pub(super) const SKINS: &[(f32, u32)] = &[
    (5.0, 0xffe9dd),
    (4.0, 0xffe3d2),
    (3.0, 0xf6d3b8),
    (2.5, 0xe3b594),
    (2.0, 0xb98463),
    (1.5, 0x8a5a40),
    (0.7, 0x5e3b2c),
    (0.3, 0xcfd8e8),
    (0.2, 0xb9d6b0),
];
