//! Pictures that own their memory, and a pool that lends it again.

use super::{Map, MapMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A batch of pictures in memory lent by a [`Pool`], which gets it back when the batch is dropped.
#[derive(Debug, Default)]
pub struct Batch {
    data: Vec<f32>,
    size: [usize; 4],
    pitch: usize,
    lender: Pool,
}

impl Drop for Batch {
    fn drop(&mut self) {
        let [n, h, w, _] = self.size;
        self.lender.memory().take_back(std::mem::take(&mut self.data), n * h * w * self.pitch);
    }
}

impl Batch {
    /// The pictures to read.
    pub fn map(&self) -> Map<'_> {
        Map::strided(&self.data, self.size, self.pitch)
    }

    /// The pictures to write to.
    pub fn map_mut(&mut self) -> MapMut<'_> {
        MapMut::strided(&mut self.data, self.size, self.pitch)
    }

    /// Images, height, width and channels.
    pub fn size(&self) -> [usize; 4] {
        self.size
    }

    /// The channels of every pixel, image after image and row after row.
    pub fn pixels_mut(&mut self) -> impl Iterator<Item = &mut [f32]> {
        let [n, h, w, c] = self.size;
        self.data.chunks_mut(self.pitch.max(1)).take(n * h * w).map(move |pixel| &mut pixel[..c])
    }

    /// The same, to read.
    pub fn pixels(&self) -> impl Iterator<Item = &[f32]> {
        let [n, h, w, c] = self.size;
        self.data.chunks(self.pitch.max(1)).take(n * h * w).map(move |pixel| &pixel[..c])
    }
}

/// Memory of pictures that are no longer needed, for those to come: a chain of operations that runs again finds all it
/// needs, since memory that the system has to clear costs a tenth of a frame. Clones lend the same memory, which goes
/// back to the system with the last of them and of what they lent.
#[derive(Clone, Debug, Default)]
pub struct Pool(Arc<Mutex<Memory>>);

/// Lengths are in floats.
#[derive(Debug, Default)]
struct Memory {
    free: Vec<Vec<f32>>,
    /// Of the memory that is lent, and of the pictures in it, now and at most.
    lent: usize,
    asked: usize,
    most_asked: usize,
}

impl Memory {
    /// A piece may be so many times too large: else pictures that come later find nothing large enough.
    const ROOM: usize = 8;

    fn lend(&mut self, len: usize) -> Vec<f32> {
        self.asked += len;
        self.most_asked = self.most_asked.max(self.asked);
        let fits = |i: &usize| (len..=Self::ROOM * len).contains(&self.free[*i].len());
        let fit = (0..self.free.len()).filter(fits).min_by_key(|&i| self.free[i].len());
        let data = match fit {
            Some(i) => self.free.swap_remove(i),
            None => {
                // Half as much again as the pictures need is enough for all to find their place.
                let limit = self.most_asked + self.most_asked / 2;
                let mut all = self.lent + self.free.iter().map(Vec::len).sum::<usize>() + len;
                while all > limit
                    && let Some(i) = (0..self.free.len()).max_by_key(|&i| self.free[i].len())
                {
                    all -= self.free.swap_remove(i).len();
                }
                vec![0.0; len]
            }
        };
        self.lent += data.len();
        data
    }

    fn take_back(&mut self, data: Vec<f32>, len: usize) {
        self.lent = self.lent.saturating_sub(data.len());
        self.asked = self.asked.saturating_sub(len);
        if !data.is_empty() {
            self.free.push(data);
        }
    }
}

impl Pool {
    /// A batch of this size, contents unspecified. Pixels of many channels begin at whole cache lines of one another.
    pub fn take(&self, size: [usize; 4]) -> Batch {
        let [n, h, w, c] = size;
        let pitch = if c > 16 { c.next_multiple_of(16) } else { c };
        Batch { data: self.memory().lend(n * h * w * pitch), size, pitch, lender: self.clone() }
    }

    /// Bytes that lie ready.
    pub fn bytes(&self) -> usize {
        self.memory().free.iter().map(|v| size_of_val(&v[..])).sum()
    }

    /// Whether all that was lent came back.
    pub fn is_whole(&self) -> bool {
        let memory = self.memory();
        (memory.lent, memory.asked) == (0, 0)
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a decoder does: pictures grow, several are in use at a time, and all begins anew.
    #[test]
    fn a_chain_that_runs_again_finds_all_it_needs() {
        let pool = Pool::default();
        let run = || {
            let mut last = pool.take([1, 1, 1, 1]);
            for side in [3, 8, 20, 60] {
                let (next, _beside) = (pool.take([1, side, side, 9]), pool.take([2, side, side, 40]));
                last = next;
            }
            drop(last);
        };
        let addresses = || {
            let memory = pool.memory();
            let mut all: Vec<_> = memory.free.iter().map(|memory| (memory.as_ptr(), memory.len())).collect();
            all.sort_unstable();
            all
        };
        run();
        run();
        let before = addresses();
        run();
        assert_eq!(addresses(), before);
        let most: usize = 4 * (60 * 60 * 9 + 20 * 20 * 9 + 2 * 60 * 60 * 48);
        assert!(pool.bytes() <= most + most / 2, "{} bytes kept", pool.bytes());
    }

    #[test]
    fn what_was_lent_comes_back_however_its_scope_ends() {
        let pool = Pool::default();
        let refused = |size: usize| -> Result<Batch, String> {
            let batch = pool.take([1, size, size, 3]);
            let _beside = pool.take([1, 2, 2, 2]);
            if size > 4 { Err("too large".into()) } else { Ok(batch) }
        };
        assert!(refused(8).is_err() && pool.is_whole());
        let kept = refused(4).unwrap();
        assert!(!pool.is_whole());
        drop(kept);
        assert!(pool.is_whole());
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _batch = pool.take([1, 3, 3, 3]);
            panic!("on purpose");
        }));
        assert!(panicked.is_err() && pool.is_whole());
    }

    #[test]
    fn a_batch_outlives_the_pool_it_is_of() {
        let batch = Pool::default().take([1, 2, 2, 3]);
        assert_eq!(batch.map().size(), [1, 2, 2, 3]);
    }
}
