//! The line below the picture: the selected joint and its angles, or what a hand can do here.

use super::handles::lower;
use crate::figure::HumanBone;
use crate::pose::limits;
use crate::raster::Stance;
use crate::studio::panels::Context;
use crate::studio::panels::bones::readable;
use crate::studio::panels::degrees::degrees_field;
use crate::studio::{Edit, PoseCommand};
use egui::Ui;
use glam::{EulerRot, Quat};
use std::cmp::Ordering;

/// Points high.
pub(super) const HEIGHT: f32 = 24.0;

/// Draws the line; `locked`: the hand on the picture leaves the camera alone.
pub(super) fn ui(ui: &mut Ui, context: &mut Context<'_>, body: &Stance, locked: bool) {
    ui.allocate_ui(egui::vec2(ui.available_width(), HEIGHT), |ui| {
        ui.horizontal_centered(|ui| {
            let joint = context.display.selected.filter(|&joint| (joint as usize) < body.figure().joints.len());
            let joint = joint.filter(|_| !(context.playback.is_playing() || context.playback.is_live()));
            match joint {
                Some(joint) => angles(ui, context, body, joint),
                None => {
                    let hint = match locked {
                        _ if context.playback.is_live() => {
                            "What another program sends is shown. Right drag turns the view, the wheel comes nearer."
                        }
                        false => "Drag a handle, or click a bone. Right drag turns the view, the wheel comes nearer.",
                        true => {
                            "Drag a handle, or click a bone. The wheel looks closer, other drags move what you see."
                        }
                    };
                    ui.add(egui::Label::new(egui::RichText::new(hint).weak()).truncate());
                }
            }
        });
    });
}

fn angles(ui: &mut Ui, context: &mut Context<'_>, body: &Stance, joint: u32) {
    let name = readable(body.figure(), joint);
    let order = Order::of(body.rig().bone(joint));
    let mut degrees = order.degrees(body.posed().rotation(joint));
    let may = body.figure().joints[joint as usize].may_rotate;
    let mut changed = false;
    // A field that runs on beyond what the joint does would come back from the other end.
    let limit = body.rig().bone(joint).filter(|_| context.project.joint_limits).and_then(limits::limit);
    let ends = limit.map_or([[-180.0, 180.0]; 3], |limit| {
        let (low, high) = (limit.low_deg.to_array(), limit.high_deg.to_array());
        [0, 1, 2].map(|axis| [low[axis].min(degrees[axis]), high[axis].max(degrees[axis])])
    });
    for ((value, axis), [low, high]) in degrees.iter_mut().zip(["x", "y", "z"]).zip(ends) {
        let field = degrees_field(value).range(low..=high).prefix(format!("{axis} "));
        let field = ui.add_enabled(may, field);
        let label = format!("{name} about {axis}");
        // As it is shown: without a minus before a zero.
        let shown = value.round() + 0.0;
        field.widget_info(|| {
            let mut info = egui::WidgetInfo::drag_value(may, f64::from(shown));
            info.label = Some(label.clone());
            info
        });
        changed |= field.changed();
        field.on_hover_text("Degrees relative to the T-pose; drag, or click and type");
    }
    if changed {
        let mut posed = body.posed();
        posed.set_rotation(joint, order.rotation(degrees));
        if context.project.joint_limits {
            posed.limit(joint);
        }
        context.commands.edit(format!("Rotate {}", lower(&name)), Edit::Pose(posed.pose));
    }
    let tip = crate::studio::actions::tip(ui.ctx(), PoseCommand::ResetBone, "This bone as in T-pose");
    if ui.small_button("Reset").on_hover_text(tip).clicked() {
        context.commands.send(PoseCommand::ResetBone);
    }
    ui.add(egui::Label::new(name).truncate());
}

/// In which order the three angles are applied.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Order(EulerRot, [usize; 3]);

impl Order {
    /// The middle angle can't pass a quarter turn: it is the one about which the bone turns least.
    fn of(bone: Option<HumanBone>) -> Self {
        let orders = [Self(EulerRot::YXZ, [1, 0, 2]), Self(EulerRot::XYZ, [0, 1, 2]), Self(EulerRot::XZY, [0, 2, 1])];
        let Some(limit) = bone.and_then(limits::limit) else { return orders[0] };
        let far = limit.low_deg.abs().max(limit.high_deg.abs()).to_array();
        let least = (0..3).min_by(|&a, &b| far[a].partial_cmp(&far[b]).unwrap_or(Ordering::Equal));
        orders[least.unwrap_or(0)]
    }

    /// Degrees about x, y and z.
    fn degrees(self, rotation: Quat) -> [f32; 3] {
        let (a, b, c) = rotation.to_euler(self.0);
        let mut degrees = [0.0; 3];
        for (axis, angle) in self.1.into_iter().zip([a, b, c]) {
            // Without a minus before a zero.
            degrees[axis] = (angle.to_degrees() * 1e3).round() / 1e3 + 0.0;
        }
        degrees
    }

    fn rotation(self, degrees: [f32; 3]) -> Quat {
        let [a, b, c] = self.1.map(|axis| degrees[axis].to_radians());
        Quat::from_euler(self.0, a, b, c)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_stays_through_all_that_a_bone_can_do() {
        for bone in HumanBone::ALL {
            let (order, Some(limit)) = (Order::of(Some(bone)), limits::limit(bone)) else { continue };
            for axis in 0..3 {
                for end in [limit.low_deg, limit.high_deg] {
                    let mut typed = [3.0, -4.0, 5.0];
                    typed[axis] = end.to_array()[axis].clamp(-160.0, 160.0);
                    if axis == order.1[1] && typed[axis].abs() > 89.0 {
                        continue;
                    }
                    let shown = order.degrees(order.rotation(typed));
                    let close = typed.iter().zip(shown).all(|(a, b)| (a - b).abs() < 0.1);
                    assert!(close, "{bone:?}: typed {typed:?}, shown {shown:?}");
                }
            }
        }
        assert_eq!(
            Order::of(Some(HumanBone::LeftLowerLeg)).1[1],
            2,
            "a knee bends about x by more than a quarter turn"
        );
    }
}
