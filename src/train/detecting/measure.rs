//! What a state is worth, on figures that nothing was learned from.

use super::super::TrainError;
use super::super::data::{Cast, Lesson, Manner, Rendering, item};
use super::super::dice::Dice;
use super::super::samples::{SAMPLES, sheet};
use super::loss::{Measures, measures};
use crate::fude::Detector;
use crate::fude::hints::seen;
use crate::picture::Picture;
use crate::progress::Progress;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Seeds of these are of no training, nor are their lists of shapes.
const HELD_OUT: u64 = 0x0b5e_55ed_0000_0000;
/// Generated figures and views of each, while a training goes on.
const SOME: (u64, usize) = (8, 8);
/// For a table: shares of a hundredth are to be seen.
const MANY: (u64, usize) = (32, 4);

/// The same pictures with more and more said about them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Measured {
    /// Nothing.
    pub untold: Measures,
    /// The view's tag.
    pub tagged: Measures,
    /// A click.
    pub one_click: Measures,
    /// Four.
    pub four_clicks: Measures,
}

impl Measured {
    /// Lower is better: half of it of what artists say nothing about, half with the tag.
    pub fn score(&self) -> f64 {
        (self.untold.landmark + self.tagged.landmark) / 2.0
    }
}

/// Pictures to measure with.
pub(super) struct Examination {
    lessons: [Lesson; 4],
}

impl Examination {
    /// Draws the figures held out.
    pub(super) fn new(size_px: usize) -> Result<Self, TrainError> {
        let views = held_out(SOME, size_px)?;
        let lessons = [(false, 0), (true, 0), (false, 1), (false, 4)];
        Ok(Self { lessons: lessons.map(|(tag, clicks)| lesson(&views, size_px, tag, clicks)) })
    }

    pub(super) fn of(&self, detector: &Detector) -> Measured {
        let [untold, tagged, one_click, four_clicks] =
            [0, 1, 2, 3].map(|which| answered(detector, &self.lessons[which]));
        Measured { untold, tagged, one_click, four_clicks }
    }

    /// A view of each of some figures, about which nothing is told: the drawing, the places that were found, the true ones.
    pub(super) fn samples(&self, detector: &Detector) -> Picture {
        let lesson = &self.lessons[0];
        let (size, area) = (lesson.size_px, lesson.size_px * lesson.size_px);
        let colour = |[x, y, z]: [f32; 3], there: f32| {
            let byte = |v: f32| (v.clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
            if there > 0.5 { [byte(x), byte(y), byte(z), 255] } else { [0; 4] }
        };
        // Answers are of half the size.
        let doubled = |half: &[[u8; 4]]| -> Vec<[u8; 4]> {
            (0..area).map(|i| half[i / size / 2 * (size / 2) + i % size / 2]).collect()
        };
        let figures = (0..SAMPLES).map(|figure| {
            let at = figure * SOME.1 + figure;
            let inputs = &lesson.inputs[at * area..(at + 1) * area];
            let drawing = inputs.iter().map(|&[r, g, b, a, ..]| seen([r, g, b, a])).collect();
            let drawing = Picture::of_premultiplied(size as u32, size as u32, drawing).pixels;
            let (answers, _) = detector.looked(inputs, size).swap_remove(0);
            let found: Vec<_> = answers.iter().map(|answer| colour(answer.landmark, answer.mask)).collect();
            let truth = &lesson.fine[at * area / 4..(at + 1) * area / 4];
            let truth: Vec<_> = truth.iter().map(|&[x, y, z, there]| colour([x, y, z], there)).collect();
            [drawing, doubled(&found), doubled(&truth)]
        });
        sheet(size, &figures.collect::<Vec<_>>())
    }
}

/// Some figures, and how well they were understood.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Finding {
    /// Whose pictures.
    pub figure: String,
    /// What was said about each.
    pub told: String,
    /// How many.
    pub pictures: usize,
    /// Their sides.
    pub size_px: usize,
    /// What was found.
    pub measures: Measures,
}

/// What a table tells the detector, one line each.
const TOLD: [(&str, bool, usize); 6] = [
    ("nothing", false, 0),
    ("view tag", true, 0),
    ("1 click", false, 1),
    ("2 clicks", false, 2),
    ("4 clicks", false, 4),
    ("tag, 1 click", true, 1),
];

/// Measures a detector on generated characters held out and on figures from files, told nothing, the view, or where some
/// points are. The pictures are the same for whatever detector.
///
/// # Errors
/// A figure that can't be read or drawn.
pub fn findings(
    detector: &Detector,
    size_px: usize,
    figures: &[PathBuf],
    progress: &dyn Progress,
) -> Result<Vec<Finding>, TrainError> {
    progress.stage("measuring", (1 + figures.len()) as u64);
    let mut found = vec![];
    let mut add = |figure: &str, views: &[(Rendering, [u64; 2])]| {
        for (told, tag, clicks) in TOLD {
            let lesson = lesson(views, size_px, tag, clicks);
            let measures = answered(detector, &lesson);
            found.push(Finding { figure: figure.into(), told: told.into(), pictures: views.len(), size_px, measures });
        }
        progress.advance(1);
    };
    add("generated, unseen shapes", &held_out(MANY, size_px)?);
    let cast = Cast::new(HELD_OUT, figures.to_vec())?.for_pictures(size_px);
    let mut all = vec![];
    for (number, path) in figures.iter().enumerate() {
        if progress.cancelled() {
            break;
        }
        let views: Vec<_> =
            cast.block_of_file(number)?.into_iter().zip(0..).map(|(v, i)| (v, [number as u64, i])).collect();
        let name = path.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        add(&name, &views);
        all.extend(views);
    }
    if figures.len() > 1 {
        add("all figures from files", &all);
    }
    Ok(found)
}

/// Views of so many generated characters held out, each with what its dice are of.
fn held_out((figures, each): (u64, usize), size_px: usize) -> Result<Vec<(Rendering, [u64; 2])>, TrainError> {
    let cast = Cast::held_out(HELD_OUT)?.for_pictures(size_px);
    let mut views = vec![];
    for figure in 0..figures {
        views.extend(cast.block(figure)?.into_iter().take(each).zip(0..).map(|(view, i)| (view, [figure, i])));
    }
    Ok(views)
}

fn lesson(views: &[(Rendering, [u64; 2])], size_px: usize, tag: bool, clicks: usize) -> Lesson {
    let manner = Manner::Measuring { tag, clicks };
    let items = views.iter().map(|(view, [a, b])| item(view, size_px, manner, &mut Dice::of(&[HELD_OUT, *a, *b])));
    Lesson::of(items.collect(), size_px)
}

fn answered(detector: &Detector, lesson: &Lesson) -> Measures {
    let area = lesson.size_px * lesson.size_px;
    let parts = lesson.inputs.chunks(16 * area);
    let answers: Vec<_> = parts.flat_map(|inputs| detector.looked(inputs, lesson.size_px)).collect();
    measures(&answers, lesson)
}
