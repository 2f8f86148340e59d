//! The built-in poses say with the body what their names say, and nothing that a body can't do.

use super::mannequin::{Build, mannequin};
use glam::{Mat4, Quat, Vec3};
use settei::figure::{Figure, HumanBone, HumanBone::*, skinning};
use settei::pose::{Pose, library};

/// A figure in one of the poses, and how it stands in T-pose.
struct Posed<'a> {
    figure: &'a Figure,
    world: Vec<Mat4>,
    t_pose: Vec<Mat4>,
}

impl<'a> Posed<'a> {
    fn new(figure: &'a Figure, name: &str) -> Self {
        let world = |pose: &Pose| skinning::world_transforms(figure, &pose.resolve(figure));
        Self { figure, world: world(&library::find(name).unwrap().1), t_pose: world(&Pose::default()) }
    }

    fn at(&self, bone: HumanBone) -> Vec3 {
        self.world[self.figure.humanoid.joint(bone).unwrap() as usize].w_axis.truncate()
    }

    fn rest(&self, bone: HumanBone) -> Vec3 {
        self.t_pose[self.figure.humanoid.joint(bone).unwrap() as usize].w_axis.truncate()
    }

    /// How high a bone is, in hips-heights.
    fn height(&self, bone: HumanBone) -> f32 {
        self.at(bone).y / self.rest(Hips).y
    }

    fn direction(&self, from: HumanBone, to: HumanBone) -> Vec3 {
        (self.at(to) - self.at(from)).normalize()
    }

    /// Where a bone's front looks.
    fn front(&self, bone: HumanBone) -> Vec3 {
        let joint = self.figure.humanoid.joint(bone).unwrap() as usize;
        let turn = |m: &Mat4| m.to_scale_rotation_translation().1;
        turn(&self.world[joint]) * turn(&self.t_pose[joint]).inverse() * Vec3::Z
    }

    fn knee_deg(&self, [hip, knee, foot]: [HumanBone; 3]) -> f32 {
        self.direction(hip, knee).angle_between(self.direction(knee, foot)).to_degrees()
    }
}

const LEFT_LEG: [HumanBone; 3] = [LeftUpperLeg, LeftLowerLeg, LeftFoot];
const RIGHT_LEG: [HumanBone; 3] = [RightUpperLeg, RightLowerLeg, RightFoot];

fn figures() -> Vec<Figure> {
    let small = Build { size: 0.7, limbs: 0.7, axes: 21, ..Build::default() };
    vec![mannequin(&Build::default()), mannequin(&small), settei::example::figure().unwrap()]
}

#[test]
fn poses_say_what_their_names_say() {
    for figure in figures() {
        let pose = |name| Posed::new(&figure, name);

        let t = pose("t");
        assert!(t.direction(LeftUpperArm, LeftHand).x > 0.999 && t.direction(RightUpperArm, RightHand).x < -0.999);
        let a = pose("a").direction(LeftUpperArm, LeftHand);
        assert!((0.6..0.8).contains(&a.x) && a.y < -0.6, "{a}");

        let stand = pose("stand");
        assert!([LeftHand, RightHand].iter().all(|&b| stand.at(b).y < stand.at(Chest).y));
        assert!((stand.at(LeftUpperLeg).y - stand.at(RightUpperLeg).y).abs() > 0.005, "weight is on one leg");

        for name in ["walk", "run"] {
            let p = pose(name);
            assert!(p.at(LeftLowerLeg).z > p.at(Hips).z && p.at(RightFoot).z < p.at(Hips).z, "{name}");
            assert!(p.at(RightHand).z > p.at(LeftHand).z, "{name}: the arm swings with the other leg");
        }
        let run = pose("run");
        assert!(
            run.direction(RightLowerArm, RightHand).angle_between(run.direction(RightUpperArm, RightLowerArm)) > 1.2
        );

        let jump = pose("jump");
        assert!(jump.height(LeftToes).min(jump.height(RightToes)) > 0.1);
        assert!(jump.at(LeftHand).y > jump.at(Head).y && jump.at(RightHand).y > jump.at(Head).y);

        let sit = pose("sit");
        for leg in [LEFT_LEG, RIGHT_LEG] {
            assert!((75.0..100.0).contains(&sit.knee_deg(leg)), "{}", sit.knee_deg(leg));
            assert!(sit.direction(leg[0], leg[1]).y.abs() < 0.15, "thighs are level");
        }
        assert!(sit.height(Hips) < 0.75 * stand.height(Hips));

        let kneel = pose("kneel");
        let knees = [RightLowerLeg, LeftLowerLeg].map(|b| kneel.height(b));
        assert!(knees[0] < 0.2 && knees[1] > 0.4, "{knees:?}");
        assert!(kneel.height(Hips) < 0.75);

        let wave = pose("wave");
        assert!(wave.at(RightHand).y > wave.at(Head).y, "the hand is up");
        assert!(wave.at(RightHand).x < wave.at(RightUpperArm).x - 0.1 * wave.rest(Hips).y, "and clear of the head");
        assert!(wave.at(LeftHand).y < wave.at(Chest).y);

        let point = pose("point");
        let arm = point.direction(RightUpperArm, RightHand);
        assert!(arm.y.abs() < 0.3 && arm.x < -0.6, "{arm}");
        let finger = point.direction(RightIndexProximal, RightIndexDistal);
        assert!(finger.dot(arm) > 0.95, "the index finger goes on");
        assert!(point.direction(RightMiddleProximal, RightMiddleDistal).dot(arm) < 0.3, "the others don't");

        let peace = pose("peace");
        assert!(peace.at(RightIndexDistal).y > peace.at(Head).y);
        for (from, to) in [(RightIndexProximal, RightIndexDistal), (RightMiddleProximal, RightMiddleDistal)] {
            assert!(peace.direction(from, to).y > 0.8);
        }
        let apart = peace.direction(RightIndexProximal, RightIndexDistal);
        assert!(apart.angle_between(peace.direction(RightMiddleProximal, RightMiddleDistal)).to_degrees() > 12.0);
        assert!(peace.direction(RightRingProximal, RightRingDistal).y < 0.5);

        let crossed = pose("arms-crossed");
        assert!(crossed.at(LeftMiddleDistal).x < crossed.at(RightMiddleDistal).x, "each hand is at the other side");
        assert!(crossed.at(LeftHand).z.min(crossed.at(RightHand).z) > crossed.at(Chest).z);

        let back = pose("look-back");
        assert!(back.front(Hips).z < -0.8, "{}", back.front(Hips));
        assert!(back.front(Head).z > 0.4, "{}", back.front(Head));

        let dance = pose("dance");
        assert!(dance.height(LeftFoot) > 0.25 && dance.at(LeftHand).y > dance.at(Head).y);

        let kick = pose("kick");
        assert!(kick.height(LeftFoot) > 0.5 && kick.height(RightFoot) < 0.2);

        let lie = pose("lie");
        assert!(lie.direction(Hips, Head).y.abs() < 0.2 && lie.height(Head) < 0.3);
        assert!(lie.front(Chest).y > 0.9);
    }
}

#[test]
fn faces_are_put_on_with_the_names_every_vrm_has() {
    let presets = ["happy", "angry", "sad", "relaxed", "surprised", "blink", "blinkLeft", "blinkRight", "aa", "oh"];
    for (name, pose) in library::all() {
        for (expression, weight) in &pose.expressions {
            assert!(presets.contains(&expression.as_str()) && (0.0..=1.0).contains(weight), "{name}: {expression}");
        }
    }
    let figure = settei::example::figure().unwrap();
    let weights = |name: &str| library::find(name).unwrap().1.resolve(&figure).morph_weights;
    assert!(weights("wave").iter().sum::<f32>() > 0.5, "a smile");
    assert!(weights("t").iter().all(|&w| w == 0.0), "a straight face");
}

#[test]
fn joints_bend_only_as_joints_do() {
    for (name, pose) in library::all() {
        for (bone, rotation) in &pose.bones {
            assert!(rotation.is_finite() && rotation.is_normalized(), "{name}: {}", bone.name());
        }
        for knee in [LeftLowerLeg, RightLowerLeg] {
            let shin = pose.rotation(knee) * Vec3::NEG_Y;
            assert!(shin.x.abs() < 1e-3 && shin.z < 1e-3, "{name}: a knee bends to {shin}");
            let deg = shin.angle_between(Vec3::NEG_Y).to_degrees();
            assert!(deg < 150.0, "{name}: a knee bends by {deg}°");
        }
        for (elbow, wrist, outwards) in [(LeftLowerArm, LeftHand, Vec3::X), (RightLowerArm, RightHand, Vec3::NEG_X)] {
            let forearm = pose.rotation(elbow) * outwards;
            let deg = forearm.angle_between(outwards).to_degrees();
            let loose = if deg < 10.0 { 0.05 } else { 1e-3 };
            assert!(forearm.y.abs() < loose && forearm.z > -1e-3, "{name}: {} bends to {forearm}", elbow.name());
            assert!(deg < 150.0, "{name}: {} bends by {deg}°", elbow.name());
            let bent = (pose.rotation(wrist) * outwards).angle_between(outwards).to_degrees();
            assert!(bent < 80.0, "{name}: {} bends by {bent}°", wrist.name());
            let twist = twist_deg(pose.rotation(elbow), outwards) + twist_deg(pose.rotation(wrist), outwards);
            assert!(twist.abs() < 120.0, "{name}: {} turns about itself by {twist}°", elbow.name());
        }
        for thigh in [LeftUpperLeg, RightUpperLeg] {
            let leg = pose.rotation(thigh) * Vec3::NEG_Y;
            assert!(leg.z > -0.75, "{name}: a leg goes back to {leg}");
        }
        for foot in [LeftFoot, RightFoot] {
            let deg = (pose.rotation(foot) * Vec3::Z).angle_between(Vec3::Z).to_degrees();
            assert!(deg < 75.0, "{name}: {} bends by {deg}°", foot.name());
        }
        let neck = (pose.rotation(Neck) * pose.rotation(Head)).to_axis_angle().1.to_degrees();
        assert!(neck < 85.0, "{name}: the head turns by {neck}°");
    }
}

/// The part of a rotation that is a turn about `axis`.
fn twist_deg(rotation: Quat, axis: Vec3) -> f32 {
    let along = Vec3::new(rotation.x, rotation.y, rotation.z).dot(axis);
    let deg = 2.0 * along.atan2(rotation.w).to_degrees();
    if deg > 180.0 {
        deg - 360.0
    } else if deg < -180.0 {
        deg + 360.0
    } else {
        deg
    }
}

/// Hands, elbows and feet stay out of the torso, and hands out of the head.
#[test]
fn limbs_stay_outside_the_body() {
    let mut inside = Vec::new();
    for figure in figures() {
        for name in library::names() {
            let p = Posed::new(&figure, name);
            let size = (p.rest(Head).y - p.rest(Hips).y) / 0.51;
            let mut clear = |point: Vec3, [from, to]: [Vec3; 2], radius: f32, what: String| {
                let along = to - from;
                let share = ((point - from).dot(along) / along.length_squared()).clamp(0.0, 1.0);
                let distance = (point - from - share * along).length();
                if distance < radius * size {
                    inside.push(format!("{name}: {what} is {distance:.3} m from its middle"));
                }
            };
            let skull = [p.at(Head), p.at(Head) + 0.06 * size * p.direction(Neck, Head)];
            for bone in HumanBone::ALL {
                let last = bone.name();
                if ["Hand", "LowerArm", "Distal", "Intermediate", "Foot", "Toes", "LowerLeg"]
                    .iter()
                    .any(|n| last.ends_with(n))
                {
                    clear(p.at(bone), [p.at(Hips), p.at(UpperChest)], 0.10, format!("{last} by the torso"));
                    clear(p.at(bone), skull, 0.10, format!("{last} by the head"));
                }
                if ["Hand", "Distal", "Intermediate"].iter().any(|n| last.ends_with(n)) {
                    for [hip, knee, _] in [LEFT_LEG, RIGHT_LEG] {
                        // Fingertips may sink into the cloth of a thigh, not into its flesh.
                        clear(p.at(bone), [p.at(hip), p.at(knee)], 0.042, format!("{last} by {}", hip.name()));
                    }
                }
            }
        }
    }
    assert!(inside.is_empty(), "{inside:#?}");
}
