//! `settei live` beside a program that sends: real datagrams on this machine, and the files that come of them.

use super::cli::{FIGURE, fails, text};
use glam::Quat;
use rosc::{OscBundle, OscMessage, OscPacket, OscTime, OscType};
use settei::events::{Event, LiveInfo};
use settei::figure::HumanBone;
use settei::motion;
use settei::pose::Pose;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::{SocketAddr, UdpSocket};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// A frame as Unity's programs send it: an arm raised by so much, a smile.
fn frame(angle: f32) -> Vec<u8> {
    let word = |word: &str| OscType::String(word.into());
    let message = |address: &str, args| OscPacket::Message(OscMessage { addr: format!("/VMC/Ext/{address}"), args });
    let bone = |name: &str, height: f32, turn: Quat| {
        let numbers = [0.0, height, 0.0, turn.x, -turn.y, -turn.z, turn.w];
        message("Bone/Pos", std::iter::once(word(name)).chain(numbers.map(OscType::Float)).collect())
    };
    let content = vec![
        message("OK", vec![OscType::Int(1)]),
        bone("Hips", 0.9, Quat::IDENTITY),
        bone("LeftUpperArm", 0.1, Quat::from_rotation_z(angle)),
        message("Blend/Val", vec![word("Joy"), OscType::Float(0.75)]),
        message("Blend/Apply", Vec::new()),
        message("T", vec![OscType::Float(angle)]),
    ];
    let timetag = OscTime { seconds: 0, fractional: 1 };
    rosc::encoder::encode(&OscPacket::Bundle(OscBundle { timetag, content })).unwrap()
}

/// The command, listening, and what it says from now on.
fn start(folder: &Path, line: &str) -> (Child, BufReader<ChildStdout>, SocketAddr) {
    let arguments = line.split_whitespace().map(|word| if word == "FIGURE" { FIGURE } else { word });
    let mut command = Command::new(env!("CARGO_BIN_EXE_settei"));
    let command = command.current_dir(folder).args(["--json", "live", "--vmc", "0"]).args(arguments);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let first = loop {
        if let Some(info) = next(&mut lines) {
            break info;
        }
    };
    assert_eq!((first.hearing.as_str(), first.sender), ("nobody", None));
    (child, lines, first.address.parse().unwrap())
}

/// What the next line says of how it stands, if it does.
fn next(lines: &mut BufReader<ChildStdout>) -> Option<LiveInfo> {
    let mut line = String::new();
    assert!(lines.read_line(&mut line).unwrap() > 0, "it ended");
    match Event::from_line(&line).unwrap() {
        Event::Live(info) => Some(info),
        _ => None,
    }
}

/// Sends an arm that is raised, sixty times a second.
fn send(to: SocketAddr, how_long: Duration) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let begun = Instant::now();
    while begun.elapsed() < how_long {
        // Who ended already hears no more.
        let _ = socket.send_to(&frame((1.2 * begun.elapsed().as_secs_f32() / how_long.as_secs_f32()).min(1.0)), to);
        std::thread::sleep(Duration::from_millis(16));
    }
    socket.local_addr().unwrap()
}

/// What a recorded file holds in its last frame.
fn last_pose(path: &Path) -> (u64, f64, Pose) {
    let file = motion::load(path).unwrap();
    let clip = &file.clips[0];
    (clip.frames, clip.fps, clip.frame(clip.frames as i64 - 1))
}

#[test]
fn what_is_sent_is_told_and_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let line = "--seconds 1.6 --record take.vrma --smooth off --fps 24 --figure FIGURE";
    let (child, mut lines, address) = start(folder.path(), line);
    assert!(address.ip().is_loopback(), "nobody else is heard unless that is asked for");
    let sender = send(address, Duration::from_millis(500));
    let mut rest = String::new();
    lines.read_to_string(&mut rest).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{rest}{}", text(&output.stderr));
    let told: Vec<Event> = rest.lines().map(|line| Event::from_line(line).unwrap()).collect();
    let live: Vec<&LiveInfo> =
        told.iter().filter_map(|event| if let Event::Live(info) = event { Some(info) } else { None }).collect();
    assert!(live.iter().any(|info| info.hearing == "live" && info.sender == Some(sender.to_string())), "{rest}");
    let end = live.last().unwrap();
    assert!(end.poses > 3 && (end.bones, end.expressions, end.malformed) == (2, 1, 0), "{end:?}");
    assert!(told.iter().any(|event| matches!(event, Event::Wrote { path } if path == "take.vrma")));
    let (frames, fps, pose) = last_pose(&folder.path().join("take.vrma"));
    assert!(frames > 10 && fps == 24.0, "{frames} at {fps}");
    assert!(pose.rotation(HumanBone::LeftUpperArm).angle_between(Quat::from_rotation_z(1.0)) < 0.01);
    assert!((pose.expressions["happy"] - 0.75).abs() < 1e-3, "{:?}", pose.expressions);
    let names = || std::fs::read_dir(folder.path()).unwrap().flatten().map(|entry| entry.file_name());
    assert_eq!(names().collect::<Vec<_>>(), ["take.vrma"]);
}

#[test]
fn ctrl_c_writes_what_was_recorded() {
    let folder = tempfile::tempdir().unwrap();
    for file in ["take.vmd", "take.bvh"] {
        let (child, mut lines, address) = start(folder.path(), &format!("--smooth off --record {file}"));
        send(address, Duration::from_millis(300));
        let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()));
        let mut rest = String::new();
        lines.read_to_string(&mut rest).unwrap();
        assert_eq!(child.wait_with_output().unwrap().status.code(), Some(130), "{rest}");
        let (frames, _, pose) = last_pose(&folder.path().join(file));
        assert!(frames > 3, "{frames}");
        let arm = pose.rotation(HumanBone::LeftShoulder) * pose.rotation(HumanBone::LeftUpperArm);
        assert!(arm.angle_between(Quat::from_rotation_z(1.0)) < 0.02, "{file}: {arm}");
    }
}

#[test]
fn what_cant_be_is_said_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let line = format!("live --vmc {port} --seconds 1");
    fails(folder.path(), &line, 1, &["another program listens on port", "choose another port"]);
    fails(folder.path(), "live --vmc 0 --record take.mp4", 2, &["take.mp4"]);
    fails(
        folder.path(),
        "live --vmc 0 --seconds 0.1 --record take.vmd",
        1,
        &["nobody sent a pose", "nothing was recorded"],
    );
    std::fs::write(folder.path().join("there.vmd"), "mine").unwrap();
    fails(folder.path(), "live --vmc 0 --record there.vmd", 1, &["is there already"]);
    assert_eq!(std::fs::read_to_string(folder.path().join("there.vmd")).unwrap(), "mine");
    fails(folder.path(), "live --vmc 0 --smooth much", 2, &["off", "light", "medium", "strong"]);
}
