//! glTF files that the schema crate refuses and glTF 2.0 allows, or that err where no figure is concerned.
//!
//! The crate wants all of a file to be as its own schema has it: every channel of an animation with a node, every scene
//! with nodes, no `null`, no whole number written `3.0`. [`mended`] gives such a file another chance without what a figure
//! doesn't use. What a figure does use is left as it is, and refused as before where it is wrong.

use gltf::json;
use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// Longer JSON is not mended: as a tree of values it takes many times its length.
const LONGEST: usize = 32 << 20;

/// The root of a file whose JSON the schema refuses; `None`: the fault lies in what a figure needs.
pub(super) fn mended(text: &[u8]) -> Option<json::Root> {
    mended_for(text, Wanted::Figure)
}

/// The same for who wants its motions; `None`: the fault lies in what those need.
pub(super) fn mended_moving(text: &[u8]) -> Option<json::Root> {
    mended_for(text, Wanted::Motions)
}

/// What a file is read for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Figure,
    Motions,
}

fn mended_for(text: &[u8], wanted: Wanted) -> Option<json::Root> {
    if text.len() > LONGEST {
        return None;
    }
    let text = String::from_utf8_lossy(text);
    let mut root: Value = serde_json::from_str(&without_bare_words(&text)).ok()?;
    tidy(&mut root);
    let root = root.as_object_mut()?;
    drop_unused(root, wanted);
    let nodes = objects(root, "nodes");
    nodes.for_each(mend_node);
    objects(root, "scenes").for_each(|scene| fill(scene, "nodes"));
    objects(root, "skins").for_each(|skin| fill(skin, "joints"));
    objects(root, "meshes").for_each(mend_mesh);
    objects(root, "accessors").for_each(|accessor| {
        // What they say is found out by reading, and exporters write no numbers there.
        accessor.remove("min");
        accessor.remove("max");
    });
    for (list, references) in [("textures", &["source", "sampler"][..]), ("images", &["bufferView"])] {
        objects(root, list).for_each(|object| drop_negative(object, references));
    }
    objects(root, "samplers")
        .for_each(|sampler| sampler.retain(|key, value| key.starts_with("wrap") && value.is_u64()));
    drop_negative(root, &["scene"]);
    if let Some(asset) = root.get_mut("asset").and_then(Value::as_object_mut) {
        for version in ["version", "minVersion"] {
            if let Some(number) = asset.get(version).and_then(Value::as_f64) {
                asset.insert(version.into(), format!("{number:.1}").into());
            }
        }
        asset.retain(|key, value| value.is_string() || !["copyright", "generator"].contains(&key.as_str()));
    }
    serde_json::from_value(Value::Object(std::mem::take(root))).ok()
}

/// Takes out members that are `null`, which say as much as none at all, and empty lists for objects; makes whole numbers of
/// those with a fraction of zero. Extras are anybody's.
pub(in crate::figure) fn tidy(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|key, value| !(value.is_null() || key == "extensions" && *value == json!([])));
            members.iter_mut().filter(|(key, _)| *key != "extras").for_each(|(_, value)| tidy(value));
        }
        Value::Array(values) => values.iter_mut().for_each(tidy),
        Value::Number(number) => {
            const WHOLE: f64 = (1u64 << 53) as f64;
            if let Some(real) = number.as_f64().filter(|n| number.is_f64() && n.fract() == 0.0 && n.abs() < WHOLE) {
                *number = (real as i64).into();
            }
        }
        _ => {}
    }
}

/// JSON knows no `NaN` and no `Infinity`, and some programs write them: they become `null`.
fn without_bare_words(text: &str) -> Cow<'_, str> {
    if !["NaN", "nan", "Infinity", "inf"].iter().any(|word| text.contains(word)) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(quote) = rest.find('"') {
        plain.push_str(&numbers_only(&rest[..quote]));
        // To the quote that ends the string, which no odd number of back-slashes precedes.
        let (mut end, mut escaped) = (rest.len(), false);
        for (i, byte) in rest.bytes().enumerate().skip(quote + 1) {
            match byte {
                b'"' if !escaped => {
                    end = i + 1;
                    break;
                }
                _ => escaped = byte == b'\\' && !escaped,
            }
        }
        plain.push_str(&rest[quote..end]);
        rest = &rest[end..];
    }
    plain.push_str(&numbers_only(rest));
    Cow::Owned(plain)
}

/// `text`, which holds no strings, with `null` for what are no numbers.
fn numbers_only(text: &str) -> Cow<'_, str> {
    const WORDS: [&str; 9] = ["-Infinity", "+Infinity", "Infinity", "-NaN", "NaN", "-nan", "nan", "-inf", "inf"];
    WORDS.iter().fold(Cow::Borrowed(text), |text, word| match text.contains(word) {
        true => Cow::Owned(text.replace(word, "null")),
        false => text,
    })
}

/// Motions, cameras, and all that no node's mesh or skin leads to. Lists keep their length: indices count.
fn drop_unused(root: &mut Map<String, Value>, wanted: Wanted) {
    root.remove("cameras");
    let nodes = root.get("nodes").and_then(Value::as_array).map_or(0, Vec::len);
    let mut moving = Vec::new();
    list(root, "animations").for_each(|animation| match wanted {
        // How many there are is worth knowing where a file has nothing else.
        Wanted::Figure => *animation = json!({"channels": [], "samplers": []}),
        Wanted::Motions => *animation = mended_animation(animation, nodes, &mut moving),
    });
    let [mut meshes, mut skins, mut accessors, mut views, mut buffers] = [const { Vec::new() }; 5];
    for node in objects(root, "nodes") {
        node.remove("camera");
        meshes.extend(index(node.get("mesh")));
        skins.extend(index(node.get("skin")));
    }
    keep(root, "meshes", &meshes, &json!({"primitives": []}));
    keep(root, "skins", &skins, &json!({"joints": []}));
    for skin in objects(root, "skins") {
        skin.remove("skeleton");
        accessors.extend(index(skin.get("inverseBindMatrices")));
    }
    for mesh in objects(root, "meshes") {
        for primitive in mesh.get("primitives").and_then(Value::as_array).into_iter().flatten() {
            let targets = primitive["targets"].as_array().into_iter().flatten();
            let sets = targets.chain(primitive.get("attributes")).filter_map(Value::as_object);
            accessors.extend(sets.flat_map(Map::values).chain(primitive.get("indices")).filter_map(|i| index(Some(i))));
        }
    }
    accessors.extend(moving);
    keep(root, "accessors", &accessors, &json!({"componentType": 0, "type": "", "count": 0}));
    for accessor in objects(root, "accessors") {
        let sparse = accessor.get("sparse");
        let parts = ["indices", "values"].into_iter().filter_map(|part| sparse?.get(part)?.get("bufferView"));
        views.extend(parts.chain(accessor.get("bufferView")).filter_map(|i| index(Some(i))));
    }
    views.extend(objects(root, "images").filter_map(|image| index(image.get("bufferView"))));
    keep(root, "bufferViews", &views, &json!({"buffer": 0, "byteLength": 0}));
    for view in objects(root, "bufferViews") {
        view.remove("target");
        buffers.extend(index(view.get("buffer")));
    }
    keep(root, "buffers", &buffers, &json!({"byteLength": 0, "uri": "data:;base64,"}));
}

/// What of an animation moves nodes; the accessors that it takes go to `accessors`.
fn mended_animation(animation: &Value, nodes: usize, accessors: &mut Vec<usize>) -> Value {
    const WAYS: [&str; 3] = ["LINEAR", "STEP", "CUBICSPLINE"];
    let sampler = |sampler: &Value| {
        let (input, output) = (index(sampler.get("input"))?, index(sampler.get("output"))?);
        let way = sampler.get("interpolation").and_then(Value::as_str);
        let way = WAYS.into_iter().find(|known| Some(*known) == way);
        Some((input, output, way.unwrap_or(WAYS[0])))
    };
    let samplers = animation.get("samplers").and_then(Value::as_array).into_iter().flatten();
    let samplers: Vec<_> = samplers.map(sampler).collect();
    let channel = |channel: &Value| {
        let (sampler, target) = (index(channel.get("sampler"))?, channel.get("target")?);
        let node = index(target.get("node")).filter(|&node| node < nodes)?;
        let path = target.get("path").and_then(Value::as_str)?;
        let moves = ["translation", "rotation", "scale", "weights"].contains(&path);
        let sound = moves && samplers.get(sampler).is_some_and(Option::is_some);
        sound.then(|| json!({"sampler": sampler, "target": {"node": node, "path": path}}))
    };
    let channels = animation.get("channels").and_then(Value::as_array).into_iter().flatten();
    let channels: Vec<Value> = channels.filter_map(channel).collect();
    accessors.extend(samplers.iter().flatten().flat_map(|&(input, output, _)| [input, output]));
    let sampler = |sampler: Option<(usize, usize, &str)>| {
        let (input, output, way) = sampler.unwrap_or((0, 0, WAYS[0]));
        json!({"input": input, "output": output, "interpolation": way})
    };
    let samplers: Vec<Value> = samplers.iter().copied().map(sampler).collect();
    let mut mended = json!({"channels": channels, "samplers": samplers});
    if let Some(name) = animation.get("name").filter(|name| name.is_string()) {
        mended["name"] = name.clone();
    }
    mended
}

/// Puts `nothing` in the place of all elements of a list but those in `used`.
fn keep(root: &mut Map<String, Value>, name: &str, used: &[usize], nothing: &Value) {
    let mut unused = vec![true; root.get(name).and_then(Value::as_array).map_or(0, Vec::len)];
    for &i in used {
        if let Some(unused) = unused.get_mut(i) {
            *unused = false;
        }
    }
    list(root, name).zip(unused).filter(|(_, unused)| *unused).for_each(|(value, _)| *value = nothing.clone());
}

fn mend_node(node: &mut Map<String, Value>) {
    drop_negative(node, &["mesh", "skin"]);
    for (transform, length) in [("translation", 3), ("rotation", 4), ("scale", 3), ("matrix", 16)] {
        let sound = |value: &Value| value.as_array().is_some_and(|v| v.len() == length && !v.contains(&Value::Null));
        // What isn't even a list is for the schema to refuse.
        if node.get(transform).is_some_and(|value| value.is_array() && !sound(value)) {
            node.remove(transform);
        }
    }
    zero_nulls(node, "weights");
}

fn mend_mesh(mesh: &mut Map<String, Value>) {
    fill(mesh, "primitives");
    zero_nulls(mesh, "weights");
    for primitive in objects(mesh, "primitives") {
        drop_negative(primitive, &["indices", "material"]);
        let attributes = primitive.entry("attributes").or_insert_with(|| json!({}));
        if let Some(attributes) = attributes.as_object_mut() {
            attributes.retain(|_, accessor| !is_negative(accessor));
        }
        objects(primitive, "targets").for_each(|target| target.retain(|_, accessor| !is_negative(accessor)));
    }
}

/// Gives an object the list that it may lack.
fn fill(object: &mut Map<String, Value>, list: &str) {
    object.entry(list).or_insert_with(|| json!([]));
}

/// Some exporters write −1 for none.
fn drop_negative(object: &mut Map<String, Value>, references: &[&str]) {
    object.retain(|key, value| !(references.contains(&key.as_str()) && is_negative(value)));
}

fn is_negative(value: &Value) -> bool {
    value.as_i64().is_some_and(|i| i < 0)
}

fn zero_nulls(object: &mut Map<String, Value>, numbers: &str) {
    list(object, numbers).filter(|value| value.is_null()).for_each(|value| *value = json!(0));
}

fn list<'a>(object: &'a mut Map<String, Value>, name: &str) -> impl Iterator<Item = &'a mut Value> {
    object.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten()
}

fn objects<'a>(object: &'a mut Map<String, Value>, name: &str) -> impl Iterator<Item = &'a mut Map<String, Value>> {
    list(object, name).filter_map(Value::as_object_mut)
}

fn index(value: Option<&Value>) -> Option<usize> {
    usize::try_from(value?.as_u64()?).ok()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Glb, skeleton};
    use super::*;
    use crate::figure::LocalPose;
    use crate::figure::skinning;
    use glam::Vec3;

    /// The changes that must not keep a file from loading, by name.
    type Case = (&'static str, fn(&mut Value));

    #[test]
    fn what_gltf_leaves_open_or_a_figure_does_not_use_keeps_no_figure_from_loading() {
        let cases: &[Case] = &[
            ("channel without node", |j| {
                j["animations"] = json!([{"channels": [{"sampler": 0, "target": {"path": "rotation"}}],
                    "samplers": [{"input": 0, "output": 0}]}]);
            }),
            ("animation pointer", |j| {
                j["extensionsUsed"] = json!(["KHR_animation_pointer"]);
                j["animations"] = json!([{"channels": [{"sampler": 0, "target": {"path": "pointer", "extensions":
                    {"KHR_animation_pointer": {"pointer": "/nodes/0/scale"}}}}], "samplers": []}]);
            }),
            ("required animation pointer", |j| {
                j["extensionsRequired"] = json!(["KHR_animation_pointer"]);
                j["animations"] = json!([{"channels": [{"sampler": 0, "target": {"path": "pointer"}}]}]);
            }),
            ("empty animation", |j| j["animations"] = json!([{}])),
            ("animation of the wrong kind", |j| j["animations"] = json!([{"channels": {}, "samplers": 7}, null, 3])),
            ("another scene without nodes", |j| j["scenes"] = json!([{"nodes": [0, 1]}, {"name": "empty"}])),
            ("scene of no nodes", |j| j["scenes"] = json!([{}])),
            ("camera of no kind", |j| {
                j["cameras"] = json!([{"name": "c"}, {"type": 4}]);
                j["nodes"][0]["camera"] = json!(0);
            }),
            ("nulls", |j| {
                for list in ["animations", "cameras", "images", "samplers", "skins", "textures", "extensionsUsed"] {
                    j[list] = json!(null);
                }
                j["extensions"] = json!(null);
                j["nodes"][0]["children"] = json!(null);
                j["nodes"][0]["skin"] = json!(null);
                j["scenes"].as_array_mut().unwrap().push(json!({"nodes": null}));
                j["meshes"][0]["primitives"][0]["targets"] = json!(null);
                j["asset"]["generator"] = json!(null);
            }),
            ("whole numbers with a fraction", |j| {
                j["scene"] = json!(0.0);
                j["nodes"][0]["mesh"] = json!(0.0);
                j["accessors"][0]["count"] = json!(3.0);
                j["accessors"][0]["componentType"] = json!(5126.0);
                j["bufferViews"][0]["byteOffset"] = json!(0.0);
                j["meshes"][0]["primitives"][0]["attributes"]["POSITION"] = json!(0.0);
            }),
            ("minus one for none", |j| {
                j["nodes"][0]["skin"] = json!(-1);
                j["nodes"][0]["camera"] = json!(-1);
                j["meshes"][0]["primitives"][0]["material"] = json!(-1);
                j["meshes"][0]["primitives"][0]["indices"] = json!(-1);
                j["meshes"][0]["primitives"][0]["attributes"]["NORMAL"] = json!(-1);
            }),
            ("empty lists for objects", |j| {
                j["extensions"] = json!([]);
                j["nodes"][0]["extensions"] = json!([]);
                j["meshes"][0]["primitives"][0]["extensions"] = json!([]);
            }),
            ("unused mesh, skin, accessor, view and buffer", |j| {
                j["meshes"].as_array_mut().unwrap().push(json!({"name": "nothing"}));
                j["skins"] = json!([{"name": "nothing"}]);
                j["accessors"].as_array_mut().unwrap().push(json!({"bufferView": 1, "type": "VEC3"}));
                j["bufferViews"].as_array_mut().unwrap().push(json!({"buffer": 1}));
                j["buffers"].as_array_mut().unwrap().push(json!({"uri": 3}));
            }),
            ("samplers", |j| {
                j["samplers"] = json!([{"magFilter": "LINEAR", "wrapS": "REPEAT", "minFilter": -1}, {"magFilter": 7}])
            }),
            ("textures and images", |j| {
                j["textures"] = json!([{}, {"source": -1, "sampler": -1}, {"source": null}]);
                j["images"] = json!([{}, {"uri": "a.png"}, {"bufferView": -1}, {"mimeType": "image/strange"}]);
            }),
            ("bounds of the wrong kind", |j| {
                j["accessors"][0]["min"] = json!("low");
                j["accessors"][0]["max"] = json!([null, 0, 0]);
                j["bufferViews"][0]["target"] = json!("ARRAY_BUFFER");
            }),
            ("version as a number", |j| j["asset"] = json!({"version": 2.0, "generator": 3, "copyright": {}})),
            ("short version", |j| j["asset"]["version"] = json!("2")),
            ("unknown extensions", |j| {
                j["extensionsUsed"] = json!(["ACME_magic"]);
                j["extensions"] = json!({"ACME_magic": 3});
                j["nodes"][0]["extensions"] = json!({"ACME_magic": "x"});
                j["accessors"][0]["extensions"] = json!({"ACME_magic": []});
                j["meshes"][0]["primitives"][0]["extensions"] = json!({"ACME_magic": null});
            }),
            ("transforms of the wrong length", |j| {
                j["nodes"][0]["rotation"] = json!([0, 0, null, 1]);
                j["nodes"][0]["scale"] = json!([1, 1]);
            }),
        ];
        for (name, change) in cases {
            let mut glb = Glb::triangle();
            skeleton(&mut glb, 1.0);
            change(&mut glb.json);
            match glb.read() {
                Ok(figure) => {
                    assert_eq!(figure.triangles.len(), 1, "{name}");
                    assert!(figure.humanoid.is_humanoid(), "{name}");
                }
                Err(error) => panic!("{name}: {error}"),
            }
        }
    }

    #[test]
    fn numbers_that_json_does_not_know_are_passed_over() {
        let mut glb = Glb::triangle();
        glb.json["accessors"][0]["max"] = json!(["@NaN", "@-Infinity", 0]);
        glb.json["nodes"][0]["translation"] = json!(["@NaN", 0, 0]);
        glb.json["nodes"][0]["name"] = json!("a \\\" NaN \"inf");
        let text = serde_json::to_string(&glb.json).unwrap().replace("\"@", "").replace("NaN\",", "NaN,");
        let text = text.replace("Infinity\",", "Infinity,");
        glb.json["buffers"][0]["byteLength"] = json!(glb.binary.len());
        let root = mended(text.as_bytes()).unwrap();
        assert_eq!(root.nodes[0].name.as_deref(), Some("a \\\" NaN \"inf"));
        assert_eq!(root.nodes[0].translation, None);
    }

    #[test]
    fn names_in_another_encoding_are_no_reason_to_refuse() {
        let mut bytes = br#"{"asset":{"version":"2.0"},"nodes":[{"name":""#.to_vec();
        bytes.extend(b"\x93\xaa");
        bytes.extend(br#""}]}"#);
        assert_eq!(mended(&bytes).unwrap().nodes.len(), 1);
    }

    #[test]
    fn a_scene_that_shows_nothing_is_passed_over_for_one_that_does() {
        for scenes in [json!([{}, {"nodes": [0]}]), json!([{"nodes": []}]), json!([{}])] {
            let mut glb = Glb::triangle();
            glb.json["scenes"] = scenes;
            let figure = glb.read().unwrap();
            let rest = skinning::skin(&figure, &LocalPose::rest(&figure));
            assert_eq!(rest.positions, [Vec3::ZERO, Vec3::X, Vec3::Y]);
        }
    }

    #[test]
    fn what_a_figure_needs_is_not_made_up() {
        let wrong: [fn(&mut Value); 5] = [
            |j| j["nodes"] = json!("hello"),
            |j| j["meshes"][0]["primitives"] = json!({"0": {}}),
            |j| j["materials"] = json!([{"pbrMetallicRoughness": ["none"]}]),
            |j| j["accessors"][0]["count"] = json!("three"),
            |j| j["bufferViews"][0]["byteLength"] = json!(-12),
        ];
        for change in wrong {
            let mut glb = Glb::triangle();
            change(&mut glb.json);
            assert!(glb.refusal().contains("isn't as glTF 2.0 has it"), "{}", glb.refusal());
        }
    }
}
