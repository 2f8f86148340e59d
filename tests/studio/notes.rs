//! Notes of the project.

use crate::bench::Bench;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use settei::project::Project;
use settei::studio::{DocumentCommand, PanelKind, WindowCommand};

#[test]
fn notes_are_written_undone_and_saved_with_the_project() {
    let mut bench = Bench::open(&[]);
    bench.settle();
    bench.send(WindowCommand::ShowPanel(PanelKind::Notes));
    bench.steps(2);
    let field =
        |bench: &Bench| bench.window.get_by_role_and_label(Role::MultilineTextInput, "Notes of the project").rect();
    let at = field(&bench).center();
    bench.window.hover_at(at);
    bench.window.drag_at(at);
    bench.window.drop_at(at);
    bench.steps(2);
    for text in ["red ", "ribbon", ", no shoes"] {
        bench.window.get_by_label("Notes of the project").type_text(text);
        bench.steps(2);
    }
    assert_eq!(bench.studio().project().notes, "red ribbon, no shoes");
    let path = bench.data.join("noted.settei");
    bench.send(DocumentCommand::SaveAs(path.clone()));
    bench.until("saving", |s| !s.history().unsaved());
    assert_eq!(Project::load(&path).unwrap().notes, "red ribbon, no shoes");
    bench.send(DocumentCommand::Undo);
    assert_eq!(bench.studio().project().notes, "", "what was typed in one go is one step");
    bench.send(DocumentCommand::Redo);
    assert_eq!(bench.studio().project().notes, "red ribbon, no shoes");
}
