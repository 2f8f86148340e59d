//! `settei demo`: the whole way once, on the built-in example.

use super::arguments::OutArgs;
use super::contact_sheet::contact_sheet;
use super::report::Report;
use crate::dynamics::{Chains, Settings};
use crate::engine::{Easel, PaintingSettings, Views};
use crate::example;
use crate::figure::landmarks::MapPreset;
use crate::picture::Picture;
use crate::progress::{Progress, Quiet};
use crate::raster::{RasterChoice, Rasterizer, Subject};
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;
use std::sync::Arc;

/// Draw the built-in character in six poses; needs nothing else
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
        let subject = Arc::new(Subject::new(Rasterizer::new(self.raster)?, example::figure()?, MapPreset::default())?);
        report.say(format_args!("{} is drawn by {}", subject.figure().name, subject.rasterizer().describe()));
        let views: Views = example::sheet()?.views.into_iter().map(Arc::new).collect();
        let settings = PaintingSettings::default().settled(&views, [self.size; 2]);
        let mut easel = Easel::default();
        easel.draws(&subject);
        let chains = Chains::new(subject.figure(), &Settings::default());
        let subject = Arc::new(subject.hanging(chains));
        let painter = easel.prepare(&views, &settings, report)?.painter;

        report.stage("drawing six poses", SHOWN.len() as u64);
        let mut drawn = Vec::new();
        for (name, camera) in SHOWN {
            let (name, pose) = crate::pose::named_or_file(name)?;
            let udp = subject.shoot(&pose, &camera.parse()?, [self.size; 2])?.udp([self.size; 2])?;
            let picture = painter.paint(&udp, &Quiet(report))?.picture;
            out.picture(&name, &picture, report)?;
            drawn.push(picture);
            report.advance(1);
        }
        let views: Vec<&Picture> = views.iter().map(|view| &view.picture).collect();
        let page = contact_sheet(&views, &drawn.iter().collect::<Vec<_>>(), 3);
        out.picture("contact-sheet", &page, report)?;
        Ok(())
    }
}
