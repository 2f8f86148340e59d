//! From an MMD model's bones to joints: parents first, a hips joint of our own, appends and IK chains.

use super::convert::{direction, place};
use super::model::{Bone, Ik, Link};
use crate::figure::faults::Faults;
use crate::figure::{Append, HumanBone, Humanoid, IkChain, IkLink, Joint, mmd_names, names};
use glam::{Quat, Vec3};

/// What [`super::convert`] needs of the skeleton.
pub(super) struct Skeleton {
    pub joints: Vec<Joint>,
    /// Absolute rest places, metres.
    pub places: Vec<Vec3>,
    pub humanoid: Humanoid,
    pub appends: Vec<Append>,
    pub ik_chains: Vec<IkChain>,
    /// Joints of this order and above have their turn after physics.
    pub late_order: i32,
    /// The joint that each bone of the file became.
    pub joint_of: Vec<u32>,
}

/// Binds, and so joints, are counted in 16 bits.
const MOST_BONES: usize = u16::MAX as usize;
/// As in MMD, which counts iterations in one byte.
const MOST_ITERATIONS: i32 = 255;
/// Chains have a handful of links; MMD's own editors stop at 255.
const MOST_LINKS: usize = 255;
/// Bones that hang on each other, from a root outwards.
const MOST_DEPTH: usize = 1000;
/// Joints that all chains together may turn and place anew in all their iterations.
const MOST_WORK: usize = 20_000_000;
/// The same for the helper chains, which are solved in every pose.
const MOST_HELPER_WORK: usize = 500_000;
/// Joints that all local appends together, which look up to the root in every pose, may look at.
const MOST_APPEND_WORK: usize = 200_000;

/// Builds the skeleton of bones that refer to bones alone, and not in loops ([`super::mend`]).
///
/// # Errors
/// More bones, or more to do for them, than a figure may have.
pub(super) fn build(mut bones: Vec<Bone>, faults: &mut Faults) -> Result<Skeleton, String> {
    let from_file = bones.len();
    if from_file >= MOST_BONES {
        return Err(format!("it has {from_file} bones, and a figure may have {} at most", MOST_BONES - 1));
    }
    if bones.is_empty() {
        bones.push(Bone { name: ["root".into(), "root".into()], parent: -1, ..Bone::default() });
    }
    let mut parents: Vec<Option<usize>> = bones.iter().map(|bone| usize::try_from(bone.parent).ok()).collect();
    let mut found = mmd_names::find(bones.iter().map(|b| [b.name[0].as_str(), b.name[1].as_str()]));
    stand_on_hips(&mut bones, &mut parents, &mut found);
    let order = parents_first(&parents);
    let mut joint_of = vec![0; bones.len()];
    for (new, &old) in order.iter().enumerate() {
        joint_of[old] = new as u32;
    }

    let mut depth = vec![0; bones.len()];
    for &i in &order {
        depth[i] = parents[i].map_or(0, |p| depth[p] + 1);
    }
    if depth.iter().any(|&depth| depth > MOST_DEPTH) {
        return Err(format!("its bones hang on each other more than {MOST_DEPTH} deep"));
    }
    let ranks = ranks(&bones);
    let late_order = bones.iter().filter(|bone| !bone.after_physics).count() as i32;
    let places: Vec<Vec3> = order.iter().map(|&old| place(bones[old].position)).collect();
    let mut joints: Vec<Joint> = order
        .iter()
        .enumerate()
        .map(|(new, &old)| {
            let bone = &bones[old];
            let parent = parents[old].map(|p| joint_of[p]);
            Joint {
                name: if bone.name[0].is_empty() { bone.name[1].clone() } else { bone.name[0].clone() },
                parent,
                translation: places[new] - parent.map_or(Vec3::ZERO, |p| places[p as usize]),
                rotation: Quat::IDENTITY,
                scale: Vec3::ONE,
                order: ranks[old],
                movable: bone.operable,
                may_rotate: bone.may_rotate,
                may_translate: bone.may_translate,
            }
        })
        .collect();
    let mut humanoid = Humanoid::default();
    for (bone, index) in found.iter() {
        humanoid.set(bone, joint_of[index as usize]);
    }
    if !humanoid.is_humanoid() {
        // Converted from elsewhere, perhaps, with the names of that place.
        humanoid = Some(names::guess(&joints)).filter(Humanoid::is_humanoid).unwrap_or(humanoid);
    }
    for (_, joint) in humanoid.iter() {
        joints[joint as usize].movable = true;
    }
    joint_of.truncate(from_file);
    let (appends, ik_chains) = (Vec::new(), Vec::new());
    let mut skeleton = Skeleton { joints, places, humanoid, appends, ik_chains, late_order, joint_of };
    skeleton.read_appends(&bones)?;
    skeleton.read_chains(&bones, faults)?;
    Ok(skeleton)
}

/// All indices, each after its parent and otherwise in their own order.
fn parents_first(parents: &[Option<usize>]) -> Vec<usize> {
    let mut order = Vec::with_capacity(parents.len());
    let mut reached = vec![false; parents.len()];
    let mut path = Vec::new();
    for start in 0..parents.len() {
        let mut next = Some(start);
        while let Some(i) = next.filter(|&i| !std::mem::replace(&mut reached[i], true)) {
            path.push(i);
            next = parents[i];
        }
        order.extend(path.drain(..).rev());
    }
    order
}

/// When each bone has its turn: those before physics first, then by layer, then as in the file.
fn ranks(bones: &[Bone]) -> Vec<i32> {
    let mut turns: Vec<usize> = (0..bones.len()).collect();
    turns.sort_by_key(|&i| (bones[i].after_physics, bones[i].layer, i));
    let mut ranks = vec![0; bones.len()];
    for (rank, &i) in turns.iter().enumerate() {
        ranks[i] = rank as i32;
    }
    ranks
}

/// Finds, or puts in, the joint from which legs and spine hang and about which a body turns: the humanoid hips.
///
/// MMD has no such bone. センター and グルーブ carry everything, but lie near the knees; 下半身 carries the legs alone;
/// 腰 is where it should be, but many models lack it, and in most that have it bones named 腰キャンセル take its turn
/// back out of the legs. So the lowest bone that carries legs and spine, and is not taken back out, becomes the hips if
/// it lies at the pelvis; else a new joint at the pelvis is put between it and what it carried. That joint holds no
/// vertices and rests untouched in MMD's own motions, which therefore look the same with it.
fn stand_on_hips(bones: &mut Vec<Bone>, parents: &mut Vec<Option<usize>>, found: &mut Humanoid) {
    let carried = [HumanBone::Spine, HumanBone::LeftUpperLeg, HumanBone::RightUpperLeg]
        .map(|bone| found.joint(bone).map(|i| i as usize));
    let [Some(spine), Some(left), Some(right)] = carried else { return };
    // From each of the three up to its root, itself included.
    let lines =
        [spine, left, right].map(|start| std::iter::successors(Some(start), |&i| parents[i]).collect::<Vec<usize>>());
    let mut carries = vec![0; bones.len()];
    let mut cancelled = vec![false; bones.len()];
    for &i in lines.iter().flatten() {
        carries[i] += 1;
        if let Some(append) = bones[i].append.as_ref().filter(|a| a.rotation && a.ratio < 0.0)
            && let Some(source) = usize::try_from(append.source).ok().and_then(|source| cancelled.get_mut(source))
        {
            *source = true;
        }
    }
    let carrier =
        lines[0].iter().copied().find(|&i| carries[i] == 3 && !cancelled[i] && ![spine, left, right].contains(&i));

    let pelvis = ((bones[left].position + bones[right].position) / 2.0 + bones[spine].position) / 2.0;
    if let Some(i) = carrier
        && bones[i].position.distance(pelvis) < 0.1 * pelvis.y
        && found.bone_at(i as u32).is_none()
    {
        found.set(HumanBone::Hips, i as u32);
        return;
    }
    let hips = bones.len();
    bones.push(Bone {
        name: ["hips".into(), "hips".into()],
        position: pelvis,
        parent: carrier.map_or(-1, |i| i as i32),
        may_rotate: true,
        may_translate: true,
        ..Bone::default()
    });
    for line in &lines {
        if let Some(&top) = line.iter().take_while(|&&i| Some(i) != carrier).last() {
            parents[top] = Some(hips);
        }
    }
    parents.push(carrier);
    found.set(HumanBone::Hips, hips as u32);
}

impl Skeleton {
    /// The joint that a reference means; `None`: none.
    fn joint(&self, bone: i32) -> Option<u32> {
        usize::try_from(bone).ok().and_then(|i| self.joint_of.get(i).copied())
    }

    fn read_appends(&mut self, bones: &[Bone]) -> Result<(), String> {
        let mut work = 0;
        for (i, bone) in bones.iter().enumerate() {
            let Some(append) = &bone.append else { continue };
            let Some(source) = self.joint(append.source) else { continue };
            let (ratio, rotation, translation, local) =
                (append.ratio, append.rotation, append.translation, append.local);
            work += if local { self.ancestors(source).count() } else { 0 };
            if work > MOST_APPEND_WORK {
                return Err("too many of its bones copy others locally".into());
            }
            self.appends.push(Append { joint: self.joint_of[i], source, ratio, rotation, translation, local });
        }
        self.appends.sort_by_key(|a| self.joints[a.joint as usize].order);
        Ok(())
    }

    fn read_chains(&mut self, bones: &[Bone], faults: &mut Faults) -> Result<(), String> {
        let (below_human, above_human) = self.human_relations();
        let (mut work_left, mut helper_work_left) = (MOST_WORK, MOST_HELPER_WORK);
        for (i, bone) in bones.iter().enumerate() {
            let Some(ik) = &bone.ik else { continue };
            let Some((mut chain, work)) = self.chain(self.joint_of[i], ik) else {
                faults.note_at("IK chains whose bones don't hang together", &bone.name[0]);
                continue;
            };
            work_left = work_left.checked_sub(work).ok_or("its IK chains are impossibly long")?;
            let aside = chain.links.iter().all(|link| !above_human[link.joint as usize]);
            if let Some(left) = helper_work_left.checked_sub(work).filter(|_| aside && below_human[chain.goal as usize])
            {
                helper_work_left = left;
                chain.helper = true;
            }
            self.ik_chains.push(chain);
        }
        self.ik_chains.sort_by_key(|c| self.joints[c.goal as usize].order);
        Ok(())
    }

    /// A chain and its work ([`MOST_WORK`]); `None`: it has no effector, no links or more than MMD knows, or the effector
    /// doesn't hang on them.
    fn chain(&self, goal: u32, ik: &Ik) -> Option<(IkChain, usize)> {
        if ik.links.len() > MOST_LINKS {
            return None;
        }
        let effector = self.joint(ik.effector)?;
        let link = |link: &Link| Some(IkLink { joint: self.joint(link.bone)?, limits: limits(link) });
        let links: Vec<IkLink> = ik.links.iter().filter_map(link).collect();
        let above: Vec<u32> = self.ancestors(effector).skip(1).collect();
        let steps = links.iter().map(|link| above.iter().position(|&joint| joint == link.joint));
        let steps = steps.collect::<Option<Vec<usize>>>()?;
        let iterations = ik.iterations.clamp(0, MOST_ITERATIONS) as u32;
        let work = steps.iter().map(|steps| steps + 2).sum::<usize>() * iterations as usize;
        let step_rad = ik.step_rad.abs();
        let chain = IkChain { goal, effector, links, iterations, step_rad, helper: false };
        (!chain.links.is_empty()).then_some((chain, work))
    }

    /// The joint itself and all above it.
    fn ancestors(&self, joint: u32) -> impl Iterator<Item = u32> + '_ {
        std::iter::successors(Some(joint), |&j| self.joints[j as usize].parent)
    }

    /// Of each joint, whether it hangs on a human bone other than the hips, and whether it is or carries a human bone.
    ///
    /// A chain whose goal hangs on a limb and whose links carry no human bone is a helper: one that lets a cloak follow
    /// the arm, say.
    fn human_relations(&self) -> (Vec<bool>, Vec<bool>) {
        let mut human = vec![false; self.joints.len()];
        let mut carries = human.clone();
        for (bone, joint) in self.humanoid.iter() {
            human[joint as usize] = bone != HumanBone::Hips;
            carries[joint as usize] = true;
        }
        let mut hangs = vec![false; self.joints.len()];
        for (i, joint) in self.joints.iter().enumerate() {
            hangs[i] = joint.parent.is_some_and(|p| hangs[p as usize] || human[p as usize]);
        }
        for (i, joint) in self.joints.iter().enumerate().rev() {
            if let Some(parent) = joint.parent.filter(|_| carries[i]) {
                carries[parent as usize] = true;
            }
        }
        (hangs, carries)
    }
}

/// A link's limits in our axes: mirroring z turns the sense of rotations about x and y, and so swaps low and high.
fn limits(link: &Link) -> Option<(Vec3, Vec3)> {
    let (a, b) = link.limits?;
    let (a, b) = (-direction(a), -direction(b));
    Some((a.min(b), a.max(b)))
}

#[cfg(test)]
mod tests {
    use super::super::convert::METRES_PER_UNIT;
    use super::*;

    fn build(bones: Vec<Bone>) -> Result<Skeleton, String> {
        super::build(bones, &mut Faults::default())
    }

    fn bone(name: &str, parent: i32, x: f32, y: f32) -> Bone {
        Bone { name: [name.into(), String::new()], parent, position: Vec3::new(x, y, 0.0), ..Bone::default() }
    }

    fn body(carrier: &str, height: f32) -> Vec<Bone> {
        vec![
            bone("左足", 3, 1.0, 10.0),
            bone(carrier, -1, 0.0, height),
            bone("上半身", 1, 0.0, 12.0),
            bone("下半身", 1, 0.0, 12.0),
            bone("右足", 3, -1.0, 10.0),
        ]
    }

    fn parent_name<'a>(skeleton: &'a Skeleton, name: &str) -> &'a str {
        let joint = skeleton.joints.iter().find(|j| j.name == name).unwrap();
        &skeleton.joints[joint.parent.unwrap() as usize].name
    }

    #[test]
    fn a_low_centre_gets_hips_between_itself_and_the_body() {
        let skeleton = build(body("センター", 8.0)).unwrap();
        let hips = skeleton.humanoid.joint(HumanBone::Hips).unwrap() as usize;
        assert_eq!(skeleton.joints[hips].name, "hips");
        assert!((skeleton.places[hips].y - 11.0 * METRES_PER_UNIT).abs() < 1e-6);
        assert_eq!(parent_name(&skeleton, "hips"), "センター");
        assert_eq!(parent_name(&skeleton, "上半身"), "hips");
        assert_eq!(parent_name(&skeleton, "下半身"), "hips");
        assert_eq!(parent_name(&skeleton, "左足"), "下半身");
        assert_eq!(skeleton.joint_of.len(), 5);
        assert!(skeleton.joints.iter().enumerate().all(|(i, j)| j.parent.is_none_or(|p| (p as usize) < i)));
    }

    #[test]
    fn a_bone_at_the_pelvis_is_the_hips_unless_the_legs_cancel_it() {
        let skeleton = build(body("腰", 11.5)).unwrap();
        let hips = skeleton.humanoid.joint(HumanBone::Hips).unwrap() as usize;
        assert_eq!((skeleton.joints.len(), skeleton.joints[hips].name.as_str()), (5, "腰"));

        let mut bones = body("腰", 11.5);
        bones[0].append = Some(super::super::model::Append {
            source: 1,
            ratio: -1.0,
            rotation: true,
            translation: false,
            local: false,
        });
        let skeleton = build(bones).unwrap();
        assert_eq!(parent_name(&skeleton, "腰"), "hips");
    }

    #[test]
    fn skeletons_converted_from_elsewhere_are_recognized_by_their_names() {
        let bones = [
            ("Hips", -1),
            ("Spine", 0),
            ("Neck", 1),
            ("Head", 2),
            ("LeftArm", 1),
            ("RightArm", 1),
            ("LeftUpLeg", 0),
            ("RightUpLeg", 0),
        ];
        let bones = bones.map(|(name, parent)| bone(name, parent, 0.0, 9.0)).into();
        let skeleton = build(bones).unwrap();
        assert!(skeleton.humanoid.is_humanoid(), "{:?}", skeleton.humanoid);
        assert_eq!(skeleton.joints.len(), 8);
    }

    #[test]
    fn endless_trees_and_chains_are_refused() {
        let what = build((0..2000).map(|i| bone("a", i - 1, 0.0, 0.0)).collect()).err().unwrap();
        assert!(what.contains("1000 deep"), "{what}");
        let mut bones: Vec<Bone> = (0..900).map(|i| bone("a", i - 1, 0.0, 0.0)).collect();
        for goal in &mut bones {
            let links = (0..255).map(|i| Link { bone: i, limits: None }).collect();
            goal.ik = Some(Ik { effector: 899, iterations: i32::MAX, step_rad: 1.0, links });
        }
        let what = build(bones).err().unwrap();
        assert!(what.contains("impossibly long"), "{what}");
        let mut bones: Vec<Bone> = (0..900).map(|i| bone("a", i - 1, 0.0, 0.0)).collect();
        for bone in &mut bones[..899] {
            let (source, ratio) = (899, 1.0);
            bone.append =
                Some(super::super::model::Append { source, ratio, rotation: true, translation: false, local: true });
        }
        let what = build(bones).err().unwrap();
        assert!(what.contains("copy others locally"), "{what}");
    }

    #[test]
    fn limits_turn_with_the_mirrored_axis() {
        let knee = Link { bone: 0, limits: Some((Vec3::new(-3.0, -0.5, -0.1), Vec3::new(0.0, 0.2, 0.4))) };
        assert_eq!(limits(&knee), Some((Vec3::new(0.0, -0.2, -0.1), Vec3::new(3.0, 0.5, 0.4))));
    }
}
