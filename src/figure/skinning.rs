//! From a pose in joint terms to world transforms and skinned vertices: the reference that every faster path must agree with.

use super::{Append, Figure, Joint, Morph, VertexOffset, constraint, ik};
use glam::{Affine3A, Mat4, Quat, Vec2, Vec3};
use rayon::prelude::*;

/// A pose spelled out for one figure: a local transform a joint and a weight a morph.
#[derive(Clone, Debug, PartialEq)]
pub struct LocalPose {
    /// Local rotations, relative to the joint's parent (they replace the rest rotation).
    pub rotations: Vec<Quat>,
    /// Local translations in metres (they replace the rest translation).
    pub translations: Vec<Vec3>,
    /// Weights of [`Figure::morphs`], before groups are spread out.
    pub morph_weights: Vec<f32>,
    /// Which of [`Figure::ik_chains`] are solved. Poses given as rotations leave off all but the helpers
    /// ([`super::IkChain::helper`]).
    pub ik: Vec<bool>,
    /// Joints that swing by themselves and the local rotations that they have then, whatever else turns them. What copies
    /// them comes after them.
    pub sway: Vec<(u32, Quat)>,
}

impl LocalPose {
    /// The figure as its file has it, IK off but for helpers.
    pub fn rest(figure: &Figure) -> Self {
        Self {
            rotations: figure.joints.iter().map(|j| j.rotation).collect(),
            translations: figure.joints.iter().map(|j| j.translation).collect(),
            morph_weights: figure.morphs.iter().map(|m| m.rest_weight).collect(),
            ik: figure.ik_chains.iter().map(|c| c.helper).collect(),
            sway: Vec::new(),
        }
    }

    /// A pose between this one (0) and another of the same figure (1). Chains that one of the two solves are solved; what
    /// swings is the other's.
    pub fn between(&self, other: &Self, share: f32) -> Self {
        let mut pose = other.clone();
        for (rotation, from) in pose.rotations.iter_mut().zip(&self.rotations) {
            *rotation = from.slerp(*rotation, share);
        }
        for (translation, from) in pose.translations.iter_mut().zip(&self.translations) {
            *translation = from.lerp(*translation, share);
        }
        for (weight, from) in pose.morph_weights.iter_mut().zip(&self.morph_weights) {
            *weight = from + (*weight - from) * share;
        }
        pose.ik.iter_mut().zip(&self.ik).for_each(|(solved, from)| *solved |= from);
        pose
    }
}

/// World transform of every joint.
///
/// What joints do by themselves comes first: the pose and bone morphs. Then appends and IK chains act on it in
/// [`Joint::order`], a joint's append before its IK, as PMX has it; then constraints, as VRM has them; then what swings;
/// then what waits for that; last, every joint goes with its parent.
pub fn world_transforms(figure: &Figure, pose: &LocalPose) -> Vec<Mat4> {
    if !moves_itself(figure, pose) {
        return forward(&figure.joints, &pose.rotations, &pose.translations);
    }
    let locals = settled(figure, pose);
    forward(&figure.joints, &locals.rotations, &locals.translations)
}

fn moves_itself(figure: &Figure, pose: &LocalPose) -> bool {
    !figure.appends.is_empty()
        || !figure.constraints.is_empty()
        || !pose.sway.is_empty()
        || pose.ik.contains(&true)
        || moves_joints(figure, pose)
}

/// Local transforms of all joints when all that acts on them has acted.
pub fn settled(figure: &Figure, pose: &LocalPose) -> Locals {
    let mut locals = Locals { rotations: pose.rotations.clone(), translations: pose.translations.clone() };
    if !moves_itself(figure, pose) {
        return locals;
    }
    morph_joints(figure, pose, &mut locals);
    // Both lists come in order from the readers; sorting a sorted list of a few dozen costs nothing, and is right for
    // figures put together by hand.
    let order = |joint: u32| (figure.joints[joint as usize].order, joint);
    let mut turns: Vec<((i32, u32), Turn)> = Vec::with_capacity(figure.appends.len() + figure.ik_chains.len());
    turns.extend(figure.appends.iter().map(|append| (order(append.joint), Turn::Append(append))));
    let solved = figure.ik_chains.iter().zip(&pose.ik).filter(|(_, on)| **on);
    turns.extend(solved.map(|(chain, _)| (order(chain.goal), Turn::Ik(chain))));
    turns.sort_by_key(|&(order, _)| order);
    let late = if pose.sway.is_empty() { Vec::new() } else { split_late(figure, pose, &mut turns) };
    turns.into_iter().for_each(|(_, turn)| turn.act(figure, &mut locals));
    constraint::apply(&figure.joints, &figure.constraints, &mut locals);
    for &(joint, turn) in &pose.sway {
        if let Some(rotation) = locals.rotations.get_mut(joint as usize) {
            *rotation = turn;
        }
    }
    late.into_iter().for_each(|turn| turn.act(figure, &mut locals));
    locals
}

/// Takes out of `turns` those that wait for what swings: because the file says so, or because they copy it.
fn split_late<'a>(figure: &Figure, pose: &LocalPose, turns: &mut Vec<((i32, u32), Turn<'a>)>) -> Vec<Turn<'a>> {
    let mut swings = vec![false; figure.joints.len()];
    for &(joint, _) in &pose.sway {
        swings.get_mut(joint as usize).into_iter().for_each(|swings| *swings = true);
    }
    let mut waits = swings.clone();
    let mut late = Vec::new();
    turns.retain(|&((order, joint), turn)| {
        let copies = match turn {
            Turn::Append(Append { source, local: false, .. }) => waits[*source as usize],
            Turn::Append(Append { source, .. }) => {
                std::iter::successors(Some(*source), |&j| figure.joints[j as usize].parent).any(|j| waits[j as usize])
            }
            Turn::Ik(_) => false,
        };
        // What swings has what springs gave it.
        let after = figure.springs.late_order.is_some_and(|late| order >= late);
        let is_late = (copies || after) && !swings[joint as usize];
        if is_late {
            waits[joint as usize] = true;
            late.push(turn);
        }
        !is_late
    });
    late
}

#[derive(Clone, Copy)]
enum Turn<'a> {
    Append(&'a Append),
    Ik(&'a super::IkChain),
}

impl Turn<'_> {
    fn act(self, figure: &Figure, locals: &mut Locals) {
        match self {
            Turn::Append(append) => follow(figure, append, locals),
            Turn::Ik(chain) => ik::solve(&figure.joints, chain, locals),
        }
    }
}

/// Local transforms on their way from the pose to what is shown.
#[derive(Clone, Debug)]
pub struct Locals {
    /// One a joint, relative to its parent.
    pub rotations: Vec<Quat>,
    /// One a joint, metres.
    pub translations: Vec<Vec3>,
}

impl Locals {
    /// Joint space to parent space.
    pub(super) fn local(&self, joints: &[Joint], joint: u32) -> Affine3A {
        let i = joint as usize;
        Affine3A::from_scale_rotation_translation(joints[i].scale, self.rotations[i], self.translations[i])
    }

    /// Joint space to world space as things stand.
    pub(super) fn world(&self, joints: &[Joint], joint: u32) -> Affine3A {
        let mut world = self.local(joints, joint);
        let mut next = joints[joint as usize].parent;
        while let Some(parent) = next {
            world = self.local(joints, parent) * world;
            next = joints[parent as usize].parent;
        }
        world
    }
}

fn forward(joints: &[Joint], rotations: &[Quat], translations: &[Vec3]) -> Vec<Mat4> {
    let mut world: Vec<Mat4> = Vec::with_capacity(joints.len());
    for (i, joint) in joints.iter().enumerate() {
        let local = Mat4::from_scale_rotation_translation(joint.scale, rotations[i], translations[i]);
        world.push(match joint.parent {
            Some(p) => world[p as usize] * local,
            None => local,
        });
    }
    world
}

/// Adds to a joint its share of its source's motion.
fn follow(figure: &Figure, append: &Append, locals: &mut Locals) {
    let (joint, source) = (append.joint as usize, append.source as usize);
    let rest = &figure.joints[source];
    // The source's motion: how it left its rest, relative to its parent or, for local appends, to the world.
    let (turn, shift) = if append.local {
        let rest_locals = |joints: &[Joint]| {
            let mut world = Affine3A::IDENTITY;
            let mut next = Some(append.source);
            while let Some(j) = next {
                let joint = &joints[j as usize];
                world =
                    Affine3A::from_scale_rotation_translation(joint.scale, joint.rotation, joint.translation) * world;
                next = joint.parent;
            }
            world
        };
        let (rest, now) = (rest_locals(&figure.joints), locals.world(&figure.joints, append.source));
        let rotation = |transform: &Affine3A| transform.to_scale_rotation_translation().1;
        (rotation(&rest).inverse() * rotation(&now), Vec3::from(now.translation - rest.translation))
    } else {
        (rest.rotation.inverse() * locals.rotations[source], locals.translations[source] - rest.translation)
    };
    if append.rotation {
        locals.rotations[joint] = (locals.rotations[joint] * scaled(turn, append.ratio)).normalize();
    }
    if append.translation {
        locals.translations[joint] += append.ratio * shift;
    }
}

/// `rotation` taken `times` over, about its own axis by the shorter way.
fn scaled(rotation: Quat, times: f32) -> Quat {
    let rotation = if rotation.w < 0.0 { -rotation } else { rotation };
    Quat::from_scaled_axis(times * rotation.to_scaled_axis())
}

fn moves_joints(figure: &Figure, pose: &LocalPose) -> bool {
    let moves = |morph: &Morph| !morph.joints.is_empty() || !morph.group.is_empty();
    figure.morphs.iter().zip(&pose.morph_weights).any(|(morph, &weight)| weight != 0.0 && moves(morph))
}

fn morph_joints(figure: &Figure, pose: &LocalPose, locals: &mut Locals) {
    if !moves_joints(figure, pose) {
        return;
    }
    for (morph, weight) in active(figure, &effective_weights(figure, &pose.morph_weights)) {
        for &(joint, shift, turn) in &morph.joints {
            let joint = joint as usize;
            locals.translations[joint] += weight * shift;
            locals.rotations[joint] = (locals.rotations[joint] * scaled(turn, weight)).normalize();
        }
    }
}

/// All morphs, each before those it drives; or one that drives itself.
pub(super) fn groups_first(morphs: &[Morph]) -> Result<Vec<usize>, usize> {
    let mut drivers = vec![0usize; morphs.len()];
    for &(driven, _) in morphs.iter().flat_map(|m| &m.group) {
        drivers[driven as usize] += 1;
    }
    let mut order: Vec<usize> = (0..morphs.len()).filter(|&i| drivers[i] == 0).collect();
    let mut next = 0;
    while let Some(&i) = order.get(next) {
        for &(driven, _) in &morphs[i].group {
            drivers[driven as usize] -= 1;
            if drivers[driven as usize] == 0 {
                order.push(driven as usize);
            }
        }
        next += 1;
    }
    match drivers.iter().position(|&n| n > 0) {
        Some(i) => Err(i),
        None => Ok(order),
    }
}

/// Weights of [`Figure::morphs`] with groups spread out over the morphs they drive.
pub fn effective_weights(figure: &Figure, weights: &[f32]) -> Vec<f32> {
    let mut effective = weights.to_vec();
    if !figure.morphs.iter().zip(weights).any(|(morph, &weight)| weight != 0.0 && !morph.group.is_empty()) {
        return effective;
    }
    // Readers leave no cyclic groups.
    for i in groups_first(&figure.morphs).unwrap_or_default() {
        let weight = effective[i];
        if weight != 0.0 {
            for &(driven, factor) in &figure.morphs[i].group {
                effective[driven as usize] += factor * weight;
            }
        }
    }
    effective
}

fn active<'a>(figure: &'a Figure, effective: &'a [f32]) -> impl Iterator<Item = (&'a Morph, f32)> {
    figure.morphs.iter().zip(effective).filter(|(_, weight)| **weight != 0.0).map(|(morph, &weight)| (morph, weight))
}

/// Positions and normals (not normalized) of all vertices in bind space under the pose's morphs.
pub fn morphed_vertices(figure: &Figure, pose: &LocalPose) -> Vec<(Vec3, Vec3)> {
    let mut morphed: Vec<(Vec3, Vec3)> = figure.vertices.iter().map(|v| (v.position, v.normal)).collect();
    for (morph, weight) in active(figure, &effective_weights(figure, &pose.morph_weights)) {
        for &VertexOffset { vertex, position, normal } in &morph.vertices {
            let (p, n) = &mut morphed[vertex as usize];
            *p += weight * position;
            *n += weight * normal;
        }
    }
    morphed
}

/// Texture coordinates of all vertices under the pose's morphs.
pub fn morphed_uvs(figure: &Figure, pose: &LocalPose) -> Vec<Vec2> {
    let mut uvs: Vec<Vec2> = figure.vertices.iter().map(|v| v.uv).collect();
    for (morph, weight) in active(figure, &effective_weights(figure, &pose.morph_weights)) {
        for &(vertex, offset) in &morph.uvs {
            uvs[vertex as usize] += weight * offset;
        }
    }
    uvs
}

/// The matrix each bind multiplies its vertices with: world · inverse bind.
pub fn bind_matrices(figure: &Figure, world: &[Mat4]) -> Vec<Mat4> {
    figure.binds.iter().map(|b| world[b.joint as usize] * b.inverse_bind).collect()
}

/// Positions and normals of all vertices in world space.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Skinned {
    /// Metres.
    pub positions: Vec<Vec3>,
    /// Unit length.
    pub normals: Vec<Vec3>,
}

/// Morphs, then skins the whole mesh (linear blending).
pub fn skin(figure: &Figure, pose: &LocalPose) -> Skinned {
    let matrices = bind_matrices(figure, &world_transforms(figure, pose));
    let morphed = morphed_vertices(figure, pose);
    let skinned = (&figure.vertices, morphed).into_par_iter().with_min_len(1024).map(|(vertex, (position, normal))| {
        let mut blended = Mat4::ZERO;
        for (&bind, &weight) in vertex.binds.iter().zip(&vertex.weights) {
            if weight != 0.0 {
                blended += matrices[bind as usize] * weight;
            }
        }
        (blended.transform_point3(position), blended.transform_vector3(normal).normalize_or_zero())
    });
    let (positions, normals) = skinned.unzip();
    Skinned { positions, normals }
}

#[cfg(test)]
mod tests {
    use super::super::{Bind, Vertex};
    use super::*;
    use glam::Vec4;
    use std::f32::consts::FRAC_PI_2;

    fn joint(parent: Option<u32>, translation: Vec3, order: i32) -> Joint {
        Joint {
            name: String::new(),
            parent,
            translation,
            rotation: Quat::IDENTITY,
            scale: Vec3::ONE,
            order,
            movable: true,
            may_rotate: true,
            may_translate: true,
        }
    }

    fn append(joint: u32, source: u32, ratio: f32) -> Append {
        Append { joint, source, ratio, rotation: true, translation: true, local: false }
    }

    fn angle_z(world: &Mat4) -> f32 {
        let x = world.x_axis;
        x.y.atan2(x.x)
    }

    #[test]
    fn appends_hand_on_what_they_got_in_order_and_may_go_backwards() {
        // 1 copies 0, 2 copies half of 1 backwards; the list is not in order.
        let mut figure = Figure {
            joints: vec![joint(None, Vec3::X, 0), joint(None, Vec3::Y, 1), joint(None, Vec3::Z, 2)],
            appends: vec![append(2, 1, -0.5), append(1, 0, 1.0)],
            ..Figure::default()
        };
        let mut pose = LocalPose::rest(&figure);
        pose.rotations[0] = Quat::from_rotation_z(0.8);
        pose.translations[0].y += 1.0;
        let world = world_transforms(&figure, &pose);
        assert!((angle_z(&world[1]) - 0.8).abs() < 1e-6 && (angle_z(&world[2]) + 0.4).abs() < 1e-6);
        assert_eq!(world[2].w_axis.truncate(), Vec3::new(0.0, -0.5, 1.0));

        // A joint whose turn comes before its source's gets what the source has by then.
        figure.joints[2].order = 0;
        assert!(angle_z(&world_transforms(&figure, &pose)[2]).abs() < 1e-6);
    }

    #[test]
    fn a_local_append_copies_motion_that_the_source_owes_its_parent() {
        let mut figure = Figure {
            joints: vec![joint(None, Vec3::ZERO, 0), joint(Some(0), Vec3::X, 0), joint(None, Vec3::ZERO, 1)],
            appends: vec![Append { local: true, ..append(2, 1, 1.0) }],
            ..Figure::default()
        };
        let mut pose = LocalPose::rest(&figure);
        pose.rotations[0] = Quat::from_rotation_z(FRAC_PI_2);
        let world = world_transforms(&figure, &pose);
        assert!((angle_z(&world[2]) - FRAC_PI_2).abs() < 1e-6);
        assert!(world[2].w_axis.truncate().distance(Vec3::new(-1.0, 1.0, 0.0)) < 1e-6);
        figure.appends[0].local = false;
        assert_eq!(world_transforms(&figure, &pose)[2], Mat4::IDENTITY);
    }

    /// One vertex; morph 2 drives 1 by one half, which drives 0 by 0.8 and moves a joint.
    fn morphing() -> Figure {
        Figure {
            vertices: vec![Vertex {
                position: Vec3::ZERO,
                normal: Vec3::Y,
                uv: Vec2::ZERO,
                colour: Vec4::ONE,
                binds: [0; 4],
                weights: [1.0, 0.0, 0.0, 0.0],
            }],
            joints: vec![joint(None, Vec3::ZERO, 0)],
            binds: vec![Bind { joint: 0, inverse_bind: Mat4::IDENTITY }],
            morphs: vec![
                Morph {
                    vertices: vec![VertexOffset { vertex: 0, position: Vec3::X, normal: Vec3::ZERO }],
                    uvs: vec![(0, Vec2::new(0.0, 2.0))],
                    ..Morph::default()
                },
                Morph {
                    group: vec![(0, 0.8)],
                    joints: vec![(0, Vec3::Z, Quat::from_rotation_y(FRAC_PI_2))],
                    ..Morph::default()
                },
                Morph { group: vec![(1, 0.5)], ..Morph::default() },
            ],
            ..Figure::default()
        }
    }

    #[test]
    fn groups_spread_to_all_kinds_of_morphs() {
        let figure = morphing();
        let mut pose = LocalPose::rest(&figure);
        pose.morph_weights[2] = 1.0;
        assert_eq!(effective_weights(&figure, &pose.morph_weights), [0.4, 0.5, 1.0]);
        assert_eq!(morphed_uvs(&figure, &pose), [Vec2::new(0.0, 0.8)]);
        // Moved by the vertex morph, then turned by an eighth and shifted by the joint's.
        let half = std::f32::consts::FRAC_PI_4;
        let place = Quat::from_rotation_y(half) * Vec3::new(0.4, 0.0, 0.0) + Vec3::new(0.0, 0.0, 0.5);
        assert!(skin(&figure, &pose).positions[0].distance(place) < 1e-6);
    }

    #[test]
    fn morphs_that_drive_themselves_are_found() {
        let mut morphs = morphing().morphs;
        assert_eq!(groups_first(&morphs), Ok(vec![2, 1, 0]));
        morphs[0].group.push((1, 1.0));
        assert!(matches!(groups_first(&morphs), Err(0 | 1)));
    }
}
