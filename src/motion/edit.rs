//! Changes of a take: mirror, in place, floor, loop, and feet that stay where they stand.

use super::clip::Clip;
use super::feet::{self, Contact};
use super::take::MOST_FRAMES;
use super::{Frames, MotionError, Take, fit};
use crate::figure::{Figure, HumanBone};
use crate::pose::ik::{Goal, Reach, reach};
use crate::pose::{Pose, Posed, Rig};
use glam::{Quat, Vec3};

/// The hips' way is what lies so many seconds around each moment, on both sides.
const WAY_S: f64 = 1.0;
/// What is done again and doesn't end as it begins is led there for so many seconds.
const LEAD_S: f64 = 0.2;
/// A foot comes to its place and leaves it within so many seconds, and no fewer frames than that.
const BLEND_S: f64 = 0.13;
const BLEND_FRAMES: usize = 4;
/// A leg is never stretched wholly.
const STRETCH: f32 = 0.998;

/// What is to be changed of a clip, in the order in which it is done.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edits {
    /// These frames alone, one after the other.
    pub crop: Option<Frames>,
    /// So many frames a second.
    pub fps: Option<f64>,
    /// Upper arms are so much further from the body, degrees: on figures of another build they would go through it, or
    /// stand off.
    pub arms_deg: f32,
    /// The body goes so much of its way along the floor.
    pub way: Option<f32>,
    /// Feet that stand stay where they are.
    pub lock_feet: bool,
    /// The body stays where it is and only sways.
    pub in_place: bool,
    /// Left and right change places.
    pub mirror: bool,
    /// The lowest foot of all frames touches the floor.
    pub floor: bool,
    /// So many frames at the end lead back to the beginning.
    pub seam: Option<usize>,
    /// It is done so many times, one after the other; 0: once.
    pub times: usize,
}

impl Edits {
    /// The clip so changed, as `figure` does it; as it is where nothing is asked.
    ///
    /// # Errors
    /// Too many frames, a rate that is none.
    pub fn apply(&self, clip: &Clip, figure: &Figure, rig: &Rig) -> Result<Clip, MotionError> {
        if *self == Self::default() {
            return Ok(clip.clone());
        }
        let mut take = match &self.crop {
            Some(frames) => Take::cropped(clip, frames)?,
            None => match self.fps {
                Some(fps) => Take::at_rate(clip, fps)?,
                None => Take::of(clip)?,
            },
        };
        if let (Some(fps), Some(_)) = (self.fps, &self.crop) {
            take = Take::at_rate(&take.into_clip(), fps)?;
        }
        if self.arms_deg != 0.0 {
            take.spread_arms(self.arms_deg);
        }
        if let Some(way) = self.way {
            take.scale_way(way);
        }
        if self.lock_feet {
            take.lock_feet(figure, rig);
        }
        if self.in_place {
            take.stay_in_place();
        }
        if self.mirror {
            take.mirror();
        }
        if self.floor {
            take.put_on_floor(figure, rig);
        }
        if let Some(frames) = self.seam {
            take.close(frames);
        }
        if self.times > 1 {
            take.repeat(self.times)?;
        }
        Ok(take.into_clip())
    }
}

impl Take {
    /// Left and right change places.
    pub fn mirror(&mut self) {
        self.poses.iter_mut().for_each(|pose| *pose = pose.mirrored());
        self.contacts.iter_mut().for_each(|feet| feet.swap(0, 1));
    }

    /// Turns both upper arms away from the body, in the plane in which they lie in T-pose.
    pub fn spread_arms(&mut self, degrees: f32) {
        let raised = |side: f32| Quat::from_rotation_z(side * degrees.to_radians());
        let arms = [(HumanBone::LeftUpperArm, raised(1.0)), (HumanBone::RightUpperArm, raised(-1.0))];
        for pose in &mut self.poses {
            for (bone, turn) in arms {
                pose.bones.insert(bone, turn * pose.rotation(bone));
            }
        }
    }

    /// Lets the body go so much of its way along the floor: steps become shorter or longer.
    pub fn scale_way(&mut self, share: f32) {
        let scale = Vec3::new(share, 1.0, share);
        self.poses.iter_mut().for_each(|pose| pose.hips *= scale);
    }

    /// Takes the way that the hips go out of the clip; what they sway about it stays.
    pub fn stay_in_place(&mut self) {
        let places: Vec<Vec3> = self.poses.iter().map(|pose| pose.hips.with_y(0.0)).collect();
        let reach = ((WAY_S * self.fps).round() as usize).clamp(1, self.poses.len());
        // The straight line through what lies around each frame, by sums over all before it.
        let mut sums = vec![[0.0f64; 4]];
        for (i, place) in places.iter().enumerate() {
            let [x, z, ix, iz] = sums[i];
            let (px, pz, t) = (f64::from(place.x), f64::from(place.z), i as f64);
            sums.push([x + px, z + pz, ix + t * px, iz + t * pz]);
        }
        for (i, pose) in self.poses.iter_mut().enumerate() {
            let (first, last) = (i.saturating_sub(reach), (i + reach + 1).min(places.len()));
            let count = (last - first) as f64;
            let middle = (first + last - 1) as f64 / 2.0;
            let spread = count * (count * count - 1.0) / 12.0;
            let line = |place: usize, moment: usize| {
                let (sum, moment) = (sums[last][place] - sums[first][place], sums[last][moment] - sums[first][moment]);
                let slope = if spread > 0.0 { (moment - middle * sum) / spread } else { 0.0 };
                (sum / count + slope * (i as f64 - middle)) as f32
            };
            pose.hips -= Vec3::new(line(0, 2), 0.0, line(1, 3));
        }
    }

    /// Moves the whole take up or down until its lowest foot is on the floor.
    pub fn put_on_floor(&mut self, figure: &Figure, rig: &Rig) {
        let Some(hips) = figure.humanoid.joint(HumanBone::Hips) else { return };
        self.poses.iter_mut().for_each(|pose| *pose = lifted(figure, rig, pose));
        let lowest = self.poses.iter().filter_map(|pose| fit::lowest_m(figure, rig, pose)).reduce(f32::max);
        let lift = lowest.unwrap_or(0.0) / rig.t_world()[hips as usize].w_axis.y.max(1e-3);
        if lift.is_finite() {
            self.poses.iter_mut().for_each(|pose| pose.hips.y += lift);
        }
    }

    /// Lets the last frames lead back to the first pose, and takes out of all of them what the body has moved away by
    /// then: the last frame is the first again.
    pub fn close(&mut self, frames: usize) {
        let count = self.poses.len();
        if count < 2 {
            return;
        }
        let (first, last) = (self.poses[0].clone(), self.poses[count - 1].hips);
        let drift = (last - first.hips).with_y(0.0);
        for (i, pose) in self.poses.iter_mut().enumerate() {
            pose.hips -= drift * (i as f32 / (count - 1) as f32);
        }
        let frames = frames.clamp(1, count - 1);
        for i in count - frames..count {
            let share = (i + 1 + frames - count) as f32 / frames as f32;
            self.poses[i] = Pose::blend(&self.poses[i], &first, smooth(share));
        }
    }

    /// Does it so many times: each goes on where the last has come to. What doesn't end as it begins is led there.
    ///
    /// # Errors
    /// Too many frames.
    pub fn repeat(&mut self, times: usize) -> Result<(), MotionError> {
        let (first, count) = (self.poses[0].clone(), self.poses.len());
        let frames = (count as u64 - 1).saturating_mul(times as u64) + 1;
        if frames > MOST_FRAMES {
            return Err(MotionError::TooLong { name: self.name.clone(), frames });
        }
        let way = (self.poses[count - 1].hips - first.hips).with_y(0.0);
        let moved = |pose: &Pose, by: Vec3| Pose { hips: pose.hips + by, ..pose.clone() };
        let again = moved(&first, way);
        let lead = ((LEAD_S * self.fps).round() as usize).clamp(1, count);
        let mut once = self.poses.clone();
        for (i, pose) in once.iter_mut().enumerate().skip(count - lead) {
            *pose = Pose::blend(pose, &again, smooth((i + 1 + lead - count) as f32 / lead as f32));
        }
        let laps = (1..times).flat_map(|lap| {
            let poses = if lap + 1 < times { &once } else { &self.poses };
            poses.iter().skip(1).map(move |pose| moved(pose, lap as f32 * way))
        });
        let (laps, feet): (Vec<Pose>, Vec<_>) = (laps.collect(), self.contacts.get(1..).unwrap_or_default().to_vec());
        if count > 1 {
            self.poses = once;
        }
        self.poses.extend(laps);
        (1..times).for_each(|_| self.contacts.extend(&feet));
        Ok(())
    }

    /// Keeps each foot where it stands while it stands: the leg bends to it, and where it is too short the body comes down
    /// a little. Feet come to their places and leave them within some frames.
    pub fn lock_feet(&mut self, figure: &Figure, rig: &Rig) {
        let Some(hips) = figure.humanoid.joint(HumanBone::Hips) else { return };
        let height = rig.t_world()[hips as usize].w_axis.y.max(1e-3);
        self.poses.iter_mut().for_each(|pose| *pose = lifted(figure, rig, pose));
        let Some(legs) = self.poses.iter().map(|pose| legs(figure, rig, pose)).collect::<Option<Vec<[Leg; 2]>>>()
        else {
            return;
        };
        if self.contacts.len() != self.poses.len() {
            let leg_m = fit::leg_m(figure, rig).unwrap_or(feet::LEG_M).max(1e-3);
            let foot = |leg: &Leg| feet::Foot { ankle: leg.ankle / leg_m, toes: leg.toes.map(|toes| toes / leg_m) };
            let feet: Vec<_> = legs.iter().map(|legs| [foot(&legs[0]), foot(&legs[1])]).collect();
            self.contacts = feet::contacts(&feet, self.fps);
        }
        let blend = BLEND_FRAMES.max((BLEND_S * self.fps).round() as usize);
        let shifts = [0, 1].map(|side| {
            let stands: Vec<(Contact, &Leg)> =
                self.contacts.iter().zip(&legs).map(|(contact, legs)| (contact[side], &legs[side])).collect();
            shifts(&stands, blend)
        });
        let drops = drops(&legs, &shifts, blend);
        for (i, pose) in self.poses.iter_mut().enumerate() {
            pose.hips.y -= drops[i] / height;
            for (side, goal) in [Goal::LeftFoot, Goal::RightFoot].into_iter().enumerate() {
                // Whoever comes down has both knees to bend.
                if shifts[side][i].length() > 1e-5 || drops[i] > 1e-5 {
                    let target = legs[i][side].ankle + shifts[side][i];
                    *pose = reach(figure, rig, pose, goal, target, Reach::default());
                }
            }
        }
    }
}

/// The pose with a height of its own.
fn lifted(figure: &Figure, rig: &Rig, pose: &Pose) -> Pose {
    if pose.ground <= 0.0 {
        return pose.clone();
    }
    let mut posed = Posed::new(figure, rig, pose.clone());
    posed.lift_off();
    posed.pose
}

/// A leg's joints in a frame, metres.
struct Leg {
    hip: Vec3,
    ankle: Vec3,
    toes: Option<Vec3>,
    length: f32,
}

fn legs(figure: &Figure, rig: &Rig, pose: &Pose) -> Option<[Leg; 2]> {
    use HumanBone::*;
    let world = rig.world(figure, pose);
    let at = |bone| figure.humanoid.joint(bone).map(|joint| world[joint as usize].w_axis.truncate());
    let leg = |[hip, knee, ankle, toes]: [HumanBone; 4]| {
        let (hip, knee, ankle) = (at(hip)?, at(knee)?, at(ankle)?);
        Some(Leg { hip, ankle, toes: at(toes), length: hip.distance(knee) + knee.distance(ankle) })
    };
    Some([
        leg([LeftUpperLeg, LeftLowerLeg, LeftFoot, LeftToes])?,
        leg([RightUpperLeg, RightLowerLeg, RightFoot, RightToes])?,
    ])
}

/// How far a foot has to be moved in each frame so that what of it stands stays in one place.
fn shifts(feet: &[(Contact, &Leg)], blend: usize) -> Vec<Vec3> {
    let point = |i: usize| {
        let (contact, leg) = &feet[i];
        if *contact == Contact::Toes { leg.toes.unwrap_or(leg.ankle) } else { leg.ankle }
    };
    let mut shifts = vec![Vec3::ZERO; feet.len()];
    let runs = feet::runs(feet.iter().map(|(contact, _)| *contact != Contact::None));
    for &(first, last) in &runs {
        let mut begun = first;
        while begun < last {
            let contact = feet[begun].0;
            let ended = (begun..last).find(|&i| feet[i].0 != contact).unwrap_or(last);
            // What goes on standing stays where it came to be; else the middle of where it was is nearest to all.
            let pin = match begun == first {
                true => (begun..ended).map(point).sum::<Vec3>() / (ended - begun) as f32,
                false => point(begun) + shifts[begun - 1],
            };
            (begun..ended).for_each(|i| shifts[i] = pin - point(i));
            begun = ended;
        }
    }
    for &(first, last) in &runs {
        let (before, after) = (shifts[first], shifts[last - 1]);
        let free = |i: &usize| feet[*i].0 == Contact::None;
        for i in (first.saturating_sub(blend)..first).rev().take_while(free) {
            shifts[i] += before * smooth(1.0 - (first - i) as f32 / (blend + 1) as f32);
        }
        for i in (last..(last + blend).min(feet.len())).take_while(free) {
            shifts[i] += after * smooth(1.0 - (i + 1 - last) as f32 / (blend + 1) as f32);
        }
    }
    shifts
}

/// How far the body has to come down in each frame so that the legs reach, evenly over time.
fn drops(legs: &[[Leg; 2]], shifts: &[Vec<Vec3>; 2], blend: usize) -> Vec<f32> {
    let needed = |i: usize| {
        let one = |side: usize| {
            let (leg, shift) = (&legs[i][side], shifts[side][i]);
            let (out, reach) = (leg.ankle + shift - leg.hip, STRETCH * leg.length);
            if shift.length() < 1e-5 || out.length() <= reach {
                return 0.0;
            }
            let level = out.x.hypot(out.z).min(reach);
            (-out.y - (reach * reach - level * level).sqrt()).max(0.0)
        };
        one(0).max(one(1))
    };
    let needed: Vec<f32> = (0..legs.len()).map(needed).collect();
    if needed.iter().all(|&drop| drop == 0.0) {
        return needed;
    }
    // The mean of what is largest around: never less than needed.
    let around = |i: usize| i.saturating_sub(blend)..(i + blend + 1).min(needed.len());
    let largest: Vec<f32> = (0..needed.len()).map(|i| needed[around(i)].iter().copied().fold(0.0, f32::max)).collect();
    let mean = |i: usize| largest[around(i)].iter().sum::<f32>() / around(i).len() as f32;
    (0..needed.len()).map(mean).collect()
}

/// From 0 to 1 without a jerk.
pub(super) fn smooth(share: f32) -> f32 {
    let share = share.clamp(0.0, 1.0);
    share * share * (3.0 - 2.0 * share)
}
