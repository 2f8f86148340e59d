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
    let far = apply(Edits { way: Some(0.5), arms_deg: 20.0, ..Edits::default() });
    assert!((far.poses[50].hips.z - 0.5).abs() < 1e-5 && far.poses[50].hips.y == take.poses[50].hips.y);
    // Both hands come up, whichever side they are on.
    let hand = |pose: &Pose, bone| rig.world(&figure, pose)[figure.humanoid.joint(bone).unwrap() as usize].w_axis.y;
    for bone in [HumanBone::LeftHand, HumanBone::RightHand] {
        assert!(hand(&far.poses[0], bone) > hand(&take.poses[0], bone) + 0.05, "{bone:?}");
    }
    let thrice = apply(Edits { times: 3, ..Edits::default() });
    assert_eq!(thrice.poses.len(), 298);
    assert!((thrice.poses[297].hips.z - 3.0 * 1.98).abs() < 1e-4, "each goes on where the last has come to");
    let turns = |pose: &Pose| pose.rotation(HumanBone::LeftUpperArm);
    assert!(turns(&thrice.poses[99]).angle_between(turns(&take.poses[0])) < 1e-3, "it is led back");
    assert!(turns(&thrice.poses[297]).angle_between(turns(&take.poses[99])) < 1e-3, "and ends as it did");
    let jumps = thrice.poses.windows(2).map(|pair| turns(&pair[0]).angle_between(turns(&pair[1]))).fold(0.0, f32::max);
    assert!(jumps < 0.4, "{jumps}");
    let often = Edits { times: 2_000, ..Edits::default() }.apply(&clip, &figure, &rig);
    assert!(matches!(often, Err(MotionError::TooLong { .. })));
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
