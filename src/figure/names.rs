//! Guessing which joint is which human bone from the joints' names, for files that don't say.
//!
//! A name is brought to one normal form, a side and a part (`mixamorig:LeftForeArm_14` → left, `forearm`), and the part is
//! looked up in one table, `PARTS`: namespaces, words that say nothing and numbers that only tell joints apart go. Where
//! a name says too little, the hierarchy helps: the joint that bears legs and head is the hips, whatever it is called.

use super::mmd_names;
use super::{HumanBone, Humanoid, Joint};
use std::collections::{HashMap, HashSet};

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
/// another joint is the thigh (Mixamo: UpLeg, Leg), but the upper leg beside a knee. Japanese words in Roman letters are
/// those of games' and MMD models' rigs (`ashi` is a leg as well as a foot).
const PARTS: &[(HumanBone, &[&str])] = {
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
const NUMBERED_FINGERS: [&str; 5] = ["thumb", "index", "middle", "ring", "little"];

/// Backs by other names than `spine…`.
const BACKS: &[&str] = &["back", "backbone", "lowerback", "midback", "upperback"];

/// Joints by side and part of their names, in the order in which they are to be taken.
type Candidates = HashMap<(Side, String), Vec<u32>>;

/// Guesses the humanoid map. Empty unless at least the head and both arms are recognized: a few names that happen to
/// match make no human.
pub fn guess(joints: &[Joint]) -> Humanoid {
    let names = without_counters(joints);
    let guesses = [
        Some(by_table(joints, &names)),
        Some(by_japanese_names(joints, &names)),
        without_title(joints, &names).map(|names| by_table(joints, &names)),
    ];
    // Of as good ones the first.
    let found = |humanoid: &Humanoid| humanoid.iter().count();
    guesses.into_iter().flatten().rev().max_by_key(found).unwrap_or_default()
}

fn by_table(joints: &[Joint], names: &[&str]) -> Humanoid {
    let (mut exact, mut numbered) = (Candidates::new(), Candidates::new());
    let mut spines: Vec<u32> = Vec::new();
    // Joints of a skin come before mere nodes, then parents before children.
    let mut order: Vec<u32> = (0..joints.len() as u32).collect();
    order.sort_by_key(|&j| !joints[j as usize].movable);
    // Captured skeletons whose whole backs are chests (`Chest` … `Chest4`) or torsos (`torso_1` … `torso_7`).
    let third = |part: &str| names.iter().any(|name| read_name(name).is_some_and(|(_, found)| found == part));
    let long: Vec<&str> = [("chest", "chest3"), ("torso", "torso3")]
        .into_iter()
        .filter(|(_, part)| third(part))
        .map(|(plain, _)| plain)
        .collect();
    for j in order {
        let Some((side, part)) = read_name(names[j as usize]) else { continue };
        let plain = part.trim_end_matches(|c: char| c.is_ascii_digit());
        let back = plain.starts_with("spine") || BACKS.contains(&plain) || long.contains(&plain);
        if side == Side::Middle && back {
            spines.push(j);
            continue;
        }
        // `Head1` is the head where none is called so.
        if plain.len() < part.len() {
            numbered.entry((side, plain.to_owned())).or_default().push(j);
        }
        exact.entry((side, part)).or_default().push(j);
    }
    count_fingers_from_one(&mut exact);
    let mut humanoid = Humanoid::default();
    let mut taken = HashSet::new();
    for &(bone, names) in PARTS {
        for bone in if bone.mirrored() == bone { vec![bone] } else { vec![bone, bone.mirrored()] } {
            let mut find = |candidates: &Candidates| {
                let joints = names.iter().filter_map(|name| candidates.get(&(side_of(bone), (*name).to_owned())));
                joints.flatten().copied().find(|&joint| taken.insert(joint))
            };
            if humanoid.joint(bone).is_none()
                && let Some(joint) = find(&exact).or_else(|| find(&numbered))
            {
                humanoid.set(bone, joint);
            }
        }
    }
    take_ankles(&mut humanoid, &exact, joints);
    take_lower_hips(&mut humanoid, &exact, joints);
    gather_under_hips(&mut humanoid, joints);
    match humanoid.joint(HumanBone::Hips) {
        Some(hips) => spines.retain(|&spine| is_below(joints, spine, hips)),
        None if spines.is_empty() => {}
        None => humanoid.set(HumanBone::Hips, spines.remove(0)),
    }
    name_spine(&mut humanoid, &spines);
    a_human_or_none(drop_strays(&humanoid, joints))
}

/// The same by the names of MikuMikuDance's standard skeleton, which models keep when they are converted, with the side
/// before the name (`左腕`) or, after Blender's fashion, behind it (`腕.L`).
fn by_japanese_names(joints: &[Joint], names: &[&str]) -> Humanoid {
    if names.iter().all(|name| name.is_ascii()) {
        return Humanoid::default();
    }
    let standard = |name: &str| -> String {
        let name = name.rsplit([':', '|']).next().unwrap_or(name);
        for (side, suffixes) in [("左", [".L", "_L", ".l", "_l"]), ("右", [".R", "_R", ".r", "_r"])] {
            if let Some(part) = suffixes.iter().find_map(|suffix| name.strip_suffix(suffix)) {
                return format!("{side}{part}");
            }
        }
        name.to_owned()
    };
    let mut names: Vec<String> = names.iter().map(|name| standard(name)).collect();
    // Models with 左足D (準標準ボーン) are bound to the legs of that name, which follow the others in MMD alone.
    let followers: HashSet<String> =
        names.iter().filter_map(|name| name.strip_suffix(['D', 'Ｄ'])).map(mmd_names::plain).collect();
    for name in &mut names {
        match name.strip_suffix(['D', 'Ｄ']) {
            Some(stem) => *name = stem.to_owned(),
            None if followers.contains(&mmd_names::plain(name)) => name.clear(),
            None => {}
        }
    }
    let mut humanoid = mmd_names::find(names.iter().map(|name| [name.as_str(), ""]));
    gather_under_hips(&mut humanoid, joints);
    a_human_or_none(drop_strays(&humanoid, joints))
}

fn a_human_or_none(humanoid: Humanoid) -> Humanoid {
    let has = |bone| humanoid.joint(bone).is_some();
    if has(HumanBone::Head) && has(HumanBone::LeftUpperArm) && has(HumanBone::RightUpperArm) {
        humanoid
    } else {
        Humanoid::default()
    }
}

/// The joints' names without the word that nearly all bones begin with, such as the figure's own name (`Robot_Hips`,
/// `cf_j_hips`), if there is one.
fn without_title<'a>(joints: &[Joint], names: &[&'a str]) -> Option<Vec<&'a str>> {
    let names: Vec<&str> = names.iter().map(|name| name.rsplit([':', '|']).next().unwrap_or(name)).collect();
    let title = |name: &'a str| name.find(['_', '.', '-', ' ']).map(|end| &name[..=end]);
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let bones: Vec<&str> = names.iter().zip(joints).filter(|(_, joint)| joint.movable).map(|(name, _)| *name).collect();
    bones.iter().filter_map(|name| title(name)).for_each(|title| *counts.entry(title).or_default() += 1);
    let (usual, count) = counts.into_iter().max_by_key(|(_, count)| *count)?;
    (10 * count >= 8 * bones.len()).then(|| names.iter().map(|name| name.strip_prefix(usual).unwrap_or(name)).collect())
}

/// The joints' names without the numbers that an exporter has put behind all of them to tell them apart (`Hips_01`,
/// `Spine_02` …) or to tell the whole figure from another (`Hips.001`, `Spine.001` …).
fn without_counters(joints: &[Joint]) -> Vec<&str> {
    let names: Vec<&str> = joints.iter().map(|joint| joint.name.as_str()).collect();
    let bones: Vec<&&str> = match joints.iter().any(|joint| joint.movable) {
        true => names.iter().zip(joints).filter(|(_, joint)| joint.movable).map(|(name, _)| name).collect(),
        false => names.iter().collect(),
    };
    let numbers: Vec<&str> = bones.iter().filter_map(|name| counter(name)).map(|(_, number)| number).collect();
    let different = numbers.iter().collect::<HashSet<_>>().len();
    // A few of an Unreal skeleton's joints have no number, and those of its fingers and spine count the same few times.
    let of_all = 10 * numbers.len() >= 8 * bones.len() && numbers.len() > 3;
    if !of_all || (different > 1 && 10 * different < 9 * numbers.len()) {
        return names;
    }
    names.iter().map(|name| counter(name).map_or(*name, |(stem, _)| stem)).collect()
}

/// A name without the number behind it and a sign, or in parentheses (`Hips (1)`), and that number.
fn counter(name: &str) -> Option<(&str, &str)> {
    let open = name.strip_suffix(')').unwrap_or(name);
    let stem = open.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = &open[stem.len()..];
    let stem = match open.len() < name.len() {
        true => stem.strip_suffix('(')?.trim_end(),
        false => stem.strip_suffix(['_', '.', '-', ' '])?,
    };
    (!number.is_empty() && !stem.is_empty()).then_some((stem, number))
}

/// Fingers whose three joints count from zero count from one.
fn count_fingers_from_one(candidates: &mut Candidates) {
    for side in [Side::Left, Side::Right] {
        for finger in NUMBERED_FINGERS {
            let key = |number: u32| (side, format!("{finger}{number}"));
            if !candidates.contains_key(&key(0)) || candidates.contains_key(&key(3)) {
                continue;
            }
            for number in (0..3).rev() {
                if let Some(joints) = candidates.remove(&key(number)) {
                    candidates.insert(key(number + 1), joints);
                }
            }
        }
    }
}

/// Where a foot hangs on an ankle, the ankle is the foot, and the foot the toes unless there are some.
fn take_ankles(humanoid: &mut Humanoid, candidates: &Candidates, joints: &[Joint]) {
    for (foot, toes) in [(HumanBone::LeftFoot, HumanBone::LeftToes), (HumanBone::RightFoot, HumanBone::RightToes)] {
        let Some(joint) = humanoid.joint(foot) else { continue };
        let ankles = candidates.get(&(side_of(foot), "ankle".to_owned()));
        let Some(&ankle) = ankles.into_iter().flatten().find(|&&ankle| is_below(joints, joint, ankle)) else {
            continue;
        };
        humanoid.set(foot, ankle);
        if humanoid.joint(toes).is_none() {
            humanoid.set(toes, joint);
        }
    }
}

/// Where a hip hangs on a hip joint (`LHipJoint`, `LeftHip`), it is the leg's.
fn take_lower_hips(humanoid: &mut Humanoid, candidates: &Candidates, joints: &[Joint]) {
    for leg in [HumanBone::LeftUpperLeg, HumanBone::RightUpperLeg] {
        let Some(joint) = humanoid.joint(leg) else { continue };
        let hips = candidates.get(&(side_of(leg), "hip".to_owned()));
        let lower = hips.into_iter().flatten().find(|&&hip| hip != joint && is_below(joints, hip, joint));
        if let Some(&lower) = lower.filter(|&&lower| humanoid.bone_at(lower).is_none()) {
            humanoid.set(leg, lower);
        }
    }
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

/// Gives a chain of joints all called spine their bones, around those that other names have settled.
fn name_spine(humanoid: &mut Humanoid, spines: &[u32]) {
    use HumanBone::{Chest, Head, Neck, Spine, UpperChest};
    let mut spines = spines;
    // Rigify calls everything from the hips to the head a spine.
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
    // Where all of the back is called chest (Xsens: Chest, Chest2 …), its lowest joint is the spine.
    if humanoid.joint(Spine).is_none()
        && let Some((lower, upper)) = humanoid.joint(Chest).zip(humanoid.joint(UpperChest))
    {
        humanoid.take(UpperChest);
        humanoid.set(Spine, lower);
        humanoid.set(Chest, upper);
    }
}

/// Where legs and torso don't hang on the joint called hips, or none is called so, the hips are the lowest joint that
/// bears them all.
fn gather_under_hips(humanoid: &mut Humanoid, joints: &[Joint]) {
    use HumanBone::*;
    let torso = [Spine, Chest, UpperChest, Neck, Head, LeftUpperArm].into_iter().find_map(|b| humanoid.joint(b));
    let legs = [LeftUpperLeg, RightUpperLeg].into_iter().filter_map(|b| humanoid.joint(b));
    let borne: Vec<u32> = legs.chain(torso).collect();
    let bears_all = |&bearer: &u32| borne.iter().all(|&joint| is_below(joints, joint, bearer));
    let start = humanoid.joint(Hips).or_else(|| borne.first().copied().filter(|_| borne.len() > 1));
    let mut up = std::iter::successors(start, |&j| joints[j as usize].parent);
    if let Some(hips) = up.find(bears_all) {
        humanoid.set(Hips, hips);
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
