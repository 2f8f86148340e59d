//! Files that describe a character, fields of them by name, and the figure's file that is made of one.

use crate::example::{self, CharacterParams};
use serde::Deserialize as _;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// No character's description comes near this.
const LARGEST_BYTES: u64 = 1 << 20;

/// Why there is no stand-in. Each names the file or the field and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StandInError {
    /// The file can't be read.
    #[error("can't read {path}: {source}", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file describes no character.
    #[error("{path} is not a character: {what}", path = path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What was wrong.
        what: String,
    },
    /// A field that there is not, or that can't have this value.
    #[error("{field} can't be set: {what}")]
    Field {
        /// Its whole name.
        field: String,
        /// What was wrong.
        what: String,
    },
    /// A texture can't be encoded.
    #[error("the stand-in can't be written as VRM: {0}; free some memory")]
    Encode(#[from] image::ImageError),
}

/// A character as a file describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Described {
    /// The character; what the file leaves out is as on the built-in one.
    pub params: CharacterParams,
    /// Fields of the file that change nothing, mistyped ones mostly.
    pub unknown: Vec<String>,
}

/// Reads the description of a character (.json).
///
/// # Errors
/// A file that can't be read or describes none.
pub fn read(path: &Path) -> Result<Described, StandInError> {
    let io = |source| StandInError::Io { path: path.to_owned(), source };
    let invalid = |what: String| StandInError::Invalid { path: path.to_owned(), what };
    let bytes = crate::files::read(path, LARGEST_BYTES).map_err(io)?;
    let given: Value = serde_json::from_slice(&bytes).map_err(|error| invalid(error.to_string()))?;
    let params = CharacterParams::deserialize(&given).map_err(|error| invalid(error.to_string()))?;
    params.check().map_err(invalid)?;
    Ok(Described { unknown: params.unknown_fields(&given), params })
}

/// `params` with one field set: its whole name, as files have it (`hair.length`, `wear.0.piece`), and its value, as JSON or
/// a plain word.
///
/// # Errors
/// No such field; a value that it can't have.
pub fn set(params: &CharacterParams, field: &str, value: &str) -> Result<CharacterParams, StandInError> {
    let failed = |what: String| StandInError::Field { field: field.to_owned(), what };
    let mut whole = serde_json::to_value(params).map_err(|error| failed(error.to_string()))?;
    let pointer = format!("/{}", field.replace('.', "/"));
    let place = whole.pointer_mut(&pointer).ok_or_else(|| {
        failed("no field is called so. `settei standin params --list` names all numbers and colours".into())
    })?;
    let word = || Value::String(value.to_owned());
    *place = serde_json::from_str(value).unwrap_or_else(|_| word());
    let read = CharacterParams::deserialize(&whole).map_err(|error| failed(error.to_string()))?;
    read.check().map_err(failed)?;
    Ok(read)
}

/// The stand-in as the bytes of a VRM 1.0 file: the same for the same parameters.
///
/// # Errors
/// No memory for its textures.
pub fn vrm(params: &CharacterParams) -> Result<Vec<u8>, StandInError> {
    if params.name.trim().is_empty() {
        // VRM wants a name.
        return Ok(example::generate(&CharacterParams { name: "Stand-in".into(), ..params.clone() })?);
    }
    Ok(example::generate(params)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_are_read_and_what_is_wrong_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("she.json");
        let params = CharacterParams::random(4);
        std::fs::write(&path, serde_json::to_vec(&params).unwrap()).unwrap();
        assert_eq!(read(&path).unwrap(), Described { params, unknown: vec![] });
        for (text, says) in [
            ("[1]", "she.json is not a character"),
            ("{\"hair\": {\"length\": 99}}", "hair.length is 99"),
            ("{\"skin\": \"red\"}", "is not a colour like"),
        ] {
            std::fs::write(&path, text).unwrap();
            let message = read(&path).unwrap_err().to_string();
            assert!(message.contains(says), "{message}");
        }
        std::fs::write(&path, "{\"hiar\": 1}").unwrap();
        assert_eq!(read(&path).unwrap().unknown, ["hiar"]);
        assert!(read(&folder.path().join("none.json")).unwrap_err().to_string().contains("none.json"));
    }

    #[test]
    fn fields_are_set_by_their_names() {
        let params = CharacterParams::default();
        let longer = set(&params, "hair.length", "1.5").unwrap();
        assert_eq!(longer.hair.length, 1.5);
        assert_eq!(set(&params, "hair.style", "bob").unwrap().hair.style, crate::example::params::HairStyle::Bob);
        assert_eq!(set(&params, "hair.colour", "#102030").unwrap().hair.colour.0, [16, 32, 48]);
        assert_eq!(set(&params, "build.limbs.1", "1.25").unwrap().build.limbs, [1.0, 1.25, 1.0, 1.0]);
        for (field, value, says) in [
            ("hair.lenght", "1", "no field is called so"),
            ("hair.length", "9", "may be 0.1 to 3"),
            ("hair.style", "curly", "unknown variant"),
        ] {
            let message = set(&params, field, value).unwrap_err().to_string();
            assert!(message.contains(says) && message.starts_with(field), "{message}");
        }
    }
}
