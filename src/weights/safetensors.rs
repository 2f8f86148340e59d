//! `.safetensors`: a JSON header, then the tensors' bytes (<https://github.com/huggingface/safetensors>).

use super::{Contents, Kind, Schema, Stored, WeightError, WeightType, contiguous, count};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

/// The header of 486 tensors takes less than a hundredth of this.
const MAX_HEADER_BYTES: u64 = 8 << 20;

#[derive(Deserialize)]
struct Header {
    #[serde(rename = "__metadata__", default)]
    metadata: HashMap<String, String>,
    #[serde(flatten)]
    tensors: HashMap<String, Entry>,
}

#[derive(Deserialize)]
struct Entry {
    dtype: String,
    shape: Vec<usize>,
    /// Of the first byte and of the one behind the last, counted from the end of the header.
    data_offsets: (u64, u64),
}

/// What a file holds; ours say what they are of.
pub(super) fn contents(path: &Path) -> Result<Contents, WeightError> {
    let file = crate::files::open(path).map_err(WeightError::file(path))?;
    let length = file.metadata().map_err(WeightError::file(path))?.len();
    contents_of(file, length, path)
}

/// As [`contents`], of a file's bytes wherever they are; `path` is what messages call it.
pub(super) fn contents_of(mut file: impl Read, file_length: u64, path: &Path) -> Result<Contents, WeightError> {
    let refuse = |reason: &str| WeightError::no_weights(path, reason);
    let mut length = [0; 8];
    file.read_exact(&mut length).map_err(|_| refuse("it is too short for a .safetensors file"))?;
    let length = u64::from_le_bytes(length);
    if length > MAX_HEADER_BYTES || length > file_length.saturating_sub(8) {
        return Err(refuse("it is cut off, or no .safetensors file"));
    }
    let mut header = vec![0; length as usize];
    file.read_exact(&mut header).map_err(WeightError::file(path))?;
    let header: Header =
        serde_json::from_slice(&header).map_err(|e| refuse(&format!("its header is damaged ({e})")))?;
    let data = 8 + length;
    let tensors = header.tensors.into_iter().map(|(name, entry)| match entry.stored(data, file_length) {
        Some(stored) => Ok((name, stored)),
        None => Err(refuse(&format!("the values of {name} are cut off"))),
    });
    let said = |what: &str| header.metadata.get(what).cloned();
    let tensors = tensors.collect::<Result<_, _>>()?;
    Ok(Contents { graph: said("graph"), version: said("version"), of: said("of"), tensors })
}

impl Entry {
    /// None if the offsets are not those of a tensor of this shape inside the file.
    fn stored(self, data: u64, file_length: u64) -> Option<Stored> {
        let kind = match self.dtype.as_str() {
            "F32" => Kind::Readable(WeightType::F32),
            "F16" => Kind::Readable(WeightType::F16),
            "BF16" => Kind::Readable(WeightType::Bf16),
            other => Kind::Other(other.to_lowercase()),
        };
        let (begin, end) = self.data_offsets;
        let (offset, past) = (data.checked_add(begin)?, data.checked_add(end)?);
        if let Kind::Readable(kind) = kind
            && end.checked_sub(begin)? != count(&self.shape)?.checked_mul(kind.size())? as u64
        {
            return None;
        }
        (past <= file_length).then(|| Stored { kind, strides: contiguous(&self.shape), shape: self.shape, offset })
    }
}

/// The header of a graph's file of these tensors, which follow it without gaps; `of`: whose weights they change.
pub(super) fn header<'a>(
    schema: &Schema,
    of: Option<&str>,
    tensors: impl Iterator<Item = (&'a str, &'a [usize])>,
    kind: WeightType,
) -> Vec<u8> {
    let dtype = match kind {
        WeightType::F32 => "F32",
        WeightType::F16 => "F16",
        WeightType::Bf16 => "BF16",
    };
    let mut entries = Map::new();
    let mut said = json!({ "graph": schema.graph, "version": schema.version.to_string() });
    if let Some(of) = of {
        said["of"] = of.into();
    }
    entries.insert("__metadata__".into(), said);
    let mut begin = 0;
    for (name, shape) in tensors {
        let end = begin + shape.iter().product::<usize>() * kind.size();
        entries.insert(name.into(), json!({ "dtype": dtype, "shape": shape, "data_offsets": [begin, end] }));
        begin = end;
    }
    let mut json = Value::Object(entries).to_string().into_bytes();
    json.resize(json.len().next_multiple_of(8), b' ');
    [&(json.len() as u64).to_le_bytes(), json.as_slice()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;
    use tempfile::TempDir;

    fn saved(header: &str, data: &[u8]) -> (TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w.safetensors");
        let length = (header.len() as u64).to_le_bytes();
        std::fs::write(&path, [&length, header.as_bytes(), data].concat()).unwrap();
        (folder, path)
    }

    fn refusal(header: &str, data: &[u8]) -> String {
        let (_folder, path) = saved(header, data);
        contents(&path).err().unwrap().to_string()
    }

    #[test]
    fn offsets_must_fit() {
        let ok = r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#;
        let (_folder, path) = saved(ok, &[0; 8]);
        assert_eq!(contents(&path).unwrap().tensors[0].1.offset, 8 + ok.len() as u64);
        assert!(refusal(ok, &[0; 7]).contains("cut off"));
        for bad in [
            r#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#,
            r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#,
            r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[18446744073709551608,18446744073709551615]}}"#,
            r#"{"a":{"dtype":"F32","shape":[9223372036854775807,9223372036854775807],"data_offsets":[0,8]}}"#,
        ] {
            assert!(refusal(bad, &[0; 8]).contains("values of a"), "{bad}");
        }
    }

    #[test]
    fn what_is_no_header_is_refused() {
        assert!(refusal("{", &[]).contains("damaged"));
        assert!(refusal(&"[".repeat(100_000), &[]).contains("damaged"));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("short.safetensors");
        for bytes in [&b""[..], b"abc", &[0xff; 8], &[0xff; 64]] {
            std::fs::write(&path, bytes).unwrap();
            assert!(contents(&path).is_err());
        }
    }
}
