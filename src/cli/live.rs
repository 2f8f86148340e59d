//! `settei live`: hears what a program sends that follows a person, and records it.

use super::Usage;
use super::arguments::figure_help;
use super::motion::{free, rate, written};
use super::report::Report;
use crate::events::{Event, LiveInfo};
use crate::live::{Hearing, Listener, PORT, Settings, Smoothing, Status, call_as};
use crate::motion::MotionError;
use crate::motion::load;
use crate::motion::vmd::Legs;
use crate::pose::{Pose, Rig};
use crate::text;
use anyhow::{Result, bail};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How often is looked at what came.
const LOOK: Duration = Duration::from_millis(50);
/// How often it is told, where it goes on as it was.
const TELL: Duration = Duration::from_secs(5);
/// What was said first is named so soon.
const FIRST: Duration = Duration::from_millis(1200);

/// Hear poses that other programs send (VMC protocol), and record them as a motion
///
/// Programs that follow a person by camera, suit or headset send what they see by the VMC protocol (over OSC and UDP):
/// VSeeFace, Warudo, Virtual Motion Capture, XR Animator, mocopi's bridges and many more. Let one send to this machine's
/// port 39539. Bones and expressions are understood by the names of both VRM 0 and VRM 1. The first who sends counts until
/// it stops; what is lost on the way holds.
///
/// Without --seconds it goes on until Ctrl+C, which writes what was recorded.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  settei live --vmc 39539 --seconds 10\n  \
                        settei live --record take.vmd --figure hero.vrm --calibrate 5\n  \
                        settei live --any-address --smooth medium --record take.vrma --seconds 30")]
pub(super) struct LiveCommand {
    /// The port to listen on; 0: any that is free
    #[arg(long, value_name = "PORT", default_value_t = PORT)]
    vmc: u16,
    /// Hear other machines, too, not this one alone
    #[arg(long)]
    any_address: bool,
    /// How much what trembles is smoothed
    #[arg(long, value_enum, value_name = "HOW", default_value = "light")]
    smooth: Smoothing,
    /// After so many seconds whoever moves stands in T-pose, looking ahead: take that for T-pose
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    calibrate: Option<f64>,
    /// Turn the figure round, if it shows its back
    #[arg(long)]
    turned: bool,
    /// Record to this file: .vmd, .vrma or .bvh
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    #[arg(long, value_name = "FILE", requires = "record",
        help = figure_help("The figure that the recording is for [default: the built-in one]"))]
    figure: Option<PathBuf>,
    /// Frames a second of the recording
    #[arg(long, value_name = "N", default_value = "30", value_parser = rate)]
    fps: f64,
    /// Replace the file if it is there
    #[arg(long, requires = "record")]
    overwrite: bool,
    /// End after so long
    #[arg(long, value_name = "N", value_parser = seconds)]
    seconds: Option<f64>,
}

fn seconds(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|number| (0.0..=86_400.0).contains(number));
    number.ok_or_else(|| "seconds, up to a day, belong here".into())
}

impl LiveCommand {
    pub(super) fn run(&self, report: &Report) -> Result<()> {
        let writes = match &self.record {
            Some(to) => {
                free(to, self.overwrite)?;
                Some((to, load::writes(to).map_err(|error| Usage(error.to_string()))?))
            }
            None => None,
        };
        // What can't be read is known before anybody moves.
        let figure = writes.map(|_| super::pose::figure(self.figure.as_deref(), report)).transpose()?;
        let settings = Settings { smoothing: self.smooth, turned: self.turned };
        let listener = Listener::start(self.vmc, self.any_address, settings, || {})?;
        if let Some(in_s) = self.calibrate {
            listener.calibrate(in_s);
        }
        if writes.is_some() {
            listener.record(self.fps);
        }
        // Ctrl+C is how a recording ends: there is time to write it.
        report.take_time();
        report.say(format_args!("listening on {}", listener.address()));
        self.follow(&listener, report);

        if let (Some((to, writes)), Some(figure)) = (writes, figure) {
            let Some(mut take) = listener.stop_recording() else {
                report.go_on()?;
                bail!(
                    "nobody sent a pose to {}: nothing was recorded. Let the program that follows you send VMC to that \
                     port",
                    listener.address()
                );
            };
            drop(listener);
            let rig = Rig::new(&figure);
            take.poses.iter_mut().for_each(|pose| call_as(pose, &figure));
            report.say(format_args!("recorded {} frames", take.poses.len()));
            let stem = to.file_stem().unwrap_or_default();
            take.name = stem.to_string_lossy().into_owned();
            let bytes = written(&take.into_clip(), (writes, Legs::Led), &figure, &rig, report)?;
            crate::files::write(to, &bytes).map_err(|source| MotionError::Io {
                verb: "write",
                path: to.clone(),
                source,
            })?;
            report.wrote(to);
        }
        Ok(report.go_on()?)
    }

    /// Tells what comes until it is over.
    fn follow(&self, listener: &Listener, report: &Report) {
        let begun = Instant::now();
        let over = |now: Duration| self.seconds.is_some_and(|seconds| now.as_secs_f64() >= seconds);
        let mut told: Option<(Status, Duration)> = None;
        let (mut named, mut warned) = (None, Vec::new());
        loop {
            let (live, status) = listener.look();
            let now = begun.elapsed();
            let ends = report.signal().is_some() || over(now);
            let news = told.as_ref().is_none_or(|(last, at)| {
                let other =
                    (last.hearing, last.sender, last.calibrated) != (status.hearing, status.sender, status.calibrated);
                other || now - *at >= TELL && status.hearing == Hearing::Live
            });
            if news || ends {
                tell(&status, listener, report);
                told = Some((status.clone(), now));
            }
            if let Some(live) = live {
                // Each sender's, once all of it has come.
                let (sender, since) = *named.get_or_insert((status.sender, Some(now)));
                if sender != status.sender {
                    named = None;
                } else if since.is_some_and(|since| ends || now - since >= FIRST) {
                    name(&live.pose, report);
                    named = Some((sender, None));
                }
            }
            // Numbers in them change all the time: each trouble is told once.
            for trouble in status.troubles() {
                let kind: String = trouble.chars().filter(|c| !c.is_ascii_digit()).collect();
                if !warned.contains(&kind) {
                    report.warn(&trouble);
                    warned.push(kind);
                }
            }
            if ends {
                return;
            }
            std::thread::sleep(LOOK);
        }
    }
}

fn tell(status: &Status, listener: &Listener, report: &Report) {
    let calibrated = if status.calibrated { "; its T-pose is known" } else { "" };
    report.say(format_args!("{}{calibrated}", status.sentence()));
    report.event(|| {
        Event::Live(LiveInfo {
            address: listener.address().to_string(),
            hearing: match status.hearing {
                Hearing::Nobody => "nobody",
                Hearing::Live => "live",
                Hearing::Silent => "silent",
            }
            .into(),
            sender: status.sender.map(|sender| sender.to_string()),
            other: status.other.map(|other| other.to_string()),
            poses: status.poses,
            poses_a_second: status.rate_hz,
            bones: status.bones,
            expressions: status.expressions,
            malformed: status.malformed,
            calibrated: status.calibrated,
            recorded: status.recorded,
        })
    });
}

/// What a sender moves.
fn name(pose: &Pose, report: &Report) {
    let bones: Vec<&str> = pose.bones.keys().map(|bone| bone.name()).collect();
    report.say(format_args!("bones: {}", bones.join(", ")));
    if !pose.expressions.is_empty() {
        let names: Vec<_> = pose.expressions.keys().map(|name| text::line(name)).collect();
        report.say(format_args!("expressions: {}", names.join(", ")));
    }
}
