//! Chains on characters of all kinds.

use super::*;
use crate::example::wear::Piece;
use crate::example::{CharacterParams, Detail, assemble, generate};
use crate::figure::{self, Figure, LocalPose, skinning};

#[test]
fn a_chain_carries_all_of_its_line() {
    let chain = Chain { first: 3, joints: 3, top: Vec3::ZERO, length: 1.0 };
    assert_eq!(chain.at(0.0).1, 0.0);
    assert_eq!(chain.at(1.0), (Skin::one(Bone::Swings(5)), 1.0));
    for i in 0..=20 {
        let (skin, _) = chain.at(i as f32 / 20.0);
        assert!((skin.0.iter().map(|s| s.1).sum::<f32>() - 1.0).abs() < 1e-6);
        assert!(skin.0.iter().all(|s| s.1 == 0.0 || matches!(s.0, Bone::Swings(3..=5))));
    }
}

#[test]
fn lines_are_cut_into_equal_pieces() {
    let line = [Vec3::ZERO, Vec3::X, Vec3::X, Vec3::new(1.0, 3.0, 0.0)];
    assert_eq!(evenly(&line, 2), [Vec3::ZERO, Vec3::new(1.0, 1.0, 0.0), line[3]]);
}

fn characters() -> impl Iterator<Item = CharacterParams> {
    std::iter::once(CharacterParams::default()).chain((0..24).map(CharacterParams::random))
}

#[test]
fn at_rest_every_surface_lies_where_it_was_made() {
    for params in characters() {
        let figure = assemble(&params, Detail::Outline);
        assert!(!figure.springs.is_empty() || params.hair.length < 0.5 || !params.wear.is_empty(), "{}", params.name);
        let skinned = skinning::skin(&figure, &LocalPose::rest(&figure));
        for (vertex, p) in figure.vertices.iter().zip(&skinned.positions) {
            assert!(vertex.position.distance(*p) < 1e-6, "{}: {} is at {p}", params.name, vertex.position);
        }
        let shapes = &figure.springs.colliders;
        assert!(shapes.iter().all(|c| figure.humanoid.bone_at(c.joint).is_some()));
    }
}

#[test]
fn ties_hang_from_the_chest() {
    let wears = |params: &CharacterParams| params.wear.iter().any(|garment| garment.piece == Piece::Tie);
    let tied: Vec<CharacterParams> = (0..200).map(CharacterParams::random).filter(wears).take(2).collect();
    assert_eq!(tied.len(), 2);
    for params in tied {
        let figure = assemble(&params, Detail::Outline);
        let chest = figure.humanoid.joint(HumanBone::UpperChest);
        // Before the chest and in its middle.
        let hangs = |joint: u32| {
            let world = skinning::world_transforms(&figure, &LocalPose::rest(&figure));
            let at = world[joint as usize].w_axis;
            figure.joints[joint as usize].parent == chest && at.x.abs() < 0.01 && at.z > 0.02
        };
        let first = figure.springs.chains.iter().map(|chain| chain.joints[0].joint).find(|&joint| hangs(joint));
        let mut turned = LocalPose::rest(&figure);
        turned.sway = vec![(first.unwrap(), glam::Quat::from_rotation_x(-0.5))];
        let moved = skinning::skin(&figure, &turned).positions;
        let far = figure.vertices.iter().zip(moved).map(|(vertex, p)| vertex.position.distance(p)).fold(0.0, f32::max);
        assert!(far > 0.04, "{}: {far} m", params.name);
    }
}

#[test]
fn files_and_memory_have_the_same_springs() {
    for params in [CharacterParams::default(), CharacterParams::random(2), CharacterParams::random(11)] {
        let made = assemble(&params, Detail::Outline);
        let read = figure::load::from_bytes("s.vrm", &generate(&params).unwrap()).unwrap();
        assert_eq!(read.warnings, Vec::<String>::new());
        let names = |figure: &Figure| figure.joints.iter().map(|joint| joint.name.clone()).collect::<Vec<_>>();
        let named = |figure: &Figure, joint: u32| figure.joints[joint as usize].name.clone();
        assert!(names(&made).iter().all(|name| names(&read).contains(name)));
        assert_eq!(read.springs.chains.len(), made.springs.chains.len());
        for (a, b) in read.springs.chains.iter().zip(&made.springs.chains) {
            assert_eq!((&a.name, &a.colliders), (&b.name, &b.colliders));
            for (a, b) in a.joints.iter().zip(&b.joints) {
                assert_eq!(named(&read, a.joint), named(&made, b.joint));
                assert!(a.tail.distance(b.tail) < 1e-4 && (a.radius - b.radius).abs() < 2e-4);
                assert_eq!((a.stiffness, a.drag, a.gravity), (b.stiffness, b.drag, b.gravity));
            }
        }
        let led = |figure: &Figure| {
            let mut all: Vec<_> = figure
                .constraints
                .iter()
                .map(|c| (named(figure, c.joint), named(figure, c.source), (c.weight * 100.0).round() as i32))
                .collect();
            all.sort();
            all
        };
        assert_eq!(led(&read), led(&made));
    }
}
