//! Tracing: the rows above the picture while the figure is posed over a drawing, and what the hand does there.

use super::loupe::Loupe;
use super::sight::Sight;
use crate::figure::HumanBone;
use crate::pose::{BodyPart, LimbLengths, Orbit};
use crate::project::{DrawingSource, Tracing};
use crate::raster::Stance;
use crate::studio::panels::degrees::degrees_field;
use crate::studio::panels::{Context, menu};
use crate::studio::{Edit, SheetCommand};
use egui::{DragValue, Rect, Response, RichText, Slider, Ui};
use glam::Vec3;

/// What tracing keeps from frame to frame.
pub(super) struct Trace {
    /// The drawing lies over the figure, not under it.
    pub(super) over: bool,
    /// Drags and the wheel leave the camera alone.
    locked: bool,
    loupe: Loupe,
    /// Which drawing all this is about.
    of: Option<DrawingSource>,
}

impl Default for Trace {
    fn default() -> Self {
        Self { over: true, locked: true, loupe: Loupe::default(), of: None }
    }
}

impl Trace {
    /// The camera stays where it is, whatever the hand does on the picture: it is locked, or something else moves it.
    pub(super) fn locks(&self, context: &Context<'_>) -> bool {
        context.project.tracing.is_some() && self.locked || moves(context)
    }

    /// Where the output picture is, which else would be at `frame`.
    pub(super) fn look(&self, context: &Context<'_>, rect: Rect, frame: Rect) -> Rect {
        if context.project.tracing.is_some() || moves(context) { self.loupe.place(rect, frame) } else { frame }
    }

    /// Takes what the hand does on the picture while the camera is locked; `moving`: a drag with the left button began on nothing.
    pub(super) fn take(&mut self, ui: &Ui, response: &Response, moving: bool) {
        self.loupe.take(ui, response, moving);
    }

    /// The rows above the picture.
    pub(super) fn ui(&mut self, ui: &mut Ui, context: &mut Context<'_>, body: &Stance) {
        let Some(tracing) = context.project.tracing.clone() else {
            self.of = None;
            return;
        };
        if self.of.as_ref() != Some(&tracing.source) {
            *self = Self { of: Some(tracing.source.clone()), ..Self::default() };
        }
        let name = tracing.source.name();
        ui.horizontal_wrapped(|ui| {
            let hint = format!(
                "Tracing {name}: pull the handles until the figure lies on the drawing, fit its size and its limbs, \
                 then save. The wheel looks closer."
            );
            ui.label(RichText::new(hint).strong());
        });
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            let file = tracing.source.path().is_some();
            let what =
                format!("Keep what {name} shows as {name}.udp.npz beside it; pose, view and picture size come back");
            let save = ui.add_enabled(file, egui::Button::new("Save")).on_hover_text(what);
            if save.on_disabled_hover_text("A built-in drawing has its UDP already").clicked() {
                context.commands.send(SheetCommand::SaveTracedUdp(tracing.source.clone()));
            }
            let what = "Stop tracing; pose, view and picture size come back";
            if ui.button("Cancel").on_hover_text(what).clicked() {
                context.commands.send(SheetCommand::StopTracing);
            }
            ui.separator();
            place(ui, context, body);
            limbs(ui, context, &tracing);
            ui.separator();
            let what = "Drags and the wheel move what you see, not the figure on the drawing";
            ui.checkbox(&mut self.locked, "Lock the camera").on_hover_text(what);
            let percent = format!("{:.0} %", self.loupe.zoom() * 100.0);
            let whole = ui.button(percent).on_hover_text("How close you look; click to see the whole drawing");
            whole.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, "See the whole drawing"));
            if whole.clicked() {
                self.loupe = Loupe::default();
            }
            ui.separator();
            let mut opacity = tracing.opacity;
            ui.spacing_mut().slider_width = 70.0;
            let slider = ui.add(Slider::new(&mut opacity, 0.0..=1.0).text("Drawing").show_value(false));
            if slider.on_hover_text("How much of the drawing is seen").changed() {
                let tracing = Some(Tracing { opacity, ..tracing.clone() });
                context.commands.edit("Change the tracing picture", Edit::Tracing(tracing));
            }
            ui.checkbox(&mut self.over, "Over the figure").on_hover_text("Otherwise it lies under the figure");
        });
    }
}

/// The camera moves by itself: a file says where it is at each frame, or keyed ones are played.
fn moves(context: &Context<'_>) -> bool {
    let keyed = context.playback.is_playing() && context.project.animation.camera.moves();
    context.seen.orbit().is_none() || keyed
}

/// Where the figure is on the drawing, how large, and how it is turned; told by its hips, which stay where they are while
/// it grows and turns.
fn place(ui: &mut Ui, context: &mut Context<'_>, body: &Stance) {
    let camera = context.project.camera;
    let [width, height] = context.project.frame_px.map(|side| side as f32);
    let aspect = width / height;
    let unit = Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(aspect, 1.0));
    let sight = Sight::new(camera.camera(aspect, 1.0), unit, unit);
    let hips = body.figure().humanoid.joint(HumanBone::Hips).map_or(camera.target, |joint| body.posed().place(joint));
    let Some(seen) = sight.project(hips) else { return };
    let tall = tallness(body) / sight.metres_a_point(hips);
    let mut new: Option<(&str, Orbit)> = None;

    let mut size = tall * 100.0;
    let field = percent(&mut size, "Size ").speed(0.05).range(5.0..=1000.0);
    if named(ui.add(field), "Size", size).on_hover_text("How tall the figure would stand in the picture").changed() {
        new = Some(("Fit the figure's size", camera.nearer_to(hips, size / (tall * 100.0))));
    }
    let along = sight.depth(hips) / camera.distance_m;
    let mut shift = |ui: &mut Ui, name: &'static str, tip: &str, at: f32, way: glam::Vec2| {
        let mut shown = at * 100.0;
        let field = percent(&mut shown, &format!("{name} ")).speed(0.02);
        if named(ui.add(field), name, shown).on_hover_text(tip).changed() {
            let by = way * (at - shown / 100.0) * along;
            new = Some(("Move the figure on the drawing", camera.panned(by.x, by.y)));
        }
    };
    shift(ui, "Across", "Where the hips are, from the left", seen.x / aspect, glam::vec2(aspect, 0.0));
    shift(ui, "Up", "Where the hips are, from below", 1.0 - seen.y, glam::vec2(0.0, 1.0));
    let (mut yaw, mut pitch) = (camera.yaw_deg, camera.pitch_deg);
    let turn = degrees_field(&mut yaw).speed(0.2).range(-180.0..=180.0).update_while_editing(false).prefix("Turn ");
    let turned = named(ui.add(turn), "Turn", yaw).on_hover_text("From which side: positive shows its left").changed();
    let steepest = Orbit::STEEPEST_DEG;
    let tilt =
        degrees_field(&mut pitch).speed(0.2).range(-steepest..=steepest).update_while_editing(false).prefix("Tilt ");
    let tilted = named(ui.add(tilt), "Tilt", pitch).on_hover_text("From how far above").changed();
    if turned || tilted {
        let camera = camera.turned_about(hips, yaw - camera.yaw_deg, pitch - camera.pitch_deg);
        new = Some(("Turn the figure on the drawing", camera));
    }
    if let Some((label, camera)) = new {
        context.commands.edit(label, Edit::Camera(camera));
    }
}

/// A field for a share of the picture. What is typed counts when it is whole: where the figure is follows from the camera,
/// and would not come back as the same number.
fn percent<'a>(value: &'a mut f32, name: &str) -> DragValue<'a> {
    DragValue::new(value).fixed_decimals(1).update_while_editing(false).suffix(" %").prefix(name)
}

/// How tall a figure of these lengths stands, metres: from its lowest joint to its highest.
fn tallness(body: &Stance) -> f32 {
    let heights = body.rig().t_world().iter().map(|world| world.w_axis.y).filter(|height| height.is_finite());
    let (low, high) = heights.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), y| (low.min(y), high.max(y)));
    if high - low > 1e-3 { high - low } else { Vec3::ONE.y }
}

/// The lengths of its limbs.
fn limbs(ui: &mut Ui, context: &mut Context<'_>, tracing: &Tracing) {
    let button = menu(ui, "Limbs", |ui| {
        let mut lengths = tracing.lengths.clone();
        ui.weak("How long, of the figure's own length");
        ui.spacing_mut().slider_width = 150.0;
        egui::Grid::new("limbs").num_columns(2).show(ui, |ui| {
            for &part in BodyPart::ALL {
                ui.label(part.label());
                let mut percent = lengths.of(part) * 100.0;
                let range = LimbLengths::RANGE.map(|length| length * 100.0);
                let slider = Slider::new(&mut percent, range[0]..=range[1]).logarithmic(true);
                let slider = ui.add(slider.fixed_decimals(1).smart_aim(false).update_while_editing(false).suffix(" %"));
                slider.widget_info(|| egui::WidgetInfo::slider(true, f64::from(percent), part.label()));
                if slider.changed() {
                    lengths.set(part, percent / 100.0);
                }
                ui.end_row();
            }
        });
        if ui.button("As the figure has them").on_hover_text("All limbs in their own length").clicked() {
            lengths = LimbLengths::default();
        }
        if lengths != tracing.lengths {
            let tracing = Some(Tracing { lengths, ..tracing.clone() });
            context.commands.edit("Stretch the figure's limbs", Edit::Tracing(tracing));
        }
    });
    button.on_hover_text("Longer or shorter limbs, so that the figure fits the drawing");
}

/// A field's name for screen readers.
fn named(response: Response, name: &str, value: f32) -> Response {
    response.widget_info(|| {
        let mut info = egui::WidgetInfo::drag_value(true, f64::from(value));
        info.label = Some(name.to_owned());
        info
    });
    response
}
