//! Drawings of another character by another hand, flat and in thick lines. Nothing is known of what they show, as nothing is
//! of an artist's own: what becomes of them is what becomes of anybody's.

use super::{CharacterParams, Detail, ExampleError, assemble, decoded, posed};
use crate::picture::Picture;
use crate::pose::CameraView;
use crate::raster::{MARGIN, Outlines, ToonStyle};

/// Whom they show, as [`CharacterParams`].
const CHARACTER: &str = include_str!("../../assets/drawings/rin.json");

/// The drawings: name, camera, PNG.
const DRAWN: [(&str, CameraView, &[u8]); 4] = [
    ("rin front", CameraView::new(0.0, 0.0), include_bytes!("../../assets/drawings/front.png")),
    ("rin three-quarter", CameraView::new(45.0, 0.0), include_bytes!("../../assets/drawings/three-quarter.png")),
    ("rin side", CameraView::new(90.0, 0.0), include_bytes!("../../assets/drawings/side.png")),
    ("rin back", CameraView::new(180.0, 0.0), include_bytes!("../../assets/drawings/back.png")),
];
/// Their names.
pub const NAMES: [&str; 4] = [DRAWN[0].0, DRAWN[1].0, DRAWN[2].0, DRAWN[3].0];
const SIZE_PX: [u32; 2] = [512, 640];

/// Whom they show; Mio, if the build is damaged.
pub fn character() -> CharacterParams {
    serde_json::from_str(CHARACTER).unwrap_or_default()
}

/// One of them; `None` where none has this name.
///
/// # Errors
/// None but for a damaged build.
pub fn drawing(name: &str) -> Result<Option<Picture>, ExampleError> {
    let known = DRAWN.iter().find(|(known, ..)| *known == name);
    known.map(|(name, _, png)| decoded(name, png)).transpose()
}

/// Draws them anew, each with its name. This is how the embedded ones were made.
///
/// # Errors
/// Where the figure can't be posed or drawn.
pub fn draw() -> Result<Vec<(&'static str, Picture)>, ExampleError> {
    let stance = posed(assemble(&character(), Detail::Fine))?;
    let style = ToonStyle { shading: 0.0, outline: Outlines::All, line_width_m: 0.004, ..ToonStyle::default() };
    let draw = |(name, camera, _): &(&'static str, CameraView, &[u8])| {
        let shot = stance.framed(camera, SIZE_PX, MARGIN)?;
        Ok((*name, shot.toon(SIZE_PX, &style)?))
    };
    DRAWN.iter().map(draw).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_drawings_are_what_the_generator_draws() {
        for (name, drawn) in draw().unwrap() {
            let embedded = drawing(name).unwrap().unwrap();
            assert_eq!([embedded.width_px, embedded.height_px], SIZE_PX);
            let unlike = embedded.pixels.iter().zip(&drawn.pixels).filter(|(a, b)| a != b).count();
            assert!(unlike * 1000 < drawn.pixels.len(), "{unlike} pixels of {name} differ");
        }
        assert!(drawing("rin bottom").unwrap().is_none());
        assert_eq!(character().name, "Rin");
    }
}
