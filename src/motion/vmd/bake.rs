//! A take as a VMD file: センター carries the body, targets lead the feet, and keys that say nothing new are left out.

use super::document::{BoneKey, FPS, MorphKey, Name, PropertyKey, Track, Vmd};
use super::{Curve, sample};
use crate::figure::Figure;
use crate::motion::{Clip, MotionError, Take};
use crate::pose::vpd::{Motion, Rest, document_of};
use crate::pose::{Posed, Rig};
use glam::{Quat, Vec3};
use std::collections::{BTreeMap, HashMap, HashSet};

/// What lies between two keys may be off by so much: degrees, MMD's units (a millimetre), share of a morph.
const OFF: [f32; 3] = [0.1, 0.0125, 0.002];
/// Places between two keys that their curve is fitted to, about.
const POINTS: usize = 16;
/// Keys are no farther apart than this, frames.
const FARTHEST_APART: usize = 300;
/// More keys than this are too many for MMD.
const MANY_KEYS: usize = 50_000;
/// Targets that lead legs and toes, as MMD's standard models call them.
const TARGETS: [&str; 4] = ["左足ＩＫ", "右足ＩＫ", "左つま先ＩＫ", "右つま先ＩＫ"];

/// A file that was made of a take.
pub struct Baked {
    /// The file.
    pub vmd: Vmd,
    /// What a user should know.
    pub warnings: Vec<String>,
}

/// How a file moves legs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Legs {
    /// By targets for the feet, which every model of MMD has.
    #[default]
    Led,
    /// Bone by bone, the targets switched off: nothing is worked out by MMD, and models without such switches stand still.
    Turned,
}

/// Makes a VMD file of a clip as `figure` holds it: for that model if it is one of MMD's, else for MMD's standard model.
///
/// # Errors
/// A clip of too many frames.
pub fn bake(clip: &Clip, figure: &Figure, rig: &Rig, legs: Legs) -> Result<Baked, MotionError> {
    let take = Take::at_rate(clip, FPS)?;
    let rest = Rest::of(figure, rig);
    let frames = take.poses.len();
    let mut bones: HashMap<String, Vec<Motion>> = HashMap::new();
    let mut order: Vec<String> = Vec::new();
    let mut morphs: BTreeMap<String, Vec<f32>> = BTreeMap::new();
    for (frame, pose) in take.poses.into_iter().enumerate() {
        let mut posed = Posed::new(figure, rig, pose);
        posed.lift_off();
        let document = document_of(&posed.pose, &rest, figure);
        for (name, motion) in document.bones {
            if !bones.contains_key(&name) {
                order.push(name.clone());
            }
            let series = bones.entry(name).or_default();
            series.resize(frame, Motion::default());
            series.push(motion);
        }
        for (name, weight) in document.morphs {
            let series = morphs.entry(name).or_default();
            series.resize(frame, 0.0);
            series.push(weight);
        }
    }
    let mut names = Names::default();
    let mut vmd = Vmd { model: Name::written(&figure.name, 20).unwrap_or_default(), ..Vmd::default() };
    for name in order {
        let Some(mut series) = bones.remove(&name) else { continue };
        series.resize(frames, Motion::default());
        let mut keys = bone_keys(&mut series);
        one_if_still(&mut keys, |a, b| a.shift == b.shift && a.turn == b.turn);
        let still = keys.iter().all(|key| key.shift.length() < 1e-5 && key.turn.xyz().length() < 1e-5);
        let target = TARGETS.contains(&name.as_str());
        let wanted = if target { legs == Legs::Led } else { !still || name == "センター" };
        if wanted {
            vmd.bones.extend(names.take(&name).map(|name| Track { name, keys }));
        }
    }
    for (name, mut series) in morphs {
        series.resize(frames, 0.0);
        let key = |i: usize| MorphKey { frame: i as u32, weight: series[i] };
        let off = |ends: &[MorphKey; 2], i: usize| (sample::morph(ends, i as f64) - series[i]).abs() / OFF[2];
        let mut keys = reduced(frames, |a, b| [key(a), key(b)], off);
        one_if_still(&mut keys, |a, b| a.weight == b.weight);
        vmd.morphs.extend(names.take(&name).map(|name| Track { name, keys }));
    }
    let switch = |name| Some((Name::written(name, 20)?, legs == Legs::Led));
    let ik = TARGETS.into_iter().filter_map(switch).collect();
    vmd.properties = vec![PropertyKey { frame: 0, visible: true, ik }];
    let mut warnings = names.warnings();
    if legs == Legs::Turned {
        warnings
            .push("its legs are turned bone by bone: on models whose IK can't be switched off they stand still".into());
    }
    let keys = vmd.bone_keys() + vmd.morph_keys();
    if keys > MANY_KEYS {
        warnings.push(format!("it has {keys} keys, which MMD takes long to load: cut a part out, or leave it so"));
    }
    Ok(Baked { vmd, warnings })
}

fn bone_keys(series: &mut [Motion]) -> Vec<BoneKey> {
    // Neighbours on one side, so that nothing goes the long way round.
    let mut before = Quat::IDENTITY;
    for motion in &mut *series {
        if before.dot(motion.turn) < 0.0 {
            motion.turn = -motion.turn;
        }
        before = motion.turn;
    }
    let off = |ends: &[BoneKey; 2], i: usize| {
        let (shift, turn) = sample::bone(ends, i as f64);
        // Of small angles the sine of the half says more than the cosine.
        let degrees = 2.0 * (turn.inverse() * series[i].turn).xyz().length().min(1.0).asin().to_degrees();
        (degrees / OFF[0]).max(shift.distance(series[i].shift) / OFF[1])
    };
    let key = |i: usize| BoneKey {
        frame: i as u32,
        shift: clean(series[i].shift),
        turn: series[i].turn,
        curves: [Curve::LINEAR; 4],
        physics: true,
    };
    let fit = |a: usize, b: usize| [key(a), BoneKey { curves: curves(series, a, b), ..key(b) }];
    reduced(series.len(), fit, off)
}

/// How shifts in x, y and z, and the turn, come from one place to another: the curves nearest to what lies between.
fn curves(series: &[Motion], a: usize, b: usize) -> [Curve; 4] {
    let (from, to) = (&series[a], &series[b]);
    // Two numbers a curve don't need many points.
    let points: Vec<usize> = (a + 1..b).step_by(((b - a) / POINTS).max(1)).collect();
    let curve = |progress: &dyn Fn(&Motion) -> f32| {
        let at = |&i: &usize| [(i - a) as f64 / (b - a) as f64, f64::from(progress(&series[i]))];
        Curve::fitted(&points.iter().map(at).collect::<Vec<_>>())
    };
    let axis = |axis: usize| {
        let way = to.shift[axis] - from.shift[axis];
        match way.abs() > OFF[1] {
            true => curve(&|motion: &Motion| (motion.shift[axis] - from.shift[axis]) / way),
            false => Curve::LINEAR,
        }
    };
    let way = (from.turn.inverse() * to.turn).to_scaled_axis();
    let turn = match way.length().to_degrees() > OFF[0] {
        true => curve(&|motion: &Motion| {
            (from.turn.inverse() * motion.turn).to_scaled_axis().dot(way) / way.length_squared()
        }),
        false => Curve::LINEAR,
    };
    [axis(0), axis(1), axis(2), turn]
}

fn clean(shift: Vec3) -> Vec3 {
    if shift.length() < 1e-6 { Vec3::ZERO } else { shift }
}

/// The keys that are needed so that no place between two is off by more than 1: each as far from the one before as that
/// allows. `fit` makes the keys at two places, `off` says how far another is from what lies between them.
fn reduced<K>(count: usize, fit: impl Fn(usize, usize) -> [K; 2], off: impl Fn(&[K; 2], usize) -> f32) -> Vec<K> {
    if count == 0 {
        return Vec::new();
    }
    let [start, _] = fit(0, 0);
    let (mut keys, mut from) = (vec![start], 0);
    while from + 1 < count {
        let last = (from + FARTHEST_APART).min(count - 1);
        let fits = |to: usize| Some(fit(from, to)).filter(|ends| (from + 1..to).all(|i| off(ends, i) <= 1.0));
        // In larger and larger steps, then in smaller ones.
        let (mut to, [_, mut key], mut step) = (from + 1, fit(from, from + 1), 1);
        while step > 0 && to < last {
            let next = (to + step).min(last);
            match fits(next) {
                Some([_, farther]) => (to, key, step) = (next, farther, 2 * step),
                None => step /= 2,
            }
        }
        keys.push(key);
        from = to;
    }
    keys
}

/// What holds still from the beginning to the end needs one key.
fn one_if_still<K>(keys: &mut Vec<K>, same: impl Fn(&K, &K) -> bool) {
    if keys.windows(2).all(|pair| same(&pair[0], &pair[1])) {
        keys.truncate(1);
    }
}

/// Names that were written already.
#[derive(Default)]
struct Names {
    taken: HashSet<Name>,
    unspeakable: Vec<String>,
    doubled: Vec<String>,
}

impl Names {
    fn take(&mut self, name: &str) -> Option<Name> {
        match Name::written(name, 15) {
            Some(written) if self.taken.insert(written.clone()) => Some(written),
            Some(_) => {
                self.doubled.push(name.to_owned());
                None
            }
            None => {
                self.unspeakable.push(name.to_owned());
                None
            }
        }
    }

    fn warnings(&self) -> Vec<String> {
        let told = |names: &[String], what: &str| {
            let (first, more) = (names.first()?, names.len() - 1);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            Some(format!("{first}{more} {what}"))
        };
        let unspeakable = told(&self.unspeakable, "can't be written: MMD's files have no letters for such names");
        let doubled = told(&self.doubled, "can't be written: cut to 15 bytes, the name is another bone's");
        unspeakable.into_iter().chain(doubled).collect()
    }
}
