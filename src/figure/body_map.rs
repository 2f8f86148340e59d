//! Landmarks that don't depend on the build: the same part of any body lies at the same place.
//!
//! Heads, arms and the rest have a map each, and vertices the mixture of those that their skinning weights tell. All
//! numbers are those of the built-in figure, whose build is a usual one.

use super::{Figure, HumanBone};
use glam::{Mat4, Vec3};

/// A part of the body with a map of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BodyPart {
    /// Trunk and legs, skirts and coats.
    Trunk,
    /// From the upper arm on.
    Arm,
    /// Skull, face and hair.
    Head,
}

/// Heights of soles, knees, the legs' roots, the arms and the head's joint.
const HEIGHTS: [f32; 5] = [0.02, 0.25, 0.465, 0.67, 0.74];
/// Half the distances between the legs' roots and between the upper arms' joints.
const HALF_WIDTHS: [f32; 2] = [0.04, 0.07];
/// From the middle to a wrist.
const WRIST: f32 = 0.305;
/// A head's joint.
const HEAD: Vec3 = Vec3::new(0.5, HEIGHTS[4], 0.495);
/// From a head's middle to half of its surface.
const HEAD_RADIUS: f32 = 0.0575;

/// What lies farther from the middle than this is drawn in, so that wide skirts and long hair find room.
const INNER: f32 = 0.4;
/// Farthest from the middle of all.
const OUTER: f32 = 0.495;
/// The same upwards, for hats and ears, and downwards, for hair and tails below the soles.
const TOP: f32 = 0.9;
const BOTTOM: f32 = HEIGHTS[0];
const EDGE: f32 = 0.005;

/// Joints one above the other by less than this share of the figure's height make no body.
const LEAST_STEP: f32 = 0.01;
/// Lengths below this count as this.
const LEAST_SIZE_M: f32 = 1e-4;

/// Where the parts of one figure lie.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct BodyMap {
    /// Heights in metres, and what they are mapped to.
    levels: Vec<(f32, f32)>,
    /// The middle between the legs' roots, metres.
    middle: Vec3,
    /// Landmarks a metre, across trunk and legs.
    across: f32,
    /// Half the distance between the upper arms' joints, metres.
    shoulder_m: f32,
    /// Landmarks a metre, along the arms.
    along: f32,
    /// The head's joint in metres, and landmarks a metre there.
    head: Option<(Vec3, f32)>,
    /// How far things reach before they are drawn in: to the sides, down, up.
    reach: [f32; 3],
}

impl BodyMap {
    /// The map of a figure that stands in T-pose with its vertices at `positions` and its joints at `world`. `None` where
    /// it isn't a body: essential bones are missing, or don't lie one above the other.
    pub(super) fn new(figure: &Figure, positions: &[Vec3], world: &[Mat4], parts: &[[f32; 3]]) -> Option<Self> {
        use HumanBone::*;
        let place = |bone| figure.humanoid.joint(bone).map(|j| world[j as usize].w_axis.truncate());
        let pair = |left, right| Some([place(left)?, place(right)?]);
        let roots = pair(LeftUpperLeg, RightUpperLeg)?;
        let shoulders = pair(LeftUpperArm, RightUpperArm)?;
        let head = place(Head)?;
        let middle = (roots[0] + roots[1]) / 2.0;
        let height = |pair: [Vec3; 2]| (pair[0].y + pair[1].y) / 2.0;
        let half = |pair: [Vec3; 2]| ((pair[0].x - pair[1].x).abs() / 2.0).max(LEAST_SIZE_M);
        let sole = sole(figure, positions)?;

        let knees = pair(LeftLowerLeg, RightLowerLeg).map(height);
        let heights = [Some(sole), knees, Some(middle.y), Some(height(shoulders)), Some(head.y)];
        let levels: Vec<(f32, f32)> =
            heights.into_iter().zip(HEIGHTS).filter_map(|(metres, landmark)| Some((metres?, landmark))).collect();
        let least = LEAST_STEP * (head.y - sole);
        if !levels.windows(2).all(|two| two[1].0 - two[0].0 > least) {
            return None;
        }
        let [low, high] = [levels[levels.len() - 3], levels[levels.len() - 2]];
        // Rigs put their joints here and there: of three scales the mean one.
        let upright = (high.1 - low.1) / (high.0 - low.0);
        let across = (upright * (HALF_WIDTHS[0] / half(roots)) * (HALF_WIDTHS[1] / half(shoulders))).cbrt();
        let shoulder_m = half(shoulders);
        let forearm = pair(LeftHand, RightHand).map(half).filter(|&wrist| wrist > shoulder_m + least);
        let along = forearm.map_or(across, |wrist| (WRIST - across * shoulder_m).max(0.05) / (wrist - shoulder_m));
        let radius = head_radius(figure, positions, parts, head.y);
        let head = radius.filter(|&radius| radius > LEAST_SIZE_M).map(|radius| (head, HEAD_RADIUS / radius));
        let mut map = Self { levels, middle, across, shoulder_m, along, head, reach: [INNER, BOTTOM, TOP] };
        let unbound: Vec<Vec3> = positions.iter().zip(parts).map(|(&p, parts)| map.mixed(p, parts)).collect();
        for landmark in unbound {
            let side = (landmark.x - 0.5).abs().max((landmark.z - 0.5).abs());
            let [sides, down, up] = map.reach;
            map.reach = [sides.max(side), down.min(landmark.y), up.max(landmark.y)];
        }
        Some(map)
    }

    /// The landmark of a vertex at `position` in T-pose that belongs to each of the [`BodyPart`]s by a share.
    pub(super) fn landmark(&self, position: Vec3, parts: &[f32; 3]) -> Vec3 {
        let Vec3 { x, y, z } = self.mixed(position, parts);
        let [sides, down, up] = self.reach;
        let side = |v: f32| 0.5 + drawn_in((v - 0.5).abs(), INNER, OUTER, sides).copysign(v - 0.5);
        let y = if y > TOP { drawn_in(y, TOP, 1.0 - EDGE, up) } else { -drawn_in(-y, -BOTTOM, -EDGE, -down) };
        Vec3::new(side(x), y, side(z))
    }

    fn mixed(&self, position: Vec3, parts: &[f32; 3]) -> Vec3 {
        let all = [BodyPart::Trunk, BodyPart::Arm, BodyPart::Head];
        all.into_iter()
            .zip(parts)
            .filter(|(_, share)| **share > 0.0)
            .map(|(part, &s)| s * self.of(part, position))
            .sum()
    }

    fn of(&self, part: BodyPart, position: Vec3) -> Vec3 {
        let from_middle = position - self.middle;
        match (part, self.head) {
            (BodyPart::Head, Some((joint, scale))) => HEAD + scale * (position - joint),
            (BodyPart::Arm, _) => {
                let beyond = (from_middle.x.abs() - self.shoulder_m).max(0.0);
                let x = (self.across * (from_middle.x.abs() - beyond) + self.along * beyond).copysign(from_middle.x);
                Vec3::new(0.5 + x, self.height(position.y), 0.5 + self.across * from_middle.z)
            }
            _ => {
                Vec3::new(0.5 + self.across * from_middle.x, self.height(position.y), 0.5 + self.across * from_middle.z)
            }
        }
    }

    /// Between two levels what lies between them; above and below all on the trunk's own scale.
    fn height(&self, metres: f32) -> f32 {
        let [(first, lowest), (last, highest)] = [self.levels[0], self.levels[self.levels.len() - 1]];
        if metres <= first {
            return lowest + self.across * (metres - first);
        }
        let above = self.levels.iter().position(|level| metres < level.0);
        let Some(above) = above else { return highest + self.across * (metres - last) };
        let [low, high] = [self.levels[above - 1], self.levels[above]];
        low.1 + (high.1 - low.1) * (metres - low.0) / (high.0 - low.0)
    }
}

/// `value`, where what lies between `inner` and `reach` is squeezed between `inner` and `outer`.
fn drawn_in(value: f32, inner: f32, outer: f32, reach: f32) -> f32 {
    if value <= inner || reach <= outer { value } else { inner + (value - inner) * (outer - inner) / (reach - inner) }
}

/// The lowest vertex that goes with the legs; of the figure where none does.
fn sole(figure: &Figure, positions: &[Vec3]) -> Option<f32> {
    use HumanBone::*;
    let legs = shares(figure, |bone| {
        let leg = [LeftLowerLeg, LeftFoot, LeftToes, RightLowerLeg, RightFoot, RightToes].contains(&bone);
        if leg { 0 } else { 1 }
    });
    let lowest = |least: f32| {
        let heights = positions.iter().zip(&legs).filter(|(_, [leg, ..])| *leg >= least).map(|(p, _)| p.y);
        heights.min_by(f32::total_cmp)
    };
    lowest(0.5).or_else(|| lowest(0.0))
}

/// How large a head is: half of its surface above the joint lies nearer to its middle, half farther. So neither the
/// rig's idea of where heads begin matters, nor a pair of ears or a tail of hair.
fn head_radius(figure: &Figure, positions: &[Vec3], parts: &[[f32; 3]], joint_y: f32) -> Option<f32> {
    let pieces: Vec<(Vec3, f32)> = figure
        .triangles
        .iter()
        .filter_map(|corners| {
            let [a, b, c] = corners.map(|v| v as usize);
            let head = parts[a][2].min(parts[b][2]).min(parts[c][2]);
            let area = (positions[b] - positions[a]).cross(positions[c] - positions[a]).length();
            let middle = (positions[a] + positions[b] + positions[c]) / 3.0;
            (head > 0.5 && middle.y > joint_y && area > 0.0).then_some((middle, area))
        })
        .collect();
    let middle = Vec3::from([0, 1, 2].map(|axis| median(&pieces, |p| p[axis]).unwrap_or_default()));
    median(&pieces, |p| p.distance(middle))
}

/// Half of the weight lies below.
fn median(pieces: &[(Vec3, f32)], value: impl Fn(Vec3) -> f32) -> Option<f32> {
    let mut values: Vec<(f32, f32)> = pieces.iter().map(|&(p, weight)| (value(p), weight)).collect();
    values.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let half = values.iter().map(|(_, weight)| f64::from(*weight)).sum::<f64>() / 2.0;
    let mut below = 0.0;
    values.iter().find_map(|&(value, weight)| {
        below += f64::from(weight);
        (below >= half).then_some(value)
    })
}

/// By which share each vertex belongs to trunk, arms and head.
pub(super) fn parts(figure: &Figure) -> Vec<[f32; 3]> {
    shares(figure, |bone| part(bone) as usize)
}

/// All of one part: that of a bone.
pub(super) fn one_part(bone: HumanBone) -> [f32; 3] {
    let mut shares = [0.0; 3];
    shares[part(bone) as usize] = 1.0;
    shares
}

fn part(bone: HumanBone) -> BodyPart {
    let mut above = Some(bone);
    while let Some(bone) = above {
        match bone {
            HumanBone::Head => return BodyPart::Head,
            HumanBone::LeftUpperArm | HumanBone::RightUpperArm => return BodyPart::Arm,
            _ => above = bone.parent(),
        }
    }
    BodyPart::Trunk
}

/// By which share each vertex belongs to each of three classes of bones. What hangs on no human bone belongs to the first
/// class of the hips.
fn shares(figure: &Figure, class: impl Fn(HumanBone) -> usize) -> Vec<[f32; 3]> {
    let mut class_of = vec![class(HumanBone::Hips); figure.joints.len()];
    for (joint, parent) in figure.joints.iter().map(|joint| joint.parent).enumerate() {
        if let Some(parent) = parent {
            class_of[joint] = class_of[parent as usize];
        }
        if let Some(bone) = HumanBone::ALL.into_iter().find(|&b| figure.humanoid.joint(b) == Some(joint as u32)) {
            class_of[joint] = class(bone);
        }
    }
    let shares = |vertex: &super::Vertex| {
        let mut shares = [0.0; 3];
        for (&bind, &weight) in vertex.binds.iter().zip(&vertex.weights) {
            let joint = figure.binds.get(bind as usize).map(|bind| bind.joint as usize);
            shares[joint.map_or(0, |joint| class_of[joint])] += weight;
        }
        let sum: f32 = shares.iter().sum();
        if sum > 0.0 { shares.map(|share| share / sum) } else { [1.0, 0.0, 0.0] }
    };
    figure.vertices.iter().map(shares).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_in_stays_in_order() {
        let values: Vec<f32> = (0..20).map(|i| drawn_in(i as f32 / 10.0, INNER, OUTER, 1.9)).collect();
        assert!(values.windows(2).all(|two| two[0] < two[1]) && (values[19] - OUTER).abs() < 1e-6);
        assert_eq!(drawn_in(0.45, INNER, OUTER, 0.46), 0.45);
    }

    #[test]
    fn half_of_the_weight_lies_below_a_median() {
        let pieces = [(3.0, 1.0), (1.0, 1.0), (2.0, 5.0), (9.0, 2.0)].map(|(x, weight)| (Vec3::splat(x), weight));
        assert_eq!(median(&pieces, |p| p.x), Some(2.0));
        assert_eq!(median(&[], |p| p.x), None);
    }
}
