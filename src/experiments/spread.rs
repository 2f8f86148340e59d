//! Means over seeds, and lines of them: what all tables are made of.

use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// A mean over seeds, and their standard deviation where there are several.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spread {
    pub mean: f64,
    pub sd: Option<f64>,
}

impl Spread {
    pub(super) fn of(values: &[f64]) -> Option<Self> {
        let count = values.len();
        if count == 0 {
            return None;
        }
        let mean = values.iter().sum::<f64>() / count as f64;
        let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
        Some(Self { mean, sd: (count > 1).then(|| (squares / (count - 1) as f64).sqrt()) })
    }

    pub(super) fn shown(self, decimals: usize) -> String {
        match self.sd {
            Some(sd) => format!("{:.decimals$} ± {sd:.decimals$}", self.mean),
            None => format!("{:.decimals$}", self.mean),
        }
    }
}

/// What became of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// As the paper has it, by more than seeds differ.
    Kept,
    /// As the paper has it, but by no more than seeds differ, or nobody knows by how much they do.
    Unsure,
    /// The other way round.
    Broken,
    /// A row is missing.
    Unknown,
}

impl Verdict {
    /// Of a claim that one is lower than the other.
    pub(super) fn of(better: Option<Spread>, worse: Option<Spread>) -> Self {
        let (Some(better), Some(worse)) = (better, worse) else { return Self::Unknown };
        let apart = worse.mean - better.mean;
        match better.sd.zip(worse.sd) {
            _ if apart <= 0.0 => Self::Broken,
            Some((a, b)) if apart > a.hypot(b) => Self::Kept,
            _ => Self::Unsure,
        }
    }

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Kept => "order kept",
            Self::Unsure => "order kept, but not by more than the spread over seeds",
            Self::Broken => "order broken",
            Self::Unknown => "not known yet",
        }
    }
}

/// What is said of seeds in captions.
pub(super) fn over_seeds(seeds: u64) -> String {
    match seeds {
        1 => "one seed".into(),
        seeds => format!("mean ± standard deviation over {seeds} seeds"),
    }
}

/// Lines of cells, the first of which has the titles, for a terminal: columns below each other.
pub(super) fn plain_grid(lines: &[Vec<String>]) -> String {
    let columns = lines.first().map_or(0, Vec::len);
    let width = |c: usize| lines.iter().map(|line| line[c].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for line in lines {
        let cells: Vec<String> = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        // Writing to a string can't fail.
        let _ = writeln!(text, "{}", cells.join("  ").trim_end());
    }
    text
}

/// The same as a table of Markdown.
pub(super) fn markdown_grid(lines: &[Vec<String>]) -> String {
    let mut page = String::new();
    for (i, line) in lines.iter().enumerate() {
        let _ = writeln!(page, "| {} |", line.join(" | "));
        if i == 0 {
            let _ = writeln!(page, "|{}", "---|".repeat(line.len()));
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_kept_where_rows_differ_by_more_than_seeds_do() {
        let spread = |values: &[f64]| Spread::of(values);
        let verdict = |better: &[f64], worse: &[f64]| Verdict::of(spread(better), spread(worse));
        assert_eq!(verdict(&[1.0, 1.2], &[2.0, 2.2]), Verdict::Kept);
        assert_eq!(verdict(&[1.0, 1.8], &[1.5, 2.0]), Verdict::Unsure);
        assert_eq!(verdict(&[1.0], &[2.0]), Verdict::Unsure, "of one seed nobody knows how much they differ");
        assert_eq!(verdict(&[2.0, 2.1], &[1.0, 1.1]), Verdict::Broken);
        assert_eq!(verdict(&[], &[1.0]), Verdict::Unknown);
        assert_eq!(spread(&[1.0, 3.0]).unwrap().shown(2), "2.00 ± 1.41");
    }
}
