//! GPU and CPU draw the same; landmarks belong to the surface, whatever pose and camera.

use super::{cpu, framed, gpu, load, shapes};
use glam::{Quat, Vec3};
use settei::figure::{Figure, LocalPose, skinning};
use settei::pose::{self, Camera, CameraView};
use settei::raster::{Model, Rasterizer, ToonStyle};
use settei::udp::Udp;
use std::path::Path;
use std::sync::Arc;

/// The two pictures agree as far as two rasterizers can.
fn assert_alike(what: &str, a: &Udp, b: &Udp) {
    let total = a.pixels.len();
    let same = a.pixels.iter().zip(&b.pixels).filter(|(a, b)| a[3] == b[3]).count();
    let both: Vec<_> = a.pixels.iter().zip(&b.pixels).filter(|(a, b)| a[3] == 1.0 && b[3] == 1.0).collect();
    let near = both.iter().filter(|(a, b)| (0..3).all(|i| (a[i] - b[i]).abs() <= 1e-3)).count();
    let percent = |part: usize, of: usize| 100.0 * part as f64 / of.max(1) as f64;
    println!(
        "{what}: {} points, occupancy {:.4} %, landmarks {:.4} %",
        both.len(),
        percent(same, total),
        percent(near, both.len())
    );
    assert!(both.len() > total / 100, "{what}: hardly anything is seen");
    assert!(percent(same, total) >= 99.9, "{what}: occupancy differs in {} of {total} pixels", total - same);
    assert!(percent(near, both.len()) >= 99.9, "{what}: landmarks differ in {} pixels", both.len() - near);
}

/// Vertices that are seen, in the picture's pixels, with the landmarks they should have.
fn seen_landmarks(model: &Model, pose: &LocalPose, camera: &Camera, udp: &Udp) -> (usize, usize) {
    let positions = model.posed_positions(pose).unwrap();
    let (mut seen, mut inside) = (0, 0);
    for (&position, landmark) in positions.iter().zip(model.landmarks()) {
        let clip = camera.projection * camera.view * position.extend(1.0);
        let x = (clip.x / clip.w * 0.5 + 0.5) * udp.width_px as f32;
        let y = (0.5 - clip.y / clip.w * 0.5) * udp.height_px as f32;
        assert!(x >= 0.0 && y >= 0.0, "the camera was framed on the figure");
        let point = udp.at((x as u32).min(udp.width_px - 1), (y as u32).min(udp.height_px - 1));
        if point[3] == 1.0 {
            inside += 1;
            seen += usize::from(Vec3::from_slice(&point).distance(*landmark) < 0.015);
        }
    }
    (seen, inside)
}

/// Four poses × three cameras; GPU against CPU where there is a GPU, and landmarks at the places of the vertices.
fn compare(name: &str, figure: Figure, poses: &[(String, LocalPose)], size_px: [u32; 2], least_seen: f64) {
    let figure = Arc::new(figure);
    let cpu = cpu();
    let model = load(&cpu, &figure);
    let gpu = gpu().map(|gpu| {
        let model = load(&gpu, &figure);
        (gpu, model)
    });
    for (pose_name, pose) in poses {
        let skinned = skinning::skin(&figure, pose).positions;
        let farthest = |a: &[Vec3], b: &[Vec3]| a.iter().zip(b).map(|(a, b)| a.distance(*b)).fold(0.0, f32::max);
        assert!(farthest(&skinned, &model.posed_positions(pose).unwrap()) < 1e-4, "{name}: skinning differs");
        for (yaw, pitch) in [(0.0, 0.0), (50.0, 15.0), (170.0, -20.0)] {
            let camera = framed(&model, pose, CameraView::new(yaw, pitch), size_px);
            let udp = cpu.udp(&model, pose, &camera, size_px).unwrap();
            let what = format!("{name}, {pose_name}, yaw {yaw}");
            let (seen, inside) = seen_landmarks(&model, pose, &camera, &udp);
            assert!(
                seen as f64 >= least_seen * inside as f64,
                "{what}: of {inside} vertices only {seen} show their own landmark"
            );
            if let Some((gpu, model)) = &gpu {
                assert_alike(&what, &gpu.udp(model, pose, &camera, size_px).unwrap(), &udp);
            }
        }
    }
}

/// A bent pose of the made figure.
fn bent(figure: &Figure, angle_rad: f32, bulge: f32) -> LocalPose {
    let mut pose = LocalPose::rest(figure);
    pose.rotations[1] = Quat::from_rotation_z(angle_rad) * Quat::from_rotation_x(angle_rad * 0.5);
    pose.morph_weights[0] = bulge;
    pose
}

fn bent_poses(figure: &Figure) -> Vec<(String, LocalPose)> {
    [(0.0, 0.0), (0.7, 0.0), (-1.2, 1.0), (2.0, -0.5)]
        .map(|(angle, bulge)| (format!("bent by {angle}"), bent(figure, angle, bulge)))
        .to_vec()
}

#[test]
fn made_figure() {
    let figure = shapes::bendy();
    let poses = bent_poses(&figure);
    compare("made", figure, &poses, [301, 400], 0.2);
}

fn asset(path: &str) {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/assets")).join(path);
    if !path.exists() {
        eprintln!("skipped: {} is not there", path.display());
        return;
    }
    humanoid(settei::figure::load(&path).unwrap());
}

fn humanoid(figure: Figure) {
    let named = |name: &str| (name.to_owned(), pose::library::find(name).unwrap().1.resolve(&figure));
    let poses = ["t", "run", "sit", "dance"].map(named);
    let name = figure.name.clone();
    compare(&name, figure, &poses, [512, 512], 0.2);
}

#[test]
fn built_in_figure() {
    humanoid(settei::example::figure().unwrap());
}

#[test]
fn gene() {
    asset("mmd/gene/Gene_light.pmx");
}

#[test]
fn godette() {
    asset("vrm/godette/Godette_vrm_v4.vrm");
}

#[test]
fn mannequin() {
    asset("gltf/kaykit/manny_med_mod.gltf");
}

/// How many of a picture's pixels are within `tolerance` of the other's, in per mille.
fn per_mille_near(a: &[[u8; 4]], b: &[[u8; 4]], tolerance: u8) -> usize {
    let near = a.iter().zip(b).filter(|(a, b)| (0..4).all(|i| a[i].abs_diff(b[i]) <= tolerance)).count();
    near * 1000 / a.len()
}

#[test]
fn toon_and_id_pictures_agree() {
    let Some(gpu) = gpu() else { return };
    let cpu = cpu();
    let figure = Arc::new(shapes::bendy());
    let (gpu_model, cpu_model) = (load(&gpu, &figure), load(&cpu, &figure));
    let styles = [
        ToonStyle::default(),
        ToonStyle { outline: settei::raster::Outlines::All, samples_per_axis: 1, ..ToonStyle::default() },
    ];
    for (name, pose) in bent_poses(&figure) {
        let size_px = [301, 400];
        let camera = framed(&cpu_model, &pose, CameraView::new(45.0, 20.0), size_px);
        let a = gpu.ids(&gpu_model, &pose, &camera, size_px).unwrap();
        let b = cpu.ids(&cpu_model, &pose, &camera, size_px).unwrap();
        let same = a.pixels.iter().zip(&b.pixels).filter(|(a, b)| a == b).count();
        assert!(same * 1000 >= a.pixels.len() * 999, "{name}: ids differ in {} pixels", a.pixels.len() - same);
        for style in &styles {
            let draw = |raster: &Rasterizer, model| raster.toon(model, &pose, &camera, size_px, style).unwrap();
            let (a, b) = (draw(&gpu, &gpu_model), draw(&cpu, &cpu_model));
            let near = per_mille_near(&a.pixels, &b.pixels, 8);
            assert!(near >= 995, "{name}: only {near} per mille of the toon pictures agree");
        }
    }
}

/// More samples than the adapter draws at once: the picture is put together of tiles, without seams.
#[test]
fn large_toon_pictures_are_drawn_in_tiles() {
    let Some(gpu) = gpu() else { return };
    let cpu = cpu();
    let figure = Arc::new(shapes::bendy());
    let (gpu_model, cpu_model) = (load(&gpu, &figure), load(&cpu, &figure));
    let pose = bent(&figure, 0.7, 0.0);
    let size_px = [700, 1100];
    let camera = framed(&cpu_model, &pose, CameraView::default(), size_px);
    let style = ToonStyle::default();
    let a = gpu.toon(&gpu_model, &pose, &camera, size_px, &style).unwrap();
    let b = cpu.toon(&cpu_model, &pose, &camera, size_px, &style).unwrap();
    let near = per_mille_near(&a.pixels, &b.pixels, 8);
    assert!(near >= 995, "only {near} per mille of the pixels agree");
}
