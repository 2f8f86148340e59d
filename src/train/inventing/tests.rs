use super::*;
use crate::nn::kernels::Map;
use crate::progress::Silent;
use crate::psgan::{KEYPOINTS, Keypoints, Widths};
use crate::train::data::Stage;
use crate::train::data::posed::Shown;
use crate::train::optimiser::Rates;

/// Blots around the first keypoint, in colours by number; two of them, more or less green.
pub(in crate::train) struct Blots;

impl Source for Blots {
    fn picture(&self, number: u64, size_px: usize) -> Result<Shown, TrainError> {
        let dice = &mut Dice::of(&[77, number]);
        let keypoints: Keypoints = std::array::from_fn(|_| [dice.share(), dice.share()]);
        let actor = number % 2;
        let colour = [dice.share(), 0.8 * actor as f32, -dice.share()];
        let pixel = |i: usize| {
            let [x, y] = [i % size_px, i / size_px].map(|at| (at as f32 + 0.5) / size_px as f32);
            let near = (x - keypoints[0][0]).hypot(y - keypoints[0][1]) < 0.3;
            if near { colour } else { [1.0; 3] }
        };
        Ok(Shown { colours: (0..size_px * size_px).map(pixel).collect(), keypoints, actor })
    }

    fn looks(&self, progress: &dyn Progress) -> Result<Option<Vec<Vec<f32>>>, TrainError> {
        Ok((!progress.cancelled()).then(|| vec![vec![0.0], vec![0.8]]))
    }
}

/// A training of tiny networks to 16², a few steps a scale.
pub(in crate::train) fn tiny() -> Settings {
    let stage = |from, size_px| Stage { from, size_px, batch: 3 };
    let widths = Widths::new([4, 4, 3, 2, 2, 2, 2, 2, 2]).unwrap();
    Settings {
        graph: crate::train::Taught::Psgan,
        stages: vec![stage(0, 4), stage(3, 8), stage(7, 16)],
        rates: Rates { highest: 1e-3, lowest: 1e-3, warm_up: 0, steps: 12, fall: None },
        clip: 1e6,
        measure_px: 16,
        measure_every: 100,
        save_every: 100,
        growing: Growing { widths, fade_pictures: 6, posed: true, likeness: None },
        ..Settings::default()
    }
}

fn lesson(count: u64, size_px: usize) -> InventLesson {
    InventLesson::of(&Blots, 0..count, size_px).unwrap()
}

fn slopes_agree(ours: f64, exact: f64, size: f64) {
    assert!((ours - exact).abs() < 0.01 * size.max(exact.abs()), "{ours} for {exact}, of about {size}");
}

/// The discriminator of 4² in double precision, as its description has it: channels of 4×4 numbers for each picture.
struct Exact<'a> {
    parameters: &'a [Parameter],
    values: Vec<f64>,
    maps: Vec<Vec<[f64; 16]>>,
}

impl Exact<'_> {
    fn tensor(&self, name: &str) -> &[f64] {
        let parameter = self.parameters.iter().find(|p| p.name == format!("discriminator.4.{name}")).unwrap();
        &self.values[parameter.at.clone()]
    }

    /// Of parts of the input, each with the tensor that is for it.
    fn conv(&self, name: &str, parts: &[(&str, &[[f64; 16]])], taps: i32, slope: f64) -> Vec<[f64; 16]> {
        let bias = self.tensor(&format!("{name}.bias"));
        let sum = |o: usize, at: i32| {
            let mut sum = bias[o];
            for (part, x) in parts {
                let weight = self.tensor(&format!("{name}.{part}"));
                for (i, tap) in (0..x.len()).flat_map(|i| (0..taps * taps).map(move |tap| (i, tap))) {
                    let (row, column) = (at / 4 + tap / taps - taps / 2, at % 4 + tap % taps - taps / 2);
                    if (0..4).contains(&row) && (0..4).contains(&column) {
                        let weight = weight[(o * x.len() + i) * (taps * taps) as usize + tap as usize];
                        sum += weight * x[i][(row * 4 + column) as usize];
                    }
                }
            }
            if sum > 0.0 { sum } else { slope * sum }
        };
        (0..bias.len()).map(|o| std::array::from_fn(|at| sum(o, at as i32))).collect()
    }

    /// A layer on all of a picture's numbers, in the order of twice unshuffled ones.
    fn dense(&self, name: &str, x: &[f64], slope: f64) -> Vec<f64> {
        let (weight, bias) = (self.tensor(&format!("{name}.weight")), self.tensor(&format!("{name}.bias")));
        let sum = |o: usize| bias[o] + x.iter().zip(&weight[o * x.len()..]).map(|(x, w)| x * w).sum::<f64>();
        (0..bias.len()).map(sum).map(|sum| if sum > 0.0 { sum } else { slope * sum }).collect()
    }

    /// `pictures`: red, green and blue of each.
    fn scores(&self, pictures: &[Vec<[f64; 16]>]) -> Vec<f64> {
        let features: Vec<_> =
            pictures.iter().map(|picture| self.conv("rgb", &[("weight", picture)], 1, 0.2)).collect();
        let (count, channels) = (features.len() as f64, features[0].len());
        let mut deviation = 0.0;
        for (channel, at) in (0..channels).flat_map(|channel| (0..16).map(move |at| (channel, at))) {
            let mean = features.iter().map(|x| x[channel][at]).sum::<f64>() / count;
            let variance = features.iter().map(|x| (x[channel][at] - mean).powi(2)).sum::<f64>() / count;
            deviation += (variance + 1e-8).sqrt() / (channels * 16) as f64;
        }
        let score = |(x, maps): (&Vec<[f64; 16]>, &Vec<[f64; 16]>)| {
            let x = [&x[..], &[[deviation; 16]]].concat();
            let x = self.conv("conv1", &[("weight", &x), ("maps.weight", maps)], 3, 0.2);
            // Squares of 2×2 within each plane, twice: corners of corners.
            let place = |i: usize| {
                let (outer, inner) = (i % 4, i / 4 % 4);
                (inner / 2 + outer / 2 * 2) * 4 + inner % 2 + outer % 2 * 2
            };
            let whole: Vec<f64> = (0..16 * x.len()).map(|i| x[i / 16][place(i)]).collect();
            self.dense("score", &self.dense("conv2", &whole, 0.2), 1.0)[0]
        };
        features.iter().zip(&self.maps).map(score).collect()
    }

    /// The whole loss; slopes by differences, which are exact between kinks.
    fn loss(&self, real: &[Vec<[f64; 16]>], fake: &[Vec<[f64; 16]>], between: &[Vec<[f64; 16]>]) -> f64 {
        const STEP: f64 = 1e-5;
        let (reals, fakes, count) = (self.scores(real), self.scores(fake), real.len() as f64);
        let mut moved = between.to_vec();
        let mut penalty = 0.0;
        for picture in 0..between.len() {
            let mut square = 0.0;
            for (channel, at) in (0..3).flat_map(|channel| (0..16).map(move |at| (channel, at))) {
                let [up, down] = [STEP, -STEP].map(|by| {
                    moved[picture][channel][at] += by;
                    let sum = self.scores(&moved).iter().sum::<f64>();
                    moved[picture][channel][at] = between[picture][channel][at];
                    sum
                });
                square += ((up - down) / (2.0 * STEP)).powi(2);
            }
            penalty += 10.0 * (square.sqrt() - 1.0).powi(2) / count;
        }
        let drift = 0.001 * reals.iter().map(|score| score * score).sum::<f64>() / count;
        (fakes.iter().sum::<f64>() - reals.iter().sum::<f64>()) / count + penalty + drift
    }
}

#[test]
fn the_discriminators_gradient_is_that_of_finite_differences_of_its_whole_loss() {
    let (settings, lesson) = (tiny(), lesson(2, 4));
    let inventing = Inventing::new(Arc::new(Blots), &settings);
    let mut values = inventing.fresh(3).values;
    // Slopes of another length than at the beginning, where the penalty pulls about as much on all.
    let whose = inventing.generators..values.len();
    values[whose].iter_mut().for_each(|v| *v *= 1.8);
    let nets = inventing.nets(Growth::whole(4));
    let adversaries = Adversaries { nets: &nets, lesson: &lesson, pool: &inventing.pool };
    let latents: Vec<Latent> = (0..2).map(Latent::seeded).collect();
    let (made, shares) = (adversaries.make(&values, &latents, None), [0.2, 0.7]);
    let mut gradients = vec![0.0; values.len()];
    let losses = adversaries.judge(&values, made.result(0), &shares, &mut gradients);

    let planes = |of: &dyn Fn(usize, usize, usize) -> f32, channels: usize| -> Vec<Vec<[f64; 16]>> {
        let plane = |picture, channel| std::array::from_fn(|at| f64::from(of(picture, channel, at)));
        (0..2).map(|picture| (0..channels).map(|channel| plane(picture, channel)).collect()).collect()
    };
    let fakes = made.result(0);
    let real = planes(&|picture, channel, at| lesson.colours[picture * 16 + at][channel], 3);
    let fake = planes(&|picture, channel, at| fakes.pixel(picture, at / 4, at % 4)[channel], 3);
    let mut between = real.clone();
    for (picture, share) in shares.iter().enumerate() {
        for (to, fake) in between[picture].iter_mut().flatten().zip(fake[picture].iter().flatten()) {
            *to += f64::from(*share) * (fake - *to);
        }
    }
    let map = |picture: usize, point: usize, at: usize| {
        let [x, y] = lesson.keypoints[picture][point].map(|share| (4.0 * share).floor());
        if (at % 4, at / 4) == (x as usize, y as usize) { 1.0 } else { -1.0 }
    };
    let maps = planes(&map, KEYPOINTS);
    let parameters = &inventing.parameters;
    let mut exact = Exact { parameters, values: values.iter().map(|v| f64::from(*v)).collect(), maps };
    let whole = exact.loss(&real, &fake, &between);
    assert!((losses.discriminator - whole).abs() < 1e-4 * whole.abs().max(1.0), "{losses:?}, exactly {whole}");
    assert!(losses.penalty > 0.5, "there is something to pull at: {losses:?}");
    for parameter in parameters.iter().filter(|p| p.name.starts_with("discriminator.4.")) {
        let ours = &gradients[parameter.at.clone()];
        // The one that changes most: of others, differences in double precision leave too little.
        let most = |a: &usize, b: &usize| ours[*a].abs().total_cmp(&ours[*b].abs());
        if let Some(at) = (0..ours.len()).max_by(most) {
            let [up, down] = [1e-6, -1e-6].map(|by| {
                exact.values[parameter.at.start + at] += by;
                let loss = exact.loss(&real, &fake, &between);
                exact.values[parameter.at.start + at] -= by;
                loss
            });
            slopes_agree(f64::from(ours[at]), (up - down) / 2e-6, 0.1);
        }
    }
}

#[test]
fn the_generators_gradient_is_that_of_finite_differences() {
    let (settings, lesson) = (tiny(), lesson(3, 16));
    let inventing = Inventing::new(Arc::new(Blots), &settings);
    let values = inventing.fresh(5).values;
    let growth = Growth { size_px: 16, share: 0.4 };
    let nets = inventing.nets(growth);
    let adversaries = Adversaries { nets: &nets, lesson: &lesson, pool: &inventing.pool };
    let latents: Vec<Latent> = (0..3).map(Latent::seeded).collect();
    let likeness = Likeness { axes: 5, alone_until: 0, weight: 3.0 };
    let loss = |values: &[f32], gradients: &mut [f32]| {
        let known = Known { likeness: &likeness, pictures: &[true, false, true] };
        let made = adversaries.make(values, &latents, Some(&likeness));
        adversaries.deceive(values, made, true, Some(known), gradients).iter().sum::<f64>()
    };
    let mut gradients = vec![0.0; values.len()];
    loss(&values, &mut gradients);
    assert!(gradients[inventing.generators..].iter().all(|v| *v == 0.0), "the discriminator's values stay");
    let length = gradients.iter().map(|v| f64::from(v * v)).sum::<f64>().sqrt();
    let mut nothing = vec![0.0; values.len()];
    // Along the gradient itself, and along it tensor by tensor.
    let names = ["generator.", "generator.4.dense", "generator.8.conv1", "generator.16.conv2", "generator.8.rgb"];
    for name in names {
        let mut along = vec![0.0; values.len()];
        for parameter in inventing.parameters.iter().filter(|p| p.name.starts_with(name)) {
            along[parameter.at.clone()].copy_from_slice(&gradients[parameter.at.clone()]);
        }
        let square = along.iter().map(|v| f64::from(v * v)).sum::<f64>();
        let step = 1e-4 / square.sqrt();
        let [up, down] = [step, -step].map(|by| {
            let moved: Vec<f32> = values.iter().zip(&along).map(|(v, a)| v + by as f32 * a).collect();
            loss(&moved, &mut nothing)
        });
        assert!(square > 1e-12 * length, "{name} has a gradient");
        slopes_agree(square.sqrt(), (up - down) / (2.0 * step * square.sqrt()), square.sqrt() * 3.0);
    }
}

#[test]
fn a_step_moves_weights_as_equalized_learning_rates_do() {
    let settings = tiny();
    let inventing = Inventing::new(Arc::new(Blots), &settings);
    let mut state = inventing.fresh(1);
    let parameter = inventing.parameters.iter().find(|p| p.name == "generator.8.conv1.weight").unwrap();
    let (at, constant) = (parameter.at.start, f64::from(parameter.deviation));
    // Weights of normal numbers, scaled when they are used.
    let mut weight = f64::from(state.values[at]) / constant;
    let mut moment = 0.0;
    for (step, gradient) in [0.3, -0.2, 1e-8, 0.1].into_iter().enumerate() {
        let mut gradients = vec![0.0; state.values.len()];
        gradients[at] = gradient as f32;
        let adam = Adam { step: step as u64, rate: 0.01, betas: BETAS, epsilon: EPSILON };
        inventing.follow(&mut state, 0..inventing.generators, &gradients, adam, 1.0, &settings).unwrap();
        let scaled = gradient * constant;
        moment = 0.99 * moment + 0.01 * scaled * scaled;
        weight -= 0.01 * scaled / ((moment / (1.0 - 0.99f64.powi(step as i32 + 1))).sqrt() + 1e-8);
        let ours = f64::from(state.values[at]);
        assert!((ours - constant * weight).abs() < 1e-6, "{ours} for {}", constant * weight);
    }
}

#[test]
fn networks_grow_together() {
    let settings = tiny();
    let mut inventing = Inventing::new(Arc::new(Blots), &settings);
    let mut state = inventing.fresh(1);
    let before = state.clone();
    for step in 0..12 {
        let lesson = lesson(3, Phase::at(&settings, step).growth.size_px);
        let (losses, length) = inventing.learn(&mut state, &lesson, &settings).unwrap();
        assert!(losses.are_numbers() && length > 0.0);
    }
    let moved = |name: &str| {
        let parameter = inventing.parameters.iter().find(|p| p.name == name).unwrap();
        state.values[parameter.at.clone()] != before.values[parameter.at.clone()]
    };
    for name in ["generator.4.dense", "generator.16.conv2", "generator.16.rgb", "discriminator.16.rgb"] {
        assert!(moved(&format!("{name}.weight")), "{name} has learned");
    }
    assert!(!moved("generator.32.conv1.weight"), "it has not grown so far");
    assert!(inventing.pool.is_whole() && state.is_finite());
    let (schema, tensors) = inventing.weights(&state).unwrap();
    assert!(schema.tensors.keys().eq(tensors.keys()));
    inventing.examination = Some(Examination::new(&Blots, 16).unwrap());
    let Found::Psgan(found) = inventing.examine(&state, 16).unwrap() else { panic!("another measure") };
    assert!(found.distance.is_finite() && found.distance > 0.0);
    let samples = inventing.samples(&state, 16).unwrap();
    assert_eq!([samples.width_px, samples.height_px], [6 * 16, 3 * 16]);
}

#[test]
fn networks_are_put_together_when_they_grow_alone() {
    let inventing = Inventing::new(Arc::new(Blots), &tiny());
    let fading = Growth { size_px: 8, share: 0.5 };
    let [first, again] = [fading; 2].map(|growth| inventing.nets(growth));
    assert!(Arc::ptr_eq(&first, &again));
    let other = inventing.nets(Growth { share: 0.6, ..fading });
    assert!(!Arc::ptr_eq(&first, &other) && other.growth().share == 0.6);
}

#[test]
fn without_pose_maps_nobody_is_told_how_to_stand() {
    let settings = Settings { growing: Growing { posed: false, ..tiny().growing }, ..tiny() };
    let inventing = Inventing::new(Arc::new(Blots), &settings);
    assert!(inventing.parameters.iter().all(|parameter| !parameter.name.contains("maps")));
    let mut state = inventing.fresh(1);
    for step in 0..8 {
        let lesson = lesson(3, Phase::at(&settings, step).growth.size_px);
        let (losses, length) = inventing.learn(&mut state, &lesson, &settings).unwrap();
        assert!(losses.are_numbers() && length > 0.0);
    }
    let generator = inventing.generator(&state).unwrap();
    let [here, there] = [0.2, 0.7].map(|place| generator.invent(&Latent::seeded(1), &[[place; 2]; KEYPOINTS]));
    assert!(here == there && here != generator.invent(&Latent::seeded(2), &[[0.2; 2]; KEYPOINTS]));
}

#[test]
fn settings_that_cannot_grow_are_refused() {
    let refused = |settings: Settings| settings.check().unwrap_err();
    assert_eq!(tiny().check(), Ok(()));
    let stage = |from, size_px| Stage { from, size_px, batch: 3 };
    assert!(refused(Settings { stages: vec![stage(0, 4), stage(3, 16)], ..tiny() }).contains("twice"));
    assert!(refused(Settings { stages: vec![stage(0, 12)], ..tiny() }).contains("1024"));
    assert!(refused(Settings { measure_px: 48, ..tiny() }).contains("measure-px"));
    assert!(refused(Settings { from: Some(crate::train::Origin::Shipped), ..tiny() }).contains("anew"));
    let likeness = Some(Likeness { axes: 0, alone_until: 0, weight: 1.0 });
    assert!(refused(Settings { growing: Growing { likeness, ..tiny().growing }, ..tiny() }).contains("axes"));
    let widths: Widths = serde_json::from_str("[4, 4, 0, 2, 2, 2, 2, 2, 2]").unwrap();
    assert!(
        refused(Settings { growing: Growing { widths, fade_pictures: 1, posed: true, likeness: None }, ..tiny() })
            .contains("widths")
    );
}

#[test]
fn who_looks_alike_has_latents_near_each_other() {
    let likeness = Likeness { axes: 4, alone_until: 0, weight: 1.0 };
    let looks: Vec<Vec<f32>> = (0..24u64)
        .map(|who| {
            let dice = &mut Dice::of(&[who / 2]);
            // Two of a kind.
            (0..9).map(|_| dice.normal() + 0.05 * (who % 2) as f32).collect()
        })
        .collect();
    let latents = likeness.latents(&looks, 1);
    let apart = |a: usize, b: usize| -> f32 {
        let pair = latents[a].values().iter().zip(latents[b].values()).take(4);
        pair.map(|(a, b)| (a - b) * (a - b)).sum()
    };
    assert_eq!(latents.len(), 24);
    assert!((0..12).all(|kind| (0..12).all(|other| apart(2 * kind, 2 * kind + 1) < 0.2 && {
        kind == other || apart(2 * kind, 2 * other) > apart(2 * kind, 2 * kind + 1)
    })));
    // As far out along the axes that count as latents by lot are.
    let mean = latents.iter().map(|latent| latent.values()[..4].iter().map(|v| v * v).sum::<f32>()).sum::<f32>() / 24.0;
    assert!((3.0..4.5).contains(&mean), "{mean}");
}

/// What a training with likeness learns in its first steps.
pub(in crate::train) fn acquainted() -> (Inventing, State, Settings) {
    let likeness = Some(Likeness { axes: 6, alone_until: 60, weight: 2.0 });
    let widths = Widths::new([16, 12, 8, 2, 2, 2, 2, 2, 2]).unwrap();
    let growing = Growing { likeness, widths, ..tiny().growing };
    let rates = Rates { highest: 1e-3, lowest: 1e-3, ..tiny().rates };
    let stages = vec![Stage { from: 0, size_px: 8, batch: 8 }];
    let settings = Settings { growing, rates, stages, average: 0.9, ..tiny() };
    let inventing = Inventing::new(Arc::new(Blots), &settings);
    let state = inventing.fresh(1);
    (inventing, state, settings)
}

#[test]
fn known_characters_are_learned_without_a_judge_and_then_with_one() {
    let (inventing, mut state, settings) = acquainted();
    let before = state.values[inventing.generators..].to_vec();
    let latents = settings.growing.likeness.unwrap().latents(&Blots.looks(&Silent).unwrap().unwrap(), 1);
    let mut unlike = vec![];
    for step in 0..64 {
        let lesson = InventLesson::of(&Blots, 8 * step..8 * step + 8, 8).unwrap().of_known(&latents);
        let (losses, _) = inventing.learn(&mut state, &lesson, &settings).unwrap();
        unlike.push(losses.unlike);
        assert_eq!(losses.penalty > 0.0, step >= 60, "{losses:?}");
        assert_eq!(state.values[inventing.generators..] != before, step >= 60, "{step}");
    }
    let mean = |steps: Range<usize>| unlike[steps].iter().sum::<f64>() / 8.0;
    assert!(mean(50..58) < 0.7 * mean(0..8), "{unlike:?}");
}

#[test]
fn weights_that_are_kept_see_the_axes_that_count() {
    let (inventing, mut state, settings) = acquainted();
    // As it learns, latents are narrowed; whoever has the weights gives them as they are.
    state.averaged.copy_from_slice(&state.values[..inventing.generators]);
    let lesson = lesson(4, 8);
    let latents: Vec<Latent> = (0..4).map(Latent::seeded).collect();
    let nets = inventing.nets(Growth::whole(8));
    let adversaries = Adversaries { nets: &nets, lesson: &lesson, pool: &inventing.pool };
    let made = adversaries.make(&state.values, &latents, settings.growing.likeness.as_ref());
    let generator = inventing.generator(&state).unwrap();
    let kept = generator.run(&latents, &lesson.keypoints);
    let numbers =
        |map: Map| -> Vec<f32> { (0..4 * 64).flat_map(|i| map.pixel(i / 64, i / 8 % 8, i % 8).to_vec()).collect() };
    let [a, b] = [numbers(made.result(0)), numbers(kept.map())];
    assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 1e-4));
    // Whoever differs in others is the same.
    let mut other = latents[0].values().to_vec();
    other[6..].iter_mut().for_each(|v| *v = -*v);
    let other = Latent::towards(&other).unwrap();
    assert!(generator.invent(&latents[0], &lesson.keypoints[0]) == generator.invent(&other, &lesson.keypoints[0]));
}
