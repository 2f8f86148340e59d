//! What pictures are laid on where transparency is not wanted.

use super::Picture;
use std::str::FromStr;

/// An opaque sRGB colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub [u8; 3]);

impl Colour {
    /// Paper.
    pub const WHITE: Self = Self([255; 3]);

    /// Lays a picture on it; the picture is opaque then.
    pub fn under(self, picture: &mut Picture) {
        for pixel in &mut picture.pixels {
            let alpha = u32::from(pixel[3]);
            for (top, below) in pixel.iter_mut().zip(self.0) {
                *top = ((u32::from(*top) * alpha + u32::from(below) * (255 - alpha) + 127) / 255) as u8;
            }
            pixel[3] = 255;
        }
    }
}

impl FromStr for Colour {
    type Err = String;

    /// `#rrggbb`, `white`, `black` or `green` (what is keyed out).
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "white" => return Ok(Self::WHITE),
            "black" => return Ok(Self([0; 3])),
            "green" => return Ok(Self([0, 255, 0])),
            _ => {}
        }
        let digits = text.strip_prefix('#').unwrap_or(text);
        let number = u32::from_str_radix(digits, 16).ok().filter(|_| digits.len() == 6 && !digits.starts_with('+'));
        let [_, rgb @ ..] = number
            .ok_or_else(|| format!("`{text}` is no colour: they are written like #ff8800, or white, black, green"))?
            .to_be_bytes();
        Ok(Self(rgb))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_and_lie_under_what_is_transparent() {
        assert_eq!("#0180ff".parse(), Ok(Colour([1, 128, 255])));
        assert_eq!("ffffff".parse(), Ok(Colour::WHITE));
        for wrong in ["", "#fff", "blue", "#12345g", "+12345"] {
            assert!(wrong.parse::<Colour>().is_err(), "{wrong}");
        }
        let pixels = vec![[255, 0, 0, 255], [255, 0, 0, 0], [255, 0, 0, 128]];
        let mut picture = Picture { width_px: 3, height_px: 1, pixels };
        Colour([0, 0, 255]).under(&mut picture);
        assert_eq!(picture.pixels, [[255, 0, 0, 255], [0, 0, 255, 255], [128, 0, 127, 255]]);
    }
}
