//! Eigenvalues of symmetric matrices, and the directions that belong to them.

/// So often all pairs of rows are turned at most; a dozen times is enough for hundreds of rows.
const MOST_SWEEPS: usize = 64;

/// All eigenvalues of a symmetric matrix of `side` rows, row by row, in no order: Jacobi's method (1846), each pair of rows
/// turned until nothing is left beside the diagonal.
///
/// # Panics
/// When it is not square.
pub(super) fn of_symmetric(matrix: Vec<f64>, side: usize) -> Vec<f64> {
    turned(matrix, side, |_, _, _| {})
}

/// Eigenvalues as [`of_symmetric`] has them, each with its direction, of length 1: the largest first.
///
/// # Panics
/// When it is not square.
pub(super) fn with_directions(matrix: Vec<f64>, side: usize) -> Vec<(f64, Vec<f64>)> {
    let unit = |i: usize| (0..side).map(|j| if i == j { 1.0 } else { 0.0 }).collect();
    let mut directions: Vec<Vec<f64>> = (0..side).map(unit).collect();
    let values = turned(matrix, side, |p, q, [cosine, sine]| {
        // The first is above the second.
        let (above, below) = directions.split_at_mut(q);
        for (x, y) in above[p].iter_mut().zip(&mut below[0]) {
            (*x, *y) = (cosine * *x - sine * *y, sine * *x + cosine * *y);
        }
    });
    let mut pairs: Vec<(f64, Vec<f64>)> = values.into_iter().zip(directions).collect();
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
    pairs
}

/// What stands on the diagonal when nothing is left beside it; `also` hears of each turn which rows, and its cosine and sine.
fn turned(mut matrix: Vec<f64>, side: usize, mut also: impl FnMut(usize, usize, [f64; 2])) -> Vec<f64> {
    assert_eq!(matrix.len(), side * side);
    let whole: f64 = matrix.iter().map(|v| v * v).sum();
    for _ in 0..MOST_SWEEPS {
        let beside = |(i, v): (usize, &f64)| if i / side == i % side { 0.0 } else { v * v };
        let left: f64 = matrix.iter().enumerate().map(beside).sum();
        if left <= 1e-24 * whole {
            break;
        }
        for p in 0..side {
            for q in p + 1..side {
                if let Some(turn) = turn(&mut matrix, side, p, q) {
                    also(p, q, turn);
                }
            }
        }
    }
    (0..side).map(|i| matrix[i * side + i]).collect()
}

/// Turns rows and columns `p` and `q` so that what is at their crossing becomes zero; answers the turn's cosine and sine.
fn turn(matrix: &mut [f64], side: usize, p: usize, q: usize) -> Option<[f64; 2]> {
    let at = |row: usize, column: usize| row * side + column;
    let crossing = matrix[at(p, q)];
    if crossing == 0.0 {
        return None;
    }
    let (a, b) = (matrix[at(p, p)], matrix[at(q, q)]);
    let slope = (b - a) / (2.0 * crossing);
    let tangent = slope.signum() / (slope.abs() + slope.hypot(1.0));
    let cosine = tangent.hypot(1.0).recip();
    let sine = tangent * cosine;
    for k in 0..side {
        let (x, y) = (matrix[at(k, p)], matrix[at(k, q)]);
        matrix[at(k, p)] = cosine * x - sine * y;
        matrix[at(k, q)] = sine * x + cosine * y;
    }
    for k in 0..side {
        let (x, y) = (matrix[at(p, k)], matrix[at(q, k)]);
        matrix[at(p, k)] = cosine * x - sine * y;
        matrix[at(q, k)] = sine * x + cosine * y;
    }
    Some([cosine, sine])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(matrix: Vec<f64>, side: usize) -> Vec<f64> {
        let mut values = of_symmetric(matrix, side);
        values.sort_by(f64::total_cmp);
        values
    }

    #[test]
    fn they_are_those_that_are_known() {
        let near = |ours: Vec<f64>, known: &[f64]| {
            assert!(ours.iter().zip(known).all(|(a, b)| (a - b).abs() < 1e-12), "{ours:?} for {known:?}");
        };
        near(sorted(vec![2.0, 1.0, 1.0, 2.0], 2), &[1.0, 3.0]);
        near(sorted(vec![5.0, 0.0, 0.0, -3.0], 2), &[-3.0, 5.0]);
        near(sorted(vec![0.0; 9], 3), &[0.0; 3]);
        // The second differences of a string: 2 − 2 cos(kπ / (n + 1)).
        let side = 12;
        let string = |i: usize| match (i / side).abs_diff(i % side) {
            0 => 2.0,
            1 => -1.0,
            _ => 0.0,
        };
        let known: Vec<f64> =
            (1..=side).map(|k| 2.0 - 2.0 * (k as f64 * std::f64::consts::PI / (side + 1) as f64).cos()).collect();
        near(sorted((0..side * side).map(string).collect(), side), &known);
    }
}
