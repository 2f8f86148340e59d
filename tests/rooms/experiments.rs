//! The paper's tables from one command, at a budget that says nothing but that all works.

use super::cli::{FIGURE, events, fails, succeeds};
use crate::common::psgan::write_generator;
use settei::events::{Event, ExperimentRow, RowStands};
use settei::experiments::Shown;
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
    let told = events(&succeeds(folder, "experiment row messages-1 --budget try --threads 1 --json --out lab"));
    let rows: Vec<&ExperimentRow> = told.iter().filter_map(row).collect();
    let [begun, done] = rows[..] else { panic!("{rows:?}") };
    assert_eq!((begun.row.as_str(), begun.seed, begun.stands), ("messages-1", 1, RowStands::Begun));
    assert_eq!((begun.steps_done, begun.steps, begun.outcomes.len()), (0, 2, 0));
    assert_eq!((done.stands, done.steps_done, done.outcomes.len()), (RowStands::Learned, 2, 1));
    assert!(done.outcomes[0].mean("whole_l1").is_some() && told.iter().any(|e| matches!(e, Event::Training { .. })));
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

    // Other programs are told of the same.
    let line = "experiment tables --budget try --only messages --merge --json --out lab";
    let told = events(&succeeds(folder, line));
    let table = told.iter().find_map(|event| match event {
        Event::ExperimentTable(table) => Some(table),
        _ => None,
    });
    let table = table.unwrap();
    assert_eq!((table.table.as_str(), table.missing, table.claims.len(), table.files.len()), ("messages", 0, 2, 3));
    let planned = events(&succeeds(folder, "experiment tables --budget try --only messages --plan --json --out lab"));
    assert!(planned.iter().filter_map(row).all(|row| row.stands == RowStands::Planned && row.steps_done == 2));

    fails(folder, "experiment tables --budget quick --plan --out lab", 1, &["`try`"]);
    fails(folder, "experiment tables --only 9 --plan --out lab", 2, &["no table `9`", "messages"]);
    fails(folder, "experiment row other --out lab", 2, &["no row called `other`", "messages-0"]);
}

fn row(event: &Event) -> Option<&ExperimentRow> {
    match event {
        Event::ExperimentRow(row) => Some(row),
        _ => None,
    }
}

#[test]
fn rows_are_measured_on_drawings_and_figures_besides() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::create_dir(folder.join("figures")).unwrap();
    std::fs::copy(FIGURE, folder.join("figures/mio.vrm")).unwrap();
    // Learned somewhere without figures; measured on them afterwards, from the same training.
    let told = events(&succeeds(folder, "experiment row u --budget try --threads 1 --json --out lab"));
    let shown = |told: &[Event]| {
        let row = told.iter().filter_map(row).next_back().unwrap();
        row.outcomes.iter().map(|outcome| outcome.shown).collect::<Vec<_>>()
    };
    assert_eq!(shown(&told), [Shown::Generated, Shown::Drawn]);
    let printed = succeeds(folder, "experiment tables --only gap --budget try --merge --out lab");
    assert!(printed.contains("--figures gives a folder") && printed.contains("U, drawn: "), "{printed}");
    assert!(printed.contains("landmark transfer, drawn, n = 4") && !printed.contains("mio.vrm"), "{printed}");
    let learned = std::fs::read(folder.join("lab/runs/u-s1/events.jsonl")).unwrap();
    let told = succeeds(folder, "experiment row u --budget try --figures figures --json --out lab");
    assert_eq!(shown(&events(&told)), [Shown::Generated, Shown::Drawn, Shown::Figures]);
    assert_eq!(std::fs::read(folder.join("lab/runs/u-s1/events.jsonl")).unwrap(), learned, "nothing is learned again");
    let printed = succeeds(folder, "experiment tables --only gap --budget try --merge --figures figures --out lab");
    assert!(printed.contains("U, figures from files: ") && printed.contains("of each: mio.vrm"), "{printed}");
    let page = image::open(folder.join("lab/tables/gap.png")).unwrap();
    // Three times the truth, one row and four who need no training, of eight pictures where there are as many.
    assert!(page.width() == 4 * 32 && page.height() >= 3 * 5 * 32, "{}×{}", page.width(), page.height());
}

#[test]
fn what_detectors_found_is_shown_below_what_they_should() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    succeeds(folder, "experiment row detector-u --budget try --threads 1 --out lab");
    let printed = succeeds(folder, "experiment tables --only detector --budget try --merge --out lab");
    assert!(!printed.contains("landmark transfer") && printed.contains("NaN"), "{printed}");
    let markdown = std::fs::read_to_string(folder.join("lab/tables/detector.md")).unwrap();
    let order = "From above: what they are shown; the true landmarks as colours; U.";
    assert!(markdown.contains("](detector.png)") && markdown.contains(order), "{markdown}");
    let page = image::open(folder.join("lab/tables/detector.png")).unwrap().to_rgba8();
    assert_eq!([page.width(), page.height()], [4 * 32, 3 * 32]);
    let [shown, truth, found] = [0, 1, 2].map(|row| image::imageops::crop_imm(&page, 0, row * 32, 128, 32).to_image());
    let white = |strip: &image::RgbaImage| strip.pixels().filter(|pixel| pixel.0 == [255; 4]).count();
    assert!(white(&truth) > 128 * 32 / 3 && white(&shown) < white(&truth), "figures stand on backgrounds above alone");
    assert!(truth != found && white(&found) < 128 * 32, "something is found, though not yet the truth");
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
    // A task tells its farm how far it is, by the switch that all commands have.
    let told = succeeds(folder, "experiment row messages-0 --budget try --threads 1 --openjd --out lab");
    assert!(
        told.contains("openjd_status: learning\nopenjd_progress: 0\n") && told.contains("openjd_progress: 100"),
        "{told}"
    );
    fails(folder, "experiment tables --only messages --job --out job", 1, &["template.json is there already"]);
}

#[test]
fn psgan_is_compared_by_one_command_and_weights_are_measured_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let plan = succeeds(folder, "experiment psgan --budget try --seeds 2 --plan --out lab");
    assert!(!folder.join("lab").exists(), "a plan makes nothing");
    assert!(plan.contains("keypoints") && plan.matches("progressive-gan").count() == 2, "{plan}");

    succeeds(folder, "experiment psgan --budget try --only pg2 --threads 2 --out lab");
    let (run, settings) = RunFolder::open(&folder.join("lab/runs/pg2-s1")).unwrap();
    assert_eq!((settings.graph, run.checkpoints().unwrap().len()), (Taught::Pg2, 1));
    let learned = run.events().unwrap().len();
    write_generator(&folder.join("mine.safetensors"));
    succeeds(folder, "experiment psgan --budget try --weights mine.safetensors --threads 2 --out lab");
    let printed = succeeds(folder, "experiment psgan --budget try --threads 2 --out lab");
    assert_eq!(run.events().unwrap().len(), learned, "what is done is not learned again");
    for part in ["32² pixels; 4 pictures", "mine-", "other real pictures", "(PCK@0.1): order", "(sharpness): order"] {
        assert!(printed.contains(part), "{part}: {printed}");
    }
    let csv = std::fs::read_to_string(folder.join("lab/tables/psgan.csv")).unwrap();
    let cells: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!((cells.len(), cells[0].len()), (1 + 3 + 1 + 1, 15), "{csv}");
    for row in &cells[1..] {
        let unposed = row[0].contains("Progressive");
        for (title, cell) in cells[0].iter().zip(row).skip(2) {
            let nothing = unposed && ["clothes_within", "clothes_ratio"].contains(title);
            let value = cell.parse::<f64>();
            assert!(value.is_ok_and(|v| v.is_finite()) != nothing, "{title} of {}: {cell}", row[0]);
        }
    }
    let page = image::open(folder.join("lab/tables/psgan.png")).unwrap();
    assert_eq!([page.width(), page.height()], [8 * 32, (2 + 5) * 32]);
    // Points, then two characters of all but Progressive GAN; two lines of each that has latents.
    let page = image::open(folder.join("lab/tables/psgan-sequence.png")).unwrap();
    assert_eq!([page.width(), page.height()], [3 * 32, (1 + 2 * 4) * 32]);
    let page = image::open(folder.join("lab/tables/psgan-between.png")).unwrap();
    assert_eq!([page.width(), page.height()], [3 * 32, 2 * 3 * 32]);

    fails(folder, "experiment tables --budget try --plan --out lab", 1, &["PSGAN"]);
    fails(folder, "experiment psgan --only other --out lab", 2, &["no row called `other`", "pg2"]);
    fails(folder, "experiment psgan --budget try --weights missing.safetensors --out lab", 1, &["missing"]);
}
