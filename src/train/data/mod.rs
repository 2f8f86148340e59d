//! What is learned from: pictures of figures whose every pixel's place on the body is known, made while they are needed.
//!
//! ```text
//! a character (by seed) or a figure file ─ pose, camera, style ─▶ Rendering ─ augmentation, hints ─▶ Item ─▶ Lesson
//!      Cast, a dozen views each                                            augment                       Feed
//! ```
//!
//! An item is a function of the training's seed and its index alone: a training that goes on after a pause sees what it
//! would have seen.
//!
//! What PSGAN learns from, whole characters on white with their keypoints, is [`posed`].

mod augment;
mod cast;
mod feed;
mod kept;
pub mod posed;
mod rendering;
mod shards;

pub use augment::{Item, Manner, item};
pub(in crate::train) use augment::{background, handed_in, repainted};
pub use cast::{Block, Cast, Portraits, VIEWS};
pub(in crate::train) use feed::kept_bytes;
pub use feed::{Feed, Lesson, Stage};
use rendering::side_px;
pub use rendering::{Rendering, camera, pose, pose_with, style, wrapped};
pub use shards::Split;
