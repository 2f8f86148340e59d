//! One joint's name brought to its normal form, and the table in which the form is looked up.

use super::HumanBone;

/// Left, right or neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Side {
    Left,
    Right,
    Middle,
}

/// Which names mean a bone, the surest first. Bones with sides are given by their left one.
///
/// Rows are tried from top to bottom, and each joint and each bone is taken once: so `leg` is the lower leg where
/// another joint is the thigh (Mixamo: UpLeg, Leg), but the upper leg beside a knee. Japanese words in Roman letters are
/// those of games' and MMD models' rigs (`ashi` is a leg as well as a foot).
pub(super) const PARTS: &[(HumanBone, &[&str])] = {
    use HumanBone::*;
    &[
        (Hips, &["hips", "hip", "pelvis", "cog", "lowertorso", "koshi"]),
        (Head, &["head", "headneckupper", "skull", "atama"]),
        (
            Neck,
            &[
                "neck",
                "neck1",
                "necklower",
                "lowerneck",
                "headnecklower",
                "necktwist1",
                "neckpiece",
                "neckbase",
                "kubi",
            ],
        ),
        (Jaw, &["jaw", "jawroot", "lowerjaw", "headjaw"]),
        (LeftEye, &["eye", "eyeball", "faceeye", "eyejoint", "headeyeball", "eyesmplhf"]),
        (UpperChest, &["upperchest", "chestupper", "chest2", "upperbody3"]),
        (Chest, &["chest", "thorax", "ribcage", "chestlower", "upperbody2", "mune"]),
        (
            Spine,
            &[
                "abdomen",
                "abdomenlower",
                "upperbody",
                "tummy",
                "waist",
                "torso",
                "uppertorso",
                "belly",
                "stomach",
                "hara",
            ],
        ),
        (Chest, &["torso", "abdomenupper"]),
        (LeftShoulder, &["clavicle", "clav", "collar", "collarbone", "scapula", "armshoulder1", "kata"]),
        (
            LeftUpperArm,
            &["upperarm", "uparm", "armupper", "shldr", "shldrbend", "bicep", "humerus", "armshoulder2", "ude"],
        ),
        (
            LeftLowerArm,
            &[
                "lowerarm",
                "forearm",
                "lowarm",
                "loarm",
                "armlower",
                "forearmbend",
                "elbow",
                "armelbow",
                "radius",
                "hiji",
            ],
        ),
        (LeftUpperArm, &["arm"]),
        (LeftUpperArm, &["shoulder"]),
        (LeftLowerArm, &["arm"]),
        (LeftShoulder, &["shoulder"]),
        (LeftHand, &["wrist", "armwrist", "handwrist", "hand", "palm", "fist", "tekubi", "te"]),
        (LeftUpperLeg, &["upperleg", "upleg", "thigh", "legupper", "thighbend", "femur", "legthigh", "momo"]),
        (
            LeftLowerLeg,
            &["lowerleg", "lowleg", "loleg", "shin", "calf", "leglower", "knee", "tibia", "legknee", "hiza"],
        ),
        (LeftUpperLeg, &["leg", "hip", "ashi"]),
        (LeftLowerLeg, &["leg"]),
        (LeftFoot, &["foot", "legfoot", "ankle", "legankle", "footankle", "ashikubi", "ashi"]),
        (LeftToes, &["toes", "toebase", "toe", "ball", "toe0", "toe1", "legtoes", "football", "tsumasaki"]),
        // The thumb's first bone is its metacarpal, called proximal where the second is called intermediate.
        (LeftThumbMetacarpal, &["thumbmetacarpal", "thumb1"]),
        (LeftThumbProximal, &["thumbintermediate", "thumb2"]),
        (LeftThumbMetacarpal, &["thumbproximal"]),
        (LeftThumbProximal, &["thumbproximal"]),
        (LeftThumbDistal, &["thumbdistal", "thumb3"]),
        (LeftIndexProximal, &["indexproximal", "index1"]),
        (LeftIndexIntermediate, &["indexintermediate", "index2"]),
        (LeftIndexDistal, &["indexdistal", "index3"]),
        (LeftMiddleProximal, &["middleproximal", "middle1"]),
        (LeftMiddleIntermediate, &["middleintermediate", "middle2"]),
        (LeftMiddleDistal, &["middledistal", "middle3"]),
        (LeftRingProximal, &["ringproximal", "ring1"]),
        (LeftRingIntermediate, &["ringintermediate", "ring2"]),
        (LeftRingDistal, &["ringdistal", "ring3"]),
        (LeftLittleProximal, &["littleproximal", "little1"]),
        (LeftLittleIntermediate, &["littleintermediate", "little2"]),
        (LeftLittleDistal, &["littledistal", "little3"]),
    ]
};

/// Words that tell rigs apart, not bones.
const NOISE: &[&str] = &[
    "armature",
    "avg",
    "b",
    "base",
    "biped",
    "bip",
    "bip1",
    "bn",
    "bone",
    "bones",
    "c",
    "cc",
    "center",
    "character",
    "def",
    "j",
    "jnt",
    "joint",
    "m",
    "mixamorig",
    "rig",
    "root",
    "sk",
    "skeleton",
    "skel",
    "stretch",
    "valve",
    "valvebiped",
    "x",
];

/// Words of joints that help a rig along and are no bones themselves.
const HELPERS: &[&str] = &[
    "adj", "ctrl", "control", "end", "fk", "helper", "ik", "leaf", "mch", "nub", "org", "pole", "sec", "slot",
    "socket", "target", "tip", "tweak", "twist", "vis", "roll", "weapon",
];

/// Synonyms of fingers. 3ds Max counts them from the thumb, and then their bones.
const FINGERS: &[(&str, &str)] = &[
    ("thumb", "thumb"),
    ("index", "index"),
    ("middle", "middle"),
    ("mid", "middle"),
    ("ring", "ring"),
    ("little", "little"),
    ("pinky", "little"),
    ("pinkie", "little"),
];

/// 3ds Max's `Finger0` … `Finger42`, in the terms of [`PARTS`].
pub(super) const NUMBERED_FINGERS: [&str; 5] = ["thumb", "index", "middle", "ring", "little"];

/// Backs by other names than `spine…`.
pub(super) const BACKS: &[&str] = &["back", "backbone", "lowerback", "midback", "upperback"];

/// Side and part in a joint's name; `None` for helpers and for names that say nothing.
pub(super) fn read_name(name: &str) -> Option<(Side, String)> {
    // Namespaces: `mixamorig:Hips`, `Armature|hips`.
    let name = name.rsplit([':', '|']).next().unwrap_or(name);
    let mut side = Side::Middle;
    let mut part = String::new();
    let words = words(name);
    let finger = FINGERS.iter().find(|(word, _)| words.iter().any(|w| w == word));
    let mut after_noise = false;
    for word in &words {
        let noise = NOISE.contains(&word.as_str());
        match word.as_str() {
            "l" | "left" | "lf" | "lft" | "hidari" => side = Side::Left,
            "r" | "right" | "rt" | "rgt" | "migi" => side = Side::Right,
            // A neck of twist bones alone is a neck.
            "twist" if words.iter().any(|w| w == "neck") => part.push_str(word),
            helper if HELPERS.contains(&helper) => return None,
            // `finger 2a`.
            letter if letter.len() == 1 && part.contains("finger") => part.push_str(letter),
            _ if noise => {}
            // `mixamorig9Hips`, `Character1_Hips`.
            number if after_noise && number.bytes().all(|b| b.is_ascii_digit()) => {}
            // What stands beside a finger's name: `LeftHandIndex1`, `f_index.01`.
            "hand" | "finger" | "f" if finger.is_some() => {}
            // SMPL's models of women.
            "f" if part.is_empty() => {}
            other => part.push_str(match finger {
                Some((word, standard)) if other == *word => standard,
                _ => other,
            }),
        }
        after_noise = noise;
    }
    if side == Side::Middle {
        for (word, found) in [("left", Side::Left), ("right", Side::Right)] {
            if let Some(rest) = part.strip_prefix(word).or_else(|| part.strip_suffix(word)) {
                (side, part) = (found, rest.to_owned());
                break;
            }
        }
    }
    if side == Side::Middle
        && let Some(found) = one_letter_side(&part)
    {
        (side, part) = found;
    }
    if let Some(digits) = part.strip_prefix("armfinger").or_else(|| part.strip_prefix("finger"))
        && let Some(renamed) = numbered_finger(digits)
    {
        part = renamed;
    }
    (!part.is_empty()).then_some((side, part))
}

/// `lhumerus` → left, `humerus`.
fn one_letter_side(part: &str) -> Option<(Side, String)> {
    let (side, rest) = match (part.strip_prefix('l'), part.strip_prefix('r')) {
        (Some(rest), _) => (Side::Left, rest),
        (_, Some(rest)) => (Side::Right, rest),
        _ => return None,
    };
    let has_sides = |bone: HumanBone| bone.mirrored() != bone;
    let known = PARTS.iter().any(|(bone, names)| has_sides(*bone) && names.contains(&rest));
    known.then(|| (side, rest.to_owned()))
}

/// `1` → `index1`, `12` → `index3`, as 3ds Max counts from the thumb and zero; `2a` → `index1`, as those do who count from
/// one.
fn numbered_finger(digits: &str) -> Option<String> {
    let mut letters = digits.chars();
    let finger = letters.next()?.to_digit(10)? as usize;
    let (finger, segment) = match letters.next() {
        None => (finger, 1),
        Some(segment @ 'a'..='c') => (finger.checked_sub(1)?, segment as u32 - 'a' as u32 + 1),
        Some(segment) => (finger, segment.to_digit(10)? + 1),
    };
    let finger = NUMBERED_FINGERS.get(finger)?;
    letters.next().is_none().then(|| format!("{finger}{segment}"))
}

/// Lower-case words of a name: split at signs, at capitals after small letters and around numbers, whose leading zeros go
/// (but for 3ds Max's `Finger01`, where they count; MakeHuman's `finger2-1` becomes `finger2a`). `Bip01` is one word.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut previous = ' ';
    for c in name.chars() {
        let starts = !previous.is_alphanumeric()
            || (c.is_uppercase() && previous.is_lowercase())
            || (c.is_ascii_digit() != previous.is_ascii_digit());
        if c.is_alphanumeric() {
            if starts || words.is_empty() {
                words.push(String::new());
            }
            if let Some(word) = words.last_mut() {
                word.extend(c.to_lowercase());
            }
        }
        previous = c;
    }
    let mut joined: Vec<String> = Vec::with_capacity(words.len());
    let dashed = name.contains('-') && words.first().is_some_and(|word| word == "finger");
    for word in words {
        if dashed
            && joined.len() == 2
            && let Some(letter) = ["a", "b", "c"].get(word.parse::<usize>().unwrap_or_default().wrapping_sub(1))
        {
            joined.push((*letter).to_owned());
            continue;
        }
        let number = word.trim_start_matches('0');
        match joined.last().map(String::as_str) {
            Some("bip") if word.chars().all(|c| c.is_ascii_digit()) => {}
            Some("finger") => joined.push(word),
            _ if number.is_empty() => joined.push("0".into()),
            _ => joined.push(number.to_owned()),
        }
    }
    joined
}
