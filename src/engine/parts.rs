//! Which part is where on a figure, as landmark transfer asks.

use crate::raster::Model;
use crate::transfer::Parts;

/// The parts of a figure: one for each of its materials.
pub fn parts(model: &Model) -> Parts {
    let (figure, landmarks) = (model.figure(), model.landmarks());
    let of_submesh = figure.submeshes.iter().flat_map(|submesh| {
        let (first, count) = (submesh.first as usize, submesh.count as usize);
        let triangles = figure.triangles.get(first..first + count).unwrap_or_default();
        triangles.iter().map(move |corners| (corners.map(|v| landmarks[v as usize]), submesh.material as usize))
    });
    Parts::new(of_submesh)
}
