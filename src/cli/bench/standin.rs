//! `settei bench standin`: stand-ins dressed like characters by lot.

use crate::bench::standin::measure;
use crate::cli::report::Report;
use crate::standin::dress::Care;

/// How like characters by lot a stand-in becomes that is dressed like their drawings
///
/// Two drawings of each, from the front and from behind in A-pose, with exact Ultra-Dense Poses.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct StandInBench {
    /// Characters
    #[arg(long, default_value_t = 50)]
    count: u64,
    /// The number of the first
    #[arg(long, default_value_t = 0)]
    first: u64,
    /// Look once, at one drawing
    #[arg(long)]
    quick: bool,
}

impl StandInBench {
    /// Measures and reports.
    pub(super) fn run(&self, report: &Report) -> anyhow::Result<()> {
        let care = if self.quick { Care::Quick } else { Care::Full };
        let (mut all, mut hair, mut hems, mut other) = (Vec::new(), Vec::new(), Vec::new(), 0);
        for seed in self.first..self.first + self.count {
            report.go_on()?;
            let one = measure(seed, care, report)?;
            let in_words = |off: Option<f32>| off.map_or("-".into(), |off| format!("{:+.1} %", 100.0 * off));
            report.say(format_args!(
                "{seed:>4}  covers {:.1} %  hair {}  hem {}{}  {:.0?}",
                100.0 * one.overlap,
                in_words(one.hair_off),
                in_words(one.hem_off),
                if one.other_kind { "  (skirt for trousers, or the other way round)" } else { "" },
                one.took
            ));
            all.push(one.overlap);
            hair.extend(one.hair_off);
            hems.extend(one.hem_off);
            other += u32::from(one.other_kind);
        }
        let count = all.len().max(1) as f32;
        let within = |offs: &[f32]| offs.iter().filter(|off| off.abs() <= 0.1).count();
        report.say(format_args!(
            "mean {:.1} %; {} of {} cover 90 % or more; hair within 10 % of the height in {} of {}, hems in {} of {}; {other} \
             took skirts for trousers or the other way round",
            100.0 * all.iter().sum::<f32>() / count,
            all.iter().filter(|overlap| **overlap >= 0.9).count(),
            all.len(),
            within(&hair),
            hair.len(),
            within(&hems),
            hems.len(),
        ));
        Ok(())
    }
}
