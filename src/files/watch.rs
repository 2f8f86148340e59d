//! Watching files that another program writes: told once they are whole, whichever way the program saves.
//!
//! The system's events only say where to look; what counts is a file's size and time. A file counts as written when both
//! have rested for a moment. Every few seconds all are looked at anyway: network drives send no events.

use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant, SystemTime};

/// How long a file must rest until it counts as written.
const REST: Duration = Duration::from_millis(200);
/// How long a file may be away: programs that save by renaming take it away for a moment.
const AWAY: Duration = Duration::from_millis(600);
/// How often all files are looked at.
const ROUND: Duration = Duration::from_secs(2);

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It was written, or is back.
    Written(PathBuf),
    /// It is gone.
    Gone(PathBuf),
}

/// A thread that watches files. Dropping it ends the watch.
pub struct Watcher(Sender<Message>);

/// A set of files that somebody has watched; others may watch the same. Dropping it ends the watch of this set.
pub struct WatchedFiles {
    set: u64,
    files: BTreeSet<PathBuf>,
    thread: Sender<Message>,
}

enum Message {
    Begin(u64, Tell),
    Watch(u64, BTreeSet<PathBuf>),
    End(u64),
    /// The system says that something happened there.
    Look(Vec<PathBuf>),
    /// The system's events were too many.
    LookEverywhere,
    Stop,
}

type Tell = Box<dyn Fn(Change) + Send>;

/// A file as it is: size and time of the last change; `None`: there is none.
type Stamp = Option<(u64, Option<SystemTime>)>;

struct Watched {
    /// As it was when it was last told of.
    told: Stamp,
    /// As it was last seen, and since when.
    seen: (Stamp, Instant),
}

impl Watcher {
    /// Starts the thread.
    pub fn new() -> Self {
        let (sender, messages) = channel();
        let to_self = sender.clone();
        let work = move || {
            let events = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
                let _ = to_self.send(match event {
                    Ok(event) if !event.need_rescan() => Message::Look(event.paths),
                    _ => Message::LookEverywhere,
                });
            });
            let events = events.inspect_err(|e| tracing::warn!("changed files show after some seconds: {e}")).ok();
            Thread { events, folders: BTreeSet::new(), sets: BTreeMap::new() }.run(&messages);
        };
        if let Err(error) = std::thread::Builder::new().name("watch".into()).spawn(work) {
            tracing::error!("files can't be watched: the system has no thread left ({error})");
        }
        Self(sender)
    }

    /// A set of files, none yet; `tell` is called on the watcher's thread.
    pub fn files(&self, tell: impl Fn(Change) + Send + 'static) -> WatchedFiles {
        static SETS: AtomicU64 = AtomicU64::new(0);
        let set = SETS.fetch_add(1, Ordering::Relaxed);
        let _ = self.0.send(Message::Begin(set, Box::new(tell)));
        WatchedFiles { set, files: BTreeSet::new(), thread: self.0.clone() }
    }
}

impl Default for Watcher {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        let _ = self.0.send(Message::Stop);
    }
}

impl WatchedFiles {
    /// Watches these files and no others. What they are like now is known; only changes are told.
    pub fn watch(&mut self, files: BTreeSet<PathBuf>) {
        if files != self.files {
            let _ = self.thread.send(Message::Watch(self.set, files.clone()));
            self.files = files;
        }
    }
}

impl Drop for WatchedFiles {
    fn drop(&mut self) {
        let _ = self.thread.send(Message::End(self.set));
    }
}

struct Thread {
    events: Option<RecommendedWatcher>,
    folders: BTreeSet<PathBuf>,
    sets: BTreeMap<u64, Set>,
}

/// The files of one listener; each knows by itself what it was told.
struct Set {
    tell: Tell,
    files: BTreeMap<PathBuf, Watched>,
}

impl Thread {
    fn run(&mut self, messages: &Receiver<Message>) {
        let mut round = Instant::now();
        loop {
            let restless = self.sets.values().any(Set::is_restless);
            let wait = if restless { REST / 4 } else { ROUND.saturating_sub(round.elapsed()) };
            match messages.recv_timeout(wait) {
                Ok(Message::Begin(set, tell)) => {
                    self.sets.insert(set, Set { tell, files: BTreeMap::new() });
                }
                Ok(Message::Watch(set, files)) => self.watch(set, files),
                Ok(Message::End(set)) => {
                    self.sets.remove(&set);
                    self.watch_folders();
                }
                Ok(Message::Look(paths)) => {
                    self.sets.values_mut().for_each(|set| paths.iter().for_each(|path| set.look(path)));
                }
                Ok(Message::LookEverywhere) => self.sets.values_mut().for_each(Set::look_everywhere),
                Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => {}
            }
            if round.elapsed() >= ROUND {
                self.sets.values_mut().for_each(Set::look_everywhere);
                round = Instant::now();
            } else if restless {
                self.sets.values_mut().for_each(Set::look_at_restless);
            }
            self.sets.values_mut().for_each(Set::tell_what_rests);
        }
    }

    fn watch(&mut self, set: u64, files: BTreeSet<PathBuf>) {
        let Some(set) = self.sets.get_mut(&set) else { return };
        set.files.retain(|path, _| files.contains(path));
        for path in files {
            set.files.entry(path).or_insert_with_key(|path| {
                let stamp = stamp(path);
                Watched { told: stamp, seen: (stamp, Instant::now()) }
            });
        }
        self.watch_folders();
    }

    /// Folders are watched, not files: a file that is saved by renaming is another one afterwards.
    fn watch_folders(&mut self) {
        let files = self.sets.values().flat_map(|set| set.files.keys());
        let folders: BTreeSet<PathBuf> = files.filter_map(|path| path.parent()).map(Path::to_path_buf).collect();
        if let Some(events) = &mut self.events {
            for gone in self.folders.difference(&folders) {
                let _ = events.unwatch(gone);
            }
            for new in folders.difference(&self.folders) {
                // A folder that can't be watched is looked at in rounds.
                let _ = events.watch(new, RecursiveMode::NonRecursive);
            }
        }
        self.folders = folders;
    }
}

impl Set {
    fn is_restless(&self) -> bool {
        self.files.values().any(Watched::is_restless)
    }

    fn look(&mut self, path: &Path) {
        if let Some(file) = self.files.get_mut(path) {
            file.look(path);
        }
    }

    fn look_at_restless(&mut self) {
        self.files.iter_mut().filter(|(_, file)| file.is_restless()).for_each(|(path, file)| file.look(path));
    }

    fn look_everywhere(&mut self) {
        self.files.iter_mut().for_each(|(path, file)| file.look(path));
    }

    fn tell_what_rests(&mut self) {
        for (path, file) in &mut self.files {
            let (stamp, since) = file.seen;
            let rest = if stamp.is_none() { AWAY } else { REST };
            if stamp != file.told && since.elapsed() >= rest {
                file.told = stamp;
                (self.tell)(if stamp.is_some() { Change::Written(path.clone()) } else { Change::Gone(path.clone()) });
            }
        }
    }
}

impl Watched {
    fn is_restless(&self) -> bool {
        self.told != self.seen.0
    }

    fn look(&mut self, path: &Path) {
        let now = stamp(path);
        if now != self.seen.0 {
            self.seen = (now, Instant::now());
        }
    }
}

fn stamp(path: &Path) -> Stamp {
    std::fs::metadata(path).ok().map(|metadata| (metadata.len(), metadata.modified().ok()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    struct Watch {
        folder: tempfile::TempDir,
        watcher: Watcher,
        _files: WatchedFiles,
        told: Receiver<Change>,
    }

    impl Watch {
        fn new(names: &[&str]) -> Self {
            let folder = tempfile::tempdir().unwrap();
            let paths: BTreeSet<PathBuf> = names.iter().map(|name| folder.path().join(name)).collect();
            for path in &paths {
                std::fs::write(path, "first").unwrap();
            }
            let (tell, told) = channel();
            let watcher = Watcher::new();
            let mut files = watcher.files(move |change| {
                let _ = tell.send(change);
            });
            files.watch(paths);
            // Until the thread knows what they are like now.
            std::thread::sleep(Duration::from_millis(300));
            Self { folder, watcher, _files: files, told }
        }

        fn path(&self, name: &str) -> PathBuf {
            self.folder.path().join(name)
        }

        fn next(&self) -> Change {
            self.told.recv_timeout(Duration::from_secs(60)).unwrap()
        }
    }

    #[test]
    fn files_written_in_pieces_are_told_once() {
        let watch = Watch::new(&["a"]);
        let mut file = std::fs::File::create(watch.path("a")).unwrap();
        for _ in 0..5 {
            file.write_all(b"piece").unwrap();
            file.flush().unwrap();
            std::thread::sleep(Duration::from_millis(60));
        }
        drop(file);
        assert_eq!(watch.next(), Change::Written(watch.path("a")));
        std::thread::sleep(3 * REST);
        assert!(watch.told.try_recv().is_err(), "once");
    }

    #[test]
    fn files_saved_by_renaming_were_never_gone() {
        let watch = Watch::new(&["a", "b"]);
        std::fs::remove_file(watch.path("a")).unwrap();
        std::fs::write(watch.path("a.new"), "second").unwrap();
        std::fs::rename(watch.path("a.new"), watch.path("a")).unwrap();
        assert_eq!(watch.next(), Change::Written(watch.path("a")));
    }

    #[test]
    fn files_go_and_come_back() {
        let watch = Watch::new(&["a"]);
        std::fs::remove_file(watch.path("a")).unwrap();
        assert_eq!(watch.next(), Change::Gone(watch.path("a")));
        std::fs::write(watch.path("a"), "again").unwrap();
        assert_eq!(watch.next(), Change::Written(watch.path("a")));
    }

    #[test]
    fn two_hundred_files_are_all_told() {
        let names: Vec<String> = (0..200).map(|i| format!("{i}.png")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let watch = Watch::new(&names);
        for name in &names {
            std::fs::write(watch.path(name), "changed").unwrap();
        }
        let told: BTreeSet<PathBuf> = (0..200)
            .map(|_| match watch.next() {
                Change::Written(path) => path,
                Change::Gone(path) => panic!("{} is there", path.display()),
            })
            .collect();
        assert_eq!(told.len(), 200);
    }

    #[test]
    fn each_set_has_its_own_listener() {
        let watch = Watch::new(&["a", "b"]);
        let (tell, told) = channel();
        let mut other = watch.watcher.files(move |change| {
            let _ = tell.send(change);
        });
        other.watch([watch.path("b")].into());
        std::thread::sleep(Duration::from_millis(300));
        std::fs::write(watch.path("b"), "for both").unwrap();
        assert_eq!(watch.next(), Change::Written(watch.path("b")));
        assert_eq!(told.recv_timeout(Duration::from_secs(60)).unwrap(), Change::Written(watch.path("b")));
        // What ends one set, or gives it other files, is nothing to the other.
        other.watch([watch.path("elsewhere")].into());
        drop(other);
        std::fs::write(watch.path("a"), "for one").unwrap();
        assert_eq!(watch.next(), Change::Written(watch.path("a")));
        std::fs::write(watch.path("b"), "for one now").unwrap();
        assert_eq!(watch.next(), Change::Written(watch.path("b")));
        assert!(told.recv().is_err(), "nobody tells it any more");
    }
}
