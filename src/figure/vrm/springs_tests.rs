//! Springs of both versions on small files.

use crate::figure::gltf::testing::{Glb, skeleton};
use crate::figure::springs::{Shape, Spring};
use crate::figure::{Figure, skinning};
use glam::Vec3;
use proptest::prelude::*;
use serde_json::{Value, json};

/// A human with three joints of hair on the head; nodes by name.
fn model(facing: f32) -> (Glb, impl Fn(&str) -> usize) {
    let mut glb = Glb::triangle();
    let nodes = skeleton(&mut glb, facing);
    let of = |name: &str| nodes.iter().find(|(known, _)| *known == name).unwrap().1;
    let mut above = of("head");
    let mut names: Vec<(String, usize)> = nodes.iter().map(|(name, node)| ((*name).to_owned(), *node)).collect();
    for i in 0..3 {
        let hair = glb.add("nodes", json!({"name": format!("hair{i}"), "translation": [0.0, -0.1, -0.05 * facing]}));
        glb.json["nodes"][above]["children"] = json!([hair]);
        names.push((format!("hair{i}"), hair));
        above = hair;
    }
    (glb, move |name: &str| names.iter().find(|(known, _)| known == name).unwrap().1)
}

fn joint(figure: &Figure, name: &str) -> u32 {
    figure.joints.iter().position(|joint| joint.name == name).unwrap() as u32
}

fn vrm1(edit: impl FnOnce(&mut Value, &dyn Fn(&str) -> usize)) -> Figure {
    let (mut glb, node) = model(1.0);
    let mut springs = json!({
        "specVersion": "1.0",
        "colliders": [
            {"node": node("head"), "shape": {"sphere": {"offset": [0.0, 0.1, 0.0], "radius": 0.12}}},
            null,
            {"node": node("spine"), "shape": {"capsule": {"offset": [0, 0, 0], "tail": [0, 0.3, 0], "radius": 0.1}}},
            {"node": node("hips"), "shape": {"sphere": {"radius": 9.0}}, "extensions": {
                "VRMC_springBone_extended_collider": {"specVersion": "1.0", "shape": {"plane": {"offset": [0, 0, 0.2]}}},
            }},
        ],
        "colliderGroups": [{"name": "body", "colliders": [0, 2]}, {"colliders": [3, 1]}],
        "springs": [{"name": "hair", "center": node("hips"), "colliderGroups": [1, 0], "joints": [
            {"node": node("hair0"), "hitRadius": 0.02, "stiffness": 0.7, "gravityPower": 0.2, "dragForce": 0.4},
            {"node": node("hair2")},
        ]}],
    });
    edit(&mut springs, &node);
    let humanoid: serde_json::Map<String, Value> =
        ["hips", "spine", "head"].map(|name| (name.to_owned(), json!({"node": node(name)}))).into_iter().collect();
    glb.json["extensions"] = json!({
        "VRMC_vrm": {"specVersion": "1.0", "meta": {"name": "Test"}, "humanoid": {"humanBones": humanoid}},
        "VRMC_springBone": springs,
    });
    glb.read().unwrap()
}

#[test]
fn a_spring_leads_from_joint_to_joint_whatever_lies_between() {
    let figure = vrm1(|_, _| ());
    let [Spring { name, joints, colliders, centre }] = &figure.springs.chains[..] else { panic!() };
    assert_eq!((name.as_str(), *centre), ("hair", Some(joint(&figure, "hips"))));
    let [hair] = joints[..] else { panic!("the last joint is an end alone: {joints:?}") };
    assert_eq!(hair.joint, joint(&figure, "hair0"));
    assert!(hair.tail.distance(Vec3::new(0.0, -0.2, -0.1)) < 1e-6, "{}", hair.tail);
    assert_eq!((hair.radius, hair.stiffness, hair.drag), (0.02, 0.7, 0.4));
    assert_eq!(hair.gravity, Vec3::NEG_Y * 0.2);
    // In the order of the groups; the broken one keeps its number and is nothing.
    let shapes: Vec<Shape> = colliders.iter().map(|&i| figure.springs.colliders[i as usize].shape).collect();
    assert_eq!(
        shapes,
        [
            Shape::Plane { point: Vec3::Z * 0.2, normal: Vec3::Z },
            Shape::Sphere { centre: Vec3::Y * 0.1, radius: 0.12, inside: false },
            Shape::Capsule { ends: [Vec3::ZERO, Vec3::Y * 0.3], radius: 0.1, inside: false },
        ]
    );
    assert_eq!(figure.warnings.len(), 1, "{:?}", figure.warnings);
    assert!(figure.warnings[0].contains("damaged in its VRM part"));
}

#[test]
fn broken_springs_are_left_out_and_told_once() {
    let figure = vrm1(|springs, node| {
        springs["colliders"][1] = json!({"node": node("head"), "shape": {"sphere": {"radius": "large"}}});
        springs["springs"].as_array_mut().unwrap().extend([
            // Swings already; hangs on nothing of the spring; isn't there; no spring at all.
            json!({"joints": [{"node": node("hair0")}, {"node": node("hair1")}]}),
            json!({"joints": [{"node": node("hair1")}, {"node": node("spine")}]}),
            json!({"joints": [{"node": 999}, {"node": node("hair2")}], "colliderGroups": [7]}),
            json!("spring"),
        ]);
    });
    assert_eq!(figure.springs.chains.len(), 1);
    assert_eq!(figure.warnings.len(), 1, "{:?}", figure.warnings);
    assert!(figure.warnings[0].contains("damaged in its VRM part"));
}

#[test]
fn of_vrm_0_everything_below_a_root_swings() {
    let (mut glb, node) = model(-1.0);
    let bones: Vec<Value> =
        ["hips", "spine", "head"].iter().map(|name| json!({"bone": name, "node": node(name)})).collect();
    glb.json["extensions"] = json!({"VRM": {
        "humanoid": {"humanBones": bones},
        "secondaryAnimation": {
            "boneGroups": [{
                "comment": "back", "stiffiness": 2.5, "gravityPower": 0.3, "gravityDir": {"x": 0, "y": -1, "z": 0},
                "dragForce": 0.6, "center": -1, "hitRadius": 0.03, "bones": [node("hair0")], "colliderGroups": [0],
            }],
            "colliderGroups": [
                {"node": node("head"), "colliders": [{"offset": {"x": 0.1, "y": 0.2, "z": 0.3}, "radius": 0.15}]},
            ],
        },
    }});
    let figure = glb.read().unwrap();
    assert_eq!(figure.warnings, Vec::<String>::new());
    let [Spring { name, joints, colliders, centre }] = &figure.springs.chains[..] else { panic!() };
    assert_eq!((name.as_str(), *centre, joints.len(), colliders.len()), ("back", None, 3, 1));
    assert_eq!(
        joints.iter().map(|j| j.joint).collect::<Vec<_>>(),
        ["hair0", "hair1", "hair2"].map(|n| joint(&figure, n))
    );
    assert!(joints.iter().all(|j| (j.stiffness, j.drag, j.radius) == (2.5, 0.6, 0.03)));
    assert!(joints[0].gravity.distance(Vec3::NEG_Y * 0.3) < 1e-6);
    // In the world the last one's end lies 7 cm on; the figure was turned, and the collider with it.
    let world = skinning::world_transforms(&figure, &skinning::LocalPose::rest(&figure));
    let last = &world[joints[2].joint as usize];
    let end = last.transform_vector3(joints[2].tail);
    assert!(end.distance(0.07 * Vec3::new(0.0, -0.1, -0.05).normalize()) < 1e-5, "{end}");
    let Shape::Sphere { centre, radius, .. } = figure.springs.colliders[0].shape else { panic!() };
    let head = &world[joint(&figure, "head") as usize];
    assert!(head.transform_vector3(centre).distance(Vec3::new(-0.1, 0.2, 0.3)) < 1e-5);
    assert_eq!(radius, 0.15);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever stands in the extension, a file with it is read.
    #[test]
    fn nonsense_in_springs_refuses_no_figure(
        path in prop::collection::vec(0usize..8, 1..6),
        value in prop_oneof![
            Just(json!(null)), Just(json!(-1)), Just(json!(1e300)), Just(json!("x")), Just(json!([])), Just(json!({})),
            Just(json!([[[]]])), Just(json!(true)), Just(json!(99999)),
        ],
    ) {
        let figure = vrm1(|springs, _| {
            let mut at = springs;
            for step in path {
                let count = at.as_array().map_or(0, Vec::len).max(at.as_object().map_or(0, serde_json::Map::len));
                if count == 0 {
                    break;
                }
                at = match at.is_object() {
                    true => at.as_object_mut().unwrap().values_mut().nth(step % count).unwrap(),
                    false => &mut at[step % count],
                };
            }
            *at = value;
        });
        let joints = figure.joints.len() as u32;
        for chain in &figure.springs.chains {
            prop_assert!(chain.joints.iter().all(|j| j.joint < joints && j.tail.is_finite()));
            prop_assert!(chain.colliders.iter().all(|&i| (i as usize) < figure.springs.colliders.len()));
        }
    }
}
