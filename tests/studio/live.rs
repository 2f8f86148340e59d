//! Live poses in the window: heard from a real sender, shown, calibrated, recorded into the timeline.

use crate::bench::Bench;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use glam::Quat;
use rosc::{OscBundle, OscMessage, OscPacket, OscTime, OscType};
use settei::figure::HumanBone;
use settei::live::{Hearing, Smoothing};
use settei::pose::Pose;
use settei::studio::{
    Command, DocumentCommand, Edit, LiveCommand, LiveSettings, MotionCommand, PanelKind, PuppetShows, Studio,
    WindowCommand,
};
use std::net::UdpSocket;

/// A program that sends a head turned by so much.
struct Sender(UdpSocket);

impl Sender {
    fn new() -> Self {
        Self(UdpSocket::bind("127.0.0.1:0").unwrap())
    }

    fn send(&self, bench: &Bench, angle: f32) {
        let word = |word: &str| OscType::String(word.into());
        let message =
            |address: &str, args| OscPacket::Message(OscMessage { addr: format!("/VMC/Ext/{address}"), args });
        let turn = Quat::from_rotation_y(angle);
        let numbers = [0.0, 0.0, 0.0, turn.x, -turn.y, -turn.z, turn.w];
        let head = std::iter::once(word("Head")).chain(numbers.map(OscType::Float)).collect();
        let content = vec![
            message("Bone/Pos", head),
            message("Blend/Val", vec![word("Joy"), OscType::Float(1.0)]),
            message("Blend/Apply", Vec::new()),
        ];
        let bundle = OscPacket::Bundle(OscBundle { timetag: OscTime { seconds: 0, fractional: 1 }, content });
        let to = bench.studio().content().live.as_ref().unwrap().address;
        self.0.send_to(&rosc::encoder::encode(&bundle).unwrap(), to).unwrap();
    }
}

fn head(studio: &Studio) -> f32 {
    studio.shown_pose().rotation(HumanBone::Head).to_scaled_axis().y
}

/// A window that listens on a free port.
fn listening() -> Bench {
    let mut bench = Bench::open(&[]);
    bench.until("the figure", |s| s.content().stance.is_some());
    bench.send(WindowCommand::ShowPanel(PanelKind::Live));
    let mut live = LiveSettings { port: 0, ..LiveSettings::default() };
    live.how.smoothing = Smoothing::Off;
    bench.send(LiveCommand::Set(live));
    bench.click("Listen");
    assert!(bench.studio().content().live.is_some(), "{}", bench.said());
    bench
}

#[test]
fn what_is_sent_is_shown_and_the_project_stays_as_it_is() {
    let mut bench = listening();
    let project = bench.studio().project().clone();
    assert!(bench.window.query_by_label("Nobody sends yet").is_some());
    let sender = Sender::new();
    sender.send(&bench, 0.6);
    // It is on its way through the system once it was sent; then the next frame has it.
    bench.until("the pose", |s| (head(s) - 0.6).abs() < 1e-3);
    let studio = bench.studio();
    assert!(studio.playback().is_live() && studio.shown_pose().expressions["happy"] == 1.0);
    let stance = studio.content().stance.as_ref().unwrap();
    assert!(
        (stance.posed().pose.rotation(HumanBone::Head).to_scaled_axis().y - 0.6).abs() < 1e-3,
        "the figure does it"
    );
    let own = &project.pose;
    assert_eq!(studio.shown_pose().rotation(HumanBone::LeftUpperArm), own.rotation(HumanBone::LeftUpperArm));
    assert_eq!(*studio.project(), project);
    assert!(bench.window.query_by_label_contains("poses a second").is_some());

    // A hand that poses meanwhile is told why it can't.
    bench.send(Command::edit("Pose", Edit::Pose(Pose::default())));
    assert!(bench.said().contains("stop listening to pose by hand"), "{}", bench.said());
    assert_eq!(*bench.studio().project(), project);
    // Taking what is shown is a step of its own, undone as all are.
    bench.send(MotionCommand::UsePose);
    assert!((bench.studio().project().pose.rotation(HumanBone::Head).to_scaled_axis().y - 0.6).abs() < 1e-3);
    bench.send(DocumentCommand::Undo);
    assert_eq!(bench.studio().project().pose, project.pose);

    // Hair follows as time goes by: it swings when the head has turned, and hangs still in the end.
    sender.send(&bench, -0.6);
    bench.until("the head turns", |s| (head(s) + 0.6).abs() < 1e-3);
    let sway = |bench: &Bench| {
        let stance = bench.studio().content().stance.as_ref().unwrap();
        stance.local().sway.iter().map(|(_, turn)| *turn).collect::<Vec<_>>()
    };
    let turned = sway(&bench);
    bench.steps(1);
    let swings = sway(&bench);
    assert!(!turned.is_empty() && turned.iter().zip(&swings).any(|(a, b)| a.angle_between(*b) > 1e-3), "it swings");

    bench.until("silence", |s| s.content().live.as_ref().is_some_and(|live| live.status.hearing == Hearing::Silent));
    bench.steps(2);
    assert!((head(bench.studio()) + 0.6).abs() < 1e-3, "the last pose holds");
    assert!(bench.said().contains("has sent nothing for"), "{}", bench.said());
    bench.click("Stop listening");
    assert_eq!(*bench.studio().shown_pose(), project.pose);
    assert!(bench.window.query_by_label("Listen").is_some());
}

#[test]
fn a_recording_becomes_the_timelines_take_in_one_step() {
    let mut bench = listening();
    let project = bench.studio().project().clone();
    let sender = Sender::new();
    sender.send(&bench, -0.4);
    bench.until("the pose", |s| (head(s) + 0.4).abs() < 1e-3);
    bench.click("Record");
    for _ in 0..20 {
        sender.send(&bench, 0.5);
        std::thread::sleep(std::time::Duration::from_millis(10));
        bench.steps(1);
    }
    assert!(bench.window.query_by_label_contains("frames").is_some());
    bench.click("End the recording");
    bench.until("the take", |s| s.project().animation.take.is_some());
    bench.until("the motion on the figure", |s| s.content().take.performance.ready().is_some());
    bench.steps(2);
    let path = bench.studio().project().animation.take.as_ref().unwrap().source.path().unwrap().to_owned();
    assert_eq!(path, bench.data.join("takes/take.vrma"));
    let clip = settei::motion::load(&path).unwrap().clips.remove(0);
    assert!(clip.frames >= 5, "{}", clip.frames);
    let turned = |pose: &Pose| pose.rotation(HumanBone::Head).to_scaled_axis().y;
    let ends = [clip.frame(0), clip.frame(clip.frames as i64 - 1)].map(|pose| turned(&pose));
    assert!((ends[0] + 0.4).abs() < 0.01 && (ends[1] - 0.5).abs() < 0.01, "{ends:?}");
    // The take plays over what is sent, until that is wanted again.
    assert!(bench.studio().playback().is_on() && !bench.studio().playback().is_live());
    bench.click("Show what is sent");
    assert!(bench.studio().playback().is_live());
    assert!((head(bench.studio()) - 0.5).abs() < 1e-3);
    // Undone as a whole; the file stays for a redo.
    bench.send(DocumentCommand::Undo);
    assert_eq!(*bench.studio().project(), project);
    bench.send(DocumentCommand::Redo);
    assert!(bench.studio().project().animation.take.is_some() && path.exists());
    // Another one never takes its place, and ending to listen ends a recording.
    bench.click("Record");
    sender.send(&bench, 0.1);
    std::thread::sleep(std::time::Duration::from_millis(40));
    bench.click("Stop listening");
    bench.until("the second take", |_| path.with_file_name("take-2.vrma").exists());
}

#[test]
fn the_puppet_shows_the_character_alone() {
    let mut bench = Bench::open(&[]);
    bench.until("the figure", |s| s.content().stance.is_some());
    bench.send(WindowCommand::ShowPanel(PanelKind::Live));
    let mut live = LiveSettings::default();
    live.puppet.shows = PuppetShows::Figure;
    bench.send(LiveCommand::Set(live));
    let project = bench.studio().project().clone();
    let there = |bench: &Bench| bench.window.query_by_role_and_label(Role::Image, "Puppet").is_some();
    assert!(!there(&bench));
    bench.click("Puppet window");
    // A window in the window is measured before it is seen.
    bench.steps(3);
    assert!(there(&bench), "{}", bench.said());
    bench.until("the figure in it", |s| s.content().puppet.is_some());
    let image = bench.studio().content().puppet.as_ref().unwrap().image.clone();
    let [width, height] = image.size;
    assert_eq!(width as u32 * project.frame_px[1] / height as u32, project.frame_px[0], "as the output picture is");
    let alpha = |x: usize, y: usize| image.pixels[y * width + x].a();
    assert_eq!((alpha(0, 0), alpha(width - 1, 0)), (0, 0), "nothing is behind it");
    assert!((0..height).any(|y| alpha(width / 2, y) == 255));
    bench.click("Puppet window");
    bench.steps(3);
    assert!(!there(&bench));
    assert_eq!(*bench.studio().project(), project);
}

#[test]
fn how_it_is_heard_is_set_by_name() {
    let mut bench = listening();
    let sender = Sender::new();
    sender.send(&bench, 0.3);
    bench.until("the pose", |s| (head(s) - 0.3).abs() < 1e-3);
    let combo = |bench: &Bench| {
        bench.window.get_by_role_and_label(Role::ComboBox, "Smoothing").click();
    };
    combo(&bench);
    bench.steps(2);
    bench.click("Strong");
    bench.click("Turn round");
    sender.send(&bench, 0.3);
    bench.until("the figure's back", |s| s.shown_pose().rotation(HumanBone::Hips).to_scaled_axis().y.abs() > 3.0);
    bench.click("Calibrate");
    assert!(bench.window.query_by_label_contains("Stand in T-pose").is_some());
    // A second window can't have the port; it says so.
    let port = bench.studio().content().live.as_ref().unwrap().address.port();
    let mut other = Bench::open(&[]);
    other.send(LiveCommand::Set(LiveSettings { port, ..LiveSettings::default() }));
    other.send(LiveCommand::Toggle);
    assert!(other.studio().content().live.is_none());
    assert!(other.said().contains("another program listens on port"), "{}", other.said());
}
