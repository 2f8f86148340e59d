//! Pose files: written and read, and everything that isn't one.

use glam::{Quat, Vec3};
use proptest::prelude::*;
use settei::pose::{HumanBone, JointPose, Pose, PoseError, library, named_or_file};
use std::path::Path;

fn read(text: &str) -> Result<Pose, PoseError> {
    Pose::from_json(text.as_bytes(), Path::new("mine.json"))
}

fn close(a: &Pose, b: &Pose) -> bool {
    let joint = |p: &Pose, name: &str| p.joints[name];
    a.bones.keys().eq(b.bones.keys())
        && a.bones.iter().all(|(bone, q)| q.dot(b.bones[bone]) > 1.0 - 1e-6)
        && (a.hips, a.ground, &a.expressions) == (b.hips, b.ground, &b.expressions)
        && a.joints.keys().eq(b.joints.keys())
        && a.joints.keys().all(|n| {
            joint(a, n).rotation.dot(joint(b, n).rotation) > 1.0 - 1e-6
                && joint(a, n).translation == joint(b, n).translation
        })
}

#[test]
fn every_built_in_pose_survives_its_file() {
    let folder = tempfile::tempdir().unwrap();
    for (name, pose) in library::all() {
        let path = folder.path().join(format!("my {name}.json"));
        pose.save(&path, name).unwrap();
        let (stem, loaded) = named_or_file(path.to_str().unwrap()).unwrap();
        assert_eq!(stem, format!("my {name}"));
        assert!(close(&pose, &loaded), "{name}");
    }
}

#[test]
fn a_pose_written_by_hand_is_read() {
    let pose = read(
        r#"{ "settei_pose": 1, "name": "bow", "ground": 1,
             "bones": { "spine": [0.383, 0, 0, 0.924], "head": [0, 0, 0, 1] },
             "hips": [0, -0.1, 0], "expressions": { "happy": 0.5 },
             "joints": { "髪1": { "rotation": [0, 0, 0.1, 0.995] }, "tail": {} } }"#,
    )
    .unwrap();
    assert!((pose.bones[&HumanBone::Spine].length() - 1.0).abs() < 1e-6, "rounded decimals are made exact");
    assert_eq!((pose.hips, pose.ground, pose.expressions["happy"]), (Vec3::new(0.0, -0.1, 0.0), 1.0, 0.5));
    assert_eq!(pose.joints["tail"], JointPose::default());
    assert_eq!(read("\u{feff}{\"settei_pose\": 1}").unwrap(), Pose::default());
}

#[test]
fn what_is_no_pose_is_refused_in_one_sentence_that_helps() {
    for (text, helps) in [
        ("", "isn't JSON"),
        ("\u{89}PNG\r\n", "isn't JSON"),
        ("[1, 2]", "isn't JSON"),
        ("{\"settei_pose\": 1", "line 1"),
        ("{\"bones\": {}}", "settei_pose"),
        ("{\"settei_pose\": \"1\"}", "version number"),
        ("{\"settei_pose\": 0}", "version number"),
        ("{\"settei_pose\": 1.5}", "version number"),
        ("{\"settei_pose\": 2}", "update Settei"),
        ("{\"settei_pose\": 1, \"bone\": {}}", "did you mean `bones`"),
        ("{\"settei_pose\": 1, \"colour\": 1}", "unknown field `colour`"),
        ("{\"settei_pose\": 1, \"name\": 1}", "`name`"),
        ("{\"settei_pose\": 1, \"bones\": []}", "`bones` must be an object"),
        ("{\"settei_pose\": 1, \"bones\": {\"leftUperArm\": [0,0,0,1]}}", "did you mean `leftUpperArm`"),
        ("{\"settei_pose\": 1, \"bones\": {\"xyzzy\": [0,0,0,1]}}", "unknown bone `xyzzy`"),
        ("{\"settei_pose\": 1, \"bones\": {\"head\": [0,0,1]}}", "list of 4"),
        ("{\"settei_pose\": 1, \"bones\": {\"head\": [0,0,\"a\",1]}}", "\"a\""),
        ("{\"settei_pose\": 1, \"bones\": {\"head\": [0,0,null,1]}}", "null"),
        ("{\"settei_pose\": 1, \"bones\": {\"head\": [0,0,0,0]}}", "length 0.000"),
        ("{\"settei_pose\": 1, \"bones\": {\"head\": [30,0,0,1]}}", "quaternion of length"),
        ("{\"settei_pose\": 1, \"bones\": {\"head\": [0,0,0,1e39]}}", "up to 10000"),
        ("{\"settei_pose\": 1, \"bones\": {\"head\": [0,0,0,1e999]}}", "out of range"),
        ("{\"settei_pose\": 1, \"bones\": {\"head\": [0,0,0,NaN]}}", "line 1"),
        ("{\"settei_pose\": 1, \"hips\": [0,0]}", "list of 3"),
        ("{\"settei_pose\": 1, \"hips\": [0,0,1e30]}", "`hips`"),
        ("{\"settei_pose\": 1, \"ground\": 2}", "from 0 to 1"),
        ("{\"settei_pose\": 1, \"expressions\": {\"happy\": -1}}", "expression `happy`"),
        ("{\"settei_pose\": 1, \"joints\": {\"hair\": [0,0,0,1]}}", "joint `hair`"),
        ("{\"settei_pose\": 1, \"joints\": {\"hair\": {\"rotaton\": [0,0,0,1]}}}", "did you mean `rotation`"),
    ] {
        let message = read(text).expect_err(text).to_string();
        assert!(message.starts_with("mine.json ") && message.contains(helps), "{text}: {message}");
        assert!(!message.contains('\n') && message.len() < 300, "{message}");
    }
    let deep = format!("{{\"settei_pose\": 1, \"bones\": {}", "[".repeat(100_000));
    assert!(read(&deep).unwrap_err().to_string().contains("recursion"));
}

#[test]
fn files_that_are_not_there_or_huge_or_folders_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    let message = |path: &Path| Pose::load(path).unwrap_err().to_string();
    assert!(message(&folder.path().join("none.json")).contains("none.json"));
    assert!(message(folder.path()).starts_with("can't read the pose"));
    let huge = folder.path().join("huge.json");
    std::fs::File::create(&huge).unwrap().set_len(1 << 40).unwrap();
    assert!(message(&huge).contains("larger than a megabyte"));
    let nowhere = folder.path().join("no/such/folder.json");
    assert!(Pose::default().save(&nowhere, "x").unwrap_err().to_string().starts_with("can't write the pose"));
}

#[test]
fn names_are_found_as_people_write_them() {
    for (written, name) in [
        ("stand", "stand"),
        ("T", "t"),
        ("T-Pose", "t"),
        ("a pose", "a"),
        ("Peace Sign", "peace"),
        ("arms crossed", "arms-crossed"),
        ("ARMS_CROSSED", "arms-crossed"),
        ("look back", "look-back"),
    ] {
        assert_eq!(named_or_file(written).unwrap().0, name);
    }
    assert_eq!(library::names().len(), library::all().count());
    for name in library::names() {
        assert_eq!(library::find(name).unwrap().0, name);
    }
    for (mistyped, meant) in
        [("knel", Some("kneel")), ("wavve", Some("wave")), ("arms-crosed", Some("arms-crossed")), ("qqqqq", None)]
    {
        match named_or_file(mistyped).unwrap_err() {
            error @ PoseError::Unknown { nearest, .. } => {
                assert_eq!(nearest, meant);
                let message = error.to_string();
                assert!(message.contains("look-back, dance"), "{message}");
                assert_eq!(message.contains("did you mean"), meant.is_some(), "{message}");
            }
            other => panic!("{other}"),
        }
    }
    // Something that can only be a file is spoken of as a file.
    assert!(matches!(named_or_file("poses/knel.json"), Err(PoseError::Io { .. })));
}

fn quats() -> impl Strategy<Value = Quat> {
    prop::array::uniform4(-1.0..1.0f32)
        .prop_map(Quat::from_array)
        .prop_filter_map("too short to have a direction", |q| (q.length() > 0.1).then(|| q.normalize()))
}

fn poses() -> impl Strategy<Value = Pose> {
    let bones = prop::collection::btree_map((0..55usize).prop_map(|i| HumanBone::ALL[i]), quats(), 0..8);
    let place = || prop::array::uniform3(-2.0..2.0f32).prop_map(Vec3::from);
    let joint = (quats(), place()).prop_map(|(rotation, translation)| JointPose { rotation, translation });
    let joints = prop::collection::btree_map("\\PC{0,12}", joint, 0..4);
    let expressions = prop::collection::btree_map("\\PC{0,12}", 0.0..=1.0f32, 0..4);
    (bones, place(), 0.0..=1.0f32, expressions, joints).prop_map(|(bones, hips, ground, expressions, joints)| Pose {
        bones,
        hips,
        ground,
        expressions,
        joints,
    })
}

proptest! {
    #[test]
    fn any_pose_survives_its_text(pose in poses(), name in "\\PC{0,12}") {
        prop_assert!(close(&pose, &read(&pose.to_json(&name)).unwrap()));
    }

    #[test]
    fn mirrored_twice_is_the_pose(pose in poses()) {
        prop_assert_eq!(pose.mirrored().mirrored().bones, pose.bones);
    }

    #[test]
    fn any_bytes_are_a_pose_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Pose::from_json(&bytes, Path::new("x"));
    }

    /// Sound files with bytes knocked out of them.
    #[test]
    fn damaged_files_never_panic(pose in poses(), at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
        let mut bytes = pose.to_json("p").into_bytes();
        let at = at.index(bytes.len());
        if cut { bytes.truncate(at) } else { bytes[at] = byte }
        let _ = Pose::from_json(&bytes, Path::new("x"));
    }
}
