//! Real files, where they are at hand.

use glam::{Mat4, Quat, Vec3};
use settei::figure::landmarks::{self, MapPreset};
use settei::figure::{Figure, HumanBone, IkChain, LandmarkMap, LocalPose, load, skinning, tpose};
use std::path::{Path, PathBuf};

/// A file of the test assets; `None`, with a line that says so, where they are not installed.
pub(crate) fn asset(relative: &str) -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/assets")).join(relative);
    if !path.exists() {
        eprintln!("skipped: {} is not there", path.display());
        return None;
    }
    Some(path)
}

fn gene() -> Option<Figure> {
    asset("mmd/gene/Gene_light.pmx").map(|path| load::load(&path).unwrap())
}

fn place(world: &[Mat4], joint: u32) -> Vec3 {
    world[joint as usize].w_axis.truncate()
}

#[test]
fn gene_has_everything_its_makers_list() {
    let Some(gene) = gene() else { return };
    assert_eq!(gene.vertices.len(), 28_646);
    assert_eq!(gene.triangles.len(), 47_106);
    // Its own 224 and the hips.
    assert_eq!(gene.joints.len(), 225);
    assert_eq!(gene.ik_chains.len(), 6);
    assert_eq!(gene.appends.len(), 11);
    assert_eq!(gene.morphs.len(), 184);
    assert_eq!(gene.warnings, Vec::<String>::new());
    assert!(gene.humanoid.is_humanoid());
    let inward = gene.triangles.iter().filter(|triangle| {
        let [a, b, c] = triangle.map(|i| &gene.vertices[i as usize]);
        (b.position - a.position).cross(c.position - a.position).dot(a.normal + b.normal + c.normal) < 0.0
    });
    assert!(inward.count() < gene.triangles.len() / 100);
}

#[test]
fn genes_arms_are_level_in_t_pose() {
    let Some(gene) = gene() else { return };
    let world = skinning::world_transforms(&gene, &tpose::t_pose(&gene));
    let height = |bone| place(&world, gene.humanoid.joint(bone).unwrap()).y;
    use HumanBone::*;
    for arm in [
        [LeftUpperArm, LeftLowerArm, LeftHand, LeftMiddleProximal],
        [RightUpperArm, RightLowerArm, RightHand, RightMiddleProximal],
    ] {
        assert!(arm.iter().all(|&bone| (height(bone) - height(arm[0])).abs() < 0.001));
    }
}

#[test]
fn genes_palms_look_down_and_her_cloak_follows_the_arm() {
    let Some(gene) = gene() else { return };
    let world = skinning::world_transforms(&gene, &tpose::t_pose(&gene));
    let at = |bone| place(&world, gene.humanoid.joint(bone).unwrap());
    use HumanBone::*;
    for (index, little, thumb, hand) in [
        (LeftIndexProximal, LeftLittleProximal, LeftThumbDistal, LeftHand),
        (RightIndexProximal, RightLittleProximal, RightThumbDistal, RightHand),
    ] {
        let across = (at(index) - at(little)).normalize();
        assert!(across.z > 0.95, "the index finger lies {across} from the little one");
        assert!(at(thumb).z > at(hand).z + 0.02);
    }
    // A chain of its own, not driven by any pose, holds the cloak to the right elbow.
    let joint = |name: &str| gene.joints.iter().position(|j| j.name == name).unwrap() as u32;
    assert!(place(&world, joint("右腕xcb")).distance(at(RightLowerArm)) < 1e-3);
}

#[test]
fn genes_landmarks_fill_the_range_in_the_right_order() {
    let Some(gene) = gene() else { return };
    let map = LandmarkMap::new(&gene, MapPreset::default());
    let landmarks = landmarks::landmarks(&gene, &map);
    for landmark in &landmarks {
        assert!((0.00499..=0.99501).contains(&landmark.x) && (0.00499..=0.99501).contains(&landmark.z), "{landmark}");
        assert!((0.0..=0.99501).contains(&landmark.y), "{landmark}");
    }
    let lowest = landmarks.iter().map(|l| l.y).fold(f32::INFINITY, f32::min);
    // Her soles.
    assert!((0.005..0.025).contains(&lowest), "{lowest}");
    let world = skinning::world_transforms(&gene, &tpose::t_pose(&gene));
    let of = |bone| map.joint_landmark(bone, place(&world, gene.humanoid.joint(bone).unwrap()));
    use HumanBone::*;
    assert!(of(LeftHand).x > 0.8 && of(RightHand).x < 0.2);
    assert!((of(LeftHand).x + of(RightHand).x - 1.0).abs() < 0.005);
    assert!(of(LeftFoot).y < of(LeftLowerLeg).y && of(LeftLowerLeg).y < of(Hips).y && of(Hips).y < of(Head).y);
    assert!((of(Hips).x - 0.5).abs() < 2e-3 && of(Head).y <= 0.7401 && of(LeftToes).z > of(LeftFoot).z);
}

#[test]
fn pmx_and_pmd_of_one_model_come_out_alike() {
    let (Some(pmx), Some(pmd)) = (gene(), asset("mmd/gene/Gene_light.pmd")) else { return };
    let pmd = load::load(&pmd).unwrap();
    assert_eq!(pmx.triangles, pmd.triangles);
    for (a, b) in pmx.vertices.iter().zip(&pmd.vertices) {
        assert!(
            a.position.distance(b.position) < 1e-5 && a.normal.distance(b.normal) < 1e-4 && a.uv.distance(b.uv) < 1e-4
        );
    }
    for (a, b) in pmx.joints.iter().zip(&pmd.joints) {
        assert!(a.parent == b.parent && a.translation.distance(b.translation) < 1e-5, "{} and {}", a.name, b.name);
    }
    assert_eq!(pmx.humanoid, pmd.humanoid);
    let appends = |figure: &Figure| {
        let mut list: Vec<_> =
            figure.appends.iter().map(|a| (a.joint, a.source, (a.ratio * 100.0).round() as i32)).collect();
        list.sort_unstable();
        list
    };
    assert_eq!(appends(&pmx), appends(&pmd));
    let chains = |figure: &Figure| {
        let links = |c: &IkChain| c.links.iter().map(|l| l.joint).collect::<Vec<_>>();
        let mut list: Vec<_> =
            figure.ik_chains.iter().map(|c| (c.goal, c.effector, links(c), c.iterations, c.helper)).collect();
        list.sort_unstable();
        list
    };
    assert_eq!(chains(&pmx), chains(&pmd));
    // PMD binds a vertex to two bones at most, so a few of those bound to more stand a little elsewhere.
    let map = LandmarkMap::new(&pmx, MapPreset::default());
    let landmarks = [&pmx, &pmd].map(|figure| landmarks::landmarks(figure, &map));
    let far = landmarks[0].iter().zip(&landmarks[1]).filter(|(a, b)| a.distance(**b) > 0.002).count();
    println!("{far} of {} landmarks differ by more than 0.002", pmx.vertices.len());
    assert!(far < pmx.vertices.len() / 50);
}

#[test]
fn genes_leg_reaches_its_ik_goal_with_the_knee_in_front() {
    let Some(gene) = gene() else { return };
    let chain = gene.ik_chains.iter().position(|c| gene.joints[c.goal as usize].name == "左足ＩＫ").unwrap();
    let IkChain { goal, effector, links, .. } = &gene.ik_chains[chain];
    let rest = skinning::world_transforms(&gene, &LocalPose::rest(&gene));
    // Near the stretched leg, where bending hardly lifts the ankle, the file's number of iterations ends sooner.
    for (shift, within_m) in [
        (Vec3::new(0.0, 0.25, 0.0), 0.001),
        (Vec3::new(0.1, 0.3, 0.3), 0.001),
        (Vec3::new(0.0, 0.2, -0.3), 0.001),
        (Vec3::new(0.0, 0.01, 0.0), 0.01),
    ] {
        let mut pose = LocalPose::rest(&gene);
        pose.translations[*goal as usize] += shift;
        pose.ik[chain] = true;
        let world = skinning::world_transforms(&gene, &pose);
        let ankle = place(&world, *effector);
        let wanted = place(&rest, *goal) + shift;
        assert!(ankle.distance(wanted) < within_m, "{shift}: the ankle is at {ankle} and should be at {wanted}");
        let [knee, hip] = [links[0].joint, links[1].joint].map(|joint| place(&world, joint));
        let out = (knee - hip).reject_from((ankle - hip).normalize());
        let forward = (world[links[1].joint as usize].transform_vector3(Vec3::Z)).normalize();
        assert!(out.dot(forward) > 0.0, "{shift}: the knee stands out to {out}");
    }
}

#[test]
fn legs_bound_to_copies_follow_the_leg_bones_without_ik() {
    let Some(path) = asset("mmd/yw_test_model/yw_test_model.pmx") else { return };
    let figure = load::load(&path).unwrap();
    let joint = |name: &str| figure.joints.iter().position(|j| j.name == name).unwrap();
    let rest = skinning::skin(&figure, &LocalPose::rest(&figure)).positions;
    let mut pose = LocalPose::rest(&figure);
    pose.rotations[joint("左足")] = Quat::from_rotation_x(-1.2);
    pose.rotations[joint("左ひざ")] = Quat::from_rotation_x(0.8);
    let world = skinning::world_transforms(&figure, &pose);
    for (own, copy) in [("左足", "左足D"), ("左ひざ", "左ひざD"), ("左足首", "左足首D")] {
        assert!(world[joint(own)].abs_diff_eq(world[joint(copy)], 1e-5), "{copy}");
    }
    let posed = skinning::skin(&figure, &pose).positions;
    let left_foot = (0..rest.len()).filter(|&i| rest[i].y < 0.1 && rest[i].x > 0.03);
    let right_foot = (0..rest.len()).filter(|&i| rest[i].y < 0.1 && rest[i].x < -0.03);
    assert!(left_foot.clone().count() > 20 && left_foot.clone().all(|i| posed[i].z > rest[i].z + 0.3));
    assert!(right_foot.clone().all(|i| posed[i].distance(rest[i]) < 1e-6));

    // What takes the waist's turn out of the legs doesn't take out the hips'.
    let hips = figure.humanoid.joint(HumanBone::Hips).unwrap() as usize;
    let mut pose = LocalPose::rest(&figure);
    pose.rotations[hips] = Quat::from_rotation_y(0.7);
    let world = skinning::world_transforms(&figure, &pose);
    for name in ["左足D", "右ひざ", "頭"] {
        let turned = world[joint(name)].to_scale_rotation_translation().1;
        assert!(turned.angle_between(Quat::from_rotation_y(0.7)) < 1e-3, "{name}");
    }
}

#[test]
fn the_append_fixture_moves_as_its_flags_say() {
    let Some(path) = asset("mmd/yohawing_fixtures/test_append_bone.pmx") else { return };
    let figure = load::load(&path).unwrap();
    let joint = |name: &str| figure.joints.iter().position(|j| j.name == name).unwrap();
    let rest = skinning::world_transforms(&figure, &LocalPose::rest(&figure));
    let turn = |world: &[Mat4], name: &str| world[joint(name)].to_scale_rotation_translation().1;
    let shift = |world: &[Mat4], name: &str| (world[joint(name)].w_axis - rest[joint(name)].w_axis).truncate();
    let z = Quat::from_rotation_z;

    let mut pose = LocalPose::rest(&figure);
    pose.rotations[joint("A")] = z(0.6);
    pose.translations[joint("A")] += Vec3::new(0.1, 0.0, 0.2);
    let world = skinning::world_transforms(&figure, &pose);
    assert!(turn(&world, "B").angle_between(z(0.6)) < 1e-3);
    assert!(shift(&world, "B").distance(Vec3::new(0.1, 0.0, 0.2)) < 1e-6);
    assert!(turn(&world, "D").angle_between(z(-0.6)) < 1e-3, "D copies what B got, backwards");
    assert!(shift(&world, "D").length() < 1e-6, "D copies rotations alone");

    let mut pose = LocalPose::rest(&figure);
    pose.rotations[joint("A親")] = z(0.5);
    pose.rotations[joint("C親")] = z(0.4);
    let world = skinning::world_transforms(&figure, &pose);
    assert!(turn(&world, "B").angle_between(Quat::IDENTITY) < 1e-3, "what A gets from its parent is no motion of A's");
    assert!(turn(&world, "C").angle_between(z(0.8)) < 1e-3, "once from its parent and once copied");
}

#[test]
fn every_file_loads_or_says_why_not() {
    let files: Vec<PathBuf> =
        ["mmd", "obj"].iter().filter_map(|folder| asset(folder)).flat_map(|f| below(&f)).collect();
    for path in files {
        let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let is_figure = ["pmx", "pmd", "obj"].contains(&extension.as_str());
        match load::load(&path) {
            Ok(_) => assert!(is_figure, "{name} is no figure"),
            Err(error) => {
                let message = error.to_string();
                assert!(!is_figure && message.contains(&name), "{message}");
            }
        }
    }
}

/// All files in a folder and the folders in it.
fn below(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries.into_iter().flat_map(|path| if path.is_dir() { below(&path) } else { vec![path] }).collect()
}
