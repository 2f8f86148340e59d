//! The command line: one file a subcommand, the same engine as the window's.
//!
//! Exit codes: 0 done, 1 failed, 2 the command line itself was wrong.

mod arguments;
mod bench;
mod bench_nn;
mod bench_render;
mod contact_sheet;
mod demo;
mod detect;
mod doctor;
mod render;
mod report;
mod sheet;
mod udp;
mod weights;

use clap::{Parser, Subcommand};
use report::Report;
use std::process::ExitCode;

/// Draw an anime character once, see it in any pose.
#[derive(Parser)]
#[command(name = "settei", version, about, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "Start with `settei demo`: it needs nothing else and shows what Settei does.\n\
                        `settei help COMMAND` explains a command with examples.")]
struct Cli {
    /// Report progress and results as one JSON object a line, for other programs
    #[arg(long, global = true)]
    json: bool,
    /// Say more about what happens (twice: everything)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Demo(demo::Demo),
    Render(render::Render),
    Sheet(sheet::Sheet),
    Udp(udp::UdpCommand),
    Detect(detect::Detect),
    #[command(subcommand)]
    Weights(weights::Weights),
    Doctor(doctor::Doctor),
    #[command(subcommand)]
    Bench(bench::Bench),
}

/// The command line was understood by the parser but can't be meant so: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Usage(String);

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    // Graphics drivers complain about what is none of the user's business; a failure of theirs reaches us as an error.
    let level = ["warn,wgpu_hal=off,wgpu_core=off", "warn,settei=info", "debug"][usize::from(cli.verbose.min(2))];
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| level.into());
    // A second subscriber in one process is a test harness's own; its choice stands.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).without_time().try_init();

    let report = Report::new(cli.json);
    let outcome = match cli.command {
        Command::Demo(command) => command.run(&report),
        Command::Render(command) => command.run(&report),
        Command::Sheet(command) => command.run(&report),
        Command::Udp(command) => command.run(&report),
        Command::Detect(command) => command.run(&report),
        Command::Weights(command) => command.run(&report),
        Command::Doctor(command) => command.run(&report),
        Command::Bench(command) => command.run(&report),
    };
    match outcome {
        Ok(()) => {
            report.done();
            ExitCode::SUCCESS
        }
        Err(error) => {
            report.failed(&error);
            if error.is::<Usage>() { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}
