//! The tables as a job of Open Job Description: each training a task, the tables at the end.

use super::{Budget, Run, Table};
use crate::openjd;
pub use crate::openjd::FILE;
use clap::ValueEnum as _;
use serde_json::{Value, json};
use std::path::PathBuf;

/// So long a step may take when a task is stopped, seconds; what it learned is kept in a checkpoint.
const NOTIFY_S: u32 = 120;

/// What a farm is to learn.
pub struct Job<'a> {
    /// Which tables.
    pub tables: &'a [&'a Table],
    /// Their rows.
    pub runs: &'a [&'a Run],
    /// How large everything is, where whoever submits the job says nothing else.
    pub budget: Budget,
    /// How often each row is learned.
    pub seeds: u64,
    /// How machines call this program.
    pub settei: &'a str,
    /// Folders of figures that are measured on besides, each a parameter of the job.
    pub figures: &'a [PathBuf],
}

impl Job<'_> {
    /// The template. Its output lies beside it; machines share that folder, or whoever submits the job gets all results
    /// together.
    pub fn template(&self) -> Value {
        let names: Vec<&str> = self.tables.iter().map(|table| table.id).collect();
        let only = names.join(",");
        let rows: Vec<&str> = self.runs.iter().map(|run| run.id).collect();
        let learn = "experiment row {{Task.Param.Row}} --seed {{Task.Param.Seed}} --budget {{Param.Budget}} \
                     --threads {{Param.Threads}} --out {{Param.Output}}";
        let seeds = self.seeds;
        let merge = format!(
            "experiment tables --only {only} --budget {{{{Param.Budget}}}} --seeds {seeds} --merge --out {{{{Param.Output}}}}"
        );
        json!({
            "specificationVersion": openjd::VERSION,
            "name": openjd::name(&format!("Settei: CoNR's tables {only}")),
            "description": "A task learns one row of the tables. One that was stopped goes on where it was, if its folder is still there.",
            "parameterDefinitions": self.parameters(),
            "steps": [
                {
                    "name": "Learn",
                    "parameterSpace": {
                        "taskParameterDefinitions": [
                            { "name": "Row", "type": "STRING", "range": rows },
                            { "name": "Seed", "type": "INT", "range": format!("1-{seeds}") },
                        ],
                    },
                    "script": self.script(learn),
                },
                {
                    "name": "Tables",
                    "dependencies": [{ "dependsOn": "Learn" }],
                    "script": self.script(&merge),
                },
            ],
        })
    }

    fn parameters(&self) -> Vec<Value> {
        let budgets: Vec<&str> = Budget::value_variants().iter().map(|budget| budget.name()).collect();
        let mut all = vec![
            json!({
                "name": "Output", "type": "PATH", "objectType": "DIRECTORY", "dataFlow": "INOUT", "default": "output",
                "description": "Where trainings, results and tables go",
            }),
            json!({
                "name": "Budget", "type": "STRING", "default": self.budget.name(), "allowedValues": budgets,
                "description": "How large networks, pictures and trainings are",
            }),
            json!({
                "name": "Threads", "type": "INT", "default": 2, "minValue": 1, "maxValue": 1024,
                "description": "Threads that learn a row",
            }),
            openjd::program(self.settei),
        ];
        all.extend(self.figures.iter().enumerate().map(|(number, folder)| {
            json!({
                "name": figures(number), "type": "PATH", "objectType": "DIRECTORY", "dataFlow": "IN", "default": folder,
                "description": "Figures that the table gap is measured on; nobody learns from them",
            })
        }));
        all
    }

    /// Calls this program; spaces part its arguments.
    fn script(&self, args: &str) -> Value {
        let folder = |number| ["--figures".to_owned(), format!("{{{{Param.{}}}}}", figures(number))];
        let folders: Vec<String> = (0..self.figures.len()).flat_map(folder).collect();
        let args: Vec<&str> = args.split_whitespace().chain(folders.iter().map(String::as_str)).collect();
        openjd::script(&args, NOTIFY_S)
    }
}

/// The parameter of a folder of figures.
fn figures(number: usize) -> String {
    format!("Figures{}", number + 1)
}
