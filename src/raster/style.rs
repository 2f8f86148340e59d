//! How toon pictures look.

use crate::figure::{Alpha, Material};
use crate::picture::floats::encode_srgb;
use glam::{Mat4, Vec3};
use serde::{Deserialize, Serialize};

/// Settings of the toon pass. Colours here are sRGB, 0 to 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct ToonStyle {
    /// How much of the shade is laid on: 0 flat colours, 1 the full second tone.
    pub shading: f32,
    /// Towards the light, in view space (x right, y up, z towards the viewer); any length.
    pub light: Vec3,
    /// Cosine of the angle between normal and light at which the shade begins.
    pub boundary: f32,
    /// Half the width of the transition, in the same cosine: 0 is a hard edge.
    pub softness: f32,
    /// Multiplier of the colour in shade for materials that bring none.
    pub shade_colour: [f32; 3],
    /// Which surfaces get an outline.
    pub outline: Outlines,
    /// Width of lines that a file doesn't give, metres.
    pub line_width_m: f32,
    /// Lines are at least this wide, so that small pictures keep theirs.
    pub least_line_width_px: f32,
    /// Samples along each side of a pixel: 1, 2 or 4.
    pub samples_per_axis: u32,
}

/// Which surfaces get an outline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Outlines {
    /// None.
    Off,
    /// Those for which the file asks.
    #[default]
    File,
    /// All.
    All,
}

impl Default for ToonStyle {
    fn default() -> Self {
        Self {
            shading: 1.0,
            light: Vec3::new(-0.4, 0.55, 0.75),
            boundary: 0.05,
            softness: 0.03,
            shade_colour: [0.84, 0.77, 0.85],
            outline: Outlines::File,
            line_width_m: 0.0025,
            least_line_width_px: 0.7,
            samples_per_axis: 4,
        }
    }
}

/// The outline of one material.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Line {
    /// sRGB.
    pub(super) colour: [f32; 3],
    /// How far the surface's own colour multiplies it.
    pub(super) surface_mix: f32,
    /// Metres.
    pub(super) width_m: f32,
    /// How much it covers.
    pub(super) alpha: f32,
}

impl ToonStyle {
    /// Samples along each side of a pixel, one of those the passes know.
    pub(super) fn samples(&self) -> u32 {
        match self.samples_per_axis {
            0 | 1 => 1,
            2 => 2,
            _ => 4,
        }
    }

    /// Towards the light in world space, unit length.
    pub(super) fn light_in_world(&self, view: &Mat4) -> Vec3 {
        view.transpose().transform_vector3(self.light).normalize_or_zero()
    }

    /// Cosines between normal and light between which shade turns into light.
    pub(super) fn tones(&self) -> [f32; 2] {
        [self.boundary - self.softness, self.boundary + self.softness.max(1e-6)]
    }

    /// The outline that `material` gets, if any.
    pub(super) fn outline_of(&self, material: &Material) -> Option<Line> {
        // MMD's lines are as strong round what is faint; others fade with their surface.
        let fading = material.alpha == Alpha::Blend && material.mmd.is_none();
        let alpha = if fading { material.base_colour.w } else { 1.0 };
        match (self.outline, material.outline) {
            (Outlines::Off, _) | (Outlines::File, None) => None,
            (_, Some(outline)) => (outline.width_m > 0.0 && outline.colour.w > 0.0).then(|| Line {
                colour: outline.colour.truncate().to_array().map(encode_srgb),
                surface_mix: outline.surface_mix,
                width_m: outline.width_m,
                alpha: outline.colour.w * alpha,
            }),
            // A dark warm version of the surface's own colour, as inkers choose it.
            (Outlines::All, None) => {
                Some(Line { colour: [0.35, 0.26, 0.28], surface_mix: 1.0, width_m: self.line_width_m, alpha })
            }
        }
    }
}
