//! What is done to a clip.

use super::*;

#[test]
fn edits_do_what_they_are_called() {
    let figure = mio();
    let rig = Rig::new(&figure);
    let step = |i: usize| Pose {
        bones: [(HumanBone::LeftUpperArm, Quat::from_rotation_z(0.01 * i as f32))].into(),
        hips: Vec3::new(0.01 * (i as f32).sin(), 0.0, 0.02 * i as f32),
        ..Pose::default()
    };
    let take = Take::new("walk", 30.0, (0..100).map(step).collect());
    let clip = take.clone().into_clip();
    let apply = |edits: Edits| Take::of(&edits.apply(&clip, &figure, &rig).unwrap()).unwrap();
    let still = apply(Edits { in_place: true, ..Edits::default() });
    assert!(still.poses.iter().all(|pose| pose.hips.z.abs() < 0.02 && pose.hips.x.abs() < 0.02));
    assert!(still.poses.iter().any(|pose| pose.hips.x.abs() > 0.005), "it sways");
    let mirrored = apply(Edits { mirror: true, ..Edits::default() });
    assert!(mirrored.poses[50].bones.contains_key(&HumanBone::RightUpperArm));
    let cropped = apply(Edits { crop: Some("10-20".parse().unwrap()), ..Edits::default() });
    assert_eq!((cropped.poses.len(), &cropped.poses[0]), (11, &take.poses[10]));
    let slow = apply(Edits { fps: Some(15.0), ..Edits::default() });
    assert_eq!((slow.fps, slow.poses.len(), &slow.poses[3]), (15.0, 50, &take.poses[6]));
    let looped = apply(Edits { seam: Some(10), ..Edits::default() });
    assert_near(&looped.poses[99], &looped.poses[0], 1e-5, "loop");
    assert_eq!(looped.poses[40].bones, take.poses[40].bones);
    let sunk = Take {
        poses: take.poses.iter().map(|p| Pose { hips: p.hips - Vec3::Y, ..p.clone() }).collect(),
        ..take.clone()
    };
    let floor = Edits { floor: true, ..Edits::default() }.apply(&sunk.into_clip(), &figure, &rig).unwrap();
    assert!(floor.frame(30).hips.y.abs() < 1e-3);
    assert!(Take::at_rate(&clip, 0.0).is_err() && Take::at_rate(&clip, f64::NAN).is_err());
    let endless = Clip { frames: u64::MAX, ..clip.clone() };
    assert!(matches!(Take::of(&endless), Err(MotionError::TooLong { .. })));
    // Between frames, and beyond both ends.
    let half = clip.at(10.5 / 30.0);
    assert!((half.rotation(HumanBone::LeftUpperArm).to_scaled_axis().z - 0.105).abs() < 1e-4);
    assert_eq!((clip.at(-5.0), clip.at(99.0)), (take.poses[0].clone(), take.poses[99].clone()));
}
