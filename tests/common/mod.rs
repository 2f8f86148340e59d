//! What several test files share: reference arrays and weights.

pub(crate) mod fude;
pub(crate) mod rule;
pub(crate) mod zeros;

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

/// An `.npz` of `tests/reference`.
pub(crate) struct Npz(PathBuf);

impl Npz {
    pub(crate) fn open(name: &str) -> Self {
        Self(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(name))
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let archive = npyz::npz::NpzArchive::open(&self.0).unwrap();
        archive.array_names().map(str::to_owned).collect()
    }

    /// Shape and values of one array.
    pub(crate) fn array<T: npyz::Deserialize>(&self, name: &str) -> (Vec<u64>, Vec<T>) {
        let mut archive = npyz::npz::NpzArchive::<BufReader<File>>::open(&self.0).unwrap();
        let array = archive.by_name(name).unwrap().unwrap_or_else(|| panic!("{name} is missing"));
        (array.shape().to_vec(), array.into_vec().unwrap())
    }
}
