//! Hair, skirts and ribbons: what swings, by the file and by the artist.

use crate::bench::Bench;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use settei::dynamics::{Feel, Stuff};
use settei::studio::{DocumentCommand, PanelKind, WindowCommand};
use std::path::{Path, PathBuf};

/// The built-in figure, its springs under a name that nobody knows.
fn without_springs(folder: &Path) -> PathBuf {
    let mut file = settei::example::FIGURE_VRM.to_vec();
    let word = b"VRMC_springBone";
    while let Some(at) = file.windows(word.len()).position(|here| here == word) {
        file[at..at + 4].copy_from_slice(b"NONE");
    }
    let path = folder.join("plain.vrm");
    std::fs::write(&path, file).unwrap();
    path
}

fn swinging(bench: &Bench) -> usize {
    bench.studio().content().stance.as_ref().map_or(0, |stance| stance.local().sway.len())
}

#[test]
fn what_the_file_lets_swing_hangs_and_can_be_kept_still() {
    let mut bench = Bench::open(&[]);
    bench.settle();
    bench.send(WindowCommand::ShowPanel(PanelKind::Sway));
    let all = swinging(&bench);
    assert!(all > 40, "{all}");
    bench.click("skirt");
    let rest = swinging(&bench);
    assert!(rest < all && rest > 0, "{rest} of {all}");
    assert_eq!(bench.studio().history().undo_label(), Some("Keep still: skirt"));
    bench.click("Hang in the pose");
    assert_eq!((swinging(&bench), bench.studio().project().hanging), (0, Some(false)));
    bench.click("Hang in the pose");
    assert_eq!((swinging(&bench), bench.studio().project().hanging), (rest, None));
    for _ in 0..3 {
        bench.send(DocumentCommand::Undo);
    }
    assert_eq!(swinging(&bench), all);
    assert!(bench.studio().project().sway.still.is_empty());
}

#[test]
fn an_artist_marks_what_swings_and_lets_the_wind_blow() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::open(&[without_springs(folder.path())]);
    bench.until("the figure", |s| s.content().subject().is_some());
    bench.send(WindowCommand::ShowPanel(PanelKind::Sway));
    bench.steps(2);
    assert_eq!(swinging(&bench), 0);
    bench.click("hair");
    let marks = bench.studio().project().sway.chains.clone();
    assert!(!marks.is_empty() && marks.iter().all(|mark| (mark.stuff, mark.feel) == (Stuff::Hair, Feel::Normal)));
    let hanging = swinging(&bench);
    assert!(hanging >= marks.len(), "{hanging}");
    let before = bench.studio().content().stance.as_ref().unwrap().local().sway.clone();
    bench.window.get_by_role_and_label(Role::ComboBox, "How hair swings").click();
    bench.steps(2);
    bench.click("Soft");
    assert!(bench.studio().project().sway.chains.iter().all(|mark| mark.feel == Feel::Soft));
    bench.click("Wind");
    let wind = bench.studio().project().sway.wind.unwrap();
    assert!(wind.strength > 0.0 && wind.gusts > 0.0);
    assert_ne!(bench.studio().content().stance.as_ref().unwrap().local().sway, before);

    // It is saved, read again, and undone to the start.
    let path = folder.path().join("marked.settei");
    bench.studio().project().save(&path).unwrap();
    assert_eq!(settei::project::Project::load(&path).unwrap().sway, bench.studio().project().sway);
    for _ in 0..3 {
        bench.send(DocumentCommand::Undo);
    }
    assert_eq!((swinging(&bench), bench.studio().project().sway.clone()), (0, Default::default()));
}

#[test]
fn marks_of_another_figure_are_named_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let mut project = settei::project::Project::example();
    project.sway.still = vec!["antenna".into()];
    let path = folder.path().join("other.settei");
    project.save(&path).unwrap();
    let mut bench = Bench::open(&[path]);
    bench.until("the figure", |s| s.content().subject().is_some());
    bench.send(WindowCommand::ShowPanel(PanelKind::Sway));
    bench.steps(2);
    bench.click("Remove them");
    assert!(bench.studio().project().sway.still.is_empty());
}
