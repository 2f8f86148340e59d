//! A character by lot: one seed, one character. How likely what is stands in [`super::outfits`] and [`super::odds`].

use super::odds::{ANYWHERE, ASYMMETRIC, BANGS, BLUSHES, HAIR, IRISES, NOSES, PAINTS, PATTERNS, RESTS, SKINS};
use super::outfits::{BUILDS, BuildKind, Ink, OUTFITS, Outfit, Slot};
use crate::example::params::{
    Accessories, Bangs, Build, CharacterParams, EyeShape, Eyes, Face, Hair, HairStyle, Mark, Rgb,
};
use crate::example::skeleton::head_factor;
use crate::example::wear::{Dye, Emblem, EmblemPlace, Extra, Garment, Pattern, Piece, Side, Thing};
use crate::lot::Lot;
use std::collections::BTreeMap;

impl Lot {
    fn weigh<T: Copy>(&mut self, from: &[(f32, T)]) -> T {
        let mut left = self.share() * from.iter().map(|f| f.0).sum::<f32>();
        for &(weight, value) in from {
            left -= weight;
            if left < 0.0 {
                return value;
            }
        }
        from[from.len() - 1].1
    }

    fn within(&mut self, [low, high]: [f32; 2]) -> f32 {
        self.between(low, high)
    }

    fn hits(&mut self, p: f32) -> bool {
        self.share() < p
    }
}

/// The colours of one character.
struct Palette {
    inks: [Rgb; 7],
}

impl Palette {
    fn new(lot: &mut Lot) -> Self {
        let hue = lot.between(0.0, 360.0);
        let away = lot.weigh(&[(3.0, 30.0), (2.0, 180.0), (2.0, 150.0), (2.0, 120.0), (1.0, 0.0), (2.0, 60.0)]);
        let away = if lot.hits(0.5) { away } else { -away };
        let vivid = lot.weigh(&[(3.0, 0.25), (4.0, 0.5), (3.0, 0.8)]);
        let tone = |lot: &mut Lot, hue: f32, value: [f32; 2]| {
            Rgb::hsv(hue, (vivid * lot.between(0.6, 1.25)).min(1.0), lot.within(value))
        };
        let main = match lot.below(4) {
            0 => [0.85, 1.0],
            1 => [0.25, 0.45],
            _ => [0.5, 0.85],
        };
        let grey = lot.between(0.0, 0.25);
        let inks = [
            tone(lot, hue, main),
            tone(lot, hue + away, [0.25, 0.85]),
            tone(lot, hue - 1.3 * away + 20.0, [0.6, 1.0]),
            Rgb::hsv(hue + away, lot.between(0.0, 0.14), lot.between(0.90, 1.0)),
            Rgb::hsv(hue, 0.2 + grey, lot.between(0.12, 0.32)),
            Rgb::hsv(lot.between(10.0, 40.0), lot.between(0.2, 0.65), lot.between(0.2, 0.6)),
            Rgb::hsv(
                lot.weigh(&[(3.0, 215.0), (2.0, 42.0), (1.0, 10.0)]),
                lot.between(0.05, 0.5),
                lot.between(0.6, 0.95),
            ),
        ];
        Self { inks }
    }

    fn ink(&self, ink: Ink) -> Rgb {
        self.inks[ink as usize]
    }

    /// Another colour than `not`, to lie on it.
    fn other(&self, lot: &mut Lot, not: Rgb) -> Rgb {
        let far = |c: Rgb| c.0.iter().zip(not.0).map(|(a, b)| (i32::from(*a) - i32::from(b)).abs()).sum::<i32>() > 90;
        for _ in 0..6 {
            let colour = self.inks[lot.below(6)];
            if far(colour) {
                return colour;
            }
        }
        if not.0.iter().map(|&c| u32::from(c)).sum::<u32>() > 380 { Rgb::hex(0x2a2634) } else { Rgb::hex(0xf6f2ee) }
    }
}

/// A character drawn by lot; the same for the same seed.
pub(in crate::example) fn character(seed: u64) -> CharacterParams {
    let lot = &mut Lot::new(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 0x77a2_d20b);
    let kinds: Vec<(f32, usize)> = BUILDS.iter().enumerate().map(|(i, kind)| (kind.weight, i)).collect();
    let kind = &BUILDS[lot.weigh(&kinds)];
    let masculine = lot.hits(kind.masculine);
    let palette = Palette::new(lot);
    let outfits: Vec<(f32, usize)> =
        OUTFITS.iter().enumerate().map(|(i, o)| (o.weights[usize::from(masculine)], i)).collect();
    let outfit = &OUTFITS[lot.weigh(&outfits)];
    let hair = hair(lot, masculine);
    let mut params = CharacterParams {
        name: format!("Character {seed}"),
        build: build(lot, kind, masculine),
        skin: Rgb::hex(lot.weigh(SKINS)),
        eyes: eyes(lot, kind),
        face: face(lot, masculine, kind.heads[0] > 6.0),
        accessories: Accessories { hair_ribbon: false, bow: false, choker: false },
        wear: wear(lot, outfit, &palette, masculine),
        extras: extras(lot, outfit, &palette, &hair),
        hair,
        ..CharacterParams::default()
    };
    // Under a hat no lock stands up.
    if params.extras.iter().any(|e| HATS.contains(&e.thing)) {
        params.hair.ahoge = 0.0;
    }
    if lot.hits(ASYMMETRIC) {
        for _ in 0..1 + lot.below(2) {
            unbalance(lot, &mut params, &palette);
        }
    }
    params
}

fn build(lot: &mut Lot, kind: &BuildKind, masculine: bool) -> Build {
    let heads = lot.within(kind.heads);
    let (legs, torso) = (lot.within(kind.legs), lot.within(kind.torso));
    let limbs = lot.within(kind.limbs);
    let [wide, deep] = [0, 1].map(|_| lot.between(0.93, 1.09));
    Build {
        height_m: lot.within(kind.height_m),
        head: head_factor(heads, legs, torso),
        legs,
        torso,
        arms: lot.within(kind.arms),
        girth: lot.within(kind.girth),
        shoulders: lot.within(kind.shoulders),
        hips: lot.within(kind.hips),
        bust: if masculine { 0.0 } else { lot.within(kind.bust) },
        limbs: std::array::from_fn(|_| limbs * lot.between(0.88, 1.14)),
        hands: lot.within(kind.hands),
        feet: lot.within(kind.feet),
        belly: lot.within(kind.belly),
        face: lot.within(kind.face),
        head_shape: [wide, deep],
        uneven: lot.between(0.0, 0.04),
        seed: lot.next(),
    }
}

fn hair(lot: &mut Lot, masculine: bool) -> Hair {
    let hue = lot.weigh(&[(4.0, [15.0, 45.0]), (4.0, [0.0, 360.0]), (1.0, [200.0, 300.0])]);
    let natural = hue[1] < 50.0;
    let saturation = if natural { lot.between(0.15, 0.65) } else { lot.between(0.1, 0.75) };
    let value = lot.weigh(&[(2.0, [0.12, 0.3]), (3.0, [0.3, 0.65]), (3.0, [0.65, 0.98])]);
    let colour = Rgb::hsv(lot.within(hue), saturation, lot.within(value));
    let tint = Rgb::hsv(lot.between(0.0, 360.0), lot.between(0.2, 0.7), lot.between(0.5, 1.0));
    let share = if lot.hits(0.3) { lot.between(0.5, 1.0) } else { lot.between(0.0, 0.2) };
    Hair {
        style: lot.weigh(HAIR[usize::from(masculine)]),
        bangs: lot.weigh(BANGS),
        length: lot.between(0.45, 1.7),
        colour,
        tips: colour.mix(tint, share),
        seed: lot.next(),
        lopsided: 0.0,
        ahoge: if lot.hits(0.25) {
            lot.between(1.5, 3.2)
        } else if lot.hits(0.5) {
            1.0
        } else {
            0.0
        },
        flare: lot.between(0.2, 3.0),
    }
}

fn eyes(lot: &mut Lot, kind: &BuildKind) -> Eyes {
    let hue = lot.between(0.0, 360.0);
    Eyes {
        shape: lot.pick([EyeShape::Round, EyeShape::Raised, EyeShape::Drooping, EyeShape::Narrow]),
        size: lot.within(kind.eyes) * lot.between(0.92, 1.06),
        colour: Rgb::hsv(hue, lot.between(0.35, 0.85), lot.between(0.25, 0.7)),
        glow: Rgb::hsv(hue + lot.between(-50.0, 50.0), lot.between(0.25, 0.7), lot.between(0.7, 1.0)),
        higher_m: lot.between(-0.008, 0.006),
        apart: lot.between(0.93, 1.09),
        tilt: lot.between(-0.25, 0.25),
        tall: lot.between(0.72, 1.08),
        iris: lot.weigh(IRISES),
        lashes: lot.between(0.5, 1.7),
    }
}

fn face(lot: &mut Lot, masculine: bool, grown: bool) -> Face {
    let rest: BTreeMap<String, f32> =
        lot.weigh(RESTS).iter().map(|&(name, low, high)| (name.to_owned(), lot.between(low, high))).collect();
    let mut marks = Vec::new();
    if lot.hits(0.22) {
        marks.push(lot.weigh(&[
            (2.0, Mark::MoleLeft),
            (2.0, Mark::MoleRight),
            (3.0, Mark::Freckles),
            (1.5, Mark::ScarLeft),
            (1.5, Mark::ScarRight),
            (1.0, Mark::Whiskers),
            (1.0, Mark::PaintLeft),
            (1.0, Mark::PaintRight),
            (1.0, Mark::WarPaint),
            (1.0, Mark::PlasterLeft),
            (1.0, Mark::PlasterRight),
            (1.0, Mark::Forehead),
            (0.6, Mark::Tear),
        ]));
    }
    if masculine && grown && lot.hits(0.25) {
        marks.push(Mark::Stubble);
    }
    Face {
        rest,
        nose: lot.weigh(NOSES),
        blush: lot.weigh(BLUSHES),
        paint: lot.weigh(PAINTS),
        brows: if lot.hits(0.06) { 0.0 } else { lot.between(0.6, if masculine { 3.0 } else { 2.0 }) },
        marks,
    }
}

fn wear(lot: &mut Lot, outfit: &Outfit, palette: &Palette, masculine: bool) -> Vec<Garment> {
    let mut wear: Vec<Garment> = Vec::new();
    // One roll a piece kind of cloth: sleeves are dyed like the top they belong to.
    let mut dyes: Vec<(Ink, Dye)> = Vec::new();
    let bare = lot.hits(0.12);
    for slot in outfit.slots {
        if !lot.hits(slot.p) {
            continue;
        }
        let pieces: Vec<Piece> = slot.pieces.iter().copied().filter(|p| !masculine || suits(*p)).collect();
        let Some(&piece) = pieces.get(lot.below(pieces.len().max(1))) else {
            // A man's outfit of this kind has trousers where a woman's has a skirt.
            let dye = palette.dye(lot, slot);
            wear.push(garment(lot, slot, Piece::Trousers, dye));
            continue;
        };
        if bare && matches!(piece, Piece::Socks) {
            continue;
        }
        let known = dyes.iter().find(|(ink, _)| *ink == slot.ink && lot_keeps(slot.ink));
        let dye = known.map_or_else(|| palette.dye(lot, slot), |(_, dye)| dye.clone());
        // A sign belongs to the trunk.
        dyes.push((slot.ink, Dye { emblem: None, ..dye.clone() }));
        wear.push(garment(lot, slot, piece, dye));
    }
    wear
}

/// Pieces of one outfit in this ink are cut from one cloth.
fn lot_keeps(ink: Ink) -> bool {
    matches!(ink, Ink::Main | Ink::Light | Ink::Metal)
}

fn suits(piece: Piece) -> bool {
    use Piece::*;
    !matches!(
        piece,
        Skirt | PleatedSkirt | TieredSkirt | PencilSkirt | SlitSkirt | BallSkirt | OffShoulder | CropTop | PuffedSleeve
    )
}

fn garment(lot: &mut Lot, slot: &Slot, piece: Piece, dye: Dye) -> Garment {
    Garment { piece, side: Side::Both, length: lot.within(slot.length), width: lot.within(slot.width), dye }
}

impl Palette {
    fn dye(&self, lot: &mut Lot, slot: &Slot) -> Dye {
        let colour = self.ink(slot.ink);
        let trunk = slot.pieces.iter().any(|p| {
            matches!(
                p,
                Piece::Shirt
                    | Piece::Pullover
                    | Piece::CropTop
                    | Piece::Cape
                    | Piece::Coat
                    | Piece::Jacket
                    | Piece::Robe
            )
        });
        Dye {
            colour,
            second: self.other(lot, colour),
            pattern: if lot.hits(slot.pattern) { lot.weigh(PATTERNS) } else { Pattern::Plain },
            repeats: lot.weigh(&[(2.0, 8), (3.0, 12), (3.0, 16), (2.0, 24)]),
            trim: if lot.hits(0.4) { lot.between(0.03, 0.12) } else { 0.0 },
            fade: if lot.hits(0.12) { lot.between(0.4, 1.0) } else { 0.0 },
            emblem: (trunk && lot.hits(0.22)).then(|| Emblem {
                place: lot.pick([
                    EmblemPlace::Front,
                    EmblemPlace::Front,
                    EmblemPlace::Back,
                    EmblemPlace::Left,
                    EmblemPlace::Right,
                ]),
                seed: lot.next(),
                size: lot.between(0.5, 1.2),
                colour: self.other(lot, colour),
            }),
        }
    }
}

/// What covers the crown.
const HATS: &[Thing] = &[
    Thing::Beret,
    Thing::Cap,
    Thing::WitchHat,
    Thing::Helmet,
    Thing::StrawHat,
    Thing::TopHat,
    Thing::Beanie,
    Thing::Veil,
];

/// What rules what out: one thing of each list.
const ONE_OF: &[&[Thing]] = &[
    &[
        Thing::Beret,
        Thing::Cap,
        Thing::WitchHat,
        Thing::Crown,
        Thing::Helmet,
        Thing::StrawHat,
        Thing::TopHat,
        Thing::Beanie,
        Thing::Headdress,
        Thing::Veil,
        Thing::HairBand,
        Thing::Headphones,
    ],
    &[
        Thing::CatEars,
        Thing::RabbitEars,
        Thing::FoxEars,
        Thing::RoundEars,
        Thing::Horns,
        Thing::CurledHorns,
        Thing::Antenna,
        Thing::Helmet,
        Thing::Beanie,
        Thing::Cap,
        Thing::WitchHat,
        Thing::StrawHat,
    ],
    &[Thing::CatTail, Thing::FoxTail, Thing::DevilTail],
    &[Thing::FeatherWings, Thing::BatWings, Thing::Backpack, Thing::SwordOnBack, Thing::Quiver],
    &[Thing::Glasses, Thing::Goggles, Thing::EyePatch],
    &[Thing::Staff, Thing::Shield],
    &[Thing::Bow, Thing::Flower, Thing::Clip],
];

fn extras(lot: &mut Lot, outfit: &Outfit, palette: &Palette, hair: &Hair) -> Vec<Extra> {
    let mut extras: Vec<Extra> = Vec::new();
    for &(p, thing) in outfit.things.iter().chain(ANYWHERE) {
        let excluded = |list: &&[Thing]| list.contains(&thing) && extras.iter().any(|e| list.contains(&e.thing));
        let tall = matches!(
            hair.style,
            HairStyle::Afro | HairStyle::Mohawk | HairStyle::Spiky | HairStyle::Buns | HairStyle::Bun
        );
        let hat = ONE_OF[0].contains(&thing) && !matches!(thing, Thing::HairBand | Thing::Headphones | Thing::Crown);
        if !lot.hits(p) || ONE_OF.iter().any(excluded) || (tall && hat) {
            continue;
        }
        let metal = matches!(thing, Thing::Crown | Thing::Helmet | Thing::Shield | Thing::Halo);
        let bodily = matches!(
            thing,
            Thing::CatEars | Thing::FoxEars | Thing::RabbitEars | Thing::RoundEars | Thing::CatTail | Thing::FoxTail
        );
        let colour = match () {
            () if metal => palette.ink(Ink::Metal),
            () if bodily => hair.colour,
            () => palette.inks[lot.below(6)],
        };
        let one_sided = matches!(
            thing,
            Thing::EyePatch
                | Thing::Clip
                | Thing::Flower
                | Thing::ShoulderBag
                | Thing::SwordAtBelt
                | Thing::SwordOnBack
                | Thing::Staff
                | Thing::Shield
                | Thing::Pouch
                | Thing::Quiver
                | Thing::Beret
        );
        let side = if one_sided || (thing == Thing::Bow && lot.hits(0.6)) {
            lot.pick([Side::Left, Side::Right])
        } else {
            Side::Both
        };
        extras.push(Extra {
            thing,
            side,
            size: lot.between(0.8, 1.35),
            colour,
            second: if bodily { Rgb::hex(0xf6c8c8).mix(colour, 0.15) } else { palette.other(lot, colour) },
        });
    }
    extras
}

/// One thing that is not the same on both sides.
fn unbalance(lot: &mut Lot, params: &mut CharacterParams, palette: &Palette) {
    use Piece::*;
    let side = lot.pick([Side::Left, Side::Right]);
    let paired = |g: &Garment| {
        g.side == Side::Both
            && matches!(
                g.piece,
                Sleeve | PuffedSleeve | BellSleeve | WideSleeve | Glove | Bracer | Pauldron | Socks | Greaves
            )
    };
    let found: Vec<usize> = (0..params.wear.len()).filter(|&i| paired(&params.wear[i])).collect();
    match lot.below(6) {
        0 | 1 if !found.is_empty() => {
            let index = found[lot.below(found.len())];
            let garment = &mut params.wear[index];
            garment.side = side;
            if lot.hits(0.5) {
                // The other side wears the same in another colour and length.
                let mut other = garment.clone();
                other.side = if side == Side::Left { Side::Right } else { Side::Left };
                other.dye.colour = palette.other(lot, other.dye.colour);
                other.length = (other.length + lot.pick([-0.8, 0.8])).clamp(0.0, 2.0);
                params.wear.push(other);
            }
        }
        2 => {
            let dye = Dye::plain(palette.ink(Ink::Metal), palette.ink(Ink::Accent));
            let piece = lot.pick([Pauldron, Bracer, Glove, Greaves]);
            params.wear.push(Garment { piece, side, length: lot.between(0.4, 1.6), width: lot.between(0.4, 1.6), dye });
        }
        3 => {
            params.hair.lopsided = lot.between(0.4, 1.0) * if side == Side::Left { 1.0 } else { -1.0 };
            params.hair.bangs = if side == Side::Left { Bangs::OverLeft } else { Bangs::OverRight };
        }
        4 => {
            let dye = Dye::plain(palette.ink(Ink::Accent), palette.ink(Ink::Metal));
            params.wear.push(Garment { piece: Cape, side, length: lot.between(0.2, 1.6), width: 1.0, dye });
        }
        _ => {
            let thing = lot.pick([Thing::ShoulderBag, Thing::Pouch, Thing::Clip, Thing::Flower, Thing::SwordAtBelt]);
            let colour = palette.inks[lot.below(6)];
            let second = palette.other(lot, colour);
            params.extras.push(Extra { thing, side, size: lot.between(0.9, 1.4), colour, second });
        }
    }
}
