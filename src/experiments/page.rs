//! Tables with their numbers: for a terminal, as Markdown and CSV, and the pictures of their rows.

use super::spread::{Spread, Verdict, markdown_grid, over_seeds, plain_grid};
use super::tables::Column;
use super::{Budget, ExperimentError, Lab, Outcome, Row, Shown, Table, Who};
use crate::files;
use crate::train::Baseline;
use std::fmt::Write as _;
use std::path::PathBuf;

/// A table as far as it is known.
pub struct Filled {
    pub(super) table: &'static Table,
    budget: Budget,
    seeds: u64,
    /// Of each row the outcomes of its seeds.
    pub(super) rows: Vec<(&'static Row, Vec<Outcome>)>,
    pub(super) baselines: Vec<(Baseline, Outcome)>,
}

impl Filled {
    /// Reads what is known of a table.
    ///
    /// # Errors
    /// A result that can't be read.
    pub fn read(table: &'static Table, lab: &Lab, seeds: u64) -> Result<Self, ExperimentError> {
        let (results, budget) = (lab.results(), lab.budget());
        let mut rows = vec![];
        for row in table.rows {
            let mut outcomes = vec![];
            for seed in 1..=seeds {
                let who = Who::Run(row.run.into(), seed);
                outcomes.extend(Outcome::known(&results, &who, row.views, row.shown, budget)?);
            }
            // Who has no figures has no such rows.
            if row.shown != Shown::Figures || lab.can_show(row.shown) || !outcomes.is_empty() {
                rows.push((row, outcomes));
            }
        }
        let mut baselines = vec![];
        for shown in table.shown().into_iter().filter(|_| table.paints()) {
            for which in Baseline::ALL {
                let known = Outcome::known(&results, &Who::Baseline(which), 4, shown, budget)?;
                baselines.extend(known.map(|outcome| (which, outcome)));
            }
        }
        Ok(Self { table, budget, seeds, rows, baselines })
    }

    /// Which it is.
    pub fn table(&self) -> &'static Table {
        self.table
    }

    /// Rows of which some seed is missing.
    pub fn missing(&self) -> usize {
        self.rows.iter().filter(|(_, outcomes)| (outcomes.len() as u64) < self.seeds).count()
    }

    /// The paper's claims, and what became of each.
    pub fn verdicts(&self) -> Vec<(&'static str, Verdict)> {
        let judged = self.table.columns.first().map_or("", |column| column.0);
        let of = |&(better, worse, claim): &(usize, usize, &'static str)| {
            let [better, worse] = [better, worse].map(|at| spread(&self.rows[at].1, judged));
            (claim, Verdict::of(better, worse))
        };
        self.table.claims.iter().map(of).collect()
    }

    /// What the numbers are of.
    pub fn caption(&self) -> String {
        let scales = if self.budget.size_px() < 161 { "four" } else { "five" };
        if !self.table.paints() {
            return format!(
                "{} ({}). {}; {}. L1: the mean difference of landmarks over whole pictures, in which nothing is where nobody \
                 is; BCE: cross-entropy of occupancy; both in pictures on a background by lot. The paper: 128², 60,000 steps \
                 of six characters, drawn ones among them.",
                self.table.title,
                self.table.source,
                self.budget.about(),
                over_seeds(self.seeds)
            );
        }
        format!(
            "{} ({}). {}; {}. L1: the mean difference of colours over whole pictures on white, as in the paper. GMSD, PSNR, SSIM \
             and MS-SSIM (of {scales} scales) are measured in the box of the true figure; GMSD, the unevenness of slopes, \
             stands in the place of LPIPS, which needs networks that are not part of this program. The paper: 128², 60,000 steps \
             of six sheets, more than 700,000 pictures. All are painted from exact UDPs{}.",
            self.table.title,
            self.table.source,
            self.budget.about(),
            over_seeds(self.seeds),
            if self.table.shown().contains(&Shown::Found) { " but where others are named" } else { "" }
        ) + &self.about_others()
    }

    /// The table with its verdicts as a page of Markdown.
    pub fn markdown(&self) -> String {
        let mut page = format!("## {}\n\n{}\n\n", self.table.title, self.caption());
        page.push_str(&markdown_grid(&self.lines()));
        let verdicts = self.verdicts();
        if !verdicts.is_empty() {
            page.push('\n');
        }
        for (claim, verdict) in verdicts {
            // Writing to a string can't fail.
            let _ = writeln!(page, "* {claim}: **{}**", verdict.words());
        }
        let lost = self.lost();
        if !lost.is_empty() {
            let _ = writeln!(page, "\n* {}", lost.join("\n* "));
        }
        let did = if self.table.paints() { "painted" } else { "found" };
        let (id, from_above) = (self.table.id, self.shown_from_above());
        let _ = writeln!(page, "\n![What they {did}]({id}.png)\n\nFrom above: {from_above}.");
        page
    }

    /// The same for a terminal, its columns below each other.
    pub fn text(&self) -> String {
        let mut text = format!("{}\n\n{}", self.caption(), plain_grid(&self.lines()));
        for (claim, verdict) in self.verdicts() {
            let _ = writeln!(text, "{claim}: {}", verdict.words());
        }
        self.lost().iter().for_each(|line| text.push_str(&format!("{line}\n")));
        text
    }

    /// A line for each row and seed, without words.
    pub fn csv(&self) -> String {
        let names = self.table.columns.iter().map(|(measure, ..)| *measure).collect::<Vec<_>>().join(",");
        let mut text = format!("table,row,run,seed,n,{names},parameters,steps,learned_s,paper_1,paper_2\n");
        let number = |value: Option<f64>| value.map_or_else(String::new, |v| v.to_string());
        let mut line = |name: &str, outcome: &Outcome, paper: Option<[f64; 2]>| {
            let (run, seed) = match &outcome.who {
                Who::Run(run, seed) => (run.clone(), seed.to_string()),
                _ => (outcome.who.stem(), String::new()),
            };
            let values = self.table.columns.iter().map(|(measure, ..)| number(outcome.mean(measure)));
            let values = values.collect::<Vec<_>>().join(",");
            let paper = [0, 1].map(|at| number(paper.map(|paper| paper[at]))).join(",");
            let Outcome { views, parameters, steps, learned_s, .. } = outcome;
            let table = self.table.id;
            let _ = writeln!(
                text,
                "{table},\"{name}\",{run},{seed},{views},{values},{parameters},{steps},{learned_s:.1},{paper}"
            );
        };
        for (row, outcomes) in &self.rows {
            outcomes.iter().for_each(|outcome| line(row.name, outcome, row.paper));
        }
        self.baselines.iter().for_each(|(which, outcome)| line(&self.baseline_name(*which, outcome), outcome, None));
        text
    }

    /// Writes the table in all its forms into the lab's folder of tables; answers the paths.
    ///
    /// # Errors
    /// Whatever the file system says; pictures that can't be read.
    pub fn write(&self, lab: &mut Lab) -> Result<Vec<PathBuf>, ExperimentError> {
        lab.prepare()?;
        let stem = lab.tables().join(self.table.id);
        let mut written = vec![];
        for (ending, text) in [("md", self.markdown()), ("csv", self.csv())] {
            let path = stem.with_extension(ending);
            files::write(&path, text.as_bytes()).map_err(ExperimentError::io("write", &path))?;
            written.push(path);
        }
        let path = stem.with_extension("png");
        self.pictures(lab)?.save_png(&path).map_err(ExperimentError::io("write", &path))?;
        written.push(path);
        Ok(written)
    }

    /// The titles, then the cells of each row.
    fn lines(&self) -> Vec<Vec<String>> {
        let titles = self.titles().into_iter().map(str::to_owned).collect();
        [titles].into_iter().chain(self.cells()).collect()
    }

    fn titles(&self) -> Vec<&'static str> {
        let measured = self.table.columns.iter().map(|(_, title, _)| *title);
        let paper = if self.table.paints() { ["paper's L1", "paper's LPIPS"] } else { ["paper's L1", "paper's BCE"] };
        ["row"].into_iter().chain(measured).chain(["parameters", "minutes"]).chain(paper).collect()
    }

    fn cells(&self) -> Vec<Vec<String>> {
        let measured = |outcomes: &[Outcome]| {
            let shown = |(measure, _, decimals): &Column| {
                spread(outcomes, measure).map_or_else(|| "–".into(), |spread| spread.shown(*decimals))
            };
            self.table.columns.iter().map(shown).collect::<Vec<String>>()
        };
        let rows = self.rows.iter().map(|(row, outcomes)| {
            let paper = [0, 1].map(|at| row.paper.map_or_else(|| "–".into(), |paper| format!("{:.4}", paper[at])));
            let minutes: Vec<f64> = outcomes.iter().map(|outcome| outcome.learned_s / 60.0).collect();
            let minutes = Spread::of(&minutes).map_or_else(|| "–".into(), |spread| format!("{:.1}", spread.mean));
            let parameters = outcomes.first().map_or_else(|| "–".into(), |outcome| outcome.parameters.to_string());
            let cells = measured(outcomes).into_iter().chain([parameters, minutes]).chain(paper);
            [row.name.to_owned()].into_iter().chain(cells).collect()
        });
        let baselines = self.baselines.iter().map(|(which, outcome)| {
            let measured = measured(std::slice::from_ref(outcome));
            let none = ["", "", "", ""].map(str::to_owned);
            let name = self.baseline_name(*which, outcome);
            [format!("{name}, n = {}", outcome.views)].into_iter().chain(measured).chain(none).collect()
        });
        rows.chain(baselines).collect()
    }
}

pub(super) fn spread(outcomes: &[Outcome], measure: &str) -> Option<Spread> {
    Spread::of(&outcomes.iter().filter_map(|outcome| outcome.mean(measure)).collect::<Vec<_>>())
}

#[cfg(test)]
pub(super) mod testing {
    use super::*;
    use crate::measures::Summary;

    /// What a row may be worth.
    pub(in super::super) fn outcome(run: &str, seed: u64, views: usize, l1: f64) -> Outcome {
        let summary = |measure: &str, mean| Summary { measure: measure.into(), mean, sd: None, pairs: 4 };
        Outcome {
            who: Who::Run(run.into(), seed),
            views,
            shown: Shown::Generated,
            figures: vec![],
            budget: Budget::Try,
            parameters: 1_000,
            steps: 2,
            learned_s: 90.0,
            measures: vec![summary("whole_l1", l1), summary("psnr_db", 20.0)],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::pictures::read;
    use super::testing::outcome;
    use super::*;
    use crate::picture::Picture;

    #[test]
    fn a_table_says_what_it_knows_and_what_it_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let mut lab = Lab::open(&folder.path().join("lab"), Budget::Try, None).unwrap();
        lab.prepare().unwrap();
        let table = Table::named("messages").unwrap();
        for (run, seed, l1) in
            [("messages-0", 1, 0.30), ("messages-0", 2, 0.31), ("messages-1", 1, 0.20), ("messages-1", 2, 0.21)]
        {
            outcome(run, seed, 4, l1).save(&lab.results()).unwrap();
            let picture = Picture { width_px: 16, height_px: 8, pixels: vec![[9, 8, 7, 255]; 128] };
            picture.save_png(&lab.results().join(format!("{run}-s{seed}-n4.png"))).unwrap();
        }
        let filled = Filled::read(table, &lab, 2).unwrap();
        assert_eq!(filled.missing(), 1);
        let verdicts: Vec<Verdict> = filled.verdicts().into_iter().map(|(_, verdict)| verdict).collect();
        assert_eq!(verdicts, [Verdict::Kept, Verdict::Unknown]);
        let text = filled.text();
        assert!(
            text.contains("0.3050 ± 0.0071") && text.contains("one round is better than none: order kept"),
            "{text}"
        );
        assert!(text.contains("in the place of LPIPS") && text.contains("32² pixels"), "{text}");
        let markdown = filled.markdown();
        assert!(markdown.contains("| 1 time | 0.2050 ± 0.0071 | – | 20.00 ± 0.00 |"), "{markdown}");
        assert!(markdown.contains("| 3 times | – |") && markdown.contains("| 0.0170 | 0.0610 |"));
        let csv = filled.csv();
        assert_eq!(csv.lines().count(), 5);
        assert!(csv.contains("messages,\"0 times\",messages-0,2,4,0.31,,20,,,1000,2,90.0,0.026,0.099"), "{csv}");
        let written = filled.write(&mut lab).unwrap();
        let page = read(&written[2]).unwrap();
        assert_eq!([page.width_px, page.height_px], [32 * 4, 32 + 8 + 8]);
        assert_eq!((page.at(3, 33), page.at(20, 33)), ([9, 8, 7, 255], [0; 4]));
        // Each folder has one budget.
        let other = Lab::open(&folder.path().join("lab"), Budget::Quick, None).err().unwrap().to_string();
        assert!(other.contains("`try`"), "{other}");
    }
}
