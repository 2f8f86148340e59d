//! Weights that are part of the program: whatever lies in `weights/` when it is built.

use super::{Contents, Schema, WeightError, WeightFile, safetensors};
use crate::files;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

include!(concat!(env!("OUT_DIR"), "/shipped.rs"));

/// A weight file that is part of the program.
#[derive(Clone, Copy)]
pub struct Shipped {
    /// The file's name.
    pub name: &'static str,
    /// The whole file, a `.safetensors`.
    pub bytes: &'static [u8],
}

/// All of them; there may be none.
pub fn shipped() -> &'static [Shipped] {
    SHIPPED
}

impl Shipped {
    /// What messages call it.
    pub fn path(&self) -> PathBuf {
        Path::new("built in").join(self.name)
    }

    /// The graph that it says it is of.
    pub fn graph(&self) -> Option<String> {
        self.contents().ok()?.graph
    }

    /// Which edition of them it is: six digits, others whenever they have learned more.
    pub fn edition(&self) -> &'static str {
        // What is in the program doesn't change.
        static OF: LazyLock<Vec<String>> =
            LazyLock::new(|| shipped().iter().map(|shipped| files::hash(shipped.bytes)[10..].to_owned()).collect());
        let at = shipped().iter().position(|shipped| shipped == self);
        at.map_or("", |at| &OF[at])
    }

    pub(super) fn contents(&self) -> Result<Contents, WeightError> {
        safetensors::contents_of(self.bytes, self.bytes.len() as u64, &self.path())
    }
}

impl PartialEq for Shipped {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl std::fmt::Debug for Shipped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shipped").field("name", &self.name).field("bytes", &self.bytes.len()).finish()
    }
}

/// Where weights are.
#[derive(Clone, Debug, PartialEq)]
pub enum WeightSource {
    /// The user's, a file or a folder.
    Path(PathBuf),
    /// The program's own.
    Shipped(Shipped),
}

impl WeightSource {
    /// Opens them, as [`WeightFile::open`] does.
    ///
    /// # Errors
    /// As [`WeightFile::open`].
    pub fn open(&self, schema: &Schema) -> Result<WeightFile, WeightError> {
        match self {
            Self::Path(path) => WeightFile::open(path, schema),
            Self::Shipped(shipped) => WeightFile::built_in(shipped, schema),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;
    use crate::weights::{WeightType, write};
    use candle_core::Device;
    use std::collections::BTreeMap;

    #[test]
    fn weights_in_the_program_are_read_as_those_in_files() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.safetensors");
        let tensors = BTreeMap::from([("part.x".to_owned(), vec![2, 3]), ("part.y".to_owned(), vec![1])]);
        let schema = Schema { graph: "g", version: 2, parts: &["part"], tensors };
        write(&path, &schema, WeightType::F16, |_, shape| (0..shape.iter().product()).map(|i| i as f32).collect())
            .unwrap();
        let bytes: &'static [u8] = Box::leak(std::fs::read(&path).unwrap().into_boxed_slice());
        let whole = Shipped { name: "a.safetensors", bytes };
        assert_eq!(whole.graph().as_deref(), Some("g"));
        let file = WeightSource::Shipped(whole).open(&schema).unwrap();
        let x = file.load(&schema, &Device::Cpu, &Silent, |weights| weights.get((2, 3), "part.x")).unwrap();
        assert_eq!(x.flatten_all().unwrap().to_vec1::<f32>().unwrap(), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
        let cut = WeightSource::Shipped(Shipped { bytes: &bytes[..bytes.len() - 2], ..whole });
        let message = cut.open(&schema).unwrap_err().to_string();
        assert!(message.contains("built in") && message.contains("cut off"), "{message}");
    }
}
