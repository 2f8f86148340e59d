//! How fast the detector learns, and whether its data keep up.

use crate::events::TrainSpeed;
use crate::train::data::{Cast, Lesson, Manner, VIEWS, item};
use crate::train::{Detecting, Dice, Settings};
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
    // In threads of its own, as a training learns: whoever waits from outside is woken at each operation.
    let threads = rayon::ThreadPoolBuilder::new().build()?;
    let mut steps = threads.install(|| {
        let (mut steps, began) = (vec![], Instant::now());
        // The first finds its memory.
        while steps.len() < 3 || began.elapsed() < span {
            let step = Instant::now();
            let learned = detecting.learn(&mut state, &lesson, &settings);
            anyhow::ensure!(learned.is_ok(), "the losses were not numbers");
            steps.push(step.elapsed().as_secs_f64());
        }
        Ok(steps)
    })?;
    let best_s = steps[1..].iter().copied().fold(f64::INFINITY, f64::min);
    steps.sort_by(f64::total_cmp);
    Ok(TrainSpeed {
        size_px,
        batch,
        threads: rayon::current_num_threads(),
        best_s,
        median_s: steps[steps.len() / 2],
        view_s: views_s,
        item_s: items_s,
    })
}
