//! What happens in a training, in words for people.

use super::{Against, Change, CinnMeasured, Found, Measures, RunEvent, Setback, StepLosses};

impl RunEvent {
    /// It as a sentence, without its full stop.
    pub fn words(&self) -> String {
        match self {
            Self::Started { step: 0, steps, parameters, .. } => {
                format!("learning {:.2} million numbers in {steps} steps", *parameters as f64 / 1e6)
            }
            Self::Started { step, steps, .. } => format!("going on after step {step} of {steps}"),
            Self::Step { step, losses, seconds, waited, size_px, .. } => {
                let off = match losses {
                    StepLosses::Detector(losses) => format!("landmarks off by {:.4}", losses.landmark),
                    StepLosses::Renderer(losses) => format!("colours off by {:.4}", losses.colour),
                    StepLosses::Cinn(losses) if losses.pyramid == 0.0 => format!("UDPs off by {:.4}", losses.udp),
                    StepLosses::Cinn(losses) => format!("colours off by {:.4}", losses.photometric),
                    StepLosses::Pg2(losses) => format!("colours off by {:.4}", losses.colours_off),
                    StepLosses::Keypoints(losses) => format!("points off by {:.4}", losses.points_off),
                    StepLosses::Psgan(losses) if losses.alone() => {
                        format!("known characters off by {:.3}", losses.unlike)
                    }
                    StepLosses::Psgan(losses) => {
                        format!("real and invented {:.3} apart, penalty {:.3}", losses.apart, losses.penalty)
                    }
                };
                let loss = losses.total();
                format!(
                    "step {step}: loss {loss:.3}, {off}, {seconds:.2} s a step of {size_px}² ({waited:.2} s waiting)"
                )
            }
            Self::Measured { step, measured, best } => {
                let best = if *best { "; the best so far" } else { "" };
                format!("measured at step {step}: {}{best}", measured.words())
            }
            Self::WentBack { rate_factor, why, .. } => format!(
                "the loss {}: back to the last good state, the rate is {rate_factor} of the planned one now",
                match why {
                    Setback::NotANumber => "was not a number",
                    Setback::ShotUp => "shot up",
                }
            ),
            Self::NoRoom { wanted_bytes, free_bytes, .. } => format!(
                "learning waits: a checkpoint takes {} MB and the disk has {} MB; it goes on as soon as there is room",
                wanted_bytes >> 20,
                free_bytes >> 20
            ),
            Self::NotSaved { why, .. } => format!("no checkpoint was written, learning goes on: {why}"),
            Self::Saved { step, .. } => format!("checkpoint after step {step}"),
            Self::Paused { step } => format!("paused after step {step}"),
            Self::Done { step, .. } => format!("all {step} steps are done"),
            Self::Failed { step, why } => format!("stopped after step {step}: {why}"),
        }
    }
}

impl Found {
    /// It as a line.
    pub fn words(&self) -> String {
        match self {
            Self::Detector(measured) => {
                let of = |m: &Measures| format!("{:.4} ({:.0} % turned)", m.landmark, 100.0 * m.turned);
                format!(
                    "landmarks off by {}, with tag {}, with 1 and 4 clicks {} and {}; outline {:.3}",
                    of(&measured.untold),
                    of(&measured.tagged),
                    of(&measured.one_click),
                    of(&measured.four_clicks),
                    measured.untold.outline
                )
            }
            Self::Sheet(measured) => {
                let of = |change: &Change| {
                    format!("{:.2} dB, {:.2} before ({:+.2})", change.now, change.before, change.gain())
                };
                let [kept_out, replay] = [&measured.kept_out, &measured.replay].map(of);
                let refused = measured.refused().map(|why| format!("; not offered: {why}")).unwrap_or_default();
                format!("what was kept out {kept_out}; other characters {replay}{refused}")
            }
            Self::Psgan(measured) => format!(
                "sliced Wasserstein distance {:.1} (details {:.1}, shapes {:.1})",
                measured.distance, measured.details, measured.shapes
            ),
            Self::Pg2(measured) => {
                format!("colours off by {:.4} (the source as it is {:.4})", measured.guided_l1, measured.source_l1)
            }
            Self::Keypoints(measured) => format!(
                "PCK@0.05 {:.3}, PCK@0.1 {:.3} (without looking {:.3})",
                measured.pck_05, measured.pck_10, measured.guessed_10
            ),
            Self::Cinn(CinnMeasured { found: Some(found), sheet_drawings: 0, .. }) => {
                format!("landmarks off by {:.4}, cross-entropy of the outline {:.4}", found.udp_l1, found.mask_bce)
            }
            Self::Cinn(measured) => format!(
                "{:.2} dB from {} drawings (nearest {:.2}), colours off by {:.4}",
                measured.painted_db, measured.sheet_drawings, measured.nearest_db, measured.whole_l1
            ),
            Self::Renderer(measured) => {
                let of = |m: &Against| {
                    format!(
                        "{:.2} dB from {} (transfer {:.2}, nearest {:.2})",
                        m.renderer, m.views, m.transfer, m.nearest
                    )
                };
                let all = |these: &[Against]| these.iter().map(of).collect::<Vec<_>>().join(", ");
                let found = measured.detected.map(|found| format!("; detected: {}", all(&found))).unwrap_or_default();
                format!("{}{found}", all(&measured.exact))
            }
        }
    }
}
