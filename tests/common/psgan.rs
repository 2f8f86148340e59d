//! Weights that invent characters, as they are before anything is learned.

use settei::nn::layers::LearningNet;
use settei::psgan::wiring::{Growth, generator};
use settei::psgan::{Widths, schema};
use settei::weights::{WeightType, write};
use std::path::Path;

/// Writes a generator of few channels that makes pictures of 32² pixels.
pub(crate) fn write_generator(to: &Path) {
    let (widths, size_px) = (Widths::new([8; 9]).unwrap(), 32);
    let net = LearningNet::new(generator(&widths, Growth::whole(size_px)));
    let mut lot = settei::lot::Lot::new(5);
    let values = net.fresh_values(|| lot.normal());
    let tensors = net.folded(&values, &[]);
    write(to, &schema(&widths, size_px).unwrap(), WeightType::F32, |name, _| tensors[name].clone()).unwrap();
}
