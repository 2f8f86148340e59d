//! Jobs for render farms, done by who reads them: the tasks of a Flamenco job, and `openjd run`.

use super::cli::{fails, succeeds, text};
use super::export::{contents, furnish};
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Stdio};

/// What Flamenco gives to scripts, as far as ours uses it, and what becomes of a job: a task a line.
const FLAMENCO: &str = r#"
const fs = require("fs"), vm = require("vm");
const [script, file] = process.argv.slice(1);
const tasks = [];
const world = {
  author: {
    Task: (name, type) => ({
      name, type, commands: [], needs: [],
      addCommand(command) { this.commands.push(command); },
      addDependency(task) { this.needs.push(task.name); },
    }),
    Command: (name, parameters) => ({ name, parameters }),
  },
  frameChunker(frames, size) {
    const all = frames.split(",").flatMap((part) => {
      const [first, last] = part.split("-").map(Number);
      return last === undefined ? [first] : Array.from({ length: last - first + 1 }, (_, i) => first + i);
    });
    const chunks = [];
    while (all.length) chunks.push(all.splice(0, size).join(","));
    return chunks;
  },
};
vm.createContext(world);
vm.runInContext(fs.readFileSync(script, "utf8") + "\nglobalThis.TYPE = JOB_TYPE; globalThis.COMPILE = compileJob;", world);
const job = JSON.parse(fs.readFileSync(file, "utf8"));
const known = Object.fromEntries(world.TYPE.settings.map((setting) => [setting.key, setting]));
for (const [key, value] of Object.entries(job.settings)) {
  const { type, choices } = known[key];
  if ((type === "int32") !== Number.isInteger(value)) throw Error(key + " is no " + type);
  if (choices && !choices.includes(value)) throw Error(key + " can't be " + value);
}
world.COMPILE({ ...job, addTask: (task) => tasks.push(task) });
tasks.forEach((task) => console.log(JSON.stringify(task)));
"#;

#[test]
fn a_flamenco_job_paints_in_chunks_and_encodes_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    furnish(folder);
    let program = env!("CARGO_BIN_EXE_settei");
    let said = succeeds(
        folder,
        &format!(
            "project farm flamenco hero.settei --frames 0-6:3,11 --chunk 2 --for games --layers depth --settei {program} --out job"
        ),
    );
    assert!(said.contains("scripts") && said.contains("/api/v3/jobs"), "{said}");
    let job: Value = serde_json::from_slice(&std::fs::read(folder.join("job/job.json")).unwrap()).unwrap();
    assert_eq!((&job["type"], &job["settings"]["frames"]), (&"settei-project".into(), &"0,3,6,11".into()));
    assert!(folder.join("job/project/hero.settei").is_file());
    fails(folder, "project farm flamenco hero.settei --out job", 1, &["settei_project.js is there already"]);
    fails(folder, "project farm flamenco hero.settei --frames -2-0 --out other", 2, &["before 0"]);

    let Ok(node) = Command::new("node")
        .args(["-e", FLAMENCO, "job/settei_project.js", "job/job.json"])
        .current_dir(folder)
        .output()
    else {
        eprintln!("skipped: node is not there");
        return;
    };
    assert!(node.status.success(), "{}", text(&node.stderr));
    let tasks: Vec<Value> = text(&node.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<&str> = tasks.iter().map(|task| task["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["bake", "paint-0,3", "paint-6,11", "encode"]);
    assert_eq!(tasks[3]["needs"], Value::from(names[1..3].to_vec()));
    assert!(tasks[1..3].iter().all(|task| task["needs"] == Value::from(vec!["bake"])));
    for task in &tasks {
        assert_eq!((&task["type"], &task["commands"][0]["name"]), (&"misc".into(), &"exec".into()));
        let call = &task["commands"][0]["parameters"];
        let words = call["args"].as_array().unwrap().iter().map(|word| word.as_str().unwrap());
        let done = Command::new(call["exe"].as_str().unwrap()).args(words).output().unwrap();
        assert!(done.status.success(), "{call}\n{}", text(&done.stderr));
    }
    let output = contents_of_folder(&folder.join("job/output"));
    assert_eq!(output, ["frames", "hero.json", "hero.png", "swinging.bake"]);
    let frames = contents_of_folder(&folder.join("job/output/frames"));
    assert_eq!(frames[1..], ["hero_0000.png", "hero_0003.png", "hero_0006.png", "hero_0011.png"]);
    assert!(frames[0] == "depth" && contents_of_folder(&folder.join("job/output/frames/depth")).len() == 4);
}

fn contents_of_folder(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
#[ignore = "wants openjd-cli from PyPI on PATH: PATH=$VENV/bin:$PATH tests/run --test rooms an_openjd_template -- --ignored"]
fn an_openjd_template_is_valid_and_runs() {
    let there = Command::new("openjd").arg("--version").stdout(Stdio::null()).status();
    if !there.is_ok_and(|status| status.success()) {
        eprintln!("skipped: openjd is not there (pip install openjd-cli)");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    furnish(folder);
    let program = env!("CARGO_BIN_EXE_settei");
    let line = format!("project farm openjd hero.settei --frames 0-8 --chunk 4 --for web --settei {program} --out job");
    succeeds(folder, &line);
    let openjd = |words: &[&str]| {
        let done = Command::new("openjd").args(words).current_dir(folder.join("job")).output().unwrap();
        assert!(done.status.success(), "{words:?}\n{}{}", text(&done.stdout), text(&done.stderr));
    };
    openjd(&["check", "template.json"]);
    // What was painted before is kept: a task that is run again paints nothing twice.
    openjd(&["run", "template.json", "--step", "Bake", "-p", "Output=output"]);
    openjd(&["run", "template.json", "--step", "Paint", "-p", "Output=output", "-tp", "Frame=1-4"]);
    let before = contents(&folder.join("job/output/frames"));
    assert_eq!(before.len(), 4);
    openjd(&["run", "template.json", "--step", "Encode", "--run-dependencies", "-p", "Output=output"]);
    let frames = contents(&folder.join("job/output/frames"));
    assert!(frames.len() == 9 && before.iter().all(|(name, bytes)| frames[name] == *bytes));
    assert_eq!(contents_of_folder(&folder.join("job/output")), ["frames", "hero.webp", "swinging.bake"]);
}
