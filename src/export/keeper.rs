//! Frames are packed and written by a thread of its own while the next ones are painted: painting never waits for a disk,
//! unless that falls behind.

use super::ExportError;
use super::kept::{Claim, Content};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

/// So many frames wait besides the one in hand: memory stays bounded, whoever is slower.
const WAITING: usize = 1;

/// What is to be done so that a frame is there.
pub enum Task {
    /// Nothing: it is.
    Kept(PathBuf),
    /// It looks the same as one that was handed in before.
    Copy(Claim, PathBuf),
    /// It was painted.
    Keep(Claim, Content),
}

/// A frame that is there, whole.
pub struct Done<T> {
    /// What was handed in with it.
    pub whose: T,
    /// Where it is.
    pub path: PathBuf,
    /// How long it took to become a file's bytes.
    pub packing: Duration,
    /// How long those took to be read and written.
    pub disk: Duration,
}

/// Where painted frames are handed in, each with something to know it by.
pub struct Keeper<T>(SyncSender<(Task, T)>);

/// An earlier frame could not be kept; [`keeping`] says why.
#[derive(Debug, thiserror::Error)]
#[error("an earlier frame could not be kept")]
pub struct Over;

impl<T> Keeper<T> {
    /// Hands in the next frame, and waits if others wait already.
    ///
    /// # Errors
    /// No more are taken: an earlier one could not be kept.
    pub fn hand(&self, task: Task, whose: T) -> Result<(), Over> {
        self.0.send((task, whose)).map_err(|_| Over)
    }
}

/// Paints, while a thread keeps what is handed in, in that order, and tells of each frame when it is there. What `paint`
/// answers comes back when all of them are.
///
/// # Errors
/// A frame that could not be kept; those after it are given up.
pub fn keeping<T: Send, R>(
    done: impl FnMut(Done<T>) + Send,
    paint: impl FnOnce(&Keeper<T>) -> R,
) -> Result<R, ExportError> {
    std::thread::scope(|scope| {
        let (tasks, handed_in) = sync_channel(WAITING);
        let keeper = scope.spawn(move || keep_all(handed_in, done));
        // The thread ends when there is nobody left to hand anything in.
        let painted = paint(&Keeper(tasks));
        match keeper.join() {
            Ok(kept) => kept.map(|()| painted),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

fn keep_all<T>(handed_in: Receiver<(Task, T)>, mut done: impl FnMut(Done<T>)) -> Result<(), ExportError> {
    for (task, whose) in handed_in {
        let begun = Instant::now();
        let mut packing = Duration::ZERO;
        let path = match task {
            Task::Kept(path) => path,
            Task::Copy(claim, of) => claim.copy(&of)?,
            Task::Keep(claim, content) => {
                let bytes = claim.bytes(content)?;
                packing = begun.elapsed();
                claim.write(&bytes)?
            }
        };
        done(Done { whose, path, packing, disk: begun.elapsed() - packing });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::kept::{Kept, Turn, fingerprint};
    use super::*;
    use crate::picture::Picture;

    fn mine(kept: &Kept, name: &str) -> Claim {
        match kept.turn(name, "0123456789abcdef").unwrap() {
            Turn::Mine(claim) => claim,
            _ => panic!("{name} is there"),
        }
    }

    #[test]
    fn frames_are_kept_in_the_order_they_are_handed_in() {
        let parent = tempfile::tempdir().unwrap();
        let kept = Kept::open(parent.path(), false).unwrap();
        let picture = Picture { pixels: vec![[9, 8, 7, 255]; 6], ..Picture::new(3, 2) };
        let mut told = Vec::new();
        let answer = keeping(
            |done: Done<usize>| told.push((done.whose, fingerprint(&done.path))),
            |keeper| {
                let first = parent.path().join("0.png");
                keeper.hand(Task::Keep(mine(&kept, "0.png"), Content::Picture(picture.clone())), 0).unwrap();
                // Not there yet, perhaps: it will be when its copy is made.
                keeper.hand(Task::Copy(mine(&kept, "1.png"), first.clone()), 1).unwrap();
                keeper.hand(Task::Kept(first), 2).unwrap();
                keeper.hand(Task::Keep(mine(&kept, "3.png"), Content::Picture(picture)), 3).unwrap();
                "painted"
            },
        );
        assert_eq!(answer.unwrap(), "painted");
        let known = Some("0123456789abcdef".to_owned());
        assert_eq!(told, [0, 1, 2, 3].map(|whose| (whose, known.clone())));
        assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 3, "and nothing else");
    }

    #[test]
    fn painting_ends_when_a_frame_cannot_be_kept() {
        let parent = tempfile::tempdir().unwrap();
        let kept = Kept::open(parent.path(), false).unwrap();
        let mut handed = 0;
        let failed = keeping(
            |_| {},
            |keeper| {
                let nowhere = parent.path().join("nowhere.png");
                while handed < 100 {
                    let claim = mine(&kept, &format!("{handed}.png"));
                    if keeper.hand(Task::Copy(claim, nowhere.clone()), ()).is_err() {
                        return;
                    }
                    handed += 1;
                }
            },
        );
        assert!(failed.unwrap_err().to_string().contains("nowhere.png"));
        assert!(handed <= WAITING + 2, "{handed}");
        assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 0, "nobody holds anything");
    }
}
