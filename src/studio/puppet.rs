//! The puppet: a window that shows nothing but the character, for programs that film windows.
//!
//! It has no frame and stays on top. Behind the character is one colour, which the other program takes out: a window can be
//! seen through only where the main one can, and some drivers draw neither then. It shows whatever pose is shown: what is
//! sent, played or held.

use super::panels::{Context, Shown, fit, paint};
use super::settings::PuppetShows;
use super::workers::drawer::FigureRequest;
use super::{LiveCommand, Style};
use egui::{
    Color32, Key, Rect, Sense, TextureId, TextureOptions, Ui, Vec2, ViewportBuilder, ViewportClass, ViewportCommand,
    ViewportId, WidgetInfo, vec2,
};

/// How tall it is at first, the least and the most; points.
const HEIGHT: f32 = 480.0;
const HEIGHTS: std::ops::RangeInclusive<f32> = 120.0..=1600.0;
/// While something moves, a painted picture is shown so long; then the figure until the next is there; seconds.
const PAINTED_S: f64 = 0.4;

/// The puppet's window.
pub(super) struct Puppet {
    pub(super) open: bool,
    /// How tall the wheel made it; points.
    height: f32,
    painted: Shown,
    figure: Shown,
    /// Which painted picture came last, and when.
    came: Option<(u64, f64)>,
}

impl Default for Puppet {
    fn default() -> Self {
        Self { open: false, height: HEIGHT, painted: Shown::default(), figure: Shown::default(), came: None }
    }
}

impl Puppet {
    /// Shows it, if it is open.
    pub(super) fn show(&mut self, ctx: &egui::Context, context: &mut Context<'_>) {
        if !self.open {
            return;
        }
        let [width, height] = context.project.frame_px.map(|side| side.max(1) as f32);
        let size = vec2((self.height * width / height).clamp(64.0, *HEIGHTS.end()), self.height).round();
        let picture = self.picture(ctx, context, size);
        let [r, g, b] = context.settings.live.puppet.ground;
        let builder = ViewportBuilder::default()
            .with_title("Puppet")
            .with_inner_size(size)
            .with_decorations(false)
            .with_resizable(false)
            .with_has_shadow(false)
            .with_always_on_top();
        let (turned, closed) = ctx.show_viewport_immediate(ViewportId::from_hash_of("puppet"), builder, |ui, class| {
            let embedded = class == ViewportClass::EmbeddedWindow;
            stage(ui, picture, context.project.frame_px, Color32::from_rgb(r, g, b), embedded.then_some(size))
        });
        self.height = (self.height * (turned / 400.0).exp()).clamp(*HEIGHTS.start(), *HEIGHTS.end());
        if closed {
            context.commands.send(LiveCommand::Puppet);
        }
    }

    /// What is shown: the painted picture, or the figure.
    fn picture(&mut self, ctx: &egui::Context, context: &Context<'_>, size: Vec2) -> Option<TextureId> {
        let now_s = ctx.input(|input| input.time);
        let content = context.content;
        let painted = content.film.as_ref().map(|film| (&film.image, film.revision));
        let painted = painted.or(content.painted.as_ref().map(|painted| (&painted.image, painted.revision)));
        if let Some((_, revision)) = painted
            && self.came.is_none_or(|(known, _)| known != revision)
        {
            self.came = Some((revision, now_s));
        }
        let late = self.came.is_some_and(|(_, came_s)| now_s - came_s > PAINTED_S) && context.playback.moves();
        let wanted = context.settings.live.puppet.shows == PuppetShows::Painted && !late;
        if let Some((image, revision)) = painted.filter(|_| wanted) {
            let make = || image.clone().into();
            return Some(self.painted.texture(ctx, "puppet painted", revision, TextureOptions::LINEAR, make));
        }
        let stance = content.stance.clone()?;
        let side = |points: f32| ((points * ctx.pixels_per_point()) as u32).clamp(1, crate::raster::LARGEST_SIDE_PX);
        let rect = fit(Rect::from_min_size(egui::Pos2::ZERO, size), context.project.frame_px);
        context.workers.puppet.request(FigureRequest {
            stance,
            camera: context.seen.camera(context.project.aspect()),
            size_px: [side(rect.width()), side(rect.height())],
            style: Style::Lit,
            quick: context.playback.moves(),
            ghosts: None,
        });
        let figure = content.puppet.as_ref()?;
        let make = || figure.image.clone().into();
        Some(self.figure.texture(ctx, "puppet figure", figure.revision, TextureOptions::LINEAR, make))
    }
}

/// Draws the window; how far the wheel was turned, and whether it is to be closed. `size`: of a window in the window.
fn stage(
    ui: &mut Ui,
    picture: Option<TextureId>,
    frame_px: [u32; 2],
    ground: Color32,
    size: Option<Vec2>,
) -> (f32, bool) {
    let (rect, response) = ui.allocate_exact_size(size.unwrap_or(ui.max_rect().size()), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, "Puppet"));
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 0.0, ground);
    if let Some(picture) = picture {
        paint(&painter, fit(rect, frame_px), picture);
    }
    if response.drag_started() && size.is_none() {
        ui.ctx().send_viewport_cmd(ViewportCommand::StartDrag);
    }
    let mut closed = false;
    response.context_menu(|ui| closed |= ui.button("Hide the puppet").clicked());
    let turned = if response.hovered() { ui.input(|input| input.smooth_scroll_delta().y) } else { 0.0 };
    if size.is_none() {
        closed |= ui.input(|input| input.key_pressed(Key::Escape) || input.viewport().close_requested());
    }
    (turned, closed)
}
