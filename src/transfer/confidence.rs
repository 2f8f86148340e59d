//! How far detected UDPs are to be trusted.

use crate::udp::Udp;

/// Landmarks that are off by less than this are as good as any.
pub(super) const GOOD: f32 = 0.02;

/// Per pixel of each drawing, whose UDP and errors that are expected in it are given, how sure its UDP is, from 0 to 255,
/// where somebody knows. It falls as the error grows; the surer half of a sheet counts in full, so that drawings of which
/// nobody is sure are still painted from.
pub fn confidences(drawings: &[(&Udp, Option<&[f32]>)]) -> Vec<Option<Vec<u8>>> {
    let of = |&(udp, spread): &(&Udp, Option<&[f32]>)| {
        let all = udp.pixels.iter().zip(spread.unwrap_or_default());
        all.filter(|(pixel, _)| pixel[3] > 0.5).map(|(_, &spread)| spread).collect::<Vec<f32>>()
    };
    let mut all: Vec<f32> = drawings.iter().flat_map(of).collect();
    if all.is_empty() {
        return drawings.iter().map(|_| None).collect();
    }
    let middle = all.len() / 2;
    let full = all.select_nth_unstable_by(middle, f32::total_cmp).1.max(GOOD);
    let sure = |spread: &f32| (255.0 * (full / spread).min(1.0)).round() as u8;
    drawings.iter().map(|(_, spread)| Some(spread.as_ref()?.iter().map(sure).collect())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_surer_half_counts_in_full() {
        let mut udp = Udp::new(4, 1);
        udp.pixels[..3].fill([0.5, 0.5, 0.5, 1.0]);
        let found = confidences(&[(&udp, Some(&[0.05, 0.1, 0.4, 0.0])), (&udp, None)]);
        assert_eq!(found, [Some(vec![255, 255, 64, 255]), None]);
        // Errors too small to matter are all the same.
        assert_eq!(confidences(&[(&udp, Some(&[0.001, 0.004, 0.02, 1.0]))])[0].as_ref().unwrap()[..3], [255; 3]);
        assert_eq!(confidences(&[(&udp, None)]), [None]);
    }
}
