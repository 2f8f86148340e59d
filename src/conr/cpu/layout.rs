//! Where pieces lie side by side in one wide picture.

use std::ops::Range;

/// Pieces in an order of our own: wide ones first, so that they begin at whole registers.
#[derive(Clone, Debug)]
pub(super) struct Layout<T> {
    pub pieces: Vec<(T, Range<usize>)>,
    pub channels: usize,
}

impl<T: Copy + PartialEq> Layout<T> {
    /// Of pieces with so many channels each.
    pub(super) fn of(pieces: impl IntoIterator<Item = (T, usize)>) -> Self {
        let mut pieces: Vec<_> = pieces.into_iter().collect();
        pieces.sort_by_key(|&(_, channels)| std::cmp::Reverse(channels));
        let mut end = 0;
        let place = |(of, channels): (T, usize)| {
            end += channels;
            (of, end - channels..end)
        };
        let pieces = pieces.into_iter().map(place).collect();
        Self { pieces, channels: end }
    }

    /// The channels of a piece; none where it is not there.
    pub(super) fn at(&self, of: T) -> Range<usize> {
        self.pieces.iter().find(|piece| piece.0 == of).map_or(0..0, |piece| piece.1.clone())
    }

    /// The pieces' channels in another order of them, one after the other as they lie here.
    pub(super) fn channels_in(&self, elsewhere: impl Fn(T) -> Range<usize>) -> Vec<usize> {
        self.pieces.iter().flat_map(|piece| elsewhere(piece.0)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_pieces_come_first() {
        let layout = Layout::of([('a', 2), ('b', 4), ('c', 64), ('d', 4)]);
        assert_eq!(layout.pieces, [('c', 0..64), ('b', 64..68), ('d', 68..72), ('a', 72..74)]);
        assert_eq!((layout.channels, layout.at('a'), layout.at('x')), (74, 72..74, 0..0));
        assert_eq!(layout.channels_in(|of| if of == 'a' { 7..9 } else { 0..1 }), [0, 0, 0, 7, 8]);
    }
}
