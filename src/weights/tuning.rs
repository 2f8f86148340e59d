//! Small files of changes: what some of a graph's weights become for one character. They belong to the weights that they
//! were learned from, and say so.

use super::convert::write_of;
use super::{Schema, WeightError, WeightFile, WeightType, safetensors};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Changes to weights, of which only the table of contents has been read.
#[derive(Debug)]
pub struct Tuning {
    path: PathBuf,
    /// The fingerprint of the weights that it belongs to.
    of: String,
    file: WeightFile,
}

impl Tuning {
    /// Opens a file of changes that holds the tensors of `schema`.
    ///
    /// # Errors
    /// It can't be read, or is no such file.
    pub fn open(path: &Path, schema: &Schema) -> Result<Self, WeightError> {
        let file = WeightFile::open(path, schema)?;
        let no_tuning = || WeightError::no_weights(path, "it is no tuning of weights; `settei train sheet` makes one");
        let of = safetensors::contents(path)?.of.ok_or_else(no_tuning)?;
        file.must_fit(schema)?;
        Ok(Self { path: path.to_owned(), of, file })
    }
}

impl WeightFile {
    /// What tells these numbers from others, however they are stored: FNV-1a (Fowler, Noll & Vo) by words, of all values in
    /// the order of their tensors' names.
    ///
    /// # Errors
    /// A tensor that can't be read.
    pub fn fingerprint(&self) -> Result<String, WeightError> {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let names: Vec<String> = self.tensors().map(|(name, _)| name.to_owned()).collect();
        for name in names {
            for value in self.read(&name)? {
                hash = (hash ^ u64::from(value.to_bits())).wrapping_mul(0x0100_0000_01b3);
            }
        }
        Ok(format!("{hash:016x}"))
    }

    /// The values of every tensor of a schema.
    ///
    /// # Errors
    /// A tensor that is missing or can't be read.
    pub fn values(&self, schema: &Schema) -> Result<BTreeMap<String, Vec<f32>>, WeightError> {
        self.must_fit(schema)?;
        schema.tensors.keys().map(|name| Ok((name.clone(), self.read(name)?))).collect()
    }

    /// These weights with a `share` of the changes in `tuning`: 0 as they are, 1 as tuned.
    ///
    /// # Errors
    /// Changes of other weights; a tensor that can't be read.
    pub fn tuned(self, tuning: &Tuning, share: f32) -> Result<Self, WeightError> {
        if self.fingerprint()? != tuning.of {
            let reason = "it was made for other weights than these: take those again, or tune anew";
            return Err(WeightError::no_weights(&tuning.path, reason));
        }
        let mut changes = BTreeMap::new();
        for (name, _) in tuning.file.tensors() {
            let values = tuning.file.read(name)?;
            changes.insert(name.to_owned(), values.into_iter().map(|v| share * v).collect());
        }
        Ok(self.with_changes(changes))
    }
}

/// Writes changes to the weights of this fingerprint, 16 bits each; `changes` gives them by name and shape.
///
/// # Errors
/// A file that can't be written.
pub fn write_tuning(
    to: &Path,
    schema: &Schema,
    of: &str,
    changes: impl FnMut(&str, &[usize]) -> Vec<f32>,
) -> Result<(), WeightError> {
    write_of(to, schema, Some(of), WeightType::F16, changes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::weights::write;

    fn schema(graph: &'static str, names: &[&str]) -> Schema {
        let tensors = names.iter().map(|name| (format!("part.{name}"), vec![2])).collect();
        Schema { graph, version: 1, parts: &["part"], tensors }
    }

    #[test]
    fn a_share_of_the_changes_is_added_to_the_weights_they_belong_to_and_to_no_others() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        let (whole, some) = (schema("g", &["x", "y"]), schema("g-tuning", &["y"]));
        for (name, first) in [("a.safetensors", 1.0), ("b.safetensors", 2.0)] {
            write(&file(name), &whole, WeightType::F32, |_, _| vec![first, -1.0]).unwrap();
        }
        let open = |name: &str| WeightFile::open(&file(name), &whole).unwrap();
        let of = open("a.safetensors").fingerprint().unwrap();
        assert_ne!(of, open("b.safetensors").fingerprint().unwrap());
        write_tuning(&file("t.safetensors"), &some, &of, |_, _| vec![0.5, 0.25]).unwrap();
        let tuning = Tuning::open(&file("t.safetensors"), &some).unwrap();
        for (share, expected) in [(0.0, [1.0, -1.0]), (0.5, [1.25, -0.875]), (1.0, [1.5, -0.75])] {
            let values = open("a.safetensors").tuned(&tuning, share).unwrap().values(&whole).unwrap();
            assert_eq!((&values["part.x"][..], &values["part.y"][..]), (&[1.0, -1.0][..], &expected[..]));
        }
        let message = open("b.safetensors").tuned(&tuning, 1.0).unwrap_err().to_string();
        assert!(message.contains("t.safetensors") && message.contains("other weights"), "{message}");
        write(&file("c.safetensors"), &some, WeightType::F16, |_, _| vec![0.5, 0.25]).unwrap();
        let message = Tuning::open(&file("c.safetensors"), &some).unwrap_err().to_string();
        assert!(message.contains("no tuning"), "{message}");
        let message = Tuning::open(&file("a.safetensors"), &some).unwrap_err().to_string();
        assert!(message.contains("a.safetensors") && message.contains("g-tuning"), "{message}");
    }
}
