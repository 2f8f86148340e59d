//! Works the render queue off: one job after the other, each in a process of its own that outlives the window.
//!
//! The window that holds the queue's lock starts jobs, others only follow them; all that is known of a job is in its
//! folder.

use crate::files::lock;
use crate::picture::decode::{Budget, MAX_FILE_BYTES, Rules, decode};
use crate::queue::{JobFolder, JobReader, JobView, Standing, jobs_in};
use crate::studio::events::Event;
use crate::studio::images::shrunk;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// How often jobs are looked at that aren't done yet.
const ROUND: Duration = Duration::from_millis(400);
/// The longest side of a frame that is shown.
const PICTURE_PX: f32 = 256.0;
const PICTURE_RULES: Rules = Rules { as_stored: true, ..Rules::DRAWING };
/// A process that was asked to stop is gone after this.
const GONE_AFTER: Duration = Duration::from_secs(20);
const LOCK: &str = "lock";

/// The thread that works the queue off. Dropping this ends it; a job that is worked on goes on.
pub struct Renders(Sender<Wake>);

/// A way to have the queue looked at now instead of in a while.
#[derive(Clone)]
pub struct LookAtQueue(Sender<Wake>);

enum Wake {
    Follow { folder: PathBuf, program: Option<PathBuf> },
    Look,
    End,
}

impl LookAtQueue {
    /// Looks now.
    pub fn now(&self) {
        let _ = self.0.send(Wake::Look);
    }
}

impl Renders {
    /// Starts the thread; `tell` is called on it.
    pub(super) fn start(tell: impl Fn(Event) + Send + 'static) -> Self {
        let (wake, woken) = channel();
        let theirs = wake.clone();
        let work = move || work(&woken, theirs, tell);
        if let Err(error) = std::thread::Builder::new().name("renders".into()).spawn(work) {
            tracing::error!("the render queue can't be worked off: the system has no thread left ({error})");
        }
        Self(wake)
    }

    /// Works off the jobs of this folder with this program; `None`: the one that runs.
    pub fn follow(&self, folder: PathBuf, program: Option<PathBuf>) {
        let _ = self.0.send(Wake::Follow { folder, program });
    }

    /// For who changes something in the queue.
    pub fn look(&self) -> LookAtQueue {
        LookAtQueue(self.0.clone())
    }
}

impl Drop for Renders {
    fn drop(&mut self) {
        let _ = self.0.send(Wake::End);
    }
}

fn work(woken: &Receiver<Wake>, wake: Sender<Wake>, tell: impl Fn(Event)) {
    let mut follower: Option<Follower<_>> = None;
    let mut under_way = false;
    loop {
        let woken = match under_way {
            true => woken.recv_timeout(ROUND),
            false => woken.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match woken {
            Ok(Wake::Follow { folder, program }) => {
                follower = Some(Follower {
                    tell: &tell,
                    wake: wake.clone(),
                    folder,
                    program,
                    lock: None,
                    readers: BTreeMap::new(),
                    told: None,
                    shown: BTreeMap::new(),
                    child: Arc::default(),
                });
            }
            Ok(Wake::Look) | Err(RecvTimeoutError::Timeout) => {}
            Ok(Wake::End) | Err(RecvTimeoutError::Disconnected) => return,
        }
        under_way = follower.as_mut().is_some_and(Follower::look);
    }
}

struct Follower<'a, T> {
    tell: &'a T,
    wake: Sender<Wake>,
    folder: PathBuf,
    program: Option<PathBuf>,
    /// This window starts jobs.
    lock: Option<File>,
    readers: BTreeMap<PathBuf, JobReader>,
    /// What the window knows; `None`: nothing yet.
    told: Option<Vec<JobView>>,
    /// The frame of a job that the window shows.
    shown: BTreeMap<PathBuf, PathBuf>,
    /// A process that this window started lives.
    child: Arc<AtomicBool>,
}

impl<T: Fn(Event)> Follower<'_, T> {
    /// Looks at all jobs; whether there is something to look for again soon.
    fn look(&mut self) -> bool {
        let jobs = jobs_in(&self.folder);
        self.readers.retain(|path, _| jobs.iter().any(|job| job.path() == path));
        self.shown.retain(|path, _| jobs.iter().any(|job| job.path() == path));
        let mut views = Vec::new();
        for job in &jobs {
            match self.readers.get_mut(job.path()) {
                Some(reader) => views.push(reader.look().clone()),
                None => match JobReader::open(job.path()) {
                    Ok(reader) => {
                        views.push(reader.view().clone());
                        self.readers.insert(job.path().to_owned(), reader);
                    }
                    Err(error) => tracing::warn!("{error}"),
                },
            }
        }
        let stands = |how: Standing| views.iter().find(move |view| view.standing == how);
        let busy = stands(Standing::Working).is_some() || self.child.load(Ordering::Relaxed);
        let waits = stands(Standing::Waiting).map(|view| view.path.clone());
        if let Some(path) = waits.as_ref().filter(|_| !busy && self.may_start())
            && let Err(why) = self.start(path)
        {
            // It waits for somebody to look at it, not for another try.
            if let Ok((job, _)) = JobFolder::open(path) {
                let _ = job.end(Some(why));
            }
        }
        self.show_pictures(&views);
        if self.told.as_ref() != Some(&views) {
            self.told = Some(views.clone());
            (self.tell)(Event::Renders(views));
        }
        busy || waits.is_some()
    }

    /// One window at a time starts jobs.
    fn may_start(&mut self) -> bool {
        if self.lock.is_none() {
            match lock::hold(&self.folder.join(LOCK)) {
                Ok(held) => self.lock = held,
                // Where there are no locks a job's own claim has to do.
                Err(error) => return error.kind() == std::io::ErrorKind::Unsupported,
            }
        }
        self.lock.is_some()
    }

    fn start(&self, path: &Path) -> Result<(), String> {
        let failed = |error: std::io::Error| format!("the job can't be started: {error}");
        let (job, _) = JobFolder::open(path).map_err(|error| error.to_string())?;
        let program = self.program.clone().map_or_else(std::env::current_exe, Ok).map_err(failed)?;
        let output = File::create(job.output()).map_err(failed)?;
        let mut command = Command::new(program);
        command.args(["--json", "project", "job", "--background"]).arg(path);
        command.stdin(Stdio::null()).stdout(output).stderr(Stdio::null());
        #[cfg(windows)]
        {
            use std::os::windows::process::CommandExt as _;
            const DETACHED_PROCESS: u32 = 0x8;
            const BELOW_NORMAL_PRIORITY_CLASS: u32 = 0x4000;
            command.creation_flags(DETACHED_PROCESS | BELOW_NORMAL_PRIORITY_CLASS);
        }
        let mut child = command.spawn().map_err(failed)?;
        self.child.store(true, Ordering::Relaxed);
        let (lives, wake) = (Arc::clone(&self.child), self.wake.clone());
        let waits = move || {
            let ended = child.wait();
            let untold = JobReader::open(job.path()).is_ok_and(|reader| reader.view().standing == Standing::Waiting);
            if let Ok(status) = ended
                && untold
            {
                // Else it would be started again and again.
                let _ = job.end(Some(format!("the process that worked on it was ended from outside ({status})")));
            }
            lives.store(false, Ordering::Relaxed);
            let _ = wake.send(Wake::Look);
        };
        // Without a thread to wait for it the job goes on all the same.
        let _ = std::thread::Builder::new().name("render".into()).spawn(waits);
        Ok(())
    }

    /// Shows the frame of each job that was painted last.
    fn show_pictures(&mut self, views: &[JobView]) {
        for view in views {
            let Some(file) = &view.picture else { continue };
            if self.shown.get(&view.path) == Some(file) {
                continue;
            }
            self.shown.insert(view.path.clone(), file.clone());
            let Ok(bytes) = crate::files::read(file, MAX_FILE_BYTES) else { continue };
            if let Ok(decoded) = decode(&bytes, file, PICTURE_RULES, &Budget::for_one()) {
                let image = shrunk(&decoded.picture, PICTURE_PX);
                (self.tell)(Event::RenderPicture { job: view.path.clone(), image });
            }
        }
    }
}

/// Has whoever works on a job stop: frames that are painted are kept.
///
/// # Errors
/// A sentence: it doesn't end.
pub(in crate::studio) fn stop(job: &JobFolder) -> Result<(), String> {
    let begun = Instant::now();
    if let Some(process) = job.process() {
        let process = sysinfo::Pid::from_u32(process);
        let mut system = sysinfo::System::new();
        system.refresh_processes(sysinfo::ProcessesToUpdate::Some(&[process]), false);
        if let Some(process) = system.process(process) {
            // Nothing half written is ever seen: where it can't be asked it is ended.
            process.kill_with(sysinfo::Signal::Term).unwrap_or_else(|| process.kill());
        }
    }
    while job.is_held() {
        if begun.elapsed() > GONE_AFTER {
            return Err(format!("the process that works on {} does not end", job.path().display()));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}
