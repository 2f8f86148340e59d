//! Names of the rigs that people bring.

use super::*;
use glam::{Quat, Vec3};

/// Joints from `name` or `name<parent` entries.
fn joints(names: &[&str]) -> Vec<Joint> {
    let mut joints: Vec<Joint> = Vec::new();
    for entry in names {
        let (name, parent) = entry.split_once('<').unwrap_or((entry, ""));
        let parent = joints.iter().position(|j| j.name == parent).map(|p| p as u32);
        joints.push(Joint {
            name: name.to_owned(),
            parent,
            translation: Vec3::ZERO,
            rotation: Quat::IDENTITY,
            scale: Vec3::ONE,
            order: 0,
            movable: true,
            may_rotate: true,
            may_translate: true,
        });
    }
    joints
}

/// `bone=name` for every bone that was found.
fn found(names: &[&str]) -> Vec<String> {
    let joints = joints(names);
    guess(&joints).iter().map(|(b, j)| format!("{}={}", b.name(), joints[j as usize].name)).collect()
}

#[test]
fn mixamo() {
    assert_eq!(
        found(&[
            "mixamorig:Hips",
            "mixamorig:Spine<mixamorig:Hips",
            "mixamorig:Spine1<mixamorig:Spine",
            "mixamorig:Spine2<mixamorig:Spine1",
            "mixamorig:Neck<mixamorig:Spine2",
            "mixamorig:Head<mixamorig:Neck",
            "mixamorig:HeadTop_End<mixamorig:Head",
            "mixamorig:LeftShoulder<mixamorig:Spine2",
            "mixamorig:LeftArm<mixamorig:LeftShoulder",
            "mixamorig:LeftForeArm<mixamorig:LeftArm",
            "mixamorig:LeftHand<mixamorig:LeftForeArm",
            "mixamorig:LeftHandThumb1<mixamorig:LeftHand",
            "mixamorig:LeftHandThumb2<mixamorig:LeftHandThumb1",
            "mixamorig:LeftHandThumb3<mixamorig:LeftHandThumb2",
            "mixamorig:LeftHandThumb4<mixamorig:LeftHandThumb3",
            "mixamorig:LeftHandPinky1<mixamorig:LeftHand",
            "mixamorig:RightArm<mixamorig:Spine2",
            "mixamorig:LeftUpLeg<mixamorig:Hips",
            "mixamorig:LeftLeg<mixamorig:LeftUpLeg",
            "mixamorig:LeftFoot<mixamorig:LeftLeg",
            "mixamorig:LeftToeBase<mixamorig:LeftFoot",
        ]),
        [
            "hips=mixamorig:Hips",
            "spine=mixamorig:Spine",
            "chest=mixamorig:Spine1",
            "upperChest=mixamorig:Spine2",
            "neck=mixamorig:Neck",
            "head=mixamorig:Head",
            "leftUpperLeg=mixamorig:LeftUpLeg",
            "leftLowerLeg=mixamorig:LeftLeg",
            "leftFoot=mixamorig:LeftFoot",
            "leftToes=mixamorig:LeftToeBase",
            "leftShoulder=mixamorig:LeftShoulder",
            "leftUpperArm=mixamorig:LeftArm",
            "leftLowerArm=mixamorig:LeftForeArm",
            "leftHand=mixamorig:LeftHand",
            "rightUpperArm=mixamorig:RightArm",
            "leftThumbMetacarpal=mixamorig:LeftHandThumb1",
            "leftThumbProximal=mixamorig:LeftHandThumb2",
            "leftThumbDistal=mixamorig:LeftHandThumb3",
            "leftLittleProximal=mixamorig:LeftHandPinky1",
        ]
    );
}

#[test]
fn kaykit_has_a_wrist_above_the_hand() {
    assert_eq!(
        found(&[
            "root",
            "hips<root",
            "spine<hips",
            "chest<spine",
            "head<chest",
            "upperarm.l<chest",
            "lowerarm.l<upperarm.l",
            "wrist.l<lowerarm.l",
            "hand.l<wrist.l",
            "handslot.l<hand.l",
            "upperarm.r<chest",
            "upperleg.l<hips",
            "lowerleg.l<upperleg.l",
            "foot.l<lowerleg.l",
            "toes.l<foot.l",
        ]),
        [
            "hips=hips",
            "spine=spine",
            "chest=chest",
            "head=head",
            "leftUpperLeg=upperleg.l",
            "leftLowerLeg=lowerleg.l",
            "leftFoot=foot.l",
            "leftToes=toes.l",
            "leftUpperArm=upperarm.l",
            "leftLowerArm=lowerarm.l",
            "leftHand=wrist.l",
            "rightUpperArm=upperarm.r",
        ]
    );
}

#[test]
fn rigify_calls_everything_a_spine_and_has_helpers() {
    assert_eq!(
        found(&[
            "root",
            "ORG-spine<root",
            "DEF-spine<root",
            "DEF-spine.001<DEF-spine",
            "DEF-spine.002<DEF-spine.001",
            "DEF-spine.003<DEF-spine.002",
            "DEF-spine.004<DEF-spine.003",
            "DEF-spine.005<DEF-spine.004",
            "DEF-spine.006<DEF-spine.005",
            "DEF-shoulder.L<DEF-spine.003",
            "DEF-upper_arm.L<DEF-shoulder.L",
            "MCH-upper_arm_ik.L<root",
            "DEF-forearm.L<DEF-upper_arm.L",
            "DEF-hand.L<DEF-forearm.L",
            "DEF-f_index.01.L<DEF-hand.L",
            "DEF-f_index.02.L<DEF-f_index.01.L",
            "DEF-thumb.01.L<DEF-hand.L",
            "DEF-upper_arm.R<DEF-spine.003",
            "DEF-thigh.L<DEF-spine",
            "DEF-shin.L<DEF-thigh.L",
            "DEF-foot.L<DEF-shin.L",
            "DEF-toe.L<DEF-foot.L",
        ]),
        [
            "hips=DEF-spine",
            "spine=DEF-spine.001",
            "chest=DEF-spine.002",
            "upperChest=DEF-spine.003",
            "neck=DEF-spine.004",
            "head=DEF-spine.006",
            "leftUpperLeg=DEF-thigh.L",
            "leftLowerLeg=DEF-shin.L",
            "leftFoot=DEF-foot.L",
            "leftToes=DEF-toe.L",
            "leftShoulder=DEF-shoulder.L",
            "leftUpperArm=DEF-upper_arm.L",
            "leftLowerArm=DEF-forearm.L",
            "leftHand=DEF-hand.L",
            "rightUpperArm=DEF-upper_arm.R",
            "leftThumbMetacarpal=DEF-thumb.01.L",
            "leftIndexProximal=DEF-f_index.01.L",
            "leftIndexIntermediate=DEF-f_index.02.L",
        ]
    );
}

#[test]
fn unreal_spreads_a_long_spine_and_has_controls_elsewhere() {
    assert_eq!(
        found(&[
            "root",
            "pelvis<root",
            "spine_01<pelvis",
            "spine_02<spine_01",
            "spine_03<spine_02",
            "spine_04<spine_03",
            "spine_05<spine_04",
            "neck_01<spine_05",
            "head<neck_01",
            "clavicle_l<spine_05",
            "upperarm_l<clavicle_l",
            "upperarm_twist_01_l<upperarm_l",
            "lowerarm_l<upperarm_l",
            "hand_l<lowerarm_l",
            "index_metacarpal_l<hand_l",
            "index_01_l<index_metacarpal_l",
            "thumb_01_l<hand_l",
            "upperarm_r<spine_05",
            "thigh_l<pelvis",
            "calf_l<thigh_l",
            "foot_l<calf_l",
            "ball_l<foot_l",
            "ik_foot_root<root",
            "ik_foot_l<ik_foot_root",
        ]),
        [
            "hips=pelvis",
            "spine=spine_01",
            "chest=spine_03",
            "upperChest=spine_05",
            "neck=neck_01",
            "head=head",
            "leftUpperLeg=thigh_l",
            "leftLowerLeg=calf_l",
            "leftFoot=foot_l",
            "leftToes=ball_l",
            "leftShoulder=clavicle_l",
            "leftUpperArm=upperarm_l",
            "leftLowerArm=lowerarm_l",
            "leftHand=hand_l",
            "rightUpperArm=upperarm_r",
            "leftThumbMetacarpal=thumb_01_l",
            "leftIndexProximal=index_01_l",
        ]
    );
}

#[test]
fn single_names_of_many_rigs() {
    use Side::{Left, Middle, Right};
    for (name, side, part) in [
        ("LeftUpperArm", Left, "upperarm"),
        ("UpperArm_L", Left, "upperarm"),
        ("upper_arm.R", Right, "upperarm"),
        ("upper_arm.l_Armature", Left, "upperarm"),
        ("rightupperarm", Right, "upperarm"),
        ("J_Bip_L_UpperArm", Left, "upperarm"),
        ("J_Bip_C_Hips", Middle, "hips"),
        ("Bip01 L UpperArm", Left, "upperarm"),
        ("Bip001 Pelvis", Middle, "pelvis"),
        ("ValveBiped.Bip01_R_Thigh", Right, "thigh"),
        ("CC_Base_L_Upperarm", Left, "upperarm"),
        ("lShldrBend", Left, "shldrbend"),
        ("l_up_arm", Left, "uparm"),
        ("Bip01 L Finger0", Left, "thumb1"),
        ("Bip01 R Finger12", Right, "index3"),
        ("Bip01 L Finger01", Left, "thumb2"),
        ("LeftHandMiddle3", Left, "middle3"),
        ("little_intermediate.L", Left, "littleintermediate"),
        ("Pinky_Proximal.R", Right, "littleproximal"),
        ("toe_L", Left, "toe"),
    ] {
        assert_eq!(read_name(name), Some((side, part.to_owned())), "{name}");
    }
    for helper in ["Head_end", "ik_hand_l", "handslot.l.end", "MCH-spine", "J_Sec_L_Bust1", "..."] {
        assert_eq!(read_name(helper), None, "{helper}");
    }
}

#[test]
fn thumbs_of_both_vrm_versions() {
    let body = ["hips", "head<hips", "rightUpperArm<hips", "leftUpperArm<hips", "leftHand<leftUpperArm"];
    for (thumb, expected) in [
        (
            [
                "leftThumbProximal<leftHand",
                "leftThumbIntermediate<leftThumbProximal",
                "leftThumbDistal<leftThumbIntermediate",
            ],
            [
                "leftThumbMetacarpal=leftThumbProximal",
                "leftThumbProximal=leftThumbIntermediate",
                "leftThumbDistal=leftThumbDistal",
            ],
        ),
        (
            [
                "leftThumbMetacarpal<leftHand",
                "leftThumbProximal<leftThumbMetacarpal",
                "leftThumbDistal<leftThumbProximal",
            ],
            [
                "leftThumbMetacarpal=leftThumbMetacarpal",
                "leftThumbProximal=leftThumbProximal",
                "leftThumbDistal=leftThumbDistal",
            ],
        ),
    ] {
        let names: Vec<&str> = body.into_iter().chain(thumb).collect();
        assert_eq!(found(&names)[5..], expected);
    }
}

#[test]
fn siblings_of_the_pelvis_are_borne_by_their_parent() {
    let names = [
        "root",
        "Pelvis<root",
        "Spine<root",
        "Head<Spine",
        "LArm<Spine",
        "Arm_L<Spine",
        "Arm_R<Spine",
        "Thigh_L<Pelvis",
    ];
    assert!(found(&names).contains(&"hips=root".to_owned()));
}

#[test]
fn a_few_matching_names_make_no_human() {
    assert!(found(&["Head", "Root", "Spine<Root"]).is_empty());
}
