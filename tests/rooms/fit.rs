//! Poses out of pictures: drawings whose joints somebody marked, figures of other builds and rigs.

use glam::{Vec2, Vec3, vec2};
use settei::engine::{PaintingSettings, graphs::Running, pose_of};
use settei::figure::landmarks::MapPreset;
use settei::figure::{HumanBone, LandmarkMap, places};
use settei::fit::{Fitted, Fitter, How, Seen, place_in};
use settei::nn::{DeviceChoice, Precision};
use settei::picture::Picture;
use settei::pose::{CameraView, Orbit, library};
use settei::progress::Silent;
use settei::raster::{RasterChoice, Rasterizer, Subject};
use settei::sheet::{DrawingHints, Side, View};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A drawing with its joints, in pixels, and how tall the character is.
struct Marked {
    name: String,
    view: View,
    joints: Vec<(String, Vec2)>,
    height_px: f32,
}

/// The drawings of AnimatedDrawings, if this machine has them.
fn marked() -> Vec<Marked> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/assets/img/animated_drawings"));
    if !folder.is_dir() {
        eprintln!("skipped: {} is not there", folder.display());
        return Vec::new();
    }
    (1..=4).map(|i| read(&folder.join(format!("char{i}")))).collect()
}

fn read(folder: &Path) -> Marked {
    let open = |name: &str| image::open(folder.join(name)).unwrap();
    let (texture, mask) = (open("texture.png").to_rgba8(), open("mask.png").to_luma8());
    let mut picture = Picture::new(texture.width(), texture.height());
    let (mut top, mut bottom) = (u32::MAX, 0);
    for (x, y, pixel) in texture.enumerate_pixels() {
        let there = mask.get_pixel(x, y).0[0] > 127;
        *picture.at_mut(x, y) = if there { [pixel.0[0], pixel.0[1], pixel.0[2], 255] } else { [0; 4] };
        if there {
            (top, bottom) = (top.min(y), bottom.max(y));
        }
    }
    let text = std::fs::read_to_string(folder.join("char_cfg.yaml")).unwrap();
    let (mut joints, mut numbers) = (Vec::new(), Vec::new());
    for line in text.lines().map(str::trim) {
        if let Some(number) = line.strip_prefix("- ").and_then(|rest| rest.parse::<f32>().ok()) {
            numbers.push(number);
        } else if let Some(name) = line.strip_prefix("name: ") {
            joints.push((name.to_owned(), vec2(numbers[0], numbers[1])));
            numbers.clear();
        }
    }
    assert_eq!(joints.len(), 16);
    let name = folder.file_name().unwrap().to_string_lossy().into_owned();
    let view = View { name: name.clone(), path: None, picture, udp: None, warnings: Vec::new() };
    Marked { name, view, joints, height_px: (bottom - top) as f32 }
}

/// The bones in whose middle a joint of theirs lies. Their `neck` is drawn on the nose.
fn bones(joint: &str) -> Option<[HumanBone; 2]> {
    use HumanBone::*;
    Some(match joint {
        "root" | "hip" => [LeftUpperLeg, RightUpperLeg],
        "torso" => [LeftUpperArm, RightUpperArm],
        "left_shoulder" => [LeftUpperArm; 2],
        "left_elbow" => [LeftLowerArm; 2],
        "left_hand" => [LeftHand; 2],
        "right_shoulder" => [RightUpperArm; 2],
        "right_elbow" => [RightLowerArm; 2],
        "right_hand" => [RightHand; 2],
        "left_hip" => [LeftUpperLeg; 2],
        "left_knee" => [LeftLowerLeg; 2],
        "left_foot" => [LeftFoot; 2],
        "right_hip" => [RightUpperLeg; 2],
        "right_knee" => [RightLowerLeg; 2],
        "right_foot" => [RightFoot; 2],
        _ => return None,
    })
}

fn subject(figure: settei::figure::Figure) -> Arc<Subject> {
    Arc::new(Subject::new(Rasterizer::new(RasterChoice::Cpu).unwrap(), figure, MapPreset::default()).unwrap())
}

/// Where a fitted figure's point is seen, in pixels.
fn seen_px(fitted: &Fitted, point: Vec3, picture: &Picture) -> Vec2 {
    let size = vec2(picture.width_px as f32, picture.height_px as f32);
    let camera = fitted.camera.camera(size.x / size.y, 1.0);
    let at = (camera.projection * camera.view).project_point3(point).truncate();
    (at * vec2(0.5, -0.5) + 0.5) * size
}

#[test]
fn joints_of_drawings_are_found() {
    let marked = marked();
    if marked.is_empty() {
        return;
    }
    let settings = PaintingSettings::default();
    let Some(by) = settings.detector() else {
        eprintln!("skipped: no detector is part of this build");
        return;
    };
    let running = Running { device: DeviceChoice::Cpu, precision: Precision::F32 };
    let graph = by.load(&settings.weights_of(by).unwrap(), running, &Silent).unwrap();
    let subject = subject(settei::example::figure().unwrap());
    let fitter = Fitter::new(&subject).unwrap();
    let map = LandmarkMap::new(subject.figure(), MapPreset::default());
    let nose = places::place("nose").unwrap();
    // The point of the head that is nearest to the nose's landmark.
    let landmarks = subject.model().landmarks();
    let nose_vertex = (0..landmarks.len())
        .min_by(|&a, &b| landmarks[a].distance(nose).total_cmp(&landmarks[b].distance(nose)))
        .unwrap();
    let mut means = Vec::new();
    for told in [Some(Side::Front), None] {
        let hints = told.map(DrawingHints::from).unwrap_or_default();
        let (mut fit_sum, mut own_sum) = (0.0, 0.0);
        for drawing in &marked {
            let found = graph.detect(&drawing.view, &hints, by.working_px).unwrap();
            let how = How { proportions: true, ..How::default() };
            let fitted = pose_of(&drawing.view, &hints, &subject, &settings, &how, &Silent).unwrap();
            let joint = fitter.joints(&fitted);
            let lengthened = Arc::new(subject.stretched(&fitted.lengths));
            let stance = lengthened.stand(&fitted.pose);
            let (mut fit, mut own, mut count) = (0.0, 0.0, 0.0);
            for (name, at) in &drawing.joints {
                let (point, landmark) = match bones(name) {
                    Some(pair) => {
                        let t_place = |bone| {
                            let joint = subject.figure().humanoid.joint(bone).unwrap() as usize;
                            map.joint_landmark(bone, subject.rig().t_world()[joint].w_axis.truncate())
                        };
                        let middle = |of: &dyn Fn(HumanBone) -> Vec3| (of(pair[0]) + of(pair[1])) / 2.0;
                        (middle(&|bone| joint(bone).unwrap()), middle(&t_place))
                    }
                    None => (stance.points().unwrap()[nose_vertex], nose),
                };
                let by_fit = seen_px(&fitted, point, &drawing.view.picture).distance(*at) / drawing.height_px;
                let by_udp = place_in(&found.udp, found.spread.as_deref(), landmark);
                let by_udp = by_udp.map_or(0.5, |place| place.distance(*at) / drawing.height_px);
                if std::env::var("SETTEI_EACH").is_ok() {
                    println!("    {name}: {:.1} %, by the UDP {:.1} %", 100.0 * by_fit, 100.0 * by_udp);
                }
                (fit, own, count) = (fit + by_fit, own + by_udp, count + 1.0);
            }
            println!(
                "{} told {told:?}: fitted {:.1} %, by the detector's UDP alone {:.1} %; seen from {:.0}:{:.0}, off {:.1} cm",
                drawing.name,
                100.0 * fit / count,
                100.0 * own / count,
                fitted.camera.yaw_deg,
                fitted.camera.pitch_deg,
                100.0 * fitted.off_m
            );
            println!("    {:?}", fitted.lengths);
            (fit_sum, own_sum) = (fit_sum + fit / count, own_sum + own / count);
        }
        let n = marked.len() as f32;
        println!(
            "told {told:?}: fitted {:.1} %, by the detector's UDP alone {:.1} %",
            100.0 * fit_sum / n,
            100.0 * own_sum / n
        );
        means.push(fit_sum / n);
    }
    assert!(means.iter().all(|mean| *mean < 0.08), "{means:?}");
}

#[test]
fn figures_of_other_builds_and_rigs_take_their_own_poses_again() {
    let assets = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/assets"));
    let files = ["gltf/kaykit/manny_med_mod.gltf", "vrm/godette/Godette_vrm_v4.vrm", "mmd/gene/Gene_light.pmx"];
    for file in files {
        let path = assets.join(file);
        if !path.exists() {
            eprintln!("skipped: {} is not there", path.display());
            continue;
        }
        let figure = settei::figure::load(&path).unwrap();
        let subject = subject(figure);
        let fitter = Fitter::new(&subject).unwrap();
        let mut worst: f32 = 0.0;
        for (pose, camera) in [("walk", "front"), ("wave", "45:0"), ("sit", "-60:10"), ("dance", "150:0")] {
            let (view, pose) = (camera.parse::<CameraView>().unwrap(), library::find(pose).unwrap().1);
            let size = [256, 256];
            let shot = subject.shoot(&pose, &view, size).unwrap();
            let udp = shot.udp(size).unwrap();
            let seen = Seen { udp: &udp, spread: None, view_deg: None };
            let fitted = fitter.fit(&seen, &How::default(), &Silent).unwrap();
            let off = off(&subject, &fitter, &fitted, &shot.stance().posed(), &view);
            println!(
                "{file} from {camera}: joints {:.1} % of the height, points {:.1} cm",
                100.0 * off,
                100.0 * fitted.off_m
            );
            worst = worst.max(off);
        }
        assert!(worst < 0.1, "{file}: {worst}");
    }
}

/// How far joints are from where they were, as the camera sees them, about their middle, in heights of the figure.
fn off(subject: &Subject, fitter: &Fitter, fitted: &Fitted, truth: &settei::pose::Posed<'_>, view: &CameraView) -> f32 {
    use HumanBone::*;
    let turn = Orbit { yaw_deg: view.yaw_deg, pitch_deg: view.pitch_deg, ..Orbit::default() }.rotation().inverse();
    let (found, into) = (fitter.joints(fitted), fitted.camera.rotation().inverse());
    let bones = [
        Hips,
        Head,
        LeftUpperArm,
        LeftLowerArm,
        LeftHand,
        RightUpperArm,
        RightLowerArm,
        RightHand,
        LeftUpperLeg,
        LeftLowerLeg,
        LeftFoot,
        RightUpperLeg,
        RightLowerLeg,
        RightFoot,
    ];
    let humanoid = &subject.figure().humanoid;
    let pairs: Vec<[Vec3; 2]> = bones
        .into_iter()
        .filter_map(|bone| Some([turn * truth.place(humanoid.joint(bone)?), into * found(bone)?]))
        .collect();
    let n = pairs.len() as f32;
    let middle = |i: usize| pairs.iter().map(|pair| pair[i]).sum::<Vec3>() / n;
    let (a, b) = (middle(0), middle(1));
    let height = subject.rig().t_world()[humanoid.joint(Head).unwrap() as usize].w_axis.y * 1.15;
    pairs.iter().map(|pair| (pair[0] - a).distance(pair[1] - b)).sum::<f32>() / n / height
}
