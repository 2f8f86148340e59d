//! What a renderer is worth when it has learned, on generated characters held out and on figures from files.

use super::super::TrainError;
use super::super::data::Cast;
use super::measure::Against;
use super::sitting::{HELD_OUT, Sitter, Sitting, Told};
use crate::fude::{Detector, Renderer};
use crate::progress::Progress;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Generated characters.
const CHARACTERS: u64 = 16;
/// Pictures of each that are wanted, after a sheet of the most drawings.
const WANTED: usize = 4;
/// Drawings of a sheet.
const VIEWS: [usize; 4] = [1, 2, 4, 8];

/// How some figures were painted, beside what needs no learning.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PaintFinding {
    /// Who.
    pub figure: String,
    /// By what UDPs the sheets were understood; poses that are wanted have exact ones.
    pub told: Told,
    /// How many pictures.
    pub pictures: usize,
    /// Their sides.
    pub size_px: usize,
    /// How near to the truth they came.
    pub measures: Against,
}

/// Measures a renderer on generated characters held out and on figures from files, with sheets of one to eight drawings whose
/// UDPs are exact or are found by a detector. The pictures are the same for whatever renderer.
///
/// # Errors
/// A figure that can't be read or drawn.
pub fn paint_findings(
    renderer: &Renderer,
    detector: &Detector,
    size_px: usize,
    figures: &[PathBuf],
    progress: &dyn Progress,
) -> Result<Vec<PaintFinding>, TrainError> {
    of_figures(renderer, detector, size_px, CHARACTERS, figures, progress)
}

fn of_figures(
    renderer: &Renderer,
    detector: &Detector,
    size_px: usize,
    characters: u64,
    figures: &[PathBuf],
    progress: &dyn Progress,
) -> Result<Vec<PaintFinding>, TrainError> {
    const CASES: u64 = 2 * VIEWS.len() as u64;
    progress.stage("measuring", CASES * (1 + figures.len()) as u64);
    let most = VIEWS.into_iter().max().unwrap_or(1);
    let sitter = |portraits| Sitter::of(&portraits, [most, WANTED], size_px, Some(detector));
    let mut found = vec![];
    let mut add = |figure: &str, sitters: Vec<Sitter>| {
        let sitting = Sitting { sitters, size_px };
        for told in [Told::Exact, Told::Detected] {
            for views in VIEWS {
                if progress.cancelled() {
                    return;
                }
                let renderer = sitting.painted(renderer, told, views);
                let measures = Against { renderer, ..sitting.others(told, views) };
                found.push(PaintFinding {
                    figure: figure.into(),
                    told,
                    pictures: sitting.pictures(),
                    size_px,
                    measures,
                });
                progress.advance(1);
            }
        }
    };
    let cast = Cast::held_out(HELD_OUT)?.for_pictures(size_px);
    let generated = (0..characters).map(|number| Ok(sitter(cast.portraits(number)?)));
    add("generated, unseen shapes", generated.collect::<Result<_, TrainError>>()?);
    let cast = Cast::new(HELD_OUT, figures.to_vec())?.for_pictures(size_px);
    for (number, path) in figures.iter().enumerate() {
        if progress.cancelled() {
            break;
        }
        let name = path.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        add(&name, vec![sitter(cast.portraits_of_file(number)?)]);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::super::super::Findings;
    use super::super::super::{RunFolder, Settings, Taught};
    use super::*;
    use crate::fude::{RendererGraph, shipped};
    use crate::nn::Precision;
    use crate::progress::Silent;

    #[test]
    fn a_renderer_is_measured_on_larger_and_larger_sheets_and_the_record_tells_it() {
        let file = shipped::<RendererGraph>().unwrap().unwrap();
        let renderer = Renderer::of_file(&file, 64, Precision::F32, &Silent).unwrap();
        let detector = Detector::shipped(64).unwrap().unwrap();
        let found = of_figures(&renderer, &detector, 64, 2, &[], &Silent).unwrap();
        let cases = [Told::Exact, Told::Detected].into_iter().flat_map(|told| [1, 2, 4, 8].map(|views| (told, views)));
        assert!(found.iter().map(|of| (of.told, of.measures.views)).eq(cases));
        let sum = |told: Told, of: fn(&Against) -> f64| -> f64 {
            found.iter().filter(|found| found.told == told).map(|found| of(&found.measures)).sum()
        };
        assert!(sum(Told::Exact, |of| of.transfer) > sum(Told::Detected, |of| of.transfer) + 1.0);
        assert!(sum(Told::Detected, |of| of.renderer) > sum(Told::Detected, |of| of.nearest) + 8.0);
        assert!(found.iter().all(|of| of.pictures == 8 && of.size_px == 64 && of.figure.starts_with("generated")));

        let folder = tempfile::tempdir().unwrap();
        let settings = Settings { graph: Taught::Renderer, ..Settings::default() };
        let folder = RunFolder::create(&folder.path().join("run"), &settings).unwrap();
        let found = Findings::Renderer(found);
        found.keep(&folder, 7).unwrap();
        let kept = |step| Findings::kept(&folder, Taught::Renderer, step).unwrap();
        assert!(kept(7).unwrap().table() == found.table() && kept(8).is_none());
        assert!(found.table().contains("| detected | 8 | ") && found.about().contains("64²"), "{}", found.table());
    }
}
