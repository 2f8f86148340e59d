//! How near two sets of pictures are to each other, by features of them: what is measured where no picture has a true one.

mod eigenvalues;
mod frechet;
mod manifold;
mod principal;

pub use frechet::frechet;
pub use manifold::{PrecisionRecall, precision_recall};
pub use principal::principal_coordinates;

/// The square of the distance between two features.
///
/// # Panics
/// When they are not equally long.
fn apart_squared(a: &[f32], b: &[f32]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum()
}
