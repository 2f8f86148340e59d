//! The built-in figure drawn in known poses and found again.

use super::*;
use crate::figure::landmarks::MapPreset;
use crate::figure::load;
use crate::pose::{BodyPart, CameraView, library};
use crate::progress::Silent;
use crate::raster::{RasterChoice, Rasterizer};
use glam::Quat;

const SIZE_PX: [u32; 2] = [256, 320];
const CAMERAS: [CameraView; 4] = [
    CameraView::new(0.0, 0.0),
    CameraView::new(45.0, 0.0),
    CameraView::new(-90.0, 10.0),
    CameraView::new(160.0, -10.0),
];

pub(super) fn subject() -> Arc<Subject> {
    let figure = load::from_bytes("mio.vrm", include_bytes!("../../assets/mio.vrm")).unwrap();
    Arc::new(Subject::new(Rasterizer::new(RasterChoice::Cpu).unwrap(), figure, MapPreset::default()).unwrap())
}

/// How far joints are from where they were, as the camera sees them, about their middle: at 1.6 m height, metres.
fn joints_off_m(fitter: &Fitter, fitted: &Fitted, truth: &dyn Fn(HumanBone) -> Option<Vec3>, view: &CameraView) -> f32 {
    let turn = Orbit { yaw_deg: view.yaw_deg, pitch_deg: view.pitch_deg, ..Orbit::default() }.rotation().inverse();
    let found = fitter.joints(fitted);
    let into = fitted.camera.rotation().inverse();
    let pairs: Vec<[Vec3; 2]> =
        body::BONES.into_iter().filter_map(|bone| Some([turn * truth(bone)?, into * found(bone)?])).collect();
    let count = pairs.len() as f32;
    let middles = [0, 1].map(|i| pairs.iter().map(|pair| pair[i]).sum::<Vec3>() / count);
    let sum: f32 = pairs.iter().map(|[a, b]| (*a - middles[0]).distance(*b - middles[1])).sum();
    sum / count * 1.6 / fitter.body.height_m
}

#[test]
fn library_poses_are_found_again_from_four_sides() {
    let subject = subject();
    let fitter = Fitter::new(&subject).unwrap();
    let (mut sum, mut count) = (0.0, 0.0);
    for (name, pose) in library::all() {
        for view in CAMERAS {
            let shot = subject.shoot(&pose, &view, SIZE_PX).unwrap();
            let udp = shot.udp(SIZE_PX).unwrap();
            let begun = std::time::Instant::now();
            let seen = Seen { udp: &udp, spread: None, view_deg: None };
            let fitted = fitter.fit(&seen, &How::default(), &Silent).unwrap();
            let took = begun.elapsed();
            let posed = shot.stance().posed();
            let truth = |bone| Some(posed.place(subject.figure().humanoid.joint(bone)?));
            let off_m = joints_off_m(&fitter, &fitted, &truth, &view);
            println!(
                "{name} from {view}: joints {:.1} cm, points {:.1} cm, {took:.0?}",
                100.0 * off_m,
                100.0 * fitted.off_m
            );
            (sum, count) = (sum + off_m, count + 1.0);
        }
    }
    println!("mean {:.2} cm", 100.0 * sum / count);
    assert!(sum / count < 0.02, "{}", sum / count);
}

#[test]
fn drawn_limbs_are_as_long_as_they_are_drawn_where_that_is_wanted() {
    let own = subject();
    let fitter = Fitter::new(&own).unwrap();
    let mut lengths = LimbLengths::default();
    for (part, length) in [(BodyPart::Thighs, 1.3), (BodyPart::Head, 1.4), (BodyPart::Forearms, 0.75)] {
        lengths.set(part, length);
    }
    let drawn = Arc::new(own.stretched(&lengths));
    let shot = drawn.shoot(&library::find("walk").unwrap().1, &CAMERAS[1], SIZE_PX).unwrap();
    let udp = shot.udp(SIZE_PX).unwrap();
    let seen = Seen { udp: &udp, spread: None, view_deg: Some(45.0) };
    let plain = fitter.fit(&seen, &How::default(), &Silent).unwrap();
    assert!(plain.lengths.are_own());
    let fitted = fitter.fit(&seen, &How { proportions: true, ..How::default() }, &Silent).unwrap();
    // Hair and skirt follow head and legs by half, which no proportions mend.
    assert!(fitted.off_m < 0.7 * plain.off_m, "{} {}", fitted.off_m, plain.off_m);
    // How large all of it is nobody knows, but for how large one part is beside the others.
    for (a, b) in [
        (BodyPart::Thighs, BodyPart::Shins),
        (BodyPart::Forearms, BodyPart::UpperArms),
        (BodyPart::Head, BodyPart::Torso),
    ] {
        let [found, true_] = [&fitted.lengths, &lengths].map(|lengths| lengths.of(a) / lengths.of(b));
        assert!((found / true_ - 1.0).abs() < 0.2, "{a:?} {found} {true_}");
    }
    // The next picture of a sequence begins with what this one shows.
    let next = drawn.shoot(&library::find("run").unwrap().1, &CAMERAS[1], SIZE_PX).unwrap().udp(SIZE_PX).unwrap();
    for (udp, how) in [(&udp, How { proportions: true, ..How::default() }), (&next, How::default())] {
        let seen = Seen { udp, ..seen };
        let followed = fitter.follow(&fitted, &seen, &how, &Silent).unwrap();
        assert!(followed.off_m < 0.12, "{}", followed.off_m);
    }
}

#[test]
fn the_renderer_shows_what_was_fitted_where_the_picture_has_it() {
    let subject = subject();
    let fitter = Fitter::new(&subject).unwrap();
    let udp = subject.shoot(&library::find("dance").unwrap().1, &CAMERAS[0], SIZE_PX).unwrap().udp(SIZE_PX).unwrap();
    let fitted = fitter.fit(&Seen { udp: &udp, spread: None, view_deg: Some(0.0) }, &How::default(), &Silent).unwrap();
    let camera = fitted.camera.camera(SIZE_PX[0] as f32 / SIZE_PX[1] as f32, 1.0);
    let again = subject.stand(&fitted.pose).seen(camera).udp(SIZE_PX).unwrap();
    let pairs = || udp.pixels.iter().zip(&again.pixels).map(|(a, b)| [a[3] > 0.5, b[3] > 0.5]);
    let (both, either) = (pairs().filter(|p| p[0] && p[1]).count(), pairs().filter(|p| p[0] || p[1]).count());
    assert!(both as f64 / either as f64 > 0.9, "{both} of {either}");
    assert_eq!(
        fitted.pose.bones.iter().filter(|(bone, turn)| crate::pose::limits::excess_deg(**bone, **turn) > 0.2).count(),
        0
    );
}

#[test]
fn what_is_no_body_is_said_so_and_noise_does_no_harm() {
    let subject = subject();
    let fitter = Fitter::new(&subject).unwrap();
    let fit = |udp: &Udp, spread: Option<&[f32]>| {
        fitter.fit(&Seen { udp, spread, view_deg: None }, &How { proportions: true, ..How::default() }, &Silent)
    };
    for size in [[0, 0], [1, 1], [40, 40]] {
        let message = fit(&Udp::new(size[0], size[1]), None).unwrap_err().to_string();
        assert!(message.starts_with("too little of the body is seen (0 pixels"), "{message}");
    }
    let random = |i: usize, salt: usize| (((i * 2_654_435_761 + salt * 97_003) >> 9) % 1000) as f32 / 999.0;
    for salt in 0..6 {
        let mut udp = Udp::new(48, 64);
        for (i, pixel) in udp.pixels.iter_mut().enumerate() {
            *pixel = [random(i, salt), random(i, salt + 50), random(i, salt + 100), 1.0];
        }
        let spread: Vec<f32> = (0..udp.pixels.len()).map(|i| random(i, salt + 150)).collect();
        for spread in [None, Some(&spread[..]), Some(&spread[..7]), Some(&[0.0; 48 * 64][..])] {
            if let Ok(fitted) = fit(&udp, spread) {
                assert!(fitted.pose.bones.values().all(|turn| turn.is_finite()) && fitted.camera.eye().is_finite());
            }
        }
    }
    let mut thing = (**subject.figure()).clone();
    thing.humanoid = Default::default();
    let thing = Subject::new(subject.rasterizer().clone(), thing, MapPreset::default()).unwrap();
    assert!(matches!(Fitter::new(&thing), Err(FitError::NoHuman(_))));
}

#[test]
fn a_body_that_turns_and_walks_before_a_camera_does_so_in_the_motion() {
    let subject = subject();
    let fitter = Fitter::new(&subject).unwrap();
    let stand = library::find("stand").unwrap().1;
    let camera = Orbit { distance_m: 5.0, ..Orbit::default() };
    let turned = |frame: usize| 15.0 * frame as f32;
    let gone = |frame: usize| 0.15 * frame as f32;
    let mut fitted: Vec<Fitted> = Vec::new();
    for frame in 0..4 {
        let mut pose = stand.clone();
        let turn = Quat::from_rotation_y(turned(frame).to_radians()) * pose.rotation(HumanBone::Hips);
        pose.bones.insert(HumanBone::Hips, turn);
        pose.hips.x += gone(frame);
        let shot = subject.stand(&pose).seen(camera.camera(SIZE_PX[0] as f32 / SIZE_PX[1] as f32, 1.0));
        let udp = shot.udp(SIZE_PX).unwrap();
        let seen = Seen { udp: &udp, spread: None, view_deg: None };
        fitted.push(match fitted.last() {
            None => fitter.fit(&seen, &How::default(), &Silent).unwrap(),
            Some(last) => fitter.follow(last, &seen, &How::default(), &Silent).unwrap(),
        });
    }
    let poses = fitter.sequence(&fitted);
    let facing_deg = |pose: &Pose| {
        let forwards = pose.rotation(HumanBone::Hips) * Vec3::Z;
        forwards.x.atan2(forwards.z).to_degrees()
    };
    for (frame, pose) in poses.iter().enumerate() {
        let off_deg = facing_deg(pose) - facing_deg(&poses[0]) - turned(frame);
        assert!(off_deg.abs() < 6.0, "{frame}: {off_deg}°");
        let way = pose.hips - Vec3::new(gone(frame), 0.0, 0.0);
        // How far away somebody is, one eye hardly sees.
        assert!(way.with_z(0.0).length() < 0.03 && way.z.abs() < 0.1, "{frame}: {way}");
    }
    assert!(fitter.sequence(&[]).is_empty());
}
