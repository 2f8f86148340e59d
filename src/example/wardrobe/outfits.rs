//! What goes together, as data: outfits as lists of slots, builds, and how likely each is.

use crate::example::wear::{Piece, Piece::*, Thing, Thing::*};

/// Which of a character's colours a piece is dyed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    Main,
    Second,
    Accent,
    Light,
    Dark,
    Leather,
    Metal,
}

/// One place in an outfit: with probability `p`, one of `pieces`.
pub(super) struct Slot {
    pub(super) p: f32,
    pub(super) pieces: &'static [Piece],
    pub(super) length: [f32; 2],
    pub(super) width: [f32; 2],
    pub(super) ink: Ink,
    /// Likelihood of a pattern.
    pub(super) pattern: f32,
}

const fn slot(p: f32, pieces: &'static [Piece], length: [f32; 2], width: [f32; 2], ink: Ink, pattern: f32) -> Slot {
    Slot { p, pieces, length, width, ink, pattern }
}

/// An outfit: how likely it is for feminine and masculine builds, its slots from the skin outwards, and what else belongs
/// to it, each with its probability.
pub(super) struct Outfit {
    pub(super) weights: [f32; 2],
    pub(super) slots: &'static [Slot],
    pub(super) things: &'static [(f32, Thing)],
}

const ANY: [f32; 2] = [0.0, 2.0];
const USUAL: [f32; 2] = [0.6, 1.4];
const SHORT: [f32; 2] = [0.0, 0.7];
const LONG: [f32; 2] = [1.3, 2.0];
const CLOSE: [f32; 2] = [0.0, 0.5];
const WIDE: [f32; 2] = [1.2, 2.0];

pub(super) const OUTFITS: &[Outfit] = &[
    // School uniform with blazer.
    Outfit {
        weights: [10.0, 8.0],
        slots: &[
            slot(1.0, &[VNeck, Shirt], USUAL, CLOSE, Ink::Light, 0.0),
            slot(1.0, &[PleatedSkirt], [0.0, 1.2], USUAL, Ink::Second, 0.6),
            slot(0.35, &[Vest], USUAL, CLOSE, Ink::Accent, 0.2),
            slot(0.6, &[Jacket], USUAL, CLOSE, Ink::Main, 0.0),
            slot(1.0, &[Sleeve], LONG, CLOSE, Ink::Main, 0.0),
            slot(0.5, &[Collar], SHORT, WIDE, Ink::Light, 0.0),
            slot(0.8, &[Tie, Piece::Bow], USUAL, USUAL, Ink::Accent, 0.3),
            slot(0.9, &[Socks], [0.3, 2.0], [1.0, 1.6], Ink::Dark, 0.2),
            slot(1.0, &[Shoes], USUAL, USUAL, Ink::Leather, 0.0),
        ],
        things: &[(0.2, ShoulderBag), (0.1, Backpack), (0.2, Glasses)],
    },
    // Street clothes.
    Outfit {
        weights: [9.0, 12.0],
        slots: &[
            slot(1.0, &[Shirt, ScoopNeck, CropTop, Tank], ANY, USUAL, Ink::Main, 0.4),
            slot(1.0, &[Shorts, Trousers, Leggings, Flares, Skirt], ANY, ANY, Ink::Second, 0.2),
            slot(0.8, &[Sleeve], SHORT, USUAL, Ink::Main, 0.1),
            slot(0.4, &[Jacket, Vest], USUAL, USUAL, Ink::Accent, 0.2),
            slot(0.4, &[Belt], USUAL, USUAL, Ink::Leather, 0.0),
            slot(0.6, &[Socks], ANY, WIDE, Ink::Light, 0.4),
            slot(1.0, &[Shoes, Boots], [0.0, 1.0], USUAL, Ink::Dark, 0.0),
            slot(0.15, &[Scarf], USUAL, USUAL, Ink::Accent, 0.4),
        ],
        things: &[(0.2, Headphones), (0.2, Cap), (0.15, Glasses), (0.2, Backpack), (0.15, ShoulderBag), (0.1, Beanie)],
    },
    // Pullover or hoodie.
    Outfit {
        weights: [7.0, 10.0],
        slots: &[
            slot(1.0, &[Shorts, Trousers, Leggings, PleatedSkirt], ANY, USUAL, Ink::Second, 0.2),
            slot(1.0, &[Pullover], [0.8, 2.0], [0.6, 2.0], Ink::Main, 0.4),
            slot(1.0, &[Sleeve], LONG, WIDE, Ink::Main, 0.2),
            slot(0.6, &[HoodDown, HoodUp], USUAL, USUAL, Ink::Main, 0.0),
            slot(0.5, &[Socks], ANY, WIDE, Ink::Light, 0.5),
            slot(1.0, &[Shoes], LONG, USUAL, Ink::Accent, 0.0),
        ],
        things: &[(0.25, Headphones), (0.2, Backpack), (0.2, CatEars), (0.1, Glasses)],
    },
    // Kimono.
    Outfit {
        weights: [7.0, 5.0],
        slots: &[
            slot(1.0, &[Robe], [0.3, 2.0], [0.0, 1.2], Ink::Main, 0.6),
            slot(1.0, &[WideSleeve], USUAL, [0.8, 2.0], Ink::Main, 0.6),
            slot(1.0, &[Sash], ANY, USUAL, Ink::Accent, 0.4),
            slot(0.5, &[Socks], SHORT, CLOSE, Ink::Light, 0.0),
            slot(1.0, &[Sandals], USUAL, USUAL, Ink::Leather, 0.0),
        ],
        things: &[(0.4, Flower), (0.2, FoxEars), (0.2, FoxTail), (0.15, SwordAtBelt)],
    },
    // Shrine and dojo.
    Outfit {
        weights: [4.0, 4.0],
        slots: &[
            slot(1.0, &[Hakama], LONG, ANY, Ink::Second, 0.1),
            slot(1.0, &[VNeck], [0.0, 0.4], CLOSE, Ink::Light, 0.0),
            slot(0.9, &[WideSleeve], USUAL, USUAL, Ink::Light, 0.0),
            slot(1.0, &[Sash], [0.0, 0.8], USUAL, Ink::Accent, 0.0),
            slot(1.0, &[Sandals], USUAL, USUAL, Ink::Leather, 0.0),
        ],
        things: &[(0.3, SwordAtBelt), (0.2, FoxEars), (0.2, FoxTail), (0.2, Headdress)],
    },
    // Dress.
    Outfit {
        weights: [9.0, 0.0],
        slots: &[
            slot(1.0, &[ScoopNeck, OffShoulder, VNeck, Tank], SHORT, CLOSE, Ink::Main, 0.3),
            slot(1.0, &[Skirt, TieredSkirt, PleatedSkirt, SlitSkirt], ANY, ANY, Ink::Main, 0.4),
            slot(0.6, &[PuffedSleeve, BellSleeve, Sleeve], ANY, ANY, Ink::Main, 0.1),
            slot(0.6, &[Sash, Belt], SHORT, USUAL, Ink::Accent, 0.0),
            slot(0.4, &[Choker], ANY, USUAL, Ink::Dark, 0.0),
            slot(0.3, &[Collar], ANY, ANY, Ink::Light, 0.0),
            slot(0.4, &[Socks], [0.0, 2.0], CLOSE, Ink::Light, 0.2),
            slot(1.0, &[Shoes, Sandals], SHORT, USUAL, Ink::Accent, 0.0),
        ],
        things: &[(0.3, StrawHat), (0.3, Flower), (0.2, Thing::Bow), (0.1, ShoulderBag)],
    },
    // Gown.
    Outfit {
        weights: [5.0, 0.0],
        slots: &[
            slot(1.0, &[OffShoulder, VNeck, ScoopNeck], SHORT, CLOSE, Ink::Main, 0.2),
            slot(1.0, &[BallSkirt, TieredSkirt], [0.8, 2.0], [0.8, 2.0], Ink::Main, 0.3),
            slot(0.7, &[PuffedSleeve, BellSleeve], ANY, WIDE, Ink::Second, 0.0),
            slot(0.6, &[Glove], [0.8, 2.0], CLOSE, Ink::Light, 0.0),
            slot(0.6, &[Choker], LONG, USUAL, Ink::Metal, 0.0),
            slot(0.3, &[Cape], LONG, USUAL, Ink::Accent, 0.2),
            slot(0.5, &[Sash], SHORT, USUAL, Ink::Accent, 0.0),
            slot(1.0, &[Shoes], SHORT, USUAL, Ink::Accent, 0.0),
        ],
        things: &[(0.5, Crown), (0.2, Veil), (0.3, Flower), (0.15, FeatherWings)],
    },
    // Maid and waiter.
    Outfit {
        weights: [5.0, 1.0],
        slots: &[
            slot(1.0, &[Shirt], SHORT, CLOSE, Ink::Dark, 0.0),
            slot(1.0, &[Skirt, BallSkirt, PleatedSkirt], [0.2, 1.6], [0.8, 2.0], Ink::Dark, 0.0),
            slot(1.0, &[PuffedSleeve, Sleeve], ANY, USUAL, Ink::Dark, 0.0),
            slot(1.0, &[Apron], [0.2, 1.2], ANY, Ink::Light, 0.0),
            slot(0.8, &[Collar], SHORT, ANY, Ink::Light, 0.0),
            slot(0.6, &[Piece::Bow], [0.0, 0.6], USUAL, Ink::Accent, 0.0),
            slot(0.8, &[Socks], [1.0, 2.0], CLOSE, Ink::Light, 0.1),
            slot(1.0, &[Shoes, Boots], SHORT, USUAL, Ink::Leather, 0.0),
        ],
        things: &[(0.8, Headdress), (0.2, CatEars), (0.2, CatTail), (0.1, Glasses)],
    },
    // Knight.
    Outfit {
        weights: [4.0, 7.0],
        slots: &[
            slot(1.0, &[Shirt], USUAL, CLOSE, Ink::Main, 0.0),
            slot(1.0, &[Trousers, Leggings, PleatedSkirt], ANY, CLOSE, Ink::Dark, 0.0),
            slot(1.0, &[Sleeve], LONG, CLOSE, Ink::Main, 0.1),
            slot(0.9, &[Breastplate], USUAL, USUAL, Ink::Metal, 0.0),
            slot(0.5, &[Tabard], USUAL, USUAL, Ink::Accent, 0.1),
            slot(0.8, &[Belt], USUAL, USUAL, Ink::Leather, 0.0),
            slot(1.0, &[Boots], [0.6, 1.6], USUAL, Ink::Metal, 0.0),
            slot(0.7, &[Greaves], USUAL, USUAL, Ink::Metal, 0.0),
            slot(0.7, &[Bracer], USUAL, USUAL, Ink::Metal, 0.0),
            slot(0.8, &[Pauldron], ANY, ANY, Ink::Metal, 0.0),
            slot(0.5, &[Glove], SHORT, CLOSE, Ink::Dark, 0.0),
            slot(0.6, &[Cape], LONG, ANY, Ink::Accent, 0.1),
        ],
        things: &[(0.5, SwordAtBelt), (0.2, SwordOnBack), (0.3, Shield), (0.2, Helmet), (0.1, FeatherWings)],
    },
    // Mage.
    Outfit {
        weights: [6.0, 5.0],
        slots: &[
            slot(1.0, &[Robe], [0.6, 2.0], ANY, Ink::Main, 0.3),
            slot(0.9, &[WideSleeve, BellSleeve], [0.8, 2.0], ANY, Ink::Main, 0.2),
            slot(0.8, &[Belt, Sash], ANY, USUAL, Ink::Leather, 0.0),
            slot(0.6, &[Capelet, Cape, HoodUp, Scarf], ANY, ANY, Ink::Accent, 0.3),
            slot(1.0, &[Boots], [0.2, 1.0], USUAL, Ink::Leather, 0.0),
            slot(0.3, &[Choker], LONG, USUAL, Ink::Metal, 0.0),
        ],
        things: &[(0.5, WitchHat), (0.5, Staff), (0.15, Horns), (0.15, PointedEars), (0.2, Pouch)],
    },
    // Adventurer.
    Outfit {
        weights: [7.0, 9.0],
        slots: &[
            slot(1.0, &[Shirt, VNeck, CropTop], USUAL, USUAL, Ink::Light, 0.1),
            slot(1.0, &[Trousers, Shorts, Skirt, Leggings, Bloomers], ANY, ANY, Ink::Second, 0.1),
            slot(0.8, &[Sleeve, PuffedSleeve, BellSleeve], ANY, ANY, Ink::Light, 0.0),
            slot(0.6, &[Vest, Coat, Jacket], ANY, ANY, Ink::Main, 0.1),
            slot(0.9, &[Belt], ANY, USUAL, Ink::Leather, 0.0),
            slot(1.0, &[Boots], [0.6, 2.0], ANY, Ink::Leather, 0.0),
            slot(0.5, &[Glove], [0.0, 1.2], USUAL, Ink::Leather, 0.0),
            slot(0.4, &[Bracer], USUAL, USUAL, Ink::Metal, 0.0),
            slot(0.4, &[Scarf], ANY, USUAL, Ink::Accent, 0.2),
            slot(0.3, &[Cape, Capelet], ANY, ANY, Ink::Accent, 0.1),
            slot(0.25, &[Pauldron], ANY, USUAL, Ink::Metal, 0.0),
        ],
        things: &[
            (0.3, Pouch),
            (0.25, Quiver),
            (0.25, SwordOnBack),
            (0.2, SwordAtBelt),
            (0.2, Goggles),
            (0.2, PointedEars),
            (0.15, Backpack),
        ],
    },
    // Long coat.
    Outfit {
        weights: [5.0, 7.0],
        slots: &[
            slot(1.0, &[Shirt, VNeck], USUAL, CLOSE, Ink::Light, 0.1),
            slot(1.0, &[Trousers, PencilSkirt, Leggings, Shorts], ANY, CLOSE, Ink::Dark, 0.1),
            slot(0.4, &[Vest], USUAL, CLOSE, Ink::Second, 0.2),
            slot(1.0, &[Coat], ANY, ANY, Ink::Main, 0.1),
            slot(1.0, &[Sleeve], LONG, USUAL, Ink::Main, 0.0),
            slot(0.5, &[Tie, Piece::Bow], USUAL, USUAL, Ink::Accent, 0.2),
            slot(0.4, &[Scarf], ANY, WIDE, Ink::Accent, 0.4),
            slot(1.0, &[Boots, Shoes], [0.3, 1.3], USUAL, Ink::Leather, 0.0),
            slot(0.3, &[Glove], SHORT, CLOSE, Ink::Dark, 0.0),
        ],
        things: &[(0.2, TopHat), (0.2, Glasses), (0.2, Beret), (0.1, EyePatch), (0.15, ShoulderBag)],
    },
    // Sports.
    Outfit {
        weights: [5.0, 6.0],
        slots: &[
            slot(1.0, &[Tank, CropTop, Shirt], ANY, USUAL, Ink::Main, 0.4),
            slot(1.0, &[Shorts, Leggings], ANY, ANY, Ink::Second, 0.3),
            slot(0.4, &[Sleeve], SHORT, USUAL, Ink::Main, 0.1),
            slot(0.3, &[Jacket], SHORT, WIDE, Ink::Accent, 0.2),
            slot(0.7, &[Socks], [0.0, 1.2], WIDE, Ink::Light, 0.4),
            slot(1.0, &[Shoes], LONG, USUAL, Ink::Accent, 0.0),
        ],
        things: &[(0.3, HairBand), (0.2, Cap), (0.15, Goggles)],
    },
    // Suit and shirt.
    Outfit {
        weights: [3.0, 6.0],
        slots: &[
            slot(1.0, &[VNeck, Shirt], USUAL, CLOSE, Ink::Light, 0.1),
            slot(1.0, &[Trousers, PencilSkirt, Flares], [0.8, 1.6], CLOSE, Ink::Main, 0.2),
            slot(0.5, &[Vest], USUAL, CLOSE, Ink::Second, 0.3),
            slot(0.6, &[Jacket], [0.8, 1.6], CLOSE, Ink::Main, 0.2),
            slot(1.0, &[Sleeve], [0.8, 2.0], CLOSE, Ink::Main, 0.1),
            slot(0.3, &[Suspenders], USUAL, USUAL, Ink::Dark, 0.0),
            slot(0.6, &[Collar], SHORT, WIDE, Ink::Light, 0.0),
            slot(0.8, &[Tie, Piece::Bow], USUAL, CLOSE, Ink::Accent, 0.4),
            slot(1.0, &[Shoes], USUAL, USUAL, Ink::Leather, 0.0),
        ],
        things: &[(0.35, Glasses), (0.15, TopHat), (0.1, EyePatch)],
    },
    // Stage.
    Outfit {
        weights: [6.0, 3.0],
        slots: &[
            slot(1.0, &[CropTop, OffShoulder, Tank, Shirt], ANY, CLOSE, Ink::Main, 0.3),
            slot(1.0, &[TieredSkirt, PleatedSkirt, Shorts, BallSkirt], SHORT, ANY, Ink::Second, 0.4),
            slot(0.6, &[PuffedSleeve, BellSleeve], ANY, WIDE, Ink::Accent, 0.1),
            slot(0.5, &[Glove], ANY, CLOSE, Ink::Light, 0.1),
            slot(0.5, &[Choker], ANY, USUAL, Ink::Dark, 0.0),
            slot(0.5, &[Piece::Bow], ANY, WIDE, Ink::Accent, 0.1),
            slot(0.5, &[Capelet, Cape], ANY, ANY, Ink::Main, 0.1),
            slot(0.8, &[Socks, Boots], LONG, CLOSE, Ink::Light, 0.5),
            slot(1.0, &[Shoes], USUAL, USUAL, Ink::Accent, 0.0),
        ],
        things: &[
            (0.3, Thing::Bow),
            (0.2, Crown),
            (0.2, CatEars),
            (0.2, RabbitEars),
            (0.2, Headphones),
            (0.15, FeatherWings),
        ],
    },
    // Night.
    Outfit {
        weights: [5.0, 5.0],
        slots: &[
            slot(1.0, &[OffShoulder, VNeck, Tank], ANY, CLOSE, Ink::Dark, 0.2),
            slot(1.0, &[SlitSkirt, Leggings, Trousers, TieredSkirt], ANY, ANY, Ink::Dark, 0.1),
            slot(0.6, &[BellSleeve, Sleeve, Glove], ANY, ANY, Ink::Dark, 0.1),
            slot(0.4, &[Coat, Cape, HoodUp], LONG, ANY, Ink::Accent, 0.1),
            slot(0.5, &[Choker], ANY, USUAL, Ink::Accent, 0.0),
            slot(0.5, &[Belt], ANY, USUAL, Ink::Metal, 0.0),
            slot(1.0, &[Boots], ANY, CLOSE, Ink::Dark, 0.0),
        ],
        things: &[
            (0.5, Horns),
            (0.3, CurledHorns),
            (0.5, BatWings),
            (0.5, DevilTail),
            (0.1, EyePatch),
            (0.2, PointedEars),
        ],
    },
    // Winter.
    Outfit {
        weights: [4.0, 4.0],
        slots: &[
            slot(1.0, &[Shirt], USUAL, CLOSE, Ink::Light, 0.0),
            slot(1.0, &[Leggings, Trousers, Skirt], ANY, USUAL, Ink::Dark, 0.2),
            slot(1.0, &[Coat, Pullover], ANY, WIDE, Ink::Main, 0.2),
            slot(1.0, &[Sleeve], LONG, WIDE, Ink::Main, 0.0),
            slot(0.8, &[Scarf], ANY, WIDE, Ink::Accent, 0.5),
            slot(0.5, &[Glove], SHORT, WIDE, Ink::Accent, 0.1),
            slot(1.0, &[Boots], [0.4, 1.2], WIDE, Ink::Leather, 0.0),
        ],
        things: &[(0.5, Beanie), (0.2, Beret), (0.2, Headphones), (0.1, Backpack)],
    },
    // Shadow.
    Outfit {
        weights: [3.0, 4.0],
        slots: &[
            slot(1.0, &[VNeck, Shirt, Tank], USUAL, CLOSE, Ink::Dark, 0.0),
            slot(1.0, &[Leggings, Bloomers, Hakama, Shorts], ANY, USUAL, Ink::Dark, 0.0),
            slot(0.7, &[Sash], ANY, USUAL, Ink::Accent, 0.0),
            slot(0.6, &[Sleeve, Glove], ANY, CLOSE, Ink::Main, 0.2),
            slot(0.7, &[Bracer], USUAL, USUAL, Ink::Metal, 0.0),
            slot(0.6, &[Scarf, HoodUp], LONG, USUAL, Ink::Accent, 0.1),
            slot(0.6, &[Greaves], USUAL, USUAL, Ink::Metal, 0.0),
            slot(1.0, &[Boots, Sandals], SHORT, CLOSE, Ink::Dark, 0.0),
        ],
        things: &[(0.6, Mask), (0.4, SwordOnBack), (0.2, Pouch), (0.1, EyePatch)],
    },
    // Overalls and play.
    Outfit {
        weights: [4.0, 4.0],
        slots: &[
            slot(1.0, &[Shirt, ScoopNeck], USUAL, USUAL, Ink::Light, 0.6),
            slot(1.0, &[Sleeve], [0.0, 1.4], WIDE, Ink::Light, 0.6),
            slot(1.0, &[Trousers, Shorts, Skirt], ANY, USUAL, Ink::Main, 0.2),
            slot(0.8, &[Suspenders], USUAL, USUAL, Ink::Main, 0.0),
            slot(0.3, &[Apron], USUAL, [1.2, 2.0], Ink::Second, 0.2),
            slot(0.6, &[Socks], ANY, WIDE, Ink::Accent, 0.6),
            slot(1.0, &[Shoes, Boots], [0.2, 1.0], USUAL, Ink::Accent, 0.0),
        ],
        things: &[(0.3, StrawHat), (0.2, Goggles), (0.2, Backpack), (0.2, Pouch), (0.2, RoundEars)],
    },
];

/// How bodies are built: ranges of heads in the height, then of factors.
pub(super) struct BuildKind {
    /// How likely.
    pub(super) weight: f32,
    /// Likelihood of the masculine outfits and hair.
    pub(super) masculine: f32,
    pub(super) heads: [f32; 2],
    pub(super) height_m: [f32; 2],
    pub(super) legs: [f32; 2],
    pub(super) torso: [f32; 2],
    pub(super) arms: [f32; 2],
    pub(super) girth: [f32; 2],
    pub(super) shoulders: [f32; 2],
    pub(super) hips: [f32; 2],
    pub(super) bust: [f32; 2],
    /// Thickness of the limbs.
    pub(super) limbs: [f32; 2],
    pub(super) hands: [f32; 2],
    pub(super) feet: [f32; 2],
    pub(super) belly: [f32; 2],
    pub(super) face: [f32; 2],
    pub(super) eyes: [f32; 2],
}

const fn build(
    weight: f32,
    masculine: f32,
    heads: [f32; 2],
    height_m: [f32; 2],
    [legs, torso, arms, girth, shoulders, hips]: [[f32; 2]; 6],
    [bust, limbs, hands, feet, belly, face, eyes]: [[f32; 2]; 7],
) -> BuildKind {
    BuildKind {
        weight,
        masculine,
        heads,
        height_m,
        legs,
        torso,
        arms,
        girth,
        shoulders,
        hips,
        bust,
        limbs,
        hands,
        feet,
        belly,
        face,
        eyes,
    }
}

pub(super) const BUILDS: &[BuildKind] = &[
    // Two heads, and three.
    build(
        9.0,
        0.4,
        [2.0, 2.7],
        [0.6, 0.8],
        [[0.40, 0.55], [0.62, 0.75], [0.50, 0.65], [1.15, 1.40], [0.85, 1.0], [0.90, 1.05]],
        [[0.0, 0.6], [1.2, 1.6], [0.9, 1.5], [1.0, 1.6], [0.0, 0.8], [0.70, 0.88], [1.02, 1.16]],
    ),
    build(
        9.0,
        0.4,
        [2.8, 4.0],
        [0.8, 1.05],
        [[0.55, 0.75], [0.72, 0.88], [0.62, 0.80], [1.05, 1.30], [0.88, 1.05], [0.92, 1.05]],
        [[0.0, 0.8], [1.0, 1.4], [0.9, 1.4], [0.9, 1.5], [0.0, 0.6], [0.78, 0.95], [1.0, 1.14]],
    ),
    // Child.
    build(
        10.0,
        0.45,
        [4.4, 5.5],
        [1.05, 1.35],
        [[0.78, 0.92], [0.86, 0.98], [0.84, 0.95], [0.95, 1.12], [0.88, 1.0], [0.88, 0.98]],
        [[0.0, 0.1], [0.95, 1.2], [0.9, 1.2], [0.95, 1.25], [0.0, 0.4], [0.88, 1.0], [0.98, 1.10]],
    ),
    // Girl, woman.
    build(
        22.0,
        0.0,
        [5.7, 6.8],
        [1.45, 1.65],
        [[0.92, 1.08], [0.95, 1.04], [0.94, 1.04], [0.90, 1.10], [0.92, 1.05], [0.94, 1.10]],
        [[0.2, 1.4], [0.85, 1.15], [0.85, 1.15], [0.85, 1.15], [0.0, 0.2], [0.92, 1.05], [0.92, 1.08]],
    ),
    build(
        14.0,
        0.0,
        [6.7, 7.6],
        [1.60, 1.80],
        [[1.04, 1.18], [0.96, 1.06], [0.98, 1.10], [0.88, 1.14], [0.95, 1.12], [0.98, 1.20]],
        [[0.6, 2.2], [0.85, 1.2], [0.85, 1.1], [0.85, 1.1], [0.0, 0.2], [1.0, 1.15], [0.80, 0.98]],
    ),
    // Boy, man.
    build(
        13.0,
        1.0,
        [5.6, 6.8],
        [1.45, 1.70],
        [[0.92, 1.08], [0.95, 1.05], [0.95, 1.06], [0.92, 1.12], [0.98, 1.15], [0.85, 0.97]],
        [[0.0, 0.0], [0.9, 1.25], [0.95, 1.3], [0.95, 1.3], [0.0, 0.3], [0.96, 1.10], [0.82, 0.98]],
    ),
    build(
        11.0,
        1.0,
        [6.9, 7.8],
        [1.70, 1.92],
        [[1.02, 1.15], [0.98, 1.10], [1.0, 1.12], [0.98, 1.22], [1.15, 1.42], [0.86, 1.0]],
        [[0.0, 0.3], [1.0, 1.4], [1.0, 1.4], [1.0, 1.35], [0.0, 0.4], [1.06, 1.22], [0.72, 0.90]],
    ),
    // Hero, stout, long-limbed.
    build(
        5.0,
        0.9,
        [7.6, 8.5],
        [1.85, 2.1],
        [[1.05, 1.18], [1.0, 1.12], [1.05, 1.18], [1.12, 1.35], [1.35, 1.65], [0.88, 1.0]],
        [[0.4, 1.0], [1.3, 1.75], [1.2, 1.6], [1.1, 1.5], [0.0, 0.2], [1.10, 1.25], [0.68, 0.84]],
    ),
    build(
        6.0,
        0.6,
        [4.6, 6.6],
        [1.40, 1.75],
        [[0.78, 0.98], [0.95, 1.08], [0.88, 1.0], [1.22, 1.50], [1.0, 1.2], [1.0, 1.15]],
        [[0.2, 1.4], [1.2, 1.6], [1.0, 1.4], [1.0, 1.4], [0.6, 1.6], [0.92, 1.1], [0.80, 1.0]],
    ),
    build(
        6.0,
        0.45,
        [7.6, 8.5],
        [1.65, 1.95],
        [[1.18, 1.36], [0.90, 1.05], [1.10, 1.25], [0.78, 0.94], [0.92, 1.15], [0.88, 1.02]],
        [[0.0, 1.2], [0.68, 0.88], [0.9, 1.3], [0.9, 1.25], [0.0, 0.0], [1.0, 1.18], [0.76, 0.95]],
    ),
];
