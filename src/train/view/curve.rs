//! Lines of plots that never hold more than a plot shows.

/// Most points of a line.
const MOST: usize = 1024;
/// How much of the mean so far stays at each point of a smoothed line.
const SMOOTHED: f64 = 0.9;

/// A line of a plot. Where more values come than it may hold, neighbours are taken together: a point is the mean of so many
/// values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curve {
    points: Vec<[f64; 2]>,
    /// Values to a point, less one.
    more: usize,
    /// Those that are no point yet: their number and sums.
    open: (usize, [f64; 2]),
}

impl Curve {
    /// Steps and values.
    pub fn points(&self) -> &[[f64; 2]] {
        &self.points
    }

    /// The last point's value.
    pub fn last(&self) -> Option<f64> {
        self.points.last().map(|point| point[1])
    }

    /// The same, each value drawn to the mean of those before.
    pub fn smoothed(&self) -> Vec<[f64; 2]> {
        let mut mean = None;
        let mut smooth = |v: f64| *mean.insert(mean.map_or(v, |m: f64| SMOOTHED * m + (1.0 - SMOOTHED) * v));
        self.points.iter().map(|&[step, value]| [step, smooth(value)]).collect()
    }

    /// Adds a value; what is no number is left out.
    pub(super) fn add(&mut self, step: u64, value: f64) {
        if !value.is_finite() {
            return;
        }
        let (count, [steps, values]) = self.open;
        self.open = (count + 1, [steps + step as f64, values + value]);
        if self.open.0 <= self.more {
            return;
        }
        let (count, sums) = std::mem::take(&mut self.open);
        self.points.push(sums.map(|sum| sum / count as f64));
        if self.points.len() >= MOST {
            let pairs = self.points.chunks(2);
            self.points =
                pairs.map(|pair| [0, 1].map(|i| pair.iter().map(|p| p[i]).sum::<f64>() / pair.len() as f64)).collect();
            self.more = 2 * self.more + 1;
        }
    }

    /// Forgets what came after a step: it is learned once more.
    pub(super) fn forget_after(&mut self, step: u64) {
        self.points.retain(|point| point[0] <= step as f64);
        self.open = Default::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_of_any_length_stays_small_and_keeps_its_shape() {
        let mut curve = Curve::default();
        for step in 0..200_000u64 {
            curve.add(step, step as f64 * 2.0);
            assert!(curve.points().len() < MOST);
        }
        curve.add(1, f64::NAN);
        let points = curve.points();
        assert!(points.len() >= MOST / 2 - 1, "{}", points.len());
        assert!(points.windows(2).all(|pair| pair[0][0] < pair[1][0]));
        assert!(points.iter().all(|[step, value]| (value - 2.0 * step).abs() < 1e-6));
        curve.forget_after(100_000);
        assert!(curve.points().last().unwrap()[0] <= 100_000.0);
        assert!(curve.last().is_some() && Curve::default().last().is_none());
    }

    #[test]
    fn smoothing_begins_at_the_first_value() {
        let mut curve = Curve::default();
        [(1, 1.0), (2, 2.0)].into_iter().for_each(|(step, value)| curve.add(step, value));
        assert_eq!(curve.smoothed(), [[1.0, 1.0], [2.0, 0.9 + 0.2]]);
    }
}
