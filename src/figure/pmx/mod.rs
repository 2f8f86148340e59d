//! PMX 2.0 and 2.1, the models of MikuMikuDance; and the way from any MMD model ([`super::pmd`] as well) to a figure.

mod bodies;
pub(super) mod convert;
pub(crate) mod cursor;
mod looks;
mod mend;
pub(super) mod model;
mod parse;
mod skeleton;

use super::resources::Folder;
use super::{Figure, FigureError};
use std::path::Path;

/// Reads a PMX file, whose content is `bytes`; its textures are looked for beside `path`.
///
/// # Errors
/// [`FigureError::Damaged`], naming `path`.
pub fn read(path: &Path, bytes: &[u8]) -> Result<Figure, FigureError> {
    parse::parse(bytes)
        .and_then(|model| convert::figure(model, path, &Folder::of(path)))
        .map_err(|what| FigureError::Damaged { path: path.to_owned(), what })
}
