//! The weights of several graphs.

use crate::conr;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

/// Where the weights of each graph are, a file or a folder, by the graph's name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Option<Written>")]
pub struct WeightPaths(BTreeMap<String, PathBuf>);

/// What a project file says.
#[derive(Deserialize)]
#[serde(untagged, expecting = "`weights` must give a file for each graph by its name")]
enum Written {
    /// As it was while CoNR was the only graph.
    Conr(PathBuf),
    Each(BTreeMap<String, PathBuf>),
}

impl From<Option<Written>> for WeightPaths {
    fn from(written: Option<Written>) -> Self {
        Self(match written {
            None => BTreeMap::new(),
            Some(Written::Conr(path)) => BTreeMap::from([(conr::GRAPH.into(), path)]),
            Some(Written::Each(paths)) => paths,
        })
    }
}

impl WeightPaths {
    /// Those of a graph.
    pub fn of(&self, graph: &str) -> Option<&PathBuf> {
        self.0.get(graph)
    }

    /// CoNR's, as the command line takes them; nothing where nothing is said.
    pub(super) fn given(conr: OsString) -> Self {
        Self(if conr.is_empty() { BTreeMap::new() } else { BTreeMap::from([(conr::GRAPH.into(), conr.into())]) })
    }

    /// Gives a graph other weights, or none.
    pub fn set(&mut self, graph: &str, path: Option<PathBuf>) {
        match path {
            Some(path) => self.0.insert(graph.to_owned(), path),
            None => self.0.remove(graph),
        };
    }

    /// Graphs and their weights.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &PathBuf)> {
        self.0.iter().map(|(graph, path)| (graph.as_str(), path))
    }

    /// The paths, to make them relative or absolute.
    pub fn paths_mut(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        self.0.values_mut()
    }
}
