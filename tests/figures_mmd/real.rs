//! Real files, where they are at hand.

use glam::{Mat4, Vec3};
use settei::figure::{Figure, HumanBone, load, skinning, tpose};
use std::path::{Path, PathBuf};

/// A file of the test assets; `None`, with a line that says so, where they are not installed.
fn asset(relative: &str) -> Option<PathBuf> {
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
