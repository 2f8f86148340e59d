//! What is lost between generated characters told by exact UDPs and others.

use super::page::{Filled, spread};
use super::{Outcome, Row, Shown};
use crate::train::Baseline;

impl Filled {
    /// Who else is seen, where a table has others than generated characters.
    pub(super) fn about_others(&self) -> String {
        let mut about = String::new();
        if self.table.shown().contains(&Shown::Drawn) {
            about += " Drawn: the same characters, poses and cameras painted in other ways (colours, lines, strokes, paper), \
                      their sheets as scanners and cut-out tools leave them.";
        }
        let mut outcomes = self.rows.iter().flat_map(|(_, outcomes)| outcomes);
        if let Some(outcome) = outcomes.find(|outcome| outcome.shown == Shown::Figures) {
            about += &format!(" Figures from files, two pictures of each: {}.", outcome.figures.join(", "));
        }
        if self.table.shown().contains(&Shown::Found) {
            about += " Found UDPs are what the detector that learned with the renderer finds in the true pictures, each on a \
                      background by lot: it sees what is to be painted.";
        }
        about
    }

    /// What is lost where others than generated characters are seen.
    pub(super) fn lost(&self) -> Vec<String> {
        let db = |outcomes: &[Outcome]| spread(outcomes, "psnr_db").map(|spread| spread.mean);
        let told = |name: &str, all: &[Outcome], generated: &[Outcome]| {
            let beside =
                if all.iter().any(|of| of.shown == Shown::Found) { "exact UDPs" } else { "generated characters" };
            Some(format!("{name}: {:+.2} dB beside {beside}", db(all)? - db(generated)?))
        };
        let rows = self.rows.iter().filter(|(row, _)| row.shown != Shown::Generated).filter_map(|(row, outcomes)| {
            let same = |other: &Row| (other.run, other.views, other.shown) == (row.run, row.views, Shown::Generated);
            let (_, generated) = self.rows.iter().find(|(other, _)| same(other))?;
            told(row.name, outcomes, generated)
        });
        let others = self.baselines.iter().filter(|(_, outcome)| outcome.shown != Shown::Generated);
        let others = others.filter_map(|(which, outcome)| {
            let same = |other: &Outcome| (&other.who, other.shown) == (&outcome.who, Shown::Generated);
            let (_, generated) = self.baselines.iter().find(|(_, other)| same(other))?;
            let [all, generated] = [outcome, generated].map(std::slice::from_ref);
            told(&self.baseline_name(*which, outcome), all, generated)
        });
        rows.chain(others).collect()
    }

    /// Who needs no training, with who is seen where a table has several.
    pub(super) fn baseline_name(&self, which: Baseline, outcome: &Outcome) -> String {
        match self.table.shown()[..] {
            [_] => which.name().to_owned(),
            _ => format!("{}, {}", which.name(), outcome.shown.name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::page::testing::outcome;
    use super::super::{Budget, Lab, Table};
    use super::*;

    #[test]
    fn a_gap_is_what_is_lost_beside_generated_characters() {
        let folder = tempfile::tempdir().unwrap();
        let lab = Lab::open(&folder.path().join("lab"), Budget::Try, None).unwrap();
        lab.prepare().unwrap();
        let of = |run: &str, shown: Shown, psnr: f64| {
            let mut outcome = Outcome { shown, ..outcome(run, 1, 4, 0.2) };
            outcome.measures[1].mean = psnr;
            outcome.save(&lab.results()).unwrap();
        };
        of("full", Shown::Generated, 20.0);
        of("full", Shown::Drawn, 18.5);
        of("u", Shown::Drawn, 18.0);
        let table = Table::named("gap").unwrap();
        let filled = Filled::read(table, &lab, 1).unwrap();
        assert_eq!((filled.missing(), filled.rows.len()), (3, 6), "without figures there are no rows of them");
        let text = filled.text();
        assert!(text.contains("U + C + G + R, drawn: -1.50 dB beside generated characters"), "{text}");
        assert!(
            !text.contains("U, drawn: ") && text.contains("as scanners"),
            "what is lost beside nothing isn't known"
        );
        of("joint", Shown::Generated, 14.0);
        of("joint", Shown::Found, 19.0);
        let joint = Filled::read(Table::named("joint").unwrap(), &lab, 1).unwrap().text();
        assert!(joint.contains("jointly with a detector, found UDPs: +5.00 dB beside exact UDPs"), "{joint}");
        assert!(joint.contains("it sees what is to be painted"), "{joint}");
        let markdown = filled.markdown();
        let order = "From above: the truth; U + C + G + R, generated; the truth; U, drawn; U + C + G + R, drawn.";
        assert!(markdown.contains(order), "{markdown}");
        // On a machine with figures these rows are missing; where somebody else measured them they are there.
        let with = lab.with_figures(vec!["a.vrm".into()]);
        assert_eq!(Filled::read(table, &with, 1).unwrap().missing(), 6);
        let figures = vec!["b.vrm".to_owned()];
        let outcome = Outcome { shown: Shown::Figures, figures, ..outcome("full", 1, 4, 0.2) };
        outcome.save(&with.results()).unwrap();
        let filled = Filled::read(table, &with.with_figures(vec![]), 1).unwrap();
        assert_eq!(filled.rows.len(), 7);
        assert!(filled.caption().contains("two pictures of each: b.vrm"));
    }
}
