//! Exports: asked for in a dialog, painted by the render queue, paused, tried again, found by the next window.

use crate::bench::Bench;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use settei::pose::library;
use settei::project::{Animation, Project};
use settei::queue::{JobView, Standing};
use settei::studio::{ExportCommand, PanelKind, Studio, WindowCommand};
use std::path::{Path, PathBuf};

/// A small project that moves.
fn project(folder: &Path, last: i64) -> PathBuf {
    let mut animation = Animation { fps: 12.0, ..Animation::default() };
    for (frame, name) in [(0, "stand"), (last, "run")] {
        animation.keys.set(frame, library::find(name).unwrap().1);
    }
    let path = folder.join("hero.settei");
    let mut project = Project { frame_px: [48, 64], animation, ..Project::example() };
    project.sheet.truncate(1);
    project.save(&path).unwrap();
    path
}

fn job(studio: &Studio) -> Option<&JobView> {
    studio.content().renders.as_ref()?.first()
}

/// How many frames the job that works has told of.
fn frames_told(studio: &Studio) -> u64 {
    job(studio).filter(|job| job.stage == "painting frames").map_or(0, |job| job.steps[0])
}

fn stands(studio: &Studio, how: &Standing) -> bool {
    job(studio).is_some_and(|job| job.standing == *how)
}

#[test]
fn an_export_is_asked_for_painted_and_found_done() {
    let data = tempfile::tempdir().unwrap();
    let file = project(data.path(), 5);
    let mut bench = Bench::in_folder(&data.path().join("data"), &[file]);
    bench.settle();
    bench.send(ExportCommand::Dialog);
    bench.steps(3);
    bench.window.get_by_label("Export frames");
    bench.window.get_by_label("6 frames, 0.5 s; 6 to be painted at most");
    bench.window.get_by_role_and_label(Role::ComboBox, "Layers").click();
    bench.steps(3);
    bench.click("Depth");
    bench.click("Skeleton");
    bench.window.get_by_role_and_label(Role::ComboBox, "Layers").click();
    bench.steps(3);
    bench.click("Add to the queue");
    bench.until("the export", |s| stands(s, &Standing::Done));
    for (folder, file) in [("hero-depth", "hero_0005.exr"), ("hero-openpose", "hero_0000.png")] {
        assert!(data.path().join(folder).join(file).exists(), "{folder}: {:?}", job(bench.studio()));
    }
    let target = data.path().join("hero.webp");
    assert_eq!(job(bench.studio()).unwrap().wish.target, target);
    assert!(std::fs::read(&target).unwrap().starts_with(b"RIFF"));
    bench.until("its picture", |s| s.content().render_pictures.len() == 1);
    bench.steps(3);
    bench.window.get_by_label("Done");

    // What is there is not replaced, and the dialog stays with what was chosen.
    bench.send(ExportCommand::Dialog);
    bench.steps(2);
    bench.click("Add to the queue");
    bench.until("the refusal", |s| !s.is_busy());
    bench.steps(3);
    bench.window.get_by_label_contains("hero.webp is there already");
    bench.click("Cancel");
    bench.steps(2);
    assert!(bench.window.query_by_label("Export frames").is_none());
    bench.click("Remove");
    bench.until("an empty queue", |s| s.content().renders.as_ref().is_some_and(|jobs| jobs.is_empty()));
    assert!(target.exists(), "what was exported stays");
}

#[test]
#[cfg(unix)]
fn a_job_is_paused_killed_tried_again_and_outlives_the_window() {
    let folder = tempfile::tempdir().unwrap();
    let file = project(folder.path(), 1000);
    let data = folder.path().join("data");
    let mut bench = Bench::in_folder(&data, std::slice::from_ref(&file));
    bench.settle();
    bench.send(ExportCommand::Dialog);
    bench.steps(2);
    bench.click("Add to the queue");
    bench.until("a frame", |s| frames_told(s) > 0);
    bench.steps(3);
    bench.window.get_by_role_and_label(Role::ProgressIndicator, "Progress of the export");
    bench.click("Pause");
    bench.until("the pause", |s| stands(s, &Standing::Paused));
    let frames = job(bench.studio()).unwrap().path.join("frames");
    let painted = |frames: &Path| {
        let png = |entry: &std::fs::DirEntry| entry.path().extension().is_some_and(|ending| ending == "png");
        std::fs::read_dir(frames).map_or(0, |entries| entries.flatten().filter(png).count())
    };
    let kept = painted(&frames);
    assert!(kept > 0 && kept < 1000);

    bench.steps(3);
    bench.click("Resume");
    bench.until("it to go on", |s| frames_told(s) as usize > kept + 1);
    // Killed as a system does that runs out of memory: it says so and waits for somebody.
    let lock = job(bench.studio()).unwrap().path.join("lock");
    let process = std::fs::read_to_string(&lock).unwrap();
    assert!(std::process::Command::new("kill").args(["-KILL", &process]).status().unwrap().success());
    bench.until("its end", |s| job(s).is_some_and(|job| matches!(job.standing, Standing::Failed(_))));
    bench.steps(3);
    bench.window.get_by_label_contains("ended from outside");
    bench.click("Try again");
    bench.until("it to work", |s| stands(s, &Standing::Working));

    // The window closes, the job goes on, the next window finds it.
    drop(bench);
    let before = painted(&frames);
    let mut bench = Bench::in_folder(&data, &[file]);
    bench.send(WindowCommand::ShowPanel(PanelKind::Renders));
    bench.until("it to go on without a window", |s| stands(s, &Standing::Working) && painted(&frames) > before + 1);
    bench.steps(3);
    bench.click("Cancel");
    bench.until("an empty queue", |s| s.content().renders.as_ref().is_some_and(|jobs| jobs.is_empty()));
    assert!(!folder.path().join("hero.webp").exists());
}

/// A click whose press and release come within one frame, as from a pad that is tapped while the window is slow.
fn tap(bench: &mut Bench, role: Role, label: &str) {
    let pos = bench.window.get_by_role_and_label(role, label).rect().center();
    let button = |pressed| egui::Event::PointerButton {
        pos,
        button: egui::PointerButton::Primary,
        pressed,
        modifiers: egui::Modifiers::NONE,
    };
    bench.window.event(egui::Event::PointerMoved(pos));
    bench.steps(2);
    bench.window.input_mut().events.extend([button(true), button(false)]);
    bench.steps(4);
}

#[test]
fn lists_of_the_dialog_lie_on_it_however_often_it_is_opened() {
    let data = tempfile::tempdir().unwrap();
    let file = project(data.path(), 5);
    let mut bench = Bench::in_folder(&data.path().join("data"), &[file]);
    bench.settle();
    for _ in 0..2 {
        bench.send(ExportCommand::Dialog);
        bench.steps(3);
        tap(&mut bench, Role::ComboBox, "For");
        tap(&mut bench, Role::Button, "OBS");
        bench.window.get_by_label_contains("VP9");
        bench.click("Cancel");
        bench.steps(2);
    }
}

#[test]
fn where_nothing_moves_the_dialog_says_what_to_do_first() {
    let mut bench = Bench::open(&[]);
    bench.settle();
    bench.send(ExportCommand::Dialog);
    bench.steps(3);
    bench.window.get_by_label_contains("Nothing moves in this project yet");
    bench.click("Let the figure walk");
    bench.until("the walk", |s| s.content().take.performance.ready().is_some());
    bench.send(ExportCommand::Dialog);
    bench.steps(3);
    bench.window.get_by_label("Add to the queue");
}
