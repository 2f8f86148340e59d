//! Handles that hands, feet, hips, chest and head follow; small ones for the directions of elbows and knees.

use super::sight::Sight;
use crate::figure::HumanBone;
use crate::pose::Pose;
use crate::pose::ik::{Goal, Reach, reach};
use crate::raster::Stance;
use crate::studio::panels::Context;
use crate::studio::{Edit, ViewCommand};
use egui::{Color32, PointerButton, Pos2, Rect, Sense, Stroke, Ui, vec2};
use glam::Vec3;

/// A handle is taken this far beyond its rim, points.
const REACH: f32 = 3.0;

/// The handles and the one that is held.
#[derive(Default)]
pub(super) struct Handles {
    held: Option<Held>,
}

/// A handle that is being pulled; every answer starts from the pose in which it was taken.
struct Held {
    what: Grip,
    pose: Pose,
    place: Vec3,
    pressed: Pos2,
}

#[derive(Clone, Copy, PartialEq)]
enum Grip {
    Goal(Goal),
    /// The selected joint, which the figure allows to be moved.
    Joint(u32),
}

impl Handles {
    /// Takes hold of the handle that was pressed just now. Where it was pressed counts, not where the pointer is by now:
    /// who presses and moves at once means the handle, not what lies where the hand has got to.
    pub(super) fn take(&mut self, ui: &Ui, context: &Context<'_>, body: &Stance, sight: &Sight) {
        let origin = ui.input(|input| input.pointer.press_origin().filter(|_| input.pointer.primary_pressed()));
        let on_top = |at: &Pos2| ui.ctx().layer_id_at(*at).is_none_or(|layer| layer == ui.layer_id());
        let Some(origin) = origin.filter(|at| sight.rect.contains(*at) && on_top(at)) else { return };
        let near = grips(context, body).into_iter().filter_map(|(grip, place)| {
            let distance = sight.project(place)?.distance(origin);
            (distance <= words(grip).2 + REACH).then_some((distance, grip, place))
        });
        if let Some((_, what, place)) = near.min_by(|a, b| a.0.total_cmp(&b.0)) {
            ui.ctx().set_dragged_id(id(ui, what));
            self.held = Some(Held { what, pose: (**body.pose()).clone(), place, pressed: origin });
        }
    }

    /// One is held.
    pub(super) fn is_held(&self) -> bool {
        self.held.is_some()
    }

    /// Draws the handles and pulls at them. True: the pointer is over one.
    pub(super) fn ui(&mut self, ui: &mut Ui, context: &mut Context<'_>, body: &Stance, sight: &Sight) -> bool {
        let mut over = false;
        for (grip, place) in grips(context, body) {
            over |= self.handle(ui, context, body, sight, grip, place);
        }
        if let Some(held) = &self.held {
            let id = id(ui, held.what);
            if !ui.ctx().is_being_dragged(id) {
                self.held = None;
            }
        }
        over
    }

    fn handle(
        &mut self,
        ui: &mut Ui,
        context: &mut Context<'_>,
        body: &Stance,
        sight: &Sight,
        grip: Grip,
        place: Vec3,
    ) -> bool {
        // What is held stays in hand even where it leaves the picture.
        let held = self.held.as_ref().is_some_and(|held| held.what == grip);
        let seen = sight.project(place).filter(|at| held || sight.rect.contains(*at));
        let at = match (seen, held) {
            (Some(seen), _) => seen.clamp(sight.rect.min, sight.rect.max),
            (None, true) => sight.rect.center(),
            (None, false) => return false,
        };
        let (name, tip, radius) = words(grip);
        let rect = Rect::from_center_size(at, vec2(2.0, 2.0) * (radius + 2.0)).intersect(sight.rect);
        let response = ui.interact(rect, id(ui, grip), Sense::click_and_drag());
        let label = format!("{name} handle");
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &label));
        if response.clicked_by(PointerButton::Primary)
            && let Grip::Goal(goal) = grip
        {
            context.commands.send(ViewCommand::Select(bone_of(body, goal)));
        }
        let (moving, pointer) = ui.input(|input| (input.pointer.is_decidedly_dragging(), input.pointer.latest_pos()));
        if let Some(pointer) = pointer.filter(|_| held && moving) {
            self.pull(context, body, sight, grip, pointer);
        }
        paint(ui, sight, grip, at, radius, held || response.hovered());
        let hovered = response.hovered();
        if !held {
            response.on_hover_cursor(egui::CursorIcon::Grab).on_hover_text(tip);
        }
        hovered || held
    }

    fn pull(&mut self, context: &mut Context<'_>, body: &Stance, sight: &Sight, grip: Grip, pointer: Pos2) {
        let Some(held) = self.held.as_ref().filter(|held| held.what == grip) else { return };
        // In the plane of view through where it was taken; it need not have been taken in its very middle.
        let way = sight.unproject(pointer, held.place) - sight.unproject(held.pressed, held.place);
        let pose = match grip {
            Grip::Goal(goal) => {
                let how = Reach { limits: context.project.joint_limits, bend: None };
                reach(body.figure(), body.rig(), &held.pose, goal, held.place + way, how)
            }
            Grip::Joint(joint) => {
                let mut posed = body.with(&held.pose);
                posed.move_by(joint, way);
                posed.pose
            }
        };
        if pose != *context.pose {
            context.commands.edit(format!("Pull {}", lower(&words(grip).0)), Edit::Pose(pose));
        }
    }
}

/// Every handle there is now, and its place.
fn grips(context: &Context<'_>, body: &Stance) -> Vec<(Grip, Vec3)> {
    let posed = body.posed();
    let mut grips: Vec<(Grip, Vec3)> =
        Goal::ALL.into_iter().filter_map(|goal| Some((Grip::Goal(goal), goal.place(&posed)?))).collect();
    if let Some(joint) = context.display.selected.filter(|&joint| body.rig().bone(joint).is_none()) {
        let may = body.figure().joints.get(joint as usize).is_some_and(|j| j.may_translate);
        grips.extend(may.then(|| (Grip::Joint(joint), posed.place(joint))));
    }
    grips
}

fn id(ui: &Ui, grip: Grip) -> egui::Id {
    ui.scope_id().with(("handle", words(grip).0))
}

/// Its name, what it does, and its size.
fn words(grip: Grip) -> (String, &'static str, f32) {
    match grip {
        Grip::Goal(goal) if goal.is_direction() => {
            (goal.label().into(), "Drag to point it another way; hand or foot stays", 4.5)
        }
        Grip::Goal(Goal::Hips) => ("Hips".into(), "Drag to move the body; standing feet stay", 8.0),
        Grip::Goal(Goal::Chest) => ("Chest".into(), "Drag to bend the torso", 8.0),
        Grip::Goal(Goal::Head) => ("Head".into(), "Drag to tilt the head", 8.0),
        Grip::Goal(goal) => (goal.label().into(), "Drag; the limb follows", 8.0),
        Grip::Joint(_) => ("Joint".into(), "Drag to move this joint", 6.0),
    }
}

fn bone_of(body: &Stance, goal: Goal) -> Option<u32> {
    let wanted: &[HumanBone] = match goal {
        Goal::Chest => &[HumanBone::UpperChest, HumanBone::Chest, HumanBone::Spine],
        _ => &[goal.bone()],
    };
    wanted.iter().find_map(|&bone| body.figure().humanoid.joint(bone))
}

fn paint(ui: &Ui, sight: &Sight, grip: Grip, at: Pos2, radius: f32, lively: bool) {
    let painter = ui.painter_at(sight.rect);
    let colour = match grip {
        Grip::Goal(goal) => match goal.bone().name() {
            name if name.starts_with("left") => Color32::from_rgb(90, 160, 255),
            name if name.starts_with("right") => Color32::from_rgb(255, 120, 110),
            _ => Color32::from_rgb(255, 205, 80),
        },
        Grip::Joint(_) => Color32::from_rgb(150, 220, 150),
    };
    let fill = colour.gamma_multiply(if lively { 0.95 } else { 0.45 });
    let (rim, shade) = (Stroke::new(1.6, colour), Stroke::new(3.2, Color32::from_black_alpha(110)));
    let round = matches!(grip, Grip::Goal(goal) if !goal.is_direction());
    if round {
        painter.circle(at, radius, Color32::TRANSPARENT, shade);
        painter.circle(at, radius, fill, rim);
    } else {
        let corners = [vec2(0.0, -1.3), vec2(1.3, 0.0), vec2(0.0, 1.3), vec2(-1.3, 0.0)].map(|v| at + v * radius);
        painter.add(egui::Shape::convex_polygon(corners.to_vec(), Color32::TRANSPARENT, shade));
        painter.add(egui::Shape::convex_polygon(corners.to_vec(), fill, rim));
    }
}

/// With a small first letter, as within a sentence.
pub(super) fn lower(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
