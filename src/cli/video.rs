//! The frames of a video, by ffmpeg.

use super::report::Report;
use crate::progress::{Progress as _, Quiet};
use crate::sheet::View;
use anyhow::{Context as _, Result, bail};
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// More frames are not taken of one video.
const MOST_FRAMES: usize = 3600;
/// The longer side of a frame, at most: the detector sees it much smaller.
const LARGEST_PX: u32 = 768;

/// A video's frames as files, which go when this goes.
pub(super) struct VideoFrames {
    /// The video's name.
    pub(super) name: String,
    /// In their order.
    pub(super) files: Vec<PathBuf>,
    _folder: TempDir,
}

impl VideoFrames {
    /// So many frames a second of a video.
    ///
    /// # Errors
    /// No ffmpeg; a file that is none that it can read; stopped.
    pub(super) fn of(video: &Path, fps: f64, report: &Report) -> Result<Self> {
        if !video.is_file() {
            bail!("{} is not there: give the name of a video", video.display());
        }
        let folder = tempfile::tempdir().context("there is no room for the frames of the video")?;
        report.stage("taking the video apart", 0);
        take_apart(video, fps, folder.path(), report)?;
        let mut files: Vec<PathBuf> = Vec::new();
        for entry in std::fs::read_dir(folder.path())? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "png") {
                files.push(path);
            }
        }
        files.sort();
        if files.is_empty() {
            bail!("{} has no picture in it: choose a video that shows something", video.display());
        }
        if files.len() >= MOST_FRAMES {
            report.warn(format_args!("{} is long: its first {MOST_FRAMES} frames are taken", video.display()));
        }
        let name = video.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { name, files, _folder: folder })
    }

    /// A frame, without its background if that can be told; it goes by the video's name.
    ///
    /// # Errors
    /// Nothing in it says where the character ends.
    pub(super) fn open(&self, i: usize, report: &Report) -> Result<View> {
        let (view, _) = View::open(&self.files[i])?.cut_out_unasked(&Quiet(report));
        view.check_cut_out().with_context(|| {
            format!("frame {} of {} has a background that can't be told from the character", i + 1, self.name)
        })?;
        Ok(View { name: self.name.clone(), path: None, ..view })
    }
}

fn take_apart(video: &Path, fps: f64, folder: &Path, report: &Report) -> Result<()> {
    let said = folder.join("said.txt");
    // A name alone may mean a place on the network to ffmpeg; a list of files may lead there.
    let mut input = std::ffi::OsString::from("file:");
    input.push(std::path::absolute(video)?);
    let scale = format!(
        "fps={fps},scale=w='min({LARGEST_PX},iw)':h='min({LARGEST_PX},ih)':force_original_aspect_ratio=decrease"
    );
    let spawned = Command::new("ffmpeg")
        .args(["-nostdin", "-hide_banner", "-loglevel", "error", "-protocol_whitelist", "file", "-i"])
        .arg(input)
        .args(["-vf", &scale, "-frames:v", &MOST_FRAMES.to_string(), "-pix_fmt", "rgba"])
        .arg(folder.join("%06d.png"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(File::create(&said)?)
        .spawn();
    let mut ffmpeg = match spawned {
        Ok(child) => child,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            bail!("videos are taken apart by ffmpeg, which is not there: install it, or put its folder on PATH")
        }
        Err(error) => return Err(error).context("ffmpeg can't be started"),
    };
    let status = loop {
        if let Some(status) = ffmpeg.try_wait()? {
            break status;
        }
        if let Err(stopped) = report.go_on() {
            let _ = ffmpeg.kill();
            let _ = ffmpeg.wait();
            return Err(stopped.into());
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    if !status.success() {
        let said = std::fs::read(&said).unwrap_or_default();
        let said = String::from_utf8_lossy(&said).lines().last().unwrap_or("it said nothing").to_owned();
        bail!("ffmpeg can't read {}: {}", video.display(), crate::text::line(&said));
    }
    Ok(())
}
