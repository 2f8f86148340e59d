//! The rasterizer from a figure to pixels: known values, edges, broken input; GPU and CPU side by side.

mod shapes;

use glam::{Mat4, Quat, Vec3};
use settei::figure::landmarks::MapPreset;
use settei::figure::{Figure, LandmarkMap, LocalPose};
use settei::pose::{Camera, CameraView};
use settei::raster::{IdImage, Model, RasterChoice, RasterError, Rasterizer, ToonStyle};
use settei::udp::Udp;
use std::sync::Arc;

fn cpu() -> Rasterizer {
    Rasterizer::new(RasterChoice::Cpu).unwrap()
}

/// A graphics adapter, if this machine has one.
fn gpu() -> Option<Rasterizer> {
    match Rasterizer::new(RasterChoice::Gpu) {
        Ok(raster) => Some(raster),
        Err(RasterError::NoAdapter) => {
            eprintln!("skipped: no suitable graphics adapter (mesa-vulkan-drivers brings one in software)");
            None
        }
        Err(error) => panic!("{error}"),
    }
}

fn load(raster: &Rasterizer, figure: &Arc<Figure>) -> Model {
    raster.load(figure.clone(), &LandmarkMap::new(figure, MapPreset::Joint)).unwrap()
}

/// Looks along −z from `eye_z`, square pixels, 90° high.
fn camera(eye_z: f32, aspect: f32) -> Camera {
    Camera {
        view: Mat4::from_translation(Vec3::new(0.0, 0.0, -eye_z)),
        projection: glam::camera::rh::proj::directx::perspective(90f32.to_radians(), aspect, 0.1, 100.0),
    }
}

/// The two pictures agree as far as two rasterizers can.
fn assert_alike(what: &str, a: &Udp, b: &Udp) {
    let total = a.pixels.len();
    let same = a.pixels.iter().zip(&b.pixels).filter(|(a, b)| a[3] == b[3]).count();
    let both: Vec<_> = a.pixels.iter().zip(&b.pixels).filter(|(a, b)| a[3] == 1.0 && b[3] == 1.0).collect();
    let near = both.iter().filter(|(a, b)| (0..3).all(|i| (a[i] - b[i]).abs() <= 1e-3)).count();
    let share = |part: usize, of: usize| part as f64 / of.max(1) as f64;
    println!(
        "{what}: {} points, occupancy {:.4} %, landmarks {:.4} %",
        both.len(),
        100.0 * share(same, total),
        100.0 * share(near, both.len())
    );
    assert!(both.len() > total / 100, "{what}: hardly anything is seen");
    assert!(share(same, total) >= 0.999, "{what}: occupancy differs in {} of {total} pixels", total - same);
    assert!(share(near, both.len()) >= 0.999, "{what}: landmarks differ in {} pixels", both.len() - near);
}

fn bent(figure: &Figure, angle_rad: f32, bulge: f32) -> LocalPose {
    let mut pose = LocalPose::rest(figure);
    pose.rotations[1] = Quat::from_rotation_z(angle_rad) * Quat::from_rotation_x(angle_rad * 0.5);
    pose.morph_weights[0] = bulge;
    pose
}

fn framed(model: &Model, pose: &LocalPose, yaw_deg: f32, pitch_deg: f32, aspect: f32) -> Camera {
    let points = model.posed_positions(pose).unwrap();
    CameraView { yaw_deg, pitch_deg, fov_deg: 30.0 }.frame(&points, aspect, 0.04)
}

#[test]
fn gpu_and_cpu_draw_alike() {
    let Some(gpu) = gpu() else { return };
    println!("{}", gpu.describe());
    let cpu = cpu();
    let figure = Arc::new(shapes::bendy());
    let models = [load(&gpu, &figure), load(&cpu, &figure)];
    for (angle, bulge) in [(0.0, 0.0), (0.7, 0.0), (-1.2, 1.0), (2.0, -0.5)] {
        let pose = bent(&figure, angle, bulge);
        for (yaw, pitch) in [(0.0, 0.0), (45.0, 20.0), (180.0, -30.0)] {
            let size = [301, 400];
            let camera = framed(&models[1], &pose, yaw, pitch, 301.0 / 400.0);
            let a = gpu.udp(&models[0], &pose, &camera, size).unwrap();
            let b = cpu.udp(&models[1], &pose, &camera, size).unwrap();
            assert_alike(&format!("bend {angle}, yaw {yaw}"), &a, &b);
            let a = gpu.ids(&models[0], &pose, &camera, size).unwrap();
            let b = cpu.ids(&models[1], &pose, &camera, size).unwrap();
            let same = |a: &IdImage, b: &IdImage| a.pixels.iter().zip(&b.pixels).filter(|(a, b)| a == b).count();
            assert!(same(&a, &b) * 1000 >= a.pixels.len() * 999, "ids differ");
            let style = ToonStyle::default();
            let a = gpu.toon(&models[0], &pose, &camera, size, &style).unwrap();
            let b = cpu.toon(&models[1], &pose, &camera, size, &style).unwrap();
            if std::env::var_os("SETTEI_LOOK").is_some() {
                a.save_png(format!("/tmp/raster/{angle}_{yaw}_gpu.png").as_ref()).unwrap();
                b.save_png(format!("/tmp/raster/{angle}_{yaw}_cpu.png").as_ref()).unwrap();
            }
            let near = a.pixels.iter().zip(&b.pixels).filter(|(a, b)| (0..4).all(|i| a[i].abs_diff(b[i]) <= 8)).count();
            assert!(near * 1000 >= a.pixels.len() * 995, "toon pictures differ in {} pixels", a.pixels.len() - near);
        }
    }
}

#[test]
fn a_cubes_front_has_known_landmarks() {
    let raster = cpu();
    let figure = Arc::new(shapes::cube());
    let model = load(&raster, &figure);
    // The front face at z = 1 is two in front of the eye: it spans half of the picture.
    let udp = raster.udp(&model, &LocalPose::rest(&figure), &camera(3.0, 1.0), [64, 64]).unwrap();
    assert_eq!(udp.surface_points(), 32 * 32);
    for y in 16..48 {
        for x in 16..48 {
            let expected = [(x as f32 + 0.5 - 16.0) / 32.0, 1.0 - (y as f32 + 0.5 - 16.0) / 32.0, 1.0, 1.0];
            for (a, b) in udp.at(x, y).iter().zip(expected) {
                assert!((a - b).abs() < 1e-5, "{x} {y}: {:?} is not {expected:?}", udp.at(x, y));
            }
        }
    }
    assert_eq!(udp.at(15, 16), [0.0; 4]);
}
