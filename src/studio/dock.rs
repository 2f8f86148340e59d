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
    /// The panel that has all the room for now.
    pub(super) large: Option<PanelKind>,
    /// Where each that is seen was in the last frame.
    pub(super) places: BTreeMap<PanelKind, Rect>,
}

impl Dock {
    /// Panels that nobody has seen yet.
    pub(super) fn new(layout: Layout) -> Self {
        Self { layout, panels: Panels::default(), large: None, places: BTreeMap::new() }
    }

    /// Draws the panels into all of `ui`.
    pub(super) fn ui(&mut self, ui: &mut egui::Ui, mut context: Context<'_>) {
        self.places.clear();
        if let Some(kind) = self.large {
            self.places.insert(kind, ui.max_rect());
            return pane(ui, &mut self.panels, kind, &mut context);
        }
        let mut behavior = Behavior { panels: &mut self.panels, places: &mut self.places, context };
        self.layout.tree.ui(&mut behavior, ui);
    }

    /// A panel was on the screen in the last frame.
    pub(super) fn is_seen(&self, kind: PanelKind) -> bool {
        self.places.contains_key(&kind)
    }

    /// Brings a panel to the front.
    pub(super) fn show(&mut self, kind: PanelKind) {
        self.large = self.large.filter(|large| *large == kind);
        self.layout.show(kind);
    }

    /// Gives a panel all the room, or puts it back.
    pub(super) fn enlarge(&mut self, kind: PanelKind) {
        self.large = (self.large != Some(kind)).then_some(kind);
    }
}

/// Draws a panel into all of `ui`.
fn pane(ui: &mut egui::Ui, panels: &mut Panels, kind: PanelKind, context: &mut Context<'_>) {
    egui::Frame::NONE.fill(ui.visuals().panel_fill).inner_margin(6.0).show(ui, |ui| {
        ui.set_min_size(ui.available_size());
        ui.push_id(kind, |ui| panels.get(kind).ui(ui, context));
    });
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
        pane(ui, self.panels, *kind, &mut self.context);
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
