//! What moves by itself: hair, skirts and ribbons follow the body, hang and swing.
//!
//! [`Chains`] are what of a figure swings, from VRM's springs, MMD's bodies and what an artist marked ([`Settings`]), all in
//! one form. A [`Run`] moves them along a motion in steps of fixed length from the motion's beginning, so that what swings
//! depends on the motion alone, never on which frames are looked at or how many there are a second. A [`Bake`] keeps what
//! came out for some frames. [`Chains::settle`] is for a single pose: everything hangs as it comes to rest. A [`Follower`] moves
//! what swings along poses that are sent while they are shown.

mod bake;
mod bodies;
mod chains;
mod follower;
mod marked;
mod offers;
mod rigid;
mod run;
mod settings;
mod shapes;
mod solver;
mod step;
#[cfg(test)]
mod tests;
mod vrm;
mod wind;

pub use bake::{Bake, Source};
pub use chains::Chains;
pub use follower::Follower;
pub use offers::{Offer, offers};
pub use run::Run;
pub use settings::{Bodies, Feel, MarkedChain, Settings, Stuff, Wind};

use std::path::PathBuf;

/// Steps a second. VRM's springs are defined by what they do in a step, and for this many.
pub const STEPS_A_SECOND: f64 = 60.0;
/// Gravity where MMD's models live, 98 of its units/s², in metres.
const MMD_GRAVITY: f32 = 7.84;
/// MMD's unit, metres.
const MMD_UNIT_M: f32 = 0.08;
/// Length of a step, seconds.
const STEP_S: f32 = 1.0 / STEPS_A_SECOND as f32;

/// Why what swings can't be kept or read. Every message names the file and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum DynamicsError {
    /// The file can't be read or written.
    #[error("can't {verb} the bake {path}: {source}", path = path.display())]
    Io {
        /// `read` or `write`.
        verb: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is no bake.
    #[error("{path} is no usable bake: {what}. Bake again (settei motion bake, or settei project bake)", path = path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was wrong.
        what: String,
    },
    /// The bake was made of something else.
    #[error("{path} was baked for {what}: bake again (settei motion bake, or settei project bake)", path = path.display())]
    Other {
        /// The file.
        path: PathBuf,
        /// What it was made of, and of what it is to be.
        what: String,
    },
    /// Somebody asked to stop.
    #[error("stopped")]
    Stopped,
}
