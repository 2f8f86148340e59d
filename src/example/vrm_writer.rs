//! A character as a VRM 1.0 file: a glTF 2.0 binary with `VRMC_vrm` and `VRMC_materials_mtoon`
//! (<https://github.com/vrm-c/vrm-specification/tree/master/specification>).

use super::Detail;
use super::character::{Character, Style, styles};
use super::face::expressions;
use super::mesh::Part;
use super::params::{CharacterParams, Rgb};
use super::skin::Bone;
use super::vrm_springs;
use crate::figure::HumanBone;
use glam::{Vec2, Vec3};
use serde_json::{Value, json};
use std::collections::HashMap;

const FLOAT: u32 = 5126;
const U16: u32 = 5123;
const U32: u32 = 5125;

/// The binary chunk while it grows, and the tables that point into it.
#[derive(Default)]
struct Store {
    bytes: Vec<u8>,
    views: Vec<Value>,
    accessors: Vec<Value>,
}

impl Store {
    fn view(&mut self, bytes: &[u8]) -> usize {
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
        self.views.push(json!({"buffer": 0, "byteOffset": self.bytes.len(), "byteLength": bytes.len()}));
        self.bytes.extend_from_slice(bytes);
        self.views.len() - 1
    }

    fn accessor(&mut self, mut accessor: Value, bytes: &[u8]) -> usize {
        accessor["bufferView"] = json!(self.view(bytes));
        self.accessors.push(accessor);
        self.accessors.len() - 1
    }

    fn vectors<const N: usize>(&mut self, kind: &str, data: &[[f32; N]], bounds: bool) -> usize {
        let mut accessor = json!({"componentType": FLOAT, "count": data.len(), "type": kind});
        if bounds {
            let edge = |pick: fn(f32, f32) -> f32, start: f32| -> Vec<f32> {
                (0..N).map(|n| data.iter().map(|v| v[n]).fold(start, pick)).collect()
            };
            accessor["min"] = json!(edge(f32::min, f32::INFINITY));
            accessor["max"] = json!(edge(f32::max, f32::NEG_INFINITY));
        }
        self.accessor(accessor, &little_endian(data.iter().flatten().map(|f| f.to_le_bytes())))
    }

    fn indices(&mut self, data: &[[u32; 3]], vertices: usize) -> usize {
        let flat = data.iter().flatten();
        let (kind, bytes) = if vertices <= 65535 {
            (U16, little_endian(flat.map(|&i| (i as u16).to_le_bytes())))
        } else {
            (U32, little_endian(flat.map(|&i| i.to_le_bytes())))
        };
        self.accessor(json!({"componentType": kind, "count": data.len() * 3, "type": "SCALAR"}), &bytes)
    }

    /// A morph target's offsets, only where there are any.
    fn sparse(&mut self, offsets: &[(u32, Vec3)], vertices: usize) -> usize {
        let (low, high) =
            offsets.iter().fold((Vec3::ZERO, Vec3::ZERO), |(low, high), (_, o)| (low.min(*o), high.max(*o)));
        let mut accessor = json!({
            "componentType": FLOAT, "count": vertices, "type": "VEC3", "min": low.to_array(), "max": high.to_array(),
        });
        // An accessor of zeros alone is legal, but readers choke on it: one entry at least.
        let offsets = if offsets.is_empty() { &[(0, Vec3::ZERO)] } else { offsets };
        let indices = self.view(&little_endian(offsets.iter().map(|o| o.0.to_le_bytes())));
        let values = self.view(&little_endian(offsets.iter().flat_map(|o| o.1.to_array()).map(f32::to_le_bytes)));
        accessor["sparse"] = json!({
            "count": offsets.len(),
            "indices": {"bufferView": indices, "componentType": U32},
            "values": {"bufferView": values},
        });
        self.accessors.push(accessor);
        self.accessors.len() - 1
    }
}

fn little_endian<const N: usize>(values: impl Iterator<Item = [u8; N]>) -> Vec<u8> {
    values.flatten().collect()
}

/// All parts of one look (and mesh) in one run.
pub(super) fn merged(parts: &[&Part]) -> Part {
    let mut all = Part::new(&parts[0].name, parts[0].look);
    let mut morphs: HashMap<&'static str, Vec<(u32, Vec3)>> = HashMap::new();
    for part in parts {
        let offset = all.positions.len() as u32;
        all.positions.extend(&part.positions);
        all.normals.extend(&part.normals);
        all.uvs.extend(&part.uvs);
        all.skins.extend(&part.skins);
        all.triangles.extend(part.triangles.iter().map(|t| t.map(|i| i + offset)));
        for (name, offsets) in &part.morphs {
            morphs.entry(name).or_default().extend(offsets.iter().map(|&(i, o)| (i + offset, o)));
        }
    }
    all.morphs = expressions()
        .map(|name| {
            let mut offsets = morphs.remove(name).unwrap_or_default();
            offsets.sort_by_key(|o| o.0);
            (name, offsets)
        })
        .collect();
    all
}

fn bind_matrix(place: Vec3) -> [f32; 16] {
    let p = -steady(place) + 0.0;
    [1., 0., 0., 0., 0., 1., 0., 0., 0., 0., 1., 0., p.x, p.y, p.z, 1.]
}

/// Metres in steps of 1/65536: no reader sees the difference, and the last bit of some machine's sine doesn't show.
pub(super) fn steady(p: Vec3) -> Vec3 {
    (p * 65536.0).round() / 65536.0 + 0.0
}

fn primitive(store: &mut Store, part: &Part, material: usize, joints: &[(HumanBone, Vec3)], morphs: bool) -> Value {
    let positions: Vec<[f32; 3]> = part.positions.iter().map(|&p| steady(p).to_array()).collect();
    let normals: Vec<[f32; 3]> =
        part.normals.iter().map(|&n| ((n * 4096.0).round().normalize_or(Vec3::Y)).to_array()).collect();
    let uvs: Vec<[f32; 2]> = part.uvs.iter().map(|&uv: &Vec2| ((uv * 16384.0).round() / 16384.0).to_array()).collect();
    let joint = |bone: Bone| match bone {
        Bone::Human(bone) => joints.iter().position(|j| j.0 == bone).unwrap_or(0) as u16,
        Bone::Swings(node) => joints.len() as u16 + node,
    };
    let mut indices = Vec::with_capacity(part.skins.len() * 8);
    let mut weights = Vec::with_capacity(part.skins.len() * 8);
    for skin in &part.skins {
        // In 65535ths, the largest taking what rounding left.
        let mut shares = skin.0.map(|s| (s.1 * 65535.0).round() as i32);
        let left = 65535 - shares.iter().sum::<i32>();
        let largest = (0..4).max_by_key(|&i| (shares[i], 4 - i)).unwrap_or(0);
        shares[largest] += left;
        for ((bone, _), share) in skin.0.iter().zip(shares) {
            indices.extend_from_slice(&if share > 0 { joint(*bone) } else { 0 }.to_le_bytes());
            weights.extend_from_slice(&(share.max(0) as u16).to_le_bytes());
        }
    }
    let count = part.positions.len();
    let mut made = json!({
        "attributes": {
            "POSITION": store.vectors("VEC3", &positions, true),
            "NORMAL": store.vectors("VEC3", &normals, false),
            "TEXCOORD_0": store.vectors("VEC2", &uvs, false),
            "JOINTS_0": store.accessor(json!({"componentType": U16, "count": count, "type": "VEC4"}), &indices),
            "WEIGHTS_0": store.accessor(
                json!({"componentType": U16, "normalized": true, "count": count, "type": "VEC4"}), &weights),
        },
        "indices": store.indices(&part.triangles, count),
        "material": material,
    });
    if morphs {
        let targets = part.morphs.iter().map(|(_, offsets)| {
            let offsets: Vec<(u32, Vec3)> =
                offsets.iter().map(|&(i, o)| (i, steady(o))).filter(|o| o.1 != Vec3::ZERO).collect();
            json!({"POSITION": store.sparse(&offsets, count)})
        });
        made["targets"] = targets.collect();
    }
    made
}

pub(super) fn linear(rgb: Rgb) -> [f32; 3] {
    rgb.0.map(|c| {
        let c = f32::from(c) / 255.0;
        let value = if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) };
        (value * 10000.0).round() / 10000.0
    })
}

fn material(index: usize, style: &Style) -> Value {
    json!({
        "name": style.name,
        "pbrMetallicRoughness": {
            "baseColorFactor": [1, 1, 1, 1],
            "baseColorTexture": {"index": index},
            "metallicFactor": 0,
            "roughnessFactor": 0.9,
        },
        "doubleSided": style.double_sided,
        "extensions": {
            "VRMC_materials_mtoon": {
                "specVersion": "1.0",
                "shadeColorFactor": linear(style.shade),
                "shadeMultiplyTexture": {"index": index},
                "shadingShiftFactor": -0.05,
                "shadingToonyFactor": 0.92,
                "giEqualizationFactor": 0.9,
                "outlineWidthMode": if style.outline_m > 0.0 { "worldCoordinates" } else { "none" },
                "outlineWidthFactor": style.outline_m,
                "outlineColorFactor": linear(style.outline),
                "outlineLightingMixFactor": 0,
            }
        }
    })
}

/// The file's bytes.
pub(super) fn write(params: &CharacterParams, character: &Character) -> Result<Vec<u8>, image::ImageError> {
    let mut store = Store::default();
    let styles = styles(params, character, Detail::Fine);
    let styles: Vec<_> =
        styles.into_iter().filter(|(look, _)| character.parts.iter().any(|p| p.look == *look)).collect();
    // Faces have shape keys, the rest hasn't: two meshes.
    let mut meshes = Vec::new();
    for (name, face) in [("Body", false), ("Face", true)] {
        let mut primitives = Vec::new();
        for (index, (look, _)) in styles.iter().enumerate().filter(|(_, (look, _))| look.is_face() == face) {
            let parts: Vec<&Part> = character.parts.iter().filter(|p| p.look == *look).collect();
            primitives.push(primitive(&mut store, &merged(&parts), index, &character.joints, face));
        }
        let mut mesh = json!({"name": name, "primitives": primitives});
        if face {
            mesh["extras"] = json!({"targetNames": expressions().collect::<Vec<_>>()});
        }
        meshes.push(mesh);
    }
    let mut images = Vec::new();
    for (_, style) in &styles {
        let view = store.view(&style.texture.to_png()?);
        images.push(json!({"name": style.name, "mimeType": "image/png", "bufferView": view}));
    }

    // Nodes: the root, bones, what swings, then the two meshes.
    let (joints, swinging) = (&character.joints, &character.swinging);
    let node_of = |bone: HumanBone| joints.iter().position(|j| j.0 == bone).map(|i| i + 1);
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); joints.len() + swinging.nodes.len() + 1];
    let mut nodes = vec![json!({"name": "Root"})];
    let mut bind_matrices = Vec::new();
    for (i, &(bone, place)) in joints.iter().enumerate() {
        let parent = bone.parent().and_then(|p| Some((node_of(p)?, joints.iter().find(|j| j.0 == p)?.1)));
        let (parent, from) = parent.unwrap_or((0, Vec3::ZERO));
        children[parent].push(i + 1);
        nodes.push(json!({"name": bone.name(), "translation": (steady(place) - steady(from)).to_array()}));
        bind_matrices.push(bind_matrix(place));
    }
    let places = vrm_springs::Places { bones: joints, nodes: &swinging.nodes };
    for (i, node) in swinging.nodes.iter().enumerate() {
        children[places.node(node.parent)].push(joints.len() + 1 + i);
        nodes.push(places.document(node));
        bind_matrices.push(bind_matrix(node.place));
    }
    for (node, below) in nodes.iter_mut().zip(children).filter(|(_, below)| !below.is_empty()) {
        node["children"] = json!(below);
    }
    let face_node = nodes.len() + 1;
    for (mesh, name) in ["Body", "Face"].iter().enumerate() {
        nodes.push(json!({"name": name, "mesh": mesh, "skin": 0}));
    }
    let bind_matrices = store.vectors("MAT4", &bind_matrices, false);
    let bound: Vec<usize> = (1..=joints.len() + swinging.nodes.len()).collect();
    let skin = json!({"inverseBindMatrices": bind_matrices, "joints": bound, "skeleton": 1});
    let mut used = vec!["VRMC_vrm", "VRMC_materials_mtoon"];
    let mut extensions = json!({"VRMC_vrm": vrm(params, node_of, face_node)});
    if !swinging.springs.is_empty() {
        used.extend(["VRMC_node_constraint", "VRMC_springBone"]);
        extensions["VRMC_springBone"] = places.springs(swinging);
    }

    let document = json!({
        "asset": {"version": "2.0", "generator": "Settei example generator"},
        "extensionsUsed": used,
        "scene": 0,
        "scenes": [{"nodes": [0, face_node - 1, face_node]}],
        "nodes": nodes,
        "meshes": meshes,
        "skins": [skin],
        "materials": styles.iter().enumerate().map(|(i, (_, style))| material(i, style)).collect::<Vec<_>>(),
        "textures": (0..images.len()).map(|i| json!({"source": i, "sampler": 0})).collect::<Vec<_>>(),
        "samplers": [{"magFilter": 9729, "minFilter": 9987, "wrapS": 10497, "wrapT": 33071}],
        "images": images,
        "accessors": store.accessors,
        "bufferViews": store.views,
        "buffers": [{"byteLength": store.bytes.len().next_multiple_of(4)}],
        "extensions": extensions,
    });
    Ok(glb(document.to_string().into_bytes(), store.bytes))
}

fn vrm(params: &CharacterParams, node_of: impl Fn(HumanBone) -> Option<usize>, face_node: usize) -> Value {
    let bones = HumanBone::ALL.into_iter().filter_map(|b| Some((b.name().to_string(), json!({"node": node_of(b)?}))));
    let presets = expressions().enumerate().map(|(index, name)| {
        // A laughing face has its eyes shut and its mouth open already.
        let blocks = if name == "happy" { "block" } else { "none" };
        let preset = json!({
            "morphTargetBinds": [{"node": face_node, "index": index, "weight": 1}],
            "isBinary": false,
            "overrideBlink": blocks,
            "overrideLookAt": "none",
            "overrideMouth": blocks,
        });
        (name.to_string(), preset)
    });
    let range = |degrees: f32| json!({"inputMaxValue": 90, "outputScale": degrees});
    json!({
        "specVersion": "1.0",
        "meta": {
            "name": params.name,
            "version": "1",
            "authors": ["Settei"],
            "copyrightInformation": crate::example::LICENCE,
            "licenseUrl": "https://vrm.dev/licenses/1.0/",
            "otherLicenseUrl": crate::example::LICENCE_URL,
            "avatarPermission": "everyone",
            "allowExcessivelyViolentUsage": true,
            "allowExcessivelySexualUsage": true,
            "commercialUsage": "corporation",
            "allowPoliticalOrReligiousUsage": true,
            "allowAntisocialOrHateUsage": true,
            "creditNotation": "unnecessary",
            "allowRedistribution": true,
            "modification": "allowModificationRedistribution",
        },
        "humanoid": {"humanBones": bones.collect::<serde_json::Map<_, _>>()},
        "expressions": {"preset": presets.collect::<serde_json::Map<_, _>>()},
        "lookAt": {
            "type": "bone",
            "offsetFromHeadBone": [0, 0.07, 0.05],
            "rangeMapHorizontalInner": range(8.0),
            "rangeMapHorizontalOuter": range(8.0),
            "rangeMapVerticalDown": range(6.0),
            "rangeMapVerticalUp": range(6.0),
        },
    })
}

/// The binary container: header, JSON chunk, binary chunk.
fn glb(mut json: Vec<u8>, mut binary: Vec<u8>) -> Vec<u8> {
    json.resize(json.len().next_multiple_of(4), b' ');
    binary.resize(binary.len().next_multiple_of(4), 0);
    let total = 12 + 8 + json.len() + 8 + binary.len();
    let mut bytes = Vec::with_capacity(total);
    bytes.extend_from_slice(b"glTF");
    bytes.extend_from_slice(&2u32.to_le_bytes());
    bytes.extend_from_slice(&(total as u32).to_le_bytes());
    for (kind, chunk) in [(b"JSON", json), (b"BIN\0", binary)] {
        bytes.extend_from_slice(&(chunk.len() as u32).to_le_bytes());
        bytes.extend_from_slice(kind);
        bytes.extend_from_slice(&chunk);
    }
    bytes
}
