//! `settei cutout`: drawings without transparency get some.

use super::Usage;
use super::arguments::OutArgs;
use super::report::Report;
use crate::sheet::matting::{Cutout, Marks, Method, Verdict, cut_out};
use crate::sheet::{View, drawing_files};
use anyhow::{Context, Result};
use clap::Args;
use std::path::PathBuf;

/// Cut characters out of drawings that have a background
///
/// NAME.jpg becomes NAME.png with everything but the character transparent. Paper, plain colours, gradients and painted
/// checkerboards are found by themselves; for other backgrounds paint strokes on a copy of the drawing (or on an empty
/// layer), red on the background and green or blue on the character, and give it with --scribbles.
#[derive(Args)]
#[command(after_help = "Examples:\n  settei cutout front.jpg back.jpg --out cut-out\n  \
                        settei cutout scans --tolerance 8 --holes --out cut-out\n  \
                        settei cutout hero.png --scribbles strokes.png --feather 2 --out cut-out")]
pub(super) struct CutoutCommand {
    /// Drawings, or folders of them
    #[arg(value_name = "PICTURE", required = true)]
    pictures: Vec<PathBuf>,
    /// Strokes of the drawing's size: red is background, green or blue the character, the rest is up to Settei
    #[arg(long, value_name = "PNG")]
    scribbles: Option<PathBuf>,
    /// How the character is told from the background [default: flood, with --scribbles watershed]
    #[arg(long, value_enum)]
    method: Option<Method>,
    #[command(flatten)]
    settings: Cutout,
    #[command(flatten)]
    out: OutArgs,
}

impl CutoutCommand {
    pub(super) fn run(&self, report: &Report) -> Result<()> {
        let fallback = if self.scribbles.is_some() { Method::Watershed } else { Method::Flood };
        let settings = Cutout { method: self.method.unwrap_or(fallback), ..self.settings.clone() };
        if settings.method == Method::Watershed && self.scribbles.is_none() {
            return Err(Usage("the watershed grows strokes: give them with --scribbles PNG".into()).into());
        }
        let files = drawing_files(&self.pictures)?;
        if files.is_empty() {
            let kinds = crate::picture::formats::names();
            return Err(anyhow::anyhow!("there is no drawing in these folders. Give pictures ({kinds})"));
        }
        if self.scribbles.is_some() && files.len() > 1 {
            return Err(Usage("--scribbles are made for one drawing: give one at a time".into()).into());
        }
        let marks = match &self.scribbles {
            Some(path) => Marks::from_picture(&View::open(path)?.picture),
            None => Marks::default(),
        };
        let out = self.out.open("cutout")?;
        for path in files {
            let view = View::open(&path)?;
            let name = || path.display().to_string();
            let result = cut_out(&view.picture, &settings, &marks, report).with_context(name)?;
            if let Some(advice) = Verdict::of(&view.picture, &result).advice() {
                report.warn(format_args!("{}: {advice}", path.display()));
            }
            out.picture(&out.unique_stem(&view.name), &result, report)?;
        }
        Ok(())
    }
}
