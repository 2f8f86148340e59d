//! Every command that README and the help texts print does what they promise: each is run, as printed and in the printed
//! order, in a folder that holds what a reader would have there.
#![cfg(unix)]

use super::cli::{FIGURE, made_up_weights, settei, text};
use super::figures_mmd::write::{PLAIN, pmx};
use settei::motion::{Take, bvh, vmd};
use settei::picture::Picture;
use settei::pose::library;
use settei::project::{Animation, Drawing, DrawingSource, FigureSource, Project, Tracing};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// Printed, but not run here, and why.
const NOT_RUN: &[(&str, &str)] = &[
    ("settei", "it opens the window; tests/studio does that"),
    ("settei FILE", "the window, with any file"),
    ("settei hero.vrm front.png back.png", "the window again"),
    ("settei hero.settei", "the window again"),
    ("settei train new --out my-training", "it learns for a night"),
    ("settei train new --preset overnight --out my-training", "it learns for a night"),
    ("settei train pause my-training", "nothing learns here"),
    ("settei train resume my-training", "it learns for a night"),
    ("settei train export my-training --out detector.safetensors", "nothing was learned here"),
    (
        "settei standin fit --sheet my-sheet --out like-mine.json",
        "it takes a minute or more; tests/rooms/standin.rs does it, asked by name",
    ),
    ("settei standin fit --sheet front.png back.png --view front back --out like-mine.json", "likewise"),
    (
        "settei detect --video dance.mp4 --fps 8 --view front --out dance-udps",
        "ffmpeg may not be there; video.rs does it",
    ),
    ("settei pose --from-video dance.mp4 --fps 12 --out dance.vrma", "ffmpeg may not be there; video.rs does it"),
    (
        "settei project encode painted-frames --for after-effects --to hero.mov",
        "ffmpeg may not be there; the unit tests of the export room do it",
    ),
    ("settei project encode painted-frames --sound song.wav --sound-at=-2.5 --to hero-sings.mkv", "likewise"),
    ("settei live --vmc 39539 --seconds 10", "it hears whoever sends, for a while; tests/rooms/vmc.rs sends"),
    ("settei live --record take.vmd --figure hero.vrm --calibrate 5", "likewise"),
    ("settei live --any-address --smooth medium --record take.vrma --seconds 30", "likewise"),
    ("settei experiment tables --only 1,4,messages --budget quick --out my-tables", "it learns for hours"),
    ("settei experiment psgan --budget quick --seeds 3 --out my-psgan", "it learns for nights"),
    (
        "settei experiment psgan --weights psgan.safetensors --budget try --out measured",
        "tests/rooms/experiments.rs does it",
    ),
    ("settei experiment row messages-0 --budget try --out tried", "tests/rooms/experiments.rs does the like"),
    ("settei bench likeness --page likeness.png", "it draws 48 pictures, which takes minutes"),
    ("settei bench likeness --views front,three-quarter-left --figure hero.vrm", "48 pictures as well"),
    ("settei bench likeness --found --engine landmark", "48 pictures as well"),
];

const WHOLE: &str = include_str!("../../README.md");

/// The commands between the README's fences, and those that its text names.
fn printed_in_readme() -> (Vec<String>, Vec<String>) {
    let (mut fenced, mut named) = (Vec::new(), Vec::new());
    for (i, part) in WHOLE.split("```").enumerate() {
        if i % 2 == 1 {
            fenced.extend(part.lines().filter(|line| line.starts_with("settei")).map(str::to_owned));
        } else {
            named.extend(spans(part));
        }
    }
    (fenced, named)
}

/// What stands in backticks and begins with the program's name.
fn spans(text: &str) -> impl Iterator<Item = String> {
    let words = |span: &str| span.split_whitespace().collect::<Vec<_>>().join(" ");
    let spans = text.split('`').skip(1).step_by(2).map(words);
    spans.filter(|span| span == "settei" || span.starts_with("settei ")).collect::<Vec<_>>().into_iter()
}

/// The indented examples of a help text, whose long lines are wrapped, and the commands that the rest names.
fn printed_in_help(help: &str) -> (Vec<String>, Vec<String>) {
    let (before, examples) = help.split_once("Example").unwrap_or((help, ""));
    let mut commands: Vec<String> = Vec::new();
    for line in examples.lines().skip(1) {
        match commands.last_mut() {
            _ if line.starts_with("  settei ") => commands.push(line.trim().to_owned()),
            Some(last) if !line.trim().is_empty() => *last = format!("{last} {}", line.trim()),
            _ => {}
        }
    }
    (commands, spans(before).collect())
}

/// The help texts of the program, of each command and of each command's commands.
fn help_texts(folder: &Path) -> Vec<(String, String)> {
    let mut texts = Vec::new();
    let mut wanted = vec![String::new()];
    while let Some(command) = wanted.pop() {
        let output = settei(folder, &format!("help {command}"));
        assert!(output.status.success(), "settei help {command}");
        let help = text(&output.stdout);
        let list = help.split_once("Commands:\n").map_or("", |(_, rest)| rest.split("\n\n").next().unwrap_or_default());
        let names = list.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
        let names = names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help");
        wanted.extend(names.map(|name| format!("{command} {name}").trim().to_owned()));
        texts.push((command, help));
    }
    texts
}

/// What the examples take for granted: drawings, figures, poses, weights and a project.
fn furnish(folder: &Path) {
    let place = |name: &str| folder.join(name);
    let example = settei::example::sheet().unwrap();
    let small = |name: &str| {
        let whole = image::RgbaImage::from_raw(
            example.views[0].picture.width_px,
            example.views[0].picture.height_px,
            example.views.iter().find(|view| view.name == name).unwrap().picture.pixels.concat(),
        );
        image::imageops::thumbnail(&whole.unwrap(), 192, 256)
    };
    for (drawing, file) in [("front", "front.png"), ("back", "back.png"), ("front", "hero.png")] {
        small(drawing).save(place(file)).unwrap();
    }
    std::fs::create_dir(place("figures")).unwrap();
    for to in ["hero.vrm", "figures/hero.vrm"] {
        std::fs::copy(FIGURE, place(to)).unwrap();
    }
    std::fs::create_dir(place("my-sheet")).unwrap();
    for view in &example.views {
        view.picture.save_png(&place("my-sheet").join(format!("{}.png", view.name))).unwrap();
        view.udp.as_ref().unwrap().save(&place("my-sheet").join(format!("{}.udp.npz", view.name))).unwrap();
    }
    // What somebody painted and found, beside what is true.
    ["painted", "truth", "detected"].iter().for_each(|name| std::fs::create_dir(place(name)).unwrap());
    small("back").save(place("painted/walk.png")).unwrap();
    small("front").save(place("truth/walk.png")).unwrap();
    std::fs::copy(place("my-sheet/back.udp.npz"), place("detected/front.udp.npz")).unwrap();
    for model in ["miku.pmx", "model.pmx"] {
        std::fs::write(place(model), pmx(&PLAIN)).unwrap();
    }
    // A disc on paper, and strokes for it.
    let mut paper = image::RgbImage::from_pixel(192, 256, image::Rgb([250, 248, 240]));
    let disc = |x: u32, y: u32| (x as i32 - 96).pow(2) + (y as i32 - 120).pow(2) < 60 * 60;
    paper.enumerate_pixels_mut().filter(|(x, y, _)| disc(*x, *y)).for_each(|(_, _, p)| p.0 = [40, 90, 160]);
    std::fs::create_dir(place("scans")).unwrap();
    for scan in ["scan.jpg", "front.jpg", "back.jpg", "scans/one.jpg"] {
        paper.save(place(scan)).unwrap();
    }
    let mut strokes = Picture::new(192, 256);
    (90..100).for_each(|x| *strokes.at_mut(x, 120) = [0, 255, 0, 255]);
    (0..192).for_each(|x| *strokes.at_mut(x, 2) = [255, 0, 0, 255]);
    strokes.save_png(&place("strokes.png")).unwrap();
    let (_, pose) = library::find("walk").unwrap();
    pose.save(&place("my-pose.json"), "mine").unwrap();
    assert!(settei(folder, "pose convert walk from-mmd.vpd").status.success());
    assert!(settei(folder, "udp --figure hero.vrm --pose t --size 64 --raster cpu --out poses").status.success());
    let poses = ["stand", "walk"].map(|name| library::find(name).unwrap().1);
    let poses = (0..=60).map(|i| settei::pose::Pose::blend(&poses[0], &poses[1], i as f32 / 60.0)).collect();
    let (figure, take) = (settei::example::figure().unwrap(), Take::new("walk", 30.0, poses));
    let rig = settei::pose::Rig::new(&figure);
    std::fs::write(place("walk.bvh"), bvh::write(&take, &figure, &rig).unwrap()).unwrap();
    std::fs::write(
        place("dance.vmd"),
        vmd::bake(&take.into_clip(), &figure, &rig, vmd::Legs::Led).unwrap().vmd.to_bytes(),
    )
    .unwrap();
    made_up_weights(&place("conr-weights"));
    crate::common::fude::write_tuning(&place("hero.tuned.safetensors"));
    let mut animation = Animation::default();
    for (frame, name) in [(0, "stand"), (24, "walk")] {
        animation.keys.set(frame, library::find(name).unwrap().1);
    }
    let drawing = |name: &str| Drawing::new(DrawingSource::File(place("my-sheet").join(name)));
    Project {
        sheet: vec![drawing("front.png"), drawing("back.png")],
        figure: Some(FigureSource::File(place("hero.vrm"))),
        frame_px: [96, 128],
        animation,
        tracing: Some(Tracing::new(DrawingSource::File(place("my-sheet/front.png")))),
        ..Project::default()
    }
    .save(&place("hero.settei"))
    .unwrap();
}

/// What a reader has before any command: made once.
static FURNITURE: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("furniture");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir(&folder).unwrap();
    furnish(&folder);
    folder
});

/// A folder with the furniture, for each text its own. Files are shared: commands replace them, and change none.
fn furnished() -> tempfile::TempDir {
    fn copy(from: &Path, to: &Path) {
        for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
            let (from, to) = (entry.path(), to.join(entry.file_name()));
            if from.is_dir() {
                std::fs::create_dir(&to).unwrap();
                copy(&from, &to);
            } else {
                std::fs::hard_link(&from, &to).or_else(|_| std::fs::copy(&from, &to).map(drop)).unwrap();
            }
        }
    }
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    copy(&FURNITURE, folder.path());
    folder
}

/// Runs a command as a shell does; the user's own poses are the folder's. The networks draw small pictures: how large is
/// none of the text's business.
fn run(folder: &Path, line: &str) {
    if NOT_RUN.iter().any(|(not_run, _)| *not_run == line) {
        return;
    }
    // What another text's example makes.
    if line.contains("--sheet hero-sheet") && !folder.join("hero-sheet").exists() {
        let made = settei(folder, "sheet --figure hero.vrm --size 128 --raster cpu --out hero-sheet");
        assert!(made.status.success(), "{}", text(&made.stderr));
    }
    let detector = folder.join("detector.safetensors");
    if line.contains("--weights detector.safetensors") && !detector.exists() {
        crate::common::fude::write_detector(&detector);
    }
    let generator = folder.join("psgan.safetensors");
    if line.contains("--weights psgan.safetensors") && !generator.exists() {
        crate::common::psgan::write_generator(&generator);
    }
    let line = line.replace("FILE", "my-pose.json");
    let small = match line.contains("--size") {
        false if line.contains("--weights") => " --size 128",
        false if line.starts_with("settei train measure") => " --size 32",
        false if line == "settei demo" => " --size 128",
        _ => "",
    };
    let program = Path::new(env!("CARGO_BIN_EXE_settei"));
    let path = format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap_or_default());
    let begun = std::time::Instant::now();
    let mut shell = Command::new("sh");
    let output = shell
        .current_dir(folder)
        .env("PATH", path)
        .env("XDG_DATA_HOME", folder.join("data"))
        .args(["-c", &format!("{line}{small}")])
        .output()
        .unwrap();
    assert!(output.status.success(), "{line}\n{}{}", text(&output.stdout), text(&output.stderr));
    println!("{:5.1} s  {line}", begun.elapsed().as_secs_f32());
}

/// A command that a text names: run if it can be as it stands; of a command's mere name, its help is asked for.
fn run_named(folder: &Path, commands: &BTreeSet<String>, named: &str) {
    let words: Vec<&str> = named.split(' ').skip(1).collect();
    match *words {
        _ if NOT_RUN.iter().any(|(not_run, _)| *not_run == named) => {}
        ["help", "COMMAND"] => run(folder, "settei help render"),
        ["help", ..] | ["demo" | "doctor"] => run(folder, named),
        [command, ..] if words.iter().all(|word| commands.contains(*word)) || words.len() == 1 => {
            assert!(commands.contains(command), "{named}: there is no such command");
            run(folder, &format!("settei help {}", words.join(" ")));
        }
        // `settei render --engine landmark`: of a command, what matters here.
        [command, option, ..] if option.starts_with("--") => {
            let help = text(&settei(folder, &format!("help {command}")).stdout);
            assert!(help.contains(option), "{named}");
        }
        _ => run(folder, named),
    }
}

/// The help texts, and the names of all commands.
static HELP: LazyLock<(Vec<(String, String)>, BTreeSet<String>)> = LazyLock::new(|| {
    let helps = help_texts(tempfile::tempdir().unwrap().path());
    assert!(helps.len() > 25, "{}", helps.len());
    let commands = helps.iter().flat_map(|(command, _)| command.split(' ')).map(str::to_owned).collect();
    (helps, commands)
});

/// Runs the examples of each `parts`-th help text from the `part`-th on.
fn run_helps(part: usize, parts: usize) {
    let (helps, commands) = &*HELP;
    let mut examples = 0;
    for (_, help) in helps.iter().skip(part).step_by(parts) {
        let (printed, named) = printed_in_help(help);
        let folder = furnished();
        examples += printed.len();
        printed.iter().for_each(|line| run(folder.path(), line));
        // The demo was run for the README.
        let named = named.iter().filter(|line| *line != "settei demo");
        named.for_each(|line| run_named(folder.path(), commands, line));
    }
    assert!(examples * parts >= 20, "{examples} examples");
}

#[test]
fn every_command_that_the_readme_prints_runs() {
    let folder = furnished();
    let (fenced, named) = printed_in_readme();
    assert!(fenced.len() >= 12 && named.len() >= 8, "{fenced:?} {named:?}");
    fenced.iter().for_each(|line| run(folder.path(), line));
    let named = named.iter().filter(|line| !fenced.contains(line));
    named.for_each(|line| run_named(folder.path(), &HELP.1, line));
}

#[test]
fn every_command_that_help_prints_runs() {
    run_helps(0, 2);
}

#[test]
fn every_command_that_help_prints_runs_also() {
    run_helps(1, 2);
}

/// What is excused must be printed somewhere, or the excuse is stale.
#[test]
fn what_is_excused_is_printed() {
    let (fenced, named) = printed_in_readme();
    for (line, _) in NOT_RUN {
        let said = named.iter().chain(&fenced).any(|named| named == line)
            || HELP.0.iter().any(|(_, help)| {
                help.contains(&format!("`{line}`")) || printed_in_help(help).0.iter().any(|printed| printed == line)
            });
        assert!(said, "nothing prints `{line}` any more");
    }
}
