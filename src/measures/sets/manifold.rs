//! Precision and recall of Kynkäänniemi et al. 2019.

use super::apart_squared;
use rayon::prelude::*;

/// How much of what was made looks real, and how much of what is real was made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PrecisionRecall {
    /// The share of made features that lie among the real ones.
    pub precision: f64,
    /// The share of real features that lie among the made ones.
    pub recall: f64,
}

/// A feature lies among others where it is no further from one of these than that one is from its `nearest`-th neighbour
/// (the authors take 3). `None`: a set has no more than `nearest`.
///
/// # Panics
/// When features are not equally long.
pub fn precision_recall(real: &[Vec<f32>], made: &[Vec<f32>], nearest: usize) -> Option<PrecisionRecall> {
    let reach = |set: &[Vec<f32>]| -> Option<Vec<f64>> {
        let of = |(i, feature): (usize, &Vec<f32>)| {
            let others = set.iter().enumerate().filter(|(j, _)| *j != i);
            let mut apart: Vec<f64> = others.map(|(_, other)| apart_squared(feature, other)).collect();
            apart.sort_by(f64::total_cmp);
            nearest.checked_sub(1).and_then(|at| apart.get(at).copied())
        };
        set.par_iter().enumerate().map(of).collect()
    };
    let (of_real, of_made) = (reach(real)?, reach(made)?);
    let share = |of: &[Vec<f32>], among: &[Vec<f32>], reach: &[f64]| {
        let lies =
            |feature: &&Vec<f32>| among.iter().zip(reach).any(|(other, reach)| apart_squared(feature, other) <= *reach);
        of.par_iter().filter(lies).count() as f64 / of.len() as f64
    };
    let some = !real.is_empty() && !made.is_empty();
    some.then(|| PrecisionRecall { precision: share(made, real, &of_real), recall: share(real, made, &of_made) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on_a_line(places: &[f32]) -> Vec<Vec<f32>> {
        places.iter().map(|place| vec![*place, 1.0]).collect()
    }

    #[test]
    fn what_lies_among_others_is_counted() {
        let real = on_a_line(&[0.0, 1.0, 2.0, 3.0]);
        let of = |made: &[f32]| precision_recall(&real, &on_a_line(made), 1);
        assert_eq!(of(&[0.0, 1.0, 2.0, 3.0]), Some(PrecisionRecall { precision: 1.0, recall: 1.0 }));
        // Two near the real ones, which they don't cover; two far away.
        assert_eq!(of(&[0.4, 0.5, 80.0, 80.1]), Some(PrecisionRecall { precision: 0.5, recall: 0.0 }));
        // One place alone, at which two of four are.
        assert_eq!(of(&[0.5, 1.5]), Some(PrecisionRecall { precision: 1.0, recall: 0.75 }));
        assert_eq!(of(&[80.0, 90.0]), Some(PrecisionRecall { precision: 0.0, recall: 0.0 }));
        assert_eq!(of(&[1.0]), None);
        assert_eq!(precision_recall(&real, &real, 4), None);
        assert!(precision_recall(&real, &real, 3).is_some());
    }
}
