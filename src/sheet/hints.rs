//! What an artist may say about a drawing, for whoever finds out what it shows.

use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// The side from which a drawing shows the body; left and right are the body's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// Its front.
    Front,
    /// Between front and left profile.
    ThreeQuarterLeft,
    /// Its left profile.
    Left,
    /// Between left profile and back.
    BackLeft,
    /// Its back.
    Back,
    /// Between back and right profile.
    BackRight,
    /// Its right profile.
    Right,
    /// Between right profile and front.
    ThreeQuarterRight,
}

impl Side {
    /// All of them, around the body.
    pub const ALL: [Self; 8] = [
        Self::Front,
        Self::ThreeQuarterLeft,
        Self::Left,
        Self::BackLeft,
        Self::Back,
        Self::BackRight,
        Self::Right,
        Self::ThreeQuarterRight,
    ];

    /// What files and the command line call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Front => "front",
            Self::ThreeQuarterLeft => "three-quarter-left",
            Self::Left => "left",
            Self::BackLeft => "back-left",
            Self::Back => "back",
            Self::BackRight => "back-right",
            Self::Right => "right",
            Self::ThreeQuarterRight => "three-quarter-right",
        }
    }

    /// The angle, as [`DrawingHints::view_deg`] has it.
    pub fn degrees(self) -> f32 {
        match self {
            Self::Front => 0.0,
            Self::ThreeQuarterLeft => 45.0,
            Self::Left => 90.0,
            Self::BackLeft => 135.0,
            Self::Back => 180.0,
            Self::BackRight => -135.0,
            Self::Right => -90.0,
            Self::ThreeQuarterRight => -45.0,
        }
    }
}

impl FromStr for Side {
    type Err = String;

    /// The side of this name. Case, spaces and underlines don't matter.
    fn from_str(name: &str) -> Result<Self, String> {
        let plain = name.trim().to_lowercase().replace([' ', '_'], "-");
        Self::ALL.into_iter().find(|side| side.name() == plain).ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|side| side.name()).collect();
            format!("no side is called `{name}`; the sides are {}", names.join(", "))
        })
    }
}

/// What is known of a drawing; all of it may be absent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DrawingHints {
    /// From where the body is seen: 0 its front, 90 its left profile, 180 its back, −90 its right profile.
    pub view_deg: Option<f32>,
    /// Points of which it is known what they show.
    pub points: Vec<KnownPoint>,
}

/// "This pixel is that place of the body."
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KnownPoint {
    /// Column and row in the drawing.
    pub at_px: [u32; 2],
    /// The place of the body, as UDPs have it.
    pub landmark: [f32; 3],
}

impl DrawingHints {
    /// Nothing is known.
    pub fn is_empty(&self) -> bool {
        self.view_deg.is_none() && self.points.is_empty()
    }
}

impl From<Side> for DrawingHints {
    fn from(side: Side) -> Self {
        Self { view_deg: Some(side.degrees()), points: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_go_by_their_names() {
        assert_eq!("Back Left".parse(), Ok(Side::BackLeft));
        assert!("frnt".parse::<Side>().unwrap_err().contains("three-quarter-left"));
        for side in Side::ALL {
            assert_eq!(side.name().parse(), Ok(side));
            assert_eq!(serde_json::to_string(&side).unwrap(), format!("{:?}", side.name()));
        }
    }
}
