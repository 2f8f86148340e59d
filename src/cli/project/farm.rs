//! `settei project farm`: a project as a job for a render farm.

use super::super::Usage;
use super::super::motion::free;
use super::super::report::Report;
use super::super::stances::Moving;
use super::paint::LookArgs;
use super::{Outside, collect, encode, stem};
use crate::export::{Kind, Purpose};
use crate::farm::{FarmJob, OUTPUT_FOLDER, PROJECT_FOLDER, flamenco, openjd};
use crate::files::clean_stem;
use crate::layers::Layer;
use crate::motion::Frames;
use crate::project::{Animation, Project, Take, file};
use crate::raster::RasterChoice;
use anyhow::{Context as _, Result};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

/// Write a job for a render farm: a project's frames painted in chunks on many machines, then encoded once
///
/// The folder gets the project with all its files, and what the farm reads: for Open Job Description a template (which
/// `openjd run` and AWS Deadline Cloud take), for Flamenco 3 a job type and a job of it. All settings can be changed there
/// when the job is submitted.
#[derive(Args)]
#[command(after_help = "Examples:\n  settei project farm openjd hero.settei --out hero-job\n  \
                        settei project farm flamenco hero.settei --frames 0-24:2 --for web --out hero-flamenco\n  \
                        settei project farm openjd hero.settei --motion walk --out hero-walk-job")]
pub(in crate::cli) struct Farm {
    /// Who distributes the work
    #[arg(value_enum)]
    farm: Distributor,
    /// The project (.settei)
    project: PathBuf,
    /// A motion instead of what moves in the project: MMD's (.vmd), VRM's (.vrma), .bvh or .glb; of a file with several,
    /// FILE:CLIP names one; or walk, wave, dance, which are built in
    #[arg(long, value_name = "FILE[:CLIP]")]
    motion: Option<String>,
    /// Which frames: numbers from 0 and ranges, such as 0-60:2,75 [default: all]
    #[arg(long, value_name = "LIST", allow_hyphen_values = true)]
    frames: Option<Frames>,
    /// How many frames one machine paints before it takes others
    #[arg(long, value_name = "FRAMES", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    chunk: u32,
    /// What the frames are for, if more is to be made of them than pictures
    #[arg(long = "for", value_enum, value_name = "PURPOSE")]
    purpose: Option<Purpose>,
    /// The very kind, for those who know
    #[arg(long = "as", value_enum, value_name = "KIND", conflicts_with = "purpose")]
    kind: Option<Kind>,
    /// What draws the figure; the processor does it alike on all machines
    #[arg(long, value_enum, default_value = "cpu")]
    raster: RasterChoice,
    /// Draw these of each frame as well, each in a folder of its own among the frames; by commas
    #[arg(long, value_enum, value_name = "LAYERS", value_delimiter = ',')]
    layers: Vec<Layer>,
    /// How the machines of the farm call this program: by its name on PATH, or where it lies
    #[arg(long, value_name = "PROGRAM", default_value = "settei")]
    settei: String,
    /// What becomes of files that lie outside the project's folder
    #[arg(long, value_enum, default_value = "ask")]
    outside: Outside,
    #[command(flatten)]
    look: LookArgs,
    /// Folder for the job, where the machines see it if they share a disk
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// Who distributes the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Distributor {
    /// Open Job Description: AWS Deadline Cloud, `openjd run`
    Openjd,
    /// Flamenco 3
    Flamenco,
}

impl Farm {
    pub(super) fn run(&self, report: &Report) -> Result<()> {
        let (name, project) = self.project()?;
        let moving = Moving::of_project(&project, self.frames.as_ref(), report)?
            .ok_or_else(|| super::frames::nothing_moves(&self.project, ""))?;
        let heard = project.sound.is_some();
        let job = self.job(&name, self.look.over(project.clone()), &moving)?;
        if heard && job.encode.is_some_and(Kind::is_video) {
            report.warn("a farm's video has no sound: give it one by `settei project encode FRAMES --sound FILE`");
        }
        if let Some(kind) = job.encode.filter(|kind| kind.is_drawn()) {
            return Err(Usage(format!("{} take seconds here: no farm is needed", kind.about())).into());
        }
        let places = match self.farm {
            Distributor::Openjd => vec![self.out.join(openjd::FILE)],
            Distributor::Flamenco => vec![self.out.join(flamenco::SCRIPT_FILE), self.out.join(flamenco::JOB_FILE)],
        };
        for place in &places {
            free(place, false)?;
        }
        let place = self.out.join(PROJECT_FOLDER);
        let collected = collect(&project, (&name, &self.project), &place, self.outside, report)?;
        let project = collected.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let job = FarmJob { project, ..job };
        let texts = match self.farm {
            Distributor::Openjd => vec![serde_json::to_string_pretty(&openjd::template(&job))?],
            Distributor::Flamenco => {
                let output = file::absolute(&self.out).join(OUTPUT_FOLDER);
                let posted = flamenco::job(&job, &file::absolute(&collected), &output);
                vec![flamenco::script(), serde_json::to_string_pretty(&posted)?]
            }
        };
        for (place, text) in places.iter().zip(texts) {
            crate::files::write(place, text.as_bytes()).with_context(|| format!("can't write {}", place.display()))?;
            report.wrote(place);
        }
        self.explain(&places, report);
        Ok(())
    }

    /// The project that goes along, and what it is called: another motion is its own there, so that every machine has it.
    fn project(&self) -> Result<(String, Project)> {
        let (name, mut project) = (stem(&self.project), Project::load(&self.project)?);
        let Some(wanted) = &self.motion else { return Ok((name, project)) };
        let (take, clip) = Take::named(wanted)?;
        project.animation = Animation { fps: clip.fps, take: Some(take), ..Animation::default() };
        Ok((format!("{name}-{}", clean_stem(clip.short_name())), project))
    }

    fn job(&self, name: &str, project: Project, moving: &Moving) -> Result<FarmJob, Usage> {
        if self.farm == Distributor::Flamenco && moving.frames().list().iter().any(|frame| *frame < 0) {
            return Err(Usage("Flamenco knows no frames before 0: leave them out".into()));
        }
        let value = self.raster.to_possible_value();
        Ok(FarmJob {
            name: name.to_owned(),
            project: String::new(),
            frames: moving.frames().to_string(),
            chunk: self.chunk,
            size_px: project.frame_px,
            on: self.look.on,
            engine: project.painting.painter.name().to_owned(),
            raster: value.map_or_else(String::new, |value| value.get_name().to_owned()),
            layers: self.layers.clone(),
            encode: self.kind.or(self.purpose.map(Purpose::kind)),
            rate: encode::rate(moving),
            settei: self.settei.clone(),
        })
    }

    /// Says what to do with it.
    fn explain(&self, places: &[PathBuf], report: &Report) {
        let shown = |place: &Path| place.display().to_string();
        match (self.farm, places) {
            (Distributor::Openjd, [template]) => report.say(format_args!(
                "try it here with `openjd run {}`; Deadline Cloud takes the folder: `deadline bundle submit {}`",
                shown(template),
                shown(&self.out)
            )),
            (Distributor::Flamenco, [script, job]) => report.say(format_args!(
                "put {} into the Manager's folder `scripts`, then submit the job: curl -H 'Content-Type: \
                 application/json' -d @{} http://MANAGER:8080/api/v3/jobs",
                shown(script),
                shown(job)
            )),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::{Cli, Command};
    use super::super::ProjectCommand;
    use super::*;
    use clap::Parser as _;

    fn job(encode: Option<Kind>) -> FarmJob {
        let [name, project, settei] = ["hero", "hero.settei", "settei"].map(str::to_owned);
        FarmJob { name, project, settei, frames: "0-8".into(), ..crate::farm::testing::job(encode) }
    }

    /// What a farm would call is what this program understands: whoever renames an option learns it here.
    #[test]
    fn what_a_template_calls_is_understood() {
        for kind in Kind::ALL.iter().filter(|kind| !kind.is_drawn()) {
            let template = openjd::template(&job(Some(*kind)));
            let mut values: Vec<(String, String)> = vec![("{{Task.Param.Frame}}".into(), "0-3,8".into())];
            for parameter in template["parameterDefinitions"].as_array().unwrap() {
                let default = &parameter["default"];
                let value = default.as_str().map_or_else(|| default.to_string(), str::to_owned);
                values.push((format!("{{{{Param.{}}}}}", parameter["name"].as_str().unwrap()), value));
            }
            let mut called = Vec::new();
            for step in template["steps"].as_array().unwrap() {
                let run = &step["script"]["actions"]["onRun"];
                let words = [&run["command"]].into_iter().chain(run["args"].as_array().unwrap());
                let words = words.map(|word| {
                    let word = word.as_str().unwrap().to_owned();
                    values.iter().fold(word, |word, (name, value)| word.replace(name, value))
                });
                match Cli::try_parse_from(words).unwrap().command {
                    Some(Command::Project(ProjectCommand::Bake(_))) => called.push("bake"),
                    Some(Command::Project(ProjectCommand::Render(_))) => called.push("render"),
                    Some(Command::Project(ProjectCommand::Encode(_))) => called.push("encode"),
                    _ => panic!("neither baked nor painted nor encoded"),
                }
            }
            assert_eq!(called, ["bake", "render", "encode"]);
        }
    }
}
