//! Pictures that own their memory, and a pool that lends it again.

use super::{Map, MapMut};
use std::sync::{Mutex, PoisonError};

/// A batch of pictures that owns its memory.
#[derive(Debug, Default)]
pub struct Batch {
    data: Vec<f32>,
    size: [usize; 4],
    pitch: usize,
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
/// needs.
#[derive(Debug, Default)]
pub struct Pool(Mutex<Vec<Vec<f32>>>);

impl Pool {
    /// A batch of this size, contents unspecified. Pixels of many channels begin at whole cache lines of one another.
    pub fn take(&self, size: [usize; 4]) -> Batch {
        let [n, h, w, c] = size;
        let pitch = if c > 16 { c.next_multiple_of(16) } else { c };
        let len = n * h * w * pitch;
        let mut free = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fit = (0..free.len()).filter(|&i| (len..=4 * len).contains(&free[i].len())).min_by_key(|&i| free[i].len());
        let data = match fit {
            Some(i) => free.swap_remove(i),
            None => {
                // As much as is added goes, so that the pool grows to what is in use at a time and no further.
                let mut dropped = 0;
                while let Some(i) = (0..free.len()).max_by_key(|&i| free[i].len()).filter(|_| dropped < len) {
                    dropped += free.swap_remove(i).len();
                }
                vec![0.0; len]
            }
        };
        Batch { data, size, pitch }
    }

    /// Gives a batch's memory back.
    pub fn give(&self, batch: Batch) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(batch.data);
    }

    /// Bytes that lie ready.
    pub fn bytes(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().map(|v| size_of_val(&v[..])).sum()
    }
}
