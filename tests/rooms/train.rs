//! A training that is killed, again and again.

use super::cli::{fails, succeeds};
use crate::common::fude::write_renderer;
use crate::common::psgan::write_generator;
use settei::train::{RunFolder, State};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

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
    prepared(folder, "killed");
    let (run, _) = RunFolder::open(&folder.join("killed")).unwrap();
    let done = || run.checkpoints().unwrap().first().map_or(0, |checkpoint| checkpoint.step);
    let (mut lot, mut until_first) = (9u64, Duration::ZERO);
    for kill in 0..times {
        let began = Instant::now();
        let mut child = Command::new(env!("CARGO_BIN_EXE_settei"))
            .current_dir(folder)
            .args(["train", "resume", "killed"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        if kill == 0 {
            while done() == 0 {
                assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
                std::thread::sleep(Duration::from_millis(2));
            }
            until_first = began.elapsed();
        } else {
            // Some fall while they begin, most while they learn or write.
            lot = lot.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            std::thread::sleep(until_first.mul_f64(0.4 + 1.2 * (lot >> 40) as f64 / (1u64 << 24) as f64));
        }
        assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
        child.kill().unwrap();
        child.wait().unwrap();
        for checkpoint in run.checkpoints().unwrap() {
            let state = State::load(&checkpoint.path).unwrap();
            assert_eq!(state.progress.step, checkpoint.step);
        }
    }
    succeeds(folder, "train resume killed --steps 1");
    let steps = done();
    println!("killed {times} times in {steps} steps");
    prepared(folder, "whole");
    succeeds(folder, &format!("train resume whole --steps {steps}"));
    assert!(learned(&folder.join("whole")) == learned(&folder.join("killed")), "same numbers, bit for bit");
}

#[test]
fn a_killed_training_goes_on_as_if_it_had_not_been() {
    killed(3);
}

#[test]
fn a_small_copy_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    prepared(folder, "run");
    fails(folder, "train copy run --out copy", 1, &["no checkpoint yet"]);
    succeeds(folder, "train resume run --steps 2");
    let said = succeeds(folder, "train copy run --out copy");
    assert!(said.contains("after 2 steps"), "{said}");
    let bytes = |run: &str| std::fs::metadata(folder.join(run).join("checkpoints/00000002")).unwrap().len();
    assert!(bytes("copy") < bytes("run") / 3, "{} of {}", bytes("copy"), bytes("run"));
    succeeds(folder, "train resume copy --steps 1");
    let (copy, _) = RunFolder::open(&folder.join("copy")).unwrap();
    let state = copy.latest().unwrap().unwrap();
    assert!(state.progress.step == 3 && state.is_finite());
    fails(folder, "train copy run --out copy", 1, &["holds other files"]);
}

#[test]
#[ignore = "twenty kills take minutes; run by name"]
fn twenty_kills_at_any_moment_harm_nothing() {
    killed(20);
}

#[test]
fn who_can_not_be_measured_is_told_why() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write_renderer(&folder.join("brush.safetensors"));
    write_generator(&folder.join("psgan.safetensors"));
    fails(folder, "train measure brush.safetensors --size 30", 2, &["multiple of 32"]);
    fails(folder, "train measure brush.safetensors --detector eyes.safetensors", 1, &["eyes.safetensors"]);
    fails(folder, "train measure brush.safetensors --detector brush.safetensors", 1, &["brush.safetensors"]);
    fails(folder, "train measure psgan.safetensors", 1, &["psgan.safetensors"]);
    succeeds(folder, "train new --preset psgan --only-prepare --out inventor");
    fails(folder, "train measure inventor", 1, &["only detectors and renderers"]);
}
