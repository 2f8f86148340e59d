//! The user's own poses: a file each in a folder of the system's data folder, so that every project and the command line
//! have them.

use super::{Pose, PoseError, library};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// A pose with a name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NamedPose {
    /// As the user called it.
    pub name: String,
    /// The pose.
    pub pose: Pose,
}

/// The folder of the user's own poses.
#[derive(Clone, Debug)]
pub struct OwnPoses {
    folder: PathBuf,
}

/// Characters of a name that its file takes over, at most.
const LONGEST_STEM: usize = 60;
/// Files that are looked at, at most.
const MOST_FILES: usize = 2000;

impl OwnPoses {
    /// Those in a folder, which need not be there yet.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// Those of whoever runs the program.
    pub fn of_user() -> Self {
        Self::at(crate::files::data_folder().join("poses"))
    }

    /// All that can be read, by name; and why others can't be.
    pub fn list(&self) -> (Vec<NamedPose>, Vec<PoseError>) {
        let (mut poses, mut problems) = (Vec::new(), Vec::new());
        for path in self.files() {
            match read(&path) {
                Ok(pose) => poses.push(pose),
                Err(error) => problems.push(error),
            }
        }
        poses.sort_by_cached_key(|pose| natural(&pose.name));
        (poses, problems)
    }

    /// The pose of that name; case, spaces and hyphens don't matter.
    pub fn find(&self, name: &str) -> Option<NamedPose> {
        let (poses, _) = self.list();
        let exact = poses.iter().position(|pose| pose.name == name);
        let near = || poses.iter().position(|pose| library::plain(&pose.name) == library::plain(name));
        let at = exact.or_else(near)?;
        poses.into_iter().nth(at)
    }

    /// Keeps a pose under a name, or under that with a number behind it where one is called so already. The name it got.
    ///
    /// # Errors
    /// A folder that can't be written.
    pub fn keep(&self, name: &str, pose: &Pose) -> Result<String, PoseError> {
        let (known, _) = self.list();
        let taken = |name: &str| known.iter().any(|pose| pose.name == name) || library::find(name).is_some();
        let name = free_name(name, taken);
        std::fs::create_dir_all(&self.folder).map_err(|source| write_failed(&self.folder, source))?;
        pose.save(&self.free_path(&name), &name)?;
        Ok(name)
    }

    /// Another pose takes the place of the one of that name.
    ///
    /// # Errors
    /// There is none, or it can't be written.
    pub fn replace(&self, name: &str, pose: &Pose) -> Result<(), PoseError> {
        let path = self.path_of(name)?;
        // What another program calls a pose file (VPD) is not written over by ours.
        match is_ours(&path) {
            true => pose.save(&path, name),
            false => pose.save(&self.free_path(name), name).and_then(|()| remove(&path)),
        }
    }

    /// Gives a pose another name.
    ///
    /// # Errors
    /// There is none, the new name is taken or empty, or it can't be written.
    pub fn rename(&self, from: &str, to: &str) -> Result<(), PoseError> {
        let (path, to) = (self.path_of(from)?, to.trim());
        let (known, _) = self.list();
        if to.is_empty() || known.iter().any(|pose| pose.name == to) || library::find(to).is_some() {
            return Err(PoseError::NameTaken { name: to.to_owned() });
        }
        read(&path)?.pose.save(&self.free_path(to), to)?;
        remove(&path)
    }

    /// Takes a pose away; it comes back to whoever wants to keep it again.
    ///
    /// # Errors
    /// There is none, or it can't be removed.
    pub fn remove(&self, name: &str) -> Result<Pose, PoseError> {
        let path = self.path_of(name)?;
        let pose = read(&path)?.pose;
        remove(&path)?;
        Ok(pose)
    }

    /// The pose files of the folder, sorted.
    fn files(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let mut files: Vec<PathBuf> = entries.filter(|path| is_ours(path) || is_mmds(path)).take(MOST_FILES).collect();
        files.sort();
        files
    }

    fn path_of(&self, name: &str) -> Result<PathBuf, PoseError> {
        let is_it = |path: &PathBuf| read(path).is_ok_and(|pose| pose.name == name);
        let own = || self.list().0.into_iter().map(|pose| pose.name).collect();
        let unknown = || PoseError::Unknown { name: name.to_owned(), nearest: None, own: own() };
        self.files().into_iter().find(is_it).ok_or_else(unknown)
    }

    /// A file that is not there yet, called after a pose as far as file systems allow.
    fn free_path(&self, name: &str) -> PathBuf {
        let plain = |c: char| if c.is_alphanumeric() || " -_".contains(c) { c } else { '_' };
        let stem: String = name.chars().take(LONGEST_STEM).map(plain).collect();
        let stem = stem.trim();
        // Windows keeps a few names for devices; none of them ends so.
        let path = |n: u32| {
            self.folder.join(if n == 1 { format!("{stem}.pose.json") } else { format!("{stem}-{n}.pose.json") })
        };
        (1..).map(path).find(|path| !path.exists()).unwrap_or_default()
    }
}

/// `wanted`, or with a number behind it that is not taken.
fn free_name(wanted: &str, taken: impl Fn(&str) -> bool) -> String {
    let wanted = if wanted.trim().is_empty() { "pose" } else { wanted.trim() };
    if !taken(wanted) {
        return wanted.to_owned();
    }
    (2..).map(|n| format!("{wanted} {n}")).find(|name| !taken(name)).unwrap_or_default()
}

fn read(path: &Path) -> Result<NamedPose, PoseError> {
    let pose = Pose::load(path)?;
    let stem = || {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        stem.strip_suffix(".pose").map(str::to_owned).unwrap_or(stem)
    };
    // What is no JSON has no name but its file's.
    let value: Option<Value> = std::fs::read(path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let name =
        value.as_ref().and_then(|value| value.get("name")?.as_str()).map(str::trim).filter(|name| !name.is_empty());
    Ok(NamedPose { name: name.map_or_else(stem, str::to_owned), pose })
}

fn remove(path: &Path) -> Result<(), PoseError> {
    std::fs::remove_file(path).map_err(|source| write_failed(path, source))
}

fn write_failed(path: &Path, source: std::io::Error) -> PoseError {
    PoseError::Io { verb: "write", path: path.to_owned(), source }
}

fn is_ours(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}

fn is_mmds(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("vpd"))
}

/// So that `wave 10` comes after `wave 2`.
fn natural(name: &str) -> (String, u64, String) {
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    (stem.to_lowercase(), name[stem.len()..].parse().unwrap_or(0), name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(own: &OwnPoses) -> Vec<String> {
        let (poses, problems) = own.list();
        assert!(problems.is_empty(), "{problems:?}");
        poses.into_iter().map(|pose| pose.name).collect()
    }

    #[test]
    fn poses_are_kept_found_renamed_and_taken_away() {
        let folder = tempfile::tempdir().unwrap();
        let own = OwnPoses::at(folder.path().join("poses"));
        assert_eq!(names(&own), [""; 0], "a folder that is not there yet is an empty one");
        let dance = library::find("dance").unwrap().1;
        assert_eq!(own.keep(" hello ", &dance).unwrap(), "hello");
        assert_eq!(own.keep("hello", &Pose::default()).unwrap(), "hello 2");
        assert_eq!(own.keep("wave", &dance).unwrap(), "wave 2", "the built-in one keeps its name");
        assert_eq!(own.keep("走る/../x: *?", &dance).unwrap(), "走る/../x: *?");
        assert_eq!(names(&own), ["hello", "hello 2", "wave 2", "走る/../x: *?"]);
        assert_eq!(std::fs::read_dir(folder.path().join("poses")).unwrap().count(), 4, "nothing leaves the folder");
        let found = own.find("Hello").unwrap();
        assert_eq!((found.name.as_str(), &found.pose), ("hello", &dance));

        own.rename("hello", "greeting").unwrap();
        for taken in ["hello 2", "wave", " "] {
            assert!(matches!(own.rename("greeting", taken), Err(PoseError::NameTaken { .. })), "{taken}");
        }
        assert!(matches!(own.rename("nobody", "x"), Err(PoseError::Unknown { .. })));
        own.replace("greeting", &Pose::default()).unwrap();
        assert_eq!(own.find("greeting").unwrap().pose, Pose::default());
        assert_eq!(own.remove("走る/../x: *?").unwrap(), dance);
        assert_eq!(names(&own), ["greeting", "hello 2", "wave 2"]);
    }

    #[test]
    fn files_put_there_by_hand_count_and_broken_ones_do_no_harm() {
        let folder = tempfile::tempdir().unwrap();
        let own = OwnPoses::at(folder.path());
        std::fs::write(folder.path().join("Kata 10.json"), r#"{"settei_pose": 1}"#).unwrap();
        std::fs::write(folder.path().join("b.json"), r#"{"settei_pose": 1, "name": "Kata 2"}"#).unwrap();
        std::fs::write(folder.path().join("broken.json"), "{").unwrap();
        std::fs::write(folder.path().join("notes.txt"), "hello").unwrap();
        let (poses, problems) = own.list();
        assert_eq!(poses.iter().map(|pose| pose.name.as_str()).collect::<Vec<_>>(), ["Kata 2", "Kata 10"]);
        assert!(problems.len() == 1 && problems[0].to_string().contains("broken.json"), "{problems:?}");
        own.rename("Kata 10", "Kata 3").unwrap();
        assert!(!folder.path().join("Kata 10.json").exists());
    }
}
