use super::{ConrError, WeightFile, WeightType, safetensors};
use crate::files;
use crate::progress::Progress;
use std::io::{self, Write};
use std::path::Path;

/// Writes the weights in `from` (a folder of `.pth` files, or a `.safetensors`) as a `.safetensors` at `to`, its
/// numbers stored as `kind`; a file that is there already is replaced, `from` itself too. Folders of `.pth` are not
/// written.
///
/// # Errors
/// The weights cannot be read or don't fit the networks, a number is too large for `kind`, or `to` cannot be written;
/// [`ConrError::Cancelled`]. Nothing is written then.
pub fn convert(from: &Path, to: &Path, kind: WeightType, progress: &dyn Progress) -> Result<(), ConrError> {
    if to.extension().is_none_or(|e| e != "safetensors") {
        return Err(ConrError::no_weights(to, "weights are written as .safetensors; give a name that ends so"));
    }
    let weights = WeightFile::open(from)?;
    weights.must_fit()?;
    progress.stage("writing weights", weights.tensors().count() as u64);
    let header = safetensors::header(weights.tensors().map(|(name, stored)| (name, stored.shape.as_slice())), kind);
    let written = files::write_with(to, |file| {
        file.write_all(&header)?;
        for (name, _) in weights.tensors() {
            let bytes = bytes_of(&weights, name, from, kind, progress).map_err(io::Error::other)?;
            file.write_all(&bytes)?;
        }
        Ok(())
    });
    written.map_err(|e| e.downcast().unwrap_or_else(ConrError::file(to)))
}

/// Writes a complete weight file of made-up numbers, tensor by tensor.
pub(in crate::conr) fn write_made_up(
    to: &Path,
    mut numbers: impl FnMut(&str, &[usize]) -> Vec<f32>,
) -> Result<(), ConrError> {
    let schema = super::schema()?;
    let header = safetensors::header(schema.iter().map(|(name, shape)| (&**name, &**shape)), WeightType::F32);
    let written = files::write_with(to, |file| {
        file.write_all(&header)?;
        schema.iter().try_for_each(|(name, shape)| file.write_all(&WeightType::F32.to_bytes(&numbers(name, shape))))
    });
    written.map_err(ConrError::file(to))
}

fn bytes_of(
    weights: &WeightFile,
    name: &str,
    from: &Path,
    kind: WeightType,
    progress: &dyn Progress,
) -> Result<Vec<u8>, ConrError> {
    if progress.cancelled() {
        return Err(ConrError::Cancelled);
    }
    let values = weights.read(name)?;
    if kind == WeightType::F16 && values.iter().any(|&v| half::f16::from_f32(v).is_infinite()) {
        return Err(ConrError::no_weights(from, format!("{name} has numbers too large for f16; choose bf16")));
    }
    progress.advance(1);
    Ok(kind.to_bytes(&values))
}
