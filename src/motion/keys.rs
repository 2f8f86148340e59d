//! Keyed poses: whole poses at frames, what lies between them, and the same over a clip that they correct.

use super::clip::{Clip, Moves};
use super::parts::{Part, Parts};
use super::vmd::Curve;
use crate::figure::HumanBone;
use crate::pose::{JointPose, Pose};
use glam::Quat;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// No key lies at a later frame: an hour of MMD's.
pub const LAST_FRAME: i64 = 108_000;

/// How a pose goes on from its key to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ease {
    /// It holds until the next key.
    Hold,
    /// Evenly.
    Linear,
    /// It starts slowly.
    In,
    /// It arrives slowly.
    Out,
    /// Both.
    #[default]
    Smooth,
    /// By a curve of one's own, as MMD has them.
    Curve(Curve),
}

impl Ease {
    /// All with what they are called, but curves of one's own.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::Hold, "Hold"),
        (Self::Linear, "Even"),
        (Self::In, "Slow start"),
        (Self::Out, "Slow end"),
        (Self::Smooth, "Slow start and end"),
    ];

    /// How much of the way is done when `time` (0 to 1) of its time is over.
    pub fn share(self, time: f32) -> f32 {
        let t = time.clamp(0.0, 1.0);
        match self {
            Self::Hold => 0.0,
            Self::Linear => t,
            Self::In => t * t,
            Self::Out => t * (2.0 - t),
            Self::Smooth => t * t * (3.0 - 2.0 * t),
            Self::Curve(curve) => curve.at(f64::from(t)) as f32,
        }
    }

    /// The curve that goes as it does; of what holds, an even one.
    pub fn curve(self) -> Curve {
        // Parabolas and cubics with their times at thirds.
        let through = |first: u8, second: u8| Curve { first: [42, first], second: [85, second] };
        match self {
            Self::Hold | Self::Linear => Curve::LINEAR,
            Self::In => through(0, 42),
            Self::Out => through(85, 127),
            Self::Smooth => through(0, 127),
            Self::Curve(curve) => curve,
        }
    }
}

/// A pose at a frame.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Key {
    /// The whole pose; shared, because every step of a history has it.
    #[serde(with = "shared")]
    pub pose: Arc<Pose>,
    /// How it goes on from here.
    #[serde(default)]
    pub ease: Ease,
    /// What of the body comes through it; the rest goes on as other keys or the clip have it.
    #[serde(default, skip_serializing_if = "Parts::are_all")]
    pub parts: Parts,
}

impl Key {
    /// A pose that goes on smoothly.
    pub fn new(pose: Pose) -> Self {
        Self { pose: Arc::new(pose), ease: Ease::default(), parts: Parts::ALL }
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        (self.ease, self.parts) == (other.ease, other.parts)
            && (Arc::ptr_eq(&self.pose, &other.pose) || self.pose == other.pose)
    }
}

/// A pose that is written as itself.
mod shared {
    use super::{Arc, Pose};
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    pub(super) fn serialize<S: Serializer>(pose: &Arc<Pose>, to: S) -> Result<S::Ok, S::Error> {
        pose.as_ref().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Arc<Pose>, D::Error> {
        Pose::deserialize(from).map(Arc::new)
    }
}

/// Keys by their frames.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Keys(pub BTreeMap<i64, Key>);

impl Keys {
    /// There are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The frame of the last key.
    pub fn last(&self) -> Option<i64> {
        self.0.keys().next_back().copied()
    }

    /// Keys a pose; a key that is there keeps the way it goes on.
    pub fn set(&mut self, frame: i64, pose: Pose) {
        self.set_parts(frame, pose, Parts::ALL);
    }

    /// Keys parts of a pose; others that are keyed there already stay as they are.
    pub fn set_parts(&mut self, frame: i64, mut pose: Pose, parts: Parts) {
        let frame = frame.clamp(0, LAST_FRAME);
        let Some(key) = self.0.get_mut(&frame) else {
            self.0.insert(frame, Key { parts, ..Key::new(pose) });
            return;
        };
        for (part, _) in Part::ALL {
            if key.parts.without(parts).has(part) {
                pose = part.of(&key.pose, pose);
            }
        }
        (key.pose, key.parts) = (Arc::new(pose), key.parts.and(parts));
    }

    /// Takes parts out of the keys at these frames; keys without any go.
    pub fn clear(&mut self, frames: &BTreeSet<i64>, parts: Parts) {
        let left = |frame: &i64, key: &Key| if frames.contains(frame) { key.parts.without(parts) } else { key.parts };
        self.0.iter_mut().for_each(|(frame, key)| key.parts = left(frame, key));
        self.0.retain(|_, key| key.parts != Parts::NONE);
    }

    /// The keys at these frames, so many frames later (or earlier). What lies where they come to goes; none leaves the
    /// range of frames that there are.
    pub fn shift(&mut self, frames: &BTreeSet<i64>, by: i64) {
        let moved: Vec<(i64, Key)> = frames.iter().filter_map(|frame| Some((*frame, self.0.remove(frame)?))).collect();
        let [first, last] = [moved.first(), moved.last()].map(|key| key.map_or(0, |(frame, _)| *frame));
        let by = by.clamp(-first, LAST_FRAME - last);
        self.0.extend(moved.into_iter().map(|(frame, key)| (frame + by, key)));
    }

    /// The keys at these frames, drawn apart or together so that the last of them comes to lie at a frame and the first stays.
    /// Each keeps a frame of its own; what lies where they come to goes.
    pub fn stretch(&mut self, frames: &BTreeSet<i64>, last: i64) {
        let there: Vec<i64> = frames.iter().copied().filter(|frame| self.0.contains_key(frame)).collect();
        let places = stretched(&there, last);
        let moved: Vec<Key> = there.iter().filter_map(|frame| self.0.remove(frame)).collect();
        self.0.extend(places.into_iter().zip(moved));
    }

    /// The keys before and after a frame, neither at it.
    pub fn around(&self, frame: i64) -> [Option<(i64, &Key)>; 2] {
        let before = self.0.range(..frame).next_back().map(|(frame, key)| (*frame, key));
        let after = self.0.range(frame + 1..).next().map(|(frame, key)| (*frame, key));
        [before, after]
    }

    /// The pose at a frame, which may be a broken one; before the first key and after the last the nearest holds. Over a
    /// `base` keys are corrections: what they change of it at their frames is changed between them too. Each part of the
    /// body goes by the keys that set it; one that none sets is as the base has it, or as the first key was when it was made.
    pub fn at(&self, frame: f64, base: Option<&dyn Fn(f64) -> Pose>) -> Option<Pose> {
        if self.0.values().all(|key| key.parts.are_all()) {
            return self.at_with(frame, base, |_| true);
        }
        let first = self.0.values().next()?;
        let mut pose = base.map_or_else(|| (*first.pose).clone(), |base| base(frame));
        for (part, _) in Part::ALL {
            let Some(set) = self.at_with(frame, base, |key| key.parts.has(part)) else { continue };
            pose = part.of(&set, pose);
        }
        Some(pose)
    }

    /// The same by those keys alone that count.
    fn at_with(&self, frame: f64, base: Option<&dyn Fn(f64) -> Pose>, counts: impl Fn(&Key) -> bool) -> Option<Pose> {
        let whole = frame.floor() as i64;
        let keys = |frames: std::ops::RangeInclusive<i64>| self.0.range(frames).filter(|(_, key)| counts(key));
        let before = keys(0..=whole.max(0)).next_back().or_else(|| keys(0..=LAST_FRAME).next())?;
        let next = if *before.0 <= whole { keys(whole + 1..=LAST_FRAME.max(whole + 1)).next() } else { None };
        let after = next.unwrap_or(before);
        let span = (after.0 - before.0) as f64;
        let share = if span > 0.0 { before.1.ease.share(((frame - *before.0 as f64) / span) as f32) } else { 0.0 };
        let Some(base) = base else {
            return Some(match share > 0.0 {
                true => Pose::tween(&before.1.pose, &after.1.pose, share),
                false => (*before.1.pose).clone(),
            });
        };
        if *before.0 as f64 == frame {
            return Some((*before.1.pose).clone());
        }
        let change = |(frame, key): (&i64, &Key)| difference(&base(*frame as f64), &key.pose);
        let changed = match share > 0.0 {
            true => Pose::tween(&change(before), &change(after), share),
            false => change(before),
        };
        Some(added(&base(frame), &changed))
    }

    /// With numbers that can be used.
    pub fn sane(mut self) -> Self {
        self.0.retain(|frame, key| (0..=LAST_FRAME).contains(frame) && key.parts != Parts::NONE);
        self
    }

    /// The keys alone as a clip of so many frames a second.
    pub fn into_clip(self, name: &str, fps: f64) -> Clip {
        let frames = self.last().unwrap_or(0) as u64 + 1;
        let moves = Arc::new(Keyed { keys: self, fps });
        Clip {
            name: name.to_owned(),
            fps,
            frames,
            leg_share: super::take::USUAL_LEG_SHARE,
            floorless: false,
            moves,
            vmd: None,
        }
    }
}

/// Where frames come to lie when the last of them is put to a frame and the first stays: none on another.
pub fn stretched(frames: &[i64], last: i64) -> Vec<i64> {
    let (Some(&first), Some(&end)) = (frames.first(), frames.last()) else { return Vec::new() };
    let steps = frames.len() as i64 - 1;
    if steps == 0 {
        return vec![first];
    }
    let last = last.clamp(first + steps, LAST_FRAME.max(first + steps));
    let factor = (last - first) as f64 / (end - first) as f64;
    let mut places: Vec<i64> = Vec::with_capacity(frames.len());
    for (i, &frame) in frames.iter().enumerate() {
        let place = first + ((frame - first) as f64 * factor).round() as i64;
        let least = places.last().map_or(first, |before| before + 1);
        // So many are still to come.
        places.push(place.clamp(least, last - (steps - i as i64)));
    }
    places
}

/// Keys in time.
struct Keyed {
    keys: Keys,
    fps: f64,
}

impl Moves for Keyed {
    fn pose(&self, seconds: f64) -> Pose {
        self.keys.at(seconds * self.fps, None).unwrap_or_default()
    }
}

/// What turns one pose into another. Weights and the floor's share are differences, so it is no pose that can be held.
fn difference(from: &Pose, to: &Pose) -> Pose {
    let weight = |pose: &Pose, name: &String| pose.expressions.get(name).copied().unwrap_or(0.0);
    let joint = |pose: &Pose, name: &String| pose.joints.get(name).copied().unwrap_or_default();
    let names = |a: Vec<&String>, b: Vec<&String>| a.into_iter().chain(b).cloned().collect::<BTreeSet<String>>();
    let turn = |from: Quat, to: Quat| (from.inverse() * to).normalize();
    Pose {
        bones: bones(from, to).map(|bone| (bone, turn(from.rotation(bone), to.rotation(bone)))).collect(),
        hips: to.hips - from.hips,
        ground: to.ground - from.ground,
        expressions: names(from.expressions.keys().collect(), to.expressions.keys().collect())
            .into_iter()
            .map(|name| (weight(to, &name) - weight(from, &name), name))
            .map(|(weight, name)| (name, weight))
            .collect(),
        joints: names(from.joints.keys().collect(), to.joints.keys().collect())
            .into_iter()
            .map(|name| {
                let (a, b) = (joint(from, &name), joint(to, &name));
                let joint =
                    JointPose { rotation: turn(a.rotation, b.rotation), translation: b.translation - a.translation };
                (name, joint)
            })
            .collect(),
    }
}

/// The pose with a difference.
fn added(to: &Pose, change: &Pose) -> Pose {
    let mut pose = to.clone();
    for (bone, turn) in &change.bones {
        pose.bones.insert(*bone, (to.rotation(*bone) * *turn).normalize());
    }
    pose.hips += change.hips;
    pose.ground = (pose.ground + change.ground).clamp(0.0, 1.0);
    for (name, weight) in &change.expressions {
        let own = pose.expressions.entry(name.clone()).or_insert(0.0);
        *own = (*own + weight).clamp(0.0, 1.0);
    }
    for (name, joint) in &change.joints {
        let own = pose.joints.entry(name.clone()).or_default();
        own.rotation = (own.rotation * joint.rotation).normalize();
        own.translation += joint.translation;
    }
    pose
}

fn bones(a: &Pose, b: &Pose) -> impl Iterator<Item = HumanBone> {
    a.bones.keys().chain(b.bones.keys()).copied().collect::<BTreeSet<_>>().into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pose::library;

    fn named(name: &str) -> Pose {
        library::find(name).unwrap().1
    }

    fn near(a: &Pose, b: &Pose) -> bool {
        let turned = bones(a, b).all(|bone| a.rotation(bone).angle_between(b.rotation(bone)) < 2e-3);
        turned && (a.hips - b.hips).length() < 1e-5 && (a.ground - b.ground).abs() < 1e-5
    }

    fn two() -> Keys {
        let mut keys = Keys::default();
        keys.set(10, named("stand"));
        keys.set(20, named("walk"));
        keys
    }

    #[test]
    fn poses_go_from_key_to_key_as_they_are_told() {
        let mut keys = two();
        assert_eq!(Keys::default().at(3.0, None), None);
        assert_eq!(keys.at(0.0, None).unwrap(), named("stand"), "before the first");
        assert_eq!(keys.at(99.5, None).unwrap(), named("walk"), "after the last");
        assert_eq!(keys.at(10.0, None).unwrap(), named("stand"));
        assert_eq!(keys.at(20.0, None).unwrap(), named("walk"));
        for (ease, share) in [(Ease::Linear, 0.3), (Ease::In, 0.09), (Ease::Out, 0.51), (Ease::Smooth, 0.216)] {
            keys.0.get_mut(&10).unwrap().ease = ease;
            let expected = Pose::tween(&named("stand"), &named("walk"), share);
            assert!(near(&keys.at(13.0, None).unwrap(), &expected), "{ease:?}");
        }
        keys.0.get_mut(&10).unwrap().ease = Ease::Hold;
        assert_eq!(keys.at(19.9, None).unwrap(), named("stand"));
    }

    #[test]
    fn curves_of_ones_own_go_as_the_usual_ones_do_and_are_kept() {
        for (ease, _) in Ease::ALL.into_iter().filter(|(ease, _)| *ease != Ease::Hold) {
            let own = Ease::Curve(ease.curve());
            for time in [0.0, 0.13, 0.5, 0.77, 1.0] {
                assert!((own.share(time) - ease.share(time)).abs() < 0.01, "{ease:?} at {time}: {}", own.share(time));
            }
        }
        let mut keys = two();
        keys.0.get_mut(&10).unwrap().ease = Ease::Curve(Curve { first: [0, 127], second: [127, 0] });
        let text = serde_json::to_string(&keys).unwrap();
        assert_eq!(serde_json::from_str::<Keys>(&text).unwrap(), keys);
    }

    #[test]
    fn stretched_keys_keep_their_order_and_a_frame_each() {
        assert_eq!(stretched(&[10, 12, 20], 30), [10, 14, 30]);
        assert_eq!(stretched(&[10, 12, 20], 15), [10, 11, 15]);
        assert_eq!(stretched(&[10, 11, 12, 20], 0), [10, 11, 12, 13], "no nearer than a frame");
        assert_eq!(stretched(&[7], 30), [7]);
        assert_eq!(stretched(&[0, 1, 9], i64::MAX).last(), Some(&LAST_FRAME));
        let mut keys = two();
        keys.set(25, named("sit"));
        keys.stretch(&[10, 20].into(), 25);
        assert_eq!(keys.0.keys().copied().collect::<Vec<_>>(), [10, 25]);
        assert_eq!(*keys.0[&25].pose, named("walk"), "what lies there goes");
    }

    #[test]
    fn over_a_clip_keys_are_corrections() {
        let base = |frame: f64| Pose::tween(&named("sit"), &named("dance"), (frame / 30.0) as f32);
        let mut keys = Keys::default();
        keys.set(10, base(10.0));
        assert!(near(&keys.at(22.0, Some(&base)).unwrap(), &base(22.0)), "what it says already changes nothing");
        keys.set(20, named("wave"));
        assert_eq!(keys.at(20.0, Some(&base)).unwrap(), named("wave"));
        assert!(near(&keys.at(5.0, Some(&base)).unwrap(), &base(5.0)));
        // What was changed stays changed.
        let arm = |pose: &Pose| pose.rotation(HumanBone::RightUpperArm);
        let change = arm(&base(20.0)).inverse() * arm(&named("wave"));
        let later = keys.at(29.0, Some(&base)).unwrap();
        assert!(arm(&later).angle_between(arm(&base(29.0)) * change) < 2e-3);
        assert!(later.expressions.values().all(|weight| (0.0..=1.0).contains(weight)));
    }

    #[test]
    fn a_key_of_the_arms_leaves_the_rest_as_it_is() {
        let base = |frame: f64| Pose::tween(&named("sit"), &named("dance"), (frame / 30.0) as f32);
        let arms = Parts::NONE.with(Part::LeftArm, true).with(Part::RightArm, true);
        let mut keys = Keys::default();
        keys.set_parts(10, named("wave"), arms);
        let of = |pose: &Pose, part: Part| pose.masked(part.bones());
        let at = |keys: &Keys, frame| keys.at(frame, Some(&base)).unwrap();
        for (part, _) in Part::ALL {
            let expected = if arms.has(part) { named("wave") } else { base(10.0) };
            assert!(near(&of(&at(&keys, 10.0), part), &of(&expected, part)), "{part:?}");
            if !arms.has(part) {
                assert!(near(&of(&at(&keys, 25.0), part), &of(&base(25.0), part)), "{part:?} goes on");
            }
        }
        // Another key sets the head: the arms go on past it, from key to key of their own.
        keys.set_parts(15, named("sit"), Parts::NONE.with(Part::Head, true));
        keys.set_parts(20, named("stand"), arms);
        keys.0.values_mut().for_each(|key| key.ease = Ease::Hold);
        assert!(near(&of(&at(&keys, 20.0), Part::LeftArm), &of(&named("stand"), Part::LeftArm)));
        assert!(near(&of(&at(&keys, 15.0), Part::Head), &of(&named("sit"), Part::Head)));
        let alone = keys.at(17.0, None).unwrap();
        assert!(near(&of(&alone, Part::RightArm), &of(&named("wave"), Part::RightArm)), "held from the key before");
        assert!(near(&of(&alone, Part::LeftLeg), &of(&named("wave"), Part::LeftLeg)), "as the first key was");

        let text = serde_json::to_string(&keys).unwrap();
        assert_eq!(serde_json::from_str::<Keys>(&text).unwrap(), keys);
        let old = serde_json::to_string(&two()).unwrap();
        assert!(!old.contains("parts") && serde_json::from_str::<Keys>(&old).unwrap() == two(), "as before");
        keys.set_parts(20, named("walk"), Parts::NONE.with(Part::LeftLeg, true));
        let merged = &keys.0[&20].pose;
        assert!(near(&of(merged, Part::LeftArm), &of(&named("stand"), Part::LeftArm)), "stays as it was");
        assert!(near(&of(merged, Part::LeftLeg), &of(&named("walk"), Part::LeftLeg)));
        keys.set_parts(20, named("sit"), Parts::ALL);
        keys.clear(&[15, 20].into(), arms);
        assert_eq!(keys.0[&20].parts, Parts::ALL.without(arms));
        keys.clear(&[10, 15].into(), arms.with(Part::Head, true));
        assert_eq!(keys.0.keys().copied().collect::<Vec<_>>(), [20]);
    }

    #[test]
    fn keys_move_and_none_is_lost_at_the_ends() {
        let mut keys = two();
        keys.set(12, named("sit"));
        keys.shift(&[10, 12].into(), 8);
        assert_eq!(keys.0.keys().copied().collect::<Vec<_>>(), [18, 20]);
        assert_eq!(*keys.0[&20].pose, named("sit"), "what comes takes the place");
        keys.shift(&[18, 20].into(), -30);
        assert_eq!(keys.0.keys().copied().collect::<Vec<_>>(), [0, 2]);
        assert_eq!(keys.around(2).map(|key| key.map(|(frame, _)| frame)), [Some(0), None]);
        let text = serde_json::to_string(&keys).unwrap();
        assert_eq!(serde_json::from_str::<Keys>(&text).unwrap(), keys);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::from_value::<Keys>(value).unwrap(), keys);
    }
}
