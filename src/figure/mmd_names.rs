//! Which bone of an MMD model is which human bone, told by their names.
//!
//! Names follow the standard model of MMD (“初音ミク.pmd”) and the semi-standard bones (準標準ボーン) that most models
//! add; spellings differ between kana, kanji and half-width characters. English names (those of MMD's English mode) are
//! the second choice: they are often left over from a copied bone.

use super::{HumanBone, Humanoid};
use std::collections::HashMap;

/// The bones without a side: human bone, Japanese names, English name without spaces.
const MIDDLE: [(HumanBone, &[&str], &str); 6] = {
    use HumanBone::*;
    [
        (Spine, &["上半身"], "upperbody"),
        (Chest, &["上半身2"], "upperbody2"),
        (UpperChest, &["上半身3"], "upperbody3"),
        (Neck, &["首"], "neck"),
        (Head, &["頭"], "head"),
        (Jaw, &["あご", "顎", "下あご", "下顎"], "jaw"),
    ]
};

/// The bones of the left side, Japanese names without their 左 and English ones without their “_L”.
const LEFT: [(HumanBone, &[&str], &str); 24] = {
    use HumanBone::*;
    [
        (LeftEye, &["目", "眼"], "eye"),
        (LeftShoulder, &["肩"], "shoulder"),
        (LeftUpperArm, &["腕"], "arm"),
        (LeftLowerArm, &["ひじ", "肘"], "elbow"),
        (LeftHand, &["手首"], "wrist"),
        (LeftUpperLeg, &["足", "脚"], "leg"),
        (LeftLowerLeg, &["ひざ", "膝"], "knee"),
        (LeftFoot, &["足首"], "ankle"),
        (LeftToes, &["足先ex", "つま先ex", "つま先", "爪先"], "toe2"),
        (LeftThumbMetacarpal, &["親指0"], "thumb0"),
        (LeftThumbProximal, &["親指1"], "thumb1"),
        (LeftThumbDistal, &["親指2"], "thumb2"),
        (LeftIndexProximal, &["人指1", "人差指1", "示指1"], "fore1"),
        (LeftIndexIntermediate, &["人指2", "人差指2", "示指2"], "fore2"),
        (LeftIndexDistal, &["人指3", "人差指3", "示指3"], "fore3"),
        (LeftMiddleProximal, &["中指1"], "middle1"),
        (LeftMiddleIntermediate, &["中指2"], "middle2"),
        (LeftMiddleDistal, &["中指3"], "middle3"),
        (LeftRingProximal, &["薬指1"], "third1"),
        (LeftRingIntermediate, &["薬指2"], "third2"),
        (LeftRingDistal, &["薬指3"], "third3"),
        (LeftLittleProximal, &["小指1"], "little1"),
        (LeftLittleIntermediate, &["小指2"], "little2"),
        (LeftLittleDistal, &["小指3"], "little3"),
    ]
};

/// The human bones among `names` (Japanese, English), as indices into that list. The hips are left to the caller, since
/// MMD knows none ([`super::pmx`]).
pub(super) fn find<'a>(names: impl Iterator<Item = [&'a str; 2]>) -> Humanoid {
    // Of several bones of one name, the first: MMD takes that one, too.
    let (mut japanese, mut english) = (HashMap::new(), HashMap::new());
    for (i, [first, second]) in names.enumerate() {
        japanese.entry(plain(first)).or_insert(i as u32);
        // Some models are English throughout.
        for name in [first, second] {
            english.entry(plain(name)).or_insert(i as u32);
        }
    }
    let mut humanoid = Humanoid::default();
    let mut look = |bone: HumanBone, kanji: &str, letter: &str, own: &[&str], foreign: &str| {
        let known = own.iter().find_map(|name| japanese.get(&format!("{kanji}{name}")));
        if let Some(&index) = known.or_else(|| english.get(&format!("{foreign}{letter}"))) {
            humanoid.set(bone, index);
        }
    };
    for (bone, own, foreign) in MIDDLE {
        look(bone, "", "", own, foreign);
    }
    for (bone, own, foreign) in LEFT {
        look(bone, "左", "_l", own, foreign);
        look(bone.mirrored(), "右", "_r", own, foreign);
    }
    humanoid
}

/// The human bone that a bone of this name is.
pub(crate) fn bone(name: &str) -> Option<HumanBone> {
    find(std::iter::once([name, ""])).iter().next().map(|(bone, _)| bone)
}

/// The name of a human bone in MMD's standard model and the semi-standard bones; none for the hips, see [`find`].
pub(crate) fn japanese(bone: HumanBone) -> Option<String> {
    let side = |own: &&str, kanji: &str| match own.strip_suffix(|c: char| c.is_ascii_digit()) {
        // Fingers have full-width digits there.
        Some(stem) if stem.ends_with('指') => {
            let digit = own.chars().last().and_then(|c| char::from_u32(c as u32 - '0' as u32 + '０' as u32));
            format!("{kanji}{stem}{}", digit.unwrap_or_default())
        }
        _ => format!("{kanji}{}", own.replace("ex", "EX")),
    };
    let middle = MIDDLE.iter().find(|(known, ..)| *known == bone).map(|(_, own, _)| own[0].to_owned());
    middle.or_else(|| {
        LEFT.iter().find_map(|(known, own, _)| match bone {
            _ if *known == bone => Some(side(&own[0], "左")),
            _ if known.mirrored() == bone => Some(side(&own[0], "右")),
            _ => None,
        })
    })
}

/// The usual spelling of a Japanese name: half-width digits and lower-case letters, ひじ, ひざ and つま先 in hiragana.
pub(crate) fn plain(name: &str) -> String {
    let narrow: String = name
        .trim()
        .chars()
        .map(|c| match c {
            // Full-width ASCII lies in the same order.
            '！'..='～' => char::from_u32(c as u32 - '！' as u32 + '!' as u32).unwrap_or(c),
            _ => c,
        })
        .filter(|c| !c.is_whitespace())
        .collect();
    [
        ("ヒジ", "ひじ"),
        ("ﾋｼﾞ", "ひじ"),
        ("ヒザ", "ひざ"),
        ("ﾋｻﾞ", "ひざ"),
        ("ツマ先", "つま先"),
        ("ﾂﾏ先", "つま先"),
        ("人差し指", "人差指"),
        ("人さし指", "人差指"),
    ]
    .iter()
    .fold(narrow.to_lowercase(), |name, (from, to)| name.replace(from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(names: &[[&str; 2]]) -> Vec<(HumanBone, u32)> {
        find(names.iter().copied()).iter().collect()
    }

    #[test]
    fn spellings_of_one_bone_are_all_known() {
        use HumanBone::*;
        for (name, bone) in [
            ("上半身", Spine),
            ("上半身２", Chest),
            ("左ひじ", LeftLowerArm),
            ("右肘", RightLowerArm),
            ("右ヒジ", RightLowerArm),
            ("左ひざ", LeftLowerLeg),
            ("左膝", LeftLowerLeg),
            ("左足", LeftUpperLeg),
            ("左足首", LeftFoot),
            ("右つま先", RightToes),
            ("左足先EX", LeftToes),
            ("左親指０", LeftThumbMetacarpal),
            ("左親指2", LeftThumbDistal),
            ("右人差し指１", RightIndexProximal),
            ("右人指1", RightIndexProximal),
            ("左小指３", LeftLittleDistal),
            ("右目", RightEye),
        ] {
            assert_eq!(found(&[["x", ""], [name, ""]]), [(bone, 1)], "{name}");
        }
    }

    #[test]
    fn english_names_help_out_only_where_no_japanese_one_does() {
        use HumanBone::*;
        assert_eq!(found(&[["補助", "elbow_L"], ["左ひじ", "elbow_L"]]), [(LeftLowerArm, 1)]);
        assert_eq!(found(&[["Upper Body2", ""], ["x", "ankle_R"]]), [(Chest, 0), (RightFoot, 1)]);
    }

    #[test]
    fn names_that_only_contain_a_bones_name_are_not_that_bone() {
        assert_eq!(found(&[["左足IK親", ""], ["左足ＩＫ", ""], ["左腕捩", ""], ["左足D", ""], ["頭先", ""]]), []);
    }
}
