//! "Collect": a project with everything it refers to, in one folder or one zip file, to be sent or kept.

use super::{Project, file};
use crate::progress::Progress;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// What was collected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collected {
    /// The project file, or the zip file.
    pub path: PathBuf,
    /// Files copied beside it.
    pub files: usize,
    /// Files that were not there.
    pub missing: Vec<PathBuf>,
}

/// A figure's folder with more than this is not copied whole.
const MOST_COMPANIONS: usize = 400;

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
    let (project, plan, missing) = plan(project);
    progress.stage("Collecting files", plan.len() as u64);
    let project_name = format!("{name}.{}", file::EXTENSION);
    let files = plan.len();
    if zip {
        let text = project.to_json(Path::new("/collected/project"))?;
        crate::files::write_with(target, |out| {
            // Zip needs to seek, which a buffer in memory can; textures are compressed already.
            let mut archive = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
            let options = zip::write::FileOptions::default().large_file(true);
            archive.start_file(&project_name, options)?;
            archive.write_all(text.as_bytes())?;
            for (from, to) in &plan {
                stop_if_cancelled(progress)?;
                archive.start_file(to.as_str(), options)?;
                io::copy(&mut std::fs::File::open(from)?, &mut archive)?;
                progress.advance(1);
            }
            out.write_all(&archive.finish()?.into_inner())
        })?;
        return Ok(Collected { path: target.to_owned(), files, missing });
    }
    std::fs::create_dir_all(target)?;
    for (from, to) in &plan {
        stop_if_cancelled(progress)?;
        let to = target.join(to);
        if let Some(folder) = to.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut source = std::fs::File::open(from)?;
        crate::files::write_with(&to, |out| io::copy(&mut source, out).map(|_| ()))?;
        progress.advance(1);
    }
    let path = target.join(project_name);
    let text = project.to_json(Path::new("/collected/project"))?;
    crate::files::write(&path, text.as_bytes())?;
    Ok(Collected { path, files, missing })
}

fn stop_if_cancelled(progress: &dyn Progress) -> io::Result<()> {
    if progress.cancelled() { Err(io::Error::new(io::ErrorKind::Interrupted, "stopped")) } else { Ok(()) }
}

/// The project with its paths moved below `/collected`, where each file goes (with forward slashes), and what is missing.
fn plan(project: &Project) -> (Project, BTreeMap<PathBuf, String>, Vec<PathBuf>) {
    let mut moved = project.clone();
    let mut plan = BTreeMap::new();
    let mut missing = Vec::new();
    let mut taken = BTreeSet::new();
    let figure = match &project.figure {
        Some(super::FigureSource::File(path)) => Some(path.clone()),
        _ => None,
    };
    for path in moved.paths_mut() {
        if !path.exists() {
            missing.push(path.clone());
            continue;
        }
        let folder = if Some(&*path) == figure.as_ref() {
            "figure"
        } else if project.painting.weights.iter().any(|(_, weights)| weights == path) {
            "weights"
        } else {
            "drawings"
        };
        let to = match plan.get(path) {
            Some(to) => String::clone(to),
            None => {
                let to = unique(folder, path, &mut taken);
                add(path, &to, folder == "figure", &mut plan);
                to
            }
        };
        *path = Path::new("/collected").join(to);
    }
    (moved, plan, missing)
}

/// A name below `folder` that no other file has.
fn unique(folder: &str, path: &Path, taken: &mut BTreeSet<String>) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let extension = path.extension().map_or_else(String::new, |e| format!(".{}", e.to_string_lossy()));
    (1..)
        .map(|n| if n == 1 { format!("{folder}/{stem}{extension}") } else { format!("{folder}/{stem}-{n}{extension}") })
        .find(|name| taken.insert(name.to_lowercase()))
        .unwrap_or_default()
}

/// Plans a file with its companions, or a folder with the files in it.
fn add(path: &Path, to: &str, is_figure: bool, plan: &mut BTreeMap<PathBuf, String>) {
    if path.is_dir() {
        for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
            if entry.path().is_file() {
                plan.insert(entry.path(), format!("{to}/{}", entry.file_name().to_string_lossy()));
            }
        }
        return;
    }
    plan.insert(path.to_owned(), to.to_owned());
    if let Some(sidecar) = crate::sheet::sidecar(path) {
        // `front.udp.npz` beside `front.png`, also where the drawing got another name.
        let tail = sidecar.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let tail = tail.split_once(".udp.").map_or(tail.clone(), |(_, kind)| format!("udp.{kind}"));
        let stem = to.rsplit_once('.').map_or(to, |(stem, _)| stem);
        plan.insert(sidecar, format!("{stem}.{tail}"));
    }
    let one_file = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("vrm") || e.eq_ignore_ascii_case("glb"));
    if is_figure && !one_file {
        // Textures and buffers lie beside the figure, in folders it knows by name.
        let mut companions = Vec::new();
        if let Some(folder) = path.parent() {
            gather(folder, "figure", 0, &mut companions);
        }
        if companions.len() <= MOST_COMPANIONS {
            for (from, name) in companions {
                plan.entry(from).or_insert(name);
            }
        }
    }
}

/// Files of the kinds that figures refer to, two folders deep.
fn gather(folder: &Path, to: &str, depth: usize, found: &mut Vec<(PathBuf, String)>) {
    const KINDS: [&str; 13] =
        ["png", "jpg", "jpeg", "bmp", "tga", "sph", "spa", "dds", "bin", "mtl", "gif", "webp", "tif"];
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if found.len() > MOST_COMPANIONS {
            return;
        }
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if path.is_dir() && depth < 2 {
            gather(&path, &format!("{to}/{name}"), depth + 1, found);
        } else if path.extension().is_some_and(|e| KINDS.contains(&e.to_string_lossy().to_ascii_lowercase().as_str())) {
            found.push((path, format!("{to}/{name}")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Drawing, DrawingSource, FigureSource};
    use super::*;
    use crate::progress::Silent;

    /// Two drawings of one name in two folders, a sidecar, a missing one, and a figure with a texture.
    fn scattered(root: &Path) -> Project {
        for folder in ["a", "b", "figure/textures"] {
            std::fs::create_dir_all(root.join(folder)).unwrap();
        }
        for file in ["a/front.png", "b/front.png", "b/front.udp.npz", "figure/f.pmx", "figure/textures/skin.png"] {
            std::fs::write(root.join(file), file).unwrap();
        }
        let drawing = |name: &str| Drawing { source: DrawingSource::File(root.join(name)), enabled: true };
        Project {
            sheet: vec![drawing("a/front.png"), drawing("b/front.png"), drawing("gone.png")],
            figure: Some(FigureSource::File(root.join("figure/f.pmx"))),
            ..Project::default()
        }
    }

    fn check(project: &Project) {
        let read = |drawing: &Drawing| std::fs::read_to_string(drawing.source.path().unwrap()).unwrap();
        assert_eq!(read(&project.sheet[0]), "a/front.png");
        assert_eq!(read(&project.sheet[1]), "b/front.png");
        assert!(crate::sheet::sidecar(project.sheet[1].source.path().unwrap()).is_some());
        let Some(FigureSource::File(figure)) = &project.figure else { panic!() };
        assert!(figure.with_file_name("textures").join("skin.png").exists());
    }

    #[test]
    fn a_folder_holds_everything() {
        let root = tempfile::tempdir().unwrap();
        let project = scattered(root.path());
        let target = root.path().join("collected");
        let collected = collect(&project, "mine", &target, &Silent).unwrap();
        assert_eq!(collected.missing, [root.path().join("gone.png")]);
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
}
