//! The stand-in: a figure for whoever owns none.

use crate::bench::Bench;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use settei::example::CharacterParams;
use settei::project::{FigureSource, Project};
use settei::studio::{Command, DocumentCommand, Edit, PanelKind, StandInCommand, WindowCommand};

fn open() -> Bench {
    let mut bench = Bench::open(&[]);
    // Nothing is to be painted here.
    bench.send(Command::edit("No drawings", Edit::Sheet(vec![])));
    bench.settle();
    bench.send(WindowCommand::ShowPanel(PanelKind::StandIn));
    bench.steps(2);
    bench
}

impl Bench {
    /// What the project's figure is made of.
    fn params(&self) -> CharacterParams {
        self.studio().project().figure.as_ref().unwrap().params().unwrap()
    }

    /// Where the figure's hair ends, metres above the floor.
    fn hair_m(&self) -> f32 {
        let figure = self.studio().content().subject().unwrap().figure();
        let is_hair = |material: u32| figure.materials[material as usize].name == "hair";
        let hair = figure.submeshes.iter().find(|submesh| is_hair(submesh.material)).unwrap();
        let triangles = &figure.triangles[hair.first as usize..(hair.first + hair.count) as usize];
        triangles.iter().flatten().map(|&v| figure.vertices[v as usize].position.y).fold(f32::INFINITY, f32::min)
    }
}

#[test]
fn a_slider_changes_the_figure_and_one_drag_is_one_step() {
    let mut bench = open();
    assert_eq!(bench.studio().project().figure, Some(FigureSource::BuiltIn), "the default");
    let before_m = bench.hair_m();
    let slider = bench.window.get_by_role_and_label(Role::Slider, "Hair length").rect();
    let at = |share: f32| egui::pos2(slider.left() + slider.width() * share, slider.center().y);
    bench.window.drag_at(at(0.3));
    for share in [0.35, 0.2, 0.1, 0.02] {
        bench.window.hover_at(at(share));
        bench.steps(1);
    }
    // The viewport follows while it is dragged.
    bench.until("a shorter one", |s| {
        s.content().subject().is_some_and(|subject| subject.figure().expressions.is_empty())
    });
    bench.window.drop_at(at(0.02));
    bench.settle();
    assert!(bench.params().hair.length < 0.5, "{}", bench.params().hair.length);
    assert!(bench.hair_m() > before_m + 0.05, "{} {before_m}", bench.hair_m());
    let figure = bench.studio().content().subject().unwrap().figure().clone();
    assert!(!figure.expressions.is_empty(), "after the drag it is a fine one");
    assert_eq!(bench.studio().history().undo_label(), Some("Change the stand-in's hair length"));

    bench.send(DocumentCommand::Undo);
    bench.settle();
    bench.until("the old one", |s| s.content().subject().is_some_and(|subject| subject.figure().name == "Mio"));
    assert_eq!(bench.studio().project().figure, Some(FigureSource::BuiltIn));
    assert!((bench.hair_m() - before_m).abs() < 1e-3);
    assert_eq!(bench.studio().history().undo_label(), Some("No drawings"), "one drag, one step");
    bench.send(DocumentCommand::Redo);
    bench.settle();
    assert!(bench.hair_m() > before_m + 0.05, "made again, though it was made before");
}

#[test]
fn characters_by_lot_have_a_number_and_come_back_from_their_file() {
    let mut bench = open();
    bench.click("Random");
    bench.settle();
    let first = bench.params();
    assert!(first.name.starts_with("Character ") && first != CharacterParams::default());
    bench.window.get_by_role_and_label(Role::SpinButton, "Number of the character").click();
    bench.steps(3);
    bench.window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    bench.window.event(egui::Event::Text("42".into()));
    bench.steps(2);
    bench.window.key_press(egui::Key::Enter);
    bench.steps(3);
    assert_eq!(bench.params(), CharacterParams::random(42), "the number that was typed");
    bench.settle();

    let path = bench.data.join("mine.settei");
    bench.send(DocumentCommand::SaveAs(path.clone()));
    bench.until("saving", |s| !s.history().unsaved());
    let saved = Project::load(&path).unwrap();
    assert_eq!(saved.figure, Some(FigureSource::stand_in(CharacterParams::random(42))));
    let mut again = Bench::open(&[path]);
    again.until("the project", |s| s.project().figure == saved.figure);
    again.settle();
    assert_eq!(again.studio().content().subject().unwrap().figure().name, "Character 42");
    assert_eq!(**again.studio().project(), **bench.studio().project());

    bench.click("Back to the default");
    assert_eq!(bench.studio().project().figure, Some(FigureSource::BuiltIn));
    bench.send(DocumentCommand::Undo);
    assert_eq!(bench.params(), CharacterParams::random(42));
}

#[test]
fn it_is_exported_as_a_figure_that_settei_opens() {
    let mut bench = open();
    let figure = FigureSource::stand_in(CharacterParams::random(7));
    bench.send(Command::edit("Take another", Edit::Figure(Some(figure))));
    bench.settle();
    bench.window.get_by_label("Export as VRM…");
    let path = bench.data.join("someone.vrm");
    bench.send(StandInCommand::Export(path.clone()));
    bench.settle();
    bench.until("the file", |_| path.exists());
    let (read, shown) =
        (settei::figure::load(&path).unwrap(), bench.studio().content().subject().unwrap().figure().clone());
    assert_eq!((read.triangles.len(), read.joints.len() >= 54), (shown.triangles.len(), true));
    assert!(read.humanoid.is_humanoid() && read.warnings.is_empty());
}

#[test]
fn a_figure_of_ones_own_stays_until_a_stand_in_is_wanted() {
    let mut bench = open();
    let path = bench.data.join("own.vrm");
    std::fs::write(&path, settei::example::FIGURE_VRM).unwrap();
    bench.send(DocumentCommand::Open(vec![path.clone()]));
    bench.until("the figure", |s| s.project().figure == Some(FigureSource::File(path.clone())));
    bench.settle();
    assert!(bench.window.query_by_role_and_label(Role::Slider, "Hair length").is_none());
    bench.send(StandInCommand::Dress);
    assert!(bench.said().contains("a figure of its own"), "{}", bench.said());
    bench.click("Use a stand-in");
    bench.settle();
    bench.window.get_by_role_and_label(Role::Slider, "Hair length");
    bench.send(DocumentCommand::Undo);
    bench.settle();
    assert_eq!(bench.studio().project().figure, Some(FigureSource::File(path)));
}

#[test]
fn without_drawings_there_is_nothing_to_be_dressed_like() {
    let mut bench = open();
    assert!(bench.window.get_by_label("Dress me like my drawings").accesskit_node().is_disabled());
    bench.send(StandInCommand::Dress);
    assert!(bench.said().contains("no drawing to go by"), "{}", bench.said());
}
