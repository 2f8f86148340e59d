//! Both VRM versions on small files.

use crate::figure::gltf::testing::{Glb, skeleton};
use crate::figure::{Alpha, ConstraintKind, Figure, HumanBone, LocalPose, Override, Overrides, skinning};
use crate::picture::Picture;
use glam::{Vec2, Vec3, Vec4};
use serde_json::{Value, json};

fn place(figure: &Figure, bone: HumanBone) -> Vec3 {
    let world = skinning::world_transforms(figure, &LocalPose::rest(figure));
    world[figure.humanoid.joint(bone).unwrap() as usize].w_axis.truncate()
}

/// A triangle with a morph, a texture and a material, and the joints of a human; and the joints' nodes by name.
fn model(facing: f32) -> (Glb, Vec<(&'static str, usize)>) {
    let mut glb = Glb::triangle();
    let uvs = glb.floats("VEC2", &[0.0, 0.0, 1.0, 0.0, 0.0, 1.0]);
    let target = glb.floats("VEC3", &[0., 0., 0., 0., 0., 1., 0., 0., 0.]);
    let primitive = glb.primitive();
    primitive["attributes"]["TEXCOORD_0"] = json!(uvs);
    primitive["targets"] = json!([{"POSITION": target}]);
    primitive["material"] = json!(0);
    glb.json["meshes"][0]["weights"] = json!([0.7]);
    let view = glb.view(&Picture::new(1, 1).to_png().unwrap());
    glb.add("images", json!({"bufferView": view}));
    glb.add("textures", json!({"source": 0}));
    glb.add(
        "materials",
        json!({"name": "face", "pbrMetallicRoughness": {
            "baseColorFactor": [0.5, 0.5, 0.5, 1.0], "baseColorTexture": {"index": 0},
        }}),
    );
    let nodes = skeleton(&mut glb, facing);
    (glb, nodes)
}

fn vrm0(edit: impl FnOnce(&mut Value)) -> Figure {
    let (mut glb, nodes) = model(-1.0);
    let bones: Vec<Value> = nodes.iter().map(|(name, node)| json!({"bone": name, "node": node})).collect();
    let mut vrm = json!({
        "meta": {"title": "Test", "author": "Somebody", "commercialUssageName": "Disallow"},
        "humanoid": {"humanBones": bones},
    });
    edit(&mut vrm);
    glb.json["extensions"] = json!({"VRM": vrm});
    glb.read().unwrap()
}

fn vrm1(edit: impl FnOnce(&mut Value, &mut Value)) -> Figure {
    let (mut glb, nodes) = model(1.0);
    let bones: serde_json::Map<String, Value> = nodes
        .iter()
        .map(|(name, node)| {
            let name = name.replace("ThumbProximal", "ThumbMetacarpal").replace("Intermediate", "Proximal");
            (name, json!({"node": node}))
        })
        .collect();
    let mut vrm = json!({"specVersion": "1.0", "meta": {"name": "Test"}, "humanoid": {"humanBones": bones}});
    edit(&mut vrm, &mut glb.json["materials"][0]);
    glb.json["extensions"] = json!({"VRMC_vrm": vrm});
    glb.read().unwrap()
}

#[test]
fn both_versions_look_along_z_and_name_the_thumb_alike() {
    for figure in [vrm0(|_| {}), vrm1(|_, _| {})] {
        assert_eq!(figure.name, "Test");
        assert!(figure.humanoid.is_humanoid());
        assert!(place(&figure, HumanBone::LeftHand).x > 0.5);
        assert!(place(&figure, HumanBone::LeftToes).z > 0.05);
        let metacarpal = figure.humanoid.joint(HumanBone::LeftThumbMetacarpal).unwrap();
        assert_eq!(figure.joints[metacarpal as usize].name, "leftThumbProximal");
        assert!(figure.humanoid.joint(HumanBone::LeftThumbProximal).is_some());
        assert!(figure.humanoid.joint(HumanBone::LeftThumbDistal).is_none());
        assert!(figure.humanoid.iter().all(|(_, j)| figure.joints[j as usize].movable));
        assert!(!figure.licence.forbids.is_empty());
    }
}

#[test]
fn version_0_expressions_get_the_names_of_version_1() {
    let figure = vrm0(|vrm| {
        vrm["blendShapeMaster"] = json!({"blendShapeGroups": [
            {"name": "Joy", "presetName": "joy", "binds": [{"mesh": 0, "index": 0, "weight": 50}]},
            {"name": "Blink_L", "presetName": "Blink_L", "isBinary": true, "binds": []},
            {"name": "Surprised", "presetName": "unknown", "binds": [{"mesh": 0, "index": 9, "weight": 50}]},
            {"name": "Own", "presetName": "unknown", "materialValues": [
                {"materialName": "face", "propertyName": "_Color", "targetValue": [1.0, 0.0, 0.5, 1.0]},
                {"materialName": "face", "propertyName": "_MainTex_ST", "targetValue": [0.5, 0.5, 0.25, 0.0]},
            ]},
        ]});
    });
    let names: Vec<&str> = figure.expressions.iter().map(|e| e.name.as_str()).collect();
    assert_eq!(names, ["happy", "blinkLeft", "surprised", "Own"]);
    assert_eq!(figure.expressions[0].morphs, [(0, 0.5)]);
    assert!(figure.expressions[1].binary && !figure.expressions[0].binary);
    assert_eq!(figure.warnings.len(), 1, "{:?}", figure.warnings);
    // Grey 0.5 to sRGB (1, 0, 0.5).
    let looks = &figure.morphs[figure.expressions[3].morphs[0].0 as usize];
    let offset = looks.materials[0];
    assert_eq!((offset.material, offset.multiply), (Some(0), false));
    assert!(offset.channels.colour.distance(Vec4::new(0.5, -0.5, 0.2140 - 0.5, 0.0)) < 1e-4);
    // Unity's bottom half of the texture, a quarter to the right.
    let uvs = &looks.uvs;
    let moved = |i: u32| figure.vertices[i as usize].uv + uvs.iter().find(|u| u.0 == i).map_or(Vec2::ZERO, |u| u.1);
    assert_eq!([moved(0), moved(1), moved(2)], [Vec2::new(0.25, 0.5), Vec2::new(0.75, 0.5), Vec2::new(0.25, 1.0)]);
}

#[test]
fn an_expression_says_all_about_its_morphs() {
    let figure = vrm0(|vrm| {
        vrm["blendShapeMaster"] = json!({"blendShapeGroups": [
            {"name": "Joy", "presetName": "joy", "binds": [{"mesh": 0, "index": 0, "weight": 50}]},
        ]});
    });
    assert_eq!((figure.expressions[0].name.as_str(), &*figure.expressions[0].morphs), ("happy", &[(0, 0.5)][..]));
    assert_eq!(figure.morphs[0].rest_weight, 0.0);
    // Without expressions the weights the mesh was saved with count.
    assert_eq!(vrm0(|_| {}).morphs[0].rest_weight, 0.7);
}

#[test]
fn version_0_materials_replace_the_fallback() {
    let mtoon = json!({
        "name": "face", "shader": "VRM/MToon", "renderQueue": 3000,
        "floatProperties": {
            "_BlendMode": 1, "_Cutoff": 0.3, "_CullMode": 0, "_OutlineWidthMode": 1, "_OutlineWidth": 0.5,
        },
        "vectorProperties": {
            "_Color": [1.0, 1.0, 0.0, 1.0], "_ShadeColor": [0.5, 1.0, 1.0, 1.0], "_OutlineColor": [1.0, 0.0, 0.0, 1.0],
            "_MainTex": [0.0, 0.0, 2.0, 2.0],
        },
        "textureProperties": {"_MainTex": 0, "_ShadeTexture": 0, "_BumpMap": -1},
    });
    let figure = vrm0(|vrm| vrm["materialProperties"] = json!([mtoon]));
    let material = &figure.materials[0];
    assert_eq!(material.base_colour, Vec4::new(1.0, 1.0, 0.0, 1.0));
    assert_eq!((material.alpha, material.double_sided, material.unlit), (Alpha::Mask { cutoff: 0.3 }, true, false));
    assert!(material.shade_colour.unwrap().distance(Vec3::new(0.2140, 1.0, 1.0)) < 1e-4);
    assert_eq!((material.texture, material.shade_texture), (Some(0), Some(0)));
    let outline = material.outline.unwrap();
    assert!((outline.width_m - 0.005).abs() < 1e-9 && outline.colour == Vec4::new(1.0, 0.0, 0.0, 1.0));
    // Tiled twice, counted from the bottom: v 0 … 1 becomes −1 … 1.
    assert_eq!(figure.vertices[0].uv, Vec2::new(0.0, -1.0));

    let unlit = json!({"name": "face", "shader": "VRM/UnlitTransparent", "textureProperties": {}});
    let figure = vrm0(|vrm| vrm["materialProperties"] = json!([unlit]));
    let material = &figure.materials[0];
    assert_eq!((material.alpha, material.unlit, material.texture), (Alpha::Blend, true, None));

    let inside = json!({"name": "face", "shader": "VRM/MToon", "floatProperties": {"_CullMode": 1}});
    let figure = vrm0(|vrm| vrm["materialProperties"] = json!([inside]));
    assert_eq!(figure.triangles[0], [0, 2, 1]);
}

#[test]
fn version_1_materials_and_expressions() {
    let figure = vrm1(|vrm, material| {
        material["alphaMode"] = json!("BLEND");
        material["extensions"] = json!({
            "KHR_materials_unlit": {},
            "VRMC_materials_mtoon": {
                "specVersion": "1.0", "shadeColorFactor": [0.25, 0.5, 1.0], "transparentWithZWrite": true,
                "outlineWidthMode": "screenCoordinates", "outlineWidthFactor": 0.01, "outlineColorFactor": [0, 0, 1],
            },
        });
        vrm["expressions"] = json!({
            "preset": {"happy": {"isBinary": true, "morphTargetBinds": [{"node": 0, "index": 0, "weight": 0.8}]}},
            "custom": {"wink": {
                "materialColorBinds": [
                    {"material": 0, "type": "color", "targetValue": [1, 0, 0, 1]},
                    {"material": 0, "type": "rimColor", "targetValue": [1, 0, 0, 1]},
                ],
                "textureTransformBinds": [{"material": 0, "scale": [0.5, 1], "offset": [0.5, 0]}],
            }},
        });
    });
    let material = &figure.materials[0];
    assert!(!material.unlit);
    assert_eq!(material.shade_colour, Some(Vec3::new(0.5, 1.0, 2.0)));
    // MToon without a shade texture has a plain shade.
    let shade = &figure.textures[material.shade_texture.unwrap() as usize];
    assert_eq!(shade.picture.pixels, [[255; 4]]);
    // The triangle is a metre high.
    assert!((material.outline.unwrap().width_m - 0.01).abs() < 1e-6);

    let [happy, wink] = figure.expressions.as_slice() else { panic!("{:?}", figure.expressions) };
    assert_eq!((happy.name.as_str(), happy.binary, happy.morphs.as_slice()), ("happy", true, &[(0, 0.8)][..]));
    let morph = &figure.morphs[wink.morphs[0].0 as usize];
    assert_eq!(morph.materials.len(), 1);
    assert_eq!(morph.materials[0].channels.colour, Vec4::new(0.5, -0.5, -0.5, 0.0));
    assert_eq!(morph.uvs, [(0, Vec2::new(0.5, 0.0)), (2, Vec2::new(0.5, 0.0))]);
}

#[test]
fn mtoon_says_when_a_translucent_surface_is_drawn_and_what_it_hides() {
    let version_0 = |shader: &str, mode: Option<f32>, z_write: Option<f32>, queue: i64| {
        let mut floats = serde_json::Map::new();
        floats.extend(mode.map(|mode| ("_BlendMode".to_owned(), json!(mode))));
        floats.extend(z_write.map(|written| ("_ZWrite".to_owned(), json!(written))));
        let material = json!({
            "name": "face", "shader": shader, "renderQueue": queue, "floatProperties": floats,
            "tagMap": {"RenderType": "Transparent"},
        });
        let figure = vrm0(|vrm| vrm["materialProperties"] = json!([material]));
        (figure.materials[0].alpha, figure.materials[0].blending.queue, figure.materials[0].blending.writes_depth)
    };
    let blend = Alpha::Blend;
    assert_eq!(version_0("VRM/MToon", Some(2.0), None, 3001), (blend, 3001, false));
    assert_eq!(version_0("VRM/MToon", Some(2.0), Some(1.0), 2995), (blend, 2995, true));
    assert_eq!(version_0("VRM/MToon", Some(3.0), None, -1), (blend, 2501, true));
    assert_eq!(version_0("VRM/MToon", Some(3.0), Some(0.0), 2600), (blend, 2600, false));
    assert_eq!(version_0("VRM/MToon", None, Some(0.0), -1), (blend, 3000, false));
    assert_eq!(version_0("VRM/UnlitTransparentZWrite", None, None, -1), (blend, 2501, true));
    assert_eq!(version_0("VRM/MToon", Some(0.0), Some(1.0), 3000).0, Alpha::Opaque);

    let version_1 = |mtoon: Value| {
        let figure = vrm1(|_, material| {
            material["alphaMode"] = json!("BLEND");
            material["extensions"] = json!({"VRMC_materials_mtoon": mtoon});
        });
        (figure.materials[0].blending.queue, figure.materials[0].blending.writes_depth)
    };
    assert_eq!(version_1(json!({"renderQueueOffsetNumber": -3})), (2997, false));
    assert_eq!(version_1(json!({"renderQueueOffsetNumber": 4, "transparentWithZWrite": true})), (2505, true));
    assert_eq!(version_1(json!({"renderQueueOffsetNumber": 99})), (3000, false));
}

#[test]
fn both_versions_shine() {
    let mtoon = json!({
        "name": "face", "shader": "VRM/MToon",
        "vectorProperties": {"_EmissionColor": [1.0, 0.5, 0.0, 1.0]}, "textureProperties": {"_EmissionMap": 0},
    });
    let with_value = json!({"blendShapeGroups": [{"name": "Glow", "presetName": "unknown", "materialValues": [
        {"materialName": "face", "propertyName": "_EmissionColor", "targetValue": [0.0, 1.0, 0.0, 1.0]},
    ]}]});
    let figure = vrm0(|vrm| {
        vrm["materialProperties"] = json!([mtoon]);
        vrm["blendShapeMaster"] = with_value;
    });
    let material = &figure.materials[0];
    assert!(material.emission.distance(Vec3::new(1.0, 0.5, 0.0)) < 1e-4, "{}", material.emission);
    assert!(material.emission_texture.is_some());
    let glow = &figure.morphs[figure.expressions[0].morphs[0].0 as usize].materials[0].channels;
    assert!((material.emission + glow.emission).distance(Vec3::Y) < 1e-6);
    let unlit = json!({
        "name": "face", "shader": "VRM/UnlitTexture", "vectorProperties": {"_EmissionColor": [1.0, 1.0, 1.0, 1.0]},
    });
    let light = json!({"blendShapeGroups": [{"name": "Glow", "presetName": "unknown", "materialValues": [
        {"materialName": "face", "propertyName": "_EmissionColor", "targetValue": [2.0, 0.25, 0.0, 1.0]},
    ]}]});
    let figure = vrm0(|vrm| {
        vrm["materialProperties"] = json!([mtoon]);
        vrm["blendShapeMaster"] = light;
    });
    let glow = &figure.morphs[figure.expressions[0].morphs[0].0 as usize].materials[0].channels;
    assert!((figure.materials[0].emission + glow.emission).distance(Vec3::new(2.0, 0.25, 0.0)) < 1e-6);
    assert_eq!(vrm0(|vrm| vrm["materialProperties"] = json!([unlit])).materials[0].emission, Vec3::ZERO);

    let figure = vrm1(|vrm, material| {
        material["emissiveFactor"] = json!([0.5, 0.0, 0.0]);
        // Unlit is the fallback of MToon here and must not put its light out.
        material["extensions"] = json!({
            "KHR_materials_unlit": {}, "VRMC_materials_mtoon": {"shadeColorFactor": [0.5, 0.5, 0.5]},
            "KHR_materials_emissive_strength": {"emissiveStrength": 2.0},
        });
        vrm["expressions"] = json!({"custom": {"dark": {"materialColorBinds": [
            {"material": 0, "type": "emissionColor", "targetValue": [0, 0, 0, 1]},
            {"material": 0, "type": "shadeColor", "targetValue": [0.25, 0.5, 0.5, 1]},
        ]}}});
    });
    assert_eq!(figure.materials[0].emission, Vec3::X);
    let dark = &figure.morphs[figure.expressions[0].morphs[0].0 as usize].materials;
    assert_eq!(dark[0].channels.emission, Vec3::NEG_X);
    // Of the shade's multiplier, which was 1.
    assert_eq!(dark[1].channels.shade, Vec3::new(-0.5, 0.0, 0.0));
}

#[test]
fn what_only_the_wearer_sees_is_not_drawn() {
    let hidden = |glb: &mut Glb, vrm: Value| {
        let only = glb.add("meshes", glb.json["meshes"][0].clone());
        let node = glb.root(json!({"mesh": only}));
        assert_eq!(glb.read().unwrap().triangles.len(), 2);
        glb.json["extensions"] = vrm.as_object().unwrap().keys().map(|k| (k.clone(), vrm[k].clone())).collect();
        (glb.read().unwrap().triangles.len(), only, node)
    };
    let (mut glb, _) = model(1.0);
    let annotation = json!({"mesh": 1, "firstPersonFlag": "FirstPersonOnly"});
    let (triangles, only, _) = hidden(&mut glb, json!({"VRM": {"firstPerson": {"meshAnnotations": [annotation]}}}));
    assert_eq!((triangles, only), (1, 1));

    let (mut glb, nodes) = model(1.0);
    let annotation = json!({"node": nodes.len() + 1, "type": "firstPersonOnly"});
    let vrm = json!({"VRMC_vrm": {
        "meta": {}, "humanoid": {"humanBones": {}}, "firstPerson": {"meshAnnotations": [annotation]},
    }});
    let (triangles, _, node) = hidden(&mut glb, vrm);
    assert_eq!((triangles, node), (1, nodes.len() + 1));
}

#[test]
fn a_broken_part_of_vrm_loses_no_figure() {
    let (mut glb, _) = model(1.0);
    let whole = glb.read().unwrap();
    for (case, extensions) in [
        ("node", json!({"VRM": {"humanoid": {"humanBones": [{"bone": "hips", "node": 99}]}}})),
        ("bones", json!({"VRM": {"humanoid": {"humanBones": "none"}}})),
        ("no bones", json!({"VRMC_vrm": {"meta": {"authors": "me"}}})),
        ("bone", json!({"VRMC_vrm": {"humanoid": {"humanBones": {"head": {"node": -1}, "jaw": {}}}}})),
    ] {
        glb.json["extensions"] = extensions;
        let figure = glb.read().unwrap();
        assert_eq!(figure.triangles.len(), whole.triangles.len(), "{case}");
        assert!(figure.warnings.iter().any(|w| w.contains("damaged in its VRM part")), "{case}: {:?}", figure.warnings);
        // Nothing of its humanoid being left, names say which bone is which.
        assert!(figure.humanoid.is_humanoid(), "{case}");
    }
    glb.json["extensions"] = json!({"VRM": 7});
    assert!(glb.refusal().contains("isn't as VRM has it"));
    // Nothing assigned.
    glb.json["extensions"] = json!({"VRM": {"humanoid": {"humanBones": [{"bone": "jaw", "node": -1}]}}});
    assert!(glb.read().is_ok());
}

#[test]
fn what_an_expression_holds_back_is_read() {
    let figure = vrm1(|vrm, _| {
        vrm["expressions"] = json!({"preset": {"happy": {
            "isBinary": true, "overrideBlink": "block", "overrideMouth": "blend", "overrideLookAt": "none",
        }, "sad": {"overrideBlink": null, "overrideMouth": "strange"}}});
    });
    let of = |name: &str| figure.expressions.iter().find(|e| e.name == name).unwrap();
    let happy = Overrides { blink: Override::Block, look_at: Override::None, mouth: Override::Blend };
    assert_eq!((of("happy").binary, of("happy").overrides), (true, happy));
    assert_eq!(of("sad").overrides, Overrides::default());
}

#[test]
fn node_constraints_are_read_and_loops_told() {
    let (mut glb, nodes) = model(1.0);
    let node = |name: &str| nodes.iter().find(|(n, _)| *n == name).unwrap().1;
    let [hand, arm, thumb, foot] = ["leftHand", "leftLowerArm", "leftThumbProximal", "leftFoot"].map(node);
    let mut constrain = |node: usize, constraint: Value| {
        glb.json["nodes"][node]["extensions"] =
            json!({"VRMC_node_constraint": {"specVersion": "1.0", "constraint": constraint}});
    };
    constrain(thumb, json!({"roll": {"source": hand, "rollAxis": "X", "weight": 0.5}}));
    constrain(0, json!({"aim": {"source": arm, "aimAxis": "NegativeY", "weight": null}}));
    constrain(foot, json!({"rotation": {"source": foot}}));
    constrain(node("rightHand"), json!({"rotation": {"source": 900}}));
    constrain(node("rightFoot"), json!({"aim": {"source": arm, "aimAxis": "Up"}}));
    let figure = glb.read().unwrap();
    let found: Vec<_> =
        figure.constraints.iter().map(|c| (figure.joints[c.joint as usize].name.as_str(), c.kind, c.weight)).collect();
    assert_eq!(
        found,
        [("node", ConstraintKind::Aim(Vec3::NEG_Y), 1.0), ("leftThumbProximal", ConstraintKind::Roll(Vec3::X), 0.5),]
    );
    assert_eq!(figure.warnings.len(), 1, "{:?}", figure.warnings);
    for words in ["constraints that make no sense (2", "depend on themselves or are one too many (1)"] {
        assert!(figure.warnings[0].contains(words), "{:?}", figure.warnings);
    }
}
