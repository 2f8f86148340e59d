//! The figure's own silhouette in a cut-out drawing: what is drawn, less the line around it.
//!
//! A cut-out drawing says to the pixel where something is drawn; the detector, which sees it small, says only about where
//! the figure is. But about the width of the line that is drawn around it all of the border's pixels speak together.

/// Steps along an axis and across, in thirds of a pixel (Borgefors 1986).
const STRAIGHT: u32 = 3;
const ACROSS: u32 = 4;

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
    let depths = depths([width, height], drawn);
    let mut rings = vec![(0u32, 0u32); cell_px.max(1.0) as usize + 1];
    for (i, depth) in depths.iter().enumerate() {
        // The outermost pixels are a step away from what is not drawn.
        let ring = (depth / STRAIGHT).checked_sub(1).and_then(|ring| rings.get_mut(ring as usize));
        if let Some((seen, of_figure)) = ring {
            *seen += 1;
            *of_figure += u32::from(believed(i));
        }
    }
    let shares: Vec<f32> = rings.iter().map(|&(seen, of_figure)| of_figure as f32 / seen.max(1) as f32).collect();
    let line = (half_way(&shares) - CAUTION * cell_px).round().max(0.0) as u32;
    // What lies diagonally behind the line is kept.
    depths.iter().map(|depth| *depth > line * STRAIGHT).collect()
}

/// How deep the shares of rings of pixels rise to a half; 0 where they don't, or begin there.
fn half_way(shares: &[f32]) -> f32 {
    let pair = shares.windows(2).position(|pair| pair[0] < 0.5 && pair[1] >= 0.5);
    // A ring stands for the depth of its middle.
    pair.map_or(0.0, |i| i as f32 + 0.5 + (0.5 - shares[i]) / (shares[i + 1] - shares[i]))
}

/// How far each pixel is from the nearest that is not drawn, in thirds of a pixel; nothing is drawn beyond the edges.
fn depths([width, height]: [usize; 2], drawn: &[bool]) -> Vec<u32> {
    let mut depths: Vec<u32> = drawn.iter().map(|&drawn| if drawn { u32::MAX / 2 } else { 0 }).collect();
    let mut pass = |order: &mut dyn Iterator<Item = (usize, usize)>, back: i64| {
        for (x, y) in order {
            let i = y * width + x;
            if depths[i] == 0 {
                continue;
            }
            let at = |dx: i64, dy: i64| {
                let (x, y) = (x as i64 + dx * back, y as i64 + dy * back);
                let within = (0..width as i64).contains(&x) && (0..height as i64).contains(&y);
                if within { depths[y as usize * width + x as usize] } else { 0 }
            };
            let near = [at(-1, 0) + STRAIGHT, at(0, -1) + STRAIGHT, at(-1, -1) + ACROSS, at(1, -1) + ACROSS];
            depths[i] = near.into_iter().fold(depths[i], u32::min);
        }
    };
    pass(&mut (0..height).flat_map(|y| (0..width).map(move |x| (x, y))), 1);
    pass(&mut (0..height).rev().flat_map(|y| (0..width).rev().map(move |x| (x, y))), -1);
    depths
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

    #[test]
    fn depths_are_distances_about() {
        let depths = depths([60, 60], &square(0));
        assert_eq!([depths[0], depths[10 * 60 + 30], depths[12 * 60 + 30], depths[30 * 60 + 30]], [0, 3, 9, 60]);
    }
}
