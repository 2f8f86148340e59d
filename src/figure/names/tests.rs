//! Names of the rigs that people bring.

use super::*;
use glam::Vec3;

/// Joints from `name` or `name<parent` entries.
fn joints(names: &[&str]) -> Vec<Joint> {
    let mut joints: Vec<Joint> = Vec::new();
    for entry in names {
        let (name, parent) = entry.split_once('<').unwrap_or((entry, ""));
        let parent = joints.iter().position(|j| j.name == parent).map(|p| p as u32);
        joints.push(Joint::new(name, parent, Vec3::ZERO));
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
        ("mixamorig9Hips", Middle, "hips"),
        ("mixamorigLeftForeArm", Left, "forearm"),
        ("Character1_LeftUpLeg", Left, "upleg"),
        ("CC_Base_NeckTwist01", Middle, "necktwist1"),
        ("finger2-1.L", Left, "index1"),
        ("finger1-3.R", Right, "thumb3"),
        ("arm left finger 3b", Left, "middle2"),
        ("leg right ankle", Right, "legankle"),
        ("root.x", Middle, ""),
        ("spine_02.x", Middle, "spine2"),
        ("arm_stretch.l", Left, "arm"),
        ("lhumerus", Left, "humerus"),
        ("LHipJoint", Left, "hip"),
        ("m_avg_L_Hip", Left, "hip"),
        ("f_avg_Pelvis", Middle, "pelvis"),
        ("mElbowRight", Right, "elbow"),
        ("SHOULDER_LEFT", Left, "shoulder"),
        ("Hip_R", Right, "hip"),
        ("Upper-Arm-left", Left, "upperarm"),
    ] {
        if part.is_empty() {
            assert_eq!(read_name(name), None, "{name}");
            continue;
        }
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

/// Rigs by the names that they have for hips, spine, chest, neck, head, the left leg (upper, lower, foot) and the left arm
/// (shoulder, upper, lower, hand).
const RIGS: &[(&str, &str)] = &[
    (
        "Mixamo",
        "mixamorig:Hips, mixamorig:Spine, mixamorig:Spine1, mixamorig:Neck, mixamorig:Head, mixamorig:LeftUpLeg, \
         mixamorig:LeftLeg, mixamorig:LeftFoot, mixamorig:LeftShoulder, mixamorig:LeftArm, \
         mixamorig:LeftForeArm, mixamorig:LeftHand",
    ),
    (
        "Mixamo without its colon",
        "mixamorigHips, mixamorigSpine, mixamorigSpine1, mixamorigNeck, mixamorigHead, mixamorigLeftUpLeg, \
         mixamorigLeftLeg, mixamorigLeftFoot, mixamorigLeftShoulder, mixamorigLeftArm, mixamorigLeftForeArm, \
         mixamorigLeftHand",
    ),
    (
        "HumanIK",
        "Character1_Hips, Character1_Spine, Character1_Spine1, Character1_Neck, Character1_Head, \
         Character1_LeftUpLeg, Character1_LeftLeg, Character1_LeftFoot, Character1_LeftShoulder, \
         Character1_LeftArm, Character1_LeftForeArm, Character1_LeftHand",
    ),
    (
        "MakeHuman",
        "root, spine04, spine02, neck01, head, upperleg01.L, lowerleg01.L, foot.L, shoulder01.L, upperarm01.L, \
         lowerarm01.L, wrist.L",
    ),
    (
        "MakeHuman with collar bones",
        "root, spine04, spine02, neck01, head, upperleg01.L, lowerleg01.L, foot.L, clavicle.L, upperarm01.L, \
         lowerarm01.L, wrist.L",
    ),
    (
        "MakeHuman's CMU rig",
        "Hips, LowerBack, Spine, Neck, Head, LeftUpLeg, LeftLeg, LeftFoot, LeftShoulder, LeftArm, LeftForeArm, \
         LeftHand",
    ),
    (
        "the CMU motion library",
        "root, lowerback, upperback, lowerneck, head, lfemur, ltibia, lfoot, lclavicle, lhumerus, lradius, lwrist",
    ),
    (
        "XNALara",
        "root hips, spine lower, spine upper, head neck lower, head neck upper, leg left thigh, leg left knee, \
         leg left ankle, arm left shoulder 1, arm left shoulder 2, arm left elbow, arm left wrist",
    ),
    ("MikuMikuDance", "下半身, 上半身, 上半身2, 首, 頭, 左足, 左ひざ, 左足首, 左肩, 左腕, 左ひじ, 左手首"),
    (
        "MikuMikuDance under センター",
        "センター, 上半身, 上半身２, 首, 頭, 左足, 左ひざ, 左足首, 左肩, 左腕, 左ひじ, 左手首",
    ),
    ("MikuMikuDance in Blender", "センター, 上半身, 上半身2, 首, 頭, 足.L, ひざ.L, 足首.L, 肩.L, 腕.L, ひじ.L, 手首.L"),
    (
        "MikuMikuDance in English",
        "waist, upper body, upper body2, neck, head, leg_L, knee_L, ankle_L, shoulder_L, arm_L, elbow_L, wrist_L",
    ),
    (
        "Rigify",
        "DEF-spine, DEF-spine.001, DEF-spine.002, DEF-spine.004, DEF-spine.006, DEF-thigh.L, DEF-shin.L, \
         DEF-foot.L, DEF-shoulder.L, DEF-upper_arm.L, DEF-forearm.L, DEF-hand.L",
    ),
    (
        "Unreal",
        "pelvis, spine_01, spine_02, neck_01, head, thigh_l, calf_l, foot_l, clavicle_l, upperarm_l, lowerarm_l, \
         hand_l",
    ),
    (
        "VRoid",
        "J_Bip_C_Hips, J_Bip_C_Spine, J_Bip_C_Chest, J_Bip_C_Neck, J_Bip_C_Head, J_Bip_L_UpperLeg, \
         J_Bip_L_LowerLeg, J_Bip_L_Foot, J_Bip_L_Shoulder, J_Bip_L_UpperArm, J_Bip_L_LowerArm, J_Bip_L_Hand",
    ),
    (
        "Genesis 3 and 8",
        "hip, abdomenLower, chestLower, neckLower, head, lThighBend, lShin, lFoot, lCollar, lShldrBend, \
         lForearmBend, lHand",
    ),
    (
        "Genesis 9",
        "hip, spine1, spine2, neck1, head, l_thigh, l_shin, l_foot, l_shoulder, l_upperarm, l_forearm, l_hand",
    ),
    ("Poser", "hip, abdomen, chest, neck, head, lThigh, lShin, lFoot, lCollar, lShldr, lForeArm, lHand"),
    (
        "3ds Max Biped",
        "Bip01 Pelvis, Bip01 Spine, Bip01 Spine1, Bip01 Neck, Bip01 Head, Bip01 L Thigh, Bip01 L Calf, \
         Bip01 L Foot, Bip01 L Clavicle, Bip01 L UpperArm, Bip01 L Forearm, Bip01 L Hand",
    ),
    (
        "Source",
        "ValveBiped.Bip01_Pelvis, ValveBiped.Bip01_Spine, ValveBiped.Bip01_Spine1, ValveBiped.Bip01_Neck1, \
         ValveBiped.Bip01_Head1, ValveBiped.Bip01_L_Thigh, ValveBiped.Bip01_L_Calf, ValveBiped.Bip01_L_Foot, \
         ValveBiped.Bip01_L_Clavicle, ValveBiped.Bip01_L_UpperArm, ValveBiped.Bip01_L_Forearm, \
         ValveBiped.Bip01_L_Hand",
    ),
    (
        "Character Creator",
        "CC_Base_Hip, CC_Base_Waist, CC_Base_Spine01, CC_Base_NeckTwist01, CC_Base_Head, CC_Base_L_Thigh, \
         CC_Base_L_Calf, CC_Base_L_Foot, CC_Base_L_Clavicle, CC_Base_L_Upperarm, CC_Base_L_Forearm, \
         CC_Base_L_Hand",
    ),
    (
        "Kinect",
        "SpineBase, SpineMid, SpineShoulder, Neck, Head, HipLeft, KneeLeft, AnkleLeft, ClavicleLeft, \
         ShoulderLeft, ElbowLeft, WristLeft",
    ),
    (
        "Azure Kinect",
        "PELVIS, SPINE_NAVEL, SPINE_CHEST, NECK, HEAD, HIP_LEFT, KNEE_LEFT, ANKLE_LEFT, CLAVICLE_LEFT, \
         SHOULDER_LEFT, ELBOW_LEFT, WRIST_LEFT",
    ),
    (
        "SMPL",
        "pelvis, spine1, spine2, neck, head, left_hip, left_knee, left_ankle, left_collar, left_shoulder, \
         left_elbow, left_wrist",
    ),
    (
        "SMPL in Unity",
        "m_avg_Pelvis, m_avg_Spine1, m_avg_Spine2, m_avg_Neck, m_avg_Head, m_avg_L_Hip, m_avg_L_Knee, \
         m_avg_L_Ankle, m_avg_L_Collar, m_avg_L_Shoulder, m_avg_L_Elbow, m_avg_L_Wrist",
    ),
    (
        "Unity",
        "Hips, Spine, Chest, Neck, Head, LeftUpperLeg, LeftLowerLeg, LeftFoot, LeftShoulder, LeftUpperArm, \
         LeftLowerArm, LeftHand",
    ),
    (
        "VRChat",
        "Hips, Spine, Chest, Neck, Head, Left leg, Left knee, Left ankle, Left shoulder, Left arm, Left elbow, \
         Left wrist",
    ),
    (
        "Second Life",
        "mPelvis, mTorso, mChest, mNeck, mHead, mHipLeft, mKneeLeft, mAnkleLeft, mCollarLeft, mShoulderLeft, \
         mElbowLeft, mWristLeft",
    ),
    (
        "AutoRig Pro",
        "root.x, spine_01.x, spine_02.x, neck.x, head.x, thigh_stretch.l, leg_stretch.l, foot.l, shoulder.l, \
         arm_stretch.l, forearm_stretch.l, hand.l",
    ),
    (
        "Advanced Skeleton",
        "Root_M, Spine1_M, Chest_M, Neck_M, Head_M, Hip_L, Knee_L, Ankle_L, Scapula_L, Shoulder_L, Elbow_L, \
         Wrist_L",
    ),
    (
        "Quaternius",
        "Hips, Abdomen, Torso, Neck, Head, UpperLeg.L, LowerLeg.L, Foot.L, Shoulder.L, UpperArm.L, LowerArm.L, \
         Fist.L",
    ),
    (
        "Roblox",
        "LowerTorso, UpperTorso, Chest, Neck, Head, LeftUpperLeg, LeftLowerLeg, LeftFoot, LeftShoulder, \
         LeftUpperArm, LeftLowerArm, LeftHand",
    ),
    (
        "Maya",
        "hips_jnt, spine_jnt, chest_jnt, neck_jnt, head_jnt, upLeg_l_jnt, loLeg_l_jnt, foot_l_jnt, clav_l_jnt, \
         upArm_l_jnt, loArm_l_jnt, hand_l_jnt",
    ),
    (
        "a figure's name before each",
        "Alice_Hips, Alice_Spine, Alice_Spine1, Alice_Neck, Alice_Head, Alice_LeftUpLeg, Alice_LeftLeg, \
         Alice_LeftFoot, Alice_LeftShoulder, Alice_LeftArm, Alice_LeftForeArm, Alice_LeftHand",
    ),
    (
        "Koikatsu",
        "cf_j_hips, cf_j_spine01, cf_j_spine02, cf_j_neck, cf_j_head, cf_j_thigh00_L, cf_j_leg01_L, cf_j_foot_L, \
         cf_j_shoulder_L, cf_j_arm00_L, cf_j_forearm01_L, cf_j_hand_L",
    ),
    ("numbers", "Hips, Spine1, Spine2, Neck, Head, Leg1_L, Leg2_L, Foot_L, Shoulder_L, Arm1_L, Arm2_L, Hand_L"),
    (
        "MMD, bound to the legs that follow",
        "センター, 上半身, 上半身2, 首, 頭, 左足D, 左ひざD, 左足首D, 左肩, 左腕, 左ひじ, 左手首",
    ),
    (
        "dashes",
        "hips, spine, chest, neck, head, upper-leg-left, lower-leg-left, foot-left, shoulder-left, \
         upper-arm-left, lower-arm-left, hand-left",
    ),
];

/// The other side's name of a bone of [`RIGS`].
fn right(name: &str) -> String {
    for (left, right) in [
        ("Left", "Right"),
        ("left", "right"),
        ("LEFT", "RIGHT"),
        ("左", "右"),
        ("_L_", "_R_"),
        (" L ", " R "),
        ("_L", "_R"),
        (".L", ".R"),
        ("_l", "_r"),
        (".l", ".r"),
    ] {
        if name.contains(left) {
            return name.replacen(left, right, 1);
        }
    }
    name.replacen('l', "r", 1)
}

/// A whole skeleton of a rig, each name changed by `change`: joint and the bone that it is.
fn rig(names: &str, change: impl Fn(usize, &str) -> String) -> (Vec<Joint>, Vec<HumanBone>) {
    use HumanBone::*;
    const BONES: [(HumanBone, usize); 12] = [
        (Hips, 0),
        (Spine, 0),
        (Chest, 1),
        (Neck, 2),
        (Head, 3),
        (LeftUpperLeg, 0),
        (LeftLowerLeg, 5),
        (LeftFoot, 6),
        (LeftShoulder, 2),
        (LeftUpperArm, 8),
        (LeftLowerArm, 9),
        (LeftHand, 10),
    ];
    let (mut joints, mut bones): (Vec<Joint>, Vec<HumanBone>) = (Vec::new(), Vec::new());
    for other in [false, true] {
        for (i, (name, (bone, parent))) in names.split(", ").zip(BONES).enumerate().filter(|(i, _)| !other || *i > 4) {
            let (name, bone) = if other { (right(name), bone.mirrored()) } else { (name.to_owned(), bone) };
            let above = if other { BONES[parent].0.mirrored() } else { BONES[parent].0 };
            let parent = bones.iter().position(|&b| b == above).map(|p| p as u32).filter(|_| i > 0);
            let name = change(joints.len() + 1, &name);
            joints.push(Joint { name, parent, ..self::joints(&["x"]).remove(0) });
            bones.push(bone);
        }
    }
    (joints, bones)
}

#[test]
fn every_rig_is_recognized_whole_whatever_numbers_are_added() {
    type Change = fn(usize, &str) -> String;
    let changes: [(&str, Change); 7] = [
        ("as it is", |_, name| name.to_owned()),
        ("numbered", |i, name| format!("{name}_{i:02}")),
        ("numbered from afar", |i, name| format!("{name}_{}", i + 117)),
        ("a copy", |_, name| format!("{name}.001")),
        ("in a namespace", |_, name| format!("figure:{name}")),
        ("below an armature", |_, name| format!("Armature|{name}")),
        ("numbered and in a namespace", |i, name| format!("a:{name}_0{i}")),
    ];
    for (rig_name, names) in RIGS {
        for (change_name, change) in changes {
            let (joints, bones) = rig(names, change);
            let humanoid = guess(&joints);
            for (joint, bone) in bones.iter().enumerate() {
                let found = humanoid.joint(*bone).map(|j| joints[j as usize].name.as_str());
                assert_eq!(found, Some(joints[joint].name.as_str()), "{rig_name} {change_name}: {}", bone.name());
            }
            assert_eq!(humanoid.iter().count(), bones.len(), "{rig_name} {change_name}");
        }
    }
}

#[test]
fn of_two_pairs_of_legs_those_that_the_mesh_is_bound_to_are_taken() {
    let body = ["センター", "首<センター", "頭<首", "左腕<首", "右腕<首", "左足<センター", "左ひざ<左足"];
    let names: Vec<&str> = body.into_iter().chain(["左足Ｄ<センター", "左ひざD<左足Ｄ"]).collect();
    let found = found(&names);
    assert!(
        found.contains(&"leftUpperLeg=左足Ｄ".into()) && found.contains(&"leftLowerLeg=左ひざD".into()),
        "{found:?}"
    );
}

#[test]
fn hips_beside_the_torso_are_borne_by_the_body() {
    let found = found(&[
        "Body",
        "Hips<Body",
        "chest_x<Body",
        "neckpiece<chest_x",
        "Head<neckpiece",
        "UpperLeg.L<Hips",
        "LowerLeg.L<UpperLeg.L",
        "UpperLeg.R<Hips",
        "UpperArm.L<chest_x",
        "UpperArm.R<chest_x",
    ]);
    assert_eq!(found[..4], ["hips=Body", "chest=chest_x", "neck=neckpiece", "head=Head"]);
}

#[test]
fn a_foot_on_an_ankle_is_the_toes() {
    let found = found(&[
        "pelvis",
        "head<pelvis",
        "left_shoulder<pelvis",
        "right_shoulder<pelvis",
        "left_hip<pelvis",
        "left_knee<left_hip",
        "left_ankle<left_knee",
        "left_foot<left_ankle",
    ]);
    assert!(found.contains(&"leftFoot=left_ankle".to_owned()) && found.contains(&"leftToes=left_foot".to_owned()));
}

#[test]
fn fingers_that_count_from_zero_are_counted_from_one() {
    let body = ["hips", "head<hips", "rightUpperArm<hips", "leftUpperArm<hips", "leftHand<leftUpperArm"];
    let fingers = [
        "Thumb0_L<leftHand",
        "Thumb1_L<Thumb0_L",
        "Thumb2_L<Thumb1_L",
        "index_00_l<leftHand",
        "index_01_l<index_00_l",
        "index_02_l<index_01_l",
    ];
    let names: Vec<&str> = body.into_iter().chain(fingers).collect();
    assert_eq!(
        found(&names)[5..],
        [
            "leftThumbMetacarpal=Thumb0_L",
            "leftThumbProximal=Thumb1_L",
            "leftThumbDistal=Thumb2_L",
            "leftIndexProximal=index_00_l",
            "leftIndexIntermediate=index_01_l",
            "leftIndexDistal=index_02_l",
        ]
    );
}

#[test]
fn japanese_words_in_roman_letters() {
    assert_eq!(
        found(&[
            "koshi",
            "hara<koshi",
            "mune<hara",
            "kubi<mune",
            "atama<kubi",
            "kata_L<mune",
            "ude_L<kata_L",
            "hiji_L<ude_L",
            "te_L<hiji_L",
            "hidari_ude<mune",
            "ude_R<mune",
            "momo_L<koshi",
            "hiza_L<momo_L",
            "ashi_L<hiza_L",
            "tsumasaki_L<ashi_L",
            "ashi_R<koshi",
            "hiza_R<ashi_R",
            "ashikubi_R<hiza_R",
        ]),
        [
            "hips=koshi",
            "spine=hara",
            "chest=mune",
            "neck=kubi",
            "head=atama",
            "leftUpperLeg=momo_L",
            "leftLowerLeg=hiza_L",
            "leftFoot=ashi_L",
            "leftToes=tsumasaki_L",
            "rightUpperLeg=ashi_R",
            "rightLowerLeg=hiza_R",
            "rightFoot=ashikubi_R",
            "leftShoulder=kata_L",
            "leftUpperArm=ude_L",
            "leftLowerArm=hiji_L",
            "leftHand=te_L",
            "rightUpperArm=ude_R",
        ]
    );
}

#[test]
fn numbers_in_parentheses_tell_figures_apart() {
    let names =
        ["Hips (1)", "Spine (1)<Hips (1)", "Head (1)<Spine (1)", "LeftArm (1)<Spine (1)", "RightArm (1)<Spine (1)"];
    let expected =
        ["hips=Hips (1)", "spine=Spine (1)", "head=Head (1)", "leftUpperArm=LeftArm (1)", "rightUpperArm=RightArm (1)"];
    assert_eq!(found(&names), expected);
}

#[test]
fn a_back_of_chests_has_a_spine() {
    let names = [
        "Hips",
        "Chest<Hips",
        "Chest2<Chest",
        "Chest3<Chest2",
        "Chest4<Chest3",
        "Neck<Chest4",
        "Head<Neck",
        "LeftCollar<Chest4",
        "LeftShoulder<LeftCollar",
        "LeftElbow<LeftShoulder",
        "LeftWrist<LeftElbow",
        "RightShoulder<Chest4",
    ];
    let found = found(&names);
    for bone in ["spine=Chest", "chest=Chest2", "leftUpperArm=LeftShoulder", "leftHand=LeftWrist"] {
        assert!(found.iter().any(|b| b == bone), "{bone}: {found:?}");
    }
}
