//! Expressions by VRM 1.0's preset names for figures whose files know none: told by the names of their morphs.
//!
//! MikuMikuDance's Japanese and English morphs, Apple's ARKit (52 blend shapes), Ready Player Me, VRChat's visemes and
//! VRoid Studio all have names of their own for the same few faces. A name is brought to one normal form and looked up in
//! one table.

use super::Expression;
use super::mmd_names::plain;
use std::collections::HashMap;

/// One preset: its VRM 1.0 name; the morphs of MikuMikuDance that mean it, the usual one first; and what means it
/// elsewhere, in normal form ([`normal`]), best first. `a+b*0.5` takes two morphs together, the second by half.
type Preset = (&'static str, &'static [&'static str], &'static [&'static str]);

const PRESETS: &[Preset] = &[
    (
        "happy",
        &["笑顔", "にっこり", "にこり", "笑い"],
        &[
            "happy",
            "joy",
            "fclalljoy",
            "cheerful",
            "smile",
            "mouthsmileleft+mouthsmileright+cheeksquintleft*0.5+cheeksquintright*0.5",
            "mouthsmileleft+mouthsmileright",
            "mouthsmile",
        ],
    ),
    (
        "angry",
        &["怒り"],
        &[
            "angry",
            "anger",
            "fclallangry",
            "browdownleft+browdownright+mouthfrownleft*0.5+mouthfrownright*0.5",
            "browdownleft+browdownright",
        ],
    ),
    (
        "sad",
        &["悲しい", "悲しみ", "困る", "困り"],
        &["sad", "sorrow", "sadness", "fclallsorrow", "browinnerup+mouthfrownleft+mouthfrownright"],
    ),
    (
        "relaxed",
        &["なごみ", "微笑み", "にやり"],
        &[
            "relaxed",
            "relax",
            "fun",
            "fclallfun",
            "calm",
            "grin",
            "eyesquintleft*0.6+eyesquintright*0.6+mouthsmileleft*0.4+mouthsmileright*0.4",
        ],
    ),
    (
        "surprised",
        &["驚き", "びっくり"],
        &[
            "surprised",
            "surprise",
            "fclallsurprised",
            "eyewideleft+eyewideright+browinnerup+jawopen*0.3",
            "eyewideleft+eyewideright",
        ],
    ),
    ("aa", &["あ"], &["aa", "a", "ah", "vaa", "visemeaa", "fclmtha", "moutha", "mouthaa", "jawopen*0.7", "mouthopen"]),
    (
        "ih",
        &["い"],
        &[
            "ih",
            "i",
            "vih",
            "visemei",
            "visemeih",
            "fclmthi",
            "mouthi",
            "jawopen*0.2+mouthstretchleft*0.7+mouthstretchright*0.7",
        ],
    ),
    ("ou", &["う"], &["ou", "u", "vou", "visemeu", "visemeou", "fclmthu", "mouthu", "mouthpucker*0.8+jawopen*0.1"]),
    (
        "ee",
        &["え"],
        &["ee", "e", "eh", "ve", "visemee", "fclmthe", "mouthe", "jawopen*0.3+mouthsmileleft*0.4+mouthsmileright*0.4"],
    ),
    ("oh", &["お"], &["oh", "o", "voh", "visemeo", "visemeoh", "fclmtho", "moutho", "mouthfunnel*0.7+jawopen*0.35"]),
    (
        "blink",
        &["まばたき", "瞬き"],
        &[
            "blink",
            "fcleyeclose",
            "eyesclosed",
            "eyesclose",
            "eyeblink",
            "eyeclose",
            "closeeyes",
            "eyeblinkleft+eyeblinkright",
            "blinkleft+blinkright",
            "fcleyecloseleft+fcleyecloseright",
            "eyecloseleft+eyecloseright",
            "eyeclosedleft+eyeclosedright",
            "winkleft+winkright",
        ],
    ),
    (
        "blinkLeft",
        &["ウィンク２", "ウィンク2", "ｳｨﾝｸ２", "ウィンク", "ｳｨﾝｸ"],
        &[
            "blinkleft",
            "eyeblinkleft",
            "fcleyecloseleft",
            "eyecloseleft",
            "eyeclosedleft",
            "winkleft",
            "leftblink",
            "leftwink",
            "wink2",
            "wink",
        ],
    ),
    (
        "blinkRight",
        &["ウィンク２右", "ウィンク2右", "ｳｨﾝｸ２右", "ウィンク右", "ｳｨﾝｸ右"],
        &[
            "blinkright",
            "eyeblinkright",
            "fcleyecloseright",
            "eyecloseright",
            "eyeclosedright",
            "wink2right",
            "winkright",
            "rightblink",
            "rightwink",
        ],
    ),
    ("lookUp", &[], &["lookup", "lookingup", "eyeslookup", "eyelookupleft+eyelookupright"]),
    ("lookDown", &[], &["lookdown", "lookingdown", "eyeslookdown", "eyelookdownleft+eyelookdownright"]),
    ("lookLeft", &[], &["lookleft", "lookingleft", "eyelookoutleft+eyelookinright"]),
    ("lookRight", &[], &["lookright", "lookingright", "eyelookinleft+eyelookoutright"]),
];

/// The presets that morphs of these names (a second one counts where the first says nothing) make, and every morph by its
/// own name; those of one name, one a mesh, make one expression.
pub(super) fn of_morphs<'a>(names: impl Iterator<Item = [&'a str; 2]>) -> Vec<Expression> {
    let names: Vec<[&str; 2]> = names.collect();
    let mut own: Vec<Expression> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut japanese: HashMap<String, Vec<u32>> = HashMap::new();
    let mut by_form: [HashMap<String, Vec<u32>>; 2] = Default::default();
    for (morph, [first, second]) in (0u32..).zip(&names) {
        let place = *places.entry(first).or_insert_with(|| {
            own.push(Expression { name: (*first).to_owned(), ..Expression::default() });
            own.len() - 1
        });
        own[place].morphs.push((morph, 1.0));
        japanese.entry(plain(first)).or_default().push(morph);
        for (form, name) in by_form.iter_mut().zip([first, second]) {
            form.entry(normal(name)).or_default().push(morph);
        }
    }
    let mut expressions: Vec<Expression> = Vec::new();
    for (preset, usual, elsewhere) in PRESETS {
        if places.contains_key(preset) {
            continue;
        }
        let by_name = usual.iter().find_map(|name| Some(vec![(japanese.get(&plain(name))?.clone(), 1.0)]));
        let by_form = || by_form.iter().find_map(|forms| elsewhere.iter().find_map(|makes| all_of(makes, forms)));
        if let Some(parts) = by_name.or_else(by_form) {
            let morphs = parts.into_iter().flat_map(|(morphs, weight)| morphs.into_iter().map(move |m| (m, weight)));
            let (name, morphs) = ((*preset).to_owned(), morphs.collect());
            expressions.push(Expression { name, morphs, ..Expression::default() });
        }
    }
    expressions.extend(own);
    expressions
}

/// The morphs of `a+b*0.5` with their weights, if all are there.
fn all_of(makes: &str, forms: &HashMap<String, Vec<u32>>) -> Option<Vec<(Vec<u32>, f32)>> {
    let part = |part: &str| {
        let (form, weight) = part.split_once('*').unwrap_or((part, "1"));
        Some((forms.get(form)?.clone(), weight.parse().ok()?))
    };
    makes.split('+').map(part).collect()
}

/// A morph's name without what it is prefixed with (`blendShape1.`, `Face.M_F00_000_00_`, `vrc.`), in lower case without
/// signs, a side always spelt out: `eyeBlink_L` and `eyeBlinkLeft` both become `eyeblinkleft`.
pub(super) fn normal(name: &str) -> String {
    let name = name.trim();
    let mut side = "";
    let mut stem = name;
    for (suffixes, word) in [(["_L", "_l", ".L", ".l", "-L"], "left"), (["_R", "_r", ".R", ".r", "-R"], "right")] {
        if let Some(rest) = suffixes.iter().find_map(|suffix| name.strip_suffix(suffix)) {
            (stem, side) = (rest, word);
        }
    }
    // `.001`, by which Blender tells copies apart.
    let plain_stem = match stem.rsplit_once('.') {
        Some((before, number)) if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) => before,
        _ => stem,
    };
    let last = plain_stem.rsplit(['.', ':', '|', '/']).next().unwrap_or(plain_stem);
    let letters: String = plain(last).chars().filter(|c| c.is_alphanumeric()).collect();
    let letters = letters.find("fcl").map_or(letters.as_str(), |at| &letters[at..]);
    format!("{letters}{side}")
}

/// The VRM 1.0 expression that a morph of MikuMikuDance is.
pub(crate) fn of_morph(name: &str) -> Option<&'static str> {
    let (name, form) = (plain(name), normal(name));
    let means = |(_, usual, elsewhere): &&Preset| {
        usual.iter().any(|known| plain(known) == name) || elsewhere.contains(&form.as_str())
    };
    PRESETS.iter().find(means).map(|(preset, ..)| *preset)
}

/// MikuMikuDance's usual name of the morph of a VRM 1.0 expression.
pub(crate) fn usual_morph(expression: &str) -> Option<&'static str> {
    PRESETS.iter().find(|(preset, ..)| *preset == expression).and_then(|(_, usual, _)| usual.first().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Morphs by name and the presets that they make: `preset=morph,morph`.
    fn made(names: &[&str]) -> Vec<String> {
        let expressions = of_morphs(names.iter().map(|name| [*name, ""]));
        let own: Vec<&str> = expressions.iter().rev().take(names.len()).map(|e| e.name.as_str()).collect();
        assert!(own.iter().rev().eq(names), "{own:?}");
        let presets = &expressions[..expressions.len() - names.len()];
        let morphs = |e: &Expression| e.morphs.iter().map(|(m, _)| names[*m as usize]).collect::<Vec<_>>().join(",");
        presets.iter().map(|e| format!("{}={}", e.name, morphs(e))).collect()
    }

    #[test]
    fn the_same_faces_by_the_names_of_many() {
        for (what, names, expected) in [
            (
                "MMD",
                &["あ", "い", "う", "え", "お", "まばたき", "ウィンク", "ウィンク右", "笑い"][..],
                "happy aa ih ou ee oh blink blinkLeft blinkRight",
            ),
            ("MMD's second wink", &["ウィンク２", "ｳｨﾝｸ２右"], "blinkLeft blinkRight"),
            (
                "MMD in English",
                &["a", "i", "u", "e", "o", "smile", "wink_L", "wink_R", "anger"],
                "happy angry aa ih ou ee oh blink blinkLeft blinkRight",
            ),
            (
                "VRChat",
                &["vrc.v_aa", "vrc.v_ih", "vrc.v_ou", "vrc.v_e", "vrc.v_oh", "vrc.blink_left", "vrc.blink_right"],
                "aa ih ou ee oh blink blinkLeft blinkRight",
            ),
            (
                "Ready Player Me",
                &["viseme_aa", "viseme_I", "viseme_U", "viseme_E", "viseme_O", "eyesClosed", "mouthSmile"],
                "happy aa ih ou ee oh blink",
            ),
            (
                "VRoid",
                &["Fcl_ALL_Joy", "Face.M_F00_000_00_Fcl_EYE_Close_L", "Fcl_EYE_Close_R", "Fcl_MTH_A"],
                "happy aa blink blinkLeft blinkRight",
            ),
            ("Blender", &["Face.eyeBlink.L", "eyeBlink.R", "Happy.001"], "happy blink blinkLeft blinkRight"),
            ("nothing", &["skirt wide", "ears"], ""),
        ] {
            let presets: Vec<String> = made(names).iter().map(|m| m.split('=').next().unwrap().to_owned()).collect();
            assert_eq!(presets.join(" "), expected, "{what}");
        }
    }

    #[test]
    fn arkit_makes_all_of_them() {
        let names = [
            "eyeBlinkLeft",
            "eyeBlinkRight",
            "eyeLookUpLeft",
            "eyeLookUpRight",
            "eyeLookDownLeft",
            "eyeLookDownRight",
            "eyeLookInLeft",
            "eyeLookInRight",
            "eyeLookOutLeft",
            "eyeLookOutRight",
            "eyeSquintLeft",
            "eyeSquintRight",
            "eyeWideLeft",
            "eyeWideRight",
            "jawOpen",
            "mouthFunnel",
            "mouthPucker",
            "mouthSmileLeft",
            "mouthSmileRight",
            "mouthFrownLeft",
            "mouthFrownRight",
            "mouthStretchLeft",
            "mouthStretchRight",
            "browDownLeft",
            "browDownRight",
            "browInnerUp",
            "cheekSquintLeft",
            "cheekSquintRight",
        ];
        let made = made(&names);
        assert_eq!(made.len(), PRESETS.len(), "{made:?}");
        assert!(made.contains(&"blink=eyeBlinkLeft,eyeBlinkRight".to_owned()));
        assert!(made.contains(&"lookLeft=eyeLookOutLeft,eyeLookInRight".to_owned()));
        let prefixed: Vec<String> = names.iter().map(|name| format!("head_blendShape.{name}")).collect();
        let prefixed: Vec<[&str; 2]> = prefixed.iter().map(|name| [name.as_str(), ""]).collect();
        let expressions = of_morphs(prefixed.into_iter());
        let ou = expressions.iter().find(|e| e.name == "ou").unwrap();
        assert_eq!(ou.morphs, [(16, 0.8), (14, 0.1)]);
    }

    #[test]
    fn own_names_stay_and_second_names_help_out() {
        let expressions = of_morphs([["ぱちり", "blink"], ["blink", ""], ["顔", "smile"], ["顔", ""]].into_iter());
        let found: Vec<(&str, usize)> = expressions.iter().map(|e| (e.name.as_str(), e.morphs.len())).collect();
        assert_eq!(found, [("happy", 1), ("ぱちり", 1), ("blink", 1), ("顔", 2)]);
    }

    #[test]
    fn names_go_both_ways() {
        for preset in ["happy", "aa", "blink", "blinkRight"] {
            assert_eq!(of_morph(usual_morph(preset).unwrap()), Some(preset));
        }
        assert_eq!(of_morph("ウィンク2"), Some("blinkLeft"));
        assert_eq!((of_morph("前髪"), usual_morph("lookUp")), (None, None));
    }
}
