//! The command line: one file a subcommand, the same engine as the window's; without a subcommand, the window.
//!
//! Exit codes: 0 done, 1 failed, 2 the command line itself was wrong, 130 stopped by Ctrl+C, 143 told to end.

mod arguments;
mod background;
mod bench;
mod compare;
mod contact_sheet;
mod cutout;
mod dataset;
mod demo;
mod detect;
mod doctor;
mod example;
mod experiment;
mod experiment_psgan;
mod hints;
mod invent;
mod live;
mod motion;
mod own_poses;
mod pose;
mod pose_from;
mod project;
mod render;
mod report;
mod sheet;
mod stances;
mod standin;
mod stop;
mod sway;
mod train;
mod train_measure;
mod train_sheet;
mod udp;
mod video;
mod weights;

use clap::{CommandFactory as _, Parser, Subcommand};
use report::{Listener, Report};
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;
use stop::Stop;
use tracing_subscriber::Layer as _;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Draw an anime character once, see it in any pose.
#[derive(Parser)]
#[command(name = "settei", version, about, max_term_width = 100)]
#[command(after_help = "`settei` alone opens the window with an example. `settei FILE` opens a project, a figure or \
                        drawings.\n\
                        `settei demo` shows what Settei does without a window.\n\
                        `settei help COMMAND` explains a command with examples.")]
struct Cli {
    /// Opens the window with these: a project, a figure, drawings, poses or weights
    #[arg(value_name = "FILE")]
    files: Vec<std::path::PathBuf>,
    /// Report progress and results as one JSON object a line, for other programs
    #[arg(long, global = true)]
    json: bool,
    /// Tell Open Job Description's render farms how far the work is, by the lines that their sessions read
    #[arg(long, global = true, conflicts_with = "json", hide_short_help = true)]
    openjd: bool,
    /// Say more about what happens (twice: everything)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    Demo(demo::Demo),
    Render(render::Render),
    Sheet(sheet::Sheet),
    Udp(udp::UdpCommand),
    Cutout(cutout::CutoutCommand),
    Detect(detect::Detect),
    Compare(compare::Compare),
    #[command(subcommand)]
    Weights(weights::Weights),
    Pose(pose_from::Pose),
    #[command(subcommand)]
    Motion(motion::MotionCommand),
    Live(live::LiveCommand),
    #[command(subcommand)]
    Project(project::ProjectCommand),
    Example(example::Example),
    #[command(subcommand)]
    Standin(standin::StandIn),
    Invent(invent::Invent),
    #[command(subcommand)]
    Train(train::Train),
    #[command(subcommand)]
    Experiment(experiment::Experiment),
    #[command(subcommand)]
    Dataset(dataset::Dataset),
    Doctor(doctor::Doctor),
    #[command(subcommand)]
    Bench(bench::Bench),
}

/// The command line was understood by the parser but can't be meant so: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Usage(String);

/// Graphics drivers, window systems and desktop portals complain about what is none of the user's business; a failure of
/// theirs reaches us as an error.
const QUIET: &str =
    "warn,wgpu_hal=off,wgpu_core=off,egui_wgpu=error,egui_system_font_provider=error,winit=error,rfd=off";

/// Passes lines on without what a terminal would obey: they may hold names out of files.
struct Harmless<W>(W);

impl<W: Write> Write for Harmless<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.write_all(crate::text::plain(&String::from_utf8_lossy(line)).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let level = [QUIET, "warn,settei=info", "debug"][usize::from(cli.verbose.min(2))];
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| level.into());
    let log = crate::studio::LogLines::default();
    let to_terminal = tracing_subscriber::fmt::layer()
        .with_writer(|| Harmless(std::io::stderr()))
        .with_ansi(false)
        .without_time()
        .with_filter(filter);
    // A second subscriber in one process is a test harness's own; its choice stands.
    let _ = tracing_subscriber::registry().with(to_terminal).with(log.clone()).try_init();

    let listener = match (cli.json, cli.openjd) {
        (true, _) => Listener::Program(Box::new(io::stdout())),
        (_, true) => Listener::Farm(Box::new(io::stdout())),
        _ => Listener::Person,
    };
    let Some(command) = cli.command else {
        // Its work survives whatever ends it.
        return ended(&Report::new(listener, Stop::default()), open_window(cli.files, log));
    };
    let report = Arc::new(Report::new(listener, Stop::heeded()));
    // A training that is asked to stop finishes its step and writes what it learned, which may take a while.
    if !matches!(command, Command::Train(_) | Command::Experiment(_)) {
        stop::end_in_time(report.clone());
    }
    let outcome = match command {
        Command::Demo(command) => command.run(&report),
        Command::Render(command) => command.run(&report),
        Command::Sheet(command) => command.run(&report),
        Command::Udp(command) => command.run(&report),
        Command::Cutout(command) => command.run(&report),
        Command::Detect(command) => command.run(&report),
        Command::Compare(command) => command.run(&report),
        Command::Weights(command) => command.run(&report),
        Command::Pose(command) => command.run(&report),
        Command::Motion(command) => command.run(&report),
        Command::Live(command) => command.run(&report),
        Command::Project(command) => command.run(&report),
        Command::Example(command) => command.run(&report),
        Command::Standin(command) => command.run(&report),
        Command::Invent(command) => command.run(&report),
        Command::Train(command) => command.run(&report),
        Command::Experiment(command) => command.run(&report),
        Command::Dataset(command) => command.run(&report),
        Command::Doctor(command) => command.run(&report),
        Command::Bench(command) => command.run(&report),
    };
    ended(&report, outcome)
}

/// The window with these files, or with the example.
fn open_window(open: Vec<std::path::PathBuf>, log: crate::studio::LogLines) -> anyhow::Result<()> {
    if let Some(missing) = open.iter().find(|path| !path.exists()) {
        let name = missing.display();
        let commands: Vec<_> = Cli::command().get_subcommands().map(|c| c.get_name().to_owned()).collect();
        return Err(Usage(format!(
            "there is no command and no file called `{name}`. The commands are {}; `settei help` explains them",
            commands.join(", ")
        ))
        .into());
    }
    crate::studio::run(crate::studio::Launch { open, log, ..Default::default() })
}

/// Says how it went.
fn ended(report: &Report, outcome: anyhow::Result<()>) -> ExitCode {
    match outcome {
        Ok(()) => {
            report.done();
            ExitCode::SUCCESS
        }
        Err(error) => {
            if let Some(signal) = report.signal() {
                report.stopped(signal);
                return ExitCode::from(signal.exit_code());
            }
            report.failed(&error);
            if error.is::<Usage>() { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}
