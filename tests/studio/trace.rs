//! The way that needs no download: a figure posed over a drawing says what the drawing shows.

use crate::bench::Bench;
use egui_kittest::kittest::Queryable as _;
use settei::project::{DrawingSource, FigureSource};
use settei::studio::{DocumentCommand, SheetCommand};
use std::path::{Path, PathBuf};

/// One of the example's drawings as a file, without its UDP.
fn drawing(folder: &Path, name: &'static str) -> PathBuf {
    let path = folder.join(format!("{name}.png"));
    settei::example::drawing(name).unwrap().save_png(&path).unwrap();
    path
}

#[test]
fn with_drawings_alone_the_built_in_figure_is_offered_and_the_drawings_stay() {
    for last in [false, true] {
        let mut bench = Bench::open(&[]);
        bench.settle();
        bench.send(DocumentCommand::New);
        bench.until("the empty project", |s| s.project().sheet.is_empty() && s.project().figure.is_none());
        let file = drawing(&bench.data, "front");
        bench.drop_files(std::slice::from_ref(&file));
        bench.until("the drawing", |s| s.project().sheet.len() == 1);
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
    let file = drawing(&bench.data, "front");
    bench.drop_files(std::slice::from_ref(&file));
    bench.until("the reason", |s| s.content().painting_failed.is_some());
    bench.steps(2);
    bench.window.get_by_label("Load the weights…");
    bench.window.get_by_label_contains("race a drawing");
    bench.click("Trace front");
    let tracing = bench.studio().project().tracing.clone().unwrap();
    assert_eq!(tracing.source, DrawingSource::File(file));
    assert_eq!(bench.studio().project().frame_px, [768, 1024]);
    // Once a sidecar says what it shows there is nothing left to trace.
    let sheet = settei::example::sheet().unwrap();
    let udp = sheet.views.iter().find(|view| view.name == "front").unwrap().udp.as_ref().unwrap();
    udp.save(&bench.data.join("front.udp.npz")).unwrap();
    bench.send(SheetCommand::Reload(tracing.source));
    bench.until("a picture", |s| s.content().painting_failed.is_none() && s.content().painting.is_none());
    bench.steps(2);
    assert!(bench.window.query_by_label("Trace front").is_none());
}
