//! Menus, palette and panels.

use crate::bench::Bench;
use egui_kittest::kittest::Queryable as _;
use settei::studio::{DocumentCommand, Gizmo, PoseCommand, Style, WindowCommand};

#[test]
fn the_example_opens_and_poses_by_a_click() {
    let mut bench = Bench::open(&[]);
    bench.settle();
    bench.until("the figure in the viewport", |s| s.content().viewport.is_some());
    bench.click("Walk");
    let walk = settei::pose::library::find("walk").unwrap().1;
    assert_eq!(bench.studio().project().pose, walk);
    assert_eq!(bench.studio().history().undo_label(), Some("Take the pose Walk"));
}

#[test]
fn keys_menus_and_the_palette_send_the_same_commands() {
    let mut bench = Bench::open(&[]);
    bench.settle();
    bench.window.key_press(egui::Key::U);
    bench.steps(2);
    assert_eq!(bench.studio().display().style, Style::Udp);
    bench.click("View");
    bench.click("Handles only");
    assert_eq!(bench.studio().display().gizmo, Gizmo::Reach);
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
    bench.send(PoseCommand::Flip);
    bench.send(DocumentCommand::New);
    bench.steps(3);
    assert!(bench.studio().history().unsaved());
    bench.click("Cancel");
    assert!(!bench.studio().project().sheet.is_empty());
    bench.send(DocumentCommand::New);
    bench.steps(3);
    bench.click("Don't save");
    bench.until("the empty project", |s| s.project().sheet.is_empty());
}

#[test]
fn the_tour_is_shown_once_and_can_be_skipped() {
    let data = tempfile::tempdir().unwrap();
    std::fs::write(data.path().join("settings.json"), "{}").unwrap();
    let mut bench = Bench::in_folder(data.path(), &[]);
    bench.settle();
    bench.window.get_by_label("Your drawings");
    // Who comes for the first time sees what is found out about plain drawings.
    let drawn = settei::project::Project::drawn_example();
    assert!(bench.studio().project().sheet == drawn.sheet && bench.studio().project().figure == drawn.figure);
    bench.until("a picture from plain drawings", |s| {
        s.content().painted.as_ref().is_some_and(|painted| painted.by.starts_with("Fude "))
    });
    bench.click("Next");
    bench.window.get_by_label("The figure");
    bench.window.key_press(egui::Key::Enter);
    bench.steps(3);
    bench.window.key_press(egui::Key::Escape);
    bench.steps(3);
    assert!(bench.window.query_by_label("Skip the tour").is_none());
    let toured = || std::fs::read_to_string(data.path().join("settings.json")).unwrap().contains("\"toured\": true");
    bench.until("the settings", |_| toured());
    drop(bench);
    let bench = Bench::in_folder(data.path(), &[]);
    assert!(bench.window.query_by_label("Skip the tour").is_none(), "once is enough");
    assert_eq!(bench.studio().project().sheet, settei::project::Project::example().sheet);
}

#[test]
fn panels_close_come_back_and_go_to_their_places() {
    let mut bench = Bench::open(&[]);
    bench.settle();
    let place = bench.window.get_by_label("Log").rect();
    bench.send(WindowCommand::ShowPanel(settei::studio::PanelKind::Log));
    bench.window.get_by_label("Warnings only");
    bench.send(WindowCommand::ResetLayout);
    bench.steps(3);
    assert_eq!(bench.window.get_by_label("Log").rect(), place);
    assert!(bench.window.query_by_label("Warnings only").is_none());
}
