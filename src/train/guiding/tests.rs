use super::*;
use crate::psgan::{KEYPOINTS, Keypoints, Widths};
use crate::train::inventing::Growing;
use crate::train::optimiser::Rates;
use crate::train::{Dice, Taught};

/// A disc of a colour by number, wherever its first point is.
struct Discs;

impl Pairs for Discs {
    fn pair(&self, number: u64, size_px: usize) -> Result<Pair, TrainError> {
        let dice = &mut Dice::of(&[78, number]);
        let colour = [dice.share(), -dice.share(), dice.share()];
        let [known, wanted]: [Keypoints; 2] =
            [(); 2].map(|()| [[dice.between(0.25, 0.75), dice.between(0.25, 0.75)]; KEYPOINTS]);
        let disc = |at: &Keypoints| {
            let pixel = |i: usize| {
                let [x, y] = [i % size_px, i / size_px].map(|at| (at as f32 + 0.5) / size_px as f32);
                if (x - at[0][0]).hypot(y - at[0][1]) < 0.3 { colour } else { [1.0; 3] }
            };
            (0..size_px * size_px).map(pixel).collect()
        };
        Ok(Pair { source: disc(&known), target: disc(&wanted), keypoints: wanted })
    }
}

fn tiny(stage: u64) -> Settings {
    let widths = Widths::new([8, 8, 8, 6, 2, 2, 2, 2, 2]).unwrap();
    let of = |from| Stage { from, size_px: 32, batch: 4 };
    Settings {
        graph: Taught::Pg2,
        stages: vec![of(0), of(stage)],
        rates: Rates { highest: 3e-3, lowest: 2e-4, warm_up: 0, steps: stage, fall: None },
        average: 0.9,
        clip: 1e6,
        measure_px: 32,
        growing: Growing { widths, fade_pictures: 0, posed: true, likeness: None },
        ..Settings::default()
    }
}

fn lots() -> impl Iterator<Item = f32> {
    let mut dice = Dice::of(&[5]);
    std::iter::repeat_with(move || dice.normal())
}

/// The slope of a loss along its own gradient, by finite differences.
fn assert_slope(values: &[f32], whose: Range<usize>, loss: &dyn Fn(&[f32], &mut [f32]) -> f64) {
    let mut gradients = vec![0.0; values.len()];
    loss(values, &mut gradients);
    let square: f64 = gradients[whose.clone()].iter().map(|v| f64::from(*v) * f64::from(*v)).sum();
    assert!(square > 1e-8, "there is a gradient");
    let step = 2e-4 / square.sqrt();
    let [up, down] = [step, -step].map(|by| {
        let mut moved = values.to_vec();
        for at in whose.clone() {
            moved[at] += by as f32 * gradients[at];
        }
        loss(&moved, &mut vec![0.0; values.len()])
    });
    let slope = (up - down) / (2.0 * step);
    assert!((slope - square).abs() < 0.02 * square, "{square} for {slope}");
}

#[test]
fn gradients_are_those_of_finite_differences() {
    let settings = tiny(10);
    let guiding = Guiding::new(Arc::new(Discs), &settings);
    let lesson = GuidedLesson::of(&Discs, 0..4, 32).unwrap();
    let mut values = guiding.fresh(3).values;
    // What begins as nothing would hide what is before it.
    values.iter_mut().zip(lots()).for_each(|(v, by)| *v += 0.05 * by);
    let [coarse, refine, all] = guiding.nets.ends;
    assert_slope(&values, 0..coarse, &|values, gradients| guiding.coarsely(values, &lesson, gradients).generator);
    assert_slope(&values, coarse..refine, &|values, gradients| {
        guiding.adversaries(values, &lesson).deceive(values, gradients).generator
    });
    assert_slope(&values, refine..all, &|values, gradients| {
        guiding.adversaries(values, &lesson).judge(values, gradients)
    });
    let mut gradients = vec![0.0; values.len()];
    guiding.adversaries(&values, &lesson).deceive(&values, &mut gradients);
    assert!(gradients[..coarse].iter().chain(&gradients[refine..]).all(|v| *v == 0.0), "nobody else learns by it");
}

#[test]
fn both_stages_learn() {
    const STEPS: u64 = 240;
    let settings = tiny(STEPS);
    assert_eq!(settings.check(), Ok(()));
    let guiding = Guiding::new(Arc::new(Discs), &settings);
    let lesson = GuidedLesson::of(&Discs, 0..4, 32).unwrap();
    let mut state = guiding.fresh(1);
    let mut all = vec![];
    for step in 0..STEPS + 20 {
        let (losses, length) = guiding.learn(&mut state, &lesson, &settings).unwrap();
        assert!(losses.are_numbers() && length > 0.0 && (losses.discriminator > 0.0) == (step >= STEPS));
        all.push(losses);
        if step + 1 == STEPS {
            let differ = |area: &[[f32; 3]], of: &dyn Fn(usize, usize) -> f32| -> f64 {
                let apart = area.iter().enumerate().flat_map(|(i, wanted)| (0..3).map(move |c| (i, c, wanted[c])));
                apart.map(|(i, c, wanted)| f64::from((of(i, c) - wanted).abs())).sum()
            };
            let (guide, mut drawn, mut paper) = (guiding.guide(&state), 0.0, 0.0);
            for (pair, keypoints) in lesson.keypoints.iter().enumerate() {
                let [source, target] =
                    [&lesson.sources, &lesson.targets].map(|all| &all[pair * 1024..(pair + 1) * 1024]);
                let picture = guide.draw(source, keypoints);
                drawn += differ(target, &|i, c| picture[i][c]);
                paper += differ(target, &|_, _| 1.0);
            }
            println!("{drawn} beside {paper} of mere paper");
            assert!(drawn < 0.6 * paper, "{drawn} beside {paper} of mere paper");
        }
    }
    assert!(all[STEPS as usize].colours_off < 1.05 * all[STEPS as usize - 1].colours_off, "it goes on from there");
    let [first, last] = [all[STEPS as usize], all[STEPS as usize + 19]].map(|losses| losses.discriminator);
    println!("the judge: {first}, then {last}");
    assert!(last < first, "the judge learns, too: {first}, then {last}");
    assert!(guiding.guide(&state).refines && guiding.pool.is_whole());
    let samples = Examination::new(&Discs, 32).unwrap().samples(&guiding.guide(&state));
    assert_eq!([samples.width_px, samples.height_px], [6 * 32, 3 * 32]);
}

#[test]
fn settings_without_two_stages_are_refused() {
    let one = Settings { stages: tiny(9).stages[..1].to_vec(), ..tiny(9) };
    assert!(one.check().unwrap_err().contains("two stages"));
    let mut other = tiny(9);
    other.stages[1].size_px = 64;
    assert!(other.check().unwrap_err().contains("two stages"));
}
