//! Colours as files write them and as [`super::Material`] holds them.

use glam::{Vec3, Vec4};

/// sRGB (IEC 61966-2-1) to linear light. Defined beyond [0, 1] as well, since files have factors above one; odd in its
/// argument, since they have negative ones, too.
pub fn linear(srgb: f32) -> f32 {
    let v = srgb.abs();
    let light = if v <= 0.040_45 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) };
    light.copysign(srgb)
}

/// [`linear`] of each channel.
pub fn linear_rgb(srgb: Vec3) -> Vec3 {
    Vec3::from_array(srgb.to_array().map(linear))
}

/// [`linear`] of the colours; alpha is coverage and stays as it is.
pub fn linear_rgba(srgb: Vec4) -> Vec4 {
    linear_rgb(srgb.truncate()).extend(srgb.w)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn middle_grey_has_a_fifth_of_the_light() {
        assert_eq!(linear(0.0), 0.0);
        assert!((linear(1.0) - 1.0).abs() < 1e-6);
        assert!((linear(0.5) - 0.214_041).abs() < 1e-5);
        assert_eq!(linear(-0.5), -linear(0.5));
        assert_eq!(linear_rgba(Vec4::new(0.0, 1.0, 0.0, 0.3)).w, 0.3);
    }
}
