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
    /// Learning went wrong: back to the last good state, with half the rate.
    #[serde(alias = "not-a-number")]
    WentBack {
        /// Steps done.
        step: u64,
        /// What the rate is multiplied by from now on.
        rate_factor: f32,
        /// What went wrong.
        #[serde(default)]
        why: Setback,
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

/// What of learning went wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Setback {
    /// The loss or a slope was not a number: the only one that older folders tell of.
    #[default]
    NotANumber,
    /// The loss shot up, and did not come back.
    ShotUp,
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
            | Self::WentBack { step, .. }
            | Self::Paused { step }
            | Self::Done { step, .. }
            | Self::Failed { step, .. } => *step,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn older_folders_tell_of_setbacks() {
        let read = |line| serde_json::from_str::<RunEvent>(line).unwrap();
        let event = read(r#"{"event":"not-a-number","step":7,"rate-factor":0.5}"#);
        assert_eq!(event, RunEvent::WentBack { step: 7, rate_factor: 0.5, why: Setback::NotANumber });
        let event = RunEvent::WentBack { why: Setback::ShotUp, step: 7, rate_factor: 0.5 };
        assert_eq!(read(&serde_json::to_string(&event).unwrap()), event);
    }
}
