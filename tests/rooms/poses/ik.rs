//! Pulling at hands, feet, hips, chest and head of figures from everywhere.

use super::figures::real_figures;
use super::mannequin::{Build, mannequin};
use glam::{Quat, Vec3};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use settei::figure::{Figure, HumanBone};
use settei::pose::ik::{Goal, Reach, reach};
use settei::pose::{Pose, Posed, Rig, library};

const LIMBS: [(Goal, [HumanBone; 3]); 4] = [
    (Goal::LeftHand, [HumanBone::LeftUpperArm, HumanBone::LeftLowerArm, HumanBone::LeftHand]),
    (Goal::RightHand, [HumanBone::RightUpperArm, HumanBone::RightLowerArm, HumanBone::RightHand]),
    (Goal::LeftFoot, [HumanBone::LeftUpperLeg, HumanBone::LeftLowerLeg, HumanBone::LeftFoot]),
    (Goal::RightFoot, [HumanBone::RightUpperLeg, HumanBone::RightLowerLeg, HumanBone::RightFoot]),
];

/// Real ones, and dolls with crooked axes, hanging arms, joints between and bones missing.
fn figures() -> Vec<Figure> {
    use HumanBone::{Chest, LeftShoulder, Neck, RightShoulder, Spine, UpperChest};
    const FEW: &[HumanBone] = &[Chest, UpperChest, Neck, LeftShoulder, RightShoulder];
    let builds = [
        Build { axes: 7, arms_down_deg: 40.0, helpers: true, ..Build::default() },
        Build { axes: 3, size: 0.2, limbs: 1.4, without: FEW, ..Build::default() },
        Build { axes: 5, size: 9.0, limbs: 0.6, without: &[Spine, UpperChest], helpers: true, ..Build::default() },
    ];
    let mut figures = real_figures();
    figures.extend(builds.iter().map(mannequin));
    figures
}

fn joints(figure: &Figure, bones: [HumanBone; 3]) -> Option<[u32; 3]> {
    let [a, b, c] = bones.map(|bone| figure.humanoid.joint(bone));
    Some([a?, b?, c?])
}

/// How the forearm or shin leaves the upper bone's line, in the upper bone's own axes.
fn bent(posed: &Posed<'_>, [upper, lower, end]: [u32; 3]) -> Vec3 {
    let along = (posed.place(lower) - posed.place(upper)).normalize();
    posed.turn(upper).inverse() * (posed.place(end) - posed.place(lower)).normalize().reject_from(along)
}

/// A point that the limb can reach: a direction and a share of what lies between its shortest and longest reach.
fn reachable(posed: &Posed<'_>, [upper, lower, end]: [u32; 3], direction: Vec3, share: f32) -> Vec3 {
    let (root, a) = (posed.place(upper), posed.place(upper).distance(posed.place(lower)));
    let b = posed.place(lower).distance(posed.place(end));
    let (near, far) = ((a - b).abs() + 0.1 * (a + b), 0.999 * (a + b));
    root + direction * (near + (far - near) * share)
}

fn directions() -> impl Strategy<Value = Vec3> {
    prop::array::uniform3(-1f32..1.0)
        .prop_map(Vec3::from)
        .prop_filter("a direction", |v| v.length() > 0.1)
        .prop_map(Vec3::normalize)
}

fn runner() -> TestRunner {
    TestRunner::new(Config { cases: 100, failure_persistence: None, ..Config::default() })
}

#[test]
fn hands_and_feet_get_where_they_can_and_bend_the_right_way() {
    let poses: Vec<Pose> = library::all().map(|(_, pose)| pose).chain([Pose::default()]).collect();
    for figure in figures() {
        let rig = Rig::new(&figure);
        let all = (0..poses.len(), 0..LIMBS.len(), directions(), 0f32..1.0);
        runner()
            .run(&all, |(pose, limb, direction, share)| {
                let (goal, bones) = LIMBS[limb];
                let Some(joints) = joints(&figure, bones) else { return Ok(()) };
                let before = Posed::new(&figure, &rig, poses[pose].clone());
                let target = reachable(&before, joints, direction, share);
                let after =
                    Posed::new(&figure, &rig, reach(&figure, &rig, &poses[pose], goal, target, Reach::default()));
                let missed = after.place(joints[2]).distance(target);
                prop_assert!(missed < 1e-3, "{}: {goal:?} misses by {missed} m", figure.name);
                prop_assert!(
                    after.turn(joints[2]).dot(before.turn(joints[2])).abs() > 0.9999,
                    "it looks where it looked"
                );
                // Forearms bend forwards, shins backwards, as seen from the bone above.
                let bent = bent(&after, joints);
                let forward = if limb < 2 { bent.z } else { -bent.z };
                prop_assert!(bent.length() < 0.15 || forward > 0.0, "{}: {goal:?} bends to {bent}", figure.name);
                prop_assert!(after.world().iter().all(|m| m.is_finite()));
                // Nothing else has moved.
                let own = |bone: &HumanBone| bones.contains(bone);
                prop_assert!(
                    HumanBone::ALL
                        .iter()
                        .filter(|b| !own(b))
                        .all(|&b| after.pose.rotation(b) == poses[pose].rotation(b))
                );
                Ok(())
            })
            .unwrap();
    }
}

#[test]
fn what_is_out_of_reach_is_reached_for() {
    for figure in figures() {
        let rig = Rig::new(&figure);
        let pose = library::find("stand").unwrap().1;
        for (goal, bones) in LIMBS {
            let Some(joints) = joints(&figure, bones) else { continue };
            let root = Posed::new(&figure, &rig, pose.clone()).place(joints[0]);
            let target = root + Vec3::new(40.0, -10.0, 60.0);
            let after = Posed::new(&figure, &rig, reach(&figure, &rig, &pose, goal, target, Reach::default()));
            let along = (after.place(joints[2]) - after.place(joints[0])).normalize();
            assert!(
                along.distance((target - root).normalize()) < 0.02,
                "{}: {goal:?} points along {along}",
                figure.name
            );
            assert!(bent(&after, joints).length() < 0.05, "{}: {goal:?} is not stretched", figure.name);
        }
    }
}

#[test]
fn elbows_and_knees_point_where_they_are_pulled_and_hands_stay() {
    let goals = [(Goal::LeftElbow, 0), (Goal::RightElbow, 1), (Goal::LeftKnee, 2), (Goal::RightKnee, 3)];
    for figure in figures() {
        let rig = Rig::new(&figure);
        for (goal, limb) in goals {
            let Some(joints) = joints(&figure, LIMBS[limb].1) else { continue };
            let bent = Posed::new(&figure, &rig, Pose::default());
            let near = reachable(&bent, joints, Vec3::new(0.0, -0.6, 0.8), 0.6);
            let pose = reach(&figure, &rig, &Pose::default(), LIMBS[limb].0, near, Reach::default());
            let towards = near + Vec3::new(3.0, 0.5, 0.2);
            let after = Posed::new(&figure, &rig, reach(&figure, &rig, &pose, goal, towards, Reach::default()));
            assert!(after.place(joints[2]).distance(near) < 2e-3, "{}: {goal:?}", figure.name);
            let axis = (near - after.place(joints[0])).normalize();
            let out = (after.place(joints[1]) - after.place(joints[0])).reject_from(axis).normalize();
            let wanted = (towards - after.place(joints[0])).reject_from(axis).normalize();
            assert!(out.dot(wanted) > 0.999, "{}: {goal:?} points to {out}, not {wanted}", figure.name);
        }
    }
}

#[test]
fn hips_go_down_and_the_feet_stay_on_the_floor() {
    for figure in figures() {
        let rig = Rig::new(&figure);
        let Some(hips) = figure.humanoid.joint(HumanBone::Hips) else { continue };
        let pose = library::find("stand").unwrap().1;
        let before = Posed::new(&figure, &rig, pose.clone());
        let height = before.place(hips).y;
        let target = before.place(hips) + height * Vec3::new(0.05, -0.25, 0.04);
        let after = Posed::new(&figure, &rig, reach(&figure, &rig, &pose, Goal::Hips, target, Reach::default()));
        assert!(after.place(hips).distance(target) < 1e-3, "{}: {}", figure.name, after.place(hips).distance(target));
        for (goal, bones) in &LIMBS[2..] {
            let Some(joints) = joints(&figure, *bones) else { continue };
            let moved = after.place(joints[2]).distance(before.place(joints[2]));
            assert!(moved < 1e-3, "{}: {goal:?} slides by {moved} m", figure.name);
            assert!(bent(&after, joints).z < -0.1, "{}: the knee points forward", figure.name);
        }
        // Lifted beyond its legs it flies, and does not sink back.
        let up = before.place(hips) + Vec3::Y * height * 0.5;
        let flies = Posed::new(&figure, &rig, reach(&figure, &rig, &pose, Goal::Hips, up, Reach::default()));
        assert!(flies.place(hips).distance(up) < 1e-3 && flies.pose.ground == 0.0, "{}", figure.name);
    }
}

#[test]
fn chest_and_head_follow_as_far_as_they_can() {
    for figure in figures() {
        let rig = Rig::new(&figure);
        let pose = library::find("stand").unwrap().1;
        for goal in [Goal::Chest, Goal::Head] {
            let before = Posed::new(&figure, &rig, pose.clone());
            let Some(from) = goal.place(&before) else { continue };
            for way in [Vec3::X, Vec3::NEG_X, Vec3::Z, Vec3::NEG_Z] {
                let way = from.y * (0.02 * way - 0.001 * Vec3::Y);
                let after = Posed::new(&figure, &rig, reach(&figure, &rig, &pose, goal, from + way, Reach::default()));
                let moved = goal.place(&after).unwrap() - from;
                assert!(
                    moved.dot(way.normalize()) > 0.8 * way.length(),
                    "{}: {goal:?} moved by {moved} for {way}",
                    figure.name
                );
            }
            let far = from + Vec3::new(9.0, 5.0, 9.0);
            let after =
                Posed::new(&figure, &rig, reach(&figure, &rig, &pose, goal, far, Reach { limits: true, bend: None }));
            assert!(after.world().iter().all(|m| m.is_finite()));
            assert_eq!(after.pose, after.pose.limited(), "{}: {goal:?}", figure.name);
        }
    }
}

#[test]
fn limits_hold_while_pulling() {
    let poses: Vec<Pose> = library::all().map(|(_, pose)| pose).collect();
    // How many are reached is counted over all figures: of a hundred tries on one it would be a matter of luck.
    let (mut near, mut total) = (0, 0);
    for figure in figures() {
        let rig = Rig::new(&figure);
        let all = (0..poses.len(), 0..LIMBS.len(), directions(), 0f32..1.0);
        let tally = std::cell::RefCell::new((&mut near, &mut total));
        runner()
            .run(&all, |(pose, limb, direction, share)| {
                let (goal, bones) = LIMBS[limb];
                let Some(joints) = joints(&figure, bones) else { return Ok(()) };
                let before = Posed::new(&figure, &rig, poses[pose].clone());
                let target = reachable(&before, joints, direction, share);
                let pose = reach(&figure, &rig, &poses[pose], goal, target, Reach { limits: true, bend: None });
                for bone in bones {
                    let excess = settei::pose::limits::excess_deg(bone, pose.rotation(bone));
                    prop_assert!(excess < 0.5, "{}: {bone:?} by {excess}°", figure.name);
                }
                let after = Posed::new(&figure, &rig, pose);
                let mut tally = tally.borrow_mut();
                *tally.0 += usize::from(after.place(joints[2]).distance(target) < 1e-2);
                *tally.1 += 1;
                Ok(())
            })
            .unwrap();
        eprintln!("{}: {near} of {total} so far", figure.name);
    }
    // Directions are from all round, behind the back as well: a body reaches most of them.
    assert!(near * 2 > total, "{near} of {total}");
}

#[test]
fn nonsense_changes_nothing() {
    let figure = settei::example::figure().unwrap();
    let rig = Rig::new(&figure);
    let pose = library::find("dance").unwrap().1;
    for goal in Goal::ALL {
        for bad in [Vec3::NAN, Vec3::INFINITY] {
            assert_eq!(reach(&figure, &rig, &pose, goal, bad, Reach::default()), pose);
        }
        let far = reach(&figure, &rig, &pose, goal, Vec3::splat(1e20), Reach::default());
        assert!(far.bones.values().all(|q: &Quat| q.is_finite() && q.is_normalized()), "{goal:?}");
        assert_eq!(
            reach(&Figure::default(), &Rig::new(&Figure::default()), &pose, goal, Vec3::ONE, Reach::default()),
            pose
        );
    }
}
