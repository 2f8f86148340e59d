//! Trainings: begun, followed by their folders, paused, tried, thrown away.

use crate::bench::Bench;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use settei::engine::GraphKind;
use settei::picture::Picture;
use settei::studio::{DocumentCommand, NewTraining, PanelKind, Studio, TrainCommand, WindowCommand};
use settei::train::data::Stage;
use settei::train::{
    Change, Found, Losses, Measured, Measures, Preset, RunEvent, RunFolder, RunView, Setback, Settings, SheetMeasured,
    Standing,
};
use settei::train::{StepLosses, Taught};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A training of tiny pictures that writes a checkpoint at every other step and never measures.
fn tiny() -> Settings {
    let mut settings = Preset::named("try").unwrap().settings();
    settings.stages = vec![Stage { from: 0, size_px: 32, batch: 2 }];
    settings.rates.steps = 1_000_000;
    (settings.threads, settings.save_every, settings.measure_every) = (1, 2, 1_000_000);
    settings
}

fn view(studio: &Studio) -> Option<&Arc<RunView>> {
    studio.content().trainings.as_ref()?.first()?.view.as_ref().ok()
}

fn stands(studio: &Studio, how: &Standing) -> bool {
    view(studio).is_some_and(|view| view.standing == *how)
}

fn trainings(bench: &Bench) -> PathBuf {
    bench.data.join("trainings")
}

/// A window at the training panel, the training learning and past its first checkpoint.
fn learning(data: &Path) -> Bench {
    let mut bench = Bench::in_folder(data, &[]);
    bench.settle();
    bench.send(WindowCommand::ShowPanel(PanelKind::Training));
    bench.until("the list", |s| s.content().trainings.is_some());
    bench.send(TrainCommand::Begin(Box::new(NewTraining {
        name: "Mio: short?".into(),
        settings: tiny(),
        figures: vec![],
        licence: String::new(),
        from: None,
    })));
    bench.until("a checkpoint", |s| view(s).is_some_and(|view| !view.checkpoints.is_empty()));
    bench
}

/// Ends whoever learns there, as the system does where memory runs out.
fn kill(folder: &RunFolder) {
    let process = folder.holder().unwrap().process.to_string();
    assert!(std::process::Command::new("kill").args(["-KILL", &process]).status().unwrap().success());
}

#[test]
#[cfg(unix)]
fn a_training_outlives_the_window_and_is_found_again() {
    let data = tempfile::tempdir().unwrap();
    let bench = learning(data.path());
    let run = trainings(&bench).join("Mio_ short_");
    let folder = RunFolder::at(&run);
    assert!(stands(bench.studio(), &Standing::Learning));
    bench.window.get_by_role_and_label(Role::Button, "Pause");
    let process = folder.holder().unwrap().process;
    if let Ok(stat) = std::fs::read_to_string(format!("/proc/{process}/stat")) {
        let nice: i32 = stat.split(' ').nth(18).unwrap().parse().unwrap();
        let said: i32 = std::env::var("SETTEI_NICE").ok().and_then(|said| said.parse().ok()).unwrap_or(15);
        assert!(nice >= said, "it leaves the processor to others");
    }

    // The window closes; another one finds what goes on.
    drop(bench);
    assert!(folder.is_held());
    let mut bench = Bench::in_folder(data.path(), &[]);
    bench.send(WindowCommand::ShowPanel(PanelKind::Training));
    bench.until("the training", |s| stands(s, &Standing::Learning));
    bench.steps(3);
    reach(&mut bench, "Pause");
    bench.until("the pause", |s| stands(s, &Standing::Paused));
    assert!(!folder.is_held());
    let paused = folder.latest().unwrap().unwrap().progress.step;

    // It goes on from there; killed at any moment it loses no more than what came after the last checkpoint.
    bench.steps(3);
    reach(&mut bench, "Resume");
    bench.until("two more checkpoints", |s| view(s).is_some_and(|v| v.checkpoints.last().unwrap().step > paused + 2));
    kill(&folder);
    bench.until("its end", |s| view(s).is_some_and(|view| matches!(view.standing, Standing::Failed(_))));
    let Standing::Failed(why) = &view(bench.studio()).unwrap().standing else { unreachable!() };
    assert!(why.contains("ended from outside"), "{why}");
    let kept = folder.latest().unwrap().unwrap().progress.step;
    assert!(kept > paused && folder.events().unwrap().iter().map(RunEvent::step).max().unwrap() <= kept + 20);

    // One that no window watched when it was killed.
    bench.steps(3);
    reach(&mut bench, "Resume");
    bench.until("it to learn", |s| stands(s, &Standing::Learning));
    reach(&mut bench, "Stop and keep");
    bench.until("the weights", |s| s.said().iter().any(|(_, text)| text.starts_with("Kept what was learned")));
    assert!(std::fs::read_dir(run.join("weights")).unwrap().count() == 2, "weights and what they are made of");
    bench.until("the pause", |s| stands(s, &Standing::Paused));

    bench.steps(3);
    reach(&mut bench, "Delete…");
    reach(&mut bench, "Move to the trash");
    bench.until("nothing to be left", |s| s.content().trainings.as_ref().is_some_and(|all| all.is_empty()));
    assert!(!run.exists() && bench.data.join("trash/Mio_ short_ 1/settings.json").exists());
}

#[test]
#[cfg(unix)]
fn what_learns_is_discarded_at_once() {
    let data = tempfile::tempdir().unwrap();
    let mut bench = learning(data.path());
    let run = trainings(&bench).join("Mio_ short_");
    bench.steps(3);
    reach(&mut bench, "Discard…");
    bench.window.get_by_label("Throw Mio_ short_ away?");
    reach(&mut bench, "Cancel");
    assert!(RunFolder::at(&run).is_held(), "who cancels changes nothing");
    reach(&mut bench, "Discard…");
    reach(&mut bench, "Move to the trash");
    bench.until("nothing to be left", |s| s.content().trainings.as_ref().is_some_and(|all| all.is_empty()));
    assert!(!run.exists());
}

#[test]
fn a_checkpoint_paints_the_preview_and_undo_takes_it_back() {
    let mut bench = Bench::open(&[]);
    bench.settle();
    let run = RunFolder::create(&trainings(&bench).join("mio"), &tiny()).unwrap();
    let state = settei::train::Detecting::default().fresh(1);
    run.save(&state).unwrap();
    bench.send(WindowCommand::ShowPanel(PanelKind::Training));
    bench.until("the training", |s| view(s).is_some_and(|view| view.checkpoints.len() == 1));
    bench.steps(3);
    bench.window.get_by_role_and_label(Role::RadioButton, "Checkpoint after 0 steps");
    reach(&mut bench, "Use in preview");
    let of = |s: &Studio| s.project().painting.weights.of(GraphKind::FudeDetector).map(Path::to_owned);
    bench.until("the weights", |s| of(s).is_some());
    assert_eq!(of(bench.studio()), Some(run.path().join("weights/mio-0.safetensors")));
    bench.send(DocumentCommand::Undo);
    assert_eq!(of(bench.studio()), None);
    let to = bench.data.join("mine.safetensors");
    bench.send(TrainCommand::SaveWeights { training: run.path().to_owned(), step: 0, to: to.clone() });
    bench.until("the file", |s| s.said().iter().any(|(_, text)| text.contains("mine.safetensors")));
    assert!(to.exists() && to.with_extension("md").exists());
    bench.send(TrainCommand::Use(run.path().to_owned(), 7));
    bench.until("a sentence", |s| s.said().iter().any(|(_, text)| text.contains("no checkpoint after step 7")));
}

/// A folder of a training that was somewhere else.
fn made_up(path: &Path, landmark: f64) -> RunFolder {
    let mut settings = tiny();
    settings.rates.steps = 2000;
    let folder = RunFolder::create(path, &settings).unwrap();
    let tell = |event| folder.tell(&event).unwrap();
    tell(RunEvent::Started { step: 0, steps: 2000, parameters: 3_300_000, machine: "another machine".into() });
    for step in (20..=1000).step_by(20) {
        let losses = Losses { total: 40.0 / step as f64, landmark: 4.0 / step as f64, ..Losses::default() };
        let losses = StepLosses::Detector(losses);
        tell(RunEvent::Step { step, losses, gradient: 1.0, rate: 1e-3, size_px: 32, seconds: 0.25, waited: 0.0 });
        if step % 100 == 0 {
            let m = Measures { landmark: landmark + (step as f64 - 700.0).powi(2) * 1e-7, ..Measures::default() };
            let measured = Measured { untold: m, tagged: m, one_click: m, four_clicks: m };
            tell(RunEvent::Measured { step, measured: Found::Detector(measured), best: false });
        }
    }
    tell(RunEvent::WentBack { step: 1000, rate_factor: 0.5, why: Setback::NotANumber });
    tell(RunEvent::Paused { step: 1000 });
    std::fs::create_dir(path.join("samples")).unwrap();
    for step in [100, 500, 1000] {
        std::fs::write(path.join(format!("checkpoints/{step:08}")), "").unwrap();
        let mut picture = Picture::new(6 * 32, 3 * 32);
        picture.pixels.fill([step as u8, 90, 200, 255]);
        picture.save_png(&path.join(format!("samples/{step:08}.png"))).unwrap();
    }
    folder
}

/// Clicks what may be scrolled out of sight, as screen readers do.
fn reach(bench: &mut Bench, label: &str) {
    bench.window.get_by_label(label).click_accesskit();
    bench.steps(3);
}

#[test]
fn a_folder_from_another_machine_tells_all_there_is_to_know() {
    let mut bench = Bench::open(&[]);
    bench.settle();
    let other = made_up(&trainings(&bench).join("other"), 0.05);
    let elsewhere = bench.data.join("from elsewhere");
    made_up(&elsewhere, 0.03);
    bench.send(TrainCommand::Open(elsewhere.clone()));
    bench.until("both", |s| s.content().trainings.as_ref().is_some_and(|all| all.len() == 2));
    bench.until("the samples", |s| s.content().samples.len() == 3);
    bench.steps(6);
    bench.window.get_by_label("Paused at 50 %, detector");
    bench.window.get_by_label_contains("Step 1,000 of 2,000");
    bench.window.get_by_label_contains("rate × 0.5");
    bench.window.get_by_label("Best so far: off by 3.00 % after step 700");
    bench.window.get_by_role_and_label(Role::Image, "Plot: Places off by, % of the body (characters held out)");
    bench.window.get_by_role_and_label(Role::Image, "Plot: Taken turned round, % of the drawings");
    assert!(bench.window.query_by_label("Plot: Losses, of what is learned from").is_none(), "losses are folded away");
    bench.window.get_by_role_and_label(Role::RadioButton, "Checkpoint after 500 steps").click();
    bench.steps(2);
    let pin = bench.window.get_by_role_and_label(Role::RadioButton, "Checkpoint after 500 steps");
    assert_eq!(pin.accesskit_node().toggled(), Some(egui::accesskit::Toggled::True));
    bench
        .window
        .get_by_label("The loss was not a number: back to the last good state, the rate is 0.5 of the planned one now");

    // A click on what was answered shows it large beside the latest and the true one.
    assert!(bench.window.query_by_label("Close the comparison").is_none());
    reach(&mut bench, "Figure 2 after 500 steps");
    for label in ["Drawing", "After 500", "After 1,000", "True"] {
        bench.window.get_by_role_and_label(Role::Image, &format!("Figure 2, {label}"));
    }
    reach(&mut bench, "Close the comparison");

    // Another training's lines beside these.
    reach(&mut bench, "Compare with");
    // In the list, and in the menu above it.
    let others: Vec<_> = bench.window.get_all_by_role_and_label(Role::Button, "other").collect();
    others[others.len() - 1].click_accesskit();
    bench.steps(3);
    bench.window.get_by_role_and_label(Role::Image, "Plot: Places off by, % of the body (characters held out)");

    // What another machine writes there shows.
    let process = other.claim().unwrap();
    bench.until("it to learn", |s| view(s).is_some_and(|view| view.standing.is_under_way()));
    drop(process);
    reach(&mut bench, "Take off the list");
    bench.until("one", |s| s.content().trainings.as_ref().is_some_and(|all| all.len() == 1));
    assert!(elsewhere.join("settings.json").exists());
}

#[test]
fn a_training_is_planned_with_every_number_in_sight() {
    let mut bench = Bench::open(&[]);
    bench.settle();
    bench.send(WindowCommand::ShowPanel(PanelKind::Training));
    bench.until("the list", |s| s.content().trainings.is_some());
    bench.steps(2);
    reach(&mut bench, "New training…");
    bench.window.get_by_role_and_label(Role::RadioButton, "See whether all works: ten minutes on two cores");
    reach(&mut bench, "The renderer, which paints the picture");
    assert!(bench.window.query_by_label("See whether all works: ten minutes on two cores").is_none());
    reach(&mut bench, "The renderer, to see whether all works: twenty minutes on two cores");
    bench.window.get_by_label("Choose a detector…");
    bench.send(TrainCommand::Pick(settei::studio::Picked::Detector, "/somewhere/found.safetensors".into()));
    bench.window.get_by_label("found.safetensors");
    bench.send(TrainCommand::Pick(settei::studio::Picked::Figures, bench.data.join("no figures")));
    bench.window.get_by_label("no figures");
    // What can't be begun is said.
    reach(&mut bench, "Begin");
    bench.until("a sentence", |s| s.said().iter().any(|(_, text)| text.contains("no figures")));
    assert!(!trainings(&bench).join("Renderer try").exists());
    // And nothing of what was chosen is lost.
    bench.steps(2);
    bench.window.get_by_label("found.safetensors");
    bench.window.get_by_label("no figures");
    reach(&mut bench, "Cancel");

    let run = made_up(&trainings(&bench).join("first"), 0.04);
    bench.until("it", |s| view(s).is_some_and(|view| view.checkpoints.len() == 3));
    bench.steps(3);
    reach(&mut bench, "Duplicate…");
    bench.window.get_by_label("A training like first");
    bench.window.get_by_role_and_label(Role::CheckBox, "Begin with what it had learned after 1,000 steps");
    reach(&mut bench, "Cancel");
    reach(&mut bench, "Duplicate…");
    reach(&mut bench, "Every number");
    for label in ["Steps", "Highest rate", "Threads that learn", "Steps between checkpoints"] {
        bench.window.get_by_role_and_label(Role::SpinButton, label);
    }
    assert_eq!(RunFolder::open(run.path()).unwrap().1.graph, Taught::Detector);
}

/// A training on the example's drawings that has one checkpoint, in the window's folder.
fn of_sheet(bench: &Bench) -> RunFolder {
    let mut settings = Preset::of_sheets("quick").unwrap().settings();
    settings.stages = vec![Stage { from: 0, size_px: 32, batch: 1 }];
    (settings.threads, settings.measure_every) = (1, 1_000_000);
    let sheet = settei::example::sheet().unwrap();
    let nothing = settei::sheet::DrawingHints::default();
    let drawings: Vec<_> = sheet.views.iter().map(|view| (view, &nothing)).collect();
    let run = settei::train::begin_sheet(&trainings(bench).join("mio"), &settings, &drawings, None).unwrap();
    settei::train::run(&run, &settings, Some(1), &settei::progress::Silent, &|_| ()).unwrap();
    run
}

#[test]
fn what_was_learned_from_the_sheet_is_used_mixed_undone_and_refused_where_it_loses() {
    let mut bench = Bench::open(&[]);
    bench.settle();
    let run = of_sheet(&bench);
    let say = |gained: f64, lost: f64| {
        let change = |gain: f64| Change { before: 20.0, now: 20.0 + gain };
        let measured = SheetMeasured { kept_out: change(gained), learned: change(gained), replay: change(-lost) };
        run.tell(&RunEvent::Measured { step: 1, measured: Found::Sheet(measured), best: true }).unwrap();
    };
    say(-0.5, 0.5);
    bench.send(WindowCommand::ShowPanel(PanelKind::Training));
    bench.until("the training", |s| view(s).is_some_and(|view| view.of_sheet.is_some()));
    bench.steps(3);
    assert!(bench.window.query_by_label_contains("Not offered: other characters would lose 0.50 dB").is_some());
    let used = bench.window.get_by_role_and_label(Role::Button, "Use it");
    assert!(used.accesskit_node().is_disabled(), "what loses is not offered");
    assert!(bench.window.query_by_role_and_label(Role::Button, "Duplicate…").is_none());

    say(1.25, 0.1);
    bench.until("the better measure", |s| {
        view(s).is_some_and(|view| view.of_sheet.is_some_and(|m| m.kept_out.gain() > 1.0))
    });
    bench.steps(3);
    assert!(bench.window.query_by_label_contains("20.0 dB before, 21.2 dB now (+1.2)").is_some());
    reach(&mut bench, "Use it");
    let tuned = |s: &Studio| s.project().painting.tuned.clone();
    bench.until("the changes", |s| tuned(s).file.is_some());
    assert_eq!(tuned(bench.studio()).file, Some(run.path().join("weights/mio-1.safetensors")));
    assert!(std::fs::metadata(run.path().join("weights/mio-1.safetensors")).unwrap().len() < 1 << 20);
    bench.steps(3);
    assert!(bench.window.query_all_by_label("How much of it").count() > 0);
    let box_ = bench.window.query_all_by_label("Tuned to the sheet").next().unwrap();
    box_.click_accesskit();
    bench.steps(3);
    assert!(tuned(bench.studio()).off);
    bench.send(DocumentCommand::Undo);
    assert!(!tuned(bench.studio()).off);
    bench.send(DocumentCommand::Undo);
    assert_eq!(tuned(bench.studio()).file, None);

    // Who gets the small file opens it as any other.
    let file = run.path().join("weights/mio-1.safetensors");
    bench.send(DocumentCommand::Open(vec![file.clone()]));
    bench.until("the changes", |s| tuned(s).file.as_ref() == Some(&file));
    bench.settle();
}

#[test]
fn the_sheet_offers_to_be_learned_for_three_times() {
    let mut bench = Bench::open(&[]);
    bench.settle();
    bench.send(WindowCommand::ShowPanel(PanelKind::Training));
    bench.until("the list", |s| s.content().trainings.is_some());
    bench.steps(3);
    reach(&mut bench, "Fine-tune on my sheet");
    bench.steps(3);
    for label in ["Quick, two minutes on two cores", "Good, five minutes on two cores"] {
        bench.window.get_by_role_and_label(Role::Button, label);
    }
    reach(&mut bench, "Thorough, twenty minutes on two cores");
    bench.until("the training", |s| view(s).is_some_and(|view| view.settings.graph == Taught::Sheet));
    let run = view(bench.studio()).unwrap().path.clone();
    bench.until("copies of the four drawings", |_| {
        ["sheet/4.png", "sheet/4.udp.npz"].iter().all(|f| run.join(f).exists())
    });
    bench.until("it to learn", |s| view(s).is_some_and(|view| view.standing == Standing::Learning));
    bench.send(TrainCommand::Discard(run.clone()));
    bench.until("nothing to be left", |s| s.content().trainings.as_ref().is_some_and(|all| all.is_empty()));
    assert!(!run.exists());
}
