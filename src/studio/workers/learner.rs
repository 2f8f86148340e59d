//! Processes that learn: started so that they outlive the window, and stopped by what their folder is told.

use super::trainings::Look;
use crate::train::{Preset, RunEvent, RunFolder, RunReader, Settings, Standing};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// What a process said that ended before it could tell its folder.
const OUTPUT: &str = "output.txt";
const MAX_OUTPUT_BYTES: u64 = 1 << 20;
/// How often is looked whether a process let go of a folder.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// A process that was ended is gone after this.
const GONE_AFTER: Duration = Duration::from_secs(20);

/// More threads gain little.
const MOST_THREADS: usize = 16;

/// A preset with the threads that this machine has; it learns behind whatever else runs.
pub(in crate::studio) fn fitted(preset: &Preset) -> Settings {
    let settings = preset.settings();
    let all = rayon::current_num_threads();
    Settings { threads: all.clamp(1, MOST_THREADS), makers: (all / 4).clamp(1, MOST_THREADS), ..settings }
}

/// Starts a process that lets the training in this folder go on; `program` is `settei`, or `None` for this one. With
/// `finish` it ends after so many steps more.
///
/// # Errors
/// A sentence: a folder that can't be written, no process to be had.
pub(in crate::studio) fn start(
    program: Option<PathBuf>,
    run: &Path,
    finish: Option<u64>,
    look: Look,
) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("the training {} can't be started: {error}", run.display());
    let program = program.map_or_else(std::env::current_exe, Ok).map_err(failed)?;
    let output = File::create(run.join(OUTPUT)).map_err(failed)?;
    let mut command = Command::new(program);
    command.args(["train", "resume", "--background"]);
    if let Some(steps) = finish {
        command.arg("--finish").arg(steps.to_string());
    }
    command.arg(run);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(output);
    #[cfg(windows)]
    {
        use std::os::windows::process::CommandExt as _;
        const DETACHED_PROCESS: u32 = 0x8;
        const BELOW_NORMAL_PRIORITY_CLASS: u32 = 0x4000;
        command.creation_flags(DETACHED_PROCESS | BELOW_NORMAL_PRIORITY_CLASS);
    }
    let mut child = command.spawn().map_err(failed)?;
    let run = run.to_owned();
    // Somebody has to take note of its end; without a thread the system does when the window closes.
    let waits = move || {
        if let Ok(status) = child.wait() {
            note_end(&run, status);
        }
        look.now();
    };
    let _ = std::thread::Builder::new().name("training".into()).spawn(waits);
    Ok(())
}

/// Has the folder know why its process ended, where that could not tell it itself.
fn note_end(run: &Path, status: ExitStatus) {
    let Ok(reader) = RunReader::open(run) else { return };
    let untold = matches!(reader.view().standing, Standing::BrokenOff | Standing::Prepared);
    if status.success() || !untold {
        return;
    }
    let said = crate::files::read(&run.join(OUTPUT), MAX_OUTPUT_BYTES).unwrap_or_default();
    let said = String::from_utf8_lossy(&said).into_owned();
    let last = said.lines().rev().map(str::trim).find(|line| !line.is_empty());
    let why = match last {
        Some(line) => line.strip_prefix("error: ").unwrap_or(line).to_owned(),
        None => format!("the process that learned was ended from outside ({status})"),
    };
    if let Ok((folder, _)) = RunFolder::open(run) {
        let _ = folder.tell(&RunEvent::Failed { step: reader.view().step, why });
    }
}

/// Asks whoever learns in this folder to pause, and waits for it; `false`: `given_up` said so first.
///
/// # Errors
/// A sentence: a folder that can't be used.
pub(in crate::studio) fn pause(run: &Path, given_up: impl Fn() -> bool) -> Result<bool, String> {
    let (folder, _) = RunFolder::open(run).map_err(|error| error.to_string())?;
    if !folder.is_held() {
        return Ok(true);
    }
    folder.ask_to_pause().map_err(|error| error.to_string())?;
    while folder.is_held() {
        if given_up() {
            return Ok(false);
        }
        std::thread::sleep(LOOK_EVERY);
    }
    Ok(true)
}

/// Ends whoever learns in this folder, without a checkpoint.
///
/// # Errors
/// A sentence: it learns on another machine, or doesn't end.
pub(in crate::studio) fn end(run: &Path) -> Result<(), String> {
    // Settings that are damaged are no reason to keep it.
    let folder = RunFolder::at(run);
    if !folder.is_held() {
        return Ok(());
    }
    let holder = folder.holder().ok_or_else(|| format!("it is not known who learns in {}", run.display()))?;
    if !holder.is_here() {
        let machine = crate::text::line(&holder.machine).into_owned();
        return Err(format!("{} is learned in on {machine}; pause it there first", run.display()));
    }
    let process = sysinfo::Pid::from_u32(holder.process);
    let mut system = sysinfo::System::new();
    system.refresh_processes(sysinfo::ProcessesToUpdate::Some(&[process]), false);
    let begun = Instant::now();
    if let Some(process) = system.process(process) {
        process.kill();
    }
    while folder.is_held() {
        if begun.elapsed() > GONE_AFTER {
            return Err(format!("process {} that learns in {} does not end", holder.process, run.display()));
        }
        std::thread::sleep(LOOK_EVERY);
    }
    Ok(())
}
