//! One clip on many figures.

use super::*;

/// The direction from one bone's joint to another's on a figure.
fn along(figure: &Figure, world: &[glam::Mat4], from: HumanBone, to: HumanBone) -> Option<Vec3> {
    let at = |bone| figure.humanoid.joint(bone).map(|joint| world[joint as usize].w_axis.truncate());
    (at(to)? - at(from)?).try_normalize()
}

#[test]
fn limbs_point_the_same_way_whatever_local_axes_a_figure_has() {
    let straight = mio();
    // The same figure with joints that rest with turns of their own.
    let mut skewed = straight.clone();
    let world = skinning::world_transforms(&straight, &LocalPose::rest(&straight));
    let spin = |i: usize| Quat::from_scaled_axis(Vec3::new(0.5, 0.1 * i as f32, -0.8));
    let turned: Vec<glam::Mat4> = world.iter().enumerate().map(|(i, m)| *m * glam::Mat4::from_quat(spin(i))).collect();
    for (i, joint) in skewed.joints.iter_mut().enumerate() {
        let local = joint.parent.map_or(turned[i], |p| turned[p as usize].inverse() * turned[i]);
        let (_, rotation, translation) = local.to_scale_rotation_translation();
        (joint.rotation, joint.translation) = (rotation, translation);
    }
    for bind in &mut skewed.binds {
        bind.inverse_bind = glam::Mat4::from_quat(spin(bind.joint as usize).inverse()) * bind.inverse_bind;
    }
    let mut motions = vec![("bvh/pybvh/cmu_12_01_walk.bvh", 0), ("vrma/three-vrm_test.vrma", 0)];
    motions.extend([("gltf/kaykit/Med_MovementBasic.glb", 5), ("mmd/gene/motion/22_apology.vmd", 0)]);
    let rigs = [Rig::new(&straight), Rig::new(&skewed)];
    for (name, clip) in motions {
        let Some(path) = asset(name) else { continue };
        let file = load(&path).unwrap();
        let clip = &file.clips[clip];
        let fitted = [fit(clip, &straight, &rigs[0]), fit(clip, &skewed, &rigs[1])];
        for share in [0.1, 0.5, 0.8] {
            let seconds = share * clip.duration_s();
            let worlds =
                [rigs[0].world(&straight, &fitted[0].at(seconds)), rigs[1].world(&skewed, &fitted[1].at(seconds))];
            use HumanBone::*;
            for (from, to) in [
                (LeftUpperArm, LeftLowerArm),
                (RightLowerArm, RightHand),
                (LeftUpperLeg, LeftLowerLeg),
                (RightLowerLeg, RightFoot),
                (Spine, Head),
            ] {
                let [a, b] =
                    [(&straight, &worlds[0]), (&skewed, &worlds[1])].map(|(f, w)| along(f, w, from, to).unwrap());
                let off = a.angle_between(b).to_degrees();
                assert!(off < 0.5, "{name}: {from:?} is off by {off}°");
            }
        }
    }
}

#[test]
fn a_motion_of_mmd_plays_as_it_is_on_a_model_of_mmd() {
    for model in ["Gene_light.pmx", "Gene_light.pmd"] {
        let (Some(path), Some(motion)) = (asset(&format!("mmd/gene/{model}")), asset("mmd/gene/motion/22_apology.vmd"))
        else {
            return;
        };
        let figure = crate::figure::load(&path).unwrap();
        let rig = Rig::new(&figure);
        let file = load(&motion).unwrap();
        let clip = &file.clips[0];
        let native = clip.native(&figure).unwrap();
        assert!(native.binding.counts()[0] > 200 && native.binding.scale == 1.0, "{:?}", native.binding.counts());
        assert!(clip.native(&mio()).is_none());
        let fitted = fit(clip, &figure, &rig);
        for frame in [0, 40, 80, 120] {
            let world = skinning::world_transforms(&figure, &native.at(&figure, frame as f64));
            // Through the rest the limbs are where MMD has them.
            let by_pose = rig.world(&figure, &fitted.frame(frame));
            for bone in [HumanBone::LeftHand, HumanBone::RightHand, HumanBone::Head, HumanBone::LeftFoot] {
                let joint = figure.humanoid.joint(bone).unwrap() as usize;
                let apart = world[joint].w_axis.distance(by_pose[joint].w_axis);
                assert!(apart < 0.01, "{model}, frame {frame}: {bone:?} is {apart} m off");
            }
        }
    }
}

#[test]
fn on_its_own_figure_a_clip_is_what_the_file_says() {
    use crate::figure::gltf::animations::{self, Property};
    for name in ["figures/kaykit/Knight.glb", "figures/kaykit/Rogue.glb"] {
        let Some(path) = asset(name) else { continue };
        let figure = crate::figure::load(&path).unwrap();
        let rig = Rig::new(&figure);
        let animated = animations::read(&path, &std::fs::read(&path).unwrap()).unwrap();
        let file = load(&path).unwrap();
        for (clip, animation) in file.clips.iter().zip(&animated.animations).step_by(5) {
            let seconds = 0.4 * clip.duration_s();
            let mut local = LocalPose::rest(&figure);
            let hips = figure.humanoid.joint(HumanBone::Hips);
            let carriers: Vec<u32> =
                std::iter::successors(hips, |&joint| figure.joints[joint as usize].parent).collect();
            for channel in animation.channels.iter().filter(|channel| channel.property != Property::Weights) {
                let (mut value, joint) = ([0.0; 4], channel.joint as usize);
                channel.at(seconds, &mut value[..channel.width]);
                match channel.property {
                    // A pose moves the hips alone.
                    Property::Translation if !carriers.contains(&channel.joint) => {}
                    Property::Translation => local.translations[joint] = Vec3::from_slice(&value),
                    _ => local.rotations[joint] = Quat::from_array(value).normalize(),
                }
            }
            let (wanted, pose) = (skinning::world_transforms(&figure, &local), fit(clip, &figure, &rig).at(seconds));
            let world = rig.world(&figure, &pose);
            for (bone, joint) in figure.humanoid.iter() {
                let apart = world[joint as usize].w_axis.distance(wanted[joint as usize].w_axis);
                assert!(apart < 0.002, "{name}, {}: {bone:?} is {apart} m off", clip.name);
            }
        }
    }
}

/// How far the ankles slide while they stand, and the hips' height against the source's, on a figure.
#[test]
fn feet_that_stand_stay_and_hips_are_as_high_as_the_legs_are_long() {
    let walks = [("bvh/pybvh/cmu_12_01_walk.bvh", ""), ("gltf/kaykit/Med_MovementBasic.glb", "Walking_A")];
    for figure in figures() {
        let rig = Rig::new(&figure);
        let joint = |bone| figure.humanoid.joint(bone).unwrap() as usize;
        for (name, wanted) in walks {
            let Some(path) = asset(name) else { continue };
            let file = load(&path).unwrap();
            let clip = file.clip(wanted).unwrap_or(&file.clips[0]);
            let fitted = fit(clip, &figure, &rig);
            let before = Take::of(&fitted).unwrap();
            let mut take = before.clone();
            take.lock_feet(&figure, &rig);
            let place = |pose: &Pose, bone| rig.world(&figure, pose)[joint(bone)].w_axis.truncate();
            let mut stood = 0;
            for (side, bone) in [HumanBone::LeftFoot, HumanBone::RightFoot].into_iter().enumerate() {
                let stands = take.contacts.iter().map(|contacts| contacts[side] == Contact::Ankle);
                for (first, last) in feet::runs(stands) {
                    let places: Vec<Vec3> = take.poses[first..last].iter().map(|pose| place(pose, bone)).collect();
                    let slid = |places: &[Vec3]| {
                        places.iter().map(|p| (*p - places[0]).with_y(0.0).length()).fold(0.0, f32::max)
                    };
                    let was: Vec<Vec3> = before.poses[first..last].iter().map(|pose| place(pose, bone)).collect();
                    if std::env::var_os("SAY").is_some() {
                        eprintln!(
                            "{} {name} {bone:?} {first}..{last}: {} before {}",
                            figure.name,
                            slid(&places),
                            slid(&was)
                        );
                    }
                    assert!(slid(&places) < 0.01, "{}, {name}: {bone:?} slides {} m", figure.name, slid(&places));
                    stood += last - first;
                }
            }
            if name.ends_with("bvh") {
                assert!(stood > take.poses.len() / 2, "{}, {name}: stands in {stood} frames", figure.name);
            }
            // Whoever has half the legs has its hips half as high, and goes half as far.
            let source = Take::of(clip).unwrap();
            let leg = |share: f32| 1.0 / share;
            let (own, theirs) = (leg(fitted.leg_share), leg(clip.leg_share));
            let way = |take: &Take| {
                let (a, b) = (take.poses[0].hips, take.poses[take.poses.len() - 1].hips);
                (b - a).with_y(0.0).length()
            };
            let (went, go) = (way(&before) * own, way(&source) * theirs);
            assert!((went - go).abs() < 0.02 * go.max(0.05), "{}, {name}: {went} legs instead of {go}", figure.name);
            // And its hips go up and down as far for them. How high they lie over the legs is the figure's own matter, and
            // where the floor is, some files don't say.
            let range = |take: &Take| {
                let heights = || take.poses.iter().map(|pose| pose.hips.y);
                heights().fold(f32::MIN, f32::max) - heights().fold(f32::MAX, f32::min)
            };
            let (bobs, bob) = (range(&before) * own, range(&source) * theirs);
            assert!((bobs - bob).abs() < 0.02 * bob, "{}, {name}: {bobs} legs up instead of {bob}", figure.name);
        }
    }
}
