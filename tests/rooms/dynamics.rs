//! What swings, from a file to a picture: real models with real motions, and the command line.

use super::cli::{settei, text};
use super::figures_mmd::real::asset;
use glam::Mat4;
use settei::dynamics::{Bodies, Chains, Run, Settings, Source, offers};
use settei::example::{self, CharacterParams, Detail};
use settei::figure::{self, Figure, LocalPose, skinning};
use settei::motion::{self, load};
use settei::pose::{Rig, library};
use settei::progress::Silent;
use settei::udp::Udp;

/// How far each joint is from its parent, metres.
fn lengths(figure: &Figure, world: &[Mat4]) -> Vec<f32> {
    let at = |i: usize| world[i].w_axis.truncate();
    let joints = figure.joints.iter().enumerate();
    joints.map(|(i, joint)| joint.parent.map_or(0.0, |parent| at(parent as usize).distance(at(i)))).collect()
}

#[test]
fn genes_physics_holds_for_300_frames() {
    let (Some(motion), Some(pmx), Some(pmd)) =
        (asset("mmd/gene/motion/22_apology.vmd"), asset("mmd/gene/Gene_light.pmx"), asset("mmd/gene/Gene_light.pmd"))
    else {
        return;
    };
    let clip = load::named_clip(&motion.to_string_lossy(), None).unwrap().1;
    let kinds = [Bodies::Light, Bodies::Rigid].into_iter().take(1 + usize::from(Bodies::HAS_RIGID));
    for (path, bodies) in [pmx, pmd].iter().flat_map(|path| kinds.clone().map(move |bodies| (path, bodies))) {
        let figure = figure::load(path).unwrap();
        let settings = Settings { bodies, ..Settings::default() };
        let kinds = |kind| figure.springs.bodies.iter().filter(|body| body.kind == kind).count();
        use figure::springs::BodyKind::{Follows, Leads, Turns};
        assert_eq!([Follows, Leads, Turns].map(kinds), [25, 9, 53]);
        assert_eq!(figure.springs.ties.len(), 92);
        let chains = Chains::new(&figure, &settings);
        assert!(chains.joints().len() > 50 && chains.warnings.is_empty(), "{:?}", chains.warnings);
        let native = clip.native(&figure).unwrap();
        let lead = |seconds: f64| native.at(&figure, seconds * clip.fps);
        let source = Source { clip: clip.name.clone(), frames: clip.frames, fps: clip.fps, settings };
        let frames: Vec<i64> = (0..300).collect();
        let bake = Run::new(&figure, &chains, &lead).bake(source, &frames, &Silent).unwrap();
        let rest = lengths(&figure, &skinning::world_transforms(&figure, &LocalPose::rest(&figure)));
        let mut swung = 0.0f32;
        for frame in frames {
            let plain = lead(frame as f64 / clip.fps);
            let led = skinning::settled(&figure, &plain).rotations;
            let pose = LocalPose { sway: bake.at(frame).unwrap(), ..plain };
            let world = skinning::world_transforms(&figure, &pose);
            assert!(world.iter().all(Mat4::is_finite), "frame {frame}");
            for (i, (now, rest)) in lengths(&figure, &world).iter().zip(&rest).enumerate() {
                // What lies on its parent has no length to be measured by.
                assert!(*now <= 2.0 * rest + 1e-3, "{} in frame {frame}: {now} m", figure.joints[i].name);
            }
            let angles = pose.sway.iter().map(|(joint, turn)| turn.angle_between(led[*joint as usize]));
            swung = angles.fold(swung, f32::max);
            // Where drawn bodies overlap, they come no deeper than their limits and lengths make them.
            let clear = chains.clearance(&figure, &pose);
            assert!(clear > -0.04, "frame {frame}: {clear} m");
        }
        assert!(swung > 0.4, "{bodies:?}: {swung}");
    }
}

#[test]
fn commands_let_hair_swing_and_read_bakes_bit_for_bit() {
    let (Some(motion), Some(godette)) =
        (asset("mmd/gene/motion/22_apology.vmd"), asset("vrm/godette/Godette_vrm_v4.vrm"))
    else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(motion, folder.path().join("bow.vmd")).unwrap();
    std::fs::copy(godette, folder.path().join("g.vrm")).unwrap();
    let run = |arguments: &str| {
        let output = settei(folder.path(), arguments);
        assert!(output.status.success(), "{arguments}: {}", text(&output.stderr));
        text(&output.stderr)
    };
    let udp = |name: &str| Udp::load(&folder.path().join(name)).unwrap();
    let draw = "udp --figure g.vrm --motion bow.vmd --size 96 --raster cpu";
    run(&format!("{draw} --frames 88-92:2 --out swung"));
    run(&format!("{draw} --frames 90 --out alone"));
    run(&format!("{draw} --frames 90 --no-sway --out stiff"));
    run("motion bake bow.vmd --figure g.vrm --frames 80-100 --out bow.bake");
    run(&format!("{draw} --frames 90 --bake bow.bake --out baked"));
    let names: Vec<String> = std::fs::read_dir(folder.path().join("alone"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with("_0090.npz"))
        .collect();
    let [name] = &names[..] else { panic!("{names:?}") };
    let [swung, alone, stiff, baked] = ["swung", "alone", "stiff", "baked"].map(|of| udp(&format!("{of}/{name}")));
    // The camera holds all frames that are asked for, so only those of one frame are alike.
    assert_eq!((swung.width_px, swung.height_px), (alone.width_px, alone.height_px));
    assert!(alone == baked && alone != stiff);

    let refused = settei(folder.path(), &format!("{draw} --frames 10 --bake bow.bake --out no"));
    assert!(!refused.status.success() && text(&refused.stderr).contains("holds no frame 10"));
    let refused = settei(folder.path(), &format!("{draw} --frames 90 --wind 3,0,0 --bake bow.bake --out no"));
    assert!(!refused.status.success() && text(&refused.stderr).contains("other settings"));

    run("udp --figure g.vrm --pose sit --size 96 --raster cpu --no-sway --out stands");
    run("udp --figure g.vrm --pose sit --size 96 --raster cpu --out hangs");
    run("udp --figure g.vrm --pose sit --size 96 --raster cpu --sway --out asked");
    assert!(udp("stands/sit.npz") != udp("hangs/sit.npz") && udp("hangs/sit.npz") == udp("asked/sit.npz"));
    let told = run("udp --figure g.vrm --pose sit --size 96 --raster cpu --swing nothing --out more");
    assert!(told.contains("no joint “nothing”"), "{told}");
}

#[test]
fn a_figure_without_springs_is_baked_to_nothing_and_told() {
    let folder = tempfile::tempdir().unwrap();
    // The built-in figure, its springs under a name that nobody knows.
    let mut file = std::fs::read(super::cli::FIGURE).unwrap();
    let word = b"VRMC_springBone";
    while let Some(at) = file.windows(word.len()).position(|here| here == word) {
        file[at..at + 4].copy_from_slice(b"NONE");
    }
    std::fs::write(folder.path().join("hero.vrm"), file).unwrap();
    let told = settei(folder.path(), "udp --figure hero.vrm --pose walk --size 64 --raster cpu --sway --out a");
    assert!(told.status.success() && text(&told.stderr).contains("nothing of"), "{}", text(&told.stderr));
    assert!(settei(folder.path(), "udp --figure hero.vrm --pose walk --size 64 --raster cpu --out b").status.success());
    let read = |from: &str| std::fs::read(folder.path().join(from)).unwrap();
    assert_eq!(read("a/walk.npz"), read("b/walk.npz"));
}

/// The built-in figure and some that the lot draws, with what swings of them.
fn characters() -> impl Iterator<Item = (Figure, Chains)> {
    let lot = [0, 1, 3, 5].map(|seed| example::assemble(&CharacterParams::random(seed), Detail::Outline));
    std::iter::once(example::figure().unwrap()).chain(lot).map(|figure| {
        let chains = Chains::new(&figure, &Settings::default());
        (figure, chains)
    })
}

#[test]
fn at_rest_characters_hang_as_they_were_made() {
    for (figure, chains) in characters() {
        assert!(chains.warnings.is_empty(), "{:?}", chains.warnings);
        let settled = chains.settle(&figure, LocalPose::rest(&figure));
        for (vertex, p) in figure.vertices.iter().zip(skinning::skin(&figure, &settled).positions) {
            let moved = vertex.position.distance(p);
            assert!(moved < 1e-4, "{}: by {moved} m at {}", figure.name, vertex.position);
        }
    }
}

#[test]
fn whatever_characters_do_their_hair_and_skirts_stay_whole() {
    for (figure, chains) in characters() {
        let rig = Rig::new(&figure);
        let rest = lengths(&figure, &skinning::world_transforms(&figure, &LocalPose::rest(&figure)));
        for (name, pose) in library::all() {
            let settled = chains.settle(&figure, rig.resolve(&figure, &pose));
            let clear = chains.clearance(&figure, &settled);
            let world = skinning::world_transforms(&figure, &settled);
            assert!(world.iter().all(Mat4::is_finite), "{} in {name}", figure.name);
            for (now, rest) in lengths(&figure, &world).iter().zip(&rest) {
                assert!((now - rest).abs() < 1e-4 || *now < 2.0 * rest, "{} in {name}: {now} m", figure.name);
            }
            // What lies between two limbs has nowhere to go.
            assert!(clear > -0.05, "{} in {name}: {clear} m", figure.name);
        }
    }
}

#[test]
fn the_built_in_motions_swing_the_built_in_figure() {
    let figure = example::figure().unwrap();
    let (rig, chains) = (Rig::new(&figure), Chains::new(&figure, &Settings::default()));
    let rest = lengths(&figure, &skinning::world_transforms(&figure, &LocalPose::rest(&figure)));
    for name in ["walk", "dance"] {
        let clip = load::named_clip(name, None).unwrap().1;
        let performance = motion::Performance::new(&clip, &figure, &rig);
        // It goes round and round.
        let lead = |seconds: f64| {
            let seconds = seconds.rem_euclid(clip.frames as f64 / clip.fps);
            performance.at(&figure, seconds).spelled_out(&figure, &rig)
        };
        let mut run = Run::new(&figure, &chains, &lead);
        let mut swung = 0.0f32;
        for frame in 0..300 {
            let pose = run.pose(f64::from(frame) / 30.0);
            let world = skinning::world_transforms(&figure, &pose);
            assert!(world.iter().all(Mat4::is_finite), "{name} {frame}");
            for (now, rest) in lengths(&figure, &world).iter().zip(&rest) {
                assert!(*now <= 2.0 * rest + 1e-3, "{name} {frame}: {now} m");
            }
            let led = skinning::settled(&figure, &LocalPose { sway: Vec::new(), ..pose.clone() }).rotations;
            let angles = pose.sway.iter().map(|(joint, turn)| turn.angle_between(led[*joint as usize]));
            swung = angles.fold(swung, f32::max);
        }
        assert!((0.15..2.0).contains(&swung), "{name}: {swung}");
    }
}

#[test]
fn what_swings_by_a_file_is_offered_by_name() {
    let figure = example::figure().unwrap();
    let offers = offers(&figure);
    assert!(offers.iter().all(|offer| offer.marks.is_none()), "{offers:?}");
    let skirt = offers.iter().find(|offer| offer.name == "skirt").unwrap();
    assert_eq!(skirt.roots.len(), 12);
    let still = Settings { still: skirt.roots.clone(), ..Settings::default() };
    let all = Chains::new(&figure, &Settings::default()).joints().len();
    assert_eq!(Chains::new(&figure, &still).joints().len(), all - skirt.joints);
}
