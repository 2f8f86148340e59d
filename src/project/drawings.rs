//! A project's drawings, wherever they are.

use super::DrawingSource;
use crate::example::{self, ExampleError};
use crate::sheet::{Sheet, SheetError, View};

/// Why a drawing can't be had. Every message names it and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum DrawingError {
    /// The file.
    #[error(transparent)]
    File(#[from] SheetError),
    /// The built-in example.
    #[error(transparent)]
    Example(#[from] ExampleError),
    /// The example has none of this name.
    #[error("the built-in example has no drawing `{0}`; remove it from the sheet")]
    Unknown(String),
}

/// Reads drawings from where they are. The built-in ones, which take a figure to be posed, are made once.
#[derive(Default)]
pub struct Drawings {
    example: Option<Sheet>,
}

impl Drawings {
    /// Reads one drawing.
    ///
    /// # Errors
    /// As [`View::open`]; a built-in drawing that there is not.
    pub fn open(&mut self, source: &DrawingSource) -> Result<View, DrawingError> {
        let name = match source {
            DrawingSource::File(path) => return Ok(View::open(path)?),
            DrawingSource::BuiltIn(name) => name,
        };
        if let Some(picture) = example::drawn::drawing(name)? {
            return Ok(View { name: name.clone(), path: None, picture, udp: None, warnings: Vec::new() });
        }
        let example = match self.example.take() {
            Some(example) => example,
            None => example::sheet()?,
        };
        let view = example.views.iter().find(|view| view.name == *name).cloned();
        self.example = Some(example);
        view.ok_or_else(|| DrawingError::Unknown(name.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawings_are_read_from_wherever_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("side.png");
        let mut drawings = Drawings::default();
        let built_in = drawings.open(&DrawingSource::BuiltIn("side".into())).unwrap();
        assert!(built_in.udp.is_some());
        built_in.picture.save_png(&path).unwrap();
        let read = drawings.open(&DrawingSource::File(path.clone())).unwrap();
        assert_eq!(read.picture, built_in.picture);
        assert_eq!(read.path, Some(path));
        let drawn = drawings.open(&DrawingSource::BuiltIn("rin side".into())).unwrap();
        assert!(drawn.udp.is_none() && drawn.name == "rin side");
        let message = drawings.open(&DrawingSource::BuiltIn("bottom".into())).unwrap_err().to_string();
        assert!(message.contains("`bottom`"), "{message}");
    }
}
