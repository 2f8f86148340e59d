//! The command line as a user runs it: whole commands, their files, messages and exit codes.

use settei::events::Event;
use settei::udp::Udp;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

pub(super) const FIGURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/mio.vrm");

/// Runs `settei` in a folder of its own, on the CPU raster so that no driver decides the outcome.
pub(super) fn settei(folder: &Path, line: &str) -> Output {
    let arguments = line.split_whitespace().map(|word| if word == "FIGURE" { FIGURE } else { word });
    Command::new(env!("CARGO_BIN_EXE_settei")).current_dir(folder).args(arguments).output().unwrap()
}

pub(super) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[track_caller]
pub(super) fn succeeds(folder: &Path, line: &str) -> String {
    let output = settei(folder, line);
    assert_eq!(output.status.code(), Some(0), "settei {line}\n{}", text(&output.stderr));
    text(&output.stdout)
}

#[track_caller]
pub(super) fn fails(folder: &Path, line: &str, code: i32, says: &[&str]) {
    let output = settei(folder, line);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "settei {line}\n{said}");
    for what in says {
        assert!(said.contains(what), "settei {line}\nsays: {said}\nbut not: {what}");
    }
}

/// CoNR's weights, made up. They are large: made once a run, linked wherever a test wants them.
pub(super) fn made_up_weights(to: &Path) {
    static MADE: LazyLock<PathBuf> = LazyLock::new(|| {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("made-up.safetensors");
        settei::conr::made_up::write(&path).unwrap();
        path
    });
    std::fs::hard_link(&*MADE, to).or_else(|_| std::fs::copy(&*MADE, to).map(drop)).unwrap();
}

/// What a command told with `--json`, each line as the event it is.
#[track_caller]
pub(super) fn events(said: &str) -> Vec<Event> {
    let event = |line: &str| Event::from_line(line).unwrap();
    let events: Vec<Event> = said.lines().map(event).collect();
    assert!(!events.contains(&Event::Unknown), "{said}");
    events
}

#[test]
fn every_command_tells_other_programs_what_they_can_read_back() {
    let folder = tempfile::tempdir().unwrap();
    made_up_weights(&folder.path().join("w.safetensors"));
    crate::common::psgan::write_generator(&folder.path().join("g.safetensors"));
    settei::project::Project { frame_px: [64, 96], ..settei::project::Project::example() }
        .save(&folder.path().join("p.settei"))
        .unwrap();
    std::fs::write(folder.path().join("c.json"), "{\"hair\": {\"lenght\": 2}}").unwrap();
    let kinds = [
        ("demo --raster cpu --size 64", "Stage Progress Wrote Done"),
        ("example --out mio", "Wrote Done"),
        ("example --character c.json --out odd", "Warning Wrote Done"),
        ("sheet --figure FIGURE --views 2 --size 96 --raster cpu --out sheet", "Stage Progress Wrote Done"),
        ("udp --figure FIGURE --pose t --size 64 --raster cpu --out poses", "Stage Progress Wrote Done"),
        ("render --sheet sheet --udp poses/t.npz --contributions --out one", "Stage Progress Legend Wrote Done"),
        (
            "render --sheet sheet --udp poses/t.npz --weights w.safetensors --size 128 --device cpu --out two",
            "Stage Progress Device Wrote Done",
        ),
        ("cutout mio/front.png --out cut", "Wrote Done"),
        ("compare cut/front.png mio/front.png", "Stage Compared Done"),
        ("compare sheet sheet", "Stage Progress Compared ComparedAll Done"),
        ("weights info w.safetensors", "Weights Done"),
        ("dataset psgan --characters 1 --poses 1 --size 32 --out posed", "Stage Progress DataSetMade Done"),
        ("invent --weights g.safetensors --raster cpu --out new", "Stage Progress Wrote Done"),
        ("weights list", if settei::weights::shipped().is_empty() { "Done" } else { "Weights Done" }),
        ("pose mirror wave left.json", "Wrote Done"),
        ("project show p.settei", "Project Done"),
        ("project render p.settei --raster cpu --out painted", "Stage Wrote Done"),
        ("project collect p.settei p.zip", "Stage Wrote Done"),
        ("doctor", "Doctor Done"),
        ("bench nn --seconds 0.01 --layer 1×1", "Layer Done"),
        ("bench raster --size 64 --rounds 1 --seconds 0.01", "Raster Done"),
        ("bench load mio/mio.vrm mio/front.png --rounds 1", "Load Done"),
        ("bench motion --rounds 1", "MotionSpeed Done"),
        ("bench export --size 48 --seconds 0.2 --raster cpu", "Stage Progress ExportSpeed Done"),
    ];
    for (line, kinds) in kinds {
        let said = succeeds(folder.path(), &format!("--json {line}"));
        let events = events(&said);
        let kind = |event: &Event| format!("{event:?}").split([' ', '(']).next().unwrap().to_owned();
        let told: std::collections::BTreeSet<String> = events.iter().map(kind).collect();
        for kind in kinds.split(' ') {
            assert!(told.contains(kind), "settei {line}: no {kind} in {told:?}");
        }
        assert!(matches!(events.last(), Some(Event::Done { .. })), "settei {line}");
        let mut last = 0;
        for event in &events {
            match event {
                Event::Stage { .. } => last = 0,
                Event::Progress { done, .. } => {
                    assert!(*done > last, "settei {line}: a step backwards");
                    last = *done;
                }
                _ => {}
            }
        }
    }
    let failed = settei(folder.path(), "--json project show nothing.settei");
    let [Event::Error { message }] = &*events(&text(&failed.stdout)) else { panic!("{failed:?}") };
    assert!(message.contains("nothing.settei") && failed.stderr.is_empty(), "{failed:?}");
}

#[test]
fn help_leads_a_beginner_to_the_demo() {
    let folder = tempfile::tempdir().unwrap();
    let help = succeeds(folder.path(), "--help");
    let commands = [
        "demo", "render", "sheet", "udp", "cutout", "detect", "compare", "weights", "pose", "example", "train",
        "project", "doctor", "bench",
    ];
    for command in commands {
        assert!(help.contains(&format!("\n  {command} ")), "{command} is missing in:\n{help}");
        assert!(succeeds(folder.path(), &format!("help {command}")).contains("Usage:"), "{command}");
    }
    assert!(help.contains("settei demo"));
}

#[test]
fn wrong_command_lines_end_with_two() {
    let folder = tempfile::tempdir().unwrap();
    fails(folder.path(), "paint", 2, &["paint"]);
    fails(folder.path(), "udp --pose t --out o", 2, &["--figure"]);
    fails(folder.path(), "udp --figure FIGURE --pose t --camera sideways --out o", 2, &["sideways", "front"]);
    fails(folder.path(), "udp --figure FIGURE --pose wafe --out o", 2, &["wafe", "wave"]);
    fails(folder.path(), "udp --figure FIGURE --pose t --size 0x9 --out o", 2, &["512x768"]);
    fails(folder.path(), "udp --figure FIGURE --pose t --size 8193 --out o", 2, &["1 to 8192"]);
    fails(folder.path(), "render --sheet s --udp u.npz --engine conr --out o", 2, &["--weights", "landmark"]);
    fails(folder.path(), "render --sheet s --figure FIGURE --out o", 2, &["--pose"]);
    fails(folder.path(), "render --sheet s --udp u.npz --size 300 --out o", 2, &["128"]);
    fails(folder.path(), "weights convert a b.pth", 2, &[".safetensors"]);
    assert!(!folder.path().join("o").exists(), "a wrong command line makes no folder");
}

#[test]
fn failures_name_the_file_and_end_with_one() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("broken.vrm"), b"glTF\x02\0\0\0").unwrap();
    std::fs::write(folder.path().join("note.txt"), "hello").unwrap();
    fails(folder.path(), "udp --figure missing.vrm --pose t --out o", 1, &["missing.vrm"]);
    fails(folder.path(), "udp --figure broken.vrm --pose t --out o", 1, &["broken.vrm"]);
    fails(folder.path(), "udp --figure note.txt --pose t --out o", 1, &["note.txt"]);
    fails(folder.path(), "weights info note.txt", 1, &["note.txt"]);
    fails(folder.path(), "render --sheet note.txt --udp note.txt --out p", 1, &["note.txt"]);
    fails(folder.path(), "udp --figure FIGURE --pose note.json --out o", 1, &["note.json"]);
}

#[test]
fn poses_are_made_from_poses() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| settei::pose::Pose::load(&folder.path().join(name)).unwrap();
    succeeds(folder.path(), "pose convert wave wave.vpd");
    succeeds(folder.path(), "pose mirror wave.vpd left.json");
    assert!(
        at("left.json").rotation(settei::pose::HumanBone::LeftLowerArm).angle_between(
            settei::pose::library::find("wave").unwrap().1.mirrored().rotation(settei::pose::HumanBone::LeftLowerArm)
        ) < 0.01
    );
    succeeds(folder.path(), "pose blend t sit half.json --amount 0.25");
    succeeds(folder.path(), "pose hand t fist.json --right fist");
    assert!(at("fist.json").bones.keys().all(|bone| bone.name().starts_with("right")));
    succeeds(folder.path(), "pose reach stand reach.json --part left-hand --to 0.2,1.2,0.3");
    assert!(
        text(&settei(folder.path(), "pose reach stand far.json --part left-hand --to 9,1,0").stderr)
            .contains("out of reach")
    );
    succeeds(folder.path(), "pose look stand look.json --at -2,1.5,2");
    assert!((at("look.json").rotation(settei::pose::HumanBone::Head) * glam::Vec3::Z).x < -0.1);

    fails(folder.path(), "pose convert wave wave.vpd", 1, &["wave.vpd", "--overwrite"]);
    succeeds(folder.path(), "pose convert sit wave.vpd --overwrite");
    fails(folder.path(), "pose convert wave wave.png", 2, &["wave.png", ".vpd"]);
    fails(folder.path(), "pose convert wafe w.json", 2, &["wave"]);
    fails(folder.path(), "pose hand t h.json", 2, &["--left"]);
    fails(folder.path(), "pose hand t h.json --left claw", 2, &["fist"]);
    fails(folder.path(), "pose reach t r.json --part nose --to 0,0,0", 2, &["left-hand"]);
    fails(folder.path(), "pose reach t r.json --part head --to 0,0", 2, &["0.3,1.2,0.4"]);
    std::fs::write(folder.path().join("bad.vpd"), "hello").unwrap();
    fails(folder.path(), "pose convert bad.vpd b.json", 1, &["bad.vpd", "no MMD pose"]);
    fails(folder.path(), "pose convert bad.vpd b.json --figure FIGURE", 1, &["bad.vpd", "no MMD pose"]);
}

/// The data folder can be put elsewhere by the environment on Linux alone.
#[cfg(target_os = "linux")]
#[test]
fn own_poses_are_listed_used_renamed_and_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let run = |line: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_settei"))
            .current_dir(folder.path())
            .env("XDG_DATA_HOME", folder.path().join("data"))
            .args(line.split_whitespace())
            .output()
            .unwrap();
        (output.status.code(), text(&output.stdout) + &text(&output.stderr))
    };
    assert_eq!(run("pose mirror wave other-hand.json").0, Some(0));
    assert_eq!(run("pose keep other-hand.json").0, Some(0));
    assert_eq!(run("pose keep wave --name wave"), (Some(0), "kept as wave 2\n".into()));
    let (_, listed) = run("pose list");
    assert!(
        listed.starts_with("t\na\nstand\n") && listed.ends_with("other-hand  (your own)\nwave 2  (your own)\n"),
        "{listed}"
    );
    assert!(run("--json pose list").1.contains(r#""own":["other-hand","wave 2"]"#));

    assert_eq!(run("pose mirror other-hand back.json").0, Some(0));
    let back = settei::pose::Pose::load(&folder.path().join("back.json")).unwrap();
    let wave = settei::pose::library::find("wave").unwrap().1;
    assert!(back.bones.iter().all(|(bone, turn)| turn.angle_between(wave.rotation(*bone)) < 1e-3));
    // What the window keeps is the same.
    let poses = settei::pose::OwnPoses::at(folder.path().join("data/settei/poses"));
    assert_eq!(poses.list().0.len(), 2);

    assert_eq!(run("pose rename other-hand left-handed").0, Some(0));
    assert_eq!(run("pose delete left-handed").0, Some(0));
    let (code, said) = run("pose delete left-handed");
    assert!(code == Some(2) && said.contains("wave 2"), "{said}");
    let (code, said) = run("pose mirror left-handed x.json");
    assert!(code == Some(2) && said.contains("lie, wave 2;"), "{said}");
}

#[test]
fn a_pose_becomes_a_udp_of_the_size_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    for (format, size) in [("npz", "48x96"), ("exr", "96x48"), ("png", "64")] {
        succeeds(
            folder.path(),
            &format!("udp --figure FIGURE --pose t Sit --size {size} --raster cpu --format {format} --out {format}"),
        );
        for name in ["t", "sit"] {
            let udp = Udp::load(&folder.path().join(format).join(format!("{name}.{format}"))).unwrap();
            let (width, height) = size.split_once('x').unwrap_or((size, size));
            assert_eq!((udp.width_px.to_string(), udp.height_px.to_string()), (width.to_owned(), height.to_owned()));
            assert!(udp.surface_points() > 100, "{name}.{format} shows {} points", udp.surface_points());
        }
    }
}

#[test]
fn a_folder_with_other_files_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let command = "udp --figure FIGURE --pose t --size 32 --raster cpu --out mine";
    std::fs::create_dir(folder.path().join("mine")).unwrap();
    let own = folder.path().join("mine").join("t.npz");
    std::fs::write(&own, "an artist's work").unwrap();
    fails(folder.path(), command, 1, &["mine", "--overwrite"]);
    assert_eq!(std::fs::read_to_string(&own).unwrap(), "an artist's work");
    succeeds(folder.path(), &format!("{command} --overwrite"));
    assert!(Udp::load(&own).is_ok());
    // What the command made itself it may make again.
    succeeds(folder.path(), "udp --figure FIGURE --pose t --size 32 --raster cpu --out new");
    succeeds(folder.path(), "udp --figure FIGURE --pose t --size 32 --raster cpu --out new");
}

#[test]
fn a_figures_sheet_draws_it_in_another_pose() {
    let folder = tempfile::tempdir().unwrap();
    let said = succeeds(folder.path(), "--json sheet --figure FIGURE --views 2 --size 96 --raster cpu --out sheet");
    let events = events(&said);
    let wrote = events.iter().filter(|event| matches!(event, Event::Wrote { path } if path.contains("sheet"))).count();
    assert_eq!(wrote, 4, "two views, each with its UDP: {events:?}");
    assert!(matches!(events.last(), Some(Event::Done { .. })));
    assert!(events.iter().any(|event| matches!(event, Event::Progress { done: 2, total: 2, .. })));

    succeeds(folder.path(), "udp --figure FIGURE --pose walk --size 80x120 --raster cpu --out poses");
    let said =
        succeeds(folder.path(), "render --sheet sheet --udp poses/walk.npz --confidence --contributions --out one");
    assert!(said.contains(" is front") && said.contains(" is back"), "the colours of the drawings: {said}");
    let straight = image::open(folder.path().join("one/walk.png")).unwrap().into_rgba8();
    assert_eq!(straight.dimensions(), (80, 120));
    assert!(straight.pixels().filter(|p| p[3] > 200).count() > 800);
    assert!(folder.path().join("one/walk.confidence.png").exists());
    let contributions = image::open(folder.path().join("one/walk.contributions.png")).unwrap().into_rgba8();
    assert_eq!(contributions.dimensions(), (80, 120));
    assert!(contributions.pixels().filter(|p| p[3] > 128).count() > 400);

    succeeds(folder.path(), "render --sheet sheet --udp poses/walk.npz --premultiplied --out two");
    let premultiplied = image::open(folder.path().join("two/walk.png")).unwrap().into_rgba8();
    for (s, p) in straight.pixels().zip(premultiplied.pixels()) {
        assert_eq!(s[3], p[3]);
        assert!(p[0] <= p[3] && p[1] <= p[3] && p[2] <= p[3], "{p:?} is not premultiplied");
    }

    let line = "render --sheet sheet --figure FIGURE --pose walk --picture-size 80x120 --raster cpu --out three";
    succeeds(folder.path(), line);
    let posed = image::open(folder.path().join("three/walk.png")).unwrap().into_rgba8();
    // A figure tells its materials apart, which a UDP file can't: the outline is the same, the colours nearly so.
    let (mut inside, mut other) = (0, 0);
    for (a, b) in posed.pixels().zip(straight.pixels()) {
        assert!(a[3].abs_diff(b[3]) <= 16, "{a:?} {b:?}");
        if a[3] > 128 {
            inside += 1;
            other += usize::from((0..3).any(|i| a[i].abs_diff(b[i]) > 24));
        }
    }
    assert!(inside > 1500 && other * 8 < inside, "{other} of {inside} pixels differ");
}

#[test]
fn drawings_without_udps_are_looked_at_by_the_programs_own_detector() {
    let folder = tempfile::tempdir().unwrap();
    succeeds(folder.path(), "sheet --figure FIGURE --views 1 --size 96 --raster cpu --out sheet");
    std::fs::remove_file(folder.path().join("sheet/front.udp.npz")).unwrap();
    succeeds(folder.path(), "udp --figure FIGURE --pose walk --size 64 --raster cpu --out poses");
    succeeds(folder.path(), "render --sheet sheet --udp poses/walk.npz --view front --out o");
    let painted = image::open(folder.path().join("o/walk.png")).unwrap().into_rgba8();
    assert!(painted.pixels().filter(|p| p[3] > 128).count() > 300);
}

#[test]
fn motions_are_named_wherever_they_are_given() {
    let folder = tempfile::tempdir().unwrap();
    let moving = r#"{"asset": {"version": "2.0"}, "animations": [{"channels": [], "samplers": []}]}"#;
    for (name, text) in [("dance.vmd", "Vocaloid Motion Data 0002"), ("wave.vrma", moving), ("run.bvh", "HIERARCHY")] {
        std::fs::write(folder.path().join(name), text).unwrap();
        for line in ["udp --figure NAME --pose t --out o", "pose convert NAME p.json", "cutout NAME --out o"] {
            fails(folder.path(), &line.replace("NAME", name), 1, &[name, "which moves a figure and is none"]);
        }
    }
    std::fs::write(folder.path().join("idle.gltf"), moving).unwrap();
    fails(
        folder.path(),
        "udp --figure idle.gltf --pose t --out o",
        1,
        &["idle.gltf", "which moves a figure and is none"],
    );
}

#[test]
fn the_examples_licence_is_the_same_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let licence = settei::example::LICENCE;
    let of = |figure: settei::figure::Figure| figure.licence.terms.into_iter().any(|(_, term)| term == licence);
    assert!(of(settei::example::figure().unwrap()), "the built-in figure");
    let made = settei::example::generate(&settei::example::CharacterParams::random(5)).unwrap();
    assert!(of(settei::figure::from_bytes("made.vrm", &made).unwrap()), "what the generator makes");
    for text in [
        succeeds(folder.path(), "doctor"),
        succeeds(folder.path(), "help example"),
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap(),
    ] {
        let words: Vec<&str> = text.split_whitespace().collect();
        assert!(words.join(" ").contains(licence), "{text}");
    }
}

#[test]
fn a_projects_picture_names_every_texture_that_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bare.obj");
    std::fs::write(folder.path().join("bare.mtl"), "newmtl a\nmap_Kd skin.png\nnewmtl b\nmap_Kd tex/hair.png\n")
        .unwrap();
    let obj = "mtllib bare.mtl\nv 0 0 0\nv 1 0 0\nv 0 2 0\nvt 0 0\nusemtl a\nf 1/1 2/1 3/1\nusemtl b\nf 1/1 3/1 2/1\n";
    std::fs::write(&path, obj).unwrap();
    let figure = Some(settei::project::FigureSource::File(path));
    let project = settei::project::Project { frame_px: [64, 64], figure, ..settei::project::Project::example() };
    project.save(&folder.path().join("hero.settei")).unwrap();
    let output = settei(folder.path(), "project render hero.settei --raster cpu --out pictures");
    let said = text(&output.stderr);
    assert!(said.contains("skin.png") && said.contains("hair.png"), "{said}");
}

#[test]
fn the_demo_needs_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    succeeds(folder.path(), "demo --raster cpu --size 192");
    let demo = folder.path().join("settei-demo");
    let pictures = std::fs::read_dir(&demo)
        .unwrap()
        .filter(|e| e.as_ref().unwrap().path().extension().is_some_and(|extension| extension == "png"));
    assert_eq!(pictures.count(), 14, "of two characters six poses and the contact sheet");
}

#[test]
fn the_doctor_answers_on_any_machine() {
    let folder = tempfile::tempdir().unwrap();
    assert!(succeeds(folder.path(), "doctor").contains("processor"));
    let said = succeeds(folder.path(), "--json doctor");
    let [Event::Doctor(doctor), Event::Done { .. }] = &*events(&said) else { panic!("{said}") };
    assert!(doctor.memory_bytes > 0 && doctor.auto.contains("chosen automatically"), "{doctor:?}");
}

#[test]
fn the_example_becomes_files_that_other_commands_take() {
    let folder = tempfile::tempdir().unwrap();
    succeeds(folder.path(), "example --out mio");
    let line = "render --sheet mio --figure mio/mio.vrm --pose dance --size 128 --raster cpu --out pictures";
    succeeds(folder.path(), line);
    assert!(folder.path().join("pictures/dance.png").exists());
    succeeds(folder.path(), "example --drawn --out rin");
    let mut drawn: Vec<_> =
        std::fs::read_dir(folder.path().join("rin")).unwrap().map(|e| e.unwrap().file_name()).collect();
    drawn.sort();
    let names = ["rin-back.png", "rin-front.png", "rin-side.png", "rin-three-quarter.png", "rin.json", "rin.vrm"];
    assert_eq!(drawn[1..], names, "and what was written");
    succeeds(folder.path(), "example --seed 7 --out other");
    let figure = |path: &str| std::fs::read(folder.path().join(path)).unwrap();
    assert_ne!(figure("mio/mio.vrm"), figure("other/character.vrm"));
    std::fs::write(folder.path().join("odd.json"), "{\"hair\": {\"lenght\": 2}}").unwrap();
    let output = settei(folder.path(), "example --character odd.json --out odd");
    assert!(text(&output.stderr).contains("odd.json: no field is called hair.lenght"), "{output:?}");
    std::fs::write(folder.path().join("bad.json"), "{\"hair\": 3}").unwrap();
    fails(folder.path(), "example --character bad.json --out third", 2, &["bad.json"]);
}

#[test]
fn projects_are_shown_painted_and_collected() {
    let folder = tempfile::tempdir().unwrap();
    let project = settei::project::Project { frame_px: [96, 128], ..settei::project::Project::example() };
    project.save(&folder.path().join("hero.settei")).unwrap();
    let shown = succeeds(folder.path(), "project show hero.settei");
    assert!(shown.contains("front (built in)") && shown.contains("96×128"), "{shown}");
    succeeds(folder.path(), "project render hero.settei --raster cpu --out pictures");
    let picture = image::open(folder.path().join("pictures/hero.png")).unwrap().into_rgba8();
    assert_eq!(picture.dimensions(), (96, 128));
    assert!(picture.pixels().filter(|p| p.0[3] > 200).count() > 500);
    succeeds(folder.path(), "project collect hero.settei hero.zip");
    fails(folder.path(), "project collect hero.settei hero.zip", 1, &["hero.zip", "choose a new name"]);
    fails(folder.path(), "project show nothing.settei", 1, &["nothing.settei"]);
}

#[test]
fn files_outside_a_projects_folder_are_copied_only_when_the_user_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    std::fs::create_dir(place("home")).unwrap();
    let drawing = |name: &str| {
        settei::example::drawing("front").unwrap().save_png(&place(name)).unwrap();
        let source = settei::project::DrawingSource::File(place(name));
        settei::project::Drawing::new(source)
    };
    let sheet = vec![drawing("home/in.png"), drawing("out.png")];
    let project = settei::project::Project { sheet, ..settei::project::Project::default() };
    project.save(&place("home/p.settei")).unwrap();
    // Nobody is there to answer.
    fails(folder.path(), "project collect home/p.settei a", 2, &["out.png", "--outside take", "--outside leave"]);
    fails(folder.path(), "--json project collect home/p.settei a", 2, &[]);
    assert!(!place("a").exists());
    succeeds(folder.path(), "project collect home/p.settei all --outside take");
    assert!(place("all/drawings/in.png").exists() && place("all/drawings/out.png").exists());
    let output = settei(folder.path(), "project collect home/p.settei some --outside leave");
    assert!(output.status.success() && text(&output.stderr).contains("out.png lies outside"), "{output:?}");
    assert!(place("some/drawings/in.png").exists() && !place("some/drawings/out.png").exists());
}

/// Pipes would be waited for without end, devices have none. That this test ends is half of what it asks.
#[cfg(unix)]
#[test]
fn pipes_and_devices_are_no_files() {
    let folder = tempfile::tempdir().unwrap();
    let names = ["w.safetensors", "udpparsernet.pth", "p.json", "p.vpd", "u.npz", "f.vrm", "d.png", "p.settei"];
    assert!(Command::new("mkfifo").current_dir(folder.path()).args(names).status().unwrap().success());
    for (line, name) in [
        ("weights info w.safetensors", "w.safetensors"),
        ("weights info .", "udpparsernet.pth"),
        ("weights convert w.safetensors x.safetensors", "w.safetensors"),
        ("pose convert p.json x.json", "p.json"),
        ("pose convert p.vpd x.json", "p.vpd"),
        ("pose convert p.vpd x.json --figure FIGURE", "p.vpd"),
        ("pose convert t x.vpd --figure f.vrm", "f.vrm"),
        ("example --character p.json --out o", "p.json"),
        ("render --sheet d.png --udp u.npz --out o", "d.png"),
        ("render --sheet d.png --udp u.npz --weights w.safetensors --out o", "d.png"),
        ("udp --figure f.vrm --pose t --raster cpu --out o", "f.vrm"),
        ("udp --figure FIGURE --pose p.json --raster cpu --out o", "p.json"),
        ("cutout d.png --out o", "d.png"),
        ("project show p.settei", "p.settei"),
        ("project render p.settei --out o", "p.settei"),
        ("bench load w.safetensors --rounds 1", "w.safetensors"),
    ] {
        fails(folder.path(), line, 1, &[name]);
    }
    for line in ["example --character /dev/zero --out o", "pose convert /dev/zero x.json", "weights info /dev/zero"] {
        fails(folder.path(), line, 1, &["/dev/zero", "device"]);
    }
    assert!(!folder.path().join("x.json").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn without_a_desktop_the_window_says_so_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let window = |variables: &[(&str, &str)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_settei"));
        for name in ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"] {
            command.env_remove(name);
        }
        let output = command.current_dir(folder.path()).envs(variables.iter().copied()).output().unwrap();
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert_eq!(said.lines().filter(|line| line.starts_with("error: ")).count(), 1, "{said}");
        assert!(said.contains("settei demo") && !said.contains(".rs:") && !said.contains('\u{1b}'), "{said}");
        said
    };
    assert!(window(&[]).contains("neither WAYLAND_DISPLAY nor DISPLAY"));
    assert!(window(&[("WAYLAND_DISPLAY", "/nowhere/wayland-9")]).contains("/nowhere/wayland-9"));
    // X11 is tried, and isn't there either.
    window(&[("WAYLAND_DISPLAY", "/nowhere/wayland-9"), ("DISPLAY", ":987")]);
}

#[test]
fn what_is_neither_a_command_nor_a_file_is_said_so() {
    let folder = tempfile::tempdir().unwrap();
    fails(folder.path(), "rendr", 2, &["no command", "rendr", "render"]);
}

#[test]
fn a_drawing_on_paper_is_cut_out() {
    let folder = tempfile::tempdir().unwrap();
    let drawings = folder.path().join("drawings");
    std::fs::create_dir(&drawings).unwrap();
    let disc = |x: u32, y: u32| (x as i32 - 60).pow(2) + (y as i32 - 50).pow(2) < 30 * 30;
    let mut paper = image::RgbImage::from_pixel(120, 100, image::Rgb([250, 248, 240]));
    paper.enumerate_pixels_mut().filter(|(x, y, _)| disc(*x, *y)).for_each(|(_, _, p)| p.0 = [40, 90, 160]);
    paper.save(drawings.join("hero.png")).unwrap();
    paper.save(drawings.join("hero.bmp")).unwrap();
    let before = std::fs::read(drawings.join("hero.png")).unwrap();

    let check = |name: &str| {
        let cut = image::open(folder.path().join(name)).unwrap().into_rgba8();
        let wrong = cut.enumerate_pixels().filter(|(x, y, p)| (p[3] >= 128) != disc(*x, *y)).count();
        assert_eq!(wrong, 0, "{name}");
        assert_eq!(cut.get_pixel(60, 50).0, [40, 90, 160, 255]);
    };
    let said = succeeds(folder.path(), "cutout drawings --out flooded");
    assert!(said.contains("hero.png") && said.contains("hero-2.png"), "{said}");
    check("flooded/hero.png");
    check("flooded/hero-2.png");
    assert_eq!(std::fs::read(drawings.join("hero.png")).unwrap(), before, "the original is untouched");

    let mut strokes = image::RgbaImage::new(120, 100);
    (50..70).for_each(|x| strokes.get_pixel_mut(x, 50).0 = [0, 255, 0, 255]);
    (10..110).for_each(|x| strokes.get_pixel_mut(x, 5).0 = [255, 0, 0, 255]);
    strokes.save(folder.path().join("strokes.png")).unwrap();
    succeeds(folder.path(), "cutout drawings/hero.png --scribbles strokes.png --out grown");
    check("grown/hero.png");
    // As README prints it, and under the name that says the unit.
    for (option, out) in [("--feather", "soft"), ("--feather-px", "same")] {
        succeeds(folder.path(), &format!("cutout drawings/hero.png --tolerance 6 {option} 1 --out {out}"));
    }
    let soft = std::fs::read(folder.path().join("soft/hero.png")).unwrap();
    assert_eq!(std::fs::read(folder.path().join("same/hero.png")).unwrap(), soft);
    let help = succeeds(folder.path(), "help cutout");
    assert!(help.contains("--feather <PX>") && help.contains("--close-gaps <PX>"), "{help}");

    fails(folder.path(), "render --sheet drawings --figure FIGURE --pose t --out o", 1, &["hero", "settei cutout"]);
    fails(folder.path(), "cutout drawings --scribbles strokes.png --out o", 2, &["--scribbles", "one"]);
    fails(folder.path(), "cutout drawings/hero.png --method watershed --out o", 2, &["--scribbles"]);
    fails(folder.path(), "cutout drawings/hero.png --tolerance nan --out o", 2, &["0 to 100"]);
    image::RgbaImage::new(5, 5).save(folder.path().join("small.png")).unwrap();
    fails(folder.path(), "cutout drawings/hero.png --scribbles small.png --out o", 1, &["5×5", "120×100"]);
    std::fs::write(folder.path().join("broken.png"), "no picture").unwrap();
    fails(folder.path(), "cutout broken.png --out o", 1, &["broken.png"]);
    fails(folder.path(), "cutout drawings/hero.png --out drawings", 1, &["drawings", "--overwrite"]);
}

#[test]
fn a_cut_out_that_went_wrong_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let noise =
        image::RgbImage::from_fn(80, 80, |x, y| image::Rgb([(x * 91 + y * 57) as u8, (x * y) as u8, (y * 77) as u8]));
    noise.save(folder.path().join("scene.png")).unwrap();
    image::RgbImage::from_pixel(80, 80, image::Rgb([255; 3])).save(folder.path().join("empty.png")).unwrap();
    let output = settei(folder.path(), "cutout scene.png empty.png --out o");
    let said = text(&output.stderr);
    assert!(said.contains("scene.png: nothing was removed") && said.contains("empty.png: nothing is left"), "{said}");
}
