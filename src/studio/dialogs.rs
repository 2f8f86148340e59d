//! The system's file dialogs, each in a thread of its own; the answer comes back as a command.

use super::commands::{
    CameraCommand, Command, DocumentCommand, ExportCommand, InventCommand, MotionCommand, Outside, PaintCommand,
    Picked, PoseCommand, SheetCommand, StandInCommand, TrainCommand,
};
use super::events::Event;
use super::takes::Which;
use super::workers::Jobs;
use crate::export::Kind;
use crate::figure::load::FORMATS;
use crate::files::formats;
use crate::files::motions::Motion;
use crate::picture;
use crate::project::{DrawingSource, MotionSource, file};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// Something to open.
    Open,
    /// Drawings to add.
    Drawings,
    /// A drawing in another's place.
    Replace(DrawingSource),
    /// A figure.
    Figure,
    /// Weights of a graph: one file, or one of several.
    Weights,
    /// Weights of a graph: a folder.
    WeightsFolder,
    /// Weights that invent characters.
    Generator,
    /// Poses to import.
    Poses,
    /// A motion.
    Motion,
    /// A motion that the first goes over into.
    SecondMotion,
    /// Which joint of a motion is which bone.
    Bones(Which),
    /// Where to save that.
    SaveBones(Which),
    /// A motion file that moves the camera.
    CameraMotion,
    /// A sound file.
    Sound,
    /// Where to save the project.
    SaveProject,
    /// Where to collect it.
    Collect,
    /// Where to save the picture.
    SavePicture,
    /// Where to save the UDP.
    SaveUdp,
    /// Where to save the pose.
    SavePose,
    /// Where to save the stand-in as a figure.
    SaveStandIn,
    /// Where to export frames of this kind to, and what is proposed.
    ExportTarget(Kind, String),
    /// A training's folder.
    Training,
    /// Something for a training that is to begin.
    TrainFrom(Picked),
    /// Where to save what a training had learned after so many steps.
    SaveWeights(PathBuf, u64),
}

const POSES: &[&str] = &["json", "vpd"];

/// A dialog that was not there answers at once; nobody is that quick.
const TOO_QUICK: Duration = Duration::from_millis(150);

/// Asks; `folder` is where the dialog begins, `name` what it proposes.
pub(super) fn ask(jobs: &Jobs, what: Ask, folder: Option<PathBuf>, name: &str) {
    let name = name.to_owned();
    jobs.start_quietly("File dialog", move |job| {
        let begun = Instant::now();
        let command = answer(&what, folder, &name);
        if command.is_none() && begun.elapsed() < TOO_QUICK && cfg!(target_os = "linux") {
            job.send(Event::Warning(
                "this desktop offers no file dialog: install `zenity` or a desktop portal, or drop files on the window"
                    .into(),
            ));
        }
        command.map(Event::Command)
    });
}

fn answer(what: &Ask, folder: Option<PathBuf>, name: &str) -> Option<Command> {
    let mut dialog = rfd::FileDialog::new();
    if let Some(folder) = folder {
        dialog = dialog.set_directory(folder);
    }
    let pictures = picture::formats::extensions();
    let named = |dialog: rfd::FileDialog, extension: &str| dialog.set_file_name(format!("{name}.{extension}"));
    let open = |path: PathBuf| DocumentCommand::Open(vec![path]).into();
    let figures = formats::extensions(FORMATS);
    let weights = crate::weights::extensions();
    let motions = formats::extensions(crate::motion::load::FORMATS);
    let sounds = formats::extensions(crate::sound::FORMATS);
    match what {
        Ask::Open => {
            let all: Vec<&str> = [&[file::EXTENSION][..], &pictures, &figures, &weights, POSES, &motions, &sounds]
                .into_iter()
                .flatten()
                .copied()
                .collect();
            let dialog = dialog.add_filter("All that Settei opens", &all);
            dialog.pick_files().map(|paths| DocumentCommand::Open(paths).into())
        }
        Ask::Drawings => {
            dialog.add_filter("Pictures", &pictures).pick_files().map(|paths| SheetCommand::Add(paths).into())
        }
        Ask::Replace(source) => {
            let path = dialog.add_filter("Pictures", &pictures).pick_file()?;
            Some(SheetCommand::Replace(source.clone(), path).into())
        }
        Ask::Figure => dialog.add_filter("Figures", &figures).pick_file().map(open),
        Ask::Weights => dialog.add_filter("Weights", &weights).pick_file().map(open),
        Ask::Generator => {
            dialog.add_filter("Weights", &weights).pick_file().map(|path| InventCommand::Weights(path).into())
        }
        Ask::WeightsFolder => dialog.pick_folder().map(|path| PaintCommand::Weights(path).into()),
        Ask::Poses => dialog.add_filter("Poses", POSES).pick_files().map(|paths| PoseCommand::Import(paths).into()),
        Ask::Motion => {
            let path = dialog.add_filter("Motions", &motions).pick_file()?;
            Some(MotionCommand::Open(MotionSource::File(file::absolute(&path))).into())
        }
        Ask::SecondMotion => {
            let path = dialog.add_filter("Motions", &motions).pick_file()?;
            Some(MotionCommand::Then(MotionSource::File(file::absolute(&path))).into())
        }
        Ask::Bones(which) => {
            let path = dialog.add_filter("Lists of bones", &["json"]).pick_file()?;
            Some(MotionCommand::OpenBones(*which, path).into())
        }
        Ask::SaveBones(which) => {
            let path = named(dialog, "json").add_filter("List of bones", &["json"]).save_file()?;
            Some(MotionCommand::SaveBones(*which, with_extension(path, "json")).into())
        }
        Ask::CameraMotion => {
            let path = dialog.add_filter("MMD motions", &["vmd"]).pick_file()?;
            Some(CameraCommand::Open(MotionSource::File(file::absolute(&path))).into())
        }
        Ask::Sound => {
            let path = dialog.add_filter("Sounds", &sounds).pick_file()?;
            Some(MotionCommand::OpenSound(file::absolute(&path)).into())
        }
        Ask::SaveProject => named(dialog, file::EXTENSION)
            .add_filter("Settei project", &[file::EXTENSION])
            .save_file()
            .map(|path| DocumentCommand::SaveAs(with_extension(path, file::EXTENSION)).into()),
        Ask::Collect => named(dialog, "zip")
            .add_filter("Zip file", &["zip"])
            .save_file()
            .map(|path| DocumentCommand::Collect(path, Outside::Ask).into()),
        Ask::SavePicture => named(dialog, "png")
            .add_filter("PNG picture", &["png"])
            .save_file()
            .map(|path| PaintCommand::SavePicture(with_extension(path, "png")).into()),
        Ask::SaveUdp => named(dialog, "udp.npz")
            .add_filter("UDP", &["npz", "exr", "png"])
            .save_file()
            .map(|path| PaintCommand::SaveUdp(with_extension(path, "npz")).into()),
        Ask::SavePose => named(dialog, "json")
            .add_filter("Pose", POSES)
            .save_file()
            .map(|path| PoseCommand::Export(with_extension(path, "json")).into()),
        Ask::SaveStandIn => named(dialog, "vrm")
            .add_filter("VRM figure", &["vrm"])
            .save_file()
            .map(|path| StandInCommand::Export(with_extension(path, "vrm")).into()),
        Ask::ExportTarget(kind, name) => {
            let dialog = dialog.set_file_name(name);
            let path = match kind.ending() {
                None => dialog.pick_folder()?,
                Some(ending) => {
                    let dialog = dialog.set_file_name(format!("{name}.{ending}"));
                    with_extension(dialog.add_filter(kind.about(), &[ending]).save_file()?, ending)
                }
            };
            Some(ExportCommand::Target(path).into())
        }
        Ask::Training => dialog.pick_folder().map(|path| TrainCommand::Open(path).into()),
        Ask::TrainFrom(what) => {
            let path = match what {
                Picked::Figures => dialog.pick_folder()?,
                Picked::Detector => dialog.add_filter("Weights", &weights).pick_file()?,
            };
            Some(TrainCommand::Pick(*what, path).into())
        }
        Ask::SaveWeights(training, step) => {
            let to = named(dialog, "safetensors").add_filter("Weights", &["safetensors"]).save_file()?;
            let to = with_extension(to, "safetensors");
            Some(TrainCommand::SaveWeights { training: training.clone(), step: *step, to }.into())
        }
    }
}

/// The path with an extension, where the user gave none.
fn with_extension(path: PathBuf, extension: &str) -> PathBuf {
    if path.extension().is_some() { path } else { path.with_extension(extension) }
}

/// What opening a file means, by its extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum FileKind {
    Project,
    Figure,
    Weights,
    Pose,
    Motion,
    Sound,
    Drawing,
}

impl FileKind {
    /// The kind of a file or folder; what is unknown is tried as a drawing, whose reader says what is wrong with it.
    pub(super) fn of(path: &std::path::Path) -> Self {
        let extension = path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        match extension.as_str() {
            file::EXTENSION => Self::Project,
            _ if formats::by_name(FORMATS, path).is_some() => Self::Figure,
            _ if crate::weights::by_name(path).is_some() => Self::Weights,
            e if POSES.contains(&e) => Self::Pose,
            _ if crate::sound::by_name(path) => Self::Sound,
            _ => Motion::by_name(path).map_or(Self::Drawing, |_| Self::Motion),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn files_are_told_apart() {
        for (name, kind) in [
            ("a.settei", FileKind::Project),
            ("B.VRM", FileKind::Figure),
            ("w.safetensors", FileKind::Weights),
            ("p.vpd", FileKind::Pose),
            ("d.png", FileKind::Drawing),
            ("folder", FileKind::Drawing),
            ("m.VMD", FileKind::Motion),
            ("song.MP3", FileKind::Sound),
        ] {
            assert_eq!(FileKind::of(Path::new(name)), kind);
        }
        assert_eq!(with_extension("a/b".into(), "png"), Path::new("a/b.png"));
        assert_eq!(with_extension("a/b.exr".into(), "npz"), Path::new("a/b.exr"));
    }
}
