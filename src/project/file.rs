//! Project files: versioned JSON, paths relative to the file's own folder.

use super::editions;
use super::{Alignment, Drawing, FigureSource, Project, SoundTrack, Tracing};
use crate::figure::landmarks::Encoding;
use serde_json::Value;
use std::ffi::OsStr;
use std::hash::{DefaultHasher, Hasher as _};
use std::path::{Component, Path, PathBuf};

/// The version written; all up to it are read.
pub const VERSION: u64 = 1;
/// The extension of project files, without dot.
pub const EXTENSION: &str = "settei";
/// What is written even where it is the default: [`Project::hanging`].
const HANGING: &str = "hanging";
/// No project comes near this; what does is something else.
pub(super) const LARGEST_BYTES: u64 = 64 << 20;

/// Why there is no project. Every message names the file and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// The file can't be read or written.
    #[error("can't {verb} the project {path}: {source}", path = path.display())]
    Io {
        /// `read` or `write`.
        verb: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is no project, or says something that makes none.
    #[error("{path} is not a usable project: {what}", path = path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What was wrong and the remedy.
        what: String,
    },
    /// The file comes from a later version of the program.
    #[error("{path} was written by a newer Settei (project version {version}; this one reads version {VERSION}): update Settei to open it",
        path = path.display())]
    TooNew {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: u64,
    },
}

/// What tells one state of a project's file from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp(u64);

impl Stamp {
    /// That of what is in the file now; `None` where there is none that can be read.
    pub fn of_file(path: &Path) -> Option<Self> {
        crate::files::read(path, LARGEST_BYTES).ok().map(|bytes| Self::of(&bytes))
    }

    fn of(bytes: &[u8]) -> Self {
        let mut hasher = DefaultHasher::new();
        hasher.write(bytes);
        Self(hasher.finish())
    }
}

impl Project {
    /// Reads a project file.
    ///
    /// # Errors
    /// A file that can't be read, is no project or comes from a newer version.
    pub fn load(path: &Path) -> Result<Self, ProjectError> {
        let path = absolute(path);
        let bytes = crate::files::read(&path, LARGEST_BYTES).map_err(|source| ProjectError::Io {
            verb: "read",
            path: path.clone(),
            source,
        })?;
        Self::from_json(&bytes, &path)
    }

    /// Writes a project file, whole or not at all. What it is told by comes back.
    ///
    /// # Errors
    /// Whatever the file system says; what was there before is then untouched.
    pub fn save(&self, path: &Path) -> Result<Stamp, ProjectError> {
        let path = absolute(path);
        let failed = |source| ProjectError::Io { verb: "write", path: path.clone(), source };
        let text = self.to_json(&path).map_err(|e| failed(e.into()))?;
        crate::files::write(&path, text.as_bytes()).map_err(failed)?;
        Ok(Stamp::of(text.as_bytes()))
    }

    /// The text of the project as the file `path` (absolute) holds it.
    ///
    /// # Errors
    /// A path that can't be written as text.
    pub fn to_json(&self, path: &Path) -> Result<String, serde_json::Error> {
        let mut project = self.clone();
        let folder = path.parent().unwrap_or(Path::new(""));
        for path in project.paths_mut() {
            *path = relative(path, folder);
        }
        let mut value = serde_json::to_value(&project)?;
        if let (Some(fields), Ok(Value::Object(defaults))) =
            (value.as_object_mut(), serde_json::to_value(Project::default()))
        {
            // Only what differs from the default is written, so that better defaults reach old projects.
            fields.retain(|name, value| name == HANGING || defaults.get(name) != Some(value));
            fields.insert("settei-project".into(), VERSION.into());
            editions::write(fields);
        }
        Ok(serde_json::to_string_pretty(&value)? + "\n")
    }

    /// Reads the text of the project file `path` (absolute).
    ///
    /// # Errors
    /// As [`Project::load`].
    pub fn from_json(bytes: &[u8], path: &Path) -> Result<Self, ProjectError> {
        let invalid = |what: String| ProjectError::Invalid { path: path.to_owned(), what };
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        if bytes.iter().find(|b| !b.is_ascii_whitespace()) != Some(&b'{') {
            return Err(invalid(format!("it isn't JSON. Choose a file that Settei saved (.{EXTENSION})")));
        }
        let mut value: Value = serde_json::from_slice(bytes)
            .map_err(|e| invalid(format!("the JSON breaks off or is mistyped ({e}). Take an older copy of it")))?;
        match value.as_object_mut().and_then(|fields| fields.remove("settei-project")).map(|v| v.as_u64()) {
            Some(Some(1..=VERSION)) => {}
            Some(Some(version @ 2..)) => return Err(ProjectError::TooNew { path: path.to_owned(), version }),
            Some(_) => return Err(invalid(format!("`settei-project` must be the version number, {VERSION}"))),
            None => return Err(invalid("it is some other JSON file. Choose one that Settei saved".into())),
        }
        if let Some(fields) = value.as_object_mut() {
            editions::take(fields);
            // What older versions wrote shows what it showed.
            fields.entry(HANGING).or_insert(false.into());
        }
        let mut project: Project =
            serde_json::from_value(value).map_err(|e| invalid(format!("{e}. Correct it or take an older copy")))?;
        if let Some(FigureSource::StandIn(params)) = &project.figure {
            params
                .check()
                .map_err(|what| invalid(format!("of its stand-in {what}. Correct it or take an older copy")))?;
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        for path in project.paths_mut() {
            *path = normalized(&folder.join(from_slashes(path)));
        }
        project.camera = project.camera.sane();
        for camera in &mut project.cameras {
            camera.camera = camera.camera.sane();
        }
        let largest = crate::raster::LARGEST_SIDE_PX;
        project.frame_px = project.frame_px.map(|side| side.clamp(16, largest));
        project.painting = project.painting.sane();
        project.encoding = project.encoding.map(Encoding::sane);
        project.animation = project.animation.sane();
        project.sound = project.sound.map(SoundTrack::sane);
        project.sheet = project.sheet.into_iter().map(Drawing::sane).collect();
        project.tracing = project.tracing.map(Tracing::sane);
        project.alignments = project.alignments.into_iter().map(Alignment::sane).collect();
        Ok(project)
    }
}

/// `path` as seen from the working folder, without links resolved: what the user sees stays what the user named.
pub fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).map_or_else(|_| path.to_owned(), |path| normalized(&path))
}

/// Without `.` and `..` where that needs no look at the disk.
fn normalized(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

/// `path` from `folder`, with forward slashes, where both are on one disk; else as it is.
fn relative(path: &Path, folder: &Path) -> PathBuf {
    let (path_parts, folder_parts): (Vec<_>, Vec<_>) = (path.components().collect(), folder.components().collect());
    let common = path_parts.iter().zip(&folder_parts).take_while(|(a, b)| a == b).count();
    // Only the root in common: the file is in another place altogether and would not move along.
    if common <= 1 || folder_parts.len() - common > 3 {
        return path.to_owned();
    }
    let up = std::iter::repeat_n(OsStr::new(".."), folder_parts.len() - common);
    let parts: Vec<_> =
        up.chain(path_parts[common..].iter().map(|p| p.as_os_str())).map(|p| p.to_string_lossy()).collect();
    PathBuf::from(parts.join("/"))
}

/// Forward slashes are separators on every system.
fn from_slashes(path: &Path) -> PathBuf {
    match path.to_str() {
        Some(text) if cfg!(windows) => PathBuf::from(text.replace('/', "\\")),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::DrawingSource;
    use super::*;
    use crate::engine::GraphKind;
    use crate::example::CharacterParams;
    use crate::pose::{NamedPose, library};
    use crate::sheet::{BrushStroke, KnownPoint, Side};
    use proptest::prelude::*;

    fn project(folder: &Path) -> Project {
        let drawing = |path: PathBuf, enabled| Drawing { enabled, ..Drawing::new(DrawingSource::File(path)) };
        Project {
            sheet: vec![
                drawing(folder.join("drawings/前.png"), true),
                drawing(PathBuf::from("/elsewhere/back.png"), false),
                Drawing {
                    side: Some(Side::Right),
                    points: vec![KnownPoint { at_px: [30, 4], landmark: [0.5, 0.75, 0.5] }],
                    not_character: vec![
                        BrushStroke { points: vec![[1.5, 2.0], [8.0, 2.5]], radius_px: 6.0, erases: false },
                        BrushStroke { points: vec![[4.0, 2.0]], radius_px: 2.5, erases: true },
                    ],
                    ..Drawing::new(DrawingSource::BuiltIn("side".into()))
                },
            ],
            figure: Some(FigureSource::File(folder.parent().unwrap().join("figure.vrm"))),
            poses: vec![NamedPose { name: "mine".into(), pose: library::find("dance").unwrap().1 }],
            sound: Some(SoundTrack { file: folder.join("songs/歌.ogg"), begins_s: -1.25 }),
            frame_px: [640, 480],
            ..Project::default()
        }
    }

    #[test]
    fn what_is_saved_comes_back_also_after_the_folder_moved() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("a/work");
        std::fs::create_dir_all(&folder).unwrap();
        let saved = project(&folder);
        let stamp = saved.save(&folder.join("p.settei")).unwrap();
        assert_eq!(Stamp::of_file(&folder.join("p.settei")), Some(stamp));
        assert_ne!(Project::default().save(&folder.join("other.settei")).unwrap(), stamp);
        assert_eq!(Project::load(&folder.join("p.settei")).unwrap(), saved);

        std::fs::rename(root.path().join("a"), root.path().join("b")).unwrap();
        let moved = root.path().join("b/work");
        assert_eq!(Project::load(&moved.join("p.settei")).unwrap(), project(&moved));
    }

    #[test]
    fn only_what_differs_from_the_default_is_written() {
        let text = Project::default().to_json(Path::new("/p/x.settei")).unwrap();
        let Value::Object(fields) = serde_json::from_str(&text).unwrap() else { panic!("{text}") };
        let fields: Vec<_> = fields.iter().filter(|(name, _)| *name != "editions").collect();
        assert_eq!(fields, [(&"hanging".to_owned(), &Value::Null), (&"settei-project".to_owned(), &1.into())]);
        assert_eq!(Project::from_json(text.as_bytes(), Path::new("/p/x.settei")).unwrap(), Project::default());
    }

    #[test]
    fn what_older_versions_wrote_hangs_only_if_they_said_so() {
        let hanging = |text: &str| Project::from_json(text.as_bytes(), Path::new("/p/x.settei")).unwrap().hanging;
        assert_eq!(hanging(r#"{"settei-project": 1}"#), Some(false));
        assert_eq!(hanging(r#"{"settei-project": 1, "hanging": true}"#), Some(true));
        for hangs in [None, Some(false), Some(true)] {
            let project = Project { hanging: hangs, ..Project::default() };
            assert_eq!(hanging(&project.to_json(Path::new("/p/x.settei")).unwrap()), hangs);
        }
    }

    #[test]
    fn a_stand_in_comes_back_and_the_generators_defaults_are_the_built_in_figure() {
        let path = Path::new("/p/x.settei");
        for seed in 0..20 {
            let figure = Some(FigureSource::stand_in(CharacterParams::random(seed)));
            let project = Project { figure, ..Project::default() };
            let text = project.to_json(path).unwrap();
            assert_eq!(Project::from_json(text.as_bytes(), path).unwrap(), project);
        }
        assert_eq!(FigureSource::stand_in(CharacterParams::default()), FigureSource::BuiltIn);
        let read = |figure: &str| {
            let text = format!(r#"{{"settei-project": 1, "figure": {figure}}}"#);
            Project::from_json(text.as_bytes(), path).map(|project| project.figure)
        };
        assert_eq!(read(r#""built-in""#).unwrap(), Some(FigureSource::BuiltIn), "as older versions wrote it");
        let some = read(r#"{"stand-in": {"hair": {"length": 1.5}}}"#).unwrap().unwrap().params().unwrap();
        assert_eq!(
            (some.hair.length, some.build),
            (1.5, CharacterParams::default().build),
            "what is left out is usual"
        );
        let message = read(r#"{"stand-in": {"build": {"head": 1000}}}"#).unwrap_err().to_string();
        assert!(message.contains("build.head is 1000"), "{message}");
    }

    #[test]
    fn what_is_no_project_is_refused_by_a_sentence_that_names_it() {
        let path = Path::new("/p/x.settei");
        for (text, says) in [
            ("", "isn't JSON"),
            ("\u{89}PNG", "isn't JSON"),
            ("{\"settei-project\": 1, ", "breaks off"),
            ("{}", "some other JSON"),
            ("{\"settei-project\": \"x\"}", "version number"),
            ("{\"settei-project\": 7}", "newer Settei"),
            ("{\"settei-project\": 1, \"pose\": {\"settei_pose\": 1, \"bones\": {\"tail\": [0,0,0,1]}}}", "tail"),
            ("{\"settei-project\": 1, \"frame-px\": [1]}", "length 1"),
        ] {
            let message = Project::from_json(text.as_bytes(), path).unwrap_err().to_string();
            assert!(message.contains(says) && message.contains("x.settei"), "{text}: {message}");
        }
        let folder = tempfile::tempdir().unwrap();
        assert!(Project::load(folder.path()).unwrap_err().to_string().contains("folder"));
    }

    #[test]
    fn weights_of_one_graph_are_read_as_those_of_the_first_and_kept_for_each() {
        let (path, conr) = (Path::new("/p/x.settei"), GraphKind::Conr);
        let old = r#"{"settei-project": 1, "painting": {"engine": "conr", "weights": "nets/w.safetensors"}}"#;
        let project = Project::from_json(old.as_bytes(), path).unwrap();
        assert_eq!(project.painting.weights.of(conr).unwrap(), Path::new("/p/nets/w.safetensors"));
        let none = r#"{"settei-project": 1, "painting": {"engine": "conr", "weights": null}}"#;
        assert_eq!(Project::from_json(none.as_bytes(), path).unwrap().painting.weights.of(conr), None);

        let two = r#"{"settei-project": 1,
            "painting": {"weights": {"conr": "nets/w.safetensors", "of a newer program": "/elsewhere/b.safetensors"}}}"#;
        let mut project = Project::from_json(two.as_bytes(), path).unwrap();
        let text = project.to_json(path).unwrap();
        assert!(text.contains(r#""conr": "nets/w.safetensors""#), "{text}");
        assert_eq!(Project::from_json(text.as_bytes(), path).unwrap(), project);
        project.painting.weights.set(conr, None);
        assert_eq!(project.painting.weights.iter().map(|(graph, _)| graph).collect::<Vec<_>>(), ["of a newer program"]);

        let wrong = r#"{"settei-project": 1, "painting": {"weights": [1]}}"#;
        let message = Project::from_json(wrong.as_bytes(), path).unwrap_err().to_string();
        assert!(message.contains("a file for each graph"), "{message}");
    }

    #[test]
    fn numbers_out_of_range_become_usable() {
        let text = r#"{"settei-project": 1, "frame-px": [0, 4000000000], "painting": {"size-px": 100},
            "camera": {"distance-m": 0, "fov-deg": 1e30},
            "sheet": [{"source": {"built-in": "front"}, "enabled": true,
                "points": [{"at-px": [1, 2], "landmark": [0.5, 3, 0.5]}, {"at-px": [1, 2], "landmark": [1e39, 0, 0]}],
                "not-character": [{"points": [[1e39, 0]], "radius-px": 1}, {"points": [[1, 1]], "radius-px": -2}]}]}"#;
        let project = Project::from_json(text.as_bytes(), Path::new("/p/x.settei")).unwrap();
        assert_eq!(project.frame_px, [16, crate::raster::LARGEST_SIDE_PX]);
        assert_eq!(project.painting.size_px, 128);
        assert!(project.camera.distance_m > 0.0 && project.camera.fov_deg <= 120.0);
        assert_eq!(project.sheet[0].points, [KnownPoint { at_px: [1, 2], landmark: [0.5, 1.0, 0.5] }]);
        let [stroke] = &project.sheet[0].not_character[..] else { panic!("{:?}", project.sheet) };
        assert_eq!((&stroke.points[..], stroke.radius_px, stroke.erases), (&[[1.0, 1.0]][..], 0.5, false));
    }

    #[test]
    fn paths_are_told_from_the_projects_folder() {
        for (path, folder, expected) in [
            ("/home/a/p/x.png", "/home/a/p", "x.png"),
            ("/home/a/q/x.png", "/home/a/p", "../q/x.png"),
            ("/media/x.png", "/home/a/p", "/media/x.png"),
        ] {
            assert_eq!(relative(Path::new(path), Path::new(folder)), Path::new(expected));
        }
        assert_eq!(normalized(Path::new("/a/b/../c/./d")), Path::new("/a/c/d"));
        assert_eq!(normalized(Path::new("/../a")), Path::new("/../a"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_project_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Project::from_json(&bytes, Path::new("/p/x.settei"));
        }

        #[test]
        fn damaged_projects_are_a_project_or_an_error(at in 0usize..4000, byte in any::<u8>()) {
            let path = Path::new("/p/x.settei");
            let mut bytes = project(Path::new("/p")).to_json(path).unwrap().into_bytes();
            let at = at % bytes.len();
            bytes[at] = byte;
            let _ = Project::from_json(&bytes, path);
            let _ = Project::from_json(&bytes[..at], path);
        }
    }
}
