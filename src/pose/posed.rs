//! A pose on a figure: where its joints are, and how to turn and move them as seen from outside.

use super::{HumanBone, Pose, Rig, limits};
use crate::figure::{Figure, skinning, tpose::world_rotation};
use glam::{Mat4, Quat, Vec3};

/// A pose on a figure.
///
/// What is turned here is turned *in the world*: the pose's own numbers, which are relative to parents that may be
/// missing, inserted between or driven by others, follow from what the figure does.
pub struct Posed<'a> {
    /// The figure.
    pub figure: &'a Figure,
    /// Its rig.
    pub rig: &'a Rig,
    /// The pose as it is now.
    pub pose: Pose,
    world: Vec<Mat4>,
}

impl<'a> Posed<'a> {
    /// `pose` on `figure`, whose rig is `rig`.
    pub fn new(figure: &'a Figure, rig: &'a Rig, pose: Pose) -> Self {
        let world = rig.world(figure, &pose);
        Self { figure, rig, pose, world }
    }

    /// The same where [`Posed::world`] is known already.
    pub fn known(figure: &'a Figure, rig: &'a Rig, pose: Pose, world: Vec<Mat4>) -> Self {
        Self { figure, rig, pose, world }
    }

    /// World transforms of all joints.
    pub fn world(&self) -> &[Mat4] {
        &self.world
    }

    /// Where a joint is, metres.
    pub fn place(&self, joint: u32) -> Vec3 {
        self.world[joint as usize].w_axis.truncate()
    }

    /// How far a joint is turned from its T-pose, in the world: its columns are the joint's axes, which in T-pose are
    /// the world's.
    pub fn turn(&self, joint: u32) -> Quat {
        let rotation = |world: &[Mat4]| world_rotation(&world[joint as usize]);
        let turn = rotation(&self.world) * rotation(self.rig.t_world()).inverse();
        if turn.is_finite() { turn.normalize() } else { Quat::IDENTITY }
    }

    /// Where a point that in T-pose is at `at`, and belongs to `joint`, is now.
    pub fn point(&self, joint: u32, at: Vec3) -> Vec3 {
        let carried = self.world[joint as usize] * self.rig.t_world()[joint as usize].inverse();
        let point = carried.transform_point3(at);
        if point.is_finite() { point } else { self.place(joint) }
    }

    /// The joint's rotation as the pose says it: of a human bone relative to its human parent, of any other joint on
    /// top of where its parent takes it.
    pub fn rotation(&self, joint: u32) -> Quat {
        match self.rig.bone(joint) {
            Some(bone) => self.pose.rotation(bone),
            None => {
                self.pose.joints.get(&self.figure.joints[joint as usize].name).map_or(Quat::IDENTITY, |j| j.rotation)
            }
        }
    }

    /// Sets [`Posed::rotation`]; nothing happens where the figure allows none.
    pub fn set_rotation(&mut self, joint: u32, rotation: Quat) {
        let allowed = self.figure.joints.get(joint as usize).is_some_and(|j| j.may_rotate);
        if !allowed || !rotation.is_finite() || rotation.length_squared() < 1e-6 {
            return;
        }
        let rotation = rotation.normalize();
        match self.rig.bone(joint) {
            Some(bone) => {
                self.pose.bones.insert(bone, rotation);
            }
            None => {
                let name = self.figure.joints[joint as usize].name.clone();
                self.pose.joints.entry(name).or_default().rotation = rotation;
            }
        }
        self.look();
    }

    /// Turns a joint about its place, by world axes; whatever hangs on it comes along.
    pub fn turn_by(&mut self, joint: u32, turn: Quat) {
        let before = self.before(joint);
        self.set_rotation(joint, before.inverse() * turn * before * self.rotation(joint));
    }

    /// The joint's rotation if it were turned by `turn` in the world while its parents were turned by `carried`.
    pub(super) fn would_be(&self, joint: u32, carried: Quat, turn: Quat) -> Quat {
        let before = carried * self.before(joint);
        (before.inverse() * turn * before * self.rotation(joint)).normalize()
    }

    /// Moves a joint, metres in the world: the hips with the whole body, any other joint where the figure allows it.
    pub fn move_by(&mut self, joint: u32, way: Vec3) {
        if !way.is_finite() {
            return;
        }
        if self.rig.bone(joint) == Some(HumanBone::Hips) {
            let height = self.rig.t_world()[joint as usize].w_axis.y;
            if height.abs() > 1e-3 {
                self.pose.hips += way / height;
            }
        } else if self.figure.joints.get(joint as usize).is_some_and(|j| j.may_translate) {
            let into = self.parent_turn(joint).inverse();
            let name = self.figure.joints[joint as usize].name.clone();
            self.pose.joints.entry(name).or_default().translation += into * way;
        }
        self.look();
    }

    /// Holds a bone to what a human body can do.
    pub fn limit(&mut self, joint: u32) {
        if let Some(bone) = self.rig.bone(joint) {
            let (rotation, held) = (self.pose.rotation(bone), limits::clamp(bone, self.pose.rotation(bone)));
            if held != rotation {
                self.set_rotation(joint, held);
            }
        }
    }

    /// How far the world had already turned a joint before its own rotation.
    fn before(&self, joint: u32) -> Quat {
        let parent = self.parent_turn(joint);
        let Some(bone) = self.rig.bone(joint) else { return parent };
        // Bones that the figure lacks hand their rotations on, see `Pose::resolve`.
        let turns = self.pose.world_turns(&self.figure.humanoid);
        let up = |joint: u32| {
            std::iter::successors(self.figure.joints[joint as usize].parent, |&j| self.figure.joints[j as usize].parent)
        };
        let above = up(joint).find_map(|j| self.rig.bone(j)).map_or(Quat::IDENTITY, |b| turns[b as usize]);
        let wanted = bone.parent().map_or(Quat::IDENTITY, |b| turns[b as usize]);
        parent * above.inverse() * wanted
    }

    fn parent_turn(&self, joint: u32) -> Quat {
        self.figure.joints[joint as usize].parent.map_or(Quat::IDENTITY, |parent| self.turn(parent))
    }

    /// Sees where everything is after a change of the pose.
    pub(super) fn look(&mut self) {
        self.world = skinning::world_transforms(self.figure, &self.rig.resolve(self.figure, &self.pose));
    }

    /// Lets go of the floor: the hips stay where it holds them, by a height of their own. Returns how firmly it held.
    pub(crate) fn lift_off(&mut self) -> Option<(f32, f32)> {
        let hips = self.figure.humanoid.joint(HumanBone::Hips)?;
        let held = (self.pose.ground, self.pose.hips.y);
        if held.0 <= 0.0 {
            return None;
        }
        let place = self.place(hips);
        self.pose.ground = 0.0;
        self.look();
        self.move_by(hips, Vec3::Y * (place.y - self.place(hips).y));
        Some(held)
    }

    /// Stands on the floor again where that moves nobody: `held` as [`Posed::lift_off`] gave it.
    pub(super) fn land(&mut self, held: Option<(f32, f32)>) {
        let (Some((ground, height)), Some(hips)) = (held, self.figure.humanoid.joint(HumanBone::Hips)) else { return };
        let (free, place) = (self.pose.clone(), self.place(hips));
        (self.pose.ground, self.pose.hips.y) = (ground, height);
        self.look();
        if self.place(hips).distance(place) > 5e-4 {
            self.pose = free;
            self.look();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pose::library;
    use crate::pose::testing::figure;

    #[test]
    fn turning_in_the_world_turns_so_and_one_bone_alone() {
        let figure = figure();
        let rig = Rig::new(&figure);
        for (name, pose) in library::all() {
            for (bone, joint) in figure.humanoid.iter() {
                let mut posed = Posed::new(&figure, &rig, pose.clone());
                let turn = Quat::from_axis_angle(Vec3::new(0.6, 0.0, 0.8), 0.3);
                let wanted = turn * posed.turn(joint);
                posed.turn_by(joint, turn);
                assert!(posed.turn(joint).dot(wanted).abs() > 1.0 - 1e-4, "{name} {bone:?}");
                let mut rest = posed.pose.clone();
                rest.bones.insert(bone, pose.rotation(bone));
                assert!(HumanBone::ALL.iter().all(|&b| rest.rotation(b) == pose.rotation(b)));
            }
        }
    }

    #[test]
    fn joints_without_a_human_name_turn_and_move_too_where_they_may() {
        let mut figure = figure();
        let joint = (0..figure.joints.len() as u32).rev().find(|&j| figure.humanoid.bone_at(j).is_none()).unwrap();
        figure.joints[joint as usize].may_translate = true;
        let rig = Rig::new(&figure);
        let mut posed = Posed::new(&figure, &rig, library::find("dance").unwrap().1);
        let (turn, wanted) = (Quat::from_rotation_y(0.5), Quat::from_rotation_y(0.5) * posed.turn(joint));
        posed.turn_by(joint, turn);
        assert!(posed.turn(joint).dot(wanted).abs() > 1.0 - 1e-4);
        let (way, from) = (Vec3::new(0.1, 0.02, -0.03), posed.place(joint));
        posed.move_by(joint, way);
        assert!(posed.place(joint).distance(from + way) < 1e-4);
        figure.joints[joint as usize].may_rotate = false;
        figure.joints[joint as usize].may_translate = false;
        let mut held = Posed::new(&figure, &rig, Pose::default());
        held.turn_by(joint, turn);
        held.move_by(joint, way);
        assert_eq!(held.pose, Pose::default());
    }

    #[test]
    fn hips_carry_the_body() {
        let figure = figure();
        let rig = Rig::new(&figure);
        let (hips, head) =
            (figure.humanoid.joint(HumanBone::Hips).unwrap(), figure.humanoid.joint(HumanBone::Head).unwrap());
        let mut posed = Posed::new(&figure, &rig, Pose::default());
        let (way, from) = (Vec3::new(0.1, -0.2, 0.3), posed.place(head));
        posed.move_by(hips, way);
        assert!(posed.place(head).distance(from + way) < 1e-4);
    }
}
