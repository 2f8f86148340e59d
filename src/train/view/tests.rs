use super::*;
use crate::train::{Found, Losses, Measured, Measures, StepLosses};

fn folder(settings: &Settings) -> (tempfile::TempDir, RunFolder) {
    let folders = tempfile::tempdir().unwrap();
    let folder = RunFolder::create(&folders.path().join("mio"), settings).unwrap();
    (folders, folder)
}

fn started(step: u64) -> RunEvent {
    RunEvent::Started { step, steps: 1000, parameters: 3, machine: "a machine".into() }
}

fn stepped(step: u64, seconds: f64) -> RunEvent {
    let losses = StepLosses::Detector(Losses { total: 1.0 / step as f64, ..Losses::default() });
    RunEvent::Step { step, losses, gradient: 1.0, rate: 1e-3, size_px: 64, seconds, waited: 0.1 }
}

fn measured(step: u64, landmark: f64) -> RunEvent {
    let m = Measures { landmark, ..Measures::default() };
    let measured = Measured { untold: m, tagged: m, one_click: m, four_clicks: m };
    RunEvent::Measured { step, measured: Found::Detector(measured), best: false }
}

fn settings() -> Settings {
    let stage = |from, size_px| Stage { from, size_px, batch: 8 };
    let mut settings = Settings { stages: vec![stage(0, 64), stage(500, 128)], ..Settings::default() };
    settings.rates.steps = 1000;
    settings
}

#[test]
fn a_folder_tells_how_far_its_training_is() {
    let (_folders, folder) = folder(&settings());
    let mut reader = RunReader::open(folder.path()).unwrap();
    assert_eq!((reader.view().standing.clone(), reader.view().name.as_str()), (Standing::Prepared, "mio"));
    assert!(!reader.look().unwrap(), "nothing is new");

    let claim = folder.claim().unwrap();
    assert!(reader.look().unwrap());
    assert_eq!(reader.view().standing, Standing::Learning);
    assert!(reader.view().holder.as_ref().unwrap().is_here());
    for event in [started(0), stepped(20, 0.5), stepped(40, 0.5), measured(50, 0.04)] {
        folder.tell(&event).unwrap();
    }
    std::fs::write(folder.path().join("checkpoints/00000050"), "").unwrap();
    assert!(reader.look().unwrap());
    let view = reader.view();
    assert_eq!((view.step, view.steps, view.learned_s), (50, 1000, 20.0));
    // 450 steps of 64², then 500 that cost four times as much.
    assert!((view.left_s().unwrap() - (450.0 * 0.5 + 500.0 * 2.0)).abs() < 1e-6);
    assert_eq!(view.best, Some((50, 0.04)));
    assert_eq!(view.checkpoints, [Pin { step: 50, score: Some(0.04) }]);
    assert_eq!(view.measured[0].lines[0].curve.points(), [[50.0, 4.0]]);
    assert_eq!(view.losses[0].lines[0].curve.points().len(), 2);

    folder.ask_to_pause().unwrap();
    assert!(reader.look().unwrap());
    assert_eq!(reader.view().standing, Standing::Pausing);
    folder.tell(&RunEvent::NoRoom { step: 50, wanted_bytes: 2, free_bytes: 1 }).unwrap();
    folder.answer_pause();
    reader.look().unwrap();
    assert_eq!(reader.view().standing, Standing::Waiting);
    folder.tell(&RunEvent::Paused { step: 50 }).unwrap();
    drop(claim);
    reader.look().unwrap();
    assert_eq!((reader.view().standing.clone(), reader.view().pace), (Standing::Paused, None));
    let told: Vec<_> = reader.view().happened.iter().map(|h| (h.step, h.grave)).collect();
    assert_eq!(told, [(0, false), (50, false), (50, true), (50, false)]);
    // Whoever opens it later sees the same.
    assert_eq!(RunReader::open(folder.path()).unwrap().view(), reader.view());
}

#[test]
fn what_was_lost_with_a_process_is_forgotten() {
    let (_folders, folder) = folder(&settings());
    for event in [started(0), stepped(20, 0.5), measured(50, 0.04), stepped(60, 0.5), measured(100, 0.01)] {
        folder.tell(&event).unwrap();
    }
    let mut reader = RunReader::open(folder.path()).unwrap();
    assert_eq!((reader.view().standing.clone(), reader.view().step), (Standing::BrokenOff, 100));
    for event in [started(50), stepped(60, 0.5), RunEvent::Failed { step: 60, why: "no\u{1b}[2J disk".into() }] {
        folder.tell(&event).unwrap();
    }
    reader.look().unwrap();
    let view = reader.view();
    assert_eq!(view.standing, Standing::Failed("no·[2J disk".into()));
    assert_eq!((view.step, view.best), (60, Some((50, 0.04))));
    assert_eq!(view.losses[0].lines[0].curve.points().iter().map(|p| p[0]).collect::<Vec<_>>(), [20.0, 60.0]);
}

#[test]
fn lines_that_are_cut_short_damaged_or_endless_harm_nothing() {
    use std::io::Write as _;
    let (_folders, folder) = folder(&settings());
    folder.tell(&started(0)).unwrap();
    let path = folder.path().join("events.jsonl");
    let add = |bytes: &[u8]| std::fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(bytes).unwrap();
    let line = serde_json::to_string(&stepped(20, 0.5)).unwrap();
    let (first, second) = line.as_bytes().split_at(30);
    add(first);
    let mut reader = RunReader::open(folder.path()).unwrap();
    assert_eq!(reader.view().step, 0);
    add(second);
    add(b"\n\xff\xfe{]\n");
    reader.look().unwrap();
    assert_eq!(reader.view().step, 20);
    add(&vec![b'x'; LONGEST_LINE + 10]);
    reader.look().unwrap();
    assert!(reader.rest.is_empty());
    add(b"\n");
    add(serde_json::to_string(&stepped(40, 0.5)).unwrap().as_bytes());
    add(b"\n");
    reader.look().unwrap();
    assert_eq!(reader.view().step, 40);
    // Another file in its place, and a folder that is gone.
    std::fs::write(&path, "").unwrap();
    reader.look().unwrap();
    assert_eq!(reader.view().standing, Standing::Prepared);
    std::fs::remove_dir_all(folder.path()).unwrap();
    assert!(reader.look().unwrap_err().to_string().contains("mio"));
    assert!(RunReader::open(folder.path()).is_err());
}
