//! Random numbers that are the same on every machine, and for the same place in a training.

use std::f32::consts::TAU;

/// SplitMix64 (Steele, Lea & Flood 2014).
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// For a place that these numbers name, such as a seed and an index.
    pub fn of(place: &[u64]) -> Self {
        let mut dice = Self(0x5e77_e100_5eed_0001);
        for &part in place {
            dice.0 = dice.bits() ^ part;
        }
        dice.bits();
        dice
    }

    /// 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// In [0, 1).
    pub fn share(&mut self) -> f32 {
        (self.bits() >> 40) as f32 / (1u64 << 24) as f32
    }

    /// Between two numbers.
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.share()
    }

    /// True as often as this.
    pub fn chance(&mut self, share: f32) -> bool {
        self.share() < share
    }

    /// A whole number below `count`, 0 where there is none.
    pub fn below(&mut self, count: usize) -> usize {
        ((self.bits() >> 11) as f64 / (1u64 << 53) as f64 * count as f64) as usize
    }

    /// Of mean 0 and deviation 1 (Box & Muller).
    pub fn normal(&mut self) -> f32 {
        let radius = (-2.0 * (1.0 - self.share()).ln()).sqrt();
        radius * (TAU * self.share()).cos()
    }

    /// Any of these.
    pub fn pick<T: Copy, const N: usize>(&mut self, from: [T; N]) -> T {
        from[self.below(N)]
    }

    /// A colour, a third of them near white or black as clothes are.
    pub fn colour(&mut self) -> [f32; 3] {
        match self.below(6) {
            0 => [self.between(0.85, 1.0); 3],
            1 => [self.between(0.05, 0.3); 3],
            _ => [self.share(), self.share(), self.share()],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_have_numbers_of_their_own() {
        let first = |place: &[u64]| Dice::of(place).bits();
        assert_eq!(first(&[1, 2]), first(&[1, 2]));
        assert_ne!(first(&[1, 2]), first(&[2, 1]));
        assert_ne!(first(&[0]), first(&[0, 0]));
        let mut dice = Dice::of(&[7]);
        let normals: Vec<f32> = (0..10_000).map(|_| dice.normal()).collect();
        let mean = normals.iter().sum::<f32>() / 1e4;
        let square = normals.iter().map(|v| v * v).sum::<f32>() / 1e4;
        assert!(mean.abs() < 0.05 && (square - 1.0).abs() < 0.05 && normals.iter().all(|v| v.is_finite()));
        assert!((0..1000).all(|_| dice.below(3) < 3) && dice.below(0) == 0);
    }
}
