//! What VMC's messages say, in our axes.
//!
//! Unity is left-handed with y up and +z ahead, so its x is turned about: a place (x, y, z) is (−x, y, z) here, a rotation
//! (x, y, z, w) is (x, −y, −z, w).

use super::names::{Bones, LONGEST_NAME};
use crate::figure::HumanBone;
use glam::{Quat, Vec3};
use rosc::{OscMessage, OscType};

/// Nobody is farther away, metres.
const FARTHEST_M: f32 = 10_000.0;

/// Where a bone is and how it is turned, in its parent's axes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Place {
    /// Metres.
    pub(super) position: Vec3,
    pub(super) rotation: Quat,
}

impl Default for Place {
    fn default() -> Self {
        Self { position: Vec3::ZERO, rotation: Quat::IDENTITY }
    }
}

/// What a message says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Said {
    /// `/VMC/Ext/Bone/Pos`.
    Bone(HumanBone, Place),
    /// `/VMC/Ext/Root/Pos`: where the hips' parent is.
    Root(Place),
    /// `/VMC/Ext/Blend/Val`: an expression as the sender calls it, in [0, 1].
    Blend(String, f32),
    /// `/VMC/Ext/Blend/Apply`: the expressions said since the last one hold from now on.
    Apply,
    /// `/VMC/Ext/OK`: whether the sender has a figure.
    Loaded(bool),
    /// `/VMC/Ext/T`: the sender's seconds, once a frame.
    Time,
    /// It lives, and says nothing that a figure could do: a camera, lights, controllers, bones that nobody has.
    Other,
}

/// A message with too few arguments, of wrong types, or with numbers that are none. Whatever follows what is needed is
/// passed over, as the protocol asks.
#[derive(Debug, PartialEq)]
pub(super) struct Malformed;

/// What a message says. `bones` knows which names its sender has.
pub(super) fn said(message: &OscMessage, bones: &mut Bones) -> Result<Said, Malformed> {
    let arguments = &message.args;
    Ok(match message.addr.as_str() {
        "/VMC/Ext/Bone/Pos" => {
            let place = place(arguments.get(1..).ok_or(Malformed)?)?;
            bones.bone(word(arguments)?).map_or(Said::Other, |bone| Said::Bone(bone, place))
        }
        "/VMC/Ext/Root/Pos" => {
            word(arguments)?;
            Said::Root(place(&arguments[1..])?)
        }
        "/VMC/Ext/Blend/Val" => {
            let weight = number(arguments.get(1))?.clamp(0.0, 1.0);
            Said::Blend(word(arguments)?.to_owned(), weight)
        }
        "/VMC/Ext/Blend/Apply" => Said::Apply,
        "/VMC/Ext/OK" => Said::Loaded(number(arguments.first())? != 0.0),
        "/VMC/Ext/T" => {
            number(arguments.first())?;
            Said::Time
        }
        _ => Said::Other,
    })
}

fn word(arguments: &[OscType]) -> Result<&str, Malformed> {
    match arguments.first() {
        Some(OscType::String(word)) if !word.is_empty() && word.len() <= LONGEST_NAME => Ok(word),
        _ => Err(Malformed),
    }
}

/// Whoever writes 0 for 0.0 sends a whole number.
fn number(argument: Option<&OscType>) -> Result<f32, Malformed> {
    let number = match argument {
        Some(OscType::Float(number)) => *number,
        Some(OscType::Double(number)) => *number as f32,
        Some(OscType::Int(number)) => *number as f32,
        Some(OscType::Long(number)) => *number as f32,
        _ => return Err(Malformed),
    };
    if number.is_finite() { Ok(number) } else { Err(Malformed) }
}

fn place(arguments: &[OscType]) -> Result<Place, Malformed> {
    let mut numbers = [0.0; 7];
    for (i, place) in numbers.iter_mut().enumerate() {
        *place = number(arguments.get(i))?;
    }
    let [x, y, z, i, j, k, w] = numbers;
    let (position, turn) = (Vec3::new(-x, y, z), Quat::from_xyzw(i, -j, -k, w));
    let sane = position.abs().max_element() <= FARTHEST_M && (1e-3..1e3).contains(&turn.length());
    if sane { Ok(Place { position, rotation: turn.normalize() }) } else { Err(Malformed) }
}
