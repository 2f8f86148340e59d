//! PSGAN's networks against `tests/reference/psgan.py`, with weights that follow from a rule (`psgan.npz`): at three scales,
//! and while two others fade in.

use crate::common::Npz;
use crate::common::rule::uniform;
use settei::nn::kernels::{Batch, Pool};
use settei::nn::layers::{LearningNet, Net, Parameter};
use settei::progress::Progress;
use settei::psgan::wiring::{Growth, discriminator, generator};
use settei::psgan::{Generator, KEYPOINTS, Keypoints, LARGEST_PX, Latent, Widths, keypoint_inputs, latent_inputs};
use settei::train::data::posed::Shown;
use settei::train::{InventLesson, Inventing, Preset, Source, TrainError};
use std::sync::Arc;

const STAGES: [(usize, f32); 4] = [(4, 1.0), (8, 0.25), (16, 0.75), (32, 1.0)];
const PICTURES: usize = 3;

fn by_rule(name: &str, count: usize, factor: f32) -> Vec<f32> {
    uniform(&format!("psgan/{name}"), count).iter().map(|v| factor * v).collect()
}

/// The values of a net: weights of deviation 1 times He's constant, with which they would begin.
fn values(net: &LearningNet) -> Vec<f32> {
    let of = |Parameter { name, at, deviation, .. }: &Parameter| {
        by_rule(name, at.len(), if *deviation > 0.0 { 3f32.sqrt() * deviation } else { 0.2 })
    };
    net.parameters().iter().flat_map(of).collect()
}

fn widths() -> Widths {
    Widths::new([24, 20, 16, 12, 8, 8, 8, 8, 8]).unwrap()
}

fn figures() -> Vec<Keypoints> {
    let places = by_rule("keypoints", PICTURES * KEYPOINTS * 2, 3f32.sqrt() / 3.0);
    let place = |figure: usize, point: usize, axis: usize| 0.5 + places[(figure * KEYPOINTS + point) * 2 + axis];
    (0..PICTURES).map(|f| std::array::from_fn(|point| std::array::from_fn(|axis| place(f, point, axis)))).collect()
}

fn latents() -> Vec<Latent> {
    by_rule("latents", PICTURES * 512, 1.0).chunks(512).map(|values| Latent::towards(values).unwrap()).collect()
}

/// Pictures that PyTorch has as N×C×H×W.
fn batch_of(planes: &[f32], size_px: usize, pool: &Pool) -> Batch {
    let (mut batch, area) = (pool.take([PICTURES, size_px, size_px, 3]), size_px * size_px);
    for (i, pixel) in batch.pixels_mut().enumerate() {
        (0..3).for_each(|c| pixel[c] = planes[(i / area * 3 + c) * area + i % area]);
    }
    batch
}

fn assert_near(what: &str, ours: impl Iterator<Item = f32>, theirs: impl Iterator<Item = f32>) {
    let away = ours.zip(theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    println!("{what}: {away:.1e} at most");
    assert!(away <= 1e-4, "{what} is off by {away}");
}

#[test]
fn both_networks_are_those_of_the_reference() {
    let (fixture, pool) = (Npz::open("psgan.npz"), Pool::default());
    let learning = |net: Net| {
        let net = LearningNet::new(net);
        let values = values(&net);
        (net, values)
    };
    for (size_px, share) in STAGES {
        let growth = Growth { size_px, share };
        let expected = batch_of(&fixture.array::<f32>(&format!("picture_{size_px}")).1, size_px, &pool);
        let expected = || expected.pixels().flatten().copied();
        let (net, numbers) = learning(generator(&widths(), growth));
        let inputs = || [latent_inputs(&latents(), &pool), keypoint_inputs(&figures(), &pool)];
        let run = net.run(&numbers, inputs(), &pool);
        let made = run.result(0);
        let area = size_px * size_px;
        let learned = (0..PICTURES * area).flat_map(|i| made.pixel(i / area, i % area / size_px, i % size_px).to_vec());
        assert_near(&format!("generator that learns, {size_px}²"), learned, expected());
        let packed = Generator::learned(&net, &numbers, &widths(), growth).unwrap().run(&latents(), &figures());
        assert_near(&format!("generator, {size_px}²"), packed.pixels().flatten().copied(), expected());

        let (net, numbers) = learning(discriminator(&widths(), growth));
        let seen = by_rule(&format!("pictures.{size_px}"), PICTURES * 3 * area, 3f32.sqrt());
        let inputs = [batch_of(&seen, size_px, &pool), keypoint_inputs(&figures(), &pool)];
        let run = net.run(&numbers, inputs, &pool);
        let scores = (0..PICTURES).map(|picture| run.result(0).pixel(picture, 0, 0)[0]);
        let expected = fixture.array::<f32>(&format!("scores_{size_px}")).1;
        assert_near(&format!("discriminator, {size_px}²"), scores, expected.into_iter());
    }
}

/// One colour, and points in the middle.
struct Plain;

impl Source for Plain {
    fn picture(&self, _: u64, size_px: usize) -> Result<Shown, TrainError> {
        Ok(Shown { colours: vec![[0.5; 3]; size_px * size_px], keypoints: [[0.5; 2]; KEYPOINTS], actor: 0 })
    }

    fn looks(&self, _: &dyn Progress) -> Result<Option<Vec<Vec<f32>>>, TrainError> {
        Ok(Some(vec![vec![0.5]]))
    }
}

#[test]
#[ignore = "takes a minute and 6 GB of memory, see CONTRIBUTING.md"]
fn the_papers_networks_learn_at_1024() {
    let mut settings = Preset::named("psgan-paper").unwrap().settings();
    let inventing = Inventing::new(Arc::new(Plain), &settings);
    let mut state = inventing.fresh(1);
    // The last of all steps, at the largest scale.
    state.progress.step = settings.rates.steps - 1;
    settings.stages.iter_mut().for_each(|stage| stage.batch = 1);
    let lesson = InventLesson::of(&Plain, 0..1, LARGEST_PX).unwrap();
    let (losses, length) = inventing.learn(&mut state, &lesson, &settings).unwrap();
    println!("{losses:?}, gradient {length}");
    let generator = Generator::fresh(1, &Widths::PAPER, LARGEST_PX).unwrap();
    assert_eq!(generator.invent(&Latent::seeded(1), &[[0.5; 2]; KEYPOINTS]).width_px, 1024);
}
