//! What the reader makes of small files, sound and otherwise.

use super::testing::{Glb, skeleton};
use super::*;
use crate::figure::{Alpha, HumanBone, Wrap};
use crate::picture::Picture;
use glam::{Mat4, Quat, Vec2, Vec3, Vec4};
use proptest::prelude::*;
use serde_json::json;

fn rest(figure: &Figure) -> skinning::Skinned {
    skinning::skin(figure, &LocalPose::rest(figure))
}

fn place(figure: &Figure, bone: HumanBone) -> Vec3 {
    let world = skinning::world_transforms(figure, &LocalPose::rest(figure));
    world[figure.humanoid.joint(bone).unwrap() as usize].w_axis.truncate()
}

/// A 2×1 picture as PNG.
fn png() -> Vec<u8> {
    Picture { width_px: 2, height_px: 1, pixels: vec![[255, 0, 0, 255], [0, 255, 0, 128]] }.to_png().unwrap()
}

/// A triangle skinned to two joints, with a node transform that must not count.
fn skinned() -> Glb {
    let mut glb = Glb::triangle();
    let joints = glb.accessor(5121, "VEC4", 3, &[0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]);
    let weights = glb.accessor(5121, "VEC4", 3, &[51, 204, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0]);
    glb.json["accessors"][weights]["normalized"] = json!(true);
    let matrices: Vec<f32> =
        [Mat4::IDENTITY, Mat4::from_translation(Vec3::NEG_Y)].iter().flat_map(Mat4::to_cols_array).collect();
    let matrices = glb.floats("MAT4", &matrices);
    glb.primitive()["attributes"]["JOINTS_0"] = json!(joints);
    glb.primitive()["attributes"]["WEIGHTS_0"] = json!(weights);
    // The child stands before its parent in the file.
    let child = glb.add("nodes", json!({"name": "upper", "translation": [0.0, 1.0, 0.0]}));
    let parent = glb.root(json!({"name": "lower", "children": [child]}));
    glb.add("skins", json!({"joints": [parent, child], "inverseBindMatrices": matrices}));
    glb.json["nodes"][0]["skin"] = json!(0);
    glb.json["nodes"][0]["translation"] = json!([5.0, 5.0, 5.0]);
    glb
}

#[test]
fn a_skinned_mesh_follows_its_joints_and_not_its_node() {
    let figure = skinned().read().unwrap();
    assert_eq!(rest(&figure).positions, [Vec3::ZERO, Vec3::X, Vec3::Y]);
    let names: Vec<&str> = figure.joints.iter().map(|j| j.name.as_str()).collect();
    assert_eq!(names, ["node", "lower", "upper"]);
    assert_eq!(figure.joints[2].parent, Some(1));
    assert_eq!(figure.joints.iter().map(|j| j.movable).collect::<Vec<_>>(), [false, true, true]);
    let weights = figure.vertices[0].weights;
    assert!((weights[0] - 0.2).abs() < 1e-6 && (weights[1] - 0.8).abs() < 1e-6);
    let mut pose = LocalPose::rest(&figure);
    pose.translations[2] += Vec3::Z;
    let z: Vec<f32> = skinning::skin(&figure, &pose).positions.iter().map(|p| p.z).collect();
    assert!((z[0] - 0.8).abs() < 1e-6 && z[1..] == [1.0, 1.0], "{z:?}");
}

#[test]
fn of_several_joint_sets_the_four_largest_weights_stay() {
    let mut glb = skinned();
    let joints = glb.shorts("VEC4", 3, &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let first = glb.floats("VEC4", &[0.05, 0.1, 0.1, 0.2, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    let second = glb.floats("VEC4", &[0.3, 0.01, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    let attributes = &mut glb.primitive()["attributes"];
    attributes["WEIGHTS_0"] = json!(first);
    attributes["WEIGHTS_1"] = json!(second);
    attributes["JOINTS_1"] = json!(joints);
    let figure = glb.read().unwrap();
    let [a, b, ..] = figure.vertices[0].weights;
    assert!((figure.vertices[0].weights.iter().sum::<f32>() - 1.0).abs() < 1e-6);
    assert!((a - 0.3 / 0.7).abs() < 1e-6 && (b - 0.2 / 0.7).abs() < 1e-6);
    // No weight at all: bound to the skin's first joint.
    assert_eq!(figure.vertices[2].weights, [1.0, 0.0, 0.0, 0.0]);
}

#[test]
fn a_rigid_mesh_is_bound_to_its_node_and_mirrored_with_it() {
    let mut glb = Glb::triangle();
    glb.json["nodes"][0]["scale"] = json!([-2.0, 1.0, 1.0]);
    glb.json["nodes"][0]["translation"] = json!([0.0, 0.0, 3.0]);
    let figure = glb.read().unwrap();
    let skinned = rest(&figure);
    let [a, b, c] = figure.triangles[0].map(|i| skinned.positions[i as usize]);
    assert!([a, b, c].contains(&Vec3::new(-2.0, 0.0, 3.0)));
    // The mirrored triangle would face −z if its winding were kept.
    assert!((b - a).cross(c - a).z > 0.0);
    assert!(skinned.normals.iter().all(|n| n.z > 0.99));
}

#[test]
fn a_node_matrix_and_a_hidden_node_are_understood() {
    let mut glb = Glb::triangle();
    let matrix = Mat4::from_scale_rotation_translation(Vec3::splat(2.0), Quat::from_rotation_z(1.0), Vec3::X);
    glb.json["nodes"][0]["matrix"] = json!(matrix.to_cols_array());
    let figure = glb.read().unwrap();
    assert!(rest(&figure).positions[1].distance(matrix.transform_point3(Vec3::X)) < 1e-5);
    for hidden in [json!({"scale": [0, 0, 0], "mesh": 0}), json!({"matrix": vec![0.0; 16], "mesh": 0})] {
        glb.json["nodes"][0] = hidden;
        assert!(rest(&glb.read().unwrap()).positions.iter().all(|p| p.length() < 1e-5));
    }
}

#[test]
fn strips_fans_and_indices_become_triangles() {
    let mut glb = Glb::new();
    let positions = glb.floats("VEC3", &[0., 0., 0., 1., 0., 0., 0., 1., 0., 1., 1., 0., 0., 2., 0.]);
    let strip = glb.accessor(5121, "SCALAR", 7, &[0, 1, 2, 2, 2, 3, 4]);
    let fan = glb.shorts("SCALAR", 4, &[0, 1, 3, 2]);
    let part =
        |mode: u32, indices: usize| json!({"attributes": {"POSITION": positions}, "mode": mode, "indices": indices});
    glb.add("meshes", json!({"primitives": [part(5, strip), part(6, fan), part(0, fan)]}));
    glb.root(json!({"mesh": 0}));
    let figure = glb.read().unwrap();
    // Of the strip's five triangles three have two equal corners; the first and the last stay.
    assert_eq!(figure.submeshes.iter().map(|s| s.count).collect::<Vec<_>>(), [2, 2]);
    for &triangle in &figure.triangles[..1] {
        let [a, b, c] = triangle.map(|i| figure.vertices[i as usize].position);
        assert!((b - a).cross(c - a).z > 0.0);
    }
    assert_eq!(
        figure.triangles[2..],
        [[4, 5, 6], [4, 6, 7]].map(|t: [u32; 3]| t.map(|i| i + figure.triangles[2][0] - 4))
    );
    assert_eq!(figure.warnings.len(), 1, "{:?}", figure.warnings);
}

#[test]
fn primitives_that_share_vertices_take_only_their_own() {
    let mut glb = Glb::new();
    let positions = glb.floats("VEC3", &[0., 0., 0., 1., 0., 0., 0., 1., 0., 1., 1., 0.]);
    let (a, b) = (glb.shorts("SCALAR", 3, &[0, 1, 2]), glb.shorts("SCALAR", 3, &[2, 1, 3]));
    let part = |indices: usize| json!({"attributes": {"POSITION": positions}, "indices": indices});
    glb.add("meshes", json!({"primitives": [part(a), part(b)]}));
    glb.root(json!({"mesh": 0}));
    let figure = glb.read().unwrap();
    assert_eq!(figure.vertices.len(), 6);
    assert_eq!(figure.vertices[5].position, Vec3::new(1.0, 1.0, 0.0));
}

#[test]
fn sparse_accessors_replace_what_they_name() {
    let mut glb = Glb::triangle();
    let indices = glb.view(&[2]);
    let values = glb.view(bytemuck::cast_slice(&[7.0f32, 8.0, 9.0]));
    let sparse = json!({
        "count": 1, "indices": {"bufferView": indices, "componentType": 5121}, "values": {"bufferView": values},
    });
    glb.json["accessors"][0]["sparse"] = sparse.clone();
    let offsets = glb.add("accessors", json!({"componentType": 5126, "type": "VEC3", "count": 3, "sparse": sparse}));
    glb.primitive()["targets"] = json!([{"POSITION": offsets}]);
    let figure = glb.read().unwrap();
    assert_eq!(figure.vertices[2].position, Vec3::new(7.0, 8.0, 9.0));
    assert_eq!(figure.morphs[0].vertices.len(), 1);
    assert_eq!((figure.morphs[0].vertices[0].vertex, figure.morphs[0].vertices[0].position.z), (2, 9.0));
}

#[test]
fn morphs_have_names_weights_and_an_expression_a_name() {
    let mut glb = Glb::triangle();
    let target = glb.floats("VEC3", &[0., 0., 0., 0., 0., 1., 0., 0., 0.]);
    let normal = glb.floats("VEC3", &[0., 1., 0., 0., 0., 0., 0., 0., 0.]);
    glb.primitive()["targets"] = json!([{"POSITION": target}, {"POSITION": target, "NORMAL": normal}]);
    glb.json["meshes"][0]["weights"] = json!([0.5, 0.0]);
    glb.json["meshes"][0]["extras"] = json!({"targetNames": ["smile", "blink"]});
    glb.root(json!({"mesh": 0, "weights": [0.0, 0.25]}));
    let figure = glb.read().unwrap();
    let morphs: Vec<(&str, f32, usize)> =
        figure.morphs.iter().map(|m| (m.name.as_str(), m.rest_weight, m.vertices.len())).collect();
    assert_eq!(morphs, [("smile", 0.5, 1), ("blink", 0.0, 2), ("smile", 0.0, 1), ("blink", 0.25, 2)]);
    let expressions: Vec<&str> = figure.expressions.iter().map(|e| e.name.as_str()).collect();
    // A smile is a happy face as well.
    assert_eq!(expressions, ["happy", "smile", "blink"]);
    assert_eq!(figure.expressions[1].morphs, [(0, 1.0), (2, 1.0)]);
    assert_eq!(rest(&figure).positions[1].z, 0.5);
}

#[test]
fn materials_textures_and_colours() {
    let mut glb = Glb::triangle();
    let uvs = glb.shorts("VEC2", 3, &[0, 0, 65535, 0, 0, 65535]);
    glb.json["accessors"][uvs]["normalized"] = json!(true);
    let colours = glb.accessor(5121, "VEC3", 3, &[255, 0, 51, 0, 0, 255, 0, 51, 0]);
    glb.json["accessors"][colours]["normalized"] = json!(true);
    glb.primitive()["attributes"]["TEXCOORD_1"] = json!(uvs);
    glb.primitive()["attributes"]["COLOR_0"] = json!(colours);
    glb.primitive()["material"] = json!(0);
    let view = glb.view(&png());
    glb.add("images", json!({"bufferView": view, "mimeType": "image/png", "name": "two"}));
    glb.add("samplers", json!({"wrapS": 33071, "wrapT": 33648}));
    glb.add("textures", json!({"source": 0, "sampler": 0}));
    glb.add(
        "materials",
        json!({
            "name": "skin", "alphaMode": "MASK", "alphaCutoff": 0.25, "doubleSided": true,
            "extensions": {"KHR_materials_unlit": {}},
            "pbrMetallicRoughness": {
                "baseColorFactor": [0.5, 2.0, 0.0, 1.0],
                "baseColorTexture": {"index": 0, "extensions": {"KHR_texture_transform": {
                    "offset": [0.5, 0.25], "scale": [2.0, 1.0], "rotation": std::f32::consts::FRAC_PI_2, "texCoord": 1,
                }}},
            },
        }),
    );
    let figure = glb.read().unwrap();
    let material = &figure.materials[0];
    assert_eq!(material.base_colour, Vec4::new(0.5, 1.0, 0.0, 1.0));
    assert_eq!((material.alpha, material.double_sided, material.unlit), (Alpha::Mask { cutoff: 0.25 }, true, true));
    assert_eq!(figure.textures[0].wrap, [Wrap::Clamp, Wrap::Mirror]);
    assert_eq!(figure.textures[0].picture.at(1, 0), [0, 255, 0, 128]);
    assert_eq!(figure.vertices[0].colour, Vec4::new(1.0, 0.0, 0.2, 1.0));
    let near = |i: usize, u: f32, v: f32| assert!(figure.vertices[i].uv.distance(Vec2::new(u, v)) < 1e-5);
    // (1, 0) scaled to (2, 0), turned a quarter counter-clockwise as seen (v points down) to (0, −2), then moved.
    near(0, 0.5, 0.25);
    near(1, 0.5, -1.75);
    near(2, 1.5, 0.25);
}

#[test]
fn a_missing_picture_is_a_warning_and_unread_ones_are_named() {
    let mut glb = Glb::triangle();
    glb.primitive()["material"] = json!(0);
    glb.add("materials", json!({"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}));
    for (texture, image, words) in [
        (json!({"source": 0}), json!({"uri": "skin.png"}), "skin.png"),
        (json!({"source": 0}), json!({"uri": "data:image/png;base64,%%%"}), "base64"),
        (json!({"source": 0}), json!({"bufferView": 99}), "buffer view 99"),
        (json!({"extensions": {"KHR_texture_basisu": {"source": 0}}}), json!({}), "KTX2"),
    ] {
        glb.json["textures"] = json!([texture]);
        glb.json["images"] = json!([image]);
        let figure = glb.read().unwrap();
        assert_eq!(figure.textures[0].picture.pixels, [[255; 4]]);
        assert!(figure.warnings.iter().any(|warning| warning.contains(words)), "{:?}", figure.warnings);
    }
}

#[test]
fn submeshes_come_in_drawing_order() {
    let mut glb = Glb::triangle();
    for (i, mode) in ["BLEND", "MASK", "OPAQUE"].into_iter().enumerate() {
        glb.add("materials", json!({"name": mode, "alphaMode": mode}));
        let mut part = glb.primitive().clone();
        part["material"] = json!(i);
        glb.json["meshes"][0]["primitives"].as_array_mut().unwrap().push(part);
    }
    let figure = glb.read().unwrap();
    let order: Vec<u32> = figure.submeshes.iter().map(|s| s.material).collect();
    // The first primitive has the default material.
    assert_eq!(order, [3, 2, 1, 0]);
    assert_eq!(figure.materials.len(), 4);
    assert!(figure.submeshes.iter().enumerate().all(|(i, s)| (s.first, s.count) == (i as u32, 1)));
}

#[test]
fn only_the_default_scene_is_read() {
    let mut glb = Glb::triangle();
    glb.add("nodes", json!({"mesh": 0}));
    assert_eq!(glb.read().unwrap().triangles.len(), 1);
    // Without any scene, everything is.
    glb.json.as_object_mut().unwrap().remove("scenes");
    glb.json.as_object_mut().unwrap().remove("scene");
    assert_eq!(glb.read().unwrap().triangles.len(), 2);
    glb.json["scene"] = json!(3);
    let figure = glb.read().unwrap();
    assert_eq!(figure.triangles.len(), 2);
    assert!(figure.warnings[0].contains("scenes that aren't there"), "{:?}", figure.warnings);
}

#[test]
fn a_plain_humanoid_is_recognized_and_turned_to_the_front() {
    for facing in [1.0, -1.0] {
        let mut glb = Glb::triangle();
        skeleton(&mut glb, facing);
        let figure = glb.read().unwrap();
        assert!(figure.humanoid.is_humanoid());
        assert!(place(&figure, HumanBone::LeftHand).x > 0.5);
        assert!(place(&figure, HumanBone::LeftToes).z > place(&figure, HumanBone::LeftFoot).z);
    }
}

#[test]
fn files_beside_it_are_found_in_any_spelling_and_named_when_missing() {
    let dir = tempfile::tempdir().unwrap();
    let mut glb = Glb::triangle();
    glb.json["buffers"] = json!([{"byteLength": glb.binary.len(), "uri": "My%20Data.BIN"}]);
    let path = dir.path().join("figure.gltf");
    let text = serde_json::to_vec(&glb.json).unwrap();
    let message = read(&path, &text).unwrap_err().to_string();
    assert!(message.contains("figure.gltf") && message.contains("My%20Data.BIN"), "{message}");
    std::fs::write(dir.path().join("my data.bin"), &glb.binary).unwrap();
    assert_eq!(read(&path, &text).unwrap().triangles.len(), 1);
    std::fs::write(dir.path().join("my data.bin"), &glb.binary[1..]).unwrap();
    assert!(read(&path, &text).unwrap_err().to_string().contains("has only"));
    let outside = String::from_utf8(text).unwrap().replace("My%20Data.BIN", "../x.bin");
    assert!(read(&path, outside.as_bytes()).unwrap_err().to_string().contains("leads out"));
}

#[test]
fn what_a_file_requires_is_refused_by_name() {
    for name in ["KHR_draco_mesh_compression", "EXT_meshopt_compression", "KHR_texture_basisu", "ACME_magic"] {
        let mut glb = Glb::triangle();
        glb.json["extensionsRequired"] = json!([name]);
        assert!(glb.refusal().contains(name));
    }
    let mut glb = Glb::triangle();
    glb.json["extensionsRequired"] = json!(["KHR_texture_transform", "KHR_materials_unlit", "VRM"]);
    assert!(glb.read().is_ok());
    glb.json["asset"]["version"] = json!("1.0");
    assert!(glb.refusal().contains("glTF 1.0"));
}

#[test]
fn damage_is_told_in_words() {
    let cases: [(&str, fn(&mut Glb), &str); 11] = [
        ("mesh", |g| g.json["nodes"][0]["mesh"] = json!(7), "mesh 7"),
        ("accessor", |g| g.primitive()["attributes"]["POSITION"] = json!(7), "accessor 7"),
        ("view", |g| g.json["accessors"][0]["bufferView"] = json!(7), "buffer view 7"),
        ("buffer", |g| g.json["bufferViews"][0]["buffer"] = json!(7), "buffer 7"),
        ("view length", |g| g.json["bufferViews"][0]["byteLength"] = json!(u64::MAX), "wants"),
        ("count", |g| g.json["accessors"][0]["count"] = json!(4), "reaches beyond"),
        ("huge count", |g| g.json["accessors"][0]["count"] = json!(u64::MAX), "more data than the file"),
        ("no stride", |g| g.json["bufferViews"][0]["byteStride"] = json!(0), "reaches beyond"),
        ("kind", |g| g.json["accessors"][0]["componentType"] = json!(1), "unknown type"),
        ("shape", |g| g.json["accessors"][0]["type"] = json!("VEC2"), "2 numbers an element"),
        ("type", |g| g.json["nodes"] = json!("hello"), "isn't as glTF 2.0 has it"),
    ];
    for (case, damage, words) in cases {
        let mut glb = Glb::triangle();
        damage(&mut glb);
        let message = glb.refusal();
        assert!(message.contains(words), "{case}: {message}");
    }
}

#[test]
fn a_wrong_link_between_nodes_is_left_out_and_the_figure_stays() {
    let cases: [(&str, fn(&mut Glb), [Option<u32>; 3], &str); 7] = [
        ("circle", |g| g.json["nodes"][2]["children"] = json!([0]), [None, Some(0), Some(1)], "hang on themselves"),
        ("itself", |g| g.json["nodes"][2]["children"] = json!([2]), [None, Some(0), Some(1)], "second parents"),
        (
            "apart",
            |g| {
                g.add("nodes", json!({"children": [3]}));
            },
            [None, Some(0), Some(1)],
            "hang on themselves",
        ),
        ("two parents", |g| g.json["nodes"][0]["children"] = json!([1, 2]), [None, Some(0), Some(0)], "second parents"),
        ("twice", |g| g.json["nodes"][0]["children"] = json!([1, 1]), [None, Some(0), Some(1)], ""),
        (
            "nowhere",
            |g| g.json["nodes"][2]["children"] = json!([7]),
            [None, Some(0), Some(1)],
            "below others that aren't there",
        ),
        ("scene", |g| g.json["scenes"][0]["nodes"] = json!([0, 9]), [None, Some(0), Some(1)], "nodes of scenes"),
    ];
    for (case, damage, parents, words) in cases {
        let mut glb = Glb::triangle();
        for child in [1, 2] {
            glb.json["nodes"][child - 1]["children"] = json!([child]);
            glb.add("nodes", json!({"name": format!("child {child}")}));
        }
        damage(&mut glb);
        let figure = glb.read().unwrap();
        assert_eq!(figure.triangles.len(), 1, "{case}");
        let found: Vec<_> = figure.joints.iter().take(3).map(|joint| joint.parent).collect();
        assert_eq!(found, parents, "{case}");
        assert!(figure.warnings.iter().any(|w| w.contains(words)) || words.is_empty(), "{case}: {:?}", figure.warnings);
    }
}

#[test]
fn a_mesh_of_damaged_numbers_alone_is_refused() {
    let mut glb = Glb::triangle();
    glb.binary[4..8].copy_from_slice(&f32::NAN.to_le_bytes());
    assert!(glb.refusal().contains("is at no place (POSITION)"));

    let mut glb = Glb::triangle();
    let indices = glb.accessor(5121, "SCALAR", 3, &[0, 1, 3]);
    glb.primitive()["indices"] = json!(indices);
    assert!(glb.refusal().contains("vertex 3"));
}

#[test]
fn joints_may_be_numbers_of_any_kind() {
    let figure = skinned().read().unwrap();
    let numbers: [u8; 12] = std::array::from_fn(|i| u8::from(i % 4 == 0));
    let floats: Vec<u8> = numbers.iter().flat_map(|&n| f32::from(n).to_le_bytes()).collect();
    let shorts: Vec<u8> = numbers.iter().flat_map(|&n| i16::from(n).to_le_bytes()).collect();
    let mut bound = Vec::new();
    for (kind, bytes) in [(5121, &numbers[..]), (5120, &numbers), (5122, &shorts), (5126, &floats)] {
        let mut glb = skinned();
        let joints = glb.accessor(kind, "VEC4", 3, bytes);
        glb.primitive()["attributes"]["JOINTS_0"] = json!(joints);
        let read = glb.read().unwrap();
        assert_eq!(read.vertices.len(), figure.vertices.len(), "{kind}");
        bound.push(read.vertices.iter().map(|v| (v.binds, v.weights)).collect::<Vec<_>>());
    }
    assert!(bound.iter().all(|b| *b == bound[0]));
}

/// A second, sound triangle beside the first, and the one warning that tells what became of that.
fn beside(damage: fn(&mut Glb)) -> (Figure, String) {
    let mut glb = skinned();
    let target = glb.floats("VEC3", &[0., 0., 0., 0., 0., 1., 0., 0., 0.]);
    glb.primitive()["targets"] = json!([{"POSITION": target}]);
    let positions = glb.floats("VEC3", &[0., 0., 2., 1., 0., 2., 0., 1., 2.]);
    glb.add("meshes", json!({"name": "sound", "primitives": [{"attributes": {"POSITION": positions}}]}));
    glb.root(json!({"mesh": 1, "name": "sound"}));
    damage(&mut glb);
    let figure = glb.read().unwrap();
    let skinned = rest(&figure);
    assert!(skinned.positions.iter().chain(&skinned.normals).all(|v| v.is_finite()));
    assert!(figure.vertices.iter().all(|v| v.uv.is_finite() && v.colour.is_finite()));
    assert_eq!(figure.warnings.len(), 1, "{:?}", figure.warnings);
    let warning = figure.warnings[0].clone();
    (figure, warning)
}

#[test]
fn one_broken_part_loses_no_figure() {
    let cases: [(&str, fn(&mut Glb), usize, &str); 22] = [
        ("place", |g| g.binary[4..8].copy_from_slice(&f32::NAN.to_le_bytes()), 1, "can't be read (1, “tri”)"),
        ("infinite place", |g| g.binary[0..4].copy_from_slice(&f32::INFINITY.to_le_bytes()), 1, "can't be read"),
        (
            "index",
            |g| g.primitive()["indices"] = json!(g_indices(g, &[0, 1, 2, 0, 1, 9])),
            2,
            "vertices that aren't there (1)",
        ),
        ("material", |g| g.primitive()["material"] = json!(7), 2, "materials that aren't there (1)"),
        ("mesh", |g| g.json["nodes"][0]["mesh"] = json!(7), 1, "can't be read (1, “node”)"),
        ("skin", |g| g.json["nodes"][0]["skin"] = json!(7), 2, "skins that can't be read (1, “tri”)"),
        ("positions", |g| g.primitive()["attributes"]["POSITION"] = json!(70), 1, "can't be read (1, “tri”)"),
        ("view", |g| g.json["accessors"][0]["bufferView"] = json!(70), 1, "can't be read (1, “tri”)"),
        ("normals", |g| g.primitive()["attributes"]["NORMAL"] = json!(70), 2, "can't be read (1, “tri”)"),
        (
            "too few uvs",
            |g| g.primitive()["attributes"]["TEXCOORD_0"] = json!(g.floats("VEC2", &[0.0, 1.0])),
            2,
            "too few (1",
        ),
        (
            "uvs",
            |g| g.primitive()["attributes"]["TEXCOORD_0"] = json!(g.floats("VEC2", &[f32::NAN; 6])),
            2,
            "no numbers (3",
        ),
        (
            "colours",
            |g| g.primitive()["attributes"]["COLOR_0"] = json!(g.floats("VEC4", &[f32::NAN; 12])),
            2,
            "no numbers (3",
        ),
        (
            "NaN normals",
            |g| g.primitive()["attributes"]["NORMAL"] = json!(g.floats("VEC3", &[f32::NAN; 9])),
            2,
            "no numbers (3",
        ),
        (
            "weights",
            |g| g.primitive()["attributes"]["WEIGHTS_0"] = json!(g.floats("VEC4", &[f32::NAN; 12])),
            2,
            "weights that are no numbers (12",
        ),
        (
            "infinite weights",
            |g| g.primitive()["attributes"]["WEIGHTS_0"] = json!(g.floats("VEC4", &[f32::INFINITY; 12])),
            2,
            "weights that are no numbers (12",
        ),
        (
            "few weights",
            |g| g.primitive()["attributes"]["WEIGHTS_0"] = json!(g.floats("VEC4", &[1.0; 4])),
            2,
            "vertices without weights (2",
        ),
        ("joints", |g| g.json["skins"][0]["joints"] = json!([1]), 2, "weights for joints that aren't there (3"),
        ("joint's node", |g| g.json["skins"][0]["joints"] = json!([1, 99]), 2, "joints of skins that aren't there (1)"),
        (
            "few matrices",
            |g| g.json["skins"][0]["inverseBindMatrices"] = json!(g.floats("MAT4", &[0.0; 16])),
            2,
            "inverse bind matrices that are none (2)",
        ),
        (
            "matrices",
            |g| g.json["skins"][0]["inverseBindMatrices"] = json!(70),
            2,
            "inverse bind matrices that are none (2)",
        ),
        (
            "morph",
            |g| g.primitive()["targets"] = json!([{"POSITION": g.floats("VEC3", &[f32::NAN, 0.0, 1.0])}]),
            2,
            "fewer vertices than their mesh (1",
        ),
        (
            "transform",
            |g| g.json["nodes"][3]["translation"] = json!([1e39, 0, 0]),
            2,
            "transforms that are none (1, “sound”)",
        ),
    ];
    for (case, damage, triangles, words) in cases {
        let (figure, warning) = beside(damage);
        assert_eq!(figure.triangles.len(), triangles, "{case}");
        assert!(
            warning.starts_with("what is damaged in it was left out: ") && warning.contains(words),
            "{case}: {warning}"
        );
    }
}

/// Indices of one byte.
fn g_indices(glb: &mut Glb, indices: &[u8]) -> usize {
    glb.accessor(5121, "SCALAR", indices.len(), indices)
}

#[test]
fn vertices_without_sound_weights_go_with_their_first_joint() {
    let mut glb = skinned();
    let joints = glb.accessor(5121, "VEC4", 3, &[1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0]);
    let weights = glb.floats("VEC4", &[f32::NAN; 12]);
    glb.primitive()["attributes"]["JOINTS_0"] = json!(joints);
    glb.primitive()["attributes"]["WEIGHTS_0"] = json!(weights);
    let figure = glb.read().unwrap();
    let joint =
        |i: usize| figure.joints[figure.binds[figure.vertices[i].binds[0] as usize].joint as usize].name.as_str();
    assert_eq!([0, 1, 2].map(joint), ["upper", "upper", "lower"]);
    assert!(figure.vertices.iter().all(|v| v.weights == [1.0, 0.0, 0.0, 0.0]));
}

#[test]
fn a_skin_without_matrices_stands_as_its_joints_do() {
    let mut glb = skinned();
    glb.json["skins"][0]["inverseBindMatrices"] = json!(70);
    assert_eq!(rest(&glb.read().unwrap()).positions, [Vec3::ZERO, Vec3::X, Vec3::Y]);
    glb.json["nodes"][1]["rotation"] = json!([0, 0, 0, 0]);
    let warnings = glb.read().unwrap().warnings;
    assert!(warnings[0].contains("transforms that are none (1, “upper”)"), "{warnings:?}");
}

#[test]
fn a_json_chunk_padded_with_zeros_is_read() {
    let mut bytes = Glb::triangle().bytes();
    let json_end = 20 + u32::from_le_bytes(bytes[12..16].try_into().unwrap()) as usize;
    let length = u32::from_le_bytes(bytes[8..12].try_into().unwrap());
    bytes.splice(json_end..json_end, [0; 4]);
    bytes[12..16].copy_from_slice(&(json_end as u32 - 16).to_le_bytes());
    bytes[8..12].copy_from_slice(&(length + 4).to_le_bytes());
    assert_eq!(read_embedded("zeros.glb", &bytes).unwrap().triangles.len(), 1);
}

#[test]
fn containers_that_end_early_are_damaged() {
    let bytes = Glb::triangle().bytes();
    let refusal = |bytes: &[u8]| read_embedded("a.glb", bytes).unwrap_err().to_string();
    assert!(refusal(&bytes[..bytes.len() - 4]).contains("should have"));
    assert!(refusal(&bytes[..10]).contains("ends in the middle"));
    let mut one = bytes.clone();
    one[4] = 1;
    assert!(refusal(&one).contains("binary glTF 1"));
    assert!(refusal(b"{\"asset\": {\"version\": \"2.0\"}, \"nodes\": [").contains("ends in the middle"));
    assert!(refusal(b"{\"asset\": {\"version\": \"2.0\"}}").contains("no mesh"));
}

/// Files that are small and claim to be enormous.
#[test]
fn repetition_does_not_grow_without_end() {
    let mut glb = Glb::triangle();
    let part = glb.primitive().clone();
    glb.json["meshes"][0]["primitives"] = json!(vec![part; 1000]);
    for _ in 0..2000 {
        glb.root(json!({"mesh": 0}));
    }
    assert!(glb.refusal().contains("by repetition"));

    let mut glb = Glb::triangle();
    glb.json["accessors"][0]["bufferView"] = json!(null);
    glb.json["accessors"][0]["count"] = json!(4_000_000_000u64);
    glb.json["accessors"][0]["sparse"] = json!({
        "count": 0, "indices": {"bufferView": 0, "componentType": 5121}, "values": {"bufferView": 0},
    });
    assert!(glb.refusal().contains("longer than the whole file"));

    let objects = format!("{{\"asset\":{{\"version\":\"2.0\"}},\"nodes\":[{}{{}}]}}", "{},".repeat(1_000_000));
    assert!(read_embedded("a.gltf", objects.as_bytes()).unwrap_err().to_string().contains("million objects"));
}

/// A GLB that uses every part of the reader.
fn everything() -> Vec<u8> {
    let mut glb = skinned();
    let target = glb.floats("VEC3", &[0., 0., 0., 0., 0., 1., 0., 0., 0.]);
    let indices = glb.accessor(5121, "SCALAR", 3, &[0, 1, 2]);
    glb.primitive()["targets"] = json!([{"POSITION": target}]);
    glb.primitive()["indices"] = json!(indices);
    glb.primitive()["material"] = json!(0);
    let view = glb.view(&png());
    glb.add("images", json!({"bufferView": view}));
    glb.add("textures", json!({"source": 0}));
    glb.add("materials", json!({"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}));
    let bones: Vec<_> =
        skeleton(&mut glb, 1.0).iter().map(|(name, node)| json!({"bone": name, "node": node})).collect();
    glb.json["extensions"] = json!({"VRM": {
        "meta": {"title": "Everything"},
        "humanoid": {"humanBones": bones},
        "firstPerson": {"meshAnnotations": [{"mesh": 0, "firstPersonFlag": "Auto"}]},
        "materialProperties": [{
            "shader": "VRM/MToon", "floatProperties": {"_OutlineWidthMode": 2, "_OutlineWidth": 0.5},
            "vectorProperties": {"_Color": [1, 1, 1, 1]}, "textureProperties": {"_MainTex": 0},
        }],
        "blendShapeMaster": {"blendShapeGroups": [{
            "presetName": "joy", "binds": [{"mesh": 0, "index": 0, "weight": 100}],
            "materialValues": [{"materialName": "material 0", "propertyName": "_MainTex_ST", "targetValue": [1, 1, 0, 0]}],
        }]},
    }});
    glb.bytes()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn truncated_files_never_panic(length in 0..everything().len()) {
        let bytes = everything();
        prop_assert!(read_embedded("cut.glb", &bytes[..length]).is_err());
    }

    #[test]
    fn flipped_bytes_never_panic(flips in proptest::collection::vec((0..everything().len(), 1..=255u8), 1..8)) {
        let mut bytes = everything();
        for (at, by) in flips {
            bytes[at] ^= by;
        }
        if let Ok(figure) = read_embedded("flipped.glb", &bytes) {
            let binds = figure.binds.len();
            prop_assert!(figure.vertices.iter().all(|v| v.binds.iter().all(|&b| (b as usize) < binds)));
            prop_assert!(figure.triangles.iter().flatten().all(|&i| (i as usize) < figure.vertices.len()));
            rest(&figure);
        }
    }

    #[test]
    fn any_digit_in_the_json_may_be_wrong(at in 0..4000usize, digit in b'0'..=b'9') {
        let mut bytes = everything();
        let digits: Vec<usize> = (20..bytes.len()).filter(|&i| bytes[i].is_ascii_digit()).collect();
        let place = digits[at % digits.len()];
        bytes[place] = digit;
        let _ = read_embedded("digit.glb", &bytes).map(|figure| rest(&figure));
    }
}
