//! Senders of all kinds before a clock that we set.

use super::*;
use crate::figure::HumanBone::{self, *};
use crate::figure::{Figure, skinning};
use crate::pose::{Pose, Rig, library};
use glam::{Quat, Vec3};
use rosc::{OscBundle, OscMessage, OscPacket, OscTime, OscType};
use std::f32::consts::{FRAC_PI_2, PI};
use std::net::SocketAddr;

const FRAME_S: f64 = 1.0 / 60.0;

/// The built-in figure, read from its file: the room that makes it lies above this one.
pub(super) fn mio() -> Figure {
    crate::figure::load::from_bytes("mio.vrm", include_bytes!("../../assets/mio.vrm")).unwrap()
}

fn from(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

fn message(address: &str, args: Vec<OscType>) -> OscPacket {
    OscPacket::Message(OscMessage { addr: format!("/VMC/Ext/{address}"), args })
}

/// As Unity has it: what is ours, with x turned about.
fn placed(address: &str, name: &str, position: Vec3, turn: Quat) -> OscPacket {
    let numbers = [-position.x, position.y, position.z, turn.x, -turn.y, -turn.z, turn.w];
    let numbers = numbers.into_iter().map(OscType::Float);
    message(address, std::iter::once(OscType::String(name.into())).chain(numbers).collect())
}

fn bone(name: &str, turn: Quat) -> OscPacket {
    placed("Bone/Pos", name, Vec3::ZERO, turn)
}

fn blend(name: &str, weight: f32) -> OscPacket {
    message("Blend/Val", vec![OscType::String(name.into()), OscType::Float(weight)])
}

fn apply() -> OscPacket {
    message("Blend/Apply", Vec::new())
}

fn time() -> OscPacket {
    message("T", vec![OscType::Float(1.0)])
}

fn bytes(packet: &OscPacket) -> Vec<u8> {
    rosc::encoder::encode(packet).unwrap()
}

fn bundle(content: Vec<OscPacket>) -> Vec<u8> {
    bytes(&OscPacket::Bundle(OscBundle { timetag: OscTime { seconds: 0, fractional: 1 }, content }))
}

fn unsmoothed() -> Performer {
    Performer::new(Settings { smoothing: Smoothing::Off, turned: false })
}

fn shown(performer: &Performer) -> Pose {
    Pose::clone(&performer.live().unwrap().pose)
}

#[track_caller]
fn same(a: Quat, b: Quat) {
    assert!(a.angle_between(b) < 1e-3, "{a} instead of {b}");
}

/// Unity's name for a bone.
fn unity(bone: HumanBone) -> String {
    let name = bone.name();
    let name = name.replace("ThumbProximal", "ThumbIntermediate").replace("ThumbMetacarpal", "ThumbProximal");
    name[..1].to_uppercase() + &name[1..]
}

/// What a program sends whose figure is `figure`, in a pose: its own axes at each bone are `axes` in T-pose.
fn sends(figure: &Figure, rig: &Rig, pose: &Pose, root: (Vec3, Quat), axes: impl Fn(HumanBone) -> Quat) -> Vec<u8> {
    let world = rig.world(figure, pose);
    let (mut content, t_world) = (vec![placed("Root/Pos", "root", root.0, root.1)], rig.t_world());
    // World rotations from T-pose on, over the axes that the bones have there.
    let turn = |bone: HumanBone| {
        let joint = figure.humanoid.joint(bone).unwrap() as usize;
        let from_t =
            world[joint].to_scale_rotation_translation().1 * t_world[joint].to_scale_rotation_translation().1.inverse();
        (from_t * axes(bone), world[joint].w_axis.truncate())
    };
    for (bone, _) in figure.humanoid.iter() {
        let above = std::iter::successors(bone.parent(), |bone| bone.parent());
        let above = above.into_iter().find(|above| figure.humanoid.joint(*above).is_some());
        let (parent_turn, parent_at) = above.map_or((Quat::IDENTITY, Vec3::ZERO), turn);
        let (own_turn, own_at) = turn(bone);
        let out = parent_turn.inverse() * (own_at - parent_at);
        content.push(placed("Bone/Pos", &unity(bone), out, (parent_turn.inverse() * own_turn).normalize()));
    }
    content.push(blend("Joy", 0.5));
    content.push(apply());
    bundle(content)
}

/// Every joint of the figure is where the pose has it, but for `off_m`.
#[track_caller]
fn stands_so(figure: &Figure, rig: &Rig, live: &Pose, pose: &Pose, off_m: f32) {
    let [seen, expected] = [live, pose].map(|pose| skinning::world_transforms(figure, &rig.resolve(figure, pose)));
    for (bone, joint) in figure.humanoid.iter() {
        let [seen, expected] = [&seen, &expected].map(|world| world[joint as usize].w_axis.truncate());
        assert!(seen.distance(expected) < off_m, "{bone:?}: {seen} instead of {expected}");
    }
}

fn example() -> (Figure, Rig, Pose) {
    let figure = mio();
    let rig = Rig::new(&figure);
    // Off the floor by what it says itself, as a sender has it.
    let mut pose = library::find("dance").unwrap().1;
    (pose.ground, pose.hips) = (0.0, Vec3::new(0.1, 0.05, -0.2));
    (figure, rig, pose)
}

#[test]
fn a_pose_comes_through_in_our_axes() {
    let (figure, rig, pose) = example();
    let mut performer = unsmoothed();
    assert!(performer.hear(
        1.0,
        from(1),
        &sends(&figure, &rig, &pose, (Vec3::ZERO, Quat::IDENTITY), |_| Quat::IDENTITY)
    ));
    let live = shown(&performer);
    // How high the hips are in T-pose was guessed by the legs.
    stands_so(&figure, &rig, &live, &pose, 0.04);
    assert_eq!(live.expressions, [("happy".to_owned(), 0.5)].into());
    let status = performer.status(1.0);
    assert_eq!((status.hearing, status.sender, status.expressions), (Hearing::Live, Some(from(1)), 1));
    assert_eq!(status.bones, figure.humanoid.iter().count());
}

#[test]
fn whoever_looks_backwards_is_turned_and_whoever_stands_in_t_pose_is_understood() {
    let (figure, rig, pose) = example();
    let about = Quat::from_rotation_y(PI);
    // A figure of VRM 0 in its file's axes: all of its world is turned about.
    let mut performer = unsmoothed();
    let still = (Vec3::ZERO, Quat::IDENTITY);
    let normal = bundle_of(&sends(&figure, &rig, &pose, still, |_| Quat::IDENTITY));
    let turned: Vec<OscPacket> = normal.iter().map(|packet| turned_about(packet, about)).collect();
    performer.hear(0.0, from(1), &bundle(turned));
    stands_so(&figure, &rig, &shown(&performer), &pose, 0.04);
    // One that stands with its back to us.
    performer.settings.turned = true;
    performer.hear(0.1, from(1), &sends(&figure, &rig, &pose, (Vec3::ZERO, about), |_| Quat::IDENTITY));
    stands_so(&figure, &rig, &shown(&performer), &pose, 0.04);
    performer.settings.turned = false;

    // Axes of its own at each bone, away from the middle of its room and looking to its side: T-pose tells.
    let axes = |bone: HumanBone| Quat::from_rotation_x(0.3 + bone as usize as f32) * Quat::from_rotation_z(1.1);
    let root = (Vec3::new(3.0, 0.0, -2.0), Quat::from_rotation_y(0.9));
    let t_pose = Pose::default();
    performer.calibrate(1.0, 3.0);
    performer.hear(1.5, from(1), &sends(&figure, &rig, &pose, root, axes));
    let waiting = performer.status(1.5);
    assert!(!waiting.calibrated && waiting.calibrates_in_s.is_some_and(|left| (left - 2.5).abs() < 1e-9));
    performer.hear(4.0, from(1), &sends(&figure, &rig, &t_pose, root, axes));
    assert!(performer.status(4.0).calibrated);
    stands_so(&figure, &rig, &shown(&performer), &t_pose, 1e-3);
    performer.hear(4.1, from(1), &sends(&figure, &rig, &pose, root, axes));
    stands_so(&figure, &rig, &shown(&performer), &pose, 1e-3);
    // Who turns on the spot turns, by whichever of the two moves.
    let sideways = (root.0, root.1 * Quat::from_rotation_y(FRAC_PI_2));
    performer.hear(4.2, from(1), &sends(&figure, &rig, &t_pose, sideways, axes));
    same(shown(&performer).rotation(Hips), Quat::from_rotation_y(FRAC_PI_2));
    performer.forget_calibration();
    assert!(!performer.status(4.2).calibrated);
}

fn bundle_of(bytes: &[u8]) -> Vec<OscPacket> {
    match rosc::decoder::decode_udp(bytes).unwrap().1 {
        OscPacket::Bundle(bundle) => bundle.content,
        packet => vec![packet],
    }
}

/// The same place and rotation as seen by somebody who looks the other way.
fn turned_about(packet: &OscPacket, about: Quat) -> OscPacket {
    match packet {
        OscPacket::Message(message) if message.addr.ends_with("/Pos") => {
            let floats = |i: usize| message.args[i].clone().float().unwrap();
            let position = about * Vec3::new(-floats(1), floats(2), floats(3));
            let turn = about * Quat::from_xyzw(floats(4), -floats(5), -floats(6), floats(7)) * about.inverse();
            let name = message.args[0].clone().string().unwrap();
            placed(message.addr.trim_start_matches("/VMC/Ext/"), &name, position, turn)
        }
        packet => packet.clone(),
    }
}

#[test]
fn who_sends_part_of_a_body_moves_that_part() {
    let mut performer = unsmoothed();
    let nod = Quat::from_rotation_x(0.3);
    performer.hear(0.0, from(1), &bundle(vec![bone("Head", nod), blend("JawOpen", 2.0), apply()]));
    let own = library::find("sit").unwrap().1;
    let over = over(&performer.live().unwrap().pose, &own);
    same(over.rotation(Head), nod);
    assert_eq!(
        (over.hips, over.ground, over.rotation(LeftUpperLeg)),
        (own.hips, own.ground, own.rotation(LeftUpperLeg))
    );
    assert_eq!(over.expressions.get("JawOpen"), Some(&1.0), "no more than there is");
}

#[test]
fn frames_end_by_apply_by_time_by_the_next_one_or_by_silence() {
    let mut performer = unsmoothed();
    let turn = |angle: f32| Quat::from_rotation_y(angle);
    let mut hear = |now_s: f64, packet: &OscPacket| performer.hear(now_s, from(1), &bytes(packet));
    assert!(!hear(0.0, &bone("Head", turn(0.1))) && !hear(0.001, &blend("A", 1.0)));
    assert!(hear(0.002, &apply()));
    assert!(!hear(0.010, &bone("Head", turn(0.2))) && hear(0.011, &time()));
    assert!(!hear(0.012, &time()), "nothing new in it");
    assert!(!hear(0.020, &bone("Head", turn(0.3))) && !hear(0.021, &bone("Neck", turn(0.1))));
    assert!(hear(0.036, &bone("Head", turn(0.4))), "the next frame begins");
    assert!(!performer.tick(0.050));
    same(shown(&performer).rotation(Head), turn(0.3));
    assert!(performer.tick(0.057) && !performer.tick(0.080));
    same(shown(&performer).rotation(Head), turn(0.4));
    same(shown(&performer).rotation(Neck), turn(0.1));
}

#[test]
fn what_is_lost_holds_and_a_sender_that_stops_is_said_so() {
    let mut performer = unsmoothed();
    let bow = Quat::from_rotation_x(0.5);
    assert_eq!(performer.status(0.0).sentence(), "Nobody sends yet");
    performer.hear(0.0, from(7), &bundle(vec![message("OK", vec![OscType::Int(0)])]));
    assert!(performer.live().is_none() && performer.status(0.0).sentence().contains("no figure open"));
    performer.hear(0.1, from(7), &bundle(vec![bone("Spine", bow), bone("Head", bow), blend("Fun", 1.0), apply()]));
    // Half of the next frame gets lost, and all of some more.
    performer.hear(0.5, from(7), &bundle(vec![bone("Head", Quat::IDENTITY), apply()]));
    same(shown(&performer).rotation(Spine), bow);
    same(shown(&performer).rotation(Head), Quat::IDENTITY);
    let before = shown(&performer);
    for seconds in [1.0, 2.0, 60.0] {
        performer.tick(seconds);
        assert_eq!(shown(&performer), before);
    }
    let status = performer.status(60.0);
    assert_eq!(status.hearing, Hearing::Silent);
    assert_eq!(status.sentence(), "127.0.0.1:7 has sent nothing for 60 s; the last pose holds");
    performer.hear(61.0, from(7), &bundle(vec![bone("Head", bow), apply()]));
    same(shown(&performer).rotation(Spine), bow);
    assert_eq!(performer.status(61.0).hearing, Hearing::Live);
}

#[test]
fn the_first_of_two_senders_counts_until_it_stops() {
    let mut performer = unsmoothed();
    let [first, second] = [0.1, 0.9].map(|angle| bundle(vec![bone("Head", Quat::from_rotation_y(angle)), apply()]));
    for frame in 0..120 {
        let now_s = f64::from(frame) * FRAME_S;
        if frame < 60 {
            performer.hear(now_s, from(1), &first);
        }
        performer.hear(now_s + 0.001, from(2), &second);
        let expected = if now_s + 0.001 < 59.0 * FRAME_S + 1.0 { 0.1 } else { 0.9 };
        same(shown(&performer).rotation(Head), Quat::from_rotation_y(expected));
        if frame == 30 {
            let status = performer.status(now_s);
            assert_eq!((status.sender, status.other), (Some(from(1)), Some(from(2))));
            assert!(status.troubles()[0].contains("127.0.0.1:2 sends, too"), "{:?}", status.troubles());
        }
    }
    assert_eq!(performer.status(2.0).sender, Some(from(2)));
    // Noise is nobody: it neither takes over nor keeps a place.
    performer.hear(9.0, from(3), b"/VMC/Ext/Bone/Pos\0\0\0,s\0\0x\0\0\0");
    assert_eq!((performer.status(9.0).sender, performer.status(9.0).hearing), (Some(from(2)), Hearing::Silent));
}

#[test]
fn a_storm_leaves_the_newest_pose_and_no_more() {
    let mut performer = unsmoothed();
    performer.record(0.0, 60.0);
    let last = 20_000;
    for i in 0..=last {
        let turn = Quat::from_rotation_y(i as f32 / last as f32);
        // Names that nobody has, too: they must not pile up.
        let name = format!("Expression {i}");
        performer.hear(f64::from(i) * 1e-5, from(1), &bundle(vec![bone("Head", turn), blend(&name, 1.0), apply()]));
    }
    same(shown(&performer).rotation(Head), Quat::from_rotation_y(1.0));
    let status = performer.status(0.2);
    assert!(status.expressions <= 256 && status.poses == u64::from(last as u32) + 1, "{status:?}");
    assert_eq!(status.recorded, Some(13), "as many as there is time for");
    let take = performer.stop_recording(0.2).unwrap();
    assert_eq!((take.poses.len(), take.fps), (13, 60.0));
    assert!(performer.stop_recording(0.2).is_none() && performer.status(0.2).recorded.is_none());
}

/// From a datagram to the pose that a window shows, for a window of 60 pictures a second and a sender of 50 to 120: with
/// the smoothing that is usual, an arm that swings by 180° a second is less than two pictures behind.
#[test]
fn a_pose_is_shown_within_two_pictures() {
    let truth = |s: f64| Quat::from_rotation_z((s * 180.0).to_radians() as f32 - 1.0);
    for (rate_hz, ended) in [(50.0, true), (60.0, true), (90.0, false), (120.0, true), (60.0, false)] {
        let mut performer = Performer::default();
        let (mut sent, mut worst_s) = (0, 0.0f64);
        // The window's pictures come somewhere between two datagrams.
        for picture in 0..60 {
            let now_s = f64::from(picture) * FRAME_S + 0.0071;
            while f64::from(sent) / rate_hz <= now_s {
                let at_s = f64::from(sent) / rate_hz;
                performer.tick(at_s);
                let mut content = vec![bone("Hips", Quat::IDENTITY), bone("LeftUpperArm", truth(at_s))];
                content.extend(ended.then(apply));
                performer.hear(at_s, from(1), &bundle(content));
                sent += 1;
            }
            // The listener looks after frames that nobody ends a hundred times a second.
            performer.tick((now_s * 100.0).floor() / 100.0);
            if picture >= 20 {
                let seen = shown(&performer).rotation(LeftUpperArm);
                let behind_s = f64::from(seen.angle_between(truth(now_s)).to_degrees()) / 180.0;
                worst_s = worst_s.max(behind_s);
            }
        }
        assert!(worst_s < 2.0 * FRAME_S + 1.0 / rate_hz, "{rate_hz} a second, ended: {ended}: {worst_s} s behind");
        println!("{rate_hz} a second, ended: {ended}: {:.1} ms behind", 1e3 * worst_s);
    }
}

#[test]
fn what_is_no_message_is_counted_and_passed_over() {
    let mut performer = unsmoothed();
    let good = bundle(vec![bone("Head", Quat::from_rotation_y(0.2)), apply()]);
    performer.hear(0.0, from(1), &good);
    let before = shown(&performer);
    let text = |word: &str| OscType::String(word.into());
    let numbers = |count: usize| std::iter::repeat_n(OscType::Float(0.5), count);
    let wrong = [
        message("Bone/Pos", vec![text("Head")]),
        message("Bone/Pos", std::iter::once(text("Head")).chain(numbers(6)).collect()),
        message("Bone/Pos", numbers(8).collect()),
        message("Bone/Pos", std::iter::once(text("Head")).chain(std::iter::repeat_n(OscType::Float(0.0), 7)).collect()),
        message(
            "Bone/Pos",
            std::iter::once(text("Head")).chain(std::iter::repeat_n(OscType::Float(f32::NAN), 7)).collect(),
        ),
        message("Bone/Pos", std::iter::once(text("Head")).chain(numbers(6)).chain([OscType::Float(1e30)]).collect()),
        message("Bone/Pos", std::iter::once(text(&"x".repeat(1000))).chain(numbers(7)).collect()),
        message("Root/Pos", Vec::new()),
        message("Blend/Val", vec![text("Joy")]),
        message("Blend/Val", vec![text("Joy"), text("1")]),
        message("OK", Vec::new()),
        message("T", vec![text("now")]),
    ];
    for (i, packet) in wrong.iter().enumerate() {
        performer.hear(0.1, from(1), &bytes(packet));
        assert_eq!(performer.status(0.1).malformed, i as u64 + 1, "{packet:?}");
    }
    // As deep as a datagram can be, and as wide.
    let mut deep = bytes(&apply());
    while deep.len() < 60_000 {
        let mut outer = b"#bundle\0\0\0\0\0\0\0\0\x01".to_vec();
        outer.extend((deep.len() as u32).to_be_bytes());
        outer.extend(&deep);
        deep = outer;
    }
    let arrays = [b"/VMC/Ext/T\0\0,".as_slice(), &[b'['; 30_000], &[b']'; 30_000], &[0; 3]].concat();
    for bytes in [&deep[..], &arrays, b"", b"#bundle", b"#bundle\0\0\0\0\0\0\0\0\x01\xff\xff\xff\xff", b"\0", b"junk"] {
        let before = performer.status(0.2).malformed;
        performer.hear(0.2, from(1), bytes);
        assert!(performer.status(0.2).malformed > before, "{} bytes", bytes.len());
    }
    // What concerns others is no mistake, and what is too much is passed over as the protocol asks.
    let before_others = performer.status(0.2).malformed;
    performer.hear(0.3, from(1), &bytes(&message("Hmd/Pos", vec![text("x")])));
    performer.hear(0.3, from(1), &bytes(&OscPacket::Message(OscMessage { addr: "/avatar/x".into(), args: vec![] })));
    performer.hear(0.3, from(1), &bytes(&message("T", vec![OscType::Int(3), text("more")])));
    assert_eq!(performer.status(0.3).malformed, before_others);
    performer.tick(1.0);
    assert_eq!(shown(&performer), before, "nothing of all that moved it");
    assert!(performer.status(0.3).troubles()[0].contains("could not be understood"));
}

/// Changed bytes, cut ends, doubled pieces: nothing panics, and what is shown is a pose. `MUTATIONS` says how many.
#[test]
fn damaged_packets_do_no_harm() {
    let count = std::env::var("MUTATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(4_000);
    mutate(count);
}

#[test]
#[ignore = "takes half a minute unoptimized: cargo test --release --lib -- --ignored a_hundred_thousand_damaged_packets"]
fn a_hundred_thousand_damaged_packets_do_no_harm() {
    mutate(100_000);
}

fn mutate(count: u32) {
    let (figure, rig, pose) = example();
    let whole = sends(&figure, &rig, &pose, (Vec3::ZERO, Quat::IDENTITY), |_| Quat::IDENTITY);
    let small = bundle(vec![bone("LeftThumbMetacarpal", Quat::from_rotation_x(0.4)), blend("Blink_L", 0.3), time()]);
    let seeds = [whole[..1500.min(whole.len())].to_vec(), small, bytes(&bone("Hips", Quat::IDENTITY)), whole.clone()];
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut dice = move |most: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as usize % most.max(1)
    };
    let mut performer = Performer::default();
    performer.record(0.0, 30.0);
    for i in 0..count {
        let mut bytes = seeds[dice(if i % 16 == 0 { 4 } else { 3 })].clone();
        for _ in 0..=dice(5) {
            let at = dice(bytes.len());
            match dice(6) {
                0 | 1 => bytes[at] = dice(256) as u8,
                2 => bytes.truncate(at.max(bytes.len() / 2).max(1)),
                3 => bytes[at..].rotate_left(1),
                4 => {
                    let end = (at + dice(64)).min(bytes.len());
                    let piece = bytes[at..end].to_vec();
                    bytes.splice(at..at, piece);
                }
                _ => {
                    let odd = [f32::NAN, f32::INFINITY, -1e38, 0.0, 1e-40][dice(5)].to_be_bytes();
                    bytes.iter_mut().skip(at / 4 * 4).zip(odd).for_each(|(byte, odd)| *byte = odd);
                }
            }
        }
        let now_s = f64::from(i) * 0.003;
        performer.hear(now_s, from(1 + dice(3) as u16), &bytes);
        performer.tick(now_s + 0.001);
        if i % 5_000 == 77 {
            performer.calibrate(now_s, 0.0);
        }
        if let Some(live) = performer.live() {
            let sane = live.pose.bones.values().all(|turn| turn.is_finite() && (turn.length() - 1.0).abs() < 1e-3);
            let weights = live.pose.expressions.values().all(|weight| (0.0..=1.0).contains(weight));
            assert!(sane && weights && live.pose.hips.is_finite(), "{i}: {:?}", live.pose);
        }
    }
    let status = performer.status(f64::from(count) * 0.003);
    assert!(status.malformed > u64::from(count) / 20 && status.poses > u64::from(count) / 20, "{status:?}");
}
