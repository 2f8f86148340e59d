//! Who learns in a folder: one process at a time, and whoever opens the folder knows which.
//!
//! A process that learns keeps a file of the folder locked; the system lets go of the lock when the process dies, however
//! it dies. Whoever wants it to pause leaves a file there, which works from every program and every machine.

use super::{RunFolder, TrainError};
use crate::files;
use serde::{Deserialize, Serialize};
use std::fs::{File, TryLockError};
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const LOCK: &str = "lock";
const HOLDER: &str = "learning.json";
const PAUSE: &str = "pause";
/// A folder is looked at by whoever wants to know, who has the lock for an instant: so it is tried again so often.
const TRIES: u32 = 20;
const BETWEEN_TRIES: Duration = Duration::from_millis(50);

/// The process that learns in a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Holder {
    /// Its number.
    pub process: u32,
    /// The machine it runs on.
    pub machine: String,
    /// Seconds since 1970 when it began.
    pub since_s: u64,
}

impl Holder {
    /// The process at hand.
    fn this() -> Self {
        let since_s = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        Self { process: std::process::id(), machine: this_machine(), since_s }
    }

    /// It runs on the machine at hand, where its number means something.
    pub fn is_here(&self) -> bool {
        self.machine == this_machine()
    }
}

fn this_machine() -> String {
    sysinfo::System::host_name().unwrap_or_default()
}

/// A process's claim on a folder, until it is dropped or the process dies.
#[derive(Debug)]
pub struct Claim {
    /// None where the file system knows no locks.
    _lock: Option<File>,
    holder: PathBuf,
}

impl Drop for Claim {
    fn drop(&mut self) {
        // What stays is only told of while the lock is held.
        let _ = std::fs::remove_file(&self.holder);
    }
}

impl RunFolder {
    /// Claims the folder for learning; what it was asked before doesn't count any more.
    ///
    /// # Errors
    /// Another process learns there; whatever the file system says.
    pub fn claim(&self) -> Result<Claim, TrainError> {
        let path = self.path().join(LOCK);
        let file = File::options().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(TrainError::writing(&path))?;
        let mut tries = 0;
        let lock = loop {
            match file.try_lock() {
                Ok(()) => break Some(file),
                Err(TryLockError::Error(_)) => break None,
                Err(TryLockError::WouldBlock) if tries < TRIES => {
                    tries += 1;
                    std::thread::sleep(BETWEEN_TRIES);
                }
                Err(TryLockError::WouldBlock) => {
                    let process = self.holder().map_or_else(String::new, |holder| {
                        format!(" (process {} on {})", holder.process, crate::text::line(&holder.machine))
                    });
                    return Err(TrainError::Held { path: self.path().to_owned(), process });
                }
            }
        };
        self.write_json(HOLDER, &Holder::this())?;
        self.answer_pause();
        Ok(Claim { _lock: lock, holder: self.path().join(HOLDER) })
    }

    /// Somebody learns there now.
    pub fn is_held(&self) -> bool {
        // No lock was ever taken where there is no such file.
        let Ok(file) = File::open(self.path().join(LOCK)) else { return false };
        matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
    }

    /// Who learns there now; none where nobody does, or it is not known who.
    pub fn holder(&self) -> Option<Holder> {
        if self.is_held() { self.read_json(HOLDER).ok().flatten() } else { None }
    }

    /// Asks whoever learns there to write a checkpoint and pause.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn ask_to_pause(&self) -> Result<(), TrainError> {
        let path = self.path().join(PAUSE);
        files::write(&path, b"").map_err(TrainError::writing(&path))
    }

    /// Somebody asked for a pause that didn't come yet.
    pub fn is_asked_to_pause(&self) -> bool {
        self.path().join(PAUSE).exists()
    }

    /// The pause that was asked for is there, or is not wanted any more.
    pub(super) fn answer_pause(&self) {
        let _ = std::fs::remove_file(self.path().join(PAUSE));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::Settings;

    #[test]
    fn one_process_learns_in_a_folder_and_others_know_of_it() {
        let folders = tempfile::tempdir().unwrap();
        let folder = RunFolder::create(&folders.path().join("run"), &Settings::default()).unwrap();
        assert!(!folder.is_held() && folder.holder().is_none());
        folder.ask_to_pause().unwrap();
        let claim = folder.claim().unwrap();
        assert!(!folder.is_asked_to_pause(), "what was asked before doesn't count");
        let holder = folder.holder().unwrap();
        assert!(holder.is_here() && holder.process == std::process::id());
        let refused = folder.claim().unwrap_err().to_string();
        assert!(refused.contains(&format!("process {}", std::process::id())), "{refused}");
        folder.ask_to_pause().unwrap();
        assert!(folder.is_asked_to_pause());
        drop(claim);
        assert!(!folder.is_held() && folder.holder().is_none());
        folder.claim().unwrap();
    }

    #[test]
    fn what_a_dead_process_left_tells_of_nobody() {
        let folders = tempfile::tempdir().unwrap();
        let folder = RunFolder::create(&folders.path().join("run"), &Settings::default()).unwrap();
        std::fs::write(folder.path().join(LOCK), "").unwrap();
        folder.write_json(HOLDER, &Holder::this()).unwrap();
        assert!(!folder.is_held() && folder.holder().is_none());
    }
}
