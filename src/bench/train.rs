//! How fast the detector learns, and what invents characters, and whether their data keep up.

use crate::events::{InventSpeed, TrainSpeed};
use crate::psgan::{Generator, Latent};
use crate::train::data::{Cast, Lesson, Manner, Stage, VIEWS, item};
use crate::train::{Detecting, Dice, Growing, Inventing, Preset, Settings};
use std::time::{Duration, Instant};

/// Measures steps of `batch` pictures of `size_px` squared for `span`, and what their makers draw with one thread.
///
/// # Errors
/// A lack of threads; nothing else for sizes that are multiples of 32.
pub fn measure(size_px: usize, batch: usize, span: Duration) -> anyhow::Result<TrainSpeed> {
    let cast = Cast::new(1, vec![])?;
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    let (block, views_s) = one.install(|| {
        let began = Instant::now();
        let block = cast.block(0)?;
        anyhow::Ok((block, began.elapsed().as_secs_f64() / VIEWS as f64))
    })?;
    let (items, items_s) = one.install(|| {
        let began = Instant::now();
        let make = |i: usize| item(&block[i % VIEWS], size_px, Manner::Learning, &mut Dice::of(&[1, i as u64]));
        let items: Vec<_> = (0..batch).map(make).collect();
        (items, began.elapsed().as_secs_f64() / batch as f64)
    });
    let lesson = Lesson::of(items, size_px);
    let (settings, mut detecting) = (Settings::default(), Detecting::default());
    let mut state = detecting.fresh(1);
    let [best_s, median_s] = timed(span, || detecting.learn(&mut state, &lesson, &settings).is_ok())?;
    let threads = rayon::current_num_threads();
    Ok(TrainSpeed { size_px, batch, threads, best_s, median_s, view_s: views_s, item_s: items_s })
}

/// The same of what invents characters, whole at this size; and how long it takes to draw a picture for it, and to invent
/// one.
///
/// # Errors
/// A lack of threads; nothing else for sizes that are scales.
pub fn measure_psgan(size_px: usize, batch: usize, span: Duration) -> anyhow::Result<InventSpeed> {
    let Some(preset) = Preset::named("psgan") else { anyhow::bail!("there is no such preset") };
    let stages = vec![Stage { from: 0, size_px, batch }];
    // The step that costs most: both networks, and nobody is known.
    let settings = preset.settings();
    let settings = Settings { stages, growing: Growing { likeness: None, ..settings.growing }, ..settings };
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    let inventing = Inventing::of(&settings)?;
    let began = Instant::now();
    let lesson = one.install(|| inventing.lesson(0..batch as u64, size_px))?;
    let drawn_s = began.elapsed().as_secs_f64() / batch as f64;
    let mut state = inventing.fresh(1);
    let [best_s, median_s] = timed(span, || inventing.learn(&mut state, &lesson, &settings).is_ok())?;
    let generator = Generator::fresh(1, &settings.growing.widths, size_px)?;
    let latent = Latent::seeded(1);
    let [invented_s, _] = timed(span / 4, || generator.invent(&latent, &lesson.keypoints[0]).width_px > 0)?;
    Ok(InventSpeed { size_px, batch, threads: rayon::current_num_threads(), best_s, median_s, drawn_s, invented_s })
}

/// Seconds of work that is done again and again for a while, at best and in the median; it says whether it could be done. In
/// threads of its own, as a training learns: whoever waits from outside is woken at each operation.
fn timed(span: Duration, mut work: impl FnMut() -> bool + Send) -> anyhow::Result<[f64; 2]> {
    let threads = rayon::ThreadPoolBuilder::new().build()?;
    let mut steps = threads.install(|| {
        let (mut steps, began) = (vec![], Instant::now());
        // The first finds its memory.
        while steps.len() < 3 || began.elapsed() < span {
            let step = Instant::now();
            anyhow::ensure!(work(), "the losses were not numbers");
            steps.push(step.elapsed().as_secs_f64());
        }
        Ok(steps)
    })?;
    let best_s = steps[1..].iter().copied().fold(f64::INFINITY, f64::min);
    steps.sort_by(f64::total_cmp);
    Ok([best_s, steps[steps.len() / 2]])
}
