//! One way to report progress and to be cancelled, whoever listens: a bar on a terminal, JSON lines, the studio's bar.

/// Receives the progress of one long task. Implementations must be cheap to call.
pub trait Progress: Sync {
    /// A new stage begins: `what` in plain words, `total` steps (0: not known).
    fn stage(&self, what: &str, total: u64);
    /// `steps` more steps of the current stage are done.
    fn advance(&self, steps: u64);
    /// True once the user asked to stop; long loops look at it between steps.
    fn cancelled(&self) -> bool {
        false
    }
}

/// Reports to nobody and is never cancelled.
pub struct Silent;

impl Progress for Silent {
    fn stage(&self, _: &str, _: u64) {}
    fn advance(&self, _: u64) {}
}

/// Reports nothing but passes on that it was cancelled: for steps within a stage.
pub struct Quiet<'a>(pub &'a dyn Progress);

impl Progress for Quiet<'_> {
    fn stage(&self, _: &str, _: u64) {}
    fn advance(&self, _: u64) {}
    fn cancelled(&self) -> bool {
        self.0.cancelled()
    }
}
