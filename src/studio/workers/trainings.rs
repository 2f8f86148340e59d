//! Follows trainings by their folders: the processes that learn know nothing of the window, and it knows nothing of them
//! but what their folders tell.

use crate::picture::decode::{Budget, Rules, decode};
use crate::studio::events::Event;
use crate::studio::images::shrunk;
use crate::train::{RunReader, RunView};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

/// How often all folders are looked at while somebody looks at the panel.
const ROUND: Duration = Duration::from_secs(1);
/// Trainings that are followed.
const MOST: usize = 500;
/// The longest side of sample pictures that are shown.
const SAMPLES_PX: f32 = 1536.0;
/// No such picture of ours comes near this.
const SAMPLES_BYTES: u64 = 32 << 20;
const SAMPLES_RULES: Rules = Rules { side_px: 4096, pixels: 1 << 23, decoded_bytes: 64 << 20, as_stored: true };
/// Used memory is told in steps: what flickers makes work for the window.
const MEMORY_STEP_BYTES: u64 = 16 << 20;

/// A training that is followed.
#[derive(Clone, Debug)]
pub struct Training {
    /// Its folder.
    pub path: PathBuf,
    /// It was opened by hand, from wherever it is.
    pub opened: bool,
    /// How it stands, or why that can't be said.
    pub view: Result<Arc<RunView>, String>,
    /// Memory that its process uses, if that runs here.
    pub memory_bytes: Option<u64>,
}

impl Training {
    /// Nothing changed.
    fn same(&self, other: &Self) -> bool {
        let view = match (&self.view, &other.view) {
            (Ok(a), Ok(b)) => Arc::ptr_eq(a, b),
            (Err(a), Err(b)) => a == b,
            _ => false,
        };
        view && self.path == other.path && self.opened == other.opened && self.memory_bytes == other.memory_bytes
    }
}

/// What is to be followed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Followed {
    /// The folder with the folders of trainings.
    pub folder: PathBuf,
    /// Others, opened by hand.
    pub opened: Vec<PathBuf>,
    /// Somebody looks at them.
    pub seen: bool,
    /// The one whose sample pictures are wanted.
    pub shown: Option<PathBuf>,
}

/// The thread that follows trainings. Dropping this ends it.
pub struct Trainings(Look);

/// A way to have trainings looked at now instead of in a while.
#[derive(Clone)]
pub struct Look(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    followed: Followed,
    at_once: bool,
    closed: bool,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Look {
    /// Looks now.
    pub fn now(&self) {
        self.0.state().at_once = true;
        self.0.changed.notify_one();
    }
}

impl Trainings {
    /// Starts the thread; `tell` is called on it.
    pub(super) fn start(tell: impl Fn(Event) + Send + 'static) -> Self {
        let shared = Arc::new(Shared::default());
        let theirs = shared.clone();
        let work = move || {
            let mut follower = Follower { tell, readers: BTreeMap::new(), told: None, samples: BTreeSet::new() };
            while let Some(followed) = wait(&theirs) {
                follower.look(&followed);
            }
        };
        if let Err(error) = std::thread::Builder::new().name("trainings".into()).spawn(work) {
            tracing::error!("trainings can't be followed: the system has no thread left ({error})");
        }
        Self(Look(shared))
    }

    /// Follows these.
    pub fn follow(&self, followed: Followed) {
        let mut state = self.0.0.state();
        if state.followed != followed {
            (state.followed, state.at_once) = (followed, true);
            self.0.0.changed.notify_one();
        }
    }

    /// For who changes something in a training's folder.
    pub fn look(&self) -> Look {
        self.0.clone()
    }
}

impl Drop for Trainings {
    fn drop(&mut self) {
        self.0.0.state().closed = true;
        self.0.0.changed.notify_one();
    }
}

/// Waits until it is time to look; `None`: never again.
fn wait(shared: &Shared) -> Option<Followed> {
    let mut state = shared.state();
    let mut rested = false;
    loop {
        if state.closed {
            return None;
        }
        if state.followed.seen && (state.at_once || rested) {
            state.at_once = false;
            return Some(state.followed.clone());
        }
        let waited = shared.changed.wait_timeout(state, ROUND).unwrap_or_else(PoisonError::into_inner);
        rested = waited.1.timed_out();
        state = waited.0;
    }
}

struct Follower<T> {
    tell: T,
    readers: BTreeMap<PathBuf, RunReader>,
    /// What the window knows; `None`: nothing yet.
    told: Option<Vec<Training>>,
    /// Sample pictures of which training, step and time are in the window's hands.
    samples: BTreeSet<(PathBuf, u64, Option<SystemTime>)>,
}

impl<T: Fn(Event)> Follower<T> {
    fn look(&mut self, followed: &Followed) {
        let mut system = sysinfo::System::new();
        let mut found: Vec<(PathBuf, bool)> =
            folders_in(&followed.folder).into_iter().map(|path| (path, false)).collect();
        for path in &followed.opened {
            if !found.iter().any(|(known, _)| known == path) {
                found.push((path.clone(), true));
            }
        }
        found.truncate(MOST);
        self.readers.retain(|path, _| found.iter().any(|(known, _)| known == path));
        let mut trainings: Vec<Training> = vec![];
        for (path, opened) in found {
            let view = self.view(&path);
            let memory_bytes = view.as_ref().ok().and_then(|view| memory_of(view, &mut system));
            trainings.push(Training { path, opened, view, memory_bytes });
        }
        let shown = trainings.iter().find(|training| Some(&training.path) == followed.shown.as_ref());
        let shown = shown.and_then(|training| training.view.clone().ok());
        let same =
            |told: &Vec<Training>| told.len() == trainings.len() && told.iter().zip(&trainings).all(|(a, b)| a.same(b));
        if !self.told.as_ref().is_some_and(same) {
            self.told = Some(trainings.clone());
            (self.tell)(Event::Trainings(trainings));
        }
        self.samples.retain(|(path, ..)| shown.as_ref().is_some_and(|view| view.path == *path));
        if let Some(view) = shown {
            self.show_samples(&view);
        }
    }

    fn view(&mut self, path: &Path) -> Result<Arc<RunView>, String> {
        let reader = match self.readers.get_mut(path) {
            Some(reader) => {
                reader.look().map_err(|error| error.to_string())?;
                reader
            }
            None => {
                let reader = RunReader::open(path).map_err(|error| error.to_string())?;
                self.readers.entry(path.to_owned()).or_insert(reader)
            }
        };
        Ok(reader.view().clone())
    }

    fn show_samples(&mut self, view: &RunView) {
        // The latest is what is waited for.
        for (step, file) in view.samples.iter().rev() {
            let written = std::fs::metadata(file).and_then(|metadata| metadata.modified()).ok();
            if !self.samples.insert((view.path.clone(), *step, written)) {
                continue;
            }
            let Ok(bytes) = crate::files::read(file, SAMPLES_BYTES) else { continue };
            match decode(&bytes, file, SAMPLES_RULES, &Budget::for_one()) {
                Ok(decoded) => {
                    let image = shrunk(&decoded.picture, SAMPLES_PX);
                    (self.tell)(Event::Samples { training: view.path.clone(), step: *step, image });
                }
                Err(error) => tracing::warn!("{} can't be shown: {error}", file.display()),
            }
        }
    }
}

/// The folders of trainings in a folder, by their names.
fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut found: Vec<PathBuf> = entries.filter(|path| path.join("settings.json").is_file()).take(MOST).collect();
    found.sort();
    found
}

fn memory_of(view: &RunView, system: &mut sysinfo::System) -> Option<u64> {
    let holder = view.holder.as_ref().filter(|holder| holder.is_here())?;
    let process = sysinfo::Pid::from_u32(holder.process);
    system.refresh_processes(sysinfo::ProcessesToUpdate::Some(&[process]), false);
    Some(system.process(process)?.memory() / MEMORY_STEP_BYTES * MEMORY_STEP_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::Picture;
    use crate::train::{RunFolder, Settings, Standing};
    use std::sync::mpsc::channel;

    #[test]
    fn folders_are_followed_while_somebody_looks() {
        let folder = tempfile::tempdir().unwrap();
        let run = RunFolder::create(&folder.path().join("mio"), &Settings::default()).unwrap();
        std::fs::create_dir(folder.path().join("no training")).unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        let broken = elsewhere.path().join("broken");
        std::fs::create_dir(&broken).unwrap();
        std::fs::write(broken.join("settings.json"), "{").unwrap();
        std::fs::create_dir(run.path().join("samples")).unwrap();
        Picture::new(6, 3).save_png(&run.path().join("samples/00000020.png")).unwrap();
        std::fs::write(run.path().join("samples/00000040.png"), "no picture").unwrap();

        let (tell, told) = channel();
        let trainings = Trainings::start(move |event| drop(tell.send(event)));
        let followed = Followed {
            folder: folder.path().to_owned(),
            opened: vec![broken],
            seen: true,
            shown: Some(run.path().to_owned()),
        };
        trainings.follow(followed.clone());
        let Ok(Event::Trainings(found)) = told.recv() else { panic!("trainings come first") };
        assert_eq!(
            found.iter().map(|t| (t.opened, t.view.is_ok())).collect::<Vec<_>>(),
            [(false, true), (true, false)]
        );
        assert!(found[1].view.as_ref().unwrap_err().contains("broken"));
        let Ok(Event::Samples { step: 20, image, .. }) = told.recv() else { panic!("then what can be shown") };
        assert_eq!(image.size, [6, 3]);

        let claim = run.claim().unwrap();
        trainings.look().now();
        let Ok(Event::Trainings(found)) = told.recv() else { panic!("something changed") };
        let view = found[0].view.as_ref().unwrap();
        assert_eq!(view.standing, Standing::Learning);
        assert!(found[0].memory_bytes.is_some());
        trainings.follow(Followed { seen: false, ..followed });
        drop((claim, trainings));
        // Nothing was told that did not change, and the thread ends.
        assert!(told.iter().all(|event| matches!(event, Event::Trainings(_))));
    }
}
