//! A template of Open Job Description (`jobtemplate-2023-09` with the extension `TASK_CHUNKING`), in JSON: what AWS Deadline
//! Cloud, `openjd run` and whoever else speaks it take.

use super::{BAKE_FILE, FRAMES_FOLDER, FarmJob, OUTPUT_FOLDER, PROJECT_FOLDER, kind_name};
use crate::engine::PainterChoice;
use crate::openjd;
pub use crate::openjd::FILE;
use crate::raster::RasterChoice;
use clap::ValueEnum as _;
use serde_json::{Value, json};

/// So long a frame may take to be finished or dropped when a task is stopped, seconds.
const NOTIFY_S: u32 = 30;

/// The template. Its paths are relative to its own folder, so that it can be submitted from anywhere.
pub fn template(job: &FarmJob) -> Value {
    let mut parameters = vec![
        json!({
            "name": "ProjectFolder", "type": "PATH", "objectType": "DIRECTORY", "dataFlow": "IN",
            "default": PROJECT_FOLDER, "description": "The collected project, with all its files",
        }),
        json!({ "name": "ProjectFile", "type": "STRING", "default": job.project, "description": "Its name in there" }),
        json!({
            "name": "Output", "type": "PATH", "objectType": "DIRECTORY", "dataFlow": "OUT", "default": OUTPUT_FOLDER,
            "description": "Where the frames go, and what is made of them",
        }),
        json!({
            "name": "Frames", "type": "STRING", "default": job.frames, "description": "Which frames, such as 0-60,75",
        }),
        json!({
            "name": "FramesPerTask", "type": "INT", "default": job.chunk, "minValue": 1,
            "description": "How many frames one machine paints before it takes others",
        }),
        json!({
            "name": "PictureSize", "type": "STRING", "default": job.size(), "description": "Width and height in pixels",
        }),
        json!({
            "name": "On", "type": "INT", "default": job.on, "minValue": 1, "maxValue": 24,
            "description": "For how many frames each drawing is seen",
        }),
        json!({
            "name": "Engine", "type": "STRING", "default": job.engine,
            "allowedValues": PainterChoice::all().iter().map(|choice| choice.name()).collect::<Vec<_>>(),
            "description": "Who paints",
        }),
        json!({
            "name": "Raster", "type": "STRING", "default": job.raster,
            "allowedValues": RasterChoice::value_variants().iter().filter_map(|choice| choice.to_possible_value())
                .map(|value| value.get_name().to_owned()).collect::<Vec<_>>(),
            "description": "What draws the figure; cpu is the same on all machines to the last bit",
        }),
        openjd::program(&job.settei),
    ];
    let frames = format!("{{{{Param.Output}}}}/{FRAMES_FOLDER}");
    let bake = format!("{{{{Param.Output}}}}/{BAKE_FILE}");
    let project = "{{Param.ProjectFolder}}/{{Param.ProjectFile}}";
    let swinging = json!({
        "name": "Bake",
        "script": script(&[
            "project", "bake", project, "--frames", "{{Param.Frames}}", "--on", "{{Param.On}}", "--out", &bake,
            "--overwrite",
        ]),
    });
    let mut paint = vec![
        "project",
        "render",
        project,
        "--frames",
        "{{Task.Param.Frame}}",
        "--on",
        "{{Param.On}}",
        "--bake",
        &bake,
        "--picture-size",
        "{{Param.PictureSize}}",
        "--engine",
        "{{Param.Engine}}",
        "--raster",
        "{{Param.Raster}}",
        "--out",
        &frames,
    ];
    if !job.layers.is_empty() {
        parameters.push(json!({
            "name": "Layers", "type": "STRING", "default": job.layers(),
            "description": "What is drawn of each frame besides, each into a folder among the frames",
        }));
        paint.extend(["--layers", "{{Param.Layers}}"]);
    }
    let painting = json!({
        "name": "Paint",
        "dependencies": [{ "dependsOn": "Bake" }],
        "parameterSpace": {
            "taskParameterDefinitions": [{
                "name": "Frame", "type": "CHUNK[INT]", "range": "{{Param.Frames}}",
                "chunks": { "defaultTaskCount": "{{Param.FramesPerTask}}", "rangeConstraint": "NONCONTIGUOUS" },
            }],
        },
        "script": script(&paint),
    });
    let mut steps = vec![swinging, painting];
    if let Some(kind) = job.encode {
        parameters.push(json!({
            "name": "Encoded", "type": "STRING", "default": job.encoded(kind),
            "description": format!("The name of {} that is made of the frames", kind.about()),
        }));
        parameters.push(json!({
            "name": "FramesPerSecond", "type": "STRING", "default": job.rate.to_string(),
            "description": "Frames a second, such as 24 or 23.976",
        }));
        steps.push(json!({
            "name": "Encode",
            "dependencies": [{ "dependsOn": "Paint" }],
            "script": script(&[
                "project", "encode", &frames, "--as", &kind_name(kind), "--fps", "{{Param.FramesPerSecond}}",
                "--to", "{{Param.Output}}/{{Param.Encoded}}", "--overwrite",
            ]),
        }));
    }
    json!({
        "specificationVersion": openjd::VERSION,
        "extensions": ["TASK_CHUNKING"],
        "name": openjd::name(&job.name),
        "description": "Frames painted by Settei. A task that failed may run again: what is painted is passed over.",
        "parameterDefinitions": parameters,
        "steps": steps,
    })
}

/// Calls this program.
fn script(args: &[&str]) -> Value {
    openjd::script(args, NOTIFY_S)
}

#[cfg(test)]
mod tests {
    use super::super::testing::job;
    use super::*;
    use crate::export::Kind;
    use std::collections::BTreeSet;

    /// What a text refers to.
    fn references(text: &str) -> BTreeSet<String> {
        let inside = text.split("{{").skip(1).filter_map(|rest| rest.split_once("}}"));
        inside.map(|(name, _)| name.trim().to_owned()).collect()
    }

    #[test]
    fn every_reference_is_defined_and_every_parameter_used() {
        for encode in [None, Some(Kind::Webp), Some(Kind::Cels)] {
            let template = template(&job(encode));
            let parameters = template["parameterDefinitions"].as_array().unwrap();
            let mut defined: BTreeSet<String> =
                parameters.iter().map(|p| format!("Param.{}", p["name"].as_str().unwrap())).collect();
            defined.insert("Task.Param.Frame".into());
            assert_eq!(references(&template["steps"].to_string()), defined);
            for parameter in parameters {
                if let Some(allowed) = parameter["allowedValues"].as_array() {
                    assert!(allowed.contains(&parameter["default"]), "{parameter}");
                }
                let is_path = parameter["type"] == "PATH";
                assert!(!is_path || !parameter["default"].as_str().unwrap().starts_with('/'), "{parameter}");
            }
            assert_eq!(template["steps"].as_array().unwrap().len(), 2 + usize::from(encode.is_some()));
            assert_eq!(template["name"], "Mio __walks__");
        }
        assert_eq!(template(&job(Some(Kind::Webp)))["steps"][2]["dependencies"][0]["dependsOn"], "Paint");
    }
}
