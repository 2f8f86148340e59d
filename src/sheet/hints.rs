//! What an artist may say about a drawing, for whoever finds out what it shows.

/// What is known of a drawing; all of it may be absent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DrawingHints {
    /// From where the body is seen: 0 its front, 90 its left profile, 180 its back, −90 its right profile.
    pub view_deg: Option<f32>,
    /// Points of which it is known what they show.
    pub points: Vec<KnownPoint>,
}

/// "This pixel is that place of the body."
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KnownPoint {
    /// Column and row in the drawing.
    pub at_px: [u32; 2],
    /// The place of the body, as UDPs have it.
    pub landmark: [f32; 3],
}

impl DrawingHints {
    /// Nothing is known.
    pub fn is_empty(&self) -> bool {
        self.view_deg.is_none() && self.points.is_empty()
    }
}
