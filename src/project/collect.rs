//! "Collect": a project with everything it refers to, in one folder or one zip file, to be sent or kept.
//!
//! A project may come from a stranger and name any file of this machine. So only what can be read as what the project
//! takes it for goes along, and of a figure exactly what it refers to ([`Figure::sources`]).
//!
//! [`Figure::sources`]: crate::figure::Figure::sources

use super::{FigureSource, Project, file};
use crate::progress::Progress;
use crate::sheet::View;
use crate::{engine, files, weights};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};

/// What was collected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collected {
    /// The project file, or the zip file.
    pub path: PathBuf,
    /// Files copied beside it.
    pub files: usize,
    /// What stayed behind: a sentence each, which names the file and says why.
    pub left_out: Vec<String>,
}

/// Copies the project and its files into `target`: a new or empty folder, or a new file whose name ends in `.zip`.
/// A drawing's sidecar UDP and a figure's textures come along.
///
/// # Errors
/// A target that holds something, files that can't be read or written; `Interrupted` when it was cancelled.
pub fn collect(project: &Project, name: &str, target: &Path, progress: &dyn Progress) -> io::Result<Collected> {
    let zip = target.extension().is_some_and(|e| e.eq_ignore_ascii_case("zip"));
    if zip && target.exists() || !zip && std::fs::read_dir(target).is_ok_and(|mut entries| entries.next().is_some()) {
        let what = format!("{} is there already; choose a new name", target.display());
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, what));
    }
    let Plan { project, copies, left_out, .. } = Plan::of(project);
    progress.stage("Collecting files", copies.len() as u64);
    let project_name = format!("{name}.{}", file::EXTENSION);
    let text = project.to_json(Path::new("/collected/project"))?;
    let count = copies.len();
    if zip {
        files::write_with(target, |out| {
            let mut archive = zip::ZipWriter::new(out);
            let options = zip::write::FileOptions::default().large_file(true);
            archive.start_file(&project_name, options)?;
            archive.write_all(text.as_bytes())?;
            for (to, from) in &copies {
                stop_if_cancelled(progress)?;
                archive.start_file(to.as_str(), options)?;
                io::copy(&mut files::open(from)?, &mut archive)?;
                progress.advance(1);
            }
            archive.finish()?;
            Ok(())
        })?;
        return Ok(Collected { path: target.to_owned(), files: count, left_out });
    }
    std::fs::create_dir_all(target)?;
    for (to, from) in &copies {
        stop_if_cancelled(progress)?;
        let to = target.join(to);
        if let Some(folder) = to.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut source = files::open(from)?;
        files::write_with(&to, |out| io::copy(&mut source, out).map(|_| ()))?;
        progress.advance(1);
    }
    let path = target.join(project_name);
    files::write(&path, text.as_bytes())?;
    Ok(Collected { path, files: count, left_out })
}

fn stop_if_cancelled(progress: &dyn Progress) -> io::Result<()> {
    if progress.cancelled() { Err(io::Error::new(io::ErrorKind::Interrupted, "stopped")) } else { Ok(()) }
}

/// What goes where.
struct Plan {
    /// With its paths moved below `/collected`.
    project: Project,
    /// Where each file goes (with forward slashes), and which it is.
    copies: BTreeMap<String, PathBuf>,
    left_out: Vec<String>,
    /// Names that are given away, lower case: some systems tell no case apart.
    taken: BTreeSet<String>,
}

/// What a project takes a file for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Drawing,
    Figure,
    Weights,
}

impl Plan {
    fn of(project: &Project) -> Self {
        let mut moved = project.clone();
        let mut plan =
            Self { project: Project::default(), copies: BTreeMap::new(), left_out: Vec::new(), taken: BTreeSet::new() };
        let figure = match &project.figure {
            Some(FigureSource::File(path)) => Some(path),
            _ => None,
        };
        let mut known: BTreeMap<(Part, PathBuf), Option<String>> = BTreeMap::new();
        for path in moved.paths_mut() {
            let part = match () {
                () if Some(&*path) == figure => Part::Figure,
                () if project.painting.weights.iter().any(|(_, weights)| weights == path) => Part::Weights,
                () => Part::Drawing,
            };
            let to = known.entry((part, path.clone())).or_insert_with(|| plan.add(part, path));
            if let Some(to) = to {
                *path = Path::new("/collected").join(to);
            }
        }
        plan.project = moved;
        plan
    }

    /// Plans a file with what belongs to it; where it goes, unless it stays behind.
    fn add(&mut self, part: Part, path: &Path) -> Option<String> {
        let added = if path.exists() {
            match part {
                Part::Drawing => self.add_drawing(path),
                Part::Figure => self.add_figure(path),
                Part::Weights => self.add_weights(path),
            }
        } else {
            Err(format!("{} is missing", path.display()))
        };
        added.map_err(|why| self.leave_out(why)).ok()
    }

    fn leave_out(&mut self, why: impl std::fmt::Display) {
        let sentence = format!("left out: {why}");
        // A file may be asked for as several things.
        if !self.left_out.contains(&sentence) {
            self.left_out.push(sentence);
        }
    }

    fn add_drawing(&mut self, path: &Path) -> Result<String, String> {
        View::check_file(path).map_err(|error| error.to_string())?;
        let to = self.name("drawings", path);
        self.copies.insert(to.clone(), path.to_owned());
        if let Some(sidecar) = crate::sheet::sidecar(path) {
            match crate::udp::Udp::load(&sidecar) {
                Ok(_) => {
                    // `front.udp.npz` beside `front.png`, also where the drawing got another name.
                    let tail = sidecar.extension().unwrap_or_default().to_string_lossy().into_owned();
                    let stem = to.rsplit_once('.').map_or(to.as_str(), |(stem, _)| stem);
                    self.copies.insert(format!("{stem}.udp.{tail}"), sidecar);
                }
                Err(error) => self.leave_out(error),
            }
        }
        Ok(to)
    }

    fn add_figure(&mut self, path: &Path) -> Result<String, String> {
        let figure = crate::figure::load(path).map_err(|error| error.to_string())?;
        let to = self.name("figure", path);
        self.copies.insert(to.clone(), path.to_owned());
        let folder = path.parent().unwrap_or(Path::new(""));
        for source in figure.sources {
            // What lies in a folder beside is found in the figure's own as well.
            let inside = source.strip_prefix(folder).unwrap_or(&source);
            let parts: Vec<_> = inside
                .components()
                .filter_map(|part| match part {
                    Component::Normal(part) => Some(part.to_string_lossy().into_owned()),
                    _ => None,
                })
                .collect();
            if parts.iter().any(|part| *part != portable(part)) {
                self.leave_out(format_args!("{} has a name that not every system can write", source.display()));
                continue;
            }
            let to = format!("figure/{}", parts.join("/"));
            self.taken.insert(to.to_lowercase());
            self.copies.insert(to, source);
        }
        Ok(to)
    }

    fn add_weights(&mut self, path: &Path) -> Result<String, String> {
        let known = engine::graphs().map_err(|error| error.to_string())?;
        let (_, file) = weights::identify(path, &known).map_err(|error| error.to_string())?;
        let to = self.name("weights", path);
        for file in file.files() {
            let to = match file.strip_prefix(path) {
                Ok(inside) if !inside.as_os_str().is_empty() => format!("{to}/{}", inside.display()),
                _ => to.clone(),
            };
            self.copies.insert(to, file.to_owned());
        }
        Ok(to)
    }

    /// A name below `folder` that no other file has.
    fn name(&mut self, folder: &str, path: &Path) -> String {
        let part = |part: Option<&std::ffi::OsStr>| portable(&part.unwrap_or_default().to_string_lossy());
        let stem = part(path.file_stem());
        let extension = path.extension().map_or_else(String::new, |e| format!(".{}", part(Some(e))));
        (1..)
            .map(|n| match n {
                1 => format!("{folder}/{stem}{extension}"),
                n => format!("{folder}/{stem}-{n}{extension}"),
            })
            .find(|name| self.taken.insert(name.to_lowercase()))
            .unwrap_or_default()
    }
}

/// A file's name as every system can write it.
fn portable(name: &str) -> String {
    const RESERVED: [&str; 4] = ["con", "prn", "aux", "nul"];
    let mut portable: String =
        name.chars().map(|c| if c.is_control() || r#"\/:*?"<>|"#.contains(c) { '_' } else { c }).collect();
    let stem = portable.split('.').next().unwrap_or_default().to_lowercase();
    let numbered =
        |kind: &str| stem.strip_prefix(kind).is_some_and(|n| n.len() == 1 && n.as_bytes()[0].is_ascii_digit());
    if RESERVED.contains(&stem.as_str()) || numbered("com") || numbered("lpt") {
        portable.insert(0, '_');
    }
    if portable.ends_with(['.', ' ']) {
        portable.push('_');
    }
    portable
}

#[cfg(test)]
mod tests {
    use super::super::{Drawing, DrawingSource, Tracing};
    use super::*;
    use crate::picture::Picture;
    use crate::progress::Silent;
    use crate::udp::Udp;

    /// Two drawings of one name in two folders, a sidecar, a missing one, and a figure with a texture.
    fn scattered(root: &Path) -> Project {
        for folder in ["a", "b", "figure/textures"] {
            std::fs::create_dir_all(root.join(folder)).unwrap();
        }
        let picture = |shade: u8| Picture { width_px: 1, height_px: 1, pixels: vec![[shade, 0, 0, 255]] };
        for (shade, file) in (1..).zip(["a/front.png", "b/front.png", "figure/textures/skin.png", "figure/unused.png"])
        {
            picture(shade).save_png(&root.join(file)).unwrap();
        }
        Udp::new(1, 1).save(&root.join("b/front.udp.npz")).unwrap();
        std::fs::write(root.join("figure/f.mtl"), "newmtl skin\nmap_Kd textures/skin.png\n").unwrap();
        let triangle = "mtllib f.mtl\nusemtl skin\nv 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n";
        std::fs::write(root.join("figure/f.obj"), triangle).unwrap();
        let drawing = |name: &str| Drawing { source: DrawingSource::File(root.join(name)), enabled: true };
        Project {
            sheet: vec![drawing("a/front.png"), drawing("b/front.png"), drawing("gone.png")],
            figure: Some(FigureSource::File(root.join("figure/f.obj"))),
            ..Project::default()
        }
    }

    fn check(project: &Project) {
        let shade = |drawing: &Drawing| View::open(drawing.source.path().unwrap()).unwrap().picture.pixels[0][0];
        assert_eq!((shade(&project.sheet[0]), shade(&project.sheet[1])), (1, 2));
        assert!(crate::sheet::sidecar(project.sheet[1].source.path().unwrap()).is_some());
        let Some(FigureSource::File(figure)) = &project.figure else { panic!() };
        assert!(figure.with_file_name("textures").join("skin.png").exists());
        assert!(!figure.with_file_name("unused.png").exists(), "the figure doesn't refer to it");
    }

    #[test]
    fn a_folder_holds_everything() {
        let root = tempfile::tempdir().unwrap();
        let project = scattered(root.path());
        let target = root.path().join("collected");
        let collected = collect(&project, "mine", &target, &Silent).unwrap();
        assert_eq!(collected.left_out, [format!("left out: {} is missing", root.path().join("gone.png").display())]);
        check(&Project::load(&collected.path).unwrap());
        assert!(collect(&project, "mine", &target, &Silent).is_err(), "it is not empty any more");
    }

    #[test]
    fn a_zip_holds_everything() {
        let root = tempfile::tempdir().unwrap();
        let project = scattered(root.path());
        let target = root.path().join("mine.zip");
        collect(&project, "mine", &target, &Silent).unwrap();
        let out = root.path().join("out");
        zip::ZipArchive::new(std::fs::File::open(&target).unwrap()).unwrap().extract(&out).unwrap();
        check(&Project::load(&out.join("mine.settei")).unwrap());
        assert!(collect(&project, "mine", &target, &Silent).is_err());
    }

    #[test]
    fn a_texture_that_is_a_drawing_too_goes_to_both_places() {
        let root = tempfile::tempdir().unwrap();
        let mut project = scattered(root.path());
        let skin = root.path().join("figure/textures/skin.png");
        project.sheet.push(Drawing { source: DrawingSource::File(skin), enabled: true });
        let collected = collect(&project, "mine", &root.path().join("collected"), &Silent).unwrap();
        let project = Project::load(&collected.path).unwrap();
        check(&project);
        assert!(project.sheet[3].source.path().unwrap().ends_with("drawings/skin.png"));
    }

    #[test]
    fn nothing_goes_along_that_is_not_what_the_project_takes_it_for() {
        let root = tempfile::tempdir().unwrap();
        let place = |name: &str| root.path().join(name);
        std::fs::create_dir_all(place("home/.ssh")).unwrap();
        for secret in ["home/.ssh/id_rsa", "home/.netrc", "home/notes.png", "home/diary"] {
            std::fs::write(place(secret), "SECRET").unwrap();
        }
        let drawing = |name: &str| Drawing { source: DrawingSource::File(place(name)), enabled: true };
        let mut project = Project {
            sheet: vec![drawing("home/.ssh/id_rsa"), drawing("home/.ssh"), drawing("home/notes.png")],
            figure: Some(FigureSource::File(place("home/.netrc"))),
            tracing: Some(Tracing::new(DrawingSource::File(place("home/diary")))),
            ..Project::default()
        };
        project.painting.weights.set(engine::GraphKind::Conr, Some(place("home")));
        let collected = collect(&project, "mine", &place("out"), &Silent).unwrap();
        assert_eq!((collected.files, collected.left_out.len()), (0, 6), "{:?}", collected.left_out);
        let root = root.path().to_string_lossy().into_owned();
        assert!(collected.left_out.iter().all(|note| note.matches(&root).count() == 1), "{:?}", collected.left_out);
        assert_eq!(std::fs::read_dir(place("out")).unwrap().count(), 1, "the project alone");
    }

    #[cfg(unix)]
    #[test]
    fn pipes_and_devices_are_not_waited_for() {
        let root = tempfile::tempdir().unwrap();
        let drawing = Drawing { source: DrawingSource::File("/dev/zero".into()), enabled: true };
        let project = Project { sheet: vec![drawing], ..Project::default() };
        let collected = collect(&project, "mine", &root.path().join("out"), &Silent).unwrap();
        assert_eq!(collected.files, 0);
        assert!(collected.left_out[0].contains("device"), "{:?}", collected.left_out);
    }

    #[test]
    fn names_are_such_that_every_system_writes_them() {
        for (name, written) in [
            ("front", "front"),
            ("設定画 1.png", "設定画 1.png"),
            ("a\\b", "a_b"),
            ("C:x", "C_x"),
            ("con.png", "_con.png"),
            ("LPT1", "_LPT1"),
            ("dot.", "dot._"),
            ("line\nbreak", "line_break"),
        ] {
            assert_eq!(portable(name), written);
        }
    }
}
