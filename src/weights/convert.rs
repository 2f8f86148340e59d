use super::{Schema, WeightError, WeightFile, WeightType, by_name, identify, safetensors};
use crate::files;
use crate::progress::Progress;
use std::io::{self, Write};
use std::path::Path;

/// Writes the weights in `from` (a folder of `.pth` files, or a `.safetensors`), which are of one of the `known` graphs,
/// as a `.safetensors` at `to`, its numbers stored as `kind`; a file that is there already is replaced, `from` itself
/// too. Folders of `.pth` are not written.
///
/// # Errors
/// The weights cannot be read or fit no graph, a number is too large for `kind`, or `to` cannot be written;
/// [`WeightError::Cancelled`]. Nothing is written then.
pub fn convert(
    from: &Path,
    to: &Path,
    kind: WeightType,
    known: &[Schema],
    progress: &dyn Progress,
) -> Result<(), WeightError> {
    if !by_name(to).is_some_and(|format| format.reader.whole) {
        return Err(WeightError::no_weights(to, "weights are written as .safetensors; give a name that ends so"));
    }
    let (schema, weights) = identify(from, known)?;
    weights.must_fit(schema)?;
    progress.stage("writing weights", weights.tensors().count() as u64);
    let header = safetensors::header(
        schema,
        None,
        weights.tensors().map(|(name, stored)| (name, stored.shape.as_slice())),
        kind,
    );
    let written = files::write_with(to, |file| {
        file.write_all(&header)?;
        for (name, _) in weights.tensors() {
            let bytes = bytes_of(&weights, name, from, kind, progress).map_err(io::Error::other)?;
            file.write_all(&bytes)?;
        }
        Ok(())
    });
    written.map_err(|e| e.downcast().unwrap_or_else(WeightError::file(to)))
}

/// Writes a complete weight file of a graph, tensor by tensor: `numbers` gives the values by name and shape.
///
/// # Errors
/// A file that can't be written.
pub fn write(
    to: &Path,
    schema: &Schema,
    kind: WeightType,
    numbers: impl FnMut(&str, &[usize]) -> Vec<f32>,
) -> Result<(), WeightError> {
    write_of(to, schema, None, kind, numbers)
}

/// As [`write`]; `of`: the fingerprint of the weights that these change.
pub(super) fn write_of(
    to: &Path,
    schema: &Schema,
    of: Option<&str>,
    kind: WeightType,
    mut numbers: impl FnMut(&str, &[usize]) -> Vec<f32>,
) -> Result<(), WeightError> {
    let tensors = || schema.tensors.iter().map(|(name, shape)| (&**name, &**shape));
    let header = safetensors::header(schema, of, tensors(), kind);
    let written = files::write_with(to, |file| {
        file.write_all(&header)?;
        tensors().try_for_each(|(name, shape)| file.write_all(&kind.to_bytes(&numbers(name, shape))))
    });
    written.map_err(WeightError::file(to))
}

fn bytes_of(
    weights: &WeightFile,
    name: &str,
    from: &Path,
    kind: WeightType,
    progress: &dyn Progress,
) -> Result<Vec<u8>, WeightError> {
    if progress.cancelled() {
        return Err(WeightError::Cancelled);
    }
    let values = weights.read(name)?;
    if kind == WeightType::F16 && values.iter().any(|&v| half::f16::from_f32(v).is_infinite()) {
        return Err(WeightError::no_weights(from, format!("{name} has numbers too large for f16; choose bf16")));
    }
    progress.advance(1);
    Ok(kind.to_bytes(&values))
}
