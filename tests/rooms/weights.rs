//! Weight files: reading, inspecting and converting, through the public door.

use candle_core::Device;
use candle_nn::VarBuilder;
use safetensors::SafeTensors;
use serde_json::{Map, Value, json};
use settei::conr::Networks;
use settei::progress::Silent;
use settei::weights::{Graph, Problems, Schema, WeightError, WeightFile, WeightInfo, WeightType, identify};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A small graph beside CoNR's.
struct Small;

impl Graph for Small {
    const NAME: &'static str = "small";
    const VERSION: u32 = 3;
    const PARTS: &'static [&'static str] = &["eye", "hand"];

    fn ask(weights: &VarBuilder) -> candle_core::Result<()> {
        weights.get((2, 3), "eye.weight")?;
        weights.get(4, "hand.bias").map(|_| ())
    }
}

fn schema() -> Schema {
    Schema::of::<Networks>().unwrap()
}

fn known() -> [Schema; 2] {
    [schema(), Schema::of::<Small>().unwrap()]
}

fn inspect(path: &Path) -> Result<WeightInfo, WeightError> {
    settei::weights::inspect(path, &known())
}

fn convert(from: &Path, to: &Path, kind: WeightType) -> Result<(), WeightError> {
    settei::weights::convert(from, to, kind, &known(), &Silent)
}

const SLOPES: &str = "shader.decoder_blocks.0.conv0.1.weight";

/// Writes a file of float32 tensors, all zero but `values`: sparse, so that its size costs nothing.
fn save(path: &Path, tensors: &BTreeMap<String, Vec<usize>>, values: &[(&str, &[f32])]) {
    let (mut entries, mut offsets, mut end) = (Map::new(), BTreeMap::new(), 0);
    for (name, shape) in tensors {
        let begin = end;
        end += 4 * shape.iter().product::<usize>();
        offsets.insert(name.as_str(), begin);
        entries.insert(name.clone(), json!({ "dtype": "F32", "shape": shape, "data_offsets": [begin, end] }));
    }
    let header = Value::Object(entries).to_string();
    let mut file = File::create(path).unwrap();
    file.write_all(&(header.len() as u64).to_le_bytes()).unwrap();
    file.write_all(header.as_bytes()).unwrap();
    file.set_len((8 + header.len() + end) as u64).unwrap();
    for (name, values) in values {
        file.seek(SeekFrom::Start((8 + header.len() + offsets[name]) as u64)).unwrap();
        file.write_all(bytemuck::cast_slice(values)).unwrap();
    }
}

fn folder() -> (TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("from.safetensors"), folder.path().join("to.safetensors"));
    (folder, from, to)
}

fn slopes(path: &Path) -> Vec<f32> {
    let file = WeightFile::open(path, &schema()).unwrap();
    let slopes = file.load(&schema(), &Device::Cpu, &Silent, |weights| weights.get(224, SLOPES)).unwrap();
    slopes.to_vec1().unwrap()
}

#[test]
fn a_complete_file_is_read_and_converted() {
    let (_folder, from, to) = folder();
    let values: Vec<f32> = (0..224).map(|i| 0.25 + i as f32 / 1000.0).collect();
    save(&from, &schema().tensors, &[(SLOPES, &values)]);
    assert_eq!(slopes(&from), values);

    let info = inspect(&from).unwrap();
    assert_eq!((info.tensors, info.parameters, info.problems), (486, 180_403_745, None));
    assert_eq!(info.types, BTreeMap::from([("f32".into(), 486)]));
    assert_eq!(info.networks["rgbadecodernet"], (10, 84_484));

    convert(&from, &to, WeightType::F16).unwrap();
    let halved: Vec<f32> = values.iter().map(|&v| half::f16::from_f32(v).to_f32()).collect();
    assert_eq!(slopes(&to), halved);
    let info = inspect(&to).unwrap();
    assert_eq!((info.graph.as_str(), info.version, info.problems), ("conr", 1, None));
    assert_eq!(info.types, BTreeMap::from([("f16".into(), 486)]));

    let bytes = fs::read(&to).unwrap();
    let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
    assert_eq!(header.metadata().as_ref().unwrap()["graph"], "conr");
    let theirs = SafeTensors::deserialize(&bytes).unwrap();
    let tensor = theirs.tensor(SLOPES).unwrap();
    assert_eq!((tensor.dtype(), tensor.shape()), (safetensors::Dtype::F16, &[224][..]));
    assert_eq!(half::f16::from_le_bytes([tensor.data()[2], tensor.data()[3]]).to_f32(), halved[1]);

    drop(bytes);
    convert(&to, &to, WeightType::Bf16).unwrap();
    assert_eq!(inspect(&to).unwrap().types, BTreeMap::from([("bf16".into(), 486)]));
    assert!(slopes(&to).iter().zip(&values).all(|(a, b)| (a - b).abs() < 0.004));
}

#[test]
fn numbers_that_are_none_or_too_large_are_refused() {
    let (folder, from, to) = folder();
    save(&from, &schema().tensors, &[(SLOPES, &[0.0, f32::NAN])]);
    let message = convert(&from, &to, WeightType::F32).unwrap_err().to_string();
    assert!(message.contains(SLOPES) && message.contains("not numbers"), "{message}");
    save(&from, &schema().tensors, &[(SLOPES, &[0.0, 1e6])]);
    let message = convert(&from, &to, WeightType::F16).unwrap_err().to_string();
    assert!(message.contains(SLOPES) && message.contains("bf16"), "{message}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left behind");
}

#[test]
fn everything_that_does_not_fit_is_in_one_error() {
    let (_folder, from, to) = folder();
    let mut tensors = schema().tensors;
    let missing: Vec<String> = tensors.keys().filter(|name| name.starts_with("rgba")).cloned().collect();
    tensors.retain(|name, _| !name.starts_with("rgba"));
    tensors.insert("shader.extra".into(), vec![1]);
    tensors.insert(SLOPES.into(), vec![1, 224]);
    save(&from, &tensors, &[]);

    let problems = inspect(&from).unwrap().problems.unwrap();
    assert_eq!(problems.missing, missing);
    assert_eq!(problems.surplus, ["shader.extra"]);
    assert_eq!(problems.misshapen, [(SLOPES.to_owned(), vec![1, 224], vec![224])]);
    let load =
        WeightFile::open(&from, &schema()).unwrap().load(&schema(), &Device::Cpu, &Silent, |_| Ok(())).unwrap_err();
    for message in [load.to_string(), convert(&from, &to, WeightType::F32).unwrap_err().to_string()] {
        for part in ["from.safetensors", "10 tensors are missing", "… and 2 more", "shader.extra", "1×224 for 224"] {
            assert!(message.contains(part), "{part} is not in: {message}");
        }
    }
}

#[test]
fn a_folder_of_pth_files_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let small = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/small.pth");
    for network in ["udpparsernet", "target_pose_encoder", "shader"] {
        fs::copy(small, folder.path().join(format!("{network}.pth"))).unwrap();
    }
    let message = inspect(folder.path()).unwrap_err().to_string();
    assert!(message.contains("has no rgbadecodernet.pth"), "{message}");

    fs::copy(small, folder.path().join("rgbadecodernet.pth")).unwrap();
    let info = inspect(folder.path()).unwrap();
    assert_eq!(info.networks["shader"], (8, 24 * 4 + 8 + 24 + 1 + 3));
    assert_eq!(
        info.types,
        BTreeMap::from([("bf16".into(), 4), ("f16".into(), 4), ("f32".into(), 20), ("long".into(), 4)])
    );
    let problems = info.problems.unwrap();
    assert_eq!((problems.missing.len(), problems.surplus.len()), (486, 32));

    let message = inspect(&folder.path().join("shader.pth")).unwrap_err().to_string();
    assert!(message.contains("give the folder"), "{message}");
}

#[test]
fn what_is_not_there_is_named() {
    let message = inspect(Path::new("no/such/weights")).unwrap_err().to_string();
    assert!(message.contains("no/such/weights"), "{message}");
    let (_folder, from, _) = folder();
    save(&from, &schema().tensors, &[]);
    let message = convert(&from, Path::new("weights.pth"), WeightType::F32).unwrap_err().to_string();
    assert!(message.contains(".safetensors"), "{message}");
}

#[test]
fn a_file_tells_which_graph_it_is_of() {
    let (folder, from, to) = folder();
    let known = known();
    save(&from, &known[1].tensors, &[("eye.weight", &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0])]);
    let info = inspect(&from).unwrap();
    assert_eq!((info.graph.as_str(), info.version, info.parameters, info.problems), ("small", 3, 10, None));

    // What is nearly one of them is told apart, and what it lacks.
    let mut tensors = known[1].tensors.clone();
    tensors.remove("hand.bias");
    save(&to, &tensors, &[]);
    let info = inspect(&to).unwrap();
    assert_eq!(info.graph, "small");
    assert_eq!(info.problems.unwrap(), Problems { missing: vec!["hand.bias".into()], ..Problems::default() });

    // A folder is of the graph whose parts it has.
    let small = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/small.pth");
    let parts = folder.path().join("parts");
    fs::create_dir(&parts).unwrap();
    fs::copy(small, parts.join("hand.pth")).unwrap();
    let message = inspect(&parts).unwrap_err().to_string();
    assert!(message.contains("no eye.pth") && message.contains("eye.pth and hand.pth"), "{message}");
    fs::copy(small, parts.join("eye.pt")).unwrap();
    assert_eq!(inspect(&parts).unwrap().networks["eye"].0, 8);

    // What says that it is of an unknown graph, or of a later version, is believed.
    let with_metadata = |metadata: Value| {
        let header = json!({ "__metadata__": metadata }).to_string();
        fs::write(&to, [&(header.len() as u64).to_le_bytes(), header.as_bytes()].concat()).unwrap();
        inspect(&to).unwrap_err().to_string()
    };
    assert!(with_metadata(json!({ "graph": "psgan" })).contains("\"psgan\""));
    assert!(with_metadata(json!({ "graph": "small", "version": "4" })).contains("newer"));
}

#[test]
fn several_graphs_are_loaded_at_once() {
    let (_folder, large, small) = folder();
    let values: Vec<f32> = (0..224).map(|i| i as f32).collect();
    save(&large, &known()[0].tensors, &[(SLOPES, &values)]);
    save(&small, &known()[1].tensors, &[("hand.bias", &[1.0, 2.0, 3.0, 4.0])]);
    let known = known();
    let both = [large, small].map(|path| identify(&path, &known).unwrap());
    let loaded = both.each_ref().map(|(schema, file)| {
        let name = if schema.graph == "small" { ("hand.bias", 4) } else { (SLOPES, 224) };
        let load = |weights: &VarBuilder| weights.get(name.1, name.0)?.to_vec1::<f32>();
        file.load(schema, &Device::Cpu, &Silent, load).unwrap()
    });
    assert_eq!(loaded, [values, vec![1.0, 2.0, 3.0, 4.0]]);
    let (schema, _) = &both[0];
    let message = both[1].1.load(schema, &Device::Cpu, &Silent, |_| Ok(())).unwrap_err().to_string();
    assert!(message.contains("networks of conr"), "{message}");
}
