//! Poses to MikuMikuDance and back.

use super::figures::real_figures;
use glam::{Quat, Vec3};
use settei::figure::{Figure, HumanBone};
use settei::pose::{JointPose, Pose, Posed, Rig, library, named_or_file, vpd};
use std::path::Path;

/// The largest angle between the same bones of two poses on one figure, degrees; and which bone's.
fn apart_deg(figure: &Figure, rig: &Rig, a: &Pose, b: &Pose) -> (f32, Option<HumanBone>) {
    let [a, b] = [a, b].map(|pose| Posed::new(figure, rig, pose.clone()));
    // MMD's standard model has two bones for the back: what the chest lacks then, the spine above it has.
    let compared = figure.humanoid.iter().filter(|(bone, _)| *bone != HumanBone::Chest);
    compared.fold((0.0, None), |most, (bone, joint)| {
        let angle = a.turn(joint).angle_between(b.turn(joint)).to_degrees();
        if angle > most.0 { (angle, Some(bone)) } else { most }
    })
}

#[test]
fn every_built_in_pose_goes_to_mmd_and_back() {
    for figure in real_figures() {
        let rig = Rig::new(&figure);
        let is_mmd = figure.joints.iter().any(|joint| joint.name == "上半身");
        let hips = rig.t_world()[figure.humanoid.joint(HumanBone::Hips).unwrap() as usize].w_axis.truncate();
        for (name, pose) in library::all() {
            let bytes = vpd::write(&pose, &figure, &rig);
            // As a file for this model, or, where it is none of MMD's, for the standard one.
            let back = vpd::read(&bytes, Path::new("a.vpd"), is_mmd.then_some((&figure, &rig))).unwrap();
            let (apart, bone) = apart_deg(&figure, &rig, &pose, &back);
            assert!(apart < 0.5, "{}, {name}: {bone:?} is off by {apart}°", figure.name);
            // Where the hips are is in the file even where the pose left it to the floor.
            let stands = Posed::new(&figure, &rig, pose.clone());
            let free = Posed::new(&figure, &rig, Pose { ground: 0.0, ..back.clone() });
            let at = |posed: &Posed<'_>| posed.place(figure.humanoid.joint(HumanBone::Hips).unwrap());
            let missed = at(&stands).distance(at(&free));
            assert!(missed < 2e-3 * hips.y.abs().max(0.1), "{}, {name}: the hips are off by {missed} m", figure.name);
            for (expression, weight) in &pose.expressions {
                assert!((back.expressions[expression] - weight).abs() < 1e-5, "{name}: {expression}");
            }
        }
    }
}

#[test]
fn hair_of_a_model_goes_along() {
    let Some(figure) = real_figures().into_iter().find(|f| f.joints.iter().any(|j| j.name.contains('髪'))) else {
        eprintln!("skipped: no sample model with hair here");
        return;
    };
    let rig = Rig::new(&figure);
    let hair = figure.joints.iter().find(|j| j.name.contains('髪')).map(|j| j.name.clone()).unwrap();
    let joint = JointPose { rotation: Quat::from_rotation_x(0.4), translation: Vec3::new(0.0, 0.01, 0.02) };
    let pose = Pose { joints: [(hair.clone(), joint)].into(), ..Pose::default() };
    let back = vpd::read(&vpd::write(&pose, &figure, &rig), Path::new("a.vpd"), Some((&figure, &rig))).unwrap();
    assert!(back.joints[&hair].rotation.angle_between(joint.rotation) < 1e-3);
    assert!(back.joints[&hair].translation.distance(joint.translation) < 1e-5);
}

#[test]
fn a_vpd_is_a_pose_file_like_any_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("my pose.VPD");
    let figure = settei::example::figure().unwrap();
    let rig = Rig::new(&figure);
    vpd::save(&library::find("sit").unwrap().1, &path, &figure, &rig).unwrap();
    let (name, pose) = named_or_file(path.to_str().unwrap()).unwrap();
    assert!(name == "my pose" && pose.rotation(HumanBone::LeftUpperLeg).x < -0.5);
    std::fs::write(&path, "{}").unwrap();
    let message = Pose::load(&path).unwrap_err().to_string();
    assert!(message.contains("my pose.VPD") && message.contains("no MMD pose"), "{message}");
    std::fs::File::create(&path).unwrap().set_len(1 << 40).unwrap();
    assert!(Pose::load(&path).unwrap_err().to_string().contains("megabyte"));
}
