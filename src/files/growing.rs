//! Files that come piece by piece over a long time: nobody takes them for finished ones until they are.

use super::draft::{self, Draft};
use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// A file that this program writes bit by bit. Dropped before [`Growing::finish`], it was never there.
pub struct Growing {
    out: BufWriter<Inner>,
    path: PathBuf,
}

struct Inner(Draft);

impl Write for Inner {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.file().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.file().flush()
    }
}

impl Seek for Inner {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.file().seek(to)
    }
}

impl Growing {
    /// Begins the file that will be `path`; until it is finished, what is there stays.
    ///
    /// # Errors
    /// A folder that can't be written to.
    pub fn begin(path: &Path) -> io::Result<Self> {
        Ok(Self { out: BufWriter::new(Inner(Draft::beside(path)?)), path: path.to_owned() })
    }

    /// What it will be called.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// It is whole: from now on it is there.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn finish(self) -> io::Result<()> {
        let Inner(draft) = self.out.into_inner().map_err(|error| error.into_error())?;
        draft.publish(&self.path)
    }
}

impl Write for Growing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Seek for Growing {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.out.seek(to)
    }
}

/// A file that another program writes, by a hidden name beside its own. Dropped before [`Foreign::finish`], it was never
/// there.
pub struct Foreign {
    file: NamedTempFile,
    path: PathBuf,
}

impl Foreign {
    /// Makes the empty file that the other program is to write over.
    ///
    /// # Errors
    /// A folder that can't be written to.
    pub fn begin(path: &Path) -> io::Result<Self> {
        let file = draft::named(draft::folder_of(path))?;
        // The lock tells others of ours that somebody writes here. On Windows it would keep the other program out as well,
        // and there a file that is open can't be taken away.
        #[cfg(windows)]
        file.as_file().unlock()?;
        Ok(Self { file, path: path.to_owned() })
    }

    /// Where the other program is to write.
    pub fn place(&self) -> &Path {
        self.file.path()
    }

    /// What it will be called.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// It is whole: from now on it is there.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn finish(self) -> io::Result<()> {
        // Written by its name, which may lead to another file by now.
        File::options().write(true).open(self.file.path())?.sync_all()?;
        self.file.persist(self.path).map(drop).map_err(|error| error.error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_grows_is_there_once_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let mut growing = Growing::begin(&path).unwrap();
        growing.write_all(b"____ and more").unwrap();
        growing.rewind().unwrap();
        growing.write_all(b"some").unwrap();
        assert!(!path.exists());
        growing.finish().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"some and more");

        let mut given_up = Growing::begin(&path).unwrap();
        given_up.write_all(&[0; 100_000]).unwrap();
        drop(given_up);
        let foreign = Foreign::begin(&path).unwrap();
        std::fs::write(foreign.place(), "another's").unwrap();
        super::super::sweep(folder.path());
        assert!(foreign.place().exists(), "it is being written");
        assert_eq!(std::fs::read(&path).unwrap(), b"some and more");
        foreign.finish().unwrap();
        drop(Foreign::begin(&path).unwrap());
        assert_eq!(std::fs::read(&path).unwrap(), b"another's");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
