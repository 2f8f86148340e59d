//! Drawings with a background that can be told from the character without a question.

use super::View;
use super::matting::{Cutout, Marks, cut_out};
use crate::picture::Picture;
use crate::progress::Progress;

/// A character fills at least this share of its drawing, and of the drawing's border no more than the other.
const LEAST_AREA: f32 = 0.02;
const MOST_BORDER: f32 = 0.35;

impl View {
    /// The drawing without its background, and as it was, where nothing in it says where the character ends
    /// ([`View::check_cut_out`]) but paper or a plain colour lies around something. Else as it is.
    ///
    /// Takes seconds for a scan of 4000×6000 pixels: a worker's work.
    pub fn cut_out_unasked(self, progress: &dyn Progress) -> (Self, Option<Self>) {
        if self.check_cut_out().is_ok() {
            return (self, None);
        }
        let Ok(picture) = cut_out(&self.picture, &Cutout::default(), &Marks::default(), progress) else {
            return (self, None);
        };
        if !convincing(&picture) {
            return (self, None);
        }
        let warnings = self.warnings.iter().filter(|warning| !of_outline(warning)).cloned().collect();
        let (name, path) = (self.name.clone(), self.path.clone());
        let mut view = Self { name, path, picture, udp: self.udp.clone(), warnings };
        view.warn("had a background, which was taken away: look whether it is the right part");
        view.look_at_outline();
        (view, Some(self))
    }
}

/// Something stays, it is in the picture, and around it nothing is left.
fn convincing(cut: &Picture) -> bool {
    let stays = |x: u32, y: u32| cut.at(x, y)[3] >= 128;
    let (width, height) = (cut.width_px, cut.height_px);
    let area = cut.pixels.iter().filter(|pixel| pixel[3] >= 128).count();
    let across = (0..width).flat_map(|x| [(x, 0), (x, height - 1)]);
    let down = (0..height).flat_map(|y| [(0, y), (width - 1, y)]);
    let border = across.chain(down).filter(|&(x, y)| stays(x, y)).count();
    area as f32 >= LEAST_AREA * cut.pixels.len() as f32 && border as f32 <= MOST_BORDER * (2 * (width + height)) as f32
}

/// Says a warning something about an outline that is no more?
fn of_outline(warning: &str) -> bool {
    ["has no transparency", "seems to be cut off", "is small"].iter().any(|what| warning.contains(what))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;

    const PAPER: [u8; 4] = [245, 244, 240, 255];
    const COAT: [u8; 4] = [60, 80, 160, 255];

    fn view(shows: impl Fn(u32, u32) -> [u8; 4]) -> View {
        let mut picture = Picture::new(120, 160);
        for (i, pixel) in picture.pixels.iter_mut().enumerate() {
            *pixel = shows(i as u32 % 120, i as u32 / 120);
        }
        View { name: "scan".into(), path: None, picture, udp: None, warnings: vec!["scan has no transparency".into()] }
    }

    fn disc(x: u32, y: u32) -> bool {
        (x as i32 - 60).pow(2) + (y as i32 - 80).pow(2) < 40 * 40
    }

    #[test]
    fn what_stands_on_paper_is_cut_out_and_the_rest_left_alone() {
        let scan = view(|x, y| if disc(x, y) { COAT } else { PAPER });
        let (cut, before) = scan.clone().cut_out_unasked(&Silent);
        assert_eq!(before.unwrap().picture, scan.picture);
        let wrong = (0..160).flat_map(|y| (0..120).map(move |x| (x, y)));
        let wrong = wrong.filter(|&(x, y)| (cut.picture.at(x, y)[3] >= 128) != disc(x, y)).count();
        assert!(wrong < 100 && cut.check_cut_out().is_ok(), "{wrong}");
        assert!(cut.warnings.iter().any(|warning| warning.contains("background")), "{:?}", cut.warnings);
        assert!(!cut.warnings.iter().any(|warning| warning.contains("no transparency")), "{:?}", cut.warnings);
        // It was cut out before.
        let (same, before) = cut.clone().cut_out_unasked(&Silent);
        assert!(same.picture == cut.picture && before.is_none());
    }

    #[test]
    fn where_it_can_not_be_told_nothing_is_taken_away() {
        let scene = view(|x, y| if disc(x, y) { COAT } else { [(x * 37 % 256) as u8, (y * 91 % 256) as u8, 90, 255] });
        let sheet = view(|_, _| PAPER);
        for drawing in [scene, sheet] {
            let (same, before) = drawing.clone().cut_out_unasked(&Silent);
            assert!(same.picture == drawing.picture && before.is_none() && same.check_cut_out().is_err());
        }
    }
}
