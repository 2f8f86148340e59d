//! Videos, by ffmpeg: frames go through a pipe into another process, which writes beside the target until it is done.

use super::bleed::bleed;
use super::{Clip, ExportError, Exported, Sink, Sound};
use crate::files::Foreign;
use crate::picture::Picture;
use std::ffi::OsString;
use std::fs::File;
use std::io::{ErrorKind, Read as _, Seek as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

/// Colours as screens take them to be. Some encoders ask the frames, others what is said of the file.
const BT709: [&str; 8] = [
    "-vf",
    "scale=out_color_matrix=bt709:out_range=tv,setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709",
    "-colorspace",
    "bt709",
    "-color_primaries",
    "bt709",
    "-color_trc",
    "bt709",
];
/// The frames' own colours, which nothing converts.
const SRGB: [&str; 4] = ["-color_primaries", "bt709", "-color_trc", "iec61966-2-1"];

/// How a video is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Codec {
    H264,
    Vp9,
    Prores,
    Qtrle,
    Ffv1,
}

/// What ffmpeg is told for a codec.
struct Recipe {
    kind: &'static str,
    /// The first that is there is taken, with what it is told.
    encoders: &'static [(&'static str, &'static [&'static str])],
    more: &'static [&'static str],
    muxer: &'static str,
    sound: &'static str,
}

impl Codec {
    const fn recipe(self) -> Recipe {
        match self {
            Self::H264 => Recipe {
                kind: "H.264",
                encoders: &[
                    ("libx264", &["-crf", "16", "-preset", "slow"]),
                    ("libopenh264", &["-b:v", "12M"]),
                    ("h264_mf", &["-b:v", "12M"]),
                    ("h264_videotoolbox", &["-b:v", "12M"]),
                ],
                more: &["-pix_fmt", "yuv420p", "-movflags", "+faststart"],
                muxer: "mp4",
                sound: "aac",
            },
            Self::Vp9 => Recipe {
                kind: "VP9",
                encoders: &[("libvpx-vp9", &["-b:v", "0", "-crf", "20", "-row-mt", "1", "-auto-alt-ref", "0"])],
                more: &["-pix_fmt", "yuva420p"],
                muxer: "webm",
                sound: "libopus",
            },
            Self::Prores => Recipe {
                kind: "ProRes 4444",
                encoders: &[("prores_ks", &["-profile:v", "4444", "-alpha_bits", "16", "-vendor", "apl0"])],
                more: &["-pix_fmt", "yuva444p10le"],
                muxer: "mov",
                sound: "pcm_s16le",
            },
            Self::Qtrle => Recipe {
                kind: "QuickTime Animation",
                encoders: &[("qtrle", &[])],
                more: &["-pix_fmt", "argb"],
                muxer: "mov",
                sound: "pcm_s16le",
            },
            Self::Ffv1 => Recipe {
                kind: "FFV1",
                encoders: &[("ffv1", &["-level", "3"])],
                more: &["-pix_fmt", "bgra"],
                muxer: "matroska",
                sound: "flac",
            },
        }
    }

    const fn is_lossless(self) -> bool {
        matches!(self, Self::Qtrle | Self::Ffv1)
    }
}

pub(super) struct Video {
    target: Foreign,
    codec: Codec,
    size_px: [u32; 2],
    child: Running,
    stdin: Option<ChildStdin>,
    said: File,
}

/// ffmpeg, which ends when nobody wants its video any more.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended already hears nothing of it.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Whether there is an ffmpeg to write videos with. It is started to be asked.
pub fn ffmpeg_is_there() -> bool {
    ffmpeg().arg("-version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

fn ffmpeg() -> Command {
    let mut command = Command::new("ffmpeg");
    command.args(["-nostdin", "-hide_banner"]).stdin(Stdio::null());
    command
}

/// A name alone may mean a place on the network to ffmpeg.
fn file(path: &Path) -> Result<OsString, ExportError> {
    let mut name = OsString::from("file:");
    name.push(std::path::absolute(path).map_err(ExportError::reading(path))?);
    Ok(name)
}

impl Video {
    pub(super) fn begin(clip: &Clip, target: &Path, codec: Codec, sound: Option<&Sound>) -> Result<Self, ExportError> {
        let recipe = codec.recipe();
        let (encoder, told) = chosen(&recipe)?;
        let target = Foreign::begin(target).map_err(ExportError::writing(target))?;
        // Half as many pixels of colour as of light: sides have to be even.
        let even = |px: u32| if matches!(codec, Codec::H264 | Codec::Vp9) { px.next_multiple_of(2) } else { px };
        let size_px = [even(clip.width_px), even(clip.height_px)];
        let [frames, seconds] = clip.rate.ratio();
        let mut command = Command::new("ffmpeg");
        command.args(["-hide_banner", "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgba"]);
        command.args(["-video_size", &format!("{}x{}", size_px[0], size_px[1])]);
        command.args(["-framerate", &format!("{frames}/{seconds}"), "-i", "-"]);
        match sound {
            Some(sound) => {
                sound.check()?;
                command.args(["-protocol_whitelist", "file", "-i"]).arg(file(&sound.file)?);
                let filters = in_time(sound.begins_s, clip.frames as f64 * f64::from(seconds) / f64::from(frames));
                command.args(["-map", "0:v", "-map", "1:a", "-af", &filters, "-c:a", recipe.sound]);
            }
            None => {
                command.arg("-an");
            }
        }
        command.args(["-c:v", encoder]).args(told).args(recipe.more);
        if codec.is_lossless() {
            command.args(SRGB)
        } else {
            command.args(BT709)
        };
        command.args(["-f", recipe.muxer]).arg(file(target.place())?);
        let said = tempfile::tempfile().map_err(ExportError::writing(&std::env::temp_dir()))?;
        let theirs = said.try_clone().map_err(ExportError::writing(&std::env::temp_dir()))?;
        let child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(theirs).spawn().map_err(unstarted)?;
        let mut child = Running(child);
        let stdin = child.0.stdin.take();
        Ok(Self { target, codec, size_px, child, stdin, said })
    }

    /// Why ffmpeg gave up, by its own last words.
    fn failed(&mut self) -> ExportError {
        drop(self.stdin.take());
        let _ = self.child.0.wait();
        let mut said = Vec::new();
        let _ = self.said.rewind().and_then(|()| self.said.read_to_end(&mut said));
        let said = String::from_utf8_lossy(&said);
        let last = said.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or("it said nothing");
        ExportError::Ffmpeg { path: self.target.path().to_owned(), said: crate::text::line(last).into_owned() }
    }
}

impl Sound {
    /// Says before minutes of painting that there is no such file.
    ///
    /// # Errors
    /// What the file system says.
    pub fn check(&self) -> Result<(), ExportError> {
        crate::files::open(&self.file).map(drop).map_err(ExportError::reading(&self.file))
    }
}

/// What puts a sound in its place, to the sample, and makes it as long as the frames: cut off, or silent at both ends.
fn in_time(begins_s: f64, length_s: f64) -> String {
    let begins = match begins_s {
        begins if begins < 0.0 => format!("atrim=start={:.6},asetpts=PTS-STARTPTS,", -begins),
        begins if begins > 0.0 => format!("adelay=delays={:.3}:all=1,", 1000.0 * begins),
        _ => String::new(),
    };
    format!("{begins}apad,atrim=end={length_s:.6}")
}

/// The first encoder that this ffmpeg has.
fn chosen(recipe: &Recipe) -> Result<(&'static str, &'static [&'static str]), ExportError> {
    let asked = ffmpeg().args(["-loglevel", "error", "-encoders"]).output().map_err(unstarted)?;
    let list = String::from_utf8_lossy(&asked.stdout);
    let has = |name: &str| list.lines().any(|line| line.split_whitespace().nth(1) == Some(name));
    recipe.encoders.iter().copied().find(|(name, _)| has(name)).ok_or_else(|| ExportError::NoEncoder {
        kind: recipe.kind,
        encoders: recipe.encoders.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", "),
    })
}

fn unstarted(error: std::io::Error) -> ExportError {
    match error.kind() {
        ErrorKind::NotFound => ExportError::NoFfmpeg,
        _ => ExportError::Io { doing: "start", path: "ffmpeg".into(), source: error },
    }
}

impl Sink for Video {
    fn frame(&mut self, picture: &Picture) -> Result<(), ExportError> {
        let mut picture = picture.clone();
        if !self.codec.is_lossless() {
            // Colours are packed in blocks, which reach into what is transparent.
            bleed(&mut picture);
        }
        let [width, height] = self.size_px.map(|px| px as usize);
        let mut bytes = Vec::with_capacity(4 * width * height);
        for row in picture.pixels.chunks_exact(picture.width_px as usize) {
            bytes.extend_from_slice(row.as_flattened());
            // The last column and row once more, up to even sides.
            bytes.extend(row.iter().next_back().filter(|_| row.len() < width).into_iter().flatten());
        }
        if bytes.len() < 4 * width * height {
            bytes.extend_from_within(bytes.len() - 4 * width..);
        }
        let written = self.stdin.as_mut().map_or(Err(ErrorKind::BrokenPipe.into()), |pipe| pipe.write_all(&bytes));
        written.map_err(|_| self.failed())
    }

    fn finish(mut self: Box<Self>) -> Result<Exported, ExportError> {
        drop(self.stdin.take());
        if !self.child.0.wait().is_ok_and(|status| status.success()) {
            return Err(self.failed());
        }
        let Self { target, .. } = *self;
        let path = target.path().to_owned();
        target.finish().map_err(ExportError::writing(&path))?;
        Ok(Exported { files: vec![path], notes: Vec::new() })
    }
}
