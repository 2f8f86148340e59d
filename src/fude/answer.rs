//! What the numbers of an answer mean. An axis of a landmark is a choice among places along it: between front and back
//! the mean is no place on the body, so the answer is the mean around the likeliest place alone.

/// Places along an axis: the first at 0, the last at 1.
pub const BINS: usize = 16;

/// Channels of the answer at S/16: places of three axes, mask.
pub const COARSE: usize = 3 * BINS + 1;

/// Channels of the answer at S/2: places of three axes, mask, spread.
pub const FINE: usize = COARSE + 1;

/// Where the first answer lies, from the picture's edge in answers: each is of the second of two pixels, not of both.
pub const CENTRE: f32 = 0.75;

/// Channel of the mask.
pub const MASK: usize = 3 * BINS;

/// Channel of the spread.
pub const SPREAD: usize = MASK + 1;

/// Directions around the body, the first its front, then by way of its left.
pub const YAWS: usize = 8;

/// Limits of the spread, as a logarithm.
pub const SPREADS: [f32; 2] = [-6.0, 1.0];

/// What one pixel's numbers say.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Answer {
    /// The place of the body.
    pub landmark: [f32; 3],
    /// How likely the figure is there.
    pub mask: f32,
    /// How far off the landmark is thought to be.
    pub spread: f32,
}

impl Answer {
    /// Reads the channels of a pixel at S/2, and those of the same place in the mirrored picture: the likelihoods of both
    /// multiplied, of their roots.
    pub fn of_both(pixel: &[f32], mirrored: &[f32]) -> Self {
        // Left is right there, and the body's left its right.
        let back = |channel: usize| if channel < BINS { BINS - 1 - channel } else { channel };
        let mean: [f32; FINE] = std::array::from_fn(|channel| 0.5 * (pixel[channel] + mirrored[back(channel)]));
        Self::of(&mean)
    }

    /// Reads the channels of a pixel at S/2.
    pub fn of(pixel: &[f32]) -> Self {
        Self {
            landmark: [0, 1, 2].map(|axis| place(&pixel[axis * BINS..][..BINS])),
            mask: sigmoid(pixel[MASK]),
            spread: pixel[SPREAD].clamp(SPREADS[0], SPREADS[1]).exp(),
        }
    }
}

/// `1 / (1 + e^−x)`.
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

/// The two places that lie around a value, and the second's share.
pub fn around(value: f32) -> (usize, f32) {
    let at = value.clamp(0.0, 1.0) * (BINS - 1) as f32;
    let first = (at as usize).min(BINS - 2);
    (first, at - first as f32)
}

/// The place along an axis: the mean of the likeliest bin and its neighbours.
pub fn place(bins: &[f32]) -> f32 {
    let best = (0..BINS).max_by(|&a, &b| bins[a].total_cmp(&bins[b])).unwrap_or(0);
    let (mut total, mut sum) = (0.0, 0.0);
    for i in best.saturating_sub(1)..(best + 2).min(BINS) {
        let share = (bins[i] - bins[best]).exp();
        total += share;
        sum += share * i as f32;
    }
    sum / (total * (BINS - 1) as f32)
}

/// How likely each direction is, together 1.
pub fn view_shares(yaws: [f32; YAWS]) -> [f32; YAWS] {
    let most = yaws.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let shares = yaws.map(|v| (v - most).exp());
    let total: f32 = shares.iter().sum();
    shares.map(|share| share / total)
}

/// The mean of what a picture says of directions and what its mirrored one does.
pub fn yaws_of_both(yaws: [f32; YAWS], mirrored: [f32; YAWS]) -> [f32; YAWS] {
    std::array::from_fn(|i| 0.5 * (yaws[i] + mirrored[(YAWS - i) % YAWS]))
}

/// The direction that the body is seen from, degrees from its front by way of its left, and how sure that is (0 to 1).
pub fn view_deg(yaws: [f32; YAWS]) -> (f32, f32) {
    let (mut x, mut y) = (0.0, 0.0);
    for (i, share) in view_shares(yaws).iter().enumerate() {
        let (sine, cosine) = (i as f32 * std::f32::consts::TAU / YAWS as f32).sin_cos();
        (x, y) = (x + share * cosine, y + share * sine);
    }
    (y.atan2(x).to_degrees(), x.hypot(y))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_between_two_bins_is_read_as_it_was_written() {
        for value in [0.0f32, 0.02, 0.31, 0.5, 0.777, 1.0] {
            let (first, share) = around(value);
            let mut bins = [-20.0; BINS];
            bins[first] = (1.0 - share).max(1e-9).ln();
            bins[first + 1] = share.max(1e-9).ln();
            assert!((place(&bins) - value).abs() < 1e-5, "{value}");
        }
    }

    #[test]
    fn between_front_and_back_one_is_chosen() {
        let mut bins = [-20.0; BINS];
        (bins[3], bins[12]) = (1.0, 0.9);
        assert!((place(&bins) - 3.0 / 15.0).abs() < 1e-5);
    }

    #[test]
    fn what_a_mirror_shows_is_turned_back() {
        let peaked = |x: usize| -> [f32; FINE] {
            std::array::from_fn(|c| if [x, BINS + 3, 2 * BINS + 9].contains(&c) { 9.0 } else { 0.0 })
        };
        let answer = Answer::of_both(&peaked(4), &peaked(BINS - 1 - 4));
        assert_eq!(answer, Answer::of(&peaked(4)));
        let mut left = [0.0; YAWS];
        left[2] = 8.0;
        let mut right = [0.0; YAWS];
        right[6] = 8.0;
        assert_eq!(yaws_of_both(left, right), left);
        let mut back = [0.0; YAWS];
        back[4] = 8.0;
        assert_eq!(yaws_of_both(back, back), back);
    }

    #[test]
    fn views_go_round() {
        for i in 0..YAWS {
            let mut yaws = [0.0; YAWS];
            yaws[i] = 12.0;
            let (angle, sure) = view_deg(yaws);
            let away = (angle - 45.0 * i as f32).rem_euclid(360.0);
            assert!(away.min(360.0 - away) < 0.1 && sure > 0.99);
        }
        assert!(view_deg([0.0; YAWS]).1 < 1e-6);
    }
}
