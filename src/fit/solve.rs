//! Gauss–Newton with Levenberg and Marquardt's damping: the state that puts all marks where they are seen.
//!
//! A mark's distance counts as Huber has it, a joint beyond its limits as a distance too, and what nobody sees is drawn
//! to how people stand.

use super::body::{Body, PARTS, Placed, State};
use super::marks::{Mark, Marks};
use crate::figure::HumanBone;
use crate::pose::{LimbLengths, library, limits};
use glam::{Mat3, Quat, Vec2, Vec3};

/// How far off a mark is as a rule, in heights of the figure: of an exact UDP, and of one that was found.
const OFF: [f32; 2] = [0.012, 0.035];
/// Distances beyond so many times that grow in cost by their length alone.
const HUBER: f64 = 2.0;
/// The cosine by which a surface that is seen may look away.
const AWAY: f32 = 0.4;
/// How exactly joints keep to their limits, radians.
const LIMIT_RAD: f64 = 0.05;
/// How freely lengths change: the logarithm.
const LENGTH: f64 = 0.25;
/// How far the body leans to or from the camera as a rule, the sine: less than somebody who may be mistaken makes of it.
const LEANING: [f32; 2] = [0.35, 0.12];
/// How far it looks past where it is said to: the same.
const PAST: [f32; 2] = [0.35, 0.2];
/// How much firmer joints are drawn to where they rest when marks were found by somebody who may be mistaken.
const FIRMER: f64 = 2.0;

/// For slopes.
const STEP_RAD: f32 = 1e-3;

/// What a solution may change.
#[derive(Clone, Debug)]
pub(super) struct Free {
    /// By bone.
    pub(super) bones: Vec<bool>,
    pub(super) root: bool,
    pub(super) lengths: bool,
}

/// The problem for one picture.
pub(super) struct Problem<'a> {
    pub(super) body: &'a Body,
    pub(super) marks: &'a [Mark],
    /// Half heights that something as large as its distance is seen.
    pub(super) focal: f32,
    /// Metres at the body that half of the picture's height is.
    pub(super) scale_m: f32,
    /// How far off marks are as a rule, in heights of the figure.
    off: f32,
    /// See [`LEANING`] and [`PAST`].
    leaning: f32,
    past: f32,
    /// Where the body's front is said to look, in the camera's axes.
    faces: Option<Vec3>,
    /// How each bone is turned where nobody sees it, radians, and how firmly.
    rest: Vec<(Vec3, f64)>,
}

/// What is to be solved in one round.
struct System {
    size: usize,
    matrix: Vec<f64>,
    right: Vec<f64>,
}

/// One row of the Jacobian, where it isn't nought.
type Row = Vec<(usize, f64)>;

/// Where each number moves a point.
struct Moves {
    ways: Vec<Vec3>,
    /// Those that do.
    moved: Vec<usize>,
}

impl Moves {
    fn clear(&mut self) {
        self.moved.drain(..).for_each(|at| self.ways[at] = Vec3::ZERO);
    }

    fn add(&mut self, at: usize, way: Vec3) {
        if self.ways[at] == Vec3::ZERO {
            self.moved.push(at);
        }
        self.ways[at] += way;
    }
}

impl<'a> Problem<'a> {
    pub(super) fn new(body: &'a Body, marks: &'a Marks, focal: f32, scale_m: f32) -> Self {
        let standing = library::find("stand").map(|(_, pose)| pose).unwrap_or_default();
        let rest = |bone: &super::body::Bone| {
            use HumanBone::*;
            let off_deg = match bone.bone {
                Hips => return (Vec3::ZERO, 0.0),
                Spine | Chest | UpperChest => 20.0,
                Neck | Head => 25.0,
                LeftShoulder | RightShoulder => 15.0,
                LeftHand | RightHand | LeftFoot | RightFoot => 30.0,
                LeftUpperLeg | RightUpperLeg => 70.0,
                _ => 90.0f64,
            };
            let limb = !matches!(bone.bone, Spine | Chest | UpperChest | Neck | Head);
            let turn = if limb { standing.rotation(bone.bone) } else { Quat::IDENTITY };
            let firmer = if marks.found { FIRMER } else { 1.0 };
            (limits::angles(turn, bone.along).map(f32::to_radians), firmer / off_deg.to_radians())
        };
        let rest = body.bones.iter().map(rest).collect();
        let faces = marks.view_deg.map(|view_deg| Quat::from_rotation_y(-view_deg.to_radians()) * Vec3::Z);
        let found = usize::from(marks.found);
        let (off, leaning, past) = (OFF[found], LEANING[found], PAST[found]);
        Self { body, marks: &marks.chosen, focal, scale_m, off, leaning, past, faces, rest }
    }

    /// The state with every bone as where nobody sees it, the body turned so.
    pub(super) fn at_rest(&self, turn: Quat) -> State {
        let turns = self.body.bones.iter().zip(&self.rest).map(|(bone, (angles, _))| match bone.parent {
            None => turn,
            Some(_) => limits::rotation(angles.map(f32::to_degrees), bone.along),
        });
        State { turns: turns.collect(), root: Vec3::NEG_Z, lengths: [1.0; PARTS] }
    }

    /// Where a mark's point is, in the camera's axes.
    pub(super) fn point(&self, mark: &Mark, state: &State, placed: &Placed) -> Vec3 {
        let of = |hold: &super::body::Hold| {
            let offset = self.body.stretched(hold.bone, &state.lengths, hold.offset);
            hold.weight * placed.places[hold.bone] + placed.turns[hold.bone] * offset
        };
        mark.holds.iter().map(of).sum()
    }

    /// How far a mark is from where it is seen, in halves of the picture's height. What lies behind the camera is far away.
    pub(super) fn missed(&self, mark: &Mark, point: Vec3) -> Vec2 {
        self.focal * point.truncate() / self.depth(point) - mark.at
    }

    fn depth(&self, point: Vec3) -> f32 {
        (-point.z).max(0.05 * self.body.height_m)
    }

    /// Half heights of the picture as multiples of what marks are off as a rule.
    fn unit(&self) -> f32 {
        self.scale_m / (self.off * self.body.height_m)
    }

    /// By how much a mark's surface looks away from the camera that sees it.
    fn hidden(&self, mark: &Mark, placed: &Placed, point: Vec3) -> (f32, Vec3, Vec3) {
        let normal = placed.turns[mark.owner()] * mark.normal;
        let to_eye = -point.normalize_or(Vec3::NEG_Z);
        ((-normal.dot(to_eye)).max(0.0) / AWAY, normal, to_eye)
    }

    /// What these marks alone cost, in the mean.
    pub(super) fn misfit(&self, state: &State, marks: &[usize]) -> f64 {
        let placed = self.body.placed(state);
        self.misfit_of(state, &placed, marks) / marks.len().max(1) as f64
    }

    fn misfit_of(&self, state: &State, placed: &Placed, marks: &[usize]) -> f64 {
        let of = |&i: &usize| {
            let mark = &self.marks[i];
            let point = self.point(mark, state, placed);
            let away = f64::from((self.missed(mark, point) * self.unit()).length());
            let hidden = f64::from(self.hidden(mark, placed, point).0);
            f64::from(mark.weight) * (huber(away) + huber(hidden))
        };
        marks.iter().map(of).sum()
    }

    /// What a state costs.
    fn cost(&self, state: &State, free: &Free, marks: &[usize]) -> f64 {
        let placed = self.body.placed(state);
        let mut cost = self.misfit_of(state, &placed, marks);
        for i in (0..self.body.bones.len()).filter(|&i| free.bones[i] && self.body.bones[i].parent.is_some()) {
            let (drawn, beyond) = self.strain(i, state.turns[i]);
            cost += drawn.iter().chain(&beyond).map(|v| v * v).sum::<f64>();
        }
        if free.bones[0] {
            cost += self.stance(state.turns[0]).map(f64::from).iter().map(|v| v * v).sum::<f64>();
        }
        if free.lengths {
            cost += state.lengths.iter().map(|l| (f64::from(*l).ln() / LENGTH).powi(2)).sum::<f64>();
        }
        if cost.is_finite() { cost } else { f64::INFINITY }
    }

    /// How far a bone is from its rest, and beyond its limits, in units of the least that counts.
    fn strain(&self, bone: usize, turn: Quat) -> ([f64; 3], [f64; 3]) {
        let known = &self.body.bones[bone];
        let angles = limits::angles(turn, known.along).map(f32::to_radians);
        let (rest, firm) = self.rest[bone];
        let drawn = (angles - rest).to_array().map(|v| f64::from(v) * firm);
        let beyond = limits::limit(known.bone).map_or(Vec3::ZERO, |limit| {
            angles - angles.clamp(limit.low_deg.map(f32::to_radians), limit.high_deg.map(f32::to_radians))
        });
        (drawn, beyond.to_array().map(|v| f64::from(v) / LIMIT_RAD))
    }

    /// By how much a body that is turned so leans to or from the camera, and looks past where it is said to, in units of what
    /// is usual.
    fn stance(&self, turn: Quat) -> [f32; 4] {
        let past = self.faces.map_or(Vec3::ZERO, |faces| (turn * Vec3::Z - faces) / self.past);
        [(turn * Vec3::Y).z / self.leaning, past.x, past.y, past.z]
    }

    /// Improves a state by what is free, for these marks, in so many rounds at most.
    pub(super) fn solve(&self, mut state: State, free: &Free, marks: &[usize], rounds: usize) -> State {
        let (mut now, mut damping) = (self.cost(&state, free, marks), 1e-3);
        for _ in 0..rounds {
            let system = self.system(&state, free, marks);
            let before = now;
            for _ in 0..6 {
                let next = system.solved(damping).map(|step| self.moved(&state, free, &step));
                let next = next.map(|next| (self.cost(&next, free, marks), next)).filter(|(cost, _)| *cost < now);
                if let Some((cost, next)) = next {
                    (now, state, damping) = (cost, next, (damping * 0.2f64).max(1e-7));
                    break;
                }
                damping *= 8.0;
            }
            if now > before * (1.0 - 1e-4) {
                break;
            }
        }
        state
    }

    /// Where the numbers of each bone, of the root and of the lengths begin, and how many there are.
    fn layout(free: &Free) -> (Vec<Option<usize>>, Option<usize>, Option<usize>, usize) {
        let mut size = 0;
        let mut take = |wanted: bool, many: usize| {
            wanted.then(|| {
                size += many;
                size - many
            })
        };
        let bones = free.bones.iter().map(|&free| take(free, 3)).collect();
        let (root, lengths) = (take(free.root, 3), take(free.lengths, PARTS));
        (bones, root, lengths, size)
    }

    fn moved(&self, state: &State, free: &Free, step: &[f64]) -> State {
        let (bones, root, lengths, _) = Self::layout(free);
        let three = |at: usize| Vec3::new(step[at] as f32, step[at + 1] as f32, step[at + 2] as f32);
        let mut next = state.clone();
        for (turn, at) in next.turns.iter_mut().zip(bones) {
            if let Some(at) = at {
                *turn = (Quat::from_scaled_axis(three(at).clamp_length_max(0.6)) * *turn).normalize();
            }
        }
        if let Some(at) = root {
            next.root += three(at) * self.scale_m;
            next.root.z = next.root.z.min(-0.05 * self.body.height_m);
        }
        if let Some(at) = lengths {
            for (length, more) in next.lengths.iter_mut().zip(&step[at..]) {
                let [least, most] = LimbLengths::RANGE;
                *length = (*length * more.clamp(-0.3, 0.3).exp() as f32).clamp(least, most);
            }
        }
        next
    }

    fn system(&self, state: &State, free: &Free, marks: &[usize]) -> System {
        let (bones, root, lengths, size) = Self::layout(free);
        let mut system = System { size, matrix: vec![0.0; size * size], right: vec![0.0; size] };
        let placed = self.body.placed(state);
        // The axes that each bone's three numbers turn about, in the camera's axes.
        let axes: Vec<Mat3> = self
            .body
            .bones
            .iter()
            .map(|bone| bone.parent.map_or(Mat3::IDENTITY, |parent| Mat3::from_quat(placed.turns[parent])))
            .collect();
        let mut moves = Moves { ways: vec![Vec3::ZERO; size], moved: Vec::new() };
        let (mut across, mut up): (Row, Row) = Default::default();
        for mark in marks.iter().map(|&i| &self.marks[i]) {
            moves.clear();
            for hold in &mark.holds {
                let own = self.body.stretched(hold.bone, &state.lengths, hold.offset);
                let own = placed.turns[hold.bone] * own;
                for &bone in &self.body.bones[hold.bone].chain {
                    let lever = hold.weight * (placed.places[hold.bone] - placed.places[bone]) + own;
                    if let Some(at) = bones[bone] {
                        for axis in 0..3 {
                            moves.add(at + axis, axes[bone].col(axis).cross(lever));
                        }
                    }
                }
                if let Some(at) = lengths {
                    self.lengthening(hold, state, &placed, |part, way| moves.add(at + part, way));
                }
            }
            if let Some(at) = root {
                for axis in 0..3 {
                    moves.add(at + axis, Vec3::AXES[axis] * self.scale_m);
                }
            }
            let point = self.point(mark, state, &placed);
            let depth = self.depth(point);
            let missed = self.missed(mark, point) * self.unit();
            let weight = f64::from(mark.weight) * huber_weight(f64::from(missed.length()));
            across.clear();
            up.clear();
            for &at in &moves.moved {
                let way = moves.ways[at];
                let seen = self.focal * (way.truncate() + point.truncate() * way.z / depth) / depth * self.unit();
                across.push((at, f64::from(seen.x)));
                up.push((at, f64::from(seen.y)));
            }
            system.add(&across, f64::from(missed.x), weight);
            system.add(&up, f64::from(missed.y), weight);

            let (hidden, normal, to_eye) = self.hidden(mark, &placed, point);
            if hidden > 0.0 {
                across.clear();
                // The rotation that lessens its looking away.
                let lever = normal.cross(to_eye) / -AWAY;
                for &bone in &self.body.bones[mark.owner()].chain {
                    if let Some(at) = bones[bone] {
                        across.extend((0..3).map(|axis| (at + axis, f64::from(axes[bone].col(axis).dot(lever)))));
                    }
                }
                let weight = f64::from(mark.weight) * huber_weight(f64::from(hidden));
                system.add(&across, f64::from(hidden), weight);
            }
        }
        for (i, at) in bones.iter().enumerate().filter_map(|(i, at)| Some((i, (*at)?))) {
            if self.body.bones[i].parent.is_some() {
                self.add_strain(i, state.turns[i], at, &mut system);
            }
        }
        if let Some(at) = bones[0] {
            let (turn, now) = (state.turns[0], self.stance(state.turns[0]));
            let then = Vec3::AXES.map(|axis| self.stance(Quat::from_scaled_axis(axis * STEP_RAD) * turn));
            for (i, now) in now.into_iter().enumerate() {
                let slope = [0, 1, 2].map(|axis| (at + axis, f64::from((then[axis][i] - now) / STEP_RAD)));
                system.add(&slope, f64::from(now), 1.0);
            }
        }
        if let Some(at) = lengths {
            for (part, length) in state.lengths.iter().enumerate() {
                system.add(&[(at + part, 1.0 / LENGTH)], f64::from(*length).ln() / LENGTH, 1.0);
            }
        }
        system
    }

    /// What each length's logarithm does to a point's share.
    fn lengthening(&self, hold: &super::body::Hold, state: &State, placed: &Placed, mut tell: impl FnMut(usize, Vec3)) {
        let mut of = |bone: usize, v: Vec3| {
            let Some((part, along)) = self.body.bones[bone].part else { return };
            let more = along.map_or(v, |along| along * along.dot(v)) * state.lengths[part];
            tell(part, placed.turns[bone] * more);
        };
        of(hold.bone, hold.offset);
        for &bone in &self.body.bones[hold.bone].chain {
            let known = &self.body.bones[bone];
            if let Some(parent) = known.parent {
                of(parent, hold.weight * known.offset);
            }
        }
    }

    fn add_strain(&self, bone: usize, turn: Quat, at: usize, system: &mut System) {
        let now = self.strain(bone, turn);
        let then = Vec3::AXES.map(|axis| self.strain(bone, Quat::from_scaled_axis(axis * STEP_RAD) * turn));
        for angle in 0..3 {
            let slope = |of: fn(&([f64; 3], [f64; 3])) -> &[f64; 3]| -> Row {
                let change = |(axis, then): (usize, &([f64; 3], [f64; 3]))| {
                    (at + axis, (of(then)[angle] - of(&now)[angle]) / f64::from(STEP_RAD))
                };
                then.iter().enumerate().map(change).collect()
            };
            system.add(&slope(|strain| &strain.0), now.0[angle], 1.0);
            system.add(&slope(|strain| &strain.1), now.1[angle], 1.0);
        }
    }
}

fn huber(away: f64) -> f64 {
    if away <= HUBER { away * away } else { HUBER * (2.0 * away - HUBER) }
}

fn huber_weight(away: f64) -> f64 {
    if away <= HUBER { 1.0 } else { HUBER / away }
}

impl System {
    /// A residual, its gradient and its weight. A number may come more than once.
    fn add(&mut self, row: &[(usize, f64)], residual: f64, weight: f64) {
        for &(i, a) in row {
            self.right[i] -= weight * a * residual;
            for &(j, b) in row {
                self.matrix[i * self.size + j] += weight * a * b;
            }
        }
    }

    /// The step, by Cholesky's decomposition; `None` where there is none.
    fn solved(&self, damping: f64) -> Option<Vec<f64>> {
        let n = self.size;
        let mut lower = self.matrix.clone();
        for i in 0..n {
            lower[i * n + i] += damping * self.matrix[i * n + i] + 1e-9;
        }
        for i in 0..n {
            for j in 0..=i {
                let dot: f64 = (0..j).map(|k| lower[i * n + k] * lower[j * n + k]).sum();
                let rest = lower[i * n + j] - dot;
                if i == j {
                    if rest <= 0.0 || !rest.is_finite() {
                        return None;
                    }
                    lower[i * n + i] = rest.sqrt();
                } else {
                    lower[i * n + j] = rest / lower[j * n + j];
                }
            }
        }
        let mut step = self.right.clone();
        for i in 0..n {
            let dot: f64 = (0..i).map(|k| lower[i * n + k] * step[k]).sum();
            step[i] = (step[i] - dot) / lower[i * n + i];
        }
        for i in (0..n).rev() {
            let dot: f64 = (i + 1..n).map(|k| lower[k * n + i] * step[k]).sum();
            step[i] = (step[i] - dot) / lower[i * n + i];
        }
        step.iter().all(|v| v.is_finite()).then_some(step)
    }
}

#[cfg(test)]
mod tests {
    use super::super::surface::Surface;
    use super::super::{Seen, marks, tests::subject};
    use super::*;
    use crate::pose::CameraView;

    #[test]
    fn gradients_are_those_of_finite_differences() {
        let subject = subject();
        let body = Body::new(&subject).unwrap();
        let surface = Surface::new(subject.model().landmarks(), &subject.figure().triangles);
        let pose = library::find("walk").unwrap().1;
        let size = [128, 160];
        let udp = subject.shoot(&pose, &CameraView::new(30.0, 0.0), size).unwrap().udp(size).unwrap();
        let marks = marks::marks(&body, &surface, &Seen { udp: &udp, spread: None, view_deg: Some(50.0) }).unwrap();
        let all: Vec<usize> = (0..marks.chosen.len()).collect();
        let problem = Problem::new(&body, &marks, 3.7, 0.9);
        let mut state = problem.at_rest(Quat::from_euler(glam::EulerRot::XYZ, 0.3, -0.7, 0.2));
        state.root = Vec3::new(0.1, -0.05, -3.2);
        for (i, (turn, bone)) in state.turns.iter_mut().zip(&body.bones).enumerate().skip(1) {
            *turn =
                limits::clamp(bone.bone, Quat::from_scaled_axis(Vec3::new(0.2, -0.3, 0.1) * (i % 3) as f32) * *turn);
        }
        state.lengths.iter_mut().enumerate().for_each(|(i, length)| *length = 0.8 + 0.05 * i as f32);
        let free = Free { bones: vec![true; body.bones.len()], root: true, lengths: true };
        let system = problem.system(&state, &free, &all);
        let largest = system.right.iter().map(|v| (2.0 * v).abs()).fold(0.0, f64::max);
        const STEP: f64 = 2e-3;
        for i in 0..system.size {
            let cost = |by: f64| {
                let mut step = vec![0.0; system.size];
                step[i] = by;
                problem.cost(&problem.moved(&state, &free, &step), &free, &all)
            };
            let (slope, found) = ((cost(STEP) - cost(-STEP)) / (2.0 * STEP), -2.0 * system.right[i]);
            assert!((slope - found).abs() < 0.02 * slope.abs() + 0.003 * largest, "{i}: {slope} {found}");
        }
    }

    #[test]
    fn a_system_is_solved() {
        let mut system = System { size: 3, matrix: vec![0.0; 9], right: vec![0.0; 3] };
        for (row, residual) in [([1.0, 2.0, 0.5], -1.0), ([0.0, 1.0, -1.0], 2.0), ([3.0, 0.0, 1.0], 0.5)] {
            let row: Row = row.into_iter().enumerate().collect();
            system.add(&row, residual, 1.0);
        }
        let step = system.solved(0.0).unwrap();
        for (row, residual) in [([1.0, 2.0, 0.5], -1.0), ([0.0, 1.0, -1.0], 2.0), ([3.0, 0.0, 1.0], 0.5)] {
            let left: f64 = row.iter().zip(&step).map(|(a, b)| a * b).sum();
            assert!((left + residual).abs() < 1e-6);
        }
        system.right[0] = f64::NAN;
        assert!(system.solved(0.0).is_none());
    }
}
