//! How far each pixel is from the next that is marked: the exact Euclidean distance in pixels, in time that grows with
//! the pixels alone (Felzenszwalb & Huttenlocher 2012, "Distance transforms of sampled functions").

use rayon::prelude::*;

/// Of every pixel, row-major, in rows of `width` (at least one); infinite where none is marked.
pub fn distances(marked: &[bool], width: usize) -> Vec<f64> {
    let mut squares = along_columns(marked, width);
    squares.par_chunks_exact_mut(width).for_each(along_row);
    squares.par_iter_mut().for_each(|v| *v = v.sqrt());
    squares
}

/// Squared distances up and down.
fn along_columns(marked: &[bool], width: usize) -> Vec<f64> {
    let mut away: Vec<f64> = marked.iter().map(|marked| if *marked { 0.0 } else { f64::INFINITY }).collect();
    for i in width..away.len() {
        away[i] = away[i].min(away[i - width] + 1.0);
    }
    for i in (0..away.len().saturating_sub(width)).rev() {
        away[i] = away[i].min(away[i + width] + 1.0);
    }
    away.iter_mut().for_each(|v| *v *= *v);
    away
}

/// The lower envelope of a parabola over each column: squared distances in the plane out of those within columns.
fn along_row(row: &mut [f64]) {
    // Which columns' parabolas are lowest, and from where on each is.
    let mut lowest: Vec<(usize, f64)> = vec![];
    for (x, height) in row.iter().enumerate().filter(|(_, height)| height.is_finite()) {
        let mut from = f64::NEG_INFINITY;
        while let Some(&(before, since)) = lowest.last() {
            let (p, q) = (x as f64, before as f64);
            from = (height + p * p - row[before] - q * q) / (2.0 * (p - q));
            if from > since {
                break;
            }
            lowest.pop();
            from = f64::NEG_INFINITY;
        }
        lowest.push((x, from));
    }
    let mut at = 0;
    let nearest = |x: usize| {
        while lowest.get(at + 1).is_some_and(|next| next.1 <= x as f64) {
            at += 1;
        }
        lowest.get(at).map_or(f64::INFINITY, |(column, _)| (x as f64 - *column as f64).powi(2) + row[*column])
    };
    let squares: Vec<f64> = (0..row.len()).map(nearest).collect();
    row.copy_from_slice(&squares);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn distances_are_those_that_trying_all_finds(
            width in 1usize..14,
            marked in prop::collection::vec(prop::bool::weighted(0.1), 1..120),
        ) {
            let marked = &marked[..marked.len() / width * width];
            let found = distances(marked, width);
            for (i, found) in found.into_iter().enumerate() {
                let (x, y) = (i % width, i / width);
                let all = (0..marked.len()).filter(|j| marked[*j]);
                let nearest = all.map(|j| ((j % width) as f64 - x as f64).hypot((j / width) as f64 - y as f64));
                let nearest = nearest.fold(f64::INFINITY, f64::min);
                prop_assert!(found == nearest || (found - nearest).abs() < 1e-9, "{found} {nearest}");
            }
        }
    }
}
