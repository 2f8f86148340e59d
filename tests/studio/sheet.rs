//! The character sheet: dropping, watching, arranging and cutting out drawings.

use crate::bench::Bench;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use settei::example;
use settei::picture::Picture;
use settei::project::DrawingSource;
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

#[test]
fn a_drawing_on_paper_is_cut_out_into_a_file_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let cut = example::drawing("front").unwrap();
    let on_paper = |&[r, g, b, a]: &[u8; 4]| {
        let over = |c: u8| ((u32::from(c) * u32::from(a) + 245 * (255 - u32::from(a))) / 255) as u8;
        [over(r), over(g), over(b), 255]
    };
    let paper = Picture { pixels: cut.pixels.iter().map(on_paper).collect(), ..cut.clone() };
    let path = folder.path().join("scan.png");
    paper.save_png(&path).unwrap();

    let mut bench = Bench::open(&[]);
    bench.settle();
    bench.drop_files(std::slice::from_ref(&path));
    let source = DrawingSource::File(path.clone());
    bench.until("the scan", |s| s.content().drawing(&source).is_some_and(|d| d.problem.is_some()));
    assert!(bench.studio().content().views.is_empty(), "it can't be painted from yet");
    bench.send(SheetCommand::CutOut(source));
    let mut tries = 0;
    loop {
        bench.steps(1);
        let button = bench.window.get_by_label("Use the cut-out");
        if !button.accesskit_node().is_disabled() {
            break;
        }
        tries += 1;
        assert!(tries < 5000, "no cut-out came");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    bench.click("Use the cut-out");
    let made = DrawingSource::File(folder.path().join("scan-cutout.png"));
    bench.until("the cut-out", |s| s.content().drawing(&made).is_some_and(|d| d.view.is_some() && d.problem.is_none()));
    let view = bench.studio().content().drawing(&made).unwrap().view.clone().unwrap();
    let (mut both, mut either) = (0u32, 0u32);
    for (a, b) in view.picture.pixels.iter().zip(&cut.pixels) {
        both += u32::from(a[3] > 127 && b[3] > 127);
        either += u32::from(a[3] > 127 || b[3] > 127);
    }
    assert!(f64::from(both) > 0.97 * f64::from(either), "{both} of {either}");
    assert_eq!(image::open(&path).unwrap().into_rgba8().as_raw()[3], 255, "the original stays");
}

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
