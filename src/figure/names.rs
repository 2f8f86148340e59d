//! Guessing which joint is which human bone from the joints' names, for files that don't say.
//!
//! A name is taken apart into words (`mixamorig:LeftForeArm` → left, fore, arm); words that say nothing go, the side is
//! noted, and the rest (`forearm`) is looked up in [`PARTS`].

use super::{HumanBone, Humanoid, Joint};
use std::collections::HashMap;

/// Left, right or neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Side {
    Left,
    Right,
    Middle,
}

/// Which names mean a bone, the surest first. Bones with sides are given by their left one.
///
/// Rows are tried from top to bottom, and each joint and each bone is taken once: so `leg` is the lower leg where
/// another joint is the thigh (Mixamo: UpLeg, Leg), but the upper leg beside a knee.
const PARTS: &[(HumanBone, &[&str])] = {
    use HumanBone::*;
    &[
        (Hips, &["hips", "hip", "pelvis", "cog"]),
        (Head, &["head"]),
        (Neck, &["neck", "neck1", "necklower", "neck01"]),
        (Jaw, &["jaw", "jawroot", "lowerjaw"]),
        (LeftEye, &["eye", "eyeball", "faceeye", "eyejoint"]),
        (UpperChest, &["upperchest", "chestupper", "chest2"]),
        (Chest, &["chest", "thorax", "ribcage", "chestlower", "upperbody2"]),
        (Spine, &["abdomen", "abdomenlower", "waist", "torso", "belly", "stomach", "upperbody"]),
        (LeftShoulder, &["clavicle", "collar", "collarbone"]),
        (LeftUpperArm, &["upperarm", "uparm", "armupper", "shldr", "shldrbend", "bicep", "humerus"]),
        (LeftLowerArm, &["lowerarm", "forearm", "lowarm", "armlower", "forearmbend", "elbow"]),
        (LeftUpperArm, &["arm", "shoulder"]),
        (LeftLowerArm, &["arm"]),
        (LeftShoulder, &["shoulder"]),
        (LeftHand, &["wrist", "hand", "palm"]),
        (LeftUpperLeg, &["upperleg", "upleg", "thigh", "legupper", "thighbend", "femur"]),
        (LeftLowerLeg, &["lowerleg", "lowleg", "shin", "calf", "leglower", "knee", "tibia"]),
        (LeftUpperLeg, &["leg", "hip"]),
        (LeftLowerLeg, &["leg"]),
        (LeftFoot, &["foot", "ankle"]),
        (LeftToes, &["toes", "toebase", "toe", "ball", "toe0", "toe1"]),
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
    "mixamorig",
    "rig",
    "root",
    "sk",
    "skeleton",
    "skel",
    "valve",
    "valvebiped",
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
const NUMBERED_FINGERS: [&str; 5] = ["thumb", "index", "middle", "ring", "little"];

/// Guesses the humanoid map. Empty unless at least the head and both arms are recognized: a few names that happen to
/// match make no human.
pub fn guess(joints: &[Joint]) -> Humanoid {
    let mut candidates: HashMap<(Side, String), Vec<u32>> = HashMap::new();
    let mut spines: Vec<u32> = Vec::new();
    // Joints of a skin come before mere nodes, then parents before children.
    let mut order: Vec<u32> = (0..joints.len() as u32).collect();
    order.sort_by_key(|&j| !joints[j as usize].movable);
    for j in order {
        let Some((side, part)) = read_name(&joints[j as usize].name) else { continue };
        if side == Side::Middle && part.trim_end_matches(|c: char| c.is_ascii_digit()) == "spine" {
            spines.push(j);
        } else {
            candidates.entry((side, part)).or_default().push(j);
        }
    }
    let mut humanoid = Humanoid::default();
    for &(bone, names) in PARTS {
        for bone in if bone.mirrored() == bone { vec![bone] } else { vec![bone, bone.mirrored()] } {
            if humanoid.joint(bone).is_none()
                && let Some(joint) = take(&mut candidates, side_of(bone), names)
            {
                humanoid.set(bone, joint);
            }
        }
    }
    name_spine(&mut humanoid, &spines);
    gather_under_hips(&mut humanoid, joints);
    let humanoid = drop_strays(&humanoid, joints);
    let has = |bone| humanoid.joint(bone).is_some();
    if has(HumanBone::Head) && has(HumanBone::LeftUpperArm) && has(HumanBone::RightUpperArm) {
        humanoid
    } else {
        Humanoid::default()
    }
}

/// The first joint of one of these names, which is then gone.
fn take(candidates: &mut HashMap<(Side, String), Vec<u32>>, side: Side, names: &[&str]) -> Option<u32> {
    names.iter().find_map(|name| {
        let joints = candidates.get_mut(&(side, (*name).to_owned()))?;
        (!joints.is_empty()).then(|| joints.remove(0))
    })
}

fn side_of(bone: HumanBone) -> Side {
    match bone.name() {
        name if name.starts_with("left") => Side::Left,
        name if name.starts_with("right") => Side::Right,
        _ => Side::Middle,
    }
}

/// Side and part in a joint's name; `None` for helpers and for names that say nothing.
fn read_name(name: &str) -> Option<(Side, String)> {
    // Namespaces: `mixamorig:Hips`, `Armature|hips`.
    let name = name.rsplit([':', '|']).next().unwrap_or(name);
    let mut side = Side::Middle;
    let mut part = String::new();
    let words = words(name);
    let finger = FINGERS.iter().find(|(word, _)| words.iter().any(|w| w == word));
    for word in &words {
        match word.as_str() {
            "l" | "left" => side = Side::Left,
            "r" | "right" => side = Side::Right,
            helper if HELPERS.contains(&helper) => return None,
            noise if NOISE.contains(&noise) => {}
            // What stands beside a finger's name: `LeftHandIndex1`, `f_index.01`.
            "hand" | "finger" | "f" if finger.is_some() => {}
            other => part.push_str(match finger {
                Some((word, standard)) if other == *word => standard,
                _ => other,
            }),
        }
    }
    if side == Side::Middle {
        for (word, found) in [("left", Side::Left), ("right", Side::Right)] {
            if let Some(rest) = part.strip_prefix(word).or_else(|| part.strip_suffix(word)) {
                (side, part) = (found, rest.to_owned());
                break;
            }
        }
    }
    if let Some(digits) = part.strip_prefix("finger")
        && let Some(renamed) = numbered_finger(digits)
    {
        part = renamed;
    }
    (!part.is_empty()).then_some((side, part))
}

/// `1` → `index1`, `12` → `index3`.
fn numbered_finger(digits: &str) -> Option<String> {
    let mut digits = digits.chars().map(|c| c.to_digit(10));
    let finger = NUMBERED_FINGERS.get(digits.next()?? as usize)?;
    let segment = match digits.next() {
        None => 1,
        Some(digit) => digit? + 1,
    };
    digits.next().is_none().then(|| format!("{finger}{segment}"))
}

/// Lower-case words of a name: split at signs, at capitals after small letters and around numbers, whose leading zeros go
/// (but for 3ds Max's `Finger01`, where they count). `Bip01` is one word.
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
    for word in words {
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

/// Gives a chain of joints all called spine their bones, around those that other names have settled.
fn name_spine(humanoid: &mut Humanoid, spines: &[u32]) {
    use HumanBone::{Chest, Head, Hips, Neck, Spine, UpperChest};
    let mut spines = spines;
    // Rigify calls everything from the hips to the head a spine.
    if humanoid.joint(Hips).is_none()
        && let Some((&hips, rest)) = spines.split_first()
    {
        humanoid.set(Hips, hips);
        spines = rest;
        if humanoid.joint(Head).is_none()
            && let [.., neck, head] = *spines
        {
            humanoid.set(Head, head);
            humanoid.set(Neck, neck);
            spines = &spines[..spines.len() - 2];
            // Of two neck joints the lower one is the neck.
            if let [_, _, _, lower] = *spines {
                humanoid.set(Neck, lower);
                spines = &spines[..3];
            }
        }
    }
    let mut free = [Spine, Chest, UpperChest].into_iter().filter(|&b| humanoid.joint(b).is_none()).collect::<Vec<_>>();
    if humanoid.joint(Chest).is_some() {
        // A chest by name lies above every spine.
        free.retain(|&b| b == Spine);
    }
    let last = spines.len().saturating_sub(1);
    let chosen: Vec<u32> = match free.len() {
        0 => Vec::new(),
        1 => spines.first().copied().into_iter().collect(),
        n if spines.len() <= n => spines.to_vec(),
        // Spread over a longer chain.
        n => (0..n).map(|i| spines[i * last / (n - 1)]).collect(),
    };
    for (bone, joint) in free.into_iter().zip(chosen) {
        humanoid.set(bone, joint);
    }
}

/// Where spine and legs are no children of the joint called hips (or pelvis), the hips are the joint that bears them all.
fn gather_under_hips(humanoid: &mut Humanoid, joints: &[Joint]) {
    use HumanBone::{Hips, LeftUpperLeg, RightUpperLeg, Spine};
    let mut bearer = humanoid.joint(Hips);
    for bone in [Spine, LeftUpperLeg, RightUpperLeg] {
        if let Some(joint) = humanoid.joint(bone) {
            while let Some(b) = bearer
                && !is_below(joints, joint, b)
            {
                bearer = joints[b as usize].parent;
            }
        }
    }
    if let Some(bearer) = bearer {
        humanoid.set(Hips, bearer);
    }
}

/// The map without bones that don't hang below the bone they belong to: controls of a rig, not its bones.
fn drop_strays(humanoid: &Humanoid, joints: &[Joint]) -> Humanoid {
    let mut kept = Humanoid::default();
    for (bone, joint) in humanoid.iter() {
        let bearer = std::iter::successors(bone.parent(), |b| b.parent()).find_map(|b| kept.joint(b));
        if bearer.is_none_or(|b| is_below(joints, joint, b)) {
            kept.set(bone, joint);
        }
    }
    kept
}

fn is_below(joints: &[Joint], joint: u32, ancestor: u32) -> bool {
    std::iter::successors(joints[joint as usize].parent, |&j| joints[j as usize].parent).any(|j| j == ancestor)
}

#[cfg(test)]
mod tests;
