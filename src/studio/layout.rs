//! Where the panels are: docked tiles, saved, checked when they come back, and put back in order on request.

use super::panels::PanelKind;
use egui_tiles::{Container, Linear, LinearDir, Tile, TileId, Tiles, Tree};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The docked panels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Layout {
    pub(super) tree: Tree<PanelKind>,
}

impl Default for Layout {
    /// Drawings and poses to the left, the figure in the middle, the picture to the right.
    fn default() -> Self {
        let mut tiles = Tiles::default();
        let mut pane = |kind| tiles.insert_pane(kind);
        let (sheet, poses) = (pane(PanelKind::Sheet), pane(PanelKind::Poses));
        let (viewport, preview) = (pane(PanelKind::Viewport), pane(PanelKind::Preview));
        let tools = [PanelKind::Bones, PanelKind::Hands, PanelKind::Face, PanelKind::Inspector, PanelKind::Log];
        let tools = tools.map(&mut pane).to_vec();
        let tools = tiles.insert_tab_tile(tools);
        let (sheet, poses) = (tiles.insert_tab_tile(vec![sheet]), tiles.insert_tab_tile(vec![poses]));
        let (viewport, preview) = (tiles.insert_tab_tile(vec![viewport]), tiles.insert_tab_tile(vec![preview]));
        let mut split = |dir, children: &[(TileId, f32)]| {
            let mut linear = Linear::new(dir, children.iter().map(|(id, _)| *id).collect());
            for &(id, share) in children {
                linear.shares.set_share(id, share);
            }
            tiles.insert_container(Container::Linear(linear))
        };
        let left = split(LinearDir::Vertical, &[(sheet, 0.46), (poses, 0.54)]);
        let right = split(LinearDir::Vertical, &[(preview, 0.56), (tools, 0.44)]);
        let root = split(LinearDir::Horizontal, &[(left, 0.2), (viewport, 0.48), (right, 0.32)]);
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

    /// Brings a panel to the front; one that was closed comes back beside the tools.
    pub fn show(&mut self, kind: PanelKind) {
        let tiles = &self.tree.tiles;
        let found = tiles.iter().find(|(_, tile)| matches!(tile, Tile::Pane(pane) if *pane == kind)).map(|(id, _)| *id);
        let id = found.unwrap_or_else(|| {
            let id = self.tree.tiles.insert_pane(kind);
            let tabs = self.tree.tiles.iter().filter_map(|(id, tile)| match tile {
                Tile::Container(Container::Tabs(tabs)) => Some((*id, tabs.children.len())),
                _ => None,
            });
            let most = tabs.max_by_key(|&(id, n)| (n, id.0)).map(|(id, _)| id).or(self.tree.root());
            if let Some(parent) = most {
                self.tree.move_tile_to_container(id, parent, usize::MAX, false);
            }
            id
        });
        self.tree.make_active(|candidate, _| candidate == id);
    }

    /// Whether a panel is somewhere.
    pub fn holds(&self, kind: PanelKind) -> bool {
        self.tree.tiles.iter().any(|(_, tile)| matches!(tile, Tile::Pane(pane) if *pane == kind))
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
