//! Colours as networks that invent have them: −1 (none of it) to 1.

use super::Picture;

/// A pixel's colours; what it hides counts as much as what it shows.
fn signed([r, g, b, _]: [u8; 4]) -> [f32; 3] {
    [r, g, b].map(|v| f32::from(v) / 127.5 - 1.0)
}

/// The opaque pixel of these colours; beyond −1 and 1 they are cut.
pub fn of_signed(colours: [f32; 3]) -> [u8; 4] {
    let [r, g, b] = colours.map(|v| ((v + 1.0) * 127.5).round().clamp(0.0, 255.0) as u8);
    [r, g, b, 255]
}

impl Picture {
    /// A square one, opaque, of colours of −1 to 1, row by row from the top.
    pub fn of_signed(side_px: usize, colours: impl IntoIterator<Item = [f32; 3]>) -> Self {
        let side = side_px as u32;
        Self { width_px: side, height_px: side, pixels: colours.into_iter().map(of_signed).collect() }
    }

    /// Its colours, −1 to 1, row by row from the top.
    pub fn signed(&self) -> Vec<[f32; 3]> {
        self.pixels.iter().copied().map(signed).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_what_was_written() {
        let all = (0..=255).map(|v| [v, 255 - v, v / 2, 255]);
        assert!(all.clone().map(|pixel| of_signed(signed(pixel))).eq(all));
        assert_eq!(
            [of_signed([-9.0, 0.0, 9.0]), of_signed([-1.0, 1.0, 0.5])],
            [[0, 128, 255, 255], [0, 255, 191, 255]]
        );
        let picture = Picture::of_signed(2, [[-1.0; 3], [1.0; 3], [0.0; 3], [0.5; 3]]);
        assert_eq!((picture.width_px, picture.height_px), (2, 2));
        assert!(
            picture
                .signed()
                .iter()
                .flatten()
                .zip([-1.0f32, 1.0, 0.0, 0.5].map(|v| [v; 3]).as_flattened())
                .all(|(a, b)| (a - b).abs() < 0.005)
        );
    }
}
