//! Where the panels are: docked tiles, saved, checked when they come back, and put back in order on request.

use super::panels::{Home, PanelKind};
use egui_tiles::{Container, Linear, LinearDir, Tile, TileId, Tiles, Tree};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The figure's part of its column's height; what is below it has the rest.
const ABOVE: f32 = 0.67;

/// The docked panels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Layout {
    pub(super) tree: Tree<PanelKind>,
}

impl Default for Layout {
    /// Drawings and poses to the left, the figure in the middle, the picture to the right; each panel in its home.
    fn default() -> Self {
        let mut tiles = Tiles::default();
        let mut tabs = |home| {
            let panes = PanelKind::ALL.iter().filter(|kind| kind.registration().home == home);
            let panes = panes.map(|&kind| tiles.insert_pane(kind)).collect();
            tiles.insert_tab_tile(panes)
        };
        let left = [(tabs(Home::UpperLeft), 0.46), (tabs(Home::LowerLeft), 0.54)];
        let middle = [(tabs(Home::Middle), ABOVE), (tabs(Home::BelowMiddle), 1.0 - ABOVE)];
        let right = [(tabs(Home::UpperRight), 0.56), (tabs(Home::LowerRight), 0.44)];
        let mut split = |dir, children: &[(TileId, f32)]| {
            let mut linear = Linear::new(dir, children.iter().map(|(id, _)| *id).collect());
            for &(id, share) in children {
                linear.shares.set_share(id, share);
            }
            tiles.insert_container(Container::Linear(linear))
        };
        let [left, middle, right] = [left, middle, right].map(|column| split(LinearDir::Vertical, &column));
        let root = split(LinearDir::Horizontal, &[(left, 0.2), (middle, 0.48), (right, 0.32)]);
        Self { tree: Tree::new(egui::Id::unique("studio"), root, tiles) }
    }
}

impl Layout {
    /// Every panel is there at most once, every tile is reachable exactly once, and the figure has its place. A layout
    /// of another version or by another hand may be anything.
    pub fn is_sound(&self) -> bool {
        let Some(root) = self.tree.root() else { return false };
        let mut seen = BTreeSet::new();
        let mut tiles = BTreeSet::new();
        let mut open = vec![(root, 0)];
        while let Some((id, depth)) = open.pop() {
            if depth > 16 || tiles.len() > 64 || !tiles.insert(id.0) {
                return false;
            }
            match self.tree.tiles.get(id) {
                Some(Tile::Pane(kind)) if !seen.insert(*kind) => return false,
                Some(Tile::Pane(_)) => {}
                Some(Tile::Container(container)) => {
                    open.extend(container.children().map(|&child| (child, depth + 1)));
                }
                None => return false,
            }
        }
        seen.contains(&PanelKind::Viewport) && tiles.len() == self.tree.tiles.iter().count()
    }

    /// Brings a panel to the front; one that was closed comes back beside its neighbours.
    pub fn show(&mut self, kind: PanelKind) {
        let id = self.tile_of(kind).unwrap_or_else(|| self.insert(kind));
        self.tree.make_active(|candidate, _| candidate == id);
    }

    /// Gives the panels that this layout is too old to know their places; what was closed stays closed. `known`: the
    /// panels there were when it was saved.
    pub fn adopt(&mut self, known: &[PanelKind]) {
        for &kind in PanelKind::ALL.iter().filter(|kind| !known.contains(kind)) {
            if !self.holds(kind) {
                self.insert(kind);
            }
        }
    }

    /// Puts a panel among the tabs where most panels of its home are, behind those that are seen.
    fn insert(&mut self, kind: PanelKind) -> TileId {
        let home = kind.registration().home;
        if home == Home::BelowMiddle && !PanelKind::ALL.iter().any(|&k| k.registration().home == home && self.holds(k))
        {
            return self.insert_below(kind);
        }
        let tiles = &self.tree.tiles;
        let at_home = |id: &TileId| match tiles.get(*id) {
            Some(Tile::Pane(kind)) => kind.registration().home == home,
            _ => false,
        };
        let tabs = tiles.iter().filter_map(|(id, tile)| match tile {
            Tile::Container(Container::Tabs(tabs)) => {
                Some((*id, tabs.children.iter().filter(|id| at_home(id)).count(), tabs.children.len()))
            }
            _ => None,
        });
        let parent = tabs.max_by_key(|&(id, at_home, all)| (at_home, all, id.0)).map(|(id, ..)| id);
        let id = self.tree.tiles.insert_pane(kind);
        if let Some(parent) = parent.or(self.tree.root()) {
            let seen = match self.tree.tiles.get(parent) {
                Some(Tile::Container(Container::Tabs(tabs))) => tabs.active,
                _ => None,
            };
            self.tree.move_tile_to_container(id, parent, usize::MAX, false);
            if let Some(Tile::Container(Container::Tabs(tabs))) = self.tree.tiles.get_mut(parent) {
                tabs.active = seen.or(tabs.active);
            }
        }
        id
    }

    /// Puts a panel below the figure: the figure's tile takes both in.
    fn insert_below(&mut self, kind: PanelKind) -> TileId {
        let figure = self.tile_of(PanelKind::Viewport);
        let tiles = &mut self.tree.tiles;
        let id = tiles.insert_pane(kind);
        let tabs = tiles.insert_tab_tile(vec![id]);
        let Some(place) = figure.map(|figure| tiles.parent_of(figure).unwrap_or(figure)) else { return id };
        let column = Container::Linear(Linear::new(LinearDir::Vertical, Vec::new()));
        let Some(tile) = tiles.get_mut(place) else { return id };
        let above = std::mem::replace(tile, Tile::Container(column));
        let above = tiles.insert_new(above);
        if let Some(Tile::Container(Container::Linear(column))) = tiles.get_mut(place) {
            column.children = vec![above, tabs];
            column.shares.set_share(above, ABOVE);
            column.shares.set_share(tabs, 1.0 - ABOVE);
        }
        id
    }

    fn tile_of(&self, kind: PanelKind) -> Option<TileId> {
        self.tree.tiles.iter().find(|(_, tile)| matches!(tile, Tile::Pane(pane) if *pane == kind)).map(|(id, _)| *id)
    }

    /// Whether a panel is somewhere.
    pub fn holds(&self, kind: PanelKind) -> bool {
        self.tile_of(kind).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_layout_is_sound_and_comes_back() {
        let layout = Layout::default();
        assert!(layout.is_sound());
        assert!(PanelKind::ALL.iter().all(|&kind| layout.holds(kind)));
        let text = serde_json::to_string(&layout).unwrap();
        assert_eq!(serde_json::from_str::<Layout>(&text).unwrap(), layout);
    }

    #[test]
    fn a_closed_panel_comes_back() {
        let mut layout = Layout::default();
        let is_log = |tile: &Tile<PanelKind>| matches!(tile, Tile::Pane(PanelKind::Log));
        let id = layout.tree.tiles.iter().find(|(_, tile)| is_log(tile)).map(|(id, _)| *id).unwrap();
        layout.tree.remove_recursively(id);
        assert!(!layout.holds(PanelKind::Log));
        layout.show(PanelKind::Log);
        assert!(layout.holds(PanelKind::Log) && layout.is_sound());
    }

    #[test]
    fn a_panel_that_an_old_layout_does_not_know_comes_home_and_what_was_closed_stays_closed() {
        let mut old = Layout::default();
        for gone in [PanelKind::Face, PanelKind::Log] {
            let id = old.tile_of(gone).unwrap();
            old.tree.remove_recursively(id);
        }
        let known: Vec<_> = PanelKind::ALL.iter().copied().filter(|&kind| kind != PanelKind::Face).collect();
        old.adopt(&known);
        assert!(old.is_sound() && old.holds(PanelKind::Face) && !old.holds(PanelKind::Log));
        let tabs_of = |kind| old.tree.tiles.parent_of(old.tile_of(kind).unwrap());
        assert_eq!(tabs_of(PanelKind::Face), tabs_of(PanelKind::Hands));
    }

    #[test]
    fn the_timeline_comes_below_the_figure_of_an_older_layout() {
        let mut old = Layout::default();
        let id = old.tile_of(PanelKind::Timeline).unwrap();
        let tabs = old.tree.tiles.parent_of(id).unwrap();
        old.tree.remove_recursively(tabs);
        assert!(old.is_sound() && !old.holds(PanelKind::Timeline));
        let known: Vec<_> = PanelKind::ALL.iter().copied().filter(|&kind| kind != PanelKind::Timeline).collect();
        old.adopt(&known);
        assert!(old.is_sound() && old.holds(PanelKind::Timeline));
        let tabs_of = |kind| old.tree.tiles.parent_of(old.tile_of(kind).unwrap()).unwrap();
        let (above, below) = (tabs_of(PanelKind::Viewport), tabs_of(PanelKind::Timeline));
        assert_ne!(above, below);
        assert_eq!(old.tree.tiles.parent_of(above), old.tree.tiles.parent_of(below));
    }

    #[test]
    fn layouts_that_would_break_are_refused() {
        let mut twice = Layout::default();
        let root = twice.tree.root().unwrap();
        let id = twice.tree.tiles.insert_pane(PanelKind::Log);
        twice.tree.move_tile_to_container(id, root, 0, false);
        assert!(!twice.is_sound());
        assert!(!Layout { tree: Tree::empty(egui::Id::unique("studio")) }.is_sound());
        let mut lost = Layout::default();
        let _ = lost.tree.tiles.insert_pane(PanelKind::Log);
        assert!(!lost.is_sound());
        // A cycle: a container that is its own child.
        let text = serde_json::to_string(&Layout::default()).unwrap();
        for (from, to) in [("\"root\":", "\"root\":null,\"r\":"), ("children", "kids"), ("sheet", "sheep")] {
            let damaged = serde_json::from_str::<Layout>(&text.replace(from, to));
            assert!(damaged.is_err() || !damaged.unwrap().is_sound(), "{from}");
        }
    }
}
