//! How fast this machine renders, whatever the weights: they are made up.

use super::layers::sgemm;
use crate::conr::ConrError;
use crate::conr::cpu::{Drawing, PackedNetworks};
use crate::conr::made_up::MadeUp;
use crate::events::RenderSpeed;
use crate::nn::Precision;
use crate::progress::Progress;
use candle_core::{DType, Device};
use candle_nn::VarBuilder;
use std::time::{Duration, Instant};

/// Billions of operations of the textbook networks (a multiply-add is two) for one view of 256² and for a frame of m
/// views: the graph without any saving.
const ENCODER_GFLOP: f64 = 11.0;
const VIEW_GFLOP: f64 = 133.75;
const FRAME_GFLOP: f64 = 16.0;

/// The networks with made-up weights on the processor.
pub struct RenderBench(PackedNetworks);

impl RenderBench {
    /// Packs made-up weights.
    ///
    /// # Errors
    /// None that a user could cause.
    pub fn new(precision: Precision) -> Result<Self, ConrError> {
        let weights = VarBuilder::from_backend(Box::new(MadeUp), DType::F32, Device::Cpu);
        Ok(Self(PackedNetworks::new(&weights, precision)?))
    }

    /// Measures one case: `rounds` sheets and frames after one of each that is not counted.
    ///
    /// # Errors
    /// [`ConrError::Cancelled`].
    pub fn measure(
        &self,
        size: usize,
        views: usize,
        rounds: usize,
        progress: &dyn Progress,
    ) -> Result<RenderSpeed, ConrError> {
        let area = size * size;
        let drawing = |v: usize| (0..area).map(|i| [(i * 7 + v) as u8, (i / 3) as u8, i as u8, 255]).collect();
        let drawings: Vec<Vec<[u8; 4]>> = (0..views).map(drawing).collect();
        let landmarks: Vec<[f32; 4]> = (0..area).map(|i| [(i % size) as f32 / size as f32, 0.5, 0.3, 1.0]).collect();
        let mask = vec![255; area];
        let span = Duration::from_millis(100);
        let mut products = vec![sgemm(span)?];
        let go_on = || if progress.cancelled() { Err(ConrError::Cancelled) } else { Ok(()) };
        let mut sheet = self.0.encode(&drawings, size);
        let mut encodings = Vec::new();
        for _ in 0..rounds {
            go_on()?;
            let start = Instant::now();
            sheet = self.0.encode(&drawings, size);
            encodings.push(start.elapsed().as_secs_f64());
            products.push(sgemm(span)?);
        }
        let mut frames: Vec<Vec<f64>> = Vec::new();
        for round in 0..=rounds {
            let mut ticks = vec![Instant::now()];
            let mut drawing = self.0.draw(&sheet, &landmarks, &mask, false);
            for _ in 0..Drawing::STEPS {
                go_on()?;
                drawing = drawing.step();
                ticks.push(Instant::now());
            }
            drawing.finish();
            if round > 0 {
                frames.push(ticks.windows(2).map(|t| (t[1] - t[0]).as_secs_f64()).collect());
            }
            products.push(sgemm(span)?);
        }
        let median = |mut values: Vec<f64>| {
            values.sort_by(f64::total_cmp);
            values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
        };
        let encode_s = median(encodings);
        let frame_s = median(frames.iter().map(|f| f.iter().sum()).collect());
        let part = |i: usize| median(frames.iter().map(|f| f.get(i).copied().unwrap_or(f64::NAN)).collect());
        let sgemm = median(products);
        let (pictures, views_f) = (area as f64 / 65536.0, views as f64);
        Ok(RenderSpeed {
            size_px: size,
            views,
            encode_s,
            frame_s,
            parts_s: (0..Drawing::STEPS).map(part).collect(),
            sgemm,
            encode_ratio: ENCODER_GFLOP * views_f * pictures / encode_s / sgemm,
            frame_ratio: (VIEW_GFLOP * views_f + FRAME_GFLOP) * pictures / frame_s / sgemm,
            bytes: self.0.bytes(),
            peak_bytes: crate::memory::peak(),
        })
    }
}
