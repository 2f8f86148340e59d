//! [`JobFolder`]: a job on disk.

use super::wish::VERSION;
use super::{QueueError, Wish};
use crate::files::{self, lock};
use crate::project::Project;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

const WISH: &str = "job.json";
const LOCK: &str = "lock";
const END: &str = "end.json";
const PAUSED: &str = "paused";
const OUTPUT: &str = "output.jsonl";
/// Jobs that are looked at.
const MOST: usize = 200;
const MAX_WISH_BYTES: u64 = 1 << 20;

/// A job's folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobFolder(PathBuf);

/// Works on a job until it is dropped or its process dies.
#[derive(Debug)]
pub struct Claim {
    /// None where the file system knows no locks.
    _lock: Option<File>,
}

/// How a job came to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum End {
    /// Everything is written.
    Done,
    /// A sentence that says why not.
    Failed(String),
}

impl JobFolder {
    /// Makes a job in a folder of jobs, with the project as it is now.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn create(jobs: &Path, wish: &Wish, project: &Project) -> Result<Self, QueueError> {
        std::fs::create_dir_all(jobs).map_err(QueueError::writing(jobs))?;
        let last = jobs_in(jobs).iter().filter_map(|job| job.number()).max().unwrap_or(0);
        let mut number = last;
        let path = loop {
            number += 1;
            let path = jobs.join(format!("{number:04}"));
            match std::fs::create_dir(&path) {
                Ok(()) => break path,
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(QueueError::writing(&path)(error)),
            }
        };
        project.save(&wish.project(&path))?;
        let job = Self(path);
        // It counts from here on.
        job.write(WISH, &Wish { version: VERSION, ..wish.clone() })?;
        Ok(job)
    }

    /// One that is there, and what it wants.
    ///
    /// # Errors
    /// A folder that is no job.
    pub fn open(path: &Path) -> Result<(Self, Wish), QueueError> {
        let file = path.join(WISH);
        let bytes = files::read(&file, MAX_WISH_BYTES).map_err(QueueError::reading(&file))?;
        let wish: Wish = serde_json::from_slice(&bytes)
            .map_err(|error| QueueError::Unusable { path: file.clone(), why: error.to_string() })?;
        if wish.version > VERSION {
            let why = "a newer Settei made it: open it with that".to_owned();
            return Err(QueueError::Unusable { path: file, why });
        }
        Ok((Self(path.to_owned()), wish))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// What its process tells, an event a line.
    pub fn output(&self) -> PathBuf {
        self.0.join(OUTPUT)
    }

    fn number(&self) -> Option<u32> {
        self.0.file_name()?.to_str()?.parse().ok()
    }

    /// Claims it for this process, which is told to those who want it to stop.
    ///
    /// # Errors
    /// Another process works on it; whatever the file system says.
    pub fn claim(&self) -> Result<Claim, QueueError> {
        let path = self.0.join(LOCK);
        let lock = match lock::hold(&path) {
            Ok(Some(file)) => Some(file),
            Ok(None) => return Err(QueueError::Held { path: self.0.clone() }),
            Err(error) if error.kind() == ErrorKind::Unsupported => None,
            Err(error) => return Err(QueueError::writing(&path)(error)),
        };
        if let Some(mut file) = lock.as_ref() {
            let written = file.set_len(0).and_then(|()| write!(file, "{}", std::process::id()));
            written.map_err(QueueError::writing(&path))?;
        }
        let _ = std::fs::remove_file(self.0.join(END));
        Ok(Claim { _lock: lock })
    }

    /// A process works on it.
    pub fn is_held(&self) -> bool {
        lock::is_held(&self.0.join(LOCK))
    }

    /// Which, if one does.
    pub fn process(&self) -> Option<u32> {
        let number = files::read(&self.0.join(LOCK), 64).ok().filter(|_| self.is_held())?;
        String::from_utf8(number).ok()?.trim().parse().ok()
    }

    /// Keeps how it ended; `why` it failed, if it did.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn end(&self, why: Option<String>) -> Result<(), QueueError> {
        self.write(END, &why.map_or(End::Done, End::Failed))
    }

    pub(super) fn ended(&self) -> Option<End> {
        serde_json::from_slice(&files::read(&self.0.join(END), MAX_WISH_BYTES).ok()?).ok()
    }

    /// From now on it waits until somebody says otherwise.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn pause(&self) -> Result<(), QueueError> {
        let path = self.0.join(PAUSED);
        files::write(&path, b"").map_err(QueueError::writing(&path))
    }

    /// It may be worked on, once more if it came to an end.
    pub fn resume(&self) {
        let _ = std::fs::remove_file(self.0.join(PAUSED));
        let _ = std::fs::remove_file(self.0.join(END));
    }

    /// Somebody wants it to wait.
    pub fn is_paused(&self) -> bool {
        self.0.join(PAUSED).exists()
    }

    fn write(&self, name: &str, value: &impl Serialize) -> Result<(), QueueError> {
        let path = self.0.join(name);
        let json = serde_json::to_vec_pretty(value).map_err(|error| QueueError::writing(&path)(error.into()))?;
        files::write(&path, &json).map_err(QueueError::writing(&path))
    }
}

/// The jobs in a folder, in the order in which they were made.
pub fn jobs_in(jobs: &Path) -> Vec<JobFolder> {
    let entries = std::fs::read_dir(jobs).into_iter().flatten().flatten().map(|entry| JobFolder(entry.path()));
    let mut found: Vec<JobFolder> = entries.filter(|job| job.0.join(WISH).is_file()).take(MOST).collect();
    found.sort_by_key(|job| (job.number().unwrap_or(u32::MAX), job.0.clone()));
    found
}
