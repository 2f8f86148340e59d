//! What can be chosen by name, in words for people.

use crate::example::params::{Bangs, EyeShape, HairStyle, Iris, Nose, OutfitKind};
use crate::example::wear::{Pattern, Piece, Side, Thing};

/// Values with their names.
pub type Words<T> = &'static [(T, &'static str)];

/// Cuts of hair.
pub static HAIR_STYLES: Words<HairStyle> = &[
    (HairStyle::Bob, "Bob"),
    (HairStyle::Long, "Long"),
    (HairStyle::Ponytail, "Ponytail"),
    (HairStyle::Twintails, "Twin tails"),
    (HairStyle::Short, "Short"),
    (HairStyle::SideTail, "Side tail"),
    (HairStyle::LowTails, "Two low tails"),
    (HairStyle::Braids, "Two braids"),
    (HairStyle::Braid, "One braid"),
    (HairStyle::Buns, "Two buns"),
    (HairStyle::Bun, "Bun"),
    (HairStyle::Drills, "Drill curls"),
    (HairStyle::Hime, "Hime cut"),
    (HairStyle::Afro, "Afro"),
    (HairStyle::Mohawk, "Mohawk"),
    (HairStyle::Spiky, "Spiky"),
    (HairStyle::Bald, "None"),
];

/// What covers the forehead.
pub static BANGS: Words<Bangs> = &[
    (Bangs::Full, "Full"),
    (Bangs::Swept, "Swept aside"),
    (Bangs::Parted, "Parted"),
    (Bangs::Blunt, "Cut straight"),
    (Bangs::OverLeft, "Over the left eye"),
    (Bangs::OverRight, "Over the right eye"),
    (Bangs::Back, "Combed back"),
];

/// Cuts of eyes.
pub static EYE_SHAPES: Words<EyeShape> = &[
    (EyeShape::Round, "Round"),
    (EyeShape::Raised, "Raised"),
    (EyeShape::Drooping, "Drooping"),
    (EyeShape::Narrow, "Narrow"),
];

/// How irises are painted.
pub static IRISES: Words<Iris> = &[
    (Iris::Bright, "Bright"),
    (Iris::Flat, "Flat"),
    (Iris::Ring, "Ring"),
    (Iris::Slit, "Slit"),
    (Iris::Hollow, "Hollow"),
    (Iris::Dot, "Dot"),
    (Iris::Star, "Star"),
];

/// How noses are drawn.
pub static NOSES: Words<Nose> = &[(Nose::Soft, "Soft"), (Nose::Dot, "Dot"), (Nose::Line, "Line"), (Nose::None, "None")];

/// Clothes of one cut, which are worn where no pieces are chosen.
pub static OUTFITS: Words<OutfitKind> = &[
    (OutfitKind::Sailor, "Sailor uniform"),
    (OutfitKind::Hoodie, "Hoodie and trousers"),
    (OutfitKind::Dress, "Dress"),
];

/// On which side something is. Left is the figure's own.
pub static SIDES: Words<Side> = &[(Side::Both, "Both sides"), (Side::Left, "Its left"), (Side::Right, "Its right")];

/// Patterns of cloth.
pub static PATTERNS: Words<Pattern> = &[
    (Pattern::Plain, "Plain"),
    (Pattern::Rings, "Rings"),
    (Pattern::Bars, "Stripes"),
    (Pattern::Diagonal, "Diagonal stripes"),
    (Pattern::Plaid, "Plaid"),
    (Pattern::Dots, "Dots"),
    (Pattern::Checks, "Checks"),
    (Pattern::Stars, "Stars"),
    (Pattern::Flowers, "Flowers"),
    (Pattern::Patches, "Patches"),
    (Pattern::Halves, "Two halves"),
];

/// Pieces of clothing, by where they are worn.
pub static GARMENTS: &[(&str, Words<Piece>)] = &[
    (
        "Tops",
        &[
            (Piece::Shirt, "Shirt"),
            (Piece::VNeck, "V-neck"),
            (Piece::ScoopNeck, "Round neck"),
            (Piece::Tank, "Tank top"),
            (Piece::OffShoulder, "Off-shoulder top"),
            (Piece::CropTop, "Crop top"),
            (Piece::Pullover, "Pullover"),
            (Piece::Breastplate, "Breastplate"),
        ],
    ),
    (
        "Skirts and trousers",
        &[
            (Piece::Skirt, "Smooth skirt"),
            (Piece::PleatedSkirt, "Pleated skirt"),
            (Piece::TieredSkirt, "Tiered skirt"),
            (Piece::PencilSkirt, "Pencil skirt"),
            (Piece::SlitSkirt, "Skirt with a slit"),
            (Piece::BallSkirt, "Ball skirt"),
            (Piece::Shorts, "Shorts"),
            (Piece::Trousers, "Trousers"),
            (Piece::Leggings, "Leggings"),
            (Piece::Flares, "Flares"),
            (Piece::Hakama, "Hakama"),
            (Piece::Bloomers, "Bloomers"),
        ],
    ),
    (
        "Over it",
        &[
            (Piece::Vest, "Vest"),
            (Piece::Jacket, "Jacket"),
            (Piece::Coat, "Coat"),
            (Piece::Robe, "Robe"),
            (Piece::Cape, "Cape"),
            (Piece::Capelet, "Capelet"),
            (Piece::Apron, "Apron"),
            (Piece::Tabard, "Tabard"),
            (Piece::Suspenders, "Suspenders"),
        ],
    ),
    (
        "Arms",
        &[
            (Piece::Sleeve, "Sleeves"),
            (Piece::PuffedSleeve, "Puffed sleeves"),
            (Piece::BellSleeve, "Bell sleeves"),
            (Piece::WideSleeve, "Wide sleeves"),
            (Piece::Glove, "Gloves"),
            (Piece::Bracer, "Bracers"),
            (Piece::Pauldron, "Shoulder plates"),
        ],
    ),
    (
        "Neck and waist",
        &[
            (Piece::Collar, "Collar"),
            (Piece::Tie, "Tie"),
            (Piece::Bow, "Bow"),
            (Piece::Scarf, "Scarf"),
            (Piece::Choker, "Choker"),
            (Piece::HoodDown, "Hood, down"),
            (Piece::HoodUp, "Hood, up"),
            (Piece::Belt, "Belt"),
            (Piece::Sash, "Sash"),
        ],
    ),
    (
        "Legs and feet",
        &[
            (Piece::Socks, "Socks"),
            (Piece::Shoes, "Shoes"),
            (Piece::Boots, "Boots"),
            (Piece::Sandals, "Sandals"),
            (Piece::Greaves, "Greaves"),
        ],
    ),
];

/// Things on head and body, by where they are.
pub static THINGS: &[(&str, Words<Thing>)] = &[
    (
        "Head",
        &[
            (Thing::CatEars, "Cat ears"),
            (Thing::RabbitEars, "Rabbit ears"),
            (Thing::FoxEars, "Fox ears"),
            (Thing::RoundEars, "Round ears"),
            (Thing::Horns, "Horns"),
            (Thing::CurledHorns, "Curled horns"),
            (Thing::Antenna, "Antenna"),
            (Thing::Halo, "Halo"),
            (Thing::PointedEars, "Pointed ears"),
            (Thing::Bow, "Bow in the hair"),
            (Thing::HairBand, "Hair band"),
            (Thing::Clip, "Hair clip"),
            (Thing::Flower, "Flower in the hair"),
            (Thing::Headdress, "Headdress"),
        ],
    ),
    (
        "Hats",
        &[
            (Thing::Beret, "Beret"),
            (Thing::Cap, "Cap"),
            (Thing::WitchHat, "Witch hat"),
            (Thing::Crown, "Crown"),
            (Thing::Helmet, "Helmet"),
            (Thing::StrawHat, "Straw hat"),
            (Thing::TopHat, "Top hat"),
            (Thing::Beanie, "Beanie"),
            (Thing::Headphones, "Headphones"),
            (Thing::Veil, "Veil"),
        ],
    ),
    (
        "Face",
        &[
            (Thing::Glasses, "Glasses"),
            (Thing::Goggles, "Goggles"),
            (Thing::Mask, "Mask"),
            (Thing::EyePatch, "Eye patch"),
        ],
    ),
    (
        "Tails and wings",
        &[
            (Thing::CatTail, "Cat tail"),
            (Thing::FoxTail, "Fox tail"),
            (Thing::DevilTail, "Devil tail"),
            (Thing::FeatherWings, "Feather wings"),
            (Thing::BatWings, "Bat wings"),
        ],
    ),
    (
        "Carried",
        &[
            (Thing::Backpack, "Backpack"),
            (Thing::ShoulderBag, "Shoulder bag"),
            (Thing::Quiver, "Quiver"),
            (Thing::SwordAtBelt, "Sword at the belt"),
            (Thing::SwordOnBack, "Sword on the back"),
            (Thing::Staff, "Staff"),
            (Thing::Shield, "Shield"),
            (Thing::Pouch, "Pouch"),
        ],
    ),
];
