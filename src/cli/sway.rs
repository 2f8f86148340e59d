//! What swings in the pictures of a command, and how: arguments that several commands share, and what comes of them.

use super::report::Report;
use super::stances::Moving;
use crate::dynamics::{Bake, Bodies, Chains, MarkedChain, Run, Settings, Source, Wind};
use crate::figure::{Figure, LocalPose};
use crate::pose::Rig;
use crate::progress::Progress as _;
use anyhow::{Context as _, Result};
use clap::Args;
use glam::Vec3;
use std::path::{Path, PathBuf};

/// Which joints swing, in what.
#[derive(Args)]
#[group(skip)]
pub(super) struct SettingsArgs {
    /// A joint that swings with all that hangs on it, although the figure's file doesn't say so
    #[arg(long, value_name = "JOINT[=hair|skirt|ribbon][:soft|normal|stiff]", num_args = 1..)]
    swing: Vec<MarkedChain>,
    /// A joint that doesn't swing, and nothing that hangs on it, whatever the figure's file says
    #[arg(long, value_name = "JOINT", num_args = 1..)]
    still: Vec<String>,
    /// A wind as it speeds up what hangs in it, in m/s² (left, up, front); gusts from 0 to 1
    #[arg(long, value_name = "X,Y,Z[:GUSTS]", value_parser = wind, allow_hyphen_values = true)]
    wind: Option<Wind>,
    /// What moves the bodies of an MMD model: light, each swings for itself; rigid, they push each other as in MMD (slower, and
    /// only in a Settei built with the feature rigid)
    #[arg(long, value_name = "light|rigid")]
    bodies: Option<Bodies>,
}

impl SettingsArgs {
    /// What is kept already, with what the command line adds.
    pub(super) fn over(&self, kept: &Settings) -> Settings {
        let mut settings = kept.clone();
        settings.chains.extend(self.swing.iter().cloned());
        settings.still.extend(self.still.iter().cloned());
        settings.wind = self.wind.or(settings.wind);
        settings.bodies = self.bodies.unwrap_or(settings.bodies);
        settings
    }
}

/// Whether anything swings.
#[derive(Args)]
#[group(skip)]
pub(super) struct SwayArgs {
    /// Hair and skirts hang as they come to rest in poses of MMD's models, too (those of figures with springs do anyway; in
    /// motions all swing)
    #[arg(long)]
    sway: bool,
    /// Hair and skirts stay as the pose or the motion has them
    #[arg(long, conflicts_with_all = ["sway", "bake"])]
    no_sway: bool,
    /// How hair and skirts swing, as `settei motion bake` wrote it for this figure and motion, or `settei project bake` for
    /// what a project plays
    #[arg(long, value_name = "FILE")]
    bake: Option<PathBuf>,
    #[command(flatten)]
    settings: SettingsArgs,
}

impl SwayArgs {
    /// Something is to be read that belongs to a motion.
    pub(super) fn wants_motion(&self) -> bool {
        self.bake.is_some()
    }

    /// What swings of a figure that stands still; `settles`: whether it does so by these settings unless it is told
    /// otherwise.
    pub(super) fn of_poses(
        &self,
        kept: &Settings,
        settles: impl FnOnce(&Settings) -> bool,
        figure: &Figure,
        report: &Report,
    ) -> Option<Chains> {
        let settings = self.settings.over(kept);
        let asked = self.sway || !self.no_sway && settles(&settings);
        let chains = asked.then(|| chains(figure, &settings, report))?;
        if self.sway && chains.is_empty() {
            nothing(figure, report);
        }
        Some(chains).filter(|chains| !chains.is_empty())
    }

    /// How what swings of a figure swings in these frames of a motion.
    pub(super) fn of_motion(
        &self,
        kept: &Settings,
        figure: &Figure,
        motion: &Led<'_>,
        frames: &[i64],
        report: &Report,
    ) -> Result<Option<Bake>> {
        if self.no_sway {
            return Ok(None);
        }
        let settings = self.settings.over(kept);
        let chains = chains(figure, &settings, report);
        let source = motion.source(settings);
        if let Some(path) = &self.bake {
            let bake = Bake::load(path, figure, &chains, &source)?;
            if let Some(missing) = frames.iter().find(|&&frame| bake.at(frame).is_none()) {
                anyhow::bail!(
                    "{} holds no frame {missing}: bake that as well (settei motion bake, or settei project bake)",
                    path.display()
                );
            }
            return Ok(Some(bake));
        }
        if chains.is_empty() {
            return Ok(None);
        }
        motion.bake(&chains, source, figure, frames, report).map(Some)
    }
}

/// A motion on a figure, without what swings.
pub(super) struct Led<'a> {
    pub(super) clip: &'a str,
    pub(super) frames: u64,
    pub(super) fps: f64,
    /// Joints, morphs and IK at a time from the start on, seconds.
    pub(super) at: &'a dyn Fn(f64) -> LocalPose,
}

impl Led<'_> {
    pub(super) fn source(&self, settings: Settings) -> Source {
        Source { clip: self.clip.to_owned(), frames: self.frames, fps: self.fps, settings }
    }

    pub(super) fn bake(
        &self,
        chains: &Chains,
        source: Source,
        figure: &Figure,
        frames: &[i64],
        report: &Report,
    ) -> Result<Bake> {
        report.stage("letting hair and skirts swing", frames.len() as u64);
        Ok(Run::new(figure, chains, self.at).bake(source, frames, report)?)
    }
}

/// Works out how what swings of a figure swings in a motion that is fitted to it, and writes that to a file.
pub(super) fn keep(
    moving: &Moving,
    (figure, rig): (&Figure, &Rig),
    settings: Settings,
    out: &Path,
    report: &Report,
) -> Result<()> {
    let chains = chains(figure, &settings, report);
    if chains.is_empty() {
        nothing(figure, report);
    }
    let frames = moving.drawn_frames();
    let bake = moving.led(figure, rig, |led| led.bake(&chains, led.source(settings), figure, &frames, report))?;
    report.go_on()?;
    if let Some(folder) = out.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("can't make the folder {}", folder.display()))?;
    }
    bake.save(out)?;
    report.wrote(out);
    Ok(())
}

/// What swings of a figure, and what is to be known about it.
pub(super) fn chains(figure: &Figure, settings: &Settings, report: &Report) -> Chains {
    let chains = Chains::new(figure, settings);
    chains.warnings.iter().for_each(|warning| report.warn(format_args!("{}: {warning}", figure.name)));
    chains
}

/// Says that nothing swings.
pub(super) fn nothing(figure: &Figure, report: &Report) {
    report.warn(format_args!(
        "nothing of {} swings: its file knows of no springs or bodies; --swing JOINT names what does",
        figure.name
    ));
}

fn wind(text: &str) -> Result<Wind, String> {
    let wrong = || "a wind is written like 3,0,0 or 0,0,-4:0.5 (m/s² to the left, up, to the front; gusts)".to_owned();
    let (way, gusts) = text.split_once(':').unwrap_or((text, "0"));
    let number = |word: &str| word.trim().parse::<f32>().ok().filter(|number| number.abs() <= 1e3);
    let way: Option<Vec<f32>> = way.split(',').map(number).collect();
    let gusts = number(gusts).filter(|gusts| (0.0..=1.0).contains(gusts)).ok_or_else(wrong)?;
    match way.as_deref() {
        Some(&[x, y, z]) => {
            let direction = Vec3::new(x, y, z);
            Ok(Wind { direction, strength: direction.length(), gusts, seed: 0 })
        }
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn winds_are_read_as_people_write_them() {
        let blows = |text: &str| wind(text).map(|wind| (wind.direction, wind.strength, wind.gusts));
        assert_eq!(blows("3,0,-4"), Ok((Vec3::new(3.0, 0.0, -4.0), 5.0, 0.0)));
        assert_eq!(blows("-2,0,0:0.5"), Ok((Vec3::new(-2.0, 0.0, 0.0), 2.0, 0.5)));
        for wrong in ["", "3", "1,2", "1,2,3,4", "x,0,0", "1,0,0:2", "1,0,0:-1", "nan,0,0"] {
            assert!(wind(wrong).is_err(), "{wrong}");
        }
    }
}
