//! Kinds of files as tables: what each is called, by which names it goes, what reads it. Dialogs, drops, help and
//! messages all ask the table, so that a format is added in one place.

use std::ffi::OsStr;
use std::path::Path;

/// A kind of file.
#[derive(Clone, Copy, Debug)]
pub struct Format<R: 'static> {
    /// What people call it; several kinds may share a name.
    pub name: &'static str,
    /// Endings of its files' names, lower case, without the dot; the usual one first.
    pub extensions: &'static [&'static str],
    /// Everything is in the one file: nothing beside it has to go along.
    pub self_contained: bool,
    /// What reads it.
    pub reader: R,
}

impl<R> Format<R> {
    /// A file of that name is of this kind, as far as its ending tells.
    pub fn has(&self, path: &Path) -> bool {
        extension(path).is_some_and(|extension| self.extensions.contains(&extension.as_str()))
    }
}

/// The kind of a file by the ending of its name.
pub fn by_name<'f, R>(formats: &'f [Format<R>], path: &Path) -> Option<&'f Format<R>> {
    formats.iter().find(|format| format.has(path))
}

/// All endings, in the table's order.
pub fn extensions<R>(formats: &[Format<R>]) -> Vec<&'static str> {
    formats.iter().flat_map(|format| format.extensions).copied().collect()
}

/// `.vrm, .glb or .obj`: all endings in a sentence.
pub fn endings<R>(formats: &[Format<R>]) -> String {
    listed(&extensions(formats).iter().map(|extension| format!(".{extension}")).collect::<Vec<_>>())
}

/// `VRM (.vrm) or glTF (.glb, .gltf)`: all names with their endings in a sentence.
pub fn names<R>(formats: &[Format<R>]) -> String {
    let mut names: Vec<(&str, Vec<String>)> = Vec::new();
    for format in formats {
        let endings = format.extensions.iter().map(|extension| format!(".{extension}"));
        match names.iter_mut().find(|(name, _)| *name == format.name) {
            Some((_, known)) => known.extend(endings),
            None => names.push((format.name, endings.collect())),
        }
    }
    let name = |(name, endings): &(&str, Vec<String>)| format!("{name} ({})", endings.join(", "));
    listed(&names.iter().map(name).collect::<Vec<_>>())
}

fn extension(path: &Path) -> Option<String> {
    path.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase)
}

fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [word] => word.clone(),
        [words @ .., last] => format!("{} or {last}", words.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: [Format<u8>; 3] = [
        Format { name: "VRM", extensions: &["vrm"], self_contained: true, reader: 0 },
        Format { name: "glTF", extensions: &["glb"], self_contained: true, reader: 1 },
        Format { name: "glTF", extensions: &["gltf", "glTF.json"], self_contained: false, reader: 2 },
    ];

    #[test]
    fn a_table_answers_in_words_and_by_name() {
        assert_eq!(endings(&TABLE[..2]), ".vrm or .glb");
        assert_eq!(names(&TABLE), "VRM (.vrm) or glTF (.glb, .gltf, .glTF.json)");
        assert_eq!(extensions(&TABLE[..2]), ["vrm", "glb"]);
        assert_eq!(by_name(&TABLE, Path::new("a/b.GlB")).map(|f| f.reader), Some(1));
        assert!(by_name(&TABLE, Path::new("glb")).is_none());
    }
}
