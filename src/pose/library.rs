//! The built-in poses. Each is a few sentences in the words of `sculpt.rs`, which says what the numbers mean.

use super::hand::Hand;
use super::sculpt::{
    Foot::*,
    Sculptor,
    Side::{Left, Right},
};
use super::{Pose, closest};

/// Name, other names, the pose.
type Entry = (&'static str, &'static [&'static str], fn() -> Pose);

const POSES: [Entry; 16] = [
    ("t", &["tpose"], t),
    ("a", &["apose"], a),
    ("stand", &["standing", "idle"], stand),
    ("walk", &["walking"], walk),
    ("run", &["running"], run),
    ("jump", &["jumping"], jump),
    ("sit", &["sitting"], sit),
    ("kneel", &["kneeling"], kneel),
    ("wave", &["waving"], wave),
    ("point", &["pointing"], point),
    ("peace", &["peacesign", "vsign", "victory"], peace),
    ("arms-crossed", &["crossedarms"], arms_crossed),
    ("look-back", &["lookingback"], look_back),
    ("dance", &["dancing"], dance),
    ("kick", &["kicking"], kick),
    ("lie", &["lying", "liedown"], lie),
];

/// The names of the built-in poses, in their usual order.
pub fn names() -> [&'static str; POSES.len()] {
    POSES.map(|(name, ..)| name)
}

/// The built-in pose of that name, with the name as it is usually written. Case, spaces and hyphens don't matter, and
/// `peace sign` or `T-pose` are understood as well.
pub fn find(name: &str) -> Option<(&'static str, Pose)> {
    let wanted = plain(name);
    let (name, _, make) =
        POSES.into_iter().find(|(name, others, _)| plain(name) == wanted || others.contains(&&*wanted))?;
    Some((name, make()))
}

/// The built-in pose that a mistyped name was probably meant to be.
pub fn nearest(name: &str) -> Option<&'static str> {
    let words = POSES.iter().flat_map(|(name, others, _)| [*name].into_iter().chain(others.iter().copied()));
    let meant = closest(&plain(name), words.filter(|w| w.len() > 2))?;
    POSES.iter().find(|(name, others, _)| *name == meant || others.contains(&meant)).map(|(name, ..)| *name)
}

/// All built-in poses with their names.
pub fn all() -> impl Iterator<Item = (&'static str, Pose)> {
    POSES.into_iter().map(|(name, _, make)| (name, make()))
}

pub(super) fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn t() -> Pose {
    Sculptor::standing().fingers(Left, Hand::STRAIGHT).fingers(Right, Hand::STRAIGHT).done()
}

fn a() -> Pose {
    let mut figure = Sculptor::standing();
    for side in [Left, Right] {
        figure =
            figure.arm(side, [1.0, -0.95, 0.0], [1.0, -0.95, 0.0]).leg(side, [0.1, -1.0, 0.0], 4.0, 0.0, Flat(6.0));
    }
    figure.done()
}

/// Weight on the right leg: the pelvis rises there, the shoulders answer, the other knee gives.
fn stand() -> Pose {
    Sculptor::standing()
        .hips(0.0, 8.0, -8.0)
        .torso(-2.0, -15.0, 12.0)
        .head(2.0, 9.0, 0.0)
        .leg(Right, [-0.12, -1.0, 0.0], 4.0, 0.0, Flat(8.0))
        .leg(Left, [0.24, -1.0, 0.18], 16.0, 22.0, Flat(32.0))
        .arm(Right, [0.52, -1.0, -0.12], [0.06, -1.0, 0.26])
        .arm(Left, [0.38, -1.0, -0.16], [0.16, -1.0, 0.26])
        .done()
}

/// Mid-stride, the heel about to land.
fn walk() -> Pose {
    Sculptor::standing()
        .hips(3.0, 2.0, -10.0)
        .torso(2.0, -3.0, 18.0)
        .head(-2.0, 1.0, -7.0)
        .leg(Left, [0.04, -1.0, 0.52], 3.0, 6.0, Free(-10.0))
        .leg(Right, [0.04, -1.0, -0.24], 4.0, 26.0, Ball(6.0, 44.0))
        .arm(Right, [0.34, -1.0, 0.44], [0.06, -0.8, 0.75])
        .arm(Left, [0.42, -1.0, -0.52], [0.3, -1.0, -0.2])
        .fingers(Right, Hand::CUPPED)
        .done()
}

/// Full stretch, off the ball of the back foot.
fn run() -> Pose {
    Sculptor::standing()
        .hips(12.0, 3.0, -14.0)
        .torso(12.0, -4.0, 28.0)
        .head(-18.0, 0.0, -12.0)
        .leg(Left, [0.04, -0.18, 1.0], 4.0, 98.0, Free(12.0))
        .leg(Right, [0.02, -1.0, -0.68], 2.0, 24.0, Ball(2.0, 64.0))
        .arm(Right, [0.35, -0.85, 0.62], [-0.25, 0.55, 0.85])
        .arm(Left, [0.5, -0.55, -0.85], [0.25, -0.75, 0.5])
        .fingers(Left, Hand::FIST)
        .fingers(Right, Hand::FIST)
        .face("happy", 0.4)
        .done()
}

/// A leap for joy.
fn jump() -> Pose {
    Sculptor::standing()
        .airborne(0.35)
        .hips(-4.0, -6.0, 8.0)
        .torso(-9.0, 10.0, -6.0)
        .head(-2.0, 5.0, 4.0)
        .leg(Left, [0.4, -0.5, 0.62], 14.0, 108.0, Free(42.0))
        .leg(Right, [0.2, -1.0, -0.28], 6.0, 34.0, Free(52.0))
        .arm_to(Right, [0.4, 1.0, 0.06], [0.3, 1.0, 0.2], [-0.2, -0.1, 1.0], [0.3, 1.0, 0.2])
        .arm_to(Left, [1.0, 0.5, 0.0], [0.72, 1.0, 0.1], [-0.3, 0.0, 1.0], [0.8, 1.0, 0.1])
        .fingers(Right, Hand::FIST)
        .fingers(Left, Hand::OPEN)
        .face("happy", 1.0)
        .done()
}

/// On a chair, hands on the thighs.
fn sit() -> Pose {
    Sculptor::standing()
        .hips(-6.0, 0.0, 0.0)
        .torso(8.0, 2.0, 4.0)
        .head(2.0, -6.0, 4.0)
        .leg(Left, [0.1, -0.03, 1.0], 0.0, 94.0, Flat(12.0))
        .leg(Right, [0.06, 0.0, 1.0], 0.0, 82.0, Flat(4.0))
        .arm_to(Left, [0.3, -1.0, 0.2], [-0.26, -0.4, 0.9], [-0.2, -1.0, 0.0], [-0.26, 0.1, 1.0])
        .arm_to(Right, [0.34, -1.0, 0.2], [-0.32, -0.4, 0.9], [-0.2, -1.0, 0.0], [-0.3, 0.16, 1.0])
        .done()
}

/// On one knee, a forearm over the other.
fn kneel() -> Pose {
    Sculptor::standing()
        .hips(4.0, 0.0, -10.0)
        .torso(10.0, -3.0, 8.0)
        .head(4.0, 0.0, 6.0)
        .leg(Left, [0.16, 0.2, 1.0], 4.0, 103.0, Flat(10.0))
        .leg(Right, [0.1, -1.0, 0.06], 0.0, 106.0, Ball(4.0, 76.0))
        .arm(Left, [0.28, -0.7, 0.72], [-0.55, -0.3, 0.8])
        .arm(Right, [0.36, -1.0, 0.02], [0.2, -1.0, 0.4])
        .done()
}

/// A greeting with the whole arm.
fn wave() -> Pose {
    Sculptor::standing()
        .hips(0.0, -4.0, 4.0)
        .torso(-3.0, 8.0, -4.0)
        .head(0.0, -9.0, 2.0)
        .leg(Left, [-0.04, -1.0, 0.0], 4.0, 0.0, Flat(8.0))
        .leg(Right, [0.14, -1.0, 0.16], 12.0, 18.0, Flat(24.0))
        .arm_to(Right, [1.0, 0.12, 0.25], [0.38, 1.0, 0.2], [-0.1, 0.0, 1.0], [0.62, 1.0, 0.05])
        .arm(Left, [0.3, -1.0, -0.15], [0.2, -1.0, 0.25])
        .fingers(Right, Hand::OPEN)
        .face("happy", 1.0)
        .done()
}

/// That one, there!
fn point() -> Pose {
    Sculptor::standing()
        .hips(2.0, -3.0, 16.0)
        .torso(4.0, 4.0, 18.0)
        .head(0.0, -4.0, -58.0)
        .leg(Right, [0.22, -1.0, 0.22], 6.0, 16.0, Flat(12.0))
        .leg(Left, [0.26, -1.0, -0.14], 10.0, 2.0, Flat(28.0))
        .arm_to(Right, [1.0, 0.14, 0.05], [1.0, 0.14, 0.05], [0.14, -1.0, 0.0], [1.0, 0.14, 0.05])
        .arm_to(Left, [0.9, -0.72, -0.28], [-0.58, -0.66, 0.3], [-0.8, 0.0, -0.45], [-0.3, -0.14, 0.95])
        .fingers(Right, Hand::POINT)
        .fingers(Left, Hand::CUPPED)
        .face("angry", 0.35)
        .done()
}

/// A V beside the eye, and a wink.
fn peace() -> Pose {
    Sculptor::standing()
        .hips(0.0, 9.0, 6.0)
        .torso(-4.0, -17.0, -4.0)
        .head(2.0, 15.0, 2.0)
        .leg(Right, [-0.12, -1.0, 0.0], 4.0, 0.0, Flat(8.0))
        .leg(Left, [0.02, -1.0, 0.34], -10.0, 38.0, Ball(-8.0, 26.0))
        .arm_to(Right, [0.8, -0.5, 0.5], [-0.06, 1.0, 0.3], [0.0, 0.0, 1.0], [0.16, 1.0, 0.05])
        .arm_to(Left, [0.9, -0.72, -0.28], [-0.58, -0.66, 0.3], [-0.8, 0.0, -0.45], [-0.3, -0.14, 0.95])
        .fingers(Right, Hand::PEACE)
        .fingers(Left, Hand::CUPPED)
        // Little of it: on many faces a smile closes the eyes as well, and the two add up.
        .face("happy", 0.2)
        .face("blinkLeft", 0.9)
        .done()
}

/// Feet apart, unimpressed.
fn arms_crossed() -> Pose {
    Sculptor::standing()
        .hips(0.0, 4.0, -4.0)
        .torso(-5.0, -7.0, 4.0)
        .head(5.0, -6.0, 4.0)
        .leg(Right, [0.06, -1.0, 0.0], 4.0, 0.0, Flat(12.0))
        .leg(Left, [0.26, -1.0, 0.1], 12.0, 10.0, Flat(28.0))
        .arm_to(Right, [0.56, -1.0, 0.48], [-1.0, 0.04, 0.38], [0.0, -0.4, -1.0], [-1.0, 0.25, -0.1])
        .arm_to(Left, [0.56, -0.95, 0.56], [-1.0, 0.22, 0.46], [0.0, -0.2, -1.0], [-1.0, 0.1, -0.25])
        .face("angry", 0.25)
        .done()
}

/// Seen from behind, looking over the left shoulder.
fn look_back() -> Pose {
    Sculptor::standing()
        .facing(-168.0)
        .hips(0.0, 7.0, 8.0)
        .torso(-4.0, -11.0, 38.0)
        .head(2.0, -4.0, 81.0)
        .leg(Right, [-0.1, -1.0, 0.0], 4.0, 0.0, Flat(8.0))
        .leg(Left, [0.16, -1.0, -0.08], 10.0, 26.0, Ball(18.0, 30.0))
        .arm_to(Left, [0.68, -1.0, -0.36], [-0.75, -0.75, -0.42], [0.0, 0.3, -1.0], [-0.9, -0.5, -0.1])
        .arm_to(Right, [0.68, -1.0, -0.36], [-0.75, -0.7, -0.52], [0.0, 0.3, -1.0], [-0.9, -0.5, -0.1])
        .face("relaxed", 0.6)
        .done()
}

/// One leg up, one arm in the air.
fn dance() -> Pose {
    Sculptor::standing()
        .hips(0.0, 8.0, 10.0)
        .torso(-6.0, -16.0, -14.0)
        .head(-2.0, 12.0, 6.0)
        .leg(Right, [-0.02, -1.0, 0.04], 14.0, 8.0, Ball(14.0, 34.0))
        .leg(Left, [0.62, -0.35, 0.62], 18.0, 118.0, Free(48.0))
        .arm_to(Left, [0.35, 1.0, 0.12], [-0.2, 1.0, 0.2], [0.2, 0.6, 0.7], [-0.7, 0.8, 0.2])
        .arm_to(Right, [1.0, -0.12, 0.05], [1.0, 0.14, 0.35], [0.1, -1.0, 0.3], [1.0, 0.4, 0.3])
        .fingers(Left, Hand::OPEN)
        .fingers(Right, Hand::OPEN)
        .face("happy", 0.8)
        .done()
}

/// A high side kick.
fn kick() -> Pose {
    Sculptor::standing()
        .hips(0.0, -24.0, -20.0)
        .torso(8.0, -18.0, 8.0)
        .head(2.0, 24.0, 16.0)
        .leg(Left, [1.0, 0.16, 0.3], -6.0, 4.0, Free(-6.0))
        .leg(Right, [0.1, -1.0, 0.06], 18.0, 12.0, Flat(52.0))
        .arm(Left, [0.75, -0.9, -0.35], [0.7, -0.9, 0.2])
        .arm(Right, [0.4, -0.9, 0.35], [-0.3, 0.85, 0.6])
        .fingers(Left, Hand::FIST)
        .fingers(Right, Hand::FIST)
        .face("angry", 0.5)
        .done()
}

/// On the back, one knee up, one hand by the head, the other on the belly.
fn lie() -> Pose {
    Sculptor::standing()
        .on_its_back()
        .torso(4.0, 0.0, -6.0)
        .head(8.0, 0.0, -38.0)
        .leg(Left, [0.08, -0.72, 0.9], 4.0, 104.0, Free(20.0))
        .leg(Right, [0.06, -1.0, 0.0], 14.0, 4.0, Free(24.0))
        .arm_to(Left, [1.0, 0.5, -0.05], [-0.15, 1.0, 0.05], [0.0, 0.0, 1.0], [-0.4, 1.0, 0.05])
        .arm_to(Right, [0.75, -1.0, 0.05], [-0.5, -0.45, 0.7], [-0.1, -0.1, -1.0], [-1.0, -0.1, 0.16])
        .face("relaxed", 0.8)
        .done()
}
