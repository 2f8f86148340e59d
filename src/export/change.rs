//! What animations keep small by: frames that look like the one before are shown longer, others bring what changed.

use crate::picture::{Picture, Region};

/// The smallest part of two pictures of one size that holds all their differences; `None`: they are the same.
pub(super) fn changed(before: &Picture, now: &Picture) -> Option<Region> {
    let differs = |(a, b): (&[u8; 4], &[u8; 4])| if a == b { [0; 4] } else { [255; 4] };
    let pixels = before.pixels.iter().zip(&now.pixels).map(differs).collect();
    Region::of_content(&Picture { pixels, ..*now })
}

/// A part of a picture.
pub(super) fn cut(picture: &Picture, part: Region) -> Picture {
    let mut pixels = Vec::with_capacity(part.width_px as usize * part.height_px as usize);
    for row in
        picture.pixels.chunks_exact(picture.width_px as usize).skip(part.top_px as usize).take(part.height_px as usize)
    {
        pixels.extend_from_slice(&row[part.left_px as usize..][..part.width_px as usize]);
    }
    Picture { width_px: part.width_px, height_px: part.height_px, pixels }
}

/// All of a picture.
pub(super) fn whole(picture: &Picture) -> Region {
    Region { left_px: 0, top_px: 0, width_px: picture.width_px, height_px: picture.height_px }
}

/// Joins frames that look the same, if they follow each other: each is told when the next one differs.
pub(super) struct Holds {
    held: Option<(Picture, u64)>,
    next: u64,
    most: u64,
}

/// A picture that is shown from one frame up to another.
pub(super) struct Shown {
    pub(super) picture: Picture,
    pub(super) from: u64,
    pub(super) to: u64,
}

impl Holds {
    /// None yet; a picture is shown for `most` frames at most (at least one), then once more.
    pub(super) fn new(most: u64) -> Self {
        Self { held: None, next: 0, most: most.max(1) }
    }

    /// The next frame; what was shown until then, if that is another picture.
    pub(super) fn push(&mut self, picture: &Picture) -> Option<Shown> {
        let now = self.next;
        self.next += 1;
        match &self.held {
            Some((held, from)) if held == picture && now - from < self.most => None,
            _ => self.held.replace((picture.clone(), now)).map(|(picture, from)| Shown { picture, from, to: now }),
        }
    }

    /// The last one.
    pub(super) fn end(&mut self) -> Option<Shown> {
        self.held.take().map(|(picture, from)| Shown { picture, from, to: self.next })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_that_look_the_same_are_one_that_is_shown_longer() {
        let picture = |value| Picture { pixels: vec![[value; 4]; 4], ..Picture::new(2, 2) };
        let mut holds = Holds::new(3);
        let mut shown: Vec<Shown> = [1, 1, 2, 2, 2, 2, 1].into_iter().filter_map(|v| holds.push(&picture(v))).collect();
        shown.extend(holds.end());
        let spans: Vec<_> = shown.iter().map(|s| (s.picture.pixels[0][0], s.from, s.to)).collect();
        assert_eq!(spans, [(1, 0, 2), (2, 2, 5), (2, 5, 6), (1, 6, 7)]);
        assert!(holds.end().is_none());
    }

    #[test]
    fn what_changed_is_found_and_cut_out() {
        let before = Picture::new(9, 7);
        let mut now = before.clone();
        assert_eq!(changed(&before, &now), None);
        *now.at_mut(2, 3) = [1, 0, 0, 0];
        *now.at_mut(5, 1) = [7, 7, 7, 7];
        let part = changed(&before, &now).unwrap();
        assert_eq!(part, Region { left_px: 2, top_px: 1, width_px: 4, height_px: 3 });
        let cut = cut(&now, part);
        assert_eq!((cut.at(0, 2), cut.at(3, 0), cut.pixels.len()), ([1, 0, 0, 0], [7; 4], 12));
        assert_eq!(super::cut(&now, whole(&now)), now);
    }
}
