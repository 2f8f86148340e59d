//! Frames of a project: painted so that a farm can trust them, and encoded for other programs.

use super::cli::{events, fails, settei, succeeds, text};
use image::AnimationDecoder as _;
use settei::events::Event;
use settei::export::kept::fingerprint;
use settei::pose::library;
use settei::project::{Animation, Project};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

/// A small project in which somebody goes from a stand into a run and sits down.
fn project() -> Project {
    let mut animation = Animation { fps: 12.0, ..Animation::default() };
    for (frame, name) in [(0, "stand"), (6, "run"), (11, "sit")] {
        animation.keys.set(frame, library::find(name).unwrap().1);
    }
    let mut project = Project { frame_px: [48, 64], animation, ..Project::example() };
    // One drawing is enough, and quicker read than four.
    project.sheet.truncate(1);
    project
}

pub(super) fn furnish(folder: &Path) {
    project().save(&folder.join("hero.settei")).unwrap();
}

/// Frames that a command told of: by number whether they were there before.
fn frames(said: &str) -> BTreeMap<i64, bool> {
    let frame = |event: Event| match event {
        Event::Frame { frame, cached, path, .. } => {
            assert!(Path::new(&path).file_name().is_some());
            Some((frame, cached))
        }
        _ => None,
    };
    events(said).into_iter().filter_map(frame).collect()
}

pub(super) fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let read =
        |entry: std::fs::DirEntry| (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap());
    std::fs::read_dir(folder).unwrap().map(|entry| read(entry.unwrap())).collect()
}

#[test]
fn frames_are_painted_once_and_anew_where_they_show_something_else() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    furnish(folder);
    let render = "--json project render hero.settei --raster cpu --frames 0-8:4,11 --out frames";
    assert_eq!(frames(&succeeds(folder, render)), [(0, false), (4, false), (8, false), (11, false)].into());
    let names: Vec<_> = contents(&folder.join("frames")).into_keys().collect();
    assert_eq!(names, ["hero_0000.png", "hero_0004.png", "hero_0008.png", "hero_0011.png"]);
    assert_eq!(fingerprint(&folder.join("frames/hero_0004.png")).unwrap().len(), 16);

    // More frames: those that are there stay, one that was taken away comes back as it was.
    let before = contents(&folder.join("frames"));
    std::fs::remove_file(folder.join("frames/hero_0008.png")).unwrap();
    let more = "--json project render hero.settei --raster cpu --frames 0,8-11:3 --out frames";
    assert_eq!(frames(&succeeds(folder, more)), [(0, true), (8, false), (11, true)].into());
    assert_eq!(contents(&folder.join("frames")), before);

    // Another key changes the frames before and after it alone; another size all.
    let mut changed = project();
    changed.animation.keys.set(11, library::find("wave").unwrap().1);
    changed.save(&folder.join("hero.settei")).unwrap();
    let again = frames(&succeeds(folder, render));
    assert_eq!(again, [(0, true), (4, true), (8, false), (11, false)].into());
    let larger = format!("{render} --picture-size 60x80");
    assert!(frames(&succeeds(folder, &larger)).values().all(|cached| !cached));

    // On threes what is held is a copy; names as somebody wants them.
    let on =
        "project render hero.settei --raster cpu --frames 0-5 --on 3 --name {project}-a{frame:02}.png --out threes";
    succeeds(folder, on);
    let held = contents(&folder.join("threes"));
    assert_eq!(held.len(), 6);
    assert_eq!(held["hero-a03.png"], held["hero-a05.png"]);
    assert_ne!(held["hero-a02.png"], held["hero-a03.png"]);

    std::fs::write(folder.join("threes/mine.txt"), "mine").unwrap();
    fails(folder, on, 1, &["mine.txt", "--overwrite"]);
    fails(folder, "project render hero.settei --frames 0 --name a.png --out o", 2, &["{frame:04}"]);
    fails(folder, "project render hero.settei --name {frame}.png --out o", 2, &["--frames"]);
}

#[cfg(unix)]
fn worker(folder: &Path, last: usize) -> Child {
    let line = format!("--json project render hero.settei --raster cpu --frames 0-{last} --out frames");
    Command::new(env!("CARGO_BIN_EXE_settei"))
        .current_dir(folder)
        .args(line.split(' '))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Waits until a worker has looked at the drawings and begins to paint; what it says from then on.
#[cfg(unix)]
fn paints(worker: &mut Child) -> BufReader<ChildStdout> {
    let mut said = BufReader::new(worker.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("painting frames") {
        line.clear();
        assert!(said.read_line(&mut line).unwrap() > 0, "it ended");
    }
    said
}

/// Frames that are there under their names.
#[cfg(unix)]
fn kept(frames: &Path) -> BTreeMap<String, Vec<u8>> {
    let all = if frames.exists() { contents(frames) } else { BTreeMap::new() };
    all.into_iter().filter(|(name, _)| !name.starts_with('.')).collect()
}

/// Two workers in one folder, both killed so long after one of them began to paint; then two that come to the end.
#[cfg(unix)]
fn kill_workers(count: usize, waits_ms: impl IntoIterator<Item = u64>) {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let mut project = project();
    project.animation.keys.set(count as i64 - 1, library::find("wave").unwrap().1);
    project.save(&folder.join("hero.settei")).unwrap();
    let last = count - 1;
    succeeds(folder, &format!("project render hero.settei --raster cpu --frames 0-{last} --out undisturbed"));
    let undisturbed = contents(&folder.join("undisturbed"));
    assert_eq!(undisturbed.len(), count);
    let frames_folder = folder.join("frames");
    for wait_ms in waits_ms {
        let mut two = [worker(folder, last), worker(folder, last)];
        let _said = paints(&mut two[0]);
        std::thread::sleep(Duration::from_millis(wait_ms));
        two.iter_mut().for_each(|worker| worker.kill().unwrap());
        assert!(two.iter_mut().all(|worker| worker.wait().is_ok()));
        let left = kept(&frames_folder);
        for (name, bytes) in &left {
            assert!(undisturbed[name] == *bytes, "{name} is whole and as it should be");
        }
        println!("after {wait_ms} ms: {} frames", left.len());
        if left.len() == count {
            std::fs::remove_dir_all(&frames_folder).unwrap();
        }
    }
    let before = kept(&frames_folder).len();
    let two = [worker(folder, last), worker(folder, last)].map(|worker| worker.wait_with_output().unwrap());
    let told: Vec<_> = two.iter().map(|output| frames(&text(&output.stdout))).collect();
    assert!(two.iter().all(|output| output.status.success()));
    // Each worker comes to all frames, and what was not there was painted by one of them.
    assert!(told.iter().all(|told| told.len() == count));
    let painted = told.iter().flat_map(BTreeMap::values).filter(|cached| !**cached).count();
    assert_eq!(painted, count - before);
    assert!(contents(&frames_folder) == undisturbed, "nothing hidden is left either");
}

#[test]
#[cfg(unix)]
fn workers_that_are_killed_leave_whole_frames_and_a_rerun_paints_the_rest() {
    kill_workers(12, [5, 40]);
}

#[test]
#[cfg(unix)]
#[ignore = "takes minutes: tests/run --test rooms forty_kills -- --ignored"]
fn forty_kills_leave_whole_frames() {
    let lot = |i: u64| i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
    kill_workers(60, (1..=40).map(|i| lot(i) % 400));
}

#[test]
#[cfg(unix)]
fn a_worker_that_is_asked_to_stop_leaves_nothing_half() {
    let folder = tempfile::tempdir().unwrap();
    furnish(folder.path());
    let mut worker = worker(folder.path(), 11);
    let frames = folder.path().join("frames");
    let there =
        || frames.read_dir().is_ok_and(|mut e| e.any(|e| e.unwrap().path().extension().is_some_and(|e| e == "png")));
    while !there() && worker.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(5));
    }
    let asked = Command::new("kill").args(["-TERM", &worker.id().to_string()]).status().unwrap();
    let ended = worker.wait_with_output().unwrap();
    if asked.success() && !ended.status.success() {
        assert_eq!(ended.status.code(), Some(143));
        assert!(matches!(events(&text(&ended.stdout)).last(), Some(Event::Stopped { .. })));
    }
    for (name, bytes) in contents(&frames) {
        assert!(name.starts_with('.') || image::load_from_memory(&bytes).is_ok(), "{name}");
    }
}

#[test]
fn painted_frames_and_projects_are_encoded() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    furnish(folder);
    // The project is painted first, on twos: six drawings at the project's rate.
    let said = succeeds(folder, "project encode hero.settei --raster cpu --frames 0-11 --on 2 --to out/hero.webp");
    assert!(said.contains("hero.webp"), "{said}");
    let bytes = std::fs::read(folder.join("out/hero.webp")).unwrap();
    let decoder = image::codecs::webp::WebPDecoder::new(std::io::Cursor::new(bytes)).unwrap();
    let shown = decoder.into_frames().collect_frames().unwrap();
    let delays: Vec<u64> = shown.iter().map(|frame| Duration::from(frame.delay()).as_millis() as u64).collect();
    assert_eq!(delays.iter().sum::<u64>(), 1000);
    assert_eq!(shown.len(), 6);
    // Its painted frames are kept beside it: another encoding paints nothing.
    assert_eq!(contents(&folder.join("out/hero-frames")).len(), 12);
    let again = succeeds(
        folder,
        "--json project encode hero.settei --raster cpu --frames 0-11 --on 2 --for chat --to out/hero",
    );
    assert!(frames(&again).values().all(|cached| *cached) && folder.join("out/hero.gif").exists());
    succeeds(folder, "project encode out/hero-frames --for games --to sprites");
    assert!(folder.join("sprites.json").exists() && folder.join("sprites.png").exists());
    succeeds(folder, "project encode out/hero-frames/hero_0000.png --for clip-studio --fps 12 --to cut");
    let cels = contents(&folder.join("cut"));
    assert!(cels.contains_key("hero.xdts") && cels.contains_key("A0006.png") && !cels.contains_key("A0007.png"));

    // What is there stays, and mistakes are told with their remedy.
    fails(folder, "project encode out/hero-frames --to out/hero.gif", 1, &["hero.gif is there already", "--overwrite"]);
    succeeds(folder, "project encode out/hero-frames --to out/hero.gif --overwrite --background #ff8800");
    fails(folder, "project encode out/hero-frames --to hero.avi", 2, &["hero.avi", ".webp", "--for"]);
    fails(folder, "project encode out/hero-frames --for web --to hero.gif", 2, &["hero.gif", ".webp"]);
    fails(folder, "project encode out --to hero.gif", 1, &["out holds no numbered pictures"]);
    fails(folder, "project encode out/hero-frames --frames 1-2 --to a.gif", 2, &["name one (.settei)"]);
    fails(folder, "project encode out/hero-frames --sound a.wav --to a.gif", 2, &["--sound"]);
    Project::example().save(&folder.join("still.settei")).unwrap();
    fails(folder, "project encode still.settei --to a.gif", 2, &["nothing moves in still.settei"]);
    assert!(!folder.join("a.gif").exists());
    let without = Command::new(env!("CARGO_BIN_EXE_settei"))
        .current_dir(folder)
        .env("PATH", "")
        .args(["project", "encode", "out/hero-frames", "--for", "after-effects", "--to", "a.mov"])
        .output()
        .unwrap();
    let said = text(&without.stderr);
    assert!(!without.status.success() && said.contains("ffmpeg.org") && said.contains(".webp"), "{said}");
    assert!(settei(folder, "project encode --help").status.success());
}

#[test]
fn layers_lie_beside_the_frames_and_skeletons_need_no_drawings() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    furnish(folder);
    let render =
        "--json project render hero.settei --raster cpu --frames 0,11 --layers depth,openpose-json --out frames";
    assert_eq!(frames(&succeeds(folder, render)), [(0, false), (11, false)].into());
    let places =
        ["frames/hero_0011.png", "frames/depth/hero_0011.exr", "frames/openpose-json/hero_0011_keypoints.json"];
    let before = places.map(|place| std::fs::read(folder.join(place)).unwrap());
    assert_eq!(places.map(|place| fingerprint(&folder.join(place)).unwrap().len()), [16; 3]);
    // All of it is kept, and a layer that is wanted later joins it.
    let more = frames(&succeeds(folder, &format!("{render} --layers toon")));
    assert_eq!(more, [(0, false), (11, false)].into(), "toon alone");
    assert_eq!(places.map(|place| std::fs::read(folder.join(place)).unwrap()), before);
    assert!(frames(&succeeds(folder, render)).values().all(|cached| *cached));
    succeeds(folder, "project encode frames/toon --to toon.gif");

    // No drawing is there, and none is looked for.
    Project { sheet: Vec::new(), ..project() }.save(&folder.join("bare.settei")).unwrap();
    succeeds(folder, "project render bare.settei --raster cpu --frames 6 --layers ids,lines --only-layers --out drawn");
    assert_eq!(contents_names(&folder.join("drawn")), ["ids", "lines"]);
    succeeds(folder, "project encode bare.settei --raster cpu --frames 0-11:6 --for controlnet --to skeletons");
    let skeleton = image::open(folder.join("skeletons/bare_0002.png")).unwrap().to_rgba8();
    assert!(skeleton.dimensions() == (48, 64) && skeleton.pixels().any(|pixel| pixel.0[..3] != [0; 3]));
    fails(folder, "project encode frames --for controlnet --to no", 2, &["drawn from a project"]);
    fails(folder, "project render hero.settei --layers toon --out no", 2, &["--frames"]);
    fails(folder, "project render hero.settei --frames 1 --only-layers --out no", 2, &["--layers"]);
}

fn contents_names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_bake_of_a_project_spares_the_swinging_and_knows_when_it_is_stale() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    furnish(folder);
    succeeds(folder, "project bake hero.settei --frames 3-8 --on 2 --out hero.bake");
    let render = |more: &str, out: &str| {
        let line = format!("project render hero.settei --raster cpu --frames 7 --on 2 {more} --out {out}");
        succeeds(folder, &line);
        contents(&folder.join(out))["hero_0007.png"].clone()
    };
    assert_eq!(render("", "alone"), render("--bake hero.bake", "baked"));
    let baked = "project render hero.settei --raster cpu --on 2 --bake hero.bake --out no --frames";
    fails(folder, &format!("{baked} 10"), 1, &["no frame 10", "project bake"]);
    fails(folder, "project bake hero.settei --out hero.bake", 1, &["hero.bake is there already"]);
    let mut changed = project();
    changed.animation.keys.set(8, library::find("wave").unwrap().1);
    changed.save(&folder.join("hero.settei")).unwrap();
    fails(folder, &format!("{baked} 6"), 1, &["hero.bake was baked for", "bake again"]);
    // The same project in another place is the same.
    project().save(&folder.join("elsewhere.settei")).unwrap();
    succeeds(folder, "project render elsewhere.settei --raster cpu --frames 6 --bake hero.bake --out elsewhere");
}

#[test]
fn a_turntable_is_a_sprite_sheet_of_all_directions() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    furnish(folder);
    let encode = "project encode hero.settei --raster cpu --frames 0-11:11 --for games --turntable 4 --to turns";
    assert!(succeeds(folder, encode).contains("2 columns, 4 rows"));
    let list: serde_json::Value = serde_json::from_slice(&std::fs::read(folder.join("turns.json")).unwrap()).unwrap();
    let names: Vec<&String> = list["animations"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["hero-000", "hero-090", "hero-180", "hero-270"]);
    let sheet = image::open(folder.join("turns.png")).unwrap().to_rgba8();
    assert_eq!(sheet.dimensions(), (96, 256));
    let row = |i: u32| image::imageops::crop_imm(&sheet, 0, 64 * i, 96, 64).to_image();
    assert!((0..4).all(|i| row(i).pixels().any(|pixel| pixel.0[3] > 0) && row(i) != row((i + 1) % 4)));
    assert_eq!(contents(&folder.join("turns-frames")).len(), 8);
    fails(folder, "project encode hero.settei --turntable 4 --to a.gif", 2, &["--turntable", "GIF"]);
    fails(folder, "project encode turns-frames/hero-000_0000.png --turntable 4 --for games --to a", 2, &["name one"]);
}
