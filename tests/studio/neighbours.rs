//! What is seen of the frames around the shown one: onion skin, and the motion path.

use crate::bench::Bench;
use crate::motion::{hands, named, open};
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use settei::figure::HumanBone;
use settei::project::MotionSource;
use settei::studio::{Command, DocumentCommand, Edit, MotionCommand, Neighbours, Onion, PathOf, Studio, ViewCommand};
use std::sync::Arc;

fn dancing() -> Bench {
    let mut bench = open(&[]);
    // Nobody looks at what is painted.
    bench.send(Command::edit("No drawings", Edit::Sheet(Vec::new())));
    bench.send(MotionCommand::Open(MotionSource::BuiltIn("dance".into())));
    bench.until("the motion", |s| s.content().act.is_some());
    bench.send(MotionCommand::Seek(12));
    bench
}

/// The viewport's picture.
fn picture(studio: &Studio) -> Arc<egui::ColorImage> {
    studio.content().viewport.as_ref().unwrap().image.clone()
}

/// Pixels that something is seen in where `plain` has nothing: those that are rather red, and those that are rather blue.
fn tinted(plain: &egui::ColorImage, studio: &Studio) -> [usize; 2] {
    let seen = picture(studio);
    let beside = plain.pixels.iter().zip(&seen.pixels).filter(|(plain, _)| plain.a() == 0);
    let count = |is: fn(&egui::Color32) -> bool| beside.clone().filter(|(_, pixel)| is(pixel)).count();
    [count(|pixel| pixel.r() > pixel.b()), count(|pixel| pixel.b() > pixel.r())]
}

#[test]
fn ghosts_of_the_frames_around_lie_under_the_figure_while_nothing_plays() {
    let mut bench = dancing();
    // Small pictures are drawn soon.
    bench.window.set_size(egui::vec2(900.0, 600.0));
    bench.until("hair that swings", |s| s.content().act.as_ref().unwrap().at(12).unwrap().local.is_some());
    bench.until("the picture of it", |s| !s.is_drawing());
    bench.steps(2);
    let plain = picture(bench.studio());
    let onion = |before, after, of| ViewCommand::Ghosts(Onion { on: true, before, after, of });
    bench.send(onion(1, 1, Neighbours::Frames(6)));
    bench.until("ghosts on both sides", |s| tinted(&plain, s).iter().all(|count| *count > 50));
    let skinned = picture(bench.studio());
    let same = plain.pixels.iter().zip(&skinned.pixels).filter(|(before, _)| before.a() == 255).all(|(a, b)| a == b);
    assert!(same, "the figure itself is as it was");

    // Without earlier ones nothing is warm.
    bench.send(onion(0, 1, Neighbours::Frames(6)));
    bench.until("later ones alone", |s| matches!(tinted(&plain, s), [0, cool] if cool > 50));
    // Keys instead of frames: there are none yet.
    bench.send(onion(2, 2, Neighbours::Keys));
    bench.until("no ghost without a key", |s| picture(s).pixels == plain.pixels);
    bench.send(onion(1, 1, Neighbours::Frames(6)));
    bench.until("the same as before", |s| picture(s).pixels == skinned.pixels);

    // What plays is seen alone, and the skin comes off by its key.
    bench.send(MotionCommand::Toggle);
    let seen_through = |s: &Studio| picture(s).pixels.iter().filter(|pixel| (1..200).contains(&pixel.a())).count();
    bench.until("a picture that plays", |s| s.playback().is_playing() && seen_through(s) < 50);
}

#[test]
fn ghosts_are_chosen_in_the_timeline() {
    let mut bench = open(&[]);
    bench.click("Onion skin");
    bench.click("Ghosts");
    bench.window.get_by_role_and_label(Role::RadioButton, "The keyed poses").click();
    bench.steps(2);
    assert_eq!(bench.studio().display().onion, Onion { on: true, of: Neighbours::Keys, ..Onion::default() });
    bench.window.get_by_role_and_label(Role::RadioButton, "Every").click();
    bench.steps(2);
    assert_eq!(bench.studio().display().onion.of, Neighbours::Frames(4));
    assert!(bench.window.query_by_role_and_label(Role::SpinButton, "Ghosts before").is_some());
    bench.window.key_press(egui::Key::Escape);
    bench.steps(2);
    bench.window.key_press_modifiers(egui::Modifiers::SHIFT, egui::Key::O);
    bench.steps(2);
    assert!(!bench.studio().display().onion.on && bench.window.query_by_label("Ghosts").is_none());
}

#[test]
fn the_path_of_a_hand_leads_through_where_the_hand_is() {
    let mut bench = dancing();
    bench.send(ViewCommand::Path(PathOf::Bone(HumanBone::RightHand)));
    bench.until("the path", |s| s.content().path.is_some());
    let path = bench.studio().content().path.clone().unwrap();
    assert_eq!(path.first, 0);
    assert_eq!(path.points.len() as i64, bench.studio().content().act.as_ref().unwrap().last() + 1);
    for frame in [0, 5, 12] {
        bench.send(MotionCommand::Seek(frame));
        let hand = hands(bench.studio())[1];
        assert!(path.points[frame as usize].distance(hand) < 1e-4, "frame {frame}");
    }
    // What is changed leads elsewhere, and undoing leads back.
    let was = path.points[12];
    bench.send(Command::edit("Pose", Edit::Pose(named("sit"))));
    let near = |s: &Studio, place: glam::Vec3| {
        s.content().path.as_ref().is_some_and(|path| path.points[12].distance(place) < 1e-4)
    };
    let hand = hands(bench.studio())[1];
    assert!(hand.distance(was) > 0.02);
    bench.until("the way through the key", |s| near(s, hand));
    bench.send(DocumentCommand::Undo);
    bench.until("the way as it was", |s| near(s, was));
    // The selected bone's, by the list.
    let hips = bench.studio().content().subject().unwrap().figure().humanoid.joint(HumanBone::Hips).unwrap();
    bench.send(ViewCommand::Select(Some(hips)));
    bench.window.get_by_role_and_label(Role::ComboBox, "Motion path").click();
    bench.steps(2);
    bench.click("Path of the selection");
    assert_eq!(bench.studio().display().path, PathOf::Selected);
    bench.until("the hips' way", |s| s.content().path.as_ref().is_some_and(|path| path.joint == hips));
}
