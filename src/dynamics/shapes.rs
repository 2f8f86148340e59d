//! Shapes placed in the world: how far a ball is from them, and which way is out.

use crate::figure::springs::Shape;
use glam::{Affine3A, Quat, Vec3};

/// `shape`, given in a joint's space, where the joint is now.
pub(super) fn placed(shape: &Shape, world: &Affine3A) -> Shape {
    let place = |at: Vec3| world.transform_point3(at);
    let scale = [world.matrix3.x_axis, world.matrix3.y_axis, world.matrix3.z_axis].map(|axis| axis.length());
    let largest = scale[0].max(scale[1]).max(scale[2]);
    match *shape {
        Shape::Sphere { centre, radius, inside } => {
            Shape::Sphere { centre: place(centre), radius: radius * largest, inside }
        }
        Shape::Capsule { ends, radius, inside } => {
            Shape::Capsule { ends: ends.map(place), radius: radius * largest, inside }
        }
        Shape::Plane { point, normal } => {
            let normal = world.to_scale_rotation_translation().1 * normal;
            Shape::Plane { point: place(point), normal: normal.normalize_or(Vec3::Y) }
        }
        Shape::Cuboid { centre, rotation, half } => {
            let turned: Quat = world.to_scale_rotation_translation().1 * rotation;
            Shape::Cuboid { centre: place(centre), rotation: turned.normalize(), half: half * largest }
        }
    }
}

/// How far a ball's surface is from a placed shape's (negative: inside), and the direction that leads out.
pub(super) fn distance(shape: &Shape, at: Vec3, radius: f32) -> (f32, Vec3) {
    let round = |centre: Vec3, own: f32, inside: bool| {
        let away = at - centre;
        let (length, out) = (away.length(), away.normalize_or(Vec3::Y));
        if inside { (own - radius - length, -out) } else { (length - own - radius, out) }
    };
    match *shape {
        Shape::Sphere { centre, radius: own, inside } => round(centre, own, inside),
        Shape::Capsule { ends: [a, b], radius: own, inside } => {
            let along = b - a;
            let share = (at - a).dot(along) / along.length_squared().max(1e-12);
            round(a + along * share.clamp(0.0, 1.0), own, inside)
        }
        Shape::Plane { point, normal } => ((at - point).dot(normal) - radius, normal),
        Shape::Cuboid { centre, rotation, half } => {
            let local = rotation.inverse() * (at - centre);
            let beyond = local.abs() - half;
            let sign = Vec3::ONE.copysign(local);
            if beyond.max_element() > 0.0 {
                let away = beyond.max(Vec3::ZERO);
                (away.length() - radius, rotation * (away * sign).normalize_or(Vec3::Y))
            } else {
                // Out through the nearest side.
                let axis = [Vec3::X, Vec3::Y, Vec3::Z][beyond.max_position()];
                (beyond.max_element() - radius, rotation * (axis * sign))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: (f32, Vec3), distance: f32, out: Vec3) {
        assert!((found.0 - distance).abs() < 1e-5 && found.1.distance(out) < 1e-5, "{found:?}");
    }

    #[test]
    fn distances_are_from_surface_to_surface_and_lead_out() {
        let sphere = |inside| Shape::Sphere { centre: Vec3::Y, radius: 0.5, inside };
        near(distance(&sphere(false), Vec3::new(1.0, 1.0, 0.0), 0.1), 0.4, Vec3::X);
        near(distance(&sphere(true), Vec3::new(0.3, 1.0, 0.0), 0.1), 0.1, Vec3::NEG_X);
        let capsule = Shape::Capsule { ends: [Vec3::ZERO, Vec3::Y], radius: 0.2, inside: false };
        near(distance(&capsule, Vec3::new(0.0, 0.5, 0.1), 0.0), -0.1, Vec3::Z);
        near(distance(&capsule, Vec3::new(0.0, 2.0, 0.0), 0.0), 0.8, Vec3::Y);
        let plane = Shape::Plane { point: Vec3::Y, normal: Vec3::Y };
        near(distance(&plane, Vec3::new(3.0, 0.5, 0.0), 0.1), -0.6, Vec3::Y);
        let cuboid = Shape::Cuboid { centre: Vec3::X, rotation: Quat::IDENTITY, half: Vec3::new(0.5, 1.0, 1.0) };
        near(distance(&cuboid, Vec3::new(2.0, 0.0, 0.0), 0.1), 0.4, Vec3::X);
        near(distance(&cuboid, Vec3::new(0.6, 0.0, 0.0), 0.0), -0.1, Vec3::NEG_X);
    }

    #[test]
    fn shapes_go_with_their_joint() {
        let turn = Quat::from_rotation_z(std::f32::consts::FRAC_PI_2);
        let world = Affine3A::from_scale_rotation_translation(Vec3::splat(2.0), turn, Vec3::Y);
        let capsule = Shape::Capsule { ends: [Vec3::ZERO, Vec3::X], radius: 0.1, inside: false };
        let Shape::Capsule { ends, radius, .. } = placed(&capsule, &world) else { panic!() };
        assert!(ends[0].distance(Vec3::Y) < 1e-6 && ends[1].distance(Vec3::new(0.0, 3.0, 0.0)) < 1e-6);
        assert!((radius - 0.2).abs() < 1e-6);
        let plane = Shape::Plane { point: Vec3::ZERO, normal: Vec3::X };
        let Shape::Plane { normal, .. } = placed(&plane, &world) else { panic!() };
        assert!(normal.distance(Vec3::Y) < 1e-6);
    }
}
