//! Which marked pixel is nearest to each, and how far away: exact Euclidean distances in pixels, in time that grows with
//! the pixels alone (Felzenszwalb & Huttenlocher 2012, "Distance transforms of sampled functions").

use rayon::prelude::*;

/// Nothing is marked.
pub const NONE: u32 = u32::MAX;

/// For every pixel, row-major, in rows of `width` (at least one), the index of a nearest marked one; [`NONE`] where nothing
/// is marked.
pub fn nearest(marked: &[bool], width: usize) -> Vec<u32> {
    let mut nearest = along_columns(marked, width);
    nearest
        .par_chunks_exact_mut(width)
        .enumerate()
        .for_each_init(Vec::new, |lowest, (y, row)| along_row(row, y, lowest));
    nearest
}

/// How far that is, in pixels; infinite where none is marked.
pub fn distances(marked: &[bool], width: usize) -> Vec<f64> {
    let away = |(i, nearest): (usize, u32)| match nearest {
        NONE => f64::INFINITY,
        nearest => {
            let [x, y] = [i % width, i / width].map(|at| at as f64);
            let [near_x, near_y] = [nearest as usize % width, nearest as usize / width].map(|at| at as f64);
            ((x - near_x).powi(2) + (y - near_y).powi(2)).sqrt()
        }
    };
    nearest(marked, width).into_par_iter().enumerate().map(away).collect()
}

/// The row of the nearest marked pixel of the same column.
fn along_columns(marked: &[bool], width: usize) -> Vec<u32> {
    let mut rows = Vec::with_capacity(marked.len());
    for (y, row) in (0..).zip(marked.chunks_exact(width)) {
        for marked in row {
            // Of the row above, as many places back as there are in a row.
            let above = rows.len().checked_sub(width).map_or(NONE, |above| rows[above]);
            rows.push(if *marked { y } else { above });
        }
    }
    let away = |row: u32, y: usize| if row == NONE { NONE } else { row.abs_diff(y as u32) };
    for y in (1..marked.len() / width).rev() {
        let (above, below) = rows.split_at_mut(y * width);
        for (mine, below) in above[(y - 1) * width..].iter_mut().zip(below) {
            if away(*below, y - 1) < away(*mine, y - 1) {
                *mine = *below;
            }
        }
    }
    rows
}

/// A column's parabola over a row: how high it is there, and from where on it is the lowest.
struct Parabola {
    column: usize,
    height: f64,
    from: f64,
}

/// The lower envelope of a parabola over each column: the nearest in the plane out of those within columns.
fn along_row(row: &mut [u32], y: usize, lowest: &mut Vec<Parabola>) {
    lowest.clear();
    for (column, up) in row.iter().enumerate().filter(|(_, up)| **up != NONE) {
        let height = f64::from(up.abs_diff(y as u32)).powi(2);
        let mut from = f64::NEG_INFINITY;
        while let Some(before) = lowest.last() {
            let (p, q) = (column as f64, before.column as f64);
            from = (height + p * p - before.height - q * q) / (2.0 * (p - q));
            if from > before.from {
                break;
            }
            lowest.pop();
            from = f64::NEG_INFINITY;
        }
        lowest.push(Parabola { column, height, from });
    }
    let (width, mut x) = (row.len(), 0);
    let found: Vec<u32> = lowest.iter().map(|own| row[own.column] * width as u32 + own.column as u32).collect();
    for (i, nearest) in found.into_iter().enumerate() {
        let to = lowest.get(i + 1).map_or(width, |next| (next.from.ceil().max(0.0) as usize).min(width));
        if x < to {
            row[x..to].fill(nearest);
            x = to;
        }
    }
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
            let indices = super::nearest(marked, width);
            prop_assert!(indices.iter().all(|index| *index == NONE || marked[*index as usize]));
        }
    }
}
