//! A pose fitted to a figure: forward kinematics from normalized rotations, and the floor.

use super::lengths::{self, Stretch};
use super::{LimbLengths, Pose};
use crate::figure::{Expression, Figure, HumanBone, Humanoid, LocalPose, Override, Overrides, skinning, tpose};
use glam::{Mat4, Quat, Vec3, Vec4};
use std::borrow::Cow;
use std::sync::OnceLock;

/// What fitting poses to a figure takes, worked out once: its T-pose and who touches the floor. Each method wants the
/// figure that the rig was made for.
pub struct Rig {
    t_pose: LocalPose,
    t_world: Vec<Mat4>,
    human: Vec<Option<HumanBone>>,
    /// For each joint of a stretched figure, what its surface does before the joint moves it.
    skin: Option<Vec<Mat4>>,
    /// Who touches the floor, and its height.
    feet: OnceLock<(Feet, f32)>,
}

impl Rig {
    /// Of `figure`.
    pub fn new(figure: &Figure) -> Self {
        let t_pose = tpose::t_pose(figure);
        let t_world = skinning::world_transforms(figure, &t_pose);
        let mut human = vec![None; figure.joints.len()];
        for (bone, joint) in figure.humanoid.iter() {
            human[joint as usize] = Some(bone);
        }
        Self { t_pose, t_world, human, skin: None, feet: OnceLock::new() }
    }

    /// Of `figure` with other lengths. Its hips stay where they are: who stands on longer legs stands lower.
    pub fn stretched(figure: &Figure, lengths: &LimbLengths) -> Self {
        let mut rig = Self::new(figure);
        if lengths.are_own() {
            return rig;
        }
        let stretch = Stretch::new(lengths, figure, &rig.t_world, &rig.human);
        for (i, joint) in figure.joints.iter().enumerate() {
            let Some(parent) = joint.parent.map(|parent| parent as usize) else { continue };
            let more = stretch.shifts[i] - stretch.shifts[parent];
            let more = rig.t_world[parent].inverse().transform_vector3(more);
            if more.is_finite() {
                rig.t_pose.translations[i] += more;
            }
        }
        let own = std::mem::replace(&mut rig.t_world, skinning::world_transforms(figure, &rig.t_pose));
        let surfaces = stretch.surface.iter().zip(own.iter().zip(&rig.t_world));
        rig.skin = Some(surfaces.map(|(surface, (own, now))| now.inverse() * *surface * *own).collect());
        rig
    }

    /// The joints' world transforms as the surface follows them: a stretched limb's surface is stretched as well.
    pub fn skin<'a>(&self, world: &'a [Mat4]) -> Cow<'a, [Mat4]> {
        match &self.skin {
            None => Cow::Borrowed(world),
            Some(skin) => world.iter().zip(skin).map(|(world, skin)| *world * *skin).collect(),
        }
    }

    /// World transforms of all joints in T-pose.
    pub fn t_world(&self) -> &[Mat4] {
        &self.t_world
    }

    /// The human bone that a joint is.
    pub fn bone(&self, joint: u32) -> Option<HumanBone> {
        self.human.get(joint as usize).copied().flatten()
    }

    /// The human bone that each joint is, copies or hangs on.
    pub fn owners(&self, figure: &Figure) -> Vec<Option<HumanBone>> {
        lengths::owners(figure, &self.human)
    }

    /// As [`Pose::resolve`].
    pub fn resolve(&self, figure: &Figure, pose: &Pose) -> LocalPose {
        let mut local = self.t_pose.clone();
        pose.turn_joints(figure, self, &mut local);
        pose.express(figure, &mut local);
        if let Some(hips) = figure.humanoid.joint(HumanBone::Hips) {
            let mut shift = pose.hips * self.t_world[hips as usize].w_axis.y;
            if pose.ground > 0.0 {
                let (feet, floor_m) = self.feet.get_or_init(|| {
                    let feet = Feet::of(figure);
                    let floor_m = feet.lowest_m(figure, &self.skin(&self.t_world));
                    (feet, floor_m)
                });
                let world = skinning::world_transforms(figure, &local);
                let drop = floor_m - feet.lowest_m(figure, &self.skin(&world));
                shift.y += (drop - shift.y) * pose.ground.min(1.0);
            }
            let carrier = carrier(figure, hips);
            local.translations[carrier as usize] += into_parent(figure, &self.t_world, carrier, shift);
        }
        local
    }

    /// World transforms of all joints in a pose.
    pub fn world(&self, figure: &Figure, pose: &Pose) -> Vec<Mat4> {
        skinning::world_transforms(figure, &self.resolve(figure, pose))
    }
}

impl Pose {
    /// The pose spelled out for one figure: its T-pose, turned bone by bone. Who fits many poses keeps a [`Rig`].
    ///
    /// What a figure lacks: joints and expressions are left out. A missing bone hands its rotation on, so that what
    /// hangs on it still looks where it should: of the torso (spine, chest, upper chest) to the next torso bone below,
    /// which then bends for both; any other (shoulder, neck, metacarpal) to its children.
    pub fn resolve(&self, figure: &Figure) -> LocalPose {
        Rig::new(figure).resolve(figure, self)
    }

    fn turn_joints(&self, figure: &Figure, rig: &Rig, local: &mut LocalPose) {
        /// A joint's world rotation in T-pose, how far it is turned from there, and the human bone it is or hangs on.
        type Turned = (Quat, Quat, Option<HumanBone>);
        let wanted = self.world_turns(&figure.humanoid);
        let mut turned: Vec<Turned> = Vec::with_capacity(figure.joints.len());
        for (i, joint) in figure.joints.iter().enumerate() {
            let (parent_stands, parent_turn, above) =
                joint.parent.map_or((Quat::IDENTITY, Quat::IDENTITY, None), |p| turned[p as usize]);
            let stands = parent_stands * local.rotations[i];
            let mut turn = parent_turn;
            if let Some(bone) = rig.human[i] {
                let above = above.map_or(Quat::IDENTITY, |above| wanted[above as usize]);
                turn *= above.inverse() * wanted[bone as usize];
            }
            if let Some(own) = self.joints.get(&joint.name) {
                turn *= own.rotation;
                local.translations[i] += into_parent(figure, &rig.t_world, i as u32, own.translation);
            }
            local.rotations[i] = ((parent_turn * parent_stands).inverse() * turn * stands).normalize();
            turned.push((stands, turn, rig.human[i].or(above)));
        }
    }

    /// How far each bone is turned from its T-pose, in the figure's axes, on a figure that has the bones of `humanoid`.
    pub(crate) fn world_turns(&self, humanoid: &Humanoid) -> [Quat; 55] {
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

    /// The weights of the figure's morphs, as VRM 1.0 has expressions act on each other.
    fn express(&self, figure: &Figure, local: &mut LocalPose) {
        let weight = |expression: &Expression| {
            let weight = self.expressions.get(&expression.name).copied().unwrap_or(0.0);
            if !expression.binary {
                weight
            } else if weight > 0.5 {
                1.0
            } else {
                0.0
            }
        };
        // How far each kind of expression is held back by others.
        let mut held_back = [0.0f32; 3];
        for expression in &figure.expressions {
            let (weight, own) = (weight(expression).clamp(0.0, 1.0), Procedural::of(expression));
            let Overrides { blink, look_at, mouth } = expression.overrides;
            let all = [(Procedural::Blink, blink), (Procedural::LookAt, look_at), (Procedural::Mouth, mouth)];
            for (kind, over) in all.into_iter().filter(|(kind, _)| Some(*kind) != own && weight > 0.0) {
                held_back[kind as usize] += match over {
                    Override::None => 0.0,
                    Override::Block => 1.0,
                    Override::Blend => weight,
                };
            }
        }
        for expression in &figure.expressions {
            let held = Procedural::of(expression).map_or(0.0, |kind| held_back[kind as usize].min(1.0));
            // What is on or off stays so.
            let left = if expression.binary && held > 0.0 { 0.0 } else { 1.0 - held };
            let weight = weight(expression) * left;
            for &(morph, full) in &expression.morphs {
                local.morph_weights[morph as usize] += weight * full;
            }
        }
    }
}

/// Expressions that programs move by themselves.
#[derive(Clone, Copy, PartialEq)]
enum Procedural {
    Blink,
    LookAt,
    Mouth,
}

impl Procedural {
    fn of(expression: &Expression) -> Option<Self> {
        match expression.name.as_str() {
            "blink" | "blinkLeft" | "blinkRight" => Some(Self::Blink),
            "lookUp" | "lookDown" | "lookLeft" | "lookRight" => Some(Self::LookAt),
            "aa" | "ih" | "ou" | "ee" | "oh" => Some(Self::Mouth),
            _ => None,
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
        // Of each transform only the row that makes the height.
        let rows: Vec<Vec4> = skinning::bind_matrices(figure, world).iter().map(|m| m.row(1)).collect();
        let height = |&i: &u32| {
            let v = &figure.vertices[i as usize];
            let at = |k: usize| v.weights[k] * rows[v.binds[k] as usize].dot(v.position.extend(1.0));
            (0..4).filter(|&k| v.weights[k] != 0.0).map(at).sum::<f32>()
        };
        let lowest = self.0.iter().map(height).fold(f32::INFINITY, f32::min);
        if lowest.is_finite() { lowest } else { world.iter().map(|m| m.w_axis.y).fold(f32::INFINITY, f32::min) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::Morph;

    /// Faces that all move the same morph by their weight; `edit` may change them.
    fn faces(edit: impl FnOnce(&mut dyn FnMut(&str, &dyn Fn(&mut Expression)))) -> Figure {
        let face = |name: &str| Expression { name: name.into(), morphs: vec![(0, 1.0)], ..Expression::default() };
        let expressions = ["happy", "angry", "blink", "aa", "lookUp"].map(face).into();
        let mut figure = Figure { morphs: vec![Morph::default()], expressions, ..Figure::default() };
        edit(&mut |name, change| {
            figure.expressions.iter_mut().filter(|e| e.name == name).for_each(change);
        });
        figure
    }

    /// What expressions of those weights leave of the morph.
    fn moved(figure: &Figure, weights: &[(&str, f32)]) -> f32 {
        let expressions = weights.iter().map(|(name, weight)| ((*name).to_owned(), *weight)).collect();
        Pose { expressions, ..Pose::default() }.resolve(figure).morph_weights[0]
    }

    fn near(a: f32, b: f32) {
        assert!((a - b).abs() < 1e-6, "{a} is not {b}");
    }

    #[test]
    fn expressions_hold_back_blinks_gazes_and_visemes() {
        near(moved(&faces(|_| ()), &[("happy", 0.5), ("blink", 1.0)]), 1.5);

        let block = faces(|edit| edit("happy", &|e| e.overrides.blink = Override::Block));
        near(moved(&block, &[("happy", 0.1), ("blink", 1.0)]), 0.1);
        near(moved(&block, &[("happy", 0.0), ("blink", 1.0)]), 1.0);
        near(moved(&block, &[("happy", 0.5), ("aa", 1.0), ("lookUp", 1.0)]), 2.5);

        let blend = faces(|edit| {
            edit("happy", &|e| e.overrides.mouth = Override::Blend);
            edit("angry", &|e| (e.overrides.mouth, e.overrides.look_at) = (Override::Blend, Override::Blend));
        });
        near(moved(&blend, &[("happy", 0.25), ("aa", 1.0)]), 1.0);
        near(moved(&blend, &[("happy", 0.25), ("angry", 0.5), ("aa", 1.0)]), 1.0);
        near(moved(&blend, &[("happy", 0.75), ("angry", 0.75), ("aa", 1.0)]), 1.5);
        near(moved(&blend, &[("angry", 0.25), ("lookUp", 1.0), ("blink", 1.0)]), 2.0);

        // A blink holds back no blink, but a gaze.
        let own = faces(|edit| {
            edit("blink", &|e| (e.overrides.blink, e.overrides.look_at) = (Override::Block, Override::Block));
        });
        near(moved(&own, &[("blink", 0.5), ("lookUp", 1.0)]), 0.5);
    }

    #[test]
    fn what_is_on_or_off_holds_back_and_is_held_back_so() {
        for over in [Override::Block, Override::Blend] {
            let binary = faces(|edit| edit("happy", &|e| (e.binary, e.overrides.blink) = (true, over)));
            near(moved(&binary, &[("happy", 0.5), ("blink", 0.7)]), 0.7);
            near(moved(&binary, &[("happy", 0.51), ("blink", 0.7)]), 1.0);
        }
        let held = faces(|edit| {
            edit("happy", &|e| e.overrides.blink = Override::Blend);
            edit("blink", &|e| e.binary = true);
        });
        near(moved(&held, &[("happy", 0.1), ("blink", 1.0)]), 0.1);
        near(moved(&held, &[("happy", 0.0), ("blink", 0.6)]), 1.0);
    }
}
