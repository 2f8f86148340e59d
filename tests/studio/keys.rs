//! What can be done without a mouse, and what menus and dialogs show.

use crate::bench::Bench;
use egui::{Key, Modifiers, accesskit::Role, accesskit::Toggled};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use settei::studio::{PanelKind, Style, Theme, ViewCommand, WindowCommand};

fn open() -> Bench {
    let mut bench = Bench::open(&[]);
    bench.settle();
    bench
}

impl Bench {
    fn press(&mut self, key: Key) {
        self.window.key_press(key);
        self.steps(4);
    }

    fn alt_alone(&mut self) {
        self.window.event(egui::Event::ModifiersChanged(Modifiers::ALT));
        self.window.event(egui::Event::ModifiersChanged(Modifiers::NONE));
        self.steps(4);
    }

    fn shows(&self, label: &str) -> bool {
        self.window.query_all_by_label(label).next().is_some()
    }

    /// Opens a menu of the bar; panels may be called the same.
    fn open_menu(&mut self, name: &str) {
        let named = self.window.query_all_by_label(name).map(|node| node.rect());
        let bar = named.min_by(|a, b| a.top().total_cmp(&b.top())).unwrap();
        for pressed in [true, false] {
            self.window.event(egui::Event::PointerMoved(bar.center()));
            self.window.event(egui::Event::PointerButton {
                pos: bar.center(),
                button: egui::PointerButton::Primary,
                pressed,
                modifiers: Modifiers::NONE,
            });
        }
        self.steps(3);
    }

    fn mark(&self, label: &str) -> Option<Toggled> {
        self.window.get_by_role_and_label(Role::MenuItemRadio, label).accesskit_node().toggled()
    }
}

#[test]
fn f10_and_alt_alone_open_the_menus_and_arrows_go_through_them() {
    let mut bench = open();
    for way in ["F10", "Alt"] {
        assert!(!bench.shows("New project"), "{way}");
        if way == "F10" {
            bench.press(Key::F10)
        } else {
            bench.alt_alone()
        }
        assert!(bench.shows("New project"), "{way} opens the first menu");
        bench.press(Key::ArrowRight);
        assert!(bench.shows("Find a command…") && !bench.shows("New project"), "{way}: the menu beside it");
        bench.press(Key::ArrowLeft);
        bench.press(Key::ArrowDown);
        assert!(bench.window.get_by_label("New project").is_focused(), "{way}: arrows go down into it");
        bench.press(Key::Escape);
        assert!(!bench.shows("New project"), "{way}: Escape closes it");
    }
    // The same key closes what it opened.
    bench.press(Key::F10);
    bench.press(Key::F10);
    assert!(!bench.shows("New project"));
    // Alt with a key, or with the mouse, means something else, and so does Alt on the way to another window.
    for between in [
        egui::Event::Key { key: Key::X, physical_key: None, pressed: true, repeat: false, modifiers: Modifiers::ALT },
        egui::Event::PointerButton {
            pos: egui::pos2(640.0, 790.0),
            button: egui::PointerButton::Primary,
            pressed: true,
            modifiers: Modifiers::ALT,
        },
        egui::Event::WindowFocused(false),
    ] {
        bench.window.event(egui::Event::ModifiersChanged(Modifiers::ALT));
        bench.window.event(between.clone());
        bench.window.event(egui::Event::ModifiersChanged(Modifiers::NONE));
        bench.steps(4);
        assert!(!bench.shows("New project"), "{between:?}");
    }
}

#[test]
fn menus_mark_what_is_so_now() {
    let mut bench = open();
    bench.open_menu("View");
    assert_eq!(bench.mark("Show the figure lit"), Some(Toggled::True));
    assert_eq!(bench.mark("Show the UDP"), Some(Toggled::False));
    bench.click("Show the UDP");
    assert_eq!(bench.studio().display().style, Style::Udp);
    bench.open_menu("View");
    assert_eq!(bench.mark("Show the figure lit"), Some(Toggled::False));
    assert_eq!(bench.mark("Show the UDP"), Some(Toggled::True));
    assert_eq!(bench.mark("Show the skeleton"), Some(Toggled::True));
    assert_eq!(bench.mark("Look from the front"), Some(Toggled::True));
    assert!(bench.window.query_by_role_and_label(Role::MenuItem, "Frame the figure").is_some(), "no choice, no mark");
    bench.click("Look from the back");
    bench.open_menu("View");
    assert_eq!(bench.mark("Look from the back"), Some(Toggled::True));
    bench.press(Key::Escape);
    bench.open_menu("Pose");
    assert_eq!(bench.mark("Joint limits"), Some(Toggled::True));
    bench.press(Key::Escape);
    bench.open_menu("Window");
    assert_eq!(bench.mark("Dark theme"), Some(Toggled::True));
    assert_eq!(bench.mark("Light theme"), Some(Toggled::False));
    assert_eq!(bench.mark("Notes"), Some(Toggled::False));
}

#[test]
fn the_preview_takes_all_the_room_by_one_key() {
    let mut bench = open();
    let size = |bench: &Bench| bench.window.get_by_label("Painted picture").rect().size();
    let small = size(&bench);
    bench.press(Key::P);
    let large = size(&bench);
    assert!(large.x > 2.5 * small.x && large.y > 1.5 * small.y, "{small} to {large}");
    assert!(!bench.shows("Pose viewport"));
    bench.press(Key::P);
    assert_eq!(size(&bench), small);
    bench.click("Large");
    assert_eq!(size(&bench), large);
    bench.press(Key::Escape);
    assert_eq!(size(&bench), small, "Escape puts it back");
    bench.press(Key::P);
    bench.send(WindowCommand::ShowPanel(PanelKind::Bones));
    bench.steps(2);
    assert!(bench.shows("Pose viewport"), "who asks for another panel gets it");
}

#[test]
fn escape_closes_every_dialog() {
    let mut bench = open();
    bench.send(ViewCommand::Select(Some(3)));
    for (command, title) in [
        (WindowCommand::Keys, "Keys and mouse"),
        (WindowCommand::About, "About Settei"),
        (WindowCommand::Licence, "What the figure's author allows"),
        (WindowCommand::Palette, "Find a command"),
        (WindowCommand::Tour, "Skip the tour"),
    ] {
        bench.send(command);
        bench.steps(3);
        assert!(bench.shows(title), "{title}");
        bench.press(Key::Escape);
        assert!(!bench.shows(title), "{title}");
        assert!(bench.studio().display().selected.is_some(), "{title}: Escape meant the dialog");
    }
    // One after the other.
    bench.send(WindowCommand::Keys);
    bench.send(WindowCommand::About);
    bench.steps(3);
    bench.press(Key::Escape);
    bench.press(Key::Escape);
    assert!(!bench.shows("Keys and mouse") && !bench.shows("About Settei"));
    bench.press(Key::Escape);
    assert_eq!(bench.studio().display().selected, None, "now it means the bone");
}

#[test]
fn files_that_are_missing_are_listed_until_escape() {
    let folder = tempfile::tempdir().unwrap();
    let gone = settei::project::DrawingSource::File(folder.path().join("gone.png"));
    let drawing = settei::project::Drawing::new(gone);
    let project = settei::project::Project { sheet: vec![drawing], ..settei::project::Project::example() };
    let path = folder.path().join("hero.settei");
    project.save(&path).unwrap();
    let mut bench = Bench::open(&[path]);
    bench.until("the list", |s| s.content().drawings.values().any(|drawing| drawing.missing));
    bench.steps(3);
    assert!(bench.shows("Files are missing"));
    bench.press(Key::Escape);
    assert!(!bench.shows("Files are missing"));
}

#[test]
fn the_list_of_keys_uses_the_windows_height() {
    let mut bench = open();
    let room = |bench: &Bench| {
        let rows = bench.window.query_all_by_label("Undo").chain(bench.window.query_all_by_label("Usual size"));
        rows.filter(|node| node.accesskit_node().role() == Role::Label).map(|node| node.rect()).collect::<Vec<_>>()
    };
    bench.window.set_size(egui::vec2(1000.0, 2200.0));
    bench.send(WindowCommand::Keys);
    bench.steps(6);
    let window = bench.window.ctx.content_rect();
    let rows = room(&bench);
    assert!(rows.len() >= 2 && rows.iter().all(|row| window.contains_rect(*row)), "all keys are in sight: {rows:?}");
    // On a small window nothing of the dialog is cut off.
    bench.window.set_size(egui::vec2(800.0, 560.0));
    bench.steps(6);
    let window = bench.window.ctx.content_rect();
    for fixed in ["In the pose panel", "Drag a ring", "Alt alone, or F10"] {
        let rect = bench.window.get_by_label(fixed).rect();
        assert!(window.contains_rect(rect), "{fixed}: {rect:?} in {window:?}");
    }
}

#[test]
fn what_the_keyboard_is_on_has_a_ring_in_both_themes() {
    for theme in [Theme::Light, Theme::Dark] {
        let mut bench = open();
        bench.send(WindowCommand::Theme(theme));
        bench.steps(3);
        for _ in 0..9 {
            bench.press(Key::Tab);
        }
        let focused = bench.window.ctx.memory(|memory| memory.focused()).unwrap();
        let rect = bench.window.ctx.read_response(focused).unwrap().rect;
        let around = |shape: &egui::epaint::ClippedShape| match &shape.shape {
            egui::Shape::Rect(ring) => {
                ring.stroke.width == 2.0 && ring.rect == rect.expand(1.0) && shape.clip_rect.contains_rect(rect)
            }
            _ => false,
        };
        assert!(bench.window.output().shapes.iter().any(around), "{theme:?}: no ring around {rect}");
    }
}
