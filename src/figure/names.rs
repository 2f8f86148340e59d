//! Guessing which joint is which human bone from the joints' names, for files that don't say.
//!
//! A name is brought to one normal form, a side and a part (`mixamorig:LeftForeArm_14` → left, `forearm`), and the part is
//! looked up in one table, `PARTS`: namespaces, words that say nothing and numbers that only tell joints apart go. Where
//! a name says too little, the hierarchy helps: the joint that bears legs and head is the hips, whatever it is called.

mod words;

use super::mmd_names;
use super::{HumanBone, Humanoid, Joint};
use std::collections::{HashMap, HashSet};
use words::{BACKS, NUMBERED_FINGERS, PARTS, Side, read_name};

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
