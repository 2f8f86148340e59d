//! The Ultra-Dense Pose image: per pixel, which point of the T-posed surface is seen.

/// H×W×4 float32, row-major from the top: landmark x, y, z and occupancy, all in [0, 1]. Where occupancy is 0, so is the landmark.
#[derive(Clone, Debug, PartialEq)]
pub struct Udp {
    /// Width in pixels.
    pub width_px: u32,
    /// Height in pixels.
    pub height_px: u32,
    /// `width_px · height_px` pixels.
    pub pixels: Vec<[f32; 4]>,
}

impl Udp {
    /// An empty one: nothing is seen anywhere.
    pub fn new(width_px: u32, height_px: u32) -> Self {
        Self { width_px, height_px, pixels: vec![[0.0; 4]; width_px as usize * height_px as usize] }
    }

    /// The pixel in column `x` of row `y`. Panics outside the image, as slices do.
    pub fn at(&self, x: u32, y: u32) -> [f32; 4] {
        self.pixels[y as usize * self.width_px as usize + x as usize]
    }

    /// How many pixels show a point of the surface.
    pub fn surface_points(&self) -> usize {
        self.pixels.iter().filter(|p| p[3] > 0.5).count()
    }
}
