//! Who is listened to, and what becomes of it: the first who sends counts until it stops.

use super::body::{Body, Settings};
use super::names::Bones;
use super::osc;
use super::recorder::Recorder;
use super::said::{Said, said};
use super::status::{Hearing, Status};
use crate::figure::HumanBone;
use crate::motion::Take;
use crate::pose::Pose;
use std::net::SocketAddr;
use std::sync::Arc;

/// Who says nothing for so long has stopped, seconds.
const SILENT_S: f64 = 1.0;
/// Over so many seconds poses are counted.
const COUNTED_S: f64 = 1.0;

/// A pose that was sent.
#[derive(Clone, Debug)]
pub struct Live {
    /// Which: it counts up.
    pub number: u64,
    /// What the sender's figure does, of bones and expressions that were sent; others are not in it.
    pub pose: Arc<Pose>,
}

/// What was `sent`, over what `own` has of bones and expressions that nobody sends; who sends no hips leaves the body where
/// it is.
pub fn over(sent: &Pose, own: &Pose) -> Pose {
    let mut pose = own.clone();
    pose.bones.extend(&sent.bones);
    pose.expressions.extend(sent.expressions.iter().map(|(name, weight)| (name.clone(), *weight)));
    if sent.bones.contains_key(&HumanBone::Hips) {
        (pose.hips, pose.ground) = (sent.hips, sent.ground);
    }
    pose
}

/// Makes poses of what is sent. It has no clock: `now_s` are seconds since whenever, never falling.
#[derive(Default)]
pub struct Performer {
    /// How what is sent becomes a pose.
    pub settings: Settings,
    body: Body,
    bones: Bones,
    /// Who is listened to, and when it said something last.
    sender: Option<(SocketAddr, f64)>,
    /// Who else has said something, and when.
    other: Option<(SocketAddr, f64)>,
    live: Option<Live>,
    counts: Counts,
    /// When the sender is in T-pose.
    calibrates_s: Option<f64>,
    recorder: Option<Recorder>,
}

#[derive(Default)]
struct Counts {
    packets: u64,
    malformed: u64,
    unloaded: bool,
    /// When poses began to be counted, and how many came since.
    since: (f64, u32),
    rate_hz: f64,
}

impl Performer {
    /// Nobody has sent anything.
    pub fn new(settings: Settings) -> Self {
        Self { settings, ..Self::default() }
    }

    /// Takes a datagram in; true: a new pose is there.
    pub fn hear(&mut self, now_s: f64, from: SocketAddr, datagram: &[u8]) -> bool {
        let packet = osc::open(datagram);
        self.counts.packets += 1;
        self.counts.malformed += packet.malformed;
        // Names are the sender's own: another's don't change them.
        let mut bones =
            if self.sender.is_some_and(|(sender, _)| sender == from) { self.bones } else { Bones::default() };
        let mut words = Vec::with_capacity(packet.messages.len());
        for message in &packet.messages {
            match said(message, &mut bones) {
                Ok(word) => words.push(word),
                Err(_) => self.counts.malformed += 1,
            }
        }
        // Whoever says nothing that can be understood is nobody.
        if words.is_empty() || !self.listens_to(now_s, from) {
            return false;
        }
        self.bones = bones;
        let mut new = false;
        for word in words {
            if let Said::Loaded(loaded) = word {
                self.counts.unloaded = !loaded;
            }
            if self.body.ends(&word) {
                self.close(now_s);
                new = true;
            }
            if self.body.take(word, now_s) {
                self.close(now_s);
                new = true;
            }
        }
        new
    }

    /// Time goes by; true: a new pose is there.
    pub fn tick(&mut self, now_s: f64) -> bool {
        let rests = self.body.rests(now_s);
        if rests {
            self.close(now_s);
        }
        rests
    }

    /// Whether that one is listened to now.
    fn listens_to(&mut self, now_s: f64, from: SocketAddr) -> bool {
        match self.sender {
            Some((sender, last_s)) if sender != from && now_s - last_s < SILENT_S => {
                self.other = Some((from, now_s));
                return false;
            }
            Some((sender, _)) if sender != from => {
                // Another one takes over: its figure is built otherwise. What was done last holds until it has said more.
                self.body = Body::default();
                self.counts.unloaded = false;
                if self.other.is_some_and(|(other, _)| other == from) {
                    self.other = None;
                }
            }
            _ => {}
        }
        self.sender = Some((from, now_s));
        true
    }

    /// A frame is whole.
    fn close(&mut self, now_s: f64) {
        self.body.close(now_s, self.settings.smoothing);
        if self.calibrates_s.is_some_and(|at_s| now_s >= at_s) && self.body.is_there() {
            self.body.calibrate();
            self.calibrates_s = None;
        }
        let number = self.live.as_ref().map_or(0, |live| live.number) + 1;
        let pose = Arc::new(self.body.pose(self.settings));
        if let Some(recorder) = &mut self.recorder {
            recorder.note(now_s, &pose);
        }
        self.live = Some(Live { number, pose });
        let (since_s, count) = &mut self.counts.since;
        *count += 1;
        let passed = now_s - *since_s;
        if passed >= COUNTED_S {
            // After a silence one second is counted, not the silence.
            let fresh = passed >= 2.0 * COUNTED_S;
            self.counts.rate_hz = if fresh { self.counts.rate_hz } else { f64::from(*count) / passed };
            self.counts.since = (now_s, 0);
        }
    }

    /// The newest pose; `None`: nobody has sent one.
    pub fn live(&self) -> Option<Live> {
        self.live.clone()
    }

    /// How it stands.
    pub fn status(&self, now_s: f64) -> Status {
        let heard = self.sender.map(|(_, last_s)| now_s - last_s);
        let [bones, expressions] = self.body.counts();
        let recent = self.other.filter(|(_, last_s)| now_s - last_s < SILENT_S);
        Status {
            hearing: match heard {
                None => Hearing::Nobody,
                Some(silent_s) if silent_s < SILENT_S => Hearing::Live,
                Some(_) => Hearing::Silent,
            },
            sender: self.sender.map(|(sender, _)| sender),
            silent_s: heard.unwrap_or_default(),
            other: recent.map(|(other, _)| other),
            poses: self.live.as_ref().map_or(0, |live| live.number),
            rate_hz: self.counts.rate_hz,
            packets: self.counts.packets,
            malformed: self.counts.malformed,
            bones,
            expressions,
            unloaded: self.counts.unloaded,
            calibrated: self.body.calibration.is_some(),
            calibrates_in_s: self.calibrates_s.map(|at_s| (at_s - now_s).max(0.0)),
            recorded: self.recorder.as_ref().map(Recorder::frames),
        }
    }

    /// After so many seconds the sender stands in T-pose: what it sends then is taken for that.
    pub fn calibrate(&mut self, now_s: f64, in_s: f64) {
        self.calibrates_s = Some(now_s + in_s.max(0.0));
    }

    /// The sender's T-pose is not known any more.
    pub fn forget_calibration(&mut self) {
        (self.body.calibration, self.calibrates_s) = (None, None);
    }

    /// Records from now on; what was recorded before is given up.
    pub fn record(&mut self, now_s: f64, fps: f64) {
        let held = self.live.as_ref().map(|live| live.pose.clone());
        self.recorder = Some(Recorder::new(fps, now_s, held));
    }

    /// Ends the recording. `None`: there is none, or nobody sent a pose.
    pub fn stop_recording(&mut self, now_s: f64) -> Option<Take> {
        self.recorder.take()?.finish(now_s)
    }
}
