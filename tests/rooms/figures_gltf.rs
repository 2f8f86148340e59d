//! Opens every glTF, VRM and VRMA file among the shared assets and says what must come of it.

use settei::figure::{self, Figure, HumanBone, Humanoid, skinning, tpose};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What a file must turn out to be.
enum Outcome {
    /// It loads: vertices, triangles, joints, human bones, morphs, expressions, textures.
    Loads([usize; 7]),
    /// It is refused with a message that contains this.
    Refused(&'static str),
}
use Outcome::{Loads, Refused};

const FILES: &[(&str, Outcome)] = &[
    ("gltf/assimp/AnimatedMorphCube/glTF/AnimatedMorphCube.gltf", Loads([24, 12, 1, 0, 2, 2, 0])),
    (
        "gltf/assimp/MissingBin/BoxTextured.gltf",
        Refused("its data file “BoxTextured0.bin” is not in the figure's folder"),
    ),
    ("gltf/assimp/MorphStressTest/glTF/MorphStressTest.gltf", Loads([1528, 2412, 1, 0, 8, 8, 2])),
    ("gltf/assimp/RecursiveNodes/RecursiveNodes.gltf", Refused("it has no mesh")),
    ("gltf/assimp/SchemaFailures/sceneWrongType.gltf", Refused("invalid type: string \"hello\"")),
    ("gltf/assimp/SimpleMorph/glTF/SimpleMorph.gltf", Loads([3, 1, 1, 0, 2, 2, 0])),
    ("gltf/assimp/TestNoRootNode/NoScene.gltf", Refused("it has no mesh")),
    ("gltf/assimp/TestNoRootNode/SceneWithoutNodes.gltf", Refused("it has no mesh")),
    ("gltf/assimp/simple_skin/simple_skin.gltf", Loads([10, 8, 3, 0, 0, 0, 0])),
    ("gltf/assimp/wrongTypes/badArray.gltf", Refused("invalid type: map, expected a sequence")),
    ("gltf/assimp/wrongTypes/badExtension.gltf", Refused("invalid type: string \"Not an object\"")),
    ("gltf/assimp/wrongTypes/badNumber.gltf", Refused("invalid type: string \"not a number\"")),
    ("gltf/assimp/wrongTypes/badObject.gltf", Refused("invalid type: string \"not an object\"")),
    ("gltf/assimp/wrongTypes/badString.gltf", Refused("invalid type: integer `42`")),
    ("gltf/assimp/wrongTypes/badUint.gltf", Refused("invalid type: integer `-1`")),
    ("gltf/kaykit/Med_General.glb", Refused("is a glTF animation without a figure")),
    ("gltf/kaykit/Med_MovementBasic.glb", Refused("is a glTF animation without a figure")),
    ("gltf/kaykit/manny_med_mod.gltf", Loads([6578, 6756, 30, 18, 0, 0, 1])),
    ("vrm/godette/Godette_vrm_v4.vrm", Loads([3109, 3439, 71, 45, 15, 17, 3])),
    ("vrm/saturday06/armature_transform.vrm", Loads([142, 70, 38, 17, 0, 17, 0])),
    ("vrm/saturday06/bone_child_mesh.vrm", Loads([88, 44, 34, 17, 0, 17, 0])),
    ("vrm/saturday06/debug_robot.vrm", Loads([1584, 792, 77, 53, 0, 18, 3])),
    ("vrm/saturday06/mesh_convertibles.vrm", Loads([2660, 4235, 20, 17, 0, 17, 0])),
    ("vrm/saturday06/pose_rotation_scale_shape_key_skinned.vrm", Loads([3, 1, 18, 17, 1, 17, 0])),
    ("vrm/saturday06/sphere.vrm", Loads([1984, 960, 31, 22, 0, 0, 0])),
    ("vrm/vrm-spec/VRMC_materials_mtoon_UV_Animation_Test.vrm", Loads([12, 6, 58, 53, 0, 0, 3])),
    // Its morphs move textures, one for each expression.
    ("vrm/vrm-spec/VRMC_vrm_expressions_isBinary_Overridden.vrm", Loads([16, 8, 27, 22, 2, 2, 3])),
    ("vrma/three-vrm_idle_loop.vrma", Refused("is a VRM animation")),
    ("vrma/three-vrm_test.vrma", Refused("is a VRM animation")),
];

/// The folder of the shared assets, if this machine has it.
fn assets() -> Option<PathBuf> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/assets"));
    if !folder.is_dir() {
        eprintln!("skipped: {} is not here", folder.display());
        return None;
    }
    Some(folder)
}

fn files_in(folder: &Path, found: &mut BTreeSet<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files_in(&path, found);
        } else if path.extension().is_some_and(|e| ["glb", "gltf", "vrm", "vrma"].iter().any(|&x| e == x)) {
            found.insert(path);
        }
    }
}

#[test]
fn every_file_loads_or_is_refused_as_it_should() {
    let Some(assets) = assets() else { return };
    let mut present = BTreeSet::new();
    files_in(&assets, &mut present);
    for (file, outcome) in FILES {
        let path = assets.join(file);
        present.remove(&path);
        match (figure::load(&path), outcome) {
            (Ok(figure), Loads(expected)) => {
                assert_eq!(counts(&figure), *expected, "{file}");
                match figure.humanoid.is_humanoid() {
                    true => assert!(figure.warnings.is_empty(), "{file}: {:?}", figure.warnings),
                    false => assert!(figure.warnings[0].contains("no human skeleton"), "{file}: {:?}", figure.warnings),
                }
                check_consistency(file, &figure);
            }
            (Err(error), Refused(words)) => {
                let message = error.to_string();
                assert!(message.contains(words), "{file}: {message}");
                assert!(message.contains(path.file_name().unwrap().to_str().unwrap()), "{message}");
            }
            (Ok(_), Refused(_)) => panic!("{file} should be refused"),
            (Err(error), Loads(_)) => panic!("{error}"),
        }
    }
    // Of further files nothing is known but that they are figures or told not to be.
    for path in present {
        match figure::load(&path) {
            Ok(figure) => check_consistency(&path.display().to_string(), &figure),
            Err(error) => assert!(error.to_string().contains(path.file_name().unwrap().to_str().unwrap()), "{error}"),
        }
    }
}

fn counts(figure: &Figure) -> [usize; 7] {
    [
        figure.vertices.len(),
        figure.triangles.len(),
        figure.joints.len(),
        figure.humanoid.iter().count(),
        figure.morphs.len(),
        figure.expressions.len(),
        figure.textures.len(),
    ]
}

/// What [`Figure`] promises about its indices and numbers.
fn check_consistency(file: &str, figure: &Figure) {
    let vertices = figure.vertices.len() as u32;
    assert!(figure.triangles.iter().flatten().all(|&i| i < vertices), "{file}");
    let mut next = 0;
    for submesh in &figure.submeshes {
        assert_eq!(submesh.first, next, "{file}: submeshes follow each other");
        next += submesh.count;
        assert!((submesh.material as usize) < figure.materials.len(), "{file}");
    }
    assert_eq!(next as usize, figure.triangles.len(), "{file}");
    for (i, joint) in figure.joints.iter().enumerate() {
        assert!(joint.parent.is_none_or(|p| (p as usize) < i), "{file}: parents first");
    }
    for vertex in &figure.vertices {
        assert!((vertex.weights.iter().sum::<f32>() - 1.0).abs() < 1e-5, "{file}: {:?}", vertex.weights);
        assert!((vertex.normal.length() - 1.0).abs() < 1e-4, "{file}: {:?}", vertex.normal);
        assert!(vertex.binds.iter().all(|&b| usize::from(b) < figure.binds.len()), "{file}");
    }
    for morph in &figure.morphs {
        assert!(
            morph.vertices.iter().all(|o| o.vertex < vertices) && morph.uvs.iter().all(|o| o.0 < vertices),
            "{file}"
        );
    }
    for expression in &figure.expressions {
        assert!(expression.morphs.iter().all(|m| (m.0 as usize) < figure.morphs.len()), "{file}");
    }
}

#[test]
fn the_t_pose_of_every_humanoid_is_one() {
    use HumanBone::*;
    let Some(assets) = assets() else { return };
    for (file, _) in FILES.iter().filter(|(_, outcome)| matches!(outcome, Loads(counts) if counts[3] > 0)) {
        let figure = figure::load(&assets.join(file)).unwrap();
        let world = skinning::world_transforms(&figure, &tpose::t_pose(&figure));
        let place = |bone| figure.humanoid.joint(bone).map(|j| world[j as usize].w_axis.truncate());
        let at = |bone: HumanBone| place(bone).unwrap_or_else(|| panic!("{file} has no {}", bone.name()));

        assert!(at(Head).y > at(Hips).y, "{file}: head above hips");
        // One file's armature leans to all sides, so hands are held against each other and not against the hips.
        assert!(at(LeftHand).x > at(RightHand).x, "{file}: left is at +x");
        let reach = at(LeftHand).x - at(LeftUpperArm).x;
        for (a, b) in [(LeftUpperArm, LeftHand), (RightUpperArm, RightHand)] {
            let tilt = at(b) - at(a);
            assert!(tilt.y.abs() < 0.02 * reach && tilt.z.abs() < 0.02 * reach, "{file}: arms level, but {tilt}");
        }
        for (foot, toes) in [(LeftFoot, LeftToes), (RightFoot, RightToes)] {
            if let Some(toes) = place(toes) {
                assert!(toes.z > at(foot).z, "{file}: toes in front");
            }
        }
    }
}

/// The mannequin says nothing of human bones; all that it has are recognized by name.
#[test]
fn the_mannequins_bones_are_guessed() {
    use HumanBone::*;
    let Some(assets) = assets() else { return };
    let figure = figure::load(&assets.join("gltf/kaykit/manny_med_mod.gltf")).unwrap();
    let name = |bone| figure.joints[figure.humanoid.joint(bone).unwrap() as usize].name.as_str();
    assert_eq!(name(Hips), "hips");
    assert_eq!(name(Chest), "chest");
    assert_eq!(name(LeftHand), "wrist.l");
    assert_eq!(name(RightLowerLeg), "lowerleg.r");
    assert_eq!(figure.humanoid.iter().count(), 18);
}

/// Where a file does say which joint is which bone, guessing by name agrees with it.
#[test]
fn guesses_agree_with_what_files_say() {
    let Some(assets) = assets() else { return };
    for file in ["godette/Godette_vrm_v4", "saturday06/debug_robot", "saturday06/sphere", "saturday06/bone_child_mesh"]
    {
        let figure = figure::load(&assets.join(format!("vrm/{file}.vrm"))).unwrap();
        let guessed: Humanoid = figure::names::guess(&figure.joints);
        let name = |joint: u32| figure.joints[joint as usize].name.as_str();
        for (bone, joint) in guessed.iter() {
            let said = figure.humanoid.joint(bone).map(name);
            assert_eq!(said, Some(name(joint)), "{file}: {}", bone.name());
        }
        assert!(guessed.is_humanoid(), "{file}");
    }
}

#[test]
fn godettes_licence_and_looks_are_read() {
    let Some(assets) = assets() else { return };
    let figure = figure::load(&assets.join("vrm/godette/Godette_vrm_v4.vrm")).unwrap();
    assert_eq!(figure.name, "Low-Poly Godette");
    assert_eq!(figure.licence.authors, ["SirRichard94"]);
    assert_eq!(figure.licence.forbids, ["It must not be shown without naming its author."]);
    let face = &figure.materials[0];
    assert!(face.shade_colour.is_some() && face.outline.is_some() && !face.unlit);
    let joy = figure.expressions.iter().find(|e| e.name == "happy").unwrap();
    assert_eq!(joy.morphs, [(9, 0.5), (10, 0.25)]);
}
