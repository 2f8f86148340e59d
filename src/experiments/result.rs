//! What a training turned out to be worth, in a file of its own.

use super::{Budget, ExperimentError};
use crate::files;
use crate::measures::Summary;
use crate::train::{Baseline, FoundMeasured, Trial};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// No such file is larger.
const MAX_BYTES: u64 = 1 << 20;

/// Who painted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    /// A training of this name and seed.
    Run(String, u64),
    /// Who needs none.
    Baseline(Baseline),
    /// Weights of this name that were learned elsewhere.
    Weights(String),
    /// Nobody: real pictures.
    Real,
}

/// Who is seen in the pictures that are measured, and by what their poses are told: by exact UDPs if nothing else is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shown {
    /// Generated characters, held out, as those that were learned from are drawn.
    #[default]
    Generated,
    /// The same as an artist might draw them.
    Drawn,
    /// Figures from files.
    Figures,
    /// Generated characters, told by what the detector that learned with the renderer finds in the true pictures.
    Found,
}

impl Shown {
    /// In the names of files.
    fn suffix(self) -> &'static str {
        match self {
            Self::Generated => "",
            Self::Drawn => "-drawn",
            Self::Figures => "-figures",
            Self::Found => "-found",
        }
    }

    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Generated => "generated",
            Self::Drawn => "drawn",
            Self::Figures => "figures from files",
            Self::Found => "found UDPs",
        }
    }
}

/// What was measured with sheets of so many drawings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Outcome {
    /// Of whom.
    pub who: Who,
    /// Drawings of a sheet.
    pub views: usize,
    /// In pictures of whom.
    #[serde(default)]
    pub shown: Shown,
    /// The files of these, where they are from files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub figures: Vec<String>,
    /// At which budget.
    pub budget: Budget,
    /// Numbers that were learned.
    pub parameters: usize,
    /// Steps of learning.
    pub steps: u64,
    /// Seconds that they took.
    pub learned_s: f64,
    /// Over all pictures. `whole_l1` is the mean difference of colours over whole pictures, all else is in the box of the true
    /// figure.
    pub measures: Vec<Summary>,
}

impl Who {
    /// In the names of files.
    pub fn stem(&self) -> String {
        match self {
            Self::Run(run, seed) => format!("{run}-s{seed}"),
            Self::Weights(name) => format!("weights-{name}"),
            Self::Real => "real".into(),
            Self::Baseline(Baseline::Nearest) => "baseline-nearest".into(),
            Self::Baseline(Baseline::MeanColour) => "baseline-mean-colour".into(),
            Self::Baseline(Baseline::Transfer) => "baseline-transfer".into(),
            Self::Baseline(Baseline::Fude) => "baseline-settei".into(),
        }
    }
}

impl Outcome {
    /// The means over trials, and what was found besides: `udp_l1` and `mask_bce`.
    pub fn summed(trials: &[Trial], found: Option<FoundMeasured>) -> Vec<Summary> {
        let values = |trial: &Trial| {
            let whole = [("whole_l1", Some(trial.whole_l1))];
            whole.into_iter().chain(trial.measures.values()).collect::<Vec<_>>()
        };
        let mut all = Summary::of_all(&trials.iter().map(values).collect::<Vec<_>>());
        if let Some(FoundMeasured { udp_l1, mask_bce }) = found {
            all.extend(Summary::of_all(&[vec![("udp_l1", Some(udp_l1)), ("mask_bce", Some(mask_bce))]]));
        }
        all
    }

    /// The mean of a measure, where it has one.
    pub fn mean(&self, measure: &str) -> Option<f64> {
        self.measures.iter().find(|summary| summary.measure == measure).map(|summary| summary.mean)
    }

    /// Where it lies among `results`; the pictures lie beside it.
    pub fn path(results: &Path, who: &Who, views: usize, shown: Shown) -> PathBuf {
        results.join(format!("{}-n{views}{}.json", who.stem(), shown.suffix()))
    }

    /// Reads what is known; none where nothing is.
    ///
    /// # Errors
    /// A file that can't be read, is damaged, or belongs to another budget.
    pub fn known(
        results: &Path,
        who: &Who,
        views: usize,
        shown: Shown,
        budget: Budget,
    ) -> Result<Option<Self>, ExperimentError> {
        let path = Self::path(results, who, views, shown);
        if !path.is_file() {
            return Ok(None);
        }
        let bytes = files::read(&path, MAX_BYTES).map_err(ExperimentError::io("read", &path))?;
        let read: Result<Self, _> = serde_json::from_slice(&bytes);
        let outcome = read.map_err(|e| ExperimentError::file(&path, format!("it is damaged ({e}); delete it")))?;
        if outcome.budget != budget {
            let of = outcome.budget.name();
            return Err(ExperimentError::file(&path, format!("it is of the budget `{of}`; keep each in a folder")));
        }
        Ok(Some(outcome))
    }

    /// Writes it.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn save(&self, results: &Path) -> Result<PathBuf, ExperimentError> {
        let path = Self::path(results, &self.who, self.views, self.shown);
        let json = serde_json::to_vec_pretty(self).map_err(|e| ExperimentError::file(&path, e))?;
        files::write(&path, &json).map_err(ExperimentError::io("write", &path))?;
        Ok(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_measured_is_read_back_and_budgets_stay_apart() {
        let folder = tempfile::tempdir().unwrap();
        let who = Who::Run("full".into(), 2);
        let (views, budget, path) = (4, Budget::Quick, folder.path());
        assert_eq!(Outcome::known(path, &who, views, Shown::Generated, budget).unwrap(), None);
        let summary = Summary { measure: "whole_l1".into(), mean: 0.25, sd: None, pairs: 1 };
        let outcome = Outcome {
            who: who.clone(),
            views,
            shown: Shown::Generated,
            figures: vec![],
            budget,
            parameters: 5,
            steps: 7,
            learned_s: 1.5,
            measures: vec![summary],
        };
        assert_eq!(outcome.save(path).unwrap(), path.join("full-s2-n4.json"));
        assert_eq!(Outcome::known(path, &who, views, Shown::Generated, budget).unwrap(), Some(outcome.clone()));
        assert_eq!((outcome.mean("whole_l1"), outcome.mean("psnr_db")), (Some(0.25), None));
        assert_eq!(Outcome::known(path, &who, views, Shown::Drawn, budget).unwrap(), None, "these are other pictures");
        // As it was written before there were others.
        let text = std::fs::read_to_string(path.join("full-s2-n4.json")).unwrap();
        let before = text.replace("\n  \"shown\": \"generated\",", "");
        assert_ne!(text, before);
        assert_eq!(serde_json::from_str::<Outcome>(&before).unwrap(), outcome);
        let other = Outcome::known(path, &who, views, Shown::Generated, Budget::Paper).unwrap_err().to_string();
        assert!(other.contains("full-s2-n4.json") && other.contains("`quick`"), "{other}");
        std::fs::write(path.join("full-s2-n4.json"), b"{").unwrap();
        assert!(
            Outcome::known(path, &who, views, Shown::Generated, budget).unwrap_err().to_string().contains("damaged")
        );
    }
}
