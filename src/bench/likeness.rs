//! How like the figure itself a painter draws it: every built-in pose from three sides, from a few views of the figure in
//! A-pose, beside what the toon pass makes of the figure. A look at the worst says more than the mean.

use crate::engine::Painter;
use crate::measures::{Pair, edge_psnr, psnr};
use crate::picture::{Picture, Region};
use crate::pose::{CameraView, library};
use crate::progress::{Progress, Quiet};
use crate::raster::{Subject, ToonStyle};
use crate::sheet::View;
use std::sync::Arc;
use std::time::Instant;

/// Size of the drawings and of what is drawn from them.
pub const SIZE_PX: [u32; 2] = [512; 2];
/// From where each pose is drawn: about in front, beside, behind; no view of a usual sheet is among them.
pub const CAMERAS: [CameraView; 3] =
    [CameraView::new(10.0, 0.0), CameraView::new(-50.0, 5.0), CameraView::new(150.0, 0.0)];

/// One pose from one side.
#[derive(Clone, Debug)]
pub struct Likeness {
    /// The pose's name.
    pub pose: &'static str,
    /// From where it is seen.
    pub camera: String,
    /// PSNR in the figure's box, dB.
    pub psnr_db: f64,
    /// PSNR of the steps between neighbouring pixels wherever either picture has an edge, dB: lines that are missing,
    /// torn or made up.
    pub edges_db: f64,
    /// How long it took to draw, seconds.
    pub seconds: f64,
    /// What the painter draws.
    pub drawn: Picture,
    /// The figure itself.
    pub truth: Picture,
}

/// The figure in A-pose from these sides, as drawings with their exact UDPs.
///
/// # Errors
/// Where the figure can't be posed or drawn.
pub fn views(subject: &Arc<Subject>, cameras: &[CameraView]) -> anyhow::Result<Vec<View>> {
    let pose = crate::pose::named_or_file("a")?.1;
    let view = |camera: &CameraView| {
        let shot = subject.shoot(&pose, camera, SIZE_PX)?;
        let (picture, udp) = (shot.toon(SIZE_PX, &ToonStyle::default())?, shot.udp(SIZE_PX)?);
        Ok(View {
            name: camera.to_string(),
            path: None,
            picture,
            udp: Some(Arc::unwrap_or_clone(udp)),
            warnings: vec![],
        })
    };
    cameras.iter().map(view).collect()
}

/// Has every built-in pose of the subject painted from [`CAMERAS`]; the least like first.
///
/// # Errors
/// Where the figure can't be posed or painted; cancelled.
pub fn measure(
    subject: &Arc<Subject>,
    painter: &Painter<'_>,
    progress: &dyn Progress,
) -> anyhow::Result<Vec<Likeness>> {
    let mut all = Vec::new();
    progress.stage("drawing every pose", (library::names().len() * CAMERAS.len()) as u64);
    for (name, pose) in library::all() {
        let stance = subject.stand(&pose);
        for camera in &CAMERAS {
            let shot = stance.framed(camera, SIZE_PX, crate::raster::MARGIN)?;
            let (truth, udp) = (shot.toon(SIZE_PX, &ToonStyle::default())?, shot.udp(SIZE_PX)?);
            let start = Instant::now();
            let drawn = painter.paint(&udp, &Quiet(progress))?.picture;
            let seconds = start.elapsed().as_secs_f64();
            let Some(region) = Region::of_content(&truth) else { continue };
            let pair = Pair::within(&drawn, &truth, region)?;
            all.push(Likeness {
                pose: name,
                camera: camera.to_string(),
                psnr_db: psnr(&pair),
                edges_db: edge_psnr(&pair),
                seconds,
                drawn,
                truth,
            });
            progress.advance(1);
        }
    }
    all.sort_by(|a, b| a.psnr_db.total_cmp(&b.psnr_db));
    Ok(all)
}

/// Means of PSNR, of the edges' PSNR (dB) and of the seconds.
pub fn means(all: &[Likeness]) -> [f64; 3] {
    let mean = |of: fn(&Likeness) -> f64| all.iter().map(of).sum::<f64>() / all.len().max(1) as f64;
    [mean(|l| l.psnr_db), mean(|l| l.edges_db), mean(|l| l.seconds)]
}
