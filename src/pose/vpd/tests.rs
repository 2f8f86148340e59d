use super::*;
use proptest::prelude::*;

fn read_text(bones: &str) -> Pose {
    read(format!("Vocaloid Pose Data file\n{bones}").as_bytes(), Path::new("a.vpd"), None).unwrap()
}

#[test]
fn the_rest_of_mmd_has_its_arms_down() {
    let pose = read_text("");
    let arm = pose.rotation(HumanBone::LeftUpperArm) * Vec3::X;
    assert!((arm.y.asin().to_degrees() + 37.0).abs() < 0.1 && arm.x > 0.7, "{arm}");
    let arm = pose.rotation(HumanBone::RightUpperArm) * Vec3::NEG_X;
    assert!((arm.y.asin().to_degrees() + 37.0).abs() < 0.1 && arm.x < -0.7, "{arm}");
    assert_eq!(pose.bones.len(), 2, "{pose:?}");
    assert_eq!((pose.ground, pose.hips), (1.0, Vec3::ZERO));
}

#[test]
fn turns_go_the_way_mmd_shows_them() {
    // In MMD, raising the left arm by 37° makes it level, and a head turned about −x looks up: both seen from MMD's
    // own axes, in which the model looks along −z.
    let half = |deg: f32| (deg.to_radians() / 2.0).sin_cos();
    let ((s, c), (hs, hc)) = (half(37.0), half(-30.0));
    let pose = read_text(&format!(
        "Bone0{{左腕\n 0,0,0;\n 0,0,{s},{c};\n}}\nBone1{{頭\n 0,0,0;\n {},0,0,{hc};\n}}\nBone2{{センター\n 0,0,-2;\n 0,0,0,1;\n}}",
        -hs
    ));
    assert!(pose.rotation(HumanBone::LeftUpperArm).angle_between(Quat::IDENTITY).to_degrees() < 0.1);
    let look = pose.rotation(HumanBone::Head) * Vec3::Z;
    assert!((look.y - 0.5).abs() < 1e-3, "a turn of +30° about MMD's x looks up: {look}");
    assert!((pose.hips.z * 11.0 - 2.0).abs() < 1e-4, "towards −z is forward: {}", pose.hips);
}

#[test]
fn a_lowered_centre_bends_the_knees_and_keeps_the_feet() {
    for feet in ["", "Bone1{左足ＩＫ\n 0,0,0;\n 0,0,0,1;\n}\nBone2{右足ＩＫ\n 0,0,0;\n 0,0,0,1;\n}"] {
        let pose = read_text(&format!("Bone0{{センター\n 0,-3,0;\n 0,0,0,1;\n}}\n{feet}"));
        let knee = pose.rotation(HumanBone::LeftLowerLeg);
        assert!(knee.x > 0.2 && knee.y.abs() < 0.1, "knees bend backwards: {knee}");
        let foot = [HumanBone::Hips, HumanBone::LeftUpperLeg, HumanBone::LeftLowerLeg, HumanBone::LeftFoot]
            .iter()
            .fold(Quat::IDENTITY, |q, &bone| q * pose.rotation(bone));
        assert!(foot.angle_between(Quat::IDENTITY) < 1e-3, "the foot stays flat: {foot}");
        assert!(pose.ground == 1.0 && (pose.hips.y + 3.0 / 11.0).abs() < 1e-4, "{}", pose.hips);
    }
    // Knees saved with the targets switched off are taken as they are.
    let pose = read_text("Bone0{左ひざ\n 0,0,0;\n -0.5,0,0,0.8660254;\n}\nBone1{左足ＩＫ\n 0,0,0;\n 0,0,0,1;\n}");
    let knee = pose.rotation(HumanBone::LeftLowerLeg).angle_between(Quat::IDENTITY).to_degrees();
    assert!((knee - 60.0).abs() < 0.1, "{knee}");
}

proptest! {
    #[test]
    fn wild_files_make_sound_poses(
        bones in prop::collection::vec((0usize..14, prop::array::uniform7(-1e4f32..1e4)), 0..12),
    ) {
        const NAMES: [&str; 14] = ["センター", "全ての親", "左足ＩＫ", "右足IK親", "左ひざ", "左足", "上半身", "下半身",
            "左腕", "右腕捩", "両目", "左肩P", "前髪", "右足首"];
        let names: Vec<Known> = NAMES.iter().map(|name| Known::new(name)).collect();
        let bones = bones.iter().map(|(i, n)| (&names[*i], Motion {
            shift: Vec3::new(n[0], n[1], n[2]),
            turn: Quat::from_xyzw(n[3], n[4], n[5], n[6] + 1e-3).normalize(),
        }));
        let (pose, _) = pose_of(bones, &Rest::standard(), None);
        prop_assert!(pose.bones.values().all(|q| q.is_normalized()) && pose.hips.is_finite(), "{:?}", pose);
        prop_assert!(pose.joints.values().all(|j| j.rotation.is_normalized() && j.translation.is_finite()));
    }
}
