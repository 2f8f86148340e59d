//! The weights of several graphs.

use super::graphs::{GraphKind, weights_in_words};
use clap::{Arg, ArgMatches, Command, value_parser};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What `weights` meant in projects of the time when CoNR was the only graph.
const FORMERLY: &str = "conr";

/// Where the weights of each graph are, a file or a folder, by the graph's name. Those of graphs that this program
/// doesn't know are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Option<Written>")]
pub struct WeightPaths(BTreeMap<String, PathBuf>);

/// What a project file says.
#[derive(Deserialize)]
#[serde(untagged, expecting = "`weights` must give a file for each graph by its name")]
enum Written {
    One(PathBuf),
    Each(BTreeMap<String, PathBuf>),
}

impl From<Option<Written>> for WeightPaths {
    fn from(written: Option<Written>) -> Self {
        Self(match written {
            None => BTreeMap::new(),
            Some(Written::One(path)) => BTreeMap::from([(FORMERLY.into(), path)]),
            Some(Written::Each(paths)) => paths,
        })
    }
}

impl WeightPaths {
    /// Those of a graph.
    pub fn of(&self, graph: GraphKind) -> Option<&Path> {
        self.0.get(graph.name).map(PathBuf::as_path)
    }

    /// The graphs that have weights and that this program knows, the best first.
    pub fn graphs(&self) -> impl Iterator<Item = GraphKind> {
        GraphKind::ALL.iter().copied().filter(|&graph| self.of(graph).is_some())
    }

    /// Nobody gave any.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Gives a graph other weights, or none.
    pub fn set(&mut self, graph: GraphKind, path: Option<PathBuf>) {
        match path {
            Some(path) => self.0.insert(graph.name.into(), path),
            None => self.0.remove(graph.name),
        };
    }

    /// Graphs by name and their weights, those included that this program doesn't know.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &PathBuf)> {
        self.0.iter().map(|(graph, path)| (graph.as_str(), path))
    }

    /// The paths, to make them relative or absolute.
    pub fn paths_mut(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        self.0.values_mut()
    }
}

/// The command line's `--weights`: files and folders, each put down to the graph that it is of.
impl clap::Args for WeightPaths {
    fn augment_args(command: Command) -> Command {
        let weights = Arg::new("weights").long("weights").value_name("PATH").num_args(1..);
        command.arg(weights.value_parser(value_parser!(PathBuf)).help(format!("Weights {}", weights_in_words())))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl clap::FromArgMatches for WeightPaths {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut paths = Self::default();
        paths.update_from_arg_matches(matches)?;
        Ok(paths)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        for path in matches.get_many::<PathBuf>("weights").into_iter().flatten() {
            self.set(GraphKind::of_weights(path), Some(path.clone()));
        }
        Ok(())
    }
}
