//! `settei experiment`: the tables of the paper on CoNR, learned anew, and those on PSGAN.

pub(super) mod told;

use super::Usage;
use super::experiment_psgan::Psgan;
use super::motion::free;
use super::report::Report;
use crate::events::{Event, RowStands};
use crate::experiments::{Budget, Filled, Lab, Learned, RUNS, Run, Shown, TABLES, Table, openjd, runs_of, views_of};
use crate::progress::Progress as _;
use crate::train::{Learns, figures_in};
use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use std::path::PathBuf;
use told::{learn, tell, written};

/// Learn the experiments of papers anew: CoNR's renderer as its text has it, with every part that its tables compare, and PSGAN
/// beside what it is compared with
#[derive(Subcommand)]
pub(super) enum Experiment {
    /// Learn what is missing of the tables, measure it on characters held out, and print it beside the paper's figures
    ///
    /// Each row is a training in a folder of its own: stop the command at any time (Ctrl+C) and give it again, or look at the
    /// trainings in the window. Tables 1 (2 is the same), detector (3), 4, messages, losses, encoding,
    /// joint and gap.
    #[command(after_help = "Examples:\n  settei experiment tables --budget quick --plan --out my-tables\n  \
                            settei experiment tables --only messages --seeds 3 --job --out my-job\n  \
                            settei experiment tables --only 1,4,messages --budget quick --out my-tables")]
    Tables(Tables),
    /// Learn and measure one row, as a task of a farm does; `tables --plan` names the rows
    #[command(after_help = "Example:\n  settei experiment row messages-0 --budget try --out tried")]
    Row {
        /// Which
        row: String,
        /// Everything by lot follows from this number
        #[arg(long, default_value_t = 1)]
        seed: u64,
        #[command(flatten)]
        besides: Besides,
        #[command(flatten)]
        place: Place,
    },
    Psgan(Psgan),
}

/// Where, and how much time there is.
#[derive(Args)]
pub(super) struct Place {
    /// How large networks, pictures and trainings are
    #[arg(long, value_enum, default_value = "quick")]
    pub(super) budget: Budget,
    /// Threads that learn [default: 2]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,
    /// Folder of the experiments; made if it isn't there
    #[arg(long, value_name = "DIR")]
    pub(super) out: PathBuf,
}

/// On whom is measured besides.
#[derive(Args)]
pub(super) struct Besides {
    /// Folders with figures that the rows of the table gap are measured on, besides generated characters; nobody learns
    /// from them
    #[arg(long, value_name = "FOLDER")]
    figures: Vec<PathBuf>,
}

#[derive(Args)]
pub(super) struct Tables {
    /// Which tables, by commas [default: all]
    #[arg(long, value_name = "TABLES", value_delimiter = ',')]
    only: Vec<String>,
    /// How often each row is learned, each time with other numbers by lot
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=100))]
    seeds: u64,
    /// Say which rows there are, how many numbers each learns, and what is done; learn nothing
    #[arg(long)]
    plan: bool,
    /// Print and write the tables of what is known, and learn nothing
    #[arg(long, conflicts_with = "plan")]
    merge: bool,
    /// Write a job for render farms (Open Job Description) instead, each row a task of its own
    #[arg(long, conflicts_with_all = ["plan", "merge"])]
    job: bool,
    /// How the machines of the farm call this program: by its name on PATH, or where it lies
    #[arg(long, value_name = "PROGRAM", default_value = "settei", requires = "job")]
    settei: String,
    #[command(flatten)]
    besides: Besides,
    #[command(flatten)]
    place: Place,
}

impl Place {
    fn lab(&self, besides: &Besides) -> Result<Lab> {
        let mut figures = vec![];
        for folder in &besides.figures {
            figures.extend(figures_in(folder)?);
        }
        Ok(Lab::open(&self.out, self.budget, self.threads.map(usize::from))?.with_figures(figures))
    }
}

impl Experiment {
    pub(super) fn run(&self, report: &Report) -> Result<()> {
        match self {
            Self::Tables(tables) => tables.run(report),
            Self::Psgan(psgan) => psgan.run(report),
            Self::Row { row, seed, besides, place } => {
                let run = Run::named(row).ok_or_else(|| {
                    let names: Vec<_> = RUNS.iter().map(|run| run.id).collect();
                    Usage(format!("there is no row called `{row}`; the rows are {}", names.join(", ")))
                })?;
                learn(&mut place.lab(besides)?, run, *seed, report).map(drop)
            }
        }
    }
}

impl Tables {
    fn run(&self, report: &Report) -> Result<()> {
        let tables = self.tables()?;
        let runs = runs_of(&tables);
        if self.job {
            return self.write_job(&tables, &runs, report);
        }
        let mut lab = self.place.lab(&self.besides)?;
        if self.plan {
            return self.plan(&lab, &runs, report);
        }
        if !self.merge {
            for seed in 1..=self.seeds {
                for run in &runs {
                    if learn(&mut lab, run, seed, report)? == Learned::Paused {
                        report.say("paused; the same command goes on");
                        return Ok(());
                    }
                }
            }
        }
        report.stage("measuring who needs no training", 0);
        let painted = tables.iter().filter(|table| table.paints());
        let mut shown: Vec<Shown> = painted.flat_map(|table| table.shown()).collect();
        shown.sort_unstable();
        shown.dedup();
        for shown in shown {
            lab.baselines(4, shown)?;
            if !lab.can_show(shown) {
                report.say("figures from files are left out of the table gap; --figures gives a folder of them");
            }
        }
        let mut missing = 0;
        for table in tables {
            let filled = Filled::read(table, &lab, self.seeds)?;
            report.say(filled.text());
            let files = filled.write(&mut lab)?;
            files.iter().for_each(|path| report.wrote(path));
            report.event(|| Event::ExperimentTable(written(&filled, &files)));
            missing += filled.missing();
        }
        if missing > 0 {
            report.warn(format_args!("{missing} rows are not learned whole yet; without --merge they are"));
        }
        Ok(())
    }

    fn tables(&self) -> Result<Vec<&'static Table>, Usage> {
        if self.only.is_empty() {
            return Ok(TABLES.iter().collect());
        }
        let table = |id: &String| {
            let names = || TABLES.iter().map(|table| table.id).collect::<Vec<_>>().join(", ");
            Table::named(id.trim()).ok_or_else(|| Usage(format!("there is no table `{id}`; there are {}", names())))
        };
        let mut tables = self.only.iter().map(table).collect::<Result<Vec<_>, _>>()?;
        // The paper prints one of them twice.
        let mut seen = vec![];
        tables.retain(|table| {
            !seen.contains(&table.id) && {
                seen.push(table.id);
                true
            }
        });
        Ok(tables)
    }

    fn plan(&self, lab: &Lab, runs: &[&Run], report: &Report) -> Result<()> {
        report.say(lab.budget().about());
        for seed in 1..=self.seeds {
            for run in runs {
                report.go_on()?;
                let settings = lab.settings(run, seed);
                let (design, steps) = (settings.study.design, settings.rates.steps);
                let done = if lab.is_done(run, seed)? {
                    "done".to_owned()
                } else {
                    format!("{} of {steps} steps", lab.steps_done(run, seed)?)
                };
                let views: Vec<String> = views_of(run).iter().map(usize::to_string).collect();
                report.say(format_args!(
                    "{:<20} seed {seed}  {:<16} m = {}, n = {:<4}  {:>9} parameters  {done}",
                    run.id,
                    match settings.study.learns {
                        Learns::Detector => format!("detector {}", design.backbone.name()),
                        _ => design.name(),
                    },
                    design.views,
                    views.join(", "),
                    settings.study.parameters()
                ));
                tell(lab, run, seed, RowStands::Planned, report)?;
            }
        }
        Ok(())
    }

    fn write_job(&self, tables: &[&Table], runs: &[&Run], report: &Report) -> Result<()> {
        let path = self.place.out.join(openjd::FILE);
        free(&path, false)?;
        // A farm's machines look for a folder beside the template, where it isn't said from the root on.
        let figures: Vec<PathBuf> = self.besides.figures.iter().map(std::path::absolute).collect::<Result<_, _>>()?;
        let Self { seeds, settei, place: Place { budget, .. }, .. } = self;
        let job = openjd::Job { tables, runs, budget: *budget, seeds: *seeds, settei, figures: &figures };
        let template = job.template();
        std::fs::create_dir_all(&self.place.out)
            .with_context(|| format!("can't write {}", self.place.out.display()))?;
        let text = serde_json::to_string_pretty(&template)?;
        crate::files::write(&path, text.as_bytes()).with_context(|| format!("can't write {}", path.display()))?;
        report.wrote(&path);
        report.say(format_args!(
            "{} tasks; try it here with `openjd run {}`",
            runs.len() as u64 * self.seeds,
            path.display()
        ));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Cli, Command};
    use super::*;
    use clap::Parser as _;

    /// What a farm would call is what this program understands: whoever renames an option learns it here.
    #[test]
    fn what_a_template_calls_is_understood() {
        let tables: Vec<&Table> = TABLES.iter().collect();
        let (runs, figures) = (runs_of(&tables), ["/figures", "/more"].map(PathBuf::from));
        let budget = Budget::Quick;
        let job = openjd::Job { tables: &tables, runs: &runs, budget, seeds: 3, settei: "settei", figures: &figures };
        let template = job.template();
        let mut values = vec![("{{Task.Param.Row}}".to_owned(), "u-c-g".to_owned())];
        values.push(("{{Task.Param.Seed}}".into(), "2".into()));
        for parameter in template["parameterDefinitions"].as_array().unwrap() {
            let default = &parameter["default"];
            let value = default.as_str().map_or_else(|| default.to_string(), str::to_owned);
            values.push((format!("{{{{Param.{}}}}}", parameter["name"].as_str().unwrap()), value));
        }
        let mut called = vec![];
        for step in template["steps"].as_array().unwrap() {
            let run = &step["script"]["actions"]["onRun"];
            let words = [&run["command"]].into_iter().chain(run["args"].as_array().unwrap()).map(|word| {
                let word = word.as_str().unwrap().to_owned();
                values.iter().fold(word, |word, (name, value)| word.replace(name, value))
            });
            let cli = Cli::try_parse_from(words).unwrap();
            assert!(cli.openjd, "a farm is told how far a task is");
            match cli.command {
                Some(Command::Experiment(Experiment::Row { row, seed, place, besides })) => {
                    assert_eq!(besides.figures, figures);
                    assert_eq!((row.as_str(), seed, place.budget, place.threads), ("u-c-g", 2, Budget::Quick, Some(2)));
                    called.push("row");
                }
                Some(Command::Experiment(Experiment::Tables(tables))) => {
                    assert!(
                        tables.merge
                            && !tables.job
                            && tables.seeds == 3
                            && tables.besides.figures == figures
                            && tables.tables().unwrap().len() == TABLES.len()
                    );
                    called.push("tables");
                }
                _ => panic!("another command"),
            }
        }
        assert_eq!(called, ["row", "tables"]);
        assert_eq!(template["steps"][0]["parameterSpace"]["taskParameterDefinitions"][1]["range"], "1-3");
    }
}
