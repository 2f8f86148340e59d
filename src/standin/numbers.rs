//! The numbers and colours that a stand-in is made of, in words: the window's sliders and swatches and the command line's
//! list are made from these tables.

use crate::example::CharacterParams;
use crate::example::params::Rgb;

/// What belongs together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// The body.
    Body,
    /// Head and face.
    Face,
    /// Hair.
    Hair,
    /// The clothes of one cut that are worn where no pieces are chosen.
    Outfit,
}

/// A number that can be chosen.
#[derive(Debug)]
pub struct Number {
    /// Where it belongs.
    pub group: Group,
    /// What it is called on screen.
    pub name: &'static str,
    /// Its whole name in files.
    pub field: &'static str,
    /// What it does, in words.
    pub tip: &'static str,
    /// From where to where it is useful.
    pub range: [f32; 2],
    /// What stands behind it.
    pub unit: &'static str,
    /// Where it is.
    pub of: fn(&mut CharacterParams) -> &mut f32,
}

/// A colour that can be chosen.
#[derive(Debug)]
pub struct Swatch {
    /// Where it belongs.
    pub group: Group,
    /// What it is called on screen.
    pub name: &'static str,
    /// Its whole name in files.
    pub field: &'static str,
    /// Where it is.
    pub of: fn(&mut CharacterParams) -> &mut Rgb,
}

macro_rules! numbers {
    ($($group:ident $name:literal $field:literal [$($path:tt)+] $low:literal..$high:literal $unit:literal $tip:literal;)*) => {
        /// All numbers, group by group.
        pub static NUMBERS: &[Number] = &[$(Number {
            group: Group::$group,
            name: $name,
            field: $field,
            tip: $tip,
            range: [$low, $high],
            unit: $unit,
            of: |params| &mut params.$($path)+,
        }),*];
    };
}

macro_rules! swatches {
    ($($group:ident $name:literal $field:literal [$($path:tt)+];)*) => {
        /// All colours, group by group.
        pub static SWATCHES: &[Swatch] = &[$(Swatch {
            group: Group::$group,
            name: $name,
            field: $field,
            of: |params| &mut params.$($path)+,
        }),*];
    };
}

numbers! {
    Body "Height" "build.height-m" [build.height_m] 0.6..2.2 " m" "From the floor to the top of the head, without hair";
    Body "Head size" "build.head" [build.head] 0.7..3.0 "×" "Above 1.5 the figure becomes a chibi";
    Body "Legs" "build.legs" [build.legs] 0.4..1.5 "×" "How long the legs are beside the rest";
    Body "Trunk" "build.torso" [build.torso] 0.6..1.5 "×" "How long the trunk is beside the rest";
    Body "Arms" "build.arms" [build.arms] 0.5..1.5 "×" "How long the arms are";
    Body "Thickness" "build.girth" [build.girth] 0.6..1.8 "×" "Of trunk and limbs";
    Body "Shoulders" "build.shoulders" [build.shoulders] 0.6..1.6 "×" "How far apart the shoulders are";
    Body "Hips" "build.hips" [build.hips] 0.6..1.6 "×" "How wide the hips are";
    Body "Bust" "build.bust" [build.bust] 0.0..2.5 "×" "0 is flat";
    Body "Belly" "build.belly" [build.belly] 0.0..2.0 "×" "How far the belly stands out";
    Body "Upper arms" "build.limbs.0" [build.limbs[0]] 0.5..2.0 "×" "How thick the upper arms are";
    Body "Forearms" "build.limbs.1" [build.limbs[1]] 0.5..2.0 "×" "How thick the forearms are";
    Body "Thighs" "build.limbs.2" [build.limbs[2]] 0.5..2.0 "×" "How thick the thighs are";
    Body "Calves" "build.limbs.3" [build.limbs[3]] 0.5..2.0 "×" "How thick the calves are";
    Body "Hands" "build.hands" [build.hands] 0.5..2.0 "×" "How large the hands are";
    Body "Feet" "build.feet" [build.feet] 0.5..2.0 "×" "How large the feet are";
    Face "Head width" "build.head-shape.0" [build.head_shape[0]] 0.7..1.4 "×" "How wide the head is";
    Face "Head depth" "build.head-shape.1" [build.head_shape[1]] 0.7..1.4 "×" "How deep the head is, from front to back";
    Face "Lower face" "build.face" [build.face] 0.7..1.4 "×" "Shorter is childlike, longer is grown up";
    Face "Eye size" "eyes.size" [eyes.size] 0.6..1.3 "×" "How large the eyes are";
    Face "Eye height" "eyes.tall" [eyes.tall] 0.6..1.15 "×" "How high eyes are beside their width";
    Face "Eye distance" "eyes.apart" [eyes.apart] 0.85..1.15 "×" "How far apart the eyes are";
    Face "Eye place" "eyes.higher-m" [eyes.higher_m] -0.015..0.015 " m" "How much higher the eyes sit";
    Face "Eye tilt" "eyes.tilt" [eyes.tilt] -0.5..0.5 "" "Outer corners up or down";
    Face "Lashes" "eyes.lashes" [eyes.lashes] 0.0..2.5 "×" "How thick the upper lashes are";
    Face "Brows" "face.brows" [face.brows] 0.0..3.0 "×" "How thick the brows are; 0 is none";
    Hair "Hair length" "hair.length" [hair.length] 0.2..2.2 "×" "How far the hair hangs down";
    Hair "Spread of the ends" "hair.flare" [hair.flare] -1.0..4.0 "×" "How far the ends stand away";
    Hair "Longer on one side" "hair.lopsided" [hair.lopsided] -1.0..1.0 "" "Longer on the figure's left, or on its right below 0";
    Hair "Loose lock" "hair.ahoge" [hair.ahoge] 0.0..3.5 "×" "The lock that won't lie down; 0 is none";
    Outfit "Skirt length" "outfit.skirt-length" [outfit.skirt_length] 0.4..2.0 "×" "How long the skirt is";
}

swatches! {
    Face "Skin" "skin" [skin];
    Face "Eyes, upper part" "eyes.colour" [eyes.colour];
    Face "Eyes, lower part" "eyes.glow" [eyes.glow];
    Hair "Hair" "hair.colour" [hair.colour];
    Hair "Tips" "hair.tips" [hair.tips];
    Outfit "Top" "outfit.main" [outfit.main];
    Outfit "Collar and skirt" "outfit.second" [outfit.second];
    Outfit "Stripes" "outfit.trim" [outfit.trim];
    Outfit "Ribbons" "outfit.accent" [outfit.accent];
    Outfit "Socks" "outfit.socks" [outfit.socks];
    Outfit "Shoes" "outfit.shoes" [outfit.shoes];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standin::set;

    #[test]
    fn every_number_and_colour_is_the_field_that_it_is_said_to_be_and_all_of_its_range_makes_a_figure() {
        let usual = CharacterParams::default();
        for number in NUMBERS {
            let mut params = usual.clone();
            let before = *(number.of)(&mut params);
            assert!((number.range[0]..=number.range[1]).contains(&before), "{}", number.field);
            for value in number.range {
                let mut by_table = usual.clone();
                *(number.of)(&mut by_table) = value;
                assert_eq!(by_table.check(), Ok(()), "{}", number.field);
                assert_eq!(set(&usual, number.field, &value.to_string()).unwrap(), by_table, "{}", number.field);
            }
        }
        for swatch in SWATCHES {
            let mut by_table = usual.clone();
            *(swatch.of)(&mut by_table) = Rgb::hex(0x123456);
            assert_eq!(set(&usual, swatch.field, "#123456").unwrap(), by_table, "{}", swatch.field);
        }
        let names: Vec<&str> = NUMBERS.iter().map(|n| n.name).collect();
        assert!(names.iter().enumerate().all(|(i, name)| !names[..i].contains(name)), "labels tell sliders apart");
    }
}
