//! How MMD eases from one key to the next.

/// A cubic Bézier curve from (0, 0) to (1, 1) by its two inner points, in 127ths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Curve {
    /// Time and progress of the first point.
    pub first: [u8; 2],
    /// Time and progress of the second point.
    pub second: [u8; 2],
}

impl Curve {
    /// Even progress, as MMD writes it.
    pub const LINEAR: Self = Self { first: [20, 20], second: [107, 107] };

    /// The largest number of a point.
    pub const MOST: u8 = 127;

    /// The progress at a share of the time, both in [0, 1].
    pub fn at(self, time: f64) -> f64 {
        let [x1, y1] = self.first.map(|v| f64::from(v.min(Self::MOST)) / f64::from(Self::MOST));
        let [x2, y2] = self.second.map(|v| f64::from(v.min(Self::MOST)) / f64::from(Self::MOST));
        let time = time.clamp(0.0, 1.0);
        if x1 == y1 && x2 == y2 {
            return time;
        }
        let bezier = |a: f64, b: f64, s: f64| {
            let r = 1.0 - s;
            3.0 * r * r * s * a + 3.0 * r * s * s * b + s * s * s
        };
        // x never steps back while s grows, so that halving finds it.
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..40 {
            let middle = (low + high) / 2.0;
            if bezier(x1, x2, middle) < time {
                low = middle;
            } else {
                high = middle;
            }
        }
        bezier(y1, y2, (low + high) / 2.0)
    }
}

impl Default for Curve {
    fn default() -> Self {
        Self::LINEAR
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_begin_and_end_where_they_should_and_never_step_back_in_time() {
        for points in [[20, 20, 107, 107], [0, 0, 127, 127], [127, 0, 0, 127], [42, 0, 85, 127], [0, 127, 127, 0]] {
            let curve = Curve { first: [points[0], points[1]], second: [points[2], points[3]] };
            assert!(curve.at(0.0).abs() < 1e-6 && (curve.at(1.0) - 1.0).abs() < 1e-6, "{points:?}");
            assert_eq!((curve.at(-3.0), curve.at(9.0)), (curve.at(0.0), curve.at(1.0)));
        }
        let slow = Curve { first: [64, 0], second: [64, 127] };
        assert!((slow.at(0.5) - 0.5).abs() < 0.01 && slow.at(0.25) < 0.2 && slow.at(0.75) > 0.8);
        assert_eq!(Curve::LINEAR.at(0.3), 0.3);
    }
}
