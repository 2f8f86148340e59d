//! What a renderer is worth, on characters that nothing was learned from, beside what needs no learning.

use super::super::TrainError;
use super::super::painting::{Wanted, alike};
use super::super::samples::{SAMPLES, sheet};
use super::Painter;
use super::finding::FoundMeasured;
use super::lesson::{asked, drawn};
use super::sitters::{Sitter, VIEWS};
use crate::cinn::wiring::WANTED;
use crate::fude::renderer::prepare::{self, Known};
use crate::fude::{Renderer, RendererGraph, SheetDrawing, shipped};
use crate::measures::{self, Pair, PictureMeasures};
use crate::nn::Precision;
use crate::picture::Picture;
use crate::progress::Silent;
use serde::{Deserialize, Serialize};

/// Means over all pictures that were wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct CinnMeasured {
    /// Drawings of a sheet.
    pub sheet_drawings: usize,
    /// The mean difference of colours over the whole picture, as the paper's tables have it.
    pub whole_l1: f64,
    /// PSNR in decibels over white in the box of the true figure.
    pub painted_db: f64,
    /// Where there is one drawing only, for who can paint from one.
    pub from_one_db: Option<f64>,
    /// The drawing that shows most of the pose, as it is.
    pub nearest_db: f64,
    /// Of whom finds UDPs.
    #[serde(default)]
    pub found: Option<FoundMeasured>,
}

impl CinnMeasured {
    /// Lower is better.
    pub fn score(&self) -> f64 {
        match self.found {
            // Nobody paints.
            Some(found) if self.sheet_drawings == 0 => found.udp_l1,
            _ => self.whole_l1,
        }
    }
}

/// Who needs no training on the tables' own characters, and is shown beside those who do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Baseline {
    /// The drawing that shows most of the pose, as it is.
    Nearest,
    /// The mean colour of all drawings within the true outline.
    MeanColour,
    /// Landmark transfer with exact UDPs of the drawings, which the paper's renderer does not see.
    Transfer,
    /// The program's own renderer, with these UDPs as well.
    Fude,
}

impl Baseline {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Nearest, Self::MeanColour, Self::Transfer, Self::Fude];

    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nearest => "nearest drawing",
            Self::MeanColour => "mean colour",
            Self::Transfer => "landmark transfer",
            Self::Fude => "Settei's renderer",
        }
    }
}

/// A picture that was painted, and how near it is to the true one.
#[derive(Clone, Debug)]
pub struct Trial {
    /// The mean difference of colours over the whole picture.
    pub whole_l1: f64,
    /// Everything in the box of the true figure.
    pub measures: PictureMeasures,
    /// It.
    pub picture: Picture,
}

/// Characters held out, each drawn for a sheet and in poses that are wanted from it.
pub struct Gauge {
    pub(super) sitters: Vec<Sitter>,
    pub(super) size_px: usize,
}

impl Gauge {
    /// What a renderer makes of sheets of so many drawings.
    pub fn trials(&self, painter: &Painter, views: usize) -> Vec<Trial> {
        self.each(views, |_, drawings, wanted| {
            self.painted(painter, drawings, &asked(&wanted.udp, painter.study.encoding))
        })
    }

    /// The same of who is told what its own detector finds in the true pictures; nothing where there is none.
    pub fn trials_by_found(&self, painter: &Painter, views: usize) -> Vec<Trial> {
        let Some(found) = self.found_udps(painter) else { return vec![] };
        let mut found = found.iter();
        self.each(views, |_, drawings, _| {
            found.next().map_or_else(|| empty(self.size_px), |udp| self.painted(painter, drawings, udp))
        })
    }

    /// The same of who needs no learning; none where this program has none of it.
    ///
    /// # Errors
    /// Damaged weights in this program.
    pub fn baseline(&self, which: Baseline, views: usize) -> Result<Option<Vec<Trial>>, TrainError> {
        let size_px = self.size_px;
        Ok(Some(match which {
            Baseline::Nearest => self.each(views, |_, drawings, wanted| {
                let nearest = drawings.iter().max_by_key(|known| alike(&known.udp, &wanted.udp));
                nearest.map_or_else(|| empty(size_px), |known| known.picture.clone())
            }),
            Baseline::MeanColour => self.each(views, |_, drawings, wanted| {
                let seen = || drawings.iter().flat_map(|known| &known.picture.pixels).filter(|colour| colour[3] > 127);
                let count = seen().count().max(1) as u64;
                let mean = [0, 1, 2].map(|c| (seen().map(|colour| u64::from(colour[c])).sum::<u64>() / count) as u8);
                let mut picture = empty(size_px);
                let pixels = picture.pixels.iter_mut().zip(&wanted.udp.pixels);
                pixels.filter(|(_, udp)| udp[3] > 0.5).for_each(|(to, _)| *to = [mean[0], mean[1], mean[2], 255]);
                picture
            }),
            Baseline::Transfer => self.each(views, |sitter, drawings, wanted| {
                let transfer = prepare::transfer(drawings, sitter.parts.clone(), &Silent);
                transfer.map_or_else(|_| empty(size_px), |transfer| transfer.render(&wanted.udp).picture)
            }),
            Baseline::Fude => {
                let Some(file) = shipped::<RendererGraph>()? else { return Ok(None) };
                let renderer = Renderer::of_file(&file, size_px, Precision::F32, &Silent)?;
                self.each(views, |sitter, drawings, wanted| {
                    let drawings: Vec<_> = drawings
                        .iter()
                        .map(|known| SheetDrawing { picture: &known.picture, udp: &known.udp, spread: None })
                        .collect();
                    let sheet = Renderer::encode(&drawings, sitter.parts.clone(), size_px, &Silent).ok();
                    let painted = sheet.and_then(|sheet| renderer.paint(&sheet, &wanted.udp, &Silent).ok());
                    painted.map_or_else(|| empty(size_px), |painted| straight(&painted.premultiplied, size_px))
                })
            }
        }))
    }

    /// What is wanted of all characters, in the order of all trials.
    pub(super) fn wanted(&self) -> impl Iterator<Item = &Wanted> {
        self.sitters.iter().flat_map(|sitter| &sitter.wanted)
    }

    /// The true pictures, in the order of all trials.
    pub fn truths(&self) -> Vec<Picture> {
        self.wanted().map(|of| straight(&of.colours, self.size_px)).collect()
    }

    fn each(&self, views: usize, mut paint: impl FnMut(&Sitter, &[Known], &Wanted) -> Picture) -> Vec<Trial> {
        let mut trials = vec![];
        for sitter in &self.sitters {
            for wanted in &sitter.wanted {
                let picture = paint(sitter, &sitter.drawings[..views.min(sitter.drawings.len())], wanted);
                let truth = straight(&wanted.colours, self.size_px);
                // What is wanted shows a figure and has the size of what is painted: both are pairs.
                let pairs = [Pair::whole(&picture, &truth), Pair::in_figure_box(&picture, &truth)];
                if let [Ok(whole), Ok(in_box)] = pairs {
                    let measures = PictureMeasures::of(&in_box).0;
                    trials.push(Trial { whole_l1: measures::l1(&whole), measures, picture });
                }
            }
        }
        trials
    }

    fn painted(&self, painter: &Painter, drawings: &[Known], asked: &[[f32; WANTED]]) -> Picture {
        let seen: Vec<_> =
            drawings.iter().map(|known| drawn(&crate::sheet::framing::premultiplied(&known.picture))).collect();
        let colours = painter.paint(&seen, asked, self.size_px);
        let byte = |v: f32| (v.clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
        let pixels = colours.iter().map(|&[r, g, b]| [byte(r), byte(g), byte(b), 255]).collect();
        Picture { width_px: self.size_px as u32, height_px: self.size_px as u32, pixels }
    }

    /// While it learns.
    pub(super) fn measured(&self, painter: &Painter) -> CinnMeasured {
        let design = painter.study.design;
        let found = self.found(painter);
        if !painter.study.paints() {
            return CinnMeasured { found, ..CinnMeasured::default() };
        }
        let views = if design.collaborates { VIEWS } else { design.views };
        let mean = |trials: &[Trial], of: fn(&Trial) -> f64| trials.iter().map(of).sum::<f64>() / trials.len() as f64;
        let db = |trials: &[Trial]| mean(trials, |trial| trial.measures.psnr_db.unwrap_or(90.0));
        let painted = self.trials(painter, views);
        let nearest = self.baseline(Baseline::Nearest, views).ok().flatten().unwrap_or_default();
        CinnMeasured {
            sheet_drawings: views,
            whole_l1: mean(&painted, |trial| trial.whole_l1),
            painted_db: db(&painted),
            from_one_db: design.collaborates.then(|| db(&self.trials(painter, 1))),
            nearest_db: db(&nearest),
            found,
        }
    }

    /// A picture of each of some characters: one of the drawings, what is painted from all, what is true.
    pub(super) fn samples(&self, painter: &Painter) -> Picture {
        let design = painter.study.design;
        let views = if design.collaborates { VIEWS } else { design.views };
        if !painter.study.paints() {
            return sheet(self.size_px, &self.findings(painter, SAMPLES));
        }
        let figures = self.sitters.iter().take(SAMPLES).filter_map(|sitter| {
            let (wanted, shown) = (sitter.wanted.first()?, sitter.drawings.first()?);
            let drawings = &sitter.drawings[..views.min(sitter.drawings.len())];
            Some([
                shown.picture.pixels.clone(),
                self.painted(painter, drawings, &asked(&wanted.udp, painter.study.encoding)).pixels,
                straight(&wanted.colours, self.size_px).pixels,
            ])
        });
        sheet(self.size_px, &figures.collect::<Vec<_>>())
    }
}

pub(super) fn straight(premultiplied: &[[u8; 4]], size_px: usize) -> Picture {
    Picture::of_premultiplied(size_px as u32, size_px as u32, premultiplied.to_vec())
}

fn empty(size_px: usize) -> Picture {
    Picture::new(size_px as u32, size_px as u32)
}
