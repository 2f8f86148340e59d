//! Clothes and things, piece by piece, each made of a few [`shapes`] and bound to the body's bones.

mod carried;
mod dye;
mod headwear;
mod legs;
mod odds;
mod outfits;
mod over;
pub(super) mod sample;
mod shapes;
mod skirts;
mod sleeves;
mod trunk;

use super::body::Body;
use super::mesh::{Look, Part};
use super::params::CharacterParams;
use super::wear::{Dye, Garment, Piece, Side};
use crate::figure::HumanBone;
use glam::{Vec2, Vec3};

/// Pieces on a body, sorted by the part of the frame that they move with when proportions change.
pub(super) struct Dressed {
    pub(super) trunk: Vec<Part>,
    pub(super) arms: Vec<Part>,
    pub(super) legs: Vec<Part>,
    pub(super) head: Vec<Part>,
    /// The looks of all of them: [`Look::Dyed`] counts these.
    pub(super) dyes: Vec<Dye>,
}

/// Who puts pieces on.
struct Fitting<'a> {
    body: &'a Body,
    params: &'a CharacterParams,
    dressed: Dressed,
    /// How far outside of the skin the next piece of trunk, arm and leg lies.
    over: [f32; 3],
    garment: &'a Garment,
    look: Look,
}

/// Part of the body that a piece covers, for layers.
#[derive(Clone, Copy)]
enum Region {
    Trunk,
    Arm,
    Leg,
}

/// Dresses a character in `params.wear` and gives it `params.extras`.
pub(super) fn dress(params: &CharacterParams, body: &Body) -> Dressed {
    let nothing = Garment::default();
    let dressed = Dressed { trunk: Vec::new(), arms: Vec::new(), legs: Vec::new(), head: Vec::new(), dyes: Vec::new() };
    let mut fitting =
        Fitting { body, params, dressed, over: [0.0035, 0.003, 0.003], garment: &nothing, look: Look::Skin };
    if !params.wear.is_empty() {
        fitting.undressed();
        for garment in &params.wear {
            fitting.look = fitting.dye(&garment.dye);
            fitting.garment = garment;
            fitting.put_on();
        }
    }
    for extra in &params.extras {
        fitting.look = fitting.dye(&Dye::plain(extra.colour, extra.second));
        fitting.add(extra);
    }
    fitting.dressed
}

impl Fitting<'_> {
    fn dye(&mut self, dye: &Dye) -> Look {
        let known = self.dressed.dyes.iter().position(|d| d == dye);
        let index = known.unwrap_or_else(|| {
            self.dressed.dyes.push(dye.clone());
            self.dressed.dyes.len() - 1
        });
        Look::Dyed(index as u8)
    }

    /// Skin wherever clothes may leave some, and what is worn under everything.
    fn undressed(&mut self) {
        let body = self.body;
        let worn = |piece: &[Piece]| self.params.wear.iter().any(|g| piece.contains(&g.piece));
        self.dressed.trunk.push(body.torso());
        self.dressed.arms.extend(body.left_arm(0.0).both());
        let skirt_y = self.params.wear.iter().filter_map(skirts::hem_of).fold(2.0_f32, f32::min);
        self.dressed.legs.extend(body.left_leg(0.905, skirt_y - 0.022, 0.0).both());
        if !worn(&[Piece::Shoes, Piece::Boots]) {
            self.dressed.legs.extend(legs::bare_foot().both());
        }
        let white = Dye::plain(crate::example::params::Rgb::hex(0xf2eef2), crate::example::params::Rgb::hex(0xd9d4e0));
        self.look = self.dye(&white);
        self.underwear();
    }

    fn put_on(&mut self) {
        use Piece::*;
        match self.garment.piece {
            Shirt | VNeck | ScoopNeck | Tank | OffShoulder | CropTop | Pullover | Breastplate => self.top(),
            Vest | Jacket | Coat => self.open_front(),
            Robe => self.robe(),
            Sleeve | PuffedSleeve | BellSleeve | WideSleeve => self.sleeve(),
            Glove => self.glove(),
            Bracer => self.bracer(),
            Pauldron => self.pauldron(),
            Skirt | PleatedSkirt | TieredSkirt | PencilSkirt | SlitSkirt | BallSkirt => self.skirt(),
            Shorts | Trousers | Leggings | Flares | Hakama | Bloomers => self.trousers(),
            Socks => self.socks(),
            Shoes => self.shoes(),
            Boots => self.boots(),
            Sandals => self.sandals(),
            Greaves => self.greaves(),
            Belt | Sash => self.belt(),
            Apron | Tabard => self.apron(),
            Cape | Capelet => self.cape(),
            Scarf => self.scarf(),
            HoodDown | HoodUp => self.hood(),
            Collar => self.collar(),
            Tie => self.tie(),
            Bow => self.bow(),
            Choker => self.choker(),
            Suspenders => self.suspenders(),
        }
    }

    /// The distance from the skin at which a piece lies; the next one lies further out.
    fn layer(&mut self, region: Region, thickness: f32) -> f32 {
        let over = self.over[region as usize];
        self.over[region as usize] += thickness;
        over
    }

    fn sides(&self) -> impl Iterator<Item = bool> + use<> {
        sides(self.garment.side)
    }

    /// Puts a part that was made for the left arm on the wanted arms.
    fn on_arms(&mut self, left: Part) {
        for is_left in self.sides() {
            self.dressed.arms.push(if is_left { left.clone() } else { left.mirrored() });
        }
    }

    /// Puts a part that was made for the left leg on the wanted legs.
    fn on_legs(&mut self, left: Part) {
        for is_left in self.sides() {
            self.dressed.legs.push(if is_left { left.clone() } else { left.mirrored() });
        }
    }
}

/// True for the left side.
fn sides(side: Side) -> impl Iterator<Item = bool> {
    [true, false].into_iter().filter(move |&left| match side {
        Side::Both => true,
        Side::Left => left,
        Side::Right => !left,
    })
}

/// 1 where a one-sided thing is on the left or in the middle, −1 where it is on the right.
fn hand(side: Side) -> f32 {
    if side == Side::Right { -1.0 } else { 1.0 }
}

/// A bow of the example's own kind, in the colour of a piece.
fn bow(look: Look, centre: Vec3, out: Vec3, size: f32, tails: f32, bone: HumanBone) -> Vec<Part> {
    let (side, up) = super::garments::Bow::facing(out);
    let made = super::garments::Bow { centre, side, up, size, tails, bone }.build("bow");
    made.into_iter()
        .map(|mut part| {
            part.look = look;
            part.mapped(|_, uv| shapes::Panel::Limb.uv(Vec2::new(uv.x, 0.9 * uv.y)))
        })
        .collect()
}
