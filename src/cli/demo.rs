//! `settei demo`: the whole way once, on the built-in examples.

use super::arguments::{OutArgs, Results};
use super::contact_sheet::contact_sheet;
use super::report::Report;
use crate::dynamics::{Chains, Settings};
use crate::engine::{Easel, PaintingSettings, Views};
use crate::example::{self, Detail};
use crate::figure::Figure;
use crate::figure::landmarks::MapPreset;
use crate::picture::Picture;
use crate::progress::{Progress, Quiet};
use crate::project::{DrawingSource, Drawings};
use crate::raster::{RasterChoice, Rasterizer, Subject};
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;
use std::sync::Arc;

/// Draw two built-in characters in six poses each; needs nothing else
///
/// One is given by plain drawings, of which the program finds out by itself what they show, the other by a character sheet whose
/// Ultra-Dense Poses are known.
#[derive(Args)]
pub(super) struct Demo {
    /// Folder for the pictures; made if it isn't there
    #[arg(long, value_name = "DIR", default_value = "settei-demo")]
    out: PathBuf,
    /// Write into a folder that holds other files, replacing those of the same name
    #[arg(long)]
    overwrite: bool,
    /// Width and height of each picture in pixels
    #[arg(long, default_value_t = 768, value_parser = clap::value_parser!(u32).range(64..=4096))]
    size: u32,
    /// What draws the figure: a graphics card, the processor, or whichever is there
    #[arg(long, value_enum, default_value = "auto")]
    raster: RasterChoice,
}

/// The poses, each with the camera that shows it best.
const SHOWN: [(&str, &str); 6] = [
    ("wave", "front"),
    ("walk", "60:5"),
    ("point", "20:-5"),
    ("jump", "front"),
    ("kneel", "three-quarter-right"),
    ("peace", "20:-8"),
];

impl Demo {
    pub(super) fn run(&self, report: &Report) -> Result<()> {
        let out = OutArgs { out: self.out.clone(), overwrite: self.overwrite }.open("demo")?;
        // Drawings of which nothing is known, then some whose poses are.
        let mut drawn = Drawings::default();
        let mut read = |name: &str| drawn.open(&DrawingSource::BuiltIn(name.into())).map(Arc::new);
        let views: Vec<_> = example::drawn::NAMES.iter().map(|name| read(name)).collect::<Result<_, _>>()?;
        let figure = example::assemble(&example::drawn::character(), Detail::Fine);
        self.page(figure, views.into(), "rin-", &out, report)?;
        self.page(example::figure()?, example::sheet()?.views.into_iter().map(Arc::new).collect(), "", &out, report)
    }

    /// A character in six poses, and all of it on one page. `prefix`: of the files' names.
    fn page(&self, figure: Figure, views: Views, prefix: &str, out: &Results, report: &Report) -> Result<()> {
        let subject = Arc::new(Subject::new(Rasterizer::new(self.raster)?, figure, MapPreset::default())?);
        let settings = PaintingSettings::default().settled(&views, [self.size; 2]);
        let mut easel = Easel::default();
        easel.draws(&subject);
        let chains = Chains::new(subject.figure(), &Settings::default());
        let subject = Arc::new(subject.hanging(chains));
        let (name, by) = (&subject.figure().name, subject.rasterizer().describe());
        let prepared = easel.prepare(&views, &settings, report)?;
        report.say(format_args!("{name} is drawn by {by}, painted by {}", prepared.by));

        report.stage("drawing six poses", SHOWN.len() as u64);
        let mut drawn = Vec::new();
        for (name, camera) in SHOWN {
            let (name, pose) = crate::pose::named_or_file(name)?;
            let udp = subject.shoot(&pose, &camera.parse()?, [self.size; 2])?.udp([self.size; 2])?;
            let picture = prepared.painter.paint(&udp, &Quiet(report))?.picture;
            out.picture(&format!("{prefix}{name}"), &picture, report)?;
            drawn.push(picture);
            report.advance(1);
        }
        let views: Vec<&Picture> = views.iter().map(|view| &view.picture).collect();
        let page = contact_sheet(&views, &drawn.iter().collect::<Vec<_>>(), 3);
        out.picture(&format!("{prefix}contact-sheet"), &page, report)
    }
}
