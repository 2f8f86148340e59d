//! `settei pose list`, `keep`, `rename` and `delete`: the user's own poses, the same that the window shows in every project.

use super::Usage;
use super::pose::Model;
use super::report::Report;
use crate::events::Event;
use crate::pose::{OwnPoses, Pose, PoseError, library};
use anyhow::Result;
use clap::Subcommand;
use std::path::PathBuf;

#[derive(Subcommand)]
pub(super) enum OwnPoseCommand {
    /// Name the poses that can be given by name: the built-in ones and your own
    List {},
    /// Keep a pose under a name, for every project of the window and for the command line
    Keep {
        /// The pose
        pose: String,
        /// Its name; without it, what it is called already
        #[arg(long)]
        name: Option<String>,
        /// The figure that an MMD pose was made for
        #[arg(long, value_name = "FILE")]
        figure: Option<PathBuf>,
    },
    /// Give one of your own poses another name
    Rename {
        /// What it is called
        from: String,
        /// What it is to be called
        to: String,
    },
    /// Delete one of your own poses
    Delete {
        /// What it is called
        name: String,
    },
}

impl OwnPoseCommand {
    pub(super) fn run(&self, report: &Report) -> Result<()> {
        match self {
            Self::List {} => {
                list(report);
                Ok(())
            }
            Self::Keep { pose, name, figure } => {
                let (called, pose) = Model::new(figure.as_deref(), report)?.named(pose)?;
                keep(name.as_deref().unwrap_or(&called), &pose, report)
            }
            Self::Rename { from, to } => rename(from, to, report),
            Self::Delete { name } => delete(name, report),
        }
    }
}

/// Names the poses that can be given by name.
fn list(report: &Report) {
    let (own, problems) = OwnPoses::of_user().list();
    for name in library::names() {
        report.say(name);
    }
    for pose in &own {
        report.say(format_args!("{}  (your own)", pose.name));
    }
    for problem in problems {
        report.warn(problem);
    }
    let built_in = library::names().map(str::to_owned).into();
    report.event(|| Event::Poses { built_in, own: own.into_iter().map(|pose| pose.name).collect() });
}

/// Keeps a pose for the window and the command line.
fn keep(name: &str, pose: &Pose, report: &Report) -> Result<()> {
    let got = OwnPoses::of_user().keep(name, pose)?;
    report.say(format_args!("kept as {got}"));
    report.event(|| Event::Kept { name: got });
    Ok(())
}

/// Gives an own pose another name.
fn rename(from: &str, to: &str, report: &Report) -> Result<()> {
    OwnPoses::of_user().rename(from, to).map_err(by_name)?;
    report.say(format_args!("{from} is called {to} now"));
    report.event(|| Event::Renamed { from: from.to_owned(), to: to.to_owned() });
    Ok(())
}

/// Deletes an own pose, whose name must be given as it is.
fn delete(name: &str, report: &Report) -> Result<()> {
    OwnPoses::of_user().remove(name).map_err(by_name)?;
    report.say(format_args!("deleted {name}"));
    report.event(|| Event::Deleted { name: name.to_owned() });
    Ok(())
}

/// A name that is none is the command line's fault.
fn by_name(error: PoseError) -> anyhow::Error {
    match error {
        PoseError::Unknown { name, own, .. } if own.is_empty() => {
            Usage(format!("you keep no pose called `{name}`, and no other either; `settei pose keep` keeps one")).into()
        }
        PoseError::Unknown { name, own, .. } => {
            Usage(format!("you keep no pose called `{name}`. Yours are {}", own.join(", "))).into()
        }
        error @ PoseError::NameTaken { .. } => Usage(error.to_string()).into(),
        error => error.into(),
    }
}
