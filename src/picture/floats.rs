//! Light as numbers to values and bytes of sRGB.

/// Linear light to an sRGB value (IEC 61966-2-1), both 0 to 1.
pub(crate) fn encode_srgb(linear: f32) -> f32 {
    let linear = linear.clamp(0.0, 1.0);
    if linear <= 0.003_130_8 { 12.92 * linear } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 }
}

/// The same as a byte; what is brighter than white is white.
pub(super) fn to_srgb(linear: f32) -> u8 {
    to_byte(encode_srgb(linear))
}

/// A share as a byte.
pub(super) fn to_byte(share: f32) -> u8 {
    (255.0 * share.clamp(0.0, 1.0) + 0.5) as u8
}
