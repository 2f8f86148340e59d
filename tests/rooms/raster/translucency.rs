//! Translucent surfaces: which is seen through which, what their outlines do; and surfaces that shine or are tinted.

use super::{camera, load, rasterizers, shapes};
use glam::{Quat, Vec2, Vec3, Vec4};
use settei::figure::{
    Alpha, Blending, Figure, LocalPose, Material, MaterialChannels, MaterialOffset, Morph, Outline, Submesh, Tint, Wrap,
};
use settei::picture::Picture;
use settei::raster::{Outlines, ToonStyle};
use std::f32::consts::PI;
use std::sync::Arc;

fn style(outline: Outlines) -> ToonStyle {
    ToonStyle { shading: 0.0, outline, samples_per_axis: 2, ..ToonStyle::default() }
}

fn veil(r: f32, g: f32, alpha: f32, blending: Blending) -> Material {
    let base_colour = Vec4::new(r, g, 0.0, alpha);
    Material { base_colour, alpha: Alpha::Blend, double_sided: true, unlit: true, blending, ..Material::default() }
}

/// Squares one behind the other, each with its depth.
fn squares(sheets: &[(f32, Material)]) -> Figure {
    let mut figure = shapes::square(Material::default(), Vec::new());
    let (vertices, triangles) = (std::mem::take(&mut figure.vertices), std::mem::take(&mut figure.triangles));
    figure.submeshes.clear();
    figure.materials.clear();
    for (i, (z, material)) in sheets.iter().enumerate() {
        let first = figure.vertices.len() as u32;
        figure.vertices.extend(vertices.iter().map(|v| shapes::vertex(v.position + Vec3::Z * *z, v.normal, v.uv)));
        let name = format!("sheet {i}");
        figure.submeshes.push(Submesh { name, first: figure.triangles.len() as u32, count: 2, material: i as u32 });
        figure.triangles.extend(triangles.iter().map(|t| t.map(|v| v + first)));
        figure.materials.push(material.clone());
    }
    figure
}

#[track_caller]
fn assert_seen(figure: &Arc<Figure>, pose: &LocalPose, expected: [u8; 4], what: &str) {
    for raster in rasterizers() {
        let model = load(&raster, figure);
        let picture = raster.toon(&model, pose, &camera(3.0, 1.0), [32, 32], &style(Outlines::Off)).unwrap();
        let got = picture.at(16, 16);
        assert!((0..4).all(|i| got[i].abs_diff(expected[i]) <= 2), "{what}, {}: {got:?}", raster.describe());
    }
}

/// Near red, far green, both half there: 3.9.4 of the glTF specification has the over operator.
const RED_OVER_GREEN: [u8; 4] = [170, 85, 0, 191];
const GREEN_OVER_RED: [u8; 4] = [85, 170, 0, 191];

#[test]
fn the_nearer_veil_lies_over_the_farther_whatever_the_order_and_the_side() {
    let near = (0.5, veil(1.0, 0.0, 0.5, Blending::default()));
    let far = (-0.5, veil(0.0, 1.0, 0.5, Blending::default()));
    for (order, sheets) in [("near first", [near.clone(), far.clone()]), ("far first", [far, near])] {
        let figure = Arc::new(squares(&sheets));
        let rest = LocalPose::rest(&figure);
        assert_seen(&figure, &rest, RED_OVER_GREEN, order);
        let mut turned = rest.clone();
        turned.rotations[0] = Quat::from_rotation_y(PI);
        assert_seen(&figure, &turned, GREEN_OVER_RED, &format!("{order}, from behind"));
    }
}

#[test]
fn the_triangles_of_one_veil_are_sorted_as_well() {
    let mut figure = squares(&[(0.5, veil(1.0, 1.0, 0.5, Blending::default())), (-0.5, Material::default())]);
    figure.submeshes = vec![Submesh { name: "all".into(), first: 0, count: 4, material: 0 }];
    for (i, vertex) in figure.vertices.iter_mut().enumerate() {
        vertex.colour = if i < 4 { Vec4::new(1.0, 0.0, 0.0, 1.0) } else { Vec4::new(0.0, 1.0, 0.0, 1.0) };
    }
    let figure = Arc::new(figure);
    let rest = LocalPose::rest(&figure);
    assert_seen(&figure, &rest, RED_OVER_GREEN, "front");
    let mut turned = rest;
    turned.rotations[0] = Quat::from_rotation_y(PI);
    assert_seen(&figure, &turned, GREEN_OVER_RED, "back");
}

#[test]
fn queues_come_before_distances() {
    let blending = |queue, writes_depth| Blending { queue, by_distance: true, writes_depth };
    let sheets = |near: Blending, far: Blending| {
        Arc::new(squares(&[(0.5, veil(1.0, 0.0, 0.5, near)), (-0.5, veil(0.0, 1.0, 0.5, far))]))
    };
    for (near, far, expected, what) in [
        (blending(3000, false), blending(3001, false), GREEN_OVER_RED, "the far one is asked for last"),
        (blending(3001, false), blending(3000, false), RED_OVER_GREEN, "the near one is asked for last"),
        (blending(2501, true), blending(3000, false), [255, 0, 0, 128], "the near one hides what comes later"),
        (blending(2501, true), blending(2501, true), RED_OVER_GREEN, "both write depth, sorted"),
    ] {
        let figure = sheets(near, far);
        assert_seen(&figure, &LocalPose::rest(&figure), expected, what);
    }
}

/// MMD draws material after material, and each hides what comes later and lies behind it.
#[test]
fn the_order_of_the_file_is_kept_where_it_counts() {
    let blending = Blending { queue: 0, by_distance: false, writes_depth: true };
    let near = (0.5, veil(1.0, 0.0, 0.5, blending));
    let far = (-0.5, veil(0.0, 1.0, 0.5, blending));
    let figure = Arc::new(squares(&[far.clone(), near.clone()]));
    assert_seen(&figure, &LocalPose::rest(&figure), RED_OVER_GREEN, "far first");
    let figure = Arc::new(squares(&[near, far]));
    assert_seen(&figure, &LocalPose::rest(&figure), [255, 0, 0, 128], "near first");
}

/// Pictures of a cube with a black outline, of the given alpha, by all rasterizers.
fn outlined(material: Material) -> Vec<(String, Picture)> {
    let outline = Some(Outline { colour: Vec4::new(0.0, 0.0, 0.0, 1.0), width_m: 0.1, surface_mix: 0.0 });
    let mut figure = shapes::cube();
    figure.materials[0] = Material { outline, unlit: true, ..material };
    figure.vertices.iter_mut().for_each(|v| v.normal = v.position.normalize());
    let figure = Arc::new(figure);
    let draw = |raster: settei::raster::Rasterizer| {
        let model = load(&raster, &figure);
        let rest = LocalPose::rest(&figure);
        (raster.describe(), raster.toon(&model, &rest, &camera(4.0, 1.0), [96, 96], &style(Outlines::File)).unwrap())
    };
    rasterizers().into_iter().map(draw).collect()
}

#[test]
fn an_outline_is_never_seen_through_its_own_veil() {
    for blending in [Blending::default(), Blending { queue: 0, by_distance: false, writes_depth: true }] {
        let faint = |alpha| Material {
            base_colour: Vec4::new(1.0, 1.0, 1.0, alpha),
            alpha: Alpha::Blend,
            blending,
            ..Material::default()
        };
        for alpha in [0.6f32, 0.3] {
            for (raster, picture) in outlined(faint(alpha)) {
                let inside = picture.at(48, 48);
                assert_eq!(inside[..3], [255; 3], "{raster}: {inside:?}");
                assert!(inside[3].abs_diff((alpha * 255.0) as u8) <= 1, "{raster}: {inside:?}");
                let dark = picture.pixels.iter().filter(|p| p[0] < 60 && p[3] > 60).count();
                assert!(dark > 100, "{raster}: the line runs round it, {dark}");
            }
        }
        for (raster, picture) in outlined(faint(0.0)) {
            assert!(picture.pixels.iter().all(|p| *p == [0; 4]), "{raster}: what isn't there has no line");
        }
    }
}

#[test]
fn a_line_may_be_translucent_itself() {
    let outline = Some(Outline { colour: Vec4::new(1.0, 0.0, 0.0, 0.5), width_m: 0.1, surface_mix: 0.0 });
    let mut figure = shapes::cube();
    figure.materials[0] = Material { outline, unlit: true, ..Material::default() };
    figure.vertices.iter_mut().for_each(|v| v.normal = v.position.normalize());
    let figure = Arc::new(figure);
    for raster in rasterizers() {
        let model = load(&raster, &figure);
        let rest = LocalPose::rest(&figure);
        let picture = raster.toon(&model, &rest, &camera(4.0, 1.0), [96, 96], &style(Outlines::File)).unwrap();
        assert_eq!(picture.at(48, 48), [255; 4]);
        let soft = picture.pixels.iter().filter(|p| p[0] >= 250 && p[1] == 0 && p[3].abs_diff(128) <= 1).count();
        assert!(soft > 100, "{}: {soft}", raster.describe());
    }
}

#[test]
fn a_morph_fades_a_surface_together_with_its_line() {
    let outline = Some(Outline { colour: Vec4::new(0.0, 0.0, 0.0, 1.0), width_m: 0.1, surface_mix: 0.0 });
    let mut figure = shapes::cube();
    figure.materials[0] = Material { outline, alpha: Alpha::Blend, unlit: true, ..Material::default() };
    let mut channels = MaterialChannels::splat(1.0);
    channels.colour.w = 0.0;
    let materials = vec![MaterialOffset { material: None, multiply: true, channels }];
    figure.morphs = vec![Morph { materials, ..Morph::default() }];
    let figure = Arc::new(figure);
    for raster in rasterizers() {
        let model = load(&raster, &figure);
        for (weight, alpha) in [(0.0, 255), (0.5, 128), (1.0, 0)] {
            let mut pose = LocalPose::rest(&figure);
            pose.morph_weights[0] = weight;
            let picture = raster.toon(&model, &pose, &camera(4.0, 1.0), [96, 96], &style(Outlines::File)).unwrap();
            assert!(picture.at(48, 48)[3].abs_diff(alpha) <= 1, "{}: {:?}", raster.describe(), picture.at(48, 48));
            let seen = picture.pixels.iter().any(|p| p[3] > 0);
            assert_eq!(seen, alpha > 0, "{} at {weight}", raster.describe());
        }
    }
}

#[test]
fn light_that_a_surface_gives_off_is_added_in_linear_light() {
    // Emission from its own coordinates: the right half of the texture, which is white.
    let texture = shapes::texture(16, Wrap::Clamp, |x, _| if x < 8 { [0, 0, 0, 255] } else { [255; 4] });
    let material = |base: f32, emission_texture| Material {
        base_colour: Vec4::new(base, 0.0, 0.0, 1.0),
        emission: Vec3::new(0.2, 0.5, 3.0),
        emission_texture,
        ..Material::default()
    };
    // 0.2, 0.5 and what is beyond 1, encoded; then with red light of 0.3 added.
    for (base, emission_texture, uv, expected) in [
        (0.0, None, 0.0, [124, 188, 255, 255]),
        (0.3, None, 0.0, [188, 188, 255, 255]),
        (0.0, Some(0), 0.9, [124, 188, 255, 255]),
        (0.3, Some(0), 0.1, [149, 0, 0, 255]),
    ] {
        let mut figure = shapes::square(material(base, emission_texture), vec![texture.clone()]);
        figure.emission_uvs = vec![Vec2::splat(uv); figure.vertices.len()];
        let figure = Arc::new(figure);
        assert_seen(&figure, &LocalPose::rest(&figure), expected, &format!("{base} {uv}"));
    }
}

#[test]
fn a_tint_changes_the_texture_as_mmd_has_it() {
    let texture = shapes::texture(4, Wrap::Clamp, |_, _| [200, 100, 50, 255]);
    for (multiply, add, expected) in [
        (Vec4::ONE, Vec4::ZERO, [200, 100, 50, 255]),
        (Vec4::new(0.0, 1.0, 0.5, 1.0), Vec4::ZERO, [0, 100, 25, 255]),
        // Without the first alpha the texture doesn't count; the second draws it towards black.
        (Vec4::new(1.0, 1.0, 1.0, 0.0), Vec4::ZERO, [255, 255, 255, 255]),
        (Vec4::ONE, Vec4::new(0.0, 0.2, 0.0, 0.0), [200, 151, 50, 255]),
        (Vec4::ONE, Vec4::new(0.0, 0.0, 0.0, 1.0), [145, 0, 0, 255]),
    ] {
        let tint = Tint { multiply, add };
        let material = Material { texture: Some(0), unlit: true, tint, ..Material::default() };
        let figure = Arc::new(shapes::square(material, vec![texture.clone()]));
        assert_seen(&figure, &LocalPose::rest(&figure), expected, &format!("{tint:?}"));
    }
}
