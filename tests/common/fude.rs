//! Weights of our own graphs as they are before anything is learned.

use settei::fude::{DetectorGraph, RendererGraph, renderer, wiring};
use settei::nn::layers::{LearningNet, Net};
use settei::weights::{Schema, WeightType, write};
use std::collections::BTreeMap;
use std::path::Path;

/// Writes a detector that has learned nothing.
pub(crate) fn write_detector(to: &Path) {
    let folded = fresh(wiring::detector(true));
    write(to, &Schema::of::<DetectorGraph>().unwrap(), WeightType::F16, |name, _| folded[name].clone()).unwrap();
}

/// Writes a renderer that has learned nothing.
pub(crate) fn write_renderer(to: &Path) {
    let folded = fresh(renderer::wiring::painter());
    write(to, &Schema::of::<RendererGraph>().unwrap(), WeightType::F16, |name, _| folded[name].clone()).unwrap();
}

fn fresh(net: Net) -> BTreeMap<String, Vec<f32>> {
    let net = LearningNet::new(net);
    let mut state = 1u64;
    let values = net.fresh_values(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 40) as f32 / (1 << 23) as f32 - 1.0) * 1.7
    });
    net.folded(&values, &net.fresh_statistics())
}

/// Writes changes to the program's own renderer: small ones by lot.
pub(crate) fn write_tuning(to: &Path) {
    let base = settei::fude::shipped::<RendererGraph>().unwrap().expect("weights are part of the program");
    let (schema, mut state) = (settei::fude::renderer::tuning_schema().unwrap(), 3u64);
    let mut number = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        0.02 * ((state >> 40) as f32 / (1u64 << 24) as f32 - 0.5)
    };
    let changes = |_: &str, shape: &[usize]| (0..shape.iter().product()).map(|_| number()).collect();
    settei::weights::write_tuning(to, &schema, &base.fingerprint().unwrap(), changes).unwrap();
}
