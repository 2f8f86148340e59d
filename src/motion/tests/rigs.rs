//! Skeletons of motion capture, and names that somebody says.

use super::*;

/// A BVH file of joints `name<parent`, all of which have an offset and three turns.
fn rig_of(joints: &str) -> String {
    fn branch(text: &mut String, joints: &[(&str, &str)], name: &str, kind: &str) {
        *text += &format!("{kind} {name}\n{{\nOFFSET 1 2 0\nCHANNELS 3 Zrotation Xrotation Yrotation\n");
        let children = joints.iter().filter(|(_, parent)| *parent == name);
        children.for_each(|(child, _)| branch(text, joints, child, "JOINT"));
        *text += "}\n";
    }
    let joints: Vec<(&str, &str)> = joints.split_whitespace().map(|j| j.split_once('<').unwrap_or((j, ""))).collect();
    let mut text = "HIERARCHY\n".to_owned();
    branch(&mut text, &joints, joints[0].0, "ROOT");
    let zeros = "0 ".repeat(3 * joints.len());
    text + &format!("MOTION\nFrames: 1\nFrame Time: 0.1\n{zeros}\n")
}

#[test]
fn captured_rigs_are_understood() {
    let both = |joints: &str, left: &str, right: &str| {
        let other: Vec<String> = joints.split_whitespace().map(|joint| joint.replace(left, right)).collect();
        format!("{joints} {}", other.join(" "))
    };
    let rokoko = "Hips Spine<Hips Spine1<Spine Spine2<Spine1 Spine3<Spine2 Spine4<Spine3 Neck<Spine4 Head<Neck "
        .to_owned()
        + &both(
            "LeftShoulder<Spine4 LeftArm<LeftShoulder LeftForeArm<LeftArm LeftHand<LeftForeArm LeftThigh<Hips \
             LeftShin<LeftThigh LeftFoot<LeftShin LeftToe<LeftFoot",
            "Left",
            "Right",
        );
    let smpl = "Pelvis Spine1<Pelvis Spine2<Spine1 Spine3<Spine2 Neck<Spine3 Head<Neck ".to_owned()
        + &both(
            "L_Collar<Spine3 L_Shoulder<L_Collar L_Elbow<L_Shoulder L_Wrist<L_Elbow L_Hip<Pelvis L_Knee<L_Hip \
             L_Ankle<L_Knee L_Foot<L_Ankle",
            "L_",
            "R_",
        );
    let xsens = "Hips Chest<Hips Chest2<Chest Chest3<Chest2 Chest4<Chest3 Neck<Chest4 Head<Neck ".to_owned()
        + &both(
            "LeftCollar<Chest4 LeftShoulder<LeftCollar LeftElbow<LeftShoulder LeftWrist<LeftElbow LeftHip<Hips \
             LeftKnee<LeftHip LeftAnkle<LeftKnee LeftToe<LeftAnkle",
            "Left",
            "Right",
        );
    let mocopi = "root torso_1<root torso_2<torso_1 torso_3<torso_2 torso_4<torso_3 torso_5<torso_4 torso_6<torso_5 \
                  torso_7<torso_6 neck_1<torso_7 neck_2<neck_1 head<neck_2 "
        .to_owned()
        + &both(
            "l_shoulder<torso_7 l_up_arm<l_shoulder l_low_arm<l_up_arm l_hand<l_low_arm l_up_leg<root \
             l_low_leg<l_up_leg l_foot<l_low_leg l_toes<l_foot",
            "l_",
            "r_",
        );
    for (rig, hips, chest, upper_arm, upper_leg, foot) in [
        (rokoko, "Hips", "Spine2", "LeftArm", "LeftThigh", "LeftFoot"),
        (smpl, "Pelvis", "Spine2", "L_Shoulder", "L_Hip", "L_Ankle"),
        (xsens, "Hips", "Chest2", "LeftShoulder", "LeftHip", "LeftAnkle"),
        (mocopi, "root", "torso_4", "l_up_arm", "l_up_leg", "l_foot"),
    ] {
        let file = from_bytes(Path::new("a.bvh"), rig_of(&rig).as_bytes(), None).unwrap();
        let found = |bone: HumanBone| file.bones.0.get(&bone).map(String::as_str);
        use HumanBone::*;
        let bones = [Hips, Chest, LeftUpperArm, LeftUpperLeg, LeftFoot].map(found);
        assert_eq!(bones, [hips, chest, upper_arm, upper_leg, foot].map(Some), "{:?}", file.bones);
        assert_eq!(file.bones.0.len(), 22, "{:?}", file.bones);
    }
}

#[test]
fn names_of_bones_can_be_said() {
    let folder = tempfile::tempdir().unwrap();
    let map = NameMap([(HumanBone::Hips, "a".to_owned()), (HumanBone::Head, "b".to_owned())].into());
    let path = folder.path().join("names.json");
    std::fs::write(&path, map.to_json()).unwrap();
    assert_eq!(NameMap::load(&path).unwrap(), map);
    let text = "HIERARCHY\nROOT a\n{\nOFFSET 0 0 0\nCHANNELS 3 Zrotation Xrotation Yrotation\nJOINT b\n{\nOFFSET 0 5 0\n\
                CHANNELS 3 Zrotation Xrotation Yrotation\nEnd Site\n{\nOFFSET 0 1 0\n}\n}\n}\nMOTION\nFrames: 1\n\
                Frame Time: 0.1\n0 0 0 0 0 90\n";
    let bvh = |names| from_bytes(Path::new("a.bvh"), text.as_bytes(), names).unwrap();
    assert!(bvh(None).bones.0.is_empty() && bvh(None).warnings[0].contains("--names"));
    let told = bvh(Some(&map));
    assert_eq!(told.bones, map);
    let head = told.clips[0].at(0.0).rotation(HumanBone::Head);
    assert!(head.angle_between(Quat::from_rotation_y(std::f32::consts::FRAC_PI_2)) < 1e-4);
    std::fs::write(&path, "{").unwrap();
    assert!(NameMap::load(&path).unwrap_err().to_string().contains("names.json"));
}
