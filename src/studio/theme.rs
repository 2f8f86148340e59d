//! How the window looks.

use super::settings::Theme;
use egui::{Color32, ThemePreference, style::Visuals};

/// Sets colours, spacing and text sizes of both themes.
pub(super) fn install(ctx: &egui::Context) {
    ctx.set_visuals_of(egui::Theme::Dark, visuals(true));
    ctx.set_visuals_of(egui::Theme::Light, visuals(false));
    ctx.all_styles_mut(|style| {
        style.spacing.item_spacing = egui::vec2(8.0, 6.0);
        style.spacing.button_padding = egui::vec2(8.0, 3.0);
        style.spacing.interact_size.y = 22.0;
        style.spacing.scroll = egui::style::ScrollStyle::solid();
        style.interaction.tooltip_delay = 0.4;
    });
}

/// Chooses the theme.
pub(super) fn choose(ctx: &egui::Context, theme: Theme) {
    ctx.set_theme(match theme {
        Theme::System => ThemePreference::System,
        Theme::Dark => ThemePreference::Dark,
        Theme::Light => ThemePreference::Light,
    });
}

/// All colours of a theme.
pub(super) fn visuals(dark_mode: bool) -> Visuals {
    if dark_mode { dark() } else { light() }
}

/// The colour of what stands out: what the keyboard is on.
pub(super) fn accent(dark: bool) -> Color32 {
    if dark { Color32::from_rgb(255, 190, 90) } else { Color32::from_rgb(180, 60, 0) }
}

fn dark() -> Visuals {
    let mut visuals = Visuals::dark();
    visuals.panel_fill = Color32::from_rgb(30, 31, 36);
    visuals.window_fill = Color32::from_rgb(38, 39, 45);
    visuals.extreme_bg_color = Color32::from_rgb(20, 21, 25);
    visuals.override_text_color = Some(Color32::from_rgb(222, 223, 228));
    visuals.selection.bg_fill = Color32::from_rgb(64, 92, 160);
    visuals.hyperlink_color = Color32::from_rgb(130, 170, 255);
    visuals
}

fn light() -> Visuals {
    let mut visuals = Visuals::light();
    visuals.panel_fill = Color32::from_rgb(244, 244, 247);
    visuals.window_fill = Color32::from_rgb(250, 250, 252);
    visuals.override_text_color = Some(Color32::from_rgb(32, 33, 38));
    visuals.selection.bg_fill = Color32::from_rgb(176, 200, 248);
    visuals.hyperlink_color = Color32::from_rgb(30, 80, 190);
    visuals
}

/// How sure a detector is of landmarks that may be off by so much: 0 sure, 1 in parts, 2 hardly; and the colour of that. A
/// hundredth of the body's size is more than lines are wide; by seven hundredths a sleeve is taken for the chest.
pub(super) fn sureness(off: f32) -> (usize, Color32) {
    match off {
        v if v < 0.04 => (0, Color32::from_rgb(70, 160, 80)),
        v if v < 0.07 => (1, Color32::from_rgb(215, 160, 40)),
        _ => (2, Color32::from_rgb(200, 70, 60)),
    }
}

/// The two colours of the checkerboard that stands for transparency.
pub(super) fn checkerboard(dark: bool) -> [Color32; 2] {
    if dark {
        [Color32::from_gray(52), Color32::from_gray(64)]
    } else {
        [Color32::from_gray(255), Color32::from_gray(228)]
    }
}
