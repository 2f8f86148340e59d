//! Colours as character files have them.

use serde::{Deserialize, Serialize};

/// A colour as artists write it, `#rrggbb` (sRGB).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Rgb(
    /// Red, green, blue.
    pub [u8; 3],
);

impl Rgb {
    /// From 0xrrggbb.
    pub const fn hex(value: u32) -> Self {
        Self([(value >> 16) as u8, (value >> 8) as u8, value as u8])
    }

    /// The colour `share` of the way to `other`, mixed in sRGB as painters' programs do.
    pub fn mix(self, other: Rgb, share: f32) -> Rgb {
        let blend =
            |a: u8, b: u8| (f32::from(a) + (f32::from(b) - f32::from(a)) * share).round().clamp(0.0, 255.0) as u8;
        Rgb([0, 1, 2].map(|i| blend(self.0[i], other.0[i])))
    }

    /// From hue (degrees), saturation and value in [0, 1].
    pub fn hsv(hue_deg: f32, saturation: f32, value: f32) -> Rgb {
        Rgb([5.0_f32, 3.0, 1.0].map(|n| {
            let k = (n + hue_deg / 60.0).rem_euclid(6.0);
            ((value - value * saturation * k.min(4.0 - k).clamp(0.0, 1.0)) * 255.0).round() as u8
        }))
    }
}

impl TryFrom<String> for Rgb {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let digits = text.strip_prefix('#').filter(|d| d.len() == 6 && d.is_ascii());
        digits
            .and_then(|d| u32::from_str_radix(d, 16).ok())
            .map(Rgb::hex)
            .ok_or_else(|| format!("\"{text}\" is not a colour like #c8a2c8"))
    }
}

impl From<Rgb> for String {
    fn from(Rgb([r, g, b]): Rgb) -> String {
        format!("#{r:02x}{g:02x}{b:02x}")
    }
}
