//! How MMD eases from one key to the next.

/// A cubic Bézier curve from (0, 0) to (1, 1) by its two inner points, in 127ths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
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
        bezier([y1, y2], place([x1, x2], time))
    }

    /// The curve that goes nearest to this progress at these times, all in [0, 1]. It never overshoots: curves of MMD can't.
    pub(super) fn fitted(points: &[[f64; 2]]) -> Self {
        if points.iter().all(|[time, progress]| (time - progress).abs() < STRAIGHT) {
            return Self::LINEAR;
        }
        let off =
            |curve: &Self| points.iter().map(|[time, progress]| (curve.at(*time) - progress).powi(2)).sum::<f64>();
        let fits = TIMES.into_iter().map(|times| Self::through(times, points)).map(|curve| (off(&curve), curve));
        fits.min_by(|a, b| a.0.total_cmp(&b.0)).map_or(Self::LINEAR, |(_, curve)| curve)
    }

    /// The same with its points at these times: what is left are two numbers, by least squares.
    fn through(times: [u8; 2], points: &[[f64; 2]]) -> Self {
        let x = times.map(|x| f64::from(x) / f64::from(Self::MOST));
        let (mut aa, mut ab, mut bb, mut ar, mut br) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for [time, progress] in points {
            let s = place(x, *time);
            let (a, b) = (3.0 * (1.0 - s).powi(2) * s, 3.0 * (1.0 - s) * s * s);
            let rest = progress - s.powi(3);
            (aa, ab, bb) = (aa + a * a, ab + a * b, bb + b * b);
            (ar, br) = (ar + a * rest, br + b * rest);
        }
        let whole = aa * bb - ab * ab;
        let y1 = if whole > 1e-12 { (ar * bb - br * ab) / whole } else { ar / aa.max(1e-12) };
        let y1 = y1.clamp(0.0, 1.0);
        // The second is the best for the first as it can be.
        let y2 = ((br - ab * y1) / bb.max(1e-12)).clamp(0.0, 1.0);
        let y1 = ((ar - ab * y2) / aa.max(1e-12)).clamp(0.0, 1.0);
        let [y1, y2] = [y1, y2].map(|y| (y * f64::from(Self::MOST)).round() as u8);
        Self { first: [times[0], y1], second: [times[1], y2] }
    }
}

/// Progress that is so near to the time is even.
const STRAIGHT: f64 = 2e-3;
/// Times of both points that are tried for a curve, in 127ths; the first pair makes time even along the curve.
const TIMES: [[u8; 2]; 9] =
    [[42, 85], [20, 107], [64, 64], [64, 107], [20, 64], [85, 107], [20, 42], [107, 107], [20, 20]];

/// A curve's height at a share of its length, by the heights of its two points.
fn bezier([a, b]: [f64; 2], s: f64) -> f64 {
    let r = 1.0 - s;
    3.0 * r * r * s * a + 3.0 * r * s * s * b + s * s * s
}

/// The share of a curve's length at which a time is reached. Time never steps back along it, so that halving finds it.
fn place(x: [f64; 2], time: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..30 {
        let middle = (low + high) / 2.0;
        if bezier(x, middle) < time {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low + high) / 2.0
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
    fn a_curve_is_found_again_by_where_it_goes() {
        for points in [[20, 20, 107, 107], [64, 0, 64, 127], [20, 90, 64, 127], [42, 0, 85, 127], [85, 10, 107, 60]] {
            let curve = Curve { first: [points[0], points[1]], second: [points[2], points[3]] };
            let seen: Vec<[f64; 2]> = (1..12).map(|i| f64::from(i) / 12.0).map(|t| [t, curve.at(t)]).collect();
            let fitted = Curve::fitted(&seen);
            for [time, progress] in seen {
                assert!((fitted.at(time) - progress).abs() < 0.006, "{points:?} {fitted:?}");
            }
        }
        assert_eq!(Curve::fitted(&[]), Curve::LINEAR);
        assert_eq!(Curve::fitted(&[[0.25, 0.25], [0.75, 0.7501]]), Curve::LINEAR);
    }

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
