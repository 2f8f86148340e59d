//! The built-in example: what is committed is what the generator makes, and it is a sound figure.

use settei::example::{self, CharacterParams};
use settei::figure::{self, Figure, skinning};
use settei::pose::HumanBone;

fn generated(params: &CharacterParams) -> Figure {
    let bytes = example::generate(params).unwrap();
    figure::load::from_bytes("generated.vrm", &bytes).unwrap()
}

#[test]
fn the_committed_file_is_what_the_generator_writes() {
    let bytes = example::generate(&CharacterParams::default()).unwrap();
    // Sines may differ in their last bit between systems; places are rounded, but one may sit on the fence.
    if cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        assert!(bytes == example::FIGURE_VRM, "write it anew by `settei example --anew`");
    }
    let (made, committed) = (generated(&CharacterParams::default()), example::figure().unwrap());
    assert_eq!(made.triangles.len(), committed.triangles.len());
    for (a, b) in made.vertices.iter().zip(&committed.vertices) {
        assert!(a.position.distance(b.position) < 1e-4);
    }
}

#[test]
fn the_committed_sheet_is_drawn_from_the_committed_figure() {
    let sheet = example::sheet().unwrap();
    let drawn = example::draw_sheet(example::figure().unwrap()).unwrap();
    assert_eq!(sheet.views.len(), 4);
    for (view, drawn) in sheet.views.iter().zip(drawn.views) {
        let (name, picture) = (&drawn.name, &drawn.picture);
        assert_eq!(view.name, *name);
        let differing = view.picture.pixels.iter().zip(&picture.pixels).filter(|(a, b)| a != b).count();
        assert!(differing * 1000 < picture.pixels.len(), "{name}: draw it anew by `settei example --anew`");
        let udp = view.udp.as_ref().unwrap();
        assert_eq!((udp.width_px, udp.height_px), (view.picture.width_px, view.picture.height_px));
        // What is drawn solidly has landmarks, what has none is at most an outline.
        let solid = |i: &usize| view.picture.pixels[*i][3] == 255;
        let all = (0..udp.pixels.len()).filter(solid).count();
        let covered = (0..udp.pixels.len()).filter(solid).filter(|&i| udp.pixels[i][3] > 0.5).count();
        assert!(covered as f64 > 0.95 * all as f64, "{name}: {covered} of {all}");
        assert!(all * 10 > udp.pixels.len());
    }
}

#[test]
fn it_loads_without_warnings_and_with_all_of_its_bones() {
    let figure = example::figure().unwrap();
    assert_eq!(figure.warnings, Vec::<String>::new());
    assert_eq!(figure.humanoid.iter().count(), 54);
    assert!(figure.licence.forbids.is_empty(), "{:?}", figure.licence.forbids);
    assert!(example::FIGURE_VRM.len() < 3 << 20, "{} bytes", example::FIGURE_VRM.len());
    assert!((15_000..=50_000).contains(&figure.triangles.len()), "{} triangles", figure.triangles.len());
    for vertex in &figure.vertices {
        assert!((vertex.weights.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        assert!((vertex.normal.length() - 1.0).abs() < 1e-3);
    }
}

#[test]
fn it_stands_on_the_floor_in_t_pose_and_looks_forward() {
    let figure = example::figure().unwrap();
    let positions: Vec<_> = figure.vertices.iter().map(|v| v.position).collect();
    let lowest = positions.iter().map(|p| p.y).fold(f32::INFINITY, f32::min);
    let highest = positions.iter().map(|p| p.y).fold(0.0, f32::max);
    assert!(lowest.abs() < 1e-4 && (1.5..1.65).contains(&highest), "{lowest} to {highest}");
    let world = skinning::world_transforms(&figure, &skinning::LocalPose::rest(&figure));
    let place = |bone| world[figure.humanoid.joint(bone).unwrap() as usize].w_axis.truncate();
    use HumanBone::*;
    for bone in [LeftLowerArm, LeftHand, LeftMiddleProximal, RightUpperArm, RightLowerArm, RightHand] {
        assert!((place(bone).y - place(LeftUpperArm).y).abs() < 1e-3, "{bone:?}");
    }
    assert!(place(LeftHand).x > 0.5 && place(LeftToes).z > place(LeftFoot).z);
    assert!(place(LeftThumbDistal).z > place(LeftHand).z);
    for (bone, joint) in figure.humanoid.iter() {
        let (here, there) = (world[joint as usize].w_axis.truncate(), place(bone.mirrored()));
        assert!((here.x + there.x).abs() < 1e-4 && (here.y - there.y).abs() < 1e-4, "{bone:?}");
    }
}

#[test]
fn every_expression_moves_the_face() {
    let figure = example::figure().unwrap();
    let names = "happy angry sad relaxed surprised aa ih ou ee oh blink blinkLeft blinkRight";
    for name in names.split(' ') {
        let expression = figure.expressions.iter().find(|e| e.name == name).unwrap_or_else(|| panic!("no {name}"));
        let moved = expression
            .morphs
            .iter()
            .flat_map(|&(m, _)| &figure.morphs[m as usize].vertices)
            .map(|o| o.position.length())
            .fold(0.0, f32::max);
        assert!(moved > 0.002, "{name}: {moved}");
    }
}

#[test]
fn characters_drawn_by_lot_are_sound_and_all_different() {
    let mut heights = Vec::new();
    for seed in 0..20 {
        let figure = generated(&CharacterParams::random(seed));
        assert!(figure.humanoid.is_humanoid() && figure.warnings.is_empty());
        assert!(figure.vertices.iter().all(|v| v.position.is_finite() && v.normal.is_finite() && v.uv.is_finite()));
        heights.push(figure.vertices.iter().map(|v| v.position.y).fold(0.0, f32::max));
    }
    heights.sort_by(f32::total_cmp);
    heights.dedup();
    assert_eq!(heights.len(), 20);
}
