//! Draws the figure, latest wins.

use crate::mailbox::{Mailbox, mailbox};
use crate::pose::Camera;
use crate::raster::{Stance, SubjectError, ToonStyle};
use crate::studio::display::Style;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
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
pub struct FigureDrawer {
    requests: Mailbox<FigureRequest>,
    answers: Mutex<Receiver<Result<FigurePicture, String>>>,
}

impl FigureDrawer {
    /// Starts the thread; `wake` is called when a picture is there.
    pub fn new(wake: impl Fn() + Send + 'static) -> Self {
        let (requests, reader) = mailbox::<FigureRequest>();
        let (pictures, answers) = channel();
        let work = move || {
            let mut revision = 0;
            while let Some(request) = reader.wait() {
                let begun = Instant::now();
                let drawn = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| draw(&request)));
                revision += 1;
                let answer = match drawn {
                    Ok(Ok(image)) => Ok(FigurePicture { image: Arc::new(image), took: begun.elapsed(), revision }),
                    Ok(Err(error)) => Err(error.to_string()),
                    Err(_) => Err("drawing the figure stopped at an error in Settei itself".into()),
                };
                if pictures.send(answer).is_err() {
                    return;
                }
                wake();
            }
        };
        if let Err(error) = std::thread::Builder::new().name("drawer".into()).spawn(work) {
            tracing::error!("the figure can't be drawn: the system has no thread left ({error})");
        }
        Self { requests, answers: Mutex::new(answers) }
    }

    /// Asks for a picture; the one that waits, if any, is not wanted any more. To ask again for the same does nothing.
    pub fn request(&self, request: FigureRequest) {
        self.requests.put(request, FigureRequest::same);
    }

    /// The next picture, or why there is none.
    pub fn poll(&self) -> Option<Result<FigurePicture, String>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).try_recv().ok()
    }
}

impl FigureRequest {
    fn same(&self, other: &Self) -> bool {
        (Arc::ptr_eq(&self.stance, &other.stance) || self.stance.same(&other.stance))
            && (self.camera, self.size_px, self.style, self.quick)
                == (other.camera, other.size_px, other.style, other.quick)
    }
}

fn draw(request: &FigureRequest) -> Result<egui::ColorImage, SubjectError> {
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
    Ok(egui::ColorImage::from_rgba_unmultiplied([size[0] as usize, size[1] as usize], bytes))
}
