//! A job type for Flamenco 3 (a script that its Manager runs), and a job for that, as the Manager's programming interface
//! takes it.

use super::{FarmJob, kind_name};
use crate::engine::PainterChoice;
use crate::export::Kind;
use crate::raster::RasterChoice;
use clap::ValueEnum as _;
use serde_json::{Map, Value, json};
use std::path::Path;

/// What the script's file is called; the Manager calls the job type by it, with a hyphen.
pub const SCRIPT_FILE: &str = "settei_project.js";
/// What the file of the job is called.
pub const JOB_FILE: &str = "job.json";
const JOB_TYPE: &str = "settei-project";
/// In the middle of Flamenco's range.
const PRIORITY: u32 = 50;

/// The script, the same for every project. ECMAScript 5.1 with what Flamenco's engine (goja) knows of later ones.
pub fn script() -> String {
    let names = |names: Vec<String>| json!(names).to_string();
    let engines = PainterChoice::all().iter().map(|choice| choice.name().to_owned()).collect();
    let rasters = RasterChoice::value_variants().iter().filter_map(|choice| choice.to_possible_value());
    let rasters = rasters.map(|value| value.get_name().to_owned()).collect();
    let encoded = || Kind::ALL.iter().filter(|kind| !kind.is_drawn());
    let kinds = ["none".to_owned()].into_iter().chain(encoded().map(|kind| kind_name(*kind))).collect();
    let ending = |kind: &Kind| Some((kind_name(*kind), json!(kind.ending()?)));
    let endings: Map<String, Value> = encoded().filter_map(ending).collect();
    include_str!("settei_project.js")
        .replace("ENGINES", &names(engines))
        .replace("RASTERS", &names(rasters))
        .replace("KINDS", &names(kinds))
        .replace("ENDINGS", &Value::Object(endings).to_string())
}

/// The job, to be posted to `/api/v3/jobs` of the Manager. `project` is the collected project's file and `output` a folder,
/// both where all workers see them.
pub fn job(job: &FarmJob, project: &Path, output: &Path) -> Value {
    json!({
        "name": job.name,
        "type": JOB_TYPE,
        "priority": PRIORITY,
        "submitter_platform": platform(),
        "metadata": { "project": job.name },
        "settings": {
            "project": project.to_string_lossy(),
            "output": output.to_string_lossy(),
            "frames": job.frames,
            "chunk_size": job.chunk,
            "picture_size": job.size(),
            "on": job.on,
            "engine": job.engine,
            "raster": job.raster,
            "layers": job.layers(),
            "encode": job.encode.map_or_else(|| "none".to_owned(), kind_name),
            "encoded": job.encode.map(|kind| job.encoded(kind)).unwrap_or_default(),
            "fps": job.rate.to_string(),
            "settei": job.settei,
        },
    })
}

/// This system, as Flamenco calls it.
fn platform() -> &'static str {
    match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{BAKE_FILE, FRAMES_FOLDER, testing};
    use super::*;

    #[test]
    fn a_job_gives_the_settings_that_its_type_declares() {
        let script = script();
        for left in ["ENGINES", "RASTERS", "KINDS", "ENDINGS"] {
            assert!(!script.contains(left), "{left}");
        }
        for name in [FRAMES_FOLDER, BAKE_FILE] {
            assert!(script.contains(&format!("\"/{name}\"")), "{name}");
        }
        let declared: Vec<&str> = script.split("key: \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        for encode in [None, Some(Kind::Apng)] {
            let value = job(&testing::job(encode), Path::new("/farm/project/Mio.settei"), Path::new("/farm/output"));
            let given: Vec<&str> = value["settings"].as_object().unwrap().keys().map(String::as_str).collect();
            assert!(given.iter().all(|key| declared.contains(key)) && given.len() == declared.len(), "{given:?}");
            assert_eq!(value["type"], SCRIPT_FILE.trim_end_matches(".js").replace('_', "-"));
            let encoded = encode.map_or("", |_| "Mio {{walks}}.png");
            assert_eq!(value["settings"]["encoded"], encoded);
        }
        // Every kind can be chosen.
        for kind in Kind::ALL.iter().filter(|kind| !kind.is_drawn()) {
            assert!(script.contains(&format!("\"{}\"", kind_name(*kind))));
        }
    }
}
