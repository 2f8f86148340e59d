//! A pose fitted to a figure: forward kinematics from normalized rotations, and the floor.

use super::Pose;
use crate::figure::{Figure, HumanBone, Humanoid, LocalPose, skinning, tpose};
use glam::{Mat4, Quat, Vec3};

impl Pose {
    /// The pose spelled out for one figure: its T-pose, turned bone by bone.
    ///
    /// What a figure lacks: joints and expressions are left out. A missing bone hands its rotation on, so that what
    /// hangs on it still looks where it should: of the torso (spine, chest, upper chest) to the next torso bone below,
    /// which then bends for both; any other (shoulder, neck, metacarpal) to its children.
    pub fn resolve(&self, figure: &Figure) -> LocalPose {
        let mut local = tpose::t_pose(figure);
        let t_pose = skinning::world_transforms(figure, &local);
        self.turn_joints(figure, &t_pose, &mut local);
        self.express(figure, &mut local);
        if let Some(hips) = figure.humanoid.joint(HumanBone::Hips) {
            let place = t_pose[hips as usize].w_axis.truncate();
            let mut shift = self.hips * place.y;
            if self.ground > 0.0 {
                let feet = Feet::of(figure);
                let drop =
                    feet.lowest_m(figure, &t_pose) - feet.lowest_m(figure, &skinning::world_transforms(figure, &local));
                shift.y += (drop - shift.y) * self.ground.min(1.0);
            }
            let carrier = carrier(figure, hips);
            local.translations[carrier as usize] += into_parent(figure, &t_pose, carrier, shift);
        }
        local
    }

    fn turn_joints(&self, figure: &Figure, t_pose: &[Mat4], local: &mut LocalPose) {
        /// A joint's world rotation in T-pose, how far it is turned from there, and the human bone it is or hangs on.
        type Turned = (Quat, Quat, Option<HumanBone>);
        let wanted = self.world_turns(&figure.humanoid);
        let mut bone_of = vec![None; figure.joints.len()];
        for (bone, joint) in figure.humanoid.iter() {
            bone_of[joint as usize] = Some(bone);
        }
        let mut turned: Vec<Turned> = Vec::with_capacity(figure.joints.len());
        for (i, joint) in figure.joints.iter().enumerate() {
            let (parent_stands, parent_turn, above) =
                joint.parent.map_or((Quat::IDENTITY, Quat::IDENTITY, None), |p| turned[p as usize]);
            let stands = parent_stands * local.rotations[i];
            let mut turn = parent_turn;
            if let Some(bone) = bone_of[i] {
                let above = above.map_or(Quat::IDENTITY, |above| wanted[above as usize]);
                turn *= above.inverse() * wanted[bone as usize];
            }
            if let Some(own) = self.joints.get(&joint.name) {
                turn *= own.rotation;
                local.translations[i] += into_parent(figure, t_pose, i as u32, own.translation);
            }
            local.rotations[i] = ((parent_turn * parent_stands).inverse() * turn * stands).normalize();
            turned.push((stands, turn, bone_of[i].or(above)));
        }
    }

    /// How far each bone is turned from its T-pose, in the figure's axes, on a figure that has the bones of `humanoid`.
    fn world_turns(&self, humanoid: &Humanoid) -> [Quat; 55] {
        use HumanBone::{Chest, Spine, UpperChest};
        let mut turns = [Quat::IDENTITY; 55];
        for bone in HumanBone::ALL {
            let parent = bone.parent().map_or(Quat::IDENTITY, |p| turns[p as usize]);
            turns[bone as usize] = parent * self.rotation(bone);
        }
        let upper_for = |bone: HumanBone, next: HumanBone, turns: &mut [Quat; 55]| {
            if humanoid.joint(next).is_none() {
                turns[bone as usize] = turns[next as usize];
            }
        };
        // From the top down: a chest without an upper chest bends as far as that would, and so on.
        upper_for(Chest, UpperChest, &mut turns);
        upper_for(Spine, Chest, &mut turns);
        turns
    }

    fn express(&self, figure: &Figure, local: &mut LocalPose) {
        for expression in &figure.expressions {
            let mut weight = self.expressions.get(&expression.name).copied().unwrap_or(0.0);
            if expression.binary {
                weight = if weight > 0.5 { 1.0 } else { 0.0 };
            }
            for &(morph, full) in &expression.morphs {
                local.morph_weights[morph as usize] += weight * full;
            }
        }
    }
}

/// A direction in the figure's axes as a change of `joint`'s translation.
fn into_parent(figure: &Figure, t_pose: &[Mat4], joint: u32, direction: Vec3) -> Vec3 {
    match figure.joints[joint as usize].parent {
        Some(p) => t_pose[p as usize].inverse().transform_vector3(direction),
        None => direction,
    }
}

/// The joint that moves the whole body: the hips, or, where the spine isn't their child (MMD figures have a lower body
/// beside the upper one), the joint above that both hang on.
fn carrier(figure: &Figure, hips: u32) -> u32 {
    use HumanBone::{Head, LeftUpperLeg};
    let up = |joint: u32| std::iter::successors(Some(joint), |&j| figure.joints[j as usize].parent);
    let body: Vec<u32> = [Head, LeftUpperLeg].into_iter().filter_map(|b| figure.humanoid.joint(b)).collect();
    up(hips).find(|&c| body.iter().all(|&b| up(b).any(|j| j == c))).unwrap_or(hips)
}

/// The vertices that can touch the floor: skin and clothes that follow human bones. Hair, capes and tails, which would
/// lie down on it, don't count.
struct Feet(Vec<u32>);

impl Feet {
    fn of(figure: &Figure) -> Self {
        let mut human = vec![false; figure.joints.len()];
        for (_, joint) in figure.humanoid.iter() {
            human[joint as usize] = true;
        }
        // MMD figures bind the legs to copies of the leg bones, which follow them.
        for append in figure.appends.iter().filter(|a| a.rotation && a.ratio > 0.5) {
            human[append.joint as usize] |= human[append.source as usize];
        }
        let follows_human = |v: &crate::figure::Vertex| {
            let heaviest = (0..4).fold(0, |best, i| if v.weights[i] > v.weights[best] { i } else { best });
            figure.binds.get(v.binds[heaviest] as usize).is_some_and(|b| human[b.joint as usize])
        };
        let all = 0..figure.vertices.len() as u32;
        let feet: Vec<u32> = all.clone().filter(|&i| follows_human(&figure.vertices[i as usize])).collect();
        Self(if feet.is_empty() { all.collect() } else { feet })
    }

    /// The height of the lowest of them, metres; of the lowest joint where there are none.
    fn lowest_m(&self, figure: &Figure, world: &[Mat4]) -> f32 {
        let matrices = skinning::bind_matrices(figure, world);
        let height = |&i: &u32| {
            let v = &figure.vertices[i as usize];
            let at = |k: usize| v.weights[k] * matrices[v.binds[k] as usize].transform_point3(v.position).y;
            (0..4).filter(|&k| v.weights[k] != 0.0).map(at).sum::<f32>()
        };
        let lowest = self.0.iter().map(height).fold(f32::INFINITY, f32::min);
        if lowest.is_finite() { lowest } else { world.iter().map(|m| m.w_axis.y).fold(f32::INFINITY, f32::min) }
    }
}
