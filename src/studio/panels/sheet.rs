//! The character sheet: its drawings, with what is to be known about each.

mod sides;

pub(in crate::studio) use sides::listens;

use super::picture::{Shown, checkerboard, fit, whole};
use super::{Context, Home, Panel, Registration};
use crate::project::{Drawing, DrawingSource};
use crate::studio::content::{DrawingState, WindowImage};
use crate::studio::settings::DRAWING_SIZES;
use crate::studio::{Ask, Command, Edit, SheetCommand, WindowCommand};
use egui::{Color32, Key, Rect, Sense, pos2, vec2};
use std::collections::BTreeMap;

/// Height of a drawing's cell, without its name, for a width of one.
const CELL_HEIGHT: f32 = 1.08;

pub(super) static PANEL: Registration = Registration {
    title: "Character sheet",
    tip: "The drawings of your character; drop pictures here",
    key: Some(Key::F1),
    home: Home::UpperLeft,
    new: || Box::new(SheetPanel::default()),
};

/// What is shown of a drawing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Layer {
    Drawing,
    Udp,
    /// The pose, painted as if it showed another side.
    Otherwise,
}

/// The character sheet.
#[derive(Default)]
pub(super) struct SheetPanel {
    /// The drawings' UDPs lie over them.
    show_udp: bool,
    textures: BTreeMap<(DrawingSource, Layer), Shown>,
    /// The drawing that is being dragged to another place.
    dragged: Option<usize>,
}

impl Panel for SheetPanel {
    fn ui(&mut self, ui: &mut egui::Ui, context: &mut Context<'_>) {
        self.textures.retain(|(source, _), _| context.project.sheet.iter().any(|drawing| drawing.source == *source));
        ui.horizontal(|ui| {
            if ui.button("Add drawings…").on_hover_text("Or drop pictures and folders anywhere").clicked() {
                context.commands.send(Ask::Drawings);
            }
            ui.add_enabled_ui(!context.project.sheet.is_empty(), |ui| {
                ui.checkbox(&mut self.show_udp, "UDP").on_hover_text(
                    "Lay each drawing's Ultra-Dense Pose over it: the file beside it, or what the detector found",
                );
            });
            size(ui, context);
        });
        if context.project.sheet.is_empty() {
            return empty(ui);
        }
        not_cut_out(ui, context);
        egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            let mut places = Vec::new();
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
                for i in 0..context.project.sheet.len() {
                    places.push(self.cell(ui, context, i));
                }
            });
            self.arrange(ui, context, &places);
        });
    }
}

impl SheetPanel {
    /// One drawing; where it is on the screen.
    fn cell(&mut self, ui: &mut egui::Ui, context: &mut Context<'_>, i: usize) -> Rect {
        let drawing = &context.project.sheet[i];
        let name = drawing.source.name();
        let width = context.settings.drawing_size;
        let cell = vec2(width, (width * CELL_HEIGHT).round());
        let height = cell.y + ui.text_style_height(&egui::TextStyle::Small) + 4.0;
        let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::click_and_drag());
        let unknown = DrawingState::default();
        let state = context.content.drawing(&drawing.source).unwrap_or(&unknown);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, format!("Drawing {name}")));
        let picture = Rect::from_min_size(rect.min, cell);
        if ui.is_rect_visible(rect) {
            self.draw(ui, drawing, state, picture, rect, &response);
        }
        let mut enabled = drawing.enabled;
        let corner = Rect::from_min_size(picture.min + vec2(3.0, 3.0), vec2(22.0, 22.0));
        // On the drawing, without a place of its own in the row.
        let mut over = ui.new_child(egui::UiBuilder::new().max_rect(corner));
        let check = over.add(egui::Checkbox::without_text(&mut enabled));
        check.widget_info(|| egui::WidgetInfo::selected(egui::Role::CheckBox, true, enabled, format!("Use {name}")));
        if check.on_hover_text("Paint from this drawing").changed() {
            let mut sheet = context.project.sheet.clone();
            sheet[i].enabled = enabled;
            let label = if enabled { "Use a drawing" } else { "Leave a drawing out" };
            context.commands.edit(label, Edit::Sheet(sheet));
        }
        if !state.is_not_cut_out() && state.view.as_ref().is_some_and(|view| view.udp.is_none()) {
            sides::on_card(ui, context, i, state.belief, picture.right_top());
            if drawing.side.is_none() && state.belief.is_some_and(|belief| belief.is_open()) {
                self.otherwise(ui, context, i, picture);
            }
            if response.contains_pointer() {
                sides::listen(ui, context, i);
            }
        }
        if state.is_not_cut_out() {
            // Above the badge that says so.
            let low = picture.bottom() - ui.text_style_height(&egui::TextStyle::Small) - 30.0;
            let place = Rect::from_min_size(pos2(picture.left() + 4.0, low), vec2(picture.width() - 8.0, 22.0));
            let mut over = ui.new_child(egui::UiBuilder::new().max_rect(place));
            let button = over.small_button("Cut out…");
            button.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, "Cut out…"));
            let tip = format!("{NOT_CUT_OUT} Makes its background transparent, as a new file");
            if button.on_hover_text(tip).clicked() {
                context.commands.send(SheetCommand::CutOut(drawing.source.clone()));
            }
        }
        if response.drag_started_by(egui::PointerButton::Primary) {
            self.dragged = Some(i);
        }
        if response.double_clicked() {
            context.commands.send(SheetCommand::EditDrawing(drawing.source.clone()));
        }
        let response = response.on_hover_ui(|ui| about(ui, drawing, state));
        response.context_menu(|ui| menu(ui, context, i));
        rect
    }

    fn draw(
        &mut self,
        ui: &egui::Ui,
        drawing: &Drawing,
        state: &DrawingState,
        picture: Rect,
        rect: Rect,
        response: &egui::Response,
    ) {
        let painter = ui.painter_at(rect);
        let (visuals, small) = (ui.visuals(), egui::TextStyle::Small.resolve(ui.style()));
        checkerboard(ui, &painter, picture);
        let faint = if drawing.enabled && !state.missing { Color32::WHITE } else { Color32::from_white_alpha(70) };
        if let Some(thumbnail) = &state.thumbnail {
            let mut show = |layer: Layer, image: &std::sync::Arc<egui::ColorImage>, tint: Color32| {
                let size = [image.width() as u32, image.height() as u32];
                let shown = self.textures.entry((drawing.source.clone(), layer)).or_default();
                let (make, options) = (|| image.clone().into(), egui::TextureOptions::LINEAR);
                let texture = shown.texture(ui.ctx(), "drawing", thumbnail.revision, options, make);
                painter.image(texture, fit(picture.shrink(2.0), size), whole(), tint);
            };
            show(Layer::Drawing, &thumbnail.picture, faint);
            if let Some(udp) = thumbnail.udp.as_ref().filter(|_| self.show_udp) {
                show(Layer::Udp, udp, Color32::from_white_alpha(200));
            }
        } else if state.loading {
            painter.text(
                picture.center(),
                egui::Align2::CENTER_CENTER,
                "Reading…",
                small.clone(),
                visuals.text_color(),
            );
        }
        let (badge, colour) = badge(state, visuals);
        if let Some(badge) = badge {
            let galley = painter.layout(badge.to_owned(), small.clone(), Color32::WHITE, picture.width() - 8.0);
            let place = Rect::from_min_size(
                pos2(picture.left(), picture.bottom() - galley.size().y - 4.0),
                vec2(picture.width(), galley.size().y + 4.0),
            );
            painter.rect_filled(place, 0.0, colour.gamma_multiply(0.85));
            painter.galley(place.min + vec2(4.0, 2.0), galley, Color32::WHITE);
        }
        let stroke = if response.hovered() {
            visuals.widgets.hovered.bg_stroke
        } else {
            visuals.widgets.noninteractive.bg_stroke
        };
        painter.rect_stroke(picture, 3.0, stroke, egui::StrokeKind::Inside);
        let name = egui::WidgetText::from(egui::RichText::new(drawing.source.name()).small());
        let name = name.into_galley(ui, Some(egui::TextWrapMode::Truncate), rect.width(), egui::TextStyle::Small);
        let at = pos2(rect.center().x - name.size().x / 2.0, picture.bottom() + 2.0);
        painter.galley(at, name, visuals.text_color());
    }

    /// Offers the other side that a drawing may show: what it would be then, small, or its name until that is painted.
    fn otherwise(&mut self, ui: &mut egui::Ui, context: &mut Context<'_>, i: usize, card: Rect) {
        let source = &context.project.sheet[i].source;
        let Some(state) = context.content.drawing(source) else { return };
        let Some(side) = state.belief.map(|belief| belief.other.0) else { return };
        let size = vec2(0.36, 0.46) * card.width();
        let place = Rect::from_min_size(card.right_top() + vec2(-3.0 - size.x, 28.0), size);
        let response = match &state.otherwise {
            None => {
                let place = Rect::from_min_size(card.right_top() + vec2(-33.0, 28.0), vec2(30.0, 22.0));
                let mut over = ui.new_child(egui::UiBuilder::new().max_rect(place));
                over.button(egui::RichText::new(format!("{}?", sides::short(side))).small().weak())
            }
            Some(WindowImage { image, revision }) => {
                let response = ui.interact(place, ui.scope_id().with(("otherwise", i)), Sense::click());
                let painter = ui.painter_at(place);
                checkerboard(ui, &painter, place);
                let shown = self.textures.entry((source.clone(), Layer::Otherwise)).or_default();
                let (make, options) = (|| image.clone().into(), egui::TextureOptions::LINEAR);
                let texture = shown.texture(ui.ctx(), "drawing", *revision, options, make);
                let size = [image.width() as u32, image.height() as u32];
                painter.image(texture, fit(place.shrink(1.0), size), whole(), Color32::WHITE);
                let stroke = ui.style().interact(&response).fg_stroke;
                painter.rect_stroke(place, 2.0, stroke, egui::StrokeKind::Inside);
                response
            }
        };
        let label = format!("{} of {} instead", sides::long(side), source.name());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &label));
        let tip = format!("Does it show this instead: {}? A click takes it", sides::long(side).to_lowercase());
        if response.on_hover_text(tip).clicked() {
            sides::say(context, i, Some(side));
        }
    }

    /// A drawing that is dragged goes where it is let go.
    fn arrange(&mut self, ui: &egui::Ui, context: &mut Context<'_>, places: &[Rect]) {
        let Some(from) = self.dragged else { return };
        let Some(pointer) = ui.input(|input| input.pointer.interact_pos()) else { return };
        let to = places.iter().position(|place| place.contains(pointer));
        if let Some(place) = to.map(|to| places[to]) {
            let stroke = egui::Stroke::new(2.0, ui.visuals().selection.bg_fill);
            ui.painter().rect_stroke(place, 3.0, stroke, egui::StrokeKind::Outside);
        }
        if ui.input(|input| input.pointer.any_released()) {
            self.dragged = None;
            if let Some(to) = to.filter(|&to| to != from && from < context.project.sheet.len()) {
                let mut sheet = context.project.sheet.clone();
                let drawing = sheet.remove(from);
                sheet.insert(to, drawing);
                context.commands.edit("Arrange the drawings", Edit::Sheet(sheet));
            }
        }
    }
}

/// Why a drawing with a background can't be painted from.
const NOT_CUT_OUT: &str = "Nothing in it says where the character ends.";

/// Says above the drawings that some of them need to be cut out first.
fn not_cut_out(ui: &mut egui::Ui, context: &Context<'_>) {
    let states = context.project.sheet.iter().filter_map(|drawing| context.content.drawing(&drawing.source));
    let sentence = match states.filter(|state| state.is_not_cut_out()).count() {
        0 => return,
        1 => "A drawing has a background: it is left out until it is cut out.".to_owned(),
        n => format!("{n} drawings have a background: they are left out until they are cut out."),
    };
    ui.label(egui::RichText::new(sentence).small().color(ui.visuals().warn_fg_color));
}

/// How large drawings are shown.
fn size(ui: &mut egui::Ui, context: &mut Context<'_>) {
    let mut size = context.settings.drawing_size;
    let [least, most] = DRAWING_SIZES;
    ui.spacing_mut().slider_width = (ui.available_width() - 12.0).clamp(30.0, 90.0);
    let slider = ui.add(egui::Slider::new(&mut size, least..=most).logarithmic(true).show_value(false));
    slider.widget_info(|| egui::WidgetInfo::slider(true, f64::from(size), "Size of the drawings"));
    if slider.on_hover_text("How large drawings are shown").changed() {
        context.commands.send(WindowCommand::DrawingSize(size));
    }
}

fn empty(ui: &mut egui::Ui) {
    ui.add_space(12.0);
    ui.vertical_centered(|ui| {
        ui.label("Drop drawings of your character here");
        ui.weak(
            "Pictures of one character from several sides, with a transparent background. Any number, any order. \
             Paper and plain backgrounds are taken away, others can be cut out here.",
        );
    });
}

/// What stands on the drawing.
fn badge(state: &DrawingState, visuals: &egui::Visuals) -> (Option<&'static str>, Color32) {
    let (warn, bad) = (visuals.warn_fg_color.gamma_multiply(0.7), Color32::from_rgb(170, 50, 50));
    if state.missing {
        return (Some("missing"), bad);
    }
    match (&state.problem, &state.view) {
        (Some(_), Some(_)) => return (Some("not cut out"), bad),
        (Some(_), None) => return (Some("unreadable"), bad),
        (None, _) => {}
    }
    if state.stale.is_some() {
        return (Some("being written"), warn);
    }
    let Some(view) = &state.view else { return (None, warn) };
    let says = |what: &str| view.warnings.iter().any(|warning| warning.contains(what));
    let badge = if state.before.is_some() {
        Some("background taken away")
    } else if says("no transparency") {
        Some("no transparency")
    } else if says("is small") {
        Some("small")
    } else if says("cut off") {
        Some("cropped")
    } else if !view.warnings.is_empty() {
        Some("see warnings")
    } else {
        None
    };
    (badge, warn)
}

/// The tooltip.
fn about(ui: &mut egui::Ui, drawing: &Drawing, state: &DrawingState) {
    ui.set_max_width(360.0);
    ui.strong(drawing.source.name());
    if let Some(path) = drawing.source.path() {
        ui.weak(path.display().to_string());
    }
    if state.missing {
        ui.colored_label(
            ui.visuals().error_fg_color,
            "This file is gone. Its last reading is shown; use Replace… to locate it.",
        );
    }
    for problem in state.problem.iter().chain(&state.stale) {
        ui.colored_label(ui.visuals().error_fg_color, problem);
    }
    if let Some(view) = &state.view {
        ui.label(format!("{}×{} pixels", view.picture.width_px, view.picture.height_px));
        ui.label(match (&view.udp, &state.detected) {
            (Some(_), _) => "Its UDP lies beside it.",
            (None, Some(_)) => {
                "What it shows was found out by the detector; say from which side it shows the character to help it."
            }
            (None, None) => {
                "What it shows is not known yet: the detector finds it out, or you pose the figure over it (Trace)."
            }
        });
        for warning in &view.warnings {
            ui.colored_label(ui.visuals().warn_fg_color, warning);
        }
    }
    ui.weak("Drag to arrange; the order changes nothing in the picture. The right button has more.");
}

fn menu(ui: &mut egui::Ui, context: &mut Context<'_>, i: usize) {
    let source = context.project.sheet[i].source.clone();
    let file = source.path().is_some();
    let entries: [(bool, &str, &str, Command); 8] = [
        (
            file,
            "Open in the paint program",
            "It follows here when you save it there",
            SheetCommand::EditDrawing(source.clone()).into(),
        ),
        (
            true,
            "Cut out…",
            "Make its background transparent, as a new file",
            SheetCommand::CutOut(source.clone()).into(),
        ),
        (
            true,
            "Landmarks…",
            "Show where the detector sees which part of the body, and put right what is wrong",
            SheetCommand::Landmarks(Some(source.clone())).into(),
        ),
        (
            true,
            "Pose from this drawing",
            "The figure takes the pose that it shows",
            SheetCommand::TakePose(source.clone()).into(),
        ),
        (true, "Trace", "Pose the figure over it", SheetCommand::Trace(source.clone()).into()),
        (
            file,
            "Save the traced UDP",
            "The current pose becomes this drawing's UDP, as a file beside it",
            SheetCommand::SaveTracedUdp(source.clone()).into(),
        ),
        (true, "Replace…", "Show another file in its place", Ask::Replace(source.clone()).into()),
        (file, "Read again", "Read the file again now", SheetCommand::Reload(source).into()),
    ];
    ui.menu_button("It shows the …", |ui| sides::choose(ui, context, i));
    for (enabled, label, tip, command) in entries {
        if ui.add_enabled(enabled, egui::Button::new(label)).on_hover_text(tip).clicked() {
            context.commands.send(command);
            ui.close();
        }
    }
    ui.separator();
    if ui.button("Remove").on_hover_text("From the sheet; the file stays").clicked() {
        let mut sheet = context.project.sheet.clone();
        sheet.remove(i);
        context.commands.edit("Remove a drawing", Edit::Sheet(sheet));
        ui.close();
    }
}
