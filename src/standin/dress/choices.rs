//! What a stand-in may wear, place by place: tried one after the other, the best of each place stays.

use super::look::{Look, Place, plain};
use super::tune::{self, Knob};
use crate::example::params::{Bangs, HairStyle, Rgb};
use crate::example::wear::{Extra, Garment, Piece, Side, Thing};

/// Something to try.
pub(super) type Try = Box<dyn Fn(&mut Look) + Send + Sync>;

/// One question, and all its answers.
pub(super) struct Choice {
    /// In words, for whoever waits.
    pub(super) of: &'static str,
    pub(super) answers: Vec<Try>,
    /// Of answers that begin here and before the next, the best is measured before it is compared with those of others:
    /// trousers that fit are better than a skirt that doesn't.
    pub(super) kinds: Vec<usize>,
    /// What is measured for that.
    pub(super) measured: fn() -> Vec<Knob>,
}

/// Garments to try: cuts, lengths, widths.
type Cuts = (&'static [Piece], &'static [f32], &'static [f32]);

const ONE: &[f32] = &[1.0];
const BOTH_ENDS: &[f32] = &[0.4, 1.5];

const LOWER: &[Cuts] = &[
    (&[Piece::Skirt], &[0.1, 0.7, 1.3, 1.9], &[0.2, 1.0, 1.8]),
    (&[Piece::PencilSkirt], &[0.3, 1.5], ONE),
    (&[Piece::BallSkirt], &[0.5, 1.5], BOTH_ENDS),
    (&[Piece::Shorts], &[0.2, 1.0, 1.8], BOTH_ENDS),
    (&[Piece::Trousers, Piece::Flares], &[1.3], BOTH_ENDS),
    (&[Piece::Leggings, Piece::Hakama], &[1.3], ONE),
    (&[Piece::Bloomers], BOTH_ENDS, ONE),
];
/// Skirts that differ by how they fall; as long and wide as the one that is worn.
const SKIRTS: &[Piece] =
    &[Piece::Skirt, Piece::PleatedSkirt, Piece::TieredSkirt, Piece::PencilSkirt, Piece::SlitSkirt, Piece::BallSkirt];
const TOP: &[Cuts] = &[
    (&[Piece::Shirt, Piece::VNeck, Piece::ScoopNeck, Piece::Tank, Piece::OffShoulder, Piece::CropTop], ONE, ONE),
    (&[Piece::Pullover], ONE, BOTH_ENDS),
];
const ARMS: &[Cuts] = &[
    (&[Piece::Sleeve], &[0.1, 0.8, 1.5, 2.0], BOTH_ENDS),
    (&[Piece::PuffedSleeve], BOTH_ENDS, BOTH_ENDS),
    (&[Piece::BellSleeve, Piece::WideSleeve], BOTH_ENDS, BOTH_ENDS),
];
const OVER: &[Cuts] = &[
    (&[Piece::Vest, Piece::Jacket], ONE, ONE),
    (&[Piece::Coat, Piece::Robe], &[0.3, 1.0, 1.7], BOTH_ENDS),
    (&[Piece::Breastplate], ONE, ONE),
];
const WAIST: &[Cuts] = &[(&[Piece::Belt, Piece::Sash], ONE, ONE), (&[Piece::Apron, Piece::Tabard], BOTH_ENDS, ONE)];
const NECK: &[Cuts] =
    &[(&[Piece::Scarf, Piece::Collar, Piece::Tie, Piece::Bow, Piece::HoodDown, Piece::HoodUp], ONE, ONE)];
const BACK: &[Cuts] = &[(&[Piece::Cape], &[0.3, 1.0, 1.8], ONE), (&[Piece::Capelet], ONE, ONE)];
const LEGS: &[Cuts] = &[(&[Piece::Socks], &[0.1, 0.5, 1.0, 1.5, 2.0], ONE)];
const FEET: &[Cuts] = &[(&[Piece::Shoes, Piece::Sandals], ONE, ONE), (&[Piece::Boots], &[0.2, 0.8, 1.4], BOTH_ENDS)];
const HANDS: &[Cuts] = &[(&[Piece::Glove], BOTH_ENDS, ONE)];

/// By how they change the head's outline.
const HEAD: &[&[Thing]] = &[
    &[
        Thing::CatEars,
        Thing::RabbitEars,
        Thing::FoxEars,
        Thing::RoundEars,
        Thing::Horns,
        Thing::CurledHorns,
        Thing::Antenna,
        Thing::Halo,
    ],
    &[Thing::Beret, Thing::Cap, Thing::Crown, Thing::Headphones, Thing::Headdress, Thing::Bow],
    &[Thing::Helmet, Thing::TopHat, Thing::Beanie, Thing::Veil],
    &[Thing::WitchHat],
    &[Thing::StrawHat],
];
const TAILS: &[Thing] = &[Thing::CatTail, Thing::FoxTail, Thing::DevilTail];
const ON_BACK: &[Thing] = &[Thing::FeatherWings, Thing::BatWings, Thing::Backpack, Thing::SwordOnBack, Thing::Quiver];
const IN_HAND: &[Thing] = &[Thing::Staff, Thing::Shield, Thing::ShoulderBag, Thing::SwordAtBelt];

const STYLES: &[HairStyle] = &[
    HairStyle::Long,
    HairStyle::Bob,
    HairStyle::Short,
    HairStyle::Ponytail,
    HairStyle::Twintails,
    HairStyle::SideTail,
    HairStyle::LowTails,
    HairStyle::Braids,
    HairStyle::Braid,
    HairStyle::Buns,
    HairStyle::Bun,
    HairStyle::Drills,
    HairStyle::Hime,
    HairStyle::Afro,
    HairStyle::Mohawk,
    HairStyle::Spiky,
    HairStyle::Bald,
];
const BANGS: &[Bangs] =
    &[Bangs::Full, Bangs::Swept, Bangs::Parted, Bangs::Blunt, Bangs::OverLeft, Bangs::OverRight, Bangs::Back];

/// All questions, what shows most first.
pub(super) fn all() -> Vec<Choice> {
    vec![
        clothes("skirt or trousers", Place::Lower, LOWER, true),
        hats(),
        hair(),
        clothes("sleeves", Place::Arms, ARMS, true),
        clothes("shoes", Place::Feet, FEET, true),
        clothes("stockings", Place::Legs, LEGS, true),
        clothes("coat", Place::Over, OVER, true),
        clothes("top", Place::Top, TOP, false),
        skirts(),
        clothes("cape", Place::Back, BACK, true),
        things("tails", 1, TAILS, false),
        things("wings and bags", 2, ON_BACK, true),
        things("what is carried", 3, IN_HAND, true),
        clothes("apron and belt", Place::Waist, WAIST, true),
        clothes("collar", Place::Neck, NECK, true),
        clothes("gloves", Place::Hands, HANDS, true),
        bangs(),
    ]
}

/// What nearly everybody wears.
pub(super) fn begin(look: &mut Look) {
    for (place, piece) in [(Place::Top, Piece::Shirt), (Place::Feet, Piece::Shoes)] {
        let dye = plain(Rgb::hex(0x888888));
        look.worn[place as usize] = Some(Garment { piece, side: Side::Both, length: 1.0, width: 1.0, dye });
    }
}

fn clothes(of: &'static str, place: Place, cuts: &'static [Cuts], or_none: bool) -> Choice {
    let (mut answers, mut kinds): (Vec<Try>, Vec<usize>) = (Vec::new(), vec![0]);
    if or_none {
        answers.push(Box::new(move |look| look.worn[place as usize] = None));
    }
    for &(pieces, lengths, widths) in cuts {
        // What changes the outline most.
        if matches!(place, Place::Lower | Place::Over) {
            kinds.push(answers.len());
        }
        for &piece in pieces {
            for &length in lengths {
                for &width in widths {
                    let dye = plain(Rgb::hex(0x888888));
                    let garment = Garment { piece, side: Side::Both, length, width, dye };
                    answers.push(Box::new(move |look| look.worn[place as usize] = Some(garment.clone())));
                }
            }
        }
    }
    Choice { of, answers, kinds, measured: tune::of_fit }
}

fn skirts() -> Choice {
    let answers = SKIRTS.iter().flat_map(|&piece| {
        BOTH_ENDS.iter().map(move |&width| -> Try {
            Box::new(move |look| {
                let skirt = look.worn[Place::Lower as usize].as_mut();
                if let Some(garment) = skirt.filter(|garment| SKIRTS.contains(&garment.piece)) {
                    (garment.piece, garment.width) = (piece, width);
                }
            })
        })
    });
    Choice { of: "how the skirt falls", answers: answers.collect(), kinds: vec![0], measured: tune::of_fit }
}

fn things(of: &'static str, place: usize, things: &'static [Thing], sided: bool) -> Choice {
    let mut answers: Vec<Try> = vec![Box::new(move |look| look.things[place] = None)];
    let sides: &[Side] = if sided { &[Side::Left, Side::Right] } else { &[Side::Both] };
    for &thing in things {
        for &side in sides {
            let extra = Extra { thing, side, ..Extra::default() };
            answers.push(Box::new(move |look| look.things[place] = Some(extra.clone())));
        }
    }
    Choice { of, answers, kinds: vec![0], measured: tune::of_fit }
}

/// Ears and hats, each with the head as it is and with a smaller one: who takes a hat for hair takes the head for a larger
/// one.
fn hats() -> Choice {
    const HEADS: [f32; 2] = [1.0, 0.84];
    let things = HEAD.iter().copied().flatten().map(|&thing| Some(Extra { thing, ..Extra::default() }));
    let answers = [None].into_iter().chain(things).flat_map(|thing| {
        HEADS.map(|head| -> Try {
            let thing = thing.clone();
            Box::new(move |look| {
                look.things[0] = thing.clone();
                look.params.build.head = (look.params.build.head * head).max(0.5);
            })
        })
    });
    let mut kinds = vec![0, HEADS.len()];
    for things in &HEAD[..HEAD.len() - 1] {
        kinds.push(kinds[kinds.len() - 1] + HEADS.len() * things.len());
    }
    Choice { of: "hats and ears", answers: answers.collect(), kinds, measured: tune::of_head }
}

fn hair() -> Choice {
    let answers = STYLES.iter().flat_map(|&style| {
        let lengths: &[f32] = if style == HairStyle::Bald { ONE } else { &[0.5, 1.0, 1.6] };
        lengths.iter().map(move |&length| -> Try {
            Box::new(move |look| (look.params.hair.style, look.params.hair.length) = (style, length))
        })
    });
    Choice { of: "hair", answers: answers.collect(), kinds: vec![0], measured: tune::of_fit }
}

fn bangs() -> Choice {
    let answers = BANGS.iter().map(|&bangs| -> Try { Box::new(move |look| look.params.hair.bangs = bangs) });
    Choice { of: "bangs", answers: answers.collect(), kinds: vec![0], measured: tune::of_fit }
}
