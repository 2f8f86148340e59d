//! Data sets on disk: the same from the same plan, in parts, resumed, and found out when damaged.

use settei::dataset::{self, DatasetError, Kind, Plan, PosedSet, Split};
use settei::progress::{Progress, Silent};
use settei::train::data::posed::{Actors, PosedPictures, PosedShards, Shown};
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

#[test]
fn a_set_with_keypoints_is_made_checked_and_learned_from() {
    let folder = tempfile::tempdir().unwrap();
    let set = folder.path().join("set");
    let figure = folder.path().join("mio.vrm");
    std::fs::write(&figure, settei::example::FIGURE_VRM).unwrap();
    let actors = Actors { figures: vec![figure], characters: 1 };
    let posed = |poses| PosedSet::new(1, &actors, poses, 32).unwrap();
    let recipe = posed(3);
    assert_eq!(recipe.shards(), 1);
    let made = dataset::make(&set, &recipe, 0..=0, &Silent).unwrap();
    // Two actors in three poses, and in one that is held out.
    assert_eq!((made.written, made.kept, made.pictures), (2, 0, 2 * 3 + 2));
    assert_eq!(dataset::make(&set, &recipe, 0..=0, &Silent).unwrap().kept, 2);
    assert!(matches!(dataset::make(&set, &posed(4), 0..=0, &Silent), Err(DatasetError::Other { .. })));
    let contents = dataset::check(&set, &Silent).unwrap();
    let Kind::Posed(plan) = contents.plan else { panic!("another kind") };
    assert_eq!((plan.keypoints.len(), plan.figures[0].path.to_str()), (20, Some("mio.vrm")));

    // What is read back is what is drawn, at the set's size and at halves of it.
    let drawn = PosedPictures::new(1, Split::Train, actors, 3).unwrap();
    let read = PosedShards::open(&set, Split::Train, 5).unwrap();
    assert_eq!(read.count(), 6);
    let all: Vec<_> = (0..6u64).map(|i| drawn.draw(i / 3, i % 3, 32).unwrap()).collect();
    for number in 0..8 {
        let Shown { colours, keypoints, actor } = read.picture(number, 32).unwrap();
        let same = |(picture, _): &&(settei::picture::Picture, _)| {
            let pixels = colours.iter().map(|colour| colour.map(|v| ((v + 1.0) * 127.5).round() as u8));
            pixels.eq(picture.pixels.iter().map(|&[r, g, b, _]| [r, g, b]))
        };
        let (_, note) = all.iter().find(same).expect("one of those that were drawn");
        assert_eq!((note.places(), note.actor), (Ok(keypoints), actor));
        assert_eq!(read.picture(number, 8).unwrap().colours.len(), 64);
    }
    // How all look is told by the same poses, all there are here.
    let [ours, theirs] = [drawn.looks(6, 8, &Silent), read.looks(6, 8, &Silent)].map(|looks| looks.unwrap().unwrap());
    assert_eq!([&ours, &theirs].map(|looks| looks.iter().map(Vec::len).collect::<Vec<_>>()), [[3 * 64 * 3; 2]; 2]);
    let apart = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum::<f32>() / a.len() as f32;
    // Small pictures are drawn larger and made smaller, those of the set were drawn as small as they are.
    for (who, other) in [(0, 1), (1, 0)] {
        let [same, other] = [apart(&ours[who], &theirs[who]), apart(&ours[who], &theirs[other])];
        assert!(same < 0.8 * other, "{same} {other}");
    }
    let error = read.picture(0, 64).unwrap_err().to_string();
    assert!(error.contains("32×32") && error.contains("64×64"), "{error}");
    let none = PosedShards::open(folder.path(), Split::Train, 1).err().unwrap().to_string();
    assert!(none.contains("settei dataset psgan"), "{none}");

    // A point that somebody moved away is found.
    let path = set.join("train-00000.tar");
    let mut bytes = std::fs::read(&path).unwrap();
    let at = bytes.windows(6).position(|w| w == b"\"nose\"").unwrap();
    bytes[at + 1] = b'm';
    std::fs::write(&path, &bytes).unwrap();
    assert!(matches!(dataset::check(&set, &Silent), Err(DatasetError::Damaged { .. })));
}
