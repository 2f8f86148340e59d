//! Settei (設定): draw an anime character once, see it in any pose.
//!
//! The rooms, bottom up (`ARCHITECTURE.md` has the tour):
//!
//! * [`figure`]: rigged meshes, one reader per format; [`pose`]: humanoid poses and cameras; [`motion`]: clips of poses,
//!   from other programs' files and to them; [`dynamics`]: what of a figure swings by itself;
//! * [`udp`]: the Ultra-Dense Pose image; [`measures`]: how near a picture or a UDP is to the true one; [`raster`]:
//!   figures to UDP and toon pictures;
//! * [`fit`]: from a picture's UDP back to a pose;
//! * [`sheet`]: character sheets; [`transfer`]: landmark transfer, which needs no weights;
//! * [`weights`]: the weight files of networks; [`nn`] and [`conr`]: the neural renderer on candle; [`fude`]: our own
//!   small networks; [`psgan`]: the inventor of characters; [`cinn`]: the renderer of CoNR's paper with its ablations;
//! * [`example`]: the built-in figure and characters by lot; [`standin`]: one of an artist's own; [`mod@train`]: our networks learn; [`experiments`]: the paper's
//!   tables; [`dataset`]: pictures of characters on disk; [`engine`]: what both doors ask for; [`project`]: what an artist saves; [`events`]: what a
//!   command tells other programs;
//! * [`export`]: frames for other programs; [`queue`]: exports that wait for their turn; [`layers`]: what else is known of
//!   a frame; [`farm`]: jobs for render farms, in the form ([`openjd`]) that the experiments' have, too;
//! * [`mod@bench`]: everything that measures;
//! * the doors: [`cli`], the command line, and [`studio`], the window.
//!
//! [`picture`], [`files`], [`text`], [`memory`], [`progress`] and [`mailbox`] lie under all of them.

pub mod bench;
pub mod cinn;
pub mod cli;
pub mod conr;
pub mod dataset;
pub mod dynamics;
pub mod engine;
pub mod events;
pub mod example;
pub mod experiments;
pub mod export;
pub mod farm;
pub mod figure;
pub mod files;
pub mod fit;
pub mod fude;
pub mod layers;
pub mod live;
pub mod lot;
pub mod mailbox;
pub mod measures;
pub mod memory;
pub mod motion;
pub mod nn;
pub mod openjd;
pub mod picture;
pub mod pose;
pub mod progress;
pub mod project;
pub mod psgan;
pub mod queue;
pub mod raster;
pub mod sheet;
pub mod sound;
pub mod standin;
pub mod studio;
pub mod text;
pub mod train;
pub mod transfer;
pub mod udp;
pub mod weights;
