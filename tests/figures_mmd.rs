//! MMD models and OBJ files from their bytes to landmarks, on real files where they are at hand.

use glam::{Mat4, Quat, Vec3};
use settei::figure::{Figure, FigureError, HumanBone, LocalPose, pmx, skinning, tpose};
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

fn load(path: &Path) -> Result<Figure, FigureError> {
    let bytes = std::fs::read(path).unwrap();
    pmx::read(path, &bytes)
}

fn gene() -> Option<Figure> {
    asset("mmd/gene/Gene_light.pmx").map(|path| load(&path).unwrap())
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
    println!("{:?} {:?}", gene.warnings, gene.licence);
    for m in &gene.materials {
        println!("{m:?}");
    }
    println!("{:?}", gene.ik_chains);
    for (b, j) in gene.humanoid.iter() {
        println!("{b:?} {}", gene.joints[j as usize].name);
    }
    let world = skinning::world_transforms(&gene, &tpose::t_pose(&gene));
    for (b, j) in gene.humanoid.iter() {
        println!("{b:?} {}", place(&world, j));
    }
    let out: usize = gene
        .triangles
        .iter()
        .filter(|t| {
            let [a, b, c] = t.map(|i| gene.vertices[i as usize]);
            let n = (b.position - a.position).cross(c.position - a.position);
            n.dot(a.normal + b.normal + c.normal) < 0.0
        })
        .count();
    println!("inward {out}");
}
