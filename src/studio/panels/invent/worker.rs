//! Who invents while somebody poses: the latest wish wins, and each candidate is shown as soon as it is there.

use crate::engine;
use crate::mailbox::Reader;
use crate::pose::CameraView;
use crate::progress::Silent;
use crate::psgan::{Body, Generator, Latent};
use crate::raster::{MARGIN, Stance, Subject};
use crate::studio::images::image;
use crate::studio::workers::Latest;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

/// What is wanted.
#[derive(Clone)]
pub(super) struct Wish {
    /// A weight file; `None`: the program's own.
    pub weights: Option<PathBuf>,
    /// Counts up where the same file is to be read once more.
    pub reading: u64,
    /// How everybody stands; `None`: the generator alone is wanted.
    pub posture: Option<(Arc<Stance>, CameraView)>,
    /// Who.
    pub latents: Vec<Latent>,
}

/// What came of it.
pub(super) enum Answer {
    /// The generator was read, or why not.
    Generator(Result<Arc<Generator>, String>),
    /// Somebody in the posture that was wanted.
    Invented(Latent, Arc<egui::ColorImage>),
    /// Why nobody is invented.
    Failed(String),
}

/// The thread that invents.
pub(super) struct Inventor {
    latest: Latest<Wish, Answer>,
    answers: Mutex<Receiver<Answer>>,
}

impl Inventor {
    /// Starts the thread; `wake` is called when an answer is there.
    pub(super) fn start(wake: impl Fn() + Clone + Send + 'static) -> Self {
        let (tell, answers) = channel();
        let mut desk =
            Desk { tell, wake: Box::new(wake.clone()), weights: None, generator: None, body: None, posed: None };
        let work = move |wish: Wish, reader: &Reader<Wish>| desk.work(&wish, reader).err().map(Answer::Failed);
        let broken = || Some(Answer::Failed("inventing stopped at an error in Settei itself".into()));
        Self { latest: Latest::start("inventor", wake, work, broken), answers: Mutex::new(answers) }
    }

    /// Asks; what waits, if anything, is not wanted any more. To ask again for the same does nothing.
    pub(super) fn wish(&self, wish: Wish) {
        self.latest.wish(wish, Wish::same);
    }

    /// The next answer.
    pub(super) fn poll(&self) -> Option<Answer> {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.try_recv().ok().or_else(|| self.latest.poll())
    }
}

impl Wish {
    fn same(&self, other: &Self) -> bool {
        let posture = match (&self.posture, &other.posture) {
            (Some((a, seen)), Some((b, other))) => seen == other && (Arc::ptr_eq(a, b) || a.same(b)),
            (a, b) => a.is_none() && b.is_none(),
        };
        posture && (&self.weights, self.reading, &self.latents) == (&other.weights, other.reading, &other.latents)
    }
}

/// What the thread has before it.
struct Desk {
    tell: Sender<Answer>,
    wake: Box<dyn Fn() + Send>,
    /// Which were read last, and which reading it was.
    weights: Option<(Option<PathBuf>, u64)>,
    generator: Option<Arc<Generator>>,
    body: Option<(Arc<Subject>, Body)>,
    posed: Option<Posed>,
}

/// Those who are in a posture already.
struct Posed {
    stance: Arc<Stance>,
    view: CameraView,
    done: Vec<Latent>,
    /// Who comes next: while somebody drags each comes round, not the first ones alone.
    next: usize,
}

impl Desk {
    fn work(&mut self, wish: &Wish, reader: &Reader<Wish>) -> Result<(), String> {
        self.read(wish);
        let (Some(generator), Some((stance, view))) = (self.generator.clone(), &wish.posture) else { return Ok(()) };
        if !self.body.as_ref().is_some_and(|(subject, _)| Arc::ptr_eq(subject, stance.subject())) {
            self.body = Some((stance.subject().clone(), Body::new(stance.subject())));
        }
        let side_px = [generator.size_px() as u32; 2];
        let shot = stance.framed(view, side_px, MARGIN).map_err(|error| error.to_string())?;
        let Some(keypoints) = self.body.as_ref().map(|(_, body)| body.keypoints(&shot)) else { return Ok(()) };
        let next = self.posed.as_ref().map_or(0, |posed| posed.next);
        let same = |posed: &Posed| posed.view == *view && posed.stance.same(stance);
        let known = self.posed.take().filter(same);
        let posed = known.unwrap_or_else(|| Posed { stance: stance.clone(), view: *view, done: vec![], next });
        let posed = self.posed.insert(posed);
        posed.done.retain(|latent| wish.latents.contains(latent));
        let count = wish.latents.len();
        for at in (posed.next..posed.next + count).map(|at| at % count) {
            let latent = &wish.latents[at];
            if posed.done.contains(latent) {
                continue;
            }
            let picture = generator.invent(latent, &keypoints);
            posed.done.push(latent.clone());
            posed.next = at + 1;
            // Where nobody listens any more, the next wish doesn't come.
            let _ = self.tell.send(Answer::Invented(latent.clone(), Arc::new(image(&picture))));
            (self.wake)();
            if reader.superseded(|_| true) {
                break;
            }
        }
        Ok(())
    }

    /// Reads the generator, if it is another than the one at hand.
    fn read(&mut self, wish: &Wish) {
        let wanted = (wish.weights.clone(), wish.reading);
        if self.weights.as_ref() == Some(&wanted) {
            return;
        }
        self.weights = Some(wanted);
        let read = engine::generator(wish.weights.as_deref(), &Silent).map(Arc::new).map_err(|error| error.to_string());
        (self.generator, self.posed) = (read.as_ref().ok().cloned(), None);
        let _ = self.tell.send(Answer::Generator(read));
        (self.wake)();
    }
}
