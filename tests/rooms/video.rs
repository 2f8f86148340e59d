//! Videos, which another program takes apart: here one that has the frames already.

use super::cli::text;
use settei::figure::HumanBone;
use settei::figure::landmarks::MapPreset;
use settei::motion;
use settei::pose::{Pose, library};
use settei::raster::{RasterChoice, Rasterizer, Subject, ToonStyle};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

/// Frames of somebody who raises an arm, on white, and an `ffmpeg` that brings them.
fn furnish(folder: &Path, frames: usize) {
    let subject = Subject::new(
        Rasterizer::new(RasterChoice::Cpu).unwrap(),
        settei::example::figure().unwrap(),
        MapPreset::default(),
    );
    let subject = Arc::new(subject.unwrap());
    let (from, to) = (library::find("a").unwrap().1, library::find("t").unwrap().1);
    let source = folder.join("frames");
    std::fs::create_dir_all(&source).unwrap();
    let size = [320, 320];
    for frame in 0..frames {
        let pose = Pose::blend(&from, &to, frame as f32 / (frames - 1) as f32);
        let shot = subject.shoot(&pose, &"front".parse().unwrap(), size).unwrap();
        let mut picture = shot.toon(size, &ToonStyle::default()).unwrap();
        for pixel in &mut picture.pixels {
            let over = |c: u8| ((u32::from(c) * u32::from(pixel[3]) + 255 * (255 - u32::from(pixel[3]))) / 255) as u8;
            *pixel = [over(pixel[0]), over(pixel[1]), over(pixel[2]), 255];
        }
        picture.save_png(&source.join(format!("{:06}.png", frame + 1))).unwrap();
    }
    let bin = folder.join("bin");
    std::fs::create_dir_all(&bin).unwrap();
    let ffmpeg = bin.join("ffmpeg");
    let script = format!(
        "#!/bin/sh\nfor last; do :; done\nprintf '%s\\n' \"$@\" > {0}/asked\ncase \"$*\" in *broken*) echo no video >&2; exit 1;; esac\n\
         cp {1}/*.png \"$(dirname \"$last\")\"\n",
        folder.display(),
        source.display()
    );
    std::fs::write(&ffmpeg, script).unwrap();
    std::fs::set_permissions(&ffmpeg, PermissionsExt::from_mode(0o755)).unwrap();
    for name in ["raise.mp4", "broken.mp4"] {
        std::fs::write(folder.join(name), b"a video").unwrap();
    }
}

fn settei(folder: &Path, path: &str, line: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_settei"));
    command.current_dir(folder).args(line.split_whitespace()).env("PATH", path).output().unwrap()
}

fn with_ffmpeg(folder: &Path) -> String {
    format!("{}:{}", folder.join("bin").display(), std::env::var("PATH").unwrap())
}

#[test]
fn a_video_becomes_a_motion() {
    let folder = tempfile::tempdir().unwrap();
    furnish(folder.path(), 3);
    let path = with_ffmpeg(folder.path());
    let line = "pose --from-video raise.mp4 --fps 10 --view front --out raise.vrma";
    let output = settei(folder.path(), &path, line);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let asked = std::fs::read_to_string(folder.path().join("asked")).unwrap();
    assert!(asked.contains("fps=10") && asked.contains("file:/") && asked.contains("raise.mp4"), "{asked}");
    let clip = motion::load(&folder.path().join("raise.vrma")).unwrap().clips.remove(0);
    assert!((clip.duration_s() - 0.2).abs() < 1e-5, "{}", clip.duration_s());
    // The arm comes up, from forty-five degrees below to level.
    let lift_deg = |seconds: f64| {
        let pose = clip.at(seconds);
        let arm = [
            HumanBone::Hips,
            HumanBone::Spine,
            HumanBone::Chest,
            HumanBone::UpperChest,
            HumanBone::LeftShoulder,
            HumanBone::LeftUpperArm,
        ]
        .into_iter()
        .fold(glam::Quat::IDENTITY, |above, bone| above * pose.rotation(bone));
        (arm * glam::Vec3::X).y.asin().to_degrees()
    };
    let lifts = [0.0, 0.1, 0.2].map(lift_deg);
    println!("{lifts:.0?}");
    assert!(lifts[2] - lifts[0] > 15.0 && lifts.windows(2).all(|pair| pair[1] > pair[0] - 4.0), "{lifts:?}");
}

#[test]
fn a_videos_frames_are_looked_at_one_by_one() {
    let folder = tempfile::tempdir().unwrap();
    furnish(folder.path(), 2);
    let path = with_ffmpeg(folder.path());
    let line = "detect --video raise.mp4 --view front --not raise:160,300,60 --out udps";
    let output = settei(folder.path(), &path, line);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let udps: Vec<PathBuf> =
        ["raise-000001.udp.npz", "raise-000002.udp.npz"].map(|name| folder.path().join("udps").join(name)).into();
    for udp in &udps {
        let udp = settei::udp::Udp::load(udp).unwrap();
        assert_eq!((udp.width_px, udp.height_px), (320, 320));
        assert!(udp.surface_points() > 2000 && udp.pixels[300 * 320 + 160][3] == 0.0);
    }
}

#[test]
fn what_is_missing_or_wrong_is_told_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    furnish(folder.path(), 2);
    let says = |path: &str, line: &str, what: &str| {
        let output = settei(folder.path(), path, line);
        let said = text(&output.stderr);
        assert!(!output.status.success() && said.contains(what), "{line}: {said}");
    };
    let nowhere = folder.path().join("empty").display().to_string();
    says(&nowhere, "pose --from-video raise.mp4 --out raise.vrma", "install it");
    let path = with_ffmpeg(folder.path());
    says(&path, "pose --from-video gone.mp4 --out raise.vrma", "gone.mp4 is not there");
    says(&path, "pose --from-video broken.mp4 --out raise.vrma", "broken.mp4: no video");
    says(&path, "pose --from-video raise.mp4 --out raise.txt", "raise.txt");
    says(&path, "pose --from-video raise.mp4", "--out");
    assert!(!folder.path().join("raise.vrma").exists());
}
