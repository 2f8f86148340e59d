//! Draws the figure, latest wins.

use super::Latest;
use super::ghosts::{GhostLayer, Ghosts};
use crate::mailbox::Reader;
use crate::pose::Camera;
use crate::raster::{Stance, SubjectError, ToonStyle};
use crate::studio::display::Style;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What a panel wants to see of the figure.
#[derive(Clone)]
pub struct FigureRequest {
    /// The figure in its pose.
    pub stance: Arc<Stance>,
    /// From where, for the aspect of `size_px`.
    pub camera: Camera,
    /// Pixels.
    pub size_px: [u32; 2],
    /// How.
    pub style: Style,
    /// Something moves: quick counts more than smooth.
    pub quick: bool,
    /// What the figure does at other frames, drawn under it.
    pub ghosts: Option<Ghosts>,
}

/// The figure as it was asked for.
#[derive(Clone)]
pub struct FigurePicture {
    /// Straight alpha turned to what the window wants.
    pub image: Arc<egui::ColorImage>,
    /// How long it took.
    pub took: Duration,
    /// Counts up with each picture.
    pub revision: u64,
}

/// The thread that draws.
pub struct FigureDrawer(Latest<FigureRequest, Result<FigurePicture, String>>);

impl FigureDrawer {
    /// Starts the thread; `wake` is called when a picture is there.
    pub fn new(wake: impl Fn() + Send + 'static) -> Self {
        let (mut revision, mut ghosts) = (0, GhostLayer::default());
        let work = move |request: FigureRequest, _: &Reader<FigureRequest>| {
            let begun = Instant::now();
            let drawn = draw(&request, &mut ghosts).map_err(|error| error.to_string());
            revision += 1;
            Some(drawn.map(|image| FigurePicture { image: Arc::new(image), took: begun.elapsed(), revision }))
        };
        let broken = || Some(Err("drawing the figure stopped at an error in Settei itself".into()));
        Self(Latest::start("drawer", wake, work, broken))
    }

    /// Asks for a picture; the one that waits, if any, is not wanted any more. To ask again for the same does nothing.
    pub fn request(&self, request: FigureRequest) {
        self.0.wish(request, FigureRequest::same);
    }

    /// The next picture, or why there is none.
    pub fn poll(&self) -> Option<Result<FigurePicture, String>> {
        self.0.poll()
    }

    /// One is being drawn.
    pub fn busy(&self) -> bool {
        self.0.busy()
    }
}

impl FigureRequest {
    fn same(&self, other: &Self) -> bool {
        (Arc::ptr_eq(&self.stance, &other.stance) || self.stance.same(&other.stance))
            && (self.camera, self.size_px, self.style, self.quick)
                == (other.camera, other.size_px, other.style, other.quick)
            && self.ghosts == other.ghosts
    }
}

fn draw(request: &FigureRequest, ghosts: &mut GhostLayer) -> Result<egui::ColorImage, SubjectError> {
    let size = request.size_px.map(|side| side.max(1));
    let shot = request.stance.seen(request.camera);
    let picture = match request.style {
        Style::Lit => {
            let samples_per_axis = if request.quick { 1 } else { 2 };
            let style = ToonStyle { samples_per_axis, ..ToonStyle::default() };
            shot.toon(size, &style)?
        }
        Style::Udp => shot.udp(size)?.colours(),
        Style::Wireframe => shot.wireframe(size)?,
    };
    let bytes: &[u8] = bytemuck::cast_slice(&picture.pixels);
    let mut image = egui::ColorImage::from_rgba_unmultiplied([size[0] as usize, size[1] as usize], bytes);
    ghosts.lay_under(&mut image, request)?;
    Ok(image)
}
