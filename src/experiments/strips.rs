//! What the rows of a table painted or found, one above the other.

use super::page::Filled;
use super::pictures::{read, stacked, strip};
use super::{ExperimentError, Lab, Outcome, Shown};
use crate::picture::Picture;

/// Pictures beside each other.
enum Strip<'a> {
    /// True ones.
    Truth(Shown),
    /// True ones as detectors are shown them.
    Pasted,
    /// What they should find there.
    Landmarks,
    /// Of a row.
    Made(&'a Outcome),
}

impl Filled {
    /// Whose pictures are shown, with their names: for all who are seen the truth, then of each row the first seed's, then
    /// those who need no training.
    fn strips(&self) -> Vec<(String, Strip<'_>)> {
        let mut strips = vec![];
        for shown in self.table.shown() {
            let rows = self.rows.iter().filter(|(row, _)| row.shown == shown);
            let rows = rows.filter_map(|(row, outcomes)| Some((row.name.to_owned(), outcomes.first()?)));
            let others = self.baselines.iter().filter(|(_, outcome)| outcome.shown == shown);
            let others = others.map(|(which, outcome)| (self.baseline_name(*which, outcome), outcome));
            let all: Vec<_> = rows.chain(others).map(|(name, outcome)| (name, Strip::Made(outcome))).collect();
            if !self.table.paints() {
                strips.push(("what they are shown".to_owned(), Strip::Pasted));
                strips.push(("the true landmarks as colours".to_owned(), Strip::Landmarks));
                strips.extend(all);
            } else if !all.is_empty() || shown == Shown::Generated {
                strips.push(("the truth".to_owned(), Strip::Truth(shown)));
                strips.extend(all);
            }
        }
        strips
    }

    /// The names of what [`Filled::pictures`] shows, from above.
    pub(super) fn shown_from_above(&self) -> String {
        self.strips().into_iter().map(|(name, _)| name).collect::<Vec<_>>().join("; ")
    }

    /// All that is known to have been painted or found. True pictures of figures that aren't here are left out.
    pub(super) fn pictures(&self, lab: &mut Lab) -> Result<Picture, ExperimentError> {
        let mut strips = vec![];
        let beside = |pictures: &[Picture]| strip(&pictures.iter().collect::<Vec<_>>());
        for (_, of) in self.strips() {
            match of {
                Strip::Truth(shown) if !lab.can_show(shown) => {}
                Strip::Truth(shown) => strips.push(beside(&lab.truths(shown)?)),
                Strip::Pasted => strips.push(beside(&lab.detections()?[0])),
                Strip::Landmarks => strips.push(beside(&lab.detections()?[1])),
                Strip::Made(Outcome { who, views, shown, .. }) => {
                    strips.push(read(&Outcome::path(&lab.results(), who, *views, *shown).with_extension("png"))?);
                }
            }
        }
        Ok(stacked(&strips))
    }
}
