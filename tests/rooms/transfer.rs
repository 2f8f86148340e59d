//! Landmark transfer against what it stands in for: a figure's sheet, drawn in poses and from cameras that are not in it,
//! compared with the figure itself.

use settei::bench::likeness;
use settei::figure::{self, Figure, landmarks::MapPreset};
use settei::measures::{self, Pair};
use settei::picture::Picture;
use settei::pose::{self, CameraView, Pose};
use settei::progress::Silent;
use settei::raster::{RasterChoice, Rasterizer, Subject, ToonStyle};
use settei::sheet::{Sheet, View};
use settei::transfer::{Drawn, Parts, Transfer, TransferError};
use settei::udp::Udp;
use std::path::Path;
use std::sync::Arc;

const SIZE_PX: [u32; 2] = [512; 2];
/// What an eight-view sheet must reach in each picture, and as a mean.
const LEAST_DB: [f64; 2] = [23.9, 27.0];

fn subject(figure: Figure) -> Arc<Subject> {
    Arc::new(Subject::new(Rasterizer::new(RasterChoice::Cpu).unwrap(), figure, MapPreset::default()).unwrap())
}

/// A figure's picture in a pose from a side, and its UDP.
fn seen(subject: &Arc<Subject>, pose: &Pose, camera: &CameraView) -> (Picture, Arc<Udp>) {
    let shot = subject.shoot(pose, camera, SIZE_PX).unwrap();
    (shot.toon(SIZE_PX, &ToonStyle::default()).unwrap(), shot.udp(SIZE_PX).unwrap())
}

fn sheet(subject: &Arc<Subject>, views: usize) -> Sheet {
    let pose = pose::named_or_file("a").unwrap().1;
    let view = |camera: CameraView| {
        let (picture, udp) = seen(subject, &pose, &camera);
        View { name: camera.to_string(), path: None, picture, udp: Some(Udp::clone(&udp)), warnings: Vec::new() }
    };
    let views = CameraView::evenly_around(views).into_iter().map(view).collect();
    Sheet { views, warnings: Vec::new() }
}

/// PSNR in dB inside the figure's box.
fn psnr(drawn: &Picture, truth: &Picture) -> f64 {
    measures::psnr(&Pair::in_figure_box(drawn, truth).unwrap())
}

/// PSNR inside the figure's box in each pose from each camera, all of them printed.
fn measure(subject: &Arc<Subject>) -> Vec<f64> {
    let painter = Transfer::new(&sheet(subject, 8), &Silent).unwrap();
    let mut all = Vec::new();
    for pose in ["walk", "wave", "sit", "dance"] {
        let posed = pose::named_or_file(pose).unwrap().1;
        for camera in ["20:5", "-60:10", "160:0", "110:-15"] {
            let (truth, udp) = seen(subject, &posed, &camera.parse().unwrap());
            let drawn = painter.render(&udp).picture;
            let reached = psnr(&drawn, &truth);
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
    let mean = reached.iter().sum::<f64>() / reached.len() as f64;
    assert!(reached.iter().all(|&db| db >= LEAST_DB[0]) && mean >= LEAST_DB[1], "{reached:.2?}");
}

#[test]
fn gene_is_drawn_from_her_sheet() {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/assets/mmd/gene/Gene_light.pmx"));
    if !path.exists() {
        eprintln!("skipped: {} is not there", path.display());
        return;
    }
    let reached = measure(&subject(figure::load(path).unwrap()));
    let mean = reached.iter().sum::<f64>() / reached.len() as f64;
    assert!(reached.iter().all(|&db| db >= LEAST_DB[0]) && mean >= LEAST_DB[1], "{reached:.2?}");
}

#[test]
fn a_drawing_of_the_sheet_is_drawn_as_it_is() {
    let subject = subject(settei::example::figure().unwrap());
    let sheet = sheet(&subject, 4);
    let transfer = Transfer::new(&sheet, &Silent).unwrap();
    let front = &sheet.views[0];
    let drawn = transfer.render(front.udp.as_ref().unwrap());
    let reached = psnr(&drawn.picture, &front.picture);
    println!("a view drawn from its own sheet: {reached:.2} dB");
    assert!(reached > 28.0, "{reached}");
    let seen = front.udp.as_ref().unwrap().surface_points();
    let sure = drawn.confidence.iter().filter(|&&c| c > 128).count();
    assert!(sure * 10 > seen * 7, "{sure} of {seen} pixels are sure");
}

/// From the front and obliquely nobody sees thighs that sit, nor a back: materials tell what they look like.
#[test]
fn two_views_show_what_no_view_shows() {
    let subject = subject(settei::example::figure().unwrap());
    let cameras = ["front", "45:0"].map(|camera| camera.parse().unwrap());
    let views = likeness::views(&subject, &cameras).unwrap();
    let drawings: Vec<_> = views
        .iter()
        .map(|view| Drawn { picture: &view.picture, udp: view.udp.as_ref().unwrap(), confidence: None })
        .collect();
    let parts = Some(Arc::new(Parts::new(subject.model().landmark_triangles())));
    let [known, unknown] = [parts, None].map(|parts| Transfer::of(&drawings, parts, &Silent).unwrap());
    for (pose, camera, least) in [("sit", "10:0", 24.0), ("kneel", "150:0", 22.0)] {
        let (truth, udp) = seen(&subject, &pose::named_or_file(pose).unwrap().1, &camera.parse().unwrap());
        let [known, unknown] = [&known, &unknown].map(|t| psnr(&t.render(&udp).picture, &truth));
        println!("{pose} {camera}: {known:.2} dB, {unknown:.2} dB if the materials are not known");
        assert!(known >= least && known > unknown, "{pose} {camera}: {known:.2} {unknown:.2}");
    }
}

#[test]
fn the_order_of_the_drawings_means_nothing() {
    let subject = subject(settei::example::figure().unwrap());
    let (pose, camera) = (pose::named_or_file("run").unwrap().1, "30:0".parse().unwrap());
    let target = subject.shoot(&pose, &camera, [256; 2]).unwrap().udp([256; 2]).unwrap();
    let mut sheet = sheet(&subject, 4);
    let one = Transfer::new(&sheet, &Silent).unwrap().render(&target).picture;
    sheet.views.reverse();
    let other = Transfer::new(&sheet, &Silent).unwrap().render(&target).picture;
    assert!(one == other);
}

#[test]
fn each_pixel_knows_the_drawings_it_is_from() {
    let subject = subject(settei::example::figure().unwrap());
    let mut sheet = sheet(&subject, 4);
    let target = sheet.views[0].udp.clone().unwrap();
    let transfer = Transfer::new(&sheet, &Silent).unwrap();
    let (drawn, shares) = transfer.explain(&target, &Silent).unwrap();
    assert_eq!(drawn, transfer.render(&target), "to be asked changes nothing");
    // A view drawn anew is mostly from itself.
    let seen: Vec<usize> = (0..target.pixels.len()).filter(|&i| target.pixels[i][3] > 0.5).collect();
    let leads = |shares: &settei::sheet::Shares, view: usize| {
        seen.iter().filter(|&&i| shares.views.iter().all(|plane| plane[i] <= shares.views[view][i])).count()
    };
    assert!(leads(&shares, 0) * 10 > seen.len() * 8, "{} of {}", leads(&shares, 0), seen.len());
    for (i, pixel) in target.pixels.iter().enumerate() {
        let sum: u32 = shares.views.iter().map(|plane| u32::from(plane[i])).sum();
        assert!(sum <= 257 && (pixel[3] > 0.5 || sum == 0), "{sum}");
    }
    // Drawings keep their places, whatever order is worked in, and one that shows nothing has a place too.
    sheet.views.reverse();
    sheet.views[1].udp = Some(settei::udp::Udp::new(SIZE_PX[0], SIZE_PX[1]));
    let shares = Transfer::new(&sheet, &Silent).unwrap().explain(&target, &Silent).unwrap().1;
    assert!(shares.views.len() == 4 && leads(&shares, 3) * 10 > seen.len() * 8);
    assert!(shares.views[1].iter().all(|&share| share == 0));
}

#[test]
fn what_no_drawing_shows_is_marked() {
    let subject = subject(settei::example::figure().unwrap());
    let mut sheet = sheet(&subject, 2);
    sheet.views.truncate(1);
    let painter = Transfer::new(&sheet, &Silent).unwrap();
    let t = pose::named_or_file("t").unwrap().1;
    let sure = |camera: &str| {
        let udp = subject.shoot(&t, &camera.parse().unwrap(), [256; 2]).unwrap().udp([256; 2]).unwrap();
        let confidence = painter.render(&udp).confidence;
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
        let udp = subject.shoot(&pose, &CameraView::default(), size).unwrap().udp(size).unwrap();
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

mod hostile {
    use super::*;
    use proptest::prelude::*;

    /// What damaged files and broken detectors make of a landmark's coordinate.
    fn coordinate() -> impl Strategy<Value = f32> {
        prop_oneof![
            4 => 0.0..1.0f32,
            1 => Just(0.5),
            1 => prop::sample::select(vec![
                f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -1.0, 2.0, 1e30, -1e30, 1e-40, f32::MIN_POSITIVE, -0.0, 1.0,
            ]),
        ]
    }

    fn occupancy() -> impl Strategy<Value = f32> {
        prop_oneof![
            4 => Just(1.0),
            2 => Just(0.0),
            1 => prop::sample::select(vec![0.5, 0.500_01, -1.0, 7.0, 1e30, f32::NAN, f32::INFINITY, f32::NEG_INFINITY]),
        ]
    }

    /// Square, tiny, and so thin that nothing has a neighbour.
    fn size() -> impl Strategy<Value = [u32; 2]> {
        prop_oneof![
            (1..24u32, 1..24u32).prop_map(|(w, h)| [w, h]),
            (1..400u32).prop_map(|w| [w, 1]),
            (1..400u32).prop_map(|h| [1, h]),
            Just([1, 1]),
        ]
    }

    /// Noise, one landmark all over, a smooth surface with damage in it, or nothing.
    fn udp() -> impl Strategy<Value = Udp> {
        let of_size = |[width_px, height_px]: [u32; 2]| {
            let count = (width_px * height_px) as usize;
            let values = || (coordinate(), coordinate(), coordinate(), occupancy());
            let pixel = || values().prop_map(|(x, y, z, a)| [x, y, z, a]);
            let smooth = move |i: usize| {
                let (x, y) = ((i as u32 % width_px) as f32, (i as u32 / width_px) as f32);
                [0.3 + 0.01 * x, 0.3 + 0.01 * y, 0.5, 1.0]
            };
            prop_oneof![
                prop::collection::vec(pixel(), count),
                pixel().prop_map(move |pixel| vec![pixel; count]),
                prop::collection::vec((0..count, pixel()), 0..6).prop_map(move |damage| {
                    let mut pixels: Vec<_> = (0..count).map(smooth).collect();
                    damage.into_iter().for_each(|(i, pixel)| pixels[i] = pixel);
                    pixels
                }),
                Just(vec![[0.0; 4]; count]),
            ]
            .prop_map(move |pixels| Udp { width_px, height_px, pixels })
        };
        size().prop_flat_map(of_size)
    }

    fn view() -> impl Strategy<Value = View> {
        (udp(), any::<[u8; 4]>()).prop_map(|(udp, colour)| {
            let mut picture = Picture::new(udp.width_px, udp.height_px);
            for (i, pixel) in picture.pixels.iter_mut().enumerate() {
                *pixel = if i % 5 == 0 { [0; 4] } else { colour };
            }
            View { name: "odd".into(), path: None, picture, udp: Some(udp), warnings: Vec::new() }
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(150))]

        /// Whatever the UDPs say, there is a picture or a sentence.
        #[test]
        fn no_udp_brings_it_down(views in prop::collection::vec(view(), 0..4), target in udp()) {
            let sheet = Sheet { views, warnings: Vec::new() };
            match Transfer::new(&sheet, &Silent) {
                Ok(transfer) => {
                    let (drawn, shares) = transfer.explain(&target, &Silent).unwrap();
                    prop_assert_eq!(drawn.picture.pixels.len(), target.pixels.len());
                    prop_assert_eq!(drawn.confidence.len(), target.pixels.len());
                    prop_assert_eq!(shares.views.len(), sheet.views.len());
                    prop_assert!(drawn == transfer.render(&target));
                }
                Err(error) => prop_assert!(matches!(error, TransferError::NothingSeen), "{}", error),
            }
        }

        /// A UDP of another size than its drawing is named, not looked at.
        #[test]
        fn sizes_that_differ_are_refused(mut views in prop::collection::vec(view(), 1..3), other in size()) {
            prop_assume!(other != [views[0].picture.width_px, views[0].picture.height_px]);
            views[0].picture = Picture::new(other[0], other[1]);
            let refused = Transfer::new(&Sheet { views, warnings: Vec::new() }, &Silent).err();
            prop_assert!(matches!(refused, Some(TransferError::UnknownPose(names)) if names == ["odd"]));
        }
    }

    #[test]
    fn large_noise_is_drawn_too() {
        let mut state = 1u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 24) as f32
        };
        let mut noise = Udp::new(500, 300);
        noise.pixels.iter_mut().for_each(|p| *p = [next(), next(), next(), 1.0]);
        let picture = Picture { pixels: vec![[9, 90, 200, 255]; 150_000], ..Picture::new(500, 300) };
        let view = View { name: "noise".into(), path: None, picture, udp: Some(noise.clone()), warnings: Vec::new() };
        let transfer = Transfer::new(&Sheet { views: vec![view; 3], warnings: Vec::new() }, &Silent).unwrap();
        assert_eq!(transfer.render(&noise).picture.pixels.len(), 150_000);
    }
}
