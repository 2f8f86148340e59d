//! VRM's springs as chains.

use super::chains::{Builder, Point};

/// Adds the springs of a VRM file.
pub(super) fn add(builder: &mut Builder) {
    let springs = &builder.figure.springs;
    builder.colliders.extend(&springs.colliders);
    for (chain, spring) in springs.chains.iter().enumerate() {
        for joint in &spring.joints {
            // Radii grow with the figure, as everything of it does.
            let world = &builder.rest[joint.joint as usize].matrix3;
            let scale = [world.x_axis, world.y_axis, world.z_axis].map(|axis| axis.length()).into_iter();
            let point = Point {
                joint: joint.joint,
                tail: joint.tail,
                radius: joint.radius * scale.fold(0.0, f32::max),
                stiffness: joint.stiffness,
                keep: 1.0 - joint.drag,
                gravity: joint.gravity,
                centre: spring.centre,
                limits: None,
                hits: 0..0,
                chain: chain as u32,
            };
            builder.swing(point, spring.colliders.clone(), true);
        }
    }
}
