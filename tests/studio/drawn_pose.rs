//! The pose that a drawing shows becomes the figure's.

use crate::bench::Bench;
use egui_kittest::kittest::Queryable as _;
use settei::figure::HumanBone;
use settei::pose::library;
use settei::project::{DrawingSource, Project};
use settei::studio::{Command, DocumentCommand, Edit, SheetCommand};

/// Degrees between two poses' bones that the left side shows: the right arm is behind the body.
fn apart_deg(a: &Project, b: &settei::pose::Pose) -> f32 {
    use HumanBone::*;
    let bones = [LeftUpperArm, LeftUpperLeg, RightUpperLeg];
    bones.into_iter().map(|bone| a.pose.rotation(bone).angle_between(b.rotation(bone)).to_degrees()).fold(0.0, f32::max)
}

#[test]
fn a_drawing_gives_the_figure_its_pose_in_one_step() {
    let mut bench = Bench::open(&[]);
    bench.settle();
    let kick = library::find("kick").unwrap().1;
    bench.send(Command::edit("Kick", Edit::Pose(kick)));
    let before = bench.studio().project().clone();
    bench.window.get_by_label("Drawing side").click_secondary();
    bench.steps(2);
    bench.click("Pose from this drawing");
    bench.until("the pose", |s| s.history().undo_label() == Some("Take the pose of side"));
    let project = bench.studio().project().clone();
    let drawn = library::find("a").unwrap().1;
    assert!(apart_deg(&project, &drawn) < 15.0, "{}: {:?}", apart_deg(&project, &drawn), project.pose);
    assert!((project.camera.yaw_deg - 90.0).abs() < 20.0, "{}", project.camera.yaw_deg);
    bench.send(DocumentCommand::Undo);
    assert_eq!(**bench.studio().project(), *before, "pose and camera come back at once");
}

#[test]
fn what_shows_no_body_says_so_and_changes_nothing() {
    let mut bench = Bench::open(&[]);
    bench.settle();
    let before = bench.studio().project().clone();
    bench.send(SheetCommand::TakePose(DrawingSource::BuiltIn("no such drawing".into())));
    bench.steps(2);
    assert!(bench.said().contains("can't be read yet"), "{}", bench.said());
    bench.send(Command::edit("Do without a figure", Edit::Figure(None)));
    bench.send(SheetCommand::TakePose(DrawingSource::BuiltIn("side".into())));
    assert!(bench.said().contains("no figure yet"), "{}", bench.said());
    bench.send(DocumentCommand::Undo);
    assert_eq!(**bench.studio().project(), *before);
}
