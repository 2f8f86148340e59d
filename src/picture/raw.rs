//! What formats that store plain pixels have in common.

/// Alpha that is zero all over was never meant to be one: programs that know of no alpha leave the byte empty.
pub(super) fn alpha_counts_where_there_is_some(pixels: &mut [[u8; 4]]) {
    if pixels.iter().all(|pixel| pixel[3] == 0) {
        pixels.iter_mut().for_each(|pixel| pixel[3] = 255);
    }
}

/// Divides colours by their alpha.
pub(super) fn straighten(pixels: &mut [[u8; 4]]) {
    for [r, g, b, a] in pixels {
        let alpha = u32::from(*a);
        for colour in [r, g, b] {
            *colour = (u32::from(*colour) * 255 + alpha / 2).checked_div(alpha).map_or(0, |v| v.min(255) as u8);
        }
    }
}
