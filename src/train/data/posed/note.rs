//! What is written beside a picture of a data set.

use crate::psgan::{KEYPOINTS, Keypoints, names};
use serde::{Deserialize, Serialize};

/// What is known of a picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PosedNote {
    /// Who: the number among the set's actors.
    pub actor: u64,
    /// Its seed, where it is a generated character; of the built-in one's build, whatever the seed says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub character: Option<u64>,
    /// Number of the pose in its half.
    pub pose: u64,
    /// From where it is seen, degrees: 0 from the front, 90 from the figure's left.
    pub yaw_deg: f32,
    /// Positive: from above.
    pub pitch_deg: f32,
    /// Vertical field of view.
    pub fov_deg: f32,
    /// The points of the body, in the order of [`names`].
    pub keypoints: Vec<Mark>,
}

/// A point of a body in a picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    /// What it is called.
    pub name: String,
    /// From the left, as share of the picture's width; beyond the edges below 0 or above 1.
    pub x: f32,
    /// From the top, as share of its height.
    pub y: f32,
    /// Nothing else of the body lies before it.
    pub visible: bool,
}

/// The points with their names.
pub(super) fn marks(places: &Keypoints, visible: &[bool; KEYPOINTS]) -> Vec<Mark> {
    let points = names().into_iter().zip(places.iter().zip(visible));
    points.map(|(name, (&[x, y], &visible))| Mark { name: name.to_owned(), x, y, visible }).collect()
}

impl PosedNote {
    /// Where the points are.
    ///
    /// # Errors
    /// Others than [`names`] has, or numbers that are none, in words.
    pub fn places(&self) -> Result<Keypoints, String> {
        if !self.keypoints.iter().map(|mark| mark.name.as_str()).eq(names()) {
            return Err(format!("its keypoints are others than {}", names().join(", ")));
        }
        let mut places = Keypoints::default();
        for (place, mark) in places.iter_mut().zip(&self.keypoints) {
            if !(mark.x.is_finite() && mark.y.is_finite()) {
                return Err(format!("the place of its {} is no number", mark.name));
            }
            *place = [mark.x, mark.y];
        }
        Ok(places)
    }
}
