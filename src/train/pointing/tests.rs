use super::*;
use crate::psgan::pck;
use crate::train::data::Stage;
use crate::train::data::posed::{Actors, PosedPictures};
use crate::train::optimiser::Rates;

#[test]
fn points_are_found_in_real_pictures_better_than_by_who_never_looks() {
    const SIZE: usize = 32;
    let steps = 160;
    let settings = Settings {
        graph: Taught::Keypoints,
        stages: vec![Stage { from: 0, size_px: SIZE, batch: 8 }],
        rates: Rates { highest: 4e-3, lowest: 2e-4, warm_up: 10, steps, fall: None },
        average: 0.95,
        measure_px: SIZE,
        ..Settings::default()
    };
    assert_eq!(settings.check(), Ok(()));
    let pictures = |split| {
        let actors = Actors { figures: vec![], characters: 3 };
        Arc::new(PosedPictures::new(1, split, actors, 600).unwrap())
    };
    let source = pictures(Split::Train);
    let mut pointing = Pointing::new(source.clone(), &settings);
    let mut state = pointing.fresh(1);
    // A few pictures again and again: to draw as many as steps want takes longer than to learn from them.
    let lessons: Vec<InventLesson> =
        (0..20).map(|lesson| InventLesson::of(&*source, 8 * lesson..8 * (lesson + 1), SIZE).unwrap()).collect();
    for step in 0..steps {
        pointing.learn(&mut state, &lessons[step as usize % lessons.len()], &settings).unwrap();
    }
    let examination = Examination::new(&*source, &*pictures(Split::HeldOut), SIZE).unwrap();
    let finder = pointing.finder(&state);
    let measured = examination.of(&finder);
    println!("{measured:?}");
    // Poses are alike: who never looks is right more often than not.
    let missed = [measured.pck_10, measured.guessed_10].map(|found| 1.0 - found);
    assert!(missed[0] < 0.8 * missed[1] && measured.pck_10 > measured.pck_05, "{measured:?}");
    // What it has learned from it knows better still.
    let shown = source.picture(3, SIZE).unwrap();
    assert!(pck(&finder.find(&shown.colours), &shown.keypoints, 0.1).unwrap() > measured.guessed_10);
    let samples = examination.samples(&finder);
    assert_eq!([samples.width_px, samples.height_px], [6 * 32, 3 * 32]);
}
