//! What of a training's numbers is shown as lines.

use super::Curve;
use crate::train::{
    Against, CinnLosses, CinnMeasured, Found, GuidedLosses, InventLosses, InventMeasured, Losses, Measures,
    PaintLosses, PointLosses, StepLosses,
};

/// Lines that belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct Plot {
    /// What they show.
    pub title: &'static str,
    /// Whether a line that rises is good news.
    pub higher_is_better: bool,
    /// They.
    pub lines: Vec<Line>,
}

/// A line with its name.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What it is of.
    pub name: &'static str,
    /// It.
    pub curve: Curve,
}

/// Which plot, whether its higher values are better, and the values of its lines.
type Values = (&'static str, bool, Vec<(&'static str, f64)>);

/// The plots of a training as far as it is known.
#[derive(Clone, Debug, Default)]
pub(super) struct Plots {
    /// Of figures held out: the first is by what the training is judged.
    pub(super) measured: Vec<Plot>,
    /// Of what is learned from.
    pub(super) losses: Vec<Plot>,
}

impl Plots {
    pub(super) fn measure(&mut self, step: u64, found: &Found) {
        for values in of_found(found) {
            add(&mut self.measured, step, values);
        }
    }

    pub(super) fn lose(&mut self, step: u64, losses: &StepLosses) {
        add(&mut self.losses, step, of_losses(losses));
    }

    pub(super) fn forget_after(&mut self, step: u64) {
        let plots = self.measured.iter_mut().chain(&mut self.losses);
        plots.flat_map(|plot| &mut plot.lines).for_each(|line| line.curve.forget_after(step));
    }
}

fn add(plots: &mut Vec<Plot>, step: u64, (title, higher_is_better, values): Values) {
    let at = plots.iter().position(|plot| plot.title == title).unwrap_or_else(|| {
        plots.push(Plot { title, higher_is_better, lines: vec![] });
        plots.len() - 1
    });
    let lines = &mut plots[at].lines;
    for (name, value) in values {
        let at = lines.iter().position(|line| line.name == name).unwrap_or_else(|| {
            lines.push(Line { name, curve: Curve::default() });
            lines.len() - 1
        });
        lines[at].curve.add(step, value);
    }
}

/// Decibels of PSNR; for what invents, sliced Wasserstein distances in thousandths; for a detector, in hundredths of the body's size, how far off the places are that it finds.
fn of_found(found: &Found) -> Vec<Values> {
    match found {
        Found::Detector(m) => {
            let all = [
                ("nothing told", &m.untold),
                ("view tag", &m.tagged),
                ("1 click", &m.one_click),
                ("4 clicks", &m.four_clicks),
            ];
            let of = |value: fn(&Measures) -> f64| all.iter().map(|(name, m)| (*name, 100.0 * value(m))).collect();
            vec![
                ("Places off by, % of the body (characters held out)", false, of(|m| m.landmark)),
                ("Taken turned round, % of the drawings", false, of(|m| m.turned)),
            ]
        }
        Found::Sheet(m) => {
            let kept_out = vec![("tuned", m.kept_out.now), ("before", m.kept_out.before)];
            let gains = vec![
                ("kept out", m.kept_out.gain()),
                ("drawings learned from", m.learned.gain()),
                ("other characters", m.replay.gain()),
            ];
            vec![("PSNR of what is kept out, dB", true, kept_out), ("Gained, dB", true, gains)]
        }
        Found::Psgan(InventMeasured { details, shapes, distance }) => {
            let values = vec![("all scales", *distance), ("details", *details), ("shapes", *shapes)];
            vec![("Sliced Wasserstein distance to real pictures (poses held out)", false, values)]
        }
        Found::Pg2(m) => {
            let values = vec![("PG²", 100.0 * m.guided_l1), ("the source as it is", 100.0 * m.source_l1)];
            vec![("Colours off by, % (poses held out)", false, values)]
        }
        Found::Keypoints(m) => {
            let of = [("within 0.1", m.pck_10), ("within 0.05", m.pck_05), ("0.1, without looking", m.guessed_10)];
            let values = of.into_iter().map(|(name, share)| (name, 100.0 * share)).collect();
            vec![("Points found, % (poses held out)", true, values)]
        }
        Found::Cinn(CinnMeasured { found: Some(found), sheet_drawings: 0, .. }) => {
            let values = vec![("landmarks", found.udp_l1), ("outline, cross-entropy", found.mask_bce)];
            vec![("UDPs off by (characters held out)", false, values)]
        }
        Found::Cinn(CinnMeasured { whole_l1, painted_db, from_one_db, nearest_db, .. }) => {
            let mut values = vec![("all drawings", *painted_db)];
            values.extend(from_one_db.map(|from_one| ("one drawing", from_one)));
            values.push(("nearest drawing", *nearest_db));
            vec![
                ("PSNR, dB (characters held out)", true, values),
                ("Colours off by, % (whole picture)", false, vec![("all drawings", 100.0 * whole_l1)]),
            ]
        }
        Found::Renderer(m) => {
            let mean = |all: &[Against], of: fn(&Against) -> f64| all.iter().map(of).sum::<f64>() / all.len() as f64;
            let judged = m.detected.as_ref().unwrap_or(&m.exact);
            let mut values = vec![("renderer", mean(judged, |m| m.renderer))];
            if m.detected.is_some() {
                values.push(("renderer, exact UDPs", mean(&m.exact, |m| m.renderer)));
            }
            values.push(("landmark transfer", mean(judged, |m| m.transfer)));
            values.push(("nearest drawing", mean(judged, |m| m.nearest)));
            let views = ["1 drawing", "2 drawings", "4 drawings"];
            let by_views = views.into_iter().zip(judged).map(|(name, m)| (name, m.renderer)).collect();
            vec![
                ("PSNR, dB (characters held out)", true, values),
                ("PSNR by drawings of the sheet, dB", true, by_views),
            ]
        }
    }
}

fn of_losses(losses: &StepLosses) -> Values {
    let values = match losses {
        StepLosses::Detector(Losses { total, places, mask, spread, yaw, .. }) => {
            vec![("all", *total), ("places", *places), ("outline", *mask), ("spread", *spread), ("side", *yaw)]
        }
        StepLosses::Renderer(PaintLosses { total, colour, edges, opacity, sharpness }) => {
            vec![
                ("all", *total),
                ("colours", *colour),
                ("edges", *edges),
                ("opacity", *opacity),
                ("sharpness", *sharpness),
            ]
        }
        StepLosses::Cinn(CinnLosses { total, photometric, pyramid, udp, consistency }) => {
            let all = [("colours", *photometric), ("details and shapes", *pyramid), ("UDPs", *udp)];
            let there = all.into_iter().chain([("differing UDPs", *consistency)]).filter(|(_, loss)| *loss > 0.0);
            [("all", *total)].into_iter().chain(there).collect()
        }
        StepLosses::Pg2(GuidedLosses { generator, colours_off, told_apart, discriminator }) => {
            let all = [("colours", *colours_off), ("told apart", *told_apart), ("discriminator", *discriminator)];
            [("generator", *generator)].into_iter().chain(all).collect()
        }
        StepLosses::Keypoints(PointLosses { points_off }) => vec![("points off", *points_off)],
        StepLosses::Psgan(InventLosses { discriminator, generator, penalty, apart, unlike }) => {
            let mut all = vec![
                ("discriminator", *discriminator),
                ("generator", *generator),
                ("penalty", *penalty),
                ("real and invented apart", *apart),
            ];
            // Of those who know nobody there is nothing to be seen.
            all.extend((*unlike > 0.0).then_some(("known characters off", *unlike)));
            all
        }
    };
    ("Losses, of what is learned from", false, values)
}
