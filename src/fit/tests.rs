//! The built-in figure drawn in known poses and found again.

use super::*;
use crate::figure::landmarks::MapPreset;
use crate::figure::load;
use crate::pose::{BodyPart, CameraView, library};
use crate::progress::Silent;
use crate::raster::{RasterChoice, Rasterizer};

const SIZE_PX: [u32; 2] = [256, 320];
const CAMERAS: [CameraView; 4] = [
    CameraView::new(0.0, 0.0),
    CameraView::new(45.0, 0.0),
    CameraView::new(-90.0, 10.0),
    CameraView::new(160.0, -10.0),
];

fn subject() -> Arc<Subject> {
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
    assert!(sum / count < 0.05);
}
