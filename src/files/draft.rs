//! [`Draft`]: a file that is being written, before anyone can take it for a finished one.
//!
//! Where the system has files without names a draft is one: whatever ends the program, nothing stays behind. Elsewhere
//! it has a hidden name and is locked; the system lets go of the lock when the program dies, so a draft that nobody
//! holds is rubbish, and the next one in the same folder takes it away.

use std::collections::HashSet;
use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use tempfile::NamedTempFile;

const PREFIX: &str = ".settei-";
const SUFFIX: &str = ".tmp";

/// A file that is being written.
pub(super) enum Draft {
    #[cfg(target_os = "linux")]
    Unnamed(File),
    Named(NamedTempFile),
}

/// A draft's name, where it has one.
pub(super) fn is_draft(name: &str) -> bool {
    name.starts_with(PREFIX) && name.ends_with(SUFFIX)
}

impl Draft {
    /// An empty draft in the folder of `path`, as readable as the system wants new files.
    ///
    /// # Errors
    /// A folder that can't be written to.
    pub(super) fn beside(path: &Path) -> io::Result<Self> {
        let folder = folder_of(path);
        sweep_once(folder);
        #[cfg(target_os = "linux")]
        if let Some(file) = unnamed(folder) {
            return Ok(Self::Unnamed(file));
        }
        named(folder).map(Self::Named)
    }

    /// What is written to.
    pub(super) fn file(&mut self) -> &mut File {
        match self {
            #[cfg(target_os = "linux")]
            Self::Unnamed(file) => file,
            Self::Named(file) => file.as_file_mut(),
        }
    }

    /// Makes it the file `path`, in place of the one that may be there; until then that one is untouched.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub(super) fn publish(mut self, path: &Path) -> io::Result<()> {
        let file = self.file();
        file.sync_all()?;
        // Whoever could read the file that is replaced may read the new one.
        #[cfg(unix)]
        if let Ok(old) = std::fs::metadata(path) {
            file.set_permissions(old.permissions())?;
        }
        match self {
            #[cfg(target_os = "linux")]
            Self::Unnamed(file) => publish_unnamed(file, path),
            Self::Named(file) => file.persist(path).map(drop).map_err(|e| e.error),
        }
    }
}

pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A file without a name; `None` where there is no such thing, or no way to give it a name later.
#[cfg(target_os = "linux")]
fn unnamed(folder: &Path) -> Option<File> {
    use rustix::fs::OFlags;
    use std::os::unix::fs::OpenOptionsExt as _;
    // Names are given through this place.
    if !Path::new("/proc/self/fd").is_dir() {
        return None;
    }
    // Both ways of access: a file system that hands the file over by copying reads it.
    let flag = OFlags::TMPFILE.bits().cast_signed();
    File::options().read(true).write(true).mode(0o666).custom_flags(flag).open(folder).ok()
}

#[cfg(target_os = "linux")]
fn publish_unnamed(mut file: File, path: &Path) -> io::Result<()> {
    use rustix::fs::{AtFlags, CWD, linkat};
    use std::io::Seek as _;
    use std::os::fd::AsRawFd as _;
    let this = format!("/proc/self/fd/{}", file.as_raw_fd());
    let link = |to: &Path| linkat(CWD, &this, CWD, to, AtFlags::SYMLINK_FOLLOW);
    if link(path).is_ok() {
        return Ok(());
    }
    // A name that is taken can only be taken over by a file with a name. Locked first: nobody sweeps it away.
    let _ = file.try_lock();
    let folder = folder_of(path);
    let linked = tempfile::Builder::new()
        .prefix(PREFIX)
        .suffix(SUFFIX)
        .make_in(folder, |name| link(name).map_err(io::Error::from));
    match linked {
        Ok(linked) => linked.persist(path).map(drop).map_err(|e| e.error),
        // A file system with files that can't be named after all.
        Err(_) => {
            let mut copy = named(folder)?;
            file.rewind()?;
            io::copy(&mut file, copy.as_file_mut())?;
            copy.as_file().set_permissions(file.metadata()?.permissions())?;
            copy.as_file().sync_all()?;
            copy.persist(path).map(drop).map_err(|e| e.error)
        }
    }
}

/// A hidden file, locked.
pub(super) fn named(folder: &Path) -> io::Result<NamedTempFile> {
    loop {
        let mut builder = tempfile::Builder::new();
        builder.prefix(PREFIX).suffix(SUFFIX);
        #[cfg(unix)]
        let every_bit_that_the_umask_leaves = std::os::unix::fs::PermissionsExt::from_mode(0o666);
        #[cfg(unix)]
        builder.permissions(every_bit_that_the_umask_leaves);
        let file = builder.tempfile_in(folder)?;
        match file.as_file().try_lock() {
            // Another program looked at it before it was locked, and takes it away.
            Err(TryLockError::WouldBlock) => {}
            Ok(()) if !file.path().exists() => {}
            // Without locks nothing is swept either.
            Ok(()) | Err(TryLockError::Error(_)) => return Ok(file),
        }
    }
}

/// Takes away what dead programs left in a folder, once in the life of this one.
fn sweep_once(folder: &Path) {
    static SWEPT: Mutex<Option<HashSet<PathBuf>>> = Mutex::new(None);
    let mut swept = SWEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if swept.get_or_insert_default().insert(folder.to_owned()) {
        drop(swept);
        sweep(folder);
    }
}

/// Takes away the drafts in a folder that nobody writes any more.
pub(super) fn sweep(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let draft = entry.file_name().to_str().is_some_and(is_draft);
        if draft && entry.file_type().is_ok_and(|kind| kind.is_file()) {
            let path = entry.path();
            if File::open(&path).is_ok_and(|file| file.try_lock().is_ok()) {
                let _ = std::fs::remove_file(path);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn unnamed_drafts_appear_whole_in_place_of_old_files_too() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        for content in ["first", "second"] {
            let mut draft = Draft::Unnamed(unnamed(folder.path()).expect("Linux's temporary folders have such files"));
            draft.file().write_all(content.as_bytes()).unwrap();
            assert!(names(folder.path()).iter().all(|name| name == "a"), "not seen before it is whole");
            draft.publish(&path).unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), content);
        }
        assert_eq!(names(folder.path()), ["a"]);
    }

    #[test]
    fn named_drafts_are_swept_once_nobody_holds_them() {
        let folder = tempfile::tempdir().unwrap();
        let held = named(folder.path()).unwrap();
        std::fs::write(folder.path().join(".settei-left.tmp"), "half").unwrap();
        std::fs::write(folder.path().join(".settei-mine"), "whole").unwrap();
        sweep(folder.path());
        let held_name = held.path().file_name().unwrap().to_str().unwrap().to_owned();
        let mut expected = [".settei-mine".to_owned(), held_name];
        expected.sort();
        assert_eq!(names(folder.path()), expected);
        Draft::Named(held).publish(&folder.path().join("a")).unwrap();
        assert_eq!(names(folder.path()), [".settei-mine", "a"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_and_pipes_called_like_drafts_are_not_swept() {
        let folder = tempfile::tempdir().unwrap();
        let mine = folder.path().join("mine");
        std::fs::write(&mine, "mine").unwrap();
        std::os::unix::fs::symlink(&mine, folder.path().join(".settei-x.tmp")).unwrap();
        let pipe = std::process::Command::new("mkfifo").arg(folder.path().join(".settei-y.tmp")).status();
        assert!(pipe.is_ok_and(|status| status.success()));
        sweep(folder.path());
        assert_eq!(names(folder.path()), [".settei-x.tmp", ".settei-y.tmp", "mine"]);
    }

    #[cfg(unix)]
    #[test]
    fn both_kinds_are_as_readable_as_any_new_file_and_keep_what_an_old_one_was() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let mode = |name: &str| std::fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777;
        std::fs::write(folder.path().join("usual"), "").unwrap();
        let kinds: [fn(&Path) -> Draft; 2] =
            [|path| Draft::beside(path).unwrap(), |path| Draft::Named(named(folder_of(path)).unwrap())];
        for (i, make) in kinds.into_iter().enumerate() {
            let (new, old) = (format!("new{i}"), format!("old{i}"));
            make(&folder.path().join(&new)).publish(&folder.path().join(&new)).unwrap();
            assert_eq!(mode(&new), mode("usual"));
            std::fs::write(folder.path().join(&old), "").unwrap();
            std::fs::set_permissions(folder.path().join(&old), std::fs::Permissions::from_mode(0o640)).unwrap();
            make(&folder.path().join(&old)).publish(&folder.path().join(&old)).unwrap();
            assert_eq!(mode(&old), 0o640);
        }
    }
}
