//! [`OutputFolder`]: where a command puts its results without ever harming what it didn't make.
//!
//! A hidden list in the folder, `.settei-output.jsonl`, has one line for each file written: by which command, how long,
//! with which hash. So the same command may run again and replace its own results, and whatever a user put there or
//! changed since is recognised. One line is added per file, before the file is there: a run that was stopped, at
//! whatever moment, is remembered too.

use super::draft::Draft;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};
use std::io::{self, Read as _, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

const LIST: &str = ".settei-output.jsonl";
/// Left behind by file managers in every folder they have shown.
pub(super) const CLUTTER: [&str; 3] = [".DS_Store", "Thumbs.db", "desktop.ini"];
/// File systems take 255 bytes a name; some of it is left for number and extension.
const MAX_STEM_BYTES: usize = 200;

/// A folder that a command may write its results to.
#[derive(Debug)]
pub struct OutputFolder {
    path: PathBuf,
    command: String,
    /// Stems given out in this run, in lower case.
    stems: Mutex<HashSet<String>>,
    /// Keeps the lines of the list whole.
    list: Mutex<()>,
    /// Folders that weren't there before, the deepest first.
    made: Vec<PathBuf>,
}

/// All folders that this process made for results. Those that nothing was written to go when it ends.
static MADE: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Why results can't go where they should. Every message names the folder and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// It holds what this command didn't make.
    #[error(
        "the folder {path} holds other files ({others}). Choose another folder for the results, or add --overwrite \
         to write into this one; files of the same names are then replaced",
        path = path.display()
    )]
    HoldsOthers {
        /// The folder.
        path: PathBuf,
        /// Some of them.
        others: String,
    },
    /// A file or a device has that name.
    #[error("{path} is not a folder. Choose another name for the results' folder", path = path.display())]
    NotAFolder {
        /// What was given.
        path: PathBuf,
    },
    /// The list would be written somewhere else.
    #[error("{path} is no ordinary file, but the list of results belongs there. Take it away, or choose another folder", path = path.display())]
    List {
        /// The list's path.
        path: PathBuf,
    },
    /// It can't be made, looked into or written to.
    #[error("can't write to the folder {path}: {source}", path = path.display())]
    Io {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl OutputError {
    /// A folder that holds files of these names.
    pub fn holds_others(path: &Path, mut names: Vec<String>) -> Self {
        names.sort();
        Self::HoldsOthers { path: path.to_path_buf(), others: some_of(names) }
    }
}

/// One line of the list.
#[derive(Debug, Deserialize, Serialize)]
struct Entry {
    file: String,
    command: String,
    bytes: u64,
    /// Of the content.
    hash: String,
}

impl OutputFolder {
    /// Makes the folder or accepts what is there: an empty one, or one with nothing but unchanged results of the same
    /// `command`. With `overwrite` any folder is accepted. Call it before any work begins.
    ///
    /// # Errors
    /// A folder that holds other files; a name that is taken; a folder that can't be written to.
    pub fn open(path: &Path, command: &str, overwrite: bool) -> Result<Self, OutputError> {
        let failed = |source| OutputError::Io { path: path.to_path_buf(), source };
        if path.exists() && !path.is_dir() {
            return Err(OutputError::NotAFolder { path: path.to_path_buf() });
        }
        let there = |folder: &&Path| folder.as_os_str().is_empty() || folder.exists();
        let made: Vec<_> = path.ancestors().take_while(|folder| !there(folder)).map(Path::to_path_buf).collect();
        lock(&MADE).extend(made.iter().cloned());
        let folder = Self {
            path: path.to_path_buf(),
            command: command.to_owned(),
            stems: Mutex::default(),
            list: Mutex::default(),
            made,
        };
        std::fs::create_dir_all(path).map_err(failed)?;
        let list = path.join(LIST);
        if std::fs::symlink_metadata(&list).is_ok_and(|list| !list.is_file()) {
            return Err(OutputError::List { path: list });
        }
        if !overwrite {
            let others = others(path, command).map_err(failed)?;
            if !others.is_empty() {
                return Err(OutputError::holds_others(path, others));
            }
        }
        Draft::beside(&list).map_err(failed)?;
        Ok(folder)
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A name for results that no other result of this run has and every file system takes: `wanted`, else `wanted-2` …
    pub fn unique_stem(&self, wanted: &str) -> String {
        let clean = clean_stem(wanted);
        let mut stems = lock(&self.stems);
        let mut stem = clean.clone();
        let mut number = 1;
        while !stems.insert(stem.to_lowercase()) {
            number += 1;
            stem = format!("{clean}-{number}");
        }
        stem
    }

    /// Writes `bytes` to the file `name` in the folder, whole or not at all, and remembers having made it.
    ///
    /// # Errors
    /// Whatever the file system says, with the file's path.
    pub fn write(&self, name: &str, bytes: &[u8]) -> io::Result<PathBuf> {
        let path = self.path.join(name);
        let with_path = |e: io::Error| io::Error::new(e.kind(), format!("can't write {}: {e}", path.display()));
        if path.is_dir() {
            return Err(with_path(io::Error::new(io::ErrorKind::IsADirectory, "a folder has this name")));
        }
        let entry = Entry {
            file: name.to_owned(),
            command: self.command.clone(),
            bytes: bytes.len() as u64,
            hash: hash(bytes),
        };
        self.remember(&entry)?;
        super::write(&path, bytes).map_err(with_path)?;
        Ok(path)
    }

    /// Adds a line to the list.
    fn remember(&self, entry: &Entry) -> io::Result<()> {
        let path = self.path.join(LIST);
        let with_path = |e: io::Error| io::Error::new(e.kind(), format!("can't write {}: {e}", path.display()));
        // The break comes first: it also ends a line that a crash cut short.
        let line = format!("\n{}", serde_json::to_string(entry)?);
        let _whole_lines = lock(&self.list);
        let mut options = std::fs::OpenOptions::new();
        options.create(true).append(true);
        // Looked at already, but it may have become a link since.
        #[cfg(target_os = "linux")]
        std::os::unix::fs::OpenOptionsExt::custom_flags(
            &mut options,
            rustix::fs::OFlags::NOFOLLOW.bits().cast_signed(),
        );
        options.open(&path).and_then(|mut list| list.write_all(line.as_bytes())).map_err(with_path)
    }
}

impl Drop for OutputFolder {
    fn drop(&mut self) {
        self.made.iter().for_each(|made| remove_if_unused(made));
    }
}

/// Takes away the folders that this process made for results and wrote nothing to, when it ends before its work does.
pub fn remove_unused() {
    lock(&MADE).iter().for_each(|made| remove_if_unused(made));
}

/// Takes a folder of ours away that holds nothing, or the list of a result that never came.
fn remove_if_unused(folder: &Path) {
    let names = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.file_name());
    if names.take(2).collect::<Vec<_>>() == [LIST] {
        let _ = std::fs::remove_file(folder.join(LIST));
    }
    let _ = std::fs::remove_dir(folder);
}

/// The names in a folder that aren't unchanged results of `command`.
fn others(folder: &Path, command: &str) -> io::Result<Vec<String>> {
    let list = match super::read(&folder.join(LIST), 64 << 20) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(e) if e.kind() == io::ErrorKind::NotFound => String::new(),
        Err(e) => return Err(e),
    };
    // A file may be what any of its lines says: the last was perhaps written for a result that never came. A line cut
    // short by a crash stands for no file.
    let mut made: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    for entry in list.lines().filter_map(|line| serde_json::from_str::<Entry>(line).ok()) {
        if entry.command == command {
            made.entry(entry.file.clone()).or_default().push(entry);
        }
    }
    let mut others = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let known = super::is_rubbish(&entry.path())
            || name
                .to_str()
                .is_some_and(|name| name == LIST || made.get(name).is_some_and(|made| is_one_of(&entry.path(), made)));
        if !known {
            others.push(name.to_string_lossy().into_owned());
        }
    }
    Ok(others)
}

/// The file is what one of these lines says.
fn is_one_of(path: &Path, made: &[Entry]) -> bool {
    let Ok(metadata) = std::fs::symlink_metadata(path) else { return false };
    let bytes = metadata.len();
    metadata.is_file()
        && made.iter().any(|made| made.bytes == bytes)
        && super::read(path, bytes).is_ok_and(|content| {
            let hash = hash(&content);
            made.iter().any(|made| made.bytes == bytes && made.hash == hash)
        })
}

/// The first names, and how many more there are.
fn some_of(names: Vec<String>) -> String {
    let shown = names.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(", ");
    if names.len() > 3 { format!("{shown} and {} more", names.len() - 3) } else { shown }
}

/// `wanted` without what some file system refuses.
pub fn clean_stem(wanted: &str) -> String {
    let mut stem: String =
        wanted.chars().map(|c| if c.is_control() || r#"/\:*?"<>|"#.contains(c) { '_' } else { c }).collect();
    while stem.len() > MAX_STEM_BYTES {
        stem.pop();
    }
    // Leading dots hide a file, and Windows drops trailing ones.
    let mut stem = stem.trim().trim_matches('.').trim().to_owned();
    let device = stem.to_ascii_uppercase();
    let device = device.split('.').next().unwrap_or_default();
    let numbered =
        |prefix| device.strip_prefix(prefix).is_some_and(|n: &str| n.len() == 1 && n.as_bytes()[0].is_ascii_digit());
    if ["CON", "PRN", "AUX", "NUL"].contains(&device) || numbered("COM") || numbered("LPT") {
        stem.insert(0, '_');
    }
    if stem.is_empty() { "unnamed".to_owned() } else { stem }
}

/// What tells one content from another: FNV-1a, 64 bits, hexadecimal. Nobody is kept from making two that agree.
pub fn hash(bytes: &[u8]) -> String {
    format!("{:016x}", hash_number(bytes))
}

/// The same as a number.
pub fn hash_number(bytes: &[u8]) -> u64 {
    fnv1a(FNV_BASIS, bytes)
}

/// The same of a file's content, of which no more than a piece is in memory.
///
/// # Errors
/// Whatever the file system says.
pub fn hash_of(path: &Path) -> io::Result<String> {
    let mut file = super::open(path)?;
    let (mut hash, mut piece) = (FNV_BASIS, vec![0; 1 << 16]);
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(format!("{hash:016x}")),
            length => hash = fnv1a(hash, &piece[..length]),
        }
    }
}

/// What the hash begins with (Fowler, Noll and Vo, 1a, 64 bits).
const FNV_BASIS: u64 = 0xcbf2_9ce4_8422_2325;

fn fnv1a(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// What these locks guard is sound after a panic elsewhere.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(path: &Path, command: &str) -> String {
        OutputFolder::open(path, command, false).unwrap_err().to_string()
    }

    #[test]
    fn the_same_command_may_run_again() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("new/设定 out");
        for content in [b"one".as_slice(), b"another"] {
            let folder = OutputFolder::open(&path, "render", false).unwrap();
            let file = folder.write("a.png", content).unwrap();
            assert_eq!(std::fs::read(file).unwrap(), content);
        }
        // Files are as readable as any new one, and nothing temporary is left.
        let mut names: Vec<_> = std::fs::read_dir(&path).unwrap().map(|e| e.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, [LIST, "a.png"]);
        // Another command's results are other files: a sheet's drawings must not be replaced by what is drawn from it.
        assert!(refusal(&path, "sheet").contains("holds other files (a.png). Choose another folder"));
    }

    #[test]
    fn what_others_made_or_changed_is_never_touched() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("out");
        OutputFolder::open(&path, "render", false).unwrap().write("a.png", b"made").unwrap();
        std::fs::write(path.join(".DS_Store"), "").unwrap();
        std::fs::write(path.join("a.png"), "edit").unwrap();
        assert!(refusal(&path, "render").contains("(a.png)"));
        std::fs::write(path.join("a.png"), "made").unwrap();
        assert!(OutputFolder::open(&path, "render", false).is_ok());
        for name in ["b", "c", "d", "e"] {
            std::fs::write(path.join(name), "mine").unwrap();
        }
        let message = refusal(&path, "render");
        assert!(message.contains("(b, c, d and 1 more)") && message.contains("--overwrite"), "{message}");
        assert!(message.contains(&path.display().to_string()));

        let folder = OutputFolder::open(&path, "render", true).unwrap();
        folder.write("b", b"results").unwrap();
        assert_eq!(std::fs::read(path.join("b")).unwrap(), b"results");
        assert_eq!(std::fs::read(path.join("c")).unwrap(), b"mine");
        assert!(refusal(&path, "render").contains("(c, d, e)"));
    }

    #[test]
    fn a_cut_off_list_forgets_one_file_only() {
        let parent = tempfile::tempdir().unwrap();
        let folder = OutputFolder::open(parent.path(), "render", false).unwrap();
        for name in ["a", "b"] {
            folder.write(name, b"made").unwrap();
        }
        let list = std::fs::read(parent.path().join(LIST)).unwrap();
        std::fs::write(parent.path().join(LIST), &list[..list.len() - 5]).unwrap();
        assert!(refusal(parent.path(), "render").contains("(b)"));
        OutputFolder::open(parent.path(), "render", true).unwrap().write("b", b"made").unwrap();
        assert!(OutputFolder::open(parent.path(), "render", false).is_ok());
    }

    #[test]
    fn a_result_that_never_came_costs_the_one_before_nothing() {
        let parent = tempfile::tempdir().unwrap();
        let folder = OutputFolder::open(parent.path(), "render", false).unwrap();
        folder.write("a.png", b"before").unwrap();
        // Killed between the line and the file, twice.
        for content in [b"second".as_slice(), b"third"] {
            let entry = Entry {
                file: "a.png".into(),
                command: "render".into(),
                bytes: content.len() as u64,
                hash: hash(content),
            };
            folder.remember(&entry).unwrap();
        }
        OutputFolder::open(parent.path(), "render", false).unwrap();
        std::fs::write(parent.path().join("a.png"), "third").unwrap();
        OutputFolder::open(parent.path(), "render", false).unwrap();
        std::fs::write(parent.path().join("a.png"), "other").unwrap();
        assert!(refusal(parent.path(), "render").contains("(a.png)"));
    }

    #[test]
    fn folders_that_nothing_was_written_to_go_again() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("new/folder");
        drop(OutputFolder::open(&path, "render", false).unwrap());
        assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 0);
        let folder = OutputFolder::open(&path, "render", false).unwrap();
        std::fs::create_dir(path.join("a.png")).unwrap();
        assert!(folder.write("a.png", b"").is_err());
        std::fs::remove_dir(path.join("a.png")).unwrap();
        let entry = Entry { file: "a.png".into(), command: "render".into(), bytes: 0, hash: hash(b"") };
        folder.remember(&entry).unwrap();
        remove_unused();
        assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 0, "its list alone is no result");
        drop(folder);

        // What was there before stays, empty or not; so does what holds anything.
        std::fs::create_dir(parent.path().join("new")).unwrap();
        drop(OutputFolder::open(&parent.path().join("new"), "render", false).unwrap());
        let folder = OutputFolder::open(&path, "render", false).unwrap();
        folder.write("a.png", b"made").unwrap();
        drop(folder);
        assert!(path.join("a.png").exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_list_that_is_a_link_is_not_followed() {
        let parent = tempfile::tempdir().unwrap();
        let mine = parent.path().join("mine");
        std::fs::write(&mine, "mine").unwrap();
        let path = parent.path().join("out");
        let folder = OutputFolder::open(&path, "render", false).unwrap();
        std::os::unix::fs::symlink(&mine, path.join(LIST)).unwrap();
        let refused = folder.write("a.png", b"").unwrap_err().to_string();
        assert!(refused.contains(LIST), "{refused}");
        for overwrite in [false, true] {
            let refused = OutputFolder::open(&path, "render", overwrite).unwrap_err().to_string();
            assert!(refused.contains(LIST) && refused.contains("no ordinary file"), "{refused}");
        }
        assert_eq!(std::fs::read_to_string(mine).unwrap(), "mine");
    }

    #[test]
    fn names_that_are_taken_or_closed_are_said() {
        let parent = tempfile::tempdir().unwrap();
        let file = parent.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert!(refusal(&file, "render").contains("file is not a folder"));
        assert!(refusal(&file.join("below"), "render").contains("can't write to the folder"));
        let folder = OutputFolder::open(&parent.path().join("out"), "render", false).unwrap();
        std::fs::create_dir(folder.path().join("a.png")).unwrap();
        assert!(folder.write("a.png", b"").unwrap_err().to_string().contains("a folder has this name"));
    }

    #[cfg(unix)]
    #[test]
    fn odd_folders() {
        use std::os::unix::ffi::OsStrExt;
        use std::os::unix::fs::PermissionsExt;
        let parent = tempfile::tempdir().unwrap();
        let odd = parent.path().join(std::ffi::OsStr::from_bytes(b"caf\xe9"));
        OutputFolder::open(&odd, "render", false).unwrap().write("a", b"x").unwrap();
        std::fs::write(odd.join(std::ffi::OsStr::from_bytes(b"\xff")), "").unwrap();
        assert!(refusal(&odd, "render").contains("holds other files"));

        let closed = parent.path().join("closed");
        std::fs::create_dir(&closed).unwrap();
        std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o555)).unwrap();
        // The superuser writes anywhere.
        if std::fs::write(closed.join("probe"), "").is_err() {
            assert!(refusal(&closed, "render").contains("can't write to the folder"));
        }
    }

    #[test]
    fn stems_are_unique_and_fit_every_file_system() {
        let parent = tempfile::tempdir().unwrap();
        let folder = OutputFolder::open(parent.path(), "render", false).unwrap();
        let stems =
            ["walk", "walk", "Walk", "walk-2", "a/b:c", "..", "", "nul", "com1.x", "con artist", ".hidden", "设定"]
                .map(|wanted| folder.unique_stem(wanted));
        let expected = [
            "walk",
            "walk-2",
            "Walk-3",
            "walk-2-2",
            "a_b_c",
            "unnamed",
            "unnamed-2",
            "_nul",
            "_com1.x",
            "con artist",
            "hidden",
            "设定",
        ];
        assert_eq!(stems, expected);
        let long = folder.unique_stem(&"设".repeat(300));
        assert!(long.len() <= MAX_STEM_BYTES && long.chars().all(|c| c == '设'));
        folder.write(&format!("{long}.udp.npz"), b"x").unwrap();
    }
}
