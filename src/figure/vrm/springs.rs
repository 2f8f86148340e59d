//! Springs of both versions: `VRMC_springBone` and `VRMC_springBone_extended_collider`
//! (<https://github.com/vrm-c/vrm-specification/tree/master/specification>), and VRM 0's `secondaryAnimation`.

use super::{Builder, parse};
use crate::figure::Joint;
use crate::figure::springs::{Collider, Shape, Spring, SpringJoint, Springs};
use glam::{Affine3A, Vec3};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

const V1: &str = "VRMC_springBone";
const V0: &str = "VRM";
/// Pairs of a joint that swings and what it collides with, which are all looked at in every step.
const MOST_PAIRS: usize = 200_000;
/// How far the free end of a chain's last joint is from it in VRM 0.
const LEAF_M: f32 = 0.07;

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct SpringBone {
    /// Each by itself: a broken one keeps its number.
    colliders: Vec<Value>,
    collider_groups: Vec<Value>,
    springs: Vec<Spring1>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Collider1 {
    node: Option<usize>,
    shape: Shapes,
    extensions: Extended,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Extended {
    #[serde(rename = "VRMC_springBone_extended_collider")]
    collider: Option<ExtendedCollider>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ExtendedCollider {
    shape: Shapes,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Shapes {
    sphere: Option<Round>,
    capsule: Option<Round>,
    plane: Option<Flat>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Round {
    offset: [f32; 3],
    tail: [f32; 3],
    radius: f32,
    inside: bool,
}

#[derive(Deserialize)]
#[serde(default)]
struct Flat {
    offset: [f32; 3],
    normal: [f32; 3],
}

impl Default for Flat {
    fn default() -> Self {
        Self { offset: [0.0; 3], normal: [0.0, 0.0, 1.0] }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Group1 {
    colliders: Vec<usize>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Spring1 {
    name: String,
    joints: Vec<Joint1>,
    collider_groups: Vec<usize>,
    center: Option<usize>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Joint1 {
    node: usize,
    #[serde(default)]
    hit_radius: f32,
    #[serde(default = "one")]
    stiffness: f32,
    #[serde(default)]
    gravity_power: f32,
    #[serde(default = "down")]
    gravity_dir: [f32; 3],
    #[serde(default = "half")]
    drag_force: f32,
}

fn one() -> f32 {
    1.0
}

fn half() -> f32 {
    0.5
}

fn down() -> [f32; 3] {
    [0.0, -1.0, 0.0]
}

/// Unity's components by name.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct Xyz {
    x: f32,
    y: f32,
    z: f32,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct SecondaryAnimation {
    bone_groups: Vec<BoneGroup>,
    collider_groups: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct BoneGroup {
    comment: String,
    /// The file's own spelling.
    stiffiness: f32,
    gravity_power: f32,
    gravity_dir: Xyz,
    drag_force: f32,
    /// −1: none.
    center: i64,
    hit_radius: f32,
    bones: Vec<i64>,
    collider_groups: Vec<i64>,
}

impl Default for BoneGroup {
    fn default() -> Self {
        Self {
            comment: String::new(),
            stiffiness: 1.0,
            gravity_power: 0.0,
            gravity_dir: Xyz { y: -1.0, ..Xyz::default() },
            drag_force: 0.4,
            center: -1,
            hit_radius: 0.0,
            bones: Vec::new(),
            collider_groups: Vec::new(),
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Group0 {
    node: Option<usize>,
    colliders: Vec<Ball>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Ball {
    offset: Xyz,
    radius: f32,
}

/// Springs while they are read.
struct Reading<'a, 'b, 'd> {
    builder: &'a mut Builder<'b, 'd>,
    /// Of the rest.
    world: Vec<Affine3A>,
    springs: Springs,
    taken: Vec<bool>,
    pairs: usize,
}

/// The springs of a VRM 1.0 file.
pub(super) fn read_v1(builder: &mut Builder) {
    let extensions = builder.document.root.extensions.as_ref();
    let Some(value) = extensions.and_then(|e| e.others.get(V1)) else { return };
    let source: SpringBone = match parse(builder.document, V1, value) {
        Ok((source, broken)) => {
            builder.broken += broken;
            source
        }
        Err(_) => return builder.broken += 1,
    };
    let mut reading = Reading::new(builder);
    // What became of each collider of the file.
    let colliders: Vec<Option<u32>> = source.colliders.iter().map(|value| reading.collider(value)).collect();
    let groups: Vec<Group1> = source.collider_groups.iter().map(|value| reading.part(value)).collect();
    for spring in &source.springs {
        let wanted = spring.collider_groups.iter().map(|&group| groups.get(group));
        let wanted: Vec<Option<&Group1>> = wanted.collect();
        reading.builder.broken += wanted.iter().filter(|group| group.is_none()).count();
        let members = wanted.into_iter().flatten().flat_map(|group| &group.colliders);
        let members = members.filter_map(|&i| colliders.get(i).copied().flatten()).collect();
        let centre = spring.center.and_then(|node| reading.joint(node));
        let mut joints = Vec::new();
        for pair in spring.joints.windows(2) {
            let (Some(head), Some(tail)) = (reading.joint(pair[0].node), reading.joint(pair[1].node)) else { continue };
            let hangs = reading.hangs_on(tail, head);
            if !hangs {
                reading.builder.broken += 1;
                continue;
            }
            let place = reading.world[tail as usize].translation;
            let tail = Vec3::from(reading.world[head as usize].inverse().transform_point3a(place));
            let Joint1 { hit_radius, stiffness, gravity_power, gravity_dir, drag_force, .. } = pair[0];
            joints.extend(reading.swinging(
                head,
                tail,
                hit_radius,
                stiffness,
                drag_force,
                gravity_power * Vec3::from(gravity_dir),
            ));
        }
        reading.spring(&spring.name, joints, members, centre);
    }
    reading.done();
}

impl SecondaryAnimation {
    /// The springs of a VRM 0.x file.
    pub(super) fn add(&self, builder: &mut Builder) {
        let mut reading = Reading::new(builder);
        let mut groups: Vec<Vec<u32>> = Vec::new();
        for value in &self.collider_groups {
            let group: Group0 = reading.part(value);
            let joint = group.node.and_then(|node| reading.joint(node));
            let mut members = Vec::new();
            for ball in &group.colliders {
                // Unity's z runs the other way.
                let Xyz { x, y, z } = ball.offset;
                let shape = Shapes {
                    sphere: Some(Round { offset: [x, y, -z], radius: ball.radius, ..Round::default() }),
                    ..Shapes::default()
                };
                members.extend(joint.and_then(|joint| reading.shaped(joint, &shape)));
            }
            groups.push(members);
        }
        let mut children: Vec<Vec<u32>> = vec![Vec::new(); reading.taken.len()];
        for (i, joint) in reading.builder.figure.joints.iter().enumerate() {
            joint.parent.into_iter().for_each(|parent| children[parent as usize].push(i as u32));
        }
        for group in &self.bone_groups {
            let member = |&i: &i64| usize::try_from(i).ok().and_then(|i| groups.get(i));
            let members: Vec<u32> = group.collider_groups.iter().filter_map(member).flatten().copied().collect();
            let centre = usize::try_from(group.center).ok().and_then(|node| reading.joint(node));
            // Of a figure that looks along −z and is turned.
            let Xyz { x, y, z } = group.gravity_dir;
            let gravity = group.gravity_power * Vec3::new(-x, y, z);
            let mut joints = Vec::new();
            for &root in &group.bones {
                let Some(root) = usize::try_from(root).ok().and_then(|node| reading.joint(node)) else { continue };
                let mut waiting = vec![root];
                while let Some(joint) = waiting.pop() {
                    let below = &children[joint as usize];
                    let tail = match below.first() {
                        Some(&child) => reading.builder.figure.joints[child as usize].translation,
                        None => reading.leaf(joint),
                    };
                    joints.extend(reading.swinging(
                        joint,
                        tail,
                        group.hit_radius,
                        group.stiffiness,
                        group.drag_force,
                        gravity,
                    ));
                    waiting.extend(below.iter().rev());
                }
            }
            reading.spring(&group.comment, joints, members, centre);
        }
        reading.done();
    }
}

impl<'a, 'b, 'd> Reading<'a, 'b, 'd> {
    fn new(builder: &'a mut Builder<'b, 'd>) -> Self {
        let joints = &builder.figure.joints;
        let mut world: Vec<Affine3A> = Vec::with_capacity(joints.len());
        for Joint { parent, translation, rotation, scale, .. } in joints {
            let local = Affine3A::from_scale_rotation_translation(*scale, *rotation, *translation);
            world.push(parent.map_or(local, |parent| world[parent as usize] * local));
        }
        let taken = vec![false; joints.len()];
        Self { builder, world, springs: Springs::default(), taken, pairs: 0 }
    }

    /// A part that has a number, whether it can be read or not.
    fn part<T: DeserializeOwned + Default>(&mut self, value: &Value) -> T {
        let read = parse(self.builder.document, V0, value);
        let (part, broken) = read.unwrap_or_else(|_| (T::default(), 1));
        self.builder.broken += broken;
        part
    }

    fn joint(&mut self, node: usize) -> Option<u32> {
        let joint = self.builder.scene.joint_of_node.get(node).copied();
        self.builder.broken += usize::from(joint.is_none());
        joint
    }

    fn hangs_on(&self, joint: u32, above: u32) -> bool {
        let joints = &self.builder.figure.joints;
        std::iter::successors(joints[joint as usize].parent, |&j| joints[j as usize].parent).any(|j| j == above)
    }

    /// Where the free end of a joint without children is: on, the way that leads from its parent to it.
    fn leaf(&self, joint: u32) -> Vec3 {
        let parent = self.builder.figure.joints[joint as usize].parent;
        let own = &self.world[joint as usize];
        let from = parent.map_or(Vec3::ZERO, |parent| self.world[parent as usize].translation.into());
        let way = (Vec3::from(own.translation) - from).normalize_or(Vec3::Y);
        own.inverse().transform_vector3(LEAF_M * way)
    }

    fn collider(&mut self, value: &Value) -> Option<u32> {
        let source: Collider1 = self.part(value);
        let joint = source.node.and_then(|node| self.joint(node))?;
        let shape = source.extensions.collider.map_or(source.shape, |extended| extended.shape);
        self.shaped(joint, &shape)
    }

    fn shaped(&mut self, joint: u32, shapes: &Shapes) -> Option<u32> {
        let mirrored = self.builder.mirrored.get(joint as usize).copied().unwrap_or(false);
        let place = |at: [f32; 3]| if mirrored { Vec3::new(-at[0], at[1], at[2]) } else { Vec3::from(at) };
        let shape = match shapes {
            Shapes { sphere: Some(Round { offset, radius, inside, .. }), .. } => {
                Shape::Sphere { centre: place(*offset), radius: *radius, inside: *inside }
            }
            Shapes { capsule: Some(Round { offset, tail, radius, inside }), .. } => {
                Shape::Capsule { ends: [place(*offset), place(*tail)], radius: *radius, inside: *inside }
            }
            Shapes { plane: Some(Flat { offset, normal }), .. } => {
                Shape::Plane { point: place(*offset), normal: place(*normal).normalize_or_zero() }
            }
            _ => Shape::Plane { point: Vec3::ZERO, normal: Vec3::ZERO },
        };
        let sound = match shape {
            Shape::Sphere { centre, radius, .. } => centre.is_finite() && (0.0..1e3).contains(&radius),
            Shape::Capsule { ends, radius, .. } => {
                ends.iter().all(|end| end.is_finite()) && (0.0..1e3).contains(&radius)
            }
            Shape::Plane { point, normal } => point.is_finite() && normal != Vec3::ZERO,
            Shape::Cuboid { .. } => true,
        };
        if !sound {
            self.builder.broken += 1;
            return None;
        }
        self.springs.colliders.push(Collider { joint, shape });
        Some(self.springs.colliders.len() as u32 - 1)
    }

    /// A joint that swings; `None`: it swings already, or the numbers are none.
    fn swinging(
        &mut self,
        joint: u32,
        tail: Vec3,
        radius: f32,
        stiffness: f32,
        drag: f32,
        gravity: Vec3,
    ) -> Option<SpringJoint> {
        let numbers = [radius, stiffness, drag];
        let sound =
            numbers.iter().all(|n| n.is_finite() && n.abs() < 1e3) && gravity.is_finite() && gravity.length() < 1e3;
        if !sound || !tail.is_finite() || tail.length() > 1e3 {
            self.builder.broken += 1;
            return None;
        }
        // Joints that lie on each other have no direction, and files have them on purpose.
        if tail.length() < 1e-6 {
            return None;
        }
        if std::mem::replace(&mut self.taken[joint as usize], true) {
            self.builder.broken += 1;
            return None;
        }
        let (radius, stiffness, drag) = (radius.max(0.0), stiffness.max(0.0), drag.clamp(0.0, 1.0));
        Some(SpringJoint { joint, tail, radius, stiffness, drag, gravity })
    }

    fn spring(&mut self, name: &str, joints: Vec<SpringJoint>, colliders: Vec<u32>, centre: Option<u32>) {
        if joints.is_empty() {
            return;
        }
        self.pairs += joints.len() * colliders.len();
        let colliders = if self.pairs > MOST_PAIRS {
            self.builder.broken += 1;
            Vec::new()
        } else {
            colliders
        };
        self.springs.chains.push(Spring { name: name.to_owned(), joints, colliders, centre });
    }

    fn done(self) {
        self.builder.figure.springs = self.springs;
    }
}
