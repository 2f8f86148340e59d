//! The way that needs no download: a figure posed over a drawing says what the drawing shows.

use crate::bench::Bench;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use settei::engine::{GraphKind, PainterKind};
use settei::pose::{BodyPart, LimbLengths};
use settei::project::{Alignment, DrawingSource, FigureSource};
use settei::studio::{Command, DocumentCommand, Edit, SheetCommand, Theme, WindowCommand};
use settei::udp::{Udp, UdpFormat};
use std::path::{Path, PathBuf};

/// One of the example's drawings as a file, without its UDP.
fn drawing(folder: &Path, name: &'static str) -> PathBuf {
    let path = folder.join(format!("{name}.png"));
    settei::example::drawing(name).unwrap().save_png(&path).unwrap();
    path
}

#[test]
fn drawings_alone_move_with_the_built_in_figure() {
    let mut bench = Bench::open(&[]);
    bench.settle();
    bench.send(DocumentCommand::New);
    bench.until("the empty project", |s| s.project().sheet.is_empty() && s.project().figure.is_none());
    let file = drawing(&bench.data, "front");
    bench.drop_files(std::slice::from_ref(&file));
    bench.until("the figure", |s| s.content().subject().is_some());
    assert_eq!(bench.studio().project().figure, Some(FigureSource::BuiltIn));
    bench.until("the picture", |s| s.content().finished().is_some());
    // Both came at once, and go so.
    bench.send(DocumentCommand::Undo);
    assert!(bench.studio().project().sheet.is_empty() && bench.studio().project().figure.is_none());
}

#[test]
fn where_there_is_no_figure_the_built_in_one_is_offered_and_the_drawings_stay() {
    for last in [false, true] {
        let mut bench = Bench::open(&[]);
        bench.settle();
        let file = drawing(&bench.data, "front");
        bench.drop_files(std::slice::from_ref(&file));
        bench.until("the drawing", |s| s.project().sheet.len() == 1);
        bench.send(Command::edit("Do without a figure", Edit::Figure(None)));
        bench.steps(3);
        let sheet = bench.studio().project().sheet.clone();
        assert!(bench.window.query_by_label("Open the example").is_none(), "it would take the drawing's place");
        // In the place of the figure, and in that of the picture.
        let offers: Vec<_> = bench.window.query_all_by_label("Use the built-in figure").collect();
        assert_eq!(offers.len(), 2);
        offers[usize::from(last)].click();
        bench.steps(2);
        bench.until("the figure", |s| s.content().subject().is_some());
        assert_eq!(bench.studio().project().figure, Some(FigureSource::BuiltIn));
        assert_eq!(bench.studio().project().sheet, sheet);
        bench.send(DocumentCommand::Undo);
        assert_eq!(bench.studio().project().figure, None);
    }
}

#[test]
fn who_is_asked_for_weights_is_offered_tracing_which_needs_none() {
    let mut bench = Bench::open(&[]);
    bench.settle();
    let by = |bench: &mut Bench, kind| {
        let painting = bench.studio().project().painting.by(kind, 256);
        bench.send(Command::edit("Choose what paints", Edit::Painting(painting)));
    };
    by(&mut bench, PainterKind::Graph(GraphKind::Conr));
    let file = drawing(&bench.data, "front");
    bench.drop_files(std::slice::from_ref(&file));
    bench.until("the drawing", |s| s.content().views.len() == 1);
    bench.until("the reason", |s| s.content().painting.is_none() && s.content().painting_failed.is_some());
    bench.steps(2);
    bench.window.get_by_label("Load the weights…");
    bench.click("Trace front");
    let tracing = bench.studio().project().tracing.clone().unwrap();
    assert_eq!(tracing.source, DrawingSource::File(file));
    bench.steps(2);
    assert!(bench.window.query_by_label("Trace front").is_none(), "it is being traced");
    let shown = settei::example::drawing("front").unwrap();
    assert_eq!(bench.studio().project().frame_px, [shown.width_px, shown.height_px]);
    // Once a sidecar says what it shows there is nothing left to trace.
    let sheet = settei::example::sheet().unwrap();
    let udp = sheet.views.iter().find(|view| view.name == "front").unwrap().udp.as_ref().unwrap();
    udp.save(&bench.data.join("front.udp.npz")).unwrap();
    bench.send(SheetCommand::Reload(tracing.source));
    by(&mut bench, PainterKind::Landmark);
    bench.until("a picture", |s| s.content().painting_failed.is_none() && s.content().finished().is_some());
    bench.steps(2);
    assert!(bench.window.query_by_label("Trace front").is_none());
}

/// A window in which a drawing of the example, as a file without its UDP, is traced.
fn tracing(name: &'static str) -> (Bench, PathBuf) {
    let mut bench = Bench::open(&[]);
    bench.settle();
    let file = drawing(&bench.data, name);
    bench.drop_files(std::slice::from_ref(&file));
    bench.until("a picture", |s| s.project().sheet.len() == 1 && s.content().finished().is_some());
    bench.send(Command::edit("Size", Edit::Frame([500, 400])));
    bench.send(SheetCommand::Trace(DrawingSource::File(file.clone())));
    bench.until("the drawing over the figure", |s| s.content().tracing.ready().is_some());
    // It is laid over what the drawing shows.
    bench.settle();
    (bench, file)
}

impl Bench {
    fn lengths(&self) -> LimbLengths {
        self.studio().project().lengths()
    }

    /// Types a number into a field.
    fn number(&mut self, label: &str, number: &str) {
        self.window.get_by_role_and_label(Role::SpinButton, label).click();
        self.steps(3);
        self.window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
        for letter in number.chars() {
            self.window.event(egui::Event::Text(letter.into()));
        }
        self.steps(2);
        self.window.key_press(egui::Key::Enter);
        self.steps(3);
    }
}

#[test]
fn in_trace_mode_one_is_told_what_to_do_and_cancel_gives_everything_back() {
    let (mut bench, _) = tracing("front");
    bench.window.get_by_label_contains("pull the handles until the figure lies on the drawing");
    let shown = settei::example::drawing("front").unwrap();
    assert_eq!(bench.studio().project().frame_px, [shown.width_px, shown.height_px], "as large as the drawing");
    let sit = settei::pose::library::find("sit").unwrap().1;
    bench.send(Command::edit("Sit", Edit::Pose(sit)));
    bench.number("Turn", "30");
    bench.click("Cancel");
    let project = bench.studio().project().clone();
    assert_eq!((project.frame_px, &project.tracing), ([500, 400], &None));
    assert_eq!(project.camera.yaw_deg, 0.0);
    assert_eq!(project.pose, settei::project::Project::example().pose);
    assert!(bench.window.query_by_label("Save").is_none(), "the rows are gone");
    bench.send(DocumentCommand::Undo);
    assert!(bench.window.query_by_label("Save").is_some(), "it can be undone");
}

#[test]
fn the_figure_is_laid_over_the_drawing_and_the_camera_is_locked() {
    let (mut bench, file) = tracing("front");
    // The figure begins as tall as what is drawn, where it is drawn.
    let picture = settei::example::drawing("front").unwrap();
    let [width, height] = [picture.width_px, picture.height_px];
    bench.until("the figure's UDP", |s| {
        s.content().udp.as_ref().is_some_and(|seen| [seen.udp.width_px, seen.udp.height_px] == [width, height])
    });
    let extent = |seen: &dyn Fn(u32, u32) -> bool| {
        let rows: Vec<u32> = (0..height).filter(|&y| (0..width).any(|x| seen(x, y))).collect();
        [*rows.first().unwrap() as f32, *rows.last().unwrap() as f32]
    };
    let udp = bench.studio().content().udp.clone().unwrap().udp;
    let drawn = extent(&|x, y| picture.at(x, y)[3] > 0);
    let figure = extent(&|x, y| udp.pixels[(y * width + x) as usize][3] > 0.5);
    assert!((0..2).all(|i| (drawn[i] - figure[i]).abs() < 24.0), "{file:?}: drawn {drawn:?}, figure {figure:?}");

    let before = bench.studio().project().clone();
    let rect = bench.window.get_by_label("Pose viewport").rect();
    let corner = rect.min + egui::vec2(20.0, 20.0);
    let drag = |bench: &mut Bench, button| {
        let press =
            |pressed, pos| egui::Event::PointerButton { pos, button, pressed, modifiers: egui::Modifiers::NONE };
        bench.window.hover_at(corner);
        bench.window.event(press(true, corner));
        bench.window.hover_at(corner + egui::vec2(60.0, 30.0));
        bench.window.hover_at(corner + egui::vec2(80.0, 40.0));
        bench.window.event(press(false, corner + egui::vec2(80.0, 40.0)));
        bench.steps(3);
    };
    for button in [egui::PointerButton::Primary, egui::PointerButton::Secondary, egui::PointerButton::Middle] {
        drag(&mut bench, button);
        assert_eq!(**bench.studio().project(), *before, "{button:?}");
    }
    // The wheel looks closer at what is under the pointer, figure and drawing alike, and changes nothing.
    let handle = |bench: &Bench| bench.window.get_by_label("Left hand handle").rect().center();
    let (hand, foot) = (handle(&bench), bench.window.get_by_label("Left foot handle").rect().center());
    bench.window.hover_at(hand);
    bench.window.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: egui::vec2(0.0, 60.0),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers: egui::Modifiers::NONE,
    });
    bench.steps(60);
    assert_eq!(**bench.studio().project(), *before);
    assert!(handle(&bench).distance(hand) < 1.0, "what was under the pointer stays");
    if let Some(now) = bench.window.query_by_label("Left foot handle") {
        assert!(now.rect().center().distance(hand) > 1.1 * foot.distance(hand), "all else goes away from it");
    }
    bench.click("See the whole drawing");
    assert!(handle(&bench).distance(hand) < 1.0, "and comes back");
    // Unlocked, a drag turns the view as ever.
    bench.click("Lock the camera");
    drag(&mut bench, egui::PointerButton::Secondary);
    assert_ne!(bench.studio().project().camera, before.camera);
}

#[test]
fn size_and_place_are_fitted_finely() {
    let (mut bench, _) = tracing("front");
    let value = |bench: &Bench, label: &str| {
        bench.window.get_by_role_and_label(Role::SpinButton, label).accesskit_node().numeric_value().unwrap()
    };
    let (size, across, up) = (value(&bench, "Size"), value(&bench, "Across"), value(&bench, "Up"));
    bench.number("Size", &format!("{:.1}", size + 0.5));
    assert!(
        (value(&bench, "Size") - size - 0.5).abs() < 0.11,
        "{} is half a percent more than {size}",
        value(&bench, "Size")
    );
    assert!(
        (value(&bench, "Across") - across).abs() < 0.05 && (value(&bench, "Up") - up).abs() < 0.05,
        "it grows in place"
    );
    bench.number("Across", &format!("{:.1}", across + 3.0));
    bench.number("Up", &format!("{:.1}", up - 2.0));
    assert!((value(&bench, "Across") - across - 3.0).abs() < 0.11, "{}", value(&bench, "Across"));
    assert!((value(&bench, "Up") - up + 2.0).abs() < 0.11, "{}", value(&bench, "Up"));
    bench.number("Turn", "-40");
    assert!((bench.studio().project().camera.yaw_deg + 40.0).abs() < 1e-3);
    assert!((value(&bench, "Across") - across - 3.0).abs() < 0.11, "it turns in place");
}

#[test]
fn limbs_are_stretched_and_what_is_saved_shows_them_so_through_both_doors() {
    let (mut bench, file) = tracing("front");
    let hips = bench.window.get_by_label("Left foot handle").rect().center();
    let shins = bench.lengths().of(BodyPart::Shins);
    bench.click("Limbs");
    let slider = bench.window.get_by_role_and_label(Role::Slider, "Thighs").rect();
    let at = slider.left_center() + egui::vec2(115.0, 0.0);
    bench.window.hover_at(slider.left_center() + egui::vec2(75.0, 0.0));
    bench.window.drag_at(slider.left_center() + egui::vec2(75.0, 0.0));
    bench.steps(1);
    bench.window.hover_at(at);
    bench.steps(1);
    bench.window.drop_at(at);
    bench.steps(3);
    let thighs = bench.lengths().of(BodyPart::Thighs);
    assert!(thighs > 1.1, "{thighs}");
    // A slider keeps thousandths.
    assert!((bench.lengths().of(BodyPart::Shins) - shins).abs() < 1e-3, "one limb alone");
    assert_eq!(bench.studio().history().undo_label(), Some("Stretch the figure's limbs"));
    bench.window.key_press(egui::Key::Escape);
    bench.steps(3);
    let now = bench.window.get_by_label("Left foot handle").rect().center();
    assert!(now.y > hips.y + 5.0, "the foot is lower: {hips} to {now}");

    bench.click("Save");
    bench.until("the UDP", |s| s.project().tracing.is_none());
    let sidecar = file.with_extension("udp.npz");
    let saved = Udp::load(&sidecar).unwrap();
    let project = bench.studio().project().clone();
    assert_eq!(project.frame_px, [500, 400], "the picture's size is what it was");
    assert_eq!(project.alignments.len(), 1);
    assert_eq!(project.alignments[0].lengths.of(BodyPart::Thighs), thighs, "kept");
    assert!(project.lengths().are_own(), "the figure has its own limbs again");
    let subject = bench.studio().content().subject().unwrap().clone();
    let shown = settei::example::drawing("front").unwrap();
    let size = [shown.width_px, shown.height_px];
    let read = |udp: &Udp| Udp::from_bytes(&udp.to_bytes(UdpFormat::Npz).unwrap()).unwrap();
    assert!(saved == read(&project.alignments[0].udp(&subject, size).unwrap()), "what is saved is how it lay");
    let own = Alignment { lengths: LimbLengths::default(), ..project.alignments[0].clone() };
    assert!(saved != read(&own.udp(&subject, size).unwrap()), "the lengths count");
    bench.until("a picture", |s| s.content().painting_failed.is_none() && s.content().finished().is_some());

    // The command line writes the same.
    let path = bench.data.join("hero.settei");
    project.save(&path).unwrap();
    let out = bench.data.join("udps");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_settei"))
        .args(["project", "trace", "--raster", "cpu", "--out"])
        .args([&out, &path])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(Udp::load(&out.join("front.udp.npz")).unwrap() == saved, "the command line's differs");

    // Traced again it lies as it lay, and may be saved over what tracing made, but over nothing else.
    bench.send(SheetCommand::Trace(DrawingSource::File(file)));
    assert_eq!(bench.lengths().of(BodyPart::Thighs), thighs);
    bench.number("Size", "70");
    bench.click("Save");
    bench.until("the UDP", |s| s.project().tracing.is_none());
    assert!(Udp::load(&sidecar).unwrap() != saved, "it is another one");
    saved.save(&sidecar).unwrap();
    let source = bench.studio().project().sheet[0].source.clone();
    bench.send(SheetCommand::Trace(source));
    bench.click("Save");
    bench.until("the refusal", |s| s.said().iter().any(|(_, text)| text.contains("is there already")));
    assert!(bench.studio().project().tracing.is_some());
    assert!(Udp::load(&sidecar).unwrap() == saved, "nothing was written over it");
}

/// Not a test of anything but that it draws; pictures of it go where `SETTEI_SHOTS` says.
#[test]
fn trace_mode_can_be_looked_at() {
    let Some(folder) = std::env::var_os("SETTEI_SHOTS").map(PathBuf::from) else { return };
    let (mut bench, _) = tracing("front");
    let shot = |bench: &mut Bench, name: &str| {
        bench.until("the figure", |s| !s.is_busy());
        bench.steps(6);
        bench.window.render().unwrap().save(folder.join(format!("{name}.png"))).unwrap();
    };
    for (theme, name) in [(Theme::Dark, "dark"), (Theme::Light, "light")] {
        bench.send(WindowCommand::Theme(theme));
        shot(&mut bench, &format!("trace-{name}"));
        bench.click("Limbs");
        shot(&mut bench, &format!("trace-limbs-{name}"));
        bench.window.key_press(egui::Key::Escape);
        bench.steps(3);
        bench.click("View");
        shot(&mut bench, &format!("menu-{name}"));
        bench.window.key_press(egui::Key::Escape);
        bench.steps(2);
        for _ in 0..4 {
            bench.window.key_press(egui::Key::Tab);
        }
        shot(&mut bench, &format!("focus-{name}"));
        bench.send(WindowCommand::Keys);
        shot(&mut bench, &format!("keys-{name}"));
        bench.window.key_press(egui::Key::Escape);
        bench.window.key_press(egui::Key::P);
        shot(&mut bench, &format!("large-{name}"));
        bench.window.key_press(egui::Key::P);
        bench.steps(3);
    }
    bench.send(DocumentCommand::New);
    bench.steps(3);
    bench.click("Don't save");
    bench.until("the empty project", |s| s.project().figure.is_none());
    let file = drawing(&bench.data, "side");
    bench.drop_files(&[file]);
    bench.until("the drawing", |s| s.project().sheet.len() == 1);
    shot(&mut bench, "no-figure");
}
