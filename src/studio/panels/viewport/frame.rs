//! The picture, the tracing picture over or under it, and the output frame.

use super::AROUND;
use crate::studio::content::Loaded;
use crate::studio::panels::Context;
use crate::studio::panels::picture::{Shown, fit, paint, whole};
use crate::studio::workers::drawer::FigurePicture;
use egui::{Align2, Color32, FontId, Painter, Rect, Stroke, StrokeKind, TextureOptions, Ui, pos2};

/// A picture that follows a hand should take no longer than this.
pub(super) const HAND_S: f32 = 0.032;
/// Of the time a picture may take it should leave so much: the next takes a little more or less.
const ROOM: f32 = 0.8;
/// So many pictures later one of a size that was too slow is tried again.
const AGAIN: u32 = 60;
/// Sizes differ by eighths, so that they stay the same while a hand moves.
const STEP: f32 = 0.125;

/// Where the output frame is: as large as fits, with some space around.
pub(super) fn place(rect: Rect, frame_px: [u32; 2]) -> Rect {
    let whole = fit(rect, frame_px);
    Rect::from_center_size(rect.center(), (whole.size() / AROUND).max(egui::vec2(8.0, 8.0)))
}

/// What is behind the figure.
pub(super) fn ground(dark: bool) -> Color32 {
    if dark { Color32::from_rgb(58, 60, 68) } else { Color32::from_rgb(206, 209, 216) }
}

/// The figure over all of the panel, as it was last drawn.
pub(super) fn figure(ui: &mut Ui, painter: &Painter, context: &Context<'_>, shown: &mut Shown, rect: Rect) {
    let Some(drawn) = &context.content.viewport else {
        ui.put(Rect::from_center_size(rect.center(), egui::vec2(32.0, 32.0)), egui::Spinner::new());
        return;
    };
    let make = || drawn.image.clone().into();
    paint(painter, rect, shown.texture(ui.ctx(), "viewport", drawn.revision, TextureOptions::LINEAR, make));
}

/// The tracing picture within the output frame.
pub(super) fn tracing(ui: &Ui, painter: &Painter, context: &Context<'_>, shown: &mut Shown, frame: Rect) {
    let (Some(tracing), Loaded::Ready(picture)) = (&context.project.tracing, &context.content.tracing) else { return };
    let make = || picture.image.clone().into();
    let texture = shown.texture(ui.ctx(), "tracing", picture.revision, TextureOptions::LINEAR, make);
    let tint = Color32::WHITE.gamma_multiply(tracing.opacity.clamp(0.0, 1.0));
    let place = fit(frame, picture.image.size.map(|side| side as u32));
    painter.image(texture, place, whole(), tint);
}

/// Dims what the output picture will not show, and says how large it is.
pub(super) fn overlay(painter: &Painter, rect: Rect, frame: Rect, frame_px: [u32; 2]) {
    let dim = Color32::from_black_alpha(95);
    // Looked at closely, it reaches beyond the panel.
    let seen = frame.intersect(rect);
    for outside in [
        Rect::from_min_max(rect.min, pos2(rect.right(), seen.top())),
        Rect::from_min_max(pos2(rect.left(), seen.bottom()), rect.max),
        Rect::from_min_max(pos2(rect.left(), seen.top()), seen.left_bottom()),
        Rect::from_min_max(seen.right_top(), pos2(rect.right(), seen.bottom())),
    ] {
        painter.rect_filled(outside, 0.0, dim);
    }
    painter.rect_stroke(frame, 0.0, Stroke::new(1.0, Color32::from_white_alpha(170)), StrokeKind::Outside);
    let text = format!("{} × {}", frame_px[0], frame_px[1]);
    let (at, font) = (seen.left_bottom() + egui::vec2(2.0, 3.0), FontId::proportional(11.0));
    painter.text(at, Align2::LEFT_TOP, text, font, Color32::from_white_alpha(190));
}

/// How fine pictures are while something moves, so that they keep up with it.
pub(super) struct Tempo {
    share: f32,
    /// The picture that was judged last.
    judged: u64,
    quick: bool,
    /// A share that was too slow, and how many pictures it isn't tried for.
    slow: Option<(f32, u32)>,
}

impl Default for Tempo {
    fn default() -> Self {
        Self { share: 1.0, judged: 0, quick: false, slow: None }
    }
}

impl Tempo {
    /// Pixels a side to ask for, as a share of the full size, `full_px` high; `budget_s`: how long a picture may take while
    /// something moves.
    pub(super) fn share(&mut self, drawn: Option<&FigurePicture>, budget_s: Option<f32>, full_px: f32) -> f32 {
        let begins = budget_s.is_some() && !std::mem::replace(&mut self.quick, budget_s.is_some());
        let Some(budget_s) = budget_s else { return 1.0 };
        let Some(drawn) = drawn.filter(|drawn| drawn.revision != self.judged) else { return self.share };
        self.judged = drawn.revision;
        // The picture of what rested was smoothed and says nothing about quick ones.
        if begins {
            return self.share;
        }
        let took = drawn.took.as_secs_f32().max(1e-4);
        let was = (drawn.image.size[1] as f32 / full_px.max(1.0)).clamp(STEP, 1.0);
        self.slow = self.slow.and_then(|(share, left)| Some((share, left.checked_sub(1)?)));
        let larger = self.share + STEP;
        if took > budget_s {
            // Small at once when it is late: time goes with the number of pixels at most.
            self.slow = Some((was, AGAIN));
            let wanted = was * (ROOM * budget_s / took).sqrt();
            self.share = self.share.min((wanted / STEP).floor() * STEP).max(2.0 * STEP);
        } else if larger <= 1.0 && took < ROOM * budget_s && self.slow.is_none_or(|(slow, _)| larger < slow) {
            // Larger step by step. Much of the time is the same for each size, and how much nobody knows: it is tried.
            self.share = larger;
        }
        self.share
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::time::Duration;

    #[test]
    fn slow_pictures_become_small_while_something_moves_and_only_then() {
        let mut revision = 0;
        let mut picture = |share: f32, ms| {
            revision += 1;
            FigurePicture {
                image: Arc::new(egui::ColorImage::filled([8, (80.0 * share) as usize], Color32::WHITE)),
                took: Duration::from_millis(ms),
                revision,
            }
        };
        let mut tempo = Tempo::default();
        let quick = Some(0.032);
        assert_eq!(tempo.share(Some(&picture(1.0, 900)), quick, 80.0), 1.0, "what rested was smoothed");
        assert_eq!(tempo.share(Some(&picture(1.0, 20)), quick, 80.0), 1.0);
        let slow = picture(1.0, 100);
        assert_eq!(tempo.share(Some(&slow), quick, 80.0), 0.5);
        assert_eq!(tempo.share(Some(&slow), quick, 80.0), 0.5, "one picture is judged once");
        assert_eq!(tempo.share(Some(&picture(0.5, 28)), quick, 80.0), 0.5, "fast enough");
        assert_eq!(tempo.share(Some(&picture(0.5, 28)), None, 80.0), 1.0, "what rests is sharp");
        assert_eq!(tempo.share(Some(&picture(1.0, 90)), quick, 80.0), 0.5);
        // Half the time is the same for every size: it is tried, and what was too slow isn't for a while.
        for (share, ms, next) in [(0.5, 20, 0.625), (0.625, 23, 0.75), (0.75, 25, 0.875), (0.875, 33, 0.75)] {
            assert_eq!(tempo.share(Some(&picture(share, ms)), quick, 80.0), next);
        }
        let shares: Vec<f32> = (0..80).map(|_| tempo.share(Some(&picture(tempo.share, 25)), quick, 80.0)).collect();
        assert!(shares[..50].iter().all(|share| *share == 0.75) && shares[79] > 0.75, "{shares:?}");
        assert_eq!(tempo.share(Some(&picture(0.625, 9000)), quick, 80.0), 0.25);
        // What is played may take as long as it is shown.
        let mut tempo = Tempo::default();
        tempo.share(Some(&picture(1.0, 38)), Some(1.0 / 24.0), 80.0);
        assert_eq!(tempo.share(Some(&picture(1.0, 38)), Some(1.0 / 24.0), 80.0), 1.0);
    }

    #[test]
    fn the_frame_is_inside_whatever_its_shape() {
        let rect = Rect::from_min_size(pos2(0.0, 0.0), egui::vec2(600.0, 400.0));
        for size in [[768, 1024], [1920, 1080], [16, 4096], [4096, 16]] {
            let frame = place(rect, size);
            assert!(rect.contains_rect(frame) && frame.width() >= 8.0, "{frame:?}");
        }
    }
}
