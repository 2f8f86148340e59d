//! Weights by the folder that they lie in.

use super::{PYTORCH, Schema, by_name};
use std::path::{Path, PathBuf};

/// The weights that somebody means by a folder: the folder itself, if it has PyTorch's file of a part of one of the `known`
/// graphs (whether all are there is seen on loading), or else the only whole file in it. `None`: there are none.
pub fn in_folder(folder: &Path, known: &[Schema]) -> Option<PathBuf> {
    let has =
        |part: &&'static str| PYTORCH.extensions.iter().any(|ending| folder.join(format!("{part}.{ending}")).is_file());
    if known.iter().any(|schema| schema.parts.iter().any(has)) {
        return Some(folder.to_owned());
    }
    let files = std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
    let mut whole = files.filter(|path| by_name(path).is_some_and(|format| format.reader.whole) && path.is_file());
    whole.next().filter(|_| whole.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn a_folder_stands_for_the_weights_in_it() {
        let graph = Schema { graph: "g", version: 1, parts: &["body", "head"], tensors: BTreeMap::new() };
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str| std::fs::write(folder.path().join(name), b"").unwrap();
        let found = || in_folder(folder.path(), std::slice::from_ref(&graph));
        put("front.png");
        put("tail.pth");
        assert_eq!(found(), None);
        put("a.safetensors");
        assert_eq!(found(), Some(folder.path().join("a.safetensors")));
        put("b.safetensors");
        assert_eq!(found(), None, "nobody knows which");
        put("head.pt");
        assert_eq!(found(), Some(folder.path().to_owned()));
        assert_eq!(in_folder(&folder.path().join("gone"), std::slice::from_ref(&graph)), None);
    }
}
