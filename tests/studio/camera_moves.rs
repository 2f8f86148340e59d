//! The camera over time: a motion file's, and keyed ones.

use crate::bench::Bench;
use crate::motion::open;
use egui_kittest::kittest::Queryable as _;
use glam::Vec3;
use settei::motion::{load, vmd};
use settei::picture::Picture;
use settei::pose::Camera;
use settei::project::{MotionSource, Project};
use settei::studio::{CameraCommand, Command, DocumentCommand, Edit, MotionCommand, PlayState, Studio};
use std::path::{Path, PathBuf};

/// A camera that goes round the figure in a second and cuts to another side.
fn written(folder: &Path) -> PathBuf {
    let key = vmd::CameraKey {
        frame: 0,
        distance: -45.0,
        target: Vec3::new(0.0, 10.0, 0.0),
        angles: Vec3::ZERO,
        curves: [vmd::Curve::LINEAR; 6],
        fov_deg: 30,
        perspective: true,
    };
    let aside = vmd::CameraKey { frame: 30, angles: Vec3::new(0.2, 1.0, 0.0), ..key };
    let flat = vmd::CameraKey { frame: 31, angles: Vec3::new(0.0, -1.0, 0.0), perspective: false, ..key };
    let path = folder.join("round.vmd");
    std::fs::write(&path, vmd::Vmd { camera: vec![key, aside, flat], ..vmd::Vmd::default() }.to_bytes()).unwrap();
    path
}

/// Where the file has the camera at a frame.
fn in_file(studio: &Studio, path: &Path, frame: i64) -> Camera {
    let (_, clip) = load::named_clip(&path.to_string_lossy(), None).unwrap();
    let shots = vmd::Shots::of(&clip, studio.content().subject().unwrap().figure()).unwrap();
    shots.at(frame as f64 / 30.0, studio.project().aspect()).unwrap()
}

/// From where the picture is wanted.
fn wanted(studio: &Studio) -> Camera {
    *studio.content().wanted.as_ref().unwrap().shot.camera()
}

fn still(studio: &Studio) -> Camera {
    studio.project().camera.camera(studio.project().aspect(), 1.0)
}

#[test]
fn a_dropped_camera_is_followed_left_undone_saved_and_painted_by_both_doors() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hero.settei");
    Project { frame_px: [48, 64], ..Project::example() }.save(&path).unwrap();
    let mut bench = open(std::slice::from_ref(&path));
    bench.until("the project", |s| s.project().frame_px == [48, 64]);
    let before = bench.studio().project().clone();
    let file = written(folder.path());
    bench.drop_files(std::slice::from_ref(&file));
    bench.until("the camera", |s| s.project().animation.camera.take.is_some());
    bench.until("it to move", |s| s.playback().is_playing() && s.playback().head() > 2);
    assert!(bench.studio().project().animation.take.is_none(), "the figure holds its pose");
    assert_eq!(bench.studio().shown_pose(), &before.pose);
    for frame in [0, 12, 30, 31] {
        bench.send(MotionCommand::Seek(frame));
        assert_eq!(wanted(bench.studio()), in_file(bench.studio(), &file, frame), "frame {frame}");
    }
    assert_eq!(bench.studio().content().act.as_ref().unwrap().last(), 31);
    // No hand moves it, and that is said.
    bench.send(MotionCommand::Seek(12));
    bench.send(Command::edit("Turn the view", Edit::Camera(before.camera.turned(20.0, 0.0))));
    assert_eq!(bench.studio().project().camera, before.camera);
    assert!(bench.said().contains("switch it off in the timeline"), "{}", bench.said());

    // Saved by path, painted by the command line as by the window.
    bench.send(DocumentCommand::SaveAs(path.clone()));
    bench.until("it to be saved", |s| s.history().undo_label().is_some() && !s.history().unsaved());
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("\"round.vmd\""), "beside the project: {text}");
    assert_eq!(Project::load(&path).unwrap(), **bench.studio().project());
    bench.until("the full picture", |s| s.content().finished().is_some());
    // A kept frame has colour under what is transparent.
    let mut painted = Picture::clone(&bench.studio().content().finished().unwrap().picture);
    settei::export::bleed(&mut painted);
    let out = folder.path().join("frames");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_settei"))
        .args(["project", "render", "--raster", "cpu", "--frames", "12", "--out"])
        .args([&out, &path])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let there = image::open(out.join("hero_0012.png")).unwrap().into_rgba8();
    assert!(there.as_raw() == bytemuck::cast_slice::<_, u8>(&painted.pixels), "both doors paint the same");

    // Left, followed again, removed, each one step.
    bench.click("Camera over time");
    bench.click("Follow round.vmd");
    assert_eq!(wanted(bench.studio()), still(bench.studio()));
    assert_eq!(bench.studio().playback().state, PlayState::Stopped, "nothing moves any more");
    bench.send(DocumentCommand::Undo);
    // The take is fitted anew meanwhile.
    bench.until("the camera to be followed again", |studio| studio.content().act.is_some());
    bench.send(MotionCommand::Seek(12));
    assert_eq!(wanted(bench.studio()), in_file(bench.studio(), &file, 12));
    bench.send(CameraCommand::Remove);
    assert!(bench.studio().project().animation.camera.is_empty());
    while bench.studio().history().undo_label().is_some() {
        bench.send(DocumentCommand::Undo);
    }
    assert_eq!(*bench.studio().project(), before);
}

#[test]
fn a_moving_camera_keeps_what_was_painted_of_each_frame() {
    let mut bench = open(&[]);
    bench.send(Command::edit("Size", Edit::Frame([48, 64])));
    let file = written(&bench.data);
    bench.drop_files(&[file]);
    bench.until("some painted frames", |s| s.content().reel.size().0 >= 4);
    bench.send(MotionCommand::Toggle);
    let there: Vec<i64> = bench.studio().content().reel.strips().map(|(frame, _)| frame).collect();
    bench.send(MotionCommand::Seek(there[0]));
    assert!(there.iter().all(|frame| bench.studio().content().reel.get(*frame).is_some()), "another place each");
    assert!(bench.studio().content().film.is_some());
    bench.send(CameraCommand::Follow(false));
    bench.steps(3);
    assert_eq!(bench.studio().content().reel.size().0, 0, "seen from where it stands still nothing is painted");
}

#[test]
fn a_camera_that_is_gone_or_none_is_told() {
    let mut bench = open(&[]);
    bench.send(CameraCommand::Open(MotionSource::BuiltIn("walk".into())));
    bench.until("the answer", |s| s.said().iter().any(|(_, text)| text.contains("moves no camera")));
    let file = written(&bench.data);
    bench.send(CameraCommand::Open(MotionSource::File(file.clone())));
    bench.until("the camera", |s| s.project().animation.camera.take.is_some());
    let path = bench.data.join("p.settei");
    bench.studio().project().save(&path).unwrap();
    std::fs::remove_file(file).unwrap();
    let mut bench = Bench::open(&[path]);
    bench.until("the list", |s| s.said().iter().any(|(_, text)| text.contains("can't read the motion")));
    bench.steps(3);
    assert!(
        bench.window.query_by_label("Files are missing").is_some()
            && bench.window.query_by_label("round.vmd").is_some()
    );
    bench.until("the figure", |s| s.content().stance.is_some());
    assert_eq!(wanted(bench.studio()), still(bench.studio()));
}

#[test]
fn cameras_are_keyed_and_go_over() {
    let mut bench = open(&[]);
    let own = bench.studio().project().camera;
    let before = bench.studio().project().clone();
    bench.click("Camera over time");
    bench.click("Key the camera");
    bench.window.key_press(egui::Key::Escape);
    bench.steps(2);
    bench.send(MotionCommand::Seek(20));
    let aside = own.turned(60.0, 10.0).sane();
    bench.send(Command::edit("Turn the view", Edit::Camera(aside)));
    let keys = &bench.studio().project().animation.camera.keys;
    assert_eq!(keys.iter().map(|(at, key)| (*at, key.camera)).collect::<Vec<_>>(), [(0, own), (20, aside)]);
    assert_eq!(bench.studio().project().camera, own, "the camera that stands still is as it was");
    bench.send(MotionCommand::Seek(10));
    let seen = bench.studio().playback().seen(bench.studio().project()).orbit().unwrap();
    assert!((seen.yaw_deg - own.yaw_deg - 30.0).abs() < 1e-2, "{seen:?}");
    // A key is taken by its mark and moved, in several steps of the hand: one step of the history.
    let mark =
        |bench: &Bench, frame: i64| bench.window.get_by_label(&format!("Camera key at frame {frame}")).rect().center();
    let (from, to) = (mark(&bench, 20), mark(&bench, 20).lerp(mark(&bench, 0), 0.4));
    bench.window.hover_at(from);
    bench.window.drag_at(from);
    bench.steps(1);
    for share in [0.3, 0.7, 1.0] {
        bench.window.hover_at(from.lerp(to, share));
        bench.steps(1);
    }
    bench.window.drop_at(to);
    bench.steps(2);
    let keyed = |bench: &Bench| bench.studio().project().animation.camera.keys.keys().copied().collect::<Vec<_>>();
    assert_eq!(keyed(&bench), [0, 12]);
    assert_eq!(bench.studio().project().animation.camera.keys[&12].camera, aside);
    bench.send(DocumentCommand::Undo);
    assert_eq!(keyed(&bench), [0, 20]);
    bench.click("Camera key at frame 20");
    assert_eq!(bench.studio().playback().frame(), 20);
    bench.send(CameraCommand::Delete);
    assert_eq!(bench.studio().project().animation.camera.keys.len(), 1);
    bench.send(DocumentCommand::Undo);
    // Without auto key nothing is changed behind one's back.
    bench.click("Auto key");
    bench.send(Command::edit("Turn the view", Edit::Camera(own.turned(5.0, 0.0))));
    assert!(bench.said().contains("switch Auto key on"), "{}", bench.said());
    assert_eq!(bench.studio().project().camera, own);
    bench.send(MotionCommand::Stop);
    assert_eq!(wanted(bench.studio()), still(bench.studio()));
    while bench.studio().history().undo_label().is_some() {
        bench.send(DocumentCommand::Undo);
    }
    assert_eq!(*bench.studio().project(), before);
}
