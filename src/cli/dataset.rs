//! `settei dataset`: pictures of characters with their UDPs or keypoints, as training programs read them.

use super::Usage;
use super::arguments::{figure_help, introduce};
use super::report::Report;
use crate::dataset::{self, Contents, Kind, Plan, PosedSet, Recipe, Split};
use crate::events::Event;
use crate::train::data::posed::Actors;
use anyhow::Result;
use clap::Subcommand;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// Costumes of the paper's data set.
const PAPERS: u32 = 69;

/// Make pictures of characters with their Ultra-Dense Poses or the keypoints of their bodies, to train networks with
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
    /// Make a data set that networks learn from to invent characters (PSGAN), or go on making it
    ///
    /// Whole characters on white (.png), each in every pose, with twenty keypoints of the body (.json): where each is, as
    /// shares of the picture's width from the left and of its height from the top, and whether something hides it. Poses
    /// are cut from continuous motions; for fifteen of them one more is held out, in shards of its own. What is there
    /// already is kept, so an interrupted command can be given again.
    #[command(
        after_help = "Examples:\n  settei dataset psgan --characters 2 --poses 3 --size 64 --out small-poses\n  \
                            settei dataset check small-poses"
    )]
    Psgan {
        #[arg(long, value_name = "FILE", num_args = 1.., help = figure_help("Figures to draw"))]
        figure: Vec<PathBuf>,
        /// Generated characters to draw [default: 69, as in the paper, or none where figures are given]
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=100_000))]
        characters: Option<u32>,
        /// Poses of each of them
        #[arg(long, value_name = "N", default_value_t = 600, value_parser = clap::value_parser!(u32).range(1..=100_000))]
        poses: u32,
        /// Width and height of each picture in pixels: 32, 64, 128, 256, 512 or 1024
        #[arg(long, value_name = "PX", default_value_t = 1024)]
        size: u32,
        /// Another number makes another set
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Which shards, as 0-9, of 256 pictures each [default: all]
        #[arg(long, value_name = "FIRST-LAST", value_parser = range)]
        shards: Option<RangeInclusive<u32>>,
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
                make(out, &plan, shards.clone(), report)?;
            }
            Self::Psgan { figure, characters, poses, size, seed, shards, out } => {
                let characters = characters.unwrap_or(if figure.is_empty() { PAPERS } else { 0 });
                let actors = Actors { figures: figure.clone(), characters };
                for path in figure {
                    introduce(&crate::figure::load::load(path)?, report);
                }
                let set = PosedSet::new(*seed, &actors, *poses, *size)?;
                let all = || 0..=set.shards() - 1;
                make(out, &set, shards.clone().unwrap_or_else(all), report)?;
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

fn make(out: &Path, recipe: &dyn Recipe, shards: RangeInclusive<u32>, report: &Report) -> Result<()> {
    recipe.check().map_err(Usage)?;
    let made = dataset::make(out, recipe, shards, report)?;
    report.event(|| Event::DataSetMade(made));
    report.say(format_args!(
        "{} shards written with {} pictures, {} were there already",
        made.written, made.pictures, made.kept
    ));
    Ok(())
}

fn tell(contents: &Contents, report: &Report) {
    report.event(|| Event::DataSet(contents.clone()));
    let (seed, size_px, of_each) = match &contents.plan {
        Kind::Udps(plan) => (plan.seed, plan.size_px, format!("{} of each character", plan.views)),
        Kind::Posed(plan) => {
            let (actors, figures) = (plan.actors(), plan.figures.len());
            let who = format!("{actors} characters in {} poses, {figures} of them from files", plan.poses);
            (plan.seed, plan.size_px, who)
        }
    };
    report.say(format_args!("seed       {seed}"));
    report.say(format_args!("pictures   {size_px}×{size_px}, {of_each}"));
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
