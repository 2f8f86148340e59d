//! "Collect": a project with everything it refers to, in one folder or one zip file, to be sent or kept.
//!
//! A project may come from a stranger and name any file of this machine. So only what can be read as what the project
//! takes it for goes along, and of a figure exactly what it refers to ([`Figure::sources`]); what lies outside the
//! project's folder can be told before ([`Collection::outside`]).
//!
//! [`Figure::sources`]: crate::figure::Figure::sources

use super::{FigureSource, Project, file};
use crate::progress::Progress;
use crate::sheet::View;
use crate::{engine, files, sound, text, weights};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read as _, Write as _};
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

/// What goes where when a project is collected: its drawings with their UDPs, its figure with what that refers to, its
/// motion, its sound, its weights.
pub struct Collection {
    /// With its paths moved below `/collected`.
    project: Project,
    /// Where each file goes (with forward slashes), and which it is.
    copies: BTreeMap<String, PathBuf>,
    left_out: Vec<String>,
    /// Names that are given away, lower case: some systems tell no case apart.
    taken: BTreeSet<String>,
    /// Nothing goes along that lies elsewhere.
    within: Option<PathBuf>,
}

impl Collection {
    /// Writes it into `target`: a folder, or a new file whose name ends in `.zip`. `name` is what the project's file is
    /// called, without ending.
    ///
    /// A folder may hold a part of the same collection, which a stopped one left there: the rest is added.
    ///
    /// # Errors
    /// A target that holds something else, files that can't be read or written; `Interrupted` when it was cancelled.
    pub fn write(&self, name: &str, target: &Path, progress: &dyn Progress) -> io::Result<Collected> {
        let project_name = format!("{}.{}", portable(name), file::EXTENSION);
        progress.stage("Collecting files", self.copies.len() as u64);
        let zip = target.extension().is_some_and(|e| e.eq_ignore_ascii_case("zip"));
        let path = match zip {
            true => self.write_zip(&project_name, target, progress)?,
            false => self.write_folder(&project_name, target, progress)?,
        };
        Ok(Collected { path, files: self.copies.len(), left_out: self.left_out.clone() })
    }

    fn write_zip(&self, project_name: &str, target: &Path, progress: &dyn Progress) -> io::Result<PathBuf> {
        if target.exists() {
            return Err(taken(target));
        }
        files::write_with(target, |out| {
            let mut archive = zip::ZipWriter::new(out);
            let options = zip::write::FileOptions::default().large_file(true);
            archive.start_file(project_name, options)?;
            archive.write_all(self.project_text()?.as_bytes())?;
            for (to, from) in &self.copies {
                stop_if_cancelled(progress)?;
                archive.start_file(to.as_str(), options)?;
                io::copy(&mut files::open(from)?, &mut archive)?;
                progress.advance(1);
            }
            archive.finish()?;
            Ok(())
        })?;
        Ok(target.to_owned())
    }

    /// The project's file comes last: a folder that has it is complete.
    fn write_folder(&self, project_name: &str, target: &Path, progress: &dyn Progress) -> io::Result<PathBuf> {
        let path = target.join(project_name);
        if path.exists() || target.is_file() {
            return Err(taken(target));
        }
        let mut there = BTreeSet::new();
        self.look_into(target, "", &mut there)?;
        let new = !target.exists();
        std::fs::create_dir_all(target)?;
        for (to, from) in &self.copies {
            let copied = stop_if_cancelled(progress).and_then(|()| match there.contains(to) {
                true => Ok(()),
                false => copy(from, &target.join(to)),
            });
            if copied.is_err() && new {
                remove_empty(target);
            }
            copied?;
            progress.advance(1);
        }
        files::write(&path, self.project_text()?.as_bytes())?;
        Ok(path)
    }

    /// Finds the files of this collection that are there already.
    ///
    /// # Errors
    /// There is anything else.
    fn look_into(&self, folder: &Path, inside: &str, there: &mut BTreeSet<String>) -> io::Result<()> {
        let entries = match std::fs::read_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        for entry in entries {
            let (entry, kind) = entry.and_then(|entry| entry.file_type().map(|kind| (entry, kind)))?;
            let name = entry.file_name();
            let name = format!("{inside}{}", name.to_string_lossy());
            let source = self.copies.get(&name);
            if kind.is_dir() {
                self.look_into(&entry.path(), &format!("{name}/"), there)?;
            } else if source.is_some_and(|source| kind.is_file() && same(source, &entry.path()).unwrap_or(false)) {
                there.insert(name);
            } else if !files::is_rubbish(&entry.path()) {
                return Err(taken(&entry.path()));
            }
        }
        Ok(())
    }

    fn project_text(&self) -> io::Result<String> {
        Ok(self.project.to_json(Path::new("/collected/project"))?)
    }

    /// The files that don't lie in `folder`: whoever made the project may have meant this machine's own.
    pub fn outside(&self, folder: &Path) -> Vec<&Path> {
        let outside: BTreeSet<&Path> =
            self.copies.values().map(PathBuf::as_path).filter(|path| !lies_in(path, folder)).collect();
        outside.into_iter().collect()
    }
}

/// Wherever links lead.
fn lies_in(path: &Path, folder: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| file::absolute(path));
    real(path).starts_with(real(folder))
}

/// Two files hold the same.
fn same(one: &Path, other: &Path) -> io::Result<bool> {
    let (mut one, mut other) = (files::open(one)?, files::open(other)?);
    let mut left = one.metadata()?.len();
    if left != other.metadata()?.len() {
        return Ok(false);
    }
    let mut pieces = [[0; 1 << 16]; 2];
    while left > 0 {
        let length = left.min(1 << 16) as usize;
        let [a, b] = pieces.each_mut().map(|piece| &mut piece[..length]);
        one.read_exact(a)?;
        other.read_exact(b)?;
        if a != b {
            return Ok(false);
        }
        left -= length as u64;
    }
    Ok(true)
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut source = files::open(from)?;
    if let Some(folder) = to.parent() {
        std::fs::create_dir_all(folder)?;
    }
    files::write_with(to, |out| io::copy(&mut source, out).map(|_| ()))
}

/// Takes a folder away that holds nothing but empty folders.
fn remove_empty(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let _ = std::fs::remove_dir(entry.path());
    }
    let _ = std::fs::remove_dir(folder);
}

fn taken(path: &Path) -> io::Error {
    io::Error::new(io::ErrorKind::AlreadyExists, format!("{} is there already; choose a new name", path.display()))
}

fn stop_if_cancelled(progress: &dyn Progress) -> io::Result<()> {
    if progress.cancelled() { Err(io::Error::new(io::ErrorKind::Interrupted, "stopped")) } else { Ok(()) }
}

/// What a project takes a file for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Drawing,
    Figure,
    Motion,
    Sound,
    Weights,
}

impl Collection {
    /// What belongs to a project. `within`: nothing but what lies in that folder. Files are looked into, figures loaded.
    pub fn of(project: &Project, within: Option<&Path>) -> Self {
        let mut moved = project.clone();
        let mut plan = Self {
            project: Project::default(),
            copies: BTreeMap::new(),
            left_out: Vec::new(),
            taken: BTreeSet::new(),
            within: within.map(Path::to_owned),
        };
        let figure = match &project.figure {
            Some(FigureSource::File(path)) => Some(path),
            _ => None,
        };
        let motions: Vec<_> = moved.animation.sources_mut().map(|source| source.clone()).collect();
        let mut known: BTreeMap<(Part, PathBuf), Option<String>> = BTreeMap::new();
        for path in moved.paths_mut() {
            let part = match () {
                () if Some(&*path) == figure => Part::Figure,
                () if motions.iter().any(|motion| motion.path() == Some(&*path)) => Part::Motion,
                () if project.sound.as_ref().is_some_and(|sound| sound.file == *path) => Part::Sound,
                () if project.painting.weights.iter().any(|(_, weights)| weights == path) => Part::Weights,
                () if project.painting.tuned.file.as_ref() == Some(&*path) => Part::Weights,
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
        let added = match part {
            _ if !path.exists() => Err(format!("{} is missing", path.display())),
            _ if self.excluded(path) => Err(elsewhere(path)),
            Part::Drawing => self.add_drawing(path),
            Part::Figure => self.add_figure(path),
            Part::Motion => self.add_motion(path),
            Part::Sound => self.add_sound(path),
            Part::Weights => self.add_weights(path),
        };
        added.map_err(|why| self.leave_out(why)).ok()
    }

    fn excluded(&self, path: &Path) -> bool {
        self.within.as_ref().is_some_and(|folder| !lies_in(path, folder))
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
                Ok(_) if self.excluded(&sidecar) => self.leave_out(elsewhere(&sidecar)),
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
            if self.excluded(&source) {
                self.leave_out(elsewhere(&source));
                continue;
            }
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

    /// What a glTF in text refers to is not known here, and a motion without it is none.
    fn add_motion(&mut self, path: &Path) -> Result<String, String> {
        crate::motion::load(path).map_err(|error| error.to_string())?;
        let format = files::formats::by_name(crate::motion::load::FORMATS, path);
        if format.is_some_and(|format| !format.self_contained) {
            return Err(format!("{} keeps its motion in further files: save it as .glb", path.display()));
        }
        let to = self.name("motions", path);
        self.copies.insert(to.clone(), path.to_owned());
        Ok(to)
    }

    fn add_sound(&mut self, path: &Path) -> Result<String, String> {
        let mut sound = sound::Decoder::open(path).map_err(|error| error.to_string())?;
        sound.block().map_err(|error| error.to_string())?;
        let to = self.name("sounds", path);
        self.copies.insert(to.clone(), path.to_owned());
        Ok(to)
    }

    fn add_weights(&mut self, path: &Path) -> Result<String, String> {
        let known = engine::graphs().map_err(|error| error.to_string())?;
        let (_, file) = weights::identify(path, &known).map_err(|error| error.to_string())?;
        let to = self.name("weights", path);
        for file in file.files() {
            if self.excluded(file) {
                return Err(elsewhere(file));
            }
            let to = match file.strip_prefix(path) {
                Ok(inside) if !inside.as_os_str().is_empty() => {
                    format!("{to}/{}", portable(&inside.to_string_lossy()))
                }
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

fn elsewhere(path: &Path) -> String {
    format!("{} lies outside the project's folder", path.display())
}

/// A file's name as every system can write it.
fn portable(name: &str) -> String {
    const RESERVED: [&str; 4] = ["con", "prn", "aux", "nul"];
    let mut portable: String =
        name.chars().map(|c| if text::is_harmful(c) || r#"\/:*?"<>|"#.contains(c) { '_' } else { c }).collect();
    let stem = portable.split('.').next().unwrap_or_default().to_lowercase();
    let numbered =
        |kind: &str| stem.strip_prefix(kind).is_some_and(|n| n.len() == 1 && n.as_bytes()[0].is_ascii_digit());
    if RESERVED.contains(&stem.as_str()) || numbered("com") || numbered("lpt") {
        portable.insert(0, '_');
    }
    if portable.is_empty() || portable.ends_with(['.', ' ']) {
        portable.push('_');
    }
    portable
}

#[cfg(test)]
mod tests;
