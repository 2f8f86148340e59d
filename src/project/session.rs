//! What was not saved when the program ended without warning.
//!
//! Each open window has a *session* folder in the system's data folder: a file that it keeps locked while it lives, and
//! a copy of its unsaved work. The system lets go of the lock when the program dies, however it dies; so a copy beside a
//! free lock is work to be recovered, and a lock that is held says that a project is open in another window.

use super::Project;
use super::file::absolute;
use serde::{Deserialize, Serialize};
use std::fs::{File, TryLockError};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

const LOCK: &str = "lock";
const COPY: &str = "unsaved.json";
/// No copy comes near this.
const LARGEST_BYTES: u64 = 64 << 20;

/// An open window's claim on its project.
#[derive(Debug)]
pub struct Session {
    folder: PathBuf,
    /// Held as long as the session lives.
    _lock: File,
}

/// Unsaved work that was left behind.
#[derive(Clone, Debug)]
pub struct Leftover {
    folder: PathBuf,
    /// The project's file; `None`: it was never saved.
    pub path: Option<PathBuf>,
    /// Seconds since 1970 when the copy was written.
    pub written_s: u64,
    /// The project.
    pub project: Box<Project>,
}

#[derive(Serialize, Deserialize)]
struct Copy {
    path: Option<PathBuf>,
    written_s: u64,
    project: serde_json::Value,
}

impl Session {
    /// Claims a project (`None`: one without a file yet) below `sessions`. `None` comes back when another window has it.
    ///
    /// # Errors
    /// A data folder that can't be written.
    pub fn claim(sessions: &Path, project: Option<&Path>) -> io::Result<Option<Self>> {
        let name = match project {
            Some(path) => {
                let mut hasher = DefaultHasher::new();
                std::fs::canonicalize(path).unwrap_or_else(|_| absolute(path)).hash(&mut hasher);
                format!("project-{:016x}", hasher.finish())
            }
            None => format!("untitled-{}-{:x}", std::process::id(), now().as_nanos()),
        };
        let folder = sessions.join(name);
        std::fs::create_dir_all(&folder)?;
        let lock = File::options().create(true).truncate(false).write(true).open(folder.join(LOCK))?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(Self { folder, _lock: lock })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Keeps a copy of unsaved work, whole or not at all.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn keep(&self, project: &Project, path: Option<&Path>) -> io::Result<()> {
        let copy = self.folder.join(COPY);
        let text = project.to_json(&copy)?;
        let copied =
            Copy { path: path.map(absolute), written_s: now().as_secs(), project: serde_json::from_str(&text)? };
        crate::files::write(&copy, &serde_json::to_vec(&copied)?)
    }

    /// Everything is saved: the copy is not needed any more.
    pub fn forget(&self) {
        // A copy that can't be removed is offered once too often, nothing worse.
        let _ = std::fs::remove_file(self.folder.join(COPY));
    }

    /// The window closes in order: nothing stays behind but what `keep` kept and `forget` didn't take.
    pub fn close(self) {
        if !self.folder.join(COPY).exists() {
            remove(&self.folder);
        }
    }
}

/// What dead windows left behind.
#[derive(Clone, Debug, Default)]
pub struct Leftovers {
    /// Work to be recovered, newest first.
    pub found: Vec<Leftover>,
    /// Copies that can't be read: a sentence each. They stay where they are.
    pub damaged: Vec<String>,
}

/// A folder that is claimed is empty for an instant; after this it is nobody's.
const CLAIMED_S: u64 = 60;

/// What dead windows left behind. Folders that hold nothing any more go.
pub fn leftovers(sessions: &Path) -> Leftovers {
    let mut leftovers = Leftovers::default();
    for entry in std::fs::read_dir(sessions).into_iter().flatten().flatten() {
        let (folder, copy) = (entry.path(), entry.path().join(COPY));
        let Ok(lock) = File::options().write(true).open(folder.join(LOCK)) else {
            if is_old(&folder) {
                remove(&folder);
            }
            continue;
        };
        match lock.try_lock() {
            Ok(()) if copy.exists() => match read(&folder, &copy) {
                Ok(found) => leftovers.found.push(found),
                Err(why) => leftovers.damaged.push(format!(
                    "a copy of unsaved work can't be read ({why}); it stays in {} until you delete it",
                    copy.display()
                )),
            },
            Ok(()) if is_old(&folder) => remove(&folder),
            _ => {}
        }
    }
    leftovers.found.sort_by_key(|l| std::cmp::Reverse(l.written_s));
    leftovers.damaged.sort();
    leftovers
}

fn is_old(folder: &Path) -> bool {
    let changed = std::fs::metadata(folder).and_then(|metadata| metadata.modified());
    changed.is_ok_and(|changed| changed.elapsed().is_ok_and(|past| past.as_secs() > CLAIMED_S))
}

/// Takes a session's folder away, unless it holds something that isn't ours.
fn remove(folder: &Path) {
    crate::files::sweep(folder);
    let _ = std::fs::remove_file(folder.join(LOCK));
    let _ = std::fs::remove_dir(folder);
}

fn read(folder: &Path, copy: &Path) -> Result<Leftover, String> {
    let bytes = crate::files::read(copy, LARGEST_BYTES).map_err(|error| error.to_string())?;
    let copied: Copy = serde_json::from_slice(&bytes).map_err(|error| error.to_string())?;
    let project = Project::from_json(copied.project.to_string().as_bytes(), copy).map_err(|error| error.to_string())?;
    Ok(Leftover {
        folder: folder.to_owned(),
        path: copied.path,
        written_s: copied.written_s,
        project: Box::new(project),
    })
}

impl Leftover {
    /// The work is taken over or not wanted: the copy goes.
    pub fn forget(&self) {
        let _ = std::fs::remove_file(self.folder.join(COPY));
        remove(&self.folder);
    }
}

fn now() -> std::time::Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsaved_work_outlives_its_window() {
        let data = tempfile::tempdir().unwrap();
        let session = Session::claim(data.path(), None).unwrap().unwrap();
        session.keep(&Project::example(), None).unwrap();
        assert!(leftovers(data.path()).found.is_empty(), "its window lives");
        drop(session);
        let left = leftovers(data.path()).found;
        assert_eq!(*left[0].project, Project::example());
        left[0].forget();
        assert!(leftovers(data.path()).found.is_empty());
        assert_eq!(std::fs::read_dir(data.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_project_belongs_to_one_window() {
        let data = tempfile::tempdir().unwrap();
        let project = data.path().join("p.settei");
        Project::default().save(&project).unwrap();
        let sessions = data.path().join("sessions");
        let first = Session::claim(&sessions, Some(&project)).unwrap().unwrap();
        assert!(Session::claim(&sessions, Some(&project)).unwrap().is_none());
        assert!(Session::claim(&sessions, None).unwrap().is_some(), "others are free");
        first.close();
        assert!(Session::claim(&sessions, Some(&project)).unwrap().is_some());
    }

    #[test]
    fn a_kill_in_the_middle_of_a_copy_leaves_the_one_before() {
        let data = tempfile::tempdir().unwrap();
        let session = Session::claim(data.path(), None).unwrap().unwrap();
        session.keep(&Project::example(), None).unwrap();
        // What a process that dies while it writes leaves behind: a temporary file, half of it written.
        let whole = std::fs::read(session.folder.join(COPY)).unwrap();
        std::fs::write(session.folder.join(".settei-x.tmp"), &whole[..whole.len() / 2]).unwrap();
        drop(session);
        let left = leftovers(data.path()).found;
        assert_eq!(*left[0].project, Project::example());
        left[0].forget();
        assert!(leftovers(data.path()).found.is_empty());
    }

    #[test]
    fn saved_work_leaves_nothing_and_half_a_copy_does_no_harm() {
        let data = tempfile::tempdir().unwrap();
        let session = Session::claim(data.path(), None).unwrap().unwrap();
        session.keep(&Project::example(), None).unwrap();
        session.forget();
        session.close();
        assert_eq!(std::fs::read_dir(data.path()).unwrap().count(), 0);

        let session = Session::claim(data.path(), None).unwrap().unwrap();
        session.keep(&Project::example(), None).unwrap();
        let copy = session.folder.join(COPY);
        let bytes = std::fs::read(&copy).unwrap();
        std::fs::write(&copy, &bytes[..bytes.len() / 2]).unwrap();
        drop(session);
        let left = leftovers(data.path());
        assert!(left.found.is_empty());
        assert!(left.damaged.len() == 1 && left.damaged[0].contains(&copy.display().to_string()), "{left:?}");
        assert!(copy.exists(), "what can't be read is not thrown away");
    }

    #[cfg(unix)]
    #[test]
    fn folders_of_killed_windows_that_hold_nothing_go() {
        let data = tempfile::tempdir().unwrap();
        let hour_ago = SystemTime::now() - std::time::Duration::from_secs(3600);
        let age = |folder: &Path| File::open(folder).unwrap().set_modified(hour_ago).unwrap();
        let dead: Vec<PathBuf> =
            (0..3).map(|_| Session::claim(data.path(), None).unwrap().unwrap().folder.clone()).collect();
        let living = Session::claim(data.path(), None).unwrap().unwrap();
        let mine = data.path().join("mine");
        std::fs::create_dir(&mine).unwrap();
        std::fs::write(mine.join("note"), "mine").unwrap();
        std::fs::write(dead[0].join(".settei-x.tmp"), "half").unwrap();
        [&dead[0], &dead[1], &living.folder, &mine].into_iter().for_each(|folder| age(folder));
        assert!(leftovers(data.path()).found.is_empty());
        assert!(!dead[0].exists() && !dead[1].exists());
        assert!(dead[2].exists(), "it may be just claimed");
        assert!(living.folder.exists() && mine.join("note").exists());
    }
}
