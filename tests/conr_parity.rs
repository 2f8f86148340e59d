//! The networks against numbers of the authors' released program (`conr_128_m3.npz`, `conr_256_m1.npz`, with weights
//! that follow from a rule), and the whole way from drawings to a picture against `tests/reference/conr.py`.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use candle_core::{Device, Tensor};
use common::Npz;
use common::rule::rule_weights;
use settei::conr::{Features, Renderer};
use settei::progress::Silent;
use std::sync::LazyLock;

static OPEN: LazyLock<Renderer> = LazyLock::new(|| Renderer::new(&rule_weights("open")).unwrap());

/// A fixture's arrays as tensors with a sample dimension, and how far our numbers are from its own.
struct Fixture(Npz);

impl Fixture {
    fn floats(&self, name: &str) -> Tensor {
        let (shape, values) = self.0.array::<f32>(name);
        Tensor::from_vec(values, shape.iter().map(|&n| n as usize).collect::<Vec<_>>(), &Device::Cpu).unwrap()
    }

    fn bytes(&self, name: &str) -> Tensor {
        let (shape, values) = self.0.array::<u8>(name);
        let values: Vec<f32> = values.into_iter().map(|v| f32::from(v) / 255.0).collect();
        Tensor::from_vec(values, shape.iter().map(|&n| n as usize).collect::<Vec<_>>(), &Device::Cpu).unwrap()
    }

    /// The networks' input: colours, alpha, landmarks and mask.
    fn inputs(&self) -> [Tensor; 4] {
        let udp = self.floats("target_udp").unsqueeze(0).unwrap();
        let (landmarks, mask) = (udp.narrow(1, 0, 3).unwrap(), udp.narrow(1, 3, 1).unwrap());
        [self.bytes("sheet_rgb"), self.bytes("sheet_alpha"), landmarks, mask]
    }

    fn assert_near(&self, name: &str, ours: &Tensor, most: f32, mean: f32) {
        let theirs = self.floats(name);
        let differences = (ours.reshape(theirs.shape()).unwrap() - theirs).unwrap().abs().unwrap();
        let values: Vec<f32> = differences.flatten_all().unwrap().to_vec1().unwrap();
        let greatest = values.iter().copied().fold(0.0, f32::max);
        let average = values.iter().sum::<f32>() / values.len() as f32;
        println!("{name}: {greatest:.1e} at most, {average:.1e} in the mean");
        assert!(greatest < most && average < mean, "{name} is off by {greatest} at most, by {average} in the mean");
    }
}

fn references(rgb: &Tensor, alpha: &Tensor) -> Tensor {
    Tensor::cat(&[&rgb.broadcast_mul(alpha).unwrap(), alpha], 1).unwrap()
}

fn message(references: &Tensor, features: &Features, target: &Features) -> Tensor {
    OPEN.networks().shader.forward(references, features, target, &Silent).unwrap()
}

fn agrees_with_the_released_program(file: &str) {
    let fixture = Fixture(Npz::open(file));
    let networks = OPEN.networks();
    let [rgb, alpha, landmarks, mask] = fixture.inputs();

    let features = networks.detector.features(&rgb).unwrap();
    let target = networks.pose_encoder.features(&landmarks, &mask).unwrap();
    for i in 0..5 {
        let mean = |x: &Tensor| x.mean((2, 3)).unwrap();
        fixture.assert_near(&format!("sheet_feature_{i}_mean"), &mean(&features[i]), 1e-3, 1e-4);
        fixture.assert_near(&format!("pose_feature_{i}_mean"), &mean(&target[i]), 1e-3, 1e-4);
    }
    fixture.assert_near("detected_udp", &networks.detector.udp(&features).unwrap(), 2e-3, 1e-4);

    let message = message(&references(&rgb, &alpha), &features, &target);
    let one_view = rgb.dims()[0] == 1;
    let shown = if one_view { message.mean((2, 3)).unwrap() } else { message.clone() };
    fixture.assert_near("remote_message", &shown, 2e-3, 1e-4);
    fixture.assert_near("rgba", &networks.rgba_decoder.forward(&message).unwrap(), 2e-3, 1e-4);
}

#[test]
fn three_views_agree_with_the_released_program() {
    agrees_with_the_released_program("conr_128_m3.npz");
}

#[test]
fn one_larger_view_agrees_with_the_released_program() {
    agrees_with_the_released_program("conr_256_m1.npz");
}
