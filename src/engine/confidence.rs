//! How far detected UDPs are to be trusted, as landmark transfer asks.

use super::graphs::Drawing;

/// Landmarks that are off by less than this are as good as any.
const GOOD: f32 = 0.02;

/// Per pixel of each drawing how sure its UDP is, from 0 to 255, where somebody knows. It falls as the error grows that is
/// expected; the surer half of a sheet counts in full, so that drawings of which nobody is sure are still painted from.
pub(super) fn confidences(drawings: &[Drawing<'_>]) -> Vec<Option<Vec<u8>>> {
    let seen = |drawing: &Drawing<'_>, i: usize| drawing.udp.is_some_and(|udp| udp.pixels[i][3] > 0.5);
    let of = |drawing: &Drawing<'_>| {
        let spread = drawing.spread.unwrap_or_default();
        (0..spread.len()).filter(|&i| seen(drawing, i)).map(|i| spread[i]).collect::<Vec<f32>>()
    };
    let mut all: Vec<f32> = drawings.iter().flat_map(of).collect();
    if all.is_empty() {
        return drawings.iter().map(|_| None).collect();
    }
    let middle = all.len() / 2;
    let full = all.select_nth_unstable_by(middle, f32::total_cmp).1.max(GOOD);
    let sure = |spread: &f32| (255.0 * (full / spread).min(1.0)).round() as u8;
    drawings.iter().map(|drawing| Some(drawing.spread?.iter().map(sure).collect())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::Picture;
    use crate::udp::Udp;

    #[test]
    fn the_surer_half_counts_in_full() {
        let picture = Picture::new(4, 1);
        let mut udp = Udp::new(4, 1);
        udp.pixels[..3].fill([0.5, 0.5, 0.5, 1.0]);
        let drawing = |spread| Drawing { picture: &picture, udp: Some(&udp), spread };
        let found = confidences(&[drawing(Some(&[0.05, 0.1, 0.4, 0.0])), drawing(None)]);
        assert_eq!(found, [Some(vec![255, 255, 64, 255]), None]);
        // Errors too small to matter are all the same.
        assert_eq!(confidences(&[drawing(Some(&[0.001, 0.004, 0.02, 1.0]))])[0].as_ref().unwrap()[..3], [255; 3]);
        assert_eq!(confidences(&[drawing(None)]), [None]);
    }
}
