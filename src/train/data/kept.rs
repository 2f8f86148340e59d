//! What is dear to make and may be wanted again.

use std::sync::{Arc, Mutex, PoisonError};

/// What was wanted last, by number, as much as there is room for.
pub(in crate::train) struct Kept<T> {
    room: usize,
    /// The one wanted last at the end.
    known: Mutex<Vec<(u64, Arc<T>)>>,
}

impl<T> Kept<T> {
    /// Room for so many.
    pub(in crate::train) fn new(room: usize) -> Self {
        Self { room, known: Mutex::default() }
    }

    /// The one of this number, made if it isn't there. Nobody waits for who makes one: a thread of a pool may come by here
    /// once more meanwhile, and two that make the same make no difference.
    pub(in crate::train) fn get<E>(&self, number: u64, make: impl FnOnce() -> Result<T, E>) -> Result<Arc<T>, E> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known().iter().find(|(known, _)| *known == number).map(|(_, found)| Arc::clone(found));
        let found = match found {
            Some(found) => found,
            None => Arc::new(make()?),
        };
        let mut known = known();
        known.retain(|(known, _)| *known != number);
        if known.len() >= self.room {
            known.remove(0);
        }
        known.push((number, Arc::clone(&found)));
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_wanted_longest_ago_goes_first() {
        let kept = Kept::new(2);
        let mut made = vec![];
        for number in [1, 2, 1, 3, 1, 2] {
            let got = kept.get(number, || {
                made.push(number);
                Ok::<_, ()>(number * 10)
            });
            assert_eq!(*got.unwrap(), number * 10);
        }
        assert_eq!(made, [1, 2, 3, 2]);
        assert_eq!(kept.get(9, || Err("no")), Err("no"));
    }
}
