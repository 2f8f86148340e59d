//! glTF 2.0 (`.gltf`, `.glb`) and with it VRM 0.x and 1.0 (`.vrm`).
//!
//! Specification: <https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html>. The `gltf` crate gives the JSON schema
//! alone; buffers are read here, since files come from anywhere and every range in them has to be doubted.

mod accessors;
pub mod animations;
pub(super) mod document;
pub(super) mod lenient;
pub(super) mod licence;
pub(super) mod materials;
pub(super) mod meshes;
pub(super) mod scene;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use super::resources::Folder;
use super::vrm::{self, Vrm};
use super::{Figure, FigureError, LocalPose, expressions, names, skinning, stance};
use document::Document;
use materials::{Surface, Textures};
use meshes::Meshes;
use scene::Scene;
use std::path::Path;

/// Reads a glTF, GLB or VRM file, whose content is `bytes`; files that it refers to are looked for beside `path`.
///
/// # Errors
/// Everything in [`FigureError`], naming `path`.
pub fn read(path: &Path, bytes: &[u8]) -> Result<Figure, FigureError> {
    read_beside(path, bytes, Folder::of(path))
}

/// Reads a GLB or VRM that is all in `bytes`, such as one embedded in the program; `name` stands in messages.
///
/// # Errors
/// Everything in [`FigureError`], naming `name`.
pub fn read_embedded(name: &str, bytes: &[u8]) -> Result<Figure, FigureError> {
    read_beside(Path::new(name), bytes, Folder::none())
}

fn read_beside(path: &Path, bytes: &[u8], folder: Folder) -> Result<Figure, FigureError> {
    let document = Document::parse(path, bytes, folder)?;
    let vrm = Vrm::read(&document)?;
    let mut scene = Scene::read(&document);
    if let Some(vrm) = &vrm {
        let hidden = vrm.first_person_only(&document);
        scene.shown.retain(|node| !hidden.contains(node));
    }
    let constraints = vrm::constraints::read(&document, &mut scene);
    let mut figure = Figure {
        name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        joints: scene.joints.clone(),
        constraints,
        ..Figure::default()
    };

    let mut textures = Textures::new(&document);
    let mut surfaces = materials::read(&document, &mut textures);
    if let Some(vrm) = &vrm {
        vrm.dress(&document, &mut surfaces, &mut textures);
    }
    let meshes = meshes::read(&document, &scene, &mut surfaces, &mut figure)?;
    let mirrored = stance::unmirror(&mut figure);
    if figure.triangles.is_empty() {
        return Err(document.unsupported(nothing_to_draw(&document)));
    }
    figure.warnings.extend(materials::unread(&document));
    figure.textures = textures.decode(&mut figure.warnings);
    figure.sources = document.folder.sources();

    match &vrm {
        Some(vrm) => {
            vrm.complete(&document, &scene, &meshes, &surfaces, &mirrored, &mut figure);
            if figure.humanoid.iter().next().is_none() {
                figure.humanoid = names::guess(&figure.joints);
            }
        }
        None => {
            figure.humanoid = names::guess(&figure.joints);
            figure.expressions = expressions::of_morphs(figure.morphs.iter().map(|morph| [morph.name.as_str(), ""]));
            figure.licence = licence::asset(&document.root.asset);
        }
    }
    stance::straighten(&mut figure, &mirrored);
    size_outlines(&mut surfaces, &figure);
    figure.materials = surfaces.into_iter().map(|s| s.material).collect();
    for (_, joint) in figure.humanoid.iter() {
        figure.joints[joint as usize].movable = true;
    }
    Ok(figure)
}

/// Why a file without triangles is no figure, and what to open instead.
fn nothing_to_draw(document: &Document) -> String {
    match document.root.animations.len() {
        0 => "it has no mesh, so there is nothing to draw; export the figure together with its mesh".into(),
        1 => "it holds a motion but no mesh, so there is nothing to draw; open the figure that it moves".into(),
        n => format!("it holds {n} motions but no mesh, so there is nothing to draw; open the figure that they move"),
    }
}

/// Makes metres of outline widths that are a share of the view's height, for a view that shows the whole figure.
fn size_outlines(surfaces: &mut [Surface], figure: &Figure) {
    if !surfaces.iter().any(|s| s.screen_outline) {
        return;
    }
    let heights = skinning::skin(figure, &LocalPose::rest(figure)).positions.into_iter().map(|p| p.y);
    let (low, high) = heights.fold((f32::MAX, f32::MIN), |(low, high), y| (low.min(y), high.max(y)));
    for outline in surfaces.iter_mut().filter(|s| s.screen_outline).filter_map(|s| s.material.outline.as_mut()) {
        outline.width_m *= high - low;
    }
}

/// The figure's morphs that a glTF morph target of `node` became.
pub(super) fn morph_of_target(meshes: &Meshes, node: usize, target: usize) -> Option<u32> {
    let &(first, count) = meshes.morphs_of_node.get(&node)?;
    (target < count as usize).then(|| first + target as u32)
}
