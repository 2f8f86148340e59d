//! `settei motion`: what motion files hold, and from one program's files to another's.

use super::Usage;
use super::arguments::{figure_help, introduce};
use super::report::Report;
use super::stances::{Moving, ThenArgs};
use super::sway::{self, SettingsArgs};
use crate::dynamics::Settings;
use crate::events::{ClipInfo, Event, MotionInfo};
use crate::figure::Figure;
use crate::motion::load::{self, Writes};
use crate::motion::vmd::Legs;
use crate::motion::{self, Clip, Edits, Frames, MotionFile, NameMap, Take, bvh, vmd, vrma};
use crate::pose::Rig;
use crate::project::{ARMS_DEG, MOST_TIMES, WAY};
use crate::text;
use anyhow::{Result, bail};
use clap::Subcommand;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// List what motion files hold, convert and change motions
#[derive(Subcommand)]
#[command(
    after_help = "Motions are read from MMD's files (.vmd), VRM animations (.vrma), .bvh and glTF (.glb, .gltf, .vrm), \
                        with a figure in them or without; .vmd, .vrma and .bvh are written.\n\
                        FILE:CLIP is one of a file's clips, by name or number; walk, wave and dance are built in.\n\n\
                        Examples:\n  settei motion info dance.vmd walk.bvh wave\n  \
                        settei motion convert walk.bvh walk.vmd\n  \
                        settei motion convert dance.vmd dance.vrma --figure hero.vrm --crop 0-30\n  \
                        settei motion convert walk.bvh steps.vrma --in-place --mirror --fps 24\n  \
                        settei motion convert dance my-dance.vmd\n  \
                        settei motion convert walk walk-and-wave.vmd --then wave --fade 12\n  \
                        settei motion bake dance.vmd --figure hero.vrm --frames 0-30 --out dance.bake"
)]
pub(super) enum MotionCommand {
    /// Tell which clips files hold, and what their joints are taken for
    Info {
        /// Motion files
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
        /// Which joint is which bone, as --save-names wrote it and you changed it
        #[arg(long, value_name = "FILE")]
        names: Option<PathBuf>,
        /// Write what the joints of the first file are taken for, to be changed and given back by --names
        #[arg(long, value_name = "FILE")]
        save_names: Option<PathBuf>,
    },
    /// Work out how hair and skirts swing in a motion, and keep it for --bake of other commands
    ///
    /// What swings depends on all of the motion before: a bake spares each render of some frames to work that out again.
    Bake {
        /// The motion
        #[arg(value_name = "FILE[:CLIP]")]
        motion: String,
        #[arg(long, value_name = "FILE", help = figure_help("The figure that moves [default: the built-in one]"))]
        figure: Option<PathBuf>,
        #[command(flatten)]
        then: ThenArgs,
        /// Which frames: numbers from 0 and ranges, such as 0-60:2,75 [default: all]
        #[arg(long, value_name = "LIST", allow_hyphen_values = true)]
        frames: Option<Frames>,
        #[command(flatten)]
        settings: SettingsArgs,
        /// The file to write
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Replace it if it is there
        #[arg(long)]
        overwrite: bool,
    },
    /// Write a motion as another kind of file, changed if you like
    Convert {
        /// The motion
        #[arg(value_name = "FROM[:CLIP]")]
        from: String,
        /// The file to write: .vmd, .vrma or .bvh
        to: PathBuf,
        #[arg(long, value_name = "FILE", help = figure_help("The figure that moves [default: the built-in one]"))]
        figure: Option<PathBuf>,
        #[command(flatten)]
        then: ThenArgs,
        /// These frames alone, such as 30-120
        #[arg(long, value_name = "A-B", allow_hyphen_values = true)]
        crop: Option<Frames>,
        /// Frames a second
        #[arg(long, value_name = "N", value_parser = rate)]
        fps: Option<f64>,
        /// Turn the upper arms so much further from the body, degrees: where they go through it, or stand off
        #[arg(long, value_name = "DEG", allow_hyphen_values = true, default_value_t = 0.0)]
        arms: f32,
        /// Go so much of the way along the floor: 0.5 is half
        #[arg(long, value_name = "SHARE")]
        way: Option<f32>,
        /// Keep feet where they stand
        #[arg(long)]
        lock_feet: bool,
        /// Leave the body where it is: it walks on the spot
        #[arg(long)]
        in_place: bool,
        /// Change left and right
        #[arg(long)]
        mirror: bool,
        /// Put the lowest foot of all frames on the floor
        #[arg(long)]
        floor: bool,
        /// Let the last N frames lead back to the first
        #[arg(long = "loop", value_name = "N")]
        seam: Option<usize>,
        /// Do it so many times, each where the last has come to
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_TIMES)), default_value_t = 1)]
        times: u32,
        /// Write a .vmd whose legs are turned bone by bone instead of led by IK
        #[arg(long)]
        fk_legs: bool,
        /// Which joint is which bone, as `settei motion info` writes it with --save-names
        #[arg(long, value_name = "FILE")]
        names: Option<PathBuf>,
        /// Replace TO if it is there
        #[arg(long)]
        overwrite: bool,
    },
}

impl MotionCommand {
    pub(super) fn run(&self, report: &Report) -> Result<()> {
        match self {
            Self::Info { files, names, save_names } => info(files, names.as_deref(), save_names.as_deref(), report),
            Self::Bake { motion, figure, then, frames, settings, out, overwrite } => {
                free(out, *overwrite)?;
                let moving = Moving::named(motion, then, frames.clone(), report)?;
                let figure = super::pose::figure(figure.as_deref(), report)?;
                let rig = Rig::new(&figure);
                let moving = moving.fitted(&figure, &rig, report)?;
                sway::keep(&moving, (&figure, &rig), settings.over(&Settings::default()), out, report)
            }
            Self::Convert {
                from,
                to,
                figure,
                then,
                crop,
                fps,
                arms,
                way,
                lock_feet,
                in_place,
                mirror,
                floor,
                seam,
                times,
                fk_legs,
                names,
                overwrite,
            } => {
                let edits = Edits {
                    crop: crop.clone(),
                    fps: *fps,
                    arms_deg: within("--arms", *arms, ARMS_DEG)?,
                    way: way.map(|way| within("--way", way, WAY)).transpose()?,
                    lock_feet: *lock_feet,
                    in_place: *in_place,
                    mirror: *mirror,
                    floor: *floor,
                    seam: *seam,
                    times: if *times > 1 { *times as usize } else { 0 },
                };
                free(to, *overwrite)?;
                let writes = load::writes(to).map_err(|error| Usage(error.to_string()))?;
                let names = names.as_deref().map(NameMap::load).transpose()?;
                let (file, clip) = load::named_clip(from, names.as_ref())?;
                file.warnings.iter().for_each(|warning| report.warn(format_args!("{from}: {warning}")));
                let legs = if *fk_legs { Legs::Turned } else { Legs::Led };
                let bytes = convert((&clip, then), &edits, (writes, legs), figure.as_deref(), report)?;
                save(to, &bytes, report)
            }
        }
    }
}

fn convert(
    (clip, then): (&Clip, &ThenArgs),
    edits: &Edits,
    (writes, legs): (Writes, Legs),
    figure: Option<&Path>,
    report: &Report,
) -> Result<Vec<u8>> {
    let second = then.after(clip, report)?;
    // What is MMD's and stays so loses nothing.
    let as_it_is = *edits == Edits::default() && legs == Legs::Led && second.is_none();
    if let (Some(vmd), Writes::Vmd, true) = (clip.vmd(), writes, as_it_is) {
        return Ok(vmd.to_bytes());
    }
    let figure: Figure = match figure {
        Some(path) => crate::figure::load(path)?,
        None => crate::example::figure()?,
    };
    introduce(&figure, report);
    let rig = Rig::new(&figure);
    let mut clip = motion::fit(clip, &figure, &rig);
    if let Some((second, animation)) = second
        && let Some(fade) = animation.fading()
    {
        clip = clip.fading_into(&motion::fit(&second, &figure, &rig), fade.times(animation.fps));
    }
    let clip = edits.apply(&clip, &figure, &rig)?;
    written(&clip, (writes, legs), &figure, &rig, report)
}

/// The bytes of a file: what a clip does on a figure.
pub(super) fn written(
    clip: &Clip,
    (writes, legs): (Writes, Legs),
    figure: &Figure,
    rig: &Rig,
    report: &Report,
) -> Result<Vec<u8>> {
    Ok(match writes {
        Writes::Vmd => {
            let baked = vmd::bake(clip, figure, rig, legs)?;
            baked.warnings.iter().for_each(|warning| report.warn(warning));
            baked.vmd.to_bytes()
        }
        Writes::Vrma => vrma::write(&Take::of(clip)?, figure, rig)?,
        Writes::Bvh => bvh::write(&Take::of(clip)?, figure, rig)?.into_bytes(),
    })
}

fn info(files: &[PathBuf], names: Option<&Path>, save_names: Option<&Path>, report: &Report) -> Result<()> {
    let names = names.map(NameMap::load).transpose()?;
    if let Some(path) = save_names {
        free(path, false)?;
    }
    let mut failed = Vec::new();
    for (i, path) in files.iter().enumerate() {
        report.go_on()?;
        match load::built_in(path).map_or_else(|| motion::load_with(path, names.as_ref()), Ok) {
            Ok(file) => {
                tell(path, &file, report);
                if let (0, Some(to)) = (i, save_names) {
                    save(to, file.bones.to_json().as_bytes(), report)?;
                }
            }
            // The others are worth knowing all the same.
            Err(error) if files.len() > 1 => {
                report.warn(&error);
                failed.push(path.display().to_string());
            }
            Err(error) => return Err(error.into()),
        }
    }
    if !failed.is_empty() {
        bail!("{} can't be used; the warnings say why", failed.join(", "));
    }
    Ok(())
}

fn tell(path: &Path, file: &MotionFile, report: &Report) {
    report.say(format_args!("{}  ({})", path.display(), file.kind));
    for clip in &file.clips {
        report.say(format_args!(
            "  {:<32} {} frames at {}, {:.2} s",
            text::line(&clip.name),
            clip.frames,
            (clip.fps * 100.0).round() / 100.0,
            clip.duration_s()
        ));
    }
    file.notes.iter().for_each(|note| report.say(format_args!("  {}", text::line(note))));
    if !file.bones.0.is_empty() {
        let pairs = file.bones.0.iter().map(|(bone, joint)| format!("{} = {}", bone.name(), text::line(joint)));
        report.say(format_args!("  bones: {}", pairs.collect::<Vec<_>>().join(", ")));
    }
    file.warnings.iter().for_each(|warning| report.warn(format_args!("{}: {warning}", path.display())));
    let clip = |clip: &Clip| ClipInfo {
        name: clip.name.clone(),
        fps: clip.fps,
        frames: clip.frames,
        seconds: clip.duration_s(),
    };
    report.event(|| {
        Event::Motion(MotionInfo {
            path: path.display().to_string(),
            kind: file.kind.into(),
            clips: file.clips.iter().map(clip).collect(),
            notes: file.notes.clone(),
            bones: file.bones.0.iter().map(|(bone, joint)| (bone.name().into(), joint.clone())).collect(),
        })
    });
}

/// Before any work: a name that can be written to.
pub(super) fn free(to: &Path, overwrite: bool) -> Result<()> {
    if to.exists() && !overwrite {
        bail!("{} is there already: choose another name, or --overwrite", to.display());
    }
    Ok(())
}

pub(super) fn save(to: &Path, bytes: &[u8], report: &Report) -> Result<()> {
    report.go_on()?;
    crate::files::write(to, bytes).map_err(|source| motion::MotionError::Io {
        verb: "write",
        path: to.to_owned(),
        source,
    })?;
    report.wrote(to);
    Ok(())
}

fn within(option: &str, value: f32, range: RangeInclusive<f32>) -> Result<f32, Usage> {
    match range.contains(&value) {
        true => Ok(value),
        false => Err(Usage(format!("{option} can be {} to {}", range.start(), range.end()))),
    }
}

/// A number of frames a second.
pub(super) fn rate(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|number| (0.1..=1000.0).contains(number));
    number.ok_or_else(|| "frames a second from 0.1 to 1000 belong here".into())
}
