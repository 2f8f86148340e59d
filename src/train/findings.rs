//! What was found when weights were measured, in a training's folder and as a table.

use super::detecting::Finding;
use super::painting::{Against, PaintFinding, Told};
use super::{RunFolder, Taught, TrainError};
use std::fmt::Write as _;

/// Of whatever was measured.
#[derive(Clone, Debug, PartialEq)]
pub enum Findings {
    /// Of a detector, or a refiner.
    Detector(Vec<Finding>),
    /// Of a renderer.
    Renderer(Vec<PaintFinding>),
}

impl Findings {
    /// Keeps them in a training's folder, as those of the checkpoint after so many steps.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub(super) fn keep(&self, folder: &RunFolder, step: u64) -> Result<(), TrainError> {
        match self {
            Self::Detector(found) => folder.write_json(&file(step), found),
            Self::Renderer(found) => folder.write_json(&file(step), found),
        }
    }

    /// Those that were kept; none where nobody measured.
    ///
    /// # Errors
    /// A file that can't be read.
    pub(super) fn kept(folder: &RunFolder, of: Taught, step: u64) -> Result<Option<Self>, TrainError> {
        Ok(match of {
            Taught::Detector | Taught::Refiner => folder.read_json(&file(step))?.map(Self::Detector),
            Taught::Renderer => folder.read_json(&file(step))?.map(Self::Renderer),
            _ => None,
        })
    }

    /// What the numbers of the table are.
    pub fn about(&self) -> String {
        match self {
            Self::Detector(found) => {
                let size_px = found.first().map_or(0, |finding| finding.size_px);
                format!("On drawings of {size_px}². Sure half: the half of the pixels that the weights call surest.")
            }
            Self::Renderer(found) => {
                let size_px = found.first().map_or(0, |finding| finding.size_px);
                format!(
                    "PSNR in decibels over white in the figure's box, pictures of {size_px}². Detected: UDPs that a detector \
                     found, told the side that each drawing shows."
                )
            }
        }
    }

    /// A table of Markdown.
    pub fn table(&self) -> String {
        // Writing to a string can't fail.
        match self {
            Self::Detector(found) => {
                let mut table = String::from(
                    "| figure | pictures | told | landmark error | sure half | turned | mirrored | outline | side found |\n\
                     |---|---|---|---|---|---|---|---|---|\n",
                );
                for Finding { figure, told, pictures, measures: m, .. } in found {
                    let _ = writeln!(
                        table,
                        "| {figure} | {pictures} | {told} | {:.4} | {:.4} | {:.2} | {:.2} | {:.4} | {:.2} |",
                        m.landmark, m.sure_half, m.turned, m.mirrored, m.outline, m.quarter
                    );
                }
                table
            }
            Self::Renderer(found) => {
                let mut table = String::from(
                    "| figure | pictures | UDPs | drawings | renderer | landmark transfer | nearest drawing |\n\
                     |---|---|---|---|---|---|---|\n",
                );
                for PaintFinding { figure, told, pictures, measures, .. } in found {
                    let told = if *told == Told::Exact { "exact" } else { "detected" };
                    let Against { views, renderer, transfer, nearest } = measures;
                    let _ = writeln!(
                        table,
                        "| {figure} | {pictures} | {told} | {views} | {renderer:.2} | {transfer:.2} | {nearest:.2} |"
                    );
                }
                table
            }
        }
    }
}

/// Where the findings of a step lie in the folder.
fn file(step: u64) -> String {
    format!("measured-{step:08}.json")
}
