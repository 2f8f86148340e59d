//! Which surfaces are there and what colour they get; pictures of every size; broken poses.

use super::{camera, cpu, load, rasterizers, shapes};
use glam::{Quat, Vec2, Vec3, Vec4};
use settei::figure::{Alpha, Figure, LocalPose, Material, Submesh, Wrap};
use settei::pose::Camera;
use settei::raster::{Id, RasterError, Rasterizer, ToonStyle};
use settei::udp::Udp;
use std::sync::Arc;

/// Flat colours, no outlines.
fn flat(samples_per_axis: u32) -> ToonStyle {
    ToonStyle { shading: 0.0, outline: settei::raster::Outlines::Off, samples_per_axis, ..ToonStyle::default() }
}

fn udp(raster: &Rasterizer, figure: &Arc<Figure>, camera: &Camera, size_px: [u32; 2]) -> Udp {
    raster.udp(&load(raster, figure), &LocalPose::rest(figure), camera, size_px).unwrap()
}

#[test]
fn a_cubes_front_has_known_landmarks() {
    let figure = Arc::new(shapes::cube());
    for raster in rasterizers() {
        // The front face at z = 1 is two in front of the eye: it spans half of the picture.
        let udp = udp(&raster, &figure, &camera(3.0, 1.0), [64, 64]);
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
}

#[test]
fn alpha_decides_what_is_there() {
    // Columns of alpha 0, 100, 155, 255, each a quarter of the picture.
    let alphas = [0, 100, 155, 255];
    let texture = shapes::texture(64, Wrap::Clamp, |x, _| [255, 255, 255, alphas[x as usize / 16]]);
    let cases = [
        (Alpha::Opaque, 1.0, [true, true, true, true]),
        (Alpha::Mask { cutoff: 0.3 }, 1.0, [false, true, true, true]),
        (Alpha::Mask { cutoff: 0.9 }, 1.0, [false, false, false, true]),
        (Alpha::Mask { cutoff: 0.5 }, 0.7, [false, false, false, true]),
        (Alpha::Blend, 1.0, [false, false, true, true]),
        (Alpha::Blend, 0.0, [false; 4]),
    ];
    for (alpha, base_alpha, expected) in cases {
        let material =
            Material { texture: Some(0), alpha, base_colour: Vec4::ONE.with_w(base_alpha), ..Material::default() };
        let figure = Arc::new(shapes::square(material, vec![texture.clone()]));
        for raster in rasterizers() {
            let udp = udp(&raster, &figure, &camera(1.0, 1.0), [64, 64]);
            let seen = [8, 24, 40, 56].map(|x| udp.at(x, 32)[3] == 1.0);
            assert_eq!(seen, expected, "{}: {alpha:?} {base_alpha}", raster.describe());
        }
    }
}

#[test]
fn textures_repeat_mirror_or_hold_their_border() {
    // Red on the left, blue on the right; seen from −1 to 2 in u.
    let halves = |x: u32, _: u32| if x < 8 { [255, 0, 0, 255] } else { [0, 0, 255, 255] };
    let cases = [(Wrap::Repeat, "rbrbrb"), (Wrap::Mirror, "brrbbr"), (Wrap::Clamp, "rrrbbb")];
    for (wrap, expected) in cases {
        let material = Material { texture: Some(0), unlit: true, ..Material::default() };
        let mut figure = shapes::square(material, vec![shapes::texture(16, wrap, halves)]);
        figure.vertices.iter_mut().for_each(|v| v.uv.x = v.uv.x * 3.0 - 1.0);
        let figure = Arc::new(figure);
        for raster in rasterizers() {
            let pose = LocalPose::rest(&figure);
            let picture = raster.toon(&load(&raster, &figure), &pose, &camera(1.0, 1.0), [96, 96], &flat(1)).unwrap();
            let letter = |i: u32| match picture.at(i * 16 + 8, 48) {
                [255, 0, 0, 255] => 'r',
                [0, 0, 255, 255] => 'b',
                _ => '?',
            };
            assert_eq!((0..6).map(letter).collect::<String>(), expected, "{}: {wrap:?}", raster.describe());
        }
    }
}

/// A fine chequer seen from afar is grey, not a matter of chance.
#[test]
fn distant_textures_are_averaged() {
    let chequer = |x: u32, y: u32| if (x + y).is_multiple_of(2) { [255; 4] } else { [0, 0, 0, 255] };
    let material = Material { texture: Some(0), unlit: true, ..Material::default() };
    let figure = Arc::new(shapes::square(material, vec![shapes::texture(256, Wrap::Repeat, chequer)]));
    for raster in rasterizers() {
        let pose = LocalPose::rest(&figure);
        let picture = raster.toon(&load(&raster, &figure), &pose, &camera(1.0, 1.0), [32, 32], &flat(1)).unwrap();
        assert!(picture.pixels.iter().all(|p| p[0].abs_diff(128) <= 2), "{}", raster.describe());
    }
}

#[test]
fn shade_lies_on_the_side_away_from_the_light() {
    let shade = Vec3::new(0.2, 0.5, 0.8);
    let material = Material { shade_colour: Some(shade), ..Material::default() };
    let figure = Arc::new(shapes::square(material, Vec::new()));
    for raster in rasterizers() {
        let model = load(&raster, &figure);
        for (light, in_shade) in [(Vec3::Z, false), (Vec3::NEG_Z, true)] {
            let style = ToonStyle { light, ..ToonStyle::default() };
            let pose = LocalPose::rest(&figure);
            let got = raster.toon(&model, &pose, &camera(1.0, 1.0), [16, 16], &style).unwrap().at(8, 8);
            // The shade's linear colour, sRGB-encoded.
            let expected = if in_shade { [124, 188, 231, 255] } else { [255; 4] };
            assert!((0..4).all(|i| got[i].abs_diff(expected[i]) <= 1), "{}: {got:?}", raster.describe());
        }
    }
}

#[test]
fn outlines_run_round_what_asks_for_them() {
    let line = settei::figure::Outline { colour: Vec4::new(0.0, 0.0, 1.0, 1.0), width_m: 0.1, surface_mix: 0.0 };
    let mut figure = shapes::cube();
    figure.materials[0].outline = Some(line);
    figure.materials[0].unlit = true;
    // A hull of one piece needs one normal a corner.
    figure.vertices.iter_mut().for_each(|v| v.normal = v.position.normalize());
    let figure = Arc::new(figure);
    for raster in rasterizers() {
        let model = load(&raster, &figure);
        let draw = |outline| {
            let style = ToonStyle { outline, ..ToonStyle::default() };
            raster.toon(&model, &LocalPose::rest(&figure), &camera(4.0, 1.0), [96, 96], &style).unwrap()
        };
        let blue = |outline| draw(outline).pixels.iter().filter(|p| **p == [0, 0, 255, 255]).count();
        assert_eq!(blue(settei::raster::Outlines::Off), 0);
        assert!(blue(settei::raster::Outlines::File) > 100, "{}", raster.describe());
    }
}

#[test]
fn backs_are_seen_of_double_sided_surfaces_alone() {
    for double_sided in [false, true] {
        let figure = Arc::new(shapes::square(Material { double_sided, ..Material::default() }, Vec::new()));
        let mut turned = LocalPose::rest(&figure);
        turned.rotations[0] = Quat::from_rotation_y(std::f32::consts::PI);
        for raster in rasterizers() {
            let udp = raster.udp(&load(&raster, &figure), &turned, &camera(1.5, 1.0), [32, 32]).unwrap();
            assert_eq!(udp.surface_points() > 0, double_sided, "{}", raster.describe());
        }
    }
}

/// A floor that passes under and behind the eye: every pixel below the horizon shows its own point of it.
#[test]
fn a_floor_through_the_near_plane() {
    const HALF: f32 = 50.0;
    let corners = [(-HALF, HALF), (HALF, HALF), (HALF, -HALF), (-HALF, -HALF)];
    let vertices = corners.map(|(x, z)| shapes::vertex(Vec3::new(x, -1.0, z), Vec3::Y, Vec2::ZERO)).to_vec();
    let figure = Arc::new(shapes::rigid(vertices, vec![[0, 1, 2], [0, 2, 3]], Material::default(), Vec::new()));
    for raster in rasterizers() {
        let size = 128;
        let udp = udp(&raster, &figure, &camera(0.0, 1.0), [size; 2]);
        for y in 0..size {
            for x in 0..size {
                let (right, down) = ((x as f32 + 0.5) / 64.0 - 1.0, (y as f32 + 0.5) / 64.0 - 1.0);
                // The ray (right, −down, −1) · t meets y = −1 at t = 1 / down.
                let hit = (right / down, -1.0 / down);
                let point = udp.at(x, y);
                if down < 0.0 || hit.1 < -HALF * 0.98 || hit.0.abs() > HALF * 1.02 {
                    assert!(down > 0.0 || point[3] == 0.0, "{x} {y}: floor above the horizon");
                } else if hit.0.abs() < HALF * 0.98 {
                    assert_eq!(point[3], 1.0, "{}: hole at {x} {y}", raster.describe());
                    let expected = [hit.0 / (2.0 * HALF) + 0.5, hit.1 / (2.0 * HALF) + 0.5];
                    assert!((point[0] - expected[0]).abs() < 1e-3 && (point[2] - expected[1]).abs() < 1e-3, "{x} {y}");
                }
            }
        }
    }
}

/// Neighbouring triangles share no sample and leave none out: half-transparent ones never add up.
#[test]
fn neighbours_leave_no_seams_and_do_not_overlap() {
    const CELLS: u32 = 23;
    let mut vertices = Vec::new();
    let mut state = 1u32;
    let mut random = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 24) as f32 - 0.5
    };
    for j in 0..=CELLS {
        for i in 0..=CELLS {
            let inner = i > 0 && i < CELLS && j > 0 && j < CELLS;
            let shake = if inner { Vec3::new(random(), random(), random() * 0.4) * 0.5 } else { Vec3::ZERO };
            let cell = 2.0 / CELLS as f32;
            let position = Vec3::new(i as f32 * cell - 1.0, j as f32 * cell - 1.0, 0.0) + shake * cell;
            vertices.push(shapes::vertex(position, Vec3::Z, Vec2::ZERO));
        }
    }
    let mut triangles = Vec::new();
    for j in 0..CELLS {
        for i in 0..CELLS {
            let a = j * (CELLS + 1) + i;
            let b = a + CELLS + 1;
            triangles.extend([[a, a + 1, b + 1], [a, b + 1, b]]);
        }
    }
    let material = Material {
        alpha: Alpha::Blend,
        base_colour: Vec4::new(1.0, 1.0, 1.0, 0.5),
        double_sided: false,
        ..Material::default()
    };
    let figure = Arc::new(shapes::rigid(vertices, triangles, material, Vec::new()));
    for raster in rasterizers() {
        for size in [97, 128] {
            // A touch closer than fills the picture, so that its rim is inside.
            let picture = raster
                .toon(&load(&raster, &figure), &LocalPose::rest(&figure), &camera(0.9, 1.0), [size; 2], &flat(1))
                .unwrap();
            let odd = picture.pixels.iter().filter(|p| !(127..=128).contains(&p[3])).count();
            assert_eq!(odd, 0, "{} at {size}: pixels that were missed or drawn twice", raster.describe());
        }
    }
}

#[test]
fn edges_carry_no_fringes() {
    let material = Material { base_colour: Vec4::new(1.0, 0.0, 0.0, 1.0), unlit: true, ..Material::default() };
    let figure = Arc::new(shapes::square(material, Vec::new()));
    let mut tilted = LocalPose::rest(&figure);
    tilted.rotations[0] = Quat::from_rotation_z(0.4);
    for raster in rasterizers() {
        let model = load(&raster, &figure);
        let picture = raster.toon(&model, &tilted, &camera(2.0, 1.0), [80, 80], &ToonStyle::default()).unwrap();
        let edge: Vec<_> = picture.pixels.iter().filter(|p| p[3] > 0 && p[3] < 255).collect();
        assert!(edge.len() > 50, "edges are smooth");
        assert!(edge.iter().all(|p| p[0] >= 254 && p[1] == 0 && p[2] == 0), "{}: fringes", raster.describe());
        assert_eq!(picture.at(0, 0), [0; 4]);
    }
}

/// Two squares in one place, the second before or behind, solid or translucent.
#[test]
fn later_surfaces_cover_and_translucent_ones_tint() {
    let colour = |r: f32, g: f32, a: f32, alpha| Material {
        base_colour: Vec4::new(r, g, 0.0, a),
        alpha,
        unlit: true,
        ..Material::default()
    };
    let red = colour(1.0, 0.0, 1.0, Alpha::Opaque);
    let cases = [
        // Coplanar: the later one is seen.
        ([red.clone(), colour(0.0, 1.0, 1.0, Alpha::Opaque)], [0, 255, 0, 255]),
        // A translucent one is drawn after the solid one, though it comes first in the file.
        ([colour(0.0, 1.0, 0.5, Alpha::Blend), red.clone()], [128, 128, 0, 255]),
        ([red, colour(0.0, 1.0, 0.0, Alpha::Blend)], [255, 0, 0, 255]),
    ];
    for (materials, expected) in cases {
        let mut figure = shapes::square(Material::default(), Vec::new());
        figure.triangles.extend_from_within(..);
        figure.submeshes.push(Submesh { name: "second".into(), first: 2, count: 2, material: 1 });
        figure.materials = materials.to_vec();
        let figure = Arc::new(figure);
        for raster in rasterizers() {
            let pose = LocalPose::rest(&figure);
            let picture = raster.toon(&load(&raster, &figure), &pose, &camera(1.0, 1.0), [16, 16], &flat(2)).unwrap();
            let got = picture.at(8, 8);
            assert!((0..4).all(|i| got[i].abs_diff(expected[i]) <= 1), "{}: {got:?}", raster.describe());
        }
    }
}

#[test]
fn ids_name_part_and_joint() {
    let figure = Arc::new(shapes::bendy());
    for raster in rasterizers() {
        let model = load(&raster, &figure);
        let mut view = camera(2.5, 0.5);
        view.view *= glam::Mat4::from_translation(Vec3::Y * -0.8);
        let ids = raster.ids(&model, &LocalPose::rest(&figure), &view, [64, 128]).unwrap();
        let column: Vec<Option<Id>> = (0..128).map(|y| ids.at(32, y)).collect();
        let first = column.iter().flatten().next().unwrap();
        let last = column.iter().flatten().last().unwrap();
        assert_eq!((first.submesh, first.joint), (2, 1), "{}", raster.describe());
        assert_eq!((last.submesh, last.joint), (0, 0), "{}", raster.describe());
        assert_eq!(ids.at(0, 0), None);
        assert_eq!(ids.at(64, 0), None, "beside the picture");
    }
}

#[test]
fn pictures_of_every_size() {
    let figure = Arc::new(shapes::cube());
    let pose = LocalPose::rest(&figure);
    for raster in rasterizers() {
        let model = load(&raster, &figure);
        for [width, height] in [[1, 1], [1, 77], [333, 2], [65, 33], [5000, 3], [3, 8192]] {
            let camera = camera(1.5, (width as f32 / height as f32).min(1.0));
            let udp = raster.udp(&model, &pose, &camera, [width, height]).unwrap();
            assert_eq!((udp.width_px, udp.height_px), (width, height));
            assert_eq!(udp.surface_points(), udp.pixels.len(), "the cube fills every picture from here");
            let picture = raster.toon(&model, &pose, &camera, [width, height], &ToonStyle::default()).unwrap();
            assert!(picture.pixels.iter().all(|p| p[3] == 255), "{} {width}×{height}", raster.describe());
        }
        for size_px in [[0, 5], [5, 0], [1_000_000, 5]] {
            let result = raster.udp(&model, &pose, &camera(1.5, 1.0), size_px);
            assert!(matches!(result, Err(RasterError::Size { .. })), "{size_px:?}");
        }
    }
}

#[test]
fn poisoned_poses_neither_panic_nor_hang() {
    let figure = Arc::new(shapes::bendy());
    for raster in rasterizers() {
        let model = load(&raster, &figure);
        let rest = LocalPose::rest(&figure);
        let mut view = camera(2.5, 1.0);
        view.view *= glam::Mat4::from_translation(Vec3::Y * -0.8);
        for poison in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, 1e30, f32::MIN_POSITIVE] {
            let mut poses = vec![rest.clone(); 3];
            poses[0].rotations[1] = Quat::from_xyzw(poison, 0.0, 0.0, 1.0);
            poses[1].translations[1] = Vec3::new(0.0, poison, 0.0);
            poses[2].morph_weights[0] = poison;
            for pose in poses {
                for pixel in raster.udp(&model, &pose, &view, [48, 48]).unwrap().pixels {
                    assert!(pixel.iter().all(|v| (0.0..=1.0).contains(v)), "{poison}: {pixel:?}");
                }
                raster.toon(&model, &pose, &view, [48, 48], &ToonStyle::default()).unwrap();
                raster.ids(&model, &pose, &view, [48, 48]).unwrap();
            }
            let mut lost = view;
            lost.view.w_axis.x = poison;
            match raster.udp(&model, &rest, &lost, [48, 48]) {
                Ok(udp) => assert!(poison.is_finite() && udp.pixels.len() == 48 * 48),
                Err(error) => {
                    assert!(matches!(error, RasterError::Camera) && (poison.is_nan() || poison.abs() > 1e20), "{error}")
                }
            }
        }
    }
}

#[test]
fn a_pose_of_another_figure_is_refused() {
    let (cube, bendy) = (Arc::new(shapes::cube()), Arc::new(shapes::bendy()));
    let raster = cpu();
    let result = raster.udp(&load(&raster, &cube), &LocalPose::rest(&bendy), &camera(3.0, 1.0), [8, 8]);
    assert!(matches!(result, Err(RasterError::ForeignPose)));
}

#[test]
fn a_model_of_the_cpu_is_refused_by_the_gpu() {
    let Some(gpu) = super::gpu() else { return };
    let figure = Arc::new(shapes::cube());
    let result = gpu.udp(&load(&cpu(), &figure), &LocalPose::rest(&figure), &camera(3.0, 1.0), [8, 8]);
    assert!(matches!(result, Err(RasterError::ForeignModel)));
}

#[test]
fn adapters_are_listed_best_first() {
    let adapters = settei::raster::adapters();
    assert_eq!(adapters.first().is_some_and(|a| a.unsuitable.is_none()), super::gpu().is_some());
}

/// The studio shares its window's device.
#[test]
fn a_device_that_is_open_already_can_draw() {
    if super::gpu().is_none() {
        return;
    }
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle_from_env());
    let adapter = pollster::block_on(instance.request_adapter(&wgpu::RequestAdapterOptions::default())).unwrap();
    let (device, queue) = pollster::block_on(adapter.request_device(&wgpu::DeviceDescriptor::default())).unwrap();
    let raster = Rasterizer::from_device(&adapter, device, queue).unwrap();
    let figure = Arc::new(shapes::cube());
    assert_eq!(udp(&raster, &figure, &camera(3.0, 1.0), [64, 64]).surface_points(), 32 * 32);
}

#[test]
fn nothing_to_draw_is_an_empty_picture() {
    let figure = Arc::new(Figure::default());
    for raster in rasterizers() {
        let model = load(&raster, &figure);
        let pose = LocalPose::rest(&figure);
        assert_eq!(raster.udp(&model, &pose, &camera(3.0, 1.0), [9, 7]).unwrap(), Udp::new(9, 7));
        let picture = raster.toon(&model, &pose, &camera(3.0, 1.0), [9, 7], &ToonStyle::default()).unwrap();
        assert!(picture.pixels.iter().all(|p| *p == [0; 4]));
    }
}
