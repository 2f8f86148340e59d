//! Characters that nobody has drawn yet, from the command line.

use super::cli::{settei, text};
use crate::common::psgan::write_generator;
use settei::picture::Picture;
use settei::sheet::View;
use std::path::Path;

fn picture(path: &Path) -> Picture {
    View::open(path).unwrap().picture
}

#[test]
fn a_number_is_the_same_character_and_a_pose_shows_it_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    write_generator(&folder.path().join("w.safetensors"));
    let run = |rest: &str| {
        let made = settei(folder.path(), &format!("invent --weights w.safetensors --raster cpu {rest}"));
        assert!(made.status.success(), "{}", text(&made.stderr));
    };
    run("--seed 7 8 --pose stand kick --out some");
    run("--seed 7 --pose kick --out again");
    let some = |name: &str| picture(&folder.path().join("some").join(name));
    assert_eq!(picture(&folder.path().join("again/7_kick.png")), some("7_kick.png"));
    assert!(some("7_kick.png") != some("7_stand.png") && some("7_kick.png") != some("8_kick.png"));
    assert_eq!((some("8_stand.png").width_px, some("8_stand.png").height_px), (32, 32));

    // From one to another.
    run("--between 7 8 3 --pose kick --size 48 --out between");
    let between = |name: &str| picture(&folder.path().join("between").join(name));
    assert_eq!(between("kick_7-8_0001.png").width_px, 48);
    assert!(between("kick_7-8_0000.png") != between("kick_7-8_0001.png"));
    assert!(!folder.path().join("between/kick_7-8_0003.png").exists());

    // A motion's frames, as the encoders take them.
    run("--seed 7 --motion wave --frames 0-16:8 --out waving");
    let encoded = settei(folder.path(), "project encode waving --fps 4 --to waving.webp");
    assert!(encoded.status.success() && folder.path().join("waving.webp").exists(), "{}", text(&encoded.stderr));

    // A sheet: each picture with the UDP of the figure that posed it.
    run("--seed 7 --pose a stand --sheet --out sheet");
    let view = View::open(&folder.path().join("sheet/7_a.png")).unwrap();
    assert!(view.udp.unwrap().surface_points() > 50);
}

#[test]
fn without_weights_it_is_said_where_some_come_from() {
    let folder = tempfile::tempdir().unwrap();
    if settei::weights::shipped().iter().any(|file| file.graph().as_deref() == Some("psgan")) {
        return;
    }
    let refused = settei(folder.path(), "invent --out here");
    let said = text(&refused.stderr);
    assert!(!refused.status.success() && said.contains("settei help train new"), "{said}");
    assert!(!folder.path().join("here").exists(), "nothing is left behind");
}
