use super::document::Key;
use super::*;
use crate::figure::{HumanBone, Joint, skinning};
use crate::files::test_asset;
use crate::motion::load::from_bytes;
use crate::pose::Rig;
use glam::{Mat4, Quat, Vec3};
use proptest::prelude::*;

/// A file of the shared assets, or `None` with a word about it.
fn asset(name: &str) -> Option<Vec<u8>> {
    test_asset(&format!("mmd/{name}")).map(|path| std::fs::read(path).unwrap())
}

fn figure(name: &str) -> Option<Figure> {
    test_asset(&format!("mmd/{name}")).map(|path| crate::figure::load(&path).unwrap())
}

fn key(frame: u32, shift: Vec3, turn: Quat) -> BoneKey {
    BoneKey { frame, shift, turn, curves: [Curve::LINEAR; 4], physics: true }
}

fn name(text: &str, most: usize) -> Name {
    Name::written(text, most).unwrap()
}

/// One of everything.
fn rich() -> Vmd {
    let curve = |a, b, c, d| Curve { first: [a, b], second: [c, d] };
    let odd = BoneKey {
        curves: [curve(1, 2, 3, 4), curve(5, 6, 7, 8), curve(9, 10, 11, 12), curve(127, 0, 0, 127)],
        physics: false,
        ..key(40, Vec3::new(0.5, -1.0, 2.0), Quat::from_xyzw(0.1, 0.2, 0.3, 0.9))
    };
    let camera = CameraKey {
        frame: 3,
        distance: -45.0,
        target: Vec3::new(0.0, 10.0, 0.0),
        angles: Vec3::new(0.1, 0.2, 0.3),
        curves: [curve(20, 21, 22, 23); 6],
        fov_deg: 30,
        perspective: true,
    };
    Vmd {
        model: name("初音ミク", 20),
        bones: vec![
            Track { name: name("センター", 15), keys: vec![key(0, Vec3::ZERO, Quat::IDENTITY), odd] },
            Track { name: name("左ひじ", 15), keys: vec![key(7, Vec3::ONE, Quat::from_rotation_y(1.0))] },
        ],
        morphs: vec![Track { name: name("まばたき", 15), keys: vec![MorphKey { frame: 1, weight: 0.25 }] }],
        camera: vec![camera, CameraKey { frame: 9, perspective: false, ..camera }],
        light: vec![LightKey { frame: 2, colour: Vec3::splat(0.6), direction: Vec3::NEG_Y }],
        shadow: vec![ShadowKey { frame: 4, mode: 1, distance: 8.0 }],
        properties: vec![PropertyKey { frame: 0, visible: true, ik: vec![(name("左足ＩＫ", 20), false)] }],
    }
}

#[test]
fn what_is_written_is_read_back_equal() {
    let vmd = rich();
    assert_eq!(Vmd::parse(&vmd.to_bytes()), Ok((vmd, vec![])));
    let empty = Vmd::default();
    assert_eq!(Vmd::parse(&empty.to_bytes()), Ok((empty, vec![])));
    let flat = Curve { first: [0, 0], second: [0, 0] };
    for curves in [[flat; 4], [Curve { first: [9, 0], ..flat }, flat, flat, flat]] {
        for physics in [true, false] {
            let keys = vec![BoneKey { curves, physics, ..key(0, Vec3::ZERO, Quat::IDENTITY) }];
            let vmd = Vmd { bones: vec![Track { name: name("頭", 15), keys }], ..Vmd::default() };
            assert_eq!(Vmd::parse(&vmd.to_bytes()).unwrap().0, vmd);
        }
    }
}

#[test]
fn real_files_survive_being_written() {
    let mut seen = 0;
    for name in ["gene/motion", "babylon_mmd", "mmd_anim", "yohawing_fixtures"] {
        let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/assets/mmd")).join(name);
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.extension().is_some_and(|extension| extension == "vmd") {
                let (vmd, warnings) = Vmd::parse(&std::fs::read(&path).unwrap()).unwrap();
                assert!(warnings.is_empty(), "{}: {warnings:?}", path.display());
                assert_eq!(Vmd::parse(&vmd.to_bytes()).unwrap().0, vmd, "{}", path.display());
                seen += 1;
            }
        }
    }
    if seen == 0 {
        eprintln!("skipped: no motions of MMD are here");
    }
}

#[test]
fn older_and_odd_files_are_read() {
    let bytes = rich().to_bytes();
    let whole = Vmd::parse(&bytes).unwrap().0;
    // The old signature has a name of ten bytes.
    let old = [b"Vocaloid Motion Data file\0\0\0\0\0", &bytes[30..40], &bytes[50..]].concat();
    let old = Vmd::parse(&old).unwrap().0;
    assert_eq!((old.bones, old.model.text().as_str()), (whole.bones.clone(), "初音ミク"));
    let bare = [b"Vocaloid Motion Data\0\0\0\0\0\0\0\0\0\0", &bytes[30..]].concat();
    assert_eq!(Vmd::parse(&bare).unwrap().0, whole);
    // A file may end after any section behind the bones.
    let bones = 50 + 4 + 3 * 111;
    let morphs = bones + 4 + 23;
    for end in [bones, morphs] {
        let cut = Vmd::parse(&bytes[..end]).unwrap();
        assert_eq!((&cut.0.bones, cut.1.len()), (&whole.bones, 0), "{end}");
    }
    for end in (0..bytes.len()).filter(|end| ![bones, morphs].contains(end)) {
        if let Ok((cut, _)) = Vmd::parse(&bytes[..end]) {
            assert!(end > morphs && cut.bones == whole.bones, "{end}");
        }
    }
    // One empty record where there should be none.
    let dummy = [&bytes[..bones], &[0; 4 + 23]].concat();
    assert_eq!(Vmd::parse(&dummy).unwrap(), (Vmd { bones: whole.bones, model: whole.model, ..Vmd::default() }, vec![]));
    let trailing = [&bytes[..], b"more"].concat();
    assert!(Vmd::parse(&trailing).unwrap().1[0].contains("4 bytes at its end"));
    let mut many = bytes.clone();
    many[50..54].copy_from_slice(&u32::MAX.to_le_bytes());
    assert!(Vmd::parse(&many).unwrap_err().contains("4294967295 bone keys"));
}

#[test]
fn keys_are_put_in_order_and_broken_ones_left_out() {
    let keys = vec![
        key(9, Vec3::X, Quat::IDENTITY),
        key(3, Vec3::Y, Quat::from_xyzw(0.0, 0.0, 0.0, 0.0)),
        key(9, Vec3::Z, Quat::IDENTITY),
        key(5, Vec3::new(f32::NAN, 0.0, 0.0), Quat::IDENTITY),
        key(6, Vec3::ZERO, Quat::from_xyzw(f32::INFINITY, 0.0, 0.0, 0.0)),
    ];
    let vmd = Vmd { bones: vec![Track { name: name("頭", 15), keys }], ..Vmd::default() };
    let (read, warnings) = Vmd::parse(&vmd.to_bytes()).unwrap();
    let keys = &read.bones[0].keys;
    assert_eq!(keys.iter().map(Key::frame).collect::<Vec<_>>(), [3, 9]);
    assert_eq!((keys[0].turn, keys[1].shift), (Quat::IDENTITY, Vec3::Z), "of two at one frame the later counts");
    assert!(warnings[0].starts_with("2 of its keys") && warnings[1].starts_with("1 of its keys"), "{warnings:?}");
}

#[test]
fn each_axis_is_read_from_the_row_where_it_stands_first() {
    let Some(bytes) = asset("yohawing_fixtures/test_1bone_cube_motion.vmd") else { return };
    let key = Vmd::parse(&bytes).unwrap().0.bones[0].keys[1];
    let turn = Curve { first: [42, 0], second: [85, 127] };
    assert_eq!(key.curves, [Curve::LINEAR, Curve::LINEAR, Curve::LINEAR, turn]);
    let Some(bytes) = asset("babylon_mmd/physics_toggle_test_yyb10th.vmd") else { return };
    let vmd = Vmd::parse(&bytes).unwrap().0;
    let off = vmd.bones.iter().flat_map(|track| &track.keys).filter(|key| !key.physics).count();
    assert_eq!((vmd.bone_keys(), off), (454, 9));
}

#[test]
fn another_programs_numbers_come_out_frame_by_frame() {
    let (Some(figure), Some(motion), Some(dump)) = (
        figure("yohawing_fixtures/test_1bone_cube.pmx"),
        asset("yohawing_fixtures/test_1bone_cube_motion.vmd"),
        asset("yohawing_fixtures/test_1bone_cube_dump.json"),
    ) else {
        return;
    };
    let mut vmd = Vmd::parse(&motion).unwrap().0;
    // That program reads the first row alone, where the physics switch has overwritten the turn's first number.
    for key in &mut vmd.bones[0].keys[1..] {
        key.curves[3].first[0] = 0;
    }
    let binding = Binding::new(&vmd, &figure);
    let dump: serde_json::Value = serde_json::from_slice(&dump).unwrap();
    let frames = dump["frames"].as_array().unwrap();
    for frame in frames {
        let numbers = frame["stages"]["ik"]["worldMatricesColumnMajor"].as_array().unwrap();
        let numbers: Vec<f32> = numbers.iter().map(|n| n.as_f64().unwrap() as f32).collect();
        // MMD's world mirrored in z is ours.
        let mirror = Mat4::from_scale(Vec3::new(1.0, 1.0, -1.0));
        let wanted = mirror * Mat4::from_cols_slice(&numbers) * mirror;
        let at = frame["frame"].as_f64().unwrap();
        let world = skinning::world_transforms(&figure, &binding.at(&vmd, &figure, at))[0];
        for i in 0..3 {
            let off = (world.col(i) - wanted.col(i)).abs().max_element();
            // It looks for the place on a curve less long.
            assert!(off < 1e-5, "frame {at}: {off}");
        }
        let place = world.w_axis.truncate() / crate::pose::vpd::METRES_PER_UNIT;
        assert!(place.distance(wanted.w_axis.truncate()) < 1e-5, "frame {at}");
    }
    assert!(frames.len() > 2);
}

#[test]
fn limits_of_several_axes_are_as_another_program_reads_them() {
    let (Some(figure), Some(description), Some(motion)) = (
        figure("mmd_anim/ik_multi_axis_limit.pmx"),
        asset("mmd_anim/ik_multi_axis_limit.pmx.json"),
        asset("mmd_anim/ik_multi_bone_nondefault.vmd"),
    ) else {
        return;
    };
    let description: serde_json::Value = serde_json::from_slice(&description).unwrap();
    let vec3 = |value: &serde_json::Value| Vec3::from_array([0, 1, 2].map(|i| value[i].as_f64().unwrap() as f32));
    let bones = &description["skeleton"]["bones"];
    let chain = &figure.ik_chains[0];
    let ik = &bones[2]["ik"];
    assert_eq!(u64::from(chain.iterations), ik["loopCount"].as_u64().unwrap());
    assert_eq!(f64::from(chain.step_rad), ik["limitAngle"].as_f64().unwrap());
    let (low, high) = chain.links[0].limits.unwrap();
    let limits = &ik["links"][0]["limits"];
    // Mirrored in z, turns about x and y change their sense.
    let (lower, upper) = (vec3(&limits["lower"]), vec3(&limits["upper"]));
    assert_eq!(low, Vec3::new(-upper.x, -upper.y, lower.z) + Vec3::ZERO);
    assert_eq!(high, Vec3::new(-lower.x, -lower.y, upper.z) + Vec3::ZERO);
    let world = skinning::world_transforms(&figure, &crate::figure::LocalPose::rest(&figure));
    for (i, name) in ["link_root", "effector", "ik_controller"].iter().enumerate() {
        let joint = figure.joints.iter().position(|joint| joint.name == *name).unwrap();
        let place = vec3(&bones[i]["position"]) * crate::pose::vpd::METRES_PER_UNIT * Vec3::new(1.0, 1.0, -1.0);
        assert!(world[joint].w_axis.truncate().distance(place) < 1e-6, "{name}");
    }
    let vmd = Vmd::parse(&motion).unwrap().0;
    let binding = Binding::new(&vmd, &figure);
    assert_eq!(binding.counts(), [3, 0]);
    for frame in 0..40 {
        let world = skinning::world_transforms(&figure, &binding.at(&vmd, &figure, f64::from(frame)));
        assert!(world.iter().all(|m| m.is_finite()), "{frame}");
    }
}

#[test]
fn names_cut_in_a_character_are_found_and_ik_can_be_switched_off() {
    let long = "とても長い名前のボーン";
    let mut figure = Figure::default();
    for name in [long, "左足ＩＫ", "ﾈｸﾀｲ"] {
        figure.joints.push(Joint::new(name, None, Vec3::ZERO));
    }
    let link = crate::figure::IkLink { joint: 0, limits: None };
    figure.ik_chains.push(crate::figure::IkChain {
        goal: 1,
        effector: 2,
        links: vec![link],
        iterations: 1,
        step_rad: 1.0,
        helper: false,
    });
    let turned = vec![key(0, Vec3::ZERO, Quat::from_rotation_z(0.5))];
    let switch = |frame, on| PropertyKey { frame, visible: true, ik: vec![(name("左足IK", 20), on)] };
    let vmd = Vmd {
        bones: vec![Track { name: Name::cut(long, 15), keys: turned }],
        properties: vec![switch(10, false), switch(20, true)],
        ..Vmd::default()
    };
    assert_eq!(vmd.bones[0].name.0.len(), 15);
    let binding = Binding::new(&vmd, &figure);
    assert_eq!(binding.counts(), [1, 0]);
    let local = |frame| binding.at(&vmd, &figure, frame);
    assert!(local(0.0).rotations[0].angle_between(Quat::from_rotation_z(0.5)) < 1e-6);
    assert_eq!([0.0, 10.0, 19.9, 20.0, 99.0].map(|frame| local(frame).ik[0]), [false, false, false, true, true]);
    // Names in the code page of Chinese systems.
    let (gbk, _, _) = encoding_rs::GBK.encode("左足ＩＫ");
    let chinese = Vmd {
        bones: vec![Track { name: Name(gbk.into_owned()), keys: vec![key(0, Vec3::X, Quat::IDENTITY)] }],
        ..Vmd::default()
    };
    let binding = Binding::new(&chinese, &figure);
    assert!(binding.chinese && binding.counts() == [1, 0]);
    assert_eq!(Name::written(long, 15).unwrap().text(), "とても長い名前", "a whole character at the end");
    assert_eq!(Name::written("🦊", 15), None);
}

#[test]
fn a_camera_circles_its_target_and_cuts_between_neighbouring_frames() {
    let mut vmd = rich();
    let at = vmd.camera_at(3.0).unwrap();
    assert!((at.place.distance(at.target) - 45.0).abs() < 1e-3 && at.fov_deg == 30.0);
    assert!((at.turn * Vec3::Z).distance((at.target - at.place).normalize()) < 1e-5, "it looks at its target");
    vmd.camera[1] = CameraKey { frame: 4, fov_deg: 60, ..vmd.camera[0] };
    assert_eq!([3.5, 4.0].map(|frame| vmd.camera_at(frame).unwrap().fov_deg), [30.0, 60.0]);
}

fn mio() -> Figure {
    crate::figure::load::from_bytes("mio.vrm", include_bytes!("../../../assets/mio.vrm")).unwrap()
}

#[test]
fn a_pose_goes_into_a_file_and_comes_out_again() {
    let figure = mio();
    let rig = Rig::new(&figure);
    let poses: Vec<_> = crate::pose::library::all().map(|(_, pose)| pose).collect();
    let take = crate::motion::Take::new("all", 30.0, poses.clone());
    let clip = take.into_clip();
    let baked = [Legs::Led, Legs::Turned].map(|legs| bake(&clip, &figure, &rig, legs).unwrap());
    assert_eq!(baked.each_ref().map(|baked| baked.warnings.len()), [0, 1]);
    let files = baked.map(|baked| from_bytes(Path::new("all.vmd"), &baked.vmd.to_bytes(), None).unwrap());
    for (clip, (i, pose)) in files.iter().flat_map(|file| poses.iter().enumerate().map(|pose| (&file.clips[0], pose))) {
        assert_eq!(clip.frames as usize, poses.len());
        let (back, wanted) = (clip.frame(i as i64), pose);
        let turns = |pose: &crate::pose::Pose| pose.world_turns(&figure.humanoid);
        let (a, b) = (turns(&back), turns(wanted));
        for bone in [
            HumanBone::Head,
            HumanBone::LeftHand,
            HumanBone::RightLowerArm,
            HumanBone::LeftUpperLeg,
            HumanBone::RightFoot,
        ] {
            let off = a[bone as usize].angle_between(b[bone as usize]).to_degrees();
            assert!(off < 0.5, "{i}: {bone:?} is off by {off}°");
        }
    }
}

#[test]
fn keys_that_say_nothing_new_are_left_out() {
    let figure = mio();
    let rig = Rig::new(&figure);
    let turned = |i: usize| {
        let turn = Quat::from_rotation_z(-0.5 * (i as f32 / 60.0));
        crate::pose::Pose { bones: [(HumanBone::LeftUpperArm, turn)].into(), ..Default::default() }
    };
    let take =
        crate::motion::Take::new("arm", 30.0, (0..=120).map(|i| turned(if i <= 60 { i } else { 120 - i })).collect());
    let vmd = bake(&take.into_clip(), &figure, &rig, Legs::Led).unwrap().vmd;
    let arm = vmd.bones.iter().find(|track| track.name.text() == "左腕").unwrap();
    assert_eq!(arm.keys.iter().map(Key::frame).collect::<Vec<_>>(), [0, 60, 120]);
    assert!(vmd.bone_keys() < 20, "{}", vmd.bone_keys());
    assert_eq!(vmd.properties[0].ik.len(), 4);
}

#[test]
fn what_is_eased_takes_a_curve_and_few_keys() {
    let figure = mio();
    let rig = Rig::new(&figure);
    // Up and down as a hand would key it, and a sway that goes on.
    let eased = |i: usize| {
        let share = i as f32 / 60.0;
        let share = if i <= 60 { share } else { 2.0 - share };
        let mut pose = crate::pose::Pose::default();
        pose.bones.insert(HumanBone::LeftUpperArm, Quat::from_rotation_z(-0.9 * share * share * (3.0 - 2.0 * share)));
        pose.bones.insert(HumanBone::Head, Quat::from_rotation_x(0.4 * (i as f32 * 0.1).sin()));
        pose.hips.y = -0.1 * share * share * (3.0 - 2.0 * share);
        pose
    };
    let poses: Vec<_> = (0..=120).map(eased).collect();
    let clip = crate::motion::Take::new("eased", 30.0, poses).into_clip();
    let vmd = bake(&clip, &figure, &rig, Legs::Led).unwrap().vmd;
    let track = |name: &str| vmd.bones.iter().find(|track| track.name.text() == name).unwrap();
    let frames = |name: &str| track(name).keys.iter().map(Key::frame).collect::<Vec<_>>();
    for (name, most) in [("左腕", 4), ("センター", 4), ("頭", 14)] {
        assert!((3..=most).contains(&frames(name).len()), "{name}: {:?}", frames(name));
    }
    // What MMD makes of the keys between them is where it was.
    let document = |i: usize| {
        let posed = crate::pose::Posed::new(&figure, &rig, eased(i)).pose;
        crate::pose::vpd::document_of(&posed, &Rest::of(&figure, &rig), &figure)
    };
    for name in ["左腕", "センター", "頭"] {
        for i in 0..=120 {
            let (shift, turn) = sample::bone(&track(name).keys, i as f64);
            let wanted = document(i).bones.into_iter().find(|(bone, _)| bone == name).unwrap().1;
            let off = 2.0 * (turn.inverse() * wanted.turn).xyz().length().min(1.0).asin().to_degrees();
            assert!(off < 0.11 && shift.distance(wanted.shift) < 0.014, "{name} at {i}: {off}° {shift}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_files_are_read_or_refused_and_what_is_read_is_written(
        edits in prop::collection::vec((0usize..900, any::<u8>()), 1..6),
        cut in 0usize..900,
    ) {
        let mut bytes = rich().to_bytes();
        for (at, byte) in edits {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        if cut < bytes.len() / 4 {
            bytes.truncate(bytes.len() - cut);
        }
        if let Ok((vmd, _)) = Vmd::parse(&bytes) {
            let again = Vmd::parse(&vmd.to_bytes()).unwrap().0;
            prop_assert_eq!(&again, &vmd);
            let file = from_bytes(Path::new("a.vmd"), &bytes, None).unwrap();
            for seconds in [0.0, 0.5, 1e9, f64::NAN] {
                let pose = file.clips[0].at(seconds);
                prop_assert!(pose.hips.is_finite() && pose.bones.values().all(|q| q.is_finite()));
            }
            vmd.camera_at(3.3);
        }
    }
}
