//! Motions in the window: dropped, played, scrubbed, and keyed pose by pose.

use crate::bench::Bench;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use glam::Vec3;
use settei::figure::HumanBone;
use settei::motion::{self, Ease, Part, Parts, Performance, Take, vmd};
use settei::pose::{Pose, Rig, library};
use settei::project::{MotionSource, Project};
use settei::studio::{Command, DocumentCommand, Edit, MotionCommand, PlayState, Repeat, Strip, Studio, Which};
use std::path::{Path, PathBuf};

pub fn named(name: &str) -> Pose {
    library::find(name).unwrap().1
}

/// A window with its figure; its picture may still be painted.
pub fn open(files: &[PathBuf]) -> Bench {
    let mut bench = Bench::open(files);
    bench.until("the figure", |s| s.content().stance.is_some());
    bench.steps(3);
    bench
}

/// The pose is changed, by whatever hand.
fn posed(name: &str) -> Command {
    Command::edit("Pose", Edit::Pose(named(name)))
}

/// A motion of two seconds from one pose to another, as our writer writes it.
fn written(folder: &Path) -> PathBuf {
    let figure = settei::example::figure().unwrap();
    let poses = (0..=60).map(|i| Pose::blend(&named("stand"), &named("wave"), i as f32 / 60.0)).collect();
    let clip = Take::new("greeting", 30.0, poses).into_clip();
    let baked = vmd::bake(&clip, &figure, &Rig::new(&figure), vmd::Legs::Led).unwrap();
    let path = folder.join("greeting.vmd");
    std::fs::write(&path, baked.vmd.to_bytes()).unwrap();
    path
}

/// Where the shown figure's hands are.
pub fn hands(studio: &Studio) -> [Vec3; 2] {
    let stance = studio.content().stance.as_ref().unwrap();
    let joint = |bone| stance.figure().humanoid.joint(bone).unwrap();
    [HumanBone::LeftHand, HumanBone::RightHand].map(|bone| stance.posed().place(joint(bone)))
}

/// Where the command line puts them at a frame of a file: fitted to the figure, native where both are MMD's.
fn hands_of_the_command_line(studio: &Studio, path: &Path, frame: i64) -> [Vec3; 2] {
    let subject = studio.content().subject().unwrap();
    let (_, clip) = motion::load::named_clip(&path.to_string_lossy(), None).unwrap();
    let moment = Performance::new(&clip, subject.figure(), subject.rig()).at(subject.figure(), clip.seconds(frame));
    let stance = subject.stand_so(&moment.pose, moment.local.as_ref());
    let joint = |bone| stance.figure().humanoid.joint(bone).unwrap();
    [HumanBone::LeftHand, HumanBone::RightHand].map(|bone| stance.posed().place(joint(bone)))
}

fn at_hand(bench: &Bench, path: &Path, frame: i64) {
    let (seen, expected) = (hands(bench.studio()), hands_of_the_command_line(bench.studio(), path, frame));
    for (seen, expected) in seen.iter().zip(expected) {
        assert!(seen.distance(expected) < 1e-4, "frame {frame}: {seen} instead of {expected}");
    }
}

fn ready(bench: &mut Bench) {
    bench.until("the motion on the figure", |s| s.content().take.performance.ready().is_some());
    bench.steps(2);
}

#[test]
fn a_dropped_motion_plays_and_is_scrubbed() {
    let mut bench = open(&[]);
    let path = written(&bench.data);
    let own = bench.studio().project().pose.clone();
    bench.drop_files(std::slice::from_ref(&path));
    bench.until("the motion", |s| s.project().animation.take.is_some());
    ready(&mut bench);
    assert_eq!(bench.studio().playback().state, PlayState::Playing);
    bench.until("the playhead to run", |s| s.playback().head() > 3);
    assert!(
        bench.window.query_by_label("Pause").is_some() && !bench.said().contains("command line"),
        "{}",
        bench.said()
    );
    bench.click("Pause");
    let frame = bench.studio().playback().frame();
    bench.steps(5);
    assert_eq!(bench.studio().playback().frame(), frame, "it stays there");
    at_hand(&bench, &path, frame);
    for frame in [0, 17, 60] {
        bench.send(MotionCommand::Seek(frame));
        at_hand(&bench, &path, frame);
    }
    // Halfway along the ruler lies half of the motion.
    let ruler = bench.window.get_by_role_and_label(Role::Canvas, "Frames").rect();
    for x in [0.25, 0.5] {
        bench.window.hover_at(egui::pos2(ruler.left() + x * ruler.width(), ruler.top() + 8.0));
        if x == 0.25 {
            bench.window.drag_at(egui::pos2(ruler.left() + x * ruler.width(), ruler.top() + 8.0));
        }
        bench.steps(2);
    }
    let frame = bench.studio().playback().frame();
    assert!((29..=31).contains(&frame), "{frame}");
    at_hand(&bench, &path, frame);
    bench.window.drop_at(egui::pos2(ruler.center().x, ruler.top() + 8.0));
    bench.steps(2);
    bench.click("Frame on");
    assert_eq!(bench.studio().playback().frame(), frame + 1);
    bench.window.key_press(egui::Key::Comma);
    bench.steps(2);
    assert_eq!(bench.studio().playback().frame(), frame);
    bench.window.key_press(egui::Key::End);
    bench.steps(2);
    assert_eq!(bench.studio().playback().frame(), 60);
    bench.click("Back to the pose");
    assert_eq!(bench.studio().project().pose, own);
    assert_eq!(*bench.studio().shown_pose(), own, "the own pose is not lost");
    bench.window.key_press(egui::Key::Space);
    bench.steps(2);
    assert!(bench.studio().playback().is_playing(), "Space plays");
    bench.window.key_press(egui::Key::Space);
    bench.send(DocumentCommand::Undo);
    assert!(bench.studio().project().animation.take.is_none());
    bench.steps(2);
    assert_eq!(*bench.studio().shown_pose(), own);
}

#[test]
fn play_does_something_on_the_first_start() {
    let mut bench = open(&[]);
    bench.click("Play");
    bench.until("somebody to walk", |s| s.playback().is_playing() && s.playback().head() > 2);
    let source = bench.studio().project().animation.take.as_ref().unwrap().source.clone();
    assert_eq!(source, MotionSource::BuiltIn("walk".into()));
    // Rough pictures of all frames come by and by, while it goes on.
    bench.until("painted frames", |s| s.content().reel.size().0 >= 3);
    bench.until("one that is shown", |s| s.content().film.is_some());
    bench.send(MotionCommand::Toggle);
    bench.steps(3);
    let frame = bench.studio().playback().frame();
    bench.until("the full picture", |s| s.content().reel.strip(frame) == Strip::Full);
    let painted = bench.studio().content().reel.size().0;
    // What is keyed at one frame leaves the others as they were where they are not changed.
    bench.send(MotionCommand::Repeat(Repeat::Once));
    bench.send(posed("sit"));
    assert_eq!(*bench.studio().shown_pose(), named("sit"));
    assert_eq!(bench.studio().project().animation.keys.0.keys().copied().collect::<Vec<_>>(), [frame]);
    bench.until("doubt to end", |s| s.content().reel.strips().all(|(_, strip)| strip != Strip::Stale));
    assert!(bench.studio().content().reel.size().0 < painted, "frames that show something else now are gone");
}

#[test]
fn poses_are_keyed_tweened_undone_and_done_again() {
    let mut bench = open(&[]);
    let before = bench.studio().project().clone();
    let frames = |bench: &Bench| bench.studio().project().animation.keys.0.keys().copied().collect::<Vec<_>>();
    bench.send(posed("stand"));
    bench.click("Key the pose");
    bench.send(MotionCommand::Seek(20));
    assert_eq!(*bench.studio().shown_pose(), named("stand"), "the only key holds");
    bench.send(posed("wave"));
    assert_eq!(frames(&bench), [0, 20], "what is changed at a frame is keyed there");
    bench.send(MotionCommand::Seek(10));
    let between = bench.studio().shown_pose().clone();
    assert!(between != named("stand") && between != named("wave"));
    let slider = bench.window.get_by_role_and_label(Role::Slider, "In between");
    assert!(!slider.accesskit_node().is_disabled());
    bench.send(MotionCommand::Tween(0.25));
    assert_eq!(*bench.studio().shown_pose(), Pose::tween(&named("stand"), &named("wave"), 0.25).held());
    assert_eq!(frames(&bench), [0, 10, 20]);
    // One frame's pose, mirrored, at another.
    bench.send(MotionCommand::Seek(20));
    bench.click("Keys");
    bench.click("Copy keys");
    bench.send(MotionCommand::Seek(34));
    bench.click("Keys");
    bench.click("Paste mirrored");
    assert_eq!(*bench.studio().shown_pose(), named("wave").mirrored());
    assert_eq!(frames(&bench), [0, 10, 20, 34]);
    // A key is taken by its mark and moved.
    let place = |bench: &Bench, frame: i64| {
        bench.window.get_by_role_and_label(Role::Button, &format!("Key at frame {frame}")).rect().center()
    };
    let (from, to) = (place(&bench, 10), place(&bench, 20).lerp(place(&bench, 0), 0.25));
    bench.window.hover_at(from);
    bench.window.drag_at(from);
    bench.steps(1);
    for share in [0.3, 0.7, 1.0] {
        bench.window.hover_at(from.lerp(to, share));
        bench.steps(1);
    }
    bench.window.drop_at(to);
    bench.steps(2);
    assert_eq!(frames(&bench), [0, 15, 20, 34]);
    bench.click("Keys");
    bench.click("Delete keys");
    assert_eq!(frames(&bench), [0, 20, 34], "the one that was moved is chosen");
    let after = bench.studio().project().clone();
    let path = bench.data.join("keyed.settei");
    after.save(&path).unwrap();
    let saved = std::fs::read(&path).unwrap();
    assert_eq!(Project::load(&path).unwrap(), *after);
    let mut steps = 0;
    while bench.studio().history().undo_label().is_some() {
        bench.send(DocumentCommand::Undo);
        steps += 1;
    }
    assert_eq!(*bench.studio().project(), before);
    (0..steps).for_each(|_| bench.send(DocumentCommand::Redo));
    bench.studio().project().save(&path).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), saved, "the same file again");
    // Without auto key a change is the figure's own pose.
    bench.send(MotionCommand::Seek(5));
    bench.click("Auto key");
    bench.send(posed("sit"));
    assert_eq!(bench.studio().project().pose, named("sit"));
    assert_eq!((frames(&bench), bench.studio().playback().state), (vec![0, 20, 34], PlayState::Stopped));
}

/// Takes what is labelled so from where it is, and lets go of it there.
fn drag(bench: &mut Bench, label: &str, modifiers: egui::Modifiers, by: egui::Vec2) {
    let from = bench.window.get_by_role_and_label(Role::Button, label).rect().center();
    let button =
        |pressed, pos| egui::Event::PointerButton { pos, button: egui::PointerButton::Primary, pressed, modifiers };
    bench.window.event(egui::Event::ModifiersChanged(modifiers));
    bench.window.hover_at(from);
    bench.steps(1);
    bench.window.event(button(true, from));
    bench.steps(1);
    for share in [0.3, 0.7, 1.0] {
        bench.window.hover_at(from + share * by);
        bench.steps(1);
    }
    bench.window.event(button(false, from + by));
    bench.steps(2);
    bench.window.event(egui::Event::ModifiersChanged(egui::Modifiers::NONE));
}

#[test]
fn which_joint_of_a_motion_is_which_bone_is_said_in_the_window() {
    let mut bench = open(&[]);
    let figure = settei::example::figure().unwrap();
    let poses = vec![named("stand"), named("wave"), named("wave")];
    let text = motion::bvh::write(&Take::new("odd", 30.0, poses), &figure, &Rig::new(&figure)).unwrap();
    // Its author called the raised arm as nobody does, and nothing hangs on it that could be guessed by.
    let raised = ["rightUpperArm", "RightUpperArm", "RightArm"].into_iter().find(|name| text.contains(name)).unwrap();
    let path = bench.data.join("odd.bvh");
    std::fs::write(&path, text.replace(raised, "qqq")).unwrap();
    bench.drop_files(std::slice::from_ref(&path));
    bench.until("the motion", |s| s.content().act.is_some() && s.content().take.performance.ready().is_some());
    bench.send(MotionCommand::Seek(1));
    bench.until("its figure", |s| s.content().stance.is_some() && !s.is_busy());
    let names = |studio: &Studio| studio.project().animation.take.as_ref().unwrap().names.clone();
    assert!(names(bench.studio()).is_empty());
    let guessed = bench.studio().content().take.file.ready().unwrap().bones.clone();
    assert!(guessed.0.get(&HumanBone::RightUpperArm).is_none_or(|name| name != "qqq"), "{guessed:?}");
    let low = hands(bench.studio())[1];
    bench.click("Changes");
    bench.click("Bones of the motion…");
    bench.steps(3);
    bench.window.get_by_role_and_label(Role::ComboBox, "Right upper arm").scroll_to_me();
    bench.steps(4);
    bench.window.get_by_role_and_label(Role::ComboBox, "Right upper arm").click();
    bench.steps(4);
    bench.window.get_by_role_and_label(Role::Button, "qqq").scroll_to_me();
    bench.steps(4);
    bench.window.get_by_role_and_label(Role::Button, "qqq").click();
    bench.steps(2);
    assert_eq!(names(bench.studio()).0[&HumanBone::RightUpperArm], "qqq");
    let told = names(bench.studio());
    let clip = motion::load_with(&path, Some(&told)).unwrap().clips.remove(0);
    let subject = bench.studio().content().subject().unwrap().clone();
    let moment = Performance::new(&clip, subject.figure(), subject.rig()).at(subject.figure(), clip.seconds(1));
    let stance = subject.stand_so(&moment.pose, moment.local.as_ref());
    let hand = stance.posed().place(stance.figure().humanoid.joint(HumanBone::RightHand).unwrap());
    assert!(hand.distance(low) > 0.03, "{low} to {hand}");
    bench.until("the hand to be where the command line has it", |s| hands(s)[1].distance(hand) < 1e-3);
    // What was said is kept for other motions with this skeleton.
    let list = bench.data.join("odd-bones.json");
    bench.send(MotionCommand::SaveBones(Which::First, list.clone()));
    bench.until("the list", |_| list.exists());
    bench.send(DocumentCommand::Undo);
    assert!(names(bench.studio()).is_empty());
    bench.send(MotionCommand::OpenBones(Which::First, list));
    bench.until("what it says", |s| names(s) == told);
    let broken = bench.data.join("broken.json");
    std::fs::write(&broken, "{").unwrap();
    bench.send(MotionCommand::OpenBones(Which::First, broken));
    bench.until("why not", |s| {
        s.said().iter().any(|(_, text)| text.contains("broken.json") && text.contains("list of bones"))
    });
}

#[test]
fn keys_go_on_by_a_curve_of_ones_own_and_are_stretched() {
    let mut bench = open(&[]);
    bench.send(posed("stand"));
    bench.click("Key the pose");
    for (frame, pose) in [(10, "wave"), (20, "sit")] {
        bench.send(MotionCommand::Seek(frame));
        bench.send(posed(pose));
    }
    let frames = |bench: &Bench| bench.studio().project().animation.keys.0.keys().copied().collect::<Vec<_>>();
    let ease = |bench: &Bench| bench.studio().project().animation.keys.0[&0].ease;
    bench.send(MotionCommand::Seek(0));
    bench.click("Keys");
    bench.click("By a curve");
    assert_eq!(ease(&bench), Ease::Curve(Ease::Smooth.curve()), "it begins as it was");
    drag(&mut bench, "First handle of the curve", egui::Modifiers::NONE, egui::vec2(-20.0, -40.0));
    let Ease::Curve(curve) = ease(&bench) else { panic!("{:?}", ease(&bench)) };
    assert!(curve.first[0] < 30 && curve.first[1] > 30 && curve.second == [85, 127], "{curve:?}");
    bench.send(DocumentCommand::Undo);
    assert_eq!(ease(&bench), Ease::Curve(Ease::Smooth.curve()), "a drag is one step");
    bench.window.key_press(egui::Key::Escape);
    bench.steps(2);

    // All three are chosen, and the last is drawn away.
    bench.window.get_by_role_and_label(Role::Button, "Key at frame 0").click();
    bench.steps(2);
    for key in ["Key at frame 10", "Key at frame 20"] {
        bench.window.event(egui::Event::ModifiersChanged(egui::Modifiers::SHIFT));
        bench.window.get_by_role_and_label(Role::Button, key).click();
        bench.steps(2);
    }
    bench.window.event(egui::Event::ModifiersChanged(egui::Modifiers::NONE));
    bench.click("Keys");
    bench.click("Twice as slow");
    assert_eq!(frames(&bench), [0, 20, 40]);
    let at = |frame: i64| bench.window.get_by_role_and_label(Role::Button, &format!("Key at frame {frame}")).rect();
    let by = at(20).center().x - at(40).center().x;
    drag(&mut bench, "Key at frame 40", egui::Modifiers::ALT, egui::vec2(by, 0.0));
    assert_eq!(frames(&bench), [0, 10, 20], "with Alt they are drawn together");
    bench.send(DocumentCommand::Undo);
    assert_eq!(frames(&bench), [0, 20, 40]);
}

#[test]
fn a_key_of_the_arms_leaves_the_legs_to_the_motion() {
    let mut bench = open(&[]);
    bench.send(MotionCommand::Open(MotionSource::BuiltIn("walk".into())));
    ready(&mut bench);
    bench.send(MotionCommand::Seek(6));
    let walks: Vec<Pose> = [6, 14]
        .map(|frame| {
            bench.send(MotionCommand::Seek(frame));
            bench.studio().shown_pose().clone()
        })
        .into();
    bench.send(MotionCommand::Seek(6));
    bench.click("Parts that keys set");
    for part in ["Head", "Torso", "Left leg", "Right leg"] {
        bench.window.get_by_role_and_label(Role::CheckBox, part).click();
        bench.steps(2);
    }
    bench.window.key_press(egui::Key::Escape);
    bench.steps(2);
    let arms = Parts::NONE.with(Part::LeftArm, true).with(Part::RightArm, true);
    assert_eq!(bench.studio().playback().parts, arms);
    // What is changed is keyed: one arm.
    let waves = walks[0].with_part(&named("wave"), Part::RightArm.bones());
    bench.send(Command::edit("Pose", Edit::Pose(waves)));
    let keyed = |bench: &Bench| bench.studio().project().animation.keys.0.get(&6).map(|key| key.parts);
    assert_eq!(keyed(&bench), Some(Parts::NONE.with(Part::RightArm, true)));
    let same = |a: &Pose, b: &Pose, part: Part| {
        part.bones().iter().all(|bone| a.rotation(*bone).angle_between(b.rotation(*bone)) < 2e-3)
    };
    for (frame, walk) in [(6, &walks[0]), (14, &walks[1])] {
        bench.send(MotionCommand::Seek(frame));
        let shown = bench.studio().shown_pose().clone();
        for (part, _) in Part::ALL {
            assert_eq!(same(&shown, walk, part), part != Part::RightArm, "frame {frame}: {part:?}");
        }
    }
    // The button keys both, and deleting takes both away again.
    bench.send(MotionCommand::Seek(6));
    bench.click("Key the pose");
    assert_eq!(keyed(&bench), Some(arms));
    bench.click("Keys");
    bench.click("Delete keys");
    assert_eq!(keyed(&bench), None);
    bench.send(DocumentCommand::Undo);
    assert_eq!(keyed(&bench), Some(arms));
}

#[test]
fn a_motion_goes_over_into_another() {
    let mut bench = open(&[]);
    bench.send(MotionCommand::Open(MotionSource::BuiltIn("walk".into())));
    ready(&mut bench);
    let [walk, wave] = ["walk", "wave"].map(|name| motion::library::find(name).unwrap());
    let once = bench.studio().content().act.as_ref().unwrap().last();
    bench.click("Changes");
    bench.window.get_by_role_and_label(Role::SpinButton, "Times of the motion").click();
    bench.steps(3);
    bench.window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    bench.window.event(egui::Event::Text("4".into()));
    bench.steps(2);
    bench.window.key_press(egui::Key::Enter);
    bench.steps(2);
    bench.window.key_press(egui::Key::Escape);
    bench.steps(2);
    let last = |studio: &Studio| studio.content().act.as_ref().map(|act| act.last());
    bench.until("four times the steps", |s| last(s) == Some(4 * once));
    let walked = 4 * once;
    bench.click("Motion of the figure");
    bench.click("Then another motion");
    // The second choice of that name: the first is the motion itself.
    let waves: Vec<_> = bench.window.get_all_by_role_and_label(Role::Button, "Wave (built in)").collect();
    assert_eq!(waves.len(), 2);
    waves[1].click();
    bench.until("both motions", |s| s.content().second.performance.ready().is_some() && s.content().act.is_some());
    bench.steps(2);
    let fade = |bench: &Bench| bench.studio().project().animation.fade.as_ref().map(|fade| [fade.from, fade.over]);
    let [from, over] = fade(&bench).unwrap();
    assert_eq!(from + over, walked);
    let seconds = |frame: i64| frame as f64 / walk.fps;
    let last = bench.studio().content().act.as_ref().unwrap().last();
    assert_eq!(last, ((seconds(from) + wave.duration_s()) * walk.fps + 1e-6) as i64);
    let arm = |bench: &mut Bench, frame: i64| {
        bench.send(MotionCommand::Seek(frame));
        bench.studio().shown_pose().rotation(HumanBone::RightUpperArm)
    };
    let of = |clip: &motion::Clip, s: f64| clip.at(s).rotation(HumanBone::RightUpperArm);
    let walk_at = |frame: i64| of(&walk, seconds(frame.rem_euclid(once)));
    let before = arm(&mut bench, from);
    assert!(before.angle_between(walk_at(from)) < 1e-3);
    let after = arm(&mut bench, last - 2);
    assert!(after.angle_between(of(&wave, seconds(last - 2 - from))) < 1e-3);
    let middle = arm(&mut bench, from + over / 2);
    let ends = [walk_at(from + over / 2), of(&wave, seconds(over / 2))];
    let whole = ends[0].angle_between(ends[1]);
    assert!(ends.iter().all(|end| middle.angle_between(*end) < 0.7 * whole), "{middle} of {ends:?}");

    // Its bar is moved, as one step.
    let frame_px = {
        let ruler = bench.window.get_by_role_and_label(Role::Canvas, "Frames").rect();
        ruler.width() / last as f32
    };
    drag(&mut bench, "Bar of the second motion", egui::Modifiers::NONE, egui::vec2(-8.0 * frame_px, 0.0));
    let moved = fade(&bench).unwrap();
    assert!((6..=10).contains(&(from - moved[0])) && moved[1] == over, "{moved:?} of {from}");
    bench.send(DocumentCommand::Undo);
    assert_eq!(fade(&bench), Some([from, over]));

    // A key lies over both; the project holds it all, and whoever removes the first keeps the second.
    bench.send(MotionCommand::Seek(from + over / 2));
    bench.send(posed("sit"));
    assert_eq!(*bench.studio().shown_pose(), named("sit"));
    let path = bench.data.join("both.settei");
    bench.studio().project().save(&path).unwrap();
    assert_eq!(Project::load(&path).unwrap().animation, bench.studio().project().animation);
    bench.send(MotionCommand::Remove);
    let animation = &bench.studio().project().animation;
    assert!(animation.fade.is_none());
    assert_eq!(animation.take.as_ref().unwrap().source, MotionSource::BuiltIn("wave".into()));
    bench.send(DocumentCommand::Undo);
    bench.send(MotionCommand::RemoveSecond);
    assert!(bench.studio().project().animation.fade.is_none());
}

/// Whoever is quick gets both: the second one waits until it is known where the first one ends.
#[test]
fn a_second_motion_waits_for_the_first() {
    let mut bench = open(&[]);
    bench.send(MotionCommand::Open(MotionSource::BuiltIn("dance".into())));
    bench.until("the first", |s| s.project().animation.take.is_some());
    bench.send(MotionCommand::Then(MotionSource::BuiltIn("wave".into())));
    bench.until("the second", |s| s.project().animation.fade.is_some());
    let sources: Vec<_> = bench.studio().project().animation.takes().map(|take| take.source.clone()).collect();
    assert_eq!(sources, ["dance", "wave"].map(|name| MotionSource::BuiltIn(name.into())));
}

/// A project whose files are not there.
fn lost(folder: &Path, change: impl FnOnce(&mut Project)) -> PathBuf {
    let mut project = Project::example();
    change(&mut project);
    let path = folder.join("lost.settei");
    project.save(&path).unwrap();
    path
}

/// It waits for no other motion than the one that was there when it was opened.
#[test]
fn a_second_motion_waits_for_its_first_alone() {
    let folder = tempfile::tempdir().unwrap();
    let [dance, wave] = ["dance", "wave"].map(|name| MotionSource::BuiltIn(name.into()));
    let first = |s: &Studio| s.project().animation.take.as_ref().map(|take| take.source.clone());
    // No figure comes, so no motion is ever on it.
    let figureless = lost(folder.path(), |project| {
        project.figure = Some(settei::project::FigureSource::File(folder.path().join("gone.vrm")));
    });
    let mut bench = Bench::open(&[figureless]);
    bench.send(MotionCommand::Open(dance.clone()));
    bench.until("the first", |s| first(s) == Some(dance.clone()));
    bench.send(MotionCommand::Then(wave.clone()));
    bench.steps(3);
    bench.until("the second to be read", |s| !s.is_busy());
    bench.steps(3);
    bench.send(DocumentCommand::Undo);
    bench.until("the news", |s| s.said().iter().any(|(_, text)| text.contains("it was to follow is gone")));
    bench.send(DocumentCommand::Redo);
    bench.send(Command::edit("Figure", Edit::Figure(Some(settei::project::FigureSource::BuiltIn))));
    ready(&mut bench);
    let animation = &bench.studio().project().animation;
    assert!(first(bench.studio()) == Some(dance.clone()) && animation.fade.is_none());

    // One that can't be read is followed by nobody: the second is taken alone.
    let motionless = lost(folder.path(), |project| {
        let gone = MotionSource::File(folder.path().join("gone.vmd"));
        project.animation.take = Some(settei::project::Take::new(gone, "another".into()));
    });
    let mut bench = Bench::open(&[motionless]);
    bench.send(MotionCommand::Then(wave.clone()));
    bench.until("the second alone", |s| first(s) == Some(wave.clone()));
    assert!(bench.studio().project().animation.fade.is_none());
}

#[test]
fn a_motion_that_is_gone_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let motion = written(folder.path());
    // Of two motions of one file, one was chosen when it was another.
    let source = MotionSource::File(motion.clone());
    let (_, hash) = source.load().unwrap();
    let mut both = Project::example();
    both.animation.take = Some(settei::project::Take::new(source.clone(), hash));
    let take = settei::project::Take::new(source, "another".into());
    both.animation.fade = Some(settei::project::Fade { take, from: 3, over: 2 });
    let path = folder.path().join("both.settei");
    both.save(&path).unwrap();
    let mut bench = Bench::open(&[path]);
    ready(&mut bench);
    assert!(bench.said().contains("another file than when it was chosen"), "{}", bench.said());
    drop(bench);
    let mut project = Project::example();
    let take = settei::project::Take::new(MotionSource::File(motion.clone()), "another".into());
    project.animation.take = Some(take);
    let path = folder.path().join("dancer.settei");
    project.save(&path).unwrap();
    let mut bench = Bench::open(std::slice::from_ref(&path));
    ready(&mut bench);
    assert!(bench.said().contains("another file than when it was chosen"), "{}", bench.said());
    drop(bench);
    std::fs::remove_file(motion).unwrap();
    let mut bench = Bench::open(&[path]);
    bench.until("the list", |s| s.said().iter().any(|(_, text)| text.contains("can't read the motion")));
    bench.steps(3);
    assert!(bench.window.query_by_label("Files are missing").is_some());
    assert!(bench.studio().content().stance.is_none() || *bench.studio().shown_pose() == project.pose);
}

/// A motion of MMD on one of its models plays as MMD plays it, and can be corrected by keys.
#[test]
fn gene_moves_as_the_command_line_moves_her() {
    let gene = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/assets/mmd/gene");
    let (model, dance) = (gene.join("Gene_light.pmx"), gene.join("motion/35_Afraid.vmd"));
    if !model.exists() || !dance.exists() {
        return println!("skipped: no ../shared/assets here");
    }
    let mut bench = open(&[model]);
    bench.drop_files(std::slice::from_ref(&dance));
    bench.until("the motion", |s| s.project().animation.take.is_some());
    ready(&mut bench);
    assert!(bench.studio().content().take.performance.ready().unwrap().native().is_some());
    for frame in [0, 40, 90] {
        bench.send(MotionCommand::Seek(frame));
        at_hand(&bench, &dance, frame);
    }
    let shown = bench.studio().shown_pose().clone();
    let lifted = shown.with_part(&named("wave"), &[HumanBone::RightUpperArm, HumanBone::RightLowerArm]);
    bench.send(Command::edit("Pose", Edit::Pose(lifted.clone())));
    assert_eq!(*bench.studio().shown_pose(), lifted);
    bench.send(MotionCommand::Seek(60));
    assert_ne!(hands(bench.studio())[1], hands_of_the_command_line(bench.studio(), &dance, 60)[1]);
}
