//! The renderer learns: characters drawn from several sides as sheets, others of their pictures as what is wanted.
//!
//! ```text
//! Cast ─ a character's views ─▶ Subject matter (PaintLesson) ─ encoder, frozen ─▶ PaintLearner ─▶ State
//! ```

mod feed;
mod learner;
mod lesson;
mod loss;
mod measure;
mod session;

pub use learner::PaintLearner;
pub use lesson::PaintLesson;
pub use loss::PaintLosses;
pub use measure::{Against, PaintMeasured};

pub(super) use session::{export, run};

#[cfg(test)]
mod tests;
