//! Who a character is.

use crate::lot::Lot;

/// How many numbers a latent has.
pub const LATENT: usize = 512;

/// A point of the sphere that characters lie on: 512 numbers, of the length √512.
#[derive(Clone, Debug, PartialEq)]
pub struct Latent(Vec<f32>);

impl Latent {
    /// The one of a seed, the same on every machine.
    pub fn seeded(seed: u64) -> Self {
        Self::by_lot(&mut Lot::new(seed))
    }

    /// The next one of a lot.
    pub fn by_lot(lot: &mut Lot) -> Self {
        let normals: Vec<f32> = (0..LATENT).map(|_| lot.normal()).collect();
        Self::towards(&normals).unwrap_or_else(|| Self(vec![1.0; LATENT]))
    }

    /// Who stands between this one (`t` = 0) and another (1), on the sphere.
    pub fn between(&self, other: &Self, t: f32) -> Self {
        let mixed: Vec<f32> = self.0.iter().zip(&other.0).map(|(a, b)| a + t * (b - a)).collect();
        // Between opposite ones there is no middle.
        Self::towards(&mixed).unwrap_or_else(|| self.clone())
    }

    /// The numbers.
    pub fn values(&self) -> &[f32] {
        &self.0
    }

    /// The one in the direction of these 512 numbers; none where they have none.
    pub fn towards(values: &[f32]) -> Option<Self> {
        let length = values.iter().map(|v| f64::from(*v) * f64::from(*v)).sum::<f64>().sqrt();
        let scale = (LATENT as f64).sqrt() / length;
        (values.len() == LATENT && length > 1e-3)
            .then(|| Self(values.iter().map(|v| (f64::from(*v) * scale) as f32).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latents_lie_on_a_sphere() {
        let [a, b] = [1, 2].map(Latent::seeded);
        assert_eq!(a, Latent::seeded(1));
        for latent in [&a, &b, &a.between(&b, 0.5)] {
            let square: f32 = latent.values().iter().map(|v| v * v).sum();
            assert!((square / LATENT as f32 - 1.0).abs() < 1e-4);
        }
        let near = |a: &Latent, b: &Latent| a.values().iter().zip(b.values()).all(|(a, b)| (a - b).abs() < 1e-5);
        assert!(near(&a.between(&b, 0.0), &a) && near(&a.between(&b, 1.0), &b) && !near(&a, &b));
        let opposite = Latent(a.values().iter().map(|v| -v).collect());
        assert_eq!(a.between(&opposite, 0.5), a);
    }
}
