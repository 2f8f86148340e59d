//! The pose library.

use crate::bench::Bench;
use egui_kittest::kittest::Queryable as _;
use settei::pose::{Pose, library};
use settei::studio::{DocumentCommand, ViewCommand};

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

#[test]
fn own_poses_are_kept_renamed_and_deleted() {
    let mut bench = Bench::open(&[]);
    bench.settle();
    let waving = bench.studio().project().pose.clone();
    bench.window.get_by_label("Name of the pose to keep").focus();
    bench.steps(2);
    bench.window.get_by_label("Name of the pose to keep").type_text("hello");
    bench.steps(2);
    bench.click("Keep");
    assert_eq!(bench.studio().project().poses[0].name, "hello");
    bench.click("Walk");
    bench.click("hello");
    assert_eq!(bench.studio().project().pose, waving);
    bench.window.get_by_label("hello").click_secondary();
    bench.steps(3);
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
