//! `settei experiment psgan`: PSGAN beside what its paper compares it with, in numbers.

use super::Usage;
use super::experiment::Place;
use super::experiment::told::heard;
use super::report::Report;
use crate::experiments::Learned;
use crate::experiments::psgan::{Contestant, InventLab, InventTable};
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;

/// Learn PSGAN, the same networks without pose maps (Progressive GAN) and PG², and measure what they make
///
/// Each row is a training in a folder of its own, as is what finds the points of bodies, by which all are measured: stop the
/// command at any time (Ctrl+C) and give it again. The rows are psgan, progressive-gan and pg2; real pictures of other
/// characters stand beside them, and generators that were learned elsewhere, without any training but that of what measures.
#[derive(Args)]
#[command(after_help = "Examples:\n  settei experiment psgan --budget quick --plan --out my-psgan\n  \
                  settei experiment psgan --budget quick --seeds 3 --out my-psgan\n  \
                  settei experiment psgan --weights psgan.safetensors --budget try --out measured")]
pub(super) struct Psgan {
    /// Which rows are learned, by commas [default: all; with --weights none]
    #[arg(long, value_name = "ROWS", value_delimiter = ',')]
    only: Vec<String>,
    /// Weights of generators that are measured as they are (.safetensors)
    #[arg(long, value_name = "FILE", num_args = 1..)]
    weights: Vec<PathBuf>,
    /// How often each row is learned, each time with other numbers by lot
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=100))]
    seeds: u64,
    /// Say which rows there are and what is done; learn nothing
    #[arg(long)]
    plan: bool,
    /// Print and write the table of what is known, and learn nothing
    #[arg(long, conflicts_with_all = ["plan", "weights"])]
    merge: bool,
    #[command(flatten)]
    place: Place,
}

impl Psgan {
    pub(super) fn run(&self, report: &Report) -> Result<()> {
        let rows = self.rows()?;
        let mut lab = InventLab::open(&self.place.out, self.place.budget, self.place.threads.map(usize::from))?;
        if self.plan {
            return self.plan(&lab, &rows, report);
        }
        if !self.merge && self.learn(&mut lab, &rows, report)? == Learned::Paused {
            report.say("paused; the same command goes on");
            return Ok(());
        }
        // Rows that were learned before belong to the table, whatever is learned now.
        let table = InventTable::read(&lab, &Contestant::ALL, self.seeds)?;
        report.say(table.text());
        for path in table.write(&mut lab)? {
            report.wrote(&path);
        }
        if table.missing() > 0 {
            let missing = table.missing();
            report.warn(format_args!(
                "{missing} rows are not learned whole yet; without --only, --weights and --merge they are"
            ));
        }
        Ok(())
    }

    fn rows(&self) -> Result<Vec<Contestant>, Usage> {
        if self.only.is_empty() {
            return Ok(if self.weights.is_empty() { Contestant::ALL.to_vec() } else { vec![] });
        }
        let row = |id: &String| {
            let names = || Contestant::ALL.map(Contestant::id).join(", ");
            Contestant::named(id.trim())
                .ok_or_else(|| Usage(format!("there is no row called `{id}`; the rows are {}", names())))
        };
        self.only.iter().map(row).collect()
    }

    fn plan(&self, lab: &InventLab, rows: &[Contestant], report: &Report) -> Result<()> {
        report.say(lab.about());
        let line = |name: &str, seed: u64, steps: u64, done: String| {
            report.say(format_args!("{name:<18} seed {seed}  {steps:>8} steps  {done}"));
        };
        let finding = lab.settings(None, 1).rates.steps;
        line("keypoints", 1, finding, format!("{} done", lab.steps_done(None, 1)?));
        for seed in 1..=self.seeds {
            for row in rows {
                report.go_on()?;
                let done = if lab.is_done(*row, seed)? {
                    "measured".to_owned()
                } else {
                    format!("{} done", lab.steps_done(Some(*row), seed)?)
                };
                line(row.id(), seed, lab.settings(Some(*row), seed).rates.steps, done);
            }
        }
        for path in &self.weights {
            report.say(format_args!("{}: measured as they are", path.display()));
        }
        Ok(())
    }

    /// Learns and measures what is missing.
    fn learn(&self, lab: &mut InventLab, rows: &[Contestant], report: &Report) -> Result<Learned> {
        // A step may take minutes, and what it learnt is worth a checkpoint.
        report.take_time();
        let mut elsewhere = false;
        let mut ended = |what: String, learned: Learned| {
            match learned {
                Learned::Done => report.say(format_args!("{what} is measured")),
                Learned::Paused => report.say(format_args!("{what} is paused")),
                Learned::Elsewhere => report.warn(format_args!("{what} is learned by another process")),
            }
            elsewhere |= learned == Learned::Elsewhere;
            learned == Learned::Paused
        };
        for seed in 1..=self.seeds {
            for row in rows {
                report.go_on()?;
                let what = format!("{} seed {seed}", row.id());
                let learned = lab.learn(*row, seed, report, &heard(&what, report))?;
                if ended(what, learned) {
                    return Ok(Learned::Paused);
                }
            }
        }
        for path in &self.weights {
            report.go_on()?;
            let learned = lab.weights(path, report, &heard("keypoints", report))?;
            if ended(path.display().to_string(), learned) {
                return Ok(Learned::Paused);
            }
        }
        report.go_on()?;
        let learned = lab.real(report, &heard("keypoints", report))?;
        if ended("a set of real pictures".into(), learned) {
            return Ok(Learned::Paused);
        }
        Ok(if elsewhere { Learned::Elsewhere } else { Learned::Done })
    }
}
