//! A weight file of zeros.

use serde_json::{Map, Value, json};
use settei::conr::Networks;
use settei::weights::Schema;
use std::fs::File;
use std::io::Write;
use std::path::Path;

/// Writes it: sparse, so that its size costs no disk. What is painted with it is grey, what that costs is the same.
pub(crate) fn write(path: &Path) {
    let (mut entries, mut end) = (Map::new(), 0);
    for (name, shape) in Schema::of::<Networks>().unwrap().tensors {
        let begin = end;
        end += 2 * shape.iter().product::<usize>();
        entries.insert(name, json!({ "dtype": "F16", "shape": shape, "data_offsets": [begin, end] }));
    }
    let header = Value::Object(entries).to_string();
    let mut file = File::create(path).unwrap();
    file.write_all(&(header.len() as u64).to_le_bytes()).unwrap();
    file.write_all(header.as_bytes()).unwrap();
    file.set_len((8 + header.len() + end) as u64).unwrap();
}
