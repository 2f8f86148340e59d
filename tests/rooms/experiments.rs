//! The paper's tables from one command, at a budget that says nothing but that all works.

use super::cli::{fails, succeeds};
use settei::train::{RunFolder, Taught};

#[test]
fn the_papers_tables_come_from_one_command_and_go_on_where_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let plan = succeeds(folder, "experiment tables --budget try --only messages,2 --seeds 2 --plan --out lab");
    assert!(!folder.join("lab").exists(), "a plan makes nothing");
    assert!(plan.contains("messages-0           seed 1  U + C + G + R34  m = 4, n = 4"), "{plan}");
    assert!(plan.contains("n = 1, 4") && plan.contains("0 of 2 steps") && !plan.contains("u-c-g"), "{plan}");

    // One row as a farm's task, the others by the tables' command: it learns what is missing alone.
    succeeds(folder, "experiment row messages-1 --budget try --threads 1 --out lab");
    let (run, settings) = RunFolder::open(&folder.join("lab/runs/messages-1-s1")).unwrap();
    assert_eq!((settings.graph, settings.study.design.rounds, settings.threads), (Taught::Cinn, 1, 1));
    assert_eq!(run.checkpoints().unwrap().len(), 1, "what is done takes no more room than it must");
    let learned = run.events().unwrap().len();
    // What is known is merged; what is missing is told.
    let merged = succeeds(folder, "experiment tables --budget try --only messages --merge --out lab");
    assert!(merged.contains("1 time") && merged.contains("not known yet"), "{merged}");
    let printed = succeeds(folder, "experiment tables --budget try --only messages --threads 1 --out lab");
    assert_eq!(run.events().unwrap().len(), learned, "what is done is not learned again");
    for part in ["one round is better than none: order ", "0.0260", "landmark transfer, n = 4", "32² pixels, 2 steps"]
    {
        assert!(printed.contains(part), "{part}: {printed}");
    }
    let markdown = std::fs::read_to_string(folder.join("lab/tables/messages.md")).unwrap();
    assert!(markdown.contains("| 3 times | 0.") && markdown.contains("](messages.png)"), "{markdown}");
    let csv = std::fs::read_to_string(folder.join("lab/tables/messages.csv")).unwrap();
    assert!(csv.lines().count() >= 1 + 3 + 3, "{csv}");
    let page = image::open(folder.join("lab/tables/messages.png")).unwrap();
    assert!(page.width() == 4 * 32 && page.height() >= 7 * 32, "{}×{}", page.width(), page.height());
    let plan = succeeds(folder, "experiment tables --budget try --only messages --plan --out lab");
    assert_eq!(plan.matches("  done").count(), 3, "{plan}");

    fails(folder, "experiment tables --budget quick --plan --out lab", 1, &["`try`"]);
    fails(folder, "experiment tables --only 9 --plan --out lab", 2, &["no table `9`", "messages"]);
    fails(folder, "experiment row other --out lab", 2, &["no row called `other`", "messages-0"]);
}

#[test]
fn the_tables_can_be_a_farms_job() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let said = succeeds(folder, "experiment tables --only messages --seeds 3 --job --out job");
    assert!(said.contains("9 tasks"), "{said}");
    let template: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.join("job/template.json")).unwrap()).unwrap();
    let rows = &template["steps"][0]["parameterSpace"]["taskParameterDefinitions"][0]["range"];
    assert_eq!(*rows, serde_json::json!(["full", "messages-0", "messages-1"]));
    fails(folder, "experiment tables --only messages --job --out job", 1, &["template.json is there already"]);
}
