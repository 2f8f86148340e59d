//! What is dropped on the window, and what it says about files that are missing.

use crate::bench::Bench;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use settei::engine::{GraphKind, PainterKind};
use settei::studio::{Command, Edit, WindowCommand};
use std::path::{Path, PathBuf};

/// A triangle whose materials name three pictures, none of which is there.
pub fn figure_without_textures(folder: &Path) -> PathBuf {
    let path = folder.join("bare.obj");
    let names = ["skin", "hair", "dress"];
    let mtl: String = names.iter().map(|name| format!("newmtl {name}\nmap_Kd tex/{name}.png\n")).collect();
    std::fs::write(folder.join("bare.mtl"), mtl).unwrap();
    let faces: String = names.iter().map(|name| format!("usemtl {name}\nf 1/1 2/1 3/1\n")).collect();
    let obj = format!("mtllib bare.mtl\nv 0 0 0\nv 1 0 0\nv 0 2 0\nvt 0 0\n{faces}");
    std::fs::write(&path, obj).unwrap();
    path
}

#[test]
fn a_folder_of_weights_is_dropped_like_a_file() {
    let mut bench = Bench::open(&[]);
    bench.settle();
    let folder = bench.data.join("published");
    std::fs::create_dir(&folder).unwrap();
    for part in ["udpparsernet", "target_pose_encoder", "shader", "rgbadecodernet"] {
        std::fs::write(folder.join(format!("{part}.pth")), b"").unwrap();
    }
    let before = bench.studio().project().sheet.clone();
    bench.drop_files(std::slice::from_ref(&folder));
    let of = |s: &settei::studio::Studio| s.project().painting.weights.of(GraphKind::Conr).map(Path::to_owned);
    bench.until("the weights", |s| of(s) == Some(folder.clone()));
    assert_eq!(bench.studio().history().undo_label(), Some("Load weights"));
    assert_eq!(bench.studio().project().sheet, before, "no drawings came of it");

    // One whole file in a folder is meant as well.
    let other = bench.data.join("converted");
    std::fs::create_dir(&other).unwrap();
    let file = other.join("conr.safetensors");
    std::fs::write(&file, b"").unwrap();
    bench.drop_files(&[other]);
    bench.until("the file in it", |s| of(s) == Some(file.clone()));
}

#[test]
fn weights_are_chosen_as_a_file_or_as_a_folder() {
    let mut bench = Bench::open(&[]);
    bench.settle();
    assert!(bench.window.query_by_label("Load weights…").is_none(), "nobody needs them yet");
    let painting = bench.studio().project().painting.by(PainterKind::Graph(GraphKind::Conr), 256);
    bench.send(Command::edit("Choose what paints", Edit::Painting(painting)));
    bench.steps(2);
    bench.click("Load weights…");
    for label in ["A file…", "A folder…"] {
        bench.window.get_by_role_and_label(Role::Button, label);
    }
    bench.window.key_press(egui::Key::Escape);
    bench.steps(2);
    bench.click("File");
    bench.window.get_by_role_and_label(Role::MenuItem, "Load a folder of weights…");
}

#[test]
fn broken_motions_are_told_by_one_message() {
    let mut bench = Bench::open(&[]);
    bench.settle();
    let before = bench.studio().project().clone();
    let broken = r#"{"asset": {"version": "2.0"}, "animations": [{"channels": [], "samplers": [9]}]}"#;
    for (name, bytes) in [
        ("dance.vmd", &b"Vocaloid Motion Data 0002\0"[..]),
        ("wave.vrma", broken.as_bytes()),
        ("run.bvh", b"HIERARCHY\nROOT Hips\n"),
        ("idle.gltf", broken.as_bytes()),
        ("walk.txt", b"HIERARCHY\nROOT Hips\n"),
    ] {
        let path = bench.data.join(name);
        std::fs::write(&path, bytes).unwrap();
        let said = bench.studio().said().len();
        bench.drop_files(&[path]);
        bench.until("a message", |s| s.said().len() > said);
        bench.settle();
        let new: Vec<String> = bench.studio().said()[said..].iter().map(|(_, text)| text.clone()).collect();
        assert_eq!(new.len(), 1, "{new:?}");
        assert!(new[0].contains(name) && !new[0].contains("drop it on the window"), "{}", new[0]);
        assert_eq!(*bench.studio().project(), before);
    }
}

#[test]
fn every_missing_texture_is_named() {
    let mut bench = Bench::open(&[]);
    bench.settle();
    let path = figure_without_textures(&bench.data);
    bench.drop_files(&[path]);
    bench.until("the warning", |s| s.said().iter().any(|(_, text)| text.contains("drawn white")));
    for name in ["skin.png", "hair.png", "dress.png"] {
        assert!(bench.said().contains(name), "{name} is missing in: {}", bench.said());
    }
}

#[test]
fn the_examples_licence_is_told() {
    let mut bench = Bench::open(&[]);
    bench.settle();
    let said = &bench.studio().content().subject().unwrap().figure().licence.terms;
    assert!(said.iter().any(|(_, term)| term == settei::example::LICENCE), "{said:?}");
    bench.send(WindowCommand::About);
    bench.steps(2);
    bench.window.get_by_role_and_label(Role::Link, settei::example::LICENCE);
}

/// Names come out of files of strangers: what a screen reader or a terminal would obey is not passed on.
#[test]
fn names_are_shown_without_what_commands_a_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let evil = "x\\u001b]0;PWNED\\u0007\\u202e";
    let json = r#"{"settei-project": 1, "sheet": [{"source": {"built-in": "EVIL"}, "enabled": true}],
        "poses": [{"name": "EVIL", "pose": {"settei_pose": 1}}]}"#;
    let path = folder.path().join("p.settei");
    std::fs::write(&path, json.replace("EVIL", evil)).unwrap();
    let mut bench = Bench::open(&[path]);
    bench.until("the project", |s| s.project().poses.len() == 1);
    bench.until("an answer", |s| s.content().drawings.values().all(|drawing| !drawing.loading));
    bench.steps(3);
    bench.window.get_by_role_and_label(Role::Image, "Drawing x·]0;PWNED··");
    bench.window.get_by_role_and_label(Role::Button, "x·]0;PWNED··").click();
    bench.steps(3);
    assert_eq!(bench.studio().history().undo_label(), Some("Take the pose x·]0;PWNED··"));
    assert!(!bench.said().contains(['\u{1b}', '\u{7}', '\u{202e}']), "{}", bench.said());
}
