//! `settei project encode`: painted frames become what other programs open.

use super::super::Usage;
use super::super::report::Report;
use super::super::stances::Moving;
use super::paint::{PaintArgs, Sequence};
use crate::export::{Exported, FrameName, Kind, Options, Pictures, Purpose, Rate, Sound, export};
use crate::files::clean_stem;
use crate::layers::Layer;
use crate::picture::Colour;
use crate::project::Project;
use anyhow::Result;
use clap::Args;
use std::path::{Path, PathBuf};

/// Make an animation, a video or a sprite sheet of painted frames, or of a project, whose frames are painted first
///
/// What comes out is said by a purpose (--for), or by the ending of the target's name: .webp, .png (animated), .gif, .mp4,
/// .webm, .mov, .mkv, .json (a sprite sheet); without an ending it is a folder of numbered pictures. Painted frames are kept
/// beside the target (--kept): another encoding, or going on after an interruption, paints nothing twice. Videos are
/// written by ffmpeg, if it is there.
#[derive(Args)]
#[command(after_help = "Examples:\n  settei project encode hero.settei --to hero.webp --picture-size 48x64\n  \
                        settei project encode hero.settei --for chat --to hero.gif --frames 0-24:8 --picture-size 48x64\n  \
                        settei project render hero.settei --frames 0-24:8 --picture-size 48x64 --out painted-frames\n  \
                        settei project encode painted-frames --for games --to sprites.json\n  \
                        settei project encode painted-frames --for clip-studio --fps 12 --to cut-1\n  \
                        settei project encode hero.settei --for games --turntable 4 --frames 0-16:8 --picture-size 48x64 --to turns\n  \
                        settei project encode hero.settei --for controlnet --frames 0-24:12 --to skeletons\n  \
                        settei project encode painted-frames --for after-effects --to hero.mov\n  \
                        settei project encode painted-frames --sound song.wav --sound-at=-2.5 --to hero-sings.mkv")]
pub(in crate::cli) struct Encode {
    /// A folder of numbered pictures, the first of them, or a project (.settei)
    source: PathBuf,
    /// The file or folder to make
    #[arg(long, value_name = "TARGET")]
    to: PathBuf,
    /// What it is for
    #[arg(long = "for", value_enum, value_name = "PURPOSE")]
    purpose: Option<Purpose>,
    /// The very kind, for those who know
    #[arg(long = "as", value_enum, value_name = "KIND", conflicts_with = "purpose")]
    kind: Option<Kind>,
    /// Frames a second, such as 24 or 23.976 [default: the project's, else 24]
    #[arg(long)]
    fps: Option<Rate>,
    /// Laid on a colour: #rrggbb, white, black or green [default: transparent; white where the kind has no transparency]
    #[arg(long, value_name = "COLOUR")]
    background: Option<Colour>,
    /// A sound file for a video [default: the project's]
    #[arg(long, value_name = "FILE")]
    sound: Option<PathBuf>,
    /// When that begins, seconds after the video's first frame; negative: so much of it is over by then [default: 0]
    #[arg(long, value_name = "SECONDS", requires = "sound", allow_negative_numbers = true, value_parser = seconds)]
    sound_at: Option<f64>,
    /// Leave the project's sound out of the video
    #[arg(long, conflicts_with = "sound")]
    no_sound: bool,
    /// For a sprite sheet: the same from so many directions round the figure, beginning where the project's camera stands;
    /// 4 and 8 are usual
    #[arg(long, value_name = "DIRECTIONS", value_parser = clap::value_parser!(u16).range(2..=360))]
    turntable: Option<u16>,
    /// Replace what is there
    #[arg(long)]
    overwrite: bool,
    /// Where a project's painted frames are kept [default: beside the target, TARGET-frames]
    #[arg(long, value_name = "DIR")]
    kept: Option<PathBuf>,
    #[command(flatten)]
    args: PaintArgs,
}

/// What is encoded: what it is called, its pictures, how many a second, and what is heard.
type Source = (String, Pictures, Rate, Option<Sound>);

impl Encode {
    pub(super) fn run(&self, report: &Report) -> Result<()> {
        let (kind, target) = self.target()?;
        if self.sound.is_some() && !kind.is_video() {
            return Err(Usage(format!("--sound goes with videos: {} has none", kind.about())).into());
        }
        if self.turntable.is_some() && self.args.motion.camera_motion.is_some() {
            return Err(Usage("--turntable goes round the figure by itself: leave out --camera-motion".into()).into());
        }
        if self.turntable.is_some() && !kind.is_sprites() {
            return Err(Usage(format!("--turntable goes with sprite sheets: {} is none", kind.about())).into());
        }
        if kind.ending().is_some() && target.exists() && !self.overwrite {
            // Said before minutes of painting, not after.
            return Err(crate::export::ExportError::Taken { path: target }.into());
        }
        let is_project = self.source.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("settei"));
        let (name, pictures, fps, sound) =
            if is_project { self.painted(kind, &target, report)? } else { self.found(kind, report)? };
        let options = Options {
            kind,
            background: self.background,
            sound,
            overwrite: self.overwrite,
            directions: self.directions(),
        };
        let rate = self.fps.unwrap_or(fps);
        let Exported { files, notes } = export(&pictures, (&name, rate), &target, &options, report)?;
        files.iter().for_each(|file| report.wrote(file));
        notes.iter().for_each(|note| report.say(note));
        Ok(())
    }

    /// What is heard: what was asked for, else a project's own sound with its own motion. A file that is missing is told
    /// before anything is painted.
    fn heard(&self, kind: Kind, project: Option<(&Project, &Moving)>) -> Result<Option<Sound>> {
        let asked = self.sound.clone().map(|file| Sound { file, begins_s: self.sound_at.unwrap_or(0.0) });
        let own = || {
            let (project, moving) = project.filter(|_| kind.is_video() && !self.no_sound)?;
            let sound = project.sound.as_ref().filter(|_| self.args.motion.motion.is_none())?;
            let first_s = moving.number(0) as f64 / moving.fps();
            Some(Sound { file: sound.file.clone(), begins_s: sound.begins_s - first_s })
        };
        let heard = asked.or_else(own);
        heard.iter().try_for_each(Sound::check)?;
        Ok(heard)
    }

    fn directions(&self) -> usize {
        self.turntable.map_or(1, usize::from)
    }

    /// As what, and whereto.
    fn target(&self) -> Result<(Kind, PathBuf), Usage> {
        let name = self.to.display();
        let Some(kind) = self.kind.or(self.purpose.map(Purpose::kind)) else {
            let kind = Kind::of_target(&self.to).ok_or_else(|| {
                let endings: Vec<_> = Kind::ALL.iter().filter_map(|kind| kind.ending()).collect();
                let mut known: Vec<String> = Vec::new();
                for ending in endings {
                    let ending = format!(".{ending}");
                    if !known.contains(&ending) {
                        known.push(ending);
                    }
                }
                Usage(format!(
                    "nothing is known that {name} could be: end it with {}, or say what --for",
                    known.join(", ")
                ))
            })?;
            return Ok((kind, self.to.clone()));
        };
        let target = kind.target(&self.to).ok_or_else(|| {
            let ending = kind.ending().unwrap_or_default();
            Usage(format!("{} is written to files that end with .{ending}: {name} is none", kind.about()))
        })?;
        Ok((kind, target))
    }

    /// Frames that are there.
    fn found(&self, kind: Kind, report: &Report) -> Result<Source> {
        let PaintArgs { motion, look, layers, .. } = &self.args;
        if motion.motion.is_some()
            || motion.frames.is_some()
            || look.engine.is_some()
            || !layers.is_empty()
            || self.turntable.is_some()
        {
            return Err(Usage(
                "--motion, --frames, --engine, --layers and --turntable say how a project is painted: name one \
                 (.settei)"
                    .into(),
            )
            .into());
        }
        if kind.is_drawn() {
            let what = kind.about();
            return Err(Usage(format!("{what} are drawn from a project, not from painted frames: name one")).into());
        }
        let sound = self.heard(kind, None)?;
        let pictures = Pictures::find(&self.source)?;
        let missing = pictures.missing();
        if let Some(first) = missing.first() {
            report.warn(format_args!(
                "{} frames are missing, the first of them {first}: the others come one after the other",
                missing.len()
            ));
        }
        // `hero` of hero_0001.png.
        let first = super::stem(pictures.path(0));
        let name = first.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '_' | '-' | '.' | ' '));
        Ok((clean_stem(name), pictures, Rate::of(crate::project::USUAL_FPS), sound))
    }

    /// A project's frames, painted as far as they are not kept.
    fn painted(&self, kind: Kind, target: &Path, report: &Report) -> Result<Source> {
        let args = &self.args;
        let project = args.look.over(Project::load(&self.source)?);
        let stem = super::stem(&self.source);
        let moving = super::frames::moving((&self.source, &project), &args.motion, args.look.on, true, report)?;
        let Some(moving) = moving else { return Err(Usage("nothing moves there".into()).into()) };
        let (fps, sound) = (rate(&moving), self.heard(kind, Some((&project, &moving)))?);
        let beside = |what: &str| target.with_file_name(format!("{}-{what}", super::stem(target)));
        let folder = self.kept.clone().unwrap_or_else(|| beside("frames"));
        let mut layers: Vec<_> = args.layers.iter().map(|layer| (*layer, beside(&layer.name()))).collect();
        let name: FrameName = super::USUAL_NAME.parse()?;
        let frames = Sequence { stem: &stem, name: &name, folder: &folder, overwrite: false };
        let files = match kind {
            Kind::Openpose => {
                layers.push((Layer::Openpose, folder.clone()));
                frames.draw(&project, moving, args, &layers, report)?
            }
            _ => frames.paint(&project, moving, args, &layers, self.directions(), report)?,
        };
        Ok((clean_stem(&stem), Pictures::of(files, &folder)?, fps, sound))
    }
}

/// A number of seconds within an hour.
fn seconds(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|number| number.abs() <= crate::sound::LONGEST_S);
    number.ok_or_else(|| "seconds within an hour belong here".into())
}

/// Frames a second that keep the motion's speed: of every other frame there are half as many.
pub(super) fn rate(moving: &Moving) -> Rate {
    let steps = (1..moving.len()).map(|i| moving.number(i) - moving.number(i - 1));
    Rate::of(moving.fps() / steps.min().unwrap_or(1).max(1) as f64)
}
