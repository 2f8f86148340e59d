//! `settei dataset`: pictures of characters with their UDPs, as training programs read them.

use super::Usage;
use super::report::Report;
use crate::dataset::{self, Contents, Plan, Split};
use crate::events::Event;
use anyhow::Result;
use clap::Subcommand;
use std::ops::RangeInclusive;
use std::path::PathBuf;

/// Make drawings of invented characters with their Ultra-Dense Poses, to train networks with
#[derive(Subcommand)]
pub(super) enum Dataset {
    /// Make a data set, or go on making it
    ///
    /// Shards are tar archives in WebDataset's form: a drawing (.png), its Ultra-Dense Pose (.npz) and a description
    /// (.json) under each name. One character in seventeen is held out, in shards of its own. What is there already is
    /// kept, so an interrupted command can be given again, and different machines can make different shards of one set.
    #[command(
        after_help = "Examples:\n  settei dataset make --shards 0-0 --groups 1 --views 2 --size 64 --out small-set\n  \
                            settei dataset check small-set"
    )]
    Make {
        /// Which shards, as 0-9
        #[arg(long, value_name = "FIRST-LAST", default_value = "0-9", value_parser = range)]
        shards: RangeInclusive<u32>,
        /// Another number makes another set
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Pictures of each character
        #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=1000))]
        views: u32,
        /// Characters in a shard, in groups of seventeen
        #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=1000))]
        groups: u32,
        /// Width and height of each picture in pixels
        #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u32).range(32..=1024))]
        size: u32,
        /// Folder of the set; made if it isn't there
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Tell what a data set holds
    Info {
        /// Its folder
        folder: PathBuf,
    },
    /// Read all of a data set, and draw some of it again to compare
    Check {
        /// Its folder
        folder: PathBuf,
    },
}

/// Reads `0-9`, or one number.
fn range(text: &str) -> Result<RangeInclusive<u32>, String> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let number = |text: &str| text.trim().parse::<u32>().ok().filter(|n| *n < 100_000);
    let range = number(first).zip(number(last)).filter(|(first, last)| first <= last);
    let (first, last) = range.ok_or("write it as 0-9, below 100000")?;
    Ok(first..=last)
}

impl Dataset {
    pub(super) fn run(&self, report: &Report) -> Result<()> {
        match self {
            Self::Make { shards, seed, views, groups, size, out } => {
                let plan = Plan { seed: *seed, views: *views, groups: *groups, size_px: *size, ..Plan::default() };
                plan.check().map_err(Usage)?;
                let made = dataset::make(out, &plan, shards.clone(), report)?;
                report.event(|| Event::DataSetMade(made));
                report.say(format_args!(
                    "{} shards written with {} pictures, {} were there already",
                    made.written, made.pictures, made.kept
                ));
            }
            Self::Info { folder } => tell(&dataset::info(folder)?, report),
            Self::Check { folder } => {
                tell(&dataset::check(folder, report)?, report);
                report.say("All of it is sound.");
            }
        }
        Ok(())
    }
}

fn tell(contents: &Contents, report: &Report) {
    report.event(|| Event::DataSet(contents.clone()));
    let plan = &contents.plan;
    report.say(format_args!("seed       {}", plan.seed));
    report.say(format_args!("pictures   {0}×{0}, {1} of each character", plan.size_px, plan.views));
    for (part, split) in contents.splits.iter().zip(Split::ALL) {
        report.say(format_args!(
            "{:<10} {} shards, {} pictures, {:.1} MB",
            split.name(),
            part.shards,
            part.pictures,
            part.bytes as f64 / 1e6
        ));
    }
}
