//! The pose library.

use crate::bench::Bench;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use settei::pose::{Pose, library};
use settei::studio::{DocumentCommand, OwnChange, ViewCommand};

#[test]
fn thumbnails_are_drawn_with_the_open_figure() {
    let mut bench = Bench::open(&[]);
    bench.settle();
    bench.until("sixteen thumbnails", |s| s.content().pose_thumbnails.len() == library::names().len());
    let drawn = |thumbnail: &settei::studio::WindowImage| thumbnail.image.pixels.iter().any(|p| p.a() == 255);
    let thumbnails = |bench: &Bench| bench.studio().content().pose_thumbnails.clone();
    let first = thumbnails(&bench);
    assert!(first.values().all(drawn));

    // Another figure: what is on screen is replaced, which the revision tells.
    let other = settei::example::generate(&settei::example::CharacterParams::random(3)).unwrap();
    let path = bench.data.join("other.vrm");
    std::fs::write(&path, other).unwrap();
    bench.drop_files(&[path]);
    bench.until("another figure's thumbnails", |s| {
        let now = &s.content().pose_thumbnails;
        now.len() == first.len() && now["*walk"].revision != first["*walk"].revision
    });
    let second = thumbnails(&bench);
    assert!(first.values().all(|a| second.values().all(|b| a.revision != b.revision)));
    assert_ne!(first["*walk"].image.pixels, second["*walk"].image.pixels);
}

fn own(studio: &settei::studio::Studio) -> Vec<&str> {
    studio.content().own_poses.iter().map(|pose| pose.name.as_str()).collect()
}

fn menu(bench: &mut Bench, pose: &str) {
    bench.window.get_by_role_and_label(Role::Button, pose).click_secondary();
    bench.steps(3);
}

#[test]
fn own_poses_are_in_every_project_renamed_and_deleted() {
    let data = tempfile::tempdir().unwrap();
    let mut bench = Bench::in_folder(data.path(), &[]);
    bench.settle();
    let waving = bench.studio().project().pose.clone();
    bench.window.get_by_label("Name of the pose to keep").focus();
    bench.steps(2);
    bench.window.get_by_label("Name of the pose to keep").type_text("hello");
    bench.steps(2);
    bench.click("Keep");
    bench.until("the pose", |s| own(s) == ["hello"]);
    assert!(!bench.studio().history().unsaved(), "it is no part of the project");
    bench.click("Walk");
    bench.click("hello");
    assert_eq!(bench.studio().project().pose, waving);

    // Another project has it, and another window.
    bench.send(DocumentCommand::New);
    bench.steps(2);
    if bench.window.query_by_label("Don't save").is_some() {
        bench.click("Don't save");
    }
    bench.until("the empty project", |s| s.project().sheet.is_empty());
    bench.steps(2);
    bench.click("hello");
    assert_eq!(bench.studio().project().pose, waving);
    let mut other = Bench::in_folder(data.path(), &[]);
    other.until("the pose", |s| own(s) == ["hello"]);

    menu(&mut bench, "hello");
    let field = |bench: &Bench| bench.window.get_by_label("New name of the pose").rect().center();
    let at = field(&bench);
    bench.window.hover_at(at);
    bench.window.drag_at(at);
    bench.window.drop_at(at);
    bench.steps(2);
    bench.window.get_by_label("New name of the pose").type_text(" you");
    bench.steps(2);
    bench.click("Rename");
    bench.until("the new name", |s| own(s) == ["hello you"]);
    // The other window sees it when it is looked at again.
    other.window.event(egui::Event::WindowFocused(true));
    other.until("the new name", |s| own(s) == ["hello you"]);

    menu(&mut bench, "hello you");
    bench.click("Delete");
    bench.until("no pose", |s| own(s).is_empty());
    bench.window.get_by_label("“hello you” was deleted.");
    bench.click("Take back");
    bench.until("the pose", |s| own(s) == ["hello you"]);
    assert_eq!(bench.studio().content().own_poses[0].pose, waving);
    assert!(bench.window.query_by_label("Take back").is_none());
}

#[test]
fn poses_that_a_project_keeps_still_open() {
    let data = tempfile::tempdir().unwrap();
    let path = data.path().join("old.settei");
    let dance = library::find("dance").unwrap().1;
    let old = r#"{"settei-project": 1, "poses": [{"name": "mine", "pose": POSE}]}"#;
    std::fs::write(&path, old.replace("POSE", &dance.to_json("x"))).unwrap();
    let mut bench = Bench::in_folder(data.path(), &[path]);
    bench.until("the project", |s| s.project().poses.len() == 1);
    bench.steps(2);
    bench.click("mine");
    assert_eq!(bench.studio().project().pose, dance);
    menu(&mut bench, "mine");
    bench.click("Keep for all projects");
    bench.until("the pose", |s| own(s) == ["mine"]);
    bench.steps(2);
    bench.window.get_by_role_and_label(Role::Button, "mine");
    assert_eq!(bench.studio().project().poses.len(), 1, "the project keeps it, too, but it is shown once");
    bench.send(settei::studio::PoseCommand::Own(OwnChange::Delete("mine".into())));
    bench.until("no pose", |s| own(s).is_empty());
    bench.steps(2);
    menu(&mut bench, "mine");
    bench.click("Delete");
    assert!(bench.studio().project().poses.is_empty());
    bench.send(DocumentCommand::Undo);
    assert_eq!(bench.studio().project().poses.len(), 1);
}

#[test]
fn dragging_a_pose_blends_towards_it_in_one_step() {
    let mut bench = Bench::open(&[]);
    bench.settle();
    let before = bench.studio().project().pose.clone();
    let from = bench.window.get_by_label("Walk").rect().center();
    bench.window.hover_at(from);
    bench.window.drag_at(from);
    bench.steps(1);
    for x in [10.0, 40.0, 80.0] {
        bench.window.hover_at(from + egui::vec2(x, 0.0));
        bench.steps(1);
    }
    bench.window.drop_at(from + egui::vec2(80.0, 0.0));
    bench.steps(2);
    let walk = library::find("walk").unwrap().1;
    let half = Pose::blend(&before, &walk, 0.5);
    let blended = &bench.studio().project().pose;
    for (bone, rotation) in &half.bones {
        let angle = blended.rotation(*bone).angle_between(*rotation);
        assert!(angle < 0.1, "{bone:?} is {angle} rad from half-way");
    }
    bench.send(DocumentCommand::Undo);
    assert_eq!(bench.studio().project().pose, before);
}

#[test]
fn a_pose_can_be_taken_for_one_limb() {
    let mut bench = Bench::open(&[]);
    bench.settle();
    let before = bench.studio().project().pose.clone();
    let figure = bench.studio().content().subject().unwrap().figure().clone();
    let hand = figure.humanoid.joint(settei::figure::HumanBone::LeftHand);
    bench.send(ViewCommand::Select(hand));
    bench.click("Only the left arm");
    bench.click("Jump");
    let (now, jump) = (&bench.studio().project().pose, library::find("jump").unwrap().1);
    use settei::figure::HumanBone::{LeftUpperArm, RightUpperArm, RightUpperLeg};
    assert_eq!(now.rotation(LeftUpperArm), jump.rotation(LeftUpperArm));
    for bone in [RightUpperArm, RightUpperLeg] {
        assert_eq!(now.rotation(bone), before.rotation(bone));
    }
}
