//! Small glTF files for tests, built in place.

use serde_json::{Value, json};

/// A GLB file in the making: JSON that tests may edit at will, and the binary chunk.
pub(crate) struct Glb {
    pub(crate) json: Value,
    pub(crate) binary: Vec<u8>,
}

impl Glb {
    /// An empty scene.
    pub(crate) fn new() -> Self {
        let json = json!({
            "asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": []}], "nodes": [], "meshes": [],
            "accessors": [], "bufferViews": [], "buffers": [{"byteLength": 0}],
        });
        Self { json, binary: Vec::new() }
    }

    /// A single triangle in the xy plane on the only node.
    pub(in crate::figure) fn triangle() -> Self {
        let mut glb = Self::new();
        let positions = glb.floats("VEC3", &[0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
        glb.add("meshes", json!({"name": "tri", "primitives": [{"attributes": {"POSITION": positions}}]}));
        glb.root(json!({"name": "node", "mesh": 0}));
        glb
    }

    /// Appends to one of the lists; returns the new index.
    pub(crate) fn add(&mut self, list: &str, value: Value) -> usize {
        if self.json[list].is_null() {
            self.json[list] = json!([]);
        }
        let list = self.json[list].as_array_mut().unwrap();
        list.push(value);
        list.len() - 1
    }

    /// Appends a node to the scene.
    pub(in crate::figure) fn root(&mut self, node: Value) -> usize {
        let node = self.add("nodes", node);
        self.json["scenes"][0]["nodes"].as_array_mut().unwrap().push(json!(node));
        node
    }

    /// The first mesh's first primitive.
    pub(in crate::figure) fn primitive(&mut self) -> &mut Value {
        &mut self.json["meshes"][0]["primitives"][0]
    }

    /// Appends to the binary chunk; returns the buffer view.
    pub(in crate::figure) fn view(&mut self, bytes: &[u8]) -> usize {
        self.binary.resize(self.binary.len().next_multiple_of(4), 0);
        let offset = self.binary.len();
        self.binary.extend_from_slice(bytes);
        self.add("bufferViews", json!({"buffer": 0, "byteOffset": offset, "byteLength": bytes.len()}))
    }

    /// An accessor over new data; `kind` is glTF's component type.
    pub(in crate::figure) fn accessor(&mut self, kind: u32, shape: &str, count: usize, bytes: &[u8]) -> usize {
        let view = self.view(bytes);
        self.add("accessors", json!({"bufferView": view, "componentType": kind, "type": shape, "count": count}))
    }

    pub(crate) fn floats(&mut self, shape: &str, values: &[f32]) -> usize {
        let width = match shape {
            "SCALAR" => 1,
            "VEC2" => 2,
            "VEC3" => 3,
            "VEC4" => 4,
            _ => 16,
        };
        self.accessor(5126, shape, values.len() / width, bytemuck::cast_slice(values))
    }

    pub(in crate::figure) fn shorts(&mut self, shape: &str, count: usize, values: &[u16]) -> usize {
        self.accessor(5123, shape, count, bytemuck::cast_slice(values))
    }

    /// The finished GLB.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut json = self.json.clone();
        json["buffers"][0]["byteLength"] = json!(self.binary.len());
        let mut text = serde_json::to_vec(&json).unwrap();
        text.resize(text.len().next_multiple_of(4), b' ');
        let mut binary = self.binary.clone();
        binary.resize(binary.len().next_multiple_of(4), 0);
        let mut bytes = b"glTF\x02\0\0\0".to_vec();
        bytes.extend((28 + text.len() as u32 + binary.len() as u32).to_le_bytes());
        for (kind, chunk) in [(b"JSON", &text), (b"BIN\0", &binary)] {
            bytes.extend((chunk.len() as u32).to_le_bytes());
            bytes.extend(kind);
            bytes.extend(chunk);
        }
        bytes
    }

    pub(in crate::figure) fn read(&self) -> Result<crate::figure::Figure, crate::figure::FigureError> {
        super::read_embedded("test.glb", &self.bytes())
    }

    /// The message with which the file is refused.
    pub(in crate::figure) fn refusal(&self) -> String {
        let message = self.read().unwrap_err().to_string();
        assert!(message.starts_with("test.glb "), "{message}");
        message
    }
}

/// A humanoid of joints alone, standing along +z with its left at +x, as `(name, parent, translation)`; scaled in x and
/// z by `facing` (−1: it looks along −z). All nodes hang below node `first`.
pub(in crate::figure) fn skeleton(glb: &mut Glb, facing: f32) -> Vec<(&'static str, usize)> {
    const BONES: [(&str, &str, [f32; 3]); 18] = [
        ("hips", "", [0.0, 1.0, 0.0]),
        ("spine", "hips", [0.0, 0.2, 0.0]),
        ("head", "spine", [0.0, 0.4, 0.0]),
        ("leftUpperArm", "spine", [0.2, 0.3, 0.0]),
        ("leftLowerArm", "leftUpperArm", [0.2, -0.1, 0.0]),
        ("leftHand", "leftLowerArm", [0.2, -0.1, 0.0]),
        ("leftThumbProximal", "leftHand", [0.02, 0.0, 0.02]),
        ("leftThumbIntermediate", "leftThumbProximal", [0.02, 0.0, 0.02]),
        ("rightUpperArm", "spine", [-0.2, 0.3, 0.0]),
        ("rightLowerArm", "rightUpperArm", [-0.2, -0.1, 0.0]),
        ("rightHand", "rightLowerArm", [-0.2, -0.1, 0.0]),
        ("leftUpperLeg", "hips", [0.1, 0.0, 0.0]),
        ("leftLowerLeg", "leftUpperLeg", [0.0, -0.4, 0.0]),
        ("leftFoot", "leftLowerLeg", [0.0, -0.5, 0.0]),
        ("leftToes", "leftFoot", [0.0, -0.05, 0.1]),
        ("rightUpperLeg", "hips", [-0.1, 0.0, 0.0]),
        ("rightLowerLeg", "rightUpperLeg", [0.0, -0.4, 0.0]),
        ("rightFoot", "rightLowerLeg", [0.0, -0.5, 0.0]),
    ];
    let mut nodes: Vec<(&str, usize)> = Vec::new();
    for (name, parent, [x, y, z]) in BONES {
        let value = json!({"name": name, "translation": [x * facing, y, z * facing]});
        let node = match nodes.iter().find(|(n, _)| *n == parent) {
            None => glb.root(value),
            Some(&(_, parent)) => {
                let node = glb.add("nodes", value);
                let parent = &mut glb.json["nodes"][parent];
                if parent["children"].is_null() {
                    parent["children"] = json!([]);
                }
                parent["children"].as_array_mut().unwrap().push(json!(node));
                node
            }
        };
        nodes.push((name, node));
    }
    nodes
}
