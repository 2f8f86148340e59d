//! The tables as a job of Open Job Description: each training a task, the tables at the end.

use super::{Budget, Run, Table};
use clap::ValueEnum as _;
use serde_json::{Value, json};

/// What the template's file is called, as Deadline Cloud wants it in a bundle.
pub const FILE: &str = "template.json";
/// So long a step may take when a task is stopped, seconds; what it learned is kept in a checkpoint.
const NOTIFY_S: u32 = 120;

/// The template for some tables. Its output lies beside it; machines share that folder, or whoever submits the job gets all
/// results together.
pub fn template(tables: &[&Table], runs: &[&Run], budget: Budget, seeds: u64, settei: &str) -> Value {
    let names: Vec<&str> = tables.iter().map(|table| table.id).collect();
    let only = names.join(",");
    json!({
        "specificationVersion": "jobtemplate-2023-09",
        "name": format!("Settei: CoNR's tables {only}"),
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
            {
                "name": "Settei", "type": "STRING", "default": settei,
                "description": "The program, by its name on PATH or its place",
            },
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

fn script(args: &[&str]) -> Value {
    json!({
        "actions": {
            "onRun": {
                "command": "{{Param.Settei}}",
                "args": args,
                "cancelation": { "mode": "NOTIFY_THEN_TERMINATE", "notifyPeriodInSeconds": NOTIFY_S },
            },
        },
    })
}
