//! `settei compare` as a user runs it: pictures, Ultra-Dense Poses, folders of both, and what can't be compared.

use super::cli::{events, fails, succeeds};
use settei::events::{Compared, ComparedAll, ComparedKind, Event, Measured};
use settei::measures::{PictureMeasures, UdpMeasures};
use settei::picture::Picture;
use settei::udp::Udp;
use std::path::Path;

/// A grey square of 20×20 pixels in 40×30 transparent ones.
fn square(grey: u8) -> Picture {
    let mut picture = Picture::new(40, 30);
    for (x, y) in (10..30).flat_map(|x| (5..25).map(move |y| (x, y))) {
        *picture.at_mut(x, y) = [grey, grey, grey, 255];
    }
    picture
}

/// A body that lies in the same square, `off` from where it is along z.
fn body(off: f32) -> Udp {
    let mut udp = Udp::new(40, 30);
    for (i, pixel) in udp.pixels.iter_mut().enumerate() {
        if (10..30).contains(&(i % 40)) && (5..25).contains(&(i / 40)) {
            *pixel = [(i % 40) as f32 / 40.0, 0.5, 0.9 - off, 1.0];
        }
    }
    udp
}

fn pictures(folder: &Path, line: &str) -> ([u32; 4], PictureMeasures) {
    let events = events(&succeeds(folder, &format!("--json compare {line}")));
    let measured = events.into_iter().find_map(|event| match event {
        Event::Compared(Compared { measured: Measured::Picture { box_px, measures }, .. }) => Some((box_px, measures)),
        _ => None,
    });
    measured.unwrap()
}

fn udps(folder: &Path, line: &str) -> UdpMeasures {
    let events = events(&succeeds(folder, &format!("--json compare {line}")));
    let measured = events.into_iter().find_map(|event| match event {
        Event::Compared(Compared { measured: Measured::Udp { measures }, .. }) => Some(measures),
        _ => None,
    });
    measured.unwrap()
}

#[test]
fn pictures_are_measured_in_the_box_of_the_true_figure() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    square(180).save_png(&place("drawn.png")).unwrap();
    square(200).save_png(&place("truth.png")).unwrap();

    let (box_px, measures) = pictures(folder.path(), "drawn.png truth.png");
    assert_eq!(box_px, [10, 5, 20, 20]);
    let boxed_db = -20.0 * (20f64 / 255.0).log10();
    assert!((measures.psnr_db.unwrap() - boxed_db).abs() < 1e-9, "{measures:?}");
    assert!((measures.l1 - 20.0 / 255.0).abs() < 1e-9 && measures.alpha_iou == 1.0, "{measures:?}");
    assert!(measures.ssim.is_some() && measures.ms_ssim.is_none(), "20 pixels are too few for several scales");

    let (box_px, whole) = pictures(folder.path(), "drawn.png truth.png --whole");
    assert_eq!(box_px, [0, 0, 40, 30]);
    assert!((whole.psnr_db.unwrap() - boxed_db - 10.0 * 3f64.log10()).abs() < 1e-9, "{whole:?}");

    let said = succeeds(folder.path(), "compare drawn.png truth.png --heat where.png");
    assert!(said.contains("20×20 pixels from 10,5") && said.contains("22.11  dB of colours"), "{said}");
    assert!(said.contains("MS-SSIM     small") && said.contains("wrote where.png"), "{said}");
    assert_eq!(image::image_dimensions(place("where.png")).unwrap(), (20, 20));
    let said = succeeds(folder.path(), "compare truth.png truth.png");
    assert!(said.contains("PSNR        equal"), "{said}");
}

#[test]
fn udps_are_known_by_what_they_are_in_every_form() {
    let folder = tempfile::tempdir().unwrap();
    for form in ["npz", "exr", "png"] {
        body(0.0).save(&folder.path().join(format!("truth.{form}"))).unwrap();
        body(0.04).save(&folder.path().join(format!("found.{form}"))).unwrap();
    }
    for (found, truth) in [("npz", "npz"), ("exr", "png"), ("png", "exr")] {
        let measures = udps(folder.path(), &format!("found.{found} truth.{truth}"));
        let landmarks = measures.landmarks.unwrap();
        assert!(landmarks.l1[0] < 1e-4 && (landmarks.l1[2] - 0.04).abs() < 1e-4, "{landmarks:?}");
        assert!(!landmarks.turned && !landmarks.mirrored, "{landmarks:?}");
        assert_eq!((measures.within_02, measures.within_05, measures.iou), (0.0, 1.0, 1.0));
    }
    body(0.8).save(&folder.path().join("turned.npz")).unwrap();
    assert!(udps(folder.path(), "turned.npz truth.npz").landmarks.unwrap().turned);
    // The same file, said to be a drawing.
    assert_eq!(pictures(folder.path(), "found.png truth.png --as picture").0, [10, 5, 20, 20]);
}

#[test]
fn folders_are_compared_name_by_name() {
    let folder = tempfile::tempdir().unwrap();
    for (side, greys, off) in [("drawn", [180, 190, 200], 0.01), ("truth", [200, 200, 200], 0.0)] {
        std::fs::create_dir(folder.path().join(side)).unwrap();
        for (name, grey) in ["a", "b", "same"].into_iter().zip(greys) {
            square(grey).save_png(&folder.path().join(side).join(format!("{name}.png"))).unwrap();
        }
        body(off).save(&folder.path().join(side).join("a.udp.npz")).unwrap();
        square(1).save_png(&folder.path().join(side).join(format!("only-{side}.png"))).unwrap();
        std::fs::write(folder.path().join(side).join("notes.txt"), "no picture").unwrap();
    }
    let said = succeeds(folder.path(), "compare drawn truth");
    let rows: Vec<&str> = said.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(rows, ["PSNR", "a.png", "b.png", "same.png", "mean", "sd", "PSNR:", "x", "a.udp.npz", "mean", "sd"]);
    assert!(said.contains("PSNR: the mean is over 2 of 3, the others are equal"), "{said}");

    let events = events(&succeeds(folder.path(), "--json compare drawn truth"));
    let alone: Vec<_> = events.iter().filter(|event| matches!(event, Event::Warning { .. })).collect();
    assert!(alone.len() == 2 && format!("{alone:?}").contains("only-truth.png"), "{alone:?}");
    let all: Vec<&ComparedAll> = events
        .iter()
        .filter_map(|event| match event {
            Event::ComparedAll(all) => Some(all),
            _ => None,
        })
        .collect();
    let [of_pictures, of_udps] = all[..] else { panic!("{all:?}") };
    assert_eq!((of_pictures.kind, of_pictures.pairs), (ComparedKind::Picture, 3));
    assert_eq!((of_udps.kind, of_udps.pairs), (ComparedKind::Udp, 1));
    let l1 = of_pictures.measures.iter().find(|summary| summary.measure == "l1").unwrap();
    // Of 20, 10 and 0 steps.
    assert!((l1.mean - 10.0 / 255.0).abs() < 1e-9 && (l1.sd.unwrap() - 10.0 / 255.0).abs() < 1e-9, "{l1:?}");
    assert!(of_udps.measures.iter().all(|summary| summary.sd.is_none()), "{of_udps:?}");
}

#[test]
fn what_has_no_measure_is_told_why() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    square(9).save_png(&place("a.png")).unwrap();
    Picture::new(40, 30).save_png(&place("nothing.png")).unwrap();
    Picture::new(40, 31).save_png(&place("larger.png")).unwrap();
    body(0.0).save(&place("a.npz")).unwrap();
    Udp::new(40, 30).save(&place("nothing.npz")).unwrap();
    std::fs::write(place("notes.png"), "no picture").unwrap();
    ["one", "two"].iter().for_each(|name| std::fs::create_dir(place(name)).unwrap());
    fails(folder.path(), "compare a.png larger.png", 1, &["a.png", "larger.png", "40×30", "40×31", "one size"]);
    fails(folder.path(), "compare a.png nothing.png", 1, &["nothing.png", "shows nothing"]);
    fails(folder.path(), "compare a.npz nothing.npz", 1, &["nothing.npz", "shows nothing"]);
    fails(folder.path(), "compare notes.png a.png", 1, &["notes.png"]);
    fails(folder.path(), "compare a.png missing.png", 1, &["missing.png"]);
    fails(folder.path(), "compare one two", 1, &["one", "two", "the same name"]);
    fails(folder.path(), "compare a.npz a.png", 2, &["a.png is a picture", "a.npz an Ultra-Dense Pose", "--as"]);
    fails(folder.path(), "compare a.png one", 2, &["two files or two folders"]);
    fails(folder.path(), "compare a.npz a.npz --heat h.png", 2, &["--heat"]);
    fails(folder.path(), "compare one two --heat h.png", 2, &["--heat"]);
    // A true figure that is opaque everywhere is measured everywhere; a drawn one may be empty.
    assert_eq!(pictures(folder.path(), "nothing.png a.png").1.alpha_iou, 0.0);
}
