//! What an artist says about what swings; projects keep it.

use crate::figure::Figure;
use glam::Vec3;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// What an artist says about what swings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Multiple of what pulls everything down.
    pub gravity: f32,
    /// Wind, if any.
    pub wind: Option<Wind>,
    /// Joints that swing although the file doesn't say so.
    pub chains: Vec<MarkedChain>,
    /// Names of joints that don't swing, and nothing that hangs on them, whatever the file says.
    pub still: Vec<String>,
    /// What moves the bodies of an MMD model.
    #[serde(skip_serializing_if = "Bodies::is_light")]
    pub bodies: Bodies,
}

impl Default for Settings {
    fn default() -> Self {
        Self { gravity: 1.0, wind: None, chains: Vec::new(), still: Vec::new(), bodies: Bodies::Light }
    }
}

/// What moves the bodies of an MMD model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Bodies {
    /// Each is a pendulum on its bone: quick, and nothing explodes.
    #[default]
    Light,
    /// All are rigid bodies that push each other, as in MMD: slower. Wants a program that was built with the feature
    /// `rigid`; others take [`Bodies::Light`] and say so.
    Rigid,
}

impl Bodies {
    /// This program has the engine of rigid bodies.
    pub const HAS_RIGID: bool = cfg!(feature = "rigid");

    fn is_light(&self) -> bool {
        *self == Self::Light
    }
}

impl FromStr for Bodies {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "light" => Ok(Self::Light),
            "rigid" => Ok(Self::Rigid),
            _ => Err("bodies are light or rigid".into()),
        }
    }
}

/// A wind that blows evenly or in gusts, the same ones each time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Wind {
    /// Where it blows to, in the world; of any length.
    pub direction: Vec3,
    /// How it speeds up what hangs in it, m/s²; gravity is 9.8.
    pub strength: f32,
    /// 0: it blows evenly; 1: it dies down and doubles.
    #[serde(default)]
    pub gusts: f32,
    /// Which gusts.
    #[serde(default)]
    pub seed: u32,
}

/// A joint that swings, and all that hang on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkedChain {
    /// The joint's name.
    pub root: String,
    /// What it carries.
    #[serde(default)]
    pub stuff: Stuff,
    /// How it moves.
    #[serde(default)]
    pub feel: Feel,
}

/// What swings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stuff {
    /// Keeps its shape.
    #[default]
    Hair,
    /// Hangs.
    Skirt,
    /// Flutters.
    Ribbon,
}

/// How easily it swings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Feel {
    /// Like silk.
    Soft,
    /// As most do.
    #[default]
    Normal,
    /// Like felt.
    Stiff,
}

impl Settings {
    /// A multiple of gravity that makes sense.
    pub(super) fn gravity(&self) -> f32 {
        if self.gravity.is_finite() { self.gravity.clamp(-100.0, 100.0) } else { 1.0 }
    }

    /// Whether a figure's hair and skirts hang by themselves in a pose: its file has springs for them, or somebody marked
    /// some. Bodies of MMD's models were made for motions.
    pub fn suit_stills(&self, figure: &Figure) -> bool {
        !figure.springs.chains.is_empty() || !self.chains.is_empty()
    }
}

impl FromStr for MarkedChain {
    type Err = String;

    /// `JOINT`, `JOINT=skirt`, `JOINT=skirt:soft` or `JOINT=soft`.
    fn from_str(text: &str) -> Result<Self, String> {
        let (root, how) = text.split_once('=').unwrap_or((text, ""));
        let mut chain = Self { root: root.trim().to_owned(), stuff: Stuff::default(), feel: Feel::default() };
        if chain.root.is_empty() {
            return Err("a joint's name belongs here, as in hair_1 or skirt_front=skirt:soft".into());
        }
        for word in how.split(':').map(str::trim).filter(|word| !word.is_empty()) {
            match word.to_ascii_lowercase().as_str() {
                "hair" => chain.stuff = Stuff::Hair,
                "skirt" => chain.stuff = Stuff::Skirt,
                "ribbon" => chain.stuff = Stuff::Ribbon,
                "soft" => chain.feel = Feel::Soft,
                "normal" => chain.feel = Feel::Normal,
                "stiff" => chain.feel = Feel::Stiff,
                _ => return Err(format!("`{word}` is neither hair, skirt or ribbon nor soft, normal or stiff")),
            }
        }
        Ok(chain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_are_named_in_a_word_and_settings_keep_them() {
        let chain = |root: &str, stuff, feel| MarkedChain { root: root.into(), stuff, feel };
        assert_eq!("a b".parse(), Ok(chain("a b", Stuff::Hair, Feel::Normal)));
        assert_eq!("x=Skirt:soft".parse(), Ok(chain("x", Stuff::Skirt, Feel::Soft)));
        assert_eq!("x=stiff".parse(), Ok(chain("x", Stuff::Hair, Feel::Stiff)));
        assert!("=skirt".parse::<MarkedChain>().is_err() && "x=cloth".parse::<MarkedChain>().is_err());
        let settings = Settings {
            wind: Some(Wind { direction: Vec3::X, strength: 3.0, gusts: 0.5, seed: 7 }),
            chains: vec![chain("x", Stuff::Ribbon, Feel::Stiff)],
            still: vec!["y".into()],
            ..Settings::default()
        };
        let kept: Settings = serde_json::from_str(&serde_json::to_string(&settings).unwrap()).unwrap();
        assert_eq!(kept, settings);
        assert_eq!(serde_json::from_str::<Settings>("{}").unwrap(), Settings::default());
    }
}
