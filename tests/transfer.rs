//! Landmark transfer against what it stands in for: a figure's sheet, drawn in poses and from cameras that are not in it,
//! compared with the figure itself.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use settei::engine::{Painter, Painting, Subject};
use settei::figure::{self, Figure, landmarks::MapPreset};
use settei::picture::compare::{Region, psnr};
use settei::pose::{self, CameraView};
use settei::progress::Silent;
use settei::raster::{RasterChoice, Rasterizer};
use settei::sheet::{Sheet, View};
use settei::transfer::{Transfer, TransferError};
use std::path::Path;

const SIZE_PX: [u32; 2] = [512; 2];
/// What an eight-view sheet must reach.
const LEAST_DB: f64 = 24.0;

fn subject(figure: Figure) -> Subject {
    Subject::new(Rasterizer::new(RasterChoice::Cpu).unwrap(), figure, MapPreset::Joint).unwrap()
}

fn sheet(subject: &Subject, views: usize) -> Sheet {
    let pose = pose::named_or_file("a").unwrap().1;
    let view = |camera: CameraView| {
        let (picture, udp) = subject.view(&pose, &camera, SIZE_PX).unwrap();
        View { name: camera.to_string(), path: None, picture, udp: Some(udp), warnings: Vec::new() }
    };
    let views = CameraView::evenly_around(views).into_iter().map(view).collect();
    Sheet { views, warnings: Vec::new() }
}

/// PSNR inside the figure's box in each pose from each camera, all of them printed.
fn measure(subject: &Subject) -> Vec<f64> {
    let painter = Painter::landmark(&sheet(subject, 8), &Silent).unwrap();
    let mut all = Vec::new();
    for pose in ["walk", "wave", "sit", "dance"] {
        let posed = pose::named_or_file(pose).unwrap().1;
        for camera in ["20:5", "-60:10", "160:0", "110:-15"] {
            let (truth, udp) = subject.view(&posed, &camera.parse().unwrap(), SIZE_PX).unwrap();
            let drawn = painter.paint(&udp, &Silent).unwrap().to_picture();
            let reached = psnr(&drawn, &truth, Region::of_content(&truth).unwrap());
            println!("{} {pose:>6} {camera:>8}: {reached:.2} dB", subject.figure().name);
            all.push(reached);
        }
    }
    let least = all.iter().copied().fold(f64::INFINITY, f64::min);
    println!(
        "{}: mean {:.2} dB, least {least:.2} dB",
        subject.figure().name,
        all.iter().sum::<f64>() / all.len() as f64
    );
    all
}

#[test]
fn the_built_in_figure_is_drawn_from_its_sheet() {
    let reached = measure(&subject(settei::example::figure().unwrap()));
    assert!(reached.iter().all(|&db| db >= LEAST_DB), "{reached:.2?}");
}

#[test]
fn gene_is_drawn_from_her_sheet() {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/assets/mmd/gene/Gene_light.pmx"));
    if !path.exists() {
        eprintln!("skipped: {} is not there", path.display());
        return;
    }
    let reached = measure(&subject(figure::load(path).unwrap()));
    assert!(reached.iter().all(|&db| db >= LEAST_DB), "{reached:.2?}");
}

#[test]
fn a_drawing_of_the_sheet_is_drawn_as_it_is() {
    let subject = subject(settei::example::figure().unwrap());
    let sheet = sheet(&subject, 4);
    let transfer = Transfer::new(&sheet, &Silent).unwrap();
    let front = &sheet.views[0];
    let drawn = transfer.render(front.udp.as_ref().unwrap());
    let reached = psnr(&drawn.picture, &front.picture, Region::of_content(&front.picture).unwrap());
    println!("a view drawn from its own sheet: {reached:.2} dB");
    assert!(reached > 28.0, "{reached}");
    let seen = front.udp.as_ref().unwrap().surface_points();
    let sure = drawn.confidence.iter().filter(|&&c| c > 128).count();
    assert!(sure * 10 > seen * 7, "{sure} of {seen} pixels are sure");
}

#[test]
fn the_order_of_the_drawings_means_nothing() {
    let subject = subject(settei::example::figure().unwrap());
    let (pose, camera) = (pose::named_or_file("run").unwrap().1, "30:0".parse().unwrap());
    let target = subject.udp(&pose, &camera, [256; 2]).unwrap();
    let mut sheet = sheet(&subject, 4);
    let one = Transfer::new(&sheet, &Silent).unwrap().render(&target).picture;
    sheet.views.reverse();
    let other = Transfer::new(&sheet, &Silent).unwrap().render(&target).picture;
    assert!(one == other);
}

#[test]
fn what_no_drawing_shows_is_marked() {
    let subject = subject(settei::example::figure().unwrap());
    let mut sheet = sheet(&subject, 2);
    sheet.views.truncate(1);
    let painter = Painter::landmark(&sheet, &Silent).unwrap();
    let t = pose::named_or_file("t").unwrap().1;
    let sure = |camera: &str| {
        let udp = subject.udp(&t, &camera.parse().unwrap(), [256; 2]).unwrap();
        let Painting::Landmark(_, confidence) = painter.paint(&udp, &Silent).unwrap() else { unreachable!() };
        let seen = udp.pixels.iter().zip(&confidence).filter(|(p, _)| p[3] > 0.5);
        seen.clone().filter(|(_, c)| **c > 64).count() as f32 / seen.count() as f32
    };
    let (front, back) = (sure("front"), sure("back"));
    assert!(front > 0.7 && back < 0.3, "front {front}, back {back}");
}

#[test]
fn sheets_that_cannot_be_used_are_refused() {
    let subject = subject(settei::example::figure().unwrap());
    let mut one = sheet(&subject, 1);
    one.views[0].udp = None;
    let refused = Transfer::new(&one, &Silent).err().unwrap();
    assert!(refused.to_string().contains("front"), "{refused}");
    one.views[0].udp = Some(settei::udp::Udp::new(512, 512));
    assert!(matches!(Transfer::new(&one, &Silent), Err(TransferError::NothingSeen)));
    one.views[0].udp = Some(settei::udp::Udp::new(3, 3));
    assert!(matches!(Transfer::new(&one, &Silent), Err(TransferError::UnknownPose(_))));
}

#[test]
fn tiny_and_empty_targets_are_drawn() {
    let subject = subject(settei::example::figure().unwrap());
    let transfer = Transfer::new(&sheet(&subject, 2), &Silent).unwrap();
    let pose = pose::named_or_file("t").unwrap().1;
    for size in [[1, 1], [1, 9], [9, 1], [5, 4]] {
        let udp = subject.udp(&pose, &CameraView::default(), size).unwrap();
        assert_eq!(transfer.render(&udp).picture.pixels.len(), (size[0] * size[1]) as usize);
    }
    let empty = transfer.render(&settei::udp::Udp::new(40, 30)).picture;
    assert!(empty.pixels.iter().all(|p| p[3] == 0));
}

#[test]
fn one_landmark_all_over_does_not_take_for_ever() {
    let mut udp = settei::udp::Udp::new(400, 400);
    udp.pixels.fill([0.5, 0.5, 0.5, 1.0]);
    let mut picture = settei::picture::Picture::new(400, 400);
    picture.pixels.fill([10, 200, 30, 255]);
    let view = View { name: "flat".into(), path: None, picture, udp: Some(udp.clone()), warnings: Vec::new() };
    let transfer = Transfer::new(&Sheet { views: vec![view; 4], warnings: Vec::new() }, &Silent).unwrap();
    assert_eq!(transfer.render(&udp).picture.at(200, 200), [10, 200, 30, 255]);
}
