//! The character sheet: dropping, watching, arranging and cutting out drawings.

use crate::bench::Bench;
use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use settei::example;
use settei::picture::Picture;
use settei::project::DrawingSource;
use settei::sheet::Side;
use settei::studio::{DocumentCommand, SheetCommand};
use std::path::{Path, PathBuf};

/// The example's drawings with their UDPs beside them, as files.
fn example_files(folder: &Path) -> Vec<PathBuf> {
    let sheet = example::sheet().unwrap();
    let save = |view: &settei::sheet::View| {
        let path = folder.join(format!("{}.png", view.name));
        view.picture.save_png(&path).unwrap();
        view.udp.as_ref().unwrap().save(&path.with_extension("udp.npz")).unwrap();
        path
    };
    sheet.views.iter().take(3).map(save).collect()
}

fn reddened(picture: &Picture) -> Picture {
    let pixels = picture.pixels.iter().map(|&[_, g, b, a]| [255, g / 2, b / 2, a]).collect();
    Picture { pixels, ..picture.clone() }
}

#[test]
fn three_drawings_are_dropped_and_painted_from() {
    let folder = tempfile::tempdir().unwrap();
    let files = example_files(folder.path());
    let mut bench = Bench::open(&[]);
    bench.settle();
    bench.drop_files(&files);
    bench.until("three drawings", |s| s.content().views.len() == 3);
    assert_eq!(bench.studio().project().sheet.len(), 3, "they take the example's place");
    bench.settle();
    bench.until("a picture", |s| s.content().painted.as_ref().is_some_and(|p| !p.draft));
    bench.window.get_by_label("Drawing front");
    bench.until("thumbnails", |s| s.content().drawings.values().filter(|d| d.thumbnail.is_some()).count() >= 3);

    // Each can be left out, and taken back by undoing.
    bench.click("Use front");
    assert_eq!(bench.studio().content().views.len(), 2);
    bench.send(DocumentCommand::Undo);
    assert_eq!(bench.studio().content().views.len(), 3);
}

#[test]
fn a_plain_drawings_side_is_said_on_its_card() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hero.png");
    example::drawing("side").unwrap().save_png(&file).unwrap();
    let mut bench = Bench::open(&[]);
    bench.settle();
    assert!(bench.window.query_by_label_contains("Side of").is_none(), "the example's drawings know their poses");
    bench.drop_files(&[file]);
    bench.until("the drawing", |s| s.content().views.len() == 1);
    bench.settle();
    bench.until("a picture", |s| s.content().painted.as_ref().is_some_and(|p| !p.draft));
    let untold = bench.studio().content().painted.as_ref().unwrap().picture.clone();
    bench.click("Side of hero");
    bench.window.get_by_role_and_label(Role::RadioButton, "Back").click();
    bench.steps(2);
    assert_eq!(bench.studio().project().sheet[0].side, Some(Side::Back));
    bench.until("another picture", |s| {
        s.content().painting.is_none()
            && s.content().painted.as_ref().is_some_and(|p| !p.draft && !p.motif.hints[0].is_empty())
    });
    assert!(bench.studio().content().painted.as_ref().unwrap().picture != untold, "the back is not the side");
    bench.send(DocumentCommand::Undo);
    assert_eq!(bench.studio().project().sheet[0].side, None);

    // What the detector believes stands on the card, and keys say a side while the pointer is over it.
    bench.until("a belief", |s| s.content().drawings.values().any(|drawing| drawing.belief.is_some()));
    bench.window.get_by_label("Drawing hero").hover();
    bench.steps(2);
    let style = bench.studio().display().style;
    for (key, side) in
        [(Key::F, Side::Front), (Key::L, Side::ThreeQuarterLeft), (Key::L, Side::Left), (Key::B, Side::BackLeft)]
    {
        bench.window.key_press(key);
        bench.steps(2);
        assert_eq!(bench.studio().project().sheet[0].side, Some(side));
    }
    assert_eq!(bench.studio().display().style, style, "the figure is not shown otherwise");
}

#[test]
fn a_drawing_that_changes_on_disk_changes_here() {
    let folder = tempfile::tempdir().unwrap();
    let files = example_files(folder.path());
    let mut bench = Bench::open(&[]);
    bench.settle();
    bench.drop_files(&files);
    bench.until("three drawings", |s| s.content().views.len() == 3);
    bench.settle();
    bench.until("a picture", |s| s.content().painted.as_ref().is_some_and(|p| !p.draft));
    let red = |picture: &Picture| {
        let seen = picture.pixels.iter().filter(|p| p[3] > 200);
        let red = seen.clone().filter(|p| p[0] == 255 && p[1] < 128 && p[2] < 128).count();
        red as f64 / seen.count().max(1) as f64
    };
    let redness = |picture: &Picture| {
        let seen = picture.pixels.iter().filter(|p| p[3] > 200);
        let sum: f64 = seen.clone().map(|p| f64::from(p[0]) - f64::from(p[1])).sum();
        sum / seen.count().max(1) as f64
    };
    let before = redness(&bench.studio().content().painted.as_ref().unwrap().picture);

    // A program that writes half of it, thinks, and writes the rest.
    let source = DrawingSource::File(files[0].clone());
    let view = bench.studio().content().drawing(&source).unwrap().view.clone().unwrap();
    let bytes = reddened(&view.picture).to_png().unwrap();
    std::fs::write(&files[0], &bytes[..bytes.len() / 2]).unwrap();
    bench.until("half a file to be met", |s| s.content().drawing(&source).unwrap().stale.is_some());
    assert!(bench.studio().content().drawing(&source).unwrap().view.is_some(), "the last reading stays");
    std::fs::write(&files[0], &bytes).unwrap();
    bench.until("the new drawing", |s| {
        let state = s.content().drawing(&source).unwrap();
        state.stale.is_none() && state.view.as_ref().is_some_and(|view| red(&view.picture) > 0.9)
    });
    bench.until("the new picture", |s| {
        let painted = s.content().painted.as_ref().unwrap();
        !painted.draft && redness(&painted.picture) > before + 20.0
    });

    std::fs::remove_file(&files[1]).unwrap();
    let gone = DrawingSource::File(files[1].clone());
    bench.until("the missing drawing", |s| s.content().drawing(&gone).unwrap().missing);
    assert_eq!(bench.studio().project().sheet.len(), 3, "it stays in the sheet");
}

#[test]
fn drawings_are_arranged_by_dragging_and_removed_by_the_menu() {
    let mut bench = Bench::open(&[]);
    bench.settle();
    let names = |bench: &Bench| -> Vec<String> {
        bench.studio().project().sheet.iter().map(|drawing| drawing.source.name()).collect()
    };
    let rect = |label: &str| bench.window.get_by_label(label).rect();
    assert!(!rect("Drawing front").intersects(rect("Drawing three-quarter")), "each has a place of its own");
    let place = |bench: &Bench, label: &str| bench.window.get_by_label(label).rect().center();
    let (from, to) = (place(&bench, "Drawing front"), place(&bench, "Drawing three-quarter"));
    bench.window.hover_at(from);
    bench.window.drag_at(from);
    bench.steps(1);
    for t in [0.3, 0.7, 1.0] {
        bench.window.hover_at(from + (to - from) * t);
        bench.steps(1);
    }
    bench.window.drop_at(to);
    bench.steps(3);
    assert_eq!(names(&bench)[..2], ["three-quarter", "front"]);
    bench.window.get_by_label("Drawing front").click_secondary();
    bench.steps(3);
    bench.click("Remove");
    assert_eq!(names(&bench).len(), 3);
    bench.send(DocumentCommand::Undo);
    bench.send(DocumentCommand::Undo);
    assert_eq!(names(&bench)[..2], ["front", "three-quarter"]);
}

/// The example's front view before something, as a file.
fn before(folder: &Path, name: &str, ground: impl Fn(usize) -> [u8; 3]) -> PathBuf {
    let cut = example::drawing("front").unwrap();
    let over = |(i, &[r, g, b, a]): (usize, &[u8; 4])| {
        let mixed =
            |c: u8, under: u8| ((u32::from(c) * u32::from(a) + u32::from(under) * (255 - u32::from(a))) / 255) as u8;
        let ground = ground(i);
        [mixed(r, ground[0]), mixed(g, ground[1]), mixed(b, ground[2]), 255]
    };
    let path = folder.join(name);
    Picture { pixels: cut.pixels.iter().enumerate().map(over).collect(), ..cut }.save_png(&path).unwrap();
    path
}

/// The same on paper.
fn scan(folder: &Path) -> PathBuf {
    before(folder, "scan.png", |_| [245; 3])
}

#[test]
fn a_scan_is_painted_from_with_nothing_asked() {
    let folder = tempfile::tempdir().unwrap();
    let path = scan(folder.path());
    let mut bench = Bench::open(&[]);
    bench.settle();
    bench.drop_files(std::slice::from_ref(&path));
    let source = DrawingSource::File(path.clone());
    bench.until("the picture", |s| {
        let mine = |painted: &settei::studio::Painted| {
            painted.motif.views.iter().any(|view| view.path.as_ref() == Some(&path))
        };
        s.content().painted.as_ref().is_some_and(mine)
    });
    let state = bench.studio().content().drawing(&source).unwrap();
    let cut = &state.view.as_ref().unwrap().picture;
    let (mut wrong, mut all) = (0, 0);
    for (a, b) in cut.pixels.iter().zip(&example::drawing("front").unwrap().pixels) {
        wrong += usize::from((a[3] > 127) != (b[3] > 127));
        all += usize::from(b[3] > 127);
    }
    assert!(wrong * 30 < all, "{wrong} of {all}");
    assert!(state.before.is_some() && state.problem.is_none());
    assert_eq!(image::open(&path).unwrap().into_rgba8().as_raw()[3], 255, "the file is as it was");
}

#[test]
fn a_drawing_with_a_background_offers_to_be_cut_out_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let noise = |i: usize| [0, 8, 16].map(|shift| ((i * 2_654_435_761) >> shift) as u8);
    let path = before(folder.path(), "scene.png", noise);
    let mut bench = Bench::open(&[]);
    bench.settle();
    bench.drop_files(std::slice::from_ref(&path));
    let source = DrawingSource::File(path);
    bench.until("the scene", |s| s.content().drawing(&source).is_some_and(|d| d.is_not_cut_out()));
    assert!(bench.studio().content().views.is_empty(), "it can't be painted from yet");
    bench.steps(2);
    bench.window.get_by_label("A drawing has a background: it is left out until it is cut out.");
    bench.window.get_by_role_and_label(Role::Button, "Cut out…").hover();
    for _ in 0..60 {
        bench.steps(1);
    }
    bench.window.get_by_label_contains("Nothing in it says where the character ends.");
}

#[test]
fn drawings_are_shown_as_large_as_one_likes() {
    let data = tempfile::tempdir().unwrap();
    let mut bench = Bench::in_folder(data.path(), &[]);
    bench.settle();
    let width = |bench: &Bench| bench.window.get_by_label("Drawing front").rect().width();
    let before = width(&bench);
    let slider = bench.window.get_by_role_and_label(Role::Slider, "Size of the drawings").rect();
    bench.window.hover_at(slider.left_center());
    bench.window.drag_at(slider.left_center() + egui::vec2(slider.width() * 0.4, 0.0));
    bench.steps(1);
    for share in [0.5, 0.6, 0.7] {
        bench.window.hover_at(slider.left_center() + egui::vec2(slider.width() * share, 0.0));
        bench.steps(1);
    }
    bench.window.drop_at(slider.left_center() + egui::vec2(slider.width() * 0.7, 0.0));
    bench.steps(3);
    let after = width(&bench);
    assert!(after > before + 10.0, "{before} {after}");
    let saved = |data: &Path| std::fs::read_to_string(data.join("settings.json")).unwrap();
    bench.until("the settings", |_| saved(data.path()).contains("drawing-size"));
    drop(bench);
    let mut again = Bench::in_folder(data.path(), &[]);
    again.settle();
    assert_eq!(width(&again), after);
}

/// Opens the cut-out tool on a scan.
fn cutting_out(folder: &Path) -> (Bench, DrawingSource) {
    let path = scan(folder);
    let mut bench = Bench::open(&[]);
    bench.settle();
    bench.drop_files(std::slice::from_ref(&path));
    let source = DrawingSource::File(path);
    bench.until("the scan", |s| s.content().drawing(&source).is_some_and(|d| d.before.is_some()));
    bench.steps(2);
    bench.send(SheetCommand::CutOut(source.clone()));
    bench.steps(2);
    wait_for_cut_out(&mut bench);
    (bench, source)
}

fn wait_for_cut_out(bench: &mut Bench) {
    for _ in 0..5000 {
        bench.steps(1);
        if !bench.window.get_by_label("Use the cut-out").accesskit_node().is_disabled() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("no cut-out came");
}

/// Uses the cut-out and reads the file that it became.
fn use_cut_out(bench: &mut Bench, folder: &Path) -> Picture {
    bench.click("Use the cut-out");
    let made = DrawingSource::File(folder.join("scan-cutout.png"));
    bench.until("the cut-out", |s| s.content().drawing(&made).is_some_and(|d| d.view.is_some() && d.problem.is_none()));
    bench.studio().content().drawing(&made).unwrap().view.clone().unwrap().picture.clone()
}

/// Erases along a line over the drawing, in shares of it.
fn erase(bench: &mut Bench, from: [f32; 2], to: [f32; 2]) {
    bench.window.get_by_role_and_label(Role::Button, "Eraser").click();
    bench.steps(2);
    stroke(bench, "Drawing to cut out", from, to);
}

/// Paints a stroke in shares of the canvas with this label.
fn stroke(bench: &mut Bench, canvas: &str, from: [f32; 2], to: [f32; 2]) {
    let rect = bench.window.get_by_role_and_label(Role::Canvas, canvas).rect();
    let at = |[x, y]: [f32; 2]| rect.min + egui::vec2(rect.width() * x, rect.height() * y);
    bench.window.hover_at(at(from));
    bench.steps(1);
    bench.window.drag_at(at(from));
    bench.steps(1);
    for t in [0.25, 0.5, 0.75, 1.0] {
        bench.window.hover_at(at(from) + (at(to) - at(from)) * t);
        bench.steps(1);
    }
    bench.window.drop_at(at(to));
    bench.steps(2);
}

fn opaque(picture: &Picture) -> usize {
    picture.pixels.iter().filter(|p| p[3] > 127).count()
}

#[test]
fn a_drawing_on_paper_is_cut_out_into_a_file_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let (mut bench, source) = cutting_out(folder.path());
    let picture = use_cut_out(&mut bench, folder.path());
    let cut = example::drawing("front").unwrap();
    let (mut both, mut either) = (0u32, 0u32);
    for (a, b) in picture.pixels.iter().zip(&cut.pixels) {
        both += u32::from(a[3] > 127 && b[3] > 127);
        either += u32::from(a[3] > 127 || b[3] > 127);
    }
    assert!(f64::from(both) > 0.97 * f64::from(either), "{both} of {either}");
    assert_eq!(image::open(source.path().unwrap()).unwrap().into_rgba8().as_raw()[3], 255, "the original stays");
}

#[test]
fn the_cut_out_tool_erases_restores_and_takes_strokes_back() {
    let folder = tempfile::tempdir().unwrap();
    let (mut bench, _) = cutting_out(folder.path());
    // Across the middle of the figure, on the right picture too.
    erase(&mut bench, [0.4, 0.5], [0.6, 0.5]);
    wait_for_cut_out(&mut bench);
    // Back under the brush, over a part of it, where the first stroke went through.
    bench.window.get_by_role_and_label(Role::Button, "Character").click();
    bench.steps(2);
    stroke(&mut bench, "Cut-out", [0.48, 0.5], [0.5, 0.5]);
    bench.window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::Z);
    bench.steps(2);
    assert!(bench.studio().history().redo_label().is_none(), "the project's own steps stay");
    bench.window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::Y);
    bench.steps(2);
    wait_for_cut_out(&mut bench);
    let picture = use_cut_out(&mut bench, folder.path());
    let whole = example::drawing("front").unwrap();
    let row = |picture: &Picture| {
        let y = picture.height_px / 2;
        (0..picture.width_px).filter(|&x| picture.at(x, y)[3] > 127).count()
    };
    let (seen, all) = (row(&picture), row(&whole));
    assert!(seen > 0 && seen < all, "{seen} of {all} pixels of the erased row");
    assert!(opaque(&picture) * 100 > opaque(&whole) * 90, "nothing else went");
}

#[test]
fn the_cut_out_tool_remembers_its_strokes_and_closes_with_escape() {
    let folder = tempfile::tempdir().unwrap();
    let (mut bench, source) = cutting_out(folder.path());
    let can_undo = |bench: &Bench| {
        let button = bench.window.get_by_role_and_label(Role::Button, "Undo stroke");
        !button.accesskit_node().is_disabled()
    };
    assert!(!can_undo(&bench));
    erase(&mut bench, [0.45, 0.5], [0.55, 0.5]);
    assert!(can_undo(&bench));
    bench.window.key_press(egui::Key::Escape);
    bench.steps(2);
    assert!(bench.window.query_by_label("Use the cut-out").is_none());
    bench.send(SheetCommand::CutOut(source));
    assert!(can_undo(&bench), "the stroke is there again");
    wait_for_cut_out(&mut bench);
    bench.click("Undo stroke");
    wait_for_cut_out(&mut bench);
    let picture = use_cut_out(&mut bench, folder.path());
    let whole = example::drawing("front").unwrap();
    assert!(opaque(&picture) * 100 > opaque(&whole) * 97);
}

#[test]
fn a_cut_out_can_be_gone_on_with() {
    let folder = tempfile::tempdir().unwrap();
    let (mut bench, _) = cutting_out(folder.path());
    erase(&mut bench, [0.4, 0.5], [0.6, 0.5]);
    wait_for_cut_out(&mut bench);
    let first = use_cut_out(&mut bench, folder.path());
    let made = DrawingSource::File(folder.path().join("scan-cutout.png"));
    bench.send(SheetCommand::CutOut(made.clone()));
    bench.steps(2);
    wait_for_cut_out(&mut bench);
    // What the first cut-out lost comes back, which only the drawing that it was made of can tell.
    bench.window.get_by_role_and_label(Role::Button, "Character").click();
    bench.steps(2);
    stroke(&mut bench, "Cut-out", [0.4, 0.5], [0.6, 0.5]);
    wait_for_cut_out(&mut bench);
    bench.click("Use the cut-out");
    let second = DrawingSource::File(folder.path().join("scan-cutout-2.png"));
    bench.until("the second", |s| s.content().drawing(&second).is_some_and(|d| d.view.is_some()));
    let picture = bench.studio().content().drawing(&second).unwrap().view.clone().unwrap().picture.clone();
    assert!(opaque(&picture) > opaque(&first) + 100, "{} {}", opaque(&picture), opaque(&first));
    let sheet: Vec<_> = bench.studio().project().sheet.iter().map(|drawing| &drawing.source).collect();
    assert_eq!(sheet, [&second], "it takes the first one's place");
}

#[test]
fn the_cut_out_tool_zooms_at_the_pointer() {
    let folder = tempfile::tempdir().unwrap();
    let (mut bench, _) = cutting_out(folder.path());
    let rect = bench.window.get_by_role_and_label(Role::Canvas, "Drawing to cut out").rect();
    // Strokes over much of what is seen closely are short in the drawing, and where the pointer was.
    let middle = rect.center();
    bench.window.hover_at(middle);
    bench.steps(2);
    for _ in 0..8 {
        bench.window.event(egui::Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta: egui::vec2(0.0, 60.0),
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Unknown,
            modifiers: egui::Modifiers::NONE,
        });
        bench.steps(4);
    }
    erase(&mut bench, [0.1, 0.5], [0.9, 0.5]);
    wait_for_cut_out(&mut bench);
    let picture = use_cut_out(&mut bench, folder.path());
    let whole = example::drawing("front").unwrap();
    let gone = |x: u32, y: u32| whole.at(x, y)[3] == 255 && picture.at(x, y)[3] == 0;
    let row = whole.height_px / 2;
    let columns: Vec<u32> = (0..whole.width_px).filter(|&x| gone(x, row)).collect();
    let (first, last) = (columns[0], columns[columns.len() - 1]);
    assert!((10..120).contains(&(last - first)), "{first} to {last}");
    assert!((first..=last).contains(&(whole.width_px / 2)), "{first} to {last}");
    let rows = (0..whole.height_px).filter(|&y| (0..whole.width_px).any(|x| gone(x, y))).count();
    assert!(rows < 30, "{rows} rows");
}

#[test]
fn one_broken_drawing_leaves_the_others_alone() {
    // A palette whose length is no multiple of three, which made the decoder panic.
    let folder = tempfile::tempdir().unwrap();
    let files = example_files(folder.path());
    let broken = folder.path().join("broken.png");
    std::fs::write(&broken, BROKEN_PALETTE).unwrap();
    let project = settei::project::Project {
        sheet: [&broken, &files[0]]
            .into_iter()
            .map(|path| settei::project::Drawing::new(DrawingSource::File(path.clone())))
            .collect(),
        ..settei::project::Project::example()
    };
    let path = folder.path().join("p.settei");
    project.save(&path).unwrap();
    let mut bench = Bench::open(&[path]);
    bench.until("an answer for both", |s| {
        let drawings = &s.content().drawings;
        drawings.len() == 2 && drawings.values().all(|drawing| !drawing.loading)
    });
    let state = |path: &Path| bench.studio().content().drawing(&DrawingSource::File(path.to_owned())).unwrap().clone();
    assert!(state(&broken).problem.unwrap().contains("damaged"));
    assert!(state(&files[0]).view.is_some());
}

/// One pixel, a palette of four bytes, sums as they should be.
const BROKEN_PALETTE: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0, 0, 1, 8, 3,
    0, 0, 0, 40, 203, 52, 187, 0, 0, 0, 4, 80, 76, 84, 69, 9, 9, 9, 9, 110, 100, 217, 146, 0, 0, 0, 10, 73, 68, 65, 84,
    120, 156, 99, 96, 0, 0, 0, 2, 0, 1, 72, 175, 164, 113, 0, 0, 0, 0, 73, 69, 78, 68, 174, 66, 96, 130,
];

#[test]
fn a_picture_on_the_clipboard_becomes_a_drawing() {
    let mut bench = Bench::open(&[]);
    bench.settle();
    let cut = example::drawing("back").unwrap();
    let size = [cut.width_px as usize, cut.height_px as usize];
    let image = egui::ColorImage::from_rgba_unmultiplied(size, &cut.pixels.concat());
    bench.window.event(egui::Event::PasteImage(std::sync::Arc::new(image)));
    bench.until("the pasted drawing", |s| s.project().sheet.iter().any(|d| d.source.name() == "pasted"));
}
