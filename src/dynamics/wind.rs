//! Wind in gusts: smooth noise that is the same for the same seed.

use super::{STEP_S, Wind};
use glam::Vec3;

/// How a wind speeds up what hangs in it at a step, m/s²; chains feel gusts one after the other.
pub(super) fn at(wind: &Wind, step: i64, chain: u32) -> Vec3 {
    let direction = wind.direction.normalize_or_zero();
    if direction == Vec3::ZERO || !wind.strength.is_finite() {
        return Vec3::ZERO;
    }
    let seconds = step as f64 * f64::from(STEP_S) + 0.13 * f64::from(chain);
    // Slow ones and quick ones over them.
    let gust = 0.7 * noise(wind.seed, 0.6 * seconds) + 0.3 * noise(wind.seed ^ 0x5bd1_e995, 2.3 * seconds);
    direction * wind.strength.clamp(0.0, 1e3) * (1.0 + wind.gusts.clamp(0.0, 1.0) * gust)
}

/// Between −1 and 1, without steps.
fn noise(seed: u32, at: f64) -> f32 {
    let (whole, part) = (at.floor(), (at - at.floor()) as f32);
    let value = |i: i64| {
        let mut hash = (i as u64).wrapping_add(u64::from(seed) << 32).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        hash = (hash ^ (hash >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        ((hash >> 40) as f32 / (1u32 << 23) as f32) - 1.0
    };
    let smooth = part * part * (3.0 - 2.0 * part);
    let (a, b) = (value(whole as i64), value(whole as i64 + 1));
    a + (b - a) * smooth
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gusts_are_the_same_each_time_and_stay_within_bounds() {
        let wind = Wind { direction: Vec3::new(2.0, 0.0, 0.0), strength: 4.0, gusts: 1.0, seed: 3 };
        let blown: Vec<f32> = (0..2000).map(|step| at(&wind, step, 0).x).collect();
        assert_eq!(blown, (0..2000).map(|step| at(&wind, step, 0).x).collect::<Vec<_>>());
        assert!(blown.iter().all(|a| (0.0..=8.0).contains(a)));
        let (least, most) = blown.iter().fold((8.0f32, 0.0f32), |(l, m), &a| (l.min(a), m.max(a)));
        assert!(most - least > 2.0, "{least} to {most}");
        assert!(blown.windows(2).all(|pair| (pair[1] - pair[0]).abs() < 0.5), "no steps");
        assert_ne!(at(&wind, 100, 0), at(&Wind { seed: 4, ..wind }, 100, 0));
        assert_eq!(at(&Wind { gusts: 0.0, ..wind }, 100, 5), Vec3::X * 4.0);
    }
}
