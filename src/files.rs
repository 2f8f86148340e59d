//! Writing files so that nothing is lost: temporary file beside the target, flush, rename.

use std::io::{self, Write};
use std::path::Path;

/// Writes `bytes` to `path`: whole, or not at all, also when the machine dies half-way.
///
/// # Errors
/// Whatever the file system says; the file that was there before is then untouched.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_with(path, |file| file.write_all(bytes))
}

/// As [`write`], for content that is produced piece by piece.
pub fn write_with(
    path: &Path,
    fill: impl FnOnce(&mut io::BufWriter<&mut std::fs::File>) -> io::Result<()>,
) -> io::Result<()> {
    let folder = match path.parent() {
        Some(p) if !p.as_os_str().is_empty() => p,
        _ => Path::new("."),
    };
    let mut temporary = tempfile::Builder::new().prefix(".settei-").suffix(".tmp").tempfile_in(folder)?;
    {
        let mut buffered = io::BufWriter::new(temporary.as_file_mut());
        fill(&mut buffered)?;
        buffered.flush()?;
    }
    temporary.as_file().sync_all()?;
    #[cfg(unix)]
    {
        // A temporary file is private to its owner; what replaces a file should be as readable as any new one.
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(path).map_or(0o644, |m| m.permissions().mode());
        temporary.as_file().set_permissions(std::fs::Permissions::from_mode(mode))?;
    }
    temporary.persist(path).map_err(|e| e.error)?;
    Ok(())
}
