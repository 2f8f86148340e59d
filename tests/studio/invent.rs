//! Characters that nobody has drawn yet: reseeded, mixed, kept as drawings.

use crate::bench::Bench;
use crate::psgan::write_generator;
use egui::accesskit::{Role, Toggled};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use settei::project::DrawingSource;
use settei::studio::{Command, DocumentCommand, Edit, InventCommand, PanelKind, WindowCommand};

fn open() -> Bench {
    let mut bench = Bench::open(&[]);
    // Nothing is to be painted here.
    bench.send(Command::edit("No drawings", Edit::Sheet(vec![])));
    bench.settle();
    bench.send(WindowCommand::ShowPanel(PanelKind::Invent));
    bench.steps(2);
    bench
}

/// The same with a generator that has learned nothing, once all candidates hang.
fn inventing() -> Bench {
    let mut bench = open();
    let weights = bench.data.join("tiny.safetensors");
    write_generator(&weights);
    bench.send(InventCommand::Weights(weights));
    bench.hangs("Candidate 12");
    bench
}

impl Bench {
    /// Waits until somebody's picture is there.
    fn hangs(&mut self, label: &str) {
        for _ in 0..3_000 {
            if self.window.query_by_label(label).is_some() {
                return;
            }
            self.steps(1);
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        panic!("{label} never came; the window said {}", self.said());
    }

    fn locked(&self, label: &str) -> bool {
        self.window.get_by_label(label).accesskit_node().toggled() == Some(Toggled::True)
    }
}

#[test]
fn candidates_are_reseeded_locked_varied_and_mixed() {
    let mut bench = inventing();
    bench.hangs("Chosen: 1");
    bench.window.get_by_label("Candidate 3").hover();
    bench.steps(2);
    bench.click("Lock 3");
    assert!(bench.locked("Lock 3"));
    bench.click("Reseed");
    bench.hangs("Candidate 23");
    bench.window.get_by_label("Candidate 3");
    assert!(bench.window.query_by_label("Candidate 4").is_none(), "others took their places");

    bench.click("Candidate 3");
    bench.hangs("Chosen: 13-3-50");
    let slider = bench.window.get_by_role_and_label(Role::Slider, "Mix of 13 and 3").rect();
    bench.window.drag_at(slider.center());
    bench.window.hover_at(slider.left_center());
    bench.steps(1);
    bench.window.drop_at(slider.left_center());
    bench.steps(2);
    bench.hangs("Chosen: 13-3-00");

    bench.click("Candidate 13");
    bench.hangs("Chosen: 3");
    bench.click("Vary");
    bench.hangs("Candidate 3-34-35");
    bench.window.get_by_label("Candidate 3");
}

#[test]
fn somebody_is_kept_as_a_drawing_with_the_figures_udp_and_undo_takes_it_back() {
    let mut bench = inventing();
    let before = bench.studio().project().sheet.clone();
    bench.click("Keep as drawing");
    bench.until("the drawing", |s| s.project().sheet.len() == 1);
    let DrawingSource::File(path) = bench.studio().project().sheet[0].source.clone() else { panic!("no file") };
    assert_eq!(path.file_name().unwrap(), "invented-1.png");
    let view = settei::sheet::View::open(&path).unwrap();
    assert!(view.picture.width_px == 32 && view.udp.unwrap().surface_points() > 50);
    assert_eq!(bench.studio().history().undo_label(), Some("Add a drawing"));
    bench.settle();
    bench.send(DocumentCommand::Undo);
    assert_eq!(bench.studio().project().sheet, before);

    // In several poses at once, as one step too.
    bench.click("Keep as sheet");
    bench.window.get_by_role_and_label(Role::CheckBox, "Walk").click();
    bench.steps(2);
    bench.click("Keep 3 drawings");
    bench.until("the sheet", |s| s.project().sheet.len() == 3);
    assert_eq!(bench.studio().history().undo_label(), Some("Add 3 drawings"));
    bench.settle();
    let names: Vec<_> = bench.studio().project().sheet.iter().map(|drawing| drawing.source.name()).collect();
    assert_eq!(names, ["invented-1-2", "invented-1-a", "invented-1-stand"], "the first one's name is taken");
    bench.send(DocumentCommand::Undo);
    assert_eq!(bench.studio().project().sheet, before);
}

#[test]
fn without_weights_the_panel_says_how_to_get_some() {
    let mut bench = open();
    if settei::weights::shipped().iter().any(|file| file.graph().as_deref() == Some("psgan")) {
        return;
    }
    bench.hangs("Open weights…");
    bench.window.get_by_label_contains("Nobody can be invented yet");
    assert!(bench.window.query_by_label("New training…").is_none());
    bench.click("Let one learn…");
    bench.hangs("New training…");
    // A file of something else is refused with its name, and nothing breaks.
    let other = bench.data.join("other.safetensors");
    std::fs::write(&other, b"nonsense").unwrap();
    bench.send(InventCommand::Weights(other));
    for _ in 0..2000 {
        if bench.window.query_by_label_contains("other.safetensors").is_some() {
            return;
        }
        bench.steps(1);
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    panic!("nothing is said of the file");
}
