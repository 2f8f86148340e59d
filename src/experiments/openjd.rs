//! The tables as a job of Open Job Description: each training a task, the tables at the end.

use super::{Budget, Run, Table};
use crate::openjd;
pub use crate::openjd::FILE;
use clap::ValueEnum as _;
use serde_json::{Value, json};

/// So long a step may take when a task is stopped, seconds; what it learned is kept in a checkpoint.
const NOTIFY_S: u32 = 120;

/// The template for some tables. Its output lies beside it; machines share that folder, or whoever submits the job gets all
/// results together.
pub fn template(tables: &[&Table], runs: &[&Run], budget: Budget, seeds: u64, settei: &str) -> Value {
    let names: Vec<&str> = tables.iter().map(|table| table.id).collect();
    let only = names.join(",");
    json!({
        "specificationVersion": openjd::VERSION,
        "name": openjd::name(&format!("Settei: CoNR's tables {only}")),
        "description": "A task learns one row of the tables. One that was stopped goes on where it was, if its folder is still there.",
        "parameterDefinitions": [
            {
                "name": "Output", "type": "PATH", "objectType": "DIRECTORY", "dataFlow": "INOUT", "default": "output",
                "description": "Where trainings, results and tables go",
            },
            {
                "name": "Budget", "type": "STRING", "default": budget.name(),
                "allowedValues": Budget::value_variants().iter().map(|budget| budget.name()).collect::<Vec<_>>(),
                "description": "How large networks, pictures and trainings are",
            },
            {
                "name": "Threads", "type": "INT", "default": 2, "minValue": 1, "maxValue": 1024,
                "description": "Threads that learn a row",
            },
            openjd::program(settei),
        ],
        "steps": [
            {
                "name": "Learn",
                "parameterSpace": {
                    "taskParameterDefinitions": [
                        { "name": "Row", "type": "STRING", "range": runs.iter().map(|run| run.id).collect::<Vec<_>>() },
                        { "name": "Seed", "type": "INT", "range": format!("1-{seeds}") },
                    ],
                },
                "script": script(&[
                    "experiment", "row", "{{Task.Param.Row}}", "--seed", "{{Task.Param.Seed}}", "--budget",
                    "{{Param.Budget}}", "--threads", "{{Param.Threads}}", "--out", "{{Param.Output}}",
                ]),
            },
            {
                "name": "Tables",
                "dependencies": [{ "dependsOn": "Learn" }],
                "script": script(&[
                    "experiment", "tables", "--only", &only, "--budget", "{{Param.Budget}}", "--seeds",
                    &seeds.to_string(), "--merge", "--out", "{{Param.Output}}",
                ]),
            },
        ],
    })
}

/// Calls this program.
fn script(args: &[&str]) -> Value {
    openjd::script(args, NOTIFY_S)
}
