//! Both doors paint the same: a project's picture from the command line is the window's full one, byte for byte.

use crate::bench::Bench;
use settei::dynamics::{Settings, Wind};
use settei::engine::{GraphKind, PainterChoice, PainterKind, Tuned};
use settei::project::{Drawing, DrawingSource, Project};
use settei::sheet::{BrushStroke, KnownPoint};
use std::path::Path;
use std::process::Command;

/// A project of a built-in drawing, one whose UDP has to be found out (something was said of both), one on paper, one that is not cut out, and one that
/// is not there.
fn project(folder: &Path) -> Project {
    settei::example::drawing("side").unwrap().save_png(&folder.join("side.png")).unwrap();
    let mut scan = settei::example::drawing("three-quarter").unwrap();
    scan.pixels.iter_mut().filter(|pixel| pixel[3] < 255).for_each(|pixel| *pixel = [250, 248, 240, 255]);
    scan.save_png(&folder.join("scan.png")).unwrap();
    let mut paper = settei::picture::Picture::new(64, 64);
    paper.pixels.fill([200, 180, 160, 255]);
    paper.save_png(&folder.join("paper.png")).unwrap();
    let drawing = |source| Drawing::new(source);
    let file = |name: &str| drawing(DrawingSource::File(folder.join(name)));
    let stroke = |points: [[f32; 2]; 2], radius_px| BrushStroke { points: points.to_vec(), radius_px, erases: false };
    Project {
        sheet: vec![
            Drawing {
                points: vec![KnownPoint { at_px: [200, 90], landmark: [0.5, 0.765, 0.551] }],
                not_character: vec![stroke([[150.0, 560.0], [300.0, 560.0]], 12.0)],
                ..file("side.png")
            },
            Drawing {
                not_character: vec![stroke([[0.0, 300.0], [120.0, 300.0]], 30.0)],
                ..drawing(DrawingSource::BuiltIn("front".into()))
            },
            file("scan.png"),
            file("paper.png"),
            file("gone.png"),
            Drawing { enabled: false, ..drawing(DrawingSource::BuiltIn("back".into())) },
        ],
        frame_px: [150, 200],
        ..Project::example()
    }
}

/// As [`same_drawings`] of a project that leaves some out.
#[track_caller]
fn same_through_both_doors(folder: &Path, project: &Project) -> (String, Vec<String>) {
    let (by, notes, said) = same_drawings(folder, project);
    // What the window leaves out, the command line leaves out too, and says so.
    for left_out in ["paper.png", "gone.png"].into_iter().chain(notes.iter().map(String::as_str)) {
        assert!(said.contains(left_out), "{left_out} is not mentioned in: {said}");
    }
    (by, notes)
}

/// Saves the project, paints it through both doors, and returns what painted in the window, its notes, and what the command
/// line says.
#[track_caller]
fn same_drawings(folder: &Path, project: &Project) -> (String, Vec<String>, String) {
    let path = folder.join("hero.settei");
    project.save(&path).unwrap();
    let mut bench = Bench::open(std::slice::from_ref(&path));
    bench.until("the project", |s| s.project().sheet.len() == project.sheet.len());
    bench.until("the full picture", |s| {
        assert!(s.content().painting_failed.is_none(), "{:?}", s.content().painting_failed);
        s.content().painting.is_none() && s.content().painted.as_ref().is_some_and(|painted| !painted.draft)
    });
    let painted = bench.studio().content().painted.clone().unwrap();

    let out = folder.join("pictures");
    let output = Command::new(env!("CARGO_BIN_EXE_settei"))
        .args(["project", "render", "--raster", "cpu", "--overwrite", "--out"])
        .args([&out, &path])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    let picture = image::open(out.join("hero.png")).unwrap().into_rgba8();
    assert_eq!(picture.dimensions(), (painted.picture.width_px, painted.picture.height_px));
    assert!(picture.pixels().filter(|p| p[3] > 0).count() > 500, "there is something on it");
    let same = picture.as_raw() == bytemuck::cast_slice::<_, u8>(&painted.picture.pixels);
    assert!(same, "by {}: the command line's picture differs from the window's", painted.by);
    (painted.by, painted.notes, said)
}

#[test]
fn drawings_of_which_nothing_is_known_are_looked_at_alike() {
    let folder = tempfile::tempdir().unwrap();
    let (by, notes) = same_through_both_doors(folder.path(), &project(folder.path()));
    assert!(
        by.starts_with("Fude ") && by.contains(" at 256 px on the processor") && notes.is_empty(),
        "{by} {notes:?}"
    );
}

#[test]
fn what_was_tuned_to_the_sheet_paints_alike_as_much_as_is_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let changes = folder.path().join("t.safetensors");
    crate::fude::write_tuning(&changes);
    let mut project = project(folder.path());
    let mut pictures = Vec::new();
    for (share, off) in [(1.0, true), (0.0, false), (0.5, false), (1.0, false)] {
        project.painting.tuned = Tuned { file: Some(changes.clone()), share, off };
        let out = folder.path().join("pictures");
        let _ = std::fs::remove_dir_all(&out);
        let (by, _) = same_through_both_doors(folder.path(), &project);
        assert!(by.starts_with("Fude ") && by.contains(" at 256 px"), "{by}");
        pictures.push(std::fs::read(out.join("hero.png")).unwrap());
    }
    assert!(pictures[0] == pictures[1], "off, or none of it, is as it was");
    assert!(pictures[1] != pictures[2] && pictures[2] != pictures[3], "each share paints another picture");

    // As the command line has it, in the project's file.
    let tune = |args: &[&str]| {
        let path = folder.path().join("hero.settei");
        let mut command = Command::new(env!("CARGO_BIN_EXE_settei"));
        let output = command.args(["project", "tune"]).arg(&path).args(args).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Project::load(&path).unwrap().painting.tuned
    };
    assert_eq!(tune(&["--share", "0.25"]), Tuned { file: Some(changes.clone()), share: 0.25, off: false });
    assert!(tune(&["--off"]).off && !tune(&["--on"]).off);
}

/// One test, because making up weights takes its time.
#[test]
fn detected_and_neural_pictures_are_alike() {
    let folder = tempfile::tempdir().unwrap();
    let weights = folder.path().join("made-up.safetensors");
    settei::conr::made_up::write(&weights).unwrap();
    let mut project = project(folder.path());
    project.painting.size_px = 128;
    // Each drawing costs seconds: one of which nothing is known is enough.
    project.sheet.remove(2);
    project.painting.weights.set(GraphKind::Conr, Some(weights));

    let (by, notes) = same_through_both_doors(folder.path(), &project);
    assert!(by.starts_with("CoNR at 128 px") && notes.is_empty(), "{by} {notes:?}");
    project.painting.painter = PainterChoice::Of(PainterKind::Landmark);
    let (by, notes) = same_through_both_doors(folder.path(), &project);
    assert!(by == "landmark transfer" && notes.is_empty(), "its UDP was found out: {notes:?}");
}

#[test]
fn what_hangs_hangs_alike() {
    let folder = tempfile::tempdir().unwrap();
    let pose = settei::pose::library::find("sit").unwrap().1;
    let mut seated = Project { pose, frame_px: [150, 200], ..Project::example() };
    seated.painting.size_px = 128;
    let painted = |project: &Project| {
        same_drawings(folder.path(), project);
        image::open(folder.path().join("pictures/hero.png")).unwrap().into_rgba8()
    };
    let hangs = painted(&seated);
    let stays = painted(&Project { hanging: Some(false), ..seated.clone() });
    let wind = Wind { direction: glam::Vec3::NEG_X, strength: 6.0, gusts: 0.0, seed: 0 };
    let blown = painted(&Project { sway: Settings { wind: Some(wind), ..Settings::default() }, ..seated });
    assert!(hangs != stays && hangs != blown);
}

#[test]
fn pictures_by_our_own_networks_are_alike() {
    let folder = tempfile::tempdir().unwrap();
    let [detector, renderer] =
        ["detector", "renderer"].map(|name| folder.path().join(name).with_extension("safetensors"));
    crate::fude::write_detector(&detector);
    crate::fude::write_renderer(&renderer);
    let mut project = project(folder.path());
    project.painting.size_px = 128;
    project.painting.weights.set(GraphKind::FudeDetector, Some(detector));
    project.painting.painter = PainterChoice::Of(PainterKind::Landmark);
    let (by, notes) = same_through_both_doors(folder.path(), &project);
    assert!(by == "landmark transfer" && notes.is_empty(), "its UDP was found out: {notes:?}");

    project.painting.weights.set(GraphKind::Fude, Some(renderer));
    project.painting.painter = PainterChoice::Auto;
    let (by, notes) = same_through_both_doors(folder.path(), &project);
    assert!(
        by.starts_with("Fude ") && by.contains(" at 128 px on the processor") && notes.is_empty(),
        "{by} {notes:?}"
    );
}
