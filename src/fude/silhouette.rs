//! The figure's own silhouette in a cut-out drawing: what is drawn, less the line around it.
//!
//! A cut-out drawing says to the pixel where something is drawn; the detector, which sees it small, says only about where
//! the figure is. But about the width of the line that is drawn around it all of the border's pixels speak together.

use crate::picture::distance::distances;

/// The detector lets figures begin too deep by so much of what it sees as one pixel: measured on figures without lines.
const CAUTION: f32 = 0.1;

/// Which pixels of a drawing of this size show the figure: the `drawn` ones, less the outermost as far as the detector
/// holds most of them for none of the figure (`believed` is asked of drawn pixels alone). It sees `cell_px` of the
/// drawing's pixels as one, and no line is taken for wider than that.
pub(super) fn figure(
    [width, height]: [usize; 2],
    drawn: &[bool],
    cell_px: f32,
    believed: impl Fn(usize) -> bool,
) -> Vec<bool> {
    let beside: Vec<bool> = drawn.iter().map(|drawn| !drawn).collect();
    let mut depths = distances(&beside, width);
    for (i, depth) in depths.iter_mut().enumerate() {
        // Nothing is drawn beyond the edges.
        let (x, y) = (i % width, i / width);
        *depth = depth.min((x + 1).min(y + 1).min(width - x).min(height - y) as f64);
    }
    let mut rings = vec![(0u32, 0u32); cell_px.max(1.0) as usize + 1];
    for (i, depth) in depths.iter().enumerate() {
        // The outermost pixels are one away from what is not drawn.
        let ring = (*depth as usize).checked_sub(1).and_then(|ring| rings.get_mut(ring));
        if let Some((seen, of_figure)) = ring {
            *seen += 1;
            *of_figure += u32::from(believed(i));
        }
    }
    let shares: Vec<f32> = rings.iter().map(|&(seen, of_figure)| of_figure as f32 / seen.max(1) as f32).collect();
    let line = (half_way(&shares) - CAUTION * cell_px).round().max(0.0);
    depths.iter().map(|depth| *depth > f64::from(line)).collect()
}

/// How deep the shares of rings of pixels rise to a half; 0 where they don't, or begin there.
fn half_way(shares: &[f32]) -> f32 {
    let pair = shares.windows(2).position(|pair| pair[0] < 0.5 && pair[1] >= 0.5);
    // A ring stands for the depth of its middle.
    pair.map_or(0.0, |i| i as f32 + 0.5 + (0.5 - shares[i]) / (shares[i + 1] - shares[i]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A square of 40 pixels in 60, and whether a pixel lies `deep` in it.
    fn square(deep: usize) -> Vec<bool> {
        let within = |v: usize| (10 + deep..50 - deep).contains(&v);
        (0..3600).map(|i| within(i % 60) && within(i / 60)).collect()
    }

    #[test]
    fn the_line_around_a_figure_is_told_from_it() {
        let drawn = square(0);
        for line in 0..4 {
            // Single pixels are wrong, here one in five.
            let wrong = |i: usize| ((i * 2_654_435_761) >> 16).is_multiple_of(5);
            let believed = |i: usize| square(line)[i] != wrong(i);
            assert!(figure([60, 60], &drawn, 4.0, believed) == square(line), "{line}");
        }
        // Whom the detector doesn't know has no line.
        assert!(figure([60, 60], &drawn, 4.0, |_| false) == drawn);
        assert!(figure([60, 60], &drawn, 4.0, |_| true) == drawn);
        assert!(figure([60, 60], &[false; 3600], 4.0, |_| true).iter().all(|there| !there));
    }
}
