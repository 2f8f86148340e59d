//! The rasterizer from a figure to pixels: known values, edges, broken input; GPU and CPU side by side.

use glam::{Mat4, Quat, Vec2, Vec3, Vec4};
use settei::figure::landmarks::MapPreset;
use settei::figure::{Alpha, Bind, Figure, Joint, LandmarkMap, LocalPose, Material, Submesh, Texture, Vertex};
use settei::picture::Picture;
use settei::pose::{Camera, CameraView};
use settei::raster::{RasterChoice, Rasterizer, ToonStyle};
use std::sync::Arc;

/// A figure of one rigid piece.
fn rigid(vertices: Vec<Vertex>, triangles: Vec<[u32; 3]>, material: Material, textures: Vec<Texture>) -> Figure {
    let joint = Joint {
        name: "root".into(),
        parent: None,
        translation: Vec3::ZERO,
        rotation: Quat::IDENTITY,
        scale: Vec3::ONE,
        order: 0,
        movable: true,
        may_rotate: true,
        may_translate: true,
    };
    Figure {
        name: "test".into(),
        submeshes: vec![Submesh { name: "all".into(), first: 0, count: triangles.len() as u32, material: 0 }],
        vertices,
        triangles,
        materials: vec![material],
        textures,
        joints: vec![joint],
        binds: vec![Bind { joint: 0, inverse_bind: Mat4::IDENTITY }],
        ..Figure::default()
    }
}

fn vertex(position: Vec3, normal: Vec3, uv: Vec2) -> Vertex {
    Vertex { position, normal, uv, colour: Vec4::ONE, binds: [0; 4], weights: [1.0, 0.0, 0.0, 0.0] }
}

/// The cube from −1 to 1, counter-clockwise from outside.
fn cube() -> Figure {
    let mut vertices = Vec::new();
    let mut triangles = Vec::new();
    for (axis, sign) in [(0, 1.0), (0, -1.0), (1, 1.0), (1, -1.0), (2, 1.0), (2, -1.0f32)] {
        let mut normal = Vec3::ZERO;
        normal[axis] = sign;
        let u = Vec3::AXES[(axis + 1) % 3] * sign;
        let v = Vec3::AXES[(axis + 2) % 3];
        let first = vertices.len() as u32;
        for (a, b) in [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0f32)] {
            vertices.push(vertex(normal + u * a + v * b, normal, Vec2::new(a, b) * 0.5 + 0.5));
        }
        triangles.extend([[first, first + 1, first + 2], [first, first + 2, first + 3]]);
    }
    rigid(vertices, triangles, Material::default(), Vec::new())
}

/// Looks along −z from `eye_z`, square pixels, 90° high.
fn camera(eye_z: f32, aspect: f32) -> Camera {
    Camera {
        view: Mat4::from_translation(Vec3::new(0.0, 0.0, -eye_z)),
        projection: glam::camera::rh::proj::directx::perspective(90f32.to_radians(), aspect, 0.1, 100.0),
    }
}

#[test]
fn a_cubes_front_has_known_landmarks() {
    let raster = Rasterizer::new(RasterChoice::Cpu).unwrap();
    let figure = Arc::new(cube());
    let map = LandmarkMap::new(&figure, MapPreset::Box);
    let model = raster.load(figure.clone(), &map).unwrap();
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
    let picture = raster.toon(&model, &LocalPose::rest(&figure), &camera(3.0, 1.0), [64, 64], &ToonStyle::default());
    assert_eq!(picture.unwrap().at(32, 32)[3], 255);
    let _ = (Alpha::Opaque, Picture::new(1, 1), CameraView { yaw_deg: 0.0, pitch_deg: 0.0, fov_deg: 30.0 });
}
