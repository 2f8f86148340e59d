//! `settei bench tune`: what is gained by learning a character's drawings.

use crate::bench::tune::measure;
use crate::cli::Usage;
use crate::cli::report::Report;
use crate::train::{Change, Preset};
use std::path::PathBuf;

/// What is gained by learning a character's drawings, and what other characters lose
///
/// Five drawings of each by a hand whose style the weights never saw; one is kept out. PSNR in decibels.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct TuneBench {
    /// Characters by lot
    #[arg(long, default_value_t = 10)]
    count: u64,
    /// The number of the first
    #[arg(long, default_value_t = 0)]
    first: u64,
    /// A figure's file, drawn in so many styles, instead of characters by lot
    #[arg(long, value_name = "FILE")]
    figure: Option<PathBuf>,
    /// How long each learns: quick, good or thorough
    #[arg(long, default_value = "good")]
    preset: String,
    /// Steps, instead of the preset's
    #[arg(long)]
    steps: Option<u64>,
    /// The highest rate, instead of the preset's
    #[arg(long)]
    rate: Option<f32>,
    /// Working size of what is painted
    #[arg(long, default_value_t = 256)]
    size: usize,
}

impl TuneBench {
    /// Measures and reports.
    pub(super) fn run(&self, report: &Report) -> anyhow::Result<()> {
        let preset = Preset::of_sheets(&self.preset);
        let preset = preset.ok_or_else(|| Usage("--preset must be quick, good or thorough".into()))?;
        let mut settings = preset.settings();
        if let Some(steps) = self.steps {
            settings.rates.steps = steps;
        }
        if let Some(rate) = self.rate {
            settings.rates.highest = rate;
        }
        let folder = tempfile::tempdir()?;
        let in_words = |change: &Change| format!("{:.2} → {:.2} ({:+.2})", change.before, change.now, change.gain());
        let mut all = Vec::new();
        for seed in self.first..self.first + self.count {
            report.go_on()?;
            let one = measure(seed, self.figure.as_deref(), &settings, self.size, folder.path(), report)?;
            report.say(format_args!(
                "{seed:>3}  kept out {}, exact pose {}, poses {}, other characters {}, {} KB, {:.0?}{}",
                in_words(&one.measured.kept_out),
                in_words(&one.kept_out),
                in_words(&one.poses),
                in_words(&one.measured.replay),
                one.bytes >> 10,
                one.took,
                one.refused.as_ref().map(|why| format!("; {why}")).unwrap_or_default()
            ));
            all.push(one);
        }
        let mean = |of: &dyn Fn(usize) -> f64| (0..all.len()).map(of).sum::<f64>() / all.len().max(1) as f64;
        report.say(format_args!(
            "mean gain: kept out {:+.2} dB, in its exact pose {:+.2} dB, poses {:+.2} dB; other characters {:+.2} dB",
            mean(&|i| all[i].measured.kept_out.gain()),
            mean(&|i| all[i].kept_out.gain()),
            mean(&|i| all[i].poses.gain()),
            mean(&|i| all[i].measured.replay.gain()),
        ));
        Ok(())
    }
}
