//! What a character wears and carries, piece by piece: the vocabulary of character files.

use super::params::Rgb;
use serde::{Deserialize, Serialize};

/// Which side of the body. Left is the character's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// Both, or the middle.
    #[default]
    Both,
    /// Its left alone.
    Left,
    /// Its right alone.
    Right,
}

/// A piece of clothing. What is named later lies over what is named before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Garment {
    /// Its cut.
    pub piece: Piece,
    /// Which sleeve, stocking, glove … it is; what covers the trunk takes no notice.
    pub side: Side,
    /// 0: the shortest of its kind, 1: the usual, 2: the longest.
    pub length: f32,
    /// 0: close to the body, 1: the usual, 2: as wide as they come.
    pub width: f32,
    /// Colours and pattern.
    pub dye: Dye,
}

impl Default for Garment {
    fn default() -> Self {
        Self { piece: Piece::Shirt, side: Side::Both, length: 1.0, width: 1.0, dye: Dye::default() }
    }
}

/// Cuts of clothes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Piece {
    /// Up to the neck, without sleeves.
    Shirt,
    /// Cut out deep in front.
    VNeck,
    /// Cut out round.
    ScoopNeck,
    /// With straps over the shoulders.
    Tank,
    /// Ends under the shoulders.
    OffShoulder,
    /// From the middle of the ribs up.
    CropTop,
    /// Over a shirt, open in front, without sleeves.
    Vest,
    /// Open in front, to the hips.
    Jacket,
    /// Open in front, over the hips and further down.
    Coat,
    /// Closed, crossed in front, down the legs: kimono, gown.
    Robe,
    /// Plates over the chest.
    Breastplate,
    /// A pullover's bulk, with a band at the hem.
    Pullover,
    /// To the elbow and beyond.
    Sleeve,
    /// A ball at the shoulder.
    PuffedSleeve,
    /// Narrow above, wide at the hand.
    BellSleeve,
    /// Hanging down, as of a kimono.
    WideSleeve,
    /// Over hand and wrist.
    Glove,
    /// A plate around the forearm.
    Bracer,
    /// A plate over the shoulder.
    Pauldron,
    /// Smooth, wider to the hem.
    Skirt,
    /// In pleats.
    PleatedSkirt,
    /// In tiers.
    TieredSkirt,
    /// Close to the thighs.
    PencilSkirt,
    /// Open over one leg.
    SlitSkirt,
    /// A bell over hoops.
    BallSkirt,
    /// Short trousers.
    Shorts,
    /// Trousers.
    Trousers,
    /// Like a second skin.
    Leggings,
    /// Wider below the knee.
    Flares,
    /// Wide trousers in folds.
    Hakama,
    /// Gathered at the ankle.
    Bloomers,
    /// From the ankle (0) over the knee (1) to the thigh (2).
    Socks,
    /// Low shoes.
    Shoes,
    /// From the ankle (0) over the knee (1) to the thigh (2).
    Boots,
    /// A sole and straps on bare feet.
    Sandals,
    /// Plates over shins and knees.
    Greaves,
    /// Around the waist.
    Belt,
    /// Broad, tied behind.
    Sash,
    /// Before the skirt.
    Apron,
    /// Down the back.
    Cape,
    /// Over the shoulders, short.
    Capelet,
    /// Around the neck, an end hanging down.
    Scarf,
    /// On the shoulders.
    HoodDown,
    /// Over the head.
    HoodUp,
    /// Laid over.
    Collar,
    /// Between the lapels.
    Tie,
    /// At the neck.
    Bow,
    /// Around the neck.
    Choker,
    /// Over the shoulders, crossed behind.
    Suspenders,
    /// Two panels, before and behind.
    Tabard,
}

/// Colours and pattern of a piece.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Dye {
    /// The ground.
    pub colour: Rgb,
    /// Of the pattern and of trims.
    pub second: Rgb,
    /// What is repeated on the ground.
    pub pattern: Pattern,
    /// How often it is repeated around the body.
    pub repeats: u32,
    /// Share of the length that is a line of the second colour along the hem.
    pub trim: f32,
    /// How far the hem takes on the second colour.
    pub fade: f32,
    /// A sign on it.
    pub emblem: Option<Emblem>,
}

impl Default for Dye {
    fn default() -> Self {
        Self {
            colour: Rgb::hex(0xfdfbfa),
            second: Rgb::hex(0x34406f),
            pattern: Pattern::Plain,
            repeats: 12,
            trim: 0.0,
            fade: 0.0,
            emblem: None,
        }
    }
}

/// Patterns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pattern {
    /// None.
    Plain,
    /// Around the body.
    Rings,
    /// Along it.
    Bars,
    /// Slanting.
    Diagonal,
    /// Crossed.
    Plaid,
    /// Round spots.
    Dots,
    /// A chess board.
    Checks,
    /// Five points.
    Stars,
    /// Five petals here and there.
    Flowers,
    /// Patches without order.
    Patches,
    /// Halves of two colours.
    Halves,
}

/// A sign: random strokes in a frame, by its seed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Emblem {
    /// Where on the piece.
    pub place: EmblemPlace,
    /// Which sign.
    pub seed: u64,
    /// Factor.
    pub size: f32,
    /// Of its strokes.
    pub colour: Rgb,
}

impl Default for Emblem {
    fn default() -> Self {
        Self { place: EmblemPlace::Front, seed: 1, size: 1.0, colour: Rgb::hex(0xe2506a) }
    }
}

/// Where a sign is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EmblemPlace {
    /// The middle in front.
    Front,
    /// The middle behind.
    Back,
    /// In front on the left side.
    Left,
    /// In front on the right side.
    Right,
}

/// Something worn on the head or carried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Extra {
    /// What.
    pub thing: Thing,
    /// On which side, where it may be on either.
    pub side: Side,
    /// Factor.
    pub size: f32,
    /// Main colour.
    pub colour: Rgb,
    /// Inside of ears, band of hats, edges.
    pub second: Rgb,
}

impl Default for Extra {
    fn default() -> Self {
        Self { thing: Thing::Bow, side: Side::Both, size: 1.0, colour: Rgb::hex(0xe2506a), second: Rgb::hex(0xfdfbfa) }
    }
}

/// Things on head and body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Thing {
    Bow,
    HairBand,
    Clip,
    Flower,
    Headdress,
    CatEars,
    RabbitEars,
    FoxEars,
    RoundEars,
    Horns,
    CurledHorns,
    Antenna,
    Halo,
    Beret,
    Cap,
    WitchHat,
    Crown,
    Helmet,
    StrawHat,
    TopHat,
    Beanie,
    Headphones,
    Glasses,
    Goggles,
    Mask,
    EyePatch,
    Veil,
    PointedEars,
    CatTail,
    FoxTail,
    DevilTail,
    FeatherWings,
    BatWings,
    Backpack,
    ShoulderBag,
    Quiver,
    SwordAtBelt,
    SwordOnBack,
    Staff,
    Shield,
    Pouch,
}
