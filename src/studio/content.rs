//! What was read from disk or painted: the project refers to it, panels show it.

use super::commands::Picked;
use super::live::LiveView;
use super::reel::{Frame, Reel};
use super::scene::Act;
use super::takes::{Joined, TakeContent, Waiting};
use super::workers::drawer::FigurePicture;
use super::workers::{JobHandle, MotionPath, Training};
use crate::dynamics::{Chains, Settings};
use crate::engine::Motif;
use crate::engine::graphs::Belief;
pub use crate::engine::live::Contributions;
use crate::figure::LocalPose;
use crate::figure::landmarks::Encoding;
use crate::motion::Clip;
use crate::picture::Picture;
use crate::pose::{LimbLengths, NamedPose, Pose};
use crate::project::{Drawing, DrawingSource, FigureSource, MotionSource};
use crate::queue::JobView;
use crate::raster::{Stance, Subject};
use crate::sheet::{DrawingHints, View};
use crate::sound::Wave;
use crate::udp::Udp;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Something that is being read, was read, or could not be.
#[derive(Clone, Debug, Default)]
pub enum Loaded<T> {
    /// Nothing was asked for.
    #[default]
    None,
    /// A worker is at it.
    Loading,
    /// Here it is.
    Ready(T),
    /// The sentence that says why not.
    Failed(String),
}

impl<T> Loaded<T> {
    /// It, if it is here.
    pub fn ready(&self) -> Option<&T> {
        match self {
            Self::Ready(value) => Some(value),
            _ => None,
        }
    }
}

/// A drawing of the sheet as far as it is known.
#[derive(Clone, Debug, Default)]
pub struct DrawingState {
    /// The drawing itself. When reading it again fails, the last one stays beside `problem`.
    pub view: Option<Arc<View>>,
    /// The drawing as its file has it, where its background was taken away.
    pub before: Option<Arc<View>>,
    /// A worker reads it.
    pub loading: bool,
    /// Which reading is awaited: an older one that comes late is not the file as it is now.
    pub(super) asked: u64,
    /// Its file is gone.
    pub missing: bool,
    /// Why it can't be used.
    pub problem: Option<String>,
    /// Why the file as it is now can't be read; an older reading is in use.
    pub stale: Option<String>,
    /// The UDP that the detector found, where there is no sidecar.
    pub detected: Option<Arc<Udp>>,
    /// Per pixel how far off that may be, in landmark units, from a detector that knows.
    pub spread: Option<Arc<[f32]>>,
    /// What the detector thinks of the whole drawing.
    pub belief: Option<Belief>,
    /// The pose painted from this drawing alone, as if it showed the other side that the detector thinks of.
    pub otherwise: Option<WindowImage>,
    /// Another one for each reading, also of the same file after it was removed and came back: what was made from an older
    /// one is stale.
    pub revision: u64,
    /// The drawing and its UDP, small.
    pub thumbnail: Option<DrawingThumbnail>,
    /// Of which reading, and whether with a detected UDP, a thumbnail was asked for.
    pub(super) thumbnail_asked: Option<(u64, bool)>,
}

impl DrawingState {
    /// It was read, but nothing in it says where the character ends.
    pub fn is_not_cut_out(&self) -> bool {
        self.view.is_some() && self.problem.is_some()
    }
}

/// A drawing and its UDP, small.
#[derive(Clone, Debug)]
pub struct DrawingThumbnail {
    /// The drawing.
    pub picture: Arc<egui::ColorImage>,
    /// Its UDP as colours.
    pub udp: Option<Arc<egui::ColorImage>>,
    /// Another one for each thumbnail.
    pub revision: u64,
}

/// The painted picture.
#[derive(Clone, Debug)]
pub struct Painted {
    /// What it is of.
    pub motif: Motif,
    /// Straight alpha.
    pub picture: Arc<Picture>,
    /// As the window wants it.
    pub image: Arc<egui::ColorImage>,
    /// The UDP it was painted from.
    pub udp: Arc<Udp>,
    /// Which drawing contributed where, as a picture, and the names of the drawings with their colours.
    pub contributions: Option<Arc<Contributions>>,
    /// That picture as the window wants it.
    pub sources: Option<Arc<egui::ColorImage>>,
    /// A rough one while something moves; the full one follows.
    pub draft: bool,
    /// How long it took.
    pub took: Duration,
    /// By what: `landmark transfer`, `CoNR 256 on the processor`.
    pub by: String,
    /// What the user should know, such as drawings that were left out.
    pub notes: Vec<String>,
    /// Counts up with each picture.
    pub revision: u64,
}

/// How a painted picture stands to what is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is what is wanted.
    Full,
    /// A rough one of what is wanted.
    Draft,
    /// It shows this character otherwise: in another pose, from elsewhere, from other drawings or by other settings.
    Earlier,
}

/// A picture as the window wants it: a pose's thumbnail, what is traced.
#[derive(Clone, Debug)]
pub struct WindowImage {
    /// It.
    pub image: Arc<egui::ColorImage>,
    /// Another one for each picture.
    pub revision: u64,
}

/// The figure's Ultra-Dense Pose as the output picture sees it.
#[derive(Clone, Debug)]
pub struct SeenUdp {
    /// It.
    pub udp: Arc<Udp>,
    /// In colours, as the window wants it.
    pub image: Arc<egui::ColorImage>,
    /// How many pixels show a point of the surface.
    pub points: usize,
    /// Landmarks of some of them, evenly chosen.
    pub cloud: Arc<[glam::Vec3]>,
    /// Smaller than the output picture, while something moves.
    pub draft: bool,
    /// Counts up with each one.
    pub revision: u64,
}

/// Everything that was read or painted.
#[derive(Default)]
pub struct Content {
    /// The figure on its rasterizer.
    pub figure: Loaded<Arc<Subject>>,
    /// It in the project's pose; as old as the figure.
    pub stance: Option<Arc<Stance>>,
    /// The figure of what lengths is which: the last that was wanted.
    stretched: Option<(Arc<Subject>, LimbLengths, Option<Settings>, Arc<Subject>)>,
    /// Where that figure is from: an answer for another one is stale.
    pub figure_source: Option<FigureSource>,
    /// How its points were to become landmarks when it was read.
    pub figure_map: Encoding,
    /// Who reads it.
    pub(super) figure_job: Option<JobHandle>,
    /// The drawings by where they are.
    pub drawings: BTreeMap<DrawingSource, DrawingState>,
    /// The enabled drawings that could be read, as the painter takes them; their order means nothing.
    pub views: Arc<[Arc<View>]>,
    /// What the user says about them, in their order.
    pub hints: Arc<[DrawingHints]>,
    /// Which readings `views` are.
    views_key: Vec<(DrawingSource, u64)>,
    /// Where the tracing picture is from.
    pub(super) tracing_source: Option<DrawingSource>,
    /// The tracing picture, as the window wants it; a large one is shrunk.
    pub tracing: Loaded<WindowImage>,
    /// Who reads the tracing picture.
    pub(super) tracing_job: Option<JobHandle>,
    /// The figure in the viewport.
    pub viewport: Option<FigurePicture>,
    /// The figure in the preview's comparison.
    pub mirror: Option<FigurePicture>,
    /// The figure in the puppet's window.
    pub puppet: Option<FigurePicture>,
    /// The figure's UDP; there is one as soon as there is a figure.
    pub udp: Option<SeenUdp>,
    /// What the picture is to be of now; `None`: there is no figure.
    pub wanted: Option<Motif>,
    /// The last painted picture of this character: it stays while the next is made and if that fails, see
    /// [`Content::standing`].
    pub painted: Option<Painted>,
    /// Why the last picture could not be painted.
    pub painting_failed: Option<String>,
    /// What the painter is doing: words, done, total.
    pub painting: Option<(String, u64, u64)>,
    /// The project's take.
    pub take: TakeContent,
    /// The clip that it goes over into.
    pub second: TakeContent,
    /// A motion that was opened to be gone over into while the project's take was not there yet.
    pub(super) after_first: Option<Waiting>,
    /// Both on the figure, as they were joined last.
    pub(super) joined: Option<Joined>,
    /// What the figure does from the first frame to the last, if anything moves it.
    pub act: Option<Arc<Act>>,
    /// The way of a joint through it, as it was worked out last.
    pub path: Option<MotionPath>,
    /// Who sends poses, while is listened.
    pub live: Option<LiveView>,
    /// Where the motion file is from that the camera follows.
    pub(super) camera_source: Option<MotionSource>,
    /// That file's clip.
    pub camera: Loaded<Arc<Clip>>,
    /// Where the sound is from that is read.
    pub(super) sound_file: Option<PathBuf>,
    /// The project's sound, as it is drawn.
    pub sound: Loaded<Arc<Wave>>,
    /// Who reads it.
    pub(super) sound_job: Option<JobHandle>,
    /// Painted frames of what is played.
    pub reel: Reel,
    /// The painted frame that is shown while something is played.
    pub film: Option<Frame>,
    /// The user's own poses, which every project has.
    pub own_poses: Arc<[NamedPose]>,
    /// Which reading of them is awaited.
    pub(super) own_poses_asked: u64,
    /// Thumbnails of poses by the library's keys, drawn with this figure.
    pub pose_thumbnails: BTreeMap<String, WindowImage>,
    /// Trainings, as far as somebody looked; `None`: nobody did yet.
    pub trainings: Option<Arc<[Training]>>,
    /// The render queue; `None`: nobody looked yet.
    pub renders: Option<Arc<[JobView]>>,
    /// The frames of its jobs that were painted last, by the jobs' folders.
    pub render_pictures: BTreeMap<PathBuf, WindowImage>,
    /// Whether there is an ffmpeg, as far as somebody asked.
    pub ffmpeg: Option<bool>,
    /// Of which training there are sample pictures.
    pub samples_of: Option<PathBuf>,
    /// These, by the steps done.
    pub samples: BTreeMap<u64, WindowImage>,
    /// What was chosen for trainings that are to begin, the latest last.
    pub training_picks: Vec<(Picked, PathBuf)>,
    /// Trainings so far that were to begin and couldn't.
    pub trainings_refused: usize,
    /// The last revision that was given out.
    revisions: u64,
}

impl Content {
    /// The figure, once it is loaded.
    pub fn subject(&self) -> Option<&Arc<Subject>> {
        self.figure.ready()
    }

    /// Has the figure take a pose (as a motion spells it out, if it does), with limbs of these lengths and hair and skirts that
    /// hang so, if it doesn't yet.
    pub(super) fn take_pose(
        &mut self,
        pose: &Pose,
        local: Option<&LocalPose>,
        lengths: &LimbLengths,
        hangs: Option<&Settings>,
    ) {
        let Some(own) = self.figure.ready() else {
            (self.stance, self.stretched) = (None, None);
            return;
        };
        let same = |(of, long, how, _): &(Arc<Subject>, LimbLengths, Option<Settings>, Arc<Subject>)| {
            Arc::ptr_eq(of, own) && long == lengths && how.as_ref() == hangs
        };
        if !self.stretched.as_ref().is_some_and(same) {
            let subject = if lengths.are_own() { own.clone() } else { Arc::new(own.stretched(lengths)) };
            let chains = hangs.map(|how| Chains::new(own.figure(), how)).filter(|chains| !chains.is_empty());
            let subject = chains.map_or_else(|| subject.clone(), |chains| Arc::new(subject.hanging(chains)));
            self.stretched = Some((own.clone(), lengths.clone(), hangs.cloned(), subject));
        }
        let Some((.., subject)) = &self.stretched else { return };
        let takes = |stance: &Arc<Stance>| Arc::ptr_eq(stance.subject(), subject) && stance.holds(pose, local);
        if !self.stance.as_ref().is_some_and(takes) {
            self.stance = Some(subject.stand_so(pose, local));
        }
    }

    /// Takes note of what the picture is to be of; one of another character is of no more use.
    pub(super) fn want(&mut self, wanted: Option<Motif>) {
        self.wanted = wanted;
        let stranger =
            |painted: &Painted| self.wanted.as_ref().is_none_or(|wanted| !wanted.same_character(&painted.motif));
        if self.painted.as_ref().is_some_and(stranger) {
            self.painted = None;
        }
    }

    /// How the painted picture stands to what is wanted, if there is one.
    pub fn standing(&self) -> Option<Standing> {
        let (painted, wanted) = (self.painted.as_ref()?, self.wanted.as_ref()?);
        Some(match painted.motif.same(wanted) {
            true if painted.draft => Standing::Draft,
            true => Standing::Full,
            false => Standing::Earlier,
        })
    }

    /// The picture that may be saved: of this sheet in this pose, by these settings, in full.
    pub fn finished(&self) -> Option<&Painted> {
        self.painted.as_ref().filter(|_| self.standing() == Some(Standing::Full))
    }

    /// The drawing of which this is the last reading.
    pub(super) fn state_of(&mut self, view: &Arc<View>) -> Option<&mut DrawingState> {
        self.drawings.values_mut().find(|state| state.view.as_ref().is_some_and(|known| Arc::ptr_eq(known, view)))
    }

    /// A revision that nothing else has or had.
    pub(super) fn next_revision(&mut self) -> u64 {
        self.revisions += 1;
        self.revisions
    }

    /// What is known of a drawing.
    pub fn drawing(&self, source: &DrawingSource) -> Option<&DrawingState> {
        self.drawings.get(source)
    }

    /// Puts the painter's drawings together from the project's, with what is said about them.
    pub(super) fn gather_views(&mut self, drawings: &[Drawing]) {
        let usable = drawings.iter().filter(|d| d.enabled).filter_map(|d| {
            let state = self.drawings.get(&d.source).filter(|state| state.problem.is_none())?;
            Some((d, state.revision, state.view.clone()?))
        });
        let usable: Vec<_> = usable.collect();
        let hints: Vec<_> = usable.iter().map(|(drawing, ..)| drawing.hints()).collect();
        if *hints != *self.hints {
            self.hints = hints.into();
        }
        let key: Vec<_> = usable.iter().map(|(drawing, n, _)| (drawing.source.clone(), *n)).collect();
        if key != self.views_key {
            (self.views_key, self.views) = (key, usable.into_iter().map(|(.., view)| view).collect());
        }
    }
}
