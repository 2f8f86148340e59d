use super::*;
use crate::progress::Silent;
use crate::train::data::{Cast, Lesson, Manner, item};
use crate::train::dice::Dice;
use crate::train::inventing::tests::{Blots, acquainted, tiny};
use crate::train::optimiser::Rates;
use crate::train::{Origin, Which, export};
use crate::weights::WeightType;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

fn settings() -> Settings {
    let stage = |from, size_px| Stage { from, size_px, batch: 2 };
    Settings {
        stages: vec![stage(0, 32), stage(3, 64)],
        rates: Rates { highest: 1e-3, lowest: 1e-4, warm_up: 2, steps: 6, fall: None },
        measure_every: 100,
        measure_px: 32,
        save_every: 100,
        ..Settings::default()
    }
}

/// Stops after so many steps.
struct After(AtomicU64, u64);

impl Progress for After {
    fn stage(&self, _: &str, _: u64) {}
    fn advance(&self, steps: u64) {
        self.0.fetch_add(steps, Ordering::Relaxed);
    }
    fn cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed) >= self.1
    }
}

#[test]
fn a_paused_training_goes_on_as_if_it_had_not_been() {
    let folders = tempfile::tempdir().unwrap();
    let settings = settings();
    let whole = RunFolder::create(&folders.path().join("whole"), &settings).unwrap();
    // The last step measures, which needs no more than the figures held out.
    assert_eq!(run(&whole, &settings, Some(5), &Silent, &|_| ()).unwrap(), Ended::Paused);

    let parts = RunFolder::create(&folders.path().join("parts"), &settings).unwrap();
    for steps in [1, 3] {
        let (again, kept) = RunFolder::open(parts.path()).unwrap();
        assert_eq!(kept, settings);
        assert_eq!(run(&again, &kept, None, &After(AtomicU64::new(0), steps), &|_| ()).unwrap(), Ended::Paused);
    }
    let heard = Mutex::new(vec![]);
    run(&parts, &settings, Some(1), &Silent, &|event| heard.lock().unwrap().push(event.clone())).unwrap();
    assert!(matches!(
        heard.lock().unwrap()[..],
        [RunEvent::Started { step: 4, .. }, RunEvent::Saved { step: 5, .. }, RunEvent::Paused { step: 5 }]
    ));

    let [mut a, mut b] = [&whole, &parts].map(|folder| folder.latest().unwrap().unwrap());
    (a.progress.seconds, b.progress.seconds) = (0.0, 0.0);
    assert!(a == b, "same values, moments and averages, bit for bit");
    assert_eq!(parts.checkpoints().unwrap().len(), 2, "the last two are kept");
    // A folder of a training is not begun anew.
    assert!(RunFolder::create(parts.path(), &settings).unwrap_err().to_string().contains("other files"));
}

#[test]
fn what_is_learned_is_kept_where_the_folder_for_it_was_lost() {
    let folders = tempfile::tempdir().unwrap();
    let (inventing, _, settings) = acquainted();
    let folder = RunFolder::create(&folders.path().join("run"), &settings).unwrap();
    std::fs::remove_dir(folder.path().join("checkpoints")).unwrap();
    let settings = Settings { save_every: 1, ..settings };
    let session = Session::open(inventing, &folder, &settings, &|_| ()).unwrap();
    assert_eq!(session.learn(None, &After(AtomicU64::new(0), 2)).unwrap(), Ended::Paused);
    assert_eq!(folder.latest().unwrap().unwrap().progress.step, 2);
    assert!(!folder.events().unwrap().iter().any(|event| matches!(event, RunEvent::NotSaved { .. })));
}

#[test]
fn a_wish_to_pause_is_heard_before_the_first_step() {
    let folders = tempfile::tempdir().unwrap();
    let (inventing, _, settings) = acquainted();
    let folder = RunFolder::create(&folders.path().join("run"), &settings).unwrap();
    let session = Session::open(inventing, &folder, &settings, &|_| ()).unwrap();
    // Cancelled while it looks at whom it is to know.
    assert_eq!(session.learn(None, &After(AtomicU64::new(0), 0)).unwrap(), Ended::Paused);
    assert_eq!(folder.latest().unwrap().unwrap().progress.step, 0);
    assert!(matches!(
        folder.events().unwrap()[..],
        [.., RunEvent::Saved { step: 0, .. }, RunEvent::Paused { step: 0 }]
    ));
}

#[test]
fn networks_that_grow_go_on_exactly() {
    let folders = tempfile::tempdir().unwrap();
    let settings = tiny();
    let sessions = |name: &str, steps: &[u64]| {
        let folder = RunFolder::create(&folders.path().join(name), &settings).unwrap();
        for &steps in steps {
            let inventing = Inventing::new(std::sync::Arc::new(Blots), &settings);
            let session = Session::open(inventing, &folder, &settings, &|_| ()).unwrap();
            session.learn(Some(steps), &Silent).unwrap();
        }
        let mut state = folder.latest().unwrap().unwrap();
        state.progress.seconds = 0.0;
        state
    };
    // Broken off while a scale fades in, and where the next one begins.
    assert!(sessions("whole", &[9]) == sessions("parts", &[4, 3, 2]), "bit for bit");

    // Settings that were changed to networks of another size.
    let (folder, mut settings) = RunFolder::open(&folders.path().join("whole")).unwrap();
    settings.growing.widths = crate::psgan::Widths::new([5; 9]).unwrap();
    let inventing = Inventing::new(std::sync::Arc::new(Blots), &settings);
    let refused = Session::open(inventing, &folder, &settings, &|_| ()).err().unwrap().to_string();
    assert!(refused.contains("whole") && refused.contains("another size"), "{refused}");
}

/// Two drawings of one character.
fn lesson() -> Lesson {
    let view = &Cast::new(1, vec![]).unwrap().block(0).unwrap()[0];
    Lesson::of((0..2).map(|i| item(view, 32, Manner::Learning, &mut Dice::of(&[i]))).collect(), 32)
}

#[test]
fn what_is_no_number_is_taken_back() {
    let folders = tempfile::tempdir().unwrap();
    let settings = settings();
    let folder = RunFolder::create(&folders.path().join("run"), &settings).unwrap();
    let heard = Mutex::new(vec![]);
    let listen = |event: &RunEvent| heard.lock().unwrap().push(event.clone());
    let mut session = Session::open(Detecting::default(), &folder, &settings, &listen).unwrap();
    let good = session.state.values.clone();
    let lesson = lesson();
    session.state.values[0] = f32::NAN;
    session.step(&lesson, 0.0, Instant::now()).unwrap();
    assert_eq!(session.state.values, good);
    assert_eq!((session.state.progress.step, session.state.progress.rate_factor), (1, 0.5));
    assert_eq!(heard.lock().unwrap()[..], [RunEvent::WentBack { step: 1, rate_factor: 0.5, why: Setback::NotANumber }]);
    session.step(&lesson, 0.0, Instant::now()).unwrap();
    assert!(session.state.values != good && session.state.is_finite());
    for _ in 0..20 {
        session.state.values[0] = f32::NAN;
        if let Err(error) = session.step(&lesson, 0.0, Instant::now()) {
            return assert!(error.to_string().contains("lower"));
        }
    }
    panic!("a rate may be halved without end");
}

#[test]
fn what_breaks_off_is_taken_back() {
    let folders = tempfile::tempdir().unwrap();
    let settings = settings();
    let folder = RunFolder::create(&folders.path().join("run"), &settings).unwrap();
    let heard = Mutex::new(vec![]);
    let listen = |event: &RunEvent| heard.lock().unwrap().push(event.clone());
    let mut session = Session::open(Detecting::default(), &folder, &settings, &listen).unwrap();
    // It found landmarks well for a while; what it knows now finds none.
    (0..200).for_each(|_| session.good.progress.pulse.feel(1e-3));
    session.state.progress.pulse = session.good.progress.pulse;
    let good = session.good.values.clone();
    session.step(&lesson(), 0.0, Instant::now()).unwrap();
    assert_eq!(session.state.values, good);
    let Progressed { step, rate_factor, pulse, .. } = session.state.progress;
    assert_eq!((step, rate_factor, pulse), (1, 0.5, session.good.progress.pulse));
    assert_eq!(heard.lock().unwrap()[..], [RunEvent::WentBack { step: 1, rate_factor: 0.5, why: Setback::ShotUp }]);
    assert!(session.recent.losses.is_empty());
}

/// A disk that has room when it is asked for the third time.
#[test]
fn a_full_disk_is_waited_for() {
    static ASKED: AtomicU64 = AtomicU64::new(0);
    let folders = tempfile::tempdir().unwrap();
    let settings = settings();
    let folder = RunFolder::create(&folders.path().join("run"), &settings).unwrap();
    let heard = Mutex::new(vec![]);
    let listen = |event: &RunEvent| heard.lock().unwrap().push(event.clone());
    let mut session = Session::open(Detecting::default(), &folder, &settings, &listen).unwrap();
    session.free_bytes = |_| Some(if ASKED.fetch_add(1, Ordering::Relaxed) < 2 { 5 << 20 } else { u64::MAX });
    session.wait_for_room(&Silent).unwrap();
    assert_eq!(ASKED.load(Ordering::Relaxed), 3);
    // Whoever stops meanwhile is not kept waiting.
    session.free_bytes = |_| Some(0);
    session.wait_for_room(&After(AtomicU64::new(1), 1)).unwrap();
    let heard = heard.lock().unwrap();
    assert!(
        matches!(heard[..], [RunEvent::NoRoom { free_bytes, .. }, RunEvent::NoRoom { free_bytes: 0, .. }] if free_bytes == 5 << 20)
    );
}

#[test]
fn a_training_begins_where_weights_ended() {
    let folders = tempfile::tempdir().unwrap();
    let settings = settings();
    let folder = RunFolder::create(&folders.path().join("first"), &settings).unwrap();
    run(&folder, &settings, Some(2), &Silent, &|_| ()).unwrap();
    let file = folders.path().join("weights.safetensors");
    export(&folder, Which::Latest, &file, WeightType::F32).unwrap();
    let detecting = Detecting::default();
    let further = Settings { from: Some(Origin::File(file.clone())), seed: 2, ..settings };
    let begun = detecting.begun(&further).unwrap();
    assert_eq!((begun.progress.step, &begun.averaged), (0, &begun.values));
    let (_, ended) = detecting.weights(&folder.latest().unwrap().unwrap()).unwrap();
    let (_, again) = detecting.weights(&begun).unwrap();
    for (name, tensor) in ended.iter().filter(|(name, _)| !name.contains("coarse")) {
        let pair = tensor.iter().zip(&again[name]);
        pair.for_each(|(a, b)| assert!((a - b).abs() < 1e-3 * a.abs().max(1.0), "{name}: {b} for {a}"));
    }
    // Weights of the other net are none to begin from.
    let other = Settings { from: Some(Origin::File(file)), graph: Taught::Renderer, ..further };
    let message = Painting::new(None).begun(&other).unwrap_err().to_string();
    assert!(message.contains("weights.safetensors"), "{message}");
    // The program has some of its own.
    assert!(detecting.begun(&Settings { from: Some(Origin::Shipped), ..other }).is_ok());
}

#[test]
fn a_refiner_looks_after_a_detector_and_begins_as_it() {
    let folders = tempfile::tempdir().unwrap();
    let stages = vec![Stage { from: 0, size_px: 64, batch: 2 }];
    let settings =
        Settings { graph: Taught::Refiner, from: Some(Origin::Shipped), measure_px: 64, stages, ..settings() };
    let folder = RunFolder::create(&folders.path().join("run"), &settings).unwrap();
    let refining = Detecting::of(&settings).unwrap();
    // What was found lies over every drawing that is learned from.
    let lesson = refining.lessons(&settings, 0).unwrap()().unwrap();
    assert_eq!((lesson.size_px, lesson.inputs.len()), (64, 2 * 64 * 64));
    assert!(lesson.inputs.chunks(64 * 64).all(|input| input.iter().all(|pixel| pixel[14] > 0.0)));

    let mut session = Session::open(refining, &folder, &settings, &|_| ()).unwrap();
    session.step(&lesson, 0.0, Instant::now()).unwrap();
    session.save(true).unwrap();
    let file = folders.path().join("refiner.safetensors");
    let (step, record) = export(&folder, Which::Latest, &file, WeightType::F16).unwrap();
    let record = std::fs::read_to_string(record).unwrap();
    assert!(step == 1 && record.contains("refiner of Settei") && record.contains("--from shipped"), "{record}");
    // It is no detector.
    let further = Settings { from: Some(Origin::File(file)), ..settings.clone() };
    assert!(Detecting::of(&further).unwrap().begun(&further).is_ok());
    let detector = Settings { graph: Taught::Detector, ..further };
    let message = Detecting::of(&detector).unwrap().begun(&detector).unwrap_err().to_string();
    assert!(message.contains("refiner.safetensors"), "{message}");
    let odd = Settings { measure_px: 96, ..settings };
    assert!(odd.check().unwrap_err().contains("steps of 64"));
}

/// Eight views of one figure are learned by heart.
#[test]
fn a_few_pictures_are_learned_by_heart() {
    let settings = Settings {
        rates: Rates { highest: 2e-3, lowest: 2e-3, warm_up: 5, steps: 1000, fall: None },
        average: 0.9,
        ..Settings::default()
    };
    let mut detecting = Detecting::default();
    let mut state = detecting.fresh(1);
    let block = Cast::new(1, vec![]).unwrap().block(0).unwrap();
    let items = block[..8]
        .iter()
        .zip(0..)
        .map(|(view, i)| item(view, 32, Manner::Measuring { tag: true, clicks: 0 }, &mut Dice::of(&[i])));
    let lesson = Lesson::of(items.collect(), 32);
    let mut landmarks = vec![];
    while landmarks.len() < 150 && landmarks.last().is_none_or(|error| *error >= 0.07) {
        landmarks.push(detecting.learn(&mut state, &lesson, &settings).unwrap().0.landmark);
    }
    let (first, last) = (landmarks[0], landmarks[landmarks.len() - 1]);
    println!("landmarks {first:.3} to {last:.3}");
    assert!(first > 0.12 && last < 0.07, "{first} to {last}");
}
