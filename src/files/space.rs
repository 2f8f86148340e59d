//! How much room a disk has left.

use std::path::Path;

/// Bytes that may still be written where `path` lies; none where the system doesn't say.
pub fn free_bytes(path: &Path) -> Option<u64> {
    #[cfg(target_os = "linux")]
    {
        let room = rustix::fs::statvfs(path).ok()?;
        Some(room.f_bavail.saturating_mul(room.f_frsize))
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = path;
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_has_some_room_and_what_is_not_there_none() {
        if let Some(free) = free_bytes(&std::env::temp_dir()) {
            assert!(free > 0);
        }
        assert_eq!(free_bytes(Path::new("/no/such/place")), None);
    }
}
