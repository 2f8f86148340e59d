//! `settei pose`: poses from poses, and from one program's files to another's.

use super::Usage;
use super::arguments::{introduce, poses};
use super::own_poses::OwnPoseCommand;
use super::report::Report;
use crate::figure::Figure;
use crate::pose::hand::{Hand, Side};
use crate::pose::ik::{Goal, Reach, reach};
use crate::pose::look::Gaze;
use crate::pose::{Pose, Posed, Rig, vpd};
use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use glam::Vec3;
use std::path::{Path, PathBuf};

#[derive(Subcommand)]
pub(super) enum PoseCommand {
    #[command(flatten)]
    Own(OwnPoseCommand),
    /// Write a pose as another kind of file
    Convert {
        /// The pose
        pose: String,
        #[command(flatten)]
        to: Destination,
    },
    /// Change left and right
    Mirror {
        /// The pose
        pose: String,
        #[command(flatten)]
        to: Destination,
    },
    /// Mix two poses
    Blend {
        /// The pose at amount 0
        first: String,
        /// The pose at amount 1
        second: String,
        #[command(flatten)]
        to: Destination,
        /// How much of the second pose, from 0 to 1
        #[arg(long, default_value = "0.5", value_parser = share)]
        amount: f32,
    },
    /// Give hands a shape: relaxed, open, fist, point, peace or grip
    Hand {
        /// The pose
        pose: String,
        #[command(flatten)]
        to: Destination,
        /// The left hand's shape
        #[arg(long, value_name = "SHAPE", value_parser = shape)]
        left: Option<Hand>,
        /// The right hand's shape
        #[arg(long, value_name = "SHAPE", value_parser = shape)]
        right: Option<Hand>,
    },
    /// Pull a hand, a foot, the hips, the chest or the head somewhere; the body follows
    Reach {
        /// The pose
        pose: String,
        #[command(flatten)]
        to: Destination,
        /// What to pull: left-hand, right-foot, left-elbow, hips, chest, head …
        #[arg(long, value_name = "PART", value_parser = part)]
        part: Goal,
        /// Where to, in metres: to the figure's left, up from the floor, to its front
        #[arg(long = "to", value_name = "X,Y,Z", value_parser = place, allow_hyphen_values = true)]
        target: Vec3,
        /// Keep joints to what a human body can do
        #[arg(long)]
        limits: bool,
    },
    /// Turn head and eyes towards a place
    Look {
        /// The pose
        pose: String,
        #[command(flatten)]
        to: Destination,
        /// The place, in metres: to the figure's left, up from the floor, to its front
        #[arg(long, value_name = "X,Y,Z", value_parser = place, allow_hyphen_values = true)]
        at: Vec3,
    },
}

/// Where the result goes, and who it is for.
#[derive(Args)]
pub(super) struct Destination {
    /// The file to write: .json, or .vpd for MikuMikuDance
    #[arg(value_name = "OUT")]
    pub(super) out: PathBuf,
    /// The figure that is posed (PMX, PMD, VRM, glTF): MMD files are read and written as for it, and its build counts.
    /// Without it, MMD's standard model and the built-in figure
    #[arg(long, value_name = "FILE")]
    pub(super) figure: Option<PathBuf>,
    /// Replace OUT if it is there
    #[arg(long)]
    pub(super) overwrite: bool,
}

impl PoseCommand {
    pub(super) fn run(&self, report: &Report) -> Result<()> {
        let to = match self {
            Self::Own(command) => return command.run(report),
            Self::Convert { to, .. }
            | Self::Mirror { to, .. }
            | Self::Blend { to, .. }
            | Self::Hand { to, .. }
            | Self::Reach { to, .. }
            | Self::Look { to, .. } => to,
        };
        to.check()?;
        let model = Model::new(to.figure.as_deref(), report)?;
        let pose = match self {
            Self::Convert { pose, .. } => model.pose(pose)?,
            Self::Mirror { pose, .. } => model.pose(pose)?.mirrored(),
            Self::Blend { first, second, amount, .. } => {
                Pose::blend(&model.pose(first)?, &model.pose(second)?, *amount)
            }
            Self::Hand { pose, left, right, .. } => {
                if left.is_none() && right.is_none() {
                    return Err(Usage("say which hand: --left or --right (or both), each with a shape".into()).into());
                }
                let mut pose = model.pose(pose)?;
                for (side, shape) in [(Side::Left, left), (Side::Right, right)] {
                    if let Some(shape) = shape {
                        pose = shape.on(&pose, side);
                    }
                }
                pose
            }
            Self::Reach { pose, part, target, limits, .. } => {
                let how = Reach { limits: *limits, bend: None };
                let pose = reach(&model.figure, &model.rig, &model.pose(pose)?, *part, *target, how);
                let posed = Posed::new(&model.figure, &model.rig, pose);
                let missed = part.place(&posed).map(|place| place.distance(*target));
                if let Some(missed_m) = missed.filter(|missed| *missed > 0.01 && !part.is_direction()) {
                    let what = part.label().to_lowercase();
                    report.warn(format_args!("the {what} ends {missed_m:.2} m short of there: that is out of reach"));
                }
                posed.pose
            }
            Self::Look { pose, at, .. } => {
                let pose = model.pose(pose)?;
                match Gaze::towards(&model.figure, &pose, *at) {
                    Some(gaze) => gaze.on(&pose),
                    None => bail!("{} has no head that could look there", model.figure.name),
                }
            }
            // Done above.
            Self::Own(_) => return Ok(()),
        };
        to.write(&pose, &model.figure, &model.rig, report)
    }
}

/// The figure that is posed.
pub(super) struct Model {
    figure: Figure,
    rig: Rig,
    /// It was chosen, so that MMD files are made for it.
    chosen: bool,
}

impl Model {
    pub(super) fn new(path: Option<&Path>, report: &Report) -> Result<Self> {
        let figure = figure(path, report)?;
        Ok(Self { rig: Rig::new(&figure), figure, chosen: path.is_some() })
    }

    /// A pose by name or file; an MMD pose as one of this model.
    fn pose(&self, wanted: &str) -> Result<Pose> {
        Ok(self.named(wanted)?.1)
    }

    /// The same with its name.
    pub(super) fn named(&self, wanted: &str) -> Result<(String, Pose)> {
        let path = Path::new(wanted);
        if self.chosen && is_vpd(path) && path.is_file() {
            // What can't be read or is too large to be a pose is refused by the ordinary reader, which comes first.
            Pose::load(path)?;
            let pose = vpd::read(&crate::files::read(path, u64::MAX)?, path, Some((&self.figure, &self.rig)))?;
            return Ok((path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), pose));
        }
        Ok(poses(&[wanted.to_owned()])?.remove(0))
    }
}

impl Destination {
    /// Before any work: a name that can be written to.
    pub(super) fn check(&self) -> Result<()> {
        if !is_vpd(&self.out) && !has_extension(&self.out, "json") {
            let out = self.out.display();
            return Err(Usage(format!("{out} names no kind of pose file: let it end in .json or .vpd")).into());
        }
        if self.out.exists() && !self.overwrite {
            bail!("{} is there already: choose another name, or --overwrite", self.out.display());
        }
        Ok(())
    }

    pub(super) fn write(&self, pose: &Pose, figure: &Figure, rig: &Rig, report: &Report) -> Result<()> {
        if is_vpd(&self.out) {
            vpd::save(pose, &self.out, figure, rig)?;
        } else {
            let name = self.out.file_stem().unwrap_or_default().to_string_lossy();
            pose.save(&self.out, &name)?;
        }
        report.wrote(&self.out);
        Ok(())
    }
}

/// The figure of a file, or else the built-in one.
pub(super) fn figure(path: Option<&Path>, report: &Report) -> Result<Figure> {
    let figure = match path {
        Some(path) => crate::figure::load::load(path)?,
        None => crate::example::figure()?,
    };
    introduce(&figure, report);
    Ok(figure)
}

fn is_vpd(path: &Path) -> bool {
    has_extension(path, "vpd")
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found.eq_ignore_ascii_case(extension))
}

fn share(text: &str) -> Result<f32, String> {
    let number = text.parse::<f32>().ok().filter(|number| (0.0..=1.0).contains(number));
    number.ok_or_else(|| "a number from 0 (the first pose) to 1 (the second) belongs here".into())
}

fn shape(text: &str) -> Result<Hand, String> {
    let known = || Hand::PRESETS.map(|(name, _)| name.to_lowercase()).join(", ");
    Hand::named(text).ok_or_else(|| format!("the shapes are {}", known()))
}

fn part(text: &str) -> Result<Goal, String> {
    let name = |goal: Goal| goal.label().to_lowercase().replace(' ', "-");
    let known = || Goal::ALL.map(name).join(", ");
    let wanted = text.to_lowercase().replace([' ', '_'], "-");
    Goal::ALL.into_iter().find(|&goal| name(goal) == wanted).ok_or_else(|| format!("the parts are {}", known()))
}

fn place(text: &str) -> Result<Vec3, String> {
    let number = |word: &str| word.trim().parse::<f32>().ok().filter(|number| number.abs() <= 1e3);
    let numbers: Option<Vec<f32>> = text.split(',').map(number).collect();
    match numbers.as_deref() {
        Some(&[x, y, z]) => Ok(Vec3::new(x, y, z)),
        _ => Err("a place is written like 0.3,1.2,0.4 (metres: left, up, front)".into()),
    }
}
