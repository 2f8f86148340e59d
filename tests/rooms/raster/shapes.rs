//! Figures made for these tests.

use glam::{Mat4, Vec2, Vec3, Vec4};
use settei::figure::{Alpha, Bind, Figure, Joint, Material, Morph, Submesh, Texture, Vertex, VertexOffset, Wrap};
use settei::picture::Picture;
use std::f32::consts::{PI, TAU};

pub(crate) fn joint(name: &str, parent: Option<u32>, translation: Vec3) -> Joint {
    Joint::new(name, parent, translation)
}

pub(crate) fn vertex(position: Vec3, normal: Vec3, uv: Vec2) -> Vertex {
    Vertex { position, normal, uv, colour: Vec4::ONE, binds: [0; 4], weights: [1.0, 0.0, 0.0, 0.0] }
}

/// A figure of one rigid piece.
pub(crate) fn rigid(
    vertices: Vec<Vertex>,
    triangles: Vec<[u32; 3]>,
    material: Material,
    textures: Vec<Texture>,
) -> Figure {
    Figure {
        name: "test".into(),
        submeshes: vec![Submesh { name: "all".into(), first: 0, count: triangles.len() as u32, material: 0 }],
        vertices,
        triangles,
        materials: vec![material],
        textures,
        joints: vec![joint("root", None, Vec3::ZERO)],
        binds: vec![Bind { joint: 0, inverse_bind: Mat4::IDENTITY }],
        ..Figure::default()
    }
}

/// The cube from −1 to 1, counter-clockwise from outside.
pub(crate) fn cube() -> Figure {
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

/// A square from −1 to 1 in z = 0 that looks along +z.
pub(crate) fn square(material: Material, textures: Vec<Texture>) -> Figure {
    let corners = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0f32)];
    let at = |(x, y): (f32, f32)| vertex(Vec3::new(x, y, 0.0), Vec3::Z, Vec2::new(x * 0.5 + 0.5, 0.5 - y * 0.5));
    rigid(corners.map(at).to_vec(), vec![[0, 1, 2], [0, 2, 3]], material, textures)
}

/// A texture from a function of column and row.
pub(crate) fn texture(size: u32, wrap: Wrap, texel: impl Fn(u32, u32) -> [u8; 4]) -> Texture {
    let mut picture = Picture::new(size, size);
    for y in 0..size {
        for x in 0..size {
            *picture.at_mut(x, y) = texel(x, y);
        }
    }
    Texture { name: "made".into(), picture, wrap: [wrap; 2] }
}

/// A bendable lathe of two joints with a bulge morph, a chequered, an alpha-tested and a translucent third.
pub(crate) fn bendy() -> Figure {
    const ROUND: u32 = 48;
    const UP: u32 = 60;
    let mut vertices = Vec::new();
    for j in 0..=UP {
        let v = j as f32 / UP as f32;
        for i in 0..=ROUND {
            let u = i as f32 / ROUND as f32;
            let radius = 0.25 * (v * PI).sin() * (1.0 + 0.3 * (v * 19.0).sin()) + 1e-3;
            let normal = Vec3::new((u * TAU).sin(), 0.0, (u * TAU).cos());
            let upper = ((v - 0.4) / 0.2).clamp(0.0, 1.0);
            vertices.push(Vertex {
                position: normal * radius + Vec3::Y * v * 1.6,
                normal,
                uv: Vec2::new(u * 2.0, v * 3.0),
                colour: Vec4::ONE,
                binds: [0, 1, 0, 0],
                weights: [1.0 - upper, upper, 0.0, 0.0],
            });
        }
    }
    let mut triangles = Vec::new();
    for j in 0..UP {
        for i in 0..ROUND {
            let a = j * (ROUND + 1) + i;
            let b = a + ROUND + 1;
            triangles.extend([[a, a + 1, b + 1], [a, b + 1, b]]);
        }
    }
    let third = triangles.len() as u32 / 3;
    let submesh = |n: u32| Submesh { name: format!("part {n}"), first: n * third, count: third, material: n };
    let alphas = [Alpha::Opaque, Alpha::Mask { cutoff: 0.5 }, Alpha::Blend];
    let material =
        |alpha| Material { texture: Some(0), alpha, double_sided: alpha != Alpha::Opaque, ..Material::default() };
    let bulge = |(i, v): (usize, &Vertex)| VertexOffset {
        vertex: i as u32,
        position: v.normal * 0.1 * (v.position.y * 4.0).sin(),
        normal: Vec3::ZERO,
    };
    Figure {
        name: "bendy".into(),
        submeshes: (0..3).map(submesh).collect(),
        morphs: vec![Morph {
            name: "bulge".into(),
            vertices: vertices.iter().enumerate().map(bulge).collect(),
            ..Morph::default()
        }],
        vertices,
        triangles,
        materials: alphas.map(material).to_vec(),
        textures: vec![texture(64, Wrap::Repeat, |x, y| {
            let dark = (x / 8 + y / 8) % 2 == 0;
            [if dark { 60 } else { 230 }, (x * 4) as u8, (y * 4) as u8, if dark { 90 } else { 255 }]
        })],
        joints: vec![joint("low", None, Vec3::ZERO), joint("high", Some(0), Vec3::Y * 0.8)],
        binds: vec![
            Bind { joint: 0, inverse_bind: Mat4::IDENTITY },
            Bind { joint: 1, inverse_bind: Mat4::from_translation(Vec3::Y * -0.8) },
        ],
        ..Figure::default()
    }
}
