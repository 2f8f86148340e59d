//! Where a training stands that grows its networks.

use super::super::Settings;
use super::super::data::Stage;
use super::likeness::Likeness;
use super::wasserstein::COARSEST_PX;
use crate::psgan::wiring::Growth;
use crate::psgan::{Design, KEYPOINTS, SMALLEST_PX, Widths, is_scale, scales};
use serde::{Deserialize, Serialize};

/// How networks grow.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Growing {
    /// Their channels at 4², 8² … 1024².
    pub widths: Widths,
    /// Pictures in which a new scale fades in.
    pub fade_pictures: u64,
    /// They see pose maps; without them they are a Progressive GAN's, which nobody tells how to stand.
    #[serde(default = "yes")]
    pub posed: bool,
    /// They know characters, beyond what the paper has; none where a judge says all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub likeness: Option<Likeness>,
}

/// What files of earlier versions mean.
fn yes() -> bool {
    true
}

impl Growing {
    /// Their layers.
    pub fn design(&self) -> Design {
        Design { widths: self.widths, posed: self.posed }
    }

    /// Looks whether networks can grow so.
    ///
    /// # Errors
    /// What is wrong, and what it may be.
    pub(in crate::train) fn check(&self, settings: &Settings) -> Result<(), String> {
        let stages = &settings.stages;
        if !stages.iter().all(|stage| is_scale(stage.size_px) && (1..=512).contains(&stage.batch)) {
            return Err("pictures of its stages may be 4, 8 … 1024 pixels large, and 1 to 512 a step".into());
        }
        if !stages.windows(2).all(|pair| [1, 2].contains(&(pair[1].size_px / pair[0].size_px))) {
            return Err("each of its stages may have pictures of the size before it, or twice as large".into());
        }
        if !is_scale(settings.measure_px) || !(COARSEST_PX..=512).contains(&settings.measure_px) {
            return Err("measure-px may be 16, 32 … 512".into());
        }
        if !self.widths.are_sound() {
            return Err("growing.widths are 1 to 1024 channels at each of nine scales".into());
        }
        self.likeness.map_or(Ok(()), |likeness| likeness.check())?;
        if settings.from.is_some() {
            return Err("networks that invent begin anew: weight files have none of the two that judges".into());
        }
        Ok(())
    }

    /// About how much memory learning takes: the values of both networks with their moments, averages and gradients, and
    /// what goes through them for each picture of a step.
    pub(in crate::train) fn memory_bytes(&self, stages: &[Stage]) -> u64 {
        let of_scale = |size_px: usize| {
            let channels = self.widths.at(size_px);
            [(channels * channels * 9 * 4) as u64, (size_px * size_px * 6 * (channels + KEYPOINTS)) as u64]
        };
        let of_stage = |stage: &Stage| {
            let sums = scales(stage.size_px).map(of_scale).fold([0, 0], |sum, of| [sum[0] + of[0], sum[1] + of[1]]);
            // Five runs through the discriminator keep theirs one after the other, the generator its own besides.
            let latents = (16 * 512 * self.widths.at(SMALLEST_PX)) as u64;
            4 * (7 * (sums[0] + latents) + 3 * sums[1] * stage.batch as u64)
        };
        450_000_000 + stages.iter().map(of_stage).max().unwrap_or(0)
    }
}

/// Who is shown what is right learns faster than who is judged: at 32², after 1,000 steps, what is known is off by 6.4 instead
/// of 7.0.
const ALONE: f32 = 5.0;

/// A step's place: a new scale fades in, then it stays.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Phase {
    /// What there is of the networks.
    pub growth: Growth,
    /// Steps since the phase began.
    pub step: u64,
    /// There is a judge.
    pub judged: bool,
}

impl Phase {
    /// The one of a step.
    pub(super) fn at(settings: &Settings, step: u64) -> Self {
        let (stage, _) = Stage::at(&settings.stages, step);
        let before = settings.stages.iter().rev().find(|before| before.from < stage.from);
        let done = step - stage.from;
        let grows = before.is_some_and(|before| before.size_px < stage.size_px);
        let fade = if grows { settings.growing.fade_pictures / stage.batch as u64 } else { 0 };
        let (share, since) =
            if done < fade { ((done + 1) as f32 / (fade + 1) as f32, done) } else { (1.0, done - fade) };
        // A judge who comes in between begins a phase, too.
        let alone_until = settings.growing.likeness.map_or(0, |likeness| likeness.alone_until);
        let since = step.checked_sub(alone_until).map_or(since, |judged| since.min(judged));
        Self { growth: Growth { size_px: stage.size_px, share }, step: since, judged: step >= alone_until }
    }

    /// The share of the rate that there is at a scale (PSGAN, section 3.2), and without a judge.
    pub(super) fn rate_share(self) -> f32 {
        let alone = if self.judged { 1.0 } else { ALONE };
        alone
            * match self.growth.size_px {
                ..128 => 1.0,
                128 => 0.8,
                256 => 0.6,
                512 => 0.2,
                _ => 0.1,
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_fade_in_and_stay() {
        let stages = [(0, 4), (10, 8), (30, 16)].map(|(from, size_px)| Stage { from, size_px, batch: 4 });
        let growing = Growing { widths: Widths::SMALL, fade_pictures: 36, posed: true, likeness: None };
        let settings = Settings { stages: stages.to_vec(), growing, ..Settings::default() };
        let at = |step| {
            let Phase { growth: Growth { size_px, share }, step, .. } = Phase::at(&settings, step);
            (size_px, (10.0 * share).round() as u32, step)
        };
        assert_eq!([at(0), at(9)], [(4, 10, 0), (4, 10, 9)]);
        assert_eq!([at(10), at(18), at(19), at(29)], [(8, 1, 0), (8, 9, 8), (8, 10, 0), (8, 10, 10)]);
        assert_eq!([at(30), at(500)], [(16, 1, 0), (16, 10, 461)]);
        let likeness = Some(Likeness { axes: 8, alone_until: 34, weight: 1.0 });
        let settings = Settings { growing: Growing { likeness, ..settings.growing }, ..settings };
        let at = |step| {
            let Phase { step, judged, .. } = Phase::at(&settings, step);
            (step, judged)
        };
        assert_eq!([at(33), at(34), at(38), at(39)], [(3, false), (0, true), (4, true), (0, true)]);
        assert_eq!(
            [64, 128, 1024].map(|size_px| Phase { growth: Growth::whole(size_px), step: 0, judged: true }.rate_share()),
            [1.0, 0.8, 0.1]
        );
        assert_eq!(Phase { growth: Growth::whole(64), step: 0, judged: false }.rate_share(), ALONE);
    }
}
