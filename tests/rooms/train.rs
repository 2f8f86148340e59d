//! A training that is killed, again and again.

use super::cli::succeeds;
use settei::train::{RunFolder, State};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

const STEPS: u64 = 24;

/// A training of tiny pictures that writes a checkpoint at every other step.
fn prepared(folder: &Path, name: &str) {
    succeeds(folder, &format!("train new --preset try --threads 1 --only-prepare --out {name}"));
    let path = folder.join(name).join("settings.json");
    let mut settings: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    settings["stages"] = serde_json::json!([{"from": 0, "size-px": 32, "batch": 2}]);
    settings["save-every"] = 2.into();
    settings["measure-every"] = 1_000_000.into();
    std::fs::write(&path, settings.to_string()).unwrap();
}

fn learned(run: &Path) -> State {
    let (folder, _) = RunFolder::open(run).unwrap();
    let mut state = folder.latest().unwrap().unwrap();
    state.progress.seconds = 0.0;
    state
}

fn killed(times: u64) {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    prepared(folder, "whole");
    let began = Instant::now();
    succeeds(folder, &format!("train resume whole --steps {STEPS}"));
    let span = began.elapsed();
    prepared(folder, "killed");
    let (run, _) = RunFolder::open(&folder.join("killed")).unwrap();
    let (mut state, mut fell) = (9u64, 0);
    let done = || run.checkpoints().unwrap().first().map_or(0, |checkpoint| checkpoint.step);
    while fell < times && done() < STEPS {
        let mut child = Command::new(env!("CARGO_BIN_EXE_settei"))
            .current_dir(folder)
            .args(["train", "resume", "killed", "--steps", &(STEPS - done()).to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Most fall while it learns, some while it begins.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        std::thread::sleep(span.mul_f64(0.1 + 0.5 * (state >> 40) as f64 / (1u64 << 24) as f64));
        if child.try_wait().unwrap().is_none() {
            child.kill().unwrap();
            fell += 1;
        }
        child.wait().unwrap();
        for checkpoint in run.checkpoints().unwrap() {
            let state = State::load(&checkpoint.path).unwrap();
            assert_eq!(state.progress.step, checkpoint.step);
        }
    }
    println!("killed {fell} times, {span:?} the whole");
    assert!(fell >= times.min(3), "only {fell} of {times} fell while it ran");
    if done() < STEPS {
        succeeds(folder, &format!("train resume killed --steps {}", STEPS - done()));
    }
    assert!(learned(&folder.join("whole")) == learned(&folder.join("killed")), "same numbers, bit for bit");
}

#[test]
fn a_killed_training_goes_on_as_if_it_had_not_been() {
    killed(3);
}

#[test]
#[ignore = "twenty kills take minutes; run by name"]
fn twenty_kills_at_any_moment_harm_nothing() {
    killed(20);
}
