//! The sound of a motion in the window: dropped, moved by its wave form, saved, lost and exported.

use crate::bench::Bench;
use crate::motion::open;
use crate::wav::wav;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use settei::export::Kind;
use settei::project::collect::Collection;
use settei::project::{MotionSource, Project, SoundTrack};
use settei::studio::{Command, DocumentCommand, Edit, MotionCommand};
use std::path::{Path, PathBuf};

fn song(folder: &Path) -> PathBuf {
    let path = folder.join("song.wav");
    std::fs::write(&path, wav(&[(0.5, 0.0), (0.5, 0.7)])).unwrap();
    path
}

#[test]
fn a_dropped_sound_is_seen_moved_undone_saved_and_collected() {
    let mut bench = open(&[]);
    bench.send(MotionCommand::Open(MotionSource::BuiltIn("walk".into())));
    bench.until("the motion", |s| s.content().act.is_some());
    bench.send(MotionCommand::Seek(0));
    let before = bench.studio().project().clone();
    let file = song(&bench.data);
    bench.drop_files(std::slice::from_ref(&file));
    bench.until("its wave form", |s| s.content().sound.ready().is_some());
    bench.steps(2);
    assert_eq!(bench.studio().project().sound, Some(SoundTrack::new(file.clone())));
    let wave = bench.studio().content().sound.ready().unwrap();
    assert!((wave.duration_s() - 1.0).abs() < 1e-9 && wave.between(0.0, 0.4) == [0.0; 2], "{wave:?}");
    assert!(wave.between(0.6, 0.9)[1] > 0.65);

    // Taken by its wave form and moved, in several steps of the hand: one step of the history.
    let fps = bench.studio().project().animation.fps;
    let place = bench.window.get_by_role_and_label(Role::Button, "Wave form of the sound").rect();
    let frames = |points: f32| (points / place.width()) as f64 * fps;
    bench.window.hover_at(place.center());
    bench.window.drag_at(place.center());
    bench.steps(1);
    let way = 0.25 * place.width();
    for share in [0.2, 0.6, 1.0] {
        bench.window.hover_at(place.center() + egui::vec2(share * way, 0.0));
        bench.steps(1);
    }
    bench.window.drop_at(place.center() + egui::vec2(way, 0.0));
    bench.steps(2);
    let begins = |bench: &Bench| bench.studio().project().sound.as_ref().unwrap().begins_s * fps;
    assert!((begins(&bench) - frames(way)).abs() <= 1.0 && begins(&bench) > 1.0, "{} {}", begins(&bench), frames(way));
    assert!((begins(&bench) - begins(&bench).round()).abs() < 1e-4, "at a frame");
    let moved = bench.studio().project().clone();
    bench.send(DocumentCommand::Undo);
    assert_eq!(begins(&bench), 0.0);
    bench.send(DocumentCommand::Redo);
    // Who clicks it goes there.
    bench.window.get_by_role_and_label(Role::Button, "Wave form of the sound").click();
    bench.steps(2);
    assert!(bench.studio().playback().frame() > 5 && *bench.studio().project() == moved);

    let path = bench.data.join("sings.settei");
    moved.save(&path).unwrap();
    assert!(std::fs::read_to_string(&path).unwrap().contains("\"song.wav\""), "beside the project");
    assert_eq!(Project::load(&path).unwrap(), *moved);
    let collected = Collection::of(&moved, None).write("sings", &bench.data.join("all"), &settei::progress::Silent);
    assert!(collected.unwrap().left_out.is_empty() && bench.data.join("all/sounds/song.wav").exists());

    bench.click("Sound of the motion");
    bench.click("Remove the sound");
    assert!(bench.studio().project().sound.is_none() && bench.studio().content().sound.ready().is_none());
    while bench.studio().project().sound.is_some() || *bench.studio().project() != before {
        bench.send(DocumentCommand::Undo);
    }
}

#[test]
fn a_sound_that_is_gone_or_none_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = folder.path().join("wrong.mp3");
    std::fs::write(&wrong, "no sound").unwrap();
    let mut bench = open(&[]);
    bench.drop_files(&[wrong]);
    bench.until("the answer", |s| s.said().iter().any(|(_, text)| text.contains("wrong.mp3 is no usable sound")));
    assert!(bench.studio().project().sound.is_none());

    let file = song(folder.path());
    let sound = SoundTrack { begins_s: 0.25, ..SoundTrack::new(file.clone()) };
    let project = Project { sound: Some(sound.clone()), ..Project::example() };
    let path = folder.path().join("sings.settei");
    project.save(&path).unwrap();
    let other = folder.path().join("other.wav");
    std::fs::rename(&file, &other).unwrap();
    let mut bench = Bench::open(&[path]);
    bench.until("the list", |s| s.said().iter().any(|(_, text)| text.contains("can't read the sound")));
    bench.steps(3);
    assert!(bench.window.query_by_label("Files are missing").is_some());
    // Found again it begins where it did.
    bench.send(MotionCommand::OpenSound(other.clone()));
    bench.until("the sound", |s| s.content().sound.ready().is_some());
    assert_eq!(bench.studio().project().sound, Some(SoundTrack { file: other, ..sound }));
}

#[test]
fn an_exported_video_has_the_sound_unless_it_is_left_out() {
    let mut bench = open(&[]);
    bench.send(MotionCommand::Open(MotionSource::BuiltIn("walk".into())));
    let file = song(&bench.data);
    bench.send(Command::edit("Sound", Edit::Sound(Some(SoundTrack::new(file)))));
    bench.until("the motion", |s| s.content().act.is_some());
    bench.send(settei::studio::ExportCommand::Dialog);
    bench.steps(3);
    assert!(bench.window.query_by_label("song.wav").is_none(), "pictures are silent");
    bench.window.get_by_role_and_label(Role::ComboBox, "For").click();
    bench.steps(2);
    let video = settei::export::Purpose::ALL.iter().find(|purpose| purpose.kind() == Kind::H264).unwrap();
    bench.click(video.title());
    assert!(bench.window.query_by_role_and_label(Role::CheckBox, "song.wav").is_some());
}
