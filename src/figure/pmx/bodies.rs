//! MMD's bodies and what holds them together, in our axes and each in its joint's space.

use super::convert::{METRES_PER_UNIT, place, rotation};
use super::model::{self, Model};
use super::skeleton::Skeleton;
use crate::figure::springs::{Body, BodyKind, Shape, Springs, Tie};
use glam::{Quat, Vec3};

/// Bodies that a model may have: all that lead may collide with all that follow, in every step.
const MOST: usize = 4096;

/// What of a mended model moves by itself.
pub(super) fn read(model: &Model, skeleton: &Skeleton) -> Springs {
    let late_order = Some(skeleton.late_order);
    if model.bodies.len() > MOST {
        return Springs { late_order, ..Springs::default() };
    }
    let mut now = vec![None; model.bodies.len()];
    let mut bodies = Vec::new();
    for (i, source) in model.bodies.iter().enumerate() {
        // A body without a bone moves nothing, and nobody moves it.
        let joint = usize::try_from(source.bone).ok().and_then(|bone| skeleton.joint_of.get(bone));
        if let Some(&joint) = joint {
            now[i] = Some(bodies.len() as u32);
            bodies.push(body(source, joint, skeleton.places[joint as usize]));
        }
    }
    let body = |i: i32| usize::try_from(i).ok().and_then(|i| *now.get(i)?);
    let ties =
        model.ties.iter().filter_map(|source| Some(tie(source, [body(source.bodies[0])?, body(source.bodies[1])?])));
    Springs { ties: ties.collect(), bodies, late_order, ..Springs::default() }
}

fn body(source: &model::Body, joint: u32, joint_at: Vec3) -> Body {
    // MMD's joints have the world's axes at rest.
    let (centre, turned) = (place(source.position) - joint_at, turn(source.rotation));
    let size = METRES_PER_UNIT * source.size;
    let shape = match source.shape {
        0 => Shape::Sphere { centre, radius: size.x, inside: false },
        1 => Shape::Cuboid { centre, rotation: turned, half: size },
        _ => {
            let along = turned * Vec3::Y * (size.y / 2.0);
            Shape::Capsule { ends: [centre - along, centre + along], radius: size.x, inside: false }
        }
    };
    Body {
        name: source.name.clone(),
        joint,
        kind: [BodyKind::Follows, BodyKind::Leads, BodyKind::Turns][usize::from(source.mode.min(2))],
        shape,
        group: source.group,
        mask: source.mask,
        mass: if source.mass > 1e-6 { source.mass } else { 1e-6 },
        damping: source.damping.map(|share| share.clamp(0.0, 1.0)),
        bounce: source.surface[0].clamp(0.0, 1.0),
        friction: source.surface[1].clamp(0.0, 10.0),
    }
}

fn tie(source: &model::Tie, bodies: [u32; 2]) -> Tie {
    let [low, high] = source.shifts;
    // Mirroring z turns the sense, and so swaps low and high, of shifts along z and of turns about x and y.
    let shifts = [Vec3::new(low.x, low.y, -high.z), Vec3::new(high.x, high.y, -low.z)].map(|v| METRES_PER_UNIT * v);
    let [low, high] = source.turns;
    let turns = [Vec3::new(-high.x, -high.y, low.z), Vec3::new(-low.x, -low.y, high.z)];
    Tie {
        bodies,
        place: place(source.position),
        rotation: turn(source.rotation),
        shifts,
        turns,
        pulls: source.pulls.abs(),
        springs: source.springs.abs(),
    }
}

/// A file's Euler angles as a rotation of ours.
fn turn(angles: Vec3) -> Quat {
    let file = Quat::from_rotation_y(angles.y) * Quat::from_rotation_x(angles.x) * Quat::from_rotation_z(angles.z);
    rotation(file).normalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_mirrored_with_their_axes() {
        let source = model::Tie {
            name: String::new(),
            bodies: [0, 1],
            position: Vec3::ZERO,
            rotation: Vec3::ZERO,
            pulls: Vec3::ZERO,
            shifts: [Vec3::new(-1.0, -2.0, -3.0), Vec3::new(4.0, 5.0, 6.0)],
            turns: [Vec3::new(-0.1, -0.2, -0.3), Vec3::new(0.4, 0.5, 0.6)],
            springs: Vec3::new(1.0, -2.0, 3.0),
        };
        let tie = tie(&source, [0, 1]);
        assert_eq!(tie.shifts[0] / METRES_PER_UNIT, Vec3::new(-1.0, -2.0, -6.0));
        assert!((tie.shifts[1] / METRES_PER_UNIT).distance(Vec3::new(4.0, 5.0, 3.0)) < 1e-5);
        assert_eq!(tie.turns, [Vec3::new(-0.4, -0.5, -0.3), Vec3::new(0.1, 0.2, 0.6)]);
        assert_eq!(tie.springs, Vec3::new(1.0, 2.0, 3.0));
        // A quarter about the file's x takes its y to its z, which is our −z.
        assert!((turn(Vec3::new(std::f32::consts::FRAC_PI_2, 0.0, 0.0)) * Vec3::Y).distance(Vec3::NEG_Z) < 1e-6);
    }
}
