//! The graphs, and what each is to the engine: a [`GraphKind`], its [`Profile`], and in a file beside this one how it
//! finds UDPs ([`Profile::finds`]), or looks at a sheet and paints ([`Profile::paints`]).
//!
//! Settings, help, messages and the window's choices read from here, so a graph is added in this folder alone.

mod conr;
mod fude;
mod fude_detector;

use super::painter::{PaintError, Painting};
use crate::fude::RefinerGraph;
use crate::nn::{DeviceChoice, Precision};
use crate::picture::Picture;
use crate::progress::Progress;
use crate::sheet::{DrawingHints, Shares, Side, View};
use crate::transfer::Parts;
use crate::udp::Udp;
use crate::weights::{Schema, Shipped, Tuning, WeightError, WeightFile, WeightSource, shipped};
use std::fmt;
use std::path::Path;
use std::sync::{Arc, LazyLock};

/// A graph that the engine runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GraphKind {
    /// Our own.
    Fude,
    /// Our own detector.
    FudeDetector,
    /// The published one.
    Conr,
}

impl GraphKind {
    /// All of them, the best first: of those that have weights the first that can finds out the UDPs that drawings lack,
    /// and the first that can paints where nobody chose.
    pub const ALL: &[Self] = &[Self::Fude, Self::FudeDetector, Self::Conr];

    fn profile(self) -> &'static Profile {
        match self {
            Self::Fude => &fude::PROFILE,
            Self::FudeDetector => &fude_detector::PROFILE,
            Self::Conr => &conr::PROFILE,
        }
    }
}

/// What the engine knows of a graph before its weights are loaded.
#[derive(Debug)]
pub struct Profile {
    /// What weight files, projects and `--engine` call it.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// What it is, in a line.
    pub tip: &'static str,
    /// What its weights come as, in words.
    pub weights: &'static str,
    /// The working size where nobody chooses another: the one that it learned at, or at which it is nearest to the truth.
    pub working_px: u32,
    /// How it finds UDPs; `None`: it paints alone.
    pub finds: Option<Finds>,
    /// How it paints; `None`: it finds UDPs alone.
    pub paints: Option<Paints>,
    /// What its weight files are held to.
    schema: fn() -> Result<Schema, WeightError>,
    /// What files of changes to its weights for one character are held to; `None`: there are none.
    pub(super) tuning: Option<fn() -> Result<Schema, WeightError>>,
    /// Loads weights.
    load: fn(&WeightFile, Running, &dyn Progress) -> Result<Box<dyn LoadedGraph>, PaintError>,
}

/// How a graph finds what drawings show.
#[derive(Clone, Copy, Debug)]
pub struct Finds {
    /// What artists say about drawings helps.
    pub takes_hints: bool,
}

/// How a graph paints.
#[derive(Clone, Copy, Debug)]
pub struct Paints {
    /// The smallest working size that is of use: a draft's.
    pub draft_px: u32,
    /// A processor paints with it while something is dragged. A graphics card does with any.
    pub quick: bool,
    /// It paints from the drawings' UDPs, and can't from drawings whose UDP nobody knows.
    pub needs_udps: bool,
    /// It mends what is wrong where UDPs were found. Where they are exact, landmark transfer needs no mending.
    pub mends: bool,
}

/// Where a graph runs, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Running {
    /// What computes.
    pub device: DeviceChoice,
    /// What weights are kept as.
    pub precision: Precision,
}

/// A drawing as a graph is shown it.
#[derive(Clone, Copy, Debug)]
pub struct Drawing<'a> {
    /// The drawing.
    pub picture: &'a Picture,
    /// What it shows, of the same size; there for each where [`Paints::needs_udps`].
    pub udp: Option<&'a Udp>,
    /// Per pixel how far off that may be, in landmark units, where somebody knows.
    pub spread: Option<&'a [f32]>,
}

/// What a drawing was found to show.
#[derive(Clone, Debug)]
pub struct Found {
    /// Of the drawing's size.
    pub udp: Udp,
    /// Per pixel how far off its landmark may be, in landmark units, from who knows.
    pub spread: Option<Vec<f32>>,
    /// What it thinks of the whole drawing, from who does.
    pub belief: Option<Belief>,
}

/// What a detector thinks of a drawing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Belief {
    /// The side that it most likely shows.
    pub side: Side,
    /// The likeliest among those that are altogether different, and how likely it is (0 to 1).
    pub other: (Side, f32),
    /// How far off its landmarks are, in the mean, in landmark units; what it holds for none of the figure counts as 1.
    pub spread: f32,
    /// How far off they are as a rule: the median.
    pub median: f32,
}

impl Belief {
    /// Of how likely the sides are ([`Side::ALL`], together 1) and the spreads of all pixels of the figure; `None` where
    /// there are none.
    pub fn of(shares: [f32; 8], mut spreads: Vec<f32>) -> Option<Self> {
        if spreads.is_empty() {
            return None;
        }
        let (half, count) = (spreads.len() / 2, spreads.len() as f32);
        let spread = spreads.iter().sum::<f32>() / count;
        let median = *spreads.select_nth_unstable_by(half, f32::total_cmp).1;
        let likeliest = |at: &mut dyn Iterator<Item = usize>| at.max_by(|&a, &b| shares[a].total_cmp(&shares[b]));
        let first = likeliest(&mut (0..8)).unwrap_or(0);
        // What is a quarter turn away or more. A direction between two sides is half of either.
        let second = likeliest(&mut (2..7).map(|step| (first + step) % 8)).unwrap_or(0);
        let near = |at: usize| [7, 0, 1].map(|step| shares[(at + step) % 8]).iter().sum::<f32>();
        let apart = (first + 8 - second) % 8;
        // Sides between the two speak for neither.
        let share = if (3..6).contains(&apart) { near(second) } else { shares[second] };
        Some(Self { side: Side::ALL[first], other: (Side::ALL[second], share), spread, median })
    }

    /// Is the other side likely enough to be asked about?
    pub fn is_open(&self) -> bool {
        self.other.1 > 0.12
    }
}

/// A graph with its weights in memory.
pub trait LoadedGraph: Send {
    /// Does the processor compute, and not a graphics card?
    fn on_processor(&self) -> bool;

    /// What the drawing shows; where [`Profile::finds`].
    ///
    /// # Errors
    /// Whatever the device says; it finds nothing.
    fn detect(&self, _view: &View, _hints: &DrawingHints, _working_px: u32) -> Result<Found, PaintError> {
        Err(PaintError::NoDetector)
    }

    /// Looks at all drawings of a sheet, once for many pictures; where [`Profile::paints`]. `parts` are those of the figure
    /// whose poses will be painted, where [`Paints::needs_udps`] and there is one.
    ///
    /// # Errors
    /// Stopped, or whatever the device says; it doesn't paint.
    fn encode(
        &self,
        _drawings: &[Drawing<'_>],
        _parts: Option<Arc<Parts>>,
        _working_px: u32,
        _progress: &dyn Progress,
    ) -> Result<Box<dyn EncodedDrawings>, PaintError> {
        Err(PaintError::NoPainter)
    }
}

/// A sheet as a graph remembers it, with the graph.
pub trait EncodedDrawings: Send {
    /// The sheet's character in one pose, of the UDP's size.
    ///
    /// # Errors
    /// Stopped, or whatever the device says.
    fn paint(&self, udp: &Udp, progress: &dyn Progress) -> Result<Painting, PaintError>;

    /// As [`EncodedDrawings::paint`], and which drawing contributed where.
    ///
    /// # Errors
    /// As [`EncodedDrawings::paint`].
    fn explain(&self, udp: &Udp, progress: &dyn Progress) -> Result<(Painting, Shares), PaintError>;
}

impl std::ops::Deref for GraphKind {
    type Target = Profile;

    fn deref(&self) -> &Profile {
        self.profile()
    }
}

/// As people call it.
impl fmt::Display for GraphKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title)
    }
}

impl GraphKind {
    /// Those that paint, the best first.
    pub fn painters() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|graph| graph.paints.is_some())
    }

    /// The weights of this graph that are part of the program.
    pub fn shipped(self) -> Option<Shipped> {
        // The window asks in every frame; what is in the program doesn't change.
        static OF: LazyLock<Vec<(Option<String>, Shipped)>> =
            LazyLock::new(|| shipped().iter().map(|shipped| (shipped.graph(), *shipped)).collect());
        OF.iter().find(|(graph, _)| graph.as_deref() == Some(self.name)).map(|(_, shipped)| *shipped)
    }

    /// The one that weight files and projects call so.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|graph| graph.name == name)
    }

    /// The one that weights are of, or come nearest to. Where that can't be told it is the last, which paints: loading
    /// them says what is wrong.
    pub fn of_weights(path: &Path) -> Self {
        let identified = || {
            let known = graphs().ok()?;
            let (schema, _) = crate::weights::identify(path, &known).ok()?;
            Self::named(schema.graph)
        };
        identified().unwrap_or(Self::Conr)
    }

    /// The one to whose weights a file holds changes for one character.
    pub fn of_tuning(path: &Path) -> Option<Self> {
        let holds = |graph: &Self| {
            let schema = graph.tuning.and_then(|schema| schema().ok());
            schema.is_some_and(|schema| Tuning::open(path, &schema).is_ok())
        };
        Self::ALL.iter().copied().find(holds)
    }

    /// Do weights fit, and changes to them?
    ///
    /// # Errors
    /// They can't be read, or don't.
    pub(super) fn check(self, weights: &WeightSource, tuned: Option<&Path>) -> Result<(), PaintError> {
        let schema = (self.schema)()?;
        weights.open(&schema)?.must_fit(&schema)?;
        if let (Some(path), Some(tuning)) = (tuned, self.tuning) {
            Tuning::open(path, &tuning()?)?;
        }
        Ok(())
    }

    /// Loads weights.
    ///
    /// # Errors
    /// The device can't be used; the weights can't be read, or don't fit; stopped.
    pub fn load(
        self,
        weights: &WeightSource,
        running: Running,
        progress: &dyn Progress,
    ) -> Result<Box<dyn LoadedGraph>, PaintError> {
        self.load_tuned(weights, None, running, progress)
    }

    /// As [`GraphKind::load`], with such a share of the changes in a file.
    ///
    /// # Errors
    /// As [`GraphKind::load`]; changes that can't be read, or are of other weights.
    pub(super) fn load_tuned(
        self,
        weights: &WeightSource,
        tuned: Option<(&Path, f32)>,
        running: Running,
        progress: &dyn Progress,
    ) -> Result<Box<dyn LoadedGraph>, PaintError> {
        let mut file = weights.open(&(self.schema)()?)?;
        if let (Some((path, share)), Some(tuning)) = (tuned, self.tuning) {
            file = file.tuned(&Tuning::open(path, &tuning()?)?, share)?;
        }
        (self.profile().load)(&file, running, progress)
    }
}

/// What weight files may be of: the schema of every graph in this program, of what looks once more for one, and of changes
/// to their weights.
///
/// # Errors
/// None that a user could cause.
pub fn graphs() -> Result<Vec<Schema>, WeightError> {
    let tunings = GraphKind::ALL.iter().filter_map(|graph| graph.tuning);
    let refiners = [Schema::of::<RefinerGraph> as fn() -> _];
    GraphKind::ALL.iter().map(|graph| graph.schema).chain(refiners).chain(tunings).map(|schema| schema()).collect()
}

/// What weights come as, for each graph: `of CoNR, a folder …`.
pub fn weights_in_words() -> String {
    let of = |graph: &GraphKind| format!("of {graph}, {}", graph.weights);
    GraphKind::ALL.iter().map(of).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::weights::Graph as _;
    use std::collections::BTreeSet;

    #[test]
    fn each_graph_goes_by_a_name_of_its_own_that_its_weights_go_by_too() {
        let names: BTreeSet<&str> = GraphKind::ALL.iter().map(|graph| graph.name).collect();
        assert_eq!(names.len(), GraphKind::ALL.len());
        for graph in GraphKind::ALL {
            assert_eq!(GraphKind::named(graph.name), Some(*graph));
            assert_eq!((graph.schema)().unwrap().graph, graph.name);
            assert!(!["auto", "landmark"].contains(&graph.name), "a choice of another kind is called so");
            assert!(graph.paints.is_none_or(|paints| paints.draft_px <= 2 * graph.working_px));
        }
        assert_eq!(GraphKind::named("no such graph"), None);
    }

    #[test]
    fn a_belief_tells_the_likeliest_sides_that_are_nothing_alike() {
        // The front or, between two steps, the back.
        let spreads = || vec![0.5, 0.02, 0.03, 0.01, 0.04];
        let belief = Belief::of([0.4, 0.2, 0.0, 0.15, 0.18, 0.02, 0.0, 0.05], spreads()).unwrap();
        assert_eq!((belief.side, belief.other.0), (Side::Front, Side::Back));
        assert!((belief.other.1 - 0.35).abs() < 1e-6 && belief.is_open());
        // What lies beside the likeliest is no other side.
        let sure = Belief::of([0.55, 0.4, 0.03, 0.0, 0.0, 0.0, 0.01, 0.01], spreads()).unwrap();
        assert_eq!((sure.side, sure.other.0), (Side::Front, Side::Left));
        assert!(!sure.is_open());
        assert!((sure.spread - 0.12).abs() < 1e-6 && sure.median == 0.03);
        assert_eq!(Belief::of([0.125; 8], vec![]), None);
    }

    #[test]
    fn weights_that_tell_nothing_are_taken_for_a_painters() {
        assert!(GraphKind::of_weights("no/such/file".as_ref()).paints.is_some());
    }

    #[test]
    fn weights_in_the_program_fit_and_have_a_record() {
        let records = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("weights");
        let mut bytes = 0;
        for file in shipped() {
            match file.graph().as_deref() {
                Some(RefinerGraph::NAME) => {
                    WeightFile::built_in(file, &Schema::of::<RefinerGraph>().unwrap()).unwrap();
                }
                name => {
                    let graph = GraphKind::named(name.unwrap()).unwrap();
                    assert_eq!(graph.shipped(), Some(*file), "one file a graph");
                    graph.check(&WeightSource::Shipped(*file), None).unwrap();
                }
            }
            assert!(records.join(file.name).with_extension("md").is_file(), "{} has no record", file.name);
            bytes += file.bytes.len();
        }
        assert!(bytes <= 20 << 20, "{bytes} bytes are too many to ship");
    }
}
