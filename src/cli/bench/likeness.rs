//! `settei bench likeness`: what a painter makes of a figure beside the figure itself.

use crate::bench::likeness::{CAMERAS, Likeness, SIZE_PX, means, measure, views};
use crate::cli::arguments::{RasterArgs, figure_help};
use crate::cli::contact_sheet::contact_sheet;
use crate::cli::report::Report;
use crate::cli::sheet;
use crate::engine::{Easel, PaintingSettings, Views};
use crate::events::{self, Event, Likenesses};
use crate::pose::CameraView;
use crate::raster::Subject;
use crate::sheet::DrawingHints;
use anyhow::Context as _;
use std::path::PathBuf;
use std::sync::Arc;

/// How like a figure it is painted: each built-in pose from three sides, the least like first
///
/// The figure's own pictures in A-pose are the drawings.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  settei bench likeness --page likeness.png\n  \
                        settei bench likeness --views front,three-quarter-left --figure hero.vrm\n  \
                        settei bench likeness --found --engine landmark")]
pub(in crate::cli) struct LikenessBench {
    #[arg(long, value_name = "FILE", help = figure_help("The figure [default: the built-in one]"))]
    figure: Option<PathBuf>,
    /// The drawings it is drawn from: how many cameras evenly around the figure, or a list of cameras
    #[arg(long, value_name = "N|CAMERA,…", default_value = "front,45:0,90:0,back", value_parser = sheet::views,
          allow_hyphen_values = true)]
    views: sheet::Views,
    /// As if nobody knew the drawings' Ultra-Dense Poses: they are found out, told the side that each drawing shows
    #[arg(long)]
    found: bool,
    #[command(flatten)]
    painting: PaintingSettings,
    /// Also put all pictures on a page, each beside the figure's own
    #[arg(long, value_name = "FILE.png")]
    page: Option<PathBuf>,
    #[command(flatten)]
    raster: RasterArgs,
}

impl LikenessBench {
    /// Measures and reports.
    pub(super) fn run(&self, report: &Report) -> anyhow::Result<()> {
        let figure = match &self.figure {
            Some(path) => crate::figure::load(path)?,
            None => crate::example::figure()?,
        };
        let name = figure.name.clone();
        let raster = crate::raster::Rasterizer::new(self.raster.raster)?;
        let subject = Arc::new(Subject::new(raster, figure, self.raster.map)?);
        let mut drawings = views(&subject, &self.views.0)?;
        if self.found {
            drawings.iter_mut().for_each(|drawing| drawing.udp = None);
        }
        let drawings: Views = drawings.into_iter().map(Arc::new).collect();
        let told = |camera: &CameraView| DrawingHints { view_deg: Some(camera.yaw_deg), ..DrawingHints::default() };
        let mut easel = Easel::default();
        easel.draws(&subject);
        easel.heed(&drawings, &self.views.0.iter().map(told).collect::<Vec<_>>());
        let prepared = easel.prepare(&drawings, &self.painting.settled(&drawings, SIZE_PX), report)?;
        prepared.notes().iter().for_each(|note| report.warn(note));
        let all = measure(&subject, &prepared.painter, report)?;
        let [psnr_db, edges_db, seconds] = means(&all);
        let told = |l: &Likeness| events::Likeness {
            pose: l.pose.to_owned(),
            camera: l.camera.clone(),
            psnr_db: l.psnr_db,
            edges_db: l.edges_db,
            seconds: l.seconds,
        };
        report.event(|| {
            Event::Likeness(Likenesses {
                figure: name.clone(),
                views: drawings.len(),
                size_px: SIZE_PX,
                results: all.iter().map(told).collect(),
                mean_psnr_db: psnr_db,
                mean_edges_db: edges_db,
                mean_seconds: seconds,
            })
        });
        report.say(format_args!(
            "{name} from {} views, {} poses from {} sides, painted by {}",
            drawings.len(),
            all.len() / CAMERAS.len(),
            CAMERAS.len(),
            prepared.by
        ));
        report.say(format_args!("  {:14} {:>8} {:>8} {:>9}", "pose", "camera", "dB", "edges dB"));
        for l in &all {
            report.say(format_args!("  {:14} {:>8} {:8.2} {:9.2}", l.pose, l.camera, l.psnr_db, l.edges_db));
        }
        report.say(format_args!("  mean {psnr_db:.2} dB, edges {edges_db:.2} dB, {:.0} ms a picture", seconds * 1e3));
        if let Some(path) = &self.page {
            let sheet: Vec<_> = drawings.iter().map(|drawing| &drawing.picture).collect();
            let pairs: Vec<_> = all.iter().flat_map(|l| [&l.drawn, &l.truth]).collect();
            let page = contact_sheet(&sheet, &pairs, 6);
            page.save_png(path).with_context(|| format!("can't write {}", path.display()))?;
            report.wrote(path);
        }
        Ok(())
    }
}
