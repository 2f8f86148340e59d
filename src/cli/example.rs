//! `settei example`: the built-in character as files, or another one of the same maker.

use super::arguments::OutArgs;
use super::contact_sheet::contact_sheet;
use super::report::Report;
use super::standin::described;
use crate::example::{self, CharacterParams, Detail};
use crate::picture::Picture;
use crate::pose::CameraView;
use crate::progress::Progress;
use crate::udp::UdpFormat;
use anyhow::{Context as _, Result};
use clap::Args;
use rayon::prelude::*;
use std::ops::RangeInclusive;
use std::path::PathBuf;

/// Write the built-in character, or an invented one, as files to play with
///
/// A rigged figure (VRM) and its character sheet: four drawings, each with its Ultra-Dense Pose beside it; of an invented
/// character also its description (.json), which can be edited and given back by --character. Use them for anything
/// (CC0 1.0: no rights reserved).
#[derive(Args)]
#[command(after_help = "Examples:\n  settei example --out mio\n  settei example --seed 7 --out someone-else\n  \
                        settei example --contact-sheet 1-20 --out twenty\n  settei example --drawn --out rin\n  \
                        settei render --sheet mio --figure mio/mio.vrm --pose dance --out pictures")]
pub(super) struct Example {
    /// Invent another character; the same number invents the same one
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// A character described by a file (.json), such as one that --seed wrote; what it leaves out is as on the built-in one
    #[arg(long, value_name = "FILE", conflicts_with = "seed")]
    character: Option<PathBuf>,
    /// Draw the characters of these numbers on one page instead, as 1-100
    #[arg(long, value_name = "FIRST-LAST", conflicts_with_all = ["seed", "character", "anew"], value_parser = range)]
    contact_sheet: Option<RangeInclusive<u64>>,
    /// Write four plain drawings by another hand instead, without their Ultra-Dense Poses, as an artist has them; beside
    /// them whom they show
    #[arg(long, conflicts_with_all = ["seed", "character", "contact_sheet"])]
    drawn: bool,
    /// Draw the built-in character anew instead of copying what was drawn when Settei was made
    #[arg(long)]
    anew: bool,
    #[command(flatten)]
    out: OutArgs,
}

/// Width and height of one character on a page, and how many stand side by side.
const CARD_PX: [u32; 2] = [360, 360];
const COLUMNS: u32 = 10;
/// Characters on one page at most.
const MOST: u64 = 400;

/// Reads `1-100`, or one number.
fn range(text: &str) -> Result<RangeInclusive<u64>, String> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let number = |text: &str| text.trim().parse::<u64>().ok();
    let range = number(first).zip(number(last)).filter(|(first, last)| first <= last && last - first < MOST);
    let (first, last) = range.ok_or_else(|| format!("write it as 1-100, {MOST} characters at most"))?;
    Ok(first..=last)
}

impl Example {
    pub(super) fn run(&self, report: &Report) -> Result<()> {
        if let Some(seeds) = &self.contact_sheet {
            return self.page(seeds, report);
        }
        if self.drawn {
            return self.drawings(report);
        }
        let params = match (&self.character, self.seed) {
            (Some(path), _) => Some(described(path, report)?),
            (None, Some(seed)) => Some(CharacterParams::random(seed)),
            (None, None) => self.anew.then(CharacterParams::default),
        };
        let out = self.out.open("example")?;
        let (name, vrm, sheet, description) = match params {
            None => ("mio", example::FIGURE_VRM.to_vec(), example::sheet()?, None),
            Some(params) => {
                let vrm = example::generate(&params)?;
                let figure = crate::figure::load::from_bytes("character.vrm", &vrm)?;
                let name = if self.anew && params == CharacterParams::default() { "mio" } else { "character" };
                let text = serde_json::to_vec_pretty(&params)?;
                (name, vrm, example::draw_sheet(figure)?, Some(text))
            }
        };
        if let Some(description) = description {
            out.file(&format!("{name}.json"), &description, report)?;
        }
        out.file(&format!("{name}.vrm"), &vrm, report)?;
        for view in &sheet.views {
            out.picture(&view.name, &view.picture, report)?;
            if let Some(udp) = &view.udp {
                out.udp(&format!("{}.udp", view.name), udp, UdpFormat::Npz, report)?;
            }
        }
        Ok(())
    }

    /// Drawings of which nothing is known, and whom they show.
    fn drawings(&self, report: &Report) -> Result<()> {
        let (out, params) = (self.out.open("example")?, example::drawn::character());
        let name = |name: &str| name.replace(' ', "-");
        if self.anew {
            for (drawn, picture) in example::drawn::draw()? {
                out.picture(&name(drawn), &picture, report)?;
            }
        } else {
            for drawn in example::drawn::NAMES {
                let picture = example::drawn::drawing(drawn)?.context("a damaged build: install Settei again")?;
                out.picture(&name(drawn), &picture, report)?;
            }
        }
        out.file("rin.json", &serde_json::to_vec_pretty(&params)?, report)?;
        out.file("rin.vrm", &example::generate(&params)?, report)
    }

    /// Many characters on one page.
    fn page(&self, seeds: &RangeInclusive<u64>, report: &Report) -> Result<()> {
        let out = self.out.open("example")?;
        report.stage("drawing characters", seeds.end() - seeds.start() + 1);
        let drawn: Vec<Picture> = seeds
            .clone()
            .into_par_iter()
            .map(|seed| {
                let figure = example::character(seed, Detail::Quick);
                let view = example::draw_view(figure, &CameraView::new(0.0, 0.0), CARD_PX);
                report.advance(1);
                Ok(view?.picture)
            })
            .collect::<Result<_>>()?;
        let page = contact_sheet(&[], &drawn.iter().collect::<Vec<_>>(), COLUMNS.min(drawn.len() as u32));
        out.picture("contact-sheet", &page, report)
    }
}
