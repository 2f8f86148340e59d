//! Figures that were not made for these tests.

use settei::figure::{self, Figure};
use std::path::Path;

/// The built-in figure and, where the shared assets are, one of each kind of file.
pub(crate) fn real_figures() -> Vec<Figure> {
    let assets = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/assets"));
    let mut figures = vec![settei::example::figure().unwrap()];
    for file in ["mmd/gene/Gene_light.pmx", "vrm/godette/Godette_vrm_v4.vrm", "gltf/kaykit/manny_med_mod.gltf"] {
        match assets.join(file) {
            path if path.exists() => figures.push(figure::load(&path).unwrap()),
            path => eprintln!("skipped: {} is not there", path.display()),
        }
    }
    figures
}
