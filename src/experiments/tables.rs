//! The tables: which rows they have, what the paper has there, and what it claims.

use super::result::Shown;
use super::runs::{RUNS, Run};

/// A table.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// Its name on the command line and in files.
    pub id: &'static str,
    /// What is compared.
    pub title: &'static str,
    /// Where in the paper it stands, or who asked for it.
    pub source: &'static str,
    /// What is measured; claims are about the first.
    pub columns: &'static [Column],
    /// They.
    pub rows: &'static [Row],
    /// Rows of which the first is nearer to the truth than the second, as the paper has it, and in words.
    pub claims: &'static [(usize, usize, &'static str)],
}

/// A row.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// As the paper calls it.
    pub name: &'static str,
    /// Of which training.
    pub run: &'static str,
    /// Drawings of the sheets that are measured on.
    pub views: usize,
    /// Who is seen there.
    pub shown: Shown,
    /// What the paper has of the first two columns after its second epoch; of the second one of a renderer it has LPIPS. Not
    /// a number: it did not converge.
    pub paper: Option<[f64; 2]>,
}

/// A column: a measure by its name in results, its title, decimals.
pub(super) type Column = (&'static str, &'static str, usize);

/// Of renderers.
pub(super) const PAINTED: &[Column] = &[
    ("whole_l1", "L1", 4),
    ("gmsd", "GMSD", 4),
    ("psnr_db", "PSNR", 2),
    ("ssim", "SSIM", 4),
    ("ms_ssim", "MS-SSIM", 4),
];
/// Of detectors.
pub(super) const FOUND: &[Column] = &[("udp_l1", "L1 of UDP", 4), ("mask_bce", "BCE of mask", 4)];

const fn row(name: &'static str, run: &'static str, views: usize, l1: f64, lpips: f64) -> Row {
    Row { name, run, views, shown: Shown::Generated, paper: Some([l1, lpips]) }
}

const fn asked(name: &'static str, run: &'static str) -> Row {
    seen(name, run, Shown::Generated)
}

const fn seen(name: &'static str, run: &'static str, shown: Shown) -> Row {
    Row { name, run, views: 4, shown, paper: None }
}

/// All of them.
pub static TABLES: [Table; 8] = [
    Table {
        id: "1",
        title: "Drawings of a sheet while it learns (m) and afterwards (n)",
        source: "the paper's tables 1 and 2",
        columns: PAINTED,
        rows: &[
            row("m = 1, n = 1", "m1", 1, 0.0238, 0.0801),
            row("m = 4, n = 1", "full", 1, 0.0237, 0.0827),
            row("m = 1, n = 4", "m1", 4, 0.0211, 0.0764),
            row("m = 4, n = 4", "full", 4, 0.0179, 0.0612),
        ],
        claims: &[
            (3, 2, "four drawings while it learns are better than one, at n = 4"),
            (3, 1, "four drawings afterwards are better than one, at m = 4"),
            (2, 0, "four drawings afterwards are better than one, at m = 1"),
        ],
    },
    Table {
        id: "4",
        title: "Parts of the renderer: messages between drawings (C), flows (G), a residual encoder (R)",
        source: "the paper's table 4",
        columns: PAINTED,
        rows: &[
            row("U", "u", 4, 0.0311, 0.1038),
            row("U + G", "u-g", 4, 0.0308, 0.1036),
            row("U + C + R", "u-c-r", 4, 0.0286, 0.0977),
            row("U + C + G", "u-c-g", 4, 0.0180, 0.0612),
            row("U + C + G + R", "full", 4, 0.0179, 0.0612),
        ],
        claims: &[
            (2, 0, "messages are better than none, without flows"),
            (3, 1, "messages are better than none, with flows"),
            (4, 2, "flows are better than none, with messages"),
            (4, 3, "a residual encoder is better than a plain one"),
        ],
    },
    Table {
        id: "messages",
        title: "Rounds of messages",
        source: "the authors' answer to the reviewers",
        columns: PAINTED,
        rows: &[
            row("0 times", "messages-0", 4, 0.026, 0.099),
            row("1 time", "messages-1", 4, 0.018, 0.063),
            row("3 times", "full", 4, 0.017, 0.061),
        ],
        claims: &[(1, 0, "one round is better than none"), (2, 1, "three rounds are better than one")],
    },
    Table {
        id: "losses",
        title: "Without each loss",
        source: "asked for by the reviewers; the paper has no such table",
        columns: PAINTED,
        rows: &[
            asked("both losses", "full"),
            asked("without colours (β = 0)", "no-photometric"),
            asked("without what stands for LPIPS (α = 0)", "no-pyramid"),
            asked("jointly with a detector, all losses", "joint"),
            asked("jointly, without consistency (δ = 0)", "joint-no-consistency"),
        ],
        claims: &[],
    },
    Table {
        id: "encoding",
        title: "What the target says of the body",
        source: "asked for by the reviewers; the authors answered that two numbers for three cost 16 % of LPIPS",
        columns: PAINTED,
        rows: &[
            asked("three numbers, exact", "full"),
            asked("two numbers, exact", "uv"),
            asked("three numbers, unsure while it learns", "unsure"),
        ],
        claims: &[(0, 1, "three numbers are better than two")],
    },
    Table {
        id: "joint",
        title: "Learning the detector and the renderer together",
        source: "section 3.4: end to end, where the detector's mistakes are what the renderer sees",
        columns: PAINTED,
        rows: &[
            asked("exact UDPs while it learns", "full"),
            asked("jointly with a detector", "joint"),
            asked("jointly, one encoder for both", "joint-shared"),
            seen("jointly with a detector, found UDPs", "joint", Shown::Found),
            seen("jointly, one encoder for both, found UDPs", "joint-shared", Shown::Found),
        ],
        claims: &[],
    },
    Table {
        id: "gap",
        title: "What is lost between generated characters and others",
        source: "asked for by the reviewers",
        columns: PAINTED,
        rows: &[
            seen("U, generated", "u", Shown::Generated),
            seen("U + C + G, generated", "u-c-g", Shown::Generated),
            seen("U + C + G + R, generated", "full", Shown::Generated),
            seen("U, drawn", "u", Shown::Drawn),
            seen("U + C + G, drawn", "u-c-g", Shown::Drawn),
            seen("U + C + G + R, drawn", "full", Shown::Drawn),
            seen("U, figures from files", "u", Shown::Figures),
            seen("U + C + G, figures from files", "u-c-g", Shown::Figures),
            seen("U + C + G + R, figures from files", "full", Shown::Figures),
        ],
        claims: &[],
    },
    Table {
        id: "detector",
        title: "The detector's encoder",
        source: "the paper's table 3",
        columns: FOUND,
        rows: &[
            row("U", "detector-u", 0, f64::NAN, f64::NAN),
            row("U + R34", "detector-r34", 0, 0.1004, 0.0747),
            row("U + R50", "detector-r50", 0, 0.0971, 0.0736),
        ],
        claims: &[(2, 1, "ResNet-50 is better than ResNet-34"), (1, 0, "residual encoders are better than plain ones")],
    },
];

impl Table {
    /// The one of this name or of the paper's number; the paper prints the first one twice.
    pub fn named(id: &str) -> Option<&'static Self> {
        let id = match id {
            "2" => "1",
            "3" => "detector",
            id => id,
        };
        TABLES.iter().find(|table| table.id == id)
    }
}

/// The trainings of some tables, in the order of [`RUNS`].
pub fn runs_of(tables: &[&Table]) -> Vec<&'static Run> {
    let wanted = |run: &&Run| tables.iter().flat_map(|table| table.rows).any(|row| row.run == run.id);
    RUNS.iter().filter(wanted).collect()
}

/// For how many drawings a training is measured, and who is seen in them; of a detector: none, once.
pub(super) fn cases_of(run: &Run) -> Vec<(usize, Shown)> {
    let rows = TABLES.iter().flat_map(|table| table.rows).filter(|row| row.run == run.id);
    let mut cases: Vec<(usize, Shown)> = rows.map(|row| (row.views, row.shown)).collect();
    cases.sort_unstable();
    cases.dedup();
    cases
}

/// The same of generated characters: without these a training isn't done.
pub fn views_of(run: &Run) -> Vec<usize> {
    cases_of(run).into_iter().filter(|(_, shown)| *shown == Shown::Generated).map(|(views, _)| views).collect()
}

impl Table {
    /// Whether renderers are compared; detectors are otherwise.
    pub fn paints(&self) -> bool {
        self.columns == PAINTED
    }

    /// Who is seen in its pictures, each once, in the order of its rows.
    pub fn shown(&self) -> Vec<Shown> {
        let mut shown: Vec<Shown> = self.rows.iter().map(|row| row.shown).collect();
        shown.dedup();
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_its_training_and_every_claim_is_the_papers() {
        let joint = Run::named("joint").unwrap();
        assert_eq!(cases_of(joint), [(4, Shown::Generated), (4, Shown::Found)]);
        for table in &TABLES {
            assert_eq!(Table::named(table.id).map(|found| found.title), Some(table.title));
            assert!(table.rows.iter().all(|row| Run::named(row.run).is_some()));
            for (better, worse, claim) in table.claims {
                if let [Some(better), Some(worse)] = [better, worse].map(|at| table.rows[*at].paper) {
                    let not_worse = |at: usize| worse[at].is_nan() || better[at] <= worse[at];
                    assert!(not_worse(0) && not_worse(1) && better[0] != worse[0], "{claim}");
                }
            }
        }
        assert_eq!(runs_of(&TABLES.iter().collect::<Vec<_>>()).len(), RUNS.len(), "no training is for nothing");
        let of_first = runs_of(&[&TABLES[0]]);
        assert_eq!(of_first.iter().map(|run| run.id).collect::<Vec<_>>(), ["full", "m1"]);
        assert_eq!((views_of(&RUNS[0]), views_of(&RUNS[2])), (vec![1, 4], vec![4]));
        let drawn = (4, Shown::Drawn);
        assert!(cases_of(&RUNS[2]).contains(&drawn) && !cases_of(&RUNS[1]).contains(&drawn));
        assert_eq!(TABLES[0].shown(), [Shown::Generated]);
        let [generated, others @ ..] = &Table::named("gap").unwrap().shown()[..] else { panic!("nobody is seen") };
        assert_eq!((*generated, others), (Shown::Generated, &[Shown::Drawn, Shown::Figures][..]));
        assert!(Table::named("2").is_some() && Table::named("5").is_none());
    }
}
