//! The built-in poses as black shapes: told apart at a glance, and the mirror's image mirrored.

use super::mannequin::{Build, mannequin};
use settei::figure::landmarks::MapPreset;
use settei::figure::{Figure, LandmarkMap, skinning};
use settei::pose::{CameraView, Pose, library};
use settei::raster::{Model, RasterChoice, Rasterizer};
use std::sync::Arc;

const SIDE_PX: u32 = 160;

struct Screen(Rasterizer, Model);

impl Screen {
    fn new(figure: Figure) -> Self {
        let rasterizer = Rasterizer::new(RasterChoice::Cpu).unwrap();
        let map = LandmarkMap::new(&figure, MapPreset::default());
        let model = rasterizer.load(Arc::new(figure), &map).unwrap();
        Self(rasterizer, model)
    }

    fn shape(&self, pose: &Pose, view: &CameraView) -> Vec<bool> {
        let local = pose.resolve(self.1.figure());
        let points = skinning::skin(self.1.figure(), &local).positions;
        let camera = view.frame(&points, 1.0, 0.02);
        let udp = self.0.udp(&self.1, &local, &camera, [SIDE_PX; 2]).unwrap();
        udp.pixels.iter().map(|p| p[3] > 0.5).collect()
    }
}

fn overlap(a: &[bool], b: &[bool]) -> f32 {
    let count = |f: fn(bool, bool) -> bool| a.iter().zip(b).filter(|&(&a, &b)| f(a, b)).count() as f32;
    count(|a, b| a && b) / count(|a, b| a || b)
}

#[test]
fn no_two_poses_look_alike() {
    let screen = Screen::new(mannequin(&Build::default()));
    for camera in ["front", "three-quarter-left", "three-quarter-right"] {
        let shapes: Vec<_> =
            library::all().map(|(name, pose)| (name, screen.shape(&pose, &camera.parse().unwrap()))).collect();
        let pairs = shapes.iter().enumerate().flat_map(|(i, a)| shapes[..i].iter().map(move |b| (a, b)));
        let (most, a, b) =
            pairs.map(|((a, p), (b, q))| (overlap(p, q), *a, *b)).max_by(|x, y| x.0.total_cmp(&y.0)).unwrap();
        println!("{camera}: most alike are {a} and {b}, overlap {most:.2}");
        assert!(most < 0.8, "{camera}: {a} and {b} overlap by {most}");
    }
}

#[test]
fn a_mirrored_pose_has_the_mirrored_shape() {
    let screen = Screen::new(mannequin(&Build { axes: 12, ..Build::default() }));
    for (name, pose) in library::all() {
        let view = |yaw| CameraView::new(yaw, 10.0);
        let (shape, mirrored) = (screen.shape(&pose, &view(30.0)), screen.shape(&pose.mirrored(), &view(-30.0)));
        let flipped: Vec<bool> = mirrored.chunks(SIDE_PX as usize).flat_map(|row| row.iter().rev().copied()).collect();
        let same = overlap(&shape, &flipped);
        assert!(same > 0.97, "{name}: {same}");
    }
}
