//! A row is learned, and who listens is told.

use super::super::report::Report;
use crate::events::{Event, ExperimentRow, ExperimentTable, RowStands};
use crate::experiments::{Filled, Lab, Learned, Run};
use crate::train::RunEvent;
use anyhow::Result;
use std::path::PathBuf;

/// Learns a row as far as it is missing.
pub(super) fn learn(lab: &mut Lab, run: &Run, seed: u64, report: &Report) -> Result<Learned> {
    report.go_on()?;
    let what = format!("{} seed {seed}", run.id);
    tell(lab, run, seed, RowStands::Begun, report)?;
    // A step may take minutes, and what it learnt is worth a checkpoint.
    report.take_time();
    let learned = lab.learn(run, seed, report, &heard(&what, report))?;
    let stands = match learned {
        Learned::Done => {
            report.say(format_args!("{what} is learned and measured"));
            RowStands::Learned
        }
        Learned::Paused => {
            report.say(format_args!("{what} is paused"));
            RowStands::Paused
        }
        Learned::Elsewhere => {
            report.warn(format_args!("{what} is learned by another process"));
            RowStands::Elsewhere
        }
    };
    tell(lab, run, seed, stands, report)?;
    Ok(learned)
}

/// Passes on what happens in a training; `what` it is.
pub(in super::super) fn heard(what: &str, report: &Report) -> impl Fn(&RunEvent) + Sync {
    move |event| {
        report.event(|| Event::Training { happened: event.clone() });
        if matches!(event, RunEvent::Started { .. } | RunEvent::Measured { .. } | RunEvent::WentBack { .. }) {
            report.say(format_args!("{what}: {}", event.words()));
        }
    }
}

/// Tells other programs how it stands with a row.
pub(super) fn tell(lab: &Lab, run: &Run, seed: u64, stands: RowStands, report: &Report) -> Result<()> {
    let settings = lab.settings(run, seed);
    let row = ExperimentRow {
        row: run.id.to_owned(),
        seed,
        folder: lab.run_folder(run, seed).display().to_string(),
        stands,
        steps_done: lab.steps_done(run, seed)?,
        steps: settings.rates.steps,
        parameters: settings.study.parameters(),
        outcomes: lab.outcomes(run, seed)?,
    };
    report.event(|| Event::ExperimentRow(row));
    Ok(())
}

/// What other programs are told of a table.
pub(super) fn written(filled: &Filled, files: &[PathBuf]) -> ExperimentTable {
    let table = filled.table();
    ExperimentTable {
        table: table.id.to_owned(),
        title: table.title.to_owned(),
        missing: filled.missing(),
        claims: filled.verdicts().into_iter().map(|(claim, verdict)| (claim.to_owned(), verdict)).collect(),
        files: files.iter().map(|path| path.display().to_string()).collect(),
    }
}
