//! What a sender's figure does: gathered message by message, taken over frame by frame.

use super::calibration::{Calibration, Skeleton};
use super::euro::{Smoothing, Turn, Way};
use super::names;
use super::said::{Place, Said};
use crate::figure::HumanBone;
use crate::pose::Pose;
use glam::{Quat, Vec3};
use std::collections::BTreeMap;
use std::f32::consts::PI;

/// After so long without a word a frame is taken for whole, seconds.
const REST_S: f64 = 0.020;
/// Expressions of one sender are no more.
const MOST_EXPRESSIONS: usize = 256;

/// How what is sent becomes a pose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Settings {
    /// How much is smoothed.
    pub smoothing: Smoothing,
    /// The figure turns its other side to us: some senders have their figures stand with their backs to us.
    pub turned: bool,
}

/// A frame in the making, and what was sent until then.
#[derive(Default)]
pub(super) struct Body {
    sent: Skeleton,
    /// The same, smoothed.
    smooth: Skeleton,
    turns: BTreeMap<HumanBone, Turn>,
    root: Option<Turn>,
    way: Option<Way>,
    /// Bones of the frame in the making.
    fresh: Vec<HumanBone>,
    /// When its first word came.
    begun_s: Option<f64>,
    /// Expressions that are said and do not hold yet.
    said: BTreeMap<String, f32>,
    expressions: BTreeMap<String, f32>,
    /// Where T-pose is, if the sender was asked.
    pub(super) calibration: Option<Calibration>,
}

impl Body {
    /// A word that begins the next frame: the one in the making is whole before it is taken in.
    pub(super) fn ends(&self, said: &Said) -> bool {
        matches!(said, Said::Bone(bone, _) if self.fresh.contains(bone))
    }

    /// Takes a word in; true: with it a frame is whole.
    pub(super) fn take(&mut self, said: Said, now_s: f64) -> bool {
        match said {
            Said::Bone(bone, place) => {
                self.sent.bones[bone as usize] = Some(place);
                self.fresh.push(bone);
            }
            Said::Root(place) => self.sent.root = Some(place),
            Said::Blend(name, weight) => {
                let name = names::expression(&name);
                let known = self.said.contains_key(&name) || self.expressions.contains_key(&name);
                if known || self.said.len() + self.expressions.len() < MOST_EXPRESSIONS {
                    self.said.insert(name, weight);
                }
            }
            Said::Apply | Said::Time => return self.begun_s.is_some(),
            Said::Loaded(_) | Said::Other => return false,
        }
        self.begun_s.get_or_insert(now_s);
        false
    }

    /// The frame in the making has waited long enough.
    pub(super) fn rests(&self, now_s: f64) -> bool {
        self.begun_s.is_some_and(|begun| now_s - begun >= REST_S)
    }

    /// Takes the frame over.
    pub(super) fn close(&mut self, now_s: f64, smoothing: Smoothing) {
        for bone in self.fresh.drain(..) {
            let Some(place) = self.sent.bones[bone as usize] else { continue };
            let turn = self.turns.entry(bone).or_insert_with(|| Turn::new(place.rotation, now_s));
            let rotation = turn.next(place.rotation, now_s, smoothing);
            // Of positions the hips' alone say what somebody does; the others are the figure's build.
            let position = match bone {
                HumanBone::Hips => {
                    let way = self.way.get_or_insert_with(|| Way::new(place.position, now_s));
                    way.next(place.position, now_s, smoothing)
                }
                _ => place.position,
            };
            self.smooth.bones[bone as usize] = Some(Place { position, rotation });
        }
        if let Some(root) = self.sent.root {
            let turn = self.root.get_or_insert_with(|| Turn::new(root.rotation, now_s));
            self.smooth.root = Some(Place { rotation: turn.next(root.rotation, now_s, smoothing), ..root });
        }
        self.expressions.append(&mut self.said);
        self.begun_s = None;
    }

    /// Something was sent that has a T-pose.
    pub(super) fn is_there(&self) -> bool {
        self.smooth.bones.iter().any(Option::is_some)
    }

    /// What is held now is T-pose.
    pub(super) fn calibrate(&mut self) {
        self.calibration = Some(Calibration::new(&self.smooth));
    }

    /// How many bones and expressions were ever sent.
    pub(super) fn counts(&self) -> [usize; 2] {
        [self.sent.bones.iter().flatten().count(), self.expressions.len()]
    }

    /// What the figure does: only of bones and expressions that were sent.
    pub(super) fn pose(&self, settings: Settings) -> Pose {
        let calibration = self.calibration.unwrap_or_else(|| Calibration::guessed(&self.smooth));
        let (bones, mut hips) = calibration.pose(&self.smooth);
        let mut bones: BTreeMap<HumanBone, Quat> = bones.collect();
        if settings.turned {
            let about = Quat::from_rotation_y(PI);
            let own = bones.entry(HumanBone::Hips).or_default();
            *own = (about * *own).normalize();
            hips *= Vec3::new(-1.0, 1.0, -1.0);
        }
        Pose { bones, hips, ground: 0.0, expressions: self.expressions.clone(), joints: BTreeMap::new() }
    }
}
