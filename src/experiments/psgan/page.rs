//! The table with its numbers: for a terminal, as Markdown and CSV, and the pictures of its rows.

use super::budget::Contestant;
use super::lab::{InventLab, run};
use crate::experiments::pictures::{read, stacked};
use crate::experiments::spread::{Spread, Verdict, markdown_grid, plain_grid};
use crate::experiments::{ExperimentError, Outcome, Who};
use crate::files;
use crate::picture::Picture;
use std::fmt::Write as _;
use std::path::PathBuf;

/// A measure by its name in results, its title, decimals.
const COLUMNS: [(&str, &str, usize); 10] = [
    ("pck_05", "PCK@0.05", 3),
    ("pck_10", "PCK@0.1", 3),
    ("frechet", "Fréchet", 3),
    ("precision", "precision", 3),
    ("recall", "recall", 3),
    ("diversity", "diversity", 4),
    ("sharpness", "sharpness", 1),
    ("clothes_within", "clothes, one character", 4),
    ("clothes_between", "clothes, several", 4),
    ("clothes_ratio", "ratio", 3),
];

/// What the paper says of pictures, by measures: of which the second is higher than the first.
const CLAIMS: [(&str, [Contestant; 2], &str); 2] = [
    (
        "pck_10",
        [Contestant::ProgressiveGan, Contestant::Psgan],
        "PSGAN is consistent with the poses' structure, Progressive GAN is not (PCK@0.1)",
    ),
    (
        "sharpness",
        [Contestant::Pg2, Contestant::Psgan],
        "pictures of PSGAN are less blurry and more detailed than those of PG² (sharpness)",
    ),
];

/// The table as far as it is known.
pub struct InventTable {
    pub(super) about: String,
    pub(super) compared: u64,
    /// Characters in a sequence, and its poses.
    pub(super) cast: [u64; 2],
    pub(super) seeds: u64,
    /// Of each contestant the outcomes of its seeds.
    contestants: Vec<(Contestant, Vec<Outcome>)>,
    /// Of weights that were learned elsewhere, by name.
    weights: Vec<(String, Outcome)>,
    pub(super) real: Option<Outcome>,
}

impl InventTable {
    /// Reads what is known of these contestants, and of all weights that were ever measured here.
    ///
    /// # Errors
    /// A result that can't be read.
    pub fn read(lab: &InventLab, contestants: &[Contestant], seeds: u64) -> Result<Self, ExperimentError> {
        let mut rows = vec![];
        for who in contestants {
            let mut outcomes = vec![];
            for seed in 1..=seeds {
                outcomes.extend(lab.known(&run(*who, seed))?);
            }
            rows.push((*who, outcomes));
        }
        let mut weights = vec![];
        for name in names_of_weights(lab)? {
            let known = lab.known(&Who::Weights(name.clone()))?;
            weights.extend(known.map(|outcome| (name, outcome)));
        }
        let (sizes, real) = (lab.sizes(), lab.known(&Who::Real)?);
        let cast = [sizes.identities, sizes.frames];
        Ok(Self { about: lab.about(), compared: sizes.compared, cast, seeds, contestants: rows, weights, real })
    }

    /// Rows of which some seed is missing.
    pub fn missing(&self) -> usize {
        self.contestants.iter().filter(|(_, outcomes)| (outcomes.len() as u64) < self.seeds).count()
    }

    /// What the paper says, and what became of each.
    pub fn verdicts(&self) -> Vec<(&'static str, Verdict)> {
        let of = |who: Contestant, measure: &str| {
            let row = self.contestants.iter().find(|(of, _)| *of == who);
            row.and_then(|(_, outcomes)| spread(outcomes, measure))
        };
        let verdict = |(measure, [lower, higher], claim): &(&str, [Contestant; 2], &'static str)| {
            (*claim, Verdict::of(of(*lower, measure), of(*higher, measure)))
        };
        CLAIMS.iter().map(verdict).collect()
    }

    /// The table as a page of Markdown.
    pub fn markdown(&self) -> String {
        let mut page = format!("## PSGAN, Progressive GAN and PG²\n\n{}\n\n", self.caption());
        page.push_str(&markdown_grid(&self.lines()));
        page.push('\n');
        // Writing to a string can't fail.
        for (claim, verdict) in self.verdicts() {
            let _ = writeln!(page, "* {claim}: **{}**", verdict.words());
        }
        let names: Vec<String> = self.shown().into_iter().map(|(name, _)| name).collect();
        let _ = writeln!(
            page,
            "\n![What they made](psgan.png)\n\nFrom above: the points of the poses, real pictures, {}.\n\n\
             ![Sequences](psgan-sequence.png)\n\nTwo characters of each in a sequence of poses, whose points stand above.\n\n\
             ![Between two](psgan-between.png)\n\nFrom one latent to another, in the sequence and in one pose, of each that has \
             latents.",
            names.join("; ")
        );
        page
    }

    /// The same for a terminal.
    pub fn text(&self) -> String {
        let mut text = format!("{}\n\n{}", self.caption(), plain_grid(&self.lines()));
        for (claim, verdict) in self.verdicts() {
            let _ = writeln!(text, "{claim}: {}", verdict.words());
        }
        text
    }

    /// A line for each row and seed, without words.
    pub fn csv(&self) -> String {
        let names = COLUMNS.map(|(measure, ..)| measure).join(",");
        let mut text = format!("row,seed,{names},parameters,steps,learned_s\n");
        for (name, outcome) in self.outcomes() {
            let seed = if let Who::Run(_, seed) = &outcome.who { seed.to_string() } else { String::new() };
            let number =
                |(measure, ..): &(&str, _, _)| outcome.mean(measure).map_or_else(String::new, |v| v.to_string());
            let values = COLUMNS.iter().map(number).collect::<Vec<_>>().join(",");
            let Outcome { parameters, steps, learned_s, .. } = outcome;
            let _ = writeln!(text, "\"{name}\",{seed},{values},{parameters},{steps},{learned_s:.1}");
        }
        text
    }

    /// Writes the table in all its forms into the lab's folder of tables; answers the paths. Pictures of the truth are drawn
    /// where something is known.
    ///
    /// # Errors
    /// Whatever the file system says; pictures that can't be read.
    pub fn write(&self, lab: &mut InventLab) -> Result<Vec<PathBuf>, ExperimentError> {
        lab.place.prepare()?;
        let tables = lab.place.tables();
        let mut written = vec![];
        for (ending, text) in [("md", self.markdown()), ("csv", self.csv())] {
            let path = tables.join("psgan").with_extension(ending);
            files::write(&path, text.as_bytes()).map_err(ExperimentError::io("write", &path))?;
            written.push(path);
        }
        let shown = self.shown();
        if shown.is_empty() {
            return Ok(written);
        }
        let (asked, sequence) = (lab.gauge()?.asked(), lab.gauge()?.sequence());
        let pages = [("", asked.to_vec()), ("sequence", vec![sequence]), ("between", vec![])];
        for (what, mut strips) in pages {
            for (_, who) in &shown {
                let path = lab.picture(who, what);
                if what.is_empty() || path.is_file() {
                    strips.push(read(&path)?);
                }
            }
            if strips.is_empty() {
                continue;
            }
            let name = if what.is_empty() { "psgan.png".to_owned() } else { format!("psgan-{what}.png") };
            written.push(save(&stacked(&strips), tables.join(name))?);
        }
        Ok(written)
    }

    /// All outcomes, with what their rows are called.
    fn outcomes(&self) -> impl Iterator<Item = (String, &Outcome)> {
        let learned = self.contestants.iter().flat_map(|(who, all)| all.iter().map(|one| (who.name().to_owned(), one)));
        let weights = self.weights.iter().map(|(name, outcome)| (name.clone(), outcome));
        learned.chain(weights).chain(self.real.iter().map(|real| (REAL.to_owned(), real)))
    }

    /// Whose pictures are shown: of each row the first seed's.
    fn shown(&self) -> Vec<(String, Who)> {
        let mut shown: Vec<(String, Who)> = vec![];
        for (name, outcome) in self.outcomes() {
            if shown.iter().all(|(known, _)| *known != name) {
                shown.push((name, outcome.who.clone()));
            }
        }
        shown
    }

    /// The titles, then the cells of each row.
    fn lines(&self) -> Vec<Vec<String>> {
        let titles = ["row"].into_iter().chain(COLUMNS.map(|(_, title, _)| title)).chain(["parameters", "minutes"]);
        let mut lines: Vec<Vec<String>> = vec![titles.map(str::to_owned).collect()];
        for (who, outcomes) in &self.contestants {
            lines.push(cells(who.name(), outcomes));
        }
        for (name, outcome) in &self.weights {
            lines.push(cells(name, std::slice::from_ref(outcome)));
        }
        lines.push(cells(REAL, self.real.as_slice()));
        lines
    }
}

/// The row of real pictures.
const REAL: &str = "other real pictures";

fn cells(name: &str, outcomes: &[Outcome]) -> Vec<String> {
    let nothing = || "–".to_owned();
    let shown = |(measure, _, decimals): &(&str, &str, usize)| {
        spread(outcomes, measure).map_or_else(nothing, |spread| spread.shown(*decimals))
    };
    let mut cells = vec![name.to_owned()];
    cells.extend(COLUMNS.iter().map(shown));
    let learned = outcomes.first().filter(|outcome| outcome.steps > 0);
    cells.push(learned.map_or_else(nothing, |outcome| outcome.parameters.to_string()));
    let minutes: Vec<f64> = outcomes.iter().map(|outcome| outcome.learned_s / 60.0).collect();
    let minutes = Spread::of(&minutes).filter(|_| learned.is_some());
    cells.push(minutes.map_or_else(nothing, |spread| format!("{:.1}", spread.mean)));
    cells
}

fn spread(outcomes: &[Outcome], measure: &str) -> Option<Spread> {
    Spread::of(&outcomes.iter().filter_map(|outcome| outcome.mean(measure)).collect::<Vec<_>>())
}

fn save(picture: &Picture, path: PathBuf) -> Result<PathBuf, ExperimentError> {
    picture.save_png(&path).map_err(ExperimentError::io("write", &path))?;
    Ok(path)
}

/// Weights of which there are results, by name.
fn names_of_weights(lab: &InventLab) -> Result<Vec<String>, ExperimentError> {
    let folder = lab.place.results();
    let mut names = vec![];
    if folder.is_dir() {
        for entry in std::fs::read_dir(&folder).map_err(ExperimentError::io("read", &folder))? {
            let name = entry.map_err(ExperimentError::io("read", &folder))?.file_name();
            let name = name.to_string_lossy();
            let name = name.strip_prefix("weights-").and_then(|name| name.strip_suffix("-n0.json"));
            names.extend(name.map(str::to_owned));
        }
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiments::Budget;
    use crate::measures::Summary;

    #[test]
    fn the_table_says_what_it_knows_and_what_it_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let lab = InventLab::open(folder.path(), Budget::Try, None).unwrap();
        lab.place.prepare().unwrap();
        let save = |who: Who, pck: f64| {
            let summary = |measure: &str, mean| Summary { measure: measure.into(), mean, sd: None, pairs: 4 };
            let measures = vec![summary("pck_10", pck), summary("frechet", 2.0)];
            let (steps, learned_s, parameters) = (7, 90.0, 1_000);
            let (shown, figures) = Default::default();
            let budget = Budget::Try;
            let outcome = Outcome { who, views: 0, shown, figures, budget, parameters, steps, learned_s, measures };
            outcome.save(&lab.place.results()).unwrap();
        };
        for (seed, pck) in [(1, 0.8), (2, 0.82)] {
            save(run(Contestant::Psgan, seed), pck);
            save(run(Contestant::ProgressiveGan, seed), pck - 0.5);
        }
        save(Who::Weights("mine-0a0b0c0d".into()), 0.9);
        let table = InventTable::read(&lab, &Contestant::ALL, 2).unwrap();
        assert_eq!(table.missing(), 1);
        let verdicts: Vec<Verdict> = table.verdicts().into_iter().map(|(_, verdict)| verdict).collect();
        assert_eq!(verdicts, [Verdict::Kept, Verdict::Unknown]);
        let text = table.text();
        assert!(text.contains("0.810 ± 0.014") && text.contains("mine-0a0b0c0d"), "{text}");
        assert!(text.contains("32² pixels") && text.contains("is not measured yet"), "{text}");
        let markdown = table.markdown();
        assert!(markdown.contains("| PG² | – | –") && markdown.contains("| other real pictures | –"), "{markdown}");
        let csv = table.csv();
        assert!(csv.contains("\"Progressive GAN\",2,,0.31") && csv.lines().count() == 6, "{csv}");
    }
}
