use super::super::{Drawing, DrawingSource, MotionSource, Take, Tracing};
use super::*;
use crate::picture::Picture;
use crate::progress::Silent;
use crate::udp::Udp;

fn collect(project: &Project, name: &str, target: &Path) -> io::Result<Collected> {
    Collection::of(project, None).write(name, target, &Silent)
}

/// Two drawings of one name in two folders, a sidecar, a missing one, and a figure with a texture.
fn scattered(root: &Path) -> Project {
    for folder in ["a", "b", "figure/textures"] {
        std::fs::create_dir_all(root.join(folder)).unwrap();
    }
    let picture = |shade: u8| Picture { width_px: 1, height_px: 1, pixels: vec![[shade, 0, 0, 255]] };
    for (shade, file) in (1..).zip(["a/front.png", "b/front.png", "figure/textures/skin.png", "figure/unused.png"]) {
        picture(shade).save_png(&root.join(file)).unwrap();
    }
    Udp::new(1, 1).save(&root.join("b/front.udp.npz")).unwrap();
    std::fs::write(root.join("figure/f.mtl"), "newmtl skin\nmap_Kd textures/skin.png\n").unwrap();
    let triangle = "mtllib f.mtl\nusemtl skin\nv 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n";
    std::fs::write(root.join("figure/f.obj"), triangle).unwrap();
    let drawing = |name: &str| Drawing::new(DrawingSource::File(root.join(name)));
    Project {
        sheet: vec![drawing("a/front.png"), drawing("b/front.png"), drawing("gone.png")],
        figure: Some(FigureSource::File(root.join("figure/f.obj"))),
        ..Project::default()
    }
}

fn check(project: &Project) {
    let shade = |drawing: &Drawing| View::open(drawing.source.path().unwrap()).unwrap().picture.pixels[0][0];
    assert_eq!((shade(&project.sheet[0]), shade(&project.sheet[1])), (1, 2));
    assert!(crate::sheet::sidecar(project.sheet[1].source.path().unwrap()).is_some());
    let Some(FigureSource::File(figure)) = &project.figure else { panic!() };
    assert!(figure.with_file_name("textures").join("skin.png").exists());
    assert!(!figure.with_file_name("unused.png").exists(), "the figure doesn't refer to it");
}

#[test]
fn a_folder_holds_everything() {
    let root = tempfile::tempdir().unwrap();
    let project = scattered(root.path());
    let target = root.path().join("collected");
    let collected = collect(&project, "mine", &target).unwrap();
    assert_eq!(collected.left_out, [format!("left out: {} is missing", root.path().join("gone.png").display())]);
    check(&Project::load(&collected.path).unwrap());
    assert!(collect(&project, "mine", &target).is_err(), "it is not empty any more");
}

#[test]
fn a_zip_holds_everything() {
    let root = tempfile::tempdir().unwrap();
    let project = scattered(root.path());
    let target = root.path().join("mine.zip");
    collect(&project, "mine", &target).unwrap();
    let out = root.path().join("out");
    zip::ZipArchive::new(std::fs::File::open(&target).unwrap()).unwrap().extract(&out).unwrap();
    check(&Project::load(&out.join("mine.settei")).unwrap());
    assert!(collect(&project, "mine", &target).is_err());
}

#[test]
fn a_texture_that_is_a_drawing_too_goes_to_both_places() {
    let root = tempfile::tempdir().unwrap();
    let mut project = scattered(root.path());
    let skin = root.path().join("figure/textures/skin.png");
    project.sheet.push(Drawing::new(DrawingSource::File(skin)));
    let collected = collect(&project, "mine", &root.path().join("collected")).unwrap();
    let project = Project::load(&collected.path).unwrap();
    check(&project);
    assert!(project.sheet[3].source.path().unwrap().ends_with("drawings/skin.png"));
}

#[test]
fn nothing_goes_along_that_is_not_what_the_project_takes_it_for() {
    let root = tempfile::tempdir().unwrap();
    let place = |name: &str| root.path().join(name);
    std::fs::create_dir_all(place("home/.ssh")).unwrap();
    for secret in ["home/.ssh/id_rsa", "home/.netrc", "home/notes.png", "home/diary"] {
        std::fs::write(place(secret), "SECRET").unwrap();
    }
    let drawing = |name: &str| Drawing::new(DrawingSource::File(place(name)));
    let mut project = Project {
        sheet: vec![drawing("home/.ssh/id_rsa"), drawing("home/.ssh"), drawing("home/notes.png")],
        figure: Some(FigureSource::File(place("home/.netrc"))),
        tracing: Some(Tracing::new(DrawingSource::File(place("home/diary")))),
        ..Project::default()
    };
    project.painting.weights.set(engine::GraphKind::Conr, Some(place("home")));
    let collected = collect(&project, "mine", &place("out")).unwrap();
    assert_eq!((collected.files, collected.left_out.len()), (0, 6), "{:?}", collected.left_out);
    let root = root.path().to_string_lossy().into_owned();
    assert!(collected.left_out.iter().all(|note| note.matches(&root).count() == 1), "{:?}", collected.left_out);
    assert_eq!(std::fs::read_dir(place("out")).unwrap().count(), 1, "the project alone");
}

#[test]
fn a_stopped_collection_goes_on_where_it_was() {
    let root = tempfile::tempdir().unwrap();
    let project = scattered(root.path());
    let target = root.path().join("collected");
    /// Stops after some files.
    struct After(std::sync::atomic::AtomicU64);
    impl Progress for After {
        fn stage(&self, _: &str, _: u64) {}
        fn advance(&self, steps: u64) {
            self.0.fetch_sub(steps, std::sync::atomic::Ordering::Relaxed);
        }
        fn cancelled(&self) -> bool {
            self.0.load(std::sync::atomic::Ordering::Relaxed) == 0
        }
    }
    let collection = Collection::of(&project, None);
    let stopped = collection.write("mine", &target, &After(2.into())).unwrap_err();
    assert_eq!(stopped.kind(), io::ErrorKind::Interrupted);
    std::fs::write(target.join("drawings/.settei-dead.tmp"), "half").unwrap();
    let first = std::fs::metadata(target.join("drawings/front-2.png")).unwrap().modified().unwrap();

    // Whatever isn't of this collection is left alone.
    std::fs::write(target.join("drawings/mine.txt"), "mine").unwrap();
    let refused = collection.write("mine", &target, &Silent).unwrap_err().to_string();
    assert!(refused.contains("mine.txt is there already"), "{refused}");
    std::fs::remove_file(target.join("drawings/mine.txt")).unwrap();
    let edited = target.join("drawings/front-2.udp.npz");
    let original = std::fs::read(&edited).unwrap();
    std::fs::write(&edited, "edited").unwrap();
    assert!(collection.write("mine", &target, &Silent).is_err());
    std::fs::write(&edited, original).unwrap();

    let collected = collection.write("mine", &target, &Silent).unwrap();
    check(&Project::load(&collected.path).unwrap());
    assert_eq!(std::fs::metadata(target.join("drawings/front-2.png")).unwrap().modified().unwrap(), first);
}

#[test]
fn a_collection_that_fails_at_once_leaves_nothing() {
    let root = tempfile::tempdir().unwrap();
    let project = scattered(root.path());
    let collection = Collection::of(&project, None);
    ["a", "b", "figure"].into_iter().for_each(|folder| std::fs::remove_dir_all(root.path().join(folder)).unwrap());
    let target = root.path().join("collected");
    assert!(collection.write("mine", &target, &Silent).is_err());
    assert!(!target.exists());
}

#[cfg(unix)]
#[test]
fn what_lies_outside_the_projects_folder_is_told_and_can_stay() {
    let root = tempfile::tempdir().unwrap();
    let mut project = scattered(root.path());
    let home = root.path().join("a");
    // A link within the folder that leads out of it.
    std::os::unix::fs::symlink(root.path().join("b/front.png"), home.join("linked.png")).unwrap();
    project.sheet[1].source = DrawingSource::File(home.join("linked.png"));
    let collection = Collection::of(&project, None);
    let figure = root.path().join("figure");
    let outside = ["f.mtl", "f.obj", "textures/skin.png"].map(|name| figure.join(name));
    let mut expected: Vec<&Path> = outside.iter().map(PathBuf::as_path).collect();
    let linked = home.join("linked.png");
    expected.insert(0, &linked);
    assert_eq!(collection.outside(&home), expected);
    assert!(collection.outside(root.path()).is_empty());

    let target = root.path().join("collected");
    let collected = Collection::of(&project, Some(&home)).write("mine", &target, &Silent).unwrap();
    assert_eq!((collected.files, collected.left_out.len()), (1, 3), "{:?}", collected.left_out);
    let collected = Project::load(&collected.path).unwrap();
    assert!(collected.sheet[0].source.path().unwrap().starts_with(&target));
    assert_eq!(collected.sheet[1], project.sheet[1], "what stayed is where it was");
    assert_eq!(collected.figure, project.figure);
}

#[cfg(unix)]
#[test]
fn zip_names_are_such_that_every_system_writes_them() {
    let root = tempfile::tempdir().unwrap();
    let picture = Picture { width_px: 1, height_px: 1, pixels: vec![[1, 2, 3, 255]] };
    let names = ["C:evil.png", "a\\..\\b.png", "con.png", "line\nbreak\u{202e}.png", "..png"];
    let drawing = |name: &str| {
        picture.save_png(&root.path().join(name)).unwrap();
        Drawing::new(DrawingSource::File(root.path().join(name)))
    };
    let project = Project { sheet: names.map(drawing).into(), ..Project::default() };
    let target = root.path().join("out.zip");
    collect(&project, "CON", &target).unwrap();
    let archive = zip::ZipArchive::new(std::fs::File::open(&target).unwrap()).unwrap();
    assert_eq!(archive.len(), 6);
    for name in archive.file_names() {
        let parts: Vec<&str> = name.split('/').collect();
        assert!(parts.len() <= 2 && parts.iter().all(|part| *part == portable(part)), "{name:?}");
    }
    assert!(archive.file_names().any(|name| name == "_CON.settei"));
}

#[cfg(unix)]
#[test]
fn pipes_and_devices_are_not_waited_for() {
    let root = tempfile::tempdir().unwrap();
    let drawing = Drawing::new(DrawingSource::File("/dev/zero".into()));
    let project = Project { sheet: vec![drawing], ..Project::default() };
    let collected = collect(&project, "mine", &root.path().join("out")).unwrap();
    assert_eq!(collected.files, 0);
    assert!(collected.left_out[0].contains("device"), "{:?}", collected.left_out);
}

#[test]
fn names_are_such_that_every_system_writes_them() {
    for (name, written) in [
        ("front", "front"),
        ("設定画 1.png", "設定画 1.png"),
        ("a\\b", "a_b"),
        ("C:x", "C_x"),
        ("con.png", "_con.png"),
        ("LPT1", "_LPT1"),
        ("dot.", "dot._"),
        ("line\nbreak", "line_break"),
        ("turned\u{202e}", "turned_"),
        ("", "_"),
    ] {
        assert_eq!(portable(name), written);
    }
}

#[test]
fn the_motion_goes_along_and_is_found_there() {
    let root = tempfile::tempdir().unwrap();
    let motion = root.path().join("greeting.vmd");
    std::fs::write(&motion, crate::motion::vmd::Vmd::default().to_bytes()).unwrap();
    let (_, hash) = MotionSource::File(motion.clone()).load().unwrap();
    let mut project = Project::default();
    project.animation.take = Some(Take::new(MotionSource::File(motion.clone()), hash.clone()));
    let collected = collect(&project, "dancer", &root.path().join("out")).unwrap();
    assert_eq!((collected.files, collected.left_out), (1, Vec::new()));
    let take = Project::load(&collected.path).unwrap().animation.take.unwrap();
    assert_eq!(take.load().unwrap().1, hash);
    assert!(take.source.path().unwrap().starts_with(root.path().join("out/motions")));
    std::fs::write(&motion, "no motion").unwrap();
    let collected = collect(&project, "dancer", &root.path().join("again")).unwrap();
    assert!(collected.left_out.len() == 1 && collected.left_out[0].contains("greeting.vmd"), "{collected:?}");
}
