//! Which bone of an MMD model is which human bone, and which morph which expression, told by their names.
//!
//! Names follow the standard model of MMD (“初音ミク.pmd”) and the semi-standard bones (準標準ボーン) that most models
//! add; spellings differ between kana, kanji and half-width characters. English names are the second choice: they are
//! often left over from a copied bone.

use super::{HumanBone, Humanoid};
use std::collections::HashMap;

/// The bones without a side: human bone, Japanese names, English names (lower case, without spaces and separators).
const MIDDLE: [(HumanBone, &[&str], &[&str]); 7] = {
    use HumanBone::*;
    [
        (Spine, &["上半身"], &["upperbody", "spine", "torso"]),
        (Chest, &["上半身2"], &["upperbody2", "chest", "spine1"]),
        (UpperChest, &["上半身3"], &["upperbody3", "upperchest", "spine2"]),
        (Neck, &["首"], &["neck"]),
        (Head, &["頭"], &["head"]),
        (Jaw, &["あご", "顎", "下顎", "下あご"], &["jaw"]),
        (Hips, &["腰骨", "骨盤"], &["hips", "pelvis"]),
    ]
};

/// The bones of the left side, names without their 左 or “left”.
const LEFT: [(HumanBone, &[&str], &[&str]); 24] = {
    use HumanBone::*;
    [
        (LeftEye, &["目", "眼"], &["eye"]),
        (LeftShoulder, &["肩"], &["shoulder", "clavicle"]),
        (LeftUpperArm, &["腕"], &["arm", "upperarm"]),
        (LeftLowerArm, &["ひじ", "肘"], &["elbow", "forearm", "lowerarm"]),
        (LeftHand, &["手首"], &["wrist", "hand"]),
        (LeftUpperLeg, &["足", "脚"], &["leg", "upperleg", "upleg", "thigh"]),
        (LeftLowerLeg, &["ひざ", "膝"], &["knee", "lowerleg", "calf", "shin"]),
        (LeftFoot, &["足首"], &["ankle", "foot"]),
        (LeftToes, &["足先ex", "つま先ex", "つま先", "爪先"], &["toe2", "toes", "toe", "toebase"]),
        (LeftThumbMetacarpal, &["親指0"], &["thumb0", "thumbmetacarpal"]),
        (LeftThumbProximal, &["親指1"], &["thumb1", "thumbproximal"]),
        (LeftThumbDistal, &["親指2"], &["thumb2", "thumbdistal"]),
        (LeftIndexProximal, &["人指1", "人差指1", "示指1"], &["fore1", "index1", "indexproximal"]),
        (LeftIndexIntermediate, &["人指2", "人差指2", "示指2"], &["fore2", "index2", "indexintermediate"]),
        (LeftIndexDistal, &["人指3", "人差指3", "示指3"], &["fore3", "index3", "indexdistal"]),
        (LeftMiddleProximal, &["中指1"], &["middle1", "middleproximal"]),
        (LeftMiddleIntermediate, &["中指2"], &["middle2", "middleintermediate"]),
        (LeftMiddleDistal, &["中指3"], &["middle3", "middledistal"]),
        (LeftRingProximal, &["薬指1"], &["third1", "ring1", "ringproximal"]),
        (LeftRingIntermediate, &["薬指2"], &["third2", "ring2", "ringintermediate"]),
        (LeftRingDistal, &["薬指3"], &["third3", "ring3", "ringdistal"]),
        (LeftLittleProximal, &["小指1"], &["little1", "littleproximal"]),
        (LeftLittleIntermediate, &["小指2"], &["little2", "littleintermediate"]),
        (LeftLittleDistal, &["小指3"], &["little3", "littledistal"]),
    ]
};

/// VRM 1.0 expression names and the morphs that mean the same, best first.
pub(super) const EXPRESSIONS: [(&str, &[&str]); 12] = [
    ("happy", &["笑顔", "にっこり", "にこり", "笑い"]),
    ("angry", &["怒り"]),
    ("sad", &["悲しい", "悲しみ", "困る", "困り"]),
    ("relaxed", &["なごみ", "微笑み", "にやり"]),
    ("surprised", &["驚き", "びっくり"]),
    ("aa", &["あ"]),
    ("ih", &["い"]),
    ("ou", &["う"]),
    ("ee", &["え"]),
    ("oh", &["お"]),
    ("blink", &["まばたき"]),
    ("blinkLeft", &["ウィンク２", "ウィンク2", "ｳｨﾝｸ２", "ウィンク"]),
];

/// The human bones among `names` (Japanese, English), as indices into that list. The hips are left to the caller where
/// no bone is called so, since MMD knows none ([`super::pmx`]).
pub(super) fn find<'a>(names: impl Iterator<Item = [&'a str; 2]>) -> Humanoid {
    // Of several bones of one name, the first: MMD takes that one, too.
    let (mut japanese, mut english) = (HashMap::new(), HashMap::new());
    for (i, [first, second]) in names.enumerate() {
        let index = i as u32;
        japanese.entry(plain(first)).or_insert(index);
        // Some models are English throughout.
        for name in [first, second] {
            english.entry(plain_english(name)).or_insert(index);
        }
    }
    let mut humanoid = Humanoid::default();
    let mut set = |bone: HumanBone, index: Option<u32>| {
        if let Some(index) = index {
            humanoid.set(bone, index);
        }
    };
    for (bone, own, foreign) in MIDDLE {
        let known = own.iter().find_map(|n| japanese.get(*n)).or_else(|| foreign.iter().find_map(|n| english.get(*n)));
        set(bone, known.copied());
    }
    for (bone, own, foreign) in LEFT {
        for (bone, kanji, word, letter) in [(bone, '左', "left", 'l'), (bone.mirrored(), '右', "right", 'r')] {
            let known = own.iter().find_map(|n| japanese.get(&format!("{kanji}{n}"))).or_else(|| {
                foreign.iter().find_map(|n| {
                    [format!("{n}{letter}"), format!("{word}{n}"), format!("{n}{word}"), format!("{letter}{n}")]
                        .iter()
                        .find_map(|name| english.get(name))
                })
            });
            set(bone, known.copied());
        }
    }
    humanoid
}

/// The usual spelling of a Japanese name: half-width digits and lower-case letters, ひじ, ひざ and つま先 in hiragana.
fn plain(name: &str) -> String {
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

/// An English name without case, spaces and separators, nor the prefixes of common exporters.
fn plain_english(name: &str) -> String {
    let plain: String = plain(name).chars().filter(|c| c.is_alphanumeric()).collect();
    for prefix in ["mixamorig", "jbipc", "jbip", "bip01", "bip001"] {
        if let Some(rest) = plain.strip_prefix(prefix) {
            return rest.to_owned();
        }
    }
    plain
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
        assert_eq!(found(&[["LeftArm", ""], ["leg_R", ""], ["J_Bip_L_UpperLeg", ""]]).len(), 3);
        assert_eq!(found(&[["mixamorig:RightForeArm", ""]]), [(RightLowerArm, 0)]);
        assert_eq!(found(&[["upper body2", ""], ["ankle_L", ""]]), [(Chest, 0), (LeftFoot, 1)]);
    }

    #[test]
    fn names_that_only_contain_a_bones_name_are_not_that_bone() {
        assert_eq!(found(&[["左足IK親", ""], ["左足ＩＫ", ""], ["左腕捩", ""], ["左足D", ""], ["頭先", ""]]), []);
    }
}
