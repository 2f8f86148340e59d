//! Why frames can't be exported.

use crate::files::OutputError;
use crate::picture::decode::PictureError;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Why frames can't be exported. Every message names the file and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The file system says so.
    #[error("can't {doing} {path}{remedy}: {source}", path = path.display(), remedy = remedy(source))]
    Io {
        /// `read` or `write`.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Something has that name.
    #[error("{path} is there already: choose another name, or --overwrite", path = path.display())]
    Taken {
        /// The target.
        path: PathBuf,
    },
    /// The results' folder can't be used.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// A frame is no picture.
    #[error("{path} can't be used as a frame: {what}", path = path.display())]
    Picture {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: PictureError,
    },
    /// There are no frames.
    #[error("{path} holds no numbered pictures (such as hero_0001.png): name the folder that frames were painted into", path = path.display())]
    NoFrames {
        /// Where they were looked for.
        path: PathBuf,
    },
    /// There are frames of several clips.
    #[error(
        "{path} holds several sequences of frames ({names}): name the first picture of the one that is meant",
        path = path.display(), names = names.join(", ")
    )]
    Several {
        /// The folder.
        path: PathBuf,
        /// The beginnings of their names.
        names: Vec<String>,
    },
    /// A frame is of another size than the first.
    #[error(
        "{path} is {} pixels and the first frame {}: all frames must be of one size. Paint them anew, or take it away",
        size(*has_px), size(*first_px), path = path.display()
    )]
    Size {
        /// The frame.
        path: PathBuf,
        /// Its width and height.
        has_px: [u32; 2],
        /// Those of the first.
        first_px: [u32; 2],
    },
    /// Frames that this kind of file can't hold.
    #[error("{0}")]
    TooLarge(String),
    /// Videos are another program's.
    #[error(
        "videos are written by ffmpeg, which is not there: install it (ffmpeg.org), or put its folder on PATH. Without \
         it there are animated WebP (.webp), APNG (.png), GIF (.gif) and pictures"
    )]
    NoFfmpeg,
    /// That program can't write this kind.
    #[error(
        "the ffmpeg on this machine has no encoder for {kind} ({encoders}): install a complete build (ffmpeg.org), or \
         choose another kind, such as a lossless video (.mkv)"
    )]
    NoEncoder {
        /// The kind, in words.
        kind: &'static str,
        /// What was looked for.
        encoders: String,
    },
    /// That program gave up.
    #[error("ffmpeg can't write {path}: {said}", path = path.display())]
    Ffmpeg {
        /// The video.
        path: PathBuf,
        /// Its last words.
        said: String,
    },
    /// A picture can't be encoded.
    #[error("a frame can't be encoded as {kind}: {source}")]
    Encode {
        /// As what.
        kind: &'static str,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A name without a number, or one that leads elsewhere.
    #[error("`{0}` is no name for frames: it needs {{frame}}, as in '{{project}}_{{frame:04}}.png', and no folders")]
    Name(String),
    /// The user stopped it.
    #[error("stopped")]
    Stopped,
}

impl ExportError {
    pub(super) fn writing(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { doing: "write", path, source }
    }

    pub(super) fn reading(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { doing: "read", path, source }
    }

    pub(super) fn encoding(kind: &'static str) -> impl FnOnce(image::ImageError) -> Self {
        move |source| Self::Encode { kind, source: Box::new(source) }
    }
}

fn remedy(error: &io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            " (make room and run it again: what is finished is kept, the rest goes on from there)"
        }
        _ => "",
    }
}

fn size([width, height]: [u32; 2]) -> String {
    format!("{width}×{height}")
}
