//! The docked panels: their layout, themselves, and where they are on the screen.

use super::layout::Layout;
use super::panels::{Context, PanelKind, Panels};
use egui::Rect;
use egui_tiles::{SimplificationOptions, Tile, TileId, UiResponse};
use std::collections::BTreeMap;

/// The docked panels.
pub(super) struct Dock {
    pub(super) layout: Layout,
    panels: Panels,
    /// Where each that is seen was in the last frame.
    pub(super) places: BTreeMap<PanelKind, Rect>,
}

impl Dock {
    /// Panels that nobody has seen yet.
    pub(super) fn new(layout: Layout) -> Self {
        Self { layout, panels: Panels::default(), places: BTreeMap::new() }
    }

    /// Draws the panels into all of `ui`.
    pub(super) fn ui(&mut self, ui: &mut egui::Ui, context: Context<'_>) {
        self.places.clear();
        let mut behavior = Behavior { panels: &mut self.panels, places: &mut self.places, context };
        self.layout.tree.ui(&mut behavior, ui);
    }
}

/// Draws each panel in its tile.
struct Behavior<'a, 'b> {
    panels: &'a mut Panels,
    places: &'a mut BTreeMap<PanelKind, Rect>,
    context: Context<'b>,
}

impl egui_tiles::Behavior<PanelKind> for Behavior<'_, '_> {
    fn pane_ui(&mut self, ui: &mut egui::Ui, _: TileId, kind: &mut PanelKind) -> UiResponse {
        self.places.insert(*kind, ui.max_rect());
        egui::Frame::NONE.fill(ui.visuals().panel_fill).inner_margin(6.0).show(ui, |ui| {
            ui.set_min_size(ui.available_size());
            ui.push_id(*kind, |ui| self.panels.get(*kind).ui(ui, &mut self.context));
        });
        UiResponse::None
    }

    fn tab_title_for_pane(&mut self, kind: &PanelKind) -> egui::WidgetText {
        kind.registration().title.into()
    }

    fn is_tab_closable(&self, _: &egui_tiles::Tiles<PanelKind>, _: TileId) -> bool {
        true
    }

    fn on_tab_close(&mut self, tiles: &mut egui_tiles::Tiles<PanelKind>, id: TileId) -> bool {
        // The figure stays: without it there is nothing to do here.
        !matches!(tiles.get(id), Some(Tile::Pane(PanelKind::Viewport)))
    }

    fn simplification_options(&self) -> SimplificationOptions {
        SimplificationOptions { all_panes_must_have_tabs: true, ..Default::default() }
    }

    fn gap_width(&self, _: &egui::Style) -> f32 {
        3.0
    }
}
