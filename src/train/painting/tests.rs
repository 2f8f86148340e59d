use super::super::data::{Cast, Portraits, Stage};
use super::super::optimiser::Rates;
use super::super::samples::{ROWS, SAMPLES};
use super::super::{Dice, RunEvent, RunFolder, Settings, Taught, Which, run};
use super::lesson::Wanted;
use super::*;
use crate::fude::renderer::{bytes, premultiplied};
use crate::nn::kernels::Batch;

fn lesson(size_px: usize, characters: u64, seed: u64) -> PaintLesson {
    let cast = Cast::new(3, vec![]).unwrap();
    let characters: Vec<Portraits> = (0..characters).map(|number| cast.portraits(number).unwrap()).collect();
    let characters: Vec<&Portraits> = characters.iter().collect();
    PaintLesson::by_lot(&characters, 2, size_px, None, &mut Dice::of(&[seed])).unwrap()
}

#[test]
fn a_paused_training_goes_on_as_if_it_had_not_been() {
    let folders = tempfile::tempdir().unwrap();
    let settings = Settings {
        graph: Taught::Renderer,
        stages: vec![Stage { from: 0, size_px: 32, batch: 2 }],
        rates: Rates { highest: 1e-3, lowest: 1e-4, warm_up: 2, steps: 4, fall: None },
        measure_every: 100,
        measure_px: 32,
        save_every: 100,
        ..Settings::default()
    };
    let [whole, parts] =
        ["whole", "parts"].map(|name| RunFolder::create(&folders.path().join(name), &settings).unwrap());
    run(&whole, &settings, Some(3), &Silent, &|_| ()).unwrap();
    for steps in [2, 1] {
        let (again, kept) = RunFolder::open(parts.path()).unwrap();
        assert_eq!(kept, settings);
        run(&again, &kept, Some(steps), &Silent, &|_| ()).unwrap();
    }
    let [mut a, mut b] = [&whole, &parts].map(|folder| folder.latest().unwrap().unwrap());
    (a.progress.seconds, b.progress.seconds) = (0.0, 0.0);
    assert!(a == b, "same values, moments and averages, bit for bit");
    // The last step measures, and the file that is written is one of the renderer.
    run(&parts, &settings, None, &Silent, &|_| ()).unwrap();
    let measured = parts.events().unwrap().into_iter().find_map(|event| match event {
        RunEvent::Measured { measured: Found::Renderer(measured), .. } => Some(measured),
        _ => None,
    });
    let measured = measured.unwrap();
    println!("{measured:?}");
    assert!(measured.exact.iter().all(|of| of.renderer > 5.0 && of.transfer > 5.0 && of.nearest > 5.0));
    assert!(measured.detected.is_none());
    // The same figures to look at, each drawn, painted and true.
    let samples = parts.samples().unwrap();
    let picture = image::open(&samples[0].1).unwrap().into_rgba8();
    assert_eq!((samples.len(), samples[0].0), (1, 4));
    assert_eq!([picture.width(), picture.height()], [32 * SAMPLES as u32, 32 * ROWS as u32]);
    let seen = |row: u32| picture.rows().skip(32 * row as usize).take(32).flatten().filter(|p| p.0[3] > 128).count();
    assert!((0..ROWS as u32).all(|row| seen(row) > 200), "{:?}", [0, 1, 2].map(seen));
    let file = folders.path().join("fude.safetensors");
    assert_eq!(super::super::export(&parts, Which::Latest, &file, crate::weights::WeightType::F16).unwrap().0, 4);
    let renderer = crate::fude::Renderer::load(&file, 64, crate::nn::kernels::Precision::F32, &Silent).unwrap();
    assert!(std::fs::metadata(&file).unwrap().len() < 20_000_000 && renderer.bytes() > 0);
}

/// The gradient of each tensor of the whole net, by finite differences of the loss along it.
#[test]
fn the_way_back_through_the_whole_net_is_that_of_finite_differences() {
    let mut painting = Painting::new(None);
    let lesson = lesson(32, 2, 4);
    let mut state = painting.learner.fresh(2);
    // Nothing begins as nought, so that everything has a slope.
    let mut dice = Dice::of(&[9]);
    for value in &mut state.values {
        *value += 0.02 * dice.normal();
    }
    let run = forwards(&painting.learner, &state, &lesson);
    let of_picture = losses(&painting, &run, &lesson).1;
    let gradients = painting.learner.gradients(&state, run, [Some(of_picture)]).to_vec();
    let mut looked = 0;
    for parameter in painting.learner.net().parameters() {
        let along = &gradients[parameter.at.clone()];
        let known = along.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>().sqrt();
        if known < 3e-3 {
            continue;
        }
        let moved = |by: f32| {
            let mut state = state.clone();
            for (value, slope) in state.values[parameter.at.clone()].iter_mut().zip(along) {
                *value += by * slope / known as f32;
            }
            losses(&painting, &forwards(&painting.learner, &state, &lesson), &lesson).0.total
        };
        // Absolute values have corners, and single precision its noise: of several steps one must tell the slope.
        let off = [3e-3f32, 1e-3, 3e-4].map(|step| {
            let slope = (moved(step) - moved(-step)) / f64::from(2.0 * step);
            (slope - known).abs() / known
        });
        let least = off.into_iter().fold(f64::INFINITY, f64::min);
        assert!(least < 0.04, "{}: {known} is off by {off:?}", parameter.name);
        looked += 1;
    }
    assert!(looked > 20, "{looked}");
}

fn losses(painting: &Painting, run: &Run, lesson: &PaintLesson) -> (PaintLosses, Batch) {
    loss::of_painter(run.result(0), &lesson.wanted, OF_SHARPNESS, painting.learner.pool())
}

/// Four characters, learned by heart. Takes minutes.
#[test]
#[ignore = "takes minutes: cargo test --release -- --ignored by_heart"]
fn four_characters_are_learned_by_heart() {
    let size_px = 64;
    let mut painting = Painting::new(None);
    let mut state = painting.learner.fresh(1);
    let settings = Settings {
        rates: Rates { highest: 3e-3, lowest: 2e-4, warm_up: 10, steps: 600, fall: None },
        average: 0.95,
        ..Settings::default()
    };
    let lesson = (0..).map(|seed| lesson(size_px, 4, seed)).find(|lesson| lesson.views == 3).unwrap();
    for _ in 0..settings.rates.steps {
        painting.learn(&mut state, &lesson, &settings).unwrap();
        if state.progress.step.is_multiple_of(50) {
            println!("{}: {:.2} dB", state.progress.step, mean_psnr(&painting, &state, &lesson));
        }
    }
    let reached = mean_psnr(&painting, &state, &lesson);
    assert!(reached > 35.0, "{reached} dB");
}

fn mean_psnr(painting: &Painting, state: &State, lesson: &PaintLesson) -> f64 {
    let pictures = pictures(painting, state, lesson);
    let all = pictures.iter().zip(&lesson.wanted).map(|(painted, wanted): (_, &Wanted)| psnr(painted, wanted));
    all.sum::<f64>() / lesson.wanted.len() as f64
}

fn pictures(painting: &Painting, state: &State, lesson: &PaintLesson) -> Vec<Vec<[u8; 4]>> {
    let run = forwards(&painting.learner, state, lesson);
    let map = run.result(0);
    let [n, h, w, _] = map.size();
    let pixel = |image: usize, i: usize| bytes(premultiplied(map.pixel(image, i / w, i % w)));
    (0..n).map(|image| (0..h * w).map(|i| pixel(image, i)).collect()).collect()
}
