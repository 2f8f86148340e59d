//! What happens in a training, one line each.

use super::{Found, StepLosses};
use serde::{Deserialize, Serialize};

/// Something that happened, as the run folder's `events.jsonl` has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum RunEvent {
    /// A session began.
    Started {
        /// Steps done before.
        step: u64,
        /// Of how many.
        steps: u64,
        /// Parameters that learn.
        parameters: usize,
        /// Processor, system, threads and instructions.
        #[serde(default)]
        machine: String,
    },
    /// Some steps were done.
    Step {
        /// Steps done.
        step: u64,
        /// Means over the steps since the last such line.
        losses: StepLosses,
        /// Length of the last gradient, before it was shortened.
        gradient: f64,
        /// The last rate.
        rate: f32,
        /// Side of the pictures.
        size_px: usize,
        /// Seconds a step, the wait for its lesson included.
        seconds: f64,
        /// Of these, the wait.
        waited: f64,
    },
    /// The figures held out were measured.
    Measured {
        /// Steps done.
        step: u64,
        /// What was found.
        measured: Found,
        /// Whether it is the best so far.
        best: bool,
    },
    /// A checkpoint was written.
    Saved {
        /// Steps done.
        step: u64,
        /// Its file's name.
        file: String,
    },
    /// A checkpoint could not be written; learning goes on.
    NotSaved {
        /// Steps done.
        step: u64,
        /// Why.
        why: String,
    },
    /// The disk has no room for a checkpoint; learning waits until there is some.
    NoRoom {
        /// Steps done.
        step: u64,
        /// Bytes that are wanted.
        wanted_bytes: u64,
        /// Bytes that there are.
        free_bytes: u64,
    },
    /// Something was not a number: back to the last good state, with half the rate.
    NotANumber {
        /// Steps done.
        step: u64,
        /// What the rate is multiplied by from now on.
        rate_factor: f32,
    },
    /// Losses shot up: back to the last good state, with half the rate.
    BrokeOff {
        /// Steps done.
        step: u64,
        /// What the rate is multiplied by from now on.
        rate_factor: f32,
    },
    /// The training was paused, and can go on.
    Paused {
        /// Steps done.
        step: u64,
    },
    /// All steps are done.
    Done {
        /// Steps done.
        step: u64,
        /// Seconds of learning, over all sessions.
        seconds: f64,
    },
    /// The session ended because something went wrong; it can be tried again.
    Failed {
        /// Steps done.
        step: u64,
        /// What, and what to do.
        why: String,
    },
}

impl RunEvent {
    /// Steps done when it happened.
    pub fn step(&self) -> u64 {
        match self {
            Self::Started { step, .. }
            | Self::Step { step, .. }
            | Self::Measured { step, .. }
            | Self::Saved { step, .. }
            | Self::NotSaved { step, .. }
            | Self::NoRoom { step, .. }
            | Self::NotANumber { step, .. }
            | Self::BrokeOff { step, .. }
            | Self::Paused { step }
            | Self::Done { step, .. }
            | Self::Failed { step, .. } => *step,
        }
    }
}
