//! What the rows of a table painted, one above the other.

use super::page::Filled;
use super::pictures::{read, stacked, strip};
use super::{ExperimentError, Lab, Outcome, Shown};
use crate::picture::Picture;

/// Pictures beside each other.
enum Strip<'a> {
    /// True ones.
    Truth(Shown),
    /// Of a row.
    Painted(&'a Outcome),
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
            let all: Vec<_> = rows.chain(others).map(|(name, outcome)| (name, Strip::Painted(outcome))).collect();
            if !all.is_empty() || shown == Shown::Generated {
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

    /// All that is known to have been painted. True pictures of figures that aren't here are left out.
    pub(super) fn pictures(&self, lab: &mut Lab) -> Result<Picture, ExperimentError> {
        let mut strips = vec![];
        for (_, of) in self.strips() {
            match of {
                Strip::Truth(shown) if !lab.can_show(shown) => {}
                Strip::Truth(shown) => strips.push(strip(&lab.truths(shown)?.iter().collect::<Vec<_>>())),
                Strip::Painted(Outcome { who, views, shown, .. }) => {
                    strips.push(read(&Outcome::path(&lab.results(), who, *views, *shown).with_extension("png"))?);
                }
            }
        }
        Ok(stacked(&strips))
    }
}
