//! What swings, on figures made by hand and on real ones.

use super::*;
use crate::figure::springs::{Collider, Shape, Spring, SpringJoint, Springs};
use crate::figure::{Append, Figure, Joint, LocalPose, skinning};
use crate::files::test_asset as asset;
use crate::progress::Progress;
use glam::{Mat4, Quat, Vec3};
use proptest::prelude::*;

/// A line of joints along x, each `long` from the one before, that swings from the second on.
fn line(count: usize, long: f32, edit: impl Fn(&mut SpringJoint)) -> Figure {
    let joint = |i: usize| {
        let at = if i == 0 { Vec3::Y } else { Vec3::X * if i == 1 { 0.0 } else { long } };
        Joint::new(&format!("j{i}"), i.checked_sub(1).map(|p| p as u32), at)
    };
    let swings = (1..=count as u32).map(|joint| {
        let mut swinging =
            SpringJoint { joint, tail: Vec3::X * long, radius: 0.0, stiffness: 0.0, drag: 0.0, gravity: Vec3::ZERO };
        edit(&mut swinging);
        swinging
    });
    let spring = Spring { joints: swings.collect(), ..Spring::default() };
    let springs = Springs { chains: vec![spring], ..Springs::default() };
    Figure { joints: (0..=count).map(joint).collect(), springs, ..Figure::default() }
}

fn chains(figure: &Figure) -> Chains {
    Chains::new(figure, &Settings::default())
}

/// Where a point of a joint's space is.
fn place(figure: &Figure, pose: &LocalPose, joint: usize, at: Vec3) -> Vec3 {
    skinning::world_transforms(figure, pose)[joint].transform_point3(at)
}

/// A root that goes about and turns.
fn wandering(figure: &Figure) -> impl Fn(f64) -> LocalPose + use<> {
    let rest = LocalPose::rest(figure);
    move |seconds| {
        let mut pose = rest.clone();
        let t = seconds as f32;
        pose.translations[0] += Vec3::new(0.3 * (3.0 * t).sin(), 0.1 * (5.0 * t).sin(), 0.2 * t);
        pose.rotations[0] = Quat::from_rotation_y(1.5 * (2.0 * t).sin());
        pose
    }
}

fn hanging(joint: &mut SpringJoint) {
    (joint.drag, joint.gravity, joint.stiffness) = (0.1, Vec3::NEG_Y * 0.16, 0.05);
}

#[test]
fn what_follows_poses_that_are_sent_swings_and_comes_to_rest() {
    let figure = line(3, 0.2, hanging);
    let end = |pose: &LocalPose| place(&figure, pose, 3, Vec3::X * 0.2) - place(&figure, pose, 1, Vec3::ZERO);
    let mut follower = Follower::new(chains(&figure));
    let at = |x: f32| {
        let mut pose = LocalPose::rest(&figure);
        pose.translations[0].x += x;
        pose
    };
    let hung = chains(&figure).settle(&figure, at(0.0));
    let first = follower.follow(&figure, at(0.0), 10.0);
    assert!(end(&first).distance(end(&hung)) < 1e-3 && follower.is_still(), "it hangs in the first pose");
    // Its root goes aside within a tenth of a second, told at uneven times, and stays there.
    let mut lagged = 0.0f32;
    for time in [0.011, 0.03, 0.034, 0.061, 0.1, 0.13, 0.17, 0.2] {
        let pose = follower.follow(&figure, at((time as f32 * 3.0).min(0.3)), 10.0 + time);
        lagged = lagged.min(end(&pose).x);
    }
    assert!(lagged < -0.05 && !follower.is_still(), "the end is left behind: {lagged}");
    let mut pose = at(0.3);
    for i in 1..=1200 {
        pose = follower.follow(&figure, at(0.3), 10.2 + f64::from(i) / 60.0);
    }
    assert!(end(&pose).distance(end(&hung)) < 2e-3 && follower.is_still(), "{} {}", end(&pose), end(&hung));
    // Who was away finds it as it hangs.
    let later = follower.follow(&figure, at(1.0), 99.0);
    assert!(end(&later).distance(end(&hung)) < 2e-3);
}

#[test]
fn a_pendulum_takes_as_long_as_it_should() {
    let (long, gravity) = (0.4f32, 9.8f32);
    let figure = line(1, long, |joint| joint.gravity = Vec3::NEG_Y * gravity * STEP_S);
    let chains = chains(&figure);
    // It hangs at rest, then its nail jumps aside by a little and stays there.
    let rest = LocalPose::rest(&figure);
    let lead = |seconds: f64| {
        let mut pose = rest.clone();
        pose.translations[0].x += if seconds > 0.0 { 0.02 } else { 0.0 };
        pose
    };
    let mut run = Run::new(&figure, &chains, &lead);
    let aside = |run: &mut Run, seconds: f64| {
        let pose = run.pose(seconds);
        place(&figure, &pose, 1, Vec3::X * long).x - place(&figure, &pose, 1, Vec3::ZERO).x
    };
    let swing: Vec<(f64, f32)> = (1..1200).map(|step| step as f64 / 60.0).map(|t| (t, aside(&mut run, t))).collect();
    // Upward passes through the middle, between two steps where the line between them says.
    let passes: Vec<f64> = swing
        .windows(2)
        .filter(|pair| pair[0].1 < 0.0 && pair[1].1 >= 0.0)
        .map(|pair| pair[0].0 + f64::from(-pair[0].1 / (pair[1].1 - pair[0].1)) / 60.0)
        .collect();
    assert!(passes.len() > 8, "{}", passes.len());
    let period = (passes[passes.len() - 1] - passes[0]) / (passes.len() - 1) as f64;
    let analytic = std::f64::consts::TAU * f64::from(long / gravity).sqrt();
    assert!((period / analytic - 1.0).abs() < 0.01, "{period} s, and {analytic} s by the formula");
    // Bringing it back to its length takes a little speed from it in VRM's formula; nothing gives it any.
    let most = |range: &[(f64, f32)]| range.iter().map(|(_, x)| x.abs()).fold(0.0, f32::max);
    assert!(most(&swing[1000..]) < most(&swing[..200]) && most(&swing[..200]) < 0.021);
}

#[test]
fn frame_rates_agree_at_common_times() {
    let figure = line(4, 0.1, hanging);
    let chains = chains(&figure);
    let lead = wandering(&figure);
    let sway = |fps: f64| -> Vec<Vec<(u32, Quat)>> {
        let mut run = Run::new(&figure, &chains, &lead);
        (0..=(4.0 * fps) as i64).map(|frame| run.at(frame as f64 / fps)).collect()
    };
    let [slow, usual, fast] = [24.0, 30.0, 60.0].map(sway);
    let apart = |a: &[(u32, Quat)], b: &[(u32, Quat)]| {
        let pairs = a.iter().zip(b);
        pairs
            .map(|((_, a), (_, b))| {
                (a.to_array().into_iter().zip(b.to_array())).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
            })
            .fold(0.0, f32::max)
    };
    for sixth in 0..=24 {
        let [a, b, c] = [&slow[4 * sixth], &usual[5 * sixth], &fast[10 * sixth]];
        assert!(apart(a, b) < 1e-6 && apart(b, c) < 1e-6, "{sixth}");
    }
    // It does move, and frames between steps lie between them.
    assert!(apart(&fast[0], &fast[60]) > 0.05);
    let (before, between, after) = (&fast[7], &slow[3], &fast[8]);
    assert!(apart(before, between) < apart(before, after) && apart(between, after) < apart(before, after));
}

#[test]
fn frames_are_the_same_whichever_are_asked_for_and_a_file_keeps_every_bit() {
    let figure = line(4, 0.1, hanging);
    let chains = chains(&figure);
    let lead = wandering(&figure);
    let wind = Wind { direction: Vec3::X, strength: 2.0, gusts: 1.0, seed: 1 };
    let settings = Settings { wind: Some(wind), ..Settings::default() };
    let windy = Chains::new(&figure, &settings);
    let source = Source { clip: "walk".into(), frames: 120, fps: 24.0, settings };
    let silent = crate::progress::Silent;
    for chains in [&chains, &windy] {
        let bake = |frames: &[i64]| Run::new(&figure, chains, &lead).bake(source.clone(), frames, &silent).unwrap();
        let all = bake(&(1..=100).collect::<Vec<_>>());
        let part = bake(&(50..=60).collect::<Vec<_>>());
        for frame in 50..=60 {
            assert_eq!(all.at(frame), part.at(frame), "frame {frame}");
        }
        assert_eq!((all.at(0), part.at(49), all.frames().len()), (None, None, 100));
        // Backwards as well.
        let mut run = Run::new(&figure, chains, &lead);
        run.at(90.0 / 24.0);
        assert_eq!(Some(run.at(55.0 / 24.0)), part.at(55));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("walk.bake");
    let bake = Run::new(&figure, &windy, &lead).bake(source.clone(), &[3, 9], &silent).unwrap();
    bake.save(&path).unwrap();
    assert_eq!(Bake::load(&path, &figure, &windy, &source).unwrap(), bake);
    let other = Source { frames: 121, ..source.clone() };
    let message = Bake::load(&path, &figure, &windy, &other).unwrap_err().to_string();
    assert!(message.contains("walk.bake was baked for the motion walk (120 frames)"), "{message}");
    let longer = line(5, 0.1, hanging);
    let message = Bake::load(&path, &longer, &self::chains(&longer), &source).unwrap_err().to_string();
    assert!(message.contains("not all that swings"), "{message}");
    let mut bytes = bake.to_bytes();
    for damage in [0, 9, 30, bytes.len() - 1] {
        std::fs::write(&path, &bytes[..damage]).unwrap();
        let error = Bake::load(&path, &figure, &windy, &source).unwrap_err();
        assert!(matches!(error, DynamicsError::Damaged { .. }), "{error}");
    }
    bytes.truncate(bytes.len() - 16);
    bytes.extend([f32::NAN; 4].into_iter().flat_map(f32::to_le_bytes));
    std::fs::write(&path, &bytes).unwrap();
    let message = Bake::load(&path, &figure, &windy, &source).unwrap_err().to_string();
    assert!(message.contains("rotations that are none"), "{message}");
}

#[test]
fn whoever_waits_can_stop_it_and_go_on() {
    struct Stops(std::sync::atomic::AtomicBool);
    impl Progress for Stops {
        fn stage(&self, _: &str, _: u64) {}
        fn advance(&self, _: u64) {}
        fn cancelled(&self) -> bool {
            self.0.load(std::sync::atomic::Ordering::Relaxed)
        }
    }
    let figure = line(2, 0.1, hanging);
    let (chains, lead) = (chains(&figure), wandering(&figure));
    let mut run = Run::new(&figure, &chains, &lead);
    let stops = Stops(true.into());
    assert_eq!(run.at_with(9.0, &stops), None);
    let source = Source { clip: String::new(), frames: 9, fps: 1.0, settings: Settings::default() };
    assert!(matches!(run.bake(source, &[9], &stops), Err(DynamicsError::Stopped)));
    stops.0.store(false, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(run.at_with(9.0, &stops), Some(Run::new(&figure, &chains, &lead).at(9.0)));
}

/// The line with one collider on its root.
fn obstructed(shape: Shape, edit: impl Fn(&mut SpringJoint)) -> Figure {
    let mut figure = line(5, 0.1, edit);
    figure.springs.colliders.push(Collider { joint: 0, shape });
    figure.springs.chains[0].colliders.push(0);
    figure
}

#[test]
fn shapes_are_not_entered_nor_left() {
    let below = Vec3::new(0.05, -0.3, 0.0);
    let shapes = [
        Shape::Sphere { centre: below, radius: 0.15, inside: false },
        Shape::Capsule { ends: [below - 0.2 * Vec3::Z, below + 0.2 * Vec3::Z], radius: 0.12, inside: false },
        Shape::Plane { point: Vec3::NEG_Y * 0.15, normal: Vec3::Y },
        Shape::Cuboid { centre: below, rotation: Quat::from_rotation_z(0.3), half: Vec3::new(0.12, 0.05, 0.3) },
        Shape::Sphere { centre: Vec3::ZERO, radius: 0.53, inside: true },
    ];
    for shape in shapes {
        let figure = obstructed(shape, |joint| {
            hanging(joint);
            joint.radius = 0.01;
        });
        let (chains, lead) = (chains(&figure), wandering(&figure));
        let mut run = Run::new(&figure, &chains, &lead);
        let free = line(5, 0.1, hanging);
        let freely = Run::new(&free, &self::chains(&free), &lead).pose(0.0);
        let mut worst = f32::INFINITY;
        for step in 0..300 {
            worst = worst.min(chains.clearance(&figure, &run.pose(f64::from(step) / 60.0)));
        }
        // Between an edge and its length a free end may find no place.
        let tolerance = if matches!(shape, Shape::Cuboid { .. }) { 0.006 } else { 0.002 };
        assert!(worst > -tolerance, "{shape:?} was entered by {worst} m");
        let through = chains.clearance(&figure, &freely);
        let outside = matches!(shape, Shape::Sphere { inside: true, .. });
        assert!(through < -0.01 || outside, "{shape:?} is not in the way: {through}");
    }
}

#[test]
fn nothing_falls_through_the_floor_that_the_figure_stands_on() {
    let mut figure = line(5, 0.1, |joint| {
        hanging(joint);
        joint.radius = 0.01;
    });
    let lowest = |figure: &Figure| {
        let pose = self::chains(figure).settle(figure, LocalPose::rest(figure));
        (1..=5).map(|joint| place(figure, &pose, joint, Vec3::X * 0.1).y).fold(f32::INFINITY, f32::min)
    };
    figure.joints[0].translation.y = 0.2;
    let lain = lowest(&figure);
    assert!((0.005..0.05).contains(&lain), "{lain}");
    // One that stands elsewhere has no floor there.
    figure.joints.push(Joint::new("foot", Some(0), Vec3::NEG_Y));
    assert!(lowest(&figure) < -0.1);
}

#[test]
fn what_lies_in_a_shape_at_rest_stays_as_it_was_drawn() {
    let mut figure = line(3, 0.1, |_| ());
    figure.springs = Springs::default();
    let marked = MarkedChain { root: "j1".into(), stuff: Stuff::Hair, feel: Feel::Stiff };
    let settings = Settings { gravity: 0.0, chains: vec![marked], ..Settings::default() };
    let chains = Chains::new(&figure, &settings);
    assert_eq!(chains.joints(), [1, 2, 3]);
    let settled = chains.settle(&figure, LocalPose::rest(&figure));
    assert!(settled.sway.iter().all(|(_, turn)| turn.angle_between(Quat::IDENTITY) < 1e-3));
}

#[test]
fn what_hangs_hangs_down_and_stiff_chains_keep_their_shape() {
    let mut figure = line(3, 0.1, |_| ());
    figure.springs = Springs::default();
    let down = |stuff, feel| {
        let settings = Settings { chains: vec![MarkedChain { root: "j1".into(), stuff, feel }], ..Settings::default() };
        let chains = Chains::new(&figure, &settings);
        let settled = chains.settle(&figure, LocalPose::rest(&figure));
        place(&figure, &settled, 1, Vec3::ZERO).y - place(&figure, &settled, 3, Vec3::X * 0.07).y
    };
    let skirt = down(Stuff::Skirt, Feel::Soft);
    assert!(skirt > 0.24, "{skirt}");
    let [soft, normal, stiff] = [Feel::Soft, Feel::Normal, Feel::Stiff].map(|feel| down(Stuff::Hair, feel));
    assert!(soft > normal && normal > stiff && stiff < 0.08, "{soft} {normal} {stiff}");
    let wrong = Settings { chains: vec!["nothing".parse().unwrap()], ..Settings::default() };
    let chains = Chains::new(&figure, &wrong);
    assert!(chains.is_empty() && chains.warnings[0].contains("no joint “nothing”"));
    let still = Settings { chains: vec!["j1".parse().unwrap()], still: vec!["j2".into()], ..Settings::default() };
    assert_eq!(Chains::new(&figure, &still).joints(), [1]);
}

#[test]
fn a_jump_moves_everything_along_and_a_centre_takes_its_own_movement_out() {
    let figure = line(3, 0.1, hanging);
    let chains = chains(&figure);
    let rest = LocalPose::rest(&figure);
    let jumps = |seconds: f64| {
        let mut pose = rest.clone();
        pose.translations[0].x += if seconds > 0.5 { 5.0 } else { 0.0 };
        pose
    };
    let mut run = Run::new(&figure, &chains, &jumps);
    let (before, after) = (run.at(0.4), run.at(0.7));
    assert!(before.iter().zip(&after).all(|((_, a), (_, b))| a.angle_between(*b) < 0.01));

    let mut centred = figure.clone();
    centred.springs.chains[0].centre = Some(0);
    let chains = self::chains(&centred);
    let slides = |seconds: f64| {
        let mut pose = rest.clone();
        pose.translations[0].x += 0.3 * (6.0 * seconds as f32).sin();
        pose
    };
    let mut run = Run::new(&centred, &chains, &slides);
    let (before, after) = (run.at(0.0), run.at(0.3));
    assert!(before.iter().zip(&after).all(|((_, a), (_, b))| a.angle_between(*b) < 0.01));
}

#[test]
fn what_copies_what_swings_comes_after_it() {
    let mut figure = line(2, 0.1, hanging);
    let copy = |name: &str, order: i32| Joint { order, ..Joint::new(name, Some(0), Vec3::ZERO) };
    figure.joints.extend([copy("copies a swinging one", 0), copy("copies the copy", 1), copy("copies the root", 2)]);
    let append = |joint: u32, source: u32, local: bool| Append {
        joint,
        source,
        ratio: 0.5,
        rotation: true,
        translation: false,
        local,
    };
    figure.appends = vec![append(3, 1, false), append(4, 3, false), append(5, 0, false)];
    let mut pose = LocalPose::rest(&figure);
    pose.rotations[0] = Quat::from_rotation_y(0.8);
    pose.sway = vec![(1, Quat::from_rotation_z(-1.0))];
    let settled = skinning::settled(&figure, &pose).rotations;
    let turns = [(1, -1.0), (3, -0.5), (4, -0.25)].map(|(joint, angle)| (joint, Quat::from_rotation_z(angle)));
    for (joint, turn) in turns.into_iter().chain([(5, Quat::from_rotation_y(0.4))]) {
        assert!(settled[joint].angle_between(turn) < 1e-3, "joint {joint}: {:?}", settled[joint]);
    }
    // Whatever else would turn what swings.
    figure.appends.push(append(1, 0, false));
    assert!(skinning::settled(&figure, &pose).rotations[1].angle_between(pose.sway[0].1) < 1e-3);
    pose.sway.push((999, Quat::IDENTITY));
    assert!(skinning::world_transforms(&figure, &pose).iter().all(Mat4::is_finite));
}

proptest! {
    /// Whatever a file says, nothing panics, and all rotations are some.
    #[test]
    fn nonsense_swings_without_harm(
        numbers in prop::collection::vec(prop_oneof![-1e3f32..1e3, Just(0.0), Just(1e-7)], 12 * 4),
        shape in 0usize..5,
        scale in prop_oneof![Just(1.0f32), Just(1e-6), Just(100.0)],
    ) {
        let mut figure = line(4, 0.1, |_| ());
        for (i, n) in numbers.chunks_exact(12).enumerate() {
            let joint = &mut figure.springs.chains[0].joints[i];
            joint.tail = Vec3::new(n[0], n[1], n[2]);
            (joint.radius, joint.stiffness, joint.drag) = (n[3].abs(), n[4].abs(), (n[5] / 1e3).abs());
            joint.gravity = Vec3::new(n[6], n[7], n[8]);
            figure.joints[i + 1].translation = Vec3::new(n[9], n[10], n[11]);
            figure.joints[i + 1].scale = Vec3::splat(scale);
        }
        let at = |i: usize| Vec3::new(numbers[i], numbers[i + 1], numbers[i + 2]);
        let radius = numbers[40].abs();
        let shape = match shape {
            0 => Shape::Sphere { centre: at(0), radius, inside: false },
            1 => Shape::Sphere { centre: at(0), radius, inside: true },
            2 => Shape::Capsule { ends: [at(3), at(3)], radius, inside: true },
            3 => Shape::Plane { point: at(6), normal: Vec3::Y },
            _ => Shape::Cuboid { centre: at(9), rotation: Quat::from_rotation_x(numbers[1]), half: at(12).abs() },
        };
        figure.springs.colliders.push(Collider { joint: 3, shape });
        figure.springs.chains[0].colliders.push(0);
        let (chains, lead) = (chains(&figure), wandering(&figure));
        let mut run = Run::new(&figure, &chains, &lead);
        for frame in 0..4 {
            let sway = run.at(f64::from(frame) / 7.0);
            prop_assert!(sway.iter().all(|(_, turn)| turn.is_finite() && turn.is_normalized()));
        }
    }
}

#[test]
fn godettes_springs_are_read_and_swing() {
    let Some(path) = asset("vrm/godette/Godette_vrm_v4.vrm") else { return };
    let figure = crate::figure::load(&path).unwrap();
    assert_eq!((figure.springs.chains.len(), figure.springs.colliders.is_empty()), (3, false));
    let chains = chains(&figure);
    let lead = wandering(&figure);
    let mut run = Run::new(&figure, &chains, &lead);
    let first = run.at(0.0);
    let mut farthest = 0.0f32;
    let mut worst = f32::INFINITY;
    for frame in 0..120 {
        let pose = run.pose(f64::from(frame) / 30.0);
        assert!(skinning::world_transforms(&figure, &pose).iter().all(Mat4::is_finite));
        farthest = pose.sway.iter().zip(&first).map(|((_, a), (_, b))| a.angle_between(*b)).fold(farthest, f32::max);
        worst = worst.min(chains.clearance(&figure, &pose));
    }
    assert!(farthest > 0.2, "{farthest}");
    assert!(worst > -0.005, "{worst}");
}
