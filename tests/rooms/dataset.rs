//! Data sets on disk: the same from the same plan, in parts, resumed, and found out when damaged.

use settei::dataset::{self, DatasetError, Plan, Split};
use settei::progress::{Progress, Silent};
use std::sync::atomic::{AtomicU64, Ordering};

fn small() -> Plan {
    Plan { groups: 1, views: 2, size_px: 48, ..Plan::default() }
}

/// Stops when so many steps are done.
struct Impatient(AtomicU64);

impl Progress for Impatient {
    fn stage(&self, _: &str, _: u64) {}

    fn advance(&self, steps: u64) {
        self.0.fetch_sub(steps.min(self.0.load(Ordering::Relaxed)), Ordering::Relaxed);
    }

    fn cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed) == 0
    }
}

#[test]
fn a_set_is_made_in_parts_checked_and_resumed() {
    let folder = tempfile::tempdir().unwrap();
    let set = folder.path().join("set");
    // Interrupted before the first shard is whole: nothing half-made is left.
    let stopped = dataset::make(&set, &small(), 0..=0, &Impatient(AtomicU64::new(5)));
    assert!(matches!(stopped, Err(DatasetError::Cancelled)), "{stopped:?}");
    assert_eq!(std::fs::read_dir(&set).unwrap().count(), 1);
    let made = dataset::make(&set, &small(), 0..=0, &Silent).unwrap();
    assert_eq!((made.written, made.kept, made.pictures), (2, 0, 17 * 2));
    let again = dataset::make(&set, &small(), 0..=0, &Silent).unwrap();
    assert_eq!((again.written, again.kept), (0, 2));

    // Another machine makes the same bytes.
    let other = folder.path().join("other");
    dataset::make(&other, &small(), 0..=0, &Silent).unwrap();
    for split in Split::ALL {
        let name = format!("{}-00000.tar", split.name());
        assert!(std::fs::read(set.join(&name)).unwrap() == std::fs::read(other.join(&name)).unwrap(), "{name}");
    }
    let contents = dataset::check(&set, &Silent).unwrap();
    assert_eq!(contents, dataset::info(&other).unwrap());
    assert_eq!(contents.splits.map(|part| part.pictures), [32, 2]);

    // Other settings don't mix with these.
    let wider = Plan { size_px: 64, ..small() };
    assert!(matches!(dataset::make(&set, &wider, 0..=0, &Silent), Err(DatasetError::Other { .. })));

    // A flipped bit and a shortened shard are found.
    let path = set.join("train-00000.tar");
    let whole = std::fs::read(&path).unwrap();
    let mut bytes = whole.clone();
    let pixels = bytes.windows(4).position(|w| w == b"IDAT").unwrap() + 12;
    bytes[pixels] ^= 16;
    std::fs::write(&path, &bytes).unwrap();
    assert!(matches!(dataset::check(&set, &Silent), Err(DatasetError::Damaged { .. })));
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    assert!(matches!(dataset::info(&set), Err(DatasetError::Damaged { .. })));
}

#[test]
fn a_folder_without_a_set_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let error = dataset::info(folder.path()).unwrap_err();
    assert!(matches!(error, DatasetError::None { .. }) && error.to_string().contains("settei dataset make"), "{error}");
    let unfit = Plan { size_px: 4, ..Plan::default() };
    assert!(dataset::make(folder.path(), &unfit, 0..=0, &Silent).unwrap_err().to_string().contains("size-px"));
}
