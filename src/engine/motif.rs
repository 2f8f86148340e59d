//! What a picture is of.

use super::{PaintingSettings, Views, same_views};
use crate::raster::Shot;
use crate::sheet::DrawingHints;
use std::fmt;
use std::sync::Arc;

/// What a picture is of, and what paints it: two pictures of the same motif are the same.
#[derive(Clone)]
pub struct Motif {
    /// The figure in its pose, seen by a camera for the aspect of `size_px`.
    pub shot: Arc<Shot>,
    /// Size of the picture.
    pub size_px: [u32; 2],
    /// The drawings.
    pub views: Views,
    /// What the user says about them, in their order; nothing about those that are beyond its end.
    pub hints: Arc<[DrawingHints]>,
    /// Who paints, and how. Who needs UDPs has missing ones detected, where there are weights.
    pub settings: PaintingSettings,
}

impl Motif {
    /// The same picture.
    pub fn same(&self, other: &Self) -> bool {
        self.same_shot(other) && self.same_means(other)
    }

    /// The same pose from the same place, as large.
    pub fn same_shot(&self, other: &Self) -> bool {
        (Arc::ptr_eq(&self.shot, &other.shot) || self.shot.same(&other.shot)) && self.size_px == other.size_px
    }

    /// The same drawings and settings: what was prepared for one serves the other.
    pub fn same_means(&self, other: &Self) -> bool {
        let same_drawings = same_views(&self.views, &other.views) && self.hints == other.hints;
        same_drawings && self.settings.same_as(&other.settings)
    }

    /// Some drawing is from the same place in both, as it was read then or later: they show one character.
    pub fn same_character(&self, other: &Self) -> bool {
        let known = |name: &str, path| other.views.iter().any(|view| view.name == name && view.path == path);
        self.views.iter().any(|view| known(&view.name, view.path.clone()))
    }
}

impl fmt::Debug for Motif {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.views.iter().map(|view| view.name.as_str()).collect();
        let figure = &self.shot.stance().figure().name;
        f.debug_struct("Motif")
            .field("figure", figure)
            .field("size_px", &self.size_px)
            .field("views", &names)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
