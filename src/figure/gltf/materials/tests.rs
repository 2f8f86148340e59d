//! Looks that files describe in other words than the core's.

use crate::figure::gltf::testing::Glb;
use crate::figure::{Alpha, Figure};
use crate::picture::Picture;
use glam::{Vec2, Vec3, Vec4};
use serde_json::{Value, json};

/// A triangle with two sets of texture coordinates, two one-pixel textures (red, green) and this material.
fn dressed(material: Value) -> Glb {
    let mut glb = Glb::triangle();
    let first = glb.floats("VEC2", &[0.0, 0.0, 1.0, 0.0, 0.0, 1.0]);
    let second = glb.floats("VEC2", &[0.5, 0.5, 0.75, 0.5, 0.5, 0.75]);
    glb.primitive()["attributes"]["TEXCOORD_0"] = json!(first);
    glb.primitive()["attributes"]["TEXCOORD_1"] = json!(second);
    glb.primitive()["material"] = json!(0);
    for colour in [[255, 0, 0, 255], [0, 255, 0, 255]] {
        let view = glb.view(&Picture { width_px: 1, height_px: 1, pixels: vec![colour] }.to_png().unwrap());
        let image = glb.add("images", json!({"bufferView": view}));
        glb.add("textures", json!({"source": image}));
    }
    glb.add("materials", material);
    glb
}

fn read(material: Value) -> Figure {
    dressed(material).read().unwrap()
}

fn colour_of(figure: &Figure, texture: Option<u32>) -> [u8; 4] {
    figure.textures[texture.unwrap() as usize].picture.pixels[0]
}

#[test]
fn specular_glossiness_is_shown_by_its_diffuse_part() {
    let figure = read(json!({
        "pbrMetallicRoughness": {"baseColorFactor": [1, 1, 1, 1], "baseColorTexture": {"index": 0}},
        "alphaMode": "BLEND",
        "extensions": {"KHR_materials_pbrSpecularGlossiness": {
            "diffuseFactor": [0.5, 0.25, 1.0, 0.5],
            "diffuseTexture": {"index": 1, "texCoord": 1, "extensions": {"KHR_texture_transform": {"offset": [0.25, 0]}}},
            "specularFactor": [0, 0, 0],
        }},
    }));
    let material = &figure.materials[0];
    assert_eq!((material.base_colour, material.alpha), (Vec4::new(0.5, 0.25, 1.0, 0.5), Alpha::Blend));
    assert_eq!(colour_of(&figure, material.texture), [0, 255, 0, 255]);
    assert_eq!(figure.vertices[0].uv, Vec2::new(0.75, 0.5));
    assert!(figure.warnings.is_empty(), "{:?}", figure.warnings);

    let plain = read(json!({"extensions": {"KHR_materials_pbrSpecularGlossiness": {}}}));
    assert_eq!((plain.materials[0].base_colour, plain.materials[0].texture), (Vec4::ONE, None));
}

#[test]
fn emission_is_shown_with_its_strength_and_coordinates() {
    let figure = read(json!({
        "pbrMetallicRoughness": {"baseColorFactor": [0, 0, 0, 1]},
        "emissiveFactor": [1, 0.5, 0], "emissiveTexture": {"index": 1, "texCoord": 1},
        "extensions": {"KHR_materials_emissive_strength": {"emissiveStrength": 3}},
    }));
    let material = &figure.materials[0];
    assert_eq!(material.emission, Vec3::new(3.0, 1.5, 0.0));
    assert_eq!(colour_of(&figure, material.emission_texture), [0, 255, 0, 255]);
    // Without a base texture its coordinates are the only ones.
    assert!(figure.emission_uvs.is_empty());
    assert_eq!(figure.vertices[1].uv, Vec2::new(0.75, 0.5));

    let both = read(json!({
        "pbrMetallicRoughness": {"baseColorTexture": {"index": 0}},
        "emissiveFactor": [1, 1, 1],
        "emissiveTexture": {"index": 1, "texCoord": 1, "extensions": {"KHR_texture_transform": {"scale": [2, 2]}}},
    }));
    assert_eq!(both.vertices[1].uv, Vec2::new(1.0, 0.0));
    assert_eq!(both.emission_uvs[1], Vec2::new(1.5, 1.0));

    // A texture without a factor gives no light; an unlit surface shows its base colour alone.
    let dark = read(json!({"emissiveTexture": {"index": 1}}));
    assert_eq!((dark.materials[0].emission, dark.textures.len()), (Vec3::ZERO, 0));
    let unlit = read(json!({"emissiveFactor": [1, 1, 1], "extensions": {"KHR_materials_unlit": {}}}));
    assert_eq!((unlit.materials[0].emission, unlit.materials[0].unlit), (Vec3::ZERO, true));
}

#[test]
fn a_part_without_a_material_wears_that_of_the_first_variant() {
    let worn = |mappings: Value| {
        let mut glb = dressed(json!({"name": "summer"}));
        glb.add("materials", json!({"name": "winter"}));
        let part = glb.primitive().as_object_mut().unwrap();
        part.remove("material");
        part.insert("extensions".into(), json!({"KHR_materials_variants": {"mappings": mappings}}));
        let figure = glb.read().unwrap();
        figure.materials[figure.submeshes[0].material as usize].name.clone()
    };
    let (summer, winter) = (json!({"material": 0, "variants": [1, 2]}), json!({"material": 1, "variants": [0]}));
    assert_eq!(worn(json!([summer, winter])), "winter");
    assert_eq!(worn(json!([summer])), "summer", "better than none");
    for nonsense in [json!([]), json!(7), json!([{"material": -1}]), json!([{"variants": [0]}])] {
        assert_eq!(worn(nonsense), "default");
    }
    assert_eq!(worn(json!([{"material": 99, "variants": [0]}])), "default");
}

#[test]
fn what_a_file_requires_is_drawn_or_refused_by_name() {
    let with = |extension: &str| {
        let mut glb = dressed(json!({"extensions": {extension: {}}}));
        glb.json["extensionsUsed"] = json!([extension]);
        glb.json["extensionsRequired"] = json!([extension]);
        glb
    };
    for drawn in [
        "KHR_materials_unlit",
        "KHR_materials_pbrSpecularGlossiness",
        "KHR_materials_emissive_strength",
        "KHR_materials_variants",
        "KHR_materials_clearcoat",
        "VRMC_materials_mtoon",
    ] {
        assert!(with(drawn).read().is_ok(), "{drawn}");
    }
    for refused in [
        "KHR_materials_transmission",
        "KHR_materials_diffuse_transmission",
        "KHR_materials_volume",
        "ADOBE_materials_thin_transparency",
        "KHR_texture_basisu",
        "EXT_texture_avif",
        "KHR_draco_mesh_compression",
        "EXT_meshopt_compression",
        "KHR_techniques_webgl",
    ] {
        let message = with(refused).refusal();
        assert!(message.contains(refused) && message.contains("export it"), "{message}");
    }
}

#[test]
fn what_a_file_uses_and_nobody_draws_is_one_warning() {
    let mut glb = dressed(json!({"extensions": {"KHR_materials_transmission": {}, "KHR_materials_ior": {}}}));
    glb.add("materials", json!({"extensions": {"KHR_materials_volume": {}, "KHR_materials_transmission": {}}}));
    let warnings = glb.read().unwrap().warnings;
    let told: Vec<&String> = warnings.iter().filter(|w| w.contains("KHR_materials")).collect();
    assert_eq!(told.len(), 1, "{warnings:?}");
    assert!(told[0].contains("KHR_materials_transmission, KHR_materials_volume"), "{told:?}");
    assert!(!told[0].contains("KHR_materials_ior"));
}

#[test]
fn textures_that_cannot_be_shown_are_named_and_the_figure_is_kept() {
    for (edit, words) in [
        (json!({"source": 9}), "image 9"),
        (json!({"extensions": {"KHR_texture_basisu": {"source": 0}}, "name": "skin"}), "skin"),
        (json!({"source": 0, "sampler": 7}), ""),
    ] {
        let mut glb = dressed(json!({"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}));
        glb.json["textures"][0] = edit;
        let figure = glb.read().unwrap();
        let white = figure.warnings.iter().filter(|w| w.contains("drawn white")).collect::<Vec<_>>();
        assert_eq!(white.len(), usize::from(!words.is_empty()), "{:?}", figure.warnings);
        assert!(white.iter().all(|w| w.contains(words)), "{white:?}");
    }
    let figure = read(json!({"pbrMetallicRoughness": {"baseColorTexture": {"index": 5}}}));
    assert!(figure.warnings.iter().any(|w| w.contains("texture 5")), "{:?}", figure.warnings);
}

#[test]
fn pictures_that_are_listed_twice_are_decoded_once() {
    let mut glb = dressed(json!({
        "pbrMetallicRoughness": {"baseColorTexture": {"index": 0}},
        "emissiveFactor": [1, 1, 1], "emissiveTexture": {"index": 1},
    }));
    glb.json["images"][1] = glb.json["images"][0].clone();
    assert_eq!(glb.read().unwrap().textures.len(), 1);
}

#[test]
fn a_texture_without_its_coordinates_is_told() {
    let figure = read(json!({"pbrMetallicRoughness": {"baseColorTexture": {"index": 0, "texCoord": 4}}}));
    assert!(figure.warnings.iter().any(|w| w.contains("texture coordinates 4")), "{:?}", figure.warnings);
}
