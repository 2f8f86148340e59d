//! What is exported is read back by decoders that nobody here wrote.

use super::*;
use crate::progress::Silent;
use crate::sound::wav::{RATE, wav};
use image::AnimationDecoder as _;
use image::codecs::gif::GifDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::Cursor;
use std::process::Command;
use std::time::Duration;

const SIZE_PX: [u32; 2] = [37, 29];

/// A disc that moves on every second frame, soft at its edge.
fn picture(frame: usize) -> Picture {
    let [width_px, height_px] = SIZE_PX;
    let mut picture = Picture::new(width_px, height_px);
    let centre = 8.0 + (frame / 2 * 2) as f32;
    for y in 0..height_px {
        for x in 0..width_px {
            let away = (x as f32 - centre).hypot(y as f32 - 14.0);
            let alpha = (255.0 * (8.0 - away).clamp(0.0, 1.0)) as u8;
            if alpha > 0 {
                *picture.at_mut(x, y) = [200, (20 + 5 * x) as u8, 90, alpha];
            }
        }
    }
    picture
}

/// Frames 0, 0, 2, 2 … as files, and what they show.
fn painted(folder: &Path, frames: usize) -> Pictures {
    for frame in 0..frames {
        picture(frame).save_png(&folder.join(format!("f_{frame:03}.png"))).unwrap();
    }
    Pictures::find(folder).unwrap()
}

fn options(kind: Kind) -> Options {
    Options { kind, background: None, sound: None, overwrite: false, directions: 1 }
}

fn exported(kind: Kind, frames: usize, fps: &str, name: &str) -> (tempfile::TempDir, Exported) {
    let folder = tempfile::tempdir().unwrap();
    let frames_folder = folder.path().join("frames");
    std::fs::create_dir(&frames_folder).unwrap();
    let pictures = painted(&frames_folder, frames);
    let target = folder.path().join(name);
    let done = export(&pictures, ("hero", fps.parse().unwrap()), &target, &options(kind), &Silent).unwrap();
    assert_eq!(done.files[0], if kind == Kind::Cels { target.join("hero.xdts") } else { target });
    (folder, done)
}

/// Each picture that is shown, and when it begins in seconds.
fn shown(frames: image::Frames<'_>) -> (Vec<image::RgbaImage>, Vec<f64>, f64) {
    let (mut pictures, mut begins, mut now) = (Vec::new(), Vec::new(), 0.0);
    for frame in frames.map(Result::unwrap) {
        begins.push(now);
        now += Duration::from(frame.delay()).as_secs_f64();
        pictures.push(frame.into_buffer());
    }
    (pictures, begins, now)
}

/// Pixels as they look: nothing under what is transparent.
fn seen(pixels: &[u8]) -> Vec<u8> {
    pixels.as_chunks::<4>().0.iter().flat_map(|p| if p[3] == 0 { [0; 4] } else { *p }).collect()
}

#[track_caller]
fn holds_the_frames(frames: image::Frames<'_>, exact: bool, tolerance_s: f64) {
    let (pictures, begins, end) = shown(frames);
    // Equal frames are one that is shown longer.
    assert_eq!(pictures.len(), 6);
    for (i, (shown, begin)) in pictures.iter().zip(begins).enumerate() {
        assert_eq!(shown.dimensions(), (SIZE_PX[0], SIZE_PX[1]));
        let expected = picture(2 * i);
        if exact {
            assert_eq!(seen(shown), expected.pixels.concat(), "frame {i}");
        } else {
            for (shown, expected) in shown.pixels().zip(&expected.pixels) {
                assert_eq!(shown.0[3], if expected[3] >= 128 { 255 } else { 0 });
                let near = shown.0.iter().zip(expected).take(3).all(|(a, b)| a.abs_diff(*b) < 12);
                assert!(expected[3] < 128 || near, "{shown:?} {expected:?}");
            }
        }
        assert!((begin - 2.0 * i as f64 / 24.0).abs() <= tolerance_s, "frame {i} begins at {begin}");
    }
    assert!((end - 0.5).abs() <= tolerance_s, "{end}");
}

#[test]
fn animated_pngs_hold_every_pixel_and_every_delay() {
    let (_folder, done) = exported(Kind::Apng, 12, "24", "a.png");
    let bytes = std::fs::read(&done.files[0]).unwrap();
    holds_the_frames(PngDecoder::new(Cursor::new(&bytes)).unwrap().apng().unwrap().into_frames(), true, 1e-3);
    // Programs that know of no animation show the first frame.
    assert_eq!(seen(&image::load_from_memory(&bytes).unwrap().to_rgba8()), picture(0).pixels.concat());
}

#[test]
fn animated_webps_hold_every_pixel_and_every_delay() {
    let (_folder, done) = exported(Kind::Webp, 12, "24", "a.webp");
    let bytes = std::fs::read(&done.files[0]).unwrap();
    holds_the_frames(WebPDecoder::new(Cursor::new(&bytes)).unwrap().into_frames(), true, 5e-4);
}

#[test]
fn gifs_hold_every_edge_and_their_delays_do_not_drift() {
    let (_folder, done) = exported(Kind::Gif, 12, "24", "a.gif");
    let bytes = std::fs::read(&done.files[0]).unwrap();
    holds_the_frames(GifDecoder::new(Cursor::new(&bytes)).unwrap().into_frames(), false, 5e-3);
    let (_folder, fast) = exported(Kind::Gif, 4, "60", "a.gif");
    assert!(fast.notes[0].contains("slower"), "{:?}", fast.notes);
}

#[test]
fn pictures_are_numbered_and_have_colour_under_what_is_transparent() {
    let (_folder, done) = exported(Kind::Pictures, 3, "24", "out");
    for frame in 0..3 {
        let read = image::open(done.files[0].join(format!("hero_{:04}.png", frame + 1))).unwrap().to_rgba8();
        assert_eq!(seen(&read), picture(frame).pixels.concat());
        assert!(read.pixels().all(|pixel| pixel.0[0] == 200), "no dark halo");
    }
}

#[test]
fn cels_are_drawn_once_and_the_sheet_says_when_they_are_seen() {
    let (_folder, done) = exported(Kind::Cels, 12, "24", "cut");
    let text = std::fs::read_to_string(&done.files[0]).unwrap();
    let (mark, json) = text.split_once('\n').unwrap();
    assert_eq!(mark, "exchangeDigitalTimeSheet Save Data");
    let sheet: Value = serde_json::from_str(json).unwrap();
    assert_eq!(sheet["version"], 5);
    let table = &sheet["timeTables"][0];
    assert_eq!((&table["duration"], &table["timeTableHeaders"][0]["names"][0]), (&12.into(), &"A".into()));
    let track = &table["fields"][0]["tracks"][0];
    assert_eq!((&table["fields"][0]["fieldId"], &track["trackNo"]), (&0.into(), &0.into()));
    let values: Vec<(u64, &str)> = track["frames"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| (f["frame"].as_u64().unwrap(), f["data"][0]["values"][0].as_str().unwrap()))
        .collect();
    let expected = [(0, "1"), (2, "2"), (4, "3"), (6, "4"), (8, "5"), (10, "6"), (12, "SYMBOL_NULL_CELL")];
    assert_eq!(values, expected);
    let folder = done.files[0].parent().unwrap();
    for (frame, number) in &expected[..6] {
        let cel = image::open(folder.join(format!("A{:04}.png", number.parse::<u32>().unwrap()))).unwrap().to_rgba8();
        assert_eq!(seen(&cel), picture(*frame as usize).pixels.concat());
    }
    assert!(!folder.join("A0007.png").exists());
}

/// Puts the frames together again that a list tells of.
fn unpacked(folder: &Path, list: &Value, frame: &Value) -> Vec<u8> {
    let page = image::open(folder.join(list["meta"]["image"].as_str().unwrap())).unwrap().to_rgba8();
    assert_eq!(list["meta"]["size"]["w"], page.width());
    assert_eq!(list["meta"]["size"]["h"], page.height());
    let number = |of: &Value, key: &str| of[key].as_u64().unwrap() as u32;
    let mut whole = image::RgbaImage::new(number(&frame["sourceSize"], "w"), number(&frame["sourceSize"], "h"));
    let (at, to) = (&frame["frame"], &frame["spriteSourceSize"]);
    for y in 0..number(at, "h") {
        for x in 0..number(at, "w") {
            let pixel = *page.get_pixel(number(at, "x") + x, number(at, "y") + y);
            whole.put_pixel(number(to, "x") + x, number(to, "y") + y, pixel);
        }
    }
    seen(&whole)
}

#[test]
fn sprite_sheets_hold_every_frame_where_their_lists_say() {
    for kind in [Kind::Sprites, Kind::SpriteGrid, Kind::Aseprite] {
        let (_folder, done) = exported(kind, 12, "24", "hero.json");
        let list: Value = serde_json::from_slice(&std::fs::read(&done.files[0]).unwrap()).unwrap();
        let folder = done.files[0].parent().unwrap();
        let frames: Vec<&Value> = match kind {
            Kind::Aseprite => list["frames"].as_array().unwrap().iter().collect(),
            _ => list["animations"]["hero"]
                .as_array()
                .unwrap()
                .iter()
                .map(|name| &list["frames"][name.as_str().unwrap()])
                .collect(),
        };
        assert_eq!(frames.len(), 12, "{kind:?}");
        for (i, frame) in frames.iter().enumerate() {
            assert_eq!(unpacked(folder, &list, frame), picture(i).pixels.concat(), "{kind:?} {i}");
            assert_eq!(frame["trimmed"], kind != Kind::SpriteGrid);
        }
        let duration: u64 = frames.iter().map(|frame| frame["duration"].as_u64().unwrap()).sum();
        assert_eq!(duration, 500);
        let places: BTreeSet<String> = frames.iter().map(|frame| frame["frame"].to_string()).collect();
        assert_eq!(places.len(), if kind == Kind::SpriteGrid { 12 } else { 6 }, "equal frames are there once");
        if kind == Kind::SpriteGrid {
            assert!(done.notes[0].contains("4 columns, 3 rows, cells of 37×29"), "{:?}", done.notes);
        }
        if kind == Kind::Aseprite {
            assert_eq!(list["meta"]["frameTags"][0]["to"], 11);
        }
    }
}

#[test]
fn nothing_is_replaced_or_left_half() {
    let folder = tempfile::tempdir().unwrap();
    let frames = folder.path().join("frames");
    std::fs::create_dir(&frames).unwrap();
    let pictures = painted(&frames, 4);
    let target = folder.path().join("a.webp");
    std::fs::write(&target, "mine").unwrap();
    let go = |options: &Options| export(&pictures, ("a", Rate::of(24.0)), &target, options, &Silent);
    let taken = go(&options(Kind::Webp)).unwrap_err().to_string();
    assert!(taken.contains("a.webp is there already"), "{taken}");
    // A frame of another size comes in between: nothing is changed.
    Picture::new(5, 5).save_png(&frames.join("f_002.png")).unwrap();
    let over = Options { overwrite: true, ..options(Kind::Webp) };
    let odd = go(&over).unwrap_err().to_string();
    assert!(odd.contains("f_002.png") && odd.contains("5×5") && odd.contains("37×29"), "{odd}");
    assert_eq!(std::fs::read(&target).unwrap(), b"mine");
    picture(2).save_png(&frames.join("f_002.png")).unwrap();
    go(&over).unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn on_a_colour_nothing_is_transparent() {
    let folder = tempfile::tempdir().unwrap();
    let pictures = painted(folder.path(), 2);
    let target = folder.path().join("out");
    let options = Options { background: Some(Colour([0, 0, 255])), ..options(Kind::Pictures) };
    export(&pictures, ("a", Rate::of(24.0)), &target, &options, &Silent).unwrap();
    let read = image::open(target.join("a_0001.png")).unwrap().to_rgba8();
    assert_eq!(read.get_pixel(0, 0).0, [0, 0, 255, 255]);
}

/// What ffmpeg finds in a video, as RGBA; by a decoder that knows of alpha where the usual one doesn't.
fn decoded(video: &Path, decoder: &[&str]) -> Vec<u8> {
    let output = Command::new("ffmpeg")
        .args(["-nostdin", "-loglevel", "error"])
        .args(decoder)
        .arg("-i")
        .arg(video)
        .args(["-f", "rawvideo", "-pix_fmt", "rgba", "-"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[test]
fn videos_are_what_ffmpeg_reads_back() {
    if !ffmpeg_is_there() {
        eprintln!("skipped: ffmpeg is not there");
        return;
    }
    for (kind, name) in [(Kind::Ffv1, "a.mkv"), (Kind::Qtrle, "a.mov")] {
        let (_folder, done) = exported(kind, 6, "24", name);
        let expected: Vec<u8> = (0..6).flat_map(|i| picture(i).pixels.concat()).collect();
        assert_eq!(decoded(&done.files[0], &[]), expected, "{kind:?}");
    }
    for (kind, name, decoder, [width, height]) in [
        (Kind::Prores, "a.mov", &[][..], SIZE_PX),
        (Kind::Vp9, "a.webm", &["-c:v", "libvpx-vp9"], [38, 30]),
        (Kind::H264, "a.mp4", &[], [38, 30]),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let frames = folder.path().join("frames");
        std::fs::create_dir(&frames).unwrap();
        let pictures = painted(&frames, 6);
        let target = folder.path().join(name);
        let done = match export(&pictures, ("a", Rate::of(24.0)), &target, &options(kind), &Silent) {
            Err(error @ ExportError::NoEncoder { .. }) => {
                eprintln!("skipped: {error}");
                continue;
            }
            done => done.unwrap(),
        };
        let read = decoded(&done.files[0], decoder);
        let frame = (4 * width * height) as usize;
        assert_eq!(read.len(), 6 * frame, "{kind:?}");
        let at = |i: usize, x: u32, y: u32| &read[i * frame + 4 * (y * width + x) as usize..][..4];
        for i in 0..6 {
            let (middle, corner) = (at(i, 8 + (i / 2 * 2) as u32, 14), at(i, 36, 28));
            assert!(middle[3] > 250 && middle[0].abs_diff(200) < 16, "{kind:?} {i}: {middle:?}");
            match kind.has_alpha() {
                true => assert!(corner[3] < 5, "{kind:?} {i}: {corner:?}"),
                false => assert!(corner.iter().all(|c| *c > 250), "{kind:?} {i}: {corner:?}"),
            }
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "nothing hidden is left");
    }
}

#[test]
fn the_sound_of_a_video_is_in_its_place_and_as_long_as_the_frames() {
    if !ffmpeg_is_there() {
        eprintln!("skipped: ffmpeg is not there");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let frames = folder.path().join("frames");
    std::fs::create_dir(&frames).unwrap();
    let (pictures, file) = (painted(&frames, 12), folder.path().join("a tone.wav"));
    std::fs::write(&file, wav(&[(0.2, 0.0), (0.1, 0.8), (0.05, 0.0)])).unwrap();
    for begins_s in [0.0, 0.15, -0.1] {
        let target = folder.path().join(format!("a{begins_s}.mkv"));
        let sound = Some(Sound { file: file.clone(), begins_s });
        let options = Options { sound, ..options(Kind::Ffv1) };
        export(&pictures, ("a", Rate::of(24.0)), &target, &options, &Silent).unwrap();
        let mut command = Command::new("ffmpeg");
        command.args(["-nostdin", "-loglevel", "error", "-i"]).arg(&target);
        let heard = command.args(["-f", "s16le", "-ac", "1", "-ar", &RATE.to_string(), "-"]).output().unwrap().stdout;
        let loud = |(i, s): (usize, &[u8; 2])| (i16::from_le_bytes(*s).abs() > 1000).then_some(i);
        let samples = heard.as_chunks::<2>().0;
        let loud: Vec<f64> = samples.iter().enumerate().filter_map(loud).map(|i| i as f64 / f64::from(RATE)).collect();
        let (first, last) = (loud[0], loud[loud.len() - 1]);
        assert!((first - 0.2 - begins_s).abs() < 0.005 && (last - 0.3 - begins_s).abs() < 0.005, "{first} {last}");
        let length = samples.len() as f64 / f64::from(RATE);
        assert!((length - 0.5).abs() < 0.06, "{length} s under half a second of pictures");
    }
    let sound = Some(Sound { file: folder.path().join("gone.wav"), begins_s: 0.0 });
    let options = Options { sound, ..options(Kind::Ffv1) };
    let target = folder.path().join("none.mkv");
    let refused = export(&pictures, ("a", Rate::of(24.0)), &target, &options, &Silent).unwrap_err().to_string();
    assert!(refused.contains("gone.wav") && !target.exists(), "{refused}");
}

#[test]
fn directions_are_rows_and_have_names_of_their_own() {
    let list = |kind| {
        let folder = tempfile::tempdir().unwrap();
        let options = Options { directions: 3, ..options(kind) };
        let target = folder.path().join("a.json");
        std::fs::create_dir(folder.path().join("frames")).unwrap();
        let pictures = painted(&folder.path().join("frames"), 6);
        export(&pictures, ("hero", Rate::of(24.0)), &target, &options, &Silent).unwrap();
        serde_json::from_slice::<Value>(&std::fs::read(target).unwrap()).unwrap()
    };
    let grid = list(Kind::SpriteGrid);
    let names = |direction: &str| (1..3).map(|i| format!("hero-{direction}_000{i}.png")).collect::<Vec<_>>();
    for (row, direction) in ["000", "120", "240"].into_iter().enumerate() {
        assert_eq!(grid["animations"][format!("hero-{direction}")], serde_json::json!(names(direction)));
        for (column, name) in names(direction).iter().enumerate() {
            let at = &grid["frames"][name]["frame"];
            let place = [column as u32 * SIZE_PX[0], row as u32 * SIZE_PX[1]];
            assert_eq!([&at["x"], &at["y"]].map(|v| v.as_u64().unwrap() as u32), place);
        }
    }
    let tags = list(Kind::Aseprite)["meta"]["frameTags"].clone();
    let spans: Vec<_> = tags.as_array().unwrap().iter().map(|tag| (&tag["name"], &tag["from"], &tag["to"])).collect();
    let expected = [("hero-000", 0, 1), ("hero-120", 2, 3), ("hero-240", 4, 5)];
    assert_eq!(spans.len(), 3);
    for ((name, from, to), expected) in spans.into_iter().zip(expected) {
        assert_eq!((name.as_str().unwrap(), from.as_u64().unwrap(), to.as_u64().unwrap()), expected);
    }
}
