//! Hands and face.

use crate::bench::Bench;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use settei::pose::hand::{Hand, Side};
use settei::pose::look::Gaze;
use settei::studio::{DocumentCommand, PanelKind, ViewCommand, WindowCommand};

fn close(a: &Hand, b: &Hand) -> bool {
    a.curl.iter().zip(b.curl).all(|(a, b)| (a - b).abs() < 0.01)
        && a.spread_deg.iter().zip(b.spread_deg).all(|(a, b)| (a - b).abs() < 0.5)
}

#[test]
fn hands_take_shapes_and_fingers_follow_sliders() {
    let mut bench = Bench::open(&[]);
    bench.settle();
    bench.send(WindowCommand::ShowPanel(PanelKind::Hands));
    let start = bench.studio().project().pose.clone();
    bench.click("Left fist");
    assert!(close(&Hand::of(&bench.studio().project().pose, Side::Left), &Hand::FIST));
    assert!(close(&Hand::of(&bench.studio().project().pose, Side::Right), &Hand::of(&start, Side::Right)));

    // One drag of a slider is one step.
    let slider = bench.window.get_by_label("Right thumb curl").rect();
    let y = slider.center().y;
    let x = |share: f32| egui::pos2(slider.left() + slider.width() * share, y);
    bench.window.drag_at(x(0.3));
    for share in [0.4, 0.6, 0.8] {
        bench.window.hover_at(x(share));
        bench.steps(1);
    }
    bench.window.drop_at(x(0.8));
    bench.steps(2);
    let thumb = Hand::of(&bench.studio().project().pose, Side::Right).curl[0];
    assert!(thumb > 0.6, "{thumb}");
    assert_eq!(bench.studio().history().undo_label(), Some("Curl the right thumb"));
    bench.send(DocumentCommand::Undo);
    bench.send(DocumentCommand::Undo);
    assert_eq!(bench.studio().project().pose, start);
}

#[test]
fn faces_change_and_look_at_the_camera() {
    let mut bench = Bench::open(&[]);
    bench.settle();
    bench.send(WindowCommand::ShowPanel(PanelKind::Face));
    bench.window.get_by_role_and_label(egui::accesskit::Role::Slider, "Happy");
    bench.click("Reset all");
    assert!(bench.studio().project().pose.expressions.is_empty());
    bench.click("At the camera");
    let gaze = Gaze::of(&bench.studio().project().pose);
    assert!(gaze.yaw_deg.abs() < 30.0 && gaze.pitch_deg.abs() < 30.0, "{gaze:?}");
    bench.send(ViewCommand::LookFrom("left".parse().unwrap()));
    bench.click("At the camera");
    let left = Gaze::of(&bench.studio().project().pose);
    assert!(left.yaw_deg > 60.0, "{left:?}");
    bench.click("Straight on");
    assert_eq!(Gaze::of(&bench.studio().project().pose), Gaze::default());
}

#[test]
fn a_figure_without_fingers_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let cube = folder.path().join("box.obj");
    std::fs::write(&cube, "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n").unwrap();
    let mut bench = Bench::open(&[cube]);
    bench.until("the figure", |s| s.content().subject().is_some());
    bench.send(WindowCommand::ShowPanel(PanelKind::Hands));
    bench.window.get_by_label("This figure's hands have no finger bones.");
}

/// Figures whose files group no morphs get sensible groups by names.
#[test]
fn expressions_stand_in_groups_with_whole_names_and_are_found() {
    let mut bench = Bench::open(&[]);
    bench.settle();
    bench.send(WindowCommand::ShowPanel(PanelKind::Face));
    for group in ["Whole face", "Eyes", "Lips"] {
        bench.window.get_by_role_and_label(Role::DisclosureTriangle, group);
    }
    let place = |bench: &Bench, label: &str| bench.window.get_by_role_and_label(Role::Slider, label).rect().top();
    let group =
        |bench: &Bench, label: &str| bench.window.get_by_role_and_label(Role::DisclosureTriangle, label).rect().top();
    assert!(place(&bench, "Happy") < group(&bench, "Eyes") && place(&bench, "Blink left") > group(&bench, "Eyes"));
    assert!(place(&bench, "Blink left") < group(&bench, "Lips") && place(&bench, "Mouth aa") > group(&bench, "Lips"));
    bench.window.get_by_label("Find an expression").focus();
    bench.steps(2);
    bench.window.get_by_label("Find an expression").type_text("blink r");
    bench.steps(3);
    assert!(bench.window.query_by_role_and_label(Role::Slider, "Happy").is_none());
    bench.window.get_by_role_and_label(Role::Slider, "Blink right");
}
