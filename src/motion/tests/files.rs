//! Files that are told by what is in them, read, or refused.

use super::*;

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
    let take = Take::new("all", 30.0, poses.clone());
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
