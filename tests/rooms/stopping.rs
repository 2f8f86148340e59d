//! What a command leaves behind that was stopped, killed or refused, and what it shows of names out of files.
#![cfg(unix)]

use super::cli::{FIGURE, fails, made_up_weights, settei, succeeds, text};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

fn start(folder: &Path, line: &str) -> Child {
    let arguments = line.split_whitespace().map(|word| if word == "FIGURE" { FIGURE } else { word });
    let mut command = Command::new(env!("CARGO_BIN_EXE_settei"));
    command.current_dir(folder).args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([format!("-{name}"), child.id().to_string()]).status();
    assert!(sent.is_ok_and(|status| status.success()));
}

#[track_caller]
fn wait_for(what: impl Fn() -> bool) {
    let start = Instant::now();
    while !what() {
        assert!(start.elapsed() < Duration::from_secs(60), "waited for a minute");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Every name below a folder that begins with a dot and is no list of results.
fn hidden(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() {
            found.extend(hidden(&entry.path()));
        } else if name.starts_with('.') && name != ".settei-output.jsonl" {
            found.push(name);
        }
    }
    found
}

#[test]
fn ctrl_c_and_a_plain_kill_end_in_order() {
    let folder = tempfile::tempdir().unwrap();
    // The first works in steps, the second in one piece that is given up.
    for (line, out) in
        [("demo --size 4096 --raster cpu --out new/demo", Some("new/demo")), ("bench nn --seconds 60", None)]
    {
        for (name, code) in [("INT", 130), ("TERM", 143)] {
            let child = start(folder.path(), line);
            match out {
                Some(out) => wait_for(|| folder.path().join(out).exists()),
                None => std::thread::sleep(Duration::from_secs(1)),
            }
            let asked = Instant::now();
            signal(&child, name);
            let output = child.wait_with_output().unwrap();
            let said = text(&output.stderr);
            assert_eq!(output.status.code(), Some(code), "settei {line}: {said}");
            assert!(asked.elapsed() < Duration::from_secs(10), "{:?}", asked.elapsed());
            assert!(said.lines().filter(|line| line.contains("stopped")).count() == 1, "{said}");
            assert!(!said.contains("error"), "{said}");
            assert!(!folder.path().join("new").exists(), "a folder without results goes again");
        }
    }
}

#[test]
fn a_kill_at_any_moment_leaves_nothing_hidden_and_the_command_may_run_again() {
    let folder = tempfile::tempdir().unwrap();
    let into = |out: u32| {
        format!("udp --figure FIGURE --pose t a stand walk run sit --size 256 --raster cpu --out poses-{out}")
    };
    let whole = Instant::now();
    succeeds(folder.path(), &into(0));
    let whole = whole.elapsed();
    // Into folders of their own: what takes an older file's place has a name for an instant before it does.
    for part in 1..=12 {
        let mut child = start(folder.path(), &into(part));
        std::thread::sleep(whole * part / 12);
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(hidden(folder.path()), [""; 0]);
    }
    succeeds(folder.path(), &into(6));
}

#[test]
fn drafts_of_dead_programs_go_with_the_next_result() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("poses")).unwrap();
    std::fs::write(folder.path().join("poses/.settei-dead.tmp"), "half").unwrap();
    succeeds(folder.path(), "udp --figure FIGURE --pose t --size 32 --raster cpu --out poses");
    assert_eq!(hidden(folder.path()), [""; 0]);
}

#[test]
fn results_are_as_readable_as_the_system_wants_new_files() {
    let folder = tempfile::tempdir().unwrap();
    for (umask, mode) in [("077", 0o600), ("027", 0o640), ("022", 0o644)] {
        let program = env!("CARGO_BIN_EXE_settei");
        let line = format!(
            "umask {umask}; exec {program} udp --figure {FIGURE} --pose t --size 32 --raster cpu --out {umask}"
        );
        assert!(Command::new("sh").current_dir(folder.path()).args(["-c", &line]).status().unwrap().success());
        let made = folder.path().join(umask).join("t.npz");
        assert_eq!(std::fs::metadata(made).unwrap().permissions().mode() & 0o777, mode);
    }
}

#[test]
fn failures_leave_no_empty_folders() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("note.txt"), "hello").unwrap();
    for line in [
        "udp --figure note.txt --pose t --out a/b",
        "sheet --figure note.txt --out a/b",
        "render --sheet note.txt --figure FIGURE --pose t --out a/b",
        "cutout note.txt --out a/b",
        "detect --weights note.txt --image note.txt --out a/b",
        "project render note.txt --out a/b",
        "project collect note.txt a/b",
    ] {
        fails(folder.path(), line, 1, &["note.txt"]);
        assert!(!folder.path().join("a").exists(), "{line}");
    }
    // What was there before stays.
    std::fs::create_dir(folder.path().join("a")).unwrap();
    fails(folder.path(), "udp --figure note.txt --pose t --out a/b", 1, &["note.txt"]);
    assert_eq!(std::fs::read_dir(folder.path().join("a")).unwrap().count(), 0);
}

#[test]
fn names_out_of_files_command_no_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let evil = "\u{1b}]0;PWNED\u{7}\u{1b}[2J\u{9b}31m\u{202e}";
    let place = |name: &str| folder.path().join(name);
    std::fs::write(place("a.obj"), format!("mtllib x{evil}\nv 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")).unwrap();
    let pose = serde_json::json!({ "settei_pose": 1, "bones": { evil: [0, 0, 0, 1] } });
    std::fs::write(place("p.json"), pose.to_string()).unwrap();
    let project = serde_json::json!({
        "settei-project": 1,
        "sheet": [{ "source": { "built-in": evil }, "enabled": true }],
        "poses": [{ "name": evil, "pose": { "settei_pose": 1 } }],
    });
    std::fs::write(place("q.settei"), project.to_string()).unwrap();
    let header = serde_json::json!({ format!("t{evil}"): { "dtype": "F32", "shape": [1], "data_offsets": [0, 4] } });
    let header = header.to_string();
    let mut weights = (header.len() as u64).to_le_bytes().to_vec();
    weights.extend(header.as_bytes());
    weights.extend([0; 4]);
    std::fs::write(place("w.safetensors"), weights).unwrap();
    std::fs::write(place(&format!("{evil}.png")), "no picture").unwrap();
    for line in [
        "udp --raster cpu --size 32 --figure a.obj --pose t --out o",
        "pose convert p.json x.json",
        "project show q.settei",
        "project render q.settei --out o",
        "weights info w.safetensors",
        "cutout . --out o",
        "render --sheet . --figure FIGURE --pose t --out o",
    ] {
        for line in [line.to_owned(), format!("-vv --json {line}")] {
            let output = settei(folder.path(), &line);
            let said = text(&output.stdout) + &text(&output.stderr);
            assert!(!said.is_empty(), "{line}");
            assert!(!said.contains(|c| c != '\n' && c != '\t' && settei::text::is_harmful(c)), "{line}: {said:?}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_does_not_fit_the_memory_is_refused_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    succeeds(folder.path(), "sheet --figure FIGURE --views 1 --size 96 --raster cpu --out sheet");
    made_up_weights(&place("w.safetensors"));
    // Large as pictures, nearly nothing as files.
    std::fs::create_dir(place("large")).unwrap();
    image::RgbaImage::new(4096, 4096).save(place("large/0.png")).unwrap();
    for i in 1..20 {
        std::fs::copy(place("large/0.png"), place(&format!("large/{i}.png"))).unwrap();
    }
    let program = env!("CARGO_BIN_EXE_settei");
    for arguments in [
        "render --sheet sheet --udp sheet/front.udp.npz --weights w.safetensors --device cpu --size 128 --out o",
        "render --engine landmark --sheet large --udp sheet/front.udp.npz --out o",
    ] {
        let line = format!("ulimit -v 1200000; exec {program} {arguments}");
        let output = Command::new("sh").current_dir(folder.path()).args(["-c", &line]).output().unwrap();
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments}: {said}");
        assert!(said.contains("MiB of memory") && said.lines().count() == 1, "{arguments}: {said}");
    }
}
