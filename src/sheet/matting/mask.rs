//! [`Mask`]: which pixels are the character, and walks over it.

use super::{MattingError, go_on};
use crate::progress::Progress;

/// One truth a pixel, row by row from the top.
#[derive(Clone)]
pub(super) struct Mask {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) inside: Vec<bool>,
}

/// Pixels visited between two questions whether to go on.
const BETWEEN_LOOKS: usize = 1 << 20;

impl Mask {
    /// The four neighbours of a pixel that exist.
    pub(super) fn neighbours(&self, index: usize) -> impl Iterator<Item = usize> + use<> {
        let (x, width, end) = (index % self.width, self.width, self.inside.len());
        [
            (x > 0).then(|| index - 1),
            (x + 1 < width).then_some(index + 1),
            index.checked_sub(width),
            (index + width < end).then_some(index + width),
        ]
        .into_iter()
        .flatten()
    }

    /// The eight neighbours of a pixel that exist.
    pub(super) fn all_neighbours(&self, index: usize) -> impl Iterator<Item = usize> + use<> {
        let (width, height) = (self.width, self.height);
        let (x, y) = (index % width, index / width);
        let rows = y.saturating_sub(1)..(y + 2).min(height);
        let columns = x.saturating_sub(1)..(x + 2).min(width);
        rows.flat_map(move |row| columns.clone().map(move |column| row * width + column))
            .filter(move |&other| other != index)
    }

    /// The pixels of the outermost rows and columns.
    pub(super) fn border(&self) -> impl Iterator<Item = usize> + use<> {
        let (width, height) = (self.width, self.height);
        let rows = (0..width).chain((height - 1) * width..height * width);
        rows.chain((0..height).flat_map(move |y| [y * width, y * width + width - 1]))
    }

    /// For each pixel, how many steps of a chess king lead to the nearest one where `inside` is `side`; at most 255.
    pub(super) fn steps_to(&self, side: bool) -> Vec<u8> {
        let width = self.width;
        let mut steps: Vec<u8> = self.inside.iter().map(|&inside| if inside == side { 0 } else { 255 }).collect();
        let nearest = |steps: &[u8], x: usize, row: usize| {
            let beside = &steps[row + x.saturating_sub(1)..(row + x + 2).min(row + width)];
            beside.iter().copied().min().unwrap_or(255)
        };
        for y in 0..self.height {
            for x in 0..width {
                let at = y * width + x;
                let before = if x > 0 { steps[at - 1] } else { 255 };
                let above = if y > 0 { nearest(&steps, x, at - x - width) } else { 255 };
                steps[at] = steps[at].min(before.min(above).saturating_add(1));
            }
        }
        for y in (0..self.height).rev() {
            for x in (0..width).rev() {
                let at = y * width + x;
                let after = if x + 1 < width { steps[at + 1] } else { 255 };
                let below = if y + 1 < self.height { nearest(&steps, x, at - x + width) } else { 255 };
                steps[at] = steps[at].min(after.min(below).saturating_add(1));
            }
        }
        steps
    }

    /// Turns connected areas (over corners too) of fewer than `least` inside pixels to outside, unless `keep` says of one
    /// of their pixels that it stays.
    pub(super) fn drop_specks(
        &mut self,
        least: usize,
        keep: impl Fn(usize) -> bool,
        progress: &dyn Progress,
    ) -> Result<(), MattingError> {
        if least <= 1 {
            return Ok(());
        }
        let mut seen = vec![false; self.inside.len()];
        let mut area = Vec::new();
        for start in 0..self.inside.len() {
            if start % BETWEEN_LOOKS == 0 {
                go_on(progress)?;
            }
            if seen[start] || !self.inside[start] {
                continue;
            }
            seen[start] = true;
            area.clear();
            area.push(start);
            let mut next = 0;
            while let Some(&at) = area.get(next) {
                next += 1;
                for other in self.all_neighbours(at) {
                    if self.inside[other] && !seen[other] {
                        seen[other] = true;
                        area.push(other);
                    }
                }
            }
            if area.len() < least && !area.iter().any(|&at| keep(at)) {
                area.iter().for_each(|&at| self.inside[at] = false);
            }
        }
        Ok(())
    }
}

/// Visits all pixels that `enter` lets in, from `queue` on over the four neighbours. `enter` is asked again and again
/// and must say no to what it has let in before.
pub(super) fn spread(
    mask: &Mask,
    mut queue: Vec<usize>,
    mut enter: impl FnMut(usize) -> bool,
    progress: &dyn Progress,
) -> Result<(), MattingError> {
    let mut visited = 0;
    while let Some(at) = queue.pop() {
        visited += 1;
        if visited % BETWEEN_LOOKS == 0 {
            go_on(progress)?;
        }
        queue.extend(mask.neighbours(at).filter(|&other| enter(other)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;

    fn mask(rows: &[&str]) -> Mask {
        let inside = rows.iter().flat_map(|row| row.bytes().map(|b| b == b'#')).collect();
        Mask { width: rows[0].len(), height: rows.len(), inside }
    }

    #[test]
    fn steps_are_a_chess_kings() {
        let mask = mask(&["......", ".#....", "......", ".....#"]);
        #[rustfmt::skip]
        assert_eq!(mask.steps_to(true), [
            1, 1, 1, 2, 3, 3,
            1, 0, 1, 2, 2, 2,
            1, 1, 1, 2, 1, 1,
            2, 2, 2, 2, 1, 0,
        ]);
        assert_eq!(mask.steps_to(false)[7], 1);
        let nothing = Mask { width: 1, height: 1, inside: vec![false] };
        assert_eq!(nothing.steps_to(true), [255]);
    }

    #[test]
    fn specks_go_unless_kept() {
        let mut specks = mask(&["#....#", ".....#", "##..#.", "##...."]);
        let all = specks.clone();
        specks.drop_specks(4, |at| at == 0, &Silent).unwrap();
        assert_eq!(specks.inside, mask(&["#.....", "......", "##....", "##...."]).inside);
        let mut joined = all;
        joined.drop_specks(3, |_| false, &Silent).unwrap();
        assert_eq!(joined.inside, mask(&[".....#", ".....#", "##..#.", "##...."]).inside);
    }
}
