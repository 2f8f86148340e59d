//! Undo, save, reopen, recover: nothing is lost.

use crate::bench::Bench;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use settei::project::Project;
use settei::studio::{DocumentCommand, Outside, PoseCommand, SheetCommand};

fn pose(bench: &mut Bench, name: &str) {
    let (name, pose) = settei::pose::library::find(name).unwrap();
    bench.send(PoseCommand::Take { name: name.to_owned(), pose, only: None });
}

#[test]
fn undo_to_the_start_and_redo_to_the_end_give_identical_files() {
    let mut bench = Bench::open(&[]);
    bench.settle();
    let path = bench.data.join("p.settei");
    let text = |bench: &Bench| bench.studio().project().to_json(&path).unwrap();
    let mut files = vec![text(&bench)];
    pose(&mut bench, "dance");
    files.push(text(&bench));
    for command in [PoseCommand::Flip, PoseCommand::MirrorSide { from_left: true }, PoseCommand::JointLimits] {
        bench.send(command);
        files.push(text(&bench));
    }
    assert_eq!(files.len(), 5);
    for file in files.iter().rev().skip(1) {
        bench.send(DocumentCommand::Undo);
        assert_eq!(text(&bench), *file);
    }
    bench.send(DocumentCommand::Undo);
    assert_eq!(text(&bench), files[0], "there is nothing before the start");
    for file in &files[1..] {
        bench.send(DocumentCommand::Redo);
        assert_eq!(text(&bench), *file);
    }
}

#[test]
fn what_is_saved_opens_again() {
    let mut bench = Bench::open(&[]);
    bench.settle();
    pose(&mut bench, "kick");
    let path = bench.data.join("my character.settei");
    bench.send(DocumentCommand::SaveAs(path.clone()));
    bench.until("saving", |s| !s.history().unsaved());
    let saved = bench.studio().project().clone();
    assert_eq!(Project::load(&path).unwrap().sheet, saved.sheet);

    let mut again = Bench::open(&[path]);
    again.until("opening", |s| s.project().figure.is_some());
    again.settle();
    assert_eq!(again.studio().project().pose.bones.len(), saved.pose.bones.len());
    assert_eq!(again.studio().project().camera, saved.camera);
    assert!(!again.studio().history().unsaved());
}

#[test]
fn unsaved_work_survives_the_end_of_the_window() {
    let data = tempfile::tempdir().unwrap();
    let mut bench = Bench::in_folder(data.path(), &[]);
    bench.settle();
    pose(&mut bench, "jump");
    bench.until("a copy to be kept", |s| s.is_safe());
    let lost = bench.studio().project().clone();
    // No closing in order: the window is gone.
    drop(bench);

    let mut next = Bench::in_folder(data.path(), &[]);
    next.until("the offer", |_| true);
    let mut tries = 0;
    while egui_kittest::kittest::Queryable::query_by_label(&next.window, "Recover").is_none() {
        next.steps(1);
        std::thread::sleep(std::time::Duration::from_millis(10));
        tries += 1;
        assert!(tries < 5000, "nothing was offered");
    }
    next.click("Recover");
    next.until("the recovered project", |s| s.history().unsaved());
    assert_eq!(next.studio().project().pose.bones.len(), lost.pose.bones.len());
    assert_eq!(next.studio().project().frame_px, lost.frame_px);
}

#[test]
fn files_that_are_broken_change_nothing() {
    let mut bench = Bench::open(&[]);
    bench.settle();
    let before = bench.studio().project().clone();
    for (name, bytes) in [
        ("broken.png", &b"\x89PNG\r\n\x1a\nnothing"[..]),
        ("broken.vrm", b"glTF\x02\0\0\0"),
        ("broken.pmx", b"PMX "),
        ("broken.settei", b"{\"settei-project\": 1,"),
        ("broken.json", b"{}"),
    ] {
        let path = bench.data.join(name);
        std::fs::write(&path, bytes).unwrap();
        let said = bench.studio().said().len();
        bench.drop_files(&[path]);
        bench.until("a toast", |s| s.said().len() > said);
        assert!(bench.said().lines().last().unwrap().contains(name), "{}", bench.said());
        bench.settle();
        assert_eq!(**bench.studio().project(), *before, "{name}");
        assert!(!bench.studio().history().unsaved());
    }
}

#[test]
fn what_a_project_misses_is_listed_and_can_be_located() {
    let folder = tempfile::tempdir().unwrap();
    let drawing = folder.path().join("front.png");
    settei::example::drawing("front").unwrap().save_png(&drawing).unwrap();
    let source = settei::project::DrawingSource::File(drawing.clone());
    let sheet = vec![settei::project::Drawing::new(source.clone())];
    let path = folder.path().join("p.settei");
    Project { sheet, ..Project::default() }.save(&path).unwrap();
    let moved = folder.path().join("elsewhere.png");
    std::fs::rename(&drawing, &moved).unwrap();

    let mut bench = Bench::open(&[path]);
    bench.until("the missing drawing", |s| s.content().drawing(&source).is_some_and(|d| d.missing));
    bench.steps(2);
    egui_kittest::kittest::Queryable::get_by_label(&bench.window, "Files are missing");
    bench.send(SheetCommand::Replace(source, moved.clone()));
    let found = settei::project::DrawingSource::File(moved);
    bench.until("the drawing", |s| s.content().drawing(&found).is_some_and(|d| d.view.is_some()));
    assert_eq!(bench.studio().content().views.len(), 1);
}

/// A project that two windows have open; the younger one saved it last.
fn saved_by_another(data: &std::path::Path) -> (Bench, std::path::PathBuf, Project) {
    let path = data.join("shared.settei");
    Project { frame_px: [64, 64], ..Project::default() }.save(&path).unwrap();
    let mut older = Bench::in_folder(data, std::slice::from_ref(&path));
    older.until("the project", |s| s.project().frame_px == [64, 64]);
    let mut younger = Bench::in_folder(data, std::slice::from_ref(&path));
    younger.until("the project", |s| s.project().frame_px == [64, 64]);
    pose(&mut younger, "dance");
    ctrl_s(&mut younger);
    younger.until("saving", |s| !s.history().unsaved());
    pose(&mut older, "sit");
    ctrl_s(&mut older);
    let theirs = Project::load(&path).unwrap();
    let mut tries = 0;
    while older.window.query_by_label("shared.settei was changed by someone else").is_none() {
        older.steps(1);
        std::thread::sleep(std::time::Duration::from_millis(10));
        tries += 1;
        assert!(tries < 5000, "nobody asked");
    }
    assert_eq!(Project::load(&path).unwrap(), theirs, "nothing is overwritten before the answer");
    (older, path, theirs)
}

fn ctrl_s(bench: &mut Bench) {
    bench.window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::S);
    bench.steps(2);
}

#[test]
fn saving_over_anothers_work_asks_first() {
    let data = tempfile::tempdir().unwrap();
    let (mut older, path, theirs) = saved_by_another(data.path());
    let mine = older.studio().project().pose.clone();
    older.window.get_by_role_and_label(Role::Button, "Save under another name…");
    older.click("Cancel");
    assert!(older.studio().history().unsaved());
    assert_eq!(Project::load(&path).unwrap(), theirs);

    ctrl_s(&mut older);
    let asked = |bench: &Bench| bench.window.query_by_label("Overwrite it").is_some();
    for _ in 0..500 {
        older.steps(1);
        std::thread::sleep(std::time::Duration::from_millis(10));
        if asked(&older) {
            break;
        }
    }
    older.click("Overwrite it");
    older.until("saving", |s| !s.history().unsaved());
    assert_eq!(Project::load(&path).unwrap().pose, mine);
    // From now on the file is this window's own again.
    pose(&mut older, "walk");
    ctrl_s(&mut older);
    ctrl_s(&mut older);
    older.until("saving", |s| !s.history().unsaved());
    older.settle();
    assert!(!asked(&older));
}

#[test]
fn what_another_saved_can_be_taken_over_and_undone() {
    let data = tempfile::tempdir().unwrap();
    let (mut older, path, theirs) = saved_by_another(data.path());
    let mine = older.studio().project().pose.clone();
    older.click("Take what is there");
    older.until("the other's state", |s| **s.project() == theirs);
    assert!(!older.studio().history().unsaved());
    older.send(DocumentCommand::Undo);
    assert_eq!(older.studio().project().pose, mine);
    ctrl_s(&mut older);
    older.until("saving", |s| !s.history().unsaved());
    assert_eq!(Project::load(&path).unwrap().pose, mine);
}

#[test]
fn files_from_elsewhere_are_collected_only_when_the_user_says_so() {
    let root = tempfile::tempdir().unwrap();
    let (home, elsewhere) = (root.path().join("home"), root.path().join("elsewhere"));
    for folder in [&home, &elsewhere] {
        std::fs::create_dir(folder).unwrap();
        settei::example::drawing("front").unwrap().save_png(&folder.join("front.png")).unwrap();
    }
    let drawing = |folder: &std::path::Path| {
        settei::project::Drawing::new(settei::project::DrawingSource::File(folder.join("front.png")))
    };
    let project = Project { sheet: vec![drawing(&home), drawing(&elsewhere)], ..Project::default() };
    let path = home.join("p.settei");
    project.save(&path).unwrap();
    let mut bench = Bench::open(&[path]);
    bench.until("opening", |s| s.project().sheet.len() == 2);
    bench.settle();
    let asked = elsewhere.join("front.png").display().to_string();
    for (label, copied) in [("Cancel", None), ("Leave them out", Some(1)), ("Copy them too", Some(2))] {
        let target = root.path().join(label);
        bench.send(DocumentCommand::Collect(target.clone(), Outside::Ask));
        bench.settle();
        bench.steps(2);
        assert!(bench.window.query_by_label(&asked).is_some(), "{label}");
        bench.click(label);
        bench.settle();
        bench.steps(2);
        assert!(bench.window.query_by_label(&asked).is_none(), "{label}");
        let found = std::fs::read_dir(target.join("drawings")).map(|entries| entries.count()).ok();
        assert_eq!(found, copied, "{label}: {}", bench.said());
    }
}

#[test]
fn damaged_copies_of_unsaved_work_are_told() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("sessions/untitled-1-2");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("lock"), "").unwrap();
    std::fs::write(folder.join("unsaved.json"), "{\"path\": nu").unwrap();
    let mut bench = Bench::in_folder(data.path(), &[]);
    bench.until("telling", |s| s.said().iter().any(|(_, text)| text.contains("copy of unsaved work")));
    assert!(bench.said().contains(&folder.join("unsaved.json").display().to_string()), "{}", bench.said());
}
