//! What a stand-in wears while it is looked for: one piece a place, each in a colour of its own, so that a picture of it
//! tells its pieces apart.

use super::MOST;
use crate::example::CharacterParams;
use crate::example::params::Rgb;
use crate::example::wear::{Dye, Extra, Garment, Pattern, Piece};

/// Places for clothes, from the skin outwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Shirts and the like.
    Top,
    /// Skirts and trousers.
    Lower,
    /// What is open in front, robes, plates.
    Over,
    /// Sleeves.
    Arms,
    /// Belts, aprons.
    Waist,
    /// Around the neck.
    Neck,
    /// Capes.
    Back,
    /// Stockings.
    Legs,
    /// Shoes, boots.
    Feet,
    /// Gloves.
    Hands,
}

const RARE: [Piece; 7] =
    [Piece::Breastplate, Piece::Bloomers, Piece::Hakama, Piece::Tabard, Piece::Capelet, Piece::Robe, Piece::HoodUp];

/// How many places there are for clothes, and for things.
pub(super) const PLACES: usize = Place::Hands as usize + 1;
pub(super) const THINGS: usize = 4;

/// A stand-in while it is looked for.
#[derive(Clone, Debug)]
pub(super) struct Look {
    /// All but clothes and things.
    pub(super) params: CharacterParams,
    pub(super) worn: [Option<Garment>; PLACES],
    /// On the head, at the tail, on the back, in the hand.
    pub(super) things: [Option<Extra>; THINGS],
    /// How much nearer it is seen in each drawing than its joints say, and how far aside: to the right and up, in heights of
    /// the picture.
    pub(super) nudges: [[f32; 3]; MOST],
}

impl Look {
    /// Nothing is worn yet.
    pub(super) fn new(params: CharacterParams) -> Self {
        Self { params, worn: Default::default(), things: Default::default(), nudges: Default::default() }
    }

    /// How many pieces there are that many wear, and that few do.
    pub(super) fn pieces(&self) -> [usize; 2] {
        let all = self.worn.iter().flatten().count() + self.things.iter().flatten().count();
        let rare = self.worn.iter().flatten().filter(|garment| RARE.contains(&garment.piece)).count();
        [all - rare, rare]
    }

    /// The character, each piece in a colour that no other has.
    pub(super) fn told_apart(&self) -> CharacterParams {
        let mut look = self.clone();
        for (i, garment) in look.worn.iter_mut().enumerate() {
            garment.iter_mut().for_each(|garment| garment.dye = plain(code(i)));
        }
        for (i, thing) in look.things.iter_mut().enumerate() {
            thing.iter_mut().for_each(|thing| (thing.colour, thing.second) = (code(PLACES + i), code(PLACES + i)));
        }
        look.dressed()
    }

    /// The character in the colours that its pieces have.
    pub(super) fn dressed(&self) -> CharacterParams {
        let mut params = self.params.clone();
        params.wear = self.worn.iter().flatten().cloned().collect();
        params.extras = self.things.iter().flatten().cloned().collect();
        params
    }

    /// The colours of the pieces in the order in which the generator counts their cloths, after the underwear, which comes
    /// first.
    pub(super) fn inks(&mut self) -> impl Iterator<Item = &mut Rgb> {
        let worn = self.worn.iter_mut().flatten().map(|garment| &mut garment.dye.colour);
        worn.chain(self.things.iter_mut().flatten().map(|thing| &mut thing.colour))
    }
}

/// Cloth of one colour.
pub(super) fn plain(colour: Rgb) -> Dye {
    Dye { colour, second: colour, pattern: Pattern::Plain, ..Dye::default() }
}

fn code(place: usize) -> Rgb {
    Rgb([place as u8, 1, 2])
}
