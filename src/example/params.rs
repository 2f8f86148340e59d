//! What distinguishes one generated character from another.

mod defaults;
mod rgb;

pub use rgb::Rgb;

use super::wear::{Extra, Garment};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Everything the generator asks about a character. Factors are relative to the default build.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct CharacterParams {
    /// Title in the file's meta.
    pub name: String,
    /// Proportions.
    pub build: Build,
    /// Skin in the light.
    pub skin: Rgb,
    /// Hair.
    pub hair: Hair,
    /// Eyes.
    pub eyes: Eyes,
    /// Clothes.
    pub outfit: Outfit,
    /// Extras.
    pub accessories: Accessories,
    /// Features of the face beside the eyes.
    pub face: Face,
    /// Clothes piece by piece, from the innermost to the outermost. Where there are any, `outfit` is not worn.
    pub wear: Vec<Garment>,
    /// Things on head and body.
    pub extras: Vec<Extra>,
}

/// Proportions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Build {
    /// Floor to the top of the head without hair, metres.
    pub height_m: f32,
    /// Size of the head, factor.
    pub head: f32,
    /// Length of the legs, factor.
    pub legs: f32,
    /// Thickness of trunk and limbs, factor.
    pub girth: f32,
    /// Distance of the shoulders, factor.
    pub shoulders: f32,
    /// Width of the hips, factor.
    pub hips: f32,
    /// 0: flat, 1: the default figure's.
    pub bust: f32,
    /// Length of the lower face, factor: below 1 childlike, above 1 grown up.
    pub face: f32,
    /// Length of the trunk, factor.
    pub torso: f32,
    /// Length of the arms without hands, factor.
    pub arms: f32,
    /// Thickness of upper arms, forearms, thighs and calves beside `girth`, factors.
    pub limbs: [f32; 4],
    /// Size of the hands, factor.
    pub hands: f32,
    /// Size of the feet, factor.
    pub feet: f32,
    /// How far the belly stands out: 0 not at all, 1 well fed.
    pub belly: f32,
    /// Width and depth of the head, factors.
    pub head_shape: [f32; 2],
    /// How far widths and depths differ from those of the model, at nine heights by lot: 0.03 is 3 %.
    pub uneven: f32,
    /// Varies `uneven`.
    pub seed: u64,
}

/// How the hair is worn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HairStyle {
    /// To the jaw, ends turned in.
    Bob,
    /// Falling down the back.
    Long,
    /// Tied high at the back.
    Ponytail,
    /// Tied at both sides.
    Twintails,
    /// Cropped, tousled.
    Short,
    /// Tied at one side.
    SideTail,
    /// Two tails over the shoulders.
    LowTails,
    /// Two braids.
    Braids,
    /// One braid down the back.
    Braid,
    /// Two knots at the sides.
    Buns,
    /// A knot on top.
    Bun,
    /// Curls like drills.
    Drills,
    /// Long, straight, cut like a step beside the face.
    Hime,
    /// A ball of curls.
    Afro,
    /// A crest over a shaved head.
    Mohawk,
    /// In spikes.
    Spiky,
    /// None.
    Bald,
}

/// What covers the forehead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bangs {
    /// Pointed locks, all downwards.
    Full,
    /// Combed to one side.
    Swept,
    /// Parted in the middle.
    Parted,
    /// Cut off straight.
    Blunt,
    /// Over the left eye.
    OverLeft,
    /// Over the right eye.
    OverRight,
    /// Combed back.
    Back,
}

/// Hair.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Hair {
    /// Cut.
    pub style: HairStyle,
    /// Forehead.
    pub bangs: Bangs,
    /// Length of what hangs, factor.
    pub length: f32,
    /// Main colour.
    pub colour: Rgb,
    /// Colour the tips turn to.
    pub tips: Rgb,
    /// Varies the fall of single locks.
    pub seed: u64,
    /// How much longer the left side is than the right, −1 to 1.
    pub lopsided: f32,
    /// Size of the lock that won't lie down, factor.
    pub ahoge: f32,
    /// How far the ends of hanging hair stand away, factor.
    pub flare: f32,
}

/// Cut of the eyes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EyeShape {
    /// Large and open.
    Round,
    /// Outer corners raised.
    Raised,
    /// Outer corners lowered.
    Drooping,
    /// Low and calm.
    Narrow,
}

/// Eyes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Eyes {
    /// Cut.
    pub shape: EyeShape,
    /// Factor.
    pub size: f32,
    /// Iris at its top.
    pub colour: Rgb,
    /// Iris at its bottom, where light gathers.
    pub glow: Rgb,
    /// How much higher they are, metres on the default head.
    pub higher_m: f32,
    /// Distance from the middle, factor.
    pub apart: f32,
    /// Outer corners higher by this share of the half height.
    pub tilt: f32,
    /// Height beside width, factor.
    pub tall: f32,
    /// What is painted on the iris.
    pub iris: Iris,
    /// Thickness of the upper lashes, factor.
    pub lashes: f32,
}

/// How irises are painted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Iris {
    /// With fibres, gathered light and three highlights.
    Bright,
    /// Two flat tones and a highlight.
    Flat,
    /// A ring around a light middle.
    Ring,
    /// An upright slit.
    Slit,
    /// Without pupil or highlight.
    Hollow,
    /// All dark.
    Dot,
    /// A star for a pupil.
    Star,
}

/// How the nose is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Nose {
    /// A soft shade and a light.
    Soft,
    /// A dot.
    Dot,
    /// A stroke to one side.
    Line,
    /// Not at all.
    None,
}

/// How cheeks are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Blush {
    /// Soft spots with three strokes.
    Both,
    /// Soft spots.
    Soft,
    /// Strokes.
    Strokes,
    /// Round, hard-edged.
    Discs,
    /// Across the nose.
    Band,
    /// Not at all.
    None,
}

/// How the whole face is painted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FacePaint {
    /// Soft shades.
    Soft,
    /// One colour.
    Flat,
    /// A hard-edged shade under hair and along one side.
    Cel,
    /// Hatched.
    Sketch,
    /// Colours run and gather at edges.
    Watercolour,
}

/// Marks on a face. Left is the character's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Mark {
    MoleLeft,
    MoleRight,
    Freckles,
    ScarLeft,
    ScarRight,
    Whiskers,
    PaintLeft,
    PaintRight,
    WarPaint,
    PlasterLeft,
    PlasterRight,
    Forehead,
    Stubble,
    Tear,
}

/// A face beside its eyes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Face {
    /// What it looks like at rest: expressions by name (`happy`, `blinkLeft`, `oh` …) and how far they show.
    pub rest: BTreeMap<String, f32>,
    /// Nose.
    pub nose: Nose,
    /// Cheeks.
    pub blush: Blush,
    /// Painter.
    pub paint: FacePaint,
    /// Thickness of the brows, factor; 0: none.
    pub brows: f32,
    /// Marks.
    pub marks: Vec<Mark>,
}

impl Default for Face {
    fn default() -> Self {
        Self {
            rest: BTreeMap::new(),
            nose: Nose::Soft,
            blush: Blush::Both,
            paint: FacePaint::Soft,
            brows: 1.0,
            marks: Vec::new(),
        }
    }
}

/// Kinds of clothes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutfitKind {
    /// Sailor blouse and pleated skirt.
    Sailor,
    /// Hooded pullover and trousers.
    Hoodie,
    /// Dress with short puffed sleeves.
    Dress,
}

/// Clothes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Outfit {
    /// Cut.
    pub kind: OutfitKind,
    /// Blouse, pullover or dress.
    pub main: Rgb,
    /// Collar and skirt, trousers or hem.
    pub second: Rgb,
    /// Stripes on collar, skirt and cuffs.
    pub trim: Rgb,
    /// Scarf, ribbons, cords.
    pub accent: Rgb,
    /// Socks.
    pub socks: Rgb,
    /// Shoes.
    pub shoes: Rgb,
    /// Factor.
    pub skirt_length: f32,
}

/// Extras.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Accessories {
    /// A ribbon in the hair.
    pub hair_ribbon: bool,
    /// A bow at the chest.
    pub bow: bool,
    /// A band around the neck.
    pub choker: bool,
}

impl CharacterParams {
    /// Looks whether all numbers are such that a figure comes of them.
    ///
    /// # Errors
    /// The first that isn't, by its name in character files, and what it may be.
    pub fn check(&self) -> Result<(), String> {
        let Self { build, hair, eyes, outfit, face, .. } = self;
        for (name, value, least, most) in [
            ("build.height-m", build.height_m, 0.3, 3.0),
            ("build.head", build.head, 0.5, 4.0),
            ("build.legs", build.legs, 0.3, 2.0),
            ("build.girth", build.girth, 0.5, 2.0),
            ("build.shoulders", build.shoulders, 0.5, 2.0),
            ("build.hips", build.hips, 0.5, 2.0),
            ("build.bust", build.bust, 0.0, 3.0),
            ("build.face", build.face, 0.5, 2.0),
            ("build.torso", build.torso, 0.5, 2.0),
            ("build.arms", build.arms, 0.3, 2.0),
            ("build.limbs", build.limbs[0], 0.4, 3.0),
            ("build.limbs", build.limbs[1], 0.4, 3.0),
            ("build.limbs", build.limbs[2], 0.4, 3.0),
            ("build.limbs", build.limbs[3], 0.4, 3.0),
            ("build.hands", build.hands, 0.3, 3.0),
            ("build.feet", build.feet, 0.3, 3.0),
            ("build.belly", build.belly, 0.0, 3.0),
            ("build.head-shape", build.head_shape[0], 0.6, 1.6),
            ("build.head-shape", build.head_shape[1], 0.6, 1.6),
            ("build.uneven", build.uneven, 0.0, 0.1),
            ("hair.length", hair.length, 0.1, 3.0),
            ("hair.lopsided", hair.lopsided, -1.0, 1.0),
            ("hair.ahoge", hair.ahoge, 0.0, 4.0),
            ("hair.flare", hair.flare, -2.0, 6.0),
            ("eyes.size", eyes.size, 0.5, 1.5),
            ("eyes.higher-m", eyes.higher_m, -0.02, 0.02),
            ("eyes.apart", eyes.apart, 0.8, 1.2),
            ("eyes.tilt", eyes.tilt, -0.6, 0.6),
            ("eyes.tall", eyes.tall, 0.5, 1.2),
            ("eyes.lashes", eyes.lashes, 0.0, 3.0),
            ("face.brows", face.brows, 0.0, 4.0),
            ("outfit.skirt-length", outfit.skirt_length, 0.1, 3.0),
        ] {
            // No number is in no range.
            if !(least..=most).contains(&value) {
                return Err(format!("its {name} is {value}, and may be {least} to {most}"));
            }
        }
        let wear = self.wear.iter().flat_map(|g| {
            [("wear.length", g.length, 2.0), ("wear.width", g.width, 2.0), ("wear.dye.trim", g.dye.trim, 1.0)]
        });
        let extras = self.extras.iter().map(|e| ("extras.size", e.size, 3.0));
        let rest = face.rest.values().map(|&weight| ("face.rest", weight, 1.0));
        for (name, value, most) in wear.chain(extras).chain(rest) {
            if !(0.0..=most).contains(&value) {
                return Err(format!("its {name} is {value}, and may be 0 to {most}"));
            }
        }
        let repeats = self.wear.iter().map(|g| g.dye.repeats).find(|r| !(1..=64).contains(r));
        if let Some(repeats) = repeats {
            return Err(format!("its wear.dye.repeats is {repeats}, and may be 1 to 64"));
        }
        if let Some(name) = face.rest.keys().find(|name| !super::face::expressions().any(|e| e == *name)) {
            let known: Vec<&str> = super::face::expressions().collect();
            return Err(format!("its face.rest names \"{name}\", and may name {}", known.join(", ")));
        }
        if self.wear.len() > 40 || self.extras.len() > 40 {
            return Err("it has more than 40 garments or extras".into());
        }
        Ok(())
    }

    /// The fields of the file that these were read from which say nothing, by their whole names: mistyped ones, mostly.
    pub fn unknown_fields(&self, file: &Value) -> Vec<String> {
        fn compare(given: &Value, known: &Value, at: &str, unknown: &mut Vec<String>) {
            if let (Value::Array(given), Value::Array(known)) = (given, known) {
                given.iter().zip(known).for_each(|(given, known)| compare(given, known, at, unknown));
            }
            // Expressions are named by whoever writes the file; `check` looks at them.
            let (Value::Object(given), Value::Object(known)) = (given, known) else { return };
            if at == "face.rest" {
                return;
            }
            for (name, value) in given {
                let whole = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
                match known.get(name) {
                    Some(known) => compare(value, known, &whole, unknown),
                    None => unknown.push(whole),
                }
            }
        }
        let mut unknown = Vec::new();
        // All fields are written, so what isn't there is none.
        compare(file, &serde_json::to_value(self).unwrap_or_default(), "", &mut unknown);
        unknown
    }

    /// A character drawn by lot; the same for the same seed.
    pub fn random(seed: u64) -> Self {
        super::wardrobe::sample::character(seed)
    }
}

#[cfg(test)]
mod tests;
