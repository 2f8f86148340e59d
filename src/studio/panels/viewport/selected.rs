//! The line below the picture: the selected joint and its angles, or what a hand can do here.

use super::body::Body;
use super::handles::lower;
use crate::studio::panels::Context;
use crate::studio::panels::bones::readable;
use crate::studio::{Command, Edit};
use egui::{DragValue, Ui};
use glam::{EulerRot, Quat};

/// Points high.
pub(super) const HEIGHT: f32 = 24.0;

/// Draws the line.
pub(super) fn ui(ui: &mut Ui, context: &mut Context<'_>, body: &Body) {
    ui.allocate_ui(egui::vec2(ui.available_width(), HEIGHT), |ui| {
        ui.horizontal_centered(|ui| {
            let joint = context.view.selected.filter(|&joint| (joint as usize) < body.figure().joints.len());
            match joint {
                Some(joint) => angles(ui, context, body, joint),
                None => {
                    let hint = "Drag a handle, or click a bone. Right drag turns the view, the wheel comes nearer.";
                    ui.add(egui::Label::new(egui::RichText::new(hint).weak()).truncate());
                }
            }
        });
    });
}

fn angles(ui: &mut Ui, context: &mut Context<'_>, body: &Body, joint: u32) {
    let name = readable(body.figure(), joint);
    let (x, y, z) = {
        let posed = body.posed();
        posed.rotation(joint).to_euler(EulerRot::YXZ)
    };
    // As a head would say it: turned about y, then tilted about x, then leant about z.
    let mut degrees = [y, x, z].map(f32::to_degrees);
    let may = body.figure().joints[joint as usize].may_rotate;
    let mut changed = false;
    for (value, axis) in degrees.iter_mut().zip(["x", "y", "z"]) {
        let field = DragValue::new(value).speed(0.5).fixed_decimals(0).suffix("°").range(-180.0..=180.0);
        let field = ui.add_enabled(may, field.prefix(format!("{axis} ")));
        let label = format!("{name} about {axis}");
        let shown = *value;
        field.widget_info(|| {
            let mut info = egui::WidgetInfo::drag_value(may, f64::from(shown));
            info.label = Some(label.clone());
            info
        });
        changed |= field.changed();
        field.on_hover_text("Degrees relative to the T-pose; drag, or click and type");
    }
    if changed {
        let [x, y, z] = degrees.map(f32::to_radians);
        let mut posed = body.posed();
        posed.set_rotation(joint, Quat::from_euler(EulerRot::YXZ, y, x, z));
        if context.project.joint_limits {
            posed.limit(joint);
        }
        context.commands.edit(format!("Rotate {}", lower(&name)), Edit::Pose(posed.pose));
    }
    let tip = crate::studio::actions::tip(ui.ctx(), &Command::ResetBone, "This bone as in T-pose");
    if ui.small_button("Reset").on_hover_text(tip).clicked() {
        context.commands.send(Command::ResetBone);
    }
    ui.add(egui::Label::new(name).truncate());
}
