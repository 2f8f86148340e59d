//! How weights whose encoding nobody documented have the body's places as landmarks: a figure is drawn whose landmarks are
//! known, and compared with what they detect.

use super::graphs::{Found, GraphKind};
use super::{PaintError, PaintingSettings};
use crate::figure::landmarks::{Encoding, MapPreset};
use crate::figure::{Figure, FigureError};
use crate::fit::encoding::fit;
use crate::pose::{CameraView, library};
use crate::progress::Progress;
use crate::raster::{MARGIN, RasterChoice, RasterError, Rasterizer, Subject, SubjectError, ToonStyle};
use crate::sheet::{DrawingHints, View};
use glam::Vec3;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Size of the pictures.
const SIZE_PX: [u32; 2] = [384, 384];
/// In which poses the figure is drawn, and from where.
const POSES: [&str; 4] = ["stand", "t", "walk", "wave"];
const YAWS_DEG: [f32; 4] = [0.0, 40.0, 180.0, -140.0];
/// One in so many pixels along both sides is looked at.
const STEP: usize = 3;

/// Why the encoding of weights can't be found out. Every message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum CalibrateError {
    /// The weights can't be used, or don't detect.
    #[error(transparent)]
    Paint(#[from] PaintError),
    /// The figure can't be read.
    #[error(transparent)]
    Figure(#[from] FigureError),
    /// The figure can't be drawn.
    #[error(transparent)]
    Subject(#[from] SubjectError),
    /// The rasterizer.
    #[error(transparent)]
    Raster(#[from] RasterError),
    /// They find nothing.
    #[error("these weights find too little of the figure for that: take a figure that looks as their drawings do")]
    Nothing,
}

/// What was found out.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Calibrated {
    /// How these weights have it.
    pub encoding: Encoding,
    /// How far off their landmarks were, in the median, in parts of the body's size, as figures are drawn where nobody says
    /// otherwise.
    pub before: f32,
    /// … and with the encoding.
    pub after: f32,
}

impl Calibrated {
    /// What the preset is called that it comes from.
    pub fn preset_name(&self) -> String {
        format!("{:?}", self.encoding.preset).to_lowercase()
    }

    /// It as a sentence.
    pub fn words(&self) -> String {
        format!(
            "the places that these weights find are {:.1} % of the body off from the figure's; with the encoding that was \
             fitted, {:.1} %",
            100.0 * self.before,
            100.0 * self.after
        )
    }
}

/// Draws a figure in several poses and finds out how a graph's weights have its places as landmarks.
///
/// # Errors
/// Weights that can't be loaded or find nothing; a figure that can't be drawn; stopped.
pub fn calibrate(
    figure: &Figure,
    graph: GraphKind,
    settings: &PaintingSettings,
    progress: &dyn Progress,
) -> Result<Calibrated, CalibrateError> {
    graph.finds.ok_or(PaintError::NoDetector)?;
    let weights = settings.weights_of(graph).ok_or(PaintError::NoWeights(graph))?;
    let loaded = graph.load(&weights, settings.running(), progress)?;
    let detect = |view: &View| loaded.detect(view, &DrawingHints::default(), graph.working_px);
    calibrate_by(figure, &detect, progress)
}

/// As [`calibrate`], by whatever finds what drawings show.
///
/// # Errors
/// As [`calibrate`].
pub fn calibrate_by(
    figure: &Figure,
    detect: &dyn Fn(&View) -> Result<Found, PaintError>,
    progress: &dyn Progress,
) -> Result<Calibrated, CalibrateError> {
    let rasterizer = Rasterizer::new(RasterChoice::Cpu)?;
    let presets = [MapPreset::Body, MapPreset::Joint, MapPreset::Box];
    let subjects = presets.map(|map| Subject::new(rasterizer.clone(), figure.clone(), map).map(Arc::new));
    let subjects = subjects.into_iter().collect::<Result<Vec<_>, _>>()?;
    progress.stage("detecting the figure", (POSES.len() * YAWS_DEG.len()) as u64);
    let mut pairs: Vec<Vec<[Vec3; 2]>> = vec![vec![]; presets.len()];
    for pose in POSES.iter().filter_map(|name| library::find(name)) {
        for yaw_deg in YAWS_DEG {
            if progress.cancelled() {
                return Err(PaintError::Stopped.into());
            }
            let camera = CameraView::new(yaw_deg, 0.0);
            let shots = subjects.iter().map(|subject| subject.stand(&pose.1).framed(&camera, SIZE_PX, MARGIN));
            let shots = shots.collect::<Result<Vec<_>, _>>()?;
            let picture = shots[0].toon(SIZE_PX, &ToonStyle::default())?;
            let view = View { name: pose.0.to_string(), path: None, picture, udp: None, warnings: vec![] };
            let found = detect(&view)?;
            progress.advance(1);
            if found.udp.surface_points() == 0 {
                continue;
            }
            for (pairs, shot) in pairs.iter_mut().zip(&shots) {
                let known = shot.udp(SIZE_PX)?;
                let all = known.pixels.iter().zip(&found.udp.pixels).enumerate();
                let looked = |i: usize| {
                    (i % SIZE_PX[0] as usize).is_multiple_of(STEP) && (i / SIZE_PX[0] as usize).is_multiple_of(STEP)
                };
                let both = all.filter(|(i, (ours, theirs))| looked(*i) && ours[3] > 0.5 && theirs[3] > 0.5);
                pairs.extend(both.map(|(_, (ours, theirs))| [ours, theirs].map(|p| Vec3::new(p[0], p[1], p[2]))));
            }
        }
    }
    let fits: Vec<_> = presets.iter().zip(&pairs).filter_map(|(preset, pairs)| fit(*preset, pairs)).collect();
    let usual = fits.iter().find(|fit| fit.encoding.preset == MapPreset::default()).ok_or(CalibrateError::Nothing)?;
    let best = fits.iter().min_by(|a, b| a.after.total_cmp(&b.after)).ok_or(CalibrateError::Nothing)?;
    Ok(Calibrated { encoding: best.encoding, before: usual.before, after: best.after })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example;
    use crate::fude::{Detector, Hints};
    use crate::progress::Silent;

    /// Weights that number places in a way of their own: our detector's, whose answers are moved by a known map.
    #[test]
    fn weights_that_number_the_body_otherwise_are_found_out_to_do_so() {
        let figure = example::figure().unwrap();
        let Some(detector) = Detector::shipped(128).unwrap() else {
            return println!("skipped: no weights are part of this build");
        };
        let moved = [[0.7, 0.05, 0.0, 0.1], [0.0, 0.8, -0.06, 0.15], [0.04, 0.0, 1.1, -0.05]];
        let other = Encoding { preset: MapPreset::Body, moved: Some(moved) };
        // One look is enough.
        let detector = detector.first();
        let by = |other: Option<Encoding>| {
            let detect = |view: &View| {
                let mut found: Found = detector.detect(&view.picture, &Hints::default(), 128).into();
                for pixel in found.udp.pixels.iter_mut().filter(|pixel| pixel[3] > 0.5) {
                    let place = Vec3::new(pixel[0], pixel[1], pixel[2]);
                    let place = other.map_or(place, |other| other.of(place));
                    pixel[..3].copy_from_slice(&place.to_array());
                }
                Ok(found)
            };
            calibrate_by(&figure, &detect, &Silent).unwrap()
        };
        let (own, made_up) = (by(None), by(Some(other)));
        println!("{own:?}\n{made_up:?}");
        // Ours need none: what is fitted moves places by less than they are off.
        assert!(own.after <= own.before && own.before < 0.05, "{own:?}");
        assert!(made_up.after < 0.5 * made_up.before, "{made_up:?}");
        // The known map after what is fitted for ours is what is fitted for the made-up ones, to 1 % of the body's size.
        assert_eq!(own.encoding.preset, made_up.encoding.preset);
        for x in [0.25, 0.5, 0.75] {
            for y in [0.05, 0.5, 0.95] {
                for z in [0.4, 0.5, 0.6] {
                    let ours = Vec3::new(x, y, z);
                    let expected = other.of(own.encoding.of(ours));
                    let off = made_up.encoding.of(ours).distance(expected);
                    assert!(off < 0.01, "{off} at {ours}");
                }
            }
        }
    }

    #[test]
    fn who_finds_nothing_has_no_encoding() {
        let figure = example::figure().unwrap();
        let blind = |view: &View| {
            let udp = crate::udp::Udp::new(view.picture.width_px, view.picture.height_px);
            Ok(Found { udp, spread: None, belief: None })
        };
        assert!(matches!(calibrate_by(&figure, &blind, &Silent), Err(CalibrateError::Nothing)));
    }
}
