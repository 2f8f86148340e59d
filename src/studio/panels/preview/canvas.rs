//! The picture itself: zoomed and moved by hand, over what one likes, beside what one likes.

use crate::studio::content::Standing;
use crate::studio::panels::Context;
use crate::studio::panels::picture::{Shown, checkerboard, fit, paint, whole};
use crate::studio::panels::viewport::built_in;
use egui::{Align2, Color32, FontId, Pos2, Rect, Response, Sense, TextureOptions, Vec2, pos2, vec2};
use std::sync::Arc;

/// Screen pixels per picture pixel from which pixels are shown as squares.
const SQUARES_FROM: f32 = 2.0;
/// The largest zoom.
const LARGEST: f32 = 32.0;

/// What lies behind the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum Background {
    #[default]
    Checkerboard,
    Colour([u8; 3]),
    Tracing,
}

impl Background {
    fn label(self) -> &'static str {
        match self {
            Self::Checkerboard => "Checkerboard",
            Self::Colour(_) => "Colour",
            Self::Tracing => "Tracing picture",
        }
    }

    /// The selector; `tracing`: there is a picture to trace.
    pub(super) fn choose(&mut self, ui: &mut egui::Ui, tracing: bool) {
        let menu = ui.menu_button("Background", |ui| {
            for choice in [Self::Checkerboard, Self::Colour([255; 3]), Self::Tracing] {
                let chosen = std::mem::discriminant(self) == std::mem::discriminant(&choice);
                let button = egui::Button::selectable(chosen, choice.label());
                let button = ui.add_enabled(tracing || choice != Self::Tracing, button);
                if button.on_disabled_hover_text("Trace a drawing of the sheet first").clicked() && !chosen {
                    *self = choice;
                }
            }
        });
        menu.response.on_hover_text("What lies behind the picture; it is not saved with it");
        if let Self::Colour(colour) = self {
            ui.color_edit_button_srgb(colour).on_hover_text("The colour behind the picture");
        }
    }
}

/// What stands to the right of the divider, with a number that tells it from others.
pub(super) enum Beside<'a> {
    Figure(&'a Arc<egui::ColorImage>, u64),
    Pinned(&'a Arc<egui::ColorImage>, u64),
}

impl Beside<'_> {
    fn label(&self) -> &'static str {
        match self {
            Self::Figure(..) => "Figure",
            Self::Pinned(..) => "Pinned",
        }
    }
}

/// How the picture is looked at.
pub(super) struct Canvas {
    /// Screen pixels per picture pixel; `None`: as large as fits.
    zoom: Option<f32>,
    /// From the panel's middle to the picture's, points.
    offset: Vec2,
    /// Where the divider is: a share of the panel's width.
    divider: f32,
    painted: Shown,
    sources: Shown,
    beside: Shown,
    tracing: Shown,
    /// What the zoom came to in the last frame.
    shown_zoom: f32,
}

impl Default for Canvas {
    fn default() -> Self {
        Self {
            zoom: None,
            offset: Vec2::ZERO,
            divider: 0.5,
            painted: Shown::default(),
            sources: Shown::default(),
            beside: Shown::default(),
            tracing: Shown::default(),
            shown_zoom: 1.0,
        }
    }
}

impl Canvas {
    /// Buttons for the usual zooms.
    pub(super) fn zoom_buttons(&mut self, ui: &mut egui::Ui, [width, height]: [u32; 2]) {
        if ui.selectable_label(self.zoom.is_none(), "Fit").on_hover_text("The whole picture (double click)").clicked() {
            (self.zoom, self.offset) = (None, Vec2::ZERO);
        }
        let whole_pixels = ui.selectable_label(self.zoom == Some(1.0), "1:1");
        if whole_pixels.on_hover_text("One pixel of the screen for each of the picture").clicked() {
            (self.zoom, self.offset) = (Some(1.0), Vec2::ZERO);
        }
        let percent = ui.weak(format!("{:.0} %", self.shown_zoom * 100.0));
        percent.on_hover_text(format!("{width} × {height} pixels; zoom with the wheel, move by dragging"));
    }

    /// The picture in `height` points of `ui`.
    pub(super) fn ui(
        &mut self,
        ui: &mut egui::Ui,
        height: f32,
        context: &mut Context<'_>,
        background: Background,
        beside: Option<Beside<'_>>,
    ) {
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::click_and_drag());
        let named = || egui::WidgetInfo::labeled(egui::Role::Canvas, true, "Painted picture");
        response.widget_info(named);
        let place = self.place(ui, rect, &response, context.project.frame_px);
        let painter = ui.painter_at(rect);
        match (background, context.content.tracing.ready()) {
            (Background::Colour([r, g, b]), _) => {
                painter.rect_filled(place, 0.0, Color32::from_rgb(r, g, b));
            }
            (Background::Tracing, Some(tracing)) => {
                let place = fit(place, tracing.image.size.map(|side| side as u32));
                let (make, options) = (|| tracing.image.clone().into(), TextureOptions::LINEAR);
                paint(&painter, place, self.tracing.texture(ui.ctx(), "tracing", tracing.revision, options, make));
            }
            // Where nothing is painted yet, text is easier to read on one colour.
            _ if context.content.painted.is_none() => {
                painter.rect_filled(place, 0.0, ui.visuals().extreme_bg_color);
            }
            _ => checkerboard(ui, &painter, place),
        }
        let content = context.content;
        let Some(painted) = &content.painted else {
            let colour = ui.visuals().text_color();
            let wrap = place.width().clamp(160.0, rect.width().max(160.0)) - 24.0;
            let font = FontId::proportional(15.0);
            let mut text = egui::text::LayoutJob::simple(self.nothing(context), font, colour, wrap);
            text.halign = egui::Align::Center;
            let galley = painter.layout_job(text);
            let below = place.center() + vec2(0.0, galley.size().y / 2.0 + 8.0);
            painter.galley(place.center() - vec2(0.0, galley.size().y / 2.0), galley, colour);
            if context.project.figure.is_none() && !context.project.sheet.is_empty() {
                let row = Rect::from_center_size(below + vec2(0.0, 12.0), vec2(wrap, 24.0)).intersect(rect);
                let centred = egui::Layout::top_down(egui::Align::Center);
                ui.scope_builder(egui::UiBuilder::new().max_rect(row).layout(centred), |ui| built_in(ui, context));
            }
            return;
        };
        // The same picture sampled otherwise is another texture.
        let film = content.film.as_ref();
        let squares = self.shown_zoom >= SQUARES_FROM;
        let options = if squares { TextureOptions::NEAREST } else { TextureOptions::LINEAR };
        let key = |revision: u64| 2 * revision + u64::from(squares);
        let (image, revision) = film.map_or((&painted.image, painted.revision), |film| (&film.image, film.revision));
        let make = || image.clone().into();
        let texture = self.painted.texture(ui.ctx(), "painted", key(revision), options, make);
        let sources = film
            .map_or(painted.sources.as_ref(), |film| film.sources.as_ref())
            .filter(|_| context.display.contributions);
        // It stays while the next is on its way; else nobody may take it for what is wanted.
        let stale = context.content.standing() == Some(Standing::Earlier) && context.content.painting.is_none();
        let earlier = stale && film.is_none();
        let tint = if sources.is_some() || earlier { Color32::from_white_alpha(70) } else { Color32::WHITE };
        painter.image(texture, place, whole(), tint);
        if let Some(sources) = sources {
            let make = || sources.clone().into();
            let overlay = self.sources.texture(ui.ctx(), "sources", key(revision), options, make);
            painter.image(overlay, place, whole(), Color32::from_white_alpha(190));
        }
        if earlier {
            caption(&painter, pos2(rect.center().x, rect.bottom() - 8.0), Align2::CENTER_BOTTOM, "Earlier picture");
        }
        if let Some(beside) = beside {
            self.split(ui, rect, place, background, &beside, options, key);
        }
    }

    /// Where the picture is, after what the hand does to it.
    fn place(&mut self, ui: &egui::Ui, rect: Rect, response: &Response, frame_px: [u32; 2]) -> Rect {
        let pixels_per_point = ui.ctx().pixels_per_point();
        let fitting = fit(rect.shrink(2.0), frame_px).width() * pixels_per_point / frame_px[0].max(1) as f32;
        let fitting = fitting.max(1e-3);
        if response.double_clicked() {
            (self.zoom, self.offset) = (None, Vec2::ZERO);
        }
        if response.dragged() {
            self.offset += response.drag_delta();
            self.zoom.get_or_insert(fitting);
        }
        if let Some(pointer) = response.hover_pos() {
            let (scroll, pinch) = ui.input(|input| (input.smooth_scroll_delta().y, input.zoom_delta()));
            let factor = (scroll / 200.0).exp() * pinch;
            if factor != 1.0 {
                let old = self.zoom.unwrap_or(fitting);
                let new = (old * factor).clamp((0.25 * fitting).min(1.0), LARGEST);
                // What is under the pointer stays there.
                let arm = pointer - (rect.center() + self.offset);
                self.offset += arm * (1.0 - new / old);
                self.zoom = Some(new);
            }
        }
        self.shown_zoom = self.zoom.unwrap_or(fitting);
        let size = vec2(frame_px[0] as f32, frame_px[1] as f32) * self.shown_zoom / pixels_per_point;
        // The picture can't be lost: part of it stays in sight.
        let reach = (rect.size() + size) / 2.0 - Vec2::splat(24.0);
        self.offset = self.offset.clamp(-reach.max(Vec2::ZERO), reach.max(Vec2::ZERO));
        let corner = rect.center() + self.offset - size / 2.0;
        // Whole pixels, so that squares are squares.
        let whole = |v: f32| (v * pixels_per_point).round() / pixels_per_point;
        Rect::from_min_size(pos2(whole(corner.x), whole(corner.y)), size)
    }

    /// Something else to the right of a divider that can be dragged.
    fn split(
        &mut self,
        ui: &mut egui::Ui,
        rect: Rect,
        place: Rect,
        background: Background,
        beside: &Beside<'_>,
        options: TextureOptions,
        key: impl Fn(u64) -> u64,
    ) {
        let x = rect.left() + rect.width() * self.divider;
        let handle = Rect::from_center_size(pos2(x, rect.center().y), vec2(12.0, rect.height()));
        let response = ui.interact(handle, ui.scope_id().with("divider"), Sense::drag());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Splitter, true, "Divider"));
        if response.dragged() {
            self.divider = (self.divider + response.drag_delta().x / rect.width()).clamp(0.02, 0.98);
        }
        if response.hovered() || response.dragged() {
            ui.set_cursor_icon(egui::CursorIcon::ResizeHorizontal);
        }
        let right = Rect::from_min_max(pos2(x, rect.top()), rect.max);
        let painter = ui.painter_at(right);
        painter.rect_filled(right, 0.0, ui.visuals().panel_fill);
        match background {
            Background::Colour([r, g, b]) => {
                painter.rect_filled(place, 0.0, Color32::from_rgb(r, g, b));
            }
            _ => checkerboard(ui, &painter, place),
        }
        let (number, kind) = match beside {
            Beside::Figure(_, number) => (*number, 0),
            Beside::Pinned(_, number) => (*number, 1),
        };
        let (Beside::Figure(picture, _) | Beside::Pinned(picture, _)) = beside;
        let make = || (*picture).clone().into();
        let texture = self.beside.texture(ui.ctx(), "beside", 2 * key(number) + kind, options, make);
        paint(&painter, place, texture);
        let painter = ui.painter_at(rect);
        painter.vline(x, rect.y_range(), egui::Stroke::new(2.0, ui.visuals().selection.bg_fill));
        caption(&painter, pos2(x - 8.0, rect.top() + 6.0), Align2::RIGHT_TOP, "Painted");
        caption(&painter, pos2(x + 8.0, rect.top() + 6.0), Align2::LEFT_TOP, beside.label());
    }

    /// What to do first.
    fn nothing(&self, context: &Context<'_>) -> String {
        let project = context.project;
        if let crate::studio::Loaded::Failed(why) = &context.content.figure {
            return why.clone();
        }
        if context.content.painting_failed.is_some() && !project.sheet.is_empty() {
            return "There is no picture yet: see below".into();
        }
        let what = match (project.figure.is_some(), project.sheet.is_empty()) {
            (false, true) => "Drop drawings of your character here",
            (false, false) => "Open a figure to pose",
            (true, true) => "Add drawings of your character",
            (true, false) => "The picture comes as soon as everything is read",
        };
        what.into()
    }
}

/// Words over the picture, on a ground that makes them readable on any.
fn caption(painter: &egui::Painter, at: Pos2, align: Align2, text: &str) {
    let galley = painter.layout_no_wrap(text.to_owned(), FontId::proportional(12.0), Color32::WHITE);
    let spot = align.anchor_size(at, galley.size());
    painter.rect_filled(spot.expand(3.0), 3.0, Color32::from_black_alpha(150));
    painter.galley(spot.min, galley, Color32::WHITE);
}
