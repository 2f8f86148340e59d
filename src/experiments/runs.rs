//! Trainings that the tables are read from. Several tables may read one.

use crate::cinn::{Backbone, Design};
use crate::train::{Encoding, Learns, LossWeights, Study};

/// A training.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// Its name, in paths and on the command line.
    pub id: &'static str,
    /// What it learns, of the paper's own renderer at some budget.
    pub study: fn(Study) -> Study,
}

/// All of them; the first is the paper's own.
pub static RUNS: [Run; 18] = [
    Run { id: "full", study: |full| full },
    Run { id: "m1", study: |full| with(full, |design| Design { views: 1, ..design }) },
    Run { id: "u", study: |full| with(plain(full), |design| Design { collaborates: false, warps: false, ..design }) },
    Run { id: "u-g", study: |full| with(plain(full), |design| Design { collaborates: false, ..design }) },
    Run { id: "u-c-r", study: |full| with(full, |design| Design { warps: false, ..design }) },
    Run { id: "u-c-g", study: plain },
    Run { id: "messages-0", study: |full| with(full, |design| Design { rounds: 0, ..design }) },
    Run { id: "messages-1", study: |full| with(full, |design| Design { rounds: 1, ..design }) },
    Run {
        id: "no-photometric",
        study: |full| Study { losses: LossWeights { photometric: 0.0, ..full.losses }, ..full },
    },
    Run { id: "no-pyramid", study: |full| Study { losses: LossWeights { pyramid: 0.0, ..full.losses }, ..full } },
    Run { id: "uv", study: |full| Study { encoding: Encoding::Uv, ..full } },
    Run { id: "unsure", study: |full| Study { udp_noise: 0.04, ..full } },
    Run { id: "joint", study: |full| Study { learns: Learns::Both, ..full } },
    Run { id: "joint-shared", study: |full| Study { learns: Learns::Shared, ..full } },
    Run {
        id: "joint-no-consistency",
        study: |full| Study { learns: Learns::Both, losses: LossWeights { consistency: 0.0, ..full.losses }, ..full },
    },
    Run { id: "detector-u", study: |full| Study { learns: Learns::Detector, ..plain(full) } },
    Run { id: "detector-r34", study: |full| detecting(full, Backbone::R34) },
    Run { id: "detector-r50", study: |full| detecting(full, Backbone::R50) },
];

impl Run {
    /// The one of this name.
    pub fn named(id: &str) -> Option<&'static Self> {
        RUNS.iter().find(|run| run.id == id)
    }
}

fn with(study: Study, change: impl Fn(Design) -> Design) -> Study {
    Study { design: change(study.design), ..study }
}

/// A detector alone.
fn detecting(full: Study, backbone: Backbone) -> Study {
    Study { learns: Learns::Detector, ..with(full, |design| Design { backbone, ..design }) }
}

/// Without a residual encoder.
fn plain(full: Study) -> Study {
    with(full, |design| Design { backbone: Backbone::Plain, ..design })
}
