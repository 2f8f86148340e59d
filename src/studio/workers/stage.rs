//! Draws the figure for the viewport, latest wins.

use super::mailbox::{Mailbox, mailbox};
use crate::engine::{Subject, SubjectError};
use crate::pose::{Orbit, Pose};
use crate::raster::ToonStyle;
use crate::studio::display::Style;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What the viewport wants to see.
#[derive(Clone)]
pub struct StageRequest {
    /// The figure.
    pub subject: Arc<Subject>,
    /// Its pose.
    pub pose: Arc<Pose>,
    /// From where.
    pub camera: Orbit,
    /// How much more than the output picture is seen, see [`Orbit::camera`].
    pub widen: f32,
    /// Pixels.
    pub size_px: [u32; 2],
    /// How.
    pub style: Style,
    /// Something moves: quick counts more than smooth.
    pub quick: bool,
}

/// The figure as it was asked for.
#[derive(Clone)]
pub struct StagePicture {
    /// Straight alpha turned to what the window wants.
    pub image: Arc<egui::ColorImage>,
    /// The request.
    pub camera: Orbit,
    /// See [`StageRequest::widen`].
    pub widen: f32,
    /// How long it took.
    pub took: Duration,
    /// Counts up with each picture.
    pub revision: u64,
}

/// The thread that draws.
pub struct Stage {
    mailbox: Mailbox<StageRequest>,
    answers: Mutex<Receiver<Result<StagePicture, String>>>,
    /// What was asked for last, so that asking again for the same does nothing.
    last: Mutex<Option<StageRequest>>,
}

impl Stage {
    /// Starts the thread; `wake` is called when a picture is there.
    pub fn new(wake: impl Fn() + Send + 'static) -> Self {
        let (mailbox, requests) = mailbox::<StageRequest>();
        let (pictures, answers) = channel();
        let work = move || {
            let mut revision = 0;
            while let Some(request) = requests.wait() {
                let begun = Instant::now();
                let drawn = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| draw(&request)));
                revision += 1;
                let answer = match drawn {
                    Ok(Ok(image)) => Ok(StagePicture {
                        image: Arc::new(image),
                        camera: request.camera,
                        widen: request.widen,
                        took: begun.elapsed(),
                        revision,
                    }),
                    Ok(Err(error)) => Err(error.to_string()),
                    Err(_) => Err("drawing the figure stopped at an error in Settei itself".into()),
                };
                if pictures.send(answer).is_err() {
                    return;
                }
                wake();
            }
        };
        if let Err(error) = std::thread::Builder::new().name("stage".into()).spawn(work) {
            tracing::error!("the figure can't be drawn: the system has no thread left ({error})");
        }
        Self { mailbox, answers: Mutex::new(answers), last: Mutex::default() }
    }

    /// Asks for a picture; the one that waits, if any, is not wanted any more.
    pub fn request(&self, request: StageRequest) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.as_ref().is_some_and(|last| last.same(&request)) {
            return;
        }
        *last = Some(request.clone());
        self.mailbox.put(request);
    }

    /// The next picture, or why there is none.
    pub fn poll(&self) -> Option<Result<StagePicture, String>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).try_recv().ok()
    }
}

impl StageRequest {
    fn same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.subject, &other.subject)
            && (Arc::ptr_eq(&self.pose, &other.pose) || self.pose == other.pose)
            && (self.camera, self.widen, self.size_px, self.style, self.quick)
                == (other.camera, other.widen, other.size_px, other.style, other.quick)
    }
}

fn draw(request: &StageRequest) -> Result<egui::ColorImage, SubjectError> {
    let subject = &request.subject;
    let local = subject.resolve(&request.pose);
    let size = request.size_px.map(|side| side.max(1));
    let camera = request.camera.camera(size[0] as f32 / size[1] as f32, request.widen);
    let picture = match request.style {
        Style::Lit => {
            let samples_per_axis = if request.quick { 1 } else { 2 };
            let style = ToonStyle { samples_per_axis, ..ToonStyle::default() };
            subject.toon_seen(&local, &camera, size, &style)?
        }
        Style::Udp => subject.udp_seen(&local, &camera, size)?.colours(),
        Style::Wireframe => super::wireframe::draw(subject, &local, &camera, size)?,
    };
    let bytes: &[u8] = bytemuck::cast_slice(&picture.pixels);
    Ok(egui::ColorImage::from_rgba_unmultiplied([size[0] as usize, size[1] as usize], bytes))
}
