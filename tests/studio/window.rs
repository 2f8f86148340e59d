//! Menus, palette and panels.

use crate::bench::Bench;
use egui_kittest::kittest::Queryable as _;
use settei::studio::{Command, Gizmo, Style};

#[test]
fn the_example_opens_and_poses_by_a_click() {
    let mut bench = Bench::open(&[]);
    bench.settle();
    bench.until("the figure in the viewport", |s| s.content().stage.is_some());
    bench.click("walk");
    let walk = settei::pose::library::find("walk").unwrap().1;
    assert_eq!(bench.studio().project().pose, walk);
    assert_eq!(bench.studio().history().undo_label(), Some("Take the pose walk"));
}

#[test]
fn keys_menus_and_the_palette_send_the_same_commands() {
    let mut bench = Bench::open(&[]);
    bench.settle();
    bench.window.key_press(egui::Key::U);
    bench.steps(2);
    assert_eq!(bench.studio().view().style, Style::Udp);
    bench.click("View");
    bench.click("Handles only");
    assert_eq!(bench.studio().view().gizmo, Gizmo::Reach);
    bench.window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::P);
    bench.steps(3);
    bench.window.get_by_label("Find a command").type_text("flip");
    bench.steps(3);
    bench.window.key_press(egui::Key::Enter);
    bench.steps(3);
    assert_eq!(bench.studio().history().undo_label(), Some("Flip the pose"));
    assert!(bench.window.query_by_label("Find a command").is_none(), "it closes when it is done");
    bench.window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::Z);
    bench.steps(2);
    assert_eq!(bench.studio().history().undo_label(), None);
}

#[test]
fn unsaved_work_is_asked_for_before_it_goes() {
    let mut bench = Bench::open(&[]);
    bench.settle();
    bench.send(Command::FlipPose);
    bench.send(Command::New);
    bench.steps(3);
    assert!(bench.studio().history().unsaved());
    bench.click("Cancel");
    assert!(!bench.studio().project().sheet.is_empty());
    bench.send(Command::New);
    bench.steps(3);
    bench.click("Don't save");
    bench.until("the empty project", |s| s.project().sheet.is_empty());
}
