//! Live input: a program that follows a person sends what they do over the network, and a figure does the same.
//!
//! The protocol is VMC (<https://protocol.vmc.info/english>), messages of Open Sound Control in datagrams; Settei is what it
//! calls a marionette.
//!
//! ```text
//! datagram ─▶ messages (`osc`) ─▶ what they say (`said`, `names`) ─▶ Performer: whose it is ─▶ Body: which frame, smoothed,
//!                                                                     told where T-pose is ─▶ Pose ─▶ Recorder ─▶ Take
//! ```
//!
//! A [`Performer`] knows neither clock nor socket: whoever asks it tells the time. A [`Listener`] is a thread that has both.

mod body;
mod calibration;
mod euro;
mod listener;
mod names;
mod osc;
mod performer;
mod recorder;
mod said;
mod status;
#[cfg(test)]
mod tests;

pub use body::Settings;
pub use euro::Smoothing;
pub use listener::Listener;
pub use names::call_as;
pub use performer::{Live, Performer, over};
pub use recorder::MOST_FRAMES;
pub use status::{Hearing, Status};

use std::net::SocketAddr;

/// The port on which VMC's marionettes listen.
pub const PORT: u16 = 39539;

/// Why nothing is listened to.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// Another program listens there.
    #[error("another program listens on port {port} already, perhaps another window of Settei: close it, or choose \
        another port here and in the program that sends", port = .0.port())]
    Taken(SocketAddr),
    /// The system refuses.
    #[error("can't listen on {address}: {source}. Choose another port (above 1023) here and in the program that sends")]
    Refused {
        /// Where.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The system has no thread left.
    #[error("can't listen: the system has no thread left ({0})")]
    NoThread(std::io::Error),
}
