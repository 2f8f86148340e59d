//! The hands: a palm and five fingers, each its own closed piece that starts inside the next.

use super::mesh::{Look, Oval, Part, Ring, Skin, lerp, ring};
use super::skeleton::{ARM_Y, fingers};
use crate::figure::HumanBone;
use glam::Vec3;

/// Height and depth of the left hand's axis.
const AXIS: Vec3 = Vec3::new(0.0, ARM_Y, -0.006);

/// The left hand in the arm's design space, from inside the wrist on.
pub(super) fn left() -> Vec<Part> {
    let mut parts = vec![palm()];
    for (n, (bones, mut places)) in fingers().into_iter().enumerate() {
        for p in &mut places {
            p.z += AXIS.z;
        }
        let thumb = n == 0;
        let radius = [0.0086, 0.0070, 0.0073, 0.0070, 0.0062][n];
        parts.push(finger(bones, places, radius, thumb));
    }
    parts
}

fn palm() -> Part {
    // x, half depth to thumb and to little finger side, half thickness.
    const SECTIONS: [[f32; 4]; 9] = [
        [0.528, 0.0150, 0.0150, 0.0150],
        [0.546, 0.0164, 0.0160, 0.0150],
        [0.562, 0.0200, 0.0186, 0.0140],
        [0.578, 0.0260, 0.0225, 0.0132],
        [0.596, 0.0285, 0.0250, 0.0128],
        [0.614, 0.0288, 0.0266, 0.0116],
        [0.628, 0.0284, 0.0268, 0.0100],
        [0.637, 0.0262, 0.0245, 0.0084],
        [0.641, 0.0200, 0.0180, 0.0045],
    ];
    let rings: Vec<Ring> = SECTIONS
        .iter()
        .map(|&[x, thumb_side, little_side, thick]| {
            let centre = Vec3::new(x, AXIS.y, AXIS.z);
            let shape = Oval::new(thick, thumb_side, little_side, 2.5);
            ring(centre, Vec3::Y, Vec3::Z, shape, 16, 0.0)
        })
        .collect();
    Part::loft("left palm", Look::Skin, &rings, 180.0)
        .skinned(|p| Skin::chain(p.x, HumanBone::LeftLowerArm, &[(HumanBone::LeftHand, 0.552, 0.014)]))
}

/// A finger along `places`, bent only by its three bones. The joints get a ring each and one beside them.
fn finger(bones: [HumanBone; 3], places: [Vec3; 4], radius: f32, thumb: bool) -> Part {
    let mut rings = Vec::new();
    let mut skins = Vec::new();
    let count = 13;
    let root_back = if thumb { 0.004 } else { 0.012 };
    let first = places[0] - (places[1] - places[0]).normalize() * root_back;
    let lengths = [(places[1] - first).length(), (places[2] - places[1]).length(), (places[3] - places[2]).length()];
    let total: f32 = lengths.iter().sum();
    // Shares of the whole length at which rings lie: closer at joints and at the tip.
    let joint = [lengths[0] / total, (lengths[0] + lengths[1]) / total];
    let tip = 1.0 - radius * 0.9 / total;
    let mut shares = vec![0.0, root_back / total, joint[0] * 0.6];
    for j in joint {
        shares.extend([j - 0.045, j, j + 0.045]);
    }
    shares.extend([(joint[1] + tip) / 2.0, tip, lerp(tip, 1.0, 0.55), lerp(tip, 1.0, 0.86), 1.0]);
    debug_assert_eq!(shares.len(), count + 1);
    for share in shares {
        let mut left = share * total;
        let (mut at, mut along) = (first, Vec3::X);
        let corners = [first, places[1], places[2], places[3]];
        for (i, length) in lengths.iter().enumerate() {
            let direction = (corners[i + 1] - corners[i]).normalize();
            if left <= *length + 1e-6 || i == 2 {
                (at, along) = (corners[i] + direction * left, direction);
                break;
            }
            left -= length;
        }
        let narrow = lerp(1.06, 0.80, share);
        let round = if share > tip { (1.0 - ((share - tip) / (1.0 - tip)).powi(2)).max(0.0).sqrt() } else { 1.0 };
        let r = radius * narrow * round;
        let side = along.cross(Vec3::Y).normalize_or(Vec3::Z);
        let up = side.cross(along);
        let shape = Oval::new(r.max(1e-5), (r * 0.94).max(1e-5), (r * 0.94).max(1e-5), 2.2);
        rings.push(ring(at, side, up, shape, 10, 0.0));
        let blend = 0.03;
        let skin = Skin::chain(
            share,
            HumanBone::LeftHand,
            &[
                (bones[0], root_back / total - if thumb { 0.0 } else { 0.02 }, 0.06),
                (bones[1], joint[0], blend),
                (bones[2], joint[1], blend),
            ],
        );
        skins.push(skin);
    }
    let axis: Vec<Vec3> = rings.iter().map(|r| r.points.iter().sum::<Vec3>() / r.points.len() as f32).collect();
    Part::loft(&format!("left {}", bones[0].name()), Look::Skin, &rings, 180.0).skinned(|p| {
        let nearest = (0..axis.len()).min_by(|&a, &b| axis[a].distance(p).total_cmp(&axis[b].distance(p)));
        skins[nearest.unwrap_or(0)]
    })
}
