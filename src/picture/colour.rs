//! Colours of other spaces to sRGB: ICC profiles, and what PNG says in chunks of its own.

use super::chunks::PngColour;
use image::{ColorType, DynamicImage};
use moxcms::{
    Chromaticity, CicpColorPrimaries, CicpProfile, ColorPrimaries, ColorProfile, DataColorSpace, Layout,
    MatrixCoefficients, ToneReprCurve, TransferCharacteristics, Transform8BitExecutor, Transform16BitExecutor,
    TransformExecutor, TransformOptions, XyY,
};
use std::sync::Arc;

const DAMAGED: &str = "is damaged";

/// Pixels converted at once.
const RUN: usize = 1 << 12;
/// Gammas this close to sRGB's are meant to be it, as libpng has it.
const GAMMA_SLACK: f32 = 0.05;
/// What sRGB's curve is called in `gAMA`.
const SRGB_GAMMA: f32 = 0.45455;
/// sRGB's white, red, green and blue, as `cHRM` writes them.
const SRGB_CHROMATICITIES: [f32; 8] = [0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06];

/// How a picture's colours come to sRGB.
pub(super) enum Conversion {
    /// They are there.
    None,
    /// Each colour by itself, in eight bits.
    Eight(Arc<Transform8BitExecutor>),
    /// The same in sixteen.
    Sixteen(Arc<Transform16BitExecutor>),
    /// What each of 65536 greys becomes.
    Grey(Vec<u16>),
}

impl Conversion {
    /// From an ICC profile, for a picture of this kind.
    ///
    /// # Errors
    /// Why the profile says nothing about this picture: words that complete "a colour profile that …".
    pub(super) fn from_icc(icc: &[u8], picture: ColorType) -> Result<Self, &'static str> {
        let profile = ColorProfile::new_from_slice(icc).map_err(|_| DAMAGED)?;
        match profile.color_space {
            DataColorSpace::Rgb => Self::from_rgb(&profile, picture).ok_or(DAMAGED),
            DataColorSpace::Gray if !picture.has_color() => Self::from_grey(&profile).ok_or(DAMAGED),
            DataColorSpace::Gray => Err("is for grey pictures"),
            DataColorSpace::Cmyk => Err("is for printing inks"),
            _ => Err("is of a kind that isn't read here"),
        }
    }

    /// From what a PNG says without an ICC profile.
    pub(super) fn from_png(colour: &PngColour, picture: ColorType) -> Self {
        profile_of(colour).and_then(|profile| Self::from_rgb(&profile, picture)).unwrap_or(Self::None)
    }

    fn from_rgb(profile: &ColorProfile, picture: ColorType) -> Option<Self> {
        let (srgb, options) = (ColorProfile::new_srgb(), TransformOptions::default());
        let eight = profile.create_transform_8bit(Layout::Rgba, &srgb, Layout::Rgba, options).ok()?;
        if changes_nothing(&*eight) {
            return Some(Self::None);
        }
        if picture.bytes_per_pixel() == picture.channel_count() {
            return Some(Self::Eight(eight));
        }
        profile.create_transform_16bit(Layout::Rgba, &srgb, Layout::Rgba, options).ok().map(Self::Sixteen)
    }

    fn from_grey(profile: &ColorProfile) -> Option<Self> {
        let (srgb, options) = (ColorProfile::new_srgb(), TransformOptions::default());
        let transform = profile.create_transform_16bit(Layout::Gray, &srgb, Layout::Rgb, options).ok()?;
        let greys: Vec<u16> = (0..=u16::MAX).collect();
        let mut colours = vec![0; 3 * greys.len()];
        transform.transform(&greys, &mut colours).ok()?;
        Some(Self::Grey(colours.iter().skip(1).step_by(3).copied().collect()))
    }

    /// The picture in sRGB.
    pub(super) fn apply(&self, image: DynamicImage) -> DynamicImage {
        match self {
            Self::None => image,
            Self::Eight(transform) => {
                let mut rgba = image.into_rgba8();
                run(&**transform, &mut rgba);
                DynamicImage::ImageRgba8(rgba)
            }
            Self::Sixteen(transform) => {
                let mut rgba = image.into_rgba16();
                run(&**transform, &mut rgba);
                DynamicImage::ImageRgba16(rgba)
            }
            Self::Grey(seen) => {
                let mut grey = image.into_luma_alpha16();
                grey.pixels_mut().for_each(|pixel| pixel.0[0] = seen[usize::from(pixel.0[0])]);
                DynamicImage::ImageLumaA16(grey)
            }
        }
    }
}

/// The colour space that chunks describe, unless it is sRGB anyway or makes no sense.
fn profile_of(colour: &PngColour) -> Option<ColorProfile> {
    if let Some([primaries, transfer]) = colour.cicp {
        let transfer_characteristics = TransferCharacteristics::try_from(transfer).ok()?;
        // Light beyond white, which a drawing has no use for.
        let too_bright = [TransferCharacteristics::Smpte2084, TransferCharacteristics::Hlg];
        let cicp = CicpProfile {
            color_primaries: CicpColorPrimaries::try_from(primaries).ok()?,
            transfer_characteristics,
            matrix_coefficients: MatrixCoefficients::Identity,
            full_range: true,
        };
        let profile = ColorProfile::new_from_cicp(cicp);
        return (!too_bright.contains(&transfer_characteristics) && profile.red_trc.is_some()).then_some(profile);
    }
    if colour.srgb {
        return None;
    }
    let gamma =
        colour.gamma.filter(|gamma| (0.01..100.0).contains(gamma) && (gamma / SRGB_GAMMA - 1.0).abs() > GAMMA_SLACK);
    let chromaticities = colour.chromaticities.filter(|values| {
        let off = values.iter().zip(SRGB_CHROMATICITIES).any(|(a, b)| (a - b).abs() > 0.002);
        let real = values.chunks_exact(2).all(|xy| xy[1] > 0.0 && xy[0] + xy[1] <= 1.001);
        let [_, _, rx, ry, gx, gy, bx, by] = *values;
        let area = (gx - rx) * (by - ry) - (bx - rx) * (gy - ry);
        off && real && area.abs() > 0.01
    });
    if gamma.is_none() && chromaticities.is_none() {
        return None;
    }
    let mut profile = ColorProfile::new_srgb();
    profile.cicp = None;
    if let Some([wx, wy, rx, ry, gx, gy, bx, by]) = chromaticities {
        let white = XyY { x: wx.into(), y: wy.into(), yb: 1.0 };
        let [red, green, blue] = [(rx, ry), (gx, gy), (bx, by)].map(|(x, y)| Chromaticity::new(x, y));
        profile.update_rgb_colorimetry(white, ColorPrimaries { red, green, blue });
    }
    if let Some(gamma) = gamma {
        let curve = Some(ToneReprCurve::Parametric(vec![1.0 / gamma]));
        (profile.red_trc, profile.green_trc, profile.blue_trc) = (curve.clone(), curve.clone(), curve);
    }
    Some(profile)
}

/// Converts pixels where they are.
fn run<T: Copy + Default>(transform: &(dyn TransformExecutor<T> + Send + Sync), pixels: &mut [T]) {
    let mut before = [T::default(); 4 * RUN];
    for pixels in pixels.chunks_mut(4 * RUN) {
        let before = &mut before[..pixels.len()];
        before.copy_from_slice(pixels);
        // Fails only for lengths that are no whole pixels.
        let _ = transform.transform(before, pixels);
    }
}

/// True for sRGB by another name: most profiles that paint programs write are.
fn changes_nothing(transform: &(dyn TransformExecutor<u8> + Send + Sync)) -> bool {
    let steps = (0..9).map(|i| (i * 255 / 8) as u8);
    let colours = steps.clone().flat_map(|r| {
        let steps = steps.clone();
        steps.clone().flat_map(move |g| steps.clone().flat_map(move |b| [r, g, b, 255]))
    });
    let before: Vec<u8> = colours.collect();
    let mut after = before.clone();
    transform.transform(&before, &mut after).is_ok() && before.iter().zip(&after).all(|(a, b)| a.abs_diff(*b) <= 1)
}
