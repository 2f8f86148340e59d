//! The landmarks tool: what the detector sees in a drawing, put right by hand.

use crate::bench::Bench;
use egui::accesskit::Role;
use egui::{Key, Modifiers, Pos2, Rect, pos2, vec2};
use egui_kittest::Node;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use glam::Vec3;
use settei::engine::PaintingSettings;
use settei::engine::graphs::Running;
use settei::figure::landmarks::MapPreset;
use settei::figure::places::PLACES;
use settei::fit::{SeenPlace, places_in};
use settei::nn::{DeviceChoice, Precision};
use settei::pose::library;
use settei::progress::Silent;
use settei::project::{DrawingSource, Project};
use settei::raster::{RasterChoice, Rasterizer, Subject, ToonStyle};
use settei::sheet::{DrawingHints, View};
use settei::studio::{DocumentCommand, SheetCommand};
use settei::udp::Udp;
use std::path::Path;
use std::sync::Arc;

const SIZE_PX: [u32; 2] = [384, 512];
/// A part that far from where it is was taken for another.
const MISTAKEN_PX: f32 = 10.0;

/// A drawing of the built-in figure as a file, and what it really shows.
fn drawn(folder: &Path, pose: &str, camera: &str) -> (DrawingSource, Arc<Udp>) {
    let rasterizer = Rasterizer::new(RasterChoice::Cpu).unwrap();
    let subject = Subject::new(rasterizer, settei::example::figure().unwrap(), MapPreset::default()).unwrap();
    let pose = library::find(pose).unwrap().1;
    let shot = Arc::new(subject).shoot(&pose, &camera.parse().unwrap(), SIZE_PX).unwrap();
    let path = folder.join("hero.png");
    shot.toon(SIZE_PX, &ToonStyle::default()).unwrap().save_png(&path).unwrap();
    (DrawingSource::File(path), shot.udp(SIZE_PX).unwrap())
}

/// A drawing in which the detector takes a part of the body for another, and what it really shows.
fn mistaken(folder: &Path) -> (DrawingSource, Arc<Udp>) {
    let settings = PaintingSettings::default();
    let by = settings.detector().unwrap();
    let running = Running { device: DeviceChoice::Cpu, precision: Precision::F32 };
    let graph = by.load(&settings.weights_of(by).unwrap(), running, &Silent).unwrap();
    for (pose, camera) in [("walk", "90:0"), ("run", "-30:0"), ("run", "90:0"), ("dance", "-30:0"), ("point", "90:0")] {
        let (source, truth) = drawn(folder, pose, camera);
        let view = View::open(source.path().unwrap()).unwrap();
        let found = graph.detect(&view, &DrawingHints::default(), by.working_px).unwrap();
        let (seen, right) = (places(&found.udp, found.spread.as_deref()), places(&truth, None));
        let off = (0..PLACES.len()).filter_map(|i| off(&seen, &right, i));
        let worst = off.fold(0.0, f32::max);
        println!("{pose} from {camera}: the worst place is {worst:.1} pixels off");
        if worst > 2.0 * MISTAKEN_PX {
            return (source, truth);
        }
    }
    panic!("the detector makes no mistake that is worth mending: choose other drawings");
}

/// How far a place that is marked is from where it really is seen, pixels.
fn off(seen: &[Option<SeenPlace>], right: &[Option<SeenPlace>], i: usize) -> Option<f32> {
    let (seen, right) = (seen[i].filter(|seen| seen.away < 0.05)?, right[i].filter(|right| right.away < 0.03)?);
    Some(seen.at.distance(right.at))
}

/// The tool on a drawing, which was looked at.
fn open(source: &DrawingSource) -> Bench {
    let mut bench = Bench::open(&[]);
    bench.settle();
    bench.drop_files(&[source.path().unwrap().to_owned()]);
    bench.until("an answer", |s| s.content().drawing(source).is_some_and(|drawing| drawing.detected.is_some()));
    bench.settle();
    bench.window.get_by_label("Drawing hero").click_secondary();
    bench.steps(3);
    bench.click("Landmarks…");
    wait_for(&mut bench, "Nose: ");
    bench
}

/// Steps until something is labelled so.
fn wait_for(bench: &mut Bench, label: &str) {
    let begun = std::time::Instant::now();
    while begun.elapsed().as_secs() < 300 {
        if bench.window.query_all_by_label_contains(label).next().is_some() {
            return;
        }
        bench.steps(1);
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    panic!("nothing is labelled {label}");
}

/// The mark that is labelled so; a tooltip may say the same.
fn mark<'a>(bench: &'a Bench, label: &'a str) -> Node<'a> {
    let mut named = bench.window.query_all_by_label_contains(label);
    named.find(|node| node.accesskit_node().role() == Role::Button).unwrap()
}

fn places(udp: &Udp, spread: Option<&[f32]>) -> Vec<Option<SeenPlace>> {
    places_in(udp, spread, &PLACES.map(|(_, landmark)| Vec3::from(landmark)))
}

fn seen(bench: &Bench, source: &DrawingSource) -> (Arc<Udp>, Vec<Option<SeenPlace>>) {
    let state = bench.studio().content().drawing(source).unwrap();
    let udp = state.detected.clone().unwrap();
    let seen = places(&udp, state.spread.as_deref());
    (udp, seen)
}

fn canvas(bench: &Bench) -> Rect {
    bench.window.get_by_role_and_label(Role::Canvas, "Landmarks of hero").rect()
}

/// Where a pixel of the drawing is on the screen, as long as all of it is seen.
fn on_screen(bench: &Bench, at: glam::Vec2) -> Pos2 {
    let rect = canvas(bench);
    let size = vec2(SIZE_PX[0] as f32, SIZE_PX[1] as f32);
    let scale = (rect.width() / size.x).min(rect.height() / size.y);
    rect.center() + (vec2(at.x, at.y) - size / 2.0) * scale
}

fn drag(bench: &mut Bench, from: Pos2, to: Pos2) {
    bench.window.hover_at(from);
    bench.steps(2);
    bench.window.drag_at(from);
    bench.steps(1);
    for t in [0.25, 0.5, 0.75, 1.0] {
        bench.window.hover_at(from + (to - from) * t);
        bench.steps(1);
    }
    bench.window.drop_at(to);
    bench.steps(2);
}

fn click_at(bench: &mut Bench, at: Pos2) {
    bench.window.hover_at(at);
    bench.steps(1);
    bench.window.drag_at(at);
    bench.window.drop_at(at);
    bench.steps(2);
}

/// The detector has looked at the drawing again.
fn answered(bench: &mut Bench, source: &DrawingSource, before: &Arc<Udp>) {
    bench.until("another answer", |s| {
        s.content().drawing(source).unwrap().detected.as_ref().is_some_and(|now| !Arc::ptr_eq(now, before))
    });
}

fn points(bench: &Bench) -> usize {
    bench.studio().project().sheet[0].points.len()
}

#[test]
fn a_part_that_was_taken_for_another_is_dragged_to_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let (source, truth) = mistaken(folder.path());
    let mut bench = open(&source);
    let (first, before) = seen(&bench, &source);
    let right = places(&truth, None);
    let off = |seen: &[Option<SeenPlace>], i: usize| off(seen, &right, i);
    // The worst of those that no other mark lies over.
    let free = |i: usize| {
        let Some(at) = before[i].map(|seen| seen.at) else { return false };
        let on = on_screen(&bench, at);
        (0..PLACES.len())
            .filter(|&j| j != i)
            .filter_map(|j| before[j])
            .all(|other| on_screen(&bench, other.at).distance(on) > 14.0)
    };
    let worst = (0..PLACES.len()).filter(|&i| free(i) && off(&before, i).is_some());
    let worst = worst.max_by(|&a, &b| off(&before, a).unwrap().total_cmp(&off(&before, b).unwrap())).unwrap();
    let was = off(&before, worst).unwrap();
    assert!(was > MISTAKEN_PX, "{} is only {was} pixels off: nothing is to be mended", PLACES[worst].0);
    let picture = bench.studio().content().painted.as_ref().unwrap().picture.clone();
    let (from, to) = (on_screen(&bench, before[worst].unwrap().at), on_screen(&bench, right[worst].unwrap().at));
    let begun = std::time::Instant::now();
    drag(&mut bench, from, to);
    let project = bench.studio().project().clone();
    let [point] = &project.sheet[0].points[..] else { panic!("{:?}", project.sheet) };
    assert_eq!(point.landmark, PLACES[worst].1);
    answered(&mut bench, &source, &first);
    let (second, after) = seen(&bench, &source);
    let is = off(&after, worst).unwrap_or(f32::INFINITY);
    println!(
        "{}: {was:.1} pixels off, then {is:.1}; answered {:?} after the drag began",
        PLACES[worst].0,
        begun.elapsed()
    );
    assert!(is < 0.75 * was, "{}: {was} pixels off, then {is}", PLACES[worst].0);
    wait_for(&mut bench, "said by you");
    bench.until("the picture", |s| s.content().finished().is_some_and(|painted| !painted.motif.hints[0].is_empty()));
    assert!(bench.studio().content().finished().unwrap().picture != picture, "the preview follows");

    // Undo and redo; each has the drawing looked at again.
    bench.window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    bench.steps(2);
    assert_eq!(points(&bench), 0);
    answered(&mut bench, &source, &second);
    let (third, undone) = seen(&bench, &source);
    assert!(undone == before && third.pixels == first.pixels);
    bench.send(DocumentCommand::Redo);
    assert_eq!(bench.studio().project().sheet, project.sheet);
    answered(&mut bench, &source, &third);
    assert!(seen(&bench, &source).0.pixels == second.pixels);

    // Saved and opened again it is the same.
    let path = folder.path().join("hero.settei");
    bench.studio().project().save(&path).unwrap();
    assert_eq!(Project::load(&path).unwrap(), **bench.studio().project());

    // The right button forgets it.
    mark(&bench, "said by you").click_secondary();
    bench.steps(2);
    assert_eq!(points(&bench), 0);
}

#[test]
fn a_place_is_chosen_on_the_figure_and_pinned_on_the_drawing() {
    let folder = tempfile::tempdir().unwrap();
    let (source, truth) = drawn(folder.path(), "a", "10:0");
    let mut bench = open(&source);
    wait_for(&mut bench, "Figure from its front");
    // The middle of the T-posed figure, a little above the middle of its height: its belly.
    let figure = bench.window.get_by_role_and_label(Role::Canvas, "Figure from its front").rect();
    click_at(&mut bench, figure.center());
    bench.window.get_by_label_contains("Now click where it is on the drawing");
    // Beside the marks.
    let right = places(&truth, None);
    let spot = |bench: &Bench| {
        let (low, high) = (right[10].unwrap().at, right[8].unwrap().at);
        on_screen(bench, low + 0.4 * (high - low) + glam::vec2(14.0, 0.0))
    };
    let at = spot(&bench);
    click_at(&mut bench, at);
    assert_eq!(points(&bench), 1);
    let [_, y, z] = bench.studio().project().sheet[0].points[0].landmark;
    assert!((0.3..0.75).contains(&y) && z > 0.5, "{y} {z}: the front of the trunk");
    assert!(bench.window.query_by_label_contains("Now click where it is").is_none());

    // By name, from the list; Escape gives it up, and only then closes.
    bench.window.get_by_value("Choose a place").click();
    bench.steps(2);
    bench.window.get_by_role_and_label(Role::Button, "Forehead").click();
    bench.steps(2);
    bench.window.get_by_label_contains("Now click where it is on the drawing");
    bench.window.key_press(Key::Escape);
    bench.steps(2);
    assert!(bench.window.query_by_label_contains("Now click where it is").is_none());
    // The list and Delete forget.
    mark(&bench, "said by you");
    bench.window.get_by_role_and_label(Role::Button, "Forget all").click();
    bench.steps(2);
    assert_eq!(points(&bench), 0);
    bench.send(DocumentCommand::Undo);
    assert_eq!(points(&bench), 1);
    let figure_pose = bench.studio().project().pose.clone();
    mark(&bench, "said by you").focus();
    bench.steps(2);
    bench.window.key_press(Key::Delete);
    bench.steps(2);
    assert_eq!(points(&bench), 0);
    assert_eq!(bench.studio().project().pose, figure_pose, "Delete means the point, not the bone");
    bench.window.key_press(Key::Escape);
    bench.steps(2);
    assert!(bench.window.query_by_label_contains("Nose: ").is_none(), "it is closed");
    // It opens by its key, too.
    bench.window.key_press_modifiers(Modifiers::COMMAND, Key::L);
    bench.steps(2);
    wait_for(&mut bench, "Nose: ");
}

#[test]
fn marks_move_by_the_arrow_keys() {
    let folder = tempfile::tempdir().unwrap();
    let (source, _) = drawn(folder.path(), "a", "10:0");
    let mut bench = open(&source);
    let (_, before) = seen(&bench, &source);
    let nose = PLACES.iter().position(|(name, _)| *name == "nose").unwrap();
    let at = before[nose].unwrap().at;
    mark(&bench, "Nose: ").focus();
    bench.steps(2);
    for (key, modifiers) in [(Key::ArrowRight, Modifiers::SHIFT), (Key::ArrowDown, Modifiers::NONE)] {
        bench.window.key_press_modifiers(modifiers, key);
        bench.steps(3);
    }
    let [point] = &bench.studio().project().sheet[0].points[..] else { panic!("the nose is one place") };
    let moved = glam::vec2(point.at_px[0] as f32 + 0.5, point.at_px[1] as f32 + 0.5) - at;
    assert!((moved - glam::vec2(10.0, 1.0)).abs().max_element() <= 1.0, "{moved}");
}

#[test]
fn what_is_not_the_character_is_painted_over_and_erased_again() {
    let folder = tempfile::tempdir().unwrap();
    let (source, truth) = drawn(folder.path(), "a", "10:0");
    let mut bench = open(&source);
    let (first, _) = seen(&bench, &source);
    let right = places(&truth, None);
    let (knee, toes) = (right[21].unwrap().at, right[23].unwrap().at);
    bench.click("Not the character");
    let (from, to) = (on_screen(&bench, knee), on_screen(&bench, toes));
    drag(&mut bench, from, to);
    let strokes = |bench: &Bench| bench.studio().project().sheet[0].not_character.clone();
    let [stroke] = &strokes(&bench)[..] else { panic!("one stroke was painted") };
    assert!(!stroke.erases && stroke.points.len() > 2);
    answered(&mut bench, &source, &first);
    let (second, _) = seen(&bench, &source);
    let at = |udp: &Udp, at: glam::Vec2| udp.pixels[at.y as usize * SIZE_PX[0] as usize + at.x as usize][3];
    assert_eq!((at(&first, knee), at(&second, knee)), (1.0, 0.0));
    bench.click("Eraser");
    drag(&mut bench, from, to);
    assert_eq!(strokes(&bench).len(), 2);
    answered(&mut bench, &source, &second);
    assert!(seen(&bench, &source).0.pixels == first.pixels, "nothing is painted over any more");
    bench.send(DocumentCommand::Undo);
    bench.send(DocumentCommand::Undo);
    assert!(strokes(&bench).is_empty());
}

#[test]
fn a_drawing_with_a_udp_of_its_own_needs_no_points() {
    let mut bench = Bench::open(&[]);
    bench.settle();
    bench.send(SheetCommand::Landmarks(Some(DrawingSource::BuiltIn("front".into()))));
    wait_for(&mut bench, "Nose: sure");
    bench.window.get_by_label_contains("nothing has to be found out");
    // All of it is seen, and it can be come nearer to.
    let rect = bench.window.get_by_role_and_label(Role::Canvas, "Landmarks of front").rect();
    let width = |bench: &Bench| {
        let at = |label| mark(bench, label).rect().center();
        at("Left elbow: ").distance(at("Left shoulder: "))
    };
    let before = width(&bench);
    let at = mark(&bench, "Left shoulder: ").rect().center();
    bench.window.hover_at(pos2(at.x + 20.0, at.y + 12.0));
    bench.steps(2);
    for _ in 0..3 {
        bench.window.event(egui::Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta: vec2(0.0, 60.0),
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Unknown,
            modifiers: Modifiers::NONE,
        });
        bench.steps(6);
    }
    assert!(rect.contains(at) && width(&bench) > 1.3 * before, "{before} {}", width(&bench));
    assert!(bench.studio().history().undo_label().is_none());
}
