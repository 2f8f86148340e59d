//! [`Speaker`]: a sound is heard from where a playhead is, by the system's usual output.
//!
//! Whoever plays says again and again where the playhead is; a thread keeps what is heard beside it. Nothing is waited for
//! on either side: the thread decodes some pieces ahead, and the system's callback takes what is there.

mod output;
mod source;

use super::SoundError;
use output::Output;
use source::Source;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How often the thread looks.
const TICK: Duration = Duration::from_millis(10);
/// What is heard may be so far from the playhead before it is begun anew, seconds.
const APART_S: f64 = 0.1;
/// A stream may take so long until it is heard.
const BEGINS: Duration = Duration::from_secs(1);
/// Whoever says nothing for so long plays no more.
const SILENT_AFTER: Duration = Duration::from_millis(500);

/// What is to be heard now.
#[derive(Clone, Debug, PartialEq)]
pub struct Heard {
    /// The sound file.
    pub file: PathBuf,
    /// Where in it, seconds.
    pub at_s: f64,
    /// How fast it goes on; 1: as it is.
    pub speed: f64,
}

/// Plays sounds while it lives.
#[derive(Default)]
pub struct Speaker {
    shared: Arc<Shared>,
    started: bool,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    wish: Option<(Heard, Instant)>,
    trouble: Option<String>,
    closed: bool,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // Each field is set in one step.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Speaker {
    /// Says what is to be heard from now on, for a moment; `None`: nothing. Quick, and to be said in each frame.
    pub fn play(&mut self, heard: Option<Heard>) {
        if heard.is_none() && !self.started {
            return;
        }
        self.shared.state().wish = heard.map(|heard| (heard, Instant::now()));
        self.shared.changed.notify_one();
        if !self.started {
            self.started = true;
            let shared = self.shared.clone();
            let thread = std::thread::Builder::new().name("speaker".into()).spawn(move || speak(&shared));
            if let Err(error) = thread {
                self.shared.state().trouble = Some(SoundError::NoOutput(error.to_string()).to_string());
            }
        }
    }

    /// Why nothing is heard; each reason is told once.
    pub fn trouble(&self) -> Option<String> {
        self.shared.state().trouble.take()
    }
}

impl Drop for Speaker {
    fn drop(&mut self) {
        self.shared.state().closed = true;
        self.shared.changed.notify_one();
    }
}

/// The thread: the output and the file are its own.
fn speak(shared: &Shared) {
    let mut output: Option<Output> = None;
    let mut source: Option<Source> = None;
    let mut refused: Option<PathBuf> = None;
    loop {
        let wish = {
            let state = shared.state();
            let quiet = |state: &mut State| !state.closed && state.wish.is_none();
            let silent = source.is_none();
            // Who has nothing to say sleeps until somebody asks.
            let state = if silent { shared.changed.wait_while(state, quiet) } else { Ok(state) };
            let state = state.unwrap_or_else(PoisonError::into_inner);
            if state.closed {
                return;
            }
            state.wish.clone().filter(|(_, said)| said.elapsed() < SILENT_AFTER)
        };
        let Some((heard, said)) = wish.filter(|(heard, _)| refused.as_ref() != Some(&heard.file)) else {
            if let (Some(output), Some(_)) = (&mut output, source.take()) {
                output.begin();
            }
            std::thread::sleep(TICK);
            continue;
        };
        let outcome = match &mut output {
            Some(output) => keep_up(output, &mut source, &heard, said),
            None => Output::open().and_then(|opened| keep_up(output.insert(opened), &mut source, &heard, said)),
        };
        if let Err(error) = outcome {
            (output, source, refused) = (None, None, Some(heard.file));
            shared.state().trouble = Some(error.to_string());
        }
        std::thread::sleep(TICK);
    }
}

/// Begins, goes on, or begins anew where the playhead is somewhere else by now.
fn keep_up(output: &mut Output, source: &mut Option<Source>, heard: &Heard, said: Instant) -> Result<(), SoundError> {
    if let Some(why) = output.broken() {
        return Err(SoundError::NoOutput(why));
    }
    let now_s = heard.at_s + said.elapsed().as_secs_f64() * heard.speed;
    let beside = source.as_ref().is_some_and(|source| {
        source.plays(heard)
            && match output.heard_s() {
                Some(played_s) => (source.begun_s + played_s * heard.speed - now_s).abs() < APART_S,
                None => source.begun.elapsed() < BEGINS,
            }
    });
    if !beside {
        output.begin();
        *source = Source::open(heard, now_s, output.rate)?;
    }
    if let Some(source) = source {
        output.feed(|channels| source.piece(channels));
    }
    Ok(())
}
