//! What several test files share: reference arrays and weights.

pub(crate) mod fude;
pub(crate) mod psgan;
pub(crate) mod rule;
pub(crate) mod zeros;

use npyz::NpyFile;
use std::fs::File;
use std::path::PathBuf;
use zip::ZipArchive;

/// An `.npz` of `tests/reference`.
pub(crate) struct Npz(PathBuf);

impl Npz {
    pub(crate) fn open(name: &str) -> Self {
        Self(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(name))
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let archive = self.archive();
        archive.file_names().map(|name| name.trim_end_matches(".npy").to_owned()).collect()
    }

    /// Shape and values of one array.
    pub(crate) fn array<T: npyz::Deserialize>(&self, name: &str) -> (Vec<u64>, Vec<T>) {
        let mut archive = self.archive();
        let entry = archive.by_name(&format!("{name}.npy")).unwrap_or_else(|e| panic!("{name}: {e}"));
        let array = NpyFile::new(entry).unwrap();
        (array.shape().to_vec(), array.into_vec().unwrap())
    }

    fn archive(&self) -> ZipArchive<File> {
        ZipArchive::new(File::open(&self.0).unwrap()).unwrap()
    }
}
