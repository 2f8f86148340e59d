//! Whole files of motions through all readers, writers and edits.

mod damage;
mod edits;
mod figures;
mod files;
mod rigs;

use super::load::from_bytes;
use super::*;
use crate::figure::gltf::testing::Glb;
use crate::figure::{Figure, HumanBone, LocalPose, skinning};
use crate::files::test_asset as asset;
use crate::pose::{Pose, Posed, Rig, library};
use glam::{Quat, Vec3};
use serde_json::json;
use std::path::{Path, PathBuf};

const ASSETS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/assets");

fn mio() -> Figure {
    crate::figure::load::from_bytes("mio.vrm", include_bytes!("../../assets/mio.vrm")).unwrap()
}

/// The built-in figure and, where they are, one of MMD's and one of VRM's.
fn figures() -> Vec<Figure> {
    let others = ["mmd/gene/Gene_light.pmx", "vrm/godette/Godette_vrm_v4.vrm"].into_iter().filter_map(asset);
    [mio()].into_iter().chain(others.map(|path| crate::figure::load(&path).unwrap())).collect()
}

fn is_sound(pose: &Pose) -> bool {
    pose.hips.is_finite()
        && pose.bones.values().all(|turn| turn.is_normalized())
        && pose.joints.values().all(|joint| joint.rotation.is_normalized() && joint.translation.is_finite())
        && pose.expressions.values().all(|weight| (0.0..=1.0).contains(weight))
}

/// A VRM animation whose joints rest with turns of their own, and between whose bones lie other joints; it holds `pose`.
fn skewed(pose: &Pose) -> Vec<u8> {
    let figure = mio();
    let rig = Rig::new(&figure);
    let place = |bone: HumanBone| figure.humanoid.joint(bone).map(|j| rig.t_world()[j as usize].w_axis.truncate());
    let mut glb = Glb::new();
    glb.json["extensions"] = json!({"VRMC_vrm_animation": {"specVersion": "1.0", "humanoid": {"humanBones": {}}}});
    glb.json["animations"] = json!([{"channels": [], "samplers": []}]);
    let times = glb.floats("SCALAR", &[0.0]);
    let animate = |glb: &mut Glb, node: usize, path: &str, shape: &str, values: &[f32]| {
        let values = glb.floats(shape, values);
        let animation = &mut glb.json["animations"][0];
        let samplers = animation["samplers"].as_array_mut().unwrap();
        samplers.push(json!({"input": times, "output": values}));
        let channel = json!({"sampler": samplers.len() - 1, "target": {"node": node, "path": path}});
        animation["channels"].as_array_mut().unwrap().push(channel);
    };
    // World turn and place of each bone's node at rest, and its node.
    let mut rests = std::collections::HashMap::new();
    for (i, bone) in HumanBone::ALL.into_iter().enumerate() {
        let Some(at) = place(bone).filter(|_| !bone.name().ends_with("Eye")) else { continue };
        let above = std::iter::successors(bone.parent(), |bone| bone.parent()).find(|bone| rests.contains_key(bone));
        let (parent_turn, parent_at, parent_node) =
            above.map_or((Quat::IDENTITY, Vec3::ZERO, None), |above| rests[&above]);
        // A joint between, which turns as well.
        let spin = Quat::from_scaled_axis(Vec3::new(0.3, -0.7, 0.1 * i as f32));
        let between = glb.add("nodes", json!({"rotation": spin.to_array(), "children": []}));
        let p = parent_turn * spin;
        let w = Quat::from_scaled_axis(Vec3::new(0.2 * i as f32, 1.1, -0.4)).normalize();
        let out = p.inverse() * (at - parent_at);
        let rotation = (p.inverse() * w).to_array();
        let node = json!({"translation": out.to_array(), "rotation": rotation, "name": bone.name(), "children": []});
        let node = glb.add("nodes", node);
        let hang = |glb: &mut Glb, parent: usize, child: usize| {
            glb.json["nodes"][parent]["children"].as_array_mut().unwrap().push(json!(child));
        };
        hang(&mut glb, between, node);
        match parent_node {
            Some(parent) => hang(&mut glb, parent, between),
            None => glb.json["scenes"][0]["nodes"].as_array_mut().unwrap().push(json!(between)),
        }
        glb.json["extensions"]["VRMC_vrm_animation"]["humanoid"]["humanBones"][bone.name()] = json!({"node": node});
        let a = p.inverse() * pose.rotation(bone) * w;
        animate(&mut glb, node, "rotation", "VEC4", &a.to_array());
        if bone == HumanBone::Hips {
            let moved = p.inverse() * (at + pose.hips * at.y - parent_at);
            animate(&mut glb, node, "translation", "VEC3", &moved.to_array());
        }
        rests.insert(bone, (w, at, Some(node)));
    }
    glb.bytes()
}

fn assert_near(a: &Pose, b: &Pose, most: f32, what: &str) {
    assert!(a.hips.distance(b.hips) < most, "{what}: hips {} and {}", a.hips, b.hips);
    for bone in HumanBone::ALL.into_iter().filter(|bone| !bone.name().ends_with("Eye")) {
        let (a, b) = (a.rotation(bone), b.rotation(bone));
        let off = (a - b).length().min((a + b).length());
        assert!(off < most, "{what}: {bone:?} {a} and {b}");
    }
}
