//! What an artist may say about a drawing, for whoever finds out what it shows.

use super::View;
use super::matting::{Mark, Marks};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// The side from which a drawing shows the body; left and right are the body's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// Its front.
    Front,
    /// Between front and left profile.
    ThreeQuarterLeft,
    /// Its left profile.
    Left,
    /// Between left profile and back.
    BackLeft,
    /// Its back.
    Back,
    /// Between back and right profile.
    BackRight,
    /// Its right profile.
    Right,
    /// Between right profile and front.
    ThreeQuarterRight,
}

impl Side {
    /// All of them, around the body.
    pub const ALL: [Self; 8] = [
        Self::Front,
        Self::ThreeQuarterLeft,
        Self::Left,
        Self::BackLeft,
        Self::Back,
        Self::BackRight,
        Self::Right,
        Self::ThreeQuarterRight,
    ];

    /// What files and the command line call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Front => "front",
            Self::ThreeQuarterLeft => "three-quarter-left",
            Self::Left => "left",
            Self::BackLeft => "back-left",
            Self::Back => "back",
            Self::BackRight => "back-right",
            Self::Right => "right",
            Self::ThreeQuarterRight => "three-quarter-right",
        }
    }

    /// The angle, as [`DrawingHints::view_deg`] has it.
    pub fn degrees(self) -> f32 {
        match self {
            Self::Front => 0.0,
            Self::ThreeQuarterLeft => 45.0,
            Self::Left => 90.0,
            Self::BackLeft => 135.0,
            Self::Back => 180.0,
            Self::BackRight => -135.0,
            Self::Right => -90.0,
            Self::ThreeQuarterRight => -45.0,
        }
    }
}

impl FromStr for Side {
    type Err = String;

    /// The side of this name. Case, spaces and underlines don't matter.
    fn from_str(name: &str) -> Result<Self, String> {
        let plain = name.trim().to_lowercase().replace([' ', '_'], "-");
        Self::ALL.into_iter().find(|side| side.name() == plain).ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|side| side.name()).collect();
            format!("no side is called `{name}`; the sides are {}", names.join(", "))
        })
    }
}

/// What is known of a drawing; all of it may be absent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct DrawingHints {
    /// From where the body is seen: 0 its front, 90 its left profile, 180 its back, −90 its right profile.
    pub view_deg: Option<f32>,
    /// Points of which it is known what they show.
    pub points: Vec<KnownPoint>,
    /// What is drawn there is not the character, but something beside it.
    pub not_character: Vec<BrushStroke>,
}

/// "This pixel is that place of the body."
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct KnownPoint {
    /// Column and row in the drawing.
    pub at_px: [u32; 2],
    /// The place of the body, as UDPs have it.
    pub landmark: [f32; 3],
}

/// A stroke of a round brush over a drawing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct BrushStroke {
    /// Where it goes through, in pixels from the drawing's left and upper edge.
    pub points: Vec<[f32; 2]>,
    /// Half its width.
    pub radius_px: f32,
    /// It takes back what strokes before it painted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub erases: bool,
}

impl KnownPoint {
    /// With numbers that can be used; `None` where there are none.
    pub fn sane(self) -> Option<Self> {
        let sound = self.landmark.iter().all(|v| v.is_finite());
        sound.then(|| Self { landmark: self.landmark.map(|v| v.clamp(0.0, 1.0)), ..self })
    }
}

impl BrushStroke {
    /// With numbers that can be used; `None` where nothing is left.
    pub fn sane(mut self) -> Option<Self> {
        self.points.retain(|point| point.iter().all(|v| v.is_finite()));
        let sound = self.radius_px.is_finite() && !self.points.is_empty();
        self.radius_px = self.radius_px.clamp(0.5, 4096.0);
        sound.then_some(self)
    }

    /// Which pixels of a drawing of this size strokes cover: for each whether they do, row by row.
    pub fn covered(strokes: &[Self], [width_px, height_px]: [u32; 2]) -> Vec<bool> {
        let mut marks = Marks::new(width_px, height_px);
        for stroke in strokes {
            let mark = if stroke.erases { Mark::None } else { Mark::Background };
            let ends = stroke.points.iter().zip(stroke.points.iter().skip(1).chain(stroke.points.last()));
            ends.for_each(|(&from, &to)| marks.stroke(from, to, stroke.radius_px, mark));
        }
        marks.marks.iter().map(|mark| *mark == Mark::Background).collect()
    }
}

impl DrawingHints {
    /// Nothing is known.
    pub fn is_empty(&self) -> bool {
        self.view_deg.is_none() && self.points.is_empty() && self.not_character.is_empty()
    }

    /// The drawing, and its own UDP, without what is not the character; `None` where that is the drawing itself.
    pub fn cleared(&self, view: &View) -> Option<View> {
        let size_px = [view.picture.width_px, view.picture.height_px];
        let covered = Some(BrushStroke::covered(&self.not_character, size_px)).filter(|all| all.contains(&true))?;
        let mut view = view.clone();
        let own = view.udp.as_mut().filter(|udp| [udp.width_px, udp.height_px] == size_px);
        let landmarks = own.into_iter().flat_map(|udp| udp.pixels.iter_mut());
        landmarks.zip(&covered).filter(|(_, covered)| **covered).for_each(|(pixel, _)| *pixel = [0.0; 4]);
        let pixels = view.picture.pixels.iter_mut().zip(covered);
        pixels.filter(|(_, covered)| *covered).for_each(|(pixel, _)| *pixel = [0; 4]);
        Some(view)
    }
}

impl From<Side> for DrawingHints {
    fn from(side: Side) -> Self {
        Self { view_deg: Some(side.degrees()), ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::Picture;
    use crate::udp::Udp;

    fn stroke(points: &[[f32; 2]], radius_px: f32, erases: bool) -> BrushStroke {
        BrushStroke { points: points.to_vec(), radius_px, erases }
    }

    #[test]
    fn what_is_not_the_character_is_neither_seen_nor_any_place_of_a_body() {
        let mut udp = Udp::new(20, 10);
        udp.pixels.fill([0.5, 0.5, 0.5, 1.0]);
        let picture = Picture { width_px: 20, height_px: 10, pixels: vec![[9, 9, 9, 255]; 200] };
        let view = View { name: "a".into(), path: None, picture, udp: Some(udp), warnings: Vec::new() };
        let hints = |not_character: Vec<BrushStroke>| DrawingHints { not_character, ..DrawingHints::default() };
        assert!(hints(Vec::new()).cleared(&view).is_none());
        let painted = stroke(&[[2.5, 5.5], [17.5, 5.5]], 2.0, false);
        let back = stroke(&[[2.5, 5.5]], 3.5, true);
        assert!(!hints(vec![painted.clone()]).is_empty());
        let cleared = hints(vec![painted.clone(), back.clone()]).cleared(&view).unwrap();
        let seen = |x: usize, y: usize| {
            (cleared.picture.pixels[20 * y + x][3], cleared.udp.as_ref().unwrap().pixels[20 * y + x][3])
        };
        assert_eq!((seen(10, 5), seen(10, 1), seen(3, 5)), ((0, 0.0), (255, 1.0), (255, 1.0)));
        // What was taken back first was not painted yet.
        let cleared = hints(vec![back.clone(), painted]).cleared(&view).unwrap();
        assert_eq!(cleared.picture.pixels[103], [0; 4]);
        assert!(hints(vec![back]).cleared(&view).is_none());
    }

    #[test]
    fn numbers_that_are_none_are_left_out() {
        assert_eq!(
            stroke(&[[f32::NAN, 1.0], [2.0, 3.0]], 1e9, false).sane(),
            Some(stroke(&[[2.0, 3.0]], 4096.0, false))
        );
        assert_eq!(stroke(&[[1.0, f32::INFINITY]], 1.0, false).sane(), None);
        assert_eq!(stroke(&[[1.0, 1.0]], f32::NAN, false).sane(), None);
        let point = KnownPoint { at_px: [1, 2], landmark: [0.5, 7.0, -1.0] };
        assert_eq!(point.sane(), Some(KnownPoint { landmark: [0.5, 1.0, 0.0], ..point }));
        assert_eq!(KnownPoint { landmark: [f32::NAN; 3], ..point }.sane(), None);
    }

    #[test]
    fn sides_go_by_their_names() {
        assert_eq!("Back Left".parse(), Ok(Side::BackLeft));
        assert!("frnt".parse::<Side>().unwrap_err().contains("three-quarter-left"));
        for side in Side::ALL {
            assert_eq!(side.name().parse(), Ok(side));
            assert_eq!(serde_json::to_string(&side).unwrap(), format!("{:?}", side.name()));
        }
    }
}
