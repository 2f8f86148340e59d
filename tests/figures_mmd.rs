//! MMD models and OBJ files from their bytes to landmarks, on real files where they are at hand.

#![allow(clippy::unwrap_used, reason = "tests may stop at the first surprise")]

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
