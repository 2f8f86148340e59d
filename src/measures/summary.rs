//! One measure of many pictures.

use serde::{Deserialize, Serialize};

/// What a measure is over several pictures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// The measure's name.
    pub measure: String,
    /// The mean over those that have a value.
    pub mean: f64,
    /// Their standard deviation, as a sample's; `None` of a single one.
    pub sd: Option<f64>,
    /// How many have one.
    pub pairs: usize,
}

/// Measures by name; `None` where one has no value.
pub type Values = Vec<(&'static str, Option<f64>)>;

impl Summary {
    /// Of each measure, in the order of the first picture; without those that have no value anywhere.
    pub fn of_all(all: &[Values]) -> Vec<Self> {
        let names = all.first().map(|first| first.iter().map(|(name, _)| *name)).into_iter().flatten();
        let values = |name: &str| -> Vec<f64> {
            all.iter().flatten().filter(|(of, _)| *of == name).filter_map(|(_, value)| *value).collect()
        };
        names.filter_map(|name| Self::of(name, &values(name))).collect()
    }

    fn of(measure: &str, values: &[f64]) -> Option<Self> {
        let pairs = values.len();
        if pairs == 0 {
            return None;
        }
        let mean = super::plane::mean(values);
        let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
        let sd = (pairs > 1).then(|| (squares / (pairs - 1) as f64).sqrt());
        Some(Self { measure: measure.to_owned(), mean, sd, pairs })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_are_over_what_there_is() {
        let all = [
            vec![("a", Some(1.0)), ("b", None), ("c", None)],
            vec![("a", Some(2.0)), ("b", Some(5.0)), ("c", None)],
            vec![("a", Some(6.0)), ("b", None), ("c", None)],
        ];
        let of = |measure: &str, mean, sd, pairs| Summary { measure: measure.into(), mean, sd, pairs };
        assert_eq!(Summary::of_all(&all), [of("a", 3.0, Some(7f64.sqrt()), 3), of("b", 5.0, None, 1)]);
        assert_eq!(Summary::of_all(&[]), []);
    }
}
