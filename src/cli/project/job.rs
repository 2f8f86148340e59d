//! `settei project job`: what the window's render queue starts.

use super::super::report::Report;
use super::super::{Cli, Command, Usage};
use super::ProjectCommand;
use crate::queue::JobFolder;
use crate::text;
use anyhow::Result;
use clap::Parser as _;
use std::ffi::OsString;
use std::path::Path;

/// Does a job of the queue: its folder says what is wanted, and is told how it ended.
pub(super) fn run(path: &Path, report: &Report) -> Result<()> {
    let (folder, wish) = JobFolder::open(path)?;
    let _claim = folder.claim()?;
    if folder.is_paused() {
        // While this process began.
        return Ok(());
    }
    let words = std::iter::once(OsString::from("settei")).chain(wish.arguments(folder.path()));
    let outcome = match Cli::try_parse_from(words) {
        Ok(Cli { command: Some(Command::Project(ProjectCommand::Encode(encode))), .. }) => encode.run(report),
        Ok(_) => Err(Usage("the job wants no export".into()).into()),
        Err(error) => Err(Usage(text::line(&error.to_string()).into_owned()).into()),
    };
    // Who was asked to stop comes back to it.
    if report.signal().is_none() {
        folder.end(outcome.as_ref().err().map(|error| format!("{error:#}")))?;
    }
    outcome
}
