use super::super::data::Stage;
use super::super::optimiser::Rates;
use super::super::painting::{Wanted, pictured};
use super::super::samples::ROWS;
use super::super::{RunEvent, Taught, Which, export, run};
use super::sheet::moved;
use super::*;
use crate::nn::kernels::Precision;
use crate::sheet::{DrawingHints, Side, View};
use crate::udp::Udp;
use crate::weights::{Tuning as Changes, WeightType};

/// Drawings of one character, of which the first alone comes with its UDP.
fn drawings(count: usize) -> Vec<(View, DrawingHints)> {
    let portraits = Cast::new(3, vec![]).unwrap().portraits(2).unwrap();
    let views = portraits.views.iter().take(count).enumerate();
    let view = |(i, view)| {
        let (picture, udp) = pictured(view, [0, 1, 2]);
        let view_deg = (i > 0).then_some(view.view_deg).flatten();
        let udp = (i == 0).then_some(udp);
        let view = View { name: format!("drawing {i}"), path: None, picture, udp, warnings: vec![] };
        (view, DrawingHints { view_deg, ..DrawingHints::default() })
    };
    views.map(view).collect()
}

fn settings() -> Settings {
    Settings {
        graph: Taught::Sheet,
        stages: vec![Stage { from: 0, size_px: 32, batch: 4 }],
        rates: Rates { highest: 1e-3, lowest: 1e-4, warm_up: 2, steps: 4, fall: None },
        decay: 0.0,
        measure_every: 100,
        measure_px: 64,
        save_every: 100,
        ..Settings::default()
    }
}

fn begun(path: &std::path::Path, drawings: &[(View, DrawingHints)], settings: &Settings) -> RunFolder {
    let drawings: Vec<_> = drawings.iter().map(|(view, hints)| (view, hints)).collect();
    begin_sheet(path, settings, &drawings, None).unwrap()
}

#[test]
fn a_paused_tuning_goes_on_exactly_and_what_comes_of_it_is_written_if_it_is_worth_it() {
    let folders = tempfile::tempdir().unwrap();
    let (settings, drawings) = (settings(), drawings(3));
    let [whole, parts] = ["whole", "parts"].map(|name| begun(&folders.path().join(name), &drawings, &settings));
    run(&whole, &settings, Some(3), &Silent, &|_| ()).unwrap();
    for steps in [2, 1] {
        let (again, kept) = RunFolder::open(parts.path()).unwrap();
        assert_eq!(kept, settings);
        run(&again, &kept, Some(steps), &Silent, &|_| ()).unwrap();
    }
    let [mut a, mut b] = [&whole, &parts].map(|folder| folder.latest().unwrap().unwrap());
    (a.progress.seconds, b.progress.seconds) = (0.0, 0.0);
    assert!(a == b, "same values, moments and averages, bit for bit");
    run(&parts, &settings, None, &Silent, &|_| ()).unwrap();

    let tuning = Tuning::open(&parts, &settings).unwrap();
    let state = parts.latest().unwrap().unwrap();
    for parameter in tuning.learner.net().parameters() {
        let same = state.averaged[parameter.at.clone()] == tuning.begins[parameter.at.clone()];
        assert_eq!(same, !parameter.learns, "{}", parameter.name);
    }
    let measured = parts.events().unwrap().into_iter().find_map(|event| match event {
        RunEvent::Measured { step: 4, measured: Found::Sheet(measured), .. } => Some(measured),
        _ => None,
    });
    let measured = measured.unwrap();
    println!("{measured:?}");
    for change in [measured.kept_out, measured.learned, measured.replay] {
        assert!(change.before > 5.0 && change.now > 5.0 && change.gain() != 0.0, "{change:?}");
    }
    let samples = parts.samples().unwrap();
    let picture = image::open(&samples[0].1).unwrap().into_rgba8();
    assert_eq!([picture.width(), picture.height()], [64 * 3, 64 * ROWS as u32]);

    // What was measured last decides.
    let to = folders.path().join("changes.safetensors");
    let say = |gained: f64, lost: f64| {
        let change = |gain: f64| Change { before: 20.0, now: 20.0 + gain };
        let measured = SheetMeasured { kept_out: change(gained), learned: change(gained), replay: change(-lost) };
        parts.tell(&RunEvent::Measured { step: 4, measured: Found::Sheet(measured), best: true }).unwrap();
        export(&parts, Which::Latest, &to, WeightType::F16)
    };
    let message = say(2.0, 0.31).unwrap_err().to_string();
    assert!(message.contains("0.31 dB") && message.contains("parts") && !to.exists(), "{message}");
    let message = say(-0.1, 0.0).unwrap_err().to_string();
    assert!(message.contains("-0.10 dB") && !to.exists(), "{message}");
    let (step, record) = say(0.5, 0.2).unwrap();
    assert!(step == 4 && std::fs::read_to_string(record).unwrap().contains("| 4 | 20.00 → 20.50 |"));
    assert!(std::fs::metadata(&to).unwrap().len() < 1 << 20, "small enough for a project");

    // With all of the changes the weights are those that were learned, but for what 16 bits hold; with none as they were.
    let base = || fude::shipped::<RendererGraph>().unwrap().unwrap();
    let schema = Schema::of::<RendererGraph>().unwrap();
    let changes = Changes::open(&to, &tuning_schema().unwrap()).unwrap();
    for (share, expected) in [(0.0, &tuning.begins), (1.0, &state.averaged)] {
        let values = base().tuned(&changes, share).unwrap().values(&schema).unwrap();
        for parameter in tuning.learner.net().parameters() {
            let pairs = values[&parameter.name].iter().zip(&expected[parameter.at.clone()]);
            assert!(pairs.into_iter().all(|(a, b)| (a - b).abs() < 1e-5), "{} {share}", parameter.name);
        }
        Renderer::of_file(&base().tuned(&changes, share).unwrap(), 64, Precision::F32, &Silent).unwrap();
    }
}

#[test]
fn one_drawing_is_learned_from_too_and_a_quarter_of_its_body_is_kept_out() {
    let folders = tempfile::tempdir().unwrap();
    let settings = Settings { rates: Rates { steps: 1, ..settings().rates }, ..settings() };
    for count in [1, 2] {
        let folder = begun(&folders.path().join(count.to_string()), &drawings(count), &settings);
        let sheet = Sheet::open(&folder, 32, 64, &Detector::shipped(128).unwrap().unwrap()).unwrap();
        assert!(sheet.kept_out.is_none() && sheet.learned().count() == count);
        let wanted = &sheet.drawings[0].measured.1;
        let seen = wanted.udp.surface_points();
        let pixels = wanted.udp.pixels.iter().zip(&wanted.counts);
        let hidden = pixels.filter(|(pixel, counts)| pixel[3] > 0.5 && **counts == 0.0).count();
        assert!((seen / 10..seen / 2).contains(&hidden), "{hidden} of {seen}");
        if count == 2 {
            continue;
        }
        run(&folder, &settings, None, &Silent, &|_| ()).unwrap();
        let measured = folder.events().unwrap().into_iter().find_map(|event| match event {
            RunEvent::Measured { measured: Found::Sheet(measured), .. } => Some(measured),
            _ => None,
        });
        assert!(measured.is_some_and(|m| m.kept_out.before > 3.0 && m.learned == m.kept_out));
    }
}

#[test]
fn what_can_not_be_learned_from_is_refused_by_a_sentence() {
    let folders = tempfile::tempdir().unwrap();
    let path = folders.path().join("run");
    let begin = |drawings: &[(View, DrawingHints)], keep_out: Option<&str>| {
        let drawings: Vec<_> = drawings.iter().map(|(view, hints)| (view, hints)).collect();
        begin_sheet(&path, &settings(), &drawings, keep_out).map(|_| ()).unwrap_err().to_string()
    };
    let three = drawings(3);
    assert!(begin(&[], None).contains("0 drawings"));
    assert!(begin(&drawings(9), None).contains("1 to 8"));
    assert!(begin(&three, Some("nose")).contains("drawing 0, drawing 1"));
    assert!(begin(&three[..2], Some("drawing 1")).contains("takes 3"));
    assert!(!path.exists());
    let empty = View { picture: Picture::new(40, 40), udp: None, ..three[0].0.clone() };
    let folder = begun(&path, &[(empty, DrawingHints::from(Side::Front))], &settings());
    let message = run(&folder, &settings(), None, &Silent, &|_| ()).unwrap_err().to_string();
    assert!(message.contains("drawing 0") && message.contains("leave it out"), "{message}");
}

#[test]
fn a_drawing_that_is_not_moved_stays_as_it_is() {
    let side = 40;
    let mut udp = Udp::new(side, side);
    let pixels = udp.pixels.iter_mut().enumerate();
    pixels.for_each(|(i, pixel)| *pixel = [i as f32 / 1600.0, 0.5, 0.5, 1.0]);
    let colours: Vec<[u8; 4]> = (0..1600).map(|i| [(i % 251) as u8, 3, 7, 255]).collect();
    let counts: Vec<f32> = (0..1600).map(|i| (i % 3) as f32).collect();
    let large = Wanted { udp, colours, counts };
    let same = moved(&large, 40, [[1.0, 0.0], [0.0, 1.0]], [0.0; 2]);
    assert!(same.udp == large.udp && same.colours == large.colours && same.counts == large.counts);
    // A quarter turn puts the right edge where the bottom was or the top, and nothing comes from outside.
    let turned = moved(&large, 40, [[0.0, -1.0], [1.0, 0.0]], [0.0; 2]);
    assert_eq!(turned.udp.pixels[0], large.udp.pixels[39]);
    let beside = moved(&large, 40, [[1.0, 0.0], [0.0, 1.0]], [0.5, 0.0]);
    assert!(
        beside.udp.pixels[39][3] == 0.0 && beside.colours[39] == [0; 4] && beside.udp.pixels[0] == large.udp.pixels[20]
    );
}
