//! A stand-in: a figure for artists who own none. The generator makes it of some numbers, colours and pieces of clothing;
//! here is what can be chosen, in words; files that describe one; and how one is dressed like the artist's drawings.

pub mod dress;
mod file;
mod numbers;
mod words;

pub use file::{Described, StandInError, read, set, vrm};
pub use numbers::{Group, NUMBERS, Number, SWATCHES, Swatch};
pub use words::{BANGS, EYE_SHAPES, GARMENTS, HAIR_STYLES, IRISES, NOSES, OUTFITS, PATTERNS, SIDES, THINGS, Words};
