//! What workers tell the window.

use super::commands::{Command, MotionCommand};
use super::content::DrawingThumbnail;
use super::cutout::CutOut;
use super::landmarks::Piece;
use super::takes::{Fitting, Which};
use super::workers::Training;
use crate::dynamics::Bake;
use crate::engine::Calibrated;
use crate::engine::GraphKind;
use crate::files::motions::Motion;
use crate::motion::{Clip, MotionFile, NameMap, Performance};
use crate::pose::NamedPose;
use crate::progress::Progress;
use crate::project::file::Stamp;
use crate::project::session::{Leftovers, Session};
use crate::project::{Animation, DrawingSource, FigureSource, MotionSource, Project};
use crate::queue::JobView;
use crate::raster::Subject;
use crate::sheet::View;
use crate::sound::Wave;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A drawing that was read, and why it can't be painted from, if it can't.
pub struct Reading {
    /// It.
    pub view: View,
    /// Nothing says where the character ends.
    pub problem: Option<String>,
    /// It as it was, if its background was taken away.
    pub before: Option<View>,
}

impl Reading {
    /// Looks at all pixels, and takes a background away that can be told: a worker's work.
    pub(super) fn of(view: View, progress: &dyn Progress) -> Self {
        let (view, before) = view.cut_out_unasked(progress);
        let problem = view.check_cut_out().err().map(|error| error.to_string());
        Self { view, problem, before }
    }
}

/// News from a worker.
pub enum Event {
    /// A dialog was answered.
    Command(Command),
    /// Something worth a toast went well.
    Notice(String),
    /// Something worth a toast needs attention.
    Warning(String),
    /// Something the user asked for did not work; the sentence says why and what to do.
    Failed(String),
    /// How weights have the body's places as landmarks.
    Calibrated(Calibrated),
    /// Changes to weights for the character of the sheet.
    Tuned(PathBuf),
    /// Weights that were opened, and what they are of.
    Weights(GraphKind, PathBuf),
    /// A figure was read, or could not be.
    Figure(FigureSource, Result<Arc<Subject>, String>),
    /// A figure that was asked for is ready to take the old one's place.
    NewFigure(FigureSource, Arc<Subject>),
    /// A motion was read, with what tells its content from another's; or could not be.
    Motion((MotionSource, NameMap), Result<(Arc<MotionFile>, String), String>),
    /// A motion that was asked for is ready to be played.
    NewMotion(MotionSource, Arc<MotionFile>, String),
    /// A motion that another is to go over into is there.
    SecondMotion(MotionSource, Arc<MotionFile>, String),
    /// Which joint of a motion is which bone.
    Bones(Which, NameMap),
    /// The motion file that the camera follows was read, with what tells its content from another's; or could not be.
    Camera(MotionSource, Result<(Arc<Clip>, String), String>),
    /// A motion file is there whose camera is to be followed.
    NewCamera(MotionSource, Arc<Clip>, String),
    /// The project's sound was read, or could not be.
    Sound(PathBuf, Result<Arc<Wave>, String>),
    /// A sound that was asked for is ready to be taken.
    NewSound(PathBuf, Arc<Wave>),
    /// How hair and skirts of a figure swing in what moves it.
    Swung(Box<Animation>, Arc<Subject>, Arc<Bake>),
    /// A take was fitted to the figure, or could not be.
    Performance(Arc<Fitting>, Result<Arc<Performance>, String>),
    /// The render queue's jobs, and how they stand.
    Renders(Vec<JobView>),
    /// The frame of a job that was painted last, small.
    RenderPicture {
        /// The job's folder.
        job: PathBuf,
        /// It.
        image: Arc<egui::ColorImage>,
    },
    /// An export is in the queue, or why not.
    ExportAdded(Result<(), String>),
    /// Whether there is an ffmpeg to write videos with.
    Ffmpeg(bool),
    /// A drawing was read, or could not be; `missing`: there is no such file.
    Drawing {
        /// Which one.
        source: DrawingSource,
        /// Which reading of it.
        asked: u64,
        /// It.
        outcome: Result<Box<Reading>, String>,
        /// There is no such file.
        missing: bool,
    },
    /// These drawings were not read, and why.
    Unread {
        /// Which.
        sources: Vec<DrawingSource>,
        /// Which reading of them.
        asked: u64,
        /// Why.
        why: String,
    },
    /// A drawing's thumbnail is there: of which reading, and it.
    DrawingThumbnail(DrawingSource, u64, DrawingThumbnail),
    /// The drawing of this errand was cut out, or could not be.
    CutOut(u64, Result<CutOut, String>),
    /// A piece of what the landmarks tool shows is there, made on this errand.
    Landmarks(u64, Piece),
    /// Opened files turned out to be drawings that can be used.
    NewDrawings(Vec<Reading>),
    /// A drawing's file changed on disk.
    Changed(PathBuf),
    /// A drawing's file went away.
    Gone(PathBuf),
    /// The tracing picture's file changed on disk.
    TracingChanged(PathBuf),
    /// The tracing picture was read, or could not be.
    Tracing(DrawingSource, Result<Arc<egui::ColorImage>, String>),
    /// A project takes the open one's place.
    Opened {
        /// The project.
        project: Box<Project>,
        /// Its file, if it has one.
        path: Option<PathBuf>,
        /// What its file held when it was opened.
        on_disk: Option<Stamp>,
        /// The claim on it; `None`: another window has it.
        session: Option<Session>,
        /// It was left behind by a dead window: its file, if any, holds something else.
        recovered: bool,
        /// In words, if it is painted otherwise than when it was saved.
        otherwise: Option<String>,
    },
    /// The project was saved.
    Saved {
        /// What was saved.
        project: Arc<Project>,
        /// Where.
        path: PathBuf,
        /// The claim on the file; `None`: another window has it, or the claim at hand goes on.
        session: Option<Session>,
    },
    /// The project could not be saved.
    NotSaved(String),
    /// It was not saved, because somebody else saved in its file meanwhile.
    SavedElsewhere(PathBuf),
    /// What somebody else saved in the project's file.
    TakenOver(Box<Project>),
    /// Unsaved work is safe on disk, up to this state.
    Kept(Arc<Project>),
    /// Dead windows left these behind.
    Leftovers(Leftovers),
    /// These files lie outside the folder of the project that is to be collected there.
    Outside(PathBuf, Vec<PathBuf>),
    /// Poses were read, to be kept.
    Poses(Vec<NamedPose>),
    /// The user's own poses, as they were found after the change of this number.
    OwnPoses(u64, Vec<NamedPose>),
    /// How trainings stand.
    Trainings(Vec<Training>),
    /// A training began.
    TrainingBegun(PathBuf),
    /// A training that was to begin couldn't; why is told as any failure is.
    TrainingRefused,
    /// A sample picture of a training is there.
    Samples {
        /// Which one.
        training: PathBuf,
        /// Steps done.
        step: u64,
        /// It.
        image: Arc<egui::ColorImage>,
    },
    /// A pose's thumbnail is there.
    Thumbnail {
        /// Of which figure; one of another comes too late.
        subject: Arc<Subject>,
        /// Of which pose.
        key: String,
        /// It.
        image: Arc<egui::ColorImage>,
    },
}

impl Event {
    /// A file that was opened as something else is opened as the motion that it is, if it is one.
    pub(super) fn motion_instead(path: &Path) -> Option<Self> {
        Motion::of_file(path)?;
        Some(Self::Command(MotionCommand::Open(MotionSource::File(path.to_owned())).into()))
    }
}
