use super::load::from_bytes;
use super::*;
use crate::figure::{Figure, HumanBone, LocalPose, skinning};
use crate::pose::{Pose, Posed, Rig, library};
use glam::{Quat, Vec3};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

const ASSETS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/assets");

/// A file of the shared assets, or `None` with a word about it.
fn asset(name: &str) -> Option<PathBuf> {
    let path = Path::new(ASSETS).join(name);
    if !path.exists() {
        eprintln!("skipped: {} is not there", path.display());
    }
    path.exists().then_some(path)
}

fn mio() -> Figure {
    crate::figure::load::from_bytes("mio.vrm", include_bytes!("../../assets/mio.vrm")).unwrap()
}

/// The built-in figure and, where they are, one of MMD's and one of VRM's.
fn figures() -> Vec<Figure> {
    let others = ["mmd/gene/Gene_light.pmx", "vrm/godette/Godette_vrm_v4.vrm"].into_iter().filter_map(asset);
    [mio()].into_iter().chain(others.map(|path| crate::figure::load(&path).unwrap())).collect()
}

fn is_sound(pose: &Pose) -> bool {
    pose.hips.is_finite()
        && pose.bones.values().all(|turn| turn.is_normalized())
        && pose.joints.values().all(|joint| joint.rotation.is_normalized() && joint.translation.is_finite())
        && pose.expressions.values().all(|weight| (0.0..=1.0).contains(weight))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.path() {
            path if path.is_dir() => found.extend(files(&path)),
            path => found.push(path),
        }
    }
    found.sort();
    found
}

#[test]
fn every_motion_file_loads_or_is_refused_by_a_sentence() {
    for path in files(Path::new(ASSETS)) {
        let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        let moving = ["vmd", "vrma", "bvh"].contains(&extension.as_str());
        if !moving && !["glb", "gltf", "vrm", "pmx", "vpd", "json"].contains(&extension.as_str()) {
            continue;
        }
        match load(&path) {
            Ok(file) => {
                assert!(!file.clips.is_empty(), "{}", path.display());
                for clip in &file.clips {
                    for share in [0.0, 0.37, 1.0] {
                        let pose = clip.at(share * clip.duration_s());
                        assert!(is_sound(&pose), "{} {}: {pose:?}", path.display(), clip.name);
                    }
                }
                if std::env::var_os("SAY").is_some() {
                    eprintln!("{} {} {:?} {:?}", path.display(), file.clips.len(), file.clips[0], file.warnings);
                    eprintln!(
                        "   {:?}",
                        file.bones.0.iter().map(|(b, n)| format!("{}={n}", b.name())).collect::<Vec<_>>()
                    );
                }
            }
            Err(error) => {
                let said = error.to_string();
                assert!(!moving, "{said}");
                assert!(said.contains(&*path.file_name().unwrap().to_string_lossy()), "{said}");
                if std::env::var_os("SAY").is_some() {
                    eprintln!("{said}");
                }
            }
        }
    }
}

/// A VRM animation whose joints rest with turns of their own, and between whose bones lie other joints; it holds `pose`.
fn skewed(pose: &Pose) -> Vec<u8> {
    let figure = mio();
    let rig = Rig::new(&figure);
    let place = |bone: HumanBone| figure.humanoid.joint(bone).map(|j| rig.t_world()[j as usize].w_axis.truncate());
    let mut nodes: Vec<Value> = Vec::new();
    let (mut human, mut channels, mut samplers) = (json!({}), Vec::new(), Vec::new());
    let (mut accessors, mut views, mut binary) = (Vec::new(), Vec::new(), Vec::<u8>::new());
    let mut array = |kind: &str, values: &[f32], count: usize| {
        views.push(json!({"buffer": 0, "byteOffset": binary.len(), "byteLength": 4 * values.len()}));
        values.iter().for_each(|v| binary.extend(v.to_le_bytes()));
        accessors.push(json!({"bufferView": views.len() - 1, "componentType": 5126, "type": kind, "count": count}));
        accessors.len() - 1
    };
    let times = array("SCALAR", &[0.0], 1);
    // World turn and place of each bone's node at rest, and its node.
    let mut rests = std::collections::HashMap::new();
    for (i, bone) in HumanBone::ALL.into_iter().enumerate() {
        let Some(at) = place(bone).filter(|_| !bone.name().ends_with("Eye")) else { continue };
        let above = std::iter::successors(bone.parent(), |bone| bone.parent()).find(|bone| rests.contains_key(bone));
        let (parent_turn, parent_at, parent_node) =
            above.map_or((Quat::IDENTITY, Vec3::ZERO, None), |above| rests[&above]);
        // A joint between, which turns as well.
        let spin = Quat::from_scaled_axis(Vec3::new(0.3, -0.7, 0.1 * i as f32));
        let between = nodes.len();
        nodes.push(json!({"rotation": spin.to_array(), "children": [between + 1]}));
        let p = parent_turn * spin;
        let w = Quat::from_scaled_axis(Vec3::new(0.2 * i as f32, 1.1, -0.4)).normalize();
        let out = p.inverse() * (at - parent_at);
        nodes.push(json!({
            "translation": out.to_array(), "rotation": (p.inverse() * w).to_array(), "name": bone.name(),
        }));
        if let Some(parent) = parent_node {
            let parent: &mut Value = &mut nodes[parent];
            if parent["children"].is_null() {
                parent["children"] = json!([]);
            }
            parent["children"].as_array_mut().unwrap().push(json!(between));
        }
        human[bone.name()] = json!({"node": between + 1});
        let a = p.inverse() * pose.rotation(bone) * w;
        let values = array("VEC4", &a.to_array(), 1);
        samplers.push(json!({"input": times, "output": values}));
        channels.push(json!({"sampler": samplers.len() - 1, "target": {"node": between + 1, "path": "rotation"}}));
        if bone == HumanBone::Hips {
            let moved = p.inverse() * (at + pose.hips * at.y - parent_at);
            let values = array("VEC3", &moved.to_array(), 1);
            samplers.push(json!({"input": times, "output": values}));
            channels
                .push(json!({"sampler": samplers.len() - 1, "target": {"node": between + 1, "path": "translation"}}));
        }
        rests.insert(bone, (w, at, Some(between + 1)));
    }
    let root = json!({
        "asset": {"version": "2.0"}, "nodes": nodes, "scenes": [{"nodes": [0]}], "scene": 0,
        "animations": [{"channels": channels, "samplers": samplers}],
        "accessors": accessors, "bufferViews": views, "buffers": [{"byteLength": binary.len()}],
        "extensions": {"VRMC_vrm_animation": {"specVersion": "1.0", "humanoid": {"humanBones": human}}},
    });
    let mut text = root.to_string().into_bytes();
    text.resize(text.len().next_multiple_of(4), b' ');
    let mut bytes = b"glTF\x02\0\0\0".to_vec();
    bytes.extend((28 + text.len() as u32 + binary.len() as u32).to_le_bytes());
    for (kind, chunk) in [(b"JSON", &text), (b"BIN\0", &binary)] {
        bytes.extend((chunk.len() as u32).to_le_bytes());
        bytes.extend(kind);
        bytes.extend(chunk);
    }
    bytes
}

fn assert_near(a: &Pose, b: &Pose, most: f32, what: &str) {
    assert!(a.hips.distance(b.hips) < most, "{what}: hips {} and {}", a.hips, b.hips);
    for bone in HumanBone::ALL.into_iter().filter(|bone| !bone.name().ends_with("Eye")) {
        let (a, b) = (a.rotation(bone), b.rotation(bone));
        let off = (a - b).length().min((a + b).length());
        assert!(off < most, "{what}: {bone:?} {a} and {b}");
    }
}

#[test]
fn a_pose_comes_back_from_skewed_rests_and_from_our_own_files() {
    let figure = mio();
    let rig = Rig::new(&figure);
    let mut poses = Vec::new();
    for (name, pose) in library::all() {
        let mut free = Posed::new(&figure, &rig, pose);
        free.lift_off();
        let pose = free.pose;
        let file = from_bytes(Path::new("skewed.vrma"), &skewed(&pose), None).unwrap();
        assert_near(&file.clips[0].at(0.0), &pose, 1e-5, name);
        poses.push(pose);
    }
    let take = Take {
        name: "all".into(),
        fps: 30.0,
        poses: poses.clone(),
        contacts: vec![],
        leg_share: 0.9,
        floorless: false,
    };
    let file = from_bytes(Path::new("all.vrma"), &vrma::write(&take, &figure, &rig).unwrap(), None).unwrap();
    assert_eq!((file.clips[0].fps, file.clips[0].frames as usize), (30.0, poses.len()));
    let bvh = bvh::write(&take, &figure, &rig).unwrap();
    let captured = from_bytes(Path::new("all.bvh"), bvh.as_bytes(), None).unwrap();
    assert_eq!(captured.clips[0].frames as usize, poses.len());
    for (i, pose) in poses.iter().enumerate() {
        assert_near(&file.clips[0].frame(i as i64), pose, 1e-5, "vrma");
        for (name, weight) in &pose.expressions {
            assert_eq!(file.clips[0].frame(i as i64).expressions.get(name), Some(weight));
        }
        // A BVH file has no T-pose: limbs are straightened by their offsets again.
        let back = captured.clips[0].frame(i as i64);
        let turns = |pose: &Pose| pose.world_turns(&figure.humanoid);
        let (a, b) = (turns(&back), turns(pose));
        for bone in [HumanBone::Head, HumanBone::LeftHand, HumanBone::RightLowerLeg, HumanBone::LeftLowerArm] {
            let off = a[bone as usize].angle_between(b[bone as usize]).to_degrees();
            assert!(off < 6.0, "{i}: {bone:?} is off by {off}° in BVH");
        }
    }
}

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
            let mean =
                |take: &Take| take.poses.iter().map(|pose| 1.0 + pose.hips.y).sum::<f32>() / take.poses.len() as f32;
            if std::env::var_os("SAY").is_some() {
                eprintln!(
                    "{} {name}: hips {} legs high, source {}",
                    figure.name,
                    mean(&before) * own,
                    mean(&source) * theirs
                );
            }
        }
    }
}

#[test]
fn edits_do_what_they_are_called() {
    let figure = mio();
    let rig = Rig::new(&figure);
    let step = |i: usize| Pose {
        bones: [(HumanBone::LeftUpperArm, Quat::from_rotation_z(0.01 * i as f32))].into(),
        hips: Vec3::new(0.01 * (i as f32).sin(), 0.0, 0.02 * i as f32),
        ..Pose::default()
    };
    let take = Take {
        name: "walk".into(),
        fps: 30.0,
        poses: (0..100).map(step).collect(),
        contacts: vec![],
        leg_share: 0.9,
        floorless: false,
    };
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

#[test]
fn files_are_told_by_what_is_in_them() {
    let said = |name: &str, bytes: &[u8]| from_bytes(Path::new(name), bytes, None).unwrap_err().to_string();
    for (name, bytes, what) in [
        ("a.fbx", &b"Kaydara FBX Binary"[..], "convert it to glTF or BVH first"),
        ("a.vmd", b"", "it is empty"),
        ("a.vmd", b"nothing", "despite its name"),
        ("a.txt", b"nothing", "no kind that Settei knows"),
        ("a.vpd", b"Vocaloid Pose Data file", "a single pose"),
        ("a.glb", b"{\"asset\":{\"version\":\"2.0\"}}", "no motion"),
    ] {
        let said = said(name, bytes);
        assert!(said.contains(name) && said.contains(what), "{said}");
    }
    assert!(load::writes(Path::new("a.glb")).unwrap_err().to_string().contains(".vmd, .vrma or .bvh"));
    assert_eq!(load::writes(Path::new("a.VRMA")).unwrap(), load::Writes::Vrma);
}

/// Small files of each kind, which are changed at random.
fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let figure = mio();
    let rig = Rig::new(&figure);
    let poses = ["walk", "sit"].map(|name| library::find(name).unwrap().1).to_vec();
    let take = Take { name: "two".into(), fps: 30.0, poses, contacts: vec![], leg_share: 0.9, floorless: false };
    let vmd = vmd::bake(&take.clone().into_clip(), &figure, &rig, vmd::Legs::Led).unwrap().vmd;
    vec![
        ("a.vmd", vmd.to_bytes()),
        ("a.vrma", vrma::write(&take, &figure, &rig).unwrap()),
        ("a.bvh", bvh::write(&take, &figure, &rig).unwrap().into_bytes()),
        ("a.glb", skewed(&take.poses[0])),
    ]
}

/// Changed bytes, cut ends, doubled pieces and odd numbers: nothing panics, hangs or makes a pose that is none. `MUTATIONS`
/// says how many of each kind.
#[test]
fn damaged_files_are_read_or_refused() {
    let count = std::env::var("MUTATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(400u64);
    for (name, seed) in seeds() {
        let mut state = 0x9e37_79b9_7f4a_7c15u64;
        let mut dice = move |most: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 11) as usize % most.max(1)
        };
        let (mut read, started) = (0, std::time::Instant::now());
        for _ in 0..count {
            let mut bytes = seed.clone();
            for _ in 0..=dice(4) {
                let at = dice(bytes.len());
                match dice(6) {
                    0 | 1 => bytes[at] = dice(256) as u8,
                    2 => bytes.truncate(at.max(bytes.len() / 2)),
                    3 => {
                        let word = [u32::MAX, 0, 1, i32::MAX as u32, f32::NAN.to_bits(), 1e30f32.to_bits()][dice(6)];
                        let end = (at + 4).min(bytes.len());
                        bytes[at..end].copy_from_slice(&word.to_le_bytes()[..end - at]);
                    }
                    4 => {
                        let piece = bytes[at..(at + dice(200)).min(bytes.len())].to_vec();
                        bytes.splice(at..at, piece);
                    }
                    _ => {
                        let digits: &[u8] = [&b"999999999"[..], b"-1", b"1e39", b"null", b"{", b"}"][dice(6)];
                        let end = (at + digits.len()).min(bytes.len());
                        bytes.splice(at..end, digits.iter().copied());
                    }
                }
                if bytes.is_empty() {
                    bytes.push(0);
                }
            }
            match from_bytes(Path::new(name), &bytes, None) {
                Ok(file) => {
                    read += 1;
                    for clip in file.clips.iter().take(2) {
                        for seconds in [0.0, 0.021, clip.duration_s(), f64::INFINITY] {
                            assert!(is_sound(&clip.at(seconds)), "{name}");
                        }
                    }
                }
                Err(error) => assert!(error.to_string().contains(name), "{error}"),
            }
        }
        eprintln!("{name}: {read} of {count} were read, {:?}", started.elapsed());
    }
}
