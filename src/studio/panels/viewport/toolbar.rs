//! The row above the picture: what is shown, which handles, from where, and how large the output is.

use crate::pose::CameraView;
use crate::pose::ik::stand;
use crate::raster::Stance;
use crate::studio::actions::tip;
use crate::studio::panels::degrees::degrees_field;
use crate::studio::panels::{Context, menu};
use crate::studio::{Edit, Gizmo, PoseCommand, Style, ViewCommand};
use egui::{DragValue, Ui};

/// Sizes of pictures that are asked for often, in pixels; paper at 300 dots an inch.
const SIZES: [(&str, [u32; 2]); 8] = [
    ("Full HD video", [1920, 1080]),
    ("Upright Full HD video", [1080, 1920]),
    ("4K video", [3840, 2160]),
    ("A4 upright, 300 dpi", [2480, 3508]),
    ("A4 lying, 300 dpi", [3508, 2480]),
    ("A5 upright, 300 dpi", [1748, 2480]),
    ("A5 lying, 300 dpi", [2480, 1748]),
    ("Postcard upright, 300 dpi", [1181, 1748]),
];

/// Shapes that are asked for often: width to height. The longer side stays as it is.
const SHAPES: [(&str, f32); 6] = [
    ("1:1 square", 1.0),
    ("3:4 portrait", 3.0 / 4.0),
    ("4:3 landscape", 4.0 / 3.0),
    ("9:16 upright video", 9.0 / 16.0),
    ("16:9 video", 16.0 / 9.0),
    ("2:3 portrait", 2.0 / 3.0),
];

/// The toolbar's own state.
#[derive(Default)]
pub(super) struct Toolbar {
    /// What is typed as the next camera's name.
    camera_name: String,
}

impl Toolbar {
    /// Draws the row.
    pub(super) fn ui(&mut self, ui: &mut Ui, context: &mut Context<'_>, body: &Stance) {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            style(ui, context);
            handles(ui, context, body);
            axes(ui, context);
            limits(ui, context);
            self.camera(ui, context);
            output(ui, context);
        });
    }

    fn camera(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        let button = menu(ui, "Camera", |ui| {
            ui.set_min_width(190.0);
            let frame = tip(ui.ctx(), ViewCommand::FrameFigure, "The whole figure in the picture");
            if ui.button("Frame the figure").on_hover_text(frame).clicked() {
                context.commands.send(ViewCommand::FrameFigure);
                ui.close();
            }
            let selected = tip(ui.ctx(), ViewCommand::FrameSelected, "The selected bone and what hangs on it");
            let possible = context.display.selected.is_some();
            let button = ui.add_enabled(possible, egui::Button::new("Frame the selected bone"));
            if button.on_hover_text(selected).on_disabled_hover_text("Select a bone first").clicked() {
                context.commands.send(ViewCommand::FrameSelected);
                ui.close();
            }
            let seen = context.seen.orbit();
            let camera = seen.unwrap_or(context.project.camera);
            let mut fov = camera.fov_deg;
            ui.horizontal(|ui| {
                ui.label("Field of view");
                let field = degrees_field(&mut fov).range(5.0..=90.0).speed(0.25);
                let field = ui.add_enabled(seen.is_some(), field);
                if field.on_hover_text("Small: a long lens, flat. Large: a wide one, deep").changed() {
                    let camera = camera.with_fov(fov);
                    context.commands.edit("Change the field of view", Edit::Camera(camera));
                }
            });
            ui.separator();
            for (name, view) in CameraView::NAMED {
                let command = ViewCommand::LookFrom(view);
                let label = capital(&name.replace('-', " "));
                let tip = tip(ui.ctx(), command.clone(), "Look from here, framed");
                let so = seen.is_some_and(|camera| camera.looks_as(&view));
                if ui.radio(so, label).on_hover_text(tip).clicked() {
                    context.commands.send(command);
                    ui.close();
                }
            }
            ui.separator();
            self.kept(ui, context);
        });
        button.on_hover_text("From where the figure is seen");
    }

    fn kept(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        let cameras = &context.project.cameras;
        for (i, kept) in cameras.iter().enumerate() {
            ui.horizontal(|ui| {
                if ui.button(&kept.name).on_hover_text("Look through this camera").clicked() {
                    context.commands.edit("Look through a kept camera", Edit::Camera(kept.camera));
                    ui.close();
                }
                if ui.small_button("✖").on_hover_text("Forget this camera").clicked() {
                    let mut rest = cameras.clone();
                    rest.remove(i);
                    context.commands.edit("Forget a camera", Edit::Cameras(rest));
                }
            });
        }
        ui.horizontal(|ui| {
            let field = egui::TextEdit::singleline(&mut self.camera_name).hint_text("Name of this camera");
            let field = ui.add(field.desired_width(120.0));
            field.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, "Name of the camera to keep"));
            let named = !self.camera_name.trim().is_empty();
            let entered = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
            let keep = ui.add_enabled(named, egui::Button::new("Keep camera"));
            if named && (entered || keep.on_hover_text("Keep this camera in the project").clicked()) {
                let name = std::mem::take(&mut self.camera_name).trim().to_owned();
                context.commands.send(ViewCommand::KeepCamera(name));
                ui.close();
            }
        });
    }
}

fn style(ui: &mut Ui, context: &mut Context<'_>) {
    let styles = [
        (Style::Lit, "Lit", "The figure in its colours"),
        (Style::Udp, "UDP", "Per pixel, which point of the body is seen: what the painter gets"),
        (Style::Wireframe, "Wire", "The edges of its triangles"),
    ];
    for (style, label, what) in styles {
        let command = ViewCommand::Show(style);
        let tip = tip(ui.ctx(), command.clone(), what);
        if ui.selectable_label(context.display.style == style, label).on_hover_text(tip).clicked() {
            context.commands.send(command);
        }
    }
    ui.separator();
}

fn handles(ui: &mut Ui, context: &mut Context<'_>, body: &Stance) {
    let button = menu(ui, "Handles", |ui| {
        let choices = [
            (Gizmo::All, "Rings and handles", "Everything"),
            (Gizmo::Rotate, "Only rings", "Rings rotate the selected bone"),
            (Gizmo::Reach, "Only handles", "Hands, feet, hips, chest and head follow"),
            (Gizmo::Off, "None", "Only look"),
        ];
        for (gizmo, label, what) in choices {
            let command = ViewCommand::Handles(gizmo);
            let tip = tip(ui.ctx(), command.clone(), what);
            if ui.radio(context.display.gizmo == gizmo, label).on_hover_text(tip).clicked() {
                context.commands.send(command);
            }
        }
        ui.separator();
        let mut skeleton = context.display.skeleton;
        let shown = tip(ui.ctx(), ViewCommand::Skeleton(!skeleton), "Bones over the figure; click one to select it");
        if ui.checkbox(&mut skeleton, "Skeleton").on_hover_text(shown).changed() {
            context.commands.send(ViewCommand::Skeleton(skeleton));
        }
        let mut all = context.display.all_joints;
        let what = "Bones of hair, clothes and the like are in the skeleton too";
        if ui.checkbox(&mut all, "All bones").on_hover_text(what).changed() {
            context.commands.send(ViewCommand::AllJoints(all));
        }
        let mut stands = context.pose.ground > 0.5;
        let what = "The figure is raised or lowered until it stands on the floor, whatever its pose";
        if ui.checkbox(&mut stands, "Stands on the floor").on_hover_text(what).changed() {
            let pose = stand(body.figure(), body.rig(), context.pose, stands);
            context.commands.edit(if stands { "Stand on the floor" } else { "Leave the floor" }, Edit::Pose(pose));
        }
    });
    button.on_hover_text("What can be taken hold of");
}

fn axes(ui: &mut Ui, context: &mut Context<'_>) {
    let world = context.display.world_axes;
    let (label, what) = if world {
        ("World axes", "Rings turn about the world's axes; click for the bone's own")
    } else {
        ("Bone axes", "Rings turn about the bone's own axes; click for the world's")
    };
    let command = ViewCommand::WorldAxes(!world);
    if ui.button(label).on_hover_text(tip(ui.ctx(), command.clone(), what)).clicked() {
        context.commands.send(command);
    }
}

fn limits(ui: &mut Ui, context: &mut Context<'_>) {
    let on = context.project.joint_limits;
    let command = PoseCommand::JointLimits;
    let tip = tip(ui.ctx(), command.clone(), "Joints keep to what a human body can do");
    if ui.selectable_label(on, "Limits").on_hover_text(tip).clicked() {
        context.commands.send(command);
    }
    ui.separator();
}

fn output(ui: &mut Ui, context: &mut Context<'_>) {
    let size = context.project.frame_px;
    let button = menu(ui, &size_words(size), |ui| {
        let mut wanted = size;
        ui.horizontal(|ui| {
            let [width, height] = &mut wanted;
            let range = 16..=crate::raster::LARGEST_SIDE_PX;
            ui.add(DragValue::new(width).range(range.clone()).suffix(" px")).on_hover_text("Width");
            ui.label("×");
            ui.add(DragValue::new(height).range(range).suffix(" px")).on_hover_text("Height");
            if ui.small_button("Turn").on_hover_text("Width and height change places").clicked() {
                wanted = [size[1], size[0]];
            }
        });
        let mut offer = |ui: &mut Ui, name: &str, offered: [u32; 2]| {
            let pixels = format!("{} × {} pixels", offered[0], offered[1]);
            if ui.radio(offered == size, name).on_hover_text(pixels).clicked() {
                wanted = offered;
                ui.close();
            }
        };
        ui.separator();
        ui.weak("Size");
        SIZES.into_iter().for_each(|(name, offered)| offer(ui, name, offered));
        ui.separator();
        ui.weak("Shape").on_hover_text("The longer side stays as it is");
        SHAPES.into_iter().for_each(|(name, aspect)| offer(ui, name, shaped(size, aspect)));
        if wanted != size {
            context.commands.edit("Change the picture's size", Edit::Frame(wanted));
        }
    });
    button.on_hover_text("Size and shape of the output picture");
}

/// `768 × 1024`, with its name where it has one.
fn size_words(size: [u32; 2]) -> String {
    let pixels = format!("{} × {}", size[0], size[1]);
    match SIZES.iter().find(|(_, known)| *known == size) {
        Some((name, _)) => format!("{name} ({pixels})"),
        None => pixels,
    }
}

/// A size of this aspect whose longer side is the same.
fn shaped(size: [u32; 2], aspect: f32) -> [u32; 2] {
    let long = size[0].max(size[1]);
    let short = |share: f32| ((long as f32 * share).round() as u32).max(16);
    if aspect >= 1.0 { [long, short(1.0 / aspect)] } else { [short(aspect), long] }
}

fn capital(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_keep_the_longer_side() {
        assert_eq!(shaped([768, 1024], 1.0), [1024, 1024]);
        assert_eq!(shaped([768, 1024], 3.0 / 4.0), [768, 1024]);
        assert_eq!(shaped([768, 1024], 16.0 / 9.0), [1024, 576]);
        assert_eq!(shaped([16, 16], 0.01), [16, 16]);
    }

    #[test]
    fn sizes_are_what_their_names_say_and_the_menu_says_which_is_chosen() {
        for (name, [width, height]) in SIZES {
            assert!(width.max(height) <= crate::raster::LARGEST_SIDE_PX, "{name}");
            assert_eq!(name.to_lowercase().contains("upright"), height > width, "{name}");
            let mm = |px: u32| px as f32 / 300.0 * 25.4;
            let paper = match &name[..2] {
                "A4" => [210.0, 297.0],
                "A5" => [148.0, 210.0],
                "Po" => [100.0, 148.0],
                _ => continue,
            };
            let sides = [mm(width.min(height)), mm(width.max(height))];
            assert!((0..2).all(|i| (sides[i] - paper[i]).abs() < 0.1), "{name}: {sides:?} mm");
        }
        assert_eq!(size_words([2480, 3508]), "A4 upright, 300 dpi (2480 × 3508)");
        assert_eq!(size_words([768, 1024]), "768 × 1024");
    }
}
