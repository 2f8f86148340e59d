//! Aligned buffers, and each thread's reusable scratch memory.

use std::cell::RefCell;
use std::marker::PhantomData;

/// One cache line.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Line([u8; 64]);

/// A buffer of plain numbers that starts at a cache line.
pub(super) struct Aligned<T> {
    lines: Vec<Line>,
    len: usize,
    of: PhantomData<T>,
}

impl<T: Copy> Aligned<T> {
    /// `len` numbers whose bits are all zero.
    pub(super) fn zeroed(len: usize) -> Self {
        let lines = vec![Line([0; 64]); (len * size_of::<T>()).div_ceil(64)];
        Aligned { lines, len, of: PhantomData }
    }

    pub(super) fn from_slice(values: &[T], padded_len: usize) -> Self {
        let mut buffer = Self::zeroed(padded_len.max(values.len()));
        buffer.as_mut_slice()[..values.len()].copy_from_slice(values);
        buffer
    }

    pub(super) fn as_slice(&self) -> &[T] {
        // SAFETY: `lines` holds at least `len` numbers, and for the types used here (f32, f16, bf16) any bits are one.
        unsafe { std::slice::from_raw_parts(self.lines.as_ptr().cast(), self.len) }
    }

    pub(super) fn as_mut_slice(&mut self) -> &mut [T] {
        // SAFETY: as above.
        unsafe { std::slice::from_raw_parts_mut(self.lines.as_mut_ptr().cast(), self.len) }
    }

    pub(super) fn as_ptr(&self) -> *const T {
        self.lines.as_ptr().cast()
    }
}

thread_local! {
    static SCRATCH: RefCell<Vec<Line>> = const { RefCell::new(Vec::new()) };
}

/// Lends `N` buffers of this thread's scratch memory with at least these many floats, contents unspecified.
/// The memory grows to what was ever asked for and stays: there is no allocation in the steady state.
pub(super) fn with_scratch<const N: usize, R>(floats: [usize; N], work: impl FnOnce([*mut f32; N]) -> R) -> R {
    SCRATCH.with_borrow_mut(|lines| {
        let needed: usize = floats.iter().map(|n| n.div_ceil(16)).sum();
        if lines.len() < needed {
            lines.resize(needed, Line([0; 64]));
        }
        let mut next = lines.as_mut_ptr();
        work(floats.map(|n| {
            let this = next.cast();
            // SAFETY: the sum of all lengths fits, as checked above.
            next = unsafe { next.add(n.div_ceil(16)) };
            this
        }))
    })
}
