//! A thread that hears datagrams, each as it comes, and keeps nothing but the newest pose.

use super::LiveError;
use super::body::Settings;
use super::performer::{Live, Performer};
use super::status::Status;
use crate::motion::Take;
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// So long is waited for a datagram before a frame that nobody ended is looked after.
const WAIT: Duration = Duration::from_millis(10);
/// No datagram is larger.
const LARGEST_BYTES: usize = 1 << 16;

/// Listens as long as it lives.
pub struct Listener {
    shared: Arc<Shared>,
    address: SocketAddr,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    begun: Instant,
    performer: Mutex<Performer>,
    ended: AtomicBool,
    /// The number of the pose that was looked at last: whoever has not looked need not be woken again.
    seen: AtomicU64,
}

impl Shared {
    fn performer(&self) -> MutexGuard<'_, Performer> {
        self.performer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now_s(&self) -> f64 {
        self.begun.elapsed().as_secs_f64()
    }
}

impl Listener {
    /// Begins to listen on a port (0: any that is free), to this machine alone or, if `any_address`, to all that reach it.
    /// `notify` is called on the thread when a pose is there and the last one was looked at.
    ///
    /// # Errors
    /// The port is taken, or not to be had.
    pub fn start(
        port: u16,
        any_address: bool,
        settings: Settings,
        notify: impl Fn() + Send + 'static,
    ) -> Result<Self, LiveError> {
        let host = if any_address { Ipv4Addr::UNSPECIFIED } else { Ipv4Addr::LOCALHOST };
        let address = SocketAddr::new(IpAddr::V4(host), port);
        let refused = |source: std::io::Error| match source.kind() {
            ErrorKind::AddrInUse => LiveError::Taken(address),
            _ => LiveError::Refused { address, source },
        };
        let socket = UdpSocket::bind(address).map_err(refused)?;
        socket.set_read_timeout(Some(WAIT)).map_err(refused)?;
        let bound = socket.local_addr().map_err(refused)?;
        let shared = Arc::new(Shared {
            begun: Instant::now(),
            performer: Mutex::new(Performer::new(settings)),
            ended: AtomicBool::new(false),
            seen: AtomicU64::new(0),
        });
        let heard = shared.clone();
        let thread = std::thread::Builder::new().name("live".into());
        let thread = thread.spawn(move || listen(&socket, &heard, &notify)).map_err(LiveError::NoThread)?;
        Ok(Self { shared, address: bound, thread: Some(thread) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The newest pose, and how it stands.
    pub fn look(&self) -> (Option<Live>, Status) {
        let performer = self.shared.performer();
        let (live, status) = (performer.live(), performer.status(self.shared.now_s()));
        self.shared.seen.store(status.poses, Ordering::Release);
        (live, status)
    }

    /// How what is sent becomes a pose.
    pub fn set(&self, settings: Settings) {
        self.shared.performer().settings = settings;
    }

    /// As [`Performer::calibrate`].
    pub fn calibrate(&self, in_s: f64) {
        self.shared.performer().calibrate(self.shared.now_s(), in_s);
    }

    /// As [`Performer::forget_calibration`].
    pub fn forget_calibration(&self) {
        self.shared.performer().forget_calibration();
    }

    /// As [`Performer::record`].
    pub fn record(&self, fps: f64) {
        self.shared.performer().record(self.shared.now_s(), fps);
    }

    /// As [`Performer::stop_recording`].
    pub fn stop_recording(&self) -> Option<Take> {
        self.shared.performer().stop_recording(self.shared.now_s())
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::Release);
        // The port is free when this returns. A word from ourselves spares the wait for the next datagram.
        let own = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), self.address.port());
        let _ = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|socket| socket.send_to(&[], own));
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn listen(socket: &UdpSocket, shared: &Shared, notify: &impl Fn()) {
    let mut buffer = vec![0; LARGEST_BYTES];
    // The pose that somebody was woken for.
    let mut told = 0;
    while !shared.ended.load(Ordering::Acquire) {
        let came = match socket.recv_from(&mut buffer) {
            Ok((length, from)) => Some((length, from)),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => None,
            // Some systems tell here that somebody whom we never wrote to is not there; what comes next may be whole.
            Err(_) => {
                std::thread::sleep(Duration::from_millis(1));
                None
            }
        };
        let (new, number) = {
            let mut performer = shared.performer();
            let now_s = shared.now_s();
            let heard = came.is_some_and(|(length, from)| performer.hear(now_s, from, &buffer[..length]));
            let new = performer.tick(now_s) || heard;
            (new, performer.live().map_or(0, |live| live.number))
        };
        if new && shared.seen.load(Ordering::Acquire) >= told {
            told = number;
            notify();
        }
    }
}
