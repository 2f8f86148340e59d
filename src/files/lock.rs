//! Files that one process at a time holds locked; the system lets go when it dies, however it dies.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

/// Locks a file, which is made where it isn't there, until what is answered is dropped; `None`: another process holds it.
///
/// # Errors
/// Whatever the file system says; [`io::ErrorKind::Unsupported`] where it knows no locks.
pub fn hold(path: &Path) -> io::Result<Option<File>> {
    let file = File::options().create(true).append(true).open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(_)) => Err(io::ErrorKind::Unsupported.into()),
    }
}

/// A process holds the file locked now.
pub fn is_held(path: &Path) -> bool {
    // No lock was ever taken where there is no such file.
    let Ok(file) = File::open(path) else { return false };
    matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_holds_a_file_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        assert!(!is_held(&path));
        let held = hold(&path).unwrap().unwrap();
        assert!(hold(&path).unwrap().is_none() && is_held(&path));
        drop(held);
        assert!(!is_held(&path) && hold(&path).unwrap().is_some());
    }
}
