//! How the window looks, compared with pictures that people have looked at. After a change that is meant, look at
//! `*.new.png` and keep it: `UPDATE_SNAPSHOTS=1 tests/run --test studio snapshots`.

use crate::bench::Bench;
use egui_kittest::{SnapshotOptions, image_snapshot_options};
use settei::pose::library;
use settei::raster::{RasterChoice, Rasterizer};
use settei::studio::{DocumentCommand, Theme, WindowCommand};

/// Compares all but the lower rows, which hold times and memory, and columns from `width` on.
fn compare(bench: &mut Bench, name: &str, width: u32) {
    if let Err(why) = Rasterizer::new(RasterChoice::Gpu) {
        return println!("skipped: nothing draws the window here ({why})");
    }
    let shown = bench.window.render().unwrap();
    let part = image::imageops::crop_imm(&shown, 0, 0, width, shown.height() - 30).to_image();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/studio/snapshots");
    // Drivers differ in the last bit of an edge.
    let options = SnapshotOptions::new().output_path(folder).threshold(1.5).max_failed_pixels(8);
    image_snapshot_options(&part, name, &options);
}

#[test]
fn the_empty_window() {
    let mut bench = Bench::open(&[]);
    bench.send(DocumentCommand::New);
    bench.settle();
    compare(&mut bench, "empty", 1280);
}

#[test]
fn the_example_posed() {
    let mut bench = Bench::open(&[]);
    bench.send(WindowCommand::Theme(Theme::Light));
    bench.settle();
    bench.until("all thumbnails", |s| s.content().pose_thumbnails.len() == library::names().len());
    bench.until("the drawings", |s| s.content().drawings.values().all(|drawing| drawing.thumbnail.is_some()));
    bench.steps(5);
    // The pointer's tooltips and the picture's times are elsewhere.
    compare(&mut bench, "example", 868);
}
