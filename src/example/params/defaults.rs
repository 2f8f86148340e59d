//! The built-in character.

use super::*;

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
            face: Face::default(),
            wear: Vec::new(),
            extras: Vec::new(),
        }
    }
}

impl Default for Build {
    fn default() -> Self {
        Self {
            height_m: 1.55,
            head: 1.0,
            legs: 1.0,
            girth: 1.0,
            shoulders: 1.0,
            hips: 1.0,
            bust: 1.0,
            face: 1.0,
            torso: 1.0,
            arms: 1.0,
            limbs: [1.0; 4],
            hands: 1.0,
            feet: 1.0,
            belly: 0.0,
            head_shape: [1.0; 2],
            uneven: 0.0,
            seed: 0,
        }
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
            lopsided: 0.0,
            ahoge: 1.0,
            flare: 1.0,
        }
    }
}

impl Default for Eyes {
    fn default() -> Self {
        Self {
            shape: EyeShape::Round,
            size: 1.0,
            colour: Rgb::hex(0x2f4f9e),
            glow: Rgb::hex(0x7fe0ea),
            higher_m: 0.0,
            apart: 1.0,
            tilt: 0.0,
            tall: 1.0,
            iris: Iris::Bright,
            lashes: 1.0,
        }
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
