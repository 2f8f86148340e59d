//! What distinguishes one generated character from another.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A colour as artists write it, `#rrggbb` (sRGB).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Rgb(
    /// Red, green, blue.
    pub [u8; 3],
);

impl Rgb {
    /// From 0xrrggbb.
    pub const fn hex(value: u32) -> Self {
        Self([(value >> 16) as u8, (value >> 8) as u8, value as u8])
    }

    /// The colour `share` of the way to `other`, mixed in sRGB as painters' programs do.
    pub fn mix(self, other: Rgb, share: f32) -> Rgb {
        let blend =
            |a: u8, b: u8| (f32::from(a) + (f32::from(b) - f32::from(a)) * share).round().clamp(0.0, 255.0) as u8;
        Rgb([0, 1, 2].map(|i| blend(self.0[i], other.0[i])))
    }

    /// From hue (degrees), saturation and value in [0, 1].
    pub fn hsv(hue_deg: f32, saturation: f32, value: f32) -> Rgb {
        Rgb([5.0_f32, 3.0, 1.0].map(|n| {
            let k = (n + hue_deg / 60.0).rem_euclid(6.0);
            ((value - value * saturation * k.min(4.0 - k).clamp(0.0, 1.0)) * 255.0).round() as u8
        }))
    }
}

impl TryFrom<String> for Rgb {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let digits = text.strip_prefix('#').filter(|d| d.len() == 6 && d.is_ascii());
        digits
            .and_then(|d| u32::from_str_radix(d, 16).ok())
            .map(Rgb::hex)
            .ok_or_else(|| format!("\"{text}\" is not a colour like #c8a2c8"))
    }
}

impl From<Rgb> for String {
    fn from(Rgb([r, g, b]): Rgb) -> String {
        format!("#{r:02x}{g:02x}{b:02x}")
    }
}

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

impl Default for CharacterParams {
    fn default() -> Self {
        Self {
            name: "Mio".into(),
            build: Build::default(),
            skin: Rgb::hex(0xffe9dd),
            hair: Hair::default(),
            eyes: Eyes::default(),
            outfit: Outfit::default(),
            accessories: Accessories::default(),
        }
    }
}

impl Default for Build {
    fn default() -> Self {
        Self { height_m: 1.55, head: 1.0, legs: 1.0, girth: 1.0, shoulders: 1.0, hips: 1.0, bust: 1.0, face: 1.0 }
    }
}

impl Default for Hair {
    fn default() -> Self {
        Self {
            style: HairStyle::Long,
            bangs: Bangs::Full,
            length: 1.0,
            colour: Rgb::hex(0xb9a3d6),
            tips: Rgb::hex(0xe7b4cf),
            seed: 7,
        }
    }
}

impl Default for Eyes {
    fn default() -> Self {
        Self { shape: EyeShape::Round, size: 1.0, colour: Rgb::hex(0x2f4f9e), glow: Rgb::hex(0x7fe0ea) }
    }
}

impl Default for Outfit {
    fn default() -> Self {
        Self {
            kind: OutfitKind::Sailor,
            main: Rgb::hex(0xfdfbfa),
            second: Rgb::hex(0x34406f),
            trim: Rgb::hex(0xfdfbfa),
            accent: Rgb::hex(0xe2506a),
            socks: Rgb::hex(0x2e3557),
            shoes: Rgb::hex(0x6d3f38),
            skirt_length: 1.0,
        }
    }
}

impl Default for Accessories {
    fn default() -> Self {
        Self { hair_ribbon: true, bow: true, choker: false }
    }
}

impl CharacterParams {
    /// Looks whether all numbers are such that a figure comes of them.
    ///
    /// # Errors
    /// The first that isn't, by its name in character files, and what it may be.
    pub fn check(&self) -> Result<(), String> {
        let Self { build, hair, eyes, outfit, .. } = self;
        for (name, value, least, most) in [
            ("build.height-m", build.height_m, 0.3, 3.0),
            ("build.head", build.head, 0.5, 2.0),
            ("build.legs", build.legs, 0.5, 2.0),
            ("build.girth", build.girth, 0.5, 2.0),
            ("build.shoulders", build.shoulders, 0.5, 2.0),
            ("build.hips", build.hips, 0.5, 2.0),
            ("build.bust", build.bust, 0.0, 3.0),
            ("build.face", build.face, 0.5, 2.0),
            ("hair.length", hair.length, 0.1, 3.0),
            ("eyes.size", eyes.size, 0.5, 1.5),
            ("outfit.skirt-length", outfit.skirt_length, 0.1, 3.0),
        ] {
            // No number is in no range.
            if !(least..=most).contains(&value) {
                return Err(format!("its {name} is {value}, and may be {least} to {most}"));
            }
        }
        Ok(())
    }

    /// The fields of the file that these were read from which say nothing, by their whole names: mistyped ones, mostly.
    pub fn unknown_fields(&self, file: &Value) -> Vec<String> {
        fn compare(given: &Value, known: &Value, at: &str, unknown: &mut Vec<String>) {
            let (Value::Object(given), Value::Object(known)) = (given, known) else { return };
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
        let lot = &mut Lot::new(seed);
        let boyish = lot.share() < 0.35;
        let hue = lot.between(0.0, 360.0);
        let hair = Rgb::hsv(lot.between(0.0, 360.0), lot.between(0.15, 0.55), lot.between(0.35, 0.95));
        let (main, second) = match lot.below(3) {
            0 => (Rgb::hex(0xfdfbfa), Rgb::hsv(hue, lot.between(0.35, 0.65), lot.between(0.3, 0.55))),
            1 => (Rgb::hsv(hue, lot.between(0.2, 0.5), lot.between(0.75, 0.95)), Rgb::hsv(hue + 200.0, 0.35, 0.4)),
            _ => (Rgb::hsv(hue, lot.between(0.3, 0.5), lot.between(0.35, 0.55)), Rgb::hsv(hue + 30.0, 0.15, 0.85)),
        };
        let kind = if boyish {
            OutfitKind::Hoodie
        } else {
            lot.pick([OutfitKind::Sailor, OutfitKind::Sailor, OutfitKind::Dress, OutfitKind::Hoodie])
        };
        let style = if boyish {
            lot.pick([HairStyle::Short, HairStyle::Short, HairStyle::Bob])
        } else {
            lot.pick([HairStyle::Bob, HairStyle::Long, HairStyle::Ponytail, HairStyle::Twintails, HairStyle::Short])
        };
        Self {
            name: format!("Character {seed}"),
            build: Build {
                height_m: if boyish { lot.between(1.55, 1.75) } else { lot.between(1.42, 1.65) },
                head: lot.between(0.94, 1.12),
                legs: lot.between(0.95, 1.08),
                girth: lot.between(0.94, 1.08),
                shoulders: if boyish { lot.between(1.05, 1.2) } else { lot.between(0.95, 1.05) },
                hips: if boyish { lot.between(0.88, 0.96) } else { lot.between(0.96, 1.06) },
                bust: if boyish { 0.0 } else { lot.between(0.3, 1.3) },
                face: if boyish { lot.between(1.0, 1.12) } else { lot.between(0.94, 1.05) },
            },
            skin: lot.pick([0xffe9dd, 0xffe3d2, 0xf6d3b8, 0xe3b594, 0xb98463]).into(),
            hair: Hair {
                style,
                bangs: lot.pick([Bangs::Full, Bangs::Swept, Bangs::Parted]),
                length: lot.between(0.6, 1.3),
                colour: hair,
                tips: hair.mix(Rgb::hsv(lot.between(0.0, 360.0), 0.4, 1.0), lot.between(0.1, 0.6)),
                seed: lot.next(),
            },
            eyes: Eyes {
                shape: lot.pick([EyeShape::Round, EyeShape::Raised, EyeShape::Drooping, EyeShape::Narrow]),
                size: if boyish { lot.between(0.85, 0.95) } else { lot.between(0.94, 1.08) },
                colour: Rgb::hsv(hue + 150.0, lot.between(0.5, 0.75), lot.between(0.35, 0.65)),
                glow: Rgb::hsv(hue + 150.0 + lot.between(-40.0, 40.0), lot.between(0.35, 0.6), lot.between(0.8, 1.0)),
            },
            outfit: Outfit {
                kind,
                main,
                second,
                trim: lot.pick([0xfdfbfa, 0xf3e3b0, 0xd9e4f5]).into(),
                accent: Rgb::hsv(hue + lot.between(120.0, 240.0), lot.between(0.5, 0.75), lot.between(0.7, 0.95)),
                socks: lot.pick([0xfdfbfa, 0x2e3557, 0x3a3340]).into(),
                shoes: lot.pick([0x6d3f38, 0x3a3444, 0xc9ccd6]).into(),
                skirt_length: lot.between(0.85, 1.25),
            },
            accessories: Accessories {
                hair_ribbon: !boyish && lot.share() < 0.5,
                bow: lot.share() < 0.7,
                choker: lot.share() < 0.2,
            },
        }
    }
}

impl From<u32> for Rgb {
    fn from(value: u32) -> Self {
        Rgb::hex(value)
    }
}

/// SplitMix64 (Steele, Lea & Flood 2014): small, and the same on every machine.
pub(super) struct Lot(u64);

impl Lot {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// In [0, 1).
    pub(super) fn share(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 24) as f32
    }

    pub(super) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.share()
    }

    pub(super) fn below(&mut self, count: usize) -> usize {
        ((self.share() * count as f32) as usize).min(count - 1)
    }

    pub(super) fn pick<T: Copy, const N: usize>(&mut self, from: [T; N]) -> T {
        from[self.below(N)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistyped_fields_are_named() {
        let file = serde_json::json!({
            "name": "Mio", "colour": 3, "hair": { "length": 1.0, "lenght": 2.0 }, "eyes": { "size": 1.0 },
        });
        let params = CharacterParams::deserialize(&file).unwrap();
        assert_eq!(params.unknown_fields(&file), ["colour", "hair.lenght"]);
        let whole = serde_json::to_value(CharacterParams::random(3)).unwrap();
        assert!(params.unknown_fields(&whole).is_empty());
    }

    #[test]
    fn numbers_that_make_no_figure_are_named() {
        assert_eq!(CharacterParams::default().check(), Ok(()));
        for seed in 0..300 {
            assert_eq!(CharacterParams::random(seed).check(), Ok(()), "{seed}");
        }
        for face in [1000.0, -1.0, f32::NAN, f32::INFINITY] {
            let params = CharacterParams { build: Build { face, ..Build::default() }, ..CharacterParams::default() };
            assert!(params.check().unwrap_err().contains("build.face is "), "{face}");
        }
    }
}
