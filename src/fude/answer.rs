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
    /// Reads the channels of a pixel at S/2.
    pub fn of(pixel: &[f32]) -> Self {
        Self {
            landmark: [0, 1, 2].map(|axis| place(&pixel[axis * BINS..][..BINS])),
            mask: sigmoid(pixel[MASK]),
            spread: pixel[SPREAD].clamp(SPREADS[0], SPREADS[1]).exp(),
        }
    }
}

/// Makes the channels of a pixel at S/2 the mean of them and of those of the same place in the mirrored picture, where left
/// is right and the body's left its right: the roots of both likelihoods, multiplied.
pub fn add_mirrored(said: &mut [f32], mirrored: &[f32]) {
    let back = |channel: usize| if channel < BINS { BINS - 1 - channel } else { channel };
    said.iter_mut().enumerate().for_each(|(channel, said)| *said = 0.5 * (*said + mirrored[back(channel)]));
}

/// The same of directions.
pub fn add_mirrored_yaws(said: &mut [f32], mirrored: &[f32]) {
    said.iter_mut().enumerate().for_each(|(i, said)| *said = 0.5 * (*said + mirrored[(YAWS - i) % YAWS]));
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
        let mut said = peaked(4);
        add_mirrored(&mut said, &peaked(BINS - 1 - 4));
        assert_eq!(said, peaked(4));
        let towards = |i: usize| -> [f32; YAWS] { std::array::from_fn(|at| if at == i { 8.0 } else { 0.0 }) };
        for (said, mirrored) in [(2, 6), (0, 0), (4, 4), (7, 1)] {
            let mut yaws = towards(said);
            add_mirrored_yaws(&mut yaws, &towards(mirrored));
            assert_eq!(yaws, towards(said));
        }
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
