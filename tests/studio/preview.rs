//! The preview and the UDP inspector.

use crate::bench::Bench;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use settei::dynamics::{Chains, Settings};
use settei::engine::{GraphKind, PainterChoice, PainterKind, PaintingSettings};
use settei::studio::{Command, Edit, PaintCommand, PanelKind, PoseCommand, SheetCommand, WindowCommand};
use std::sync::Arc;

const CONR: PainterChoice = PainterChoice::Of(PainterKind::Graph(GraphKind::Conr));
const LANDMARK: PainterChoice = PainterChoice::Of(PainterKind::Landmark);

/// The example, painted in full.
fn painted() -> Bench {
    let mut bench = Bench::open(&[]);
    bench.settle();
    full(&mut bench);
    bench
}

fn full(bench: &mut Bench) {
    bench.until("the full picture", |s| s.content().painting.is_none() && s.content().painted.is_some());
    assert!(!bench.studio().content().painted.as_ref().unwrap().draft);
    bench.steps(2);
}

fn choose(bench: &mut Bench, painter: PainterChoice) {
    let painting = PaintingSettings { painter, ..bench.studio().project().painting.clone() };
    bench.send(Command::edit("Choose what paints", Edit::Painting(painting)));
}

#[test]
fn the_example_is_painted_and_saved_exactly() {
    let mut bench = painted();
    bench.window.get_by_label("Full");
    let frame = bench.studio().project().frame_px;
    let picture = bench.studio().content().painted.as_ref().unwrap().picture.clone();
    assert_eq!([picture.width_px, picture.height_px], frame);
    let path = bench.data.join("mio.png");
    bench.send(PaintCommand::SavePicture(path.clone()));
    bench.until("the file", |s| s.said().iter().any(|(_, text)| text.contains("mio.png")));
    let saved = image::open(&path).unwrap().into_rgba8();
    assert!(saved.as_raw() == bytemuck::cast_slice::<_, u8>(&picture.pixels), "straight alpha, every pixel as painted");
}

#[test]
fn a_picture_that_is_still_being_painted_is_saved_when_it_is_there() {
    let mut bench = Bench::open(&[]);
    bench.settle();
    let (name, pose) = settei::pose::library::find("kick").unwrap();
    bench.send(PoseCommand::Take { name: name.to_owned(), pose, only: None });
    let path = bench.data.join("kick.png");
    bench.send(PaintCommand::SavePicture(path.clone()));
    bench.until("the file", |s| s.said().iter().any(|(_, text)| text.contains("kick.png")));
    full(&mut bench);
    let picture = &bench.studio().content().painted.as_ref().unwrap().picture;
    let saved = image::open(&path).unwrap().into_rgba8();
    assert!(saved.as_raw() == bytemuck::cast_slice::<_, u8>(&picture.pixels));
}

#[test]
fn dragging_shows_drafts_and_letting_go_the_full_picture() {
    let mut bench = painted();
    let middle = bench.window.get_by_label("Pose viewport").rect().center();
    let before = bench.studio().project().camera;
    let button = |pressed, pos| egui::Event::PointerButton {
        pos,
        button: egui::PointerButton::Secondary,
        pressed,
        modifiers: egui::Modifiers::NONE,
    };
    bench.window.hover_at(middle);
    bench.steps(1);
    bench.window.input_mut().events.push(button(true, middle));
    bench.steps(1);
    for x in [20.0, 40.0, 60.0] {
        bench.window.hover_at(middle + egui::vec2(x, 0.0));
        bench.steps(1);
    }
    assert!(bench.studio().display().dragging && bench.studio().project().camera != before);
    bench.until("a draft", |s| s.content().painted.as_ref().is_some_and(|painted| painted.draft));
    bench.steps(1);
    bench.window.get_by_label("Draft");
    bench.window.input_mut().events.push(button(false, middle + egui::vec2(60.0, 0.0)));
    bench.steps(2);
    assert!(!bench.studio().display().dragging);
    full(&mut bench);
}

#[test]
fn a_failure_leaves_the_picture_and_offers_what_helps() {
    let mut bench = painted();
    let picture = bench.studio().content().painted.as_ref().unwrap().picture.clone();
    choose(&mut bench, CONR);
    bench.until("the reason", |s| s.content().painting_failed.is_some());
    bench.steps(2);
    assert!(Arc::ptr_eq(&bench.studio().content().painted.as_ref().unwrap().picture, &picture), "the last one stays");
    bench.window.get_by_label_contains("CoNR needs weights");
    bench.window.get_by_label("Load the weights…");
    let missing = bench.data.join("missing.safetensors");
    bench.drop_files(&[missing]);
    bench.until("the reason", |s| s.content().painting_failed.as_ref().is_some_and(|why| why.contains("missing")));
    bench.steps(2);
    assert!(Arc::ptr_eq(&bench.studio().content().painted.as_ref().unwrap().picture, &picture), "it still stays");
    bench.window.get_by_label("Load other weights…");
    bench.click("Use landmark transfer");
    bench.until("a picture", |s| s.content().painting_failed.is_none());
    assert_eq!(bench.studio().project().painting.painter, LANDMARK);
}

#[test]
fn a_plain_drawing_is_looked_at_and_painted_from() {
    let mut bench = painted();
    let file = bench.data.join("front.png");
    settei::example::drawing("front").unwrap().save_png(&file).unwrap();
    bench.drop_files(&[file]);
    bench.until("the drawing", |s| s.project().sheet.len() == 1);
    full(&mut bench);
    let by_its_own_eyes = bench.studio().content().painted.as_ref().unwrap().picture.clone();
    // With its UDP beside it, it is painted from that.
    let sheet = settei::example::sheet().unwrap();
    let udp = sheet.views.iter().find(|view| view.name == "front").unwrap().udp.as_ref().unwrap();
    udp.save(&bench.data.join("front.udp.npz")).unwrap();
    let source = bench.studio().project().sheet[0].source.clone();
    bench.send(SheetCommand::Reload(source));
    bench.until("another picture", |s| s.content().painted.as_ref().is_some_and(|p| p.picture != by_its_own_eyes));
    full(&mut bench);
}

#[test]
fn another_characters_picture_is_never_shown_nor_saved_nor_copied() {
    let mut bench = painted();
    // Somebody else, whom what paints can't paint.
    choose(&mut bench, CONR);
    let file = bench.data.join("hero.png");
    settei::example::drawing("side").unwrap().save_png(&file).unwrap();
    bench.drop_files(&[file]);
    bench.until("the drawing", |s| s.project().sheet.len() == 1);
    bench.until("the reason", |s| s.content().painting.is_none() && s.content().painting_failed.is_some());
    bench.steps(2);
    assert!(bench.studio().content().painted.is_none(), "the example's picture is not hero's");
    for label in ["Full", "Draft", "Earlier"] {
        assert!(bench.window.query_by_label(label).is_none(), "{label}");
    }
    for label in ["Save PNG…", "Copy"] {
        assert!(bench.window.get_by_label(label).accesskit_node().is_disabled(), "{label}");
    }
    let path = bench.data.join("hero-saved.png");
    bench.send(PaintCommand::SavePicture(path.clone()));
    bench.send(PaintCommand::CopyPicture);
    bench.window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::E);
    bench.steps(3);
    assert!(bench.said().matches("there is no picture to save or copy").count() >= 3, "{}", bench.said());
    assert!(!path.exists() && !bench.said().contains("clipboard"), "{}", bench.said());
}

#[test]
fn a_picture_in_another_pose_is_an_earlier_one_and_is_not_saved() {
    let mut bench = painted();
    choose(&mut bench, CONR);
    bench.until("the reason", |s| s.content().painting_failed.is_some());
    let (name, pose) = settei::pose::library::find("sit").unwrap();
    bench.send(PoseCommand::Take { name: name.to_owned(), pose, only: None });
    bench.until("the reason", |s| s.content().painting.is_none() && s.content().painting_failed.is_some());
    bench.steps(2);
    bench.window.get_by_label("Earlier");
    let path = bench.data.join("sit.png");
    bench.send(PaintCommand::SavePicture(path.clone()));
    bench.send(PaintCommand::CopyPicture);
    assert!(!path.exists() && !bench.said().contains("clipboard"), "{}", bench.said());
    assert!(bench.said().contains("there is no picture to save or copy: CoNR needs weights"), "{}", bench.said());
    // Its UDP needs no painter.
    let udp = bench.data.join("sit.npz");
    bench.send(PaintCommand::SaveUdp(udp.clone()));
    bench.until("the file", |s| s.said().iter().any(|(_, text)| text.contains("sit.npz")));
    let camera = bench.studio().project().camera.camera(768.0 / 1024.0, 1.0);
    let subject = bench.studio().content().subject().unwrap().clone();
    // Its hair and skirt hang.
    let chains = Chains::new(subject.figure(), &Settings::default());
    let stance = Arc::new(subject.hanging(chains)).stand(&settei::pose::library::find("sit").unwrap().1);
    let expected = stance.seen(camera).udp([768, 1024]).unwrap();
    assert_eq!(settei::udp::Udp::load(&udp).unwrap().surface_points(), expected.surface_points());
    // What was changed in the very frame counts, and the full picture of it is what is saved.
    choose(&mut bench, LANDMARK);
    full(&mut bench);
    bench.window.get_by_label("Full");
    let (name, pose) = settei::pose::library::find("kick").unwrap();
    bench.window.state_mut().send(PoseCommand::Take { name: name.to_owned(), pose, only: None });
    bench.send(PaintCommand::SavePicture(path.clone()));
    bench.until("the file", |s| s.said().iter().any(|(_, text)| text.contains("sit.png")));
    full(&mut bench);
    let picture = &bench.studio().content().painted.as_ref().unwrap().picture;
    assert!(image::open(&path).unwrap().into_rgba8().as_raw() == bytemuck::cast_slice::<_, u8>(&picture.pixels));
}

#[test]
fn contributions_come_with_a_legend() {
    let mut bench = painted();
    assert!(bench.studio().content().painted.as_ref().unwrap().contributions.is_none(), "not asked for");
    bench.click("Sources");
    bench.until("the shares", |s| s.content().painted.as_ref().is_some_and(|p| p.contributions.is_some() && !p.draft));
    bench.steps(2);
    bench.window.get_by_label("faint: filled in");
    let contributions = bench.studio().content().painted.as_ref().unwrap().contributions.clone().unwrap();
    let names: Vec<&str> = contributions.legend.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["front", "three-quarter", "side", "back"]);
    bench.click("Sources");
    assert!(!bench.studio().display().contributions);
}

#[test]
fn the_picture_is_zoomed_and_compared() {
    let mut bench = painted();
    bench.click("1:1");
    bench.steps(2);
    bench.window.get_by_label("100 %");
    let middle = bench.window.get_by_label("Painted picture").rect().center();
    bench.window.hover_at(middle);
    bench.steps(1);
    for _ in 0..12 {
        bench.window.input_mut().events.push(egui::Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta: egui::vec2(0.0, 40.0),
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Unknown,
            modifiers: egui::Modifiers::NONE,
        });
        bench.steps(2);
    }
    assert!(bench.window.query_by_label("100 %").is_none(), "the wheel zooms");
    bench.click("Fit");

    assert!(bench.window.query_by_label("Divider").is_none());
    bench.click("Compare");
    bench.click("Pin this picture");
    let from = bench.window.get_by_label("Divider").rect().center();
    bench.window.hover_at(from);
    bench.window.drag_at(from);
    bench.steps(1);
    bench.window.hover_at(from - egui::vec2(50.0, 0.0));
    bench.steps(1);
    bench.window.drop_at(from - egui::vec2(50.0, 0.0));
    bench.steps(2);
    let to = bench.window.get_by_label("Divider").rect().center();
    assert!((from.x - to.x - 50.0).abs() < 3.0, "{from} {to}");
    bench.click("Compare");
    bench.click("With the figure");
    bench.until("the figure", |s| s.content().mirror.is_some());
    bench.steps(2);
    bench.window.get_by_label("Divider");
    assert!(bench.studio().history().undo_label().is_none(), "looking changes nothing");
}

#[test]
fn the_inspector_reads_the_pixel_under_the_pointer() {
    let mut bench = painted();
    bench.send(WindowCommand::ShowPanel(PanelKind::Inspector));
    bench.steps(3);
    let udp = bench.studio().content().udp.clone().unwrap();
    assert!(!udp.draft && udp.udp.surface_points() > 50_000);
    bench.window.get_by_label_contains("surface points");
    let middle = bench.window.get_by_label("UDP picture").rect().center();
    bench.window.hover_at(middle);
    bench.steps(2);
    bench.window.get_by_label_contains("landmark 0.");
    bench.click("In 3-D");
    bench.window.get_by_label("Point cloud");
    let path = bench.data.join("now.npz");
    bench.send(PaintCommand::SaveUdp(path.clone()));
    bench.until("the file", |s| s.said().iter().any(|(_, text)| text.contains("now.npz")));
    assert_eq!(settei::udp::Udp::load(&path).unwrap().surface_points(), udp.udp.surface_points());
}

#[test]
fn weights_are_opened_like_any_file_and_conr_paints() {
    let mut bench = painted();
    bench.send(Command::edit(
        "Choose what paints",
        Edit::Painting(PaintingSettings { size_px: 128, ..PaintingSettings::default() }),
    ));
    let file = bench.data.join("zeros.safetensors");
    crate::zeros::write(&file);
    bench.drop_files(std::slice::from_ref(&file));
    bench.until("the weights", |s| s.project().painting.weights.of(GraphKind::Conr) == Some(&*file));
    bench.until("CoNR's picture", |s| s.content().painted.as_ref().is_some_and(|p| p.by.contains("CoNR at 128 px")));
    bench.steps(2);
    for selector in ["Renderer", "Working size", "Device", "zeros.safetensors"] {
        bench.window.get_by_label(selector);
    }
    bench.click("zeros.safetensors");
    bench.click("Do without weights");
    bench.until("landmark transfer", |s| s.content().painted.as_ref().is_some_and(|p| p.by == "landmark transfer"));
    assert_eq!(bench.studio().history().undo_label(), Some("Choose what paints"));
}

/// Not a test of anything but that the panels draw; pictures of them go where `SETTEI_SHOTS` says.
#[test]
fn the_panels_can_be_looked_at() {
    let Some(folder) = std::env::var_os("SETTEI_SHOTS").map(std::path::PathBuf::from) else { return };
    let mut bench = painted();
    let shot = |bench: &mut Bench, name: &str| {
        bench.steps(3);
        bench.window.render().unwrap().save(folder.join(format!("{name}.png"))).unwrap();
    };
    shot(&mut bench, "preview");
    bench.click("Sources");
    bench.until("the shares", |s| s.content().painted.as_ref().is_some_and(|p| p.contributions.is_some() && !p.draft));
    shot(&mut bench, "contributions");
    bench.click("Sources");
    bench.click("Compare");
    bench.click("With the figure");
    bench.until("the figure", |s| s.content().mirror.is_some());
    full(&mut bench);
    shot(&mut bench, "compared");
    let weights = bench.data.join("weights.safetensors");
    bench.drop_files(&[weights]);
    bench.until("the reason", |s| s.content().painting_failed.is_some());
    shot(&mut bench, "failed");
    bench.window.set_size(egui::vec2(1920.0, 1080.0));
    bench.send(WindowCommand::ShowPanel(PanelKind::Inspector));
    bench.send(WindowCommand::Theme(settei::studio::Theme::Light));
    bench.steps(3);
    let middle = bench.window.get_by_label("UDP picture").rect().center();
    bench.window.hover_at(middle);
    shot(&mut bench, "inspector");
}
