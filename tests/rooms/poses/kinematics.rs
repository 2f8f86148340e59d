//! A pose is the same pose on every figure.

use super::figures::real_figures;
use super::mannequin::{Build, mannequin};
use glam::{Mat4, Quat, Vec3};
use settei::figure::{Figure, HumanBone, HumanBone::*, skinning};
use settei::pose::{JointPose, Pose, library};

fn world(figure: &Figure, pose: &Pose) -> Vec<Mat4> {
    skinning::world_transforms(figure, &pose.resolve(figure))
}

fn place(figure: &Figure, world: &[Mat4], bone: HumanBone) -> Vec3 {
    world[figure.humanoid.joint(bone).unwrap() as usize].w_axis.truncate()
}

fn lowest(figure: &Figure, pose: &Pose) -> f32 {
    skinning::skin(figure, &pose.resolve(figure)).positions.iter().map(|p| p.y).fold(f32::INFINITY, f32::min)
}

/// From which bone to which a limb points.
const LIMBS: [(HumanBone, HumanBone); 12] = [
    (Spine, Neck),
    (Neck, Head),
    (LeftUpperArm, LeftLowerArm),
    (LeftLowerArm, LeftHand),
    (LeftHand, LeftMiddleProximal),
    (LeftIndexProximal, LeftIndexDistal),
    (RightUpperArm, RightLowerArm),
    (RightLowerArm, RightHand),
    (LeftUpperLeg, LeftLowerLeg),
    (LeftLowerLeg, LeftFoot),
    (RightUpperLeg, RightLowerLeg),
    (RightLowerLeg, RightFoot),
];

fn assert_same_pose(
    reference: &Figure,
    other: &Figure,
    pose: &Pose,
    limbs: &[(HumanBone, HumanBone)],
    tolerance_deg: f32,
    what: &str,
) {
    let (a, b) = (world(reference, pose), world(other, pose));
    for &(from, to) in limbs {
        let direction = |f: &Figure, w: &[Mat4]| (place(f, w, to) - place(f, w, from)).normalize();
        let angle_deg = direction(reference, &a).angle_between(direction(other, &b)).to_degrees();
        assert!(angle_deg < tolerance_deg, "{what}: {} is off by {angle_deg}°", from.name());
    }
}

#[test]
fn every_pose_is_the_same_whatever_the_bones_axes_the_rest_and_the_joints_between() {
    let plain = mannequin(&Build::default());
    for build in [
        Build { axes: 1, ..Build::default() },
        Build { axes: 2, helpers: true, ..Build::default() },
        Build { size: 0.4, axes: 3, ..Build::default() },
        Build { arms_down_deg: 40.0, axes: 4, helpers: true, ..Build::default() },
    ] {
        let odd = mannequin(&build);
        for (name, pose) in library::all() {
            assert_same_pose(&plain, &odd, &pose, &LIMBS, 0.1, name);
        }
    }
}

/// An A-posed MMD model, a VRM 0 whose bones have their own axes, a doll without neck, shoulders and fingers.
#[test]
fn arms_and_floor_agree_on_figures_from_everywhere() {
    let plain = mannequin(&Build::default());
    for figure in real_figures() {
        let has =
            |&&(from, to): &&(HumanBone, HumanBone)| [from, to].iter().all(|&b| figure.humanoid.joint(b).is_some());
        let arms: Vec<_> = LIMBS
            .iter()
            .filter(|(from, _)| from.name().ends_with("Arm") || *from == LeftHand)
            .filter(has)
            .copied()
            .collect();
        assert!(arms.len() >= 4);
        for (name, pose) in library::all() {
            let what = format!("{name} of {}", figure.name);
            assert_same_pose(&plain, &figure, &pose, &arms, 1.0, &what);
            if !["jump", "lie"].contains(&name) {
                let height_m = lowest(&figure, &pose);
                assert!(height_m.abs() < 0.02, "{what} stands {height_m} m over the floor");
            }
        }
    }
}

#[test]
fn a_turned_upper_arm_puts_the_hand_where_the_turn_says() {
    for axes in 0..8 {
        let figure = mannequin(&Build { axes, ..Build::default() });
        let turn = Quat::from_rotation_z(0.6) * Quat::from_rotation_y(-0.4);
        let pose = Pose { bones: [(LeftUpperArm, turn)].into(), ..Pose::default() };
        let (rest, posed) = (world(&figure, &Pose::default()), world(&figure, &pose));
        let shoulder = place(&figure, &rest, LeftUpperArm);
        let expected = shoulder + turn * (place(&figure, &rest, LeftHand) - shoulder);
        assert!(place(&figure, &posed, LeftHand).abs_diff_eq(expected, 1e-5));
        assert!(place(&figure, &posed, RightHand).abs_diff_eq(place(&figure, &rest, RightHand), 1e-6));
    }
}

#[test]
fn what_hangs_on_a_missing_bone_still_points_where_it_should() {
    let plain = mannequin(&Build::default());
    let missing: [&[HumanBone]; 5] = [
        &[UpperChest],
        &[Chest, UpperChest],
        &[Spine],
        &[LeftShoulder, RightShoulder, Neck],
        &[UpperChest, LeftShoulder, RightShoulder, LeftIndexIntermediate],
    ];
    for without in missing {
        let poor = mannequin(&Build { without, axes: 5, ..Build::default() });
        // The torso itself bends elsewhere, and what ends at a missing bone has no end.
        let limbs: Vec<_> = LIMBS
            .into_iter()
            .filter(|&(from, to)| from != Spine && !without.contains(&from) && !without.contains(&to))
            .filter(|&(from, _)| from != LeftIndexProximal || without.len() < 4)
            .collect();
        for (name, pose) in library::all() {
            assert_same_pose(&plain, &poor, &pose, &limbs, 0.1, &format!("{name} without {without:?}"));
        }
    }
    // A spine that is all the torso there is bends for the rest of it.
    let stiff = mannequin(&Build { without: &[Chest, UpperChest], ..Build::default() });
    let pose = Pose { bones: [(UpperChest, Quat::from_rotation_x(0.5))].into(), ..Pose::default() };
    let posed = world(&stiff, &pose);
    assert!(place(&stiff, &posed, Neck).z > place(&stiff, &posed, Spine).z + 0.1);
}

#[test]
fn a_figure_without_a_skeleton_stays_as_it_is() {
    let figure = Figure::default();
    for (_, pose) in library::all() {
        assert_eq!(pose.resolve(&figure), skinning::LocalPose::rest(&figure));
    }
}

#[test]
fn hips_travel_in_multiples_of_their_height() {
    for size in [0.5, 1.0, 3.0] {
        let figure = mannequin(&Build { size, axes: 7, helpers: true, ..Build::default() });
        let (rest, pose) =
            (world(&figure, &Pose::default()), Pose { hips: Vec3::new(0.2, 0.1, -0.3), ..Pose::default() });
        let posed = world(&figure, &pose);
        let height = place(&figure, &rest, Hips).y;
        for bone in [Hips, Head, RightFoot] {
            let moved = place(&figure, &posed, bone) - place(&figure, &rest, bone);
            assert!(moved.abs_diff_eq(height * pose.hips, 1e-5 * size), "{moved}");
        }
    }
}

/// MMD figures: the lower body is the hips, and beside it, not above it, hangs the upper body.
#[test]
fn hips_beside_the_spine_carry_the_whole_body() {
    let mut figure = mannequin(&Build { helpers: true, ..Build::default() });
    let (hips, spine) = (figure.humanoid.joint(Hips).unwrap(), figure.humanoid.joint(Spine).unwrap());
    let above_hips = figure.joints[hips as usize].parent.unwrap();
    let spine_helper = figure.joints[spine as usize].parent.unwrap() as usize;
    figure.joints[spine_helper].parent = Some(above_hips);
    let below_hips = figure.joints[hips as usize].translation;
    figure.joints[spine_helper].translation += below_hips;
    let pose =
        Pose { bones: [(Hips, Quat::from_rotation_y(0.5))].into(), hips: Vec3::new(0.0, 0.5, 0.0), ..Pose::default() };
    let (rest, posed) = (world(&figure, &Pose::default()), world(&figure, &pose));
    let lift = 0.5 * place(&figure, &rest, Hips).y;
    for bone in [Hips, Head, LeftFoot] {
        let moved = (place(&figure, &posed, bone) - place(&figure, &rest, bone)).y;
        assert!((moved - lift).abs() < 1e-5, "{} moved by {moved}", bone.name());
    }
    // The chest turns with the hips all the same.
    let hands = place(&figure, &posed, LeftHand) - place(&figure, &posed, RightHand);
    assert!((hands.normalize() - Quat::from_rotation_y(0.5) * Vec3::X).length() < 1e-3, "{hands}");
}

#[test]
fn grounded_poses_stand_on_the_floor_whatever_the_build() {
    for limbs in [0.6, 1.0, 1.3] {
        let figure = mannequin(&Build { limbs, axes: 9, ..Build::default() });
        let floor = lowest(&figure, &Pose::default());
        for (name, pose) in library::all() {
            let height = lowest(&figure, &pose) - floor;
            if pose.ground == 1.0 {
                assert!(height.abs() < 1e-4, "{name} stands {height} m over the floor");
            } else {
                assert!(height > 0.1, "{name} should be in the air, but is at {height} m");
            }
        }
        let (stand, jump) = (library::find("stand").unwrap().1, library::find("jump").unwrap().1);
        let heights: Vec<f32> =
            (0..=10).map(|i| lowest(&figure, &Pose::blend(&stand, &jump, i as f32 / 10.0)) - floor).collect();
        assert!(
            heights.windows(2).all(|w| w[1] > w[0] - 0.1 && w[1] < w[0] + 0.2),
            "the floor lets go bit by bit: {heights:?}"
        );
    }
}

#[test]
fn hair_that_hangs_below_the_feet_lifts_nobody() {
    let mut figure = mannequin(&Build::default());
    let head = figure.humanoid.joint(Head).unwrap();
    let mut hair = figure.joints[head as usize].clone();
    (hair.parent, hair.name, hair.translation) = (Some(head), "hair".into(), Vec3::ZERO);
    figure.joints.push(hair);
    let bind = figure.binds[head as usize];
    figure.binds.push(settei::figure::Bind { joint: figure.joints.len() as u32 - 1, ..bind });
    let mut tip = figure.vertices[0];
    (tip.position, tip.binds) = (Vec3::new(0.0, -0.5, -0.3), [figure.binds.len() as u16 - 1, 0, 0, 0]);
    figure.vertices.push(tip);
    let stand = library::find("stand").unwrap().1;
    let feet = skinning::skin(&figure, &stand.resolve(&figure)).positions;
    let lowest = feet[..feet.len() - 1].iter().map(|p| p.y).fold(f32::INFINITY, f32::min);
    let plain = mannequin(&Build::default());
    assert!((lowest - self::lowest(&plain, &stand)).abs() < 1e-5);
}

#[test]
fn further_joints_are_posed_by_name_in_the_figures_axes() {
    let own = JointPose { rotation: Quat::from_rotation_y(0.7), translation: Vec3::new(0.1, 0.0, 0.0) };
    for axes in [0, 11] {
        let figure = mannequin(&Build { axes, helpers: true, ..Build::default() });
        let pose =
            Pose { joints: [("head helper".to_owned(), own), ("no such".to_owned(), own)].into(), ..Pose::default() };
        let (rest, posed) = (world(&figure, &Pose::default()), world(&figure, &pose));
        let helper = figure.joints.iter().position(|j| j.name == "head helper").unwrap();
        let moved = posed[helper].w_axis.truncate() - rest[helper].w_axis.truncate();
        assert!(moved.abs_diff_eq(own.translation, 1e-5), "{moved}");
        // The head, which hangs on it, comes along.
        let head = figure.humanoid.joint(Head).unwrap() as usize;
        let turn = |w: &[Mat4]| w[head].to_scale_rotation_translation().1;
        assert!((turn(&posed) * turn(&rest).inverse()).dot(own.rotation).abs() > 1.0 - 1e-5);
        // On a human bone it comes on top of what the pose says of that bone.
        let pose = Pose {
            bones: [(LeftUpperArm, Quat::from_rotation_z(0.5))].into(),
            joints: [("leftUpperArm".to_owned(), JointPose { rotation: Quat::from_rotation_z(0.3), ..own })].into(),
            ..Pose::default()
        };
        let posed = world(&figure, &pose);
        let arm = (place(&figure, &posed, LeftHand) - place(&figure, &posed, LeftUpperArm)).normalize();
        assert!(arm.abs_diff_eq(Quat::from_rotation_z(0.8) * Vec3::X, 1e-4), "{arm}");
    }
}
