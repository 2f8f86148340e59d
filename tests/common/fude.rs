//! Weights of our own graphs as they are before anything is learned.

use settei::fude::{DetectorGraph, wiring};
use settei::nn::layers::LearningNet;
use settei::weights::{Schema, WeightType, write};
use std::path::Path;

/// Writes a detector that has learned nothing.
pub(crate) fn write_detector(to: &Path) {
    let net = LearningNet::new(wiring::detector(true));
    let mut state = 1u64;
    let values = net.fresh_values(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 40) as f32 / (1 << 23) as f32 - 1.0) * 1.7
    });
    let folded = net.folded(&values, &net.fresh_statistics());
    let schema = Schema::of::<DetectorGraph>().unwrap();
    write(to, &schema, WeightType::F16, |name, _| folded[name].clone()).unwrap();
}
