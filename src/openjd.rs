//! What all templates of Open Job Description (`jobtemplate-2023-09`) have in common that this program writes, whoever's job
//! it is: how a task calls this program, tells how far it is, and is stopped.

use serde_json::{Value, json};

/// What a template's file is called, as Deadline Cloud wants it in a bundle.
pub const FILE: &str = "template.json";
/// Which version of the specification a template keeps to.
pub const VERSION: &str = "jobtemplate-2023-09";
/// A job's name has so many characters at most.
const MAX_NAME_CHARS: usize = 128;

/// A name in which nothing is a reference.
pub fn name(of: &str) -> String {
    let harmless = |c: char| match c {
        '{' | '}' => '_',
        c if c.is_control() => ' ',
        c => c,
    };
    let name: String = of.chars().map(harmless).take(MAX_NAME_CHARS).collect();
    if name.is_empty() { "Settei".to_owned() } else { name }
}

/// The parameter that says how the machines call this program; [`script`] refers to it.
pub fn program(settei: &str) -> Value {
    json!({
        "name": "Settei", "type": "STRING", "default": settei,
        "description": "The program, by its name on PATH or its place",
    })
}

/// Calls this program, which tells how far it is. Told to stop, it has `notify_s` seconds to finish or drop the step it is
/// at, and leaves nothing half.
pub fn script(args: &[&str], notify_s: u32) -> Value {
    let args = [args, &["--openjd"]].concat();
    json!({
        "actions": {
            "onRun": {
                "command": "{{Param.Settei}}",
                "args": args,
                "cancelation": { "mode": "NOTIFY_THEN_TERMINATE", "notifyPeriodInSeconds": notify_s },
            },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_refer_to_nothing_and_are_short() {
        assert_eq!(name("Mio {{walks}}"), "Mio __walks__");
        assert_eq!(name(&"\n{a".repeat(99)).chars().count(), MAX_NAME_CHARS);
        assert_eq!(name(""), "Settei");
    }

    #[test]
    fn every_task_tells_how_far_it_is_and_may_end_in_its_own_time() {
        let run = &script(&["project", "bake"], 30)["actions"]["onRun"];
        assert_eq!(run["args"], json!(["project", "bake", "--openjd"]));
        assert_eq!(run["cancelation"]["notifyPeriodInSeconds"], 30);
        let parameter = program("settei");
        assert_eq!(run["command"], format!("{{{{Param.{}}}}}", parameter["name"].as_str().unwrap()));
    }
}
