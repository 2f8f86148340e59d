//! One pixel for four: how pictures become smaller.

use super::Picture;

/// Half as wide and half as high, at least one pixel.
pub(crate) fn halved(from: &Picture) -> Picture {
    let mut to = Picture::new((from.width_px / 2).max(1), (from.height_px / 2).max(1));
    for y in 0..to.height_px {
        let rows = [y * 2, (y * 2 + 1).min(from.height_px - 1)];
        for x in 0..to.width_px {
            let columns = [x * 2, (x * 2 + 1).min(from.width_px - 1)];
            *to.at_mut(x, y) = mean([(0, 0), (1, 0), (0, 1), (1, 1)].map(|(i, j)| from.at(columns[i], rows[j])));
        }
    }
    to
}

/// The mean of four pixels, colours weighted by alpha so that what is transparent bleeds into nothing.
pub(crate) fn mean(texels: [[u8; 4]; 4]) -> [u8; 4] {
    let alpha: u32 = texels.iter().map(|t| u32::from(t[3])).sum();
    let channel = |channel: usize| {
        let value = |t: &[u8; 4]| u32::from(t[channel]);
        let weighted = texels.iter().map(|t| value(t) * u32::from(t[3])).sum::<u32>() + alpha / 2;
        weighted.checked_div(alpha).unwrap_or_else(|| (texels.iter().map(value).sum::<u32>() + 2) / 4) as u8
    };
    [channel(0), channel(1), channel(2), ((alpha + 2) / 4) as u8]
}
