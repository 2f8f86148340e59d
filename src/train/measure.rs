//! What a state is worth, on figures that nothing was learned from.

use super::data::{Cast, Lesson, Manner, item};
use super::dice::Dice;
use super::loss::{Measures, measures};
use super::{Learner, State, TrainError};
use crate::fude::Detector;
use serde::{Deserialize, Serialize};

/// Seeds of these are of no training.
const HELD_OUT: u64 = 0x0b5e_55ed_0000_0000;
/// Figures, and views of each.
const FIGURES: u64 = 8;
const VIEWS: usize = 8;

/// The same pictures with more and more said about them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Measured {
    /// Nothing.
    pub untold: Measures,
    /// The view's tag.
    pub tagged: Measures,
    /// A click.
    pub one_click: Measures,
    /// Four.
    pub four_clicks: Measures,
}

impl Measured {
    /// Lower is better: half of it of what artists say nothing about, half with the tag.
    pub fn score(&self) -> f64 {
        (self.untold.landmark + self.tagged.landmark) / 2.0
    }
}

/// Pictures to measure with.
pub(super) struct Examination {
    lessons: [Lesson; 4],
    size_px: usize,
}

impl Examination {
    /// Draws the figures held out.
    pub(super) fn new(size_px: usize) -> Result<Self, TrainError> {
        let cast = Cast::new(HELD_OUT, vec![])?;
        let manners = [(false, 0), (true, 0), (false, 1), (false, 4)];
        let mut items: [Vec<_>; 4] = Default::default();
        for figure in 0..FIGURES {
            for (i, view) in cast.block(figure)?.iter().take(VIEWS).enumerate() {
                for (items, (tag, clicks)) in items.iter_mut().zip(manners) {
                    let dice = &mut Dice::of(&[HELD_OUT, figure, i as u64]);
                    items.push(item(view, size_px, Manner::Measuring { tag, clicks }, dice));
                }
            }
        }
        Ok(Self { lessons: items.map(|items| Lesson::of(items, size_px)), size_px })
    }

    /// Measures a state's average, folded as it would be shipped.
    pub(super) fn of(&self, learner: &Learner, state: &State) -> Result<Measured, TrainError> {
        let folded = Detector::learned(learner.net(), &state.averaged, &state.averaged_statistics, self.size_px);
        let detector = folded.map_err(|e| TrainError::Network(e.to_string()))?;
        let area = self.size_px * self.size_px;
        let [untold, tagged, one_click, four_clicks] = [0, 1, 2, 3].map(|which| {
            let lesson = &self.lessons[which];
            let parts = lesson.inputs.chunks(16 * area);
            let answers: Vec<_> = parts.flat_map(|inputs| detector.answers(inputs, self.size_px)).collect();
            measures(&answers, lesson)
        });
        Ok(Measured { untold, tagged, one_click, four_clicks })
    }
}
