//! Who paints, as it is chosen and as it comes out.

use super::GraphKind;
use clap::builder::PossibleValue;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::LazyLock;

/// Which painter is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
pub enum PainterChoice {
    /// A graph whose weights the user gave; else what suits the drawings ([`super::PaintingSettings::settled`]).
    #[default]
    Auto,
    /// This one.
    Of(PainterKind),
}

/// Which painter it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PainterKind {
    /// Landmark transfer.
    Landmark,
    /// A graph.
    Graph(GraphKind),
}

/// Every choice, in the order that they are offered in.
static CHOICES: LazyLock<Vec<PainterChoice>> = LazyLock::new(|| {
    let graphs = GraphKind::painters().map(PainterKind::Graph);
    let kinds = graphs.chain([PainterKind::Landmark]).map(PainterChoice::Of);
    [PainterChoice::Auto].into_iter().chain(kinds).collect()
});

impl PainterChoice {
    /// Every choice, in the order that they are offered in.
    pub fn all() -> &'static [Self] {
        &CHOICES
    }

    /// What the command line and projects call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Of(PainterKind::Landmark) => "landmark",
            Self::Of(PainterKind::Graph(graph)) => graph.name,
        }
    }

    /// What the window calls it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Auto => "Automatic",
            Self::Of(PainterKind::Landmark) => "Landmark transfer",
            Self::Of(PainterKind::Graph(graph)) => graph.title,
        }
    }

    /// What it is, in a line.
    pub fn tip(self) -> String {
        match self {
            Self::Auto => {
                let (mending, others): (Vec<GraphKind>, Vec<GraphKind>) =
                    GraphKind::painters().partition(|graph| graph.paints.is_some_and(|paints| paints.mends));
                let titles =
                    |graphs: &[GraphKind]| graphs.iter().map(|graph| graph.title).collect::<Vec<_>>().join(" or ");
                format!(
                    "{} where it had to be found out what drawings show, landmark transfer where that is known; {} \
                     where its weights are loaded",
                    titles(&mending),
                    titles(&others)
                )
            }
            Self::Of(PainterKind::Landmark) => {
                "Carries colours over from the drawings, point by point; needs their Ultra-Dense Poses, no weights"
                    .into()
            }
            Self::Of(PainterKind::Graph(graph)) => graph.tip.into(),
        }
    }
}

impl From<PainterChoice> for &'static str {
    fn from(choice: PainterChoice) -> Self {
        choice.name()
    }
}

impl TryFrom<String> for PainterChoice {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let known = || Self::all().iter().map(|choice| choice.name()).collect::<Vec<_>>().join(", ");
        let choice = Self::all().iter().copied().find(|choice| choice.name() == name);
        choice.ok_or_else(|| format!("nothing called {name:?} paints; known are {}", known()))
    }
}

impl clap::ValueEnum for PainterChoice {
    fn value_variants<'a>() -> &'a [Self] {
        Self::all()
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(self.tip()))
    }
}

impl PainterKind {
    /// The graph that it is.
    pub fn graph(self) -> Option<GraphKind> {
        match self {
            Self::Landmark => None,
            Self::Graph(graph) => Some(graph),
        }
    }

    /// It paints from the drawings' UDPs, and can't from drawings whose UDP nobody knows.
    pub fn needs_udps(self) -> bool {
        self.graph().is_none_or(|graph| graph.paints.is_some_and(|paints| paints.needs_udps))
    }
}

/// As a sentence has it.
impl fmt::Display for PainterKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.graph().map_or("landmark transfer", |graph| graph.title))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_found_by_their_names() {
        for choice in PainterChoice::all() {
            assert_eq!(PainterChoice::try_from(choice.name().to_owned()), Ok(*choice));
        }
        let unknown = PainterChoice::try_from("crayon".to_owned()).unwrap_err();
        assert!(unknown.contains("crayon") && unknown.contains("landmark"), "{unknown}");
    }
}
