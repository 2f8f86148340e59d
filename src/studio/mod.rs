//! The window: panels around an engine that never keeps them waiting.
//!
//! ```text
//! menu, shortcut, palette, panel, test ──▶ Command ──▶ Studio::apply ──▶ History (undo) ──▶ Project
//!                                                                                             │ what changed
//! panels ◀─ Context (project, content, display) ◀─ events ◀─ workers (jobs, viewport, painter) ◀┘
//! ```
//!
//! * A **panel** ([`panels`]) draws what it sees in its [`Context`] and sends [`Command`]s; it changes nothing itself.
//! * A **command** ([`Command`], a family a file in `commands`) is one action of the user, whoever sent it. What can be
//!   undone goes through [`Edit`], the only way to change the [`Project`](crate::project::Project).
//! * A **worker** ([`workers`]) does what takes time. Nothing in `ui()` waits: no file, no tensor, no GPU.
//! * What was read from disk is [`Content`]; what is looked at is [`Display`]; neither is undone or saved.

pub mod actions;
mod app;
mod choices;
mod closing;
mod commands;
mod content;
mod cutout;
mod desktop;
mod dialogs;
mod display;
mod dock;
mod document;
mod events;
mod export;
mod focus;
mod follow;
pub mod headless;
mod images;
mod landmarks;
mod layout;
mod live;
mod log;
mod look;
mod menu;
mod news;
mod onion;
mod painting;
mod palette;
pub mod panels;
mod playback;
mod playing;
mod puppet;
mod reel;
mod scene;
mod settings;
mod sound;
mod status;
mod takes;
mod theme;
mod toasts;
mod tour;
mod windows;
pub mod workers;

pub use app::{Launch, Studio, run};
pub use commands::{
    CameraCommand, Command, DocumentCommand, Edit, ExportCommand, InventCommand, Invention, LiveCommand, MotionCommand,
    NewTraining, Outbox, Outside, OwnChange, PaintCommand, Picked, PoseCommand, SheetCommand, StandInCommand,
    TrainCommand, ViewCommand, WindowCommand, Work,
};
pub use content::{Content, Contributions, DrawingState, Loaded, Painted, SeenUdp, WindowImage};
pub use cutout::CutOut;
pub use dialogs::Ask;
pub use display::{Display, Gizmo, PathOf, Style};
pub use events::Event;
pub use landmarks::{GuideSide, Piece};
pub use layout::Layout;
pub use live::LiveView;
pub use log::{LogLine, LogLines};
pub use onion::{Neighbours, Onion};
pub use panels::{Context, Panel, PanelKind};
pub use playback::{PlayState, Playback, Repeat};
pub use reel::{Frame, Reel, Strip};
pub use scene::Act;
pub use settings::{LiveSettings, PuppetSettings, PuppetShows, Settings, Theme};
pub use takes::{TakeContent, Which};
