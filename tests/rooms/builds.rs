//! Landmarks of bodies of all builds.

use settei::example::{self, CharacterParams, Detail, assemble};
use settei::figure::landmarks::{LandmarkMap, MapPreset, landmarks};
use settei::figure::{Figure, HumanBone, skinning, tpose};

fn joints(figure: &Figure) -> impl Fn(HumanBone) -> glam::Vec3 + use<> {
    let map = LandmarkMap::new(figure, MapPreset::Body);
    let world = skinning::world_transforms(figure, &tpose::t_pose(figure));
    let humanoid = figure.humanoid.clone();
    move |bone| map.joint_landmark(bone, world[humanoid.joint(bone).unwrap() as usize].w_axis.truncate())
}

#[test]
fn small_and_tall_have_their_parts_at_the_same_places() {
    use HumanBone::*;
    let characters = (0..).map(CharacterParams::random);
    let mut all = characters.filter(|c| c.build.height_m < 1.0).take(3).collect::<Vec<_>>();
    all.extend((0..3).map(CharacterParams::random));
    let usual = joints(&example::figure().unwrap());
    for params in all {
        let at = joints(&assemble(&params, Detail::Quick));
        for (bone, tolerance) in [
            (LeftUpperLeg, 0.02),
            (RightLowerLeg, 0.02),
            (LeftUpperArm, 0.02),
            (RightLowerArm, 0.02),
            (LeftHand, 0.01),
            (Head, 1e-3),
            (LeftEye, 0.03),
        ] {
            let apart = at(bone).distance(usual(bone));
            assert!(apart < tolerance, "{bone:?} is {apart} away at {} m", params.build.height_m);
        }
    }
}

#[test]
fn nothing_leaves_the_picture() {
    for seed in 0..12 {
        let figure = assemble(&CharacterParams::random(seed), Detail::Quick);
        for landmark in landmarks(&figure, &LandmarkMap::new(&figure, MapPreset::Body)) {
            let inside = |v: f32| (0.00499..=0.99501).contains(&v);
            assert!(inside(landmark.x) && inside(landmark.y) && inside(landmark.z), "seed {seed}: {landmark}");
        }
    }
}

#[test]
fn what_is_no_body_is_mapped_as_a_whole() {
    use HumanBone::*;
    let mut figure = assemble(&CharacterParams::random(1), Detail::Quick);
    for (leg, hand) in [(LeftUpperLeg, LeftHand), (RightUpperLeg, RightHand)] {
        figure.humanoid.set(leg, figure.humanoid.joint(hand).unwrap());
    }
    let of = |preset| LandmarkMap::new(&figure, preset);
    assert_eq!(of(MapPreset::Body), of(MapPreset::Joint));
}
