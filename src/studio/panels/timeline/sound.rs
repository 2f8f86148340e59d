//! The sound: which file, when it begins, and its wave form.

use super::strip::Scale;
use crate::project::SoundTrack;
use crate::sound::Wave;
use crate::studio::content::Loaded;
use crate::studio::panels::preview::named;
use crate::studio::panels::{Context, menu};
use crate::studio::{Ask, Edit, MotionCommand};
use egui::{Align2, Color32, CursorIcon, DragValue, FontId, Mesh, Rect, Sense, Shape, Ui, pos2, vec2};

/// Height of the row, points.
const ROW: f32 = 30.0;
/// Quiet sounds are drawn as if their loudest part were as loud as this, at least.
const QUIET: f32 = 0.05;
const COLOUR: Color32 = Color32::from_rgb(84, 158, 146);

/// Draws the menu.
pub(super) fn ui(ui: &mut Ui, context: &mut Context<'_>) {
    let open = menu(ui, "Sound", |ui| choices(ui, context));
    open.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, "Sound of the motion"));
    open.on_hover_text(match cfg!(feature = "sound") {
        true => "Music or a voice: heard while it plays, and part of exported videos",
        false => "Music or a voice: seen as a wave form, and part of exported videos",
    });
    match &context.content.sound {
        Loaded::Loading => drop(ui.spinner()),
        Loaded::Failed(why) => {
            ui.colored_label(ui.visuals().warn_fg_color, "⚠").on_hover_text(why);
        }
        _ => {}
    }
}

fn choices(ui: &mut Ui, context: &mut Context<'_>) {
    let kinds = crate::files::formats::names(crate::sound::FORMATS);
    if ui.button("Open a sound…").on_hover_text(kinds).clicked() {
        context.commands.send(Ask::Sound);
        ui.close();
    }
    let Some(sound) = &context.project.sound else { return };
    ui.separator();
    ui.label(sound.name());
    ui.horizontal(|ui| {
        ui.label("Begins at frame");
        let fps = context.project.animation.fps;
        let mut frame = sound.begins_s * fps;
        let field = ui.add(DragValue::new(&mut frame).speed(0.25).max_decimals(1));
        named(&field, "Frame at which the sound begins");
        if field.changed() {
            begin(context, sound, frame / fps);
        }
        field.on_hover_text("Before frame 0 where negative: so much of it is over by then");
    });
    if ui.button("Remove the sound").on_hover_text("The file stays where it is").clicked() {
        context.commands.edit("Remove the sound", Edit::Sound(None));
        ui.close();
    }
    if cfg!(not(feature = "sound")) {
        ui.weak("This build of Settei plays no sound");
    }
}

fn begin(context: &mut Context<'_>, sound: &SoundTrack, begins_s: f64) {
    let moved = sound.at(begins_s);
    if moved != *sound {
        context.commands.edit("Move the sound", Edit::Sound(Some(moved)));
    }
}

/// Height of the row, points; none where there is no sound.
pub(super) fn height(context: &Context<'_>) -> f32 {
    if context.project.sound.is_some() { ROW } else { 0.0 }
}

/// The row of the ruler, by whose wave form the sound is taken and moved.
#[derive(Default)]
pub(super) struct Row {
    /// How many seconds after the pointer the sound begins, while it is moved.
    taken: Option<f64>,
}

impl Row {
    pub(super) fn ui(&mut self, ui: &mut Ui, context: &mut Context<'_>, scale: Scale, top: f32) {
        let (Some(sound), Some(wave)) = (&context.project.sound, context.content.sound.ready()) else { return };
        let fps = context.project.animation.fps;
        let [from, to] = [0.0, wave.duration_s()].map(|s| scale.x(((sound.begins_s + s) * fps) as f32));
        let seen = scale.rect.x_range();
        let place = Rect::from_x_y_ranges(from..=to.max(from + 2.0), top + 1.0..=top + ROW - 1.0);
        let place = Rect::from_x_y_ranges(place.x_range().intersection(seen), place.y_range());
        if !place.is_positive() {
            return;
        }
        let response = ui.interact(place, ui.scope_id().with("sound"), Sense::click_and_drag());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, "Wave form of the sound"));
        draw(ui, place, wave, |x| f64::from(scale.frame(x)) / fps - sound.begins_s);
        let name = ui.painter().layout_no_wrap(sound.name(), FontId::proportional(11.0), ui.visuals().text_color());
        let at = Align2::LEFT_TOP.anchor_size(place.left_top() + vec2(6.0, 2.0), name.size());
        let back = ui.visuals().extreme_bg_color.gamma_multiply(0.7);
        let painter = ui.painter_at(place);
        painter.rect_filled(at.expand2(vec2(3.0, 1.0)), 3.0, back);
        painter.galley(at.min, name, Color32::PLACEHOLDER);
        if let Some(pointer) = response.interact_pointer_pos() {
            let second = |x: f32| f64::from(scale.frame(x)) / fps;
            if response.clicked() {
                context.commands.send(MotionCommand::Seek(scale.nearest(pointer.x)));
            }
            if response.drag_started() {
                // Where it was pressed: it went some way before that was a drag.
                let pressed = ui.input(|input| input.pointer.press_origin()).unwrap_or(pointer);
                self.taken = Some(sound.begins_s - second(pressed.x));
            }
            if let Some(after) = self.taken.filter(|_| response.dragged()) {
                // To a frame, where the pictures are.
                begin(context, sound, ((second(pointer.x) + after) * fps).round() / fps);
            }
        }
        if response.drag_stopped() {
            self.taken = None;
        }
        let frame = format!("{:.1}", sound.begins_s * fps).replace(".0", "");
        let what = format!("{}, which begins at frame {frame}: drag to move it, click to go there", sound.name());
        response.on_hover_cursor(CursorIcon::ResizeHorizontal).on_hover_text(what);
    }
}

/// The wave form, a column a point; `second` says which second of the sound is where.
fn draw(ui: &Ui, place: Rect, wave: &Wave, second: impl Fn(f32) -> f64) {
    let faint = COLOUR.gamma_multiply(0.25);
    ui.painter().rect_filled(place, 3.0, faint);
    let (middle, half) = (place.center().y, 0.5 * place.height() / wave.loudest().max(QUIET));
    let colour = if ui.visuals().dark_mode { COLOUR } else { COLOUR.gamma_multiply(0.9) };
    let mut mesh = Mesh::default();
    let step = 1.0 / ui.ctx().pixels_per_point().clamp(0.5, 2.0);
    let mut x = place.left();
    while x < place.right() {
        let [low, high] = wave.between(second(x), second(x + step));
        let top = (middle - half * high).min(middle - 0.5);
        let column = Rect::from_min_max(pos2(x, top), pos2(x + step, (middle - half * low).max(middle + 0.5)));
        mesh.add_colored_rect(column, colour);
        x += step;
    }
    ui.painter_at(place).add(Shape::mesh(mesh));
}
