use super::super::data::Stage;
use super::super::optimiser::Rates;
use super::super::samples::{ROWS, SAMPLES};
use super::super::{Dice, RunEvent, RunFolder, Settings, Taught, Which, run};
use super::*;
use crate::cinn::{Backbone, Design};
use crate::progress::Silent;

const TINY: Design = Design {
    backbone: Backbone::Plain,
    width: 4,
    stem_halvings: 0,
    collaborates: true,
    warps: true,
    rounds: 3,
    views: 2,
};

fn settings(study: Study) -> Settings {
    Settings {
        graph: Taught::Cinn,
        study,
        stages: vec![Stage { from: 0, size_px: 32, batch: 2 }],
        rates: Rates { highest: 1e-3, lowest: 1e-4, warm_up: 2, steps: 4, fall: None },
        measure_every: 100,
        measure_px: 32,
        save_every: 100,
        ..Settings::default()
    }
}

fn maker(study: Study) -> Maker {
    let cast = Arc::new(Cast::new(3, vec![]).unwrap());
    Maker::new(cast, study, 3, vec![Stage { from: 0, size_px: 32, batch: 2 }])
}

#[test]
fn a_paused_training_goes_on_as_if_it_had_not_been() {
    let folders = tempfile::tempdir().unwrap();
    let settings = settings(Study { design: TINY, udp_noise: 0.02, ..Study::default() });
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
    // The last step measures; what is told is read back as what it is.
    run(&parts, &settings, None, &Silent, &|_| ()).unwrap();
    let events = parts.events().unwrap();
    let measured = events.iter().find_map(|event| match event {
        RunEvent::Measured { measured: Found::Cinn(measured), .. } => Some(*measured),
        _ => None,
    });
    let measured = measured.unwrap();
    assert!(measured.sheet_drawings == 4 && measured.painted_db > 3.0 && measured.from_one_db.unwrap() > 3.0);
    assert!((0.0..1.0).contains(&measured.score()) && measured.nearest_db > 5.0, "{measured:?}");
    let picture = image::open(&parts.samples().unwrap()[0].1).unwrap().into_rgba8();
    assert_eq!([picture.width(), picture.height()], [32 * SAMPLES as u32, 32 * ROWS as u32]);
    // It opens in the training tab, and what it learned can be had as a file.
    let reader = super::super::RunReader::open(parts.path()).unwrap();
    let view = reader.view();
    assert_eq!((view.settings.graph, view.measured[0].title), (Taught::Cinn, "PSNR, dB (characters held out)"));
    let file = folders.path().join("cinn.safetensors");
    let dtype = crate::weights::WeightType::F16;
    assert_eq!(super::super::export(&parts, Which::Latest, &file, dtype).unwrap().0, 4);
    let painter = Painter::open(&parts).unwrap();
    assert_eq!(painter.parameters(), Collaborating::new(settings.study).numbers());
    let again = Gauge::new(32, 1).unwrap().measured(&painter);
    assert!(again.painted_db > 3.0 && again.found.is_none(), "{again:?}");
}

#[test]
fn all_studies_of_a_seed_see_the_same_characters() {
    let study = Study { design: TINY, ..Study::default() };
    let design = Design { views: 4, ..TINY };
    let two = maker(study).lesson(7).unwrap();
    let four = maker(Study { design, ..study }).lesson(7).unwrap();
    assert_eq!((two.drawings.len(), four.drawings.len()), (4, 8));
    assert_eq!((&two.wanted, &two.colours), (&four.wanted, &four.colours));
    assert!(two.drawings[..2] == four.drawings[..2] && two.drawings[2..] == four.drawings[4..6]);
    let noisy = maker(Study { udp_noise: 0.05, ..study }).lesson(7).unwrap();
    assert!(noisy.drawings == two.drawings && noisy.colours == two.colours && noisy.wanted != two.wanted);
    let off = noisy.wanted.iter().flatten().flatten().zip(two.wanted.iter().flatten().flatten());
    assert!(off.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max) < 0.3);
    let flat = maker(Study { encoding: Encoding::Uv, ..study }).lesson(7).unwrap();
    assert!(flat.wanted.iter().flatten().all(|pixel| pixel[2] == 0.0) && flat.colours == two.colours);
}

/// The gradient of each tensor of the whole net, by finite differences of the loss along it.
#[test]
fn the_way_back_through_the_whole_net_is_that_of_finite_differences() {
    leads_back(Study { design: TINY, ..Study::default() }, 1);
}

#[test]
fn the_way_back_through_the_renderer_into_the_detector_is_that_of_finite_differences() {
    leads_back(Study { design: TINY, learns: Learns::Shared, detections: 2, ..Study::default() }, 3);
}

/// Looks at every so-many-th tensor.
fn leads_back(study: Study, every: usize) {
    let mut course = Collaborating::new(study);
    let lesson = maker(study).lesson(0).unwrap();
    let mut state = course.learner.fresh(2);
    // Nothing begins as nought, so that everything has a slope.
    let mut dice = Dice::of(&[9]);
    for value in &mut state.values {
        *value += 0.02 * dice.normal();
    }
    let losses = |course: &Collaborating, state: &State| {
        let run = course.learner.run(state, course.inputs(&lesson));
        let (losses, by) = course.losses(&run, &lesson);
        (run, losses, by)
    };
    let (run, _, by) = losses(&course, &state);
    let gradients = course.learner.gradients(&state, run, by).to_vec();
    let mut looked = 0;
    for parameter in course.learner.net().parameters().iter().step_by(every) {
        let along = &gradients[parameter.at.clone()];
        let known = along.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>().sqrt();
        if known < 2e-3 {
            continue;
        }
        let moved = |by: f32| {
            let mut state = state.clone();
            for (value, slope) in state.values[parameter.at.clone()].iter_mut().zip(along) {
                *value += by * slope / known as f32;
            }
            losses(&course, &state).1.total
        };
        // Absolute values have corners, and single precision its noise: of several steps one must tell the slope.
        let off = [1e-2f32, 3e-3, 1e-3, 3e-4].map(|step| {
            let slope = (moved(step) - moved(-step)) / f64::from(2.0 * step);
            (slope - known).abs() / known
        });
        let least = off.into_iter().fold(f64::INFINITY, f64::min);
        assert!(least < 0.05, "{}: {known} is off by {off:?}", parameter.name);
        looked += 1;
    }
    assert!(looked > 10 / every, "{looked}");
}

/// A detector alone, and both together: what is learned finds UDPs, and paints where it learned to.
#[test]
fn detectors_learn_alone_and_with_the_renderer() {
    let folders = tempfile::tempdir().unwrap();
    let gauge = Gauge::new(32, 2).unwrap();
    for (learns, name) in [(Learns::Detector, "detector"), (Learns::Shared, "shared")] {
        let settings = settings(Study { design: TINY, learns, detections: 2, ..Study::default() });
        let folder = RunFolder::create(&folders.path().join(name), &settings).unwrap();
        run(&folder, &settings, None, &Silent, &|_| ()).unwrap();
        let painter = Painter::open(&folder).unwrap();
        let measured = gauge.measured(&painter);
        let found = measured.found.unwrap();
        assert!((0.0..0.5).contains(&found.udp_l1) && (0.0..2.0).contains(&found.mask_bce), "{measured:?}");
        let paints = learns != Learns::Detector;
        assert_eq!((measured.sheet_drawings, measured.painted_db > 3.0), (if paints { 4 } else { 0 }, paints));
        if paints {
            let [told, found] = [gauge.trials(&painter, 4), gauge.trials_by_found(&painter, 4)];
            assert!(told.len() == found.len() && told[1].picture.pixels != found[1].picture.pixels);
        }
        let events = folder.events().unwrap();
        let told = |event: &RunEvent| match event {
            RunEvent::Measured { measured: Found::Cinn(m), .. } => m.found.is_some() && m.score() > 0.0,
            _ => false,
        };
        assert!(events.iter().any(told), "what is told is read back as what it is");
        let mut course = Collaborating::new(settings.study);
        let (mut state, lesson) = (course.fresh(1), maker(settings.study).lesson(0).unwrap());
        let losses = course.learn(&mut state, &lesson, &settings).unwrap().0;
        assert!(losses.udp > 0.0 && losses.consistency > 0.0 && (losses.pyramid > 0.0) == paints, "{losses:?}");
        assert!(!folder.samples().unwrap().is_empty());
    }
    let [both, shared] =
        [Learns::Both, Learns::Shared].map(|learns| Study { design: TINY, learns, ..Study::default() }.parameters());
    assert!(shared < both, "one encoder is less than two");
}

/// Both see with one encoder, each with statistics of its own: with those of a lesson, what is painted and found is what the
/// net itself answered.
#[test]
fn what_both_learned_runs_apart() {
    let design = Design { backbone: Backbone::R34, ..TINY };
    let study = Study { design, learns: Learns::Shared, detections: 1, ..Study::default() };
    let (course, lesson) = (Collaborating::new(study), maker(study).lesson(0).unwrap());
    let mut state = course.fresh(4);
    let mut dice = Dice::of(&[3]);
    state.values.iter_mut().for_each(|value| *value += 0.05 * dice.normal());
    state.averaged = state.values.clone();
    let run = course.learner.run(&state, course.inputs(&lesson));
    course.learner.net().remember(&run, 1.0, &mut state.averaged_statistics);
    let painter = course.painter(&state);
    for sheet in 0..2 {
        let found = painter.find(&lesson.pasted[sheet], 32).unwrap();
        let painted = painter.paint(&lesson.drawings[2 * sheet..][..2], &found, 32);
        for i in (0..32 * 32).step_by(37) {
            let at = |which: usize| run.result(which).pixel(sheet, i / 32, i % 32);
            let off =
                |ours: &[f32], theirs: &[f32]| ours.iter().zip(theirs).map(|(a, b)| (a - b).abs()).fold(0f32, f32::max);
            assert!(off(&found[i], at(detector::result::EACH)) < 1e-3, "{:?}", found[i]);
            assert!(off(&painted[i], at(detector::result::COLOURS)) < 1e-3, "{:?}", painted[i]);
        }
    }
}

#[test]
fn baselines_are_as_good_as_they_are_known_to_be() {
    let gauge = Gauge::new(64, 2).unwrap();
    let db = |which| {
        let trials = gauge.baseline(which, 4).unwrap().unwrap();
        assert_eq!(trials.len(), 4);
        trials.iter().map(|trial| trial.measures.psnr_db.unwrap()).sum::<f64>() / 4.0
    };
    let [nearest, mean, transfer] = [Baseline::Nearest, Baseline::MeanColour, Baseline::Transfer].map(db);
    println!("{nearest} {mean} {transfer}");
    assert!(transfer > nearest + 2.0 && transfer > mean + 2.0 && nearest > 5.0);
    assert_eq!(gauge.truths().len(), 4);
}

/// Two characters, learned by heart: messages and flows carry colours from drawings. Takes minutes.
#[test]
#[ignore = "takes minutes: cargo test --release -- --ignored collaborating::tests::two"]
fn two_characters_are_learned_by_heart() {
    let study = Study { design: Design { width: 16, views: 3, ..TINY }, ..Study::default() };
    let mut course = Collaborating::new(study);
    let settings = Settings {
        rates: Rates { highest: 2e-3, lowest: 2e-4, warm_up: 10, steps: 400, fall: None },
        average: 0.95,
        ..settings(study)
    };
    let (mut state, lesson) = (course.learner.fresh(1), maker(study).lesson(0).unwrap());
    let mut last = CinnLosses::default();
    for _ in 0..settings.rates.steps {
        last = course.learn(&mut state, &lesson, &settings).unwrap().0;
        if state.progress.step.is_multiple_of(50) {
            println!("{}: {last:?}", state.progress.step);
        }
    }
    assert!(last.photometric < 0.015, "{last:?}");
}
