//! Reading and writing files so that nothing is lost: what is written appears whole, or not at all.

mod draft;
pub mod formats;
mod growing;
pub mod lock;
pub mod motions;
mod output;
mod space;
pub mod tar;
pub mod watch;

pub use growing::{Foreign, Growing};
pub use output::{OutputError, OutputFolder, clean_stem, hash, hash_number, hash_of, remove_unused};
pub use space::free_bytes;

use draft::Draft;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// Where the system wants this program's own files: settings, copies of unsaved work, the user's poses.
pub fn data_folder() -> PathBuf {
    directories::ProjectDirs::from("", "", "settei")
        .map_or_else(|| std::env::temp_dir().join("settei"), |dirs| dirs.data_local_dir().to_owned())
}

/// Opens a regular file to be read. Whatever the program reads comes through here or through [`read`]: a pipe would be
/// waited for, a device has no end.
///
/// # Errors
/// What the file system says; a folder, a device or a pipe.
pub fn open(path: &Path) -> io::Result<File> {
    // Asked before opening: opening a pipe waits for its other end.
    must_be_a_file(&std::fs::metadata(path)?)?;
    let file = File::open(path)?;
    must_be_a_file(&file.metadata()?)?;
    Ok(file)
}

fn must_be_a_file(metadata: &std::fs::Metadata) -> io::Result<()> {
    if metadata.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder, not a file"));
    }
    if !metadata.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is a device or a pipe, not a file"));
    }
    Ok(())
}

/// Reads a whole file of at most `max_bytes`.
///
/// # Errors
/// What the file system says; a folder, a device or a pipe; a file that is larger.
pub fn read(path: &Path, max_bytes: u64) -> io::Result<Vec<u8>> {
    let file = open(path)?;
    let length = file.metadata()?.len();
    if length > max_bytes {
        let what = format!("it has {length} bytes, more than the {max_bytes} that can be read");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, what));
    }
    let mut bytes = Vec::with_capacity(length as usize);
    file.take(max_bytes).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Writes `bytes` to `path`: whole, or not at all, also when the machine dies half-way.
///
/// # Errors
/// Whatever the file system says; the file that was there before is then untouched.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_with(path, |file| file.write_all(bytes))
}

/// As [`write()`], for content that is produced piece by piece.
pub fn write_with(path: &Path, fill: impl FnOnce(&mut io::BufWriter<&mut File>) -> io::Result<()>) -> io::Result<()> {
    let mut draft = Draft::beside(path)?;
    let mut buffered = io::BufWriter::new(draft.file());
    fill(&mut buffered)?;
    buffered.flush()?;
    drop(buffered);
    draft.publish(path)
}

/// What lies in a folder without anybody having put it there: what file managers leave, and drafts.
pub fn is_rubbish(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| output::CLUTTER.contains(&name) || draft::is_draft(name))
}

/// Takes away what programs that died while they wrote left in a folder. Writing to it does that too.
pub fn sweep(folder: &Path) {
    draft::sweep(folder);
}

/// A file of the test assets; `None`, with a line that says so, where they are not installed.
#[cfg(test)]
pub(crate) fn test_asset(name: &str) -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/assets")).join(name);
    if !path.exists() {
        eprintln!("skipped: {} is not there", path.display());
    }
    path.exists().then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        write(&path, b"old").unwrap();
        let failed = write_with(&path, |file| {
            file.write_all(b"half of the ne")?;
            Err(io::Error::other("disk full"))
        });
        assert_eq!(failed.unwrap_err().to_string(), "disk full");
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn only_files_of_a_sane_size_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        write(&path, b"12345").unwrap();
        assert_eq!(read(&path, 5).unwrap(), b"12345");
        assert_eq!(read(&path, 4).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        assert_eq!(read(folder.path(), 5).unwrap_err().kind(), io::ErrorKind::IsADirectory);
        assert_eq!(read(&folder.path().join("b"), 5).unwrap_err().kind(), io::ErrorKind::NotFound);
        #[cfg(unix)]
        assert_eq!(read(Path::new("/dev/zero"), 5).unwrap_err().kind(), io::ErrorKind::InvalidInput);
    }
}
