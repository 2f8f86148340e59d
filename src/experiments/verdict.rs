//! Means over seeds, and what they say of a claim.

use serde::{Deserialize, Serialize};

/// A mean over seeds, and their standard deviation where there are several.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spread {
    /// It.
    pub(super) mean: f64,
    sd: Option<f64>,
}

impl Spread {
    /// None of no values.
    pub(super) fn of(values: &[f64]) -> Option<Self> {
        let count = values.len();
        if count == 0 {
            return None;
        }
        let mean = values.iter().sum::<f64>() / count as f64;
        let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
        Some(Self { mean, sd: (count > 1).then(|| (squares / (count - 1) as f64).sqrt()) })
    }

    /// With so many decimals.
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
    /// What the values of two rows say, where less is better.
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
