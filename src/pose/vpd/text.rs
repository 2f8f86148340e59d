//! The text of a VPD file: bones with a shift and a turn each, morphs with a weight, in MMD's own axes and units.
//!
//! MMD never documented the format; this is how its files look, and MikuMikuMoving's, which add morphs:
//!
//! ```text
//! Vocaloid Pose Data file
//!
//! miku.osm;                    // the model's file
//! 1;                           // how many bones follow
//!
//! Bone0{左腕
//!   0.000000,0.000000,0.000000;             // trans x,y,z
//!   0.000000,0.000000,0.173648,0.984808;    // Quaternion x,y,z,w
//! }
//! Morph0{笑い
//!   1.000000;
//! }
//! ```
//!
//! What is damaged is refused by name; what is only odd (counts that don't fit, blocks of a kind unknown, missing
//! semicolons) is read as MMD would.

use glam::{Quat, Vec3};
use std::fmt::Write as _;

/// The words every VPD file begins with.
pub(super) const SIGNATURE: &str = "Vocaloid Pose Data file";

/// A bone's shift from where it rests and its turn, both relative to its parent, in MMD's axes (left-handed, y up, the
/// model looks along −z) and units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Motion {
    pub(crate) shift: Vec3,
    pub(crate) turn: Quat,
}

impl Default for Motion {
    fn default() -> Self {
        Self { shift: Vec3::ZERO, turn: Quat::IDENTITY }
    }
}

/// A file's bones and morphs in their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Document {
    pub(crate) bones: Vec<(String, Motion)>,
    pub(crate) morphs: Vec<(String, f32)>,
}

/// The bytes as text: UTF-8 where they are that, else Shift-JIS, as MMD writes. Shift-JIS names are hardly ever valid
/// UTF-8 by chance.
fn decode(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::SHIFT_JIS.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

/// Whether these bytes begin as a VPD file does.
pub(super) fn is_vpd(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    bytes.trim_ascii_start().starts_with(SIGNATURE.as_bytes())
}

/// Reads a file; what is wrong with it otherwise.
pub(super) fn read(bytes: &[u8]) -> Result<Document, String> {
    if !is_vpd(bytes) {
        return Err(format!("it doesn't begin with `{SIGNATURE}`, so it is no MMD pose"));
    }
    let text = decode(bytes);
    let mut document = Document::default();
    let mut lines = text.lines().map(|line| line.split_once("//").map_or(line, |(line, _)| line).trim());
    while let Some(line) = lines.next() {
        let Some((kind, rest)) = line.split_once('{') else { continue };
        // The name ends with the line; some programs close the block on the same line.
        let (name, mut open) = match rest.split_once('}') {
            Some((name, _)) => (name.trim(), false),
            None => (rest.trim(), true),
        };
        let mut numbers = Vec::new();
        while open {
            let Some(line) = lines.next() else { return Err(format!("{} breaks off before its }}", shown(name))) };
            let (content, closes) = line.split_once('}').map_or((line, false), |(content, _)| (content, true));
            for word in content.split([',', ';', ' ', '\t']).filter(|word| !word.is_empty()) {
                if numbers.len() == 7 {
                    break;
                }
                numbers.push(number(word).ok_or_else(|| {
                    format!("{} holds {}, where a number up to 10000 belongs", shown(name), shown(word))
                })?);
            }
            open = !closes;
        }
        match (kind.trim_end_matches(|c: char| c.is_ascii_digit()).trim(), &numbers[..]) {
            ("Bone", &[x, y, z, qx, qy, qz, qw]) => {
                let turn = Quat::from_xyzw(qx, qy, qz, qw);
                // Some exporters leave a bone that isn't turned at all zeros.
                let turn = if turn.length_squared() < 1e-6 { Quat::IDENTITY } else { turn.normalize() };
                document.bones.push((name.to_owned(), Motion { shift: Vec3::new(x, y, z), turn }));
            }
            ("Morph", &[weight, ..]) => document.morphs.push((name.to_owned(), weight)),
            ("Bone", found) => {
                return Err(format!("bone {} has {} numbers, where 3 and 4 belong", shown(name), found.len()));
            }
            ("Morph", _) => return Err(format!("morph {} has no weight", shown(name))),
            _ => {}
        }
    }
    Ok(document)
}

/// The bytes of a file, in Shift-JIS as MMD wants it; names that it can't say are left out.
pub(super) fn write(document: &Document) -> Vec<u8> {
    let speakable = |name: &str| {
        !name.is_empty() && !name.contains(['{', '}', '\r', '\n']) && !encoding_rs::SHIFT_JIS.encode(name).2
    };
    let bones: Vec<_> = document.bones.iter().filter(|(name, _)| speakable(name)).collect();
    let morphs = document.morphs.iter().filter(|(name, _)| speakable(name));
    let mut text = format!("{SIGNATURE}\r\n\r\nsettei.osm;\r\n{};\r\n", bones.len());
    // Writing into a string can't fail.
    for (i, (name, Motion { shift, turn })) in bones.into_iter().enumerate() {
        let _ = write!(
            text,
            "\r\nBone{i}{{{name}\r\n  {:.6},{:.6},{:.6};\t\t\t\t// trans x,y,z\r\n  {:.6},{:.6},{:.6},{:.6};\t\t\
             // Quaternion x,y,z,w\r\n}}\r\n",
            shift.x, shift.y, shift.z, turn.x, turn.y, turn.z, turn.w
        );
    }
    for (i, (name, weight)) in morphs.enumerate() {
        let _ = write!(text, "\r\nMorph{i}{{{name}\r\n  {weight:.6};\r\n}}\r\n");
    }
    encoding_rs::SHIFT_JIS.encode(&text).0.into_owned()
}

fn number(word: &str) -> Option<f32> {
    word.parse::<f32>().ok().filter(|number| number.abs() <= 1e4)
}

/// A word from the file as a message may show it.
fn shown(word: &str) -> String {
    format!("`{}`", word.chars().filter(|c| !c.is_control()).take(40).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MIKU: &str = "Vocaloid Pose Data file\r\n\r\nmiku.osm;\t\t// 親ファイル名\r\n2;\t\t\t\t// 総ポーズボーン数\r\n\r\n\
        Bone0{右親指１\r\n  0.000000,0.000000,0.000000;\t\t\t\t// trans x,y,z\r\n  \
        -0.115550,0.145510,0.175120,0.966380;\t\t// Quaternion x,y,z,w\r\n}\r\n\r\n\
        Bone1{センター\r\n  0.5,-4,1;\r\n  0,0,0,0;\r\n}\r\nMorph0{笑い\r\n  0.5;\r\n}\r\n";

    #[test]
    fn a_file_is_read_in_either_encoding() {
        let shift_jis = encoding_rs::SHIFT_JIS.encode(MIKU).0.into_owned();
        for bytes in [&shift_jis[..], MIKU.as_bytes(), format!("\u{feff}{MIKU}").as_bytes()] {
            let document = read(bytes).unwrap();
            assert_eq!(document.bones[0].0, "右親指１");
            assert!((document.bones[0].1.turn.w - 0.96638).abs() < 1e-3);
            let centre = Motion { shift: Vec3::new(0.5, -4.0, 1.0), turn: Quat::IDENTITY };
            assert_eq!(document.bones[1], ("センター".to_owned(), centre));
            assert_eq!(document.morphs, [("笑い".to_owned(), 0.5)]);
        }
    }

    #[test]
    fn what_is_damaged_is_refused_by_name() {
        let head = format!("{SIGNATURE}\n");
        for (text, helps) in [
            ("{}".to_owned(), "no MMD pose"),
            (format!("{head}Bone0{{左腕\n 0,0"), "`左腕` breaks off"),
            (format!("{head}Bone0{{左腕\n 0,0,0;\n 0,0,1;\n}}"), "has 6 numbers"),
            (format!("{head}Bone0{{左腕\n 0,x,0;\n"), "`x`"),
            (format!("{head}Bone0{{左腕\n 0,NaN,0;\n"), "`NaN`"),
            (format!("{head}Bone0{{左腕\n 0,1e30,0;\n"), "`1e30`"),
            (format!("{head}Morph0{{あ}}\n"), "no weight"),
        ] {
            let message = read(text.as_bytes()).unwrap_err();
            assert!(message.contains(helps), "{text}: {message}");
        }
    }

    #[test]
    fn names_that_shift_jis_lacks_and_names_that_would_break_the_file_are_left_out() {
        let bones = ["🦊", "a{b", "", "髪"].map(|name| (name.to_owned(), Motion::default()));
        let read = read(&write(&Document { bones: bones.into(), morphs: vec![] })).unwrap();
        assert_eq!(read.bones.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["髪"]);
    }

    proptest! {
        #[test]
        fn anything_at_all_is_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = read(&[SIGNATURE.as_bytes(), b"\n", &bytes].concat());
            let _ = read(&bytes);
        }

        #[test]
        fn damage_to_a_real_file_is_survived(at in 0usize..400, byte: u8, cut in 0usize..400) {
            let mut bytes = encoding_rs::SHIFT_JIS.encode(MIKU).0.into_owned();
            let at = at % bytes.len();
            bytes[at] = byte;
            let _ = read(&bytes);
            bytes.truncate(cut);
            if let Ok(document) = read(&bytes) {
                prop_assert!(document.bones.iter().all(|(_, m)| m.turn.is_normalized() && m.shift.is_finite()));
            }
        }
    }
}
