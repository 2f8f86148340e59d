//! PyTorch's `.pth`: an uncompressed zip of a pickle and of the bytes of each storage.

use super::{Contents, Kind, Stored, WeightError, WeightType, count, pickle};
use std::collections::HashMap;
use std::io::{BufReader, Read, Seek};
use std::path::Path;
use zip::{CompressionMethod, ZipArchive};

/// The pickle of a large network takes less than a tenth of this.
const MAX_PICKLE_BYTES: u64 = 1 << 20;

/// What a `.pth` file holds: tensors alone.
pub(super) fn contents(path: &Path) -> Result<Contents, WeightError> {
    Ok(Contents { graph: None, version: None, of: None, tensors: index(path)? })
}

/// The tensors of the `state_dict` in a `.pth` file.
fn index(path: &Path) -> Result<Vec<(String, Stored)>, WeightError> {
    let refuse = |reason: String| WeightError::no_weights(path, reason);
    let mut file = crate::files::open(path).map_err(WeightError::file(path))?;
    let file_length = file.metadata().map_err(WeightError::file(path))?.len();
    let mut start = Vec::new();
    file.by_ref().take(4).read_to_end(&mut start).map_err(WeightError::file(path))?;
    file.rewind().map_err(WeightError::file(path))?;
    match start[..] {
        [b'P', b'K', 3, 4] => {}
        [0x80, 2, 0x8a, _] => {
            return Err(refuse(
                "it is in PyTorch's format of before 2020; load it in PyTorch and save it again".into(),
            ));
        }
        _ => return Err(refuse("it is no PyTorch file".into())),
    }
    let damaged = |e: &dyn std::fmt::Display| refuse(format!("it is cut off or damaged ({e})"));
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|e| damaged(&e))?;
    let mut entries = HashMap::new();
    for i in 0..archive.len() {
        let entry = archive.by_index_raw(i).map_err(|e| damaged(&e))?;
        // What an archive says of its entries may be more than it holds.
        let end = entry.data_start().checked_add(entry.size());
        if entry.compression() == CompressionMethod::Stored && end.is_some_and(|end| end <= file_length) {
            entries.insert(entry.name().to_owned(), (entry.data_start(), entry.size()));
        }
    }
    let folder = entries.keys().find_map(|name| name.strip_suffix("data.pkl")).map(str::to_owned);
    let folder = folder.ok_or_else(|| refuse("it is a zip file, but not one of PyTorch's".into()))?;
    let mut read = |name: &str, limit: u64| -> Result<Vec<u8>, WeightError> {
        let mut bytes = Vec::new();
        let entry = archive.by_name(name).map_err(|e| damaged(&e))?;
        entry.take(limit).read_to_end(&mut bytes).map_err(|e| damaged(&e))?;
        Ok(bytes)
    };
    let byte_order = format!("{folder}byteorder");
    if entries.contains_key(&byte_order) && read(&byte_order, 16)? != b"little" {
        return Err(refuse("its numbers have their high bytes first; save it on an ordinary machine".into()));
    }
    let pickle = read(&format!("{folder}data.pkl"), MAX_PICKLE_BYTES + 1)?;
    if pickle.len() as u64 > MAX_PICKLE_BYTES {
        return Err(refuse("its description is far larger than that of any network".into()));
    }
    let views = pickle::tensors(&pickle).map_err(refuse)?;
    views
        .into_iter()
        .map(|(name, view)| {
            let &(start, length) = entries
                .get(&format!("{folder}data/{}", view.storage))
                .ok_or_else(|| refuse(format!("the values of {name} are not in it")))?;
            let stored = Stored { kind: view.kind, shape: view.shape, strides: view.strides, offset: start };
            match stored.starting_at(view.first, length) {
                Some(stored) => Ok((name, stored)),
                None => Err(refuse(format!("the values of {name} are cut off"))),
            }
        })
        .collect()
}

impl Stored {
    /// Moves the tensor to the `first` value of its storage; none if it reaches beyond the storage's `length` bytes.
    fn starting_at(mut self, first: u64, length: u64) -> Option<Self> {
        let size = match self.kind {
            Kind::Readable(kind) => WeightType::size(kind) as u64,
            // Will be refused by name; where it is does not matter.
            Kind::Other(_) => return Some(self),
        };
        let end = first.checked_add(self.span()? as u64)?.checked_mul(size)?;
        self.offset = self.offset.checked_add(first.checked_mul(size)?)?;
        // Strides of zero could make much of little.
        let honest = count(&self.shape)? as u64 <= length / size;
        (end <= length && honest).then_some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::weights::file::read;
    use std::path::PathBuf;

    fn reference(name: &str) -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(name)
    }

    /// What `tests/reference/small_pth.py` saved with PyTorch.
    #[test]
    fn reads_what_pytorch_wrote() {
        let path = reference("small.pth");
        let tensors: HashMap<_, _> = index(&path).unwrap().into_iter().collect();
        assert_eq!(tensors.len(), 8);
        let values = |name: &str| read(&path, &tensors[name]).unwrap();
        let counted: Vec<f32> = (0..24).map(|i| i as f32 / 4.0).collect();
        assert_eq!(tensors["plain"].shape, [2, 3, 4]);
        assert_eq!(values("plain"), counted);
        assert_eq!(values("half"), counted);
        assert_eq!(values("bfloat"), counted);
        assert_eq!(values("parameter"), counted);
        assert_eq!(values("tail"), counted[16..]);
        let transposed: Vec<f32> = (0..24).map(|i| counted[i % 2 * 12 + i / 2]).collect();
        assert_eq!(tensors["transposed"].shape, [12, 2]);
        assert_eq!(values("transposed"), transposed);
        assert_eq!(values("scalar"), [1.5]);
        assert_eq!(tensors["whole"].kind, Kind::Other("long".into()));
    }

    #[test]
    fn a_truncated_file_is_refused() {
        let whole = std::fs::read(reference("small.pth")).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cut.pth");
        for length in (0..whole.len()).step_by(97) {
            std::fs::write(&path, &whole[..length]).unwrap();
            let message = index(&path).unwrap_err().to_string();
            assert!(message.contains("cut.pth"), "{message}");
        }
    }

    #[test]
    fn damaged_bytes_do_no_harm() {
        let whole = std::fs::read(reference("small.pth")).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("damaged.pth");
        for place in (0..whole.len()).step_by(7) {
            let mut bytes = whole.clone();
            bytes[place] ^= 0xff;
            std::fs::write(&path, &bytes).unwrap();
            for (_, stored) in index(&path).into_iter().flatten() {
                let _ = read(&path, &stored);
            }
        }
    }

    #[test]
    fn other_files_are_named_as_what_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("old.pth");
        std::fs::write(&path, b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.").unwrap();
        assert!(index(&path).unwrap_err().to_string().contains("before 2020"));
        std::fs::write(&path, b"<!DOCTYPE html>").unwrap();
        assert!(index(&path).unwrap_err().to_string().contains("no PyTorch file"));
    }
}
