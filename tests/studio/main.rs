//! The window, driven by label and role as its users drive it. Workers are real; tests wait for what they make.

#![allow(clippy::unwrap_used, clippy::expect_used, unreachable_pub)]

mod bench;
mod camera_moves;
mod doors;
mod drawn_pose;
mod export;
mod files;
#[path = "../common/fude.rs"]
mod fude;
mod hands;
mod invent;
mod keys;
mod landmarks;
mod library;
mod live;
mod motion;
mod neighbours;
mod notes;
mod preview;
mod project;
#[path = "../common/psgan.rs"]
mod psgan;
mod sheet;
mod snapshots;
mod sound;
mod standin;
mod sway;
mod trace;
mod training;
mod viewport;
#[path = "../common/wav.rs"]
mod wav;
mod window;
#[path = "../common/zeros.rs"]
mod zeros;
