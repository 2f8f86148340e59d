//! What the landmarks tool shows, made by workers piece by piece: the drawing, what is painted over, where parts of the body
//! are seen, how a figure lies in it, and the figure to choose places from.

use crate::figure::{HumanBone, places};
use crate::fit::{Fitter, How, Seen, SeenPlace, places_in};
use crate::pose::{CameraView, Pose};
use crate::progress::Progress as _;
use crate::raster::{Subject, ToonStyle};
use crate::sheet::{BrushStroke, DrawingHints, View};
use crate::studio::images::{image, shrunk};
use crate::studio::workers::Job;
use crate::udp::Udp;
use egui::{Color32, ColorImage};
use glam::{Vec2, Vec3};
use std::sync::{Arc, Mutex, PoisonError};

/// Side of what is shown, in pixels: a scan of 6000 pixels is no texture.
const SHOWN_PX: f32 = 2048.0;
/// Side of the picture of what is painted over.
const COVERED_PX: f32 = 1024.0;
/// Side of the figure's pictures.
const GUIDE_PX: u32 = 400;

/// A piece of what is shown.
pub enum Piece {
    /// The drawing.
    Drawing(Arc<ColorImage>),
    /// What is painted over as not the character, if anything is.
    Covered(Option<Arc<ColorImage>>),
    /// Where each of [`places::PLACES`] is seen, and the drawing's UDP as colours.
    Places(Vec<Option<SeenPlace>>, Arc<ColorImage>),
    /// Where the joints of the figure lie that was fitted to what is seen, in pixels; `None`: none could be.
    Joints(Option<Joints>),
    /// The figure from its front and from its back, and what they show.
    Guide(Box<[GuideSide; 2]>),
}

/// Where joints lie in a drawing, in pixels.
pub(super) type Joints = Vec<(HumanBone, Vec2)>;

/// The figure in T-pose from one side.
pub struct GuideSide {
    pub(super) image: Arc<ColorImage>,
    pub(super) udp: Arc<Udp>,
}

/// What an answer is made of.
#[derive(Clone)]
pub(super) struct Wanted {
    pub(super) view: Arc<View>,
    pub(super) strokes: Vec<BrushStroke>,
    /// What the detector found, and how far off each pixel may be.
    pub(super) found: Option<(Arc<Udp>, Option<Arc<[f32]>>)>,
    pub(super) view_deg: Option<f32>,
    pub(super) subject: Option<Arc<Subject>>,
}

/// A figure that is ready to be fitted; workers alone look at it.
pub(super) type KeptFitter = Arc<Mutex<Option<(Arc<Subject>, Arc<Fitter>)>>>;

impl Wanted {
    fn same_drawing(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.view, &other.view)
    }

    fn same_strokes(&self, other: &Self) -> bool {
        self.same_drawing(other) && self.strokes == other.strokes
    }

    fn same_udp(&self, other: &Self) -> bool {
        self.same_drawing(other)
            && match (&self.found, &other.found) {
                (Some((a, _)), Some((b, _))) => Arc::ptr_eq(a, b),
                // A UDP of its own loses what is painted over.
                (None, None) => self.strokes == other.strokes,
                _ => false,
            }
    }

    fn same_subject(&self, other: &Self) -> bool {
        self.subject.as_ref().map(Arc::as_ptr) == other.subject.as_ref().map(Arc::as_ptr)
    }

    /// What was made for one serves the other.
    pub(super) fn same(&self, other: &Self) -> bool {
        self.same_strokes(other) && self.same_udp(other) && self.same_subject(other)
    }

    /// Makes the pieces that differ from those of `before`; `tell` gets each as soon as it is there.
    pub(super) fn make(&self, before: Option<&Self>, fitter: &KeptFitter, job: &Job, tell: &dyn Fn(Piece)) {
        let stays = |same: fn(&Self, &Self) -> bool| before.is_some_and(|before| same(self, before));
        let seen = self.seen();
        let udp = self.found.as_ref().map(|(udp, _)| &**udp).or_else(|| seen.as_ref().unwrap_or(&self.view).own_udp());
        let spread = self.found.as_ref().and_then(|(_, spread)| spread.as_deref());
        if let Some(udp) = udp.filter(|_| !stays(Self::same_udp)) {
            let landmarks = places::PLACES.map(|(_, landmark)| Vec3::from(landmark));
            tell(Piece::Places(places_in(udp, spread, &landmarks), shrunk(&udp.colours(), COVERED_PX)));
        }
        if !stays(Self::same_drawing) {
            tell(Piece::Drawing(shrunk(&self.view.picture, SHOWN_PX)));
        }
        if !stays(Self::same_strokes) {
            tell(Piece::Covered(self.covered()));
        }
        let Some(udp) = udp.filter(|_| !stays(|a, b| a.same_udp(b) && a.same_subject(b)) && !job.cancelled()) else {
            return;
        };
        tell(Piece::Joints(self.joints(udp, spread, fitter, job)));
    }

    /// The drawing without what is painted over.
    fn seen(&self) -> Option<View> {
        DrawingHints { not_character: self.strokes.clone(), ..DrawingHints::default() }.cleared(&self.view)
    }

    fn covered(&self) -> Option<Arc<ColorImage>> {
        let (width, height) = (self.view.picture.width_px as f32, self.view.picture.height_px as f32);
        let scale = (COVERED_PX / width.max(height).max(1.0)).min(1.0);
        let small = |stroke: &BrushStroke| BrushStroke {
            points: stroke.points.iter().map(|point| point.map(|v| v * scale)).collect(),
            radius_px: stroke.radius_px * scale,
            erases: stroke.erases,
        };
        let strokes: Vec<_> = self.strokes.iter().map(small).collect();
        let size = [width, height].map(|side| ((side * scale) as u32).max(1));
        let covered = BrushStroke::covered(&strokes, size);
        let colour = |covered: &bool| if *covered { COVERED } else { Color32::TRANSPARENT };
        let image = || ColorImage::new(size.map(|side| side as usize), covered.iter().map(colour).collect());
        covered.contains(&true).then(|| Arc::new(image()))
    }

    fn joints(&self, udp: &Udp, spread: Option<&[f32]>, fitter: &KeptFitter, job: &Job) -> Option<Joints> {
        let subject = self.subject.as_ref()?;
        let fitter = {
            let mut kept = fitter.lock().unwrap_or_else(PoisonError::into_inner);
            match kept.as_ref().filter(|(of, _)| Arc::ptr_eq(of, subject)) {
                Some((_, fitter)) => Arc::clone(fitter),
                None => {
                    let fitter = Arc::new(Fitter::new(subject).ok()?);
                    *kept = Some((Arc::clone(subject), Arc::clone(&fitter)));
                    fitter
                }
            }
        };
        let how = How { proportions: true, ..How::default() };
        let fitted = fitter.fit(&Seen { udp, spread, view_deg: self.view_deg }, &how, job).ok()?;
        let size = glam::vec2(udp.width_px as f32, udp.height_px as f32);
        let camera = fitted.camera.camera(size.x / size.y, 1.0);
        let joint = fitter.joints(&fitted);
        let seen = |bone: HumanBone| {
            let at = (camera.projection * camera.view).project_point3(joint(bone)?).truncate();
            at.is_finite().then(|| (bone, (at * glam::vec2(0.5, -0.5) + 0.5) * size))
        };
        Some(SKELETON.into_iter().filter_map(seen).collect())
    }
}

/// The colour of what is painted over.
pub(super) const COVERED: Color32 = Color32::from_rgba_premultiplied(150, 34, 34, 160);

/// The joints that are shown of a fitted figure.
const SKELETON: [HumanBone; 17] = {
    use HumanBone::*;
    [
        Hips,
        Spine,
        Chest,
        Neck,
        Head,
        LeftUpperArm,
        LeftLowerArm,
        LeftHand,
        RightUpperArm,
        RightLowerArm,
        RightHand,
        LeftUpperLeg,
        LeftLowerLeg,
        LeftFoot,
        RightUpperLeg,
        RightLowerLeg,
        RightFoot,
    ]
};

/// The joint that lies where a named place is, for those that do.
pub(super) fn joint_of(place: &str) -> Option<HumanBone> {
    use HumanBone::*;
    Some(match place {
        "left shoulder" => LeftUpperArm,
        "left elbow" => LeftLowerArm,
        "left wrist" => LeftHand,
        "left knee" => LeftLowerLeg,
        "right shoulder" => RightUpperArm,
        "right elbow" => RightLowerArm,
        "right wrist" => RightHand,
        "right knee" => RightLowerLeg,
        _ => return None,
    })
}

/// The figure in T-pose from its front and its back.
pub(super) fn guide(subject: &Arc<Subject>) -> Option<[GuideSide; 2]> {
    let size = [GUIDE_PX; 2];
    let side = |yaw_deg: f32| {
        let shot = subject.shoot(&Pose::default(), &CameraView::new(yaw_deg, 0.0), size).ok()?;
        let toon = shot.toon(size, &ToonStyle::default()).ok()?;
        Some(GuideSide { image: Arc::new(image(&toon)), udp: shot.udp(size).ok()? })
    };
    Some([side(0.0)?, side(180.0)?])
}
